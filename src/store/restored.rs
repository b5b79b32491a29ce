//! Whether this database is an older copy of itself that was put back: then the ledgers know more than it does.
//!
//! While vouch runs, the time is written into the database and into a file beside it. A database that is older than the
//! file was restored.

use super::{Run, StoreError};

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

/// Notes that the database is in use now.
///
/// # Errors
/// The database failed.
pub async fn seen_note(run: &impl Run, at_us: i64) -> Result<(), StoreError> {
    put(run, SEEN, at_us).await
}

/// When the database was last known to be in use, in microseconds since 1970.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn seen_at_us(run: &impl Run) -> Result<Option<i64>, StoreError> {
    instant(run, SEEN).await
}

async fn put(run: &impl Run, key: &str, at_us: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2";
    run.execute(sql, vec![key.into(), at_us.to_string().into()]).await.map(|_| ())
}

async fn instant(run: &impl Run, key: &str) -> Result<Option<i64>, StoreError> {
    let rows = run.rows("SELECT value FROM settings WHERE key = $1", vec![key.into()]).await?;
    rows.first().map(|row| row.parsed("value", "instant", |text| text.parse().ok())).transpose()
}
