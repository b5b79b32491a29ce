//! The calls to one Xero organisation. One method is one piece of work; nothing is sent twice.
//!
//! Xero keeps a request key for six minutes, answers and errors alike. Whoever sends again later, or after a look
//! that found nothing, must use a new key.

use std::sync::Arc;

use reqwest::{Method, RequestBuilder, Url, header};

use crate::post::{
    Address, Attachment, Company, LedgerAttachment, LedgerEntry,
    entry::{Entry, Resource},
    error::LedgerError,
    oauth::Secret,
    transport::{self, Calls},
    xero::{
        convert::{self, CompanyParts, LEDGER, path},
        fault::{Elements, read, read_contacts, read_together, unreadable},
        wire,
    },
};

/// Rows of one page; the API's own limit.
const PAGE_ROWS: usize = 1000;
const PAGE_TEXT: &str = "1000";
/// Pages that are read before we say that a list is too long for us.
const PAGES_MAX: usize = 50;
/// Xero refuses longer files.
pub(crate) const ATTACHMENT_BYTES_MAX: usize = 10_000_000;
/// All states of a bill: one that was deleted or voided must be known for what it is.
const STATUSES: &str = "DRAFT,SUBMITTED,AUTHORISED,PAID,VOIDED,DELETED";

/// A supplier that is in the organisation's books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplier {
    /// The contact's id.
    pub id: String,
    /// Its name, as the ledger keeps it.
    pub name: String,
}

/// A ready client of one organisation. Cheap to clone; its `Debug` shows no token.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    address: Address,
    company: String,
    access_token: Secret,
    calls: Option<Arc<dyn Calls>>,
}

impl Client {
    /// A client of the organisation with this tenant id, which is not the connection id. Take the HTTP client from
    /// `transport::http_client`.
    #[must_use]
    pub const fn new(http: reqwest::Client, address: Address, company: String, access_token: Secret) -> Self {
        Self { http, address, company, access_token, calls: None }
    }

    /// The same client, whose calls wait for their turn.
    #[must_use]
    pub fn paced(self, calls: Option<Arc<dyn Calls>>) -> Self {
        Self { calls, ..self }
    }

