//! The ledgers' clients against the sandbox, over real HTTP: what each call sends is taken, what each answer means is told
//! apart, and an entry whose answer was lost is found again.

use std::time::Duration;

use jiff::civil::date;
use rust_decimal::Decimal;
use tokio::net::TcpListener;
use vouch::{
    model::{currency::Currency, id::PostingId, money::Money},
    post::{
        Address, Attachment, Company, Ledger, LedgerKind, ReferenceKind,
        entry::{Entry, EntryKind, EntryLine, PaymentType, Resource, TaxMode},
        error::{Class, LedgerError},
        oauth::{App, OauthError, Secret, Tokens},
        quickbooks, transport, xero,
    },
    sandbox::{Fault, FaultKind, Options, Sandbox},
};

const HARBOUR: &str = "9130357766900001";
const THAMES: &str = "9130357766900002";
const PEARL: &str = "a1d0c0de-0000-4000-8000-000000000001";
const MERLION: &str = "a1d0c0de-0000-4000-8000-000000000002";

struct Bench {
    sandbox: Sandbox,
    root: String,
    http: reqwest::Client,
}

impl Bench {
    async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sandbox = Sandbox::new(Options::testing()).expect("no state file is read");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let root = format!("http://{}", listener.local_addr().expect("it is bound"));
        tokio::spawn(sandbox.clone().serve(listener, std::future::pending()));
        let http = transport::http_client(Duration::from_secs(2)).expect("plain settings");
        Self { sandbox, root, http }
    }

    fn app(&self, ledger: LedgerKind) -> App {
        let (base, authorize, token, revoke, scope) = match ledger {
            LedgerKind::QuickBooks => (
                format!("{}/quickbooks", self.root),
                "/connect/oauth2",
                "/oauth2/v1/tokens/bearer",
                "/v2/oauth2/tokens/revoke",
                "com.intuit.quickbooks.accounting",
            ),
            LedgerKind::Xero => (
                format!("{}/xero", self.root),
                "/identity/connect/authorize",
                "/connect/token",
                "/connect/revocation",
                "offline_access accounting.invoices accounting.banktransactions accounting.contacts \
                 accounting.attachments accounting.settings.read",
            ),
        };
        App {
            ledger,
            client_id: "vouch-sandbox".to_owned(),
            client_secret: Secret::new("vouch-sandbox-secret"),
            authorize_url: format!("{base}{authorize}"),
            token_url: format!("{base}{token}"),
            revoke_url: format!("{base}{revoke}"),
            connections_url: Some(format!("{base}/connections")),
            redirect_url: "http://localhost:9/callback".to_owned(),
            scopes: scope.split_whitespace().map(str::to_owned).collect(),
        }
    }

    async fn consent(&self, ledger: LedgerKind, company: &str) -> Tokens {
        let app = self.app(ledger);
        let page = app.consent_url("s1", None).expect("the addresses are addresses");
        let answer = self.http.get(format!("{page}&auto=1&company={company}")).send().await.expect("it answers");
        let location = answer.headers().get("location").and_then(|to| to.to_str().ok()).unwrap_or_default().to_owned();
        let back = reqwest::Url::parse(&location).expect("it sends the browser back");
        let code = back.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned());
        app.tokens_from_code(&self.http, &code.expect("a code"), None).await.expect("tokens")
    }

    async fn ledger(&self, kind: LedgerKind, company: &str) -> Ledger {
        let access = self.consent(kind, company).await.access;
        let http = self.http.clone();
        let address = Address {
            api: format!("{}/{}", self.root, kind.name()),
            entry_page: format!("{}/{}/app/{{resource}}/{{id}}", self.root, kind.name()),
        };
        match kind {
            LedgerKind::QuickBooks => {
                Ledger::QuickBooks(quickbooks::client::Client::new(http, address, company.to_owned(), access))
            }
            LedgerKind::Xero => Ledger::Xero(xero::client::Client::new(http, address, company.to_owned(), access)),
        }
    }

    fn fault(&self, matches: &str, kind: FaultKind) {
        self.sandbox.fault_arm(Fault { matches: matches.to_owned(), kind });
    }
}

