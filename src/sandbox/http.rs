//! Requests and answers as plain values, and the one axum handler around them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Multipart, Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::connection::Line;
use super::faults::{self, FaultKind, Gate};
use super::limits::XERO_IN_FLIGHT_MAX;
use super::{Call, Options, Sandbox, lock, page, quickbooks, xero};

/// The longest request: `QuickBooks` takes uploads of 100 MB; Xero checks its own 10 MB.
const BODY_BYTES_MAX: usize = 101 * 1024 * 1024;

/// A request, read whole.
#[derive(Debug, Clone, Default)]
pub(super) struct Ask {
    /// `GET`, `POST`, `PUT`, `DELETE`.
    pub(super) method: String,
    /// The path as sent, still percent-encoded.
    pub(super) path: String,
    /// The query's pairs, decoded, in order.
    pub(super) query: Vec<(String, String)>,
    /// The headers.
    pub(super) headers: HeaderMap,
    /// The body.
    pub(super) body: Bytes,
    /// The parts of a multipart body.
    pub(super) parts: Vec<Part>,
}

/// One part of a multipart body.
#[derive(Debug, Clone)]
pub(super) struct Part {
    /// Its field name.
    pub(super) name: String,
    /// Its file name, empty where it has none.
    pub(super) file_name: String,
    /// Its media type, empty where it has none.
    pub(super) media_type: String,
    /// Its content.
    pub(super) bytes: Bytes,
}

impl Ask {
    /// The value of a query parameter; names in any case of letters.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The value of a header, empty where there is none.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The path's segments, decoded.
    pub(super) fn segments(&self) -> Vec<String> {
        self.path.split('/').filter(|segment| !segment.is_empty()).map(percent_decode).collect()
    }

    /// The pairs of a form body.
    pub(super) fn form(&self) -> Vec<(String, String)> {
        pairs(&String::from_utf8_lossy(&self.body))
    }

    /// Whether the media type of the body is this one.
    pub(super) fn is(&self, media_type: &str) -> bool {
        self.header("content-type").split(';').next().is_some_and(|sent| sent.trim().eq_ignore_ascii_case(media_type))
    }

    /// Whether the client asked for JSON in so many words; without it the real ledgers answer XML.
    pub(super) fn wants_json(&self) -> bool {
        self.header("accept").to_ascii_lowercase().contains("application/json")
    }

