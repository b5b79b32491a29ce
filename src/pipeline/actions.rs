//! What people do with a document: correct, keep, submit, approve, reject, read again, retry, reverse.

use std::collections::BTreeMap;

use super::{
    Context, Job,
    approval::{self, Doing},
    claim::said_anew,
    learning::remember,
    notices::effects::tell_reversal_asked,
    stages::routing,
    surroundings::surroundings,
    transition::{Move, TransitionFailed, enqueue, transition_in},
};
use crate::{
    approval::{
        instance::Refused,
        permission,
        state::{Decision, Event, Reversal, ReversalEvent, ReversalStage, Standing, State},
    },
    check::Subject,
    model::{
        category::Category,
        draft::Draft,
        field::{DocumentKind, Field, FieldName, FieldValue},
        finding::Severity,
        id::{ConnectionId, DocumentId, PersonId},
        person::{Actor, Person, Role},
    },
    store::{
        StoreError, Txn,
        approval::{approval_delete, approval_involves, tasks_clear},
        candidate::claim_store,
        document::{Document, document_fetch, document_lock, upload_exists},
        organisation::organisation_fetch,
        posting::{posting_advance, posting_by_document},
        setting::policy_fetch,
    },
};

/// Why an action was not done.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// The person's role does not allow it.
    #[error("your role does not allow this")]
    Forbidden,
    /// The approval does not allow it.
    #[error(transparent)]
    Approval(Refused),
    /// A value makes no sense.
    #[error("{field}: {message}")]
    Value {
        /// Which field, by name.
        field: String,
        /// What was expected.
        message: String,
    },
    /// The document does not allow it, or somebody else was faster.
    #[error(transparent)]
    Transition(#[from] TransitionFailed),
}

impl From<StoreError> for ActionError {
    fn from(error: StoreError) -> Self {
        Self::Transition(error.into())
    }
}

/// What a person changed. A field that is absent here stays as it is; an empty text takes the field away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correction {
    /// New values by field, as typed.
    pub fields: BTreeMap<FieldName, String>,
    /// The kind of paper.
    pub kind: Option<DocumentKind>,
    /// What it was for.
    pub category: Option<Category>,
    /// Whose books it goes into.
    pub connection: Option<ConnectionId>,
    /// Which department pays; an empty text takes it away.
    pub department: Option<String>,
    /// Which project it is for.
    pub project: Option<String>,
    /// Who was there.
    pub attendees: Option<String>,
    /// What it was for.
    pub note: Option<String>,
    /// Whose money it was: a person's id; an empty text leaves it.
    pub claimant: Option<String>,
    /// How much is claimed, with or without the code of its currency.
    pub claimed: Option<String>,
    /// What the card's statement says it cost.
    pub card_line: Option<String>,
    /// The reference of the line on the bank's or card's statement.
    pub bank_line: Option<String>,
}

/// Something a person does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Changes or confirms values.
    Correct(Box<Correction>),
    /// Keeps it although it looks like a duplicate.
    Keep,
    /// Sends it to approval in spite of what was flagged.
    Submit,
    /// Agrees, if it is their turn.
    Approve,
    /// Refuses, with a reason.
    Reject(String),
    /// Has it read again.
    ReadAgain,
    /// Has it posted again.
    RetryPosting,
    /// Has it decided anew, under the policy in force.
    Restart,
    /// Has its entry taken out of the ledger again, with another person.
    Reverse(Reverse),
}

/// What a person does about a reversal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reverse {
    /// Asks for it, with a reason.
    Ask(String),
    /// Agrees to what another person asked.
    Agree,
    /// Refuses it, with a reason.
    Refuse(String),
    /// Takes it back before the ledger carried it out.
    Withdraw,
    /// Has it tried again.
    Retry,
}

impl Reverse {
    fn event(&self, by: PersonId) -> ReversalEvent {
        match self {
            Self::Ask(reason) => ReversalEvent::Asked { by, reason: reason.clone() },
            Self::Agree => ReversalEvent::Agreed { by },
            Self::Refuse(reason) => ReversalEvent::Refused { by, reason: reason.clone() },
            Self::Withdraw => ReversalEvent::Withdrawn { by },
            Self::Retry => ReversalEvent::Retried { by },
        }
    }
}

