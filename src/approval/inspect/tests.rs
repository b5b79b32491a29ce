//! What is said about bad policies and firms, a case a row, and that a good one gets no word.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::model::{
    currency::Currency,
    id::PersonId,
    organisation::{Delegation, Department, Member},
    policy::{
        RuleSetting,
        condition::Condition,
        flow::{Asked, Branch, Cc, Fork, Mode, Node, Overdue, Step, Timeout, WhenEmpty, Who},
        limit::Limit,
    },
};

fn hkd(whole: i64) -> Money {
    Money::from_minor(whole * 100, Currency::HKD)
}

fn band(from: Option<i64>, below: Option<i64>) -> Condition {
    Condition::Amount { from: from.map(hkd), below: below.map(hkd) }
}

fn departments(names: &[&str]) -> Condition {
    Condition::Department(names.iter().map(|name| (*name).to_owned()).collect())
}

fn role(name: &str) -> Who {
    Who::Role(name.to_owned())
}

fn node(id: &str) -> Step {
    Step::Node(Node::new(id, role("approver")))
}

fn with_steps(steps: Vec<Step>) -> Policy {
    let mut policy = Policy::starting();
    policy.flow.steps = steps;
    policy
}

/// A fork of bare branches with these conditions, after a node that always asks.
fn fork(conditions: Vec<Condition>) -> Policy {
    let branch = |(number, when)| Branch { name: format!("way {number}"), when, steps: Vec::new() };
    let branches = conditions.into_iter().enumerate().map(branch).collect();
    with_steps(vec![node("first"), Step::Fork(Fork { id: "fork".to_owned(), branches, otherwise: Vec::new() })])
}

fn changed(change: impl Fn(&mut Node)) -> Policy {
    let mut node = Node::new("only", role("approver"));
    change(&mut node);
    with_steps(vec![Step::Node(node)])
}

/// `error code place`, in order.
fn told(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(|one| format!("{} {} {}", one.gravity.name(), one.code, one.place)).collect()
}

fn assert_told(policy: &Policy, expected: &[&str]) {
    let problems = inspect(policy, None);
    assert_eq!(told(&problems), expected, "{problems:#?}");
}

#[test]
fn the_starting_policy_is_sound() {
    assert_told(&Policy::starting(), &[]);
}

#[test]
fn bands_and_ways() {
    let at = |number: usize| format!("flow.steps[1].fork.branches[{number}].when");
    let gap = |number| format!("error band-gap {}", at(number));
    let overlap = |number| format!("error band-overlap {}", at(number));
    let never = |number| format!("error never-taken {}", at(number));
    let sales = || departments(&["sales"]);
    let both = |left, right| Condition::All(vec![left, right]);
    let table: Vec<(Vec<Condition>, Vec<String>)> = vec![
        // Bands that touch, in any order, and open at both ends.
        (vec![band(None, Some(10)), band(Some(10), Some(20)), band(Some(20), None)], vec![]),
        (vec![band(Some(20), None), band(None, Some(10)), band(Some(10), Some(20))], vec![]),
        // A ladder: its order says which is meant.
        (vec![band(None, Some(10)), band(None, Some(20)), band(None, Some(30))], vec![]),
        (vec![band(Some(30), None), band(Some(20), None)], vec![]),
        // Only the inside counts: what lies above and below everything goes `otherwise`.
        (vec![band(Some(10), Some(20))], vec![]),
        (vec![band(None, Some(10)), band(Some(11), None)], vec![gap(1)]),
        (vec![band(None, Some(10)), band(Some(15), Some(20)), band(Some(20), Some(30))], vec![gap(1)]),
        (vec![band(Some(0), Some(15)), band(Some(10), Some(20))], vec![overlap(1)]),
        (vec![band(None, Some(15)), band(Some(10), None)], vec![overlap(1)]),
        // Bands of different departments have nothing to do with each other.
        (vec![both(sales(), band(None, Some(10))), both(departments(&["it"]), band(Some(11), None))], vec![]),
        (vec![both(sales(), band(None, Some(10))), both(sales(), band(Some(11), None))], vec![gap(1)]),
        // Never taken.
        (vec![Condition::ALWAYS, sales()], vec![never(1)]),
        (vec![sales(), sales()], vec![never(1)]),
        (vec![departments(&["sales", "it"]), sales()], vec![never(1)]),
        (vec![sales(), departments(&["sales", "it"])], vec![]),
        (vec![sales(), both(sales(), band(Some(10), None))], vec![never(1)]),
        (vec![band(Some(10), None), band(Some(20), Some(30))], vec![never(1)]),
        (vec![Condition::Any(vec![sales(), band(Some(5), None)]), band(Some(9), None)], vec![never(1)]),
        (vec![band(Some(20), Some(10))], vec![never(0)]),
        (vec![Condition::Any(Vec::new())], vec![never(0)]),
        (vec![Condition::Not(Box::new(Condition::ALWAYS))], vec![never(0)]),
        (vec![both(sales(), departments(&["it"]))], vec![never(0)]),
        (vec![both(sales(), Condition::Not(Box::new(sales())))], vec![never(0)]),
        (
            vec![band(None, Some(10)), band(Some(10), None), band(Some(5), Some(15))],
            vec![never(2), overlap(2), overlap(2)],
        ),
        (
            vec![
                Condition::FindingAtLeast(crate::model::finding::Severity::Flag),
                Condition::FindingAtLeast(crate::model::finding::Severity::Block),
            ],
            vec![never(1)],
        ),
        (
            vec![Condition::Finding(vec!["D4".to_owned()]), Condition::Finding(vec!["Z9".to_owned()])],
            vec![format!("error unknown-rule {}.finding", at(1))],
        ),
    ];
    for (conditions, expected) in table {
        let mut got = told(&inspect(&fork(conditions.clone()), None));
        got.sort();
        let mut expected = expected;
        expected.sort();
        assert_eq!(got, expected, "{conditions:?}");
    }
}

