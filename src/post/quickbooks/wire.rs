//! The bodies of QuickBooks Online, spelled as the API spells them. Nothing else happens here.

use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::Number;

use crate::post::entry::Resource;

/// A reference by id.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Reference {
    pub(crate) value: String,
}

/// A reference to a name-list entity of a stated type.
#[derive(Debug, Serialize)]
pub(crate) struct EntityReference {
    pub(crate) value: String,
    #[serde(rename = "type")]
    pub(crate) kind: &'static str,
}

/// `Purchase`, as it is created.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PurchaseCreate {
    pub(crate) payment_type: &'static str,
    pub(crate) account_ref: Reference,
    pub(crate) entity_ref: EntityReference,
    pub(crate) txn_date: String,
    pub(crate) doc_number: String,
    pub(crate) private_note: String,
    pub(crate) currency_ref: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exchange_rate: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) department_ref: Option<Reference>,
    pub(crate) global_tax_calculation: &'static str,
    pub(crate) line: Vec<Line>,
}

/// `Bill`, and `VendorCredit`, which is the same and never due, as they are created.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BillCreate {
    pub(crate) vendor_ref: Reference,
    pub(crate) txn_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) due_date: Option<String>,
    pub(crate) doc_number: String,
    pub(crate) private_note: String,
    pub(crate) currency_ref: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exchange_rate: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) department_ref: Option<Reference>,
    pub(crate) global_tax_calculation: &'static str,
    pub(crate) line: Vec<Line>,
}

/// A line that names its account.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Line {
    pub(crate) detail_type: &'static str,
    pub(crate) amount: Number,
    pub(crate) description: String,
    pub(crate) account_based_expense_line_detail: LineDetail,
}

/// The account and tax of a line.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LineDetail {
    pub(crate) account_ref: Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) class_ref: Option<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) customer_ref: Option<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) billable_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tax_code_ref: Option<Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tax_inclusive_amt: Option<Number>,
}

/// `Vendor`, as it is created.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct VendorCreate {
    pub(crate) display_name: String,
    pub(crate) company_name: String,
    pub(crate) currency_ref: Reference,
}

/// The first part of an upload.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AttachableCreate {
    pub(crate) attachable_ref: Vec<AttachableReference>,
    pub(crate) file_name: String,
    pub(crate) content_type: &'static str,
    pub(crate) category: &'static str,
}

/// What an attachment hangs on.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AttachableReference {
    pub(crate) entity_ref: EntityReference,
    pub(crate) include_on_send: bool,
}

/// What names an entry that is to be deleted, as it was read.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Delete<'a> {
    pub(crate) id: &'a str,
    pub(crate) sync_token: &'a str,
}

/// The answer to a read or a write of one object.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct One {
    pub(crate) purchase: Option<Transaction>,
    pub(crate) bill: Option<Transaction>,
    pub(crate) vendor_credit: Option<Transaction>,
    pub(crate) vendor: Option<Vendor>,
    pub(crate) company_info: Option<CompanyInfo>,
    pub(crate) exchange_rate: Option<ExchangeRate>,
    pub(crate) preferences: Option<Preferences>,
}

impl One {
    /// The entry in it.
    pub(crate) fn transaction(self, resource: Resource) -> Option<Transaction> {
        match resource {
            Resource::Paid => self.purchase,
            Resource::Bill => self.bill,
            Resource::Credit => self.vendor_credit,
        }
    }
}

/// The company's rate of a day: home currency for one unit of another.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ExchangeRate {
    pub(crate) rate: Number,
}

/// The answer to a query.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Query {
    pub(crate) query_response: Rows,
}

/// The rows of a query; only the entity that was asked for is there, and none at all when nothing was found.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Rows {
    pub(crate) purchase: Vec<Transaction>,
    pub(crate) bill: Vec<Transaction>,
    pub(crate) vendor_credit: Vec<Transaction>,
    pub(crate) vendor: Vec<Vendor>,
    pub(crate) account: Vec<Account>,
    pub(crate) tax_code: Vec<TaxCode>,
    pub(crate) tax_rate: Vec<TaxRate>,
    pub(crate) attachable: Vec<Attachable>,
    pub(crate) class: Vec<Named>,
    pub(crate) department: Vec<Named>,
    pub(crate) customer: Vec<Named>,
}

