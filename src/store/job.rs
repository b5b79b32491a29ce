//! The rows of the queue: written in the transaction that makes them true, claimed by lease, dead after too many tries.

use super::{Db, Row, Run, StoreError, Txn};
use crate::model::id::{ConnectionId, DocumentId, JobId};

/// A job that was claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    /// Its id.
    pub id: JobId,
    /// What kind of job: the pipeline knows them.
    pub kind: String,
    /// What it is about: an id as text.
    pub subject: String,
    /// Its key; the part behind the last colon is the version of what caused it.
    pub dedupe_key: String,
    /// How often it was claimed, this time included.
    pub attempts: i64,
    /// The lease this claim holds: another claim has another, so a slow worker cannot end somebody else's claim.
    pub locked_until_us: i64,
}

/// A job as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// What kind of job.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// When it runs next, in microseconds since 1970.
    pub run_at_us: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// Why it failed last.
    pub last_error: Option<String>,
    /// Whether it was given up.
    pub dead: bool,
}

/// A job to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// What kind of job.
    pub kind: &'static str,
    /// What it is about: an id as text.
    pub subject: String,
    /// A second job with this key is the same job.
    pub dedupe_key: String,
    /// Not before this instant, in microseconds since 1970.
    pub run_at_us: i64,
}

/// Writes a job; a job with the same key that is still waiting makes this a no-op.
///
/// One that was given up begins anew: otherwise one bad hour of a ledger would end a company's scheduled sync for good.
///
/// # Errors
/// The database failed.
pub async fn job_enqueue(txn: &Txn, job: &NewJob, now_us: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO jobs (id, kind, subject, dedupe_key, run_at_us, attempts, created_at_us) \
        VALUES ($1, $2, $3, $4, $5, 0, $6) ON CONFLICT (dedupe_key) DO UPDATE \
        SET dead_at_us = NULL, attempts = 0, run_at_us = $5 WHERE jobs.dead_at_us IS NOT NULL";
    let values = vec![
        JobId::new().to_string().into(),
        job.kind.into(),
        job.subject.clone().into(),
        job.dedupe_key.clone().into(),
        job.run_at_us.into(),
        now_us.into(),
    ];
    txn.execute(sql, values).await.map(|_| ())
}

/// Postings to a company whose turns are taken this far ahead are left where they are, so that its queue does not hold
/// the workers that other companies need.
const AHEAD_US: i64 = 2_500_000;

/// Claims the job that has waited longest, for so long; nobody else gets it until then. A posting whose company must
/// not be called for a while is passed over, and so is a reversal; only a posting waits while others of its company go
/// together.
///
/// # Errors
/// The database failed.
pub async fn job_claim(db: &Db, now_us: i64, lease_us: i64) -> Result<Option<ClaimedJob>, StoreError> {
    // `=` and not `IN`: with `IN`, PostgreSQL may run the subquery again per row and lock more than one job.
    let skip_locked = if db.engine() == "PostgreSQL" { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE jobs SET locked_until_us = $1, attempts = attempts + 1 WHERE id = (\
            SELECT id FROM jobs WHERE dead_at_us IS NULL AND run_at_us <= $2 \
            AND (locked_until_us IS NULL OR locked_until_us < $2) AND NOT (kind IN ('post', 'reverse') AND EXISTS (\
                SELECT 1 FROM documents d JOIN connections c ON c.id = d.connection_id \
                JOIN budgets b ON b.company = c.ledger || ':' || c.company_id \
                WHERE d.id = jobs.subject AND (b.next_at_us > $3 OR b.blocked_until_us > $2 \
                OR (jobs.kind = 'post' AND b.group_until_us > $2)))) \
            ORDER BY run_at_us, id LIMIT 1 {skip_locked}) \
        RETURNING id, kind, subject, dedupe_key, attempts, locked_until_us"
    );
    let until = now_us.saturating_add(lease_us);
    let rows = db.rows(&sql, vec![until.into(), now_us.into(), now_us.saturating_add(AHEAD_US).into()]).await?;
    rows.first().map(claimed).transpose()
}