#[test]
fn a_branch_within_a_branch_knows_where_it_is() {
    let inner = Fork {
        id: "inner".to_owned(),
        branches: vec![Branch { name: "large".to_owned(), when: band(Some(50), None), steps: vec![node("a")] }],
        otherwise: vec![node("b")],
    };
    let outer = Fork {
        id: "outer".to_owned(),
        branches: vec![Branch { name: "small".to_owned(), when: band(None, Some(20)), steps: vec![Step::Fork(inner)] }],
        otherwise: vec![node("c")],
    };
    let place = "flow.steps[0].fork.branches[0].steps[0].fork.branches[0].when";
    assert_told(&with_steps(vec![Step::Fork(outer)]), &[&format!("error never-taken {place}")]);
}

#[test]
fn a_default_that_is_never_reached_and_a_way_where_nobody_decides() {
    let branch = |when, steps| Branch { name: "way".to_owned(), when, steps };
    let fork = |branches, otherwise| Step::Fork(Fork { id: "fork".to_owned(), branches, otherwise });
    let covered = vec![branch(band(None, Some(10)), vec![node("a")]), branch(band(Some(10), None), vec![node("b")])];
    assert_told(
        &with_steps(vec![fork(covered, vec![node("c")])]),
        &["warning never-taken flow.steps[0].fork.otherwise"],
    );
    let half = vec![branch(band(None, Some(10)), vec![node("a")])];
    assert_told(&with_steps(vec![fork(half, Vec::new())]), &["warning nobody-decides flow.steps"]);
    assert_told(&with_steps(Vec::new()), &["warning nobody-decides flow.steps"]);
}

