//! The scheduled sync: a company's accounts, tax codes and suppliers are read anew, and its books are followed.

use super::{
    Context, Job,
    changes::{Unfollowed, follow},
    connections::revoke_unused,
    entry::{CATEGORY_ACCOUNT, CATEGORY_TAX, PAID_FROM, PAID_FROM_DEFAULT},
    ledger::{ConnectError, ready_client},
    transition::enqueue,
};
use crate::{
    model::{category::Category, id::ConnectionId},
    post::{
        Company, LedgerKind, ReferenceKind,
        error::{Class, LedgerError},
        oauth::OauthError,
    },
    queue::{Failed, Retry},
    store::{
        StoreError, Txn,
        connection::{
            Connection, MappingRow, ReferenceRow, connection_fetch, connection_list, connection_state_by_token,
            connection_synced, mapping_list, mapping_store, reference_replace_all,
        },
        session::session_sweep,
        webhook::webhook_event_sweep,
    },
};

/// Events of webhooks are remembered for so long; Xero delivers late ones up to thirty-one days after.
const EVENTS_KEPT_US: i64 = 40 * 24 * 3_600 * 1_000_000;
/// Wrong passwords count for an hour.
const FAILURES_COUNT_US: i64 = 3_600 * 1_000_000;

/// Sync: reads a company anew and compares what was posted. Safe to run any number of times.
///
/// # Errors
/// It must be tried again.
pub async fn run_sync(context: &Context, id: ConnectionId) -> Result<(), Failed> {
    let connection = connection_fetch(&context.db, id).await?;
    if connection.state != "connected" {
        return Ok(());
    }
    let kind = LedgerKind::from_name(&connection.ledger)
        .ok_or_else(|| Failed { reason: "that ledger is not known".to_owned(), retry: None })?;
    let (mut ledger, version) = ready_client(context, &connection, kind, None).await.map_err(cannot_connect)?;
    let company = match ledger.company_fetch().await {
        Err(LedgerError::TokenRefused { .. }) => {
            (ledger, _) = ready_client(context, &connection, kind, Some(version)).await.map_err(cannot_connect)?;
            ledger.company_fetch().await
        }
        other => other,
    };
    let company = match company {
        Err(error) if error.class() == Class::Consent => {
            connection_state_by_token(&context.db, &connection.token_id, "consent_needed").await?;
            return Ok(());
        }
        other => other.map_err(cannot_read)?,
    };
    let txn = context.db.begin_write().await?;
    let synced = Connection {
        name: company.name.clone(),
        home_currency: company.home_currency.clone(),
        multi_currency: company.multi_currency,
        country: company.country.clone(),
        closed_until: company.closed_until.clone(),
        synced_at_us: Some(context.clock.now_us()),
        ..connection
    };
    if !connection_synced(&txn, &synced).await? {
        return Ok(());
    }
    references_store(&txn, id, &company).await?;
    super::dimension::suggest(&txn, kind, id).await?;
    txn.commit().await?;
    match follow(context, &synced, &ledger).await {
        Ok(()) => Ok(()),
        Err(Unfollowed::Store(error)) => Err(error.into()),
        Err(Unfollowed::Ledger(error)) => Err(cannot_read(error)),
    }
}

/// Stores what a company has, and suggests a mapping for our words that have none yet.
///
/// # Errors
/// The database failed.
pub(super) async fn references_store(txn: &Txn, id: ConnectionId, company: &Company) -> Result<(), StoreError> {
    let rows: Vec<ReferenceRow> = company
        .references
        .iter()
        .map(|reference| ReferenceRow {
            kind: reference.kind.name().to_owned(),
            external_id: reference.external_id.clone(),
            code: reference.code.clone(),
            name: reference.name.clone(),
            currency: reference.currency.clone(),
        })
        .collect();
    reference_replace_all(txn, id, &rows).await?;
    let known = mapping_list(txn, id).await?;
    for suggestion in suggestions(&rows, &company.home_currency) {
        if !known.iter().any(|row| row.kind == suggestion.kind && row.key == suggestion.key) {
            mapping_store(txn, id, &suggestion).await?;
        }
    }
    Ok(())
}

/// What accounts are usually called. A category is suggested an account only where exactly one fits.
const fn usual_names(category: Category) -> &'static [&'static str] {
    match category {
        Category::Meals => &["meal", "entertain", "膳食", "應酬"],
        Category::Travel => &["travel", "旅遊", "差旅"],
        Category::Transport => &["taxi", "transport", "motor vehicle", "交通"],
        Category::Office => &["office supplies", "office expense", "stationery", "文具", "辦公"],
        Category::Software => &["software", "subscription", "軟件"],
        Category::Utilities => &["utilit", "light, power", "electric", "水電"],
        Category::Rent => &["rent", "租金"],
        Category::Freight => &["freight", "courier", "shipping", "postage", "運費"],
        Category::Professional => &["professional", "legal", "consult", "專業"],
        Category::Repairs => &["repair", "維修"],
        Category::Other => &["general expense", "miscellaneous", "雜項"],
    }
}

