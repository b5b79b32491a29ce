//! Bills, credit notes and money spent: create with PUT, create or change with POST, many at once.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::lists::{id_member, rate};
use super::{Answer, Element, Refusal, contacts, elements, lines, organisation, schema, summarized, written};
use crate::sandbox::http::{Ask, Reply};
use crate::sandbox::shape;
use crate::sandbox::state::{Organisation, World};
use crate::sandbox::value::{self, Row};

/// What comes with a call for every element of it.
struct Terms<'a> {
    list: &'a str,
    unit_places: u32,
    now_ms: i64,
}

/// Answers `PUT` and `POST` on `Invoices`, `CreditNotes` and `BankTransactions`.
pub(super) fn write(
    world: &mut World,
    tenant: &str,
    ask: &Ask,
    list: &str,
    id: Option<&str>,
    now_ms: i64,
) -> Answer<Reply> {
    let members = match list {
        "Invoices" => schema::INVOICE,
        "CreditNotes" => schema::CREDIT_NOTE,
        _ => schema::BANK_TRANSACTION,
    };
    let unit_places = if ask.query("unitdp") == Some("4") { 4 } else { 2 };
    let terms = Terms { list, unit_places, now_ms };
    let source = organisation(world, tenant)?;
    let mut trial = Organisation {
        base_currency: source.base_currency.clone(),
        period_lock: source.period_lock.clone(),
        lists: source.lists.clone(),
        ..Organisation::default()
    };
    let mut all = Vec::new();
    for mut sent in elements(ask, list)? {
        if let Some(misfit) = shape::misfits(&sent, members).first() {
            return Err(misfit.into());
        }
        if let Some(id) = id {
            sent.insert(id_member(list).to_owned(), json!(id));
        }
        let named = value::text(&sent, id_member(list)).to_owned();
        if !named.is_empty() && ask.method == "PUT" {
            return Err(Refusal::validation(format!("PUT creates; change {list} with POST")));
        }
        let element = if named.is_empty() {
            create(&mut trial, &terms, &sent)
        } else {
            let old = trial.find(list, id_member(list), &named).cloned().ok_or_else(Refusal::missing)?;
            change(&mut trial, &terms, old, &sent)
        };
        if let Ok(row) = &element {
            trial.put(list, id_member(list), row.clone());
        }
        all.push(element);
    }
    // With summarised errors one bad element undoes the others.
    if !(summarized(ask) && all.iter().any(Result::is_err))
        && let Some(books) = world.xero.get_mut(tenant)
    {
        books.lists = trial.lists;
    }
    Ok(written(ask, list, all, now_ms))
}

fn create(books: &mut Organisation, terms: &Terms<'_>, sent: &Row) -> Element {
    let mut row = sent.clone();
    let (status, mode) =
        if terms.list == "BankTransactions" { ("AUTHORISED", "Inclusive") } else { ("DRAFT", "Exclusive") };
    row.entry("Status").or_insert_with(|| json!(status));
    row.entry("LineAmountTypes").or_insert_with(|| json!(mode));
    if value::text(&row, "Date").is_empty() {
        row.insert("Date".to_owned(), json!(value::today(terms.now_ms)));
    }
    if ["VOIDED", "DELETED"].contains(&value::text(&row, "Status")) {
        return Err((row, vec!["A new document cannot be voided or deleted".to_owned()]));
    }
    row.insert(id_member(terms.list).to_owned(), json!(value::uuid()));
    finish(books, terms, sent, row)
}

/// Changes a document: its status along the allowed ways, or its content while it is neither paid nor gone.
fn change(books: &mut Organisation, terms: &Terms<'_>, old: Row, sent: &Row) -> Element {
    let (from, to) = (value::text(&old, "Status").to_owned(), value::text(sent, "Status"));
    if ["VOIDED", "DELETED", "PAID"].contains(&from.as_str()) {
        return Err((sent.clone(), vec![format!("{} is not of valid status for modification", singular(terms.list))]));
    }
    let allowed = match (from.as_str(), to) {
        (_, "") => true,
        (same, to) if same == to => true,
        ("DRAFT", "SUBMITTED" | "AUTHORISED" | "DELETED") | ("SUBMITTED", "DRAFT" | "AUTHORISED" | "DELETED") => true,
        ("AUTHORISED", "VOIDED") => terms.list != "BankTransactions",
        ("AUTHORISED", "DELETED") => terms.list == "BankTransactions",
        _ => false,
    };
    if !allowed {
        return Err((sent.clone(), vec![format!("{} is not of valid status for modification", singular(terms.list))]));
    }
    if ["VOIDED", "DELETED"].contains(&to) {
        let mut row = old;
        // Whether one that is reconciled is refused is likely, and not documented: it is.
        let used = row.get("IsReconciled") == Some(&Value::Bool(true))
            || !value::amount(&row, "AmountPaid").is_zero()
            || !value::amount(&row, "AmountCredited").is_zero();
        if used {
            return Err((
                sent.clone(),
                vec![format!("{} is not of valid status for modification", singular(terms.list))],
            ));
        }
        row.insert("Status".to_owned(), json!(to));
        if terms.list == "CreditNotes" {
            row.insert("RemainingCredit".to_owned(), json!(0));
        }
        row.insert("UpdatedDateUTC".to_owned(), json!(value::xero_instant(terms.now_ms)));
        return match lock_error(books, value::text(&row, "DateString")) {
            Some(error) => Err((sent.clone(), vec![error])),
            None => Ok(row),
        };
    }
    let day = |member: &str| json!(value::text(&old, member).chars().take(10).collect::<String>());
    let mut row = old.clone();
    row.insert("Date".to_owned(), day("DateString"));
    if value::has(&old, "DueDateString") {
        row.insert("DueDate".to_owned(), day("DueDateString"));
    }
    row.extend(sent.iter().map(|(name, value)| (name.clone(), value.clone())));
    finish(books, terms, sent, row)
}

