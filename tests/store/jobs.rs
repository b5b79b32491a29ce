//! The queue's rows: each job once, to one worker at a time, and never lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::timeout,
};
use vouch::{
    clock::Clock,
    queue::{self, Failed, Retry, Wake},
    store::{
        Db, Run as _, StoreError,
        job::{
            ClaimedJob, NewJob, job_bury, job_claim, job_enqueue, job_finish, job_give_back, job_list, job_put_back,
            job_revive_all,
        },
    },
};

use crate::engine::Tested;

on_both_engines!(
    a_key_that_waits_makes_a_second_job_a_no_op,
    a_key_that_was_given_up_is_taken_up_again,
    jobs_are_claimed_in_the_order_they_are_due,
    a_claim_lasts_as_long_as_its_lease,
    an_old_claim_cannot_touch_a_new_one,
    a_job_that_was_put_back_waits_with_its_reason,
    a_job_that_was_given_back_keeps_its_place_and_its_tries,
    a_job_that_was_given_up_stays_until_it_is_revived,
    eight_claimants_get_each_job_once,
    a_long_job_keeps_its_lease_as_often_as_its_kind_may,
    eight_workers_do_each_job_once,
);

/// The longest that anything here may take; a test that waits longer has failed.
const LONGEST: Duration = Duration::from_secs(60);
const LEASE_US: i64 = 10;

async fn enqueue(db: &Db, key: &str, run_at_us: i64) -> Result<(), StoreError> {
    let txn = db.begin_write().await?;
    let job = NewJob { kind: "read", subject: key.to_owned(), dedupe_key: key.to_owned(), run_at_us };
    job_enqueue(&txn, &job, 1).await?;
    txn.commit().await
}

async fn claim(db: &Db, now_us: i64) -> Result<Option<ClaimedJob>, StoreError> {
    job_claim(db, now_us, LEASE_US).await
}

async fn claimed(db: &Db, now_us: i64) -> anyhow::Result<ClaimedJob> {
    claim(db, now_us).await?.ok_or_else(|| anyhow::anyhow!("a job is due at {now_us}"))
}

async fn a_key_that_waits_makes_a_second_job_a_no_op(db: Db) -> Tested {
    enqueue(&db, "read:1:0", 5).await?;
    enqueue(&db, "read:1:0", 3).await?;
    let jobs = job_list(&db).await?;
    assert_eq!((jobs.len(), jobs[0].run_at_us, jobs[0].attempts), (1, 5, 0));
    // The same while it is worked on: whoever works on it loads the newest state anyway.
    let job = claimed(&db, 6).await?;
    enqueue(&db, "read:1:0", 6).await?;
    assert_eq!(job_list(&db).await?.len(), 1);
    assert_eq!(claim(&db, 7).await?, None);
    job_finish(&db, &job).await?;
    // A key is free again once its job is done.
    enqueue(&db, "read:1:0", 8).await?;
    assert_eq!(claimed(&db, 8).await?.attempts, 1);
    Ok(())
}

async fn a_key_that_was_given_up_is_taken_up_again(db: Db) -> Tested {
    enqueue(&db, "sync:1:0", 1).await?;
    let job = claimed(&db, 1).await?;
    job_bury(&db, &job, 2, "the ledger said something new").await?;
    assert_eq!(claim(&db, 100).await?, None);
    // The scheduler's next turn must not be swallowed by the job that died at an earlier one.
    enqueue(&db, "sync:1:0", 200).await?;
    let jobs = job_list(&db).await?;
    assert_eq!((jobs.len(), jobs[0].dead, jobs[0].run_at_us, jobs[0].attempts), (1, false, 200, 0));
    assert_eq!(claim(&db, 199).await?, None);
    assert_eq!(claimed(&db, 200).await?.attempts, 1);
    Ok(())
}

async fn jobs_are_claimed_in_the_order_they_are_due(db: Db) -> Tested {
    for (key, run_at_us) in [("c", 30), ("a", 10), ("d", 40), ("b", 20)] {
        enqueue(&db, key, run_at_us).await?;
    }
    assert_eq!(claim(&db, 9).await?, None, "nothing is due yet");
    let mut order = Vec::new();
    while let Some(job) = job_claim(&db, 30, 1_000).await? {
        assert_eq!((job.kind.as_str(), job.attempts, job.locked_until_us), ("read", 1, 1_030));
        order.push(job.subject);
    }
    assert_eq!(order, ["a", "b", "c"], "d is not due");
    Ok(())
}

async fn a_claim_lasts_as_long_as_its_lease(db: Db) -> Tested {
    enqueue(&db, "a", 0).await?;
    let first = claimed(&db, 100).await?;
    assert_eq!(first.locked_until_us, 100 + LEASE_US);
    for now_us in [100, 101, 109, 110] {
        assert_eq!(claim(&db, now_us).await?, None, "it belongs to somebody at {now_us}");
    }
    let second = claimed(&db, 111).await?;
    assert_eq!((second.id, second.attempts, second.locked_until_us), (first.id, 2, 121));
    Ok(())
}

