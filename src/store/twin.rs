//! Twins: documents that may be the same purchase.

use super::{Row, Run, StoreError, Txn, candidate::OTHERS, document::Document};
use crate::check::{Identity, Twin};

/// The number of the advisory lock that checks wait for.
const TWINS_LOCK: i64 = 0x0076_6f75_6368;

/// Makes the checks of all documents wait for each other until their transactions end, so that of two twins checked at
/// the same time the second sees what became of the first. On SQLite the write lock does that already.
///
/// # Errors
/// The database failed.
pub async fn document_twins_lock(txn: &Txn) -> Result<(), StoreError> {
    if txn.backend == sea_orm::DatabaseBackend::Sqlite {
        return Ok(());
    }
    txn.rows("SELECT 1 AS n FROM pg_advisory_xact_lock($1)", vec![TWINS_LOCK.into()]).await.map(|_| ())
}

/// Other documents with this supplier, date, total and currency that were not rejected, the first uploaded first.
///
/// Of two that are the same purchase, the later upload is the duplicate. A later one counts as well once it is on its
/// way into a ledger: where a blurred photograph was taken again, the second may be posted before the first is typed in.
/// One that a person kept does not come back at the first, because both were looked at then.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn document_twins(
    run: &impl Run,
    document: &Document,
    identity: &Identity,
    rows_max: i64,
) -> Result<Vec<Twin>, StoreError> {
    let sql = format!(
        "SELECT id, document_number FROM documents WHERE supplier_key = $3 AND issue_date = $4 AND total_minor = $5 \
        AND currency = $6 AND {OTHERS} ORDER BY uploaded_at_us, id LIMIT $7"
    );
    let values = vec![
        document.id.to_string().into(),
        document.uploaded_at_us.into(),
        identity.supplier_key.clone().into(),
        identity.issue_date.to_string().into(),
        identity.total.minor().into(),
        identity.total.currency().code().into(),
        rows_max.into(),
    ];
    let twin = |row: &Row| {
        let id = row.parsed("id", "document id", |text| text.parse().ok())?;
        Ok(Twin { id, document_number: row.text_or_none("document_number")? })
    };
    run.rows(&sql, values).await?.iter().map(twin).collect()
}
