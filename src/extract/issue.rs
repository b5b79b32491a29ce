//! When the document was issued and when it must be paid: the dates of the page, weighed by their labels, by each
//! other, and by the calendar.

mod words;
mod written;

use self::words::{AMOUNT_DUE, BETWEEN, COLUMNS, DATA, DUE, GST, ISSUE, OTHER, OTHER_BEHIND, PLAINLY_ISSUE};
use jiff::civil::Date;

use crate::extract::{
    Hints,
    dates::{Calendars, Order, SeenDate},
    evidence::Evidence,
    grounds::DateGrounds,
    hints::KnownSupplier,
    region::{Leading, Region},
    rows::Row,
    said::Said,
    text::fold,
};
use crate::model::{
    field::{Field, FieldName, FieldValue},
    finding::{Finding, Severity},
    page::{Confidence, Source, Word},
};

/// Papers older than this, or dated after tomorrow, are misread.
const YEARS_BACK: i16 = 20;
/// The least confidence of a date's words, in thousandths, for a scanned date that stands alone.
const ALONE: Confidence = Confidence::from_per_mille(940);
/// The least for one that the page says twice.
const CONFIRMED: Confidence = Confidence::from_per_mille(600);

/// The least for any date that a second reading agrees with.
const READ: Confidence = Confidence::from_per_mille(800);

/// What the rule of a date says whose day and month could be either.
pub(super) const AMBIGUOUS: &str = ",ambiguous";

/// What the words beside a date say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    /// The date of an invoice or a bill, in so many words.
    PlainlyIssue,
    Issue,
    Due,
    Other,
    Unsaid,
}

struct Candidate {
    seen: SeenDate,
    date: Date,
    /// The other reading, where its order is in doubt.
    other: Option<Date>,
    /// Its order is plain, or settled by the country or by another date of the page.
    settled: bool,
    role: Role,
    with_time: bool,
    /// Its label says when the paper was printed, or when somebody came or went: not when it was written.
    passing: bool,
    evidence: Evidence,
}

/// The dates and what was noticed about them.
pub(super) struct Dates {
    pub(super) issue: Option<Field>,
    pub(super) due: Option<Field>,
    pub(super) problem: Option<Finding>,
    /// What the issue date rests on.
    pub(super) grounds: Option<DateGrounds>,
    /// The days on which the paper says that it was written, each with its page.
    pub(super) written: Vec<(u32, Date)>,
}