async fn an_old_claim_cannot_touch_a_new_one(db: Db) -> Tested {
    enqueue(&db, "a", 0).await?;
    let old = claimed(&db, 100).await?;
    let new = claimed(&db, 200).await?;
    let before = job_list(&db).await?;
    job_finish(&db, &old).await?;
    job_put_back(&db, &old, 0, "too slow").await?;
    job_bury(&db, &old, 201, "too slow").await?;
    assert_eq!(job_list(&db).await?, before);
    assert_eq!(claim(&db, 205).await?, None, "the new claim still holds");
    job_finish(&db, &new).await?;
    assert_eq!(job_list(&db).await?, []);
    Ok(())
}

async fn a_job_that_was_put_back_waits_with_its_reason(db: Db) -> Tested {
    enqueue(&db, "a", 0).await?;
    let job = claimed(&db, 100).await?;
    job_put_back(&db, &job, 300, "the ledger is asleep").await?;
    let jobs = job_list(&db).await?;
    assert_eq!((jobs[0].run_at_us, jobs[0].attempts, jobs[0].dead), (300, 1, false));
    assert_eq!(jobs[0].last_error.as_deref(), Some("the ledger is asleep"));
    assert_eq!(claim(&db, 299).await?, None);
    let again = claimed(&db, 300).await?;
    assert_eq!((again.id, again.attempts), (job.id, 2));
    Ok(())
}

async fn a_job_that_was_given_back_keeps_its_place_and_its_tries(db: Db) -> Tested {
    enqueue(&db, "a", 0).await?;
    enqueue(&db, "b", 1).await?;
    let job = claimed(&db, 100).await?;
    let gone = ClaimedJob { locked_until_us: 7, ..job.clone() };
    job_give_back(&db, &gone, "").await?;
    assert_ne!(claimed(&db, 100).await?.id, job.id, "another claim gives nothing back");
    job_give_back(&db, &job, "").await?;
    let again = claimed(&db, 100).await?;
    assert_eq!((again.id, again.attempts), (job.id, 1));
    Ok(())
}

async fn a_job_that_was_given_up_stays_until_it_is_revived(db: Db) -> Tested {
    for key in ["a", "b"] {
        enqueue(&db, key, 0).await?;
    }
    let dead = claimed(&db, 100).await?;
    job_bury(&db, &dead, 101, "no version of vouch knows it").await?;
    let jobs = job_list(&db).await?;
    let row = jobs.iter().find(|row| row.id == dead.id).expect("it stays to be seen");
    assert!(row.dead && row.last_error.as_deref() == Some("no version of vouch knows it"), "{row:?}");
    let other = claimed(&db, 1_000).await?;
    assert_ne!(other.id, dead.id);
    assert_eq!(claim(&db, 1_000).await?, None);
    assert_eq!(job_revive_all(&db, 2_000).await?, 1, "only what was given up");
    job_finish(&db, &other).await?;
    assert_eq!(claim(&db, 1_999).await?, None);
    let revived = claimed(&db, 2_000).await?;
    assert_eq!((revived.id, revived.attempts), (dead.id, 1), "its tries begin anew");
    assert_eq!(job_revive_all(&db, 3_000).await?, 0);
    Ok(())
}

const JOBS: usize = 300;
const WORKERS: usize = 8;

fn keys() -> BTreeSet<String> {
    (0..JOBS).map(|number| format!("job {number:03}")).collect()
}

async fn enqueue_all(db: &Db) -> Result<(), StoreError> {
    let txn = db.begin_write().await?;
    for key in keys() {
        let job = NewJob { kind: "read", subject: key.clone(), dedupe_key: key, run_at_us: 0 };
        job_enqueue(&txn, &job, 0).await?;
    }
    txn.commit().await
}

async fn eight_claimants_get_each_job_once(db: Db) -> Tested {
    enqueue_all(&db).await?;
    let mut claimants = JoinSet::new();
    for _ in 0..WORKERS {
        let db = db.clone();
        claimants.spawn(async move {
            let mut mine = Vec::new();
            while let Some(job) = job_claim(&db, 1, 1_000).await? {
                job_finish(&db, &job).await?;
                mine.push(job.subject);
            }
            Ok::<_, StoreError>(mine)
        });
    }
    let mut all = Vec::new();
    while let Some(mine) = timeout(LONGEST, claimants.join_next()).await? {
        all.extend(mine??);
    }
    assert_eq!(all.len(), JOBS, "nobody got a job that somebody else had");
    assert_eq!(all.into_iter().collect::<BTreeSet<_>>(), keys());
    assert_eq!(job_list(&db).await?, []);
    Ok(())
}

