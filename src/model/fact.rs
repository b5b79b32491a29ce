//! What a machine-readable part of a document states outright: an e-invoice's XML, a QR code.
//!
//! Unlike words on a page, a fact needs no guess about what it means: the format says which field it is.

use super::{
    draft::LineItem,
    field::{DocumentKind, FieldName, FieldValue},
    finding::Finding,
    page::{Area, Source},
};

/// One field as a machine-readable part states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Which field.
    pub name: FieldName,
    /// What it states.
    pub value: FieldValue,
    /// Where in the format it stands, for people who ask why: `cii:GrandTotalAmount`, `fapiao:number`.
    pub rule: String,
}

/// Everything that one machine-readable part of a document states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Which kind of part: [`Source::EInvoice`] or [`Source::Qr`].
    pub source: Source,
    /// What kind of paper it says it is; unknown where it does not say.
    pub kind: DocumentKind,
    /// The page it stands on, counted from one; none for XML.
    pub page: Option<u32>,
    /// Where on that page.
    pub area: Option<Area>,
    /// Its fields; a name comes once at most.
    pub fields: Vec<Fact>,
    /// Its line items.
    pub line_items: Vec<LineItem>,
    /// What is wrong with it: a sum that does not add up, a rule of its standard that it breaks. Where one of them is
    /// of severity block, nothing in `fields` may be accepted without a person.
    pub problems: Vec<Finding>,
}
