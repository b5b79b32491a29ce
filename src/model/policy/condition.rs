//! Conditions over the facts of a claim. A fact that is unknown makes a condition unknown, never false.

use crate::model::{category::Category, currency::Currency, field::DocumentKind, finding::Severity, money::Money};

/// Something that is true, false or, where a fact is not known, unknown of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// All of these; of none: always true.
    All(Vec<Condition>),
    /// At least one of these; of none: never true.
    Any(Vec<Condition>),
    /// The opposite.
    Not(Box<Condition>),
    /// The amount in the firm's own currency lies in the half-open band `from <= amount < below`. Purchases that count
    /// together (see [`super::Policy::split_days`]) are taken together.
    Amount {
        /// The least that lies in it; `None`: no lower end.
        from: Option<Money>,
        /// The least above it; `None`: no upper end.
        below: Option<Money>,
    },
    /// The paying department is one of these.
    Department(Vec<String>),
    /// The project is one of these.
    Project(Vec<String>),
    /// The category is one of these.
    Category(Vec<Category>),
    /// The supplier is one of these, by name without case, spaces and punctuation.
    Supplier(Vec<String>),
    /// Who submitted it is one of these, by e-mail address.
    Submitter(Vec<String>),
    /// Who submitted it has one of these roles.
    SubmitterRole(Vec<String>),
    /// It is one of these kinds of paper.
    Kind(Vec<DocumentKind>),
    /// It is in one of these currencies.
    Currency(Vec<Currency>),
    /// The checks found one of these rules broken.
    Finding(Vec<String>),
    /// The gravest finding weighs at least this much.
    FindingAtLeast(Severity),
}

impl Condition {
    /// True of every claim.
    pub const ALWAYS: Self = Self::All(Vec::new());

    /// Whether it is true of every claim.
    #[must_use]
    pub const fn is_always(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }
}
