//! One document's way into its ledger, step by step: the supplier, the entry, the image.

use uuid::Uuid;

use super::{Stop, cannot_connect, together::Seat};
use crate::{
    pipeline::{
        Context, describe,
        entry::{self, Books},
        ledger::ready_client,
    },
    post::{
        Ledger, LedgerKind, ReferenceKind,
        entry::{Entry, Resource},
        error::{Class, LedgerError},
    },
    queue::{Failed, Retry},
    store::{
        connection::{ReferenceRow, reference_add, reference_list},
        document::Document,
        posting::{Posting, posting_advance},
    },
};

/// Xero forgets an `Idempotency-Key` after six minutes; five leave a margin for clocks. After that a new key is due.
pub(super) const XERO_KEY_US: i64 = 5 * 60 * 1_000_000;

/// Everything the steps need.
pub(super) struct Run<'a> {
    pub(super) context: &'a Context,
    pub(super) document: &'a Document,
    pub(super) books: Books,
    pub(super) ledger: Ledger,
    /// The version of the access token in use; a refused one is renewed once.
    pub(super) token_version: i64,
    pub(super) renewed: bool,
    pub(super) entry: Entry,
    /// The ledger may hold an entry that this database has forgotten.
    pub(super) look_first: bool,
    /// A place among bills that go together.
    pub(super) seat: Option<Seat>,
}

/// Calls the ledger; renews a refused token once and calls again. `$run` keeps the new client.
macro_rules! call {
    ($run:expr, $ledger:ident => $call:expr) => {{
        let first = {
            let $ledger = &$run.ledger;
            $call.await
        };
        match first {
            Err(LedgerError::TokenRefused { .. }) if !$run.renewed => {
                $run.renew().await?;
                let $ledger = &$run.ledger;
                $call.await
            }
            other => other,
        }
    }};
}
pub(super) use call;

