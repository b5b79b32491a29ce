//! Postings: how far each approved document has come on its way into its ledger.
//!
//! A posting belongs to whoever wrote it last. [`posting_advance`] compares its version and sets the next one, so a
//! worker that slept past its lease finds out before it sends anything, and writes nothing over what another did.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Db, Row, Run, StoreError, Txn};
use crate::{
    model::id::{ConnectionId, DocumentId, PostingId},
    reconcile::charged::Charged,
};

/// A posting. Each field is filled by one step, in the order they stand here, and each step is safe to repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Its id; every key sent to the ledger is derived from it.
    pub id: PostingId,
    /// The document.
    pub document: DocumentId,
    /// The company.
    pub connection: ConnectionId,
    /// `paid`, `bill` or `credit`.
    pub resource: String,
    /// The reference by which the entry is found in the ledger.
    pub reference: String,
    /// The supplier's id there.
    pub supplier_id: Option<String>,
    /// The entry's request body, as it was first made; every attempt sends the same bytes.
    pub body: Option<String>,
    /// When the entry was first sent without a "no" since; while this is there, look before sending again.
    pub entry_sent_at_us: Option<i64>,
    /// When it was sent last.
    pub entry_tried_at_us: Option<i64>,
    /// The request key that goes with the body.
    pub entry_key: Option<String>,
    /// Since when that key is used.
    pub entry_key_at_us: Option<i64>,
    /// The entry's id there.
    pub external_id: Option<String>,
    /// A page of the ledger that shows it.
    pub entry_url: Option<String>,
    /// The total as the ledger has it.
    pub posted_total: Option<String>,
    /// What it is charged to: as it was sent and, once it is there, as the ledger answered.
    pub charged: Option<Charged>,
    /// Ids of entries of it that somebody deleted or voided there, or vouch took out again: they are not looked for.
    pub gone: Vec<String>,
    /// When the image was first sent.
    pub attachment_sent_at_us: Option<i64>,
    /// The image's id there.
    pub attachment_id: Option<String>,
    /// What the ledger has changed since; absent while it is as approved.
    pub drift: Option<String>,
    /// When it was last compared, in microseconds since 1970.
    pub checked_at_us: Option<i64>,
    /// Counts the writes of those who post it.
    pub version: i64,
}

impl Posting {
    /// Whether the ledger may hold an entry of it: one was made, or one was sent and nobody knows. One that was refused
    /// is known not to be there, unless a send before it went without an answer.
    #[must_use]
    pub const fn entry_may_exist(&self) -> bool {
        self.external_id.is_some() || self.entry_sent_at_us.is_some()
    }

    /// The same posting before anything was sent: its entry is gone, which is remembered, and the next is another. When
    /// something was tried last stays, so that the next attempt looks before it sends.
    #[must_use]
    pub fn as_unsent(self) -> Self {
        let gone = self.gone.iter().chain(&self.external_id).cloned().collect();
        Self {
            gone,
            supplier_id: None,
            body: None,
            entry_sent_at_us: None,
            entry_key: None,
            entry_key_at_us: None,
            external_id: None,
            entry_url: None,
            posted_total: None,
            charged: None,
            attachment_sent_at_us: None,
            attachment_id: None,
            ..self
        }
    }
}

const COLUMNS: &str = "id, document_id, connection_id, resource, reference, supplier_id, body, entry_sent_at_us, \
    entry_tried_at_us, entry_key, entry_key_at_us, external_id, entry_url, posted_total, attachment_sent_at_us, \
    attachment_id, drift, checked_at_us, charged, gone, version";

/// Begins a posting; one that a document already has stays as it is.
///
/// # Errors
/// The database failed.
pub async fn posting_create(txn: &Txn, posting: &Posting, at_us: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO postings (id, document_id, connection_id, resource, reference, created_at_us) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (document_id) DO NOTHING";
    let values = vec![
        posting.id.to_string().into(),
        posting.document.to_string().into(),
        posting.connection.to_string().into(),
        posting.resource.clone().into(),
        posting.reference.clone().into(),
        at_us.into(),
    ];
    txn.execute(sql, values).await.map(|_| ())
}

/// Writes how far a posting has come, if nobody else wrote since it was read, and takes it: whoever read it before this
/// can write no more.
///
/// # Errors
/// Somebody else took it, or the database failed.
pub async fn posting_advance(run: &impl Run, posting: &mut Posting) -> Result<(), StoreError> {
    let sql = "UPDATE postings SET supplier_id = $1, body = $2, entry_sent_at_us = $3, entry_tried_at_us = $4, \
        entry_key = $5, entry_key_at_us = $6, external_id = $7, entry_url = $8, posted_total = $9, \
        attachment_sent_at_us = $10, attachment_id = $11, resource = $12, connection_id = $13, charged = $14, \
        gone = $15, version = version + 1 WHERE id = $16 AND version = $17";
    let values = vec![
        posting.supplier_id.clone().into(),
        posting.body.clone().into(),
        posting.entry_sent_at_us.into(),
        posting.entry_tried_at_us.into(),
        posting.entry_key.clone().into(),
        posting.entry_key_at_us.into(),
        posting.external_id.clone().into(),
        posting.entry_url.clone().into(),
        posting.posted_total.clone().into(),
        posting.attachment_sent_at_us.into(),
        posting.attachment_id.clone().into(),
        posting.resource.clone().into(),
        posting.connection.to_string().into(),
        posting.charged.as_ref().map(charged_text).into(),
        Some(&posting.gone).filter(|gone| !gone.is_empty()).map(|gone| gone_text(gone)).into(),
        posting.id.to_string().into(),
        posting.version.into(),
    ];
    match run.execute(sql, values).await? {
        0 => Err(StoreError::Conflict("posting")),
        _ => {
            posting.version += 1;
            Ok(())
        }
    }
}

