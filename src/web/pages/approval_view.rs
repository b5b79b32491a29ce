//! Fills what a document's page shows of its approval.

use crate::{
    approval::{
        instance::{By, Event, Instance, Origin, Outcome, Run, Task, TaskState},
        route::Stop,
        state::State,
    },
    clock::text_in,
    model::{
        id::{DocumentId, PersonId},
        person::Person,
        policy::flow::{Mode, NodeKind},
    },
    pipeline::approval::{last_approval, task_for},
    store::{
        approval::{Approval, approval_fetch, comment_list},
        document::Document,
        organisation::organisation_fetch,
    },
    web::{
        App,
        error::WebError,
        session::Signed,
        view::{Choice, Chrome},
        view_approval::{ApprovalView, CommentView, MineView, NodeView, PartView, as_what},
    },
};

type Views = (Option<ApprovalView>, Option<MineView>);

/// A document's approval, and what this person may do about it.
pub(super) async fn approval_view(
    app: &App,
    chrome: &Chrome,
    signed: &Signed,
    document: &Document,
    people: &[Person],
) -> Result<Views, WebError> {
    let Some(approval) = approval_fetch(&app.context.db, document.id).await? else { return Ok((None, None)) };
    let organisation = organisation_fetch(&app.context.db).await?;
    let running = document.state == State::AwaitingApproval;
    let own = task_for(&approval, &organisation, app.context.today(), signed.person.id).filter(|_| running);
    let task = own.and_then(|(id, _)| approval.instance.task(id));
    let name = |id: PersonId| name_of(people, id);
    let mut mine = task.map(|task| mine(&approval, task)).unwrap_or_default();
    mine.instead_of = own.and_then(|(_, by)| by.instead_of).map(name);
    mine.can_withdraw = document.submitter == signed.person.id
        && matches!(document.state, State::AwaitingApproval | State::Returned { .. } | State::Held { .. });
    mine.can_take_back = running && {
        let last = last_approval(&approval.instance, signed.person.id);
        last.is_some_and(|task| {
            let by = By::themselves(signed.person.id);
            approval.instance.apply(&Event::TakenBack { task, by }).is_ok()
        })
    };
    let view = ApprovalView {
        policy_version: approval.policy.version,
        round: approval.instance.round,
        turns: approval.instance.way.turns.iter().map(|turn| (turn.fork.clone(), turn.branch.clone())).collect(),
        nodes: nodes(chrome, &approval.instance, signed, people, running),
    };
    Ok((Some(view), Some(mine)))
}

fn name_of(people: &[Person], id: PersonId) -> String {
    people.iter().find(|person| person.id == id).map_or_else(String::new, |person| person.name.clone())
}

fn mine(approval: &Approval, task: &Task) -> MineView {
    let instance = &approval.instance;
    let node = instance.runs.get(task.run).and_then(|run| instance.node(run.stop));
    let opinion = task.is_opinion();
    let pool = node.is_some_and(|node| node.mode == Mode::Claim) && task.is_of_policy();
    let stop = instance.at().unwrap_or(0);
    let passed = |place: &usize| {
        let run = instance.runs.iter().rfind(|run| run.stop == *place && run.round == instance.round);
        run.is_some_and(|run| run.outcome == Outcome::Passed)
    };
    let back = (0..stop).filter(passed).filter_map(|place| Some((place, instance.node(place)?)));
    MineView {
        can_approve: !opinion && (!pool || task.claimed),
        process: node.is_some_and(|node| node.kind == NodeKind::Process),
        can_answer: opinion,
        can_claim: pool && !task.claimed,
        can_unclaim: pool && task.claimed,
        stops: back.map(|(place, node)| Choice::new(place.to_string(), node.name.clone(), "")).collect(),
        ..MineView::default()
    }
}

/// How a node's people decide together, by name.
const fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::All { .. } => "all",
        Mode::Any { .. } => "any",
        Mode::Ratio { .. } => "ratio",
        Mode::Sequential => "sequential",
        Mode::Claim => "claim",
    }
}

/// The newest run of each node of the way, and the nodes still ahead.
fn nodes(chrome: &Chrome, instance: &Instance, signed: &Signed, people: &[Person], running: bool) -> Vec<NodeView> {
    let mut views = Vec::new();
    for (place, stop) in instance.way.stops.iter().enumerate() {
        let Stop::Node(node) = stop else { continue };
        let is_newest = |(_, run): &(usize, &Run)| run.stop == place && run.round == instance.round;
        let newest = instance.runs.iter().enumerate().rfind(is_newest);
        let found = newest.map(|(index, run)| {
            let parts = parts(chrome, instance, index, signed, people, running);
            let skipped = run.skipped.iter().map(|(who, why)| (name_of(people, *who), why.name())).collect();
            (state(run), parts, skipped)
        });
        // Who is asked at a node ahead is worked out when the claim gets there.
        let (state, parts, skipped) = found.unwrap_or(("ahead", Vec::new(), Vec::new()));
        views.push(NodeView { name: node.name.clone(), mode: mode_name(node.mode), state, parts, skipped });
    }
    views
}

const fn state(run: &Run) -> &'static str {
    match run.outcome {
        Outcome::Open => "open",
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::Void => "void",
    }
}

fn parts(
    chrome: &Chrome,
    instance: &Instance,
    run: usize,
    signed: &Signed,
    people: &[Person],
    running: bool,
) -> Vec<PartView> {
    let part = |task: &Task| {
        let adder =
            if let Origin::Added { by, .. } = task.origin { instance.task(by).map(|task| task.person) } else { None };
        PartView {
            number: task.id.0,
            name: name_of(people, task.person),
            state: task.state.name(),
            as_what: task.roles.iter().map(|role| as_what(chrome, role)).collect::<Vec<_>>().join(", "),
            instead: task.state.decider().filter(|by| *by != task.person).map(|by| name_of(people, by)),
            added_by: adder.map(|id| name_of(people, id)),
            can_remove: running && adder == Some(signed.person.id) && task.state.is_open(),
            can_remind: running && task.state == TaskState::Pending && task.person != signed.person.id,
        }
    };
    instance.tasks.iter().filter(|task| task.run == run).map(part).collect()
}

/// What people said about a document.
pub(super) async fn comment_views(app: &App, id: DocumentId, people: &[Person]) -> Result<Vec<CommentView>, WebError> {
    let comments = comment_list(&app.context.db, id).await?;
    let view = |comment: crate::store::approval::Comment| CommentView {
        name: name_of(people, comment.person),
        text: comment.text,
        when: text_in(comment.at_us, &app.context.zone),
    };
    Ok(comments.into_iter().map(view).collect())
}

/// Whom a person may name: everybody else who is there.
pub(super) fn people_choices(people: &[Person], own: PersonId) -> Vec<Choice> {
    let others = people.iter().filter(|person| person.active && person.id != own);
    others.map(|person| Choice::new(person.id.to_string(), person.name.clone(), "")).collect()
}
