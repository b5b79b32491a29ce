//! The rows of the reference's table 4.4, in its order, a test a row.
//!
//! Three rows are about more than the engine and are shown where they happen: an accountant who corrects after approval
//! (`tests/pages/approvals.rs`, what_was_approved_is_what_is_posted), what is changed or bypassed in the ledger
//! (`tests/posting/reconcile.rs`), and a posting that fails after the last approval (`tests/posting/holes.rs`).

use super::*;
use crate::{
    approval::{
        inspect::{Gravity, inspect},
        route::{Asking, Stop, way},
        seats::Skip,
        simulate::simulate,
    },
    model::policy::{
        condition::Condition,
        flow::{Branch, Fork, NodeKind, Repeat, WhenOwn},
    },
};

fn hkd(minor: i64) -> Money {
    Money::from_minor(minor, Currency::HKD)
}

fn starts(policy: Policy, organisation: Organisation) -> Case {
    Case::of(policy, organisation)
}

fn managed(pairs: &[(&str, &str)]) -> Organisation {
    let mut firm = organisation();
    for (who, manager) in pairs {
        firm.members.get_mut(&person(who)).expect("one of the firm's").manager = Some(person(manager));
    }
    firm
}

fn with_roles(pairs: &[(&str, &str)]) -> Organisation {
    let mut firm = organisation();
    for (who, role) in pairs {
        firm.members.get_mut(&person(who)).expect("one of the firm's").roles.insert((*role).to_owned());
    }
    firm
}

fn of_role(id: &str, mode: Mode, role: &str) -> Node {
    let who = vec![Asked { who: Who::Role(role.to_owned()), weight: 1 }];
    Node { mode, who, ..node(id, mode, &[]) }
}

fn skipped(case: &Case) -> Vec<(&'static str, &'static str)> {
    let run = case.instance.runs.last().expect("a node was entered");
    run.skipped.iter().map(|(who, why)| (name(*who), why.name())).collect()
}

#[test]
fn nobody_to_ask() {
    let mut firm = with_roles(&[("f", "cfo")]);
    firm.members.get_mut(&person("f")).expect("one of the firm's").active = false;
    let start = |empty| starts(policy(vec![Node { empty, ..of_role("1", ALL, "cfo") }]), firm.clone());
    let role = Who::Person("e@firm.example".to_owned());
    assert_eq!(start(WhenEmpty::Administrator).stands(), "running admin", "the default");
    assert_eq!(start(WhenEmpty::Ask(vec![role])).stands(), "running e", "the named fallback");
    assert_eq!(start(WhenEmpty::Reject).stands(), "rejected");
    assert_eq!(start(WhenEmpty::Pass { up_to: hkd(120_000) }).stands(), "approved");
    let above = start(WhenEmpty::Pass { up_to: hkd(119_999) });
    assert_eq!(above.stands(), "running admin", "no money node passes by itself above its limit");
    let roles: Vec<_> = above.instance.pending().flat_map(|task| &task.roles).collect();
    assert_eq!(roles, ["role administrator"], "and as what they are asked is kept");
}

#[test]
fn the_approver_is_the_submitter() {
    let own = |own| Node { own, ..node("1", ALL, &["submitter", "b"]) };
    let alone = |own| Node { own, ..node("1", ALL, &["submitter"]) };
    let firm = || managed(&[("submitter", "d")]);
    assert_eq!(starts(policy(vec![own(WhenOwn::Escalate)]), firm()).stands(), "running b d", "their manager");
    let beside = starts(policy(vec![own(WhenOwn::Skip)]), firm());
    assert_eq!(beside.stands(), "running b", "left out while somebody else remains");
    assert_eq!(skipped(&beside), [("submitter", "own")]);
    assert_eq!(starts(policy(vec![alone(WhenOwn::Skip)]), firm()).stands(), "running d", "nobody else remains");
    let named = WhenOwn::Ask(vec![Who::Person("e@firm.example".to_owned())]);
    assert_eq!(starts(policy(vec![alone(named)]), firm()).stands(), "running e", "the named one");
    let mut head = managed(&[("submitter", "a"), ("a", "b")]);
    head.members.get_mut(&person("a")).expect("one of the firm's").active = false;
    assert_eq!(starts(policy(vec![alone(WhenOwn::Escalate)]), head).stands(), "running b", "on upward past who left");
    assert_eq!(starts(policy(vec![alone(WhenOwn::Escalate)]), organisation()).stands(), "running admin", "no manager");
    let single = Policy { single_user: true, ..policy(vec![alone(WhenOwn::Escalate)]) };
    let mut case = starts(single, organisation());
    assert_eq!(case.stands(), "running submitter", "a firm of one person, which says so");
    case.approve("submitter").expect("they run the firm alone");
    assert!(case.instance.single_user, "and the approval is marked with it");
}

