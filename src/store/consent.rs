//! Consents that were begun and not yet answered.

use super::{Db, Run, StoreError};
use crate::model::id::PersonId;

/// A consent that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// What the ledger brings back with the answer.
    pub state: String,
    /// `quickbooks` or `xero`.
    pub ledger: String,
    /// Who began it; nobody else may end it.
    pub person: PersonId,
    /// It must be answered before, in microseconds since 1970.
    pub expires_at_us: i64,
    /// The secret half of its proof key, sealed; absent where the ledger knows no such keys.
    pub verifier_sealed: Option<String>,
}

/// Notes that a consent was begun.
///
/// # Errors
/// The database failed.
pub async fn consent_create(db: &Db, new: &Consent) -> Result<(), StoreError> {
    let sql = "INSERT INTO consents (state, ledger, person_id, expires_at_us, verifier_sealed) \
        VALUES ($1, $2, $3, $4, $5)";
    let values = vec![
        new.state.clone().into(),
        new.ledger.clone().into(),
        new.person.to_string().into(),
        new.expires_at_us.into(),
        new.verifier_sealed.clone().into(),
    ];
    db.execute(sql, values).await.map(|_| ())
}

/// Takes a begun consent, once: `None` when nobody began it, it was answered, or it is too old.
///
/// # Errors
/// The database failed.
pub async fn consent_take(
    db: &Db,
    state: &str,
    ledger: &str,
    person: PersonId,
    now_us: i64,
) -> Result<Option<Consent>, StoreError> {
    let sql = "DELETE FROM consents WHERE state = $1 AND ledger = $2 AND person_id = $3 AND expires_at_us > $4 \
        RETURNING expires_at_us, verifier_sealed";
    let values = vec![state.into(), ledger.into(), person.to_string().into(), now_us.into()];
    let rows = db.rows(sql, values).await?;
    let taken = rows.first().map(|row| {
        Ok(Consent {
            state: state.to_owned(),
            ledger: ledger.to_owned(),
            person,
            expires_at_us: row.number("expires_at_us")?,
            verifier_sealed: row.text_or_none("verifier_sealed")?,
        })
    });
    taken.transpose()
}

/// Forgets every consent that was begun; whoever waits begins again.
///
/// # Errors
/// The database failed.
pub async fn consent_forget_all(run: &impl Run) -> Result<(), StoreError> {
    run.execute("DELETE FROM consents", Vec::new()).await.map(|_| ())
}
