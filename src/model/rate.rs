//! Exchange rates: a dated table, and what an amount is in the firm's own currency on its day.
//!
//! A table has one base, and says how much of each currency one unit of the base bought on a day. Between two other
//! currencies the cross rate is taken from two rates of the same day. The rate used is named with the amount, so that
//! whoever asks later sees which one it was.

pub mod parse;

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

use super::{currency::Currency, money::Money, policy::RateRules};

/// Digits after the point of a rate that is kept.
const RATE_DIGITS: u32 = 8;

/// How much of a currency one unit of the base bought on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The day.
    pub date: Date,
    /// The currency.
    pub currency: Currency,
    /// Units of it for one unit of the base; above nought.
    pub value: Decimal,
}

/// The rates of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rates {
    /// Where they come from, such as `ecb`.
    pub source: String,
    /// The currency that every value is for one unit of.
    pub base: Currency,
    days: BTreeMap<(Currency, Date), Decimal>,
}

/// Which rate turned an amount into the firm's own currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateUsed {
    /// Where it comes from; `same` where the amount was in the firm's own currency already.
    pub source: String,
    /// The day it was set.
    pub date: Date,
    /// Units of the firm's own currency for one unit of the paper's.
    pub rate: Decimal,
}

/// No rate of the source is near enough to the day, or the amount does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{source_name} has no rate from {currency} to {home} for {date} or the {age_days_max} days before it")]
pub struct MissingRate {
    /// Which table was looked in.
    pub source_name: String,
    /// The paper's currency.
    pub currency: Currency,
    /// The firm's own.
    pub home: Currency,
    /// The paper's day.
    pub date: Date,
    /// How far back was looked, in days.
    pub age_days_max: u32,
}

impl Rates {
    /// A table of these rates; of two for one day the later one of the list counts.
    #[must_use]
    pub fn new(source: impl Into<String>, base: Currency, rates: impl IntoIterator<Item = Rate>) -> Self {
        let sound = rates.into_iter().filter(|rate| rate.value > Decimal::ZERO);
        Self { source: source.into(), base, days: sound.map(|rate| ((rate.currency, rate.date), rate.value)).collect() }
    }

    /// The rate from one currency to another on a day, or else on the nearest day before it, at most so many days.
    #[must_use]
    pub fn rate_on(&self, from: Currency, to: Currency, date: Date, age_days_max: u32) -> Option<RateUsed> {
        if from == to {
            return Some(RateUsed { source: "same".to_owned(), date, rate: Decimal::ONE });
        }
        let mut day = date;
        for _ in 0..=age_days_max {
            if let Some((from, to)) = self.value(from, day).zip(self.value(to, day)) {
                let rate = to.checked_div(from)?;
                let rate = rate.round_dp_with_strategy(RATE_DIGITS, RoundingStrategy::MidpointAwayFromZero);
                return (!rate.is_zero()).then(|| RateUsed { source: self.source.clone(), date: day, rate });
            }
            day = day.yesterday().ok()?;
        }
        None
    }

    fn value(&self, currency: Currency, date: Date) -> Option<Decimal> {
        if currency == self.base { Some(Decimal::ONE) } else { self.days.get(&(currency, date)).copied() }
    }
}

/// An amount in the firm's own currency, rounded half up to its smallest unit, and the rate that made it.
///
/// # Errors
/// The table has no rate for the day or the days before it that the policy allows.
pub fn home_amount(
    total: Money,
    date: Date,
    home: Currency,
    rates: &Rates,
    rules: &RateRules,
) -> Result<(Money, RateUsed), MissingRate> {
    let missing = || MissingRate {
        source_name: rules.source.clone(),
        currency: total.currency(),
        home,
        date,
        age_days_max: rules.age_days_max,
    };
    let used = rates.rate_on(total.currency(), home, date, rules.age_days_max).ok_or_else(missing)?;
    let amount = total.to_decimal().checked_mul(used.rate).ok_or_else(missing)?;
    let amount = amount.round_dp_with_strategy(home.exponent(), RoundingStrategy::MidpointAwayFromZero);
    Ok((Money::from_decimal(amount, home).map_err(|_| missing())?, used))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect("a currency of the table")
    }

    fn table() -> Rates {
        let rate = |code: &str, day: i8, value: &str| Rate {
            date: date(2026, 11, day),
            currency: currency(code),
            value: value.parse().expect("a decimal"),
        };
        let eur = currency("EUR");
        let all = [rate("HKD", 20, "9.0"), rate("USD", 20, "1.2"), rate("JPY", 20, "180"), rate("USD", 23, "1.25")];
        Rates::new("ecb", eur, all)
    }

    #[test]
    fn amounts_at_home() {
        let rules = RateRules { source: "ecb".to_owned(), age_days_max: 7, spread_percent_max: Decimal::from(3) };
        for (text, code, day, expected) in [
            ("100.00", "EUR", 20, Some("900.00")),
            ("100.00", "USD", 20, Some("750.00")),
            // The dollar has a rate of the 23rd, the Hong Kong dollar has none: both are taken of the 20th.
            ("100.00", "USD", 24, Some("750.00")),
            ("1000", "JPY", 27, Some("50.00")),
            ("1000", "JPY", 28, None),
            ("1000", "JPY", 19, None),
            ("1.00", "GBP", 20, None),
            ("12.34", "HKD", 1, Some("12.34")),
            ("-100.00", "USD", 20, Some("-750.00")),
            ("92233720368547758.07", "EUR", 20, None),
        ] {
            let total = Money::parse(text, currency(code)).expect("an amount");
            let found = home_amount(total, date(2026, 11, day), Currency::HKD, &table(), &rules);
            let found = found.ok().map(|(money, _)| money.to_decimal().to_string());
            assert_eq!(found.as_deref(), expected, "{text} {code} on the {day}th");
        }
    }

    #[test]
    fn the_rate_says_where_it_is_from() {
        let used = table().rate_on(currency("USD"), Currency::HKD, date(2026, 11, 22), 7);
        let expected = RateUsed { source: "ecb".to_owned(), date: date(2026, 11, 20), rate: Decimal::new(75, 1) };
        assert_eq!(used, Some(expected));
    }
}