/// Chooses the issue date and the due date.
pub(super) fn dates(rows: &[Row<'_>], region: Option<Region>, known: Option<&KnownSupplier>, hints: &Hints) -> Dates {
    // What a person taught of the supplier comes before what its country does.
    let taught = known.and_then(|known| known.day_first);
    let all = candidates(rows, region, taught, hints);
    let issue = all
        .iter()
        .filter(|candidate| candidate.role != Role::Due && plausible(candidate.date, hints.today))
        .max_by_key(|candidate| score(candidate, &all));
    let due = all
        .iter()
        .find(|candidate| candidate.role == Role::Due && issue.is_none_or(|issue| candidate.date >= issue.date));
    let rows_text = || rows.iter().flat_map(|row| row.words.iter().copied());
    let (issue_choice, grounds) = issue
        .map(|best| {
            let confirmations = all.iter().filter(|other| other.date == best.date).count() - 1
                + usize::from(in_a_number(best.date, rows_text()));
            let too_early = before_its_tax(best.date, region, rows);
            let grounds = DateGrounds {
                labelled: matches!(best.role, Role::Issue | Role::PlainlyIssue),
                confirmations,
                sound: best.settled && !best.seen.repaired && !too_early,
                mended: best.settled && best.seen.repaired && !too_early,
                rivalled: best.role == Role::Other || is_rivalled(best, &all, hints),
                contested: is_contested(best, &all, hints),
                sure: best.evidence.confidence >= ALONE,
            };
            (issue_choice(best, grounds, too_early), grounds)
        })
        .unzip();
    let due_choice = due.map(|best| {
        let sure = best.settled && !best.seen.repaired && !best.evidence.source.is_optical();
        best.evidence.field(FieldValue::Date(best.date), sure, "due:label".to_owned())
    });
    let problem = issue.filter(|best| !best.settled).map(ambiguous);
    Dates { issue: issue_choice, due: due_choice, problem, grounds, written: written::days(&all, hints) }
}

fn ambiguous(best: &Candidate) -> Finding {
    let other = best.other.map_or_else(String::new, |other| format!(" or {other}"));
    let message = format!("The date can be read as {}{other}. Which one is it?", best.date);
    Finding::new("T0", Severity::Flag, message, &[FieldName::IssueDate])
}

fn candidates(rows: &[Row<'_>], region: Option<Region>, taught: Option<bool>, hints: &Hints) -> Vec<Candidate> {
    let calendars = Calendars::of(rows);
    let seen: Vec<(usize, SeenDate)> = rows
        .iter()
        .enumerate()
        .flat_map(|(index, row)| row.dates().iter().cloned().map(move |date| (index, date)))
        .filter(|(_, date)| calendars.show(date.needs))
        .collect();
    let has = |order: Order| seen.iter().any(|(_, date)| date.order == order && plausible(date.date, hints.today));
    // A page that writes one date day first, or month first, writes them all so.
    let witnessed = match (
        seen.iter().any(|(_, date)| date.order == Order::DayFirst && date.date.day() > 12),
        has(Order::MonthFirst),
    ) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        (true, true) | (false, false) => None,
    };
    let convention = witnessed.or(taught).or_else(|| region.and_then(|region| region.leading.day_first()));
    let year_first = taught.is_none() && region.is_some_and(|region| region.leading == Leading::Year);
    // A page that says neither where it comes from nor which end its years stand at leaves 25/11/20 open.
    let unsaid = region.is_none() && taught.is_none();
    let nowhere = unsaid && !seen.iter().any(|(_, date)| date.order != Order::Plain && !date.short_year);
    seen.iter()
        .filter_map(|(index, date)| {
            let row = rows.get(*index)?;
            let (chosen, other) = match date.year_first {
                Some(first) if year_first => by_year(first, date.date, hints),
                Some(first) if nowhere && plausible(first, hints.today) => {
                    (by_order(date, convention, hints).0, Some(first))
                }
                Some(_) | None => by_order(date, convention, hints),
            };
            // The same day written without doubt elsewhere settles which reading is meant.
            let plain = |day: Date| seen.iter().any(|(_, twin)| twin.order == Order::Plain && twin.date == day);
            let (chosen, other) = match other {
                Some(other) if plain(chosen) != plain(other) => (if plain(other) { other } else { chosen }, None),
                Some(_) | None => (chosen, other),
            };
            Some(Candidate {
                date: chosen,
                other,
                settled: other.is_none(),
                role: role_of(rows, *index, date),
                with_time: has_time(row, date),
                passing: written::is_passing(&label_of(row, date)),
                evidence: Evidence::at(row, date.area, date.confidence),
                seen: date.clone(),
            })
        })
        .collect()
}

/// Which reading of a date in figures is meant, and the other one where that stays in doubt.
fn by_order(date: &SeenDate, convention: Option<bool>, hints: &Hints) -> (Date, Option<Date>) {
    let Some(other) = date.other.filter(|_| date.order == Order::Ambiguous) else { return (date.date, None) };
    // A reading that the calendar rules out is none.
    let only = match (plausible(date.date, hints.today), plausible(other, hints.today)) {
        (true, false) => Some(true),
        (false, true) => Some(false),
        (true, true) | (false, false) => None,
    };
    let convention = convention.or(only);
    let day_first = convention.unwrap_or(hints.day_first);
    let (chosen, left) = if day_first { (date.date, other) } else { (other, date.date) };
    (chosen, convention.is_none().then_some(left))
}

/// 25/11/20 where the year is written first: the year last is another reading, unless the calendar rules it out.
fn by_year(first: Date, last: Date, hints: &Hints) -> (Date, Option<Date>) {
    match (plausible(first, hints.today), plausible(last, hints.today)) {
        (false, true) => (last, Some(first)),
        (true, false) => (first, None),
        (true, true) | (false, false) => (first, Some(last).filter(|last| *last != first)),
    }
}

/// The words right before it in the row, or before them; else the words right above it.
fn role_of(rows: &[Row<'_>], index: usize, date: &SeenDate) -> Role {
    let Some(row) = rows.get(index) else { return Role::Unsaid };
    let previous = after_previous(row, date);
    let before = label_of(row, date);
    let said = || match role_in(&row.text_between(own_label(row, previous, date), date.first + 1)) {
        Role::Unsaid => role_in(&before),
        role @ (Role::PlainlyIssue | Role::Issue | Role::Due | Role::Other) => role,
    };
    let over = || {
        let mut above = rows.get(..index).unwrap_or_default().iter().rev();
        let near = |upper: &&Row<'_>, under: &Row<'_>| {
            upper.page == under.page && upper.area.bottom().abs_diff(under.area.top) < under.height() * 2
        };
        let first = above.next().filter(|first| near(first, row));
        let second = first.and_then(|first| above.next().filter(|second| near(second, first)));
        first.map_or(Role::Unsaid, |first| role_over(first, second, date))
    };
    // "憑單於2025年8月25日前可換貨": what the day is for may stand behind it.
    let next = row.dates().iter().map(|other| other.first).filter(|first| *first >= date.after_last).min();
    let behind = row.text_between(date.after_last.saturating_sub(1), next.unwrap_or(row.words.len()));
    match if row.source.is_optical() { role_in(&before) } else { said() } {
        Role::Unsaid if Said::of(&behind).any(&OTHER_BEHIND) => Role::Other,
        Role::Unsaid if !row.source.is_optical() && is_end_of_time(row, date) => Role::Other,
        Role::Unsaid => over(),
        role @ (Role::PlainlyIssue | Role::Issue | Role::Due | Role::Other) => role,
    }
}

/// Whether another date stands right before or behind it, with no more than a stroke or "to" between.
fn is_end_of_time(row: &Row<'_>, date: &SeenDate) -> bool {
    let joined = |left: &SeenDate, right: &SeenDate| {
        let apart = row.words.get(left.after_last.saturating_sub(1)).zip(row.words.get(right.first));
        let near =
            apart.is_some_and(|(left, right)| right.area.left.saturating_sub(left.area.right()) < row.height() * 4);
        left.after_last < right.first
            && near
            && BETWEEN.contains(&fold(&row.text_between(left.after_last, right.first)).as_str())
    };
    row.dates().iter().any(|other| other.date != date.date && (joined(other, date) || joined(date, other)))
}

/// Where in the row its own label begins: behind the last wide gap before it, or the one before that where it begins a
/// column of its own.
fn own_label(row: &Row<'_>, previous: usize, date: &SeenDate) -> usize {
    let wide = |index: usize| {
        let pair = index.checked_sub(1).and_then(|before| Some((row.words.get(before)?, row.words.get(index)?)));
        pair.is_some_and(|(left, right)| right.area.left.saturating_sub(left.area.right()) > row.height() * 5 / 2)
    };
    let begin = |end: usize| (previous..=end).rev().find(|index| wide(*index)).unwrap_or(previous);
    let own = begin(date.first);
    let letters = row.text_between(own, date.first).chars().any(char::is_alphabetic);
    if letters || own == previous { own } else { begin(own - 1) }
}

/// What the words over it say, where they are not the head of a list. A printed label may go on in two rows.
fn role_over(first: &Row<'_>, second: Option<&Row<'_>>, date: &SeenDate) -> Role {
    let words = above_text(first, date);
    let role = role_in(&words);
    if first.source.is_optical() {
        return role;
    }
    let wrapped = second.filter(|_| !words.is_empty()).map(|second| above_text(second, date));
    let wrapped = wrapped.filter(|upper| !upper.is_empty() && !upper.contains(|c: char| c.is_ascii_digit()));
    let role = match wrapped.map(|upper| role_in(&format!("{upper} {words}"))) {
        Some(whole @ (Role::PlainlyIssue | Role::Due | Role::Other)) if role != Role::Due => whole,
        Some(_) | None => role,
    };
    if role == Role::Issue && first.said().any(&COLUMNS) { Role::Other } else { role }
}

/// The word behind the date before this one in its row, or the row's first.
fn after_previous(row: &Row<'_>, date: &SeenDate) -> usize {
    row.dates().iter().map(|other| other.after_last).filter(|end| *end <= date.first).max().unwrap_or(0)
}

/// What stands before the date in its row, up to the date before it.
fn label_of(row: &Row<'_>, date: &SeenDate) -> String {
    // The word that holds the date may hold its label too: "Date:25/12/2018".
    row.text_between(after_previous(row, date), date.first + 1)
}

/// The words of the row above that stand over the date, with the neighbours of their column.
fn above_text(above: &Row<'_>, date: &SeenDate) -> String {
    let parts = if above.source.is_optical() { above.segments() } else { above.cells() };
    let over = parts.iter().filter(|part| part.spans(date.area) && part.dates().is_empty());
    over.map(Row::text).collect::<Vec<_>>().join(" ")
}

fn role_in(words: &str) -> Role {
    let said = Said::of(words);
    if said.any(&DUE) && !said.any(&AMOUNT_DUE) {
        Role::Due
    } else if said.any(&OTHER) {
        Role::Other
    } else if said.any(&PLAINLY_ISSUE) {
        Role::PlainlyIssue
    } else if said.any(&ISSUE) || matches!(said.words(), [word] if word.text() == DATA) {
        Role::Issue
    } else {
        Role::Unsaid
    }
}

/// Whether a time of day stands in the row behind the date.
fn has_time(row: &Row<'_>, date: &SeenDate) -> bool {
    row.words.iter().skip(date.first).any(|word| {
        let mut parts = word.text.split([':', '.']);
        let digits = |part: Option<&str>| part.is_some_and(|part| part.ends_with(|c: char| c.is_ascii_digit()));
        word.text.contains(':')
            && digits(parts.next())
            && parts.next().is_some_and(|part| part.starts_with(|c: char| c.is_ascii_digit()))
    })
}

fn plausible(date: Date, today: Date) -> bool {
    let tomorrow = today.tomorrow().unwrap_or(today);
    date <= tomorrow && date.year() >= today.year().saturating_sub(YEARS_BACK)
}

fn score(candidate: &Candidate, all: &[Candidate]) -> (i32, std::cmp::Reverse<u32>) {
    let role = match candidate.role {
        Role::PlainlyIssue => 75,
        Role::Issue => 40,
        Role::Unsaid => 15,
        Role::Other => -20,
        Role::Due => -100,
    };
    let same = all.iter().filter(|other| other.date == candidate.date).count().min(4);
    let points = role
        + i32::from(candidate.with_time) * 12
        + i32::try_from(same).unwrap_or(1) * 8
        + i32::from(candidate.evidence.confidence.per_mille() / 60)
        - i32::from(candidate.seen.repaired) * 12
        - i32::from(candidate.seen.short_year) * 3;
    // Of equals the one nearer the top.
    (points, std::cmp::Reverse(candidate.evidence.page.unwrap_or(1) * 100_000 + candidate.seen.area.top))
}

/// Whether a long number of the page, such as a receipt's, spells the date: "2018030610100080498".
fn in_a_number<'w>(date: Date, mut words: impl Iterator<Item = &'w Word>) -> bool {
    let (year, month, day) = (date.year(), date.month(), date.day());
    let short = year.rem_euclid(100);
    let forms = [
        format!("{year}{month:02}{day:02}"),
        format!("{day:02}{month:02}{year}"),
        format!("{short:02}{month:02}{day:02}"),
        format!("{day:02}{month:02}{short:02}"),
    ];
    words.any(|word| {
        let mut runs = word.text.split(|c: char| !c.is_ascii_digit());
        runs.any(|run| run.len() >= 8 && forms.iter().any(|form| run.contains(form.as_str())))
    })
}

/// Malaysia charged its GST from 1 April 2015 on (Goods and Services Tax Act 2014): a paper that names it and bears an
/// earlier date was misread, most often a faint 8 as a 3.
fn before_its_tax(date: Date, region: Option<Region>, rows: &[Row<'_>]) -> bool {
    let malaysian = region.is_some_and(|region| region.currency == "MYR");
    malaysian && date < GST_BEGAN && rows.iter().any(|row| row.said().any(&GST))
}

/// The first day of Malaysia's GST.
const GST_BEGAN: Date = jiff::civil::date(2015, 4, 1);

/// Whether another date of the page could be meant as well.
fn is_rivalled(best: &Candidate, all: &[Candidate], hints: &Hints) -> bool {
    all.iter().any(|other| {
        let counts = match other.role {
            Role::PlainlyIssue | Role::Issue | Role::Unsaid => plausible(other.date, hints.today),
            Role::Due | Role::Other => false,
        };
        let weaker = match best.role {
            Role::PlainlyIssue => other.role != Role::PlainlyIssue,
            Role::Issue => other.role == Role::Unsaid,
            Role::Unsaid | Role::Due | Role::Other => false,
        };
        other.date != best.date && counts && !(weaker && best.evidence.source == Source::PdfText)
    })
}

/// Whether another day calls itself the paper's as plainly.
fn is_contested(best: &Candidate, all: &[Candidate], hints: &Hints) -> bool {
    let same_role = |other: &&Candidate| other.role == Role::Issue && plausible(other.date, hints.today);
    best.role == Role::Issue && all.iter().filter(same_role).any(|other| other.date != best.date)
}

fn issue_choice(best: &Candidate, grounds: DateGrounds, too_early: bool) -> Field {
    let confirmations = grounds.confirmations;
    let clean = grounds.sound && !grounds.rivalled && (confirmations > 0 || best.evidence.confidence >= READ);
    let accepted = match best.evidence.source {
        Source::Person | Source::EInvoice | Source::Qr => true,
        Source::PdfText => clean,
        Source::PpOcr | Source::Tesseract => {
            let twice = confirmations > 0 && best.evidence.confidence >= CONFIRMED;
            clean && (twice || grounds.sure)
        }
    };
    let label = match best.role {
        Role::PlainlyIssue | Role::Issue => "label",
        Role::Due | Role::Other => "other-label",
        Role::Unsaid => "alone",
    };
    let twice = if confirmations > 0 { ",confirmed" } else { "" };
    let doubt = if best.settled { "" } else { AMBIGUOUS };
    let era = if too_early { ",era" } else { "" };
    let misread = if best.seen.repaired { ",repaired" } else { "" };
    let rule = format!("date:{label}{twice}{doubt}{era}{misread}");
    best.evidence.field(FieldValue::Date(best.date), accepted, rule)
}

#[cfg(test)]
mod tests;
