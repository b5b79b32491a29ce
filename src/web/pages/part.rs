//! A document that shares its picture with others: its card on the page, and saying that the picture is one document.

use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};

use serde_json::{Value, json};

use super::{fields, parse_id, version};
use crate::{
    approval::{permission, state::Event},
    model::{field::FieldName, part::part_id},
    pipeline::{
        actions::may_see,
        join::{join, may_join, may_join_all},
    },
    store::document::{Document, document_parts},
    web::{
        App,
        error::WebError,
        session::{Signed, redirect_with_notice},
        view::{MoneyView, NoticeKind},
        view_part::{PartView, SiblingView, part_label},
    },
};

/// Says that the picture is one document; goes to the one that is read again.
pub async fn join_parts(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    let form = fields(form);
    let joined = async {
        signed.check(form.get("csrf").map(String::as_str))?;
        Ok::<_, WebError>(join(&app.context, &signed.person, parse_id(&id)?, version(&form)?).await?)
    };
    match joined.await {
        Ok(document) => redirect_with_notice(&app, &format!("/documents/{}", document.id), NoticeKind::Good, "joined"),
        Err(error) => signed.problem(error),
    }
}

/// Which part of its picture a document is, and the ids of all, in their order.
pub(super) fn part_json(document: &Document) -> Option<Value> {
    let part = document.division.part()?;
    let ids: Vec<String> = (1..=part.count).map(|number| part_id(part.of, number).to_string()).collect();
    Some(json!({ "number": part.number, "count": part.count, "documents": ids }))
}

/// The card of a document's page; none where its file was never divided nor seemed to be several.
pub(super) async fn part_view(app: &App, signed: &Signed, document: &Document) -> Result<Option<PartView>, WebError> {
    let by = signed.person.id;
    let allowed = permission::allows(&signed.person, &Event::Joined { by }, document.submitter == by);
    let Some(part) = document.division.part() else {
        let can_join = allowed && may_join(document);
        return Ok(can_join.then_some(PartView { label: None, parts: Vec::new(), can_join }));
    };
    let all = document_parts(&app.context.db, part.of).await?;
    let can_join = allowed && may_join_all(part.of, &all);
    let chrome = signed.chrome();
    let mut parts = Vec::new();
    for other in &all {
        let Some(place) = other.division.part() else { continue };
        let is_this = other.id == document.id;
        let seen = is_this || may_see(&app.context, &signed.person, other).await?;
        let draft = other.draft.as_ref().filter(|_| seen);
        parts.push(SiblingView {
            label: part_label(&chrome, place.number, place.count),
            url: (seen && !is_this).then(|| format!("/documents/{}", other.id)),
            is_this,
            supplier: draft.and_then(|draft| draft.text(FieldName::SupplierName)).map(str::to_owned),
            total: draft.and_then(|draft| draft.money(FieldName::Total)).map(MoneyView::from),
            state: other.state.name(),
        });
    }
    let label = Some(part_label(&chrome, part.number, part.count));
    Ok(Some(PartView { label, parts, can_join }))
}
