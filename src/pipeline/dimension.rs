//! Departments and projects, and what they are in each company.
//!
//! Design note. vouch knows two dimensions, department and project. A company's settings say what each is sent as, or,
//! by default, that it is not sent: a row of kind [`DIMENSION`] among the mappings, whose meaning is one of the company's
//! references of kind `dimension` (`class`, `location` or `customer` in QuickBooks, the id of a tracking category in
//! Xero). The values are mapped under a kind that names the dimension and what it is sent as, so that what was chosen
//! among classes is never taken for a location of the same id once the setting changes.
//!
//! What is posted is what was approved: the department of the approval's own facts, which falls back to the claimant's.
//! A document without a department or project is posted without; one whose value means nothing in the company waits.

use std::collections::BTreeSet;

use super::{
    approval::{department_of, digest},
    entry::{Books, EntryError},
};
use crate::{
    approval::facts::Facts,
    check::supplier_key,
    model::{id::ConnectionId, organisation::Organisation},
    post::{
        LedgerKind, ReferenceKind,
        dimension::Dimension,
        quickbooks::dimension::{CLASS, CUSTOMER, LOCATION},
    },
    store::{
        Run, StoreError,
        approval::approval_fetch,
        candidate::claim_fetch,
        connection::{MappingRow, ReferenceRow, mapping_list, mapping_store, reference_list},
        document::Document,
        organisation::organisation_fetch,
    },
};

/// The mapping kind that says what a dimension is sent as.
pub const DIMENSION: &str = "dimension";
/// The dimensions, as settings name them.
pub const DEPARTMENT: &str = "department";
/// See [`DEPARTMENT`].
pub const PROJECT: &str = "project";
/// Both.
pub const DIMENSIONS: [&str; 2] = [DEPARTMENT, PROJECT];

/// The mapping kinds of values: the dimension, what it is sent as, the kind, and what can be chosen.
const VALUES: [(&str, &str, &str, ReferenceKind); 8] = [
    (DEPARTMENT, CLASS, "department_class", ReferenceKind::Class),
    (DEPARTMENT, LOCATION, "department_location", ReferenceKind::Location),
    (DEPARTMENT, CUSTOMER, "department_customer", ReferenceKind::Customer),
    (DEPARTMENT, TRACKING, "department_tracking", ReferenceKind::TrackingOption),
    (PROJECT, CLASS, "project_class", ReferenceKind::Class),
    (PROJECT, LOCATION, "project_location", ReferenceKind::Location),
    (PROJECT, CUSTOMER, "project_customer", ReferenceKind::Customer),
    (PROJECT, TRACKING, "project_tracking", ReferenceKind::TrackingOption),
];
/// What stands for every tracking category in the names of kinds.
const TRACKING: &str = "tracking";

/// What a mapping of this kind can mean; `None` when it is no dimension's.
#[must_use]
pub fn kinds_of(kind: &str) -> Option<&'static [ReferenceKind]> {
    if kind == DIMENSION {
        return Some(&[ReferenceKind::Dimension]);
    }
    VALUES.iter().find(|(_, _, name, _)| *name == kind).map(|(_, _, _, reference)| std::slice::from_ref(reference))
}

/// The kind as the tables name it, and the dimension whose values it maps.
#[must_use]
pub fn value_kind(kind: &str) -> Option<(&'static str, &'static str)> {
    VALUES.iter().find(|(_, _, name, _)| *name == kind).map(|(dimension, _, name, _)| (*name, *dimension))
}

/// What a document is charged to, in our own words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Charged {
    /// The department that pays.
    pub department: Option<String>,
    /// The project it is for.
    pub project: Option<String>,
}

/// How a company is sent one dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent<'a> {
    /// `class`, `location`, `customer`, or the id of a tracking category.
    pub as_what: &'a str,
    /// The mapping kind of its values.
    pub kind: &'static str,
    /// What its values can mean.
    pub reference: ReferenceKind,
}

impl Sent<'_> {
    /// Whether a value can mean this: of the right kind, and of the right category.
    #[must_use]
    pub fn can_mean(&self, row: &ReferenceRow) -> bool {
        let of_category = self.reference != ReferenceKind::TrackingOption || row.code.as_deref() == Some(self.as_what);
        row.kind == self.reference.name() && of_category
    }

    fn dimension(&self, id: &str) -> Option<Dimension> {
        let id = id.to_owned();
        match self.reference {
            ReferenceKind::Class => Some(Dimension::Class(id)),
            ReferenceKind::Location => Some(Dimension::Location(id)),
            ReferenceKind::Customer => Some(Dimension::Customer(id)),
            ReferenceKind::TrackingOption => {
                Some(Dimension::Tracking { category: self.as_what.to_owned(), option: id })
            }
            ReferenceKind::ExpenseAccount
            | ReferenceKind::BankAccount
            | ReferenceKind::CardAccount
            | ReferenceKind::TaxCode
            | ReferenceKind::Supplier
            | ReferenceKind::Dimension => None,
        }
    }
}

/// What a company is sent a dimension as, whether it still takes it or not; `None` when it is not sent.
#[must_use]
pub fn sent_as<'a>(ledger: LedgerKind, mappings: &'a [MappingRow], dimension: &str) -> Option<Sent<'a>> {
    let row = mappings.iter().find(|row| row.kind == DIMENSION && row.key == dimension)?;
    let as_what = row.external_id.as_str();
    let family = match ledger {
        LedgerKind::QuickBooks => as_what,
        LedgerKind::Xero => TRACKING,
    };
    let (_, _, kind, reference) = VALUES.iter().find(|(of, family_of, ..)| *of == dimension && *family_of == family)?;
    Some(Sent { as_what, kind, reference: *reference })
}

