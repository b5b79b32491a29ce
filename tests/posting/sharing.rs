//! Four processes share one company's token, and never lose it.

use std::{
    fs::File,
    process::{Child, Command, Stdio},
};

use tokio::task::JoinSet;
use vouch::{
    clock::Clock,
    pipeline::{Job, changes::run_changes},
    sandbox::Options,
    store::{
        connection::connection_fetch,
        job::{NewJob, job_enqueue},
    },
};

use crate::{
    house::{Goal, House, START_US},
    process::{settings_text, worked_off},
};

const PROCESSES: usize = 4;
const TOKEN_SECONDS: u64 = 30;
/// An hour of them.
const ROUNDS: usize = 120;
/// Looks at the books that wait in a round; a process does two at once.
const LOOKS: usize = 8;

/// For an hour of the ledger's time, with tokens that live for thirty seconds, four processes ask at the same moment.
async fn an_hour(goal: Goal) {
    let options = Options {
        access_token_seconds_quickbooks: TOKEN_SECONDS,
        access_token_seconds_xero: TOKEN_SECONDS,
        ..Options::default()
    };
    let house = House::with_options(goal, Clock::fixed(START_US), options).await;
    let mut processes = vec![house.context.clone()];
    while processes.len() < PROCESSES {
        processes.push(house.second_process().await);
    }
    let before = house.sandbox.calls().len();
    for round in 0..ROUNDS {
        house.advance(30);
        let mut asked = JoinSet::new();
        for context in &processes {
            let (context, id) = (context.clone(), house.connection);
            asked.spawn(async move { run_changes(&context, id).await });
        }
        for done in asked.join_all().await {
            assert!(done.is_ok(), "round {round}: {done:?}");
        }
    }
    let calls = house.sandbox.calls().split_off(before);
    let renewals: Vec<_> = calls.iter().filter(|call| goal.token_call().ends_with(&call.path)).collect();
    assert!(renewals.iter().all(|call| call.status == Some(200)), "no renewal was refused");
    assert_eq!(renewals.len(), ROUNDS, "one renewal a token, whoever makes it");
    let refused = calls.iter().filter(|call| call.status == Some(401)).count();
    assert_eq!(refused, 0, "nobody used a token that had ended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn quickbooks_token_is_shared_for_an_hour() {
    an_hour(Goal::QUICKBOOKS_BILL).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn xero_token_is_shared_for_an_hour() {
    an_hour(Goal::XERO_BILL).await;
}

/// `vouch work` as a process of its own. It dies with this value.
struct Worker(Child);

impl Worker {
    fn start(house: &House, number: usize) -> Self {
        let log = File::create(house.folder.path().join(format!("log-{number}"))).expect("the folder takes it");
        let child = Command::new(env!("CARGO_BIN_EXE_vouch"))
            .arg("--config")
            .arg(house.folder.path().join("vouch.toml"))
            .arg("work")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("the program was built");
        Self(child)
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.kill().expect("it is ours");
        self.0.wait().expect("it is ours");
    }
}

/// The same with four processes of the operating system. Their clocks cannot be moved: the ledger's is, so that each
/// token is refused to several of them in the same moment, which is when tokens are lost.
async fn an_hour_of_real_processes(goal: Goal) {
    let options = Options {
        access_token_seconds_quickbooks: TOKEN_SECONDS,
        access_token_seconds_xero: TOKEN_SECONDS,
        ..Options::default()
    };
    let house = House::with_options(goal, Clock::System, options).await;
    let settings = house.folder.path().join("vouch.toml");
    std::fs::write(settings, settings_text(house.folder.path(), &house.root)).expect("the folder takes it");
    let before = house.sandbox.calls().len();
    let mut workers: Vec<Worker> = (0..PROCESSES).map(|number| Worker::start(&house, number)).collect();
    let look = Job::Changes(house.connection);
    for round in 0..ROUNDS {
        house.sandbox.clock_advance(30);
        let now_us = house.context.clock.now_us();
        let txn = house.context.db.begin_write().await.expect("the store works");
        for number in 0..LOOKS {
            let dedupe_key = format!("test:{round}:{number}");
            let job = NewJob { kind: look.kind(), subject: look.subject(), dedupe_key, run_at_us: now_us };
            job_enqueue(&txn, &job, now_us).await.expect("the store works");
        }
        txn.commit().await.expect("the store works");
        worked_off(&house).await;
    }
    for worker in &mut workers {
        assert!(worker.0.try_wait().expect("it is ours").is_none(), "all are still at work");
    }
    drop(workers);
    let calls = house.sandbox.calls().split_off(before);
    let renewals: Vec<_> = calls.iter().filter(|call| goal.token_call().ends_with(&call.path)).collect();
    assert!(renewals.iter().all(|call| call.status == Some(200)), "no renewal was refused: {renewals:?}");
    assert!(renewals.len() >= ROUNDS, "{} renewals of {ROUNDS} tokens", renewals.len());
    let refused = calls.iter().filter(|call| call.status == Some(401)).count();
    assert!(refused > ROUNDS, "{refused} calls were refused: in most rounds several at once");
    let connection = connection_fetch(&house.context.db, house.connection).await.expect("it is there");
    assert_eq!(connection.state, "connected");
}

#[tokio::test]
async fn four_real_processes_share_quickbooks_token() {
    an_hour_of_real_processes(Goal::QUICKBOOKS_BILL).await;
}

#[tokio::test]
async fn four_real_processes_share_xero_token() {
    an_hour_of_real_processes(Goal::XERO_BILL).await;
}
