//! Everything that happened, newest first.

use axum::{
    extract::{Query, State},
    response::Response,
};
use jiff::Timestamp;

use super::{fields, said};
use crate::{
    clock::text_in,
    model::person::{Actor, Role},
    store::{history::history_list_all, person::person_list},
    web::{
        App,
        error::WebError,
        session::{Signed, page},
        view::Paging,
        view_document::{EventView, event_detail, event_state},
        view_settings::{HistoryPage, HistoryRow},
    },
};

const PAGE_ROWS: i64 = 100;

/// The page of the whole history.
pub async fn show(State(app): State<App>, signed: Signed, Query(query): Query<Vec<(String, String)>>) -> Response {
    let query = fields(query);
    let number: i64 = said(&query, "page").and_then(|text| text.parse().ok()).unwrap_or(1).clamp(1, 1_000_000);
    match show_page(&app, &signed, number).await {
        Ok(view) => page(&view),
        Err(error) => signed.problem(error),
    }
}

async fn show_page(app: &App, signed: &Signed, number: i64) -> Result<HistoryPage, WebError> {
    signed.need(&[Role::Accountant, Role::Administrator])?;
    let offset = (number - 1) * PAGE_ROWS;
    let chrome = signed.chrome();
    let people = person_list(&app.context.db).await?;
    let (lines, total) = history_list_all(&app.context.db, offset, PAGE_ROWS).await?;
    let shown = i64::try_from(lines.len()).unwrap_or(0);
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    let rows = lines.into_iter().map(|(id, title, row)| HistoryRow {
        event: EventView {
            instant: Timestamp::from_microsecond(row.at_us).unwrap_or(Timestamp::UNIX_EPOCH).to_string(),
            when: text_in(row.at_us, &app.context.zone),
            who: match row.actor {
                Actor::Person(id) => people.iter().find(|person| person.id == id).map(|person| person.name.clone()),
                Actor::System(_) => None,
            },
            detail: event_detail(&chrome, &row.event, &row.detail),
            state: event_state(&row.event, &row.state),
            event: row.event,
        },
        document: Some((title, format!("/documents/{id}"))),
    });
    Ok(HistoryPage {
        rows: rows.collect(),
        paging: Paging {
            total: count(total),
            first: if shown == 0 { 0 } else { count(offset + 1) },
            last: count(offset + shown),
            previous_url: (number > 1).then(|| format!("/history?page={}", number - 1)),
            next_url: (offset + shown < total).then(|| format!("/history?page={}", number + 1)),
        },
        chrome,
    })
}
