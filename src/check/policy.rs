//! P: is it within the firm's limits, and does it say what the firm wants to know?

use rust_decimal::Decimal;

use super::{
    Subject,
    duplicate::supplier_key,
    identity,
    paper::{self, Paper},
};
use crate::model::{
    field::{DocumentKind, FieldName},
    finding::{Finding, Severity},
    id::DocumentId,
    money::Money,
    page::Spot,
    policy::{
        Policy,
        limit::{Limit, LimitScope, Per, Required},
    },
};

/// What is spent, in the firm's own currency: as printed, or at the rate of its day. A credit note spends nothing.
fn home_total(subject: &Subject<'_>, policy: &Policy) -> Option<Money> {
    if subject.draft.kind == DocumentKind::CreditNote {
        return None;
    }
    let printed = subject.draft.money(FieldName::Total).filter(|total| total.currency() == policy.home_currency);
    printed.or_else(|| subject.known.home_total()).filter(|total| total.currency() == policy.home_currency)
}

/// P1: within every limit that is meant for it, one finding a limit. Of an amount in a foreign currency without a rate
/// nobody knows; P6 says so.
pub(super) fn limits(subject: &Subject<'_>, policy: &Policy) -> Vec<Finding> {
    let Some(total) = home_total(subject, policy) else { return Vec::new() };
    policy
        .limits
        .iter()
        .filter(|limit| applies(&limit.scope, subject))
        .filter_map(|limit| over(limit, total, subject))
        .collect()
}

/// Whether a limit is meant for this claim. A part of the claim that nobody stated meets no limit that asks for it.
fn applies(scope: &LimitScope, subject: &Subject<'_>) -> bool {
    let is = |wanted: &Option<String>, stated: &Option<String>| wanted.is_none() || wanted == stated;
    scope.category.is_none_or(|category| category == subject.category)
        && is(&scope.department, &subject.claim.department)
        && is(&scope.project, &subject.claim.project)
        && is(&scope.person, &subject.claim.claimant)
}

fn over(limit: &Limit, total: Money, subject: &Subject<'_>) -> Option<Finding> {
    let (spent, others) = spent_within(limit, subject);
    let sum = total.checked_add(spent.unwrap_or(Money::zero(total.currency()))).ok()?;
    if sum.currency() != limit.max.currency() || sum.minor() <= limit.max.minor() {
        return None;
    }
    let what = scope_words(&limit.scope);
    let message = match limit.per {
        Per::Document => format!("{total} is above the limit of {}{what}.", limit.max),
        Per::Day => format!("{sum} on one day is above the limit of {} a day{what}.", limit.max),
        Per::Month => format!("{sum} in one month is above the limit of {} a month{what}.", limit.max),
    };
    Some(Finding::new("P1", limit.severity, message, &[FieldName::Total]).with_others(others))
}

/// What the claimant spent elsewhere in the limit's span and scope, and on which documents.
fn spent_within(limit: &Limit, subject: &Subject<'_>) -> (Option<Money>, Vec<DocumentId>) {
    let Some(date) = subject.draft.date(FieldName::IssueDate) else { return (None, Vec::new()) };
    let is = |wanted: &Option<String>, stated: &Option<String>| wanted.is_none() || wanted == stated;
    let scope = &limit.scope;
    let counted = subject.known.spent.iter().filter(|other| {
        let same_span = match limit.per {
            Per::Document => false,
            Per::Day => other.date == date,
            Per::Month => other.date.first_of_month() == date.first_of_month(),
        };
        same_span
            && scope.category.is_none_or(|category| category == other.category)
            && is(&scope.department, &other.department)
            && is(&scope.project, &other.project)
    });
    let (mut sum, mut others) = (None, Vec::new());
    for other in counted {
        let so_far = sum.unwrap_or(Money::zero(other.total.currency()));
        if let Ok(more) = so_far.checked_add(other.total) {
            sum = Some(more);
            others.push(other.id);
        }
    }
    (sum, others)
}

fn scope_words(scope: &LimitScope) -> String {
    let parts = [
        scope.category.map(|category| category.name().to_owned()),
        scope.department.as_ref().map(|name| format!("the department {name}")),
        scope.project.as_ref().map(|code| format!("the project {code}")),
        scope.person.clone(),
    ];
    let named: Vec<String> = parts.into_iter().flatten().collect();
    if named.is_empty() { String::new() } else { format!(" for {}", named.join(", ")) }
}

