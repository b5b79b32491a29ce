//! What an entry is charged to, changed by hand inside the ledger.

use serde_json::{Value, json};

use super::{
    Sandbox,
    state::{Company, Organisation},
    value::{self, Row},
    view::{QUICKBOOKS_ENTRIES, XERO_ENTRIES, touch},
};

/// Which part of a line is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charge {
    /// Its account, by id in `QuickBooks` and by code in Xero.
    Account,
    /// Its tax code.
    Tax,
    /// Its class in `QuickBooks`, its tracking in Xero, by name.
    Dimension,
}

impl Sandbox {
    /// Charges all lines of an entry to something else, as if a person had done it in the ledger; answers whether there
    /// are such an entry and such an account, tax code, class or option.
    pub fn entry_recharge(&self, external_id: &str, charge: Charge, to: &str) -> bool {
        let now_ms = self.now_ms();
        let world = &mut *self.world();
        for company in world.quickbooks.values_mut() {
            for (entity, _) in QUICKBOOKS_ENTRIES {
                if let Some(row) = company.find(entity, external_id).cloned() {
                    return quickbooks(company, entity, row, (charge, to), now_ms).is_some();
                }
            }
        }
        for organisation in world.xero.values_mut() {
            for (list, _, id_member) in XERO_ENTRIES {
                if let Some(row) = organisation.find(list, id_member, external_id).cloned() {
                    return xero(organisation, (list, id_member), row, (charge, to), now_ms).is_some();
                }
            }
        }
        false
    }
}

fn quickbooks(
    company: &mut Company,
    entity: &str,
    mut row: Row,
    (charge, to): (Charge, &str),
    now_ms: i64,
) -> Option<()> {
    let (member, of, by) = match charge {
        Charge::Account => ("AccountRef", "Account", "Id"),
        Charge::Tax => ("TaxCodeRef", "TaxCode", "Id"),
        Charge::Dimension => ("ClassRef", "Class", "Name"),
    };
    let meant = company.all(of).iter().find(|row| value::text(row, by) == to)?;
    let reference = json!({"value": value::text(meant, "Id"), "name": value::text(meant, "Name")});
    for line in row.get_mut("Line").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(detail) = line.get_mut("AccountBasedExpenseLineDetail").and_then(Value::as_object_mut) {
            detail.insert(member.to_owned(), reference.clone());
        }
    }
    touch(&mut row, now_ms);
    company.put(entity, row);
    Some(())
}

fn xero(
    organisation: &mut Organisation,
    (list, id_member): (&str, &str),
    mut row: Row,
    (charge, to): (Charge, &str),
    now_ms: i64,
) -> Option<()> {
    let members = match charge {
        Charge::Account => {
            let account = organisation.find("Accounts", "Code", to)?;
            vec![("AccountCode", json!(to)), ("AccountID", json!(value::text(account, "AccountID")))]
        }
        Charge::Tax => {
            organisation.find("TaxRates", "TaxType", to)?;
            vec![("TaxType", json!(to))]
        }
        Charge::Dimension => vec![("Tracking", json!([option(organisation, to)?]))],
    };
    for line in row.get_mut("LineItems").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(line) = line.as_object_mut() {
            line.extend(members.iter().map(|(member, value)| ((*member).to_owned(), value.clone())));
        }
    }
    row.insert("UpdatedDateUTC".to_owned(), json!(value::xero_instant(now_ms)));
    organisation.put(list, id_member, row);
    Some(())
}

fn option(organisation: &Organisation, name: &str) -> Option<Value> {
    organisation.all("TrackingCategories").iter().find_map(|category| {
        let option = value::rows(category, "Options").into_iter().find(|row| value::text(row, "Name") == name)?;
        Some(json!({"Name": value::text(category, "Name"), "Option": name,
            "TrackingCategoryID": value::text(category, "TrackingCategoryID"),
            "TrackingOptionID": value::text(option, "TrackingOptionID")}))
    })
}
