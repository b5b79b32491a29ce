//! Credit notes: money that comes back is posted as a supplier's credit, once, and never as something to pay.

use rust_decimal::Decimal;
use vouch::{
    model::{
        field::{DocumentKind, Field, FieldName, FieldValue},
        id::DocumentId,
    },
    pipeline::{
        LedgerKind,
        blocked::{Fix, groups, unblock},
        changes::run_changes,
        sync::run_sync,
    },
    sandbox::Change,
    store::{document::document_update, drift::drift_list_open},
};

use crate::{
    furnish::Typed,
    gate::Cut,
    house::{Goal, House, total_of},
};

const GOALS: [Goal; 2] = [Goal::QUICKBOOKS_CREDIT, Goal::XERO_CREDIT];

const fn resource(goal: Goal) -> &'static str {
    match goal.ledger {
        LedgerKind::QuickBooks => "vendorcredit",
        LedgerKind::Xero => "creditnotes",
    }
}

async fn total_to(house: &House, id: DocumentId, total: Decimal) {
    let mut document = house.document(id).await;
    let draft = document.draft.as_mut().expect("it has a draft");
    draft.fields.insert(FieldName::Total, Field::by_person(FieldValue::Amount(total)));
    let txn = house.context.db.begin_write().await.expect("the store works");
    document_update(&txn, &document, document.version).await.expect("nobody else changes it");
    txn.commit().await.expect("the store works");
}

/// Whatever sign the paper prints, the entry is above zero; and at the next look nothing differs.
#[tokio::test]
async fn a_sign_that_is_printed_changes_nothing() {
    for goal in GOALS {
        let mut house = House::new(goal).await;
        let (plain, signed) = (house.approved().await, house.approved().await);
        total_to(&house, signed, Decimal::new(-18_600, 2)).await;
        house.settle().await;
        house.assert_posted_once(plain, "printed without a sign").await;
        let [entry] = house.entries(signed).await.try_into().expect("one entry");
        assert_eq!(
            (entry.resource, entry.total, entry.attachments.len()),
            (resource(goal), Decimal::new(18_600, 2), 1)
        );
        assert_eq!(house.document(signed).await.state.name(), "posted");
        run_sync(&house.context, house.connection).await.expect("the ledger answers");
        assert_eq!(house.posting(signed).await.drift, None);
        assert!(drift_list_open(&house.context.db, 9).await.expect("the store works").is_empty());
    }
}

/// The answer is lost after the ledger made it: it is found by our reference and taken over, after Xero has forgotten
/// the request's key too.
#[tokio::test]
async fn a_lost_answer_is_looked_for() {
    for goal in GOALS {
        let mut house = House::new(goal).await;
        let id = house.approved().await;
        house.gate.cut_at(goal.entry_call(), 1, Cut::After);
        house.drain().await;
        house.advance(400);
        house.settle().await;
        house.assert_posted_once(id, "taken over").await;
        assert_eq!(house.count(goal.entry_call()), 1, "{goal:?}: it was not sent again");
    }
}

/// What somebody deleted or voided before it could be taken over is neither taken for ours nor made a second time: a
/// person is told what happened, and decides. Soon after, while the ledgers still answer from memory, and later.
async fn gone_before_it_was_taken_over(goal: Goal, seconds: i64) {
    let mut house = House::new(goal).await;
    let id = house.approved().await;
    let sandbox = house.sandbox.clone();
    house.gate.act_at(goal.entry_call(), 1, Cut::After, move || {
        let made = sandbox.entries().pop().expect("it was just made");
        assert!(sandbox.entry_change(&made.external_id, Change::Delete));
    });
    house.drain().await;
    house.advance(seconds);
    house.settle().await;
    house.assert_blocked(id, "deleted or voided in the ledger. Reject this document, or post it anew").await;
    let [gone] = house.entries(id).await.try_into().expect("one entry ever");
    assert!(!gone.live && gone.attachments.is_empty(), "{gone:?}");
    assert_eq!(house.posting(id).await.gone, [gone.external_id.as_str()]);
    // Posted anew: the look that the lost answer of the second one asks for does not stop at the first.
    house.gate.cut_at(goal.entry_call(), 1, Cut::After);
    house.retry().await;
    house.settle().await;
    let (live, dead): (Vec<_>, Vec<_>) = house.entries(id).await.into_iter().partition(|entry| entry.live);
    assert_eq!((live.len(), dead.len()), (1, 1), "{goal:?} after {seconds} seconds");
    assert_eq!((house.document(id).await.state.name(), live[0].attachments.len()), ("posted", 1));
    assert_eq!(house.posting(id).await.external_id.as_ref(), Some(&live[0].external_id));
}

