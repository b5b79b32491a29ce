//! Who is asking: sessions, signing in and out, the language, and protection against forged forms.

use std::sync::{Arc, LazyLock};

use argon2::{
    Argon2, PasswordHash, PasswordHasher, PasswordVerifier,
    password_hash::{SaltString, rand_core::OsRng},
};
use askama::Template;
use axum::{
    Form,
    extract::{FromRequestParts, Query, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, request::Parts},
    response::{Html, IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use super::{
    App,
    error::{WebError, wants_json},
    view::{Chrome, Notice, NoticeKind, PersonView, SignInPage},
    words::{Language, Words},
};
use crate::{
    model::{
        hash::sha256_hex,
        person::{Person, Role},
    },
    secret::random_hex,
    store::{
        approval::task_count,
        notice::person_language_store,
        person::person_by_email,
        session::{session_create, session_delete, session_fetch, sign_in_failure_append, sign_in_failure_count},
    },
};

const SESSION_COOKIE: &str = "vouch_session";
const LANGUAGE_COOKIE: &str = "vouch_language";
const NOTICE_COOKIE: &str = "vouch_notice";
/// Within this time …
const FAILURES_WITHIN_US: i64 = 15 * 60 * 1_000_000;
/// … so many wrong passwords for one address are answered.
const FAILURES_MAX: i64 = 10;
/// The longest e-mail address (RFC 5321, 4.5.3.1.3) and password that are looked at.
const EMAIL_BYTES_MAX: usize = 254;
const PASSWORD_BYTES_MAX: usize = 1024;
const YEAR_SECONDS: u64 = 365 * 24 * 3600;

/// Anybody: what their browser says of them.
#[derive(Debug, Clone)]
pub struct Visitor {
    words: Arc<Words>,
    language: Language,
    notice: Option<(NoticeKind, String)>,
    session: Option<(Person, String)>,
    to_approve: u64,
}

impl Visitor {
    /// The frame of a page for them.
    #[must_use]
    pub fn chrome(&self, uri: &Uri) -> Chrome {
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let person = self
            .session
            .as_ref()
            .map(|(person, _)| PersonView::new(&person.name, person.roles.iter().map(|role| role.name()).collect()));
        let mut chrome = Chrome {
            language: self.language,
            person,
            csrf: self.session.as_ref().map(|(_, csrf)| csrf.clone()).unwrap_or_default(),
            path,
            notice: None,
            to_approve: self.to_approve,
            words: Arc::clone(&self.words),
        };
        chrome.notice =
            self.notice.as_ref().map(|(kind, key)| Notice { kind: *kind, text: chrome.name("notice", key) });
        chrome
    }
}

impl FromRequestParts<App> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let headers = &parts.headers;
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = cookie(headers, LANGUAGE_COOKIE)
            .and_then(|code| Language::from_code(&code))
            .unwrap_or_else(|| accepted.map(Language::from_accept_language).unwrap_or_default());
        let notice = cookie(headers, NOTICE_COOKIE).and_then(|text| {
            let (kind, key) = text.split_once('.')?;
            Some((if kind == "good" { NoticeKind::Good } else { NoticeKind::Bad }, key.to_owned()))
        });
        let mut visitor = Self { words: Arc::clone(&app.words), language, notice, session: None, to_approve: 0 };
        if let Some(token) = cookie(headers, SESSION_COOKIE) {
            let now_us = app.context.clock.now_us();
            let session = session_fetch(&app.context.db, &sha256_hex(token.as_bytes()), now_us).await;
            let session = session.map_err(|error| WebError::from(error).into_page(visitor.chrome(&parts.uri)))?;
            visitor.session = session.map(|session| (session.person, session.csrf));
        }
        Ok(visitor)
    }
}

/// Somebody who is signed in; others are sent to sign in, and forged forms are refused.
///
/// A form's token is checked by [`Signed::check`], because it is in the body; a script's is in a header.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Who.
    pub person: Person,
    visitor: Visitor,
    csrf: String,
    uri: Uri,
    header_token: Option<String>,
    json: bool,
}

impl Signed {
    /// The frame of a page for them.
    #[must_use]
    pub fn chrome(&self) -> Chrome {
        self.visitor.chrome(&self.uri)
    }

    /// Whether a script or program asks, which wants JSON.
    #[must_use]
    pub const fn wants_json(&self) -> bool {
        self.json
    }

    /// Refuses a form that was not made for this session.
    ///
    /// # Errors
    /// The token is missing or another's.
    pub fn check(&self, token: Option<&str>) -> Result<(), WebError> {
        let token = token.or(self.header_token.as_deref()).unwrap_or_default();
        if bool::from(token.as_bytes().ct_eq(self.csrf.as_bytes())) {
            return Ok(());
        }
        Err(WebError::new(StatusCode::FORBIDDEN, "csrf"))
    }