/// Writes what a comparison with the ledger showed: `drift` and `checked_at_us`, nothing else.
///
/// # Errors
/// There is no such posting, or the database failed.
pub async fn posting_update(run: &impl Run, posting: &Posting) -> Result<(), StoreError> {
    let sql = "UPDATE postings SET drift = $1, checked_at_us = $2 WHERE id = $3";
    let values = vec![posting.drift.clone().into(), posting.checked_at_us.into(), posting.id.to_string().into()];
    match run.execute(sql, values).await? {
        0 => Err(StoreError::NotFound("posting")),
        _ => Ok(()),
    }
}

/// The posting of a document.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn posting_by_document(run: &impl Run, document: DocumentId) -> Result<Option<Posting>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM postings WHERE document_id = $1");
    run.rows(&sql, vec![document.to_string().into()]).await?.first().map(from_row).transpose()
}

/// The postings of a company that are in its ledger, and that no look at its books has shown yet.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn posting_list_unseen(db: &Db, connection: ConnectionId, rows_max: i64) -> Result<Vec<Posting>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM postings WHERE connection_id = $1 AND attachment_id IS NOT NULL \
        AND NOT EXISTS (SELECT 1 FROM ledger_entries e WHERE e.connection_id = postings.connection_id \
        AND e.resource = postings.resource AND e.external_id = postings.external_id) ORDER BY id LIMIT $2"
    );
    db.rows(&sql, vec![connection.to_string().into(), rows_max.into()]).await?.iter().map(from_row).collect()
}

/// The postings that the ledger has changed since, the newest first.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn posting_list_drifted(db: &Db, rows_max: i64) -> Result<Vec<Posting>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM postings WHERE drift IS NOT NULL ORDER BY created_at_us DESC, id LIMIT $1");
    db.rows(&sql, vec![rows_max.into()]).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<Posting, StoreError> {
    Ok(Posting {
        id: row.parsed("id", "posting id", |text| text.parse().ok())?,
        document: row.parsed("document_id", "document id", |text| text.parse().ok())?,
        connection: row.parsed("connection_id", "connection id", |text| text.parse().ok())?,
        resource: row.text("resource")?,
        reference: row.text("reference")?,
        supplier_id: row.text_or_none("supplier_id")?,
        body: row.text_or_none("body")?,
        entry_sent_at_us: row.number_or_none("entry_sent_at_us")?,
        entry_tried_at_us: row.number_or_none("entry_tried_at_us")?,
        entry_key: row.text_or_none("entry_key")?,
        entry_key_at_us: row.number_or_none("entry_key_at_us")?,
        external_id: row.text_or_none("external_id")?,
        entry_url: row.text_or_none("entry_url")?,
        posted_total: row.text_or_none("posted_total")?,
        attachment_sent_at_us: row.number_or_none("attachment_sent_at_us")?,
        attachment_id: row.text_or_none("attachment_id")?,
        drift: row.text_or_none("drift")?,
        checked_at_us: row.number_or_none("checked_at_us")?,
        charged: row.text_or_none("charged")?.as_deref().map(charged_from).transpose()?,
        gone: row.text_or_none("gone")?.as_deref().map_or(Ok(Vec::new()), gone_from)?,
        version: row.number("version")?,
    })
}

fn gone_text(gone: &[String]) -> String {
    serde_json::to_string(gone).expect("texts always serialise")
}

fn gone_from(text: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Damaged { what: "list of entries", value: text.to_owned() })
}

/// What an entry is charged to, as it is kept.
#[derive(Serialize, Deserialize)]
struct ChargedJson {
    accounts: BTreeSet<String>,
    tax_codes: BTreeSet<String>,
    dimensions: BTreeSet<BTreeMap<String, String>>,
}

fn charged_text(charged: &Charged) -> String {
    let Charged { accounts, tax_codes, dimensions } = charged.clone();
    let json = ChargedJson { accounts, tax_codes, dimensions };
    serde_json::to_string(&json).expect("plain data with text keys always serialises")
}

fn charged_from(text: &str) -> Result<Charged, StoreError> {
    let damaged = |_| StoreError::Damaged { what: "charge", value: text.to_owned() };
    let ChargedJson { accounts, tax_codes, dimensions } = serde_json::from_str(text).map_err(damaged)?;
    Ok(Charged { accounts, tax_codes, dimensions })
}
