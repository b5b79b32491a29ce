//! Amounts with what the words beside them say they are: the figures of a document.

use rust_decimal::Decimal;

use crate::extract::{
    amounts::{self, Amount, Style},
    labels::{Label, Meaning, meaning_of},
    rows::Row,
    said::Said,
    text::fold,
};
use crate::model::page::{Area, Confidence, Source};

/// How many amounts with cents make a paper one that prints cents.
const CENTS_SEEN: usize = 3;

/// A row with the amounts seen in it.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    pub(super) row: Row<'a>,
    pub(super) amounts: Vec<Amount>,
    /// What the whole row's words say.
    pub(super) meaning: Option<Meaning>,
    /// The row belongs to a table of tax rates.
    pub(super) in_summary: bool,
}

/// An amount with a meaning.
#[derive(Debug, Clone)]
pub(super) struct Figure {
    pub(super) label: Label,
    pub(super) strength: u8,
    pub(super) value: Decimal,
    pub(super) decimals: u32,
    pub(super) mark: Option<&'static str>,
    pub(super) repaired: bool,
    pub(super) confidence: Confidence,
    pub(super) source: Source,
    pub(super) page: u32,
    pub(super) area: Area,
    pub(super) in_summary: bool,
    /// The words before it did not say it, but the words of another line or other amounts of the row did.
    pub(super) indirect: bool,
    /// The row says "included" or "inclusive": a tax that is already inside the sum.
    pub(super) included: bool,
}

