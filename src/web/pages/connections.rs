//! Connections to ledgers: consent, mapping, sync, drift.

use axum::{
    Form,
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;

use super::{Fields, dimensions, fields, invalid, parse_id};
use crate::{
    clock::{date_in, text_in},
    model::{category::Category, id::ConnectionId, person::Role},
    pipeline::{
        LedgerKind, ReferenceKind,
        connections::{CONSENT_WARN_US, choose as choose_offered, consent_ends, disconnect as disconnect_company},
        dimension::{DIMENSION, DIMENSIONS, suggest, value_kind},
        entry::{
            CATEGORY_ACCOUNT, CATEGORY_TAX, PAID_FROM, PAID_FROM_DEFAULT, SUPPLIER, SUPPLIER_ACCOUNT, SUPPLIER_TAX,
        },
        ledger::{Callback, consent_begin, consent_finish, sync_soon},
        own_rate::{RATE, RATE_APPROVED, RATE_KEY},
        posting::retry_blocked,
    },
    store::{
        connection::{
            Connection, MappingRow, ReferenceRow, connection_fetch, connection_list, mapping_list, mapping_store,
            reference_list,
        },
        document::{DocumentFilter, document_list},
        drift::drift_list_open,
        organisation::organisation_fetch,
    },
    web::{
        App,
        error::WebError,
        session::{Signed, page, redirect_with_notice},
        view::{Choice, NoticeKind, PAYMENT_METHODS},
        view_settings::{CategoryMapping, ConnectionView, ConnectionsPage, PaymentMapping, SupplierMapping},
    },
};

/// The most differences counted.
const DRIFTS_MAX: i64 = 200;
/// Who may look at connections.
const LOOKERS: [Role; 2] = [Role::Accountant, Role::Administrator];

/// The page of connections.
pub async fn show(State(app): State<App>, signed: Signed) -> Response {
    match show_page(&app, &signed).await {
        Ok(view) => page(&view),
        Err(error) => signed.problem(error),
    }
}

async fn show_page(app: &App, signed: &Signed) -> Result<ConnectionsPage, WebError> {
    signed.need(&LOOKERS)?;
    let (db, chrome) = (&app.context.db, signed.chrome());
    let drifted = drift_list_open(db, DRIFTS_MAX).await?;
    let ends = consent_ends(&app.context).await?;
    let organisation = organisation_fetch(db).await?;
    let (mut connections, mut offered) = (Vec::new(), Vec::new());
    for connection in connection_list(db).await? {
        if connection.state == "offered" {
            offered.push(Choice::new(connection.id.to_string(), connection.name, ""));
            continue;
        }
        let references = reference_list(db, connection.id).await?;
        let mappings = mapping_list(db, connection.id).await?;
        let mut view = connection_view(app, &connection, &references, &mappings);
        if let Some(ledger) = LedgerKind::from_name(&connection.ledger) {
            view.dimensions = dimensions::rows(&chrome, ledger, &references, &mappings, &organisation);
        }
        view.drifts = drifted.iter().filter(|drift| drift.connection == connection.id).count();
        if let Some(until_us) = ends.get(&connection.token_id).filter(|_| view.state == "connected") {
            view.ends_soon = until_us.saturating_sub(app.context.clock.now_us()) < CONSENT_WARN_US;
            view.expires = Some(date_in(*until_us, &app.context.zone).to_string());
        }
        connections.push(view);
    }
    let blocked = DocumentFilter { state: Some("posting_blocked".to_owned()), ..DocumentFilter::default() };
    let (_, blocked) = document_list(db, &blocked, 0, 0).await?;
    Ok(ConnectionsPage {
        blocked,
        connections,
        offered,
        ledgers: [LedgerKind::QuickBooks, LedgerKind::Xero].map(|kind| (kind.name(), kind.title())).into(),
        can_change: signed.need(&LOOKERS).is_ok(),
        chrome,
    })
}

fn connection_view(
    app: &App,
    connection: &Connection,
    references: &[ReferenceRow],
    mappings: &[MappingRow],
) -> ConnectionView {
    let mapped = |kind: &str, key: &str| {
        let row = mappings.iter().find(|row| row.kind == kind && row.key == key);
        row.map(|row| row.external_id.as_str()).unwrap_or_default()
    };
    let choices = |kinds: &[ReferenceKind], chosen: &str| reference_choices(references, kinds, chosen);
    let categories: Vec<CategoryMapping> = Category::ALL
        .iter()
        .map(|category| CategoryMapping {
            category: category.name(),
            accounts: choices(&[ReferenceKind::ExpenseAccount], mapped(CATEGORY_ACCOUNT, category.name())),
            taxes: choices(&[ReferenceKind::TaxCode], mapped(CATEGORY_TAX, category.name())),
        })
        .collect();
    let suppliers: Vec<SupplierMapping> = mappings
        .iter()
        .filter_map(|row| {
            let (input, kind) = match row.kind.as_str() {
                SUPPLIER_ACCOUNT => ("supplier_account", ReferenceKind::ExpenseAccount),
                SUPPLIER_TAX => ("supplier_tax", ReferenceKind::TaxCode),
                SUPPLIER => ("supplier", ReferenceKind::Supplier),
                _ => return None,
            };
            Some(SupplierMapping {
                input,
                key: row.key.clone(),
                supplier: supplier_name(references, &row.key),
                choices: choices(&[kind], &row.external_id),
            })
        })
        .collect();
    let methods = std::iter::once(PAID_FROM_DEFAULT).chain(PAYMENT_METHODS);
    let payments: Vec<PaymentMapping> = methods
        .map(|method| PaymentMapping {
            method,
            accounts: choices(&[ReferenceKind::BankAccount, ReferenceKind::CardAccount], mapped(PAID_FROM, method)),
        })
        .collect();
    let none = |choices: &[Choice]| !choices.is_empty() && !choices.iter().any(|choice| choice.chosen);
    let without_account = categories.iter().filter(|row| none(&row.accounts) || none(&row.taxes)).count();
    let without_payment = usize::from(mapped(PAID_FROM, PAID_FROM_DEFAULT).is_empty());
    ConnectionView {
        id: connection.id.to_string(),
        ledger_name: LedgerKind::from_name(&connection.ledger).map_or("", LedgerKind::name),
        ledger: LedgerKind::from_name(&connection.ledger).map_or("", LedgerKind::title).to_owned(),
        company: connection.name.clone(),
        currency: connection.home_currency.clone(),
        state: match connection.state.as_str() {
            "connected" => "connected",
            "consent_needed" => "consent_needed",
            _ => "disconnected",
        },
        expires: None,
        ends_soon: false,
        synced: connection.synced_at_us.map(|at_us| text_in(at_us, &app.context.zone)),
        unmapped: without_account + without_payment,
        categories,
        suppliers,
        dimensions: Vec::new(),
        rate_sent: (connection.ledger == LedgerKind::Xero.name() && connection.multi_currency)
            .then(|| mapped(RATE, RATE_KEY) == RATE_APPROVED),
        payments,
        drifts: 0,
    }
}

/// How the company writes a supplier that a mapping names by its key.
fn supplier_name(references: &[ReferenceRow], key: &str) -> String {
    let suppliers = references.iter().filter(|row| row.kind == ReferenceKind::Supplier.name());
    let named = suppliers.filter(|row| crate::pipeline::blocked::key_of(&row.name) == key).map(|row| row.name.clone());
    named.into_iter().next().unwrap_or_else(|| key.to_owned())
}

/// What can be chosen among a company's accounts or tax codes.
pub(super) fn reference_choices(references: &[ReferenceRow], kinds: &[ReferenceKind], chosen: &str) -> Vec<Choice> {
    let of_kind = references.iter().filter(|row| kinds.iter().any(|kind| kind.name() == row.kind));
    of_kind.map(|row| Choice::new(&row.external_id, reference_name(row), chosen)).collect()
}

fn reference_name(row: &ReferenceRow) -> String {
    let currency = row.currency.as_ref().map(|currency| format!(" ({currency})")).unwrap_or_default();
    let is_tax = row.kind == ReferenceKind::TaxCode.name();
    match row.code.as_ref().filter(|_| !is_tax) {
        Some(code) => format!("{code} · {}{currency}", row.name),
        None => format!("{}{currency}", row.name),
    }
}

type Pairs = Form<Vec<(String, String)>>;

fn checked(signed: &Signed, form: &Fields, roles: &[Role]) -> Result<(), WebError> {
    signed.check(form.get("csrf").map(String::as_str))?;
    signed.need(roles)
}

/// Sends the person to the ledger's consent page.
pub async fn connect(State(app): State<App>, signed: Signed, Path(name): Path<String>, Form(form): Pairs) -> Response {
    let begun = async {
        checked(&signed, &fields(form), &LOOKERS)?;
        let kind = LedgerKind::from_name(&name).ok_or(WebError::not_found())?;
        Ok::<_, WebError>(consent_begin(&app.context, kind, signed.person.id).await?)
    };
    match begun.await {
        Ok(url) => Redirect::to(&url).into_response(),
        Err(error) => signed.problem(error),
    }
}

/// What the ledger says in the address the person comes back with.
#[derive(Debug, Deserialize)]
pub struct CallbackQuery {
    #[serde(default)]
    state: String,
    code: Option<String>,
    #[serde(rename = "realmId")]
    realm_id: Option<String>,
    error: Option<String>,
}

/// The person comes back from the ledger's consent page.
pub async fn callback(
    State(app): State<App>,
    signed: Signed,
    Path(name): Path<String>,
    Query(query): Query<CallbackQuery>,
) -> Response {
    let finished = async {
        signed.need(&LOOKERS)?;
        let kind = LedgerKind::from_name(&name).ok_or(WebError::not_found())?;
        let CallbackQuery { state, code, realm_id, error } = query;
        let callback = Callback { state, code, realm_id, error };
        let ids = consent_finish(&app.context, kind, signed.person.id, callback).await?;
        for id in ids {
            retry_blocked(&app.context, &signed.person, id).await?;
        }
        Ok::<_, WebError>(())
    };
    match finished.await {
        Ok(()) => redirect_with_notice(&app, "/connections", NoticeKind::Good, "connected"),
        Err(error) => signed.problem(error),
    }
}

/// Connects the chosen ones of the organisations that a consent reached, and lets go of the others.
pub async fn choose(State(app): State<App>, signed: Signed, Form(form): Pairs) -> Response {
    let chosen: Vec<ConnectionId> =
        form.iter().filter(|(name, _)| name == "organisation").filter_map(|(_, id)| id.parse().ok()).collect();
    let done = async {
        checked(&signed, &fields(form), &LOOKERS)?;
        Ok::<_, WebError>(choose_offered(&app.context, &chosen).await?)
    };
    match done.await {
        Ok(()) => redirect_with_notice(&app, "/connections", NoticeKind::Good, "saved"),
        Err(error) => signed.problem(error),
    }
}

/// Stores what our words mean in a company, and posts what waited for it.
pub async fn mapping(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(form): Pairs) -> Response {
    let form = fields(form);
    let stored = async {
        checked(&signed, &form, &LOOKERS)?;
        let connection = connection_fetch(&app.context.db, parse_id(&id)?).await?;
        let id = connection.id;
        if sent_as_the_same(&form) {
            return Err(invalid("Departments and projects must be sent as different things."));
        }
        let known = reference_list(&app.context.db, id).await?;
        let txn = app.context.db.begin_write().await?;
        for (name, external_id) in &form {
            let Some((prefix, key)) = name.split_once('.') else { continue };
            let kind = match prefix {
                "account" => CATEGORY_ACCOUNT,
                "tax" => CATEGORY_TAX,
                "paid_from" => PAID_FROM,
                "supplier_account" => SUPPLIER_ACCOUNT,
                "supplier_tax" => SUPPLIER_TAX,
                "supplier" => SUPPLIER,
                RATE if key == RATE_KEY && ["", RATE_APPROVED].contains(&external_id.as_str()) => RATE,
                DIMENSION if DIMENSIONS.contains(&key) => DIMENSION,
                other => match value_kind(other) {
                    Some((kind, _)) => kind,
                    None => continue,
                },
            };
            if kind == RATE || external_id.is_empty() || dimensions::accepts(&known, kind, external_id) {
                let (kind, key) = (kind.to_owned(), key.to_owned());
                mapping_store(&txn, id, &MappingRow { kind, key, external_id: external_id.clone() }).await?;
            }
        }
        if let Some(ledger) = LedgerKind::from_name(&connection.ledger) {
            suggest(&txn, ledger, id).await?;
        }
        txn.commit().await?;
        retry_blocked(&app.context, &signed.person, id).await?;
        Ok::<_, WebError>(())
    };
    match stored.await {
        Ok(()) => redirect_with_notice(&app, "/connections", NoticeKind::Good, "saved"),
        Err(error) => signed.problem(error),
    }
}

/// Whether a form would send departments and projects as one thing, which a line has once.
fn sent_as_the_same(form: &Fields) -> bool {
    let [one, other] = DIMENSIONS.map(|dimension| form.get(&format!("{DIMENSION}.{dimension}")));
    one == other && one.is_some_and(|chosen| !chosen.is_empty())
}

/// Has a company synced now.
pub async fn sync(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(form): Pairs) -> Response {
    let begun = async {
        checked(&signed, &fields(form), &LOOKERS)?;
        let id = connection_fetch(&app.context.db, parse_id(&id)?).await?.id;
        Ok::<_, WebError>(sync_soon(&app.context, id).await?)
    };
    match begun.await {
        Ok(()) => redirect_with_notice(&app, "/connections", NoticeKind::Good, "syncing"),
        Err(error) => signed.problem(error),
    }
}

/// Ends a connection.
pub async fn disconnect(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(form): Pairs) -> Response {
    let ended = async {
        checked(&signed, &fields(form), &[Role::Administrator])?;
        Ok::<_, WebError>(disconnect_company(&app.context, parse_id(&id)?).await?)
    };
    match ended.await {
        Ok(()) => redirect_with_notice(&app, "/connections", NoticeKind::Good, "disconnected"),
        Err(error) => signed.problem(error),
    }
}
