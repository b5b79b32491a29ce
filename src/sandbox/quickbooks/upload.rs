//! Files: one multipart call that stores them and hangs them on entries, answered 200 even when a file is refused.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Answer, Refusal, company, gone, schema};
use crate::sandbox::http::{Ask, Part, Reply};
use crate::sandbox::shape;
use crate::sandbox::state::{StoredFile, World};
use crate::sandbox::value::{self, Row};

const REQUEST_BYTES_MAX: usize = 100 * 1024 * 1024;
const METADATA: &str = "file_metadata_";
const CONTENT: &str = "file_content_";

/// The file types taken, by the ending of the name.
const ENDINGS: [&str; 18] = [
    "ai", "csv", "doc", "docx", "eps", "gif", "jpeg", "jpg", "ods", "pdf", "png", "rtf", "tif", "tiff", "txt", "xls",
    "xlsx", "xml",
];
/// The media types that go with them.
const MEDIA_TYPES: [&str; 19] = [
    "application/msword",
    "application/pdf",
    "application/postscript",
    "application/rtf",
    "application/vnd.ms-excel",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/xml",
    "image/gif",
    "image/jpeg",
    "image/jpg",
    "image/png",
    "image/tiff",
    "text/csv",
    "text/plain",
    "text/rtf",
    "text/xml",
    "image/x-eps",
];

/// Answers `POST upload`.
pub(super) fn answer(world: &mut World, realm: &str, ask: &Ask, now_ms: i64) -> Answer<Reply> {
    if ask.header("content-length").is_empty() {
        return Err(Refusal::new("6020", "The Content-Length header is missing; chunked uploads are not supported"));
    }
    if ask.body.len() > REQUEST_BYTES_MAX {
        return Err(Refusal::new("6030", "The request is larger than 100 MB"));
    }
    if !ask.is("multipart/form-data") || ask.parts.is_empty() {
        return Err(Refusal::new("6040", "The body is not multipart/form-data that can be read"));
    }
    let contents: Vec<&Part> = ask.parts.iter().filter(|part| part.name.starts_with(CONTENT)).collect();
    if contents.is_empty() {
        return Err(Refusal::new("6040", "There is no file_content part"));
    }
    let mut answers = Vec::new();
    for content in contents {
        let suffix = content.name.strip_prefix(CONTENT).unwrap_or_default();
        let metadata = ask.parts.iter().find(|part| part.name.strip_prefix(METADATA) == Some(suffix));
        let stored = store(world, realm, ask, metadata, content, now_ms);
        answers.push(match stored {
            Ok(row) => json!({"Attachable": row}),
            Err(refusal) => json!({"Fault": refusal.fault()}),
        });
    }
    Ok(Reply::json(200, &json!({"AttachableResponse": answers, "time": value::iso(now_ms)})))
}

fn store(
    world: &mut World,
    realm: &str,
    ask: &Ask,
    metadata: Option<&Part>,
    content: &Part,
    now_ms: i64,
) -> Answer<Row> {
    let mut row = metadata_read(metadata)?;
    let file_name = match value::text(&row, "FileName") {
        "" => content.file_name.clone(),
        named => named.to_owned(),
    };
    if file_name.is_empty() {
        return Err(Refusal::missing("FileName"));
    }
    type_check(&file_name, &content.media_type, value::text(&row, "ContentType"))?;
    if content.bytes.is_empty() {
        return Err(Refusal::business("The file is empty."));
    }
    let entries = targets(world, realm, &row)?;
    let id = world.quickbooks_id();
    let time = value::iso(now_ms);
    let uri = format!("http://{}/attachments/{id}", ask.header("host"));
    row.extend(value::row(json!({
        "Id": id, "SyncToken": "0", "domain": "QBO", "sparse": false, "FileName": file_name,
        "Size": content.bytes.len(), "ContentType": content.media_type,
        "FileAccessUri": format!("/v3/company/{realm}/download/{id}"), "TempDownloadUri": uri,
        "MetaData": {"CreateTime": time, "LastUpdatedTime": time},
    })));
    let file = StoredFile {
        ledger: "quickbooks".to_owned(),
        company: realm.to_owned(),
        entry: entries.into_iter().next().unwrap_or_default(),
        file_name,
        media_type: content.media_type.clone(),
        sha256: value::sha256(&content.bytes),
        created_ms: now_ms,
        bytes: Arc::new(content.bytes.to_vec()),
    };
    world.files.insert(id, file);
    if let Some(books) = world.quickbooks.get_mut(realm) {
        books.put("Attachable", row.clone());
    }
    Ok(row)
}

fn metadata_read(part: Option<&Part>) -> Answer<Row> {
    let invalid = |why: &str| Refusal::new("6040", format!("Invalid metadata : {why}"));
    let part =
        part.ok_or_else(|| invalid("there is no file_metadata part with the suffix of the file_content part"))?;
    if !part.media_type.to_ascii_lowercase().starts_with("application/json") {
        return Err(invalid("the file_metadata part must be application/json"));
    }
    let sent: Value = serde_json::from_slice(&part.bytes).map_err(|_| invalid("it is not JSON"))?;
    let row = sent.as_object().cloned().ok_or_else(|| invalid("it is not an object"))?;
    match shape::misfits(&row, schema::ATTACHABLE).first() {
        Some(misfit) => Err(misfit.into()),
        None => Ok(row),
    }
}

fn type_check(file_name: &str, media_type: &str, stated: &str) -> Answer<()> {
    let ending = file_name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let plain = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !ENDINGS.contains(&ending.as_str()) || !MEDIA_TYPES.contains(&plain.as_str()) {
        return Err(Refusal::new(
            "6041",
            format!("Invalid file type : {ending} with media type {plain} is not supported"),
        ));
    }
    if !stated.is_empty() && !stated.eq_ignore_ascii_case(&plain) {
        return Err(Refusal::new("6040", "Invalid metadata : ContentType is not that of the file_content part"));
    }
    Ok(())
}

/// The ids of the entries a file is to hang on; all of them must be there.
fn targets(world: &World, realm: &str, row: &Row) -> Answer<Vec<String>> {
    let books = company(world, realm)?;
    let mut ids = Vec::new();
    for reference in value::rows(row, "AttachableRef") {
        let entity = value::inner(reference, "EntityRef").ok_or_else(|| Refusal::missing("AttachableRef.EntityRef"))?;
        let (of_type, id) = (value::text(entity, "type"), value::text(entity, "value"));
        let known = ["Purchase", "Bill", "VendorCredit", "Vendor"]
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(of_type));
        let known = known.ok_or_else(|| Refusal::new("6050", format!("{of_type} is not a type files can hang on")))?;
        books.find(known, id).ok_or_else(gone)?;
        ids.push(id.to_owned());
    }
    Ok(ids)
}

/// `GET download/{id}`: an address as plain text.
pub(super) fn download(world: &World, realm: &str, ask: &Ask, id: &str) -> Answer<Reply> {
    company(world, realm)?.find("Attachable", id).ok_or_else(gone)?;
    Ok(Reply::text(200, &format!("http://{}/attachments/{id}", ask.header("host"))))
}
