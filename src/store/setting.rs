//! The policy in its versions. A published version never changes: there is no function that could.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Row, Run, StoreError, Txn, is_duplicate, latest::Latest};
use crate::{
    model::{
        category::Category,
        currency::Currency,
        id::PersonId,
        money::Money,
        policy::{Policy, limit::Limit},
    },
    policy_file::{policy_from_json, policy_to_json},
};

/// The key under which vouch kept its one policy before policies had versions; it is read as version nought.
const POLICY: &str = "policy";

#[derive(Deserialize)]
struct PolicyJson {
    home_currency: String,
    approved_by_rule_max: String,
    category_max: BTreeMap<String, String>,
    age_days_max: u32,
}

/// A version of the policy, without what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Counted from one.
    pub version: u32,
    /// What people call it.
    pub name: String,
    /// When it came into force.
    pub published_at_us: i64,
    /// Who published it; `None`: somebody at the command line.
    pub published_by: Option<PersonId>,
}

/// The value of a setting that vouch keeps for itself.
///
/// # Errors
/// The database failed.
pub(super) async fn value_fetch(run: &impl Run, key: &str) -> Result<Option<String>, StoreError> {
    let rows = run.rows("SELECT value FROM settings WHERE key = $1", vec![key.into()]).await?;
    rows.first().map(|row| row.text("value")).transpose()
}

/// Writes such a setting.
///
/// # Errors
/// The database failed.
pub(super) async fn value_store(run: &impl Run, key: &str, value: String) -> Result<(), StoreError> {
    let sql = "INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2";
    run.execute(sql, vec![key.into(), value.into()]).await.map(|_| ())
}

/// The policy in force; the starting one when none was published.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn policy_fetch(run: &impl Run) -> Result<Policy, StoreError> {
    let sql = "SELECT version, policy_json FROM policies ORDER BY version DESC LIMIT 1";
    match run.rows(sql, Vec::new()).await?.first() {
        Some(row) => published(row),
        None => unversioned(run).await,
    }
}

/// One version of the policy; nought is what was in force before any was published.
///
/// # Errors
/// There is no such version, the database failed or holds a damaged row.
pub async fn policy_version(run: &impl Run, version: u32) -> Result<Policy, StoreError> {
    if version == 0 {
        return unversioned(run).await;
    }
    let sql = "SELECT version, policy_json FROM policies WHERE version = $1";
    let rows = run.rows(sql, vec![i64::from(version).into()]).await?;
    published(rows.first().ok_or(StoreError::NotFound("version of the policy"))?)
}

/// Every published version, the newest first.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn policy_versions(run: &impl Run) -> Result<Vec<PolicyVersion>, StoreError> {
    let sql = "SELECT version, name, published_at_us, published_by FROM policies ORDER BY version DESC";
    let read = |row: &Row| {
        let published_by = row.text_or_none("published_by")?;
        let damaged = |value: String| StoreError::Damaged { what: "person", value };
        Ok(PolicyVersion {
            version: version_of(row)?,
            name: row.text("name")?,
            published_at_us: row.number("published_at_us")?,
            published_by: published_by.map(|id| id.parse().map_err(|_| damaged(id))).transpose()?,
        })
    };
    run.rows(sql, Vec::new()).await?.iter().map(read).collect()
}

/// Puts a policy into force and answers its version; the version it carries is not looked at.
///
/// # Errors
/// The database failed, or somebody else published at the same time.
pub async fn policy_publish(txn: &Txn, policy: &Policy, by: Option<PersonId>, now_us: i64) -> Result<u32, StoreError> {
    let rows = txn.rows("SELECT COALESCE(MAX(version), 0) AS version FROM policies", Vec::new()).await?;
    let version = rows.first().map(version_of).transpose()?.unwrap_or(0).saturating_add(1);
    let json = policy_to_json(&Policy { version, ..policy.clone() });
    let sql =
        "INSERT INTO policies (version, name, policy_json, published_at_us, published_by) VALUES ($1, $2, $3, $4, $5)";
    let values = vec![
        i64::from(version).into(),
        policy.name.clone().into(),
        json.into(),
        now_us.into(),
        by.map(|by| by.to_string()).into(),
    ];
    match txn.execute(sql, values).await {
        Ok(_) => Ok(version),
        Err(error) if is_duplicate(&error) => Err(StoreError::Conflict("policy")),
        Err(error) => Err(error),
    }
}

fn version_of(row: &Row) -> Result<u32, StoreError> {
    let version = row.number("version")?;
    u32::try_from(version).map_err(|_| StoreError::Damaged { what: "version", value: version.to_string() })
}

/// The text that was parsed last, and what it says. Every check asks for the policy in force, which seldom changes, and
/// reading it costs more than any of its statements; the text itself is the key, so no database can get another's.
static PARSED: Latest<Policy> = Latest::new();

fn parsed(json: &str) -> Option<Policy> {
    PARSED.get(json).or_else(|| {
        let (policy, _) = policy_from_json(json).ok()?;
        PARSED.keep(json, &policy);
        Some(policy)
    })
}

fn published(row: &Row) -> Result<Policy, StoreError> {
    let policy = row.parsed("policy_json", "policy", parsed)?;
    Ok(Policy { version: version_of(row)?, ..policy })
}

async fn unversioned(run: &impl Run) -> Result<Policy, StoreError> {
    let Some(value) = value_fetch(run, POLICY).await? else { return Ok(Policy::starting()) };
    from_json(&value).ok_or(StoreError::Damaged { what: "policy", value })
}

fn from_json(json: &str) -> Option<Policy> {
    let json: PolicyJson = serde_json::from_str(json).ok()?;
    let home_currency = Currency::parse(&json.home_currency).ok()?;
    let amount = |text: &str| Money::parse(text, home_currency).ok();
    let limit = |(key, max): (&String, &String)| Some(Limit::on_category(Category::from_name(key)?, amount(max)?));
    Some(Policy {
        home_currency,
        approved_by_rule_max: amount(&json.approved_by_rule_max)?,
        limits: json.category_max.iter().map(limit).collect::<Option<_>>()?,
        age_days_max: json.age_days_max,
        tolerance: Money::zero(home_currency),
        ..Policy::starting()
    })
}
