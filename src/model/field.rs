//! The fields of a document: their names, their values, and the evidence each value carries.

use jiff::civil;
use rust_decimal::Decimal;

use super::{
    currency::Currency,
    page::{Area, Confidence, Source},
};

/// What kind of paper it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DocumentKind {
    /// Proof of a payment already made.
    Receipt,
    /// A supplier's demand for payment.
    Invoice,
    /// A supplier's promise of money back.
    CreditNote,
    /// Not decided.
    Unknown,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Receipt, Self::Invoice, Self::CreditNote, Self::Unknown];

    /// The name in JSON, tables and pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Receipt => "receipt",
            Self::Invoice => "invoice",
            Self::CreditNote => "credit_note",
            Self::Unknown => "unknown",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

macro_rules! field_names {
    ($($(#[$doc:meta])* $variant:ident = $name:literal is $kind:ident),* $(,)?) => {
        /// The fields vouch knows, in the order a person reads them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FieldName { $($(#[$doc])* $variant),* }

        impl FieldName {
            /// Every field, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in JSON, tables and pages.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// What its values are.
            #[must_use]
            pub const fn kind(self) -> FieldKind {
                match self { $(Self::$variant => FieldKind::$kind),* }
            }
        }
    };
}

/// What the values of a field are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// Words as printed.
    Text,
    /// A calendar date.
    Date,
    /// A currency.
    Currency,
    /// An amount in the document's currency.
    Amount,
}

field_names! {
    /// Who sold it, as printed.
    SupplierName = "supplier_name" is Text,
    /// Where they are, in one line.
    SupplierAddress = "supplier_address" is Text,
    /// Their tax or registration number.
    SupplierTaxId = "supplier_tax_id" is Text,
    /// The number of the receipt or invoice.
    DocumentNumber = "document_number" is Text,
    /// When it was issued.
    IssueDate = "issue_date" is Date,
    /// When it must be paid.
    DueDate = "due_date" is Date,
    /// The currency of every amount on it.
    Currency = "currency" is Currency,
    /// The sum before discount, service charge, tax and rounding.
    Subtotal = "subtotal" is Amount,
    /// Tax charged.
    Tax = "tax" is Amount,
    /// A service charge, which is not a tax.
    ServiceCharge = "service_charge" is Amount,
    /// What rounding to the smallest coin added; negative when it took away.
    Rounding = "rounding" is Amount,
    /// What was taken off; a positive amount.
    Discount = "discount" is Amount,
    /// What is owed or was paid, everything included.
    Total = "total" is Amount,
    /// Cash handed over or card charged.
    AmountPaid = "amount_paid" is Amount,
    /// How it was paid: `cash`, `card`, `octopus`, `fps`, `alipay`, `wechat_pay`, `bank_transfer`, `cheque`.
    PaymentMethod = "payment_method" is Text,
}

impl FieldName {
    /// The field with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldValue {
    /// Words.
    Text(String),
    /// A calendar date.
    Date(civil::Date),
    /// A currency.
    Currency(Currency),
    /// An amount, as an exact decimal in the document's currency.
    Amount(Decimal),
}

impl FieldValue {
    /// The value as JSON and pages show it: dates `YYYY-MM-DD`, amounts as decimals, currencies by code.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Date(date) => date.to_string(),
            Self::Currency(currency) => currency.code().to_owned(),
            Self::Amount(amount) => amount.to_string(),
        }
    }

    /// Reads what `to_text` wrote, or what a person typed.
    ///
    /// # Errors
    /// A sentence saying what was expected.
    pub fn parse(kind: FieldKind, text: &str) -> Result<Self, String> {
        let text = text.trim();
        match kind {
            FieldKind::Text if text.is_empty() => Err("the text is empty".to_owned()),
            FieldKind::Text => Ok(Self::Text(text.to_owned())),
            FieldKind::Date => {
                text.parse().map(Self::Date).map_err(|_| format!("“{text}” is not a date; write it as 2026-03-04"))
            }
            FieldKind::Currency => Currency::parse(text).map(Self::Currency).map_err(|error| error.to_string()),
            FieldKind::Amount => Decimal::from_str_exact(&text.replace(',', ""))
                .map(Self::Amount)
                .map_err(|_| format!("“{text}” is not an amount; write it as 1234.50")),
        }
    }
}

/// A value with where it was seen, which rule chose it, and how sure that is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The value.
    pub value: FieldValue,
    /// How sure.
    pub confidence: Confidence,
    /// Sure enough that no person need look.
    pub accepted: bool,
    /// Which reader saw it.
    pub source: Source,
    /// The rule that chose it, for people who ask why.
    pub rule: String,
    /// The page it was seen on, counted from one.
    pub page: Option<u32>,
    /// Where on that page.
    pub area: Option<Area>,
}

impl Field {
    /// A value that a person typed or confirmed; nobody need look at it again.
    #[must_use]
    pub fn by_person(value: FieldValue) -> Self {
        Self {
            value,
            confidence: Confidence::CERTAIN,
            accepted: true,
            source: Source::Person,
            rule: "a person said so".to_owned(),
            page: None,
            area: None,
        }
    }
}
