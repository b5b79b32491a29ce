//! `vouch longrun`: many postings while calls fail and workers are killed, and a count of what the ledgers have then.
//!
//! Everything is what runs in earnest: worker processes of this program, the database, HTTP. Only the ledgers are
//! stand-ins, which fail one call in so many, by a seed, and remember whatever was ever made in them.

mod chaos;
mod count;
mod papers;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use tokio::{
    net::TcpListener,
    process::{Child, Command},
};

use super::{
    demo::people::{Cast, connect},
    sandbox::{point_at, settings_text},
    say,
};
use crate::{
    clock::Clock,
    config::Config,
    model::id::ConnectionId,
    pipeline::{Context, LedgerKind, posting::retry_blocked, restored},
    sandbox::{Options, Sandbox},
    store::job::job_list,
};

/// What `vouch longrun` takes.
#[derive(Debug, Clone, Args)]
pub(super) struct LongrunArguments {
    /// How many documents are posted
    #[arg(long, value_name = "COUNT", default_value_t = 500)]
    entries: u32,
    /// One call in so many fails; 0 for none
    #[arg(long, value_name = "CALLS", default_value_t = 5)]
    fault_every: u32,
    /// Kill a worker process every second or so, and start another
    #[arg(long)]
    kill_workers: bool,
    /// What the faults and the deaths are drawn from
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Where the entries go
    #[arg(long, value_enum, default_value_t = Target::Both)]
    ledger: Target,
    /// Only bills, instead of bills, paid expenses and credit notes in turn
    #[arg(long)]
    bills: bool,
    /// Post one document of each supplier before the count begins, as in a firm that has been at it for a while
    #[arg(long)]
    known_suppliers: bool,
    /// Worker processes
    #[arg(long, value_name = "COUNT", default_value_t = 3)]
    workers: usize,
    /// Keep the real rate limits, in the stand-ins and in vouch
    #[arg(long)]
    limits: bool,
    /// Where to keep the data; a new temporary folder when not given
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Where entries go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    Quickbooks,
    Xero,
    Both,
}

/// The stand-ins' companies in Hong Kong.
const COMPANIES: [(LedgerKind, &str); 2] =
    [(LedgerKind::QuickBooks, "9130357766900001"), (LedgerKind::Xero, "a1d0c0de-0000-4000-8000-000000000001")];
/// A job belongs to a worker this long: short, because a killed worker's documents wait for it.
const LEASE_MS: u64 = 11_000;
/// The stand-ins answer within milliseconds; what takes longer is a fault.
const LEDGER_TIMEOUT_MS: u64 = 2_000;
const LEDGER_TIMEOUT_LIMITED_MS: u64 = 10_000;
/// How often the run looks at itself.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// What was handed to a person is posted again by one so often; so is what the page says of it.
const RETRY_EVERY: Duration = Duration::from_secs(2);
/// The run is given up after this time and so much for each entry.
const PATIENCE: Duration = Duration::from_secs(600);
const PATIENCE_ENTRY: Duration = Duration::from_secs(3);

/// Runs, counts, prints; exit 0 only if each document is in its ledger once, whole.
///
/// # Errors
/// Something could not be started, or did not come to its end.
pub(super) async fn run(arguments: LongrunArguments, config: Config) -> anyhow::Result<ExitCode> {
    let temporary = std::env::temp_dir().join(format!("vouch-longrun-{}", std::process::id()));
    let folder = arguments.data.clone().unwrap_or_else(|| temporary.clone());
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let root = format!("http://{}", listener.local_addr()?);
    let sandbox = Sandbox::new(Options { limits: arguments.limits, ..Options::default() })?;
    let ledgers = tokio::spawn(sandbox.clone().serve(listener, std::future::pending()));
    let outcome = play(&arguments, config, &folder, &root, &sandbox).await;
    ledgers.abort();
    if arguments.data.is_none() {
        std::fs::remove_dir_all(&temporary).ok();
    }
    outcome
}

