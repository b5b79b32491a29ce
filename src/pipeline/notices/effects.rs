//! Whom a step of an approval has told, and what: its effects become notices, in the transaction that records it.

use std::collections::BTreeSet;

use super::{Telling, add, facts_of};
use crate::{
    approval::{
        instance::{Effect, Event, Lapse, Status, TaskId},
        seats::{Room, may_stand_in, people},
        standing::hold_message,
        state::{Reversal, State},
    },
    model::{
        hash::sha256_hex,
        id::{DocumentId, PersonId},
        notice::{NoticeFacts, NoticeKind},
        organisation::Organisation,
        person::Role,
        policy::flow::Who,
    },
    pipeline::{
        Context,
        transition::{Move, TransitionFailed, transition_in},
    },
    store::{
        StoreError, Txn,
        approval::{Approval, Comment, TaskRow, told_append},
        document::{Document, document_fetch},
        organisation::organisation_fetch,
    },
};

/// Writes down whom a step of an approval tells, who then may see the document, and the notices that follow. Nothing is
/// looked up where nobody is told and no channel is set up.
///
/// # Errors
/// The database failed.
pub(in crate::pipeline) async fn add_for(
    txn: &Txn,
    context: &Context,
    id: DocumentId,
    approval: &Approval,
    effects: &[Effect],
    tasks: &[TaskRow],
) -> Result<(), StoreError> {
    let Some(facts) = approval.instance.facts.as_ref() else { return Ok(()) };
    let silent = context.notifier.channels().next().is_none();
    let tells = effects.iter().any(|effect| matches!(effect, Effect::Tell(_)));
    if effects.is_empty() || silent && !tells {
        return Ok(());
    }
    let document = document_fetch(txn, id).await?;
    let organisation = organisation_fetch(txn).await?;
    let room = Room::beside(&approval.policy, facts, &organisation, context.today());
    let known = |task: &TaskId| facts_of(context, &document, due_of(tasks, *task));
    let plain = facts_of(context, &document, None);
    let scene = Scene { approval, room: &room, cause: cause(approval), place: place(id, approval) };
    for effect in effects {
        let facts = match effect {
            Effect::Ask(task) | Effect::Remind(task) => known(task),
            Effect::Seat { .. }
            | Effect::Cancel(_)
            | Effect::Tell(_)
            | Effect::Approve
            | Effect::Reject
            | Effect::Return
            | Effect::Withdraw
            | Effect::Hold => plain.clone(),
        };
        if let Effect::Tell(who) = effect {
            told_append(txn, id, &scene.told(who)).await?;
        }
        if let Some(telling) = scene.telling(effect, facts).filter(|_| !silent) {
            add(txn, context, &telling).await?;
        }
    }
    Ok(())
}

/// Writes a notice for everybody whom a comment names.
///
/// # Errors
/// The database failed.
pub(in crate::pipeline) async fn add_mentions(
    txn: &Txn,
    context: &Context,
    id: DocumentId,
    comment: &Comment,
) -> Result<(), StoreError> {
    if comment.mentions.is_empty() || context.notifier.channels().next().is_none() {
        return Ok(());
    }
    let document = document_fetch(txn, id).await?;
    let organisation = organisation_fetch(txn).await?;
    let mut people: BTreeSet<PersonId> = comment.mentions.iter().copied().collect();
    people.remove(&comment.person);
    let facts = NoticeFacts {
        actor: organisation.name_of(comment.person),
        reason: comment.text.clone(),
        ..facts_of(context, &document, None)
    };
    let key = format!("comment:{id}:{}:{}", comment.person, comment.at_us);
    add(txn, context, &Telling { key, kind: NoticeKind::Mentioned, facts, people }).await.map(|_| ())
}

/// Moves a document to those who keep the ledgers because it cannot be posted, or its entry cannot be taken back, and
/// tells them. The same reason is told once a day, however many documents it stops.
///
/// # Errors
/// The event is not possible, or the database failed; then nothing changed.
pub(in crate::pipeline) async fn block(context: &Context, step: Move) -> Result<Document, TransitionFailed> {
    let reason = step.detail.clone();
    let txn = context.db.begin_write().await?;
    let document = transition_in(&txn, &context.clock, step).await?;
    if context.notifier.channels().next().is_some() {
        let organisation = organisation_fetch(&txn).await?;
        let mut people = with_roles(&organisation, &[Role::Accountant, Role::Administrator]);
        let kind = if let State::Reversal(reversal) = &document.state {
            people.insert(reversal.asked_by);
            NoticeKind::ReversalBlocked
        } else {
            NoticeKind::PostingBlocked
        };
        let key = format!("{}:{}:{}", kind.name(), context.today(), sha256_hex(reason.as_bytes()));
        let facts = NoticeFacts { reason, ..facts_of(context, &document, None) };
        add(&txn, context, &Telling { key, kind, facts, people }).await?;
    }
    txn.commit().await?;
    context.wake.notify();
    Ok(document)
}

/// Tells those who can agree that somebody asks for the reversal of an entry.
///
/// # Errors
/// The database failed.
pub(in crate::pipeline) async fn tell_reversal_asked(
    txn: &Txn,
    context: &Context,
    document: &Document,
    reversal: &Reversal,
) -> Result<(), StoreError> {
    if context.notifier.channels().next().is_none() {
        return Ok(());
    }
    let organisation = organisation_fetch(txn).await?;
    let mut people = with_roles(&organisation, &[Role::Approver, Role::Administrator]);
    people.remove(&reversal.asked_by);
    let facts = NoticeFacts {
        actor: organisation.name_of(reversal.asked_by),
        reason: reversal.reason.clone(),
        ..facts_of(context, document, None)
    };
    let key = format!("reversal:{}:{}", document.id, document.version);
    add(txn, context, &Telling { key, kind: NoticeKind::ReversalAsked, facts, people }).await.map(|_| ())
}

