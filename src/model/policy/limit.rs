//! What things may cost, and what a document must say.

use super::condition::Condition;
use crate::model::{category::Category, finding::Severity, money::Money};

/// Over what a limit adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Per {
    /// One document.
    Document,
    /// All documents of a claimant with the same date.
    Day,
    /// All documents of a claimant in the same calendar month.
    Month,
}

impl Per {
    /// Every span.
    pub const ALL: [Self; 3] = [Self::Document, Self::Day, Self::Month];

    /// The name in policies.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document => "document",
            Self::Day => "day",
            Self::Month => "month",
        }
    }
}

/// Whose spending, and on what, a limit is for. An absent part means: any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LimitScope {
    /// Only this category.
    pub category: Option<Category>,
    /// Only this department.
    pub department: Option<String>,
    /// Only this project.
    pub project: Option<String>,
    /// Only this person, by e-mail address.
    pub person: Option<String>,
}

impl LimitScope {
    /// Everybody's spending on one category.
    #[must_use]
    pub fn of_category(category: Category) -> Self {
        Self { category: Some(category), ..Self::default() }
    }
}

/// What something may cost at most without a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// For whom and what.
    pub scope: LimitScope,
    /// Over what it adds up.
    pub per: Per,
    /// The most, in the firm's own currency.
    pub max: Money,
    /// What going over it means.
    pub severity: Severity,
}

impl Limit {
    /// What one document of a category may cost without a flag.
    #[must_use]
    pub fn on_category(category: Category, max: Money) -> Self {
        Self { scope: LimitScope::of_category(category), per: Per::Document, max, severity: Severity::Flag }
    }
}

/// Something a document must say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Required {
    /// Which department pays.
    Department,
    /// Which project it is for.
    Project,
    /// Who was there.
    Attendees,
    /// What it was for, in words.
    Note,
    /// The supplier's tax number.
    SupplierTaxId,
    /// The number on the paper.
    DocumentNumber,
    /// When it must be paid.
    DueDate,
}

impl Required {
    /// Everything that can be asked for.
    pub const ALL: [Self; 7] = [
        Self::Department,
        Self::Project,
        Self::Attendees,
        Self::Note,
        Self::SupplierTaxId,
        Self::DocumentNumber,
        Self::DueDate,
    ];

    /// The name in policies.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Department => "department",
            Self::Project => "project",
            Self::Attendees => "attendees",
            Self::Note => "note",
            Self::SupplierTaxId => "supplier_tax_id",
            Self::DocumentNumber => "document_number",
            Self::DueDate => "due_date",
        }
    }
}

/// What must be said, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// What.
    pub what: Required,
    /// On which documents; [`Condition::ALWAYS`] for all.
    pub when: Condition,
}