/// The document, if this person may see it.
///
/// # Errors
/// There is none, or this person may not see it: the same answer, so that nobody can probe.
pub async fn document_for(context: &Context, person: &Person, id: DocumentId) -> Result<Document, StoreError> {
    let document = document_fetch(&context.db, id).await?;
    if may_see(context, person, &document).await? { Ok(document) } else { Err(StoreError::NotFound("document")) }
}

/// Whether this person may see a document: by their role, because it is theirs, or because its approval involves them.
///
/// # Errors
/// The database failed.
pub async fn may_see(context: &Context, person: &Person, document: &Document) -> Result<bool, StoreError> {
    let own = document.submitter == person.id || upload_exists(&context.db, document.id, person.id).await?;
    Ok(permission::may_see(person, own)
        || (person.active && approval_involves(&context.db, document.id, person.id, context.today()).await?))
}

/// Does what a person asks, if their role and the document allow it and it is still as they saw it.
///
/// # Errors
/// See [`ActionError`].
pub async fn act(
    context: &Context,
    person: &Person,
    id: DocumentId,
    seen_version: i64,
    action: Action,
) -> Result<Document, ActionError> {
    let document = document_for(context, person, id).await?;
    if let Some(doing) = decision(context, person, &document, &action).await? {
        return approval::decide(context, person, id, seen_version, doing).await;
    }
    let event = event_for(&action, person, &document);
    if !permission::allows(person, &event, document.submitter == person.id) {
        return Err(ActionError::Forbidden);
    }
    if matches!(action, Action::Reject(_) | Action::Correct(_)) {
        not_in_the_ledger(context, id).await?;
    }
    let restarts = matches!(action, Action::Restart);
    let by = person.id;
    let (mut detail, mut said, mut taught) = (String::new(), None, None);
    let change: Box<dyn FnOnce(&mut Document) + Send> = match action {
        Action::Correct(correction) => {
            let base = document.draft.clone().unwrap_or_else(|| Draft::empty(0));
            let (draft, changed) = corrected(base, &correction)?;
            let moved = correction.category.is_some_and(|category| category != document.category)
                || correction.connection.is_some_and(|connection| Some(connection) != document.connection);
            said = said_anew(context, id, &draft, &correction).await?;
            if changed.is_empty() && !moved && said.is_none() {
                // Nothing was said, so nobody has a hand in it.
                return Ok(document);
            }
            detail = changed.join(", ");
            taught = Some(draft.clone());
            Box::new(move |document| {
                document.draft = Some(draft);
                document.category = correction.category.unwrap_or(document.category);
                document.connection = correction.connection.or(document.connection);
                document.correctors.insert(by);
            })
        }
        Action::Keep => Box::new(move |document| {
            document.kept = true;
            document.correctors.insert(by);
        }),
        Action::Reject(reason) | Action::Reverse(Reverse::Ask(reason) | Reverse::Refuse(reason)) => {
            detail = reason;
            Box::new(|_| {})
        }
        Action::Submit
        | Action::Approve
        | Action::ReadAgain
        | Action::RetryPosting
        | Action::Restart
        | Action::Reverse(_) => Box::new(|_| {}),
    };
    let txn = context.db.begin_write().await?;
    document_lock(&txn, id).await?;
    let (event, sending) = sent(&txn, context, id, event).await?;
    let step = Move { id, actor: Actor::Person(by), event, seen_version: Some(seen_version), detail, change };
    let moved = transition_in(&txn, &context.clock, step).await?;
    if let Some(after) = taught {
        let home = policy_fetch(&txn).await?.home_currency;
        remember(&txn, context, &document, &after, by, home).await?;
    }
    if let Some((claimant, claim)) = said {
        claim_store(&txn, id, claimant, &claim).await?;
    }
    if restarts {
        approval_delete(&txn, id).await?;
    }
    follows(&txn, context, (&document, &moved), sending.as_ref()).await?;
    txn.commit().await?;
    context.wake.notify();
    Ok(moved)
}

