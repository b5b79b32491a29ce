//! People and what they may do.

use super::id::PersonId;

/// What a person may do. A person can have several roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Uploads receipts and answers questions about them.
    Submitter,
    /// Approves or rejects what others submitted.
    Approver,
    /// Corrects what was read, resolves findings, watches the ledgers.
    Accountant,
    /// Connects ledgers, sets the policy, adds people.
    Administrator,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Submitter, Self::Approver, Self::Accountant, Self::Administrator];

    /// The name in tables, on the command line and in pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submitter => "submitter",
            Self::Approver => "approver",
            Self::Accountant => "accountant",
            Self::Administrator => "administrator",
        }
    }

    /// The role with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A person who can sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// How they sign in; lower case.
    pub email: String,
    /// How others see them.
    pub name: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// Whether they may sign in.
    pub active: bool,
}

impl Person {
    /// Whether the person has the role.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// Who did something: a person, or a rule of vouch itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Actor {
    /// A signed-in person.
    Person(PersonId),
    /// vouch, by the named rule or job.
    System(String),
}
