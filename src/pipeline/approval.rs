//! Approvals: sending a document to those who must agree, what they do, and what time does.
//!
//! Design note. An approval is a list of events; its document's state says only where it stands. Both, the tasks that
//! follow and the history line are written in one transaction, and whoever writes holds the document's row.

mod doing;
mod sweep;

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::{
    Context,
    actions::{ActionError, document_for},
    notices::effects::{add_for, add_mentions},
    transition::{Move, transition_in},
};
pub use doing::{Doing, last_approval};
use doing::{detail, step};
pub use sweep::sweep;

use crate::{
    approval::{
        facts::Facts,
        instance::{Back, By, Effect, Event as Step, Refused, Status, Task, TaskId},
        lapse::{Hours, due_us},
        route::{Asking, Truth, truth},
        seats::{Room, may_stand_in},
        simulate::sent,
        standing::standing,
        state::{Decision, Event, Standing, State},
        walk::{World, walk},
    },
    check::Claim,
    model::{
        calendar::Calendar,
        draft::Draft,
        field::FieldName,
        finding::Finding,
        hash::sha256_hex,
        id::{DocumentId, PersonId},
        money::Money,
        organisation::{Member, Organisation},
        person::{Actor, Person},
        policy::{
            Policy,
            limit::{Required, Requirement},
        },
    },
    store::{
        StoreError, Txn,
        approval::{Approval, Comment, Recorded, TaskRow, approval_fetch, approval_store, comment_append},
        document::{Document, document_fetch, document_lock},
        organisation::organisation_fetch,
    },
};

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
    let mut said = Vec::new();
    let mut say = |text: &str| {
        said.extend_from_slice(text.as_bytes());
        said.push(0);
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
    sha256_hex(&said)
}

/// What a document's facts are taken from besides itself.
pub(super) struct Around {
    /// Who the claimant is.
    pub(super) claimant: PersonId,
    /// What was said about it.
    pub(super) claim: Claim,
    /// Its total in the firm's own currency, where the rate of its day is known.
    pub(super) home: Option<Money>,
    /// What counts together with it, itself among it.
    pub(super) together: Option<Money>,
}

/// Which department pays: the one that was said, or else the claimant's own.
pub(super) fn department_of(claim: &Claim, claimant: Option<&Member>) -> Option<String> {
    claim.department.clone().or_else(|| claimant.and_then(|member| member.department.clone()))
}

/// The facts that decide who must agree to a document. Where nobody said which department pays, it is the claimant's own.
fn facts(document: &Document, findings: &[Finding], around: &Around, organisation: &Organisation) -> Facts {
    let empty = Draft::empty(0);
    let draft = document.draft.as_ref().unwrap_or(&empty);
    let claimant = organisation.members.get(&around.claimant);
    let mut gravest = BTreeMap::new();
    for finding in findings {
        let weight = gravest.entry(finding.rule.clone()).or_insert(finding.severity);
        *weight = finding.severity.max(*weight);
    }
    Facts {
        amount: around.home,
        amount_together: around.together,
        currency: draft.currency(),
        kind: draft.kind,
        category: document.category,
        department: department_of(&around.claim, claimant),
        project: around.claim.project.clone(),
        supplier: draft.text(FieldName::SupplierName).map(crate::check::supplier_key),
        submitter: document.submitter,
        claimant: around.claimant,
        correctors: document.correctors.clone(),
        findings: gravest,
        digest: digest(document),
    }
}

/// What the policy asks for on this document, beside what it asks for on every one. A condition that hangs on a fact
/// nobody knows asks for it as well.
pub(super) fn required(
    document: &Document,
    around: &Around,
    policy: &Policy,
    organisation: &Organisation,
) -> BTreeSet<Required> {
    let facts = facts(document, &[], around, organisation);
    let asking = Asking::of(&facts, organisation);
    let asks = |requirement: &&Requirement| truth(&requirement.when, &asking) != Truth::No;
    policy.required.iter().filter(asks).map(|requirement| requirement.what).collect()
}

