//! M and Q: is everything there, and is it sure? E: is it known where to?

use super::Subject;
use crate::model::{
    field::{DocumentKind, FieldName},
    finding::{Finding, Severity},
};

/// What no entry can do without.
const NEEDED: [FieldName; 4] = [FieldName::SupplierName, FieldName::IssueDate, FieldName::Currency, FieldName::Total];

fn title(name: FieldName) -> String {
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

/// Q1: a field that goes into the entry was read, but not surely.
pub(super) fn unsure(subject: &Subject<'_>) -> Vec<Finding> {
    let fields = &subject.draft.fields;
    let doubtful = |name: &FieldName| fields.get(name).is_some_and(|field| !field.accepted);
    // How a receipt was paid decides the account it is paid from, so a doubt about it matters too.
    let paid = (subject.draft.kind == DocumentKind::Receipt).then_some(FieldName::PaymentMethod);
    NEEDED
        .into_iter()
        .chain(paid)
        .filter(doubtful)
        .map(|name| {
            let message = format!("The {} is not certain; compare it with the picture and confirm it.", title(name));
            Finding::new("Q1", Severity::Flag, message, &[name])
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
