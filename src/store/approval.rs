//! Approvals, their tasks, and what people say about them.

mod wire;

use std::collections::BTreeSet;

use super::{
    Row, Run, StoreError, Txn,
    document::{self, Document},
};
use crate::{
    approval::instance::{Instance, TaskId},
    model::{
        id::{DocumentId, PersonId},
        policy::Policy,
    },
    policy_file::{policy_from_json, policy_to_json},
};

pub use wire::{Recorded, adding_of};

/// One document's approval: the policy it keeps, everything that happened, and where that led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The policy it keeps.
    pub policy: Policy,
    /// Everything that happened, in order.
    pub record: Vec<Recorded>,
    /// Where that led.
    pub instance: Instance,
}

impl Approval {
    /// An approval that was not sent yet.
    #[must_use]
    pub fn draft(policy: Policy) -> Self {
        Self { instance: Instance::draft(policy.version), policy, record: Vec::new() }
    }

    /// When each task began to wait for its person: the last event that gave it its turn, in microseconds since 1970.
    #[must_use]
    pub fn since(&self) -> std::collections::BTreeMap<TaskId, i64> {
        let mut since = std::collections::BTreeMap::new();
        let mut instance = Instance::draft(self.policy.version);
        for entry in &self.record {
            let Ok((next, _)) = instance.apply(&entry.event) else { break };
            let waits: BTreeSet<TaskId> = next.pending().map(|task| task.id).collect();
            since.retain(|id, _| waits.contains(id));
            for id in waits {
                since.entry(id).or_insert(entry.at_us);
            }
            instance = next;
        }
        since
    }
}

/// The approval of a document, if it was ever sent.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn approval_fetch(run: &impl Run, id: DocumentId) -> Result<Option<Approval>, StoreError> {
    let sql = "SELECT policy_version, policy_json, events_json FROM approvals WHERE document_id = $1";
    let rows = run.rows(sql, vec![id.to_string().into()]).await?;
    rows.first().map(from_row).transpose()
}

fn from_row(row: &Row) -> Result<Approval, StoreError> {
    let damaged = |what| StoreError::Damaged { what, value: String::new() };
    let policy = policy_from_json(&row.text("policy_json")?).map_err(|_| damaged("policy"))?.0;
    let record = wire::from_json(&row.text("events_json")?, &policy).ok_or_else(|| damaged("approval"))?;
    let events = record.iter().map(|entry| &entry.event);
    let instance = Instance::replay(policy.version, events).map_err(|_| damaged("approval"))?;
    Ok(Approval { policy, record, instance })
}

/// What a person has to do about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskRow {
    /// The document.
    pub document: DocumentId,
    /// The task's number within its approval.
    pub number: TaskId,
    /// Whose it is.
    pub person: PersonId,
    /// What people call the node.
    pub node: String,
    /// When it began to wait, in microseconds since 1970.
    pub since_us: i64,
    /// When the next time-out is reached, in microseconds since 1970.
    pub due_us: Option<i64>,
}

/// Writes an approval and replaces its tasks. The caller moves the document in the same transaction, which is what keeps
/// two writers apart.
///
/// # Errors
/// The database failed.
pub async fn approval_store(
    txn: &Txn,
    id: DocumentId,
    approval: &Approval,
    tasks: &[TaskRow],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO approvals (document_id, policy_version, policy_json, events_json) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (document_id) DO UPDATE SET policy_version = $2, policy_json = $3, \
        events_json = $4";
    let values = vec![
        id.to_string().into(),
        i64::from(approval.policy.version).into(),
        policy_to_json(&approval.policy).into(),
        wire::to_json(&approval.record).into(),
    ];
    txn.execute(sql, values).await?;
    tasks_clear(txn, id).await?;
    for task in tasks {
        let sql = "INSERT INTO tasks (document_id, number, person_id, node, since_us, due_us) \
            VALUES ($1, $2, $3, $4, $5, $6)";
        let values = vec![
            id.to_string().into(),
            i64::from(task.number.0).into(),
            task.person.to_string().into(),
            task.node.clone().into(),
            task.since_us.into(),
            task.due_us.into(),
        ];
        txn.execute(sql, values).await?;
    }
    Ok(())
}

/// Forgets an approval, so that the document's next one begins anew; what was done stays in the document's history.
///
/// # Errors
/// The database failed.
pub async fn approval_delete(txn: &Txn, id: DocumentId) -> Result<(), StoreError> {
    txn.execute("DELETE FROM approvals WHERE document_id = $1", vec![id.to_string().into()]).await.map(|_| ())
}

/// Takes away what people had to do about a document that is out of their hands.
///
/// # Errors
/// The database failed.
pub async fn tasks_clear(txn: &Txn, id: DocumentId) -> Result<(), StoreError> {
    txn.execute("DELETE FROM tasks WHERE document_id = $1", vec![id.to_string().into()]).await.map(|_| ())
}

fn task_from_row(row: &Row) -> Result<TaskRow, StoreError> {
    let number = row.number("number")?;
    let damaged = || StoreError::Damaged { what: "task number", value: number.to_string() };
    Ok(TaskRow {
        document: row.parsed("document_id", "document id", |text| text.parse().ok())?,
        number: TaskId(u32::try_from(number).map_err(|_| damaged())?),
        person: row.parsed("person_id", "person id", |text| text.parse().ok())?,
        node: row.text("node")?,
        since_us: row.number("since_us")?,
        due_us: row.number_or_none("due_us")?,
    })
}

