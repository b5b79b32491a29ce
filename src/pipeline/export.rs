//! Approved documents as CSV, in the import layouts of both products.

use super::{
    Context,
    dimension::{charged, of_entry},
    entry::{Books, CATEGORY_ACCOUNT, CATEGORY_TAX},
};
use crate::{
    model::field::{DocumentKind, FieldName},
    post::{
        LedgerKind, ReferenceKind,
        csv::{CsvError, ExportRow, export_quickbooks, export_xero},
        dimension::Dimension,
    },
    store::{
        StoreError,
        candidate::claim_fetch,
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

/// A file, and what is not in it.
#[derive(Debug, Default)]
pub struct Export {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many documents are in it.
    pub documents: usize,
    /// Credit notes, which neither product imports from a file of bills.
    pub credit_notes: usize,
    /// Documents without a supplier, a date or a total.
    pub incomplete: usize,
    /// Documents that are in it without their department or project: the layout has no column for it, or nobody said
    /// what it is in their company.
    pub uncharged: usize,
}

/// The CSV file of approved documents, without credit notes. Those already posted are left out unless asked for:
/// importing them would enter them twice.
///
/// # Errors
/// The database failed, or a row could not be written.
pub async fn export(context: &Context, layout: LedgerKind, with_posted: bool) -> Result<Export, ExportError> {
    let mut states = vec!["approved", "posting_blocked"];
    if with_posted {
        // What is to be reversed is in the ledger until it is.
        states.extend(["posted", "reversal_asked", "reversing", "reversal_blocked"]);
    }
    let companies = companies(context).await?;
    let (mut rows, mut export) = (Vec::new(), Export::default());
    for state in states {
        let filter = DocumentFilter { state: Some(state.to_owned()), ..DocumentFilter::default() };
        let mut offset = 0;
        loop {
            let (documents, _) = document_list(&context.db, &filter, offset, PAGE_ROWS).await?;
            for document in &documents {
                let books = companies.iter().find(|books| Some(books.connection.id) == document.connection);
                match row(document, books) {
                    Ok(row) => {
                        let charge = charge(context, document, books, layout).await?;
                        export.uncharged += usize::from(charge.is_none());
                        rows.push(ExportRow { tracking: charge.unwrap_or_default(), ..row });
                    }
                    Err(Left::CreditNote) => export.credit_notes += 1,
                    Err(Left::Incomplete) => export.incomplete += 1,
                }
            }
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
    Ok(Export { bytes, documents: rows.len(), ..export })
}

/// Each company with what is mapped there.
///
/// # Errors
/// The database failed.
pub(super) async fn companies(context: &Context) -> Result<Vec<Books>, StoreError> {
    let mut all = Vec::new();
    for connection in connection_list(&context.db).await? {
        let Some(ledger) = LedgerKind::from_name(&connection.ledger) else { continue };
        let references = reference_list(&context.db, connection.id).await?;
        let mappings = mapping_list(&context.db, connection.id).await?;
        all.push(Books { connection, ledger, references, mappings });
    }
    Ok(all)
}

/// What a category means in a company: QuickBooks' import wants the account's name, Xero's the code.
fn named(books: &Books, kind: &str, kinds: &[ReferenceKind], document: &Document) -> Option<String> {
    let id = books.mapped(kind, document.category.name())?;
    let name = match books.ledger {
        LedgerKind::QuickBooks => books.reference(kinds, id).map(|row| row.name.clone()),
        LedgerKind::Xero => None,
    };
    Some(name.unwrap_or_else(|| id.to_owned()))
}

/// The tracking of a document; `None` when it has a department or a project that the file cannot say.
async fn charge(
    context: &Context,
    document: &Document,
    books: Option<&Books>,
    layout: LedgerKind,
) -> Result<Option<Vec<(String, String)>>, StoreError> {
    let Some(books) = books else {
        let (_, claim) = claim_fetch(&context.db, document.id).await?;
        return Ok((claim.department.is_none() && claim.project.is_none()).then(Vec::new));
    };
    let Ok(dimensions) = of_entry(&charged(&context.db, document, books, None).await?, books) else { return Ok(None) };
    let pair = |dimension: &Dimension| match (layout, dimension) {
        (LedgerKind::Xero, Dimension::Tracking { category, option }) => {
            let name = |kind, id| books.reference(&[kind], id).map(|row| row.name.clone());
            Some((name(ReferenceKind::Dimension, category)?, name(ReferenceKind::TrackingOption, option)?))
        }
        (
            LedgerKind::QuickBooks | LedgerKind::Xero,
            Dimension::Class(_) | Dimension::Location(_) | Dimension::Customer(_) | Dimension::Tracking { .. },
        ) => None,
    };
    Ok(dimensions.iter().map(pair).collect())
}

/// Why a document is not in the file.
enum Left {
    CreditNote,
    Incomplete,
}

fn row(document: &Document, books: Option<&Books>) -> Result<ExportRow, Left> {
    let draft = document.draft.as_ref().ok_or(Left::Incomplete)?;
    // Both products import bills from these files: there a credit note would turn its amount around.
    if draft.kind == DocumentKind::CreditNote {
        return Err(Left::CreditNote);
    }
    let named = |kind, kinds| books.and_then(|books| named(books, kind, kinds, document));
    Ok(ExportRow {
        supplier: draft.text(FieldName::SupplierName).ok_or(Left::Incomplete)?.to_owned(),
        document_number: draft.text(FieldName::DocumentNumber).map(str::to_owned),
        // A document without a posting has no reference yet; its own id is as good for finding it again.
        reference: document.id.to_string(),
        issue_date: draft.date(FieldName::IssueDate).ok_or(Left::Incomplete)?,
        due_date: draft.date(FieldName::DueDate),
        description: document.category.name().to_owned(),
        account: named(CATEGORY_ACCOUNT, &[ReferenceKind::ExpenseAccount]).unwrap_or_default(),
        tax_code: named(CATEGORY_TAX, &[ReferenceKind::TaxCode]),
        amount: draft.money(FieldName::Total).ok_or(Left::Incomplete)?,
        tracking: Vec::new(),
    })
}
