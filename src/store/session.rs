//! Sessions on the server, and what slows down whoever guesses passwords.

use super::{Db, Run, StoreError, person};
use crate::model::{id::PersonId, person::Person};

/// A signed-in person's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub person: Person,
    /// What every form must carry.
    pub csrf: String,
}

/// Begins a session. Only the hash of its token is kept: who reads the database cannot sign in with it.
///
/// # Errors
/// The database failed.
pub async fn session_create(
    db: &Db,
    token_sha256: &str,
    person: PersonId,
    csrf: &str,
    expires_at_us: i64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO sessions (token_sha256, person_id, csrf, expires_at_us) VALUES ($1, $2, $3, $4)";
    let values = vec![token_sha256.into(), person.to_string().into(), csrf.into(), expires_at_us.into()];
    db.execute(sql, values).await.map(|_| ())
}

/// The session of a token, if it has not ended and its person may still sign in.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn session_fetch(db: &Db, token_sha256: &str, now_us: i64) -> Result<Option<Session>, StoreError> {
    let sql = "SELECT p.id AS id, p.email AS email, p.name AS name, p.roles AS roles, p.active AS active, \
        s.csrf AS csrf FROM sessions s JOIN people p ON p.id = s.person_id \
        WHERE s.token_sha256 = $1 AND s.expires_at_us > $2 AND p.active = 1";
    let rows = db.rows(sql, vec![token_sha256.into(), now_us.into()]).await?;
    rows.first().map(|row| Ok(Session { person: person::from_row(row)?, csrf: row.text("csrf")? })).transpose()
}

/// Ends a session.
///
/// # Errors
/// The database failed.
pub async fn session_delete(db: &Db, token_sha256: &str) -> Result<(), StoreError> {
    db.execute("DELETE FROM sessions WHERE token_sha256 = $1", vec![token_sha256.into()]).await.map(|_| ())
}

/// Removes what has ended: sessions, and wrong passwords that no longer count.
///
/// # Errors
/// The database failed.
pub async fn session_sweep(db: &Db, now_us: i64, failures_before_us: i64) -> Result<(), StoreError> {
    db.execute("DELETE FROM sessions WHERE expires_at_us <= $1", vec![now_us.into()]).await?;
    db.execute("DELETE FROM consents WHERE expires_at_us <= $1", vec![now_us.into()]).await?;
    let sql = "DELETE FROM sign_in_failures WHERE at_us < $1";
    db.execute(sql, vec![failures_before_us.into()]).await.map(|_| ())
}

/// Notes a wrong password for an address, whether or not somebody has it.
///
/// # Errors
/// The database failed.
pub async fn sign_in_failure_append(db: &Db, email: &str, at_us: i64) -> Result<(), StoreError> {
    let sql = "INSERT INTO sign_in_failures (id, email, at_us) VALUES ($1, $2, $3)";
    let values = vec![uuid::Uuid::now_v7().to_string().into(), email.into(), at_us.into()];
    db.execute(sql, values).await.map(|_| ())
}

/// How many wrong passwords there were for an address since an instant.
///
/// # Errors
/// The database failed.
pub async fn sign_in_failure_count(db: &Db, email: &str, since_us: i64) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM sign_in_failures WHERE email = $1 AND at_us >= $2";
    let rows = db.rows(sql, vec![email.into(), since_us.into()]).await?;
    rows.first().map(|row| row.number("n")).transpose().map(Option::unwrap_or_default)
}
