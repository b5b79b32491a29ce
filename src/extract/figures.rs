//! Amounts with what the words beside them say they are: the figures of a document.

use rust_decimal::Decimal;

use crate::extract::{
    amounts::{self, Amount, Style},
    labels::{Label, Meaning, meaning_of},
    rows::Row,
    said::Said,
    text::fold,
};
use crate::model::page::{Area, Confidence, Source, Word};

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
    /// Its label and it were read apart, and another amount stands nearly as level with the label.
    pub(super) loose: bool,
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
        let columns =
            index.checked_sub(1).and_then(|above| lines.get(above)).map(|head| under_columns(head, line, &money));
        if let Some(columns) = columns.filter(|columns| !columns.is_empty()) {
            figures.extend(columns);
            continue;
        }
        let mut after_last = 0;
        let mut current: Option<Meaning> = None;
        for amount in &money {
            let words = format!("{} {}", line.row.text_between(after_last, amount.first), amount.label);
            let own = meaning_of(&Said::of(&words));
            after_last = amount.after_last;
            let indirect = own.is_none();
            current = own.or(current);
            // A row of several amounts under one label is a table's: none of them is plainly the labelled one.
            // Nor is a bare number before its label one: it is a code or a count beside a label whose amount was lost.
            let alone = money.len() == 1 && (amount.is_money() || after_last == line.row.words.len());
            let meaning = current.or(line.meaning.filter(|_| alone));
            if let Some(meaning) = meaning.filter(|meaning| meaning.label != Label::Summary) {
                let loose = is_loose(lines, index, amount);
                figures.push(Figure { loose, ..figure(line, amount, meaning, indirect, &words) });
            }
        }
    }
    figures
}

/// "Net | VAT | Total" over "100.00 | 20.00 | 120.00": each amount takes the label of its column, in a printed table of
/// sums. A row with words of its own is a line of a list, whose columns say nothing of sums.
fn under_columns(head: &Line<'_>, line: &Line<'_>, money: &[&Amount]) -> Vec<Figure> {
    let near = head.row.page == line.row.page
        && line.row.area.top.saturating_sub(head.row.area.bottom()) < line.row.height().saturating_mul(2);
    let bare = !line.row.source.is_optical() && line.meaning.is_none() && head.amounts.is_empty() && near;
    let dates = line.row.dates();
    let in_date = |word: usize| dates.iter().any(|date| (date.first..date.after_last).contains(&word));
    let speaks = |(index, word): (usize, &&Word)| {
        let letters = word.text.chars().filter(|c| c.is_alphabetic()).count();
        letters > MARK_LETTERS_MAX && !word.text.contains(|c: char| c.is_ascii_digit()) && !in_date(index)
    };
    if !bare || line.row.words.iter().enumerate().any(speaks) {
        return Vec::new();
    }
    let cells = head.row.cells();
    let of = |amount: &&Amount| {
        let cell = cells.iter().find(|cell| cell.spans(amount.area))?;
        let meaning = meaning_of(cell.said()).filter(|meaning| stands_alone(*meaning))?;
        Some(figure(line, amount, meaning, true, cell.text()))
    };
    money.iter().filter_map(of).collect()
}

/// More words than this before an amount of a text layer are a sentence.
const LABEL_WORDS_MAX: usize = 6;
/// A word of so few letters beside an amount may be its currency.
const MARK_LETTERS_MAX: usize = 3;

/// Whether a whole number can be a figure: where its own word says what it is, or the line does and has no other number.
fn counts(amount: &Amount, line: &Line<'_>) -> bool {
    let glued = !amount.label.is_empty();
    let whole = amount.decimals == 0 && (glued || line.amounts.len() == 1);
    let meaning = if glued { meaning_of(&Said::of(&amount.label)) } else { line.meaning };
    let speaks = meaning.is_some_and(|meaning| match meaning.label {
        Label::Total => meaning.strength > 1,
        Label::Subtotal | Label::Paid | Label::Change | Label::Service => true,
        Label::Tax | Label::Rounding | Label::Discount | Label::Summary | Label::Other => false,
    });
    whole && speaks && !masked(amount, line)
}

