//! Reconcile: is what was approved still what the ledger has? Pure; drift is shown to people, never overwritten.

pub mod bypass;
pub mod charged;

use rust_decimal::Decimal;

use crate::model::money::Money;
use charged::{Charged, Named};

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
    /// What it is charged to, where the ledger shows its lines.
    pub charged: Option<Charged>,
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
    /// What it was charged to when it was posted, where that is known.
    pub charged: Option<&'a Charged>,
}

/// Stands for a side that names nothing.
const NOTHING: &str = "–";

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
    /// It goes to another account.
    Account {
        /// What was approved.
        approved: Vec<Named>,
        /// What the ledger has.
        found: Vec<Named>,
    },
    /// It bears another tax code.
    Tax {
        /// What was approved.
        approved: Vec<Named>,
        /// What the ledger has.
        found: Vec<Named>,
    },
    /// It is charged to another class, location, customer or tracking option.
    Dimension {
        /// What was approved.
        approved: Vec<Named>,
        /// What the ledger has.
        found: Vec<Named>,
    },
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
            Self::Account { .. } => "account",
            Self::Tax { .. } => "tax",
            Self::Dimension { .. } => "dimension",
        }
    }

    /// Whether its sides are ids of the ledger, which people know by their names.
    #[must_use]
    pub const fn is_named(&self) -> bool {
        match self {
            Self::Account { .. } | Self::Tax { .. } | Self::Dimension { .. } => true,
            Self::Removed | Self::Total { .. } | Self::Currency { .. } | Self::Date { .. } | Self::Supplier => false,
        }
    }

    /// What was approved and what the ledger has, for people; empty where the kind says it all. `name` finds the name of
    /// an id of the ledger, by its kind.
    #[must_use]
    pub fn sides(&self, name: impl Fn(&str, &str) -> String) -> (String, String) {
        let names = |all: &[Named]| {
            let names: Vec<String> = all.iter().map(|(kind, id)| name(kind, id)).collect();
            if names.is_empty() { NOTHING.to_owned() } else { names.join(", ") }
        };
        match self {
            Self::Removed | Self::Supplier => (String::new(), String::new()),
            Self::Total { approved, found } => (approved.to_string(), found.to_string()),
            Self::Currency { approved, found } => (approved.to_string(), found.clone()),
            Self::Date { approved, found } => (approved.clone(), found.clone()),
            Self::Account { approved, found } | Self::Tax { approved, found } | Self::Dimension { approved, found } => {
                (names(approved), names(found))
            }
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
            Self::Account { .. } => "The entry goes to another account in the ledger.".to_owned(),
            Self::Tax { .. } => "The entry bears another tax code in the ledger.".to_owned(),
            Self::Dimension { .. } => {
                "The entry is charged to another class, location, customer or tracking option in the ledger.".to_owned()
            }
        }
    }
}

/// Holds an entry against what was approved; nothing when it is the same.
#[must_use]
pub fn compare(approved: &Approved<'_>, seen: Option<&Seen>) -> Vec<Drift> {
    let Some(seen) = seen.filter(|seen| seen.live) else { return vec![Drift::Removed] };
    let mut drifts = Vec::new();
    let total = approved.total;
    if let Some(found) = seen.currency.as_ref().filter(|found| found.as_str() != total.currency().code()) {
        // Amounts of two currencies are not compared.
        drifts.push(Drift::Currency { approved: total, found: found.clone() });
    } else if seen.total != total.to_decimal() {
        drifts.push(Drift::Total { approved: total, found: seen.total });
    }
    if let Some(found) = seen.issue_date.as_ref().filter(|found| found.as_str() != approved.issue_date) {
        drifts.push(Drift::Date { approved: approved.issue_date.to_owned(), found: found.clone() });
    }
    let names = approved.supplier_key.zip(seen.supplier_key.as_deref());
    // The ledger's name may have a currency behind it.
    if names.is_some_and(|(ours, theirs)| !theirs.is_empty() && !theirs.starts_with(ours)) {
        drifts.push(Drift::Supplier);
    }
    let charged = approved.charged.zip(seen.charged.as_ref());
    drifts.extend(charged.into_iter().flat_map(|(posted, now)| posted.differences(now)));
    drifts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::currency::Currency;

    #[test]
    fn every_difference_is_seen() {
        let approved = Money::from_minor(11_000, Currency::HKD);
        let charged = Charged { accounts: ["7".to_owned()].into(), ..Charged::default() };
        let same = Seen {
            total: Decimal::new(110, 0),
            currency: Some("HKD".to_owned()),
            issue_date: Some("2026-11-20".to_owned()),
            supplier_key: Some("bluecafe".to_owned()),
            live: true,
            charged: Some(charged.clone()),
        };
        let ours = Approved {
            total: approved,
            issue_date: "2026-11-20",
            supplier_key: Some("bluecafe"),
            charged: Some(&charged),
        };
        let compare = |seen: &Seen| compare(&ours, Some(seen));
        let kinds = |seen: &Seen| compare(seen).iter().map(Drift::name).collect::<Vec<_>>();
        assert_eq!(compare(&same), [], "110 is 110.00");
        assert_eq!(compare(&Seen { currency: None, issue_date: None, charged: None, ..same.clone() }), []);
        assert_eq!(compare(&Seen { live: false, charged: None, ..same.clone() }), [Drift::Removed], "and nothing else");
        assert_eq!(super::compare(&ours, None), [Drift::Removed]);
        let found = Decimal::new(11_001, 2);
        assert_eq!(compare(&Seen { total: found, ..same.clone() }), [Drift::Total { approved, found }]);
        let other = Seen { currency: Some("USD".to_owned()), total: found, ..same.clone() };
        assert_eq!(kinds(&other), ["currency"], "the amount is of another currency");
        let later = Some("2026-11-21".to_owned());
        let other = Seen { issue_date: later, charged: Some(Charged::default()), total: found, ..same.clone() };
        assert_eq!(kinds(&other), ["total", "date", "account"], "each of them");
        let named = |name: &str| Seen { supplier_key: Some(name.to_owned()), ..same.clone() };
        for (name, drift) in [("bluecafeusd", vec![]), ("", vec![]), ("redcafe", vec![Drift::Supplier])] {
            assert_eq!(compare(&named(name)), drift, "{name}");
        }
        let unwatched = Approved { supplier_key: None, charged: None, ..ours };
        let other = Seen { charged: Some(Charged::default()), ..named("redcafe") };
        assert_eq!(super::compare(&unwatched, Some(&other)), []);
    }
}
