//! Every failure the sandbox can play, on the entry and on its image.

use vouch::sandbox::{Fault, FaultKind};

use crate::house::{Goal, House};

const FAULTS: [FaultKind; 10] = [
    FaultKind::DropBeforeCommit,
    FaultKind::DropAfterCommit,
    FaultKind::Status401,
    FaultKind::Status429 { retry_after: None },
    FaultKind::Status429 { retry_after: Some(7) },
    FaultKind::Status500,
    FaultKind::Status503Html,
    FaultKind::Garbage,
    FaultKind::HalfJson,
    FaultKind::SlowMs(100),
];

fn arm(house: &House, matches: &str, kind: FaultKind) {
    house.sandbox.fault_arm(Fault { matches: matches.to_owned(), kind });
}

async fn faults_everywhere(goal: Goal) {
    let mut house = House::new(goal).await;
    for kind in FAULTS {
        for call in [goal.entry_call(), goal.image_call()] {
            let id = house.approved().await;
            arm(&house, call, kind);
            house.gate.open();
            house.settle().await;
            let story = format!("{kind:?} on {call}");
            house.assert_posted_once(id, &story).await;
            let renewals = house.count(goal.token_call());
            let refused = usize::from(kind == FaultKind::Status401);
            // A long wait may end the token as well; without one it is renewed for a refusal only.
            assert_eq!(renewals, refused, "{story}: {:?}", house.gate.calls());
            house.consent().await;
        }
    }
}

#[tokio::test]
async fn quickbooks_paid() {
    faults_everywhere(Goal::QUICKBOOKS_PAID).await;
}

#[tokio::test]
async fn quickbooks_bill() {
    faults_everywhere(Goal::QUICKBOOKS_BILL).await;
}

#[tokio::test]
async fn xero_paid() {
    faults_everywhere(Goal::XERO_PAID).await;
}

#[tokio::test]
async fn xero_bill() {
    faults_everywhere(Goal::XERO_BILL).await;
}

/// A call that is carried out after vouch gave up waiting for its answer: before vouch tries again, or after that.
async fn too_slow(goal: Goal) {
    let mut house = House::new(goal).await;
    for call in [goal.entry_call(), goal.image_call()] {
        for overtaken in [false, true] {
            let id = house.approved().await;
            house.gate.hold_next(call);
            house.drain().await;
            assert_eq!(house.jobs().await.len(), 1, "vouch gave up waiting for the answer to {call}");
            if overtaken {
                house.settle().await;
            }
            house.gate.arrived().await;
            house.gate.release(None);
            house.gate.idle().await;
            house.settle().await;
            house.assert_posted_once(id, &format!("{call} was slow, overtaken: {overtaken}")).await;
        }
    }
}

#[tokio::test]
async fn quickbooks_is_too_slow() {
    too_slow(Goal::QUICKBOOKS_BILL).await;
}

#[tokio::test]
async fn xero_is_too_slow() {
    too_slow(Goal::XERO_PAID).await;
}

/// A ledger that asks for a wait gets it, to the second, and however often it asks the job is not given up.
async fn waits_are_kept(goal: Goal, wait_seconds: i64, asked: Option<u64>) {
    let mut house = House::new(goal).await;
    let id = house.approved().await;
    let more_than_tries = house.context.config.job_attempts_max + 3;
    for _ in 0..more_than_tries {
        arm(&house, goal.entry_call(), FaultKind::Status429 { retry_after: asked });
        house.drain().await;
        let jobs = house.jobs().await;
        let [job] = jobs.as_slice() else { panic!("{jobs:?}") };
        assert_eq!(job.run_at_us, house.context.clock.now_us() + wait_seconds * 1_000_000);
        house.advance(wait_seconds - 1);
        assert_eq!(house.drain().await, 0, "not a second early");
        house.advance(1);
    }
    // Then one failure of another kind: the waits were not tries.
    arm(&house, goal.entry_call(), FaultKind::Status503Html);
    house.settle().await;
    house.assert_posted_once(id, "after many waits").await;
}

#[tokio::test]
async fn quickbooks_is_waited_for() {
    waits_are_kept(Goal::QUICKBOOKS_BILL, 60, None).await;
}

#[tokio::test]
async fn xero_is_waited_for() {
    waits_are_kept(Goal::XERO_BILL, 7, Some(7)).await;
}

/// What only a person can mend is said in a sentence, and posted once when it is mended.
async fn refused_and_mended(goal: Goal) {
    let mut house = House::new(goal).await;
    let gone = house.map_to("no such account").await;
    let id = house.approved().await;
    house.settle().await;
    house.assert_blocked(id, "no longer usable").await;
    assert_eq!(house.entries(id).await, []);
    house.map_to(&gone).await;
    house.retry().await;
    house.settle().await;
    house.assert_posted_once(id, "after another mapping").await;
}

#[tokio::test]
async fn quickbooks_mapping_is_mended() {
    refused_and_mended(Goal::QUICKBOOKS_PAID).await;
}

#[tokio::test]
async fn xero_mapping_is_mended() {
    refused_and_mended(Goal::XERO_BILL).await;
}
