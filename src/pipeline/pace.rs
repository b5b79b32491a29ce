//! One budget of calls a company, shared by every process through the database, so that no ledger has to refuse us.
//!
//! Design note. A company's row holds its next free turn. Whoever has calls to make takes as many turns as calls wait in
//! this process, a few at most, in one compare-and-set: a busy process writes about twice a second, not once a call.
//! Turns lie evenly, just below the ledger's rate, so that no window of a minute or a second, wherever it begins, holds
//! too many. Calls in flight are limited for each process by its share: the row says how many processes are at work.
//! What the ledger itself says (calls left this minute, today; a 429 with its wait) is written into the row and heeded
//! by all. Jobs of a company that must wait are not claimed (`job_claim`), so other companies go on.

use std::{
    collections::{HashMap, VecDeque},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;

use crate::{
    clock::Clock,
    config::Config,
    post::{
        LedgerKind,
        transport::{Calls, Flight, Told},
    },
    secret::random_hex,
    store::{
        Db, StoreError,
        budget::{Budget, budget_fetch, budget_store},
    },
};

/// How much of the ledger's own rate is used, in percent; the rest is for calls that overtake each other on the way.
const USED_PERCENT: i64 = 98;
/// Turns taken at once, at most.
const TAKEN_MAX: i64 = 8;
/// A turn that was not used by then is let go: used later it could fall into a full window.
const STALE_US: i64 = 250_000;
/// A call waits here so long for its turn; with a longer wait its job is put back, and the worker is free.
const WAITED_MAX_US: i64 = 40_000_000;
/// A process that took no turn for so long is not at work.
const HOLDER_US: i64 = 60_000_000;
/// When the ledger says that this minute's calls are used up, so long is waited.
const MINUTE_USED_US: i64 = 10_000_000;
/// So many of a day's calls are kept: with fewer left, one call an hour asks whether the day is over.
const DAY_KEPT: i64 = 30;
const DAY_ASKED_US: i64 = 3_600_000_000;
/// How often a row that others change at the same time is tried.
const TRIES: u32 = 100;
/// When the database cannot be asked.
const DATABASE_WAIT: Duration = Duration::from_secs(2);

/// What a ledger allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rate {
    between_us: i64,
    in_flight_max: i64,
}

impl Rate {
    /// `None` where nothing is limited.
    fn of(kind: LedgerKind, minute_max: u32) -> Option<Self> {
        let between_us = 6_000_000_000_i64.checked_div(i64::from(minute_max).checked_mul(USED_PERCENT)?)?;
        // QuickBooks counts seconds too, ten calls each; it asks for at most ten at once, Xero for five.
        let (shortest_us, in_flight_max) = match kind {
            LedgerKind::QuickBooks => (105_000, 10),
            LedgerKind::Xero => (0, 5),
        };
        Some(Self { between_us: between_us.max(shortest_us), in_flight_max })
    }
}

