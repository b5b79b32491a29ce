//! What cannot be posted, the one field to fix, and a button that lets all go that it unblocks.

use axum::{Form, extract::State, http::StatusCode, response::Response};

use super::{Fields, destination_name, dimensions, fields, reversals, said};
use crate::{
    model::{field::FieldName, id::DocumentId, person::Role},
    pipeline::{
        LedgerKind, ReferenceKind,
        blocked::{Fix, Group, groups, supplier_of, unblock},
        dimension::{self, DIMENSION, suggest},
        entry::{CATEGORY_ACCOUNT, CATEGORY_TAX, PAID_FROM, SUPPLIER_ACCOUNT, SUPPLIER_TAX},
    },
    store::{
        connection::{
            Connection, MappingRow, ReferenceRow, connection_fetch, connection_list, mapping_list, mapping_store,
            reference_list,
        },
        document::Document,
    },
    web::{
        App,
        error::WebError,
        pages::connections::reference_choices,
        session::{Signed, page, redirect_with_notice},
        view::{Chrome, MoneyView, NoticeKind},
        view_blocked::{
            BlockedDocument, BlockedGroup, BlockedPage, company_sentence, consent_sentence, mapping_sentence,
        },
    },
};

/// So many documents of a group are named.
const SHOWN_MAX: usize = 5;
/// Who may fix a mapping and post again.
const FIXERS: [Role; 2] = [Role::Accountant, Role::Administrator];

/// The page.
pub async fn show(State(app): State<App>, signed: Signed) -> Response {
    let shown = async {
        signed.need(&FIXERS)?;
        let (db, chrome) = (&app.context.db, signed.chrome());
        let connections = connection_list(db).await?;
        let mut views = Vec::new();
        for group in groups(&app.context).await? {
            let connection = connections.iter().find(|connection| Some(connection.id) == group.connection);
            let (references, mappings) = match connection {
                Some(connection) => (reference_list(db, connection.id).await?, mapping_list(db, connection.id).await?),
                None => (Vec::new(), Vec::new()),
            };
            views.push(group_view(&chrome, group, connection, (&references, &mappings)));
        }
        let reversals = reversals::blocked(&app).await?;
        Ok::<_, WebError>(BlockedPage { chrome, groups: views, reversals })
    };
    match shown.await {
        Ok(view) => page(&view),
        Err(error) => signed.problem(error),
    }
}

fn group_view(
    chrome: &Chrome,
    group: Group,
    connection: Option<&Connection>,
    (references, mappings): (&[ReferenceRow], &[MappingRow]),
) -> BlockedGroup {
    let (fix, kind, key, sentence) = match &group.fix {
        Fix::Mapping { kind, key } => {
            let word = match *kind {
                PAID_FROM => chrome.name("payment", key),
                DIMENSION => chrome.name("dimension", key),
                // Departments and projects are called as the firm calls them.
                kind if dimension::value_kind(kind).is_some() => key.clone(),
                _ => chrome.name("category", key),
            };
            let sentence = mapping_sentence(chrome, kind, &word);
            ("mapping", *kind, key.clone(), sentence)
        }
        Fix::Consent => ("consent", "", String::new(), consent_sentence(chrome)),
        Fix::Company => ("company", "", String::new(), company_sentence(chrome)),
        Fix::Document(sentence) => ("document", "", String::new(), sentence.clone()),
        Fix::Again(sentence) => ("again", "", String::new(), sentence.clone()),
    };
    let suggestion = group.suggestion.as_deref().unwrap_or_default();
    let mut suppliers: Vec<String> = group.documents.iter().map(supplier_of).collect();
    suppliers.sort();
    suppliers.dedup();
    let is_charged = dimension::kinds_of(kind).is_some();
    let ledger = connection.and_then(|connection| LedgerKind::from_name(&connection.ledger));
    let choices = match ledger.filter(|_| is_charged) {
        Some(ledger) => dimensions::choices(chrome, ledger, references, mappings, kind, suggestion),
        None => reference_choices(references, kinds_of(kind), suggestion),
    };
    let only_supplier = match suppliers.as_slice() {
        [only] if !only.is_empty() && !is_charged => Some(only.clone()),
        _ => None,
    };
    BlockedGroup {
        company: connection.map(destination_name).unwrap_or_default(),
        connection: connection.map(|connection| connection.id.to_string()).unwrap_or_default(),
        fix,
        sentence,
        kind,
        key,
        choices,
        is_suggested: !suggestion.is_empty(),
        suggested_by_name: is_charged,
        only_supplier,
        documents: group.documents.iter().take(SHOWN_MAX).map(document_view).collect(),
        count: group.documents.len(),
    }
}

