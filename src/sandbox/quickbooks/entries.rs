//! Purchases, bills and vendor credits: create, full update, delete.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Answer, Refusal, body_row, company, current, entry_check, in_plan, reference, schema, tax, wrapped};
use crate::sandbox::http::{Ask, Reply};
use crate::sandbox::shape;
use crate::sandbox::state::{Company, World};
use crate::sandbox::value::{self, Row};
use crate::sandbox::view;

/// Members that only the ledger writes; what a client sends there is dropped.
const READ_ONLY: [&str; 10] = [
    "TotalAmt",
    "HomeTotalAmt",
    "Balance",
    "HomeBalance",
    "MetaData",
    "LinkedTxn",
    "TxnTaxDetail",
    "domain",
    "sparse",
    "PurchaseEx",
];

/// Answers `POST purchase`, `POST bill` and `POST vendorcredit`.
pub(super) fn write(world: &mut World, realm: &str, entity: &str, ask: &Ask, now_ms: i64) -> Answer<Reply> {
    in_plan(company(world, realm)?, entity)?;
    let operation = ask.query("operation").unwrap_or_default().to_ascii_lowercase();
    let sent = body_row(ask)?;
    match operation.as_str() {
        "delete" => delete(world, realm, entity, &sent, now_ms),
        "" | "update" => save(world, realm, entity, ask, &sent, now_ms),
        _ => Err(Refusal::new("500", format!("Operation {operation} is not supported on {entity}"))),
    }
}

fn delete(world: &mut World, realm: &str, entity: &str, sent: &Row, now_ms: i64) -> Answer<Reply> {
    let row = current(company(world, realm)?, entity, sent)?;
    let (id, date) = (value::text(row, "Id").to_owned(), value::text(row, "TxnDate").to_owned());
    entry_check::period(company(world, realm)?, &date)?;
    if company(world, realm)?.matched.contains(&id) {
        return Err(Refusal::new("6480", "The transaction is matched with a downloaded bank transaction"));
    }
    if !value::rows(row, "LinkedTxn").is_empty() {
        return Err(Refusal::business("You must unlink any linked transactions before you delete this one"));
    }
    if let Some(books) = world.quickbooks.get_mut(realm) {
        books.remove(entity, &id, now_ms);
    }
    let gone = value::row(json!({"status": "Deleted", "domain": "QBO", "Id": id}));
    Ok(wrapped(entity, &gone, now_ms))
}

fn save(world: &mut World, realm: &str, entity: &str, ask: &Ask, sent: &Row, now_ms: i64) -> Answer<Reply> {
    let members = match entity {
        "Bill" => schema::BILL,
        "VendorCredit" => schema::VENDOR_CREDIT,
        _ => schema::PURCHASE,
    };
    if let Some(misfit) = shape::misfits(sent, members).first() {
        return Err(misfit.into());
    }
    if sent.get("sparse").and_then(Value::as_bool) == Some(true) {
        return Err(Refusal::new("500", format!("Operation sparse update is not supported on {entity}")));
    }
    let books = company(world, realm)?;
    let old = if value::has(sent, "Id") { Some(current(books, entity, sent)?.clone()) } else { None };
    let mut complete = sent.clone();
    if value::text(sent, "TxnDate").is_empty() {
        complete.insert("TxnDate".to_owned(), json!(value::today(now_ms)));
    }
    entry_check::all(books, entity, &complete)?;
    let duplicates_allowed = ask.query("include").is_some_and(|include| include.contains("allowduplicatedocnum"));
    if books.duplicate_check && !duplicates_allowed {
        entry_check::document_number(books, entity, &complete)?;
    }
    let mut row = finished(books, entity, &complete)?;
    match old {
        Some(old) => {
            for kept in ["Id", "SyncToken", "MetaData"] {
                row.insert(kept.to_owned(), old.get(kept).cloned().unwrap_or_default());
            }
            view::touch(&mut row, now_ms);
        }
        None => {
            let time = value::iso(now_ms);
            row.insert("Id".to_owned(), json!(world.quickbooks_id()));
            row.insert("SyncToken".to_owned(), json!("0"));
            row.insert("MetaData".to_owned(), json!({"CreateTime": time, "LastUpdatedTime": time}));
        }
    }
    if let Some(books) = world.quickbooks.get_mut(realm) {
        books.put(entity, row.clone());
    }
    Ok(wrapped(entity, &row, now_ms))
}

