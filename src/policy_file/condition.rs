//! Conditions: `"always"`, or an object with one key that says what is asked.

use super::{
    document::Spot,
    layout::Json,
    value::{amount, amount_json, currency, email, name, supplier},
};
use crate::model::{
    category::Category, currency::Currency, field::DocumentKind, finding::Severity, policy::condition::Condition,
};

const KEYS: [&str; 14] = [
    "all",
    "any",
    "not",
    "amount",
    "department",
    "project",
    "category",
    "supplier",
    "submitter",
    "submitter_role",
    "kind",
    "currency",
    "finding",
    "finding_at_least",
];

/// A condition whose amounts are in the firm's own currency.
pub(super) fn condition(spot: &Spot<'_>, home: Currency) -> Option<Condition> {
    if spot.as_text() == Some("always") {
        return Some(Condition::ALWAYS);
    }
    let (key, inner) = spot.only("a condition: “always”, or", &KEYS)?;
    let parts = || inner.list("conditions", |part| condition(part, home));
    let names = |what| inner.some(what, |one| name(one, what));
    match key {
        "all" => parts().map(Condition::All),
        "any" => parts().map(Condition::Any),
        "not" => condition(&inner, home).map(|inner| Condition::Not(Box::new(inner))),
        "amount" => {
            let band = inner.fields(&["from", "below"])?;
            let from = band.may("from", |end| amount(end, home));
            let below = band.may("below", |end| amount(end, home));
            Some(Condition::Amount { from: from?, below: below? })
        }
        "department" => names("departments").map(Condition::Department),
        "project" => names("projects").map(Condition::Project),
        "category" => {
            let choices = Category::ALL.map(|category| (category.name(), category));
            inner.some("categories", |one| one.choice(&choices)).map(Condition::Category)
        }
        "supplier" => inner.some("suppliers", supplier).map(Condition::Supplier),
        "submitter" => inner.some("e-mail addresses", email).map(Condition::Submitter),
        "submitter_role" => names("roles").map(Condition::SubmitterRole),
        "kind" => {
            let choices = DocumentKind::ALL.map(|kind| (kind.name(), kind));
            inner.some("kinds of paper", |one| one.choice(&choices)).map(Condition::Kind)
        }
        "currency" => inner.some("currencies", currency).map(Condition::Currency),
        "finding" => names("rule ids").map(Condition::Finding),
        _ => severity(&inner).map(Condition::FindingAtLeast),
    }
}

/// How much a finding weighs.
pub(super) fn severity(spot: &Spot<'_>) -> Option<Severity> {
    spot.choice(&[Severity::Info, Severity::Flag, Severity::Block].map(|severity| (severity.name(), severity)))
}

/// What [`condition`] reads.
pub(super) fn condition_json(condition: &Condition) -> Json {
    let texts = |all: &[String]| Json::texts(all.iter().map(String::as_str));
    let parts = |all: &[Condition]| Json::List(all.iter().map(condition_json).collect());
    let (key, value) = match condition {
        Condition::All(all) if all.is_empty() => return Json::text("always"),
        Condition::All(all) => ("all", parts(all)),
        Condition::Any(all) => ("any", parts(all)),
        Condition::Not(inner) => ("not", condition_json(inner)),
        Condition::Amount { from, below } => {
            ("amount", Json::object([("from", from.map(amount_json)), ("below", below.map(amount_json))]))
        }
        Condition::Department(all) => ("department", texts(all)),
        Condition::Project(all) => ("project", texts(all)),
        Condition::Category(all) => ("category", Json::texts(all.iter().map(|category| category.name()))),
        Condition::Supplier(all) => ("supplier", texts(all)),
        Condition::Submitter(all) => ("submitter", texts(all)),
        Condition::SubmitterRole(all) => ("submitter_role", texts(all)),
        Condition::Kind(all) => ("kind", Json::texts(all.iter().map(|kind| kind.name()))),
        Condition::Currency(all) => ("currency", Json::texts(all.iter().map(Currency::code))),
        Condition::Finding(all) => ("finding", texts(all)),
        Condition::FindingAtLeast(severity) => ("finding_at_least", Json::text(severity.name())),
    };
    Json::only(key, value)
}
