//! The rate of a foreign document, where a company is to be told it. Pure but for the reading.
//!
//! Xero takes the rate of its own day, and is told ours only where a person chose that for the company: which way round
//! its `CurrencyRate` goes is not confirmed (accounting-apis.md, X3), so nobody is given it unasked.

use rust_decimal::Decimal;

use super::entry::{Books, EntryError};
use crate::{
    model::currency::Currency,
    post::{LedgerKind, entry::Entry},
    store::{Run, StoreError, candidate::rate_fetch, document::Document},
};

/// The mapping kind that says which rate a company is sent.
pub const RATE: &str = "rate";
/// Its only key.
pub const RATE_KEY: &str = "foreign";
/// What it means where the rate that the document was approved with is sent.
pub const RATE_APPROVED: &str = "approved";

/// Whether a company is sent the rate that a document was approved with.
#[must_use]
pub fn is_sent(books: &Books) -> bool {
    books.ledger == LedgerKind::Xero && books.mapped(RATE, RATE_KEY) == Some(RATE_APPROVED)
}

/// The rate that turned a document's total into the firm's own currency, and that currency; not asked where no company
/// is told.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn known(
    run: &impl Run,
    document: &Document,
    books: &Books,
) -> Result<Option<(Currency, Decimal)>, StoreError> {
    if is_sent(books) { rate_fetch(run, document.id).await } else { Ok(None) }
}

/// The rate that a company is told with this entry: its own currency for one unit of the entry's.
///
/// # Errors
/// It is to be told one, and none is known, or only one into another currency.
pub fn of_entry(
    known: Option<(Currency, Decimal)>,
    entry: &Entry,
    books: &Books,
) -> Result<Option<Decimal>, EntryError> {
    if !is_sent(books) || entry.currency == entry.home_currency {
        return Ok(None);
    }
    let fits = known.filter(|(home, rate)| *home == entry.home_currency && *rate > Decimal::ZERO);
    let (_, rate) = fits.ok_or_else(|| EntryError::RateUnknown {
        currency: entry.currency,
        home: entry.home_currency,
        company: books.connection.name.clone(),
    })?;
    Ok(Some(rate))
}
