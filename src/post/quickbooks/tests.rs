//! What a supplier's credit looks like to QuickBooks.

use jiff::civil::date;
use rust_decimal::Decimal;

use super::convert::entry_body;
use crate::post::{
    dimension::Dimension,
    entry::{Entry, EntryKind},
    testing,
};

fn entry(kind: EntryKind, dimensions: Vec<Dimension>) -> Entry {
    Entry {
        document_number: Some("CN-771".to_owned()),
        exchange_rate: Some(Decimal::ONE),
        dimensions,
        url: None,
        ..testing::entry(kind, testing::line("13", Some("4"), 2450))
    }
}

/// Whatever a bill says of tax, rate, number, location and class a credit says too.
#[test]
fn a_credit_is_a_bill_that_is_never_due() {
    let location = Dimension::Location("2".to_owned());
    for dimensions in [Vec::new(), vec![location, Dimension::Class("5".to_owned())]] {
        let bill = entry(EntryKind::Bill { due_date: date(2026, 12, 1) }, dimensions.clone());
        let bill = entry_body(&bill, "56").expect("the entry is whole");
        let credit = entry_body(&entry(EntryKind::Credit, dimensions), "56").expect("the entry is whole");
        assert!(credit.contains(r#""DocNumber":"CN-771""#) && credit.contains("vouch VCH-00000000000000"));
        assert_eq!(credit, bill.replace(r#""DueDate":"2026-12-01","#, ""));
    }
}
