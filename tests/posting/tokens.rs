//! Tokens: renewed by one for all, and given up in a way that a new consent mends.

use tokio::task::JoinSet;
use vouch::{
    pipeline::{self, LedgerKind},
    queue::Retry,
    store::{connection::connection_fetch, token::token_fetch},
};

use crate::{
    gate::Cut,
    house::{Goal, House, config},
};

async fn connection_state(house: &House) -> String {
    connection_fetch(&house.context.db, house.connection).await.expect("it is there").state
}

/// Four postings at once, in two processes, find the same token ended.
async fn renewed_once(goal: Goal, token_seconds: i64) {
    let mut house = House::new(goal).await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(house.approved().await);
    }
    house.advance(token_seconds);
    let other = house.second_process().await;
    let mut workers = JoinSet::new();
    // All are claimed before any is worked on: a worker takes along whatever bills are still to be had.
    let mut claimed = Vec::new();
    for context in [house.context.clone(), house.context.clone(), other.clone(), other] {
        claimed.push((context, house.claim().await));
    }
    for (context, job) in claimed {
        workers.spawn(async move { pipeline::run(&context, job).await });
    }
    while let Some(done) = workers.join_next().await {
        // In Xero one of them may have the company; the others give theirs back.
        if let Err(failed) = done.expect("no panic") {
            assert!(goal.ledger == LedgerKind::Xero && failed.retry == Some(Retry::GivenBack), "{failed:?}");
        }
    }
    assert_eq!(house.count(goal.token_call()), 1, "{:?}", house.gate.calls());
    // The workers died before they could finish their jobs; whoever gets them next has nothing left to do.
    house.settle().await;
    for id in ids {
        house.assert_posted_once(id, "four at once").await;
    }
    // What was given back may go together.
    let calls = house.count(goal.entry_call());
    assert!(calls == 4 || (goal.ledger == LedgerKind::Xero && calls < 4), "{calls}");
}

#[tokio::test]
async fn quickbooks_renews_once() {
    renewed_once(Goal::QUICKBOOKS_PAID, 3_600).await;
}

#[tokio::test]
async fn xero_renews_once() {
    renewed_once(Goal::XERO_BILL, 1_800).await;
}

/// The grant is withdrawn when the posting has come to this call.
async fn withdrawn(goal: Goal, at: &str) {
    let mut house = House::new(goal).await;
    let id = house.approved().await;
    house.gate.cut_at(at, 1, Cut::Before);
    house.drain().await;
    assert!(!house.gate.still_set(), "it came to {at}");
    revoke(&house).await;
    house.settle().await;
    house.assert_blocked(id, "authorised again").await;
    assert_eq!(connection_state(&house).await, "consent_needed");
    let before = house.entries(id).await.len();

    // While nobody consents, nothing is sent to the ledger, and the next document says why as well.
    let next = house.approved().await;
    house.gate.open();
    house.settle().await;
    house.assert_blocked(next, "again").await;
    assert_eq!(house.gate.calls(), Vec::<String>::new());
    assert_eq!(house.entries(id).await.len(), before);

    assert_eq!(house.consent().await, house.connection, "the same company is the same connection");
    assert_eq!(connection_state(&house).await, "connected");
    house.retry().await;
    house.settle().await;
    house.assert_posted_once(id, "after a new consent").await;
    house.assert_posted_once(next, "after a new consent").await;
}

/// Gives the tokens up at the ledger, behind vouch's back.
async fn revoke(house: &House) {
    let connection = connection_fetch(&house.context.db, house.connection).await.expect("it is there");
    let row = token_fetch(&house.context.db, &connection.token_id).await.expect("it is there");
    let refresh = house.context.vault.open_sealed(&row.refresh_sealed, &row.id).expect("our own key");
    let settings = config(house.folder.path(), &house.root);
    let settings = match row.ledger.as_str() {
        "xero" => settings.xero,
        _ => settings.quickbooks,
    };
    let http = vouch::post::transport::http_client(std::time::Duration::from_secs(10)).expect("plain settings");
    let request = http.post(&settings.revoke_url).basic_auth(&settings.client_id, Some(&settings.client_secret));
    let request = match row.ledger.as_str() {
        "xero" => request.form(&[("token", refresh)]),
        _ => request.json(&serde_json::json!({ "token": refresh })),
    };
    assert!(request.send().await.expect("the sandbox answers").status().is_success());
}

#[tokio::test]
async fn quickbooks_grant_is_withdrawn_before_the_entry() {
    withdrawn(Goal::QUICKBOOKS_BILL, Goal::QUICKBOOKS_BILL.entry_call()).await;
}

#[tokio::test]
async fn quickbooks_grant_is_withdrawn_before_the_image() {
    withdrawn(Goal::QUICKBOOKS_PAID, Goal::QUICKBOOKS_PAID.image_call()).await;
}

#[tokio::test]
async fn xero_grant_is_withdrawn_before_the_entry() {
    withdrawn(Goal::XERO_PAID, Goal::XERO_PAID.entry_call()).await;
}

#[tokio::test]
async fn xero_grant_is_withdrawn_before_the_image() {
    withdrawn(Goal::XERO_BILL, Goal::XERO_BILL.image_call()).await;
}

/// Once a day QuickBooks gives a new refresh token and forgets the old one. If that answer is lost, only a person helps.
#[tokio::test]
async fn quickbooks_new_refresh_token_is_lost() {
    let goal = Goal::QUICKBOOKS_PAID;
    let mut house = House::new(goal).await;
    house.advance(25 * 3_600);
    let id = house.approved().await;
    house.gate.cut_at(goal.token_call(), 1, Cut::After);
    house.settle().await;
    house.assert_blocked(id, "authorised again").await;
    assert_eq!(connection_state(&house).await, "consent_needed");
    house.consent().await;
    house.retry().await;
    house.settle().await;
    house.assert_posted_once(id, "after a new consent").await;
}

/// An authorisation server that stumbles costs a wait, not the consent.
#[tokio::test]
async fn a_stumbling_authorisation_server_is_asked_again() {
    for goal in [Goal::QUICKBOOKS_BILL, Goal::XERO_PAID] {
        use vouch::sandbox::{Fault, FaultKind};
        let mut house = House::new(goal).await;
        for kind in [
            FaultKind::Status503Html,
            FaultKind::Status500,
            FaultKind::DropBeforeCommit,
            FaultKind::Status429 { retry_after: Some(9) },
            FaultKind::Garbage,
            FaultKind::HalfJson,
        ] {
            house.consent().await;
            let id = house.approved().await;
            house.advance(3_600);
            house.sandbox.fault_arm(Fault { matches: goal.token_call().to_owned(), kind });
            house.settle().await;
            house.assert_posted_once(id, &format!("{kind:?} on {}", goal.token_call())).await;
            assert_eq!(connection_state(&house).await, "connected", "{kind:?}");
        }
    }
}
