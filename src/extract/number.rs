//! The number of the receipt or invoice: the first thing with a digit behind, or under, the words that announce it.

mod words;

use self::words::{CREDIT, LABELS, LAST_ACCEPTED, REFERS};
use crate::extract::{
    evidence::Evidence,
    kind::names_credit,
    rows::Row,
    said::Said,
    text::{EAST_ASIA, fold, is_han, plain},
};
use crate::model::{
    field::{Field, FieldValue},
    page::{Area, Confidence, Source},
};

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
    let credit = names_credit(rows.iter());
    let mut all: Vec<Found> = rows
        .iter()
        .enumerate()
        .flat_map(|(index, row)| numbers_of(row, rows.get(index + 1..).unwrap_or_default()))
        .collect();
    // The number of the invoice that a credit corrects is not the credit's own.
    let own = |found: &Found| !credit || !is_invoices(found.rank);
    if all.iter().any(own) {
        all.retain(own);
    }
    let best = all.iter().min_by_key(|found| (found.rank, found.below))?;
    let plain = is_plain(best.rank) && own(best);
    let accepted = match best.evidence.source {
        Source::Person | Source::EInvoice | Source::Qr => plain,
        // Two numbers under the same label are of two documents, or one of them is a part of a table.
        Source::PdfText => plain && !all.iter().any(|other| other.rank == best.rank && other.text != best.text),
        // Letters and digits mixed are misread too easily; plain digits have half the doubles.
        Source::PpOcr | Source::Tesseract => {
            best.evidence.confidence >= SURE && plain && best.text.chars().all(|c| c.is_ascii_digit())
        }
    };
    let rule = if best.below { "number:label-above" } else { "number:label" };
    Some(best.evidence.field(FieldValue::Text(best.text.clone()), accepted, rule.to_owned()))
}

/// Whether the label of this rank names the document plainly enough.
fn is_plain(rank: usize) -> bool {
    let last = LABELS.list().iter().position(|label| *label == LAST_ACCEPTED);
    last.is_some_and(|last| rank <= last)
}

/// Whether the label of this rank is an invoice's, and not a credit's.
fn is_invoices(rank: usize) -> bool {
    let credit = |label: &str| CREDIT.list().iter().any(|credit| label.contains(credit));
    let first = LABELS.list().iter().position(|label| credit(label)).unwrap_or(0);
    rank < first
}

/// The numbers that a row announces and says itself; [`Row::announced`] remembers them.
pub(super) fn announced_in(row: &Row<'_>) -> Vec<String> {
    numbers_of(row, &[]).into_iter().map(|found| found.text).collect()
}

/// The row's words cut at colons and number signs, which stand for words of their own.
fn pieces(row: &Row<'_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (word, content) in row.words.iter().enumerate() {
        if content.text.is_ascii() && !content.text.contains([':', '#']) {
            pieces.extend(content.text.split_whitespace().map(|text| Piece::new(text, word)));
            continue;
        }
        let plain = plain(&content.text);
        let spaced = plain.replace('º', "°").replace(".°", "°").replace(':', " : ").replace('#', " # ");
        let spaced = spaced.replace("n°", "n ").replace("N°", "N ").replace("№", "No ");
        pieces.extend(spaced.split_whitespace().map(|text| Piece::new(text, word)));
    }
    pieces
}