impl Run<'_> {
    pub(super) async fn steps(&mut self, posting: &mut Posting, resource: Resource) -> Result<(), Stop> {
        if posting.external_id.is_none() {
            self.supplier(posting).await?;
            self.entry(posting, resource).await?;
        } else {
            self.seat = None;
            self.entry_verify(posting, resource).await?;
        }
        self.attachment(posting, resource).await
    }

    pub(super) async fn renew(&mut self) -> Result<(), Stop> {
        self.renewed = true;
        let (books, refused) = (&self.books, Some(self.token_version));
        let ready = ready_client(self.context, &books.connection, books.ledger, refused).await;
        (self.ledger, self.token_version) = ready.map_err(cannot_connect)?;
        Ok(())
    }

    pub(super) async fn save(&self, posting: &mut Posting) -> Result<(), Stop> {
        Ok(posting_advance(&self.context.db, posting).await?)
    }

    /// A key for a step that may be done twice without harm in Xero, where a name is taken once and a file replaces its
    /// namesake: there each attempt has its own, because Xero answers a failure again for the same key. In QuickBooks it
    /// is the same for the same approval, because it alone keeps a second file away.
    pub(super) fn key(&self, posting: &Posting, step: &str) -> String {
        let generation = match self.books.ledger {
            LedgerKind::QuickBooks => 0,
            LedgerKind::Xero => posting.version,
        };
        let name = format!("{step}:{}:{generation}", self.document.version);
        Uuid::new_v5(&posting.id.uuid(), name.as_bytes()).hyphenated().to_string()
    }

    /// Finds or makes the supplier.
    async fn supplier(&mut self, posting: &mut Posting) -> Result<(), Stop> {
        if posting.supplier_id.is_some() {
            return Ok(());
        }
        // What a person chose for this supplier goes before everything that is found.
        let mapped = self.books.supplier_mapped(&self.entry.supplier).filter(|id| self.supplier_fits(id));
        if let Some(id) = mapped {
            posting.supplier_id = Some(id.to_owned());
            return Ok(());
        }
        let names = entry::supplier_names(&self.entry, self.books.ledger);
        // After an entry was refused, what was known of the supplier may be the reason: then the ledger is asked.
        let known = names.iter().find_map(|name| self.supplier_known(name));
        if let (Some(id), None) = (known, posting.entry_tried_at_us) {
            // Noted with the entry; what is lost in a crash before that is found again.
            posting.supplier_id = Some(id);
            return Ok(());
        }
        // One at a time: those who wait find what the first made.
        let single = self.context.pace.single(&self.books.connection.id.to_string());
        let _single = single.lock().await;
        self.books.references = reference_list(&self.context.db, self.books.connection.id).await?;
        let known = names.iter().find_map(|name| self.supplier_known(name));
        if let (Some(id), None) = (known, posting.entry_tried_at_us) {
            posting.supplier_id = Some(id);
            return Ok(());
        }
        let mut found = None;
        let mut of_ledger = names.first().cloned().unwrap_or_default();
        for name in &names {
            let answer = call!(self, ledger => ledger.supplier_find(name)).map_err(stop)?;
            if let Some(id) = answer.filter(|id| self.supplier_fits(id)) {
                found = Some(id);
                of_ledger.clone_from(name);
                break;
            }
        }
        let made = found.is_none();
        let id = match found {
            Some(id) => id,
            None => self.supplier_create(posting, &of_ledger).await?,
        };
        let row = ReferenceRow {
            kind: ReferenceKind::Supplier.name().to_owned(),
            external_id: id.clone(),
            code: None,
            name: self.ledger.supplier_name(&of_ledger),
            currency: (made && self.books.ledger == LedgerKind::QuickBooks)
                .then(|| self.entry.currency.code().to_owned()),
        };
        reference_add(&self.context.db, self.books.connection.id, &row).await?;
        posting.supplier_id = Some(id);
        self.save(posting).await
    }

    /// The supplier of this name as it was when the company was read last, or made since.
    fn supplier_known(&self, name: &str) -> Option<String> {
        let name = self.ledger.supplier_name(name).to_lowercase();
        let supplier = ReferenceKind::Supplier.name();
        let mut same =
            self.books.references.iter().filter(|row| row.kind == supplier && row.name.to_lowercase() == name);
        let id = same.next()?.external_id.clone();
        // Two of one name: only the ledger can tell.
        (same.next().is_none() && self.supplier_fits(&id)).then_some(id)
    }

    /// Whether a supplier's currency, where it is known, is the entry's.
    fn supplier_fits(&self, id: &str) -> bool {
        let supplier = ReferenceKind::Supplier.name();
        let row = self.books.references.iter().find(|row| row.kind == supplier && row.external_id == id);
        let currency = row.and_then(|row| row.currency.as_deref());
        self.books.ledger == LedgerKind::Xero || currency.is_none_or(|currency| currency == self.entry.currency.code())
    }

    async fn supplier_create(&mut self, posting: &Posting, name: &str) -> Result<String, Stop> {
        let key = self.key(posting, "supplier");
        let currency = self.entry.currency.code().to_owned();
        match call!(self, ledger => ledger.supplier_create(name, &currency, &key)) {
            Ok(id) => Ok(id),
            // Somebody made it in the meantime, or our last attempt did.
            Err(LedgerError::AlreadyThere { .. }) => {
                let again = call!(self, ledger => ledger.supplier_find(name)).map_err(stop)?;
                again.ok_or_else(|| Stop::Blocked(format!("The name “{name}” is taken there; correct the supplier.")))
            }
            Err(error) => Err(stop(error)),
        }
    }
}

/// What an error of the ledger means for a posting.
pub(super) fn stop(error: LedgerError) -> Stop {
    let reason = describe(&error);
    match error.class() {
        Class::RetryAfter(wait) if matches!(error, LedgerError::Unreachable { .. }) => {
            Stop::Unanswered(Failed { reason, retry: Some(Retry::After(wait)) })
        }
        Class::RetryAfter(wait) => Stop::Later(Failed { reason, retry: Some(Retry::After(wait)) }),
        Class::LookThenRetry => Stop::Unanswered(Failed { reason, retry: Some(Retry::Backoff) }),
        Class::LookThenAdopt | Class::RefreshThenRetry => Stop::Later(Failed { reason, retry: Some(Retry::Backoff) }),
        Class::Consent => Stop::Consent(error.to_string()),
        Class::Person | Class::Bug => Stop::Blocked(error.to_string()),
    }
}
