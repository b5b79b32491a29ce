//! An entry made by hand, for the tests of this module.

use jiff::civil::date;
use rust_decimal::Decimal;

use crate::{
    model::{currency::Currency, id::PostingId, money::Money},
    post::entry::{Entry, EntryKind, EntryLine, TaxMode},
};

/// A line of so many cents; a tax code bears 20 %.
pub(crate) fn line(account: &str, tax_code: Option<&str>, minor: i64) -> EntryLine {
    EntryLine {
        description: "Client lunch".to_owned(),
        account: account.to_owned(),
        tax_code: tax_code.map(str::to_owned),
        tax_rate: tax_code.map(|_| Decimal::from(20)),
        amount: Money::from_minor(minor, Currency::HKD),
    }
}

/// An entry of one line.
pub(crate) fn entry(kind: EntryKind, line: EntryLine) -> Entry {
    Entry {
        posting: PostingId::from_u128(0),
        kind,
        supplier: "Blue Cafe Ltd".to_owned(),
        issue_date: date(2026, 11, 18),
        document_number: Some("INV-10442".to_owned()),
        currency: Currency::HKD,
        home_currency: Currency::HKD,
        exchange_rate: None,
        tax_mode: TaxMode::Inclusive,
        total: line.amount,
        lines: vec![line],
        dimensions: Vec::new(),
        url: Some("http://localhost/d/1".to_owned()),
    }
}