    /// Reads the organisation's facts, accounts, tax rates, currencies, contacts and tracking categories.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn company_fetch(&self) -> Result<Company, LedgerError> {
        let organisations = self.get(&["Organisation"], &[]).await?.organisations;
        let organisation = organisations.into_iter().next().ok_or_else(unreadable)?;
        let accounts = self.get(&["Accounts"], &[("where", r#"Status=="ACTIVE""#)]).await?.accounts;
        let tax_rates = self.get(&["TaxRates"], &[]).await?.tax_rates;
        let currencies = self.get(&["Currencies"], &[]).await?.currencies;
        let contacts = self.pages("Contacts", &[("summaryOnly", "true")], |lists| lists.contacts).await?;
        let tracking = self.get(&["TrackingCategories"], &[]).await?.tracking_categories;
        convert::company(CompanyParts { organisation, accounts, tax_rates, currencies, contacts, tracking })
    }

    /// Finds the contact of this name, archived ones included.
    ///
    /// # Errors
    /// See [`LedgerError`]; an archived contact is `Refused`.
    pub async fn supplier_find(&self, name: &str) -> Result<Option<String>, LedgerError> {
        let name = convert::contact_name(name);
        let mut found = Vec::new();
        // How quotes are escaped in a filter is not documented, and a filter may mind the case of letters.
        if !name.contains(['"', '\\']) {
            let filter = format!("Name==\"{name}\"");
            found = self.contacts(&[("where", &filter), ("includeArchived", "true")]).await?;
        }
        if found.is_empty() {
            found = self.contacts(&[("searchTerm", &name), ("includeArchived", "true")]).await?;
        }
        let lower = name.to_lowercase();
        found.retain(|contact| contact.name.as_deref().is_some_and(|other| other.to_lowercase() == lower));
        // A name is taken once among active contacts, and any number of times among archived ones.
        let active = found.iter().position(is_active);
        let contact = if let Some(index) = active { Some(found.swap_remove(index)) } else { found.pop() };
        match contact {
            None => Ok(None),
            Some(contact) if is_active(&contact) => Ok(Some(contact.contact_id)),
            Some(wire::Contact { merged_to_contact_id: Some(merged), .. }) if !merged.is_empty() => Ok(Some(merged)),
            Some(_) => Err(LedgerError::Refused {
                ledger: LEDGER,
                code: "archived".to_owned(),
                message: "the contact is archived there; restore it, or choose another".to_owned(),
            }),
        }
    }

    /// Makes a contact and answers its id.
    ///
    /// # Errors
    /// See [`LedgerError`]; `AlreadyThere` when an active contact has the name.
    pub async fn supplier_create(&self, name: &str, key: &str) -> Result<String, LedgerError> {
        let created = self.put("Contacts", contacts_body(&[convert::contact_name(name)])?, key).await?.contacts;
        created.into_iter().next().map(|contact| contact.contact_id).ok_or_else(unreadable)
    }

    /// Finds or makes several contacts at once, in a call for each thousand there are and one more. Only what is certain
    /// is answered: what is archived or refused is left to `supplier_find`.
    ///
    /// # Errors
    /// See [`LedgerError`]; contacts may have been made all the same, and are found then.
    pub async fn suppliers_ready(&self, names: &[String], key: &str) -> Result<Vec<Supplier>, LedgerError> {
        let there = self.contacts(&[("summaryOnly", "true"), ("includeArchived", "true")]).await?;
        let (mut ready, mut missing) = (Vec::new(), Vec::new());
        for name in names.iter().map(|name| convert::contact_name(name)) {
            let lower = name.to_lowercase();
            let is_of_name = |it: &&wire::Contact| it.name.as_deref().is_some_and(|it| it.to_lowercase() == lower);
            match there.iter().filter(is_of_name).collect::<Vec<_>>().as_slice() {
                [] => missing.push(name),
                [only] if is_active(only) => ready.push(Supplier { id: only.contact_id.clone(), name }),
                _ => {}
            }
        }
        if !missing.is_empty() {
            let answer = self.answer(self.put_request("Contacts", contacts_body(&missing)?, key)?).await?;
            let made = read_contacts(&answer)?.into_iter();
            ready.extend(made.filter_map(|made| Some(Supplier { id: made.contact_id, name: made.name? })));
        }
        Ok(ready)
    }

    /// Sends a body made by `convert::entry_body`.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn entry_create(&self, resource: Resource, body: &str, key: &str) -> Result<LedgerEntry, LedgerError> {
        let created = transactions(resource, self.put(path(resource), body.to_owned(), key).await?);
        let created = created.into_iter().next().ok_or_else(unreadable)?;
        convert::ledger_entry(created, resource, &self.address)
    }

    /// Sends bills that were put together by `convert::bills_together`. Sent again with the same key within six minutes,
    /// it is answered from memory.
    ///
    /// # Errors
    /// See [`LedgerError`]; what is said of each bill is in the answer.
    pub async fn bills_create_together(&self, body: &str, key: &str) -> Result<Elements, LedgerError> {
        let answer = self.answer(self.put_request(path(Resource::Bill), body.to_owned(), key)?).await?;
        read_together(&answer, &self.address)
    }

    /// Looks for the entries that carry this posting's reference, voided and deleted ones among them.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn entry_find(&self, entry: &Entry, supplier_id: &str) -> Result<Vec<LedgerEntry>, LedgerError> {
        let resource = entry.resource();
        let found = match resource {
            Resource::Paid => {
                let filter = format!("Reference==\"{}\" AND Type==\"SPEND\"", entry.reference());
                let query = [("where", filter.as_str()), ("unitdp", "4")];
                self.pages(path(resource), &query, |lists| lists.bank_transactions).await?
            }
            Resource::Bill => self.bills_find(entry, supplier_id).await?,
            Resource::Credit => {
                let filter = format!("CreditNoteNumber==\"{}\" AND Type==\"ACCPAYCREDIT\"", entry.reference());
                let query = [("where", filter.as_str()), ("unitdp", "4")];
                self.pages(path(resource), &query, |lists| lists.credit_notes).await?
            }
        };
        let ours = found.into_iter().filter(|read| convert::carries(read, entry));
        ours.map(|read| convert::ledger_entry(read, resource, &self.address)).collect()
    }

