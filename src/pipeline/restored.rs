//! Finds out that the database is an older copy that was put back, and what that means for posting.

use super::Context;
use crate::store::{
    StoreError,
    restored::{restored_at_us, restored_note, seen_at_us, seen_note},
};

/// The file in the data folder that says when the database was last in use.
const FILE: &str = "database-seen";
/// For so long after a copy was put back, each posting looks in the ledger before it sends for the first time: papers
/// that were lost with the newer database come in again.
const LOOKED_US: i64 = 90 * 86_400 * 1_000_000;

/// Whether a posting must look before its first send.
///
/// # Errors
/// The database failed.
pub(super) async fn look_first(context: &Context) -> Result<bool, StoreError> {
    let restored = restored_at_us(&context.db).await?;
    Ok(restored.is_some_and(|at_us| context.clock.now_us().saturating_sub(at_us) < LOOKED_US))
}

/// Notes that the database is in use; when it was last in use before the file says so, it was restored. Called at the
/// start and every minute. Answers whether a restored copy was found.
///
/// # Errors
/// The database failed. A file that cannot be used is as if there were none.
pub async fn watch(context: &Context) -> Result<bool, StoreError> {
    let path = context.config.data_dir.join(FILE);
    let by_file: Option<i64> = std::fs::read_to_string(&path).ok().and_then(|text| text.trim().parse().ok());
    let by_database = seen_at_us(&context.db).await?;
    let now_us = context.clock.now_us();
    let restored = by_file.is_some_and(|by_file| by_database.is_none_or(|by_database| by_database < by_file));
    if restored {
        restored_note(&context.db, now_us).await?;
        tracing::warn!("This database is older than its last use: postings look in the ledgers before they send");
    }
    // The database first: if the file is not written, nothing is believed wrongly.
    seen_note(&context.db, now_us).await?;
    if let Err(error) = std::fs::write(&path, now_us.to_string()) {
        tracing::warn!(%error, "The data folder does not take the note that the database is in use");
    }
    Ok(restored)
}