fn claimed(row: &Row) -> Result<ClaimedJob, StoreError> {
    Ok(ClaimedJob {
        id: job_id(row)?,
        kind: row.text("kind")?,
        subject: row.text("subject")?,
        dedupe_key: row.text("dedupe_key")?,
        attempts: row.number("attempts")?,
        locked_until_us: row.number("locked_until_us")?,
    })
}

/// Claims postings of a company that are due, the oldest first, at most so many: they go beside one that was claimed.
///
/// # Errors
/// The database failed.
pub async fn job_claim_beside(
    db: &Db,
    connection: ConnectionId,
    now_us: i64,
    lease_us: i64,
    count: i64,
) -> Result<Vec<ClaimedJob>, StoreError> {
    // Materialised, so that PostgreSQL runs it once and locks no more than these.
    let skip_locked = if db.engine() == "PostgreSQL" { "FOR UPDATE OF j SKIP LOCKED" } else { "" };
    let sql = format!(
        "WITH due AS MATERIALIZED (SELECT j.id FROM jobs j JOIN documents d ON d.id = j.subject \
            WHERE j.kind = 'post' AND d.connection_id = $1 AND j.dead_at_us IS NULL AND j.run_at_us <= $2 \
            AND (j.locked_until_us IS NULL OR j.locked_until_us < $2) ORDER BY j.run_at_us, j.id LIMIT $3 {skip_locked}) \
        UPDATE jobs SET locked_until_us = $4, attempts = attempts + 1 WHERE id IN (SELECT id FROM due) \
        RETURNING id, kind, subject, dedupe_key, attempts, locked_until_us"
    );
    let until = now_us.saturating_add(lease_us);
    let values = vec![connection.to_string().into(), now_us.into(), count.into(), until.into()];
    db.rows(&sql, values).await?.iter().map(claimed).collect()
}

