//! What changed between two policies, in words and by place.
//!
//! The documents are compared, not the types, so that nothing a policy can say is forgotten: two policies differ exactly
//! when something is told. Steps are known by their ids, branches by their names, limits by what they are for.

use std::{collections::BTreeSet, fmt};

use super::{layout::Json, policy_json};
use crate::model::policy::Policy;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where, such as `flow.steps[finance].approve.mode`.
    pub place: String,
    /// What, in words.
    pub message: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// What must change to make `new` of `old`; the version number is not looked at.
#[must_use]
pub fn policy_diff(old: &Policy, new: &Policy) -> Vec<Difference> {
    let [old, new] = [old, new].map(|policy| policy_json(&Policy { version: 0, ..policy.clone() }));
    let mut differences = Vec::new();
    compare(String::new(), &old, &new, &mut differences);
    differences
}

fn compare(place: String, old: &Json, new: &Json, differences: &mut Vec<Difference>) {
    if old == new {
        return;
    }
    match (old, new) {
        (Json::Object(old), Json::Object(new)) => objects(&place, old, new, differences),
        (Json::List(old), Json::List(new)) => lists(&place, old, new, differences),
        _ => say(place, format!("was {}, is now {}", old.in_one_line(), new.in_one_line()), differences),
    }
}

fn say(place: String, message: String, differences: &mut Vec<Difference>) {
    differences.push(Difference { place, message });
}

type Pairs = [(String, Json)];

fn objects(place: &str, old: &Pairs, new: &Pairs, differences: &mut Vec<Difference>) {
    let below = |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
    for (key, value) in old {
        match new.iter().find(|(other, _)| other == key) {
            Some((_, now)) => compare(below(key), value, now, differences),
            None => say(below(key), format!("was {}, is now left out", value.in_one_line()), differences),
        }
    }
    for (key, value) in new.iter().filter(|(key, _)| !old.iter().any(|(other, _)| other == key)) {
        say(below(key), format!("is new: {}", value.in_one_line()), differences);
    }
}

fn lists(place: &str, old: &[Json], new: &[Json], differences: &mut Vec<Difference>) {
    let (Some(before), Some(after)) = (names(old), names(new)) else {
        // The same thing stands there twice: only the whole can be told.
        let [old, new] = [old, new].map(|list| Json::List(list.to_vec()).in_one_line());
        return say(place.to_owned(), format!("was {old}, is now {new}"), differences);
    };
    let find = |names: &[String], list: &[Json], name: &String| {
        let at = names.iter().position(|other| other == name)?;
        list.get(at).cloned()
    };
    for (name, item) in before.iter().zip(old) {
        match find(&after, new, name) {
            Some(now) => compare(format!("{place}[{name}]"), item, &now, differences),
            None => say(format!("{place}[{name}]"), format!("is taken out: {}", item.in_one_line()), differences),
        }
    }
    for (name, item) in after.iter().zip(new).filter(|(name, _)| !before.contains(name)) {
        say(format!("{place}[{name}]"), format!("is new: {}", item.in_one_line()), differences);
    }
    let kept = |names: &[String], others: &[String]| -> Vec<String> {
        names.iter().filter(|name| others.contains(name)).cloned().collect()
    };
    let (was, is) = (kept(&before, &after), kept(&after, &before));
    if was != is {
        say(place.to_owned(), format!("the order was {}, is now {}", was.join(", "), is.join(", ")), differences);
    }
}

/// What each item is known by; nothing when two are known by the same.
fn names(list: &[Json]) -> Option<Vec<String>> {
    let names: Vec<String> = list.iter().map(name).collect();
    let different: BTreeSet<&String> = names.iter().collect();
    (different.len() == names.len()).then_some(names)
}

fn name(item: &Json) -> String {
    let Json::Object(pairs) = item else { return item.in_one_line() };
    let at = |key: &str| pairs.iter().find(|(other, _)| other == key).map(|(_, value)| bare(value));
    // A step is an object with one key, and its id stands below it.
    if let [(_, inner @ Json::Object(below))] = pairs.as_slice()
        && below.iter().any(|(key, _)| key == "id")
    {
        return name(inner);
    }
    if let Some(id) = at("id") {
        return id;
    }
    if at("steps").is_some() {
        return at("name").unwrap_or_default();
    }
    if at("max").is_some() {
        let scope = ["category", "department", "project", "person"].iter().filter_map(|key| at(key));
        let scope: Vec<String> = scope.chain(at("per").map(|per| format!("a {per}"))).collect();
        return scope.join(" ");
    }
    item.in_one_line()
}

fn bare(value: &Json) -> String {
    match value {
        Json::Text(text) => text.clone(),
        Json::Whole(_) | Json::Truth(_) | Json::List(_) | Json::Object(_) => value.in_one_line(),
    }
}
