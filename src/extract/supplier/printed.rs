//! What a text layer tells of names besides their words: how large they are printed, where else they stand, and whose
//! money it is.
//!
//! A scan's letters vary in size and a scan of a receipt has one name. An invoice has at least two companies on it, and
//! the one that is owed the money is often no more than a line in small print.

use super::{Name, forms::ending, words::FORMS};
use crate::extract::{
    kind::{letter_spaced, names_paper},
    labels::meaning_of,
    rows::Row,
    said::{Phrases, Said},
    text::{fold, is_han, letters},
};

/// Who is to be paid, or issued it, stands in the same row.
static PAYEE: Phrases = Phrases::new(&[
    "PAYABLE TO",
    "IN FAVOUR OF",
    "ACCOUNT NAME",
    "BENEFICIARY",
    "ISSUED BY",
    "KONTOINHABER",
    "GESCHÄFTSFÜHRER",
    "AMTSGERICHT",
    "HRB",
    "SIRET",
    "SIREN",
    "IBAN",
    "AU CAPITAL DE",
    "KVK",
    "PARTITA IVA",
    "ORG NR",
    "支票抬頭",
    "收款人",
    "戶口名稱",
    "户名",
]);
/// What a seller prints under its name: the numbers it trades under.
static OWN_NUMBERS: Phrases = Phrases::new(&[
    "VAT",
    "VAT NO",
    "VAT ID",
    "BTW",
    "KVK",
    "GST REG",
    "GST NO",
    "GSTIN",
    "ABN",
    "UID",
    "UST IDNR",
    "SIRET",
    "PARTITA IVA",
    "SST NO",
    "CO REG",
    "BR NO",
    "登録番号",
    "統一編號",
    "商業登記",
]);
/// So many rows of its column under a name are its own.
const OWN_ROWS: usize = 6;
/// What they weigh.
const OWN: i32 = 20;

/// Forms as a text layer prints them, letter by letter: in a scan a misread letter would make one of many words.
const PRINTED_FORMS: &[&str] = &[
    "AG", "KG", "OHG", "UG", "e.K.", "AB", "Oy", "Oyj", "A/S", "AS", "ApS", "S.p.A.", "SpA", "S.r.l.", "Srl", "SRL",
    "S.L.", "SL", "S.L.U.", "Lda", "Lda.", "LDA", "Sàrl", "SIA", "V.O.F.", "VOF", "K.K.", "S.A.S.", "P.L.C.", "Ltda.",
];
/// The same, of several words.
const LONG_FORMS: &[&str] = &["Sp. z o.o.", "sp. z o.o.", "GmbH & Co. KG", "S. de R.L."];

/// Signs between the parts of a sender's line: "Pearl GmbH · Musterweg 12 · 10115 Berlin".
const SEPARATORS: &[&str] = &["·", "•", "|", "∙", "–", "—", "●"];

/// A name is a head where its letters are so much larger than most, in fifths …
const HEAD_FIFTHS: u32 = 7;
/// … and it stands in so many rows from the top.
const HEAD_ROWS: usize = 8;
/// What a head weighs: nearly as much as a company's form.
const HEAD: i32 = 32;
/// What a row weighs that says whose the money is.
const PAYEE_ROW: i32 = 40;
/// What each row weighs that has the name as well, up to so many.
const AGAIN: i32 = 12;
const AGAIN_MAX: usize = 2;
/// Two names that are nearer to each other than this are a question for a person.
const MARGIN: i32 = 35;

/// Whether the text ends in a company's form as a text layer prints it.
pub(super) fn has_form(text: &str) -> bool {
    let last = text.rsplit(' ').next().unwrap_or_default();
    text.contains(' ') && PRINTED_FORMS.contains(&last) || LONG_FORMS.iter().any(|form| text.ends_with(form))
}

/// The part, cut at the signs that part what a sender's line says.
pub(super) fn pieces<'a>(part: &Row<'a>) -> Vec<Row<'a>> {
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    let mut first = 0;
    for (index, word) in part.words.iter().enumerate() {
        if SEPARATORS.contains(&word.text.as_str()) {
            cuts.push((first, index));
            first = index + 1;
        } else if word.text.ends_with(',') && is_company(&part.text_between(first, index + 1)) {
            cuts.push((first, index + 1));
            first = index + 1;
        }
    }
    cuts.push((first, part.words.len()));
    cuts.into_iter().filter(|(first, last)| first < last).filter_map(|(first, last)| part.part(first, last)).collect()
}

/// Whether the part is a heading or a label of a sum or a number, however large it is printed.
pub(super) fn is_label(part: &Row<'_>) -> bool {
    let words = part.said().words();
    let ends_in_number =
        words.last().is_some_and(|last| matches!(last.text(), "NO" | "NR" | "NUMBER" | "DATE" | "REF"));
    let sum = words.len() <= SUM_WORDS_MAX && meaning_of(part.said()).is_some();
    names_paper(part) || letter_spaced(part).is_some() || ends_in_number || sum
}

