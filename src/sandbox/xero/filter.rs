//! Xero's `where`: comparisons joined by AND, with typed literals.

use std::cmp::Ordering;

use jiff::civil;
use rust_decimal::Decimal;
use serde_json::Value;

use super::{Answer, Refusal};
use crate::sandbox::value::{self, Row};

/// A filter, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filter {
    comparisons: Vec<Comparison>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Comparison {
    field: String,
    operator: String,
    literal: Literal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Literal {
    Text(String),
    Guid(String),
    Date(civil::Date),
    Flag(bool),
    Number(Decimal),
}

/// The fields that can be asked for, with the type their literals must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Guid,
    Date,
    Flag,
    Number,
}

const FIELDS: [(&str, &[(&str, Kind)]); 7] = [
    (
        "Accounts",
        &[
            ("AccountID", Kind::Guid),
            ("Code", Kind::Text),
            ("Name", Kind::Text),
            ("Type", Kind::Text),
            ("Class", Kind::Text),
            ("Status", Kind::Text),
            ("TaxType", Kind::Text),
            ("BankAccountType", Kind::Text),
        ],
    ),
    ("TaxRates", &[("TaxType", Kind::Text), ("Name", Kind::Text), ("Status", Kind::Text)]),
    ("Currencies", &[("Code", Kind::Text)]),
    (
        "Contacts",
        &[
            ("ContactID", Kind::Guid),
            ("Name", Kind::Text),
            ("ContactNumber", Kind::Text),
            ("EmailAddress", Kind::Text),
            ("ContactStatus", Kind::Text),
            ("IsSupplier", Kind::Flag),
            ("IsCustomer", Kind::Flag),
        ],
    ),
    (
        "Invoices",
        &[
            ("InvoiceID", Kind::Guid),
            ("Type", Kind::Text),
            ("Status", Kind::Text),
            ("InvoiceNumber", Kind::Text),
            ("Date", Kind::Date),
            ("DueDate", Kind::Date),
            ("Total", Kind::Number),
            ("CurrencyCode", Kind::Text),
            ("Contact.ContactID", Kind::Guid),
            ("Contact.Name", Kind::Text),
        ],
    ),
    (
        "CreditNotes",
        &[
            ("CreditNoteID", Kind::Guid),
            ("Type", Kind::Text),
            ("Status", Kind::Text),
            ("CreditNoteNumber", Kind::Text),
            ("Date", Kind::Date),
            ("Total", Kind::Number),
            ("CurrencyCode", Kind::Text),
            ("Contact.ContactID", Kind::Guid),
            ("Contact.Name", Kind::Text),
        ],
    ),
    (
        "BankTransactions",
        &[
            ("BankTransactionID", Kind::Guid),
            ("Type", Kind::Text),
            ("Status", Kind::Text),
            ("Reference", Kind::Text),
            ("Date", Kind::Date),
            ("Total", Kind::Number),
            ("CurrencyCode", Kind::Text),
            ("IsReconciled", Kind::Flag),
            ("Contact.ContactID", Kind::Guid),
            ("Contact.Name", Kind::Text),
            ("BankAccount.AccountID", Kind::Guid),
        ],
    ),
];

impl Filter {
    /// Understands a filter over the records of an endpoint.
    pub(super) fn parse(list: &str, text: &str) -> Answer<Self> {
        let mut rest = text;
        let mut comparisons = Vec::new();
        loop {
            let (comparison, left) = comparison(list, rest)?;
            comparisons.push(comparison);
            let left = left.trim_start();
            if left.is_empty() {
                return Ok(Self { comparisons });
            }
            let word: String = left.chars().take_while(|letter| !letter.is_whitespace()).collect();
            if !(word.eq_ignore_ascii_case("and") || word == "&&") {
                return Err(Refusal::query(format!("Syntax error at '{word}' (the sandbox knows AND only)")));
            }
            rest = left.get(word.len()..).unwrap_or_default();
        }
    }

