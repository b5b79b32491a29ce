//! For those who connect nothing: the files that both products import bills from.
//!
//! Amounts include tax: both products ask at the import whether they do, and the answer is yes.
//!
//! These are files of bills. Whether either product would take a line below zero for a credit, and in which direction, is
//! not documented, and what its users write of it is contradictory; so credit notes are not for these files. Xero's
//! layout has columns for tracking; QuickBooks' has none for classes, locations or customers.

use std::borrow::Cow;

use jiff::civil;

use crate::model::money::Money;

/// One line of a bill. Lines of the same document follow each other and share all but the last four.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportRow {
    /// The supplier's name.
    pub supplier: String,
    /// The supplier's own number, if it has one.
    pub document_number: Option<String>,
    /// Our reference.
    pub reference: String,
    /// The date on the paper.
    pub issue_date: civil::Date,
    /// When it must be paid; the date on the paper when nothing is said.
    pub due_date: Option<civil::Date>,
    /// What it was for.
    pub description: String,
    /// The expense account: its name in QuickBooks, its code in Xero.
    pub account: String,
    /// The tax code, where the company has tax.
    pub tax_code: Option<String>,
    /// The amount, tax included.
    pub amount: Money,
    /// Xero's tracking: each category's name with its option's.
    pub tracking: Vec<(String, String)>,
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum CsvError {
    /// A row could not be written; the rows are ours, so this does not happen to people.
    #[error("the file could not be written")]
    Write(#[from] csv::Error),
    /// The written bytes could not be taken out.
    #[error("the file could not be finished")]
    Finish(#[source] std::io::Error),
}

/// A bill number holds this many characters in QuickBooks.
const QUICKBOOKS_NUMBER_CHARS_MAX: usize = 21;

const QUICKBOOKS_HEADER: [&str; 11] = [
    "Bill No",
    "Vendor",
    "Bill Date",
    "Due Date",
    "Memo",
    "Type",
    "Category/Account",
    "Description",
    "Amount",
    "Tax Code",
    "Currency",
];

const XERO_HEADER: [&str; 26] = [
    "*ContactName",
    "EmailAddress",
    "POAddressLine1",
    "POAddressLine2",
    "POAddressLine3",
    "POAddressLine4",
    "POCity",
    "PORegion",
    "POPostalCode",
    "POCountry",
    "*InvoiceNumber",
    "*InvoiceDate",
    "*DueDate",
    "Total",
    "InventoryItemCode",
    "Description",
    "*Quantity",
    "*UnitAmount",
    "*AccountCode",
    "*TaxType",
    "TaxAmount",
    "TrackingName1",
    "TrackingOption1",
    "TrackingName2",
    "TrackingOption2",
    "Currency",
];

/// The file that QuickBooks Online imports bills from.
///
/// # Errors
/// See [`CsvError`].
pub fn export_quickbooks(rows: &[ExportRow]) -> Result<Vec<u8>, CsvError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(QUICKBOOKS_HEADER)?;
    for row in rows {
        let number = number(row);
        // A number cut short would be a wrong number.
        let fits = number.chars().count() <= QUICKBOOKS_NUMBER_CHARS_MAX;
        let number = if fits { number } else { &row.reference };
        let record: [Cow<'_, str>; 11] = [
            text(number),
            text(&row.supplier),
            date(row.issue_date),
            date(row.due_date.unwrap_or(row.issue_date)),
            text(&row.reference),
            "Category Details".into(),
            text(&row.account),
            text(&row.description),
            amount(row),
            text(row.tax_code.as_deref().unwrap_or_default()),
            row.amount.currency().code().to_owned().into(),
        ];
        writer.write_record(record.iter().map(AsRef::as_ref))?;
    }
    finish(writer)
}

/// The file that Xero imports bills from. Our reference stands at the end of the description, as it does in bills
/// that are posted.
///
/// # Errors
/// See [`CsvError`].
pub fn export_xero(rows: &[ExportRow]) -> Result<Vec<u8>, CsvError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(XERO_HEADER)?;
    for row in rows {
        let description = format!("{} [{}]", row.description.trim(), row.reference);
        let cell = |column: &str| -> Cow<'_, str> {
            match column {
                "*ContactName" => text(&row.supplier),
                "*InvoiceNumber" => text(number(row)),
                "*InvoiceDate" => date(row.issue_date),
                "*DueDate" => date(row.due_date.unwrap_or(row.issue_date)),
                "Description" => text(description.trim_start()).into_owned().into(),
                "*Quantity" => "1".into(),
                "*UnitAmount" => amount(row),
                "*AccountCode" => text(&row.account),
                "*TaxType" => text(row.tax_code.as_deref().unwrap_or_default()),
                "TrackingName1" => tracked(row, 0, |pair| &pair.0),
                "TrackingOption1" => tracked(row, 0, |pair| &pair.1),
                "TrackingName2" => tracked(row, 1, |pair| &pair.0),
                "TrackingOption2" => tracked(row, 1, |pair| &pair.1),
                "Currency" => row.amount.currency().code().to_owned().into(),
                _ => "".into(),
            }
        };
        writer.write_record(XERO_HEADER.iter().map(|column| cell(column).into_owned()))?;
    }
    finish(writer)
}

