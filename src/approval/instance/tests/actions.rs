//! What people do, one story each; the rows of the reference's tables 4.2, 4.3 and 4.4.

use super::*;

type Story = (&'static str, fn(&mut Case) -> Vec<String>);

/// Does something and says where the approval stands then, or why not.
fn told(case: &mut Case, result: Result<Vec<Effect>, Refused>) -> String {
    match result {
        Ok(_) => case.stands(),
        Err(error) => format!("refused: {error}"),
    }
}

macro_rules! steps {
    ($case:ident; $($step:expr),* $(,)?) => {{
        let mut said = vec![$case.stands()];
        $( let result = $step; said.push(told($case, result)); )*
        said
    }};
}

#[test]
fn modes() {
    let last = Refusal::Last;
    let table: [(&str, Mode, &[&str], &str); 20] = [
        ("all agree", ALL, &["+a", "+b", "+c"], "approved"),
        ("one is missing", ALL, &["+a", "+b"], "running c"),
        ("the first refusal ends it", ALL, &["+a", "-b"], "rejected"),
        ("wait for all, then refuse", Mode::All { refusal: last }, &["-a", "+b", "+c"], "rejected"),
        ("wait for all, still waiting", Mode::All { refusal: last }, &["-a", "+b"], "running c"),
        ("any: the first agrees", ANY, &["+b"], "approved"),
        ("any: the first refuses", ANY, &["-b"], "rejected"),
        ("any, refusal last: one refuses", Mode::Any { refusal: last }, &["-a"], "running b c"),
        ("any, refusal last: all refuse", Mode::Any { refusal: last }, &["-a", "-b", "-c"], "rejected"),
        ("any, refusal last: the last agrees", Mode::Any { refusal: last }, &["-a", "-b", "+c"], "approved"),
        ("two of three reach 60 %", Mode::Ratio { percent: 60 }, &["+a", "+b"], "approved"),
        ("one of three does not", Mode::Ratio { percent: 60 }, &["+a"], "running b c"),
        ("refusals do not help a vote", Mode::Ratio { percent: 60 }, &["-a", "+b"], "running c"),
        ("it cannot be reached any more", Mode::Ratio { percent: 60 }, &["-a", "-b"], "rejected"),
        ("a vote of 100 % is all", Mode::Ratio { percent: 100 }, &["+a", "-b"], "rejected"),
        ("one after the other", Mode::Sequential, &["+a"], "running b"),
        ("not before one's turn", Mode::Sequential, &["+b"], "running a"),
        ("to the end", Mode::Sequential, &["+a", "+b", "+c"], "approved"),
        ("a refusal in the row", Mode::Sequential, &["+a", "-b"], "rejected"),
        ("a pool waits for a claim", Mode::Claim, &["+a"], "running a b c"),
    ];
    for (note, mode, steps, expected) in table {
        let mut case = Case::new(vec![node("n", mode, &["a", "b", "c"])]);
        for step in steps {
            let (verb, who) = step.split_at(1);
            // Refused steps are part of the table: they change nothing.
            let _refused = if verb == "+" { case.approve(who) } else { case.reject(who) };
        }
        assert_eq!(case.stands(), expected, "{note}");
    }
}

#[test]
fn weights_decide_a_vote() {
    let mut heavy = node("n", Mode::Ratio { percent: 51 }, &["a", "b", "c"]);
    heavy.who[0].weight = 3;
    let mut case = Case::new(vec![heavy]);
    case.approve("a").expect("it is their turn");
    assert_eq!(case.stands(), "approved", "three of five");
}

/// 加签 and 减签.
fn adding() -> Vec<Story> {
    vec![
        ("before: the new people decide first, then the task comes back", |case| {
            steps!(case; case.add("a", Adding::Before(Method::All), &["d", "e"]), case.approve("d"), case.approve("e"),
                case.approve("a"), case.approve("b"))
        }),
        ("before, in order", |case| {
            steps!(case; case.add("a", Adding::Before(Method::Sequential), &["d", "e"]), case.approve("e"),
                case.approve("d"), case.approve("e"))
        }),
        (
            "before: a refusal of the added refuses the task they were added to",
            |case| steps!(case; case.add("a", Adding::Before(Method::All), &["d"]), case.reject("d")),
        ),
        (
            "after: one's own word is given, the new people decide before the node ends",
            |case| steps!(case; case.add("a", Adding::After(Method::Any), &["d", "e"]), case.approve("b"), case.approve("e")),
        ),
        (
            "after: nobody decides twice",
            |case| steps!(case; case.add("a", Adding::After(Method::All), &["d"]), case.approve("a")),
        ),
        ("parallel: they join the node", |case| {
            steps!(case; case.add("a", Adding::Parallel, &["d"]), case.approve("a"), case.approve("b"),
                case.approve("d"))
        }),
        ("before and after may not both be open on one task", |case| {
            steps!(case; case.add("a", Adding::Before(Method::All), &["d"]),
                case.add("a", Adding::After(Method::All), &["e"]), case.add("a", Adding::Before(Method::All), &["e"]))
        }),
        ("somebody at the node, and the submitter, cannot be added", |case| {
            steps!(case; case.add("a", Adding::Parallel, &["b"]), case.add("a", Adding::Parallel, &["submitter"]),
                case.add("a", Adding::Parallel, &[]), case.add("a", Adding::Parallel, &["d", "d"]))
        }),
        ("the added may add once, not more", |case| {
            steps!(case; case.add("a", Adding::Before(Method::All), &["d"]),
                case.add("d", Adding::Before(Method::All), &["e"]), case.add("e", Adding::Before(Method::All), &["f"]),
                case.approve("e"), case.approve("d"), case.approve("a"), case.approve("b"))
        }),
        ("taking out the last added before opens the task again", |case| {
            steps!(case; case.add("a", Adding::Before(Method::All), &["d"]),
                case.run(Event::Removed { task: case.task("d"), by: by("b") }),
                case.run(Event::Removed { task: case.task("d"), by: by("a") }))
        }),
        ("taking out the last added after opens the task again: it is no approval", |case| {
            steps!(case; case.add("a", Adding::After(Method::All), &["d"]), case.approve("b"),
                case.run(Event::Removed { task: case.task("d"), by: by("a") }), case.approve("a"))
        }),
        ("those whom the policy names cannot be taken out, nor those who decided", |case| {
            steps!(case; case.run(Event::Removed { task: case.task("b"), by: by("a") }),
                case.add("a", Adding::Parallel, &["d"]), case.approve("d"),
                case.run(Event::Removed { task: case.task("d"), by: by("a") }))
        }),
    ]
}

/// 转交, 委派 and 代理.
fn handing_over() -> Vec<Story> {
    vec![
        ("a transfer leaves for good", |case| {
            steps!(case; case.run(Event::Transferred { task: case.task("a"), by: by("a"), to: person("d") }),
                case.run(Event::Approved { task: TaskId(0), by: by("a") }), case.approve("d"), case.approve("b"))
        }),
        ("no transfer to the submitter or to somebody at the node", |case| {
            steps!(case; case.run(Event::Transferred { task: case.task("a"), by: by("a"), to: person("submitter") }),
                case.run(Event::Transferred { task: case.task("a"), by: by("a"), to: person("b") }))
        }),
        ("an opinion comes back to who asked", |case| {
            steps!(case; case.run(Event::Asked { task: case.task("a"), by: by("a"), to: person("d") }),
                case.approve("d"), case.run(Event::Answered { task: case.task("d"), by: by("d") }), case.approve("a"),
                case.approve("b"))
        }),
        ("somebody else's task", |case| {
            steps!(case; case.run(Event::Approved { task: case.task("a"), by: by("b") }),
                case.run(Event::Approved { task: TaskId(99), by: by("b") }))
        }),
        ("in the place of another: either decides, once", |case| {
            let instead = By { person: person("d"), instead_of: Some(person("a")) };
            steps!(case; case.run(Event::Approved { task: case.task("a"), by: instead }), case.approve("a"),
                case.approve("b"))
        }),
        ("who stands in and sits at the node decides once", |case| {
            let instead = By { person: person("b"), instead_of: Some(person("a")) };
            steps!(case; case.run(Event::Approved { task: case.task("a"), by: instead }), case.approve("b"))
        }),
        ("a refusal or return needs a reason", |case| {
            let (task, by) = (case.task("a"), by("a"));
            steps!(case; case.run(Event::Rejected { task, by, reason: " ".to_owned() }),
                case.run(Event::Returned { task, by, to: ReturnTo::Submitter, reason: String::new() }))
        }),
    ]
}

/// 催办, 撤回, 超时 and people who leave.
fn time_and_people() -> Vec<Story> {
    vec![
        ("reminders are spaced", |case| {
            let task = case.task("a");
            steps!(case; case.run(Event::Reminded { task, at_us: 0 }), case.run(Event::Reminded { task, at_us: 1 }),
                case.run(Event::Reminded { task, at_us: 30 * 60_000_000 }))
        }),
        ("withdrawn by the submitter only, and for good", |case| {
            steps!(case; case.run(Event::Withdrawn { by: person("a") }),
                case.run(Event::Withdrawn { by: person("submitter") }), case.approve("a"),
                case.send(&facts(), Back::Rerun))
        }),
        ("a time-out escalates this task only", |case| {
            let lapse = Lapse::Escalate(person("d"));
            steps!(case; case.run(Event::Overdue { task: case.task("a"), lapse, at_us: 5 }), case.approve("b"),
                case.approve("d"))
        }),
        ("a time-out decides where the policy allows", |case| {
            steps!(case; case.run(Event::Overdue { task: case.task("a"), lapse: Lapse::Approve, at_us: 5 }),
                case.run(Event::Overdue { task: case.task("b"), lapse: Lapse::Reject, at_us: 5 }))
        }),
        ("who leaves is replaced, what they approved stands", |case| {
            steps!(case; case.approve("b"), case.run(Event::Moved { task: case.task("a"), to: person("submitter") }),
                case.run(Event::Moved { task: case.task("a"), to: person("d") }), case.approve("d"))
        }),
    ]
}

#[test]
fn stories() {
    let mut text = String::new();
    for (note, story) in [adding(), handing_over(), time_and_people()].concat() {
        let mut case = Case::new(vec![node("n", ALL, &["a", "b"])]);
        let said = story(&mut case);
        text.push_str(&format!("{note}\n    {}\n", said.join("\n    ")));
        assert_eq!(Instance::replay(1, &case.events).as_ref(), Ok(&case.instance), "{note}");
    }
    insta::assert_snapshot!("stories", text);
}

#[test]
fn going_back_and_forth() {
    let back_to = |case: &mut Case, stop, back| {
        let to = ReturnTo::Stop { stop, back };
        case.run(Event::Returned { task: case.task("c"), by: by("c"), to, reason: "ask again".to_owned() })
    };
    let to_submitter = |case: &mut Case| {
        let (task, to) = (case.task("c"), ReturnTo::Submitter);
        case.run(Event::Returned { task, by: by("c"), to, reason: "no receipt".to_owned() })
    };
    let three = || {
        let mut case = Case::new(vec![node("1", ALL, &["a"]), node("2", ALL, &["b"]), node("3", ALL, &["c"])]);
        case.approve("a").expect("their turn");
        case.approve("b").expect("their turn");
        case
    };

    let mut case = three();
    back_to(&mut case, 0, Back::Rerun).expect("it has passed there");
    assert_eq!(case.stands(), "running a");
    case.approve("a").expect("their turn");
    assert_eq!(case.stands(), "running b", "everything from there on again");

    let mut case = three();
    back_to(&mut case, 0, Back::Jump).expect("it has passed there");
    case.approve("a").expect("their turn");
    assert_eq!(case.stands(), "running c", "straight back");

    let mut case = three();
    assert_eq!(back_to(&mut case, 2, Back::Rerun), Err(Refused::NotPassed));
    to_submitter(&mut case).expect("their turn");
    assert_eq!(case.stands(), "returned");
    case.send(&facts(), Back::Jump).expect("nothing changed");
    assert_eq!(case.stands(), "running c");

    let mut case = three();
    to_submitter(&mut case).expect("their turn");
    let changed = Facts { digest: "second".to_owned(), ..facts() };
    assert_eq!(case.send(&changed, Back::Jump), Err(Refused::FactsChanged));
    case.send(&changed, Back::Rerun).expect("a new round");
    assert_eq!(case.stands(), "running a");
    assert_eq!(case.instance.approvals(), BTreeMap::new(), "what was approved before counts for nothing");

    let mut case = three();
    case.send(&changed, Back::Rerun).expect("an edit while it runs begins a new round");
    assert_eq!(case.stands(), "running a");
}

#[test]
fn taking_back() {
    let take = |case: &mut Case, name: &str| case.run(Event::TakenBack { task: case.task(name), by: by(name) });
    let mut case = Case::new(vec![node("1", ANY, &["a", "b"]), node("2", ALL, &["c"])]);
    case.approve("a").expect("their turn");
    assert_eq!(case.stands(), "running c");
    assert_eq!(take(&mut case, "b"), Err(Refused::NotYours));
    take(&mut case, "a").expect("nobody looked at it yet");
    assert_eq!(case.stands(), "running a b");
    case.approve("b").expect("their turn");
    case.run(Event::Opened { task: case.task("c") }).expect("it is open");
    assert_eq!(take(&mut case, "b"), Err(Refused::BuiltOn));
    case.approve("c").expect("their turn");
    assert_eq!(take(&mut case, "c"), Err(Refused::BuiltOn), "it is on its way into the ledger");
    let mut case = Case::new(vec![node("1", ALL, &["a", "b"])]);
    case.approve("a").expect("their turn");
    take(&mut case, "a").expect("the node is still open");
    assert_eq!(case.stands(), "running a b");
}

#[test]
fn a_pool() {
    let mut case = Case::new(vec![node("1", Mode::Claim, &["a", "b"])]);
    assert!(matches!(case.approve("a"), Err(Refused::NotPending("not claimed"))));
    case.run(Event::Claimed { task: case.task("a"), by: by("a") }).expect("it is free");
    assert_eq!(case.stands(), "running a");
    assert!(case.run(Event::Claimed { task: case.task("b"), by: by("b") }).is_err(), "one owns it");
    case.run(Event::Unclaimed { task: case.task("a"), by: by("a") }).expect("it is theirs");
    assert_eq!(case.stands(), "running a b");
    case.run(Event::Claimed { task: case.task("b"), by: by("b") }).expect("it is free again");
    case.approve("b").expect("it is theirs");
    assert_eq!(case.stands(), "approved");
}

#[test]
fn seats() {
    let start = |policy: Policy, organisation: Organisation| Case::of(policy, organisation).stands();
    let own = || node("1", ALL, &["submitter"]);
    assert_eq!(start(policy(vec![own()]), organisation()), "running admin", "no manager: the administrators");
    let mut managed = organisation();
    managed.members.get_mut(&person("submitter")).expect("they exist").manager = Some(person("d"));
    assert_eq!(start(policy(vec![own()]), managed.clone()), "running d", "the manager decides instead");
    let single = Policy { single_user: true, ..policy(vec![own()]) };
    assert_eq!(start(single, organisation()), "running submitter", "who runs the firm alone");
    let mut left = managed;
    left.members.get_mut(&person("a")).expect("they exist").active = false;
    assert_eq!(start(policy(vec![node("1", ALL, &["a"])]), left.clone()), "running admin", "nobody took over");
    left.members.get_mut(&person("a")).expect("they exist").successor = Some(person("e"));
    assert_eq!(start(policy(vec![node("1", ALL, &["a"])]), left), "running e", "the successor");
    let mut nobody = organisation();
    nobody.members.get_mut(&person("admin")).expect("they exist").active = false;
    assert_eq!(start(policy(vec![own()]), nobody), "held", "never a silent default");
    let empty = |empty| Node { empty, ..own() };
    let pass = |minor| empty(WhenEmpty::Pass { up_to: Money::from_minor(minor, Currency::HKD) });
    assert_eq!(start(policy(vec![empty(WhenEmpty::Reject)]), organisation()), "rejected");
    assert_eq!(start(policy(vec![pass(120_000)]), organisation()), "approved");
    assert_eq!(start(policy(vec![pass(119_999)]), organisation()), "running admin", "no silent pass above a limit");
    let twice = node("1", ALL, &["a", "a", "b"]);
    assert_eq!(start(policy(vec![twice]), organisation()), "running a b", "one task for one person");
    let unknown = Node::new("1", Who::Role("cfo".to_owned()));
    assert_eq!(start(policy(vec![unknown]), organisation()), "held", "a role the firm does not have");
}

#[test]
fn who_stands_in_at_the_same_node_is_asked_once() {
    let mut firm = organisation();
    let day = jiff::civil::date(2026, 11, 25);
    firm.delegations = vec![Delegation { from: person("a"), to: person("b"), first: day, last: day, amount_max: None }];
    let mut case = Case::of(policy(vec![node("1", ALL, &["a", "b"])]), firm);
    assert_eq!(case.stands(), "running b");
    case.approve("b").expect("their turn");
    assert_eq!(case.stands(), "approved");
}

#[test]
fn repeats() {
    use crate::model::policy::flow::Repeat;
    let run = |repeat, segregated| {
        let last = Node { segregated, ..node("3", ALL, &["a"]) };
        let mut policy = policy(vec![node("1", ALL, &["a"]), node("2", ALL, &["a", "b"]), last]);
        policy.flow.repeat = repeat;
        let mut case = Case::of(policy, organisation());
        let mut said = vec![case.stands()];
        for _ in 0..4 {
            let Some(who) = case.instance.pending().next().map(|task| name(task.person)) else { break };
            case.approve(who).expect("their turn");
            said.push(case.stands());
        }
        said.join(", ")
    };
    assert_eq!(run(Repeat::Ask, false), "running a, running a b, running b, running a, approved");
    assert_eq!(run(Repeat::Consecutive, false), "running a, running b, running a, approved");
    assert_eq!(run(Repeat::First, false), "running a, running b, approved");
    assert_eq!(run(Repeat::First, true), "running a, running b, running a, approved", "a different role's rule");
    assert_eq!(run(Repeat::Last, false), "running b, running a, approved");
}
