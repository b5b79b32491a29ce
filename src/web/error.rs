//! What goes wrong on a page or in an answer: a code, one clear sentence, the next step; as a page or as JSON.

use askama::Template;
use axum::{
    Json,
    extract::Request,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde_json::json;
use tracing::error;

use super::{
    session::Visitor,
    view::{Chrome, ProblemPage},
};
use crate::{
    approval::{instance::Refused, state::TransitionError},
    blob::BlobError,
    pipeline::{actions::ActionError, ledger::ConnectError, receive::ReceiveError, transition::TransitionFailed},
    store::StoreError,
};

/// An answer that is not what was asked for. Nothing internal is in it: that was logged where it became this.
#[derive(Debug)]
pub struct WebError {
    /// The HTTP status.
    pub status: StatusCode,
    /// The code that programs can rely on and messages are found by.
    pub code: &'static str,
    /// More, in words that may be shown.
    pub detail: Option<String>,
}

impl WebError {
    /// An error with a code and nothing more.
    #[must_use]
    pub const fn new(status: StatusCode, code: &'static str) -> Self {
        Self { status, code, detail: None }
    }

    /// The same with more to say.
    #[must_use]
    pub fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }

    /// There is nothing here, or not for this person.
    #[must_use]
    pub const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found")
    }

    /// The person's roles do not allow it.
    #[must_use]
    pub const fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden")
    }

    fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        error!(error = crate::pipeline::describe(cause), "A request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal")
    }

    /// As JSON, for scripts and programs.
    #[must_use]
    pub fn into_json(self, chrome: &Chrome) -> Response {
        let sentence = chrome.t(&format!("error-{}", self.code));
        let message = self.detail.unwrap_or(sentence);
        (self.status, Json(json!({ "error": { "code": self.code, "message": message } }))).into_response()
    }

    /// As a page, in the visitor's language.
    #[must_use]
    pub fn into_page(self, mut chrome: Chrome) -> Response {
        let (status, code) = (self.status, self.code.to_owned());
        let back_url = "/documents".to_owned();
        // The address may be that of a form, which cannot be gone back to by a change of language.
        chrome.path.clone_from(&back_url);
        let page = ProblemPage { chrome, status: status.as_u16(), code, detail: self.detail, back_url };
        match page.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(_) => (status, page.code).into_response(),
        }
    }
}

impl From<StoreError> for WebError {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::NotFound(_) => Self::not_found(),
            StoreError::Conflict(_) => Self::new(StatusCode::CONFLICT, "stale_version"),
            StoreError::Database(_) | StoreError::Open(_) | StoreError::Migrate(_) | StoreError::Damaged { .. } => {
                Self::internal(&error)
            }
        }
    }
}

impl From<BlobError> for WebError {
    fn from(error: BlobError) -> Self {
        Self::internal(&error)
    }
}

impl From<ReceiveError> for WebError {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Intake(error) => {
                let status = match error.code() {
                    "upload_too_large" => StatusCode::PAYLOAD_TOO_LARGE,
                    "unsupported_type" => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    _ => StatusCode::UNPROCESSABLE_ENTITY,
                };
                Self::new(status, error.code())
            }
            ReceiveError::Blob(error) => error.into(),
            ReceiveError::Store(error) => error.into(),
        }
    }
}

impl From<Refused> for WebError {
    fn from(refused: Refused) -> Self {
        let (status, code) = match &refused {
            Refused::OwnClaim => return Self::new(StatusCode::FORBIDDEN, "own_document"),
            Refused::NotYours | Refused::NotSubmitter | Refused::NoSuchTask => (StatusCode::FORBIDDEN, "not_your_task"),
            Refused::NotNow(_)
            | Refused::NotPending(_)
            | Refused::Twice
            | Refused::FactsChanged
            | Refused::BuiltOn
            | Refused::TooSoon { .. } => (StatusCode::CONFLICT, "wrong_state"),
            Refused::ReasonMissing
            | Refused::SitsHere
            | Refused::NobodyNamed
            | Refused::BeforeAndAfter
            | Refused::TooDeep
            | Refused::NotAdded
            | Refused::NotAPool
            | Refused::NotPassed => (StatusCode::UNPROCESSABLE_ENTITY, "invalid_field"),
        };
        Self::new(status, code).with_detail(refused.to_string())
    }
}

impl From<ActionError> for WebError {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::Forbidden => Self::forbidden(),
            ActionError::Value { .. } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field").with_detail(error.to_string())
            }
            ActionError::Approval(refused) => refused.into(),
            ActionError::Transition(TransitionFailed::Store(error)) => error.into(),
            ActionError::Transition(TransitionFailed::Refused(refused)) => match refused {
                TransitionError::NotAllowed { .. } => Self::new(StatusCode::CONFLICT, "wrong_state"),
                TransitionError::OwnReversal => Self::new(StatusCode::FORBIDDEN, "own_reversal"),
                TransitionError::Blocked | TransitionError::ReasonMissing => {
                    Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field").with_detail(refused.to_string())
                }
            },
        }
    }
}

impl From<ConnectError> for WebError {
    fn from(error: ConnectError) -> Self {
        if let ConnectError::Store(error) = error {
            return error.into();
        }
        match &error {
            ConnectError::Store(_) | ConnectError::Secret(_) => Self::internal(&error),
            ConnectError::NotAsked | ConnectError::Refused(_) | ConnectError::NotSetUp(_) => {
                Self::new(StatusCode::BAD_REQUEST, "ledger_refused").with_detail(error.to_string())
            }
            ConnectError::Oauth(_) | ConnectError::Ledger(_) => {
                Self::new(StatusCode::BAD_GATEWAY, "ledger_unreachable").with_detail(error.to_string())
            }
        }
    }
}

/// Whether the asker wants JSON.
#[must_use]
pub fn wants_json(headers: &axum::http::HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("application/json")
}

/// No route has this path.
pub async fn not_found(visitor: Visitor, request: Request) -> Response {
    let chrome = visitor.chrome(request.uri());
    if wants_json(request.headers()) {
        return WebError::not_found().into_json(&chrome);
    }
    WebError::not_found().into_page(chrome)
}
