//! The approval rule: what goes through by itself, what an approver sees, what a reviewer sees first.

use crate::model::{
    draft::Draft,
    field::FieldName,
    finding::{Finding, Severity},
    page::Source,
    policy::Policy,
};

/// The fields that become the entry; a person or proof must stand behind each.
pub const POSTED_FIELDS: [FieldName; 4] =
    [FieldName::SupplierName, FieldName::IssueDate, FieldName::Currency, FieldName::Total];

/// What the checks' findings mean for a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// Below the limit and without findings.
    ApprovedByRule,
    /// Nothing to mend, but people must agree.
    NeedsApproval,
    /// A person must look before anybody approves.
    NeedsReview,
}

/// What the checks' findings mean for a document.
///
/// Approved by rule only if vouch itself read every posted field with acceptance: where a person typed one, another
/// person looks. An amount in a foreign currency is never below the limit: without a rate nobody knows.
#[must_use]
pub fn ruling(draft: &Draft, findings: &[Finding], policy: &Policy) -> Ruling {
    if findings.iter().any(|finding| finding.severity >= Severity::Flag) {
        return Ruling::NeedsReview;
    }
    let read_by_vouch = POSTED_FIELDS
        .iter()
        .all(|name| draft.fields.get(name).is_some_and(|field| field.accepted && field.source != Source::Person));
    let limit = policy.approved_by_rule_max;
    let small =
        draft.entry_total().is_some_and(|total| total.currency() == limit.currency() && total.minor() <= limit.minor());
    if read_by_vouch && small { Ruling::ApprovedByRule } else { Ruling::NeedsApproval }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::model::{
        currency::Currency,
        field::{Field, FieldValue},
        page::Confidence,
    };

    fn draft(total: i64, currency: &str, source: Source) -> Draft {
        let mut draft = Draft::empty(1);
        let currency = Currency::parse(currency).expect("a currency of the table");
        for (name, value) in [
            (FieldName::SupplierName, FieldValue::Text("Blue Café".to_owned())),
            (FieldName::IssueDate, FieldValue::Date(jiff::civil::date(2026, 11, 20))),
            (FieldName::Currency, FieldValue::Currency(currency)),
            (FieldName::Total, FieldValue::Amount(Decimal::from(total))),
        ] {
            let confidence = Confidence::CERTAIN;
            let rule = "test".to_owned();
            draft
                .fields
                .insert(name, Field { value, confidence, accepted: true, source, rule, page: None, area: None });
        }
        draft
    }

    #[test]
    fn who_decides() {
        let policy = Policy::starting();
        let flag = |severity| vec![Finding::new("A2", severity, "…", &[])];
        let table = [
            (draft(500, "HKD", Source::Tesseract), Vec::new(), Ruling::ApprovedByRule),
            (draft(501, "HKD", Source::Tesseract), Vec::new(), Ruling::NeedsApproval),
            (draft(5, "USD", Source::Tesseract), Vec::new(), Ruling::NeedsApproval),
            (draft(5, "HKD", Source::Person), Vec::new(), Ruling::NeedsApproval),
            (draft(5, "HKD", Source::Tesseract), flag(Severity::Info), Ruling::ApprovedByRule),
            (draft(5, "HKD", Source::Tesseract), flag(Severity::Flag), Ruling::NeedsReview),
            (draft(5, "HKD", Source::Tesseract), flag(Severity::Block), Ruling::NeedsReview),
            (Draft::empty(1), Vec::new(), Ruling::NeedsApproval),
        ];
        for (draft, findings, expected) in table {
            assert_eq!(ruling(&draft, &findings, &policy), expected, "{findings:?}");
        }
    }
}
