//! Posting: one approved entry and its image into QuickBooks Online, Xero or a CSV file.
//!
//! Design note. A ledger is an enum, not a trait: two ledgers, a closed set, exhaustive matches. Every operation is
//! whole and answers with an error that says what to do next (`LedgerError::class`). Nothing here stores anything:
//! access tokens are passed in, and *exactly once* is the pipeline's work with four tools from here: deterministic
//! request keys, a body that is serialised once and stored, `entry_find` to look before sending again, and
//! `attachment_list` to do the same for the image.

mod amount;
pub mod change;
pub mod csv;
pub mod dimension;
pub mod entry;
pub mod error;
pub mod line;
pub mod oauth;
pub mod quickbooks;
pub mod reversal;
#[cfg(test)]
mod testing;
pub mod transport;
pub mod webhook;
pub mod xero;

use change::{Look, Since};
use entry::{Entry, Resource};
use error::LedgerError;
use line::LedgerLine;
use rust_decimal::Decimal;

/// Which product a connection leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LedgerKind {
    /// QuickBooks Online.
    QuickBooks,
    /// Xero.
    Xero,
}

impl LedgerKind {
    /// The name in tables, addresses and pages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::QuickBooks => "quickbooks",
            Self::Xero => "xero",
        }
    }

    /// How people call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::QuickBooks => "QuickBooks",
            Self::Xero => "Xero",
        }
    }

    /// The ledger with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::QuickBooks, Self::Xero].into_iter().find(|kind| kind.name() == name)
    }
}

/// Where a ledger answers, and where its pages are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The root of the API without the path that every call shares: calls go to `{api}/v3/company/…` in QuickBooks
    /// and to `{api}/api.xro/2.0/…` in Xero.
    pub api: String,
    /// A page that shows an entry. `{id}` stands for the ledger's id, `{resource}` for `purchase`, `bill` or
    /// `vendorcredit` in QuickBooks and `BankTransactions`, `Invoices` or `CreditNotes` in Xero, and `{page}` for what
    /// the product's own pages call it: `expense`, `bill` or `vendorcredit`, and such as
    /// `Bank/ViewTransaction.aspx?bankTransactionID=` or `AccountsPayable/Edit.aspx?InvoiceID=`.
    pub entry_page: String,
}

impl Address {
    /// The address of the product itself.
    #[must_use]
    pub fn product(kind: LedgerKind) -> Self {
        let (api, entry_page) = match kind {
            LedgerKind::QuickBooks => {
                ("https://quickbooks.api.intuit.com", "https://qbo.intuit.com/app/{page}?txnId={id}")
            }
            LedgerKind::Xero => ("https://api.xero.com", "https://go.xero.com/{page}{id}"),
        };
        Self { api: api.to_owned(), entry_page: entry_page.to_owned() }
    }

    /// The page that shows this entry.
    pub(crate) fn entry_url(&self, resource: &str, page: &str, external_id: &str) -> String {
        // The id comes last and from outside: what it contains is not replaced again.
        self.entry_page.replace("{resource}", resource).replace("{page}", page).replace("{id}", external_id)
    }
}

/// An entry as the ledger has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The ledger's id.
    pub external_id: String,
    /// The ledger's total; compared with the approved one to the cent.
    pub total: Decimal,
    /// The supplier's id there.
    pub supplier_id: Option<String>,
    /// The currency code, where the ledger says it.
    pub currency: Option<String>,
    /// The date, `YYYY-MM-DD`, where the ledger says it.
    pub issue_date: Option<String>,
    /// Whether it still counts: not deleted, not voided.
    pub live: bool,
    /// A page of the ledger that shows it.
    pub url: Option<String>,
    /// What its lines are charged to.
    pub lines: Vec<LedgerLine>,
}

/// A file hanging on an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerAttachment {
    /// The ledger's id.
    pub external_id: String,
    /// Its name there.
    pub file_name: String,
    /// Its size in bytes, where the ledger says it.
    pub bytes: Option<u64>,
}

/// What kind of thing a reference row names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReferenceKind {
    /// An account that expenses go to.
    ExpenseAccount,
    /// A bank account or petty cash that things are paid from.
    BankAccount,
    /// A credit card that things are paid from.
    CardAccount,
    /// A tax code usable on purchases.
    TaxCode,
    /// A supplier.
    Supplier,
    /// A way to say what an entry is charged to: `class`, `location` or `customer` in QuickBooks, the id of a tracking
    /// category in Xero. Only what the company's settings let entries name is there.
    Dimension,
    /// A class of QuickBooks.
    Class,
    /// A location of QuickBooks.
    Location,
    /// A customer of QuickBooks, who may be a project.
    Customer,
    /// An option of a tracking category of Xero.
    TrackingOption,
}