fn numbers_of<'a>(row: &Row<'a>, below: &[Row<'a>]) -> Vec<Found> {
    // Most rows have no word that a label begins with. "Nº" is cut otherwise below, and Chinese stands unspaced.
    let plain = row.words.iter().all(|word| word.text.is_ascii() || !word.text.contains(is_cut_otherwise));
    if plain && !row.said().may_hold_start(&LABELS) && !holds_compound(row) {
        return Vec::new();
    }
    let pieces = pieces(row);
    let mut found = Vec::new();
    for start in 0..pieces.len() {
        if !first_said(pieces.get(start..).unwrap_or_default()).is_some_and(may_announce) {
            continue;
        }
        for length in (1..=4).rev() {
            let Some(window) = pieces.get(start..start + length) else { continue };
            let Some(rank) = rank_of(window) else { continue };
            let alone = is_bare(rank);
            if refers(&pieces, start) || alone && (row.source.is_optical() || !begins(row, window)) {
                break;
            }
            let announced = matches!(
                pieces.get(start + length).map(|piece| piece.text.as_str()),
                Some(":" | "#" | "No" | "NO" | "No." | "NO." | "no." | "Nr" | "Nr." | "nr" | "nr.")
            );
            let whole = alone
                || LABELS.list().get(rank).is_some_and(|label| {
                    label.contains(" N")
                        || label.starts_with("N ")
                        || label.starts_with("NO ")
                        || label.starts_with("NUM")
                        || label.starts_with("NÚM")
                        || label.ends_with(" ID")
                        || label.ends_with("NR")
                        || label.chars().any(is_han)
                        || label.ends_with("NUMMER")
                });
            // "INVOICE 12" may be anything; "INVOICE : 12" and "INVOICE NO 12" announce a number.
            if let Some(value) = value_after(row, pieces.get(start + length..).unwrap_or_default(), announced || whole)
            {
                found.push(Found { rank, ..value });
            } else if let Some(value) = window
                .last()
                .filter(|_| whole && !alone)
                .and_then(|last| value_below(row, window.first()?.word, last.word, below))
            {
                found.push(Found { rank, ..value });
            }
            break;
        }
    }
    found
}

/// Whether a sign is a word by itself, or of a script that is not spaced.
const fn is_cut_otherwise(sign: char) -> bool {
    matches!(sign, 'º' | '°' | '№' | EAST_ASIA..)
}

/// Whether a word of the row ends in "rechnung", in a row that is not all ASCII.
fn holds_compound(row: &Row<'_>) -> bool {
    let ascii = row.words.iter().all(|word| word.text.is_ascii());
    !ascii && row.said().words().iter().any(|word| word.text().ends_with(COMPOUND))
}

/// Whether a label may begin with what this says.
fn may_announce(said: &Said) -> bool {
    said.may_begin(&LABELS) || said.words().first().is_some_and(|word| word.text().ends_with(COMPOUND))
}

/// "No." and its like in other languages, with no word of what it is the number of.
fn is_bare(rank: usize) -> bool {
    LABELS
        .list()
        .get(rank)
        .is_some_and(|label| matches!(*label, "N" | "NO" | "NR" | "NUMÉRO" | "NUMERO" | "NÚMERO" | "番号"))
}

/// Whether the label begins a column of the row: within one it is a part of a longer label.
fn begins(row: &Row<'_>, window: &[Piece]) -> bool {
    let Some(word) = window.first().map(|piece| piece.word) else { return false };
    let Some(before) = word.checked_sub(1).and_then(|before| row.words.get(before)) else { return true };
    row.words.get(word).is_some_and(|word| word.area.left.saturating_sub(before.area.right()) > row.height() * 5 / 2)
}

/// Whether the word before the label makes it another document's: "original invoice no".
fn refers(pieces: &[Piece], start: usize) -> bool {
    let before = start.checked_sub(1).and_then(|before| pieces.get(before));
    before.and_then(|piece| piece.said.as_ref()).is_some_and(|said| said.any(&REFERS))
}

/// The word that German puts others in front of.
const COMPOUND: &str = "RECHNUNG";

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
    // German writes the kind of invoice in front, as one word: "Handelsrechnung Nr. 471102".
    let compound = |seen: &str, meant: &str| meant == COMPOUND && seen.ends_with(COMPOUND);
    LABELS.all().iter().position(|label| {
        let (seen, meant) = (said.words(), label.words());
        let mut both = seen.iter().zip(meant);
        seen.len() == meant.len()
            && both.all(|(seen, meant)| seen.is_near(meant) || compound(seen.text(), meant.text()))
    })
}

