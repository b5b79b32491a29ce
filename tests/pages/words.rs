//! Every page in three languages: all words there, none of them a key, the headers that guard a page on each.

use std::collections::BTreeSet;

use reqwest::StatusCode;
use vouch::{
    model::{
        field::FieldName,
        id::ConnectionId,
        person::{Person, Role},
    },
    store::connection::{Connection, ReferenceRow, connection_upsert, reference_replace_all},
};

use crate::{
    documents::{GOOD, awaiting, checked, draft, received},
    house::House,
    visitor::Visitor,
};

/// Every key of the messages.
fn keys() -> BTreeSet<&'static str> {
    let lines = include_str!("../../locales/en.ftl").lines().chain(include_str!("../../locales/zh-Hant.ftl").lines());
    let keys: BTreeSet<_> = lines
        .filter(|line| line.starts_with(|letter: char| letter.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" = ").map(|(key, _)| key))
        .collect();
    assert!(keys.len() > 200, "only {} keys were found", keys.len());
    keys
}

/// What a person reads on a page or is read to them: the text, and the attributes that show or speak.
fn visible(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for piece in page.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        found.push(text.trim().to_owned());
        for name in ["title=\"", "aria-label=\"", "placeholder=\"", "alt=\"", "data-failed=\"", "data-done=\""] {
            found.extend(tag.split(name).skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned));
        }
    }
    found.retain(|text| !text.is_empty());
    found
}

/// Looks at every word of a page: none may be a key, whole or in part.
fn no_key_in(page: &str, place: &str, keys: &BTreeSet<&str>) {
    for text in visible(page) {
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-' && letter != '_');
        for word in words.filter(|word| word.contains('-') || word.contains('_')) {
            assert!(!keys.contains(word), "{place} shows the key {word}");
            let family = word.split('-').next().unwrap_or_default();
            let like_a_key = ["error", "state", "field", "event", "rule", "severity", "source", "next", "notice"];
            assert!(
                !word.contains('-') || !like_a_key.contains(&family),
                "{place} shows {word}, which looks like a key"
            );
        }
        assert!(!text.contains("{ $") && !text.contains("{$"), "{place} shows a variable: {text}");
    }
}

/// A connected company with an account of each kind.
pub(crate) async fn company(house: &House) -> ConnectionId {
    let txn = house.context.db.begin_write().await.expect("the database answers");
    let connection = Connection {
        id: ConnectionId::new(),
        ledger: "quickbooks".to_owned(),
        company_id: "1".to_owned(),
        name: "Harbour Trading".to_owned(),
        home_currency: "HKD".to_owned(),
        multi_currency: true,
        country: Some("HK".to_owned()),
        closed_until: None,
        token_id: "quickbooks:1".to_owned(),
        state: "connected".to_owned(),
        synced_at_us: Some(house.context.clock.now_us()),
    };
    let id = connection_upsert(&txn, &connection, house.context.clock.now_us()).await.expect("it is new");
    let account = |kind: &str, name: &str| ReferenceRow {
        kind: kind.to_owned(),
        external_id: name.to_owned(),
        code: None,
        name: name.to_owned(),
        currency: None,
    };
    let rows = [account("expense_account", "Travel"), account("bank_account", "HSBC"), account("tax_code", "None")];
    reference_replace_all(&txn, id, &rows).await.expect("the connection is there");
    txn.commit().await.expect("the database answers");
    id
}

async fn furnished(house: &House, sam: &Person) -> Vec<String> {
    let flawed = [
        (FieldName::SupplierName, "Harbour Stationery"),
        (FieldName::IssueDate, "2027-01-05"),
        (FieldName::Subtotal, "100.00"),
        (FieldName::Tax, "10.00"),
        (FieldName::Total, "2400.00"),
    ];
    let mut unsure = draft(&GOOD);
    for field in unsure.fields.values_mut() {
        field.accepted = false;
    }
    let documents = [
        received(house, sam, 1).await,
        checked(house, sam, 2, draft(&flawed)).await,
        checked(house, sam, 3, unsure).await,
        checked(house, sam, 4, draft(&GOOD)).await,
        checked(house, sam, 5, draft(&GOOD)).await,
        awaiting(house, sam, 6).await,
    ];
    let connection = company(house).await;
    crate::drift::differences(house, connection).await;
    crate::blocked::blocked(house, sam, connection, 7).await;
    crate::dimensions::chosen_class(house, connection).await;
    documents.iter().map(|document| format!("/documents/{}", document.id)).collect()
}

