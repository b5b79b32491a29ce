//! The rules about the firm's limits and questions.

use super::*;

fn spending(change: impl FnOnce(&mut Spending)) -> Spending {
    let mut spending = Spending {
        id: id(8),
        supplier_key: Some("bluecaféltd".to_owned()),
        date: date(2026, 11, 20),
        category: Category::Office,
        department: None,
        project: None,
        total: hkd(100),
    };
    change(&mut spending);
    spending
}

fn limited(case: &mut Case, per: Per, scope: LimitScope, max: i64) {
    case.policy.limits = vec![Limit { scope, per, max: hkd(max), severity: Severity::Flag }];
}

#[test]
fn p1() {
    check(&[
        (
            "P1 a day, at it",
            |c| {
                limited(c, Per::Day, LimitScope::default(), 210);
                c.known.spent = vec![spending(|_| {})];
            },
            &[],
        ),
        (
            "P1 a day, above",
            |c| {
                limited(c, Per::Day, LimitScope::default(), 209);
                c.known.spent = vec![spending(|_| {})];
            },
            &["P1"],
        ),
        (
            "P1 another day",
            |c| {
                limited(c, Per::Day, LimitScope::default(), 209);
                c.known.spent = vec![spending(|o| o.date = date(2026, 11, 19))];
            },
            &[],
        ),
        (
            "P1 a month",
            |c| {
                limited(c, Per::Month, LimitScope::default(), 209);
                c.known.spent = vec![spending(|o| o.date = date(2026, 11, 1))];
            },
            &["P1"],
        ),
        (
            "P1 what comes back was not spent",
            |c| {
                limited(c, Per::Document, LimitScope::default(), 1);
                c.draft.kind = DocumentKind::CreditNote;
            },
            &[],
        ),
        (
            "P1 another month",
            |c| {
                limited(c, Per::Month, LimitScope::default(), 209);
                c.known.spent = vec![spending(|o| o.date = date(2026, 10, 31))];
            },
            &[],
        ),
    ]);
}

#[test]
fn p1_scopes() {
    check(&[
        (
            "P1 another category counts apart",
            |c| {
                limited(c, Per::Day, LimitScope::of_category(Category::Office), 209);
                c.known.spent = vec![spending(|o| o.category = Category::Meals)];
            },
            &[],
        ),
        (
            "P1 a department's",
            |c| {
                limited(
                    c,
                    Per::Document,
                    LimitScope { department: Some("Sales".to_owned()), ..LimitScope::default() },
                    100,
                );
                c.claim.department = Some("Sales".to_owned());
            },
            &["P1"],
        ),
        (
            "P1 department unknown",
            |c| {
                limited(
                    c,
                    Per::Document,
                    LimitScope { department: Some("Sales".to_owned()), ..LimitScope::default() },
                    100,
                )
            },
            &[],
        ),
        (
            "P1 at the rate of its day",
            |c| {
                limited(c, Per::Document, LimitScope::default(), 800);
                c.put(FieldName::Currency, "USD");
                c.known.home = Some(Ok((
                    hkd(858),
                    RateUsed { source: "ecb".to_owned(), date: date(2026, 11, 20), rate: Decimal::new(78, 1) },
                )));
            },
            &["P1"],
        ),
    ]);
}

#[test]
fn p8() {
    check(&[
        (
            "P8 each below, together above",
            |c| {
                c.policy.split_days = 3;
                c.known.spent = vec![spending(|o| o.total = hkd(391))];
            },
            &["P8"],
        ),
        (
            "P8 together at it",
            |c| {
                c.policy.split_days = 3;
                c.known.spent = vec![spending(|o| o.total = hkd(390))];
            },
            &[],
        ),
        (
            "P8 what comes back was not spent",
            |c| {
                c.policy.split_days = 3;
                c.draft.kind = DocumentKind::CreditNote;
                c.known.spent = vec![spending(|o| o.total = hkd(391))];
            },
            &[],
        ),
        ("P8 off", |c| c.known.spent = vec![spending(|o| o.total = hkd(391))], &[]),
        (
            "P8 too far apart",
            |c| {
                c.policy.split_days = 3;
                c.known.spent = vec![spending(|o| (o.total, o.date) = (hkd(391), date(2026, 11, 16)))];
            },
            &[],
        ),
        (
            "P8 another supplier",
            |c| {
                c.policy.split_days = 3;
                c.known.spent = vec![spending(|o| (o.total, o.supplier_key) = (hkd(391), Some("b".to_owned())))];
            },
            &[],
        ),
    ]);
}

fn asked(case: &mut Case, what: Required) {
    case.policy.required = vec![Requirement { what, when: Condition::ALWAYS }];
}
fn foreign(case: &mut Case, card: Option<i64>) {
    case.put(FieldName::Currency, "USD");
    let used = RateUsed { source: "ecb".to_owned(), date: date(2026, 11, 20), rate: Decimal::from(10) };
    case.known.home = Some(Ok((hkd(1_100), used)));
    case.claim.card_line = card.map(hkd);
}

