//! The page of differences: who sees it, what it says when there is nothing, and saying that something is all right.

use reqwest::StatusCode;
use vouch::{
    model::{id::ConnectionId, person::Role},
    store::drift::{DriftRow, drift_list_open, drift_replace},
};

use crate::{documents::awaiting, house::House, visitor::Visitor, words::company};

/// One difference of each kind at this company's books.
pub(crate) async fn differences(house: &House, connection: ConnectionId) -> Vec<DriftRow> {
    let txn = house.context.db.begin_write().await.expect("the database answers");
    let mut rows = Vec::new();
    for kind in [
        "removed",
        "total",
        "currency",
        "date",
        "supplier",
        "account",
        "tax",
        "dimension",
        "unapproved",
        "unapproved-credit",
        "twice",
    ] {
        let row = DriftRow {
            id: format!("of-{kind}"),
            connection,
            resource: "bill".to_owned(),
            external_id: kind.to_owned(),
            kind: kind.to_owned(),
            document: None,
            supplier: "<b>Harbour</b>".to_owned(),
            approved: if kind == "total" { "HKD 110.00".to_owned() } else { String::new() },
            found: if kind == "removed" { String::new() } else { "HKD 120.00".to_owned() },
            url: Some("http://localhost/entry".to_owned()),
            since_us: house.context.clock.now_us(),
            accepted_by: None,
        };
        drift_replace(&txn, connection, "bill", kind, std::slice::from_ref(&row)).await.expect("it can be written");
        rows.push(row);
    }
    txn.commit().await.expect("the database answers");
    rows
}

#[tokio::test]
async fn differences_are_seen_and_accepted_by_those_who_may() {
    let house = House::open(|_| {}).await;
    let ada = house.add("Ada", &[Role::Accountant]).await;
    let sam = house.add("Sam", &[Role::Submitter, Role::Approver]).await;
    let mut browser = Visitor::signed_in(&house, &ada.email).await;
    let page = browser.get("/drift").await.text();
    assert!(page.contains("No ledger is connected yet") && page.contains("href=\"/connections\""), "{page}");

    let connection = company(&house).await;
    let page = browser.get("/drift").await.text();
    assert!(page.contains("The ledgers hold what was approved") && page.contains("within the hour"), "{page}");

    let rows = differences(&house, connection).await;
    let page = browser.get("/drift").await.text();
    assert_eq!(page.matches("/accept\"").count(), rows.len());
    assert!(page.contains("HKD 110.00 → HKD 120.00") && page.contains("Bill without approval"), "{page}");
    assert!(page.contains("&#60;b&#62;Harbour") && !page.contains("<b>Harbour"), "names are escaped");
    assert!(browser.get("/connections").await.text().contains("11 entries differ"));

    let mut other = Visitor::signed_in(&house, &sam.email).await;
    assert_eq!(other.get("/drift").await.status, StatusCode::FORBIDDEN);
    assert!(!other.get("/documents").await.text().contains("href=\"/drift\""));
    assert_eq!(other.act("/drift/of-total/accept", &[]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.post("/drift/of-total/accept", &[]).await.status, StatusCode::FORBIDDEN, "a forged form");
    for _ in 0..2 {
        let answer = browser.act("/drift/of-total/accept", &[]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/drift"));
        assert_eq!(drift_list_open(&house.context.db, 10).await.expect("it can be read").len(), rows.len() - 1);
    }
    let page = browser.get("/drift").await.text();
    assert!(page.contains("It comes back only if the ledger changes again") && !page.contains("HKD 110.00"), "{page}");
    house.close().await;
}

#[tokio::test]
async fn a_documents_page_says_what_differs_in_its_language() {
    let house = House::open(|_| {}).await;
    let (ada, _paul) = (house.add("Ada", &Role::ALL).await, house.add("Paul", &[Role::Approver]).await);
    let document = awaiting(&house, &ada, 1).await;
    let connection = company(&house).await;
    use vouch::store::Run as _;
    let db = &house.context.db;
    let sql = "INSERT INTO postings (id, document_id, connection_id, resource, reference, external_id, entry_url, \
        created_at_us) VALUES ($1, $2, $3, 'bill', 'VCH-1', '7', 'http://localhost/7', 1)";
    let values = vec![
        vouch::model::id::PostingId::new().to_string().into(),
        document.id.to_string().into(),
        connection.to_string().into(),
    ];
    db.execute(sql, values).await.expect("it can be written");
    let txn = db.begin_write().await.expect("the database answers");
    let row = DriftRow {
        id: "x".to_owned(),
        connection,
        resource: "bill".to_owned(),
        external_id: "7".to_owned(),
        kind: "date".to_owned(),
        document: Some(document.id),
        supplier: String::new(),
        approved: "2026-11-18".to_owned(),
        found: "2026-11-19".to_owned(),
        url: None,
        since_us: 1,
        accepted_by: None,
    };
    drift_replace(&txn, connection, "bill", "7", &[row]).await.expect("it can be written");
    txn.commit().await.expect("the database answers");
    let mut browser = Visitor::signed_in(&house, &ada.email).await;
    let path = format!("/documents/{}", document.id);
    assert!(browser.get(&path).await.text().contains("Another date: 2026-11-18 → 2026-11-19."));
    browser.languages = "zh-HK";
    assert!(browser.get(&path).await.text().contains("日期不同: 2026-11-18 → 2026-11-19."));
    house.close().await;
}
