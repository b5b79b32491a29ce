//! A vouch and a sandbox for one test: consent given, categories mapped, documents approved, time in the test's hand.

use std::{path::Path, sync::Arc, time::Duration};

use jiff::civil::date;
use rust_decimal::Decimal;
use tempfile::TempDir;
use tokio::net::TcpListener;
use vouch::{
    approval::state::{ApprovedBy, State},
    blob::original_name,
    clock::Clock,
    config::{Config, LedgerConfig},
    model::{
        category::Category,
        currency::Currency,
        draft::Draft,
        field::{DocumentKind, Field, FieldName, FieldValue},
        hash::sha256_hex,
        id::{ConnectionId, DocumentId, PersonId},
        media::MediaType,
        person::{Person, Role},
    },
    pipeline::{
        self, Context, Job, LedgerKind, ReferenceKind,
        entry::{CATEGORY_ACCOUNT, PAID_FROM, PAID_FROM_DEFAULT},
        ledger::{Callback, consent_begin, consent_finish},
        posting::retry_blocked,
        transition::enqueue,
    },
    post::transport::http_client,
    queue::{self, drain},
    sandbox::{Options, Sandbox, SandboxEntry},
    store::{
        Run as _,
        connection::{MappingRow, connection_fetch, mapping_list, mapping_store, reference_list},
        document::{Document, NewDocument, document_create, document_fetch, document_update},
        job::{ClaimedJob, JobRow, job_claim, job_list},
        person::person_create,
        posting::{Posting, posting_by_document},
        token::token_fetch,
    },
    web::session::password_hash,
};

use crate::gate::Turnstile;

/// 22 November 2026, 10:00 in Hong Kong.
pub(crate) const START_US: i64 = 1_795_312_800_000_000;
const SECOND_US: i64 = 1_000_000;
/// More rounds than the tries of a job: a queue that is not empty by then never will be.
const ROUNDS_MAX: usize = 40;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Which resource a document becomes, in which ledger.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goal {
    pub(crate) ledger: LedgerKind,
    pub(crate) kind: DocumentKind,
}

impl Goal {
    pub(crate) const QUICKBOOKS_PAID: Self = Self { ledger: LedgerKind::QuickBooks, kind: DocumentKind::Receipt };
    pub(crate) const QUICKBOOKS_BILL: Self = Self { ledger: LedgerKind::QuickBooks, kind: DocumentKind::Invoice };
    pub(crate) const XERO_PAID: Self = Self { ledger: LedgerKind::Xero, kind: DocumentKind::Receipt };
    pub(crate) const XERO_BILL: Self = Self { ledger: LedgerKind::Xero, kind: DocumentKind::Invoice };
    pub(crate) const QUICKBOOKS_CREDIT: Self = Self { ledger: LedgerKind::QuickBooks, kind: DocumentKind::CreditNote };
    pub(crate) const XERO_CREDIT: Self = Self { ledger: LedgerKind::Xero, kind: DocumentKind::CreditNote };
    pub(crate) const ALL: [Self; 6] = [
        Self::QUICKBOOKS_PAID,
        Self::QUICKBOOKS_BILL,
        Self::QUICKBOOKS_CREDIT,
        Self::XERO_PAID,
        Self::XERO_BILL,
        Self::XERO_CREDIT,
    ];

    /// The call that makes the entry.
    pub(crate) const fn entry_call(self) -> &'static str {
        match (self.ledger, self.kind) {
            (LedgerKind::QuickBooks, DocumentKind::Invoice) => "POST /quickbooks/v3/company/9130357766900001/bill",
            (LedgerKind::QuickBooks, DocumentKind::CreditNote) => {
                "POST /quickbooks/v3/company/9130357766900001/vendorcredit"
            }
            (LedgerKind::QuickBooks, _) => "POST /quickbooks/v3/company/9130357766900001/purchase",
            (LedgerKind::Xero, DocumentKind::Invoice) => "PUT /xero/api.xro/2.0/Invoices",
            (LedgerKind::Xero, DocumentKind::CreditNote) => "PUT /xero/api.xro/2.0/CreditNotes",
            (LedgerKind::Xero, _) => "PUT /xero/api.xro/2.0/BankTransactions",
        }
    }

    /// The call that hangs the image on it.
    pub(crate) const fn image_call(self) -> &'static str {
        match (self.ledger, self.kind) {
            (LedgerKind::QuickBooks, _) => "POST /quickbooks/v3/company/9130357766900001/upload",
            (LedgerKind::Xero, DocumentKind::Invoice) => "POST /xero/api.xro/2.0/Invoices/",
            (LedgerKind::Xero, DocumentKind::CreditNote) => "POST /xero/api.xro/2.0/CreditNotes/",
            (LedgerKind::Xero, _) => "POST /xero/api.xro/2.0/BankTransactions/",
        }
    }

    /// The call that renews a token.
    pub(crate) const fn token_call(self) -> &'static str {
        match self.ledger {
            LedgerKind::QuickBooks => "POST /quickbooks/oauth2/v1/tokens/bearer",
            LedgerKind::Xero => "POST /xero/connect/token",
        }
    }

    pub(crate) const fn company(self) -> &'static str {
        match self.ledger {
            LedgerKind::QuickBooks => "9130357766900001",
            LedgerKind::Xero => "a1d0c0de-0000-4000-8000-000000000001",
        }
    }
}

