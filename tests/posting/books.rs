//! The books are followed: changes, deletions, bills and credits that nobody approved, entries that are there twice; by schedule, by
//! webhook, and where the feed does not reach.

use vouch::{
    model::field::DocumentKind,
    pipeline::{LedgerKind, changes::run_changes, sync::run_sync, webhook::receive},
    reconcile::bypass::signed,
    sandbox::Change,
    store::{
        drift::{DriftRow, drift_accept, drift_list_of, drift_list_open},
        ledger_entry::{Wanted, ledger_entries_matching},
    },
};

use crate::{
    furnish::Typed,
    house::{Goal, House, total_of},
};

async fn open_drifts(house: &House) -> Vec<DriftRow> {
    drift_list_open(&house.context.db, 100).await.expect("the store works")
}

async fn kinds(house: &House) -> Vec<String> {
    open_drifts(house).await.into_iter().map(|row| row.kind).collect()
}

async fn changes(house: &House) {
    house.advance(60);
    run_changes(&house.context, house.connection).await.expect("the ledger answers");
}

async fn bypasses_are_seen(goal: Goal) {
    let mut house = House::new(goal).await;
    let typed = |supplier, number, date| Typed { kind: goal.kind, supplier, number, total: "75.00", date };
    let unapproved = if goal.kind == DocumentKind::CreditNote { "unapproved-credit" } else { "unapproved" };
    // The first look reads all there is: what is older than the connection is nobody's business here.
    house.typed_in(&typed("Long Ago Ltd", "OLD-1", "2026-01-15")).await;
    run_sync(&house.context, house.connection).await.expect("the ledger answers");
    assert_eq!(kinds(&house).await, Vec::<String>::new());

    let id = house.approved().await;
    house.settle().await;
    changes(&house).await;
    assert_eq!(kinds(&house).await, Vec::<String>::new(), "ours is no bypass");

    house.typed_in(&typed("Stranger Ltd", "S-7001", "2026-11-25")).await;
    changes(&house).await;
    let found = open_drifts(&house).await;
    assert_eq!(found.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>(), [unapproved]);
    assert_eq!((found[0].supplier.as_str(), found[0].document), ("Stranger Ltd", None));
    let (accepted, now_us) = (&found[0].id, house.context.clock.now_us());
    assert!(drift_accept(&house.context.db, accepted, house.person.id, now_us).await.expect("the store works"));
    changes(&house).await;
    assert_eq!(kinds(&house).await, Vec::<String>::new(), "accepted, and nothing changed since");

    // What vouch posted is typed in by hand as well, under another writing of its number.
    let document = house.document(id).await;
    let total = total_of(&document).to_string();
    house.typed_in(&Typed { total: &total, ..typed("SUPPLIER N-0001.", "n 0001", "2026-11-18") }).await;
    changes(&house).await;
    let found = open_drifts(&house).await;
    assert_eq!(found.iter().map(|row| row.kind.as_str()).collect::<Vec<_>>(), ["twice"]);
    assert_eq!(found[0].document, Some(id));
    let on_page = drift_list_of(&house.context.db, id).await.expect("the store works");
    assert_eq!(on_page.len(), 1);

    // Both are in the books for whoever checks a further copy of the paper.
    let wanted = Wanted {
        connection: Some(house.connection),
        supplier: "Supplier N-0001".to_owned(),
        number: Some("N-0001".to_owned()),
        total: signed(total_of(&document), goal.kind == DocumentKind::CreditNote),
        currency: "HKD".to_owned(),
        issue_date: Some(jiff::civil::date(2026, 11, 18)),
        own_reference: None,
    };
    let db = &house.context.db;
    assert_eq!(ledger_entries_matching(db, &wanted).await.expect("the store works").len(), 2);
    let own_reference = Some(house.posting(id).await.reference);
    let others =
        ledger_entries_matching(db, &Wanted { own_reference, ..wanted.clone() }).await.expect("the store works");
    assert_eq!(others.len(), 1, "its own entry is no duplicate");
    let other = Wanted { supplier: "Somebody else".to_owned(), ..wanted };
    assert!(ledger_entries_matching(db, &other).await.expect("the store works").is_empty());

    // The copy is deleted there: nothing differs any more.
    assert!(house.sandbox.entry_change(&found[0].external_id, Change::Delete));
    changes(&house).await;
    assert_eq!(kinds(&house).await, Vec::<String>::new());
    assert_eq!(house.document(id).await.state.name(), "posted");
}

