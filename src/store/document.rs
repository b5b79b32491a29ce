//! Documents, their uploads and their pages.

mod state;

use std::collections::BTreeSet;

use sea_orm::Value;
use serde::Serialize;

use super::{Db, Row, Run, StoreError, Txn, is_duplicate, part::division_of, truth};
use crate::{
    approval::state::State,
    model::{
        category::Category,
        draft::Draft,
        field::FieldName,
        finding::{Finding, Severity},
        id::{ConnectionId, DocumentId, PersonId},
        media::MediaType,
        part::Division,
    },
    reading::{DraftJson, FindingJson},
};
use state::{state_from_json, state_to_json};

/// One receipt or invoice with everything vouch knows about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its id.
    pub id: DocumentId,
    /// The name of its original: the SHA-256 of the bytes. Of a part after the first, what names it instead
    /// ([`crate::model::part::part_sha256`]): its original is the first part's.
    pub sha256: String,
    /// What the original is.
    pub media_type: MediaType,
    /// What the person who uploaded it called it.
    pub file_name: String,
    /// How many bytes the original has.
    pub bytes: i64,
    /// Who uploaded it first.
    pub submitter: PersonId,
    /// What it was for.
    pub category: Category,
    /// Whose books it goes into.
    pub connection: Option<ConnectionId>,
    /// Where it stands.
    pub state: State,
    /// Counts its changes; whoever changes it names the version they saw.
    pub version: i64,
    /// What was read or corrected; absent until something was.
    pub draft: Option<Draft>,
    /// What the checks noticed.
    pub findings: Vec<Finding>,
    /// A person said: keep it although it looks like a duplicate.
    pub kept: bool,
    /// Who changed or confirmed values.
    pub correctors: BTreeSet<PersonId>,
    /// How it stands to the file it came in.
    pub division: Division,
    /// When it was uploaded first, in microseconds since 1970.
    pub uploaded_at_us: i64,
    /// When it changed last, in microseconds since 1970.
    pub changed_at_us: i64,
}

/// Which documents a list shows. Empty shows all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentFilter {
    /// Only in this state, by name.
    pub state: Option<String>,
    /// Only suppliers whose name holds this, in any case.
    pub supplier: Option<String>,
    /// Only issued on or after this day, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// Only issued on or before this day, `YYYY-MM-DD`.
    pub to: Option<String>,
    /// Only for this company.
    pub connection: Option<ConnectionId>,
    /// Only uploaded by this person.
    pub submitter: Option<PersonId>,
    /// Not uploaded by this person: what they could approve.
    pub not_submitter: Option<PersonId>,
}

/// A new document; its state is `Received`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDocument {
    /// Its id.
    pub id: DocumentId,
    /// The SHA-256 of the bytes.
    pub sha256: String,
    /// What the original is.
    pub media_type: MediaType,
    /// What the person called it.
    pub file_name: String,
    /// How many bytes it has.
    pub bytes: i64,
    /// Who uploads it.
    pub submitter: PersonId,
    /// What it was for.
    pub category: Category,
    /// Whose books it goes into.
    pub connection: Option<ConnectionId>,
    /// Now.
    pub at_us: i64,
}

pub(super) const COLUMNS: &str = "id, sha256, media_type, file_name, bytes, submitter_id, category, connection_id, \
    state_json, version, draft_json, findings_json, kept, correctors, uploaded_at_us, changed_at_us, part_of, part_number, \
    part_count, part_sha256, part_bytes";

/// Writes a new document; `false` when these bytes are known already.
///
/// # Errors
/// The database failed.
pub async fn document_create(txn: &Txn, new: &NewDocument) -> Result<bool, StoreError> {
    let sql = "INSERT INTO documents (id, sha256, media_type, file_name, bytes, submitter_id, category, \
        connection_id, state, state_json, version, findings_json, findings_count, kept, correctors, uploaded_at_us, \
        changed_at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '[]', 0, 0, '', $11, $11) \
        ON CONFLICT (sha256) DO NOTHING";
    let values = vec![
        new.id.to_string().into(),
        new.sha256.clone().into(),
        new.media_type.name().into(),
        new.file_name.clone().into(),
        new.bytes.into(),
        new.submitter.to_string().into(),
        new.category.name().into(),
        new.connection.map(|id| id.to_string()).into(),
        State::Received.name().into(),
        state_to_json(&State::Received).into(),
        new.at_us.into(),
    ];
    match txn.execute(sql, values).await {
        Err(error) if is_duplicate(&error) => Ok(false),
        other => other.map(|rows| rows == 1),
    }
}

