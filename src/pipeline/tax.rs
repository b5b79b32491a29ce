//! How a paper says its tax, and so how its entry says it. Pure.
//!
//! An entry's total must come out as it was approved, whoever rounds. An amount that includes tax always does: the ledger
//! takes the tax out of it. A net amount to which the ledger adds tax does so only where its rounding is known, so it is
//! sent where the paper adds up that way and the tax it prints is, to the cent and without a half to be rounded, what the
//! rate makes of the net. Everything else that bears tax goes out including it.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::{
    check::total_from,
    model::{draft::Draft, field::FieldName, money::Money},
    post::entry::TaxMode,
};

/// Both ledgers compute tax to so many places; amounts of other currencies go out including tax.
const PLACES: u32 = 2;

/// The rate of a tax code as it is stored, in percent, and whether it is one rate: of several, written `5+7`, each is
/// rounded by itself.
pub(super) fn rate(code: &str) -> Option<(Decimal, bool)> {
    let percents = code.split('+').map(|percent| Decimal::from_str_exact(percent).ok());
    Some((percents.sum::<Option<Decimal>>()?, !code.contains('+')))
}

/// How a paper of this total says its tax, under a tax code of this rate; `None`, no rate is known.
pub(super) fn mode(draft: &Draft, total: Money, rate: Option<(Decimal, bool)>) -> TaxMode {
    let (Some((percent, is_one)), Some(tax)) = (rate, draft.money(FieldName::Tax)) else { return TaxMode::Inclusive };
    if percent.is_zero() {
        return TaxMode::Inclusive;
    }
    if tax.minor() == 0 {
        // Nothing on it is to be reclaimed, whatever its category usually bears.
        return TaxMode::None;
    }
    match added(draft, total, tax, percent) {
        Some(true) if is_one => TaxMode::Exclusive { tax },
        Some(_) | None => TaxMode::Inclusive,
    }
}

/// Whether the paper adds this tax to what it prints before, and a ledger adds the same.
fn added(draft: &Draft, total: Money, tax: Money, percent: Decimal) -> Option<bool> {
    let adds_up = total_from(draft, draft.amount(FieldName::Subtotal)?)? == total.to_decimal();
    let net = total.checked_sub(tax).ok()?.to_decimal();
    let exact = net.checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED)?;
    let rounded = |strategy| exact.round_dp_with_strategy(PLACES, strategy);
    let up = rounded(RoundingStrategy::MidpointAwayFromZero);
    let sure = up == rounded(RoundingStrategy::MidpointTowardZero) && total.currency().exponent() == PLACES;
    Some(sure && tax.minor() > 0 && adds_up && up == tax.to_decimal())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        currency::Currency,
        field::{Field, FieldValue},
    };

    fn draft(amounts: &[(FieldName, &str)], currency: Currency) -> Draft {
        let field = |(name, text): &(FieldName, &str)| {
            (*name, Field::by_person(FieldValue::Amount(text.parse().expect("a decimal"))))
        };
        let mut draft = Draft::empty(1);
        draft.fields = amounts.iter().map(field).collect();
        draft.fields.insert(FieldName::Currency, Field::by_person(FieldValue::Currency(currency)));
        draft
    }

    fn said(amounts: &[(FieldName, &str)], code: &str, currency: Currency) -> &'static str {
        let draft = draft(amounts, currency);
        let total = draft.money(FieldName::Total).expect("it has a total");
        match mode(&draft, total, rate(code)) {
            TaxMode::None => "none",
            TaxMode::Inclusive => "inclusive",
            TaxMode::Exclusive { .. } => "exclusive",
        }
    }

    #[test]
    fn tax_is_said_as_the_paper_says_it() {
        use FieldName::{Discount, Rounding, ServiceCharge, Subtotal, Tax, Total};
        let hkd = Currency::HKD;
        for (amounts, code, expected, why) in [
            (&[(Total, "120.00")][..], "20", "inclusive", "nothing is said of tax"),
            (&[(Total, "120.00"), (Tax, "20.00")], "20", "inclusive", "tax is in it"),
            (&[(Total, "120.00"), (Tax, "20.00"), (Subtotal, "120.00")], "20", "inclusive", "the subtotal holds it"),
            (&[(Total, "120.00"), (Tax, "20.00"), (Subtotal, "100.00")], "20", "exclusive", "tax is added"),
            (&[(Total, "120.00"), (Tax, "0.00"), (Subtotal, "120.00")], "20", "none", "it bears none"),
            (&[(Total, "120.00"), (Tax, "0.00")], "0", "inclusive", "its code says so already"),
            (&[(Total, "120.00"), (Tax, "20.00"), (Subtotal, "100.00")], "0", "inclusive", "another rate"),
            (&[(Total, "105.00"), (Tax, "5.00"), (Subtotal, "100.00")], "20", "inclusive", "another rate"),
            (&[(Total, "120.00"), (Tax, "20.00"), (Subtotal, "100.00")], "INPUT2", "inclusive", "no rate is known"),
            (&[(Total, "112.00"), (Tax, "12.00"), (Subtotal, "100.00")], "5+7", "inclusive", "two rates"),
            (&[(Total, "12.33"), (Tax, "2.05"), (Subtotal, "10.28")], "20", "inclusive", "a ledger adds 2.06"),
            (&[(Total, "12.34"), (Tax, "2.06"), (Subtotal, "10.28")], "20", "exclusive", "2.056 is 2.06"),
            (&[(Total, "10.76"), (Tax, "0.51"), (Subtotal, "10.25")], "5", "exclusive", "0.5125 is 0.51 either way"),
            (&[(Total, "11.55"), (Tax, "0.55"), (Subtotal, "11.00")], "5", "exclusive", "exactly"),
            (&[(Total, "11.03"), (Tax, "0.53"), (Subtotal, "10.50")], "5", "inclusive", "half a cent, up or to even"),
            (
                &[
                    (Total, "132.00"),
                    (Tax, "22.00"),
                    (Subtotal, "105.00"),
                    (Discount, "5.00"),
                    (ServiceCharge, "10.00"),
                ],
                "20",
                "exclusive",
                "added to all that stands before it",
            ),
            (
                &[(Total, "120.00"), (Tax, "20.00"), (Subtotal, "100.10"), (Rounding, "-0.10")],
                "20",
                "exclusive",
                "rounded before the tax",
            ),
            (&[(Total, "-120.00"), (Tax, "-20.00"), (Subtotal, "-100.00")], "20", "inclusive", "money comes back"),
        ] {
            assert_eq!(said(amounts, code, hkd), expected, "{why}");
        }
        let yen = [(Total, "1100"), (Tax, "100"), (Subtotal, "1000")];
        assert_eq!(said(&yen, "10", Currency::JPY), "inclusive", "ledgers compute cents that a yen has not");
    }

    #[test]
    fn rates_are_read_as_they_are_stored() {
        for (code, expected) in [
            ("20", Some((Decimal::from(20), true))),
            ("9.975", Some((Decimal::new(9975, 3), true))),
            ("5+7", Some((Decimal::from(12), false))),
            ("INPUT2", None),
            ("", None),
        ] {
            assert_eq!(rate(code), expected, "{code}");
        }
    }
}
