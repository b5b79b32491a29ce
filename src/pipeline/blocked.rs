//! What cannot be posted and why: documents that wait for the same thing are one group, with the one field that lets
//! all of them go.
//!
//! The reason is worked out anew from the document and the company's mapping, not read from the sentence that was shown
//! when it was blocked: what was mended since is ready to go.

use std::collections::BTreeMap;

use super::{
    Context,
    dimension::{self, DIMENSION},
    entry::{Books, CATEGORY_ACCOUNT, CATEGORY_TAX, EntryError, PAID_FROM},
    export::companies,
    prepared::prepared,
    transition::{Move, TransitionFailed, transition},
};
use crate::{
    approval::state::{Event, State},
    check::supplier_key,
    model::{
        field::FieldName,
        id::{ConnectionId, DocumentId, PostingId},
        person::{Actor, Person},
    },
    post::ReferenceKind,
    store::{
        StoreError,
        document::{Document, DocumentFilter, document_list},
        ledger_entry::ledger_entry_list_of_supplier,
    },
};

/// The most blocked documents that are looked at.
const BLOCKED_MAX: i64 = 1_000;
/// A suggestion looks at so many of a supplier's newest entries.
const HISTORY_MAX: i64 = 20;

/// The one thing that lets a group go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fix {
    /// Choose what a word of ours means in the company: the mapping's kind and key.
    Mapping {
        /// `category_account`, `category_tax`, `paid_from`, `dimension` or one of a dimension's values.
        kind: &'static str,
        /// The category, way of paying, dimension, department or project.
        key: String,
    },
    /// Give consent for the company again.
    Consent,
    /// Choose a company in the document.
    Company,
    /// Correct the document, or the ledger's settings: the sentence says what.
    Document(String),
    /// Nothing is missing here: the ledger said no, or somebody mended it already.
    Again(String),
}

/// Documents that wait for the same thing.
#[derive(Debug, Clone)]
pub struct Group {
    /// The company; absent where none is chosen.
    pub connection: Option<ConnectionId>,
    /// What lets them go.
    pub fix: Fix,
    /// The documents, oldest first.
    pub documents: Vec<Document>,
    /// What to choose, from what their suppliers' entries went to last.
    pub suggestion: Option<String>,
}

/// Everything that is blocked, in groups; those that hold up most come first.
///
/// # Errors
/// The database failed.
pub async fn groups(context: &Context) -> Result<Vec<Group>, StoreError> {
    let filter = DocumentFilter { state: Some("posting_blocked".to_owned()), ..DocumentFilter::default() };
    let (blocked, _) = document_list(&context.db, &filter, 0, BLOCKED_MAX).await?;
    let books: BTreeMap<ConnectionId, Books> =
        companies(context).await?.into_iter().map(|books| (books.connection.id, books)).collect();
    let mut groups: BTreeMap<(Option<ConnectionId>, Fix), Vec<Document>> = BTreeMap::new();
    for document in blocked.into_iter().rev() {
        let books = document.connection.and_then(|id| books.get(&id));
        let fix = match books {
            Some(books) => fix(context, &document, books).await?,
            None => Fix::Company,
        };
        groups.entry((document.connection, fix)).or_default().push(document);
    }
    let mut found = Vec::new();
    for ((connection, fix), documents) in groups {
        let suggestion = match (&fix, connection.and_then(|id| books.get(&id))) {
            (Fix::Mapping { kind, key }, Some(books)) if dimension::kinds_of(kind).is_some() => {
                dimension::nearest(books, kind, key)
            }
            (Fix::Mapping { kind, .. }, Some(books)) => suggestion(context, books, kind, &documents).await?,
            (Fix::Mapping { .. } | Fix::Consent | Fix::Company | Fix::Document(_) | Fix::Again(_), _) => None,
        };
        found.push(Group { connection, fix, documents, suggestion });
    }
    found.sort_by_key(|group| std::cmp::Reverse(group.documents.len()));
    Ok(found)
}

async fn fix(context: &Context, document: &Document, books: &Books) -> Result<Fix, StoreError> {
    if books.connection.state != super::ledger::CONNECTED {
        return Ok(Fix::Consent);
    }
    let mapping = |kind, key: &str| Fix::Mapping { kind, key: key.to_owned() };
    Ok(match prepared(&context.db, document, books, None, PostingId::from_u128(0), None).await? {
        Ok(_) => Fix::Again(said(document)),
        Err(EntryError::AccountUnmapped { category, .. }) => mapping(CATEGORY_ACCOUNT, category),
        Err(EntryError::TaxUnmapped { category, .. }) => mapping(CATEGORY_TAX, category),
        Err(EntryError::PaidFromUnmapped { method, .. }) => mapping(PAID_FROM, &method),
        Err(EntryError::MappingGone { kind, what, .. }) => mapping(kind, &what),
        Err(EntryError::DimensionNotTaken { dimension, .. }) => mapping(DIMENSION, dimension),
        Err(EntryError::DimensionUnmapped { kind, value, .. }) => mapping(kind, &value),
        Err(
            error @ (EntryError::Missing(_)
            | EntryError::CurrencyNotTaken { .. }
            | EntryError::PaidFromCurrency { .. }
            | EntryError::PeriodClosed { .. }
            | EntryError::DueBeforeIssue { .. }
            | EntryError::RateUnknown { .. }
            | EntryError::KindUnknown),
        ) => Fix::Document(error.to_string()),
    })
}

