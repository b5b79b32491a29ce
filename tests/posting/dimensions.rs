//! Departments and projects: what was approved is on every line, a value that means nothing waits for one choice, and an
//! entry that lost it is not taken for posted.

use std::collections::{BTreeMap, BTreeSet};

use vouch::{
    approval::{facts::Facts, instance::Back, simulate::sent, walk::World},
    model::{category::Category, field::DocumentKind, id::DocumentId},
    pipeline::{
        LedgerKind,
        approval::digest,
        blocked::{Fix, groups, unblock},
        dimension::{DIMENSION, PROJECT},
        sync::run_sync,
    },
    sandbox::{Change, Fault, FaultKind},
    store::{
        approval::{Approval, Recorded, approval_store},
        connection::mapping_list,
        organisation::{Place, department_store, organisation_fetch, place_store, project_store},
        setting::policy_fetch,
    },
};

use crate::house::{Goal, House};

/// What the sandbox shows of an entry that is charged to the department `sales` and the project `T-1`.
const fn both(ledger: LedgerKind) -> [&'static str; 2] {
    match ledger {
        LedgerKind::QuickBooks => ["Class: Sales", "Customer: Tower refit"],
        LedgerKind::Xero => ["Department: Sales", "Project: Tower refit"],
    }
}

async fn fix(house: &House) -> (Fix, Option<String>) {
    let [group] = groups(&house.context).await.expect("the store works").try_into().expect("one group");
    (group.fix, group.suggestion)
}

fn mapping(kind: &'static str, key: &str) -> Fix {
    Fix::Mapping { kind, key: key.to_owned() }
}

