//! What happens in a simulated firm: people, workers and ledgers do things in an order that the seed chooses.

use std::{collections::BTreeMap, time::Duration};

use anyhow::bail;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use vouch::{
    approval::state::{Reversal, ReversalStage, State},
    model::{
        category::Category,
        field::{DocumentKind, FieldName},
    },
    pipeline::{
        self,
        actions::{Action, ActionError, Correction, Reverse, act},
        receive::{Upload, receive},
        sync::schedule,
        transition::TransitionFailed,
    },
    queue,
    sandbox::{Fault, FaultKind},
    store::{
        StoreError,
        document::{Document, DocumentFilter, document_list},
        job::{job_claim, job_list, job_revive_all},
    },
};

use crate::{firm::Firm, paper::pdf};

const SUPPLIERS: [&str; 3] = ["Blue Cafe Limited", "Harbour Stationery Company", "Star Taxi Limited"];
const TOTALS: [&str; 4] = ["38.00", "120.50", "499.90", "2480.00"];
const DATES: [&str; 2] = ["2026-11-18", "2026-11-20"];
/// Parts of calls that a fault strikes.
const CALLS: [&str; 12] = [
    "/purchase",
    "/bill",
    "/upload",
    "/vendor",
    "/query",
    "/Contacts",
    "/BankTransactions",
    "/Invoices",
    "/Attachments",
    "GET /xero",
    "POST /xero",
    "POST /quickbooks",
];

/// One seed's play.
pub(crate) struct Play<'a> {
    firm: &'a Firm,
    rng: StdRng,
    uploaded: Vec<Vec<u8>>,
    /// What was done, for whoever looks into a failure.
    pub(crate) log: Vec<String>,
}

impl<'a> Play<'a> {
    pub(crate) fn new(firm: &'a Firm, seed: u64) -> Self {
        Self { firm, rng: StdRng::seed_from_u64(seed), uploaded: Vec::new(), log: Vec::new() }
    }