/// See the module.
pub(crate) struct House {
    pub(crate) goal: Goal,
    pub(crate) sandbox: Sandbox,
    pub(crate) gate: Arc<Turnstile>,
    pub(crate) context: Context,
    pub(crate) person: Person,
    pub(crate) connection: ConnectionId,
    pub(crate) folder: TempDir,
    pub(crate) root: String,
    made: u32,
}

impl House {
    /// A vouch whose time the test moves.
    pub(crate) async fn new(goal: Goal) -> Self {
        Self::with_clock(goal, Clock::fixed(START_US)).await
    }

    pub(crate) async fn with_clock(goal: Goal, clock: Clock) -> Self {
        Self::with_options(goal, clock, Options::default()).await
    }

    pub(crate) async fn with_options(goal: Goal, clock: Clock, options: Options) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let testing = Options::testing();
        let options = Options { limits: false, record: testing.record, ..options };
        let sandbox = Sandbox::new(options).expect("no state file is read");
        let gate = Arc::new(Turnstile::default());
        sandbox.gate_install(Arc::clone(&gate) as Arc<_>);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let root = format!("http://{}", listener.local_addr().expect("it is bound"));
        tokio::spawn(sandbox.clone().serve(listener, std::future::pending()));
        let folder = TempDir::new().expect("a folder");
        let context = open(config(folder.path(), &root), clock).await;
        let person = Person {
            id: PersonId::from_u128(1),
            email: "ada@example.org".to_owned(),
            name: "Ada".to_owned(),
            roles: vec![Role::Submitter, Role::Accountant, Role::Administrator],
            active: true,
        };
        let hash = password_hash(PASSWORD).expect("a short password");
        person_create(&context.db, &person, &hash, context.clock.now_us()).await.expect("nobody is there yet");
        let connection = consent(&context, goal, person.id).await;
        map(&context, connection).await;
        gate.open();
        Self { goal, sandbox, gate, context, person, connection, folder, root, made: 0 }
    }

    /// Another process over the same data, as after a crash; nothing in memory is left.
    pub(crate) async fn restart(&mut self) {
        self.context = self.second_process().await;
    }

    pub(crate) async fn second_process(&self) -> Context {
        open(config(self.folder.path(), &self.root), self.context.clock.clone()).await
    }

    /// Moves time for vouch and for the ledger.
    pub(crate) fn advance(&self, seconds: i64) {
        self.context.clock.advance_us(seconds * SECOND_US);
        self.sandbox.clock_advance(seconds);
    }

    /// Gives consent again.
    pub(crate) async fn consent(&self) -> ConnectionId {
        consent(&self.context, self.goal, self.person.id).await
    }

    /// Maps what the documents were for to another account; answers the one before.
    pub(crate) async fn map_to(&self, account: &str) -> String {
        let mapped = mapping_list(&self.context.db, self.connection).await.expect("the store works");
        let same = |row: &MappingRow| row.kind == CATEGORY_ACCOUNT && row.key == Category::Meals.name();
        let row = mapped.into_iter().find(same).expect("the house is mapped");
        let new = MappingRow { external_id: account.to_owned(), ..row.clone() };
        mapping_store(&self.context.db, self.connection, &new).await.expect("the store works");
        row.external_id
    }

    /// Posts again what was blocked, as the page of connections does after a change.
    pub(crate) async fn retry(&self) {
        retry_blocked(&self.context, &self.person, self.connection).await.expect("the store works");
    }

    /// A document that was just approved, unlike any before, from a supplier of its own.
    pub(crate) async fn approved(&mut self) -> DocumentId {
        self.made += 1;
        let number = format!("N-{:04}", self.made);
        approve(&self.context, &self.person, self.connection, self.goal.kind, &number).await
    }

    /// Another one, from this supplier.
    pub(crate) async fn approved_from(&mut self, supplier: &str) -> DocumentId {
        let id = self.approved().await;
        let mut document = self.document(id).await;
        let field = document.draft.as_mut().and_then(|draft| draft.fields.get_mut(&FieldName::SupplierName));
        field.expect("it has a supplier").value = FieldValue::Text(supplier.to_owned());
        let txn = self.context.db.begin_write().await.expect("the store works");
        document_update(&txn, &document, document.version).await.expect("nobody else changes it");
        txn.commit().await.expect("the store works");
        id
    }

    /// Claims the next job, which is a posting.
    pub(crate) async fn claim(&self) -> ClaimedJob {
        let lease = self.context.queue_options().lease;
        let lease_us = i64::try_from(lease.as_micros()).expect("minutes fit");
        let job = job_claim(&self.context.db, self.context.clock.now_us(), lease_us).await.expect("the store works");
        job.filter(|job| job.kind == "post").expect("a posting is due")
    }

    /// Works on what is due now.
    pub(crate) async fn drain(&self) -> u64 {
        self.drain_with(&self.context.queue_options()).await
    }

    pub(crate) async fn drain_with(&self, options: &queue::Options) -> u64 {
        let context = &self.context;
        let handler = |job| async move { pipeline::run(context, job).await };
        drain(&context.db, &context.clock, options, handler).await.expect("the store works")
    }

    /// As if every job had been tried so often.
    pub(crate) async fn spend_tries(&self, tries: i64) {
        let sql = format!("UPDATE jobs SET attempts = {tries}");
        self.context.db.execute(&sql, Vec::new()).await.expect("the store works");
    }

    /// A person makes a supplier inactive in QuickBooks.
    pub(crate) async fn supplier_retire(&self, id: &str) {
        self.supplier_set(id, false).await;
    }

    /// And active again.
    pub(crate) async fn supplier_restore(&self, id: &str) {
        self.supplier_set(id, true).await;
    }

    async fn supplier_set(&self, id: &str, active: bool) {
        let connection = connection_fetch(&self.context.db, self.connection).await.expect("it is there");
        let row = token_fetch(&self.context.db, &connection.token_id).await.expect("it is there");
        let access = self.context.vault.open_sealed(&row.access_sealed, &row.id).expect("our own key");
        let http = http_client(Duration::from_secs(10)).expect("plain settings");
        let vendor = format!("{}/quickbooks/v3/company/{}/vendor", self.root, connection.company_id);
        let asked = http.get(format!("{vendor}/{id}?minorversion=75")).bearer_auth(&access);
        let answer = asked.header("accept", "application/json").send().await.expect("the sandbox answers");
        let mut body: serde_json::Value = answer.json().await.expect("it is JSON");
        let mut changed = body["Vendor"].take();
        changed["Active"] = serde_json::Value::Bool(active);
        let sent = http.post(format!("{vendor}?minorversion=75")).bearer_auth(&access).json(&changed);
        let answer = sent.header("accept", "application/json").send().await.expect("the sandbox answers");
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
    }

    pub(crate) async fn jobs(&self) -> Vec<JobRow> {
        job_list(&self.context.db).await.expect("the store works")
    }

    /// Works until the queue is empty, moving time past every wait and every lease of a worker that died.
    pub(crate) async fn settle(&self) {
        for _ in 0..ROUNDS_MAX {
            self.drain().await;
            let jobs = self.jobs().await;
            assert!(jobs.iter().all(|job| !job.dead), "a job was given up: {jobs:?}");
            let Some(next_us) = jobs.iter().map(|job| job.run_at_us).min() else { return };
            let wait_us = next_us - self.context.clock.now_us();
            // A job that is due and was not claimed belongs to a dead worker until its lease ends.
            let lease_seconds = i64::try_from(self.context.queue_options().lease.as_secs()).expect("minutes fit");
            self.advance(if wait_us > 0 { wait_us.div_ceil_seconds() } else { lease_seconds + 1 });
        }
        panic!("the queue does not come to its end: {:?}", self.jobs().await);
    }

    pub(crate) async fn document(&self, id: DocumentId) -> Document {
        document_fetch(&self.context.db, id).await.expect("it is there")
    }

    pub(crate) async fn posting(&self, id: DocumentId) -> Posting {
        posting_by_document(&self.context.db, id).await.expect("the store works").expect("it was begun")
    }

    /// What the ledger has of a document, deleted or not, under any reference of ours.
    pub(crate) async fn entries(&self, id: DocumentId) -> Vec<SandboxEntry> {
        let document = self.document(id).await;
        let number = number_of(&document);
        let ours = |entry: &SandboxEntry| entry.descriptions.iter().any(|text| text.contains(&number));
        self.sandbox.entries().into_iter().filter(ours).collect()
    }

    /// Exactly once: posted, one entry ever made, with the approved total, our reference and one image; nothing waits.
    pub(crate) async fn assert_posted_once(&self, id: DocumentId, story: &str) {
        let jobs = self.jobs().await;
        assert!(jobs.is_empty(), "{story}: the queue is empty: {jobs:?}");
        let document = self.document(id).await;
        let posting = self.posting(id).await;
        let State::Posted { external_id, reference } = &document.state else {
            panic!("{story}: {:?} is not posted; {posting:?}", document.state)
        };
        let entries = self.entries(id).await;
        let [entry] = entries.as_slice() else { panic!("{story}: one entry ever, not {entries:?}") };
        assert!(entry.live && entry.mentions(reference), "{story}: {entry:?}");
        assert_eq!(&entry.external_id, external_id, "{story}");
        assert_eq!(entry.total, total_of(&document), "{story}");
        assert_eq!(entry.supplier, supplier_of(&document), "{story}");
        let [(name, _, sha256)] = entry.attachments.as_slice() else { panic!("{story}: one image on {entry:?}") };
        assert_eq!(sha256, &document.sha256, "{story}: the original's bytes");
        assert_eq!(name, &format!("receipt-{reference}.pdf"), "{story}");
        assert!(posting.attachment_id.is_some() && posting.drift.is_none(), "{story}: {posting:?}");
    }

    /// Waiting for a person, who is told why in a sentence.
    pub(crate) async fn assert_blocked(&self, id: DocumentId, says: &str) {
        let document = self.document(id).await;
        let State::PostingBlocked { message, .. } = &document.state else { panic!("{:?}", document.state) };
        assert!(message.contains(says) && message.ends_with('.'), "“{message}” says “{says}”");
        let jobs = self.jobs().await;
        assert!(jobs.is_empty(), "nothing waits: {jobs:?}");
    }

    /// How often a call came in.
    pub(crate) fn count(&self, holds: &str) -> usize {
        self.gate.calls().iter().filter(|call| call.contains(holds)).count()
    }
}

