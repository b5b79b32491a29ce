//! One approval as a state machine: `apply(state, event) → (state, effects)`.
//!
//! ```text
//! Sent ─► Entering ─Seated─► Running ─► (next stop) … ─► Approved
//!            │                  ├─ Rejected · Returned ─Sent─► … · Withdrawn
//!            └─ Held ─Sent─► …
//! ```
//!
//! Pure: who is asked at a node is worked out by [`super::seats`] outside and comes in as an event, so that replaying the
//! recorded events gives the same state, whatever the firm looks like by then. A round begins whenever the claim is sent;
//! what was approved in an earlier round counts for nothing.

mod add;
mod decide;
mod event;
mod judge;
mod refused;
mod task;
mod travel;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    facts::Facts,
    route::{Hold, Stop, Way},
    seats::Skip,
};
use crate::model::{id::PersonId, policy::flow::Node};

pub use event::{Adding, Back, By, Effect, Event, Lapse, Method, ReturnTo};
pub use refused::Refused;
pub use task::{Group, Origin, Task, TaskId, TaskState};

/// How a run of a node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// People are still to decide.
    Open,
    /// It was agreed to.
    Passed,
    /// It was refused.
    Failed,
    /// It counts no more: the claim was returned past it, or sent again.
    Void,
}

/// One run of a node; a return makes another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The node's place on the way.
    pub stop: usize,
    /// The round it belongs to.
    pub round: u32,
    /// The tasks that decide it, in order.
    pub members: Vec<TaskId>,
    /// Added people.
    pub groups: Vec<Group>,
    /// Who was left out, and why.
    pub skipped: Vec<(PersonId, Skip)>,
    /// How it stands.
    pub outcome: Outcome,
}

/// Where an approval stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Not sent yet.
    Draft,
    /// Who is asked at this stop is being worked out.
    Entering {
        /// The stop's place on the way.
        stop: usize,
    },
    /// People decide at this stop.
    Running {
        /// The stop's place on the way.
        stop: usize,
    },
    /// Everybody who had to agree did.
    Approved,
    /// Refused.
    Rejected {
        /// By whom; `None`: by the policy.
        by: Option<PersonId>,
        /// Why.
        reason: String,
    },
    /// The submitter's again.
    Returned {
        /// Who sent it back.
        by: PersonId,
        /// Why.
        reason: String,
        /// The stop it was sent back from.
        from: usize,
    },
    /// The submitter took it back.
    Withdrawn,
    /// The administrator must mend something.
    Held(Hold),
}

impl Status {
    /// The name in JSON and pages.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Entering { .. } => "entering",
            Self::Running { .. } => "running",
            Self::Approved => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Returned { .. } => "returned",
            Self::Withdrawn => "withdrawn",
            Self::Held(_) => "held",
        }
    }
}

/// The shortest time between two reminders of one task, in minutes.
pub const REMIND_MINUTES_MIN: i64 = 30;

/// How deep people who were added may add others.
pub const ADD_DEPTH_MAX: u32 = 2;

/// One approval of one claim, all rounds of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// The version of the policy it keeps.
    pub policy_version: u32,
    /// The facts of this round; absent until it was sent.
    pub facts: Option<Facts>,
    /// The way of this round.
    pub way: Way,
    /// Which round it is in, counted from one; nought before it was sent.
    pub round: u32,
    /// One person runs the firm alone.
    pub single_user: bool,
    /// Where it stands.
    pub status: Status,
    /// Every run of every node, the oldest first.
    pub runs: Vec<Run>,
    /// Every task there ever was.
    pub tasks: Vec<Task>,
    /// Where the claim goes when the node that it was returned to passes.
    pub jump: Option<usize>,
}

impl Instance {
    /// An approval that was not sent yet.
    #[must_use]
    pub fn draft(policy_version: u32) -> Self {
        Self {
            policy_version,
            facts: None,
            way: Way::default(),
            round: 0,
            single_user: false,
            status: Status::Draft,
            runs: Vec::new(),
            tasks: Vec::new(),
            jump: None,
        }
    }

