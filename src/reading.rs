//! A reading as JSON: the form of `vouch read`, of the API and of the store (`schemas/reading.schema.json`).

use std::{collections::BTreeMap, str::FromStr};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::model::{
    draft::{Draft, LineItem},
    field::{DocumentKind, Field, FieldName, FieldValue},
    finding::{Finding, Severity},
    page::{Area, Confidence, Source, Spot},
};

/// A draft as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftJson {
    /// What it is.
    pub document: DocumentJson,
    /// The fields by name.
    pub fields: BTreeMap<String, FieldJson>,
    /// The line items.
    pub lines: Vec<LineJson>,
    /// What the checks noticed.
    pub findings: Vec<FindingJson>,
}

/// What a document is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentJson {
    kind: String,
    pages: u32,
}

/// A field with its evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldJson {
    value: String,
    confidence: serde_json::Number,
    accepted: bool,
    source: String,
    rule: String,
    page: Option<u32>,
    #[serde(rename = "box")]
    area: Option<[u32; 4]>,
}

/// A line item; amounts are decimal strings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineJson {
    description: String,
    quantity: Option<String>,
    unit_price: Option<String>,
    amount: Option<String>,
    page: u32,
    #[serde(rename = "box")]
    area: [u32; 4],
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FindingJson {
    rule: String,
    severity: String,
    message: String,
    #[serde(default)]
    fields: Vec<String>,
    /// The ids of the other documents it concerns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    others: Vec<String>,
    /// Places that are no field's: page, left, top, width, height.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    spots: Vec<[u32; 5]>,
}

/// The stored JSON is not of this version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a stored reading is damaged: {0}")]
pub struct ReadingJsonError(pub String);

impl From<&Draft> for DraftJson {
    fn from(draft: &Draft) -> Self {
        Self {
            document: DocumentJson { kind: draft.kind.name().to_owned(), pages: draft.pages },
            fields: draft.fields.iter().map(|(name, field)| (name.name().to_owned(), field.into())).collect(),
            lines: draft.line_items.iter().map(LineJson::from).collect(),
            findings: draft.problems.iter().map(FindingJson::from).collect(),
        }
    }
}

impl TryFrom<DraftJson> for Draft {
    type Error = ReadingJsonError;

    fn try_from(json: DraftJson) -> Result<Self, ReadingJsonError> {
        let mut draft = Self::empty(json.document.pages);
        draft.kind = known(DocumentKind::from_name(&json.document.kind), &json.document.kind)?;
        for (name, field) in json.fields {
            let name = known(FieldName::from_name(&name), &name)?;
            draft.fields.insert(name, field.into_field(name)?);
        }
        draft.line_items = json.lines.into_iter().map(LineItem::try_from).collect::<Result<_, _>>()?;
        draft.problems = json.findings.into_iter().map(Finding::try_from).collect::<Result<_, _>>()?;
        Ok(draft)
    }
}

impl From<&Field> for FieldJson {
    fn from(field: &Field) -> Self {
        Self {
            value: field.value.to_text(),
            confidence: per_mille_number(field.confidence),
            accepted: field.accepted,
            source: field.source.name().to_owned(),
            rule: field.rule.clone(),
            page: field.page,
            area: field.area.map(area_array),
        }
    }
}

impl FieldJson {
    fn into_field(self, name: FieldName) -> Result<Field, ReadingJsonError> {
        Ok(Field {
            value: FieldValue::parse(name.kind(), &self.value).map_err(ReadingJsonError)?,
            confidence: number_per_mille(&self.confidence)?,
            accepted: self.accepted,
            source: known(Source::from_name(&self.source), &self.source)?,
            rule: self.rule,
            page: self.page,
            area: self.area.map(array_area),
        })
    }
}

impl From<&LineItem> for LineJson {
    fn from(line: &LineItem) -> Self {
        let text = |amount: Option<Decimal>| amount.map(|amount| amount.to_string());
        Self {
            description: line.description.clone(),
            quantity: text(line.quantity),
            unit_price: text(line.unit_price),
            amount: text(line.amount),
            page: line.page,
            area: area_array(line.area),
        }
    }
}

impl TryFrom<LineJson> for LineItem {
    type Error = ReadingJsonError;

