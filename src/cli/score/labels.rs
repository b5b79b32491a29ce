//! Labels: what people wrote down as right, for each file.
//!
//! Three forms are known, and found out by their keys: receipts (`company`, `date`, `total`), e-invoices (`seller`,
//! `issue_date`, `net` …) and one JSON file for each invoice (`amount`, `invoice_number` …, the form of invoice2data's
//! tests). A value that cannot be understood is kept apart and reported; it is never taken for "not labelled".

use std::{collections::BTreeMap, str::FromStr};

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::forms::{label_amount, label_date, number_key, supplier_key};
use crate::model::{currency::Currency, field::FieldName};

/// The fields that are scored, in the order of the report.
pub(super) const SCORED: [FieldName; 7] = [
    FieldName::Total,
    FieldName::IssueDate,
    FieldName::SupplierName,
    FieldName::Currency,
    FieldName::DocumentNumber,
    FieldName::Subtotal,
    FieldName::Tax,
];

/// What is right for one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Label {
    /// The file's name, or its name without the ending.
    pub(super) file: String,
    /// The fields somebody labelled.
    pub(super) wanted: BTreeMap<FieldName, Wanted>,
    /// The file breaks a rule of its standard on purpose: right is to refuse it.
    pub(super) broken: bool,
}

/// What one field should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    /// As the label has it.
    pub(super) printed: String,
    /// In the form that is compared.
    pub(super) value: WantedValue,
}

/// A label's value in the form that is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum WantedValue {
    /// Exactly this amount.
    Amount(Decimal),
    /// This day.
    Date(Date),
    /// This currency.
    Currency(Currency),
    /// The key of this number (`forms::number_key`).
    Number(String),
    /// The key of one of these names (`forms::supplier_key`).
    Supplier(Vec<String>),
}

/// A label that could not be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unclear {
    /// Which file's.
    pub(super) file: String,
    /// Why not, in a few words.
    pub(super) reason: String,
}

/// The labels of a set of files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Labels {
    /// In the order of their files' names.
    pub(super) labels: Vec<Label>,
    /// What was not understood; such a field counts as not labelled.
    pub(super) unclear: Vec<Unclear>,
}

/// A file has no labels in a known form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum LabelError {
    /// It is not JSON.
    #[error("it is not JSON (line {line}, column {column})")]
    NotJson {
        /// Counted from one.
        line: usize,
        /// Counted from one.
        column: usize,
    },
    /// It is JSON of another kind.
    #[error(
        "it has no labels in a known form: an object from file names to objects with `company`, `date` and `total` or \
         with `seller`, `issue_date` and `total`, or a list of one object with `amount`, `date` and `invoice_number`"
    )]
    UnknownForm,
}

/// One form of labels.
struct Layout {
    /// Any of these keys tells it from the others.
    marks: &'static [&'static str],
    /// Which keys hold a field; of several with a value the first counts, of names any.
    keys: &'static [(FieldName, &'static [&'static str])],
    /// Whether values are as printed on paper, or already in the form of programs.
    as_printed: bool,
}

/// Receipts come last: their marks are the most general.
const LAYOUTS: [Layout; 3] = [
    Layout {
        marks: &["issue_date", "seller", "fail_folder"],
        keys: &[
            (FieldName::Total, &["total"]),
            (FieldName::IssueDate, &["issue_date"]),
            (FieldName::SupplierName, &["seller"]),
            (FieldName::Currency, &["currency"]),
            (FieldName::DocumentNumber, &["number"]),
            (FieldName::Subtotal, &["net"]),
            (FieldName::Tax, &["tax"]),
        ],
        as_printed: false,
    },
    Layout {
        marks: &["amount", "invoice_number", "amount_untaxed", "partner_name", "issuer"],
        keys: &[
            (FieldName::Total, &["amount"]),
            (FieldName::IssueDate, &["date"]),
            (FieldName::SupplierName, &["partner_name", "issuer"]),
            (FieldName::Currency, &["currency"]),
            (FieldName::DocumentNumber, &["invoice_number"]),
            (FieldName::Subtotal, &["amount_untaxed"]),
            (FieldName::Tax, &["amount_tax"]),
        ],
        as_printed: false,
    },
    Layout {
        marks: &["company", "date", "total"],
        keys: &[
            (FieldName::Total, &["total"]),
            (FieldName::IssueDate, &["date"]),
            (FieldName::SupplierName, &["company"]),
            (FieldName::Currency, &["currency"]),
            (FieldName::DocumentNumber, &["number"]),
        ],
        as_printed: true,
    },
];

