//! What happens to an approval, and what must happen then.

use super::task::TaskId;
use crate::{
    approval::{
        facts::Facts,
        route::{Hold, Way},
        seats::Seated,
    },
    model::{id::PersonId, policy::flow::Who},
};

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