/// `Purchase`, `Bill` or `VendorCredit`, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Transaction {
    pub(crate) id: String,
    pub(crate) total_amt: Option<Number>,
    pub(crate) doc_number: Option<String>,
    pub(crate) txn_date: Option<String>,
    pub(crate) private_note: Option<String>,
    pub(crate) currency_ref: Option<Reference>,
    pub(crate) vendor_ref: Option<Reference>,
    pub(crate) entity_ref: Option<Reference>,
    pub(crate) department_ref: Option<Reference>,
    #[serde(default)]
    pub(crate) line: Vec<LineRead>,
    pub(crate) sync_token: Option<String>,
    /// What of a bill or a credit is still open.
    pub(crate) balance: Option<Number>,
    /// Payments and other entries that are set against it.
    #[serde(default)]
    pub(crate) linked_txn: Vec<IgnoredAny>,
    #[serde(rename = "status")]
    pub(crate) status: Option<String>,
}

/// A line, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LineRead {
    pub(crate) description: Option<String>,
    pub(crate) account_based_expense_line_detail: Option<LineDetailRead>,
    pub(crate) item_based_expense_line_detail: Option<LineDetailRead>,
}

/// What a line is charged to, as it is read. One that goes by an item has no account.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LineDetailRead {
    pub(crate) account_ref: Option<Reference>,
    pub(crate) tax_code_ref: Option<Reference>,
    pub(crate) class_ref: Option<Reference>,
    pub(crate) customer_ref: Option<Reference>,
}

/// `Class`, `Department` or `Customer`, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Named {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) fully_qualified_name: Option<String>,
    pub(crate) active: Option<bool>,
}

/// `Vendor`, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Vendor {
    pub(crate) id: String,
    pub(crate) display_name: Option<String>,
    pub(crate) active: Option<bool>,
    pub(crate) currency_ref: Option<Reference>,
}

/// `Account`, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) fully_qualified_name: Option<String>,
    pub(crate) acct_num: Option<String>,
    pub(crate) account_type: Option<String>,
    pub(crate) active: Option<bool>,
    pub(crate) currency_ref: Option<Reference>,
}

/// `TaxCode`, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TaxCode {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) active: Option<bool>,
    pub(crate) hidden: Option<bool>,
    pub(crate) purchase_tax_rate_list: Option<TaxRateList>,
}

/// The rates of a tax code on one side.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TaxRateList {
    #[serde(default)]
    pub(crate) tax_rate_detail: Vec<TaxRateDetail>,
}

/// One rate of a tax code.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TaxRateDetail {
    pub(crate) tax_rate_ref: Reference,
    pub(crate) tax_type_applicable: Option<String>,
}

/// `TaxRate`, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TaxRate {
    pub(crate) id: String,
    pub(crate) active: Option<bool>,
    pub(crate) rate_value: Option<Number>,
}

/// `CompanyInfo`, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CompanyInfo {
    pub(crate) company_name: Option<String>,
    pub(crate) country: Option<String>,
}

/// `Preferences`, as they are read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Preferences {
    pub(crate) currency_prefs: Option<CurrencyPreferences>,
    pub(crate) tax_prefs: Option<TaxPreferences>,
    pub(crate) accounting_info_prefs: Option<AccountingPreferences>,
    pub(crate) vendor_and_purchases_prefs: Option<PurchasesPreferences>,
}

/// The currencies of a company.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CurrencyPreferences {
    pub(crate) multi_currency_enabled: Option<bool>,
    pub(crate) home_currency: Option<Reference>,
}

/// Whether a company uses tax.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TaxPreferences {
    pub(crate) using_sales_tax: Option<bool>,
}

/// Where a company's books are closed, and what its entries may be charged to.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct AccountingPreferences {
    pub(crate) book_close_date: Option<String>,
    pub(crate) class_tracking_per_txn_line: Option<bool>,
    pub(crate) track_departments: Option<bool>,
}

/// Whether purchases may name a customer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PurchasesPreferences {
    pub(crate) tracking_by_customer: Option<bool>,
}

/// The answer to an upload: each element is an attachment or a fault.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Uploaded {
    #[serde(default)]
    pub(crate) attachable_response: Vec<UploadedOne>,
}

/// One file of an upload.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UploadedOne {
    pub(crate) attachable: Option<Attachable>,
}

/// `Attachable`, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Attachable {
    pub(crate) id: String,
    pub(crate) file_name: Option<String>,
    pub(crate) size: Option<Number>,
}