    /// Reads an entry back; `None` when it is not there. One that was deleted or voided is there and not live.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn entry_fetch(&self, resource: Resource, external_id: &str) -> Result<Option<LedgerEntry>, LedgerError> {
        let read = match self.get(&[path(resource), external_id], &[("unitdp", "4")]).await {
            Ok(lists) => transactions(resource, lists),
            Err(LedgerError::Refused { code, .. }) if code == "404" => return Ok(None),
            Err(error) => return Err(error),
        };
        let read = read.into_iter().next().ok_or_else(unreadable)?;
        convert::ledger_entry(read, resource, &self.address).map(Some)
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
        let files = self.get(&[path(resource), external_id, "Attachments"], &[]).await?.attachments;
        Ok(files.into_iter().map(convert::ledger_attachment).collect())
    }

    /// Hangs a file on an entry and answers its id. POST replaces a file of the same name, so the same name twice is
    /// one file.
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
        if attachment.bytes.len() > ATTACHMENT_BYTES_MAX {
            let message = "the image is larger than ten megabytes; attach it there by hand".to_owned();
            return Err(LedgerError::Refused { ledger: LEDGER, code: "413".to_owned(), message });
        }
        let url = self.url(&[path(resource), external_id, "Attachments", &attachment.file_name])?;
        let request = self.http.request(Method::POST, url).header("Idempotency-Key", key);
        let request = request.header(header::CONTENT_TYPE, attachment.media_type).body(attachment.bytes.clone());
        let created = self.send(request).await?.attachments;
        created.into_iter().next().map(|file| file.attachment_id).ok_or_else(unreadable)
    }

    /// Candidates for a bill of ours: by its number, or by its day where the number cannot be put into a list.
    async fn bills_find(&self, entry: &Entry, supplier_id: &str) -> Result<Vec<wire::Transaction>, LedgerError> {
        let number = convert::invoice_number(entry);
        let date = entry.issue_date;
        let of_the_day =
            format!("Type==\"ACCPAY\" AND Date==DateTime({},{},{})", date.year(), date.month(), date.day());
        let narrow = if number.contains(',') { ("where", &of_the_day) } else { ("InvoiceNumbers", &number) };
        let query =
            [(narrow.0, narrow.1.as_str()), ("ContactIDs", supplier_id), ("Statuses", STATUSES), ("unitdp", "4")];
        self.pages(path(Resource::Bill), &query, |lists| lists.invoices).await
    }

    async fn contacts(&self, query: &[(&str, &str)]) -> Result<Vec<wire::Contact>, LedgerError> {
        self.pages("Contacts", query, |lists| lists.contacts).await
    }

    /// All rows of a list, page by page. Without `page` some lists come without their lines.
    async fn pages<T>(
        &self,
        list: &str,
        query: &[(&str, &str)],
        pick: fn(wire::Lists) -> Vec<T>,
    ) -> Result<Vec<T>, LedgerError> {
        let mut all = Vec::new();
        for page in 1..=PAGES_MAX {
            let page = page.to_string();
            let mut whole = query.to_vec();
            whole.extend([("page", page.as_str()), ("pageSize", PAGE_TEXT)]);
            let rows = pick(self.get(&[list], &whole).await?);
            let page_rows = rows.len();
            all.extend(rows);
            if page_rows < PAGE_ROWS {
                return Ok(all);
            }
        }
        let message = format!("it has more than {} rows of one kind, more than vouch reads", all.len());
        Err(LedgerError::HumanInLedger { ledger: LEDGER, code: String::new(), message })
    }

    async fn get(&self, segments: &[&str], query: &[(&str, &str)]) -> Result<wire::Lists, LedgerError> {
        self.send(self.http.get(self.url(segments)?).query(query)).await
    }

    /// PUT makes and never changes. With `summarizeErrors=false` the reasons come with the element they are about.
    async fn put(&self, list: &str, body: String, key: &str) -> Result<wire::Lists, LedgerError> {
        self.send(self.put_request(list, body, key)?).await
    }

    fn put_request(&self, list: &str, body: String, key: &str) -> Result<RequestBuilder, LedgerError> {
        let mut query = vec![("summarizeErrors", "false")];
        // Contacts have no prices, and no such parameter.
        if list != "Contacts" {
            query.push(("unitdp", "4"));
        }
        let request = self.http.put(self.url(&[list])?).query(&query);
        let request = request.header("Idempotency-Key", key).header(header::CONTENT_TYPE, "application/json");
        Ok(request.body(body))
    }

    fn url(&self, segments: &[&str]) -> Result<Url, LedgerError> {
        let mut whole = vec!["api.xro", "2.0"];
        whole.extend(segments);
        transport::address(LEDGER, &self.address.api, &whole)
    }

    async fn send(&self, request: RequestBuilder) -> Result<wire::Lists, LedgerError> {
        read(&self.answer(request).await?)
    }

    /// A request for one of the organisation's lists.
    pub(super) fn request(&self, segments: &[&str]) -> Result<RequestBuilder, LedgerError> {
        Ok(self.http.get(self.url(segments)?))
    }

    /// A change of one of the organisation's records.
    pub(super) fn post(&self, segments: &[&str]) -> Result<RequestBuilder, LedgerError> {
        Ok(self.http.post(self.url(segments)?))
    }

    /// The page that shows an entry.
    pub(super) fn entry_url(&self, resource: Resource, external_id: &str) -> String {
        convert::entry_url(&self.address, resource, external_id)
    }

    /// One attempt in its turn, and whatever came back.
    pub(super) async fn answer(&self, request: RequestBuilder) -> Result<transport::Answer, LedgerError> {
        let request = request.bearer_auth(self.access_token.expose()).header(header::ACCEPT, "application/json");
        let request = request.header("xero-tenant-id", &self.company);
        transport::send_in_turn(LEDGER, request, self.calls.as_deref()).await
    }
}

fn transactions(resource: Resource, lists: wire::Lists) -> Vec<wire::Transaction> {
    match resource {
        Resource::Paid => lists.bank_transactions,
        Resource::Bill => lists.invoices,
        Resource::Credit => lists.credit_notes,
    }
}

fn is_active(contact: &wire::Contact) -> bool {
    contact.contact_status.as_deref().is_none_or(|it| it == "ACTIVE")
}

fn contacts_body(names: &[String]) -> Result<String, LedgerError> {
    let contacts = names.iter().map(|name| wire::ContactCreate { name: name.clone() }).collect();
    serde_json::to_string(&wire::ContactsCreate { contacts }).map_err(|error| bug(error.to_string()))
}

fn bug(message: String) -> LedgerError {
    LedgerError::Bug { ledger: LEDGER, code: String::new(), message }
}
