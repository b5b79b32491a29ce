//! The reversal of a posted entry: two people, one entry less, whatever is cut, answers wrongly or was done there before.

use rust_decimal::Decimal;
use vouch::{
    approval::state::{ReversalStage, State, TransitionError},
    model::{
        id::{DocumentId, PersonId},
        person::{Person, Role},
    },
    pipeline::{
        actions::{Action, ActionError, Correction, Reverse, act},
        changes::run_changes,
        sync::run_sync,
        transition::TransitionFailed,
    },
    sandbox::{Change, Fault, FaultKind},
    store::{Run as _, drift::drift_list_open, history::history_list, person::person_create},
    web::session::password_hash,
};

use crate::{
    gate::Cut,
    house::{Goal, House, PASSWORD, total_of},
};

/// More calls than a reversal makes.
const CALLS_MAX: usize = 9;

/// Somebody who may agree to what the house's person asks.
async fn approver(house: &House) -> Person {
    let person = Person {
        id: PersonId::from_u128(2),
        email: "bea@example.org".to_owned(),
        name: "Bea".to_owned(),
        roles: vec![Role::Approver],
        active: true,
    };
    let hash = password_hash(PASSWORD).expect("a short password");
    person_create(&house.context.db, &person, &hash, house.context.clock.now_us()).await.expect("a new person");
    person
}

async fn does(house: &House, person: &Person, id: DocumentId, what: Reverse) -> Result<(), ActionError> {
    let version = house.document(id).await.version;
    act(&house.context, person, id, version, Action::Reverse(what)).await.map(|_| ())
}

/// Asked by one and agreed to by the other.
async fn agreed(house: &House, bea: &Person, id: DocumentId) {
    does(house, &house.person, id, Reverse::Ask("Paid twice".to_owned())).await.expect("it can be asked");
    does(house, bea, id, Reverse::Agree).await.expect("it can be agreed to");
}

/// The call that takes an entry back.
fn undo_call(goal: Goal) -> String {
    match goal.entry_call().split_once(' ') {
        // In Xero the entry's id follows.
        Some(("PUT", path)) => format!("POST {path}/"),
        _ => goal.entry_call().to_owned(),
    }
}

/// A posted document, and the calls counted from then on.
async fn posted(house: &mut House) -> DocumentId {
    house.gate.open();
    let id = house.approved().await;
    house.settle().await;
    house.assert_posted_once(id, "before its reversal").await;
    house.gate.open();
    id
}

/// Reversed: the one entry that was ever made is gone, nothing waits, and nothing is reported.
async fn assert_reversed(house: &House, id: DocumentId, story: &str) {
    let document = house.document(id).await;
    let State::Reversal(reversal) = &document.state else { panic!("{story}: {:?}", document.state) };
    assert!(reversal.is_done(), "{story}: {reversal:?}");
    assert!(house.jobs().await.is_empty(), "{story}");
    let [entry] = house.entries(id).await.try_into().expect("one entry ever");
    assert!(!entry.live, "{story}: {entry:?}");
    assert_eq!(entry.external_id, reversal.external_id, "{story}");
    let posting = house.posting(id).await;
    assert!(!posting.entry_may_exist() && posting.attachment_id.is_none(), "{story}: {posting:?}");
}

async fn assert_blocked(house: &House, id: DocumentId, says: &str) {
    let document = house.document(id).await;
    let State::Reversal(reversal) = &document.state else { panic!("{:?}", document.state) };
    let ReversalStage::Blocked { message, .. } = &reversal.stage else { panic!("{reversal:?}") };
    assert!(message.contains(says), "“{message}” says “{says}”");
    assert!(house.jobs().await.is_empty(), "nothing waits");
    let [entry] = house.entries(id).await.try_into().expect("one entry ever");
    assert!(entry.live, "it is still there");
}

async fn nothing_differs(house: &House, id: DocumentId) {
    for _ in 0..2 {
        house.advance(60);
        run_sync(&house.context, house.connection).await.expect("the ledger answers");
        run_changes(&house.context, house.connection).await.expect("the feed answers");
    }
    let open = drift_list_open(&house.context.db, 9).await.expect("the store works");
    assert!(open.is_empty(), "{open:?}");
    assert_eq!(house.posting(id).await.drift, None);
}

