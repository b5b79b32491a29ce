//! The scenarios: facts in, the way and the people out. Each file says which rule it shows.

use std::{collections::BTreeSet, path::Path};

use serde_json::{Value, json};
use vouch::{
    approval::{
        inspect::{Gravity, inspect},
        instance::Status,
        route::{Hold, Turn},
        seats::Skip,
        simulate::simulate,
        walk::World,
    },
    model::{id::PersonId, organisation::Organisation, policy::flow::Mode},
    policy_file::{facts_from_json, organisation_from_json, policy_from_json},
};

use super::{json_files, policies, project, text_of};

const SCENARIOS: &str = "fixtures/policies/scenarios";

fn scenario(path: &Path) -> Value {
    serde_json::from_str(&text_of(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What the engine makes of a scenario, in the form of its `expect`.
fn played(scenario: &Value) -> (Value, BTreeSet<String>) {
    let beside = |name: &Value| text_of(&project(SCENARIOS).join(name.as_str().expect("the name of a file")));
    let policy = &scenario["policy"];
    let policy = if policy.is_object() { policy.to_string() } else { beside(policy) };
    let (policy, _) = policy_from_json(&policy).expect("a policy");
    let (firm, _) = organisation_from_json(&beside(&scenario["organisation"]), policy.home_currency).expect("a firm");
    let facts = facts_from_json(&scenario["facts"].to_string(), policy.home_currency).expect("facts");
    let today = scenario["today"].as_str().and_then(|day| day.parse().ok()).expect("a day");
    let simulation = simulate(&facts, &World { policy: &policy, organisation: &firm, today });
    let person = |id: &PersonId| firm.members.get(id).map_or("nobody", |member| member.email.as_str());
    let in_order = simulation.nodes.iter().filter(|node| node.mode == Mode::Sequential).map(|node| node.node.clone());
    let mut path: Vec<Value> = Vec::new();
    for node in &simulation.nodes {
        let asked: Vec<&str> = node.asked.iter().map(|seat| person(&seat.person)).collect();
        let is_last = path.len() + 1 == simulation.nodes.len();
        let outcome = match (&simulation.end, asked.is_empty() && is_last) {
            (Status::Rejected { .. }, true) => "reject",
            (Status::Held(_), true) => "hold",
            _ if asked.is_empty() => "pass",
            _ => "ask",
        };
        let mut said = json!({ "node": node.node, "outcome": outcome, "asked": asked });
        if !node.skipped.is_empty() {
            let skip = |(id, why): &(PersonId, Skip)| json!({ "person": person(id), "why": why.name() });
            said["skipped"] = node.skipped.iter().map(skip).collect();
        }
        path.push(said);
    }
    let mut said = json!({ "path": path, "end": end(&simulation.end) });
    if scenario["expect"].get("turns").is_some() {
        let turn = |turn: &Turn| (turn.fork.clone(), json!(turn.branch));
        said["turns"] = Value::Object(simulation.turns.iter().map(turn).collect());
    }
    if let Status::Held(hold) = &simulation.end {
        said["hold"] = held(hold);
    }
    (said, in_order.collect())
}

fn end(status: &Status) -> &'static str {
    match status {
        Status::Approved => "approved",
        Status::Rejected { .. } => "rejected",
        Status::Held(_) => "held",
        Status::Draft | Status::Entering { .. } | Status::Running { .. } => "stuck",
        Status::Returned { .. } => "returned",
        Status::Withdrawn => "withdrawn",
    }
}

fn held(hold: &Hold) -> Value {
    match hold {
        Hold::Unknown { fact, at } => json!({ "fact": fact.name(), "at": at }),
        Hold::Nobody { at } => json!({ "nobody": true, "at": at }),
        Hold::NoSuch { name, at } => json!({ "no_such": name, "at": at }),
    }
}

/// An answer whose lists are sorted, except where people are asked in order.
fn sorted(mut answer: Value, in_order: &BTreeSet<String>) -> Value {
    for node in answer["path"].as_array_mut().expect("a list") {
        let ordered = node["node"].as_str().is_some_and(|id| in_order.contains(id));
        if let Some(asked) = node["asked"].as_array_mut().filter(|_| !ordered) {
            asked.sort_by_key(ToString::to_string);
        }
        if let Some(skipped) = node.get_mut("skipped").and_then(Value::as_array_mut) {
            skipped.sort_by_key(|one| (one["person"].to_string(), one["why"].to_string()));
        }
    }
    answer
}

#[test]
fn every_scenario_goes_the_expected_way() {
    let files = json_files(SCENARIOS, |_| true);
    assert!(files.len() >= 60, "{} scenarios", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let scenario = scenario(&path);
        let (played, in_order) = played(&scenario);
        let [expected, played] = [scenario["expect"].clone(), played].map(|answer| sorted(answer, &in_order));
        if expected != played {
            wrong.push(format!("{}\n  expected {expected}\n  played   {played}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} scenarios went another way:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_policies_have_no_errors_in_their_firms() {
    for path in policies() {
        let (policy, _) = policy_from_json(&text_of(&path)).expect("a policy");
        let name = path.file_name().expect("it has a name");
        let firm = project("fixtures/policies/organisations").join(name);
        let (firm, _): (Organisation, _) =
            organisation_from_json(&text_of(&firm), policy.home_currency).expect("a firm");
        let mut problems = inspect(&policy, Some(&firm));
        problems.retain(|problem| problem.gravity == Gravity::Error);
        assert_eq!(problems, [], "{}", path.display());
    }
}
