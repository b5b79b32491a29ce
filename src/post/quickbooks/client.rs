//! The calls to one QuickBooks company. One method is one piece of work; nothing is sent twice.

use std::sync::Arc;

use reqwest::{RequestBuilder, Url, header};
use rust_decimal::Decimal;

use crate::post::{
    Address, Attachment, Company, LedgerAttachment, LedgerEntry,
    amount::decimal,
    entry::{Entry, Resource},
    error::LedgerError,
    oauth::Secret,
    quickbooks::{
        convert::{self, CompanyParts, LEDGER},
        fault::{is_gone, read, unreadable},
        multipart::upload_body,
        wire,
    },
    transport::{self, Calls},
};

/// Intuit answers every older version as this one.
const MINOR_VERSION: &str = "75";
/// Rows of one page of a query; the API's own limit.
const PAGE_ROWS: usize = 1000;
/// A request may have 100 MB; larger single files than this are reported to be refused.
pub(crate) const ATTACHMENT_BYTES_MAX: usize = 30_000_000;
/// Pages that are read before we say that a list is too long for us.
const PAGES_MAX: usize = 50;

/// A ready client of one company. Cheap to clone; its `Debug` shows no token.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    address: Address,
    company: String,
    access_token: Secret,
    calls: Option<Arc<dyn Calls>>,
}

impl Client {
    /// A client of the company with this `realmId`. Take the HTTP client from `transport::http_client`.
    #[must_use]
    pub const fn new(http: reqwest::Client, address: Address, company: String, access_token: Secret) -> Self {
        Self { http, address, company, access_token, calls: None }
    }

    /// The same client, whose calls wait for their turn.
    #[must_use]
    pub fn paced(self, calls: Option<Arc<dyn Calls>>) -> Self {
        Self { calls, ..self }
    }

