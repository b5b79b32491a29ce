//! The life of a document as a state machine. A state carries its own data; only [`State::apply`] moves it.

mod decision;
mod reversal;

pub use decision::Decision;
pub use reversal::{Reversal, ReversalEvent, ReversalStage};

use crate::model::id::PersonId;

/// Who approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovedBy {
    /// The policy: below its limit and without findings.
    Rule,
    /// A person other than the submitter and those who changed values.
    Person(PersonId),
}

/// Where a document stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Kept, waiting for its reader.
    Received,
    /// No reader could read it; a person may type the values in or have it read again.
    Unreadable {
        /// The code of the error.
        code: String,
        /// One clear sentence.
        message: String,
    },
    /// Read or corrected, waiting for the checks.
    Checking,
    /// A person must look: something is missing, unsure or against the rules.
    NeedsReview,
    /// Waiting for an approver.
    AwaitingApproval,
    /// Agreed to, waiting to be posted.
    Approved {
        /// By whom.
        by: ApprovedBy,
    },
    /// Agreed to, but the ledger wants a person to do something first.
    PostingBlocked {
        /// By whom it was approved.
        by: ApprovedBy,
        /// What to do.
        message: String,
    },
    /// In the ledger, image attached.
    Posted {
        /// The ledger's id of the entry.
        external_id: String,
        /// Our reference in the entry.
        reference: String,
    },
    /// Somebody asked for the entry to be taken out of the ledger again.
    Reversal(Reversal),
    /// Refused; it will never be posted.
    Rejected {
        /// By whom; `None`: by the policy.
        by: Option<PersonId>,
        /// Why.
        reason: String,
    },
    /// An approver sent it back to whoever submitted it.
    Returned {
        /// Who.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// Whoever submitted it took it back; changed, it can be sent again, as another approval.
    Withdrawn {
        /// Who.
        by: PersonId,
    },
    /// The policy does not say who must agree; an administrator must mend something first.
    Held {
        /// The code of what is missing, such as `amount`, `department` or `nobody`.
        code: String,
        /// One clear sentence.
        message: String,
    },
}

/// Where the approval of a document stands, as far as the document is concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// People are to decide.
    Waiting,
    /// Everybody who had to agree did; the last of them.
    Approved(ApprovedBy),
    /// Refused.
    Rejected {
        /// By whom; `None`: by the policy.
        by: Option<PersonId>,
        /// Why.
        reason: String,
    },
    /// Sent back to whoever submitted it.
    Returned {
        /// By whom.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// Taken back.
    Withdrawn {
        /// By whom.
        by: PersonId,
    },
    /// An administrator must mend something.
    Held {
        /// The code of what is missing.
        code: String,
        /// One clear sentence.
        message: String,
    },
}

impl Standing {
    fn state(self) -> (State, Vec<Effect>) {
        match self {
            Self::Waiting => (State::AwaitingApproval, Vec::new()),
            Self::Approved(by) => (State::Approved { by }, vec![Effect::Post]),
            Self::Rejected { by, reason } => (State::Rejected { by, reason }, Vec::new()),
            Self::Returned { by, reason } => (State::Returned { by, reason }, Vec::new()),
            Self::Withdrawn { by } => (State::Withdrawn { by }, Vec::new()),
            Self::Held { code, message } => (State::Held { code, message }, Vec::new()),
        }
    }
}

/// What the checks made of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Below the limit and without findings.
    ApprovedByRule,
    /// Nothing to mend; it was sent to those who must agree.
    Sent(Standing),
    /// A person must look before anybody approves.
    NeedsReview,
}

