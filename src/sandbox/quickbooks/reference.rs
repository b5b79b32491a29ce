//! What a company tells about itself: facts, switches, exchange rates, recent changes.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::vendors::currency_check;
use super::{Answer, Refusal, company, in_plan};
use crate::sandbox::http::{Ask, Reply};
use crate::sandbox::state::{Company, Track, World};
use crate::sandbox::value::{self, Row};

const CHANGES_MAX: usize = 1000;
const CHANGES_DAYS_MAX: i64 = 30;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Rates of the day: home units for one foreign unit, in Hong Kong dollars.
const RATES_HKD: [(&str, &str); 8] = [
    ("USD", "7.80"),
    ("EUR", "8.45"),
    ("CNY", "1.08"),
    ("GBP", "9.85"),
    ("JPY", "0.0520"),
    ("MYR", "1.86"),
    ("SGD", "5.98"),
    ("HKD", "1"),
];

/// The record of the company itself.
pub(super) fn company_info_row(books: &Company) -> Row {
    let pair = |name: &str, value: &str| json!({"Name": name, "Value": value});
    value::row(json!({
        "Id": "1", "SyncToken": "0", "domain": "QBO", "sparse": false,
        "CompanyName": books.name, "LegalName": books.name, "Country": books.country,
        "FiscalYearStartMonth": "January", "SupportedLanguages": "en", "DefaultTimeZone": "Asia/Hong_Kong",
        "NameValue": [pair("OfferingSku", "QuickBooks Online Plus"), pair("SubscriptionStatus", "PAID"),
            pair("CompanyType", "Company")],
        "MetaData": {"CreateTime": "2026-01-01T00:00:00Z", "LastUpdatedTime": "2026-01-01T00:00:00Z"},
    }))
}

/// The company's switches.
pub(super) fn preferences_row(books: &Company) -> Row {
    let tracks = |track| books.tracks.contains(&track);
    value::row(json!({
        "Id": "1", "SyncToken": "0", "domain": "QBO", "sparse": false,
        "AccountingInfoPrefs": {"BookCloseDate": books.closed_until, "ClassTrackingPerTxnLine": tracks(Track::ClassPerLine),
            "ClassTrackingPerTxn": tracks(Track::ClassPerTransaction), "TrackDepartments": tracks(Track::Departments),
            "FirstMonthOfFiscalYear": "January"},
        "CurrencyPrefs": {"MultiCurrencyEnabled": books.multi_currency, "HomeCurrency": {"value": books.home_currency}},
        "TaxPrefs": {"UsingSalesTax": books.sales_tax, "PartnerTaxEnabled": false},
        "VendorAndPurchasesPrefs": {"TrackingByCustomer": tracks(Track::Customers), "BillableExpenseTracking": false},
        "OtherPrefs": {"NameValue": [
            {"Name": "VendorAndPurchasesPrefs.UseCustomTxnNumbers", "Value": "true"},
            {"Name": "WarnDuplicateCheckNumber", "Value": books.duplicate_check.to_string()}]},
        "MetaData": {"CreateTime": "2026-01-01T00:00:00Z", "LastUpdatedTime": "2026-01-01T00:00:00Z"},
    }))
}

/// `GET companyinfo`.
pub(super) fn company_info(world: &World, realm: &str, now_ms: i64) -> Reply {
    let row = world.quickbooks.get(realm).map(company_info_row).unwrap_or_default();
    super::wrapped("CompanyInfo", &row, now_ms)
}

/// `GET preferences`.
pub(super) fn preferences(world: &World, realm: &str, now_ms: i64) -> Reply {
    let row = world.quickbooks.get(realm).map(preferences_row).unwrap_or_default();
    super::wrapped("Preferences", &row, now_ms)
}

