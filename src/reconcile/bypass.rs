//! Entries that went past vouch: a bill or a supplier's credit typed into the ledger without approval, or an entry that
//! is there twice.
//!
//! Expenses alone are not reported as unapproved: a bank feed makes them all day, and a firm that wants every expense
//! here decides that itself. One that is the same purchase as a document of ours is reported, whoever made it.

use jiff::civil;
use rust_decimal::Decimal;

/// Two dates of one purchase lie no further apart: the day on the paper and the day it was typed in.
const SAME_PURCHASE_DAYS: i32 = 3;
/// A number shorter than this says too little to make two bills of different amounts the same.
const NUMBER_CHARS_MIN: usize = 4;

/// A purchase as either side knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// The supplier's name without case, spaces and punctuation.
    pub supplier_key: String,
    /// The number on the paper, letters and digits only, in small letters; empty where there is none.
    pub number_key: String,
    /// The total.
    pub total: Decimal,
    /// Its currency, ISO 4217.
    pub currency: String,
    /// The date on it.
    pub issue_date: Option<civil::Date>,
}

/// A total as purchases are compared: what a supplier gives back is below zero, with or without a sign on its paper, so
/// that it is no purchase of the same amount.
#[must_use]
pub fn signed(total: Decimal, is_credit: bool) -> Decimal {
    if is_credit { -total.abs() } else { total }
}

/// An entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// What it is for.
    pub purchase: Purchase,
    /// Its id there.
    pub external_id: String,
    /// Our reference, where it carries one.
    pub reference: Option<String>,
    /// Whether it changes what is owed to the supplier, as a bill and a credit do; else it is a paid expense.
    pub is_owed: bool,
    /// Whether it still counts.
    pub live: bool,
}

/// A document of ours for the same company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ours<T> {
    /// Which one.
    pub document: T,
    /// What it is for.
    pub purchase: Purchase,
    /// The id of its entry, once it has one.
    pub external_id: Option<String>,
    /// Its reference, once posting has begun.
    pub reference: Option<String>,
    /// Whether its entry was taken out of the ledger again.
    pub is_reversed: bool,
}

/// How an entry went past vouch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bypass<T> {
    /// A bill or a credit that no document of ours stands behind.
    Unapproved,
    /// The same purchase as this document of ours, in an entry that is not its own.
    Twice(T),
}