/// An approval to be stored with the document's move.
pub(super) struct Sending {
    approval: Approval,
    /// What must happen once it is stored.
    effects: Vec<Effect>,
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
    (around, organisation): (&Around, &Organisation),
    jump: bool,
) -> Result<Sending, StoreError> {
    let before = approval_fetch(txn, document.id).await?;
    let now = facts(document, findings, around, organisation);
    if let Some(before) = &before {
        // Who corrected it does not make it another claim.
        let same = |facts: &Facts| Facts { correctors: now.correctors.clone(), ..facts.clone() } == now;
        let known = before.instance.facts.as_ref().filter(|facts| same(facts));
        if known.is_some() && before.instance.at().is_some() {
            let standing = standing(&before.instance, document.submitter);
            return Ok(Sending { approval: before.clone(), effects: Vec::new(), standing });
        }
        // Straight back keeps the version of the policy and the facts that were approved.
        if let Some(facts) = known.filter(|_| jump)
            && let Ok(sending) = sending(context, before.clone(), facts, organisation, Back::Jump)
        {
            return Ok(sending);
        }
    }
    // A new round of the same version goes on in the same approval; another version, or one that ended, begins anew.
    let goes_on = before.filter(|before| {
        let ended = matches!(before.instance.status, Status::Withdrawn | Status::Rejected { .. });
        before.policy == *policy && !ended
    });
    let approval = goes_on.unwrap_or_else(|| Approval::draft(policy.clone()));
    sending(context, approval, &now, organisation, Back::Rerun).map_err(|_| StoreError::Conflict("approval"))
}

fn sending(
    context: &Context,
    approval: Approval,
    facts: &Facts,
    organisation: &Organisation,
    back: Back,
) -> Result<Sending, Refused> {
    let policy = approval.policy.clone();
    let world = World { policy: &policy, organisation, today: context.today() };
    let step = sent(facts, &world, back);
    let (approval, effects) = advance(approval, step, &world, context.clock.now_us())?;
    let standing = standing(&approval.instance, facts.submitter);
    Ok(Sending { approval, effects, standing })
}

/// The approval after a step, with everything that followed from it in its record, and what must happen.
fn advance(
    mut approval: Approval,
    step: Step,
    world: &World<'_>,
    now_us: i64,
) -> Result<(Approval, Vec<Effect>), Refused> {
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
    Ok((approval, walked.effects))
}

/// Writes an approval with its tasks, and the notices that follow.
///
/// # Errors
/// The database failed.
pub(super) async fn store(txn: &Txn, context: &Context, id: DocumentId, sending: &Sending) -> Result<(), StoreError> {
    let tasks = task_rows(context, id, &sending.approval);
    approval_store(txn, id, &sending.approval, &tasks).await?;
    add_for(txn, context, id, &sending.approval, &sending.effects, &tasks).await
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
    let room = Room::beside(&approval.policy, facts, organisation, today);
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
    let Some(approval) = approval_fetch(&txn, id).await? else {
        return Err(ActionError::Approval(Refused::NotNow(document.state.name())));
    };
    let now_us = context.clock.now_us();
    let step = step(&doing, &approval, &organisation, context.today(), person.id, now_us);
    let waiting = document.state == State::AwaitingApproval;
    // Whose task it is not hears so, whatever they saw; whoever was a moment too late hears that.
    if waiting && let Err(error) = step {
        return Err(error);
    }
    if document.version != seen_version {
        return Err(StoreError::Conflict("document").into());
    }
    if !waiting && !matches!(doing, Doing::Withdraw) {
        return Err(ActionError::Approval(Refused::NotNow(document.state.name())));
    }
    let step = step?;
    let detail = detail(&doing, &step, &organisation);
    let decision = doing.decision();
    let made = Made { document: &document, approval, organisation: &organisation, step, decision, detail };
    let (document, _) = made.record(&txn, context, Actor::Person(person.id), person.id).await?;
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
    /// The document and its approval after the step.
    async fn record(
        self,
        txn: &Txn,
        context: &Context,
        actor: Actor,
        person: PersonId,
    ) -> Result<(Document, Approval), ActionError> {
        let policy = self.approval.policy.clone();
        let world = World { policy: &policy, organisation: self.organisation, today: context.today() };
        let (approval, effects) =
            advance(self.approval, self.step, &world, context.clock.now_us()).map_err(ActionError::Approval)?;
        let standing = standing(&approval.instance, person);
        let sending = Sending { approval, effects, standing: standing.clone() };
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
        Ok((document, sending.approval))
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
    if let Ok((approval, _)) = advance(approval, Step::Opened { task }, &world, context.clock.now_us()) {
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
    add_mentions(&txn, context, id, &comment).await?;
    txn.commit().await?;
    context.wake.notify();
    Ok(())
}
