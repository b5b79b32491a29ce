//! The firm as a file, for `vouch policy check` and `vouch policy simulate`: people by e-mail address.
//!
//! ```json
//! {
//!   "people": { "ada@firm.example": { "name": "Ada", "roles": ["cfo"], "department": "sales",
//!               "manager": "bo@firm.example", "active": true, "successor": "cy@firm.example" } },
//!   "departments": { "sales": { "head": "ada@firm.example", "parent": "group" } },
//!   "projects": { "APOLLO": "ada@firm.example" },
//!   "delegations": [{ "from": "ada@firm.example", "to": "bo@firm.example",
//!                     "first": "2026-11-01", "last": "2026-11-30", "amount_max": "5000" }]
//! }
//! ```

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    document::{self, FileProblem, Lines, Spot},
    value::{amount, date, email, name},
};
use crate::model::{
    currency::Currency,
    id::PersonId,
    organisation::{Delegation, Department, Member, Organisation},
};

/// The id of a person in a file: always the same for the same address, in any case.
#[must_use]
pub fn person_id(email: &str) -> PersonId {
    let address = format!("mailto:{}", email.to_lowercase());
    PersonId::from_u128(Uuid::new_v5(&Uuid::NAMESPACE_URL, address.as_bytes()).as_u128())
}

/// Reads a firm; amounts are in `home`.
///
/// # Errors
/// Everything that is wrong with the document, in the order of its lines.
pub fn organisation_from_json(text: &str, home: Currency) -> Result<(Organisation, Lines), Vec<FileProblem>> {
    document::read(text, |spot| organisation(spot, home))
}

fn organisation(spot: &Spot<'_>, home: Currency) -> Option<Organisation> {
    let fields = spot.fields(&["people", "departments", "projects", "delegations"])?;
    let known: BTreeSet<String> = match fields.get("people") {
        Some(people) => people.entries()?.keys().map(str::to_lowercase).collect(),
        None => BTreeSet::new(),
    };
    let somebody = |spot: &Spot<'_>| {
        let email = email(spot)?;
        if known.contains(&email) {
            return Some(person_id(&email));
        }
        spot.wrong(format!("nobody under “people” has the address {email}"))
    };
    let people = fields.need("people", |people| each(people, |spot, key| member(spot, key, &somebody)));
    let departments = fields.or("departments", Vec::new(), |all| each(all, |spot, _| department(spot, &somebody)));
    let projects =
        fields.or("projects", Vec::new(), |all| each(all, |spot, _| if_known(spot, |owner| somebody(owner))));
    let delegations =
        fields.or("delegations", Vec::new(), |all| all.list("delegations", |one| delegation(one, home, &somebody)));
    let departments: BTreeMap<String, Department> = departments?.into_iter().collect();
    for (name, department) in &departments {
        let parent = department.parent.as_ref().filter(|parent| !departments.contains_key(*parent));
        if let (Some(parent), Some(spot)) = (parent, fields.get("departments")) {
            return spot.wrong(format!("the department “{name}” lies below “{parent}”, which is not one"));
        }
    }
    Some(Organisation {
        members: people?.into_iter().map(|(_, member)| (member.id, member)).collect(),
        departments,
        projects: projects?.into_iter().collect(),
        delegations: delegations?,
    })
}

/// Every entry of an object, by its key.
fn each<T>(spot: &Spot<'_>, read: impl Fn(&Spot<'_>, &str) -> Option<T>) -> Option<Vec<(String, T)>> {
    let fields = spot.entries()?;
    let found: Vec<_> = fields
        .keys()
        .filter_map(|key| Some((key, fields.get(key)?)))
        .map(|(key, inner)| Some((key.to_owned(), read(&inner, key)?)))
        .collect();
    found.into_iter().collect()
}

/// What stands here; null is nobody.
#[expect(clippy::option_option, reason = "nobody and wrong are two things, and wrong was already reported")]
fn if_known<T>(spot: &Spot<'_>, read: impl FnOnce(&Spot<'_>) -> Option<T>) -> Option<Option<T>> {
    if spot.is_null() { Some(None) } else { read(spot).map(Some) }
}