#[test]
fn nodes_and_amounts() {
    let usd = Money::from_minor(100, Currency::USD);
    let here = "flow.steps[0].approve";
    let timeout = |after_hours, then| Timeout { after_hours, then };
    let table: Vec<(Policy, Vec<String>)> = vec![
        (changed(|node| node.who.clear()), vec![format!("error asks-nobody {here}.who")]),
        (changed(|node| node.who[0].weight = 0), vec![format!("error weight {here}.who[0].weight")]),
        (changed(|node| node.who[0].weight = 2), vec![format!("warning weight {here}.who[0].weight")]),
        (changed(|node| node.mode = Mode::Ratio { percent: 0 }), vec![format!("error ratio {here}.mode.ratio")]),
        (changed(|node| node.mode = Mode::Ratio { percent: 101 }), vec![format!("error ratio {here}.mode.ratio")]),
        (changed(|node| node.who[0].who = Who::Submitter), vec![format!("error own-claim {here}.who[0]")]),
        (changed(|node| node.who[0].who = Who::Manager { up: 0 }), vec![format!("error manager-levels {here}.who[0]")]),
        (
            changed(|node| node.empty = WhenEmpty::Pass { up_to: hkd(600) }),
            vec![format!("warning passes-much {here}.empty.pass_up_to")],
        ),
        (
            changed(|node| node.empty = WhenEmpty::Pass { up_to: hkd(5_001) }),
            vec![format!("error passes-too-much {here}.empty.pass_up_to")],
        ),
        (
            changed(|node| node.empty = WhenEmpty::Pass { up_to: hkd(0) }),
            vec![format!("warning passes-nothing {here}.empty.pass_up_to")],
        ),
        (
            changed(|node| node.empty = WhenEmpty::Pass { up_to: usd }),
            vec![format!("error currency {here}.empty.pass_up_to")],
        ),
        (
            changed(|node| node.empty = WhenEmpty::Ask(vec![Who::Submitter])),
            vec![format!("error own-claim {here}.empty.ask[0]")],
        ),
        (
            changed(|node| node.timeouts = vec![timeout(8, Overdue::Remind), timeout(8, Overdue::Remind)]),
            vec![format!("error timeout {here}.timeouts[1].after_hours")],
        ),
        (
            changed(|node| node.timeouts = vec![timeout(0, Overdue::Remind)]),
            vec![format!("error timeout {here}.timeouts[0].after_hours")],
        ),
        (
            changed(|node| node.timeouts = vec![timeout(8, Overdue::Reject), timeout(9, Overdue::Remind)]),
            vec![format!("warning timeout {here}.timeouts[1]")],
        ),
        (
            changed(|node| node.timeouts = vec![timeout(8, Overdue::Approve { up_to: hkd(50_000) })]),
            vec![format!("error passes-too-much {here}.timeouts[0].then.approve_up_to")],
        ),
        (
            changed(|node| node.timeouts = vec![timeout(8, Overdue::Escalate(Who::Submitter))]),
            vec![format!("error own-claim {here}.timeouts[0].then.escalate")],
        ),
        (with_steps(vec![node("a"), node("b"), node("a")]), vec!["error id-twice flow.steps[2].approve.id".to_owned()]),
        (
            with_steps(vec![node("a"), Step::Cc(Cc { id: "a".to_owned(), who: Vec::new() })]),
            vec!["error id-twice flow.steps[1].cc.id".to_owned(), "error asks-nobody flow.steps[1].cc.who".to_owned()],
        ),
        (
            fork(vec![Condition::Amount { from: Some(usd), below: None }]),
            vec!["error currency flow.steps[1].fork.branches[0].when.amount.from".to_owned()],
        ),
    ];
    for (policy, expected) in table {
        let problems = inspect(&policy, None);
        assert_eq!(told(&problems), expected, "{problems:#?}");
    }
    let alone = Policy { single_user: true, ..changed(|node| node.who[0].who = Who::Submitter) };
    assert_told(&alone, &[]);
}

#[test]
fn only_the_submitter_could_be_asked() {
    let ada = "ada@firm.example".to_owned();
    let own = Step::Node(Node::new("own", Who::Person(ada.clone())));
    let branch = Branch { name: "Ada's".to_owned(), when: Condition::Submitter(vec![ada]), steps: vec![own] };
    let fork = Fork { id: "fork".to_owned(), branches: vec![branch], otherwise: vec![node("else")] };
    assert_told(
        &with_steps(vec![Step::Fork(fork)]),
        &["error own-claim flow.steps[0].fork.branches[0].steps[0].approve.who"],
    );
}

#[test]
fn rules_and_limits() {
    let mut policy = Policy::starting();
    policy.rules = BTreeMap::from([("T4".to_owned(), RuleSetting::Off), ("T44".to_owned(), RuleSetting::Off)]);
    policy.limits.push(Limit { max: Money::from_minor(5, Currency::JPY), ..policy.limits[0].clone() });
    policy.tolerance = hkd(-1);
    assert_told(
        &policy,
        &[
            "error below-zero tolerance",
            "error unknown-rule rules.T44",
            "error currency limits[2].max",
            "warning limit-twice limits[2]",
        ],
    );
}

const ADA: u128 = 1;
const BO: u128 = 2;
const CY: u128 = 3;

