//! What an entry was charged to when it was posted, and what its ledger says of it now, in the same terms.
//!
//! Accounts and tax codes are held as they were sent. Where no tax code was sent, and for classes, locations, customers
//! and tracking, what the ledger answered to that counts: a company may have defaults of its own, and only what is
//! changed afterwards is news.

use crate::{
    post::{
        ReferenceKind,
        dimension::Dimension,
        entry::Entry,
        line::LedgerLine,
        quickbooks::dimension::{CLASS, CUSTOMER, LOCATION},
    },
    reconcile::charged::{ACCOUNT, Charged, TAX_CODE},
    store::connection::ReferenceRow,
};

/// What is sent for an entry.
pub(super) fn sent(entry: &Entry) -> Charged {
    Charged {
        accounts: entry.lines.iter().map(|line| line.account.clone()).collect(),
        tax_codes: entry.lines.iter().filter_map(|line| line.tax_code.clone()).collect(),
        dimensions: Default::default(),
    }
}

/// The same after the ledger answered.
pub(super) fn answered(sent: Charged, lines: &[LedgerLine]) -> Charged {
    let now = of_lines(lines);
    let tax_codes = if sent.tax_codes.is_empty() { now.tax_codes } else { sent.tax_codes };
    Charged { tax_codes, dimensions: now.dimensions, ..sent }
}

/// What a ledger says now; `None` where it shows no lines.
pub(super) fn seen(lines: &[LedgerLine]) -> Option<Charged> {
    (!lines.is_empty()).then(|| of_lines(lines))
}

fn of_lines(lines: &[LedgerLine]) -> Charged {
    let named = |dimension: &Dimension| match dimension {
        Dimension::Class(id) => (CLASS.to_owned(), id.clone()),
        Dimension::Location(id) => (LOCATION.to_owned(), id.clone()),
        Dimension::Customer(id) => (CUSTOMER.to_owned(), id.clone()),
        // Xero's ids are the same in any case of letters.
        Dimension::Tracking { category, option } => (category.to_ascii_lowercase(), option.to_ascii_lowercase()),
    };
    Charged {
        // A line that goes by an item goes to another account than any that was approved.
        accounts: lines.iter().map(|line| line.account.clone().unwrap_or_default()).collect(),
        tax_codes: lines.iter().filter_map(|line| line.tax_code.clone()).collect(),
        dimensions: lines.iter().map(|line| line.dimensions.iter().map(named).collect()).collect(),
    }
}

/// What people call an account, a tax code, a class or the like; its id where the company no longer has it.
pub(super) fn name(references: &[ReferenceRow], kind: &str, id: &str) -> String {
    let of_kind = match kind {
        ACCOUNT => ReferenceKind::ExpenseAccount,
        TAX_CODE => ReferenceKind::TaxCode,
        CLASS => ReferenceKind::Class,
        LOCATION => ReferenceKind::Location,
        CUSTOMER => ReferenceKind::Customer,
        _ => ReferenceKind::TrackingOption,
    };
    let same = |row: &&ReferenceRow| row.kind == of_kind.name() && row.external_id.eq_ignore_ascii_case(id);
    let unknown = if id.is_empty() { "–" } else { id };
    references.iter().find(same).map_or_else(|| unknown.to_owned(), |row| row.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(account: Option<&str>, tax_code: Option<&str>, dimensions: &[Dimension]) -> LedgerLine {
        let (account, tax_code) = (account.map(str::to_owned), tax_code.map(str::to_owned));
        LedgerLine { account, tax_code, dimensions: dimensions.to_vec() }
    }

    #[test]
    fn what_the_ledger_adds_by_itself_is_no_news() {
        let sent = |tax: &[&str]| Charged {
            accounts: ["420".to_owned()].into(),
            tax_codes: tax.iter().map(|code| (*code).to_owned()).collect(),
            ..Charged::default()
        };
        let own = [Dimension::Class("9".to_owned())];
        let answer = [line(Some("420"), Some("NONE"), &own)];
        assert_eq!(Some(answered(sent(&[]), &answer)), seen(&answer), "the company's own class, and no tax");
        let posted = answered(sent(&["INPUT2"]), &answer);
        assert_eq!(posted.tax_codes, sent(&["INPUT2"]).tax_codes, "what was sent is held");
        assert_eq!(answered(sent(&[]), &[line(Some("429"), None, &own)]).accounts, sent(&[]).accounts);
        assert_eq!(seen(&[]), None);
    }

    #[test]
    fn ids_of_tracking_are_compared_in_any_case() {
        let tracking = |category: &str, option: &str| {
            let (category, option) = (category.to_owned(), option.to_owned());
            [line(None, None, &[Dimension::Tracking { category, option }])]
        };
        assert_eq!(seen(&tracking("C1", "O1")), seen(&tracking("c1", "o1")));
        assert_ne!(seen(&tracking("c1", "o1")), seen(&tracking("c1", "o2")));
    }

    #[test]
    fn what_is_gone_is_called_by_its_id() {
        let row = |kind: ReferenceKind, id: &str, name: &str| ReferenceRow {
            kind: kind.name().to_owned(),
            external_id: id.to_owned(),
            code: None,
            name: name.to_owned(),
            currency: None,
        };
        let rows = [row(ReferenceKind::Class, "7", "Sales"), row(ReferenceKind::ExpenseAccount, "7", "Meals")];
        for (kind, id, expected) in
            [(ACCOUNT, "7", "Meals"), (CLASS, "7", "Sales"), (ACCOUNT, "8", "8"), (ACCOUNT, "", "–"), ("c1", "7", "7")]
        {
            assert_eq!(name(&rows, kind, id), expected, "{kind} {id}");
        }
    }
}
