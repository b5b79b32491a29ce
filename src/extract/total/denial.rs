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

/// A dearer amount counts where its reader was as sure as this, in thousandths.
const READ: Confidence = Confidence::from_per_mille(800);

/// Whether other figures of the paper deny that this is its total.
pub(super) fn is_denied(best: &Candidate<'_>, figures: &[Figure], lines: &[Line<'_>]) -> bool {
    let value = best.value;
    match best.proofs.as_slice() {
        [] => cash_denies(value, figures) || parts_deny(value, figures) || something_is_dearer(best, lines),
        // What was bought adds up to it; a discount under it is taken off all of it.
        [Proof::Items] => cash_denies(value, figures) || discounted_below(best, figures),
        [..] => false,
    }
}

/// Whether it is only what was bought, less was paid, and the paper takes something off.
pub(super) fn is_undercut(candidate: &Candidate<'_>, figures: &[Figure]) -> bool {
    candidate.proofs == [Proof::Items] && discounted(figures) && cash_denies(candidate.value, figures)
}

/// Cash less change is another amount, and not because of rounding.
fn cash_denies(value: Decimal, figures: &[Figure]) -> bool {
    let due = arithmetic::cash_less_change(figures);
    !due.is_empty() && due.iter().all(|due| (*due - value).abs() >= arithmetic::FIVE_CENTS)
}

/// The parts make an amount that this one is a misreading of, or the other way about.
fn parts_deny(value: Decimal, figures: &[Figure]) -> bool {
    arithmetic::sums_of_parts(figures).into_iter().any(|sum| misread(sum, value))
}

/// One thing that stands above it costs more than all of it. What was handed over and what is left on a card, which may
/// be more, stand below.
fn something_is_dearer(best: &Candidate<'_>, lines: &[Line<'_>]) -> bool {
    let Some(place) = best.seen.iter().map(|figure| (figure.page, figure.area.top)).min() else { return false };
    let above = |line: &&Line<'_>| {
        let label = line.meaning.map(|meaning| meaning.label);
        let priced = matches!(label, None | Some(Label::Subtotal | Label::Total)) && !line.in_summary;
        priced && (line.row.page, line.row.area.bottom()) <= place
    };
    let dearer = |amount: &Amount| {
        amount.is_money() && !amount.repaired && amount.confidence >= READ && amount.value > best.value
    };
    lines.iter().filter(above).any(|line| line.amounts.iter().any(dearer))
}

/// Something is taken off below the first place where the amount stands.
fn discounted_below(best: &Candidate<'_>, figures: &[Figure]) -> bool {
    let Some(place) = best.seen.iter().map(|figure| (figure.page, figure.area.top)).min() else {
        return discounted(figures);
    };
    let below = |figure: &&Figure| (figure.page, figure.area.top) > place;
    figures.iter().filter(below).any(|figure| figure.label == Label::Discount && !figure.value.is_zero())
}

/// The paper takes something off.
fn discounted(figures: &[Figure]) -> bool {
    figures.iter().any(|figure| figure.label == Label::Discount && !figure.value.is_zero())
}
