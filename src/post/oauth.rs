//! Consent, tokens and their renewal at both ledgers.
//!
//! Nothing is stored and nothing is repeated here. Two renewals at once with the same token make Intuit withdraw the
//! connection: the caller holds a lock that works across processes, reads the stored token after taking it, and
//! stores the new pair before any use of it.

use std::{fmt, future::Future, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use oauth2::{
    AccessToken, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, ExtraTokenFields, HttpRequest,
    HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope,
    StandardRevocableToken, StandardTokenResponse, TokenResponse as _, TokenUrl,
    basic::{
        BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
        BasicTokenType,
    },
    http,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Number;

use crate::post::{LedgerKind, error::LedgerError, transport};

/// A secret: a token or a client's password. Its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret in.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for a header or for encrypting. Never for a log.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// vouch as it is registered at a ledger.
#[derive(Debug, Clone)]
pub struct App {
    /// Which product.
    pub ledger: LedgerKind,
    /// The id it was registered under.
    pub client_id: String,
    /// The password that belongs to it.
    pub client_secret: Secret,
    /// Where people give consent, in the browser.
    pub authorize_url: String,
    /// Where codes and refresh tokens are changed for tokens.
    pub token_url: String,
    /// Where tokens are given up.
    pub revoke_url: String,
    /// Xero's list of organisations; QuickBooks names its company in the callback instead.
    pub connections_url: Option<String>,
    /// Where the browser comes back to; registered there, letter for letter.
    pub redirect_url: String,
    /// What vouch asks for.
    pub scopes: Vec<String>,
}

/// What a consent or a renewal gives. Both tokens are new: store both before using either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// For calls.
    pub access: Secret,
    /// For the next renewal.
    pub refresh: Secret,
    /// How long the access token lives from now.
    pub expires_in: Duration,
    /// How long the consent holds from now without being used again: what the ledger says of the refresh token, its
    /// end for good included; Xero says nothing and gives sixty days.
    pub refresh_expires_in: Option<Duration>,
    /// Xero's user, whose tokens these are: they are per user and app, not per organisation. Read from the access
    /// token without checking its signature, since it came straight from Xero.
    pub subject: Option<String>,
    /// Xero's name of this consent, by which the organisations chosen in it are told from earlier ones.
    pub event: Option<String>,
}

/// One organisation that consent was given for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// The connection, for disconnecting; not the tenant.
    pub connection_id: String,
    /// The organisation, for every call.
    pub tenant_id: String,
    /// The consent it was chosen in last.
    pub event: Option<String>,
    /// Its name.
    pub name: String,
}

