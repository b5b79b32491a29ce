//! Attempts that overlap, answers that come too late, tries that end without a word, and a database from last week.

use std::collections::BTreeMap;

use vouch::{
    approval::state::State,
    model::{field::FieldName, id::DocumentId},
    pipeline::{
        self, Job,
        actions::{Action, Correction, act},
        restored::watch,
        transition::enqueue,
    },
    queue::Retry,
    store::{
        Run as _,
        document::document_update,
        job::{ClaimedJob, job_claim},
        posting::posting_by_document,
        restored::restored_at_us,
    },
};

use crate::{
    gate::Cut,
    house::{Goal, House},
};

/// A worker stands between two calls while another does the whole posting: what it writes afterwards is refused.
async fn stale_writer(goal: Goal) {
    let mut house = House::new(goal).await;
    let id = house.approved().await;
    let slow = house.claim().await;
    let context = house.context.clone();
    // Its first call, the look for the supplier, stands at the gate; the ledger's patience is longer than the other's.
    house.gate.hold_next("GET");
    let slow = tokio::spawn(async move { pipeline::run(&context, slow).await });
    house.gate.arrived().await;
    house.advance(i64::try_from(house.context.queue_options().lease.as_secs()).expect("minutes fit") + 1);
    let other = house.second_process().await;
    let job = house.claim().await;
    pipeline::run(&other, job).await.expect("nothing is in its way");
    let posted = house.posting(id).await;
    house.gate.release(None);
    slow.await.expect("no panic").expect_err("it had lost the posting");
    assert_eq!(house.posting(id).await, posted, "nothing of it was written over");
    house.settle().await;
    house.assert_posted_once(id, "a stale writer").await;
    assert_eq!(house.count(goal.entry_call()), 1);
}

#[tokio::test]
async fn quickbooks_stale_writer() {
    stale_writer(Goal::QUICKBOOKS_BILL).await;
}

#[tokio::test]
async fn xero_stale_writer() {
    stale_writer(Goal::XERO_PAID).await;
}

/// A worker dies after it recorded that a person must act, before it ended its job; the person acts at once.
#[tokio::test]
async fn two_jobs_of_one_document() {
    for goal in Goal::ALL {
        let mut house = House::new(goal).await;
        let gone = house.map_to("no such account").await;
        let id = house.approved().await;
        let dead = house.claim().await;
        pipeline::run(&house.context, dead.clone()).await.expect("it is recorded");
        house.map_to(&gone).await;
        house.retry().await;
        house.advance(i64::try_from(house.context.queue_options().lease.as_secs()).expect("minutes fit") + 1);
        let (old, new) = (house.claim().await, house.claim().await);
        assert_eq!(old.dedupe_key, dead.dedupe_key);
        let (one, two) = tokio::join!(pipeline::run(&house.context, old), pipeline::run(&house.context, new));
        for failed in [one, two].into_iter().filter_map(Result::err) {
            assert_eq!(failed.retry, Some(Retry::GivenBack), "the other has the company: {failed:?}");
        }
        house.settle().await;
        house.assert_posted_once(id, "two jobs").await;
        assert_eq!(house.count(goal.entry_call()), 1);
    }
}

async fn reject(house: &House, id: DocumentId) -> Result<(), String> {
    let version = house.document(id).await.version;
    let action = Action::Reject("not ours".to_owned());
    act(&house.context, &house.person, id, version, action).await.map(|_| ()).map_err(|error| error.to_string())
}

/// The first send has no answer and the look misses it; the second is refused. Until the first can no longer arrive,
/// nobody may say that the ledger has nothing.
async fn first_send_arrives_late(goal: Goal) {
    let mut house = House::new(goal).await;
    let id = house.approved().await;
    house.gate.hold_next(goal.entry_call());
    house.drain().await;
    let supplier = house.posting(id).await.supplier_id.expect("it was found or made");
    house.supplier_retire(&supplier).await;
    house.settle().await;
    assert_eq!(house.document(id).await.state.name(), "posting_blocked", "the ledger refused the second send");
    let refused = reject(&house, id).await.expect_err("the first may still arrive");
    assert!(refused.contains("may hold an entry"), "{refused}");
    let fields = BTreeMap::from([(FieldName::Total, "1.00".to_owned())]);
    let correction = Action::Correct(Box::new(Correction { fields, ..Correction::default() }));
    let version = house.document(id).await.version;
    act(&house.context, &house.person, id, version, correction).await.expect_err("nor may its values change");
    house.gate.arrived().await;
    house.supplier_restore(&supplier).await;
    house.gate.release(None);
    house.gate.idle().await;
    house.retry().await;
    house.settle().await;
    house.assert_posted_once(id, "the first send arrived after all").await;
}

#[tokio::test]
async fn quickbooks_first_send_arrives_late() {
    first_send_arrives_late(Goal::QUICKBOOKS_BILL).await;
}

