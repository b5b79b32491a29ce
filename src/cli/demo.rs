//! `vouch demo`: everything with sample receipts, on this machine only.
//!
//! The two ledgers' servers are stand-ins (`sandbox`); everything else is what runs in earnest. With `--once` the demo
//! also plays the people: an accountant who compares what was flagged with the paper and types it in, and an approver.

pub(super) mod people;
mod samples;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use anyhow::{Context as _, bail};
use clap::Args;
use tokio::{net::TcpListener, sync::watch};

use super::{
    sandbox::point_at,
    say,
    serve::{background, serve_pages},
};
use crate::{
    clock::Clock,
    config::Config,
    model::id::ConnectionId,
    pipeline::{Context, LedgerKind},
    sandbox::{Options, Sandbox},
};

/// What `vouch demo` takes.
#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// Take every sample to its end, print a table, and stop; exit 0 only if all arrived
    #[arg(long)]
    once: bool,
    /// Where to keep the demo's data; a new temporary folder when not given
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The port to serve the pages on; any free one when not given
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// Where the sample receipts are
    #[arg(long, value_name = "DIR", default_value = "fixtures/samples")]
    samples: PathBuf,
}

/// How long `--once` waits for everything, at most.
const EVERYTHING_WITHIN: Duration = Duration::from_secs(300);

/// Starts everything, and stays up or takes every sample to its end.
///
/// # Errors
/// Something could not be started.
pub(super) async fn run(arguments: DemoArguments, mut config: Config) -> anyhow::Result<ExitCode> {
    let samples = samples::load(&arguments.samples)?;
    let temporary = std::env::temp_dir().join(format!("vouch-demo-{}", std::process::id()));
    let folder = arguments.data.clone().unwrap_or_else(|| temporary.clone());
    std::fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let ledgers = TcpListener::bind("127.0.0.1:0").await?;
    let root = format!("http://{}", ledgers.local_addr()?);
    let pages = TcpListener::bind(("127.0.0.1", arguments.port))
        .await
        .with_context(|| format!("port {} cannot be used; choose another with --port", arguments.port))?;
    config.listen = pages.local_addr()?.to_string();
    config.public_url = String::new();
    config.data_dir = folder.clone();
    config.database_url = String::new();
    point_at(&mut config, &root);
    // A few papers stay within a minute's calls; people who watch should not wait for evenness.
    config.xero_calls_minute_max = 0;
    let (stop, stopped) = watch::channel(false);
    let sandbox = Sandbox::new(Options { state_file: Some(folder.join("sandbox.json")), ..Options::default() })?;
    let mut ended = stopped.clone();
    let ledgers = tokio::spawn(sandbox.serve(ledgers, async move {
        let _ = ended.wait_for(|stopped| *stopped).await;
    }));
    let context = Context::open(config, Clock::System, std::env::current_exe()?).await?;
    let mut tasks = background(&context, &stopped);
    tasks.spawn(serve_pages(context.clone(), pages, stopped));
    let outcome = play(&arguments, &context, &samples, &root).await;
    if outcome.is_ok() && !arguments.once {
        tokio::signal::ctrl_c().await?;
    }
    stop.send(true)?;
    while tasks.join_next().await.is_some() {}
    ledgers.await??;
    if arguments.data.is_none() {
        std::fs::remove_dir_all(&temporary).ok();
    }
    outcome
}

async fn play(
    arguments: &DemoArguments,
    context: &Context,
    samples: &[samples::Sample],
    root: &str,
) -> anyhow::Result<ExitCode> {
    let cast = people::Cast::create(context).await?;
    let quickbooks = people::connect(context, &cast, LedgerKind::QuickBooks, QUICKBOOKS_COMPANY).await?;
    let xero = people::connect(context, &cast, LedgerKind::Xero, XERO_COMPANY).await?;
    let destination = |ledger: LedgerKind| -> ConnectionId {
        match ledger {
            LedgerKind::QuickBooks => quickbooks,
            LedgerKind::Xero => xero,
        }
    };
    let mut documents = Vec::new();
    for sample in samples {
        documents.push(samples::upload(context, &cast, sample, destination(sample.destination)).await?);
    }
    if !arguments.once {
        say(&format!("vouch is at          {}", context.config.address()));
        say(&format!("the ledgers are at   {root}"));
        say("\nSign in as           to");
        for (email, what) in cast.sign_ins() {
            say(&format!("  {email:28} {what}"));
        }
        say(&format!("with the password    {}", cast.password));
        say("\nThe sample receipts are being read. Stop everything with Ctrl-C.");
        return Ok(ExitCode::SUCCESS);
    }
    let played = tokio::time::timeout(EVERYTHING_WITHIN, samples::play_all(context, &cast, samples, &documents)).await;
    let Ok(rows) = played else { bail!("the samples did not get to their ends within {EVERYTHING_WITHIN:?}") };
    let rows = rows?;
    say(&samples::table(&rows));
    match rows.iter().find(|row| !row.arrived) {
        None => {
            say(&format!("All {} samples arrived at their expected ends.", rows.len()));
            Ok(ExitCode::SUCCESS)
        }
        Some(row) => {
            say(&format!("{} did not arrive: {} was expected, it is {}.", row.file, row.expected, row.reached));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// The stand-ins' companies in Hong Kong.
const QUICKBOOKS_COMPANY: &str = "9130357766900001";
/// See [`QUICKBOOKS_COMPANY`].
const XERO_COMPANY: &str = "a1d0c0de-0000-4000-8000-000000000001";
