//! `vouch policy simulate`: the way a claim would take, who would be asked, and why. It runs the engine itself.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use clap::Args;
use jiff::{civil::Date, tz::TimeZone};
use serde_json::{Value, json};

use super::say;
use crate::{
    approval::{
        facts::Facts,
        instance::Status,
        simulate::{SimulatedNode, Simulation, simulate},
        standing::hold_message,
        walk::World,
    },
    clock::Clock,
    model::{
        id::PersonId,
        organisation::Organisation,
        policy::{Policy, flow::Mode},
    },
    policy_file::{FileProblem, facts_from_json, organisation_from_json, policy_from_json},
};

use super::policy::Format;

#[derive(Debug, Args)]
pub(super) struct SimulateArguments {
    /// The policy
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// The facts of the claim, or a scenario with its facts, its firm and its day
    #[arg(long, value_name = "FILE")]
    facts: PathBuf,
    /// The firm's people; a scenario may name its own
    #[arg(long, value_name = "FILE")]
    organisation: Option<PathBuf>,
    /// The day it is; today when left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<Date>,
    /// How to print it
    #[arg(long, default_value = "text")]
    format: Format,
}

/// Runs the command; the exit is 1 when the claim would be held, because an administrator must mend something.
///
/// # Errors
/// A file cannot be read or is not what it should be.
pub(super) fn run(arguments: &SimulateArguments) -> anyhow::Result<ExitCode> {
    let policy = policy_from_json(&text(&arguments.policy)?).map_err(|all| told(&arguments.policy, &all))?.0;
    let written: Value = serde_json::from_str(&text(&arguments.facts)?)
        .with_context(|| format!("{} is not JSON", arguments.facts.display()))?;
    let home = policy.home_currency;
    let facts = written.get("facts").unwrap_or(&written).to_string();
    let facts = facts_from_json(&facts, home).map_err(|all| told(&arguments.facts, &all))?;
    let organisation = match firm(arguments, &written)? {
        Some((path, text)) => organisation_from_json(&text, home).map_err(|all| told(&path, &all))?.0,
        None => bail!("the firm is needed to know who is asked: give it with --organisation FILE"),
    };
    let of_scenario = written.get("today").and_then(Value::as_str).and_then(|day| day.parse().ok());
    let today = arguments.today.or(of_scenario).unwrap_or_else(|| Clock::System.today(&TimeZone::system()));
    let simulation = simulate(&facts, &World { policy: &policy, organisation: &organisation, today });
    match arguments.format {
        Format::Text => table(&policy, &facts, &organisation, &simulation),
        Format::Json => say(&serde_json::to_string_pretty(&as_json(&policy, &organisation, &simulation))?),
    }
    Ok(if matches!(simulation.end, Status::Held(_)) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn text(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn told(path: &Path, problems: &[FileProblem]) -> anyhow::Error {
    let lines: Vec<String> = problems.iter().map(|one| one.in_file(path)).collect();
    anyhow::anyhow!("{}", lines.join("\n"))
}

/// The firm's file: the one given, or the one that the scenario names beside itself.
fn firm(arguments: &SimulateArguments, written: &Value) -> anyhow::Result<Option<(PathBuf, String)>> {
    let path = match (&arguments.organisation, written.get("organisation")) {
        (Some(path), _) => path.clone(),
        (None, Some(Value::String(beside))) => arguments.facts.parent().unwrap_or(Path::new(".")).join(beside),
        (None, Some(firm)) if firm.is_object() => return Ok(Some((arguments.facts.clone(), firm.to_string()))),
        (None, _) => return Ok(None),
    };
    let text = text(&path)?;
    Ok(Some((path, text)))
}

fn email(organisation: &Organisation, id: PersonId) -> String {
    organisation.members.get(&id).map_or_else(|| "somebody unknown".to_owned(), |member| member.email.clone())
}

fn mode(mode: Mode) -> String {
    match mode {
        Mode::All { .. } => "all of them".to_owned(),
        Mode::Any { .. } => "any one of them".to_owned(),
        Mode::Ratio { percent } => format!("{percent} % of the votes"),
        Mode::Sequential => "one after the other".to_owned(),
        Mode::Claim => "whoever takes it".to_owned(),
    }
}

/// Why somebody is not asked, in words.
fn why(skip: &str) -> &'static str {
    match skip {
        "own" => "has a part in this claim",
        "left" => "has left",
        "repeat" => "agreed before",
        "later" => "is asked later",
        _ => "somebody stands in",
    }
}

fn table(policy: &Policy, facts: &Facts, organisation: &Organisation, simulation: &Simulation) {
    say(&format!("policy   {}, version {}", policy.name, policy.version));
    let amount = facts.weighed_amount().map_or_else(|| "amount unknown".to_owned(), |amount| amount.to_string());
    say(&format!("claim    {amount}, {}, by {}", facts.category.name(), email(organisation, facts.submitter)));
    for turn in &simulation.turns {
        say(&format!("fork     {} → {}", turn.fork, turn.branch.as_deref().unwrap_or("otherwise")));
    }
    for (place, node) in simulation.nodes.iter().enumerate() {
        node_lines(place + 1, node, organisation);
    }
    say(&format!("end      {}", ending(&simulation.end)));
}

fn node_lines(place: usize, node: &SimulatedNode, organisation: &Organisation) {
    let how = if node.asked.is_empty() { "nobody is asked".to_owned() } else { mode(node.mode) };
    say(&format!("{place:>5}    {} ({how})", node.name));
    for seat in &node.asked {
        let roles: Vec<&str> = seat.roles.iter().map(String::as_str).collect();
        let weight = if seat.weight == 1 { String::new() } else { format!(", weight {}", seat.weight) };
        say(&format!("           asks {} as {}{weight}", email(organisation, seat.person), roles.join(", ")));
    }
    for (person, skip) in &node.skipped {
        say(&format!("           not {}: {}", email(organisation, *person), why(skip.name())));
    }
}

fn ending(end: &Status) -> String {
    match end {
        Status::Approved => "approved once they agree".to_owned(),
        Status::Rejected { reason, .. } => format!("rejected: {reason}"),
        Status::Held(hold) => format!("held: {}", hold_message(hold)),
        Status::Draft
        | Status::Entering { .. }
        | Status::Running { .. }
        | Status::Returned { .. }
        | Status::Withdrawn => end.name().to_owned(),
    }
}

fn as_json(policy: &Policy, organisation: &Organisation, simulation: &Simulation) -> Value {
    let seat = |seat: &crate::approval::seats::Seat| json!({ "person": email(organisation, seat.person), "as": seat.roles, "weight": seat.weight });
    let skip = |(person, skip): &(PersonId, crate::approval::seats::Skip)| json!({ "person": email(organisation, *person), "why": skip.name() });
    let node = |node: &SimulatedNode| {
        json!({
            "node": node.node,
            "name": node.name,
            "decides": mode(node.mode),
            "asked": node.asked.iter().map(seat).collect::<Vec<_>>(),
            "skipped": node.skipped.iter().map(skip).collect::<Vec<_>>(),
        })
    };
    let turn = |turn: &crate::approval::route::Turn| json!({ "fork": turn.fork, "branch": turn.branch });
    let hold = if let Status::Held(hold) = &simulation.end { Some(hold_message(hold)) } else { None };
    json!({
        "policy": policy.name,
        "version": policy.version,
        "turns": simulation.turns.iter().map(turn).collect::<Vec<_>>(),
        "path": simulation.nodes.iter().map(node).collect::<Vec<_>>(),
        "end": simulation.end.name(),
        "hold": hold,
    })
}
