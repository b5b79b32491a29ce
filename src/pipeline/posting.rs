//! Posting a document, once.
//!
//! Design note. The posting's row says how far it came. Before anything is sent to make an entry, the row notes that it
//! was sent; from then on, whatever happened to the answer (a crash of ours, a time-out, a reset, a 5xx), the next
//! attempt *looks* in the ledger by our reference before it sends again: one match is taken over, none is sent again
//! with the same bytes, several go to a person. The image is a step of its own with the same rule, so a failed image
//! never makes a second entry. The document is posted only when the ledger's total is the approved one.
//!
//! Each attempt first takes the row (`posting_advance`), and every send follows a write that still held it. So of two
//! attempts that overlap, because a worker slept past its lease or died between two commits, only the later one sends.
//! The row's id, and with it the reference, is derived from the document's bytes: a database that was restored from an
//! older copy finds what was posted after the copy, because it looks before the first send too.

mod entry_step;
mod image;
mod reversal;
mod shrink;
mod silence;
mod steps;
mod suppliers;
mod together;

use std::{sync::Mutex, time::Duration};

use tokio::task::JoinSet;
use uuid::Uuid;

pub use reversal::run_reverse;
pub(super) use together::Seat;

use super::{
    Context,
    approval::digest,
    blocked::retry,
    entry::{Books, EntryError},
    ledger::{CONNECTED, ConnectError, ready_client},
    notices::effects::block,
    prepared::prepared,
    run_beside,
    stages::settled,
    transition::{Move, transition_in},
};
use crate::{
    approval::{
        facts::Facts,
        state::{ApprovedBy, Event, State},
    },
    model::{
        id::{ConnectionId, DocumentId, PostingId},
        person::Person,
    },
    post::{
        LedgerKind,
        entry::{Resource, reference},
        oauth::OauthError,
    },
    queue::{self, Failed, Retry},
    store::{
        StoreError,
        approval::approval_fetch,
        budget::{group_give_back, group_take},
        connection::{Connection, connection_fetch, connection_state_by_token, mapping_list, reference_list},
        document::{Document, DocumentFilter, document_fetch, document_list},
        job::{ClaimedJob, job_claim_beside, job_superseded},
        posting::{Posting, posting_advance, posting_by_document, posting_create},
    },
};
use suppliers::suppliers_ready;
use together::Together;
/// Postings that are claimed beside another of the same Xero organisation, so that their bills go in one call.
const BESIDE_MAX: i64 = 19;
/// For this part of a lease a worker has a company's bills to itself: half a minute, by the defaults.
const GROUP_LEASES: i64 = 8;
/// How many blocked documents one change lets go.
const RETRIED_MAX: i64 = 10_000;
/// After an attempt that got further than the one before, the next comes so soon, and does not count against the tries.
const PROGRESS_WAIT: Duration = Duration::from_secs(2);
/// What the ids of postings are derived under.
const POSTINGS: Uuid = Uuid::from_u128(0x7663_6870_6f73_7469_6e67_7300_766f_7563);

/// Why posting stops here for now.
enum Stop {
    /// Try again later.
    Later(Failed),
    /// Try again later: nothing came back that could be understood.
    Unanswered(Failed),
    /// A person must do something first.
    Blocked(String),
    /// A person must give consent again before anything else goes to this company.
    Consent(String),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Later(error.into())
    }
}

impl From<EntryError> for Stop {
    fn from(error: EntryError) -> Self {
        Self::Blocked(error.to_string())
    }
}