/// Whether a job of the same kind and subject was caused by a later version: then the claimed one has nothing to do.
///
/// # Errors
/// The database failed.
pub async fn job_superseded(db: &Db, job: &ClaimedJob) -> Result<bool, StoreError> {
    let version = |key: &str| key.rsplit_once(':').and_then(|(_, version)| version.parse::<i64>().ok());
    let Some(own) = version(&job.dedupe_key) else { return Ok(false) };
    let sql = "SELECT dedupe_key FROM jobs WHERE subject = $1 AND kind = $2 AND dead_at_us IS NULL";
    let rows = db.rows(sql, vec![job.subject.clone().into(), job.kind.clone().into()]).await?;
    for row in rows {
        if version(&row.text("dedupe_key")?).is_some_and(|other| other > own) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Removes a job that is done, if this claim still holds it.
///
/// # Errors
/// The database failed.
pub async fn job_finish(db: &Db, job: &ClaimedJob) -> Result<(), StoreError> {
    let sql = "DELETE FROM jobs WHERE id = $1 AND locked_until_us = $2";
    db.execute(sql, vec![job.id.to_string().into(), job.locked_until_us.into()]).await.map(|_| ())
}

/// Holds a claimed job until an instant; `false` when another claim has it.
///
/// # Errors
/// The database failed.
pub async fn job_renew(db: &Db, job: &ClaimedJob, until_us: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE jobs SET locked_until_us = $1 WHERE id = $2 AND locked_until_us = $3";
    let values = vec![until_us.into(), job.id.to_string().into(), job.locked_until_us.into()];
    db.execute(sql, values).await.map(|rows| rows == 1)
}

/// Gives a job back as if it had never been claimed: it is taken in its turn, which is that of its age. A reason, where
/// there is one, is kept.
///
/// # Errors
/// The database failed.
pub async fn job_give_back(db: &Db, job: &ClaimedJob, reason: &str) -> Result<(), StoreError> {
    let sql = "UPDATE jobs SET run_at_us = created_at_us, locked_until_us = NULL, attempts = attempts - 1, \
        last_error = COALESCE(NULLIF($1, ''), last_error) WHERE id = $2 AND locked_until_us = $3";
    db.execute(sql, vec![reason.into(), job.id.to_string().into(), job.locked_until_us.into()]).await.map(|_| ())
}

/// Lines a company's waiting postings and reversals up in order of age, due now, each with the reason why it waits.
///
/// # Errors
/// The database failed.
pub async fn job_line_up(
    run: &impl Run,
    connection: ConnectionId,
    now_us: i64,
    reason: &str,
) -> Result<(), StoreError> {
    let sql = "UPDATE jobs SET run_at_us = created_at_us, last_error = $1 WHERE kind IN ('post', 'reverse') \
        AND dead_at_us IS NULL AND (locked_until_us IS NULL OR locked_until_us < $2) \
        AND subject IN (SELECT id FROM documents WHERE connection_id = $3)";
    run.execute(sql, vec![reason.into(), now_us.into(), connection.to_string().into()]).await.map(|_| ())
}

/// Why the posting of a document, or the reversal of its entry, waits, as its last attempt said; `None` when it does not, or was not tried yet.
///
/// # Errors
/// The database failed.
pub async fn job_reason(run: &impl Run, document: DocumentId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT last_error FROM jobs WHERE kind IN ('post', 'reverse') AND subject = $1 \
        ORDER BY created_at_us DESC LIMIT 1";
    let rows = run.rows(sql, vec![document.to_string().into()]).await?;
    rows.first().map_or(Ok(None), |row| row.text_or_none("last_error"))
}

/// Puts a job back until an instant, with the reason and with the tries that the claim now counts.
///
/// # Errors
/// The database failed.
pub async fn job_put_back(db: &Db, job: &ClaimedJob, run_at_us: i64, reason: &str) -> Result<(), StoreError> {
    let sql = "UPDATE jobs SET run_at_us = $1, locked_until_us = NULL, last_error = $2, attempts = $3 \
        WHERE id = $4 AND locked_until_us = $5";
    let values = vec![
        run_at_us.into(),
        reason.into(),
        job.attempts.into(),
        job.id.to_string().into(),
        job.locked_until_us.into(),
    ];
    db.execute(sql, values).await.map(|_| ())
}

/// Gives a job up; it stays to be seen and can be revived.
///
/// # Errors
/// The database failed.
pub async fn job_bury(db: &Db, job: &ClaimedJob, now_us: i64, reason: &str) -> Result<(), StoreError> {
    let sql = "UPDATE jobs SET dead_at_us = $1, locked_until_us = NULL, last_error = $2 \
        WHERE id = $3 AND locked_until_us = $4";
    let values = vec![now_us.into(), reason.into(), job.id.to_string().into(), job.locked_until_us.into()];
    db.execute(sql, values).await.map(|_| ())
}

/// Revives every job that was given up, and answers how many.
///
/// # Errors
/// The database failed.
pub async fn job_revive_all(db: &Db, now_us: i64) -> Result<u64, StoreError> {
    let sql = "UPDATE jobs SET dead_at_us = NULL, attempts = 0, run_at_us = $1 WHERE dead_at_us IS NOT NULL";
    db.execute(sql, vec![now_us.into()]).await
}

/// Every job, waiting or dead, the oldest first.
///
/// # Errors
/// The database failed.
pub async fn job_list(db: &Db) -> Result<Vec<JobRow>, StoreError> {
    let sql =
        "SELECT id, kind, subject, run_at_us, attempts, last_error, dead_at_us FROM jobs ORDER BY created_at_us, id";
    let from_row = |row: &Row| {
        Ok(JobRow {
            id: job_id(row)?,
            kind: row.text("kind")?,
            subject: row.text("subject")?,
            run_at_us: row.number("run_at_us")?,
            attempts: row.number("attempts")?,
            last_error: row.text_or_none("last_error")?,
            dead: row.number_or_none("dead_at_us")?.is_some(),
        })
    };
    db.rows(sql, Vec::new()).await?.iter().map(from_row).collect()
}

fn job_id(row: &Row) -> Result<JobId, StoreError> {
    row.parsed("id", "job id", |text| text.parse().ok())
}
