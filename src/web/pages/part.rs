//! A document that shares its picture with others: its card on the page, and saying that the picture is one document.

use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};

use super::{fields, parse_id, version};
use crate::{
    approval::{
        permission,
        state::{Event, State as DocumentState},
    },
    model::field::FieldName,
    pipeline::{
        actions::document_for,
        join::{join, may_join},
    },
    store::{
        StoreError,
        document::{Document, document_parts},
    },
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

/// The card of a document's page; none where its file was never divided nor seemed to be several.
pub(super) async fn part_view(app: &App, signed: &Signed, document: &Document) -> Result<Option<PartView>, WebError> {
    let by = signed.person.id;
    let allowed = permission::allows(&signed.person, &Event::Joined { by }, document.submitter == by);
    let Some(part) = document.division.part() else {
        let can_join = allowed && may_join(document);
        return Ok(can_join.then_some(PartView { label: None, parts: Vec::new(), can_join }));
    };
    let all = document_parts(&app.context.db, part.of).await?;
    // The first is read again, so it may not have been decided; the others may have been refused.
    let open = |other: &Document| {
        may_join(other) || (other.id != part.of && matches!(other.state, DocumentState::Rejected { .. }))
    };
    let can_join = allowed && all.iter().all(open) && all.iter().any(|other| other.id == part.of);
    let mut parts = Vec::new();
    for other in &all {
        let Some(place) = other.division.part() else { continue };
        let is_this = other.id == document.id;
        let seen = match document_for(&app.context, &signed.person, other.id).await {
            Ok(_) => true,
            Err(StoreError::NotFound(_)) => false,
            Err(error) => return Err(error.into()),
        };
        let draft = other.draft.as_ref().filter(|_| seen);
        parts.push(SiblingView {
            label: part_label(&signed.chrome(), place.number, place.count),
            url: (seen && !is_this).then(|| format!("/documents/{}", other.id)),
            is_this,
            supplier: draft.and_then(|draft| draft.text(FieldName::SupplierName)).map(str::to_owned),
            total: draft.and_then(|draft| draft.money(FieldName::Total)).map(MoneyView::from),
            state: other.state.name(),
        });
    }
    let label = Some(part_label(&signed.chrome(), part.number, part.count));
    Ok(Some(PartView { label, parts, can_join }))
}
