//! What can be asked about and done with one document.

use std::collections::BTreeMap;

use axum::{
    Form, Json,
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{Fields, fields, parse_id, said, version};
use crate::{
    blob::original_name,
    model::{
        category::Category,
        field::{DocumentKind, FieldName},
        finding::Severity,
    },
    pipeline::{
        actions::{Action, Correction, Reverse, act, document_for},
        stages::run_check,
    },
    store::document::{Document, document_fetch, page_list},
    web::{
        App,
        error::WebError,
        pages::{approval::looked, document_view::document_page, part::part_json},
        session::{Signed, page, redirect_with_notice},
        view::NoticeKind,
    },
};

/// A document's page.
pub async fn show(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Response {
    let shown = async {
        let document = document_for(&app.context, &signed.person, parse_id(&id)?).await?;
        looked(&app, document.id, signed.person.id).await;
        document_page(&app, &signed, document).await
    };
    match shown.await {
        Ok(view) => page(&view),
        Err(error) => signed.problem(error),
    }
}

/// Where a document stands, for a page that waits; and, of a part of a picture, which it is and the ids of all.
pub async fn state(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Response {
    let found = async {
        let document = document_for(&app.context, &signed.person, parse_id(&id)?).await?;
        let part = part_json(&document);
        Ok::<_, WebError>((document.state, part))
    };
    match found.await {
        Ok((state, part)) => {
            let label = signed.chrome().name("state", state.name());
            let mut answer = json!({ "state": state.name(), "label": label, "settled": !state.is_moving() });
            if let (Some(part), Some(answer)) = (part, answer.as_object_mut()) {
                answer.insert("part".to_owned(), part);
            }
            Json(answer).into_response()
        }
        Err(error) => signed.problem(error),
    }
}

/// The original bytes, as they were uploaded.
pub async fn original(State(app): State<App>, signed: Signed, Path(id): Path<String>) -> Response {
    let found = async {
        let document = document_for(&app.context, &signed.person, parse_id(&id)?).await?;
        // A part's original is the picture it was cut from; whoever may see the part may see that.
        let document = match document.division.part() {
            Some(part) if part.of != document.id => document_fetch(&app.context.db, part.of).await?,
            Some(_) | None => document,
        };
        let bytes = app.context.blobs.get(&original_name(&document.sha256)).await?;
        Ok::<_, WebError>((document, bytes))
    };
    match found.await {
        Ok((document, bytes)) => {
            let disposition = format!("inline; filename=\"original.{}\"", document.media_type.extension());
            let mut answer = bytes.into_response();
            let headers = answer.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(document.media_type.name()));
            if let Ok(value) = HeaderValue::from_str(&disposition) {
                headers.insert(header::CONTENT_DISPOSITION, value);
            }
            // Somebody else's file is shown: nothing in it may run.
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
            answer
        }
        Err(error) => signed.problem(error),
    }
}

/// A page's picture.
pub async fn picture(State(app): State<App>, signed: Signed, Path((id, number)): Path<(String, u32)>) -> Response {
    let found = async {
        let document = document_for(&app.context, &signed.person, parse_id(&id)?).await?;
        let pages = page_list(&app.context.db, document.id).await?;
        let page = pages.into_iter().find(|page| page.number == number).ok_or(WebError::not_found())?;
        Ok::<_, WebError>(app.context.blobs.get(&page.picture).await?)
    };
    match found.await {
        Ok(bytes) => {
            let headers = [(header::CONTENT_TYPE, "image/jpeg"), (header::CACHE_CONTROL, "private, max-age=300")];
            (headers, bytes).into_response()
        }
        Err(error) => signed.problem(error),
    }
}

/// Checks the form, does the action, and goes back to the document.
async fn done(app: &App, signed: &Signed, id: &str, form: &Fields, action: Action, notice: &str) -> Response {
    let result = async {
        signed.check(form.get("csrf").map(String::as_str))?;
        let id = parse_id(id)?;
        Ok::<_, WebError>(act(&app.context, &signed.person, id, version(form)?, action).await?)
    };
    match result.await {
        Ok(document) => redirect_with_notice(app, &format!("/documents/{}", document.id), NoticeKind::Good, notice),
        Err(error) => signed.problem(error),
    }
}

type Pairs = Form<Vec<(String, String)>>;

/// Changes or confirms values, and with `then=submit` sends it on.
pub async fn correct(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(form): Pairs) -> Response {
    let form = fields(form);
    match corrected(&app, &signed, &id, &form).await {
        Ok(document) => {
            let to = format!("/documents/{}", document.id);
            redirect_with_notice(&app, &to, NoticeKind::Good, "saved")
        }
        Err(error) => signed.problem(error),
    }
}

async fn corrected(app: &App, signed: &Signed, id: &str, form: &Fields) -> Result<Document, WebError> {
    signed.check(form.get("csrf").map(String::as_str))?;
    let (context, id) = (&app.context, parse_id(id)?);
    let action = Action::Correct(Box::new(correction(form)));
    act(context, &signed.person, id, version(form)?, action).await?;
    // The checks are quick, and the person wants to see what they say now; the queued job then finds nothing to do.
    if let Err(failed) = run_check(context, id).await {
        tracing::warn!(reason = failed.reason, "The checks of document {id} are left to the queue");
    }
    let document = document_for(context, &signed.person, id).await?;
    let blocked = document.findings.iter().any(|finding| finding.severity == Severity::Block);
    let submit = said(form, "then") == Some("submit") && document.state.name() == "needs_review" && !blocked;
    if submit {
        return Ok(act(context, &signed.person, id, document.version, Action::Submit).await?);
    }
    Ok(document)
}

fn correction(form: &Fields) -> Correction {
    let typed = FieldName::ALL.iter().filter_map(|name| Some((*name, form.get(name.name())?.clone())));
    Correction {
        fields: typed.collect::<BTreeMap<_, _>>(),
        kind: said(form, "kind").and_then(DocumentKind::from_name),
        category: said(form, "category").and_then(Category::from_name),
        connection: said(form, "destination").and_then(|text| text.parse().ok()),
        department: form.get("department").cloned(),
        project: form.get("project").cloned(),
        attendees: form.get("attendees").cloned(),
        note: form.get("note").cloned(),
        claimant: form.get("claimant").cloned(),
        claimed: form.get("claimed").cloned(),
        card_line: form.get("card_line").cloned(),
        bank_line: form.get("bank_line").cloned(),
    }
}

/// Agrees.
pub async fn approve(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(form): Pairs) -> Response {
    done(&app, &signed, &id, &fields(form), Action::Approve, "approved").await
}

/// Refuses, with a reason.
pub async fn reject(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(form): Pairs) -> Response {
    let form = fields(form);
    let action = Action::Reject(said(&form, "reason").unwrap_or_default().to_owned());
    done(&app, &signed, &id, &form, action, "rejected").await
}

/// Keeps it although it looks like a duplicate.
pub async fn keep(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(form): Pairs) -> Response {
    let form = fields(form);
    let answer = done(&app, &signed, &id, &form, Action::Keep, "saved").await;
    if answer.status().is_redirection()
        && let Ok(id) = parse_id(&id)
        && let Err(failed) = run_check(&app.context, id).await
    {
        tracing::warn!(reason = failed.reason, "The checks of document {id} are left to the queue");
    }
    answer
}

/// Has it read again.
pub async fn read_again(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(form): Pairs) -> Response {
    done(&app, &signed, &id, &fields(form), Action::ReadAgain, "reread").await
}

/// Has it decided anew, under the policy in force.
pub async fn restart(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(form): Pairs) -> Response {
    done(&app, &signed, &id, &fields(form), Action::Restart, "restarted").await
}

/// Has it posted again.
pub async fn retry(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(form): Pairs) -> Response {
    done(&app, &signed, &id, &fields(form), Action::RetryPosting, "retried").await
}

/// Asks for the reversal of its entry, or decides about that.
pub async fn reversal(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(form): Pairs) -> Response {
    let form = fields(form);
    if let Err(error) = signed.check(form.get("csrf").map(String::as_str)) {
        return signed.problem(error);
    }
    let reason = || said(&form, "reason").unwrap_or_default().to_owned();
    let (what, notice) = match said(&form, "do").unwrap_or_default() {
        "ask" => (Reverse::Ask(reason()), "reversal-asked"),
        "agree" => (Reverse::Agree, "reversal-agreed"),
        "refuse" => (Reverse::Refuse(reason()), "reversal-refused"),
        "withdraw" => (Reverse::Withdraw, "reversal-withdrawn"),
        "retry" => (Reverse::Retry, "reversal-retried"),
        _ => return signed.problem(WebError::not_found()),
    };
    done(&app, &signed, &id, &form, Action::Reverse(what), notice).await
}
