//! What each company's books hold, as last looked at, and how far its changes were followed.

use rust_decimal::Decimal;

use super::{Row, Run, StoreError, Txn, truth};
use crate::{check::supplier_key, model::id::ConnectionId, reconcile::bypass::number_key};

/// An entry of a company's books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntryRow {
    /// The company.
    pub connection: ConnectionId,
    /// `paid`, `bill` or `credit`.
    pub resource: String,
    /// The ledger's id.
    pub external_id: String,
    /// The number on it.
    pub number: Option<String>,
    /// The supplier's id there.
    pub supplier_id: Option<String>,
    /// The supplier's name there.
    pub supplier_name: Option<String>,
    /// Its total.
    pub total: Decimal,
    /// Its currency, ISO 4217.
    pub currency: String,
    /// Its date, `YYYY-MM-DD`.
    pub issue_date: Option<String>,
    /// Whether it still counts.
    pub live: bool,
    /// Whether it was paid or reconciled there.
    pub settled: bool,
    /// The account of its first line.
    pub account: Option<String>,
    /// The tax code of its first line.
    pub tax_code: Option<String>,
    /// Our reference, where it carries one.
    pub reference: Option<String>,
    /// A page of the ledger that shows it.
    pub url: Option<String>,
}

const COLUMNS: &str = "connection_id, resource, external_id, number, supplier_id, supplier_name, total, currency, \
    issue_date, live, settled, account, tax_code, reference, url";

/// Writes an entry as it was seen now.
///
/// # Errors
/// The database failed.
pub async fn ledger_entry_upsert(txn: &Txn, row: &LedgerEntryRow, at_us: i64) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO ledger_entries ({COLUMNS}, number_key, supplier_key, seen_at_us) VALUES ($1, $2, $3, $4, $5, $6, \
        $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) \
        ON CONFLICT (connection_id, resource, external_id) DO UPDATE SET number = $4, supplier_id = $5, \
        supplier_name = $6, total = $7, currency = $8, issue_date = $9, live = $10, settled = $11, account = $12, \
        tax_code = $13, reference = $14, url = $15, number_key = $16, supplier_key = $17, seen_at_us = $18"
    );
    let values = vec![
        row.connection.to_string().into(),
        row.resource.clone().into(),
        row.external_id.clone().into(),
        row.number.clone().into(),
        row.supplier_id.clone().into(),
        row.supplier_name.clone().into(),
        row.total.to_string().into(),
        row.currency.clone().into(),
        row.issue_date.clone().into(),
        truth(row.live),
        truth(row.settled),
        row.account.clone().into(),
        row.tax_code.clone().into(),
        row.reference.clone().into(),
        row.url.clone().into(),
        row.number.as_deref().map(number_key).into(),
        row.supplier_name.as_deref().map(supplier_key).into(),
        at_us.into(),
    ];
    txn.execute(&sql, values).await.map(|_| ())
}

/// Notes that an entry is gone; what it said last stays.
///
/// # Errors
/// The database failed.
pub async fn ledger_entry_remove(
    txn: &Txn,
    connection: ConnectionId,
    resource: &str,
    external_id: &str,
    at_us: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE ledger_entries SET live = 0, seen_at_us = $1 \
        WHERE connection_id = $2 AND resource = $3 AND external_id = $4";
    let values = vec![at_us.into(), connection.to_string().into(), resource.into(), external_id.into()];
    txn.execute(sql, values).await.map(|_| ())
}

/// The live entries dated on or after a day that were not seen since a moment: a full look did not find them.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn ledger_entry_list_missing(
    run: &impl Run,
    connection: ConnectionId,
    from: &str,
    seen_before_us: i64,
) -> Result<Vec<LedgerEntryRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger_entries WHERE connection_id = $1 AND live = 1 AND issue_date >= $2 \
        AND seen_at_us < $3 ORDER BY resource, external_id"
    );
    let values = vec![connection.to_string().into(), from.into(), seen_before_us.into()];
    run.rows(&sql, values).await?.iter().map(from_row).collect()
}

/// The entry with this id.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn ledger_entry_fetch(
    run: &impl Run,
    connection: ConnectionId,
    resource: &str,
    external_id: &str,
) -> Result<Option<LedgerEntryRow>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM ledger_entries WHERE connection_id = $1 AND resource = $2 AND external_id = $3");
    let values = vec![connection.to_string().into(), resource.into(), external_id.into()];
    run.rows(&sql, values).await?.first().map(from_row).transpose()
}

/// What a document is looked for by, in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Only in this company's books.
    pub connection: Option<ConnectionId>,
    /// The supplier's name, as people write it.
    pub supplier: String,
    /// The number on the paper.
    pub number: Option<String>,
    /// The total.
    pub total: Decimal,
    /// Its currency, ISO 4217.
    pub currency: String,
    /// The date on it.
    pub issue_date: Option<jiff::civil::Date>,
    /// Our own reference: its own entry is no duplicate.
    pub own_reference: Option<String>,
}

