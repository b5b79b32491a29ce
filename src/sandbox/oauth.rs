//! Codes, grants and tokens of both ledgers, each with its own rules of rotation.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::http::{Ask, Reply, Setting};
use super::value::uuid;

const SECOND_MS: i64 = 1000;
const DAY_MS: i64 = 24 * 60 * 60 * SECOND_MS;
/// An authorisation code is good for five minutes, once.
const CODE_LIFE_MS: i64 = 5 * 60 * SECOND_MS;
/// Xero takes the previous refresh token for half an hour, in case the answer with the new one was lost.
const XERO_GRACE_MS: i64 = 30 * 60 * SECOND_MS;
const XERO_REFRESH_LIFE_MS: i64 = 60 * DAY_MS;
const QUICKBOOKS_REFRESH_LIFE_MS: i64 = 100 * DAY_MS;
const QUICKBOOKS_HARD_LIFE_MS: i64 = 5 * 365 * DAY_MS;

/// The two products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Product {
    /// `QuickBooks` Online.
    QuickBooks,
    /// Xero.
    Xero,
}

/// Everything handed out.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct OAuth {
    codes: BTreeMap<String, Code>,
    grants: BTreeMap<String, Grant>,
    access: BTreeMap<String, Access>,
    /// Xero's connections: they belong to the person and the app, not to one consent.
    pub(super) connections: Vec<Connection>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Code {
    product: Product,
    company: String,
    redirect_uri: String,
    scope: String,
    expires_ms: i64,
    /// The grant it was changed for; a second use is an attack and ends that grant.
    grant: Option<String>,
    /// The proof key's hash that it was asked for with; empty where there was none.
    #[serde(default)]
    challenge: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Grant {
    product: Product,
    company: String,
    scope: String,
    event: String,
    /// Absent for Xero without `offline_access`.
    refresh: Option<String>,
    refresh_since_ms: i64,
    used_ms: i64,
    created_ms: i64,
    /// The previous refresh token and until when it is still taken.
    previous: Option<(String, i64)>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Access {
    grant: String,
    expires_ms: i64,
}

/// One organisation a person let the app into.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Connection {
    /// Its own id, not the organisation's.
    pub(super) id: String,
    /// The consent it came from.
    pub(super) event: String,
    /// The organisation.
    pub(super) tenant: String,
    /// Milliseconds since 1970.
    pub(super) created_ms: i64,
}

/// What an access token allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Allowed {
    /// The company the consent was for.
    pub(super) company: String,
    /// The scopes given, separated by blanks.
    pub(super) scope: String,
}

impl OAuth {
    /// A code for a consent just given.
    pub(super) fn code_issue(
        &mut self,
        product: Product,
        company: &str,
        redirect_uri: &str,
        scope: &str,
        now_ms: i64,
    ) -> String {
        let name = format!("sandbox-code-{}", uuid());
        let code = Code {
            product,
            company: company.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            scope: scope.to_owned(),
            expires_ms: now_ms + CODE_LIFE_MS,
            grant: None,
            challenge: String::new(),
        };
        self.codes.insert(name.clone(), code);
        name
    }

    /// Notes the proof key's hash that a code was asked for with.
    pub(super) fn code_challenge_set(&mut self, name: &str, challenge: String) {
        if let Some(code) = self.codes.get_mut(name) {
            code.challenge = challenge;
        }
    }

    fn code_proven(&self, name: &str, verifier: &str) -> bool {
        self.codes.get(name).is_some_and(|code| super::pkce::fits(&code.challenge, verifier))
    }

    /// What this access token allows now; `Err(true)` when it was good once and is too old.
    pub(super) fn allowed(&self, product: Product, token: &str, now_ms: i64) -> Result<Allowed, bool> {
        let access = self.access.get(token).ok_or(false)?;
        let grant = self.grants.get(&access.grant).filter(|grant| grant.product == product).ok_or(false)?;
        if access.expires_ms <= now_ms {
            return Err(true);
        }
        Ok(Allowed { company: grant.company.clone(), scope: grant.scope.clone() })
    }

