//! Laws over random lives of an approval: whatever happens in whatever order.

use proptest::prelude::*;

use super::*;

/// How many random lives are tried; each has up to forty events.
const LIVES: u32 = 10_000;

#[derive(Debug, Clone)]
struct Step {
    verb: u8,
    task: u32,
    who: usize,
    other: usize,
    choice: u8,
}

fn step() -> impl Strategy<Value = Step> {
    (0_u8..18, 0_u32..12, 0_usize..8, 0_usize..8, 0_u8..3).prop_map(|(verb, task, who, other, choice)| Step {
        verb,
        task,
        who,
        other,
        choice,
    })
}

fn mode(choice: u8) -> Mode {
    match choice {
        0 => ALL,
        1 => ANY,
        2 => Mode::Ratio { percent: 60 },
        3 => Mode::Sequential,
        4 => Mode::All { refusal: Refusal::Last },
        5 => Mode::Any { refusal: Refusal::Last },
        _ => Mode::Claim,
    }
}

fn event(case: &Case, step: &Step) -> Event {
    let owner = |task| case.instance.task(task).map_or(person("a"), |task| task.person);
    // Mostly a task that is open, and mostly by its own person, so that lives get somewhere.
    let open: Vec<TaskId> = case.instance.tasks.iter().filter(|t| t.state.is_open()).map(|task| task.id).collect();
    let place = usize::try_from(step.task).expect("a small number");
    let task = open.get(place % open.len().max(1)).copied().unwrap_or(TaskId(step.task));
    let acting = if step.choice == 2 { person(PEOPLE[step.who]) } else { owner(task) };
    let instead_of = (step.choice == 1 && step.other == 0).then_some(owner(task));
    let by = By { person: if instead_of.is_some() { person(PEOPLE[step.who]) } else { acting }, instead_of };
    let to = person(PEOPLE[step.other]);
    let method = [Method::All, Method::Any, Method::Sequential][usize::from(step.choice)];
    let adding = [Adding::Before(method), Adding::After(method), Adding::Parallel][step.who % 3];
    let back = if step.choice == 0 { Back::Rerun } else { Back::Jump };
    let reason = "why".to_owned();
    match step.verb {
        0..=5 => Event::Approved { task, by },
        6 => Event::Rejected { task, by, reason },
        7 => Event::Added { task, by, adding, people: vec![to] },
        8 => Event::Removed { task, by },
        9 => Event::Transferred { task, by, to },
        10 => Event::Asked { task, by, to },
        11 => Event::Answered { task, by },
        12 => Event::Claimed { task, by },
        13 if step.choice == 0 => Event::Returned { task, by, to: ReturnTo::Submitter, reason },
        13 => Event::Returned { task, by, to: ReturnTo::Stop { stop: step.who % 2, back }, reason },
        14 => Event::TakenBack { task: TaskId(step.task), by: By::themselves(owner(TaskId(step.task))) },
        15 => {
            Event::Overdue { task, lapse: [Lapse::Remind, Lapse::Escalate(to), Lapse::Remind][step.who % 3], at_us: 9 }
        }
        16 => Event::Moved { task, to },
        _ if step.choice == 0 => Event::Withdrawn { by: person(PEOPLE[step.who]) },
        _ => {
            let digest = if step.who == 0 { "second" } else { "first" }.to_owned();
            sent(&Facts { digest, ..facts() }, &case.world(), back)
        }
    }
}

/// What must hold after every event.
fn laws(case: &Case, before: &Instance, effects: &[Effect]) -> Result<(), TestCaseError> {
    let now = &case.instance;
    // A rejected or withdrawn approval never moves again, and so never posts.
    let ended = matches!(before.status, Status::Rejected { .. } | Status::Withdrawn);
    prop_assert!(!ended || now == before);
    let (posts, is_approved) = (effects.contains(&Effect::Approve), now.status == Status::Approved);
    prop_assert!(!posts || is_approved);
    prop_assert!(posts || !is_approved || before.status == Status::Approved);
    // Nobody is left between two nodes, and whoever waits can be decided by somebody.
    let between = matches!(now.status, Status::Entering { .. });
    prop_assert!(!between);
    if matches!(now.status, Status::Running { .. }) {
        prop_assert!(now.pending().next().is_some(), "somebody's turn");
    } else {
        prop_assert!(now.tasks.iter().all(|task| !task.state.is_open()), "nobody is asked for nothing");
    }
    for run in 0..now.runs.len() {
        let mut deciders = BTreeSet::new();
        for task in now.tasks.iter().filter(|task| task.run == run) {
            let (TaskState::Approved { by: Some(by) } | TaskState::Rejected { by: Some(by), .. }) = task.state else {
                continue;
            };
            prop_assert!(deciders.insert(by), "nobody decides twice in one round of a node");
            prop_assert!(by != person("submitter"), "nobody approves their own claim");
        }
    }
    Ok(())
}

/// The approvals never fall short of what the version demands: of every node of the way one run counts, passed, by as
/// many of its own seats as its mode needs.
fn enough(case: &Case) -> Result<(), TestCaseError> {
    let now = &case.instance;
    if now.status != Status::Approved {
        return Ok(());
    }
    for stop in 0..now.way.stops.len() {
        let mut of_round = now.runs.iter().filter(|run| run.stop == stop && run.round == now.round);
        let run = of_round.rfind(|run| run.outcome == Outcome::Passed);
        prop_assert!(run.is_some(), "node {} was passed", stop);
        let Some(run) = run else { continue };
        let Some(node) = now.node(stop) else { continue };
        if run.members.is_empty() {
            // Only those who approved in this round at the node before may be left out.
            prop_assert!(run.skipped.iter().any(|(_, why)| matches!(why, Skip::Repeat)));
            continue;
        }
        let yes = |id: &&TaskId| matches!(now.task(**id).map(|task| &task.state), Some(TaskState::Approved { .. }));
        let approvals = run.members.iter().filter(yes).count();
        let seats = run.members.len();
        let needed = match node.mode {
            Mode::All { .. } | Mode::Sequential => seats,
            Mode::Any { .. } | Mode::Claim => 1,
            Mode::Ratio { percent } => (usize::try_from(percent).unwrap_or(100) * seats).div_ceil(100),
        };
        prop_assert!(approvals >= needed, "{} of {} at node {}", approvals, needed, stop);
        let groups = run.groups.iter().filter(|group| !group.before && yes(&&group.parent));
        for group in groups {
            let added = group.members.iter().filter(yes).count();
            let wanted = if group.method == Method::Any { 1 } else { group.members.len() };
            // Where more approved than the mode needs, the node may have ended before these were asked.
            prop_assert!(added >= wanted || approvals > needed || needed < seats);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: LIVES, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens(first in 0_u8..7, second in 0_u8..7, steps in proptest::collection::vec(step(), 1..40)) {
        let nodes = vec![node("1", mode(first), &["a", "b", "c"]), node("2", mode(second), &["c", "d", "submitter"])];
        let mut case = Case::new(nodes);
        for step in &steps {
            let before = case.instance.clone();
            let Ok(effects) = case.run(event(&case, step)) else {
                prop_assert_eq!(&case.instance, &before, "what is refused changes nothing");
                continue;
            };
            laws(&case, &before, &effects)?;
            enough(&case)?;
        }
        let replayed = Instance::replay(1, &case.events);
        prop_assert_eq!(replayed.as_ref(), Ok(&case.instance), "replaying the record gives the same state");
    }
}
