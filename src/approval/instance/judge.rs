//! How the people of a run stand together, whose turn it is, and what the run comes to.

use super::{Effect, Group, Instance, Method, Outcome, Status, Task, TaskId, TaskState};
use crate::{
    approval::route::Stop,
    model::{
        id::PersonId,
        policy::flow::{Mode, Refusal},
    },
};

/// What one member of a run, or all of them together, come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Open,
    Pass,
    Fail,
}

impl From<Method> for Mode {
    fn from(method: Method) -> Self {
        match method {
            Method::All => Self::All { refusal: Refusal::First },
            Method::Any => Self::Any { refusal: Refusal::First },
            Method::Sequential => Self::Sequential,
        }
    }
}

/// What votes with their weights come to under a mode.
pub(super) fn together(mode: Mode, votes: &[(Verdict, u32)]) -> Verdict {
    let any = |wanted: Verdict| votes.iter().any(|(verdict, _)| *verdict == wanted);
    let every = |wanted: Verdict| votes.iter().all(|(verdict, _)| *verdict == wanted);
    let pass_or_open = |passes: bool| if passes { Verdict::Pass } else { Verdict::Open };
    match mode {
        Mode::All { refusal: Refusal::First } | Mode::Sequential => {
            if any(Verdict::Fail) {
                Verdict::Fail
            } else {
                pass_or_open(every(Verdict::Pass))
            }
        }
        Mode::All { refusal: Refusal::Last } => {
            if any(Verdict::Open) {
                Verdict::Open
            } else if any(Verdict::Fail) {
                Verdict::Fail
            } else {
                Verdict::Pass
            }
        }
        Mode::Any { refusal: Refusal::First } | Mode::Claim => {
            if any(Verdict::Fail) {
                Verdict::Fail
            } else {
                pass_or_open(any(Verdict::Pass))
            }
        }
        Mode::Any { refusal: Refusal::Last } => {
            if every(Verdict::Fail) {
                Verdict::Fail
            } else {
                pass_or_open(any(Verdict::Pass))
            }
        }
        Mode::Ratio { percent } => ratio(percent, votes),
    }
}

/// Approvals are counted, not completions: refusals never help a vote to pass.
fn ratio(percent: u32, votes: &[(Verdict, u32)]) -> Verdict {
    let weight = |wanted: Option<Verdict>| -> u64 {
        votes
            .iter()
            .filter(|(verdict, _)| wanted.is_none_or(|wanted| *verdict == wanted))
            .map(|(_, w)| u64::from(*w))
            .sum()
    };
    let needed = u64::from(percent) * weight(None);
    if weight(Some(Verdict::Pass)) * 100 >= needed && needed > 0 {
        Verdict::Pass
    } else if (weight(Some(Verdict::Pass)) + weight(Some(Verdict::Open))) * 100 < needed || needed == 0 {
        Verdict::Fail
    } else {
        Verdict::Open
    }
}

impl Instance {
    pub(super) fn task_mut(&mut self, id: TaskId) -> Option<&mut Task> {
        self.tasks.get_mut(usize::try_from(id.0).ok()?)
    }

    /// The run where people decide now.
    pub(super) fn current_run(&self) -> Option<usize> {
        let Status::Running { stop } = self.status else { return None };
        self.runs.iter().rposition(|run| run.stop == stop && run.round == self.round && run.outcome == Outcome::Open)
    }

    fn groups_of(&self, task: &Task) -> impl Iterator<Item = &Group> {
        let id = task.id;
        self.runs.get(task.run).into_iter().flat_map(|run| &run.groups).filter(move |group| group.parent == id)
    }

    /// What a task comes to, the people added to it included.
    pub(super) fn verdict_of(&self, id: TaskId) -> Verdict {
        let Some(task) = self.task(id) else { return Verdict::Open };
        let group = |group: &Group| self.group_verdict(group);
        match &task.state {
            TaskState::Rejected { .. } => Verdict::Fail,
            TaskState::Approved { .. } => {
                let after: Vec<_> = self.groups_of(task).filter(|group| !group.before).map(|g| (group(g), 1)).collect();
                together(Mode::All { refusal: Refusal::First }, &after)
            }
            TaskState::Waiting | TaskState::Pending | TaskState::Asking { .. } => {
                let refused = self.groups_of(task).filter(|group| group.before).any(|g| group(g) == Verdict::Fail);
                if refused { Verdict::Fail } else { Verdict::Open }
            }
            TaskState::Returned | TaskState::Transferred { .. } | TaskState::Answered | TaskState::Cancelled => {
                Verdict::Open
            }
        }
    }

    pub(super) fn group_verdict(&self, group: &Group) -> Verdict {
        let votes: Vec<_> = group.members.iter().map(|id| (self.verdict_of(*id), 1)).collect();
        // A group that lost its last member is taken out of the run, so an empty one decides nothing.
        if votes.is_empty() { Verdict::Pass } else { together(group.method.into(), &votes) }
    }

    fn run_verdict(&self, run: usize) -> Verdict {
        let Some(run) = self.runs.get(run) else { return Verdict::Open };
        let Some(node) = self.node(run.stop) else { return Verdict::Open };
        let vote = |id: &TaskId| (self.verdict_of(*id), self.task(*id).map_or(1, |task| task.weight));
        let votes: Vec<_> = run.members.iter().map(vote).collect();
        together(node.mode, &votes)
    }

