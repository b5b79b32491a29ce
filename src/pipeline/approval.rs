//! Approvals: sending a document to those who must agree, what they do, and what time does.
//!
//! Design note. An approval is a list of events; its document's state says only where it stands. Both, the tasks that
//! follow and the history line are written in one transaction, and whoever writes holds the document's row.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use super::{
    Context,
    actions::{ActionError, document_for},
    transition::{Move, TransitionFailed, transition_in},
};
use crate::{
    approval::{
        facts::Facts,
        instance::{Adding, Back, By, Event as Step, Instance, Refused, ReturnTo, Task, TaskId},
        lapse::{Hours, due_us, lapses, moves},
        seats::{Room, may_stand_in},
        simulate::sent,
        standing::standing,
        state::{Decision, Event, Standing, State},
        walk::{World, walk},
    },
    model::{
        calendar::Calendar,
        draft::Draft,
        field::FieldName,
        finding::Finding,
        id::{DocumentId, PersonId},
        organisation::Organisation,
        person::{Actor, Person},
        policy::Policy,
    },
    store::{
        StoreError, Txn,
        approval::{Approval, Comment, Recorded, TaskRow, approval_fetch, approval_store, comment_append, tasks_clear},
        document::{Document, document_fetch, document_lock},
        organisation::organisation_fetch,
    },
};

/// More documents are not swept at one go.
const SWEEP_ROWS_MAX: i64 = 200;
/// The most people that can be added at once.
pub const ADDED_PEOPLE_MAX: usize = 20;
/// The longest comment or opinion, in characters.
pub const COMMENT_CHARACTERS_MAX: usize = 2_000;

/// The fields that become the entry: what changes in one of them is another claim. The address and the tax number are
/// not posted.
const MATERIAL: [FieldName; 13] = [
    FieldName::SupplierName,
    FieldName::DocumentNumber,
    FieldName::IssueDate,
    FieldName::DueDate,
    FieldName::Currency,
    FieldName::Subtotal,
    FieldName::Tax,
    FieldName::ServiceCharge,
    FieldName::Rounding,
    FieldName::Discount,
    FieldName::Total,
    FieldName::AmountPaid,
    FieldName::PaymentMethod,
];

