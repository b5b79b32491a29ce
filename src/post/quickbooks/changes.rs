//! QuickBooks' change data capture, and its lists where the feed does not reach.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Number;

use crate::post::{
    amount::decimal,
    change::{BookEntry, Changes, Look, Since, moment_text, reference_in},
    entry::Resource,
    error::LedgerError,
    quickbooks::{
        client::Client,
        convert::{LEDGER, entity, is_voided},
        dimension,
        fault::{read, unreadable},
        wire,
    },
};

/// The feed and a page of a query hold so many rows at most.
const ROWS_MAX: usize = 1000;
/// Intuit's code for what the company's plan does not have, as bills and credits in Simple Start.
const NOT_IN_PLAN: &str = "5030";
/// Pages that are read of one list.
const PAGES_MAX: usize = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Rows {
    purchase: Vec<Row>,
    bill: Vec<Row>,
    vendor_credit: Vec<Row>,
}

impl Rows {
    fn of(self, resource: Resource) -> Vec<Row> {
        match resource {
            Resource::Paid => self.purchase,
            Resource::Bill => self.bill,
            Resource::Credit => self.vendor_credit,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Query {
    query_response: Rows,
    #[serde(rename = "time")]
    time: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Feed {
    #[serde(rename = "CDCResponse")]
    answers: Vec<FeedPart>,
    time: Option<String>,
}

#[derive(Debug, Deserialize)]
struct FeedPart {
    #[serde(rename = "QueryResponse")]
    parts: Vec<Rows>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    id: String,
    #[serde(rename = "status")]
    status: Option<String>,
    doc_number: Option<String>,
    private_note: Option<String>,
    txn_date: Option<String>,
    total_amt: Option<Number>,
    balance: Option<Number>,
    currency_ref: Option<Named>,
    vendor_ref: Option<Named>,
    entity_ref: Option<Named>,
    department_ref: Option<Named>,
    #[serde(default)]
    line: Vec<wire::LineRead>,
}

#[derive(Debug, Deserialize)]
struct Named {
    value: String,
    name: Option<String>,
}

impl Client {
    /// Looks at the books: what changed, or what is there.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn changes_fetch(&self, since: Since) -> Result<Look, LedgerError> {
        match since {
            Since::Moment(at_us) => self.feed(at_us).await,
            Since::Day(day) => {
                let mut found = Changes::default();
                for resource in Resource::ALL {
                    self.list(resource, &day.to_string(), &mut found).await?;
                }
                Ok(Look::Whole(found))
            }
        }
    }

    async fn feed(&self, at_us: i64) -> Result<Look, LedgerError> {
        let asked = self.feed_of("Bill,Purchase,VendorCredit", at_us).await;
        // A plan without bills and credits has expenses all the same.
        let asked = if is_not_in_plan(&asked) { self.feed_of("Purchase", at_us).await } else { asked };
        let feed = match asked {
            // What is more than thirty days ago is not there; the refusal has no code of its own.
            Err(LedgerError::Refused { .. }) => return Ok(Look::TooMuch),
            other => other?,
        };
        let mut found = Changes { at_us: feed.time.as_deref().and_then(moment), ..Changes::default() };
        for part in feed.answers.into_iter().flat_map(|answer| answer.parts) {
            let Rows { purchase, bill, vendor_credit } = part;
            let lists = [(Resource::Paid, purchase), (Resource::Bill, bill), (Resource::Credit, vendor_credit)];
            for (resource, rows) in lists {
                if rows.len() >= ROWS_MAX {
                    return Ok(Look::TooMuch);
                }
                for row in rows {
                    self.take(resource, row, &mut found)?;
                }
            }
        }
        Ok(Look::Whole(found))
    }

    async fn feed_of(&self, entities: &str, at_us: i64) -> Result<Feed, LedgerError> {
        let asked = [("entities", entities.to_owned()), ("changedSince", moment_text(at_us)?)];
        read(&self.send(self.get(&["cdc"])?.query(&asked)).await?)
    }

    async fn list(&self, resource: Resource, day: &str, found: &mut Changes) -> Result<(), LedgerError> {
        let entity = entity(resource);
        for page in 0..PAGES_MAX {
            let start = page * ROWS_MAX + 1;
            let statement = format!(
                "select * from {entity} where TxnDate >= '{day}' orderby Id startposition {start} maxresults {ROWS_MAX}"
            );
            let answer: Result<Query, LedgerError> =
                read(&self.send(self.get(&["query"])?.query(&[("query", statement)])).await?);
            if resource != Resource::Paid && is_not_in_plan(&answer) {
                found.not_in_plan.push(resource);
                return Ok(());
            }
            let answer = answer?;
            // The first answer's time: what changes while the pages are read is seen again at the next look.
            found.at_us = found.at_us.or_else(|| answer.time.as_deref().and_then(moment));
            let rows = answer.query_response.of(resource);
            let is_last = rows.len() < ROWS_MAX;
            for row in rows {
                self.take(resource, row, found)?;
            }
            if is_last {
                return Ok(());
            }
        }
        let message = "it has more entries than vouch reads".to_owned();
        Err(LedgerError::HumanInLedger { ledger: LEDGER, code: String::new(), message })
    }

    fn take(&self, resource: Resource, row: Row, found: &mut Changes) -> Result<(), LedgerError> {
        if row.status.as_deref().is_some_and(|status| status.eq_ignore_ascii_case("deleted")) {
            found.removed.push((resource, row.id));
            return Ok(());
        }
        let total = row.total_amt.as_ref().and_then(decimal).ok_or_else(unreadable)?;
        let balance = row.balance.as_ref().and_then(decimal);
        let lines = row.line.iter().filter_map(|line| line.description.as_deref());
        let texts = [row.doc_number.as_deref(), row.private_note.as_deref()].into_iter().flatten().chain(lines);
        let reference = reference_in(texts);
        let supplier = row.vendor_ref.or(row.entity_ref);
        // What is paid at once has no balance; a bill is paid and a credit used up when theirs is nought.
        let has_balance = match resource {
            Resource::Paid => false,
            Resource::Bill | Resource::Credit => true,
        };
        let location = row.department_ref.as_ref().map(|found| found.value.as_str());
        found.entries.push(BookEntry {
            resource,
            url: Some(self.entry_url(resource, &row.id)),
            external_id: row.id,
            number: row.doc_number,
            supplier_name: supplier.as_ref().and_then(|supplier| supplier.name.clone()),
            supplier_id: supplier.map(|supplier| supplier.value),
            total,
            currency: row.currency_ref.map(|currency| currency.value),
            issue_date: row.txn_date,
            live: !is_voided(total, row.private_note.as_deref()),
            settled: has_balance && total > Decimal::ZERO && balance == Some(Decimal::ZERO),
            lines: dimension::of_lines(location, &row.line),
            reference,
        });
        Ok(())
    }
}

/// Whether the company's plan does not have what was asked for.
fn is_not_in_plan<T>(answer: &Result<T, LedgerError>) -> bool {
    matches!(answer, Err(LedgerError::HumanInLedger { code, .. }) if code == NOT_IN_PLAN)
}

fn moment(text: &str) -> Option<i64> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_microsecond)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::post::{Address, oauth::Secret, transport::http_client};

    #[test]
    fn what_was_voided_does_not_count_any_more() {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = http_client(Duration::from_secs(1)).expect("plain settings");
        let address = Address { api: String::new(), entry_page: String::new() };
        let client = Client::new(http, address, "1".to_owned(), Secret::new("t".to_owned()));
        for (row, live) in [
            (r#"{"Id":"1","TotalAmt":0,"PrivateNote":"Voided - vouch VCH-00000000000000"}"#, false),
            (r#"{"Id":"1","TotalAmt":0,"PrivateNote":"vouch VCH-00000000000000"}"#, true),
            (r#"{"Id":"1","TotalAmt":5,"PrivateNote":"Voided cheque"}"#, true),
        ] {
            let mut found = Changes::default();
            let parsed = serde_json::from_str(row).expect("a row");
            client.take(Resource::Bill, parsed, &mut found).expect("it has a total");
            assert_eq!(found.entries.first().map(|entry| entry.live), Some(live), "{row}");
        }
    }
}
