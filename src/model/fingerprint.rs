//! What a document looks like from afar, in 256 signs: two photographs of one paper have most of them in common.
//!
//! Taken from the words, not from the pixels: where the reader got the words, it has already undone what photographs do
//! to a paper: turning, cropping, leaning, shadow. Decision 0008 has the figures of both.

use std::fmt::Write;

/// So many signs in a row are looked at together; fewer say little, more break at each slip of the reader.
const RUN: usize = 4;
/// A paper with fewer letters and digits looks like every other.
const LETTERS_MIN: usize = 40;
/// More letters and digits change a look no longer.
const LETTERS_MAX: usize = 20_000;

/// The look of one document (Charikar's similarity hash of its runs of four letters or digits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u64; 4]);

impl Fingerprint {
    /// The look of a document with these words; nothing where there are too few. Spaces, punctuation and case do not
    /// count.
    #[must_use]
    pub fn of_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let letters = words.into_iter().flat_map(str::chars).filter(|sign| sign.is_alphanumeric());
        let letters: Vec<char> = letters.flat_map(char::to_lowercase).take(LETTERS_MAX).collect();
        if letters.len() < LETTERS_MIN {
            return None;
        }
        let mut votes = [0_i32; 256];
        for run in letters.windows(RUN) {
            let signs = spread(run);
            for (at, vote) in votes.iter_mut().enumerate() {
                let sign = signs.get(at / 64).is_some_and(|part| part >> (at % 64) & 1 == 1);
                *vote += if sign { 1 } else { -1 };
            }
        }
        let mut parts = [0_u64; 4];
        for (at, _) in votes.iter().enumerate().filter(|(_, vote)| **vote > 0) {
            if let Some(part) = parts.get_mut(at / 64) {
                *part |= 1 << (at % 64);
            }
        }
        Some(Self(parts))
    }

    /// In how many of the 256 signs two pages differ; of two that have nothing to do with each other, about half.
    #[must_use]
    pub fn distance(self, other: Self) -> u32 {
        self.0.iter().zip(other.0).map(|(own, other)| (own ^ other).count_ones()).sum()
    }

    /// The 64 hexadecimal digits that it is stored as.
    #[must_use]
    pub fn to_hex(self) -> String {
        self.0.iter().fold(String::with_capacity(64), |mut text, part| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{part:016x}");
            text
        })
    }

    /// Reads what `to_hex` wrote.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.len() != 64 || !text.bytes().all(|sign| sign.is_ascii_hexdigit()) {
            return None;
        }
        let mut parts = [0; 4];
        for (at, part) in parts.iter_mut().enumerate() {
            *part = u64::from_str_radix(text.get(at * 16..at * 16 + 16)?, 16).ok()?;
        }
        Some(Self(parts))
    }
}

/// 256 signs that a run of letters always gets, as good as drawn by lot (`splitmix64`, seeded with the letters). What is
/// stored hangs on them: they must never change.
fn spread(run: &[char]) -> [u64; 4] {
    let mut state = run.iter().fold(0xcbf2_9ce4_8422_2325_u64, |state, letter| {
        (state ^ u64::from(u32::from(*letter))).wrapping_mul(0x0000_0100_0000_01b3)
    });
    [(); 4].map(|()| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_fingerprint() {
        for text in ["", "00", &"g".repeat(64), &"0".repeat(63), &"+".repeat(64), &"é".repeat(32)] {
            assert_eq!(Fingerprint::from_hex(text), None, "{text}");
        }
    }

    const PAPER: &str = "Blue Café Ltd 12 Star Street Wan Chai Hong Kong Receipt R-10293 2026-11-20 Flat white 42.00 \
        Toast 38.00 Soup of the day 55.00 Service charge 13.50 Total HKD 148.50 Visa Thank you please come again";

    #[test]
    fn one_paper_read_twice_and_another_of_the_same_shop() {
        let of = |text: &str| Fingerprint::of_words(text.split_whitespace()).expect("enough letters");
        let slips = PAPER.replace("Flat", "F1at").replace("Thank you", "").replace("-", ".").to_uppercase();
        let far = |text: &str| of(PAPER).distance(of(text));
        let other = "Red Noodle House 8 Canal Road Causeway Bay Hong Kong Bill 5581 2026-11-21 Beef brisket 78.00 \
            Lemon tea 22.00 Spring roll 30.00 Total HKD 130.00 Octopus see you soon";
        let found = [far(PAPER), far(&slips), far(&PAPER.replace(' ', "  ")), far(other)];
        assert_eq!(found, [0, 35, 0, 111], "documents keep their signs: they may not change");
        assert_eq!(Fingerprint::of_words(["12.00", "Total"]), None);
    }

    proptest! {
        #[test]
        fn a_distance_and_text_and_back(one in any::<[u64; 4]>(), other in any::<[u64; 4]>()) {
            let (one, other) = (Fingerprint(one), Fingerprint(other));
            prop_assert_eq!(one.distance(other), other.distance(one));
            prop_assert_eq!(one.distance(one), 0);
            prop_assert!(one.distance(other) <= 256);
            prop_assert_eq!(Fingerprint::from_hex(&one.to_hex()), Some(one));
        }
    }
}
