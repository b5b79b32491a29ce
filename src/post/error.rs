//! What a ledger can answer other than yes, and what to do about each.

use std::time::Duration;

/// Why a ledger did not do what was asked. Texts are for bookkeepers; they hold no tokens and no bodies.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The ledger could not be reached; nothing was sent.
    #[error("{ledger} could not be reached")]
    Unreachable {
        /// Which ledger.
        ledger: &'static str,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// Too many calls; nothing was done.
    #[error("{ledger} asked us to slow down")]
    RateLimited {
        /// Which ledger.
        ledger: &'static str,
        /// How long to wait.
        retry_after: Duration,
    },
    /// The request may or may not have been carried out: look before sending again.
    #[error("{ledger} did not say whether it carried the request out ({what})")]
    Ambiguous {
        /// Which ledger.
        ledger: &'static str,
        /// What happened: `timeout`, `connection lost`, `HTTP 503`, `unreadable answer`.
        what: String,
    },
    /// The access token was refused: refresh it and try once more.
    #[error("{ledger} no longer takes our access token")]
    TokenRefused {
        /// Which ledger.
        ledger: &'static str,
    },
    /// The connection needs a person to give consent again.
    #[error("the connection to {ledger} must be authorised again: {message}")]
    ConsentNeeded {
        /// Which ledger.
        ledger: &'static str,
        /// In the ledger's words.
        message: String,
    },
    /// What was to be made is already there, or the request key was used before: look for it.
    #[error("{ledger} says it already has this ({code})")]
    AlreadyThere {
        /// Which ledger.
        ledger: &'static str,
        /// The ledger's code or the start of its message.
        code: String,
    },
    /// A person must change something here: a mapping, a name, a date.
    #[error("{ledger} refused it: {message}")]
    Refused {
        /// Which ledger.
        ledger: &'static str,
        /// The ledger's code, empty when it has none.
        code: String,
        /// In the ledger's words.
        message: String,
    },
    /// A person must change something in the ledger: a closed period, a plan, a permission.
    #[error("{ledger} does not allow it: {message}")]
    HumanInLedger {
        /// Which ledger.
        ledger: &'static str,
        /// The ledger's code, empty when it has none.
        code: String,
        /// In the ledger's words.
        message: String,
    },
    /// Our request was wrong; sending it again cannot help.
    #[error("{ledger} did not understand our request: {message}")]
    Bug {
        /// Which ledger.
        ledger: &'static str,
        /// The ledger's code, empty when it has none.
        code: String,
        /// In the ledger's words.
        message: String,
    },
}

/// What a ledger's code means, before it is an error with its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Means {
    /// Nothing was done: wait, then send the same again.
    Wait,
    /// The access token ended: renew it.
    Refresh,
    /// A person must give consent again.
    Reauthorise,
    /// A person must change something here.
    FixData,
    /// It is there already, or its key was used: look for it.
    AlreadyDone,
    /// A person must change something in the ledger.
    InLedger,
    /// It may have been done: look.
    Look,
    /// Our request was wrong.
    Bug,
}

/// What the caller does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Nothing was done: send the same again, no earlier than this.
    RetryAfter(Duration),
    /// It may have been done: look first, then perhaps send the same again.
    LookThenRetry,
    /// Refresh the token, then send the same again, once.
    RefreshThenRetry,
    /// It is there already: look for it and take it over.
    LookThenAdopt,
    /// Stop this connection and ask a person to give consent again.
    Consent,
    /// Show it to a person; nothing else helps.
    Person,
    /// Show it to a person and to us.
    Bug,
}

/// How long to wait when a ledger cannot be reached at all.
const UNREACHABLE_WAIT: Duration = Duration::from_secs(15);

/// What `Ambiguous` says when the ledger answered that it failed inside.
const FAILED_INSIDE: &str = "HTTP 500";

impl LedgerError {
    /// Whether the request came to its end, so that its key holds nothing but this failure: Xero would answer the same
    /// for six minutes. After a look, another key is due.
    #[must_use]
    pub fn key_is_spent(&self) -> bool {
        matches!(self, Self::Ambiguous { what, .. } if what.starts_with(FAILED_INSIDE))
    }

    /// With the ledger's own name for this answer, which its support asks for.
    #[must_use]
    pub(crate) fn with_trace(mut self, trace: Option<&str>) -> Self {
        let Some(trace) = trace else { return self };
        match &mut self {
            Self::Ambiguous { what: words, .. }
            | Self::ConsentNeeded { message: words, .. }
            | Self::Refused { message: words, .. }
            | Self::HumanInLedger { message: words, .. }
            | Self::Bug { message: words, .. } => words.push_str(&format!(" ({trace})")),
            Self::Unreachable { .. }
            | Self::RateLimited { .. }
            | Self::TokenRefused { .. }
            | Self::AlreadyThere { .. } => {}
        }
        self
    }

    /// The same error for another of those whom one call concerned.
    #[must_use]
    pub fn again(&self) -> Self {
        match self {
            // Its source cannot be had twice; what is to be done is the same.
            Self::Unreachable { ledger, .. } => Self::RateLimited { ledger, retry_after: UNREACHABLE_WAIT },
            Self::RateLimited { ledger, retry_after } => Self::RateLimited { ledger, retry_after: *retry_after },
            Self::Ambiguous { ledger, what } => Self::Ambiguous { ledger, what: what.clone() },
            Self::TokenRefused { ledger } => Self::TokenRefused { ledger },
            Self::ConsentNeeded { ledger, message } => Self::ConsentNeeded { ledger, message: message.clone() },
            Self::AlreadyThere { ledger, code } => Self::AlreadyThere { ledger, code: code.clone() },
            Self::Refused { ledger, code, message } => {
                Self::Refused { ledger, code: code.clone(), message: message.clone() }
            }
            Self::HumanInLedger { ledger, code, message } => {
                Self::HumanInLedger { ledger, code: code.clone(), message: message.clone() }
            }
            Self::Bug { ledger, code, message } => Self::Bug { ledger, code: code.clone(), message: message.clone() },
        }
    }

    /// What to do next.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::Unreachable { .. } => Class::RetryAfter(UNREACHABLE_WAIT),
            Self::RateLimited { retry_after, .. } => Class::RetryAfter(*retry_after),
            Self::Ambiguous { .. } => Class::LookThenRetry,
            Self::TokenRefused { .. } => Class::RefreshThenRetry,
            Self::ConsentNeeded { .. } => Class::Consent,
            Self::AlreadyThere { .. } => Class::LookThenAdopt,
            Self::Refused { .. } | Self::HumanInLedger { .. } => Class::Person,
            Self::Bug { .. } => Class::Bug,
        }
    }
}
