//! The members `QuickBooks` knows on what can be written to it, with their lengths.

use crate::sandbox::shape::{Member, Shape};

const REFERENCE: &[Member] = &[("value", Shape::Text(50)), ("name", Shape::Text(500)), ("type", Shape::Text(50))];
const CHOICE_TAX: &[&str] = &["TaxExcluded", "TaxInclusive", "NotApplicable"];

const ACCOUNT_DETAIL: &[Member] = &[
    ("AccountRef", Shape::Object(REFERENCE)),
    ("BillableStatus", Shape::Choice(&["Billable", "NotBillable", "HasBeenBilled"])),
    ("ClassRef", Shape::Object(REFERENCE)),
    ("CustomerRef", Shape::Object(REFERENCE)),
    ("MarkupInfo", Shape::Ignored),
    ("TaxAmount", Shape::Number),
    ("TaxCodeRef", Shape::Object(REFERENCE)),
    ("TaxInclusiveAmt", Shape::Number),
];

const LINE: &[Member] = &[
    ("AccountBasedExpenseLineDetail", Shape::Object(ACCOUNT_DETAIL)),
    ("Amount", Shape::Number),
    ("CustomExtensions", Shape::Ignored),
    ("Description", Shape::Text(4000)),
    ("DetailType", Shape::Choice(&["AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail"])),
    ("Id", Shape::Text(50)),
    ("ItemBasedExpenseLineDetail", Shape::Ignored),
    ("LineNum", Shape::Number),
    ("LinkedTxn", Shape::Ignored),
    ("ProjectRef", Shape::Object(REFERENCE)),
];

const TAX_LINE_DETAIL: &[Member] = &[
    ("NetAmountTaxable", Shape::Number),
    ("PercentBased", Shape::Flag),
    ("TaxPercent", Shape::Number),
    ("TaxRateRef", Shape::Object(REFERENCE)),
];
const TAX_LINE: &[Member] = &[
    ("Amount", Shape::Number),
    ("DetailType", Shape::Choice(&["TaxLineDetail"])),
    ("TaxLineDetail", Shape::Object(TAX_LINE_DETAIL)),
];
const TAX_DETAIL: &[Member] =
    &[("TaxLine", Shape::List(TAX_LINE)), ("TotalTax", Shape::Number), ("TxnTaxCodeRef", Shape::Object(REFERENCE))];

/// What a `Purchase` may hold.
pub(super) const PURCHASE: &[Member] = &[
    ("AccountRef", Shape::Object(REFERENCE)),
    ("Credit", Shape::Flag),
    ("CurrencyRef", Shape::Object(REFERENCE)),
    ("CustomField", Shape::Ignored),
    ("DepartmentRef", Shape::Object(REFERENCE)),
    ("DocNumber", Shape::Text(21)),
    ("EntityRef", Shape::Object(REFERENCE)),
    ("ExchangeRate", Shape::Number),
    ("GlobalTaxCalculation", Shape::Choice(CHOICE_TAX)),
    ("HomeTotalAmt", Shape::Ignored),
    ("Id", Shape::Text(50)),
    ("IncludeInAnnualTPAR", Shape::Flag),
    ("Line", Shape::List(LINE)),
    ("LinkedTxn", Shape::Ignored),
    ("MetaData", Shape::Ignored),
    ("PaymentMethodRef", Shape::Object(REFERENCE)),
    ("PaymentType", Shape::Choice(&["Cash", "Check", "CreditCard"])),
    ("PrintStatus", Shape::Choice(&["NotSet", "NeedToPrint", "PrintComplete"])),
    ("PrivateNote", Shape::Text(4000)),
    ("PurchaseEx", Shape::Ignored),
    ("RemitToAddr", Shape::Ignored),
    ("SyncToken", Shape::Text(50)),
    ("TotalAmt", Shape::Ignored),
    ("TxnDate", Shape::Date),
    ("TxnSource", Shape::Ignored),
    ("TxnTaxDetail", Shape::Object(TAX_DETAIL)),
    ("domain", Shape::Ignored),
    ("sparse", Shape::Flag),
];

/// What a `Bill` may hold.
pub(super) const BILL: &[Member] = &[
    ("APAccountRef", Shape::Object(REFERENCE)),
    ("Balance", Shape::Ignored),
    ("CurrencyRef", Shape::Object(REFERENCE)),
    ("CustomField", Shape::Ignored),
    ("DepartmentRef", Shape::Object(REFERENCE)),
    ("DocNumber", Shape::Text(21)),
    ("DueDate", Shape::Date),
    ("ExchangeRate", Shape::Number),
    ("GlobalTaxCalculation", Shape::Choice(CHOICE_TAX)),
    ("HomeBalance", Shape::Ignored),
    ("HomeTotalAmt", Shape::Ignored),
    ("Id", Shape::Text(50)),
    ("IncludeInAnnualTPAR", Shape::Flag),
    ("Line", Shape::List(LINE)),
    ("LinkedTxn", Shape::Ignored),
    ("MetaData", Shape::Ignored),
    ("PrivateNote", Shape::Text(4000)),
    ("SalesTermRef", Shape::Object(REFERENCE)),
    ("SyncToken", Shape::Text(50)),
    ("TotalAmt", Shape::Ignored),
    ("TxnDate", Shape::Date),
    ("TxnTaxDetail", Shape::Object(TAX_DETAIL)),
    ("VendorAddr", Shape::Ignored),
    ("VendorRef", Shape::Object(REFERENCE)),
    ("domain", Shape::Ignored),
    ("sparse", Shape::Flag),
];