/// The rows with their amounts and meanings.
pub(super) fn lines_of(rows: Vec<Row<'_>>) -> Vec<Line<'_>> {
    let style = amounts::style_of(rows.iter().flat_map(|row| row.words.iter()).map(|word| word.text.as_str()));
    let mut summary_page = None;
    let mut lines: Vec<Line<'_>> = Vec::with_capacity(rows.len());
    for row in rows {
        let amounts = amounts_of(&row, style);
        let meaning = meaning_of(row.said());
        let label = meaning.map(|meaning| meaning.label);
        if label == Some(Label::Summary) {
            summary_page = Some(row.page);
        } else if matches!(label, Some(Label::Change | Label::Paid | Label::Rounding | Label::Subtotal)) {
            summary_page = None;
        }
        let in_summary = summary_page == Some(row.page);
        lines.push(Line { row, amounts, meaning, in_summary });
    }
    lines
}

/// The row's amounts, without the numbers that are a part of a date, a time or a rate.
fn amounts_of(row: &Row<'_>, style: Style) -> Vec<Amount> {
    let dates = row.dates();
    let mut amounts = amounts::amounts_in(row, style);
    amounts.retain(|amount| {
        let in_date = dates.iter().any(|date| (date.first..date.after_last).contains(&amount.first));
        let next = row.words.get(amount.after_last).map(|word| word.text.as_str());
        let rate = next.is_some_and(|text| text.starts_with('%'));
        !in_date && !rate
    });
    amounts
}

/// Every labelled amount of the document.
pub(super) fn figures_of(lines: &[Line<'_>]) -> Vec<Figure> {
    let mut figures = Vec::new();
    // On a paper with cents a number without them is a count or a misreading.
    let cents = lines.iter().flat_map(|line| &line.amounts).filter(|amount| amount.decimals == 2).count() >= CENTS_SEEN;
    for (index, line) in lines.iter().enumerate() {
        let money: Vec<&Amount> =
            line.amounts.iter().filter(|amount| amount.is_money() || (!cents && counts(amount, line))).collect();
        if money.is_empty() {
            if let Some(meaning) = line.meaning.filter(|meaning| stands_alone(*meaning)) {
                figures.extend(figure_nearby(lines, index, meaning));
            }
            continue;
        }
        let mut after_last = 0;
        let mut current: Option<Meaning> = None;
        for amount in &money {
            let words = line.row.text_between(after_last, amount.first);
            let own = meaning_of(&Said::of(&words));
            after_last = amount.after_last;
            let indirect = own.is_none();
            current = own.or(current);
            // A row of several amounts under one label is a table's: none of them is plainly the labelled one.
            // Nor is a bare number before its label one: it is a code or a count beside a label whose amount was lost.
            let alone = money.len() == 1 && (amount.is_money() || after_last == line.row.words.len());
            let meaning = current.or(line.meaning.filter(|_| alone));
            if let Some(meaning) = meaning.filter(|meaning| meaning.label != Label::Summary) {
                figures.push(figure(line, amount, meaning, indirect, &words));
            }
        }
    }
    figures
}

/// Whether a whole number can be a figure: where the line says what it is and has no other number.
fn counts(amount: &Amount, line: &Line<'_>) -> bool {
    let whole = amount.decimals == 0 && line.amounts.len() == 1;
    let speaks = line.meaning.is_some_and(|meaning| match meaning.label {
        Label::Total => meaning.strength > 1,
        Label::Subtotal | Label::Paid | Label::Change | Label::Service => true,
        Label::Tax | Label::Rounding | Label::Discount | Label::Summary | Label::Other => false,
    });
    whole && speaks
}

fn stands_alone(meaning: Meaning) -> bool {
    meaning.label != Label::Summary
        && meaning.label != Label::Other
        && (meaning.label != Label::Total || meaning.strength >= 2)
}

/// A label without an amount takes the only amount of an unlabelled line just below or above it.
fn figure_nearby(lines: &[Line<'_>], index: usize, meaning: Meaning) -> Option<Figure> {
    let here = lines.get(index)?;
    let reach = here.row.height().saturating_mul(2);
    [index.checked_add(1), index.checked_sub(1)].into_iter().flatten().find_map(|near| {
        let line = lines.get(near)?;
        let [amount] = line.amounts.as_slice() else { return None };
        let gap = line.row.area.top.abs_diff(here.row.area.top);
        let words =
            [line.row.text_between(0, amount.first), line.row.text_between(amount.after_last, usize::MAX)].concat();
        let alone = fold(&words).len() <= 2;
        let fits =
            line.row.page == here.row.page && gap <= reach && alone && amount.is_money() && line.meaning.is_none();
        fits.then(|| figure(line, amount, meaning, true, ""))
    })
}

fn figure(line: &Line<'_>, amount: &Amount, meaning: Meaning, indirect: bool, words: &str) -> Figure {
    let upper = words.to_uppercase();
    // What rounding adds is less than one; "rounding 22.90" says what it rounds to.
    let rounded_to = meaning.label == Label::Rounding && amount.value.abs() >= Decimal::ONE;
    let meaning = if rounded_to { Meaning { label: Label::Total, strength: 3 } } else { meaning };
    Figure {
        label: meaning.label,
        strength: meaning.strength,
        value: amount.value,
        decimals: amount.decimals,
        mark: amount.mark,
        repaired: amount.repaired,
        confidence: amount.confidence,
        source: line.row.source,
        page: line.row.page,
        area: amount.area,
        in_summary: line.in_summary,
        indirect,
        included: upper.contains("INCL") || upper.contains("已含") || upper.contains("内含"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{rows::rows_of, testing::page_of};

    fn read(text: &[&str]) -> Vec<(Label, String)> {
        let page = page_of(text);
        let lines = lines_of(rows_of(std::slice::from_ref(&page)));
        figures_of(&lines).into_iter().map(|figure| (figure.label, figure.value.to_string())).collect()
    }

    #[test]
    fn amounts_take_the_words_before_them() {
        assert_eq!(
            read(&["Total Saving 0.00 Total 77.20", "ROUNDING ADJ -RM 0.02", "Date 12/03/2018", "Rice 5.00"]),
            [
                (Label::Other, "0.00".to_owned()),
                (Label::Total, "77.20".to_owned()),
                (Label::Rounding, "-0.02".to_owned()),
            ]
        );
    }

    #[test]
    fn a_label_alone_takes_the_amount_under_it() {
        assert_eq!(read(&["TOTAL", "HK$ 88.00", "Thank you"]), [(Label::Total, "88.00".to_owned())]);
        assert_eq!(read(&["TOTAL", "Rice 88.00"]), []);
        assert_eq!(read(&["隨機碼 3922 總計:"]), []);
        assert_eq!(read(&["8.00 TOTAL"]), [(Label::Total, "8.00".to_owned())]);
    }
}
