//! Files on bills, credit notes and money spent: raw bytes under a name.

use std::sync::Arc;

use serde_json::{Value, json};

use super::lists::id_member;
use super::{Answer, Refusal, envelope, organisation};
use crate::sandbox::http::{Ask, Reply};
use crate::sandbox::state::{StoredFile, World};
use crate::sandbox::value;
use crate::sandbox::view;

const FILES_MAX: usize = 10;
const NAME_FORBIDDEN: [char; 11] = ['<', '>', ':', '"', '/', '\\', '|', '?', '*', '+', '\0'];

/// Where a file goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a> {
    /// `Invoices`, `CreditNotes` or `BankTransactions`.
    pub(super) list: &'a str,
    /// The entry's id.
    pub(super) id: &'a str,
    /// The file's name.
    pub(super) name: &'a str,
}

/// `GET …/Attachments`.
pub(super) fn list(world: &World, tenant: &str, list: &str, id: &str, now_ms: i64) -> Answer<Reply> {
    let entry = entry_id(world, tenant, list, id)?;
    let rows =
        view::files(world, "xero", tenant, &entry).into_iter().map(|(id, file)| described(list, &entry, id, file));
    Ok(Reply::json(200, &Value::Object(envelope("Attachments", rows.collect(), now_ms))))
}

/// `GET …/Attachments/{name or id}`: the bytes.
pub(super) fn read(world: &World, tenant: &str, list: &str, id: &str, name: &str) -> Answer<Reply> {
    let entry = entry_id(world, tenant, list, id)?;
    let all = view::files(world, "xero", tenant, &entry);
    let found = all.into_iter().find(|(id, file)| id.as_str() == name || file.file_name == name);
    let (_, file) = found.ok_or_else(Refusal::missing)?;
    Ok(Reply::typed(200, &file.media_type, file.bytes.to_vec()))
}

/// `PUT …/Attachments/{name}` adds a file; `POST` puts it in the place of the one with the same name, if there is one.
pub(super) fn write(world: &mut World, tenant: &str, ask: &Ask, target: &Target<'_>, now_ms: i64) -> Answer<Reply> {
    let entry = entry_id(world, tenant, target.list, target.id)?;
    let name = target.name;
    if name.is_empty() || name.contains(NAME_FORBIDDEN) {
        return Err(Refusal::validation(format!("The file name '{name}' holds characters that are not allowed")));
    }
    if ask.body.is_empty() {
        return Err(Refusal::validation("The attachment is empty"));
    }
    let media_type = ask.header("content-type");
    if media_type.is_empty() || ask.is("multipart/form-data") || ask.is("application/json") {
        return Err(Refusal::validation("The body must be the file's raw bytes with its own Content-Type"));
    }
    let present = view::files(world, "xero", tenant, &entry);
    let same = present.iter().find(|(_, file)| file.file_name == name).map(|(id, _)| (*id).clone());
    let replaced = same.filter(|_| ask.method == "POST");
    if replaced.is_none() && present.len() >= FILES_MAX {
        return Err(Refusal::validation(format!("A document can have at most {FILES_MAX} attachments")));
    }
    let id = replaced.unwrap_or_else(value::uuid);
    let file = StoredFile {
        ledger: "xero".to_owned(),
        company: tenant.to_owned(),
        entry: entry.clone(),
        file_name: name.to_owned(),
        media_type: media_type.to_owned(),
        sha256: value::sha256(&ask.body),
        created_ms: now_ms,
        bytes: Arc::new(ask.body.to_vec()),
    };
    let row = described(target.list, &entry, &id, &file);
    world.files.insert(id, file);
    if let Some(books) = world.xero.get_mut(tenant)
        && let Some(mut found) = books.find(target.list, id_member(target.list), &entry).cloned()
    {
        found.insert("HasAttachments".to_owned(), json!(true));
        books.put(target.list, id_member(target.list), found);
    }
    Ok(Reply::json(200, &Value::Object(envelope("Attachments", vec![row], now_ms))))
}

fn described(list: &str, entry: &str, id: &str, file: &StoredFile) -> Value {
    json!({"AttachmentID": id, "FileName": file.file_name, "MimeType": file.media_type,
        "Url": format!("/xero/api.xro/2.0/{list}/{entry}/Attachments/{}", file.file_name),
        "ContentLength": file.bytes.len()})
}

/// The entry's id in the ledger's own writing.
fn entry_id(world: &World, tenant: &str, list: &str, id: &str) -> Answer<String> {
    let member = id_member(list);
    let row = organisation(world, tenant)?.find(list, member, id).ok_or_else(Refusal::missing)?;
    Ok(value::text(row, member).to_owned())
}
