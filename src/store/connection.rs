//! Connections to companies: their facts, accounts, tax codes, suppliers, and what our words mean there.
//!
//! The store may not use `post`: ledgers and kinds are kept by name, and the pipeline turns them into their types.

use super::{Row, Run, StoreError, Txn, truth};
use crate::model::id::ConnectionId;

/// A company that vouch may post to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// Its id.
    pub id: ConnectionId,
    /// `quickbooks` or `xero`.
    pub ledger: String,
    /// The ledger's id of the company: QuickBooks' realm, Xero's tenant.
    pub company_id: String,
    /// Its name.
    pub name: String,
    /// Its own currency, ISO 4217.
    pub home_currency: String,
    /// Whether entries in other currencies are possible.
    pub multi_currency: bool,
    /// Its country, as the ledger writes it.
    pub country: Option<String>,
    /// Entries dated on or before this day are refused, `YYYY-MM-DD`.
    pub closed_until: Option<String>,
    /// The tokens it uses; several Xero organisations share one user's.
    pub token_id: String,
    /// `connected`, `consent_needed`, `disconnected`, or `offered`: vouch could reach it, and nobody chose it yet.
    pub state: String,
    /// When its reference data was read last, in microseconds since 1970.
    pub synced_at_us: Option<i64>,
}

/// One account, tax code or supplier, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceRow {
    /// What it is, by name.
    pub kind: String,
    /// What entries name it by.
    pub external_id: String,
    /// Its code, where it has one.
    pub code: Option<String>,
    /// Its name.
    pub name: String,
    /// Its currency, where it has one.
    pub currency: Option<String>,
}

/// What one of our words means in a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingRow {
    /// `category_account`, `category_tax`, `paid_from`, `supplier_account`, `supplier_tax` or `supplier`.
    pub kind: String,
    /// The category's or payment method's name, or a supplier's without case, spaces and punctuation.
    pub key: String,
    /// The account's or tax code's id there.
    pub external_id: String,
}

const COLUMNS: &str = "id, ledger, company_id, name, home_currency, multi_currency, country, closed_until, token_id, \
    state, synced_at_us";

/// Writes a connection, or brings the one to the same company up to date; answers the id it has.
///
/// # Errors
/// The database failed.
pub async fn connection_upsert(txn: &Txn, new: &Connection, at_us: i64) -> Result<ConnectionId, StoreError> {
    let sql = "INSERT INTO connections (id, ledger, company_id, name, home_currency, multi_currency, country, \
        closed_until, token_id, state, synced_at_us, created_at_us) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
        ON CONFLICT (ledger, company_id) DO UPDATE SET name = $4, home_currency = $5, multi_currency = $6, \
        country = $7, closed_until = $8, token_id = $9, state = $10, synced_at_us = $11 RETURNING id";
    let values = vec![
        new.id.to_string().into(),
        new.ledger.clone().into(),
        new.company_id.clone().into(),
        new.name.clone().into(),
        new.home_currency.clone().into(),
        truth(new.multi_currency),
        new.country.clone().into(),
        new.closed_until.clone().into(),
        new.token_id.clone().into(),
        new.state.clone().into(),
        new.synced_at_us.into(),
        at_us.into(),
    ];
    let rows = txn.rows(sql, values).await?;
    let row = rows.first().ok_or(StoreError::NotFound("connection"))?;
    row.parsed("id", "connection id", |text| text.parse().ok())
}

/// Writes what a sync found out about a company; `false` when it was disconnected, or needs consent, in the meantime.
///
/// # Errors
/// The database failed.
pub async fn connection_synced(txn: &Txn, connection: &Connection) -> Result<bool, StoreError> {
    let sql = "UPDATE connections SET name = $1, home_currency = $2, multi_currency = $3, country = $4, \
        closed_until = $5, synced_at_us = $6 WHERE id = $7 AND state = 'connected'";
    let values = vec![
        connection.name.clone().into(),
        connection.home_currency.clone().into(),
        truth(connection.multi_currency),
        connection.country.clone().into(),
        connection.closed_until.clone().into(),
        connection.synced_at_us.into(),
        connection.id.to_string().into(),
    ];
    txn.execute(sql, values).await.map(|rows| rows == 1)
}

/// The connection with this id.
///
/// # Errors
/// There is none, or the database failed.
pub async fn connection_fetch(run: &impl Run, id: ConnectionId) -> Result<Connection, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM connections WHERE id = $1");
    let rows = run.rows(&sql, vec![id.to_string().into()]).await?;
    rows.first().map(from_row).transpose()?.ok_or(StoreError::NotFound("connection"))
}

/// Every connection, by name.
///
/// # Errors
/// The database failed.
pub async fn connection_list(run: &impl Run) -> Result<Vec<Connection>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM connections ORDER BY name, id");
    run.rows(&sql, Vec::new()).await?.iter().map(from_row).collect()
}

