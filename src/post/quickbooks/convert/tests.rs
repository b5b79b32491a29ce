//! Bodies as they are sent, and answers as they are read, a case a test.

use jiff::civil::date;

use super::*;
use crate::{model::currency::Currency, post::testing};

fn entry(kind: EntryKind, tax_code: Option<&str>) -> Entry {
    testing::entry(kind, testing::line("13", tax_code, 2450))
}

fn card() -> EntryKind {
    EntryKind::Paid { paid_from: "42".to_owned(), payment: PaymentType::CreditCard }
}

fn bill() -> EntryKind {
    EntryKind::Bill { due_date: date(2026, 12, 1) }
}

#[test]
fn paid_without_tax() {
    let body = entry_body(&entry(card(), None), "56").expect("the entry is whole");
    assert_eq!(
        body,
        r#"{"PaymentType":"CreditCard","AccountRef":{"value":"42"},"EntityRef":{"value":"56","type":"Vendor"},"#
            .to_owned()
            + r#""TxnDate":"2026-11-18","DocNumber":"VCH-00000000000000","#
            + r#""PrivateNote":"vouch VCH-00000000000000; no. INV-10442; http://localhost/d/1","#
            + r#""CurrencyRef":{"value":"HKD"},"GlobalTaxCalculation":"NotApplicable","Line":[{"#
            + r#""DetailType":"AccountBasedExpenseLineDetail","Amount":24.50,"Description":"Client lunch","#
            + r#""AccountBasedExpenseLineDetail":{"AccountRef":{"value":"13"}}}]}"#
    );
}

#[test]
fn bill_with_tax() {
    let body = entry_body(&entry(bill(), Some("4")), "56").expect("the entry is whole");
    assert_eq!(
        body,
        r#"{"VendorRef":{"value":"56"},"TxnDate":"2026-11-18","DueDate":"2026-12-01","DocNumber":"INV-10442","#
            .to_owned()
            + r#""PrivateNote":"vouch VCH-00000000000000; no. INV-10442; http://localhost/d/1","#
            + r#""CurrencyRef":{"value":"HKD"},"GlobalTaxCalculation":"TaxInclusive","Line":[{"#
            + r#""DetailType":"AccountBasedExpenseLineDetail","Amount":20.42,"Description":"Client lunch","#
            + r#""AccountBasedExpenseLineDetail":{"AccountRef":{"value":"13"},"TaxCodeRef":{"value":"4"},"#
            + r#""TaxInclusiveAmt":24.50}}]}"#
    );
}

#[test]
fn tax_is_rounded_by_line_half_up() {
    // Intuit's example: one line of 20.00 at 20 % holds 3.33 of tax, five of 4.00 hold 0.67 each.
    for (gross, percent, expected) in [(2000, 20, 1667), (400, 20, 333), (2450, 0, 2450), (105, 5, 100)] {
        let mut line = entry(card(), Some("4")).lines.swap_remove(0);
        line.amount = Money::from_minor(gross, Currency::HKD);
        line.tax_rate = Some(Decimal::from(percent));
        assert_eq!(net(&line).map(Money::minor).ok(), Some(expected), "{gross} at {percent}");
    }
    let mut unknown = entry(card(), Some("4"));
    unknown.lines.iter_mut().for_each(|line| line.tax_rate = None);
    assert!(matches!(entry_body(&unknown, "56"), Err(LedgerError::Refused { .. })));
}

#[test]
fn long_bill_numbers_give_way_to_our_reference() {
    for (number, expected) in [
        (None, "VCH-00000000000000"),
        (Some("  "), "VCH-00000000000000"),
        (Some("123456789012345678901"), "123456789012345678901"),
        (Some("1234567890123456789012"), "VCH-00000000000000"),
    ] {
        let entry = Entry { document_number: number.map(str::to_owned), ..entry(bill(), None) };
        assert_eq!(entry.own_number(DOC_NUMBER_CHARS_MAX), expected, "{number:?}");
    }
}

#[test]
fn entries_that_do_not_add_up_are_not_sent() {
    let wrong = Entry { total: Money::from_minor(2451, Currency::HKD), ..entry(card(), None) };
    assert!(matches!(entry_body(&wrong, "56"), Err(LedgerError::Bug { .. })));
    let empty = Entry { lines: Vec::new(), ..entry(card(), None) };
    assert!(matches!(entry_body(&empty, "56"), Err(LedgerError::Bug { .. })));
    let mut credit = entry(card(), None);
    credit.total = Money::from_minor(-100, Currency::HKD);
    credit.lines.iter_mut().for_each(|line| line.amount = Money::from_minor(-100, Currency::HKD));
    assert!(matches!(entry_body(&credit, "56"), Err(LedgerError::Refused { .. })));
}