#[tokio::test]
async fn a_voided_one_is_not_taken_over() {
    for goal in Goal::ALL {
        for seconds in [1, 400] {
            gone_before_it_was_taken_over(goal, seconds).await;
        }
    }
}

/// A plan without vendor credits: it is named, nothing is guessed, and one change there lets all of it go.
#[tokio::test]
async fn simple_start_takes_none() {
    let goal = Goal::QUICKBOOKS_CREDIT;
    let mut house = House::new(goal).await;
    assert!(house.sandbox.simple_start_set(goal.company(), true));
    let id = house.approved().await;
    house.settle().await;
    assert_eq!((house.document(id).await.state.name(), house.entries(id).await.len()), ("posting_blocked", 0));
    let groups = groups(&house.context).await.expect("the store works");
    let [group] = groups.as_slice() else { panic!("one group, not {groups:?}") };
    let sentence = "the company's plan does not have this, as bills and supplier credits in Simple Start";
    assert!(matches!(&group.fix, Fix::Again(said) if said.contains(sentence)), "{:?}", group.fix);
    // What the plan has is followed all the same, by the list and by the feed.
    for _ in 0..2 {
        house.advance(60);
        run_sync(&house.context, house.connection).await.expect("the ledger answers");
        run_changes(&house.context, house.connection).await.expect("the feed answers");
    }
    house.sandbox.simple_start_set(goal.company(), false);
    assert_eq!(unblock(&house.context, &house.person, None).await.expect("the store works"), 1);
    house.settle().await;
    house.assert_posted_once(id, "on another plan").await;
}

/// The bill that a credit note takes back is no second copy of it; the same credit typed in by hand is.
#[tokio::test]
async fn a_bill_is_no_copy_of_its_credit() {
    for goal in GOALS {
        let mut house = House::new(goal).await;
        let id = house.approved().await;
        house.settle().await;
        run_sync(&house.context, house.connection).await.expect("the ledger answers");
        let total = total_of(&house.document(id).await);
        let kinds = async |house: &House| {
            house.advance(60);
            run_changes(&house.context, house.connection).await.expect("the ledger answers");
            let open = drift_list_open(&house.context.db, 9).await.expect("the store works");
            open.into_iter().map(|row| (row.kind, row.document)).collect::<Vec<_>>()
        };
        let total = total.to_string();
        let typed = |kind, supplier, number| Typed { kind, supplier, number, total: &total, date: "2026-11-18" };
        house.typed_in(&typed(DocumentKind::Invoice, "SUPPLIER N-0001.", "N-0001")).await;
        let found = kinds(&house).await;
        assert!(found.iter().all(|(kind, _)| kind != "twice"), "{goal:?}: {found:?}");
        house.typed_in(&typed(DocumentKind::CreditNote, "SUPPLIER N-0001,", "n 0001")).await;
        let found = kinds(&house).await;
        assert!(found.contains(&("twice".to_owned(), Some(id))), "{goal:?}: {found:?}");
    }
}

/// A smaller plan hides the credits that were posted: nobody says that they are gone.
#[tokio::test]
async fn what_a_plan_hides_is_not_gone() {
    let goal = Goal::QUICKBOOKS_CREDIT;
    let mut house = House::new(goal).await;
    let id = house.approved().await;
    house.settle().await;
    run_sync(&house.context, house.connection).await.expect("the ledger answers");
    house.sandbox.simple_start_set(goal.company(), true);
    // The feed does not reach back so far: everything is listed.
    house.advance(40 * 86_400);
    run_changes(&house.context, house.connection).await.expect("the list answers");
    house.advance(60);
    run_changes(&house.context, house.connection).await.expect("the feed answers");
    assert_eq!(house.posting(id).await.drift, None);
    assert!(drift_list_open(&house.context.db, 9).await.expect("the store works").is_empty());
}
