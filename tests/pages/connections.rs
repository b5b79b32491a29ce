//! The page of connections: what can be asked of one, and what was given up before.

use reqwest::StatusCode;
use vouch::{
    model::{id::ConnectionId, person::Role},
    store::{
        connection::{Connection, connection_upsert},
        job::{job_claim, job_finish, job_list},
    },
};

use crate::{house::House, visitor::Visitor};

/// A sync that failed for good stays to be seen; asking for another must not be silently ignored because of it.
#[tokio::test]
async fn a_sync_that_was_given_up_can_be_asked_for_again() {
    let house = House::open(|_| {}).await;
    let (db, now_us) = (&house.context.db, house.context.clock.now_us());
    let adam = house.add("Adam", &[Role::Administrator]).await;
    let connection = Connection {
        id: ConnectionId::new(),
        ledger: "abacus".to_owned(),
        company_id: "1".to_owned(),
        name: "Harbour Trading".to_owned(),
        home_currency: "HKD".to_owned(),
        multi_currency: true,
        country: None,
        closed_until: None,
        token_id: "abacus:1".to_owned(),
        state: "connected".to_owned(),
        synced_at_us: None,
    };
    let txn = db.begin_write().await.expect("the database answers");
    let id = connection_upsert(&txn, &connection, now_us).await.expect("it is new");
    txn.commit().await.expect("the database answers");
    let mut browser = Visitor::signed_in(&house, &adam.email).await;
    let path = format!("/connections/{id}/sync");
    for round in ["first", "second"] {
        let answer = browser.act(&path, &[]).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/connections"));
        let jobs = job_list(db).await.expect("the queue can be read");
        assert_eq!(jobs.iter().map(|job| job.dead).collect::<Vec<_>>(), [false], "the {round} time it waits");
        if round == "first" {
            house.drain().await;
            let jobs = job_list(db).await.expect("the queue can be read");
            assert!(jobs[0].dead, "nobody can sync with an unknown ledger: {jobs:?}");
        }
    }
    let job = job_claim(db, now_us, 1).await.expect("the queue can be read").expect("it can be claimed");
    job_finish(db, &job).await.expect("it is ours");
    house.close().await;
}