impl ReferenceKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::ExpenseAccount,
        Self::BankAccount,
        Self::CardAccount,
        Self::TaxCode,
        Self::Supplier,
        Self::Dimension,
        Self::Class,
        Self::Location,
        Self::Customer,
        Self::TrackingOption,
    ];

    /// The name in tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExpenseAccount => "expense_account",
            Self::BankAccount => "bank_account",
            Self::CardAccount => "card_account",
            Self::TaxCode => "tax_code",
            Self::Supplier => "supplier",
            Self::Dimension => "dimension",
            Self::Class => "class",
            Self::Location => "location",
            Self::Customer => "customer",
            Self::TrackingOption => "tracking_option",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One account, tax code, supplier or the like of a company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerReference {
    /// What it is.
    pub kind: ReferenceKind,
    /// What entries name it by: QuickBooks' id; in Xero the account code for expense accounts, the account id for
    /// bank accounts and cards, the `TaxType` for tax codes, the contact id for suppliers.
    pub external_id: String,
    /// Its code, where it has one. For a tax code, the rate that it adds to purchases, in percent: `20`, or `5+7`
    /// where several are rounded one by one. For an option of Xero's tracking, its
    /// category's id.
    pub code: Option<String>,
    /// Its name.
    pub name: String,
    /// Its currency, where it has one.
    pub currency: Option<String>,
}

/// What a company tells about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Its name.
    pub name: String,
    /// Its own currency, ISO 4217.
    pub home_currency: String,
    /// Whether entries in other currencies are possible.
    pub multi_currency: bool,
    /// Its country, as the ledger writes it.
    pub country: Option<String>,
    /// Entries dated on or before this day are refused, `YYYY-MM-DD`.
    pub closed_until: Option<String>,
    /// Accounts, tax codes and suppliers that can be used today.
    pub references: Vec<LedgerReference>,
}

/// A file to hang on an entry.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Its name there: letters, digits, `.`, `_`, `-`, the same for the same document.
    pub file_name: String,
    /// Its media type, such as `image/jpeg`.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A ready client of one company: address, tenant and a fresh access token.
#[derive(Debug, Clone)]
pub enum Ledger {
    /// A QuickBooks company.
    QuickBooks(quickbooks::client::Client),
    /// A Xero organisation.
    Xero(xero::client::Client),
}

