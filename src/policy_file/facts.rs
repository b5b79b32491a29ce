//! The facts of a claim as a file, for `vouch policy simulate`. What is absent or null is unknown, which is not none.
//!
//! ```json
//! { "submitter": "ada@firm.example", "claimant": "bo@firm.example", "amount": "1200.00", "amount_together": "1500.00",
//!   "currency": "HKD", "kind": "receipt", "category": "meals", "department": "sales", "project": "APOLLO",
//!   "supplier": "Blue Café Ltd.", "correctors": ["cy@firm.example"], "findings": { "D4": "flag" } }
//! ```

use super::{
    condition::severity,
    document::{self, FileProblem, Spot},
    organisation::person_id,
    value::{self, amount, currency, email, name},
};
use crate::{
    approval::facts::Facts,
    model::{category::Category, currency::Currency, field::DocumentKind},
};

const KEYS: [&str; 13] = [
    "submitter",
    "claimant",
    "amount",
    "amount_together",
    "currency",
    "kind",
    "category",
    "department",
    "project",
    "supplier",
    "correctors",
    "findings",
    "digest",
];

/// Reads the facts of a claim; amounts are in `home`. Only the submitter must be said.
///
/// # Errors
/// Everything that is wrong with the document, in the order of its lines.
pub fn facts_from_json(text: &str, home: Currency) -> Result<Facts, Vec<FileProblem>> {
    document::read(text, |spot| facts(spot, home)).map(|(facts, _)| facts)
}

fn facts(spot: &Spot<'_>, home: Currency) -> Option<Facts> {
    let fields = spot.fields(&KEYS)?;
    let person = |spot: &Spot<'_>| email(spot).map(|email| person_id(&email));
    let submitter = fields.need("submitter", person);
    let claimant = fields.known("claimant", person);
    let own = fields.known("amount", |one| amount(one, home));
    let together = fields.known("amount_together", |one| amount(one, home));
    let currency = fields.known("currency", currency);
    let kinds = DocumentKind::ALL.map(|kind| (kind.name(), kind));
    let kind = fields.known("kind", |one| one.choice(&kinds));
    let categories = Category::ALL.map(|category| (category.name(), category));
    let category = fields.known("category", |one| one.choice(&categories));
    let department = fields.known("department", |one| name(one, "a department"));
    let project = fields.known("project", |one| name(one, "a project"));
    let supplier = fields.known("supplier", value::supplier);
    let correctors = fields.or("correctors", Vec::new(), |all| all.list("people", person));
    let findings = fields.known("findings", |all| {
        let findings = all.entries()?;
        let found: Vec<_> = findings
            .keys()
            .filter_map(|rule| Some((rule, findings.get(rule)?)))
            .map(|(rule, weight)| Some((rule.to_owned(), severity(&weight)?)))
            .collect();
        found.into_iter().collect::<Option<_>>()
    });
    let digest = fields.or("digest", String::new(), |digest| name(digest, "a digest"));
    Some(Facts {
        amount: own?,
        amount_together: together?,
        currency: currency?,
        kind: kind?.unwrap_or(DocumentKind::Unknown),
        category: category?.unwrap_or(Category::Other),
        department: department?,
        project: project?,
        supplier: supplier?,
        submitter: submitter?,
        claimant: claimant?.unwrap_or(submitter?),
        correctors: correctors?.into_iter().collect(),
        findings: findings?.unwrap_or_default(),
        digest: digest?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{finding::Severity, money::Money};

    #[test]
    fn facts_are_read_and_unknown_is_not_none() {
        let text = r#"{ "submitter": "Ada@firm.example", "amount": "1200", "supplier": "Blue Café Ltd.", "project": null,
                        "findings": { "D4": "flag" } }"#;
        let facts = facts_from_json(text, Currency::HKD).expect("it is right");
        assert_eq!(facts.submitter, person_id("ada@firm.example"));
        assert_eq!(facts.claimant, facts.submitter);
        assert_eq!(facts.amount, Some(Money::from_minor(120_000, Currency::HKD)));
        assert_eq!(facts.supplier.as_deref(), Some("bluecaféltd"));
        assert_eq!((facts.project, facts.department, facts.amount_together), (None, None, None));
        assert_eq!(facts.findings.get("D4"), Some(&Severity::Flag));
        for (text, message) in [
            ("{}", "“submitter” is missing"),
            ("{ \"submitter\": \"ada\" }", "expected an e-mail address, found “ada”"),
            ("{ \"submitter\": \"a@b\", \"amount\": 5 }", "expected an amount as text"),
            ("{ \"submitter\": \"a@b\", \"findings\": [\"D4\"] }", "expected an object, found a list"),
            ("{ \"submitter\": \"a@b\", \"catgory\": \"meals\" }", "did you mean “category”?"),
        ] {
            let problems = facts_from_json(text, Currency::HKD).expect_err(text);
            assert!(problems.iter().any(|problem| problem.message.contains(message)), "{text}: {problems:#?}");
        }
    }
}
