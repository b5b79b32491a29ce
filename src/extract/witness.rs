//! Two readings of one paper. The same mistake made twice is rare where the two looked at the picture differently, so
//! agreement is evidence of its own; disagreement is a question.

use crate::extract::Reading;
use crate::model::{
    field::{Field, FieldName},
    finding::{Finding, Severity},
    page::{Confidence, Source},
};

/// What agreement is worth, in thousandths.
const AGREED: Confidence = Confidence::from_per_mille(960);

/// Takes the witness's word: for values both chose, against values they differ in, and for what only it has seen.
pub(super) fn compare(reading: &mut Reading, witness: Reading) {
    let mut differing: Vec<FieldName> = Vec::new();
    for (name, other) in witness.draft.fields {
        let other_clean = witness.clean.contains(&name);
        let clean = reading.clean.contains(&name);
        let Some(field) = reading.draft.fields.get_mut(&name) else {
            reading.draft.fields.insert(name, Field { accepted: false, ..other });
            continue;
        };
        if field.source != Source::Tesseract {
            continue;
        }
        if field.value == other.value {
            if clean && other_clean {
                field.accepted = true;
                field.confidence = field.confidence.max(AGREED);
                field.rule.push_str(",witness");
            }
        } else if !field.accepted && other_clean && (other.accepted || !clean) {
            // The witness saw plainly what the first reading only guessed.
            *field = Field { accepted: false, ..other };
            differing.push(name);
        } else if !(field.accepted && is_strong(field)) {
            field.accepted = false;
            differing.push(name);
        }
    }
    let asked = differing.into_iter().filter(|name| matters(*name)).collect::<Vec<_>>();
    if !asked.is_empty() {
        let message = "Two readings of the picture differ here. Please compare them with the picture.";
        reading.draft.problems.push(Finding::new("Q2", Severity::Flag, message, &asked));
    }
}

/// The paper proves it at least twice, or says it twice: one differing reading does not outweigh that.
fn is_strong(field: &Field) -> bool {
    field.rule.contains('+') || field.rule.contains(",confirmed")
}

/// A difference worth a question: the fields a posting rests on.
const fn matters(name: FieldName) -> bool {
    matches!(name, FieldName::SupplierName | FieldName::IssueDate | FieldName::Currency | FieldName::Total)
}

#[cfg(test)]
mod tests {
    use crate::extract::{Hints, extract, extract_witnessed, testing::page_of};
    use crate::model::{field::FieldName, page::Confidence};

    #[test]
    fn agreement_accepts_and_difference_asks() {
        let hints = Hints { currency: None, day_first: true, today: jiff::civil::date(2026, 11, 22) };
        // One equation, but a total too faint to be accepted by itself.
        let faint = |text: &[&str]| {
            let mut page = page_of(text);
            for word in &mut page.words {
                word.confidence = Confidence::from_per_mille(650);
            }
            page
        };
        let text = ["TOTAL 20.00", "CASH 50.00", "CHANGE 30.00"];
        let (first, same) = (faint(&text), faint(&text));
        let other = faint(&["TOTAL 28.00", "CASH 58.00", "CHANGE 30.00"]);
        let pages = std::slice::from_ref(&first);
        assert!(!extract(pages, &hints).accepted(FieldName::Total));
        assert!(extract_witnessed(pages, &[same], &hints).accepted(FieldName::Total));
        let asked = extract_witnessed(pages, &[other], &hints);
        assert!(!asked.accepted(FieldName::Total));
        assert!(asked.problems.iter().any(|finding| finding.rule == "Q2"));
        // A label alone is not enough, however often it is read.
        let alone = page_of(&["TOTAL 20.00"]);
        assert!(
            !extract_witnessed(std::slice::from_ref(&alone), std::slice::from_ref(&alone), &hints)
                .accepted(FieldName::Total)
        );
        assert_eq!(extract_witnessed(pages, &[], &hints), extract(pages, &hints));
    }
}
