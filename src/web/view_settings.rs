//! The pages of accountants and administrators: connections, people, policy, history.

use askama::Template;

use crate::web::{
    view::{Choice, Chrome, Paging},
    view_document::EventView,
};

/// The accounts one category goes to.
#[derive(Debug, Clone)]
pub struct CategoryMapping {
    /// The category's name; the inputs are `account.NAME` and `tax.NAME`.
    pub category: &'static str,
    /// The expense accounts.
    pub accounts: Vec<Choice>,
    /// The tax codes; none where the company has no tax.
    pub taxes: Vec<Choice>,
}

/// What one supplier alone goes to.
#[derive(Debug, Clone)]
pub struct SupplierMapping {
    /// The input's name is this, a dot, and `key`; its word is the message `mapping-NAME`.
    pub input: &'static str,
    /// The supplier's name without case, spaces and punctuation.
    pub key: String,
    /// How the ledger writes it.
    pub supplier: String,
    /// The accounts, tax codes or suppliers.
    pub choices: Vec<Choice>,
}

/// The account one way of paying takes from.
#[derive(Debug, Clone)]
pub struct PaymentMapping {
    /// The payment method's name; the input is `paid_from.NAME`.
    pub method: &'static str,
    /// The bank, cash and card accounts.
    pub accounts: Vec<Choice>,
}

/// What a department or project is in a company.
#[derive(Debug, Clone)]
pub struct DimensionValue {
    /// The department's name or the project's code; the input's name is the mapping's kind, a dot, and this.
    pub name: String,
    /// The classes, locations, customers or tracking options.
    pub choices: Vec<Choice>,
}

/// What departments, or projects, are sent to a company as.
#[derive(Debug, Clone)]
pub struct DimensionMapping {
    /// `department` or `project`; the input is `dimension.NAME`.
    pub dimension: &'static str,
    /// What it can be sent as.
    pub sent_as: Vec<Choice>,
    /// The kind of its values' mappings; empty while it is not sent.
    pub kind: &'static str,
    /// Its values; none while it is not sent.
    pub values: Vec<DimensionValue>,
}

/// One company we are connected to.
#[derive(Debug, Clone)]
pub struct ConnectionView {
    /// Its id.
    pub id: String,
    /// The ledger's name in addresses.
    pub ledger_name: &'static str,
    /// How people call the ledger.
    pub ledger: String,
    /// The company's name.
    pub company: String,
    /// The company's own currency.
    pub currency: String,
    /// `connected`, `consent_needed` or `disconnected`; its word is the message `connection-NAME`.
    pub state: &'static str,
    /// The day on which consent ends unless it is used, for people.
    pub expires: Option<String>,
    /// Whether that day is near.
    pub ends_soon: bool,
    /// When accounts and entries were last read, for people.
    pub synced: Option<String>,
    /// How many categories and ways of paying have no account yet.
    pub unmapped: usize,
    /// Where categories go.
    pub categories: Vec<CategoryMapping>,
    /// What goes elsewhere for one supplier alone.
    pub suppliers: Vec<SupplierMapping>,
    /// What departments and projects are; none where the company takes neither.
    pub dimensions: Vec<DimensionMapping>,
    /// Whether foreign entries carry the rate they were approved with, where that can be chosen.
    pub rate_sent: Option<bool>,
    /// Where payments come from.
    pub payments: Vec<PaymentMapping>,
    /// How many entries there differ from what was approved; the page of differences lists them.
    pub drifts: usize,
}

/// The connections to ledgers.
#[derive(Debug, Template)]
#[template(path = "connections.html")]
pub struct ConnectionsPage {
    /// The frame.
    pub chrome: Chrome,
    /// The companies.
    pub connections: Vec<ConnectionView>,
    /// Organisations that a consent reached and nobody chose yet.
    pub offered: Vec<Choice>,
    /// How many documents cannot be posted.
    pub blocked: i64,
    /// The ledgers one can connect to: name and title.
    pub ledgers: Vec<(&'static str, &'static str)>,
    /// Whether this person may connect, disconnect and map.
    pub can_change: bool,
}

/// One person.
#[derive(Debug, Clone)]
pub struct PersonRow {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// How they sign in.
    pub email: String,
    /// Every role with whether they have it; the inputs are `role_NAME`.
    pub roles: Vec<Choice>,
    /// Whether they may sign in.
    pub active: bool,
    /// Whether it is the person looking; nobody disables themselves.
    pub own: bool,
}

/// The people who can sign in.
#[derive(Debug, Template)]
#[template(path = "people.html")]
pub struct PeoplePage {
    /// The frame.
    pub chrome: Chrome,
    /// The people.
    pub people: Vec<PersonRow>,
    /// Every role, for a new person.
    pub roles: Vec<Choice>,
    /// The fewest characters of a password.
    pub password_min: usize,
}

/// A limit for one category.
#[derive(Debug, Clone)]
pub struct CategoryLimit {
    /// The category's name; the input is `limit.NAME`.
    pub category: &'static str,
    /// The limit in the base currency, as a decimal; empty for none.
    pub value: String,
}

/// What is approved by rule and what is not.
#[derive(Debug, Template)]
#[template(path = "policy.html")]
pub struct PolicyPage {
    /// The frame.
    pub chrome: Chrome,
    /// Which version is in force.
    pub version: u32,
    /// The whole of it, as `vouch policy export` prints it.
    pub document: String,
    /// The currency of every limit.
    pub base_currency: String,
    /// Up to this amount, without findings, no person need approve; empty for never.
    pub auto_approve_limit: String,
    /// Older papers are flagged; in days, empty for never.
    pub age_days_max: String,
    /// The limits.
    pub limits: Vec<CategoryLimit>,
    /// The inputs that could not be taken: name and sentence.
    pub errors: Vec<(String, String)>,
}

impl PolicyPage {
    /// Why what was typed into an input could not be taken.
    #[must_use]
    pub fn error(&self, input: &str) -> Option<&str> {
        self.errors.iter().find(|(name, _)| name == input).map(|(_, sentence)| sentence.as_str())
    }
}

/// One line of the whole history.
#[derive(Debug, Clone)]
pub struct HistoryRow {
    /// What happened.
    pub event: EventView,
    /// What it happened to: title and address; absent for what concerns no document.
    pub document: Option<(String, String)>,
}

/// Everything that happened, newest first.
#[derive(Debug, Template)]
#[template(path = "history.html")]
pub struct HistoryPage {
    /// The frame.
    pub chrome: Chrome,
    /// The lines.
    pub rows: Vec<HistoryRow>,
    /// Which part this is.
    pub paging: Paging,
}

/// One thing that a correction taught.
#[derive(Debug)]
pub struct HintView {
    /// Its id.
    pub id: String,
    /// The supplier's name as the books have it.
    pub name: String,
    /// The name as it was read.
    pub printed: Option<String>,
    /// The tax number the paper bears.
    pub tax_id: Option<String>,
    /// Whether its papers write the day before the month.
    pub day_first: Option<bool>,
    /// The currency of its papers.
    pub currency: Option<String>,
    /// The corrected document.
    pub url: String,
    /// Who corrected it.
    pub by: String,
    /// When, for people.
    pub when: String,
}

/// What corrections taught.
#[derive(Debug, Template)]
#[template(path = "suppliers.html")]
pub struct SuppliersPage {
    /// The frame.
    pub chrome: Chrome,
    /// What was taught, the newest first.
    pub hints: Vec<HintView>,
}