/// The entry as the ledger keeps it: totals, names beside ids, numbered lines.
fn finished(books: &Company, entity: &str, sent: &Row) -> Answer<Row> {
    let mode = tax::mode(books, entity, sent)?;
    let sums = tax::totals(books, mode, sent)?;
    let mut row = sent.clone();
    READ_ONLY.iter().for_each(|name| {
        row.remove(*name);
    });
    let currency = value::inner_text(sent, "CurrencyRef", "value").unwrap_or(&books.home_currency).to_owned();
    if books.multi_currency {
        let stored = reference::rate(books, &currency);
        let rate = sent.get("ExchangeRate").and_then(value::decimal).unwrap_or(stored);
        row.insert("ExchangeRate".to_owned(), value::number(rate));
    }
    row.insert("CurrencyRef".to_owned(), json!({"value": currency}));
    row.insert("TotalAmt".to_owned(), value::number(sums.total));
    if mode == tax::Mode::None {
        row.insert("TxnTaxDetail".to_owned(), json!({}));
    } else {
        let detail = json!({"TotalTax": value::number(sums.tax), "TaxLine": sums.tax_lines});
        row.insert("TxnTaxDetail".to_owned(), detail);
        row.entry("GlobalTaxCalculation").or_insert_with(|| json!("TaxExcluded"));
    }
    if entity != "Purchase" {
        row.insert("Balance".to_owned(), value::number(sums.total));
        if entity == "Bill" {
            let day = value::text(sent, "TxnDate").to_owned();
            row.entry("DueDate").or_insert_with(|| json!(day));
        }
        payable_account(books, &currency, &mut row);
    } else {
        row.entry("Credit").or_insert(Value::Bool(false));
    }
    row.insert("domain".to_owned(), json!("QBO"));
    row.insert("sparse".to_owned(), json!(false));
    names_add(books, &mut row);
    lines_finish(books, &mut row);
    Ok(row)
}

fn payable_account(books: &Company, currency: &str, row: &mut Row) {
    let payable = books.all("Account").iter().find(|account| {
        value::text(account, "AccountType") == "Accounts Payable"
            && value::inner_text(account, "CurrencyRef", "value") == Some(currency)
    });
    if let Some(payable) = payable {
        row.entry("APAccountRef").or_insert_with(|| json!({"value": value::text(payable, "Id")}));
    }
}

/// Writes the names the ledger knows beside the ids, whatever name was sent.
fn names_add(books: &Company, row: &mut Row) {
    let of_entity = value::inner_text(row, "EntityRef", "type").unwrap_or("Vendor").to_owned();
    let kinds = [
        ("AccountRef", "Account", "Name"),
        ("APAccountRef", "Account", "Name"),
        ("VendorRef", "Vendor", "DisplayName"),
        ("EntityRef", of_entity.as_str(), "DisplayName"),
        ("DepartmentRef", "Department", "Name"),
    ];
    for (member, entity, name_member) in kinds {
        name_add(books, row, member, entity, name_member);
    }
}

fn name_add(books: &Company, row: &mut Row, member: &str, entity: &str, name_member: &str) {
    let Some(id) = value::inner_text(row, member, "value").map(ToOwned::to_owned) else { return };
    let Some(name) = books.find(entity, &id).map(|found| value::text(found, name_member)) else { return };
    if let Some(reference) = row.get_mut(member).and_then(Value::as_object_mut) {
        reference.insert("name".to_owned(), json!(name));
    }
}

fn lines_finish(books: &Company, row: &mut Row) {
    let Some(lines) = row.get_mut("Line").and_then(Value::as_array_mut) else { return };
    for (number, line) in (1_u32..).zip(lines.iter_mut().filter_map(Value::as_object_mut)) {
        let rounded: Decimal = value::cents(value::amount(line, "Amount"));
        line.insert("Amount".to_owned(), value::number(rounded));
        line.insert("Id".to_owned(), json!(number.to_string()));
        line.insert("LineNum".to_owned(), json!(number));
        if let Some(detail) = line.get_mut("AccountBasedExpenseLineDetail").and_then(Value::as_object_mut) {
            name_add(books, detail, "AccountRef", "Account", "Name");
            name_add(books, detail, "ClassRef", "Class", "Name");
            name_add(books, detail, "CustomerRef", "Customer", "DisplayName");
            detail.entry("BillableStatus").or_insert_with(|| json!("NotBillable"));
        }
    }
}
