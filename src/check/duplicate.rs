//! D: has this purchase been seen before? Duplicates are proposed, side by side; people decide, and nothing is dropped.

use jiff::civil;

use super::{
    Subject,
    subject::{Candidate, LedgerEntry},
};
use crate::model::{
    draft::Draft,
    field::{DocumentKind, FieldName},
    finding::{Finding, Severity},
    id::DocumentId,
    money::Money,
    policy::Policy,
};

/// Of the 256 signs of two pages, in how many they may differ and still be one paper: a fifth, where two papers that have
/// nothing to do with each other differ in about half.
pub const DISTANCE_MAX: u32 = 52;
/// A receipt's number with fewer signs is a till's counter or a table's number, and comes again.
const NUMBER_SIGNS_MIN: usize = 5;
/// An invoice's receipt follows within so many days.
const PAIR_DAYS: i32 = 60;
/// Two names are alike where at most one sign in so many differs.
const NAME_SIGNS_A_SLIP: usize = 5;
/// Names longer than this are compared by their beginning.
const NAME_MAX: usize = 80;

/// What makes two documents the same purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The supplier's name without case, spaces and punctuation.
    pub supplier_key: String,
    /// The date on the paper.
    pub issue_date: civil::Date,
    /// The total and its currency.
    pub total: Money,
    /// The number on the paper, without spaces, where there is one.
    pub document_number: Option<String>,
}

impl Identity {
    /// The identity of a draft; `None` while a part of it is missing.
    #[must_use]
    pub fn of(draft: &Draft) -> Option<Self> {
        let supplier_key = supplier_key(draft.text(FieldName::SupplierName)?);
        Some(Self {
            supplier_key,
            issue_date: draft.date(FieldName::IssueDate)?,
            total: draft.money(FieldName::Total)?,
            document_number: number(draft),
        })
    }
}

/// A document that has the same supplier, date, total and currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Twin {
    /// The other document.
    pub id: DocumentId,
    /// Its number, where there is one.
    pub document_number: Option<String>,
}