/// Each lease leaves its handler a tenth of a second here.
async fn a_long_job_keeps_its_lease_as_often_as_its_kind_may(db: Db) -> Tested {
    for (leases_max, ends) in [(1, false), (2, false), (8, true)] {
        enqueue(&db, "a", 0).await?;
        let options = queue::Options {
            slots: 1,
            lease: Duration::from_millis(5_100),
            attempts_max: 1,
            backoff: Duration::from_secs(2),
            poll: Duration::from_millis(5),
            leases_max: match leases_max {
                1 => |_| 1,
                2 => |_| 2,
                _ => |_| 8,
            },
        };
        let clock = Clock::fixed(1_000_000);
        let (finished, asked) = (Arc::new(Mutex::new(false)), db.clone());
        let handler = |_: ClaimedJob| {
            let (finished, asked, clock) = (Arc::clone(&finished), asked.clone(), clock.clone());
            async move {
                // Three tenths of a second, in which another worker finds nothing to claim.
                for _ in 0..3 {
                    let _ = timeout(Duration::from_millis(100), std::future::pending::<()>()).await;
                    clock.advance_us(2_000_000);
                    assert_eq!(job_claim(&asked, clock.now_us(), 10).await?, None, "it is still held");
                }
                *finished.lock().expect("nobody panics with it") = true;
                Ok(())
            }
        };
        assert_eq!(queue::drain(&db, &clock, &options, handler).await?, 1);
        assert_eq!(*finished.lock().expect("nobody panics with it"), ends, "{leases_max} leases");
        let left: Vec<bool> = job_list(&db).await?.iter().map(|job| job.dead).collect();
        // What was cut off counts one try more, and is tried again once.
        assert_eq!(left, if ends { vec![] } else { vec![false] });
        for job in job_list(&db).await? {
            let sql = format!("DELETE FROM jobs WHERE id = '{}'", job.id);
            db.execute(&sql, Vec::new()).await?;
        }
    }
    Ok(())
}

/// The workers of `queue` itself; every third job fails at its first try and every tenth asks to wait.
async fn eight_workers_do_each_job_once(db: Db) -> Tested {
    enqueue_all(&db).await?;
    let clock = Clock::fixed(1_000_000);
    let options = queue::Options {
        slots: 1,
        lease: Duration::from_secs(60),
        attempts_max: 3,
        backoff: Duration::from_secs(2),
        poll: Duration::from_millis(5),
        leases_max: |_| 1,
    };
    let (stop, stopped) = watch::channel(false);
    let (done, mut finished) = mpsc::unbounded_channel();
    let tries = Arc::new(Mutex::new(BTreeMap::<String, i64>::new()));
    let wake = Wake::default();
    let mut workers = JoinSet::new();
    for _ in 0..WORKERS {
        let (tries, done) = (Arc::clone(&tries), done.clone());
        let handler = move |job: ClaimedJob| {
            let number: usize = job.subject.trim_start_matches("job ").parse().expect("a job of this test");
            // By our own count: a job that was asked to wait begins its tries anew.
            let tried = {
                let mut tries = tries.lock().expect("nobody panics with it");
                let tried = tries.entry(job.subject.clone()).or_default();
                *tried += 1;
                *tried
            };
            let again = |retry| Err(Failed { reason: "first".to_owned(), retry: Some(retry) });
            let outcome = match tried {
                1 if number.is_multiple_of(10) => again(Retry::After(Duration::ZERO)),
                1 if number.is_multiple_of(3) => again(Retry::Backoff),
                _ => done.send(job.subject).map_err(|_| Failed { reason: "nobody listens".to_owned(), retry: None }),
            };
            async move { outcome }
        };
        let parts = (db.clone(), clock.clone(), wake.clone(), options.clone(), stopped.clone());
        workers.spawn(queue::work(parts.0, parts.1, parts.2, parts.3, parts.4, handler));
    }
    let mut order = Vec::new();
    let first_tries = (0..JOBS).filter(|number| number % 10 == 0 || number % 3 != 0).count();
    while order.len() < JOBS {
        if order.len() == first_tries {
            // What failed waits two seconds of this clock, and nobody tells the workers that they are over.
            clock.advance_us(2_000_000);
        }
        order.push(timeout(LONGEST, finished.recv()).await?.expect("the workers still run"));
    }
    stop.send(true)?;
    while let Some(ended) = timeout(LONGEST, workers.join_next()).await? {
        ended?;
    }
    assert_eq!(order.into_iter().collect::<BTreeSet<_>>(), keys());
    let tries = tries.lock().expect("nobody panics with it").values().sum::<i64>();
    let twice = (0..JOBS).filter(|number| number % 10 == 0 || number % 3 == 0).count();
    assert_eq!(usize::try_from(tries)?, JOBS + twice, "a job is tried again only when it failed");
    assert!(finished.try_recv().is_err(), "no job was done twice");
    assert_eq!(job_list(&db).await?, []);
    Ok(())
}
