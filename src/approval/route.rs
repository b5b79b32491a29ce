//! Routing: the facts of a claim choose the way through the flow. Pure; nobody is asked here.
//!
//! The facts are frozen when a claim is sent, so the whole way is known at once, as a list of stops in order. A fact
//! that a condition needs and nobody knows is a [`Hold`] for the administrator; it never means the default way.

use std::collections::BTreeSet;

use super::facts::Facts;
use crate::model::{
    finding::Severity,
    money::Money,
    organisation::Organisation,
    policy::{
        condition::Condition,
        flow::{Cc, Flow, Node, Step, Who},
    },
};

/// A fact that a way depends on and that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnknownFact {
    /// What it costs in the firm's own currency: the total is missing, or there is no exchange rate for its day.
    Amount,
    /// Which department pays.
    Department,
    /// Which project it is for.
    Project,
    /// Who sold it.
    Supplier,
    /// The currency on the paper.
    Currency,
}

impl UnknownFact {
    /// Every fact that can be unknown.
    pub const ALL: [Self; 5] = [Self::Amount, Self::Department, Self::Project, Self::Supplier, Self::Currency];

    /// The name in JSON and pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::Department => "department",
            Self::Project => "project",
            Self::Supplier => "supplier",
            Self::Currency => "currency",
        }
    }
}

/// Why a claim waits for the administrator instead of an approver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// A condition needs a fact that nobody knows.
    Unknown {
        /// Which fact.
        fact: UnknownFact,
        /// The fork or node that needs it.
        at: String,
    },
    /// Nobody in the firm can be asked, not even an administrator.
    Nobody {
        /// The node.
        at: String,
    },
    /// The flow names a person or a role that the firm does not have.
    NoSuch {
        /// The person's address or the role's name.
        name: String,
        /// The node.
        at: String,
    },
}

/// One stop on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// People decide, or do something.
    Node(Node),
    /// People are told.
    Cc(Cc),
}

/// Which way a fork was left, and why, for people who ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The fork.
    pub fork: String,
    /// The branch's name; `None`: none was true, so its `otherwise`.
    pub branch: Option<String>,
}

/// The way of one claim.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Way {
    /// The stops in order.
    pub stops: Vec<Stop>,
    /// The forks on it.
    pub turns: Vec<Turn>,
}

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// It depends on this fact.
    Unknown(UnknownFact),
}

/// What the conditions look at: the facts, and the roles of whoever sent the claim.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The facts.
    pub facts: &'a Facts,
    /// The submitter's e-mail address, lower case.
    pub submitter_email: &'a str,
    /// The submitter's roles.
    pub submitter_roles: &'a BTreeSet<String>,
}

/// Of somebody whom the firm does not know.
static NO_ROLES: BTreeSet<String> = BTreeSet::new();

impl<'a> Asking<'a> {
    /// The facts with what the firm says about whoever sent the claim.
    #[must_use]
    pub fn of(facts: &'a Facts, organisation: &'a Organisation) -> Self {
        let submitter = organisation.members.get(&facts.submitter);
        Self {
            facts,
            submitter_email: submitter.map_or("", |member| member.email.as_str()),
            submitter_roles: submitter.map_or(&NO_ROLES, |member| &member.roles),
        }
    }
}

/// The way of a claim through a flow.
///
/// # Errors
/// A condition on the way needs a fact that is unknown.
pub fn way(flow: &Flow, asking: &Asking<'_>) -> Result<Way, Hold> {
    let mut way = Way::default();
    walk(&flow.steps, asking, &mut way)?;
    Ok(way)
}

fn walk(steps: &[Step], asking: &Asking<'_>, way: &mut Way) -> Result<(), Hold> {
    for step in steps {
        match step {
            Step::Node(node) => {
                needed_facts(node, asking.facts)?;
                way.stops.push(Stop::Node(node.clone()));
            }
            Step::Cc(cc) => way.stops.push(Stop::Cc(cc.clone())),
            Step::Fork(fork) => {
                let mut taken = None;
                for branch in &fork.branches {
                    match truth(&branch.when, asking) {
                        Truth::Yes => {
                            taken = Some(branch);
                            break;
                        }
                        Truth::No => {}
                        Truth::Unknown(fact) => return Err(Hold::Unknown { fact, at: fork.id.clone() }),
                    }
                }
                way.turns.push(Turn { fork: fork.id.clone(), branch: taken.map(|branch| branch.name.clone()) });
                walk(taken.map_or(&fork.otherwise, |branch| &branch.steps), asking, way)?;
            }
        }
    }
    Ok(())
}

