//! Reversals in a list: what somebody asks to have taken out of its ledger, or what the ledger would not let go.

use super::view::MoneyView;

/// One reversal.
#[derive(Debug, Clone)]
pub struct ReversalView {
    /// Where its document is.
    pub url: String,
    /// Its supplier, or its file's name.
    pub title: String,
    /// Its total.
    pub total: Option<MoneyView>,
    /// Who asked for it.
    pub asked_by: String,
    /// Why it is to be reversed, or why it could not be.
    pub reason: String,
}
