//! What a check noticed about a document.

use super::field::FieldName;

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
}

impl Finding {
    /// A finding about some fields.
    #[must_use]
    pub fn new(rule: &str, severity: Severity, message: impl Into<String>, fields: &[FieldName]) -> Self {
        Self { rule: rule.to_owned(), severity, message: message.into(), fields: fields.to_vec() }
    }
}