fn with_roles(organisation: &Organisation, roles: &[Role]) -> BTreeSet<PersonId> {
    roles.iter().flat_map(|role| organisation.with_role(role.name())).collect()
}

fn due_of(tasks: &[TaskRow], task: TaskId) -> Option<i64> {
    tasks.iter().find(|row| row.number == task).and_then(|row| row.due_us)
}

/// The event that the last step began with; the seatings that followed come after it.
fn cause(approval: &Approval) -> Option<&Event> {
    let mut events = approval.record.iter().rev().map(|entry| &entry.event);
    events.find(|event| !matches!(event, Event::Seated { .. }))
}

/// What tells this step from every other one of the document: when its approval began (a later one counts its events
/// anew), and how many events there are.
fn place(id: DocumentId, approval: &Approval) -> String {
    let began_us = approval.record.first().map(|entry| entry.at_us).unwrap_or_default();
    format!("approval:{id}:{began_us}:{}", approval.record.len())
}

/// Everything that decides who is told what.
struct Scene<'a> {
    approval: &'a Approval,
    room: &'a Room<'a>,
    cause: Option<&'a Event>,
    place: String,
}

impl Scene<'_> {
    /// Whom the policy means. A name that the firm does not know is the policy's mistake, and holds nothing up here.
    fn told(&self, who: &[Who]) -> BTreeSet<PersonId> {
        who.iter().flat_map(|who| people(who, self.room, "").unwrap_or_default()).collect()
    }

    fn telling(&self, effect: &Effect, facts: NoticeFacts) -> Option<Telling> {
        let claim = self.room.facts;
        let owners = || BTreeSet::from([claim.submitter, claim.claimant]);
        let (kind, about, mut people) = match effect {
            Effect::Ask(task) => {
                // Whoever is asked and taken off again in one step hears nothing.
                self.approval.instance.pending().find(|pending| pending.id == *task)?;
                let late = matches!(self.cause, Some(Event::Overdue { lapse: Lapse::Escalate(_), .. }));
                let kind = if late { NoticeKind::Escalated } else { NoticeKind::Asked };
                (kind, task.0.to_string(), self.asked(*task))
            }
            Effect::Remind(task) => (NoticeKind::Reminded, task.0.to_string(), self.asked(*task)),
            Effect::Tell(who) => (NoticeKind::Told, String::new(), self.told(who)),
            Effect::Approve => (NoticeKind::Approved, String::new(), owners()),
            Effect::Reject => (NoticeKind::Rejected, String::new(), owners()),
            Effect::Return => (NoticeKind::Returned, String::new(), owners()),
            Effect::Hold => {
                let role = &self.room.policy.flow.administrator_role;
                (NoticeKind::Held, String::new(), self.room.organisation.with_role(role).collect())
            }
            Effect::Seat { .. } | Effect::Cancel(_) | Effect::Withdraw => return None,
        };
        let actor = self.actor();
        // Nobody is told what they did themselves; an administrator's own claim on hold is still theirs to mend.
        if let (Some(actor), false) = (actor, kind == NoticeKind::Held) {
            people.remove(&actor);
        }
        let decided = matches!(kind, NoticeKind::Approved | NoticeKind::Rejected | NoticeKind::Returned);
        let named = if decided { actor } else { Some(claim.submitter) };
        let facts = NoticeFacts {
            actor: named.map(|named| self.room.organisation.name_of(named)).unwrap_or_default(),
            reason: self.reason(kind),
            ..facts
        };
        Some(Telling { key: format!("{}:{}:{about}", self.place, kind.name()), kind, facts, people })
    }

    /// The task's person, and whoever stands in for them today.
    fn asked(&self, task: TaskId) -> BTreeSet<PersonId> {
        let Some(task) = self.approval.instance.task(task) else { return BTreeSet::new() };
        let delegations = self.room.organisation.delegations.iter();
        let mut people: BTreeSet<PersonId> = delegations
            .filter(|delegation| may_stand_in(self.room, task.person, delegation.to))
            .map(|delegation| delegation.to)
            .collect();
        people.insert(task.person);
        people
    }

    fn reason(&self, kind: NoticeKind) -> String {
        match (&self.approval.instance.status, kind) {
            (Status::Held(hold), NoticeKind::Held) => hold_message(hold),
            (Status::Rejected { reason, .. }, NoticeKind::Rejected)
            | (Status::Returned { reason, .. }, NoticeKind::Returned) => reason.clone(),
            (
                Status::Draft
                | Status::Entering { .. }
                | Status::Running { .. }
                | Status::Approved
                | Status::Rejected { .. }
                | Status::Returned { .. }
                | Status::Withdrawn
                | Status::Held(_),
                _,
            ) => String::new(),
        }
    }

    /// Who caused the step.
    fn actor(&self) -> Option<PersonId> {
        match self.cause? {
            Event::Sent { facts, .. } => Some(facts.submitter),
            Event::Approved { by, .. }
            | Event::Rejected { by, .. }
            | Event::Added { by, .. }
            | Event::Removed { by, .. }
            | Event::Transferred { by, .. }
            | Event::Asked { by, .. }
            | Event::Answered { by, .. }
            | Event::Claimed { by, .. }
            | Event::Unclaimed { by, .. }
            | Event::Returned { by, .. }
            | Event::TakenBack { by, .. } => Some(by.person),
            Event::Withdrawn { by } => Some(*by),
            Event::Seated { .. }
            | Event::Opened { .. }
            | Event::Reminded { .. }
            | Event::Overdue { .. }
            | Event::Moved { .. } => None,
        }
    }
}
