//! Where a value was seen, and how it becomes a field.

use crate::extract::rows::Row;
use crate::model::{
    field::{Field, FieldValue},
    page::{Area, Confidence, Source},
};

/// Where something was seen, by which reader, and how sure that reader was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Evidence {
    pub(super) source: Source,
    pub(super) page: Option<u32>,
    pub(super) area: Option<Area>,
    pub(super) confidence: Confidence,
}

impl Evidence {
    /// A whole row.
    pub(super) fn of_row(row: &Row<'_>) -> Self {
        Self::at(row, row.area, row.confidence())
    }

    /// An area of a row.
    pub(super) const fn at(row: &Row<'_>, area: Area, confidence: Confidence) -> Self {
        Self { source: row.source, page: Some(row.page), area: Some(area), confidence }
    }

    /// The field with this value; its confidence in thousandths is never more than the reader's allows.
    pub(super) fn field(self, value: FieldValue, per_mille: u16, accepted: bool, rule: String) -> Field {
        // Evidence from other figures can make a value surer than its reader was, but not by much.
        let allowed = self.confidence.per_mille().saturating_add(250);
        let confidence = Confidence::from_per_mille(if accepted { per_mille } else { per_mille.min(allowed).min(890) });
        Field { value, confidence, accepted, source: self.source, rule, page: self.page, area: self.area }
    }
}