    /// After anything changed: whose turn is it, and is the run over?
    pub(super) fn settle(&mut self, effects: &mut Vec<Effect>) {
        let Some(run) = self.current_run() else { return };
        match self.run_verdict(run) {
            Verdict::Open => self.give_turns(run, effects),
            Verdict::Pass => {
                self.close(run, Outcome::Passed, effects);
                self.advance(run, effects);
            }
            Verdict::Fail => {
                let (by, reason) = self.refusal(run);
                self.close(run, Outcome::Failed, effects);
                self.status = Status::Rejected { by, reason };
                effects.push(Effect::Reject);
            }
        }
    }

    /// Who refused last in a run, and why.
    fn refusal(&self, run: usize) -> (Option<PersonId>, String) {
        let of_run = self.tasks.iter().filter(|task| task.run == run);
        let mut refusals = of_run.filter_map(|task| {
            if let TaskState::Rejected { by, reason } = &task.state { Some((*by, reason.clone())) } else { None }
        });
        refusals.next_back().unwrap_or_default()
    }

    pub(super) fn close(&mut self, run: usize, outcome: Outcome, effects: &mut Vec<Effect>) {
        for task in self.tasks.iter_mut().filter(|task| task.run == run && task.state.is_open()) {
            if task.state != TaskState::Waiting {
                effects.push(Effect::Cancel(task.id));
            }
            task.state = TaskState::Cancelled;
        }
        let told = self.runs.get(run).and_then(|run| self.node(run.stop)).map(|node| node.cc.clone());
        if let Some(run) = self.runs.get_mut(run) {
            run.outcome = outcome;
        }
        if let Some(told) = told
            && !told.is_empty()
            && outcome != Outcome::Void
        {
            effects.push(Effect::Tell(told));
        }
    }

    fn advance(&mut self, run: usize, effects: &mut Vec<Effect>) {
        let stop = self.runs.get(run).map_or(0, |run| run.stop);
        let next = self.jump.take().unwrap_or(stop + 1);
        self.enter(next, effects);
    }

    /// Goes to a stop, past those where nobody decides.
    pub(super) fn enter(&mut self, mut stop: usize, effects: &mut Vec<Effect>) {
        loop {
            match self.way.stops.get(stop) {
                Some(Stop::Cc(cc)) => {
                    effects.push(Effect::Tell(cc.who.clone()));
                    stop += 1;
                }
                Some(Stop::Node(_)) => {
                    self.status = Status::Entering { stop };
                    effects.push(Effect::Seat { stop });
                    return;
                }
                None => {
                    self.status = Status::Approved;
                    effects.push(Effect::Approve);
                    return;
                }
            }
        }
    }

    fn give_turns(&mut self, run: usize, effects: &mut Vec<Effect>) {
        let Some(entry) = self.runs.get(run) else { return };
        let Some(mode) = self.node(entry.stop).map(|node| node.mode) else { return };
        let members = entry.members.clone();
        self.turns_among(&members, mode, true, effects);
    }

    fn turns_among(&mut self, members: &[TaskId], mode: Mode, active: bool, effects: &mut Vec<Effect>) {
        let claimed = members.iter().any(|id| self.task(*id).is_some_and(|task| task.claimed));
        let mut reached = true;
        for id in members {
            let verdict = self.verdict_of(*id);
            if verdict == Verdict::Open {
                let turn = match mode {
                    Mode::Sequential => reached,
                    Mode::Claim => !claimed || self.task(*id).is_some_and(|task| task.claimed),
                    Mode::All { .. } | Mode::Any { .. } | Mode::Ratio { .. } => true,
                };
                self.turn(*id, active && turn, effects);
            }
            reached = reached && verdict == Verdict::Pass;
        }
    }

    /// Gives a task its turn or takes it away, and the same with the people added to it.
    fn turn(&mut self, id: TaskId, active: bool, effects: &mut Vec<Effect>) {
        let Some(task) = self.task(id).cloned() else { return };
        let groups: Vec<Group> = self.groups_of(&task).cloned().collect();
        let approved = matches!(task.state, TaskState::Approved { .. });
        let mut blocked = false;
        for group in groups.iter().filter(|group| group.before != approved) {
            if self.group_verdict(group) == Verdict::Open {
                blocked = true;
                self.turns_among(&group.members, group.method.into(), active, effects);
            }
        }
        let next = match task.state {
            TaskState::Waiting | TaskState::Pending if active && !blocked => TaskState::Pending,
            TaskState::Waiting | TaskState::Pending => TaskState::Waiting,
            TaskState::Approved { .. }
            | TaskState::Rejected { .. }
            | TaskState::Returned
            | TaskState::Transferred { .. }
            | TaskState::Asking { .. }
            | TaskState::Answered
            | TaskState::Cancelled => return,
        };
        if next == TaskState::Pending && task.state == TaskState::Waiting {
            effects.push(Effect::Ask(id));
        } else if next == TaskState::Waiting && task.state == TaskState::Pending {
            effects.push(Effect::Cancel(id));
        }
        if let Some(task) = self.task_mut(id) {
            task.state = next;
        }
    }
}
