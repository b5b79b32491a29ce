//! The forms in which people write amounts, dates, names and numbers on labels, brought to one form for comparison.
//!
//! The rules are those of the project's first scoring script, which used regular expressions; each function names the
//! expression it follows, so that old and new figures can be set side by side.

use std::str::FromStr;

use jiff::civil::Date;
use rust_decimal::Decimal;

/// Longer keys are never called close: no supplier has such a name, and the comparison takes time.
/// At 200 characters Python's `difflib`, whose measure this is, would begin to pass over frequent letters.
const KEY_CHARACTERS_MAX: usize = 199;
const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DATE_MARKS: &str = "/-. ";

/// The first amount in a text such as `RM 1,007.50`: `-?\d[\d,]*\.?\d*`.
pub(super) fn label_amount(text: &str) -> Option<Decimal> {
    let letters = letters_of(text);
    let first = letters.iter().position(char::is_ascii_digit)?;
    let negative = first.checked_sub(1).and_then(|before| letters.get(before)) == Some(&'-');
    let mut literal = String::from(if negative { "-" } else { "" });
    let mut has_point = false;
    for letter in letters.iter().skip(first) {
        match letter {
            '0'..='9' => literal.push(*letter),
            ',' if !has_point => {}
            '.' if !has_point => {
                has_point = true;
                literal.push('.');
            }
            _ => break,
        }
    }
    Decimal::from_str(literal.trim_end_matches('.')).ok()
}

