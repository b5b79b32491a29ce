//! A person says that a picture is one document, though several papers were seen in it, or seemed to be.
//!
//! The document that was uploaded is read again, as one. What was made of the other papers is refused, each with a line in
//! its history. All of it is one transaction, and only while nothing of it was decided: what is approved stays approved.

use super::{
    Context,
    actions::{ActionError, document_for, not_in_the_ledger},
    transition::{Move, TransitionFailed, transition_in},
};
use crate::{
    approval::{
        permission,
        state::{Event, State, TransitionError},
    },
    model::{
        id::DocumentId,
        part::Division,
        person::{Actor, Person},
    },
    read::SEVERAL_RECEIPTS,
    store::{
        StoreError, Txn,
        approval::{approval_delete, tasks_clear},
        document::{Document, document_fetch, document_lock, document_parts},
        part::division_store,
    },
};

/// Why the other parts are refused.
const REASON: &str = "The picture shows one document; this part of it was joined with the others again.";

/// Whether a document may be told to be one with the others in its picture, as far as it alone can say.
#[must_use]
pub fn may_join(document: &Document) -> bool {
    let event = Event::Joined { by: document.submitter };
    is_divided(document) && document.state.clone().apply(event).is_ok()
}

/// The same of all parts of a picture: the first is read again, so it may not have been decided; the others may have been
/// refused.
#[must_use]
pub fn may_join_all(first: DocumentId, parts: &[Document]) -> bool {
    parts.iter().all(|part| may_join(part) || (part.id != first && matches!(part.state, State::Rejected { .. })))
}

/// It is a part, or was refused because it seemed to be several.
fn is_divided(document: &Document) -> bool {
    match &document.division {
        Division::Part(_) => true,
        Division::Whole => {
            matches!(&document.state, State::Unreadable { code, .. } if code == SEVERAL_RECEIPTS)
        }
        Division::One => false,
    }
}

/// Joins the parts of a picture; answers the document that is read again, as one.
///
/// # Errors
/// The person's role does not allow it, a part was decided, is being read or was changed meanwhile, or the ledger may
/// hold an entry of one.
pub async fn join(
    context: &Context,
    person: &Person,
    id: DocumentId,
    seen_version: i64,
) -> Result<Document, ActionError> {
    let document = document_for(context, person, id).await?;
    let event = Event::Joined { by: person.id };
    if !permission::allows(person, &event, document.submitter == person.id) {
        return Err(ActionError::Forbidden);
    }
    let first = document.division.part().map_or(id, |part| part.of);
    let txn = context.db.begin_write().await?;
    document_lock(&txn, first).await?;
    let seen = document_fetch(&txn, id).await?;
    if seen.version != seen_version {
        return Err(StoreError::Conflict("document").into());
    }
    if !is_divided(&seen) {
        let refused = TransitionError::NotAllowed { from: seen.state.name(), event: event.name() };
        return Err(TransitionFailed::from(refused).into());
    }
    for part in document_parts(&txn, first).await?.into_iter().filter(|part| part.id != first) {
        refuse(&txn, context, person, part).await?;
    }
    not_in_the_ledger(context, first).await?;
    division_store(&txn, first, &Division::One).await?;
    let was_part = seen.division.part().is_some();
    let step = Move {
        actor: Actor::Person(person.id),
        change: Box::new(move |document| {
            document.findings.clear();
            if was_part {
                // What was read, typed or said was of one paper only.
                document.draft = None;
                document.kept = false;
            }
        }),
        ..Move::by_system(first, "", event)
    };
    let joined = transition_in(&txn, &context.clock, step).await?;
    approval_delete(&txn, first).await?;
    tasks_clear(&txn, first).await?;
    txn.commit().await?;
    context.wake.notify();
    Ok(joined)
}

/// Refuses a part after the first; one that is refused already stays so.
async fn refuse(txn: &Txn, context: &Context, person: &Person, part: Document) -> Result<(), ActionError> {
    if matches!(part.state, State::Rejected { .. }) {
        return Ok(());
    }
    document_lock(txn, part.id).await?;
    let event = Event::Joined { by: person.id };
    // Refusing is possible later than joining is: what the ledger waits for was approved by somebody.
    part.state.clone().apply(event).map_err(TransitionFailed::from)?;
    not_in_the_ledger(context, part.id).await?;
    let step = Move {
        actor: Actor::Person(person.id),
        seen_version: Some(part.version),
        detail: REASON.to_owned(),
        ..Move::by_system(part.id, "", Event::Rejected { by: person.id, reason: REASON.to_owned() })
    };
    transition_in(txn, &context.clock, step).await?;
    tasks_clear(txn, part.id).await?;
    Ok(())
}
