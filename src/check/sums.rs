//! A, the smaller sums: lines, tax at its printed rate, cash and change, amounts in words, pages carried forward.

use rust_decimal::Decimal;

use super::{
    Subject,
    arithmetic::tolerance,
    paper::{Paper, Row},
    tax,
};
use crate::model::{
    draft::{Draft, LineItem},
    field::FieldName,
    finding::{Finding, Severity},
    page::Spot,
};

/// How far quantity × price may lie from the amount: half a unit, for prices that were rounded. Source: rule A3.
const LINE_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// Words beside a tax rate.
const TAX_WORDS: &[&str] = &["gst", "vat", "tax", "sst", "mwst", "tva", "btw", "iva", "税率", "稅率", "税", "稅"];
/// Words beside the money given back.
const CHANGE_WORDS: &[&str] = &["change", "change due", "baki", "找贖", "找續", "找零", "找回", "找数", "找數"];
/// Words beside a page's sum that goes on, and that came from the page before.
const CARRIED: &[&str] = &["carried forward", "c/f", "carried over", "過次頁", "过次页", "轉下頁", "转下页"];
const BROUGHT: &[&str] = &["brought forward", "b/f", "brought over", "承前頁", "承前页", "承上頁", "承上页"];

fn spot(line: &LineItem) -> Spot {
    Spot { page: line.page, area: line.area }
}

/// A3: quantity × price is the line's amount. Discounts stand on lines too, so it is worth a look, not a stop.
pub(super) fn quantity_and_price(draft: &Draft) -> Option<Finding> {
    let wrong = |line: &&LineItem| {
        let (Some(quantity), Some(price), Some(amount)) = (line.quantity, line.unit_price, line.amount) else {
            return false;
        };
        quantity.checked_mul(price).is_some_and(|product| (product - amount).abs() > LINE_TOLERANCE)
    };
    let lines: Vec<&LineItem> = draft.line_items.iter().filter(wrong).collect();
    let first = lines.first()?;
    let (quantity, price, amount) = (first.quantity?, first.unit_price?, first.amount?);
    let more = match lines.len() {
        1 => String::new(),
        count => format!(" {} more lines are like it.", count - 1),
    };
    let message = format!("“{}”: {quantity} × {price} is not {amount}.{more}", first.description);
    Some(Finding::new("A3", Severity::Info, message, &[]).with_spots(lines.into_iter().map(spot)))
}

/// A4: the tax is the printed rate of the sum. Only where one rate is printed: a paper with several says which lines
/// bear which.
pub(super) fn printed_rate(draft: &Draft, paper: &Paper) -> Option<Finding> {
    let tax = tax::charged(draft)?;
    let total = draft.amount(FieldName::Total)?;
    let printed: Vec<(Decimal, &Row)> = paper
        .rows
        .iter()
        .filter(|row| row.says(TAX_WORDS))
        .flat_map(|row| percentages(&row.text).into_iter().map(move |percent| (percent, row)))
        .collect();
    let (percent, row) = printed.first().filter(|(first, _)| printed.iter().all(|(other, _)| other == first))?;
    let lines = Decimal::from(draft.line_items.len().max(1));
    let unit = draft.currency().map_or(Decimal::new(1, 2), |currency| Decimal::new(1, currency.exponent()));
    let most = tolerance(draft).max(unit * lines);
    let part = |name| draft.amount(name).unwrap_or_default();
    let net = total.checked_sub(tax)?;
    let bases = [Some(net), net.checked_sub(part(FieldName::Rounding)), draft.amount(FieldName::Subtotal)];
    let due = |base: Decimal| base.checked_mul(*percent)?.checked_div(Decimal::ONE_HUNDRED);
    if bases.into_iter().flatten().filter_map(due).any(|due| (due - tax).abs() <= most) {
        return None;
    }
    let due = due(net)?.round_dp(2);
    // Goods without tax beside goods with it make the tax smaller than the whole sum says.
    let severity = if tax > due { Severity::Flag } else { Severity::Info };
    let message = format!("{percent} % of {net} is {due}, but {tax} is printed as tax.");
    Some(Finding::new("A4", severity, message, &[FieldName::Tax]).with_spots([row.spot]))
}

/// The percentages in a row of text: `9%`, `6.0 %`.
fn percentages(text: &str) -> Vec<Decimal> {
    let before = text.match_indices(['%', '％']).filter_map(|(at, _)| text.get(..at)).map(str::trim_end);
    let number = |text: &str| {
        let from = text
            .rfind(|c: char| !c.is_ascii_digit() && c != '.')
            .map_or(0, |at| at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
        let value = Decimal::from_str_exact(text.get(from..)?).ok()?.normalize();
        (value > Decimal::ZERO && value < Decimal::from(30)).then_some(value)
    };
    before.filter_map(number).collect()
}

/// A5: cash less change is the total.
pub(super) fn cash_and_change(draft: &Draft, paper: &Paper) -> Option<Finding> {
    let (total, paid) = (draft.amount(FieldName::Total)?, draft.amount(FieldName::AmountPaid)?);
    let fields = [FieldName::AmountPaid, FieldName::Total];
    let most = tolerance(draft);
    let change_row = paper.rows.iter().rev().find(|row| row.says(CHANGE_WORDS) && row.amounts().len() == 1);
    if let Some((row, change)) = change_row.and_then(|row| Some((row, row.amounts().first().copied()?))) {
        let left = paid.checked_sub(change)?;
        // Some papers print what was kept as the amount paid.
        if (left - total).abs() <= most || (paid - total).abs() <= most {
            return None;
        }
        let message = format!("{paid} was given and {change} given back, which leaves {left}, not {total}.");
        return Some(Finding::new("A5", Severity::Flag, message, &fields).with_spots([row.spot]));
    }
    // Without change nothing is known but that nobody pays too little; a deposit may have been paid before.
    if total.checked_sub(paid)? <= most || paid.is_zero() {
        return None;
    }
    let message = format!("Only {paid} of {total} was paid on this paper.");
    Some(Finding::new("A5", Severity::Info, message, &fields))
}

/// A6: the amount in words is the amount in figures.
pub(super) fn words_and_figures(subject: &Subject<'_>) -> Option<Finding> {
    let (total, words) = (subject.draft.amount(FieldName::Total)?, subject.known.total_in_words?);
    if total == words {
        return None;
    }
    let message = format!("The amount in words is {words}, but the figures say {total}.");
    Some(Finding::new("A6", Severity::Flag, message, &[FieldName::Total]))
}

/// A8: what one page carries forward is what the next brings.
pub(super) fn carried_forward(paper: &Paper) -> Option<Finding> {
    let sums = |words: &'static [&'static str]| {
        paper
            .rows
            .iter()
            .filter(move |row| row.says(words))
            .filter_map(|row| Some((row.amounts().last().copied()?, row)))
    };
    let pair = sums(CARRIED).find_map(|(carried, row)| {
        let next = sums(BROUGHT).find(|(_, other)| other.spot.page == row.spot.page.saturating_add(1))?;
        (next.0 != carried).then_some(((carried, row), next))
    });
    let ((carried, row), (brought, next)) = pair?;
    let page = row.spot.page;
    let message = format!("Page {page} carries {carried} forward, but the next page begins with {brought}.");
    Some(Finding::new("A8", Severity::Flag, message, &[]).with_spots([row.spot, next.spot]))
}