fn kinds_of(kind: &str) -> &'static [ReferenceKind] {
    match kind {
        CATEGORY_ACCOUNT | SUPPLIER_ACCOUNT => &[ReferenceKind::ExpenseAccount],
        CATEGORY_TAX | SUPPLIER_TAX => &[ReferenceKind::TaxCode],
        PAID_FROM => &[ReferenceKind::BankAccount, ReferenceKind::CardAccount],
        _ => dimension::kinds_of(kind).unwrap_or_default(),
    }
}

fn document_view(document: &Document) -> BlockedDocument {
    let draft = document.draft.as_ref();
    let supplier = draft.and_then(|draft| draft.text(FieldName::SupplierName));
    BlockedDocument {
        url: format!("/documents/{}", document.id),
        title: supplier.map_or_else(|| document.file_name.clone(), str::to_owned),
        total: draft.and_then(|draft| draft.money(FieldName::Total)).map(MoneyView::from),
    }
}

type Pairs = Form<Vec<(String, String)>>;

/// Says what a word means in a company, and posts all that waited for it.
pub async fn mapping(State(app): State<App>, signed: Signed, Form(form): Pairs) -> Response {
    let form = fields(form);
    let fixed = async {
        signed.check(form.get("csrf").map(String::as_str))?;
        signed.need(&FIXERS)?;
        let invalid = || WebError::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field");
        let id = said(&form, "connection").and_then(|text| text.parse().ok()).ok_or_else(invalid)?;
        let company = connection_fetch(&app.context.db, id).await?;
        let connection = company.id;
        let row = row_of(&form).ok_or_else(invalid)?;
        let known = reference_list(&app.context.db, connection).await?;
        let fits = |reference: &&ReferenceRow| kinds_of(&row.kind).iter().any(|kind| kind.name() == reference.kind);
        if !known.iter().filter(fits).any(|reference| reference.external_id == row.external_id) {
            return Err(invalid());
        }
        mapping_store(&app.context.db, connection, &row).await?;
        if let Some(ledger) = LedgerKind::from_name(&company.ledger).filter(|_| row.kind == DIMENSION) {
            suggest(&app.context.db, ledger, connection).await?;
        }
        Ok(unblock(&app.context, &signed.person, None).await?)
    };
    match fixed.await {
        Ok(_) => redirect_with_notice(&app, "/blocked", NoticeKind::Good, "retried"),
        Err(error) => signed.problem(error),
    }
}

/// The mapping a form asks for: for the category, or for the one supplier.
fn row_of(form: &Fields) -> Option<MappingRow> {
    let (kind, key, external_id) = (said(form, "kind")?, said(form, "key")?, said(form, "external_id")?);
    let (kind, key) = match (kind, said(form, "supplier")) {
        (CATEGORY_ACCOUNT, Some(supplier)) => (SUPPLIER_ACCOUNT, supplier),
        (CATEGORY_TAX, Some(supplier)) => (SUPPLIER_TAX, supplier),
        (CATEGORY_ACCOUNT | CATEGORY_TAX | PAID_FROM, _) => (kind, key),
        (kind, _) if dimension::kinds_of(kind).is_some() => (kind, key),
        _ => return None,
    };
    Some(MappingRow { kind: kind.to_owned(), key: key.to_owned(), external_id: external_id.to_owned() })
}

/// Posts the documents of one group again.
pub async fn again(State(app): State<App>, signed: Signed, Form(form): Pairs) -> Response {
    let form = fields(form);
    let done = async {
        signed.check(form.get("csrf").map(String::as_str))?;
        signed.need(&FIXERS)?;
        let (connection, sentence) = (said(&form, "connection").unwrap_or_default(), said(&form, "sentence"));
        let same = |group: &Group| {
            group.connection.is_some_and(|id| id.to_string() == connection)
                && matches!(&group.fix, Fix::Again(text) if Some(text.trim()) == sentence)
        };
        let waiting = groups(&app.context).await?.into_iter().filter(same);
        let ids: Vec<DocumentId> = waiting.flat_map(|group| group.documents).map(|document| document.id).collect();
        Ok::<_, WebError>(unblock(&app.context, &signed.person, Some(&ids)).await?)
    };
    match done.await {
        Ok(_) => redirect_with_notice(&app, "/blocked", NoticeKind::Good, "retried"),
        Err(error) => signed.problem(error),
    }
}
