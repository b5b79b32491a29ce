//! Classes, locations and customers of a QuickBooks company: which of them its settings let entries name, and where they
//! stand on one.
//!
//! A class stands on the lines of purchases and bills and nowhere else (Intuit's XSD has no class for the whole of
//! them), so a company that keeps one class for a whole transaction has no class for us. What QuickBooks does with one
//! that is switched off is not documented (accounting-apis.md, Q8.4): such are not offered.

use super::{client::Client, wire};
use crate::post::{
    LedgerReference, ReferenceKind, dimension::Dimension, entry::Entry, error::LedgerError, line::LedgerLine,
};

/// What each is called in the settings of a company.
pub(crate) const CLASS: &str = "class";
/// See [`CLASS`].
pub(crate) const LOCATION: &str = "location";
/// See [`CLASS`].
pub(crate) const CUSTOMER: &str = "customer";

impl Client {
    /// What entries of this company may be charged to beside accounts.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub(super) async fn dimensions(
        &self,
        preferences: &wire::Preferences,
    ) -> Result<Vec<LedgerReference>, LedgerError> {
        let mut found = Vec::new();
        let books = preferences.accounting_info_prefs.as_ref();
        if books.and_then(|prefs| prefs.class_tracking_per_txn_line) == Some(true) {
            let rows = self.rows("select * from Class where Active = true", |rows| rows.class).await?;
            add(&mut found, (CLASS, "Class"), ReferenceKind::Class, rows);
        }
        if books.and_then(|prefs| prefs.track_departments) == Some(true) {
            let rows = self.rows("select * from Department where Active = true", |rows| rows.department).await?;
            add(&mut found, (LOCATION, "Location"), ReferenceKind::Location, rows);
        }
        let purchases = preferences.vendor_and_purchases_prefs.as_ref();
        if purchases.and_then(|prefs| prefs.tracking_by_customer) == Some(true) {
            match self.rows("select * from Customer where Active = true", |rows| rows.customer).await {
                Ok(rows) => add(&mut found, (CUSTOMER, "Customer"), ReferenceKind::Customer, rows),
                // More than can be chosen from: customers are not offered, and all else goes on.
                Err(LedgerError::HumanInLedger { code, .. }) if code.is_empty() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}

fn add(found: &mut Vec<LedgerReference>, (id, title): (&str, &str), kind: ReferenceKind, rows: Vec<wire::Named>) {
    let reference =
        |kind, external_id: String, name| LedgerReference { kind, external_id, code: None, name, currency: None };
    found.push(reference(ReferenceKind::Dimension, id.to_owned(), title.to_owned()));
    found.extend(rows.into_iter().filter(|row| row.active != Some(false)).filter_map(|row| {
        let name = row.fully_qualified_name.or(row.display_name).or(row.name)?;
        Some(reference(kind, row.id, name))
    }));
}

/// The location of an entry.
pub(super) fn location(entry: &Entry) -> Option<wire::Reference> {
    one(entry, |dimension| match dimension {
        Dimension::Location(id) => Some(id),
        Dimension::Class(_) | Dimension::Customer(_) | Dimension::Tracking { .. } => None,
    })
}

/// The class of each of its lines.
pub(super) fn class(entry: &Entry) -> Option<wire::Reference> {
    one(entry, |dimension| match dimension {
        Dimension::Class(id) => Some(id),
        Dimension::Location(_) | Dimension::Customer(_) | Dimension::Tracking { .. } => None,
    })
}

/// The customer of each of its lines.
pub(super) fn customer(entry: &Entry) -> Option<wire::Reference> {
    one(entry, |dimension| match dimension {
        Dimension::Customer(id) => Some(id),
        Dimension::Class(_) | Dimension::Location(_) | Dimension::Tracking { .. } => None,
    })
}

fn one(entry: &Entry, pick: fn(&Dimension) -> Option<&String>) -> Option<wire::Reference> {
    entry.dimensions.iter().find_map(pick).map(|id| wire::Reference { value: id.clone() })
}

/// What each line of a transaction with this location is charged to. Lines that are sums or remarks are not looked at.
pub(super) fn of_lines(location: Option<&str>, lines: &[wire::LineRead]) -> Vec<LedgerLine> {
    let value = |found: &Option<wire::Reference>| found.as_ref().map(|found| found.value.clone());
    let detail = |line: &wire::LineRead| {
        let detail =
            line.account_based_expense_line_detail.as_ref().or(line.item_based_expense_line_detail.as_ref())?;
        let location = location.map(|id| Dimension::Location(id.to_owned()));
        let class = value(&detail.class_ref).map(Dimension::Class);
        let customer = value(&detail.customer_ref).map(Dimension::Customer);
        Some(LedgerLine {
            account: value(&detail.account_ref),
            tax_code: value(&detail.tax_code_ref),
            dimensions: location.into_iter().chain(class).chain(customer).collect(),
        })
    };
    lines.iter().filter_map(detail).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_stands_on_each_line() {
        let read: wire::Transaction = serde_json::from_str(
            r#"{"Id":"1","TotalAmt":2,"DepartmentRef":{"value":"2"},"Line":[{"AccountBasedExpenseLineDetail":
                {"AccountRef":{"value":"60"},"ClassRef":{"value":"5"},"CustomerRef":{"value":"58"}}},
                {"AccountBasedExpenseLineDetail":{"AccountRef":{"value":"61"},"TaxCodeRef":{"value":"4"}}},
                {"ItemBasedExpenseLineDetail":{"ItemRef":{"value":"9"},"ClassRef":{"value":"5"}}},
                {"DetailType":"SubTotalLineDetail"}]}"#,
        )
        .expect("the text is a transaction");
        let location = Dimension::Location("2".to_owned());
        let (class, customer) = (Dimension::Class("5".to_owned()), Dimension::Customer("58".to_owned()));
        let line = |account: Option<&str>, tax_code: Option<&str>, dimensions: &[&Dimension]| LedgerLine {
            account: account.map(str::to_owned),
            tax_code: tax_code.map(str::to_owned),
            dimensions: dimensions.iter().map(|one| (*one).clone()).collect(),
        };
        let lines = [
            line(Some("60"), None, &[&location, &class, &customer]),
            line(Some("61"), Some("4"), &[&location]),
            line(None, None, &[&location, &class]),
        ];
        assert_eq!(of_lines(Some("2"), &read.line), lines);
    }
}
