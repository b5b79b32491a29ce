//! Connections and tokens: consent, renewal under a lease that holds across processes, and ready clients.
//!
//! Design note. Renewing one token from two places kills it (QuickBooks revokes both). So whoever renews takes the
//! row's lease first, naming the version they saw; everybody else waits for the new version. The new pair is stored in
//! the statement that gives the lease back, before anybody uses it.

use std::time::Duration;

use super::{Context, Job, transition::enqueue};
use crate::{
    config::LedgerConfig,
    model::id::{ConnectionId, PersonId},
    post::{
        Address, Ledger, LedgerKind,
        error::LedgerError,
        oauth::{App, OauthError, Secret, Tokens},
        quickbooks, xero,
    },
    secret::{SecretError, random_hex},
    store::{
        StoreError,
        connection::{
            Connection, connection_fetch, connection_state, connection_state_by_token, connection_upsert,
            consent_create, consent_take,
        },
        token::{TokenRow, token_fetch, token_lock, token_renewed, token_store, token_unlock},
    },
};

/// A consent must be answered within this time.
const CONSENT_US: i64 = 15 * 60 * 1_000_000;
/// A token that ends sooner than this is renewed before it is used.
const RENEW_BEFORE_US: i64 = 60 * 1_000_000;
/// Whoever renews has this long; it exceeds the longest answer of an authorisation server.
const RENEW_LEASE_US: i64 = 150 * 1_000_000;
/// How often somebody else's renewal is looked for, and how many times.
const RENEWED_POLL: Duration = Duration::from_millis(100);
const RENEWED_POLLS: u32 = 300;