fn tracked(row: &ExportRow, place: usize, part: fn(&(String, String)) -> &String) -> Cow<'_, str> {
    row.tracking.get(place).map_or_else(|| "".into(), |pair| text(part(pair)))
}

fn finish(writer: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, CsvError> {
    writer.into_inner().map_err(|error| CsvError::Finish(error.into_error()))
}

fn number(row: &ExportRow) -> &str {
    let number = row.document_number.as_deref().map(str::trim).filter(|number| !number.is_empty());
    number.unwrap_or(&row.reference)
}

fn date(date: civil::Date) -> Cow<'static, str> {
    format!("{:02}/{:02}/{:04}", date.day(), date.month(), date.year()).into()
}

fn amount(row: &ExportRow) -> Cow<'static, str> {
    row.amount.to_decimal().to_string().into()
}

/// A cell of text. Spreadsheets take one that begins like a formula for a formula, and what suppliers print on their
/// papers is not to be run; an apostrophe in front makes it text.
fn text(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::model::currency::Currency;

    fn row() -> ExportRow {
        ExportRow {
            supplier: "=HYPERLINK(\"x\")".to_owned(),
            document_number: Some("INV-1".to_owned()),
            reference: "VCH-00000000000000".to_owned(),
            issue_date: date(2026, 3, 4),
            due_date: None,
            description: "Lunch, two".to_owned(),
            account: "420".to_owned(),
            tax_code: None,
            amount: Money::from_minor(1230, Currency::HKD),
            tracking: Vec::new(),
        }
    }

    fn lines(bytes: Result<Vec<u8>, CsvError>) -> Vec<String> {
        let bytes = bytes.expect("rows of ours can be written");
        String::from_utf8(bytes).expect("the file is UTF-8").lines().map(str::to_owned).collect()
    }

    #[test]
    fn quickbooks_layout() {
        let long = ExportRow { document_number: Some("1".repeat(22)), due_date: Some(date(2026, 12, 31)), ..row() };
        assert_eq!(
            lines(export_quickbooks(&[row(), long])),
            [
                "Bill No,Vendor,Bill Date,Due Date,Memo,Type,Category/Account,Description,Amount,Tax Code,Currency",
                "INV-1,\"'=HYPERLINK(\"\"x\"\")\",04/03/2026,04/03/2026,VCH-00000000000000,Category Details,420,\
                 \"Lunch, two\",12.30,,HKD",
                "VCH-00000000000000,\"'=HYPERLINK(\"\"x\"\")\",04/03/2026,31/12/2026,VCH-00000000000000,\
                 Category Details,420,\"Lunch, two\",12.30,,HKD",
            ]
        );
    }

    #[test]
    fn xero_layout() {
        let row = ExportRow { supplier: "+852 Cafe".to_owned(), tax_code: Some("INPUT2".to_owned()), ..row() };
        let pair = |name: &str, option: &str| (name.to_owned(), option.to_owned());
        let tracked = ExportRow {
            tracking: vec![pair("Department", "=Sales, north"), pair("Project", "Tower refit")],
            ..row.clone()
        };
        let lines = lines(export_xero(&[row, tracked]));
        assert_eq!(lines.first().map(|header| header.split(',').count()), Some(26));
        assert_eq!(
            lines.get(1).map(String::as_str),
            Some(
                "'+852 Cafe,,,,,,,,,,INV-1,04/03/2026,04/03/2026,,,\"Lunch, two [VCH-00000000000000]\",1,12.30,420,\
                 INPUT2,,,,,,HKD"
            )
        );
        let tracking = "420,INPUT2,,Department,\"'=Sales, north\",Project,Tower refit,HKD";
        assert!(lines.get(2).is_some_and(|line| line.ends_with(tracking)), "{lines:?}");
    }

    #[test]
    fn formulas_become_text() {
        for (cell, expected) in
            [("=1", "'=1"), ("+1", "'+1"), ("-1", "'-1"), ("@a", "'@a"), ("\t=1", "'\t=1"), ("a=1", "a=1")]
        {
            assert_eq!(text(cell), expected);
        }
    }
}
