//! Events that the ledgers announced; each is heard once.

use super::{Row, Run, StoreError, Txn};
use crate::model::id::ConnectionId;

/// Notes an event; `false` when it was heard before.
///
/// # Errors
/// The database failed.
pub async fn webhook_event_append(
    txn: &Txn,
    id: &str,
    ledger: &str,
    company_id: &str,
    at_us: i64,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO webhook_events (id, ledger, company_id, received_at_us) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (id) DO NOTHING";
    let values = vec![id.into(), ledger.into(), company_id.into(), at_us.into()];
    txn.execute(sql, values).await.map(|rows| rows == 1)
}

/// The connected company with this id at its ledger.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn connection_by_company(
    run: &impl Run,
    ledger: &str,
    company_id: &str,
) -> Result<Option<ConnectionId>, StoreError> {
    let sql = "SELECT id FROM connections WHERE ledger = $1 AND company_id = $2 AND state = 'connected'";
    let id = |row: &Row| row.parsed("id", "connection id", |text| text.parse().ok());
    run.rows(sql, vec![ledger.into(), company_id.into()]).await?.first().map(id).transpose()
}

/// Forgets events that were heard before a moment; the ledgers send none so late.
///
/// # Errors
/// The database failed.
pub async fn webhook_event_sweep(run: &impl Run, before_us: i64) -> Result<(), StoreError> {
    run.execute("DELETE FROM webhook_events WHERE received_at_us < $1", vec![before_us.into()]).await.map(|_| ())
}
