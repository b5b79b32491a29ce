//! P: is it within the firm's limits?

use super::Subject;
use crate::model::{
    field::FieldName,
    finding::{Finding, Severity},
    policy::Policy,
};

/// P1: not above what its category may cost. Totals in a foreign currency are an approver's to judge.
pub(super) fn category_limit(subject: &Subject<'_>, policy: &Policy) -> Option<Finding> {
    let limit = policy.category_max(subject.category)?;
    let total = subject.draft.money(FieldName::Total)?;
    if total.currency() != limit.currency() || total.minor() <= limit.minor() {
        return None;
    }
    let message = format!("{total} is above the limit of {limit} for {}.", subject.category.name());
    Some(Finding::new("P1", Severity::Flag, message, &[FieldName::Total]))
}
