//! Whether the page of a PDF shows what its text layer says. A layer is easily changed without anybody seeing it, and a
//! value can be painted over while the layer still says the old one; a reader that looks at the page tells.

use super::{grounds::Testimony, witness::testimony};
use crate::model::{
    draft::Draft,
    field::FieldName,
    finding::{Finding, Severity},
    page::{Confidence, Look, Source, Spot},
};

/// The fields that are held against the page: what would make somebody pay another sum, or pay twice.
const COMPARED: [FieldName; 2] = [FieldName::Total, FieldName::IssueDate];

/// A reader that is shown an empty place makes up a word or two, and is not at all sure of them, in thousandths.
const NOTHING_SEEN: Confidence = Confidence::from_per_mille(200);

/// Where a value that a text layer says should stand on the page.
fn place(draft: &Draft, name: FieldName) -> Option<Spot> {
    let field = draft.fields.get(&name).filter(|field| field.source == Source::PdfText)?;
    Some(Spot { page: field.page?, area: field.area? })
}

/// The places to look at.
pub(super) fn spots(draft: &Draft) -> impl Iterator<Item = Spot> {
    COMPARED.iter().filter_map(|name| place(draft, *name))
}

/// Q4: asks a person where the page shows another value, or nothing at all, and accepts neither.
pub(super) fn compare(draft: &mut Draft, looks: &[Look]) {
    let mut differing = Vec::new();
    for name in COMPARED {
        let Some(place) = place(draft, name) else { continue };
        let Some(field) = draft.fields.get_mut(&name) else { continue };
        let nothing = |look: &Look| look.words.iter().all(|word| word.confidence < NOTHING_SEEN);
        let mut here = looks.iter().filter(|look| look.spot == place).peekable();
        let blank = here.peek().is_some() && here.all(nothing);
        if blank || testimony(field, &[place], looks) == Testimony::Differs {
            field.accepted = false;
            differing.push(name);
        }
    }
    if !differing.is_empty() {
        let message =
            "The text in this PDF is not what its page shows. Compare it with the picture; it may have been altered.";
        draft.problems.push(Finding::new("Q4", Severity::Flag, message, &differing));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Hints, Seen, extract, testing::page_of};
    use crate::model::page::Word;

    fn hints() -> Hints {
        Hints { currency: None, day_first: true, today: jiff::civil::date(2026, 11, 22), known: Vec::new() }
    }

    #[test]
    fn what_the_page_shows_is_held_against_the_layer() {
        let mut page = page_of(&["Invoice date: 21 November 2026", "TOTAL HKD 120.00"]);
        page.source = Source::PdfText;
        let pages = [page];
        let pages = pages.as_slice();
        let extracted = |looks: &[Look]| extract(&Seen { pages, facts: &[], looks }, &hints());
        let spots = crate::extract::spots(&Seen { pages, facts: &[], looks: &[] }, &hints());
        assert_eq!(spots.len(), 2, "the total and the date");
        let shown = |text: &str, per_mille: u16| -> Vec<Word> {
            let mut words = if text.is_empty() { Vec::new() } else { page_of(&[text]).words };
            words.iter_mut().for_each(|word| word.confidence = Confidence::from_per_mille(per_mille));
            words
        };
        for (note, text, per_mille, flagged) in [
            ("the same", "120.00", 950, false),
            ("another sum", "720.00", 950, true),
            ("another sum, but the reader is lost", "720.00", 400, false),
            ("nothing that is an amount", "~", 950, false),
            ("an empty place, where it saw something all the same", "SO", 0, true),
            ("nothing at all: it is painted over, or was never drawn", "", 950, true),
        ] {
            let spot = *spots.first().expect("the total's");
            let looks = [Look { spot, words: shown(text, per_mille) }];
            let draft = extracted(&looks);
            let findings: Vec<_> = draft.problems.iter().filter(|finding| finding.rule == "Q4").collect();
            assert_eq!(!findings.is_empty(), flagged, "{note}");
            assert!(findings.iter().all(|finding| finding.fields == [FieldName::Total]), "{note}");
            assert!(!(flagged && draft.accepted(FieldName::Total)), "{note}");
        }
        let draft = extracted(&[]);
        assert!(draft.problems.iter().all(|finding| finding.rule != "Q4"), "nobody looked");
    }
}
