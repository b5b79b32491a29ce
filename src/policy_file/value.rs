//! The small values of a policy: amounts, currencies, addresses, dates, percentages, and how they are written.

use jiff::civil;
use rust_decimal::Decimal;

use super::{document::Spot, layout::Json};
use crate::model::{currency::Currency, money::Money};

/// An amount as text, such as `"1500.00"`, in a currency; never below zero.
pub(super) fn amount(spot: &Spot<'_>, currency: Currency) -> Option<Money> {
    let Some(text) = spot.as_text().filter(|text| is_plain(text)) else {
        return spot.expected("an amount as text, such as \"1500.00\"");
    };
    match Money::parse(text, currency) {
        Ok(money) => Some(money),
        Err(error) => spot.wrong(error.to_string()),
    }
}

/// What [`amount`] reads.
pub(super) fn amount_json(money: Money) -> Json {
    Json::text(money.to_decimal().to_string())
}

/// A percentage as text, such as `"9"` or `"7.5"`.
pub(super) fn percent(spot: &Spot<'_>) -> Option<Decimal> {
    let number = spot.as_text().filter(|text| is_plain(text)).and_then(|text| Decimal::from_str_exact(text).ok());
    match number {
        Some(percent) if percent <= Decimal::ONE_HUNDRED => Some(percent),
        Some(_) | None => spot.expected("a percentage as text from \"0\" to \"100\""),
    }
}

/// Digits, with or without a point between them: no sign, no exponent, no thousands.
fn is_plain(text: &str) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(text),
    }
}

/// A currency by its code.
pub(super) fn currency(spot: &Spot<'_>) -> Option<Currency> {
    let code = spot.as_text().filter(|text| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()));
    match code.map(Currency::parse) {
        Some(Ok(currency)) => Some(currency),
        Some(Err(error)) => spot.wrong(error.to_string()),
        None => spot.expected("a currency, such as \"HKD\""),
    }
}

/// A name of something; `what` says of what.
pub(super) fn name(spot: &Spot<'_>, what: &str) -> Option<String> {
    spot.words(what)
}

/// An e-mail address, in lower case.
pub(super) fn email(spot: &Spot<'_>) -> Option<String> {
    let is_address = |text: &&str| {
        text.split_once('@').is_some_and(|(left, right)| !left.is_empty() && !right.is_empty())
            && !text.contains(char::is_whitespace)
    };
    match spot.as_text().filter(is_address) {
        Some(text) => Some(text.to_lowercase()),
        None => spot.expected("an e-mail address"),
    }
}

/// A day, such as `"2024-01-31"`.
pub(super) fn date(spot: &Spot<'_>) -> Option<civil::Date> {
    // jiff reads more than the one writing that is meant here.
    match spot.as_text().filter(|text| text.len() == 10).and_then(|text| text.parse().ok()) {
        Some(date) => Some(date),
        None => spot.expected("a date, such as \"2024-01-31\""),
    }
}

/// A supplier's name the way facts hold it, without case, spaces and punctuation; `check::supplier_key` does the same
/// to what was read.
pub(super) fn supplier(spot: &Spot<'_>) -> Option<String> {
    let name = name(spot, "the name of a supplier")?;
    let key: String = name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if key.is_empty() { spot.expected("the name of a supplier, with letters in it") } else { Some(key) }
}
