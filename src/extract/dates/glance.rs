//! Which rows cannot hold a date, told without taking them apart: most of a paper's.

use super::months::{MONTHS, WHOLE_MONTHS};
use crate::extract::{rows::Row, text::EAST_ASIA};

/// A day has one digit and a year two, at least.
const DIGITS_MIN: usize = 3;
/// A date without signs: 20250304.
const DIGITS_ALONE: usize = 8;
/// A month's name is known by so many letters at its beginning.
const MONTH_LETTERS: usize = 3;

/// Whether there may be a date in the row.
pub(super) fn may_hold_date(row: &Row<'_>) -> bool {
    let words = || row.words.iter().map(|word| word.text.as_str());
    if words().any(is_east_asian) {
        return true;
    }
    let digits = words().flat_map(str::bytes).filter(u8::is_ascii_digit).count();
    digits >= DIGITS_MIN && (words().any(shows_date) || has_two_points(words().map(str::as_bytes)))
}

/// Whether letters read as digits could make a date of the row: a word of it has such letters beside a date's signs.
pub(super) fn may_be_mended(row: &Row<'_>) -> bool {
    let mut words = row.words.iter().map(|word| word.text.as_str());
    words.any(|word| is_east_asian(word) || word.contains(['/', '-']) && word.contains(super::LETTERS_FOR_DIGITS))
}

fn is_east_asian(word: &str) -> bool {
    !word.is_ascii() && word.contains(|c| c >= EAST_ASIA)
}

/// Whether the word has a sign that parts dates only, as many digits as a whole date, or the beginning of a month's name.
fn shows_date(word: &str) -> bool {
    word.contains(['/', '-'])
        || word.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == DIGITS_ALONE)
        || word.split(|c: char| !c.is_alphabetic()).any(begins_month)
}

fn begins_month(letters: &str) -> bool {
    let mut start = letters.chars().flat_map(char::to_uppercase);
    let (Some(first), Some(second), Some(third)) = (start.next(), start.next(), start.next()) else { return false };
    let begins = |name: &str| name.chars().take(MONTH_LETTERS).eq([first, second, third]);
    MONTHS.iter().chain(WHOLE_MONTHS).any(|(name, _)| begins(name))
}

/// Whether a day or month of one or two digits stands between two points, give or take a space: 4.3.2025.
fn has_two_points<'w>(words: impl Iterator<Item = &'w [u8]>) -> bool {
    // How many digits stand behind the last point, and whether a space ended them.
    let mut behind: Option<(usize, bool)> = None;
    words.flat_map(|word| word.iter().chain(b" ")).any(|byte| {
        let closes = *byte == b'.' && matches!(behind, Some((1..=2, _)));
        behind = match (byte, behind) {
            (b'.', _) => Some((0, false)),
            (b' ', Some((digits, _))) => Some((digits, digits > 0)),
            (b'0'..=b'9', Some((digits, false))) => Some((digits + 1, false)),
            _ => None,
        };
        closes
    })
}

#[cfg(test)]
mod tests {
    use super::super::{dates_in, scan, tokens};
    use crate::extract::{rows::rows_of, testing::page_of};

    #[test]
    fn rows_without_dates_are_passed_over() {
        for (text, may) in [
            ("12/03/2018", true),
            ("4. 3. 2025", true),
            ("R7.3.4", true),
            ("20250304", true),
            ("4MAR25", true),
            ("3 de abril de 2024", true),
            ("2025年3月4日", true),
            ("2 x 10.00 20.00", false),
            ("Tel 123456789", false),
            ("1-2", false),
            ("Room 1204 Block 3", false),
        ] {
            let page = page_of(&[text]);
            let rows = rows_of(std::slice::from_ref(&page));
            assert_eq!(rows.first().is_some_and(super::may_hold_date), may, "{text}");
        }
    }

    proptest::proptest! {
        /// A row that is passed over holds no date.
        #[test]
        fn a_glance_never_hides_a_date(text in "([0-9]{1,8}|[./-]|MAR|may|févr|ABRIL|de|R|x|O|l|é|月| ){1,9}") {
            let page = page_of(&[&text]);
            for row in rows_of(std::slice::from_ref(&page)) {
                let found = |mended| !scan(&row, &tokens(&row, mended), mended).is_empty();
                proptest::prop_assert_eq!(found(false) || found(true), !dates_in(&row).is_empty(), "{}", text);
            }
        }
    }
}
