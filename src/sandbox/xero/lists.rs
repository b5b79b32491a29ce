//! Reading Xero: the organisation, lists with their filters and pages, single records.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::filter::Filter;
use super::{Answer, Refusal, envelope, organisation as organisation_of};
use crate::sandbox::http::{Ask, Reply};
use crate::sandbox::state::World;
use crate::sandbox::value::{self, Row};

const PAGE_SIZE_DEFAULT: usize = 100;
const PAGE_SIZE_MAX: usize = 1000;
/// The lists that come in pages, and without their lines when no page is asked for.
const PAGED: [&str; 4] = ["Contacts", "Invoices", "CreditNotes", "BankTransactions"];

/// `GET Organisation`.
pub(super) fn organisation(world: &World, tenant: &str, now_ms: i64) -> Answer<Reply> {
    let found = organisation_of(world, tenant)?;
    let lock = value::date(&found.period_lock).map(value::xero_date);
    let row = json!({"OrganisationID": tenant, "Name": found.name, "LegalName": found.name, "PaysTax": found.pays_tax,
        "Version": "GLOBAL", "OrganisationType": "COMPANY", "BaseCurrency": found.base_currency,
        "CountryCode": found.country, "IsDemoCompany": false, "OrganisationStatus": "ACTIVE", "Class": "STANDARD",
        "PeriodLockDate": lock, "DefaultPurchasesTax": "Tax Inclusive", "Timezone": "CHINASTANDARDTIME",
        "ShortCode": found.short_code, "Edition": "BUSINESS", "FinancialYearEndDay": 31, "FinancialYearEndMonth": 12});
    Ok(Reply::json(200, &Value::Object(envelope("Organisations", vec![row], now_ms))))
}

/// `GET Organisation/Actions`: the person who connected may do everything vouch needs.
pub(super) fn actions(now_ms: i64) -> Reply {
    let names = ["CreateApprovedBill", "CreateDraftBill", "AttachFilesIntoInvoice", "UseMulticurrency"];
    let rows = names.map(|name| json!({"Name": name, "Status": "ALLOWED"}));
    Reply::json(200, &Value::Object(envelope("Actions", rows.to_vec(), now_ms)))
}

/// The name of the id in an endpoint's records.
pub(super) fn id_member(list: &str) -> &'static str {
    match list {
        "Accounts" => "AccountID",
        "Contacts" => "ContactID",
        "Invoices" => "InvoiceID",
        "CreditNotes" => "CreditNoteID",
        "BankTransactions" => "BankTransactionID",
        "TaxRates" => "TaxType",
        _ => "Code",
    }
}

/// `GET Invoices/{id}` and the like; contacts by their number too, invoices not.
pub(super) fn one(world: &World, tenant: &str, list: &str, id: &str, now_ms: i64) -> Answer<Reply> {
    let found = organisation_of(world, tenant)?;
    let by_number = || if list == "Contacts" { found.find(list, "ContactNumber", id) } else { None };
    let row = found.find(list, id_member(list), id).or_else(by_number).ok_or_else(Refusal::missing)?;
    Ok(Reply::json(200, &Value::Object(envelope(list, vec![Value::Object(row.clone())], now_ms))))
}

/// `GET Invoices` and the like.
pub(super) fn all(world: &World, tenant: &str, ask: &Ask, list: &str, now_ms: i64) -> Answer<Reply> {
    let filter = ask.query("where").map(|text| Filter::parse(list, text)).transpose()?;
    let since_ms = match ask.header("if-modified-since") {
        "" => None,
        sent => Some(modified_since(sent).ok_or_else(|| Refusal::query(format!("'{sent}' is not a date and time")))?),
    };
    let archived = ask.query("includeArchived").is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    let any_of = |parameter: &str, found: &str| {
        ask.query(parameter).is_none_or(|sent| sent.split(',').any(|one| one.trim().eq_ignore_ascii_case(found)))
    };
    let wanted = |row: &&Row| {
        let contact = value::inner_text(row, "Contact", "ContactID").unwrap_or_default();
        let of_lists = match list {
            "Contacts" => archived || value::text(row, "ContactStatus") != "ARCHIVED",
            "Invoices" => {
                any_of("InvoiceNumbers", value::text(row, "InvoiceNumber"))
                    && any_of("ContactIDs", contact)
                    && any_of("Statuses", value::text(row, "Status"))
            }
            _ => true,
        };
        of_lists
            && any_of("IDs", value::text(row, id_member(list)))
            && filter.as_ref().is_none_or(|filter| filter.fits(row))
            && since_ms.is_none_or(|since_ms| updated_ms(row) >= since_ms)
            && ask.query("searchTerm").is_none_or(|term| mentions(row, list, term))
    };
    let found: Vec<&Row> = organisation_of(world, tenant)?.all(list).iter().filter(wanted).collect();
    let body = if PAGED.contains(&list) { paged(ask, list, &found, now_ms)? } else { plain(list, &found, now_ms) };
    Ok(Reply::json(200, &Value::Object(body)))
}

