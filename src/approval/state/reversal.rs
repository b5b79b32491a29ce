//! The reversal of an entry that is in its ledger: one person asks for it, another agrees, then the ledger takes it back.

use super::{Effect, Event, State, TransitionError};
use crate::model::id::PersonId;

/// The reversal of a posted entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// The ledger's id of the entry.
    pub external_id: String,
    /// Our reference in the entry.
    pub reference: String,
    /// Who asked for it.
    pub asked_by: PersonId,
    /// Why, in their words.
    pub reason: String,
    /// How far it came.
    pub stage: ReversalStage,
}

/// How far a reversal came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReversalStage {
    /// Somebody else must agree.
    Asked,
    /// Agreed to; the ledger is to take the entry back.
    Agreed {
        /// By whom.
        by: PersonId,
    },
    /// Agreed to, but the ledger wants a person to do something first.
    Blocked {
        /// Who agreed.
        by: PersonId,
        /// What to do.
        message: String,
    },
    /// The ledger no longer has the entry: it is voided or deleted there.
    Done {
        /// Who agreed.
        by: PersonId,
    },
}

/// Something that happened to a reversal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReversalEvent {
    /// A person asks for it.
    Asked {
        /// Who.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// Another person agrees.
    Agreed {
        /// Who.
        by: PersonId,
    },
    /// Another person refuses: the entry stays.
    Refused {
        /// Who.
        by: PersonId,
        /// Why.
        reason: String,
    },
    /// It is taken back before the ledger carried it out: the entry stays.
    Withdrawn {
        /// Who.
        by: PersonId,
    },
    /// The ledger no longer has the entry.
    Done,
    /// The ledger wants a person to do something first.
    Blocked {
        /// What to do.
        message: String,
    },
    /// A person says it is done: try again.
    Retried {
        /// Who.
        by: PersonId,
    },
}

impl Reversal {
    /// The state's name in tables, JSON and pages.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self.stage {
            ReversalStage::Asked => "reversal_asked",
            ReversalStage::Agreed { .. } => "reversing",
            ReversalStage::Blocked { .. } => "reversal_blocked",
            ReversalStage::Done { .. } => "reversed",
        }
    }

    /// Whether vouch itself will move it on, without a person.
    #[must_use]
    pub const fn is_moving(&self) -> bool {
        matches!(self.stage, ReversalStage::Agreed { .. })
    }

    /// Whether the ledger no longer has the entry.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self.stage, ReversalStage::Done { .. })
    }

    /// The entry as it was before anybody asked for its reversal.
    fn kept(self) -> State {
        State::Posted { external_id: self.external_id, reference: self.reference }
    }

    fn at(self, stage: ReversalStage) -> State {
        State::Reversal(Self { stage, ..self })
    }

    /// The state after an event, and what must happen then.
    fn apply(self, event: ReversalEvent) -> Result<(State, Vec<Effect>), TransitionError> {
        let not_allowed = Err(TransitionError::NotAllowed { from: self.name(), event: event.name() });
        match (self.stage.clone(), event) {
            (ReversalStage::Asked, ReversalEvent::Agreed { by } | ReversalEvent::Refused { by, .. })
                if by == self.asked_by =>
            {
                Err(TransitionError::OwnReversal)
            }
            (ReversalStage::Asked, ReversalEvent::Agreed { by }) => {
                Ok((self.at(ReversalStage::Agreed { by }), vec![Effect::Reverse]))
            }
            (ReversalStage::Asked, ReversalEvent::Refused { reason, .. }) if reason.trim().is_empty() => {
                Err(TransitionError::ReasonMissing)
            }
            (ReversalStage::Asked, ReversalEvent::Withdrawn { by }) if by != self.asked_by => not_allowed,
            // What was blocked was agreed to, but nothing is undone yet: it may still be left as it is.
            (ReversalStage::Asked, ReversalEvent::Refused { .. } | ReversalEvent::Withdrawn { .. })
            | (ReversalStage::Blocked { .. }, ReversalEvent::Withdrawn { .. }) => Ok((self.kept(), Vec::new())),
            (ReversalStage::Agreed { by }, ReversalEvent::Done) => {
                Ok((self.at(ReversalStage::Done { by }), Vec::new()))
            }
            (ReversalStage::Agreed { by }, ReversalEvent::Blocked { message }) => {
                Ok((self.at(ReversalStage::Blocked { by, message }), Vec::new()))
            }
            (ReversalStage::Blocked { by, .. }, ReversalEvent::Retried { .. }) => {
                Ok((self.at(ReversalStage::Agreed { by }), vec![Effect::Reverse]))
            }
            _ => not_allowed,
        }
    }
}

impl ReversalEvent {
    /// The event's name in the history.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Asked { .. } => "reversal_asked",
            Self::Agreed { .. } => "reversal_agreed",
            Self::Refused { .. } => "reversal_refused",
            Self::Withdrawn { .. } => "reversal_withdrawn",
            Self::Done => "reversed",
            Self::Blocked { .. } => "reversal_blocked",
            Self::Retried { .. } => "reversal_retried",
        }
    }
}

/// What becomes of an entry that is in its ledger, or was.
pub(super) fn apply(state: State, event: Event) -> Result<(State, Vec<Effect>), TransitionError> {
    match (state, event) {
        (State::Posted { external_id, reference }, Event::Reversal(ReversalEvent::Asked { by, reason })) => {
            if reason.trim().is_empty() {
                return Err(TransitionError::ReasonMissing);
            }
            let stage = ReversalStage::Asked;
            Ok((State::Reversal(Reversal { external_id, reference, asked_by: by, reason, stage }), Vec::new()))
        }
        // What is out of the ledger again may be mended, approved anew and posted as another entry.
        (State::Reversal(reversal), Event::Corrected { .. }) if reversal.is_done() => {
            Ok((State::Checking, vec![Effect::Check]))
        }
        (State::Reversal(reversal), Event::Reversal(event)) => reversal.apply(event),
        (state, event) => Err(TransitionError::NotAllowed { from: state.name(), event: event.name() }),
    }
}
