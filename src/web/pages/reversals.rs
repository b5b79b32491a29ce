//! The reversals that wait for a person, as other pages list them.

use crate::{
    approval::{
        permission,
        state::{Event, Reversal, ReversalEvent, ReversalStage, State},
    },
    model::{field::FieldName, organisation::Organisation, person::Person},
    store::{
        document::{Document, DocumentFilter, document_list},
        organisation::organisation_fetch,
    },
    web::{App, error::WebError, view::MoneyView, view_reversal::ReversalView},
};

/// More are not listed at once; the list of documents has all.
const SHOWN_MAX: i64 = 50;

/// What this person may decide: asked for by somebody else.
pub(super) async fn to_decide(app: &App, person: &Person) -> Result<Vec<ReversalView>, WebError> {
    let agreed = Event::Reversal(ReversalEvent::Agreed { by: person.id });
    if !permission::allows(person, &agreed, false) {
        return Ok(Vec::new());
    }
    listed(app, "reversal_asked", |reversal| match reversal.stage {
        ReversalStage::Asked if reversal.asked_by != person.id => Some(reversal.reason.clone()),
        ReversalStage::Asked
        | ReversalStage::Agreed { .. }
        | ReversalStage::Blocked { .. }
        | ReversalStage::Done { .. } => None,
    })
    .await
}

/// What a ledger would not let go.
pub(super) async fn blocked(app: &App) -> Result<Vec<ReversalView>, WebError> {
    listed(app, "reversal_blocked", |reversal| match &reversal.stage {
        ReversalStage::Blocked { message, .. } => Some(message.clone()),
        ReversalStage::Asked | ReversalStage::Agreed { .. } | ReversalStage::Done { .. } => None,
    })
    .await
}

async fn listed(
    app: &App,
    state: &str,
    reason: impl Fn(&Reversal) -> Option<String>,
) -> Result<Vec<ReversalView>, WebError> {
    let db = &app.context.db;
    let filter = DocumentFilter { state: Some(state.to_owned()), ..DocumentFilter::default() };
    let (documents, _) = document_list(db, &filter, 0, SHOWN_MAX).await?;
    if documents.is_empty() {
        return Ok(Vec::new());
    }
    let organisation = organisation_fetch(db).await?;
    Ok(documents.iter().filter_map(|document| view(document, &organisation, &reason)).collect())
}

fn view(
    document: &Document,
    organisation: &Organisation,
    reason: &impl Fn(&Reversal) -> Option<String>,
) -> Option<ReversalView> {
    let State::Reversal(reversal) = &document.state else { return None };
    let draft = document.draft.as_ref();
    let supplier = draft.and_then(|draft| draft.text(FieldName::SupplierName));
    Some(ReversalView {
        url: format!("/documents/{}", document.id),
        title: supplier.map_or_else(|| document.file_name.clone(), str::to_owned),
        total: draft.and_then(|draft| draft.money(FieldName::Total)).map(MoneyView::from),
        asked_by: organisation.name_of(reversal.asked_by),
        reason: reason(reversal)?,
    })
}
