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
mod judge;
mod travel;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    facts::Facts,
    route::{Hold, Stop, Way},
    seats::{Seated, Skip},
};
use crate::model::{
    id::PersonId,
    policy::flow::{Node, Who},
};

/// The number of a task within its approval, counted from nought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub u32);

/// Who does something: a person, possibly in the place of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct By {
    /// Who acts.
    pub person: PersonId,
    /// In whose place; the caller made sure that they may stand in, see [`super::seats::may_stand_in`].
    pub instead_of: Option<PersonId>,
}

impl By {
    /// Somebody for themselves.
    #[must_use]
    pub const fn themselves(person: PersonId) -> Self {
        Self { person, instead_of: None }
    }
}

/// How people are added to a task, 加签.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adding {
    /// 前加签: they decide first, then the task comes back.
    Before(Method),
    /// 后加签: the adder approves now, and they decide after.
    After(Method),
    /// 并加签: they sit at the node like everybody else, and its mode is theirs.
    Parallel,
}

/// How added people decide together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Every one of them.
    All,
    /// Any one of them.
    Any,
    /// Each after the one before.
    Sequential,
}

/// What somebody who was left out too long comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lapse {
    /// They are reminded.
    Remind,
    /// This person is asked in their place.
    Escalate(PersonId),
    /// It counts as approved.
    Approve,
    /// It counts as refused.
    Reject,
}

/// Where a claim is sent back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnTo {
    /// To whoever sent it.
    Submitter,
    /// To an earlier node, by its place on the way.
    Stop {
        /// The place.
        stop: usize,
        /// How it comes back.
        back: Back,
    },
}

/// How a returned claim comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Back {
    /// Through everything from there on again.
    Rerun,
    /// Straight to whoever returned it.
    Jump,
}

/// Something that happens to an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The claim is sent: the first time, again after it was returned or held, or because something material changed.
    Sent {
        /// Its facts, frozen for the round.
        facts: Box<Facts>,
        /// Its way through the flow, or why there is none.
        way: Result<Way, Hold>,
        /// How it comes back after a return; [`Back::Jump`] only where no fact changed.
        back: Back,
        /// The policy lets one person run the firm alone.
        single_user: bool,
    },
    /// Who is asked at a stop was worked out.
    Seated {
        /// The stop's place on the way.
        stop: usize,
        /// Who.
        seated: Seated,
    },
    /// A person looked at their task.
    Opened {
        /// Which task.
        task: TaskId,
    },
    /// A person agrees, or did what was to be done.
    Approved {
        /// Which task.
        task: TaskId,
        /// Who.
        by: By,
    },
    /// A person refuses.
    Rejected {
        /// Which task.
        task: TaskId,
        /// Who.
        by: By,
        /// Why.
        reason: String,
    },
    /// A person has others decide as well.
    Added {
        /// Whose task.
        task: TaskId,
        /// Who.
        by: By,
        /// How.
        adding: Adding,
        /// Whom.
        people: Vec<PersonId>,
    },
    /// A person takes out somebody they added, 减签.
    Removed {
        /// The task of whoever is taken out.
        task: TaskId,
        /// Who.
        by: By,
    },
    /// A person hands their task over for good, 转交.
    Transferred {
        /// Which task.
        task: TaskId,
        /// Who.
        by: By,
        /// To whom.
        to: PersonId,
    },
    /// A person asks somebody's opinion; the task comes back, 委派.
    Asked {
        /// Which task.
        task: TaskId,
        /// Who.
        by: By,
        /// Whom.
        to: PersonId,
    },
    /// Whoever was asked gives their opinion.
    Answered {
        /// The task of whoever was asked.
        task: TaskId,
        /// Who.
        by: By,
    },
    /// A person takes a task of their pool, 抢办.
    Claimed {
        /// Which task.
        task: TaskId,
        /// Who.
        by: By,
    },
    /// They give it back.
    Unclaimed {
        /// Which task.
        task: TaskId,
        /// Who.
        by: By,
    },
    /// A person sends the claim back, 退回. It is not a vote.
    Returned {
        /// Which task.
        task: TaskId,
        /// Who.
        by: By,
        /// Where to.
        to: ReturnTo,
        /// Why.
        reason: String,
    },
    /// An approver takes their approval back while nobody built on it, 拿回.
    TakenBack {
        /// Which task.
        task: TaskId,
        /// Who.
        by: By,
    },
    /// The submitter takes the claim back, 撤回.
    Withdrawn {
        /// Who.
        by: PersonId,
    },
    /// Somebody asks for haste, 催办.
    Reminded {
        /// Which task.
        task: TaskId,
        /// When, in microseconds since 1970.
        at_us: i64,
    },
    /// A task lay too long, 超时.
    Overdue {
        /// Which task.
        task: TaskId,
        /// What comes of it.
        lapse: Lapse,
        /// When, in microseconds since 1970.
        at_us: i64,
    },
    /// A task goes to somebody else because its person left, 离职转办.
    Moved {
        /// Which task.
        task: TaskId,
        /// To whom.
        to: PersonId,
    },
}

/// What must happen once the new state is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Work out who is asked at a stop, and say so with [`Event::Seated`], in the same transaction.
    Seat {
        /// The stop's place on the way.
        stop: usize,
    },
    /// A person has a task now.
    Ask(TaskId),
    /// A person's task is gone; others decided.
    Cancel(TaskId),
    /// A person is reminded.
    Remind(TaskId),
    /// People are told.
    Tell(Vec<Who>),
    /// Everybody who had to agree did.
    Approve,
    /// It was refused.
    Reject,
    /// It is the submitter's again.
    Return,
    /// It was taken back.
    Withdraw,
    /// The administrator must mend something.
    Hold,
}

