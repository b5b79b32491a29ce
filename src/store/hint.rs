//! What corrections taught about suppliers, and what of it was undone.

use super::{Row, Run, StoreError, Txn};
use crate::model::{
    category::Category,
    currency::Currency,
    id::{DocumentId, PersonId},
};

/// More hints than this are not kept in mind; the newest are.
const HINTS_MAX: i64 = 5_000;

/// One thing that a correction taught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HintRow {
    /// Its id.
    pub id: String,
    /// The document that was corrected.
    pub document: DocumentId,
    /// Who corrected it.
    pub person: PersonId,
    /// The supplier's name as the books have it.
    pub name: String,
    /// The name as it was read.
    pub printed: Option<String>,
    /// The tax number the paper bears.
    pub tax_id: Option<String>,
    /// Whether its papers write the day before the month.
    pub day_first: Option<bool>,
    /// The currency of its papers.
    pub currency: Option<Currency>,
    /// What is bought there.
    pub category: Option<Category>,
    /// When, in microseconds since 1970.
    pub at_us: i64,
}

/// Writes down what a correction taught. Its id is made here.
///
/// # Errors
/// The database failed.
pub async fn hint_append(txn: &Txn, hint: &HintRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO hints (id, document_id, person_id, name, printed, tax_id, day_first, currency, category, at_us) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let values = vec![
        uuid::Uuid::now_v7().to_string().into(),
        hint.document.to_string().into(),
        hint.person.to_string().into(),
        hint.name.clone().into(),
        hint.printed.clone().into(),
        hint.tax_id.clone().into(),
        hint.day_first.map(i64::from).into(),
        hint.currency.map(|currency| currency.code().to_owned()).into(),
        hint.category.map(|category| category.name().to_owned()).into(),
        hint.at_us.into(),
    ];
    txn.execute(sql, values).await.map(|_| ())
}

/// What stands, the oldest first.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn hint_list(run: &impl Run) -> Result<Vec<HintRow>, StoreError> {
    let sql = "SELECT id, document_id, person_id, name, printed, tax_id, day_first, currency, category, at_us FROM hints \
        WHERE undone_at_us IS NULL ORDER BY at_us DESC, id DESC LIMIT $1";
    let hint = |row: &Row| -> Result<HintRow, StoreError> {
        Ok(HintRow {
            id: row.text("id")?,
            document: row.parsed("document_id", "document id", |text| text.parse().ok())?,
            person: row.parsed("person_id", "person id", |text| text.parse().ok())?,
            name: row.text("name")?,
            printed: row.text_or_none("printed")?,
            tax_id: row.text_or_none("tax_id")?,
            day_first: row.number_or_none("day_first")?.map(|first| first != 0),
            currency: row.text_or_none("currency")?.and_then(|code| Currency::parse(&code).ok()),
            category: row.text_or_none("category")?.and_then(|name| Category::from_name(&name)),
            at_us: row.number("at_us")?,
        })
    };
    let mut hints: Vec<HintRow> =
        run.rows(sql, vec![HINTS_MAX.into()]).await?.iter().map(hint).collect::<Result<_, _>>()?;
    hints.reverse();
    Ok(hints)
}

/// Takes back what a correction taught; the next reading knows nothing of it.
///
/// # Errors
/// The database failed.
pub async fn hint_undo(txn: &Txn, id: &str, by: PersonId, at_us: i64) -> Result<(), StoreError> {
    let sql = "UPDATE hints SET undone_at_us = $1, undone_by = $2 WHERE id = $3 AND undone_at_us IS NULL";
    txn.execute(sql, vec![at_us.into(), by.to_string().into(), id.into()]).await.map(|_| ())
}
