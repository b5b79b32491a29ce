//! What differs between vouch and the ledgers, kept until it does not any more.

use super::{Row, Run, StoreError, Txn, ledger_entry::CREDIT};
use crate::{
    model::{
        currency::Currency,
        field::DocumentKind,
        id::{ConnectionId, DocumentId, PersonId},
        money::Money,
    },
    reconcile::bypass::{Ours, Purchase, number_key, signed},
};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftRow {
    /// Its id.
    pub id: String,
    /// The company.
    pub connection: ConnectionId,
    /// `paid`, `bill` or `credit`.
    pub resource: String,
    /// The ledger's id of the entry.
    pub external_id: String,
    /// `removed`, `total`, `currency`, `date`, `supplier`, `account`, `tax`, `dimension`, `unapproved`,
    /// `unapproved-credit` or `twice`.
    pub kind: String,
    /// The document it concerns.
    pub document: Option<DocumentId>,
    /// The supplier's name.
    pub supplier: String,
    /// What was approved, for people.
    pub approved: String,
    /// What the ledger has, for people.
    pub found: String,
    /// A page of the ledger that shows the entry.
    pub url: Option<String>,
    /// Since when it is known, in microseconds since 1970.
    pub since_us: i64,
    /// Who said that it is all right.
    pub accepted_by: Option<PersonId>,
}

const COLUMNS: &str = "id, connection_id, resource, external_id, kind, document_id, supplier, approved, found, url, \
    since_us, accepted_by";

/// Writes what differs at one entry now, and forgets what no longer does. What a person accepted stays accepted until
/// the ledger says something else.
///
/// # Errors
/// The database failed.
pub async fn drift_replace(
    txn: &Txn,
    connection: ConnectionId,
    resource: &str,
    external_id: &str,
    now: &[DriftRow],
) -> Result<(), StoreError> {
    let place = || -> Vec<sea_orm::Value> { vec![connection.to_string().into(), resource.into(), external_id.into()] };
    let sql = format!("SELECT {COLUMNS} FROM drifts WHERE connection_id = $1 AND resource = $2 AND external_id = $3");
    let before: Vec<DriftRow> = txn.rows(&sql, place()).await?.iter().map(from_row).collect::<Result<_, _>>()?;
    for old in before.iter().filter(|old| !now.iter().any(|row| row.kind == old.kind)) {
        txn.execute("DELETE FROM drifts WHERE id = $1", vec![old.id.clone().into()]).await?;
    }
    for row in now {
        let same = before.iter().any(|old| old.kind == row.kind && old.found == row.found);
        if same {
            continue;
        }
        let sql = "INSERT INTO drifts (id, connection_id, resource, external_id, kind, document_id, supplier, \
            approved, found, url, since_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
            ON CONFLICT (connection_id, resource, external_id, kind) DO UPDATE SET document_id = $6, supplier = $7, \
            approved = $8, found = $9, url = $10, since_us = $11, accepted_by = NULL, accepted_at_us = NULL";
        let mut values: Vec<sea_orm::Value> = vec![row.id.clone().into()];
        values.extend(place());
        values.extend([
            row.kind.clone().into(),
            row.document.map(|id| id.to_string()).into(),
            row.supplier.clone().into(),
            row.approved.clone().into(),
            row.found.clone().into(),
            row.url.clone().into(),
            row.since_us.into(),
        ]);
        txn.execute(sql, values).await?;
    }
    Ok(())
}

/// The differences that nobody accepted yet, the newest first.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn drift_list_open(run: &impl Run, rows_max: i64) -> Result<Vec<DriftRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM drifts WHERE accepted_by IS NULL AND connection_id IN \
        (SELECT id FROM connections WHERE state <> 'disconnected') ORDER BY since_us DESC, id LIMIT $1"
    );
    run.rows(&sql, vec![rows_max.into()]).await?.iter().map(from_row).collect()
}

/// Everything that differs at a document's entry, accepted or not.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn drift_list_of(run: &impl Run, document: DocumentId) -> Result<Vec<DriftRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM drifts WHERE document_id = $1 ORDER BY since_us, id");
    run.rows(&sql, vec![document.to_string().into()]).await?.iter().map(from_row).collect()
}

/// Notes that a person says a difference is all right; `false` when it is gone, or was accepted.
///
/// # Errors
/// The database failed.
pub async fn drift_accept(run: &impl Run, id: &str, person: PersonId, at_us: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE drifts SET accepted_by = $1, accepted_at_us = $2 WHERE id = $3 AND accepted_by IS NULL";
    run.execute(sql, vec![person.to_string().into(), at_us.into(), id.into()]).await.map(|rows| rows == 1)
}

