//! What a reading becomes: the document's draft and pages, or, of several papers in one picture, as many documents.
//!
//! Everything of it is one transaction. The document that was uploaded becomes the first part, and the others' ids
//! follow from its own, so whoever reads the same picture twice, or crashes between, makes the same documents once.

use super::{
    Context,
    stages::{seen, settled},
    transition::{Move, TransitionFailed, transition_in},
};
use crate::{
    approval::state::{Event, State},
    blob::{original_name, picture_name},
    extract::{self, Hints},
    model::{
        draft::Draft,
        hash::sha256_hex,
        id::DocumentId,
        media::MediaType,
        page::{Page, Source},
        part::{Division, Part, part_id, part_sha256},
        person::Actor,
    },
    queue::Failed,
    read::{Reading, wire},
    store::{
        StoreError, Txn,
        candidate::edited_store,
        document::{Document, NewDocument, PageRow, document_create, page_replace_all},
        history::{HistoryRow, history_append},
        part::{division_store, part_follow},
    },
};

/// A document's own file: the original, or, of one paper among several, its own picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OwnFile {
    /// Its name among the blobs.
    pub(super) name: String,
    /// What it is.
    pub(super) media_type: MediaType,
    /// How many bytes it has.
    pub(super) bytes: i64,
}

impl OwnFile {
    /// That of a document.
    pub(super) fn of(document: &Document) -> Self {
        match document.division.part() {
            Some(part) => Self { name: original_name(&part.sha256), media_type: MediaType::Jpeg, bytes: part.bytes },
            None => {
                Self { name: original_name(&document.sha256), media_type: document.media_type, bytes: document.bytes }
            }
        }
    }
}

/// Whether a person has typed values in: they were said of the whole picture, and of none of its parts.
pub(super) fn is_confirmed(document: &Document) -> bool {
    let fields = document.draft.iter().flat_map(|draft| draft.fields.values());
    fields.into_iter().any(|field| field.source == Source::Person)
}

/// What is recorded of one reading.
struct Record {
    id: DocumentId,
    draft: Draft,
    pages: Vec<PageRow>,
    division: Division,
}

/// Records what was read of a document that waits for it. Of several readings, each is of one paper in its picture.
///
/// # Errors
/// The storage or database failed; then nothing of it is seen.
pub async fn record(
    context: &Context,
    document: &Document,
    readings: Vec<Reading>,
    hints: &Hints,
    edited_with: Option<String>,
) -> Result<(), Failed> {
    let count = u32::try_from(readings.len()).unwrap_or(u32::MAX);
    let mut records = Vec::new();
    for (number, reading) in (1..).zip(readings) {
        records.push(prepared(context, document, reading, hints, (number, count)).await?);
    }
    let txn = context.db.begin_write().await?;
    for (number, record) in (1..).zip(records) {
        let seen_version = if number == 1 { document.version } else { 0 };
        if number > 1 && !born(context, &txn, document, record.id, (number, count)).await? {
            continue;
        }
        let moved = recorded(context, &txn, record, seen_version, edited_with.as_deref()).await;
        if moved.is_err() {
            // The transaction is let go, and with it what was written of the parts before.
            return settled(moved);
        }
    }
    txn.commit().await?;
    context.wake.notify();
    Ok(())
}

/// Understands a reading and keeps its pictures. Their names say of which reading, or which bytes, they are, so nobody
/// ever writes over another's.
async fn prepared(
    context: &Context,
    document: &Document,
    reading: Reading,
    hints: &Hints,
    (number, count): (u32, u32),
) -> Result<Record, Failed> {
    let mut draft = extract::extract(&seen(&reading), hints);
    let id = part_id(document.id, number);
    let version = if number == 1 { document.version + 1 } else { 1 };
    if number == 1 {
        keep_confirmed(&mut draft, document.draft.as_ref());
    }
    let division = if count > 1 {
        let cut =
            reading.cut.ok_or_else(|| Failed { reason: "a part came without its picture".to_owned(), retry: None })?;
        let (sha256, bytes) = (sha256_hex(&cut), i64::try_from(cut.len()).unwrap_or(i64::MAX));
        context.blobs.put(&original_name(&sha256), cut).await?;
        Division::Part(Part { of: document.id, number, count, sha256, bytes })
    } else {
        document.division.clone()
    };
    let mut pages = Vec::new();
    for (page, picture) in reading.pages.iter().zip(reading.pictures) {
        let name = picture_name(id, version, page.number);
        context.blobs.put(&name, picture).await?;
        pages.push(page_row(page, name));
    }
    Ok(Record { id, draft, pages, division })
}

/// Writes the document of a part after the first; `false` when it is there already.
async fn born(
    context: &Context,
    txn: &Txn,
    whole: &Document,
    id: DocumentId,
    (number, count): (u32, u32),
) -> Result<bool, StoreError> {
    let new = NewDocument {
        id,
        sha256: part_sha256(&whole.sha256, number),
        media_type: whole.media_type,
        file_name: whole.file_name.clone(),
        bytes: whole.bytes,
        submitter: whole.submitter,
        category: whole.category,
        connection: whole.connection,
        // Of two parts that are the same purchase the later one is the duplicate: a microsecond tells which that is.
        at_us: whole.uploaded_at_us.saturating_add(i64::from(number) - 1),
    };
    if !document_create(txn, &new).await? {
        return Ok(false);
    }
    let row = HistoryRow {
        version: 0,
        at_us: context.clock.now_us(),
        actor: Actor::System("read".to_owned()),
        event: "divided".to_owned(),
        state: State::Received.name().to_owned(),
        detail: format!("{number}/{count}"),
    };
    history_append(txn, id, &row).await?;
    part_follow(txn, id, whole.id).await?;
    Ok(true)
}

async fn recorded(
    context: &Context,
    txn: &Txn,
    record: Record,
    seen_version: i64,
    edited_with: Option<&str>,
) -> Result<Document, TransitionFailed> {
    let Record { id, draft, pages, division } = record;
    page_replace_all(txn, id, &pages).await?;
    edited_store(txn, id, edited_with).await?;
    division_store(txn, id, &division).await?;
    let step = Move {
        seen_version: Some(seen_version),
        detail: division.part().map(|part| format!("{}/{}", part.number, part.count)).unwrap_or_default(),
        change: Box::new(|document| document.draft = Some(draft)),
        ..Move::by_system(id, "read", Event::ReadSucceeded)
    };
    transition_in(txn, &context.clock, step).await
}

/// What a person typed stays when a file is read again.
fn keep_confirmed(draft: &mut Draft, before: Option<&Draft>) {
    let confirmed =
        before.into_iter().flat_map(|before| &before.fields).filter(|(_, field)| field.source == Source::Person);
    for (name, field) in confirmed {
        draft.fields.insert(*name, field.clone());
    }
}

fn page_row(page: &Page, picture: String) -> PageRow {
    let page_json = serde_json::to_string(&wire::PageRow::from(page)).expect("plain data always serialises");
    PageRow { number: page.number, width: i64::from(page.width), height: i64::from(page.height), picture, page_json }
}
