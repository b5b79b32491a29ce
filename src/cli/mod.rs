//! The command line: one file a command.

mod demo;
mod doctor;
mod export;
mod firm;
mod key;
mod longrun;
mod notify;
mod policy;
mod rates;
mod read;
mod sandbox;
mod score;
mod serve;
mod simulate;
mod sync;
mod user;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{clock::Clock, config::Config, pipeline::Context, read::process, telemetry};

/// Reads receipts and supplier invoices, checks them, gets them approved, and posts them to QuickBooks Online and Xero
/// with their image, exactly once.
#[derive(Debug, Parser)]
#[command(
    version,
    about,
    max_term_width = 100,
    after_help = "\
To see it work with sample receipts and stand-ins of both ledgers: vouch demo\n\
To start it for yourself: vouch user add --email you@example.com --role administrator, then vouch serve"
)]
pub struct Arguments {
    /// A file with settings; `src/config.default.toml` lists them all. VOUCH_* variables override it
    #[arg(long, global = true, value_name = "FILE", env = "VOUCH_CONFIG")]
    config: Option<PathBuf>,
    /// Which log lines to write, in the form of RUST_LOG, such as `info` or `vouch=debug`
    #[arg(long, global = true, value_name = "FILTER", default_value = "", hide_default_value = true)]
    log: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read files and print what they say, without a server or database
    Read(read::ReadArguments),
    /// Read labelled files, and say how much of each field is right, accepted, and accepted though wrong
    Score(score::ScoreArguments),
    /// Run everything in one process: pages, workers and scheduler
    Serve(serve::ServeArguments),
    /// Run workers only, beside a `vouch serve` that shares the database and the data folder
    Work,
    /// Serve strict stand-ins of QuickBooks Online and Xero on this machine, for trying vouch out
    Sandbox(sandbox::SandboxArguments),
    /// Start everything with sample receipts, and show how each gets to its end
    Demo(demo::DemoArguments),
    /// Bring the database's schema up to date
    Migrate,
    /// Read accounts, tax codes and suppliers anew now, and compare what was posted
    Sync,
    /// Write approved documents as CSV, in the import layout of QuickBooks Online or Xero
    Export(export::ExportArguments),
    /// Change the key that seals ledger tokens
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// Take in exchange rates
    #[command(subcommand)]
    Rates(rates::RatesCommand),
    /// Bring in who works where and reports to whom
    #[command(subcommand)]
    Firm(firm::FirmCommand),
    /// Check, try out, compare, export and import policies
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Add people and list them
    #[command(subcommand)]
    User(user::UserCommand),
    /// Try out how people are told what waits for them
    #[command(subcommand)]
    Notify(notify::NotifyCommand),
    /// Say what is present, missing or wrong on this machine, and how to mend it
    Doctor {
        /// Also run jobs again that were given up
        #[arg(long)]
        revive: bool,
        /// Note that the database was restored from an older copy: for 90 days postings look before they send
        #[arg(long)]
        restored: bool,
    },
    /// Post many entries to the stand-ins while calls fail and workers are killed, and count what came of it
    #[command(hide = true)]
    Longrun(longrun::LongrunArguments),
    /// Read the texts of files for a parent process
    #[command(hide = true)]
    Reader {
        #[arg(long, value_name = "MIB")]
        memory_mib_max: u64,
    },
}

/// Parses the command line, runs the command, prints what went wrong.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    if let Command::Reader { memory_mib_max } = arguments.command {
        return match process::serve_text(memory_mib_max) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    telemetry::start(&arguments.log);
    // Two TLS providers may be compiled in by different crates; this one is used by all of vouch.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    match runtime.block_on(run_command(arguments)) {
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

#[expect(clippy::print_stderr, reason = "the command line speaks to people")]
fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("vouch: {error:#}");
    ExitCode::FAILURE
}

async fn run_command(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let config = || Config::load(arguments.config.as_deref());
    match arguments.command {
        Command::Read(read) => read::run(read, config()?).await,
        Command::Score(score) => score::run(score, config()?).await,
        Command::Serve(serve) => serve::run(serve, config()?).await,
        Command::Work => serve::run_workers(config()?).await,
        Command::Sandbox(sandbox) => sandbox::run(sandbox).await,
        Command::Demo(demo) => demo::run(demo, config()?).await,
        Command::Migrate => {
            open(config()?).await?;
            say("The database's schema is up to date.");
            Ok(ExitCode::SUCCESS)
        }
        Command::Sync => sync::run(config()?).await,
        Command::Export(export) => export::run(export, config()?).await,
        Command::Key(key) => key::run(key, config()?).await,
        Command::Rates(rates) => rates::run(rates, config()?).await,
        Command::Policy(policy) => policy::run(policy, || Ok(config()?)).await,
        Command::Firm(firm) => firm::run(firm, config()?).await,
        Command::User(user) => user::run(user, config()?).await,
        Command::Notify(notify) => notify::run(notify, config()?).await,
        Command::Doctor { revive, restored } => doctor::run(config(), revive, restored).await,
        Command::Longrun(longrun) => longrun::run(longrun, config()?).await,
        Command::Reader { .. } => Ok(ExitCode::SUCCESS),
    }
}

/// Everything the settings name, opened.
async fn open(config: Config) -> anyhow::Result<Context> {
    Ok(Context::open(config, Clock::System, std::env::current_exe()?).await?)
}

/// One line for the person at the terminal.
fn say(line: &str) {
    use std::io::Write;
    // Whoever reads may have gone, as `| head` does; that is not our failure.
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
