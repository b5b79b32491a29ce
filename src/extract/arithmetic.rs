//! What the figures prove about each other. A misread digit breaks an equation; an equation that holds over three
//! printed figures is the best evidence there is for each of them.

use rust_decimal::Decimal;

use crate::extract::{
    chinese_amount,
    figures::{Figure, Line},
    labels::Label,
};
use crate::model::draft::LineItem;

/// A cent or two: what rounding each of several tax lines can add up to.
pub(super) const CENTS_2: Decimal = Decimal::from_parts(2, 0, 0, false, 2);
/// Different amounts of one label that are tried in an equation.
const PARTS_MAX: usize = 6;
/// The smallest coin where totals are rounded.
pub(super) const FIVE_CENTS: Decimal = Decimal::from_parts(5, 0, 0, false, 2);
const CENT: Decimal = Decimal::from_parts(1, 0, 0, false, 2);

/// One way in which other figures of the document show an amount to be its total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Proof {
    /// Cash handed over less the change given back.
    CashLessChange,
    /// Subtotal, less discount, plus service charge, tax and rounding.
    Parts,
    /// Another total and a rounding line that is not zero.
    Rounded,
    /// Net amount and tax of the table of tax rates.
    NetAndTax,
    /// The things bought, two at least.
    Items,
    /// The amount in Chinese words, to the cent.
    Words,
}

impl Proof {
    /// The name in the field's rule.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::CashLessChange => "cash-change",
            Self::Parts => "parts",
            Self::Rounded => "rounded",
            Self::NetAndTax => "net+tax",
            Self::Items => "items",
            Self::Words => "words",
        }
    }
}

/// Whether it is a whole number of five-cent coins.
pub(super) fn ends_in_five_cents(value: Decimal) -> bool {
    (value % FIVE_CENTS).is_zero()
}