#[test]
fn somebody_submits_for_somebody() {
    let facts = Facts { claimant: person("a"), ..facts() };
    for asked in ["submitter", "a"] {
        let mut case = starts(policy(vec![node("1", ALL, &[asked, "b"])]), organisation());
        case.send(&facts, Back::Rerun).expect("another round");
        assert_eq!(case.stands(), "running b", "{asked} has a part in it");
    }
    let process = Node { kind: NodeKind::Process, ..node("1", ALL, &["a"]) };
    let mut case = starts(policy(vec![process]), organisation());
    case.send(&facts, Back::Rerun).expect("another round");
    assert_eq!(case.stands(), "running admin", "nor does the claimant pay it out");
}

#[test]
fn one_person_at_several_nodes() {
    let nodes = || vec![node("1", ALL, &["a"]), node("2", ALL, &["b"]), node("3", ALL, &["a"])];
    let run = |repeat, nodes: Vec<Node>| {
        let mut policy = policy(nodes);
        policy.flow.repeat = repeat;
        let mut case = starts(policy, organisation());
        let mut asked = Vec::new();
        loop {
            let Some(who) = case.instance.pending().next().map(|task| name(task.person)) else { break };
            asked.push(who);
            case.approve(who).expect("their turn");
        }
        (asked.join(" "), case)
    };
    assert_eq!(Policy::starting().flow.repeat, Repeat::Consecutive, "the default");
    assert_eq!(run(Repeat::Ask, nodes()).0, "a b a");
    assert_eq!(run(Repeat::Consecutive, nodes()).0, "a b a", "not one after the other");
    let in_a_row = || vec![node("1", ALL, &["a"]), node("2", ALL, &["a", "b"])];
    assert_eq!(run(Repeat::Consecutive, in_a_row()).0, "a b");
    assert_eq!(run(Repeat::First, nodes()).0, "a b");
    assert_eq!(run(Repeat::Last, nodes()).0, "b a");
    // Never for another role's separation of duties.
    let segregated = Node { segregated: true, ..node("3", ALL, &["a"]) };
    assert_eq!(run(Repeat::First, vec![node("1", ALL, &["a"]), segregated]).0, "a a");
    // Only within the round: what was approved before an amount changed saw other facts.
    let (_, mut case) = run(Repeat::First, nodes());
    let dearer = Facts { amount: Some(hkd(9_000_000)), digest: "second".to_owned(), ..facts() };
    case.send(&dearer, Back::Rerun).expect("another round");
    assert_eq!(case.stands(), "running a", "asked again");
}

#[test]
fn one_person_twice_in_one_node() {
    let firm = with_roles(&[("a", "cfo"), ("a", "head")]);
    let both = ["cfo", "head"].map(|role| Asked { who: Who::Role(role.to_owned()), weight: 1 });
    let case = starts(policy(vec![Node { who: both.to_vec(), ..node("1", ALL, &[]) }]), firm);
    let tasks: Vec<_> = case.instance.pending().collect();
    assert_eq!(tasks.len(), 1);
    let roles: Vec<&str> = tasks.iter().flat_map(|task| &task.roles).map(String::as_str).collect();
    assert_eq!(roles, ["role cfo", "role head"]);
}

#[test]
fn an_approver_left() {
    let gone = |successor: Option<&str>, manager: Option<&str>| {
        let mut firm = organisation();
        let member = firm.members.get_mut(&person("a")).expect("one of the firm's");
        (member.active, member.successor, member.manager) = (false, successor.map(person), manager.map(person));
        starts(policy(vec![node("1", ALL, &["a"])]), firm).stands()
    };
    assert_eq!(gone(Some("e"), Some("d")), "running e", "the successor");
    assert_eq!(gone(None, Some("d")), "running d", "the manager");
    assert_eq!(gone(None, None), "running admin");
    // While the task waits: it moves, and what they approved stands.
    let mut case = Case::new(vec![node("1", ALL, &["b"]), node("2", ALL, &["a"])]);
    case.approve("b").expect("their turn");
    case.run(Event::Moved { task: case.task("a"), to: person("e") }).expect("they left");
    assert_eq!(case.stands(), "running e");
    assert!(case.instance.approvals().contains_key(&person("b")));
    // Taken out of the flow while their task waits: it stays theirs, with everything that can be done about it.
    let mut case = Case::new(vec![node("1", ALL, &["a"])]);
    case.policy = policy(vec![node("1", ALL, &["b"])]);
    case.add("a", Adding::Before(Method::All), &["c"]).expect("it is their task");
    case.approve("c").expect("their turn");
    case.approve("a").expect("their turn");
    assert_eq!(case.stands(), "approved");
}