    /// Answers the token endpoint of either product.
    pub(super) fn token(&mut self, product: Product, ask: &Ask, setting: Setting<'_>) -> Reply {
        if !client_known(ask, setting) {
            // Intuit says 401; Xero's identity server says 400.
            let status = if product == Product::QuickBooks { 401 } else { 400 };
            return Reply::json(status, &json!({"error": "invalid_client"}));
        }
        if !ask.is("application/x-www-form-urlencoded") {
            return refused("invalid_request", "The body must be a form");
        }
        let form = ask.form();
        let field =
            |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).unwrap_or_default();
        let grant = match field("grant_type") {
            "authorization_code" if !self.code_proven(field("code"), field("code_verifier")) => {
                Err("Invalid authorization code")
            }
            "authorization_code" => self
                .code_redeem(product, field("code"), field("redirect_uri"), setting.now_ms)
                .ok_or("Invalid authorization code"),
            "refresh_token" => self
                .refresh(product, field("refresh_token"), setting.now_ms)
                .ok_or("Incorrect or invalid refresh token"),
            _ => return refused("unsupported_grant_type", "The grant type is not supported"),
        };
        match grant {
            Ok(id) => self.tokens_issue(product, &id, ask, setting),
            Err(why) => refused("invalid_grant", why),
        }
    }

    fn code_redeem(&mut self, product: Product, name: &str, redirect_uri: &str, now_ms: i64) -> Option<String> {
        let code = self.codes.get(name).filter(|code| code.product == product)?.clone();
        if let Some(grant) = &code.grant {
            self.grant_end(grant);
            return None;
        }
        if code.expires_ms <= now_ms || code.redirect_uri != redirect_uri {
            return None;
        }
        let id = uuid();
        let offline = product == Product::QuickBooks || code.scope.split(' ').any(|scope| scope == "offline_access");
        let grant = Grant {
            product,
            company: code.company.clone(),
            scope: code.scope,
            event: uuid(),
            refresh: offline.then(|| refresh_token(product)),
            refresh_since_ms: now_ms,
            used_ms: now_ms,
            created_ms: now_ms,
            previous: None,
        };
        if product == Product::Xero {
            self.connections.retain(|connection| connection.tenant != code.company);
            let (event, tenant) = (grant.event.clone(), code.company);
            self.connections.push(Connection { id: uuid(), event, tenant, created_ms: now_ms });
        }
        self.grants.insert(id.clone(), grant);
        if let Some(used) = self.codes.get_mut(name) {
            used.grant = Some(id.clone());
        }
        Some(id)
    }

    /// `QuickBooks` gives the same refresh token back for a day, then a new one and the old is dead at once. Xero gives
    /// a new one every time and takes the previous one for half an hour.
    fn refresh(&mut self, product: Product, token: &str, now_ms: i64) -> Option<String> {
        let (id, grant) = self.grants.iter_mut().find(|(_, grant)| {
            let previous = grant.previous.as_ref().is_some_and(|(old, until)| old == token && now_ms < *until);
            grant.product == product && (grant.refresh.as_deref() == Some(token) || previous)
        })?;
        match product {
            Product::QuickBooks => {
                let hard = now_ms - grant.created_ms >= QUICKBOOKS_HARD_LIFE_MS;
                if hard || now_ms - grant.used_ms >= QUICKBOOKS_REFRESH_LIFE_MS {
                    return None;
                }
                if now_ms - grant.refresh_since_ms >= DAY_MS {
                    grant.refresh = Some(refresh_token(product));
                    grant.refresh_since_ms = now_ms;
                }
            }
            Product::Xero => {
                if now_ms - grant.used_ms >= XERO_REFRESH_LIFE_MS {
                    return None;
                }
                let current = grant.refresh.replace(refresh_token(product));
                if current.as_deref() == Some(token) {
                    grant.previous = Some((token.to_owned(), now_ms + XERO_GRACE_MS));
                }
                grant.refresh_since_ms = now_ms;
            }
        }
        grant.used_ms = now_ms;
        Some(id.clone())
    }

    fn tokens_issue(&mut self, product: Product, id: &str, ask: &Ask, setting: Setting<'_>) -> Reply {
        let Some(grant) = self.grants.get(id) else { return refused("invalid_grant", "The grant is gone") };
        let seconds = match product {
            Product::QuickBooks => setting.options.access_token_seconds_quickbooks,
            Product::Xero => setting.options.access_token_seconds_xero,
        };
        let life_ms = i64::try_from(seconds).unwrap_or(DAY_MS).saturating_mul(SECOND_MS);
        let expires_ms = setting.now_ms.saturating_add(life_ms);
        let token = access_token(product, grant, expires_ms);
        let mut body = json!({"access_token": token, "expires_in": seconds, "token_type": "bearer"});
        if let Some(members) = body.as_object_mut() {
            let mut put = |name: &str, value: Value| members.insert(name.to_owned(), value);
            if let Some(refresh) = &grant.refresh {
                put("refresh_token", json!(refresh));
            }
            match product {
                Product::QuickBooks => {
                    put("x_refresh_token_expires_in", json!(QUICKBOOKS_REFRESH_LIFE_MS / SECOND_MS));
                    if ask.header("x-include-refresh-token-hard-expires-in") == "true" {
                        let left_ms = grant.created_ms + QUICKBOOKS_HARD_LIFE_MS - setting.now_ms;
                        put("x_refresh_token_hard_expires_in", json!(left_ms / SECOND_MS));
                    }
                }
                Product::Xero => {
                    put("token_type", json!("Bearer"));
                    put("scope", json!(grant.scope));
                }
            }
        }
        self.access.retain(|_, access| access.expires_ms + DAY_MS > setting.now_ms);
        self.access.insert(token, Access { grant: id.to_owned(), expires_ms });
        Reply::json(200, &body)
    }

    /// Ends the grant behind a token; Xero takes all the person's connections with it.
    pub(super) fn revoke(&mut self, product: Product, token: &str) -> bool {
        let of_access = self.access.get(token).map(|access| access.grant.clone());
        let of_refresh = self.grants.iter().find(|(_, grant)| grant.refresh.as_deref() == Some(token));
        let Some(id) = of_access.or_else(|| of_refresh.map(|(id, _)| id.clone())) else { return false };
        match product {
            Product::QuickBooks => self.grant_end(&id),
            Product::Xero => {
                let all: Vec<String> =
                    self.grants.iter().filter(|(_, g)| g.product == product).map(|(id, _)| id.clone()).collect();
                all.iter().for_each(|id| self.grant_end(id));
                self.connections.clear();
            }
        }
        true
    }

    fn grant_end(&mut self, id: &str) {
        self.grants.remove(id);
        self.access.retain(|_, access| access.grant != id);
    }
}

