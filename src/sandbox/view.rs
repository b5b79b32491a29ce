//! Both ledgers seen from outside: what was posted, and what a person changes there by hand.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::Change;
use super::state::{Company, Organisation, StoredFile, World};
use super::value::{self, Row};

/// An entry posted to either ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SandboxEntry {
    /// `quickbooks` or `xero`.
    pub ledger: &'static str,
    /// The company's id: a realm id or a tenant id.
    pub company: String,
    /// The company's name.
    pub company_name: String,
    /// `purchase`, `bill`, `vendorcredit`, `banktransactions`, `invoices` or `creditnotes`.
    pub resource: &'static str,
    /// The ledger's id of the entry.
    pub external_id: String,
    /// The number on the entry: `DocNumber`, `Reference` of money spent, `InvoiceNumber` or
    /// `CreditNoteNumber` of a Xero bill or credit note.
    pub reference: String,
    /// Where else our reference may stand: `PrivateNote` in `QuickBooks`, `Url` in Xero.
    pub note: String,
    /// The supplier's name.
    pub supplier: String,
    /// The ledger's total, in the entry's currency.
    pub total: Decimal,
    /// The entry's currency, ISO 4217.
    pub currency: String,
    /// The date on it, `YYYY-MM-DD`.
    pub date: String,
    /// The names of the accounts its lines went to.
    pub accounts: Vec<String>,
    /// What its lines say.
    pub descriptions: Vec<String>,
    /// What its lines are charged to beside accounts: `Class: Sales`, in the order of the lines.
    pub charged: Vec<String>,
    /// Whether it still counts: not deleted, not voided.
    pub live: bool,
    /// The files on it: name, size in bytes, SHA-256 in hexadecimal.
    pub attachments: Vec<(String, usize, String)>,
}

impl SandboxEntry {
    /// Whether our reference stands anywhere on the entry.
    #[must_use]
    pub fn mentions(&self, reference: &str) -> bool {
        let mut places = [&self.reference, &self.note].into_iter().chain(&self.descriptions);
        places.any(|place| place.contains(reference))
    }
}

/// The entries of `QuickBooks` that the sandbox shows: entity name and name in links.
pub(super) const QUICKBOOKS_ENTRIES: [(&str, &str); 3] =
    [("Purchase", "purchase"), ("Bill", "bill"), ("VendorCredit", "vendorcredit")];
/// The same for Xero: endpoint, name in links, name of the id.
pub(super) const XERO_ENTRIES: [(&str, &str, &str); 3] = [
    ("BankTransactions", "banktransactions", "BankTransactionID"),
    ("Invoices", "invoices", "InvoiceID"),
    ("CreditNotes", "creditnotes", "CreditNoteID"),
];

/// Everything ever posted.
pub(super) fn entries(world: &World) -> Vec<SandboxEntry> {
    let mut found = Vec::new();
    for (realm, company) in &world.quickbooks {
        for (entity, resource) in QUICKBOOKS_ENTRIES {
            let live = company.all(entity).iter().map(|row| (row, true));
            let dead = company.deleted.iter().filter(|(of, _, _)| of == entity).map(|(_, row, _)| (row, false));
            let place = Place { world, company: realm, name: &company.name };
            found.extend(live.chain(dead).map(|(row, live)| quickbooks_entry(&place, resource, row, live)));
        }
    }
    for (tenant, organisation) in &world.xero {
        for (list, resource, id_member) in XERO_ENTRIES {
            let place = Place { world, company: tenant, name: &organisation.name };
            let all = organisation.all(list).iter();
            found.extend(all.map(|row| xero_entry(&place, organisation, resource, id_member, row)));
        }
    }
    found
}

/// The files on an entry with their ids, oldest first.
pub(super) fn files<'a>(
    world: &'a World,
    ledger: &str,
    company: &str,
    entry: &str,
) -> Vec<(&'a String, &'a StoredFile)> {
    let on_it = |file: &StoredFile| file.ledger == ledger && file.company == company && file.entry == entry;
    let mut found: Vec<_> = world.files.iter().filter(|(_, file)| on_it(file)).collect();
    found.sort_by_key(|(_, file)| file.created_ms);
    found
}

struct Place<'a> {
    world: &'a World,
    company: &'a str,
    name: &'a str,
}

impl Place<'_> {
    fn attachments(&self, ledger: &str, entry: &str) -> Vec<(String, usize, String)> {
        let all = files(self.world, ledger, self.company, entry);
        all.into_iter().map(|(_, file)| (file.file_name.clone(), file.bytes.len(), file.sha256.clone())).collect()
    }
}

