//! What the figures of a paper say against its total. A wrong total can stand under the right words: a digit that is
//! misread alike everywhere, an amount of the row above, a sum before the discount. Then other figures seldom fit it.

use rust_decimal::Decimal;

use super::{Candidate, misread};
use crate::extract::{
    amounts::Amount,
    arithmetic::{self, Proof},
    figures::{Figure, Line},
    labels::Label,
};
use crate::model::page::Confidence;

/// Figures speak against a total where their reader was as sure of them as this, in thousandths.
const READ: Confidence = Confidence::from_per_mille(850);

/// Whether other figures of the paper deny that this is its total.
pub(super) fn is_denied(best: &Candidate<'_>, figures: &[Figure], lines: &[Line<'_>]) -> bool {
    let value = best.value;
    if another_was_paid(best, figures) {
        return true;
    }
    match best.proofs.as_slice() {
        // Printed as the sum of what was bought, too.
        [] if arithmetic::values(figures, Label::Subtotal).contains(&value) => cash_denies(value, figures),
        [] if !best.seen.is_empty() && best.seen.iter().all(|figure| figure.loose) => true,
        [] => cash_denies(value, figures) || parts_deny(value, figures) || something_is_dearer(best, lines),
        // What was bought adds up to it; a discount may be taken off all of it.
        [Proof::Items] => cash_denies(value, figures) || discounted(value, figures, lines),
        [..] => false,
    }
}

/// Whether other figures say that another amount was paid: cash less change, from which it differs in a digit or two, or
/// what is left of it after a discount.
fn another_was_paid(best: &Candidate<'_>, figures: &[Figure]) -> bool {
    let proves = |proof: &Proof| match proof {
        Proof::CashLessChange | Proof::Parts | Proof::Rounded | Proof::Words => true,
        // They add up before a discount as well.
        Proof::NetAndTax | Proof::Items => false,
    };
    if best.proofs.iter().any(proves) {
        return false;
    }
    let tendered = |value: Decimal| {
        figures.iter().any(|figure| matches!(figure.label, Label::Total | Label::Paid) && figure.value.abs() == value)
    };
    // One that is printed nowhere was put together of cash or change that was misread.
    let due = arithmetic::cash_less_change(figures);
    let misread = due.into_iter().any(|due| misread(best.value, due) && tendered(due));
    let after = arithmetic::sums_after(best.value, figures);
    misread || after.into_iter().any(|after| after < best.value && tendered(after)) || paid_otherwise(best, figures)
}

/// Whether what was paid is to the cent another sum of the paper: a total that is larger, or a subtotal that is smaller,
/// for nobody hands over less than is due.
fn paid_otherwise(best: &Candidate<'_>, figures: &[Figure]) -> bool {
    let paid = arithmetic::values(figures, Label::Paid);
    let totals =
        figures.iter().filter(|figure| figure.label == Label::Total && figure.strength >= 2 && !figure.in_summary);
    let larger = totals.map(|figure| figure.value).filter(|total| *total > best.value);
    let smaller = arithmetic::values(figures, Label::Subtotal).into_iter().filter(|subtotal| *subtotal < best.value);
    !paid.contains(&best.value) && larger.chain(smaller).any(|sum| paid.contains(&sum))
}

/// Whether it is only what was bought, and after a discount less was paid.
pub(super) fn is_undercut(candidate: &Candidate<'_>, figures: &[Figure], lines: &[Line<'_>]) -> bool {
    candidate.proofs == [Proof::Items]
        && discounted(candidate.value, figures, lines)
        && cash_denies(candidate.value, figures)
}

/// Cash less change is another amount, and not because of rounding.
fn cash_denies(value: Decimal, figures: &[Figure]) -> bool {
    // The total once more beside "change" is a row read askew.
    let askew = |figure: &Figure| figure.label == Label::Change && figure.value.abs() == value;
    let sure = figures.iter().filter(|figure| figure.confidence >= READ && !askew(figure));
    let read: Vec<Figure> = sure.cloned().collect();
    let due = arithmetic::cash_less_change(&read);
    !due.is_empty() && due.iter().all(|due| (*due - value).abs() >= arithmetic::FIVE_CENTS)
}

/// The parts make an amount that this one is a misreading of, or the other way about.
fn parts_deny(value: Decimal, figures: &[Figure]) -> bool {
    arithmetic::sums_of_parts(figures).into_iter().any(|sum| misread(sum, value))
}

/// One thing that stands above it in its column costs more than all of it. What was handed over and what is left on a
/// card, which may be more, stand below; amounts of litres and kilometres stand beside.
fn something_is_dearer(best: &Candidate<'_>, lines: &[Line<'_>]) -> bool {
    let Some(first) = best.seen.iter().min_by_key(|figure| (figure.page, figure.area.top)) else { return false };
    let takes_off = |line: &Line<'_>| line.meaning.is_some_and(|meaning| meaning.label == Label::Discount);
    let negative = |line: &Line<'_>| line.amounts.iter().any(|amount| amount.value < Decimal::ZERO);
    // Returns, vouchers and discounts, whatever they are called, explain it.
    if lines.iter().any(|line| takes_off(line) || negative(line)) {
        return false;
    }
    let above = |line: &&Line<'_>| {
        let label = line.meaning.map(|meaning| meaning.label);
        let priced = matches!(label, None | Some(Label::Subtotal | Label::Total)) && !line.in_summary;
        priced && (line.row.page, line.row.area.bottom()) <= (first.page, first.area.top)
    };
    let dearer = |amount: &Amount| {
        let read = amount.is_money() && !amount.repaired && amount.confidence >= READ;
        let over = |figure: &&Figure| amount.area.shares_column(figure.area);
        read && amount.value > best.value && best.seen.iter().any(over)
    };
    lines.iter().filter(above).any(|line| line.amounts.iter().any(dearer))
}

/// The paper takes something off it, and prints what is left.
fn discounted(value: Decimal, figures: &[Figure], lines: &[Line<'_>]) -> bool {
    let printed = |left: Decimal| lines.iter().flat_map(|line| &line.amounts).any(|amount| amount.value == left);
    let discounts = arithmetic::values(figures, Label::Discount);
    discounts.iter().any(|discount| !discount.is_zero() && printed(value - discount.abs()))
}
