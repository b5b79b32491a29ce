//! Amounts as they are printed, and numbers that are none.

use super::*;
use crate::model::page::{Source, Word};

fn read(word: &str, style: Style) -> Option<(String, bool)> {
    parse_word(word, style).map(|number| (number.value.to_string(), number.repaired))
}

#[test]
fn printed_amounts() {
    for (word, value) in [
        ("33.90", "33.90"),
        ("RM33.90", "33.90"),
        ("HK$1,234.50", "1234.50"),
        ("＄８８.００", "88.00"),
        ("¥1,000", "1000"),
        ("33,92", "33.92"),
        ("1.234,56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("12.50-", "-12.50"),
        ("-RM0.02", "-0.02"),
        ("(12.50)", "-12.50"),
        ("12.50CR", "-12.50"),
        ("75.00SR", "75.00"),
        ("55元", "55"),
        ("港幣120.00元正", "120.00"),
        (".50", "0.50"),
        ("（小写）¥112.00", "112.00"),
        ("Rs.1,23,456.00", "123456.00"),
        ("¥12,000-", "12000"),
        ("-¥12,000", "-12000"),
        ("kr12", "12"),
        ("KR12", ""),
        ("12,34.56", ""),
        ("$", ""),
        ("12/03", ""),
        ("12.03.18", ""),
        ("8:01", ""),
        ("6%", ""),
        ("000394528768", ""),
        ("9557068000035", ""),
        ("AH002", ""),
        ("SOS", ""),
    ] {
        assert_eq!(read(word, Style::Point).map(|(text, _)| text).unwrap_or_default(), value, "{word}");
    }
    assert_eq!(read("1.234", Style::Comma), Some(("1234".to_owned(), false)));
    assert_eq!(read("1.234", Style::Point), Some(("1.234".to_owned(), false)));
}

/// Thousands that a narrow space sets apart belong to their amount; counts in a column of their own do not.
#[test]
fn thousands_may_be_set_apart_by_a_space() {
    let rows = |text: &str, narrow: bool| -> Vec<(String, bool)> {
        let mut page = crate::extract::testing::page_of(&[text]);
        if !narrow {
            (0..).zip(&mut page.words).for_each(|(at, word)| word.area.left += at * 60);
        }
        let rows = crate::extract::rows::rows_of(std::slice::from_ref(&page));
        let found = amounts_in(rows.first().expect("a row"), style_of([text].into_iter()));
        found.iter().map(|amount| (amount.value.to_string(), amount.repaired)).collect()
    };
    for (text, narrow, amounts) in [
        ("TOTAL TTC 2 573,40 EUR", true, &[("2573.40", false)][..]),
        ("TOTAL € 12 345 678,90", true, &[("12345678.90", false)]),
        ("TOTAL -2 573,40", true, &[("-2573.40", false)]),
        ("Visite 5 164,00", false, &[("5", false), ("164.00", false)]),
        // With a point it may be a count; whichever it is, a person looks.
        ("TOTAL 1 573.40", true, &[("1", false), ("573.40", true)]),
        ("Visite 5 164.00", false, &[("5", false), ("164.00", false)]),
        ("TOTAL 2 57,40", true, &[("2", false), ("57.40", false)]),
    ] {
        let expected: Vec<_> = amounts.iter().map(|(value, repaired)| ((*value).to_owned(), *repaired)).collect();
        assert_eq!(rows(text, narrow), expected, "{text} {narrow}");
    }
}

/// Thousands set apart by spaces are one amount in a text layer, where the space is narrow.
#[test]
fn spaces_part_thousands() {
    for (text, gap, layer, values) in [
        (&["6", "790,91", "€"][..], 5, true, &["6790.91"][..]),
        (&["1", "234", "567,00"], 5, true, &["1234567.00"]),
        (&["€12", "345,60"], 5, true, &["12345.60"]),
        (&["6", "790,91"], 30, true, &["6", "790.91"]),
        (&["6", "790,91"], 5, false, &["6790.91"]),
        (&["6", "79,91"], 5, true, &["6", "79.91"]),
        (&["06", "790,91"], 5, true, &["790.91"]),
    ] {
        let mut left = 0;
        let words: Vec<Word> = text
            .iter()
            .map(|part| {
                let made = crate::extract::testing::word(part, left, 0, 0);
                left = made.area.right() + gap;
                made
            })
            .collect();
        let source = if layer { Source::PdfText } else { Source::PpOcr };
        let row = crate::extract::rows::row_of_words(1, source, &words).expect("has words");
        let found: Vec<String> = amounts_in(&row, Style::Comma).iter().map(|amount| amount.value.to_string()).collect();
        assert_eq!(found, values, "{text:?} {gap} {layer}");
    }
}

#[test]
fn letters_are_digits_only_inside_amounts() {
    assert_eq!(read("1O.5O", Style::Point), Some(("10.50".to_owned(), true)));
    assert_eq!(read("15.O0", Style::Point), Some(("15.00".to_owned(), true)));
    assert_eq!(read("SO", Style::Point), None);
    assert_eq!(read("B5", Style::Point), None);
}

#[test]
fn styles() {
    assert_eq!(style_of(["399,00", "1.234,00", "5.00"].into_iter()), Style::Comma);
    assert_eq!(style_of(["399.00", "1,234"].into_iter()), Style::Point);
}
