//! The pipeline: the only place where stages, store, queue and ledgers meet.
//!
//! Design note. A job handler loads, thinks, records, and is done; all of "record" is one transaction, with the next
//! job in it. [`transition`](transition::transition) is the only code that changes a document's state. Every handler is
//! right when run twice: it looks at the state first, and whatever it did before shows there.

pub mod actions;
pub mod approval;
pub mod blocked;
pub mod changes;
mod charged;
mod claim;
pub mod connections;
pub mod context;
pub mod dimension;
pub mod entry;
pub mod export;
pub mod join;
mod learning;
pub mod ledger;
pub mod notices;
pub mod own_rate;
mod pace;
pub mod parts;
pub mod posting;
mod prepared;
pub mod receive;
pub mod restored;
pub mod stages;
pub mod surroundings;
pub mod sync;
mod tax;
pub mod transition;
pub mod webhook;

use transition::Move;

use crate::{
    approval::state::{Event, ReversalEvent, Verdict},
    model::{
        finding::{Finding, Severity},
        id::{ConnectionId, DocumentId, NoticeId},
    },
    queue::{Failed, Retry},
    store::{StoreError, document::Document, job::ClaimedJob},
};

pub use context::Context;

pub use crate::post::{LedgerKind, ReferenceKind};

/// The work that is done in the background; ids only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Job {
    /// Read a document's file.
    Read(DocumentId),
    /// Run the checks over a draft.
    Check(DocumentId),
    /// Put an approved document into its ledger.
    Post(DocumentId),
    /// Take a posted entry out of its ledger again.
    Reverse(DocumentId),
    /// Read a company's accounts, tax codes and suppliers anew, and compare what was posted.
    Sync(ConnectionId),
    /// Read what changed in a company's books.
    Changes(ConnectionId),
    /// Send a notice.
    Notify(NoticeId),
}

impl Job {
    /// The name in the queue.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Read(_) => "read",
            Self::Check(_) => "check",
            Self::Post(_) => "post",
            Self::Reverse(_) => "reverse",
            Self::Sync(_) => "sync",
            Self::Changes(_) => "changes",
            Self::Notify(_) => "notify",
        }
    }

    /// What it is about, as text.
    #[must_use]
    pub fn subject(self) -> String {
        match self {
            Self::Read(id) | Self::Check(id) | Self::Post(id) | Self::Reverse(id) => id.to_string(),
            Self::Sync(id) | Self::Changes(id) => id.to_string(),
            Self::Notify(id) => id.to_string(),
        }
    }

    /// The job that a row of the queue describes; `None` for one that another version wrote.
    #[must_use]
    pub fn from_row(kind: &str, subject: &str) -> Option<Self> {
        let document = || subject.parse().ok();
        match kind {
            "read" => document().map(Self::Read),
            "check" => document().map(Self::Check),
            "post" => document().map(Self::Post),
            "reverse" => document().map(Self::Reverse),
            "sync" => subject.parse().ok().map(Self::Sync),
            "changes" => subject.parse().ok().map(Self::Changes),
            "notify" => subject.parse().ok().map(Self::Notify),
            _ => None,
        }
    }
}

/// A company's books are read page by page, each in its turn among the calls of all processes; that may take longer than
/// one lease. Whatever takes longer than these has to begin again.
const BOOKS_LEASES_MAX: u32 = 10;

/// For how many leases a job may go on. A posting is cut off instead: its next attempt looks.
fn leases_max(kind: &str) -> u32 {
    match kind {
        "sync" | "changes" => BOOKS_LEASES_MAX,
        _ => 1,
    }
}

