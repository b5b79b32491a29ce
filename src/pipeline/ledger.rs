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
        Address, Company, Ledger, LedgerKind,
        error::LedgerError,
        oauth::{App, OauthError, Secret, Tenant, Tokens},
        quickbooks, xero,
    },
    secret::{SecretError, random_hex},
    store::{
        StoreError,
        connection::{Connection, connection_list, connection_state_by_token, connection_upsert},
        consent::{Consent, consent_create, consent_take},
        token::{TokenRow, token_fetch, token_lock, token_renewed, token_store, token_unlock},
    },
};

/// A consent must be answered within this time.
const CONSENT_US: i64 = 15 * 60 * 1_000_000;
/// A token that ends sooner than this is renewed before it is used; one that lives for minutes or less, when so much
/// of its life is left.
const RENEW_BEFORE_US: i64 = 60 * 1_000_000;
const RENEW_BEFORE_SHARE: i64 = 4;
/// Whoever renews has the longest answer of an authorisation server, and this beside it for storing what it said.
const RENEW_LEASE_MARGIN_US: i64 = 90 * 1_000_000;
/// A proof key has so many random bytes, which are 64 letters; 43 to 128 are allowed (RFC 7636, 4.1).
const VERIFIER_BYTES: usize = 32;
/// How often somebody else's renewal is looked for, and how many times.
const RENEWED_POLL: Duration = Duration::from_millis(25);
const RENEWED_POLLS: u32 = 1_200;

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

pub(super) fn app(context: &Context, kind: LedgerKind) -> App {
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
    // Intuit documents no proof keys; Xero's identity server holds a code to the one it was asked for with.
    let verifier = (kind == LedgerKind::Xero).then(|| Secret::new(random_hex(VERIFIER_BYTES)));
    let sealed = verifier.as_ref().map(|verifier| context.vault.seal(verifier.expose(), &consent_owner(&state)));
    let new = Consent {
        state: state.clone(),
        ledger: kind.name().to_owned(),
        person,
        expires_at_us: context.clock.now_us().saturating_add(CONSENT_US),
        verifier_sealed: sealed.transpose()?,
    };
    consent_create(&context.db, &new).await?;
    Ok(app(context, kind).consent_url(&state, verifier.as_ref())?)
}

fn consent_owner(state: &str) -> String {
    format!("consent:{state}")
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

/// Ends a consent: stores the tokens and the companies they open, and has each company read. Where the person could
/// have chosen several organisations, those that are new are offered, and `connections::choose` connects them.
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
    let begun = consent_take(&context.db, &callback.state, kind.name(), person, now_us).await?;
    let begun = begun.ok_or(ConnectError::NotAsked)?;
    if let Some(error) = callback.error {
        return Err(ConnectError::Refused(error));
    }
    let code = callback.code.ok_or_else(|| ConnectError::Refused("no code came back".to_owned()))?;
    let verifier = begun.verifier_sealed.map(|sealed| context.vault.open_sealed(&sealed, &consent_owner(&begun.state)));
    let verifier = verifier.transpose()?.map(Secret::new);
    let app = app(context, kind);
    let tokens = app.tokens_from_code(&context.http, &code, verifier.as_ref()).await?;
    let (subject, tenants) = match kind {
        LedgerKind::QuickBooks => {
            let realm = callback.realm_id.ok_or_else(|| ConnectError::Refused("no company came back".to_owned()))?;
            let only =
                Tenant { connection_id: String::new(), tenant_id: realm.clone(), event: None, name: String::new() };
            (realm, vec![only])
        }
        LedgerKind::Xero => {
            let tenants = app.tenants(&context.http, &tokens.access).await?;
            let first = tenants.first().map(|tenant| tenant.tenant_id.clone());
            let subject = tokens.subject.clone().or(first);
            (subject.ok_or_else(|| ConnectError::Refused("no organisation was chosen".to_owned()))?, tenants)
        }
    };
    let known: Vec<Connection> = connection_list(&context.db).await?;
    let known: Vec<Connection> = known.into_iter().filter(|row| row.ledger == kind.name()).collect();
    let token_id = format!("{}:{subject}", kind.name());
    let mut connected = Vec::new();
    for (tenant, state) in standings(tenants, tokens.event.as_deref(), &known) {
        let company = if state == CONNECTED {
            let ledger = client(context, kind, &tenant.tenant_id, tokens.access.clone());
            Some(ledger.company_fetch().await?)
        } else {
            None
        };
        let new = connection_of(kind, &tenant, &token_id, state, company.as_ref(), now_us);
        connected.push((new, company));
    }
    let row = sealed(context, kind, &token_id, &tokens)?;
    let txn = context.db.begin_write().await?;
    token_store(&txn, &row).await?;
    let mut ids = Vec::new();
    for (new, company) in connected {
        let id = connection_upsert(&txn, &new, now_us).await?;
        if let Some(company) = company {
            super::sync::references_store(&txn, id, &company).await?;
            ids.push(id);
        }
    }
    txn.commit().await?;
    Ok(ids)
}

