//! Approved documents as CSV, in the import layouts of both products.

use super::{
    Context,
    entry::{CATEGORY_ACCOUNT, CATEGORY_TAX},
};
use crate::{
    model::field::{DocumentKind, FieldName},
    post::{
        LedgerKind,
        csv::{CsvError, ExportRow, export_quickbooks, export_xero},
    },
    store::{
        StoreError,
        connection::{connection_list, mapping_list, reference_list},
        document::{Document, DocumentFilter, document_list},
    },
};

/// Documents are read in pages of this many.
const PAGE_ROWS: i64 = 500;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The rows could not be written.
    #[error(transparent)]
    Csv(#[from] CsvError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The CSV file of approved documents, without credit notes. Those already posted are left out unless asked for:
/// importing them would enter them twice.
///
/// # Errors
/// The database failed, or a row could not be written.
pub async fn export(context: &Context, layout: LedgerKind, with_posted: bool) -> Result<(Vec<u8>, usize), ExportError> {
    let mut states = vec!["approved", "posting_blocked"];
    if with_posted {
        // What is to be reversed is in the ledger until it is.
        states.extend(["posted", "reversal_asked", "reversing", "reversal_blocked"]);
    }
    let names = names(context).await?;
    let mut rows = Vec::new();
    for state in states {
        let filter = DocumentFilter { state: Some(state.to_owned()), ..DocumentFilter::default() };
        let mut offset = 0;
        loop {
            let (documents, _) = document_list(&context.db, &filter, offset, PAGE_ROWS).await?;
            rows.extend(documents.iter().filter_map(|document| row(document, &names)));
            if i64::try_from(documents.len()).unwrap_or(0) < PAGE_ROWS {
                break;
            }
            offset += PAGE_ROWS;
        }
    }
    let bytes = match layout {
        LedgerKind::QuickBooks => export_quickbooks(&rows)?,
        LedgerKind::Xero => export_xero(&rows)?,
    };
    Ok((bytes, rows.len()))
}

/// For each company: what its category accounts and taxes are called.
type Names = Vec<(crate::model::id::ConnectionId, Vec<(String, String, String)>)>;

async fn names(context: &Context) -> Result<Names, StoreError> {
    let mut all = Vec::new();
    for connection in connection_list(&context.db).await? {
        let references = reference_list(&context.db, connection.id).await?;
        let mappings = mapping_list(&context.db, connection.id).await?;
        let named = mappings
            .into_iter()
            .map(|mapping| {
                let reference = references.iter().find(|row| row.external_id == mapping.external_id);
                // QuickBooks' import wants the account's name, Xero's the code.
                let name = match (connection.ledger.as_str(), reference) {
                    ("xero", _) | (_, None) => mapping.external_id.clone(),
                    (_, Some(row)) => row.name.clone(),
                };
                (mapping.kind, mapping.key, name)
            })
            .collect();
        all.push((connection.id, named));
    }
    Ok(all)
}

fn row(document: &Document, names: &Names) -> Option<ExportRow> {
    let draft = document.draft.as_ref()?;
    // Both products import bills from these files: there a credit note would turn its amount around.
    if draft.kind == DocumentKind::CreditNote {
        return None;
    }
    let of_company = names.iter().find(|(id, _)| Some(*id) == document.connection).map(|(_, named)| named);
    let named = |kind: &str| {
        let mut rows = of_company.into_iter().flatten();
        rows.find(|row| row.0 == kind && row.1 == document.category.name()).map(|row| row.2.clone())
    };
    Some(ExportRow {
        supplier: draft.text(FieldName::SupplierName)?.to_owned(),
        document_number: draft.text(FieldName::DocumentNumber).map(str::to_owned),
        // A document without a posting has no reference yet; its own id is as good for finding it again.
        reference: document.id.to_string(),
        issue_date: draft.date(FieldName::IssueDate)?,
        due_date: draft.date(FieldName::DueDate),
        description: document.category.name().to_owned(),
        account: named(CATEGORY_ACCOUNT).unwrap_or_default(),
        tax_code: named(CATEGORY_TAX),
        amount: draft.money(FieldName::Total)?,
    })
}