    /// The state after an event, and what must happen then.
    ///
    /// # Errors
    /// The event is not possible now, or not for this person; the state is as it was.
    pub fn apply(&self, event: &Event) -> Result<(Self, Vec<Effect>), Refused> {
        let mut next = self.clone();
        let mut effects = Vec::new();
        next.happen(event, &mut effects)?;
        Ok((next, effects))
    }

    /// The state that recorded events lead to.
    ///
    /// # Errors
    /// An event that was recorded is not possible any more: the record is damaged.
    pub fn replay<'a>(policy_version: u32, events: impl IntoIterator<Item = &'a Event>) -> Result<Self, Refused> {
        let mut instance = Self::draft(policy_version);
        for event in events {
            instance.happen(event, &mut Vec::new())?;
        }
        Ok(instance)
    }

    fn happen(&mut self, event: &Event, effects: &mut Vec<Effect>) -> Result<(), Refused> {
        match event {
            Event::Sent { facts, way, back, single_user } => self.sent(facts, way, *back, *single_user, effects),
            Event::Seated { stop, seated } => self.seated(*stop, seated, effects),
            Event::Opened { task } => self.opened(*task),
            Event::Approved { task, by } => self.approved(*task, *by, effects),
            Event::Rejected { task, by, reason } => self.rejected(*task, *by, reason, effects),
            Event::Added { task, by, adding, people } => self.added(*task, *by, *adding, people, effects),
            Event::Removed { task, by } => self.removed(*task, *by, effects),
            Event::Transferred { task, by, to } => self.transferred(*task, *by, *to, effects),
            Event::Asked { task, by, to } => self.asked(*task, *by, *to, effects),
            Event::Answered { task, by } => self.answered(*task, *by, effects),
            Event::Claimed { task, by } => self.claimed(*task, *by, true, effects),
            Event::Unclaimed { task, by } => self.claimed(*task, *by, false, effects),
            Event::Returned { task, by, to, reason } => self.returned(*task, *by, *to, reason, effects),
            Event::TakenBack { task, by } => self.taken_back(*task, *by, effects),
            Event::Withdrawn { by } => self.withdrawn(*by, effects),
            Event::Reminded { task, at_us } => self.reminded(*task, *at_us, effects),
            Event::Overdue { task, lapse, at_us } => self.overdue(*task, *lapse, *at_us, effects),
            Event::Moved { task, to } => self.moved(*task, *to, effects),
        }
    }

    /// The task with this number.
    #[must_use]
    pub fn task(&self, id: TaskId) -> Option<&Task> {
        self.tasks.get(usize::try_from(id.0).ok()?)
    }

    /// The node at a place on the way.
    #[must_use]
    pub fn node(&self, stop: usize) -> Option<&Node> {
        match self.way.stops.get(stop)? {
            Stop::Node(node) => Some(node),
            Stop::Cc(_) => None,
        }
    }

    /// The stop where it waits, if it waits for people.
    #[must_use]
    pub const fn at(&self) -> Option<usize> {
        match self.status {
            Status::Entering { stop } | Status::Running { stop } => Some(stop),
            Status::Draft
            | Status::Approved
            | Status::Rejected { .. }
            | Status::Returned { .. }
            | Status::Withdrawn
            | Status::Held(_) => None,
        }
    }

    /// The tasks that their people can decide now.
    pub fn pending(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(|task| task.state == TaskState::Pending)
    }

    /// Who approved at the nodes of this round that passed and still count, with those nodes' places on the way. What
    /// somebody decided in another's place is not their own approval.
    #[must_use]
    pub fn approvals(&self) -> BTreeMap<PersonId, BTreeSet<usize>> {
        let mut found: BTreeMap<PersonId, BTreeSet<usize>> = BTreeMap::new();
        for task in &self.tasks {
            let Some(run) = self.runs.get(task.run) else { continue };
            if let TaskState::Approved { by: Some(by) } = task.state
                && by == task.person
                && run.outcome == Outcome::Passed
                && run.round == self.round
            {
                found.entry(by).or_default().insert(run.stop);
            }
        }
        found
    }

    /// The node before a stop, by its place on the way.
    #[must_use]
    pub fn previous(&self, stop: usize) -> Option<usize> {
        (0..stop).rev().find(|place| self.node(*place).is_some())
    }
}

#[cfg(test)]
mod tests;