/// What some people have to do, the longest waiting first, each with its document and its approval, in one query.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn task_list(
    run: &impl Run,
    people: &[PersonId],
    rows_max: i64,
) -> Result<Vec<(TaskRow, Document, Approval)>, StoreError> {
    if people.is_empty() {
        return Ok(Vec::new());
    }
    let marks: Vec<String> = (1..=people.len()).map(|place| format!("${place}")).collect();
    let sql = format!(
        "SELECT t.document_id, number, person_id, node, since_us, due_us, policy_version, policy_json, events_json, \
        {} FROM tasks t JOIN documents ON id = t.document_id JOIN approvals a ON a.document_id = t.document_id \
        WHERE person_id IN ({}) ORDER BY since_us, t.document_id, number LIMIT ${}",
        document::COLUMNS,
        marks.join(", "),
        people.len() + 1
    );
    let mut values: Vec<sea_orm::Value> = people.iter().map(|person| person.to_string().into()).collect();
    values.push(rows_max.into());
    let rows = run.rows(&sql, values).await?;
    rows.iter().map(|row| Ok((task_from_row(row)?, document::from_row(row)?, from_row(row)?))).collect()
}

/// How many things a person has to do.
///
/// # Errors
/// The database failed.
pub async fn task_count(run: &impl Run, person: PersonId) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM tasks WHERE person_id = $1";
    let rows = run.rows(sql, vec![person.to_string().into()]).await?;
    rows.first().map(|row| row.number("n")).transpose().map(Option::unwrap_or_default)
}

/// Documents with a task that is due, or whose person left.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn documents_to_sweep(run: &impl Run, now_us: i64, rows_max: i64) -> Result<Vec<DocumentId>, StoreError> {
    let sql = "SELECT DISTINCT tasks.document_id FROM tasks JOIN people ON people.id = tasks.person_id \
        WHERE tasks.due_us <= $1 OR people.active = 0 ORDER BY tasks.document_id LIMIT $2";
    let rows = run.rows(sql, vec![now_us.into(), rows_max.into()]).await?;
    rows.iter().map(|row| row.parsed("document_id", "document id", |text| text.parse().ok())).collect()
}

/// Writes down that people were told of a document.
///
/// # Errors
/// The database failed.
pub async fn told_append(txn: &Txn, id: DocumentId, people: &BTreeSet<PersonId>) -> Result<(), StoreError> {
    for person in people {
        let sql = "INSERT INTO told (document_id, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        txn.execute(sql, vec![id.to_string().into(), person.to_string().into()]).await?;
    }
    Ok(())
}

/// Whether a person has, or had, a task in a document's approval, stands in for somebody who has one, was told of it or
/// mentioned; then they may see it.
///
/// # Errors
/// The database failed.
pub async fn approval_involves(
    run: &impl Run,
    id: DocumentId,
    person: PersonId,
    today: jiff::civil::Date,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS n FROM tasks WHERE document_id = $1 AND person_id = $2 \
        UNION SELECT 1 AS n FROM history WHERE document_id = $1 AND actor_kind = 'person' AND actor = $2 \
        UNION SELECT 1 AS n FROM tasks JOIN delegations ON delegations.from_id = tasks.person_id \
        WHERE tasks.document_id = $1 AND delegations.to_id = $2 AND first_day <= $4 AND last_day >= $4 \
        UNION SELECT 1 AS n FROM told WHERE document_id = $1 AND person_id = $2 \
        UNION SELECT 1 AS n FROM comments WHERE document_id = $1 AND mentions LIKE $3 LIMIT 1";
    let text = person.to_string();
    let values = vec![id.to_string().into(), text.clone().into(), format!("%{text}%").into(), today.to_string().into()];
    Ok(!run.rows(sql, values).await?.is_empty())
}

/// Something a person said about a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Who.
    pub person: PersonId,
    /// What.
    pub text: String,
    /// Whom they mentioned.
    pub mentions: Vec<PersonId>,
    /// When, in microseconds since 1970.
    pub at_us: i64,
}

/// Writes down what a person says.
///
/// # Errors
/// The database failed.
pub async fn comment_append(txn: &Txn, id: DocumentId, comment: &Comment) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO comments (id, document_id, person_id, text, mentions, at_us) VALUES ($1, $2, $3, $4, $5, $6)";
    let mentions: Vec<String> = comment.mentions.iter().map(ToString::to_string).collect();
    let values = vec![
        uuid::Uuid::now_v7().to_string().into(),
        id.to_string().into(),
        comment.person.to_string().into(),
        comment.text.clone().into(),
        mentions.join(" ").into(),
        comment.at_us.into(),
    ];
    txn.execute(sql, values).await.map(|_| ())
}

/// What people said about a document, the first first.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn comment_list(run: &impl Run, id: DocumentId) -> Result<Vec<Comment>, StoreError> {
    let sql = "SELECT person_id, text, mentions, at_us FROM comments WHERE document_id = $1 ORDER BY at_us, id";
    let comment = |row: &Row| {
        Ok(Comment {
            person: row.parsed("person_id", "person id", |text| text.parse().ok())?,
            text: row.text("text")?,
            mentions: row.text("mentions")?.split_whitespace().filter_map(|text| text.parse().ok()).collect(),
            at_us: row.number("at_us")?,
        })
    };
    run.rows(sql, vec![id.to_string().into()]).await?.iter().map(comment).collect()
}
