//! What the ledgers have in the end, held against what was approved.

use std::{collections::HashMap, time::Duration};

use super::papers::Paper;
use crate::{
    model::{field::DocumentKind, id::ConnectionId},
    pipeline::Context,
    sandbox::{Sandbox, SandboxEntry},
    store::{
        StoreError,
        document::{DocumentFilter, document_fetch, document_list},
    },
};

/// Where credits are, in QuickBooks and in Xero.
const VENDOR_CREDIT: &str = "vendorcredit";
/// See [`VENDOR_CREDIT`].
const CREDIT_NOTE: &str = "creditnotes";

/// How many documents of a company wait for a person.
pub(super) async fn blocked(context: &Context, id: ConnectionId) -> Result<u32, StoreError> {
    let filter =
        DocumentFilter { state: Some("posting_blocked".to_owned()), connection: Some(id), ..DocumentFilter::default() };
    let (_, count) = document_list(&context.db, &filter, 0, 1).await?;
    Ok(u32::try_from(count).unwrap_or(u32::MAX))
}

/// What happened on the way.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) took: Duration,
    pub(super) calls: u32,
    pub(super) faults: u32,
    pub(super) killed: u32,
    pub(super) retried: u32,
}

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    documents: usize,
    posted: usize,
    /// Documents with one entry ever made, live.
    once: usize,
    /// Documents with more than one entry ever made.
    doubled: usize,
    /// Documents without an entry.
    lost: usize,
    /// Entries with exactly the original's bytes on them, once.
    images: usize,
    /// Entries whose total is the approved one.
    totals: usize,
    /// Entries that became what their document is: a bill, a paid expense, a credit.
    kinds: usize,
    credits_quickbooks: usize,
    credits_xero: usize,
    refused_calls: usize,
}

impl Counted {
    /// Each document is in its ledger once, with its image and its total.
    pub(super) const fn is_whole(&self) -> bool {
        let all = self.documents;
        self.posted == all && self.once == all && self.images == all && self.totals == all && self.kinds == all
    }

    pub(super) fn table(&self, told: &Told) -> String {
        let verdict =
            if self.is_whole() { "WHOLE: each document once, with its image and its total" } else { "NOT WHOLE" };
        let each = |calls: u32| {
            let hundredths = u64::from(calls) * 100 / u64::try_from(self.documents).unwrap_or(1).max(1);
            format!("{}.{:02}", hundredths / 100, hundredths % 100)
        };
        let minute = u128::from(told.calls) * 60_000 / told.took.as_millis().max(1);
        format!(
            "documents        {}\nposted           {}\nentries          {}\ndoubled          {}\nlost             {}\n\
             images           {}\nequal totals     {}\nequal kinds      {}\n\
             vendor credits   {}\ncredit notes     {}\ncalls            {} ({} an entry, {minute} a minute)\nfaults           {}\n\
             answers 429      {}\nworkers killed   {}\nback from people {}\nseconds          {}\n{verdict}",
            self.documents,
            self.posted,
            self.once,
            self.doubled,
            self.lost,
            self.images,
            self.totals,
            self.kinds,
            self.credits_quickbooks,
            self.credits_xero,
            told.calls,
            each(told.calls),
            told.faults,
            self.refused_calls,
            told.killed,
            told.retried,
            told.took.as_secs(),
        )
    }
}

/// Which document becomes an entry in this list of a ledger.
fn kind(resource: &str) -> Option<DocumentKind> {
    match resource {
        "bill" | "invoices" => Some(DocumentKind::Invoice),
        "purchase" | "banktransactions" => Some(DocumentKind::Receipt),
        VENDOR_CREDIT | CREDIT_NOTE => Some(DocumentKind::CreditNote),
        _ => None,
    }
}

/// Counts, document by document, over everything that was ever made in the ledgers.
pub(super) async fn count(context: &Context, sandbox: &Sandbox, papers: &[Paper]) -> Result<Counted, StoreError> {
    let mut by_number: HashMap<String, Vec<SandboxEntry>> = HashMap::new();
    for entry in sandbox.entries() {
        let words = entry.descriptions.iter().flat_map(|text| text.split(' '));
        if let Some(number) = words.into_iter().find(|word| word.starts_with("LR-")).map(str::to_owned) {
            by_number.entry(number).or_default().push(entry);
        }
    }
    let refused_calls = sandbox.calls().iter().filter(|call| call.status == Some(429)).count();
    let mut counted = Counted { documents: papers.len(), refused_calls, ..Counted::default() };
    for paper in papers {
        let document = document_fetch(&context.db, paper.id).await?;
        counted.posted += usize::from(document.state.name() == "posted");
        match by_number.get(&paper.number).map(Vec::as_slice) {
            None | Some([]) => counted.lost += 1,
            Some([entry]) => {
                counted.once += usize::from(entry.live);
                counted.totals += usize::from(entry.total == paper.total);
                counted.kinds += usize::from(kind(entry.resource) == Some(paper.kind));
                counted.credits_quickbooks += usize::from(entry.live && entry.resource == VENDOR_CREDIT);
                counted.credits_xero += usize::from(entry.live && entry.resource == CREDIT_NOTE);
                counted.images +=
                    usize::from(matches!(entry.attachments.as_slice(), [(_, _, sha256)] if *sha256 == paper.sha256));
            }
            Some(_) => counted.doubled += 1,
        }
    }
    Ok(counted)
}