/// What a document's entry is charged to in a company.
///
/// # Errors
/// What a person has to choose first.
pub fn of_entry(charged: &Charged, books: &Books) -> Result<Vec<Dimension>, EntryError> {
    let company = || books.connection.name.clone();
    let mut found: Vec<Dimension> = Vec::new();
    let mut taken: Option<&str> = None;
    for (dimension, value) in [(DEPARTMENT, &charged.department), (PROJECT, &charged.project)] {
        let Some(row) = books.mapped(DIMENSION, dimension) else { continue };
        let not_taken = || EntryError::DimensionNotTaken { dimension, company: company() };
        let sent = sent_as(books.ledger, &books.mappings, dimension).ok_or_else(not_taken)?;
        if taken == Some(row) || books.reference(&[ReferenceKind::Dimension], row).is_none() {
            return Err(not_taken());
        }
        taken = Some(row);
        let Some(value) = value else { continue };
        let unmapped =
            || EntryError::DimensionUnmapped { kind: sent.kind, dimension, value: value.clone(), company: company() };
        let meant = books.mapped(sent.kind, value).and_then(|id| books.reference(&[sent.reference], id));
        let meant = meant.filter(|row| sent.can_mean(row)).ok_or_else(unmapped)?;
        found.extend(sent.dimension(&meant.external_id));
    }
    Ok(found)
}

/// What a document is charged to: as it was approved, or, where no person approved it as it stands, as was said and, where
/// nobody said which department pays, the claimant's own. Not asked where the company is sent neither. `facts` are those
/// it was approved with, where they are at hand.
///
/// # Errors
/// The database failed.
pub async fn charged(
    run: &impl Run,
    document: &Document,
    books: &Books,
    facts: Option<Facts>,
) -> Result<Charged, StoreError> {
    if !DIMENSIONS.iter().any(|dimension| books.mapped(DIMENSION, dimension).is_some()) {
        return Ok(Charged::default());
    }
    let approved = match facts {
        Some(facts) => Some(facts),
        None => approval_fetch(run, document.id).await?.and_then(|approval| approval.instance.facts),
    };
    if let Some(facts) = approved.filter(|facts| facts.digest == digest(document)) {
        return Ok(Charged { department: facts.department, project: facts.project });
    }
    let (claimant, claim) = claim_fetch(run, document.id).await?;
    let organisation = organisation_fetch(run).await?;
    Ok(Charged { department: department_of(&claim, organisation.members.get(&claimant)), project: claim.project })
}

/// The names that a dimension has in the firm.
#[must_use]
pub fn names(organisation: &Organisation, dimension: &str) -> BTreeSet<String> {
    if dimension == PROJECT {
        return organisation.projects.keys().cloned().collect();
    }
    let of_members = organisation.members.values().filter_map(|member| member.department.clone());
    organisation.departments.keys().cloned().chain(of_members).collect()
}

/// Notes what the firm's departments and projects are in a company, where exactly one thing there has the same name and
/// nobody chose yet.
///
/// # Errors
/// The database failed.
pub async fn suggest(run: &impl Run, ledger: LedgerKind, id: ConnectionId) -> Result<(), StoreError> {
    let mappings = mapping_list(run, id).await?;
    if !mappings.iter().any(|row| row.kind == DIMENSION) {
        return Ok(());
    }
    let (references, organisation) = (reference_list(run, id).await?, organisation_fetch(run).await?);
    for dimension in DIMENSIONS {
        let Some(sent) = sent_as(ledger, &mappings, dimension) else { continue };
        for row in suggestions(&sent, &references, &names(&organisation, dimension)) {
            if !mappings.iter().any(|known| known.kind == row.kind && known.key == row.key) {
                mapping_store(run, id, &row).await?;
            }
        }
    }
    Ok(())
}

fn suggestions(sent: &Sent<'_>, references: &[ReferenceRow], names: &BTreeSet<String>) -> Vec<MappingRow> {
    let mut found = Vec::new();
    for name in names {
        let mut same = references.iter().filter(|row| sent.can_mean(row) && is_called(&row.name, name));
        if let (Some(only), None) = (same.next(), same.next()) {
            let (kind, key) = (sent.kind.to_owned(), name.clone());
            found.push(MappingRow { kind, key, external_id: only.external_id.clone() });
        }
    }
    found
}

/// Without case, spaces and punctuation; of `Parent:Child` the child counts as well.
fn is_called(there: &str, here: &str) -> bool {
    let here = supplier_key(here);
    let last = there.rsplit(':').next().unwrap_or(there);
    !here.is_empty() && [there, last].iter().any(|name| supplier_key(name) == here)
}

/// What a blocked value most likely is: the only one whose name holds ours, or is held by it.
#[must_use]
pub(super) fn nearest(books: &Books, kind: &str, value: &str) -> Option<String> {
    let (_, dimension) = value_kind(kind)?;
    let sent = sent_as(books.ledger, &books.mappings, dimension)?;
    let value = supplier_key(value);
    let near = |row: &&ReferenceRow| {
        let name = supplier_key(&row.name);
        !name.is_empty() && !value.is_empty() && (name.contains(&value) || value.contains(&name))
    };
    let mut rows = books.references.iter().filter(|row| sent.can_mean(row)).filter(near);
    match (rows.next(), rows.next()) {
        (Some(only), None) => Some(only.external_id.clone()),
        _ => None,
    }
}