#[tokio::test]
async fn quickbooks_bypasses_are_seen() {
    bypasses_are_seen(Goal::QUICKBOOKS_BILL).await;
    bypasses_are_seen(Goal::QUICKBOOKS_CREDIT).await;
}

#[tokio::test]
async fn xero_bypasses_are_seen() {
    bypasses_are_seen(Goal::XERO_BILL).await;
    bypasses_are_seen(Goal::XERO_CREDIT).await;
}

/// After forty days without a look the feed does not reach back, and everything is compared.
async fn away_for_long(goal: Goal) {
    let mut house = House::new(goal).await;
    let (kept, deleted) = (house.approved().await, house.approved().await);
    house.settle().await;
    run_sync(&house.context, house.connection).await.expect("the ledger answers");
    let external_id = house.posting(deleted).await.external_id.expect("it is posted");
    assert!(house.sandbox.entry_change(&external_id, Change::Delete));
    house.advance(40 * 86_400);
    house.gate.open();
    run_changes(&house.context, house.connection).await.expect("the ledger answers");
    if goal.ledger == LedgerKind::QuickBooks {
        assert_eq!((house.count("/cdc"), house.count("/query")), (0, 3), "{:?}", house.gate.calls());
    }
    let found = open_drifts(&house).await;
    assert_eq!(
        found.iter().map(|row| (row.kind.as_str(), row.document)).collect::<Vec<_>>(),
        [("removed", Some(deleted))]
    );
    assert_eq!(house.posting(kept).await.drift, None);
    // From here on the feed serves again.
    house.gate.open();
    changes(&house).await;
    assert_eq!(house.count("/query"), 0);
    assert_eq!(kinds(&house).await, ["removed"], "it stays until somebody deals with it");
}

#[tokio::test]
async fn what_changed_while_nobody_looked_is_found() {
    for goal in Goal::ALL {
        away_for_long(goal).await;
    }
}

/// A change in the ledger is announced, twice, and is on the page once the job has run; nothing is asked before.
async fn announced(goal: Goal) {
    let mut house = House::with_webhooks(goal).await;
    let id = house.approved().await;
    house.settle().await;
    run_sync(&house.context, house.connection).await.expect("the ledger answers");
    let external_id = house.posting(id).await.external_id.expect("it is posted");
    assert!(house.sandbox.entry_change(&external_id, Change::Delete));
    let calls = house.sandbox.webhooks("hush", &external_id);
    assert!(calls.len() >= 2, "each comes twice");
    house.gate.open();
    for call in &calls {
        receive(&house.context, goal.ledger, &call.signature, &call.body).await.expect("it is signed");
        let forged = receive(&house.context, goal.ledger, &call.signature, b"[]").await;
        assert!(forged.is_err(), "another body under this signature");
    }
    assert_eq!(house.gate.calls(), Vec::<String>::new(), "the answer goes out first");
    assert_eq!(house.jobs().await.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(), ["changes"]);
    house.settle().await;
    assert_eq!(kinds(&house).await, ["removed"]);
    house.gate.open();
    let again = &calls[0];
    receive(&house.context, goal.ledger, &again.signature, &again.body).await.expect("it is signed");
    assert!(house.jobs().await.is_empty(), "an event that was heard is not heard again");
}

#[tokio::test]
async fn announced_changes_are_read_once() {
    for goal in [Goal::QUICKBOOKS_BILL, Goal::QUICKBOOKS_CREDIT, Goal::XERO_BILL, Goal::XERO_CREDIT] {
        announced(goal).await;
    }
}
