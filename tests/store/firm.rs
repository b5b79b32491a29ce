//! The firm that every decision asks for is kept in memory, and is never yesterday's nor another database's.

use vouch::{
    model::{
        organisation::{Delegation, Department},
        person::Role,
    },
    store::{
        Db,
        organisation::{
            Place, delegation_append, delegation_delete, delegation_list, department_store, organisation_fetch,
            place_store, project_store,
        },
        person::person_update,
    },
};

use crate::{
    engine::Tested,
    rows::{person_add, person_id},
};

on_both_engines!(whatever_changes_the_firm_is_seen_at_once, what_was_given_up_is_not_seen);

async fn whatever_changes_the_firm_is_seen_at_once(db: Db) -> Tested {
    assert!(organisation_fetch(&db).await?.members.is_empty(), "nobody yet, whatever other databases hold");
    for number in [1, 2] {
        person_add(&db, number).await?;
        assert!(organisation_fetch(&db).await?.members.contains_key(&person_id(number)));
    }
    let place = Place { manager: Some(person_id(2)), ..Place::default() };
    let txn = db.begin_write().await?;
    place_store(&txn, person_id(1), &place).await?;
    assert_eq!(organisation_fetch(&txn).await?.members[&person_id(1)].manager, Some(person_id(2)), "from within");
    txn.commit().await?;
    assert_eq!(organisation_fetch(&db).await?.members[&person_id(1)].manager, Some(person_id(2)));
    person_update(&db, person_id(2), &[Role::Approver], false).await?;
    assert!(!organisation_fetch(&db).await?.members[&person_id(2)].active);
    let txn = db.begin_write().await?;
    department_store(&txn, "Sales", &Department { head: Some(person_id(1)), parent: None }).await?;
    project_store(&txn, "X1", None).await?;
    txn.commit().await?;
    let firm = organisation_fetch(&db).await?;
    assert!(firm.departments.contains_key("Sales") && firm.projects.contains_key("X1"));
    let day = jiff::civil::date(2026, 11, 25);
    let standing = Delegation { from: person_id(1), to: person_id(2), first: day, last: day, amount_max: None };
    let txn = db.begin_write().await?;
    delegation_append(&txn, &standing).await?;
    txn.commit().await?;
    assert_eq!(organisation_fetch(&db).await?.delegations, [standing]);
    let (id, _) = delegation_list(&db).await?.remove(0);
    let txn = db.begin_write().await?;
    delegation_delete(&txn, &id, person_id(1)).await?;
    txn.commit().await?;
    assert!(organisation_fetch(&db).await?.delegations.is_empty());
    Ok(())
}

async fn what_was_given_up_is_not_seen(db: Db) -> Tested {
    person_add(&db, 1).await?;
    let before = organisation_fetch(&db).await?;
    let txn = db.begin_write().await?;
    project_store(&txn, "X1", None).await?;
    assert!(organisation_fetch(&txn).await?.projects.contains_key("X1"));
    drop(txn);
    assert_eq!(organisation_fetch(&db).await?, before);
    Ok(())
}
