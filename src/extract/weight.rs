//! How much speaks for a value: the independent pieces of evidence it has, then how sure its reader was. What weighs
//! more is at least as likely right; how likely, `calibration` says from papers that people labelled.

use std::collections::BTreeMap;

use crate::extract::grounds::{DateGrounds, Grounds, NameGrounds, Testimony, TotalGrounds};
use crate::model::{
    draft::Draft,
    field::{Field, FieldName},
    page::Confidence,
};

/// The weight of a value: four for each piece of evidence, and up to three for its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weight(u8);

/// The weights of the values of a document.
pub type Weights = BTreeMap<FieldName, Weight>;

impl Weight {
    /// The heaviest there is.
    pub const MAX: Self = Self::of(EVIDENCE_MAX, Confidence::CERTAIN);

    /// The weight as a number, from 0 to that of [`Weight::MAX`].
    #[must_use]
    pub const fn value(self) -> u8 {
        self.0
    }

    const fn of(evidence: u8, reader: Confidence) -> Self {
        let evidence = if evidence > EVIDENCE_MAX { EVIDENCE_MAX } else { evidence };
        let band = match reader.per_mille() {
            0..700 => 0,
            700..850 => 1,
            850..940 => 2,
            _ => 3,
        };
        Self(evidence * BANDS + band)
    }
}

/// More pieces than so many say no more.
const EVIDENCE_MAX: u8 = 5;
/// How finely a reader's own confidence is taken: too few papers are labelled for more.
const BANDS: u8 = 4;
/// What two readers that differ take away.
const DISPUTED: u8 = 2;
/// The most pieces that count where something on the paper speaks against the value.
const UNSOUND_MAX: u8 = 1;

/// The weight of each value that was read.
pub(super) fn weigh(draft: &Draft, grounds: &Grounds) -> Weights {
    let weight = |(name, field): (&FieldName, &Field)| {
        let evidence = match (*name, grounds.total, grounds.issue, &grounds.name) {
            (FieldName::Total, Some(total), _, _) => of_total(total),
            (FieldName::IssueDate, _, Some(date), _) => of_date(date),
            (FieldName::SupplierName, _, _, Some(name)) => of_name(name),
            // A label names it; other figures or another place prove it.
            (_, _, _, _) => 1 + 2 * u8::from(field.accepted),
        };
        let evidence = match grounds.heard.get(name) {
            Some(Testimony::Agrees | Testimony::AgreesAtLast) => evidence.saturating_add(1),
            Some(Testimony::Differs) => evidence.saturating_sub(DISPUTED),
            Some(Testimony::Silent) | None => evidence,
        };
        (*name, Weight::of(evidence, field.confidence))
    };
    draft.fields.iter().map(weight).collect()
}

/// A plain label, the same amount twice, and equations.
fn of_total(total: TotalGrounds) -> u8 {
    let proofs = u8::try_from(total.proofs.min(2)).unwrap_or(2);
    let evidence = u8::from(total.strength >= 2) + u8::from(total.labelled > 1) + proofs;
    if total.sound { evidence } else { evidence.min(UNSOUND_MAX) }
}

/// A form that can be read only one way, a label, and the same day elsewhere.
fn of_date(date: DateGrounds) -> u8 {
    let evidence = u8::from(date.sound) + u8::from(date.labelled) + u8::from(date.confirmations > 0);
    if date.sound && !date.rivalled { evidence } else { evidence.min(UNSOUND_MAX) }
}

/// A company's form, and a place at the top that leaves nothing open.
fn of_name(name: &NameGrounds) -> u8 {
    if name.known { EVIDENCE_MAX } else { u8::from(name.form) + u8::from(name.plain) }
}
