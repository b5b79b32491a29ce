//! The table that says how often values of each weight are right, fitted on labelled files: `vouch score … --fit`.
//!
//! For each field the values are sorted by weight and counted. What weighs more is at least as likely right, so
//! neighbouring counts that say otherwise are one step (isotonic regression of (r + ½) / (n + 1), r right ones of n,
//! which is what Jeffreys' prior leaves), and so are steps of few values. The figure of a step is Clopper and Pearson's
//! exact lower bound at 95 per cent: at that share, so many right ones would be seen once in twenty times. Few papers
//! therefore never make anything sure: it takes 598 right ones of 598 to prove 0.995.

use super::compare::Document;
use crate::{extract::Step, model::field::FieldName};

/// A step holds at least so many values; fewer say nothing of their own.
const VALUES_MIN: u32 = 10;
/// Under a bound of so many hundredths the counted values would be that good by luck.
const LUCK_MAX: f64 = 0.05;

/// What a table says of where it comes from.
#[derive(Debug)]
pub(super) struct Origin {
    /// The name of the labelled set.
    pub(super) set: String,
    /// When it was read.
    pub(super) day: jiff::civil::Date,
}

/// The fields that have steps of their own, and the names of those in the table.
const FIELDS: [(FieldName, &str); 3] =
    [(FieldName::Total, "TOTAL"), (FieldName::IssueDate, "ISSUE_DATE"), (FieldName::SupplierName, "SUPPLIER_NAME")];

/// The table as the text of `src/extract/calibration/table.rs`.
pub(super) fn table(documents: &[Document], origin: &Origin) -> String {
    let mut text = format!(
        "//! How often values of each weight were right. Fitted on the {} files of {}, read on {}.\n\
         //! Written by `vouch score --fit`, whose source says how (src/cli/score/fit.rs); not to be changed by hand.\n\n\
         use super::Step;\n",
        documents.len(),
        origin.set,
        origin.day
    );
    let mut together = Vec::new();
    for (field, name) in FIELDS {
        let values = weighed(documents, field);
        text.push_str(&steps_text(&format!("Of the {}.", field.name().replace('_', " ")), name, &steps(&values)));
        together.extend(values);
    }
    text.push_str(&steps_text(
        "Of the three together, for fields that are not labelled there.",
        "OTHERS",
        &steps(&together),
    ));
    text
}

/// The weight of each labelled value that was read, and whether it was right.
fn weighed(documents: &[Document], name: FieldName) -> Vec<(u8, bool)> {
    let verdicts = documents.iter().filter_map(|document| document.verdict(name));
    verdicts.filter_map(|verdict| Some((verdict.weight?.value(), verdict.right))).collect()
}

fn steps_text(what: &str, name: &str, steps: &[Step]) -> String {
    let rows: String = steps.iter().map(|step| format!("    {step:?},\n")).collect();
    format!("\n/// {what}\npub(super) const {name}: &[Step] = &[\n{rows}];\n")
}

/// The steps, from the least weight on.
fn steps(values: &[(u8, bool)]) -> Vec<Step> {
    let mut weights: Vec<u8> = values.iter().map(|(weight, _)| *weight).collect();
    weights.sort_unstable();
    weights.dedup();
    let mut steps: Vec<Step> = Vec::new();
    for weight in weights {
        let own = values.iter().filter(|(other, _)| *other == weight);
        let right = own.clone().filter(|(_, right)| *right).count();
        let (values, right) = (count(own.count()), count(right));
        steps.push(Step { from: weight, values, right, at_least: 0 });
        while let [.., lower, upper] = steps.as_slice()
            && !is_likelier(*upper, *lower)
        {
            let joined = join(*lower, *upper);
            steps.truncate(steps.len() - 2);
            steps.push(joined);
        }
    }
    let mut steps = without_small(&steps);
    let mut least = 0;
    for (at, step) in steps.iter_mut().enumerate() {
        // Below its first weight nothing was seen, so nothing better is known.
        step.from = if at == 0 { 0 } else { step.from };
        least = lower_bound(step.right, step.values).max(least);
        step.at_least = least;
    }
    steps
}

/// A step of few values joins the one below it, which is no likelier right; the first joins the one above it.
fn without_small(steps: &[Step]) -> Vec<Step> {
    let mut kept: Vec<Step> = Vec::new();
    for step in steps {
        match kept.last_mut() {
            Some(below) if step.values < VALUES_MIN || below.values < VALUES_MIN => *below = join(*below, *step),
            Some(_) | None => kept.push(*step),
        }
    }
    kept
}

fn count(values: usize) -> u32 {
    u32::try_from(values).unwrap_or(u32::MAX)
}

