//! The figures around the total: subtotal, tax, service charge, rounding, discount, and the money handed over.

use rust_decimal::Decimal;

use crate::extract::{
    arithmetic::{self, CENTS_2, Proof},
    evidence::Evidence,
    figures::Figure,
    labels::Label,
    total::Chosen,
};
use crate::model::{
    field::{Field, FieldName, FieldValue},
    page::Source,
};

/// The parts of a sum and the labels they go by.
const PARTS: [(FieldName, Label); 6] = [
    (FieldName::Subtotal, Label::Subtotal),
    (FieldName::Tax, Label::Tax),
    (FieldName::ServiceCharge, Label::Service),
    (FieldName::Rounding, Label::Rounding),
    (FieldName::Discount, Label::Discount),
    (FieldName::AmountPaid, Label::Paid),
];

/// The figures around the total. Where they add up to it, they are the ones that do.
pub(super) fn sums(figures: &[Figure], total: Option<&Chosen>) -> Vec<(FieldName, Field)> {
    let equation = total.and_then(|total| equation(total.value, figures));
    PARTS
        .into_iter()
        .filter_map(|(name, label)| {
            let of_label = || figures.iter().filter(move |figure| figure.label == label && !figure.in_summary);
            let wanted = equation.as_ref().and_then(|parts| parts.get(label));
            let proven = wanted.and_then(|value| of_label().find(|figure| shown(figure, label) == value));
            let figure = proven.or_else(|| likely(of_label(), label, total))?;
            if shown(figure, label).is_zero() && proven.is_none() {
                return None;
            }
            Some((name, choice(figure, label, proven.is_some(), total)))
        })
        .collect()
}

/// Discounts, service, tax and change are shown without a sign; rounding keeps its own.
fn shown(figure: &Figure, label: Label) -> Decimal {
    if label == Label::Rounding { figure.value } else { figure.value.abs() }
}

/// Of several figures with one label: what was paid is at least the total; else the first that is not nothing.
fn likely<'f>(
    mut figures: impl Iterator<Item = &'f Figure>,
    label: Label,
    total: Option<&Chosen>,
) -> Option<&'f Figure> {
    figures.find(|figure| {
        let paid = label != Label::Paid || total.is_none_or(|total| figure.value >= total.value);
        !figure.value.is_zero() && paid
    })
}

fn choice(figure: &Figure, label: Label, proven: bool, total: Option<&Chosen>) -> Field {
    let total_accepted = total.is_some_and(|total| total.field.accepted);
    let paid_proven = label == Label::Paid
        && total.is_some_and(|total| {
            total.proofs.contains(&Proof::CashLessChange)
                || (figure.value == total.value && figure.confidence.per_mille() >= 850)
        });
    let accepted = !figure.repaired
        && match figure.source {
            Source::Person | Source::EInvoice | Source::Qr => true,
            Source::PdfText => proven || (!figure.indirect && matches!(label, Label::Subtotal | Label::Paid)),
            Source::PpOcr | Source::Tesseract => total_accepted && (proven || paid_proven),
        };
    let inside = if figure.included && label == Label::Tax { ",included" } else { "" };
    let rule = format!("{}{inside}", if proven { "sum:adds-up" } else { "sum:label" });
    let evidence = Evidence {
        source: figure.source,
        page: Some(figure.page),
        area: Some(figure.area),
        confidence: figure.confidence,
    };
    evidence.field(FieldValue::Amount(shown(figure, label)), accepted, rule)
}

/// The parts that add up to the total.
struct Equation {
    subtotal: Decimal,
    discount: Decimal,
    service: Decimal,
    tax: Decimal,
    rounding: Decimal,
}

impl Equation {
    /// The part with this label, where it has one.
    fn get(&self, label: Label) -> Option<Decimal> {
        match label {
            Label::Subtotal => Some(self.subtotal),
            Label::Discount => Some(self.discount).filter(|part| !part.is_zero()),
            Label::Service => Some(self.service).filter(|part| !part.is_zero()),
            Label::Tax => Some(self.tax).filter(|part| !part.is_zero()),
            Label::Rounding => Some(self.rounding).filter(|part| !part.is_zero()),
            Label::Total | Label::Paid | Label::Change | Label::Summary | Label::Other => None,
        }
    }
}

/// Subtotal − discount + service + tax + rounding = total, with more than the subtotal alone, most parts first.
fn equation(total: Decimal, figures: &[Figure]) -> Option<Equation> {
    let choices = |label: Label| {
        let mut list: Vec<Decimal> = arithmetic::values(figures, label)
            .into_iter()
            .map(|value| if label == Label::Rounding { value } else { value.abs() })
            .filter(|value| !value.is_zero())
            .collect();
        list.push(Decimal::ZERO);
        list
    };
    let (subtotals, discounts) = (arithmetic::values(figures, Label::Subtotal), choices(Label::Discount));
    let (services, taxes, roundings) = (choices(Label::Service), choices(Label::Tax), choices(Label::Rounding));
    for &subtotal in &subtotals {
        for &discount in &discounts {
            for &service in &services {
                for &tax in &taxes {
                    let before = subtotal - discount + service + tax;
                    // Only a subtotal that is near enough can be mended by rounding.
                    let near = (before - total).abs() < Decimal::ONE;
                    let rounding = roundings.iter().find(|rounding| near && before + **rounding == total);
                    let more =
                        discount + service + tax > CENTS_2 || rounding.is_some_and(|rounding| !rounding.is_zero());
                    if let Some(&rounding) = rounding.filter(|_| more) {
                        return Some(Equation { subtotal, discount, service, tax, rounding });
                    }
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{figures, rows::rows_of, testing::page_of, total};

    #[test]
    fn parts_that_add_up_are_taken() {
        let page = page_of(&[
            "SUBTOTAL 295.00",
            "SERVICE CHARGE 29.50",
            "GST 6% 19.47",
            "ROUNDING ADJ -0.02",
            "NET TOTAL 343.95",
            "CASH 400.00",
            "CHANGE 56.05",
        ]);
        let lines = figures::lines_of(rows_of(std::slice::from_ref(&page)));
        let figures = figures::figures_of(&lines);
        let chosen = total::total(&figures, &lines, &[], false);
        let found: Vec<(FieldName, String, bool)> = sums(&figures, chosen.as_ref())
            .into_iter()
            .map(|(name, choice)| (name, choice.value.to_text(), choice.accepted))
            .collect();
        assert_eq!(
            found,
            [
                (FieldName::Subtotal, "295.00".to_owned(), true),
                (FieldName::Tax, "19.47".to_owned(), true),
                (FieldName::ServiceCharge, "29.50".to_owned(), true),
                (FieldName::Rounding, "-0.02".to_owned(), true),
                (FieldName::AmountPaid, "400.00".to_owned(), true),
            ]
        );
    }
}