/// A digest of everything about a document that is approved and later posted.
#[must_use]
pub fn digest(document: &Document) -> String {
    let mut hash = Sha256::new();
    let mut say = |text: &str| {
        hash.update(text.as_bytes());
        hash.update([0]);
    };
    say(document.category.name());
    say(&document.connection.map(|id| id.to_string()).unwrap_or_default());
    let empty = Draft::empty(0);
    let draft = document.draft.as_ref().unwrap_or(&empty);
    say(draft.kind.name());
    for name in MATERIAL {
        let value = draft.fields.get(&name).map(|field| field.value.to_text());
        say(&value.unwrap_or_default());
    }
    let amount = |amount: Option<Decimal>| amount.map(|amount| amount.normalize().to_string()).unwrap_or_default();
    for line in &draft.line_items {
        say(&line.description);
        say(&amount(line.amount));
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The facts that decide who must agree to a document.
fn facts(document: &Document, findings: &[Finding], policy: &Policy, organisation: &Organisation) -> Facts {
    let empty = Draft::empty(0);
    let draft = document.draft.as_ref().unwrap_or(&empty);
    let total = draft.money(FieldName::Total);
    let submitter = organisation.members.get(&document.submitter);
    let mut gravest = BTreeMap::new();
    for finding in findings {
        let weight = gravest.entry(finding.rule.clone()).or_insert(finding.severity);
        *weight = finding.severity.max(*weight);
    }
    Facts {
        amount: total.filter(|total| total.currency() == policy.home_currency),
        amount_together: None,
        currency: draft.currency(),
        kind: draft.kind,
        category: document.category,
        department: submitter.and_then(|member| member.department.clone()),
        project: None,
        supplier: draft.text(FieldName::SupplierName).map(crate::check::supplier_key),
        submitter: document.submitter,
        claimant: document.submitter,
        correctors: document.correctors.clone(),
        findings: gravest,
        digest: digest(document),
    }
}

/// Everything that a document's approval is decided by.
struct Firm {
    organisation: Organisation,
    policy: Policy,
}

/// An approval to be stored with the document's move.
pub(super) struct Sending {
    approval: Approval,
    /// Where it stands.
    pub(super) standing: Standing,
}

/// Sends a document to those who must agree, or leaves its approval as it is where nothing material changed.
///
/// # Errors
/// The database failed.
pub(super) async fn send(
    txn: &Txn,
    context: &Context,
    document: &Document,
    findings: &[Finding],
    policy: &Policy,
    jump: bool,
) -> Result<Sending, StoreError> {
    let organisation = organisation_fetch(txn).await?;
    let before = approval_fetch(txn, document.id).await?;
    if let Some(before) = &before {
        let now = facts(document, findings, &before.policy, &organisation);
        let running = before.instance.at().is_some();
        let same = |facts: &Facts| Facts { correctors: now.correctors.clone(), ..facts.clone() } == now;
        if running && before.instance.facts.as_ref().is_some_and(same) {
            let standing = standing(&before.instance, document.submitter);
            return Ok(Sending { approval: before.clone(), standing });
        }
        if jump {
            // Straight back keeps the version of the policy and the facts that were approved.
            let firm = Firm { organisation: organisation.clone(), policy: before.policy.clone() };
            let known = before.instance.facts.clone().filter(same);
            let sending = known.map(|facts| sending(context, before.clone(), &facts, &firm, Back::Jump));
            if let Some(Ok(sending)) = sending {
                return Ok(sending);
            }
        }
    }
    let facts = facts(document, findings, policy, &organisation);
    let firm = Firm { organisation, policy: policy.clone() };
    // A new round of the same version goes on in the same approval; another version, or one that ended, begins anew.
    let goes_on = before.filter(|before| {
        let ended = matches!(before.instance.status.name(), "withdrawn" | "rejected");
        before.policy == *policy && !ended
    });
    let approval = goes_on.unwrap_or_else(|| Approval::draft(policy.clone()));
    sending(context, approval, &facts, &firm, Back::Rerun).map_err(|_| StoreError::Conflict("approval"))
}

fn sending(context: &Context, approval: Approval, facts: &Facts, firm: &Firm, back: Back) -> Result<Sending, Refused> {
    let world = World { policy: &firm.policy, organisation: &firm.organisation, today: context.today() };
    let step = sent(facts, &world, back);
    let approval = advance(approval, step, &world, context.clock.now_us())?;
    let standing = standing(&approval.instance, facts.submitter);
    Ok(Sending { approval, standing })
}

/// The approval after a step, with everything that followed from it in its record.
fn advance(mut approval: Approval, step: Step, world: &World<'_>, now_us: i64) -> Result<Approval, Refused> {
    let walked = walk(&approval.instance, step, world)?;
    let submitter = walked.instance.facts.as_ref().and_then(|facts| world.organisation.members.get(&facts.submitter));
    let (email, roles) = submitter.map(|member| (member.email.clone(), member.roles.clone())).unwrap_or_default();
    for event in walked.events {
        approval.record.push(Recorded {
            at_us: now_us,
            event,
            submitter_email: email.clone(),
            submitter_roles: roles.clone(),
        });
    }
    approval.instance = walked.instance;
    Ok(approval)
}

/// Writes an approval with its tasks.
///
/// # Errors
/// The database failed.
pub(super) async fn store(txn: &Txn, context: &Context, id: DocumentId, sending: &Sending) -> Result<(), StoreError> {
    approval_store(txn, id, &sending.approval, &task_rows(context, id, &sending.approval)).await
}

fn task_rows(context: &Context, id: DocumentId, approval: &Approval) -> Vec<TaskRow> {
    let since = approval.since();
    let calendar = Calendar::hong_kong();
    let hours = Hours { calendar: &calendar, zone: &context.zone };
    let instance = &approval.instance;
    let row = |task: &Task| {
        let since_us = since.get(&task.id).copied().unwrap_or_default();
        let node = instance.runs.get(task.run).and_then(|run| instance.node(run.stop));
        TaskRow {
            document: id,
            number: task.id,
            person: task.person,
            node: node.map(|node| node.name.clone()).unwrap_or_default(),
            since_us,
            due_us: due_us(instance, task, since_us, &hours),
        }
    };
    instance.pending().map(row).collect()
}

/// Something a person does about an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    /// Agrees.
    Approve,
    /// Refuses.
    Reject(String),
    /// Has others decide as well.
    Add(Adding, Vec<PersonId>),
    /// Takes out somebody they added.
    Remove(TaskId),
    /// Hands their task over.
    Transfer(PersonId),
    /// Asks an opinion.
    Ask(PersonId),
    /// Gives an opinion.
    Answer(String),
    /// Takes a task of a pool.
    Claim,
    /// Gives it back.
    Unclaim,
    /// Sends the claim back.
    Return(ReturnTo, String),
    /// Takes back their approval.
    TakeBack,
    /// Takes the claim back.
    Withdraw,
    /// Asks for haste.
    Remind(TaskId),
}

impl Doing {
    const fn decision(&self) -> Decision {
        match self {
            Self::Approve => Decision::Approved,
            Self::Reject(_) => Decision::Rejected,
            Self::Add(..) => Decision::Added,
            Self::Remove(_) => Decision::Removed,
            Self::Transfer(_) => Decision::Transferred,
            Self::Ask(_) => Decision::Asked,
            Self::Answer(_) => Decision::Answered,
            Self::Claim => Decision::Claimed,
            Self::Unclaim => Decision::Unclaimed,
            Self::Return(..) => Decision::Returned,
            Self::TakeBack => Decision::TakenBack,
            Self::Withdraw => Decision::Withdrawn,
            Self::Remind(_) => Decision::Reminded,
        }
    }
}

/// The task that a person can act on, and in whose place: their own first, then one they stand in for.
#[must_use]
pub fn task_for(
    approval: &Approval,
    organisation: &Organisation,
    today: jiff::civil::Date,
    person: PersonId,
) -> Option<(TaskId, By)> {
    let instance = &approval.instance;
    let own = instance.pending().find(|task| task.person == person);
    if let Some(task) = own {
        return Some((task.id, By::themselves(person)));
    }
    let facts = instance.facts.as_ref()?;
    let room = room(approval, facts, organisation, today);
    let other = instance.pending().find(|task| may_stand_in(&room, task.person, person))?;
    Some((other.id, By { person, instead_of: Some(other.person) }))
}

/// Whether it is a person's turn, their own or in another's place.
///
/// # Errors
/// The database failed.
pub async fn has_task(context: &Context, document: &Document, person: PersonId) -> Result<bool, StoreError> {
    let Some(approval) = approval_fetch(&context.db, document.id).await? else { return Ok(false) };
    let organisation = organisation_fetch(&context.db).await?;
    Ok(task_for(&approval, &organisation, context.today(), person).is_some())
}

const NONE_APPROVED: &BTreeMap<PersonId, std::collections::BTreeSet<usize>> = &BTreeMap::new();

const fn room<'a>(
    approval: &'a Approval,
    facts: &'a Facts,
    organisation: &'a Organisation,
    today: jiff::civil::Date,
) -> Room<'a> {
    let (policy, approved) = (&approval.policy, NONE_APPROVED);
    Room { policy, facts, organisation, today, approved, later: &[], previous: None }
}