#[test]
fn entries_are_read_exactly() {
    let address = Address { api: String::new(), entry_page: "http://localhost/{resource}/{page}/{id}".to_owned() };
    let read = |text: &str, resource| {
        let read = serde_json::from_str(text).expect("the text is a transaction");
        ledger_entry(read, resource, &address)
    };
    let paid = read(
        r#"{"Id":"252","TotalAmt":24.0,"TxnDate":"2026-11-18","CurrencyRef":{"value":"GBP","name":"Pound"},
            "EntityRef":{"value":"56","type":"Vendor"},"PrivateNote":"x"}"#,
        Resource::Paid,
    );
    let expected = LedgerEntry {
        external_id: "252".to_owned(),
        total: Decimal::new(24, 0),
        supplier_id: Some("56".to_owned()),
        currency: Some("GBP".to_owned()),
        issue_date: Some("2026-11-18".to_owned()),
        live: true,
        url: Some("http://localhost/purchase/expense/252".to_owned()),
        lines: Vec::new(),
    };
    assert_eq!(paid.ok(), Some(expected));
    let deleted = read(r#"{"Id":"151","status":"Deleted","domain":"QBO"}"#, Resource::Bill);
    assert_eq!(deleted.ok().map(|entry| entry.live), Some(false));
    let voided = read(r#"{"Id":"1","TotalAmt":0,"PrivateNote":"Voided - lunch"}"#, Resource::Paid);
    assert_eq!(voided.ok().map(|entry| entry.live), Some(false));
    assert!(matches!(read(r#"{"Id":"1"}"#, Resource::Paid), Err(LedgerError::Ambiguous { .. })));
}

#[test]
fn only_usable_things_are_offered() {
    let rows: wire::Rows = serde_json::from_str(
        r#"{"Account":[{"Id":"1","Name":"Meals","FullyQualifiedName":"Travel:Meals","AccountType":"Expense"},
            {"Id":"2","Name":"Sales","AccountType":"Income"},{"Id":"3","Name":"Visa","AccountType":"Credit Card"},
            {"Id":"4","Name":"Old","AccountType":"Bank","Active":false}],
          "TaxCode":[{"Id":"5","Name":"20% S","PurchaseTaxRateList":{"TaxRateDetail":[{"TaxRateRef":{"value":"9"}}]}},
            {"Id":"6","Name":"Sales only","PurchaseTaxRateList":{"TaxRateDetail":[]}},
            {"Id":"10","Name":"On tax","PurchaseTaxRateList":{"TaxRateDetail":[{"TaxRateRef":{"value":"9"},
              "TaxTypeApplicable":"TaxOnTax"}]}},
            {"Id":"7","Name":"Dead","PurchaseTaxRateList":{"TaxRateDetail":[{"TaxRateRef":{"value":"8"}}]}}],
          "TaxRate":[{"Id":"9","Active":true,"RateValue":20},{"Id":"8","Active":false,"RateValue":5}],
          "Vendor":[{"Id":"56","DisplayName":"Blue Cafe Ltd","CurrencyRef":{"value":"EUR"}}]}"#,
    )
    .expect("the rows are well formed");
    let preferences = r#"{"CurrencyPrefs":{"MultiCurrencyEnabled":true,"HomeCurrency":{"value":"GBP"}},
        "TaxPrefs":{"UsingSalesTax":true},"AccountingInfoPrefs":{"BookCloseDate":"2026-03-31"}}"#;
    let parts = CompanyParts {
        info: wire::CompanyInfo { company_name: Some("Ours".to_owned()), country: Some("GB".to_owned()) },
        preferences: serde_json::from_str(preferences).expect("the preferences are well formed"),
        accounts: rows.account,
        tax_codes: rows.tax_code,
        tax_rates: rows.tax_rate,
        vendors: rows.vendor,
        dimensions: Vec::new(),
    };
    assert!(has_purchase_tax(&parts.info, &parts.preferences));
    let company = company(parts).expect("the home currency is there");
    let offered: Vec<_> =
        company.references.iter().map(|item| (item.kind, item.external_id.as_str(), item.name.as_str())).collect();
    assert_eq!(
        offered,
        [
            (ReferenceKind::ExpenseAccount, "1", "Travel:Meals"),
            (ReferenceKind::CardAccount, "3", "Visa"),
            (ReferenceKind::TaxCode, "5", "20% S"),
            (ReferenceKind::Supplier, "56", "Blue Cafe Ltd"),
        ]
    );
    let rate = company.references.iter().find(|item| item.kind == ReferenceKind::TaxCode);
    assert_eq!(rate.and_then(|item| item.code.as_deref()), Some("20"));
    assert_eq!((company.home_currency.as_str(), company.multi_currency), ("GBP", true));
    assert_eq!(company.closed_until.as_deref(), Some("2026-03-31"));
}

#[test]
fn supplier_names_are_made_acceptable() {
    assert_eq!(display_name(" Shop:\tBlue\n Cafe "), "Shop Blue Cafe");
    assert_eq!(display_name(&"港".repeat(600)).chars().count(), 500);
}