#[tokio::test]
async fn one_asks_and_another_agrees() {
    for goal in Goal::ALL {
        let mut house = House::new(goal).await;
        let bea = approver(&house).await;
        let id = posted(&mut house).await;
        run_sync(&house.context, house.connection).await.expect("the ledger answers");
        house.gate.open();
        does(&house, &house.person, id, Reverse::Ask("Paid twice".to_owned())).await.expect("it can be asked");
        let own = does(&house, &house.person, id, Reverse::Agree).await;
        let refused = TransitionFailed::Refused(TransitionError::OwnReversal);
        assert!(
            matches!(&own, Err(ActionError::Transition(error)) if error.to_string() == refused.to_string()),
            "{own:?}"
        );
        house.settle().await;
        assert_eq!(house.count(&undo_call(goal)), 0, "nobody agreed yet");
        does(&house, &bea, id, Reverse::Agree).await.expect("it can be agreed to");
        house.settle().await;
        assert_reversed(&house, id, &format!("{goal:?}")).await;
        assert_eq!((house.count(&undo_call(goal)), house.gate.calls().len()), (1, 2), "{:?}", house.gate.calls());
        nothing_differs(&house, id).await;
        let history = history_list(&house.context.db, id).await.expect("the store works");
        let events: Vec<&str> = history.iter().map(|row| row.event.as_str()).collect();
        assert!(events.ends_with(&["posted", "reversal_asked", "reversal_agreed", "reversed"]), "{events:?}");
    }
}

/// The line is cut at every call of a reversal, before and after it is carried out.
#[tokio::test]
async fn cut_at_every_call() {
    for goal in Goal::ALL {
        let mut house = House::new(goal).await;
        let bea = approver(&house).await;
        for cut in Cut::BOTH {
            let mut met = 0;
            for nth in 1..CALLS_MAX {
                let id = posted(&mut house).await;
                agreed(&house, &bea, id).await;
                house.gate.cut_at("", nth, cut);
                house.settle().await;
                let calls = house.gate.calls();
                assert_reversed(&house, id, &format!("{goal:?}: call {nth} cut {cut:?}: {calls:?}")).await;
                let sent = house.count(&undo_call(goal));
                let lost = cut == Cut::Before && calls.get(nth - 1).is_some_and(|call| call.contains(&undo_call(goal)));
                assert_eq!(sent, 1 + usize::from(lost), "{goal:?}: {calls:?}");
                if house.gate.still_set() {
                    break;
                }
                met = nth;
            }
            assert_eq!(met, 2, "{goal:?}: the look and the send were cut");
        }
    }
}

#[tokio::test]
async fn whatever_the_ledger_answers() {
    let faults = [
        FaultKind::Status401,
        FaultKind::Status429 { retry_after: Some(7) },
        FaultKind::Status500,
        FaultKind::Status503Html,
        FaultKind::Garbage,
        FaultKind::HalfJson,
        FaultKind::SlowMs(100),
    ];
    for goal in [Goal::QUICKBOOKS_BILL, Goal::XERO_PAID, Goal::XERO_BILL] {
        let mut house = House::new(goal).await;
        let bea = approver(&house).await;
        for kind in faults {
            let id = posted(&mut house).await;
            agreed(&house, &bea, id).await;
            house.sandbox.fault_arm(Fault { matches: undo_call(goal), kind });
            house.settle().await;
            assert_reversed(&house, id, &format!("{goal:?}: {kind:?}")).await;
            house.consent().await;
        }
    }
}

/// Gone there before vouch came to it: that is what was asked for, and nothing is sent.
#[tokio::test]
async fn what_is_gone_already_is_reversed() {
    for goal in Goal::ALL {
        let mut house = House::new(goal).await;
        let bea = approver(&house).await;
        let id = posted(&mut house).await;
        let external_id = house.posting(id).await.external_id.expect("it is posted");
        assert!(house.sandbox.entry_change(&external_id, Change::Delete));
        run_sync(&house.context, house.connection).await.expect("the ledger answers");
        assert_eq!(drift_list_open(&house.context.db, 9).await.expect("the store works").len(), 1, "it was removed");
        house.gate.open();
        agreed(&house, &bea, id).await;
        house.settle().await;
        assert_reversed(&house, id, &format!("{goal:?}")).await;
        assert_eq!(house.count(&undo_call(goal)), 0, "{:?}", house.gate.calls());
        nothing_differs(&house, id).await;
    }
}

/// Paid, set off or matched with the bank: it stays, a person is told why, and after that is undone it goes.
#[tokio::test]
async fn what_is_settled_stays() {
    for goal in Goal::ALL {
        let mut house = House::new(goal).await;
        let bea = approver(&house).await;
        let id = posted(&mut house).await;
        let external_id = house.posting(id).await.external_id.expect("it is posted");
        assert!(house.sandbox.entry_change(&external_id, Change::Settle(true)));
        agreed(&house, &bea, id).await;
        house.settle().await;
        assert_blocked(&house, id, "there").await;
        assert!(house.sandbox.entry_change(&external_id, Change::Settle(false)));
        does(&house, &house.person, id, Reverse::Retry).await.expect("it is blocked");
        house.settle().await;
        assert_reversed(&house, id, &format!("{goal:?}")).await;
    }
}

