//! The firm's expense rules.

use std::collections::BTreeMap;

use super::{category::Category, currency::Currency, money::Money};

/// The firm's expense rules, in force now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The firm's own currency; limits are in it.
    pub home_currency: Currency,
    /// Up to this total, in the home currency, a document without findings is approved by rule.
    pub approved_by_rule_max: Money,
    /// What a category may cost at most without a flag, in the home currency.
    pub category_max: BTreeMap<Category, Money>,
    /// A document older than this many days is flagged.
    pub age_days_max: u32,
}

impl Policy {
    /// A careful start for a firm in Hong Kong: HKD 500 by rule, HKD 1,000 a meal, 90 days.
    #[must_use]
    pub fn starting() -> Self {
        let home_currency = Currency::HKD;
        let hkd = |whole: i64| Money::from_minor(whole * 100, home_currency);
        Self {
            home_currency,
            approved_by_rule_max: hkd(500),
            category_max: BTreeMap::from([(Category::Meals, hkd(1_000)), (Category::Transport, hkd(1_000))]),
            age_days_max: 90,
        }
    }
}
