//! What an entry is charged to: the accounts and tax codes of its lines, and what each line names besides.

use std::collections::{BTreeMap, BTreeSet};

use super::Drift;

/// The kind of an account, where a name is asked for.
pub const ACCOUNT: &str = "account";
/// The kind of a tax code.
pub const TAX_CODE: &str = "tax_code";

/// What the lines of an entry are charged to, by the ledger's ids. Lines that are charged alike count once, so that a
/// line which a person splits without charging it otherwise is no difference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Charged {
    /// Their accounts.
    pub accounts: BTreeSet<String>,
    /// Their tax codes.
    pub tax_codes: BTreeSet<String>,
    /// For each way of charging a line: what it names, by kind (`class`, `location`, `customer`, or the id of a tracking
    /// category).
    pub dimensions: BTreeSet<BTreeMap<String, String>>,
}

/// A kind with what is named of it.
pub type Named = (String, String);

impl Charged {
    /// How an entry that was posted so differs now.
    pub(super) fn differences(&self, now: &Self) -> Vec<Drift> {
        let both = |kind: &'static str, before: &BTreeSet<String>, after: &BTreeSet<String>| {
            let of = |ids: &BTreeSet<String>| ids.iter().map(|id| (kind.to_owned(), id.clone())).collect();
            (of(before), of(after))
        };
        let mut found = Vec::new();
        if self.accounts != now.accounts {
            let (approved, found_now) = both(ACCOUNT, &self.accounts, &now.accounts);
            found.push(Drift::Account { approved, found: found_now });
        }
        if self.tax_codes != now.tax_codes {
            let (approved, found_now) = both(TAX_CODE, &self.tax_codes, &now.tax_codes);
            found.push(Drift::Tax { approved, found: found_now });
        }
        if self.dimensions != now.dimensions {
            let approved = named(&self.dimensions);
            // What only some of the lines still name is not there any more, for people.
            let on_each = |one: &Named| now.dimensions.iter().all(|line| line.get(&one.0) == Some(&one.1));
            let kept = named(&now.dimensions).into_iter().filter(|one| on_each(one) || !approved.contains(one));
            found.push(Drift::Dimension { found: kept.collect(), approved });
        }
        found
    }
}

fn named(lines: &BTreeSet<BTreeMap<String, String>>) -> Vec<Named> {
    let all: BTreeSet<Named> = lines.iter().flatten().map(|(kind, value)| (kind.clone(), value.clone())).collect();
    all.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Line<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

    fn charged(lines: &[Line<'_>]) -> Charged {
        let mut whole = Charged::default();
        for (account, tax, named) in lines {
            whole.accounts.insert((*account).to_owned());
            whole.tax_codes.insert((*tax).to_owned());
            let named = named.iter().map(|(kind, value)| ((*kind).to_owned(), (*value).to_owned()));
            whole.dimensions.insert(named.collect());
        }
        whole
    }

    #[test]
    fn each_kind_of_difference_is_one_of_its_own() {
        let posted = charged(&[("7", "4", &[("class", "1"), ("customer", "2")])]);
        let both: &[(&str, &str)] = &[("class", "1"), ("customer", "2")];
        for (lines, expected, why) in [
            (vec![("7", "4", both)], vec![], "as it was posted"),
            (vec![("7", "4", both), ("7", "4", both)], vec![], "a line was split and nothing else"),
            (vec![("8", "4", both)], vec!["account: 7 > 8"], "another account"),
            (vec![("7", "4", both), ("8", "4", both)], vec!["account: 7 > 7, 8"], "a part of it went elsewhere"),
            (vec![("7", "5", both)], vec!["tax: 4 > 5"], "another tax code"),
            (vec![("7", "4", &[("class", "1")])], vec!["dimension: 1, 2 > 1"], "the customer was taken off"),
            (vec![("7", "4", &[])], vec!["dimension: 1, 2 > –"], "both were"),
            (vec![("7", "4", &[("class", "9"), ("customer", "2")])], vec!["dimension: 1, 2 > 9, 2"], "another class"),
            (
                vec![("7", "4", &[("class", "1"), ("customer", "2"), ("location", "3")])],
                vec!["dimension: 1, 2 > 1, 2, 3"],
                "a location came to it",
            ),
            (
                vec![("7", "4", both), ("7", "4", &[("customer", "2")])],
                vec!["dimension: 1, 2 > 2"],
                "one of two lines lost its class",
            ),
            (vec![("8", "5", &[])], vec!["account: 7 > 8", "tax: 4 > 5", "dimension: 1, 2 > –"], "everything at once"),
        ] {
            let found: Vec<String> = posted
                .differences(&charged(&lines))
                .iter()
                .map(|drift| {
                    let (approved, found) = drift.sides(|_, id| id.to_owned());
                    format!("{}: {approved} > {found}", drift.name())
                })
                .collect();
            assert_eq!(found, expected, "{why}");
        }
    }
}