/// Why there are no tokens. None of these texts holds a token or a body.
#[derive(Debug, thiserror::Error)]
pub enum OauthError {
    /// The code or refresh token is not taken. Read the stored token once more, since another process may have
    /// renewed it; if it is the same, a person must give consent again.
    #[error("the authorisation is no longer valid")]
    InvalidGrant,
    /// The ledger does not know vouch by this id and password: whoever runs vouch must correct the configuration.
    #[error("the ledger does not know this client id and secret")]
    InvalidClient,
    /// Nothing was sent: try again later with the same token.
    #[error("the authorisation server could not be reached")]
    Unreachable(#[source] Box<LedgerError>),
    /// Too many calls: try again after this wait with the same token.
    #[error("the authorisation server asked us to slow down")]
    RateLimited(Duration),
    /// The token may have been changed already: read the stored one once more, then try once again with it.
    #[error("the authorisation server did not say whether it answered ({0})")]
    Ambiguous(String),
    /// The answer or our request is wrong; trying again cannot help.
    #[error("the authorisation server did not understand us, or we not it ({0})")]
    Malformed(String),
}

/// What the ledgers add to the standard answer.
///
/// A bare `Number`: numbers of a flattened part come as maps when serde_json keeps their digits, and only
/// serde_json's own types read those.
#[derive(Debug, Deserialize, Serialize)]
struct ExtraFields {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x_refresh_token_expires_in: Option<Number>,
    /// What is left of QuickBooks' five years; sent when the request asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x_refresh_token_hard_expires_in: Option<Number>,
}

impl ExtraTokenFields for ExtraFields {}

type TokenAnswer = StandardTokenResponse<ExtraFields, BasicTokenType>;

type Client<HasAuthUrl, HasTokenUrl> = oauth2::Client<
    BasicErrorResponse,
    TokenAnswer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    HasAuthUrl,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    HasTokenUrl,
>;

impl App {
    /// The page on which a person gives consent. `state` comes back with the answer and must be compared. A proof key
    /// (PKCE, RFC 7636) goes along as its hash, so that a code that somebody else caught is of no use to them.
    ///
    /// # Errors
    /// An address of the configuration is not one.
    pub fn consent_url(&self, state: &str, verifier: Option<&Secret>) -> Result<String, OauthError> {
        let client = self.client()?;
        let scopes = self.scopes.iter().cloned().map(Scope::new);
        let mut page = client.authorize_url(|| CsrfToken::new(state.to_owned())).add_scopes(scopes);
        if let Some(verifier) = verifier {
            page = page.set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&proof_key(verifier)));
        }
        let (url, _) = page.url();
        Ok(url.into())
    }

    /// Changes the code of the callback for tokens. A code works once, and only with the proof key it was asked for
    /// with.
    ///
    /// # Errors
    /// See [`OauthError`].
    pub async fn tokens_from_code(
        &self,
        http: &reqwest::Client,
        code: &str,
        verifier: Option<&Secret>,
    ) -> Result<Tokens, OauthError> {
        let client = self.client()?;
        let mut request = client.exchange_code(AuthorizationCode::new(code.to_owned()));
        if let Some(verifier) = verifier {
            request = request.set_pkce_verifier(proof_key(verifier));
        }
        let answer = request.request_async(&|request| self.attempt(http, request)).await.map_err(refusal)?;
        self.tokens(&answer, None)
    }

    /// Renews the tokens. Hold the connection's lock around this and around storing what it answers.
    ///
    /// # Errors
    /// See [`OauthError`].
    pub async fn tokens_refresh(&self, http: &reqwest::Client, refresh_token: &Secret) -> Result<Tokens, OauthError> {
        let client = self.client()?;
        let current = RefreshToken::new(refresh_token.expose().to_owned());
        let request = client.exchange_refresh_token(&current);
        let answer = request.request_async(&|request| self.attempt(http, request)).await.map_err(refusal)?;
        self.tokens(&answer, Some(refresh_token))
    }

    /// Gives a refresh token up. At Xero this ends every connection of that user.
    ///
    /// # Errors
    /// See [`OauthError`]; `InvalidGrant` means that it was dead already.
    pub async fn revoke(&self, http: &reqwest::Client, refresh_token: &Secret) -> Result<(), OauthError> {
        // Not by the oauth2 crate: Intuit wants JSON here, and the crate refuses the sandbox's plain HTTP.
        let request = http.post(&self.revoke_url).basic_auth(&self.client_id, Some(self.client_secret.expose()));
        let request = match self.ledger {
            LedgerKind::QuickBooks => request.json(&serde_json::json!({ "token": refresh_token.expose() })),
            LedgerKind::Xero => request.form(&[("token", refresh_token.expose())]),
        };
        let request = request.header(reqwest::header::ACCEPT, "application/json");
        let answer = transport::send(self.ledger.title(), request).await.map_err(attempt_failed)?;
        match answer.status {
            200..=299 => Ok(()),
            _ if error_code(&answer.body) == Some(BasicErrorResponseType::InvalidClient) => {
                Err(OauthError::InvalidClient)
            }
            400 => Err(OauthError::InvalidGrant),
            401 => Err(OauthError::InvalidClient),
            status => Err(by_status(status, &answer.headers)),
        }
    }

    /// The organisations that these tokens reach. An empty list with a token that works means that the connection
    /// was ended at the ledger.
    ///
    /// # Errors
    /// See [`OauthError`]; `InvalidGrant` means that the access token is not taken.
    pub async fn tenants(&self, http: &reqwest::Client, access: &Secret) -> Result<Vec<Tenant>, OauthError> {
        let Some(url) = &self.connections_url else { return Ok(Vec::new()) };
        let request = http.get(url).bearer_auth(access.expose()).header(reqwest::header::ACCEPT, "application/json");
        let answer = transport::send(self.ledger.title(), request).await.map_err(attempt_failed)?;
        match answer.status {
            200 => tenants(&answer.body),
            401 | 403 => Err(OauthError::InvalidGrant),
            status => Err(by_status(status, &answer.headers)),
        }
    }

    /// Ends the connection to one organisation of Xero and leaves the user's others as they are.
    ///
    /// # Errors
    /// See [`OauthError`]; `InvalidGrant` means that the access token is not taken, or the connection is gone already.
    pub async fn tenant_disconnect(
        &self,
        http: &reqwest::Client,
        access: &Secret,
        connection_id: &str,
    ) -> Result<(), OauthError> {
        let Some(list) = &self.connections_url else { return Ok(()) };
        let url = transport::address(self.ledger.title(), list, &[connection_id]).map_err(attempt_failed)?;
        let request = http.delete(url).bearer_auth(access.expose());
        let answer = transport::send(self.ledger.title(), request).await.map_err(attempt_failed)?;
        match answer.status {
            200..=299 | 404 => Ok(()),
            401 | 403 => Err(OauthError::InvalidGrant),
            status => Err(by_status(status, &answer.headers)),
        }
    }

    fn client(&self) -> Result<Client<oauth2::EndpointSet, oauth2::EndpointSet>, OauthError> {
        let wrong = |_| OauthError::Malformed("an address in the configuration".to_owned());
        Ok(Client::new(ClientId::new(self.client_id.clone()))
            .set_client_secret(ClientSecret::new(self.client_secret.expose().to_owned()))
            .set_auth_uri(AuthUrl::new(self.authorize_url.clone()).map_err(wrong)?)
            .set_token_uri(TokenUrl::new(self.token_url.clone()).map_err(wrong)?)
            .set_redirect_uri(RedirectUrl::new(self.redirect_url.clone()).map_err(wrong)?))
    }

    /// One HTTP attempt for the oauth2 crate. Statuses that say nothing about the token do not reach its parser.
    fn attempt(
        &self,
        http: &reqwest::Client,
        request: HttpRequest,
    ) -> impl Future<Output = Result<HttpResponse, AttemptError>> + Send + use<> {
        let (http, ledger) = (http.clone(), self.ledger.title());
        async move {
            let (parts, body) = request.into_parts();
            let request = http.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body);
            // Without it Intuit keeps to itself when the consent ends for good; Xero does not mind it.
            let request = request.header("x-include-refresh-token-hard-expires-in", "true");
            let answer = transport::send(ledger, request).await.map_err(attempt_failed).map_err(AttemptError)?;
            if !matches!(answer.status, 200 | 400..=403) {
                return Err(AttemptError(by_status(answer.status, &answer.headers)));
            }
            let mut response = http::Response::new(answer.body);
            *response.headers_mut() = answer.headers;
            *response.status_mut() = http::StatusCode::from_u16(answer.status)
                .map_err(|_| AttemptError(OauthError::Ambiguous(format!("HTTP {}", answer.status))))?;
            Ok(response)
        }
    }
}

