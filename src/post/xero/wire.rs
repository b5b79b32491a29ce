//! The bodies of Xero, spelled as the API spells them. Nothing else happens here.

use serde::{Deserialize, Serialize};
use serde_json::Number;

/// A contact by id; anything else about it would change the contact.
#[derive(Debug, Serialize)]
pub(crate) struct ContactId {
    #[serde(rename = "ContactID")]
    pub(crate) contact_id: String,
}

/// An account by id.
#[derive(Debug, Serialize)]
pub(crate) struct AccountId {
    #[serde(rename = "AccountID")]
    pub(crate) account_id: String,
}

/// The array that every write to `Invoices` is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InvoicesCreate {
    pub(crate) invoices: [InvoiceCreate; 1],
}

/// A bill, as it is created.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InvoiceCreate {
    #[serde(rename = "Type")]
    pub(crate) kind: &'static str,
    pub(crate) status: &'static str,
    pub(crate) contact: ContactId,
    pub(crate) invoice_number: String,
    pub(crate) date: String,
    pub(crate) due_date: String,
    pub(crate) line_amount_types: &'static str,
    pub(crate) currency_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency_rate: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    pub(crate) line_items: Vec<LineItem>,
}

/// The array that every write to `CreditNotes` is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreditNotesCreate {
    pub(crate) credit_notes: [CreditNoteCreate; 1],
}

/// A supplier's credit note, as it is created. It has no link and is never due.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct CreditNoteCreate {
    #[serde(rename = "Type")]
    pub(crate) kind: &'static str,
    pub(crate) status: &'static str,
    pub(crate) contact: ContactId,
    pub(crate) credit_note_number: String,
    pub(crate) date: String,
    pub(crate) line_amount_types: &'static str,
    pub(crate) currency_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency_rate: Option<Number>,
    pub(crate) line_items: Vec<LineItem>,
}

/// The array that every write to `BankTransactions` is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BankTransactionsCreate {
    pub(crate) bank_transactions: [BankTransactionCreate; 1],
}

/// Money spent, as it is created. Its currency is that of the bank account.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct BankTransactionCreate {
    #[serde(rename = "Type")]
    pub(crate) kind: &'static str,
    pub(crate) contact: ContactId,
    pub(crate) bank_account: AccountId,
    pub(crate) date: String,
    pub(crate) reference: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency_rate: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    pub(crate) line_amount_types: &'static str,
    pub(crate) line_items: Vec<LineItem>,
}

/// A line, as it is created.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LineItem {
    pub(crate) description: String,
    pub(crate) quantity: u32,
    pub(crate) unit_amount: Number,
    pub(crate) account_code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tax_type: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tracking: Vec<Tracking>,
}

/// An option of a tracking category, on a line.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Tracking {
    #[serde(rename = "TrackingCategoryID")]
    pub(crate) tracking_category_id: Option<String>,
    #[serde(rename = "TrackingOptionID")]
    pub(crate) tracking_option_id: Option<String>,
}

/// The array that every write to `Contacts` is.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ContactsCreate {
    pub(crate) contacts: Vec<ContactCreate>,
}

/// A contact, as it is created.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ContactCreate {
    pub(crate) name: String,
}

/// Any answer: the one list that was asked for is there.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Lists {
    pub(crate) invoices: Vec<Transaction>,
    pub(crate) bank_transactions: Vec<Transaction>,
    pub(crate) credit_notes: Vec<Transaction>,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) tax_rates: Vec<TaxRate>,
    pub(crate) currencies: Vec<Currency>,
    pub(crate) organisations: Vec<Organisation>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) tracking_categories: Vec<TrackingCategory>,
}

/// A bill, a credit note or money spent, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Transaction {
    #[serde(rename = "InvoiceID")]
    pub(crate) invoice_id: Option<String>,
    #[serde(rename = "BankTransactionID")]
    pub(crate) bank_transaction_id: Option<String>,
    #[serde(rename = "CreditNoteID")]
    pub(crate) credit_note_id: Option<String>,
    pub(crate) credit_note_number: Option<String>,
    pub(crate) total: Option<Number>,
    pub(crate) status: Option<String>,
    pub(crate) contact: Option<ContactRead>,
    pub(crate) currency_code: Option<String>,
    pub(crate) date_string: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) url: Option<String>,
    #[serde(default)]
    pub(crate) line_items: Vec<LineRead>,
}

/// The contact of a transaction.
#[derive(Debug, Deserialize)]
pub(crate) struct ContactRead {
    #[serde(rename = "ContactID")]
    pub(crate) contact_id: Option<String>,
}

/// A line, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct LineRead {
    pub(crate) description: Option<String>,
    pub(crate) account_code: Option<String>,
    pub(crate) tax_type: Option<String>,
    #[serde(default)]
    pub(crate) tracking: Vec<Tracking>,
}

/// A contact, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Contact {
    #[serde(rename = "ContactID")]
    pub(crate) contact_id: String,
    pub(crate) name: Option<String>,
    pub(crate) contact_status: Option<String>,
    pub(crate) default_currency: Option<String>,
    #[serde(rename = "MergedToContactID")]
    pub(crate) merged_to_contact_id: Option<String>,
}

/// An account, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Account {
    #[serde(rename = "AccountID")]
    pub(crate) account_id: String,
    pub(crate) code: Option<String>,
    pub(crate) name: Option<String>,
    #[serde(rename = "Type")]
    pub(crate) kind: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) system_account: Option<String>,
    pub(crate) bank_account_type: Option<String>,
    pub(crate) currency_code: Option<String>,
}

/// A tax rate, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TaxRate {
    pub(crate) tax_type: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) can_apply_to_expenses: Option<bool>,
    pub(crate) effective_rate: Option<Number>,
}

/// A currency that the organisation uses.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Currency {
    pub(crate) code: Option<String>,
}

/// A tracking category, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TrackingCategory {
    #[serde(rename = "TrackingCategoryID")]
    pub(crate) tracking_category_id: String,
    pub(crate) name: Option<String>,
    pub(crate) status: Option<String>,
    #[serde(default)]
    pub(crate) options: Vec<TrackingOption>,
}

/// An option of a tracking category, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TrackingOption {
    #[serde(rename = "TrackingOptionID")]
    pub(crate) tracking_option_id: String,
    pub(crate) name: Option<String>,
    pub(crate) status: Option<String>,
}

/// The organisation, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Organisation {
    pub(crate) name: Option<String>,
    pub(crate) base_currency: Option<String>,
    pub(crate) country_code: Option<String>,
    pub(crate) pays_tax: Option<bool>,
    pub(crate) period_lock_date: Option<String>,
    pub(crate) end_of_year_lock_date: Option<String>,
}

/// A file, as it is read.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Attachment {
    #[serde(rename = "AttachmentID")]
    pub(crate) attachment_id: String,
    pub(crate) file_name: Option<String>,
    pub(crate) content_length: Option<Number>,
}
