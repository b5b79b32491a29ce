//! The list of documents.

use axum::{
    extract::{Query, State},
    response::Response,
};

use super::{Fields, destination_choices, destination_name, fields, said};
use crate::{
    model::{
        category::Category,
        field::FieldName,
        finding::Severity,
        person::{Person, Role},
    },
    store::{
        connection::{Connection, connection_list},
        document::{Document, DocumentFilter, document_list},
    },
    web::{
        App,
        error::WebError,
        session::{Signed, page, percent_encoded},
        view::{Chrome, MoneyView, Paging},
        view_documents::{DocumentRow, DocumentsPage, Filter},
        view_part::part_label,
    },
};

const PAGE_ROWS: i64 = 50;
const BYTES_A_MEGABYTE: u64 = 1024 * 1024;

/// The list, narrowed as the address says.
pub async fn list(State(app): State<App>, signed: Signed, Query(query): Query<Vec<(String, String)>>) -> Response {
    match list_page(&app, &signed, &fields(query)).await {
        Ok(list) => page(&list),
        Err(error) => signed.problem(error),
    }
}

async fn list_page(app: &App, signed: &Signed, query: &Fields) -> Result<DocumentsPage, WebError> {
    let chrome = signed.chrome();
    let connections = connection_list(&app.context.db).await?;
    let number: i64 = said(query, "page").and_then(|text| text.parse().ok()).unwrap_or(1).clamp(1, 1_000_000);
    let offset = (number - 1) * PAGE_ROWS;
    let filter = store_filter(query, &signed.person);
    let (documents, total) = document_list(&app.context.db, &filter, offset, PAGE_ROWS).await?;
    let shown = i64::try_from(documents.len()).unwrap_or(0);
    let first = if shown == 0 { 0 } else { offset + 1 };
    let address = |number: i64| page_address(query, number);
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    let last_connection = documents.first().and_then(|document| document.connection);
    let usable =
        connections.iter().filter(|connection| matches!(connection.state.as_str(), "connected" | "consent_needed"));
    // The company used last is the likeliest for the next upload; a single one leaves no choice.
    let preset = last_connection.or_else(|| usable.clone().next().map(|connection| connection.id));
    let preset = preset.map(|id| id.to_string()).unwrap_or_default();
    Ok(DocumentsPage {
        can_upload: true,
        destinations: destination_choices(&connections, &preset),
        categories: chrome.category_choices(Category::Other.name()),
        filter: view_filter(query),
        states: {
            let mut states = chrome.state_choices(said(query, "state").unwrap_or_default());
            states.retain(|choice| crate::approval::state::State::NAMES.contains(&choice.value.as_str()));
            states
        },
        ledgers: destination_choices(&connections, said(query, "ledger").unwrap_or_default()),
        rows: documents.iter().map(|document| row(&chrome, document, &connections)).collect(),
        paging: Paging {
            total: count(total),
            first: count(first),
            last: count(offset + shown),
            previous_url: (number > 1).then(|| address(number - 1)),
            next_url: (offset + shown < total).then(|| address(number + 1)),
        },
        upload_mb_max: app.context.config.upload_bytes_max / BYTES_A_MEGABYTE,
        chrome,
    })
}

/// What the address narrows the list to; people who only submit see their own.
fn store_filter(query: &Fields, person: &Person) -> DocumentFilter {
    let own = |name: &str| said(query, name).map(str::to_owned);
    let sees_all = [Role::Approver, Role::Accountant, Role::Administrator].into_iter().any(|role| person.has(role));
    let scope = said(query, "scope").unwrap_or("all");
    let approve = scope == "approve" && sees_all;
    DocumentFilter {
        state: if approve { Some("awaiting_approval".to_owned()) } else { own("state") },
        // Only what a name is compared by counts: a comma alone narrows nothing.
        supplier: own("supplier").filter(|text| text.chars().any(char::is_alphanumeric)),
        from: own("from"),
        to: own("to"),
        connection: said(query, "ledger").and_then(|text| text.parse().ok()),
        submitter: (scope == "mine" || !sees_all).then_some(person.id),
        not_submitter: approve.then_some(person.id),
    }
}

fn view_filter(query: &Fields) -> Filter {
    let text = |name: &str| said(query, name).unwrap_or_default().to_owned();
    let scope = said(query, "scope").filter(|scope| ["mine", "approve"].contains(scope)).unwrap_or("all");
    let narrowing = ["state", "supplier", "from", "to", "ledger"];
    Filter {
        scope: scope.to_owned(),
        supplier: text("supplier"),
        from: text("from"),
        to: text("to"),
        active: narrowing.into_iter().any(|name| said(query, name).is_some()),
    }
}

fn page_address(query: &Fields, number: i64) -> String {
    let kept = query.iter().filter(|(name, value)| *name != "page" && !value.is_empty());
    let encode = |text: &str| percent_encoded(text, b"");
    let pairs: Vec<String> = kept.map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    format!("/documents?{}page={number}", pairs.iter().map(|pair| format!("{pair}&")).collect::<String>())
}

fn row(chrome: &Chrome, document: &Document, connections: &[Connection]) -> DocumentRow {
    let draft = document.draft.as_ref();
    let flagged = document.findings.iter().filter(|finding| finding.severity >= Severity::Flag);
    let destination = connections.iter().find(|connection| Some(connection.id) == document.connection);
    DocumentRow {
        id: document.id.to_string(),
        url: format!("/documents/{}", document.id),
        state: document.state.name(),
        settled: !document.state.is_moving(),
        supplier: draft.and_then(|draft| draft.text(FieldName::SupplierName)).map(str::to_owned),
        file_name: document.file_name.clone(),
        part: document.division.part().map(|part| part_label(chrome, part.number, part.count)),
        date: draft.and_then(|draft| draft.date(FieldName::IssueDate)).map(|date| date.to_string()),
        total: draft.and_then(|draft| draft.money(FieldName::Total)).map(MoneyView::from),
        category: Some(document.category.name().to_owned()),
        findings: flagged.count(),
        blocked: document.findings.iter().any(|finding| finding.severity == Severity::Block),
        destination: destination.map(destination_name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_keep_what_the_list_was_narrowed_to() {
        let query = fields(vec![
            ("supplier".to_owned(), "茶 & co".to_owned()),
            ("page".to_owned(), "3".to_owned()),
            ("state".to_owned(), String::new()),
        ]);
        assert_eq!(page_address(&query, 4), "/documents?supplier=%E8%8C%B6%20%26%20co&page=4");
    }
}