/// Carries our error through the oauth2 crate.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
struct AttemptError(OauthError);

fn attempt_failed(error: LedgerError) -> OauthError {
    match error {
        LedgerError::Unreachable { .. } => OauthError::Unreachable(Box::new(error)),
        LedgerError::Ambiguous { what, .. } => OauthError::Ambiguous(what),
        LedgerError::RateLimited { retry_after, .. } => OauthError::RateLimited(retry_after),
        LedgerError::TokenRefused { .. }
        | LedgerError::ConsentNeeded { .. }
        | LedgerError::AlreadyThere { .. }
        | LedgerError::Refused { .. }
        | LedgerError::HumanInLedger { .. }
        | LedgerError::Bug { .. } => OauthError::Malformed("our request".to_owned()),
    }
}

fn by_status(status: u16, headers: &http::HeaderMap) -> OauthError {
    match status {
        429 => OauthError::RateLimited(transport::retry_after(headers).unwrap_or(RATE_LIMIT_WAIT)),
        408 | 500..=599 => OauthError::Ambiguous(format!("HTTP {status}")),
        _ => OauthError::Malformed(format!("HTTP {status}")),
    }
}

/// How long to wait when an authorisation server does not say it.
const RATE_LIMIT_WAIT: Duration = Duration::from_secs(60);

fn refusal(error: RequestTokenError<AttemptError, BasicErrorResponse>) -> OauthError {
    match error {
        RequestTokenError::Request(AttemptError(error)) => error,
        RequestTokenError::ServerResponse(answer) => by_error_code(answer.error()),
        // A refusal under a status of 200 fails here, since it holds no access token.
        RequestTokenError::Parse(_, body) => match error_code(&body) {
            Some(code) => by_error_code(&code),
            None => OauthError::Ambiguous("unreadable answer".to_owned()),
        },
        RequestTokenError::Other(_) => OauthError::Ambiguous("unreadable answer".to_owned()),
    }
}