/// Whether the request carries the right client id and secret as Basic authentication.
pub(super) fn client_known(ask: &Ask, setting: Setting<'_>) -> bool {
    let expected = format!("{}:{}", setting.options.client_id, setting.options.client_secret);
    let sent = ask.header("authorization").strip_prefix("Basic ").unwrap_or_default();
    STANDARD.decode(sent).is_ok_and(|bytes| bytes == expected.as_bytes())
}

fn refused(error: &str, description: &str) -> Reply {
    Reply::json(400, &json!({"error": error, "error_description": description}))
}

fn refresh_token(product: Product) -> String {
    match product {
        Product::QuickBooks => format!("RT1-{}", uuid()),
        Product::Xero => format!("sandbox-refresh-{}", uuid()),
    }
}

/// A token that looks like the real one: clients read the consent's id out of Xero's.
fn access_token(product: Product, grant: &Grant, expires_ms: i64) -> String {
    if product == Product::QuickBooks {
        return format!("eyJzYW5kYm94Ijp0cnVlfQ..{}", uuid());
    }
    let header = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "typ": "JWT"}).to_string());
    let claims = json!({
        "xero_userid": "c0ffee00-0000-4000-8000-000000000001",
        "authentication_event_id": grant.event,
        "scope": grant.scope.split(' ').collect::<Vec<_>>(),
        "exp": expires_ms / SECOND_MS,
        "jti": uuid(),
    });
    format!("{header}.{}.sandbox", URL_SAFE_NO_PAD.encode(claims.to_string()))
}