/// The budgets that this process shares with others. Cloning shares them.
#[derive(Debug, Clone)]
pub(crate) struct Pace(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    db: Db,
    clock: Clock,
    /// Tells this process from the others.
    process: String,
    quickbooks: Option<Rate>,
    xero: Option<Rate>,
    lanes: Mutex<HashMap<String, Arc<Lane>>>,
    singles: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Pace {
    pub(super) fn new(db: Db, clock: Clock, config: &Config) -> Self {
        Self(Arc::new(Shared {
            db,
            clock,
            process: random_hex(8),
            quickbooks: Rate::of(LedgerKind::QuickBooks, config.quickbooks_calls_minute_max),
            xero: Rate::of(LedgerKind::Xero, config.xero_calls_minute_max),
            lanes: Mutex::default(),
            singles: Mutex::default(),
        }))
    }

    /// What is done by one at a time in this process, by its name: two that both miss a supplier would make it twice.
    pub(super) fn single(&self, name: &str) -> Arc<tokio::sync::Mutex<()>> {
        Arc::clone(locked(&self.0.singles).entry(name.to_owned()).or_default())
    }

    /// The calls to a company. Nobody waits by a clock that a test moves, nor where nothing is limited.
    pub(super) fn calls(&self, kind: LedgerKind, company_id: &str) -> Option<Arc<dyn Calls>> {
        let rate = match kind {
            LedgerKind::QuickBooks => self.0.quickbooks,
            LedgerKind::Xero => self.0.xero,
        };
        let (Clock::System, Some(rate)) = (&self.0.clock, rate) else { return None };
        let company = format!("{}:{company_id}", kind.name());
        let new = || Arc::new(Lane::new(&self.0, company.clone(), rate));
        let lane: Arc<dyn Calls> = Arc::clone(locked(&self.0.lanes).entry(company.clone()).or_insert_with(new)) as _;
        Some(lane)
    }
}

/// The calls of this process to one company.
#[derive(Debug)]
struct Lane {
    db: Db,
    clock: Clock,
    process: String,
    company: String,
    rate: Rate,
    /// Turns that were taken and not used yet.
    turns: tokio::sync::Mutex<VecDeque<i64>>,
    waiting: AtomicI64,
    flights: Arc<Flights>,
    /// Calls left today, as the ledger said last, and when.
    day: Mutex<Option<(i64, i64)>>,
}

/// Calls under way, and how many there may be.
#[derive(Debug)]
struct Flights {
    now_and_max: Mutex<(i64, i64)>,
    landed: Notify,
}

struct InFlight(Arc<Flights>);

impl Drop for InFlight {
    fn drop(&mut self) {
        locked(&self.0.now_and_max).0 -= 1;
        self.0.landed.notify_one();
    }
}

struct Waiting<'a>(&'a AtomicI64);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Calls for Lane {
    fn turn(&self) -> Pin<Box<dyn Future<Output = Result<Flight, Duration>> + Send + '_>> {
        Box::pin(async move {
            let flight = self.boarded().await;
            self.waiting.fetch_add(1, Ordering::SeqCst);
            let waiting = Waiting(&self.waiting);
            let at_us = self.turn_at_us().await?;
            drop(waiting);
            let wait_us = at_us.saturating_sub(self.clock.now_us());
            #[expect(clippy::disallowed_methods, reason = "waiting for one's turn is what this is for")]
            tokio::time::sleep(Duration::from_micros(u64::try_from(wait_us).unwrap_or(0))).await;
            let flight: Flight = Box::new(flight);
            Ok(flight)
        })
    }

    fn told(&self, told: Told) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            let now_us = self.clock.now_us();
            if let Some(left) = told.day_left {
                *locked(&self.day) = Some((left, now_us));
            }
            let mut wait_us = told.wait.map_or(0, |wait| i64::try_from(wait.as_micros()).unwrap_or(i64::MAX));
            if told.minute_left.is_some_and(|left| left <= 0) {
                wait_us = wait_us.max(MINUTE_USED_US);
            }
            if wait_us > 0 {
                let until_us = now_us.saturating_add(wait_us);
                let blocked = self.change(|budget| {
                    budget.blocked_until_us = budget.blocked_until_us.max(until_us);
                });
                if let Err(error) = blocked.await {
                    tracing::warn!(%error, "A ledger's wait could not be noted for the other processes");
                }
                self.turns.lock().await.clear();
            }
        })
    }
}

impl Lane {
    fn new(shared: &Shared, company: String, rate: Rate) -> Self {
        Self {
            db: shared.db.clone(),
            clock: shared.clock.clone(),
            process: shared.process.clone(),
            company,
            rate,
            turns: tokio::sync::Mutex::default(),
            waiting: AtomicI64::new(0),
            flights: Arc::new(Flights { now_and_max: Mutex::new((0, rate.in_flight_max)), landed: Notify::new() }),
            day: Mutex::default(),
        }
    }

