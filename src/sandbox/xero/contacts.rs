//! Contacts: found by id or number, unique by name among the active ones.

use serde_json::{Value, json};

use super::{Answer, Element, Refusal, elements, organisation, schema, summarized, written};
use crate::sandbox::http::{Ask, Reply};
use crate::sandbox::shape;
use crate::sandbox::state::{Organisation, World};
use crate::sandbox::value::{self, Row};

/// Answers `PUT Contacts` (create) and `POST Contacts` (create or change).
pub(super) fn write(world: &mut World, tenant: &str, ask: &Ask, id: Option<&str>, now_ms: i64) -> Answer<Reply> {
    let mut all = Vec::new();
    let mut saved = organisation(world, tenant)?.all("Contacts").to_vec();
    let mut trial = Organisation { lists: organisation(world, tenant)?.lists.clone(), ..Organisation::default() };
    for mut sent in elements(ask, "Contacts")? {
        if let Some(misfit) = shape::misfits(&sent, schema::CONTACT).first() {
            return Err(misfit.into());
        }
        if let Some(id) = id {
            sent.insert("ContactID".to_owned(), json!(id));
        }
        let element = one(&trial, ask, &sent, now_ms)?;
        if let Ok(row) = &element {
            trial.put("Contacts", "ContactID", row.clone());
            saved = trial.all("Contacts").to_vec();
        }
        all.push(element);
    }
    // With summarised errors one bad contact undoes the others.
    if !(summarized(ask) && all.iter().any(Result::is_err))
        && let Some(books) = world.xero.get_mut(tenant)
    {
        books.lists.insert("Contacts".to_owned(), saved);
    }
    Ok(written(ask, "Contacts", all, now_ms))
}

fn one(books: &Organisation, ask: &Ask, sent: &Row, now_ms: i64) -> Answer<Element> {
    let id = value::text(sent, "ContactID");
    let name = value::text(sent, "Name");
    let old = if !id.is_empty() {
        Some(books.find("Contacts", "ContactID", id).ok_or_else(Refusal::missing)?)
    } else if ask.method == "POST" {
        active(books, name)
    } else {
        None
    };
    let mut errors = Vec::new();
    if old.is_none() || value::has(sent, "Name") {
        errors.extend(name_errors(name));
        let holder = active(books, name).map(|row| value::text(row, "ContactID"));
        if holder.is_some() && holder != old.map(|row| value::text(row, "ContactID")) {
            errors.push(format!(
                "The contact name {name} is already assigned to another contact. \
                 The contact name must be unique across all active contacts."
            ));
        }
    }
    let currency = value::text(sent, "DefaultCurrency");
    if !currency.is_empty() && books.find("Currencies", "Code", currency).is_none() {
        errors.push(format!("Organisation is not subscribed to currency {currency}"));
    }
    if !errors.is_empty() {
        return Ok(Err((sent.clone(), errors)));
    }
    let mut row = old.cloned().unwrap_or_else(|| fresh(name, now_ms));
    row.extend(sent.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), value.clone())));
    if let Some(old) = old {
        row.insert("ContactID".to_owned(), old.get("ContactID").cloned().unwrap_or(Value::Null));
    }
    row.insert("UpdatedDateUTC".to_owned(), json!(value::xero_instant(now_ms)));
    Ok(Ok(row))
}

/// The active contact of this name, in any case of letters.
pub(super) fn active<'a>(books: &'a Organisation, name: &str) -> Option<&'a Row> {
    let same = |row: &&Row| value::text(row, "Name").to_lowercase() == name.to_lowercase();
    books.all("Contacts").iter().filter(same).find(|row| value::text(row, "ContactStatus") == "ACTIVE")
}

/// What Xero says against a name.
pub(super) fn name_errors(name: &str) -> Option<String> {
    if name.is_empty() {
        Some("The contact name must be specified".to_owned())
    } else if name.contains(['<', '>']) || name.trim() != name || name.contains("  ") {
        Some("The contact name holds characters or blanks that are not allowed".to_owned())
    } else {
        None
    }
}

/// A new contact.
pub(super) fn fresh(name: &str, now_ms: i64) -> Row {
    value::row(json!({"ContactID": value::uuid(), "ContactStatus": "ACTIVE", "Name": name, "IsSupplier": false,
        "IsCustomer": false, "HasAttachments": false, "HasValidationErrors": false, "Addresses": [], "Phones": [],
        "ContactGroups": [], "ContactPersons": [], "UpdatedDateUTC": value::xero_instant(now_ms)}))
}
