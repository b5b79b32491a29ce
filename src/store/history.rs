//! The append-only history of each document.

use super::{Row, Run, StoreError, Txn};
use crate::model::{
    id::{DocumentId, PersonId},
    person::Actor,
};

/// One thing that happened to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// Counted from one; the document's version after it.
    pub version: i64,
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// Who did it.
    pub actor: Actor,
    /// The event's name.
    pub event: String,
    /// The state's name after it.
    pub state: String,
    /// What else is to be said, for people.
    pub detail: String,
}

/// Appends a row. There is no function that changes or removes one.
///
/// # Errors
/// The version is taken (`Conflict`), or the database failed.
pub async fn history_append(txn: &Txn, id: DocumentId, row: &HistoryRow) -> Result<(), StoreError> {
    let (actor_kind, actor) = match &row.actor {
        Actor::Person(person) => ("person", person.to_string()),
        Actor::System(name) => ("system", name.clone()),
    };
    let sql = "INSERT INTO history (id, document_id, version, at_us, actor_kind, actor, event, state, detail) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let values = vec![
        uuid::Uuid::now_v7().to_string().into(),
        id.to_string().into(),
        row.version.into(),
        row.at_us.into(),
        actor_kind.into(),
        actor.into(),
        row.event.clone().into(),
        row.state.clone().into(),
        row.detail.clone().into(),
    ];
    match txn.execute(sql, values).await {
        Err(error) if super::is_duplicate(&error) => Err(StoreError::Conflict("document")),
        other => other.map(|_| ()),
    }
}

/// Everything that happened to a document, the oldest first.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn history_list(run: &impl Run, id: DocumentId) -> Result<Vec<HistoryRow>, StoreError> {
    let sql = "SELECT version, at_us, actor_kind, actor, event, state, detail FROM history \
        WHERE document_id = $1 ORDER BY version";
    run.rows(sql, vec![id.to_string().into()]).await?.iter().map(from_row).collect()
}

fn from_row(row: &Row) -> Result<HistoryRow, StoreError> {
    let actor = match row.text("actor_kind")?.as_str() {
        "person" => Actor::Person(row.parsed("actor", "actor", |text| text.parse::<PersonId>().ok())?),
        _ => Actor::System(row.text("actor")?),
    };
    Ok(HistoryRow {
        version: row.number("version")?,
        at_us: row.number("at_us")?,
        actor,
        event: row.text("event")?,
        state: row.text("state")?,
        detail: row.text("detail")?,
    })
}

/// A page of everything that happened to any document, the newest first: the document, its title, the row; and how
/// many rows there are.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn history_list_all(
    run: &impl Run,
    offset: i64,
    rows_max: i64,
) -> Result<(Vec<(DocumentId, String, HistoryRow)>, i64), StoreError> {
    let count = run.rows("SELECT COUNT(*) AS n FROM history", Vec::new()).await?;
    let total = count.first().map(|row| row.number("n")).transpose()?.unwrap_or(0);
    let sql = "SELECT h.document_id AS document_id, COALESCE(d.supplier_name, d.file_name) AS title, \
        h.version AS version, h.at_us AS at_us, h.actor_kind AS actor_kind, h.actor AS actor, h.event AS event, \
        h.state AS state, h.detail AS detail FROM history h JOIN documents d ON d.id = h.document_id \
        ORDER BY h.at_us DESC, h.id DESC LIMIT $1 OFFSET $2";
    let rows = run.rows(sql, vec![rows_max.into(), offset.into()]).await?;
    let line = |row: &Row| {
        let id = row.parsed("document_id", "document id", |text| text.parse().ok())?;
        Ok((id, row.text("title")?, from_row(row)?))
    };
    Ok((rows.iter().map(line).collect::<Result<_, StoreError>>()?, total))
}