/// Post: an approved document → an entry with its image. Safe to run any number of times, and to be cut off anywhere.
///
/// # Errors
/// It must be tried again; what needs a person is not an error but a state.
pub async fn run_post(context: &Context, id: DocumentId, job: &ClaimedJob) -> Result<(), Failed> {
    let document = document_fetch(&context.db, id).await?;
    let Some(connection) = document.connection else { return post_one(context, id, job, None).await };
    let connection = connection_fetch(&context.db, connection).await?;
    if connection.ledger != LedgerKind::Xero.name() {
        return post_one(context, id, job, None).await;
    }
    let lease_us = i64::try_from(context.queue_options().lease.as_micros()).unwrap_or(i64::MAX);
    let now_us = context.clock.now_us();
    let company = format!("{}:{}", connection.ledger, connection.company_id);
    let until_us = now_us.saturating_add(lease_us / GROUP_LEASES);
    // One worker at a time has a company's postings: others would only wait for the same turns, and each of their bills
    // would take a call of its own. Two do no harm, so that what a dead worker had is free again soon.
    if !group_take(&context.db, &company, now_us, until_us).await? {
        // It was claimed in the moment in which another took all: that one, or the next, takes it along.
        return Err(Failed { reason: String::new(), retry: Some(Retry::GivenBack) });
    }
    let beside = job_claim_beside(&context.db, connection.id, now_us, lease_us, BESIDE_MAX).await?;
    let outcome = if beside.is_empty() {
        post_one(context, id, job, None).await
    } else {
        post_together(context, id, job, beside, connection).await
    };
    group_give_back(&context.db, &company, until_us).await?;
    outcome
}

/// Posts a job and those that were claimed beside it.
async fn post_together(
    context: &Context,
    id: DocumentId,
    job: &ClaimedJob,
    beside: Vec<ClaimedJob>,
    connection: Connection,
) -> Result<(), Failed> {
    let documents: Vec<DocumentId> = beside.iter().filter_map(|job| job.subject.parse().ok()).chain([id]).collect();
    suppliers_ready(context, &connection, &documents).await;
    let (together, mut seats) = Together::with_seats(beside.len() + 1);
    // Dropped with this handler, and with them whatever they do.
    let mut others = JoinSet::new();
    let own_seat = seats.pop();
    for (other, seat) in beside.into_iter().zip(seats) {
        others.spawn(post_beside(context.clone(), other, seat));
    }
    let driver = context.clone();
    others.spawn(async move { together.drive(&driver, &connection).await });
    let outcome = post_one(context, id, job, own_seat).await;
    while others.join_next().await.is_some() {}
    outcome
}

/// A posting that was claimed to go with another: it begins and ends as if a worker had claimed it.
async fn post_beside(context: Context, job: ClaimedJob, seat: Seat) {
    let seat = Mutex::new(Some(seat));
    let handler = |job: ClaimedJob| {
        let seat = seat.lock().ok().and_then(|mut seat| seat.take());
        let context = context.clone();
        async move { run_beside(&context, job, seat).await }
    };
    queue::run_claimed(&context.db, &context.clock, &context.queue_options(), job, handler).await;
}

/// Post, alone or with a place among bills that go together.
///
/// # Errors
/// It must be tried again.
pub(super) async fn post_one(
    context: &Context,
    id: DocumentId,
    job: &ClaimedJob,
    seat: Option<Seat>,
) -> Result<(), Failed> {
    let document = document_fetch(&context.db, id).await?;
    if !matches!(document.state, State::Approved { .. }) || job_superseded(&context.db, job).await? {
        return Ok(());
    }
    // What is recorded is about the document as it was read here: another version means that somebody else was faster.
    let step =
        |event, detail| Move { seen_version: Some(document.version), detail, ..Move::by_system(id, "post", event) };
    match post(context, &document, seat).await {
        Ok(mut posting) => {
            let external_id = posting.external_id.clone().unwrap_or_default();
            let event = Event::Posted { external_id, reference: posting.reference.clone() };
            let step = step(event, posting.reference.clone());
            let txn = context.db.begin_write().await?;
            posting_advance(&txn, &mut posting).await?;
            match transition_in(&txn, &context.clock, step).await {
                Ok(_) => Ok(txn.commit().await?),
                other => settled(other),
            }
        }
        Err(stop) => {
            let blocked = |message: String| step(Event::PostingBlocked { message: message.clone() }, message);
            stopped(context, id, stop, blocked).await
        }
    }
}