fn member(spot: &Spot<'_>, key: &str, somebody: &impl Fn(&Spot<'_>) -> Option<PersonId>) -> Option<Member> {
    if !key.contains('@') {
        return spot.wrong(format!("“{key}” is not an e-mail address"));
    }
    let fields = spot.fields(&["name", "roles", "department", "manager", "active", "successor"])?;
    let email = key.to_lowercase();
    let called = fields.or("name", email.clone(), |one| name(one, "a name"));
    let roles = fields.or("roles", Vec::new(), |all| all.list("roles", |one| name(one, "the name of a role")));
    let department = fields.known("department", |one| name(one, "a department"));
    let manager = fields.known("manager", somebody);
    let active = fields.or("active", true, Spot::truth);
    let successor = fields.known("successor", somebody);
    Some(Member {
        id: person_id(&email),
        email,
        name: called?,
        roles: roles?.into_iter().collect(),
        department: department?,
        manager: manager?,
        active: active?,
        successor: successor?,
    })
}

fn department(spot: &Spot<'_>, somebody: &impl Fn(&Spot<'_>) -> Option<PersonId>) -> Option<Department> {
    let fields = spot.fields(&["head", "parent"])?;
    let head = fields.known("head", somebody);
    let parent = fields.known("parent", |one| name(one, "a department"));
    Some(Department { head: head?, parent: parent? })
}

fn delegation(
    spot: &Spot<'_>,
    home: Currency,
    somebody: &impl Fn(&Spot<'_>) -> Option<PersonId>,
) -> Option<Delegation> {
    let fields = spot.fields(&["from", "to", "first", "last", "amount_max"])?;
    let (from, to) = (fields.need("from", somebody), fields.need("to", somebody));
    let (first, last) = (fields.need("first", date), fields.need("last", date));
    let amount_max = fields.known("amount_max", |max| amount(max, home));
    let delegation = Delegation { from: from?, to: to?, first: first?, last: last?, amount_max: amount_max? };
    if delegation.last < delegation.first {
        return spot.wrong("“last” lies before “first”");
    }
    Some(delegation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_firm_is_read() {
        let text = r#"{
            "people": {
                "Ada@firm.example": { "name": "Ada", "roles": ["cfo"], "department": "sales", "manager": "bo@firm.example" },
                "bo@firm.example": { "active": false, "successor": "ada@firm.example", "manager": null }
            },
            "departments": { "group": {}, "sales": { "head": "ada@firm.example", "parent": "group" } },
            "projects": { "APOLLO": "bo@firm.example", "ZEUS": null },
            "delegations": [{ "from": "ada@firm.example", "to": "bo@firm.example", "first": "2026-11-01",
                              "last": "2026-11-30", "amount_max": "5000" }]
        }"#;
        let (firm, lines) = organisation_from_json(text, Currency::HKD).expect("it is right");
        let ada = firm.by_email("ADA@firm.example").expect("she is there");
        assert_eq!((ada.id, ada.manager), (person_id("ada@firm.example"), Some(person_id("bo@firm.example"))));
        assert_eq!(firm.projects.get("ZEUS"), Some(&None));
        assert_eq!(firm.departments.get("sales").and_then(|sales| sales.head), Some(ada.id));
        assert_eq!((firm.delegations.len(), lines.line_of("departments.sales.head")), (1, 6));
    }

    #[test]
    fn what_is_wrong_with_a_firm() {
        for (text, line, message) in [
            ("{}", 1, "“people” is missing"),
            ("{ \"people\": { \"ada\": {} } }", 1, "“ada” is not an e-mail address"),
            ("{ \"people\": {\n\"a@b\": { \"manager\": \"c@d\" } } }", 2, "nobody under “people” has the address c@d"),
            (
                "{ \"people\": {},\n\"departments\": { \"a\": { \"parent\": \"b\" } } }",
                2,
                "below “b”, which is not one",
            ),
            (
                "{ \"people\": { \"a@b\": {} }, \"delegations\": [{ \"from\": \"a@b\", \"to\": \"a@b\",\n\
                 \"first\": \"2026-02-01\", \"last\": \"2026-01-01\" }] }",
                1,
                "“last” lies before “first”",
            ),
            ("{ \"people\": { \"a@b\": { \"role\": [\"cfo\"] } } }", 1, "did you mean “roles”?"),
        ] {
            let problems = organisation_from_json(text, Currency::HKD).expect_err(text);
            let found = problems.iter().any(|problem| problem.line == line && problem.message.contains(message));
            assert!(found, "{text}: {problems:#?}");
        }
    }
}