/// A number as it is compared: `INV-0042` and `inv 0042` are one.
#[must_use]
pub fn number_key(number: &str) -> String {
    number.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether two are the same purchase: one supplier and currency, and either the same telling number with the same
/// total, or the same total within days and no numbers that contradict each other.
#[must_use]
pub fn is_same(one: &Purchase, other: &Purchase) -> bool {
    if one.supplier_key.is_empty() || !same_supplier(one, other) || one.currency != other.currency {
        return false;
    }
    let numbered = !one.number_key.is_empty() && !other.number_key.is_empty();
    if one.total != other.total {
        return false;
    }
    if numbered && one.number_key == other.number_key && one.number_key.chars().count() >= NUMBER_CHARS_MIN {
        return true;
    }
    let near = match (one.issue_date, other.issue_date) {
        (Some(one), Some(other)) => (one - other).get_days().abs() <= SAME_PURCHASE_DAYS,
        (None, _) | (_, None) => false,
    };
    near && (!numbered || one.number_key == other.number_key)
}

/// A ledger's name may have more to it: `Blue Cafe Ltd (USD)`.
fn same_supplier(one: &Purchase, other: &Purchase) -> bool {
    let (one, other) = (one.supplier_key.as_str(), other.supplier_key.as_str());
    one == other || (!other.is_empty() && (one.starts_with(other) || other.starts_with(one)))
}

/// How an entry went past vouch, if it did. `watched_from` is the day on which the company was connected: what is older
/// was nobody's business here.
#[must_use]
pub fn bypass<T: Copy>(entry: &Foreign, ours: &[Ours<T>], watched_from: civil::Date) -> Option<Bypass<T>> {
    let is_own = |our: &&Ours<T>| our.external_id.as_deref() == Some(entry.external_id.as_str());
    if !entry.live || ours.iter().any(|our| is_own(&our)) {
        return None;
    }
    if let Some(reference) = &entry.reference {
        let carried = ours.iter().find(|our| our.reference.as_ref() == Some(reference));
        // One that is just being posted has no id yet, and takes this entry over; of one that was reversed there is none.
        return carried
            .filter(|our| our.external_id.is_some() || our.is_reversed)
            .map(|our| Bypass::Twice(our.document));
    }
    if let Some(same) = ours.iter().find(|our| is_same(&our.purchase, &entry.purchase)) {
        return Some(Bypass::Twice(same.document));
    }
    let is_new = entry.purchase.issue_date.is_some_and(|date| date >= watched_from);
    (entry.is_owed && is_new).then_some(Bypass::Unapproved)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn purchase(supplier: &str, number: &str, cents: i64, day: i8) -> Purchase {
        Purchase {
            supplier_key: supplier.to_owned(),
            number_key: number_key(number),
            total: Decimal::new(cents, 2),
            currency: "HKD".to_owned(),
            issue_date: Some(date(2026, 11, day)),
        }
    }

    #[test]
    fn the_same_purchase_however_it_was_typed() {
        let ours = purchase("bluecafe", "INV-0042", 11_000, 18);
        for (other, same, why) in [
            (purchase("bluecafe", "inv 0042", 11_000, 1), true, "the number tells, days do not matter"),
            (purchase("bluecafe", "", 11_000, 20), true, "typed in without its number"),
            (purchase("bluecafeusd", "INV-0042", 11_000, 18), true, "the ledger's name has more to it"),
            (purchase("bluecafe", "", 11_000, 25), false, "a week later"),
            (purchase("bluecafe", "INV-0043", 11_000, 18), false, "two numbers are two purchases"),
            (purchase("bluecafe", "INV-0042", 11_001, 18), false, "another total"),
            (purchase("redcafe", "INV-0042", 11_000, 18), false, "another supplier"),
            (purchase("", "INV-0042", 11_000, 18), false, "no supplier"),
        ] {
            assert_eq!(is_same(&ours, &other), same, "{why}");
            assert_eq!(is_same(&other, &ours), same, "{why}, the other way round");
        }
        let abroad = Purchase { currency: "USD".to_owned(), ..ours.clone() };
        assert!(!is_same(&ours, &abroad));
        let short = purchase("bluecafe", "7", 11_000, 18);
        assert!(!is_same(&short, &purchase("bluecafe", "7", 11_000, 1)), "a short number and a far day");
        assert!(is_same(&short, &purchase("bluecafe", "7", 11_000, 17)));
    }

    #[test]
    fn what_went_past_vouch() {
        let own = Ours {
            document: 1,
            purchase: purchase("bluecafe", "INV-0042", 11_000, 18),
            external_id: Some("7".to_owned()),
            reference: Some("VCH-A".to_owned()),
            is_reversed: false,
        };
        let waiting = Ours {
            document: 2,
            purchase: purchase("press", "P-9000", 5_000, 18),
            external_id: None,
            reference: None,
            is_reversed: false,
        };
        let begun = Ours {
            document: 3,
            purchase: purchase("taxi", "", 900, 18),
            external_id: None,
            reference: Some("VCH-C".to_owned()),
            is_reversed: false,
        };
        let ours = [own, waiting, begun];
        let entry = |purchase: Purchase, is_owed: bool| Foreign {
            purchase,
            external_id: "8".to_owned(),
            reference: None,
            is_owed,
            live: true,
        };
        let (same, stranger) = (purchase("bluecafe", "INV 0042", 11_000, 18), purchase("stranger", "S-1", 100, 20));
        let bill = entry(same.clone(), true);
        let credit = |supplier: &str, cents: i64| Purchase {
            total: signed(Decimal::new(cents, 2), true),
            ..purchase(supplier, "INV-0042", cents, 18)
        };
        let carries = |text: &str| Foreign { reference: Some(text.to_owned()), ..bill.clone() };
        for (entry, expected, why) in [
            (Foreign { external_id: "7".to_owned(), ..bill.clone() }, None, "it is ours"),
            (bill.clone(), Some(Bypass::Twice(1)), "typed in by hand beside ours"),
            (entry(same, false), Some(Bypass::Twice(1)), "paid from the bank feed beside our bill"),
            (Foreign { live: false, ..bill.clone() }, None, "voided already"),
            (carries("VCH-A"), Some(Bypass::Twice(1)), "a copy made in the ledger"),
            (carries("VCH-C"), None, "just being posted"),
            (carries("VCH-X"), None, "of another vouch"),
            (entry(purchase("press", "P9000", 5_000, 1), true), Some(Bypass::Twice(2)), "it waits for approval here"),
            (entry(stranger.clone(), true), Some(Bypass::Unapproved), "nobody approved it"),
            (entry(stranger, false), None, "an expense of the bank feed"),
            (entry(purchase("stranger", "S-1", 100, 9), true), None, "older than the connection"),
            (entry(credit("stranger", 100), true), Some(Bypass::Unapproved), "a credit that nobody approved"),
            (entry(credit("bluecafe", 11_000), true), Some(Bypass::Unapproved), "a credit is no copy of its bill"),
        ] {
            assert_eq!(bypass(&entry, &ours, date(2026, 11, 10)), expected, "{why}");
        }
    }
}
