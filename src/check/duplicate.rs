//! D: has this purchase been seen before? Duplicates are proposed, side by side; people decide.

use jiff::civil;

use super::Subject;
use crate::model::{
    draft::Draft,
    field::FieldName,
    finding::{Finding, Severity},
    id::DocumentId,
    money::Money,
};

/// What makes two documents the same purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The supplier's name without case, spaces and punctuation.
    pub supplier_key: String,
    /// The date on the paper.
    pub issue_date: civil::Date,
    /// The total and its currency.
    pub total: Money,
    /// The number on the paper, without spaces, where there is one.
    pub document_number: Option<String>,
}

impl Identity {
    /// The identity of a draft; `None` while a part of it is missing.
    #[must_use]
    pub fn of(draft: &Draft) -> Option<Self> {
        let supplier_key = supplier_key(draft.text(FieldName::SupplierName)?);
        let number = draft.text(FieldName::DocumentNumber);
        Some(Self {
            supplier_key,
            issue_date: draft.date(FieldName::IssueDate)?,
            total: draft.money(FieldName::Total)?,
            document_number: number.map(|number| number.split_whitespace().collect()),
        })
    }
}

/// A document that has the same supplier, date, total and currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    /// The other document.
    pub id: DocumentId,
    /// Its number, where there is one.
    pub document_number: Option<String>,
}

/// A supplier's name without case, spaces and punctuation: `Blue Café Ltd.` and `BLUE CAFÉ LTD` are one.
#[must_use]
pub fn supplier_key(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// D4: same supplier, date, total and currency. Two different printed numbers make it two genuine purchases.
pub(super) fn same_purchase(subject: &Subject<'_>) -> Option<Finding> {
    if subject.kept {
        return None;
    }
    let own = Identity::of(subject.draft)?;
    let same = |twin: &&Twin| match (&own.document_number, &twin.document_number) {
        (Some(own), Some(other)) => own == other,
        (None, _) | (_, None) => true,
    };
    subject.twins.iter().find(same)?;
    let message = "The same supplier, date and total were seen before; keep both only if there were two purchases.";
    let fields = [FieldName::SupplierName, FieldName::IssueDate, FieldName::Total];
    Some(Finding::new("D4", Severity::Flag, message, &fields))
}