fn entry(kind: EntryKind, currency: Currency, account: &str, tax: Option<(&str, i64)>) -> Entry {
    Entry {
        posting: PostingId::new(),
        kind,
        supplier: "Blue Cafe Ltd".to_owned(),
        issue_date: date(2026, 11, 18),
        document_number: Some("INV-10442".to_owned()),
        currency,
        home_currency: currency,
        dimensions: Vec::new(),
        exchange_rate: None,
        tax_mode: TaxMode::Inclusive,
        lines: vec![EntryLine {
            description: "Client lunch".to_owned(),
            account: account.to_owned(),
            tax_code: tax.map(|(code, _)| code.to_owned()),
            tax_rate: tax.map(|(_, rate)| Decimal::from(rate)),
            amount: Money::from_minor(2451, currency),
        }],
        total: Money::from_minor(2451, currency),
        url: Some("http://localhost/d/1".to_owned()),
    }
}

fn card(id: &str) -> EntryKind {
    EntryKind::Paid { paid_from: id.to_owned(), payment: PaymentType::CreditCard }
}

fn bill() -> EntryKind {
    EntryKind::Bill { due_date: date(2026, 12, 18) }
}

/// The same with a net amount to which the ledger adds this tax, and without any tax.
fn taxed_otherwise(entry: Entry, total: i64, tax: i64) -> [Entry; 2] {
    let (total, tax) = (Money::from_minor(total, entry.currency), Money::from_minor(tax, entry.currency));
    let line = EntryLine { amount: total, ..entry.lines[0].clone() };
    let untaxed = EntryLine { tax_code: None, tax_rate: None, ..line.clone() };
    let posting = PostingId::new();
    [
        Entry { tax_mode: TaxMode::Exclusive { tax }, lines: vec![line], total, ..entry.clone() },
        Entry { tax_mode: TaxMode::None, lines: vec![untaxed], total, posting, ..entry },
    ]
}

fn attachment() -> Attachment {
    Attachment { file_name: "receipt-1.pdf".to_owned(), media_type: "application/pdf", bytes: b"%PDF-1.4 x".to_vec() }
}

fn key() -> String {
    PostingId::new().to_string()
}

/// What a posting does, once without trouble and once with the answer lost; both must leave one entry, one file.
async fn post(bench: &Bench, ledger: &Ledger, entry: &Entry, supplier: &str, path: &str) {
    let body = ledger.entry_body(entry, supplier).expect("the entry is whole");
    let resource = entry.resource();
    bench.fault(path, FaultKind::DropAfterCommit);
    let lost = ledger.entry_create(resource, &body, &key()).await.expect_err("the connection is cut");
    assert_eq!(lost.class(), Class::LookThenRetry, "{lost}");
    let found = ledger.entry_find(entry, supplier).await.expect("the look works");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].total, entry.total.to_decimal());
    assert_eq!(found[0].supplier_id.as_deref(), Some(supplier));
    assert_eq!(found[0].issue_date.as_deref(), Some("2026-11-18"));
    let id = &found[0].external_id;
    assert_eq!(ledger.entry_fetch(resource, id).await.expect("it is there").as_ref(), Some(&found[0]));
    let page = bench.http.get(found[0].url.clone().expect("a page")).send().await.expect("the page answers");
    assert_eq!(page.status(), 200, "{:?}", found[0].url);

    assert_eq!(ledger.attachment_list(resource, id).await.expect("an empty list"), []);
    let file = ledger.attachment_create(resource, id, &attachment(), &key()).await.expect("it is taken");
    let files = ledger.attachment_list(resource, id).await.expect("a list");
    assert_eq!(files.len(), 1);
    assert_eq!((files[0].external_id.as_str(), files[0].file_name.as_str()), (file.as_str(), "receipt-1.pdf"));
    assert_eq!(files[0].bytes, Some(10));
}

/// What entries of a company may be charged to beside accounts.
fn dimensions(company: &Company) -> Vec<String> {
    let of_dimensions = ReferenceKind::ALL.into_iter().skip(5).collect::<Vec<_>>();
    let rows = company.references.iter().filter(|item| of_dimensions.contains(&item.kind));
    rows.map(|item| format!("{} {}", item.kind.name(), item.name)).collect()
}

