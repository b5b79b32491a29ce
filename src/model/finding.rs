//! What a check noticed about a document.

use super::{field::FieldName, id::DocumentId, page::Spot};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// A person must look before it is approved by rule.
    Flag,
    /// It cannot be approved until it is mended.
    Block,
}

impl Severity {
    /// The name in JSON, tables and pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Flag => "flag",
            Self::Block => "block",
        }
    }

    /// The severity with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Info, Self::Flag, Self::Block].into_iter().find(|severity| severity.name() == name)
    }
}

/// One thing a check noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id, such as `A2` or `D4`, from the list of checks.
    pub rule: String,
    /// How much it matters.
    pub severity: Severity,
    /// One sentence a bookkeeper understands.
    pub message: String,
    /// The fields it concerns.
    pub fields: Vec<FieldName>,
    /// The other documents it concerns, to be shown beside this one: duplicates, purchases that count together.
    pub others: Vec<DocumentId>,
    /// The places it concerns that are no field's own: a line item, a heading, a second amount.
    pub spots: Vec<Spot>,
}

impl Finding {
    /// A finding about some fields.
    #[must_use]
    pub fn new(rule: &str, severity: Severity, message: impl Into<String>, fields: &[FieldName]) -> Self {
        let (others, spots) = (Vec::new(), Vec::new());
        Self { rule: rule.to_owned(), severity, message: message.into(), fields: fields.to_vec(), others, spots }
    }

    /// The same finding, about these other documents too.
    #[must_use]
    pub fn with_others(mut self, others: impl IntoIterator<Item = DocumentId>) -> Self {
        self.others.extend(others);
        self
    }

    /// The same finding, about these places too.
    #[must_use]
    pub fn with_spots(mut self, spots: impl IntoIterator<Item = Spot>) -> Self {
        self.spots.extend(spots);
        self
    }
}