/// What a `VendorCredit` may hold: what a bill may, but nothing about when it is due.
pub(super) const VENDOR_CREDIT: &[Member] = &[
    ("APAccountRef", Shape::Object(REFERENCE)),
    ("Balance", Shape::Ignored),
    ("CurrencyRef", Shape::Object(REFERENCE)),
    ("CustomField", Shape::Ignored),
    ("DepartmentRef", Shape::Object(REFERENCE)),
    ("DocNumber", Shape::Text(21)),
    ("ExchangeRate", Shape::Number),
    ("GlobalTaxCalculation", Shape::Choice(CHOICE_TAX)),
    ("HomeTotalAmt", Shape::Ignored),
    ("Id", Shape::Text(50)),
    ("IncludeInAnnualTPAR", Shape::Flag),
    ("Line", Shape::List(LINE)),
    ("LinkedTxn", Shape::Ignored),
    ("MetaData", Shape::Ignored),
    ("PrivateNote", Shape::Text(4000)),
    ("SyncToken", Shape::Text(50)),
    ("TotalAmt", Shape::Ignored),
    ("TxnDate", Shape::Date),
    ("TxnTaxDetail", Shape::Object(TAX_DETAIL)),
    ("VendorAddr", Shape::Ignored),
    ("VendorRef", Shape::Object(REFERENCE)),
    ("domain", Shape::Ignored),
    ("sparse", Shape::Flag),
];

const ADDRESS: &[Member] = &[
    ("City", Shape::Text(255)),
    ("Country", Shape::Text(255)),
    ("CountrySubDivisionCode", Shape::Text(255)),
    ("Id", Shape::Text(50)),
    ("Lat", Shape::Ignored),
    ("Line1", Shape::Text(500)),
    ("Line2", Shape::Text(500)),
    ("Line3", Shape::Text(500)),
    ("Line4", Shape::Text(500)),
    ("Line5", Shape::Text(500)),
    ("Long", Shape::Ignored),
    ("PostalCode", Shape::Text(30)),
];

/// What a `Vendor` may hold.
pub(super) const VENDOR: &[Member] = &[
    ("AcctNum", Shape::Text(100)),
    ("Active", Shape::Flag),
    ("Balance", Shape::Ignored),
    ("BillAddr", Shape::Object(ADDRESS)),
    ("CompanyName", Shape::Text(100)),
    ("CurrencyRef", Shape::Object(REFERENCE)),
    ("DisplayName", Shape::Text(500)),
    ("FamilyName", Shape::Text(100)),
    ("GivenName", Shape::Text(100)),
    ("Id", Shape::Text(50)),
    ("MetaData", Shape::Ignored),
    ("MiddleName", Shape::Text(100)),
    ("Notes", Shape::Text(4000)),
    ("PrimaryEmailAddr", Shape::Object(&[("Address", Shape::Text(100))])),
    ("PrimaryPhone", Shape::Object(&[("FreeFormNumber", Shape::Text(30))])),
    ("PrintOnCheckName", Shape::Text(100)),
    ("Suffix", Shape::Text(16)),
    ("SyncToken", Shape::Text(50)),
    ("TaxIdentifier", Shape::Text(20)),
    ("TermRef", Shape::Object(REFERENCE)),
    ("Title", Shape::Text(16)),
    ("V4IDPseudonym", Shape::Ignored),
    ("Vendor1099", Shape::Flag),
    ("WebAddr", Shape::Object(&[("URI", Shape::Text(1000))])),
    ("domain", Shape::Ignored),
    ("sparse", Shape::Flag),
];

/// The categories of an attachment, in exactly this writing.
const CATEGORIES: &[&str] = &["Contact Photo", "Document", "Image", "Receipt", "Signature", "Sound", "Other"];

/// What the metadata of an upload may hold.
pub(super) const ATTACHABLE: &[Member] = &[
    (
        "AttachableRef",
        Shape::List(&[
            ("CustomField", Shape::Ignored),
            ("EntityRef", Shape::Object(REFERENCE)),
            ("IncludeOnSend", Shape::Flag),
            ("LineInfo", Shape::Text(50)),
        ]),
    ),
    ("Category", Shape::Choice(CATEGORIES)),
    ("ContentType", Shape::Text(100)),
    ("FileName", Shape::Text(1000)),
    ("Lat", Shape::Text(50)),
    ("Long", Shape::Text(50)),
    ("Note", Shape::Text(2000)),
    ("PlaceName", Shape::Text(2000)),
    ("Tag", Shape::Text(2000)),
];