#[test]
fn p2() {
    check(&[
        (
            "P2 above",
            |c| {
                c.policy.receipt_required_above = Some(hkd(100));
                c.pages = vec![page_of(1, &["QUOTATION"])];
            },
            &["P2", "I4"],
        ),
        (
            "P2 at it",
            |c| {
                c.policy.receipt_required_above = Some(hkd(110));
                c.pages = vec![page_of(1, &["QUOTATION"])];
            },
            &["I4"],
        ),
        ("P2 a receipt", |c| c.policy.receipt_required_above = Some(hkd(100)), &[]),
    ]);
}

#[test]
fn p3() {
    check(&[
        ("P3", |c| asked(c, Required::Attendees), &["P3"]),
        (
            "P3 blank",
            |c| {
                asked(c, Required::Attendees);
                c.claim.attendees = Some(" ".to_owned());
            },
            &["P3"],
        ),
        (
            "P3 said",
            |c| {
                asked(c, Required::Attendees);
                c.claim.attendees = Some("Ms Chan".to_owned());
            },
            &[],
        ),
        (
            "P3 by a condition",
            |c| {
                c.known.required = [Required::Attendees].into();
            },
            &["P3"],
        ),
    ]);
}

#[test]
fn p4() {
    check(&[
        (
            "P4",
            |c| {
                c.policy.forbidden_words = vec!["Wine".to_owned()];
                c.pages = vec![page_of(1, &["House wine 5"])];
            },
            &["P4"],
        ),
        (
            "P4 煙",
            |c| {
                c.policy.forbidden_words = vec!["煙".to_owned()];
                c.pages = vec![page_of(1, &["香煙 50.00"])];
            },
            &["P4"],
        ),
        (
            "P4 twine",
            |c| {
                c.policy.forbidden_words = vec!["wine".to_owned()];
                c.pages = vec![page_of(1, &["Twine 5"])];
            },
            &[],
        ),
        (
            "P4 the bar's name is no line",
            |c| {
                c.policy.forbidden_words = vec!["wine".to_owned()];
                c.draft.line_items = vec![line(110)];
                c.pages = vec![page_of(1, &["The Wine Bar"])];
            },
            &[],
        ),
    ]);
}

#[test]
fn p5() {
    check(&[
        ("P5 same", |c| c.claim.claimed = Some(hkd(110)), &[]),
        ("P5 a cent more", |c| c.claim.claimed = Some(Money::from_minor(11_001, Currency::HKD)), &["P5"]),
        ("P5 less", |c| c.claim.claimed = Some(hkd(109)), &["P5"]),
        (
            "P5 less within the tolerance",
            |c| {
                c.policy.tolerance = hkd(1);
                c.claim.claimed = Some(hkd(109));
            },
            &[],
        ),
        (
            "P5 more within the tolerance",
            |c| {
                c.claim.claimed = Some(hkd(111));
                c.policy.tolerance = hkd(1);
            },
            &[],
        ),
        (
            "P5 more than the tolerance",
            |c| {
                c.claim.claimed = Some(hkd(112));
                c.policy.tolerance = hkd(1);
            },
            &["P5"],
        ),
        (
            "P5 a credit note prints a sign",
            |c| {
                c.draft.kind = DocumentKind::CreditNote;
                let parts = [(FieldName::Subtotal, "-100.00"), (FieldName::ServiceCharge, "-10.00")];
                parts.into_iter().chain([(FieldName::Total, "-110.00")]).for_each(|(name, text)| c.put(name, text));
                c.claim.claimed = Some(hkd(110));
            },
            &[],
        ),
        ("P5 another currency", |c| c.claim.claimed = Some(Money::from_minor(1, Currency::USD)), &[]),
    ]);
}

#[test]
fn p6() {
    check(&[
        ("P6 a rate", |c| foreign(c, None), &[]),
        ("P6 three per cent", |c| foreign(c, Some(1_133)), &[]),
        ("P6 more", |c| foreign(c, Some(1_134)), &["P6"]),
        (
            "P6 no rate",
            |c| {
                c.put(FieldName::Currency, "USD");
                let (home, date) = (Currency::HKD, date(2026, 11, 20));
                let missing =
                    MissingRate { source_name: "ecb".to_owned(), currency: Currency::USD, home, date, age_days_max: 7 };
                c.known.home = Some(Err(missing));
            },
            &["P6"],
        ),
        ("P6 nobody looked", |c| c.put(FieldName::Currency, "USD"), &[]),
    ]);
}

#[test]
fn p7() {
    check(&[
        ("P7 department", |c| asked(c, Required::Department), &["P7"]),
        (
            "P7 said",
            |c| {
                asked(c, Required::Project);
                c.claim.project = Some("X1".to_owned());
            },
            &[],
        ),
        ("P7 number", |c| asked(c, Required::DocumentNumber), &["P7"]),
        (
            "P7 on a condition nobody evaluated",
            |c| c.policy.required = vec![Requirement { what: Required::Note, when: Condition::Any(Vec::new()) }],
            &[],
        ),
    ]);
}
