//! M: is everything there? E: is it known where to?

use super::Subject;
use crate::model::{
    field::FieldName,
    finding::{Finding, Severity},
};

/// What no entry can do without.
pub(super) const NEEDED: [FieldName; 4] =
    [FieldName::SupplierName, FieldName::IssueDate, FieldName::Currency, FieldName::Total];

/// The name of a field in a sentence.
pub(super) fn title(name: FieldName) -> String {
    name.name().replace('_', " ")
}

/// M1: a field that every entry needs is missing.
pub(super) fn missing(subject: &Subject<'_>) -> Vec<Finding> {
    let absent = NEEDED.into_iter().filter(|name| !subject.draft.fields.contains_key(name));
    absent
        .map(|name| {
            let message = format!("The {} could not be read; type it in from the picture.", title(name));
            Finding::new("M1", Severity::Block, message, &[name])
        })
        .collect()
}

/// E1: nobody said which company's ledger it belongs to.
pub(super) fn destination(subject: &Subject<'_>) -> Option<Finding> {
    if subject.has_destination {
        return None;
    }
    Some(Finding::new("E1", Severity::Block, "Choose the company whose books this belongs in.", &[]))
}
