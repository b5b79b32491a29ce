//! Who is asked at a node: names, roles and places in the firm become people, and the careful rules take out whoever
//! may not decide. Pure: the firm is given as it is at this moment, and what comes out is written down for good.
//!
//! The rules are those of the approval reference, table 4.4: nobody decides about their own claim; a person who left is
//! replaced; one person with two roles is asked once; who approved before in the same round need not be asked again;
//! where nobody is left, the policy says what happens, and never silently.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil;

use super::{facts::Facts, route::Hold};
use crate::model::{
    id::PersonId,
    organisation::Organisation,
    policy::{
        Policy,
        flow::{Mode, Node, NodeKind, Repeat, WhenEmpty, WhenOwn, Who},
    },
};

/// How many managers, parents of departments or successors are followed before a chain is given up as a loop.
const CHAIN_LINKS_MAX: u32 = 64;

/// Somebody who is asked at a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Who.
    pub person: PersonId,
    /// As what: the entries of the policy that led to them, such as `role cfo`.
    pub roles: BTreeSet<String>,
    /// What their word weighs in a vote by ratio.
    pub weight: u32,
}

/// Why somebody whom the policy names is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Skip {
    /// It is their own claim, or they changed its values.
    Own,
    /// They left and nobody took over.
    Left,
    /// They approved at another node of this round already.
    Repeat,
    /// They are asked at a later node anyway.
    Later,
    /// Whoever stands in for them is asked at this node already.
    Delegate,
}

impl Skip {
    /// The name in JSON and pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Left => "left",
            Self::Repeat => "repeat",
            Self::Later => "later",
            Self::Delegate => "delegate",
        }
    }
}

/// What a node comes to when it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seating {
    /// These are asked.
    Ask(Vec<Seat>),
    /// Nobody needs to be asked: all of them approved before, or the policy lets an empty node pass.
    Pass,
    /// The policy refuses a claim for which nobody can be asked.
    Reject,
    /// The administrator must mend something.
    Hold(Hold),
}

/// What a node comes to, and who was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seated {
    /// What it comes to.
    pub seating: Seating,
    /// Who was left out, and why.
    pub skipped: Vec<(PersonId, Skip)>,
}

/// Everything that decides who is asked.
#[derive(Debug, Clone, Copy)]
pub struct Room<'a> {
    /// The version of the policy that the approval keeps.
    pub policy: &'a Policy,
    /// The facts, frozen.
    pub facts: &'a Facts,
    /// The firm now.
    pub organisation: &'a Organisation,
    /// Today, in the firm's time zone.
    pub today: civil::Date,
    /// Who approved at nodes of this round that ended, with the node's place on the way.
    pub approved: &'a BTreeMap<PersonId, BTreeSet<usize>>,
    /// The nodes still to come on the way, after this one.
    pub later: &'a [&'a Node],
    /// The place on the way of the node before this one, where there is one.
    pub previous: Option<usize>,
}

impl<'a> Room<'a> {
    /// The room of a question that no node asks, such as who stands in for whom: nobody approved before, nothing is to
    /// come.
    #[must_use]
    pub const fn beside(
        policy: &'a Policy,
        facts: &'a Facts,
        organisation: &'a Organisation,
        today: civil::Date,
    ) -> Self {
        const NOBODY: &BTreeMap<PersonId, BTreeSet<usize>> = &BTreeMap::new();
        Self { policy, facts, organisation, today, approved: NOBODY, later: &[], previous: None }
    }
}

/// Who is asked at a node.
#[must_use]
pub fn seats(node: &Node, room: &Room<'_>) -> Seated {
    let mut skipped = Vec::new();
    let named = match named(node, room) {
        Ok(named) => named,
        Err(hold) => return Seated { seating: Seating::Hold(hold), skipped },
    };
    let mut seats = present(named, room, &mut skipped);
    let own: Vec<Seat> = take(&mut seats, |seat| is_barred(node, room, seat.person));
    skipped.extend(own.iter().map(|seat| (seat.person, Skip::Own)));
    if !own.is_empty() && (node.own != WhenOwn::Skip || seats.is_empty()) {
        for seat in own {
            if let Some(instead) = instead_of_own(node, room, &seat) {
                add(&mut seats, instead);
            }
        }
    }
    merge_delegates(&mut seats, room, &mut skipped);
    let asked_before = !seats.is_empty();
    leave_out_repeats(node, &mut seats, room, &mut skipped);
    // Where one of several is enough, whoever approved just before is that one.
    let one_is_enough = matches!(node.mode, Mode::Any { .. } | Mode::Claim);
    let decided = one_is_enough && skipped.iter().any(|(_, why)| *why == Skip::Repeat);
    let seating = if !seats.is_empty() && !decided {
        Seating::Ask(seats)
    } else if asked_before {
        Seating::Pass
    } else {
        empty(node, room)
    };
    Seated { seating, skipped }
}

