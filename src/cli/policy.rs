//! `vouch policy`: check a policy, compare two, and bring them in and out of the database.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::{Subcommand, ValueEnum};
use serde_json::json;

use super::{
    open, say,
    simulate::{self, SimulateArguments},
};
use crate::{
    approval::inspect::{About, Gravity, inspect},
    config::Config,
    model::policy::Policy,
    policy_file::{FileProblem, Lines, organisation_from_json, policy_diff, policy_from_json, policy_to_json},
    store::setting::{policy_fetch, policy_publish, policy_version},
};

#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Say what is wrong with a policy, with line numbers; exit 1 when it has errors
    Check {
        /// The policy, JSON with comments
        file: PathBuf,
        /// The firm's people, to look for empty roles, people who left and loops
        #[arg(long, value_name = "FILE")]
        organisation: Option<PathBuf>,
        /// How to print what was found
        #[arg(long, default_value = "text")]
        format: Format,
    },
    /// Say which way a claim would take, who would be asked, and why
    Simulate(SimulateArguments),
    /// Say what changed between two policies
    Diff {
        /// The old one
        old: PathBuf,
        /// The new one
        new: PathBuf,
    },
    /// Print the policy in force, or an earlier version
    Export {
        /// Which version; the newest when left out
        #[arg(long, value_name = "NUMBER")]
        version: Option<u32>,
    },
    /// Check a policy and say what it would change; with --publish, put it into force as a new version
    Import {
        /// The policy
        file: PathBuf,
        /// Put it into force
        #[arg(long)]
        publish: bool,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// One line of what was found.
struct Told<'p> {
    path: &'p Path,
    line: usize,
    place: String,
    gravity: Gravity,
    code: &'static str,
    message: String,
}

/// Runs the command.
///
/// # Errors
/// A file cannot be read, or the database failed.
pub(super) async fn run(
    command: PolicyCommand,
    config: impl FnOnce() -> anyhow::Result<Config>,
) -> anyhow::Result<ExitCode> {
    match command {
        PolicyCommand::Check { file, organisation, format } => {
            let (told, _) = check(&file, organisation.as_deref())?;
            print(&told, format);
            if format == Format::Text && told.is_empty() {
                say(&format!("{}: good", file.display()));
            }
            Ok(exit_code(&told))
        }
        PolicyCommand::Simulate(arguments) => simulate::run(&arguments),
        PolicyCommand::Diff { old, new } => {
            for difference in policy_diff(&read(&old)?, &read(&new)?) {
                say(&difference.to_string());
            }
            Ok(ExitCode::SUCCESS)
        }
        PolicyCommand::Export { version } => {
            let context = open(config()?).await?;
            let policy = match version {
                Some(version) => policy_version(&context.db, version).await?,
                None => policy_fetch(&context.db).await?,
            };
            say(policy_to_json(&policy).trim_end());
            Ok(ExitCode::SUCCESS)
        }
        PolicyCommand::Import { file, publish } => import(&file, publish, config).await,
    }
}

async fn import(
    file: &Path,
    publish: bool,
    config: impl FnOnce() -> anyhow::Result<Config>,
) -> anyhow::Result<ExitCode> {
    let (told, policy) = check(file, None)?;
    print(&told, Format::Text);
    let Some(policy) = policy.filter(|_| exit_code(&told) == ExitCode::SUCCESS) else { return Ok(ExitCode::FAILURE) };
    let context = open(config()?).await?;
    let differences = policy_diff(&policy_fetch(&context.db).await?, &policy);
    for difference in &differences {
        say(&difference.to_string());
    }
    if differences.is_empty() {
        say("It is the policy in force already.");
    } else if publish {
        let txn = context.db.begin_write().await?;
        let version = policy_publish(&txn, &policy, None, context.clock.now_us()).await?;
        txn.commit().await?;
        say(&format!("Published as version {version}. Approvals under way keep the version they began with."));
    } else {
        say("Nothing was changed; add --publish to put it into force.");
    }
    Ok(ExitCode::SUCCESS)
}

fn text_of(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// A policy whose file must be right.
fn read(path: &Path) -> anyhow::Result<Policy> {
    match policy_from_json(&text_of(path)?) {
        Ok((policy, _)) => Ok(policy),
        Err(problems) => {
            print(&problems.into_iter().map(|problem| unreadable(path, problem)).collect::<Vec<_>>(), Format::Text);
            bail!("{} is not a policy", path.display())
        }
    }
}

fn unreadable(path: &Path, problem: FileProblem) -> Told<'_> {
    let FileProblem { line, place, message } = problem;
    Told { path, line, place, gravity: Gravity::Error, code: "unreadable", message }
}

/// Everything that is wrong with a policy and, where it is given, with the firm; and the policy, if it can be read.
fn check<'p>(file: &'p Path, firm: Option<&'p Path>) -> anyhow::Result<(Vec<Told<'p>>, Option<Policy>)> {
    let (policy, lines) = match policy_from_json(&text_of(file)?) {
        Ok(read) => read,
        Err(problems) => {
            return Ok((problems.into_iter().map(|problem| unreadable(file, problem)).collect(), None));
        }
    };
    let mut told = Vec::new();
    let mut organisation = None;
    let mut firm_lines = Lines::default();
    if let Some(firm) = firm {
        match organisation_from_json(&text_of(firm)?, policy.home_currency) {
            Ok((read, lines)) => {
                organisation = Some(read);
                firm_lines = lines;
            }
            Err(problems) => told.extend(problems.into_iter().map(|problem| unreadable(firm, problem))),
        }
    }
    for problem in inspect(&policy, organisation.as_ref()) {
        let (path, lines) = match problem.about {
            About::Policy => (file, &lines),
            About::Organisation => (firm.unwrap_or(file), &firm_lines),
        };
        let line = lines.line_of(&problem.place);
        let (gravity, code) = (problem.gravity, problem.code);
        told.push(Told { path, line, place: problem.place, gravity, code, message: problem.message });
    }
    told.sort_by(|left, right| (left.path, left.line).cmp(&(right.path, right.line)));
    Ok((told, Some(policy)))
}

fn print(told: &[Told<'_>], format: Format) {
    for one in told {
        let (path, line, gravity, message) = (one.path.display(), one.line, one.gravity.name(), &one.message);
        match format {
            Format::Text if one.place.is_empty() => say(&format!("{path}:{line}: {gravity}: {message}")),
            Format::Text => say(&format!("{path}:{line}: {gravity}: {}: {message}", one.place)),
            Format::Json => {
                let object = json!({
                    "file": path.to_string(), "line": line, "place": one.place,
                    "severity": gravity, "code": one.code, "message": message,
                });
                say(&object.to_string());
            }
        }
    }
}

fn exit_code(told: &[Told<'_>]) -> ExitCode {
    if told.iter().any(|one| one.gravity == Gravity::Error) { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
