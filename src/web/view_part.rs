//! A document that shares its picture with others: which part it is, and where the others are.

use super::view::{Chrome, MoneyView};

/// How a document stands to the others in its picture, or to those that it seemed to show.
#[derive(Debug, Clone)]
pub struct PartView {
    /// Which part it is, such as `Part 2 of 3`; none where the picture was not divided.
    pub label: Option<String>,
    /// All parts in their order, this one among them.
    pub parts: Vec<SiblingView>,
    /// Whether this person may say that the picture is one document.
    pub can_join: bool,
}

/// One part among its siblings.
#[derive(Debug, Clone)]
pub struct SiblingView {
    /// Which part it is.
    pub label: String,
    /// Where its page is; none for this one, and where this person may not see it.
    pub url: Option<String>,
    /// Whether it is the one that is shown.
    pub is_this: bool,
    /// Its supplier, where one is known.
    pub supplier: Option<String>,
    /// Its total.
    pub total: Option<MoneyView>,
    /// The name of its state.
    pub state: &'static str,
}

/// `Part 2 of 3`.
#[must_use]
pub fn part_label(chrome: &Chrome, number: u32, count: u32) -> String {
    chrome.tns("part-label", number, count)
}