impl Ledger {
    /// Reads what the company has: its own facts, accounts, tax codes, suppliers.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn company_fetch(&self) -> Result<Company, LedgerError> {
        match self {
            Self::QuickBooks(client) => client.company_fetch().await,
            Self::Xero(client) => client.company_fetch().await,
        }
    }

    /// A supplier's name as this ledger takes it, and keeps it.
    #[must_use]
    pub fn supplier_name(&self, name: &str) -> String {
        match self {
            Self::QuickBooks(_) => quickbooks::convert::display_name(name),
            Self::Xero(_) => xero::convert::contact_name(name),
        }
    }

    /// Finds the supplier of this name, in any case of letters, archived ones included.
    ///
    /// # Errors
    /// See [`LedgerError`]; an archived supplier is `Refused` with a sentence saying so.
    pub async fn supplier_find(&self, name: &str) -> Result<Option<String>, LedgerError> {
        match self {
            Self::QuickBooks(client) => client.supplier_find(name).await,
            Self::Xero(client) => client.supplier_find(name).await,
        }
    }

    /// Makes a supplier and answers its id.
    ///
    /// # Errors
    /// See [`LedgerError`]; a name that is taken is `AlreadyThere`: look again.
    pub async fn supplier_create(&self, name: &str, currency: &str, key: &str) -> Result<String, LedgerError> {
        match self {
            Self::QuickBooks(client) => client.supplier_create(name, currency, key).await,
            Self::Xero(client) => client.supplier_create(name, key).await,
        }
    }

    /// Finds or makes several suppliers at once, where the ledger can; what is not in the answer goes the usual way.
    ///
    /// # Errors
    /// See [`LedgerError`]; some may have been made all the same, and are found then.
    pub(crate) async fn suppliers_ready(
        &self,
        names: &[String],
        key: &str,
    ) -> Result<Vec<xero::client::Supplier>, LedgerError> {
        match self {
            Self::QuickBooks(_) => Ok(Vec::new()),
            Self::Xero(client) => client.suppliers_ready(names, key).await,
        }
    }

    /// Home currency for one unit of `currency` on a date (`YYYY-MM-DD`), as the ledger keeps it; `None` where the
    /// ledger takes its own rate by itself, as Xero does.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn exchange_rate(&self, currency: &str, date: &str) -> Result<Option<Decimal>, LedgerError> {
        match self {
            Self::QuickBooks(client) => client.exchange_rate(currency, date).await.map(Some),
            Self::Xero(_) => Ok(None),
        }
    }

    /// The request body for an entry, serialised once: the same bytes go out on every attempt.
    ///
    /// # Errors
    /// The entry cannot be said in this ledger's terms.
    pub fn entry_body(&self, entry: &Entry, supplier_id: &str) -> Result<String, LedgerError> {
        match self {
            Self::QuickBooks(_) => quickbooks::convert::entry_body(entry, supplier_id),
            Self::Xero(_) => xero::convert::entry_body(entry, supplier_id),
        }
    }

    /// Sends a body made by `entry_body`.
    ///
    /// # Errors
    /// See [`LedgerError`]; `Ambiguous` means: look with `entry_find` before sending again.
    pub async fn entry_create(&self, resource: Resource, body: &str, key: &str) -> Result<LedgerEntry, LedgerError> {
        match self {
            Self::QuickBooks(client) => client.entry_create(resource, body, key).await,
            Self::Xero(client) => client.entry_create(resource, body, key).await,
        }
    }

    /// Sends Xero bills that were put together into one body.
    ///
    /// # Errors
    /// See [`LedgerError`]; QuickBooks takes one entry a call.
    pub(crate) async fn entries_create_together(
        &self,
        body: &str,
        key: &str,
    ) -> Result<xero::fault::Elements, LedgerError> {
        match self {
            Self::QuickBooks(_) => {
                let (ledger, message) = ("QuickBooks", "it takes one entry a call".to_owned());
                Err(LedgerError::Bug { ledger, code: String::new(), message })
            }
            Self::Xero(client) => client.bills_create_together(body, key).await,
        }
    }

    /// Looks for the entries that carry this posting's reference: live ones, and voided or deleted ones where the ledger
    /// lists them.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn entry_find(&self, entry: &Entry, supplier_id: &str) -> Result<Vec<LedgerEntry>, LedgerError> {
        match self {
            Self::QuickBooks(client) => client.entry_find(entry, supplier_id).await,
            Self::Xero(client) => client.entry_find(entry, supplier_id).await,
        }
    }

    /// Reads an entry back; `None` when the ledger no longer has it.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn entry_fetch(&self, resource: Resource, external_id: &str) -> Result<Option<LedgerEntry>, LedgerError> {
        match self {
            Self::QuickBooks(client) => client.entry_fetch(resource, external_id).await,
            Self::Xero(client) => client.entry_fetch(resource, external_id).await,
        }
    }

    /// Looks at the books: every entry from a day on, or what changed since a moment.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn changes_fetch(&self, since: Since) -> Result<Look, LedgerError> {
        match self {
            Self::QuickBooks(client) => client.changes_fetch(since).await,
            Self::Xero(client) => client.changes_fetch(since).await,
        }
    }

    /// Lists the files on an entry.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn attachment_list(
        &self,
        resource: Resource,
        external_id: &str,
    ) -> Result<Vec<LedgerAttachment>, LedgerError> {
        match self {
            Self::QuickBooks(client) => client.attachment_list(resource, external_id).await,
            Self::Xero(client) => client.attachment_list(resource, external_id).await,
        }
    }

    /// The largest file that may be hung on an entry, in bytes.
    #[must_use]
    pub const fn attachment_bytes_max(&self) -> usize {
        match self {
            Self::QuickBooks(_) => quickbooks::client::ATTACHMENT_BYTES_MAX,
            Self::Xero(_) => xero::client::ATTACHMENT_BYTES_MAX,
        }
    }

    /// Hangs a file on an entry and answers its id.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub async fn attachment_create(
        &self,
        resource: Resource,
        external_id: &str,
        attachment: &Attachment,
        key: &str,
    ) -> Result<String, LedgerError> {
        match self {
            Self::QuickBooks(client) => client.attachment_create(resource, external_id, attachment, key).await,
            Self::Xero(client) => client.attachment_create(resource, external_id, attachment, key).await,
        }
    }
}