#[test]
fn a_node_of_nobody_is_an_empty_node() {
    let mut firm = organisation();
    for who in ["a", "b"] {
        firm.members.get_mut(&person(who)).expect("one of the firm's").active = false;
    }
    assert_eq!(starts(policy(vec![node("1", ALL, &["a", "b"])]), firm).stands(), "running admin");
}

fn forked(branches: Vec<(&str, Condition, &str)>) -> Policy {
    let branch = |(name, when, who): (&str, Condition, &str)| Branch {
        name: name.to_owned(),
        when,
        steps: vec![Step::Node(node(name, ALL, &[who]))],
    };
    let branches = branches.into_iter().map(branch).collect();
    let otherwise = vec![Step::Node(node("rest", ALL, &["f"]))];
    let mut policy = policy(Vec::new());
    policy.flow.steps = vec![Step::Fork(Fork { id: "fork".to_owned(), branches, otherwise })];
    policy
}

#[test]
fn no_branch_is_true() {
    let sales = Condition::Department(vec!["Sales".to_owned()]);
    let firm = organisation();
    let policy = forked(vec![("sales", sales, "a")]);
    assert_eq!(starts(policy.clone(), firm.clone()).stands(), "held", "an unknown department is not the default way");
    let mut case = starts(policy, firm);
    let known = Facts { department: Some("Stock".to_owned()), ..facts() };
    case.send(&known, Back::Rerun).expect("it was held");
    assert_eq!(case.stands(), "running f");
    // That a fork without a default is no policy at all: `tests/policy/schema.rs`.
}

#[test]
fn several_branches_are_true() {
    let yes = || Condition::Kind(vec![DocumentKind::Receipt]);
    let policy = forked(vec![("one", yes(), "a"), ("two", yes(), "b")]);
    let firm = organisation();
    assert_eq!(starts(policy.clone(), firm.clone()).stands(), "running a", "the first wins");
    let world = World { policy: &policy, organisation: &firm, today: jiff::civil::date(2026, 11, 25) };
    let turns = simulate(&facts(), &world).turns;
    assert_eq!(turns.iter().map(|turn| turn.branch.as_deref()).collect::<Vec<_>>(), [Some("one")], "and is shown");
}

#[test]
fn bands_of_amounts() {
    let band = |from, below| Condition::Amount { from: Some(hkd(from)), below: Some(hkd(below)) };
    let policy = forked(vec![("small", band(0, 120_000), "a"), ("large", band(120_000, 500_000), "b")]);
    let at = |minor| {
        let mut case = starts(policy.clone(), organisation());
        case.send(&Facts { amount: Some(hkd(minor)), ..facts() }, Back::Rerun).expect("another round");
        case.stands()
    };
    assert_eq!([at(119_999), at(120_000)], ["running a", "running b"], "half open");
    let told = |policy: &Policy| {
        let problems = inspect(policy, None);
        problems
            .into_iter()
            .filter(|one| matches!(one.gravity, Gravity::Error | Gravity::Warning))
            .map(|one| one.code)
            .collect::<Vec<_>>()
    };
    let gap = forked(vec![("small", band(0, 100_000), "a"), ("large", band(120_000, 500_000), "b")]);
    let overlap = forked(vec![("small", band(0, 130_000), "a"), ("large", band(120_000, 500_000), "b")]);
    assert_ne!(told(&gap), told(&policy), "a gap is said before it is published");
    assert_ne!(told(&overlap), told(&policy), "and an overlap");
}

#[test]
fn splitting_to_dodge_a_limit() {
    let band = Condition::Amount { from: Some(hkd(200_000)), below: None };
    let mut case = starts(forked(vec![("large", band, "a")]), organisation());
    assert_eq!(case.stands(), "running f", "1,200 by itself");
    case.send(&Facts { amount_together: Some(hkd(240_000)), ..facts() }, Back::Rerun).expect("another round");
    assert_eq!(case.stands(), "running a", "with the other one of this week it is 2,400");
}