trait Seconds {
    fn div_ceil_seconds(self) -> i64;
}

impl Seconds for i64 {
    fn div_ceil_seconds(self) -> i64 {
        (self + SECOND_US - 1) / SECOND_US
    }
}

pub(crate) fn total_of(document: &Document) -> Decimal {
    document.draft.as_ref().and_then(|draft| draft.amount(FieldName::Total)).expect("it has a total")
}

fn number_of(document: &Document) -> String {
    text_of(document, FieldName::DocumentNumber)
}

fn supplier_of(document: &Document) -> String {
    text_of(document, FieldName::SupplierName)
}

fn text_of(document: &Document, name: FieldName) -> String {
    document.draft.as_ref().and_then(|draft| draft.text(name)).expect("it was filled in").to_owned()
}

async fn open(config: Config, clock: Clock) -> Context {
    Context::open(config, clock, env!("CARGO_BIN_EXE_vouch").into()).await.expect("a fresh folder opens")
}

/// The settings of a vouch in this folder, with this sandbox.
pub(crate) fn config(folder: &Path, root: &str) -> Config {
    let mut config = Config::load(None).expect("the defaults are whole");
    config.data_dir = folder.to_owned();
    config.database_url = String::new();
    config.listen = "127.0.0.1:8380".to_owned();
    config.public_url = String::new();
    config.key = "5e".repeat(32);
    config.ledger_timeout_ms = 2_000;
    config.quickbooks = ledger(root, "quickbooks");
    config.xero = ledger(root, "xero");
    config
}