/// Does what a person asks about an approval, if it is still as they saw it.
///
/// # Errors
/// See [`ActionError`].
pub async fn decide(
    context: &Context,
    person: &Person,
    id: DocumentId,
    seen_version: i64,
    doing: Doing,
) -> Result<Document, ActionError> {
    document_for(context, person, id).await?;
    let organisation = organisation_fetch(&context.db).await?;
    let txn = context.db.begin_write().await?;
    document_lock(&txn, id).await?;
    let document = document_fetch(&txn, id).await?;
    if document.version != seen_version {
        return Err(StoreError::Conflict("document").into());
    }
    let approval = approval_fetch(&txn, id).await?.ok_or(ActionError::Approval(Refused::NotNow("not sent")))?;
    let now_us = context.clock.now_us();
    let step = step(&doing, &approval, &organisation, context.today(), person.id, now_us)?;
    let detail = detail(&doing, &step, &organisation);
    let decision = doing.decision();
    let made = Made { document: &document, approval, organisation: &organisation, step, decision, detail };
    let document = made.record(&txn, context, Actor::Person(person.id), person.id).await?;
    txn.commit().await?;
    context.wake.notify();
    Ok(document)
}

/// A step of an approval that is about to be recorded.
struct Made<'a> {
    document: &'a Document,
    approval: Approval,
    organisation: &'a Organisation,
    step: Step,
    decision: Decision,
    detail: String,
}

