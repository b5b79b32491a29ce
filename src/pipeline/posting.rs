//! Posting a document, once.
//!
//! Design note. The posting's row says how far it came. Before anything is sent to make an entry, the row notes that it
//! was sent; from then on, whatever happened to the answer (a crash of ours, a time-out, a reset, a 5xx), the next
//! attempt *looks* in the ledger by our reference before it sends again: one match is taken over, none is sent again
//! with the same bytes, several go to a person. The image is a step of its own with the same rule, so a failed image
//! never makes a second entry. The document is posted only when the ledger's total is the approved one.

use uuid::Uuid;

use super::{
    Context,
    blocked::retry,
    entry::{self, Books, EntryError},
    ledger::{ConnectError, ready_client},
    stages::settled,
    transition::{Move, transition, transition_in},
};
use crate::{
    approval::state::{Event, State},
    blob::original_name,
    model::{
        id::{ConnectionId, DocumentId, PostingId},
        media::MediaType,
        person::Person,
    },
    post::{
        Attachment, Ledger, LedgerEntry, LedgerKind, ReferenceKind,
        entry::{Entry, Resource, reference},
        error::{Class, LedgerError},
        oauth::OauthError,
    },
    queue::{Failed, Retry},
    store::{
        StoreError,
        connection::{connection_fetch, connection_state_by_token, mapping_list, reference_list},
        document::{Document, DocumentFilter, document_fetch, document_list},
        posting::{Posting, posting_by_document, posting_create, posting_update},
    },
};

/// Xero forgets an `Idempotency-Key` after six minutes; five leave a margin for clocks. After that a new key is due.
const XERO_KEY_US: i64 = 5 * 60 * 1_000_000;

/// QuickBooks' code for a document number that another entry has.
const DOCUMENT_NUMBER_TAKEN: &str = "6140";
/// How many blocked documents one change lets go.
const RETRIED_MAX: i64 = 10_000;

/// Why posting stops here for now.
enum Stop {
    /// Try again later.
    Later(Failed),
    /// A person must do something first.
    Blocked(String),
    /// A person must give consent again before anything else goes to this company.
    Consent(String),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Later(error.into())
    }
}

impl From<EntryError> for Stop {
    fn from(error: EntryError) -> Self {
        Self::Blocked(error.to_string())
    }
}

/// Post: an approved document → an entry with its image. Safe to run any number of times, and to be cut off anywhere.
///
/// # Errors
/// It must be tried again; what needs a person is not an error but a state.
pub async fn run_post(context: &Context, id: DocumentId) -> Result<(), Failed> {
    let document = document_fetch(&context.db, id).await?;
    if !matches!(document.state, State::Approved { .. }) {
        return Ok(());
    }
    match post(context, &document).await {
        Ok(posting) => {
            let external_id = posting.external_id.clone().unwrap_or_default();
            let event = Event::Posted { external_id, reference: posting.reference.clone() };
            let step = Move { detail: posting.reference.clone(), ..Move::by_system(id, "post", event) };
            let txn = context.db.begin_write().await?;
            posting_update(&txn, &posting).await?;
            match transition_in(&txn, &context.clock, step).await {
                Ok(_) => Ok(txn.commit().await?),
                other => settled(other),
            }
        }
        Err(Stop::Later(failed)) => Err(failed),
        Err(Stop::Blocked(message) | Stop::Consent(message)) => {
            let event = Event::PostingBlocked { message: message.clone() };
            let step = Move { detail: message, ..Move::by_system(id, "post", event) };
            settled(transition(context, step).await)
        }
    }
}

/// One document's way into its ledger: everything the steps need.
struct Run<'a> {
    context: &'a Context,
    document: &'a Document,
    books: Books,
    ledger: Ledger,
    /// The version of the access token in use; a refused one is renewed once.
    token_version: i64,
    renewed: bool,
    entry: Entry,
}