/// P2: above the firm's limit only a receipt or an invoice will do.
pub(super) fn receipt_needed(subject: &Subject<'_>, policy: &Policy, paper: &Paper) -> Option<Finding> {
    // A policy that names no limit asks for a receipt always, but leaves it to I4 to say that there is none.
    let most = policy.receipt_required_above?;
    let (what, row) = identity::no_proof(subject.draft, paper)?;
    let total = home_total(subject, policy).filter(|total| total.minor() > most.minor())?;
    let message = format!("Above {most} a receipt or an invoice is needed; this is {what} over {total}.");
    Some(Finding::new("P2", Severity::Block, message, &[FieldName::Total]).with_spots([row.spot]))
}

fn stated(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

fn said(what: Required, subject: &Subject<'_>) -> bool {
    let (draft, claim) = (subject.draft, subject.claim);
    match what {
        Required::Department => stated(claim.department.as_deref()),
        Required::Project => stated(claim.project.as_deref()),
        Required::Attendees => stated(claim.attendees.as_deref()),
        Required::Note => stated(claim.note.as_deref()),
        Required::SupplierTaxId => draft.fields.contains_key(&FieldName::SupplierTaxId),
        Required::DocumentNumber => draft.fields.contains_key(&FieldName::DocumentNumber),
        Required::DueDate => draft.fields.contains_key(&FieldName::DueDate),
    }
}

/// Everything the policy wants said of this document: always, or by a condition that the caller found true.
fn required<'s>(subject: &'s Subject<'_>, policy: &'s Policy) -> impl Iterator<Item = Required> + 's {
    let always = policy.required.iter().filter(|required| required.when.is_always()).map(|required| required.what);
    let by_condition = subject.known.required.iter().copied();
    let mut all: Vec<Required> = always.chain(by_condition).collect();
    all.sort();
    all.dedup();
    all.into_iter()
}

/// P3: a meal says who was there, where the policy asks for it.
pub(super) fn attendees(subject: &Subject<'_>, policy: &Policy) -> Option<Finding> {
    let mut asked = required(subject, policy).filter(|what| *what == Required::Attendees);
    asked.next().filter(|what| !said(*what, subject))?;
    Some(Finding::new("P3", Severity::Block, "Say who was there.", &[]))
}

/// P4: nothing on it that the firm does not pay for. Where lines were read, only they count: a bar's name is no drink.
pub(super) fn forbidden(subject: &Subject<'_>, policy: &Policy, paper: &Paper) -> Option<Finding> {
    let lines = &subject.draft.line_items;
    let text = |text: &str| text.to_lowercase();
    let (word, spot) = policy.forbidden_words.iter().find_map(|word| {
        let wanted = text(word);
        let line = lines.iter().find(|line| paper::holds(&text(&line.description), &wanted));
        let row = || paper.rows.iter().find(|row| lines.is_empty() && paper::holds(&row.text, &wanted));
        let line = line.map(|line| Spot { page: line.page, area: line.area });
        Some((word, line.or_else(|| row().map(|row| row.spot))?))
    })?;
    let message = format!("“{word}” is on it, which the firm's rules ask to look at.");
    Some(Finding::new("P4", Severity::Flag, message, &[]).with_spots([spot]))
}

/// P5: nobody claims more than the paper says, beyond the tolerance. Less is their own affair, but worth knowing beyond it.
pub(super) fn claimed(subject: &Subject<'_>, policy: &Policy) -> Option<Finding> {
    let claimed = subject.claim.claimed?;
    let printed = subject.draft.entry_total()?;
    let same = [Some(printed), home_total(subject, policy)];
    let total = same.into_iter().flatten().find(|total| total.currency() == claimed.currency())?;
    // A tolerance of so many dollars says nothing about another currency.
    let counts = policy.tolerance.currency() == claimed.currency();
    let tolerance = if counts { policy.tolerance.minor() } else { 0 };
    let above = claimed.checked_sub(total).ok()?.minor();
    if above.unsigned_abs() <= tolerance.unsigned_abs() {
        return None;
    }
    let (severity, message) = if above > 0 {
        (Severity::Block, format!("{claimed} is claimed, but the paper says {total}; claim no more than it says."))
    } else {
        (Severity::Info, format!("{claimed} is claimed of {total}."))
    };
    Some(Finding::new("P5", severity, message, &[FieldName::Total]))
}