/// A label of a sum that is printed large has no more words.
const SUM_WORDS_MAX: usize = 2;

/// A name whose company form alone stands in the row under it: the column was too narrow for it.
pub(super) fn take_form<'a>(name: &mut Name<'a>, below: &[Vec<Row<'a>>]) {
    let under = below.iter().take(2).flatten().find(|part| part.spans(name.row.area));
    let Some(under) = under.filter(|_| !name.form) else { return };
    let (text, height) = (under.text(), name.row.height());
    let near = under.area.top.saturating_sub(name.row.area.bottom()) < height;
    let alone = FORMS.contains(&fold(text).as_str()) || PRINTED_FORMS.contains(&text);
    if near && alone && under.height().abs_diff(height) * 5 < height {
        name.text = format!("{} {text}", name.text);
        name.form = true;
        name.joined = true;
        name.row.area = name.row.area.union(under.area);
        name.parts.push(under.clone());
    }
}

/// What stands under a name: what a seller must print of itself speaks for it, and a heading right over it against it,
/// for there the one who is written to stands.
fn surroundings(name: &Name<'_>, parts: &[Vec<Row<'_>>], companies: &[(usize, u32)]) -> i32 {
    let column = |parts: &&Row<'_>| parts.area.left.abs_diff(name.row.area.left) < name.row.height() * 2;
    // What stands under the next company of the column is that one's.
    let next = companies.iter().filter(|(position, left)| {
        *position > name.position && left.abs_diff(name.row.area.left) < name.row.height() * 2
    });
    let rows = next.map(|(position, _)| position - name.position - 1).min().unwrap_or(OWN_ROWS).min(OWN_ROWS);
    let below = parts.iter().skip(name.position + 1).take(rows).flatten();
    let own = below.filter(column).any(|part| part.said().any_as_written(&OWN_NUMBERS));
    let over = parts.get(..name.position).unwrap_or_default().iter().rev().flatten().find(column);
    let headed = over.is_some_and(|over| {
        names_paper(over) && name.row.area.top.saturating_sub(over.area.bottom()) < name.row.height() * 3
    });
    i32::from(own) * OWN - i32::from(headed) * OWN
}

/// "Pearl Hosting AG," before an address; "Pearl Hosting, Inc." has its form behind the comma.
fn is_company(text: &str) -> bool {
    let name = text.trim_end_matches(',');
    name.contains(' ') && (has_form(name) || ending(name, false).1)
}