/// A supplier's name without case, spaces and punctuation: `Blue Café Ltd.` and `BLUE CAFÉ LTD` are one.
#[must_use]
pub fn supplier_key(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The number on a paper, without spaces.
fn number(draft: &Draft) -> Option<String> {
    draft.text(FieldName::DocumentNumber).map(|number| number.split_whitespace().collect())
}

/// Two printed numbers that differ make two genuine purchases; a number that is missing says nothing.
fn may_be_one(own: Option<&String>, other: Option<&String>) -> bool {
    own.zip(other).is_none_or(|(own, other)| own == other)
}

/// D1: the same bytes were handed over before. They are one document, so nothing can be paid twice; it is worth knowing.
pub(super) fn same_bytes(subject: &Subject<'_>) -> Option<Finding> {
    let uploads = subject.known.uploads;
    if uploads < 2 {
        return None;
    }
    let message = format!("This file was handed over {uploads} times; it is kept as one document.");
    Some(Finding::new("D1", Severity::Info, message, &[]))
}

/// D2: a picture of the same paper is here. Papers of one shop look alike, so what was read is asked too: where two of
/// number, date and total differ, it is another paper.
pub(super) fn same_picture(subject: &Subject<'_>) -> Option<Finding> {
    if subject.kept {
        return None;
    }
    let own = (number(subject.draft), subject.draft.date(FieldName::IssueDate), subject.draft.money(FieldName::Total));
    let differing = |other: &Candidate| {
        let differs = [
            own.0.as_ref().zip(other.document_number.as_ref()).is_some_and(|(own, other)| own != other),
            own.1.zip(other.issue_date).is_some_and(|(own, other)| own != other),
            own.2.zip(other.total).is_some_and(|(own, other)| own != other),
        ];
        differs.into_iter().filter(|differs| *differs).count()
    };
    let alike = subject.known.lookalikes.iter().filter(|other| other.distance <= DISTANCE_MAX);
    let mut alike: Vec<_> = alike.filter(|other| differing(&other.document) < 2).collect();
    alike.sort_by_key(|other| other.distance);
    let others: Vec<DocumentId> = alike.into_iter().map(|other| other.document.id).collect();
    others.first()?;
    let message = "This looks like a picture of a paper that is here already; compare the two.";
    Some(Finding::new("D2", Severity::Flag, message, &[]).with_others(others))
}

/// D3: the same supplier and number, though the date or the total is another.
pub(super) fn same_number(subject: &Subject<'_>) -> Option<Finding> {
    let counts =
        |number: &String| subject.draft.kind == DocumentKind::Invoice || number.chars().count() >= NUMBER_SIGNS_MIN;
    let own_number = number(subject.draft).filter(counts)?;
    let supplier = supplier_key(subject.draft.text(FieldName::SupplierName)?);
    let same = |other: &Candidate| {
        other.document_number.as_ref() == Some(&own_number) && other.supplier_key.as_ref() == Some(&supplier)
    };
    let others = remaining(subject, same, |_| true)?;
    let message = format!("This supplier's number {own_number} was seen before, with another date or total.");
    let fields = [FieldName::SupplierName, FieldName::DocumentNumber];
    Some(Finding::new("D3", Severity::Flag, message, &fields).with_others(others))
}

/// D4: same supplier, date, total and currency. Two different printed numbers make it two genuine purchases.
pub(super) fn same_purchase(subject: &Subject<'_>) -> Option<Finding> {
    if subject.kept {
        return None;
    }
    let others = same_purchases(subject);
    others.first()?;
    let message = "The same supplier, date and total were seen before; keep both only if there were two purchases.";
    let fields = [FieldName::SupplierName, FieldName::IssueDate, FieldName::Total];
    Some(Finding::new("D4", Severity::Flag, message, &fields).with_others(others))
}

fn same_purchases(subject: &Subject<'_>) -> Vec<DocumentId> {
    let Some(own) = Identity::of(subject.draft) else { return Vec::new() };
    let same = |twin: &&Twin| may_be_one(own.document_number.as_ref(), twin.document_number.as_ref());
    subject.twins.iter().filter(same).map(|twin| twin.id).collect()
}

/// The candidates that both tests let through and no stricter rule has named; nothing where a person kept it.
fn remaining(
    subject: &Subject<'_>,
    first: impl Fn(&Candidate) -> bool,
    second: impl Fn(&Candidate) -> bool,
) -> Option<Vec<DocumentId>> {
    let named = same_purchases(subject);
    let all = subject.known.candidates.iter().filter(|_| !subject.kept);
    let left = all.filter(|other| first(other) && second(other) && !named.contains(&other.id));
    let others: Vec<DocumentId> = left.map(|other| other.id).collect();
    (!others.is_empty()).then_some(others)
}

/// The same total from a like-named supplier, so many days away at most, and no two numbers that differ.
fn like_purchase(subject: &Subject<'_>, other: &Candidate, days_max: i32) -> bool {
    let (draft, own_number) = (subject.draft, number(subject.draft));
    let names = draft.text(FieldName::SupplierName).zip(other.supplier_key.as_ref());
    let dates = draft.date(FieldName::IssueDate).zip(other.issue_date);
    let near = dates.is_some_and(|(own, other)| own.until(other).is_ok_and(|span| span.get_days().abs() <= days_max));
    // What is given back is no second purchase, though it may be all of the first.
    let one_way = (draft.kind == DocumentKind::CreditNote) == (other.kind == DocumentKind::CreditNote);
    one_way
        && draft.money(FieldName::Total).is_some_and(|total| other.total == Some(total))
        && names.is_some_and(|(own, other)| names_alike(&supplier_key(own), other))
        && near
        && (may_be_one(own_number.as_ref(), other.document_number.as_ref()) || is_pair(draft.kind, other.kind))
}

/// D5: a like-named supplier, the same total, a few days apart.
pub(super) fn like_another(subject: &Subject<'_>, policy: &Policy) -> Option<Finding> {
    let days = i32::try_from(policy.duplicate_days).unwrap_or(i32::MAX);
    let alike = |other: &Candidate| like_purchase(subject, other, days);
    let others = remaining(subject, alike, |other| !is_pair(subject.draft.kind, other.kind))?;
    let message = "A like-named supplier has the same total within a few days; compare the two.";
    let fields = [FieldName::SupplierName, FieldName::IssueDate, FieldName::Total];
    Some(Finding::new("D5", Severity::Flag, message, &fields).with_others(others))
}

/// I5: an invoice and its receipt are one purchase.
pub(super) fn invoice_and_receipt(subject: &Subject<'_>) -> Option<Finding> {
    let alike = |other: &Candidate| like_purchase(subject, other, PAIR_DAYS);
    let others = remaining(subject, alike, |other| is_pair(subject.draft.kind, other.kind))?;
    let message = "An invoice and a receipt over the same amount are here; if they are of one purchase, post only one.";
    let fields = [FieldName::SupplierName, FieldName::Total];
    Some(Finding::new("I5", Severity::Flag, message, &fields).with_others(others))
}

const fn is_pair(own: DocumentKind, other: DocumentKind) -> bool {
    matches!(
        (own, other),
        (DocumentKind::Invoice, DocumentKind::Receipt) | (DocumentKind::Receipt, DocumentKind::Invoice)
    )
}

/// Whether two keys are of one supplier: one begins the other, or one sign in five differs at most.
fn names_alike(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) =
        (one.chars().take(NAME_MAX).collect(), other.chars().take(NAME_MAX).collect());
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    if short.is_empty() {
        return false;
    }
    // `bluecafe` and `bluecafeltd`; a lone letter begins too much.
    if short.len() >= 4 && long.starts_with(short) {
        return true;
    }
    let slips_max = long.len() / NAME_SIGNS_A_SLIP;
    long.len() - short.len() <= slips_max && edits(short, long) <= slips_max
}

