//! The days on which a paper says that it was written: two of them tell two papers.

use jiff::civil::Date;

use super::{Candidate, Role, plausible};
use crate::extract::{
    Hints,
    said::{Phrases, Said},
};

/// When it was printed again, or when somebody came or went.
static PASSING: Phrases = Phrases::new(&[
    "PRINT",
    "PRINTED",
    "REPRINT",
    "REPRINTED",
    "列印",
    "打印",
    "印刷",
    "IN",
    "OUT",
    "ENTRY",
    "EXIT",
    "ARRIVAL",
    "ARRIVED",
    "DEPARTURE",
    "START",
    "END",
    "PICK UP",
    "入場",
    "離場",
    "出場",
    "入场",
    "离场",
    "出场",
    "入庫",
    "出庫",
    "入住",
    "退房",
]);

/// Whether a date's label says when the paper was printed, or when somebody came or went.
pub(super) fn is_passing(label: &str) -> bool {
    Said::of(label).any(&PASSING)
}

/// The days on which the paper says that it was written, each with its page: by a date's label, or by a time beside it.
pub(super) fn days(all: &[Candidate], hints: &Hints) -> Vec<(u32, Date)> {
    let says = |candidate: &&Candidate| match candidate.role {
        Role::PlainlyIssue | Role::Issue => true,
        Role::Unsaid => candidate.with_time,
        Role::Due | Role::Other => false,
    };
    let sound = |candidate: &&Candidate| candidate.settled && !candidate.seen.repaired && !candidate.passing;
    let known = all.iter().filter(|candidate| plausible(candidate.date, hints.today));
    known.filter(says).filter(sound).map(|candidate| (candidate.evidence.page.unwrap_or(1), candidate.date)).collect()
}
