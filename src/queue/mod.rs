//! The queue: claim, lease, retry, dead letters.
//!
//! Design note. The job row in the database is the truth, on one machine and in a fleet: it is written in the
//! transaction that makes it true and claimed by lease. What wakes workers only saves waiting: today an in-process
//! [`Wake`], later also RabbitMQ, which will carry job ids only (`rabbit.rs` beside this file). A lost or doubled wake
//! costs time, never correctness, because workers also look by themselves.
//!
//! A handler is stopped before its lease ends, so two workers never run the same job at the same time. Kinds of jobs
//! that may take long have their lease renewed instead, so many times; a worker that dies renews nothing.

use std::{pin::pin, sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, Semaphore, watch},
    task::JoinSet,
};
use tracing::{error, warn};

use crate::{
    clock::Clock,
    store::{
        Db, StoreError,
        job::{ClaimedJob, job_bury, job_claim, job_finish, job_give_back, job_put_back, job_renew},
    },
};

/// Wakes idle workers of this process. Cloning shares it.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// Says that a job was written.
    pub fn notify(&self) {
        self.0.notify_one();
    }

    async fn notified(&self) {
        self.0.notified().await;
    }
}

/// How workers behave.
#[derive(Debug, Clone)]
pub struct Options {
    /// Jobs worked on at once.
    pub slots: usize,
    /// How long a claimed job belongs to its worker.
    pub lease: Duration,
    /// After so many tries a job is given up.
    pub attempts_max: i64,
    /// The first wait before another try; it doubles up to the longest.
    pub backoff: Duration,
    /// How often to look without being woken.
    pub poll: Duration,
    /// For how many leases a job of this kind may go on; its lease is renewed in between.
    pub leases_max: fn(&str) -> u32,
}

/// Why a handler did not finish its job.
#[derive(Debug)]
pub struct Failed {
    /// What is wrong, for people; no secrets.
    pub reason: String,
    /// When to try again; `None` gives the job up.
    pub retry: Option<Retry>,
}

/// When to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// After a wait that doubles with each try.
    Backoff,
    /// No earlier than this, and without counting against the tries: somebody asked us to wait.
    After(Duration),
    /// Others wait for the same: it takes its place by age, due now, and keeps its tries. An empty reason is none.
    GivenBack,
}

/// The longest wait before another try.
const BACKOFF_LONGEST: Duration = Duration::from_secs(15 * 60);
/// A handler is stopped this long before its lease ends.
const LEASE_MARGIN: Duration = Duration::from_secs(5);

/// Works until `stop` becomes true and what was begun is finished.
pub async fn work<H, F>(db: Db, clock: Clock, wake: Wake, options: Options, mut stop: watch::Receiver<bool>, handler: H)
where
    H: Fn(ClaimedJob) -> F + Clone + Send + 'static,
    F: Future<Output = Result<(), Failed>> + Send + 'static,
{
    let slots = Arc::new(Semaphore::new(options.slots));
    let mut running = JoinSet::new();
    while !*stop.borrow() {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { break };
        match job_claim(&db, clock.now_us(), micros(options.lease)).await {
            Ok(Some(job)) => {
                let (db, clock, options, handler) = (db.clone(), clock.clone(), options.clone(), handler.clone());
                running.spawn(async move {
                    run_one(&db, &clock, &options, job, handler).await;
                    drop(slot);
                });
            }
            Ok(None) => {
                drop(slot);
                tokio::select! {
                    () = wake.notified() => {}
                    _ = tokio::time::timeout(options.poll, stop.changed()) => {}
                }
            }
            Err(error) => {
                drop(slot);
                error!(%error, "The queue could not be read");
                let _ = tokio::time::timeout(options.poll, stop.changed()).await;
            }
        }
        while running.try_join_next().is_some() {}
    }
    while running.join_next().await.is_some() {}
}

/// Works until no job is due, one after the other, and answers how many were worked on. Tests drain the queue with it.
///
/// # Errors
/// The database failed.
pub async fn drain<H, F>(db: &Db, clock: &Clock, options: &Options, handler: H) -> Result<u64, StoreError>
where
    H: Fn(ClaimedJob) -> F + Clone,
    F: Future<Output = Result<(), Failed>>,
{
    let mut worked = 0;
    while let Some(job) = job_claim(db, clock.now_us(), micros(options.lease)).await? {
        run_one(db, clock, options, job, handler.clone()).await;
        worked += 1;
    }
    Ok(worked)
}

