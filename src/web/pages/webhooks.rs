//! Where the ledgers call us when something changed there.
//!
//! The answer goes out before anything is read: QuickBooks waits three seconds, Xero five. Xero's "intent to receive"
//! sends some calls signed wrongly and wants 401 for those, and nothing but a status for all.

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};

use crate::{
    pipeline::{
        LedgerKind,
        webhook::{WebhookError, receive as webhook_receive},
    },
    web::App,
};

/// Takes a call of a ledger.
pub async fn receive(State(app): State<App>, Path(name): Path<String>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let Some(kind) = LedgerKind::from_name(&name) else { return StatusCode::NOT_FOUND };
    let header = match kind {
        LedgerKind::QuickBooks => "intuit-signature",
        LedgerKind::Xero => "x-xero-signature",
    };
    let signature = headers.get(header).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match webhook_receive(&app.context, kind, signature, &body).await {
        Ok(()) => StatusCode::OK,
        Err(WebhookError::Signature) => StatusCode::UNAUTHORIZED,
        Err(error @ WebhookError::Body) => {
            // It was signed, so it is theirs, and it would come again and again: the scheduled look finds what it meant.
            tracing::warn!(%error, ledger = kind.name(), "A webhook could not be read");
            StatusCode::OK
        }
        Err(WebhookError::Store(error)) => {
            tracing::error!(error = crate::pipeline::describe(&error), "A webhook could not be noted");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