#[tokio::test]
async fn quickbooks_company_and_suppliers() {
    let bench = Bench::start().await;
    let ledger = bench.ledger(LedgerKind::QuickBooks, THAMES).await;
    let company = ledger.company_fetch().await.expect("it answers");
    assert_eq!((company.name.as_str(), company.home_currency.as_str()), ("Thames Supplies Ltd", "GBP"));
    assert_eq!(company.closed_until.as_deref(), Some("2024-12-31"));
    let taxes: Vec<_> = company
        .references
        .iter()
        .filter(|item| item.kind == ReferenceKind::TaxCode)
        .map(|item| item.code.as_deref())
        .collect();
    assert_eq!(taxes, [Some("20"), Some("5"), Some("0")]);
    assert_eq!(dimensions(&company), Vec::<String>::new(), "one class for a whole transaction is none for a bill");
    assert_eq!(ledger.supplier_find("o'neil & SONS").await.expect("it answers").as_deref(), Some("202"));
    assert_eq!(ledger.supplier_find("Nobody").await.expect("it answers"), None);

    let ledger = bench.ledger(LedgerKind::QuickBooks, HARBOUR).await;
    let company = ledger.company_fetch().await.expect("it answers");
    assert!(company.multi_currency);
    let expected = ["class Sales", "class Operations", "customer Kowloon Retail Co", "customer Tower refit"];
    let found = dimensions(&company);
    assert!(expected.iter().all(|name| found.contains(&(*name).to_owned())), "{found:?}");
    let expected = ["dimension Class", "dimension Location", "dimension Customer", "location Kowloon"];
    assert!(expected.iter().all(|name| found.contains(&(*name).to_owned())), "{found:?}");
    assert_eq!(found.len(), 9, "and nothing that is not in use: {found:?}");
    assert!(matches!(ledger.supplier_find("Old Wharf Stationery").await, Err(LedgerError::Refused { .. })));
    let made = ledger.supplier_create("Wan Chai: Tools", "HKD", &key()).await.expect("the name is free");
    assert_eq!(ledger.supplier_find("wan chai tools").await.expect("it answers"), Some(made));
    let taken = ledger.supplier_create("Blue Cafe Ltd", "HKD", &key()).await;
    assert!(matches!(taken, Err(LedgerError::AlreadyThere { .. })), "{taken:?}");
    let customer = ledger.supplier_create("Kowloon Retail Co", "HKD", &key()).await;
    assert!(matches!(customer, Err(LedgerError::Refused { .. })), "{customer:?}");
}

#[tokio::test]
async fn quickbooks_posts_once() {
    let bench = Bench::start().await;
    let ledger = bench.ledger(LedgerKind::QuickBooks, HARBOUR).await;
    post(
        &bench,
        &ledger,
        &entry(card("42"), Currency::HKD, "60", None),
        "201",
        "POST /quickbooks/v3/company/9130357766900001/purchase",
    )
    .await;
    post(
        &bench,
        &ledger,
        &entry(bill(), Currency::HKD, "60", None),
        "201",
        "POST /quickbooks/v3/company/9130357766900001/bill",
    )
    .await;
    post(
        &bench,
        &ledger,
        &entry(EntryKind::Credit, Currency::HKD, "60", None),
        "201",
        "POST /quickbooks/v3/company/9130357766900001/vendorcredit",
    )
    .await;
    let gbp = Currency::parse("GBP").expect("a code in use");
    let ledger = bench.ledger(LedgerKind::QuickBooks, THAMES).await;
    post(
        &bench,
        &ledger,
        &entry(card("42"), gbp, "60", Some(("4", 20))),
        "201",
        "POST /quickbooks/v3/company/9130357766900002/purchase",
    )
    .await;
    post(
        &bench,
        &ledger,
        &entry(bill(), gbp, "60", Some(("5", 5))),
        "201",
        "POST /quickbooks/v3/company/9130357766900002/bill",
    )
    .await;
    post(
        &bench,
        &ledger,
        &entry(EntryKind::Credit, gbp, "60", Some(("4", 20))),
        "201",
        "POST /quickbooks/v3/company/9130357766900002/vendorcredit",
    )
    .await;
    for kind in [card("42"), bill()] {
        let path = if kind == bill() { "bill" } else { "purchase" };
        for (number, whole) in
            taxed_otherwise(entry(kind, gbp, "60", Some(("4", 20))), 2450, 408).into_iter().enumerate()
        {
            let whole = Entry { document_number: Some(format!("T-{number}")), ..whole };
            post(&bench, &ledger, &whole, "201", &format!("POST /quickbooks/v3/company/{THAMES}/{path}")).await;
        }
    }
}

