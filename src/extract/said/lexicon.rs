//! The words that phrases have, each with a number, and which of them a word on a paper may be.
//!
//! A paper repeats its words, its rows are cut in several ways, and each part is held against dozens of lists. What a word
//! may be is worked out once and remembered by the thread; after that, whether it is a phrase's word is told by a number.

use std::{
    borrow::Borrow,
    cell::RefCell,
    collections::{HashMap, HashSet},
    hash::{Hash, Hasher},
    rc::Rc,
    sync::{
        LazyLock, PoisonError, RwLock,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::extract::text::{Shape, few};

/// A thread remembers so many different words: those of some dozens of papers. Then it begins anew.
const SEEN_MAX: usize = 20_000;

/// A word of a phrase. Equal words of all lists have one number.
#[derive(Debug, Clone)]
pub(in crate::extract) struct Meant {
    shape: Shape,
    pub(super) number: u32,
}

impl Meant {
    /// The word itself.
    pub(in crate::extract) fn text(&self) -> &str {
        self.shape.text()
    }

    /// How many letters it has.
    pub(super) const fn length(&self) -> usize {
        self.shape.length()
    }
}

/// How a word on a paper is one that phrases have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// Letter by letter.
    Written,
    /// Give or take a misread letter.
    Near,
    /// With an S behind it.
    Plural,
}

/// A word on a paper, folded.
#[derive(Debug)]
pub(in crate::extract) struct Seen {
    shape: Shape,
    likely: RefCell<Rc<Likely>>,
}

/// Which words of phrases it may be, as far as was looked.
#[derive(Debug, Clone, Default)]
pub(super) struct Likely {
    pub(super) words: Vec<(u32, Likeness)>,
    /// Words of lower numbers were looked at.
    looked: u32,
}

impl Seen {
    /// The word itself.
    pub(in crate::extract) fn text(&self) -> &str {
        self.shape.text()
    }

    /// Whether it is the meant one, give or take a letter in five (none in words of up to three).
    pub(in crate::extract) fn is_near(&self, meant: &Meant) -> bool {
        self.is(meant, |likeness| likeness != Likeness::Plural)
    }

    /// Whether it is the meant one, in a way that is asked for.
    pub(super) fn is(&self, meant: &Meant, wanted: impl Fn(Likeness) -> bool) -> bool {
        self.likely().words.iter().any(|(number, likeness)| *number == meant.number && wanted(*likeness))
    }

    /// Which words of phrases it may be. Whoever holds it keeps what it was, though another thread adds words meanwhile.
    pub(super) fn likely(&self) -> Rc<Likely> {
        if self.likely.borrow().looked < words() {
            let lexicon = LEXICON.read().unwrap_or_else(PoisonError::into_inner);
            lexicon.add_likely(&self.shape, Rc::make_mut(&mut self.likely.borrow_mut()));
        }
        Rc::clone(&self.likely.borrow())
    }
}

/// A word that is remembered, found by its text.
#[derive(Debug)]
struct Remembered(Rc<Seen>);

impl Borrow<str> for Remembered {
    fn borrow(&self) -> &str {
        self.0.text()
    }
}

impl Hash for Remembered {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.text().hash(state);
    }
}

impl PartialEq for Remembered {
    fn eq(&self, other: &Self) -> bool {
        self.0.text() == other.0.text()
    }
}

impl Eq for Remembered {}

thread_local! {
    static SEEN: RefCell<HashSet<Remembered>> = RefCell::default();
}

/// A word on a paper, which is folded already.
pub(in crate::extract) fn seen(word: &str) -> Rc<Seen> {
    SEEN.with_borrow_mut(|all| {
        if let Some(Remembered(seen)) = all.get(word) {
            return Rc::clone(seen);
        }
        if all.len() >= SEEN_MAX {
            all.clear();
        }
        let seen = Rc::new(Seen { shape: Shape::of(word), likely: RefCell::default() });
        all.insert(Remembered(Rc::clone(&seen)));
        seen
    })
}

static LEXICON: LazyLock<RwLock<Lexicon>> = LazyLock::new(|| {
    let numbers = HashMap::with_capacity(WORDS_ABOUT);
    RwLock::new(Lexicon { numbers, by_length: Vec::new() })
});
/// So many words all lists have, or a few more: room that need not be made again and again.
const WORDS_ABOUT: usize = 1700;
/// So many words the lexicon has, to be asked without waiting for it.
static WORDS: AtomicU32 = AtomicU32::new(0);

