//! Rows with chosen ids and values, for the tests beside this file.

use std::collections::BTreeMap;

use vouch::{
    model::{
        category::Category,
        draft::Draft,
        field::{DocumentKind, Field, FieldName, FieldValue},
        id::{ConnectionId, DocumentId, PersonId, PostingId},
        media::MediaType,
        page::{Confidence, Source},
        person::{Person, Role},
    },
    store::{
        Db, StoreError,
        connection::{Connection, connection_upsert},
        document::{Document, NewDocument, document_create, document_fetch, document_update},
        person::person_create,
        posting::Posting,
    },
};

/// The person with this number; `person_add` writes it.
pub(crate) const fn person_id(number: u128) -> PersonId {
    PersonId::from_u128(number)
}

pub(crate) fn person(number: u128) -> Person {
    Person {
        id: person_id(number),
        email: format!("person{number}@example.test"),
        name: format!("Person {number}"),
        roles: vec![Role::Submitter],
        active: true,
    }
}

pub(crate) async fn person_add(db: &Db, number: u128) -> Result<PersonId, StoreError> {
    person_create(db, &person(number), "a hash", 1).await?;
    Ok(person_id(number))
}

pub(crate) fn connection(number: u128) -> Connection {
    Connection {
        id: ConnectionId::from_u128(number),
        ledger: "quickbooks".to_owned(),
        company_id: format!("company {number}"),
        name: format!("Company {number}"),
        home_currency: "HKD".to_owned(),
        multi_currency: true,
        country: Some("HK".to_owned()),
        closed_until: None,
        token_id: format!("quickbooks:{number}"),
        state: "connected".to_owned(),
        synced_at_us: None,
    }
}

pub(crate) async fn connection_add(db: &Db, number: u128) -> Result<ConnectionId, StoreError> {
    let txn = db.begin_write().await?;
    let id = connection_upsert(&txn, &connection(number), 1).await?;
    txn.commit().await?;
    Ok(id)
}

/// A document with this number, uploaded `number` microseconds after 1970.
pub(crate) fn new_document(number: u32, submitter: PersonId) -> NewDocument {
    NewDocument {
        id: DocumentId::from_u128(u128::from(number)),
        sha256: format!("{number:064x}"),
        media_type: MediaType::Jpeg,
        file_name: format!("receipt {number}.jpg"),
        bytes: 1_234,
        submitter,
        category: Category::Meals,
        connection: None,
        at_us: i64::from(number),
    }
}

pub(crate) async fn document_add(db: &Db, new: &NewDocument) -> Result<Document, StoreError> {
    let txn = db.begin_write().await?;
    assert!(document_create(&txn, new).await?, "these bytes are new");
    txn.commit().await?;
    document_fetch(db, new.id).await
}

/// Changes a document in a transaction of its own and answers it as it then is.
pub(crate) async fn document_change(
    db: &Db,
    id: DocumentId,
    change: impl FnOnce(&mut Document),
) -> Result<Document, StoreError> {
    let txn = db.begin_write().await?;
    let mut document = document_fetch(&txn, id).await?;
    change(&mut document);
    document_update(&txn, &document, document.version).await?;
    txn.commit().await?;
    document_fetch(db, id).await
}

/// A draft with what makes a purchase recognisable; an empty text leaves a field out.
pub(crate) fn draft(supplier: &str, date: &str, currency: &str, total: &str, number: &str) -> Draft {
    let typed = [
        (FieldName::SupplierName, supplier),
        (FieldName::IssueDate, date),
        (FieldName::Currency, currency),
        (FieldName::Total, total),
        (FieldName::DocumentNumber, number),
    ];
    let fields = typed.into_iter().filter(|(_, text)| !text.is_empty());
    let fields: BTreeMap<FieldName, Field> = fields.map(|(name, text)| (name, field(name, text))).collect();
    Draft { kind: DocumentKind::Receipt, fields, ..Draft::empty(1) }
}

fn field(name: FieldName, text: &str) -> Field {
    Field {
        value: FieldValue::parse(name.kind(), text).expect("a value of the test's own"),
        confidence: Confidence::from_per_mille(912),
        accepted: true,
        source: Source::Tesseract,
        rule: "labelled".to_owned(),
        page: Some(1),
        area: None,
    }
}

/// A posting that has only been begun.
pub(crate) fn posting(number: u128, document: DocumentId, connection: ConnectionId) -> Posting {
    Posting {
        id: PostingId::from_u128(number),
        document,
        connection,
        resource: "paid".to_owned(),
        reference: format!("VCH-{number}"),
        supplier_id: None,
        body: None,
        entry_sent_at_us: None,
        entry_tried_at_us: None,
        entry_key: None,
        entry_key_at_us: None,
        external_id: None,
        entry_url: None,
        posted_total: None,
        charged: None,
        gone: Vec::new(),
        attachment_sent_at_us: None,
        attachment_id: None,
        drift: None,
        checked_at_us: None,
        version: 0,
    }
}
