//! How long deciding one receipt takes where a hundred thousand are there already: every check, then the way through the
//! policy. `cargo bench --bench decide`; on PostgreSQL as well where `VOUCH_TEST_POSTGRES` names a server
//! (`script/postgres start FOLDER`).
//!
//! `decide` is everything up to the decision, in a transaction that is then given up; `check` is the whole job, which also
//! writes the decision and has it forced to the disk. The last lines are `figure NAME VALUE UNIT`, for
//! docs/measurements.md.
#![expect(clippy::print_stdout, reason = "a bench reports to people")]

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use jiff::civil::date;
use rust_decimal::Decimal;
use vouch::{
    approval::state::State,
    check::Claim,
    clock::Clock,
    config::Config,
    model::{
        category::Category,
        currency::Currency,
        draft::Draft,
        field::{DocumentKind, Field, FieldName, FieldValue},
        id::{DocumentId, PersonId},
        media::MediaType,
        organisation::Organisation,
        page::{Area, Confidence, Page, Source, Word},
        person::{Person, Role},
        policy::Policy,
    },
    pipeline::{
        Context,
        stages::{judge, run_check},
    },
    policy_file::{organisation_from_json, policy_from_json},
    read::wire,
    store::{
        Db, Run,
        candidate::claim_store,
        document::{NewDocument, PageRow, document_create, document_fetch, document_update, page_replace_all},
        organisation::{Place, department_store, place_store, project_store},
        person::person_create,
        setting::{policy_fetch, policy_publish},
    },
};

/// How many receipts are there already.
const HISTORY: i64 = 100_000;
/// Of how many claimants and suppliers.
const CLAIMANTS: u128 = 99;
/// How many are decided.
const DECIDED: usize = 400;
const SHOPS: usize = 500;

type Done<T> = Result<T, Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> Done<()> {
    // `cargo test --benches` only asks whether it builds and starts.
    if std::env::args().any(|word| word == "--test") {
        return Ok(());
    }
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir()?;
    let sqlite = format!("sqlite:{}", folder.path().join("vouch.db").display());
    let mut figures = engine(folder.path(), &sqlite).await?;
    match server() {
        Some(server) => {
            let admin = Db::open(&server).await?;
            admin.execute("CREATE DATABASE vouch_bench TEMPLATE template0", Vec::new()).await?;
            let (host, _) = server.rsplit_once('/').ok_or("an address ends with the name of a database")?;
            let found = engine(&folder.path().join("postgres"), &format!("{host}/vouch_bench")).await;
            admin.execute("DROP DATABASE vouch_bench WITH (FORCE)", Vec::new()).await?;
            figures.extend(found?);
        }
        None => println!("PostgreSQL was left out: VOUCH_TEST_POSTGRES names no server"),
    }
    for figure in figures {
        println!("{figure}");
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "script/test says here where its PostgreSQL is")]
fn server() -> Option<String> {
    std::env::var("VOUCH_TEST_POSTGRES").ok()
}

async fn engine(folder: &Path, database: &str) -> Done<Vec<String>> {
    let mut config = Config::load(None)?;
    config.data_dir = folder.to_owned();
    config.database_url = database.to_owned();
    config.key = "5e".repeat(32);
    // The evening of 20 June 2026 in Hong Kong.
    let clock = Clock::fixed(1_781_956_800_000_000);
    let context = Context::open(config, clock, "vouch".into()).await?;
    let claimants = firm(&context).await?;
    history(&context).await?;
    let mut decide = Vec::new();
    let mut check = Vec::new();
    let mut sent = 0;
    for at in 0..DECIDED {
        let id = receipt(&context, at, &claimants).await?;
        let began = Instant::now();
        let txn = context.db.begin_write().await?;
        let document = document_fetch(&txn, id).await?;
        let policy = policy_fetch(&txn).await?;
        let judged = judge(&context, &txn, &document, &policy, false).await?;
        decide.push(began.elapsed());
        drop((judged, txn));
        let began = Instant::now();
        run_check(&context, id).await.map_err(|failed| failed.reason)?;
        check.push(began.elapsed());
        let after = document_fetch(&context.db, id).await?;
        sent += usize::from(matches!(after.state, State::AwaitingApproval));
    }
    let name = context.db.engine();
    let mut figures = vec![format!("figure decide_{name}_sent {sent} of {DECIDED} receipts")];
    figures.extend(spread(&format!("decide_{name}"), decide));
    figures.extend(spread(&format!("check_{name}"), check));
    Ok(figures)
}

