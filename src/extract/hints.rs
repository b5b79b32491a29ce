//! What a firm's people have taught: suppliers they know, by the names and tax numbers printed on their papers.
//!
//! A correction becomes a [`Hint`]; the hints that still stand, folded together, are the [`KnownSupplier`]s that the
//! next reading is told about. To undo one, drop its hint and fold the rest again. A known supplier is recognised only
//! by a name or a number that is exactly one that was taught; what could be two of them is none.

use crate::extract::{
    Hints,
    issue::AMBIGUOUS,
    supplier::Found,
    tax_number::Printed,
    text::{distance, letters},
};
use crate::model::{
    category::Category,
    currency::Currency,
    draft::Draft,
    field::{Field, FieldName, FieldValue},
    page::Source,
    tax_id::{TaxId, Verdict},
};

/// The rule of a name that is a known supplier's.
pub const KNOWN_SUPPLIER: &str = "known_supplier";
/// Shorter names, in letters, say too little to know anybody by.
const PRINTED_LETTERS_MIN: usize = 5;
/// Two taught names that differ in no more letters could each be the other misread.
const MISREAD_LETTERS_MAX: usize = 2;

/// One thing that a person's correction taught.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The supplier's name as the books have it.
    pub name: String,
    /// The name as it was read from the paper, in capital letters and digits alone.
    pub printed: Option<String>,
    /// The tax number the paper bears, as [`TaxId::number`] writes it.
    pub tax_id: Option<String>,
    /// Whether its papers write the day before the month, where that was in doubt.
    pub day_first: Option<bool>,
    /// The currency of its papers, where a person put it right.
    pub currency: Option<Currency>,
    /// What was bought; the caller fills it in, a draft has none.
    pub category: Option<Category>,
}

/// A supplier that a firm knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSupplier {
    /// The name as the books have it.
    pub name: String,
    /// Its names as printed, in capital letters and digits alone.
    pub printed: Vec<String>,
    /// Its tax numbers, as [`TaxId::number`] writes them.
    pub tax_ids: Vec<String>,
    /// Whether its papers write the day before the month; nothing where that is not known, or was taught both ways.
    pub day_first: Option<bool>,
    /// The currency of its papers; nothing as above.
    pub currency: Option<Currency>,
    /// What is bought there; nothing as above.
    pub category: Option<Category>,
}

/// What the difference between a draft as read and as a person left it teaches about its supplier; nothing where the
/// supplier is not known afterwards, or nothing was put right. `hints` are those the draft was read with.
#[must_use]
pub fn learn(before: &Draft, after: &Draft, hints: &Hints) -> Option<Hint> {
    let by_person = |name: FieldName| after.fields.get(&name).is_some_and(|field| field.source == Source::Person);
    let name = after.text(FieldName::SupplierName)?.trim().to_owned();
    let read = before.fields.get(&FieldName::SupplierName).filter(|field| field.rule != KNOWN_SUPPLIER);
    let printed = read.filter(|_| by_person(FieldName::SupplierName)).and_then(printed_name);
    let number = || TaxId::parse(after.text(FieldName::SupplierTaxId)?);
    let tax_id = number().filter(|_| by_person(FieldName::SupplierName)).map(|id| id.number().to_owned());
    let day_first = by_person(FieldName::IssueDate).then(|| day_first(before, after, hints)).flatten();
    let currency = after.currency().filter(|_| by_person(FieldName::Currency));
    let sure = by_person(FieldName::SupplierName) || after.accepted(FieldName::SupplierName);
    let taught = printed.is_some() || tax_id.is_some() || day_first.is_some() || currency.is_some();
    let hint = Hint { name, printed, tax_id, day_first, currency, category: None };
    (sure && taught && !hint.name.is_empty()).then_some(hint)
}

fn printed_name(field: &Field) -> Option<String> {
    match &field.value {
        FieldValue::Text(text) => Some(letters(text)).filter(|name| name.chars().count() >= PRINTED_LETTERS_MIN),
        FieldValue::Date(_) | FieldValue::Currency(_) | FieldValue::Amount(_) => None,
    }
}

