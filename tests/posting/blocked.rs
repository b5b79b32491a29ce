//! What cannot be posted: one choice lets everything go that waits for it, and what was used last is suggested.

use jiff::civil::{Date, date};
use vouch::{
    model::{
        category::Category,
        field::{Field, FieldName, FieldValue},
        id::DocumentId,
    },
    pipeline::{
        blocked::{Fix, groups, unblock},
        entry::{CATEGORY_ACCOUNT, SUPPLIER, SUPPLIER_ACCOUNT},
        sync::run_sync,
    },
    store::{
        connection::{MappingRow, connection_state, mapping_store, reference_list},
        document::document_update,
    },
};

use crate::house::{Goal, House};

async fn fixes(house: &House) -> Vec<(Fix, usize)> {
    let found = groups(&house.context).await.expect("the store works");
    found.into_iter().map(|group| (group.fix, group.documents.len())).collect()
}

async fn map(house: &House, kind: &str, key: &str, external_id: &str) {
    let row = MappingRow { kind: kind.to_owned(), key: key.to_owned(), external_id: external_id.to_owned() };
    mapping_store(&house.context.db, house.connection, &row).await.expect("the store works");
}

async fn one_choice(goal: Goal) {
    let mut house = House::new(goal).await;
    let meals = || Fix::Mapping { kind: CATEGORY_ACCOUNT, key: Category::Meals.name().to_owned() };
    let account = house.map_to("gone").await;
    let (first, second) = (house.approved().await, house.approved().await);
    house.settle().await;
    assert_eq!(fixes(&house).await, [(meals(), 2)], "the account is no longer there");
    map(&house, CATEGORY_ACCOUNT, Category::Meals.name(), "").await;
    assert_eq!(fixes(&house).await, [(meals(), 2)], "it is not chosen");
    assert_eq!(unblock(&house.context, &house.person, None).await.expect("the store works"), 0, "nothing can go yet");

    // A supplier's own account lets its document go alone.
    let references = reference_list(&house.context.db, house.connection).await.expect("the store works");
    let mut accounts = references.iter().filter(|row| row.kind == "expense_account").map(|row| row.external_id.clone());
    let other = accounts.find(|id| *id != account).expect("there are several");
    map(&house, SUPPLIER_ACCOUNT, "suppliern0001", &other).await;
    assert_eq!(unblock(&house.context, &house.person, None).await.expect("the store works"), 1);
    house.settle().await;
    house.assert_posted_once(first, "by its supplier's own account").await;
    assert_eq!(fixes(&house).await, [(meals(), 1)]);

    map(&house, CATEGORY_ACCOUNT, Category::Meals.name(), &account).await;
    assert!(matches!(fixes(&house).await.as_slice(), [(Fix::Again(_), 1)]), "mended, and ready to go");
    assert_eq!(unblock(&house.context, &house.person, Some(&[first])).await.expect("the store works"), 0);
    assert_eq!(unblock(&house.context, &house.person, Some(&[second])).await.expect("the store works"), 1);
    house.settle().await;
    house.assert_posted_once(second, "by its category's account").await;
    let [one] = house.entries(first).await.try_into().expect("one entry");
    let [two] = house.entries(second).await.try_into().expect("one entry");
    assert_ne!(one.accounts, two.accounts, "the supplier's own account goes before the category's");

    // The supplier's next document is suggested what its entries went to last.
    run_sync(&house.context, house.connection).await.expect("the ledger answers");
    map(&house, SUPPLIER_ACCOUNT, "suppliern0001", "").await;
    map(&house, CATEGORY_ACCOUNT, Category::Meals.name(), "").await;
    house.approved_from("Supplier N-0001").await;
    house.settle().await;
    let found = groups(&house.context).await.expect("the store works");
    assert_eq!(found[0].suggestion.as_deref(), Some(other.as_str()));

    connection_state(&house.context.db, house.connection, "consent_needed").await.expect("the store works");
    assert_eq!(fixes(&house).await, [(Fix::Consent, 1)]);
}

#[tokio::test]
async fn quickbooks_documents_go_by_one_choice() {
    one_choice(Goal::QUICKBOOKS_BILL).await;
}

#[tokio::test]
async fn xero_documents_go_by_one_choice() {
    one_choice(Goal::XERO_BILL).await;
}

/// A bill that is due before it was written is nobody's meaning: it is named, and goes once the date is right.
#[tokio::test]
async fn a_bill_is_not_due_before_its_date() {
    for goal in [Goal::QUICKBOOKS_BILL, Goal::XERO_BILL] {
        let mut house = House::new(goal).await;
        let id = house.approved().await;
        due_to(&house, id, date(2026, 11, 17)).await;
        house.settle().await;
        let sentence = "The due date 2026-11-17 is before the date 2026-11-18; correct one of the two.";
        house.assert_blocked(id, sentence).await;
        assert_eq!(fixes(&house).await, [(Fix::Document(sentence.to_owned()), 1)]);
        assert_eq!(unblock(&house.context, &house.person, None).await.expect("the store works"), 0);
        due_to(&house, id, date(2026, 11, 18)).await;
        assert_eq!(unblock(&house.context, &house.person, None).await.expect("the store works"), 1);
        house.settle().await;
        house.assert_posted_once(id, "due on its day").await;
    }
}

async fn due_to(house: &House, id: DocumentId, due: Date) {
    let mut document = house.document(id).await;
    let draft = document.draft.as_mut().expect("it has a draft");
    draft.fields.insert(FieldName::DueDate, Field::by_person(FieldValue::Date(due)));
    let txn = house.context.db.begin_write().await.expect("the store works");
    document_update(&txn, &document, document.version).await.expect("nobody else changes it");
    txn.commit().await.expect("the store works");
}

/// A name that the ledger writes otherwise is said to mean one of its suppliers, and none is made anew.
#[tokio::test]
async fn a_supplier_is_what_a_person_says() {
    for goal in [Goal::QUICKBOOKS_BILL, Goal::XERO_BILL] {
        let mut house = House::new(goal).await;
        let references = reference_list(&house.context.db, house.connection).await.expect("the store works");
        let fits = |currency: &Option<String>| currency.as_deref().is_none_or(|code| code == "HKD");
        let known = references.iter().find(|row| row.kind == "supplier" && fits(&row.currency)).expect("there is one");
        map(&house, SUPPLIER, "suppliern0001", &known.external_id).await;
        let id = house.approved().await;
        house.settle().await;
        let [entry] = house.entries(id).await.try_into().expect("one entry");
        assert_eq!(entry.supplier, known.name);
        assert_eq!(house.posting(id).await.supplier_id.as_deref(), Some(known.external_id.as_str()));
    }
}
