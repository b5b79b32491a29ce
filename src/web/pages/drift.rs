//! What differs between vouch and the ledgers: seen by people, changed by nobody but them.

use std::collections::BTreeMap;

use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};

use super::{destination_name, fields};
use crate::{
    clock::date_in,
    model::{
        id::{ConnectionId, DocumentId},
        person::Role,
    },
    store::{
        StoreError,
        connection::connection_list,
        drift::{DriftRow, drift_accept, drift_list_of, drift_list_open},
        ledger_entry::ledger_entry_fetch,
        posting::Posting,
    },
    web::{
        App,
        error::WebError,
        session::{Signed, page, redirect_with_notice},
        view::{Chrome, NoticeKind},
        view_drift::{DriftLine, DriftPage},
    },
};

/// The most differences shown; those behind them come up as these are dealt with.
const ROWS_MAX: i64 = 200;
/// Who may look, and say that something is all right.
const LOOKERS: [Role; 2] = [Role::Accountant, Role::Administrator];

/// The page of differences.
pub async fn show(State(app): State<App>, signed: Signed) -> Response {
    let shown = async {
        signed.need(&LOOKERS)?;
        let (db, chrome) = (&app.context.db, signed.chrome());
        let connections = connection_list(db).await?;
        let is_connected = connections.iter().any(|connection| connection.state == "connected");
        let names: BTreeMap<ConnectionId, String> =
            connections.iter().map(|connection| (connection.id, destination_name(connection))).collect();
        let rows = drift_list_open(db, ROWS_MAX).await?;
        let lines = rows.into_iter().map(|row| line(&app, row, &names)).collect();
        Ok::<_, WebError>(DriftPage { chrome, lines, is_connected })
    };
    match shown.await {
        Ok(view) => page(&view),
        Err(error) => signed.problem(error),
    }
}

fn line(app: &App, row: DriftRow, names: &BTreeMap<ConnectionId, String>) -> DriftLine {
    DriftLine {
        id: row.id,
        company: names.get(&row.connection).cloned().unwrap_or_default(),
        kind: row.kind,
        supplier: row.supplier,
        approved: row.approved,
        found: row.found,
        since: date_in(row.since_us, &app.context.zone).to_string(),
        document_url: row.document.map(|id| format!("/documents/{id}")),
        ledger_url: row.url,
    }
}

/// Says that a difference is all right.
pub async fn accept(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    let accepted = async {
        signed.check(fields(form).get("csrf").map(String::as_str))?;
        signed.need(&LOOKERS)?;
        Ok::<_, WebError>(drift_accept(&app.context.db, &id, signed.person.id, app.context.clock.now_us()).await?)
    };
    match accepted.await {
        Ok(_) => redirect_with_notice(&app, "/drift", NoticeKind::Good, "accepted"),
        Err(error) => signed.problem(error),
    }
}

/// What a document's page says of its entry's differences, in the page's language; nothing while there are none.
pub(super) async fn of_document(app: &App, chrome: &Chrome, id: DocumentId) -> Result<Option<String>, StoreError> {
    let rows = drift_list_of(&app.context.db, id).await?;
    let sentences: Vec<String> = rows.iter().map(|row| sentence(chrome, row)).collect();
    Ok(Some(sentences.join(" ")).filter(|text| !text.is_empty()))
}

fn sentence(chrome: &Chrome, row: &DriftRow) -> String {
    let kind = chrome.name("differs", &row.kind);
    match (row.approved.as_str(), row.found.as_str()) {
        ("", "") => format!("{kind}."),
        ("", found) => format!("{kind}: {found}."),
        (approved, found) => format!("{kind}: {approved} → {found}."),
    }
}

/// Whether a document's entry was paid or reconciled in its ledger.
pub(super) async fn is_settled(app: &App, posting: &Posting) -> Result<bool, StoreError> {
    let Some(external_id) = &posting.external_id else { return Ok(false) };
    let row = ledger_entry_fetch(&app.context.db, posting.connection, &posting.resource, external_id).await?;
    Ok(row.is_some_and(|row| row.settled && row.live))
}