/// Something that happened to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A reader read it.
    ReadSucceeded,
    /// No reader could.
    ReadFailed {
        /// The code of the error.
        code: String,
        /// One clear sentence.
        message: String,
    },
    /// The checks ran.
    Checked {
        /// What they made of it.
        verdict: Verdict,
    },
    /// A person changed or confirmed values, the category or the destination.
    Corrected {
        /// Who.
        by: PersonId,
    },
    /// A person says: keep it although it looks like a duplicate.
    Kept {
        /// Who.
        by: PersonId,
    },
    /// A person sends it to approval in spite of what was flagged.
    Submitted {
        /// Who.
        by: PersonId,
        /// Whether a finding forbids it.
        blocked: bool,
        /// Where its approval stands once it is sent.
        standing: Standing,
    },
    /// Something happened to its approval.
    Decided {
        /// What.
        decision: Decision,
        /// Where it stands now.
        standing: Standing,
    },
    /// Somebody refuses it.
    Rejected {
        /// Who.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// An administrator has it decided anew, under the policy that is in force now.
    Restarted {
        /// Who.
        by: PersonId,
    },
    /// A person asks for another reading.
    ReadAgain {
        /// Who.
        by: PersonId,
    },
    /// A person says that the picture is one document, though several papers were seen in it: it is read as one.
    Joined {
        /// Who.
        by: PersonId,
    },
    /// It is in the ledger, image attached.
    Posted {
        /// The ledger's id of the entry.
        external_id: String,
        /// Our reference in the entry.
        reference: String,
    },
    /// The ledger wants a person to do something first.
    PostingBlocked {
        /// What to do.
        message: String,
    },
    /// A person says it is done: post again.
    PostingRetried {
        /// Who.
        by: PersonId,
    },
    /// Something happened to the reversal of its entry.
    Reversal(ReversalEvent),
}

/// What must happen once the new state is stored; written as jobs in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Read the file.
    Read,
    /// Run the checks.
    Check,
    /// Put the entry into its ledger.
    Post,
    /// Take the entry out of its ledger.
    Reverse,
}

/// Why an event does not move a state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransitionError {
    /// The event has no meaning in this state.
    #[error("a document that is {from} cannot be {event}")]
    NotAllowed {
        /// The state's name.
        from: &'static str,
        /// The event's name.
        event: &'static str,
    },
    /// A finding forbids it.
    #[error("a finding must be mended first")]
    Blocked,
    /// A rejection, or a reversal, without a reason.
    #[error("a reason is needed")]
    ReasonMissing,
    /// Whoever asks for a reversal does not agree to it as well.
    #[error("whoever asked for the reversal cannot decide about it")]
    OwnReversal,
}

