//! Notices: written in the transaction that makes them true, sent at most once.
//!
//! A row goes `waiting → sending → sent`. Whoever finds it `sending` without being the one who sends knows that somebody
//! was cut off in the middle, and that nobody can say whether it went out: it becomes `unknown` and is not sent again.

use serde::{Deserialize, Serialize};

use super::{Db, Row, Run, StoreError, Txn};
use crate::model::{
    id::{NoticeId, PersonId},
    language::Language,
    notice::{Channel, Notice, NoticeFacts, NoticeKind, Recipient},
};

/// How far a notice has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeState {
    /// It is to be sent.
    Waiting,
    /// It is being sent, or whoever sent it was cut off.
    Sending,
    /// It was taken over by the other side.
    Sent,
    /// It may have arrived; it is not sent again.
    Unknown,
    /// It certainly did not arrive and is not tried again, unless its job is revived.
    Failed,
}

impl NoticeState {
    const ALL: [Self; 5] = [Self::Waiting, Self::Sending, Self::Sent, Self::Unknown, Self::Failed];

    /// The name in the table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }
}

/// A notice with how far it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// Its id.
    pub id: NoticeId,
    /// On which way it goes out.
    pub channel: Channel,
    /// What it says to whom.
    pub notice: Notice,
    /// How far it has come.
    pub state: NoticeState,
    /// Why it did not go out, or why nobody knows.
    pub reason: String,
    /// When it was written, in microseconds since 1970.
    pub created_at_us: i64,
}

#[derive(Serialize, Deserialize)]
struct NoticeJson {
    key: String,
    person: Option<String>,
    email: String,
    name: String,
    language: Option<String>,
    document: Option<String>,
    supplier: String,
    amount: String,
    actor: String,
    reason: String,
    due: String,
}

/// Writes a notice; `false` when this person was told the same over this channel before.
///
/// # Errors
/// The database failed.
pub async fn notice_add(
    txn: &Txn,
    id: NoticeId,
    channel: Channel,
    notice: &Notice,
    now_us: i64,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO notices (id, key, channel, kind, notice_json, state, reason, created_at_us, changed_at_us) \
        VALUES ($1, $2, $3, $4, $5, 'waiting', '', $6, $6) ON CONFLICT (key, channel) DO NOTHING";
    let person = notice.to.person.map_or_else(|| notice.to.email.clone(), |id| id.to_string());
    let values = vec![
        id.to_string().into(),
        format!("{}:{person}", notice.key).into(),
        channel.name().into(),
        notice.kind.name().into(),
        to_json(notice).into(),
        now_us.into(),
    ];
    Ok(txn.execute(sql, values).await? == 1)
}

/// A notice.
///
/// # Errors
/// There is none with this id, or the database failed or holds a damaged row.
pub async fn notice_fetch(run: &impl Run, id: NoticeId) -> Result<NoticeRow, StoreError> {
    let sql = "SELECT id, channel, kind, notice_json, state, reason, created_at_us FROM notices WHERE id = $1";
    let rows = run.rows(sql, vec![id.to_string().into()]).await?;
    rows.first().map(from_row).ok_or(StoreError::NotFound("notice"))?
}

/// Every notice, the oldest first, as far as a limit.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn notice_list(run: &impl Run, rows_max: i64) -> Result<Vec<NoticeRow>, StoreError> {
    let sql = "SELECT id, channel, kind, notice_json, state, reason, created_at_us FROM notices \
        ORDER BY created_at_us, id LIMIT $1";
    run.rows(sql, vec![rows_max.into()]).await?.iter().map(from_row).collect()
}

/// Marks a notice as being sent; `false` when it is not to be sent, or somebody else is sending it.
///
/// # Errors
/// The database failed.
pub async fn notice_begin(db: &Db, id: NoticeId, now_us: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE notices SET state = 'sending', changed_at_us = $1 \
        WHERE id = $2 AND state IN ('waiting', 'failed')";
    Ok(db.execute(sql, vec![now_us.into(), id.to_string().into()]).await? == 1)
}

