//! How soon each company may be called: one row a company, shared by every process that calls it.

use super::{Run, StoreError};

/// What is known of one company's budget. See the migration for the meaning of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each column is explained in the migration, in one place")]
pub struct Budget {
    pub company: String,
    pub next_at_us: i64,
    pub blocked_until_us: i64,
    pub day_left: Option<i64>,
    pub day_at_us: Option<i64>,
    pub holders: String,
    /// Counts the changes; nought before the first.
    pub version: i64,
}

/// A company's budget; an empty one before the first call.
///
/// # Errors
/// The database failed.
pub async fn budget_fetch(run: &impl Run, company: &str) -> Result<Budget, StoreError> {
    let sql = "SELECT next_at_us, blocked_until_us, day_left, day_at_us, holders, version FROM budgets \
        WHERE company = $1";
    let rows = run.rows(sql, vec![company.into()]).await?;
    let Some(row) = rows.first() else { return Ok(Budget { company: company.to_owned(), ..Budget::default() }) };
    Ok(Budget {
        company: company.to_owned(),
        next_at_us: row.number("next_at_us")?,
        blocked_until_us: row.number("blocked_until_us")?,
        day_left: row.number_or_none("day_left")?,
        day_at_us: row.number_or_none("day_at_us")?,
        holders: row.text("holders")?,
        version: row.number("version")?,
    })
}

/// Writes a budget, if nobody else has since it was read; `false` when somebody has.
///
/// # Errors
/// The database failed.
pub async fn budget_store(run: &impl Run, budget: &Budget) -> Result<bool, StoreError> {
    let sql = "INSERT INTO budgets (company, next_at_us, blocked_until_us, day_left, day_at_us, holders, version) \
        VALUES ($1, $2, $3, $4, $5, $6, 1) ON CONFLICT (company) DO UPDATE SET next_at_us = $2, \
        blocked_until_us = $3, day_left = $4, day_at_us = $5, holders = $6, version = budgets.version + 1 \
        WHERE budgets.version = $7";
    let values = vec![
        budget.company.clone().into(),
        budget.next_at_us.into(),
        budget.blocked_until_us.into(),
        budget.day_left.into(),
        budget.day_at_us.into(),
        budget.holders.clone().into(),
        budget.version.into(),
    ];
    run.execute(sql, values).await.map(|rows| rows == 1)
}

/// Takes a company's postings until an instant; `false` when another worker has them.
///
/// # Errors
/// The database failed.
pub async fn group_take(run: &impl Run, company: &str, now_us: i64, until_us: i64) -> Result<bool, StoreError> {
    let sql = "INSERT INTO budgets (company, next_at_us, blocked_until_us, holders, version, group_until_us) \
        VALUES ($1, 0, 0, '', 1, $2) ON CONFLICT (company) DO UPDATE SET group_until_us = $2 \
        WHERE budgets.group_until_us <= $3";
    run.execute(sql, vec![company.into(), until_us.into(), now_us.into()]).await.map(|rows| rows == 1)
}

/// Gives back what was taken until this instant; does nothing when another worker has it by now.
///
/// # Errors
/// The database failed.
pub async fn group_give_back(run: &impl Run, company: &str, until_us: i64) -> Result<(), StoreError> {
    let sql = "UPDATE budgets SET group_until_us = 0 WHERE company = $1 AND group_until_us = $2";
    run.execute(sql, vec![company.into(), until_us.into()]).await.map(|_| ())
}

/// Notes that a company's ledger gave no usable answer, and answers since when it has given none.
///
/// # Errors
/// The database failed.
pub async fn silence_note(run: &impl Run, company: &str, now_us: i64) -> Result<i64, StoreError> {
    let sql = "INSERT INTO budgets (company, next_at_us, blocked_until_us, holders, version, silent_since_us) \
        VALUES ($1, 0, 0, '', 1, $2) ON CONFLICT (company) DO UPDATE \
        SET silent_since_us = COALESCE(budgets.silent_since_us, $2), version = budgets.version + 1 \
        RETURNING silent_since_us";
    let rows = run.rows(sql, vec![company.into(), now_us.into()]).await?;
    rows.first().map_or(Ok(now_us), |row| row.number("silent_since_us"))
}

/// Notes that a company's ledger answers; its postings need not wait any longer.
///
/// # Errors
/// The database failed.
pub async fn silence_end(run: &impl Run, company: &str) -> Result<(), StoreError> {
    // Nearly always there is nothing to write, and a look disturbs nobody.
    let look = "SELECT silent_since_us FROM budgets WHERE company = $1 AND silent_since_us IS NOT NULL";
    if run.rows(look, vec![company.into()]).await?.is_empty() {
        return Ok(());
    }
    let sql = "UPDATE budgets SET silent_since_us = NULL, version = version + 1 WHERE company = $1";
    run.execute(sql, vec![company.into()]).await.map(|_| ())
}

/// Has a company's postings wait until an instant.
///
/// # Errors
/// The database failed.
pub async fn company_block(run: &impl Run, company: &str, until_us: i64) -> Result<(), StoreError> {
    let sql = "UPDATE budgets SET blocked_until_us = $2, version = version + 1 \
        WHERE company = $1 AND blocked_until_us < $2";
    run.execute(sql, vec![company.into(), until_us.into()]).await.map(|_| ())
}
