//! Exact amounts on the wire, and what both ledgers ask of an entry before it is said in their terms.

use std::str::FromStr as _;

use rust_decimal::Decimal;
use serde_json::Number;

use crate::{
    model::money::Money,
    post::{entry::Entry, error::LedgerError},
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::currency::Currency;

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
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("港幣收據", 2), "港幣");
        assert_eq!(cut("ab", 5), "ab");
    }
}
