//! Small pages made by hand, for the tests of this module.

use crate::model::page::{Area, Confidence, Page, Source, Word};

/// A word of eleven pixels a letter, twenty high.
pub(super) fn word(text: &str, left: u32, top: u32, line: u32) -> Word {
    let width = u32::try_from(text.chars().count()).unwrap_or(1) * 11;
    let area = Area { left, top, width, height: 20 };
    Word { text: text.to_owned(), area, confidence: Confidence::from_per_mille(960), line }
}

/// A scanned page with one line of text under the other; two spaces stand for a wide gap.
pub(super) fn page_of(lines: &[&str]) -> Page {
    let mut words = Vec::new();
    for (line, text) in (0_u32..).zip(lines) {
        let mut left = 10;
        for part in text.split(' ') {
            if part.is_empty() {
                left += 100;
                continue;
            }
            let made = word(part, left, line * 30, line);
            left = made.area.right() + 8;
            words.push(made);
        }
    }
    let height = u32::try_from(lines.len()).unwrap_or(1) * 30;
    Page { number: 1, width: 800, height, source: Source::Tesseract, words }
}

/// The words of a paper that lies at this place of a picture, its lines so many pixels under each other, each of them a
/// line of the reader's from this number on; two spaces stand for a wide gap, which ends one of the reader's lines.
pub(super) fn paper_at(lines: &[&str], (left, top): (u32, u32), pitch: u32, first: u32) -> Vec<Word> {
    let mut words = Vec::new();
    let mut number = first;
    for (row, text) in (0_u32..).zip(lines) {
        let mut at = left;
        for part in text.split(' ') {
            if part.is_empty() {
                at += 100;
                number += 1;
                continue;
            }
            let made = word(part, at, top + row * pitch, number);
            at = made.area.right() + 8;
            words.push(made);
        }
        number += 1;
    }
    words
}

/// A scanned page with these words.
pub(super) fn page_with(words: Vec<Word>) -> Page {
    let (width, height) = words
        .iter()
        .fold((1, 1), |(width, height), word| (width.max(word.area.right()), height.max(word.area.bottom())));
    Page { number: 1, width, height, source: Source::PpOcr, words }
}
