//! What can be done about an approval, as the history names it.

/// What somebody, or time, did about an approval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Agreed.
    Approved,
    /// Refused.
    Rejected,
    /// Others were added.
    Added,
    /// Somebody added was taken out.
    Removed,
    /// A task was handed over.
    Transferred,
    /// An opinion was asked.
    Asked,
    /// An opinion was given.
    Answered,
    /// A task was claimed.
    Claimed,
    /// A task was given back to the pool.
    Unclaimed,
    /// It was sent back.
    Returned,
    /// An approval was taken back.
    TakenBack,
    /// It was withdrawn.
    Withdrawn,
    /// Somebody was reminded.
    Reminded,
    /// A task lay too long.
    Overdue,
    /// A task went to somebody else because its person left.
    Moved,
}

impl Decision {
    /// Every one.
    pub const ALL: [Self; 15] = [
        Self::Approved,
        Self::Rejected,
        Self::Added,
        Self::Removed,
        Self::Transferred,
        Self::Asked,
        Self::Answered,
        Self::Claimed,
        Self::Unclaimed,
        Self::Returned,
        Self::TakenBack,
        Self::Withdrawn,
        Self::Reminded,
        Self::Overdue,
        Self::Moved,
    ];

    /// The name in the history.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Transferred => "transferred",
            Self::Asked => "asked",
            Self::Answered => "answered",
            Self::Claimed => "claimed",
            Self::Unclaimed => "unclaimed",
            Self::Returned => "returned",
            Self::TakenBack => "taken_back",
            Self::Withdrawn => "withdrawn",
            Self::Reminded => "reminded",
            Self::Overdue => "overdue",
            Self::Moved => "moved",
        }
    }
}
