//! Strict stand-ins for `QuickBooks` Online and Xero, for trying vouch out, for the demonstration and for tests.
//!
//! Design note. A request is read whole into an [`http::Ask`], answered by plain functions over a [`state::World`]
//! under one lock, and written out as an [`http::Reply`]. Only `http` and `connection` know axum. Where the products'
//! documents leave something open the stricter reading was taken, so that a client that pleases the sandbox has a
//! chance with the real thing. Everything posted is remembered, and everything can be made to fail on demand.

mod connection;
mod consent;
mod faults;
mod http;
mod limits;
mod oauth;
mod page;
mod pkce;
mod quickbooks;
mod recharge;
mod record;
mod seed;
mod shape;
mod state;
mod value;
mod view;
mod webhook;
mod xero;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rust_decimal::Decimal;

pub use faults::{Fault, FaultKind, Gate};
pub use recharge::Charge;
pub use record::{Exchange, exchanges_read};
pub use view::SandboxEntry;
pub use webhook::Webhook;

/// Why the sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// The remembered state could not be read or written.
    #[error("the sandbox's state file {path} cannot be used")]
    StateFile {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The remembered state is not what this version writes.
    #[error("the sandbox's state file {path} is not readable; remove it to start afresh")]
    StateFormat {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

/// How the sandbox behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where everything is remembered between runs; files posted lie beside it. Nothing is written when absent.
    pub state_file: Option<PathBuf>,
    /// The client id both ledgers know vouch by.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// How long a `QuickBooks` access token lives, in seconds; the real one 3600.
    pub access_token_seconds_quickbooks: u64,
    /// How long a Xero access token lives, in seconds; the real one 1800.
    pub access_token_seconds_xero: u64,
    /// Whether the real rate limits are kept.
    pub limits: bool,
    /// Calls a day that Xero allows for one organisation: 5,000 from the tier Core on, 1,000 in Starter.
    pub xero_day_calls_max: u32,
    /// A folder in which every exchange is written down, for tests of the ledgers' contracts.
    pub record: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            state_file: None,
            client_id: "vouch-sandbox".to_owned(),
            client_secret: "vouch-sandbox-secret".to_owned(),
            access_token_seconds_quickbooks: 3600,
            access_token_seconds_xero: 1800,
            limits: true,
            xero_day_calls_max: 5_000,
            record: None,
        }
    }
}

/// The environment variable that names the folder in which the sandboxes of a test run write their exchanges down.
const RECORD_VARIABLE: &str = "VOUCH_TEST_RECORD";

impl Options {
    /// What a test of vouch wants: no rate limits, and a record where the test run asks for one.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "a test run's own variable is no setting of vouch")]
    pub fn testing() -> Self {
        Self { limits: false, record: std::env::var_os(RECORD_VARIABLE).map(PathBuf::from), ..Self::default() }
    }
}

/// One request that came in, in order of answering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// `GET`, `POST`, `PUT`, `DELETE`.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The HTTP status answered; `None` where the connection was cut instead.
    pub status: Option<u16>,
}

/// What a person does to an entry inside the ledger, behind vouch's back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The total becomes this amount.
    TotalTo(Decimal),
    /// The entry is deleted, or voided where the ledger only voids.
    Delete,
    /// Its lines lose class, location, customer and tracking.
    Uncharge,
    /// What was deleted or voided is there again; neither ledger offers that, but a copy typed in looks the same.
    Restore,
    /// It is paid, set off or matched with the bank; with `false`, that is undone.
    Settle(bool),
}

/// Both ledgers, ready to be served. Clones share one memory.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    options: Options,
    world: Mutex<state::World>,
    calls: Mutex<Vec<Call>>,
    faults: Mutex<Vec<Fault>>,
    /// Faults that strike each call they match until an instant of the sandbox's clock, in milliseconds.
    outages: Mutex<Vec<(Fault, i64)>>,
    gate: Mutex<Option<Arc<dyn Gate>>>,
    recorder: record::Recorder,
    in_flight: Mutex<BTreeMap<String, u32>>,
    clock_shift_ms: AtomicI64,
}

