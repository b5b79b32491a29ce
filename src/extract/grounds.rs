//! What the chosen values rest on, counted: what the witness and the figures of trust weigh. A field's rule says the
//! same to people; nothing here is read out of it.

use std::collections::BTreeMap;

use crate::model::{field::FieldName, page::Spot};

/// What the values of one document rest on; nothing for a field that was not found.
#[derive(Debug, Clone, Default)]
pub(super) struct Grounds {
    pub(super) total: Option<TotalGrounds>,
    pub(super) issue: Option<DateGrounds>,
    pub(super) name: Option<NameGrounds>,
    /// What a second reader said of each field that it was asked about.
    pub(super) heard: BTreeMap<FieldName, Testimony>,
}

/// What the second reader says of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Testimony {
    /// It reads the same.
    Agrees,
    /// It was lost at first, and reads the same in a softened picture.
    AgreesAtLast,
    /// It plainly reads something else.
    Differs,
    /// It was not asked, or could not read the place.
    Silent,
}

/// What a total rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TotalGrounds {
    /// How strong the best label that bears it is, from 1 to 4; 0 where none does.
    pub(super) strength: u8,
    /// How many places a label bears it.
    pub(super) labelled: usize,
    /// How many equations over other figures prove it.
    pub(super) proofs: usize,
    /// Nothing on the paper speaks against it: no other total as strong, no rounding that is left open.
    pub(super) sound: bool,
    /// Other figures say that another amount was paid.
    pub(super) denied: bool,
}

/// What an issue date rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DateGrounds {
    /// A label says that it is one.
    pub(super) labelled: bool,
    /// How many other places of the page say the same day.
    pub(super) confirmations: usize,
    /// The order of day and month is known, no digit was mended, and its tax was in force.
    pub(super) sound: bool,
    /// It would be sound, had it been read without mending.
    pub(super) mended: bool,
    /// Another date of the page could be meant as well, or its label names another day than that of issue.
    pub(super) rivalled: bool,
    /// Another date of the page has a label of issue as well, and names another day.
    pub(super) contested: bool,
    /// Its reader was as sure of it as one reader must be.
    pub(super) sure: bool,
}

/// What a supplier's name rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NameGrounds {
    /// The rows it was read from.
    pub(super) spots: Vec<Spot>,
    /// Its letters are mended, so that a witness cannot confirm them.
    pub(super) mended: bool,
    /// It is one that a person taught, letter by letter, or goes by a tax number.
    pub(super) known: bool,
    /// It ends in a company's form, such as "Limited".
    pub(super) form: bool,
    /// It stands at the top, whole, on rows that were read well, and no brand stands over it.
    pub(super) plain: bool,
}