    /// Waits until fewer calls are under way than this process may have.
    async fn boarded(&self) -> InFlight {
        loop {
            {
                let mut flying = locked(&self.flights.now_and_max);
                if flying.0 < flying.1 {
                    flying.0 += 1;
                    return InFlight(Arc::clone(&self.flights));
                }
            }
            self.flights.landed.notified().await;
        }
    }

    /// The next turn; its error is the wait that is too long to be waited here.
    async fn turn_at_us(&self) -> Result<i64, Duration> {
        let mut turns = self.turns.lock().await;
        let now_us = self.clock.now_us();
        while turns.front().is_some_and(|at_us| at_us.saturating_add(STALE_US) < now_us) {
            turns.pop_front();
        }
        if turns.is_empty() {
            let wanted = self.waiting.load(Ordering::SeqCst).clamp(1, TAKEN_MAX);
            *turns = self.taken(wanted).await?;
        }
        let at_us = turns.pop_front().unwrap_or(now_us);
        let wait_us = at_us.saturating_sub(now_us);
        if wait_us > WAITED_MAX_US {
            turns.push_front(at_us);
            return Err(micros(wait_us));
        }
        Ok(at_us)
    }

    /// Takes turns from the company's row.
    async fn taken(&self, wanted: i64) -> Result<VecDeque<i64>, Duration> {
        let day = *locked(&self.day);
        let taken = self.change(|budget| {
            let now_us = self.clock.now_us();
            if let Some((left, at_us)) = day
                && budget.day_at_us.is_none_or(|known_at_us| known_at_us < at_us)
            {
                (budget.day_left, budget.day_at_us) = (Some(left), Some(at_us));
            }
            self.holder_note(budget, now_us);
            if budget.blocked_until_us > now_us {
                return Err(micros(budget.blocked_until_us - now_us));
            }
            let mut count = wanted;
            if let (Some(left), Some(at_us)) = (budget.day_left, budget.day_at_us)
                && left <= DAY_KEPT
            {
                let asked_us = at_us.saturating_add(DAY_ASKED_US);
                if asked_us > now_us {
                    return Err(micros(asked_us - now_us));
                }
                // One call asks whether the day is over; until its answer nobody else does.
                (count, budget.day_at_us) = (1, Some(now_us));
            }
            let start_us = budget.next_at_us.max(now_us);
            budget.next_at_us = start_us.saturating_add(self.rate.between_us.saturating_mul(count));
            Ok((0..count).map(|turn| start_us + turn * self.rate.between_us).collect())
        });
        match taken.await {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, "A company's budget of calls could not be read");
                Err(DATABASE_WAIT)
            }
        }
    }

    /// Notes that this process is at work, forgets those that are not, and takes its share of the calls at once.
    fn holder_note(&self, budget: &mut Budget, now_us: i64) {
        let others = budget.holders.split(' ').filter(|holder| {
            let (name, until_us) = holder.split_once('=').unwrap_or_default();
            name != self.process && until_us.parse::<i64>().is_ok_and(|until_us| until_us > now_us)
        });
        let mut holders: Vec<String> = others.map(str::to_owned).collect();
        holders.push(format!("{}={}", self.process, now_us.saturating_add(HOLDER_US)));
        let processes = i64::try_from(holders.len()).unwrap_or(1);
        locked(&self.flights.now_and_max).1 = (self.rate.in_flight_max / processes).max(1);
        budget.holders = holders.join(" ");
    }

    /// Changes the company's row, however many others do at the same time.
    async fn change<T>(&self, change: impl Fn(&mut Budget) -> T) -> Result<T, StoreError> {
        for _ in 0..TRIES {
            let before = budget_fetch(&self.db, &self.company).await?;
            let mut after = before.clone();
            let outcome = change(&mut after);
            if after == before || budget_store(&self.db, &after).await? {
                return Ok(outcome);
            }
        }
        Err(StoreError::Conflict("budget"))
    }
}

fn micros(us: i64) -> Duration {
    Duration::from_micros(u64::try_from(us).unwrap_or(0))
}

/// Locks even after a panic elsewhere: numbers have no half-written state.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