fn error_code(body: &[u8]) -> Option<BasicErrorResponseType> {
    let answer: BasicErrorResponse = serde_json::from_slice(body).ok()?;
    Some(answer.error().clone())
}

fn by_error_code(code: &BasicErrorResponseType) -> OauthError {
    match code {
        BasicErrorResponseType::InvalidGrant => OauthError::InvalidGrant,
        BasicErrorResponseType::InvalidClient | BasicErrorResponseType::UnauthorizedClient => OauthError::InvalidClient,
        BasicErrorResponseType::InvalidRequest
        | BasicErrorResponseType::InvalidScope
        | BasicErrorResponseType::UnsupportedGrantType => OauthError::Malformed(code.as_ref().to_owned()),
        BasicErrorResponseType::Extension(_) => OauthError::Malformed("an unknown error".to_owned()),
    }
}

/// How long Xero's refresh tokens live when they are not used. No answer says it.
const XERO_REFRESH_LASTS: Duration = Duration::from_secs(60 * 24 * 3600);

impl App {
    /// An answer without a new refresh token leaves the old one in force; a consent without one is of no use.
    fn tokens(&self, answer: &TokenAnswer, current: Option<&Secret>) -> Result<Tokens, OauthError> {
        let access = answer.access_token().secret();
        let refresh = answer.refresh_token().map(|token| Secret::new(token.secret())).or_else(|| current.cloned());
        let refresh = refresh.filter(|token| !token.expose().is_empty());
        let refresh =
            refresh.ok_or_else(|| OauthError::Malformed("no refresh token: is its scope asked for?".to_owned()))?;
        if access.is_empty() {
            return Err(OauthError::Malformed("an empty access token".to_owned()));
        }
        let extra = answer.extra_fields();
        let ends = [&extra.x_refresh_token_expires_in, &extra.x_refresh_token_hard_expires_in];
        let first_end = ends.into_iter().flatten().filter_map(|seconds| seconds.to_string().parse().ok()).min();
        let silent = match self.ledger {
            LedgerKind::QuickBooks => None,
            LedgerKind::Xero => Some(XERO_REFRESH_LASTS),
        };
        let Claims { xero_userid, authentication_event_id } = claims(answer.access_token());
        Ok(Tokens {
            access: Secret::new(access),
            refresh,
            // Both ledgers say it; when one does not, the token is used at once and renewed before the next use.
            expires_in: answer.expires_in().unwrap_or_default(),
            refresh_expires_in: first_end.map(Duration::from_secs).or(silent),
            subject: xero_userid,
            event: authentication_event_id,
        })
    }
}

/// What stands in the middle part of Xero's access token. Intuit's is not readable, and has none of it.
#[derive(Debug, Default, Deserialize)]
struct Claims {
    xero_userid: Option<String>,
    authentication_event_id: Option<String>,
}

fn claims(access: &AccessToken) -> Claims {
    let read = || {
        let payload = access.secret().split('.').nth(1)?;
        let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
        serde_json::from_slice(&payload).ok()
    };
    read().unwrap_or_default()
}

fn proof_key(verifier: &Secret) -> PkceCodeVerifier {
    PkceCodeVerifier::new(verifier.expose().to_owned())
}

fn tenants(body: &[u8]) -> Result<Vec<Tenant>, OauthError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Connection {
        id: String,
        tenant_id: String,
        tenant_type: Option<String>,
        tenant_name: Option<String>,
        auth_event_id: Option<String>,
    }
    let connections: Vec<Connection> = from_json(body)?;
    let organisations =
        connections.into_iter().filter(|connection| connection.tenant_type.as_deref() == Some("ORGANISATION"));
    Ok(organisations
        .map(|connection| Tenant {
            connection_id: connection.id,
            tenant_id: connection.tenant_id,
            event: connection.auth_event_id,
            name: connection.tenant_name.unwrap_or_default(),
        })
        .collect())
}

fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, OauthError> {
    serde_json::from_slice(body).map_err(|_| OauthError::Ambiguous("unreadable answer".to_owned()))
}

#[cfg(test)]
mod tests;
