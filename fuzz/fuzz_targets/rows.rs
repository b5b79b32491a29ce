//! Any text as the words of a page, a line each: rows, dates, amounts and all that is chosen from them.
#![no_main]

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use vouch::{
    extract::{Hints, Seen, extract, spots},
    model::{
        currency::Currency,
        page::{Area, Confidence, Page, Source, Word},
    },
};

const WORDS_MAX: usize = 400;

fuzz_target!(|text: &str| {
    let lines = text.lines().enumerate();
    let words = lines.flat_map(|(line, text)| text.split(' ').enumerate().map(move |(at, word)| (line, at, word)));
    let words = words.take(WORDS_MAX).filter_map(|(line, at, text)| {
        let (line, left) = (u32::try_from(line).ok()?, u32::try_from(at).ok()?.checked_mul(120)?);
        let width = u32::try_from(text.chars().count()).ok()?.saturating_mul(11).max(1);
        let area = Area { left, top: line.checked_mul(30)?, width, height: 20 };
        Some(Word { text: text.to_owned(), area, confidence: Confidence::from_per_mille(950), line })
    });
    let page = [Page { number: 1, width: 4_000, height: 4_000, source: Source::PpOcr, words: words.collect() }];
    let hints = Hints { currency: Some(Currency::HKD), day_first: true, today: date(2026, 11, 25), known: Vec::new() };
    let seen = Seen { pages: &page, ..Seen::default() };
    let _ = (spots(&seen, &hints), extract(&seen, &hints));
});