/// Whether it is what is left of a masked number: "VISA **** 1234", "XXXX-5008".
fn masked(amount: &Amount, line: &Line<'_>) -> bool {
    let mask = |text: &str| ["**", "xx", "XX", "••", ".."].iter().any(|sign| text.contains(sign));
    let before = amount.first.checked_sub(1).and_then(|before| line.row.words.get(before));
    let bare = before.is_some_and(|word| mask(&word.text) && !word.text.contains(|c: char| c.is_ascii_digit()));
    bare || line.row.words.get(amount.first).is_some_and(|word| mask(&word.text))
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

/// Whether an amount of a row above or below could as well be the one that the label of this one means: on a page that
/// lies askew, rows are told apart by little.
fn is_loose(lines: &[Line<'_>], index: usize, amount: &Amount) -> bool {
    let Some(row) = lines.get(index).map(|line| &line.row) else { return false };
    let before = amount.first.checked_sub(1).and_then(|before| row.words.get(before));
    let (Some(label), Some(own)) = (before, row.words.get(amount.first)) else { return false };
    if !row.source.is_optical() || label.line == own.line {
        return false;
    }
    let half = u64::from(label.area.height.min(own.area.height) / 2);
    let mine = row.offset(label.area, amount.area);
    let near = index.saturating_sub(NEIGHBOURS)..=index.saturating_add(NEIGHBOURS);
    let rivals = lines.iter().enumerate().filter(|(at, line)| near.contains(at) && line.row.page == row.page);
    rivals.flat_map(|(_, line)| &line.amounts).any(|other| {
        let same_column = other.area.shares_column(amount.area);
        other.value != amount.value && same_column && row.offset(label.area, other.area) <= mine.saturating_add(half)
    })
}

/// Rows so far above or below may be the one meant.
const NEIGHBOURS: usize = 2;

fn figure(line: &Line<'_>, amount: &Amount, meaning: Meaning, indirect: bool, words: &str) -> Figure {
    let upper = words.to_uppercase();
    // What rounding adds is less than one; "rounding 22.90" says what it rounds to.
    let rounded_to = meaning.label == Label::Rounding && amount.value.abs() >= Decimal::ONE;
    let meaning = if rounded_to { Meaning { label: Label::Total, strength: 3 } } else { meaning };
    // "Stage 3 of the works, being 40% of the total fee of £9,000.00" speaks of a total and is no label.
    let sentence = !line.row.source.is_optical() && Said::of(words).words().len() > LABEL_WORDS_MAX;
    let strength = if sentence && meaning.strength == 2 { 1 } else { meaning.strength };
    Figure {
        label: meaning.label,
        strength,
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
        loose: false,
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

    /// A table of sums, as Italian and Spanish invoices end with; a list's columns are no sums.
    #[test]
    fn columns_label_what_stands_under_them() {
        let of = |text: &[&str]| {
            let mut page = page_of(text);
            page.source = Source::PdfText;
            let lines = lines_of(rows_of(std::slice::from_ref(&page)));
            let figures = figures_of(&lines);
            figures.into_iter().map(|figure| (figure.label, figure.value.to_string())).collect::<Vec<_>>()
        };
        assert_eq!(
            of(&["IMPONIBILE  IVA 22%  TOTALE", "10,00 €   2,20 €  12,20 €"]),
            [
                (Label::Subtotal, "10.00".to_owned()),
                (Label::Tax, "2.20".to_owned()),
                (Label::Total, "12.20".to_owned())
            ]
        );
        assert_eq!(of(&["Article  Price  Total", "Desk lamp  10.00  20.00"]), []);
        let strength = |text: &str| {
            let mut page = page_of(&[text]);
            page.source = Source::PdfText;
            let lines = lines_of(rows_of(std::slice::from_ref(&page)));
            figures_of(&lines).first().map(|figure| figure.strength)
        };
        assert_eq!(strength("Total 90.00"), Some(2));
        assert_eq!(strength("Stage three of the works, a part of the total fee of 90.00"), Some(1));
    }

    #[test]
    fn a_label_alone_takes_the_amount_under_it() {
        assert_eq!(read(&["TOTAL", "HK$ 88.00", "Thank you"]), [(Label::Total, "88.00".to_owned())]);
        assert_eq!(read(&["TOTAL", "Rice 88.00"]), []);
        assert_eq!(read(&["隨機碼 3922 總計:"]), []);
        assert_eq!(read(&["8.00 TOTAL"]), [(Label::Total, "8.00".to_owned())]);
    }

    /// The amounts stand a part of a row lower than the words: the nearest is the label's only where no other is as near.
    #[test]
    fn an_amount_between_two_labels_is_loose() {
        for (drop, loose) in [(0, false), (3, false), (10, true)] {
            let mut page = page_of(&["TAX", "TOTAL", "190.00", "2090.00"]);
            for (at, word) in (0_u32..).zip(&mut page.words) {
                word.area.top = (at % 2) * 30 + if at < 2 { 0 } else { drop };
                word.area.left = if at < 2 { 10 } else { 400 };
                word.line = at;
            }
            let lines = lines_of(rows_of(std::slice::from_ref(&page)));
            let figures = figures_of(&lines);
            let total = figures.iter().find(|figure| figure.label == Label::Total).expect("the total is labelled");
            assert_eq!(total.loose, loose, "{drop} {figures:?}");
        }
    }

    #[test]
    fn what_is_left_of_a_card_is_no_amount() {
        for text in ["VISA **** 1234", "VISA ****1234", "VISA XXXX 1234", "CARD ..1234"] {
            assert_eq!(read(&[text]), [], "{text}");
        }
        assert_eq!(read(&["CASH 1000"]), [(Label::Paid, "1000".to_owned())]);
    }
}