/// The same, but the first send never arrives: a quarter of an hour later that is certain, and a person may reject.
#[tokio::test]
async fn quickbooks_first_send_never_arrives() {
    let goal = Goal::QUICKBOOKS_BILL;
    let mut house = House::new(goal).await;
    let id = house.approved().await;
    house.gate.cut_at(goal.entry_call(), 1, Cut::Before);
    house.drain().await;
    let supplier = house.posting(id).await.supplier_id.expect("it was found or made");
    house.supplier_retire(&supplier).await;
    house.settle().await;
    reject(&house, id).await.expect_err("a moment later nobody knows");
    house.advance(16 * 60);
    house.retry().await;
    house.settle().await;
    assert_eq!(house.document(id).await.state.name(), "posting_blocked");
    reject(&house, id).await.expect("now it is known not to be there");
}

/// What the ledger refused at the first send is not there, and may be rejected at once.
#[tokio::test]
async fn a_refused_entry_may_be_rejected() {
    let goal = Goal::QUICKBOOKS_BILL;
    let mut house = House::new(goal).await;
    let id = house.approved().await;
    let (context, job) = (house.context.clone(), house.claim().await);
    house.gate.hold_next(goal.entry_call());
    let posting = tokio::spawn(async move { pipeline::run(&context, job).await });
    house.gate.arrived().await;
    house.supplier_retire(&house.posting(id).await.supplier_id.expect("it was made")).await;
    house.gate.release(None);
    posting.await.expect("no panic").expect("it is recorded");
    house.settle().await;
    assert_eq!(house.document(id).await.state.name(), "posting_blocked");
    reject(&house, id).await.expect("it was refused");
}

/// The last try is cut off by its lease: a person hears of it.
#[tokio::test]
async fn the_last_try_is_cut_off() {
    let goal = Goal::XERO_BILL;
    let mut house = House::new(goal).await;
    let id = house.approved().await;
    let mut options = house.context.queue_options();
    options.lease = std::time::Duration::from_millis(5_300);
    options.attempts_max = house.context.config.job_attempts_max;
    house.spend_tries(options.attempts_max - 1).await;
    house.gate.hold_next(goal.entry_call());
    house.drain_with(&options).await;
    house.gate.arrived().await;
    house.gate.release(Some(Cut::Before));
    house.gate.idle().await;
    house.settle().await;
    house.assert_blocked(id, "cut off at every try").await;
    house.retry().await;
    house.settle().await;
    house.assert_posted_once(id, "posted again by a person").await;
}

/// A check that never ends well does not leave its document standing still.
#[tokio::test]
async fn a_check_that_fails_for_good() {
    let mut house = House::new(Goal::XERO_BILL).await;
    let id = house.approved().await;
    let posting = house.claim().await;
    let mut document = house.document(id).await;
    document.state = State::Checking;
    let txn = house.context.db.begin_write().await.expect("the store works");
    document_update(&txn, &document, document.version).await.expect("nobody else changes it");
    enqueue(&txn, Job::Check(id), 7, house.context.clock.now_us()).await.expect("the store works");
    txn.commit().await.expect("the store works");
    pipeline::run(&house.context, posting).await.expect("it is not approved any more");
    let claimed = job_claim(&house.context.db, house.context.clock.now_us(), 1).await.expect("the store works");
    let job = claimed.expect("the check is due");
    let tried = ClaimedJob { attempts: house.context.config.job_attempts_max + 1, ..job };
    pipeline::run(&house.context, tried).await.expect("it is handed over");
    let document = house.document(id).await;
    assert_eq!(document.state.name(), "needs_review");
    assert!(document.findings.iter().any(|finding| finding.rule == "E0"), "{:?}", document.findings);
    let submitted = act(&house.context, &house.person, id, document.version, Action::Submit).await;
    submitted.expect_err("what was not checked is not sent on");
}

/// The database of before the posting is put back; the ledger has the entry.
#[tokio::test]
async fn a_restored_database_looks_first() {
    for goal in Goal::ALL {
        let mut house = House::new(goal).await;
        let id = house.approved().await;
        house.settle().await;
        house.assert_posted_once(id, "before the disk was lost").await;
        let reference = house.posting(id).await.reference;
        let db = &house.context.db;
        assert!(!watch(&house.context).await.expect("the store works"), "nothing was restored yet");
        house.advance(60);
        watch(&house.context).await.expect("the store works");
        db.execute("DELETE FROM postings", Vec::new()).await.expect("the store works");
        assert_eq!(posting_by_document(db, id).await.expect("the store works"), None);
        let older = "UPDATE settings SET value = '1' WHERE key = 'ledgers_seen_at_us'";
        db.execute(older, Vec::new()).await.expect("the store works");
        house.approve_again(id).await;
        assert!(watch(&house.context).await.expect("the store works"), "it is older than the file says");
        assert!(restored_at_us(db).await.expect("the store works").is_some());
        house.advance(3_600);
        house.settle().await;
        house.assert_posted_once(id, "found again").await;
        assert_eq!(house.posting(id).await.reference, reference);
        assert_eq!(house.count(goal.entry_call()), 1);
    }
}
