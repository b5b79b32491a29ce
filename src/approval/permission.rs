//! Which role may do what.

use super::state::{Event, ReversalEvent};
use crate::model::person::{Person, Role};

/// Whether somebody's role allows an action at all; whether *this* document allows it is the state's affair.
#[must_use]
pub fn allows(person: &Person, event: &Event, is_submitter: bool) -> bool {
    let accountant = person.has(Role::Accountant) || person.has(Role::Administrator);
    person.active
        && match event {
            Event::Corrected { .. }
            | Event::Kept { .. }
            | Event::Submitted { .. }
            | Event::ReadAgain { .. }
            | Event::Joined { .. } => accountant || is_submitter,
            // Whether they have a task is the approval's affair.
            Event::Decided { .. } => true,
            // The submitter may take back what nobody has approved yet.
            Event::Rejected { .. } => person.has(Role::Approver) || accountant || is_submitter,
            Event::PostingRetried { .. } => accountant,
            // One asks and another agrees: that it is another is the state's affair.
            Event::Reversal(ReversalEvent::Asked { .. } | ReversalEvent::Withdrawn { .. }) => {
                accountant || person.has(Role::Approver)
            }
            Event::Reversal(ReversalEvent::Agreed { .. } | ReversalEvent::Refused { .. }) => {
                person.has(Role::Approver) || person.has(Role::Administrator)
            }
            Event::Reversal(ReversalEvent::Retried { .. }) => accountant,
            Event::Reversal(ReversalEvent::Done | ReversalEvent::Blocked { .. }) => false,
            Event::Restarted { .. } => person.has(Role::Administrator),
            Event::ReadSucceeded
            | Event::ReadFailed { .. }
            | Event::Checked { .. }
            | Event::Posted { .. }
            | Event::PostingBlocked { .. } => false,
        }
}

/// Whether a person may see a document: its submitter, and everybody who approves or accounts.
#[must_use]
pub fn may_see(person: &Person, is_submitter: bool) -> bool {
    let wide = [Role::Approver, Role::Accountant, Role::Administrator];
    person.active && (is_submitter || wide.into_iter().any(|role| person.has(role)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::approval::state::{Decision, Standing};
    use crate::model::id::PersonId;

    fn person(roles: &[Role]) -> Person {
        Person {
            id: PersonId::from_u128(7),
            email: String::new(),
            name: String::new(),
            roles: roles.to_vec(),
            active: true,
        }
    }

    #[test]
    fn roles_and_actions() {
        let by = PersonId::from_u128(7);
        let approve = Event::Decided { decision: Decision::Approved, standing: Standing::Waiting };
        let correct = Event::Corrected { by };
        let retry = Event::PostingRetried { by };
        let restart = Event::Restarted { by };
        let table = [
            (Role::Submitter, false, [true, false, false, false]),
            (Role::Submitter, true, [true, true, false, false]),
            (Role::Approver, false, [true, false, false, false]),
            (Role::Accountant, false, [true, true, true, false]),
            (Role::Administrator, false, [true, true, true, true]),
        ];
        for (role, is_submitter, expected) in table {
            let who = person(&[role]);
            let got = [&approve, &correct, &retry, &restart].map(|event| allows(&who, event, is_submitter));
            assert_eq!(got, expected, "{role:?} {is_submitter}");
            assert!(!allows(&who, &Event::ReadSucceeded, is_submitter), "only vouch itself reads");
        }
        let gone = Person { active: false, ..person(&Role::ALL) };
        assert!(!allows(&gone, &approve, false) && !may_see(&gone, true));
        assert!(!may_see(&person(&[Role::Submitter]), false));
    }
}
