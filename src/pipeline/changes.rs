//! Following what changes in the companies' books, and comparing it with what was approved.
//!
//! Design note. A look at the books is idempotent: entries are written as they stand, differences are worked out anew
//! for each entry that was seen, and where the look ended is noted last, in the ledger's own time. So a job that is cut
//! off, runs twice or overlaps another does no harm. Nothing is ever written into a ledger from here: what differs is
//! shown to people.

use jiff::civil;
use rust_decimal::Decimal;

use super::{
    Context, charged,
    ledger::{CONNECTED, ready_client},
    sync::{cannot_connect, cannot_read},
};
use crate::{
    check::supplier_key,
    clock::date_in,
    model::{
        field::FieldName,
        id::{ConnectionId, DocumentId},
    },
    post::{
        Ledger, LedgerKind,
        change::{BookEntry, Changes, Look, Since},
        entry::Resource,
        error::{Class, LedgerError},
    },
    queue::Failed,
    reconcile::{
        self, Approved, Seen,
        bypass::{Bypass, Foreign, bypass},
        charged::Charged,
    },
    store::{
        StoreError, Txn,
        connection::{Connection, connection_fetch, connection_state_by_token, reference_list},
        document::document_fetch,
        drift::{DriftRow, document_candidates, drift_replace},
        ledger_entry::{
            LedgerEntryRow, Watch, ledger_entry_fetch, ledger_entry_list_missing, ledger_entry_remove,
            ledger_entry_upsert, watch_fetch, watch_store,
        },
        posting::{Posting, posting_by_document, posting_list_unseen, posting_update},
    },
};

/// Each look goes back a little behind the last, for changes that were being written at that moment.
const OVERLAP_US: i64 = 5 * 60 * 1_000_000;
/// QuickBooks' feed reaches back thirty days; a day is left for clocks that differ.
const FEED_REACHES_US: i64 = 29 * 24 * 3_600 * 1_000_000;
/// A full look reads the entries of so many days: every paper that may still be submitted, and the year's accounts.
const BOOKS_DAYS: i64 = 400;
/// Entries written in one transaction, so that others may write in between.
const BATCH: usize = 100;
/// Posted entries that a look did not show, asked for one by one; the next look goes on.
const ASKED_MAX: i64 = 100;

/// Changes: reads what changed in a company's books and compares it. Safe to run any number of times.
///
/// # Errors
/// It must be tried again.
pub async fn run_changes(context: &Context, id: ConnectionId) -> Result<(), Failed> {
    let connection = connection_fetch(&context.db, id).await?;
    if connection.state != CONNECTED {
        return Ok(());
    }
    let kind = LedgerKind::from_name(&connection.ledger)
        .ok_or_else(|| Failed { reason: "that ledger is not known".to_owned(), retry: None })?;
    let (ledger, version) = ready_client(context, &connection, kind, None).await.map_err(cannot_connect)?;
    let followed = match follow(context, &connection, &ledger).await {
        Err(Unfollowed::Ledger(LedgerError::TokenRefused { .. })) => {
            let (ledger, _) = ready_client(context, &connection, kind, Some(version)).await.map_err(cannot_connect)?;
            follow(context, &connection, &ledger).await
        }
        other => other,
    };
    match followed {
        Ok(()) => Ok(()),
        Err(Unfollowed::Store(error)) => Err(error.into()),
        Err(Unfollowed::Ledger(error)) if error.class() == Class::Consent => {
            Ok(connection_state_by_token(&context.db, &connection.token_id, "consent_needed").await?)
        }
        Err(Unfollowed::Ledger(error)) => Err(cannot_read(error)),
    }
}

/// Why the books could not be followed to their end.
#[derive(Debug)]
pub(super) enum Unfollowed {
    Ledger(LedgerError),
    Store(StoreError),
}