impl Labels {
    /// Reads a file of labels. `stem` is its own name without the ending: the file that a list of one object is about.
    ///
    /// # Errors
    /// It is not JSON, or of no known form.
    pub(super) fn parse(stem: &str, text: &str) -> Result<Self, LabelError> {
        let json: Value = serde_json::from_str(text)
            .map_err(|error| LabelError::NotJson { line: error.line(), column: error.column() })?;
        let mut labels = Self::default();
        match &json {
            Value::Array(documents) => match documents.as_slice() {
                [Value::Object(entry)] => labels.add(stem, entry),
                _ => return Err(LabelError::UnknownForm),
            },
            Value::Object(entry) if Layout::of(entry).is_some_and(|layout| layout.has_value(entry)) => {
                labels.add(stem, entry);
            }
            Value::Object(entries) => {
                for (file, entry) in entries {
                    match entry {
                        Value::Object(entry) => labels.add(file, entry),
                        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                            labels.unclear.push(Unclear::new(file, "it is not an object"));
                        }
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        if labels.labels.is_empty() { Err(LabelError::UnknownForm) } else { Ok(labels) }
    }

    fn add(&mut self, file: &str, entry: &Map<String, Value>) {
        let Some(layout) = Layout::of(entry) else {
            self.unclear.push(Unclear::new(file, "none of its keys is known"));
            return;
        };
        let mut wanted = BTreeMap::new();
        for (name, keys) in layout.keys {
            match layout.wanted(*name, keys, entry) {
                Ok(Some(value)) => drop(wanted.insert(*name, value)),
                Ok(None) => {}
                Err(reason) => self.unclear.push(Unclear::new(file, &reason)),
            }
        }
        let broken = entry.get("fail_folder").and_then(Value::as_bool).unwrap_or(false);
        self.labels.push(Label { file: file.to_owned(), wanted, broken });
    }
}

impl Unclear {
    fn new(file: &str, reason: &str) -> Self {
        Self { file: file.to_owned(), reason: reason.to_owned() }
    }
}

impl Layout {
    fn of(entry: &Map<String, Value>) -> Option<&'static Self> {
        LAYOUTS.iter().find(|layout| layout.marks.iter().any(|mark| entry.contains_key(*mark)))
    }

    /// Whether a mark has a plain value, and so is not the name of a file: the label of `total.jpg` may be `total`.
    fn has_value(&self, entry: &Map<String, Value>) -> bool {
        self.marks.iter().filter_map(|mark| entry.get(*mark)).any(|value| !value.is_object())
    }

    fn wanted(&self, name: FieldName, keys: &[&str], entry: &Map<String, Value>) -> Result<Option<Wanted>, String> {
        let mut texts = Vec::new();
        for key in keys {
            match entry.get(*key) {
                None | Some(Value::Null) => {}
                Some(Value::String(text)) if text.trim().is_empty() => {}
                Some(Value::String(text)) => texts.push(text.clone()),
                Some(Value::Number(number)) => texts.push(number.to_string()),
                Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
                    return Err(format!("its `{key}` is neither a text nor a number"));
                }
            }
        }
        let Some(printed) = texts.first().cloned() else { return Ok(None) };
        match self.value(name, &printed, &texts) {
            Some(value) => Ok(Some(Wanted { printed, value })),
            None => Err(format!("its {} {printed:?} is not understood", name.name())),
        }
    }

    fn value(&self, name: FieldName, printed: &str, texts: &[String]) -> Option<WantedValue> {
        let plain = printed.trim();
        match name {
            FieldName::Total | FieldName::Subtotal | FieldName::Tax => {
                let exact = Decimal::from_str(plain).or_else(|_| Decimal::from_scientific(plain)).ok();
                let amount = if self.as_printed { exact.or_else(|| label_amount(plain)) } else { exact };
                amount.map(WantedValue::Amount)
            }
            FieldName::IssueDate => {
                let exact = if self.as_printed { None } else { plain.parse().ok() };
                exact.or_else(|| label_date(plain)).map(WantedValue::Date)
            }
            FieldName::Currency => Currency::parse(plain).ok().map(WantedValue::Currency),
            FieldName::DocumentNumber => Some(WantedValue::Number(number_key(plain))),
            FieldName::SupplierName => {
                let keys: Vec<String> = texts.iter().map(|text| supplier_key(text)).collect();
                let keys: Vec<String> = keys.into_iter().filter(|key| !key.is_empty()).collect();
                if keys.is_empty() { None } else { Some(WantedValue::Supplier(keys)) }
            }
            FieldName::SupplierAddress
            | FieldName::SupplierTaxId
            | FieldName::DueDate
            | FieldName::ServiceCharge
            | FieldName::Rounding
            | FieldName::Discount
            | FieldName::AmountPaid
            | FieldName::PaymentMethod => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(stem: &str, text: &str) -> Label {
        let labels = Labels::parse(stem, text).expect("labels");
        assert_eq!((labels.labels.len(), labels.unclear.as_slice()), (1, [].as_slice()), "{text}");
        labels.labels.into_iter().next().expect("one label")
    }

    fn amount(text: &str) -> WantedValue {
        WantedValue::Amount(Decimal::from_str(text).expect("a decimal"))
    }

    fn value(label: &Label, name: FieldName) -> Option<&WantedValue> {
        label.wanted.get(&name).map(|wanted| &wanted.value)
    }

    #[test]
    fn receipts_are_as_printed() {
        let label = only(
            "labels",
            r#"{"002": {"company": "Tea Shop (12345-X)", "date": "12-01-19", "address": "x", "total": "RM 1,033.90",
                "currency": "myr", "number": "a 1", "text": ["x"]}}"#,
        );
        assert_eq!((label.file.as_str(), label.broken, label.wanted.len()), ("002", false, 5));
        assert_eq!(value(&label, FieldName::Total), Some(&amount("1033.90")));
        assert_eq!(value(&label, FieldName::IssueDate), Some(&WantedValue::Date(jiff::civil::date(2019, 1, 12))));
        assert_eq!(value(&label, FieldName::SupplierName), Some(&WantedValue::Supplier(vec!["TEASHOP".to_owned()])));
        assert_eq!(value(&label, FieldName::DocumentNumber), Some(&WantedValue::Number("A1".to_owned())));
        assert_eq!(label.wanted.get(&FieldName::Total).map(|wanted| wanted.printed.as_str()), Some("RM 1,033.90"));
    }

    #[test]
    fn e_invoices_are_exact_and_may_be_broken() {
        let label = only(
            "labels",
            r#"{"a.cii.xml": {"fail_folder": true, "number": "47", "issue_date": "1997-01-07", "seller": "Amt",
                "currency": "EUR", "total": "300", "tax": null, "net": "252.1", "n_lines": 2}}"#,
        );
        assert_eq!((label.file.as_str(), label.broken, label.wanted.len()), ("a.cii.xml", true, 6));
        assert_eq!(value(&label, FieldName::IssueDate), Some(&WantedValue::Date(jiff::civil::date(1997, 1, 7))));
        assert_eq!(value(&label, FieldName::Subtotal), Some(&amount("252.1")));
        assert_eq!(value(&label, FieldName::Tax), None);
    }

    #[test]
    fn invoices_have_a_file_each_and_numbers_that_stay_exact() {
        let text = r#"[{"issuer": "Cloud", "partner_name": "Cloud, Inc.", "amount": 0.30000000000000001,
            "amount_tax": 1e2, "date": "2014-08-03", "invoice_number": "42", "lines": [{"name": "x"}]}]"#;
        for text in [text.to_owned(), text.trim_matches(['[', ']']).to_owned()] {
            let label = only("cloud", &text);
            assert_eq!((label.file.as_str(), label.wanted.len()), ("cloud", 5));
            assert_eq!(value(&label, FieldName::Total), Some(&amount("0.30000000000000001")));
            assert_eq!(value(&label, FieldName::Tax), Some(&amount("100")));
            let names = WantedValue::Supplier(vec!["CLOUDINC".to_owned(), "CLOUD".to_owned()]);
            assert_eq!(value(&label, FieldName::SupplierName), Some(&names));
        }
    }

    #[test]
    fn what_is_not_understood_is_said_and_what_is_empty_is_not_labelled() {
        let text = r#"{"1": {"company": "!", "date": "soon", "total": ""}, "2": {"colour": "red"}, "3": 7,
            "4": {"amount": "1.234,56", "date": [1]}, "total": {"total": "5"}}"#;
        let labels = Labels::parse("labels", text).expect("labels");
        let files: Vec<_> = labels.labels.iter().map(|label| (label.file.as_str(), label.wanted.len())).collect();
        assert_eq!(files, [("1", 0), ("4", 0), ("total", 1)]);
        let unclear: Vec<_> = labels.unclear.iter().map(|found| format!("{}: {}", found.file, found.reason)).collect();
        assert_eq!(
            unclear,
            [
                "1: its issue_date \"soon\" is not understood",
                "1: its supplier_name \"!\" is not understood",
                "2: none of its keys is known",
                "3: it is not an object",
                "4: its total \"1.234,56\" is not understood",
                "4: its `date` is neither a text nor a number",
            ]
        );
    }

    #[test]
    fn other_files_are_refused() {
        for text in ["[]", "{}", "7", "null", r#"[{"amount": 1}, {"amount": 2}]"#, r#"{"a": {"b": 1}}"#, r#"["x"]"#] {
            assert_eq!(Labels::parse("x", text), Err(LabelError::UnknownForm), "{text}");
        }
        assert_eq!(Labels::parse("x", "{\n  oops"), Err(LabelError::NotJson { line: 2, column: 3 }));
    }
}
