//! Exact amounts on the wire, and what both ledgers ask of an entry before it is said in their terms.

use std::str::FromStr as _;

use rust_decimal::Decimal;
use serde_json::Number;

use crate::{
    model::money::Money,
    post::{
        entry::{Entry, EntryLine, TaxMode},
        error::LedgerError,
    },
};

/// An amount as a JSON number with exactly its currency's digits: `24.50`, never `24.5` and never a float.
pub(crate) fn number(amount: Money) -> Number {
    let literal = amount.to_decimal().to_string();
    Number::from_str(&literal).expect("a decimal prints as a JSON number")
}

/// A rate as a JSON number, with the digits it has.
pub(crate) fn rate_number(rate: Decimal) -> Number {
    Number::from_str(&rate.to_string()).expect("a decimal prints as a JSON number")
}

/// Xero's `CurrencyRate` has so many places.
const XERO_RATE_PLACES: u32 = 6;

/// The other way round: units of the entry's currency for one unit of the company's own, as Xero writes rates
/// (accounting-apis.md, S2: QuickBooks multiplies by its rate, Xero divides). `None` when nothing would be left of it.
pub(crate) fn inverted(rate: Decimal) -> Option<Decimal> {
    let whole = Decimal::ONE.checked_div(rate)?;
    let cut = whole.round_dp_with_strategy(XERO_RATE_PLACES, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    (cut > Decimal::ZERO).then(|| cut.normalize())
}

/// The exact decimal of a JSON number, in plain or scientific writing; `None` when it has more digits than fit.
pub(crate) fn decimal(number: &Number) -> Option<Decimal> {
    let literal = number.to_string();
    Decimal::from_str_exact(&literal).or_else(|_| Decimal::from_scientific(&literal)).ok()
}

/// The first `chars_max` characters of a text.
pub(crate) fn cut(text: &str, chars_max: usize) -> String {
    text.chars().take(chars_max).collect()
}

/// Holds an entry to what both ledgers need: lines, one currency, a sum that is the total, a total above zero.
pub(crate) fn entry_check(entry: &Entry, ledger: &'static str) -> Result<(), LedgerError> {
    let bug = |message: &str| LedgerError::Bug { ledger, code: String::new(), message: message.to_owned() };
    if entry.lines.is_empty() {
        return Err(bug("the entry has no lines"));
    }
    let sum = entry.lines.iter().try_fold(Money::zero(entry.currency), |sum, line| sum.checked_add(line.amount));
    if sum != Ok(entry.total) {
        return Err(bug("the lines of the entry do not add up to its total"));
    }
    if entry.total.minor() <= 0 {
        let message = "only amounts above zero can be posted; what gives money back is a credit note".to_owned();
        return Err(LedgerError::Refused { ledger, code: String::new(), message });
    }
    Ok(())
}

/// How an entry says its tax; one without a tax code on any line bears none.
pub(crate) fn tax_mode(entry: &Entry) -> TaxMode {
    if entry.lines.iter().any(|line| line.tax_code.is_some()) { entry.tax_mode } else { TaxMode::None }
}

/// What is sent as a line's amount where the ledger adds this tax.
pub(crate) fn without(tax: Money, entry: &Entry, line: &EntryLine, ledger: &'static str) -> Result<Money, LedgerError> {
    let net = line.amount.checked_sub(tax).ok().filter(|net| entry.lines.len() == 1 && net.minor() > 0);
    let message = "tax is added to one line alone, and is less than it".to_owned();
    net.ok_or(LedgerError::Bug { ledger, code: String::new(), message })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::{
        model::currency::Currency,
        post::{entry::EntryKind, quickbooks, testing, xero},
    };

    fn bill(tax_mode: TaxMode, amounts: &[i64]) -> Entry {
        let line = |minor: &i64| testing::line("420", Some("T"), *minor);
        let kind = EntryKind::Bill { due_date: date(2026, 12, 1) };
        Entry {
            tax_mode,
            lines: amounts.iter().map(line).collect(),
            ..testing::entry(kind, testing::line("420", Some("T"), amounts.iter().sum()))
        }
    }

    #[test]
    fn tax_is_said_in_three_ways() {
        let added = TaxMode::Exclusive { tax: Money::from_minor(408, Currency::HKD) };
        for (mode, in_quickbooks, in_xero) in [
            (
                TaxMode::None,
                [r#""GlobalTaxCalculation":"NotApplicable""#, r#""Amount":24.50"#, r#"{"AccountRef":{"value":"420"}}"#],
                [r#""LineAmountTypes":"NoTax""#, r#""UnitAmount":24.50"#, r#""AccountCode":"420"}"#],
            ),
            (
                TaxMode::Inclusive,
                [r#""GlobalTaxCalculation":"TaxInclusive""#, r#""Amount":20.42"#, r#""TaxInclusiveAmt":24.50"#],
                [r#""LineAmountTypes":"Inclusive""#, r#""UnitAmount":24.50"#, r#""TaxType":"T""#],
            ),
            (
                added,
                [r#""GlobalTaxCalculation":"TaxExcluded""#, r#""Amount":20.42"#, r#""TaxCodeRef":{"value":"T"}}"#],
                [r#""LineAmountTypes":"Exclusive""#, r#""UnitAmount":20.42"#, r#""TaxType":"T""#],
            ),
        ] {
            let entry = bill(mode, &[2450]);
            let bodies = [quickbooks::convert::entry_body(&entry, "1"), xero::convert::entry_body(&entry, "1")];
            for (body, parts) in bodies.into_iter().zip([in_quickbooks, in_xero]) {
                let body = body.expect("the entry is whole");
                assert!(parts.iter().all(|part| body.contains(part)), "{mode:?}: {body}");
            }
        }
        for (amounts, why) in [(&[2450, 100][..], "two lines"), (&[408], "nothing is left")] {
            let entry = bill(added, amounts);
            assert!(matches!(quickbooks::convert::entry_body(&entry, "1"), Err(LedgerError::Bug { .. })), "{why}");
            assert!(matches!(xero::convert::entry_body(&entry, "1"), Err(LedgerError::Bug { .. })), "{why}");
        }
    }

    #[test]
    fn literals_are_exact_both_ways() {
        for (literal, expected) in [
            ("0.1", Decimal::new(1, 1)),
            ("1e2", Decimal::new(100, 0)),
            ("1.5E-1", Decimal::new(15, 2)),
            ("12345678901.12", Decimal::new(1_234_567_890_112, 2)),
            ("18.26", Decimal::new(1826, 2)),
            ("-3", Decimal::new(-3, 0)),
        ] {
            let parsed: Number = serde_json::from_str(literal).expect("the literal is JSON");
            assert_eq!(decimal(&parsed), Some(expected), "{literal}");
        }
        let huge: Number = serde_json::from_str("1234567890123456789012345678901234567890").expect("JSON");
        assert_eq!(decimal(&huge), None);
        assert_eq!(number(Money::from_minor(2450, Currency::HKD)).to_string(), "24.50");
        assert_eq!(number(Money::from_minor(-500, Currency::JPY)).to_string(), "-500");
    }

    #[test]
    fn xeros_rates_go_the_other_way() {
        for (rate, expected) in [
            ("0.8421", Some("1.187507")),
            ("7.80", Some("0.128205")),
            ("0.0520", Some("19.230769")),
            ("1", Some("1")),
            ("0", None),
            ("3000000", None),
        ] {
            let rate: Decimal = rate.parse().expect("a decimal");
            assert_eq!(inverted(rate).map(|rate| rate.to_string()).as_deref(), expected, "{rate}");
        }
    }

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("港幣收據", 2), "港幣");
        assert_eq!(cut("ab", 5), "ab");
    }
}
