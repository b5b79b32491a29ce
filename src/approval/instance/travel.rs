//! Going back, taking back, and what happens to tasks that lie too long or whose person left.

use super::{
    Back, By, Effect, Instance, Lapse, Outcome, REMIND_MINUTES_MIN, Refused, ReturnTo, Status, TaskId, TaskState,
};
use crate::model::id::PersonId;

const MICROSECONDS_A_MINUTE: i64 = 60_000_000;

impl Instance {
    pub(super) fn returned(
        &mut self,
        id: TaskId,
        by: By,
        to: ReturnTo,
        reason: &str,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refused> {
        let task = self.own_pending(id, by)?;
        if task.is_opinion() {
            return Err(Refused::NotPending("an opinion"));
        }
        if reason.trim().is_empty() {
            return Err(Refused::ReasonMissing);
        }
        let from = self.runs.get(task.run).map(|run| run.stop).ok_or(Refused::NoSuchTask)?;
        if let ReturnTo::Stop { stop, .. } = to
            && !self.has_passed(stop, from)
        {
            return Err(Refused::NotPassed);
        }
        self.set(id, TaskState::Returned);
        self.close(task.run, Outcome::Void, effects);
        match to {
            ReturnTo::Submitter => {
                self.jump = None;
                self.status = Status::Returned { by: by.person, reason: reason.to_owned(), from };
                effects.push(Effect::Return);
            }
            ReturnTo::Stop { stop, back } => {
                // With a rerun everything from there on is decided anew; with a jump only what was returned to.
                let void = |place: usize| if back == Back::Jump { place == stop } else { place >= stop };
                let round = self.round;
                for run in self.runs.iter_mut().filter(|run| run.round == round && void(run.stop)) {
                    run.outcome = Outcome::Void;
                }
                self.jump = (back == Back::Jump).then_some(from);
                self.enter(stop, effects);
            }
        }
        Ok(())
    }

    fn has_passed(&self, stop: usize, from: usize) -> bool {
        let passed = |run: &super::Run| run.stop == stop && run.round == self.round && run.outcome == Outcome::Passed;
        stop < from && self.runs.iter().any(passed)
    }

    pub(super) fn taken_back(&mut self, id: TaskId, by: By, effects: &mut Vec<Effect>) -> Result<(), Refused> {
        let task = self.task(id).cloned().ok_or(Refused::NoSuchTask)?;
        if task.state != (TaskState::Approved { by: Some(by.person) }) {
            return Err(Refused::NotYours);
        }
        let run = self.runs.get(task.run).cloned().ok_or(Refused::NoSuchTask)?;
        if run.round != self.round {
            return Err(Refused::BuiltOn);
        }
        if run.groups.iter().any(|group| group.parent == id) {
            return Err(Refused::BuiltOn);
        }
        match (run.outcome, &self.status) {
            (Outcome::Open, Status::Running { stop }) if *stop == run.stop => {}
            (Outcome::Passed, Status::Running { .. }) => {
                let next = self.current_run().ok_or(Refused::BuiltOn)?;
                let follows = self.runs.get(next).is_some_and(|later| self.previous(later.stop) == Some(run.stop));
                let is_latest = self.runs.iter().rposition(|r| r.outcome == Outcome::Passed) == Some(task.run);
                let touched = |task: &super::Task| task.opened || !task.state.is_open() || task.claimed;
                let built_on = self.tasks.iter().any(|task| task.run == next && touched(task));
                if !follows || !is_latest || built_on || self.jump.is_some() {
                    return Err(Refused::BuiltOn);
                }
                self.close(next, Outcome::Void, effects);
                self.reopen(task.run);
            }
            (Outcome::Open | Outcome::Passed | Outcome::Failed | Outcome::Void, _) => return Err(Refused::BuiltOn),
        }
        self.set(id, TaskState::Waiting);
        self.settle(effects);
        Ok(())
    }

    /// Opens a run that had passed, with everybody whom its end cut off.
    fn reopen(&mut self, run: usize) {
        let Some(entry) = self.runs.get_mut(run) else { return };
        entry.outcome = Outcome::Open;
        let stop = entry.stop;
        let lists = entry.groups.iter().flat_map(|group| &group.members).chain(&entry.members);
        let deciding: Vec<TaskId> = lists.copied().collect();
        for id in deciding {
            if self.task(id).is_some_and(|task| task.state == TaskState::Cancelled) {
                self.set(id, TaskState::Waiting);
            }
        }
        self.status = Status::Running { stop };
    }

    pub(super) fn withdrawn(&mut self, by: PersonId, effects: &mut Vec<Effect>) -> Result<(), Refused> {
        match self.status {
            Status::Entering { .. } | Status::Running { .. } | Status::Returned { .. } | Status::Held(_) => {}
            Status::Draft | Status::Approved | Status::Rejected { .. } | Status::Withdrawn => {
                return Err(Refused::NotNow(self.status.name()));
            }
        }
        if !self.facts.as_ref().is_some_and(|facts| facts.submitter == by || facts.claimant == by) {
            return Err(Refused::NotSubmitter);
        }
        for run in 0..self.runs.len() {
            if self.runs.get(run).is_some_and(|run| run.outcome == Outcome::Open) {
                self.close(run, Outcome::Void, effects);
            }
        }
        self.status = Status::Withdrawn;
        effects.push(Effect::Withdraw);
        Ok(())
    }

    pub(super) fn reminded(&mut self, id: TaskId, at_us: i64, effects: &mut Vec<Effect>) -> Result<(), Refused> {
        let run = self.current_run().ok_or(Refused::NotNow(self.status.name()))?;
        let task = self.task_mut(id).ok_or(Refused::NoSuchTask)?;
        if task.run != run || task.state != TaskState::Pending {
            return Err(Refused::NotPending(task.state.name()));
        }
        let pause_us = REMIND_MINUTES_MIN * MICROSECONDS_A_MINUTE;
        if task.reminded_at_us.is_some_and(|last| at_us < last.saturating_add(pause_us)) {
            return Err(Refused::TooSoon { minutes: REMIND_MINUTES_MIN });
        }
        task.reminded_at_us = Some(at_us);
        effects.push(Effect::Remind(id));
        Ok(())
    }

    pub(super) fn overdue(
        &mut self,
        id: TaskId,
        lapse: Lapse,
        at_us: i64,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refused> {
        let run = self.current_run().ok_or(Refused::NotNow(self.status.name()))?;
        let task = self.task(id).cloned().ok_or(Refused::NoSuchTask)?;
        if task.run != run || task.state != TaskState::Pending {
            return Err(Refused::NotPending(task.state.name()));
        }
        if let Some(task) = self.task_mut(id) {
            task.lapses += 1;
        }
        match lapse {
            Lapse::Remind => {
                if let Some(task) = self.task_mut(id) {
                    task.reminded_at_us = Some(at_us);
                }
                effects.push(Effect::Remind(id));
            }
            Lapse::Escalate(to) => {
                if self.is_barred(to) || self.has_part(run, to) {
                    // They have a part in this already; the task stays where it is.
                    return Ok(());
                }
                self.replace(&task, to, effects);
                // The time-outs that led here are not begun again for the new person.
                let lapses = task.lapses + 1;
                if let Some(new) = self.tasks.last_mut() {
                    new.lapses = lapses;
                }
            }
            Lapse::Approve | Lapse::Reject if task.is_opinion() => {}
            Lapse::Approve => self.set(id, TaskState::Approved { by: None }),
            Lapse::Reject => {
                let reason = "it was not decided in time".to_owned();
                self.set(id, TaskState::Rejected { by: None, reason });
            }
        }
        self.settle(effects);
        Ok(())
    }

    pub(super) fn moved(&mut self, id: TaskId, to: PersonId, effects: &mut Vec<Effect>) -> Result<(), Refused> {
        let run = self.current_run().ok_or(Refused::NotNow(self.status.name()))?;
        let task = self.task(id).cloned().ok_or(Refused::NoSuchTask)?;
        if task.run != run || !task.state.is_open() {
            return Err(Refused::NotPending(task.state.name()));
        }
        if self.is_barred(to) && !task.is_opinion() {
            return Err(Refused::OwnClaim);
        }
        if self.has_part(run, to) {
            return Err(Refused::SitsHere);
        }
        self.replace(&task, to, effects);
        self.settle(effects);
        Ok(())
    }
}
