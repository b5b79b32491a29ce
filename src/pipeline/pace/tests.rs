//! Two processes, one company, one budget.

use tempfile::TempDir;
use tokio::task::JoinSet;

use super::*;

async fn database(folder: &TempDir) -> Db {
    let db = Db::open(&format!("sqlite:{}", folder.path().join("vouch.db").display())).await.expect("it opens");
    db.migrate().await.expect("it is new");
    db
}

async fn processes(folder: &TempDir, minute_max: u32) -> Vec<Arc<dyn Calls>> {
    let mut config = Config::load(None).expect("the defaults are whole");
    (config.quickbooks_calls_minute_max, config.xero_calls_minute_max) = (minute_max, minute_max);
    let mut all = Vec::new();
    for _ in 0..2 {
        let pace = Pace::new(database(folder).await, Clock::System, &config);
        all.push(pace.calls(LedgerKind::QuickBooks, "1").expect("it is limited"));
    }
    all
}

/// The instants at which so many calls of each process were let go.
async fn let_go(processes: &[Arc<dyn Calls>], calls_each: usize) -> Vec<i64> {
    let mut tasks = JoinSet::new();
    for process in processes {
        for _ in 0..calls_each {
            let process = Arc::clone(process);
            tasks.spawn(async move {
                let _flight = process.turn().await.expect("the wait is short");
                Clock::System.now_us()
            });
        }
    }
    let mut instants = tasks.join_all().await;
    instants.sort_unstable();
    instants
}

#[tokio::test]
async fn two_processes_share_one_rate_and_use_it() {
    let folder = TempDir::new().expect("a folder");
    let both = processes(&folder, 500).await;
    let instants = let_go(&both, 10).await;
    let (first, last) = (instants[0], instants[instants.len() - 1]);
    // Twenty calls have nineteen waits of 122 ms between them; the first may be seen late on a busy machine.
    let allowed_us = 19 * 6_000_000_000 / (500 * USED_PERCENT);
    assert!(last - first >= allowed_us - 50_000, "{} of {allowed_us}", last - first);
    let in_a_second = |from: &i64| instants.iter().filter(|at| (*from..from + 1_000_000).contains(*at)).count();
    assert!(instants.iter().all(|from| in_a_second(from) <= 10), "{instants:?}");
}

#[tokio::test]
async fn what_a_ledger_says_is_heeded_by_both() {
    let folder = TempDir::new().expect("a folder");
    let both = processes(&folder, 60_000).await;
    let_go(&both, 2).await;
    let wait = Duration::from_secs(30);
    both[0].told(Told { wait: Some(wait), ..Told::default() }).await;
    for process in &both {
        let waits = process.turn().await.err().expect("it was asked to wait");
        assert!(waits <= wait && waits > Duration::from_secs(25), "{waits:?}");
    }
}

#[tokio::test]
async fn the_last_calls_of_a_day_are_kept() {
    let folder = TempDir::new().expect("a folder");
    let both = processes(&folder, 60_000).await;
    for (left, goes) in [(31, true), (30, false)] {
        let_go(&both[..1], 1).await;
        both[0].told(Told { day_left: Some(left), ..Told::default() }).await;
        let mut waits = Duration::ZERO;
        // A turn that was taken already is still used.
        for _ in 0..3 {
            waits = both[0].turn().await.err().unwrap_or(waits);
        }
        assert_eq!(waits.is_zero(), goes, "{left} left, {waits:?}");
    }
    let elsewhere = both[1].turn().await.err().expect("the other process knows it from the row");
    assert!(elsewhere > Duration::from_secs(3_000), "{elsewhere:?}");
}

#[tokio::test]
async fn five_calls_at_once_are_shared_out() {
    let folder = TempDir::new().expect("a folder");
    let mut config = Config::load(None).expect("the defaults are whole");
    config.xero_calls_minute_max = 60_000;
    let mut held = Vec::new();
    let mut lanes = Vec::new();
    for _ in 0..2 {
        let pace = Pace::new(database(&folder).await, Clock::System, &config);
        let lane = pace.calls(LedgerKind::Xero, "1").expect("it is limited");
        held.push(lane.turn().await.expect("the first call"));
        lanes.push(lane);
    }
    // The first process learns of the second with its next turn; then each may have two.
    held.push(lanes[0].turn().await.expect("its second call"));
    held.push(lanes[1].turn().await.expect("its second call"));
    for lane in &lanes {
        let third = tokio::time::timeout(Duration::from_millis(50), lane.turn()).await;
        assert!(third.is_err(), "a third call waits");
    }
    held.remove(0);
    tokio::time::timeout(Duration::from_secs(5), lanes[0].turn())
        .await
        .expect("one landed")
        .expect("the wait is short");
}

#[test]
fn rates_stay_below_the_ledgers_own() {
    let between = |kind, minute_max| Rate::of(kind, minute_max).map(|rate| rate.between_us);
    assert_eq!(between(LedgerKind::QuickBooks, 500), Some(122_448));
    assert_eq!(between(LedgerKind::QuickBooks, 6_000), Some(105_000), "ten a second all the same");
    assert_eq!(between(LedgerKind::Xero, 60), Some(1_020_408));
    assert_eq!(between(LedgerKind::Xero, 0), None);
}