/// Paid between the look and the send: the ledger itself refuses, and says so.
#[tokio::test]
async fn settled_at_the_last_moment() {
    for goal in [Goal::QUICKBOOKS_BILL, Goal::QUICKBOOKS_PAID, Goal::XERO_BILL, Goal::XERO_PAID] {
        let mut house = House::new(goal).await;
        let bea = approver(&house).await;
        let id = posted(&mut house).await;
        let external_id = house.posting(id).await.external_id.expect("it is posted");
        agreed(&house, &bea, id).await;
        house.gate.hold_next(&undo_call(goal));
        let ((), ()) = tokio::join!(
            async {
                house.settle().await;
            },
            async {
                house.gate.arrived().await;
                assert!(house.sandbox.entry_change(&external_id, Change::Settle(true)));
                house.gate.release(None);
            }
        );
        assert_blocked(&house, id, "").await;
        does(&house, &house.person, id, Reverse::Withdraw).await.expect("it can be left as it is");
        let State::Posted { external_id: kept, .. } = house.document(id).await.state else { panic!("it is posted") };
        assert_eq!(kept, external_id);
        nothing_differs(&house, id).await;
    }
}

/// Changed there since it was posted: nobody approved taking that out.
#[tokio::test]
async fn what_was_changed_there_is_not_touched() {
    for goal in [Goal::QUICKBOOKS_BILL, Goal::XERO_PAID] {
        let mut house = House::new(goal).await;
        let bea = approver(&house).await;
        let id = posted(&mut house).await;
        let external_id = house.posting(id).await.external_id.expect("it is posted");
        assert!(house.sandbox.entry_change(&external_id, Change::TotalTo(Decimal::new(99_999, 2))));
        agreed(&house, &bea, id).await;
        house.settle().await;
        assert_blocked(&house, id, "changed there since: it says HKD 999.99").await;
        assert!(house.sandbox.entry_change(&external_id, Change::TotalTo(total_of(&house.document(id).await))));
        does(&house, &house.person, id, Reverse::Retry).await.expect("it is blocked");
        house.settle().await;
        assert_reversed(&house, id, &format!("{goal:?}")).await;
    }
}

/// Refused or taken back: it is posted as before, and can be asked for again.
#[tokio::test]
async fn it_can_stay() {
    let goal = Goal::XERO_BILL;
    let mut house = House::new(goal).await;
    let bea = approver(&house).await;
    let id = posted(&mut house).await;
    for end in [Reverse::Refuse("It was not paid twice".to_owned()), Reverse::Withdraw] {
        does(&house, &house.person, id, Reverse::Ask("Paid twice".to_owned())).await.expect("it can be asked");
        let person = if end == Reverse::Withdraw { &house.person } else { &bea };
        does(&house, person, id, end).await.expect("it can stay");
        house.settle().await;
        house.assert_posted_once(id, "it stays").await;
    }
    agreed(&house, &bea, id).await;
    house.settle().await;
    assert_reversed(&house, id, "at last").await;
}

/// Corrected, approved and posted anew: another entry, beside the one that is gone.
#[tokio::test]
async fn a_reversed_document_is_posted_anew() {
    for goal in Goal::ALL {
        let mut house = House::new(goal).await;
        let bea = approver(&house).await;
        let id = posted(&mut house).await;
        agreed(&house, &bea, id).await;
        house.settle().await;
        let version = house.document(id).await.version;
        let note = Correction { note: Some("as agreed with the supplier".to_owned()), ..Correction::default() };
        let moved = act(&house.context, &house.person, id, version, Action::Correct(Box::new(note))).await;
        assert_eq!(moved.expect("it can be corrected").state.name(), "checking");
        house.settle().await;
        house.approve_again(id).await;
        house.settle().await;
        let (live, gone): (Vec<_>, Vec<_>) = house.entries(id).await.into_iter().partition(|entry| entry.live);
        let [live] = live.try_into().expect("one is in the ledger");
        assert_eq!((live.attachments.len(), gone.len()), (1, 1), "{goal:?}");
        let State::Posted { external_id, .. } = house.document(id).await.state else { panic!("it is posted anew") };
        assert_eq!(external_id, live.external_id);
        nothing_differs(&house, id).await;
    }
}

