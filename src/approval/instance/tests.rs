//! Tables and laws of the approval. A small firm, and flows of one or two nodes.

mod actions;
mod edge_cases;
mod laws;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::{
    approval::{
        simulate::sent,
        walk::{Walked, World, walk},
    },
    model::{
        category::Category,
        currency::Currency,
        field::DocumentKind,
        money::Money,
        organisation::{Delegation, Member, Organisation},
        policy::{
            Policy,
            flow::{Asked, Mode, Node, Refusal, Step, WhenEmpty, Who},
        },
    },
};

/// The submitter, then approvers A to F, then the administrator.
pub(super) const PEOPLE: [&str; 8] = ["submitter", "a", "b", "c", "d", "e", "f", "admin"];

pub(super) fn person(name: &str) -> PersonId {
    let place = PEOPLE.iter().position(|known| *known == name).expect("one of the firm's people");
    PersonId::from_u128(u128::try_from(place).expect("a small number") + 1)
}

pub(super) fn name(id: PersonId) -> &'static str {
    PEOPLE.iter().copied().find(|known| person(known) == id).unwrap_or("?")
}

pub(super) fn by(name: &str) -> By {
    By::themselves(person(name))
}

pub(super) fn organisation() -> Organisation {
    let member = |name: &&str| {
        let roles = if *name == "admin" { vec!["administrator"] } else { vec![] };
        Member {
            id: person(name),
            email: format!("{name}@firm.example"),
            name: (*name).to_owned(),
            roles: roles.into_iter().map(str::to_owned).collect(),
            department: None,
            manager: None,
            active: true,
            successor: None,
        }
    };
    let members = PEOPLE.iter().map(member).map(|member| (member.id, member)).collect();
    Organisation { members, ..Organisation::default() }
}

pub(super) fn node(id: &str, mode: Mode, people: &[&str]) -> Node {
    let who = |name: &&str| Asked { who: Who::Person(format!("{name}@firm.example")), weight: 1 };
    Node { mode, who: people.iter().map(who).collect(), ..Node::new(id, Who::Submitter) }
}

pub(super) const ALL: Mode = Mode::All { refusal: Refusal::First };
pub(super) const ANY: Mode = Mode::Any { refusal: Refusal::First };

pub(super) fn policy(nodes: Vec<Node>) -> Policy {
    let mut policy = Policy { version: 1, ..Policy::starting() };
    policy.flow.steps = nodes.into_iter().map(Step::Node).collect();
    policy
}

pub(super) fn facts() -> Facts {
    Facts {
        amount: Some(Money::from_minor(120_000, Currency::HKD)),
        amount_together: None,
        currency: Some(Currency::HKD),
        kind: DocumentKind::Receipt,
        category: Category::Meals,
        department: None,
        project: None,
        supplier: Some("bluecafe".to_owned()),
        submitter: person("submitter"),
        claimant: person("submitter"),
        correctors: BTreeSet::new(),
        findings: BTreeMap::new(),
        digest: "first".to_owned(),
    }
}

/// An approval under test with everything that it is decided by.
pub(super) struct Case {
    pub(super) policy: Policy,
    pub(super) organisation: Organisation,
    pub(super) instance: Instance,
    pub(super) events: Vec<Event>,
}

impl Case {
    pub(super) fn new(nodes: Vec<Node>) -> Self {
        Self::of(policy(nodes), organisation())
    }

    pub(super) fn of(policy: Policy, organisation: Organisation) -> Self {
        let instance = Instance::draft(policy.version);
        let mut case = Self { policy, organisation, instance, events: Vec::new() };
        case.send(&facts(), Back::Rerun).expect("a draft can be sent");
        case
    }

    fn world(&self) -> World<'_> {
        World { policy: &self.policy, organisation: &self.organisation, today: jiff::civil::date(2026, 11, 25) }
    }

    pub(super) fn send(&mut self, facts: &Facts, back: Back) -> Result<Vec<Effect>, Refused> {
        let event = sent(facts, &self.world(), back);
        self.run(event)
    }

    pub(super) fn run(&mut self, event: Event) -> Result<Vec<Effect>, Refused> {
        let Walked { instance, events, effects } = walk(&self.instance, event, &self.world())?;
        self.instance = instance;
        self.events.extend(events);
        Ok(effects)
    }

    /// The open task of a person, the newest first.
    pub(super) fn task(&self, name: &str) -> TaskId {
        let of_them = self.instance.tasks.iter().rev().filter(|task| task.person == person(name));
        let tasks: Vec<&Task> = of_them.collect();
        tasks.iter().find(|task| task.state.is_open()).or(tasks.first()).expect("they have a task").id
    }

    pub(super) fn approve(&mut self, name: &str) -> Result<Vec<Effect>, Refused> {
        self.run(Event::Approved { task: self.task(name), by: by(name) })
    }

    pub(super) fn reject(&mut self, name: &str) -> Result<Vec<Effect>, Refused> {
        self.run(Event::Rejected { task: self.task(name), by: by(name), reason: "too dear".to_owned() })
    }

    pub(super) fn add(&mut self, name: &str, adding: Adding, people: &[&str]) -> Result<Vec<Effect>, Refused> {
        let people = people.iter().map(|name| person(name)).collect();
        self.run(Event::Added { task: self.task(name), by: by(name), adding, people })
    }

    /// Whose turn it is, and where the approval stands: `running a b`.
    pub(super) fn stands(&self) -> String {
        let turns: Vec<&str> = self.instance.pending().map(|task| name(task.person)).collect();
        format!("{} {}", self.instance.status.name(), turns.join(" ")).trim_end().to_owned()
    }
}