fn member(id: u128, email: &str, roles: &[&str]) -> Member {
    Member {
        id: PersonId::from_u128(id),
        email: email.to_owned(),
        name: email.to_owned(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect::<BTreeSet<_>>(),
        department: None,
        manager: (id != ADA).then(|| PersonId::from_u128(ADA)),
        active: true,
        successor: None,
    }
}

/// Ada leads sales and administers; Bo approves and Cy submits, both below her.
fn sound_firm() -> Organisation {
    let members = [
        member(ADA, "ada@firm.example", &["administrator", "approver"]),
        member(BO, "bo@firm.example", &["approver"]),
        member(CY, "cy@firm.example", &["submitter"]),
    ];
    let head = Some(PersonId::from_u128(ADA));
    Organisation {
        members: members.into_iter().map(|member| (member.id, member)).collect(),
        departments: BTreeMap::from([("sales".to_owned(), Department { head, parent: None })]),
        projects: BTreeMap::from([("APOLLO".to_owned(), head)]),
        delegations: Vec::new(),
    }
}

fn asking(who: Vec<Who>) -> Policy {
    changed(|node| node.who = who.iter().map(|who| Asked { who: who.clone(), weight: 1 }).collect())
}

fn in_firm(change: impl Fn(&mut Organisation)) -> Organisation {
    let mut firm = sound_firm();
    change(&mut firm);
    firm
}

fn with_member(id: u128, change: impl Fn(&mut Member)) -> Organisation {
    in_firm(|firm| firm.members.get_mut(&PersonId::from_u128(id)).into_iter().for_each(&change))
}

#[test]
fn a_policy_in_its_firm() {
    let person = |name: &str| Who::Person(format!("{name}@firm.example"));
    let here = "flow.steps[0].approve.who[0]";
    let table: Vec<(Policy, Organisation, Vec<String>)> = vec![
        (Policy::starting(), sound_firm(), vec![]),
        (asking(vec![role("approver"), person("bo"), Who::DepartmentHead { up: 0 }]), sound_firm(), vec![]),
        (asking(vec![Who::ProjectOwner]), sound_firm(), vec![]),
        (asking(vec![role("cfo")]), sound_firm(), vec![format!("error unknown-role {here}.role")]),
        (
            asking(vec![role("cfo")]),
            with_member(BO, |bo| {
                bo.active = false;
                bo.roles.insert("cfo".to_owned());
            }),
            vec![format!("error empty-role {here}.role")],
        ),
        (asking(vec![person("dee")]), sound_firm(), vec![format!("error unknown-person {here}.person")]),
        (
            asking(vec![person("bo")]),
            with_member(BO, |bo| bo.active = false),
            vec![format!("warning person-left {here}.person")],
        ),
        (
            asking(vec![person("bo")]),
            with_member(BO, |bo| (bo.active, bo.manager) = (false, None)),
            vec![format!("error person-left {here}.person")],
        ),
        (
            asking(vec![Who::DepartmentHead { up: 0 }]),
            in_firm(|firm| drop(firm.departments.insert("it".to_owned(), Department::default()))),
            vec![format!("warning no-head {here}")],
        ),
        (asking(vec![Who::DepartmentHead { up: 1 }]), sound_firm(), vec![format!("warning no-head {here}")]),
        (asking(vec![Who::Manager { up: 1 }]), sound_firm(), vec![format!("warning no-manager {here}")]),
        (
            asking(vec![Who::ProjectOwner]),
            in_firm(|firm| firm.projects.extend([("ZEUS".to_owned(), None)])),
            vec![format!("warning no-owner {here}")],
        ),
        (
            fork(vec![departments(&["sale"])]),
            sound_firm(),
            vec!["warning unknown-department flow.steps[1].fork.branches[0].when.department".to_owned()],
        ),
    ];
    assert_table(table);
}

#[test]
fn a_firm_with_holes() {
    let id = PersonId::from_u128;
    let delegation = |from, to| Delegation {
        from: id(from),
        to: id(to),
        first: jiff::civil::date(2026, 11, 1),
        last: jiff::civil::date(2026, 11, 30),
        amount_max: None,
    };
    let table: Vec<(Policy, Organisation, Vec<String>)> = vec![
        (
            Policy::starting(),
            with_member(ADA, |ada| ada.manager = Some(id(BO))),
            vec![
                "error manager-loop people.ada@firm.example.manager".to_owned(),
                "error manager-loop people.bo@firm.example.manager".to_owned(),
            ],
        ),
        (
            Policy::starting(),
            with_member(BO, |bo| (bo.active, bo.successor) = (false, Some(id(BO)))),
            vec!["error successor-loop people.bo@firm.example.successor".to_owned()],
        ),
        (
            Policy::starting(),
            in_firm(|firm| {
                for (name, parent) in [("a", "b"), ("b", "a")] {
                    let parent = Some(parent.to_owned());
                    firm.departments.insert(name.to_owned(), Department { head: None, parent });
                }
            }),
            vec![
                "error department-loop departments.a.parent".to_owned(),
                "error department-loop departments.b.parent".to_owned(),
            ],
        ),
        (
            Policy::starting(),
            in_firm(|firm| firm.delegations = vec![delegation(ADA, BO), delegation(BO, ADA), delegation(CY, CY)]),
            vec![
                "warning delegation-loop delegations[1]".to_owned(),
                "error delegation-loop delegations[2]".to_owned(),
            ],
        ),
        (
            Policy::starting(),
            in_firm(|firm| {
                firm.delegations = vec![delegation(ADA, CY)];
                firm.members.get_mut(&id(CY)).into_iter().for_each(|cy| cy.active = false);
            }),
            vec!["error delegate-left delegations[0].to".to_owned()],
        ),
    ];
    assert_table(table);
}

fn assert_table(table: Vec<(Policy, Organisation, Vec<String>)>) {
    for (policy, firm, expected) in table {
        let problems = inspect(&policy, Some(&firm));
        assert_eq!(told(&problems), expected, "{problems:#?}");
    }
}
