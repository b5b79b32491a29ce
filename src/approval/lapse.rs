//! Which tasks lie too long, and what the policy wants done about them; and which tasks must move because their person
//! left. Pure: the caller applies the events.

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};

use super::{
    instance::{Event, Instance, Lapse, Status, Task, TaskId},
    seats::{Room, people, still_there},
};
use crate::model::{
    calendar::Calendar,
    id::PersonId,
    policy::flow::{Node, Overdue, Timeout},
};

/// When tasks began to wait for their people, in microseconds since 1970.
pub type Since = BTreeMap<TaskId, i64>;

/// The firm's own time.
#[derive(Debug, Clone, Copy)]
pub struct Hours<'a> {
    /// Its working days.
    pub calendar: &'a Calendar,
    /// Its time zone.
    pub zone: &'a TimeZone,
}

impl Hours<'_> {
    /// When so many working hours have passed, in microseconds since 1970.
    #[must_use]
    pub fn due_us(&self, since_us: i64, hours: u32) -> i64 {
        let Ok(since) = Timestamp::from_microsecond(since_us) else { return i64::MAX };
        let due = self.calendar.after(since.to_zoned(self.zone.clone()).datetime(), hours);
        due.to_zoned(self.zone.clone()).map_or(i64::MAX, |due| due.timestamp().as_microsecond())
    }
}

/// When a task is due next: the next of its node's time-outs.
#[must_use]
pub fn due_us(instance: &Instance, task: &Task, since_us: i64, hours: &Hours<'_>) -> Option<i64> {
    let (_, timeout) = next_timeout(instance, task)?;
    Some(hours.due_us(since_us, timeout.after_hours))
}

/// What the time-outs of the pending tasks come to now; at most one for each task.
#[must_use]
pub fn lapses(instance: &Instance, since: &Since, room: &Room<'_>, hours: &Hours<'_>, now_us: i64) -> Vec<Event> {
    let late = |task: &Task| {
        let since_us = since.get(&task.id)?;
        let (node, timeout) = next_timeout(instance, task)?;
        if hours.due_us(*since_us, timeout.after_hours) > now_us {
            return None;
        }
        let lapse = lapse(&timeout.then, node, room);
        Some(Event::Overdue { task: task.id, lapse, at_us: now_us })
    };
    instance.pending().filter_map(late).collect()
}

/// A decision that the policy does not allow for this amount, or a person who cannot be found, comes down to a reminder.
fn lapse(then: &Overdue, node: &Node, room: &Room<'_>) -> Lapse {
    match then {
        Overdue::Remind => Lapse::Remind,
        Overdue::Reject => Lapse::Reject,
        Overdue::Approve { up_to } if room.facts.at_most(*up_to) => Lapse::Approve,
        Overdue::Approve { .. } => Lapse::Remind,
        Overdue::Escalate(who) => {
            let found = people(who, room, &node.id).unwrap_or_default();
            let barred = room.facts.barred();
            let there = |person| still_there(room.organisation, person);
            let next = found.into_iter().filter_map(there).find(|person| !barred.contains(person));
            next.map_or(Lapse::Remind, Lapse::Escalate)
        }
    }
}

/// The time-out that a task comes to next, and the node it is of.
fn next_timeout<'a>(instance: &'a Instance, task: &Task) -> Option<(&'a Node, &'a Timeout)> {
    let node = instance.node(instance.runs.get(task.run)?.stop)?;
    Some((node, node.timeouts.get(usize::try_from(task.lapses).ok()?)?))
}

/// Tasks whose people left go to whoever took over, to their managers, or to an administrator.
#[must_use]
pub fn moves(instance: &Instance, room: &Room<'_>) -> Vec<Event> {
    let Status::Running { stop } = instance.status else { return Vec::new() };
    let barred = room.facts.barred();
    let mut busy: std::collections::BTreeSet<_> =
        instance.tasks.iter().filter(|task| node_at(instance, task) == Some(stop)).map(|task| task.person).collect();
    let open = instance.tasks.iter().filter(|task| task.state.is_open());
    let left = open.filter(|task| room.organisation.members.get(&task.person).is_none_or(|member| !member.active));
    let mut events = Vec::new();
    for task in left {
        let free = |person: &PersonId| !busy.contains(person) && (task.is_opinion() || !barred.contains(person));
        let usual = still_there(room.organisation, task.person).filter(free);
        let role = &room.policy.flow.administrator_role;
        if let Some(to) = usual.or_else(|| room.organisation.with_role(role).find(free)) {
            busy.insert(to);
            events.push(Event::Moved { task: task.id, to });
        }
    }
    events
}

fn node_at(instance: &Instance, task: &Task) -> Option<usize> {
    instance.runs.get(task.run).map(|run| run.stop)
}
