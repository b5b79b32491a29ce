//! What follows from a condition, as far as can be said for certain. A doubtful case is answered with no, so that
//! nothing is called unreachable that is not.

use crate::model::{money::Money, policy::condition::Condition};

/// A half-open band of minor units; `None`: no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Band {
    pub(super) from: Option<i64>,
    pub(super) below: Option<i64>,
}

impl Band {
    pub(super) fn of(condition: &Condition) -> Option<Self> {
        let minor = |end: &Option<Money>| end.map(Money::minor);
        let Condition::Amount { from, below } = condition else { return None };
        Some(Self { from: minor(from), below: minor(below) })
    }

    pub(super) fn is_empty(self) -> bool {
        self.from.zip(self.below).is_some_and(|(from, below)| from >= below)
    }

    pub(super) fn contains(self, other: Self) -> bool {
        let low = self.from.is_none_or(|from| other.from.is_some_and(|other| other >= from));
        let high = self.below.is_none_or(|below| other.below.is_some_and(|other| other <= below));
        low && high
    }

    /// What lies in both; possibly nothing.
    pub(super) fn both(self, other: Self) -> Self {
        // No lower end is the lowest, no upper end is the highest.
        let from = self.from.max(other.from);
        let below = match (self.below, other.below) {
            (Some(left), Some(right)) => Some(left.min(right)),
            (left, right) => left.or(right),
        };
        Self { from, below }
    }
}

/// Whether `later` is true only of claims of which `earlier` is true as well.
pub(super) fn implies(later: &Condition, earlier: &Condition) -> bool {
    if later == earlier || earlier.is_always() {
        return true;
    }
    if let (Some(later), Some(earlier)) = (Band::of(later), Band::of(earlier)) {
        return earlier.contains(later);
    }
    if let (Condition::Not(later), Condition::Not(earlier)) = (later, earlier) {
        return implies(earlier, later);
    }
    let splits = if let Condition::All(parts) = earlier {
        parts.iter().all(|part| implies(later, part))
    } else if let Condition::Any(parts) = earlier {
        parts.iter().any(|part| implies(later, part))
    } else {
        false
    };
    let follows = if let Condition::All(parts) = later {
        parts.iter().any(|part| implies(part, earlier))
    } else if let Condition::Any(parts) = later {
        !parts.is_empty() && parts.iter().all(|part| implies(part, earlier))
    } else {
        false
    };
    splits || follows || is_part(later, earlier)
}

/// Whether one list of the same fact lies within another.
fn is_part(later: &Condition, earlier: &Condition) -> bool {
    fn within<T: PartialEq>(small: &[T], large: &[T]) -> bool {
        small.iter().all(|one| large.contains(one))
    }
    match (later, earlier) {
        (Condition::Department(small), Condition::Department(large))
        | (Condition::Project(small), Condition::Project(large))
        | (Condition::Supplier(small), Condition::Supplier(large))
        | (Condition::Submitter(small), Condition::Submitter(large))
        | (Condition::SubmitterRole(small), Condition::SubmitterRole(large))
        | (Condition::Finding(small), Condition::Finding(large)) => within(small, large),
        (Condition::Category(small), Condition::Category(large)) => within(small, large),
        (Condition::Kind(small), Condition::Kind(large)) => within(small, large),
        (Condition::Currency(small), Condition::Currency(large)) => within(small, large),
        (Condition::FindingAtLeast(small), Condition::FindingAtLeast(large)) => small >= large,
        _ => false,
    }
}

/// Whether a condition can be true of no claim of which the others are true.
pub(super) fn is_never(condition: &Condition, context: &[&Condition]) -> bool {
    let mut parts = flat(condition);
    parts.extend(context.iter().flat_map(|outer| flat(outer)));
    let alone = |part: &Condition| {
        if let Condition::Any(any) = part {
            any.iter().all(|one| is_never(one, &[]))
        } else if let Condition::Not(inner) = part {
            inner.is_always()
        } else {
            Band::of(part).is_some_and(Band::is_empty)
        }
    };
    let clash = |(number, part): (usize, &&Condition)| {
        parts.iter().skip(number + 1).any(|other| exclude_each_other(part, other))
    };
    parts.iter().any(|part| alone(part)) || parts.iter().enumerate().any(clash)
}

/// The parts that must all hold.
pub(super) fn flat(condition: &Condition) -> Vec<&Condition> {
    if let Condition::All(parts) = condition { parts.iter().flat_map(flat).collect() } else { vec![condition] }
}

/// Facts with one value cannot be in two lists that share nothing.
fn exclude_each_other(left: &Condition, right: &Condition) -> bool {
    fn apart<T: PartialEq>(left: &[T], right: &[T]) -> bool {
        !left.iter().any(|one| right.contains(one))
    }
    match (left, right) {
        (Condition::Amount { .. }, Condition::Amount { .. }) => {
            Band::of(left).zip(Band::of(right)).is_some_and(|(left, right)| left.both(right).is_empty())
        }
        (Condition::Department(left), Condition::Department(right))
        | (Condition::Project(left), Condition::Project(right))
        | (Condition::Supplier(left), Condition::Supplier(right))
        | (Condition::Submitter(left), Condition::Submitter(right)) => apart(left, right),
        (Condition::Category(left), Condition::Category(right)) => apart(left, right),
        (Condition::Kind(left), Condition::Kind(right)) => apart(left, right),
        (Condition::Currency(left), Condition::Currency(right)) => apart(left, right),
        (Condition::Not(inner), other) | (other, Condition::Not(inner)) => implies(other, inner),
        _ => false,
    }
}