fn quickbooks_entry(place: &Place<'_>, resource: &'static str, row: &Row, live: bool) -> SandboxEntry {
    let id = value::text(row, "Id").to_owned();
    let supplier = if resource == "purchase" { "EntityRef" } else { "VendorRef" };
    let account = |line: &&Row| {
        value::inner(line, "AccountBasedExpenseLineDetail")
            .and_then(|detail| value::inner_text(detail, "AccountRef", "name"))
            .map(ToOwned::to_owned)
    };
    SandboxEntry {
        ledger: "quickbooks",
        company: place.company.to_owned(),
        company_name: place.name.to_owned(),
        resource,
        reference: value::text(row, "DocNumber").to_owned(),
        note: value::text(row, "PrivateNote").to_owned(),
        supplier: value::inner_text(row, supplier, "name").unwrap_or_default().to_owned(),
        total: value::amount(row, "TotalAmt"),
        currency: value::inner_text(row, "CurrencyRef", "value").unwrap_or_default().to_owned(),
        date: value::text(row, "TxnDate").to_owned(),
        accounts: value::rows(row, "Line").iter().filter_map(account).collect(),
        descriptions: descriptions(row, "Line"),
        charged: quickbooks_charged(row),
        live,
        attachments: place.attachments("quickbooks", &id),
        external_id: id,
    }
}

fn xero_entry(
    place: &Place<'_>,
    organisation: &Organisation,
    resource: &'static str,
    id_member: &str,
    row: &Row,
) -> SandboxEntry {
    let id = value::text(row, id_member).to_owned();
    let number = match resource {
        "invoices" => "InvoiceNumber",
        "creditnotes" => "CreditNoteNumber",
        _ => "Reference",
    };
    let account = |line: &&Row| {
        let found = organisation.find("Accounts", "Code", value::text(line, "AccountCode"))?;
        Some(value::text(found, "Name").to_owned())
    };
    SandboxEntry {
        ledger: "xero",
        company: place.company.to_owned(),
        company_name: place.name.to_owned(),
        resource,
        reference: value::text(row, number).to_owned(),
        note: value::text(row, "Url").to_owned(),
        supplier: value::inner_text(row, "Contact", "Name").unwrap_or_default().to_owned(),
        total: value::amount(row, "Total"),
        currency: value::text(row, "CurrencyCode").to_owned(),
        date: value::text(row, "DateString").chars().take(10).collect(),
        accounts: value::rows(row, "LineItems").iter().filter_map(account).collect(),
        descriptions: descriptions(row, "LineItems"),
        charged: xero_charged(row),
        live: !["VOIDED", "DELETED"].contains(&value::text(row, "Status")),
        attachments: place.attachments("xero", &id),
        external_id: id,
    }
}

fn descriptions(row: &Row, lines: &str) -> Vec<String> {
    value::rows(row, lines).into_iter().map(|line| value::text(line, "Description").to_owned()).collect()
}

/// Changes a live entry as a person would in the ledger; `false` when there is none of this id.
pub(super) fn entry_change(world: &mut World, external_id: &str, change: Change, now_ms: i64) -> bool {
    for company in world.quickbooks.values_mut() {
        for (entity, _) in QUICKBOOKS_ENTRIES {
            let deleted = |(of, row, _): &(String, Row, i64)| of == entity && value::text(row, "Id") == external_id;
            if change == Change::Restore
                && let Some(place) = company.deleted.iter().position(deleted)
            {
                let (_, mut row, _) = company.deleted.remove(place);
                touch(&mut row, now_ms);
                company.put(entity, row);
                return true;
            }
            if company.find(entity, external_id).is_some() {
                return quickbooks_change(company, entity, external_id, change, now_ms);
            }
        }
    }
    for organisation in world.xero.values_mut() {
        for (list, _, id_member) in XERO_ENTRIES {
            if let Some(row) = organisation.find(list, id_member, external_id).cloned() {
                return xero_change(organisation, list, id_member, row, change, now_ms);
            }
        }
    }
    false
}

fn quickbooks_charged(row: &Row) -> Vec<String> {
    let named = |row: &Row, title: &str, member: &str| {
        value::inner_text(row, member, "name").map(|name| format!("{title}: {name}"))
    };
    let mut found: Vec<String> = named(row, "Location", "DepartmentRef").into_iter().collect();
    for line in value::rows(row, "Line") {
        let Some(detail) = value::inner(line, "AccountBasedExpenseLineDetail") else { continue };
        found.extend(named(detail, "Class", "ClassRef"));
        found.extend(named(detail, "Customer", "CustomerRef"));
    }
    found
}

fn xero_charged(row: &Row) -> Vec<String> {
    let lines = value::rows(row, "LineItems");
    let tracking = lines.into_iter().flat_map(|line| value::rows(line, "Tracking"));
    tracking.map(|row| format!("{}: {}", value::text(row, "Name"), value::text(row, "Option"))).collect()
}

fn quickbooks_change(company: &mut Company, entity: &str, id: &str, change: Change, now_ms: i64) -> bool {
    let total = match change {
        Change::Delete => return company.remove(entity, id, now_ms),
        Change::Restore => return false,
        Change::Uncharge => {
            let Some(mut row) = company.find(entity, id).cloned() else { return false };
            row.remove("DepartmentRef");
            for line in row.get_mut("Line").and_then(Value::as_array_mut).into_iter().flatten() {
                let detail = line.get_mut("AccountBasedExpenseLineDetail").and_then(Value::as_object_mut);
                detail.map(|detail| (detail.remove("ClassRef"), detail.remove("CustomerRef")));
            }
            touch(&mut row, now_ms);
            company.put(entity, row);
            return true;
        }
        Change::Settle(settled) => return quickbooks_settle(company, entity, id, settled, now_ms),
        Change::TotalTo(total) => total,
    };
    let Some(mut row) = company.find(entity, id).cloned() else { return false };
    let more = total - value::amount(&row, "TotalAmt");
    first_line_add(&mut row, "Line", &["Amount"], more);
    row.insert("TotalAmt".to_owned(), value::number(total));
    if entity != "Purchase" {
        row.insert("Balance".to_owned(), value::number(total));
    }
    touch(&mut row, now_ms);
    company.put(entity, row);
    true
}

