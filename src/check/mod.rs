//! Check: what is wrong, missing or strange about a draft. Pure: one function a rule, findings out.
//!
//! The rules' ids are those of the list of checks (A arithmetic, T time, P policy, D duplicates, Q quality, M missing,
//! E destination).

mod arithmetic;
mod complete;
mod duplicate;
mod policy;
mod time;

use jiff::civil;

use crate::model::{category::Category, draft::Draft, finding::Finding, policy::Policy};

pub use duplicate::{Identity, Twin, supplier_key};

/// What the checks look at.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// What was read or corrected.
    pub draft: &'a Draft,
    /// What it was for.
    pub category: Category,
    /// Documents that may be the same purchase.
    pub twins: &'a [Twin],
    /// A person said: keep it although it looks like a duplicate.
    pub kept: bool,
    /// Whether a company to post it to was chosen.
    pub has_destination: bool,
    /// Today, in the firm's time zone.
    pub today: civil::Date,
}

/// Everything the rules notice, the gravest first.
#[must_use]
pub fn findings(subject: &Subject<'_>, policy: &Policy) -> Vec<Finding> {
    // The extraction says once that something is unsure; `unsure` says which field, and only of those that are posted.
    let noticed = subject.draft.problems.iter().filter(|finding| finding.rule != "Q1");
    let mut all: Vec<Finding> = noticed.cloned().collect();
    all.extend(complete::missing(subject));
    all.extend(complete::unsure(subject));
    all.extend(complete::destination(subject));
    all.extend(arithmetic::lines_and_subtotal(subject.draft));
    all.extend(arithmetic::parts_and_total(subject.draft));
    all.extend(arithmetic::positive_total(subject.draft));
    all.extend(arithmetic::minor_digits(subject.draft));
    all.extend(time::not_in_the_future(subject));
    all.extend(time::not_too_old(subject, policy));
    all.extend(policy::category_limit(subject, policy));
    all.extend(duplicate::same_purchase(subject));
    // What was typed by a person answers what the reader was unsure of.
    all.retain(|finding| !answered(subject.draft, finding));
    all.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    all
}

/// Whether a quality or date-order finding has been settled by a person's own value.
fn answered(draft: &Draft, finding: &Finding) -> bool {
    let quality = finding.rule.starts_with('Q') || finding.rule == "T0";
    let by_person =
        |name| draft.fields.get(name).is_some_and(|field| field.source == crate::model::page::Source::Person);
    quality && !finding.fields.is_empty() && finding.fields.iter().all(by_person)
}

#[cfg(test)]
mod tests;
