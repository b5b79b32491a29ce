//! Shares as text and as JSON, from whole numbers.
//!
//! For people they are rounded so that a report never looks better than it is: what is good downwards, what is bad
//! upwards. 2999 right of 3000 are 99.9 %, and one wrong of 30 000 is 0.01 %. For programs they are rounded to the
//! nearest, as the first scoring script did.

use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};

/// What is said where there is nothing to divide by.
pub(super) const NOTHING: &str = "–";

/// A share of something good in per cent with one digit, rounded down.
pub(super) fn good(part: u64, whole: u64) -> String {
    per_cent(part, whole, 1, RoundingStrategy::ToZero)
}

/// A share of something bad in per cent with two digits, rounded up.
pub(super) fn bad(part: u64, whole: u64) -> String {
    per_cent(part, whole, 2, RoundingStrategy::AwayFromZero)
}

/// A share as a JSON number with at most four digits; zero of nothing is 0.
pub(super) fn number(part: u64, whole: u64) -> serde_json::Number {
    json((Decimal::from(part) / Decimal::from(whole.max(1))).round_dp(4))
}

/// A decimal as a JSON number, exactly.
pub(super) fn json(decimal: Decimal) -> serde_json::Number {
    serde_json::Number::from_str(&decimal.normalize().to_string()).unwrap_or_else(|_| serde_json::Number::from(0))
}

fn per_cent(part: u64, whole: u64, digits: u32, rounding: RoundingStrategy) -> String {
    if whole == 0 {
        return NOTHING.to_owned();
    }
    let hundredfold = Decimal::from(part) * Decimal::ONE_HUNDRED / Decimal::from(whole);
    let mut rounded = hundredfold.round_dp_with_strategy(digits, rounding);
    rounded.rescale(digits);
    format!("{rounded} %")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_never_look_better_than_they_are() {
        for (part, whole, as_good, as_bad, as_number) in [
            (0, 0, "–", "–", "0"),
            (0, 7, "0.0 %", "0.00 %", "0"),
            (7, 7, "100.0 %", "100.00 %", "1"),
            (2, 3, "66.6 %", "66.67 %", "0.6667"),
            (2999, 3000, "99.9 %", "99.97 %", "0.9997"),
            (1, 30_000, "0.0 %", "0.01 %", "0"),
            (1, 32, "3.1 %", "3.13 %", "0.0312"),
        ] {
            assert_eq!((good(part, whole).as_str(), bad(part, whole).as_str()), (as_good, as_bad), "{part}/{whole}");
            assert_eq!(number(part, whole).to_string(), as_number, "{part}/{whole}");
        }
    }
}
