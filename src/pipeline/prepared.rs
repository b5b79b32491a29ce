//! An entry as it goes to its ledger: what the document says, with the rate and the dimensions that the company is told.
//! Posting sends it; the list of what is blocked asks what is missing for it.

use super::{
    dimension::{self, charged},
    entry::{self, Books, EntryError},
    own_rate,
};
use crate::{
    approval::facts::Facts,
    model::id::PostingId,
    post::entry::Entry,
    store::{Run, StoreError, document::Document},
};

/// The entry, or what a person has to do first. `facts` are those it was approved with, where they are at hand.
///
/// # Errors
/// The database failed or holds a damaged row.
pub(super) async fn prepared(
    run: &impl Run,
    document: &Document,
    books: &Books,
    facts: Option<Facts>,
    posting: PostingId,
    url: Option<String>,
) -> Result<Result<Entry, EntryError>, StoreError> {
    let rate = own_rate::known(run, document, books).await?;
    let charged = charged(run, document, books, facts).await?;
    Ok(entry::build(document, books, posting, url).and_then(|entry| {
        let exchange_rate = own_rate::of_entry(rate, &entry, books)?;
        let dimensions = dimension::of_entry(&charged, books)?;
        Ok(Entry { exchange_rate, dimensions, ..entry })
    }))
}
