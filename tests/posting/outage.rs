//! A ledger that is away for an hour, or says something else than it was told: entries wait with the reason, nothing is
//! guessed, and when it is back they go out in order of age.

use vouch::{
    model::id::DocumentId,
    pipeline::LedgerKind,
    sandbox::{Fault, FaultKind},
    store::job::job_reason,
};

use crate::house::{Goal, House};

const HOUR_SECONDS: i64 = 3_600;
/// How often the workers of this test look.
const LOOK_SECONDS: i64 = 15;
const DOCUMENTS: usize = 6;
/// From then on the outage is known; looks of a working ledger go out at most so far apart.
const KNOWN_SECONDS: i64 = 120;
const BACK_SECONDS: i64 = 300;
const SUPPLIER: &str = "Blue Cafe Ltd";

const fn books(goal: Goal) -> &'static str {
    match goal.ledger {
        LedgerKind::QuickBooks => "/quickbooks/v3/company/",
        LedgerKind::Xero => "/xero/api.xro/",
    }
}

async fn pass(house: &House, seconds: i64) {
    for _ in 0..seconds / LOOK_SECONDS {
        house.advance(LOOK_SECONDS);
        house.drain().await;
    }
}

async fn assert_waiting(house: &House, ids: &[DocumentId], story: &str) {
    let jobs = house.jobs().await;
    assert_eq!(jobs.len(), ids.len(), "{story}: {jobs:?}");
    for id in ids {
        assert_eq!(house.document(*id).await.state.name(), "approved", "{story}: nobody is asked, it waits");
        let reason = job_reason(&house.context.db, *id).await.expect("the store works").unwrap_or_default();
        assert!(reason.contains("did not say") || reason.contains("reach"), "{story}: the page says why: {reason:?}");
    }
}

async fn an_hour_of(goal: Goal, kind: FaultKind) {
    let story = format!("{goal:?}, {kind:?}");
    let mut house = House::new(goal).await;
    let first = house.approved_from(SUPPLIER).await;
    house.settle().await;
    house.assert_posted_once(first, &story).await;
    house.sandbox.outage(Fault { matches: books(goal).to_owned(), kind }, HOUR_SECONDS);
    let mut ids = Vec::new();
    for _ in 0..DOCUMENTS {
        // Each meets the outage by itself, so that each has a wait of its own.
        ids.push(house.approved_from(SUPPLIER).await);
        house.drain().await;
        house.advance(1);
    }
    pass(&house, KNOWN_SECONDS).await;
    assert_waiting(&house, &ids, &story).await;
    let tries: Vec<i64> = house.jobs().await.iter().map(|job| job.attempts).collect();
    let before = house.sandbox.calls().len();
    pass(&house, HOUR_SECONDS / 2).await;
    assert_waiting(&house, &ids, &story).await;
    let later: Vec<i64> = house.jobs().await.iter().map(|job| job.attempts).collect();
    assert_eq!(later, tries, "{story}: an outage uses up no tries");
    let calls = house.sandbox.calls().len() - before;
    assert!((1..200).contains(&calls), "{story}: it is looked at now and then, not without end: {calls}");
    pass(&house, HOUR_SECONDS / 2).await;
    pass(&house, BACK_SECONDS).await;
    // Bills that went together in the outage are only looked for until Xero has surely forgotten their key.
    house.settle().await;
    for id in &ids {
        house.assert_posted_once(*id, &story).await;
    }
    let made_in_outage = matches!(kind, FaultKind::DropAfterCommit | FaultKind::Garbage | FaultKind::HalfJson);
    if goal.ledger == LedgerKind::QuickBooks && !made_in_outage {
        let mut places = Vec::new();
        let made = house.sandbox.entries();
        for id in &ids {
            let reference = house.posting(*id).await.reference;
            places.push(made.iter().position(|entry| entry.mentions(&reference)).expect("it was posted"));
        }
        assert!(places.is_sorted(), "{story}: they went out in order of age: {places:?}");
    }
}

const OUTAGES: [FaultKind; 5] = [
    FaultKind::DropBeforeCommit,
    FaultKind::DropAfterCommit,
    FaultKind::Status503Html,
    FaultKind::Garbage,
    FaultKind::HalfJson,
];

#[tokio::test]
async fn quickbooks_is_away_for_an_hour() {
    for kind in OUTAGES {
        an_hour_of(Goal::QUICKBOOKS_BILL, kind).await;
    }
}

#[tokio::test]
async fn xero_is_away_for_an_hour() {
    for kind in OUTAGES {
        an_hour_of(Goal::XERO_PAID, kind).await;
        an_hour_of(Goal::XERO_BILL, kind).await;
    }
}

/// The ledger answers with another total or another currency: a person is told, no image goes there, and a second look
/// is believed.
#[tokio::test]
async fn the_answer_names_another_amount() {
    for goal in Goal::ALL {
        for kind in [FaultKind::OtherTotal, FaultKind::OtherCurrency] {
            let mut house = House::new(goal).await;
            let id = house.approved().await;
            house.sandbox.fault_arm(Fault { matches: goal.entry_call().to_owned(), kind });
            house.settle().await;
            house.assert_blocked(id, "was approved. Correct it there.").await;
            let entries = house.entries(id).await;
            let [entry] = entries.as_slice() else { panic!("{goal:?}, {kind:?}: one entry, not {entries:?}") };
            assert!(entry.attachments.is_empty(), "{goal:?}, {kind:?}: {entry:?}");
            house.retry().await;
            house.settle().await;
            house.assert_posted_once(id, &format!("{goal:?}, {kind:?}, looked at again")).await;
        }
    }
}
