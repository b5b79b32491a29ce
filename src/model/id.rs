//! Typed ids: a document's id cannot be passed where a person's is meant.

use std::{fmt, str::FromStr};

use uuid::Uuid;

/// The text was not an id of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not an id")]
pub struct IdError(pub String);

macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A new id that sorts after the ids made before it.
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The id with exactly these bits; tests choose their ids with it.
            #[must_use]
            pub const fn from_u128(bits: u128) -> Self {
                Self(Uuid::from_u128(bits))
            }

            /// The bare UUID, for deriving deterministic keys.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::parse_str(text).map(Self).map_err(|_| IdError(text.to_owned()))
            }
        }
    )*};
}

typed_id! {
    /// One receipt or invoice, however often its bytes were uploaded.
    DocumentId,
    /// A person who can sign in.
    PersonId,
    /// A row of the queue.
    JobId,
    /// The attempt, lasting until it succeeds, to put one document into one ledger.
    PostingId,
    /// One QuickBooks company or Xero organisation that vouch may post to.
    ConnectionId,
    /// One notice to one person over one channel.
    NoticeId,
}
