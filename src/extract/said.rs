//! What a piece of text says, taken apart once and held against many phrases.
//!
//! Every row of a page is held against some five hundred phrases. Most words are nothing like any of them; that is told
//! by how long a word is and which letters it has, which are counted once for each word of the page and once for each
//! word of a phrase. What tells a whole phrase at a glance lies apart from the phrases, so that a list is gone through
//! in a few hundred bytes a row.

use std::sync::OnceLock;

use crate::extract::text::{Shape, few, fold, is_han, is_kana};

/// A text folded, as words and as one.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    words: Vec<Shape>,
    /// How long its words are, a bit each: most phrases have a word that none of these can be.
    lengths: u64,
    /// Which letters its words of each length have; the longest ones share a place.
    letters: [u64; LENGTHS],
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

/// What a text must have that says a phrase.
#[derive(Debug)]
struct Glance {
    /// Every letter of the phrase where it may stand without its spaces, or among Chinese characters: a bit each, as in
    /// [`Shape`]. Nothing where it stands as words only.
    unspaced: Option<u64>,
    /// The letters of its longest word, and how many of them may be misread. Nothing where it never stands as words.
    word: Option<(u64, usize)>,
    /// The places of the lengths of which that word may be, as it was seen.
    first: usize,
    last: usize,
}

/// Words of so many letters and more share a place.
const LENGTHS: usize = 16;

/// The place of a length.
fn place(length: usize) -> usize {
    length.min(LENGTHS - 1)
}

/// Phrases taken apart.
#[derive(Debug)]
pub(super) struct Known {
    glances: Vec<Glance>,
    /// As many, in the same order.
    phrases: Vec<Phrase>,
}

/// A list of phrases, taken apart when first used.
#[derive(Debug)]
pub(super) struct Phrases {
    list: &'static [&'static str],
    known: OnceLock<Known>,
}

/// So many letters and spaces of a phrase are enough to know it without its spaces.
const LONG_MIN: usize = 7;

impl Said {
    /// What the text says.
    pub(super) fn of(text: &str) -> Self {
        let folded = fold(text);
        let words: Vec<Shape> = folded.split(' ').filter(|word| !word.is_empty()).map(Shape::of).collect();
        let lengths = words.iter().fold(0, |lengths, word| lengths | word.length_bit());
        let mut letters = [0; LENGTHS];
        for word in &words {
            if let Some(letters) = letters.get_mut(place(word.length())) {
                *letters |= word.letters();
            }
        }
        Self { compact: Shape::of(&folded.replace(' ', "")), lengths, letters, words }
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
        self.compact.text().contains(is_han) || phrases.known().phrases.iter().any(begins)
    }

    /// Whether one of the phrases may begin with one of its words, where none is Chinese.
    pub(super) fn may_hold_start(&self, phrases: &Phrases) -> bool {
        let starts = phrases.known().phrases.iter().filter_map(|phrase| phrase.words.first());
        let mut starts = starts.filter(|meant| meant.may_be_among(self.lengths));
        starts.any(|meant| self.words.iter().any(|seen| seen.near(meant)))
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
        // No letter is misread: all of the phrase's must be there.
        let letters = self.compact.letters();
        let stands = |phrase: &Phrase| {
            if phrase.compact.letters() & !letters != 0 {
                return false;
            }
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
        self.first_of(phrases.known()).is_some()
    }

    /// The first of the phrases that stands in it, by its place in their list.
    pub(super) fn first_of(&self, known: &Known) -> Option<usize> {
        let both = known.glances.iter().zip(&known.phrases);
        both.enumerate().find(|(_, (glance, phrase))| self.may_say(glance) && self.has(phrase)).map(|(place, _)| place)
    }

    /// Whether it has the letters without which it does not say the phrase.
    #[inline]
    fn may_say(&self, glance: &Glance) -> bool {
        let as_word = glance.word.is_some_and(|(letters, misread_max)| {
            let among = self.letters.get(glance.first..=glance.last).unwrap_or_default();
            few(letters & !among.iter().fold(0, |all, letters| all | letters), misread_max)
        });
        as_word || glance.unspaced.is_some_and(|letters| letters & !self.compact.letters() == 0)
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

    fn glance(&self) -> Glance {
        let word = self.words.iter().max_by_key(|word| word.length()).filter(|_| !self.han);
        let lengths = word.map_or((0, 0), Shape::seen_lengths);
        Glance {
            unspaced: (self.han || self.long).then(|| self.compact.letters()),
            word: word.map(|word| (word.letters(), word.misread_max())),
            first: place(lengths.0),
            last: place(lengths.1),
        }
    }
}

impl Known {
    /// These phrases, which are folded already.
    pub(super) fn of<'a>(phrases: impl Iterator<Item = &'a str>) -> Self {
        let phrases: Vec<Phrase> = phrases.map(Phrase::of).collect();
        Self { glances: phrases.iter().map(Phrase::glance).collect(), phrases }
    }
}

impl Phrases {
    /// Phrases that are folded already.
    pub(super) const fn new(list: &'static [&'static str]) -> Self {
        Self { list, known: OnceLock::new() }
    }

    fn known(&self) -> &Known {
        self.known.get_or_init(|| Known::of(self.list.iter().copied()))
    }

    /// Each of them, in the order of the list.
    pub(super) fn all(&self) -> &[Phrase] {
        &self.known().phrases
    }

    /// The phrases as they are written.
    pub(super) const fn list(&self) -> &'static [&'static str] {
        self.list
    }

    /// How many of them stand in at least one of the texts.
    pub(super) fn count_in(&self, texts: &[&Said]) -> usize {
        let Known { glances, phrases } = self.known();
        let said =
            |(glance, phrase): &(&Glance, &Phrase)| texts.iter().any(|text| text.may_say(glance) && text.has(phrase));
        glances.iter().zip(phrases).filter(said).count()
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

    proptest::proptest! {
        /// A phrase that is passed over at a glance is not said.
        #[test]
        fn a_glance_never_hides_a_phrase(
            text in "([A-CNOT]{0,8}|合計|釣|お){0,3}( [A-CNOT]{0,8}){0,3}",
            phrase in "([A-CNOT]{1,8}( [A-CNOT]{1,8}){0,2}|合計|お釣|[A-C]{1,3}税)",
        ) {
            let known = Known::of([phrase.as_str()].into_iter());
            // As it is, with the phrase in it, and with a letter of the phrase misread or lost.
            let misread = phrase.replacen('A', "O", 1);
            let plural = format!("{phrase}S");
            for text in [text.clone(), format!("{text} {phrase}"), format!("{misread} {text}"), format!("{text} {plural}")] {
                let said = Said::of(&text);
                let has = known.phrases.iter().any(|phrase| said.has(phrase));
                proptest::prop_assert_eq!(said.first_of(&known).is_some(), has, "{} in {}", phrase, text);
            }
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