/// The document with these bytes.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn document_by_sha256(run: &impl Run, sha256: &str) -> Result<Option<Document>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM documents WHERE sha256 = $1");
    run.rows(&sql, vec![sha256.into()]).await?.first().map(from_row).transpose()
}

/// The document with this id.
///
/// # Errors
/// There is none, the database failed, or it holds a damaged row.
pub async fn document_fetch(run: &impl Run, id: DocumentId) -> Result<Document, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM documents WHERE id = $1");
    let rows = run.rows(&sql, vec![id.to_string().into()]).await?;
    rows.first().map(from_row).transpose()?.ok_or(StoreError::NotFound("document"))
}

/// The parts of a picture in their order, by the document that was uploaded; none where it was not divided.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn document_parts(run: &impl Run, of: DocumentId) -> Result<Vec<Document>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM documents WHERE part_of = $1 ORDER BY part_number");
    run.rows(&sql, vec![of.to_string().into()]).await?.iter().map(from_row).collect()
}

/// Makes other writers of this document wait until the transaction ends. On SQLite every writer waits already.
///
/// # Errors
/// The database failed.
pub async fn document_lock(txn: &Txn, id: DocumentId) -> Result<(), StoreError> {
    if txn.backend == sea_orm::DatabaseBackend::Sqlite {
        return Ok(());
    }
    let sql = "SELECT 1 AS n FROM documents WHERE id = $1 FOR UPDATE";
    txn.rows(sql, vec![id.to_string().into()]).await.map(|_| ())
}

/// Writes a document as it now is, if it is still at `seen_version`; its version becomes one more.
///
/// # Errors
/// Somebody else changed it (`Conflict`), or the database failed.
pub async fn document_update(txn: &Txn, document: &Document, seen_version: i64) -> Result<(), StoreError> {
    let sql = "UPDATE documents SET category = $1, connection_id = $2, state = $3, state_json = $4, \
        version = version + 1, draft_json = $5, findings_json = $6, findings_count = $7, kept = $8, correctors = $9, \
        supplier_name = $10, supplier_key = $11, issue_date = $12, total_minor = $13, currency = $14, \
        document_number = $15, changed_at_us = $16 WHERE id = $17 AND version = $18";
    let draft = document.draft.as_ref();
    let total = draft.and_then(|draft| draft.money(FieldName::Total));
    let supplier = draft.and_then(|draft| draft.text(FieldName::SupplierName));
    let number = draft.and_then(|draft| draft.text(FieldName::DocumentNumber));
    let date = draft.and_then(|draft| draft.date(FieldName::IssueDate));
    let currency = draft.and_then(Draft::currency);
    let counted = document.findings.iter().filter(|finding| finding.severity >= Severity::Flag).count();
    let correctors: Vec<String> = document.correctors.iter().map(ToString::to_string).collect();
    let values: Vec<Value> = vec![
        document.category.name().into(),
        document.connection.map(|id| id.to_string()).into(),
        document.state.name().into(),
        state_to_json(&document.state).into(),
        draft.map(draft_to_json).into(),
        findings_to_json(&document.findings).into(),
        i64::try_from(counted).unwrap_or(i64::MAX).into(),
        truth(document.kept),
        correctors.join(" ").into(),
        supplier.map(str::to_owned).into(),
        supplier.map(crate::check::supplier_key).into(),
        date.map(|date| date.to_string()).into(),
        total.map(crate::model::money::Money::minor).into(),
        currency.map(|currency| currency.code().to_owned()).into(),
        number.map(|number| number.split_whitespace().collect::<String>()).into(),
        document.changed_at_us.into(),
        document.id.to_string().into(),
        seen_version.into(),
    ];
    match txn.execute(sql, values).await? {
        0 => Err(StoreError::Conflict("document")),
        _ => Ok(()),
    }
}

