//! What a page looks like from afar, in 256 signs: two photographs of one paper have most of them in common.

use std::fmt::Write;

/// The look of one page, as `read::fingerprint` takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub [u64; 4]);

impl Fingerprint {
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