/// Why a connection could not be made or used.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The consent was not begun here, by this person, or too long ago.
    #[error("this consent was not asked for here, or too long ago; begin again")]
    NotAsked,
    /// The person said no, or the ledger did.
    #[error("the consent was not given: {0}")]
    Refused(String),
    /// vouch has no client id for this ledger.
    #[error("{0} is not set up: put its client_id and client_secret into the settings")]
    NotSetUp(&'static str),
    /// The authorisation server did not give tokens.
    #[error(transparent)]
    Oauth(#[from] OauthError),
    /// The company could not be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The stored token cannot be opened.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn settings(context: &Context, kind: LedgerKind) -> &LedgerConfig {
    match kind {
        LedgerKind::QuickBooks => &context.config.quickbooks,
        LedgerKind::Xero => &context.config.xero,
    }
}

/// What Xero's granular scopes allow: bills, spend money, suppliers, images, and reading the settings.
const XERO_SCOPES: [&str; 6] = [
    "offline_access",
    "accounting.invoices",
    "accounting.banktransactions",
    "accounting.contacts",
    "accounting.attachments",
    "accounting.settings.read",
];

fn app(context: &Context, kind: LedgerKind) -> App {
    let settings = settings(context, kind);
    let scopes: &[&str] = match kind {
        LedgerKind::QuickBooks => &["com.intuit.quickbooks.accounting"],
        LedgerKind::Xero => &XERO_SCOPES,
    };
    App {
        ledger: kind,
        client_id: settings.client_id.clone(),
        client_secret: Secret::new(settings.client_secret.clone()),
        authorize_url: settings.authorize_url.clone(),
        token_url: settings.token_url.clone(),
        revoke_url: settings.revoke_url.clone(),
        connections_url: Some(settings.connections_url.clone()).filter(|url| !url.is_empty()),
        redirect_url: format!("{}/connections/{}/callback", context.config.address(), kind.name()),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
    }
}

/// Begins a consent and answers the page to send the person to.
///
/// # Errors
/// The ledger is not set up, or the database failed.
pub async fn consent_begin(context: &Context, kind: LedgerKind, person: PersonId) -> Result<String, ConnectError> {
    if settings(context, kind).client_id.is_empty() {
        return Err(ConnectError::NotSetUp(kind.title()));
    }
    let state = random_hex(24);
    let expires_at_us = context.clock.now_us().saturating_add(CONSENT_US);
    consent_create(&context.db, &state, kind.name(), person, expires_at_us).await?;
    Ok(app(context, kind).consent_url(&state)?)
}

/// What a ledger sends back with the person.
#[derive(Debug, Clone, Default)]
pub struct Callback {
    /// What `consent_begin` made.
    pub state: String,
    /// To be changed for tokens.
    pub code: Option<String>,
    /// QuickBooks' company.
    pub realm_id: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
}

/// Ends a consent: stores the tokens and the companies they open, and has each company read.
///
/// # Errors
/// See [`ConnectError`]; nothing half-connected is left.
pub async fn consent_finish(
    context: &Context,
    kind: LedgerKind,
    person: PersonId,
    callback: Callback,
) -> Result<Vec<ConnectionId>, ConnectError> {
    let now_us = context.clock.now_us();
    if !consent_take(&context.db, &callback.state, kind.name(), person, now_us).await? {
        return Err(ConnectError::NotAsked);
    }
    if let Some(error) = callback.error {
        return Err(ConnectError::Refused(error));
    }
    let code = callback.code.ok_or_else(|| ConnectError::Refused("no code came back".to_owned()))?;
    let app = app(context, kind);
    let tokens = app.tokens_from_code(&context.http, &code).await?;
    let (subject, companies) = match kind {
        LedgerKind::QuickBooks => {
            let realm = callback.realm_id.ok_or_else(|| ConnectError::Refused("no company came back".to_owned()))?;
            (realm.clone(), vec![realm])
        }
        LedgerKind::Xero => {
            let tenants = app.tenants(&context.http, &tokens.access).await?;
            let companies: Vec<String> = tenants.into_iter().map(|tenant| tenant.tenant_id).collect();
            let first = companies.first().cloned();
            let subject = tokens.subject.clone().or(first);
            (subject.ok_or_else(|| ConnectError::Refused("no organisation was chosen".to_owned()))?, companies)
        }
    };
    let token_id = format!("{}:{subject}", kind.name());
    let mut connected = Vec::new();
    for company_id in companies {
        let ledger = client(context, kind, &company_id, tokens.access.clone());
        let company = ledger.company_fetch().await?;
        let new = Connection {
            id: ConnectionId::new(),
            ledger: kind.name().to_owned(),
            company_id,
            name: company.name.clone(),
            home_currency: company.home_currency.clone(),
            multi_currency: company.multi_currency,
            country: company.country.clone(),
            closed_until: company.closed_until.clone(),
            token_id: token_id.clone(),
            state: "connected".to_owned(),
            synced_at_us: Some(now_us),
        };
        connected.push((new, company));
    }
    let row = sealed(context, kind, &token_id, &tokens)?;
    let txn = context.db.begin_write().await?;
    token_store(&txn, &row).await?;
    let mut ids = Vec::new();
    for (new, company) in connected {
        let id = connection_upsert(&txn, &new, now_us).await?;
        super::sync::references_store(&txn, id, &company).await?;
        ids.push(id);
    }
    txn.commit().await?;
    Ok(ids)
}

/// Ends a connection. The tokens are given up at the ledger once no other company needs them.
///
/// # Errors
/// The database failed; a ledger that does not answer does not keep us.
pub async fn disconnect(context: &Context, id: ConnectionId) -> Result<(), ConnectError> {
    let connection = connection_fetch(&context.db, id).await?;
    connection_state(&context.db, id, "disconnected").await?;
    let others = crate::store::connection::connection_list(&context.db).await?;
    let shared = others.iter().any(|other| other.token_id == connection.token_id && other.state != "disconnected");
    if let (false, Some(kind)) = (shared, LedgerKind::from_name(&connection.ledger)) {
        let row = token_fetch(&context.db, &connection.token_id).await?;
        let refresh = Secret::new(context.vault.open_sealed(&row.refresh_sealed, &row.id)?);
        if let Err(error) = app(context, kind).revoke(&context.http, &refresh).await {
            tracing::warn!(%error, "The tokens of connection {id} could not be given up at the ledger");
        }
    }
    Ok(())
}

/// Has a company synced soon.
///
/// # Errors
/// The database failed.
pub async fn sync_soon(context: &Context, id: ConnectionId) -> Result<(), StoreError> {
    let txn = context.db.begin_write().await?;
    enqueue(&txn, Job::Sync(id), 0, context.clock.now_us()).await?;
    txn.commit().await?;
    context.wake.notify();
    Ok(())
}

/// A client of a connection with a token that is good for a while. `refused` is the access token that the ledger has
/// just refused, if that is why this is asked.
///
/// # Errors
/// The token cannot be renewed; `LedgerError::ConsentNeeded` when a person must act.
pub(super) async fn ready_client(
    context: &Context,
    connection: &Connection,
    kind: LedgerKind,
    refused: Option<i64>,
) -> Result<(Ledger, i64), ConnectError> {
    let (access, version) = access_token(context, kind, &connection.token_id, refused).await?;
    Ok((client(context, kind, &connection.company_id, access), version))
}

fn client(context: &Context, kind: LedgerKind, company_id: &str, access: Secret) -> Ledger {
    let settings = settings(context, kind);
    let address = Address { api: settings.api_url.clone(), entry_page: settings.entry_page.clone() };
    let (http, company) = (context.http.clone(), company_id.to_owned());
    let calls = context.pace.calls(kind, company_id);
    match kind {
        LedgerKind::QuickBooks => {
            Ledger::QuickBooks(quickbooks::client::Client::new(http, address, company, access).paced(calls))
        }
        LedgerKind::Xero => Ledger::Xero(xero::client::Client::new(http, address, company, access).paced(calls)),
    }
}

/// The access token and the version of its row; renewed when it ends soon, or when version `refused` was refused.
async fn access_token(
    context: &Context,
    kind: LedgerKind,
    token_id: &str,
    refused: Option<i64>,
) -> Result<(Secret, i64), ConnectError> {
    for _ in 0..RENEWED_POLLS {
        let row = token_fetch(&context.db, token_id).await?;
        let now_us = context.clock.now_us();
        let fresh = row.access_expires_at_us > now_us.saturating_add(RENEW_BEFORE_US);
        if fresh && refused != Some(row.version) {
            let access = context.vault.open_sealed(&row.access_sealed, &row.id)?;
            return Ok((Secret::new(access), row.version));
        }
        if token_lock(&context.db, token_id, row.version, now_us, RENEW_LEASE_US).await? {
            renew(context, kind, &row).await?;
            let row = token_fetch(&context.db, token_id).await?;
            let access = context.vault.open_sealed(&row.access_sealed, &row.id)?;
            return Ok((Secret::new(access), row.version));
        }
        #[expect(clippy::disallowed_methods, reason = "another process renews; its new row is the only sign of it")]
        tokio::time::sleep(RENEWED_POLL).await;
    }
    Err(OauthError::Ambiguous("another process is renewing the token".to_owned()).into())
}

async fn renew(context: &Context, kind: LedgerKind, row: &TokenRow) -> Result<(), ConnectError> {
    let refresh = Secret::new(context.vault.open_sealed(&row.refresh_sealed, &row.id)?);
    match app(context, kind).tokens_refresh(&context.http, &refresh).await {
        Ok(tokens) => {
            let renewed = sealed(context, kind, &row.id, &tokens)?;
            // No row at that version any more: a new consent was faster, and its tokens are the ones to keep.
            token_renewed(&context.db, &renewed, row.version).await?;
            Ok(())
        }
        Err(OauthError::InvalidGrant) => {
            // We hold the lease, so nobody else has renewed; but a person may have given consent anew meanwhile.
            if token_fetch(&context.db, &row.id).await?.version != row.version {
                return Ok(());
            }
            connection_state_by_token(&context.db, &row.id, "consent_needed").await?;
            token_unlock(&context.db, &row.id).await?;
            Err(OauthError::InvalidGrant.into())
        }
        Err(error) => {
            token_unlock(&context.db, &row.id).await?;
            Err(error.into())
        }
    }
}

fn sealed(context: &Context, kind: LedgerKind, id: &str, tokens: &Tokens) -> Result<TokenRow, ConnectError> {
    let lasts_us = i64::try_from(tokens.expires_in.as_micros()).unwrap_or(0);
    Ok(TokenRow {
        id: id.to_owned(),
        ledger: kind.name().to_owned(),
        access_sealed: context.vault.seal(tokens.access.expose(), id)?,
        refresh_sealed: context.vault.seal(tokens.refresh.expose(), id)?,
        access_expires_at_us: context.clock.now_us().saturating_add(lasts_us),
        version: 0,
    })
}
