//! The page of what cannot be posted, and the one field that lets each group go.

use askama::Template;

use crate::{
    pipeline::dimension::value_kind,
    web::{
        view::{Choice, Chrome, MoneyView},
        view_reversal::ReversalView,
    },
};

/// One document that waits.
#[derive(Debug, Clone)]
pub struct BlockedDocument {
    /// Where it is.
    pub url: String,
    /// Its supplier, or its file's name.
    pub title: String,
    /// Its total, once known.
    pub total: Option<MoneyView>,
}

/// Documents that wait for the same thing.
#[derive(Debug, Clone)]
pub struct BlockedGroup {
    /// `Xero · Pearl River`; empty where no company is chosen.
    pub company: String,
    /// The company's id; empty where none is chosen.
    pub connection: String,
    /// `mapping`, `consent`, `company`, `document` or `again`.
    pub fix: &'static str,
    /// What is to be done, in one sentence.
    pub sentence: String,
    /// The mapping's kind and key; empty where none is missing.
    pub kind: &'static str,
    /// See `kind`.
    pub key: String,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// Whether the chosen one is what these suppliers' entries went to last.
    pub is_suggested: bool,
    /// Or rather what is called most like it.
    pub suggested_by_name: bool,
    /// The only supplier of the group, for whom alone it can be chosen.
    pub only_supplier: Option<String>,
    /// The first documents.
    pub documents: Vec<BlockedDocument>,
    /// How many there are.
    pub count: usize,
}

/// What cannot be posted.
#[derive(Debug, Template)]
#[template(path = "blocked.html")]
pub struct BlockedPage {
    /// The frame.
    pub chrome: Chrome,
    /// The groups, those that hold up most first.
    pub groups: Vec<BlockedGroup>,
    /// What the ledger would not let go.
    pub reversals: Vec<ReversalView>,
}

/// What is to be chosen for a category or way of paying.
#[must_use]
pub fn mapping_sentence(chrome: &Chrome, kind: &str, word: &str) -> String {
    match kind {
        "category_account" => chrome.ts("blocked-account", word),
        "category_tax" => chrome.ts("blocked-tax", word),
        "dimension" => chrome.ts("blocked-dimension", word),
        kind if value_kind(kind).is_some() => chrome.ts("blocked-charged", word),
        _ => chrome.ts("blocked-paid", word),
    }
}

/// That consent is needed again.
#[must_use]
pub fn consent_sentence(chrome: &Chrome) -> String {
    chrome.t("blocked-consent")
}

/// That no company is chosen.
#[must_use]
pub fn company_sentence(chrome: &Chrome) -> String {
    chrome.t("blocked-company")
}