impl State {
    /// The name in tables, JSON and pages.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Unreadable { .. } => "unreadable",
            Self::Checking => "checking",
            Self::NeedsReview => "needs_review",
            Self::AwaitingApproval => "awaiting_approval",
            Self::Approved { .. } => "approved",
            Self::PostingBlocked { .. } => "posting_blocked",
            Self::Posted { .. } => "posted",
            Self::Reversal(reversal) => reversal.name(),
            Self::Rejected { .. } => "rejected",
            Self::Returned { .. } => "returned",
            Self::Withdrawn { .. } => "withdrawn",
            Self::Held { .. } => "held",
        }
    }

    /// Every state's name, in the order of a document's life.
    pub const NAMES: [&'static str; 16] = [
        "received",
        "unreadable",
        "checking",
        "needs_review",
        "awaiting_approval",
        "approved",
        "posting_blocked",
        "posted",
        "reversal_asked",
        "reversing",
        "reversal_blocked",
        "reversed",
        "rejected",
        "returned",
        "withdrawn",
        "held",
    ];

    /// Whether vouch itself will move it on, without a person.
    #[must_use]
    pub const fn is_moving(&self) -> bool {
        match self {
            Self::Received | Self::Checking | Self::Approved { .. } => true,
            Self::Reversal(reversal) => reversal.is_moving(),
            Self::Unreadable { .. }
            | Self::NeedsReview
            | Self::AwaitingApproval
            | Self::PostingBlocked { .. }
            | Self::Posted { .. }
            | Self::Rejected { .. }
            | Self::Returned { .. }
            | Self::Withdrawn { .. }
            | Self::Held { .. } => false,
        }
    }

    /// Whether people have it, and nothing about it is decided.
    const fn is_undecided(&self) -> bool {
        match self {
            Self::Unreadable { .. }
            | Self::NeedsReview
            | Self::AwaitingApproval
            | Self::Returned { .. }
            | Self::Withdrawn { .. }
            | Self::Held { .. } => true,
            Self::Received
            | Self::Checking
            | Self::Approved { .. }
            | Self::PostingBlocked { .. }
            | Self::Posted { .. }
            | Self::Reversal(_)
            | Self::Rejected { .. } => false,
        }
    }

    /// The state after an event, and what must happen then.
    ///
    /// # Errors
    /// The event is not possible in this state, or not for this person.
    pub fn apply(self, event: Event) -> Result<(Self, Vec<Effect>), TransitionError> {
        match (self, event) {
            (Self::Received, Event::ReadSucceeded) => Ok((Self::Checking, vec![Effect::Check])),
            (Self::Received, Event::ReadFailed { code, message }) => {
                Ok((Self::Unreadable { code, message }, Vec::new()))
            }
            (Self::Unreadable { .. } | Self::NeedsReview, Event::ReadAgain { .. }) => {
                Ok((Self::Received, vec![Effect::Read]))
            }
            // Another document altogether comes of joining, so nothing that was decided may be lost by it.
            (state, Event::Joined { .. }) if state.is_undecided() => Ok((Self::Received, vec![Effect::Read])),
            (Self::Checking, Event::Checked { verdict }) => Ok(match verdict {
                Verdict::ApprovedByRule => (Self::Approved { by: ApprovedBy::Rule }, vec![Effect::Post]),
                Verdict::Sent(standing) => standing.state(),
                Verdict::NeedsReview => (Self::NeedsReview, Vec::new()),
            }),
            (state, Event::Corrected { .. } | Event::Kept { .. }) if state.is_undecided() => {
                Ok((Self::Checking, vec![Effect::Check]))
            }
            // What the ledger refused may be mended by a value; then it is checked and approved anew.
            (Self::PostingBlocked { .. }, Event::Corrected { .. }) => Ok((Self::Checking, vec![Effect::Check])),
            // A running approval keeps its version of the policy until somebody has it begin anew.
            (Self::AwaitingApproval | Self::Held { .. }, Event::Restarted { .. }) => {
                Ok((Self::Checking, vec![Effect::Check]))
            }
            (
                Self::NeedsReview | Self::Returned { .. } | Self::Withdrawn { .. } | Self::Held { .. },
                Event::Submitted { blocked, standing, .. },
            ) => {
                if blocked {
                    Err(TransitionError::Blocked)
                } else {
                    Ok(standing.state())
                }
            }
            // Who may decide is the approval's own affair; what it came to is known by now.
            (Self::AwaitingApproval | Self::Returned { .. } | Self::Held { .. }, Event::Decided { standing, .. }) => {
                Ok(standing.state())
            }
            (state, Event::Rejected { by, reason })
                if state.is_undecided() || matches!(state, Self::PostingBlocked { .. }) =>
            {
                rejected(by, reason)
            }
            (Self::Approved { .. }, Event::Posted { external_id, reference }) => {
                Ok((Self::Posted { external_id, reference }, Vec::new()))
            }
            (Self::Approved { by }, Event::PostingBlocked { message }) => {
                Ok((Self::PostingBlocked { by, message }, Vec::new()))
            }
            (Self::PostingBlocked { by, .. }, Event::PostingRetried { .. }) => {
                Ok((Self::Approved { by }, vec![Effect::Post]))
            }
            (state @ (Self::Posted { .. } | Self::Reversal(_)), event) => reversal::apply(state, event),
            (state, event) => Err(TransitionError::NotAllowed { from: state.name(), event: event.name() }),
        }
    }
}

fn rejected(by: PersonId, reason: String) -> Result<(State, Vec<Effect>), TransitionError> {
    if reason.trim().is_empty() {
        return Err(TransitionError::ReasonMissing);
    }
    Ok((State::Rejected { by: Some(by), reason }, Vec::new()))
}

impl Event {
    /// The name in the history.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::ReadSucceeded => "read",
            Self::ReadFailed { .. } => "read_failed",
            Self::Checked { .. } => "checked",
            Self::Corrected { .. } => "corrected",
            Self::Kept { .. } => "kept",
            Self::Submitted { .. } => "submitted",
            Self::Decided { decision, .. } => decision.name(),
            Self::Rejected { .. } => "rejected",
            Self::Restarted { .. } => "restarted",
            Self::ReadAgain { .. } => "read_again",
            Self::Joined { .. } => "joined",
            Self::Posted { .. } => "posted",
            Self::PostingBlocked { .. } => "posting_blocked",
            Self::PostingRetried { .. } => "posting_retried",
            Self::Reversal(event) => event.name(),
        }
    }
}

#[cfg(test)]
mod tests;
