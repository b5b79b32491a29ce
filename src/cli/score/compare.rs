//! One file against its label: which fields are right, and which wrong ones were accepted.

use std::path::PathBuf;

use rust_decimal::Decimal;

use super::{
    forms::{is_close, number_key, supplier_key},
    labels::{Label, SCORED, Wanted, WantedValue},
};
use crate::extract::{Weight, Weights};
use crate::model::{
    draft::Draft,
    field::{Field, FieldName, FieldValue},
    finding::Severity,
};

/// Failures that say nothing about the file: whoever crashes on it has not refused it.
const OUR_FAILURES: [&str; 4] = ["file_unreadable", "reader_missing", "reader_crashed", "reader_timeout"];

/// How well a field or a whole file was read, from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    /// Right, and no person need look.
    Good,
    /// Right, but a person must say so.
    NotAccepted,
    /// Wrong or missing, and left to a person.
    Wrong,
    /// Wrong, and no person would have looked: the worst there is.
    WrongAccepted,
}

impl Grade {
    /// In words.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Good => "right",
            Self::NotAccepted => "right, not accepted",
            Self::Wrong => "wrong, left to a person",
            Self::WrongAccepted => "WRONG AND ACCEPTED",
        }
    }
}

/// One labelled field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Which field.
    pub(super) name: FieldName,
    /// What the label says, as written there.
    pub(super) wanted: String,
    /// What was read; none when nothing was found.
    pub(super) read: Option<Field>,
    /// How much spoke for it; none where it was not found, or stated and not read.
    pub(super) weight: Option<Weight>,
    /// Whether both agree after normalisation.
    pub(super) right: bool,
    /// For the supplier: whether nine of ten characters agree.
    pub(super) close: bool,
}

impl Verdict {
    /// Whether the reader asked no person to look.
    pub(super) fn accepted(&self) -> bool {
        self.read.as_ref().is_some_and(|field| field.accepted)
    }

    /// How well it was read.
    pub(super) fn grade(&self) -> Grade {
        match (self.right, self.accepted()) {
            (true, true) => Grade::Good,
            (true, false) => Grade::NotAccepted,
            (false, false) => Grade::Wrong,
            (false, true) => Grade::WrongAccepted,
        }
    }
}

/// Why a file was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// For programs.
    pub(super) code: String,
    /// For people.
    pub(super) message: String,
}

/// What became of a file that breaks its standard on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It was refused with a reason in the file, or nothing was accepted and a finding blocks it: right.
    Refused,
    /// Nothing was accepted, but nothing blocks it either.
    Unnoticed,
    /// Some of its values were accepted.
    Accepted,
}

/// One file that was read and compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Document {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// Its name.
    pub(super) file: String,
    /// Its labelled fields in the order of the report; none when it is to be refused.
    pub(super) verdicts: Vec<Verdict>,
    /// What else was read.
    pub(super) others: Vec<(FieldName, Field)>,
    /// Why it was not read.
    pub(super) failure: Option<Failure>,
    /// Set when it is to be refused.
    pub(super) refusal: Option<Refusal>,
    /// What the reading took, in milliseconds.
    pub(super) time_ms: Decimal,
}

/// What the reader made of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Read {
    /// What was understood; none when it was not read.
    pub(super) draft: Option<Draft>,
    /// How much speaks for each of its values.
    pub(super) weights: Weights,
    /// Why it was not read.
    pub(super) failure: Option<Failure>,
    /// What it took, in milliseconds.
    pub(super) time_ms: Decimal,
}

impl Document {
    /// Compares what was read with the label.
    pub(super) fn compare(label: &Label, path: PathBuf, read: Read) -> Self {
        let file = path.file_name().map_or_else(|| label.file.clone(), |name| name.to_string_lossy().into_owned());
        let refusal = label.broken.then(|| refusal(&read));
        let fields = read.draft.map(|draft| draft.fields).unwrap_or_default();
        let verdicts: Vec<Verdict> = SCORED
            .into_iter()
            .filter(|_| refusal.is_none())
            .filter_map(|name| {
                let weight = read.weights.get(&name).copied();
                Some(Verdict { weight, ..verdict(name, label.wanted.get(&name)?, fields.get(&name).cloned()) })
            })
            .collect();
        let is_labelled = |name: FieldName| verdicts.iter().any(|verdict| verdict.name == name);
        let others = fields.into_iter().filter(|(name, _)| !is_labelled(*name)).collect();
        Self { path, file, others, failure: read.failure, refusal, time_ms: read.time_ms, verdicts }
    }

    /// The grade of its worst field.
    pub(super) fn grade(&self) -> Grade {
        let fields = self.verdicts.iter().map(Verdict::grade).max().unwrap_or(Grade::Good);
        match self.refusal {
            None | Some(Refusal::Refused) => fields,
            Some(Refusal::Unnoticed) => fields.max(Grade::Wrong),
            Some(Refusal::Accepted) => Grade::WrongAccepted,
        }
    }

    /// The verdict on a field.
    pub(super) fn verdict(&self, name: FieldName) -> Option<&Verdict> {
        self.verdicts.iter().find(|verdict| verdict.name == name)
    }
}

fn refusal(read: &Read) -> Refusal {
    let Some(draft) = &read.draft else {
        let is_ours = read.failure.as_ref().is_none_or(|failure| OUR_FAILURES.contains(&failure.code.as_str()));
        return if is_ours { Refusal::Unnoticed } else { Refusal::Refused };
    };
    if draft.fields.values().any(|field| field.accepted) {
        Refusal::Accepted
    } else if draft.problems.iter().any(|finding| finding.severity == Severity::Block) {
        Refusal::Refused
    } else {
        Refusal::Unnoticed
    }
}

