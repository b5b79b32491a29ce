//! How sure a value is: how often values that weigh as much were right on labelled papers.
//!
//! The steps of `table` are fitted by `vouch score … --fit` on the tuning receipts alone (docs/measurements.md). They rest
//! on few papers, and the rules were set on the same ones, so a value's confidence is not the share that was right but
//! the least that the count of papers proves. A value is accepted where its paper proves it, or where that least is
//! [`ACCEPTED_MIN`]; a step of fewer than 598 values without a mistake cannot prove that, and none of today's does.

// A row a step, as it was written.
#[rustfmt::skip]
mod table;

use crate::extract::weight::{Weight, Weights};
use crate::model::{draft::Draft, field::FieldName, page::Confidence};

/// Values of one field that weigh so much or more, and less than the next step's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// The least weight.
    pub(crate) from: u8,
    /// How many labelled values it was fitted on.
    pub(crate) values: u32,
    /// How many of them were right.
    pub(crate) right: u32,
    /// Such a value is right in at least so many of a thousand cases, at a confidence of 95 per cent.
    pub(crate) at_least: u16,
}

/// What a value needs at least to be accepted without being proven.
const ACCEPTED_MIN: Confidence = Confidence::from_per_mille(995);

/// Gives each value its confidence, and accepts what is likely enough and has no finding against it.
pub(super) fn settle(draft: &mut Draft, weights: &Weights) {
    settle_by(draft, weights, steps_of);
}

fn settle_by(draft: &mut Draft, weights: &Weights, steps_of: fn(FieldName) -> &'static [Step]) {
    for (name, field) in &mut draft.fields {
        let Some(weight) = weights.get(name) else { continue };
        let Some(step) = step_at(steps_of(*name), *weight) else { continue };
        field.confidence = Confidence::from_per_mille(step.at_least);
        let denied = draft.problems.iter().any(|finding| finding.fields.contains(name));
        field.accepted |= !denied && field.confidence >= ACCEPTED_MIN;
    }
}

/// The steps of the field; fields that nobody labelled there have those of the labelled ones together.
fn steps_of(name: FieldName) -> &'static [Step] {
    match name {
        FieldName::Total => table::TOTAL,
        FieldName::IssueDate => table::ISSUE_DATE,
        FieldName::SupplierName => table::SUPPLIER_NAME,
        FieldName::SupplierAddress
        | FieldName::SupplierTaxId
        | FieldName::DocumentNumber
        | FieldName::DueDate
        | FieldName::Currency
        | FieldName::Subtotal
        | FieldName::Tax
        | FieldName::ServiceCharge
        | FieldName::Rounding
        | FieldName::Discount
        | FieldName::AmountPaid
        | FieldName::PaymentMethod => table::OTHERS,
    }
}

/// The last step that begins at the weight or below it.
fn step_at(steps: &'static [Step], weight: Weight) -> Option<&'static Step> {
    steps.iter().rfind(|step| step.from <= weight.value())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Hints, Seen, extract, testing::page_of, weighed};
    use crate::model::finding::{Finding, Severity};

    const FIELDS: [FieldName; 4] =
        [FieldName::Total, FieldName::IssueDate, FieldName::SupplierName, FieldName::DocumentNumber];

    fn hints() -> Hints {
        Hints { currency: None, day_first: true, today: jiff::civil::date(2026, 11, 26), known: Vec::new() }
    }

    #[test]
    fn what_weighs_more_is_surer() {
        for steps in FIELDS.map(steps_of) {
            assert_eq!(steps.first().map(|step| step.from), Some(0), "every weight has its step");
            for pair in steps.windows(2) {
                assert!(pair[0].from < pair[1].from && pair[1].from <= Weight::MAX.value());
                assert!(pair[0].at_least <= pair[1].at_least);
            }
            let sound = |step: &Step| u32::from(step.at_least) * step.values <= step.right * 1000;
            assert!(steps.iter().all(sound), "no bound is better than what was seen: {steps:?}");
        }
    }

    /// The promise of the head of this file: so few papers accept nothing that is not proven.
    #[test]
    fn a_step_accepts_only_what_its_papers_prove() {
        for steps in FIELDS.map(steps_of) {
            for step in steps {
                let proven = Confidence::from_per_mille(step.at_least) >= ACCEPTED_MIN;
                assert!(!proven || step.values >= 598, "{step:?}");
            }
        }
    }

    #[test]
    fn what_is_likely_enough_is_accepted_unless_a_finding_denies_it() {
        const fn step(at_least: u16) -> Step {
            Step { from: 0, values: 700, right: 700, at_least }
        }
        static ENOUGH: [Step; 1] = [step(995)];
        static TOO_LITTLE: [Step; 1] = [step(994)];
        let page = page_of(&["TOTAL 20.00"]);
        let seen = Seen { pages: std::slice::from_ref(&page), ..Seen::default() };
        let (read, weights) = weighed(&seen, &hints());
        assert!(!read.accepted(FieldName::Total), "one label proves nothing");
        let finding = Finding::new("Q2", Severity::Flag, "Two readings differ.", &[FieldName::Total]);
        let enough: fn(FieldName) -> &'static [Step] = |_| &ENOUGH;
        let too_little: fn(FieldName) -> &'static [Step] = |_| &TOO_LITTLE;
        for (steps_of, denied, accepted, confidence) in
            [(enough, false, true, 995), (enough, true, false, 995), (too_little, false, false, 994)]
        {
            let mut draft = read.clone();
            draft.problems = if denied { vec![finding.clone()] } else { Vec::new() };
            settle_by(&mut draft, &weights, steps_of);
            let total = &draft.fields[&FieldName::Total];
            assert_eq!((total.accepted, total.confidence.per_mille()), (accepted, confidence), "{denied}");
        }
    }

    #[test]
    fn evidence_raises_confidence() {
        let sure = |text: &[&str]| {
            let draft = extract(&Seen { pages: &[page_of(text)], ..Seen::default() }, &hints());
            draft.fields[&FieldName::Total].confidence
        };
        let alone = sure(&["TOTAL 20.00"]);
        let proven = sure(&["TOTAL 20.00", "TOTAL DUE 20.00", "CASH 50.00", "CHANGE 30.00"]);
        assert!(alone < proven, "{alone:?} {proven:?}");
    }
}
