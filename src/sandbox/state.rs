//! What the sandbox remembers, and the file it is remembered in.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::SandboxError;
use super::limits::Traffic;
use super::oauth::OAuth;
use super::value::{self, Row};

/// Both ledgers with all their companies.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct World {
    /// Codes, grants and tokens of both ledgers.
    pub(super) oauth: OAuth,
    /// `QuickBooks` companies by realm id.
    pub(super) quickbooks: BTreeMap<String, Company>,
    /// Xero organisations by tenant id.
    pub(super) xero: BTreeMap<String, Organisation>,
    /// Xero's idempotency keys, for six minutes; they belong to the app, not to an organisation.
    pub(super) xero_keys: BTreeMap<String, Remembered>,
    /// Files hung on entries, by their id.
    pub(super) files: BTreeMap<String, StoredFile>,
    /// The last id given to a `QuickBooks` record; shared by the companies so that ids are unique in links.
    pub(super) quickbooks_last_id: u64,
    /// Recent calls, for the rate limits; forgotten between runs.
    #[serde(skip)]
    pub(super) traffic: Traffic,
}

/// One `QuickBooks` company.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Company {
    /// Its name.
    pub(super) name: String,
    /// ISO 3166 code of its country.
    pub(super) country: String,
    /// Its own currency, ISO 4217.
    pub(super) home_currency: String,
    /// Whether other currencies are switched on.
    pub(super) multi_currency: bool,
    /// Whether sales tax (VAT) is switched on.
    pub(super) sales_tax: bool,
    /// Whether a document number may be used once only.
    pub(super) duplicate_check: bool,
    /// Whether its plan is Simple Start, which has purchases but neither bills nor vendor credits.
    #[serde(default)]
    pub(super) simple_start: bool,
    /// The books are closed up to and including this day, `YYYY-MM-DD`.
    pub(super) closed_until: String,
    /// What its entries may be charged to beside accounts.
    #[serde(default)]
    pub(super) tracks: BTreeSet<Track>,
    /// Records by entity name (`Account`, `Vendor`, `Bill` …), oldest first.
    pub(super) rows: BTreeMap<String, Vec<Row>>,
    /// Deleted records as they last were: entity name, record, milliseconds since 1970.
    pub(super) deleted: Vec<(String, Row, i64)>,
    /// Ids of purchases that are matched with the bank; the API does not show it.
    #[serde(default)]
    pub(super) matched: BTreeSet<String>,
    /// Answers by `requestid`.
    pub(super) requests: BTreeMap<String, Remembered>,
}

/// A switch of a `QuickBooks` company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Track {
    /// A class on each line.
    ClassPerLine,
    /// One class for a whole transaction; purchases and bills have no place for it.
    ClassPerTransaction,
    /// A location.
    Departments,
    /// Expenses by customer.
    Customers,
}

impl Company {
    /// The records of an entity.
    pub(super) fn all(&self, entity: &str) -> &[Row] {
        self.rows.get(entity).map(Vec::as_slice).unwrap_or_default()
    }

    /// The record of this id.
    pub(super) fn find(&self, entity: &str, id: &str) -> Option<&Row> {
        self.all(entity).iter().find(|row| value::text(row, "Id") == id)
    }

    /// The record of this id if it is in use: inactive accounts and vendors cannot be referred to.
    pub(super) fn find_active(&self, entity: &str, id: &str) -> Option<&Row> {
        self.find(entity, id).filter(|row| row.get("Active").and_then(serde_json::Value::as_bool) != Some(false))
    }

    /// Adds a record, or puts it in the place of the one with its id.
    pub(super) fn put(&mut self, entity: &str, row: Row) {
        let all = self.rows.entry(entity.to_owned()).or_default();
        match all.iter_mut().find(|old| value::text(old, "Id") == value::text(&row, "Id")) {
            Some(old) => *old = row,
            None => all.push(row),
        }
    }

    /// Takes a record out and keeps it as a tombstone.
    pub(super) fn remove(&mut self, entity: &str, id: &str, now_ms: i64) -> bool {
        let Some(all) = self.rows.get_mut(entity) else { return false };
        let Some(place) = all.iter().position(|row| value::text(row, "Id") == id) else { return false };
        self.deleted.push((entity.to_owned(), all.remove(place), now_ms));
        true
    }
}

