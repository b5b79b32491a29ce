//! People and their password hashes.

use super::{Db, Row, Run, StoreError, is_duplicate, organisation::firm_changed, truth};
use crate::model::{
    id::PersonId,
    person::{Person, Role},
};

const COLUMNS: &str = "id, email, name, roles, active, password_hash";

/// Adds a person; `Conflict` when somebody has this e-mail address.
///
/// # Errors
/// The address is taken, or the database failed.
pub async fn person_create(db: &Db, person: &Person, password_hash: &str, at_us: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO people (id, email, name, roles, password_hash, active, created_at_us) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let values = vec![
        person.id.to_string().into(),
        person.email.clone().into(),
        person.name.clone().into(),
        roles_text(&person.roles).into(),
        password_hash.into(),
        truth(person.active),
        at_us.into(),
    ];
    let txn = db.begin_write().await?;
    match txn.execute(sql, values).await {
        Err(error) if is_duplicate(&error) => return Err(StoreError::Conflict("person")),
        other => other?,
    };
    firm_changed(&txn).await?;
    txn.commit().await
}

/// Changes a person's roles and whether they may sign in; their sessions end when they may not.
///
/// # Errors
/// There is no such person, or the database failed.
pub async fn person_update(db: &Db, id: PersonId, roles: &[Role], active: bool) -> Result<(), StoreError> {
    let txn = db.begin_write().await?;
    let sql = "UPDATE people SET roles = $1, active = $2 WHERE id = $3";
    if txn.execute(sql, vec![roles_text(roles).into(), truth(active), id.to_string().into()]).await? == 0 {
        return Err(StoreError::NotFound("person"));
    }
    if !active {
        txn.execute("DELETE FROM sessions WHERE person_id = $1", vec![id.to_string().into()]).await?;
    }
    firm_changed(&txn).await?;
    txn.commit().await
}

/// Gives the person with this e-mail address another password and ends their sessions.
///
/// # Errors
/// There is no such person, or the database failed.
pub async fn person_password(db: &Db, email: &str, password_hash: &str) -> Result<(), StoreError> {
    let txn = db.begin_write().await?;
    let sql = "UPDATE people SET password_hash = $1 WHERE email = $2";
    if txn.execute(sql, vec![password_hash.into(), email.into()]).await? == 0 {
        return Err(StoreError::NotFound("person"));
    }
    let sql = "DELETE FROM sessions WHERE person_id IN (SELECT id FROM people WHERE email = $1)";
    txn.execute(sql, vec![email.into()]).await?;
    txn.commit().await
}

/// The person with this e-mail address and their password hash.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn person_by_email(db: &Db, email: &str) -> Result<Option<(Person, String)>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM people WHERE email = $1");
    let rows = db.rows(&sql, vec![email.trim().to_lowercase().into()]).await?;
    rows.first().map(|row| Ok((from_row(row)?, row.text("password_hash")?))).transpose()
}

/// Everybody, by name.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn person_list(db: &Db) -> Result<Vec<Person>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM people ORDER BY name, id");
    db.rows(&sql, Vec::new()).await?.iter().map(from_row).collect()
}

pub(super) fn from_row(row: &Row) -> Result<Person, StoreError> {
    let roles = row.text("roles")?;
    Ok(Person {
        id: row.parsed("id", "person id", |text| text.parse().ok())?,
        email: row.text("email")?,
        name: row.text("name")?,
        roles: roles.split_whitespace().filter_map(Role::from_name).collect(),
        active: row.truth("active")?,
    })
}

fn roles_text(roles: &[Role]) -> String {
    roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" ")
}
