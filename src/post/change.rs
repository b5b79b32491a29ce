//! What a company's books hold: every entry as it stands, ours and others', and what changed since a moment.

use jiff::civil;
use rust_decimal::Decimal;

use crate::post::{entry::Resource, error::LedgerError, line::LedgerLine};

/// An entry as the books hold it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookEntry {
    /// Which list it is in.
    pub resource: Resource,
    /// The ledger's id.
    pub external_id: String,
    /// The number on it: the supplier's, or whatever was typed.
    pub number: Option<String>,
    /// The supplier's id there.
    pub supplier_id: Option<String>,
    /// The supplier's name there.
    pub supplier_name: Option<String>,
    /// Its total, in its own currency.
    pub total: Decimal,
    /// Its currency code, where the ledger says it.
    pub currency: Option<String>,
    /// Its date, `YYYY-MM-DD`, where the ledger says it.
    pub issue_date: Option<String>,
    /// Whether it still counts: not deleted, not voided.
    pub live: bool,
    /// Whether it was paid or reconciled there, so that it can no longer be changed freely.
    pub settled: bool,
    /// What its lines are charged to.
    pub lines: Vec<LedgerLine>,
    /// Our reference, where it carries one.
    pub reference: Option<String>,
    /// A page of the ledger that shows it.
    pub url: Option<String>,
}

/// What changed, or all there is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Entries that are there, voided ones included.
    pub entries: Vec<BookEntry>,
    /// Entries of which the ledger says only that they were deleted.
    pub removed: Vec<(Resource, String)>,
    /// Lists that the company's plan does not show: what they hold is not known.
    pub not_in_plan: Vec<Resource>,
    /// The ledger's own time of the answer, in microseconds since 1970: where the next look begins. Clocks differ, so
    /// ours is of no use there.
    pub at_us: Option<i64>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Every entry dated on or after this day.
    Day(civil::Date),
    /// What changed since this moment of the ledger's time, in microseconds since 1970.
    Moment(i64),
}

/// The answer to a look at the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Here it is, complete.
    Whole(Changes),
    /// The feed does not reach so far, or holds too much for one answer: ask by day instead.
    TooMuch,
}

/// How every reference of ours begins, and how many letters and digits follow (`entry::reference`).
const REFERENCE_START: &str = "VCH-";
const REFERENCE_CHARS: usize = 14;

/// The first reference of ours in any of these texts.
pub(crate) fn reference_in<'a>(texts: impl IntoIterator<Item = &'a str>) -> Option<String> {
    texts.into_iter().find_map(|text| {
        text.match_indices(REFERENCE_START).find_map(|(at, start)| {
            let code: String = text.get(at + start.len()..)?.chars().take(REFERENCE_CHARS).collect();
            let ours = |letter: char| letter.is_ascii_digit() || letter.is_ascii_uppercase();
            (code.len() == REFERENCE_CHARS && code.chars().all(ours)).then(|| format!("{REFERENCE_START}{code}"))
        })
    })
}

/// A moment as both ledgers read it in UTC: `2026-11-20T10:00:00Z`.
pub(crate) fn moment_text(at_us: i64) -> Result<String, LedgerError> {
    let instant = jiff::Timestamp::from_second(at_us.div_euclid(1_000_000));
    let wrong =
        |_| LedgerError::Bug { ledger: "vouch", code: String::new(), message: "a moment out of range".to_owned() };
    Ok(instant.map_err(wrong)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_reference_is_found_wherever_it_stands() {
        let ours = "VCH-00000000000000";
        for (texts, found) in [
            (vec![ours], true),
            (vec!["INV-1", "Client lunch [VCH-00000000000000]"], true),
            (vec!["VCH-1 VCH-00000000000000."], true),
            (vec!["VCH-0000000000000"], false),
            (vec!["vch-00000000000000", "VCH-", "VCH-00000000000 00", "VCH-0000000000000é"], false),
            (vec![], false),
        ] {
            assert_eq!(reference_in(texts.iter().copied()).as_deref(), found.then_some(ours), "{texts:?}");
        }
    }

    #[test]
    fn moments_are_utc() {
        assert_eq!(moment_text(1_795_312_800_999_999).ok().as_deref(), Some("2026-11-22T02:00:00Z"));
        assert!(moment_text(i64::MAX).is_err());
    }
}
