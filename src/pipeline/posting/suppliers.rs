//! Suppliers that a company does not have yet, made together before the bills that need them.
//!
//! Design note. Alone a new supplier takes three calls: two looks and the making. Many at once take one for each
//! thousand contacts, and one to make them. This only saves calls: whatever it leaves undone, or undecided because its
//! answer was lost, each posting's own look finds.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::{
    model::{field::FieldName, id::DocumentId},
    pipeline::{Context, LedgerKind, describe, entry::Books, ledger::ready_client},
    post::ReferenceKind,
    store::{
        StoreError,
        connection::{Connection, ReferenceRow, mapping_list, reference_add, reference_list},
        document::document_fetch,
        posting::posting_by_document,
    },
};

/// For fewer names than this the usual way costs little, and asks the ledger more exactly.
const NAMES_MIN: usize = 3;
/// A company's contacts come in pages of so many; looking for a name in the usual way takes two calls.
const PAGE_ROWS: usize = 1000;
const LOOKS_PER_NAME: usize = 2;

/// Makes the suppliers that these documents need and the company does not have.
pub(super) async fn suppliers_ready(context: &Context, connection: &Connection, documents: &[DocumentId]) {
    match ready(context, connection, documents).await {
        Ok(()) => {}
        Err(error) => tracing::warn!(error = %describe(&error), "Suppliers could not be stored together"),
    }
}

async fn ready(context: &Context, connection: &Connection, documents: &[DocumentId]) -> Result<(), StoreError> {
    // The same turn as whoever makes one: two that both miss a supplier would make it twice.
    let single = context.pace.single(&connection.id.to_string());
    let _single = single.lock().await;
    let references = reference_list(&context.db, connection.id).await?;
    let mappings = mapping_list(&context.db, connection.id).await?;
    let books = Books { connection: connection.clone(), ledger: LedgerKind::Xero, references, mappings };
    let names = missing(context, &books, documents).await?;
    if names.len() < NAMES_MIN {
        return Ok(());
    }
    let Ok((ledger, _)) = ready_client(context, connection, LedgerKind::Xero, None).await else { return Ok(()) };
    let key = Uuid::new_v5(&connection.id.uuid(), format!("{}:{names:?}", context.clock.now_us()).as_bytes());
    let made = match ledger.suppliers_ready(&names, &key.hyphenated().to_string()).await {
        Ok(made) => made,
        Err(error) => {
            tracing::warn!(error = %describe(&error), "Suppliers could not be made together; each is looked for");
            return Ok(());
        }
    };
    for supplier in made {
        let kind = ReferenceKind::Supplier.name().to_owned();
        let row = ReferenceRow { kind, external_id: supplier.id, code: None, name: supplier.name, currency: None };
        reference_add(&context.db, connection.id, &row).await?;
    }
    Ok(())
}

/// Names of documents that are posted for the first time, each once, that no supplier of the company has.
async fn missing(context: &Context, books: &Books, documents: &[DocumentId]) -> Result<Vec<String>, StoreError> {
    let suppliers = books.references.iter().filter(|row| row.kind == ReferenceKind::Supplier.name());
    let known: Vec<String> = suppliers.map(|row| row.name.to_lowercase()).collect();
    let mut names = BTreeMap::new();
    for id in documents {
        let document = document_fetch(&context.db, *id).await?;
        let Some(name) = document.draft.as_ref().and_then(|draft| draft.text(FieldName::SupplierName)) else {
            continue;
        };
        let begun = posting_by_document(&context.db, *id).await?.is_some();
        if !begun && books.supplier_mapped(name).is_none() {
            let name = crate::post::xero::convert::contact_name(name);
            names.insert(name.to_lowercase(), name);
        }
    }
    let missing: Vec<String> =
        names.into_iter().filter(|(lower, _)| !known.contains(lower)).map(|(_, name)| name).collect();
    // The whole list is read only where that is the shorter way.
    let pages = known.len() / PAGE_ROWS + 1;
    Ok(if pages < missing.len() * LOOKS_PER_NAME { missing } else { Vec::new() })
}