    /// Reads the company's facts, accounts, tax codes, suppliers, and what entries are charged to besides.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn company_fetch(&self) -> Result<Company, LedgerError> {
        let info = self.one(&["companyinfo", &self.company]).await?.company_info.ok_or_else(unreadable)?;
        let preferences = self.one(&["preferences"]).await?.preferences.ok_or_else(unreadable)?;
        let accounts = self.rows("select * from Account where Active = true", |rows| rows.account).await?;
        let (mut tax_codes, mut tax_rates) = (Vec::new(), Vec::new());
        if convert::has_purchase_tax(&info, &preferences) {
            tax_codes = self.rows("select * from TaxCode", |rows| rows.tax_code).await?;
            tax_rates = self.rows("select * from TaxRate", |rows| rows.tax_rate).await?;
        }
        let vendors = self.rows("select * from Vendor where Active = true", |rows| rows.vendor).await?;
        let dimensions = self.dimensions(&preferences).await?;
        convert::company(CompanyParts { info, preferences, accounts, tax_codes, tax_rates, vendors, dimensions })
    }

    /// Finds the supplier of this name, inactive ones included.
    ///
    /// # Errors
    /// See [`LedgerError`]; an inactive supplier is `Refused`.
    pub async fn supplier_find(&self, name: &str) -> Result<Option<String>, LedgerError> {
        let Some(vendor) = self.vendor_named(name).await? else { return Ok(None) };
        if vendor.active != Some(false) {
            return Ok(Some(vendor.id));
        }
        Err(LedgerError::Refused {
            ledger: LEDGER,
            code: "inactive".to_owned(),
            message: "the supplier is inactive there; make it active again, or choose another".to_owned(),
        })
    }

    /// Makes a supplier and answers its id. The currency cannot be changed afterwards.
    ///
    /// # Errors
    /// See [`LedgerError`]; `AlreadyThere` when a supplier has the name, `Refused` when a customer or employee has it.
    pub async fn supplier_create(&self, name: &str, currency: &str, key: &str) -> Result<String, LedgerError> {
        let body = json(&convert::supplier_body(name, currency))?;
        match self.create("vendor", body, key).await {
            Ok(created) => created.vendor.map(|vendor| vendor.id).ok_or_else(unreadable),
            Err(LedgerError::AlreadyThere { ledger, code }) if code == "6240" => {
                // Suppliers, customers and employees share one set of names, and the code does not say whose it is.
                if self.vendor_named(name).await?.is_some() {
                    return Err(LedgerError::AlreadyThere { ledger, code });
                }
                let message = "the name is taken by a customer or an employee; give the supplier another".to_owned();
                Err(LedgerError::Refused { ledger, code, message })
            }
            Err(error) => Err(error),
        }
    }

    /// The company's rate of a day: home currency for one unit of `currency`. Left out of an entry, QuickBooks may
    /// take 1.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn exchange_rate(&self, currency: &str, date: &str) -> Result<Decimal, LedgerError> {
        let asked = [("sourcecurrencycode", currency), ("asofdate", date)];
        let answer = self.send(self.http.get(self.url(&["exchangerate"])?).query(&asked)).await?;
        let rate = read::<wire::One>(&answer)?.exchange_rate.ok_or_else(unreadable)?.rate;
        decimal(&rate).filter(|rate| *rate > Decimal::ZERO).ok_or_else(unreadable)
    }

    /// Sends a body made by `convert::entry_body`.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn entry_create(&self, resource: Resource, body: &str, key: &str) -> Result<LedgerEntry, LedgerError> {
        let created = self.create(convert::path(resource), body.to_owned(), key).await?;
        convert::ledger_entry(created.transaction(resource).ok_or_else(unreadable)?, resource, &self.address)
    }

    /// Looks for the entries that carry this posting's reference. Voided ones are among them; QuickBooks lists nothing
    /// that was deleted.
    ///
    /// An expense carries it in `DocNumber`, which can be asked for; where the company lets QuickBooks number
    /// expenses, and for bills and credits, it is in the note alone, which cannot, so those of the day are read and
    /// compared.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn entry_find(&self, entry: &Entry, supplier_id: &str) -> Result<Vec<LedgerEntry>, LedgerError> {
        let reference = entry.reference();
        let (resource, date) = (entry.resource(), entry.issue_date);
        let mut found = match resource {
            Resource::Paid => {
                let numbered = format!("select * from Purchase where DocNumber = '{reference}'");
                self.rows(&numbered, |rows| rows.purchase).await?
            }
            Resource::Bill => {
                let supplier_id = quoted(supplier_id);
                let of_the_day = format!("select * from Bill where VendorRef = '{supplier_id}' and TxnDate = '{date}'");
                self.rows(&of_the_day, |rows| rows.bill).await?
            }
            // Whether credits can be asked for by their vendor is not documented.
            Resource::Credit => {
                let of_the_day = format!("select * from VendorCredit where TxnDate = '{date}'");
                self.rows(&of_the_day, |rows| rows.vendor_credit).await?
            }
        };
        if resource == Resource::Paid && found.is_empty() {
            let of_the_day = format!("select * from Purchase where TxnDate = '{date}'");
            found = self.rows(&of_the_day, |rows| rows.purchase).await?;
        }
        let ours = found.into_iter().filter(|read| convert::carries(read, &reference));
        ours.map(|read| convert::ledger_entry(read, resource, &self.address)).collect()
    }

    /// Reads an entry back; `None` when it is gone.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn entry_fetch(&self, resource: Resource, external_id: &str) -> Result<Option<LedgerEntry>, LedgerError> {
        let Some(read) = self.transaction(resource, external_id).await? else { return Ok(None) };
        let entry = convert::ledger_entry(read, resource, &self.address)?;
        Ok(Some(entry).filter(|entry| entry.live))
    }

    /// Lists the files on an entry.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn attachment_list(
        &self,
        resource: Resource,
        external_id: &str,
    ) -> Result<Vec<LedgerAttachment>, LedgerError> {
        let statement = format!(
            "select * from Attachable where AttachableRef.EntityRef.Type = '{}' and AttachableRef.EntityRef.value = '{}'",
            convert::path(resource),
            quoted(external_id)
        );
        let files = self.rows(&statement, |rows| rows.attachable).await?;
        Ok(files.into_iter().map(convert::ledger_attachment).collect())
    }

    /// Hangs a file on an entry and answers its id. Sent twice it hangs there twice: look first.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn attachment_create(
        &self,
        resource: Resource,
        external_id: &str,
        attachment: &Attachment,
        key: &str,
    ) -> Result<String, LedgerError> {
        let (content_type, body) = upload_body(resource, external_id, attachment, key).map_err(|error| bug(&error))?;
        let request = self.post(&["upload"])?.query(&[("requestid", key)]);
        let request = request.header(header::CONTENT_TYPE, content_type).body(body);
        let uploaded: wire::Uploaded = read(&self.send(request).await?)?;
        let first = uploaded.attachable_response.into_iter().next();
        first.and_then(|one| one.attachable).map(|file| file.id).ok_or_else(unreadable)
    }

    async fn vendor_named(&self, name: &str) -> Result<Option<wire::Vendor>, LedgerError> {
        let name = convert::display_name(name);
        // Without `Active in` only active ones are found, and the name of an inactive one is taken all the same.
        let statement =
            format!("select * from Vendor where DisplayName = '{}' and Active in (true,false)", quoted(&name));
        let vendors = self.rows(&statement, |rows| rows.vendor).await?;
        let same = |vendor: &wire::Vendor| {
            vendor.display_name.as_deref().is_some_and(|other| other.to_lowercase() == name.to_lowercase())
        };
        Ok(vendors.into_iter().find(same))
    }

    async fn create(&self, entity: &str, body: String, key: &str) -> Result<wire::One, LedgerError> {
        let request = self.post(&[entity])?.query(&[("requestid", key)]);
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body);
        read(&self.send(request).await?)
    }

    /// An entry as it is there; `None` when it is gone.
    pub(super) async fn transaction(
        &self,
        resource: Resource,
        external_id: &str,
    ) -> Result<Option<wire::Transaction>, LedgerError> {
        match self.one(&[convert::path(resource), external_id]).await {
            Ok(read) => read.transaction(resource).ok_or_else(unreadable).map(Some),
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn one(&self, segments: &[&str]) -> Result<wire::One, LedgerError> {
        read(&self.send(self.http.get(self.url(segments)?)).await?)
    }

    /// All rows of a query, page by page, ordered so that no row falls between two pages.
    pub(super) async fn rows<T>(&self, statement: &str, pick: fn(wire::Rows) -> Vec<T>) -> Result<Vec<T>, LedgerError> {
        let mut all = Vec::new();
        for _ in 0..PAGES_MAX {
            let start = all.len() + 1;
            let paged = format!("{statement} orderby Id startposition {start} maxresults {PAGE_ROWS}");
            let request = self.http.get(self.url(&["query"])?).query(&[("query", paged)]);
            let answer: wire::Query = read(&self.send(request).await?)?;
            let page = pick(answer.query_response);
            let page_rows = page.len();
            all.extend(page);
            if page_rows < PAGE_ROWS {
                return Ok(all);
            }
        }
        let message = format!("it has more than {} rows of one kind, more than vouch reads", all.len());
        Err(LedgerError::HumanInLedger { ledger: LEDGER, code: String::new(), message })
    }

    fn url(&self, segments: &[&str]) -> Result<Url, LedgerError> {
        let mut whole = vec!["v3", "company", &self.company];
        whole.extend(segments);
        let mut url = transport::address(LEDGER, &self.address.api, &whole)?;
        url.query_pairs_mut().append_pair("minorversion", MINOR_VERSION);
        Ok(url)
    }

    /// A request for one of the company's addresses.
    pub(super) fn get(&self, segments: &[&str]) -> Result<RequestBuilder, LedgerError> {
        Ok(self.http.get(self.url(segments)?))
    }

    /// A write to one of the company's addresses.
    pub(super) fn post(&self, segments: &[&str]) -> Result<RequestBuilder, LedgerError> {
        Ok(self.http.post(self.url(segments)?))
    }

    /// The page that shows an entry.
    pub(super) fn entry_url(&self, resource: Resource, external_id: &str) -> String {
        convert::entry_url(&self.address, resource, external_id)
    }

    pub(super) async fn send(&self, request: RequestBuilder) -> Result<transport::Answer, LedgerError> {
        let request = request.bearer_auth(self.access_token.expose()).header(header::ACCEPT, "application/json");
        transport::send_in_turn(LEDGER, request, self.calls.as_deref()).await
    }
}

/// A text inside the quotes of a query: names come from outside and may hold quotes and backslashes.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}

fn json(body: &impl serde::Serialize) -> Result<String, LedgerError> {
    serde_json::to_string(body).map_err(|error| bug(&error))
}

fn bug(error: &serde_json::Error) -> LedgerError {
    LedgerError::Bug { ledger: LEDGER, code: String::new(), message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_cannot_end_a_query() {
        assert_eq!(quoted(r"O'Neil\"), r"O\'Neil\\");
        assert_eq!(quoted("' or Active = true"), r"\' or Active = true");
    }
}
