//! Vendors: names that are unique among vendors, customers and employees, and one currency for life.

use serde_json::{Value, json};

use super::{Answer, Refusal, body_row, company, current, schema, wrapped};
use crate::sandbox::http::{Ask, Reply};
use crate::sandbox::shape;
use crate::sandbox::state::{Company, World};
use crate::sandbox::value::{self, Row};
use crate::sandbox::view;

/// Creates a vendor, or changes the one whose `Id` is sent.
pub(super) fn write(world: &mut World, realm: &str, ask: &Ask, now_ms: i64) -> Answer<Reply> {
    if ask.query("operation").is_some_and(|operation| operation.eq_ignore_ascii_case("delete")) {
        return Err(Refusal::new("500", "Operation Delete is not supported on Vendor; set Active to false"));
    }
    let sent = body_row(ask)?;
    if let Some(misfit) = shape::misfits(&sent, schema::VENDOR).first() {
        return Err(misfit.into());
    }
    let books = company(world, realm)?;
    let mut row = if value::has(&sent, "Id") { changed(books, &sent, now_ms)? } else { created(books, &sent, now_ms)? };
    if !value::has(&row, "Id") {
        row.insert("Id".to_owned(), json!(world.quickbooks_id()));
    }
    if let Some(books) = world.quickbooks.get_mut(realm) {
        books.put("Vendor", row.clone());
    }
    Ok(wrapped("Vendor", &row, now_ms))
}

fn created(books: &Company, sent: &Row, now_ms: i64) -> Answer<Row> {
    let mut row = sent.clone();
    let name = match value::text(sent, "DisplayName") {
        "" => [value::text(sent, "GivenName"), value::text(sent, "FamilyName")].join(" ").trim().to_owned(),
        name => name.to_owned(),
    };
    name_check(books, &name, None)?;
    let currency = value::inner_text(sent, "CurrencyRef", "value").unwrap_or(&books.home_currency).to_owned();
    currency_check(books, &currency)?;
    let time = value::iso(now_ms);
    row.insert("DisplayName".to_owned(), json!(name));
    row.entry("PrintOnCheckName").or_insert_with(|| json!(name));
    row.insert("CurrencyRef".to_owned(), json!({"value": currency}));
    row.entry("Active").or_insert(Value::Bool(true));
    row.insert("Balance".to_owned(), json!(0));
    row.insert("SyncToken".to_owned(), json!("0"));
    row.insert("domain".to_owned(), json!("QBO"));
    row.insert("sparse".to_owned(), json!(false));
    row.insert("MetaData".to_owned(), json!({"CreateTime": time, "LastUpdatedTime": time}));
    Ok(row)
}

fn changed(books: &Company, sent: &Row, now_ms: i64) -> Answer<Row> {
    let old = current(books, "Vendor", sent)?;
    let sparse = sent.get("sparse").and_then(Value::as_bool) == Some(true);
    let mut row = if sparse { old.clone() } else { Row::new() };
    row.extend(sent.iter().map(|(name, value)| (name.clone(), value.clone())));
    name_check(books, value::text(&row, "DisplayName"), Some(value::text(old, "Id")))?;
    let before = value::inner_text(old, "CurrencyRef", "value");
    if value::inner_text(&row, "CurrencyRef", "value").is_some_and(|currency| Some(currency) != before) {
        return Err(Refusal::business("The currency of a vendor cannot be changed."));
    }
    for kept in ["CurrencyRef", "MetaData", "SyncToken", "Balance", "domain"] {
        row.insert(kept.to_owned(), old.get(kept).cloned().unwrap_or_default());
    }
    row.insert("sparse".to_owned(), json!(false));
    row.entry("Active").or_insert(Value::Bool(true));
    view::touch(&mut row, now_ms);
    Ok(row)
}

fn name_check(books: &Company, name: &str, own_id: Option<&str>) -> Answer<()> {
    if name.trim().is_empty() {
        return Err(Refusal::missing("DisplayName"));
    }
    if name.contains([':', '\t', '\n']) {
        return Err(Refusal::new("2040", "DisplayName may not hold a colon, a tab or a new line"));
    }
    let taken = |entity: &str| {
        let same = |row: &&Row| value::text(row, "DisplayName").to_lowercase() == name.to_lowercase();
        let other = |row: &&Row| entity != "Vendor" || Some(value::text(row, "Id")) != own_id;
        books.all(entity).iter().filter(same).any(|row| other(&row))
    };
    if ["Vendor", "Customer", "Employee"].into_iter().any(taken) {
        let words = "The name supplied already exists. : Another customer, vendor or employee is already using this name. \
                     Please use a different name.";
        return Err(Refusal::new("6240", words));
    }
    Ok(())
}

/// Refuses a currency the company does not have.
pub(super) fn currency_check(books: &Company, currency: &str) -> Answer<()> {
    if currency == books.home_currency {
        return Ok(());
    }
    if !books.multi_currency {
        return Err(Refusal::business("Multi currency should be enabled to perform this operation."));
    }
    if books.all("CompanyCurrency").iter().any(|row| value::text(row, "Code") == currency) {
        return Ok(());
    }
    Err(Refusal::new("2220", format!("Invalid currency : {currency} is not a currency of this company")))
}
