//! T: is the date possible, and not too long ago?

use jiff::ToSpan;

use super::Subject;
use crate::model::{
    field::FieldName,
    finding::{Finding, Severity},
    policy::Policy,
};

/// T1: not after tomorrow; a day's grace for time zones.
pub(super) fn not_in_the_future(subject: &Subject<'_>) -> Option<Finding> {
    let date = subject.draft.date(FieldName::IssueDate)?;
    let latest = subject.today.checked_add(1.day()).ok()?;
    if date <= latest {
        return None;
    }
    let message = format!("The date {date} is in the future.");
    Some(Finding::new("T1", Severity::Flag, message, &[FieldName::IssueDate]))
}

/// T2: not older than the policy allows.
pub(super) fn not_too_old(subject: &Subject<'_>, policy: &Policy) -> Option<Finding> {
    let date = subject.draft.date(FieldName::IssueDate)?;
    let earliest = subject.today.checked_sub(i64::from(policy.age_days_max).days()).ok()?;
    if date >= earliest {
        return None;
    }
    let message = format!("The date {date} is more than {} days ago.", policy.age_days_max);
    Some(Finding::new("T2", Severity::Flag, message, &[FieldName::IssueDate]))
}
