//! The firm's expense rules as data: limits, what every paper must have, and who must agree.
//!
//! A policy is one versioned document. A published version never changes, and an approval keeps the version it began
//! with. Amounts are in the firm's own currency.

pub mod condition;
pub mod flow;
pub mod limit;

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use self::{
    flow::Flow,
    limit::{Limit, LimitScope, Per, Requirement},
};
use super::{category::Category, currency::Currency, finding::Severity, money::Money};

/// What the firm makes of a rule of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleSetting {
    /// It is not looked at.
    Off,
    /// It weighs this much, whatever the check itself says.
    As(Severity),
}

/// How long a supplier's tax rate was in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxRate {
    /// The rate in per cent, such as 9.
    pub percent: Decimal,
    /// The first day it was in force; `None`: always.
    pub from: Option<jiff::civil::Date>,
    /// The last day it was in force; `None`: still.
    pub until: Option<jiff::civil::Date>,
}

/// Who the firm is on papers that are made out to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Firm {
    /// Its names as printed on invoices.
    pub names: Vec<String>,
    /// Its tax and registration numbers.
    pub tax_ids: Vec<String>,
}

/// Where exchange rates come from, and how far a claim may stray from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateRules {
    /// Which table of rates is used, such as `ecb` or `bank`.
    pub source: String,
    /// A rate older than this many days is no rate.
    pub age_days_max: u32,
    /// How far the amount on a card's statement may stray from the rate, in per cent.
    pub spread_percent_max: Decimal,
}

/// The firm's expense rules in one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Which version it is, counted from one; nought is what vouch starts with.
    pub version: u32,
    /// What people call it.
    pub name: String,
    /// The firm's own currency; every amount here is in it.
    pub home_currency: Currency,
    /// Up to this total a document whose posted fields were all proven, without findings, is approved by rule.
    pub approved_by_rule_max: Money,
    /// What things may cost.
    pub limits: Vec<Limit>,
    /// What a document must say beside its supplier, date and total.
    pub required: Vec<Requirement>,
    /// A claim above this needs its receipt; `None`: every claim does.
    pub receipt_required_above: Option<Money>,
    /// A document older than this many days is flagged.
    pub age_days_max: u32,
    /// Words that make a line item one to look at, in any case and script.
    pub forbidden_words: Vec<String>,
    /// A total within this many days of an equal one from a like-named supplier is shown as a likely duplicate.
    pub duplicate_days: u32,
    /// Purchases of one person at one supplier within this many days count together, so that nobody splits one; nought
    /// turns it off.
    pub split_days: u32,
    /// How far a claim may differ from its receipt, above or below, or sums may differ, without a word (P5).
    pub tolerance: Money,
    /// Tax rates by country, two letters; a country that is absent is not checked.
    pub tax_rates: BTreeMap<String, Vec<TaxRate>>,
    /// Who the firm is; empty: the buyer is not checked.
    pub firm: Firm,
    /// Exchange rates.
    pub rates: RateRules,
    /// How much each rule of the checks weighs here; an absent one weighs what it weighs.
    pub rules: BTreeMap<String, RuleSetting>,
    /// One person runs the firm alone and may approve what they submitted; every such approval is stamped so.
    pub single_user: bool,
    /// Who must agree.
    pub flow: Flow,
}

impl Policy {
    /// A careful start for a firm in Hong Kong: HKD 500 by rule, HKD 1,000 a meal, 90 days, any one approver.
    #[must_use]
    pub fn starting() -> Self {
        let home_currency = Currency::HKD;
        let hkd = |whole: i64| Money::from_minor(whole * 100, home_currency);
        let limit = |category| Limit::on_category(category, hkd(1_000));
        Self {
            version: 0,
            name: "Starting policy".to_owned(),
            home_currency,
            approved_by_rule_max: hkd(500),
            limits: vec![limit(Category::Meals), limit(Category::Transport)],
            required: Vec::new(),
            receipt_required_above: None,
            age_days_max: 90,
            forbidden_words: Vec::new(),
            duplicate_days: 3,
            split_days: 0,
            tolerance: Money::zero(home_currency),
            tax_rates: BTreeMap::new(),
            firm: Firm::default(),
            rates: RateRules { source: "ecb".to_owned(), age_days_max: 7, spread_percent_max: Decimal::from(3) },
            rules: BTreeMap::new(),
            single_user: false,
            flow: Flow::any_approver(),
        }
    }

    /// What a single document of a category may cost, where only the category decides.
    #[must_use]
    pub fn category_max(&self, category: Category) -> Option<Money> {
        let only = |limit: &&Limit| limit.per == Per::Document && limit.scope == LimitScope::of_category(category);
        self.limits.iter().find(only).map(|limit| limit.max)
    }

    /// How much a rule weighs here; `None` when it is turned off.
    #[must_use]
    pub fn severity(&self, rule: &str, usual: Severity) -> Option<Severity> {
        match self.rules.get(rule) {
            Some(RuleSetting::Off) => None,
            Some(RuleSetting::As(severity)) => Some(*severity),
            None => Some(usual),
        }
    }
}