fn spread(name: &str, mut times: Vec<Duration>) -> Vec<String> {
    times.sort();
    let at = |percent: usize| times.get(times.len() * percent / 100).or(times.last()).copied().unwrap_or_default();
    let figure = |what: &str, time: Duration| format!("figure {name}_{what} {} us", time.as_micros());
    vec![figure("p50", at(50)), figure("p95", at(95)), figure("max", at(100))]
}

/// The trading firm of the fixtures, with its policy and 99 more people in sales; answers who claims.
async fn firm(context: &Context) -> Done<Vec<PersonId>> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policies");
    let policy = fs::read_to_string(fixtures.join("hk-trading.json"))?;
    let people = fs::read_to_string(fixtures.join("organisations/hk-trading.json"))?;
    let (policy, _): (Policy, _) = policy_from_json(&policy).map_err(|problems| format!("{problems:?}"))?;
    let (firm, _): (Organisation, _) =
        organisation_from_json(&people, Currency::HKD).map_err(|problems| format!("{problems:?}"))?;
    let claimants: Vec<PersonId> = (1..=CLAIMANTS).map(PersonId::from_u128).collect();
    let manager = firm.by_email("sue@harbour.example").map(|member| member.id);
    let person =
        |id, email: String| Person { id, name: email.clone(), email, roles: vec![Role::Submitter], active: true };
    for member in firm.members.values() {
        let here = Person { active: member.active, ..person(member.id, member.email.clone()) };
        person_create(&context.db, &here, "a hash", 1).await?;
    }
    for (number, id) in claimants.iter().enumerate() {
        person_create(&context.db, &person(*id, format!("clerk{number}@harbour.example")), "a hash", 1).await?;
    }
    let txn = context.db.begin_write().await?;
    for member in firm.members.values() {
        let roles = member.roles.iter().filter(|role| Role::from_name(role).is_none()).cloned().collect();
        let (department, manager, successor) = (member.department.clone(), member.manager, member.successor);
        place_store(&txn, member.id, &Place { roles, department, manager, successor }).await?;
    }
    for id in &claimants {
        let place = Place { department: Some("sales".to_owned()), manager, ..Place::default() };
        place_store(&txn, *id, &place).await?;
    }
    for (name, department) in &firm.departments {
        department_store(&txn, name, department).await?;
    }
    for (code, owner) in &firm.projects {
        project_store(&txn, code, *owner).await?;
    }
    policy_publish(&txn, &policy, None, 1).await?;
    txn.commit().await?;
    Ok(claimants)
}

/// Copies one receipt a hundred thousand times, with other shops, dates, totals and claimants.
async fn history(context: &Context) -> Done<()> {
    let template = receipt(context, DECIDED, &[PersonId::from_u128(1)]).await?;
    let copied = "submitter_id, category, connection_id, state_json, version, draft_json, findings_json, findings_count, \
        kept, correctors";
    let day = "(2024 + i % 3) || '-' || substr(CAST(101 + i / 3 % 8 AS TEXT), 2) || '-' || \
        substr(CAST(101 + i / 12 % 28 AS TEXT), 2)";
    let signs = "CAST(1000000000000000 + i * 7919 AS TEXT)";
    let sql = format!(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {HISTORY}) \
        INSERT INTO documents (id, sha256, media_type, file_name, bytes, supplier_name, supplier_key, issue_date, \
        total_minor, currency, document_number, uploaded_at_us, changed_at_us, claimant_id, state, department, \
        fingerprint, {copied}) \
        SELECT '00000000-0000-0000-0001-' || substr(CAST(1000000000000 + i AS TEXT), 2), 'seed-' || i, media_type, \
        file_name, bytes, 'Shop ' || (i % {SHOPS}), 'shop' || (i % {SHOPS}), {day}, \
        1000 + i * 7919 % 5000000, 'HKD', CASE WHEN i % 3 > 0 THEN 'N-' || i END, 1, 1, people.id, 'posted', 'sales', \
        {signs} || {signs} || {signs} || {signs}, {copied} FROM n, documents, people WHERE documents.id = '{template}' \
        AND people.email = 'clerk' || (i / 7 % {CLAIMANTS}) || '@harbour.example'"
    );
    // 'posted' only as its column says it: nothing of these is ever opened.
    context.db.execute(&sql, Vec::new()).await?;
    context.db.execute("ANALYZE", Vec::new()).await?;
    Ok(())
}

