//! The rules about what is printed: arithmetic, identity, time, tax.

use super::*;

fn item(case: &mut Case, quantity: i64, cents: i64, amount: i64) {
    let (quantity, unit_price) = (Some(Decimal::from(quantity)), Some(Decimal::new(cents, 2)));
    case.draft.line_items.push(crate::model::draft::LineItem { quantity, unit_price, ..line(amount) });
}

#[test]
fn a3() {
    check(&[
        ("A3 right", |c| item(c, 2, 5_000, 100), &[]),
        ("A3 within a cent", |c| item(c, 3, 3_333, 100), &[]),
        ("A3 wrong", |c| item(c, 3, 3_332, 100), &["A3"]),
    ]);
}

#[test]
fn a5() {
    check(&[
        (
            "A5 right",
            |c| {
                c.put(FieldName::AmountPaid, "200.00");
                c.pages = vec![page_of(1, &["CHANGE 90.00"])];
            },
            &[],
        ),
        (
            "A5 wrong",
            |c| {
                c.put(FieldName::AmountPaid, "200.00");
                c.pages = vec![page_of(1, &["找續 80.00"])];
            },
            &["A5"],
        ),
        ("A5 exact", |c| c.put(FieldName::AmountPaid, "110.00"), &[]),
        ("A5 a deposit", |c| c.put(FieldName::AmountPaid, "50.00"), &["A5"]),
    ]);
}

#[test]
fn a6() {
    check(&[
        ("A6 right", |c| c.known.total_in_words = Some(Decimal::from(110)), &[]),
        ("A6 wrong", |c| c.known.total_in_words = Some(Decimal::new(11_001, 2)), &["A6"]),
    ]);
}

#[test]
fn a8() {
    check(&[
        (
            "A8 right",
            |c| c.pages = vec![page_of(1, &["Carried forward 50.00"]), page_of(2, &["Brought forward 50.00"])],
            &[],
        ),
        ("A8 wrong", |c| c.pages = vec![page_of(1, &["過次頁 50.00"]), page_of(2, &["承前頁 50.01"])], &["A8"]),
        ("A8 alone", |c| c.pages = vec![page_of(1, &["Carried forward 50.00"])], &[]),
    ]);
}

#[test]
fn a10() {
    check(&[("A10 fits", |c| c.put(FieldName::Currency, "JPY"), &[])]);
}

#[test]
fn a4() {
    check(&[
        ("A4 right", |c| c.taxed("SGD", "109.00", "9.00", &["GST 9% 9.00", "GST Reg M2-1234567-8"]), &[]),
        ("A4 within a unit", |c| c.taxed("SGD", "109.01", "9.01", &["GST 9% 9.01", "UEN 200012345R"]), &[]),
        ("A4 too little", |c| c.taxed("SGD", "108.50", "8.50", &["GST 9%", "GST Reg M2-1234567-8"]), &["A4", "X2"]),
        (
            "A4 too much, X2 too",
            |c| c.taxed("SGD", "112.00", "12.00", &["GST 9%", "GST Reg M2-1234567-8"]),
            &["A4", "X2"],
        ),
        ("A4 two rates", |c| c.taxed("SGD", "108.50", "8.50", &["GST 9% 7%", "GST Reg M2-1234567-8"]), &["X2"]),
    ]);
}

#[test]
fn x1() {
    check(&[
        (
            "X1",
            |c| {
                c.put(FieldName::Tax, "5.00");
                c.put(FieldName::Total, "115.00");
            },
            &["X1"],
        ),
        ("X1 none", |c| c.put(FieldName::Tax, "0.00"), &[]),
    ]);
}

#[test]
fn x2() {
    check(&[
        ("X2 right", |c| c.taxed("SGD", "109.00", "9.00", &[]), &[]),
        (
            "X2 unknown place",
            |c| {
                c.taxed("USD", "109.00", "9.99", &[]);
            },
            &[],
        ),
    ]);
}

#[test]
fn t5() {
    check(&[
        ("T5", |c| c.taxed("SGD", "108.00", "8.00", &[]), &["T5"]),
        (
            "T5 in its year",
            |c| {
                c.taxed("SGD", "108.00", "8.00", &[]);
                c.policy.age_days_max = 2000;
                c.put(FieldName::IssueDate, "2023-12-29");
            },
            &[],
        ),
        (
            "T5 the day after",
            |c| {
                c.taxed("SGD", "108.00", "8.00", &[]);
                c.policy.age_days_max = 2000;
                c.put(FieldName::IssueDate, "2024-01-01");
            },
            &["T5"],
        ),
    ]);
}

#[test]
fn x3() {
    check(&[
        ("X3 none", |c| c.taxed("SGD", "109.00", "9.00", &["GST 9% 9.00"]), &["X3"]),
        (
            "X3 in its field",
            |c| {
                c.taxed("SGD", "109.00", "9.00", &["GST"]);
                c.put(FieldName::SupplierTaxId, "?");
            },
            &[],
        ),
    ]);
}

