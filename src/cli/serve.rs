//! `vouch serve` and `vouch work`: pages, workers, scheduler.

use std::{process::ExitCode, time::Duration};

use anyhow::Context as _;
use clap::Args;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
    task::JoinSet,
};
use tracing::{error, info};

use super::{open, say};
use crate::{
    config::Config,
    pipeline::{self, Context, approval::sweep, restored::watch, sync::schedule},
    queue, web,
};

/// What `vouch serve` takes.
#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    /// The address to serve the pages on, instead of the one in the settings
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
}

/// How often the scheduler looks for what is due.
const SCHEDULE_EVERY: Duration = Duration::from_secs(60);

/// Serves until told to stop.
///
/// # Errors
/// Something could not be opened.
pub(super) async fn run(arguments: ServeArguments, mut config: Config) -> anyhow::Result<ExitCode> {
    if let Some(listen) = arguments.listen {
        config.listen = listen;
    }
    let listener = TcpListener::bind(&config.listen)
        .await
        .with_context(|| format!("the address {} cannot be used; choose another with --listen", config.listen))?;
    config.listen = listener.local_addr()?.to_string();
    let context = open(config).await?;
    // Before the first job: a restored database must be known as one.
    watch(&context).await?;
    say(&format!("vouch is at {} (database: {}). Stop it with Ctrl-C.", context.config.address(), context.db.engine()));
    let (stop, stopped) = watch::channel(false);
    let mut tasks = background(&context, &stopped);
    tasks.spawn(serve_pages(context, listener, stopped));
    finish(tasks, stop).await
}

/// Works until told to stop.
///
/// # Errors
/// Something could not be opened.
pub(super) async fn run_workers(config: Config) -> anyhow::Result<ExitCode> {
    let context = open(config).await?;
    watch(&context).await?;
    say(&format!("Working with {} slots. Stop it with Ctrl-C.", context.config.worker_slots));
    let (stop, stopped) = watch::channel(false);
    finish(background(&context, &stopped), stop).await
}

async fn finish(mut tasks: JoinSet<()>, stop: watch::Sender<bool>) -> anyhow::Result<ExitCode> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
    info!("Stopping; work in hand is finished first");
    stop.send(true)?;
    while tasks.join_next().await.is_some() {}
    Ok(ExitCode::SUCCESS)
}

/// The pages, until `stopped` becomes true.
pub(super) async fn serve_pages(context: Context, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
    let shutdown = async move {
        let _ = stopped.wait_for(|stopped| *stopped).await;
    };
    if let Err(error) = web::serve(context, listener, shutdown).await {
        error!(%error, "The pages are no longer served");
    }
}

/// Workers and scheduler, until `stopped` becomes true.
pub(super) fn background(context: &Context, stopped: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let worker = context.clone();
    let handler = move |job| {
        let context = worker.clone();
        async move { pipeline::run(&context, job).await }
    };
    let options = context.queue_options();
    let (db, clock, wake) = (context.db.clone(), context.clock.clone(), context.wake.clone());
    tasks.spawn(queue::work(db, clock, wake, options, stopped.clone(), handler));
    let (context, mut stopped) = (context.clone(), stopped.clone());
    tasks.spawn(async move {
        while !*stopped.borrow() {
            if let Err(error) = watch(&context).await {
                error!(%error, "It could not be noted that the database is in use");
            }
            if let Err(error) = schedule(&context).await {
                error!(%error, "The schedule could not be read");
            }
            if let Err(error) = sweep(&context).await {
                error!(%error, "Overdue tasks could not be looked at");
            }
            let _ = tokio::time::timeout(SCHEDULE_EVERY, stopped.changed()).await;
        }
    });
    tasks
}
