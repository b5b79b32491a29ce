//! Ledger tokens, sealed, with a lease for whoever refreshes them.

use super::{Db, Row, Run, StoreError};

/// A row of tokens. The secrets are sealed; only the pipeline can open them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// `quickbooks:REALM` or `xero:USER`.
    pub id: String,
    /// `quickbooks` or `xero`.
    pub ledger: String,
    /// The access token, sealed.
    pub access_sealed: String,
    /// The refresh token, sealed.
    pub refresh_sealed: String,
    /// When the access token ends, in microseconds since 1970.
    pub access_expires_at_us: i64,
    /// How long the access token lasted when it was given, in microseconds.
    pub access_lasts_us: i64,
    /// Until when the consent holds at the latest, in microseconds since 1970; absent where the ledger does not say.
    pub consent_until_us: Option<i64>,
    /// Counts the refreshes.
    pub version: i64,
}

const COLUMNS: &str = "id, ledger, access_sealed, refresh_sealed, access_expires_at_us, access_lasts_us, \
    consent_until_us, version";

/// Writes tokens after a consent, in place of older ones.
///
/// # Errors
/// The database failed.
pub async fn token_store(run: &impl Run, row: &TokenRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO tokens (id, ledger, access_sealed, refresh_sealed, access_expires_at_us, access_lasts_us, \
        consent_until_us, version) VALUES ($1, $2, $3, $4, $5, $6, $7, 1) ON CONFLICT (id) DO UPDATE \
        SET access_sealed = $3, refresh_sealed = $4, access_expires_at_us = $5, access_lasts_us = $6, \
        consent_until_us = $7, version = tokens.version + 1, locked_until_us = NULL";
    let values = vec![
        row.id.clone().into(),
        row.ledger.clone().into(),
        row.access_sealed.clone().into(),
        row.refresh_sealed.clone().into(),
        row.access_expires_at_us.into(),
        row.access_lasts_us.into(),
        row.consent_until_us.into(),
    ];
    run.execute(sql, values).await.map(|_| ())
}

/// Writes renewed tokens in place of those at `seen_version`, and gives the lease back; `false` when a new consent has
/// replaced them meanwhile.
///
/// # Errors
/// The database failed.
pub async fn token_renewed(run: &impl Run, row: &TokenRow, seen_version: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE tokens SET access_sealed = $1, refresh_sealed = $2, access_expires_at_us = $3, \
        access_lasts_us = $4, consent_until_us = $5, version = version + 1, locked_until_us = NULL \
        WHERE id = $6 AND version = $7";
    let values = vec![
        row.access_sealed.clone().into(),
        row.refresh_sealed.clone().into(),
        row.access_expires_at_us.into(),
        row.access_lasts_us.into(),
        row.consent_until_us.into(),
        row.id.clone().into(),
        seen_version.into(),
    ];
    run.execute(sql, values).await.map(|rows| rows == 1)
}

/// The tokens with this id.
///
/// # Errors
/// There are none, or the database failed.
pub async fn token_fetch(run: &impl Run, id: &str) -> Result<TokenRow, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM tokens WHERE id = $1");
    let rows = run.rows(&sql, vec![id.into()]).await?;
    rows.first().map(from_row).transpose()?.ok_or(StoreError::NotFound("token"))
}

/// Takes the right to refresh these tokens, if nobody has it and nobody has refreshed since `seen_version`.
///
/// # Errors
/// The database failed.
pub async fn token_lock(db: &Db, id: &str, seen_version: i64, now_us: i64, lease_us: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE tokens SET locked_until_us = $1 WHERE id = $2 AND version = $3 \
        AND (locked_until_us IS NULL OR locked_until_us < $4)";
    let values = vec![now_us.saturating_add(lease_us).into(), id.into(), seen_version.into(), now_us.into()];
    db.execute(sql, values).await.map(|rows| rows == 1)
}

/// Gives the right to refresh back without having refreshed. `locked_until_us` is the lease that was taken: one that
/// has ended may be somebody else's by now, and stays theirs.
///
/// # Errors
/// The database failed.
pub async fn token_unlock(db: &Db, id: &str, locked_until_us: i64) -> Result<(), StoreError> {
    let sql = "UPDATE tokens SET locked_until_us = NULL WHERE id = $1 AND locked_until_us = $2";
    db.execute(sql, vec![id.into(), locked_until_us.into()]).await.map(|_| ())
}

/// Every row of tokens, by id.
///
/// # Errors
/// The database failed.
pub async fn token_list(run: &impl Run) -> Result<Vec<TokenRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM tokens ORDER BY id");
    run.rows(&sql, Vec::new()).await?.iter().map(from_row).collect()
}

/// The tokens that no company needs any more.
///
/// # Errors
/// The database failed.
pub async fn token_list_unused(run: &impl Run) -> Result<Vec<TokenRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM tokens WHERE NOT EXISTS (SELECT 1 FROM connections \
        WHERE connections.token_id = tokens.id AND connections.state <> 'disconnected') ORDER BY id"
    );
    run.rows(&sql, Vec::new()).await?.iter().map(from_row).collect()
}

/// Writes the same secrets sealed anew, unless they were refreshed meanwhile; then `false`.
///
/// # Errors
/// The database failed.
pub async fn token_reseal(run: &impl Run, row: &TokenRow, access: &str, refresh: &str) -> Result<bool, StoreError> {
    let sql = "UPDATE tokens SET access_sealed = $1, refresh_sealed = $2 WHERE id = $3 AND version = $4";
    let values = vec![access.into(), refresh.into(), row.id.clone().into(), row.version.into()];
    run.execute(sql, values).await.map(|rows| rows == 1)
}

/// Removes tokens that were given up, unless a company needs them again, or a new consent has replaced them.
///
/// # Errors
/// The database failed.
pub async fn token_delete_unused(run: &impl Run, row: &TokenRow) -> Result<bool, StoreError> {
    let sql = "DELETE FROM tokens WHERE id = $1 AND version = $2 AND NOT EXISTS (SELECT 1 FROM connections \
        WHERE connections.token_id = tokens.id AND connections.state <> 'disconnected')";
    run.execute(sql, vec![row.id.clone().into(), row.version.into()]).await.map(|rows| rows == 1)
}

fn from_row(row: &Row) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        id: row.text("id")?,
        ledger: row.text("ledger")?,
        access_sealed: row.text("access_sealed")?,
        refresh_sealed: row.text("refresh_sealed")?,
        access_expires_at_us: row.number("access_expires_at_us")?,
        access_lasts_us: row.number("access_lasts_us")?,
        consent_until_us: row.number_or_none("consent_until_us")?,
        version: row.number("version")?,
    })
}