/// Runs one claimed job.
///
/// # Errors
/// It is not done; the answer says whether and when to try again.
pub async fn run(context: &Context, claimed: ClaimedJob) -> Result<(), Failed> {
    let Some(job) = Job::from_row(&claimed.kind, &claimed.subject) else {
        return Err(Failed { reason: format!("no version of vouch knows {} jobs", claimed.kind), retry: None });
    };
    let result = match job {
        _ if is_cut_off(context, &claimed) => Err(cut_off()),
        Job::Read(id) => stages::run_read(context, id).await,
        Job::Check(id) => stages::run_check(context, id).await,
        Job::Post(id) => posting::run_post(context, id, &claimed).await,
        Job::Reverse(id) => posting::run_reverse(context, id).await,
        Job::Sync(id) => sync::run_sync(context, id).await,
        Job::Changes(id) => changes::run_changes(context, id).await,
        Job::Notify(id) => notices::run_notify(context, id).await,
    };
    ended(context, job, &claimed, result).await
}

/// Runs a posting that was claimed beside another; its bill may go in one call with others.
async fn run_beside(context: &Context, claimed: ClaimedJob, seat: Option<posting::Seat>) -> Result<(), Failed> {
    let Some(job @ Job::Post(id)) = Job::from_row(&claimed.kind, &claimed.subject) else { return Ok(()) };
    let result = if is_cut_off(context, &claimed) {
        Err(cut_off())
    } else {
        posting::post_one(context, id, &claimed, seat).await
    };
    ended(context, job, &claimed, result).await
}

/// Whoever tried was cut off every time, and could not say why.
fn is_cut_off(context: &Context, claimed: &ClaimedJob) -> bool {
    claimed.attempts > context.config.job_attempts_max
}

fn cut_off() -> Failed {
    Failed { reason: "It was cut off at every try".to_owned(), retry: None }
}

/// The last try: the document goes to a person with the reason, instead of standing still with nobody told.
async fn ended(context: &Context, job: Job, claimed: &ClaimedJob, result: Result<(), Failed>) -> Result<(), Failed> {
    match result {
        Err(failed)
            if failed.retry.is_none()
                || (failed.retry == Some(Retry::Backoff) && claimed.attempts >= context.config.job_attempts_max) =>
        {
            hand_over(context, job, failed).await
        }
        other => other,
    }
}

/// Gives a document to a person because vouch could not go on with it.
async fn hand_over(context: &Context, job: Job, failed: Failed) -> Result<(), Failed> {
    let mut finding = None;
    let (id, event) = match job {
        Job::Read(id) => {
            let code = "reader_missing".to_owned();
            (id, Event::ReadFailed { code, message: failed.reason.clone() })
        }
        Job::Post(id) => (id, Event::PostingBlocked { message: format!("{}. Try again.", failed.reason) }),
        Job::Reverse(id) => {
            let message = format!("{}. Try again.", failed.reason);
            (id, Event::Reversal(ReversalEvent::Blocked { message }))
        }
        Job::Check(id) => {
            // Nothing was checked, so nobody may send it on as it is; a correction has it checked again.
            let message = "The checks could not be made. Change or confirm a value to have it checked again, or have \
                it read again.";
            finding = Some(Finding::new("E0", Severity::Block, message, &[]));
            (id, Event::Checked { verdict: Verdict::NeedsReview })
        }
        Job::Notify(id) => {
            notices::give_up(context, id, &failed.reason).await?;
            return Err(failed);
        }
        Job::Sync(_) | Job::Changes(_) => return Err(failed),
    };
    let change = Box::new(move |document: &mut Document| document.findings.extend(finding));
    let step = Move { detail: failed.reason, change, ..Move::by_system(id, job.kind(), event) };
    stages::settled(match job {
        Job::Post(_) | Job::Reverse(_) => notices::effects::block(context, step).await,
        Job::Read(_) | Job::Check(_) | Job::Sync(_) | Job::Changes(_) | Job::Notify(_) => {
            transition::transition(context, step).await
        }
    })
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        let retry = match &error {
            // Whoever was faster may have left nothing to do: look again.
            StoreError::Database(_) | StoreError::Open(_) | StoreError::Migrate(_) | StoreError::Conflict(_) => {
                Some(Retry::Backoff)
            }
            StoreError::NotFound(_) | StoreError::Damaged { .. } => None,
        };
        Self { reason: describe(&error), retry }
    }
}

/// An error with what caused it, in one line.
pub fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