fn singular(list: &str) -> &'static str {
    match list {
        "Invoices" => "Invoice",
        "CreditNotes" => "Credit note",
        _ => "Bank transaction",
    }
}

/// Checks a whole document and computes what only the ledger knows.
fn finish(books: &mut Organisation, terms: &Terms<'_>, sent: &Row, mut row: Row) -> Element {
    let mut errors = Vec::new();
    let contact = contact(books, &row, terms.now_ms).unwrap_or_else(|error| {
        errors.push(error);
        Row::new()
    });
    errors.extend(lock_error(books, value::text(&row, "Date")));
    errors.extend(url_error(value::text(&row, "Url")));
    let currency = match terms.list {
        "Invoices" => invoice(books, &row),
        "CreditNotes" => credit_note(books, &row),
        _ => bank_transaction(books, &mut row),
    };
    let currency = currency.unwrap_or_else(|error| {
        errors.push(error);
        books.base_currency.clone()
    });
    let sent_lines = value::rows(&row, "LineItems");
    let mode = value::text(&row, "LineAmountTypes").to_owned();
    let lines = lines::finish(books, &mode, terms.unit_places, &sent_lines);
    if sent_lines.is_empty() && value::text(&row, "Status") != "DRAFT" {
        errors.push("One or more line items must be specified".to_owned());
    }
    errors.extend(lines.errors);
    let total = lines.sub_total + lines.tax;
    if total.is_sign_negative() && !total.is_zero() {
        errors.push("The document total must not be negative".to_owned());
    }
    if !errors.is_empty() {
        // Xero puts an id on elements it refused too; nothing may be kept under it.
        let mut echo = sent.clone();
        echo.insert(id_member(terms.list).to_owned(), json!(value::uuid()));
        for member in ["Date", "DueDate", "PlannedPaymentDate"] {
            if let Some(day) = value::date(value::text(&echo, member)) {
                echo.insert(member.to_owned(), json!(value::xero_date(day)));
            }
        }
        return Err((echo, errors));
    }
    row.insert(
        "Contact".to_owned(),
        json!({"ContactID": value::text(&contact, "ContactID"),
        "Name": value::text(&contact, "Name"), "ContactStatus": "ACTIVE"}),
    );
    row.insert("LineItems".to_owned(), Value::Array(lines.rows));
    row.insert("SubTotal".to_owned(), value::number(lines.sub_total));
    row.insert("TotalTax".to_owned(), value::number(lines.tax));
    row.insert("Total".to_owned(), value::number(total));
    let stored = rate(&books.base_currency, &currency);
    let stated = row.get("CurrencyRate").and_then(value::decimal);
    row.insert("CurrencyRate".to_owned(), value::number(stated.unwrap_or(stored)));
    row.insert("CurrencyCode".to_owned(), json!(currency));
    opened(&mut row, terms.list, total);
    for (member, text_member) in [("Date", "DateString"), ("DueDate", "DueDateString")] {
        if let Some(day) = value::date(value::text(&row, member)) {
            row.insert(text_member.to_owned(), json!(format!("{day}T00:00:00")));
            row.insert(member.to_owned(), json!(value::xero_date(day)));
        }
    }
    row.entry("HasAttachments").or_insert(Value::Bool(false));
    row.insert("UpdatedDateUTC".to_owned(), json!(value::xero_instant(terms.now_ms)));
    Ok(row)
}

/// How much of a document is still open: all, because nothing was paid or set off yet.
fn opened(row: &mut Row, list: &str, total: Decimal) {
    match list {
        "Invoices" => {
            row.insert("AmountDue".to_owned(), value::number(total));
            row.insert("AmountPaid".to_owned(), json!(0));
        }
        "CreditNotes" => {
            row.insert("RemainingCredit".to_owned(), value::number(total));
            row.insert("Allocations".to_owned(), json!([]));
        }
        _ => {
            row.entry("IsReconciled").or_insert(Value::Bool(false));
        }
    }
}

