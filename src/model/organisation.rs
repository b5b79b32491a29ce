//! The firm's people as approvals see them: roles, managers, departments, projects, and who stands in for whom.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil;

use super::{id::PersonId, money::Money};

/// One person in the firm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Their id.
    pub id: PersonId,
    /// Their e-mail address, lower case; policies name people by it.
    pub email: String,
    /// How others see them.
    pub name: String,
    /// vouch's own roles and the firm's, by name.
    pub roles: BTreeSet<String>,
    /// Where they work.
    pub department: Option<String>,
    /// Whom they report to.
    pub manager: Option<PersonId>,
    /// Whether they are still there.
    pub active: bool,
    /// Who took over when they left.
    pub successor: Option<PersonId>,
}

/// A department.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Department {
    /// Who leads it.
    pub head: Option<PersonId>,
    /// The department above it, by name.
    pub parent: Option<String>,
}

/// Somebody stands in for somebody else, 代理.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delegation {
    /// Whose tasks.
    pub from: PersonId,
    /// Who may decide them as well.
    pub to: PersonId,
    /// The first day, in the firm's time zone.
    pub first: civil::Date,
    /// The last day.
    pub last: civil::Date,
    /// Only up to this amount in the firm's own currency; `None`: any.
    pub amount_max: Option<Money>,
}

/// The whole firm at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Organisation {
    /// Everybody who ever had a place in it.
    pub members: BTreeMap<PersonId, Member>,
    /// Departments by name.
    pub departments: BTreeMap<String, Department>,
    /// Who owns which project, by the project's code.
    pub projects: BTreeMap<String, Option<PersonId>>,
    /// Who stands in for whom.
    pub delegations: Vec<Delegation>,
}

impl Organisation {
    /// The person with this e-mail address, in any case.
    #[must_use]
    pub fn by_email(&self, email: &str) -> Option<&Member> {
        let email = email.to_lowercase();
        self.members.values().find(|member| member.email == email)
    }

    /// How others see somebody; nothing where the firm does not know them.
    #[must_use]
    pub fn name_of(&self, id: PersonId) -> String {
        self.members.get(&id).map_or_else(String::new, |member| member.name.clone())
    }

    /// Everybody with a role who is still there, in the order of their ids.
    pub fn with_role<'a>(&'a self, role: &'a str) -> impl Iterator<Item = PersonId> + 'a {
        let has = move |member: &&Member| member.active && member.roles.contains(role);
        self.members.values().filter(has).map(|member| member.id)
    }
}
