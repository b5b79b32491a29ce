//! The handlers of reading and checking.

use super::{
    Context, approval,
    learning::hints,
    parts::{OwnFile, is_confirmed, record},
    surroundings::{Surroundings, surroundings},
    transition::{Move, TransitionFailed, transition, transition_in},
};
use crate::{
    approval::{
        rule::{Ruling, ruling},
        state::{Event, State, Verdict},
    },
    blob::BlobError,
    check::{self, Identity, Subject, Twin},
    extract::{self, Seen},
    model::{draft::Draft, field::FieldName, finding::Finding, id::DocumentId, part::Division, policy::Policy},
    queue::{Failed, Retry},
    read::{Limits, Options, ReadError, Reader, Reading, Several, edited::edited_with},
    store::{
        StoreError, Txn,
        candidate::{Marks, file_facts, marks_store},
        connection::connection_list,
        document::{Document, document_fetch},
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
    let file = OwnFile::of(&document);
    let bytes = context.blobs.get(&file.name).await?;
    let limits = Limits::of(&context.config);
    let several = match document.division {
        Division::Whole => Several::Divide,
        // What was divided, or is said to be one, is never divided again.
        Division::One | Division::Part(_) => Several::One,
    };
    let options = Options { reader: Reader::Auto, limits, pictures: true, several };
    let policy = policy_fetch(&context.db).await?;
    let hints = hints(&context.db, context, policy.home_currency).await?;
    let ask = |reading: &Reading| extract::spots(&seen(reading), &hints);
    let read = context.readers.read(&bytes, file.media_type, options, &ask).await;
    // Values that a person typed were read off the whole picture; which paper they are of, nobody has said.
    let read = read.and_then(|readings| match u32::try_from(readings.len()).unwrap_or(u32::MAX) {
        count if count > 1 && is_confirmed(&document) => Err(ReadError::SeveralReceipts { count }),
        _ => Ok(readings),
    });
    match read {
        Ok(readings) => {
            let edited_with = match document.division.part() {
                // Its own picture is our work; what it was cut from said it at the first reading.
                Some(_) => file_facts(&context.db, id).await?.1,
                None => edited_with(&bytes),
            };
            record(context, &document, readings, &hints, edited_with).await
        }
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
