//! Small helpers over JSON rows, exact amounts and the two ways the ledgers write time.

use std::str::FromStr;

use jiff::{Timestamp, civil, tz};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// One record of a ledger, in the ledger's own words.
pub(super) type Row = Map<String, Value>;

/// The members of an object literal.
pub(super) fn row(value: Value) -> Row {
    value.as_object().cloned().unwrap_or_default()
}

/// An amount as a JSON number, digit by digit.
pub(super) fn number(amount: Decimal) -> Value {
    serde_json::Number::from_str(&amount.to_string()).map_or(Value::Null, Value::Number)
}

/// The exact value of a JSON number; `None` for anything else and for what a decimal cannot hold.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    let literal = value.as_number()?.to_string();
    Decimal::from_str_exact(&literal).ok().or_else(|| Decimal::from_scientific(&literal).ok())
}

/// The amount under a key, zero where there is none.
pub(super) fn amount(row: &Row, key: &str) -> Decimal {
    row.get(key).and_then(decimal).unwrap_or_default()
}

/// The text under a key, empty where there is none.
pub(super) fn text<'a>(row: &'a Row, key: &str) -> &'a str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Whether a key holds something other than null.
pub(super) fn has(row: &Row, key: &str) -> bool {
    row.get(key).is_some_and(|value| !value.is_null())
}

/// The object under a key.
pub(super) fn inner<'a>(row: &'a Row, key: &str) -> Option<&'a Row> {
    row.get(key).and_then(Value::as_object)
}

/// The text under a key of the object under a key: `AccountRef`, `value`.
pub(super) fn inner_text<'a>(row: &'a Row, key: &str, member: &str) -> Option<&'a str> {
    inner(row, key).and_then(|object| object.get(member)).and_then(Value::as_str).filter(|found| !found.is_empty())
}

/// The objects of the array under a key.
pub(super) fn rows<'a>(row: &'a Row, key: &str) -> Vec<&'a Row> {
    row.get(key)
        .and_then(Value::as_array)
        .map(|all| all.iter().filter_map(Value::as_object).collect())
        .unwrap_or_default()
}

/// Exactly two decimal places, half away from zero, as both ledgers round.
pub(super) fn cents(amount: Decimal) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded
}

/// The calendar date of `YYYY-MM-DD`, with or without a time behind it that is ignored.
pub(super) fn date(text: &str) -> Option<civil::Date> {
    let day = text.split('T').next().unwrap_or_default();
    if day.len() == 10 { day.parse().ok() } else { None }
}

/// `2026-11-22T02:04:19.123Z`, the way `QuickBooks` and Xero write instants in text.
pub(super) fn iso(ms: i64) -> String {
    Timestamp::from_millisecond(ms)
        .map_or_else(|_| "1970-01-01T00:00:00Z".to_owned(), |instant| format!("{instant:.3}"))
}

/// Today in UTC, `YYYY-MM-DD`.
pub(super) fn today(ms: i64) -> String {
    iso(ms).chars().take(10).collect()
}

/// Xero's `/Date(1551213568047+0000)/`.
pub(super) fn xero_instant(ms: i64) -> String {
    format!("/Date({ms}+0000)/")
}

/// Xero's writing of a calendar date: midnight of that day in UTC.
pub(super) fn xero_date(day: civil::Date) -> String {
    let ms = day.to_zoned(tz::TimeZone::UTC).map_or(0, |midnight| midnight.timestamp().as_millisecond());
    xero_instant(ms)
}

/// The SHA-256 of some bytes in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A new random id.
pub(super) fn uuid() -> String {
    uuid::Uuid::new_v4().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn money_literals_are_exact() {
        for (literal, exact) in
            [("0.1", "0.1"), ("1e2", "100"), ("12345678901.12", "12345678901.12"), ("18.26", "18.26")]
        {
            let value: Value = serde_json::from_str(literal).expect("the literals are JSON");
            assert_eq!(decimal(&value).map(|d| d.to_string()), Some(exact.to_owned()));
        }
        assert_eq!(decimal(&json!("12.00")), None, "a string is not an amount");
        assert_eq!(number(Decimal::new(1230, 2)).to_string(), "12.30");
    }

    #[test]
    fn time_is_written_both_ways() {
        assert_eq!(iso(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(today(1_551_139_200_000), "2019-02-26");
        let day = date("2019-02-26T10:00:00").expect("a date");
        assert_eq!(xero_date(day), "/Date(1551139200000+0000)/");
        assert_eq!(date("26/02/2019"), None);
    }
}
