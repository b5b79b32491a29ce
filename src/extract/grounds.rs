//! What the chosen values rest on, counted: what the witness and the figures of trust weigh. A field's rule says the
//! same to people; nothing here is read out of it.

use crate::model::page::Spot;

/// What the values of one document rest on; nothing for a field that was not found.
#[derive(Debug, Clone, Default)]
pub(super) struct Grounds {
    pub(super) total: Option<TotalGrounds>,
    pub(super) issue: Option<DateGrounds>,
    /// The rows the supplier's name was read from; none where no name was found.
    pub(super) name: Vec<Spot>,
    /// The name's letters are mended, so that a witness cannot confirm them.
    pub(super) name_mended: bool,
    /// The name is one that a person taught, letter by letter, or goes by a tax number.
    pub(super) name_known: bool,
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
    /// Nothing at all speaks for or against it: one date on the page, without a label.
    pub(super) alone: bool,
}