async fn post(context: &Context, document: &Document) -> Result<Posting, Stop> {
    let books = books_of(context, document).await?;
    let mut posting = begun(context, document, &books).await?;
    let url = Some(format!("{}/documents/{}", context.config.address(), document.id));
    let entry = entry::build(document, &books, posting.id, url)?;
    let resource = entry.resource();
    posting.resource = resource.name().to_owned();
    let (ledger, token_version) =
        ready_client(context, &books.connection, books.ledger, None).await.map_err(cannot_connect)?;
    let mut run = Run { context, document, books, ledger, token_version, renewed: false, entry };
    let outcome = run.steps(&mut posting, resource).await;
    if let Err(Stop::Consent(_)) = &outcome {
        connection_state_by_token(&context.db, &run.books.connection.token_id, "consent_needed").await?;
    }
    outcome.map(|()| posting)
}

async fn books_of(context: &Context, document: &Document) -> Result<Books, Stop> {
    let Some(id) = document.connection else {
        let message = "No company is chosen; connect QuickBooks or Xero, or export approved entries as CSV.";
        return Err(Stop::Blocked(message.to_owned()));
    };
    let connection = connection_fetch(&context.db, id).await?;
    if connection.state != "connected" {
        return Err(Stop::Blocked(format!("Connect {} again, under Connections; then try again.", connection.name)));
    }
    let ledger = LedgerKind::from_name(&connection.ledger)
        .ok_or_else(|| Stop::Blocked("This version of vouch does not know that ledger.".to_owned()))?;
    let references = reference_list(&context.db, id).await?;
    let mappings = mapping_list(&context.db, id).await?;
    Ok(Books { connection, ledger, references, mappings })
}

/// The document's posting, begun now if there is none.
async fn begun(context: &Context, document: &Document, books: &Books) -> Result<Posting, Stop> {
    if let Some(mut posting) = posting_by_document(&context.db, document.id).await? {
        if posting.external_id.is_none() && posting.connection != books.connection.id {
            // Corrected to another company after this one refused it: nothing of it is there.
            posting.connection = books.connection.id;
            posting.supplier_id = None;
            posting.body = None;
            posting_update(&context.db, &posting).await?;
        }
        return Ok(posting);
    }
    let id = PostingId::new();
    let new = Posting {
        id,
        document: document.id,
        connection: books.connection.id,
        resource: Resource::Paid.name().to_owned(),
        reference: reference(id),
        supplier_id: None,
        body: None,
        entry_sent_at_us: None,
        external_id: None,
        entry_url: None,
        posted_total: None,
        attachment_sent_at_us: None,
        attachment_id: None,
        drift: None,
        checked_at_us: None,
    };
    let txn = context.db.begin_write().await?;
    posting_create(&txn, &new, context.clock.now_us()).await?;
    txn.commit().await?;
    // Another worker may have been faster; its row is the posting.
    posting_by_document(&context.db, document.id).await?.ok_or_else(|| StoreError::NotFound("posting").into())
}

/// Calls the ledger; renews a refused token once and calls again. `$run` keeps the new client.
macro_rules! call {
    ($run:expr, $ledger:ident => $call:expr) => {{
        $run.turn().await;
        let first = {
            let $ledger = &$run.ledger;
            $call.await
        };
        match first {
            Err(LedgerError::TokenRefused { .. }) if !$run.renewed => {
                $run.renew().await?;
                $run.turn().await;
                let $ledger = &$run.ledger;
                $call.await
            }
            other => other,
        }
    }};
}

