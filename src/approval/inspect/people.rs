//! A policy against the firm it is for: roles that nobody has, people who left, departments without a head, loops.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    About, Found, Gravity, conditions,
    places::{Thing, Use, people},
};
use crate::{
    approval::seats::still_there,
    model::{
        id::PersonId,
        organisation::{Member, Organisation},
        policy::{Policy, condition::Condition, flow::Who},
    },
};

/// How many names a message lists.
const NAMES_MAX: usize = 5;

/// Everybody and everything a policy names must be there.
pub(super) fn named(policy: &Policy, things: &[Thing<'_>], firm: &Organisation, found: &mut Found) {
    role(&policy.flow.administrator_role, "flow.administrator_role", firm, Gravity::Error, found);
    for thing in things {
        for (place, who, for_what) in people(thing) {
            let gravity = if for_what == Use::Told { Gravity::Warning } else { Gravity::Error };
            match who {
                Who::Person(email) => person(email, &format!("{place}.person"), firm, gravity, found),
                Who::Role(name) => role(name, &format!("{place}.role"), firm, gravity, found),
                Who::DepartmentHead { up } => heads(*up, &place, firm, found),
                Who::Manager { up } => managers(*up, &place, firm, found),
                Who::ProjectOwner => owners(&place, firm, found),
                Who::Submitter => {}
            }
        }
    }
    for (place, condition) in conditions::all(policy, things) {
        let Some(key) = conditions::list_key(condition) else { continue };
        let place = format!("{place}.{key}");
        let mut each = |list: &[String], look: &dyn Fn(&str, &mut Found)| list.iter().for_each(|one| look(one, found));
        if let Condition::Submitter(list) = condition {
            each(list, &|email, found| person(email, &place, firm, Gravity::Warning, found));
        } else if let Condition::SubmitterRole(list) = condition {
            each(list, &|name, found| role(name, &place, firm, Gravity::Warning, found));
        } else if let Condition::Department(list) = condition {
            each(list, &|name, found| department(name, &place, firm, found));
        } else if let Condition::Project(list) = condition {
            each(list, &|code, found| project(code, &place, firm, found));
        }
    }
    for (number, limit) in policy.limits.iter().enumerate() {
        let place = |key: &str| format!("limits[{number}].{key}");
        if let Some(email) = &limit.scope.person {
            person(email, &place("person"), firm, Gravity::Warning, found);
        }
        if let Some(name) = &limit.scope.department {
            department(name, &place("department"), firm, found);
        }
        if let Some(code) = &limit.scope.project {
            project(code, &place("project"), firm, found);
        }
    }
}

fn role(name: &str, place: &str, firm: &Organisation, gravity: Gravity, found: &mut Found) {
    if firm.with_role(name).next().is_some() {
        return;
    }
    let (code, message) = if firm.members.values().any(|member| member.roles.contains(name)) {
        ("empty-role", format!("everybody with the role “{name}” has left"))
    } else {
        ("unknown-role", format!("nobody in the firm has the role “{name}”"))
    };
    found.add(gravity, About::Policy, code, place.to_owned(), message);
}

fn person(email: &str, place: &str, firm: &Organisation, gravity: Gravity, found: &mut Found) {
    match firm.by_email(email) {
        None => {
            found.add(
                gravity,
                About::Policy,
                "unknown-person",
                place.to_owned(),
                format!("nobody in the firm is {email}"),
            );
        }
        Some(member) if !member.active => match still_there(firm, member.id) {
            Some(instead) => {
                let message = format!("{email} has left; {} is asked instead", email_of(firm, instead));
                found.warning("person-left", place, message);
            }
            None => {
                let message = format!("{email} has left, and nobody took over");
                found.add(gravity, About::Policy, "person-left", place.to_owned(), message);
            }
        },
        Some(_) => {}
    }
}

fn department(name: &str, place: &str, firm: &Organisation, found: &mut Found) {
    if !firm.departments.contains_key(name) {
        found.warning("unknown-department", place, format!("the firm has no department “{name}”"));
    }
}

fn project(code: &str, place: &str, firm: &Organisation, found: &mut Found) {
    if !firm.projects.contains_key(code) {
        found.warning("unknown-project", place, format!("the firm has no project “{code}”"));
    }
}

fn heads(up: u32, place: &str, firm: &Organisation, found: &mut Found) {
    let above = |name: &String| {
        let mut name = name;
        for _ in 0..up {
            name = firm.departments.get(name)?.parent.as_ref()?;
        }
        still_there(firm, firm.departments.get(name)?.head?)
    };
    let without: Vec<&str> = firm.departments.keys().filter(|name| above(name).is_none()).map(String::as_str).collect();
    if !without.is_empty() {
        let which = if up == 0 { String::new() } else { format!(", {up} levels up") };
        let message = format!("there is no head{which} for {}; “empty” says what happens there", some(&without));
        found.warning("no-head", place, message);
    }
}

fn managers(up: u32, place: &str, firm: &Organisation, found: &mut Found) {
    let above = |member: &Member| {
        let mut person = member.id;
        for _ in 0..up {
            person = firm.members.get(&person)?.manager?;
        }
        still_there(firm, person)
    };
    let without: Vec<&str> = firm
        .members
        .values()
        .filter(|member| member.active && above(member).is_none())
        .map(|member| member.email.as_str())
        .collect();
    if !without.is_empty() {
        let level = if up == 1 { "manager".to_owned() } else { format!("manager {up} levels up") };
        let message = format!("there is no {level} for {}; “empty” says what happens there", some(&without));
        found.warning("no-manager", place, message);
    }
}

fn owners(place: &str, firm: &Organisation, found: &mut Found) {
    let there = |owner: &Option<PersonId>| owner.is_some_and(|owner| still_there(firm, owner).is_some());
    let without: Vec<&str> =
        firm.projects.iter().filter(|(_, owner)| !there(owner)).map(|(code, _)| code.as_str()).collect();
    if !without.is_empty() {
        let message = format!("nobody owns {}; “empty” says what happens there", some(&without));
        found.warning("no-owner", place, message);
    }
}

/// The first few names, sorted, and how many more there are.
fn some(names: &[&str]) -> String {
    let mut names = names.to_vec();
    names.sort_unstable();
    let more = names.len().saturating_sub(NAMES_MAX);
    names.truncate(NAMES_MAX);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{}{more}", names.join(", "))
}

fn email_of(firm: &Organisation, person: PersonId) -> &str {
    firm.members.get(&person).map_or("somebody", |member| member.email.as_str())
}

/// Loops, and people who stand in for somebody though they left.
pub(super) fn firm(firm: &Organisation, found: &mut Found) {
    let managers: BTreeMap<PersonId, PersonId> =
        firm.members.values().filter_map(|member| Some((member.id, member.manager?))).collect();
    let successors: BTreeMap<PersonId, PersonId> = firm
        .members
        .values()
        .filter(|member| !member.active)
        .filter_map(|member| Some((member.id, member.successor?)))
        .collect();
    for (next, key, code, what) in
        [(&managers, "manager", "manager-loop", "manager"), (&successors, "successor", "successor-loop", "successor")]
    {
        for person in on_loops(next) {
            let email = email_of(firm, person);
            let message = format!("{email} is in a loop: their {what}s lead back to them");
            found.in_firm(Gravity::Error, code, format!("people.{email}.{key}"), message);
        }
    }
    let parents: BTreeMap<&String, &String> =
        firm.departments.iter().filter_map(|(name, department)| Some((name, department.parent.as_ref()?))).collect();
    for name in on_loops(&parents) {
        let message = format!("“{name}” is in a loop: the departments above it lead back to it");
        found.in_firm(Gravity::Error, "department-loop", format!("departments.{name}.parent"), message);
    }
    delegations(firm, found);
}

fn delegations(firm: &Organisation, found: &mut Found) {
    for (number, delegation) in firm.delegations.iter().enumerate() {
        let place = format!("delegations[{number}]");
        let (from, to) = (email_of(firm, delegation.from), email_of(firm, delegation.to));
        if delegation.from == delegation.to {
            found.in_firm(Gravity::Error, "delegation-loop", place.clone(), format!("{from} stands in for themselves"));
        }
        if !firm.members.get(&delegation.to).is_some_and(|member| member.active) {
            let message = format!("{to} is to stand in for {from}, but has left");
            found.in_firm(Gravity::Error, "delegate-left", format!("{place}.to"), message);
        }
        let back = firm.delegations.iter().take(number).any(|other| {
            other.from == delegation.to
                && other.to == delegation.from
                && other.first <= delegation.last
                && delegation.first <= other.last
        });
        if back && delegation.from != delegation.to {
            let message = format!("{from} and {to} stand in for each other on the same days");
            found.in_firm(Gravity::Warning, "delegation-loop", place, message);
        }
    }
}

/// Everything that comes back to itself.
fn on_loops<T: Ord + Copy>(next: &BTreeMap<T, T>) -> BTreeSet<T> {
    let comes_back = |start: &T| {
        let mut at = *start;
        for _ in 0..next.len() {
            match next.get(&at) {
                Some(after) if after == start => return true,
                Some(after) => at = *after,
                None => return false,
            }
        }
        false
    };
    next.keys().copied().filter(|start| comes_back(start)).collect()
}
