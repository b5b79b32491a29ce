//! A ledger that does not answer, or answers what is no answer: its postings wait together, and go out in order of age.
//!
//! Design note. A call that fails now and then is tried again by its own job. When a company's ledger has given no posting
//! a usable answer for a minute, it is down, and each job's own tries would be used up for nothing. From then on the
//! company waits as one: its jobs stand in order of age with the reason, no try counts, and after each wait the oldest
//! goes first to see. Nothing is guessed meanwhile: whatever was sent is still noted as sent, and looked for.

use super::Stop;
use crate::{
    model::id::DocumentId,
    pipeline::Context,
    queue::{Failed, Retry},
    store::{
        StoreError,
        budget::{company_block, silence_end, silence_note},
        connection::{Connection, connection_fetch},
        document::document_fetch,
        job::job_line_up,
    },
};

/// Failures that lie closer together than this are those of single calls.
const SILENT_US: i64 = 60 * 1_000_000;
/// Who is silent for so long is looked at after a quarter of that time, within these bounds.
const WAIT_US: (i64, i64) = (15 * 1_000_000, 5 * 60 * 1_000_000);
/// After a day somebody should know: from then on tries count again, and the documents go to a person.
const GIVEN_UP_US: i64 = 24 * 3_600 * 1_000_000;

fn company(connection: &Connection) -> String {
    format!("{}:{}", connection.ledger, connection.company_id)
}

/// How a posting goes on that got no usable answer.
pub(super) async fn unanswered(context: &Context, id: DocumentId, failed: Failed) -> Result<Failed, StoreError> {
    let Some(connection) = document_fetch(&context.db, id).await?.connection else { return Ok(failed) };
    let connection = connection_fetch(&context.db, connection).await?;
    let (company, now_us) = (company(&connection), context.clock.now_us());
    let txn = context.db.begin_write().await?;
    let silent_us = now_us.saturating_sub(silence_note(&txn, &company, now_us).await?);
    let outage = (SILENT_US..GIVEN_UP_US).contains(&silent_us);
    if outage {
        let wait_us = (silent_us / 4).clamp(WAIT_US.0, WAIT_US.1);
        company_block(&txn, &company, now_us.saturating_add(wait_us)).await?;
        job_line_up(&txn, connection.id, now_us, &failed.reason).await?;
    }
    txn.commit().await?;
    Ok(if outage { Failed { retry: Some(Retry::GivenBack), ..failed } } else { failed })
}

/// A posting was answered.
pub(super) async fn answered(context: &Context, connection: &Connection) -> Result<(), Stop> {
    Ok(silence_end(&context.db, &company(connection)).await?)
}
