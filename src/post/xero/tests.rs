//! What a credit note looks like to Xero, and which number a bill gets.

use jiff::civil::date;
use rust_decimal::Decimal;

use super::{
    convert::{carries, entry_body, invoice_number, ledger_entry},
    wire,
};
use crate::post::{
    Address, LedgerKind,
    entry::{Entry, EntryKind, EntryLine, Resource},
    testing,
};

fn entry(kind: EntryKind) -> Entry {
    let description = "Blue Cafe Ltd CN-771".to_owned();
    let line = EntryLine { description, ..testing::line("420", Some("INPUT2"), 2400) };
    Entry { document_number: Some("CN-771".to_owned()), ..testing::entry(kind, line) }
}

#[test]
fn a_credit_note_is_numbered_by_our_reference() {
    assert_eq!(
        entry_body(&entry(EntryKind::Credit), "5cc8").expect("the entry is whole"),
        r#"{"CreditNotes":[{"Type":"ACCPAYCREDIT","Status":"AUTHORISED","Contact":{"ContactID":"5cc8"},"#.to_owned()
            + r#""CreditNoteNumber":"VCH-00000000000000","Date":"2026-11-18","LineAmountTypes":"Inclusive","#
            + r#""CurrencyCode":"HKD","LineItems":[{"Description":"Blue Cafe Ltd CN-771 [VCH-00000000000000]","#
            + r#""Quantity":1,"UnitAmount":24.00,"AccountCode":"420","TaxType":"INPUT2"}]}]}"#
    );
}

#[test]
fn a_credit_note_is_recognised() {
    let entry = entry(EntryKind::Credit);
    let read = |text: &str| serde_json::from_str::<wire::Transaction>(text).expect("the text is a credit note");
    for (text, ours) in [
        (r#"{"CreditNoteNumber":"VCH-00000000000000"}"#, true),
        (r#"{"CreditNoteNumber":"CN-771","LineItems":[{"Description":"x [VCH-00000000000000]"}]}"#, true),
        (r#"{"CreditNoteNumber":"VCH-00000000000001"}"#, false),
        (r#"{"CreditNoteNumber":"CN-771"}"#, false),
    ] {
        assert_eq!(carries(&read(text), &entry), ours, "{text}");
    }
    let address = Address::product(LedgerKind::Xero);
    for (status, live) in [("AUTHORISED", true), ("PAID", true), ("DRAFT", true), ("VOIDED", false), ("DELETED", false)]
    {
        let text = format!(r#"{{"CreditNoteID":"c1","InvoiceID":"i1","Total":24.00,"Status":"{status}"}}"#);
        let found = ledger_entry(read(&text), Resource::Credit, &address).expect("it is whole");
        assert_eq!((found.external_id.as_str(), found.live), ("c1", live), "{status}");
        assert_eq!(found.total, Decimal::new(24, 0));
        let page = "https://go.xero.com/AccountsPayable/ViewCreditNote.aspx?creditNoteID=c1";
        assert_eq!(found.url.as_deref(), Some(page));
    }
    assert!(ledger_entry(read(r#"{"InvoiceID":"i1","Total":1}"#), Resource::Credit, &address).is_err());
}

/// A number cut short would be a wrong number.
#[test]
fn long_numbers_give_way_to_our_reference() {
    let (longest, longer) = ("長".repeat(255), "長".repeat(256));
    for (number, expected) in [
        (None, "VCH-00000000000000"),
        (Some("  "), "VCH-00000000000000"),
        (Some(" INV-1 "), "INV-1"),
        (Some(longest.as_str()), longest.as_str()),
        (Some(longer.as_str()), "VCH-00000000000000"),
    ] {
        let bill = EntryKind::Bill { due_date: date(2026, 12, 1) };
        let entry = Entry { document_number: number.map(str::to_owned), ..entry(bill) };
        assert_eq!(invoice_number(&entry), expected, "{number:?}");
    }
}
