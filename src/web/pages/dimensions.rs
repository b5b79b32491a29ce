//! Departments and projects on the pages of mappings: what each is sent as, and what its values are in a company.

use std::collections::BTreeSet;

use crate::{
    model::organisation::Organisation,
    pipeline::{
        LedgerKind, ReferenceKind,
        dimension::{DIMENSION, DIMENSIONS, kinds_of, names, sent_as, value_kind},
    },
    store::connection::{MappingRow, ReferenceRow},
    web::{
        view::{Choice, Chrome},
        view_settings::{DimensionMapping, DimensionValue},
    },
};

/// What the company's settings say of departments and projects; nothing where it takes neither and nothing was said.
pub(super) fn rows(
    chrome: &Chrome,
    ledger: LedgerKind,
    references: &[ReferenceRow],
    mappings: &[MappingRow],
    organisation: &Organisation,
) -> Vec<DimensionMapping> {
    let takes = references.iter().any(|row| row.kind == ReferenceKind::Dimension.name());
    if !takes && !mappings.iter().any(|row| row.kind == DIMENSION) {
        return Vec::new();
    }
    let mapped = |kind: &str, key: &str| {
        let row = mappings.iter().find(|row| row.kind == kind && row.key == key);
        row.map(|row| row.external_id.as_str()).unwrap_or_default()
    };
    let row = |dimension: &'static str| {
        let sent = sent_as(ledger, mappings, dimension);
        let kind = sent.as_ref().map(|sent| sent.kind).unwrap_or_default();
        let mut values: BTreeSet<String> = BTreeSet::new();
        if sent.is_some() {
            values = names(organisation, dimension);
            values.extend(mappings.iter().filter(|row| row.kind == kind).map(|row| row.key.clone()));
        }
        let value = |name: String| DimensionValue {
            choices: choices(chrome, ledger, references, mappings, kind, mapped(kind, &name)),
            name,
        };
        DimensionMapping {
            dimension,
            sent_as: choices(chrome, ledger, references, mappings, DIMENSION, mapped(DIMENSION, dimension)),
            kind,
            values: values.into_iter().map(value).collect(),
        }
    };
    DIMENSIONS.into_iter().map(row).collect()
}

/// What a dimension, or one of its values, can be in a company.
pub(super) fn choices(
    chrome: &Chrome,
    ledger: LedgerKind,
    references: &[ReferenceRow],
    mappings: &[MappingRow],
    kind: &str,
    chosen: &str,
) -> Vec<Choice> {
    if kind == DIMENSION {
        let of_kind = references.iter().filter(|row| row.kind == ReferenceKind::Dimension.name());
        // QuickBooks' own are words of ours; Xero's categories are called as somebody there called them.
        let name = |row: &ReferenceRow| match ledger {
            LedgerKind::QuickBooks => chrome.name("dimension", &row.external_id),
            LedgerKind::Xero => row.name.clone(),
        };
        return of_kind.map(|row| Choice::new(&row.external_id, name(row), chosen)).collect();
    }
    let sent = value_kind(kind).and_then(|(_, dimension)| sent_as(ledger, mappings, dimension));
    let Some(sent) = sent else { return Vec::new() };
    let can_mean = references.iter().filter(|row| sent.can_mean(row));
    can_mean.map(|row| Choice::new(&row.external_id, &row.name, chosen)).collect()
}

/// Whether something in the company can be what a mapping of this kind means; kinds that are no dimension's take
/// whatever is there.
pub(super) fn accepts(references: &[ReferenceRow], kind: &str, external_id: &str) -> bool {
    let kinds = kinds_of(kind);
    let of_kind = |row: &ReferenceRow| kinds.is_none_or(|kinds| kinds.iter().any(|kind| kind.name() == row.kind));
    references.iter().any(|row| row.external_id == external_id && of_kind(row))
}
