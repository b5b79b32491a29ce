//! A: do the numbers add up?

use rust_decimal::Decimal;

use crate::model::{
    draft::Draft,
    field::{DocumentKind, FieldName},
    finding::{Finding, Severity},
};

/// The smallest tolerance: one minor unit of a two-digit currency. Source: rule A2.
const TOLERANCE_MIN: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// And so much a line, for rounding line by line. Source: rule A2.
const TOLERANCE_A_LINE: Decimal = Decimal::from_parts(5, 0, 0, false, 3);

pub(super) fn tolerance(draft: &Draft) -> Decimal {
    let lines = Decimal::from(draft.line_items.len());
    TOLERANCE_MIN.max(TOLERANCE_A_LINE * lines)
}

/// A1: the lines sum to the subtotal, or to the total where no subtotal is printed.
pub(super) fn lines_and_subtotal(draft: &Draft) -> Option<Finding> {
    let (name, printed) =
        [FieldName::Subtotal, FieldName::Total].into_iter().find_map(|name| Some((name, draft.amount(name)?)))?;
    let amounts: Vec<Decimal> = draft.line_items.iter().map(|line| line.amount).collect::<Option<_>>()?;
    if amounts.len() < 2 {
        return None;
    }
    let sum = amounts.iter().try_fold(Decimal::ZERO, |sum, amount| sum.checked_add(*amount))?;
    // Lines may be printed before or after tax and discount: any of the printed sums will do.
    let others = [FieldName::Subtotal, FieldName::Total].into_iter().filter_map(|name| draft.amount(name));
    let explained = others.into_iter().any(|other| (other - sum).abs() <= tolerance(draft))
        || total_from(draft, sum)
            .zip(draft.amount(FieldName::Total))
            .is_some_and(|(a, b)| (a - b).abs() <= tolerance(draft));
    if explained {
        return None;
    }
    // Lines are read less surely than labelled amounts; the difference is worth a look, not a stop.
    let message = format!("The lines add up to {sum}, but {printed} is printed.");
    Some(Finding::new("A1", Severity::Info, message, &[name]))
}

/// A2: subtotal − discount + service charge + tax + rounding = total.
pub(super) fn parts_and_total(draft: &Draft) -> Option<Finding> {
    let total = draft.amount(FieldName::Total)?;
    let subtotal = draft.amount(FieldName::Subtotal)?;
    let sum = total_from(draft, subtotal)?;
    // Some papers print the subtotal with tax included, or after the discount.
    let tax = draft.amount(FieldName::Tax).unwrap_or_default();
    let discount = draft.amount(FieldName::Discount).unwrap_or_default();
    let candidates = [
        Some(sum),
        sum.checked_sub(tax),
        sum.checked_add(discount),
        sum.checked_add(discount).and_then(|sum| sum.checked_sub(tax)),
    ];
    if candidates.into_iter().flatten().any(|sum| (sum - total).abs() <= tolerance(draft)) {
        return None;
    }
    let message = format!("The parts add up to {sum}, but the total says {total}.");
    Some(Finding::new("A2", Severity::Flag, message, &[FieldName::Subtotal, FieldName::Total]))
}

/// What the paper's parts make of a sum of its lines: less discount, with service, tax and rounding.
#[must_use]
pub fn total_from(draft: &Draft, base: Decimal) -> Option<Decimal> {
    let part = |name| draft.amount(name).unwrap_or_default();
    base.checked_sub(part(FieldName::Discount))?
        .checked_add(part(FieldName::ServiceCharge))?
        .checked_add(part(FieldName::Tax))?
        .checked_add(part(FieldName::Rounding))
}

/// A9: a total is above zero. A credit note's may be printed either way, but not nought, nor may its lines point both
/// ways: then it is not plain what comes back.
pub(super) fn plain_direction(draft: &Draft) -> Option<Finding> {
    let total = draft.amount(FieldName::Total)?;
    let is_credit = draft.kind == DocumentKind::CreditNote;
    if total.is_zero() || (total < Decimal::ZERO && !is_credit) {
        let message = if is_credit {
            format!("The total is {total}; a credit note gives something back.")
        } else {
            format!("The total is {total}; an expense is above zero. What gives money back is a credit note.")
        };
        return Some(Finding::new("A9", Severity::Block, message, &[FieldName::Total]));
    }
    let amounts = || draft.line_items.iter().filter_map(|line| line.amount);
    let both_ways = amounts().any(|amount| amount > Decimal::ZERO) && amounts().any(|amount| amount < Decimal::ZERO);
    if !is_credit || !both_ways {
        return None;
    }
    let message = "Some lines of this credit note are above zero and some below; look which way the money goes.";
    Some(Finding::new("A9", Severity::Flag, message, &[FieldName::Total]))
}

/// A10: no more digits after the point than the currency has.
pub(super) fn minor_digits(draft: &Draft) -> Option<Finding> {
    let (total, currency) = (draft.amount(FieldName::Total)?, draft.currency()?);
    if draft.money(FieldName::Total).is_some() {
        return None;
    }
    let message = format!("{total} is not an amount in {currency}.");
    Some(Finding::new("A10", Severity::Block, message, &[FieldName::Total, FieldName::Currency]))
}