/// The date in a text, day first where it could be either. The first form that fits decides, even when what it finds
/// is no date.
pub(super) fn label_date(text: &str) -> Option<Date> {
    let letters = letters_of(&text.to_uppercase());
    let starts = || (0..letters.len()).map(|at| Cursor { letters: &letters, at });
    let trimmed = letters_of(text.to_uppercase().trim());
    let whole = Cursor { letters: &trimmed, at: 0 };
    let (year, month, day) = starts()
        .find_map(year_first)
        .or_else(|| starts().find_map(day_first))
        .or_else(|| starts().find_map(day_and_month_name))
        .or_else(|| starts().find_map(month_name_and_day))
        .or_else(|| whole.digits_only(8).and_then(|_| digits_year_first(whole)))
        .or_else(|| digits_day_first(whole))?;
    let (year, month, day) = (i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Date::new(year, month, day).ok()
}

/// A supplier's name reduced to what must agree: upper case, letters A to Z and digits only, without a registration
/// number in brackets at its end: `\s*[\[(][^\])]*\d{3,}[^\])]*[\])]?\s*$`.
///
/// A name with none of these letters, such as one in Chinese, keeps whatever letters and digits it has.
pub(super) fn supplier_key(text: &str) -> String {
    let name = without_registration(text).to_uppercase();
    let key: String = name.chars().filter(|letter| matches!(letter, '0'..='9' | 'A'..='Z')).collect();
    if key.is_empty() { name.chars().filter(|letter| letter.is_alphanumeric()).collect() } else { key }
}

/// A document's number reduced to what must agree: upper case, without spaces. Its other signs count.
pub(super) fn number_key(text: &str) -> String {
    text.to_uppercase().split_whitespace().collect()
}

/// Whether two keys agree in nine of ten characters, as `difflib.SequenceMatcher(None, read, wanted).ratio() >= 0.9`.
pub(super) fn is_close(read: &str, wanted: &str) -> bool {
    let (read, wanted): (Vec<char>, Vec<char>) = (read.chars().collect(), wanted.chars().collect());
    if read.len().max(wanted.len()) > KEY_CHARACTERS_MAX {
        return read == wanted;
    }
    // 2 × common / both ≥ 9 / 10, without a fraction.
    common(&read, &wanted) * 20 >= (read.len() + wanted.len()) * 9
}

/// How many characters stand in common blocks: the longest block first, then what is left and right of it.
fn common(left: &[char], right: &[char]) -> usize {
    let (mut best, mut best_left, mut best_right) = (0, 0, 0);
    // The length of the block that ends at each character of `right`, for the row before.
    let mut before = vec![0_usize; right.len() + 1];
    for (row, letter) in left.iter().enumerate() {
        let mut lengths = vec![0_usize; right.len() + 1];
        let cells = lengths.iter_mut().skip(1).zip(&before).zip(right).enumerate();
        for (column, ((length, diagonal), other)) in cells {
            if letter == other {
                *length = diagonal + 1;
                if *length > best {
                    (best, best_left, best_right) = (*length, row + 1 - *length, column + 1 - *length);
                }
            }
        }
        before = lengths;
    }
    if best == 0 {
        return 0;
    }
    let part = |letters: &[char], from: usize, to: usize| letters.get(from..to).unwrap_or_default().to_vec();
    best + common(&part(left, 0, best_left), &part(right, 0, best_right))
        + common(&part(left, best_left + best, left.len()), &part(right, best_right + best, right.len()))
}

fn without_registration(text: &str) -> &str {
    let is_closing = |letter: char| matches!(letter, ']' | ')');
    let trimmed = text.trim_end();
    let inside = trimmed.strip_suffix(is_closing).unwrap_or(trimmed);
    let begin = inside.rfind(is_closing).map_or(0, |at| at + 1);
    let Some((_, last)) = inside.split_at_checked(begin) else { return text };
    let Some(opening) = last.find(['[', '(']) else { return text };
    let mut digits = 0;
    let is_registration = last.chars().skip_while(|letter| !matches!(letter, '[' | '(')).any(|letter| {
        digits = if ascii_digit(letter).is_ascii_digit() { digits + 1 } else { 0 };
        digits == 3
    });
    if is_registration { text.get(..begin + opening).map_or(text, str::trim_end) } else { text }
}

/// The characters, digits of full width as plain ones.
fn letters_of(text: &str) -> Vec<char> {
    text.chars().map(ascii_digit).collect()
}

fn ascii_digit(letter: char) -> char {
    let digit = u32::from(letter).checked_sub(u32::from('０')).filter(|digit| *digit < 10);
    digit.and_then(|digit| char::from_digit(digit, 10)).unwrap_or(letter)
}

type Parts = (u32, u32, u32);

/// `(20\d\d)[/\-. ](\d{1,2})[/\-. ](\d{1,2})`
fn year_first(mut at: Cursor<'_>) -> Option<Parts> {
    let year = at.full_year()?;
    at.one_of(DATE_MARKS)?;
    let month = at.one_or_two_digits()?;
    at.one_of(DATE_MARKS)?;
    Some((year, month, at.one_or_two_digits()?))
}

/// `(?<!\d)(\d{1,2})[/\-. ]+(\d{1,2})[/\-. ]+(20\d\d|\d\d)(?!\d)`; the month first where the second is none.
fn day_first(mut at: Cursor<'_>) -> Option<Parts> {
    if at.at.checked_sub(1).and_then(|before| at.letters.get(before)).is_some_and(char::is_ascii_digit) {
        return None;
    }
    let first = at.one_or_two_digits()?;
    at.one_of(DATE_MARKS)?;
    at.many_of(DATE_MARKS);
    let second = at.one_or_two_digits()?;
    at.one_of(DATE_MARKS)?;
    at.many_of(DATE_MARKS);
    let ends = |after: &Cursor<'_>| !after.letters.get(after.at).is_some_and(char::is_ascii_digit);
    let mut long = at;
    let year = match long.full_year() {
        Some(year) if ends(&long) => year,
        Some(_) | None => at.digits(2).filter(|_| ends(&at)).map(|year| year + 2000)?,
    };
    Some(if second <= 12 { (year, second, first) } else { (year, first, second) })
}

/// `(\d{1,2})[ \-/.]*([A-Z]{3})[A-Z]*[ \-/.,']*(20\d\d|\d\d)`
fn day_and_month_name(mut at: Cursor<'_>) -> Option<Parts> {
    let day = at.one_or_two_digits()?;
    at.many_of(DATE_MARKS);
    let month = at.month_name()?;
    at.many_of(" -/.,'");
    let year = at.full_year().or_else(|| at.digits(2).map(|year| year + 2000))?;
    Some((year, month, day))
}

/// `([A-Z]{3})[A-Z]* *(\d{1,2}),? *(20\d\d)`
fn month_name_and_day(mut at: Cursor<'_>) -> Option<Parts> {
    let month = at.month_name()?;
    at.many_of(" ");
    // Two digits where the year still follows, else one: `OCT 32016`.
    [2, 1].into_iter().find_map(|count| {
        let mut at = at;
        let day = at.digits(count)?;
        let _ = at.one_of(",");
        at.many_of(" ");
        Some((at.full_year()?, month, day))
    })
}

/// `\s*(20\d\d)(\d\d)(\d\d)\s*`
fn digits_year_first(mut at: Cursor<'_>) -> Option<Parts> {
    Some((at.full_year()?, at.digits(2)?, at.digits(2)?))
}

/// `\s*(\d\d)(\d\d)(20\d\d|\d\d)\s*`
fn digits_day_first(mut at: Cursor<'_>) -> Option<Parts> {
    let is_long = at.digits_only(8).is_some();
    at.digits_only(6).or_else(|| at.digits_only(8))?;
    let (day, month) = (at.digits(2)?, at.digits(2)?);
    let year = if is_long { at.full_year()? } else { at.digits(2)? + 2000 };
    Some((year, month, day))
}

/// A place in a text that moves on as its pieces are found.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    letters: &'a [char],
    at: usize,
}

