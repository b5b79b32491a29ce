//! Sending a claim, seating people, and their decisions.

use std::collections::BTreeSet;

use super::{
    Back, By, Effect, Instance, Origin, Outcome, Refused, Run, Status, Task, TaskId, TaskState, judge::Verdict,
};
use crate::{
    approval::{
        facts::Facts,
        route::{Hold, Way},
        seats::{Seat, Seated, Seating},
    },
    model::{id::PersonId, policy::flow::Mode},
};

impl Instance {
    pub(super) fn sent(
        &mut self,
        facts: &Facts,
        way: &Result<Way, Hold>,
        back: Back,
        single_user: bool,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refused> {
        match &self.status {
            // Straight back to whoever returned it, as long as it is the same claim.
            Status::Returned { from, .. } if back == Back::Jump => {
                if self.facts.as_ref() != Some(facts) || way.as_ref() != Ok(&self.way) {
                    return Err(Refused::FactsChanged);
                }
                let from = *from;
                self.enter(from, effects);
                Ok(())
            }
            Status::Draft
            | Status::Entering { .. }
            | Status::Running { .. }
            | Status::Returned { .. }
            | Status::Approved
            | Status::Held(_) => {
                self.begin_round(facts, way, single_user, effects);
                Ok(())
            }
            Status::Rejected { .. } | Status::Withdrawn => Err(Refused::NotNow(self.status.name())),
        }
    }

    /// A new round: nothing that was decided before counts.
    fn begin_round(&mut self, facts: &Facts, way: &Result<Way, Hold>, single_user: bool, effects: &mut Vec<Effect>) {
        for run in 0..self.runs.len() {
            self.close(run, Outcome::Void, effects);
        }
        self.round += 1;
        self.jump = None;
        self.single_user = single_user;
        self.facts = Some(facts.clone());
        match way {
            Ok(way) => {
                self.way = way.clone();
                self.enter(0, effects);
            }
            Err(hold) => {
                self.way = Way::default();
                self.status = Status::Held(hold.clone());
                effects.push(Effect::Hold);
            }
        }
    }

    pub(super) fn seated(&mut self, stop: usize, seated: &Seated, effects: &mut Vec<Effect>) -> Result<(), Refused> {
        if self.status != (Status::Entering { stop }) {
            return Err(Refused::NotNow(self.status.name()));
        }
        let run = self.runs.len();
        self.runs.push(Run {
            stop,
            round: self.round,
            members: Vec::new(),
            groups: Vec::new(),
            skipped: seated.skipped.clone(),
            outcome: Outcome::Open,
        });
        self.status = Status::Running { stop };
        match &seated.seating {
            Seating::Ask(seats) if !seats.is_empty() => {
                let members: Vec<TaskId> = seats.iter().map(|seat| self.seat(run, seat, Origin::Named)).collect();
                if let Some(run) = self.runs.get_mut(run) {
                    run.members = members;
                }
                self.settle(effects);
            }
            Seating::Pass => {
                self.close(run, Outcome::Passed, effects);
                let next = self.jump.take().unwrap_or(stop + 1);
                self.enter(next, effects);
            }
            Seating::Reject => {
                self.close(run, Outcome::Failed, effects);
                let reason = "nobody can be asked, and the policy refuses such a claim".to_owned();
                self.status = Status::Rejected { by: None, reason };
                effects.push(Effect::Reject);
            }
            Seating::Hold(hold) => self.hold(run, hold.clone(), effects),
            Seating::Ask(_) => {
                let at = self.node(stop).map(|node| node.id.clone()).unwrap_or_default();
                self.hold(run, Hold::Nobody { at }, effects);
            }
        }
        Ok(())
    }

    fn hold(&mut self, run: usize, hold: Hold, effects: &mut Vec<Effect>) {
        self.close(run, Outcome::Void, effects);
        self.status = Status::Held(hold);
        effects.push(Effect::Hold);
    }

    /// Makes a task; its turn comes when the run settles.
    pub(super) fn seat(&mut self, run: usize, seat: &Seat, origin: Origin) -> TaskId {
        let id = TaskId(u32::try_from(self.tasks.len()).unwrap_or(u32::MAX));
        self.tasks.push(Task {
            id,
            run,
            person: seat.person,
            roles: seat.roles.clone(),
            weight: seat.weight,
            state: TaskState::Waiting,
            origin,
            opened: false,
            claimed: false,
            reminded_at_us: None,
            lapses: 0,
        });
        id
    }

    pub(super) fn opened(&mut self, id: TaskId) -> Result<(), Refused> {
        let run = self.current_run();
        let task = self.task_mut(id).ok_or(Refused::NoSuchTask)?;
        if Some(task.run) != run || !task.state.is_open() {
            return Err(Refused::NotPending(task.state.name()));
        }
        task.opened = true;
        Ok(())
    }

    /// The task of somebody who may decide it now.
    ///
    /// # Errors
    /// It is not theirs, not its turn, or they have a part in the claim that forbids it.
    pub(super) fn own_pending(&self, id: TaskId, by: By) -> Result<Task, Refused> {
        let run = self.current_run().ok_or(Refused::NotNow(self.status.name()))?;
        let task = self.task(id).ok_or(Refused::NoSuchTask)?;
        if task.run != run {
            return Err(Refused::NotPending(TaskState::Cancelled.name()));
        }
        if task.person != by.person && by.instead_of != Some(task.person) {
            return Err(Refused::NotYours);
        }
        if task.state != TaskState::Pending {
            return Err(Refused::NotPending(task.state.name()));
        }
        Ok(task.clone())
    }

    fn may_decide(&self, task: &Task, by: By) -> Result<(), Refused> {
        if task.is_opinion() {
            return Err(Refused::NotPending("an opinion"));
        }
        let stop = self.runs.get(task.run).map(|run| run.stop);
        let node = stop.and_then(|stop| self.node(stop)).ok_or(Refused::NoSuchTask)?;
        if node.mode == Mode::Claim && task.is_of_policy() && !task.claimed {
            return Err(Refused::NotPending("not claimed"));
        }
        let bars = |facts: &Facts| facts.bars(node.kind, by.person);
        if !self.single_user && self.facts.as_ref().is_some_and(bars) {
            return Err(Refused::OwnClaim);
        }
        if self.decided(task.run).contains(&by.person) {
            return Err(Refused::Twice);
        }
        Ok(())
    }

    /// Whether somebody has a part in the claim that forbids them to decide about it.
    pub(super) fn is_barred(&self, person: PersonId) -> bool {
        !self.single_user && self.facts.as_ref().is_some_and(|facts| facts.barred().contains(&person))
    }

    /// Who decided in a run.
    pub(super) fn decided(&self, run: usize) -> BTreeSet<PersonId> {
        self.tasks.iter().filter(|task| task.run == run).filter_map(|task| task.state.decider()).collect()
    }

    /// Whether somebody has an open task in a run.
    pub(super) fn sits(&self, run: usize, person: PersonId) -> bool {
        self.tasks.iter().any(|task| task.run == run && task.person == person && task.state.is_open())
    }

    /// Whether somebody has an open task in a run, or decided there.
    pub(super) fn has_part(&self, run: usize, person: PersonId) -> bool {
        self.sits(run, person) || self.decided(run).contains(&person)
    }

    pub(super) fn approved(&mut self, id: TaskId, by: By, effects: &mut Vec<Effect>) -> Result<(), Refused> {
        let task = self.own_pending(id, by)?;
        self.may_decide(&task, by)?;
        self.set(id, TaskState::Approved { by: Some(by.person) });
        self.settle(effects);
        Ok(())
    }

    pub(super) fn rejected(
        &mut self,
        id: TaskId,
        by: By,
        reason: &str,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refused> {
        let task = self.own_pending(id, by)?;
        self.may_decide(&task, by)?;
        if reason.trim().is_empty() {
            return Err(Refused::ReasonMissing);
        }
        self.set(id, TaskState::Rejected { by: Some(by.person), reason: reason.to_owned() });
        self.settle(effects);
        Ok(())
    }

    pub(super) fn claimed(
        &mut self,
        id: TaskId,
        by: By,
        taken: bool,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refused> {
        let task = self.own_pending(id, by)?;
        let node = self.runs.get(task.run).and_then(|run| self.node(run.stop)).ok_or(Refused::NoSuchTask)?;
        if node.mode != Mode::Claim || !task.is_of_policy() {
            return Err(Refused::NotAPool);
        }
        if task.claimed == taken {
            return Err(Refused::NotPending(if taken { "claimed" } else { "not claimed" }));
        }
        if let Some(task) = self.task_mut(id) {
            task.claimed = taken;
        }
        self.settle(effects);
        Ok(())
    }

    pub(super) fn set(&mut self, id: TaskId, state: TaskState) {
        if let Some(task) = self.task_mut(id) {
            task.state = state;
        }
    }

    /// Whether a task's own decision stands and nobody added after it is still to decide.
    pub(super) fn is_settled(&self, id: TaskId) -> bool {
        self.verdict_of(id) != Verdict::Open
    }
}
