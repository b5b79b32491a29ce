//! The ledgers' calls: signed ones are taken, others get 401 and nothing else, none is answered with more than a status.

use std::time::Duration;

use reqwest::StatusCode;
use vouch::{
    model::id::ConnectionId,
    post::{transport::http_client, webhook::signature_of},
    store::{
        connection::{Connection, connection_upsert},
        job::{job_claim, job_finish, job_list},
    },
};

use crate::house::House;

struct Caller<'a> {
    house: &'a House,
    http: reqwest::Client,
}

impl<'a> Caller<'a> {
    fn new(house: &'a House) -> Self {
        let http = http_client(Duration::from_secs(10)).expect("plain settings");
        Self { house, http }
    }

    async fn call(&self, ledger: &str, header: &str, signature: &str, body: &str) -> StatusCode {
        let request = self.http.post(format!("{}/webhooks/{ledger}", self.house.address));
        let answer = request.header(header, signature).body(body.to_owned()).send().await.expect("it answers");
        assert!(!answer.headers().contains_key("set-cookie"), "Xero wants no cookies");
        let status = answer.status();
        assert!(answer.bytes().await.expect("it is whole").is_empty(), "{status} comes without a body");
        status
    }
}

const XERO: &str = "x-xero-signature";
const QUICKBOOKS: &str = "intuit-signature";

#[tokio::test]
async fn xeros_intent_to_receive_is_answered_right() {
    let house = House::open(|config| config.xero_webhook_key = "hush".to_owned()).await;
    let caller = Caller::new(&house);
    let greeting = r#"{"events":[],"lastEventSequence":0,"firstEventSequence":0,"entropy":"UJHGTWVPQ"}"#;
    let right = signature_of("hush", greeting.as_bytes());
    for (signature, expected) in [
        (right.as_str(), StatusCode::OK),
        (&signature_of("other", greeting.as_bytes()), StatusCode::UNAUTHORIZED),
        ("", StatusCode::UNAUTHORIZED),
        ("nonsense", StatusCode::UNAUTHORIZED),
    ] {
        assert_eq!(caller.call("xero", XERO, signature, greeting).await, expected, "{signature}");
    }
    assert_eq!(caller.call("xero", QUICKBOOKS, &right, greeting).await, StatusCode::UNAUTHORIZED, "another's header");
    assert_eq!(caller.call("quickbooks", QUICKBOOKS, &right, greeting).await, StatusCode::UNAUTHORIZED, "no key");
    assert_eq!(caller.call("abacus", XERO, &right, greeting).await, StatusCode::NOT_FOUND);
    assert!(job_list(&house.context.db).await.expect("the queue can be read").is_empty());
    house.close().await;
}

#[tokio::test]
async fn events_become_one_look_however_often_they_come() {
    let house = House::open(|config| config.quickbooks_webhook_key = "hush".to_owned()).await;
    let (db, now_us) = (&house.context.db, house.context.clock.now_us());
    let connection = Connection {
        id: ConnectionId::new(),
        ledger: "quickbooks".to_owned(),
        company_id: "310687".to_owned(),
        name: "Harbour Trading".to_owned(),
        home_currency: "HKD".to_owned(),
        multi_currency: true,
        country: None,
        closed_until: None,
        token_id: "quickbooks:310687".to_owned(),
        state: "connected".to_owned(),
        synced_at_us: None,
    };
    let txn = db.begin_write().await.expect("the database answers");
    connection_upsert(&txn, &connection, now_us).await.expect("it is new");
    txn.commit().await.expect("the database answers");
    let caller = Caller::new(&house);
    let older = r#"{"eventNotifications":[{"realmId":"310687","dataChangeEvent":{"entities":[{"id":"1",
        "operation":"Create","name":"Bill","lastUpdated":"2026-11-22T06:00:00Z"}]}}]}"#;
    let newer = r#"[{"specversion":"1.0","id":"e-1","type":"qbo.bill.updated.v1","intuitaccountid":"310687"},
        {"specversion":"1.0","id":"e-2","type":"qbo.bill.updated.v1","intuitaccountid":"stranger"}]"#;
    for body in [older, newer, newer, older, "signed nonsense"] {
        let signature = signature_of("hush", body.as_bytes());
        assert_eq!(caller.call("quickbooks", QUICKBOOKS, &signature, body).await, StatusCode::OK, "{body}");
    }
    let jobs = job_list(db).await.expect("the queue can be read");
    assert_eq!(jobs.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["changes"]);
    assert!(jobs[0].run_at_us > now_us, "what comes within seconds is one look");
    house.context.clock.advance_us(jobs[0].run_at_us - now_us);
    let job = job_claim(db, house.context.clock.now_us(), 1).await.expect("the queue can be read").expect("it is due");
    job_finish(db, &job).await.expect("it is ours");
    house.close().await;
}
