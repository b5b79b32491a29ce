//! Everything in a flow with its place and with what is known to hold there.

use crate::model::policy::{
    condition::Condition,
    flow::{Cc, Flow, Fork, Node, NodeKind, Overdue, Step, WhenEmpty, WhenOwn, Who},
};

/// What stands at a place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind<'p> {
    Node(&'p Node),
    Cc(&'p Cc),
    Fork(&'p Fork),
}

/// One thing of a flow.
#[derive(Debug, Clone)]
pub(super) struct Thing<'p> {
    /// Such as `flow.steps[0].fork.branches[1].steps[0].approve`.
    pub(super) place: String,
    pub(super) kind: Kind<'p>,
    /// The conditions of the branches that lead here; all of them hold.
    pub(super) context: Vec<&'p Condition>,
}

/// For what somebody is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// To decide.
    Decide,
    /// To carry something out.
    CarryOut,
    /// To be told.
    Told,
}

/// Everything in a flow, in the order it is written.
pub(super) fn things(flow: &Flow) -> Vec<Thing<'_>> {
    let mut things = Vec::new();
    below(&flow.steps, "flow.steps", &[], &mut things);
    things
}

fn below<'p>(steps: &'p [Step], place: &str, context: &[&'p Condition], things: &mut Vec<Thing<'p>>) {
    for (number, step) in steps.iter().enumerate() {
        let (key, kind) = match step {
            Step::Node(node) if node.kind == NodeKind::Process => ("process", Kind::Node(node)),
            Step::Node(node) => ("approve", Kind::Node(node)),
            Step::Cc(cc) => ("cc", Kind::Cc(cc)),
            Step::Fork(fork) => ("fork", Kind::Fork(fork)),
        };
        let place = format!("{place}[{number}].{key}");
        things.push(Thing { place: place.clone(), kind, context: context.to_vec() });
        if let Step::Fork(fork) = step {
            for (number, branch) in fork.branches.iter().enumerate() {
                let mut inner = context.to_vec();
                inner.push(&branch.when);
                below(&branch.steps, &format!("{place}.branches[{number}].steps"), &inner, things);
            }
            below(&fork.otherwise, &format!("{place}.otherwise"), context, things);
        }
    }
}

/// Everybody a thing names, with the place and the use.
pub(super) fn people<'p>(thing: &Thing<'p>) -> Vec<(String, &'p Who, Use)> {
    let place = &thing.place;
    let list = |all: &'p [Who], key: &str, for_what: Use| -> Vec<(String, &'p Who, Use)> {
        all.iter().enumerate().map(|(number, who)| (format!("{place}.{key}[{number}]"), who, for_what)).collect()
    };
    match thing.kind {
        Kind::Fork(_) => Vec::new(),
        Kind::Cc(cc) => list(&cc.who, "who", Use::Told),
        Kind::Node(node) => {
            let asking = match node.kind {
                NodeKind::Approve => Use::Decide,
                NodeKind::Process => Use::CarryOut,
            };
            let asked = node.who.iter().enumerate();
            let mut all: Vec<_> =
                asked.map(|(number, asked)| (format!("{place}.who[{number}]"), &asked.who, asking)).collect();
            if let WhenEmpty::Ask(people) = &node.empty {
                all.extend(list(people, "empty.ask", asking));
            }
            if let WhenOwn::Ask(people) = &node.own {
                all.extend(list(people, "own.ask", asking));
            }
            for (number, timeout) in node.timeouts.iter().enumerate() {
                if let Overdue::Escalate(who) = &timeout.then {
                    all.push((format!("{place}.timeouts[{number}].then.escalate"), who, asking));
                }
            }
            all.extend(list(&node.cc, "cc", Use::Told));
            all
        }
    }
}
