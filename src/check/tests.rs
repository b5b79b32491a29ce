//! A table of cases: what is changed about a sound draft, and which rules then speak.

use jiff::civil::{self, date};
use rust_decimal::Decimal;

mod rules;

use super::*;
use crate::model::{
    category::Category,
    currency::Currency,
    draft::{Draft, LineItem},
    field::{DocumentKind, Field, FieldName, FieldValue},
    finding::Severity,
    id::DocumentId,
    page::{Area, Confidence, Source},
};

const TODAY: civil::Date = date(2026, 11, 22);

fn put(draft: &mut Draft, name: FieldName, text: &str) {
    let value = FieldValue::parse(name.kind(), text).expect("the table's values are sound");
    let confidence = Confidence::from_per_mille(990);
    let (source, rule) = (Source::Tesseract, "test".to_owned());
    draft.fields.insert(name, Field { value, confidence, accepted: true, source, rule, page: None, area: None });
}

fn sound() -> Draft {
    let mut draft = Draft::empty(1);
    draft.kind = DocumentKind::Receipt;
    put(&mut draft, FieldName::SupplierName, "Blue Café Ltd");
    put(&mut draft, FieldName::IssueDate, "2026-11-20");
    put(&mut draft, FieldName::Currency, "HKD");
    put(&mut draft, FieldName::Subtotal, "100.00");
    put(&mut draft, FieldName::ServiceCharge, "10.00");
    put(&mut draft, FieldName::Total, "110.00");
    draft
}

fn line(amount: i64) -> LineItem {
    let area = Area { left: 0, top: 0, width: 1, height: 1 };
    let amount = Some(Decimal::from(amount));
    LineItem { description: "Tea".to_owned(), quantity: None, unit_price: None, amount, page: 1, area }
}

