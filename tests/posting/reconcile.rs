//! What is in the ledger is held against what was approved: when it is posted, and at every sync.

use rust_decimal::Decimal;
use vouch::{pipeline::sync::run_sync, sandbox::Change};

use crate::{
    gate::Cut,
    house::{Goal, House, total_of},
};

fn other_total() -> Decimal {
    Decimal::new(99_999, 2)
}

/// Somebody changes the entry before its answer comes: vouch finds another total than the approved one.
async fn another_total(goal: Goal) {
    let mut house = House::new(goal).await;
    let id = house.approved().await;
    let sandbox = house.sandbox.clone();
    house.gate.act_at(goal.entry_call(), 1, Cut::After, move || {
        let made = sandbox.entries().pop().expect("it was just made");
        assert!(sandbox.entry_change(&made.external_id, Change::TotalTo(other_total())));
    });
    house.settle().await;
    house.assert_blocked(id, "was approved").await;
    let [entry] = house.entries(id).await.try_into().expect("one entry");
    assert_eq!((entry.total, entry.attachments.len()), (other_total(), 0));

    // Trying again without a correction changes nothing.
    house.retry().await;
    house.settle().await;
    house.assert_blocked(id, "was approved").await;

    let approved = total_of(&house.document(id).await);
    assert!(house.sandbox.entry_change(&entry.external_id, Change::TotalTo(approved)));
    house.retry().await;
    house.settle().await;
    house.assert_posted_once(id, "corrected in the ledger").await;
    assert_eq!(house.posting(id).await.posted_total.and_then(|text| text.parse().ok()), Some(approved));
}

/// The entry with the wrong total is deleted there: it is never made a second time by itself.
async fn another_total_deleted(goal: Goal) {
    let mut house = House::new(goal).await;
    let id = house.approved().await;
    let sandbox = house.sandbox.clone();
    house.gate.act_at(goal.entry_call(), 1, Cut::After, move || {
        let made = sandbox.entries().pop().expect("it was just made");
        assert!(sandbox.entry_change(&made.external_id, Change::TotalTo(other_total())));
    });
    house.settle().await;
    let [entry] = house.entries(id).await.try_into().expect("one entry");
    assert!(house.sandbox.entry_change(&entry.external_id, Change::Delete));
    house.retry().await;
    house.settle().await;
    house.assert_blocked(id, "deleted or voided").await;
    assert_eq!(house.entries(id).await.len(), 1, "nothing new was made");
}

/// A sync notices a changed total, a corrected one and a removed entry.
async fn drift(goal: Goal) {
    let mut house = House::new(goal).await;
    let id = house.approved().await;
    house.settle().await;
    house.assert_posted_once(id, "before anybody changed it").await;
    let approved = total_of(&house.document(id).await);
    let external_id = house.posting(id).await.external_id.expect("it is posted");
    let mut seen = Vec::new();
    for change in [Change::TotalTo(other_total()), Change::TotalTo(approved), Change::Delete] {
        assert!(house.sandbox.entry_change(&external_id, change));
        house.advance(60);
        run_sync(&house.context, house.connection).await.expect("the ledger answers");
        let posting = house.posting(id).await;
        assert_eq!(posting.checked_at_us, Some(house.context.clock.now_us()));
        seen.push(posting.drift);
    }
    let sentence = format!("The ledger says {}; HKD {approved} was approved.", other_total());
    assert_eq!(seen, [Some(sentence), None, Some("The entry was deleted or voided in the ledger.".to_owned())]);
    assert_eq!(house.document(id).await.state.name(), "posted", "drift is shown, nothing is done about it");
    assert_eq!(house.entries(id).await.len(), 1);
}

#[tokio::test]
async fn quickbooks_paid_has_another_total() {
    another_total(Goal::QUICKBOOKS_PAID).await;
}

#[tokio::test]
async fn quickbooks_bill_has_another_total() {
    another_total(Goal::QUICKBOOKS_BILL).await;
}

#[tokio::test]
async fn xero_paid_has_another_total() {
    another_total(Goal::XERO_PAID).await;
}

#[tokio::test]
async fn xero_bill_has_another_total() {
    another_total(Goal::XERO_BILL).await;
}

#[tokio::test]
async fn credits_have_another_total() {
    another_total(Goal::QUICKBOOKS_CREDIT).await;
    another_total(Goal::XERO_CREDIT).await;
}

#[tokio::test]
async fn a_wrong_entry_that_was_deleted_is_not_made_again() {
    for goal in [Goal::QUICKBOOKS_BILL, Goal::XERO_PAID] {
        another_total_deleted(goal).await;
    }
}

#[tokio::test]
async fn drift_is_seen_and_forgotten() {
    for goal in Goal::ALL {
        drift(goal).await;
    }
}