/// A node that asks the head of the department needs the department, and so on.
fn needed_facts(node: &Node, facts: &Facts) -> Result<(), Hold> {
    for asked in &node.who {
        let missing = match &asked.who {
            Who::DepartmentHead { .. } if facts.department.is_none() => Some(UnknownFact::Department),
            Who::ProjectOwner if facts.project.is_none() => Some(UnknownFact::Project),
            Who::DepartmentHead { .. }
            | Who::ProjectOwner
            | Who::Person(_)
            | Who::Role(_)
            | Who::Manager { .. }
            | Who::Submitter => None,
        };
        if let Some(fact) = missing {
            return Err(Hold::Unknown { fact, at: node.id.clone() });
        }
    }
    Ok(())
}

/// Whether a condition holds of a claim, in the logic of three values: an unknown part decides nothing where a known
/// part decides already.
#[must_use]
pub fn truth(condition: &Condition, asking: &Asking<'_>) -> Truth {
    let facts = asking.facts;
    match condition {
        Condition::All(parts) => all(parts.iter().map(|part| truth(part, asking))),
        Condition::Any(parts) => match all(parts.iter().map(|part| opposite(truth(part, asking)))) {
            Truth::Yes => Truth::No,
            Truth::No => Truth::Yes,
            unknown @ Truth::Unknown(_) => unknown,
        },
        Condition::Not(part) => opposite(truth(part, asking)),
        Condition::Amount { from, below } => match facts.weighed_amount() {
            Some(amount) => known(in_band(amount, *from, *below)),
            None => Truth::Unknown(UnknownFact::Amount),
        },
        Condition::Department(list) => listed(facts.department.as_ref(), list, UnknownFact::Department),
        Condition::Project(list) => listed(facts.project.as_ref(), list, UnknownFact::Project),
        Condition::Category(list) => known(list.contains(&facts.category)),
        Condition::Supplier(list) => listed(facts.supplier.as_ref(), list, UnknownFact::Supplier),
        Condition::Submitter(list) => {
            known(list.iter().any(|email| email.eq_ignore_ascii_case(asking.submitter_email)))
        }
        Condition::SubmitterRole(list) => known(list.iter().any(|role| asking.submitter_roles.contains(role))),
        Condition::Kind(list) => known(list.contains(&facts.kind)),
        Condition::Currency(list) => listed(facts.currency.as_ref(), list, UnknownFact::Currency),
        Condition::Finding(list) => known(list.iter().any(|rule| facts.findings.contains_key(rule))),
        Condition::FindingAtLeast(severity) => known(gravest(facts).is_some_and(|gravest| gravest >= *severity)),
    }
}

fn all(parts: impl Iterator<Item = Truth>) -> Truth {
    let mut result = Truth::Yes;
    for part in parts {
        match part {
            Truth::No => return Truth::No,
            Truth::Unknown(_) if result == Truth::Yes => result = part,
            Truth::Yes | Truth::Unknown(_) => {}
        }
    }
    result
}

const fn known(holds: bool) -> Truth {
    if holds { Truth::Yes } else { Truth::No }
}

const fn opposite(truth: Truth) -> Truth {
    match truth {
        Truth::Yes => Truth::No,
        Truth::No => Truth::Yes,
        Truth::Unknown(fact) => Truth::Unknown(fact),
    }
}

fn listed<T: PartialEq>(value: Option<&T>, list: &[T], fact: UnknownFact) -> Truth {
    value.map_or(Truth::Unknown(fact), |value| known(list.contains(value)))
}

/// Half-open, so that bands that touch neither overlap nor leave a gap. A policy's amounts are in its home currency, and
/// so is the claim's; were they not, the claim would lie in no band.
fn in_band(amount: Money, from: Option<Money>, below: Option<Money>) -> bool {
    let same = |end: Money| end.currency() == amount.currency();
    from.is_none_or(|from| same(from) && amount.minor() >= from.minor())
        && below.is_none_or(|below| same(below) && amount.minor() < below.minor())
}

fn gravest(facts: &Facts) -> Option<Severity> {
    facts.findings.values().copied().max()
}