    /// Whether a record fits.
    pub(super) fn fits(&self, row: &Row) -> bool {
        self.comparisons.iter().all(|comparison| comparison.fits(row))
    }
}

impl Comparison {
    fn fits(&self, row: &Row) -> bool {
        let found = match self.field.split_once('.') {
            Some((object, member)) => value::inner(row, object).and_then(|inner| inner.get(member)),
            None => row.get(&self.field),
        };
        let compared = match &self.literal {
            Literal::Text(wanted) => found.and_then(Value::as_str).map(|text| text.cmp(wanted.as_str())),
            Literal::Guid(wanted) => found.and_then(Value::as_str).map(|text| text.to_lowercase().cmp(wanted)),
            Literal::Date(wanted) => {
                value::date(value::text(row, &format!("{}String", self.field))).map(|day| day.cmp(wanted))
            }
            Literal::Flag(wanted) => found.and_then(Value::as_bool).map(|flag| flag.cmp(wanted)),
            Literal::Number(wanted) => found.and_then(value::decimal).map(|number| number.cmp(wanted)),
        };
        match self.operator.as_str() {
            "!=" => compared != Some(Ordering::Equal),
            ">" => compared == Some(Ordering::Greater),
            "<" => compared == Some(Ordering::Less),
            ">=" => compared.is_some_and(|order| order != Ordering::Less),
            "<=" => compared.is_some_and(|order| order != Ordering::Greater),
            _ => compared == Some(Ordering::Equal),
        }
    }
}

fn comparison<'a>(list: &str, text: &'a str) -> Answer<(Comparison, &'a str)> {
    let text = text.trim_start();
    let name_end = text.find(|letter: char| !(letter.is_alphanumeric() || letter == '.')).unwrap_or(text.len());
    let (name, rest) = text.split_at_checked(name_end).unwrap_or((text, ""));
    let kind = FIELDS
        .iter()
        .find(|(known, _)| *known == list)
        .and_then(|(_, fields)| fields.iter().find(|(field, _)| *field == name))
        .map(|(_, kind)| *kind)
        .ok_or_else(|| Refusal::query(format!("No property or field '{name}' exists in type '{list}'")))?;
    let rest = rest.trim_start();
    let operator = ["==", "!=", ">=", "<=", ">", "<"].into_iter().find(|sign| rest.starts_with(sign));
    let operator = operator.ok_or_else(|| Refusal::query(format!("An operator is missing after '{name}'")))?;
    let rest = rest.get(operator.len()..).unwrap_or_default().trim_start();
    let (literal, rest) = literal(rest)?;
    let fits = match (&literal, kind) {
        (Literal::Text(_), Kind::Text)
        | (Literal::Guid(_), Kind::Guid)
        | (Literal::Date(_), Kind::Date)
        | (Literal::Flag(_), Kind::Flag)
        | (Literal::Number(_), Kind::Number) => true,
        (Literal::Text(_) | Literal::Guid(_) | Literal::Date(_) | Literal::Flag(_) | Literal::Number(_), _) => false,
    };
    let ordered =
        matches!(kind, Kind::Date | Kind::Number) || operator.ends_with('=') && !operator.starts_with(['<', '>']);
    if !fits || !ordered {
        let (left, right) = (kind_name(kind), literal_name(&literal));
        return Err(Refusal::query(format!(
            "Operator '{operator}' incompatible with operand types '{left}' and '{right}'"
        )));
    }
    Ok((Comparison { field: name.to_owned(), operator: operator.to_owned(), literal }, rest))
}

const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "String",
        Kind::Guid => "Guid",
        Kind::Date => "DateTime?",
        Kind::Flag => "Boolean",
        Kind::Number => "Decimal",
    }
}

const fn literal_name(literal: &Literal) -> &'static str {
    match literal {
        Literal::Text(_) => "String",
        Literal::Guid(_) => "Guid",
        Literal::Date(_) => "DateTime",
        Literal::Flag(_) => "Boolean",
        Literal::Number(_) => "Decimal",
    }
}