impl Sandbox {
    /// A sandbox that remembers what its state file holds, or has the sample companies only.
    ///
    /// # Errors
    /// The state file is there but cannot be read.
    pub fn new(options: Options) -> Result<Self, SandboxError> {
        let world = match &options.state_file {
            Some(path) => state::World::load(path)?.unwrap_or_else(seed::world),
            None => seed::world(),
        };
        let recorder = record::Recorder::new(options.record.as_deref())
            .map_err(|source| SandboxError::StateFile { path: options.record.clone().unwrap_or_default(), source })?;
        Ok(Self {
            inner: Arc::new(Inner {
                recorder,
                options,
                world: Mutex::new(world),
                calls: Mutex::new(Vec::new()),
                faults: Mutex::new(Vec::new()),
                outages: Mutex::new(Vec::new()),
                gate: Mutex::new(None),
                in_flight: Mutex::new(BTreeMap::new()),
                clock_shift_ms: AtomicI64::new(0),
            }),
        })
    }

    /// Every page and API under one router: `/`, `/quickbooks/…`, `/xero/…`, `/attachments/…`.
    pub fn router(&self) -> axum::Router {
        http::router(self.clone())
    }

    /// Answers requests until `shutdown` completes. A cut connection is really closed here, without a word of answer;
    /// under a foreign server `router` can only break the answer off.
    ///
    /// # Errors
    /// The listener failed.
    pub async fn serve(
        self,
        listener: tokio::net::TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        connection::serve(self.router(), listener, shutdown).await
    }

    /// Everything ever posted, in both ledgers, deleted entries included.
    #[must_use]
    pub fn entries(&self) -> Vec<SandboxEntry> {
        view::entries(&self.world())
    }

    /// Every request so far, in order of answering.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.inner.calls).clone()
    }

    /// Keeps every request with its answer from now on, see [`Sandbox::exchanges`].
    pub fn record(&self) {
        self.inner.recorder.start();
    }

    /// What was recorded, in order of answering.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.inner.recorder.kept()
    }

    /// Queues a fault; the first armed one that matches a call strikes it, once.
    pub fn fault_arm(&self, fault: Fault) {
        lock(&self.inner.faults).push(fault);
    }

    /// Has a fault strike every call it matches, for so many seconds of the sandbox's clock.
    pub fn outage(&self, fault: Fault, seconds: i64) {
        let until_ms = self.now_ms().saturating_add(seconds.saturating_mul(1000));
        lock(&self.inner.outages).push((fault, until_ms));
    }

    /// Asks this gate before and after every call from now on.
    pub fn gate_install(&self, gate: Arc<dyn Gate>) {
        *lock(&self.inner.gate) = Some(gate);
    }

    /// Changes an entry as if a person had done it in the ledger; answers whether there is a live entry of this id.
    pub fn entry_change(&self, external_id: &str, change: Change) -> bool {
        let now_ms = self.now_ms();
        let changed = view::entry_change(&mut self.world(), external_id, change, now_ms);
        self.save();
        changed
    }

    /// Puts a `QuickBooks` company on the plan Simple Start, or takes it off; answers whether there is such a company.
    pub fn simple_start_set(&self, realm: &str, on: bool) -> bool {
        let found = self.world().quickbooks.get_mut(realm).map(|company| company.simple_start = on).is_some();
        self.save();
        found
    }

    /// Moves the sandbox's clock forward, or back when negative, by this many seconds.
    pub fn clock_advance(&self, seconds: i64) {
        self.inner.clock_shift_ms.fetch_add(seconds.saturating_mul(1000), Ordering::SeqCst);
    }

    /// The only place that asks what time it is: milliseconds since 1970.
    #[expect(clippy::disallowed_methods, reason = "the sandbox has a clock of its own that tests shift")]
    fn now_ms(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond().saturating_add(self.inner.clock_shift_ms.load(Ordering::SeqCst))
    }

    fn world(&self) -> MutexGuard<'_, state::World> {
        lock(&self.inner.world)
    }

    /// Writes the state file, if there is to be one. A sandbox that cannot write still works until it stops.
    fn save(&self) {
        if let Some(path) = &self.inner.options.state_file
            && let Err(error) = self.world().save(path)
        {
            tracing::warn!(error = %error, "The sandbox could not write its state file");
        }
    }
}

/// Locks even after a panic elsewhere: what is remembered stays readable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