/// A page of a list, the newest first, and how many documents the filter lets through.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn document_list(
    db: &Db,
    filter: &DocumentFilter,
    offset: i64,
    rows_max: i64,
) -> Result<(Vec<Document>, i64), StoreError> {
    let (clauses, mut values) = filter_clauses(filter);
    let count = db.rows(&format!("SELECT COUNT(*) AS n FROM documents{clauses}"), values.clone()).await?;
    let total = count.first().map(|row| row.number("n")).transpose()?.unwrap_or(0);
    let (limit, skip) = (values.len() + 1, values.len() + 2);
    let sql = format!(
        "SELECT {COLUMNS} FROM documents{clauses} ORDER BY uploaded_at_us DESC, id DESC LIMIT ${limit} OFFSET ${skip}"
    );
    values.extend([rows_max.into(), offset.into()]);
    let documents = db.rows(&sql, values).await?.iter().map(from_row).collect::<Result<_, _>>()?;
    Ok((documents, total))
}

fn filter_clauses(filter: &DocumentFilter) -> (String, Vec<Value>) {
    let mut clauses: Vec<String> = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    let mut push = |clause: &str, value: Value| {
        values.push(value);
        clauses.push(clause.replace('?', &format!("${}", values.len())));
    };
    if let Some(state) = &filter.state {
        push("state = ?", state.clone().into());
    }
    if let Some(supplier) = &filter.supplier {
        push("supplier_key LIKE ?", format!("%{}%", crate::check::supplier_key(supplier)).into());
    }
    if let Some(from) = &filter.from {
        push("issue_date >= ?", from.clone().into());
    }
    if let Some(to) = &filter.to {
        push("issue_date <= ?", to.clone().into());
    }
    if let Some(connection) = filter.connection {
        push("connection_id = ?", connection.to_string().into());
    }
    if let Some(submitter) = filter.submitter {
        push("submitter_id = ?", submitter.to_string().into());
    }
    if let Some(person) = filter.not_submitter {
        push("submitter_id <> ?", person.to_string().into());
    }
    let clauses = if clauses.is_empty() { String::new() } else { format!(" WHERE {}", clauses.join(" AND ")) };
    (clauses, values)
}

/// Notes that somebody handed the file over.
///
/// # Errors
/// The database failed.
pub async fn upload_append(
    txn: &Txn,
    id: DocumentId,
    person: PersonId,
    file_name: &str,
    at_us: i64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO uploads (id, document_id, person_id, file_name, at_us) VALUES ($1, $2, $3, $4, $5)";
    let upload = uuid::Uuid::now_v7().to_string();
    let values = vec![upload.into(), id.to_string().into(), person.to_string().into(), file_name.into(), at_us.into()];
    txn.execute(sql, values).await.map(|_| ())
}

/// How often the file was handed over.
///
/// # Errors
/// The database failed.
pub async fn upload_count(run: &impl Run, id: DocumentId) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM uploads WHERE document_id = $1";
    let rows = run.rows(sql, vec![id.to_string().into()]).await?;
    rows.first().map(|row| row.number("n")).transpose().map(Option::unwrap_or_default)
}

/// Whether a person ever handed this document over; then they may see it.
///
/// # Errors
/// The database failed.
pub async fn upload_exists(run: &impl Run, id: DocumentId, person: PersonId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS n FROM uploads WHERE document_id = $1 AND person_id = $2 LIMIT 1";
    Ok(!run.rows(sql, vec![id.to_string().into(), person.to_string().into()]).await?.is_empty())
}

/// A page as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRow {
    /// Counted from one.
    pub number: u32,
    /// Width in pixels of what the areas refer to.
    pub width: i64,
    /// Height in pixels of what the areas refer to.
    pub height: i64,
    /// The name of its picture among the blobs.
    pub picture: String,
    /// The page's words as JSON.
    pub page_json: String,
}

