//! Documents in the states that the pages are tested with, without a reader: what it would have read is given.

use vouch::{
    approval::state::Event,
    model::{
        category::Category,
        draft::Draft,
        field::{DocumentKind, Field, FieldName, FieldValue},
        page::{Area, Confidence, Source},
        person::Person,
    },
    pipeline::{
        receive::{Upload, receive},
        stages::run_check,
        transition::{Move, transition},
    },
    store::document::{Document, PageRow, document_fetch, page_replace_all},
};

use crate::house::House;

/// The smallest picture that is taken for a PNG; another number makes other bytes.
pub(crate) fn png(number: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0".to_vec();
    bytes.extend_from_slice(&number.to_be_bytes());
    bytes
}

/// The fields of a good receipt over HKD 680.00, which is above what the policy approves by itself.
pub(crate) const GOOD: [(FieldName, &str); 4] = [
    (FieldName::SupplierName, "Harbour Stationery"),
    (FieldName::IssueDate, "2026-11-20"),
    (FieldName::Currency, "HKD"),
    (FieldName::Total, "680.00"),
];

/// A receipt with these values, all sure.
pub(crate) fn draft(fields: &[(FieldName, &str)]) -> Draft {
    let mut draft = Draft { kind: DocumentKind::Receipt, ..Draft::empty(1) };
    for (row, (name, text)) in (0_u32..).zip(fields) {
        let field = Field {
            value: FieldValue::parse(name.kind(), text).expect("the tests' values are right"),
            confidence: Confidence::from_per_mille(990),
            accepted: true,
            source: Source::Tesseract,
            rule: "given".to_owned(),
            page: Some(1),
            area: Some(Area { left: 10, top: 10 + 20 * row, width: 80, height: 16 }),
        };
        draft.fields.insert(*name, field);
    }
    draft
}

/// A document that was just taken in.
pub(crate) async fn received(house: &House, person: &Person, number: u32) -> Document {
    let upload = Upload {
        bytes: png(number),
        file_name: format!("receipt {number}.png"),
        person: person.id,
        category: Category::Office,
        connection: None,
    };
    receive(&house.context, upload).await.expect("a PNG is taken in").document
}

/// A document that was read as `draft` and checked.
pub(crate) async fn checked(house: &House, person: &Person, number: u32, draft: Draft) -> Document {
    let (context, document) = (&house.context, received(house, person, number).await);
    let picture = format!("{}/picture", document.id);
    context.blobs.put(&picture, png(number)).await.expect("the folder can be written");
    let page = PageRow { number: 1, width: 400, height: 600, picture, page_json: "{}".to_owned() };
    let txn = context.db.begin_write().await.expect("the database answers");
    page_replace_all(&txn, document.id, &[page]).await.expect("the document is there");
    txn.commit().await.expect("the database answers");
    let step = Move {
        change: Box::new(|document| document.draft = Some(draft)),
        ..Move::by_system(document.id, "read", Event::ReadSucceeded)
    };
    transition(context, step).await.expect("a received document can be read");
    run_check(context, document.id).await.expect("the checks run");
    document_fetch(&context.db, document.id).await.expect("the document is there")
}

/// A document that waits for an approver; each number has a supplier of its own.
pub(crate) async fn awaiting(house: &House, person: &Person, number: u32) -> Document {
    const NAMES: [&str; 5] = ["Harbour", "Peak", "Lantau", "Kowloon", "Victoria"];
    const TRADES: [&str; 3] = ["Stationery", "Catering", "Couriers"];
    let place = usize::try_from(number).expect("a small number");
    let supplier = format!("{} {} Limited", NAMES[place % NAMES.len()], TRADES[place / NAMES.len() % TRADES.len()]);
    let mut fields = GOOD;
    fields[0].1 = &supplier;
    let document = checked(house, person, number, draft(&fields)).await;
    assert_eq!(document.state.name(), "awaiting_approval", "{:?}", document.findings);
    document
}
