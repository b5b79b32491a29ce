//! What is in the ledger is held against what was approved: when it is posted, and at every sync.

use rust_decimal::Decimal;
use vouch::{
    model::id::DocumentId,
    pipeline::{changes::run_changes, sync::run_sync},
    sandbox::{Change, Charge},
    store::{connection::reference_list, drift::drift_list_of},
};

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

/// Which of two accounts of the company is not the mapped one, and its name.
async fn other_account(house: &House, mapped: &str) -> (String, String) {
    let rows = reference_list(&house.context.db, house.connection).await.expect("the store works");
    let other = rows.into_iter().find(|row| row.kind == "expense_account" && row.external_id != mapped);
    other.map(|row| (row.external_id, row.name)).expect("the company has several")
}

/// What is open at a document's entry after the next look: kind, what was approved, what is there.
async fn differences(house: &House, id: DocumentId) -> Vec<(String, String, String)> {
    house.advance(60);
    run_changes(&house.context, house.connection).await.expect("the ledger answers");
    let rows = drift_list_of(&house.context.db, id).await.expect("the store works");
    rows.into_iter().map(|row| (row.kind, row.approved, row.found)).collect()
}

/// Somebody charges a posted entry to another account, another tax code and another class or option, and takes back
/// one of it: each is a difference of its own, and none is overwritten.
async fn charged_otherwise(goal: Goal) {
    let mut house = House::new(goal).await;
    house.map_dimensions().await;
    let id = house.approved().await;
    house.charge(id, Some("sales"), None).await;
    house.settle().await;
    run_sync(&house.context, house.connection).await.expect("the ledger answers");
    assert_eq!(differences(&house, id).await, [], "as it was posted");
    let external_id = house.posting(id).await.external_id.expect("it is posted");
    let mapped = house.map_to("gone").await;
    house.map_to(&mapped).await;
    let (other, other_name) = other_account(&house, &mapped).await;
    let name = house.reference_name("expense_account", &mapped).await;
    assert!(house.sandbox.entry_recharge(&external_id, Charge::Account, &other));
    let difference = |kind: &str, approved: &str, found: &str| (kind.to_owned(), approved.to_owned(), found.to_owned());
    let account = difference("account", &name, &other_name);
    assert_eq!(differences(&house, id).await, std::slice::from_ref(&account));
    // Another mapping from now on changes nothing about what was posted.
    house.map_to(&other).await;
    assert!(house.sandbox.entry_recharge(&external_id, Charge::Dimension, "Operations"));
    let dimension = difference("dimension", "Sales", "Operations");
    assert_eq!(differences(&house, id).await, [account, dimension.clone()]);
    assert!(house.sandbox.entry_recharge(&external_id, Charge::Account, &mapped));
    assert_eq!(differences(&house, id).await, [dimension]);
    assert!(house.sandbox.entry_change(&external_id, Change::Uncharge));
    assert_eq!(differences(&house, id).await, [difference("dimension", "Sales", "–")], "taken off");
    assert!(house.sandbox.entry_recharge(&external_id, Charge::Dimension, "Sales"));
    assert_eq!(differences(&house, id).await, [], "and put on again");
    let [entry] = house.entries(id).await.try_into().expect("one entry, which vouch did not touch");
    assert_eq!((entry.live, house.document(id).await.state.name()), (true, "posted"));
}

#[tokio::test]
async fn what_is_charged_otherwise_is_seen() {
    for goal in Goal::ALL {
        charged_otherwise(goal).await;
    }
}

/// A department in the ledger where none was approved, on an entry that had none.
#[tokio::test]
async fn a_department_that_nobody_approved_is_seen() {
    for goal in [Goal::QUICKBOOKS_CREDIT, Goal::XERO_PAID] {
        let mut house = House::new(goal).await;
        let id = house.approved().await;
        house.settle().await;
        run_sync(&house.context, house.connection).await.expect("the ledger answers");
        let external_id = house.posting(id).await.external_id.expect("it is posted");
        assert!(house.sandbox.entry_recharge(&external_id, Charge::Dimension, "Sales"));
        let found = differences(&house, id).await;
        let kinds: Vec<&str> = found.iter().map(|(kind, ..)| kind.as_str()).collect();
        assert_eq!(kinds, ["dimension"]);
        assert_eq!(found[0].1, "–");
    }
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
