//! Whether "97 % sure" means right in 97 of 100 cases: confidences in bins, with the share that was right.
//!
//! The bins are narrow near 1, where acceptance is decided. Only labelled fields with a value count: a field that was
//! not found has no confidence.

use serde_json::{Value, json};

use super::{
    compare::Document,
    labels::SCORED,
    share::{self, NOTHING},
};
use crate::model::field::FieldName;

/// The bins: from this many thousandths, below that many; the last holds 1000 too.
pub(super) const BINS: [(u16, u16); 8] =
    [(0, 500), (500, 700), (700, 800), (800, 900), (900, 950), (950, 980), (980, 995), (995, 1000)];

/// What fell into one bin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Bin {
    /// How many values.
    pub(super) values: u64,
    /// How many of them were right.
    pub(super) right: u64,
    /// The sum of their confidences, in thousandths.
    pub(super) confidence: u64,
}

/// The bins of one field, or of all.
pub(super) type Bins = [Bin; BINS.len()];

/// The bins of all fields together and of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reliability {
    /// All fields.
    pub(super) together: Bins,
    /// Each field that has a value anywhere.
    pub(super) fields: Vec<(FieldName, Bins)>,
}

impl Reliability {
    /// Sorts every labelled value into its bin.
    pub(super) fn new(documents: &[Document]) -> Self {
        let mut together = Bins::default();
        let mut fields = Vec::new();
        for name in SCORED {
            let mut bins = Bins::default();
            for verdict in documents.iter().filter_map(|document| document.verdict(name)) {
                let Some(field) = &verdict.read else { continue };
                let confidence = field.confidence.per_mille();
                let found = BINS.iter().rposition(|(from, _)| *from <= confidence);
                for bins in [&mut bins, &mut together] {
                    if let Some(bin) = found.and_then(|index| bins.get_mut(index)) {
                        bin.values += 1;
                        bin.right += u64::from(verdict.right);
                        bin.confidence += u64::from(confidence);
                    }
                }
            }
            if bins.iter().any(|bin| bin.values > 0) {
                fields.push((name, bins));
            }
        }
        Self { together, fields }
    }

    /// A table in Markdown, for the documentation.
    pub(super) fn markdown(&self) -> String {
        let mut rows = vec![vec!["confidence".to_owned(), "all fields".to_owned()]];
        for (row, bounds) in BINS.into_iter().enumerate() {
            rows.push(vec![bin_name(bounds), self.together.get(row).map(bin_text).unwrap_or_default()]);
        }
        for (name, bins) in &self.fields {
            let texts = std::iter::once(name.name().to_owned()).chain(bins.iter().map(bin_text));
            for (row, text) in rows.iter_mut().zip(texts) {
                row.push(text);
            }
        }
        let columns = rows.first().map_or(0, Vec::len);
        let widths: Vec<usize> = (0..columns)
            .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|text| text.chars().count()).max())
            .map(Option::unwrap_or_default)
            .collect();
        let mut text = String::new();
        for (index, row) in rows.iter().enumerate() {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}")).collect();
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
            if index == 0 {
                let rule: Vec<String> =
                    widths.iter().map(|width| format!("{:->width$}:", "", width = width - 1)).collect();
                text.push_str(&format!("| {} |\n", rule.join(" | ")));
            }
        }
        text
    }

    /// For programs: a list of bins for all fields and for each.
    pub(super) fn json(&self) -> Value {
        let bins = |bins: &Bins| -> Value {
            let bin = |((from, to), bin): (&(u16, u16), &Bin)| {
                json!({
                    "from": share::number(u64::from(*from), 1000),
                    "to": share::number(u64::from(*to), 1000),
                    "values": bin.values,
                    "right": bin.right,
                    "right_share": (bin.values > 0).then(|| share::number(bin.right, bin.values)),
                    "confidence_mean": (bin.values > 0).then(|| share::number(bin.confidence, bin.values * 1000)),
                })
            };
            BINS.iter().zip(bins).map(bin).collect()
        };
        let fields: serde_json::Map<String, Value> =
            self.fields.iter().map(|(name, field)| (name.name().to_owned(), bins(field))).collect();
        json!({ "all": bins(&self.together), "fields": fields })
    }
}

/// The bounds of a bin as people write them: `0.95 – 0.98`.
pub(super) fn bin_name((from, to): (u16, u16)) -> String {
    let text = |bound: u16| share::number(u64::from(bound), 1000).to_string();
    format!("{} – {}", text(from), text(to))
}

fn bin_text(bin: &Bin) -> String {
    if bin.values == 0 {
        return NOTHING.to_owned();
    }
    format!("{} of {}", share::good(bin.right, bin.values), bin.values)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::{
        cli::score::{
            compare::Read,
            labels::Labels,
            testing::{draft, field},
        },
        extract::Weights,
    };

    fn sample() -> Reliability {
        let mut documents = Vec::new();
        for (total, confidence) in [("9", 1000), ("9", 995), ("8", 994), ("9", 980), ("8", 499), ("9", 500), ("9", 0)] {
            let labels = Labels::parse("x", r#"{"1": {"total": "9", "date": "1/2/2020"}}"#).expect("labels");
            let draft = draft(&[field(FieldName::Total, total, confidence, false)]);
            let read = Read { draft: Some(draft), weights: Weights::new(), failure: None, time_ms: Decimal::ONE };
            let label = labels.labels.first().expect("one");
            documents.push(Document::compare(label, "1.jpg".into(), read));
        }
        Reliability::new(&documents)
    }

    #[test]
    fn values_fall_into_the_bin_that_begins_below_them() {
        let found = sample();
        assert_eq!(found.fields.len(), 1);
        let counts: Vec<_> = found.together.iter().map(|bin| (bin.values, bin.right)).collect();
        assert_eq!(counts, [(2, 1), (1, 1), (0, 0), (0, 0), (0, 0), (0, 0), (2, 1), (2, 2)]);
        assert_eq!(found.together.last().map(|bin| bin.confidence), Some(1995));
    }

    #[test]
    fn the_table_is_markdown() {
        let expected = "\
|   confidence |   all fields |        total |
| -----------: | -----------: | -----------: |
|      0 – 0.5 |  50.0 % of 2 |  50.0 % of 2 |
|    0.5 – 0.7 | 100.0 % of 1 | 100.0 % of 1 |
|    0.7 – 0.8 |            – |            – |
|    0.8 – 0.9 |            – |            – |
|   0.9 – 0.95 |            – |            – |
|  0.95 – 0.98 |            – |            – |
| 0.98 – 0.995 |  50.0 % of 2 |  50.0 % of 2 |
|    0.995 – 1 | 100.0 % of 2 | 100.0 % of 2 |
";
        assert_eq!(sample().markdown(), expected);
    }

    #[test]
    fn programs_get_numbers() {
        let json = sample().json();
        assert_eq!(
            json["all"][7].to_string(),
            r#"{"confidence_mean":0.9975,"from":0.995,"right":2,"right_share":1,"to":1,"values":2}"#
        );
        assert_eq!(json["fields"]["total"][2]["right_share"], Value::Null);
    }
}