fn suggestions(rows: &[ReferenceRow], home_currency: &str) -> Vec<MappingRow> {
    let of = |kind: ReferenceKind| rows.iter().filter(move |row| row.kind == kind.name());
    let mut found = Vec::new();
    for category in Category::ALL {
        let fits = |row: &&ReferenceRow| {
            // Words begin after a space, so that "current" is not rent; Chinese has no spaces.
            let name = format!(" {}", row.name.to_lowercase());
            let called =
                |usual: &&str| name.contains(&format!(" {usual}")) || (!usual.is_ascii() && name.contains(*usual));
            usual_names(category).iter().any(called)
        };
        let mut accounts = of(ReferenceKind::ExpenseAccount).filter(fits);
        if let (Some(only), None) = (accounts.next(), accounts.next()) {
            let (kind, key) = (CATEGORY_ACCOUNT.to_owned(), category.name().to_owned());
            found.push(MappingRow { kind, key, external_id: only.external_id.clone() });
        }
        // A single tax code leaves no choice.
        let mut taxes = of(ReferenceKind::TaxCode);
        if let (Some(only), None) = (taxes.next(), taxes.next()) {
            let (kind, key) = (CATEGORY_TAX.to_owned(), category.name().to_owned());
            found.push(MappingRow { kind, key, external_id: only.external_id.clone() });
        }
    }
    let at_home = |row: &&ReferenceRow| row.currency.as_deref().is_none_or(|currency| currency == home_currency);
    let mut paid_from = |kind: ReferenceKind, key: &str| {
        let mut accounts = of(kind).filter(at_home);
        if let (Some(only), None) = (accounts.next(), accounts.next()) {
            let (kind, key) = (PAID_FROM.to_owned(), key.to_owned());
            found.push(MappingRow { kind, key, external_id: only.external_id.clone() });
        }
    };
    paid_from(ReferenceKind::BankAccount, PAID_FROM_DEFAULT);
    paid_from(ReferenceKind::CardAccount, "card");
    found
}

/// The scheduler's turn: writes a job for every company that is due, and removes what has ended.
///
/// # Errors
/// The database failed.
pub async fn schedule(context: &Context) -> Result<(), StoreError> {
    let now_us = context.clock.now_us();
    let interval_us = i64::try_from(context.config.sync_interval_minutes).unwrap_or(60).saturating_mul(60_000_000);
    for connection in connection_list(&context.db).await? {
        let due = connection.synced_at_us.is_none_or(|at_us| at_us.saturating_add(interval_us) <= now_us);
        if connection.state == "connected" && due {
            let txn = context.db.begin_write().await?;
            enqueue(&txn, Job::Sync(connection.id), 0, now_us).await?;
            txn.commit().await?;
        }
    }
    if let Err(error) = revoke_unused(context).await {
        tracing::warn!(%error, "Tokens that are no longer needed could not be looked for");
    }
    context.db.checkpoint().await?;
    webhook_event_sweep(&context.db, now_us.saturating_sub(EVENTS_KEPT_US)).await?;
    session_sweep(&context.db, now_us, now_us.saturating_sub(FAILURES_COUNT_US)).await?;
    context.wake.notify();
    Ok(())
}

pub(super) fn cannot_read(error: LedgerError) -> Failed {
    let retry = match error.class() {
        Class::RetryAfter(wait) => Some(Retry::After(wait)),
        Class::LookThenRetry | Class::RefreshThenRetry | Class::LookThenAdopt => Some(Retry::Backoff),
        Class::Consent | Class::Person | Class::Bug => None,
    };
    Failed { reason: super::describe(&error), retry }
}

pub(super) fn cannot_connect(error: ConnectError) -> Failed {
    let retry = match &error {
        ConnectError::Oauth(OauthError::RateLimited(wait)) => Retry::After(*wait),
        // Consent was withdrawn: the connection says so on its page, and nothing is asked until it is given anew.
        ConnectError::Oauth(_)
        | ConnectError::Ledger(_)
        | ConnectError::Secret(_)
        | ConnectError::Store(_)
        | ConnectError::NotAsked
        | ConnectError::Refused(_)
        | ConnectError::NotSetUp(_) => Retry::Backoff,
    };
    Failed { reason: super::describe(&error), retry: Some(retry) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(kind: ReferenceKind, external_id: &str, name: &str) -> ReferenceRow {
        let (external_id, name) = (external_id.to_owned(), name.to_owned());
        ReferenceRow { kind: kind.name().to_owned(), external_id, code: None, name, currency: None }
    }

    #[test]
    fn only_what_is_certain_is_suggested() {
        let expense = ReferenceKind::ExpenseAccount;
        let rows = [
            account(expense, "1", "Meals and entertainment"),
            account(expense, "2", "Travel - National"),
            account(expense, "3", "Travel - International"),
            account(expense, "4", "Rent or lease"),
            account(expense, "5", "Current account"),
            account(ReferenceKind::BankAccount, "9", "HSBC HKD"),
        ];
        let found = suggestions(&rows, "HKD");
        let found: Vec<_> = found.iter().map(|row| (row.key.as_str(), row.external_id.as_str())).collect();
        assert_eq!(found, [("meals", "1"), ("rent", "4"), ("default", "9")], "two accounts fit travel");
    }
}