/// Changes the state of every connection that uses these tokens.
///
/// # Errors
/// The database failed.
pub async fn connection_state_by_token(run: &impl Run, token_id: &str, state: &str) -> Result<(), StoreError> {
    let sql = "UPDATE connections SET state = $1 WHERE token_id = $2 AND state NOT IN ('disconnected', 'offered')";
    run.execute(sql, vec![state.into(), token_id.into()]).await.map(|_| ())
}

/// Changes the state of one connection.
///
/// # Errors
/// The database failed.
pub async fn connection_state(run: &impl Run, id: ConnectionId, state: &str) -> Result<(), StoreError> {
    let sql = "UPDATE connections SET state = $1 WHERE id = $2";
    run.execute(sql, vec![state.into(), id.to_string().into()]).await.map(|_| ())
}

/// Replaces what is known of a company's accounts, tax codes and suppliers.
///
/// # Errors
/// The database failed.
pub async fn reference_replace_all(txn: &Txn, id: ConnectionId, rows: &[ReferenceRow]) -> Result<(), StoreError> {
    txn.execute("DELETE FROM ledger_references WHERE connection_id = $1", vec![id.to_string().into()]).await?;
    for row in rows {
        reference_add(txn, id, row).await?;
    }
    Ok(())
}

/// Adds one that was made or found since the last sync.
///
/// # Errors
/// The database failed.
pub async fn reference_add(run: &impl Run, id: ConnectionId, row: &ReferenceRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO ledger_references (connection_id, kind, external_id, code, name, currency) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (connection_id, kind, external_id) DO NOTHING";
    let values = vec![
        id.to_string().into(),
        row.kind.clone().into(),
        row.external_id.clone().into(),
        row.code.clone().into(),
        row.name.clone().into(),
        row.currency.clone().into(),
    ];
    run.execute(sql, values).await.map(|_| ())
}

/// A company's accounts, tax codes and suppliers, by name.
///
/// # Errors
/// The database failed.
pub async fn reference_list(run: &impl Run, id: ConnectionId) -> Result<Vec<ReferenceRow>, StoreError> {
    let sql = "SELECT kind, external_id, code, name, currency FROM ledger_references WHERE connection_id = $1 \
        ORDER BY kind, name, external_id";
    run.rows(sql, vec![id.to_string().into()]).await?.iter().map(reference_of).collect()
}

fn reference_of(row: &Row) -> Result<ReferenceRow, StoreError> {
    Ok(ReferenceRow {
        kind: row.text("kind")?,
        external_id: row.text("external_id")?,
        code: row.text_or_none("code")?,
        name: row.text("name")?,
        currency: row.text_or_none("currency")?,
    })
}

/// One account, tax code or supplier of a company; `None` where the company does not have it.
///
/// # Errors
/// The database failed.
pub async fn reference_fetch(
    run: &impl Run,
    id: ConnectionId,
    kind: &str,
    external_id: &str,
) -> Result<Option<ReferenceRow>, StoreError> {
    let sql = "SELECT kind, external_id, code, name, currency FROM ledger_references \
        WHERE connection_id = $1 AND kind = $2 AND external_id = $3";
    let values = vec![id.to_string().into(), kind.into(), external_id.into()];
    run.rows(sql, values).await?.first().map(reference_of).transpose()
}

/// Says what one of our words means in a company; an empty id takes the meaning away.
///
/// # Errors
/// The database failed.
pub async fn mapping_store(run: &impl Run, id: ConnectionId, row: &MappingRow) -> Result<(), StoreError> {
    let key: Vec<sea_orm::Value> = vec![id.to_string().into(), row.kind.clone().into(), row.key.clone().into()];
    if row.external_id.is_empty() {
        let sql = "DELETE FROM mappings WHERE connection_id = $1 AND kind = $2 AND key = $3";
        return run.execute(sql, key).await.map(|_| ());
    }
    let sql = "INSERT INTO mappings (connection_id, kind, key, external_id) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (connection_id, kind, key) DO UPDATE SET external_id = $4";
    let values = key.into_iter().chain([row.external_id.clone().into()]).collect();
    run.execute(sql, values).await.map(|_| ())
}

/// What our words mean in a company.
///
/// # Errors
/// The database failed.
pub async fn mapping_list(run: &impl Run, id: ConnectionId) -> Result<Vec<MappingRow>, StoreError> {
    let sql = "SELECT kind, key, external_id FROM mappings WHERE connection_id = $1 ORDER BY kind, key";
    let from_row = |row: &Row| {
        Ok(MappingRow { kind: row.text("kind")?, key: row.text("key")?, external_id: row.text("external_id")? })
    };
    run.rows(sql, vec![id.to_string().into()]).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Connection, StoreError> {
    Ok(Connection {
        id: row.parsed("id", "connection id", |text| text.parse().ok())?,
        ledger: row.text("ledger")?,
        company_id: row.text("company_id")?,
        name: row.text("name")?,
        home_currency: row.text("home_currency")?,
        multi_currency: row.truth("multi_currency")?,
        country: row.text_or_none("country")?,
        closed_until: row.text_or_none("closed_until")?,
        token_id: row.text("token_id")?,
        state: row.text("state")?,
        synced_at_us: row.number_or_none("synced_at_us")?,
    })
}
