//! Xero's bills, credit notes and money spent, all of them or those changed since a moment (`If-Modified-Since`).

use jiff::civil;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Number;

use crate::post::{
    amount::decimal,
    change::{BookEntry, Changes, Look, Since, moment_text, reference_in},
    entry::Resource,
    error::LedgerError,
    xero::{
        client::Client,
        convert::{LEDGER, is_gone, path},
        dimension,
        fault::{classify, unreadable},
        wire,
    },
};

/// Rows of one page, and pages that are read of one list.
const PAGE_ROWS: usize = 1000;
const PAGES_MAX: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Page {
    #[serde(rename = "DateTimeUTC")]
    date_time_utc: Option<String>,
    invoices: Vec<Row>,
    bank_transactions: Vec<Row>,
    credit_notes: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    #[serde(rename = "InvoiceID")]
    invoice_id: Option<String>,
    #[serde(rename = "BankTransactionID")]
    bank_transaction_id: Option<String>,
    #[serde(rename = "CreditNoteID")]
    credit_note_id: Option<String>,
    status: Option<String>,
    total: Option<Number>,
    amount_paid: Option<Number>,
    remaining_credit: Option<Number>,
    is_reconciled: Option<bool>,
    invoice_number: Option<String>,
    credit_note_number: Option<String>,
    reference: Option<String>,
    contact: Option<Contact>,
    currency_code: Option<String>,
    date_string: Option<String>,
    #[serde(default)]
    line_items: Vec<wire::LineRead>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Contact {
    #[serde(rename = "ContactID")]
    contact_id: Option<String>,
    name: Option<String>,
}

impl Client {
    /// Looks at the books: what changed, or what is there.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn changes_fetch(&self, since: Since) -> Result<Look, LedgerError> {
        let mut found = Changes::default();
        for resource in Resource::ALL {
            self.list(resource, since, &mut found).await?;
        }
        Ok(Look::Whole(found))
    }

    async fn list(&self, resource: Resource, since: Since, found: &mut Changes) -> Result<(), LedgerError> {
        let kind = match resource {
            Resource::Paid => "SPEND",
            Resource::Bill => "ACCPAY",
            Resource::Credit => "ACCPAYCREDIT",
        };
        let (filter, modified_since) = match since {
            Since::Day(day) => (format!("Type==\"{kind}\" AND Date>={}", date_literal(day)), None),
            // UTC, and without the letter that says so.
            Since::Moment(at_us) => (format!("Type==\"{kind}\""), Some(moment_text(at_us)?.replace('Z', ""))),
        };
        for page in 1..=PAGES_MAX {
            let query = [("where", filter.clone()), ("page", page.to_string()), ("pageSize", PAGE_ROWS.to_string())];
            let mut request = self.request(&[path(resource)])?.query(&query);
            if let Some(moment) = &modified_since {
                request = request.header("If-Modified-Since", moment);
            }
            let answer = self.answer(request).await?;
            if answer.status == 304 {
                return Ok(());
            }
            if !answer.is_success() {
                return Err(classify(answer.status, &answer.headers, &answer.body));
            }
            let read: Page = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
            found.at_us = found.at_us.or_else(|| read.date_time_utc.as_deref().and_then(moment));
            let rows = match resource {
                Resource::Paid => read.bank_transactions,
                Resource::Bill => read.invoices,
                Resource::Credit => read.credit_notes,
            };
            let is_last = rows.len() < PAGE_ROWS;
            for row in rows {
                found.entries.push(self.entry_of(resource, row)?);
            }
            if is_last {
                return Ok(());
            }
        }
        let message = "it has more entries than vouch reads".to_owned();
        Err(LedgerError::HumanInLedger { ledger: LEDGER, code: String::new(), message })
    }

    fn entry_of(&self, resource: Resource, row: Row) -> Result<BookEntry, LedgerError> {
        let (id, number) = match resource {
            Resource::Paid => (row.bank_transaction_id, row.reference.clone()),
            Resource::Bill => (row.invoice_id, row.invoice_number.clone()),
            Resource::Credit => (row.credit_note_id, row.credit_note_number.clone()),
        };
        let external_id = id.ok_or_else(unreadable)?;
        let live = !is_gone(row.status.as_deref());
        let total = match row.total.as_ref().and_then(decimal) {
            Some(total) => total,
            None if live => return Err(unreadable()),
            None => Decimal::ZERO,
        };
        let paid = row.amount_paid.as_ref().and_then(decimal).is_some_and(|paid| paid > Decimal::ZERO);
        // A credit note is bound once a part of it was set off against a bill or paid out.
        let used = row.remaining_credit.as_ref().and_then(decimal).is_some_and(|remaining| remaining < total);
        let lines = row.line_items.iter().filter_map(|line| line.description.as_deref());
        let numbers = [&row.reference, &row.invoice_number, &row.credit_note_number];
        let reference = reference_in(numbers.into_iter().filter_map(Option::as_deref).chain(lines));
        let contact = row.contact;
        Ok(BookEntry {
            resource,
            url: Some(self.entry_url(resource, &external_id)),
            external_id,
            number,
            supplier_id: contact.as_ref().and_then(|contact| contact.contact_id.clone()),
            supplier_name: contact.and_then(|contact| contact.name),
            total,
            currency: row.currency_code,
            issue_date: row.date_string.and_then(|text| text.get(..10).map(str::to_owned)),
            live,
            settled: row.is_reconciled == Some(true) || paid || (live && used) || row.status.as_deref() == Some("PAID"),
            lines: dimension::of_lines(row.line_items),
            reference,
        })
    }
}

fn date_literal(day: civil::Date) -> String {
    format!("DateTime({},{},{})", day.year(), day.month(), day.day())
}

/// Microseconds of `/Date(1552262400000+0000)/`; the offset is for information.
fn moment(text: &str) -> Option<i64> {
    let inner = text.strip_prefix("/Date(")?.strip_suffix(")/")?;
    let digits: String = inner.chars().take_while(char::is_ascii_digit).collect();
    digits.parse::<i64>().ok()?.checked_mul(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xeros_own_time_is_read() {
        for (text, expected) in [
            ("/Date(1551213568047)/", Some(1_551_213_568_047_000)),
            ("/Date(1551213568047+1300)/", Some(1_551_213_568_047_000)),
            ("2026-11-18T00:00:00", None),
            ("/Date()/", None),
        ] {
            assert_eq!(moment(text), expected, "{text}");
        }
        assert_eq!(date_literal(civil::date(2026, 1, 5)), "DateTime(2026,1,5)");
    }
}
