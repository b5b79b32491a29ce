//! Facts on their way from a reader process to vouch.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::{
    draft::LineItem,
    fact::{Fact, Facts},
    field::{DocumentKind, FieldName, FieldValue},
    finding::{Finding, Severity},
    page::{Area, Source},
};

/// Everything one machine-readable part states, as text.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FactsRow {
    source: String,
    kind: String,
    page: Option<u32>,
    area: Option<[u32; 4]>,
    /// Field, value, rule.
    fields: Vec<(String, String, String)>,
    line_items: Vec<LineItemRow>,
    /// Rule, severity, message, fields.
    problems: Vec<(String, String, String, Vec<String>)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct LineItemRow {
    description: String,
    /// Quantity, unit price, amount.
    figures: [Option<String>; 3],
    page: u32,
    area: [u32; 4],
}

const fn area_row(area: Area) -> [u32; 4] {
    [area.left, area.top, area.width, area.height]
}

const fn area_of([left, top, width, height]: [u32; 4]) -> Area {
    Area { left, top, width, height }
}

impl From<&Facts> for FactsRow {
    fn from(facts: &Facts) -> Self {
        let field = |fact: &Fact| (fact.name.name().to_owned(), fact.value.to_text(), fact.rule.clone());
        let item = |item: &LineItem| LineItemRow {
            description: item.description.clone(),
            figures: [item.quantity, item.unit_price, item.amount].map(|figure| figure.map(|value| value.to_string())),
            page: item.page,
            area: area_row(item.area),
        };
        let problem = |finding: &Finding| {
            let fields = finding.fields.iter().map(|name| name.name().to_owned()).collect();
            (finding.rule.clone(), finding.severity.name().to_owned(), finding.message.clone(), fields)
        };
        Self {
            source: facts.source.name().to_owned(),
            kind: facts.kind.name().to_owned(),
            page: facts.page,
            area: facts.area.map(area_row),
            fields: facts.fields.iter().map(field).collect(),
            line_items: facts.line_items.iter().map(item).collect(),
            problems: facts.problems.iter().map(problem).collect(),
        }
    }
}

impl FactsRow {
    /// The facts; none when another version of vouch wrote them.
    pub(super) fn into_facts(self) -> Option<Facts> {
        let fields = self.fields.into_iter().map(|(name, value, rule)| {
            let name = FieldName::from_name(&name)?;
            Some(Fact { name, value: FieldValue::parse(name.kind(), &value).ok()?, rule })
        });
        let items = self.line_items.into_iter().map(|item| {
            let [quantity, unit_price, amount] =
                item.figures.map(|figure| figure.and_then(|text| text.parse::<Decimal>().ok()));
            let area = area_of(item.area);
            LineItem { description: item.description, quantity, unit_price, amount, page: item.page, area }
        });
        let problems = self.problems.into_iter().map(|(rule, severity, message, fields)| {
            let fields: Vec<_> = fields.iter().filter_map(|name| FieldName::from_name(name)).collect();
            Some(Finding::new(&rule, Severity::from_name(&severity)?, message, &fields))
        });
        Some(Facts {
            source: Source::from_name(&self.source)?,
            kind: DocumentKind::from_name(&self.kind)?,
            page: self.page,
            area: self.area.map(area_of),
            fields: fields.collect::<Option<_>>()?,
            line_items: items.collect(),
            problems: problems.collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_arrive_as_they_were_sent() {
        let area = Area { left: 1, top: 2, width: 3, height: 4 };
        let amount = Decimal::new(1250, 2);
        let facts = Facts {
            source: Source::EInvoice,
            kind: DocumentKind::Invoice,
            page: Some(1),
            area: Some(area),
            fields: vec![
                Fact { name: FieldName::Total, value: FieldValue::Amount(amount), rule: "cii:x".to_owned() },
                Fact {
                    name: FieldName::SupplierName,
                    value: FieldValue::Text("A, B".to_owned()),
                    rule: "y".to_owned(),
                },
            ],
            line_items: vec![LineItem {
                description: "Tea".to_owned(),
                quantity: Some(Decimal::ONE),
                unit_price: None,
                amount: Some(amount),
                page: 1,
                area,
            }],
            problems: vec![Finding::new("E1", Severity::Block, "no", &[FieldName::Total])],
        };
        let json = serde_json::to_string(&FactsRow::from(&facts)).expect("plain data");
        let row: FactsRow = serde_json::from_str(&json).expect("the same form");
        assert_eq!(row.into_facts(), Some(facts));
    }
}