/// What becomes of a job that stopped; `blocked` is the move that gives the document to a person.
async fn stopped(
    context: &Context,
    id: DocumentId,
    stop: Stop,
    blocked: impl FnOnce(String) -> Move,
) -> Result<(), Failed> {
    match stop {
        Stop::Later(failed) => Err(failed),
        Stop::Unanswered(failed) => Err(silence::unanswered(context, id, failed).await?),
        Stop::Blocked(message) | Stop::Consent(message) => settled(block(context, blocked(message)).await),
    }
}

/// What people approved is what is sent; anything else goes back to them. Answers the facts they approved.
async fn as_approved(context: &Context, document: &Document) -> Result<Option<Facts>, Stop> {
    let State::Approved { by: ApprovedBy::Person(_) } = document.state else { return Ok(None) };
    let Some(approval) = approval_fetch(&context.db, document.id).await? else { return Ok(None) };
    if let Some(facts) = approval.instance.facts.filter(|facts| facts.digest == digest(document)) {
        return Ok(Some(facts));
    }
    let message = "It is not as it was approved. Correct or confirm a value to have it approved again.";
    Err(Stop::Blocked(message.to_owned()))
}

async fn post(context: &Context, document: &Document, seat: Option<Seat>) -> Result<Posting, Stop> {
    let facts = as_approved(context, document).await?;
    let books = books_of(context, document).await?;
    let (mut posting, look_first) = begun(context, document, &books).await?;
    let url = Some(format!("{}/documents/{}", context.config.address(), document.id));
    let entry = prepared(&context.db, document, &books, facts, posting.id, url).await??;
    let resource = entry.resource();
    posting.resource = resource.name().to_owned();
    let (ledger, token_version) =
        ready_client(context, &books.connection, books.ledger, None).await.map_err(cannot_connect)?;
    let came = how_far(&posting);
    let mut run =
        steps::Run { context, document, books, ledger, token_version, renewed: false, entry, look_first, seat };
    let outcome = run.steps(&mut posting, resource).await;
    if let Err(Stop::Consent(_)) = &outcome {
        connection_state_by_token(&context.db, &run.books.connection.token_id, "consent_needed").await?;
    }
    match outcome {
        Ok(()) => {
            silence::answered(context, &run.books.connection).await?;
            Ok(posting)
        }
        // A ledger that fails now and then must not use up the tries of a posting that gets on.
        Err(Stop::Later(failed) | Stop::Unanswered(failed))
            if failed.retry == Some(Retry::Backoff) && how_far(&posting) > came =>
        {
            silence::answered(context, &run.books.connection).await?;
            Err(Stop::Later(Failed { retry: Some(Retry::After(PROGRESS_WAIT)), ..failed }))
        }
        Err(stop) => Err(stop),
    }
}

const fn how_far(posting: &Posting) -> (bool, bool, bool) {
    (posting.attachment_id.is_some(), posting.external_id.is_some(), posting.supplier_id.is_some())
}

async fn books_of(context: &Context, document: &Document) -> Result<Books, Stop> {
    let Some(id) = document.connection else {
        let message =
            "No company is chosen; connect QuickBooks or Xero, or export it as CSV, which takes no credit notes.";
        return Err(Stop::Blocked(message.to_owned()));
    };
    let (connection, ledger) = connected(context, id).await?;
    let references = reference_list(&context.db, id).await?;
    let mappings = mapping_list(&context.db, id).await?;
    Ok(Books { connection, ledger, references, mappings })
}

/// A company that may be called, and which ledger it is in.
async fn connected(context: &Context, id: ConnectionId) -> Result<(Connection, LedgerKind), Stop> {
    let connection = connection_fetch(&context.db, id).await?;
    if connection.state != CONNECTED {
        return Err(Stop::Blocked(format!("Connect {} again, under Connections; then try again.", connection.name)));
    }
    let ledger = LedgerKind::from_name(&connection.ledger)
        .ok_or_else(|| Stop::Blocked("This version of vouch does not know that ledger.".to_owned()))?;
    Ok((connection, ledger))
}