/// An entry stays after all: no attempt that is still under way sends any more, and where one may have been carried out
/// the ledger is asked.
async fn stays(txn: &Txn, context: &Context, document: &Document, before: &Reversal) -> Result<(), StoreError> {
    if let (ReversalStage::Blocked { .. }, Some(mut posting)) =
        (&before.stage, posting_by_document(txn, document.id).await?)
    {
        posting_advance(txn, &mut posting).await?;
        enqueue(txn, Job::Changes(posting.connection), document.version, context.clock.now_us()).await?;
    }
    Ok(())
}

/// What follows from where the document is now: its approval begins, or its tasks end, or somebody is told.
async fn follows(
    txn: &Txn,
    context: &Context,
    (before, moved): (&Document, &Document),
    sending: Option<&approval::Sending>,
) -> Result<(), StoreError> {
    if let (State::Reversal(before), State::Posted { .. }) = (&before.state, &moved.state) {
        stays(txn, context, moved, before).await?;
    }
    match sending {
        Some(sending) => approval::store(txn, context, moved.id, sending).await?,
        // Whatever else a person does takes it out of the approvers' hands until it comes back.
        None if moved.state != State::AwaitingApproval => tasks_clear(txn, moved.id).await?,
        None => {}
    }
    if let State::Reversal(reversal @ Reversal { stage: ReversalStage::Asked, .. }) = &moved.state {
        tell_reversal_asked(txn, context, moved, reversal).await?;
    }
    Ok(())
}

/// What an action is for the document's approval, if it is one. Whoever is asked refuses as the policy says; the
/// submitter and the accountants may stop a document at any time.
async fn decision(
    context: &Context,
    person: &Person,
    document: &Document,
    action: &Action,
) -> Result<Option<Doing>, ActionError> {
    match action {
        Action::Approve => Ok(Some(Doing::Approve)),
        Action::Reject(reason) if document.state == State::AwaitingApproval => {
            if approval::has_task(context, document, person.id).await? {
                return Ok(Some(Doing::Reject(reason.clone())));
            }
            let accounts = person.has(Role::Accountant) || person.has(Role::Administrator);
            if document.submitter == person.id || accounts {
                Ok(None)
            } else {
                Err(ActionError::Approval(Refused::NotYours))
            }
        }
        Action::Reject(_)
        | Action::Correct(_)
        | Action::Keep
        | Action::Submit
        | Action::ReadAgain
        | Action::RetryPosting
        | Action::Restart
        | Action::Reverse(_) => Ok(None),
    }
}

/// The event with where the approval stands in it, and the approval to be stored, if it is one that sends the document.
async fn sent(
    txn: &Txn,
    context: &Context,
    id: DocumentId,
    event: Event,
) -> Result<(Event, Option<approval::Sending>), StoreError> {
    let Event::Submitted { by, blocked, .. } = event else { return Ok((event, None)) };
    let sending = resend(txn, context, &document_fetch(txn, id).await?).await?;
    let standing = sending.standing.clone();
    Ok((Event::Submitted { by, blocked, standing }, Some(sending)))
}

/// Sends a document with the findings that a person saw, straight back where it was returned and nothing changed.
async fn resend(txn: &Txn, context: &Context, document: &Document) -> Result<approval::Sending, StoreError> {
    let policy = policy_fetch(txn).await?;
    let draft = document.draft.clone().unwrap_or_else(|| Draft::empty(0));
    let around = surroundings(txn, document, &draft, &policy).await?;
    let subject = Subject {
        pages: &around.pages,
        claim: &around.claim,
        known: &around.known,
        ..Subject::new(&draft, document.category, context.today())
    };
    let around = routing(&subject, &around, &policy);
    let organisation = organisation_fetch(txn).await?;
    approval::send(txn, context, document, &document.findings, &policy, (&around, &organisation), true).await
}

