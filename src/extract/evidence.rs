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

    /// The field with this value, accepted where the paper proves it. Its confidence is its reader's, until
    /// `calibration` says how often such a value is right.
    pub(super) fn field(self, value: FieldValue, proven: bool, rule: String) -> Field {
        let Self { source, page, area, confidence } = self;
        Field { value, confidence, accepted: proven, source, rule, page, area }
    }
}