/// How many signs must be put in, left out or changed to make one of the other.
fn edits(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, own) in (1..).zip(one) {
        let mut corner = at - 1;
        let mut left = at;
        if let Some(first) = row.first_mut() {
            *first = at;
        }
        for (cell, sign) in row.iter_mut().skip(1).zip(other) {
            let best = (corner + usize::from(own != sign)).min(left + 1).min(*cell + 1);
            (corner, left, *cell) = (*cell, best, best);
        }
    }
    row.last().copied().unwrap_or_default()
}

/// The code and number of a mainland fapiao in one text, as documents keep it: the number alone where it has twenty
/// digits, else the code of ten or twelve digits that stands on the page, and the number of eight.
#[must_use]
pub fn fapiao_key(draft: &Draft, pages: &[crate::model::page::Page]) -> Option<String> {
    let number = number(draft).filter(|number| number.chars().all(|c| c.is_ascii_digit()))?;
    if number.len() == 20 {
        return Some(number);
    }
    let is_china = draft.currency().is_some_and(|currency| currency.code() == "CNY");
    let words = pages.iter().flat_map(|page| &page.words).filter(|_| is_china && number.len() == 8);
    let digits = words.map(|word| word.text.chars().filter(char::is_ascii_digit).collect::<String>());
    let mut codes: Vec<String> = digits.filter(|digits| matches!(digits.len(), 10 | 12)).collect();
    codes.sort();
    codes.dedup();
    // Of two numbers that could be the code, neither is sure.
    match codes.as_slice() {
        [code] => Some(format!("{code}-{number}")),
        _ => None,
    }
}

/// D6: a fapiao is used once in the whole group. It stays said although a person kept both: the law knows no second use.
pub(super) fn same_fapiao(subject: &Subject<'_>) -> Option<Finding> {
    let others = &subject.known.same_fapiao;
    others.first()?;
    let message = "This fapiao, by its code and number, was used before; a fapiao is used once. Reject one of the two.";
    Some(Finding::new("D6", Severity::Block, message, &[FieldName::DocumentNumber]).with_others(others.iter().copied()))
}

/// D7: the ledger has it already, typed in by somebody: the same number and total, or the same supplier, date and total.
pub(super) fn in_ledger(subject: &Subject<'_>) -> Option<Finding> {
    let (own, kept) = (Identity::of(subject.draft)?, subject.kept);
    let same = |entry: &&LedgerEntry| {
        let number = own.document_number.as_ref().filter(|number| entry.document_number.as_ref() == Some(*number));
        let supplier = names_alike(&own.supplier_key, &entry.supplier_key);
        let by_day = entry.date == Some(own.issue_date)
            && may_be_one(own.document_number.as_ref(), entry.document_number.as_ref());
        entry.total == own.total && supplier && (number.is_some() || by_day) && !kept
    };
    let entry = subject.known.ledger_entries.iter().find(same)?;
    let message = format!("The ledger has an entry like this already ({}); look there first.", entry.external_id);
    let fields = [FieldName::SupplierName, FieldName::Total];
    Some(Finding::new("D7", Severity::Flag, message, &fields))
}

/// A statement's line as it is compared: letters and digits only, in capitals; nothing where it has none.
#[must_use]
pub fn bank_line_key(typed: &str) -> Option<String> {
    let key: String = typed.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    Some(key).filter(|key| !key.is_empty())
}

/// D8: the payment on the bank's statement belongs to another document already.
pub(super) fn same_bank_line(subject: &Subject<'_>) -> Option<Finding> {
    let others = &subject.known.bank_matched;
    if others.is_empty() || subject.kept {
        return None;
    }
    let message = "Another document names the same line of the bank's statement; one payment pays for one of them.";
    Some(Finding::new("D8", Severity::Flag, message, &[FieldName::Total]).with_others(others.iter().copied()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_supplier() {
        for (one, other, expected) in [
            ("bluecafeltd", "bluecafe", true),
            ("bluecafeltd", "b1uecafeltd", true),
            ("bluecafeltd", "bluecafélld", true),
            ("bluecafeltd", "redcafeltd", false),
            ("藍色咖啡有限公司", "藍色咖啡有限公同", true),
            ("藍色咖啡", "綠色咖啡", false),
            ("abc", "abcdef", false),
            ("", "a", false),
        ] {
            assert_eq!((names_alike(one, other), names_alike(other, one)), (expected, expected), "{one} {other}");
        }
    }
}