#[tokio::test]
async fn quickbooks_failures_are_told_apart() {
    let bench = Bench::start().await;
    let ledger = bench.ledger(LedgerKind::QuickBooks, HARBOUR).await;
    let whole = entry(card("42"), Currency::HKD, "60", None);
    let body = ledger.entry_body(&whole, "201").expect("the entry is whole");
    for (kind, expected) in [
        (FaultKind::DropBeforeCommit, Class::LookThenRetry),
        (FaultKind::Status401, Class::RefreshThenRetry),
        (FaultKind::Status429 { retry_after: None }, Class::RetryAfter(Duration::from_secs(60))),
        (FaultKind::Status429 { retry_after: Some(7) }, Class::RetryAfter(Duration::from_secs(7))),
        (FaultKind::Status500, Class::LookThenRetry),
        (FaultKind::Status503Html, Class::LookThenRetry),
    ] {
        bench.fault("/purchase", kind);
        let error = ledger.entry_create(Resource::Paid, &body, &key()).await.expect_err("the fault strikes");
        assert_eq!(error.class(), expected, "{kind:?}: {error}");
    }
    assert_eq!(ledger.entry_find(&whole, "201").await.expect("the look works"), []);
    for kind in [FaultKind::Garbage, FaultKind::HalfJson, FaultKind::SlowMs(2_500)] {
        bench.fault("/purchase", kind);
        let error = ledger.entry_create(Resource::Paid, &body, &key()).await.expect_err("the fault strikes");
        assert_eq!(error.class(), Class::LookThenRetry, "{kind:?}: {error}");
    }
    let early = Entry { issue_date: date(2024, 1, 1), ..entry(card("42"), Currency::HKD, "60", None) };
    let body = ledger.entry_body(&early, "201").expect("the entry is whole");
    let closed = ledger.entry_create(Resource::Paid, &body, &key()).await;
    assert!(matches!(closed, Err(LedgerError::HumanInLedger { .. })), "{closed:?}");
    assert_eq!(ledger.entry_fetch(Resource::Bill, "999999").await.expect("it answers"), None);
    let wrong = ledger.entry_body(&entry(card("42"), Currency::HKD, "91", None), "201").expect("the entry is whole");
    let wrong = ledger.entry_create(Resource::Paid, &wrong, &key()).await;
    assert!(matches!(wrong, Err(LedgerError::Refused { .. })), "{wrong:?}");

    let nowhere = transport::http_client(Duration::from_secs(2)).expect("plain settings");
    let address = Address { api: "http://127.0.0.1:1".to_owned(), entry_page: String::new() };
    let client = quickbooks::client::Client::new(nowhere, address, HARBOUR.to_owned(), Secret::new("t"));
    assert!(matches!(client.supplier_find("x").await, Err(LedgerError::Unreachable { .. })));
}