    /// The bearer token sent, empty where there is none.
    pub(super) fn bearer(&self) -> &str {
        self.header("authorization").strip_prefix("Bearer ").unwrap_or_default()
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    /// HTTP status.
    pub(super) status: u16,
    /// Headers.
    pub(super) headers: Vec<(&'static str, String)>,
    /// Body.
    pub(super) body: Vec<u8>,
}

impl Reply {
    /// JSON.
    pub(super) fn json(status: u16, value: &Value) -> Self {
        Self::typed(status, "application/json;charset=UTF-8", value.to_string().into_bytes())
    }

    /// A page.
    pub(super) fn html(status: u16, page: String) -> Self {
        Self::typed(status, "text/html; charset=utf-8", page.into_bytes())
    }

    /// Plain text.
    pub(super) fn text(status: u16, text: &str) -> Self {
        Self::typed(status, "text/plain; charset=utf-8", text.as_bytes().to_vec())
    }

    /// XML.
    pub(super) fn xml(status: u16, xml: &str) -> Self {
        Self::typed(status, "application/xml; charset=utf-8", xml.as_bytes().to_vec())
    }

    /// Sends a browser elsewhere with a GET.
    pub(super) fn redirect(location: String) -> Self {
        Self { status: 303, headers: vec![("location", location)], body: Vec::new() }
    }

    /// Bytes of a media type.
    pub(super) fn typed(status: u16, media_type: &str, body: Vec<u8>) -> Self {
        Self { status, headers: vec![("content-type", media_type.to_owned())], body }
    }

    /// With one more header.
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

/// What a ledger needs to know besides the request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting<'a> {
    /// How the sandbox behaves.
    pub(super) options: &'a Options,
    /// Now, milliseconds since 1970.
    pub(super) now_ms: i64,
}

/// The router: one handler, because the ledgers look at the whole request and say "not found" in their own ways.
pub(super) fn router(sandbox: Sandbox) -> Router {
    Router::new().fallback(handle).layer(DefaultBodyLimit::disable()).with_state(sandbox)
}

/// How a call ended: an answer, or a connection cut.
enum Outcome {
    Answer(Reply),
    Cut,
}

async fn handle(State(sandbox): State<Sandbox>, request: Request) -> Response {
    let line = request.extensions().get::<ConnectInfo<Line>>().cloned();
    let ask = match ask_read(request).await {
        Ok(ask) => ask,
        Err(response) => return response,
    };
    let call = format!("{} {}", ask.method, ask.path);
    let fault = faults::take(&sandbox.inner, &call, sandbox.now_ms());
    if let Some(FaultKind::SlowMs(wait_ms)) = fault {
        dawdle(Duration::from_millis(wait_ms)).await;
    }
    let (method, path) = (ask.method.clone(), ask.path.clone());
    let worker = sandbox.clone();
    // The gate may block and the state file is written: neither belongs on the runtime's threads.
    let outcome = tokio::task::spawn_blocking(move || carry_out(&worker, &ask, &call, fault)).await;
    let outcome = outcome.unwrap_or_else(|_| Outcome::Answer(Reply::text(500, "The sandbox failed.")));
    let status = match &outcome {
        Outcome::Answer(reply) => Some(reply.status),
        Outcome::Cut => None,
    };
    lock(&sandbox.inner.calls).push(Call { method, path, status });
    match outcome {
        Outcome::Answer(reply) => reply.into_response(),
        Outcome::Cut => cut(line),
    }
}

#[expect(clippy::disallowed_methods, reason = "being slow is what this fault is for")]
async fn dawdle(wait: Duration) {
    tokio::time::sleep(wait).await;
}

/// Closes the connection without an answer where it is ours; otherwise promises bytes that never come, which makes
/// the server close it in the middle of the answer.
fn cut(line: Option<ConnectInfo<Line>>) -> Response {
    if let Some(ConnectInfo(line)) = line {
        line.cut();
    }
    let never = Body::from_stream(Body::empty().into_data_stream());
    ([(header::CONTENT_LENGTH, "1000")], never).into_response()
}

async fn ask_read(request: Request) -> Result<Ask, Response> {
    let (parts, body) = request.into_parts();
    let body =
        axum::body::to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
    let mut ask = Ask {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: pairs(parts.uri.query().unwrap_or_default()),
        headers: parts.headers.clone(),
        body: body.clone(),
        parts: Vec::new(),
    };
    if ask.is("multipart/form-data") {
        // A multipart body that cannot be read has no parts; the ledger refuses it for that.
        ask.parts = parts_read(Request::from_parts(parts, Body::from(body))).await.unwrap_or_default();
    }
    Ok(ask)
}

async fn parts_read(request: Request) -> Option<Vec<Part>> {
    let mut multipart = Multipart::from_request(request, &()).await.ok()?;
    let mut parts = Vec::new();
    while let Some(field) = multipart.next_field().await.ok()? {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().unwrap_or_default().to_owned();
        let media_type = field.content_type().unwrap_or_default().to_owned();
        parts.push(Part { name, file_name, media_type, bytes: field.bytes().await.ok()? });
    }
    Some(parts)
}

fn carry_out(sandbox: &Sandbox, ask: &Ask, call: &str, fault: Option<FaultKind>) -> Outcome {
    let gate: Option<Arc<dyn Gate>> = lock(&sandbox.inner.gate).clone();
    if fault == Some(FaultKind::DropBeforeCommit) || gate.as_ref().is_some_and(|gate| !gate.before_commit(call)) {
        return Outcome::Cut;
    }
    let setting = Setting { options: &sandbox.inner.options, now_ms: sandbox.now_ms() };
    let reply = match fault.and_then(|kind| faults::refusal(kind, ask, setting.now_ms)) {
        Some(refusal) => {
            if fault == Some(FaultKind::Status500) && ask.path.starts_with("/xero/") {
                xero::remember(&mut sandbox.world(), ask, &refusal, setting.now_ms);
            }
            refusal
        }
        None => answer(sandbox, ask, setting),
    };
    let lost = fault == Some(FaultKind::DropAfterCommit);
    let cut = gate.is_some_and(|gate| !gate.after_commit(call)) || lost;
    let outcome = if cut { Outcome::Cut } else { Outcome::Answer(faults::spoil(fault, reply)) };
    let answered = match &outcome {
        Outcome::Answer(reply) => Some(reply),
        Outcome::Cut => None,
    };
    sandbox.inner.recorder.keep(ask, answered, fault);
    outcome
}

/// Carries a request out and remembers what it changed.
pub(super) fn answer(sandbox: &Sandbox, ask: &Ask, setting: Setting<'_>) -> Reply {
    let _underway = match Underway::enter(sandbox, ask, setting.options) {
        Ok(underway) => underway,
        Err(refusal) => return refusal,
    };
    let segments = ask.segments();
    let reply = {
        let mut world = sandbox.world();
        match segments.first().map(String::as_str) {
            Some("quickbooks") => quickbooks::answer(&mut world, ask, setting),
            Some("xero") => xero::answer(&mut world, ask, setting),
            Some(_) | None => page::answer(&world, ask),
        }
    };
    if ask.method != "GET" || ask.query("auto").is_some() {
        sandbox.save();
    }
    reply
}

/// A Xero request under way, counted for the limit of five at once.
struct Underway<'a> {
    sandbox: &'a Sandbox,
    tenant: String,
}

impl<'a> Underway<'a> {
    fn enter(sandbox: &'a Sandbox, ask: &Ask, options: &Options) -> Result<Option<Self>, Reply> {
        let tenant = ask.header("xero-tenant-id").to_owned();
        if !options.limits || tenant.is_empty() || !ask.path.starts_with("/xero/api") {
            return Ok(None);
        }
        let mut counts = lock(&sandbox.inner.in_flight);
        let count = counts.entry(tenant.clone()).or_default();
        if *count >= XERO_IN_FLIGHT_MAX {
            return Err(xero::too_many("concurrent", None));
        }
        *count += 1;
        Ok(Some(Self { sandbox, tenant }))
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        if let Some(count) = lock(&self.sandbox.inner.in_flight).get_mut(&self.tenant) {
            *count = count.saturating_sub(1);
        }
    }
}

/// The decoded pairs of `a=1&b=2`.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    let uri: Result<Uri, _> = format!("/?{text}").parse();
    uri.ok().and_then(|uri| Query::try_from_uri(&uri).ok()).map(|Query(pairs)| pairs).unwrap_or_default()
}

/// The text behind `%41%20`; a `+` is a plus sign, as in a path.
fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail.get(..2).filter(|_| *first == b'%').and_then(|pair| std::str::from_utf8(pair).ok());
        match hex.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A text made safe as a value in a query.
pub(super) fn percent_encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_goes_round() {
        let odd = "Café & Söhne/100 % + 1";
        assert_eq!(percent_decode(&percent_encode(odd)), odd);
        assert_eq!(percent_decode("a+b%2"), "a+b%2", "half an escape stays as it is");
        let decoded = pairs(&format!("where={}&page=1", percent_encode(odd)));
        assert_eq!(decoded, vec![("where".to_owned(), odd.to_owned()), ("page".to_owned(), "1".to_owned())]);
    }
}