fn plain(list: &str, found: &[&Row], now_ms: i64) -> Row {
    envelope(list, found.iter().map(|row| Value::Object((*row).clone())).collect(), now_ms)
}

fn paged(ask: &Ask, list: &str, found: &[&Row], now_ms: i64) -> Answer<Row> {
    let number = |name: &str, otherwise: usize| match ask.query(name) {
        None => Ok(otherwise),
        Some(sent) => sent
            .parse::<usize>()
            .ok()
            .filter(|number| *number > 0)
            .ok_or_else(|| Refusal::query(format!("The {name} parameter must be a whole number from 1"))),
    };
    let (page, size) = (number("page", 1)?, number("pageSize", PAGE_SIZE_DEFAULT)?);
    if size > PAGE_SIZE_MAX {
        return Err(Refusal::query(format!("The pageSize parameter must be at most {PAGE_SIZE_MAX}")));
    }
    let whole = ask.query("page").is_some();
    let rows = found.iter().skip((page - 1).saturating_mul(size)).take(size).map(|row| {
        let mut row = (*row).clone();
        if !whole {
            row.remove("LineItems");
        }
        Value::Object(row)
    });
    let mut body = envelope(list, rows.collect(), now_ms);
    let pages = found.len().div_ceil(size);
    body.insert(
        "pagination".to_owned(),
        json!({"page": page, "pageSize": size, "pageCount": pages, "itemCount": found.len()}),
    );
    Ok(body)
}

fn mentions(row: &Row, list: &str, term: &str) -> bool {
    let members: &[&str] = match list {
        "Contacts" => &["Name", "FirstName", "LastName", "ContactNumber", "EmailAddress"],
        _ => &["InvoiceNumber", "Reference"],
    };
    let term = term.to_lowercase();
    members.iter().any(|member| value::text(row, member).to_lowercase().contains(&term))
}

fn updated_ms(row: &Row) -> i64 {
    let digits = value::text(row, "UpdatedDateUTC").trim_start_matches("/Date(");
    digits.split('+').next().and_then(|ms| ms.parse().ok()).unwrap_or_default()
}

/// `2026-11-20T12:17:43`, in UTC.
fn modified_since(sent: &str) -> Option<i64> {
    let zoned = if sent.ends_with('Z') { sent.to_owned() } else { format!("{sent}Z") };
    zoned.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

/// Units of a currency for one unit of the organisation's own, as Xero writes rates.
pub(super) fn rate(base: &str, currency: &str) -> Decimal {
    const IN_HKD: [(&str, &str); 7] = [
        ("USD", "7.80"),
        ("EUR", "8.45"),
        ("CNY", "1.08"),
        ("GBP", "9.85"),
        ("JPY", "0.0520"),
        ("SGD", "5.85"),
        ("HKD", "1"),
    ];
    let in_hkd = |wanted: &str| {
        let found = IN_HKD.iter().find(|(code, _)| *code == wanted);
        found.and_then(|(_, rate)| Decimal::from_str(rate).ok()).unwrap_or(Decimal::ONE)
    };
    let of_currency = in_hkd(currency);
    if of_currency.is_zero() { Decimal::ONE } else { (in_hkd(base) / of_currency).round_dp(6).normalize() }
}