async fn play(
    arguments: &LongrunArguments,
    mut config: Config,
    folder: &Path,
    root: &str,
    sandbox: &Sandbox,
) -> anyhow::Result<ExitCode> {
    folder.clone_into(&mut config.data_dir);
    point_at(&mut config, root);
    let settings = folder.join("vouch.toml");
    std::fs::write(&settings, worker_settings(&config, arguments, root))?;
    let context = Context::open(Config::load(Some(&settings))?, Clock::System, std::env::current_exe()?).await?;
    restored::watch(&context).await?;
    let cast = Cast::create(&context).await?;
    let mut connections = Vec::new();
    for (kind, company) in COMPANIES {
        let wanted = match arguments.ledger {
            Target::Both => true,
            Target::Quickbooks => kind == LedgerKind::QuickBooks,
            Target::Xero => kind == LedgerKind::Xero,
        };
        if wanted {
            connections.push(connect(&context, &cast, kind, company).await?);
        }
    }
    let stack = papers::Stack { person: &cast.submitter, connections: &connections, only_bills: arguments.bills };
    let mut first = 1;
    if arguments.known_suppliers {
        let before = stack.approved(&context, first, papers::SUPPLIERS).await?;
        say(&format!("{} documents of as many suppliers go ahead; they are not counted.", before.len()));
        let peaceful = LongrunArguments { kill_workers: false, ..arguments.clone() };
        tend(&peaceful, &context, &cast, &connections, &settings, folder).await?;
        first += papers::SUPPLIERS;
    }
    let documents = stack.approved(&context, first, arguments.entries).await?;
    say(&format!("{} documents are approved; posting begins.", documents.len()));
    let chaos = chaos::Chaos::install(sandbox, arguments.seed, arguments.fault_every);
    let begun = Instant::now();
    let retried = tend(arguments, &context, &cast, &connections, &settings, folder).await?;
    let told = count::Told {
        took: begun.elapsed(),
        calls: chaos.calls(),
        faults: chaos.faults(),
        killed: retried.killed,
        retried: retried.retried,
    };
    let counted = count::count(&context, sandbox, &documents).await?;
    say(&counted.table(&told));
    Ok(if counted.is_whole() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What the run itself did to the workers and for the documents.
#[derive(Debug, Default)]
struct Tended {
    killed: u32,
    retried: u32,
}

/// Keeps workers running, kills them, and posts again what was handed to a person, until nothing is left to do.
async fn tend(
    arguments: &LongrunArguments,
    context: &Context,
    cast: &Cast,
    connections: &[ConnectionId],
    settings: &Path,
    folder: &Path,
) -> anyhow::Result<Tended> {
    let mut chance = StdRng::seed_from_u64(arguments.seed.wrapping_add(1));
    let mut workers = Vec::new();
    for _ in 0..arguments.workers.max(1) {
        workers.push(worker(settings, folder)?);
    }
    let mut tended = Tended::default();
    let (begun, mut retry_at) = (Instant::now(), Instant::now() + RETRY_EVERY);
    let mut kill_at = Instant::now() + Duration::from_millis(chance.random_range(300..1_500));
    loop {
        #[expect(clippy::disallowed_methods, reason = "other processes tell nobody when they are done")]
        tokio::time::sleep(LOOK_EVERY).await;
        for child in &mut workers {
            if child.try_wait()?.is_some() {
                bail!("a worker ended by itself; {} has its log", folder.join("workers.log").display());
            }
        }
        if arguments.kill_workers && Instant::now() >= kill_at {
            let victim = chance.random_range(0..workers.len());
            if let Some(child) = workers.get_mut(victim) {
                child.kill().await?;
                *child = worker(settings, folder)?;
                tended.killed += 1;
            }
            kill_at = Instant::now() + Duration::from_millis(chance.random_range(300..1_500));
        }
        if Instant::now() >= retry_at {
            retry_at = Instant::now() + RETRY_EVERY;
            for connection in connections {
                tended.retried += count::blocked(context, *connection).await?;
                retry_blocked(context, &cast.accountant, *connection).await?;
            }
            if job_list(&context.db).await?.is_empty() {
                break;
            }
        }
        if begun.elapsed() > PATIENCE + PATIENCE_ENTRY * arguments.entries {
            bail!("the queue did not come to its end");
        }
    }
    for child in &mut workers {
        child.kill().await?;
    }
    Ok(tended)
}

fn worker(settings: &Path, folder: &Path) -> anyhow::Result<Child> {
    let log = std::fs::File::options().append(true).create(true).open(folder.join("workers.log"))?;
    Command::new(std::env::current_exe()?)
        .arg("--config")
        .arg(settings)
        .arg("work")
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .context("a worker could not be started")
}

/// Short leases and waits, no limits unless they are asked for.
fn worker_settings(config: &Config, arguments: &LongrunArguments, root: &str) -> String {
    let (lease_ms, timeout_ms) =
        if arguments.limits { (config.job_lease_ms, LEDGER_TIMEOUT_LIMITED_MS) } else { (LEASE_MS, LEDGER_TIMEOUT_MS) };
    let limits = if arguments.limits {
        String::new()
    } else {
        "quickbooks_calls_minute_max = 0\nxero_calls_minute_max = 0\n".to_owned()
    };
    format!(
        "data_dir = {:?}\nworker_slots = 8\njob_lease_ms = {lease_ms}\nqueue_poll_ms = 50\njob_attempts_max = 20\n\
         job_retry_ms = 200\nledger_timeout_ms = {timeout_ms}\n{limits}{}",
        config.data_dir.display().to_string(),
        settings_text(root),
    )
}