async fn one_choice_each(goal: Goal) {
    let mut house = House::new(goal).await;
    let plain = house.approved().await;
    house.charge(plain, Some("sales"), Some("T-1")).await;
    house.settle().await;
    house.assert_posted_once(plain, "sent as nothing, by default").await;
    assert_eq!(house.charged(plain).await, Vec::<String>::new());

    house.send_dimensions().await;
    let id = house.approved().await;
    house.charge(id, Some("sales"), Some("T-1")).await;
    house.settle().await;
    house.assert_blocked(id, "Choose what the department “sales” is in").await;
    let [(department, of_department), (project, of_project)] = house.dimension_kinds();
    let sales = house.reference(of_department, "Sales").await;
    assert_eq!(fix(&house).await, (mapping(department, "sales"), Some(sales.clone())), "it is called most like it");
    house.choose(department, "sales", "gone").await;
    assert_eq!(fix(&house).await.0, mapping(department, "sales"), "what was chosen is no longer there");
    house.choose(department, "sales", &sales).await;
    assert_eq!(fix(&house).await, (mapping(project, "T-1"), None));
    house.choose(project, "T-1", &house.reference(of_project, "Tower refit").await).await;
    assert_eq!(unblock(&house.context, &house.person, None).await.expect("the store works"), 1);
    house.settle().await;
    house.assert_posted_once(id, "with both").await;
    assert_eq!(house.charged(id).await, both(goal.ledger));

    // Who said nothing is charged to nothing.
    let id = house.approved().await;
    house.settle().await;
    house.assert_posted_once(id, "without either").await;
    assert_eq!(house.charged(id).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_department_and_a_project_wait_for_one_choice_each() {
    for goal in Goal::ALL {
        one_choice_each(goal).await;
    }
}

/// The answer is lost, and before the next look somebody takes the department off the entry.
async fn taken_off(goal: Goal) {
    let mut house = House::new(goal).await;
    house.map_dimensions().await;
    let id = house.approved().await;
    house.charge(id, Some("sales"), None).await;
    house.sandbox.fault_arm(Fault { matches: goal.entry_call().to_owned(), kind: FaultKind::DropAfterCommit });
    house.drain().await;
    let [entry] = house.entries(id).await.try_into().expect("one entry");
    assert!(house.sandbox.entry_change(&entry.external_id, Change::Uncharge));
    house.settle().await;
    house.assert_blocked(id, "is without the").await;
    assert!(matches!(fix(&house).await.0, Fix::Again(_)));
    unblock(&house.context, &house.person, None).await.expect("the store works");
    house.settle().await;
    house.assert_blocked(id, "Set it there").await;
    assert_eq!(house.entries(id).await.len(), 1, "nothing is sent again");
}

#[tokio::test]
async fn an_entry_that_lost_its_department_is_not_posted() {
    for goal in Goal::ALL {
        taken_off(goal).await;
    }
}

/// A location stands on the whole entry; a class of the same id is not one.
#[tokio::test]
async fn a_location_is_no_class_of_the_same_id() {
    for goal in [Goal::QUICKBOOKS_PAID, Goal::QUICKBOOKS_BILL, Goal::QUICKBOOKS_CREDIT] {
        let mut house = House::new(goal).await;
        house.map_dimensions().await;
        house.choose(DIMENSION, "department", "location").await;
        let id = house.approved().await;
        house.charge(id, Some("sales"), None).await;
        house.settle().await;
        assert_eq!(fix(&house).await.0, mapping("department_location", "sales"), "501 was chosen among classes");
        house.choose("department_location", "sales", &house.reference("location", "Kowloon").await).await;
        unblock(&house.context, &house.person, None).await.expect("the store works");
        house.settle().await;
        house.assert_posted_once(id, "by location").await;
        assert_eq!(house.charged(id).await, ["Location: Kowloon"]);
    }
}

#[tokio::test]
async fn what_the_company_does_not_take_is_blocked_by_name() {
    for goal in [Goal::QUICKBOOKS_BILL, Goal::XERO_BILL] {
        let mut house = House::new(goal).await;
        house.map_dimensions().await;
        let department = mapping_list(&house.context.db, house.connection).await.expect("the store works");
        let department = department.into_iter().find(|row| row.kind == DIMENSION && row.key == "department");
        // A line has one class, and one option of a category.
        house.choose(DIMENSION, PROJECT, &department.expect("it is chosen").external_id).await;
        let id = house.approved().await;
        house.charge(id, Some("sales"), Some("T-1")).await;
        house.settle().await;
        house.assert_blocked(id, "does not take the project in the way that was chosen").await;
        assert_eq!(fix(&house).await.0, mapping(DIMENSION, PROJECT));
        house.choose(DIMENSION, PROJECT, "region").await;
        assert_eq!(fix(&house).await.0, mapping(DIMENSION, PROJECT), "no such category, no such switch");
        house.choose(DIMENSION, PROJECT, "").await;
        assert!(matches!(fix(&house).await.0, Fix::Again(_)), "not sent");
    }
}

/// An approval that was sent with these facts.
async fn approved_as(house: &House, id: DocumentId, department: Option<&str>) {
    let (db, document) = (&house.context.db, house.document(id).await);
    let policy = policy_fetch(db).await.expect("it is seeded");
    let organisation = organisation_fetch(db).await.expect("the store works");
    let facts = Facts {
        amount: None,
        amount_together: None,
        currency: None,
        kind: DocumentKind::Invoice,
        category: Category::Meals,
        department: department.map(str::to_owned),
        project: None,
        supplier: None,
        submitter: house.person.id,
        claimant: house.person.id,
        correctors: BTreeSet::new(),
        findings: BTreeMap::new(),
        digest: digest(&document),
    };
    let world = World { policy: &policy, organisation: &organisation, today: house.context.today() };
    let event = sent(&facts, &world, Back::Rerun);
    let mut approval = Approval::draft(policy.clone());
    let (submitter_email, submitter_roles) = (String::new(), BTreeSet::new());
    approval.record.push(Recorded { at_us: 0, event, submitter_email, submitter_roles });
    let txn = db.begin_write().await.expect("the store works");
    approval_store(&txn, id, &approval, &[]).await.expect("the store works");
    txn.commit().await.expect("the store works");
}

#[tokio::test]
async fn what_was_approved_is_what_is_sent() {
    let mut house = House::new(Goal::QUICKBOOKS_BILL).await;
    house.map_dimensions().await;
    let operations = house.reference("class", "Operations").await;
    house.choose("department_class", "operations", &operations).await;
    let txn = house.context.db.begin_write().await.expect("the store works");
    let place = Place { department: Some("operations".to_owned()), ..Place::default() };
    place_store(&txn, house.person.id, &place).await.expect("she is there");
    txn.commit().await.expect("the store works");

    let own = house.approved().await;
    house.settle().await;
    assert_eq!(house.charged(own).await, ["Class: Operations"], "nobody said, so it is the claimant's own");
    let said = house.approved().await;
    house.charge(said, Some("sales"), None).await;
    house.settle().await;
    assert_eq!(house.charged(said).await, ["Class: Sales"]);
    // Approved for sales, while the claimant's own has become another since.
    let before = house.approved().await;
    approved_as(&house, before, Some("sales")).await;
    house.settle().await;
    assert_eq!(house.charged(before).await, ["Class: Sales"], "as the approval froze it");
    let none = house.approved().await;
    approved_as(&house, none, None).await;
    house.settle().await;
    assert_eq!(house.charged(none).await, Vec::<String>::new(), "approved without a department");
}

#[tokio::test]
async fn what_has_the_same_name_is_suggested_by_the_sync() {
    for goal in [Goal::QUICKBOOKS_BILL, Goal::XERO_BILL] {
        let house = House::new(goal).await;
        let txn = house.context.db.begin_write().await.expect("the store works");
        for name in ["SALES", "retired", "nowhere"] {
            department_store(&txn, name, &Default::default()).await.expect("the store works");
        }
        project_store(&txn, "Tower  refit", None).await.expect("the store works");
        txn.commit().await.expect("the store works");
        let chosen = async || {
            run_sync(&house.context, house.connection).await.expect("the ledger answers");
            let rows = mapping_list(&house.context.db, house.connection).await.expect("the store works");
            let values =
                rows.into_iter().filter(|row| row.kind.contains("department_") || row.kind.contains("project_"));
            values.map(|row| (row.kind, row.key, row.external_id)).collect::<Vec<_>>()
        };
        assert_eq!(chosen().await, [], "nothing is sent");
        house.send_dimensions().await;
        let [(department, of_department), (project, of_project)] = house.dimension_kinds();
        let row = |kind: &str, key: &str, id: String| (kind.to_owned(), key.to_owned(), id);
        let expected = [
            row(department, "SALES", house.reference(of_department, "Sales").await),
            row(project, "Tower  refit", house.reference(of_project, "Tower refit").await),
        ];
        assert_eq!(chosen().await, expected, "what is inactive there is not suggested");
    }
}