/// The contact named by id, or found or made by its name.
fn contact(books: &mut Organisation, row: &Row, now_ms: i64) -> Result<Row, String> {
    if let Some(id) = value::inner_text(row, "Contact", "ContactID") {
        let found = books.find("Contacts", "ContactID", id);
        let found = found.ok_or("An existing contact with the specified ContactID could not be found")?;
        if value::text(found, "ContactStatus") != "ACTIVE" {
            return Err("The contact with status 'ARCHIVED' is not valid for contacts on this document".to_owned());
        }
        return Ok(found.clone());
    }
    let Some(name) = value::inner_text(row, "Contact", "Name") else {
        return Err("The Contact must contain at least 1 of the following elements to identify the contact: \
                    Name, ContactID, ContactNumber"
            .to_owned());
    };
    if let Some(found) = contacts::active(books, name) {
        return Ok(found.clone());
    }
    if let Some(error) = contacts::name_errors(name) {
        return Err(error);
    }
    let made = contacts::fresh(name, now_ms);
    books.put("Contacts", "ContactID", made.clone());
    Ok(made)
}

fn lock_error(books: &Organisation, date: &str) -> Option<String> {
    // Dates of this form sort as text.
    let day: String = date.chars().take(10).collect();
    (day <= books.period_lock).then(|| {
        let locked = value::date(&books.period_lock).map(|day| day.strftime("%-d %B %Y").to_string());
        format!(
            "The document date cannot be before the period lock date, currently set at {}",
            locked.unwrap_or_default()
        )
    })
}

fn url_error(url: &str) -> Option<String> {
    if url.is_empty()
        || ((url.starts_with("https://") || url.starts_with("http://")) && !url.to_lowercase().contains("xero"))
    {
        None
    } else {
        Some("Url must be an absolute http or https address and must not contain the word xero".to_owned())
    }
}

/// A bill's own rules; answers its currency.
fn invoice(books: &Organisation, row: &Row) -> Result<String, String> {
    match value::text(row, "Type") {
        "ACCPAY" => {}
        "" => return Err("Type must be specified".to_owned()),
        _ => return Err("The sandbox takes bills (ACCPAY) only".to_owned()),
    }
    if value::has(row, "Reference") {
        return Err("Reference is not supported on bills (ACCPAY)".to_owned());
    }
    let status = value::text(row, "Status");
    let (date, due) = (value::date(value::text(row, "Date")), value::date(value::text(row, "DueDate")));
    if status == "AUTHORISED" && due.is_none() {
        return Err("The Due Date must be specified to approve a bill".to_owned());
    }
    if due.is_some() && due < date {
        return Err("The Due Date cannot be before the document date".to_owned());
    }
    subscribed(books, row)
}

/// The own rules of a credit note; answers its currency. Its number need not be the only one of its kind.
fn credit_note(books: &Organisation, row: &Row) -> Result<String, String> {
    match value::text(row, "Type") {
        "ACCPAYCREDIT" => {}
        "" => return Err("Type must be specified".to_owned()),
        _ => return Err("The sandbox takes credit notes of suppliers (ACCPAYCREDIT) only".to_owned()),
    }
    if value::has(row, "Reference") {
        return Err("Reference is not supported on credit notes of suppliers (ACCPAYCREDIT)".to_owned());
    }
    subscribed(books, row)
}

/// The currency that a document states, or the organisation's own, if it is switched on.
fn subscribed(books: &Organisation, row: &Row) -> Result<String, String> {
    let currency = match value::text(row, "CurrencyCode") {
        "" => &books.base_currency,
        code => code,
    };
    if books.find("Currencies", "Code", currency).is_none() {
        return Err(format!("Organisation is not subscribed to currency {currency}"));
    }
    Ok(currency.to_owned())
}

/// The own rules of money spent; answers its currency, which is the bank account's.
fn bank_transaction(books: &Organisation, row: &mut Row) -> Result<String, String> {
    if value::text(row, "Type").is_empty() {
        return Err("Type must be specified".to_owned());
    }
    let by_id = value::inner_text(row, "BankAccount", "AccountID").map(|id| books.find("Accounts", "AccountID", id));
    let by_code = value::inner_text(row, "BankAccount", "Code").map(|code| books.find("Accounts", "Code", code));
    let Some(found) = by_id.or(by_code) else { return Err("BankAccount must be specified".to_owned()) };
    let account = found.ok_or("The bank account could not be found")?;
    if value::text(account, "Type") != "BANK" || value::text(account, "Status") != "ACTIVE" {
        return Err("BankAccount must be an active account of Type BANK".to_owned());
    }
    let of_account = value::text(account, "CurrencyCode").to_owned();
    let stated = value::text(row, "CurrencyCode");
    if !stated.is_empty() && stated != of_account {
        return Err(format!("The currency {stated} is not that of the bank account"));
    }
    if value::has(row, "CurrencyRate") && of_account == books.base_currency {
        let one = row.get("CurrencyRate").and_then(value::decimal) == Some(Decimal::ONE);
        if !one {
            return Err("CurrencyRate is for bank accounts in another currency only".to_owned());
        }
    }
    let reference = json!({"AccountID": value::text(account, "AccountID"), "Name": value::text(account, "Name")});
    row.insert("BankAccount".to_owned(), reference);
    Ok(of_account)
}
