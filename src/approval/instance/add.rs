//! Adding people to a task and taking them out, handing a task over, and asking for an opinion.

use std::collections::BTreeSet;

use super::{ADD_DEPTH_MAX, Adding, By, Effect, Group, Instance, Method, Origin, Refused, Task, TaskId, TaskState};
use crate::{
    approval::seats::Seat,
    model::{id::PersonId, policy::flow::NodeKind},
};

impl Instance {
    /// Whether somebody could get a task in a run: no part in the claim that forbids it, no seat there, no decision.
    fn may_sit(&self, run: usize, person: PersonId) -> Result<(), Refused> {
        let node = self.runs.get(run).and_then(|run| self.node(run.stop)).ok_or(Refused::NoSuchTask)?;
        if node.kind == NodeKind::Approve && self.is_barred(person) {
            return Err(Refused::OwnClaim);
        }
        if self.has_part(run, person) { Err(Refused::SitsHere) } else { Ok(()) }
    }

    pub(super) fn added(
        &mut self,
        id: TaskId,
        by: By,
        adding: Adding,
        people: &[PersonId],
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refused> {
        let task = self.own_pending(id, by)?;
        if task.is_opinion() {
            return Err(Refused::NotPending("an opinion"));
        }
        if people.is_empty() {
            return Err(Refused::NobodyNamed);
        }
        if people.iter().collect::<BTreeSet<_>>().len() != people.len() {
            return Err(Refused::SitsHere);
        }
        for person in people {
            self.may_sit(task.run, *person)?;
        }
        let depth = self.depth(&task) + 1;
        if depth > ADD_DEPTH_MAX {
            return Err(Refused::TooDeep);
        }
        let has = |before: bool| self.groups(&task).any(|group| group.before == before);
        match adding {
            Adding::Before(method) => {
                // A task has one group before it at most; more people join it by adding after they decided.
                if has(true) && !self.groups(&task).filter(|group| group.before).all(|group| self.group_is_over(group))
                {
                    return Err(Refused::BeforeAndAfter);
                }
                self.add_group(&task, true, method, people, depth);
            }
            Adding::After(method) => {
                if by.instead_of.is_none() && self.decided(task.run).contains(&by.person) {
                    return Err(Refused::Twice);
                }
                self.add_group(&task, false, method, people, depth);
                // The adder's own word is given now; the node waits for the people after.
                return self.approved(id, by, effects);
            }
            Adding::Parallel => {
                let origin = Origin::Added { by: id, depth };
                let members: Vec<TaskId> =
                    people.iter().map(|p| self.seat(task.run, &seat_of(*p, 1), origin)).collect();
                self.beside(&task, &members);
            }
        }
        self.settle(effects);
        Ok(())
    }

    fn groups<'a>(&'a self, task: &'a Task) -> impl Iterator<Item = &'a Group> {
        self.runs.get(task.run).into_iter().flat_map(|run| &run.groups).filter(|group| group.parent == task.id)
    }

    fn group_is_over(&self, group: &Group) -> bool {
        group.members.iter().all(|id| self.is_settled(*id))
    }

    fn depth(&self, task: &Task) -> u32 {
        match task.origin {
            Origin::Named => 0,
            Origin::Added { depth, .. } => depth,
            Origin::InPlaceOf(other) | Origin::Opinion { of: other } => {
                self.task(other).map_or(0, |other| self.depth(other))
            }
        }
    }

    fn add_group(&mut self, task: &Task, before: bool, method: Method, people: &[PersonId], depth: u32) {
        let origin = Origin::Added { by: task.id, depth };
        let members = people.iter().map(|person| self.seat(task.run, &seat_of(*person, 1), origin)).collect();
        if let Some(run) = self.runs.get_mut(task.run) {
            run.groups.push(Group { parent: task.id, before, method, members });
        }
    }

    /// Puts tasks right after a task, in the list that holds it.
    fn beside(&mut self, task: &Task, members: &[TaskId]) {
        let Some(run) = self.runs.get_mut(task.run) else { return };
        let lists = std::iter::once(&mut run.members).chain(run.groups.iter_mut().map(|group| &mut group.members));
        for list in lists {
            if let Some(place) = list.iter().position(|id| *id == task.id) {
                list.splice(place + 1..place + 1, members.iter().copied());
                return;
            }
        }
    }

    pub(super) fn removed(&mut self, id: TaskId, by: By, effects: &mut Vec<Effect>) -> Result<(), Refused> {
        let run = self.current_run().ok_or(Refused::NotNow(self.status.name()))?;
        let task = self.task(id).cloned().ok_or(Refused::NoSuchTask)?;
        let Origin::Added { by: adder, .. } = task.origin else { return Err(Refused::NotAdded) };
        let adder = self.task(adder).map(|task| task.person).ok_or(Refused::NoSuchTask)?;
        let may = adder == by.person || by.instead_of == Some(adder);
        if task.run != run || !may || !task.state.is_open() || self.groups(&task).next().is_some() {
            return Err(Refused::NotAdded);
        }
        effects.push(Effect::Cancel(id));
        self.set(id, TaskState::Cancelled);
        let mut reopened = None;
        if let Some(run) = self.runs.get_mut(task.run) {
            run.members.retain(|member| *member != id);
            for group in &mut run.groups {
                group.members.retain(|member| *member != id);
                if group.members.is_empty() {
                    reopened = Some(group.parent);
                }
            }
            run.groups.retain(|group| !group.members.is_empty());
        }
        // With the last one gone the parent decides again: taking somebody out must never be an approval.
        if let Some(parent) = reopened
            && matches!(self.task(parent).map(|task| &task.state), Some(TaskState::Approved { .. }))
        {
            self.set(parent, TaskState::Waiting);
        }
        self.settle(effects);
        Ok(())
    }

    pub(super) fn transferred(
        &mut self,
        id: TaskId,
        by: By,
        to: PersonId,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refused> {
        let task = self.own_pending(id, by)?;
        self.may_sit(task.run, to)?;
        self.replace(&task, to, effects);
        self.settle(effects);
        Ok(())
    }

    /// Puts somebody else in a task's place, wherever it stands.
    pub(super) fn replace(&mut self, task: &Task, to: PersonId, effects: &mut Vec<Effect>) {
        let seat = Seat { person: to, roles: task.roles.clone(), weight: task.weight };
        let origin =
            if let Origin::Opinion { of } = task.origin { Origin::Opinion { of } } else { Origin::InPlaceOf(task.id) };
        let new = self.seat(task.run, &seat, origin);
        if let Some(entry) = self.task_mut(new) {
            entry.claimed = task.claimed;
        }
        let was_open = task.state.is_open() && task.state != TaskState::Waiting;
        self.set(task.id, TaskState::Transferred { to: new });
        if was_open {
            effects.push(Effect::Cancel(task.id));
        }
        if let Some(run) = self.runs.get_mut(task.run) {
            let lists = std::iter::once(&mut run.members).chain(run.groups.iter_mut().map(|group| &mut group.members));
            for member in lists.flatten().filter(|member| **member == task.id) {
                *member = new;
            }
            for group in run.groups.iter_mut().filter(|group| group.parent == task.id) {
                group.parent = new;
            }
        }
        if let Origin::Opinion { of } = task.origin {
            self.set(of, TaskState::Asking { to: new });
            self.set(new, TaskState::Pending);
            effects.push(Effect::Ask(new));
        }
        // Whoever was asked for an opinion by the one who goes is not asked any more.
        if let TaskState::Asking { to: asked } = task.state {
            self.set(asked, TaskState::Cancelled);
            effects.push(Effect::Cancel(asked));
        }
    }

    pub(super) fn asked(&mut self, id: TaskId, by: By, to: PersonId, effects: &mut Vec<Effect>) -> Result<(), Refused> {
        let task = self.own_pending(id, by)?;
        if task.is_opinion() {
            return Err(Refused::TooDeep);
        }
        // An opinion decides nothing, so whoever has a part in the claim may be asked for theirs.
        if self.sits(task.run, to) {
            return Err(Refused::SitsHere);
        }
        let new = self.seat(task.run, &seat_of(to, 0), Origin::Opinion { of: id });
        self.set(new, TaskState::Pending);
        self.set(id, TaskState::Asking { to: new });
        effects.push(Effect::Ask(new));
        Ok(())
    }

    pub(super) fn answered(&mut self, id: TaskId, by: By, effects: &mut Vec<Effect>) -> Result<(), Refused> {
        let task = self.own_pending(id, by)?;
        let Origin::Opinion { of } = task.origin else { return Err(Refused::NotPending("a decision")) };
        self.set(id, TaskState::Answered);
        self.set(of, TaskState::Waiting);
        self.settle(effects);
        Ok(())
    }
}

fn seat_of(person: PersonId, weight: u32) -> Seat {
    Seat { person, roles: BTreeSet::from(["added".to_owned()]), weight }
}
