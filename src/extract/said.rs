//! What a piece of text says, taken apart once and held against many phrases.
//!
//! Every row of a page, and many a part of one, is held against some nine hundred phrases. Few of its words are like any
//! word of them ([`lexicon`]), so phrases are found by their longest word: only those whose longest word stands in the
//! text are looked at in whole.

mod lexicon;

use std::{borrow::Cow, cell::Cell, rc::Rc, sync::OnceLock};

use self::lexicon::{Likeness, Meant, Seen};
use crate::extract::text::{fold, is_han, is_kana};

/// A text folded, as words and as one.
#[derive(Debug, Clone, Default)]
pub(super) struct Said {
    words: Vec<Rc<Seen>>,
    unspaced: Unspaced,
    /// It has Chinese characters, ...
    han: bool,
    /// ... or Japanese syllables.
    kana: bool,
    glance: Cell<Glance>,
}

/// Which words of phrases its words may be, as far as was looked: a bit each, which words share.
#[derive(Debug, Clone, Copy, Default)]
struct Glance {
    numbers: Numbers,
    looked: u32,
}

/// Numbers of words: a bit each, which they share.
#[derive(Debug, Clone, Copy, Default)]
struct Numbers([u64; 4]);

impl Numbers {
    fn add(&mut self, number: u32) {
        let (place, bit) = (number / 64 % 4, number % 64);
        for (_, bits) in (0..).zip(&mut self.0).filter(|(at, _)| *at == place) {
            *bits |= 1 << bit;
        }
    }

    fn share(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).fold(0, |all, (one, other)| all | one & other) != 0
    }
}

/// A folded text, and what its letters are without its spaces.
#[derive(Debug, Clone, Default)]
struct Unspaced {
    text: Cow<'static, str>,
    /// Which letters it has: a bit each, which letters share ...
    letters: u64,
    /// ... and which stand behind each other.
    pairs: u64,
}

/// A phrase taken apart.
#[derive(Debug)]
pub(super) struct Phrase {
    words: Vec<Meant>,
    unspaced: Unspaced,
    /// It has Chinese characters or Japanese syllables, which stand unspaced: it is sought as letters, not as words.
    han: bool,
    /// It has spaces, and is long enough to be known where the reader lost them.
    long: bool,
}

/// Phrases taken apart.
#[derive(Debug)]
pub(super) struct Known {
    phrases: Vec<Phrase>,
    /// The longest words of those that stand as words, by their numbers.
    longest: Vec<Longest>,
    /// The same numbers, to be told at a glance.
    numbers: Numbers,
    /// The places of those that are sought as letters: of Chinese ones ...
    han: Vec<usize>,
    /// ... and of others.
    long: Vec<usize>,
    /// The numbers of the words they begin with, in order.
    starts: Vec<u32>,
}

/// The longest word of a phrase.
#[derive(Debug)]
struct Longest {
    number: u32,
    /// The phrase, by its place in the list.
    phrase: usize,
    /// Which of its words it is.
    at: usize,
}

/// A list of phrases, taken apart when first used.
#[derive(Debug)]
pub(super) struct Phrases {
    list: &'static [&'static str],
    known: OnceLock<Known>,
}

/// So many letters and spaces of a phrase are enough to know it without its spaces.
const LONG_MIN: usize = 7;

impl Unspaced {
    fn of(text: Cow<'static, str>) -> Self {
        let (mut letters, mut pairs, mut before) = (0_u64, 0_u64, 0_u32);
        for letter in text.chars().filter(|letter| *letter != ' ').map(u32::from) {
            letters |= 1 << (letter % 64);
            if before > 0 {
                // The highest bits of the product depend on every bit of both.
                pairs |= 1_u64 << ((before.wrapping_mul(31) ^ letter).wrapping_mul(0x9e37_79b1) >> 26);
            }
            before = letter;
        }
        Self { text, letters, pairs }
    }

