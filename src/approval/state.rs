//! The life of a document as a state machine. A state carries its own data; only [`State::apply`] moves it.

use std::collections::BTreeSet;

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
    /// Refused; it will never be posted.
    Rejected {
        /// By whom.
        by: PersonId,
        /// Why.
        reason: String,
    },
}

/// What the checks made of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Below the limit and without findings.
    ApprovedByRule,
    /// Nothing to mend, but a person must agree.
    NeedsApproval,
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
    },
    /// An approver agrees.
    Approved {
        /// Who.
        by: PersonId,
    },
    /// Somebody refuses it.
    Rejected {
        /// Who.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// A person asks for another reading.
    ReadAgain {
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
}

/// The people whose part in a document limits what they may do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Involved {
    /// Who uploaded it first.
    pub submitter: PersonId,
    /// Who changed or confirmed its values.
    pub correctors: BTreeSet<PersonId>,
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
    /// The submitter, or somebody who changed values, tried to approve.
    #[error("nobody approves what they submitted or changed themselves; another approver must look")]
    OwnDocument,
    /// A finding forbids it.
    #[error("a finding must be mended first")]
    Blocked,
    /// A rejection without a reason.
    #[error("a rejection needs a reason")]
    ReasonMissing,
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
            Self::Rejected { .. } => "rejected",
        }
    }

    /// Every state's name, in the order of a document's life.
    pub const NAMES: [&'static str; 9] = [
        "received",
        "unreadable",
        "checking",
        "needs_review",
        "awaiting_approval",
        "approved",
        "posting_blocked",
        "posted",
        "rejected",
    ];

    /// Whether vouch itself will move it on, without a person.
    #[must_use]
    pub const fn is_moving(&self) -> bool {
        match self {
            Self::Received | Self::Checking | Self::Approved { .. } => true,
            Self::Unreadable { .. }
            | Self::NeedsReview
            | Self::AwaitingApproval
            | Self::PostingBlocked { .. }
            | Self::Posted { .. }
            | Self::Rejected { .. } => false,
        }
    }

    /// The state after an event, and what must happen then.
    ///
    /// # Errors
    /// The event is not possible in this state, or not for this person.
    pub fn apply(self, event: Event, involved: &Involved) -> Result<(Self, Vec<Effect>), TransitionError> {
        match (self, event) {
            (Self::Received, Event::ReadSucceeded) => Ok((Self::Checking, vec![Effect::Check])),
            (Self::Received, Event::ReadFailed { code, message }) => {
                Ok((Self::Unreadable { code, message }, Vec::new()))
            }
            (Self::Unreadable { .. } | Self::NeedsReview, Event::ReadAgain { .. }) => {
                Ok((Self::Received, vec![Effect::Read]))
            }
            (Self::Checking, Event::Checked { verdict }) => Ok(match verdict {
                Verdict::ApprovedByRule => (Self::Approved { by: ApprovedBy::Rule }, vec![Effect::Post]),
                Verdict::NeedsApproval => (Self::AwaitingApproval, Vec::new()),
                Verdict::NeedsReview => (Self::NeedsReview, Vec::new()),
            }),
            (
                Self::Unreadable { .. } | Self::NeedsReview | Self::AwaitingApproval,
                Event::Corrected { .. } | Event::Kept { .. },
            )
            // What the ledger refused may be mended by a value; then it is checked and approved anew.
            | (Self::PostingBlocked { .. }, Event::Corrected { .. }) => Ok((Self::Checking, vec![Effect::Check])),
            (Self::NeedsReview, Event::Submitted { blocked, .. }) => {
                if blocked {
                    Err(TransitionError::Blocked)
                } else {
                    Ok((Self::AwaitingApproval, Vec::new()))
                }
            }
            (Self::AwaitingApproval, Event::Approved { by }) => {
                if involved.submitter == by || involved.correctors.contains(&by) {
                    return Err(TransitionError::OwnDocument);
                }
                Ok((Self::Approved { by: ApprovedBy::Person(by) }, vec![Effect::Post]))
            }
            (
                Self::Unreadable { .. } | Self::NeedsReview | Self::AwaitingApproval | Self::PostingBlocked { .. },
                Event::Rejected { by, reason },
            ) => {
                if reason.trim().is_empty() {
                    return Err(TransitionError::ReasonMissing);
                }
                Ok((Self::Rejected { by, reason }, Vec::new()))
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
            (state, event) => Err(TransitionError::NotAllowed { from: state.name(), event: event.name() }),
        }
    }
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
            Self::Approved { .. } => "approved",
            Self::Rejected { .. } => "rejected",
            Self::ReadAgain { .. } => "read_again",
            Self::Posted { .. } => "posted",
            Self::PostingBlocked { .. } => "posting_blocked",
            Self::PostingRetried { .. } => "posting_retried",
        }
    }
}

#[cfg(test)]
mod tests;