impl Made<'_> {
    async fn record(
        self,
        txn: &Txn,
        context: &Context,
        actor: Actor,
        person: PersonId,
    ) -> Result<Document, ActionError> {
        let policy = self.approval.policy.clone();
        let world = World { policy: &policy, organisation: self.organisation, today: context.today() };
        let approval =
            advance(self.approval, self.step, &world, context.clock.now_us()).map_err(ActionError::Approval)?;
        let standing = standing(&approval.instance, person);
        let sending = Sending { approval, standing: standing.clone() };
        let step = Move {
            id: self.document.id,
            actor,
            event: Event::Decided { decision: self.decision, standing },
            seen_version: Some(self.document.version),
            detail: self.detail,
            change: Box::new(|_| {}),
        };
        let document = transition_in(txn, &context.clock, step).await?;
        store(txn, context, document.id, &sending).await?;
        Ok(document)
    }
}

fn step(
    doing: &Doing,
    approval: &Approval,
    organisation: &Organisation,
    today: jiff::civil::Date,
    person: PersonId,
    now_us: i64,
) -> Result<Step, ActionError> {
    let own = || {
        task_for(approval, organisation, today, person).ok_or_else(|| {
            let facts = approval.instance.facts.as_ref();
            let barred = facts.is_some_and(|facts| facts.barred().contains(&person));
            ActionError::Approval(if barred { Refused::OwnClaim } else { Refused::NotYours })
        })
    };
    let known = |to: &PersonId| {
        let there = organisation.members.get(to).is_some_and(|member| member.active);
        if there { Ok(*to) } else { Err(ActionError::Approval(Refused::NobodyNamed)) }
    };
    Ok(match doing {
        Doing::Approve => own().map(|(task, by)| Step::Approved { task, by })?,
        Doing::Reject(reason) => own().map(|(task, by)| Step::Rejected { task, by, reason: reason.clone() })?,
        Doing::Add(adding, people) => {
            let people = people.iter().take(ADDED_PEOPLE_MAX).map(known).collect::<Result<_, _>>()?;
            own().map(|(task, by)| Step::Added { task, by, adding: *adding, people })?
        }
        Doing::Remove(task) => Step::Removed { task: *task, by: By::themselves(person) },
        Doing::Transfer(to) => {
            let to = known(to)?;
            own().map(|(task, by)| Step::Transferred { task, by, to })?
        }
        Doing::Ask(to) => {
            let to = known(to)?;
            own().map(|(task, by)| Step::Asked { task, by, to })?
        }
        Doing::Answer(_) => own().map(|(task, by)| Step::Answered { task, by })?,
        Doing::Claim => own().map(|(task, by)| Step::Claimed { task, by })?,
        Doing::Unclaim => own().map(|(task, by)| Step::Unclaimed { task, by })?,
        Doing::Return(to, reason) => {
            own().map(|(task, by)| Step::Returned { task, by, to: *to, reason: reason.clone() })?
        }
        Doing::TakeBack => {
            let task = last_approval(&approval.instance, person).ok_or(ActionError::Approval(Refused::NotYours))?;
            Step::TakenBack { task, by: By::themselves(person) }
        }
        Doing::Withdraw => Step::Withdrawn { by: person },
        Doing::Remind(task) => Step::Reminded { task: *task, at_us: now_us },
    })
}

/// The task that a person approved last.
#[must_use]
pub fn last_approval(instance: &Instance, person: PersonId) -> Option<TaskId> {
    let theirs = crate::approval::instance::TaskState::Approved { by: Some(person) };
    instance.tasks.iter().rev().find(|task| task.state == theirs).map(|task| task.id)
}