/// How many words the lists have that were taken apart so far.
pub(super) fn words() -> u32 {
    WORDS.load(Ordering::Acquire)
}

/// Every word of the lists that were taken apart so far.
#[derive(Debug)]
struct Lexicon {
    numbers: HashMap<&'static str, u32>,
    by_length: Vec<SameLength>,
}

/// Words of as many letters as this has others before it, in the order of their numbers.
#[derive(Debug, Default)]
struct SameLength {
    /// So many of their letters may be misread.
    misread_max: usize,
    words: Vec<Meant>,
    /// Which letters each has, in the same order: what most words are told from others by.
    letters: Vec<u64>,
}

/// The words of phrases, each with its number.
pub(super) fn meant(phrases: impl Iterator<Item = &'static str>) -> Vec<Vec<Meant>> {
    let mut lexicon = LEXICON.write().unwrap_or_else(PoisonError::into_inner);
    let words = phrases.map(|phrase| phrase.split(' ').map(|word| lexicon.meant(word)).collect()).collect();
    WORDS.store(u32::try_from(lexicon.numbers.len()).unwrap_or(u32::MAX), Ordering::Release);
    words
}

impl Lexicon {
    fn meant(&mut self, word: &'static str) -> Meant {
        let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(word).or_insert(next);
        let meant = Meant { shape: Shape::meant(word), number };
        if number == next {
            let length = meant.length();
            self.by_length.resize_with(self.by_length.len().max(length + 1), SameLength::default);
            if let Some(same) = self.by_length.get_mut(length) {
                same.misread_max = meant.shape.misread_max();
                same.letters.push(meant.shape.letters());
                same.words.push(meant.clone());
            }
        }
        meant
    }

    /// Adds the words that this one may be and that were not looked at.
    fn add_likely(&self, seen: &Shape, likely: &mut Likely) {
        let (own, length) = (seen.letters(), seen.length());
        for (meant_length, group) in self.by_length.iter().enumerate() {
            let near = length.abs_diff(meant_length) <= group.misread_max;
            if !near && length != meant_length + 1 {
                continue;
            }
            if group.words.last().is_none_or(|last| last.number < likely.looked) {
                continue;
            }
            // A plural has one letter more than its word.
            let allowed = group.misread_max.max(1);
            let may_be = |letters: u64| few(own & !letters, allowed) && few(letters & !own, group.misread_max);
            let both = group.letters.iter().zip(&group.words);
            for (_, meant) in both.filter(|(letters, meant)| meant.number >= likely.looked && may_be(**letters)) {
                let likeness = if seen.text() == meant.text() {
                    Likeness::Written
                } else if seen.near(&meant.shape) {
                    Likeness::Near
                } else if seen.is_plural_of(&meant.shape) {
                    Likeness::Plural
                } else {
                    continue;
                };
                likely.words.push((meant.number, likeness));
            }
        }
        likely.looked = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// What is passed over at a glance is neither the word nor its plural.
        #[test]
        fn a_glance_never_hides_a_word(word in "[A-CS計]{0,12}", phrase in "[A-CS計]{1,12}") {
            let meant = meant(std::iter::once(&*phrase.clone().leak())).remove(0).remove(0);
            let (seen, shape) = (seen(&word), Shape::of(&phrase));
            let (near, plural) = (seen.shape.near(&shape), seen.shape.is_plural_of(&shape));
            proptest::prop_assert_eq!(seen.is_near(&meant), near, "{} for {}", word, phrase);
            proptest::prop_assert_eq!(seen.is(&meant, |_| true), near || plural, "{} for {}", word, phrase);
            let written = seen.is(&meant, |likeness| likeness == Likeness::Written);
            proptest::prop_assert_eq!(written, word == phrase);
        }
    }

    /// Another thread may take a list apart while a text is held against one.
    #[test]
    fn what_is_held_stays() {
        let word = seen("QUIXOTICALLY");
        let held = word.likely();
        let meant = meant(["QUIXOTICALLY"].into_iter());
        assert!(meant.iter().flatten().all(|meant| word.is_near(meant)));
        assert!(held.words.is_empty() && !word.likely().words.is_empty());
    }

    /// A word that was seen before a list was first used is one of its words all the same.
    #[test]
    fn lists_may_come_later() {
        let word = seen("ZYGOMORPHOUS");
        assert!(word.likely().words.is_empty());
        let meant = meant(["ZYGOMORPHIUS", "SQUID"].into_iter());
        assert!(meant.iter().flatten().any(|meant| word.is_near(meant)));
    }
}