fn quickbooks_settle(company: &mut Company, entity: &str, id: &str, settled: bool, now_ms: i64) -> bool {
    if entity == "Purchase" {
        return if settled { company.matched.insert(id.to_owned()) } else { company.matched.remove(id) };
    }
    let Some(mut row) = company.find(entity, id).cloned() else { return false };
    let total = value::amount(&row, "TotalAmt");
    row.insert("Balance".to_owned(), value::number(if settled { Decimal::ZERO } else { total }));
    let payment = json!([{"TxnId": "900001", "TxnType": "BillPaymentCheck"}]);
    row.insert("LinkedTxn".to_owned(), if settled { payment } else { json!([]) });
    touch(&mut row, now_ms);
    company.put(entity, row);
    true
}

fn xero_settle(row: &mut Row, list: &str, settled: bool) {
    let total = value::amount(row, "Total");
    let (done, open) = if settled { (total, Decimal::ZERO) } else { (Decimal::ZERO, total) };
    let status = if settled { "PAID" } else { "AUTHORISED" };
    match list {
        "Invoices" => {
            row.insert("AmountPaid".to_owned(), value::number(done));
            row.insert("AmountDue".to_owned(), value::number(open));
            row.insert("Status".to_owned(), json!(status));
        }
        "CreditNotes" => {
            row.insert("RemainingCredit".to_owned(), value::number(open));
            row.insert("Status".to_owned(), json!(status));
        }
        _ => {
            row.insert("IsReconciled".to_owned(), Value::Bool(settled));
        }
    }
}

fn xero_change(
    organisation: &mut Organisation,
    list: &str,
    id_member: &str,
    mut row: Row,
    change: Change,
    now_ms: i64,
) -> bool {
    let status = value::text(&row, "Status").to_owned();
    if (status == "VOIDED" || status == "DELETED") != (change == Change::Restore) {
        return false;
    }
    match change {
        Change::Restore => {
            row.insert("Status".to_owned(), json!("AUTHORISED"));
            if list == "CreditNotes" {
                let total = value::amount(&row, "Total");
                row.insert("RemainingCredit".to_owned(), value::number(total));
            }
        }
        Change::Delete => {
            let gone = if list != "BankTransactions" && status == "AUTHORISED" { "VOIDED" } else { "DELETED" };
            row.insert("Status".to_owned(), json!(gone));
            if list == "CreditNotes" {
                row.insert("RemainingCredit".to_owned(), json!(0));
            }
        }
        Change::Settle(settled) => xero_settle(&mut row, list, settled),
        Change::Uncharge => {
            for line in row.get_mut("LineItems").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(line) = line.as_object_mut() {
                    line.insert("Tracking".to_owned(), json!([]));
                }
            }
        }
        Change::TotalTo(total) => {
            let more = total - value::amount(&row, "Total");
            first_line_add(&mut row, "LineItems", &["LineAmount", "UnitAmount"], more);
            let sub_total = value::amount(&row, "SubTotal") + more;
            row.insert("SubTotal".to_owned(), value::number(sub_total));
            row.insert("Total".to_owned(), value::number(total));
            let open = match list {
                "Invoices" => Some("AmountDue"),
                "CreditNotes" => Some("RemainingCredit"),
                _ => None,
            };
            if let Some(open) = open {
                row.insert(open.to_owned(), value::number(total));
            }
        }
    }
    row.insert("UpdatedDateUTC".to_owned(), json!(value::xero_instant(now_ms)));
    organisation.put(list, id_member, row);
    true
}

fn first_line_add(row: &mut Row, lines: &str, members: &[&str], more: Decimal) {
    let first = row.get_mut(lines).and_then(Value::as_array_mut).and_then(|all| all.first_mut());
    if let Some(line) = first.and_then(Value::as_object_mut) {
        for member in members {
            let changed = value::amount(line, member) + more;
            line.insert((*member).to_owned(), value::number(changed));
        }
    }
}

/// The marks every change leaves on a `QuickBooks` record: the next `SyncToken`, a new time.
pub(super) fn touch(row: &mut Row, now_ms: i64) {
    let next = value::text(row, "SyncToken").parse::<u64>().map_or(0, |token| token.saturating_add(1));
    row.insert("SyncToken".to_owned(), json!(next.to_string()));
    if let Some(times) = row.get_mut("MetaData").and_then(Value::as_object_mut) {
        times.insert("LastUpdatedTime".to_owned(), json!(value::iso(now_ms)));
    }
}
