//! Check: what is wrong, missing or strange about a draft. Pure: one function a rule, findings out.
//!
//! The rules' ids are those of the list of checks: A arithmetic, I identity, T time, X tax, P policy, D duplicates,
//! Q quality, and ours: M missing, E destination. A7, T0, Q2, Q4, Q6 and V1 are the extraction's own, in the draft's
//! problems.
//! What a rule weighs usually stands in its function; the policy may give it another weight, or turn it off.

mod arithmetic;
mod complete;
mod duplicate;
mod identity;
mod paper;
mod policy;
mod quality;
mod subject;
mod sums;
mod tax;
mod time;

use crate::model::{finding::Finding, policy::Policy};

pub use arithmetic::total_from;
pub use duplicate::{DISTANCE_MAX, Identity, Twin, bank_line_key, fapiao_key, supplier_key};
pub use identity::bank_accounts;
pub use policy::together;
pub use subject::{Candidate, Claim, Known, KnownSupplier, Ledger, LedgerEntry, Lookalike, Spending, Subject};

use paper::Paper;

/// Rules that no policy weighs less or turns off: without them a document could be approved that cannot be an entry.
const FIXED: [&str; 4] = ["M1", "E1", "A9", "A10"];

/// Everything the rules notice, weighed by the policy, the gravest first.
#[must_use]
pub fn findings(subject: &Subject<'_>, policy: &Policy) -> Vec<Finding> {
    // The extraction says once that something is unsure; `unsure` says which field, and only of those that are posted.
    let noticed = subject.draft.problems.iter().filter(|finding| finding.rule != "Q1");
    let mut all: Vec<Finding> = noticed.cloned().collect();
    let paper = Paper::of(subject.pages);
    let found = [of_draft(subject, policy, &paper), of_surroundings(subject, policy, &paper)].into_iter().flatten();
    // What a machine-readable part or the extraction said already is not said again.
    let said: Vec<String> = all.iter().map(|finding| finding.rule.clone()).collect();
    all.extend(found.filter(|finding| !said.contains(&finding.rule)));
    // What was typed by a person answers what the reader was unsure of.
    all.retain(|finding| !answered(subject.draft, finding));
    all.retain_mut(|finding| weighed(finding, policy));
    all.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    all
}

/// The rules that need the paper only.
fn of_draft(subject: &Subject<'_>, policy: &Policy, paper: &Paper) -> Vec<Finding> {
    let draft = subject.draft;
    let several = [complete::missing(subject), quality::unsure(subject)];
    let single = [
        arithmetic::lines_and_subtotal(draft),
        arithmetic::parts_and_total(draft),
        sums::quantity_and_price(draft),
        sums::printed_rate(draft, paper),
        sums::cash_and_change(draft, paper),
        sums::words_and_figures(subject),
        sums::carried_forward(paper),
        arithmetic::plain_direction(draft),
        arithmetic::minor_digits(draft),
        identity::tax_id_digit(draft),
        identity::made_out_to_us(draft, paper, policy),
        identity::proof(draft, paper),
        time::not_in_the_future(subject),
        time::not_too_old(subject, policy),
        time::rate_in_force(subject, policy),
        tax::taxed_place(draft),
        tax::rate_of_the_place(draft, policy),
        tax::number_beside_tax(draft, paper),
        quality::legible(subject.pages),
        quality::edited(subject),
    ];
    several.into_iter().flatten().chain(single.into_iter().flatten()).collect()
}

/// The rules that need the firm, its ledger, the claim or other documents.
fn of_surroundings(subject: &Subject<'_>, policy: &Policy, paper: &Paper) -> Vec<Finding> {
    let several = [policy::limits(subject, policy), policy::details(subject, policy)];
    let single = [
        complete::destination(subject),
        identity::known_account(subject, paper),
        identity::known_tax_id(subject),
        time::period_is_open(subject),
        time::working_day(subject),
        tax::code_in_ledger(subject),
        tax::tax_in_ledger(subject),
        policy::receipt_needed(subject, policy, paper),
        policy::attendees(subject, policy),
        policy::forbidden(subject, policy, paper),
        policy::claimed(subject, policy),
        policy::exchange(subject, policy),
        policy::split(subject, policy),
        duplicate::same_bytes(subject),
        duplicate::same_picture(subject),
        duplicate::same_number(subject),
        duplicate::same_purchase(subject),
        duplicate::like_another(subject, policy),
        duplicate::invoice_and_receipt(subject),
        duplicate::same_fapiao(subject),
        duplicate::in_ledger(subject),
        duplicate::same_bank_line(subject),
    ];
    several.into_iter().flatten().chain(single.into_iter().flatten()).collect()
}

/// Gives a finding the policy's weight; `false` where the policy turned its rule off.
fn weighed(finding: &mut Finding, policy: &Policy) -> bool {
    match policy.severity(&finding.rule, finding.severity) {
        Some(severity) if FIXED.contains(&finding.rule.as_str()) => {
            finding.severity = finding.severity.max(severity);
            true
        }
        Some(severity) => {
            finding.severity = severity;
            true
        }
        None => FIXED.contains(&finding.rule.as_str()),
    }
}

/// Whether a quality or date-order finding has been settled by a person's own value.
fn answered(draft: &crate::model::draft::Draft, finding: &Finding) -> bool {
    let quality = finding.rule.starts_with('Q') || finding.rule == "T0";
    let by_person =
        |name| draft.fields.get(name).is_some_and(|field| field.source == crate::model::page::Source::Person);
    quality && !finding.fields.is_empty() && finding.fields.iter().all(by_person)
}

#[cfg(test)]
mod tests;