fn literal(text: &str) -> Answer<(Literal, &str)> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (inside, rest) = quoted.split_once('"').ok_or_else(|| Refusal::query("Unterminated string literal"))?;
        // How Xero wants a quote written inside a string is not documented, so it is refused here.
        if inside.contains('\\') {
            return Err(Refusal::query("Bad escape in a string literal"));
        }
        return Ok((Literal::Text(inside.to_owned()), rest));
    }
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("guid(\"") {
        let (id, rest) = text
            .get(6..)
            .and_then(|inside| inside.split_once("\")"))
            .ok_or_else(|| Refusal::query("guid is not closed"))?;
        let id = uuid::Uuid::try_parse(id).map_err(|_| Refusal::query(format!("'{id}' is not a Guid")))?;
        return Ok((Literal::Guid(id.to_string()), rest));
    }
    if text.starts_with("DateTime(") {
        let (inside, rest) = text
            .get(9..)
            .and_then(|inside| inside.split_once(')'))
            .ok_or_else(|| Refusal::query("DateTime is not closed"))?;
        let day = date(inside).ok_or_else(|| Refusal::query(format!("'DateTime({inside})' is not a date")))?;
        return Ok((Literal::Date(day), rest));
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    let literal = match word.to_ascii_lowercase().as_str() {
        "true" => Literal::Flag(true),
        "false" => Literal::Flag(false),
        _ => Literal::Number(word.parse().map_err(|_| Refusal::query(format!("Unknown identifier '{word}'")))?),
    };
    Ok((literal, rest))
}

fn date(inside: &str) -> Option<civil::Date> {
    let mut numbers = inside.split(',').map(str::trim);
    let year = numbers.next()?.parse().ok()?;
    let month = numbers.next()?.parse().ok()?;
    let day = numbers.next()?.parse().ok()?;
    if numbers.next().is_some() { None } else { civil::Date::new(year, month, day).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fits(text: &str) -> bool {
        let row = value::row(json!({
            "Type": "SPEND", "Reference": "VCH-1", "DateString": "2026-11-18T00:00:00", "Total": 12.50,
            "Contact": {"ContactID": "5EED0003-0001-4000-8000-000000000001", "Name": "A & B"}}));
        Filter::parse("BankTransactions", text).expect("the filter is good").fits(&row)
    }

    #[test]
    fn filters_compare_by_type() {
        for (text, expected) in [
            ("Reference==\"VCH-1\" AND Type==\"SPEND\"", true),
            ("Reference==\"vch-1\"", false),
            ("Type==\"SPEND\" AND Date==DateTime(2026,11,18)", true),
            ("Date >= DateTime(2026, 11, 1) && Date < DateTime(2026, 12, 1)", true),
            ("Date>DateTime(2026,11,18)", false),
            ("Contact.ContactID==guid(\"5eed0003-0001-4000-8000-000000000001\")", true),
            ("Contact.Name==\"A & B\" AND Total==12.5", true),
            ("Type!=\"RECEIVE\"", true),
        ] {
            assert_eq!(fits(text), expected, "{text}");
        }
    }

    #[test]
    fn what_xero_cannot_parse_is_refused() {
        for text in [
            "Date>\"2026-11-01\"",
            "Reference=\"VCH-1\"",
            "Reference==\"VCH-1",
            "Reference==\"a\\\"b\"",
            "Refrence==\"VCH-1\"",
            "Type==\"SPEND\" OR Type==\"RECEIVE\"",
            "Contact.ContactID==\"5eed0003-0001-4000-8000-000000000001\"",
            "Reference>\"a\"",
            "",
        ] {
            let refused = Filter::parse("BankTransactions", text).expect_err("the filter is bad");
            assert_eq!(refused.of_type, "QueryParseException", "{text}");
        }
    }
}
