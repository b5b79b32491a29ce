//! The list of documents: upload, filters, rows.

use askama::Template;

use crate::web::view::{Choice, Chrome, MoneyView, Paging};

/// What the list was narrowed to, as the filter form sent it; empty means everything.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// `all`, `mine` or `approve`.
    pub scope: String,
    /// A part of the supplier's name.
    pub supplier: String,
    /// The earliest date on the paper, `YYYY-MM-DD`.
    pub from: String,
    /// The latest date on the paper, `YYYY-MM-DD`.
    pub to: String,
    /// Whether anything but the scope narrows the list; the page then offers to clear it.
    pub active: bool,
}

/// One document of the list.
#[derive(Debug, Clone)]
pub struct DocumentRow {
    /// Its id, for asking after its state.
    pub id: String,
    /// Where its page is.
    pub url: String,
    /// The name of its state.
    pub state: &'static str,
    /// Whether it stays in this state until a person acts.
    pub settled: bool,
    /// Who sold it.
    pub supplier: Option<String>,
    /// The name of the uploaded file, shown while there is no supplier.
    pub file_name: String,
    /// Which part of its picture it is, such as `Part 2 of 3`.
    pub part: Option<String>,
    /// The date on the paper, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// What was paid or is owed.
    pub total: Option<MoneyView>,
    /// The category's name.
    pub category: Option<String>,
    /// How many findings a person should look at.
    pub findings: usize,
    /// Whether one of them blocks.
    pub blocked: bool,
    /// The ledger and company it goes to, such as `Xero · Harbour Trading`.
    pub destination: Option<String>,
}

/// The list of documents.
#[derive(Debug, Template)]
#[template(path = "documents.html")]
pub struct DocumentsPage {
    /// The frame.
    pub chrome: Chrome,
    /// Whether this person may upload.
    pub can_upload: bool,
    /// The connections a new document can go to.
    pub destinations: Vec<Choice>,
    /// The categories a new document can have.
    pub categories: Vec<Choice>,
    /// What the list is narrowed to.
    pub filter: Filter,
    /// The states to narrow to.
    pub states: Vec<Choice>,
    /// The connections to narrow to.
    pub ledgers: Vec<Choice>,
    /// The documents.
    pub rows: Vec<DocumentRow>,
    /// Which part of the list this is.
    pub paging: Paging,
    /// The largest upload, in megabytes.
    pub upload_mb_max: u64,
}