    /// Whether the other one's letters stand in it, one after the other.
    #[inline]
    fn holds(&self, other: &Self) -> bool {
        self.may_hold(other) && self.without_spaces().contains(&*other.without_spaces())
    }

    const fn may_hold(&self, other: &Self) -> bool {
        other.pairs & !self.pairs == 0 && other.letters & !self.letters == 0
    }

    fn without_spaces(&self) -> Cow<'_, str> {
        if self.text.contains(' ') { Cow::Owned(self.text.replace(' ', "")) } else { Cow::Borrowed(&self.text) }
    }
}

impl Said {
    /// What the text says.
    pub(super) fn of(text: &str) -> Self {
        let folded = fold(text);
        let words = folded.split(' ').filter(|word| !word.is_empty()).map(lexicon::seen).collect();
        let (han, kana) =
            if folded.is_ascii() { (false, false) } else { (folded.contains(is_han), folded.contains(is_kana)) };
        Self { words, unspaced: Unspaced::of(Cow::Owned(folded)), han, kana, glance: Cell::default() }
    }

    /// Which words of phrases its words may be.
    fn numbers(&self) -> Numbers {
        let mut glance = self.glance.get();
        let words = lexicon::words();
        if glance.looked < words {
            for word in &self.words {
                word.likely().words.iter().for_each(|(number, _)| glance.numbers.add(*number));
            }
            glance.looked = words;
            self.glance.set(glance);
        }
        glance.numbers
    }

    /// It as one text, folded.
    pub(super) fn folded(&self) -> &str {
        &self.unspaced.text
    }

    /// Whether it says anything: whether there is a letter in it.
    pub(super) const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Its words, folded.
    pub(super) fn words(&self) -> &[Rc<Seen>] {
        &self.words
    }

    /// Whether the other text, folded, may stand in this one. A guess: it only saves time.
    pub(super) const fn may_hold(&self, other: &Self) -> bool {
        self.unspaced.may_hold(&other.unspaced)
    }

    /// Whether one of the phrases may begin with its first word. Chinese characters join those that follow, so they
    /// always may.
    pub(super) fn may_begin(&self, phrases: &Phrases) -> bool {
        self.han || self.words.first().is_some_and(|word| phrases.known().starts_with(word))
    }

    /// Whether one of the phrases may begin with one of its words, where none is Chinese.
    pub(super) fn may_hold_start(&self, phrases: &Phrases) -> bool {
        let known = phrases.known();
        self.words.iter().any(|word| known.starts_with(word))
    }

    /// Whether the words of a phrase stand in it one after the other, give or take a misread letter.
    pub(super) fn has(&self, phrase: &Phrase) -> bool {
        let stands = |window: &[Rc<Seen>]| are(window, &phrase.words, |_| true);
        // "TOTALGST" and "SUBTOTAL(EX)": the reader lost a space.
        !phrase.han && self.words.windows(phrase.words.len()).any(stands)
            || (phrase.han || phrase.long) && self.unspaced.holds(&phrase.unspaced)
    }

    /// Whether one of the phrases stands in it letter by letter: what a text layer says was never misread.
    pub(super) fn any_as_written(&self, phrases: &Phrases) -> bool {
        let (known, mut any) = (phrases.known(), false);
        self.each_in_order(known, |likeness| likeness == Likeness::Written, |_| any = true);
        any || self.first_unspaced(known, self.may_be_han(known)).is_some()
    }

    /// Whether one of the phrases stands in it.
    pub(super) fn any(&self, phrases: &Phrases) -> bool {
        self.first_of(phrases.known()).is_some()
    }

    /// The first of the phrases that stands in it, by its place in their list.
    pub(super) fn first_of(&self, known: &Known) -> Option<usize> {
        let mut first = None;
        self.each_in_order(
            known,
            |_| true,
            |phrase| first = first.map_or(Some(phrase), |first: usize| Some(first.min(phrase))),
        );
        let unspaced = [self.may_be_han(known), &known.long].map(|phrases| self.first_unspaced(known, phrases));
        unspaced.into_iter().flatten().chain(first).min()
    }

