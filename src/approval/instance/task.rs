//! One person's part in an approval.

use std::collections::BTreeSet;

use super::event::Method;
use crate::model::id::PersonId;

/// The number of a task within its approval, counted from nought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskId(pub u32);

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

    /// Who decided; nobody where it is open, or a time-out decided.
    #[must_use]
    pub const fn decider(&self) -> Option<PersonId> {
        match self {
            Self::Approved { by } | Self::Rejected { by, .. } => *by,
            Self::Waiting
            | Self::Pending
            | Self::Returned
            | Self::Transferred { .. }
            | Self::Asking { .. }
            | Self::Answered
            | Self::Cancelled => None,
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

impl Task {
    /// Whether it gives an opinion, which decides nothing.
    #[must_use]
    pub const fn is_opinion(&self) -> bool {
        matches!(self.origin, Origin::Opinion { .. })
    }

    /// Whether it came from the policy, not from somebody who was added or asked.
    #[must_use]
    pub const fn is_of_policy(&self) -> bool {
        matches!(self.origin, Origin::Named | Origin::InPlaceOf(_))
    }
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
