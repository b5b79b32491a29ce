//! The words of the pages as rows of text, for the rules that look at words rather than fields.

use rust_decimal::Decimal;

use crate::model::page::{Area, Page, Spot, Word};

/// A page with more words than this is looked at only so far.
const WORDS_MAX: usize = 20_000;

/// One row of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Where it stands.
    pub(super) spot: Spot,
    /// What it says, in lower case, words apart by one space.
    pub(super) text: String,
}

/// The rows of all pages from the top.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Paper {
    pub(super) rows: Vec<Row>,
}

impl Paper {
    /// Words that stand beside each other make a row, whatever lines the reader saw.
    pub(super) fn of(pages: &[Page]) -> Self {
        Self { rows: pages.iter().flat_map(rows_of).collect() }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Row {
    pub(super) fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| holds(&self.text, phrase))
    }

    /// The amounts in it that have two digits after the point, from the left.
    pub(super) fn amounts(&self) -> Vec<Decimal> {
        let sign = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
        let runs = self.text.split(|c: char| !sign(c)).map(|run| run.trim_matches([',', '.']));
        let amount = |run: &str| {
            let plain = run.replace(',', "");
            plain.rsplit_once('.').filter(|(_, cents)| cents.len() == 2)?;
            Decimal::from_str_exact(&plain).ok()
        };
        runs.filter_map(amount).collect()
    }
}

/// Whether the text, in lower case, holds the phrase, and not as a part of another word of Latin letters.
pub(super) fn holds(text: &str, phrase: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && c.is_ascii());
    let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    !phrase.is_empty()
        && text.match_indices(phrase).any(|(at, found)| {
            let before = text.get(..at).and_then(|text| text.chars().next_back());
            let after = text.get(at + found.len()..).and_then(|text| text.chars().next());
            !(is_latin(phrase.chars().next()) && letter(before)
                || is_latin(phrase.chars().next_back()) && letter(after))
        })
}

fn rows_of(page: &Page) -> Vec<Row> {
    let middle = |word: &Word| word.area.top.saturating_add(word.area.height / 2);
    let mut words: Vec<&Word> = page.words.iter().take(WORDS_MAX).collect();
    words.sort_by_key(|word| (middle(word), word.area.left));
    let mut rows: Vec<(Area, Vec<&Word>)> = Vec::new();
    for word in words {
        match rows.last_mut().filter(|(area, _)| (area.top..area.bottom()).contains(&middle(word))) {
            // The row keeps the height of its first word: a slant must not draw the next row into it.
            Some((area, row)) => {
                let wide = area.union(word.area);
                *area = Area { left: wide.left, width: wide.width, ..*area };
                row.push(word);
            }
            None => rows.push((word.area, vec![word])),
        }
    }
    let row = |(area, mut words): (Area, Vec<&Word>)| {
        words.sort_by_key(|word| word.area.left);
        let text: Vec<String> = words.iter().map(|word| word.text.to_lowercase()).collect();
        Row { spot: Spot { page: page.number, area }, text: text.join(" ") }
    };
    rows.into_iter().map(row).collect()
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::model::page::{Confidence, Source};

    /// A page with these rows, a word a cell.
    pub(in crate::check) fn page_of(number: u32, rows: &[&str]) -> Page {
        let mut words = Vec::new();
        for (row, text) in (0_u32..).zip(rows) {
            for (cell, text) in (0_u32..).zip(text.split_whitespace()) {
                let area = Area { left: 10 + cell * 60, top: 10 + row * 30, width: 50, height: 20 };
                let (text, line) = (text.to_owned(), row * 100 + cell);
                words.push(Word { text, area, confidence: Confidence::from_per_mille(950), line });
            }
        }
        Page { number, width: 2000, height: 3000, source: Source::PpOcr, words }
    }
}

#[cfg(test)]
mod tests {
    use super::{testing::page_of, *};

    #[test]
    fn words_beside_each_other_make_a_row() {
        let paper = Paper::of(&[page_of(1, &["TOTAL HK$ 1,234.50", "Change 5.5 0.50"])]);
        let texts: Vec<&str> = paper.rows.iter().map(|row| row.text.as_str()).collect();
        assert_eq!(texts, ["total hk$ 1,234.50", "change 5.5 0.50"]);
        assert_eq!(paper.rows[0].amounts(), [Decimal::new(123_450, 2)]);
        assert_eq!(paper.rows[1].amounts(), [Decimal::new(50, 2)]);
        assert_eq!(paper.rows[1].spot.area, Area { left: 10, top: 40, width: 170, height: 20 });
    }

    #[test]
    fn a_phrase_is_whole_words() {
        for (text, phrase, expected) in [
            ("red wine 5.00", "wine", true),
            ("twine", "wine", false),
            ("winery", "wine", false),
            ("買煙酒一批", "煙", true),
            ("quotation no. 5", "quotation", true),
            ("anything", "", false),
        ] {
            assert_eq!(holds(text, phrase), expected, "{text} {phrase}");
        }
    }
}