/// Weighs the names of a printed page, and marks those that another could be meant instead of.
pub(super) fn weigh(names: &mut [Name<'_>], rows: &[&Row<'_>], parts: &[Vec<Row<'_>>], usual: u32) {
    let texts: Vec<(&Said, u32, bool)> =
        rows.iter().map(|row| (row.said(), row.area.top, row.said().any(&PAYEE))).collect();
    let places: String = rows
        .iter()
        .flat_map(|row| &row.words)
        .filter(|word| word.text.contains(['@', '.']))
        .map(|word| word.text.to_lowercase())
        .collect::<Vec<_>>()
        .join(" ");
    let companies: Vec<(usize, u32)> =
        names.iter().filter(|name| name.form).map(|name| (name.position, name.row.area.left)).collect();
    for name in names.iter_mut() {
        name.head = name.row.height() * 5 >= usual * HEAD_FIFTHS && name.position <= HEAD_ROWS;
        let name_said = Said::of(&name.text);
        let holds = |said: &Said| said.may_hold(&name_said) && said.folded().contains(name_said.folded());
        let also = texts.iter().filter(|(said, top, _)| *top != name.row.area.top && holds(said));
        let again = also.take(AGAIN_MAX).count();
        let paid = texts.iter().any(|(said, _, payee)| *payee && holds(said));
        name.score += i32::from(name.head) * HEAD
            + i32::try_from(again).unwrap_or(0) * AGAIN
            + i32::from(paid) * PAYEE_ROW
            + surroundings(name, parts, &companies)
            + i32::from(is_in_addresses(&name.text, &places)) * AGAIN;
    }
    prefer_latin(names);
    for index in 0..names.len() {
        let Some(name) = names.get(index) else { continue };
        let rivals = names.iter().any(|other| {
            (other.form || other.head && other.position < name.position)
                && other.score + MARGIN > name.score
                && !is_related(name, other)
        });
        if let Some(name) = names.get_mut(index) {
            name.contested = rivals;
        }
    }
}

/// Ledgers keep the Latin name of a firm that has two: the one beside a Chinese name weighs as much and a little more.
fn prefer_latin(names: &mut [Name<'_>]) {
    let han = |name: &Name<'_>| name.text.chars().any(is_han);
    let latin = |name: &Name<'_>| name.text.chars().any(|c| c.is_ascii_alphabetic());
    let chinese: Vec<(usize, i32)> = names
        .iter()
        .filter(|name| name.form && han(name) && !latin(name))
        .map(|name| (name.position, name.score))
        .collect();
    for name in names.iter_mut().filter(|name| name.form && !han(name)) {
        let beside = chinese.iter().filter(|(position, _)| position.abs_diff(name.position) <= 1);
        name.score = beside.map(|(_, score)| score + 1).max().unwrap_or(name.score).max(name.score);
    }
}

/// Whether an e-mail's or a site's address has the first word of the name in it.
fn is_in_addresses(name: &str, places: &str) -> bool {
    let first = name.split(' ').next().unwrap_or_default().to_lowercase();
    first.len() >= 4 && first.is_ascii() && places.contains(&first)
}

/// Whether the two are one company's: they share a word that is no form, or are its name in two scripts.
fn is_related(name: &Name<'_>, other: &Name<'_>) -> bool {
    let (left, right) = (fold(&name.text), fold(&other.text));
    let form =
        |word: &str| FORMS.iter().any(|form| form.split(' ').any(|part| part == word)) || letters(word).len() < 3;
    let shared = left.split(' ').any(|word| !form(word) && right.split(' ').any(|other| other == word));
    let han = |text: &str| text.chars().any(is_han);
    let scripts = han(&left) != han(&right) && name.position.abs_diff(other.position) <= 1;
    shared || scripts || left == right || left.contains(&right) || right.contains(&left)
}

#[cfg(test)]
mod tests {
    use crate::extract::{buyer, rows::rows_of, supplier::supplier, testing::page_of};
    use crate::model::page::Source;

    /// The name that a printed page is read to be from, and whether that is accepted.
    fn read(text: &[&str]) -> Option<(String, bool)> {
        let mut page = page_of(text);
        page.source = Source::PdfText;
        // The first row is the head.
        let large =
            |text: &[&str]| text.first().is_some_and(|first| *first == "Hotel Amber" || first.starts_with('鷹'));
        page.words.iter_mut().filter(|word| word.line == 0 && large(text)).for_each(|word| {
            word.area.height = 29;
        });
        let rows = rows_of(std::slice::from_ref(&page));
        supplier(&rows, &buyer::parts(&rows), &[]).map(|found| (found.field.value.to_text(), found.field.accepted))
    }

    #[test]
    fn whose_invoice_it_is() {
        for (text, name, accepted) in [
            (&["Pearl Software Ltd", "Bill to", "Blue Holdings Ltd"][..], "Pearl Software Ltd", true),
            // A letter's sender, in small print over the one it is for, and at its foot again.
            (
                &[
                    "Perle Versand GmbH · Musterweg 1 · 10115 Berlin",
                    "Blau Handels GmbH",
                    "Perle Versand GmbH, Amtsgericht Berlin HRB 5",
                ],
                "Perle Versand GmbH",
                true,
            ),
            (
                &["Perle Hosting AG, Uferweg 40", "Blau Handels GmbH", "Perle Hosting AG Amtsgericht Berlin"],
                "Perle Hosting AG",
                true,
            ),
            // Nothing tells the one from the other.
            (&["Perle Treuhand AG", "Blau Handels GmbH"], "Perle Treuhand AG", false),
            // A guest's firm under a hotel's large head.
            (&["Hotel Amber", "Queen Lane", "Mr Adam Sample", "Sample Consulting Ltd"], "Hotel Amber", false),
            (&["Perle Gastronomia S.p.A.", "Via Roma 1"], "Perle Gastronomia S.p.A.", true),
            (&["Pearl Beauty Spa", "High Street"], "Pearl Beauty Spa", false),
            (&["I N V O I C E", "Pearl Interiors Ltd"], "Pearl Interiors Ltd", true),
            (&["Pearl Wood Communications", "LLC", "Main Street"], "Pearl Wood Communications LLC", true),
            (&["FACTUUR", "Blauw Handel BV", "Perle Groep B.V.", "KvK 12345678"], "Perle Groep B.V.", true),
            (&["Pearl Supplies, Inc.", "Main Street"], "Pearl Supplies, Inc.", true),
            // Ledgers keep the Latin name of a firm that has two, however large the other is printed.
            (&["鷹灣辦公用品有限公司", "Kestrel Office Supplies Limited"], "Kestrel Office Supplies Limited", true),
            (&["Kestrel Office Supplies Limited", "鷹灣辦公用品有限公司"], "Kestrel Office Supplies Limited", true),
            (&["鷹灣辦公用品有限公司", "Tel 2345 6789"], "鷹灣辦公用品有限公司", true),
        ] {
            assert_eq!(read(text), Some((name.to_owned(), accepted)), "{text:?}");
        }
    }
}
