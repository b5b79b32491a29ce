//! Reconcile: is what was approved still what the ledger has? Pure; drift is shown to people, never overwritten.

use rust_decimal::Decimal;

use crate::model::money::Money;

/// What the ledger has now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its total.
    pub total: Decimal,
    /// Its currency, where the ledger says it.
    pub currency: Option<String>,
    /// Its date, `YYYY-MM-DD`, where the ledger says it.
    pub issue_date: Option<String>,
    /// Whether it still counts: not deleted, not voided.
    pub live: bool,
}

/// How an entry differs from what was approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    /// The entry is gone, deleted or voided.
    Removed,
    /// Its total is another.
    Total {
        /// What was approved.
        approved: Money,
        /// What the ledger has.
        found: Decimal,
    },
    /// Its currency is another.
    Currency {
        /// What was approved.
        approved: Money,
        /// What the ledger has.
        found: String,
    },
    /// Its date is another.
    Date {
        /// What was approved, `YYYY-MM-DD`.
        approved: String,
        /// What the ledger has.
        found: String,
    },
}

impl Drift {
    /// One sentence for a bookkeeper.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Removed => "The entry was deleted or voided in the ledger.".to_owned(),
            Self::Total { approved, found } => format!("The ledger says {found}; {approved} was approved."),
            Self::Currency { approved, found } => format!("The ledger says {found}; {approved} was approved."),
            Self::Date { approved, found } => format!("The ledger says {found}; the approved date is {approved}."),
        }
    }
}

/// Holds an entry against what was approved; `None` when it is the same.
#[must_use]
pub fn compare(approved: Money, issue_date: &str, seen: Option<&Seen>) -> Option<Drift> {
    let Some(seen) = seen.filter(|seen| seen.live) else { return Some(Drift::Removed) };
    if let Some(found) = seen.currency.as_ref().filter(|found| found.as_str() != approved.currency().code()) {
        return Some(Drift::Currency { approved, found: found.clone() });
    }
    if seen.total != approved.to_decimal() {
        return Some(Drift::Total { approved, found: seen.total });
    }
    let moved = seen.issue_date.as_ref().filter(|found| found.as_str() != issue_date);
    moved.map(|found| Drift::Date { approved: issue_date.to_owned(), found: found.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::currency::Currency;

    #[test]
    fn every_difference_is_seen() {
        let approved = Money::from_minor(11_000, Currency::HKD);
        let same = Seen {
            total: Decimal::new(110, 0),
            currency: Some("HKD".to_owned()),
            issue_date: Some("2026-11-20".to_owned()),
            live: true,
        };
        let compare = |seen: &Seen| compare(approved, "2026-11-20", Some(seen));
        assert_eq!(compare(&same), None, "110 is 110.00");
        assert_eq!(compare(&Seen { currency: None, issue_date: None, ..same.clone() }), None);
        assert_eq!(compare(&Seen { live: false, ..same.clone() }), Some(Drift::Removed));
        assert_eq!(super::compare(approved, "2026-11-20", None), Some(Drift::Removed));
        let found = Decimal::new(11_001, 2);
        assert_eq!(compare(&Seen { total: found, ..same.clone() }), Some(Drift::Total { approved, found }));
        let other = Seen { currency: Some("USD".to_owned()), ..same.clone() };
        assert!(matches!(compare(&other), Some(Drift::Currency { .. })));
        let other = Seen { issue_date: Some("2026-11-21".to_owned()), ..same };
        assert!(matches!(compare(&other), Some(Drift::Date { .. })));
    }
}