/// The live entries that are the same purchase as a document: same supplier, total and currency, and the same number
/// or, without one, nearly the same date. The rule is `reconcile::bypass::is_same`; here is finding the candidates.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn ledger_entries_matching(run: &impl Run, wanted: &Wanted) -> Result<Vec<LedgerEntryRow>, StoreError> {
    let purchase = crate::reconcile::bypass::Purchase {
        supplier_key: supplier_key(&wanted.supplier),
        number_key: wanted.number.as_deref().map(number_key).unwrap_or_default(),
        total: wanted.total,
        currency: wanted.currency.clone(),
        issue_date: wanted.issue_date,
    };
    if purchase.supplier_key.is_empty() {
        return Ok(Vec::new());
    }
    let days = |days: i64| {
        let day = wanted.issue_date?.checked_add(jiff::Span::new().days(days)).ok()?;
        Some(day.to_string())
    };
    let (from, to) = (days(-NEAR_DAYS).unwrap_or_default(), days(NEAR_DAYS).unwrap_or_default());
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger_entries WHERE live = 1 AND currency = $1 AND (number_key = $2 \
        OR (supplier_key LIKE $3 AND issue_date >= $4 AND issue_date <= $5)) \
        ORDER BY issue_date, external_id LIMIT $6"
    );
    // Whatever begins with the first letters of the name: the pure rule decides how much of it must be the same.
    let stem: String = purchase.supplier_key.chars().take(STEM_CHARS).collect();
    let values = vec![
        wanted.currency.clone().into(),
        Some(purchase.number_key.clone()).filter(|key| !key.is_empty()).into(),
        format!("{stem}%").into(),
        from.into(),
        to.into(),
        CANDIDATES_MAX.into(),
    ];
    let rows: Vec<LedgerEntryRow> =
        run.rows(&sql, values).await?.iter().map(from_row).collect::<Result<_, StoreError>>()?;
    let same = |row: &LedgerEntryRow| {
        wanted.connection.is_none_or(|id| id == row.connection)
            && (row.reference.is_none() || row.reference != wanted.own_reference)
            && crate::reconcile::bypass::is_same(&purchase, &row.purchase())
    };
    Ok(rows.into_iter().filter(same).collect())
}

/// How the resource of suppliers' credits is called in tables: the name of `post`'s `Resource::Credit`.
pub(super) const CREDIT: &str = "credit";
/// A date further away is no candidate; the rule itself is narrower.
const NEAR_DAYS: i64 = 7;
/// A ledger may write a supplier's name shorter or longer; so much of it begins alike.
const STEM_CHARS: usize = 4;
const CANDIDATES_MAX: i64 = 500;

impl LedgerEntryRow {
    /// What it is for, as the pure rules take it.
    #[must_use]
    pub fn purchase(&self) -> crate::reconcile::bypass::Purchase {
        // Where our reference stands in the place of the number, nobody knows the paper's.
        let number = self.number.as_deref().filter(|number| self.reference.as_deref() != Some(number));
        crate::reconcile::bypass::Purchase {
            supplier_key: self.supplier_name.as_deref().map(supplier_key).unwrap_or_default(),
            number_key: number.map(number_key).unwrap_or_default(),
            total: crate::reconcile::bypass::signed(self.total, self.resource == CREDIT),
            currency: self.currency.clone(),
            issue_date: self.issue_date.as_deref().and_then(|text| text.parse().ok()),
        }
    }
}

/// The account and tax code that a supplier's newest entries went to, newest first.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn ledger_entry_list_of_supplier(
    run: &impl Run,
    connection: ConnectionId,
    key: &str,
    rows_max: i64,
) -> Result<Vec<LedgerEntryRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM ledger_entries WHERE connection_id = $1 AND supplier_key = $2 AND live = 1 \
        AND account IS NOT NULL ORDER BY issue_date DESC, external_id DESC LIMIT $3"
    );
    let values = vec![connection.to_string().into(), key.into(), rows_max.into()];
    run.rows(&sql, values).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<LedgerEntryRow, StoreError> {
    Ok(LedgerEntryRow {
        connection: row.parsed("connection_id", "connection id", |text| text.parse().ok())?,
        resource: row.text("resource")?,
        external_id: row.text("external_id")?,
        number: row.text_or_none("number")?,
        supplier_id: row.text_or_none("supplier_id")?,
        supplier_name: row.text_or_none("supplier_name")?,
        total: row.parsed("total", "total", |text| text.parse().ok())?,
        currency: row.text("currency")?,
        issue_date: row.text_or_none("issue_date")?,
        live: row.truth("live")?,
        settled: row.truth("settled")?,
        account: row.text_or_none("account")?,
        tax_code: row.text_or_none("tax_code")?,
        reference: row.text_or_none("reference")?,
        url: row.text_or_none("url")?,
    })
}

/// How far a company's changes were followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// When the company was connected first, in microseconds since 1970.
    pub connected_at_us: i64,
    /// Up to which moment, in the ledger's own time.
    pub until_us: Option<i64>,
    /// When that was, in ours.
    pub looked_at_us: Option<i64>,
}

/// How far a company's changes were followed.
///
/// # Errors
/// There is no such connection, or the database failed.
pub async fn watch_fetch(run: &impl Run, connection: ConnectionId) -> Result<Watch, StoreError> {
    let sql = "SELECT created_at_us, changes_until_us, compared_at_us FROM connections WHERE id = $1";
    let rows = run.rows(sql, vec![connection.to_string().into()]).await?;
    let row = rows.first().ok_or(StoreError::NotFound("connection"))?;
    Ok(Watch {
        connected_at_us: row.number("created_at_us")?,
        until_us: row.number_or_none("changes_until_us")?,
        looked_at_us: row.number_or_none("compared_at_us")?,
    })
}

/// Notes how far a company's changes were followed.
///
/// # Errors
/// The database failed.
pub async fn watch_store(
    txn: &Txn,
    connection: ConnectionId,
    until_us: Option<i64>,
    looked_at_us: i64,
) -> Result<(), StoreError> {
    let sql = "UPDATE connections SET changes_until_us = $1, compared_at_us = $2 WHERE id = $3";
    let values = vec![until_us.into(), looked_at_us.into(), connection.to_string().into()];
    txn.execute(sql, values).await.map(|_| ())
}
