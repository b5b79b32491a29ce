//! Whether a policy makes sense, before anybody is asked by it: gaps and overlaps of bands, ways that are never taken,
//! nodes that ask nobody, and, where the firm is known, roles and people that are not there.
//!
//! Pure, so that the command line, the pages and publishing all ask the same. An error keeps a policy from being
//! published; a warning is for a person to weigh. Places are written as the policy's file writes them, such as
//! `flow.steps[2].approve.who[0]`.

mod conditions;
mod logic;
mod node;
mod people;
mod places;
#[cfg(test)]
mod tests;
mod ways;

use std::collections::BTreeSet;

use crate::model::{
    money::Money,
    organisation::Organisation,
    policy::{Policy, limit::Limit},
};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// The policy would hold claims, or send them a way nobody meant.
    Error,
    /// It may be meant.
    Warning,
}

impl Gravity {
    /// The name in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Which document something is wrong with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// The policy.
    Policy,
    /// The firm's people.
    Organisation,
}

/// Something about a policy that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub gravity: Gravity,
    /// What kind of problem it is, for programs.
    pub code: &'static str,
    /// Which document it is in.
    pub about: About,
    /// Where, in the way the document's file writes it.
    pub place: String,
    /// One sentence that says what is wrong.
    pub message: String,
}

/// The rules of the checks, from the regional rules 5.3 and vouch's own; others cannot be set.
const RULES: &str = "A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 I1 I2 I3 I4 I5 T0 T1 T2 T3 T4 T5 X1 X2 X3 X4 P1 P2 P3 P4 P5 P6 P7 \
                     P8 D1 D2 D3 D4 D5 D6 D7 D8 Q1 Q2 Q3 Q4 Q5 Q6 E1 M1 V1";

/// What is found while looking.
#[derive(Debug, Default)]
struct Found(Vec<Problem>);

impl Found {
    fn error(&mut self, code: &'static str, place: impl Into<String>, message: impl Into<String>) {
        self.add(Gravity::Error, About::Policy, code, place.into(), message.into());
    }

    fn warning(&mut self, code: &'static str, place: impl Into<String>, message: impl Into<String>) {
        self.add(Gravity::Warning, About::Policy, code, place.into(), message.into());
    }

    fn in_firm(&mut self, gravity: Gravity, code: &'static str, place: impl Into<String>, message: impl Into<String>) {
        self.add(gravity, About::Organisation, code, place.into(), message.into());
    }

    fn add(&mut self, gravity: Gravity, about: About, code: &'static str, place: String, message: String) {
        self.0.push(Problem { gravity, code, about, place, message });
    }
}

/// Everything that is wrong with a policy, and, where the firm is given, with asking its people.
#[must_use]
pub fn inspect(policy: &Policy, organisation: Option<&Organisation>) -> Vec<Problem> {
    let mut found = Found::default();
    amounts(policy, &mut found);
    limits(policy, &mut found);
    let things = places::things(&policy.flow);
    conditions::conditions(policy, &things, &mut found);
    ways::ways(policy, &things, &mut found);
    node::ids(&things, &mut found);
    node::nodes(policy, &things, &mut found);
    if let Some(organisation) = organisation {
        people::named(policy, &things, organisation, &mut found);
        people::firm(organisation, &mut found);
    }
    found.0
}

/// Whether the checks know a rule.
fn is_rule(id: &str) -> bool {
    RULES.split_whitespace().any(|rule| rule == id)
}

fn amounts(policy: &Policy, found: &mut Found) {
    in_home_currency(policy, policy.approved_by_rule_max, "approved_by_rule_max", found);
    in_home_currency(policy, policy.tolerance, "tolerance", found);
    if let Some(above) = policy.receipt_required_above {
        in_home_currency(policy, above, "receipt_required_above", found);
    }
    for rule in policy.rules.keys().filter(|rule| !is_rule(rule)) {
        found.error("unknown-rule", format!("rules.{rule}"), format!("the checks have no rule “{rule}”"));
    }
}

/// Says so when an amount is in another currency than the firm's, or below zero.
fn in_home_currency(policy: &Policy, amount: Money, place: &str, found: &mut Found) {
    let home = policy.home_currency;
    if amount.currency() != home {
        found.error("currency", place, format!("{amount} is not in the firm's own currency, {home}"));
    } else if amount.minor() < 0 {
        found.error("below-zero", place, format!("{amount} is below zero"));
    }
}

fn limits(policy: &Policy, found: &mut Found) {
    for (number, limit) in policy.limits.iter().enumerate() {
        let place = format!("limits[{number}]");
        in_home_currency(policy, limit.max, &format!("{place}.max"), found);
        let same = |other: &Limit| other.scope == limit.scope && other.per == limit.per;
        if policy.limits.iter().take(number).any(same) {
            let message = "an earlier limit is for the same spending; the lower one counts, so one of them is idle";
            found.warning("limit-twice", place, message);
        }
    }
    let mut seen = BTreeSet::new();
    for (number, requirement) in policy.required.iter().enumerate() {
        if requirement.when.is_always() && !seen.insert(requirement.what) {
            let message = format!("“{}” is required above already", requirement.what.name());
            found.warning("required-twice", format!("required[{number}]"), message);
        }
    }
}
