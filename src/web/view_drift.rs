//! The page of differences between vouch and the ledgers.

use askama::Template;

use crate::web::view::Chrome;

/// One difference.
#[derive(Debug, Clone)]
pub struct DriftLine {
    /// Its id.
    pub id: String,
    /// `Xero · Pearl River`.
    pub company: String,
    /// What kind; its word is the message `differs-NAME`, its next step `differs-next-NAME`.
    pub kind: String,
    /// The supplier.
    pub supplier: String,
    /// What was approved; empty where there is nothing to say.
    pub approved: String,
    /// What the ledger has; empty where there is nothing to say.
    pub found: String,
    /// The day on which it was seen first.
    pub since: String,
    /// Where the document is.
    pub document_url: Option<String>,
    /// A page of the ledger that shows the entry.
    pub ledger_url: Option<String>,
}

/// What differs between vouch and the ledgers.
#[derive(Debug, Template)]
#[template(path = "drift.html")]
pub struct DriftPage {
    /// The frame.
    pub chrome: Chrome,
    /// The differences, newest first.
    pub lines: Vec<DriftLine>,
    /// Whether any company is connected: without one there is nothing to compare.
    pub is_connected: bool,
}