impl Cursor<'_> {
    /// Exactly so many digits, as a number.
    fn digits(&mut self, count: usize) -> Option<u32> {
        let end = self.at.checked_add(count)?;
        let number = self
            .letters
            .get(self.at..end)?
            .iter()
            .try_fold(0_u32, |number, letter| number.checked_mul(10)?.checked_add(letter.to_digit(10)?))?;
        self.at = end;
        Some(number)
    }

    fn one_or_two_digits(&mut self) -> Option<u32> {
        self.digits(2).or_else(|| self.digits(1))
    }

    /// `20\d\d`
    fn full_year(&mut self) -> Option<u32> {
        let mut ahead = *self;
        let year = ahead.digits(4).filter(|year| (2000..2100).contains(year))?;
        *self = ahead;
        Some(year)
    }

    fn one_of(&mut self, marks: &str) -> Option<()> {
        self.letters.get(self.at).filter(|letter| marks.contains(**letter))?;
        self.at += 1;
        Some(())
    }

    fn many_of(&mut self, marks: &str) {
        while self.one_of(marks).is_some() {}
    }

    /// Three letters and those that follow; zero, which is no month, when the three name none.
    fn month_name(&mut self) -> Option<u32> {
        let end = self.at.checked_add(3)?;
        let name = self.letters.get(self.at..end)?;
        if !name.iter().all(char::is_ascii_uppercase) {
            return None;
        }
        let name: String = name.iter().collect();
        self.at = end;
        while self.letters.get(self.at).is_some_and(char::is_ascii_uppercase) {
            self.at += 1;
        }
        let month = (1..).zip(MONTHS).find(|(_, month)| *month == name);
        Some(month.map_or(0, |(number, _)| number))
    }

    /// Whether the whole text is so many digits.
    fn digits_only(&self, count: usize) -> Option<()> {
        (self.letters.len() == count && self.letters.iter().all(char::is_ascii_digit)).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts() {
        let cases = [
            ("9.00", Some("9.00")),
            ("RM 1,007.50", Some("1007.50")),
            ("$8.20", Some("8.20")),
            ("-14.99", Some("-14.99")),
            ("- 5", Some("5")),
            ("12.", Some("12")),
            ("1.234.567", Some("1.234")),
            ("1.5,00", Some("1.5")),
            ("TOTAL ２０.５0", Some("20.50")),
            ("", None),
            ("none", None),
            ("99999999999999999999999999999999", None),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|text| Decimal::from_str(text).expect("a decimal"));
            assert_eq!(label_amount(text), expected, "{text}");
        }
    }

    #[test]
    fn dates() {
        let cases = [
            ("2018-03-23", Some("2018-03-23")),
            ("2016/05/01", Some("2016-05-01")),
            ("25/12/2018", Some("2018-12-25")),
            ("14-03-18", Some("2018-03-14")),
            ("5/3/2018 (MON)", Some("2018-03-05")),
            ("12/13/2016", Some("2016-12-13")),
            ("1. 2. 2018", Some("2018-02-01")),
            ("22 MAR 2018", Some("2018-03-22")),
            ("15/APR/2017", Some("2017-04-15")),
            ("28 mar 18", Some("2018-03-28")),
            ("3 June, '18", Some("2018-06-03")),
            ("OCT 3, 2016", Some("2016-10-03")),
            ("OCT 32016", Some("2016-10-03")),
            ("October 13 2016", Some("2016-10-13")),
            ("20180304", Some("2018-03-04")),
            (" 25032018 ", Some("2018-03-25")),
            ("250318", Some("2018-03-25")),
            ("２０18-03-23", Some("2018-03-23")),
            ("20112018", None),
            ("31/02/2018", None),
            ("1997-01-07", None),
            ("12/01/20189", None),
            ("9 XYZ 2018", None),
            ("", None),
            ("soon", None),
        ];
        for (text, expected) in cases {
            assert_eq!(label_date(text).map(|date| date.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn supplier_keys() {
        let cases = [
            ("MR D.I.Y. (JOHOR) SDN BHD", "MRDIYJOHORSDNBHD"),
            ("Mr. D.I.Y. (M) Sdn Bhd (860671-D)", "MRDIYMSDNBHD"),
            ("ABC TRADING [12345 ", "ABCTRADING"),
            ("ABC (12) ", "ABC12"),
            ("ABC (M) 12345", "ABCM12345"),
            ("ABC (M 123) BHD", "ABCM123BHD"),
            ("ABC ((1) 123)", "ABC1123"),
            ("Straße 7", "STRASSE7"),
            ("茶餐廳 Café", "CAF"),
            ("翠華餐廳（中環）", "翠華餐廳中環"),
            ("", ""),
            ("(123)", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(supplier_key(text), expected, "{text}");
        }
    }

    #[test]
    fn numbers_agree_but_for_case_and_spaces() {
        assert_eq!(number_key(" inv/2023/03 0008"), "INV/2023/030008");
        assert_ne!(number_key("A-1"), number_key("A1"));
    }

    #[test]
    fn closeness() {
        for (read, wanted, expected) in [
            ("", "", true),
            ("ABC", "", false),
            ("ABCDEFGHIJ", "ABCDEFGHIJ", true),
            ("ABCDEFGHIX", "ABCDEFGHIJ", true),
            ("ABCDEFGHXX", "ABCDEFGHIJ", false),
            ("MRDTYJOHORSDNBHD", "MRDIYJOHORSDNBHD", true),
        ] {
            assert_eq!(is_close(read, wanted), expected, "{read} {wanted}");
        }
        assert!(!is_close(&"A".repeat(5000), &"A".repeat(4999)));
    }

    proptest! {
        #[test]
        fn any_text_is_taken(text in "\\PC{0,40}") {
            let _ = (label_amount(&text), label_date(&text), supplier_key(&text), number_key(&text));
        }

        #[test]
        fn a_date_printed_day_first_is_found_again(day in 1_i8..=28, month in 1_i8..=12, year in 2000_i16..2100) {
            let date = Date::new(year, month, day).expect("a date");
            let short = format!("{day:02}.{month:02}.{:02}", year - 2000);
            for text in [format!("{day}/{month}/{year}"), short, date.to_string()] {
                prop_assert_eq!(label_date(&text), Some(date));
            }
        }

        #[test]
        fn a_key_is_close_to_itself(key in "[A-Z0-9]{0,60}") {
            prop_assert!(is_close(&key, &key));
        }
    }
}