/// The values a label has outside tax tables, each once.
pub(super) fn values(figures: &[Figure], label: Label) -> Vec<Decimal> {
    let mut values: Vec<Decimal> = figures
        .iter()
        .filter(|figure| figure.label == label && !figure.in_summary)
        .map(|figure| figure.value)
        .collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// Every proof that this amount is the total.
pub(super) fn proofs(value: Decimal, figures: &[Figure], lines: &[Line<'_>], items: &[LineItem]) -> Vec<Proof> {
    let tests: [(Proof, bool); 6] = [
        (Proof::CashLessChange, cash_less_change(figures).contains(&value)),
        (Proof::Parts, from_parts(value, figures)),
        (Proof::Rounded, from_rounding(value, figures)),
        (Proof::NetAndTax, from_net_and_tax(value, lines)),
        (Proof::Items, from_items(value, figures, items)),
        (Proof::Words, in_words(lines) == Some(value)),
    ];
    tests.into_iter().filter(|(_, holds)| *holds).map(|(proof, _)| proof).collect()
}

/// The amount that the paper writes in Chinese words; nothing where it writes two that differ.
pub(super) fn in_words(lines: &[Line<'_>]) -> Option<Decimal> {
    let may_say = |line: &&Line<'_>| line.row.words.iter().any(|word| !word.text.is_ascii());
    let mut written = lines.iter().filter(may_say).filter_map(|line| chinese_amount::find(line.row.text()));
    let first = written.next()?;
    written.all(|other| other == first).then_some(first)
}

/// Whether the paper writes another amount in words than this total, which is not what was handed over either.
pub(super) fn words_differ(total: Decimal, figures: &[Figure], lines: &[Line<'_>]) -> bool {
    in_words(lines).is_some_and(|words| {
        let paid = values(figures, Label::Paid).iter().any(|paid| paid.abs() == words.abs());
        words.abs() != total.abs() && !paid
    })
}

/// Amounts that cash and change say were due; change of nothing proves nothing.
pub(super) fn cash_less_change(figures: &[Figure]) -> Vec<Decimal> {
    let mut due = Vec::new();
    for change in values(figures, Label::Change).into_iter().map(|change| change.abs()) {
        for paid in values(figures, Label::Paid).into_iter().map(|paid| paid.abs()) {
            let difference = paid - change;
            // No coin is smaller than five cents where this is printed; another tender was misread.
            let coins = ends_in_five_cents(paid);
            if coins && change > Decimal::ZERO && paid > change && !due.contains(&difference) {
                due.push(difference);
            }
        }
    }
    due
}

/// A subtotal or another total, less discount, plus service, tax and rounding, where something was really changed. One
/// that is larger is what was due before the discount.
fn from_parts(value: Decimal, figures: &[Figure]) -> bool {
    let others = values(figures, Label::Total).into_iter().filter(|total| *total != value);
    let bases = [values(figures, Label::Subtotal), others.collect()].concat();
    sums_from(&bases, figures).contains(&value)
}

/// What an amount becomes when it was due before discount, service and tax.
pub(super) fn sums_after(value: Decimal, figures: &[Figure]) -> Vec<Decimal> {
    sums_from(&[value], figures)
}

/// Every total that the subtotals and the other parts can make.
pub(super) fn sums_of_parts(figures: &[Figure]) -> Vec<Decimal> {
    sums_from(&values(figures, Label::Subtotal), figures)
}

/// Every total that these amounts and the other parts can make. The lists are short, and cut, so that a page full of
/// labels cannot make it slow.
fn sums_from(bases: &[Decimal], figures: &[Figure]) -> Vec<Decimal> {
    let choices = |label: Label, may_be_inside: bool| {
        let mut list: Vec<Decimal> =
            values(figures, label).into_iter().filter(|value| !value.is_zero()).take(PARTS_MAX).collect();
        // A tax or a discount may be inside the lines already; a service charge or rounding that is printed counts.
        if may_be_inside || list.is_empty() {
            list.push(Decimal::ZERO);
        }
        list
    };
    let (discounts, services) = (choices(Label::Discount, true), choices(Label::Service, false));
    let (taxes, roundings) = (choices(Label::Tax, true), choices(Label::Rounding, false));
    let mut sums = Vec::new();
    for base in bases.iter().filter(|base| **base > Decimal::ZERO).take(PARTS_MAX) {
        for discount in &discounts {
            for service in &services {
                for tax in &taxes {
                    let added = service.abs() + tax.abs();
                    let changed = added > CENT || discount.abs() > CENT;
                    let sum = base - discount.abs() + added;
                    sums.extend(
                        roundings.iter().filter(|_| changed && sum > Decimal::ZERO).map(|rounding| sum + rounding),
                    );
                }
            }
        }
    }
    sums.sort_unstable();
    sums.dedup();
    sums
}

/// What a total or subtotal becomes when the printed rounding, whose sign is easily lost, makes it end in five or ten.
pub(super) fn rounded(figures: &[Figure]) -> Vec<Decimal> {
    let befores = [values(figures, Label::Total), values(figures, Label::Subtotal)].concat();
    let small = values(figures, Label::Rounding)
        .into_iter()
        .filter(|rounding| !rounding.is_zero() && rounding.abs() <= FIVE_CENTS);
    let signed: Vec<Decimal> = small.flat_map(|rounding| [rounding.abs(), -rounding.abs()]).collect();
    let sums = befores.iter().flat_map(|before| signed.iter().map(move |rounding| before + rounding));
    sums.filter(|sum| ends_in_five_cents(*sum)).collect()
}

/// Another total, or the subtotal, and rounding that is not zero.
fn from_rounding(value: Decimal, figures: &[Figure]) -> bool {
    rounded(figures).contains(&value)
}

/// A row of the tax table: net amount and tax add up to the total, and the tax is a plausible share.
fn from_net_and_tax(value: Decimal, lines: &[Line<'_>]) -> bool {
    lines.iter().any(|line| {
        let money: Vec<Decimal> =
            line.amounts.iter().filter(|amount| amount.decimals == 2).map(|amount| amount.value).collect();
        money.windows(2).any(|pair| match pair {
            [net, tax] => net + tax == value && plausible_tax(*net, *tax),
            _ => false,
        })
    })
}

/// Between one and thirty per cent, and more than a few cents.
fn plausible_tax(net: Decimal, tax: Decimal) -> bool {
    let hundredfold = tax * Decimal::ONE_HUNDRED;
    tax > CENTS_2 && hundredfold >= net && hundredfold <= net * Decimal::from(30)
}

/// At least two things bought add up to it, rounding and discount allowed for.
fn from_items(value: Decimal, figures: &[Figure], items: &[LineItem]) -> bool {
    let amounts: Vec<Decimal> =
        items.iter().filter_map(|item| item.amount).filter(|amount| !amount.is_zero()).collect();
    let sum: Decimal = amounts.iter().sum();
    let roundings = values(figures, Label::Rounding);
    amounts.len() >= 2 && (sum == value || roundings.iter().any(|rounding| sum + rounding == value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{figures, line_items::line_items, rows::rows_of, testing::page_of};

    fn proofs_of(value: &str, text: &[&str]) -> Vec<Proof> {
        let page = page_of(text);
        let lines = figures::lines_of(rows_of(std::slice::from_ref(&page)));
        let value = Decimal::from_str_exact(value).expect("the tests write plain decimals");
        proofs(value, &figures::figures_of(&lines), &lines, &line_items(&lines))
    }

    #[test]
    fn equations() {
        let page =
            ["SUBTOTAL 295.00", "SERVICE CHARGE 10% 29.50", "GST 6% 19.47", "ROUNDING ADJ -0.02", "NET TOTAL 343.95"];
        assert_eq!(proofs_of("343.95", &page), [Proof::Parts]);
        assert_eq!(proofs_of("345.95", &page), []);
        assert_eq!(proofs_of("16.10", &["TOTAL 16.10", "CASH 50.00", "CHANGE 33.90"]), [Proof::CashLessChange]);
        assert_eq!(proofs_of("50.00", &["TOTAL 50.00", "CASH 50.00", "CHANGE 0.00"]), []);
        assert_eq!(proofs_of("33.90", &["TOTAL 33.92", "ROUNDING -0.02"]), [Proof::Rounded]);
        assert_eq!(proofs_of("15.00", &["GST SUMMARY", "SR 14.15 6% 0.85"]), [Proof::NetAndTax]);
        assert_eq!(proofs_of("15.00", &["Rice 5.00", "Noodles 10.00", "TOTAL 15.00"]), [Proof::Items]);
        assert_eq!(proofs_of("15.00", &["Rice 5.00", "Noodles 16.00", "TOTAL 15.00"]), []);
        assert_eq!(proofs_of("112.00", &["价税合计(大写) ⊗壹佰壹拾贰圆整 (小写)¥112.00"]), [Proof::Words]);
        assert_eq!(proofs_of("112.01", &["价税合计(大写) ⊗壹佰壹拾贰圆整 (小写)¥112.01"]), []);
        assert_eq!(proofs_of("50.00", &["港幣伍拾元正", "港幣陸拾元正", "TOTAL 50.00"]), []);
    }
}
