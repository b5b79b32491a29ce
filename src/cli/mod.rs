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

use std::{ffi::OsString, os::unix::process::CommandExt, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use tokio::runtime::{Builder, Runtime};

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

/// What `vouch` does: it reads files itself, or the texts of files for a parent process, and leaves every other command to
/// the server beside it (decision 0012).
#[must_use]
pub fn run() -> ExitCode {
    if let Some(memory_mib_max) = reader_limit() {
        return serve_reader(memory_mib_max);
    }
    let early = read::early();
    let arguments = Arguments::parse();
    match arguments.command {
        Command::Read(read) => {
            telemetry::start(&arguments.log);
            let runtime = if read.thread() == read::Thread::Same {
                // Files are understood one by one, in between: more threads would only cost time.
                Builder::new_current_thread().enable_all().build()
            } else {
                Runtime::new()
            };
            let config = || Config::load(arguments.config.as_deref());
            ended(runtime, async move { read::run(read, config()?, early).await })
        }
        Command::Reader { memory_mib_max } => serve_reader(memory_mib_max),
        Command::Score(_)
        | Command::Serve(_)
        | Command::Work
        | Command::Sandbox(_)
        | Command::Demo(_)
        | Command::Migrate
        | Command::Sync
        | Command::Export(_)
        | Command::Key(_)
        | Command::Rates(_)
        | Command::Firm(_)
        | Command::Policy(_)
        | Command::User(_)
        | Command::Notify(_)
        | Command::Doctor { .. }
        | Command::Longrun(_) => failed(&become_server()),
    }
}

/// Parses the command line, runs the command, whichever it is, and prints what went wrong: what `vouch-server` does.
#[must_use]
pub fn run_any() -> ExitCode {
    if let Some(memory_mib_max) = reader_limit() {
        return serve_reader(memory_mib_max);
    }
    let arguments = Arguments::parse();
    telemetry::start(&arguments.log);
    // Two TLS providers may be compiled in by different crates; this one is used by all of vouch.
    let _ = rustls::crypto::ring::default_provider().install_default();
    ended(Runtime::new(), run_command(arguments))
}

fn ended(runtime: std::io::Result<Runtime>, command: impl Future<Output = anyhow::Result<ExitCode>>) -> ExitCode {
    let done = runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(command));
    done.unwrap_or_else(|error| failed(&error))
}

/// The memory limit of a reader, in mebibytes, where the command line is a reader's as vouch writes it: taking it apart
/// like a person's would cost each text a tenth of its time.
fn reader_limit() -> Option<u64> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).take(4).collect();
    match arguments.as_slice() {
        [command, name, limit] if command == "reader" && name == "--memory-mib-max" => limit.to_str()?.parse().ok(),
        _ => None,
    }
}

fn serve_reader(memory_mib_max: u64) -> ExitCode {
    match process::serve_text(memory_mib_max) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// The name of the program with everything else. Cargo builds and installs it beside `vouch`.
const SERVER_PROGRAM: &str = "vouch-server";

/// Goes on as the server, with the same command line; comes back where that cannot be.
fn become_server() -> anyhow::Error {
    let program = match std::env::current_exe() {
        Ok(program) => program.with_file_name(SERVER_PROGRAM),
        Err(error) => return anyhow::Error::from(error).context("this program's own path is not known"),
    };
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_else(|| "vouch".into());
    let error = std::process::Command::new(&program).arg0(name).args(arguments).exec();
    anyhow::Error::from(error).context(format!(
        "{} cannot be started; install it beside vouch: cargo install --path . --locked",
        program.display()
    ))
}

#[expect(clippy::print_stderr, reason = "the command line speaks to people")]
fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("vouch: {error:#}");
    ExitCode::FAILURE
}

async fn run_command(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let config = || Config::load(arguments.config.as_deref());
    match arguments.command {
        Command::Read(read) => read::run(read, config()?, None).await,
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
    let _ = std::io::stdout().write_all(format!("{line}\n").as_bytes());
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