impl Run<'_> {
    async fn steps(&mut self, posting: &mut Posting, resource: Resource) -> Result<(), Stop> {
        if posting.external_id.is_none() {
            self.supplier(posting).await?;
            self.entry(posting, resource).await?;
        } else {
            self.entry_verify(posting, resource).await?;
        }
        self.attachment(posting, resource).await
    }

    async fn turn(&self) {
        self.context.pace.turn(self.books.ledger, &self.books.connection.company_id).await;
    }

    async fn renew(&mut self) -> Result<(), Stop> {
        self.renewed = true;
        let (books, refused) = (&self.books, Some(self.token_version));
        let ready = ready_client(self.context, &books.connection, books.ledger, refused).await;
        (self.ledger, self.token_version) = ready.map_err(cannot_connect)?;
        Ok(())
    }

    async fn save(&self, posting: &Posting) -> Result<(), Stop> {
        Ok(posting_update(&self.context.db, posting).await?)
    }

    /// A key that is the same for the same step of the same approval. `age_us` is how long ago the step was first sent.
    fn key(&self, posting: &Posting, step: &str, age_us: i64) -> String {
        let generation = match self.books.ledger {
            LedgerKind::QuickBooks => 0,
            LedgerKind::Xero => age_us / XERO_KEY_US,
        };
        let name = format!("{step}:{}:{generation}", self.document.version);
        Uuid::new_v5(&posting.id.uuid(), name.as_bytes()).hyphenated().to_string()
    }

    /// Finds or makes the supplier.
    async fn supplier(&mut self, posting: &mut Posting) -> Result<(), Stop> {
        if posting.supplier_id.is_some() {
            return Ok(());
        }
        let mapped = self.books.supplier_mapped(&self.entry.supplier).filter(|id| self.supplier_fits(id));
        if let Some(id) = mapped {
            posting.supplier_id = Some(id.to_owned());
            return self.save(posting).await;
        }
        let names = entry::supplier_names(&self.entry, self.books.ledger);
        let mut found = None;
        for name in &names {
            let answer = call!(self, ledger => ledger.supplier_find(name)).map_err(|error| self.stop(error))?;
            if let Some(id) = answer.filter(|id| self.supplier_fits(id)) {
                found = Some(id);
                break;
            }
        }
        let id = match found {
            Some(id) => id,
            None => self.supplier_create(posting, names.first().map_or("", String::as_str)).await?,
        };
        posting.supplier_id = Some(id);
        self.save(posting).await
    }

    /// Whether a supplier's currency, where it is known, is the entry's.
    fn supplier_fits(&self, id: &str) -> bool {
        let supplier = ReferenceKind::Supplier.name();
        let row = self.books.references.iter().find(|row| row.kind == supplier && row.external_id == id);
        let currency = row.and_then(|row| row.currency.as_deref());
        self.books.ledger == LedgerKind::Xero || currency.is_none_or(|currency| currency == self.entry.currency.code())
    }

    async fn supplier_create(&mut self, posting: &Posting, name: &str) -> Result<String, Stop> {
        let key = self.key(posting, "supplier", 0);
        let currency = self.entry.currency.code().to_owned();
        match call!(self, ledger => ledger.supplier_create(name, &currency, &key)) {
            Ok(id) => Ok(id),
            // Somebody made it in the meantime, or our last attempt did.
            Err(LedgerError::AlreadyThere { .. }) => {
                let again = call!(self, ledger => ledger.supplier_find(name)).map_err(|error| self.stop(error))?;
                again.ok_or_else(|| Stop::Blocked(format!("The name “{name}” is taken there; correct the supplier.")))
            }
            Err(error) => Err(self.stop(error)),
        }
    }

    /// Makes the entry, or finds the one that an earlier attempt made.
    async fn entry(&mut self, posting: &mut Posting, resource: Resource) -> Result<(), Stop> {
        let supplier = posting.supplier_id.clone().unwrap_or_default();
        let now_us = self.context.clock.now_us();
        if posting.entry_sent_at_us.is_some()
            && let Some(found) = self.entry_look(&supplier).await?
        {
            return self.entry_keep(posting, found).await;
        }
        if posting.body.is_none() || posting.entry_sent_at_us.is_none() {
            self.rate().await?;
            let body = self.ledger.entry_body(&self.entry, &supplier).map_err(|error| self.stop(error))?;
            posting.body = Some(body);
            posting.entry_sent_at_us = Some(posting.entry_sent_at_us.unwrap_or(now_us));
            // Committed before anything is sent: a crash from here on makes the next attempt look first.
            self.save(posting).await?;
        }
        let body = posting.body.clone().unwrap_or_default();
        let age_us = now_us.saturating_sub(posting.entry_sent_at_us.unwrap_or(now_us));
        let key = self.key(posting, "entry", age_us);
        match call!(self, ledger => ledger.entry_create(resource, &body, &key)) {
            Ok(made) => self.entry_keep(posting, made).await,
            Err(error) if error.class() == Class::LookThenAdopt => match self.entry_look(&supplier).await? {
                Some(found) => self.entry_keep(posting, found).await,
                None => {
                    // Its number is taken by somebody else's entry: ours was refused, and may be rejected here.
                    if matches!(&error, LedgerError::AlreadyThere { code, .. } if code == DOCUMENT_NUMBER_TAKEN) {
                        posting.body = None;
                        posting.supplier_id = None;
                        self.save(posting).await?;
                    }
                    Err(Stop::Blocked(format!("{error}, but none carries our reference {}.", posting.reference)))
                }
            },
            Err(error) => {
                if matches!(error.class(), Class::Person | Class::Bug) {
                    // It was refused, not made: after a person's change the body is made anew. That something was
                    // sent stays noted, because an attempt before this one may have ended without an answer.
                    posting.body = None;
                    posting.supplier_id = None;
                    self.save(posting).await?;
                }
                Err(self.stop(error))
            }
        }
    }

    /// Asks for the rate of a foreign currency, once, before the body is made.
    async fn rate(&mut self) -> Result<(), Stop> {
        if self.entry.currency == self.entry.home_currency {
            return Ok(());
        }
        let (currency, date) = (self.entry.currency.code().to_owned(), self.entry.issue_date.to_string());
        let rate = call!(self, ledger => ledger.exchange_rate(&currency, &date)).map_err(|error| self.stop(error))?;
        self.entry.exchange_rate = rate;
        Ok(())
    }

    /// Looks for the entry by our reference.
    async fn entry_look(&mut self, supplier: &str) -> Result<Option<LedgerEntry>, Stop> {
        let entry = self.entry.clone();
        let mut found = call!(self, ledger => ledger.entry_find(&entry, supplier)).map_err(|error| self.stop(error))?;
        if found.len() > 1 {
            let message = format!("The ledger has {} entries with our reference; keep one there.", found.len());
            return Err(Stop::Blocked(message));
        }
        Ok(found.pop())
    }

    /// Notes the entry, and compares it with what was approved.
    async fn entry_keep(&self, posting: &mut Posting, found: LedgerEntry) -> Result<(), Stop> {
        posting.external_id = Some(found.external_id);
        posting.entry_url = found.url;
        posting.posted_total = Some(found.total.to_string());
        self.save(posting).await?;
        let same_currency = found.currency.as_deref().is_none_or(|code| code == self.entry.currency.code());
        if found.total != self.entry.total.to_decimal() || !same_currency {
            let currency = found.currency.unwrap_or_default();
            let approved = self.entry.total;
            let message =
                format!("The ledger made it {currency} {}; {approved} was approved. Correct it there.", found.total);
            return Err(Stop::Blocked(message));
        }
        Ok(())
    }

    /// Compares an entry that an earlier attempt noted; a person may have corrected it since.
    async fn entry_verify(&mut self, posting: &mut Posting, resource: Resource) -> Result<(), Stop> {
        let external_id = posting.external_id.clone().unwrap_or_default();
        let now =
            call!(self, ledger => ledger.entry_fetch(resource, &external_id)).map_err(|error| self.stop(error))?;
        match now.filter(|entry| entry.live) {
            Some(entry) => self.entry_keep(posting, entry).await,
            None => {
                posting.body = None;
                posting.external_id = None;
                posting.entry_url = None;
                posting.posted_total = None;
                posting.attachment_sent_at_us = None;
                posting.attachment_id = None;
                self.save(posting).await?;
                let message = "The entry was deleted or voided in the ledger. Reject this document, or post it anew.";
                Err(Stop::Blocked(message.to_owned()))
            }
        }
    }

    /// Hangs the image on the entry, unless an earlier attempt did.
    async fn attachment(&mut self, posting: &mut Posting, resource: Resource) -> Result<(), Stop> {
        if posting.attachment_id.is_some() {
            return Ok(());
        }
        let external_id = posting.external_id.clone().unwrap_or_default();
        let attachment = self.image(posting).await?;
        let now_us = self.context.clock.now_us();
        if posting.attachment_sent_at_us.is_some() {
            let there = call!(self, ledger => ledger.attachment_list(resource, &external_id));
            let there = there.map_err(|error| self.stop(error))?;
            if let Some(same) = there.into_iter().find(|other| other.file_name == attachment.file_name) {
                posting.attachment_id = Some(same.external_id);
                return self.save(posting).await;
            }
        } else {
            posting.attachment_sent_at_us = Some(now_us);
            self.save(posting).await?;
        }
        let age_us = now_us.saturating_sub(posting.attachment_sent_at_us.unwrap_or(now_us));
        let key = self.key(posting, "attachment", age_us);
        let made = call!(self, ledger => ledger.attachment_create(resource, &external_id, &attachment, &key));
        posting.attachment_id = Some(made.map_err(|error| self.stop(error))?);
        self.save(posting).await
    }

    /// The original, or, where the ledgers do not take its kind, the pages' pictures.
    async fn image(&self, posting: &Posting) -> Result<Attachment, Stop> {
        let media = self.document.media_type;
        let stem = format!("receipt-{}", posting.reference);
        let blob = |error: crate::blob::BlobError| Stop::Later(error.into());
        if matches!(media, MediaType::WebP | MediaType::Heic) {
            // Neither ledger takes these; the picture that people approved by is a JPEG.
            let pages = crate::store::document::page_list(&self.context.db, self.document.id).await?;
            let first = pages.first().ok_or_else(|| Stop::Blocked("The document has no picture.".to_owned()))?;
            let bytes = self.context.blobs.get(&first.picture).await.map_err(blob)?;
            let media_type = MediaType::Jpeg.name();
            return Ok(Attachment { file_name: format!("{stem}.jpg"), media_type, bytes });
        }
        let bytes = self.context.blobs.get(&original_name(&self.document.sha256)).await.map_err(blob)?;
        let file_name = format!("{stem}.{}", media.extension());
        Ok(Attachment { file_name, media_type: media.name(), bytes })
    }

    /// What an error of the ledger means for this posting.
    fn stop(&self, error: LedgerError) -> Stop {
        let reason = super::describe(&error);
        match error.class() {
            Class::RetryAfter(wait) => Stop::Later(Failed { reason, retry: Some(Retry::After(wait)) }),
            Class::LookThenRetry | Class::LookThenAdopt | Class::RefreshThenRetry => {
                Stop::Later(Failed { reason, retry: Some(Retry::Backoff) })
            }
            Class::Consent => Stop::Consent(error.to_string()),
            Class::Person | Class::Bug => Stop::Blocked(error.to_string()),
        }
    }
}