fn rules(draft: &Draft, change: impl FnOnce(&mut Subject<'_>)) -> Vec<(String, Severity)> {
    let twins = [Twin { id: DocumentId::from_u128(9), document_number: Some("R-1".to_owned()) }];
    let mut subject = Subject::new(draft, Category::Office, TODAY);
    change(&mut subject);
    if subject.twins.len() == 1 {
        let subject = Subject { twins: &twins, ..subject };
        return findings(&subject, &Policy::starting()).into_iter().map(|f| (f.rule, f.severity)).collect();
    }
    findings(&subject, &Policy::starting()).into_iter().map(|f| (f.rule, f.severity)).collect()
}

fn expect(draft: &Draft, expected: &[(&str, Severity)]) {
    let expected: Vec<_> = expected.iter().map(|(rule, severity)| ((*rule).to_owned(), *severity)).collect();
    assert_eq!(rules(draft, |_| {}), expected);
}

#[test]
fn a_sound_receipt_has_no_findings() {
    expect(&sound(), &[]);
}

#[test]
fn one_change_one_finding() {
    type Change = fn(&mut Draft);
    let table: [(Change, &[(&str, Severity)]); 15] = [
        (
            |d| {
                d.fields.remove(&FieldName::Total);
            },
            &[("M1", Severity::Block)],
        ),
        (
            |d| {
                d.fields.remove(&FieldName::Currency);
            },
            &[("M1", Severity::Block)],
        ),
        (
            |d| {
                if let Some(f) = d.fields.get_mut(&FieldName::IssueDate) {
                    f.accepted = false
                }
            },
            &[("Q1", Severity::Flag)],
        ),
        (|d| put(d, FieldName::Total, "111.00"), &[("A2", Severity::Flag)]),
        (|d| put(d, FieldName::Total, "110.01"), &[]),
        (|d| put(d, FieldName::Total, "110.02"), &[("A2", Severity::Flag)]),
        (|d| put(d, FieldName::Rounding, "-0.05"), &[("A2", Severity::Flag)]),
        (|d| put(d, FieldName::IssueDate, "2026-11-23"), &[]),
        (|d| put(d, FieldName::IssueDate, "2026-11-24"), &[("T1", Severity::Flag)]),
        (|d| put(d, FieldName::IssueDate, "2026-08-24"), &[]),
        (|d| put(d, FieldName::IssueDate, "2026-08-23"), &[("T2", Severity::Flag)]),
        (|d| put(d, FieldName::Currency, "JPY"), &[]),
        (|d| put(d, FieldName::Total, "0.00"), &[("A9", Severity::Block), ("A2", Severity::Flag)]),
        (|d| d.kind = DocumentKind::CreditNote, &[]),
        (|d| d.line_items = vec![line(60), line(30)], &[("A1", Severity::Info)]),
    ];
    for (number, (change, expected)) in table.into_iter().enumerate() {
        let mut draft = sound();
        change(&mut draft);
        let expected: Vec<_> = expected.iter().map(|(rule, severity)| ((*rule).to_owned(), *severity)).collect();
        assert_eq!(rules(&draft, |_| {}), expected, "case {number}");
    }
}

/// A credit note may print its amounts with a sign or without one; nought and both ways are not plain.
#[test]
fn a_credit_note_gives_something_back_one_way() {
    let credit = |total: &str, lines: &[i64]| {
        let mut draft = sound();
        draft.kind = DocumentKind::CreditNote;
        for name in [FieldName::Subtotal, FieldName::ServiceCharge] {
            draft.fields.remove(&name);
        }
        put(&mut draft, FieldName::Total, total);
        draft.line_items = lines.iter().map(|amount| line(*amount)).collect();
        rules(&draft, |_| {}).into_iter().filter(|(rule, _)| rule == "A9").map(|(_, severity)| severity).collect()
    };
    let table: [(&str, &[i64], &[Severity]); 7] = [
        ("90.00", &[60, 30], &[]),
        ("-90.00", &[-60, -30], &[]),
        ("90.00", &[-60, -30], &[]),
        ("90.00", &[], &[]),
        ("30.00", &[60, -30], &[Severity::Flag]),
        ("-30.00", &[-60, 0, 30], &[Severity::Flag]),
        ("0.00", &[60, -60], &[Severity::Block]),
    ];
    for (total, lines, expected) in table {
        let found: Vec<Severity> = credit(total, lines);
        assert_eq!(found, expected, "{total} {lines:?}");
    }
}

#[test]
fn amounts_fit_their_currency() {
    let mut draft = sound();
    put(&mut draft, FieldName::Currency, "JPY");
    put(&mut draft, FieldName::Subtotal, "100.00");
    put(&mut draft, FieldName::Total, "110.50");
    put(&mut draft, FieldName::ServiceCharge, "10.50");
    expect(&draft, &[("A10", Severity::Block)]);
}

#[test]
fn limits_are_by_category() {
    let mut draft = sound();
    put(&mut draft, FieldName::Subtotal, "990.00");
    put(&mut draft, FieldName::Total, "1000.00");
    assert_eq!(rules(&draft, |subject| subject.category = Category::Meals), []);
    put(&mut draft, FieldName::Subtotal, "990.10");
    put(&mut draft, FieldName::Total, "1000.10");
    let found = rules(&draft, |subject| subject.category = Category::Meals);
    assert_eq!(found, [("P1".to_owned(), Severity::Flag)]);
    assert_eq!(rules(&draft, |_| {}), [], "the office has no limit");
}

#[test]
fn duplicates_are_proposed_unless_numbers_differ_or_a_person_kept_it() {
    let duplicate = [("D4".to_owned(), Severity::Flag)];
    let marker = [Twin { id: DocumentId::from_u128(9), document_number: None }];
    let twin = |subject: &mut Subject<'_>| {
        // `rules` replaces a single twin by one numbered R-1.
        subject.twins = Box::leak(Box::new(marker.clone()));
    };
    let mut draft = sound();
    assert_eq!(rules(&draft, twin), duplicate, "no number of our own");
    put(&mut draft, FieldName::DocumentNumber, "R-2");
    assert_eq!(rules(&draft, twin), [], "another number");
    put(&mut draft, FieldName::DocumentNumber, "R-1");
    assert_eq!(rules(&draft, twin), duplicate, "the same number");
    let kept = |subject: &mut Subject<'_>| {
        twin(subject);
        subject.kept = true;
    };
    assert_eq!(rules(&draft, kept), []);
}

#[test]
fn no_destination_blocks() {
    assert_eq!(rules(&sound(), |subject| subject.has_destination = false), [("E1".to_owned(), Severity::Block)]);
}

#[test]
fn a_persons_value_answers_doubts() {
    let mut draft = sound();
    draft.problems.push(Finding::new("T0", Severity::Flag, "day or month first?", &[FieldName::IssueDate]));
    expect(&draft, &[("T0", Severity::Flag)]);
    if let Some(field) = draft.fields.get_mut(&FieldName::IssueDate) {
        field.source = Source::Person;
    }
    expect(&draft, &[]);
}

#[test]
fn supplier_names_compare_without_dress() {
    assert_eq!(supplier_key("Blue Café Ltd."), supplier_key("BLUE CAFÉ  LTD"));
    assert_ne!(supplier_key("藍色咖啡"), supplier_key("綠色咖啡"));
    let _ = Currency::HKD;
}
