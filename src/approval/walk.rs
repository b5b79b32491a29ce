//! One event and everything that follows from it at once: whenever a node is entered, who is asked is worked out and
//! becomes the next event. Pure; the events that come out are what is recorded, and replaying them needs no firm.

use jiff::civil;

use super::{
    instance::{Effect, Event, Instance, Refused},
    route::Stop,
    seats::{Room, seats},
};
use crate::model::{organisation::Organisation, policy::Policy};

/// What everything is decided by besides the approval itself.
#[derive(Debug, Clone, Copy)]
pub struct World<'a> {
    /// The version of the policy that the approval keeps.
    pub policy: &'a Policy,
    /// The firm now.
    pub organisation: &'a Organisation,
    /// Today, in the firm's time zone.
    pub today: civil::Date,
}

/// Where an event led.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walked {
    /// The approval now.
    pub instance: Instance,
    /// What is to be recorded, in order: the event, and the seatings that followed.
    pub events: Vec<Event>,
    /// What must happen, in order, without the seatings.
    pub effects: Vec<Effect>,
}

/// Applies an event, and seats people wherever a node is entered.
///
/// # Errors
/// The event is not possible now, or not for this person; nothing changed.
pub fn walk(instance: &Instance, event: Event, world: &World<'_>) -> Result<Walked, Refused> {
    let (mut instance, mut effects) = instance.apply(&event)?;
    let mut walked = Walked { instance: Instance::draft(0), events: vec![event], effects: Vec::new() };
    loop {
        let seat = |effect: &Effect| match effect {
            Effect::Seat { stop } => Some(*stop),
            Effect::Ask(_)
            | Effect::Cancel(_)
            | Effect::Remind(_)
            | Effect::Tell(_)
            | Effect::Approve
            | Effect::Reject
            | Effect::Return
            | Effect::Withdraw
            | Effect::Hold => None,
        };
        let stop = effects.iter().find_map(seat);
        walked.effects.extend(effects.into_iter().filter(|effect| seat(effect).is_none()));
        let Some(stop) = stop else { break };
        let Some(event) = seating(&instance, stop, world) else { break };
        (instance, effects) = instance.apply(&event)?;
        walked.events.push(event);
    }
    walked.instance = instance;
    Ok(walked)
}

/// Who is asked at a stop, as an event.
fn seating(instance: &Instance, stop: usize, world: &World<'_>) -> Option<Event> {
    let approved = instance.approvals();
    let facts = instance.facts.as_ref()?;
    let nodes = instance.way.stops.iter().skip(stop + 1);
    let later: Vec<_> = nodes
        .filter_map(|stop| match stop {
            Stop::Node(node) => Some(node),
            Stop::Cc(_) => None,
        })
        .collect();
    let room = Room {
        policy: world.policy,
        facts,
        organisation: world.organisation,
        today: world.today,
        approved: &approved,
        later: &later,
        previous: instance.previous(stop),
    };
    Some(Event::Seated { stop, seated: seats(instance.node(stop)?, &room) })
}
