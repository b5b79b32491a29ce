//! What speaks against a total that a text layer says: where nothing is misread, the danger is the wrong amount, not the
//! wrong digit. A sum before a tax whose name is not known, what an earlier bill left open, or what is left of it after a
//! deposit: a person says which is meant.

use rust_decimal::Decimal;

use crate::extract::{figures::Line, labels::Label, said::Phrases};

/// An amount of an earlier bill that is still owed.
static ARREARS: Phrases = Phrases::new(&[
    "PAST DUE",
    "OVERDUE",
    "BALANCE FORWARD",
    "BALANCE BROUGHT FORWARD",
    "BALANCE BEFORE",
    "REMAINING BALANCE",
    "PREVIOUS BALANCE",
    "OPENING BALANCE",
    "LAST BILL",
    "PREVIOUS BILL",
    "OFFENE ZAHLUNGEN",
    "OFFENE POSTEN",
    "AUSSTEHENDE FORDERUNG",
    "SOLDE ANTÉRIEUR",
    "SALDO ANTERIOR",
    "SALDO PRECEDENTE",
    "承上結餘",
    "上期",
    "前回",
]);
/// A part of the total that was paid already.
static PAID_BEFORE: Phrases = Phrases::new(&[
    "DEPOSIT",
    "PAID",
    "PAID TO DATE",
    "PAYMENT",
    "RECEIVED",
    "PREPAID",
    "RETAINER",
    "ANZAHLUNG",
    "ANZAHLUNGEN",
    "ACOMPTES",
    "ACOMPTE",
    "AANBETALING",
    "ANTICIPO",
    "ADIANTAMENTO",
    "ZALICZKA",
    "訂金",
    "按金",
    "已付",
    "已收",
]);
/// A row with more words than this is a sentence, not a label with its amount.
const LABEL_WORDS_MAX: usize = 8;

/// Whether the rows of a text layer speak against this total.
pub(super) fn speaks_against(total: Decimal, lines: &[Line<'_>]) -> bool {
    let total = total.abs();
    outgrown(total, lines) || carries_arrears(total, lines) || part_was_paid(total, lines)
}

/// Under it stands a larger amount whose label says nothing that is known.
fn outgrown(total: Decimal, lines: &[Line<'_>]) -> bool {
    let Some(first) = lines.iter().position(|line| line.amounts.iter().any(|amount| amount.value.abs() == total))
    else {
        return false;
    };
    let last = lines.iter().rposition(|line| is_total(line, total)).unwrap_or(first);
    lines.iter().skip(last + 1).any(|line| {
        let labelled = line.row.words.len() <= LABEL_WORDS_MAX && !line.row.said().is_empty();
        let larger = line.amounts.iter().any(|amount| amount.decimals == 2 && amount.value.abs() > total);
        labelled && line.meaning.is_none() && larger
    })
}

fn is_total(line: &Line<'_>, total: Decimal) -> bool {
    line.amounts.iter().any(|amount| amount.value.abs() == total)
        && line.meaning.is_some_and(|meaning| meaning.label == Label::Total)
}

/// It may have in it what an earlier bill left: that was booked with the earlier bill.
fn carries_arrears(total: Decimal, lines: &[Line<'_>]) -> bool {
    let amounts = |line: &Line<'_>| {
        line.amounts.iter().filter(|amount| amount.is_money()).map(|amount| amount.value).collect::<Vec<_>>()
    };
    let earlier = lines.iter().filter(|line| line.row.said().any_as_written(&ARREARS));
    let owed = earlier.flat_map(|line| amounts(line).last().copied()).filter(|owed| *owed > Decimal::ZERO);
    // What was paid since is printed beside it.
    let paid = |owed: Decimal| {
        lines.iter().any(|line| {
            line.row.said().any_as_written(&PAID_BEFORE) && amounts(line).iter().any(|amount| amount.abs() == owed)
        })
    };
    owed.filter(|owed| *owed < total).any(|owed| !paid(owed))
}

/// A part of it was paid before, and what is left is printed as well; or it is what is left, and the whole is.
fn part_was_paid(total: Decimal, lines: &[Line<'_>]) -> bool {
    let money = |line: &Line<'_>| {
        line.amounts.iter().filter(|amount| amount.is_money()).map(|amount| amount.value.abs()).collect::<Vec<_>>()
    };
    let paying = |line: &&Line<'_>| line.row.said().any_as_written(&PAID_BEFORE);
    let left = |paid: Decimal, other: Decimal| paid < total && other == total - paid || other == total + paid;
    let mut paid = lines.iter().filter(paying).flat_map(money).filter(|paid| *paid > Decimal::ZERO);
    paid.any(|paid| lines.iter().filter(|line| !paying(line)).flat_map(money).any(|other| left(paid, other)))
}