    /// Refuses whoever has none of these roles.
    ///
    /// # Errors
    /// The person has none of them.
    pub fn need(&self, roles: &[Role]) -> Result<(), WebError> {
        if roles.iter().any(|role| self.person.has(*role)) { Ok(()) } else { Err(WebError::forbidden()) }
    }

    /// An error as this person's page or JSON.
    #[must_use]
    pub fn problem(&self, error: WebError) -> Response {
        if self.json { error.into_json(&self.chrome()) } else { error.into_page(self.chrome()) }
    }
}

impl FromRequestParts<App> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let mut visitor = Visitor::from_request_parts(parts, app).await?;
        let json = wants_json(&parts.headers);
        let uri = parts.uri.clone();
        let Some((person, csrf)) = visitor.session.clone() else {
            if json {
                let error = WebError::new(StatusCode::UNAUTHORIZED, "forbidden");
                return Err(error.into_json(&visitor.chrome(&uri)));
            }
            // What was to be done by a form is not done by going to its address.
            let next =
                if parts.method == Method::GET { uri.path_and_query().map_or("/", |path| path.as_str()) } else { "/" };
            let next = percent_encoded(next, b"/");
            return Err(Redirect::to(&format!("/sign-in?next={next}")).into_response());
        };
        if !json && let Ok(count) = task_count(&app.context.db, person.id).await {
            visitor.to_approve = u64::try_from(count).unwrap_or(0);
        }
        let header_token = parts.headers.get("x-csrf-token").and_then(|value| value.to_str().ok()).map(str::to_owned);
        Ok(Self { person, visitor, csrf, uri, header_token, json })
    }
}

/// A text percent-encoded for a query (RFC 3986, 2.3); `also_kept` are bytes that stay beside the unreserved ones.
#[must_use]
pub fn percent_encoded(text: &str, also_kept: &[u8]) -> String {
    let encode = |byte: u8| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) || also_kept.contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(encode).collect()
}

/// The page to sign in on.
pub async fn sign_in_page(visitor: Visitor, uri: Uri, Query(query): Query<NextQuery>) -> Response {
    page(&SignInPage { chrome: visitor.chrome(&uri), email: String::new(), error: None, next: ours(&query.next) })
}

/// Where to go after signing in.
#[derive(Debug, Default, Deserialize)]
pub struct NextQuery {
    #[serde(default)]
    next: String,
}

/// Only paths of ours: never another site.
fn ours(next: &str) -> String {
    // Browsers drop tabs and line breaks from addresses, so "/\t/" would be read as "//".
    let own = next.starts_with('/') && !next.starts_with("//") && !next.contains(|c: char| c == '\\' || c.is_control());
    if own { next.to_owned() } else { "/documents".to_owned() }
}

