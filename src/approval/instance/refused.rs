//! Why something cannot be done about an approval.

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
