//! Every state and every event.

use super::*;

fn states() -> Vec<(&'static str, Case)> {
    let fresh = || Case::new(vec![node("1", ALL, &["a", "b"]), node("2", ANY, &["c", "d"])]);
    let with = |act: fn(&mut Case)| {
        let mut case = fresh();
        act(&mut case);
        case
    };
    let mut draft = fresh();
    draft.instance = Instance::draft(1);
    let held = Case::new(vec![Node::new("1", Who::Role("cfo".to_owned()))]);
    vec![
        ("draft", draft),
        ("running, first node", fresh()),
        ("running, a approved", with(|case| drop(case.approve("a")))),
        (
            "running, a asks e",
            with(|case| drop(case.run(Event::Asked { task: TaskId(0), by: by("a"), to: person("e") }))),
        ),
        ("running, e before a", with(|case| drop(case.add("a", Adding::Before(Method::All), &["e"])))),
        ("running, e after a", with(|case| drop(case.add("a", Adding::After(Method::All), &["e"])))),
        (
            "running, second node",
            with(|case| {
                drop(case.approve("a"));
                drop(case.approve("b"));
            }),
        ),
        (
            "approved",
            with(|case| {
                drop(case.approve("a"));
                drop(case.approve("b"));
                drop(case.approve("c"));
            }),
        ),
        ("rejected", with(|case| drop(case.reject("a")))),
        (
            "returned",
            with(|case| {
                let (task, to) = (TaskId(0), ReturnTo::Submitter);
                drop(case.run(Event::Returned { task, by: by("a"), to, reason: "why".to_owned() }));
            }),
        ),
        ("withdrawn", with(|case| drop(case.run(Event::Withdrawn { by: person("submitter") })))),
        ("held", held),
    ]
}

/// Every event, of the first task's person, of the second's, and of the newest task's.
pub(super) fn events(case: &Case) -> Vec<(String, Event)> {
    let newest = case.instance.tasks.last().map_or(TaskId(0), |task| task.id);
    let reason = || "why".to_owned();
    let mut events = vec![
        ("sent".to_owned(), sent(&facts(), &case.world(), Back::Rerun)),
        ("sent back unchanged".to_owned(), sent(&facts(), &case.world(), Back::Jump)),
        ("withdrawn".to_owned(), Event::Withdrawn { by: person("submitter") }),
    ];
    let mut tasks = vec![TaskId(0), TaskId(1), newest];
    tasks.dedup();
    for task in tasks {
        let owner = case.instance.task(task).map_or(person("a"), |task| task.person);
        let (by, to) = (By::themselves(owner), person("f"));
        let stop = ReturnTo::Stop { stop: 0, back: Back::Rerun };
        let of = |event: &str| format!("{event} {}/{}", task.0, name(owner));
        let add = |adding| Event::Added { task, by, adding, people: vec![to] };
        events.extend([
            (of("opened"), Event::Opened { task }),
            (of("approved"), Event::Approved { task, by }),
            (of("rejected"), Event::Rejected { task, by, reason: reason() }),
            (of("added before"), add(Adding::Before(Method::All))),
            (of("added after"), add(Adding::After(Method::All))),
            (of("added parallel"), add(Adding::Parallel)),
            (of("removed by a"), Event::Removed { task, by: super::by("a") }),
            (of("transferred"), Event::Transferred { task, by, to }),
            (of("asked"), Event::Asked { task, by, to }),
            (of("answered"), Event::Answered { task, by }),
            (of("claimed"), Event::Claimed { task, by }),
            (of("unclaimed"), Event::Unclaimed { task, by }),
            (of("returned to submitter"), Event::Returned { task, by, to: ReturnTo::Submitter, reason: reason() }),
            (of("returned to first"), Event::Returned { task, by, to: stop, reason: reason() }),
            (of("taken back"), Event::TakenBack { task, by }),
            (of("reminded"), Event::Reminded { task, at_us: 7 }),
            (of("overdue, remind"), Event::Overdue { task, lapse: Lapse::Remind, at_us: 7 }),
            (of("overdue, escalate"), Event::Overdue { task, lapse: Lapse::Escalate(to), at_us: 7 }),
            (of("overdue, approve"), Event::Overdue { task, lapse: Lapse::Approve, at_us: 7 }),
            (of("overdue, reject"), Event::Overdue { task, lapse: Lapse::Reject, at_us: 7 }),
            (of("moved"), Event::Moved { task, to }),
        ]);
    }
    events
}

#[test]
fn every_state_and_every_event() {
    let mut table = String::new();
    for (note, case) in states() {
        table.push_str(&format!("{note}: {}\n", case.stands()));
        for (event_name, event) in events(&case) {
            let mut after = Case {
                policy: case.policy.clone(),
                organisation: case.organisation.clone(),
                instance: case.instance.clone(),
                events: Vec::new(),
            };
            let outcome = match after.run(event) {
                Ok(effects) => format!("{}  {effects:?}", after.stands()),
                Err(Refused::NotNow(_)) => "-".to_owned(),
                Err(error) => format!("refused: {error}"),
            };
            table.push_str(&format!("    {event_name:28} {outcome}\n"));
        }
    }
    insta::assert_snapshot!("every_state_and_every_event", table);
}
