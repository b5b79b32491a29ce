//! The firm: people's places in it, departments, projects, and who stands in for whom.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Row, Run, StoreError, Txn,
    latest::Latest,
    setting::{value_fetch, value_store},
};
use crate::model::{
    currency::Currency,
    id::PersonId,
    money::Money,
    organisation::{Delegation, Department, Member, Organisation},
};

/// The row of the settings that changes whenever the firm does.
const STAMP: &str = "firm_stamp";

/// The firm that was asked for last, with the stamp it had. Every decision asks for the firm, which seldom changes. A
/// stamp is never given twice, so one database cannot get another's firm, nor a later one an earlier's.
static LATEST: Latest<Arc<Organisation>> = Latest::new();

/// Notes, in the same transaction, that somebody's place, a department, a project or a delegation changed.
///
/// # Errors
/// The database failed.
pub(super) async fn firm_changed(txn: &Txn) -> Result<(), StoreError> {
    value_store(txn, STAMP, uuid::Uuid::now_v7().to_string()).await
}

/// The whole firm as it is now.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn organisation_fetch(run: &impl Run) -> Result<Arc<Organisation>, StoreError> {
    // Where nothing was ever noted, the firm is that of an older version of vouch.
    let Some(stamp) = value_fetch(run, STAMP).await? else { return organisation_read(run).await.map(Arc::new) };
    if let Some(firm) = LATEST.get(&stamp) {
        return Ok(firm);
    }
    let firm = Arc::new(organisation_read(run).await?);
    LATEST.keep(&stamp, &firm);
    Ok(firm)
}

async fn organisation_read(run: &impl Run) -> Result<Organisation, StoreError> {
    let sql = "SELECT id, email, name, roles, firm_roles, department, manager_id, active, successor_id FROM people";
    let members = run.rows(sql, Vec::new()).await?;
    let members = members.iter().map(|row| member(row).map(|member| (member.id, member)));
    // One way to the database and back for the three small tables: every decision asks for them.
    let sql = "SELECT 'department' AS kind, name AS id, head_id AS one, parent AS other, NULL AS first_day, \
        NULL AS last_day, NULL AS amount_max_minor, NULL AS currency FROM departments \
        UNION ALL SELECT 'project', code, owner_id, NULL, NULL, NULL, NULL, NULL FROM projects \
        UNION ALL SELECT 'delegation', id, from_id, to_id, first_day, last_day, CAST(amount_max_minor AS TEXT), currency \
        FROM delegations ORDER BY first_day, id";
    let mut firm =
        Organisation { members: members.collect::<Result<BTreeMap<_, _>, StoreError>>()?, ..Organisation::default() };
    for row in &run.rows(sql, Vec::new()).await? {
        let (id, one) = (row.text("id")?, person(row, "one")?);
        match row.text("kind")?.as_str() {
            "department" => {
                firm.departments.insert(id, Department { head: one, parent: row.text_or_none("other")? });
            }
            "project" => {
                firm.projects.insert(id, one);
            }
            _ => firm.delegations.push(delegation(row, ["one", "other"])?),
        }
    }
    Ok(firm)
}

/// Who stands in for whom, from when to when, up to how much.
fn delegation(row: &Row, [from, to]: [&str; 2]) -> Result<Delegation, StoreError> {
    let currency = row.text_or_none("currency")?.and_then(|code| Currency::parse(&code).ok());
    let amount = row.text_or_none("amount_max_minor")?;
    let damaged = |value: &String| StoreError::Damaged { what: "amount", value: value.clone() };
    let amount = amount.map(|text| text.parse().map_err(|_| damaged(&text))).transpose()?;
    Ok(Delegation {
        from: row.parsed(from, "person id", |text| text.parse().ok())?,
        to: row.parsed(to, "person id", |text| text.parse().ok())?,
        first: row.parsed("first_day", "date", |text| text.parse().ok())?,
        last: row.parsed("last_day", "date", |text| text.parse().ok())?,
        amount_max: amount.zip(currency).map(|(minor, currency)| Money::from_minor(minor, currency)),
    })
}

fn person(row: &Row, column: &str) -> Result<Option<PersonId>, StoreError> {
    let text = row.text_or_none(column)?;
    let damaged = |value: &String| StoreError::Damaged { what: "person id", value: value.clone() };
    text.map(|text| text.parse().map_err(|_| damaged(&text))).transpose()
}

