//! What corrections taught about suppliers, and taking it back.

use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};

use super::fields;
use crate::{
    clock::text_in,
    model::person::Role,
    store::{
        hint::{HintRow, hint_list, hint_undo},
        person::person_list,
    },
    web::{
        App,
        error::WebError,
        session::{Signed, page, redirect_with_notice},
        view::NoticeKind,
        view_settings::{HintView, SuppliersPage},
    },
};

/// What was taught, the newest first.
pub async fn show(State(app): State<App>, signed: Signed) -> Response {
    let shown = async {
        signed.need(&[Role::Accountant, Role::Administrator])?;
        let people = person_list(&app.context.db).await?;
        let view = |row: HintRow| HintView {
            id: row.id,
            name: row.name,
            printed: row.printed,
            tax_id: row.tax_id,
            day_first: row.day_first,
            currency: row.currency.map(|currency| currency.code().to_owned()),
            url: format!("/documents/{}", row.document),
            by: people.iter().find(|person| person.id == row.person).map_or_else(String::new, |one| one.name.clone()),
            when: text_in(row.at_us, &app.context.zone),
        };
        let hints = hint_list(&app.context.db).await?.into_iter().rev().map(view).collect();
        Ok::<_, WebError>(SuppliersPage { chrome: signed.chrome(), hints })
    };
    match shown.await {
        Ok(view) => page(&view),
        Err(error) => signed.problem(error),
    }
}

/// Takes one back.
pub async fn undo(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    let form = fields(form);
    let undone = async {
        signed.check(form.get("csrf").map(String::as_str))?;
        signed.need(&[Role::Accountant, Role::Administrator])?;
        let txn = app.context.db.begin_write().await?;
        hint_undo(&txn, &id, signed.person.id, app.context.clock.now_us()).await?;
        Ok::<_, WebError>(txn.commit().await?)
    };
    match undone.await {
        Ok(()) => redirect_with_notice(&app, "/suppliers", NoticeKind::Good, "saved"),
        Err(error) => signed.problem(error),
    }
}