/// Runs a job that a handler claimed beside its own, and notes its end.
pub(crate) async fn run_claimed<H, F>(db: &Db, clock: &Clock, options: &Options, job: ClaimedJob, handler: H)
where
    H: Fn(ClaimedJob) -> F,
    F: Future<Output = Result<(), Failed>>,
{
    run_one(db, clock, options, job, handler).await;
}

async fn run_one<H, F>(db: &Db, clock: &Clock, options: &Options, job: ClaimedJob, handler: H)
where
    H: Fn(ClaimedJob) -> F,
    F: Future<Output = Result<(), Failed>>,
{
    let mut job = job;
    let running = handler(job.clone());
    let kept = match run_leased(db, clock, options, &mut job, running).await {
        Some(Ok(())) => job_finish(db, &job).await,
        Some(Err(failed)) => put_back(db, clock, options, &job, failed, options.attempts_max).await,
        None => {
            // A handler that is cut off cannot say whom its work should go to: once more than the tries it may.
            let reason = "the job took longer than its lease".to_owned();
            let failed = Failed { reason, retry: Some(Retry::Backoff) };
            put_back(db, clock, options, &job, failed, options.attempts_max + 1).await
        }
    };
    if let Err(error) = kept {
        // The lease runs out and the job is worked on again; every handler is right when run twice.
        error!(job.id = %job.id, %error, "The end of job {} could not be noted", job.id);
    }
}

/// Runs a handler as long as its leases last; `None` when it took longer, or somebody else has the job.
async fn run_leased<F: Future>(
    db: &Db,
    clock: &Clock,
    options: &Options,
    job: &mut ClaimedJob,
    running: F,
) -> Option<F::Output> {
    let time = options.lease.saturating_sub(LEASE_MARGIN).max(Duration::from_millis(1));
    let mut running = pin!(running);
    for _ in 1..(options.leases_max)(&job.kind).max(1) {
        if let Ok(ended) = tokio::time::timeout(time, running.as_mut()).await {
            return Some(ended);
        }
        let until_us = clock.now_us().saturating_add(micros(options.lease));
        match job_renew(db, job, until_us).await {
            Ok(true) => job.locked_until_us = until_us,
            Ok(false) => return None,
            Err(error) => {
                warn!(job.id = %job.id, %error, "The lease of job {} could not be renewed", job.id);
                return None;
            }
        }
    }
    tokio::time::timeout(time, running).await.ok()
}

async fn put_back(
    db: &Db,
    clock: &Clock,
    options: &Options,
    job: &ClaimedJob,
    failed: Failed,
    attempts_max: i64,
) -> Result<(), StoreError> {
    let now_us = clock.now_us();
    let mut job = job.clone();
    let wait = match failed.retry {
        Some(Retry::After(wait)) => {
            job.attempts -= 1;
            Some(wait)
        }
        Some(Retry::GivenBack) => return job_give_back(db, &job, &failed.reason).await,
        Some(Retry::Backoff) if job.attempts < attempts_max => Some(backoff(options.backoff, job.attempts)),
        Some(Retry::Backoff) | None => None,
    };
    match wait {
        Some(wait) => {
            warn!(job.id = %job.id, job.kind, job.attempts, reason = failed.reason, "Job {} will be tried again", job.id);
            job_put_back(db, &job, now_us.saturating_add(micros(wait)), &failed.reason).await
        }
        None => {
            error!(job.id = %job.id, job.kind, job.attempts, reason = failed.reason, "Job {} was given up", job.id);
            job_bury(db, &job, now_us, &failed.reason).await
        }
    }
}

fn backoff(first: Duration, attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    first.saturating_mul(1 << doublings).min(BACKOFF_LONGEST)
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits: Vec<u64> =
            [1, 2, 3, 8, 20, 1_000].map(|attempts| backoff(Duration::from_secs(2), attempts).as_secs()).to_vec();
        assert_eq!(waits, [2, 4, 8, 256, 900, 900]);
    }
}
