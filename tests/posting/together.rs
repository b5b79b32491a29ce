//! Bills of one Xero organisation go in one call, and each of them is there once, whatever becomes of that call.

use std::time::Duration;

use tokio::{sync::watch, task::JoinSet};
use vouch::{
    model::id::DocumentId,
    pipeline::{self, sync::run_sync},
    queue::{self, Wake},
    sandbox::{Fault, FaultKind},
};

use crate::{
    gate::Cut,
    house::{Goal, House},
    process::worked_off,
};

const BILLS: usize = 12;
const MANY: usize = 120;
const GOAL: Goal = Goal::XERO_BILL;

async fn bills(house: &mut House) -> Vec<DocumentId> {
    let mut ids = Vec::new();
    for _ in 0..BILLS {
        ids.push(house.approved().await);
    }
    ids
}

async fn assert_all_once(house: &House, ids: &[DocumentId], story: &str) {
    for id in ids {
        house.assert_posted_once(*id, story).await;
    }
}

#[tokio::test]
async fn twelve_bills_take_one_call_and_an_image_each() {
    let mut house = House::new(GOAL).await;
    let ids = bills(&mut house).await;
    house.drain().await;
    assert_all_once(&house, &ids, "together").await;
    assert_eq!(house.count(GOAL.entry_call()), 1);
    assert_eq!(house.count(GOAL.image_call()), BILLS);
}

/// Four workers claim at once; whoever has the company takes all that wait, and nobody posts one alone beside that.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_that_claim_at_once_leave_the_bills_to_one() {
    let mut house = House::new(GOAL).await;
    let known = house.approved_from("Blue Cafe Ltd").await;
    house.drain().await;
    assert_all_once(&house, &[known], "the supplier is known").await;
    let mut ids = Vec::new();
    for _ in 0..MANY {
        ids.push(house.approved_from("Blue Cafe Ltd").await);
    }
    house.gate.open();
    let (stop, stopped) = watch::channel(false);
    let mut workers = JoinSet::new();
    for _ in 0..4 {
        let context = house.second_process().await;
        let options = queue::Options { slots: 8, poll: Duration::from_millis(20), ..context.queue_options() };
        let (db, clock, wake) = (context.db.clone(), context.clock.clone(), Wake::default());
        let handler = move |job| {
            let context = context.clone();
            async move { pipeline::run(&context, job).await }
        };
        workers.spawn(queue::work(db, clock, wake, options, stopped.clone(), handler));
    }
    worked_off(&house).await;
    stop.send(true).expect("they listen");
    workers.join_all().await;
    assert_all_once(&house, &ids, "four workers").await;
    assert_eq!(house.count(GOAL.image_call()), MANY);
    // Twenty go in a call. A worker that holds a few for a moment may leave a call short, but an entry with its image
    // takes 1.1 calls at most.
    let calls = house.count(GOAL.entry_call());
    assert!(calls * 10 <= MANY, "{calls} calls for {MANY} bills");
}

#[tokio::test]
async fn the_call_is_cut() {
    for cut in Cut::BOTH {
        let mut house = House::new(GOAL).await;
        let ids = bills(&mut house).await;
        house.gate.cut_at(GOAL.entry_call(), 1, cut);
        house.settle().await;
        assert!(!house.gate.still_set());
        assert_all_once(&house, &ids, &format!("cut {cut:?}")).await;
    }
}

#[tokio::test]
async fn the_call_fails() {
    for kind in [
        FaultKind::Status401,
        FaultKind::Status429 { retry_after: Some(3) },
        FaultKind::Status500,
        FaultKind::Status503Html,
        FaultKind::Garbage,
        FaultKind::HalfJson,
    ] {
        let mut house = House::new(GOAL).await;
        let ids = bills(&mut house).await;
        house.sandbox.fault_arm(Fault { matches: GOAL.entry_call().to_owned(), kind });
        house.settle().await;
        assert_all_once(&house, &ids, &format!("{kind:?}")).await;
    }
}

/// The call is carried out long after vouch gave up waiting, before or after it was sent again.
#[tokio::test]
async fn the_call_is_too_slow() {
    for overtaken in [false, true] {
        let mut house = House::new(GOAL).await;
        let ids = bills(&mut house).await;
        house.gate.hold_next(GOAL.entry_call());
        house.drain().await;
        if overtaken {
            house.settle().await;
        }
        house.gate.arrived().await;
        house.gate.release(None);
        house.gate.idle().await;
        house.settle().await;
        assert_all_once(&house, &ids, &format!("overtaken: {overtaken}")).await;
    }
}

/// Whoever drives the call dies while it is on its way; hours later each looks for its own.
#[tokio::test]
async fn the_process_dies() {
    for cut in Cut::BOTH {
        let mut house = House::new(GOAL).await;
        let ids = bills(&mut house).await;
        let (context, job) = (house.context.clone(), house.claim().await);
        house.gate.hold_next(GOAL.entry_call());
        let posting = tokio::spawn(async move { vouch::pipeline::run(&context, job).await });
        house.gate.arrived().await;
        posting.abort();
        posting.await.expect_err("it was stopped");
        house.gate.release(Some(cut));
        house.gate.idle().await;
        house.restart().await;
        house.advance(3_600);
        house.settle().await;
        assert_all_once(&house, &ids, &format!("died, {cut:?}")).await;
    }
}

/// In a company with more contacts than a page holds, new suppliers are made together all the same.
#[tokio::test]
async fn new_suppliers_are_made_together_beside_a_thousand_others() {
    const CONTACTS: usize = 1_050;
    let mut house = House::new(GOAL).await;
    let names: Vec<_> =
        (0..CONTACTS).map(|number| serde_json::json!({"Name": format!("Filler {number:04}")})).collect();
    for some in names.chunks(50) {
        house.call("PUT", "Contacts", serde_json::json!({"Contacts": some})).await;
    }
    run_sync(&house.context, house.connection).await.expect("the ledger answers");
    let ids = bills(&mut house).await;
    house.gate.open();
    house.drain().await;
    assert_all_once(&house, &ids, "together").await;
    assert_eq!((house.count("GET /xero/api.xro/2.0/Contacts"), house.count("PUT /xero/api.xro/2.0/Contacts")), (2, 1));
}