/// What people read in the history beside the decision's name.
fn detail(doing: &Doing, step: &Step, organisation: &Organisation) -> String {
    let name = |id: &PersonId| organisation.members.get(id).map_or_else(String::new, |member| member.name.clone());
    let names = |people: &[PersonId]| people.iter().map(name).collect::<Vec<_>>().join(", ");
    let by = match step {
        Step::Approved { by, .. } | Step::Rejected { by, .. } | Step::Returned { by, .. } => by.instead_of,
        Step::Sent { .. }
        | Step::Seated { .. }
        | Step::Opened { .. }
        | Step::Added { .. }
        | Step::Removed { .. }
        | Step::Transferred { .. }
        | Step::Asked { .. }
        | Step::Answered { .. }
        | Step::Claimed { .. }
        | Step::Unclaimed { .. }
        | Step::TakenBack { .. }
        | Step::Withdrawn { .. }
        | Step::Reminded { .. }
        | Step::Overdue { .. }
        | Step::Moved { .. } => None,
    };
    let words = match doing {
        Doing::Reject(text) | Doing::Return(_, text) | Doing::Answer(text) => text.clone(),
        Doing::Add(_, people) => names(people),
        Doing::Transfer(to) | Doing::Ask(to) => name(to),
        Doing::Approve
        | Doing::Remove(_)
        | Doing::Claim
        | Doing::Unclaim
        | Doing::TakeBack
        | Doing::Withdraw
        | Doing::Remind(_) => String::new(),
    };
    match by {
        Some(other) if words.is_empty() => format!("→ {}", name(&other)),
        Some(other) => format!("→ {}: {words}", name(&other)),
        None => words,
    }
}

/// Notes that a person looked at their task, so that nobody takes an approval back behind their back.
///
/// # Errors
/// The database failed.
pub async fn opened(context: &Context, id: DocumentId, person: PersonId) -> Result<(), StoreError> {
    let unseen = |approval: &Approval| {
        let mut own = approval.instance.pending();
        own.find(|task| task.person == person && !task.opened).map(|task| task.id)
    };
    let Some(approval) = approval_fetch(&context.db, id).await? else { return Ok(()) };
    if unseen(&approval).is_none() {
        return Ok(());
    }
    let txn = context.db.begin_write().await?;
    document_lock(&txn, id).await?;
    let Some(approval) = approval_fetch(&txn, id).await? else { return Ok(()) };
    let Some(task) = unseen(&approval) else { return Ok(()) };
    let organisation = organisation_fetch(&txn).await?;
    let policy = approval.policy.clone();
    let world = World { policy: &policy, organisation: &organisation, today: context.today() };
    if let Ok(approval) = advance(approval, Step::Opened { task }, &world, context.clock.now_us()) {
        approval_store(&txn, id, &approval, &task_rows(context, id, &approval)).await?;
        txn.commit().await?;
    }
    Ok(())
}

/// Writes down what a person says about a document.
///
/// # Errors
/// They may not see it, the comment is empty or too long, or the database failed.
pub async fn comment(
    context: &Context,
    person: &Person,
    id: DocumentId,
    text: &str,
    mentions: Vec<PersonId>,
) -> Result<(), ActionError> {
    document_for(context, person, id).await?;
    let text = text.trim();
    let characters = text.chars().count();
    if text.is_empty() || characters > COMMENT_CHARACTERS_MAX {
        let message = format!("between 1 and {COMMENT_CHARACTERS_MAX} characters, not {characters}");
        return Err(ActionError::Value { field: "comment".to_owned(), message });
    }
    let comment = Comment { person: person.id, text: text.to_owned(), mentions, at_us: context.clock.now_us() };
    let txn = context.db.begin_write().await?;
    comment_append(&txn, id, &comment).await?;
    txn.commit().await?;
    Ok(())
}

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
    let room = room(&first, &facts, &organisation, context.today());
    let mut steps = moves(&first.instance, &room);
    steps.extend(lapses(&first.instance, &first.since(), &room, &hours, now_us));
    for step in steps {
        let Some(approval) = approval_fetch(&txn, id).await? else { break };
        let left = matches!(step, Step::Moved { .. });
        let (decision, job) = if left { (Decision::Moved, "moved") } else { (Decision::Overdue, "overdue") };
        let detail = String::new();
        let made = Made { document: &document, approval, organisation: &organisation, step, decision, detail };
        match made.record(&txn, context, Actor::System(job.to_owned()), facts.submitter).await {
            Ok(moved) => document = moved,
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