fn ledger(root: &str, name: &str) -> LedgerConfig {
    let options = Options::default();
    let of = |quickbooks: &str, xero: &str| format!("{root}/{name}{}", if name == "xero" { xero } else { quickbooks });
    LedgerConfig {
        client_id: options.client_id,
        client_secret: options.client_secret,
        authorize_url: of("/connect/oauth2", "/identity/connect/authorize"),
        token_url: of("/oauth2/v1/tokens/bearer", "/connect/token"),
        revoke_url: of("/v2/oauth2/tokens/revoke", "/connect/revocation"),
        connections_url: if name == "xero" { of("", "/connections") } else { String::new() },
        api_url: of("", ""),
        entry_page: of("/app/{resource}/{id}", "/app/{resource}/{id}"),
    }
}

async fn consent(context: &Context, goal: Goal, person: PersonId) -> ConnectionId {
    consent_for(context, goal, person, goal.company()).await
}

pub(crate) async fn consent_for(context: &Context, goal: Goal, person: PersonId, company: &str) -> ConnectionId {
    let page = consent_begin(context, goal.ledger, person).await.expect("the ledger is set up");
    let http = http_client(Duration::from_secs(10)).expect("plain settings");
    let asked = format!("{page}&auto=1&company={company}");
    let answer = http.get(asked).send().await.expect("the sandbox answers");
    let location = answer.headers().get("location").and_then(|value| value.to_str().ok()).expect("it sends us back");
    let back = reqwest::Url::parse(location).expect("an address");
    let value = |name: &str| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let callback = Callback {
        state: value("state").expect("it brings our state back"),
        code: value("code"),
        realm_id: value("realmId"),
        error: value("error"),
    };
    let connected = consent_finish(context, goal.ledger, person, callback).await.expect("the consent is taken");
    *connected.first().expect("a company was chosen")
}

