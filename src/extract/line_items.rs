//! The things bought, where the layout is plain: an amount at the end of a row, its description on the same row, the
//! row above, or the row below.

use rust_decimal::Decimal;

use crate::extract::{
    amounts::{Amount, Style, parse_word},
    figures::Line,
    labels::Label,
    said::Phrases,
    text::{fold, join},
};
use crate::model::{draft::LineItem, page::Area};

/// More things than this on one paper are not listed.
const ITEMS_MAX: usize = 500;

/// Where descriptions stand that are not on the row of their amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Above,
    Below,
}

/// The things bought, in the order of the pages, up to the first row that speaks of sums on the page of the total.
pub(super) fn line_items(lines: &[Line<'_>]) -> Vec<LineItem> {
    let mut items = Vec::new();
    for page in lines.chunk_by(|line, next| line.row.page == next.row.page) {
        let end = page.iter().position(ends_items);
        items.extend(items_of_page(page.get(..end.unwrap_or(page.len())).unwrap_or_default()));
        if end.is_some() {
            break;
        }
    }
    items.truncate(ITEMS_MAX);
    items
}

fn items_of_page(before_end: &[Line<'_>]) -> Vec<LineItem> {
    // A table's head is the last row above the amounts that names at least two columns.
    let start = before_end.iter().rposition(is_head).map_or(0, |head| head + 1);
    let zone = before_end.get(start..).unwrap_or_default();
    let first_priced = zone.iter().position(|line| price(line).is_some());
    let described = |line: &Line<'_>| description_of(line).is_some();
    let side = match first_priced.and_then(|first| zone.get(first)) {
        Some(line) if described(line) => None,
        Some(_) if start > 0 && first_priced == Some(0) => Some(Side::Below),
        Some(_) => Some(Side::Above),
        None => return Vec::new(),
    };
    let priced = zone.iter().enumerate().filter_map(|(index, line)| {
        let amount = price(line)?;
        let aside = match side.unwrap_or(Side::Above) {
            Side::Above => index.checked_sub(1),
            Side::Below => Some(index + 1),
        };
        let aside = aside.and_then(|aside| zone.get(aside)).filter(|line| price(line).is_none());
        let description = description_of(line).or_else(|| aside.and_then(description_of)).unwrap_or_default();
        Some(item(line, amount, description))
    });
    priced.collect()
}

/// The first row that speaks of sums ends the things bought.
fn ends_items(line: &Line<'_>) -> bool {
    let has_money = line.amounts.iter().any(Amount::is_money);
    line.meaning.is_some_and(|meaning| match meaning.label {
        Label::Total => meaning.strength >= 2 && has_money,
        Label::Subtotal | Label::Change => true,
        Label::Rounding | Label::Service | Label::Summary => has_money,
        Label::Tax | Label::Discount | Label::Paid | Label::Other => false,
    })
}

fn is_head(line: &Line<'_>) -> bool {
    static COLUMNS: Phrases = Phrases::new(&[
        "QTY",
        "QUANTITY",
        "ITEM",
        "DESCRIPTION",
        "PRICE",
        "AMOUNT",
        "AMT",
        "數量",
        "單價",
        "金額",
        "項目",
        "货品",
        "貨品",
        "UNIT",
    ]);
    COLUMNS.count_in(&[line.row.said()]) >= 2 && !line.amounts.iter().any(Amount::is_money)
}

/// The row's amount: the last one with cents, if the row is not about sums or money handed over.
fn price<'l>(line: &'l Line<'_>) -> Option<&'l Amount> {
    let sums = line.meaning.is_some_and(|meaning| match meaning.label {
        Label::Total => meaning.strength >= 2,
        Label::Subtotal | Label::Tax | Label::Service | Label::Rounding | Label::Paid | Label::Change => true,
        Label::Summary | Label::Other => true,
        Label::Discount => false,
    });
    let last = line.amounts.iter().rev().find(|amount| amount.is_money())?;
    // An amount in the middle of a sentence is not a price at the end of a row.
    let words_after = line.row.words.len().saturating_sub(last.after_last);
    (!sums && words_after <= 2).then_some(last)
}

/// The letters of the row before its first amount, at least three of them.
fn description_of(line: &Line<'_>) -> Option<String> {
    let first =
        line.amounts.iter().find(|amount| amount.is_money()).map_or(line.row.words.len(), |amount| amount.first);
    let words: Vec<&str> = line
        .row
        .words
        .iter()
        .take(first)
        .map(|word| word.text.as_str())
        .filter(|word| !is_code(word) && !is_filler(word))
        .collect();
    let words = without_counts(&words);
    let letters: usize =
        words.iter().map(|word| fold(word).chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>()).sum();
    (letters >= 3).then(|| join(words.iter().copied()))
}

/// The words without the numbers before and after them, which are counts and prices, not names.
fn without_counts<'w>(words: &'w [&'w str]) -> &'w [&'w str] {
    let names = |word: &&str| word.chars().any(char::is_alphabetic);
    let first = words.iter().position(names).unwrap_or(words.len());
    let after_last = words.iter().rposition(names).map_or(first, |last| last + 1);
    words.get(first..after_last).unwrap_or_default()
}

/// Column lines, specks, multiplication signs, currency marks and tax codes.
fn is_filler(word: &str) -> bool {
    !word.contains(char::is_alphanumeric) || matches!(fold(word).as_str(), "X" | "RM" | "HK" | "SR" | "ZRL")
}

/// A barcode or stock number: mostly digits, six or more characters.
fn is_code(word: &str) -> bool {
    let digits = word.chars().filter(char::is_ascii_digit).count();
    word.chars().count() >= 6 && digits * 4 >= word.chars().count() * 3
}

fn item(line: &Line<'_>, amount: &Amount, description: String) -> LineItem {
    let value = if line.meaning.is_some_and(|meaning| meaning.label == Label::Discount) {
        -amount.value.abs()
    } else {
        amount.value
    };
    let (quantity, unit_price) = quantity_and_price(line, amount);
    let area: Area = line.row.area;
    LineItem { description, quantity, unit_price, amount: Some(value), page: line.row.page, area }
}

/// Two numbers of the row whose product is the amount: the one with cents is the price.
fn quantity_and_price(line: &Line<'_>, amount: &Amount) -> (Option<Decimal>, Option<Decimal>) {
    let mut numbers: Vec<(Decimal, u32)> = Vec::new();
    for word in line.row.words.iter().take(amount.first) {
        // "53.50*1", "2x" and "@3.50" stand for two numbers, a quantity and a price.
        for part in word.text.split(['*', 'x', 'X', '@', '×']) {
            numbers.extend(parse_word(part, Style::Point).map(|number| (number.value, number.decimals)));
        }
    }
    numbers.truncate(12);
    for (index, (quantity, quantity_decimals)) in numbers.iter().enumerate() {
        for (price, decimals) in numbers.iter().skip(index + 1) {
            let product = quantity.checked_mul(*price).map(|product| product.round_dp(2));
            if product == Some(amount.value.round_dp(2)) && !quantity.is_zero() {
                let price_first = *quantity_decimals == 2 && *decimals != 2;
                return if price_first { (Some(*price), Some(*quantity)) } else { (Some(*quantity), Some(*price)) };
            }
        }
    }
    (None, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{figures::lines_of, rows::rows_of, testing::page_of};

    fn read(text: &[&str]) -> Vec<(String, Option<String>, Option<String>)> {
        let page = page_of(text);
        let items = line_items(&lines_of(rows_of(std::slice::from_ref(&page))));
        let shown = |value: Option<Decimal>| value.map(|value| value.to_string());
        items.into_iter().map(|item| (item.description, shown(item.quantity), shown(item.amount))).collect()
    }

    #[test]
    fn one_row_each() {
        assert_eq!(
            read(&["ITEM QTY PRICE AMOUNT", "Rice noodles 2 5.00 10.00", "奶茶 18.00", "Total 28.00", "Cash 30.00"]),
            [
                ("Rice noodles".to_owned(), Some("2".to_owned()), Some("10.00".to_owned())),
                ("奶茶".to_owned(), None, Some("18.00".to_owned())),
            ]
        );
    }

    #[test]
    fn every_page_until_the_sums() {
        let (mut first, second) = (
            page_of(&["Tea 5.00", "Carried forward 5.00"]),
            page_of(&["Brought forward 5.00", "Rice 7.00", "Total 12.00"]),
        );
        first.number = 1;
        let second = crate::model::page::Page { number: 2, ..second };
        let pages = [first, second];
        let items = line_items(&lines_of(rows_of(&pages)));
        assert_eq!(items.iter().map(|item| item.description.as_str()).collect::<Vec<_>>(), ["Tea", "Rice"]);
    }

    #[test]
    fn description_above_and_below() {
        assert_eq!(
            read(&["PAINT BRUSH", "9066468 1 X 8.02 8.02", "Sub-total 8.02"]),
            [("PAINT BRUSH".to_owned(), Some("1".to_owned()), Some("8.02".to_owned()))]
        );
        assert_eq!(
            read(&["ITEM QTY AMOUNT", "2000160000024 1 15.00 15.00", "STRETCH FILM", "TOTAL 15.00"]),
            [("STRETCH FILM".to_owned(), Some("1".to_owned()), Some("15.00".to_owned()))]
        );
    }
}
