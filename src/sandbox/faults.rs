//! Failures on demand: one-shot faults for demonstrations, a gate for tests that stop the world at a chosen call.

use serde_json::{Value, json};

use super::http::{Ask, Reply};
use super::{Inner, lock, quickbooks, xero};

/// A failure that strikes the first call it matches, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A part of `METHOD path`, such as `POST /quickbooks/v3/company/9130357766900001/purchase` or just `/upload`.
    pub matches: String,
    /// What happens.
    pub kind: FaultKind,
}

/// What happens to a call that is struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The connection closes without an answer and nothing was done.
    DropBeforeCommit,
    /// It is carried out, then the connection closes without an answer.
    DropAfterCommit,
    /// The access token is refused; nothing is done.
    Status401,
    /// Too many calls; nothing is done.
    Status429 {
        /// Seconds in the `Retry-After` header; no header when absent.
        retry_after: Option<u64>,
    },
    /// An internal error; nothing is done. Xero remembers it for the request's idempotency key.
    Status500,
    /// A page of HTML from the edge; nothing is done.
    Status503Html,
    /// It is carried out after this many milliseconds.
    SlowMs(u64),
    /// It is carried out, and answered 200 with something that is not JSON.
    Garbage,
    /// It is carried out, and only the first half of the answer's JSON comes.
    HalfJson,
    /// It is carried out, and the answer names another total.
    OtherTotal,
    /// It is carried out, and the answer names another currency.
    OtherCurrency,
}

impl FaultKind {
    /// Whether the answer is not what the ledger itself would say.
    pub(super) fn spoils(self) -> bool {
        match self {
            Self::DropBeforeCommit | Self::DropAfterCommit | Self::SlowMs(_) => false,
            Self::Status401
            | Self::Status429 { .. }
            | Self::Status500
            | Self::Status503Html
            | Self::Garbage
            | Self::HalfJson
            | Self::OtherTotal
            | Self::OtherCurrency => true,
        }
    }
}

/// A hook around every call. It may block: it runs on a thread of its own.
pub trait Gate: Send + Sync {
    /// Asked with `METHOD path` before a call is carried out; `false` closes the connection without doing it.
    fn before_commit(&self, call: &str) -> bool;

    /// Asked after it was carried out; `false` closes the connection without answering.
    fn after_commit(&self, call: &str) -> bool;
}

/// Takes the first armed fault that matches this call out of the queue.
/// Where none is armed, an outage strikes as long as it lasts.
pub(super) fn take(sandbox: &Inner, call: &str, now_ms: i64) -> Option<FaultKind> {
    let strikes = |fault: &Fault| call.contains(&fault.matches);
    let mut armed = lock(&sandbox.faults);
    if let Some(place) = armed.iter().position(strikes) {
        return Some(armed.remove(place).kind);
    }
    let outages = lock(&sandbox.outages);
    outages.iter().find(|(fault, until_ms)| now_ms < *until_ms && strikes(fault)).map(|(fault, _)| fault.kind)
}

/// The answer a fault gives in place of doing anything; `None` for faults that let the call through.
pub(super) fn refusal(kind: FaultKind, ask: &Ask, now_ms: i64) -> Option<Reply> {
    let xero_call = ask.path.starts_with("/xero/");
    match kind {
        FaultKind::Status401 if xero_call => Some(xero::unauthorized("TokenExpired: token expired")),
        FaultKind::Status401 => Some(quickbooks::unauthorized(now_ms)),
        FaultKind::Status429 { retry_after } => {
            let reply = if xero_call {
                xero::too_many("minute", retry_after)
            } else {
                quickbooks::too_many(retry_after, now_ms)
            };
            Some(reply)
        }
        FaultKind::Status500 if xero_call => Some(xero::internal_error()),
        FaultKind::Status500 => Some(quickbooks::internal_error(now_ms)),
        FaultKind::Status503Html => {
            Some(Reply::html(503, "<html><body><h1>503 Service Unavailable</h1></body></html>".to_owned()))
        }
        FaultKind::DropBeforeCommit
        | FaultKind::DropAfterCommit
        | FaultKind::SlowMs(_)
        | FaultKind::Garbage
        | FaultKind::HalfJson
        | FaultKind::OtherTotal
        | FaultKind::OtherCurrency => None,
    }
}

/// What a fault makes of an answer after the call was carried out.
pub(super) fn spoil(kind: Option<FaultKind>, mut reply: Reply) -> Reply {
    match kind {
        Some(FaultKind::Garbage) => Reply::html(200, "<!-- the cache answered -->ok".to_owned()),
        Some(FaultKind::HalfJson) => {
            reply.body.truncate(reply.body.len() / 2);
            reply
        }
        Some(kind @ (FaultKind::OtherTotal | FaultKind::OtherCurrency)) => {
            if let Ok(mut body) = serde_json::from_slice(&reply.body) {
                rename(&mut body, kind);
                reply.body = Value::to_string(&body).into_bytes();
            }
            reply
        }
        Some(
            FaultKind::DropBeforeCommit
            | FaultKind::DropAfterCommit
            | FaultKind::Status401
            | FaultKind::Status429 { .. }
            | FaultKind::Status500
            | FaultKind::Status503Html
            | FaultKind::SlowMs(_),
        )
        | None => reply,
    }
}

/// Puts another total or another currency wherever an answer names one.
fn rename(value: &mut Value, kind: FaultKind) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| rename(value, kind)),
        Value::Object(members) => {
            for (name, member) in members {
                match (name.as_str(), kind) {
                    ("TotalAmt" | "Total", FaultKind::OtherTotal) => *member = json!(1.23),
                    ("CurrencyCode", FaultKind::OtherCurrency) => *member = json!("CHF"),
                    ("CurrencyRef", FaultKind::OtherCurrency) => *member = json!({"value": "CHF"}),
                    _ => rename(member, kind),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