#[test]
fn edited_after_an_approval() {
    let start = || {
        let mut case = Case::new(vec![node("1", ALL, &["a", "b"])]);
        case.approve("a").expect("their turn");
        case
    };
    let mut same = facts();
    for (note, change) in [
        ("amount", Facts { amount: Some(hkd(1)), digest: "x".to_owned(), ..facts() }),
        ("supplier", Facts { supplier: Some("other".to_owned()), digest: "x".to_owned(), ..facts() }),
        ("currency", Facts { currency: Some(Currency::USD), digest: "x".to_owned(), ..facts() }),
        ("category", Facts { category: Category::Travel, digest: "x".to_owned(), ..facts() }),
        ("project", Facts { project: Some("X1".to_owned()), ..facts() }),
    ] {
        let mut case = start();
        case.send(&change, Back::Rerun).expect("an edit while it runs");
        assert_eq!(case.stands(), "running a b", "{note}: all approvals are void");
        assert_eq!(case.instance.round, 2, "{note}");
        case.approve("a").expect("their turn");
        case.send(&facts(), Back::Jump).expect("an edit while it runs");
        assert_eq!(case.stands(), "running a b", "{note}: whatever way it is sent");
    }
    // Whoever changed it may not approve it, even who had approved before.
    same.correctors.insert(person("a"));
    same.digest = "x".to_owned();
    let mut case = start();
    case.send(&same, Back::Rerun).expect("an edit while it runs");
    assert_eq!(case.stands(), "running b");
}

#[test]
fn the_definition_changes_while_it_runs() {
    let mut case = Case::new(vec![node("1", ALL, &["a"]), node("2", ALL, &["b"])]);
    case.policy = policy(vec![node("1", ALL, &["c"])]);
    case.approve("a").expect("their turn");
    let stops: Vec<&str> = case
        .instance
        .way
        .stops
        .iter()
        .filter_map(|stop| match stop {
            Stop::Node(node) => Some(node.id.as_str()),
            Stop::Cc(_) => None,
        })
        .collect();
    assert_eq!(stops, ["1", "2"], "the way it began with");
    assert_eq!(case.stands(), "running b");
    // An administrator takes it over to the new one: `tests/pages/approvals.rs`.
    let fresh = way(&case.policy.flow, &Asking::of(&facts(), &case.organisation)).expect("nothing is unknown");
    assert_eq!(fresh.stops.len(), 1);
}

#[test]
fn two_decide_at_once() {
    // In the engine the second finds the node decided; in the store the second writer gets a conflict
    // (`tests/pages/decisions.rs`, of_two_approvals_at_once_one_wins).
    let mut case = Case::new(vec![node("1", ANY, &["a", "b"])]);
    let (first, second) = (case.task("a"), case.task("b"));
    case.run(Event::Approved { task: first, by: by("a") }).expect("their turn");
    let late = case.run(Event::Rejected { task: second, by: by("b"), reason: "no".to_owned() });
    assert!(late.is_err(), "{late:?}");
    assert_eq!(case.stands(), "approved");
}

#[test]
fn a_role_grows_while_it_runs() {
    let mut case = starts(policy(vec![of_role("1", ALL, "cfo")]), with_roles(&[("a", "cfo"), ("b", "cfo")]));
    assert_eq!(case.stands(), "running a b");
    case.organisation.members.get_mut(&person("c")).expect("one of the firm's").roles.insert("cfo".to_owned());
    case.approve("a").expect("their turn");
    assert_eq!(case.stands(), "running b", "who was asked at the start, and nobody else");
    case.approve("b").expect("their turn");
    assert_eq!(case.stands(), "approved");
}

#[test]
fn a_delegate_sits_at_the_node_already() {
    let day = jiff::civil::date(2026, 11, 25);
    for (mode, expected) in [(ALL, "approved"), (Mode::Ratio { percent: 60 }, "running c")] {
        let mut firm = organisation();
        firm.delegations =
            vec![Delegation { from: person("a"), to: person("b"), first: day, last: day, amount_max: None }];
        let people: &[&str] = if mode == ALL { &["a", "b"] } else { &["a", "b", "c"] };
        let mut case = starts(policy(vec![node("1", mode, people)]), firm);
        assert_eq!(skipped(&case), [("a", Skip::Delegate.name())]);
        case.approve("b").expect("their turn");
        assert_eq!(case.stands(), expected, "{mode:?}: counts once, with their own weight");
    }
}

#[test]
fn one_of_several_is_away() {
    let mut case = Case::new(vec![node("1", ALL, &["a", "b"])]);
    let lapse = Lapse::Escalate(person("d"));
    case.run(Event::Overdue { task: case.task("a"), lapse, at_us: 1 }).expect("it lay too long");
    assert_eq!(case.stands(), "running b d", "that task only");
}
