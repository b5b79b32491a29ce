//! What was understood of one document, before anybody decided anything about it.

use std::collections::BTreeMap;

use jiff::civil;
use rust_decimal::Decimal;

use super::{
    currency::Currency,
    field::{DocumentKind, Field, FieldName, FieldValue},
    finding::Finding,
    money::Money,
    page::Area,
};

/// One line of a receipt or invoice: a thing bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineItem {
    /// What was bought.
    pub description: String,
    /// How many.
    pub quantity: Option<Decimal>,
    /// The price of one.
    pub unit_price: Option<Decimal>,
    /// The line's amount, in the document's currency.
    pub amount: Option<Decimal>,
    /// The page it stands on, counted from one.
    pub page: u32,
    /// Where on that page.
    pub area: Area,
}

/// Everything read from one document. A field that could not be read is absent; it is never guessed silently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What kind of paper it is.
    pub kind: DocumentKind,
    /// How many pages it has.
    pub pages: u32,
    /// The fields that were found.
    pub fields: BTreeMap<FieldName, Field>,
    /// The things bought, where the layout was plain.
    pub line_items: Vec<LineItem>,
    /// What the extraction itself noticed.
    pub problems: Vec<Finding>,
}

impl Draft {
    /// A draft in which nothing was found.
    #[must_use]
    pub const fn empty(pages: u32) -> Self {
        Self {
            kind: DocumentKind::Unknown,
            pages,
            fields: BTreeMap::new(),
            line_items: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// The text of a text field.
    #[must_use]
    pub fn text(&self, name: FieldName) -> Option<&str> {
        match self.fields.get(&name).map(|field| &field.value) {
            Some(FieldValue::Text(text)) => Some(text),
            Some(FieldValue::Date(_) | FieldValue::Currency(_) | FieldValue::Amount(_)) | None => None,
        }
    }

    /// The date in a date field.
    #[must_use]
    pub fn date(&self, name: FieldName) -> Option<civil::Date> {
        match self.fields.get(&name).map(|field| &field.value) {
            Some(FieldValue::Date(date)) => Some(*date),
            Some(FieldValue::Text(_) | FieldValue::Currency(_) | FieldValue::Amount(_)) | None => None,
        }
    }

    /// The document's currency.
    #[must_use]
    pub fn currency(&self) -> Option<Currency> {
        match self.fields.get(&FieldName::Currency).map(|field| &field.value) {
            Some(FieldValue::Currency(currency)) => Some(*currency),
            Some(FieldValue::Text(_) | FieldValue::Date(_) | FieldValue::Amount(_)) | None => None,
        }
    }

    /// The decimal in an amount field, without its currency.
    #[must_use]
    pub fn amount(&self, name: FieldName) -> Option<Decimal> {
        match self.fields.get(&name).map(|field| &field.value) {
            Some(FieldValue::Amount(amount)) => Some(*amount),
            Some(FieldValue::Text(_) | FieldValue::Date(_) | FieldValue::Currency(_)) | None => None,
        }
    }

    /// An amount field as money; absent when the currency is, or when the amount does not fit it.
    #[must_use]
    pub fn money(&self, name: FieldName) -> Option<Money> {
        Money::from_decimal(self.amount(name)?, self.currency()?).ok()
    }

    /// The total as an entry takes it: a credit note's without its sign, because some print one and some do not.
    #[must_use]
    pub fn entry_total(&self) -> Option<Money> {
        let total = self.money(FieldName::Total)?;
        let is_credit = self.kind == DocumentKind::CreditNote;
        Some(if is_credit { Money::from_minor(total.minor().saturating_abs(), total.currency()) } else { total })
    }

    /// Whether the field is there and sure.
    #[must_use]
    pub fn accepted(&self, name: FieldName) -> bool {
        self.fields.get(&name).is_some_and(|field| field.accepted)
    }
}
