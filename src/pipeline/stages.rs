//! The handlers of reading and checking.

use super::{
    Context, approval,
    learning::hints,
    surroundings::{Surroundings, surroundings},
    transition::{Move, TransitionFailed, transition, transition_in},
};
use crate::{
    approval::{
        rule::{Ruling, ruling},
        state::{Event, State, Verdict},
    },
    blob::{BlobError, original_name, picture_name},
    check::{self, Identity, Subject, Twin},
    extract::{self, Hints, Seen},
    model::{
        draft::Draft,
        field::FieldName,
        finding::Finding,
        id::DocumentId,
        page::{Page, Source},
        policy::Policy,
    },
    queue::{Failed, Retry},
    read::{Limits, Options, ReadError, Reader, Reading, edited::edited_with, wire},
    store::{
        StoreError, Txn,
        candidate::{Marks, edited_store, marks_store},
        connection::connection_list,
        document::{Document, PageRow, document_fetch, page_replace_all},
        organisation::organisation_fetch,
        setting::policy_fetch,
        twin::{document_twins, document_twins_lock},
    },
};

/// More twins than this change nothing for a person.
const TWINS_MAX: i64 = 20;

/// Read: the file's bytes → pages and a draft. Safe to run any number of times.
///
/// # Errors
/// The storage or database failed; a file that cannot be read is not an error but a state.
pub async fn run_read(context: &Context, id: DocumentId) -> Result<(), Failed> {
    let document = document_fetch(&context.db, id).await?;
    if document.state != State::Received {
        return Ok(());
    }
    let bytes = context.blobs.get(&original_name(&document.sha256)).await?;
    let limits = Limits::of(&context.config);
    let options = Options { reader: Reader::Auto, limits, pictures: true };
    let policy = policy_fetch(&context.db).await?;
    let hints = hints(&context.db, context, policy.home_currency).await?;
    let ask = |reading: &Reading| extract::spots(&seen(reading), &hints);
    match context.readers.read(&bytes, document.media_type, options, &ask).await {
        Ok(reading) => record_reading(context, &document, reading, &hints, edited_with(&bytes)).await,
        // A missing program is ours to mend, not the file's fault: the job waits for it.
        Err(error @ ReadError::ReaderMissing { .. }) => {
            Err(Failed { reason: error.to_string(), retry: Some(Retry::Backoff) })
        }
        Err(error) => {
            let event = Event::ReadFailed { code: error.code().to_owned(), message: error.to_string() };
            let step = Move { detail: error.code().to_owned(), ..Move::by_system(id, "read", event) };
            settled(transition(context, step).await)
        }
    }
}

/// What the reader saw, as the extraction takes it.
#[must_use]
pub const fn seen(reading: &Reading) -> Seen<'_> {
    Seen { pages: reading.pages.as_slice(), facts: reading.facts.as_slice(), looks: reading.looks.as_slice() }
}

