//! What holds for any words whatever: nothing panics, the same words give the same draft, and no accepted amount or date
//! is one that does not stand on the page.

use jiff::civil::date;
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Hints, Seen, extract, spots, testing::page_of};
use crate::model::{currency::Currency, field::FieldValue};

fn hints() -> Hints {
    Hints { currency: Some(Currency::HKD), day_first: true, today: date(2026, 11, 25), known: Vec::new() }
}

/// Words as receipts have them, some broken, and some that nobody ever printed.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(vec![
            "TOTAL", "Total:", "SUBTOTAL", "Cash", "CHANGE", "GST", "6%", "Rounding", "合計", "總計", "應付", "HK$", "RM",
            "NT$", "¥", "Date", "日期", "民國", "Invoice", "No.", "Sdn", "Bhd", "有限公司", "x", "@", "-", "發票號碼",
        ]).prop_map(str::to_owned),
        3 => (0_i64..1_000_000).prop_map(|cents| Decimal::new(cents, 2).to_string()),
        1 => (1_i32..32, 1_i32..14, 1_i32..2100).prop_map(|(day, month, year)| format!("{day:02}/{month:02}/{year}")),
        1 => "[0-9]{1,3},[0-9]{3}\\.[0-9]{2}",
        1 => "[0-9OolI.,/-]{1,14}",
        1 => "\\PC{1,12}",
    ]
}

fn pages() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop::collection::vec(words(), 0..6).prop_map(|line| line.join(" ")), 0..14)
}

/// The digits of a text, which a mended slip may have made of letters that look like them.
fn digits(text: &str) -> String {
    let digit = |sign: char| match sign {
        'O' | 'o' | 'Q' | 'D' => Some('0'),
        'l' | 'I' | '|' | 'i' => Some('1'),
        'S' | 's' => Some('5'),
        'B' => Some('8'),
        'Z' | 'z' => Some('2'),
        _ => sign.to_digit(10).and_then(|digit| char::from_digit(digit, 10)),
    };
    text.chars().filter_map(digit).collect()
}

proptest! {
    #[test]
    fn any_words_give_one_draft_and_accept_only_what_stands_there(lines in pages()) {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let page = [page_of(&lines)];
        let seen = Seen { pages: &page, ..Seen::default() };
        let draft = extract(&seen, &hints());
        prop_assert_eq!(&draft, &extract(&seen, &hints()));
        for spot in spots(&seen, &hints()) {
            prop_assert_eq!(spot.page, 1);
        }
        let printed: Vec<String> = lines.iter().map(|line| digits(line)).collect();
        for (name, field) in draft.fields.iter().filter(|(_, field)| field.accepted) {
            let stands = match &field.value {
                FieldValue::Amount(amount) => {
                    let whole = digits(&amount.abs().normalize().to_string());
                    printed.iter().any(|line| line.contains(&whole))
                }
                FieldValue::Date(date) => {
                    let year = [date.year() % 100, date.year() - 1911].map(|year| year.to_string());
                    let day = date.day().to_string();
                    printed.iter().any(|line| line.contains(&day) && year.iter().any(|year| line.contains(year)))
                }
                FieldValue::Text(_) | FieldValue::Currency(_) => true,
            };
            prop_assert!(stands, "{:?} {:?} is accepted and stands on no line of {:?}", name, field.value, lines);
        }
    }

    #[test]
    fn any_signs_give_a_draft(lines in prop::collection::vec("\\PC{0,40}", 0..12)) {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let page = [page_of(&lines)];
        let _ = extract(&Seen { pages: &page, ..Seen::default() }, &hints());
    }
}
