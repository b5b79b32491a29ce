//! Exact amounts: minor units in an integer, and the currency they are of.

use std::{fmt, num::NonZeroU32};

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::currency::Currency;

/// An exact amount in one currency. Never a float, never a bare integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

/// Why an amount could not be made or combined.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies met where one was meant.
    #[error("{left} and {right} cannot be combined")]
    CurrencyMismatch {
        /// The first amount's currency.
        left: Currency,
        /// The second amount's currency.
        right: Currency,
    },
    /// The amount has more digits after the point than its currency knows.
    #[error("{amount} has more digits after the point than {currency} knows")]
    TooPrecise {
        /// The amount as given.
        amount: Decimal,
        /// Its currency.
        currency: Currency,
    },
    /// The amount does not fit.
    #[error("the amount is too large")]
    Overflow,
    /// The text is not an amount.
    #[error("“{0}” is not an amount")]
    NotAnAmount(String),
}

impl Money {
    /// So many minor units (cents) of a currency.
    #[must_use]
    pub const fn from_minor(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// An amount from an exact decimal; trailing zeros beyond the currency's digits are allowed, other digits are not.
    ///
    /// # Errors
    /// The amount has digits the currency does not know, or does not fit.
    pub fn from_decimal(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let normal = amount.normalize();
        if normal.scale() > currency.exponent() {
            return Err(MoneyError::TooPrecise { amount, currency });
        }
        let factor = Decimal::from(10_i64.pow(currency.exponent()));
        let minor = normal.checked_mul(factor).and_then(|minor| minor.to_i64()).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, currency })
    }

    /// Reads a plain decimal literal such as `1234.50` or `-3`.
    ///
    /// # Errors
    /// The text is not one, or does not fit the currency.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let amount = Decimal::from_str_exact(text.trim()).map_err(|_| MoneyError::NotAnAmount(text.to_owned()))?;
        Self::from_decimal(amount, currency)
    }

    /// The amount in minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The amount as a decimal with the currency's digits: `12.30`, never `12.3`.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.minor, self.currency.exponent())
    }

    /// Adds two amounts of the same currency.
    ///
    /// # Errors
    /// The currencies differ or the sum does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, currency: self.currency })
    }

    /// Takes an amount of the same currency away.
    ///
    /// # Errors
    /// The currencies differ or the difference does not fit.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, currency: self.currency })
    }

    /// Splits into `n` parts that sum to exactly this amount; the remainder goes to the first parts, a unit each.
    #[must_use]
    pub fn split(self, n: NonZeroU32) -> Vec<Self> {
        let n = i64::from(n.get());
        let (share, rest) = (self.minor.div_euclid(n), self.minor.rem_euclid(n));
        (0..n).map(|i| Self { minor: share + i64::from(i < rest), currency: self.currency }).collect()
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            return Ok(());
        }
        Err(MoneyError::CurrencyMismatch { left: self.currency, right: other.currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, self.to_decimal())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_follow_the_currency() {
        assert_eq!(Money::parse("12.3", Currency::HKD).map(Money::minor), Ok(1230));
        assert_eq!(Money::parse("12.300", Currency::HKD).map(Money::minor), Ok(1230));
        assert_eq!(Money::parse("500", Currency::JPY).map(Money::minor), Ok(500));
        assert!(matches!(Money::parse("12.345", Currency::HKD), Err(MoneyError::TooPrecise { .. })));
        assert!(matches!(Money::parse("0.5", Currency::JPY), Err(MoneyError::TooPrecise { .. })));
        assert!(matches!(Money::parse("1e3", Currency::HKD), Err(MoneyError::NotAnAmount(_))));
        assert_eq!(Money::parse("99999999999999999999", Currency::HKD), Err(MoneyError::Overflow));
        assert_eq!(Money::from_minor(-1230, Currency::HKD).to_string(), "HKD -12.30");
    }

    #[test]
    fn currencies_do_not_mix() {
        let (hkd, usd) = (Money::from_minor(1, Currency::HKD), Money::from_minor(1, Currency::USD));
        assert!(matches!(hkd.checked_add(usd), Err(MoneyError::CurrencyMismatch { .. })));
        assert_eq!(Money::from_minor(i64::MAX, Currency::HKD).checked_add(hkd), Err(MoneyError::Overflow));
    }

    proptest! {
        #[test]
        fn split_loses_no_cent(minor in any::<i64>(), n in 1_u32..500) {
            let whole = Money::from_minor(minor, Currency::HKD);
            let parts = whole.split(NonZeroU32::new(n).expect("the range starts at one"));
            prop_assert_eq!(parts.iter().map(|part| i128::from(part.minor())).sum::<i128>(), i128::from(minor));
            let low = parts.iter().map(|part| part.minor()).min();
            let high = parts.iter().map(|part| part.minor()).max();
            prop_assert!(high.zip(low).is_some_and(|(high, low)| high - low <= 1));
        }

        #[test]
        fn text_and_back(minor in any::<i64>()) {
            let money = Money::from_minor(minor, Currency::USD);
            prop_assert_eq!(Money::parse(&money.to_decimal().to_string(), Currency::USD), Ok(money));
        }
    }
}
