//! The members Xero knows on what can be written to it, with their lengths.

use crate::sandbox::shape::{Member, Shape};

const CONTACT_REFERENCE: &[Member] = &[
    ("ContactID", Shape::Text(36)),
    ("ContactNumber", Shape::Text(50)),
    ("ContactStatus", Shape::Ignored),
    ("Name", Shape::Text(255)),
];
const ACCOUNT_REFERENCE: &[Member] =
    &[("AccountID", Shape::Text(36)), ("Code", Shape::Text(10)), ("Name", Shape::Ignored)];

const TRACKING: &[Member] = &[
    ("Name", Shape::Text(100)),
    ("Option", Shape::Text(100)),
    ("TrackingCategoryID", Shape::Text(36)),
    ("TrackingOptionID", Shape::Text(36)),
];

const LINE: &[Member] = &[
    ("AccountCode", Shape::Text(10)),
    ("AccountID", Shape::Text(36)),
    ("AccountId", Shape::Text(36)),
    ("Description", Shape::Text(4000)),
    ("ItemCode", Shape::Text(30)),
    ("LineAmount", Shape::Number),
    ("LineItemID", Shape::Text(36)),
    ("Quantity", Shape::Number),
    ("TaxAmount", Shape::Number),
    ("TaxType", Shape::Text(50)),
    ("Tracking", Shape::List(TRACKING)),
    ("UnitAmount", Shape::Number),
];

const TAX_MODES: &[&str] = &["Exclusive", "Inclusive", "NoTax"];

/// What a bill may hold.
pub(super) const INVOICE: &[Member] = &[
    ("Contact", Shape::Object(CONTACT_REFERENCE)),
    ("CurrencyCode", Shape::Text(3)),
    ("CurrencyRate", Shape::Number),
    ("Date", Shape::Date),
    ("DueDate", Shape::Date),
    ("InvoiceID", Shape::Text(36)),
    ("InvoiceNumber", Shape::Text(255)),
    ("LineAmountTypes", Shape::Choice(TAX_MODES)),
    ("LineItems", Shape::List(LINE)),
    ("PlannedPaymentDate", Shape::Date),
    ("Reference", Shape::Text(255)),
    ("Status", Shape::Choice(&["DRAFT", "SUBMITTED", "AUTHORISED", "VOIDED", "DELETED"])),
    ("SubTotal", Shape::Ignored),
    ("Total", Shape::Ignored),
    ("TotalTax", Shape::Ignored),
    ("Type", Shape::Choice(&["ACCPAY", "ACCREC"])),
    ("Url", Shape::Text(2000)),
];

/// What a credit note may hold. It has no link.
pub(super) const CREDIT_NOTE: &[Member] = &[
    ("Contact", Shape::Object(CONTACT_REFERENCE)),
    ("CreditNoteID", Shape::Text(36)),
    ("CreditNoteNumber", Shape::Text(255)),
    ("CurrencyCode", Shape::Text(3)),
    ("CurrencyRate", Shape::Number),
    ("Date", Shape::Date),
    ("LineAmountTypes", Shape::Choice(TAX_MODES)),
    ("LineItems", Shape::List(LINE)),
    ("Reference", Shape::Text(255)),
    ("Status", Shape::Choice(&["DRAFT", "SUBMITTED", "AUTHORISED", "VOIDED", "DELETED"])),
    ("SubTotal", Shape::Ignored),
    ("Total", Shape::Ignored),
    ("TotalTax", Shape::Ignored),
    ("Type", Shape::Choice(&["ACCPAYCREDIT", "ACCRECCREDIT"])),
];

/// What money spent or received may hold.
pub(super) const BANK_TRANSACTION: &[Member] = &[
    ("BankAccount", Shape::Object(ACCOUNT_REFERENCE)),
    ("BankTransactionID", Shape::Text(36)),
    ("Contact", Shape::Object(CONTACT_REFERENCE)),
    ("CurrencyCode", Shape::Text(3)),
    ("CurrencyRate", Shape::Number),
    ("Date", Shape::Date),
    ("IsReconciled", Shape::Flag),
    ("LineAmountTypes", Shape::Choice(TAX_MODES)),
    ("LineItems", Shape::List(LINE)),
    ("Reference", Shape::Text(255)),
    ("Status", Shape::Choice(&["AUTHORISED", "DELETED", "VOIDED"])),
    ("SubTotal", Shape::Ignored),
    ("Total", Shape::Ignored),
    ("TotalTax", Shape::Ignored),
    ("Type", Shape::Choice(&["SPEND", "RECEIVE"])),
    ("Url", Shape::Text(2000)),
];

/// What a contact may hold.
pub(super) const CONTACT: &[Member] = &[
    ("AccountNumber", Shape::Text(50)),
    ("Addresses", Shape::Ignored),
    ("BankAccountDetails", Shape::Text(250)),
    ("ContactID", Shape::Text(36)),
    ("ContactNumber", Shape::Text(50)),
    ("ContactStatus", Shape::Choice(&["ACTIVE", "ARCHIVED"])),
    ("DefaultCurrency", Shape::Text(3)),
    ("EmailAddress", Shape::Text(255)),
    ("FirstName", Shape::Text(255)),
    ("LastName", Shape::Text(255)),
    ("Name", Shape::Text(255)),
    ("Phones", Shape::Ignored),
    ("TaxNumber", Shape::Text(50)),
];
