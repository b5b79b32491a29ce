//! What a machine-readable part of the document states, held against what was read on its pages.
//!
//! A statement outranks a reading: an e-invoice's XML is the invoice, and the pages are its picture; a QR code repeats
//! what the paper says. Where the two contradict each other, a person decides.

use crate::model::{
    draft::Draft,
    fact::{Fact, Facts},
    field::{DocumentKind, Field, FieldName, FieldValue},
    finding::{Finding, Severity},
    page::{Confidence, Source},
};

/// Takes the statements into the reading, the most trusted last word first.
pub(super) fn join(draft: &mut Draft, all: &[Facts]) {
    for facts in all.iter().rev() {
        let trusted = !facts.problems.iter().any(|problem| problem.severity == Severity::Block);
        let mut differing = Vec::new();
        for fact in &facts.fields {
            if contradicted(draft, fact, facts.source) {
                differing.push(fact.name);
            }
            let field = stated(facts, fact, trusted);
            draft.fields.insert(fact.name, field);
        }
        if facts.kind != DocumentKind::Unknown {
            draft.kind = facts.kind;
        }
        if !facts.line_items.is_empty() {
            draft.line_items.clone_from(&facts.line_items);
        }
        draft.problems.extend(facts.problems.iter().cloned());
        if !trusted {
            // The picture of a broken e-invoice is no better than the invoice: a person looks at all of it.
            draft.fields.values_mut().for_each(|field| field.accepted = false);
        }
        if !differing.is_empty() {
            // A code that says something else than its paper belongs to another paper, or one of them is forged.
            for name in &differing {
                if let Some(field) = draft.fields.get_mut(name) {
                    field.accepted = false;
                }
            }
            let message = "The machine-readable part says something else than the page. Please compare them.";
            draft.problems.push(Finding::new("A7", Severity::Flag, message, &differing));
        }
    }
}

fn stated(facts: &Facts, fact: &Fact, trusted: bool) -> Field {
    Field {
        value: fact.value.clone(),
        confidence: if trusted { Confidence::CERTAIN } else { Confidence::from_per_mille(500) },
        accepted: trusted,
        source: facts.source,
        rule: fact.rule.clone(),
        page: facts.page,
        area: facts.area,
    }
}

/// Whether the page plainly says something else: an amount, a date or a currency that was accepted there. The XML of
/// an e-invoice is held against a page with a text layer only, because a picture of it proves less than it does.
fn contradicted(draft: &Draft, fact: &Fact, source: Source) -> bool {
    let Some(read) = draft.fields.get(&fact.name) else { return false };
    let firm = read.accepted && (source == Source::Qr || read.source == Source::PdfText);
    let comparable = match (&read.value, &fact.value) {
        (FieldValue::Amount(_), FieldValue::Amount(_)) => {
            matches!(fact.name, FieldName::Total)
        }
        (FieldValue::Date(_), FieldValue::Date(_)) => fact.name == FieldName::IssueDate,
        (FieldValue::Currency(_), FieldValue::Currency(_)) => true,
        (FieldValue::Text(_) | FieldValue::Amount(_) | FieldValue::Date(_) | FieldValue::Currency(_), _) => false,
    };
    firm && comparable && read.value != fact.value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Hints, Seen, extract, testing::page_of};
    use rust_decimal::Decimal;

    fn facts(total: i64, problems: Vec<Finding>) -> Facts {
        Facts {
            source: Source::EInvoice,
            kind: DocumentKind::Invoice,
            page: None,
            area: None,
            fields: vec![Fact {
                name: FieldName::Total,
                value: FieldValue::Amount(Decimal::new(total, 2)),
                rule: "cii:GrandTotalAmount".to_owned(),
            }],
            line_items: Vec::new(),
            problems,
        }
    }

    /// An e-invoice that cannot be used, on pages that say nothing: the reason is told with it.
    #[test]
    fn what_nothing_could_be_read_of_keeps_its_reason() {
        let hints =
            Hints { currency: None, day_first: true, today: jiff::civil::date(2026, 11, 22), known: Vec::new() };
        let damaged = vec![Finding::new("V1", Severity::Block, "The e-invoice is damaged.", &[])];
        let unusable = [Facts { fields: Vec::new(), ..facts(2000, damaged) }];
        let draft = extract(&Seen { facts: &unusable, ..Seen::default() }, &hints);
        assert!(draft.fields.is_empty());
        assert_eq!(draft.problems.iter().map(|finding| finding.rule.as_str()).collect::<Vec<_>>(), ["Q3", "V1"]);
    }

    #[test]
    fn a_statement_outranks_a_reading() {
        let hints =
            Hints { currency: None, day_first: true, today: jiff::civil::date(2026, 11, 22), known: Vec::new() };
        let mut page = page_of(&["TOTAL 20.00", "CASH 50.00", "CHANGE 30.00"]);
        page.source = Source::PdfText;
        let pages = [page];
        let broken = vec![Finding::new("V1", Severity::Block, "BR-CO-15", &[FieldName::Total])];
        for (all, value, accepted, rules) in [
            (vec![facts(2000, Vec::new())], "20.00", true, vec!["Q1"]),
            (vec![facts(2100, Vec::new())], "21.00", false, vec!["A7", "Q1"]),
            (vec![facts(2000, broken)], "20.00", false, vec!["V1", "Q1"]),
        ] {
            let draft = extract(&Seen { pages: &pages, facts: &all, looks: &[] }, &hints);
            let total = &draft.fields[&FieldName::Total];
            assert_eq!((total.value.to_text().as_str(), total.accepted), (value, accepted));
            assert_eq!(draft.problems.iter().map(|finding| finding.rule.as_str()).collect::<Vec<_>>(), rules);
        }
    }
}
