//! Letters as a reader meets them: full-width forms made plain, words folded for comparing, and near misses allowed
//! for, because optical recognition drops or swaps a letter in every third label.

use std::borrow::Cow;

/// The plain form of a full-width letter, digit or sign; every other character as it is.
pub(super) fn half_width(character: char) -> char {
    match character {
        '\u{3000}' | '\u{a0}' | '\u{202f}' => ' ',
        '、' | '，' => ',',
        '。' => '.',
        '￥' => '¥',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        other => other,
    }
}

/// The text in plain letters, digits and signs; most is so already.
pub(super) fn plain(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { text.chars().map(half_width).collect() }
}

/// From here on are the scripts of East Asia, which are not spaced and have numerals and signs of their own.
pub(super) const EAST_ASIA: char = '\u{2e80}';

/// Whether the character is a Chinese one, which needs no spaces around it.
pub(super) fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Japanese syllables; の alone is an ornament in Hong Kong and Taiwan.
pub(super) const fn is_kana(character: char) -> bool {
    matches!(character, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}')
}

/// The digit that a Chinese numeral says, everyday or capital, in either script.
pub(super) const fn han_digit(character: char) -> Option<u32> {
    Some(match character {
        '零' | '〇' | '○' => 0,
        '一' | '壹' | '壱' => 1,
        '二' | '贰' | '貳' | '弐' | '两' | '兩' => 2,
        '三' | '叁' | '參' | '叄' | '参' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' | '陸' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// Upper case, letters and Chinese characters only; everything else becomes one space, Chinese stands unspaced.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars().map(half_width) {
        if character.is_ascii_alphabetic() {
            folded.push(character.to_ascii_uppercase());
        } else if character.is_alphabetic() {
            if is_han(character) {
                if folded.ends_with(' ') && folded.trim_end().chars().next_back().is_some_and(is_han) {
                    folded.pop();
                }
                folded.push(character);
            } else {
                folded.extend(character.to_uppercase());
            }
        } else if matches!(character, '\'' | '’' | '.') {
            // An apostrophe or an abbreviation's dot joins: "D.I.Y." folds as DIY.
        } else if !folded.ends_with(' ') && !folded.is_empty() {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Letters, digits and Chinese characters alone, in capitals and in their order: what two readings of one place must
/// have in common, however they set spaces and signs.
pub(super) fn letters(text: &str) -> String {
    text.chars().map(half_width).filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Joins words with spaces, but Chinese characters without.
pub(super) fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let mut joined = String::new();
    for word in words {
        let glue = joined.chars().next_back().is_some_and(is_han) && word.chars().next().is_some_and(is_han);
        if !joined.is_empty() && !glue {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

/// Words that are nearly another one and mean something else.
const DISTINCT: &[(&str, &str)] = &[
    ("CHARGE", "CHANGE"),
    ("CHANGED", "CHANGE"),
    ("CASE", "CASH"),
    ("CASHIER", "CASH"),
    ("COUNT", "COUNTER"),
    // A French article is no English "less".
    ("LES", "LESS"),
    ("ABRECHNUNG", "RECHNUNG"),
    ("SUPPLIES", "SUPPLIER"),
    ("MONTANT", "CONTANT"),
    ("CONSTANT", "CONTANT"),
    ("SUMMER", "SUMME"),
    ("VENDU", "RENDU"),
    ("MUST", "MWST"),
    ("MOST", "MWST"),
    ("发票代码", "发票号码"),
    ("發票代碼", "發票號碼"),
];

/// How many letters of a word of this length may be misread: one in five, none of up to three.
const fn misread_max(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// A word with what tells most others from it at a glance.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    text: Cow<'static, str>,
    /// How many letters it has.
    length: usize,
    /// How many of them may be misread.
    misread_max: usize,
    /// Which letters: a bit each. Letters beyond the Latin ones share their marks.
    letters: u64,
}

impl Shape {
    /// The word, which is folded already.
    pub(super) fn of(word: &str) -> Self {
        Self::with(Cow::Owned(word.to_owned()))
    }

    /// A word of a phrase, which is folded already.
    pub(super) fn meant(word: &'static str) -> Self {
        Self::with(Cow::Borrowed(word))
    }

    fn with(word: Cow<'static, str>) -> Self {
        let letters = word.chars().fold(0_u64, |letters, letter| letters | 1 << (u32::from(letter) % 64));
        let length = word.chars().count();
        Self { text: word, length, misread_max: misread_max(length), letters }
    }

    /// The word itself.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether this word, as seen, is the meant one, give or take one letter in five (none in words of up to three).
    #[inline]
    pub(super) fn near(&self, meant: &Self) -> bool {
        // Most words of a page are nothing like a label's: that is told without comparing letter by letter.
        let allowed = meant.misread_max;
        let may_be = self.length.abs_diff(meant.length) <= allowed
            && few(self.letters & !meant.letters, allowed)
            && few(meant.letters & !self.letters, allowed);
        may_be && self.compares(meant)
    }

    fn compares(&self, meant: &Self) -> bool {
        if self.text == meant.text {
            return true;
        }
        let allowed = meant.misread_max;
        // In a word of four letters only a first letter that agrees makes the difference small enough.
        if allowed == 0 || meant.length == 4 && self.text.chars().next() != meant.text.chars().next() {
            return false;
        }
        if DISTINCT.iter().any(|(word, other)| self.text.starts_with(word) && meant.text == *other) {
            return false;
        }
        distance(&self.text, &meant.text) <= allowed
    }

    /// Which letters it has: a bit each.
    pub(super) const fn letters(&self) -> u64 {
        self.letters
    }

    /// How many of its letters may be misread.
    pub(super) const fn misread_max(&self) -> usize {
        self.misread_max
    }

    /// How many letters it has.
    pub(super) const fn length(&self) -> usize {
        self.length
    }

    /// Whether it is the meant word with an S behind it.
    pub(super) fn is_plural_of(&self, meant: &Self) -> bool {
        self.length == meant.length + 1 && self.text.strip_suffix('S').is_some_and(|stem| stem == meant.text)
    }
}

/// Whether at most so many bits are set. Each change of a word brings one letter that was not in it, at most, and takes
/// one away: words with more letters that the other has not are further apart. Letters that share a mark only hide that.
pub(super) const fn few(bits: u64, max: usize) -> bool {
    let (mut bits, mut left) = (bits, max);
    while left > 0 {
        bits &= bits.wrapping_sub(1);
        left -= 1;
    }
    bits == 0
}

/// How many letters must be put in, taken out or changed to make one word of the other.
pub(super) fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (number, letter) in left.chars().enumerate() {
        // One row of the table is enough: what stands above and to the left is carried along.
        let (mut diagonal, mut before) = (number, number + 1);
        for (other, cell) in right.iter().zip(row.iter_mut().skip(1)) {
            let here = (diagonal + usize::from(letter != *other)).min(*cell + 1).min(before + 1);
            (diagonal, before) = (*cell, here);
            *cell = here;
        }
        if let Some(first) = row.first_mut() {
            *first = number + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding() {
        for (text, folded) in [
            ("Sub-Total (RM):", "SUB TOTAL RM"),
            ("D.I.Y. Store", "DIY STORE"),
            ("合 計 ：", "合計"),
            ("ＴＯＴＡＬ　12", "TOTAL"),
            ("總計 Total", "總計 TOTAL"),
            ("", ""),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn letters_alone() {
        for (text, alone) in
            [("99 Speed-Mart S/B.", "99SPEEDMARTSB"), ("Ａ１ 好味", "A1好味"), ("D.I.Y.", "DIY"), ("- *", "")]
        {
            assert_eq!(letters(text), alone, "{text}");
        }
    }

    #[test]
    fn near_misses() {
        for (seen, meant, same) in [
            ("TOTAI", "TOTAL", true),
            ("TATAL", "TOTAL", true),
            ("TOTALS", "TOTAL", true),
            ("TOTEM", "TOTAL", false),
            ("CASK", "CASH", true),
            ("WASH", "CASH", false),
            ("CHARGES", "CHANGE", false),
            ("CHANCE", "CHANGE", true),
            ("TAR", "TAX", false),
            ("ROUNDNG", "ROUNDING", true),
            ("GROUND", "ROUNDING", false),
            ("LES", "LESS", false),
            ("LESS", "LESS", true),
        ] {
            assert_eq!(Shape::of(seen).near(&Shape::of(meant)), same, "{seen} for {meant}");
        }
    }

    proptest::proptest! {
        /// What is rejected without comparing letter by letter would have been rejected anyway.
        #[test]
        fn what_is_told_at_a_glance_is_true(seen in "[A-D合計É ]{0,9}", meant in "[A-D合計É ]{0,9}") {
            let (seen, meant) = (Shape::of(&seen), Shape::of(&meant));
            let compared = seen.compares(&meant);
            proptest::prop_assert_eq!(seen.near(&meant), compared);
            proptest::prop_assert_eq!(distance(&seen.text, &meant.text), distance(&meant.text, &seen.text));
        }
    }

    #[test]
    fn joining() {
        assert_eq!(join(["合", "計", "HK$", "5"].into_iter()), "合計 HK$ 5");
    }
}