/// The documents that an entry of a company's books may be: of the same supplier's first letters and total, or posted
/// under its id or reference. Rejected ones are not.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn document_candidates(
    run: &impl Run,
    connection: ConnectionId,
    purchase: &Purchase,
    external_id: &str,
    reference: Option<&str>,
) -> Result<Vec<Ours<DocumentId>>, StoreError> {
    let sql = "SELECT d.id, d.supplier_key, d.document_number, d.issue_date, d.total_minor, d.currency, \
        p.external_id, p.reference, d.kind, p.resource, d.state FROM documents d LEFT JOIN postings p ON p.document_id = d.id \
        WHERE d.state <> 'rejected' AND (d.state <> 'reversed' OR p.reference = $3) AND COALESCE(p.connection_id, d.connection_id, $1) = $1 \
        AND (p.external_id = $2 OR p.reference = $3 OR (d.supplier_key LIKE $4 AND d.total_minor IN ($5, $8) AND d.currency = $6)) \
        ORDER BY d.uploaded_at_us, d.id LIMIT $7";
    let currency = Currency::parse(&purchase.currency).ok();
    let total = currency.and_then(|currency| Money::from_decimal(purchase.total.abs(), currency).ok());
    let stem: String = purchase.supplier_key.chars().take(STEM_CHARS).collect();
    let values = vec![
        connection.to_string().into(),
        external_id.into(),
        reference.map(str::to_owned).into(),
        if stem.is_empty() { String::new() } else { format!("{stem}%") }.into(),
        total.map(Money::minor).into(),
        purchase.currency.clone().into(),
        CANDIDATES_MAX.into(),
        // A credit note may print its total with a sign or without.
        total.map(|total| -total.minor()).into(),
    ];
    run.rows(sql, values).await?.iter().map(ours_from_row).collect()
}

/// A ledger may write a supplier's name shorter or longer; so much of it begins alike.
const STEM_CHARS: usize = 4;
const CANDIDATES_MAX: i64 = 200;

fn ours_from_row(row: &Row) -> Result<Ours<DocumentId>, StoreError> {
    let currency = row.text_or_none("currency")?.unwrap_or_default();
    let minor = row.number_or_none("total_minor")?;
    let parsed = Currency::parse(&currency).ok();
    let total = parsed.zip(minor).map(|(currency, minor)| Money::from_minor(minor, currency).to_decimal());
    let kind = row.text_or_none("kind")?.and_then(|name| DocumentKind::from_name(&name));
    let is_credit = kind == Some(DocumentKind::CreditNote) || row.text_or_none("resource")?.as_deref() == Some(CREDIT);
    let total = total.map(|total| signed(total, is_credit));
    let number = row.text_or_none("document_number")?;
    Ok(Ours {
        document: row.parsed("id", "document id", |text| text.parse().ok())?,
        purchase: Purchase {
            supplier_key: row.text_or_none("supplier_key")?.unwrap_or_default(),
            number_key: number.as_deref().map(number_key).unwrap_or_default(),
            total: total.unwrap_or_default(),
            currency,
            issue_date: row.text_or_none("issue_date")?.and_then(|text| text.parse().ok()),
        },
        external_id: row.text_or_none("external_id")?,
        reference: row.text_or_none("reference")?,
        is_reversed: row.text("state")? == "reversed",
    })
}

fn from_row(row: &Row) -> Result<DriftRow, StoreError> {
    let damaged = |what, value: &str| StoreError::Damaged { what, value: value.to_owned() };
    let document = row.text_or_none("document_id")?;
    let document = document.map(|text| text.parse().map_err(|_| damaged("document id", &text))).transpose()?;
    let person = row.text_or_none("accepted_by")?;
    let accepted_by = person.map(|text| text.parse().map_err(|_| damaged("person id", &text))).transpose()?;
    Ok(DriftRow {
        id: row.text("id")?,
        connection: row.parsed("connection_id", "connection id", |text| text.parse().ok())?,
        resource: row.text("resource")?,
        external_id: row.text("external_id")?,
        kind: row.text("kind")?,
        document,
        supplier: row.text("supplier")?,
        approved: row.text("approved")?,
        found: row.text("found")?,
        url: row.text_or_none("url")?,
        since_us: row.number("since_us")?,
        accepted_by,
    })
}