/// What a person would choose on the page of connections.
async fn map(context: &Context, id: ConnectionId) {
    let references = reference_list(&context.db, id).await.expect("the store works");
    let first = |kind: ReferenceKind| {
        let fits = |currency: &Option<String>| currency.as_deref().is_none_or(|code| code == "HKD");
        let mut of_kind = references.iter().filter(|row| row.kind == kind.name() && fits(&row.currency));
        of_kind.next().expect("the sample company has one").external_id.clone()
    };
    let wanted = [
        (PAID_FROM, PAID_FROM_DEFAULT, first(ReferenceKind::BankAccount)),
        (CATEGORY_ACCOUNT, Category::Meals.name(), first(ReferenceKind::ExpenseAccount)),
    ];
    for (kind, key, external_id) in wanted {
        let (kind, key) = (kind.to_owned(), key.to_owned());
        mapping_store(&context.db, id, &MappingRow { kind, key, external_id }).await.expect("the store works");
    }
}

/// Writes an approved document with its posting's job, as the checks and an approver would have.
async fn approve(
    context: &Context,
    person: &Person,
    connection: ConnectionId,
    kind: DocumentKind,
    number: &str,
) -> DocumentId {
    let bytes = format!("%PDF-1.4 {number}").into_bytes();
    let sha256 = sha256_hex(&bytes);
    let now_us = context.clock.now_us();
    let id = DocumentId::new();
    let new = NewDocument {
        id,
        sha256: sha256.clone(),
        media_type: MediaType::Pdf,
        file_name: format!("{number}.pdf"),
        bytes: i64::try_from(bytes.len()).expect("a short file"),
        submitter: person.id,
        category: Category::Meals,
        connection: Some(connection),
        at_us: now_us,
    };
    context.blobs.put(&original_name(&sha256), bytes).await.expect("the folder takes it");
    let txn = context.db.begin_write().await.expect("the store works");
    assert!(document_create(&txn, &new).await.expect("the store works"), "bytes of its own");
    let mut document = document_fetch(&txn, id).await.expect("it was just made");
    document.draft = Some(draft(kind, number));
    document.state = State::Approved { by: ApprovedBy::Rule };
    document_update(&txn, &document, 0).await.expect("nobody else changes it");
    enqueue(&txn, Job::Post(id), 1, now_us).await.expect("the store works");
    txn.commit().await.expect("the store works");
    id
}

fn draft(kind: DocumentKind, number: &str) -> Draft {
    let cents: i64 = number.trim_start_matches("N-").parse().expect("numbers are made here");
    let values = [
        (FieldName::SupplierName, FieldValue::Text(format!("Supplier {number}"))),
        (FieldName::DocumentNumber, FieldValue::Text(number.to_owned())),
        (FieldName::IssueDate, FieldValue::Date(date(2026, 11, 18))),
        (FieldName::DueDate, FieldValue::Date(date(2026, 12, 18))),
        (FieldName::Currency, FieldValue::Currency(Currency::HKD)),
        (FieldName::Total, FieldValue::Amount(Decimal::new(10_000 + cents, 2))),
    ];
    let fields = values.into_iter().map(|(name, value)| (name, Field::by_person(value))).collect();
    Draft { kind, fields, ..Draft::empty(1) }
}