/// A receipt that was read and waits to be checked.
async fn receipt(context: &Context, at: usize, claimants: &[PersonId]) -> Done<DocumentId> {
    let id = DocumentId::from_u128(u128::try_from(at)? + 1);
    let claimant = claimants.get(at % claimants.len()).copied().ok_or("nobody claims")?;
    let total = Decimal::new(i64::try_from(35_011 + at * 9_973 % 4_000_000)?, 2);
    let fields = BTreeMap::from(
        [
            (FieldName::SupplierName, FieldValue::Text(format!("Shop {}", at % SHOPS))),
            (FieldName::IssueDate, FieldValue::Date(date(2026, 6, 15))),
            (FieldName::Currency, FieldValue::Currency(Currency::HKD)),
            (FieldName::Total, FieldValue::Amount(total)),
            (FieldName::DocumentNumber, FieldValue::Text(format!("R-{}", 500_000 + at))),
            (FieldName::PaymentMethod, FieldValue::Text("cash".to_owned())),
        ]
        .map(|(name, value)| (name, field(value))),
    );
    let new = NewDocument {
        id,
        sha256: format!("{at:064x}"),
        media_type: MediaType::Jpeg,
        file_name: "receipt.jpg".to_owned(),
        bytes: 1_234,
        submitter: claimant,
        category: Category::Office,
        connection: None,
        at_us: i64::try_from(at)? + 2,
    };
    let txn = context.db.begin_write().await?;
    document_create(&txn, &new).await?;
    let note = Some("stand at the fair".to_owned());
    let claim = Claim { department: Some("sales".to_owned()), note, ..Claim::NONE };
    claim_store(&txn, id, claimant, &claim).await?;
    let mut document = document_fetch(&txn, id).await?;
    document.draft = Some(Draft { kind: DocumentKind::Receipt, fields, ..Draft::empty(1) });
    document.state = State::Checking;
    document_update(&txn, &document, document.version).await?;
    page_replace_all(&txn, id, &[page(at)]).await?;
    txn.commit().await?;
    Ok(id)
}

/// A page of a hundred and twenty words, none of which a rule looks for.
fn page(at: usize) -> PageRow {
    let word = |number: usize| Word {
        text: format!("thing{}", (at + 1) * (number + 1) * 7_919 % 10_007),
        area: Area { left: 100, top: u32::try_from(number).unwrap_or_default() * 20, width: 90, height: 18 },
        confidence: Confidence::from_per_mille(950),
        line: u32::try_from(number).unwrap_or_default() / 4,
    };
    let page =
        Page { number: 1, width: 800, height: 2_600, source: Source::PpOcr, words: (0..120).map(word).collect() };
    let page_json = serde_json::to_string(&wire::PageRow::from(&page)).unwrap_or_default();
    PageRow { number: 1, width: 800, height: 2_600, picture: "bench".to_owned(), page_json }
}

fn field(value: FieldValue) -> Field {
    Field {
        value,
        confidence: Confidence::CERTAIN,
        accepted: true,
        source: Source::PdfText,
        rule: "the bench".to_owned(),
        page: Some(1),
        area: None,
    }
}
