//! What an entry is charged to beside its accounts: a class, a location, a customer, an option of a tracking category.

use super::line::LedgerLine;

/// One of them, as the ledger names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dimension {
    /// QuickBooks' class, which stands on each line.
    Class(String),
    /// QuickBooks' location, which stands on the whole entry; the API calls it department.
    Location(String),
    /// QuickBooks' customer, who may be a project.
    Customer(String),
    /// An option of one of Xero's two tracking categories.
    Tracking {
        /// The category's id.
        category: String,
        /// The option's id.
        option: String,
    },
}

impl Dimension {
    /// How the ledger calls it.
    #[must_use]
    pub const fn title(&self) -> &'static str {
        match self {
            Self::Class(_) => "class",
            Self::Location(_) => "location",
            Self::Customer(_) => "customer",
            Self::Tracking { .. } => "tracking option",
        }
    }

    /// Whether both are the same; ids are compared as Xero compares them, in any case of letters.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Class(one), Self::Class(two))
            | (Self::Location(one), Self::Location(two))
            | (Self::Customer(one), Self::Customer(two)) => one == two,
            (Self::Tracking { category: one, option }, Self::Tracking { category: two, option: other }) => {
                one.eq_ignore_ascii_case(two) && option.eq_ignore_ascii_case(other)
            }
            (Self::Class(_) | Self::Location(_) | Self::Customer(_) | Self::Tracking { .. }, _) => false,
        }
    }
}

/// The first of what was approved that is not on every line of the ledger's entry. What stands there besides, because a
/// company has defaults of its own, is not looked at.
#[must_use]
pub fn not_held<'a>(approved: &'a [Dimension], lines: &[LedgerLine]) -> Option<&'a Dimension> {
    let on = |line: &LedgerLine, wanted: &Dimension| line.dimensions.iter().any(|found| found.is(wanted));
    approved.iter().find(|wanted| lines.is_empty() || !lines.iter().all(|line| on(line, wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_must_hold_what_was_approved() {
        let class = |id: &str| Dimension::Class(id.to_owned());
        let customer = |id: &str| Dimension::Customer(id.to_owned());
        let tracking = |category: &str, option: &str| {
            let (category, option) = (category.to_owned(), option.to_owned());
            Dimension::Tracking { category, option }
        };
        for (approved, lines, missing, why) in [
            (vec![], vec![], None, "nothing was asked for"),
            (vec![], vec![vec![class("1")]], None, "a class of the company's own"),
            (vec![class("1")], vec![], Some(class("1")), "no lines came back"),
            (vec![class("1")], vec![vec![class("1")], vec![]], Some(class("1")), "one line lost it"),
            (vec![class("1")], vec![vec![class("2")]], Some(class("1")), "another class"),
            (vec![class("1")], vec![vec![customer("1")]], Some(class("1")), "the same id of another kind"),
            (vec![class("1"), customer("2")], vec![vec![class("1")]], Some(customer("2")), "one of two"),
            (vec![class("1")], vec![vec![customer("2"), class("1")]], None, "more than was asked for"),
            (vec![tracking("a", "b")], vec![vec![tracking("A", "B")]], None, "letters of another case"),
            (vec![tracking("a", "b")], vec![vec![tracking("a", "c")]], Some(tracking("a", "b")), "another option"),
        ] {
            let lines = lines.into_iter().map(|dimensions| LedgerLine { dimensions, ..LedgerLine::default() });
            assert_eq!(not_held(&approved, &lines.collect::<Vec<_>>()), missing.as_ref(), "{why}");
        }
    }
}
