//! The firm's settings; today the policy.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Run, StoreError, Txn};
use crate::model::{
    category::Category,
    currency::Currency,
    money::Money,
    policy::{Policy, limit::Limit},
};

const POLICY: &str = "policy";

#[derive(Serialize, Deserialize)]
struct PolicyJson {
    home_currency: String,
    approved_by_rule_max: String,
    category_max: BTreeMap<String, String>,
    age_days_max: u32,
}

/// The policy in force; the starting one when none was set.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn policy_fetch(run: &impl Run) -> Result<Policy, StoreError> {
    let rows = run.rows("SELECT value FROM settings WHERE key = $1", vec![POLICY.into()]).await?;
    let Some(row) = rows.first() else { return Ok(Policy::starting()) };
    row.parsed("value", "policy", from_json)
}

/// Puts a policy into force.
///
/// # Errors
/// The database failed.
pub async fn policy_store(txn: &Txn, policy: &Policy) -> Result<(), StoreError> {
    let amount = |money: Money| money.to_decimal().to_string();
    let json = PolicyJson {
        home_currency: policy.home_currency.code().to_owned(),
        approved_by_rule_max: amount(policy.approved_by_rule_max),
        category_max: Category::ALL
            .into_iter()
            .filter_map(|category| Some((category.name().to_owned(), amount(policy.category_max(category)?))))
            .collect(),
        age_days_max: policy.age_days_max,
    };
    let value = serde_json::to_string(&json).expect("plain data with text keys always serialises");
    let sql = "INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = $2";
    txn.execute(sql, vec![POLICY.into(), value.into()]).await.map(|_| ())
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
        ..Policy::starting()
    })
}
