//! What people do with connections after the consent: choose organisations, disconnect, change the key of the secrets.
//!
//! Design note. A company that is disconnected is out of use here at once, whatever its ledger answers. Tokens that no
//! company needs any more are given up at the ledger; where that fails, their row stays and the scheduler tries again,
//! so that no grant is left open because a server was away for a minute.

use std::collections::BTreeMap;

use super::{
    Context,
    ledger::{CONNECTED, ConnectError, OFFERED, access_token, app, client, connection_of},
};
use crate::{
    model::id::ConnectionId,
    post::{
        LedgerKind,
        oauth::{OauthError, Secret, Tenant},
    },
    store::{
        StoreError,
        connection::{Connection, connection_fetch, connection_list, connection_state, connection_upsert},
        consent::consent_forget_all,
        token::{TokenRow, token_delete_unused, token_list, token_list_unused, token_reseal},
    },
};

/// A consent that ends sooner than this is warned of.
pub const CONSENT_WARN_US: i64 = 14 * 24 * 3_600 * 1_000_000;

/// Connects the chosen ones of the organisations that are offered, and lets go of the others.
///
/// # Errors
/// A chosen one cannot be read; those before it are connected, and the rest stays offered.
pub async fn choose(context: &Context, chosen: &[ConnectionId]) -> Result<(), ConnectError> {
    let offered = connection_list(&context.db).await?.into_iter().filter(|row| row.state == OFFERED);
    let (wanted, unwanted): (Vec<_>, Vec<_>) = offered.partition(|row| chosen.contains(&row.id));
    for row in wanted {
        connect(context, &row).await?;
    }
    for row in unwanted {
        disconnect(context, row.id).await?;
    }
    Ok(())
}

async fn connect(context: &Context, row: &Connection) -> Result<(), ConnectError> {
    let Some(kind) = LedgerKind::from_name(&row.ledger) else { return Ok(()) };
    let (access, _) = access_token(context, kind, &row.token_id, None).await?;
    let company = client(context, kind, &row.company_id, access).company_fetch().await?;
    let (tenant_id, name) = (row.company_id.clone(), row.name.clone());
    let tenant = Tenant { connection_id: String::new(), tenant_id, event: None, name };
    let now_us = context.clock.now_us();
    let new = connection_of(kind, &tenant, &row.token_id, CONNECTED, Some(&company), now_us);
    let txn = context.db.begin_write().await?;
    let id = connection_upsert(&txn, &new, now_us).await?;
    super::sync::references_store(&txn, id, &company).await?;
    Ok(txn.commit().await?)
}

/// Ends a connection here and at its ledger.
///
/// # Errors
/// The database failed; a ledger that does not answer does not keep us.
pub async fn disconnect(context: &Context, id: ConnectionId) -> Result<(), ConnectError> {
    let connection = connection_fetch(&context.db, id).await?;
    connection_state(&context.db, id, "disconnected").await?;
    let others = connection_list(&context.db).await?;
    let shared = others.iter().any(|other| other.token_id == connection.token_id && other.state != "disconnected");
    if shared && let Err(error) = leave(context, &connection).await {
        tracing::warn!(%error, "Connection {id} has ended here; its ledger could not be told");
    }
    revoke_unused(context).await
}

/// Ends one of several organisations that share their tokens, which go on.
async fn leave(context: &Context, connection: &Connection) -> Result<(), ConnectError> {
    let Some(kind) = LedgerKind::from_name(&connection.ledger) else { return Ok(()) };
    let (access, _) = access_token(context, kind, &connection.token_id, None).await?;
    let app = app(context, kind);
    let tenants = app.tenants(&context.http, &access).await?;
    if let Some(tenant) = tenants.iter().find(|tenant| tenant.tenant_id == connection.company_id) {
        app.tenant_disconnect(&context.http, &access, &tenant.connection_id).await?;
    }
    Ok(())
}

/// Gives tokens up at their ledger that no company needs any more. What does not succeed is tried again at the next
/// call.
///
/// # Errors
/// The database failed.
pub async fn revoke_unused(context: &Context) -> Result<(), ConnectError> {
    for row in token_list_unused(&context.db).await? {
        match revoke(context, &row).await {
            Ok(()) => {
                token_delete_unused(&context.db, &row).await?;
            }
            Err(error) => tracing::warn!(%error, "Tokens that are no longer needed could not be given up yet"),
        }
    }
    Ok(())
}

async fn revoke(context: &Context, row: &TokenRow) -> Result<(), ConnectError> {
    let Some(kind) = LedgerKind::from_name(&row.ledger) else { return Ok(()) };
    let refresh = Secret::new(context.vault.open_sealed(&row.refresh_sealed, &row.id)?);
    match app(context, kind).revoke(&context.http, &refresh).await {
        // Dead already is what was wanted.
        Ok(()) | Err(OauthError::InvalidGrant) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Until when each row of tokens holds at the latest, where that is known.
///
/// # Errors
/// The database failed.
pub async fn consent_ends(context: &Context) -> Result<BTreeMap<String, i64>, StoreError> {
    let rows = token_list(&context.db).await?.into_iter();
    Ok(rows.filter_map(|row| Some((row.id, row.consent_until_us?))).collect())
}

/// How many stored secrets a change of key concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resealed {
    /// Rows that were sealed anew.
    pub changed: usize,
    /// Rows that no key opens; a new consent mends each.
    pub lost: usize,
}

/// Seals every stored secret anew that is not sealed with the key of today. Safe beside processes at work, and any
/// number of times. Consents that are under way begin again.
///
/// # Errors
/// The database or the key file failed.
pub async fn reseal(context: &Context) -> Result<Resealed, ConnectError> {
    let mut done = Resealed::default();
    consent_forget_all(&context.db).await?;
    let mut rows = token_list(&context.db).await?;
    while !rows.is_empty() {
        let mut again = Vec::new();
        for row in rows {
            let current = |sealed: &str| context.vault.is_current(sealed, &row.id);
            if current(&row.access_sealed) && current(&row.refresh_sealed) {
                continue;
            }
            let open = |sealed: &str| context.vault.open_sealed(sealed, &row.id);
            let (Ok(access), Ok(refresh)) = (open(&row.access_sealed), open(&row.refresh_sealed)) else {
                done.lost += 1;
                continue;
            };
            let (access, refresh) = (context.vault.seal(&access, &row.id)?, context.vault.seal(&refresh, &row.id)?);
            if token_reseal(&context.db, &row, &access, &refresh).await? {
                done.changed += 1;
            } else {
                again.push(row.id);
            }
        }
        // Refreshed meanwhile: look at what is there now.
        rows = token_list(&context.db).await?.into_iter().filter(|row| again.contains(&row.id)).collect();
    }
    Ok(done)
}
