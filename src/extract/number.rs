//! The number of the receipt or invoice: the first thing with a digit behind, or under, the words that announce it.

use crate::extract::{
    evidence::Evidence,
    rows::Row,
    said::{Phrases, Said},
    text::{fold, half_width, is_han},
};
use crate::model::{
    field::{Field, FieldValue},
    page::{Area, Confidence, Source},
};

/// What announces the number, folded, best first; the number of the rank is subtracted from the choice.
static LABELS: Phrases = Phrases::new(&[
    "INVOICE NO",
    "INVOICE NUMBER",
    "TAX INVOICE NO",
    "INV NO",
    "INVOICE",
    "FACTUURNUMMER",
    "FACTURE N",
    "發票號碼",
    "发票号码",
    "發票編號",
    "CREDIT NOTE NO",
    "CREDIT NOTE NUMBER",
    "RECEIPT NO",
    "RECEIPT NUMBER",
    "RECEIPT",
    "OFFICIAL RECEIPT NO",
    "RESIT NO",
    "收據編號",
    "收據號碼",
    "BILL NO",
    "BILL NUMBER",
    "BILL",
    "CASH BILL NO",
    "CASH BILL",
    "DOC NO",
    "DOCUMENT NO",
    "單據編號",
    "單號",
    "单号",
    "編號",
    "SLIP NO",
    "TRANSACTION NO",
    "TRANS NO",
    "TRN NO",
    "CHECK NO",
    "CHK NO",
    "REF NO",
    "REFERENCE NO",
    "BOOKING ID",
]);
/// The least confidence of an accepted scanned number.
const SURE: Confidence = Confidence::from_per_mille(900);

struct Piece {
    text: String,
    word: usize,
    /// It is of letters, so it may be part of a label; absent where it has a digit or is a sign that ends one.
    said: Option<Said>,
}

impl Piece {
    fn new(text: &str, word: usize) -> Self {
        let is_label = !text.contains(|c: char| c.is_ascii_digit() || c == ':' || c == '#');
        Self { text: text.to_owned(), word, said: is_label.then(|| Said::of(text)) }
    }
}

struct Found {
    rank: usize,
    text: String,
    evidence: Evidence,
    below: bool,
}

/// The document's number, as printed.
pub(super) fn document_number(rows: &[Row<'_>]) -> Option<Field> {
    let found = rows.iter().enumerate().flat_map(|(index, row)| numbers_of(row, rows.get(index + 1)));
    let best = found.min_by_key(|found| (found.rank, found.below))?;
    let accepted = match best.evidence.source {
        Source::Person | Source::EInvoice | Source::Qr | Source::PdfText => best.rank < 26,
        // Letters and digits mixed are misread too easily; plain digits have half the doubles.
        Source::PpOcr | Source::Tesseract => {
            best.evidence.confidence >= SURE && best.rank < 26 && best.text.chars().all(|c| c.is_ascii_digit())
        }
    };
    let rule = if best.below { "number:label-above" } else { "number:label" };
    Some(best.evidence.field(FieldValue::Text(best.text), accepted, rule.to_owned()))
}

/// The row's words cut at colons and number signs, which stand for words of their own.
fn pieces(row: &Row<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (word, content) in row.words.iter().enumerate() {
        if content.text.is_ascii() && !content.text.contains([':', '#']) {
            pieces.extend(content.text.split_whitespace().map(|text| Piece::new(text, word)));
            continue;
        }
        let plain: String = content.text.chars().map(half_width).collect();
        let spaced =
            plain.replace('º', "°").replace(':', " : ").replace('#', " # ").replace("n°", "n ").replace("N°", "N ");
        pieces.extend(spaced.split_whitespace().map(|text| Piece::new(text, word)));
    }
    pieces
}

fn numbers_of(row: &Row<'_>, below: Option<&Row<'_>>) -> Vec<Found> {
    // Most rows have no word that a label begins with. "Nº" is cut otherwise below, and Chinese stands unspaced.
    let plain = row.words.iter().all(|word| word.text.is_ascii());
    if plain && !row.said().may_hold_start(&LABELS) {
        return Vec::new();
    }
    let pieces = pieces(row);
    let mut found = Vec::new();
    for start in 0..pieces.len() {
        if !first_said(pieces.get(start..).unwrap_or_default()).is_some_and(|said| said.may_begin(&LABELS)) {
            continue;
        }
        for length in (1..=4).rev() {
            let Some(window) = pieces.get(start..start + length) else { continue };
            let Some(rank) = rank_of(window) else { continue };
            let announced = matches!(
                pieces.get(start + length).map(|piece| piece.text.as_str()),
                Some(":" | "#" | "No" | "NO" | "No." | "NO." | "no.")
            );
            let whole = LABELS.list().get(rank).is_some_and(|label| {
                label.contains(" N") || label.ends_with(" ID") || label.chars().any(is_han) || label.ends_with("NUMMER")
            });
            // "INVOICE 12" may be anything; "INVOICE : 12" and "INVOICE NO 12" announce a number.
            if let Some(value) = value_after(row, pieces.get(start + length..).unwrap_or_default(), announced || whole)
            {
                found.push(Found { rank, ..value });
            } else if let Some(value) = window
                .last()
                .filter(|_| whole)
                .and_then(|last| value_below(row, window.first()?.word, last.word, below?))
            {
                found.push(Found { rank, ..value });
            }
            break;
        }
    }
    found
}

/// What the first piece that says anything says; nothing where a number or a sign stands before it.
fn first_said(pieces: &[Piece]) -> Option<&Said> {
    pieces.iter().map(|piece| piece.said.as_ref()).find(|said| said.is_none_or(|said| !said.is_empty())).flatten()
}

fn rank_of(window: &[Piece]) -> Option<usize> {
    if window.iter().any(|piece| piece.said.is_none()) {
        return None;
    }
    let said = Said::of(&window.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" "));
    if said.is_empty() {
        return None;
    }
    LABELS.all().iter().position(|label| {
        let (seen, meant) = (said.words(), label.words());
        seen.len() == meant.len() && seen.iter().zip(meant).all(|(seen, meant)| seen.near(meant))
    })
}