    /// How many files with different bytes were handed over.
    pub(crate) fn files(&self) -> usize {
        self.uploaded.len()
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of.choose(&mut self.rng).expect("a choice is never empty").clone()
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    /// Does one thing.
    pub(crate) async fn step(&mut self) -> anyhow::Result<()> {
        match self.rng.random_range(0..100) {
            0..14 => self.upload().await,
            14..64 => self.person().await,
            64..76 => self.fault(),
            76..90 => self.work().await,
            90..94 => self.work_and_die().await,
            94..96 => Ok(schedule(&self.firm.context).await?),
            _ => {
                let seconds = self.one(&[1, 5, 61, 400, 2_000, 4_000]);
                self.log.push(format!("{seconds} s pass"));
                self.firm.advance(seconds);
                Ok(())
            }
        }
    }

    fn paper(&mut self) -> Vec<u8> {
        let mark = self.rng.random();
        if self.chance(8) {
            return pdf(&["Nothing on this paper can be".to_owned(), "understood by anybody".to_owned()], mark);
        }
        let mut lines = vec![self.one(&SUPPLIERS).to_owned(), "1 Queen's Road Central, Hong Kong".to_owned()];
        if self.chance(40) {
            lines.push(format!("Receipt No: R-{}", self.rng.random_range(100..104)));
        }
        let (date, total) = (self.one(&DATES), self.one(&TOTALS));
        lines.extend([format!("Date: {date}"), format!("Total HKD {total}"), "Paid by cash. Thank you.".to_owned()]);
        let mut bytes = pdf(&lines, mark);
        if self.chance(8) {
            bytes.truncate(60);
        }
        bytes
    }

    async fn upload(&mut self) -> anyhow::Result<()> {
        let again = !self.uploaded.is_empty() && self.chance(20);
        let bytes = if again { self.one(&self.uploaded.clone()) } else { self.paper() };
        let known = self.uploaded.contains(&bytes);
        let person = self.one(&self.firm.people).id;
        let connection = if self.chance(85) { Some(self.one(&self.firm.companies)) } else { None };
        let category = self.one(&Category::ALL);
        let file_name = format!("paper {}.pdf", self.uploaded.len());
        let upload = Upload { bytes: bytes.clone(), file_name, person, category, connection };
        let received = receive(&self.firm.context, upload).await?;
        anyhow::ensure!(received.same_bytes == known, "the same bytes are known, and only they");
        self.log.push(format!("upload {} (known: {known})", received.document.id));
        if !known {
            self.uploaded.push(bytes);
        }
        Ok(())
    }

    /// Every document.
    pub(crate) async fn documents(&self) -> anyhow::Result<Vec<Document>> {
        Ok(document_list(&self.firm.context.db, &DocumentFilter::default(), 0, 10_000).await?.0)
    }

    async fn person(&mut self) -> anyhow::Result<()> {
        let documents = self.documents().await?;
        let ended = |document: &Document| matches!(document.state, State::Posted { .. } | State::Rejected { .. });
        let open: Vec<Document> = documents.iter().filter(|document| !ended(document)).cloned().collect();
        // Sometimes somebody also tries what can no longer be done.
        let from = if open.is_empty() || self.chance(5) { &documents } else { &open };
        let Some(document) = from.choose(&mut self.rng).cloned() else { return Ok(()) };
        if document.state.is_moving() && self.chance(80) {
            return self.work().await;
        }
        let person = self.one(&self.firm.people);
        let action = self.action(&document);
        let stale = self.chance(5);
        let version = if stale { document.version - 1 } else { document.version };
        let what = format!("{} does {action:?} to {} {}", person.name, document.state.name(), document.id);
        let done = act(&self.firm.context, &person, document.id, version, action).await;
        self.log.push(format!(
            "{what}: {}",
            done.as_ref().map_or_else(ToString::to_string, |after| after.state.name().to_owned())
        ));
        match done {
            Ok(after) => {
                // A correction that says nothing new moves nothing, whatever version it was decided on.
                anyhow::ensure!(!stale || after.version == document.version, "a stale version moves nothing");
                Ok(())
            }
            Err(ActionError::Forbidden | ActionError::Value { .. } | ActionError::Approval(_)) => Ok(()),
            Err(ActionError::Transition(TransitionFailed::Refused(_))) => Ok(()),
            Err(ActionError::Transition(TransitionFailed::Store(
                StoreError::NotFound(_) | StoreError::Conflict(_),
            ))) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    /// Mostly what moves the document on, sometimes anything.
    fn action(&mut self, document: &Document) -> Action {
        let reject = Action::Reject(self.one(&["private", "not ours", " "]).to_owned());
        let any =
            [Action::Keep, Action::Submit, Action::Approve, reject.clone(), Action::ReadAgain, Action::RetryPosting];
        if self.chance(10) {
            return self.one(&any);
        }
        match &document.state {
            State::Unreadable { .. } | State::NeedsReview => match self.rng.random_range(0..10) {
                0..5 => self.correction(),
                5 => Action::Keep,
                6..8 => Action::Submit,
                8 => Action::ReadAgain,
                _ => reject,
            },
            State::AwaitingApproval => match self.rng.random_range(0..10) {
                0..7 => Action::Approve,
                7 => self.correction(),
                _ => reject,
            },
            State::PostingBlocked { .. } => match self.rng.random_range(0..10) {
                0..8 => Action::RetryPosting,
                _ => reject,
            },
            State::Posted { .. } => Action::Reverse(Reverse::Ask(self.one(&["paid twice", " "]).to_owned())),
            State::Reversal(Reversal { stage: ReversalStage::Asked, .. }) => Action::Reverse(self.one(&[
                Reverse::Agree,
                Reverse::Agree,
                Reverse::Agree,
                Reverse::Refuse("it was not".to_owned()),
                Reverse::Withdraw,
            ])),
            State::Reversal(Reversal { stage: ReversalStage::Blocked { .. }, .. }) => {
                Action::Reverse(self.one(&[Reverse::Retry, Reverse::Retry, Reverse::Withdraw]))
            }
            State::Reversal(Reversal { stage: ReversalStage::Done { .. }, .. }) => self.correction(),
            State::Received
            | State::Checking
            | State::Approved { .. }
            | State::Reversal(_)
            | State::Returned { .. }
            | State::Withdrawn { .. }
            | State::Held { .. }
            | State::Rejected { .. } => self.one(&any),
        }
    }

    fn correction(&mut self) -> Action {
        let mut fields = BTreeMap::from([
            (FieldName::SupplierName, self.one(&SUPPLIERS).to_owned()),
            (FieldName::IssueDate, self.one(&DATES).to_owned()),
            (FieldName::Total, self.one(&TOTALS).to_owned()),
            (FieldName::Currency, self.one(&["HKD", "HKD", "HKD", "HKD", "HKD", "USD"]).to_owned()),
            (FieldName::DocumentNumber, self.one(&["", "R-100", "R-101"]).to_owned()),
        ]);
        if self.chance(25) {
            fields.clear();
        }
        let kind = Some(self.one(&[DocumentKind::Receipt, DocumentKind::Invoice]));
        let connection = Some(self.one(&self.firm.companies)).filter(|_| self.rng.random());
        let category = Some(self.one(&Category::ALL)).filter(|_| self.rng.random());
        Action::Correct(Box::new(Correction { fields, kind, category, connection, ..Correction::default() }))
    }

    fn fault(&mut self) -> anyhow::Result<()> {
        let kind = self.one(&[
            FaultKind::DropBeforeCommit,
            FaultKind::DropAfterCommit,
            FaultKind::DropAfterCommit,
            FaultKind::Status401,
            FaultKind::Status429 { retry_after: Some(30) },
            FaultKind::Status429 { retry_after: None },
            FaultKind::Status500,
            FaultKind::Status503Html,
            FaultKind::SlowMs(5),
            FaultKind::Garbage,
            FaultKind::HalfJson,
        ]);
        let matches = self.one(&CALLS).to_owned();
        self.log.push(format!("the next {matches} meets {kind:?}"));
        self.firm.sandbox.fault_arm(Fault { matches, kind });
        Ok(())
    }

    /// Does what is due.
    async fn work(&mut self) -> anyhow::Result<()> {
        let context = &self.firm.context;
        let run = |job| pipeline::run(context, job);
        let worked = queue::drain(&context.db, &context.clock, &context.queue_options(), run).await?;
        self.log.push(format!("{worked} jobs were worked on"));
        Ok(())
    }

    /// A worker does a job, and its machine stops before the queue hears of it: the job comes again.
    async fn work_and_die(&mut self) -> anyhow::Result<()> {
        let context = &self.firm.context;
        let lease_us = i64::try_from(context.queue_options().lease.as_micros())?;
        if let Some(job) = job_claim(&context.db, context.clock.now_us(), lease_us).await? {
            let outcome = pipeline::run(context, job.clone()).await;
            self.log.push(format!("a worker died after {} {}: {outcome:?}", job.kind, job.subject));
        }
        Ok(())
    }

    /// Works on until nothing is left in the queue; the faults that are still armed strike here.
    async fn rest(&mut self) -> anyhow::Result<()> {
        for _ in 0..300 {
            self.work().await?;
            let jobs = job_list(&self.firm.context.db).await?;
            if jobs.is_empty() {
                return Ok(());
            }
            if jobs.iter().all(|job| job.dead) {
                job_revive_all(&self.firm.context.db, self.firm.context.clock.now_us()).await?;
            }
            // Longer than a lease, so that the jobs of dead workers come back.
            self.firm.advance(i64::try_from(Duration::from_secs(300).as_secs())?);
        }
        bail!("the queue does not drain: {:?}", job_list(&self.firm.context.db).await?)
    }

    /// Brings everything to its end: the queue is empty, what was blocked was tried again, and both ledgers compared.
    pub(crate) async fn finish(&mut self) -> anyhow::Result<()> {
        self.rest().await?;
        let accountant = &self.firm.people[1];
        for document in self.documents().await? {
            let again = if matches!(document.state, State::PostingBlocked { .. }) {
                Action::RetryPosting
            } else if document.state.name() == "reversal_blocked" {
                Action::Reverse(Reverse::Retry)
            } else {
                continue;
            };
            act(&self.firm.context, accountant, document.id, document.version, again).await?;
        }
        self.rest().await?;
        self.firm.advance(2 * 3_600);
        schedule(&self.firm.context).await?;
        self.rest().await
    }
}
