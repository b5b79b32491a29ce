//! Notices: written with whatever they tell about, sent from the queue, at most once.
//!
//! Design note. A notice that goes out twice is worse than one that is late: people stop reading them. So a notice is
//! marked before it is sent, and whoever finds the mark of somebody who was cut off does not send again. What certainly
//! did not go out is tried again for a day; after that it is history, not news.

pub(super) mod effects;

use std::collections::BTreeSet;

use super::{Context, Job, transition::enqueue};
use crate::{
    clock::text_in,
    model::{
        field::FieldName,
        id::{NoticeId, PersonId},
        notice::{Channel, Notice, NoticeFacts, NoticeKind, Recipient},
    },
    notify::{Again, NotifyError},
    queue::{Failed, Retry},
    store::{
        StoreError, Txn,
        document::Document,
        notice::{NoticeState, notice_add, notice_begin, notice_end, notice_fetch, notice_give_up, recipient_list},
    },
};

/// A notice that could not be sent for so long is given up, in microseconds: a day.
const NEWS_US: i64 = 86_400_000_000;
/// Why a notice is unknown whose sender was cut off.
const CUT_OFF: &str = "whoever sent it was cut off in the middle";

/// Sends one notice. Safe to run any number of times: what was sent, or may have been, is not sent again.
///
/// # Errors
/// It was not sent; the answer says whether and when to try again.
pub(super) async fn run_notify(context: &Context, id: NoticeId) -> Result<(), Failed> {
    let row = notice_fetch(&context.db, id).await?;
    match row.state {
        NoticeState::Sent | NoticeState::Unknown => return Ok(()),
        NoticeState::Sending => {
            tracing::warn!(notice.id = %id, "Notice {id} may have arrived, or not: {CUT_OFF}");
            notice_end(&context.db, id, NoticeState::Unknown, CUT_OFF, context.clock.now_us()).await?;
            return Ok(());
        }
        NoticeState::Waiting | NoticeState::Failed => {}
    }
    if !notice_begin(&context.db, id, context.clock.now_us()).await? {
        return Ok(());
    }
    let sent = context.notifier.send(row.channel, id, &row.notice, context.clock.now_us()).await;
    let now_us = context.clock.now_us();
    let Err(error) = sent else {
        return Ok(notice_end(&context.db, id, NoticeState::Sent, "", now_us).await?);
    };
    let reason = error.to_string();
    let old = now_us.saturating_sub(row.created_at_us) > NEWS_US;
    let (state, retry) = match error.retry() {
        Again::Never => (NoticeState::Unknown, None),
        Again::Backoff if !old => (NoticeState::Waiting, Some(Retry::Backoff)),
        Again::After(wait) if !old => (NoticeState::Waiting, Some(Retry::After(wait))),
        Again::Backoff | Again::After(_) | Again::Mended => (NoticeState::Failed, None),
    };
    notice_end(&context.db, id, state, &reason, now_us).await?;
    if state == NoticeState::Unknown {
        tracing::warn!(notice.id = %id, reason, "Notice {id} may have arrived, or not; it is not sent again");
        return Ok(());
    }
    Err(Failed { reason, retry })
}

/// Notes that a notice's job is given up.
pub(super) async fn give_up(context: &Context, id: NoticeId, reason: &str) -> Result<(), StoreError> {
    notice_give_up(&context.db, id, reason, context.clock.now_us()).await
}

/// What is told, to several people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telling {
    /// What it is about; see [`Notice::key`].
    pub key: String,
    /// What it says.
    pub kind: NoticeKind,
    /// What it is about.
    pub facts: NoticeFacts,
    /// Whom it is for.
    pub people: BTreeSet<PersonId>,
}

/// Writes a notice for each person who is still there, one row and one job over each channel that is set up. Whoever
/// was told the same before is not told again.
///
/// # Errors
/// The database failed.
pub async fn add(txn: &Txn, context: &Context, telling: &Telling) -> Result<u32, StoreError> {
    let channels: Vec<Channel> = context.notifier.channels().collect();
    if channels.is_empty() || telling.people.is_empty() {
        return Ok(0);
    }
    let now_us = context.clock.now_us();
    let mut added = 0;
    for to in recipient_list(txn, &telling.people).await? {
        let (key, facts) = (telling.key.clone(), telling.facts.clone());
        let notice = Notice { key, to, kind: telling.kind, facts };
        for channel in &channels {
            let id = NoticeId::new();
            if notice_add(txn, id, *channel, &notice, now_us).await? {
                enqueue(txn, Job::Notify(id), 0, now_us).await?;
                added += 1;
            }
        }
    }
    Ok(added)
}

/// What a document's notices say about it.
#[must_use]
pub fn facts_of(context: &Context, document: &Document, due_us: Option<i64>) -> NoticeFacts {
    let draft = document.draft.as_ref();
    let supplier = draft.and_then(|draft| draft.text(FieldName::SupplierName)).unwrap_or(&document.file_name);
    let amount = draft.and_then(|draft| draft.money(FieldName::Total));
    NoticeFacts {
        document: Some(document.id),
        supplier: supplier.to_owned(),
        amount: amount.map(|amount| amount.to_string()).unwrap_or_default(),
        due: due_us.map(|at_us| text_in(at_us, &context.zone)).unwrap_or_default(),
        ..NoticeFacts::default()
    }
}

/// Tries every channel that is set up with a notice to this address, at once and not through the queue.
pub async fn try_out(context: &Context, email: &str) -> Vec<(Channel, Result<(), NotifyError>)> {
    let to = Recipient { person: None, email: email.to_owned(), name: email.to_owned(), language: None };
    let (key, facts) = ("test".to_owned(), NoticeFacts::default());
    let notice = Notice { key, to, kind: NoticeKind::Test, facts };
    let mut outcomes = Vec::new();
    for channel in context.notifier.channels() {
        let id = NoticeId::new();
        let sent = context.notifier.send(channel, id, &notice, context.clock.now_us()).await;
        outcomes.push((channel, sent));
    }
    outcomes
}
