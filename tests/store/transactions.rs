//! Transactions: all or nothing, and many at once.

use std::time::Duration;

use tokio::{task::JoinSet, time::timeout};
use vouch::{
    approval::state::{ApprovedBy, State},
    model::{category::Category, id::DocumentId, policy::Policy},
    store::{
        Db, Run, StoreError,
        document::{Document, document_create, document_fetch, document_update, upload_append},
        history::history_list,
        job::{NewJob, job_enqueue, job_list},
        setting::{policy_fetch, policy_publish},
        twin::document_twins_lock,
    },
};

use crate::{
    engine::Tested,
    rows::{document_add, new_document, person_add},
};

on_both_engines!(
    migrating_again_changes_nothing,
    what_is_not_committed_did_not_happen,
    what_is_not_committed_is_not_seen,
    forty_that_read_and_then_write_all_succeed,
    forty_that_change_the_same_document_lose_no_change,
    of_twins_checked_at_the_same_time_one_is_first,
);

const LONGEST: Duration = Duration::from_secs(60);
const AT_ONCE: u32 = 40;

async fn migrating_again_changes_nothing(db: Db) -> Tested {
    let document = document_add(&db, &new_document(1, person_add(&db, 1).await?)).await?;
    for _ in 0..2 {
        db.migrate().await?;
    }
    assert_eq!(document_fetch(&db, document.id).await?, document);
    Ok(())
}

async fn what_is_not_committed_did_not_happen(db: Db) -> Tested {
    let person = person_add(&db, 1).await?;
    let before = document_add(&db, &new_document(1, person)).await?;
    let txn = db.begin_write().await?;
    let mut changed = before.clone();
    changed.category = Category::Rent;
    document_update(&txn, &changed, 0).await?;
    let second = new_document(2, person);
    assert!(document_create(&txn, &second).await?);
    upload_append(&txn, second.id, person, "a.jpg", 1).await?;
    let (dedupe_key, subject) = ("read:2:0".to_owned(), second.id.to_string());
    job_enqueue(&txn, &NewJob { kind: "read", subject, dedupe_key, run_at_us: 0 }, 0).await?;
    policy_publish(&txn, &Policy { age_days_max: 1, ..Policy::starting() }, None, 0).await?;
    assert_eq!(document_fetch(&txn, second.id).await?.id, second.id, "it is there for the transaction itself");
    drop(txn);
    assert_eq!(document_fetch(&db, before.id).await?, before);
    let gone = document_fetch(&db, second.id).await;
    assert!(matches!(gone, Err(StoreError::NotFound("document"))), "{gone:?}");
    assert_eq!(job_list(&db).await?, []);
    assert_eq!(history_list(&db, second.id).await?, []);
    assert_eq!(policy_fetch(&db).await?, Policy::starting());
    // And the write lock is free again.
    document_add(&db, &second).await?;
    Ok(())
}

async fn what_is_not_committed_is_not_seen(db: Db) -> Tested {
    let person = person_add(&db, 1).await?;
    let txn = db.begin_write().await?;
    assert!(document_create(&txn, &new_document(1, person)).await?);
    // A reader neither waits for the writer nor sees what it does.
    let seen = timeout(LONGEST, db.rows("SELECT id FROM documents", Vec::new())).await??;
    assert_eq!(seen.len(), 0);
    txn.commit().await?;
    assert_eq!(db.rows("SELECT id FROM documents", Vec::new()).await?.len(), 1);
    Ok(())
}

/// Begins a transaction, reads in it, lets others begin theirs, and then writes: what fails with "database is locked"
/// on SQLite when the transaction does not take its lock at once.
async fn forty_that_read_and_then_write_all_succeed(db: Db) -> Tested {
    let person = person_add(&db, 1).await?;
    for number in 1..=AT_ONCE {
        document_add(&db, &new_document(number, person)).await?;
    }
    let mut writers = JoinSet::new();
    for number in 1..=AT_ONCE {
        let db = db.clone();
        writers.spawn(async move {
            let txn = db.begin_write().await?;
            let mut document = document_fetch(&txn, DocumentId::from_u128(u128::from(number))).await?;
            tokio::task::yield_now().await;
            document.category = Category::Rent;
            document_update(&txn, &document, 0).await?;
            upload_append(&txn, document.id, person, "again.jpg", 1).await?;
            txn.commit().await
        });
    }
    while let Some(written) = timeout(LONGEST, writers.join_next()).await? {
        written??;
    }
    let changed = db.rows("SELECT id FROM documents WHERE version = 1 AND category = 'rent'", Vec::new()).await?;
    assert_eq!(changed.len(), usize::try_from(AT_ONCE)?);
    Ok(())
}

/// On PostgreSQL somebody may be faster between the reading and the writing; then the version says so, and whoever lost
/// looks again.
async fn forty_that_change_the_same_document_lose_no_change(db: Db) -> Tested {
    let id = document_add(&db, &new_document(1, person_add(&db, 1).await?)).await?.id;
    let mut writers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let db = db.clone();
        writers.spawn(async move {
            loop {
                let txn = db.begin_write().await?;
                let mut document = document_fetch(&txn, id).await?;
                document.changed_at_us += 1;
                match document_update(&txn, &document, document.version).await {
                    Err(StoreError::Conflict(_)) => continue,
                    other => other?,
                }
                return txn.commit().await;
            }
        });
    }
    while let Some(written) = timeout(LONGEST, writers.join_next()).await? {
        written??;
    }
    let document = document_fetch(&db, id).await?;
    assert_eq!((document.version, document.changed_at_us), (i64::from(AT_ONCE), 1 + i64::from(AT_ONCE)));
    Ok(())
}

/// What the check does: look whether a twin is on its way, and record what that means, in one transaction.
async fn of_twins_checked_at_the_same_time_one_is_first(db: Db) -> Tested {
    let first = document_add(&db, &new_document(1, person_add(&db, 1).await?)).await?;
    let txn = db.begin_write().await?;
    document_twins_lock(&txn).await?;
    assert_eq!(approved(&txn).await?, 0);
    let other = db.clone();
    let mut second = tokio::spawn(async move {
        let txn = other.begin_write().await?;
        document_twins_lock(&txn).await?;
        approved(&txn).await
    });
    // Whoever does not wait for the first check has answered long before this.
    let early = timeout(Duration::from_millis(300), &mut second).await;
    assert!(early.is_err(), "the second check did not wait for the first: {early:?}");
    document_update(&txn, &Document { state: State::Approved { by: ApprovedBy::Rule }, ..first }, 0).await?;
    txn.commit().await?;
    assert_eq!(timeout(LONGEST, second).await???, 1, "the second check sees what became of the first");
    Ok(())
}

async fn approved(run: &impl Run) -> Result<usize, StoreError> {
    Ok(run.rows("SELECT id FROM documents WHERE state = 'approved'", Vec::new()).await?.len())
}
