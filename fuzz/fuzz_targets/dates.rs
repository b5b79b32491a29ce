//! Any text behind a date's label, as a reader and as a PDF would give it: a date that is accepted is one that the
//! calendar allows, and the same text gives the same date.
#![no_main]

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use vouch::{
    extract::{Hints, Seen, extract},
    model::{
        field::{FieldName, FieldValue},
        page::{Area, Confidence, Page, Source, Word},
    },
};

const WORDS_MAX: usize = 60;

fuzz_target!(|input: (bool, bool, &str)| {
    let (day_first, optical, text) = input;
    let texts = ["Invoice", "date:"].into_iter().chain(text.split(' ')).take(WORDS_MAX);
    let words = texts.zip(0_u32..).map(|(text, at)| {
        let width = u32::try_from(text.chars().count()).unwrap_or(1).saturating_mul(11).max(1);
        let area = Area { left: at * 200, top: 30, width, height: 20 };
        Word { text: text.to_owned(), area, confidence: Confidence::CERTAIN, line: 0 }
    });
    let source = if optical { Source::PpOcr } else { Source::PdfText };
    let page = [Page { number: 1, width: 12_000, height: 100, source, words: words.collect() }];
    let today = date(2026, 11, 25);
    let hints = Hints { currency: None, day_first, today, known: Vec::new() };
    let seen = Seen { pages: &page, ..Seen::default() };
    let draft = extract(&seen, &hints);
    assert_eq!(draft, extract(&seen, &hints));
    let Some(field) = draft.fields.get(&FieldName::IssueDate).filter(|field| field.accepted) else { return };
    let FieldValue::Date(found) = field.value else { panic!("an issue date is a date") };
    assert!(found <= date(2026, 11, 26) && found.year() >= 2006, "{found} was accepted");
});