/// Whoever the policy names, in its order; a person twice is one seat with both roles.
fn named(node: &Node, room: &Room<'_>) -> Result<Vec<Seat>, Hold> {
    let mut seats = Vec::new();
    for asked in &node.who {
        for person in people(&asked.who, room, &node.id)? {
            let roles = BTreeSet::from([label(&asked.who)]);
            add(&mut seats, Seat { person, roles, weight: asked.weight });
        }
    }
    Ok(seats)
}

fn add(seats: &mut Vec<Seat>, seat: Seat) {
    match seats.iter_mut().find(|other| other.person == seat.person) {
        Some(other) => {
            other.roles.extend(seat.roles);
            other.weight = other.weight.max(seat.weight);
        }
        None => seats.push(seat),
    }
}

fn take(seats: &mut Vec<Seat>, wanted: impl Fn(&Seat) -> bool) -> Vec<Seat> {
    let (taken, kept) = std::mem::take(seats).into_iter().partition(wanted);
    *seats = kept;
    taken
}

/// How the policy named somebody, in words that stay the same in records.
#[must_use]
pub fn label(who: &Who) -> String {
    match who {
        Who::Person(email) => format!("person {email}"),
        Who::Role(role) => format!("role {role}"),
        Who::DepartmentHead { up } => format!("department_head {up}"),
        Who::Manager { up } => format!("manager {up}"),
        Who::ProjectOwner => "project_owner".to_owned(),
        Who::Submitter => "submitter".to_owned(),
    }
}

/// The people behind a name of the policy, whether they are still there or not; nobody where a place is vacant.
///
/// # Errors
/// The firm has no such person, or has never heard of the role.
pub fn people(who: &Who, room: &Room<'_>, at: &str) -> Result<Vec<PersonId>, Hold> {
    let organisation = room.organisation;
    let no_such = |name: &str| Hold::NoSuch { name: name.to_owned(), at: at.to_owned() };
    Ok(match who {
        Who::Person(email) => vec![organisation.by_email(email).ok_or_else(|| no_such(email))?.id],
        Who::Role(role) => {
            if !organisation.members.values().any(|member| member.roles.contains(role)) && !is_vouchs_own(role) {
                return Err(no_such(role));
            }
            organisation.with_role(role).collect()
        }
        Who::DepartmentHead { up } => department_head(room, *up).into_iter().collect(),
        Who::Manager { up } => manager(organisation, room.facts.submitter, *up).into_iter().collect(),
        Who::ProjectOwner => {
            let owner = room.facts.project.as_ref().and_then(|project| organisation.projects.get(project));
            owner.copied().flatten().into_iter().collect()
        }
        Who::Submitter => vec![room.facts.submitter],
    })
}

/// A role that every installation has, even while nobody holds it.
fn is_vouchs_own(role: &str) -> bool {
    crate::model::person::Role::from_name(role).is_some()
}

fn department_head(room: &Room<'_>, up: u32) -> Option<PersonId> {
    let departments = &room.organisation.departments;
    let mut name = room.facts.department.as_ref()?;
    for _ in 0..up.min(CHAIN_LINKS_MAX) {
        name = departments.get(name)?.parent.as_ref()?;
    }
    departments.get(name)?.head
}

fn manager(organisation: &Organisation, of: PersonId, up: u32) -> Option<PersonId> {
    let mut person = of;
    for _ in 0..up.min(CHAIN_LINKS_MAX) {
        person = organisation.members.get(&person)?.manager?;
    }
    (up > 0 && person != of).then_some(person)
}

/// Puts a successor, then a manager, in the place of whoever left.
fn present(named: Vec<Seat>, room: &Room<'_>, skipped: &mut Vec<(PersonId, Skip)>) -> Vec<Seat> {
    let mut seats = Vec::new();
    for seat in named {
        match still_there(room.organisation, seat.person) {
            Some(person) => {
                if person != seat.person {
                    skipped.push((seat.person, Skip::Left));
                }
                add(&mut seats, Seat { person, ..seat });
            }
            None => skipped.push((seat.person, Skip::Left)),
        }
    }
    seats
}

/// The person, or whoever took over, or else the next manager up who is still there.
#[must_use]
pub fn still_there(organisation: &Organisation, person: PersonId) -> Option<PersonId> {
    let mut current = person;
    for _ in 0..CHAIN_LINKS_MAX {
        let member = organisation.members.get(&current)?;
        if member.active {
            return Some(current);
        }
        current = member.successor.or(member.manager)?;
    }
    None
}

fn is_barred(node: &Node, room: &Room<'_>, person: PersonId) -> bool {
    !room.policy.single_user && room.facts.bars(node.kind, person)
}

/// The person, or whoever is there in their place, if they may decide at this node.
fn free(node: &Node, room: &Room<'_>, person: PersonId) -> Option<PersonId> {
    still_there(room.organisation, person).filter(|person| !is_barred(node, room, *person))
}

