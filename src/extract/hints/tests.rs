//! A correction teaches, the next paper is recognised, and what is in doubt is not.

use jiff::civil::date;

use super::*;
use crate::extract::{Seen, extract, testing::page_of};
use crate::model::page::{Look, Page};

fn told(known: Vec<KnownSupplier>) -> Hints {
    Hints { currency: None, day_first: true, today: date(2026, 11, 22), known }
}

fn read(lines: &[&str], known: &[KnownSupplier]) -> Draft {
    let pages = [page_of(lines)];
    extract(&Seen { pages: &pages, ..Seen::default() }, &told(known.to_vec()))
}

fn corrected(draft: &Draft, name: FieldName, value: FieldValue) -> Draft {
    let mut after = draft.clone();
    let field = Field::by_person(value);
    after.fields.insert(name, field);
    after
}

fn named(draft: &Draft, name: &str) -> Draft {
    corrected(draft, FieldName::SupplierName, FieldValue::Text(name.to_owned()))
}

fn known(name: &str, printed: &str, tax_id: &str) -> KnownSupplier {
    let list = |text: &str| if text.is_empty() { Vec::new() } else { vec![text.to_owned()] };
    KnownSupplier {
        name: name.to_owned(),
        printed: list(printed),
        tax_ids: list(tax_id),
        day_first: None,
        currency: None,
        category: None,
    }
}

const PAPER: &[&str] = &["GOLDEN PEACH", "Date: 04/03/2025", "TOTAL $20.00"];

#[test]
fn a_correction_teaches_and_can_be_undone() {
    let before = read(PAPER, &[]);
    assert!(!before.accepted(FieldName::SupplierName) && !before.accepted(FieldName::IssueDate));
    let after = named(&before, "Golden Peach Ltd");
    let after = corrected(&after, FieldName::IssueDate, FieldValue::Date(date(2025, 4, 3)));
    let after = corrected(&after, FieldName::Currency, FieldValue::Currency(Currency::HKD));
    let hint = learn(&before, &after, &told(Vec::new())).expect("three fields were put right");
    assert_eq!(
        (hint.printed.as_deref(), hint.day_first, hint.currency),
        (Some("GOLDENPEACH"), Some(false), Some(Currency::HKD))
    );

    let again = read(PAPER, &known_suppliers(&[hint]));
    assert_eq!(again.text(FieldName::SupplierName), Some("Golden Peach Ltd"));
    assert_eq!(again.date(FieldName::IssueDate), Some(date(2025, 4, 3)));
    assert_eq!(again.currency(), Some(Currency::HKD));
    for name in [FieldName::SupplierName, FieldName::Currency] {
        assert!(again.accepted(name), "{name:?}");
    }
    let doubtful = |draft: &Draft| draft.problems.iter().any(|finding| finding.rule == "T0");
    assert!(doubtful(&before) && !doubtful(&again), "which way the date was meant is known");
    // The hint dropped, the paper reads as it did.
    assert_eq!(read(PAPER, &known_suppliers(&[])), before);
}

#[test]
fn a_draft_that_was_right_teaches_nothing() {
    let before = read(PAPER, &[]);
    assert_eq!(learn(&before, &before, &told(Vec::new())), None);
    let total = corrected(&before, FieldName::Total, FieldValue::Amount(rust_decimal::Decimal::ONE));
    assert_eq!(learn(&before, &total, &told(Vec::new())), None);
}

#[test]
fn hints_that_differ_say_nothing() {
    let hint = |day_first: bool| Hint {
        name: "Peach".to_owned(),
        printed: None,
        tax_id: None,
        day_first: Some(day_first),
        currency: None,
        category: None,
    };
    let suppliers = known_suppliers(&[hint(true), hint(false)]);
    assert_eq!(suppliers.iter().map(|known| known.day_first).collect::<Vec<_>>(), [None]);
}

/// The name that a paper is known by; nothing where it is nobody's that is known.
fn recognised(lines: &[&str], known: &[KnownSupplier]) -> Option<String> {
    let draft = read(lines, known);
    supplier_of(&draft, known).map(|supplier| supplier.name.clone())
}

#[test]
fn only_an_exact_and_single_match_counts() {
    let peach = known("Peach", "GOLDENPEACH", "");
    let beach = known("Beach", "GOLDENBEACH", "");
    let twin = known("Twin", "GOLDENPEACH", "");
    // 53 004 085 616 is a valid Australian Business Number.
    let numbered = known("Numbered", "", "53004085616");
    let number = &["GOLDEN PEACH", "ABN 53 004 085 616", "TOTAL $20.00"];
    let buyers = &["GOLDEN PEACH", "Bill to", "Mr Smith", "ABN 53 004 085 616", "TOTAL $20.00"];
    let misread = &["GOLDEN PEACH", "ABN 53 004 085 617", "TOTAL $20.00"];
    for (lines, known, name) in [
        (PAPER, vec![peach.clone()], Some("Peach")),
        (&["GOLDEN PEACHY", "TOTAL $20.00"][..], vec![peach.clone()], None),
        (PAPER, vec![peach.clone(), twin], None),
        // One letter apart: either could be the other misread.
        (PAPER, vec![peach.clone(), beach], None),
        (number, vec![numbered.clone()], Some("Numbered")),
        (buyers, vec![numbered.clone()], None),
        (misread, vec![numbered.clone()], None),
        // The name says one, the number the other.
        (number, vec![peach, numbered], None),
    ] {
        assert_eq!(recognised(lines, &known).as_deref(), name, "{lines:?} {known:?}");
    }
}

/// A number without a check digit is sure where its own row is text, whatever else of the document was scanned.
#[test]
fn a_number_is_as_sure_as_its_own_row() {
    let known = [known("Lantern", "", "12345678")];
    let (letter, scan) = (&["LANTERN", "BR No. 12345678", "TOTAL $20.00"][..], &["ENCLOSED", "A NOTE"][..]);
    for (sources, name) in [
        ([Source::PdfText, Source::PdfText], Some("Lantern")),
        ([Source::PdfText, Source::PpOcr], Some("Lantern")),
        ([Source::PpOcr, Source::PdfText], None),
        ([Source::PpOcr, Source::PpOcr], None),
    ] {
        let pages: Vec<Page> = (1..)
            .zip([letter, scan])
            .zip(sources)
            .map(|((number, text), source)| Page { number, source, ..page_of(text) })
            .collect();
        let draft = extract(&Seen { pages: &pages, ..Seen::default() }, &told(known.to_vec()));
        let found = supplier_of(&draft, &known).map(|supplier| supplier.name.as_str());
        assert_eq!(found, name, "{sources:?}");
    }
}

/// A witness that reads the name otherwise does not unsettle one that was taught letter by letter.
#[test]
fn a_known_name_needs_no_witness() {
    let pages = [page_of(PAPER)];
    let hints = told(vec![known("Peach", "GOLDENPEACH", "")]);
    let seen = Seen { pages: &pages, ..Seen::default() };
    let words = page_of(&["GOLDEN REACH"]).words;
    let looks: Vec<Look> =
        crate::extract::spots(&seen, &hints).into_iter().map(|spot| Look { spot, words: words.clone() }).collect();
    let draft = extract(&Seen { looks: &looks, ..seen }, &hints);
    assert!(draft.accepted(FieldName::SupplierName));
}