/// The id of a document's posting: the same bytes have the same one, also in a database that was restored.
#[must_use]
pub fn posting_id(document: &Document) -> PostingId {
    PostingId::from_u128(Uuid::new_v5(&POSTINGS, document.sha256.as_bytes()).as_u128())
}

/// The document's posting, begun now if there is none and taken from whoever had it, and whether to look before
/// anything is sent for the first time.
async fn begun(context: &Context, document: &Document, books: &Books) -> Result<(Posting, bool), Stop> {
    let look_first = super::restored::look_first(context).await?;
    if let Some(mut posting) = posting_by_document(&context.db, document.id).await? {
        if posting.external_id.is_none() && posting.connection != books.connection.id {
            // Corrected to another company after this one refused it: nothing of it is there.
            posting.connection = books.connection.id;
            posting.supplier_id = None;
            posting.body = None;
            posting.charged = None;
            posting.entry_sent_at_us = None;
        }
        posting_advance(&context.db, &mut posting).await?;
        return Ok((posting, look_first));
    }
    let id = posting_id(document);
    let new = Posting {
        id,
        document: document.id,
        connection: books.connection.id,
        resource: Resource::Paid.name().to_owned(),
        reference: reference(id),
        supplier_id: None,
        body: None,
        entry_sent_at_us: None,
        entry_tried_at_us: None,
        entry_key: None,
        entry_key_at_us: None,
        external_id: None,
        entry_url: None,
        posted_total: None,
        charged: None,
        gone: Vec::new(),
        attachment_sent_at_us: None,
        attachment_id: None,
        drift: None,
        checked_at_us: None,
        version: 0,
    };
    let txn = context.db.begin_write().await?;
    posting_create(&txn, &new, context.clock.now_us()).await?;
    txn.commit().await?;
    // Another worker may have been faster; its row is the posting, and whoever writes first has it.
    let posting = posting_by_document(&context.db, document.id).await?;
    Ok((posting.ok_or(StoreError::NotFound("posting"))?, look_first))
}

fn cannot_connect(error: ConnectError) -> Stop {
    let reason = super::describe(&error);
    match error {
        ConnectError::Oauth(OauthError::InvalidGrant) => {
            Stop::Blocked("The connection must be authorised again, under Connections; then try again.".to_owned())
        }
        ConnectError::Oauth(OauthError::RateLimited(wait)) => {
            Stop::Later(Failed { reason, retry: Some(Retry::After(wait)) })
        }
        ConnectError::Oauth(OauthError::InvalidClient | OauthError::Malformed(_))
        | ConnectError::Secret(_)
        | ConnectError::NotSetUp(_) => Stop::Blocked(reason),
        ConnectError::Store(error) => Stop::Later(error.into()),
        ConnectError::Oauth(OauthError::Unreachable(_) | OauthError::Ambiguous(_)) => {
            Stop::Unanswered(Failed { reason, retry: Some(Retry::Backoff) })
        }
        ConnectError::Ledger(_) | ConnectError::NotAsked | ConnectError::Refused(_) => {
            Stop::Later(Failed { reason, retry: Some(Retry::Backoff) })
        }
    }
}

/// Posts again what was blocked in a company: somebody has just changed its mapping or its consent.
///
/// # Errors
/// The database failed.
pub async fn retry_blocked(context: &Context, person: &Person, id: ConnectionId) -> Result<(), StoreError> {
    let filter =
        DocumentFilter { state: Some("posting_blocked".to_owned()), connection: Some(id), ..DocumentFilter::default() };
    let (blocked, _) = document_list(&context.db, &filter, 0, RETRIED_MAX).await?;
    // The list has the newest first; entries go out in order of age.
    for document in blocked.into_iter().rev() {
        retry(context, person, document.id).await?;
    }
    Ok(())
}
