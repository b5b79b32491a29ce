//! T: is the date possible, not too long ago, in an open period, and does the tax fit it?

use jiff::ToSpan;

use super::{Subject, tax};
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

/// T3: the period is still open in the ledger. The closing date itself is closed (Xero's period lock date).
pub(super) fn period_is_open(subject: &Subject<'_>) -> Option<Finding> {
    let date = subject.draft.date(FieldName::IssueDate)?;
    let ledger = &subject.known.ledger;
    let closed_until = ledger.closed_until.filter(|closed_until| date <= *closed_until)?;
    let company = ledger.name.as_deref().unwrap_or("the company");
    let message =
        format!("The books of {company} are closed up to {closed_until}; open that period there, or correct the date.");
    Some(Finding::new("T3", Severity::Flag, message, &[FieldName::IssueDate]))
}

/// T4: bought on a day on which nobody works; worth knowing.
pub(super) fn working_day(subject: &Subject<'_>) -> Option<Finding> {
    let date = subject.draft.date(FieldName::IssueDate)?;
    let calendar = subject.known.calendar.as_ref()?;
    if calendar.is_working(date) {
        return None;
    }
    let message = if calendar.holidays.contains(&date) {
        format!("{date} was a public holiday.")
    } else {
        format!("{date} was a day at the weekend.")
    };
    Some(Finding::new("T4", Severity::Info, message, &[FieldName::IssueDate]))
}

/// T5: the tax is at a rate of the place, but one that was not in force on that day.
pub(super) fn rate_in_force(subject: &Subject<'_>, policy: &Policy) -> Option<Finding> {
    let date = subject.draft.date(FieldName::IssueDate)?;
    let fit = tax::fitting(subject.draft, policy)?;
    let (percent, wrong_day) = fit.out_of_force?;
    if !wrong_day {
        return None;
    }
    let message = format!("The tax is {percent} %, a rate that was not in force on {date}.");
    Some(Finding::new("T5", Severity::Flag, message, &[FieldName::Tax, FieldName::IssueDate]))
}