/// Where a task stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskState {
    /// Not yet its turn.
    Waiting,
    /// Its person can decide.
    Pending,
    /// Agreed. `None`: by a time-out that the policy allows.
    Approved {
        /// Who decided; somebody who stands in, possibly.
        by: Option<PersonId>,
    },
    /// Refused.
    Rejected {
        /// Who decided.
        by: Option<PersonId>,
        /// Why.
        reason: String,
    },
    /// Its person sent the claim back.
    Returned,
    /// Handed over.
    Transferred {
        /// The task that took its place.
        to: TaskId,
    },
    /// Its person waits for an opinion.
    Asking {
        /// The task of whoever was asked.
        to: TaskId,
    },
    /// The opinion was given.
    Answered,
    /// Somebody else finished it, or it was taken away.
    Cancelled,
}

impl TaskState {
    /// The name in JSON and pages.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Pending => "pending",
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::Returned => "returned",
            Self::Transferred { .. } => "transferred",
            Self::Asking { .. } => "asking",
            Self::Answered => "answered",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether its person may still have something to do with it.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Waiting | Self::Pending | Self::Asking { .. })
    }
}

/// How a task came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The policy names its person.
    Named,
    /// An approver added its person.
    Added {
        /// The task of whoever added them.
        by: TaskId,
        /// How many additions deep; one: by somebody the policy names.
        depth: u32,
    },
    /// It was handed over, escalated or moved from this one.
    InPlaceOf(TaskId),
    /// Its person's opinion was asked.
    Opinion {
        /// The task of whoever asked.
        of: TaskId,
    },
}

/// One person's part in one run of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its number.
    pub id: TaskId,
    /// The run it belongs to, by its place in [`Instance::runs`].
    pub run: usize,
    /// Whose it is.
    pub person: PersonId,
    /// As what they are asked.
    pub roles: BTreeSet<String>,
    /// What their word weighs.
    pub weight: u32,
    /// Where it stands.
    pub state: TaskState,
    /// How it came to be.
    pub origin: Origin,
    /// Its person looked at it.
    pub opened: bool,
    /// Its person claimed it from their pool.
    pub claimed: bool,
    /// When its person was reminded last, in microseconds since 1970.
    pub reminded_at_us: Option<i64>,
    /// How many of the node's time-outs it has been through.
    pub lapses: u32,
}

/// Added people who decide before or after a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The task they were added to.
    pub parent: TaskId,
    /// Before it; otherwise after it.
    pub before: bool,
    /// How they decide together.
    pub method: Method,
    /// Their tasks, in order.
    pub members: Vec<TaskId>,
}

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

/// Why something cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The approval has ended, or is not at the point where this makes sense.
    #[error("an approval that is {0} does not allow this")]
    NotNow(&'static str),
    /// There is no such task.
    #[error("there is no such task")]
    NoSuchTask,
    /// The task is somebody else's.
    #[error("this is somebody else's task")]
    NotYours,
    /// The task is decided, or it is not its turn.
    #[error("this task is {0}; it cannot be decided now")]
    NotPending(&'static str),
    /// They have decided at this node.
    #[error("nobody decides twice at one node")]
    Twice,
    /// It is their own claim, or they changed its values.
    #[error("nobody approves what they submitted or changed themselves; another approver must look")]
    OwnClaim,
    /// A refusal or return without a reason.
    #[error("a reason is needed")]
    ReasonMissing,
    /// The person sits at this node already, or decided here.
    #[error("this person has a part in this node already")]
    SitsHere,
    /// Nobody was named.
    #[error("name at least one person")]
    NobodyNamed,
    /// People added before and after at once.
    #[error("people were added before this task; they decide first")]
    BeforeAndAfter,
    /// Added people who add people who add people.
    #[error("people who were added may add others once, not more")]
    TooDeep,
    /// Only who added somebody may take them out, while undecided.
    #[error("only people you added yourself can be taken out, and only while they have not decided")]
    NotAdded,
    /// The node does not work like that.
    #[error("this node is not one where a task is claimed")]
    NotAPool,
    /// Only nodes passed on the way can be gone back to.
    #[error("a claim can be sent back only to a node that it has passed")]
    NotPassed,
    /// Something that decides about the way has changed.
    #[error("something was changed, so it goes through its approvals again")]
    FactsChanged,
    /// Somebody has built on it.
    #[error("somebody looked at it or decided after you; it cannot be taken back any more")]
    BuiltOn,
    /// Reminded just now.
    #[error("this person was reminded less than {minutes} minutes ago")]
    TooSoon {
        /// The shortest time between two reminders.
        minutes: i64,
    },
    /// Not the submitter.
    #[error("only whoever sent it can take it back")]
    NotSubmitter,
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

    /// Who approved at the nodes of this round that passed and still count, with those nodes' places on the way.
    #[must_use]
    pub fn approvals(&self) -> BTreeMap<PersonId, BTreeSet<usize>> {
        let mut found: BTreeMap<PersonId, BTreeSet<usize>> = BTreeMap::new();
        for task in &self.tasks {
            let Some(run) = self.runs.get(task.run) else { continue };
            if let TaskState::Approved { by: Some(by) } = task.state
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