fn member(row: &Row) -> Result<Member, StoreError> {
    let roles = format!("{} {}", row.text("roles")?, row.text("firm_roles")?);
    Ok(Member {
        id: row.parsed("id", "person id", |text| text.parse().ok())?,
        email: row.text("email")?,
        name: row.text("name")?,
        roles: roles.split_whitespace().map(str::to_owned).collect(),
        department: row.text_or_none("department")?,
        manager: person(row, "manager_id")?,
        active: row.truth("active")?,
        successor: person(row, "successor_id")?,
    })
}

/// A person's place in the firm.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The firm's own roles, beside vouch's.
    pub roles: Vec<String>,
    /// Where they work.
    pub department: Option<String>,
    /// Whom they report to.
    pub manager: Option<PersonId>,
    /// Who takes over when they leave.
    pub successor: Option<PersonId>,
}

/// Gives a person their place.
///
/// # Errors
/// There is no such person, or the database failed.
pub async fn place_store(txn: &Txn, id: PersonId, place: &Place) -> Result<(), StoreError> {
    let sql = "UPDATE people SET firm_roles = $1, department = $2, manager_id = $3, successor_id = $4 WHERE id = $5";
    let values = vec![
        place.roles.join(" ").into(),
        place.department.clone().into(),
        place.manager.map(|id| id.to_string()).into(),
        place.successor.map(|id| id.to_string()).into(),
        id.to_string().into(),
    ];
    if txn.execute(sql, values).await? == 0 {
        return Err(StoreError::NotFound("person"));
    }
    firm_changed(txn).await
}

/// Writes a department.
///
/// # Errors
/// The database failed.
pub async fn department_store(txn: &Txn, name: &str, department: &Department) -> Result<(), StoreError> {
    let sql = "INSERT INTO departments (name, head_id, parent) VALUES ($1, $2, $3) \
        ON CONFLICT (name) DO UPDATE SET head_id = $2, parent = $3";
    let head = department.head.map(|id| id.to_string());
    txn.execute(sql, vec![name.into(), head.into(), department.parent.clone().into()]).await?;
    firm_changed(txn).await
}

/// Writes a project.
///
/// # Errors
/// The database failed.
pub async fn project_store(txn: &Txn, code: &str, owner: Option<PersonId>) -> Result<(), StoreError> {
    let sql = "INSERT INTO projects (code, owner_id) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET owner_id = $2";
    txn.execute(sql, vec![code.into(), owner.map(|id| id.to_string()).into()]).await?;
    firm_changed(txn).await
}

/// Everybody who stands in for somebody, with the rows' ids, the soonest first.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn delegation_list(run: &impl Run) -> Result<Vec<(String, Delegation)>, StoreError> {
    let sql = "SELECT id, from_id, to_id, first_day, last_day, CAST(amount_max_minor AS TEXT) AS amount_max_minor, \
        currency FROM delegations ORDER BY first_day, id";
    let one = |row: &Row| Ok((row.text("id")?, delegation(row, ["from_id", "to_id"])?));
    run.rows(sql, Vec::new()).await?.iter().map(one).collect()
}

/// Writes down that somebody stands in for somebody.
///
/// # Errors
/// The database failed.
pub async fn delegation_append(txn: &Txn, delegation: &Delegation) -> Result<(), StoreError> {
    let sql = "INSERT INTO delegations (id, from_id, to_id, first_day, last_day, amount_max_minor, currency) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = vec![
        uuid::Uuid::now_v7().to_string().into(),
        delegation.from.to_string().into(),
        delegation.to.to_string().into(),
        delegation.first.to_string().into(),
        delegation.last.to_string().into(),
        delegation.amount_max.map(Money::minor).into(),
        delegation.amount_max.map(|max| max.currency().code().to_owned()).into(),
    ];
    txn.execute(sql, values).await?;
    firm_changed(txn).await
}

/// Ends a standing-in of this person; nothing happens when it is another's.
///
/// # Errors
/// The database failed.
pub async fn delegation_delete(txn: &Txn, id: &str, from: PersonId) -> Result<(), StoreError> {
    let sql = "DELETE FROM delegations WHERE id = $1 AND from_id = $2";
    txn.execute(sql, vec![id.into(), from.to_string().into()]).await?;
    firm_changed(txn).await
}
