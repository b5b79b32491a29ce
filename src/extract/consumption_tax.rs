//! Japan's consumption tax (消費税): 10 per cent, and 8 per cent on food and newspapers, each rate with its own sum.
//!
//! A qualified invoice prints for each rate what it was charged on (対象) and the tax. The two prove each other: the
//! tax is the rate's share of its base, inside it (内税) or beside it (外税), rounded to whole yen by whatever way the
//! seller chose. The document's tax is that of all its rates together.

use rust_decimal::Decimal;

use crate::extract::{evidence::Evidence, figures::Line, said::Phrases, text::plain};
use crate::model::{
    field::{Field, FieldValue},
    page::Area,
};

/// The rates in force since October 2019, in per cent (消費税法).
const RATES: [u32; 2] = [10, 8];
/// No amount has more digits.
const YEN_DIGITS_MAX: usize = 12;
/// What a rate is charged on.
static BASE: Phrases = Phrases::new(&["対象", "对象", "对像"]);
/// What says that an amount is tax.
static TAX: Phrases = Phrases::new(&["消費税", "消费税", "内税", "外税", "税額", "税额"]);

/// What a page says of one rate.
struct Rate<'l, 'a> {
    tax: Decimal,
    /// It is the rate's share of the base that stands beside it.
    proven: bool,
    line: &'l Line<'a>,
    area: Area,
}

/// The tax of a Japanese page; nothing where it names no rate beside a tax.
pub(super) fn tax(lines: &[Line<'_>]) -> Option<Field> {
    let rates: Vec<Rate<'_, '_>> = RATES.iter().filter_map(|rate| of_rate(*rate, lines)).collect();
    let first = rates.first()?;
    let sum: Decimal = rates.iter().map(|rate| rate.tax).sum();
    let proven = rates.iter().all(|rate| rate.proven);
    let least = rates.iter().map(|rate| rate.line.row.confidence()).min()?;
    let evidence = Evidence::at(&first.line.row, first.area, least);
    let rule = if proven { "sum:rates-add-up" } else { "sum:rates" };
    Some(evidence.field(FieldValue::Amount(sum), proven, rule.to_owned()))
}

fn of_rate<'l, 'a>(rate: u32, lines: &'l [Line<'a>]) -> Option<Rate<'l, 'a>> {
    let named = lines.iter().filter(|line| names(line, rate));
    let (line, tax, area) = named.clone().find_map(|line| last_amount(line, &TAX))?;
    let bases = named.filter_map(|line| last_amount(line, &BASE)).map(|(_, base, _)| base);
    let mut shares = bases.flat_map(|base| {
        let percent = Decimal::from(rate);
        let hundred = Decimal::ONE_HUNDRED;
        [base.checked_mul(percent / hundred), base.checked_mul(percent / (hundred + percent))]
    });
    // Up, down or to the nearest: less than one yen away from the exact share.
    let proven = shares.any(|share| share.is_some_and(|share| (share - tax).abs() < Decimal::ONE));
    Some(Rate { tax, proven, line, area })
}

/// Whether the line names the rate: "10%", "(8%対象", "８％".
fn names(line: &Line<'_>, rate: u32) -> bool {
    let text = plain(line.row.text()).replace(" %", "%");
    let written = format!("{rate}%");
    text.match_indices(&written)
        .any(|(at, _)| !text.get(..at).is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit())))
}

/// The last amount of a line that says one of these; not the rate itself.
fn last_amount<'l, 'a>(line: &'l Line<'a>, phrases: &Phrases) -> Option<(&'l Line<'a>, Decimal, Area)> {
    let mut amounts = line.row.words.iter().rev().filter_map(|word| Some((line, yen(&word.text)?, word.area)));
    amounts.next().filter(|_| line.row.said().any(phrases))
}

/// Whole yen, with or without their mark and the bracket that the line stands in: "¥9,971)", "165)".
fn yen(word: &str) -> Option<Decimal> {
    let plain = plain(word);
    let digits = plain.trim_matches(['(', ')', '¥', '円', '*', '軽', '※']).replace(',', "");
    let counted = (1..=YEN_DIGITS_MAX).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let value = counted.then(|| Decimal::from_str_exact(&digits).ok()).flatten()?;
    (value > Decimal::ZERO).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{figures::lines_of, rows::rows_of, testing::page_of};

    #[test]
    fn rates_and_their_bases_prove_each_other() {
        for (text, sum, accepted) in [
            (&["(10%対象 ¥9,971)", "(内消費税等(10%) ¥906)"][..], Some("906"), true),
            (&["(10%対象 1,820 )", "(内税 10% 165 )", "(8%対象 1,238 )", "(内税 8% 91 )"], Some("256"), true),
            (&["(10%対象 ¥1,820)", "(内税 10% 165)", "(8%対象 1,238)", "(内税 8% 91)"], Some("256"), true),
            (&["10%対象 ¥3,670", "外税 10% ¥367"], Some("367"), true),
            // Rounded up, as some do; two yen off is no rounding.
            (&["8%対象 ¥1,238", "内税 8% ¥92"], Some("92"), true),
            (&["8%対象 ¥1,238", "内税 8% ¥94"], Some("94"), false),
            (&["(10%対象 1,820 )", "(内税 10% 165 )", "(8%対象 1,238 )", "(内税 8% 19 )"], Some("184"), false),
            // In full width, as some tills print everything.
            (&["(８％対象 ￥1,238)", "(内税８％ ￥92)"], Some("92"), true),
            (&["10 ％対象 ￥3,670", "外税 10 ％ ￥367"], Some("367"), true),
            (&["１０８％ ￥300", "消費税 ￥367"], None, false),
            // Nothing to prove it by.
            (&["消費税 10% ¥367"], Some("367"), false),
            (&["小計 ¥3,670", "合計 ¥4,037"], None, false),
            (&["108% ¥300", "消費税 ¥367"], None, false),
        ] {
            let page = page_of(text);
            let found = tax(&lines_of(rows_of(std::slice::from_ref(&page))));
            assert_eq!(found.as_ref().map(|found| found.value.to_text()).as_deref(), sum, "{text:?}");
            assert_eq!(found.is_some_and(|found| found.accepted), accepted, "{text:?}");
        }
    }
}