#[tokio::test]
async fn every_page_speaks_three_languages() {
    let house = House::open(|_| {}).await;
    let (sam, ada) = (house.add("Sam Lee", &[Role::Submitter]).await, house.add("Ada Wong", &Role::ALL).await);
    let documents = furnished(&house, &sam).await;
    let keys = keys();
    let mut browser = Visitor::signed_in(&house, &ada.email).await;
    let fixed = ["/documents", "/documents?scope=approve", "/documents?supplier=nobody", "/connections", "/drift"];
    let more = ["/blocked", "/suppliers", "/people", "/policy", "/history", "/tasks", "/nowhere", "/documents/x"];
    let paths: Vec<&str> = fixed.into_iter().chain(more).chain(documents.iter().map(String::as_str)).collect();
    for (languages, tag, word) in [
        ("en-GB,en;q=0.9", "en", "Documents"),
        ("zh-HK,zh;q=0.9,en;q=0.8", "zh-Hant", "單據"),
        ("zh-CN,zh;q=0.9", "zh-Hans", "单据"),
    ] {
        browser.languages = languages;
        for path in &paths {
            let answer = browser.get(path).await;
            let (place, page) = (format!("{path} in {tag}"), answer.text());
            assert!(page.contains(&format!("<html lang=\"{tag}")), "{place}: {}", &page[..200.min(page.len())]);
            assert!(page.contains(word), "{place} has no {word}");
            no_key_in(&page, &place, &keys);
            let english =
                ["The lines add up", "The parts add up", "Choose the company", "could not be read", "is in the future"];
            let left = english.into_iter().find(|sentence| tag != "en" && page.contains(sentence));
            assert_eq!(left, None, "{place} has an English sentence");
        }
        let mut stranger = Visitor::new(&house);
        stranger.languages = languages;
        no_key_in(&stranger.get("/sign-in").await.text(), "/sign-in", &keys);
        let refused = stranger.sign_in("a@b.example", "x").await;
        no_key_in(&refused.text(), "/sign-in refused", &keys);
        let answer = browser.upload("a.txt", b"text".to_vec()).await;
        let message = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
        assert_eq!(message.is_ascii(), tag == "en", "{message}");
    }
    house.close().await;
}

#[tokio::test]
async fn the_chosen_language_wins_over_the_browsers() {
    let house = House::open(|_| {}).await;
    let mut browser = Visitor::new(&house);
    browser.languages = "zh-HK";
    assert!(browser.get("/sign-in").await.text().contains("lang=\"zh-Hant"));
    let answer = browser.post("/language", &[("language", "en"), ("back", "/sign-in?next=/policy")]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in?next=/policy"));
    let page = browser.get("/sign-in").await.text();
    assert!(page.contains("<html lang=\"en\"") && page.contains("Sign in to vouch"), "{page}");
    browser.post("/language", &[("language", "xx"), ("back", "")]).await;
    assert!(browser.get("/sign-in").await.text().contains("<html lang=\"en\""), "an unknown language is English");
    house.close().await;
}

#[tokio::test]
async fn every_answer_is_guarded() {
    let house = House::open(|_| {}).await;
    let (ada, _paul) = (house.add("Ada Wong", &Role::ALL).await, house.add("Paul", &[Role::Approver]).await);
    let document = awaiting(&house, &ada, 1).await;
    let mut browser = Visitor::signed_in(&house, &ada.email).await;
    let own = ["", "/state", "/pages/1", "/original"].map(|end| format!("/documents/{}{end}", document.id));
    let paths = [
        "/sign-in",
        "/documents",
        "/connections",
        "/drift",
        "/people",
        "/policy",
        "/history",
        "/tasks",
        "/nowhere",
        "/",
        "/health",
    ];
    let assets = ["/assets/vouch.css", "/assets/vouch.js"];
    for path in paths.into_iter().chain(assets).chain(own.iter().map(String::as_str)) {
        let answer = browser.get(path).await;
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "object-src 'none'",
        ] {
            assert!(policy.contains(part) || policy == "default-src 'none'; sandbox", "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{path}");
        let page = answer.text();
        if answer.header("content-type").starts_with("text/html") {
            assert!(!page.contains(" style=") && !page.contains("<style") && !page.contains(" onclick"), "{path}");
            assert!(!page.contains("<script>"), "{path}: scripts stand in their own file");
            assert!(!page.contains("https://") && !page.contains("http://www.google"), "{path} asks nobody else");
        }
    }
    house.close().await;
}