/// The state of a connection that is in use.
pub(super) const CONNECTED: &str = "connected";
/// The state of an organisation that vouch could reach, and that nobody chose yet.
pub(super) const OFFERED: &str = "offered";

/// What becomes of each organisation that a consent reaches. What was in use stays so; the only one of this consent is
/// what the person came for; of several, and of those that an earlier consent left open, a person chooses. What was
/// disconnected here before, and was not chosen again, is left alone.
fn standings(tenants: Vec<Tenant>, event: Option<&str>, known: &[Connection]) -> Vec<(Tenant, &'static str)> {
    let names_event = event.is_some() && tenants.iter().any(|tenant| tenant.event.as_deref() == event);
    let of_this = |tenant: &Tenant| !names_event || tenant.event.as_deref() == event;
    let is_only = tenants.iter().filter(|tenant| of_this(tenant)).count() == 1;
    let mut found = Vec::new();
    for tenant in tenants {
        let before = known.iter().find(|row| row.company_id == tenant.tenant_id).map(|row| row.state.as_str());
        let state = match before {
            Some(CONNECTED | "consent_needed") => CONNECTED,
            _ if of_this(&tenant) && is_only => CONNECTED,
            Some("disconnected") if !of_this(&tenant) => continue,
            _ => OFFERED,
        };
        found.push((tenant, state));
    }
    found
}

pub(super) fn connection_of(
    kind: LedgerKind,
    tenant: &Tenant,
    token_id: &str,
    state: &str,
    company: Option<&Company>,
    now_us: i64,
) -> Connection {
    Connection {
        id: ConnectionId::new(),
        ledger: kind.name().to_owned(),
        company_id: tenant.tenant_id.clone(),
        name: company.map_or_else(|| tenant.name.clone(), |company| company.name.clone()),
        home_currency: company.map(|company| company.home_currency.clone()).unwrap_or_default(),
        multi_currency: company.is_some_and(|company| company.multi_currency),
        country: company.and_then(|company| company.country.clone()),
        closed_until: company.and_then(|company| company.closed_until.clone()),
        token_id: token_id.to_owned(),
        state: state.to_owned(),
        synced_at_us: company.map(|_| now_us),
    }
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

pub(super) fn client(context: &Context, kind: LedgerKind, company_id: &str, access: Secret) -> Ledger {
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
pub(super) async fn access_token(
    context: &Context,
    kind: LedgerKind,
    token_id: &str,
    refused: Option<i64>,
) -> Result<(Secret, i64), ConnectError> {
    for _ in 0..RENEWED_POLLS {
        let row = token_fetch(&context.db, token_id).await?;
        let now_us = context.clock.now_us();
        if is_fresh(&row, now_us) && refused != Some(row.version) {
            let access = context.vault.open_sealed(&row.access_sealed, &row.id)?;
            return Ok((Secret::new(access), row.version));
        }
        let timeout_us = i64::try_from(context.config.ledger_timeout_ms).unwrap_or(0).saturating_mul(1_000);
        let lease_us = timeout_us.saturating_add(RENEW_LEASE_MARGIN_US);
        if token_lock(&context.db, token_id, row.version, now_us, lease_us).await? {
            renew(context, kind, &row, now_us.saturating_add(lease_us)).await?;
            let row = token_fetch(&context.db, token_id).await?;
            let access = context.vault.open_sealed(&row.access_sealed, &row.id)?;
            return Ok((Secret::new(access), row.version));
        }
        #[expect(clippy::disallowed_methods, reason = "another process renews; its new row is the only sign of it")]
        tokio::time::sleep(RENEWED_POLL).await;
    }
    Err(OauthError::Ambiguous("another process is renewing the token".to_owned()).into())
}

fn is_fresh(row: &TokenRow, now_us: i64) -> bool {
    // Rows of an earlier version do not say how long their token lasted.
    let share_us = if row.access_lasts_us > 0 { row.access_lasts_us / RENEW_BEFORE_SHARE } else { i64::MAX };
    row.access_expires_at_us > now_us.saturating_add(RENEW_BEFORE_US.min(share_us))
}

async fn renew(context: &Context, kind: LedgerKind, row: &TokenRow, lease: i64) -> Result<(), ConnectError> {
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
            token_unlock(&context.db, &row.id, lease).await?;
            Err(OauthError::InvalidGrant.into())
        }
        Err(error) => {
            token_unlock(&context.db, &row.id, lease).await?;
            Err(error.into())
        }
    }
}

