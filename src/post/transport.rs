//! One HTTP attempt at a ledger: sends it, reads a bounded answer, and says which half of it failed.
//!
//! Nothing is sent twice here. A failure before anything was sent is `Unreachable`; every other failure is
//! `Ambiguous`, because the ledger may have carried the request out.

use std::{pin::Pin, time::Duration};

use reqwest::{
    Url,
    header::{HeaderMap, RETRY_AFTER},
};

use crate::post::error::LedgerError;

/// No answer of a ledger that we ask for is longer; a page of a thousand accounts is about one megabyte.
const ANSWER_BYTES_MAX: usize = 32_000_000;
/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A wait that a ledger asks for is never taken longer than this: a day's quota returns within a day.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(86_400);

/// The wait where a ledger asks us to slow down and does not say for how long: a minute's calls come back in a minute,
/// and too many at once are over within seconds.
const UNSAID_WAIT: Duration = Duration::from_secs(60);
const AT_ONCE_WAIT: Duration = Duration::from_secs(2);

/// The client that calls ledgers; the type stays behind this name.
pub type Http = reqwest::Client;
/// Why there is no such client.
pub type HttpError = reqwest::Error;

/// The HTTP client for ledgers: it never repeats a request and never follows a redirection, since a redirected write
/// is either lost or done elsewhere.
///
/// # Errors
/// The TLS set-up of this machine cannot be used.
pub fn http_client(timeout: Duration) -> Result<Http, HttpError> {
    reqwest::Client::builder()
        .user_agent(concat!("vouch/", env!("CARGO_PKG_VERSION")))
        .timeout(timeout)
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .build()
}

/// A call under way; it has landed when this is dropped.
pub type Flight = Box<dyn Send>;

/// What a ledger said about its limits with an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// Calls left this minute, of the company or of the whole app, whichever are fewer.
    pub minute_left: Option<i64>,
    /// Calls left today.
    pub day_left: Option<i64>,
    /// It asked us to wait so long.
    pub wait: Option<Duration>,
}

/// The calls to one company: each waits for its turn, and what the ledger says about limits is passed on.
pub trait Calls: Send + Sync + std::fmt::Debug {
    /// Waits for a turn; the error is a wait that is too long to be waited here.
    fn turn(&self) -> Pin<Box<dyn Future<Output = Result<Flight, Duration>> + Send + '_>>;

    /// Hears what an answer said.
    fn told(&self, told: Told) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Whether the HTTP status says yes; the body may still say no.
    pub(crate) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

/// An address below `base`, each segment percent-encoded.
pub(crate) fn address(ledger: &'static str, base: &str, segments: &[&str]) -> Result<Url, LedgerError> {
    let wrong = || LedgerError::Bug {
        ledger,
        code: String::new(),
        message: "the address of the ledger in the configuration is not one".to_owned(),
    };
    let mut url = Url::parse(base).map_err(|_| wrong())?;
    url.path_segments_mut().map_err(|()| wrong())?.pop_if_empty().extend(segments);
    Ok(url)
}

/// Sends a request once and reads the answer.
///
/// # Errors
/// `Unreachable` when nothing was sent, `Bug` when the request could not be built, else `Ambiguous`.
pub(crate) async fn send(ledger: &'static str, request: reqwest::RequestBuilder) -> Result<Answer, LedgerError> {
    let mut response = request.send().await.map_err(|error| failed(ledger, error))?;
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(ledger, error))? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(LedgerError::Ambiguous { ledger, what: "an answer too long to read".to_owned() });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer { status, headers, body })
}

/// Sends a request when its turn has come.
///
/// # Errors
/// `RateLimited` when the turn is far away, and nothing was sent; else as `send`.
pub(crate) async fn send_in_turn(
    ledger: &'static str,
    request: reqwest::RequestBuilder,
    calls: Option<&dyn Calls>,
) -> Result<Answer, LedgerError> {
    let Some(calls) = calls else { return send(ledger, request).await };
    let flight = calls.turn().await.map_err(|retry_after| LedgerError::RateLimited { ledger, retry_after })?;
    let answer = send(ledger, request).await?;
    drop(flight);
    let told = told(&answer);
    if told != Told::default() {
        calls.told(told).await;
    }
    Ok(answer)
}

/// Xero counts with every answer; QuickBooks says only when it is too much.
fn told(answer: &Answer) -> Told {
    let left = |name: &str| answer.headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
    let problem = answer.headers.get("x-rate-limit-problem").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let unsaid = if problem.to_ascii_lowercase().starts_with("conc") { AT_ONCE_WAIT } else { UNSAID_WAIT };
    let minutes = [left("x-minlimit-remaining"), left("x-appminlimit-remaining")];
    Told {
        minute_left: minutes.into_iter().flatten().min(),
        day_left: left("x-daylimit-remaining"),
        wait: (answer.status == 429).then(|| retry_after(&answer.headers).unwrap_or(unsaid)),
    }
}

/// The wait that `Retry-After` asks for, in seconds; dates are not used by either ledger.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX))
}

/// Addresses hold names and queries, so they are taken out of the error before it can reach a log.
fn failed(ledger: &'static str, error: reqwest::Error) -> LedgerError {
    let error = error.without_url();
    if error.is_builder() {
        return LedgerError::Bug { ledger, code: String::new(), message: "the request could not be built".to_owned() };
    }
    if error.is_connect() {
        return LedgerError::Unreachable { ledger, source: error };
    }
    let what = if error.is_timeout() { "timeout" } else { "connection lost" };
    LedgerError::Ambiguous { ledger, what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_encoded() {
        let url = address("X", "http://localhost:1/base/", &["v3", "a b/c?d"]).expect("the base is an address");
        assert_eq!(url.as_str(), "http://localhost:1/base/v3/a%20b%2Fc%3Fd");
        assert!(matches!(address("X", "nonsense", &[]), Err(LedgerError::Bug { .. })));
    }

    #[test]
    fn waits_are_seconds_and_bounded() {
        let wait = |text: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, reqwest::header::HeaderValue::from_static(text));
            retry_after(&headers)
        };
        assert_eq!(wait("12"), Some(Duration::from_secs(12)));
        assert_eq!(wait("999999999"), Some(RETRY_AFTER_MAX));
        assert_eq!(wait("-1"), None);
        assert_eq!(wait("Sun, 22 Nov 2026 10:00:00 GMT"), None);
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