/// The company's stored rate: home units for one unit of this currency.
pub(super) fn rate(books: &Company, currency: &str) -> Decimal {
    let in_hkd = |wanted: &str| {
        let found = RATES_HKD.iter().find(|(code, _)| *code == wanted);
        found.and_then(|(_, rate)| Decimal::from_str(rate).ok()).unwrap_or(Decimal::ONE)
    };
    let home = in_hkd(&books.home_currency);
    if home.is_zero() { Decimal::ONE } else { (in_hkd(currency) / home).round_dp(6).normalize() }
}

/// `GET exchangerate?sourcecurrencycode=EUR&asofdate=2026-11-18`.
pub(super) fn exchange_rate(world: &World, realm: &str, ask: &Ask, now_ms: i64) -> Answer<Reply> {
    let books = company(world, realm)?;
    let source = ask.query("sourcecurrencycode").ok_or_else(|| Refusal::missing("sourcecurrencycode"))?;
    currency_check(books, source)?;
    let as_of = ask.query("asofdate").map_or_else(|| value::today(now_ms), ToOwned::to_owned);
    let row = value::row(json!({"SourceCurrencyCode": source, "TargetCurrencyCode": books.home_currency,
        "Rate": value::number(rate(books, source)), "AsOfDate": as_of}));
    Ok(super::wrapped("ExchangeRate", &row, now_ms))
}

/// `GET cdc?entities=Bill,Purchase&changedSince=…`: what changed, deleted records last.
pub(super) fn changes(world: &World, realm: &str, ask: &Ask, now_ms: i64) -> Answer<Reply> {
    let books = company(world, realm)?;
    let entities = ask.query("entities").ok_or_else(|| Refusal::missing("entities"))?;
    let sent = ask.query("changedSince").ok_or_else(|| Refusal::missing("changedSince"))?;
    let since_ms = instant_ms(sent).ok_or_else(|| Refusal::new("2060", format!("{sent} is not a time")))?;
    if now_ms - since_ms > CHANGES_DAYS_MAX * DAY_MS {
        return Err(Refusal::business("changedSince is more than 30 days ago."));
    }
    let mut answers = Vec::new();
    for entity in entities.split(',').map(str::trim) {
        in_plan(books, entity)?;
        if ["TaxCode", "TaxRate", "TaxAgency", "TimeActivity", "JournalCode"].contains(&entity) {
            return Err(Refusal::new("500", format!("{entity} is not supported by change data capture")));
        }
        let changed =
            |row: &&Row| value::inner_text(row, "MetaData", "LastUpdatedTime").and_then(instant_ms) >= Some(since_ms);
        let live = books.all(entity).iter().filter(changed).map(|row| Value::Object(row.clone()));
        let dead = books.deleted.iter().filter(|(of, _, at_ms)| of == entity && *at_ms >= since_ms);
        let tombstone = |(_, row, at_ms): &(String, Row, i64)| {
            json!({"status": "Deleted", "domain": "QBO", "Id": value::text(row, "Id"),
                "MetaData": {"LastUpdatedTime": value::iso(*at_ms)}})
        };
        let all: Vec<Value> = live.chain(dead.map(tombstone)).take(CHANGES_MAX).collect();
        let mut answer = Row::new();
        if !all.is_empty() {
            answer.insert(entity.to_owned(), Value::Array(all));
        }
        answers.push(Value::Object(answer));
    }
    Ok(Reply::json(200, &json!({"CDCResponse": [{"QueryResponse": answers}], "time": value::iso(now_ms)})))
}

/// Milliseconds of an instant with its offset, or of a bare date at midnight in UTC.
pub(super) fn instant_ms(text: &str) -> Option<i64> {
    // A `+` that came unescaped in an address is a blank by now.
    let text = text.replace(' ', "+");
    let whole = if text.contains('T') { text } else { format!("{text}T00:00:00Z") };
    whole.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_with_their_offset() {
        assert_eq!(instant_ms("1970-01-01T00:00:01Z"), Some(1000));
        assert_eq!(instant_ms("1969-12-31T16:00:00-08:00"), Some(0));
        assert_eq!(instant_ms("1970-01-01T08:00:00 08:00"), Some(0));
        assert_eq!(instant_ms("yesterday"), None);
    }
}