/// The sign-in form.
#[derive(Deserialize)]
pub struct SignInForm {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// Signs somebody in.
pub async fn sign_in(
    State(app): State<App>,
    visitor: Visitor,
    uri: Uri,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Response {
    let refuse = |status, code| {
        let (email, next) = (form.email.clone(), ours(&form.next));
        let mut answer = page(&SignInPage { chrome: visitor.chrome(&uri), email, error: Some(code), next });
        *answer.status_mut() = status;
        answer
    };
    if !same_site(&headers) {
        return refuse(StatusCode::FORBIDDEN, "csrf");
    }
    match sign_in_checked(&app, &form).await {
        Ok(Some(token)) => {
            let seconds = app.context.config.session_hours.saturating_mul(3600);
            let answer = Redirect::to(&ours(&form.next)).into_response();
            with_cookie(answer, &app, SESSION_COOKIE, &token, seconds)
        }
        Ok(None) => refuse(StatusCode::UNAUTHORIZED, "wrong_password"),
        Err(error) if error.code == "too_many_attempts" => refuse(error.status, error.code),
        Err(error) => error.into_page(visitor.chrome(&uri)),
    }
}

/// A new session's token, or `None` for a wrong password.
async fn sign_in_checked(app: &App, form: &SignInForm) -> Result<Option<String>, WebError> {
    let context = &app.context;
    if form.email.len() > EMAIL_BYTES_MAX || form.password.len() > PASSWORD_BYTES_MAX {
        return Ok(None);
    }
    // Hashing is slow and large on purpose; a few at a time leave room for everybody else, and make the count below
    // hold against a burst.
    let Ok(_turn) = HASHING.acquire().await else { return Ok(None) };
    let (email, now_us) = (form.email.trim().to_lowercase(), context.clock.now_us());
    let since_us = now_us.saturating_sub(FAILURES_WITHIN_US);
    if sign_in_failure_count(&context.db, &email, since_us).await? >= FAILURES_MAX {
        return Err(WebError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts"));
    }
    let found = person_by_email(&context.db, &email).await?;
    let (person, hash) = match found {
        Some((person, hash)) => (Some(person), hash),
        // The same work for an unknown address: the time taken tells nobody who is known.
        None => (None, NOBODYS_HASH.clone()),
    };
    let password = form.password.clone();
    let right = tokio::task::spawn_blocking(move || password_fits(&password, &hash)).await.unwrap_or(false);
    let Some(person) = person.filter(|person| right && person.active) else {
        sign_in_failure_append(&context.db, &email, now_us).await?;
        return Ok(None);
    };
    let token = random_hex(32);
    let lasts_us = i64::try_from(context.config.session_hours).unwrap_or(12).saturating_mul(3_600_000_000);
    let expires_at_us = now_us.saturating_add(lasts_us);
    session_create(&context.db, &sha256_hex(token.as_bytes()), person.id, &random_hex(24), expires_at_us).await?;
    Ok(Some(token))
}

/// Passwords that are hashed at the same time.
static HASHING: Semaphore = Semaphore::const_new(2);

static NOBODYS_HASH: LazyLock<String> = LazyLock::new(|| password_hash("nobody").unwrap_or_default());

/// The hash of a password, by argon2id with the crate's defaults.
///
/// # Errors
/// The password is too long for argon2.
pub fn password_hash(password: &str) -> Result<String, argon2::password_hash::Error> {
    let salt = SaltString::generate(&mut OsRng);
    Ok(Argon2::default().hash_password(password.as_bytes(), &salt)?.to_string())
}

fn password_fits(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Whether a form comes from our own page: browsers say where a request comes from.
fn same_site(headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-site").and_then(|value| value.to_str().ok()) {
        Some(site) => site == "same-origin" || site == "none",
        // An old browser or a program; the cookie's SameSite is the other guard.
        None => true,
    }
}

/// A form with nothing but its token.
#[derive(Deserialize)]
pub struct TokenForm {
    #[serde(default)]
    csrf: Option<String>,
}

/// Signs somebody out.
pub async fn sign_out(
    State(app): State<App>,
    signed: Signed,
    headers: HeaderMap,
    Form(form): Form<TokenForm>,
) -> Response {
    if let Err(error) = signed.check(form.csrf.as_deref()) {
        return signed.problem(error);
    }
    let token = cookie(&headers, SESSION_COOKIE).unwrap_or_default();
    match session_delete(&app.context.db, &sha256_hex(token.as_bytes())).await {
        Ok(()) => with_cookie(Redirect::to("/sign-in").into_response(), &app, SESSION_COOKIE, "", 0),
        Err(error) => signed.problem(error.into()),
    }
}

/// The language form.
#[derive(Deserialize)]
pub struct LanguageForm {
    language: String,
    #[serde(default)]
    back: String,
}

/// Remembers the language in which somebody wants the pages, and, where they are signed in, their notices.
pub async fn language(State(app): State<App>, visitor: Visitor, Form(form): Form<LanguageForm>) -> Response {
    let language = Language::from_code(&form.language).unwrap_or_default();
    if let Some((person, _)) = &visitor.session
        && let Err(error) = person_language_store(&app.context.db, person.id, language).await
    {
        // The page still changes; only the notices stay in the old language.
        tracing::warn!(%error, "The language of {} could not be kept", person.id);
    }
    with_cookie(Redirect::to(&ours(&form.back)).into_response(), &app, LANGUAGE_COOKIE, language.code(), YEAR_SECONDS)
}

/// Goes on to another page, with one sentence about what was done.
#[must_use]
pub fn redirect_with_notice(app: &App, to: &str, kind: NoticeKind, key: &str) -> Response {
    let text = format!("{}.{key}", kind.name());
    with_cookie(Redirect::to(to).into_response(), app, NOTICE_COOKIE, &text, 20)
}

/// A page; a notice that it shows is forgotten with it.
#[must_use]
pub fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => {
            let mut answer = Html(html).into_response();
            let forget = HeaderValue::from_static("vouch_notice=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly");
            answer.headers_mut().append(header::SET_COOKIE, forget);
            answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            answer
        }
        Err(error) => {
            tracing::error!(%error, "A page could not be made");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn with_cookie(mut answer: Response, app: &App, name: &str, value: &str, seconds: u64) -> Response {
    let secure = if app.context.config.address().starts_with("https://") { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let Ok(value) = HeaderValue::from_str(&text) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for (next, expected) in [
            ("/documents/1?x=2", "/documents/1?x=2"),
            ("//evil.example", "/documents"),
            ("https://evil.example", "/documents"),
            ("/\\evil.example", "/documents"),
            ("/\t/evil.example", "/documents"),
            ("", "/documents"),
        ] {
            assert_eq!(ours(next), expected);
        }
    }

    #[test]
    fn passwords_fit_their_hash_only() {
        let hash = password_hash("correct horse").expect("a short password");
        assert!(password_fits("correct horse", &hash));
        assert!(!password_fits("battery staple", &hash));
        assert!(!password_fits("correct horse", "not a hash"));
    }

    #[test]
    fn cookies_are_found() {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static("a=1; vouch_session=abc;b="));
        assert_eq!(cookie(&headers, "vouch_session").as_deref(), Some("abc"));
        assert_eq!(cookie(&headers, "b"), None);
    }
}
