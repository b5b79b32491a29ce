//! What an approval means for its document.

use super::{
    instance::{Instance, Status, TaskState},
    route::Hold,
    state::{ApprovedBy, Standing},
};
use crate::model::id::PersonId;

/// Where a document's approval stands; `actor` is whoever did the last thing, for what only they can have done.
#[must_use]
pub fn standing(instance: &Instance, actor: PersonId) -> Standing {
    match &instance.status {
        Status::Draft | Status::Entering { .. } | Status::Running { .. } => Standing::Waiting,
        Status::Approved => Standing::Approved(last_approver(instance).map_or(ApprovedBy::Rule, ApprovedBy::Person)),
        Status::Rejected { by, reason } => Standing::Rejected { by: *by, reason: reason.clone() },
        Status::Returned { by, reason, .. } => Standing::Returned { by: *by, reason: reason.clone() },
        Status::Withdrawn => Standing::Withdrawn { by: actor },
        Status::Held(hold) => Standing::Held { code: hold_code(hold), message: hold_message(hold) },
    }
}

/// Who approved last in the runs that count.
fn last_approver(instance: &Instance) -> Option<PersonId> {
    let counts = |run: usize| instance.runs.get(run).is_some_and(|run| run.outcome == super::instance::Outcome::Passed);
    let approver = |state: &TaskState| if let TaskState::Approved { by } = state { *by } else { None };
    instance.tasks.iter().rev().filter(|task| counts(task.run)).find_map(|task| approver(&task.state))
}

fn hold_code(hold: &Hold) -> String {
    match hold {
        Hold::Unknown { fact, .. } => fact.name().to_owned(),
        Hold::Nobody { .. } => "nobody".to_owned(),
        Hold::NoSuch { .. } => "no_such".to_owned(),
    }
}

/// One clear sentence: what is missing, where, and what to do.
#[must_use]
pub fn hold_message(hold: &Hold) -> String {
    match hold {
        Hold::Unknown { fact, at } => {
            let what = match fact {
                super::route::UnknownFact::Amount => {
                    "its amount in the firm's currency; correct the total or import the exchange rate of its day"
                }
                super::route::UnknownFact::Department => "the department that pays",
                super::route::UnknownFact::Project => "its project",
                super::route::UnknownFact::Supplier => "its supplier",
                super::route::UnknownFact::Currency => "its currency",
            };
            format!("The policy needs to know {what} (at “{at}”). Fill it in, then send it again.")
        }
        Hold::Nobody { at } => format!(
            "Nobody can be asked at “{at}”, not even an administrator. Give somebody the role, then send it again."
        ),
        Hold::NoSuch { name, at } => {
            format!(
                "The policy names “{name}” at “{at}”, and the firm has no such person or role. Mend either, then send it again."
            )
        }
    }
}
