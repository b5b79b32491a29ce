//! The handlers of the pages, one file a page.

pub mod approval;
mod approval_view;
pub mod blocked;
pub mod connections;
mod dimensions;
pub mod document;
mod document_view;
pub mod documents;
pub mod drift;
pub mod history;
pub mod part;
pub mod people;
pub mod policy;
mod reversals;
pub mod suppliers;
pub mod upload;
pub mod webhooks;

use std::{collections::BTreeMap, str::FromStr};

use axum::{
    Router,
    http::StatusCode,
    routing::{get, post},
};

use super::{App, error::WebError, view::Choice};
use crate::store::connection::Connection;

/// The routes of the signed-in pages, but for the list and its uploads.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/documents/{id}", get(document::show))
        .route("/documents/{id}/state", get(document::state))
        .route("/documents/{id}/original", get(document::original))
        .route("/documents/{id}/pages/{number}", get(document::picture))
        .route("/documents/{id}/correct", post(document::correct))
        .route("/documents/{id}/approve", post(document::approve))
        .route("/documents/{id}/reject", post(document::reject))
        .route("/documents/{id}/keep", post(document::keep))
        .route("/documents/{id}/reread", post(document::read_again))
        .route("/documents/{id}/join", post(part::join_parts))
        .route("/documents/{id}/retry", post(document::retry))
        .route("/documents/{id}/restart", post(document::restart))
        .route("/documents/{id}/reversal", post(document::reversal))
        .route("/documents/{id}/task", post(approval::task))
        .route("/documents/{id}/comment", post(approval::comment))
        .route("/tasks", get(approval::tasks).post(approval::approve_all))
        .route("/delegations", post(approval::delegate))
        .route("/delegations/{id}/end", post(approval::end_delegation))
        .route("/connections", get(connections::show))
        .route("/connections/choose", post(connections::choose))
        .route("/connections/{name}/connect", post(connections::connect))
        .route("/connections/{name}/callback", get(connections::callback))
        .route("/connections/{id}/mapping", post(connections::mapping))
        .route("/connections/{id}/sync", post(connections::sync))
        .route("/connections/{id}/disconnect", post(connections::disconnect))
        .route("/blocked", get(blocked::show))
        .route("/blocked/mapping", post(blocked::mapping))
        .route("/blocked/again", post(blocked::again))
        .route("/drift", get(drift::show))
        .route("/drift/{id}/accept", post(drift::accept))
        .route("/webhooks/{name}", post(webhooks::receive))
        .route("/people", get(people::show).post(people::add))
        .route("/people/{id}/roles", post(people::roles))
        .route("/people/{id}/disable", post(people::disable))
        .route("/people/{id}/enable", post(people::enable))
        .route("/suppliers", get(suppliers::show))
        .route("/suppliers/{id}/undo", post(suppliers::undo))
        .route("/policy", get(policy::show).post(policy::store))
        .route("/history", get(history::show))
}

/// A form as the browser sent it: names and values; of a name that comes twice, the last.
pub(super) type Fields = BTreeMap<String, String>;

fn fields(pairs: Vec<(String, String)>) -> Fields {
    pairs.into_iter().collect()
}

/// `Xero · Harbour Trading`.
fn destination_name(connection: &Connection) -> String {
    let ledger = crate::pipeline::LedgerKind::from_name(&connection.ledger);
    format!("{} · {}", ledger.map_or(connection.ledger.as_str(), |kind| kind.title()), connection.name)
}

/// The companies a document can go to.
fn destination_choices(connections: &[Connection], chosen: &str) -> Vec<Choice> {
    let usable =
        connections.iter().filter(|connection| matches!(connection.state.as_str(), "connected" | "consent_needed"));
    usable.map(|connection| Choice::new(connection.id.to_string(), destination_name(connection), chosen)).collect()
}

/// A form's value, if there is one and it says something.
fn said<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// The id in an address; what is no id is not there.
fn parse_id<T: FromStr>(id: &str) -> Result<T, WebError> {
    id.parse().map_err(|_| WebError::not_found())
}

/// The version of a document that a form was made for.
fn version(form: &Fields) -> Result<i64, WebError> {
    let version = said(form, "version").and_then(|text| text.parse().ok());
    version.ok_or(WebError::new(StatusCode::UNPROCESSABLE_ENTITY, "body_missing"))
}

/// A form's value that cannot be taken, with what was expected.
fn invalid(message: &str) -> WebError {
    WebError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field").with_detail(message)
}