/// P6: an amount in a foreign currency has a rate of its day, and the card's statement is not far from it.
pub(super) fn exchange(subject: &Subject<'_>, policy: &Policy) -> Option<Finding> {
    let total = subject.draft.money(FieldName::Total)?;
    if total.currency() == policy.home_currency {
        return None;
    }
    let fields = [FieldName::Total, FieldName::Currency];
    let (home, used) = match subject.known.home.as_ref()? {
        Ok((home, used)) => (*home, used),
        Err(missing) => {
            let message = format!("There is no rate: {missing}. An administrator imports rates.");
            return Some(Finding::new("P6", Severity::Flag, message, &fields));
        }
    };
    let card = subject.claim.card_line.filter(|card| card.currency() == home.currency())?;
    let apart = card.checked_sub(home).ok()?.minor().checked_abs()?;
    let spread = policy.rates.spread_percent_max;
    // Apart / home > spread / 100, without a division.
    let is_far = Decimal::from(apart) * Decimal::ONE_HUNDRED > Decimal::from(home.minor()).abs() * spread;
    if !is_far {
        return None;
    }
    let message = format!(
        "The card's statement says {card}; at the rate of {} ({}) it is {home}, more than {spread} % away.",
        used.date, used.source
    );
    Some(Finding::new("P6", Severity::Flag, message, &fields))
}

/// P7: everything else that the policy wants said, one finding each.
pub(super) fn details(subject: &Subject<'_>, policy: &Policy) -> Vec<Finding> {
    let open = required(subject, policy).filter(|what| *what != Required::Attendees && !said(*what, subject));
    open.map(|what| {
        let (sentence, field) = match what {
            Required::Department => ("Say which department pays.", None),
            Required::Project => ("Say which project it is for.", None),
            Required::Attendees => ("Say who was there.", None),
            Required::Note => ("Say what it was for.", None),
            Required::SupplierTaxId => ("The supplier's tax number is needed.", Some(FieldName::SupplierTaxId)),
            Required::DocumentNumber => ("The number of the document is needed.", Some(FieldName::DocumentNumber)),
            Required::DueDate => ("The day when it is due is needed.", Some(FieldName::DueDate)),
        };
        Finding::new("P7", Severity::Block, sentence, field.as_slice())
    })
    .collect()
}

/// P8: not one of several purchases at one supplier that are each below a limit and together above it.
pub(super) fn split(subject: &Subject<'_>, policy: &Policy) -> Option<Finding> {
    let total = home_total(subject, policy)?;
    let (sum, others) = together(subject, policy)?;
    let of_document = policy.limits.iter().filter(|limit| limit.per == Per::Document && applies(&limit.scope, subject));
    let crossed = of_document
        .map(|limit| limit.max)
        .chain([policy.approved_by_rule_max])
        .find(|max| max.currency() == sum.currency() && total.minor() <= max.minor() && sum.minor() > max.minor())?;
    let days = policy.split_days;
    let message = format!(
        "With {} more at this supplier within {days} days it comes to {sum}, above the limit of {crossed} for one.",
        others.len()
    );
    Some(Finding::new("P8", Severity::Flag, message, &[FieldName::SupplierName, FieldName::Total]).with_others(others))
}

/// This purchase and the claimant's others at the same supplier within the policy's days, in the firm's own currency;
/// nothing where there are no others, or the policy does not take them together.
#[must_use]
pub fn together(subject: &Subject<'_>, policy: &Policy) -> Option<(Money, Vec<DocumentId>)> {
    let date = subject.draft.date(FieldName::IssueDate)?;
    let supplier = supplier_key(subject.draft.text(FieldName::SupplierName)?);
    let days = i64::from(policy.split_days);
    let near = |other: jiff::civil::Date| date.until(other).is_ok_and(|span| i64::from(span.get_days()).abs() <= days);
    let mut sum = home_total(subject, policy)?;
    let mut others = Vec::new();
    let same = |other: &&super::Spending| other.supplier_key.as_ref() == Some(&supplier) && near(other.date);
    for other in subject.known.spent.iter().filter(same).filter(|_| days > 0) {
        sum = sum.checked_add(other.total).ok()?;
        others.push(other.id);
    }
    (!others.is_empty()).then_some((sum, others))
}