#[test]
fn x4() {
    check(&[
        (
            "X4",
            |c| {
                c.taxed("SGD", "109.00", "9.00", &[]);
                c.known.ledger.has_tax_code = Some(false);
            },
            &["X4"],
        ),
        (
            "X4 chosen",
            |c| {
                c.taxed("SGD", "109.00", "9.00", &[]);
                c.known.ledger.has_tax_code = Some(true);
            },
            &[],
        ),
        ("X4 no tax", |c| c.known.ledger.has_tax_code = Some(false), &[]),
    ]);
}

fn booked(case: &mut Case, total: &str, tax: &str, percent: i64) {
    case.taxed("SGD", total, tax, &[]);
    case.known.ledger.tax_percent = Some(Decimal::from(percent));
}

#[test]
fn x5() {
    check(&[
        ("X5 none is known", |c| c.taxed("SGD", "109.00", "9.00", &[]), &[]),
        ("X5 the same", |c| booked(c, "109.00", "9.00", 9), &[]),
        ("X5 rounded", |c| booked(c, "10.00", "0.82", 9), &[]),
        ("X5 a part is untaxed", |c| booked(c, "109.00", "4.50", 9), &["X5", "X2"]),
        ("X5 under a code without tax", |c| booked(c, "109.00", "9.00", 0), &["X5"]),
        ("X5 no tax on it", |c| booked(c, "109.00", "0.00", 9), &[]),
        (
            "X5 printed below zero",
            |c| {
                c.draft.kind = DocumentKind::CreditNote;
                booked(c, "-109.00", "-9.00", 9);
            },
            &[],
        ),
        (
            "X5 a credit of two rates",
            |c| {
                c.draft.kind = DocumentKind::CreditNote;
                booked(c, "-109.00", "-4.50", 9);
            },
            &["X5"],
        ),
    ]);
}

fn invoice(case: &mut Case, rows: &[&str]) {
    case.draft.kind = DocumentKind::Invoice;
    case.pages = vec![page_of(1, rows)];
}
fn supplier(case: &mut Case, account: &str) {
    let bank_accounts = [account.to_owned()].into();
    case.known.supplier = Some(KnownSupplier { bank_accounts, tax_ids: ["200012345R".to_owned()].into() });
}
fn firm(case: &mut Case) {
    case.policy.firm.names = vec!["Harbour Trading Ltd".to_owned()];
}

#[test]
fn i1() {
    check(&[
        (
            "I1 right",
            |c| {
                c.taxed("TWD", "105.00", "5.00", &[]);
                c.put(FieldName::SupplierTaxId, "04595257");
            },
            &[],
        ),
        (
            "I1 wrong",
            |c| {
                c.taxed("TWD", "105.00", "5.00", &[]);
                c.put(FieldName::SupplierTaxId, "04595258");
            },
            &["I1"],
        ),
        ("I1 no check digit", |c| c.put(FieldName::SupplierTaxId, "12345678"), &[]),
        (
            "I1 no such shape",
            |c| {
                c.taxed("TWD", "105.00", "5.00", &[]);
                c.put(FieldName::SupplierTaxId, "12");
            },
            &[],
        ),
    ]);
}

#[test]
fn i2() {
    check(&[
        (
            "I2 same account",
            |c| {
                invoice(c, &["Bank account: 123-456789-001"]);
                supplier(c, "123456789001");
            },
            &[],
        ),
        (
            "I2 other account",
            |c| {
                invoice(c, &["Bank account: 123-456789-002"]);
                supplier(c, "123456789001");
            },
            &["I2"],
        ),
        ("I2 unknown supplier", |c| invoice(c, &["Bank account: 123-456789-002"]), &[]),
        (
            "I2 no account",
            |c| {
                invoice(c, &["Hello"]);
                supplier(c, "123456789001");
            },
            &[],
        ),
        (
            "I2 other tax id",
            |c| {
                supplier(c, "1");
                c.put(FieldName::SupplierTaxId, "201912345R");
            },
            &["I2"],
        ),
        (
            "I2 same tax id",
            |c| {
                supplier(c, "1");
                c.put(FieldName::SupplierTaxId, "2000-12345 R");
            },
            &[],
        ),
    ]);
}

#[test]
fn i3() {
    check(&[
        (
            "I3 ours",
            |c| {
                firm(c);
                invoice(c, &["Bill to:", "HARBOUR TRADING", "LTD."]);
            },
            &[],
        ),
        (
            "I3 not ours",
            |c| {
                firm(c);
                invoice(c, &["Bill to:", "Hill Trading Ltd"]);
            },
            &["I3"],
        ),
        (
            "I3 a receipt",
            |c| {
                firm(c);
                c.pages = vec![page_of(1, &["Thanks"])];
            },
            &[],
        ),
        ("I3 firm unknown", |c| invoice(c, &["Bill to:", "Hill Trading Ltd"]), &[]),
    ]);
}

