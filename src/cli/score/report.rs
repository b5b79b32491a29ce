//! The figures of a whole set: per field how many are right, accepted, and wrong among the accepted; and the time.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{
    compare::{Document, Grade, Refusal, Verdict},
    labels::SCORED,
    reliability::Reliability,
    share,
};
use crate::model::field::FieldName;

/// The counts of one field, or of something else that is right or not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    /// How many have a label.
    pub(super) labelled: u64,
    /// How many of them are right.
    pub(super) exact: u64,
    /// How many were accepted.
    pub(super) accepted: u64,
    /// How many were accepted and are wrong.
    pub(super) wrong_accepted: u64,
    /// How many are right or nearly so; the same as `exact` where there is no nearly.
    pub(super) close: u64,
}

/// What reading a file took, in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Timing {
    /// The sum divided by the number of files.
    pub(super) mean: Decimal,
    /// Half of the files took no longer.
    pub(super) median: Decimal,
    /// 95 of 100 files took no longer (nearest rank).
    pub(super) p95: Decimal,
    /// The slowest file took this long.
    pub(super) slowest: Decimal,
    /// Which one it was.
    pub(super) slowest_file: String,
}

/// What could not be scored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Unscored {
    /// Labels whose file is not there.
    pub(super) labels_without_file: usize,
    /// Files that have no label; they were not read.
    pub(super) files_without_label: usize,
    /// Labels, or fields of labels, that were not understood.
    pub(super) labels_unclear: usize,
}

/// The figures of a whole set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report {
    /// How many files were scored.
    pub(super) files: u64,
    /// How many of them were not read, except those that had to be refused.
    pub(super) not_read: u64,
    /// Each field that somebody labelled.
    pub(super) fields: Vec<(FieldName, Counts)>,
    /// All fields together.
    pub(super) all: Counts,
    /// Files with a labelled total and date, as a whole: right when both are, accepted when both are.
    pub(super) hands_free: Counts,
    /// Files that had to be refused; `accepted` are those of which a value was accepted.
    pub(super) refused: Counts,
    /// None when there are no files.
    pub(super) timing: Option<Timing>,
    /// Confidence against share right.
    pub(super) reliability: Reliability,
    /// What could not be scored.
    pub(super) unscored: Unscored,
}

impl Counts {
    fn add(&mut self, right: bool, accepted: bool, close: bool) {
        self.labelled += 1;
        self.exact += u64::from(right);
        self.accepted += u64::from(accepted);
        self.wrong_accepted += u64::from(accepted && !right);
        self.close += u64::from(close);
    }

    fn plus(self, other: Self) -> Self {
        Self {
            labelled: self.labelled + other.labelled,
            exact: self.exact + other.exact,
            accepted: self.accepted + other.accepted,
            wrong_accepted: self.wrong_accepted + other.wrong_accepted,
            close: self.close + other.close,
        }
    }

    fn of<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> Self {
        let mut counts = Self::default();
        for verdict in verdicts {
            counts.add(verdict.right, verdict.accepted(), verdict.close);
        }
        counts
    }

    fn json(&self, has_close: bool) -> Value {
        let mut json = json!({
            "labelled": self.labelled,
            "exact": self.exact,
            "accepted": self.accepted,
            "wrong_accepted": self.wrong_accepted,
            "exact_share": share::number(self.exact, self.labelled),
            "accepted_share": share::number(self.accepted, self.labelled),
            "wrong_among_accepted": share::number(self.wrong_accepted, self.accepted),
        });
        if let (true, Value::Object(fields)) = (has_close, &mut json) {
            fields.insert("close".to_owned(), self.close.into());
            fields.insert("close_share".to_owned(), share::number(self.close, self.labelled).into());
        }
        json
    }
}

