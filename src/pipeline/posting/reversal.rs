//! Taking a posted entry out of its ledger again, after two people agreed.
//!
//! Design note. To take back is idempotent where to post is not: each attempt looks at the entry first, and one that is
//! gone, whoever took it out, is what was asked for. So nothing is noted as sent; a lost answer is found by the next
//! look. Each attempt takes the posting's row at its beginning and again before it sends, so that of two that overlap one
//! sends. An entry that is no longer what was posted is not touched: somebody changed it there, and a person must see
//! that first.

use rust_decimal::Decimal;
use uuid::Uuid;

use super::{Stop, cannot_connect, connected, silence, steps::stop, stopped};
use crate::{
    approval::state::{Event, Reversal, ReversalEvent, ReversalStage, State},
    model::id::DocumentId,
    pipeline::{
        Context,
        ledger::ready_client,
        stages::settled,
        transition::{Move, transition_in},
    },
    post::{
        Ledger, LedgerKind,
        entry::Resource,
        error::{Class, LedgerError},
        reversal::Standing,
    },
    queue::Failed,
    store::{
        StoreError,
        connection::{Connection, connection_state_by_token},
        document::{Document, document_fetch},
        drift::drift_replace,
        ledger_entry::ledger_entry_remove,
        posting::{Posting, posting_advance, posting_by_document, posting_update},
    },
};

/// Reverse: a reversal that was agreed to → the ledger no longer has the entry. Safe to run any number of times, and to
/// be cut off anywhere.
///
/// # Errors
/// It must be tried again; what needs a person is not an error but a state.
pub async fn run_reverse(context: &Context, id: DocumentId) -> Result<(), Failed> {
    let document = document_fetch(&context.db, id).await?;
    let State::Reversal(reversal @ Reversal { stage: ReversalStage::Agreed { .. }, .. }) = &document.state else {
        return Ok(());
    };
    let step = |event, detail| {
        let event = Event::Reversal(event);
        Move { seen_version: Some(document.version), detail, ..Move::by_system(id, "reverse", event) }
    };
    // What was kept as no copy was so beside an entry that is gone: it is looked at anew.
    let anew = |document: &mut Document| document.kept = false;
    match reverse(context, &document, reversal).await {
        Ok(posting) => {
            let txn = context.db.begin_write().await?;
            // Whatever differed there differs no more.
            let (connection, resource) = (posting.connection, posting.resource.clone());
            drift_replace(&txn, connection, &resource, &reversal.external_id, &[]).await?;
            ledger_entry_remove(&txn, connection, &resource, &reversal.external_id, context.clock.now_us()).await?;
            let mut posting = Posting { drift: None, ..posting.as_unsent() };
            posting_advance(&txn, &mut posting).await?;
            posting_update(&txn, &posting).await?;
            let detail = format!("{} · {}", reversal.reference, reversal.external_id);
            let done = Move { change: Box::new(anew), ..step(ReversalEvent::Done, detail) };
            match transition_in(&txn, &context.clock, done).await {
                Ok(_) => Ok(txn.commit().await?),
                other => settled(other),
            }
        }
        Err(stop) => {
            let blocked = |message: String| step(ReversalEvent::Blocked { message: message.clone() }, message);
            stopped(context, id, stop, blocked).await
        }
    }
}

async fn reverse(context: &Context, document: &Document, reversal: &Reversal) -> Result<Posting, Stop> {
    let posting = posting_by_document(&context.db, document.id).await?;
    let mut posting = posting.ok_or(StoreError::NotFound("posting"))?;
    let (Some(resource), true) =
        (Resource::from_name(&posting.resource), posting.external_id.as_ref() == Some(&reversal.external_id))
    else {
        let message = "Another entry was posted meanwhile. Leave this one as it is, then ask again.";
        return Err(Stop::Blocked(message.to_owned()));
    };
    let (connection, ledger) = connected(context, posting.connection).await?;
    posting_advance(&context.db, &mut posting).await?;
    let outcome = taken_back(context, (&connection, ledger), &mut posting, resource).await;
    if let Err(Stop::Consent(_)) = &outcome {
        connection_state_by_token(&context.db, &connection.token_id, "consent_needed").await?;
    }
    outcome?;
    silence::answered(context, &connection).await?;
    Ok(posting)
}

/// Looks, and takes back what is still there as it was posted.
async fn taken_back(
    context: &Context,
    (connection, kind): (&Connection, LedgerKind),
    posting: &mut Posting,
    resource: Resource,
) -> Result<(), Stop> {
    let external_id = &posting.external_id.clone().unwrap_or_default();
    let (mut ledger, version) = ready_client(context, connection, kind, None).await.map_err(cannot_connect)?;
    let standing = match ledger.entry_standing(resource, external_id).await {
        Err(LedgerError::TokenRefused { .. }) => {
            (ledger, _) = ready_client(context, connection, kind, Some(version)).await.map_err(cannot_connect)?;
            ledger.entry_standing(resource, external_id).await
        }
        other => other,
    };
    let Some(mut standing) = standing.map_err(stop)? else { return Ok(()) };
    if let Some(message) = changed(posting, &standing) {
        return Err(Stop::Blocked(message));
    }
    if let Some(hindrance) = standing.hindrance.take() {
        return Err(stop(hindrance));
    }
    posting_advance(&context.db, posting).await?;
    sent(&ledger, posting, resource, &standing).await
}

async fn sent(ledger: &Ledger, posting: &Posting, resource: Resource, standing: &Standing) -> Result<(), Stop> {
    let external_id = posting.external_id.as_deref().unwrap_or_default();
    // Each attempt has its own key: one that is used again would be answered from memory, whatever is there now.
    let name = format!("reverse:{external_id}:{}", posting.version);
    let key = Uuid::new_v5(&posting.id.uuid(), name.as_bytes()).hyphenated().to_string();
    match ledger.entry_reverse(resource, external_id, standing, &key).await {
        Ok(()) => Ok(()),
        // Xero says of what is gone, and of what was paid since the look, that it cannot be changed.
        Err(error) if error.class() == Class::LookThenAdopt => {
            match ledger.entry_standing(resource, external_id).await.map_err(stop)? {
                None => Ok(()),
                Some(_) => Err(Stop::Blocked(format!("{error}. Look at the entry there."))),
            }
        }
        Err(error) => Err(stop(error)),
    }
}

/// What tells that somebody changed the entry since it was posted.
fn changed(posting: &Posting, standing: &Standing) -> Option<String> {
    if let Some(drift) = &posting.drift {
        return Some(format!("{drift} Take the entry back there, or correct it there and have it compared again."));
    }
    let posted: Option<Decimal> = posting.posted_total.as_deref().and_then(|total| total.parse().ok());
    if posted == Some(standing.total) {
        return None;
    }
    let posted = posted.map_or_else(|| "another total".to_owned(), |posted| posted.to_string());
    let currency = standing.currency.as_deref().unwrap_or_default();
    let found = format!("{currency} {}", standing.total);
    Some(format!(
        "The entry was changed there since: it says {}, {posted} was posted. Take it back there, or correct it first.",
        found.trim()
    ))
}
