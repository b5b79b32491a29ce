//! Nodes one by one: who is asked, how they decide, what happens without them.

use std::collections::BTreeMap;

use super::{
    Found, in_home_currency,
    logic::flat,
    places::{Kind, Thing, Use, people},
};
use crate::model::{
    money::Money,
    policy::{
        Policy,
        condition::Condition,
        flow::{Mode, Node, NodeKind, Overdue, WhenEmpty, Who},
    },
};

/// What passes without anybody may be at most so many times what a fully proven document may cost by rule: where nobody
/// looks, more than proof is missing.
const PASS_TIMES_MAX: i64 = 10;

/// Ids are unique in the flow: records and answers name nodes by them.
pub(super) fn ids(things: &[Thing<'_>], found: &mut Found) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for thing in things {
        let id = match thing.kind {
            Kind::Node(node) => &node.id,
            Kind::Cc(cc) => &cc.id,
            Kind::Fork(fork) => &fork.id,
        };
        if let Some(first) = seen.get(id.as_str()) {
            found.error("id-twice", format!("{}.id", thing.place), format!("“{id}” is the id of {first} already"));
        } else {
            seen.insert(id, &thing.place);
        }
    }
}

pub(super) fn nodes(policy: &Policy, things: &[Thing<'_>], found: &mut Found) {
    for thing in things {
        for (place, who, for_what) in people(thing) {
            match who {
                Who::Submitter if for_what == Use::Decide && !policy.single_user => {
                    found.error("own-claim", place, "nobody decides about their own claim");
                }
                Who::Manager { up: 0 } => {
                    found.error("manager-levels", place, "nought managers up is the submitter");
                }
                Who::Submitter
                | Who::Person(_)
                | Who::Role(_)
                | Who::DepartmentHead { .. }
                | Who::Manager { .. }
                | Who::ProjectOwner => {}
            }
        }
        match thing.kind {
            Kind::Node(node) => self::node(policy, node, thing, found),
            Kind::Cc(cc) if cc.who.is_empty() => {
                found.error("asks-nobody", format!("{}.who", thing.place), "nobody is told");
            }
            Kind::Cc(_) | Kind::Fork(_) => {}
        }
    }
}

fn node(policy: &Policy, node: &Node, thing: &Thing<'_>, found: &mut Found) {
    let place = &thing.place;
    if node.who.is_empty() {
        found.error("asks-nobody", format!("{place}.who"), "nobody is asked");
    }
    let by_ratio = matches!(node.mode, Mode::Ratio { .. });
    for (number, asked) in node.who.iter().enumerate() {
        let place = format!("{place}.who[{number}].weight");
        if asked.weight == 0 {
            found.error("weight", place, "a word that weighs nothing is not asked for");
        } else if asked.weight != 1 && !by_ratio {
            found.warning("weight", place, "weights count in the mode “ratio” only");
        }
    }
    if let Mode::Ratio { percent } = node.mode
        && !(1..=100).contains(&percent)
    {
        found.error("ratio", format!("{place}.mode.ratio"), format!("{percent} per cent; it must be from 1 to 100"));
    }
    only_the_submitter(policy, node, thing, found);
    if let WhenEmpty::Pass { up_to } = node.empty {
        passes(policy, up_to, format!("{place}.empty.pass_up_to"), found);
    }
    timeouts(policy, node, place, found);
}

/// A branch for the claims of one person that asks nobody but that person.
fn only_the_submitter(policy: &Policy, node: &Node, thing: &Thing<'_>, found: &mut Found) {
    if policy.single_user || node.kind == NodeKind::Process {
        return;
    }
    let parts = thing.context.iter().flat_map(|condition| flat(condition));
    let only = parts.filter_map(|part| {
        let Condition::Submitter(list) = part else { return None };
        let [email] = list.as_slice() else { return None };
        Some(email)
    });
    for email in only {
        let is_submitter = |who: &Who| matches!(who, Who::Person(person) if person == email);
        if !node.who.is_empty() && node.who.iter().all(|asked| is_submitter(&asked.who)) {
            let message = format!("only {email} is asked here, about claims of {email}: they never decide about those");
            found.error("own-claim", format!("{}.who", thing.place), message);
        }
    }
}

/// What is approved without anybody deciding needs a sensible limit.
fn passes(policy: &Policy, up_to: Money, place: String, found: &mut Found) {
    in_home_currency(policy, up_to, &place, found);
    let by_rule = policy.approved_by_rule_max;
    if up_to.minor() == 0 {
        found.warning("passes-nothing", place, "nothing costs so little, so this never happens");
    } else if up_to.minor() > by_rule.minor().saturating_mul(PASS_TIMES_MAX) {
        let message = format!(
            "{up_to} would be approved without anybody deciding, more than {PASS_TIMES_MAX} times the {by_rule} that \
             fully proven documents may cost"
        );
        found.error("passes-too-much", place, message);
    } else if up_to.minor() > by_rule.minor() {
        let message = format!(
            "{up_to} would be approved without anybody deciding, more than the {by_rule} that fully proven documents \
             may cost"
        );
        found.warning("passes-much", place, message);
    }
}

fn timeouts(policy: &Policy, node: &Node, place: &str, found: &mut Found) {
    let mut before = None;
    let mut over = false;
    for (number, timeout) in node.timeouts.iter().enumerate() {
        let place = format!("{place}.timeouts[{number}]");
        if timeout.after_hours == 0 {
            found.error("timeout", format!("{place}.after_hours"), "nobody can act in no time");
        } else if before.is_some_and(|before| timeout.after_hours <= before) {
            let message = "time-outs stand in order, each later than the one before";
            found.error("timeout", format!("{place}.after_hours"), message);
        }
        if over {
            found.warning("timeout", place.clone(), "the time-out before this one ends the task already");
        }
        match &timeout.then {
            Overdue::Approve { up_to } => passes(policy, *up_to, format!("{place}.then.approve_up_to"), found),
            Overdue::Reject => over = true,
            Overdue::Remind | Overdue::Escalate(_) => {}
        }
        before = Some(timeout.after_hours);
    }
}
