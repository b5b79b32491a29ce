//! What time does about approvals: time-outs, and tasks whose people left.

use super::Made;
use crate::{
    approval::{
        instance::Event as Step,
        lapse::{Hours, lapses, moves},
        seats::Room,
        state::{Decision, State},
    },
    model::{calendar::Calendar, id::DocumentId, person::Actor},
    pipeline::{Context, actions::ActionError, transition::TransitionFailed},
    store::{
        StoreError,
        approval::{approval_fetch, tasks_clear},
        document::{document_fetch, document_lock},
        organisation::organisation_fetch,
    },
};

/// More documents are not swept at one go.
const SWEEP_ROWS_MAX: i64 = 200;

/// Does what time-outs ask for, and gives the tasks of people who left to others. Safe to run any number of times, by
/// any number of processes.
///
/// # Errors
/// The database failed.
pub async fn sweep(context: &Context) -> Result<u32, StoreError> {
    let now_us = context.clock.now_us();
    let due = crate::store::approval::documents_to_sweep(&context.db, now_us, SWEEP_ROWS_MAX).await?;
    let mut done = 0;
    for id in due {
        match sweep_one(context, id, now_us).await {
            Ok(steps) => done += steps,
            // Somebody was faster; the next sweep looks again.
            Err(ActionError::Transition(TransitionFailed::Store(StoreError::Conflict(_)))) => {}
            Err(ActionError::Transition(TransitionFailed::Store(error))) => return Err(error),
            Err(error) => tracing::warn!(%error, "document {id} could not be swept"),
        }
    }
    Ok(done)
}

async fn sweep_one(context: &Context, id: DocumentId, now_us: i64) -> Result<u32, ActionError> {
    let txn = context.db.begin_write().await?;
    document_lock(&txn, id).await?;
    let mut document = document_fetch(&txn, id).await?;
    if document.state != State::AwaitingApproval {
        // A document that went another way keeps no tasks.
        tasks_clear(&txn, id).await?;
        txn.commit().await?;
        return Ok(0);
    }
    let organisation = organisation_fetch(&txn).await?;
    let calendar = Calendar::hong_kong();
    let hours = Hours { calendar: &calendar, zone: &context.zone };
    let mut done = 0;
    let Some(first) = approval_fetch(&txn, id).await? else { return Ok(0) };
    let Some(facts) = first.instance.facts.clone() else { return Ok(0) };
    let room = Room::beside(&first.policy, &facts, &organisation, context.today());
    let mut steps = moves(&first.instance, &room);
    steps.extend(lapses(&first.instance, &first.since(), &room, &hours, now_us));
    let mut current = first.clone();
    for step in steps {
        let approval = current.clone();
        let left = matches!(step, Step::Moved { .. });
        let (decision, job) = if left { (Decision::Moved, "moved") } else { (Decision::Overdue, "overdue") };
        let detail = String::new();
        let made = Made { document: &document, approval, organisation: &organisation, step, decision, detail };
        match made.record(&txn, context, Actor::System(job.to_owned()), facts.submitter).await {
            Ok(moved) => (document, current) = moved,
            // An earlier step of the same sweep made this one needless.
            Err(ActionError::Approval(_)) => continue,
            Err(error) => return Err(error),
        }
        done += 1;
        if document.state != State::AwaitingApproval {
            break;
        }
    }
    txn.commit().await?;
    context.wake.notify();
    Ok(done)
}
