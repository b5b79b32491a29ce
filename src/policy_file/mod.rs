//! The policy as people write and keep it: a JSON document, comments allowed, with a schema in
//! `schemas/policy.schema.json`.
//!
//! Reading tells every mistake at once, each with its line, its place and what was expected. Writing and reading again
//! gives the same policy. Whether a policy makes sense is another question, which `approval::inspect` answers; the
//! places it names are the places here, so [`Lines`] turns them into lines.

mod condition;
mod diff;
mod document;
mod facts;
mod flow;
mod layout;
mod organisation;
mod rules;
#[cfg(test)]
mod tests;
mod value;

pub use self::{
    diff::{Difference, policy_diff},
    document::{DOCUMENT_BYTES_MAX, FileProblem, Lines},
    facts::facts_from_json,
    organisation::{organisation_from_json, person_id},
};
use self::{
    document::Spot,
    layout::Json,
    value::{amount, amount_json},
};
use crate::model::{currency::Currency, money::Money, policy::Policy};

const KEYS: [&str; 19] = [
    "$schema",
    "version",
    "name",
    "home_currency",
    "approved_by_rule_max",
    "limits",
    "required",
    "receipt_required_above",
    "age_days_max",
    "forbidden_words",
    "duplicate_days",
    "split_days",
    "tolerance",
    "tax_rates",
    "firm",
    "rates",
    "rules",
    "single_user",
    "flow",
];

/// Reads a policy.
///
/// # Errors
/// Everything that is wrong with the document, in the order of its lines.
pub fn policy_from_json(text: &str) -> Result<(Policy, Lines), Vec<FileProblem>> {
    document::read(text, policy)
}

fn policy(spot: &Spot<'_>) -> Option<Policy> {
    let fields = spot.fields(&KEYS)?;
    let _: Option<Option<String>> = fields.may("$schema", |schema| schema.words("the address of a schema"));
    let known_currency = fields.need("home_currency", value::currency);
    // Without a currency the amounts are still looked at, as if they were Hong Kong dollars.
    let home = known_currency.unwrap_or(Currency::HKD);
    let usual = Policy::starting();
    let days = |key, usual| fields.or(key, usual, |days| days.whole("days", 0..=u32::MAX));
    let version = fields.or("version", 0, |version| version.whole("a version", 0..=u32::MAX));
    let name = fields.need("name", |name| value::name(name, "what people call the policy"));
    let approved_by_rule_max = fields.need("approved_by_rule_max", |max| amount(max, home));
    let limits = fields.or("limits", Vec::new(), |all| all.list("limits", |one| rules::limit(one, home)));
    let required =
        fields.or("required", Vec::new(), |all| all.list("requirements", |one| rules::requirement(one, home)));
    let receipt_required_above = fields.may("receipt_required_above", |above| amount(above, home));
    let forbidden_words = fields
        .or("forbidden_words", Vec::new(), |all| all.list("words", |one| value::name(one, "a word that is not empty")));
    let age_days_max = days("age_days_max", usual.age_days_max);
    let duplicate_days = days("duplicate_days", usual.duplicate_days);
    let split_days = days("split_days", usual.split_days);
    let tolerance = fields.or("tolerance", Money::zero(home), |tolerance| amount(tolerance, home));
    let tax_rates = fields.or("tax_rates", usual.tax_rates, rules::tax_rates);
    let firm = fields.or("firm", usual.firm, rules::firm);
    let rates = fields.or("rates", usual.rates.clone(), |rates| rules::rates(rates, usual.rates));
    let settings = fields.or("rules", usual.rules, rules::settings);
    let single_user = fields.or("single_user", false, Spot::truth);
    let flow = fields.need("flow", |flow| flow::flow(flow, home));
    Some(Policy {
        version: version?,
        name: name?,
        home_currency: known_currency?,
        approved_by_rule_max: approved_by_rule_max?,
        limits: limits?,
        required: required?,
        receipt_required_above: receipt_required_above?,
        age_days_max: age_days_max?,
        forbidden_words: forbidden_words?,
        duplicate_days: duplicate_days?,
        split_days: split_days?,
        tolerance: tolerance?,
        tax_rates: tax_rates?,
        firm: firm?,
        rates: rates?,
        rules: settings?,
        single_user: single_user?,
        flow: flow?,
    })
}

/// Writes a policy the way [`policy_from_json`] reads it, laid out for people.
#[must_use]
pub fn policy_to_json(policy: &Policy) -> String {
    policy_json(policy).laid_out()
}

fn policy_json(policy: &Policy) -> Json {
    let list = |all: Vec<Json>| Some(Json::List(all));
    Json::object([
        ("version", (policy.version > 0).then_some(Json::Whole(policy.version))),
        ("name", Some(Json::text(&policy.name))),
        ("home_currency", Some(Json::text(policy.home_currency.code()))),
        ("approved_by_rule_max", Some(amount_json(policy.approved_by_rule_max))),
        ("limits", list(policy.limits.iter().map(rules::limit_json).collect())),
        ("required", list(policy.required.iter().map(rules::requirement_json).collect())),
        ("receipt_required_above", policy.receipt_required_above.map(amount_json)),
        ("age_days_max", Some(Json::Whole(policy.age_days_max))),
        ("forbidden_words", Some(Json::texts(policy.forbidden_words.iter().map(String::as_str)))),
        ("duplicate_days", Some(Json::Whole(policy.duplicate_days))),
        ("split_days", Some(Json::Whole(policy.split_days))),
        ("tolerance", Some(amount_json(policy.tolerance))),
        ("tax_rates", Some(rules::tax_rates_json(&policy.tax_rates))),
        ("firm", Some(rules::firm_json(&policy.firm))),
        ("rates", Some(rules::rates_json(&policy.rates))),
        ("rules", Some(rules::settings_json(&policy.rules))),
        ("single_user", Some(Json::Truth(policy.single_user))),
        ("flow", Some(flow::flow_json(&policy.flow))),
    ])
}
