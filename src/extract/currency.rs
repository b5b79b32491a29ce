//! The currency of a document: what its amounts say, else where it comes from, else the firm's own.

use std::collections::BTreeMap;

use crate::extract::{
    Hints, amounts, evidence::Evidence, figures::Line, hints::KnownSupplier, region::Region, text::fold,
};
use crate::model::{
    currency::Currency,
    field::{Field, FieldValue},
};

/// The document's currency; nothing where neither the paper nor the firm says one.
pub(super) fn currency(
    lines: &[Line<'_>],
    region: Option<Region>,
    known: Option<&KnownSupplier>,
    hints: &Hints,
) -> Option<Field> {
    let (votes, bare) = votes(lines);
    let mut ranked: Vec<(&str, usize, Evidence)> = votes.into_iter().map(|(code, (n, seen))| (code, n, seen)).collect();
    ranked.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
    if let Some((code, count, seen)) = ranked.first().copied() {
        // Two currencies printed equally often are a question for a person.
        let rival = ranked.get(1).is_some_and(|(_, other, _)| other * 3 >= count);
        let agrees = region.is_none_or(|region| region.currency == code);
        let sure = !rival && (!seen.source.is_optical() || count >= 2 || (agrees && region.is_some()));
        return field(code, seen, sure, "printed");
    }
    let local = region.and_then(|region| Currency::parse(region.currency).ok());
    let seen = bare.or_else(|| lines.first().map(|line| Evidence::of_row(&line.row)))?;
    let unplaced = Evidence { page: None, area: None, ..seen };
    // ¥ is written in China and in Japan; the place says in which.
    let yen = bare.filter(|_| lines.iter().any(|line| line.amounts.iter().any(|amount| amount.mark == Some("¥"))));
    if let Some((local, seen)) = local.zip(yen).filter(|(local, _)| matches!(local.code(), "CNY" | "JPY")) {
        return field(local.code(), seen, true, "mark-and-place");
    }
    if let Some(taught) = known.and_then(|known| known.currency) {
        // A place that uses another currency makes it a question again.
        let sure = local.is_none_or(|local| local == taught);
        let place = if bare.is_some() { seen } else { unplaced };
        return field(taught.code(), place, sure, "known-supplier");
    }
    match (local, hints.currency) {
        (Some(local), Some(own)) if local == own => field(own.code(), seen, true, "place-and-own"),
        (Some(local), _) => field(local.code(), seen, false, "place"),
        (None, Some(own)) => field(own.code(), if bare.is_some() { seen } else { unplaced }, false, "own"),
        (None, None) => None,
    }
}

/// The code that the amounts themselves say most often.
pub(super) fn printed_code(lines: &[Line<'_>]) -> Option<&'static str> {
    votes(lines).0.into_iter().max_by_key(|(_, (count, _))| *count).map(|(code, _)| code)
}

/// How often each code is said, with the first place it stands, and the first mark that leaves it open.
fn votes(lines: &[Line<'_>]) -> (BTreeMap<&'static str, (usize, Evidence)>, Option<Evidence>) {
    let mut votes: BTreeMap<&'static str, (usize, Evidence)> = BTreeMap::new();
    let mut bare = None;
    for line in lines {
        let marked = line.amounts.iter().filter_map(|amount| amount.mark.map(|mark| (mark, amount.area)));
        for (mark, area) in marked {
            let seen = Evidence::at(&line.row, area, line.row.confidence());
            match amounts::code_of_mark(mark) {
                Some(code) => votes.entry(code).or_insert((0, seen)).0 += 1,
                None => bare = bare.or(Some(seen)),
            }
        }
        for word in &line.row.words {
            if let Some(code) = code_word(&word.text) {
                votes.entry(code).or_insert((0, Evidence::at(&line.row, word.area, word.confidence))).0 += 1;
            }
        }
    }
    (votes, bare)
}

/// No mark has more letters.
const MARK_LETTERS_MAX: usize = 3;

/// A code or mark that stands alone, as in the head of a column: "(RM)", "HKD", "HK$".
fn code_word(word: &str) -> Option<&'static str> {
    // Most words are longer than any mark, or have no letter.
    if !(1..=MARK_LETTERS_MAX).contains(&word.chars().filter(|c| c.is_alphabetic()).count()) {
        return None;
    }
    let marked = word.trim_matches(['(', ')', ':', '[', ']', '.', ',', '/']).to_uppercase();
    let folded = fold(word);
    let known = |text: &str| amounts::code_of_mark(text).filter(|_| text.chars().count() >= 2);
    known(&marked).or_else(|| known(&folded).filter(|_| folded.len() >= 3))
}

fn field(code: &str, seen: Evidence, proven: bool, rule: &str) -> Option<Field> {
    let currency = Currency::parse(code).ok()?;
    Some(seen.field(FieldValue::Currency(currency), proven, format!("currency:{rule}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{figures::lines_of, region::region_of, rows::rows_of, testing::page_of};

    #[test]
    fn printed_placed_and_own() {
        let hints = Hints {
            currency: Some(Currency::HKD),
            day_first: true,
            today: jiff::civil::date(2026, 1, 1),
            known: Vec::new(),
        };
        for (text, code, accepted) in [
            (["TOTAL HK$88.00", "CASH HK$100.00"], "HKD", true),
            (["AMOUNT (RM)", "TOTAL RM 5.00"], "MYR", true),
            (["Hong Kong", "TOTAL $88.00"], "HKD", true),
            (["TOTAL $88.00", "THANK YOU"], "HKD", false),
            (["Kuala Lumpur MALAYSIA", "TOTAL $88.00"], "MYR", false),
            (["株式会社ヤマダ 東京都港区", "合計 ¥880"], "JPY", true),
            (["价税合计 (小写)¥88.00", "增值税普通发票"], "CNY", true),
            (["株式会社ヤマダ 東京都港区", "合計 880"], "JPY", false),
            (["合計 880円", "お預り 1,000円"], "JPY", true),
            (["TOTAL ¥88.00", "THANK YOU"], "HKD", false),
        ] {
            let page = page_of(&text);
            let rows = rows_of(std::slice::from_ref(&page));
            let region = region_of(&rows);
            let found =
                currency(&lines_of(rows), region, None, &hints).map(|choice| (choice.value.to_text(), choice.accepted));
            assert_eq!(found, Some((code.to_owned(), accepted)), "{text:?}");
        }
    }
}