#[tokio::test]
async fn tokens_are_renewed_and_given_up() {
    let bench = Bench::start().await;
    for (kind, company) in [(LedgerKind::QuickBooks, HARBOUR), (LedgerKind::Xero, PEARL)] {
        let app = bench.app(kind);
        let tokens = bench.consent(kind, company).await;
        assert!(tokens.expires_in >= Duration::from_secs(1800));
        assert!(tokens.refresh_expires_in >= Some(Duration::from_secs(60 * 24 * 3600)));
        let renewed = app.tokens_refresh(&bench.http, &tokens.refresh).await.expect("it is renewed");
        assert_ne!(renewed.access, tokens.access);
        assert!(matches!(app.tokens_from_code(&bench.http, "made-up", None).await, Err(OauthError::InvalidGrant)));
        let made_up = Secret::new("made-up");
        assert!(matches!(app.tokens_refresh(&bench.http, &made_up).await, Err(OauthError::InvalidGrant)));
        let stranger = App { client_secret: Secret::new("wrong"), ..app.clone() };
        assert!(matches!(stranger.tokens_refresh(&bench.http, &renewed.refresh).await, Err(OauthError::InvalidClient)));
        bench.fault("POST /", FaultKind::Status503Html);
        let lost = app.tokens_refresh(&bench.http, &renewed.refresh).await;
        assert!(matches!(lost, Err(OauthError::Ambiguous(_))), "{lost:?}");
        if kind == LedgerKind::Xero {
            let tenants = app.tenants(&bench.http, &renewed.access).await.expect("it answers");
            assert_eq!(tenants.iter().map(|tenant| tenant.tenant_id.as_str()).collect::<Vec<_>>(), [company]);
            assert!(renewed.subject.is_some());
        }
        app.revoke(&bench.http, &renewed.refresh).await.expect("it is given up");
        let dead = app.tokens_refresh(&bench.http, &renewed.refresh).await;
        assert!(matches!(dead, Err(OauthError::InvalidGrant)), "{dead:?}");
    }
}

#[tokio::test]
async fn xero_company_and_suppliers() {
    let bench = Bench::start().await;
    let ledger = bench.ledger(LedgerKind::Xero, PEARL).await;
    let company = ledger.company_fetch().await.expect("it answers");
    assert_eq!((company.name.as_str(), company.home_currency.as_str()), ("Pearl River Design Ltd", "HKD"));
    assert_eq!(company.closed_until.as_deref(), Some("2024-12-31"));
    assert!(company.multi_currency);
    let expected = [
        "tracking_option Sales",
        "tracking_option Operations",
        "dimension Department",
        "tracking_option Kowloon Retail Co",
        "tracking_option Tower refit",
        "dimension Project",
    ];
    assert_eq!(dimensions(&company), expected);
    assert!(company.references.iter().all(|item| item.kind != ReferenceKind::TaxCode && item.external_id != "860"));
    assert!(ledger.supplier_find("star FERRY stationers").await.expect("it answers").is_some());
    assert_eq!(ledger.supplier_find("Nobody \"at\" all").await.expect("it answers"), None);
    assert!(matches!(ledger.supplier_find("Lantau Print Works").await, Err(LedgerError::Refused { .. })));
    let made = ledger.supplier_create("Wan  Chai <Tools>", "HKD", &key()).await.expect("the name is free");
    assert_eq!(ledger.supplier_find("Wan Chai Tools").await.expect("it answers"), Some(made));
    let taken = ledger.supplier_create("Star Ferry Stationers", "HKD", &key()).await;
    assert!(matches!(taken, Err(LedgerError::AlreadyThere { .. })), "{taken:?}");
}

#[tokio::test]
async fn xero_posts_once() {
    let bench = Bench::start().await;
    let ledger = bench.ledger(LedgerKind::Xero, PEARL).await;
    let (contact, visa) = ("5eed0003-0001-4000-8000-000000000001", "5eed0001-0001-4000-8000-000000000002");
    post(
        &bench,
        &ledger,
        &entry(card(visa), Currency::HKD, "420", None),
        contact,
        "PUT /xero/api.xro/2.0/BankTransactions",
    )
    .await;
    post(&bench, &ledger, &entry(bill(), Currency::HKD, "420", None), contact, "PUT /xero/api.xro/2.0/Invoices").await;
    let comma = Entry { document_number: Some("A,1".to_owned()), ..entry(bill(), Currency::HKD, "420", None) };
    post(&bench, &ledger, &comma, contact, "PUT /xero/api.xro/2.0/Invoices").await;
    let credit = entry(EntryKind::Credit, Currency::HKD, "420", None);
    post(&bench, &ledger, &credit, contact, "PUT /xero/api.xro/2.0/CreditNotes").await;
    let sgd = Currency::parse("SGD").expect("a code in use");
    let ledger = bench.ledger(LedgerKind::Xero, MERLION).await;
    let (contact, dbs) = ("5eed0003-0002-4000-8000-000000000001", "5eed0001-0002-4000-8000-000000000002");
    post(
        &bench,
        &ledger,
        &entry(card(dbs), sgd, "420", Some(("INPUT", 9))),
        contact,
        "PUT /xero/api.xro/2.0/BankTransactions",
    )
    .await;
    for kind in [card(dbs), bill()] {
        let path = if kind == bill() { "Invoices" } else { "BankTransactions" };
        for whole in taxed_otherwise(entry(kind, sgd, "420", Some(("INPUT", 9))), 2451, 202) {
            post(&bench, &ledger, &whole, contact, &format!("PUT /xero/api.xro/2.0/{path}")).await;
        }
    }
}

