//! What people do about an approval, as events of it and as words of the history.

use super::{ADDED_PEOPLE_MAX, task_for};
use crate::{
    approval::{
        instance::{Adding, By, Event as Step, Instance, Refused, ReturnTo, TaskId},
        state::Decision,
    },
    model::{id::PersonId, organisation::Organisation},
    pipeline::actions::ActionError,
    store::approval::Approval,
};

/// Something a person does about an approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    /// Agrees.
    Approve,
    /// Refuses.
    Reject(String),
    /// Has others decide as well.
    Add(Adding, Vec<PersonId>),
    /// Takes out somebody they added.
    Remove(TaskId),
    /// Hands their task over.
    Transfer(PersonId),
    /// Asks an opinion.
    Ask(PersonId),
    /// Gives an opinion.
    Answer(String),
    /// Takes a task of a pool.
    Claim,
    /// Gives it back.
    Unclaim,
    /// Sends the claim back.
    Return(ReturnTo, String),
    /// Takes back their approval.
    TakeBack,
    /// Takes the claim back.
    Withdraw,
    /// Asks for haste.
    Remind(TaskId),
}

impl Doing {
    pub(super) const fn decision(&self) -> Decision {
        match self {
            Self::Approve => Decision::Approved,
            Self::Reject(_) => Decision::Rejected,
            Self::Add(..) => Decision::Added,
            Self::Remove(_) => Decision::Removed,
            Self::Transfer(_) => Decision::Transferred,
            Self::Ask(_) => Decision::Asked,
            Self::Answer(_) => Decision::Answered,
            Self::Claim => Decision::Claimed,
            Self::Unclaim => Decision::Unclaimed,
            Self::Return(..) => Decision::Returned,
            Self::TakeBack => Decision::TakenBack,
            Self::Withdraw => Decision::Withdrawn,
            Self::Remind(_) => Decision::Reminded,
        }
    }
}

pub(super) fn step(
    doing: &Doing,
    approval: &Approval,
    organisation: &Organisation,
    today: jiff::civil::Date,
    person: PersonId,
    now_us: i64,
) -> Result<Step, ActionError> {
    let own = || {
        task_for(approval, organisation, today, person).ok_or_else(|| {
            let facts = approval.instance.facts.as_ref();
            let barred = facts.is_some_and(|facts| facts.barred().contains(&person));
            ActionError::Approval(if barred { Refused::OwnClaim } else { Refused::NotYours })
        })
    };
    let known = |to: &PersonId| {
        let there = organisation.members.get(to).is_some_and(|member| member.active);
        if there { Ok(*to) } else { Err(ActionError::Approval(Refused::NobodyNamed)) }
    };
    Ok(match doing {
        Doing::Approve => own().map(|(task, by)| Step::Approved { task, by })?,
        Doing::Reject(reason) => own().map(|(task, by)| Step::Rejected { task, by, reason: reason.clone() })?,
        Doing::Add(adding, people) => {
            let people = people.iter().take(ADDED_PEOPLE_MAX).map(known).collect::<Result<_, _>>()?;
            own().map(|(task, by)| Step::Added { task, by, adding: *adding, people })?
        }
        Doing::Remove(task) => Step::Removed { task: *task, by: By::themselves(person) },
        Doing::Transfer(to) => {
            let to = known(to)?;
            own().map(|(task, by)| Step::Transferred { task, by, to })?
        }
        Doing::Ask(to) => {
            let to = known(to)?;
            own().map(|(task, by)| Step::Asked { task, by, to })?
        }
        Doing::Answer(_) => own().map(|(task, by)| Step::Answered { task, by })?,
        Doing::Claim => own().map(|(task, by)| Step::Claimed { task, by })?,
        Doing::Unclaim => own().map(|(task, by)| Step::Unclaimed { task, by })?,
        Doing::Return(to, reason) => {
            own().map(|(task, by)| Step::Returned { task, by, to: *to, reason: reason.clone() })?
        }
        Doing::TakeBack => {
            let task = last_approval(&approval.instance, person).ok_or(ActionError::Approval(Refused::NotYours))?;
            Step::TakenBack { task, by: By::themselves(person) }
        }
        Doing::Withdraw => Step::Withdrawn { by: person },
        Doing::Remind(task) => Step::Reminded { task: *task, at_us: now_us },
    })
}

/// The task that a person approved last.
#[must_use]
pub fn last_approval(instance: &Instance, person: PersonId) -> Option<TaskId> {
    let theirs = crate::approval::instance::TaskState::Approved { by: Some(person) };
    instance.tasks.iter().rev().find(|task| task.state == theirs).map(|task| task.id)
}

/// What people read in the history beside the decision's name.
pub(super) fn detail(doing: &Doing, step: &Step, organisation: &Organisation) -> String {
    let name = |id: &PersonId| organisation.name_of(*id);
    let names = |people: &[PersonId]| people.iter().map(name).collect::<Vec<_>>().join(", ");
    let instead_of = if let Step::Approved { by, .. } | Step::Rejected { by, .. } | Step::Returned { by, .. } = step {
        by.instead_of
    } else {
        None
    };
    let words = match doing {
        Doing::Reject(text) | Doing::Return(_, text) | Doing::Answer(text) => text.clone(),
        Doing::Add(_, people) => names(people),
        Doing::Transfer(to) | Doing::Ask(to) => name(to),
        Doing::Approve
        | Doing::Remove(_)
        | Doing::Claim
        | Doing::Unclaim
        | Doing::TakeBack
        | Doing::Withdraw
        | Doing::Remind(_) => String::new(),
    };
    match instead_of {
        Some(other) if words.is_empty() => format!("→ {}", name(&other)),
        Some(other) => format!("→ {}: {words}", name(&other)),
        None => words,
    }
}