impl Timing {
    fn of(documents: &[Document]) -> Option<Self> {
        let mut times: Vec<Decimal> = documents.iter().map(|document| document.time_ms).collect();
        times.sort_unstable();
        let slowest = documents.iter().max_by_key(|document| document.time_ms)?;
        let files = Decimal::from(times.len());
        let (below, above) = (times.get((times.len() - 1) / 2)?, times.get(times.len() / 2)?);
        Some(Self {
            mean: (times.iter().sum::<Decimal>() / files).round_dp(3).normalize(),
            median: ((below + above) / Decimal::TWO).round_dp(3).normalize(),
            p95: *times.get((times.len() * 95).div_ceil(100).saturating_sub(1))?,
            slowest: slowest.time_ms,
            slowest_file: slowest.file.clone(),
        })
    }

    fn json(&self) -> Value {
        json!({
            "mean": share::json(self.mean),
            "median": share::json(self.median),
            "p95": share::json(self.p95),
            "slowest": share::json(self.slowest),
            "slowest_file": self.slowest_file,
        })
    }
}

impl Report {
    /// Counts everything.
    pub(super) fn new(documents: &[Document], unscored: Unscored) -> Self {
        let mut fields = Vec::new();
        let mut all = Counts::default();
        for name in SCORED {
            let counts = Counts::of(documents.iter().filter_map(|document| document.verdict(name)));
            all = all.plus(counts);
            if counts.labelled > 0 {
                fields.push((name, counts));
            }
        }
        let (mut hands_free, mut refused) = (Counts::default(), Counts::default());
        for document in documents {
            if let (Some(total), Some(date)) =
                (document.verdict(FieldName::Total), document.verdict(FieldName::IssueDate))
            {
                let right = total.right && date.right;
                hands_free.add(right, total.accepted() && date.accepted(), right);
            }
            if let Some(refusal) = &document.refusal {
                let right = *refusal == Refusal::Refused;
                refused.add(right, *refusal == Refusal::Accepted, right);
            }
        }
        let not_read = documents.iter().filter(|document| document.failure.is_some() && document.refusal.is_none());
        Self {
            files: count(documents.len()),
            not_read: count(not_read.count()),
            fields,
            all,
            hands_free,
            refused,
            timing: Timing::of(documents),
            reliability: Reliability::new(documents),
            unscored,
        }
    }

    /// The counts behind a name that `--min` knows: a field's, `all`, `hands_free` or `refused`.
    pub(super) fn counts(&self, name: &str) -> Option<Counts> {
        match name {
            "all" => Some(self.all),
            "hands_free" => Some(self.hands_free),
            "refused" => Some(self.refused),
            _ => {
                let name = SCORED.into_iter().find(|field| field.name() == name)?;
                let found = self.fields.iter().find(|(field, _)| *field == name);
                Some(found.map_or_else(Counts::default, |(_, counts)| *counts))
            }
        }
    }

    /// The figures for programs, with the names of the project's first scoring script.
    pub(super) fn json(&self) -> Map<String, Value> {
        let mut fields = Map::new();
        for (name, counts) in &self.fields {
            fields.insert(name.name().to_owned(), counts.json(*name == FieldName::SupplierName));
        }
        let hands_free = self.hands_free;
        let mut json = Map::new();
        let mut put = |key: &str, value: Value| drop(json.insert(key.to_owned(), value));
        put("receipts", self.files.into());
        put("not_read", self.not_read.into());
        put("fields", Value::Object(fields));
        put("micro_exact", share::number(self.all.exact, self.all.labelled).into());
        put(
            "hands_free",
            json!({
                "receipts": hands_free.labelled,
                "exact": hands_free.exact,
                "accepted": hands_free.accepted,
                "wrong": hands_free.wrong_accepted,
                "accepted_share": share::number(hands_free.accepted, hands_free.labelled),
                "wrong_among_accepted": share::number(hands_free.wrong_accepted, hands_free.accepted),
            }),
        );
        if self.refused.labelled > 0 {
            let refused = self.refused;
            put(
                "refused",
                json!({
                    "labelled": refused.labelled,
                    "exact": refused.exact,
                    "accepted": refused.accepted,
                    "exact_share": share::number(refused.exact, refused.labelled),
                }),
            );
        }
        put("timing_ms", self.timing.as_ref().map_or(Value::Null, Timing::json));
        put("labels_without_file", self.unscored.labels_without_file.into());
        put("files_without_label", self.unscored.files_without_label.into());
        put("labels_unclear", self.unscored.labels_unclear.into());
        json
    }
}

