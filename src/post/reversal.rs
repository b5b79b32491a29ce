//! Taking an entry out of a ledger again: how it stands there decides whether that is possible.
//!
//! Design note. The ledger's own way is taken, void or delete, because a contrary entry would leave an open bill beside
//! an open credit, and the bill might still be paid. Whoever takes back twice finds it gone the second time, so no key
//! and no note is needed beside the look before each send.

use rust_decimal::Decimal;
use serde_json::Value;

use super::{Ledger, entry::Resource, error::LedgerError};

/// How a live entry stands in its ledger.
#[derive(Debug)]
pub struct Standing {
    /// Its total.
    pub total: Decimal,
    /// Its currency code, where the ledger says it.
    pub currency: Option<String>,
    /// Why it cannot be taken back as it stands.
    pub hindrance: Option<LedgerError>,
    /// What the ledger must be told again: a mark of what was read, or members.
    pub(super) again: Value,
}

impl Ledger {
    /// How an entry stands; `None` when the ledger no longer has it: gone, deleted or voided.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn entry_standing(&self, resource: Resource, external_id: &str) -> Result<Option<Standing>, LedgerError> {
        match self {
            Self::QuickBooks(client) => client.entry_standing(resource, external_id).await,
            Self::Xero(client) => client.entry_standing(resource, external_id).await,
        }
    }

    /// Takes an entry out of the books that stands so: deletes it in QuickBooks, voids or deletes it in Xero.
    ///
    /// # Errors
    /// See [`LedgerError`]; after any of them, look with `entry_standing` before sending again.
    pub async fn entry_reverse(
        &self,
        resource: Resource,
        external_id: &str,
        standing: &Standing,
        key: &str,
    ) -> Result<(), LedgerError> {
        match self {
            Self::QuickBooks(client) => client.entry_reverse(resource, external_id, standing, key).await,
            Self::Xero(client) => client.entry_reverse(resource, external_id, standing, key).await,
        }
    }
}