/// Who is asked instead of somebody whose own claim it is.
fn instead_of_own(node: &Node, room: &Room<'_>, seat: &Seat) -> Option<Seat> {
    if let WhenOwn::Ask(list) = &node.own {
        let named = list.iter().flat_map(|who| people(who, room, &node.id).unwrap_or_default());
        if let Some(person) = named.filter_map(|person| free(node, room, person)).next() {
            return Some(Seat { person, ..seat.clone() });
        }
    }
    // Upwards from whoever would have decided, past everybody who has a part in it.
    let mut current = seat.person;
    for _ in 0..CHAIN_LINKS_MAX {
        current = room.organisation.members.get(&current)?.manager?;
        let active = room.organisation.members.get(&current).is_some_and(|member| member.active);
        if active && !is_barred(node, room, current) {
            return Some(Seat { person: current, ..seat.clone() });
        }
    }
    None
}

/// Somebody whose stand-in sits at the same node is not asked beside them: one person decides once.
fn merge_delegates(seats: &mut Vec<Seat>, room: &Room<'_>, skipped: &mut Vec<(PersonId, Skip)>) {
    let sitting: BTreeSet<PersonId> = seats.iter().map(|seat| seat.person).collect();
    let mut kept: BTreeSet<PersonId> = sitting.clone();
    for seat in seats.iter() {
        let stands_in = |person: &PersonId| {
            *person != seat.person && kept.contains(person) && may_stand_in(room, seat.person, *person)
        };
        if sitting.iter().any(stands_in) {
            kept.remove(&seat.person);
        }
    }
    for seat in take(seats, |seat| !kept.contains(&seat.person)) {
        skipped.push((seat.person, Skip::Delegate));
    }
}

/// Whether somebody stands in for somebody else today, for a claim of this size.
#[must_use]
pub fn may_stand_in(room: &Room<'_>, from: PersonId, to: PersonId) -> bool {
    room.organisation.delegations.iter().any(|delegation| {
        delegation.from == from
            && delegation.to == to
            && (delegation.first..=delegation.last).contains(&room.today)
            && delegation.amount_max.is_none_or(|max| room.facts.at_most(max))
            && room.organisation.members.get(&to).is_some_and(|member| member.active)
    })
}

fn leave_out_repeats(node: &Node, seats: &mut Vec<Seat>, room: &Room<'_>, skipped: &mut Vec<(PersonId, Skip)>) {
    // In a vote by weight everybody's word is asked for, so that the weights stay what the policy says.
    if node.segregated || node.kind == NodeKind::Process || matches!(node.mode, Mode::Ratio { .. }) {
        return;
    }
    let approved_at = |person: &PersonId| room.approved.get(person);
    let (why, left_out) = match room.policy.flow.repeat {
        Repeat::Ask => return,
        Repeat::Consecutive => {
            let just_before = |seat: &Seat| {
                let previous = room.previous;
                previous.is_some_and(|at| approved_at(&seat.person).is_some_and(|places| places.contains(&at)))
            };
            (Skip::Repeat, take(seats, just_before))
        }
        Repeat::First => (Skip::Repeat, take(seats, |seat| approved_at(&seat.person).is_some())),
        Repeat::Last => {
            let later = asked_later(room);
            (Skip::Later, take(seats, |seat| later.contains(&seat.person)))
        }
    };
    skipped.extend(left_out.into_iter().map(|seat| (seat.person, why)));
}

/// Who will be asked at a later node, as the firm stands now. A vote at a node where one of several is enough is no
/// promise that they will decide, so only nodes that need everybody count.
fn asked_later(room: &Room<'_>) -> BTreeSet<PersonId> {
    let needs_all = |node: &&&Node| matches!(node.mode, Mode::All { .. } | Mode::Sequential);
    let deciding = room.later.iter().filter(|node| node.kind == NodeKind::Approve).filter(needs_all);
    let mut later = BTreeSet::new();
    for node in deciding {
        let named = named(node, room).unwrap_or_default();
        later.extend(named.into_iter().filter_map(|seat| free(node, room, seat.person)));
    }
    later
}

/// What happens where nobody can be asked.
fn empty(node: &Node, room: &Room<'_>) -> Seating {
    match &node.empty {
        WhenEmpty::Administrator => administrators(node, room),
        WhenEmpty::Reject => Seating::Reject,
        WhenEmpty::Pass { up_to } if room.facts.at_most(*up_to) => Seating::Pass,
        WhenEmpty::Pass { .. } => administrators(node, room),
        WhenEmpty::Ask(list) => {
            let mut seats = Vec::new();
            for who in list {
                for person in people(who, room, &node.id).unwrap_or_default() {
                    let roles = BTreeSet::from([label(who)]);
                    if let Some(person) = free(node, room, person) {
                        add(&mut seats, Seat { person, roles, weight: 1 });
                    }
                }
            }
            if seats.is_empty() { administrators(node, room) } else { Seating::Ask(seats) }
        }
    }
}

fn administrators(node: &Node, room: &Room<'_>) -> Seating {
    let role = &room.policy.flow.administrator_role;
    let seats: Vec<Seat> = room
        .organisation
        .with_role(role)
        .filter(|person| !is_barred(node, room, *person))
        .map(|person| Seat { person, roles: BTreeSet::from([format!("role {role}")]), weight: 1 })
        .collect();
    if seats.is_empty() { Seating::Hold(Hold::Nobody { at: node.id.clone() }) } else { Seating::Ask(seats) }
}