const fn join(lower: Step, upper: Step) -> Step {
    Step { from: lower.from, values: lower.values + upper.values, right: lower.right + upper.right, at_least: 0 }
}

/// Whether values of the upper step are likelier right.
fn is_likelier(upper: Step, lower: Step) -> bool {
    let mean = |step: Step| (2 * u64::from(step.right) + 1, 2 * (u64::from(step.values) + 1));
    let ((upper_right, upper_values), (lower_right, lower_values)) = (mean(upper), mean(lower));
    upper_right * lower_values > lower_right * upper_values
}

/// Clopper and Pearson's lower bound of a share, in thousandths, rounded down.
fn lower_bound(right: u32, values: u32) -> u16 {
    let lucky = |per_mille: &u16| luck(right, values, *per_mille) <= LUCK_MAX;
    (0..1000).rev().find(lucky).unwrap_or(0)
}

/// How likely it is to see at least so many right of so many values that are each right in this share of cases.
#[expect(clippy::float_arithmetic, reason = "a chance, not an amount; it is rounded down to thousandths")]
fn luck(right: u32, values: u32, per_mille: u16) -> f64 {
    if right == 0 {
        return 1.0;
    }
    if per_mille == 0 {
        return 0.0;
    }
    let share = f64::from(per_mille) / 1000.0;
    let (hit, miss) = (share.ln(), (1.0 - share).ln());
    // Logarithms: the chance that all of some thousand are right is too small for a float.
    let mut ways = 0.0;
    let mut sum = 0.0;
    for wrong in 0..=values - right.min(values) {
        if wrong > 0 {
            ways += f64::from(values - wrong + 1).ln() - f64::from(wrong).ln();
        }
        sum += (ways + f64::from(values - wrong) * hit + f64::from(wrong) * miss).exp();
    }
    sum
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lower_bounds_are_those_of_the_books() {
        // Clopper and Pearson 1934, one side, 95 per cent; 0.05^(1/n) where all are right.
        for (right, values, bound) in
            [(0, 10, 0), (10, 10, 741), (9, 10, 605), (5, 10, 222), (100, 100, 970), (597, 597, 994), (598, 598, 995)]
        {
            assert_eq!(lower_bound(right, values), bound, "{right} of {values}");
        }
        assert_eq!(lower_bound(0, 0), 0, "nothing was seen");
        assert!(lower_bound(9_990, 10_000) >= 998, "large sets do not run out of digits");
    }

    #[test]
    fn neighbours_that_disagree_are_one_step() {
        let some = |weight: u8, right: usize, wrong: usize| {
            std::iter::repeat_n((weight, true), right).chain(std::iter::repeat_n((weight, false), wrong))
        };
        let values: Vec<_> = some(3, 5, 5)
            .chain(some(7, 9, 1))
            .chain(some(8, 16, 4))
            .chain(some(11, 2, 0))
            .chain(some(12, 40, 0))
            .collect();
        let found: Vec<_> = steps(&values).into_iter().map(|step| (step.from, step.values, step.right)).collect();
        assert_eq!(found, [(0, 10, 5), (7, 32, 27), (12, 40, 40)]);
        assert_eq!(steps(&[]), []);
        assert_eq!(steps(&[(9, false)]).len(), 1, "few values are a step where there are no others");
    }

    #[test]
    fn steps_are_written_as_rust() {
        let steps = [Step { from: 0, values: 12, right: 9, at_least: 473 }];
        let expected = "\n/// Of the total.\npub(super) const TOTAL: &[Step] = &[\n    Step { from: 0, values: 12, right: 9, at_least: 473 },\n];\n";
        assert_eq!(steps_text("Of the total.", "TOTAL", &steps), expected);
        let origin = Origin { set: "receipts".to_owned(), day: jiff::civil::date(2026, 11, 26) };
        let text = table(&crate::cli::score::testing::documents(), &origin);
        assert!(
            text.starts_with("//! How often values of each weight were right. Fitted on the 5 files of receipts, "),
            "{text}"
        );
        assert_eq!(text.matches("pub(super) const").count(), 4, "three fields and the others");
    }

    proptest! {
        #[test]
        fn steps_rise_and_count_each_value_once(values in prop::collection::vec((0_u8..24, any::<bool>()), 0..300)) {
            let steps = steps(&values);
            prop_assert_eq!(steps.iter().map(|step| step.values).sum::<u32>(), count(values.len()));
            for pair in steps.windows(2) {
                prop_assert!(pair[0].from < pair[1].from && pair[0].at_least <= pair[1].at_least);
                prop_assert!(pair[0].values >= VALUES_MIN && pair[1].values >= VALUES_MIN);
            }
            for step in &steps {
                prop_assert!(step.right <= step.values && step.at_least <= 1000);
            }
        }
    }
}
