//! Conditions: amounts in the firm's currency, rules that exist, lists that are not empty.

use super::{
    Found, in_home_currency, is_rule,
    places::{Kind, Thing},
};
use crate::model::policy::{Policy, condition::Condition};

pub(super) fn conditions(policy: &Policy, things: &[Thing<'_>], found: &mut Found) {
    for (place, condition) in all(policy, things) {
        let Some(key) = list_key(condition) else { continue };
        if let Condition::Finding(rules) = condition {
            for rule in rules.iter().filter(|rule| !is_rule(rule)) {
                found.error("unknown-rule", format!("{place}.{key}"), format!("the checks have no rule “{rule}”"));
            }
        }
        if let Condition::Amount { from, below } = condition {
            for (end, amount) in [("from", from), ("below", below)] {
                if let Some(amount) = amount {
                    in_home_currency(policy, *amount, &format!("{place}.{key}.{end}"), found);
                }
            }
        }
    }
}

/// Every condition of a policy with its place, the parts of conditions included.
pub(super) fn all<'p>(policy: &'p Policy, things: &[Thing<'p>]) -> Vec<(String, &'p Condition)> {
    let mut all = Vec::new();
    for (number, requirement) in policy.required.iter().enumerate() {
        collect(&requirement.when, format!("required[{number}].when"), &mut all);
    }
    for thing in things {
        if let Kind::Fork(fork) = thing.kind {
            for (number, branch) in fork.branches.iter().enumerate() {
                collect(&branch.when, format!("{}.branches[{number}].when", thing.place), &mut all);
            }
        }
    }
    all
}

fn collect<'p>(condition: &'p Condition, place: String, all: &mut Vec<(String, &'p Condition)>) {
    let numbered = |key: &str, parts: &'p [Condition]| {
        parts.iter().enumerate().map(|(number, part)| (format!("{place}.{key}[{number}]"), part)).collect()
    };
    let parts: Vec<(String, &Condition)> = if let Condition::All(parts) = condition {
        numbered("all", parts)
    } else if let Condition::Any(parts) = condition {
        numbered("any", parts)
    } else if let Condition::Not(inner) = condition {
        vec![(format!("{place}.not"), inner.as_ref())]
    } else {
        Vec::new()
    };
    all.push((place, condition));
    for (place, part) in parts {
        collect(part, place, all);
    }
}

/// The key under which a condition that has no parts is written.
pub(super) const fn list_key(condition: &Condition) -> Option<&'static str> {
    match condition {
        Condition::All(_) | Condition::Any(_) | Condition::Not(_) => None,
        Condition::Amount { .. } => Some("amount"),
        Condition::Department(_) => Some("department"),
        Condition::Project(_) => Some("project"),
        Condition::Category(_) => Some("category"),
        Condition::Supplier(_) => Some("supplier"),
        Condition::Submitter(_) => Some("submitter"),
        Condition::SubmitterRole(_) => Some("submitter_role"),
        Condition::Kind(_) => Some("kind"),
        Condition::Currency(_) => Some("currency"),
        Condition::Finding(_) => Some("finding"),
        Condition::FindingAtLeast(_) => Some("finding_at_least"),
    }
}
