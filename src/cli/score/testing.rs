//! Drafts for the tests of this folder.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::{
    compare::{Document, Failure, Read},
    labels::Labels,
};
use crate::extract::Weights;
use crate::model::{
    draft::Draft,
    field::{Field, FieldName, FieldValue},
    page::{Area, Confidence, Source},
};

/// A field as a reader gives it, seen on the first page.
pub(super) fn field(name: FieldName, text: &str, per_mille: u16, accepted: bool) -> (FieldName, Field) {
    let field = Field {
        value: FieldValue::parse(name.kind(), text).expect("a value of the field's kind"),
        confidence: Confidence::from_per_mille(per_mille),
        accepted,
        source: Source::Tesseract,
        rule: "labelled".to_owned(),
        page: Some(1),
        area: Some(Area { left: 10, top: 20, width: 30, height: 8 }),
    };
    (name, field)
}

/// A draft with these fields.
pub(super) fn draft(fields: &[(FieldName, Field)]) -> Draft {
    let mut draft = Draft::empty(1);
    draft.fields = fields.iter().cloned().collect::<BTreeMap<_, _>>();
    draft
}

/// Five files: all right and accepted; a total wrong and accepted; a supplier nearly right; not read; refused as it
/// should be. They took 100, 200 … 500 milliseconds.
pub(super) fn documents() -> Vec<Document> {
    let receipt = r#"{"company": "Tea Shop Ltd", "date": "5/3/2018", "total": "9.00"}"#;
    let broken = r#"{"seller": "Tea Shop Ltd", "total": "9.00", "fail_folder": true}"#;
    let text = format!(r#"{{"1": {receipt}, "2": {receipt}, "3": {receipt}, "4": {receipt}, "5": {broken}}}"#);
    let labels = Labels::parse("labels", &text).expect("labels");
    let fields = |total, supplier, accepted| {
        draft(&[
            field(FieldName::Total, total, 996, accepted),
            field(FieldName::IssueDate, "2018-03-05", 990, accepted),
            field(FieldName::SupplierName, supplier, 800, accepted && total == "9.00"),
            field(FieldName::PaymentMethod, "cash", 400, false),
        ])
    };
    let failure = |code: &str| Failure { code: code.to_owned(), message: "The picture is <damaged>.".to_owned() };
    let reads = [
        ("1.jpg", Ok(fields("9.00", "TEA SHOP LTD", true))),
        ("2.jpg", Ok(fields("90.00", "OTHER", true))),
        ("3.jpg", Ok(fields("9.00", "TEA SHOP LTO", false))),
        ("4.jpg", Err(failure("damaged_image"))),
        ("5.xml", Err(failure("e_invoice_broken"))),
    ];
    let documents = labels.labels.iter().zip(reads).zip(1_u32..).map(|((label, (file, read)), number)| {
        let (draft, failure) = match read {
            Ok(draft) => (Some(draft), None),
            Err(failure) => (None, Some(failure)),
        };
        Document::compare(
            label,
            file.into(),
            Read { draft, weights: Weights::new(), failure, time_ms: Decimal::from(number * 100) },
        )
    });
    documents.collect()
}
