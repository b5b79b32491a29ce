//! The entry: made once, or found.

use std::time::Duration;

use uuid::Uuid;

use super::{
    Stop,
    steps::{Run, XERO_KEY_US, call, stop},
    together::{ALONE_US, Outcome, RESENT_US},
};
use crate::{
    pipeline::charged,
    post::{
        LedgerEntry, LedgerKind,
        dimension::not_held,
        entry::Resource,
        error::{Class, LedgerError},
        xero::convert::is_together,
    },
    queue::{Failed, Retry},
    store::posting::Posting,
};

/// QuickBooks' code for a document number that another entry has.
const DOCUMENT_NUMBER_TAKEN: &str = "6140";
/// No ledger works on a request for so long: a look that finds nothing this long after the last send says that nothing
/// will come of it any more. QuickBooks gives up after two minutes.
const SETTLED_US: i64 = 15 * 60 * 1_000_000;

impl Run<'_> {
    /// Makes the entry, or finds the one that an earlier attempt made.
    pub(super) async fn entry(&mut self, posting: &mut Posting, resource: Resource) -> Result<(), Stop> {
        let supplier = posting.supplier_id.clone().unwrap_or_default();
        let now_us = self.context.clock.now_us();
        let goes_along = match resource {
            Resource::Bill => true,
            Resource::Paid | Resource::Credit => false,
        };
        // Refused or reversed before: nothing should be there, and whoever has it there all the same must not get two.
        let tried_before = posting.body.is_none() && posting.entry_tried_at_us.is_some();
        let sent_before = posting.entry_sent_at_us.is_some();
        let look = sent_before || self.look_first || tried_before;
        if look || !goes_along {
            // Others wait for this seat.
            self.seat = None;
        }
        if look && let Some(found) = self.entry_look(posting, &supplier).await? {
            return self.entry_keep(posting, found).await;
        }
        let settled = posting.entry_tried_at_us.is_none_or(|at_us| now_us.saturating_sub(at_us) >= SETTLED_US);
        // A send before this one may still be carried out, whatever becomes of this one.
        let unanswered = sent_before && !settled;
        if let Some(seat) = self.seat.take() {
            let body = self.ledger.entry_body(&self.entry, &supplier).map_err(stop)?;
            posting.charged = Some(charged::sent(&self.entry));
            match seat.hand_in(posting.clone(), body).await {
                Some(Outcome::Alone(same)) => *posting = same,
                Some(Outcome::Sent(sent, outcome)) => {
                    *posting = sent;
                    return self.entry_answered(posting, &supplier, unanswered, outcome).await;
                }
                None => return Err(given_up()),
            }
        }
        if posting.body.as_deref().is_some_and(is_together) && posting.entry_key.is_some() {
            let age_us = posting.entry_key_at_us.map_or(0, |at_us| now_us.saturating_sub(at_us));
            if age_us < RESENT_US {
                let outcome = self.sent_together_again(posting, now_us).await?;
                return self.entry_answered(posting, &supplier, unanswered, outcome).await;
            }
            if age_us < ALONE_US {
                let reason = "Xero did not say what became of bills that went together".to_owned();
                let wait = Duration::from_micros(u64::try_from(ALONE_US - age_us).unwrap_or(0));
                return Err(Stop::Later(Failed { reason, retry: Some(Retry::After(wait)) }));
            }
            posting.entry_key = None;
        }
        let (body, key) = self.entry_ready(posting, &supplier, now_us).await?;
        let outcome = call!(self, ledger => ledger.entry_create(resource, &body, &key));
        if let Ok(made) = &outcome
            && sent_before
        {
            self.entry_still_there(posting, resource, made).await?;
        }
        self.entry_answered(posting, &supplier, unanswered, outcome).await
    }

    /// The same bills with the same key: whatever became of them, Xero says it from memory.
    async fn sent_together_again(
        &mut self,
        posting: &mut Posting,
        now_us: i64,
    ) -> Result<Result<LedgerEntry, LedgerError>, Stop> {
        posting.entry_tried_at_us = Some(now_us);
        self.save(posting).await?;
        let (body, key) = (posting.body.clone().unwrap_or_default(), posting.entry_key.clone().unwrap_or_default());
        let answered = call!(self, ledger => ledger.entries_create_together(&body, &key));
        Ok(answered.and_then(|elements| elements.of(&posting.reference)))
    }

    async fn entry_answered(
        &mut self,
        posting: &mut Posting,
        supplier: &str,
        unanswered: bool,
        outcome: Result<LedgerEntry, LedgerError>,
    ) -> Result<(), Stop> {
        match outcome {
            Ok(made) => self.entry_keep(posting, made).await,
            Err(error) => self.entry_not_made(posting, supplier, unanswered, error).await,
        }
    }

    /// The body and its key, noted as sent. Committed before anything is sent: a crash from here on makes the next
    /// attempt look first, and an attempt that no longer holds the row stops here.
    async fn entry_ready(
        &mut self,
        posting: &mut Posting,
        supplier: &str,
        now_us: i64,
    ) -> Result<(String, String), Stop> {
        let fresh = posting.body.is_none() || posting.entry_sent_at_us.is_none();
        // Bills that went together are over: from here it goes alone.
        if fresh || posting.body.as_deref().is_some_and(is_together) {
            self.rate().await?;
            posting.body = Some(self.ledger.entry_body(&self.entry, supplier).map_err(stop)?);
            posting.charged = Some(charged::sent(&self.entry));
            posting.entry_key = None;
        }
        let key_age_us = posting.entry_key_at_us.map_or(0, |at_us| now_us.saturating_sub(at_us));
        let forgotten = self.books.ledger == LedgerKind::Xero && key_age_us >= XERO_KEY_US;
        if posting.entry_key.is_none() || forgotten {
            // The row's version is never the same twice, so neither is a key.
            let name = format!("entry:{}:{}", self.document.version, posting.version);
            posting.entry_key = Some(Uuid::new_v5(&posting.id.uuid(), name.as_bytes()).hyphenated().to_string());
            posting.entry_key_at_us = Some(now_us);
        }
        posting.entry_sent_at_us = Some(posting.entry_sent_at_us.unwrap_or(now_us));
        posting.entry_tried_at_us = Some(now_us);
        self.save(posting).await?;
        Ok((posting.body.clone().unwrap_or_default(), posting.entry_key.clone().unwrap_or_default()))
    }

    async fn entry_not_made(
        &mut self,
        posting: &mut Posting,
        supplier: &str,
        unanswered: bool,
        error: LedgerError,
    ) -> Result<(), Stop> {
        match error.class() {
            Class::LookThenAdopt => {
                if let Some(found) = self.entry_look(posting, supplier).await? {
                    return self.entry_keep(posting, found).await;
                }
                if matches!(&error, LedgerError::AlreadyThere { code, .. } if code == DOCUMENT_NUMBER_TAKEN) {
                    // Its number is taken by somebody else's entry: ours was refused, and may be rejected here.
                    self.entry_refused(posting, unanswered).await?;
                } else {
                    // The key was used for something else: the next attempt takes another.
                    posting.entry_key = None;
                    self.save(posting).await?;
                }
                Err(Stop::Blocked(format!("{error}, but none carries our reference {}.", posting.reference)))
            }
            Class::Person | Class::Bug => {
                self.entry_refused(posting, unanswered).await?;
                Err(stop(error))
            }
            Class::RetryAfter(_) | Class::RefreshThenRetry | Class::Consent => {
                // Nothing was done, so there is nothing to look for; but of bills that went together another may send
                // all again.
                if !unanswered && !posting.body.as_deref().is_some_and(is_together) {
                    posting.entry_sent_at_us = None;
                    self.save(posting).await?;
                }
                Err(stop(error))
            }
            Class::LookThenRetry => {
                if error.key_is_spent() && self.books.ledger == LedgerKind::Xero {
                    posting.entry_key = None;
                    self.save(posting).await?;
                }
                Err(stop(error))
            }
        }
    }

    /// It was refused, not made: after a person's change all is made anew. If an attempt before this one ended without
    /// an answer, that something was sent stays noted, and the supplier under which to look for it.
    async fn entry_refused(&self, posting: &mut Posting, unanswered: bool) -> Result<(), Stop> {
        posting.body = None;
        posting.entry_key = None;
        if !unanswered {
            posting.supplier_id = None;
            posting.entry_sent_at_us = None;
        }
        self.save(posting).await
    }

    /// Asks for the rate of a foreign currency, once, before the body is made.
    async fn rate(&mut self) -> Result<(), Stop> {
        if self.entry.currency == self.entry.home_currency {
            return Ok(());
        }
        let (currency, date) = (self.entry.currency.code().to_owned(), self.entry.issue_date.to_string());
        let rate = call!(self, ledger => ledger.exchange_rate(&currency, &date)).map_err(stop)?;
        // Xero takes its own, unless the company is told ours.
        self.entry.exchange_rate = rate.or(self.entry.exchange_rate);
        Ok(())
    }

    /// Looks for the entry by our reference. One that somebody deleted or voided before it was taken over is no reason to
    /// make another: a person says so first, once.
    async fn entry_look(&mut self, posting: &mut Posting, supplier: &str) -> Result<Option<LedgerEntry>, Stop> {
        let entry = self.entry.clone();
        let found = call!(self, ledger => ledger.entry_find(&entry, supplier)).map_err(stop)?;
        let (mut live, dead): (Vec<_>, Vec<_>) = found.into_iter().partition(|entry| entry.live);
        if live.len() > 1 {
            let message = format!("The ledger has {} entries with our reference; keep one there.", live.len());
            return Err(Stop::Blocked(message));
        }
        if live.is_empty()
            && let Some(dead) = dead.into_iter().find(|dead| !posting.gone.contains(&dead.external_id))
        {
            return Err(self.entry_gone(posting, dead.external_id).await?);
        }
        Ok(live.pop())
    }

    /// QuickBooks answers what was sent before from memory, and its lists do not show what was deleted: whether the
    /// entry of such an answer is still there only the entry itself says.
    async fn entry_still_there(
        &mut self,
        posting: &mut Posting,
        resource: Resource,
        made: &LedgerEntry,
    ) -> Result<(), Stop> {
        if self.books.ledger != LedgerKind::QuickBooks {
            return Ok(());
        }
        let external_id = made.external_id.clone();
        let now = call!(self, ledger => ledger.entry_fetch(resource, &external_id)).map_err(stop)?;
        match now.filter(|entry| entry.live) {
            Some(_) => Ok(()),
            None => Err(self.entry_gone(posting, external_id).await?),
        }
    }

    /// Somebody deleted or voided the entry there: nothing of it counts any more, and what comes next a person decides.
    async fn entry_gone(&self, posting: &mut Posting, external_id: String) -> Result<Stop, Stop> {
        *posting = Posting { external_id: Some(external_id), ..posting.clone() }.as_unsent();
        self.save(posting).await?;
        let message = "The entry was deleted or voided in the ledger. Reject this document, or post it anew.";
        Ok(Stop::Blocked(message.to_owned()))
    }

    /// Notes the entry, and compares it with what was approved.
    async fn entry_keep(&self, posting: &mut Posting, found: LedgerEntry) -> Result<(), Stop> {
        posting.external_id = Some(found.external_id);
        posting.entry_url = found.url;
        posting.posted_total = Some(found.total.to_string());
        // One that a forgotten attempt made was sent as it would be now.
        let sent = posting.charged.take().unwrap_or_else(|| charged::sent(&self.entry));
        posting.charged = Some(charged::answered(sent, &found.lines));
        self.save(posting).await?;
        let same_currency = found.currency.as_deref().is_none_or(|code| code == self.entry.currency.code());
        if found.total != self.entry.total.to_decimal() || !same_currency {
            let currency = found.currency.unwrap_or_default();
            let approved = self.entry.total;
            let message =
                format!("The ledger made it {currency} {}; {approved} was approved. Correct it there.", found.total);
            return Err(Stop::Blocked(message));
        }
        if let Some(lost) = not_held(&self.entry.dimensions, &found.lines) {
            let message =
                format!("The ledger's entry is without the {} that was approved. Set it there.", lost.title());
            return Err(Stop::Blocked(message));
        }
        Ok(())
    }

    /// Compares an entry that an earlier attempt noted; a person may have corrected it since.
    pub(super) async fn entry_verify(&mut self, posting: &mut Posting, resource: Resource) -> Result<(), Stop> {
        let external_id = posting.external_id.clone().unwrap_or_default();
        let now = call!(self, ledger => ledger.entry_fetch(resource, &external_id)).map_err(stop)?;
        match now.filter(|entry| entry.live) {
            Some(entry) => self.entry_keep(posting, entry).await,
            None => Err(self.entry_gone(posting, external_id).await?),
        }
    }
}

/// Whoever was to send the bills together was stopped.
fn given_up() -> Stop {
    let reason = "The bills that were to go together were given up".to_owned();
    Stop::Later(Failed { reason, retry: Some(Retry::Backoff) })
}
