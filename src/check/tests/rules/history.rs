//! The rules about other documents and about the picture, and what the policy makes of a rule.

use super::*;

fn looks(case: &mut Case, distance: u32, change: fn(&mut Candidate)) {
    case.known.lookalikes = vec![Lookalike { document: candidate(change), distance }];
}
fn entry(case: &mut Case, number: Option<&str>, day: i8) {
    let (supplier_key, total) = ("bluecafé".to_owned(), hkd(110));
    let (date, document_number) = (Some(date(2026, 11, day)), number.map(str::to_owned));
    case.known.ledger_entries =
        vec![LedgerEntry { external_id: "Bill 145".to_owned(), supplier_key, date, total, document_number }];
}

#[test]
fn d1() {
    check(&[("D1 once", |c| c.known.uploads = 1, &[]), ("D1 twice", |c| c.known.uploads = 2, &["D1"])]);
}

#[test]
fn d2() {
    check(&[
        ("D2 alike", |c| looks(c, DISTANCE_MAX, |_| {}), &["D2"]),
        ("D2 not alike", |c| looks(c, DISTANCE_MAX + 1, |_| {}), &[]),
        ("D2 one reading differs", |c| looks(c, 10, |o| o.total = Some(hkd(118))), &["D2"]),
        (
            "D2 another paper of the shop",
            |c| looks(c, 10, |o| (o.total, o.issue_date) = (Some(hkd(118)), Some(date(2026, 11, 19)))),
            &[],
        ),
        (
            "D2 kept",
            |c| {
                looks(c, 10, |_| {});
                c.kept = true;
            },
            &[],
        ),
    ]);
}

#[test]
fn d3() {
    check(&[
        (
            "D3",
            |c| {
                c.put(FieldName::DocumentNumber, "R-10001");
                c.known.candidates =
                    vec![candidate(|o| (o.total, o.document_number) = (Some(hkd(120)), Some("R-10001".to_owned())))];
            },
            &["D3"],
        ),
        (
            "D3 a till's counter",
            |c| {
                c.put(FieldName::DocumentNumber, "0012");
                let change = |o: &mut Candidate| {
                    (o.total, o.document_number) = (Some(hkd(120)), Some("0012".to_owned()));
                };
                c.known.candidates = vec![candidate(change)];
            },
            &[],
        ),
        (
            "D3 another supplier",
            |c| {
                c.put(FieldName::DocumentNumber, "R-10001");
                c.known.candidates = vec![candidate(|o| {
                    (o.total, o.supplier_key, o.document_number) =
                        (Some(hkd(120)), Some("shell".to_owned()), Some("R-10001".to_owned()))
                })];
            },
            &[],
        ),
    ]);
}

#[test]
fn d4() {
    check(&[(
        "D4 names it, D3 and D5 do not again",
        |c| {
            c.put(FieldName::DocumentNumber, "R-1");
            c.twins = vec![Twin { id: id(7), document_number: Some("R-1".to_owned()) }];
            c.known.candidates = vec![candidate(|o| o.document_number = Some("R-1".to_owned()))];
        },
        &["D4"],
    )]);
}

#[test]
fn d5() {
    check(&[
        (
            "D5 three days",
            |c| c.known.candidates = vec![candidate(|o| o.issue_date = Some(date(2026, 11, 17)))],
            &["D5"],
        ),
        ("D5 four days", |c| c.known.candidates = vec![candidate(|o| o.issue_date = Some(date(2026, 11, 16)))], &[]),
        (
            "D5 all of a purchase comes back",
            |c| {
                c.draft.kind = DocumentKind::CreditNote;
                c.known.candidates = vec![candidate(|o| o.issue_date = Some(date(2026, 11, 17)))];
            },
            &[],
        ),
        (
            "D5 it comes back twice",
            |c| {
                c.draft.kind = DocumentKind::CreditNote;
                let change = |o: &mut Candidate| {
                    (o.kind, o.issue_date) = (DocumentKind::CreditNote, Some(date(2026, 11, 17)));
                };
                c.known.candidates = vec![candidate(change)];
            },
            &["D5"],
        ),
        (
            "D5 a like name",
            |c| c.known.candidates = vec![candidate(|o| o.supplier_key = Some("b1uecafé1td".to_owned()))],
            &["D5"],
        ),
        (
            "D5 other numbers",
            |c| {
                c.put(FieldName::DocumentNumber, "R-2");
                c.known.candidates = vec![candidate(|o| {
                    (o.issue_date, o.document_number) = (Some(date(2026, 11, 19)), Some("R-1".to_owned()))
                })];
            },
            &[],
        ),
        (
            "D5 kept",
            |c| {
                c.known.candidates = vec![candidate(|o| o.issue_date = Some(date(2026, 11, 19)))];
                c.kept = true;
            },
            &[],
        ),
    ]);
}

