//! Reconcile: is what was approved still what the ledger has? Pure; drift is shown to people, never overwritten.

pub mod bypass;

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
    /// Its supplier's name, without case, spaces and punctuation, where the ledger says it.
    pub supplier_key: Option<String>,
    /// Whether it still counts: not deleted, not voided.
    pub live: bool,
}

/// What was approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approved<'a> {
    /// The total.
    pub total: Money,
    /// The date, `YYYY-MM-DD`.
    pub issue_date: &'a str,
    /// The supplier's name, without case, spaces and punctuation, as the entry had it when it was posted; absent where
    /// another name is no news, because the entry still goes to the supplier it was posted to.
    pub supplier_key: Option<&'a str>,
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
    /// It goes to another supplier.
    Supplier,
}

impl Drift {
    /// The name in tables and messages.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Total { .. } => "total",
            Self::Currency { .. } => "currency",
            Self::Date { .. } => "date",
            Self::Supplier => "supplier",
        }
    }

    /// What was approved and what the ledger has, for people; empty where the kind says it all.
    #[must_use]
    pub fn sides(&self) -> (String, String) {
        match self {
            Self::Removed | Self::Supplier => (String::new(), String::new()),
            Self::Total { approved, found } => (approved.to_string(), found.to_string()),
            Self::Currency { approved, found } => (approved.to_string(), found.clone()),
            Self::Date { approved, found } => (approved.clone(), found.clone()),
        }
    }

    /// One sentence for a bookkeeper.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Removed => "The entry was deleted or voided in the ledger.".to_owned(),
            Self::Total { approved, found } => format!("The ledger says {found}; {approved} was approved."),
            Self::Currency { approved, found } => format!("The ledger says {found}; {approved} was approved."),
            Self::Date { approved, found } => format!("The ledger says {found}; the approved date is {approved}."),
            Self::Supplier => "The entry goes to another supplier in the ledger.".to_owned(),
        }
    }
}

/// Holds an entry against what was approved; `None` when it is the same.
#[must_use]
pub fn compare(approved: &Approved<'_>, seen: Option<&Seen>) -> Option<Drift> {
    let Some(seen) = seen.filter(|seen| seen.live) else { return Some(Drift::Removed) };
    let total = approved.total;
    if let Some(found) = seen.currency.as_ref().filter(|found| found.as_str() != total.currency().code()) {
        return Some(Drift::Currency { approved: total, found: found.clone() });
    }
    if seen.total != total.to_decimal() {
        return Some(Drift::Total { approved: total, found: seen.total });
    }
    if let Some(found) = seen.issue_date.as_ref().filter(|found| found.as_str() != approved.issue_date) {
        return Some(Drift::Date { approved: approved.issue_date.to_owned(), found: found.clone() });
    }
    let names = approved.supplier_key.zip(seen.supplier_key.as_deref());
    // The ledger's name may have a currency behind it.
    let is_other = names.is_some_and(|(ours, theirs)| !theirs.is_empty() && !theirs.starts_with(ours));
    is_other.then_some(Drift::Supplier)
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
            supplier_key: Some("bluecafe".to_owned()),
            live: true,
        };
        let ours = Approved { total: approved, issue_date: "2026-11-20", supplier_key: Some("bluecafe") };
        let compare = |seen: &Seen| compare(&ours, Some(seen));
        assert_eq!(compare(&same), None, "110 is 110.00");
        assert_eq!(compare(&Seen { currency: None, issue_date: None, ..same.clone() }), None);
        assert_eq!(compare(&Seen { live: false, ..same.clone() }), Some(Drift::Removed));
        assert_eq!(super::compare(&ours, None), Some(Drift::Removed));
        let found = Decimal::new(11_001, 2);
        assert_eq!(compare(&Seen { total: found, ..same.clone() }), Some(Drift::Total { approved, found }));
        let other = Seen { currency: Some("USD".to_owned()), ..same.clone() };
        assert!(matches!(compare(&other), Some(Drift::Currency { .. })));
        let other = Seen { issue_date: Some("2026-11-21".to_owned()), ..same.clone() };
        assert!(matches!(compare(&other), Some(Drift::Date { .. })));
        let named = |name: &str| Seen { supplier_key: Some(name.to_owned()), ..same.clone() };
        for (name, drift) in [("bluecafeusd", None), ("", None), ("redcafe", Some(Drift::Supplier))] {
            assert_eq!(compare(&named(name)), drift, "{name}");
        }
        let unwatched = Approved { supplier_key: None, ..ours };
        assert_eq!(super::compare(&unwatched, Some(&named("redcafe"))), None);
    }
}