/// Replaces the pages of a document.
///
/// # Errors
/// The database failed.
pub async fn page_replace_all(txn: &Txn, id: DocumentId, pages: &[PageRow]) -> Result<(), StoreError> {
    txn.execute("DELETE FROM pages WHERE document_id = $1", vec![id.to_string().into()]).await?;
    for page in pages {
        let sql = "INSERT INTO pages (document_id, number, page_json, picture, width, height) \
            VALUES ($1, $2, $3, $4, $5, $6)";
        let values = vec![
            id.to_string().into(),
            i64::from(page.number).into(),
            page.page_json.clone().into(),
            page.picture.clone().into(),
            page.width.into(),
            page.height.into(),
        ];
        txn.execute(sql, values).await?;
    }
    Ok(())
}

/// The pages of a document, in order.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn page_list(run: &impl Run, id: DocumentId) -> Result<Vec<PageRow>, StoreError> {
    let sql = "SELECT number, page_json, picture, width, height FROM pages WHERE document_id = $1 ORDER BY number";
    let from_row = |row: &Row| {
        let number = row.number("number")?;
        Ok(PageRow {
            number: u32::try_from(number)
                .map_err(|_| StoreError::Damaged { what: "page number", value: number.to_string() })?,
            width: row.number("width")?,
            height: row.number("height")?,
            picture: row.text("picture")?,
            page_json: row.text("page_json")?,
        })
    };
    run.rows(sql, vec![id.to_string().into()]).await?.iter().map(from_row).collect()
}

pub(super) fn from_row(row: &Row) -> Result<Document, StoreError> {
    let connection = row.text_or_none("connection_id")?;
    let damaged = |what, value: &str| StoreError::Damaged { what, value: value.to_owned() };
    let connection =
        connection.map(|text| text.parse::<ConnectionId>().map_err(|_| damaged("connection id", &text))).transpose()?;
    let correctors = row.text("correctors")?;
    let correctors = correctors
        .split_whitespace()
        .map(|text| text.parse::<PersonId>().map_err(|_| damaged("person id", text)))
        .collect::<Result<_, _>>()?;
    let draft = row.text_or_none("draft_json")?.map(|json| draft_from_json(&json)).transpose()?;
    Ok(Document {
        id: row.parsed("id", "document id", |text| text.parse().ok())?,
        sha256: row.text("sha256")?,
        media_type: row.parsed("media_type", "media type", MediaType::from_name)?,
        file_name: row.text("file_name")?,
        bytes: row.number("bytes")?,
        submitter: row.parsed("submitter_id", "person id", |text| text.parse().ok())?,
        category: row.parsed("category", "category", Category::from_name)?,
        connection,
        state: row.parsed("state_json", "state", state_from_json)?,
        version: row.number("version")?,
        draft,
        findings: findings_from_json(&row.text("findings_json")?)?,
        kept: row.truth("kept")?,
        correctors,
        division: division_of(row)?,
        uploaded_at_us: row.number("uploaded_at_us")?,
        changed_at_us: row.number("changed_at_us")?,
    })
}

fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data with text keys always serialises")
}

fn draft_to_json(draft: &Draft) -> String {
    to_json(&DraftJson::from(draft))
}

fn draft_from_json(json: &str) -> Result<Draft, StoreError> {
    let damaged = |value: String| StoreError::Damaged { what: "draft", value };
    let parsed: DraftJson = serde_json::from_str(json).map_err(|error| damaged(error.to_string()))?;
    Draft::try_from(parsed).map_err(|error| damaged(error.to_string()))
}

fn findings_to_json(findings: &[Finding]) -> String {
    to_json(&findings.iter().map(FindingJson::from).collect::<Vec<_>>())
}

fn findings_from_json(json: &str) -> Result<Vec<Finding>, StoreError> {
    let damaged = |value: String| StoreError::Damaged { what: "finding", value };
    let parsed: Vec<FindingJson> = serde_json::from_str(json).map_err(|error| damaged(error.to_string()))?;
    parsed.into_iter().map(|finding| Finding::try_from(finding).map_err(|error| damaged(error.to_string()))).collect()
}
