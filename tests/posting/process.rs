//! The real program, killed with SIGKILL at each call it makes, and started again.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use tokio::task::JoinSet;
use vouch::{clock::Clock, config::LedgerConfig};

use crate::{
    gate::Cut,
    house::{Goal, House, config},
};

/// Documents of one run; the program works on two at once.
const DOCUMENTS: usize = 2;
/// So many calls at least are made for these documents: look for the supplier, make it, make the entry, send the image.
const CALLS: usize = 4 * DOCUMENTS;
/// A worker's claim ends after this; the queue stops a job five seconds earlier.
const LEASE_MS: u64 = 7_000;
/// Nothing that is waited for takes longer, a dead worker's claim included.
const PATIENCE: Duration = Duration::from_secs(60);

/// `vouch serve` as a process of its own. It dies with this value.
pub(crate) struct Service {
    child: Child,
    /// `http://ADDRESS:PORT`.
    pub(crate) address: String,
}

impl Service {
    /// Starts it over a house's folder and waits until it can be reached.
    pub(crate) async fn start(house: &House) -> Self {
        let settings = house.folder.path().join("vouch.toml");
        std::fs::write(&settings, settings_text(house.folder.path(), &house.root)).expect("the folder takes it");
        let log = File::options().append(true).create(true).open(house.folder.path().join("log"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_vouch"))
            .arg("--config")
            .arg(&settings)
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log.expect("the folder takes it"))
            .spawn()
            .expect("the program was built");
        let mut output = BufReader::new(child.stdout.take().expect("it was asked for"));
        let mut service = Self { child, address: String::new() };
        let first = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            output.read_line(&mut line).map(|_| line)
        });
        let first = first.await.expect("no panic").expect("it can be read");
        let address = first.split_whitespace().find(|word| word.starts_with("http://"));
        service.address = address.unwrap_or_else(|| panic!("it says where it is: {first:?}")).to_owned();
        service
    }

    /// SIGKILL; answers when the process is gone.
    pub(crate) fn kill(self) {
        drop(self);
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.child.kill().expect("it is ours");
        self.child.wait().expect("it is ours");
    }
}

pub(crate) fn settings_text(folder: &Path, root: &str) -> String {
    let config = config(folder, root);
    let section = |name: &str, ledger: &LedgerConfig| {
        let rows = [
            ("client_id", &ledger.client_id),
            ("client_secret", &ledger.client_secret),
            ("authorize_url", &ledger.authorize_url),
            ("token_url", &ledger.token_url),
            ("revoke_url", &ledger.revoke_url),
            ("connections_url", &ledger.connections_url),
            ("api_url", &ledger.api_url),
            ("entry_page", &ledger.entry_page),
        ];
        let rows: Vec<String> = rows.iter().map(|(key, value)| format!("{key} = {value:?}\n")).collect();
        format!("[{name}]\n{}", rows.concat())
    };
    format!(
        "data_dir = {:?}\nlisten = \"127.0.0.1:0\"\nkey = {:?}\nworker_slots = 2\njob_lease_ms = {LEASE_MS}\n\
         queue_poll_ms = 50\nxero_calls_minute_max = 0\nquickbooks_calls_minute_max = 0\nledger_timeout_ms = {}\n{}{}",
        folder.display().to_string(),
        config.key,
        config.ledger_timeout_ms,
        section("quickbooks", &config.quickbooks),
        section("xero", &config.xero),
    )
}

/// Waits until the program has worked off its queue.
pub(crate) async fn worked_off(house: &House) {
    let looking = async {
        while !house.jobs().await.is_empty() {
            #[expect(clippy::disallowed_methods, reason = "another process tells nobody when it is done")]
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    if tokio::time::timeout(PATIENCE, looking).await.is_err() {
        panic!("the queue does not come to its end: {:?}", house.jobs().await);
    }
}

/// The program is killed at its `nth` call, and started again over what it left.
async fn killed_at(goal: Goal, nth: usize, cut: Cut) {
    let mut house = House::with_clock(goal, Clock::System).await;
    let mut ids = Vec::new();
    for _ in 0..DOCUMENTS {
        ids.push(house.approved().await);
    }
    // The call may come before the program has said where it is.
    let (started, victim) = mpsc::channel::<Service>();
    house.gate.act_at("", nth, cut, move || victim.recv().expect("it was started").kill());
    started.send(Service::start(&house).await).expect("the gate waits for it");
    tokio::time::timeout(PATIENCE, house.gate.met()).await.expect("the call comes");
    house.gate.idle().await;
    let service = Service::start(&house).await;
    worked_off(&house).await;
    for id in ids {
        house.assert_posted_once(id, &format!("killed at call {nth}, {cut:?}")).await;
    }
    service.kill();
}

async fn killed_everywhere(goal: Goal) {
    let mut runs = JoinSet::new();
    for nth in 1..=CALLS {
        for cut in Cut::BOTH {
            runs.spawn(killed_at(goal, nth, cut));
        }
    }
    while let Some(done) = runs.join_next().await {
        done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    }
}

#[tokio::test]
async fn quickbooks_bill() {
    killed_everywhere(Goal::QUICKBOOKS_BILL).await;
}

#[tokio::test]
async fn xero_paid() {
    killed_everywhere(Goal::XERO_PAID).await;
}