fn verdict(name: FieldName, wanted: &Wanted, read: Option<Field>) -> Verdict {
    let (right, close) = read.as_ref().map_or((false, false), |field| agreement(&wanted.value, &field.value));
    Verdict { name, wanted: wanted.printed.clone(), read, weight: None, right, close }
}

/// Whether a value is right, and whether it is at least close.
fn agreement(wanted: &WantedValue, read: &FieldValue) -> (bool, bool) {
    let both = |right: bool| (right, right);
    match (wanted, read) {
        (WantedValue::Amount(wanted), FieldValue::Amount(read)) => both(wanted == read),
        (WantedValue::Date(wanted), FieldValue::Date(read)) => both(wanted == read),
        (WantedValue::Currency(wanted), FieldValue::Currency(read)) => both(wanted == read),
        (WantedValue::Number(wanted), FieldValue::Text(read)) => both(*wanted == number_key(read)),
        (WantedValue::Supplier(keys), FieldValue::Text(read)) => {
            let read = supplier_key(read);
            (keys.contains(&read), keys.iter().any(|wanted| is_close(&read, wanted)))
        }
        (
            WantedValue::Amount(_)
            | WantedValue::Date(_)
            | WantedValue::Currency(_)
            | WantedValue::Number(_)
            | WantedValue::Supplier(_),
            FieldValue::Text(_) | FieldValue::Date(_) | FieldValue::Currency(_) | FieldValue::Amount(_),
        ) => both(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cli::score::{
            labels::Labels,
            testing::{draft, field},
        },
        model::finding::Finding,
    };

    fn read(draft: Option<Draft>) -> Read {
        let failure = Failure { code: "pdf_damaged".to_owned(), message: "It is damaged.".to_owned() };
        Read { failure: draft.is_none().then_some(failure), draft, weights: Weights::new(), time_ms: Decimal::ONE }
    }

    fn label(text: &str) -> Label {
        Labels::parse("labels", text).expect("labels").labels.into_iter().next().expect("one")
    }

    #[test]
    fn fields_agree_after_normalisation() {
        let label = label(
            r#"{"1": {"company": "Tea Shop (12345-X)", "date": "5/3/2018", "total": "RM9.0", "currency": "MYR",
                "number": "A 1"}}"#,
        );
        let cases = [
            (FieldName::Total, "9.00", true),
            (FieldName::Total, "9.01", false),
            (FieldName::Total, "-9.00", false),
            (FieldName::IssueDate, "2018-03-05", true),
            (FieldName::IssueDate, "2018-05-03", false),
            (FieldName::SupplierName, "TEA SHOP", true),
            (FieldName::SupplierName, "TEA STOP", false),
            (FieldName::Currency, "MYR", true),
            (FieldName::Currency, "HKD", false),
            (FieldName::DocumentNumber, "a1", true),
            (FieldName::DocumentNumber, "A-1", false),
        ];
        for (name, text, right) in cases {
            for accepted in [false, true] {
                let read = read(Some(draft(&[field(name, text, 900, accepted)])));
                let document = Document::compare(&label, "folder/1.jpg".into(), read);
                let verdict = document.verdict(name).expect("labelled");
                assert_eq!((verdict.right, verdict.accepted()), (right, accepted), "{name:?} {text}");
                // The four other fields are missing.
                let worst = if right || !accepted { Grade::Wrong } else { Grade::WrongAccepted };
                assert_eq!((document.grade(), document.verdicts.len()), (worst, 5), "{name:?} {text}");
                assert_eq!((document.file.as_str(), document.others.len()), ("1.jpg", 0));
            }
        }
    }

    #[test]
    fn a_file_that_was_not_read_has_everything_wrong() {
        let label = label(r#"{"1": {"company": "Tea Shop", "date": "5/3/2018", "total": "9.00"}}"#);
        let document = Document::compare(&label, "1.jpg".into(), read(None));
        assert_eq!((document.grade(), document.verdicts.len()), (Grade::Wrong, 3));
        assert!(document.verdicts.iter().all(|verdict| !verdict.right && !verdict.accepted()));
    }

    #[test]
    fn a_broken_file_is_to_be_refused() {
        let label = label(r#"{"1": {"seller": "Tea Shop", "issue_date": "2018-03-05", "fail_folder": true}}"#);
        let block = Finding::new("E1", Severity::Block, "The sums do not agree.", &[]);
        let mut blocked = draft(&[field(FieldName::Total, "9", 500, false)]);
        blocked.problems.push(block.clone());
        let mut accepted = draft(&[field(FieldName::Total, "9", 500, true)]);
        accepted.problems.push(block);
        let cases = [
            (None, Refusal::Refused, Grade::Good),
            (Some(blocked), Refusal::Refused, Grade::Good),
            (Some(draft(&[])), Refusal::Unnoticed, Grade::Wrong),
            (Some(accepted), Refusal::Accepted, Grade::WrongAccepted),
        ];
        for (draft, refusal, grade) in cases {
            let document = Document::compare(&label, "1.xml".into(), read(draft));
            assert_eq!((document.grade(), document.verdicts.len()), (grade, 0));
            assert_eq!(document.refusal, Some(refusal));
        }
        let failure = Failure { code: "reader_crashed".to_owned(), message: "It failed.".to_owned() };
        let crashed = Read { failure: Some(failure), ..read(None) };
        assert_eq!(Document::compare(&label, "1.xml".into(), crashed).refusal, Some(Refusal::Unnoticed));
    }
}