/// The next piece with a digit, at most two signs or filler words on; the same label in another script may stand between.
fn value_after(row: &Row<'_>, rest: &[Piece], announced: bool) -> Option<Found> {
    let filler = |text: &str| {
        let said = matches!(fold(text).as_str(), "" | "NO" | "NUMBER" | "N" | "NR" | "ID")
            || text.chars().all(|c| is_han(c) || !c.is_alphanumeric());
        said && !text.contains(|c: char| c.is_ascii_digit())
    };
    let (skipped, piece) = rest.iter().enumerate().find(|(_, piece)| !filler(&piece.text))?;
    let letters_only = !piece.text.contains(|c: char| c.is_ascii_digit());
    let next = rest.get(skipped + 1);
    let (text, last) = match next {
        // "INV 0001": a prefix of letters belongs to the number that follows it.
        Some(next) if letters_only && announced && is_prefix(&piece.text) && is_number(&next.text) => {
            (format!("{} {}", piece.text, next.text), next.word)
        }
        Some(_) if announced => groups(row, rest.get(skipped..).unwrap_or_default()),
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

/// "123 456 789": groups of digits that stand close in a text layer are one number. Gives it, and its last word.
fn groups(row: &Row<'_>, pieces: &[Piece]) -> (String, usize) {
    let Some(first) = pieces.first() else { return (String::new(), 0) };
    let (mut text, mut last) = (first.text.clone(), first.word);
    let group = |text: &str| (2..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let in_date = |word: usize| row.dates().iter().any(|date| (date.first..date.after_last).contains(&word));
    for piece in pieces.iter().skip(1) {
        let near = |left: &Area, right: &Area| right.left.saturating_sub(left.right()) * 2 < row.height();
        let close = row
            .words
            .get(last)
            .zip(row.words.get(piece.word))
            .is_some_and(|(left, right)| near(&left.area, &right.area));
        let goes_on = !row.source.is_optical() && close && group(&piece.text) && text.split(' ').all(group);
        if !goes_on || in_date(piece.word) {
            break;
        }
        text = format!("{text} {}", piece.text);
        last = piece.word;
    }
    (text, last)
}

/// "INV", "CS": up to four capital letters.
fn is_prefix(text: &str) -> bool {
    text.len() <= 4 && text.chars().all(|c| c.is_ascii_uppercase())
}

/// The number that stands under the label, in the next row, or in the one after that where the next has only the label
/// in another script.
fn value_below<'a>(row: &Row<'a>, first: usize, last: usize, below: &[Row<'a>]) -> Option<Found> {
    let label = row.words.get(first)?.area.union(row.words.get(last)?.area);
    let mut upper = row;
    for below in below.iter().take(2) {
        let near = below.page == row.page && below.area.top.saturating_sub(upper.area.bottom()) < row.height() * 2;
        let under = below.words.iter().find(|word| word.area.shares_column(label));
        let Some(word) = under.filter(|_| near) else {
            // The labels beside it go on in a row of their own.
            if !near || below.source.is_optical() {
                return None;
            }
            upper = below;
            continue;
        };
        let text = plain(&word.text);
        if is_number(&text) && below.source.is_optical() {
            return Some(found(below, &text, word.area, word.confidence, true));
        }
        let cell = below.cells().iter().find(|part| part.spans(label));
        let cell = cell.filter(|_| !below.source.is_optical())?;
        if let Some(value) = value_after(cell, &pieces(cell), true) {
            return Some(Found { below: true, ..value });
        }
        if cell.text().contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        upper = below;
    }
    None
}

fn found(row: &Row<'_>, text: &str, area: Area, confidence: Confidence, below: bool) -> Found {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    Found { rank: 0, text, evidence: Evidence::at(row, area, confidence), below }
}

/// Two digits at least, no date, no amount, no percentage.
fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let slashes = text.matches('/').count();
    // "614/07/25" is no date: none has three digits, or more than four.
    let of_date = |part: &str| matches!(part.len(), 1 | 2 | 4);
    let figures = text.chars().all(|c| c.is_ascii_digit() || c == '/');
    let date = slashes == 2 && figures && text.split('/').all(of_date) || text.contains(['年', '月', '日']);
    let sums = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'');
    let amount = text.chars().all(sums) && matches!(text.chars().rev().nth(2), Some('.' | ','));
    digits >= 2 && !date && !amount && !text.contains(['%', '$', '€', '@'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{rows::rows_of, testing::page_of};

    /// What a text layer tells besides: columns, narrow spaces, and a "No." that begins one.
    #[test]
    fn numbers_of_text_layers() {
        for (text, number, accepted) in [
            (&["FACTURE", "N° 2025/9943"][..], Some("2025/9943"), false),
            (&["No. : 614/07/25"], Some("614/07/25"), false),
            (&["No. : 14/07/25"], None, false),
            (&["Invoice No: 123 456 789"], Some("123 456 789"), true),
            (&["Invoice No: 1234 03 May 2024"], Some("1234"), true),
            (&["INVOICE NO  INVOICE DATE", "INV 00123  3 May 2024"], Some("INV 00123"), true),
            (&["INVOICE NO  DATE", "發票號碼  日期", "9449147  3 May 2024"], Some("9449147"), true),
            (&["Invoice No 4711", "Invoice No 4712"], Some("4711"), false),
            (&["Credit note", "Invoice no F161984"], Some("F161984"), false),
            (&["Document number 20391"], Some("20391"), false),
        ] {
            let mut page = page_of(text);
            page.source = Source::PdfText;
            let rows = rows_of(std::slice::from_ref(&page));
            let found = document_number(&rows).map(|choice| (choice.value.to_text(), choice.accepted));
            assert_eq!(found, number.map(|number| (number.to_owned(), accepted)), "{text:?}");
        }
    }

    #[test]
    fn numbers() {
        for (text, number) in [
            (&["Invoice No: INV-2025/001"][..], Some("INV-2025/001")),
            (&["INVOICE # : OR18031002160274"], Some("OR18031002160274")),
            (&["Receipt #: CSP0393921 DATE: 15/06/2017"], Some("CSP0393921")),
            (&["發票號碼：AB-12345678"], Some("AB-12345678")),
            (&["單 號 : 000123"], Some("000123")),
            // The code of a fapiao's kind is a letter away from its number, and another thing.
            (&["发票代码：061564405342", "发票号码：06861610"], Some("06861610")),
            (&["發票代碼: 061564405342"], None),
            // A date under a label is none.
            (&["單號:", "交易日期:2025年9月25日"], None),
            (&["單號:", "0ata交易日期：2025年9月25日"], None),
            (&["Invoice Number Date", "42183017 1/2/2025"], Some("42183017")),
            (&["TAX INVOICE", "Tel 12345678"], None),
            (&["Bill 5.00"], None),
            (&["Facture n°562044387 du 02 Juillet 2015"], Some("562044387")),
            (&["Rechnungs-Nr.: RE-2024-71129"], Some("RE-2024-71129")),
            (&["Rechnung Nr. 434918"], Some("434918")),
            (&["Handelsrechnung Nr. TX-471102 vom 30.10.2018"], Some("TX-471102")),
            (&["Rechnung # RE-20150613/503 von 13.06.2015"], Some("RE-20150613/503")),
            (&["Facture FA-2017-0010"], Some("FA-2017-0010")),
            (&["Avoir AV-2017-0005", "Facture liée FA-2017-0010"], Some("AV-2017-0005")),
            (&["Rechnung vom 30.10.2018"], None),
            (&["Abrechnung 20105"], None),
            (&["TOTAL FACTURA 1.927,94"], None),
            (&["Factura 1.927,94"], None),
            (&["Kundennummer: 12345", "Rechnungsnummer: R2323/784"], Some("R2323/784")),
            (&["Fatura n.º FT 2022/997"], Some("FT 2022/997")),
            (&["Nº de factura F-41265"], Some("F-41265")),
            (&["Faktura nr FV/123/04/2024"], Some("FV/123/04/2024")),
            (&["請求番号：202608-229"], Some("202608-229")),
            (&["账单编号：159204391873"], Some("159204391873")),
            (&["Bill No. 賬單號碼 6241792403"], Some("6241792403")),
            (&["Credit note", "Original invoice no F161984", "Credit note no CN-92992"], Some("CN-92992")),
            (&["Order no 55512", "Invoice no 4711"], Some("4711")),
        ] {
            let page = page_of(text);
            let rows = rows_of(std::slice::from_ref(&page));
            let found = document_number(&rows).map(|choice| choice.value.to_text());
            assert_eq!(found.as_deref(), number, "{text:?}");
        }
    }
}
