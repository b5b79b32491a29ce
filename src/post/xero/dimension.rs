//! Tracking categories of a Xero organisation, and where their options stand on an entry.

use super::wire;
use crate::post::{LedgerReference, ReferenceKind, dimension::Dimension, entry::Entry, line::LedgerLine};

/// The categories in use and the options of each. An option names its category in `code`.
pub(super) fn references(categories: Vec<wire::TrackingCategory>) -> Vec<LedgerReference> {
    let is_active = |status: &Option<String>| status.as_deref().is_none_or(|status| status == "ACTIVE");
    let mut found = Vec::new();
    for category in categories.into_iter().filter(|category| is_active(&category.status)) {
        let Some(name) = category.name else { continue };
        let id = category.tracking_category_id;
        for option in category.options.into_iter().filter(|option| is_active(&option.status)) {
            let Some(name) = option.name else { continue };
            let (kind, code) = (ReferenceKind::TrackingOption, Some(id.clone()));
            found.push(LedgerReference { kind, external_id: option.tracking_option_id, code, name, currency: None });
        }
        let kind = ReferenceKind::Dimension;
        found.push(LedgerReference { kind, external_id: id, code: None, name, currency: None });
    }
    found
}

/// What stands on each line of an entry.
pub(super) fn tracking(entry: &Entry) -> Vec<wire::Tracking> {
    let of = |dimension: &Dimension| match dimension {
        Dimension::Tracking { category, option } => {
            let (tracking_category_id, tracking_option_id) = (Some(category.clone()), Some(option.clone()));
            Some(wire::Tracking { tracking_category_id, tracking_option_id })
        }
        Dimension::Class(_) | Dimension::Location(_) | Dimension::Customer(_) => None,
    };
    entry.dimensions.iter().filter_map(of).collect()
}

/// What each line of a transaction is charged to.
pub(super) fn of_lines(lines: Vec<wire::LineRead>) -> Vec<LedgerLine> {
    let of = |tracking: &wire::Tracking| {
        let (category, option) = (tracking.tracking_category_id.clone()?, tracking.tracking_option_id.clone()?);
        Some(Dimension::Tracking { category, option })
    };
    let line = |line: wire::LineRead| LedgerLine {
        dimensions: line.tracking.iter().filter_map(of).collect(),
        account: line.account_code,
        tax_code: line.tax_type,
    };
    lines.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_use_is_offered() {
        let lists: wire::Lists = serde_json::from_str(
            r#"{"TrackingCategories":[{"TrackingCategoryID":"c1","Name":"Department","Status":"ACTIVE","Options":[
                {"TrackingOptionID":"o1","Name":"Sales","Status":"ACTIVE"},
                {"TrackingOptionID":"o2","Name":"Old","Status":"ARCHIVED"}]},
                {"TrackingCategoryID":"c2","Name":"Region","Status":"ARCHIVED","Options":[
                {"TrackingOptionID":"o3","Name":"North","Status":"ACTIVE"}]}]}"#,
        )
        .expect("the lists are well formed");
        let offered: Vec<_> = references(lists.tracking_categories)
            .into_iter()
            .map(|item| (item.kind, item.external_id, item.code, item.name))
            .collect();
        let text = str::to_owned;
        assert_eq!(
            offered,
            [
                (ReferenceKind::TrackingOption, text("o1"), Some(text("c1")), text("Sales")),
                (ReferenceKind::Dimension, text("c1"), None, text("Department")),
            ]
        );
    }

    #[test]
    fn what_is_read_stands_on_each_line() {
        let read: wire::Transaction = serde_json::from_str(
            r#"{"LineItems":[{"Tracking":[{"Name":"Department","Option":"Sales","TrackingCategoryID":"c1",
                "TrackingOptionID":"o1"},{"Name":"half","TrackingCategoryID":"c2"}]},
                {"Description":"x","AccountCode":"420","TaxType":"INPUT2"}]}"#,
        )
        .expect("the text is a transaction");
        let tracking = Dimension::Tracking { category: "c1".to_owned(), option: "o1".to_owned() };
        let tracked = LedgerLine { dimensions: vec![tracking], ..LedgerLine::default() };
        let (account, tax_code) = (Some("420".to_owned()), Some("INPUT2".to_owned()));
        assert_eq!(of_lines(read.line_items), [tracked, LedgerLine { account, tax_code, dimensions: Vec::new() }]);
    }
}