/// Rejected means: not in the ledger, and never will be. Corrected means: not there with the old values.
pub(super) async fn not_in_the_ledger(context: &Context, id: DocumentId) -> Result<(), ActionError> {
    if !entry_may_exist(context, id).await? {
        return Ok(());
    }
    let message = "The ledger may hold an entry for it. Delete that there, post again so that vouch sees it is gone; \
        then it can be corrected or rejected.";
    Err(ActionError::Value { field: "posting".to_owned(), message: message.to_owned() })
}

/// Whether the ledger may hold an entry of this document: one was made, or one was sent and nobody knows.
async fn entry_may_exist(context: &Context, id: DocumentId) -> Result<bool, StoreError> {
    let posting = posting_by_document(&context.db, id).await?;
    Ok(posting.is_some_and(|posting| posting.entry_may_exist()))
}

fn event_for(action: &Action, person: &Person, document: &Document) -> Event {
    let by = person.id;
    match action {
        Action::Correct(_) => Event::Corrected { by },
        Action::Keep => Event::Kept { by },
        Action::Submit => {
            let blocked = document.findings.iter().any(|finding| finding.severity == Severity::Block);
            // Where it stands is worked out in the transaction.
            Event::Submitted { by, blocked, standing: Standing::Waiting }
        }
        Action::Approve => Event::Decided { decision: Decision::Approved, standing: Standing::Waiting },
        Action::Reject(reason) => Event::Rejected { by, reason: reason.clone() },
        Action::ReadAgain => Event::ReadAgain { by },
        Action::RetryPosting => Event::PostingRetried { by },
        Action::Restart => Event::Restarted { by },
        Action::Reverse(what) => Event::Reversal(what.event(by)),
    }
}

/// The draft with a correction in it, and the names of what changed or was confirmed.
fn corrected(mut draft: Draft, correction: &Correction) -> Result<(Draft, Vec<String>), ActionError> {
    let mut changed = Vec::new();
    for (name, typed) in &correction.fields {
        let before = draft.fields.get(name);
        if typed.trim().is_empty() {
            if draft.fields.remove(name).is_some() {
                changed.push(name.name().to_owned());
            }
            continue;
        }
        let value = FieldValue::parse(name.kind(), typed)
            .map_err(|message| ActionError::Value { field: name.name().to_owned(), message })?;
        // A value that was sure and stays the same keeps its evidence; one that was not is confirmed by being sent.
        if before.is_some_and(|field| field.value == value && field.accepted) {
            continue;
        }
        changed.push(name.name().to_owned());
        let (page, area) = match before {
            Some(field) if field.value == value => (field.page, field.area),
            Some(_) | None => (None, None),
        };
        let field = Field { page, area, ..Field::by_person(value) };
        draft.fields.insert(*name, field);
    }
    if let Some(kind) = correction.kind.filter(|kind| *kind != draft.kind) {
        draft.kind = kind;
        changed.push("kind".to_owned());
    }
    Ok((draft, changed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrections_replace_remove_and_confirm() {
        let correct = |draft, name, text: &str| {
            let fields = BTreeMap::from([(name, text.to_owned())]);
            corrected(draft, &Correction { fields, ..Correction::default() })
        };
        let (draft, changed) = correct(Draft::empty(1), FieldName::Total, "1,234.50").expect("an amount");
        assert_eq!(changed, ["total"]);
        assert_eq!(draft.fields[&FieldName::Total].value.to_text(), "1234.50");
        assert!(draft.accepted(FieldName::Total));
        let (draft, changed) = correct(draft, FieldName::Total, "1234.50").expect("an amount");
        assert_eq!(changed, Vec::<String>::new(), "sure and the same");
        let (draft, changed) = correct(draft, FieldName::Total, " ").expect("nothing");
        assert_eq!(changed, ["total"]);
        assert!(draft.fields.is_empty());
        assert!(matches!(correct(draft, FieldName::IssueDate, "soon"), Err(ActionError::Value { .. })));
    }
}