/// Writes down what became of a notice that was being sent.
///
/// # Errors
/// The database failed.
pub async fn notice_end(
    db: &Db,
    id: NoticeId,
    state: NoticeState,
    reason: &str,
    now_us: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE notices SET state = $1, reason = $2, changed_at_us = $3 WHERE id = $4 AND state = 'sending'";
    let values = vec![state.name().into(), reason.into(), now_us.into(), id.to_string().into()];
    db.execute(sql, values).await.map(|_| ())
}

/// Gives up a notice that waits; one that is being sent, or was, stays as it is.
///
/// # Errors
/// The database failed.
pub async fn notice_give_up(db: &Db, id: NoticeId, reason: &str, now_us: i64) -> Result<(), StoreError> {
    let sql = "UPDATE notices SET state = 'failed', reason = $1, changed_at_us = $2 \
        WHERE id = $3 AND state = 'waiting'";
    db.execute(sql, vec![reason.into(), now_us.into(), id.to_string().into()]).await.map(|_| ())
}

/// How many notices stand like this since an instant.
///
/// # Errors
/// The database failed.
pub async fn notice_count(db: &Db, state: NoticeState, since_us: i64) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS found FROM notices WHERE state = $1 AND changed_at_us >= $2";
    let rows = db.rows(sql, vec![state.name().into(), since_us.into()]).await?;
    rows.first().map_or(Ok(0), |row| row.number("found"))
}

/// Whoever of these may still sign in, as notices name them, in the order of their ids.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn recipient_list(
    run: &impl Run,
    people: &std::collections::BTreeSet<PersonId>,
) -> Result<Vec<Recipient>, StoreError> {
    let mut found = Vec::new();
    for person in people {
        let sql = "SELECT email, name, language FROM people WHERE id = $1 AND active = 1";
        let rows = run.rows(sql, vec![person.to_string().into()]).await?;
        for row in &rows {
            found.push(Recipient {
                person: Some(*person),
                email: row.text("email")?,
                name: row.text("name")?,
                language: row.text_or_none("language")?.and_then(|code| Language::from_code(&code)),
            });
        }
    }
    Ok(found)
}

/// Writes down the language that a person chose.
///
/// # Errors
/// The database failed.
pub async fn person_language_store(db: &Db, id: PersonId, language: Language) -> Result<(), StoreError> {
    let sql = "UPDATE people SET language = $1 WHERE id = $2";
    db.execute(sql, vec![language.code().into(), id.to_string().into()]).await.map(|_| ())
}

fn to_json(notice: &Notice) -> String {
    let (to, facts) = (notice.to.clone(), notice.facts.clone());
    let json = NoticeJson {
        key: notice.key.clone(),
        person: to.person.map(|id| id.to_string()),
        email: to.email,
        name: to.name,
        language: to.language.map(|language| language.code().to_owned()),
        document: facts.document.map(|id| id.to_string()),
        supplier: facts.supplier,
        amount: facts.amount,
        actor: facts.actor,
        reason: facts.reason,
        due: facts.due,
    };
    serde_json::to_string(&json).expect("plain data with text keys always serialises")
}

fn from_row(row: &Row) -> Result<NoticeRow, StoreError> {
    let kind = row.parsed("kind", "kind of notice", NoticeKind::from_name)?;
    Ok(NoticeRow {
        id: row.parsed("id", "notice id", |text| text.parse().ok())?,
        channel: row.parsed("channel", "channel", Channel::from_name)?,
        notice: row.parsed("notice_json", "notice", |json| from_json(json, kind))?,
        state: row.parsed("state", "state of a notice", |name| {
            NoticeState::ALL.into_iter().find(|state| state.name() == name)
        })?,
        reason: row.text("reason")?,
        created_at_us: row.number("created_at_us")?,
    })
}

fn from_json(json: &str, kind: NoticeKind) -> Option<Notice> {
    let json: NoticeJson = serde_json::from_str(json).ok()?;
    Some(Notice {
        key: json.key,
        to: Recipient {
            person: json.person.map(|id| id.parse()).transpose().ok()?,
            email: json.email,
            name: json.name,
            language: json.language.and_then(|code| Language::from_code(&code)),
        },
        kind,
        facts: NoticeFacts {
            document: json.document.map(|id| id.parse()).transpose().ok()?,
            supplier: json.supplier,
            amount: json.amount,
            actor: json.actor,
            reason: json.reason,
            due: json.due,
        },
    })
}