/// The next piece with a digit, at most two signs or filler words on.
fn value_after(row: &Row<'_>, rest: &[Piece], announced: bool) -> Option<Found> {
    let filler = |text: &str| {
        matches!(fold(text).as_str(), "" | "NO" | "NUMBER" | "N" | "ID") && !text.contains(|c: char| c.is_ascii_digit())
    };
    let (skipped, piece) = rest.iter().enumerate().find(|(_, piece)| !filler(&piece.text))?;
    let letters_only = !piece.text.contains(|c: char| c.is_ascii_digit());
    // "INV 0001": a prefix of letters belongs to the number that follows it.
    let (text, last) = match rest.get(skipped + 1) {
        Some(next) if letters_only && announced && is_prefix(&piece.text) && is_number(&next.text) => {
            (format!("{} {}", piece.text, next.text), next.word)
        }
        Some(_) | None => (piece.text.clone(), piece.word),
    };
    if skipped > 3 || !is_number(&text) || !(announced || skipped > 0 || text.len() >= 5) {
        return None;
    }
    let words = row.words.get(piece.word..=last)?;
    Some(found(
        row,
        &text,
        words.iter().map(|word| word.area).reduce(Area::union)?,
        words.iter().map(|word| word.confidence).min()?,
        false,
    ))
}

/// "INV", "CS": up to four capital letters.
fn is_prefix(text: &str) -> bool {
    text.len() <= 4 && text.chars().all(|c| c.is_ascii_uppercase())
}

/// The word of the row below that begins under the label.
fn value_below(row: &Row<'_>, first: usize, last: usize, below: &Row<'_>) -> Option<Found> {
    let (left, right) = (row.words.get(first)?.area.left, row.words.get(last)?.area.right());
    let near = below.page == row.page && below.area.top.saturating_sub(row.area.bottom()) < row.height() * 2;
    let under = below.words.iter().find(|word| word.area.left < right && word.area.right() > left)?;
    let text: String = under.text.chars().map(half_width).collect();
    (near && is_number(&text)).then(|| found(below, &text, under.area, under.confidence, true))
}

fn found(row: &Row<'_>, text: &str, area: Area, confidence: Confidence, below: bool) -> Found {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    Found { rank: 0, text, evidence: Evidence::at(row, area, confidence), below }
}

/// Two digits at least, no date, no amount, no percentage.
fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let slashes = text.matches('/').count();
    let date = slashes == 2 && text.chars().all(|c| c.is_ascii_digit() || c == '/');
    let amount = digits + 1 == text.chars().count() && text.chars().rev().nth(2) == Some('.');
    digits >= 2 && !date && !amount && !text.contains(['%', '$', '€', '@'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{rows::rows_of, testing::page_of};

    #[test]
    fn numbers() {
        for (text, number) in [
            (&["Invoice No: INV-2025/001"][..], Some("INV-2025/001")),
            (&["INVOICE # : OR18031002160274"], Some("OR18031002160274")),
            (&["Receipt #: CSP0393921 DATE: 15/06/2017"], Some("CSP0393921")),
            (&["發票號碼：AB-12345678"], Some("AB-12345678")),
            (&["單 號 : 000123"], Some("000123")),
            (&["Invoice Number Date", "42183017 1/2/2025"], Some("42183017")),
            (&["TAX INVOICE", "Tel 12345678"], None),
            (&["Bill 5.00"], None),
            (&["Facture n°562044387 du 02 Juillet 2015"], Some("562044387")),
        ] {
            let page = page_of(text);
            let rows = rows_of(std::slice::from_ref(&page));
            let found = document_number(&rows).map(|choice| choice.value.to_text());
            assert_eq!(found.as_deref(), number, "{text:?}");
        }
    }
}