#[tokio::test]
async fn xero_failures_are_told_apart() {
    let bench = Bench::start().await;
    let ledger = bench.ledger(LedgerKind::Xero, PEARL).await;
    let contact = "5eed0003-0001-4000-8000-000000000001";
    let whole = entry(bill(), Currency::HKD, "420", None);
    let body = ledger.entry_body(&whole, contact).expect("the entry is whole");
    for (kind, expected) in [
        (FaultKind::DropBeforeCommit, Class::LookThenRetry),
        (FaultKind::Status401, Class::RefreshThenRetry),
        (FaultKind::Status429 { retry_after: None }, Class::RetryAfter(Duration::from_secs(60))),
        (FaultKind::Status429 { retry_after: Some(12) }, Class::RetryAfter(Duration::from_secs(12))),
        (FaultKind::Status500, Class::LookThenRetry),
        (FaultKind::Status503Html, Class::LookThenRetry),
    ] {
        bench.fault("/Invoices", kind);
        let error = ledger.entry_create(Resource::Bill, &body, &key()).await.expect_err("the fault strikes");
        assert_eq!(error.class(), expected, "{kind:?}: {error}");
    }
    assert_eq!(ledger.entry_find(&whole, contact).await.expect("the look works"), []);
    let once = key();
    ledger.entry_create(Resource::Bill, &body, &once).await.expect("it is made");
    let again = ledger.entry_create(Resource::Bill, &body, &once).await.expect("the same answer comes again");
    assert_eq!(ledger.entry_find(&whole, contact).await.expect("the look works"), [again]);
    let other = body.replace("Client lunch", "Another lunch");
    let reused = ledger.entry_create(Resource::Bill, &other, &once).await;
    assert!(matches!(reused, Err(LedgerError::AlreadyThere { .. })), "{reused:?}");
    let early = Entry { issue_date: date(2024, 1, 1), ..entry(bill(), Currency::HKD, "420", None) };
    let early = ledger.entry_body(&early, contact).expect("the entry is whole");
    let locked = ledger.entry_create(Resource::Bill, &early, &key()).await;
    assert!(matches!(locked, Err(LedgerError::HumanInLedger { .. })), "{locked:?}");
    let wrong = ledger.entry_body(&entry(bill(), Currency::HKD, "999", None), contact).expect("the entry is whole");
    let wrong = ledger.entry_create(Resource::Bill, &wrong, &key()).await;
    assert!(matches!(wrong, Err(LedgerError::Refused { .. })), "{wrong:?}");
    let nobody = "00000000-0000-4000-8000-000000000000";
    assert_eq!(ledger.entry_fetch(Resource::Bill, nobody).await.expect("it answers"), None);
}

/// Workers spawn these onto a runtime of many threads: this compiles only while they can.
#[tokio::test]
async fn futures_can_be_spawned() {
    fn sendable<T: Send>(future: T) -> T {
        future
    }
    let bench = Bench::start().await;
    let ledger = bench.ledger(LedgerKind::QuickBooks, HARBOUR).await;
    let whole = entry(bill(), Currency::HKD, "60", None);
    assert!(sendable(ledger.company_fetch()).await.is_ok());
    assert!(sendable(ledger.entry_find(&whole, "201")).await.is_ok());
    let app = bench.app(LedgerKind::QuickBooks);
    assert!(sendable(app.tokens_refresh(&bench.http, &Secret::new("x"))).await.is_err());
    assert!(sendable(app.tokens_from_code(&bench.http, "x", None)).await.is_err());
}