/// Which way a date that could be read both ways was meant: as it was taken, or with day and month changed about.
fn day_first(before: &Draft, after: &Draft, hints: &Hints) -> Option<bool> {
    let doubtful = before.fields.get(&FieldName::IssueDate)?.rule.contains(AMBIGUOUS);
    let (read, meant) = (before.date(FieldName::IssueDate)?, after.date(FieldName::IssueDate)?);
    let swapped = read.year() == meant.year() && read.day() == meant.month() && read.month() == meant.day();
    match (doubtful, read == meant, swapped) {
        (true, true, _) => Some(hints.day_first),
        (true, false, true) => Some(!hints.day_first),
        (true, false, false) | (false, _, _) => None,
    }
}

/// The suppliers that these hints, oldest first, speak of, by name.
#[must_use]
pub fn known_suppliers(hints: &[Hint]) -> Vec<KnownSupplier> {
    let mut names: Vec<&str> = hints.iter().map(|hint| hint.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let known = |name: &str| {
        let own = || hints.iter().filter(|hint| hint.name == name);
        KnownSupplier {
            name: name.to_owned(),
            printed: each_once(own().filter_map(|hint| hint.printed.clone())),
            tax_ids: each_once(own().filter_map(|hint| hint.tax_id.clone())),
            day_first: agreed(own().filter_map(|hint| hint.day_first)),
            currency: agreed(own().filter_map(|hint| hint.currency)),
            category: agreed(own().filter_map(|hint| hint.category)),
        }
    };
    names.into_iter().map(known).collect()
}

fn each_once(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut list: Vec<String> = texts.collect();
    list.sort_unstable();
    list.dedup();
    list
}

/// What all of them say; nothing where two differ.
fn agreed<T: PartialEq>(mut all: impl Iterator<Item = T>) -> Option<T> {
    let first = all.next()?;
    all.all(|other| other == first).then_some(first)
}

/// The known supplier whose name a draft bears, where that is how its name was found.
#[must_use]
pub fn supplier_of<'k>(draft: &Draft, known: &'k [KnownSupplier]) -> Option<&'k KnownSupplier> {
    let field = draft.fields.get(&FieldName::SupplierName).filter(|field| field.rule == KNOWN_SUPPLIER)?;
    known.iter().find(|supplier| field.value == FieldValue::Text(supplier.name.clone()))
}

/// The one known supplier that the paper's name or tax number is exactly; the name found becomes that of the books.
pub(super) fn recognise<'k>(
    found: &mut Option<Found>,
    printed: &[Printed],
    known: &'k [KnownSupplier],
) -> Option<&'k KnownSupplier> {
    if known.is_empty() {
        return None;
    }
    let name = found.as_ref().filter(|found| !found.grounds.mended).and_then(|found| printed_name(&found.field));
    let numbers = numbers(printed);
    let named = |supplier: &KnownSupplier| name.as_ref().is_some_and(|name| supplier.printed.contains(name));
    let numbered = |supplier: &KnownSupplier| supplier.tax_ids.iter().any(|id| numbers.contains(id));
    let mut all = known.iter().filter(|supplier| named(supplier) || numbered(supplier));
    let (Some(only), None) = (all.next(), all.next()) else { return None };
    let near = |name: &String| {
        let others = known.iter().filter(|other| other.name != only.name).flat_map(|other| &other.printed);
        others.into_iter().any(|other| distance(name, other) <= MISREAD_LETTERS_MAX)
    };
    // One name that was taught could be another one misread; a number settles which.
    if !numbered(only) && name.as_ref().is_some_and(near) {
        return None;
    }
    let found = found.as_mut()?;
    found.field.value = FieldValue::Text(only.name.clone());
    found.field.accepted = true;
    found.grounds.known = true;
    KNOWN_SUPPLIER.clone_into(&mut found.field.rule);
    Some(only)
}

/// The tax numbers of the paper that were surely read and are not its buyer's.
fn numbers(printed: &[Printed]) -> Vec<String> {
    // A misread digit of a number without a check digit makes it another's.
    let surely = |printed: &&Printed| match printed.verdict {
        Verdict::Valid => true,
        Verdict::ShapeOnly => !printed.is_optical(),
        Verdict::WrongCheckDigit => false,
    };
    let sure = printed.iter().filter(surely);
    sure.map(|printed| printed.id.number().to_owned()).collect()
}

#[cfg(test)]
mod tests;
