//! People, their sessions, and the wrong passwords that slow a guesser down.

use vouch::{
    model::person::{Person, Role},
    store::{
        Db, StoreError,
        person::{person_by_email, person_create, person_list, person_update},
        session::{
            session_create, session_delete, session_fetch, session_sweep, sign_in_failure_append, sign_in_failure_count,
        },
    },
};

use crate::{
    engine::Tested,
    rows::{person, person_add, person_id},
};

on_both_engines!(
    people_are_found_by_their_address_in_any_case,
    an_address_belongs_to_one_person,
    roles_change_and_nobody_else_does,
    a_session_ends_at_its_time,
    a_session_ends_when_it_is_deleted,
    a_person_who_may_not_sign_in_has_no_session,
    wrong_passwords_are_counted_by_address_and_time,
    the_sweep_removes_only_what_has_ended,
);

async fn people_are_found_by_their_address_in_any_case(db: Db) -> Tested {
    let ada = Person { name: "陳大文".to_owned(), roles: Role::ALL.to_vec(), ..person(1) };
    person_create(&db, &ada, "a hash", 1).await?;
    person_add(&db, 2).await?;
    let found = person_by_email(&db, "  Person1@EXAMPLE.test ").await?;
    assert_eq!(found, Some((ada.clone(), "a hash".to_owned())));
    assert_eq!(person_by_email(&db, "nobody@example.test").await?, None);
    assert_eq!(person_list(&db).await?, [person(2), ada], "by name");
    Ok(())
}

async fn an_address_belongs_to_one_person(db: Db) -> Tested {
    person_add(&db, 1).await?;
    let other = Person { email: person(1).email, ..person(2) };
    let refused = person_create(&db, &other, "another hash", 2).await;
    assert!(matches!(refused, Err(StoreError::Conflict("person"))), "{refused:?}");
    assert_eq!(person_list(&db).await?, [person(1)]);
    assert_eq!(person_by_email(&db, &other.email).await?.map(|(_, hash)| hash).as_deref(), Some("a hash"));
    Ok(())
}

async fn roles_change_and_nobody_else_does(db: Db) -> Tested {
    for number in [1, 2] {
        person_add(&db, number).await?;
    }
    person_update(&db, person_id(1), &[Role::Approver, Role::Accountant], true).await?;
    let changed = Person { roles: vec![Role::Approver, Role::Accountant], ..person(1) };
    assert_eq!(person_list(&db).await?, [changed, person(2)]);
    let missing = person_update(&db, person_id(404), &[], false).await;
    assert!(matches!(missing, Err(StoreError::NotFound("person"))), "{missing:?}");
    Ok(())
}

async fn a_session_ends_at_its_time(db: Db) -> Tested {
    let id = person_add(&db, 1).await?;
    session_create(&db, "hash of a token", id, "a form's word", 100).await?;
    for (now_us, there) in [(0, true), (99, true), (100, false), (101, false)] {
        let session = session_fetch(&db, "hash of a token", now_us).await?;
        assert_eq!(session.is_some(), there, "at {now_us}");
        assert!(session.is_none_or(|session| session.person == person(1) && session.csrf == "a form's word"));
    }
    assert_eq!(session_fetch(&db, "another token", 0).await?, None);
    Ok(())
}

async fn a_session_ends_when_it_is_deleted(db: Db) -> Tested {
    let id = person_add(&db, 1).await?;
    for token in ["phone", "desk"] {
        session_create(&db, token, id, token, 100).await?;
    }
    session_delete(&db, "phone").await?;
    session_delete(&db, "phone").await?;
    assert_eq!(session_fetch(&db, "phone", 0).await?, None);
    assert!(session_fetch(&db, "desk", 0).await?.is_some(), "the other device stays signed in");
    Ok(())
}

async fn a_person_who_may_not_sign_in_has_no_session(db: Db) -> Tested {
    for number in [1, 2] {
        let id = person_add(&db, number).await?;
        session_create(&db, &format!("token {number}"), id, "word", 100).await?;
    }
    person_update(&db, person_id(1), &[Role::Submitter], false).await?;
    assert_eq!(session_fetch(&db, "token 1", 0).await?, None);
    assert!(session_fetch(&db, "token 2", 0).await?.is_some());
    // One that was begun in the same instant does not count either, and none comes back with the person.
    session_create(&db, "late", person_id(1), "word", 100).await?;
    assert_eq!(session_fetch(&db, "late", 0).await?, None);
    person_update(&db, person_id(1), &[Role::Submitter], true).await?;
    assert_eq!(session_fetch(&db, "token 1", 0).await?, None);
    Ok(())
}

async fn wrong_passwords_are_counted_by_address_and_time(db: Db) -> Tested {
    for at_us in [10, 20, 20, 30] {
        sign_in_failure_append(&db, "ada@example.test", at_us).await?;
    }
    sign_in_failure_append(&db, "nobody has this address", 20).await?;
    for (since_us, expected) in [(0, 4), (10, 4), (11, 3), (20, 3), (21, 1), (31, 0)] {
        assert_eq!(sign_in_failure_count(&db, "ada@example.test", since_us).await?, expected, "since {since_us}");
    }
    assert_eq!(sign_in_failure_count(&db, "bob@example.test", 0).await?, 0);
    Ok(())
}

async fn the_sweep_removes_only_what_has_ended(db: Db) -> Tested {
    let id = person_add(&db, 1).await?;
    for (token, expires_at_us) in [("old", 50), ("new", 51)] {
        session_create(&db, token, id, "word", expires_at_us).await?;
    }
    for at_us in [19, 20] {
        sign_in_failure_append(&db, "ada@example.test", at_us).await?;
    }
    session_sweep(&db, 50, 20).await?;
    assert_eq!(session_fetch(&db, "old", 0).await?, None, "the row is gone, not only ended");
    assert!(session_fetch(&db, "new", 0).await?.is_some());
    assert_eq!(sign_in_failure_count(&db, "ada@example.test", 0).await?, 1);
    Ok(())
}