async fn record_reading(
    context: &Context,
    document: &Document,
    reading: Reading,
    hints: &Hints,
    edited_with: Option<String>,
) -> Result<(), Failed> {
    let mut draft = extract::extract(&seen(&reading), hints);
    keep_confirmed(&mut draft, document.draft.as_ref());
    let version = document.version + 1;
    let mut rows = Vec::new();
    for (page, picture) in reading.pages.iter().zip(reading.pictures) {
        let name = picture_name(document.id, version, page.number);
        context.blobs.put(&name, picture).await?;
        rows.push(page_row(page, name));
    }
    let txn = context.db.begin_write().await?;
    page_replace_all(&txn, document.id, &rows).await?;
    edited_store(&txn, document.id, edited_with.as_deref()).await?;
    let step = Move {
        seen_version: Some(document.version),
        change: Box::new(|document| document.draft = Some(draft)),
        ..Move::by_system(document.id, "read", Event::ReadSucceeded)
    };
    match transition_in(&txn, &context.clock, step).await {
        Ok(_) => {
            txn.commit().await?;
            context.wake.notify();
            Ok(())
        }
        other => settled(other),
    }
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

/// What a check decided, before anything of it is kept.
pub struct Judged {
    verdict: Verdict,
    findings: Vec<Finding>,
    marks: Marks,
    sending: Option<approval::Sending>,
}

/// Decides one document: looks around it, asks every rule, and finds who must agree. Keeps nothing.
///
/// # Errors
/// The database failed.
pub async fn judge(
    context: &Context,
    txn: &Txn,
    document: &Document,
    policy: &Policy,
    has_connections: bool,
) -> Result<Judged, StoreError> {
    let draft = document.draft.clone().unwrap_or_else(|| Draft::empty(0));
    let twins: Vec<Twin> = match Identity::of(&draft) {
        Some(identity) => document_twins(txn, document, &identity, TWINS_MAX).await?,
        None => Vec::new(),
    };
    let mut around = surroundings(txn, document, &draft, policy).await?;
    let organisation = organisation_fetch(txn).await?;
    if policy.required.iter().any(|requirement| !requirement.when.is_always()) {
        let bare = routing(&Subject::new(&draft, document.category, context.today()), &around, policy);
        around.known.required = approval::required(document, &bare, policy, &organisation);
    }
    let subject = Subject {
        pages: &around.pages,
        claim: &around.claim,
        known: &around.known,
        twins: &twins,
        kept: document.kept,
        has_destination: document.connection.is_some() || !has_connections,
        ..Subject::new(&draft, document.category, context.today())
    };
    let findings = check::findings(&subject, policy);
    let around_it = routing(&subject, &around, policy);
    let mut ruling = ruling(&draft, &findings, policy);
    if ruling == Ruling::ApprovedByRule && (document.kept || !document.correctors.is_empty()) {
        // A person had a hand in it, so another person looks.
        ruling = Ruling::NeedsApproval;
    }
    let mut sending = None;
    let verdict = match ruling {
        Ruling::ApprovedByRule => Verdict::ApprovedByRule,
        Ruling::NeedsReview => Verdict::NeedsReview,
        Ruling::NeedsApproval => {
            let sent =
                approval::send(txn, context, document, &findings, policy, (&around_it, &organisation), false).await?;
            let standing = sent.standing.clone();
            sending = Some(sent);
            Verdict::Sent(standing)
        }
    };
    Ok(Judged { verdict, findings, marks: around.marks, sending })
}

/// Check: draft, policy and history → findings and a verdict. Safe to run any number of times.
///
/// # Errors
/// The database failed.
pub async fn run_check(context: &Context, id: DocumentId) -> Result<(), Failed> {
    // Reading the twins and recording the verdict are one transaction: of two twins checked at the same time, the
    // second to get here sees the first.
    let txn = context.db.begin_write().await?;
    let document = document_fetch(&txn, id).await?;
    if document.state != State::Checking {
        return Ok(());
    }
    document_twins_lock(&txn).await?;
    let policy = policy_fetch(&txn).await?;
    let has_connections = !connection_list(&txn).await?.is_empty();
    let Judged { verdict, findings, marks, sending } =
        judge(context, &txn, &document, &policy, has_connections).await?;
    marks_store(&txn, id, &marks).await?;
    let rules: Vec<&str> = findings.iter().map(|finding| finding.rule.as_str()).collect();
    let step = Move {
        seen_version: Some(document.version),
        detail: rules.join(" "),
        change: Box::new(move |document| document.findings = findings),
        ..Move::by_system(id, "check", Event::Checked { verdict })
    };
    match transition_in(&txn, &context.clock, step).await {
        Ok(_) => {
            if let Some(sending) = sending {
                approval::store(&txn, context, id, &sending).await?;
            }
            txn.commit().await?;
            context.wake.notify();
            Ok(())
        }
        other => settled(other),
    }
}

/// What the approval's facts are taken from.
pub(super) fn routing(subject: &Subject<'_>, around: &Surroundings, policy: &Policy) -> approval::Around {
    let home = around.known.home.as_ref().and_then(|home| home.as_ref().ok()).map(|(money, _)| *money);
    approval::Around {
        claimant: around.claimant,
        claim: around.claim.clone(),
        home,
        together: check::together(subject, policy).map(|(sum, _)| sum),
    }
}

/// A move that is no longer possible has been made, or overtaken, by somebody else: nothing is left to do.
pub(super) fn settled(result: Result<Document, TransitionFailed>) -> Result<(), Failed> {
    match result {
        Ok(_) | Err(TransitionFailed::Refused(_)) => Ok(()),
        Err(TransitionFailed::Store(error)) => Err(error.into()),
    }
}

impl From<BlobError> for Failed {
    fn from(error: BlobError) -> Self {
        Self { reason: super::describe(&error), retry: Some(Retry::Backoff) }
    }
}

/// The fields a person may correct, in the order of the page.
pub const CORRECTABLE: &[FieldName] = FieldName::ALL;