#[test]
fn d6() {
    check(&[
        ("D6", |c| c.known.same_fapiao = vec![id(4)], &["D6"]),
        (
            "D6 although kept",
            |c| {
                c.known.same_fapiao = vec![id(4)];
                c.kept = true;
            },
            &["D6"],
        ),
    ]);
}

#[test]
fn d7() {
    check(&[
        (
            "D7 by number",
            |c| {
                c.put(FieldName::DocumentNumber, "R-1");
                entry(c, Some("R-1"), 1);
            },
            &["D7"],
        ),
        ("D7 by day", |c| entry(c, None, 20), &["D7"]),
        ("D7 another day", |c| entry(c, None, 19), &[]),
        (
            "D7 another number",
            |c| {
                c.put(FieldName::DocumentNumber, "R-1");
                entry(c, Some("R-2"), 20);
            },
            &[],
        ),
    ]);
}

#[test]
fn d8() {
    check(&[("D8", |c| c.known.bank_matched = vec![id(3)], &["D8"])]);
}

fn photo(case: &mut Case, per_mille: u16, left: u32) {
    let mut page = page_of(1, &["a b c d", "e f g h", "i j k l", "m n o p"]);
    for word in &mut page.words {
        word.confidence = crate::model::page::Confidence::from_per_mille(per_mille);
        word.area.left = word.area.left.saturating_sub(10).max(left);
    }
    case.pages = vec![page];
}

#[test]
fn q3() {
    check(&[
        ("Q3 sure", |c| photo(c, 600, 1), &[]),
        ("Q3 unsure", |c| photo(c, 599, 1), &["Q3"]),
        ("Q3 cut off", |c| photo(c, 900, 0), &["Q3"]),
        (
            "Q3 a text layer has no blur",
            |c| {
                photo(c, 100, 0);
                c.pages.iter_mut().for_each(|page| page.source = Source::PdfText);
            },
            &[],
        ),
    ]);
}

#[test]
fn q5() {
    check(&[("Q5", |c| c.known.edited_with = Some("GIMP".to_owned()), &["Q5"])]);
}

#[test]
fn the_policy_weighs_rules_but_not_the_fixed_ones() {
    let mut case = Case::sound();
    case.known.same_fapiao = vec![id(4)];
    case.draft.fields.remove(&FieldName::Total);
    let weights = |case: &Case| -> Vec<(String, Severity)> {
        case.findings().into_iter().map(|finding| (finding.rule, finding.severity)).collect()
    };
    let own = |rule: &str, severity| (rule.to_owned(), severity);
    case.policy.rules.insert("D6".to_owned(), RuleSetting::As(Severity::Info));
    case.policy.rules.insert("M1".to_owned(), RuleSetting::As(Severity::Info));
    assert_eq!(weights(&case), [own("M1", Severity::Block), own("D6", Severity::Info)]);
    case.policy.rules.insert("D6".to_owned(), RuleSetting::Off);
    case.policy.rules.insert("M1".to_owned(), RuleSetting::Off);
    assert_eq!(weights(&case), [own("M1", Severity::Block)]);
}

#[test]
fn duplicates_name_the_other_documents() {
    let mut case = Case::sound();
    case.known.lookalikes = vec![
        Lookalike { document: candidate(|other| other.id = id(1)), distance: 30 },
        Lookalike { document: candidate(|other| other.id = id(2)), distance: 20 },
    ];
    assert_eq!(case.findings().first().map(|finding| finding.others.clone()), Some(vec![id(2), id(1)]));
}

#[test]
fn what_is_kept_of_a_paper() {
    let page = page_of(1, &["IBAN: DE89 3704 0044 0532 0130 00", "A/C No. 012-345-6-789012", "Account no. 12"]);
    assert_eq!(bank_accounts(&[page]), ["0123456789012", "DE89370400440532013000"]);
    for (currency, number, rows, expected) in [
        ("CNY", "25952000000012345678", &[][..], Some("25952000000012345678")),
        ("CNY", "12345678", &["发票代码 044001900111"], Some("044001900111-12345678")),
        ("CNY", "12345678", &["044001900111 144031900110"], None),
        ("HKD", "12345678", &["044001900111"], None),
        ("CNY", "R-1", &["044001900111"], None),
    ] {
        let mut draft = sound();
        put(&mut draft, FieldName::Currency, currency);
        put(&mut draft, FieldName::DocumentNumber, number);
        assert_eq!(fapiao_key(&draft, &[page_of(1, rows)]).as_deref(), expected, "{currency} {number} {rows:?}");
    }
}
