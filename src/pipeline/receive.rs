//! A file arrives: it is kept, noted, and queued for reading, before anybody is told that it was taken in.

use super::{Context, Job, transition::enqueue};
use crate::{
    blob::{BlobError, original_name},
    intake,
    model::{
        category::Category,
        id::{ConnectionId, DocumentId, PersonId},
        person::Actor,
    },
    store::{
        StoreError,
        document::{
            Document, NewDocument, document_by_sha256, document_create, document_fetch, document_parts, upload_append,
        },
        history::{HistoryRow, history_append},
    },
};

pub use crate::intake::IntakeError;

/// The longest file name that is kept, in characters.
const FILE_NAME_MAX: usize = 200;

/// Why a file was not taken in; nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// It is not a file vouch takes.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// It could not be kept.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// It could not be noted.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A file to take in.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What the person calls it.
    pub file_name: String,
    /// Who hands it over.
    pub person: PersonId,
    /// What it was for.
    pub category: Category,
    /// Whose books it goes into.
    pub connection: Option<ConnectionId>,
}

/// A file that was taken in.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its document: a new one, or the first one with these bytes.
    pub document: Document,
    /// Whether these bytes were known already.
    pub same_bytes: bool,
}

/// Takes a file in. When this answers, the file is safe: its bytes are on disk and its row is committed.
///
/// # Errors
/// The file is not one vouch takes, or it could not be kept.
pub async fn receive(context: &Context, upload: Upload) -> Result<Received, ReceiveError> {
    let accepted = intake::accept(&upload.bytes, context.config.upload_bytes_max)?;
    let bytes = i64::try_from(upload.bytes.len()).unwrap_or(i64::MAX);
    let file_name = clean_name(&upload.file_name, accepted.media_type.extension());
    if document_by_sha256(&context.db, &accepted.sha256).await?.is_none() {
        context.blobs.put(&original_name(&accepted.sha256), upload.bytes).await?;
    }
    let now_us = context.clock.now_us();
    let new = NewDocument {
        id: DocumentId::new(),
        sha256: accepted.sha256.clone(),
        media_type: accepted.media_type,
        file_name: file_name.clone(),
        bytes,
        submitter: upload.person,
        category: upload.category,
        connection: upload.connection,
        at_us: now_us,
    };
    let txn = context.db.begin_write().await?;
    let created = document_create(&txn, &new).await?;
    let document = if created {
        let row = HistoryRow {
            version: 0,
            at_us: now_us,
            actor: Actor::Person(upload.person),
            event: "uploaded".to_owned(),
            state: "received".to_owned(),
            detail: file_name.clone(),
        };
        history_append(&txn, new.id, &row).await?;
        enqueue(&txn, Job::Read(new.id), 0, now_us).await?;
        document_fetch(&txn, new.id).await?
    } else {
        document_by_sha256(&txn, &accepted.sha256).await?.ok_or(StoreError::NotFound("document"))?
    };
    upload_append(&txn, document.id, upload.person, &file_name, now_us).await?;
    // Whoever hands a picture over has handed over each of its parts.
    for part in document_parts(&txn, document.id).await?.iter().filter(|part| part.id != document.id) {
        upload_append(&txn, part.id, upload.person, &file_name, now_us).await?;
    }
    txn.commit().await?;
    context.wake.notify();
    Ok(Received { document, same_bytes: !created })
}

/// A file name without folders and control characters, and not too long.
fn clean_name(name: &str, extension: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(FILE_NAME_MAX).collect();
    if clean.trim().is_empty() { format!("document.{extension}") } else { clean.trim().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_harmless() {
        let table = [
            ("receipt.jpg", "receipt.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\photos\\茶.png", "茶.png"),
            ("a\r\nb.pdf", "ab.pdf"),
            ("  ", "document.pdf"),
        ];
        for (name, expected) in table {
            assert_eq!(clean_name(name, "pdf"), expected);
        }
        assert_eq!(clean_name(&"x".repeat(999), "pdf").len(), FILE_NAME_MAX);
    }
}