/// Its worker dies with the reversal on its way: the next one looks.
#[tokio::test]
async fn a_dead_worker_leaves_nothing_undone() {
    for goal in [Goal::QUICKBOOKS_PAID, Goal::XERO_CREDIT] {
        for cut in Cut::BOTH {
            let mut house = House::new(goal).await;
            let id = posted(&mut house).await;
            house.reversal_agreed(id).await;
            house.gate.hold_next(&undo_call(goal));
            let other = house.second_process().await;
            let worker = tokio::spawn(async move { vouch::pipeline::posting::run_reverse(&other, id).await });
            house.gate.arrived().await;
            worker.abort();
            assert!(worker.await.is_err(), "it is dead");
            house.gate.release(Some(cut));
            house.gate.idle().await;
            house.settle().await;
            assert_reversed(&house, id, &format!("{goal:?} {cut:?}")).await;
        }
    }
}

/// Its entry is there all the same, whoever brought it back: it is shown, and the next posting takes it over.
#[tokio::test]
async fn one_that_comes_back_is_seen_and_never_doubled() {
    for goal in Goal::ALL {
        let mut house = House::new(goal).await;
        let id = posted(&mut house).await;
        house.reversal_agreed(id).await;
        house.settle().await;
        assert_reversed(&house, id, "before it comes back").await;
        run_sync(&house.context, house.connection).await.expect("the ledger answers");
        let [gone] = house.entries(id).await.try_into().expect("one entry");
        house.advance(60);
        assert!(house.sandbox.entry_change(&gone.external_id, Change::Restore));
        run_changes(&house.context, house.connection).await.expect("the feed answers");
        let open = drift_list_open(&house.context.db, 9).await.expect("the store works");
        assert_eq!(open.iter().map(|row| (row.kind.as_str(), row.document)).collect::<Vec<_>>(), [("twice", Some(id))]);
        house.approve_again(id).await;
        house.gate.open();
        house.settle().await;
        assert_eq!(house.count(goal.entry_call()), 0, "{:?}", house.gate.calls());
        let State::Posted { external_id, .. } = house.document(id).await.state else { panic!("it is posted") };
        assert_eq!(external_id, gone.external_id);
    }
}

/// An entry that Xero does not find is no entry that was voided: it would say so.
#[tokio::test]
async fn one_that_is_not_found_is_not_gone() {
    let mut house = House::new(Goal::XERO_BILL).await;
    let id = posted(&mut house).await;
    let other = "00000000-0000-4000-8000-000000000001";
    for (table, column) in [("postings", "external_id"), ("documents", "state_json")] {
        let external_id = house.document(id).await;
        let State::Posted { external_id, .. } = external_id.state else { panic!("it is posted") };
        let sql = format!("UPDATE {table} SET {column} = REPLACE({column}, '{external_id}', '{other}')");
        house.context.db.execute(&sql, Vec::new()).await.expect("the store works");
    }
    house.reversal_agreed(id).await;
    house.settle().await;
    assert_blocked(&house, id, "not in this organisation").await;
}

/// The answer of the last try is lost after the ledger carried it out, and somebody leaves the entry there after all:
/// the ledger is asked, and says that it is gone.
#[tokio::test]
async fn left_there_too_late() {
    for goal in [Goal::QUICKBOOKS_BILL, Goal::XERO_PAID] {
        let mut house = House::new(goal).await;
        let id = posted(&mut house).await;
        run_sync(&house.context, house.connection).await.expect("the ledger answers");
        house.reversal_agreed(id).await;
        house.spend_tries(house.context.config.job_attempts_max - 1).await;
        house.gate.cut_at(&undo_call(goal), 1, Cut::After);
        house.drain().await;
        assert_eq!(house.document(id).await.state.name(), "reversal_blocked");
        house.advance(60);
        does(&house, &house.person, id, Reverse::Withdraw).await.expect("it can be left");
        house.settle().await;
        assert_eq!(house.document(id).await.state.name(), "posted");
        let open = drift_list_open(&house.context.db, 9).await.expect("the store works");
        assert_eq!(open.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>(), ["removed"], "{goal:?}");
    }
}

/// Two workers at once: one of them sends.
#[tokio::test]
async fn two_workers_reverse_once() {
    let goal = Goal::XERO_BILL;
    let mut house = House::new(goal).await;
    let id = posted(&mut house).await;
    house.reversal_agreed(id).await;
    let other = house.second_process().await;
    let (one, two) = tokio::join!(
        vouch::pipeline::posting::run_reverse(&house.context, id),
        vouch::pipeline::posting::run_reverse(&other, id),
    );
    assert!(one.is_ok() || two.is_ok(), "{one:?} {two:?}");
    house.settle().await;
    assert_reversed(&house, id, "by two").await;
    assert_eq!(house.count(&undo_call(goal)), 1, "one of them sends: {:?}", house.gate.calls());
}
