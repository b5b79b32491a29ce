//! Four processes share one company's token, and never lose it.

use tokio::task::JoinSet;
use vouch::{clock::Clock, pipeline::changes::run_changes, sandbox::Options};

use crate::house::{Goal, House, START_US};

const PROCESSES: usize = 4;
const TOKEN_SECONDS: u64 = 30;
/// An hour of them.
const ROUNDS: usize = 120;

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
