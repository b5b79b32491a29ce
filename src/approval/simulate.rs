//! What would happen to a claim: the way it takes, who would be asked at each node, and why. Nothing is recorded.
//!
//! The simulation runs the real engine and lets everybody who is asked agree, so it cannot drift from what happens.

use super::{
    facts::Facts,
    instance::{Back, By, Event, Instance, Refused, Run, Status},
    route::{Asking, Turn, way},
    seats::{Seat, Skip},
    walk::{World, walk},
};
use crate::model::{id::PersonId, policy::flow::Mode};

/// More decisions than this are no flow of people any more.
const DECISIONS_MAX: usize = 10_000;

/// One node of the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedNode {
    /// Its id in the policy.
    pub node: String,
    /// What people call it.
    pub name: String,
    /// How its people decide together.
    pub mode: Mode,
    /// Who is asked, in order.
    pub asked: Vec<Seat>,
    /// Who is not asked, and why.
    pub skipped: Vec<(PersonId, Skip)>,
}

/// What would happen to a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    /// The forks and the ways they were left.
    pub turns: Vec<Turn>,
    /// The nodes in order.
    pub nodes: Vec<SimulatedNode>,
    /// Where it ends when everybody agrees.
    pub end: Status,
}

/// What would happen to a claim if everybody who is asked agreed.
#[must_use]
pub fn simulate(facts: &Facts, world: &World<'_>) -> Simulation {
    let event = sent(facts, world, Back::Rerun);
    let turns = if let Event::Sent { way: Ok(way), .. } = &event { way.turns.clone() } else { Vec::new() };
    let end =
        |instance: &Instance| Simulation { turns: turns.clone(), nodes: nodes(instance), end: instance.status.clone() };
    let draft = Instance::draft(world.policy.version);
    let mut instance = match walk(&draft, event, world) {
        Ok(walked) => walked.instance,
        Err(_) => return end(&draft),
    };
    for _ in 0..DECISIONS_MAX {
        match agree(&instance, world) {
            Some(next) => instance = next,
            None => break,
        }
    }
    end(&instance)
}

/// The event that sends a claim.
#[must_use]
pub fn sent(facts: &Facts, world: &World<'_>, back: Back) -> Event {
    let asking = Asking::of(facts, world.organisation);
    Event::Sent {
        facts: Box::new(facts.clone()),
        way: way(&world.policy.flow, &asking),
        back,
        single_user: world.policy.single_user,
    }
}

fn agree(instance: &Instance, world: &World<'_>) -> Option<Instance> {
    for task in instance.pending() {
        let (id, by) = (task.id, By::themselves(task.person));
        let walked = match walk(instance, Event::Approved { task: id, by }, world) {
            Err(Refused::NotPending(_)) => walk(instance, Event::Claimed { task: id, by }, world),
            other => other,
        };
        if let Ok(walked) = walked {
            return Some(walked.instance);
        }
    }
    None
}

fn nodes(instance: &Instance) -> Vec<SimulatedNode> {
    let node = |run: &Run| {
        let node = instance.node(run.stop)?;
        let seat = |id| {
            let task = instance.task(id)?;
            Some(Seat { person: task.person, roles: task.roles.clone(), weight: task.weight })
        };
        Some(SimulatedNode {
            node: node.id.clone(),
            name: node.name.clone(),
            mode: node.mode,
            asked: run.members.iter().filter_map(|id| seat(*id)).collect(),
            skipped: run.skipped.clone(),
        })
    };
    instance.runs.iter().filter_map(node).collect()
}