    /// Calls for each phrase, by its place, whose words stand in it one after the other, each in a way that is wanted.
    fn each_in_order(&self, known: &Known, wanted: fn(Likeness) -> bool, mut call: impl FnMut(usize)) {
        if !self.numbers().share(&known.numbers) {
            return;
        }
        for (at, word) in self.words.iter().enumerate() {
            for (number, _) in word.likely().words.iter().filter(|(_, likeness)| wanted(*likeness)) {
                for longest in known.with_longest(*number) {
                    let words = known.phrases.get(longest.phrase).map_or(&[][..], Phrase::words);
                    let window =
                        at.checked_sub(longest.at).and_then(|first| self.words.get(first..first + words.len()));
                    if window.is_some_and(|window| window.len() == 1 || are(window, words, wanted)) {
                        call(longest.phrase);
                    }
                }
            }
        }
    }

    /// Those of the Chinese phrases that may stand in it.
    fn may_be_han<'k>(&self, known: &'k Known) -> &'k [usize] {
        if self.han || self.kana { &known.han } else { &[] }
    }

    /// The first of some phrases whose letters stand in it.
    fn first_unspaced(&self, known: &Known, phrases: &[usize]) -> Option<usize> {
        phrases.iter().copied().find(|phrase| self.holds(known, *phrase))
    }

    fn holds(&self, known: &Known, phrase: usize) -> bool {
        known.phrases.get(phrase).is_some_and(|phrase| self.unspaced.holds(&phrase.unspaced))
    }
}

/// Whether each of the words is the one meant at its place.
fn are(seen: &[Rc<Seen>], meant: &[Meant], wanted: fn(Likeness) -> bool) -> bool {
    seen.iter().zip(meant).all(|(seen, meant)| seen.is(meant, wanted))
}

impl Phrase {
    /// The phrase, which is folded already, and its words.
    fn new(phrase: &'static str, words: Vec<Meant>) -> Self {
        Self {
            words,
            unspaced: Unspaced::of(Cow::Borrowed(phrase)),
            han: phrase.chars().any(|c| is_han(c) || is_kana(c)),
            long: phrase.len() >= LONG_MIN && phrase.contains(' '),
        }
    }

    /// Its words.
    pub(super) fn words(&self) -> &[Meant] {
        &self.words
    }
}

impl Known {
    /// These phrases, which are folded already.
    pub(super) fn of(phrases: impl Iterator<Item = &'static str> + Clone) -> Self {
        let words = lexicon::meant(phrases.clone());
        let phrases: Vec<Phrase> = phrases.zip(words).map(|(phrase, words)| Phrase::new(phrase, words)).collect();
        let with = |wanted: fn(&Phrase) -> bool| {
            phrases.iter().zip(0..).filter(|(phrase, _)| wanted(phrase)).map(|(_, at)| at).collect()
        };
        let longest = phrases.iter().zip(0..).filter(|(phrase, _)| !phrase.han).filter_map(|(phrase, place)| {
            let (at, word) = phrase.words.iter().enumerate().max_by_key(|(_, word)| word.length())?;
            Some(Longest { number: word.number, phrase: place, at })
        });
        let mut longest: Vec<Longest> = longest.collect();
        longest.sort_by_key(|longest| longest.number);
        let mut starts: Vec<u32> =
            phrases.iter().filter_map(|phrase| phrase.words.first()).map(|word| word.number).collect();
        starts.sort_unstable();
        let mut numbers = Numbers::default();
        longest.iter().for_each(|longest| numbers.add(longest.number));
        Self {
            longest,
            numbers,
            han: with(|phrase| phrase.han),
            long: with(|phrase| phrase.long && !phrase.han),
            starts,
            phrases,
        }
    }