fn cannot_connect(error: ConnectError) -> Stop {
    let reason = super::describe(&error);
    match error {
        ConnectError::Oauth(OauthError::InvalidGrant) => {
            Stop::Blocked("The connection must be authorised again, under Connections; then try again.".to_owned())
        }
        ConnectError::Oauth(OauthError::RateLimited(wait)) => {
            Stop::Later(Failed { reason, retry: Some(Retry::After(wait)) })
        }
        ConnectError::Oauth(OauthError::InvalidClient | OauthError::Malformed(_))
        | ConnectError::Secret(_)
        | ConnectError::NotSetUp(_) => Stop::Blocked(reason),
        ConnectError::Store(error) => Stop::Later(error.into()),
        ConnectError::Oauth(OauthError::Unreachable(_) | OauthError::Ambiguous(_))
        | ConnectError::Ledger(_)
        | ConnectError::NotAsked
        | ConnectError::Refused(_) => Stop::Later(Failed { reason, retry: Some(Retry::Backoff) }),
    }
}

/// Posts again what was blocked in a company: somebody has just changed its mapping or its consent.
///
/// # Errors
/// The database failed.
pub async fn retry_blocked(context: &Context, person: &Person, id: ConnectionId) -> Result<(), StoreError> {
    let filter =
        DocumentFilter { state: Some("posting_blocked".to_owned()), connection: Some(id), ..DocumentFilter::default() };
    let (blocked, _) = document_list(&context.db, &filter, 0, RETRIED_MAX).await?;
    // The list has the newest first; entries go out in order of age.
    for document in blocked.into_iter().rev() {
        retry(context, person, document.id).await?;
    }
    Ok(())
}
