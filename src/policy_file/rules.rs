//! What things may cost, what a paper must say, and the other rules of a policy beside its flow.

use std::collections::BTreeMap;

use super::{
    condition::{condition, condition_json, severity},
    document::Spot,
    layout::Json,
    value::{amount, amount_json, date, email, name, percent},
};
use crate::model::{
    category::Category,
    currency::Currency,
    finding::Severity,
    policy::{
        Firm, RateRules, RuleSetting, TaxRate,
        condition::Condition,
        limit::{Limit, LimitScope, Per, Required, Requirement},
    },
};

/// What something may cost.
pub(super) fn limit(spot: &Spot<'_>, home: Currency) -> Option<Limit> {
    let fields = spot.fields(&["category", "department", "project", "person", "per", "max", "severity"])?;
    let categories = Category::ALL.map(|category| (category.name(), category));
    let category = fields.may("category", |one| one.choice(&categories));
    let department = fields.may("department", |one| name(one, "a department"));
    let project = fields.may("project", |one| name(one, "a project"));
    let person = fields.may("person", email);
    let per = fields.or("per", Per::Document, |per| per.choice(&Per::ALL.map(|per| (per.name(), per))));
    let max = fields.need("max", |max| amount(max, home));
    let severity = fields.or("severity", Severity::Flag, self::severity);
    let scope = LimitScope { category: category?, department: department?, project: project?, person: person? };
    Some(Limit { scope, per: per?, max: max?, severity: severity? })
}

/// What [`limit`] reads.
pub(super) fn limit_json(limit: &Limit) -> Json {
    let text = |text: &Option<String>| text.as_deref().map(Json::text);
    Json::object([
        ("category", limit.scope.category.map(|category| Json::text(category.name()))),
        ("department", text(&limit.scope.department)),
        ("project", text(&limit.scope.project)),
        ("person", text(&limit.scope.person)),
        ("per", Some(Json::text(limit.per.name()))),
        ("max", Some(amount_json(limit.max))),
        ("severity", Some(Json::text(limit.severity.name()))),
    ])
}

/// What a document must say.
pub(super) fn requirement(spot: &Spot<'_>, home: Currency) -> Option<Requirement> {
    let fields = spot.fields(&["what", "when"])?;
    let choices = Required::ALL.map(|required| (required.name(), required));
    let what = fields.need("what", |what| what.choice(&choices));
    let when = fields.or("when", Condition::ALWAYS, |when| condition(when, home));
    Some(Requirement { what: what?, when: when? })
}

/// What [`requirement`] reads.
pub(super) fn requirement_json(requirement: &Requirement) -> Json {
    Json::object([
        ("what", Some(Json::text(requirement.what.name()))),
        ("when", Some(condition_json(&requirement.when))),
    ])
}

/// Tax rates by country.
pub(super) fn tax_rates(spot: &Spot<'_>) -> Option<BTreeMap<String, Vec<TaxRate>>> {
    let fields = spot.entries()?;
    let mut rates = BTreeMap::new();
    let mut complete = true;
    for country in fields.keys() {
        let Some(inner) = fields.get(country) else { continue };
        if country.len() != 2 || !country.bytes().all(|letter| letter.is_ascii_uppercase()) {
            complete = false;
            let _: Option<()> =
                inner.wrong(format!("“{country}” is not a country in two capital letters, such as \"SG\""));
        }
        match inner.some("tax rates", tax_rate) {
            Some(found) => drop(rates.insert(country.to_owned(), found)),
            None => complete = false,
        }
    }
    complete.then_some(rates)
}

fn tax_rate(spot: &Spot<'_>) -> Option<TaxRate> {
    let fields = spot.fields(&["percent", "from", "until"])?;
    let percent = fields.need("percent", self::percent);
    let (from, until) = (fields.may("from", date), fields.may("until", date));
    let rate = TaxRate { percent: percent?, from: from?, until: until? };
    if rate.from.zip(rate.until).is_some_and(|(from, until)| until < from) {
        return spot.wrong("“until” lies before “from”");
    }
    Some(rate)
}

/// What [`tax_rates`] reads.
pub(super) fn tax_rates_json(rates: &BTreeMap<String, Vec<TaxRate>>) -> Json {
    let rate = |rate: &TaxRate| {
        Json::object([
            ("percent", Some(Json::text(rate.percent.to_string()))),
            ("from", rate.from.map(|date| Json::text(date.to_string()))),
            ("until", rate.until.map(|date| Json::text(date.to_string()))),
        ])
    };
    let country =
        |(country, rates): (&String, &Vec<TaxRate>)| (country.clone(), Json::List(rates.iter().map(rate).collect()));
    Json::Object(rates.iter().map(country).collect())
}

/// Who the firm is.
pub(super) fn firm(spot: &Spot<'_>) -> Option<Firm> {
    let fields = spot.fields(&["names", "tax_ids"])?;
    let list = |key, what| fields.or(key, Vec::new(), |all| all.list(what, |one| name(one, what)));
    let (names, tax_ids) = (list("names", "names"), list("tax_ids", "tax numbers"));
    Some(Firm { names: names?, tax_ids: tax_ids? })
}

/// What [`firm`] reads.
pub(super) fn firm_json(firm: &Firm) -> Json {
    let texts = |all: &[String]| Json::texts(all.iter().map(String::as_str));
    Json::object([("names", Some(texts(&firm.names))), ("tax_ids", Some(texts(&firm.tax_ids)))])
}

/// Exchange rates; what is not said is as in `usual`.
pub(super) fn rates(spot: &Spot<'_>, usual: RateRules) -> Option<RateRules> {
    let fields = spot.fields(&["source", "age_days_max", "spread_percent_max"])?;
    let source = fields.or("source", usual.source, |source| name(source, "the name of a table of rates"));
    let age_days_max = fields.or("age_days_max", usual.age_days_max, |days| days.whole("days", 0..=u32::MAX));
    let spread = fields.or("spread_percent_max", usual.spread_percent_max, percent);
    Some(RateRules { source: source?, age_days_max: age_days_max?, spread_percent_max: spread? })
}

/// What [`rates`] reads.
pub(super) fn rates_json(rates: &RateRules) -> Json {
    Json::object([
        ("source", Some(Json::text(&rates.source))),
        ("age_days_max", Some(Json::Whole(rates.age_days_max))),
        ("spread_percent_max", Some(Json::text(rates.spread_percent_max.to_string()))),
    ])
}

const SETTINGS: [(&str, RuleSetting); 4] = [
    ("off", RuleSetting::Off),
    ("info", RuleSetting::As(Severity::Info)),
    ("flag", RuleSetting::As(Severity::Flag)),
    ("block", RuleSetting::As(Severity::Block)),
];

/// How much each rule weighs.
pub(super) fn settings(spot: &Spot<'_>) -> Option<BTreeMap<String, RuleSetting>> {
    let fields = spot.entries()?;
    let read: Vec<_> = fields
        .keys()
        .filter_map(|rule| Some((rule, fields.get(rule)?)))
        .map(|(rule, setting)| Some((rule.to_owned(), setting.choice(&SETTINGS)?)))
        .collect();
    read.into_iter().collect()
}

/// What [`settings`] reads.
pub(super) fn settings_json(rules: &BTreeMap<String, RuleSetting>) -> Json {
    let name = |setting: &RuleSetting| match setting {
        RuleSetting::Off => Json::text("off"),
        RuleSetting::As(severity) => Json::text(severity.name()),
    };
    Json::Object(rules.iter().map(|(rule, setting)| (rule.clone(), name(setting))).collect())
}
