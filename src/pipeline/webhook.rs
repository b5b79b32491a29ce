//! Webhooks: believed only when signed, answered at once, worked on by a job that reads what changed.

use super::{Context, Job, LedgerKind, transition::enqueue_at};
use crate::{
    post::webhook::{events, is_signed},
    store::{
        StoreError,
        webhook::{connection_by_company, webhook_event_append},
    },
};

/// Events of one company that come within this time are one look at its books, at the end of it.
const GATHERED_US: i64 = 2_000_000;

/// Why a call was not taken.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// It was not signed with our key.
    #[error("the signature is wrong")]
    Signature,
    /// It is signed, and cannot be read.
    #[error("the body is not one of this ledger's")]
    Body,
    /// The database failed: it must come again.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes a ledger's call: notes what is new in it, and has the companies' changes read. Nothing is asked of the ledger
/// here, so the answer goes out within its few seconds.
///
/// # Errors
/// See [`WebhookError`].
pub async fn receive(context: &Context, kind: LedgerKind, signature: &str, body: &[u8]) -> Result<(), WebhookError> {
    let key = match kind {
        LedgerKind::QuickBooks => &context.config.quickbooks_webhook_key,
        LedgerKind::Xero => &context.config.xero_webhook_key,
    };
    if !is_signed(key, body, signature) {
        return Err(WebhookError::Signature);
    }
    let heard = events(kind, body).ok_or(WebhookError::Body)?;
    if heard.is_empty() {
        return Ok(());
    }
    let now_us = context.clock.now_us();
    let txn = context.db.begin_write().await?;
    for event in heard {
        let is_new = webhook_event_append(&txn, &event.id, kind.name(), &event.company_id, now_us).await?;
        if !is_new {
            continue;
        }
        if let Some(connection) = connection_by_company(&txn, kind.name(), &event.company_id).await? {
            let gathered = now_us.div_euclid(GATHERED_US).saturating_add(1);
            let run_at_us = gathered.saturating_mul(GATHERED_US);
            enqueue_at(&txn, Job::Changes(connection), gathered, now_us, run_at_us).await?;
        }
    }
    txn.commit().await?;
    context.wake.notify();
    Ok(())
}