fn said(document: &Document) -> String {
    match &document.state {
        State::PostingBlocked { message, .. } => message.clone(),
        State::Received
        | State::Unreadable { .. }
        | State::Checking
        | State::NeedsReview
        | State::AwaitingApproval
        | State::Approved { .. }
        | State::Posted { .. }
        | State::Reversal(_)
        | State::Returned { .. }
        | State::Withdrawn { .. }
        | State::Held { .. }
        | State::Rejected { .. } => String::new(),
    }
}

/// What most of these suppliers' newest entries went to, if it can still be chosen.
async fn suggestion(
    context: &Context,
    books: &Books,
    kind: &str,
    documents: &[Document],
) -> Result<Option<String>, StoreError> {
    let mut suppliers: Vec<String> = documents.iter().map(supplier_of).collect();
    suppliers.sort();
    suppliers.dedup();
    let mut used = Vec::new();
    for supplier in suppliers.iter().filter(|key| !key.is_empty()) {
        let entries = ledger_entry_list_of_supplier(&context.db, books.connection.id, supplier, HISTORY_MAX).await?;
        used.extend(
            entries.into_iter().filter_map(|entry| if kind == CATEGORY_TAX { entry.tax_code } else { entry.account }),
        );
    }
    let kinds: &[ReferenceKind] = match kind {
        CATEGORY_TAX => &[ReferenceKind::TaxCode],
        CATEGORY_ACCOUNT => &[ReferenceKind::ExpenseAccount],
        // The line of an entry says what it was for, not what it was paid from.
        _ => &[],
    };
    let names = |id: &String| {
        books.references.iter().any(|row| row.external_id == *id && kinds.iter().any(|kind| kind.name() == row.kind))
    };
    Ok(most_used(used.into_iter().filter(names)))
}

/// What was used most; of several used as often, what was used last.
fn most_used(newest_first: impl IntoIterator<Item = String>) -> Option<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for id in newest_first {
        match counts.iter_mut().find(|(known, _)| *known == id) {
            Some((_, count)) => *count += 1,
            None => counts.push((id, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(id, _)| id)
}

/// A document's supplier as mappings name it.
#[must_use]
pub fn supplier_of(document: &Document) -> String {
    let name = document.draft.as_ref().and_then(|draft| draft.text(FieldName::SupplierName));
    name.map(supplier_key).unwrap_or_default()
}

/// A supplier's name as mappings name it.
#[must_use]
pub fn key_of(name: &str) -> String {
    supplier_key(name)
}

/// Posts again what was blocked and waits for nothing any more, of these documents or, with `None`, of all; answers how
/// many go.
///
/// # Errors
/// The database failed.
pub async fn unblock(context: &Context, person: &Person, only: Option<&[DocumentId]>) -> Result<usize, StoreError> {
    let mut gone = 0;
    for group in groups(context).await? {
        if !matches!(group.fix, Fix::Again(_)) {
            continue;
        }
        for document in group.documents {
            if only.is_none_or(|only| only.contains(&document.id)) {
                retry(context, person, document.id).await?;
                gone += 1;
            }
        }
    }
    Ok(gone)
}

/// Posts one blocked document again; one that is no longer blocked stays as it is.
///
/// # Errors
/// The database failed.
pub(super) async fn retry(context: &Context, person: &Person, id: DocumentId) -> Result<(), StoreError> {
    let step = Move {
        id,
        actor: Actor::Person(person.id),
        event: Event::PostingRetried { by: person.id },
        seen_version: None,
        detail: String::new(),
        change: Box::new(|_| {}),
    };
    match transition(context, step).await {
        Ok(_) | Err(TransitionFailed::Refused(_)) => Ok(()),
        Err(TransitionFailed::Store(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_most_and_last_is_suggested() {
        let suggested = |used: &[&str]| most_used(used.iter().map(|id| (*id).to_owned()));
        for (newest_first, expected) in
            [(&["a", "b", "b"][..], Some("b")), (&["a", "b", "b", "a"], Some("a")), (&["b"], Some("b")), (&[], None)]
        {
            assert_eq!(suggested(newest_first).as_deref(), expected, "{newest_first:?}");
        }
    }
}
