//! Whether this database is an older copy of itself that was put back: then the ledgers know more than it does.
//!
//! While vouch runs, the time is written into the database and into a file beside it. A database that is older than the
//! file was restored. Several processes write both, each with the time at which it looked at its clock: in the database
//! only a later one counts, so that whoever writes late does not make it look older than the file.

use super::{
    Run, StoreError,
    setting::{value_fetch, value_store},
};

/// When the database was found to be restored, and when it was last known to be in use.
const RESTORED: &str = "ledgers_restored_at_us";
const SEEN: &str = "ledgers_seen_at_us";

/// Notes that the database was restored from an older copy.
///
/// # Errors
/// The database failed.
pub async fn restored_note(run: &impl Run, at_us: i64) -> Result<(), StoreError> {
    put(run, RESTORED, at_us).await
}

/// When the database was found to be restored from an older copy, if it was, in microseconds since 1970.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn restored_at_us(run: &impl Run) -> Result<Option<i64>, StoreError> {
    instant(run, RESTORED).await
}

/// Notes that the database is in use now; a time before the one that is noted changes nothing.
///
/// # Errors
/// The database failed.
pub async fn seen_note(run: &impl Run, at_us: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2 \
        WHERE CAST(settings.value AS BIGINT) < $3";
    run.execute(sql, vec![SEEN.into(), at_us.to_string().into(), at_us.into()]).await.map(|_| ())
}

/// When the database was last known to be in use, in microseconds since 1970.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn seen_at_us(run: &impl Run) -> Result<Option<i64>, StoreError> {
    instant(run, SEEN).await
}

async fn put(run: &impl Run, key: &str, at_us: i64) -> Result<(), StoreError> {
    value_store(run, key, at_us.to_string()).await
}

async fn instant(run: &impl Run, key: &str) -> Result<Option<i64>, StoreError> {
    let Some(value) = value_fetch(run, key).await? else { return Ok(None) };
    value.parse().map(Some).map_err(|_| StoreError::Damaged { what: "instant", value })
}