/// The files with something to look at, worst first: by grade, then by how many fields have it, then the surest error
/// first, then by name.
pub(super) fn worst(documents: &[Document]) -> Vec<&Document> {
    let mut found: Vec<&Document> = documents.iter().filter(|document| document.grade() > Grade::Good).collect();
    found.sort_by_cached_key(|document| {
        let grade = document.grade();
        let bad = || document.verdicts.iter().filter(move |verdict| verdict.grade() == grade);
        let surest = bad().filter_map(|verdict| verdict.read.as_ref()).map(|field| field.confidence).max();
        std::cmp::Reverse((grade, bad().count(), surest, std::cmp::Reverse(document.file.clone())))
    });
    found
}

pub(super) fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::score::testing::documents;

    #[test]
    fn everything_is_counted() {
        let report = Report::new(&documents(), Unscored { labels_without_file: 2, ..Unscored::default() });
        assert_eq!((report.files, report.not_read), (5, 1));
        let total = Counts { labelled: 4, exact: 2, accepted: 2, wrong_accepted: 1, close: 2 };
        assert_eq!(report.fields.first(), Some(&(FieldName::Total, total)));
        assert_eq!(report.counts("total"), Some(total));
        let supplier = Counts { labelled: 4, exact: 1, accepted: 1, wrong_accepted: 0, close: 2 };
        assert_eq!(report.counts("supplier_name"), Some(supplier));
        assert_eq!(report.counts("hands_free").map(|counts| (counts.labelled, counts.accepted)), Some((4, 2)));
        assert_eq!(report.refused, Counts { labelled: 1, exact: 1, close: 1, ..Counts::default() });
        assert_eq!(report.counts("tax"), Some(Counts::default()));
        assert_eq!(report.counts("colour"), None);
    }

    #[test]
    fn programs_get_the_names_they_know() {
        let json = Value::Object(Report::new(&documents(), Unscored::default()).json());
        assert_eq!(
            json["fields"]["supplier_name"].to_string(),
            "{\"accepted\":1,\"accepted_share\":0.25,\"close\":2,\"close_share\":0.5,\"exact\":1,\"exact_share\":0.25,\
             \"labelled\":4,\"wrong_accepted\":0,\"wrong_among_accepted\":0}"
        );
        assert_eq!(json["hands_free"]["wrong_among_accepted"].to_string(), "0.5");
        let timing = r#"{"mean":300,"median":300,"p95":500,"slowest":500,"slowest_file":"5.xml"}"#;
        assert_eq!(json["timing_ms"].to_string(), timing);
    }

    #[test]
    fn times_are_of_the_nearest_rank() {
        for (files, median, p95) in [(1_u32, "1", 1_u32), (2, "1.5", 2), (20, "10.5", 19), (100, "50.5", 95)] {
            let first = documents().into_iter().next().expect("a document");
            let documents: Vec<Document> =
                (1..=files).map(|time| Document { time_ms: time.into(), ..first.clone() }).collect();
            let timing = Timing::of(&documents).expect("files");
            assert_eq!((timing.median.to_string().as_str(), timing.p95), (median, p95.into()), "{files}");
        }
        assert_eq!(Timing::of(&[]), None);
    }

    #[test]
    fn the_worst_come_first() {
        let documents = documents();
        let files: Vec<&str> = worst(&documents).into_iter().map(|document| document.file.as_str()).collect();
        assert_eq!(files, ["2.jpg", "4.jpg", "3.jpg"]);
    }
}