impl From<StoreError> for Unfollowed {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<LedgerError> for Unfollowed {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

/// Looks at the books from where the last look ended, or at all of them where the feed does not reach.
pub(super) async fn follow(context: &Context, connection: &Connection, ledger: &Ledger) -> Result<(), Unfollowed> {
    let (now_us, watch) = (context.clock.now_us(), watch_fetch(&context.db, connection.id).await?);
    let recent = watch.looked_at_us.is_some_and(|at_us| now_us.saturating_sub(at_us) < FEED_REACHES_US);
    let mut look = Look::TooMuch;
    if let Some(until_us) = watch.until_us.filter(|_| recent) {
        look = ledger.changes_fetch(Since::Moment(until_us.saturating_sub(OVERLAP_US))).await?;
    }
    let (changes, whole_from) = match look {
        Look::Whole(changes) => (changes, None),
        Look::TooMuch => {
            let today = context.today();
            let from = today.checked_sub(jiff::Span::new().days(BOOKS_DAYS)).unwrap_or(today);
            match ledger.changes_fetch(Since::Day(from)).await? {
                Look::Whole(changes) => (changes, Some(from)),
                Look::TooMuch => return Err(Unfollowed::Ledger(too_much())),
            }
        }
    };
    let books = Looked { context, connection, watch, now_us };
    let (until_us, not_in_plan) = (changes.at_us, changes.not_in_plan.clone());
    books.record(changes).await?;
    if let Some(from) = whole_from {
        books.missing(&from.to_string(), &not_in_plan).await?;
    }
    books.ask(ledger).await?;
    let txn = context.db.begin_write().await?;
    watch_store(&txn, connection.id, until_us.or(watch.until_us), now_us).await?;
    Ok(txn.commit().await?)
}

fn too_much() -> LedgerError {
    LedgerError::HumanInLedger { ledger: "vouch", code: String::new(), message: "the books are too long".to_owned() }
}

/// One look at one company's books.
struct Looked<'a> {
    context: &'a Context,
    connection: &'a Connection,
    watch: Watch,
    now_us: i64,
}

impl Looked<'_> {
    async fn record(&self, changes: Changes) -> Result<(), StoreError> {
        for batch in changes.entries.chunks(BATCH) {
            let txn = self.context.db.begin_write().await?;
            for entry in batch {
                let row = self.row(entry);
                ledger_entry_upsert(&txn, &row, self.now_us).await?;
                self.compare(&txn, &row, charged::seen(&entry.lines)).await?;
            }
            txn.commit().await?;
        }
        for (resource, external_id) in changes.removed {
            let txn = self.context.db.begin_write().await?;
            self.gone(&txn, resource.name(), &external_id).await?;
            txn.commit().await?;
        }
        Ok(())
    }

    /// What a full look did not find is gone, unless it could not look there.
    async fn missing(&self, from: &str, unseen: &[Resource]) -> Result<(), StoreError> {
        let is_unseen = |row: &LedgerEntryRow| unseen.iter().any(|resource| resource.name() == row.resource);
        for row in ledger_entry_list_missing(&self.context.db, self.connection.id, from, self.now_us).await? {
            if is_unseen(&row) {
                continue;
            }
            let txn = self.context.db.begin_write().await?;
            self.gone(&txn, &row.resource, &row.external_id).await?;
            txn.commit().await?;
        }
        Ok(())
    }

    /// Asks for posted entries that no look has shown: older than the books that are read, or gone before the first.
    async fn ask(&self, ledger: &Ledger) -> Result<(), Unfollowed> {
        for posting in posting_list_unseen(&self.context.db, self.connection.id, ASKED_MAX).await? {
            let external_id = posting.external_id.clone().unwrap_or_default();
            // Only a newer version of vouch writes another name; it asks itself.
            let Some(resource) = Resource::from_name(&posting.resource) else { continue };
            let found = ledger.entry_fetch(resource, &external_id).await?;
            let charged = found.as_ref().and_then(|entry| charged::seen(&entry.lines));
            let row = LedgerEntryRow {
                connection: self.connection.id,
                resource: posting.resource.clone(),
                external_id,
                number: None,
                supplier_id: found.as_ref().and_then(|entry| entry.supplier_id.clone()),
                supplier_name: None,
                total: found.as_ref().map_or(Decimal::ZERO, |entry| entry.total),
                currency: found.as_ref().and_then(|entry| entry.currency.clone()).unwrap_or_default(),
                issue_date: found.as_ref().and_then(|entry| entry.issue_date.clone()),
                live: found.as_ref().is_some_and(|entry| entry.live),
                settled: false,
                account: None,
                tax_code: None,
                reference: Some(posting.reference.clone()),
                url: found.and_then(|entry| entry.url).or_else(|| posting.entry_url.clone()),
            };
            let txn = self.context.db.begin_write().await?;
            ledger_entry_upsert(&txn, &row, self.now_us).await?;
            self.compare(&txn, &row, charged).await?;
            txn.commit().await?;
        }
        Ok(())
    }

    async fn gone(&self, txn: &Txn, resource: &str, external_id: &str) -> Result<(), StoreError> {
        ledger_entry_remove(txn, self.connection.id, resource, external_id, self.now_us).await?;
        match ledger_entry_fetch(txn, self.connection.id, resource, external_id).await? {
            Some(row) => self.compare(txn, &row, None).await,
            None => Ok(()),
        }
    }

    /// Works out what differs at one entry, and writes it down.
    async fn compare(&self, txn: &Txn, row: &LedgerEntryRow, charged: Option<Charged>) -> Result<(), StoreError> {
        let purchase = row.purchase();
        let reference = row.reference.as_deref();
        let ours = document_candidates(txn, self.connection.id, &purchase, &row.external_id, reference).await?;
        let own = ours.iter().find(|our| our.external_id.as_deref() == Some(row.external_id.as_str()));
        let mut drifts = Vec::new();
        if let Some(own) = own
            && let Some(posting) = posting_by_document(txn, own.document).await?
        {
            // Its entry and image are not both there yet: posting itself looks after it.
            if posting.attachment_id.is_none() || posting.resource != row.resource {
                return Ok(());
            }
            drifts.extend(self.drift(txn, (row, charged), own.document, posting).await?);
        } else {
            let foreign = Foreign {
                purchase,
                external_id: row.external_id.clone(),
                reference: row.reference.clone(),
                is_owed: match Resource::from_name(&row.resource) {
                    Some(Resource::Bill | Resource::Credit) => true,
                    Some(Resource::Paid) | None => false,
                },
                live: row.live,
            };
            let watched_from = date_in(self.watch.connected_at_us, &self.context.zone);
            drifts.extend(bypass(&foreign, &ours, watched_from).map(|bypass| self.bypassed(row, bypass)));
        }
        drift_replace(txn, self.connection.id, &row.resource, &row.external_id, &drifts).await
    }