#[test]
fn i4() {
    check(&[
        ("I4 quotation", |c| c.pages = vec![page_of(1, &["QUOTATION", "No. 5"])], &["I4"]),
        ("I4 pro forma", |c| c.pages = vec![page_of(1, &["PRO FORMA INVOICE", "Invoice No. 5"])], &["I4"]),
        ("I4 invoice after one", |c| c.pages = vec![page_of(1, &["INVOICE", "Your pro forma 5"])], &[]),
        ("I4 見積書", |c| c.pages = vec![page_of(1, &["御見積書", "合計 22,000"])], &["I4"]),
        ("I4 Angebot", |c| c.pages = vec![page_of(1, &["Angebot Nr. 5"])], &["I4"]),
        ("I4 Rechnung", |c| c.pages = vec![page_of(1, &["Rechnung Nr. 6", "Angebot Nr. 5"])], &[]),
        ("I4 bank", |c| c.pages = vec![page_of(1, &["EXAMPLE BANK", "Statement Date 31/03/2026"])], &["I4"]),
        ("I4 boarding", |c| c.pages = vec![page_of(1, &["BOARDING PASS", "Gate 42 Seat 23A"])], &["I4"]),
        ("I4 pay", |c| c.pages = vec![page_of(1, &["PAYSLIP", "Net pay 2,560.00"])], &["I4"]),
        ("I4 prices", |c| c.pages = vec![page_of(1, &["PRICE LIST 2026", "Hammer 25.00"])], &["I4"]),
        ("I4 statement", |c| c.pages = vec![page_of(1, &["STATEMENT", "Invoice 5 80.00"])], &["I4"]),
        (
            "I4 quotation that speaks of invoices",
            |c| c.pages = vec![page_of(1, &["QUOTATION", "Invoice to follow"])],
            &["I4"],
        ),
        ("I4 invoice with its note", |c| c.pages = vec![page_of(1, &["TAX INVOICE", "DELIVERY NOTE"])], &[]),
        ("I4 invoice for a pro forma", |c| c.pages = vec![page_of(1, &["INVOICE", "Pro forma 5"])], &[]),
        ("I4 invoice for a quotation", |c| c.pages = vec![page_of(1, &["INVOICE", "Quotation 5"])], &[]),
        ("I4 card slip", |c| c.pages = vec![page_of(1, &["BLUE CAFE", "VISA SALE", "CARDHOLDER COPY"])], &["I4"]),
        (
            "I4 receipt with slip",
            |c| {
                c.draft.line_items = vec![line(110)];
                c.pages = vec![page_of(1, &["CARDHOLDER COPY"])];
            },
            &[],
        ),
    ]);
}

#[test]
fn i5() {
    check(&[
        ("I5 pair", |c| c.known.candidates = vec![candidate(|o| o.kind = DocumentKind::Invoice)], &["I5"]),
        (
            "I5 with numbers of their own",
            |c| {
                c.put(FieldName::DocumentNumber, "R-1");
                let change =
                    |o: &mut Candidate| (o.kind, o.document_number) = (DocumentKind::Invoice, Some("INV-9".to_owned()));
                c.known.candidates = vec![candidate(change)];
            },
            &["I5"],
        ),
        (
            "I5 too long ago",
            |c| {
                c.known.candidates =
                    vec![candidate(|o| (o.kind, o.issue_date) = (DocumentKind::Invoice, Some(date(2026, 9, 20))))]
            },
            &[],
        ),
    ]);
}

fn closed(case: &mut Case, day: i8) {
    let closed_until = Some(date(2026, 11, day));
    case.known.ledger = Ledger { name: Some("Harbour".to_owned()), closed_until, ..Ledger::UNKNOWN };
}
fn on(case: &mut Case, day: &str) {
    case.known.calendar = Some(Calendar::hong_kong());
    case.put(FieldName::IssueDate, day);
}

#[test]
fn t3() {
    check(&[
        ("T3 open", |c| closed(c, 19), &[]),
        ("T3 on the day", |c| closed(c, 20), &["T3"]),
        ("T3 closed", |c| closed(c, 30), &["T3"]),
    ]);
}

#[test]
fn t4() {
    check(&[
        ("T4 a Friday", |c| on(c, "2026-11-20"), &[]),
        ("T4 a Saturday", |c| on(c, "2026-11-21"), &["T4"]),
        ("T4 a holiday", |c| on(c, "2026-10-01"), &["T4"]),
        ("T4 no calendar", |c| c.put(FieldName::IssueDate, "2026-11-21"), &[]),
    ]);
}
