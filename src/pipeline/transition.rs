//! The one way in which a document's state changes: new state, history line and next jobs in one transaction.

use super::{Context, Job};
use crate::{
    approval::state::{Effect, Event, TransitionError},
    clock::Clock,
    model::{id::DocumentId, person::Actor},
    store::{
        StoreError, Txn,
        document::{Document, document_fetch, document_update},
        history::{HistoryRow, history_append},
        job::{NewJob, job_enqueue},
    },
};

/// Why a document did not move.
#[derive(Debug, thiserror::Error)]
pub enum TransitionFailed {
    /// The event is not possible in its state, or not for this person.
    #[error(transparent)]
    Refused(#[from] TransitionError),
    /// The database failed, or somebody else was faster.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An event with everything that is recorded together with it.
pub struct Move {
    /// The document.
    pub id: DocumentId,
    /// Who causes it.
    pub actor: Actor,
    /// What happens.
    pub event: Event,
    /// The version its cause was decided on; another version means: look again. `None` for vouch's own moves.
    pub seen_version: Option<i64>,
    /// What people should read in the history beside the event's name.
    pub detail: String,
    /// What changes in the document besides its state.
    pub change: Box<dyn FnOnce(&mut Document) + Send>,
}

impl Move {
    /// An event of vouch's own, without anything else.
    #[must_use]
    pub fn by_system(id: DocumentId, job: &str, event: Event) -> Self {
        Self {
            id,
            actor: Actor::System(job.to_owned()),
            event,
            seen_version: None,
            detail: String::new(),
            change: Box::new(|_| {}),
        }
    }
}

/// Moves a document in a transaction of its own.
///
/// # Errors
/// The event is not possible, or the database failed; then nothing changed.
pub async fn transition(context: &Context, step: Move) -> Result<Document, TransitionFailed> {
    let txn = context.db.begin_write().await?;
    let document = transition_in(&txn, &context.clock, step).await?;
    txn.commit().await?;
    context.wake.notify();
    Ok(document)
}

/// Moves a document in a transaction that records something else as well.
///
/// # Errors
/// The event is not possible, or the database failed; the caller lets the transaction go.
pub async fn transition_in(txn: &Txn, clock: &Clock, step: Move) -> Result<Document, TransitionFailed> {
    let before = document_fetch(txn, step.id).await?;
    if step.seen_version.is_some_and(|seen| seen != before.version) {
        return Err(StoreError::Conflict("document").into());
    }
    let (state, effects) = before.state.clone().apply(step.event.clone())?;
    let now_us = clock.now_us();
    let mut after = before.clone();
    (step.change)(&mut after);
    after.state = state;
    after.changed_at_us = now_us;
    document_update(txn, &after, before.version).await?;
    after.version = before.version + 1;
    let row = HistoryRow {
        version: after.version,
        at_us: now_us,
        actor: step.actor,
        event: step.event.name().to_owned(),
        state: after.state.name().to_owned(),
        detail: step.detail,
    };
    history_append(txn, step.id, &row).await?;
    for effect in effects {
        enqueue(txn, job_for(effect, step.id), after.version, now_us).await?;
    }
    Ok(after)
}

const fn job_for(effect: Effect, id: DocumentId) -> Job {
    match effect {
        Effect::Read => Job::Read(id),
        Effect::Check => Job::Check(id),
        Effect::Post => Job::Post(id),
        Effect::Reverse => Job::Reverse(id),
    }
}

/// Writes a job; the version in its key makes a repeat of the same cause the same job.
///
/// # Errors
/// The database failed.
pub async fn enqueue(txn: &Txn, job: Job, version: i64, now_us: i64) -> Result<(), StoreError> {
    enqueue_at(txn, job, version, now_us, now_us).await
}

/// The same, not to be run before `run_at_us`.
///
/// # Errors
/// The database failed.
pub(super) async fn enqueue_at(
    txn: &Txn,
    job: Job,
    version: i64,
    now_us: i64,
    run_at_us: i64,
) -> Result<(), StoreError> {
    let (kind, subject) = (job.kind(), job.subject());
    let dedupe_key = format!("{kind}:{subject}:{version}");
    job_enqueue(txn, &NewJob { kind, subject, dedupe_key, run_at_us }, now_us).await
}