    async fn drift(
        &self,
        txn: &Txn,
        (row, charged): (&LedgerEntryRow, Option<Charged>),
        document: DocumentId,
        mut posting: Posting,
    ) -> Result<Vec<DriftRow>, StoreError> {
        let draft = document_fetch(txn, document).await?.draft;
        let draft = draft.as_ref();
        let approved = draft.and_then(|draft| Some((draft.entry_total()?, draft.date(FieldName::IssueDate)?)));
        let Some((total, date)) = approved else { return Ok(Vec::new()) };
        let date: civil::Date = date;
        let supplier = draft.and_then(|draft| draft.text(FieldName::SupplierName)).unwrap_or_default().to_owned();
        let (issue_date, name_key) = (date.to_string(), supplier_key(&supplier));
        // A renamed or merged supplier is not news; an entry that goes to another one is.
        let moved = row.supplier_id.is_some() && row.supplier_id != posting.supplier_id;
        let approved = Approved {
            total,
            issue_date: &issue_date,
            supplier_key: Some(name_key.as_str()).filter(|key| moved && !key.is_empty()),
            charged: posting.charged.as_ref(),
        };
        let seen = Seen {
            total: row.total,
            currency: Some(row.currency.clone()).filter(|currency| !currency.is_empty()),
            issue_date: row.issue_date.clone(),
            supplier_key: row.supplier_name.as_deref().map(supplier_key),
            live: row.live,
            charged,
        };
        let drifts = reconcile::compare(&approved, Some(&seen));
        let sentences: Vec<String> = drifts.iter().map(reconcile::Drift::sentence).collect();
        posting.drift = Some(sentences.join(" ")).filter(|text| !text.is_empty());
        posting.checked_at_us = Some(self.now_us);
        posting_update(txn, &posting).await?;
        // Suppliers and all: a long list, read only where an id must be called by its name.
        let is_named = drifts.iter().any(reconcile::Drift::is_named);
        let references = if is_named { reference_list(txn, self.connection.id).await? } else { Vec::new() };
        let differs = |drift: reconcile::Drift| {
            let (approved, found) = drift.sides(|kind, id| charged::name(&references, kind, id));
            let (document, supplier) = (Some(document), supplier.clone());
            DriftRow { document, approved, found, supplier, ..self.blank(row, drift.name()) }
        };
        Ok(drifts.into_iter().map(differs).collect())
    }

    fn bypassed(&self, row: &LedgerEntryRow, bypass: Bypass<DocumentId>) -> DriftRow {
        let found = format!("{} {}", row.currency, row.total);
        match bypass {
            Bypass::Unapproved => {
                // Pages call each by its name.
                let is_credit = Resource::from_name(&row.resource) == Some(Resource::Credit);
                let kind = if is_credit { "unapproved-credit" } else { "unapproved" };
                DriftRow { found, ..self.blank(row, kind) }
            }
            Bypass::Twice(document) => DriftRow { document: Some(document), found, ..self.blank(row, "twice") },
        }
    }

    fn blank(&self, row: &LedgerEntryRow, kind: &str) -> DriftRow {
        DriftRow {
            id: uuid::Uuid::now_v7().to_string(),
            connection: self.connection.id,
            resource: row.resource.clone(),
            external_id: row.external_id.clone(),
            kind: kind.to_owned(),
            document: None,
            supplier: row.supplier_name.clone().unwrap_or_default(),
            approved: String::new(),
            found: String::new(),
            url: row.url.clone(),
            since_us: self.now_us,
            accepted_by: None,
        }
    }

    fn row(&self, entry: &BookEntry) -> LedgerEntryRow {
        let (entry, first) = (entry.clone(), entry.lines.first().cloned().unwrap_or_default());
        LedgerEntryRow {
            connection: self.connection.id,
            resource: entry.resource.name().to_owned(),
            external_id: entry.external_id,
            number: entry.number,
            supplier_id: entry.supplier_id,
            supplier_name: entry.supplier_name,
            total: entry.total,
            currency: entry.currency.unwrap_or_else(|| self.connection.home_currency.clone()),
            issue_date: entry.issue_date,
            live: entry.live,
            settled: entry.settled,
            account: first.account,
            tax_code: first.tax_code,
            reference: entry.reference,
            url: entry.url,
        }
    }
}
