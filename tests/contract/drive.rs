//! The pipeline posts everything it can, through trouble too, and every exchange keeps to the contracts.

use vouch::{
    pipeline::{LedgerKind, sync::run_sync},
    sandbox::{Change, Exchange, Fault, FaultKind, exchanges_read},
};

use crate::{
    check::{contracts, folder_named, say},
    house::{Goal, House},
};

/// Troubles after which vouch looks before it sends again, so that its questions are heard too.
const TROUBLES: [FaultKind; 3] = [FaultKind::DropBeforeCommit, FaultKind::DropAfterCommit, FaultKind::Status401];

/// What stands in the bodies of entries that are charged to a department and a project.
const fn charged_members(goal: Goal) -> &'static [&'static str] {
    match goal.ledger {
        LedgerKind::QuickBooks => &["\"ClassRef\"", "\"CustomerRef\"", "\"DepartmentRef\""],
        LedgerKind::Xero => &["\"Tracking\"", "\"TrackingCategoryID\"", "\"TrackingOptionID\""],
    }
}

/// Entries that are charged to all that the ledger has a place for.
async fn charged_entries(house: &mut House) {
    house.map_dimensions().await;
    let first = house.approved().await;
    house.charge(first, Some("sales"), Some("T-1")).await;
    house.settle().await;
    house.assert_posted_once(first, "with a department and a project").await;
    if house.goal.ledger == LedgerKind::QuickBooks {
        house.choose("dimension", "department", "location").await;
        house.choose("department_location", "sales", &house.reference("location", "Central").await).await;
        let second = house.approved().await;
        house.charge(second, Some("sales"), None).await;
        house.settle().await;
        house.assert_posted_once(second, "with a location").await;
    }
    house.choose("dimension", "department", "").await;
    house.choose("dimension", "project", "").await;
}

/// An entry that is taken out again.
async fn reversed_entry(house: &mut House) {
    let id = house.approved().await;
    house.settle().await;
    house.assert_posted_once(id, "before its reversal").await;
    house.reversal_agreed(id).await;
    house.settle().await;
    assert_eq!(house.document(id).await.state.name(), "reversed");
}

async fn keeps_to_the_contract(goal: Goal) {
    let Some(contracts) = contracts() else { return };
    let mut house = House::new(goal).await;
    house.sandbox.record();
    house.consent().await;
    let id = house.approved().await;
    house.settle().await;
    house.assert_posted_once(id, "without trouble").await;
    charged_entries(&mut house).await;
    for kind in TROUBLES {
        for call in [goal.entry_call(), goal.image_call()] {
            let id = house.approved().await;
            house.sandbox.fault_arm(Fault { matches: call.to_owned(), kind });
            house.settle().await;
            house.assert_posted_once(id, &format!("{kind:?} on {call}")).await;
        }
    }
    reversed_entry(&mut house).await;
    let [entry] = house.entries(id).await.try_into().expect("one entry");
    assert!(house.sandbox.entry_change(&entry.external_id, Change::Delete));
    run_sync(&house.context, house.connection).await.expect("the sync works");
    let exchanges = house.sandbox.exchanges();
    let checked = contracts.assert_kept(&exchanges);
    // The contracts let a write go without a key; vouch may not.
    for write in exchanges.iter().filter(|one| is_write(one)) {
        let in_query = write.query.iter().any(|(name, _)| name == "requestid");
        let in_header = write.headers.iter().any(|(name, _)| name == "idempotency-key");
        assert!(in_query || in_header, "{} {} has a key of its own", write.method, write.path);
    }
    for member in charged_members(goal) {
        assert!(exchanges.iter().any(|one| is_write(one) && one.body.contains(member)), "a body holds {member}");
        assert!(exchanges.iter().any(|one| is_write(one) && one.answer.contains(member)), "an answer holds {member}");
    }
    // The check looked at what this test is about.
    let made = exchanges.iter().filter(|one| format!("{} {}", one.method, one.path).starts_with(goal.entry_call()));
    assert!(made.filter(|one| !one.body.is_empty()).count() >= 7, "{checked:?}");
    assert!(checked.len() >= 8, "{checked:?}");
}

/// Whether a call changes a ledger's books.
fn is_write(exchange: &Exchange) -> bool {
    let books = ["/quickbooks/v3/", "/xero/api.xro/"];
    exchange.method != "GET" && books.iter().any(|base| exchange.path.starts_with(base))
}

#[tokio::test]
async fn quickbooks() {
    for goal in Goal::ALL.into_iter().filter(|goal| goal.entry_call().contains("/quickbooks/")) {
        keeps_to_the_contract(goal).await;
    }
}

#[tokio::test]
async fn xero() {
    for goal in Goal::ALL.into_iter().filter(|goal| goal.entry_call().contains("/xero/")) {
        keeps_to_the_contract(goal).await;
    }
}

/// The exchanges that other tests wrote down.
#[test]
fn recorded() {
    let Some(contracts) = contracts() else { return };
    let Some(folder) = folder_named("VOUCH_TEST_RECORDED") else {
        return say("skipped: no other tests were recorded; see script/test");
    };
    let exchanges = exchanges_read(&folder).expect("the record can be read");
    let checked = contracts.assert_kept(&exchanges);
    say(&format!("{} exchanges keep to the contracts: {checked:?}", exchanges.len()));
    assert!(!checked.is_empty(), "{} holds exchanges", folder.display());
}
