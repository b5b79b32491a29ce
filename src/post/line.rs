//! A line of an entry as a ledger has it.

use super::dimension::Dimension;

/// What a line is charged to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LedgerLine {
    /// Its account, named as entries name it; absent where it goes by an item.
    pub account: Option<String>,
    /// Its tax code.
    pub tax_code: Option<String>,
    /// What it is charged to besides.
    pub dimensions: Vec<Dimension>,
}
