//! Forks: bands with gaps and overlaps, and ways that are never taken.

use super::{
    Found,
    logic::{Band, flat, implies, is_never},
    places::{Kind, Thing},
};
use crate::model::{
    money::Money,
    policy::{
        Policy,
        condition::Condition,
        flow::{Fork, NodeKind, Step},
    },
};

pub(super) fn ways(policy: &Policy, things: &[Thing<'_>], found: &mut Found) {
    for thing in things {
        if let Kind::Fork(fork) = thing.kind {
            never_taken(fork, thing, found);
            bands(policy, fork, &thing.place, found);
        }
    }
    if can_pass(&policy.flow.steps) {
        let message = "a claim can go all the way without anybody's approval";
        found.warning("nobody-decides", "flow.steps", message);
    }
}

/// Whether there is a way on which nobody decides.
fn can_pass(steps: &[Step]) -> bool {
    steps.iter().all(|step| match step {
        Step::Node(node) => node.kind == NodeKind::Process,
        Step::Cc(_) => true,
        Step::Fork(fork) => fork.branches.iter().any(|branch| can_pass(&branch.steps)) || can_pass(&fork.otherwise),
    })
}

fn never_taken(fork: &Fork, thing: &Thing<'_>, found: &mut Found) {
    for (number, branch) in fork.branches.iter().enumerate() {
        let place = format!("{}.branches[{number}].when", thing.place);
        let earlier = fork.branches.iter().take(number);
        if let Some(earlier) = earlier.clone().find(|earlier| implies(&branch.when, &earlier.when)) {
            let why = format!("whatever it is true of, “{}” before it is true of as well", earlier.name);
            found.error("never-taken", place, format!("the branch “{}” is never taken: {why}", branch.name));
        } else if is_never(&branch.when, &thing.context) {
            let why = "nothing can be all of what it, and the branches around it, ask for";
            found.error("never-taken", place, format!("the branch “{}” is never taken: {why}", branch.name));
        } else if let Some(band) = Band::of(&branch.when)
            && covered(band, earlier.filter_map(|earlier| Band::of(&earlier.when)).collect())
        {
            let why = "the bands before it hold all of its amounts";
            found.error("never-taken", place, format!("the branch “{}” is never taken: {why}", branch.name));
        }
    }
    let always = fork.branches.iter().find(|branch| branch.when.is_always());
    let all_bands = fork.branches.iter().filter_map(|branch| Band::of(&branch.when)).collect();
    if !fork.otherwise.is_empty() && (always.is_some() || covered(Band { from: None, below: None }, all_bands)) {
        let message = "“otherwise” is never reached: the branches before it take everything";
        found.warning("never-taken", format!("{}.otherwise", thing.place), message);
    }
}

/// Whether some bands together hold all of another.
fn covered(band: Band, mut others: Vec<Band>) -> bool {
    others.retain(|other| !other.is_empty());
    others.sort_by_key(|other| other.from);
    // Everything below this is covered so far; `None` while nothing is.
    let mut reached: Option<i64> = band.from;
    let mut begun = band.from.is_some();
    for other in others {
        let touches = match (other.from, reached) {
            (None, _) => true,
            (Some(from), Some(reached)) => begun && from <= reached,
            (Some(_), None) => false,
        };
        if !touches {
            continue;
        }
        begun = true;
        match other.below {
            None => return true,
            Some(below) => reached = Some(reached.map_or(below, |reached| reached.max(below))),
        }
    }
    begun && band.below.zip(reached).is_some_and(|(below, reached)| reached >= below)
}

/// One branch's band, where the rest of its condition is the same as another's.
struct Banded<'p> {
    number: usize,
    name: &'p str,
    band: Band,
    rest: Vec<&'p Condition>,
}

fn banded(fork: &Fork) -> Vec<Banded<'_>> {
    let mut all = Vec::new();
    for (number, branch) in fork.branches.iter().enumerate() {
        let parts = flat(&branch.when);
        let bands: Vec<Band> = parts.iter().filter_map(|part| Band::of(part)).collect();
        if let [band] = bands.as_slice() {
            let rest = parts.into_iter().filter(|part| Band::of(part).is_none()).collect();
            all.push(Banded { number, name: &branch.name, band: *band, rest });
        }
    }
    all
}

/// Gaps and overlaps between the bands that differ in nothing but their amounts.
fn bands(policy: &Policy, fork: &Fork, place: &str, found: &mut Found) {
    let mut left = banded(fork);
    while let Some(rest) = left.first().map(|first| first.rest.clone()) {
        let (mut group, others): (Vec<_>, Vec<_>) = left.into_iter().partition(|one| one.rest == rest);
        left = others;
        overlaps(policy, &group, place, found);
        group.retain(|one| !one.band.is_empty());
        group.sort_by_key(|one| one.band.from);
        let mut reached: Option<(Option<i64>, &str)> = None;
        for one in &group {
            if let (Some((Some(end), before)), Some(from)) = (reached, one.band.from)
                && from > end
            {
                let message = format!(
                    "there is a gap: from {} to below {} is neither in “{before}” nor in “{}”, so it goes the way of \
                     “otherwise”. A band ends where the next begins",
                    amount(policy, end),
                    amount(policy, from),
                    one.name
                );
                found.error("band-gap", format!("{place}.branches[{}].when", one.number), message);
            }
            // An open end stays the farthest.
            let farther = match (reached, one.band.below) {
                (Some((None, _)), _) => false,
                (Some((Some(end), _)), Some(below)) => below > end,
                (Some((Some(_), _)), None) | (None, _) => true,
            };
            if farther {
                reached = Some((one.band.below, one.name));
            }
        }
    }
}

/// Two bands that share amounts, neither holding the other: whoever wrote them did not mean the first to win. Bands that
/// are open on the same side are a ladder, whose order says which is meant.
fn overlaps(policy: &Policy, group: &[Banded<'_>], place: &str, found: &mut Found) {
    for (index, later) in group.iter().enumerate() {
        for earlier in group.iter().take(index) {
            let both = earlier.band.both(later.band);
            let (one, other) = (earlier.band, later.band);
            let ladder = (one.from.is_none() && other.from.is_none()) || (one.below.is_none() && other.below.is_none());
            let nested = one.contains(other) || other.contains(one);
            if both.is_empty() || ladder || nested {
                continue;
            }
            let to = both.below.map_or("any amount".to_owned(), |below| format!("below {}", amount(policy, below)));
            let from = both.from.map_or("nothing".to_owned(), |from| amount(policy, from));
            let message = format!(
                "from {from} to {to} is in “{}” and in “{}”; the first is taken. A band ends where the next begins",
                earlier.name, later.name
            );
            found.error("band-overlap", format!("{place}.branches[{}].when", later.number), message);
        }
    }
}

fn amount(policy: &Policy, minor: i64) -> String {
    Money::from_minor(minor, policy.home_currency).to_decimal().to_string()
}