fn sealed(context: &Context, kind: LedgerKind, id: &str, tokens: &Tokens) -> Result<TokenRow, ConnectError> {
    let micros = |lasts: Duration| i64::try_from(lasts.as_micros()).unwrap_or(i64::MAX);
    let (now_us, lasts_us) = (context.clock.now_us(), micros(tokens.expires_in));
    Ok(TokenRow {
        id: id.to_owned(),
        ledger: kind.name().to_owned(),
        access_sealed: context.vault.seal(tokens.access.expose(), id)?,
        refresh_sealed: context.vault.seal(tokens.refresh.expose(), id)?,
        access_expires_at_us: now_us.saturating_add(lasts_us),
        access_lasts_us: lasts_us,
        consent_until_us: tokens.refresh_expires_in.map(|lasts| now_us.saturating_add(micros(lasts))),
        version: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(access_lasts_us: i64) -> TokenRow {
        TokenRow {
            id: "quickbooks:1".to_owned(),
            ledger: "quickbooks".to_owned(),
            access_sealed: String::new(),
            refresh_sealed: String::new(),
            access_expires_at_us: 1_000_000_000,
            access_lasts_us,
            consent_until_us: None,
            version: 1,
        }
    }

    #[test]
    fn a_token_is_renewed_before_its_end_however_short_it_lives() {
        for (lasts_seconds, left_seconds, fresh) in
            [(3_600, 61, true), (3_600, 60, false), (30, 8, true), (30, 7, false), (0, 61, true), (0, 30, false)]
        {
            let now_us = 1_000_000_000 - left_seconds * 1_000_000;
            let found = is_fresh(&row(lasts_seconds * 1_000_000), now_us);
            assert_eq!(found, fresh, "{lasts_seconds} s, {left_seconds} s left");
        }
    }

    fn tenant(id: &str, event: &str) -> Tenant {
        let (connection_id, name) = (format!("c-{id}"), format!("Company {id}"));
        Tenant { connection_id, tenant_id: id.to_owned(), event: Some(event.to_owned()), name }
    }

    #[test]
    fn a_person_chooses_where_there_is_a_choice() {
        let known = |states: &[(&str, &str)]| -> Vec<Connection> {
            let row = |(id, state): &(&str, &str)| {
                connection_of(LedgerKind::Xero, &tenant(id, "old"), "xero:u", state, None, 0)
            };
            states.iter().map(row).collect()
        };
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a [(&'a str, &'a str)], &'a [(&'a str, &'a str)]);
        let cases: [Case<'_>; 7] = [
            (&[("a", "now")], &[], &[("a", "connected")]),
            (&[("a", "now"), ("b", "now")], &[], &[("a", "offered"), ("b", "offered")]),
            (&[("a", "now"), ("b", "now")], &[("b", "connected")], &[("a", "offered"), ("b", "connected")]),
            (&[("a", "now"), ("b", "old")], &[("b", "consent_needed")], &[("a", "connected"), ("b", "connected")]),
            (&[("a", "now"), ("b", "old")], &[("b", "disconnected")], &[("a", "connected")]),
            (&[("a", "now"), ("b", "old")], &[], &[("a", "connected"), ("b", "offered")]),
            // Chosen again after it was disconnected.
            (&[("a", "now")], &[("a", "disconnected")], &[("a", "connected")]),
        ];
        for (tenants, before, expected) in cases {
            let tenants: Vec<Tenant> = tenants.iter().map(|(id, event)| tenant(id, event)).collect();
            let found = standings(tenants, Some("now"), &known(before));
            let found: Vec<_> = found.iter().map(|(tenant, state)| (tenant.tenant_id.as_str(), *state)).collect();
            assert_eq!(found, expected, "{before:?}");
        }
        let nameless = standings(vec![tenant("a", "x"), tenant("b", "y")], None, &[]);
        assert!(nameless.iter().all(|(_, state)| *state == OFFERED), "no event: every one counts as of this consent");
    }
}