    /// The phrases whose longest word has this number.
    fn with_longest(&self, number: u32) -> impl Iterator<Item = &Longest> {
        let first = self.longest.partition_point(|longest| longest.number < number);
        self.longest.iter().skip(first).take_while(move |longest| longest.number == number)
    }

    /// Whether one of them begins with the word, give or take a misread letter.
    fn starts_with(&self, word: &Seen) -> bool {
        let starts = |number: &u32| self.starts.binary_search(number).is_ok();
        word.likely().words.iter().any(|(number, likeness)| *likeness != Likeness::Plural && starts(number))
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

    /// Whether a folded word is one of them by itself, give or take a misread letter.
    pub(super) fn have_word(&self, word: &str) -> bool {
        let (known, seen) = (self.known(), lexicon::seen(word));
        let alone = |longest: &Longest| known.phrases.get(longest.phrase).is_some_and(|phrase| phrase.words.len() == 1);
        let likely = seen.likely();
        let mut near = likely.words.iter().filter(|(_, likeness)| *likeness != Likeness::Plural);
        near.any(|(number, _)| known.with_longest(*number).any(alone))
    }

    /// How many of them stand in at least one of the texts.
    pub(super) fn count_in(&self, texts: &[&Said]) -> usize {
        let known = self.known();
        let mut said = vec![false; known.phrases.len()];
        let mut say = |phrase: usize| {
            if let Some(said) = said.get_mut(phrase) {
                *said = true;
            }
        };
        for text in texts {
            text.each_in_order(known, |_| true, &mut say);
            let unspaced = text.may_be_han(known).iter().chain(&known.long);
            unspaced.filter(|phrase| text.holds(known, **phrase)).for_each(|phrase| say(*phrase));
        }
        said.into_iter().filter(|said| *said).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::text::Shape;

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
            let known = Known::of([phrase].into_iter());
            let said = Said::of(text);
            assert_eq!(known.phrases.iter().any(|phrase| said.has(phrase)), stands, "{phrase} in {text}");
            assert_eq!(said.first_of(&known).is_some(), stands, "{phrase} in {text}");
        }
    }

    proptest::proptest! {
        /// What is found by its longest word, or as letters, is what stands there word by word.
        #[test]
        fn looking_up_never_hides_a_phrase(
            text in "([A-CNOT]{0,8}|合計|釣|お){0,3}( [A-CNOT]{0,8}){0,3}",
            phrase in "([A-CNOT]{1,8}( [A-CNOT]{1,8}){0,2}|合計|お釣|[A-C]{1,3}税)",
        ) {
            let known = Known::of(["OTHER WORDS", &*phrase.clone().leak()].into_iter());
            let meant: Vec<Shape> = phrase.split(' ').map(Shape::of).collect();
            let han = phrase.contains(is_han);
            // As it is, with the phrase in it, and with a letter of the phrase misread or lost.
            let misread = phrase.replacen('A', "O", 1);
            let plural = format!("{phrase}S");
            for text in [text.clone(), format!("{text} {phrase}"), format!("{misread} {text}"), format!("{text} {plural}")] {
                let folded = fold(&text);
                let words: Vec<Shape> = folded.split(' ').filter(|word| !word.is_empty()).map(Shape::of).collect();
                let same = |(seen, meant): (&Shape, &Shape)| seen.near(meant) || seen.is_plural_of(meant);
                let in_order = words.windows(meant.len()).any(|window| window.iter().zip(&meant).all(same));
                let lost = phrase.len() >= LONG_MIN && meant.len() > 1;
                let has = !han && in_order
                    || (han || lost) && folded.replace(' ', "").contains(&phrase.replace(' ', ""));
                let said = Said::of(&text);
                proptest::prop_assert_eq!(said.first_of(&known), has.then_some(1), "{} in {}", phrase, text);
                let phrase = known.phrases.last().expect("two phrases");
                proptest::prop_assert_eq!(said.has(phrase), has);
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