/// One Xero organisation.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Organisation {
    /// Its name.
    pub(super) name: String,
    /// ISO 3166 code of its country.
    pub(super) country: String,
    /// Its own currency, ISO 4217.
    pub(super) base_currency: String,
    /// The short code in Xero's links.
    pub(super) short_code: String,
    /// Whether it reclaims tax.
    pub(super) pays_tax: bool,
    /// Nothing can be dated up to and including this day, `YYYY-MM-DD`.
    pub(super) period_lock: String,
    /// Records by endpoint name (`Accounts`, `Contacts`, `Invoices` …), oldest first.
    pub(super) lists: BTreeMap<String, Vec<Row>>,
}

impl Organisation {
    /// The records of an endpoint.
    pub(super) fn all(&self, list: &str) -> &[Row] {
        self.lists.get(list).map(Vec::as_slice).unwrap_or_default()
    }

    /// The record whose member has this value, in any case of letters as ids go.
    pub(super) fn find(&self, list: &str, member: &str, wanted: &str) -> Option<&Row> {
        self.all(list).iter().find(|row| value::text(row, member).eq_ignore_ascii_case(wanted))
    }

    /// Adds a record, or puts it in the place of the one with the same id.
    pub(super) fn put(&mut self, list: &str, id_member: &str, row: Row) {
        let all = self.lists.entry(list.to_owned()).or_default();
        match all.iter_mut().find(|old| value::text(old, id_member) == value::text(&row, id_member)) {
            Some(old) => *old = row,
            None => all.push(row),
        }
    }
}

/// An answer kept for a request key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Remembered {
    /// When the first request came, milliseconds since 1970.
    pub(super) at_ms: i64,
    /// Hash of everything that must be the same in a repeat.
    pub(super) fingerprint: String,
    /// HTTP status of the answer.
    pub(super) status: u16,
    /// Its JSON.
    pub(super) body: String,
}

/// A file hung on an entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct StoredFile {
    /// `quickbooks` or `xero`.
    pub(super) ledger: String,
    /// Id of the company that has it.
    pub(super) company: String,
    /// Id of the entry it hangs on.
    pub(super) entry: String,
    /// Its name there.
    pub(super) file_name: String,
    /// Its media type.
    pub(super) media_type: String,
    /// Its hash in hexadecimal, also its name on disk.
    pub(super) sha256: String,
    /// When it came, milliseconds since 1970.
    pub(super) created_ms: i64,
    /// Its content; on disk it lies in a file of its own.
    #[serde(skip)]
    pub(super) bytes: Arc<Vec<u8>>,
}

impl World {
    /// A fresh id for a `QuickBooks` record.
    pub(super) fn quickbooks_id(&mut self) -> String {
        self.quickbooks_last_id += 1;
        self.quickbooks_last_id.to_string()
    }

    /// Reads the state file and the files beside it; `None` when there is no state file yet.
    pub(super) fn load(path: &Path) -> Result<Option<Self>, SandboxError> {
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(SandboxError::StateFile { path: path.to_owned(), source }),
        };
        let mut world: Self = serde_json::from_slice(&text)
            .map_err(|source| SandboxError::StateFormat { path: path.to_owned(), source })?;
        for file in world.files.values_mut() {
            let content = files_folder(path).join(&file.sha256);
            let bytes = std::fs::read(&content).map_err(|source| SandboxError::StateFile { path: content, source })?;
            file.bytes = Arc::new(bytes);
        }
        Ok(Some(world))
    }

    /// Writes the state file whole, by way of a temporary one, so that a crash leaves the old or the new state.
    pub(super) fn save(&self, path: &Path) -> io::Result<()> {
        let folder = files_folder(path);
        std::fs::create_dir_all(&folder)?;
        for file in self.files.values() {
            let content = folder.join(&file.sha256);
            if !content.exists() {
                std::fs::write(&content, file.bytes.as_slice())?;
            }
        }
        let fresh = path.with_extension("new");
        std::fs::write(&fresh, serde_json::to_vec(self)?)?;
        std::fs::rename(&fresh, path)
    }
}

fn files_folder(path: &Path) -> PathBuf {
    path.with_extension("files")
}
