//! What a piece of text says, taken apart once and held against many phrases.
//!
//! Every row of a page is held against some five hundred phrases. Most words are nothing like any of them; that is told
//! by how long a word is and which letters it has, which are counted once for each word of the page and once for each
//! word of a phrase.

use std::sync::OnceLock;

use crate::extract::text::{Shape, fold, is_han, is_kana};

/// A text folded, as words and as one.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    words: Vec<Shape>,
    /// How long its words are, a bit each: most phrases have a word that none of these can be.
    lengths: u64,
    /// The text without spaces.
    compact: Shape,
}

/// A phrase taken apart.
#[derive(Debug)]
pub(super) struct Phrase {
    words: Vec<Shape>,
    /// The phrase without spaces.
    compact: Shape,
    /// It has Chinese characters or Japanese syllables, which stand unspaced: it is sought as letters, not as words.
    han: bool,
    /// Long enough to be known where the reader lost its spaces.
    long: bool,
}

/// A list of phrases, taken apart when first used.
#[derive(Debug)]
pub(super) struct Phrases {
    list: &'static [&'static str],
    phrases: OnceLock<Vec<Phrase>>,
}

/// So many letters and spaces of a phrase are enough to know it without its spaces.
const LONG_MIN: usize = 7;

impl Said {
    /// What the text says.
    pub(super) fn of(text: &str) -> Self {
        let folded = fold(text);
        let words: Vec<Shape> = folded.split(' ').filter(|word| !word.is_empty()).map(Shape::of).collect();
        let lengths = words.iter().fold(0, |lengths, word| lengths | word.length_bit());
        Self { compact: Shape::of(&folded.replace(' ', "")), lengths, words }
    }

    /// Whether it says anything: whether there is a letter in it.
    pub(super) const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Its words, folded.
    pub(super) fn words(&self) -> &[Shape] {
        &self.words
    }

    /// Whether one of the phrases may begin with its first word. Chinese characters join those that follow, so they
    /// always may.
    pub(super) fn may_begin(&self, phrases: &Phrases) -> bool {
        let begins = |phrase: &Phrase| match (self.words.first(), phrase.words.first()) {
            (Some(seen), Some(meant)) => seen.near(meant),
            (Some(_) | None, Some(_) | None) => false,
        };
        self.compact.text().contains(is_han) || phrases.all().iter().any(begins)
    }

    /// Whether the words of a phrase stand in it one after the other, give or take a misread letter.
    pub(super) fn has(&self, phrase: &Phrase) -> bool {
        if phrase.han {
            return self.compact.holds(&phrase.compact);
        }
        let may_stand = phrase.words.iter().all(|meant| meant.may_be_among(self.lengths));
        if let [meant] = phrase.words.as_slice() {
            return may_stand && self.words.iter().any(|seen| same(seen, meant));
        }
        let stands = |window: &[Shape]| window.iter().zip(&phrase.words).all(|(seen, meant)| same(seen, meant));
        let in_order = may_stand && self.words.windows(phrase.words.len()).any(stands);
        // "TOTALGST" and "SUBTOTAL(EX)": the reader lost a space.
        in_order || phrase.long && self.compact.holds(&phrase.compact)
    }

    /// Whether one of the phrases stands in it letter by letter: what a text layer says was never misread.
    pub(super) fn any_as_written(&self, phrases: &Phrases) -> bool {
        let stands = |phrase: &Phrase| {
            let equal =
                |window: &[Shape]| window.iter().zip(&phrase.words).all(|(seen, meant)| seen.text() == meant.text());
            if phrase.han {
                self.compact.holds(&phrase.compact)
            } else {
                self.words.windows(phrase.words.len()).any(equal)
            }
        };
        phrases.all().iter().any(stands)
    }

    /// Whether one of the phrases stands in it.
    pub(super) fn any(&self, phrases: &Phrases) -> bool {
        phrases.all().iter().any(|phrase| self.has(phrase))
    }
}

impl Phrase {
    /// The phrase, which is folded already.
    pub(super) fn of(phrase: &str) -> Self {
        Self {
            words: phrase.split(' ').map(Shape::of).collect(),
            compact: Shape::of(&phrase.replace(' ', "")),
            han: phrase.chars().any(|c| is_han(c) || is_kana(c)),
            long: phrase.len() >= LONG_MIN,
        }
    }

    /// Its words.
    pub(super) fn words(&self) -> &[Shape] {
        &self.words
    }
}

impl Phrases {
    /// Phrases that are folded already.
    pub(super) const fn new(list: &'static [&'static str]) -> Self {
        Self { list, phrases: OnceLock::new() }
    }

    /// Each of them, in the order of the list.
    pub(super) fn all(&self) -> &[Phrase] {
        self.phrases.get_or_init(|| self.list.iter().map(|phrase| Phrase::of(phrase)).collect())
    }

    /// The phrases as they are written.
    pub(super) const fn list(&self) -> &'static [&'static str] {
        self.list
    }

    /// How many of them stand in at least one of the texts.
    pub(super) fn count_in(&self, texts: &[&Said]) -> usize {
        self.all().iter().filter(|phrase| texts.iter().any(|text| text.has(phrase))).count()
    }
}

fn same(seen: &Shape, meant: &Shape) -> bool {
    seen.near(meant) || seen.is_plural_of(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_stand_in_texts() {
        for (text, phrase, stands) in [
            ("Tax Invoice No: 5", "INVOICE NO", true),
            ("Tax Invoise No: 5", "INVOICE NO", true),
            ("TAXINVOICE", "TAX INVOICE", true),
            ("GSTNO", "GST NO", false),
            ("Invoices", "INVOICE", true),
            ("合 計 5.00", "合計", true),
            ("ポイント残高", "ポイント", true),
            ("Invoice", "INVOICE NO", false),
            ("12.30 -", "TOTAL", false),
            ("", "TOTAL", false),
        ] {
            assert_eq!(Said::of(text).has(&Phrase::of(phrase)), stands, "{phrase} in {text}");
        }
    }

    #[test]
    fn phrases_are_counted_once_however_often_they_stand() {
        static LIST: Phrases = Phrases::new(&["BILL TO", "IBAN", "TERMS"]);
        let (one, two) = (Said::of("IBAN, IBAN"), Said::of("iban and terms"));
        assert_eq!(LIST.count_in(&[&one, &two]), 2);
        assert!(two.any(&LIST) && !Said::of("nothing").any(&LIST));
        let near = Said::of("Ibans and term");
        assert!(near.any(&LIST) && !near.any_as_written(&LIST) && two.any_as_written(&LIST));
    }
}