    fn try_from(json: LineJson) -> Result<Self, ReadingJsonError> {
        let decimal = |text: Option<String>| {
            text.map(|text| Decimal::from_str(&text).map_err(|_| ReadingJsonError(text.clone()))).transpose()
        };
        Ok(Self {
            description: json.description,
            quantity: decimal(json.quantity)?,
            unit_price: decimal(json.unit_price)?,
            amount: decimal(json.amount)?,
            page: json.page,
            area: array_area(json.area),
        })
    }
}

impl From<&Finding> for FindingJson {
    fn from(finding: &Finding) -> Self {
        Self {
            rule: finding.rule.clone(),
            severity: finding.severity.name().to_owned(),
            message: finding.message.clone(),
            fields: finding.fields.iter().map(|name| name.name().to_owned()).collect(),
            others: finding.others.iter().map(ToString::to_string).collect(),
            spots: finding.spots.iter().map(spot_array).collect(),
        }
    }
}

impl TryFrom<FindingJson> for Finding {
    type Error = ReadingJsonError;

    fn try_from(json: FindingJson) -> Result<Self, ReadingJsonError> {
        let fields: Result<Vec<_>, _> =
            json.fields.iter().map(|name| known(FieldName::from_name(name), name)).collect();
        Ok(Self {
            severity: known(Severity::from_name(&json.severity), &json.severity)?,
            rule: json.rule,
            message: json.message,
            fields: fields?,
            others: json.others.iter().map(|id| known(id.parse().ok(), id)).collect::<Result<_, _>>()?,
            spots: json.spots.into_iter().map(array_spot).collect(),
        })
    }
}

fn known<T>(value: Option<T>, text: &str) -> Result<T, ReadingJsonError> {
    value.ok_or_else(|| ReadingJsonError(format!("“{text}” is not known")))
}

const fn spot_array(spot: &Spot) -> [u32; 5] {
    [spot.page, spot.area.left, spot.area.top, spot.area.width, spot.area.height]
}

const fn array_spot([page, left, top, width, height]: [u32; 5]) -> Spot {
    Spot { page, area: Area { left, top, width, height } }
}

const fn area_array(area: Area) -> [u32; 4] {
    [area.left, area.top, area.width, area.height]
}

const fn array_area([left, top, width, height]: [u32; 4]) -> Area {
    Area { left, top, width, height }
}

/// 987 thousandths as the literal `0.987`.
fn per_mille_number(confidence: Confidence) -> serde_json::Number {
    let text = Decimal::new(i64::from(confidence.per_mille()), 3).normalize().to_string();
    serde_json::Number::from_str(&text).unwrap_or_else(|_| serde_json::Number::from(0))
}

fn number_per_mille(number: &serde_json::Number) -> Result<Confidence, ReadingJsonError> {
    let wrong = || ReadingJsonError(format!("{number} is not a confidence"));
    let value = Decimal::from_str(&number.to_string()).map_err(|_| wrong())?;
    let thousandths = value.checked_mul(Decimal::ONE_THOUSAND).ok_or_else(wrong)?;
    u16::try_from(thousandths.trunc()).map(Confidence::from_per_mille).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drafts_survive_their_json() {
        let area = Area { left: 1, top: 2, width: 3, height: 4 };
        let mut draft = Draft::empty(2);
        draft.kind = DocumentKind::Invoice;
        draft.fields.insert(
            FieldName::Total,
            Field {
                value: FieldValue::Amount(Decimal::new(1230, 2)),
                confidence: Confidence::from_per_mille(987),
                accepted: true,
                source: Source::PdfText,
                rule: "labelled".to_owned(),
                page: Some(1),
                area: Some(area),
            },
        );
        let amount = Some(Decimal::new(1230, 2));
        let description = "茶 Tea".to_owned();
        draft.line_items.push(LineItem { description, quantity: None, unit_price: None, amount, page: 1, area });
        draft.problems.push(Finding::new("Q1", Severity::Flag, "look", &[FieldName::Total]));
        let text = serde_json::to_string(&DraftJson::from(&draft)).expect("plain data");
        assert!(text.contains(r#""value":"12.30","confidence":0.987"#), "{text}");
        let json: DraftJson = serde_json::from_str(&text).expect("our own JSON");
        assert_eq!(Draft::try_from(json), Ok(draft));
    }
}
