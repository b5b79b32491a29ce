//! From an approved document and a company's mapping to the entry its ledger takes. Pure.

use jiff::civil;

use crate::{
    check::supplier_key,
    model::{
        currency::Currency,
        draft::Draft,
        field::{DocumentKind, FieldName},
        id::PostingId,
    },
    post::{
        LedgerKind, ReferenceKind,
        entry::{Entry, EntryKind, EntryLine, PaymentType, TaxMode},
    },
    store::{
        connection::{Connection, MappingRow, ReferenceRow},
        document::Document,
    },
};

/// The mapping kinds, by the name they are stored under.
pub const CATEGORY_ACCOUNT: &str = "category_account";
/// See [`CATEGORY_ACCOUNT`].
pub const CATEGORY_TAX: &str = "category_tax";
/// See [`CATEGORY_ACCOUNT`].
pub const PAID_FROM: &str = "paid_from";
/// The same for one supplier, by its name without case, spaces and punctuation; it goes before the category's.
pub const SUPPLIER_ACCOUNT: &str = "supplier_account";
/// See [`SUPPLIER_ACCOUNT`].
pub const SUPPLIER_TAX: &str = "supplier_tax";
/// Which of the company's suppliers a name means, where the names differ too much to be found by looking.
pub const SUPPLIER: &str = "supplier";
/// The payment method that stands for all that have no account of their own.
pub const PAID_FROM_DEFAULT: &str = "default";

/// What keeps a document from becoming an entry; each names the one thing a person has to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// A value that every entry needs is not there.
    #[error("The {0} is missing.")]
    Missing(&'static str),
    /// The category has no account in this company.
    #[error("Choose the account for “{category}” in {company}, under Connections.")]
    AccountUnmapped {
        /// The category.
        category: &'static str,
        /// The company.
        company: String,
    },
    /// The category has no tax code in a company that has tax.
    #[error("Choose the tax code for “{category}” in {company}, under Connections.")]
    TaxUnmapped {
        /// The category.
        category: &'static str,
        /// The company.
        company: String,
    },
    /// The way of paying has no account in this company.
    #[error("Choose the account that “{method}” is paid from in {company}, under Connections.")]
    PaidFromUnmapped {
        /// The payment method.
        method: String,
        /// The company.
        company: String,
    },
    /// A mapped account is no longer there.
    #[error("The account or tax code chosen for “{what}” is no longer usable in {company}; choose another.")]
    MappingGone {
        /// The kind of the mapping.
        kind: &'static str,
        /// The category or payment method.
        what: String,
        /// The company.
        company: String,
    },
    /// The company keeps one currency.
    #[error("{company} does not take {currency}; switch on that currency there, or choose another company.")]
    CurrencyNotTaken {
        /// The company.
        company: String,
        /// The document's currency.
        currency: Currency,
    },
    /// The account it was paid from is in another currency.
    #[error("The account it was paid from is in {account}, the document in {document}; choose another account.")]
    PaidFromCurrency {
        /// The account's currency.
        account: String,
        /// The document's currency.
        document: Currency,
    },
    /// The books are closed for its date.
    #[error("{company} is closed up to {closed_until}; open that period there, or correct the date.")]
    PeriodClosed {
        /// The company.
        company: String,
        /// The last closed day.
        closed_until: String,
    },
    /// A bill is due on its day or later.
    #[error("The due date {due} is before the date {issued}; correct one of the two.")]
    DueBeforeIssue {
        /// When it is due.
        due: civil::Date,
        /// The date on the paper.
        issued: civil::Date,
    },
    /// The company no longer takes what a dimension is sent as, or both are sent as the same.
    #[error("{company} does not take the {dimension} in the way that was chosen; choose another, under Connections.")]
    DimensionNotTaken {
        /// The dimension: `department` or `project`.
        dimension: &'static str,
        /// The company.
        company: String,
    },
    /// A department or project means nothing in this company.
    #[error("Choose what the {dimension} “{value}” is in {company}, under Connections.")]
    DimensionUnmapped {
        /// The kind of the mapping.
        kind: &'static str,
        /// The dimension: `department` or `project`.
        dimension: &'static str,
        /// The department's name or the project's code.
        value: String,
        /// The company.
        company: String,
    },
    /// The company is to be told the rate, and none is known.
    #[error("No rate from {currency} to {home} is known for its date; bring one in, or let {company} take its own.")]
    RateUnknown {
        /// The document's currency.
        currency: Currency,
        /// The company's.
        home: Currency,
        /// The company.
        company: String,
    },
    /// It must be plain which way the money goes.
    #[error("Say whether this is a receipt (paid), an invoice (to pay) or a credit note (given back).")]
    KindUnknown,
}

/// A company with everything that is known of it.
#[derive(Debug, Clone)]
pub struct Books {
    /// The company.
    pub connection: Connection,
    /// Which ledger.
    pub ledger: LedgerKind,
    /// Its accounts, tax codes and suppliers.
    pub references: Vec<ReferenceRow>,
    /// What our words mean there.
    pub mappings: Vec<MappingRow>,
}

impl Books {
    /// The company's supplier that a name was said to mean, while it is there.
    #[must_use]
    pub fn supplier_mapped(&self, name: &str) -> Option<&str> {
        let id = self.mapped(SUPPLIER, &supplier_key(name))?;
        self.reference(&[ReferenceKind::Supplier], id).map(|row| row.external_id.as_str())
    }

    pub(super) fn mapped(&self, kind: &str, key: &str) -> Option<&str> {
        self.mappings.iter().find(|row| row.kind == kind && row.key == key).map(|row| row.external_id.as_str())
    }

    pub(super) fn reference(&self, kinds: &[ReferenceKind], external_id: &str) -> Option<&ReferenceRow> {
        let of_kind = |row: &&ReferenceRow| kinds.iter().any(|kind| kind.name() == row.kind);
        self.references.iter().filter(of_kind).find(|row| row.external_id == external_id)
    }

    fn has_tax(&self) -> bool {
        self.references.iter().any(|row| row.kind == ReferenceKind::TaxCode.name())
    }
}

/// The entry of a document.
///
/// # Errors
/// What a person has to do first.
pub fn build(document: &Document, books: &Books, posting: PostingId, url: Option<String>) -> Result<Entry, EntryError> {
    let draft = document.draft.as_ref().ok_or(EntryError::Missing("reading"))?;
    let supplier = draft.text(FieldName::SupplierName).ok_or(EntryError::Missing("supplier"))?;
    let issue_date = draft.date(FieldName::IssueDate).ok_or(EntryError::Missing("date"))?;
    let currency = draft.currency().ok_or(EntryError::Missing("currency"))?;
    let total = draft.entry_total().ok_or(EntryError::Missing("total"))?;
    let company = &books.connection;
    let home_currency = Currency::parse(&company.home_currency).unwrap_or(currency);
    if currency != home_currency && !company.multi_currency {
        return Err(EntryError::CurrencyNotTaken { company: company.name.clone(), currency });
    }
    if let Some(closed_until) = company.closed_until.clone().filter(|day| issue_date.to_string() <= *day) {
        return Err(EntryError::PeriodClosed { company: company.name.clone(), closed_until });
    }
    let kind = entry_kind(draft, books, currency, home_currency)?;
    let number = draft.text(FieldName::DocumentNumber).map(str::to_owned);
    let description = match &number {
        Some(number) => format!("{supplier} {number}"),
        None => supplier.to_owned(),
    };
    let (account, tax) = account_and_tax(document, books)?;
    let rate = tax.and_then(|tax| super::tax::rate(tax.code.as_deref()?));
    let tax_mode = super::tax::mode(draft, total, rate);
    let tax_rate = rate.map(|(percent, _)| percent);
    let tax_code = tax.filter(|_| tax_mode != TaxMode::None).map(|tax| tax.external_id.clone());
    Ok(Entry {
        posting,
        kind,
        supplier: supplier.to_owned(),
        issue_date,
        document_number: number,
        currency,
        home_currency,
        exchange_rate: None,
        tax_mode,
        lines: vec![EntryLine { description, account, tax_code, tax_rate, amount: total }],
        total,
        dimensions: Vec::new(),
        url,
    })
}

fn account_and_tax<'a>(
    document: &Document,
    books: &'a Books,
) -> Result<(String, Option<&'a ReferenceRow>), EntryError> {
    let (category, company) = (document.category.name(), books.connection.name.clone());
    let gone = |kind| EntryError::MappingGone { kind, what: category.to_owned(), company: company.clone() };
    let supplier = document.draft.as_ref().and_then(|draft| draft.text(FieldName::SupplierName));
    let supplier = supplier.map(supplier_key).unwrap_or_default();
    // An account of the supplier's own that is gone makes way for the category's.
    let own = |kinds: &[ReferenceKind], kind: &str| {
        books.mapped(kind, &supplier).filter(|id| books.reference(kinds, id).is_some())
    };
    let account = own(&[ReferenceKind::ExpenseAccount], SUPPLIER_ACCOUNT)
        .or_else(|| books.mapped(CATEGORY_ACCOUNT, category))
        .ok_or_else(|| EntryError::AccountUnmapped { category, company: company.clone() })?;
    books.reference(&[ReferenceKind::ExpenseAccount], account).ok_or_else(|| gone(CATEGORY_ACCOUNT))?;
    if !books.has_tax() {
        return Ok((account.to_owned(), None));
    }
    let tax = own(&[ReferenceKind::TaxCode], SUPPLIER_TAX)
        .or_else(|| books.mapped(CATEGORY_TAX, category))
        .ok_or_else(|| EntryError::TaxUnmapped { category, company: company.clone() })?;
    let tax = books.reference(&[ReferenceKind::TaxCode], tax).ok_or_else(|| gone(CATEGORY_TAX))?;
    Ok((account.to_owned(), Some(tax)))
}

fn entry_kind(draft: &Draft, books: &Books, currency: Currency, home: Currency) -> Result<EntryKind, EntryError> {
    match draft.kind {
        DocumentKind::Invoice => {
            let issued = draft.date(FieldName::IssueDate).ok_or(EntryError::Missing("date"))?;
            let due_date = draft.date(FieldName::DueDate).unwrap_or(issued);
            if due_date < issued {
                return Err(EntryError::DueBeforeIssue { due: due_date, issued });
            }
            Ok(EntryKind::Bill { due_date })
        }
        DocumentKind::Receipt => paid(draft, books, currency, home),
        DocumentKind::CreditNote => Ok(EntryKind::Credit),
        DocumentKind::Unknown => Err(EntryError::KindUnknown),
    }
}

fn paid(draft: &Draft, books: &Books, currency: Currency, home: Currency) -> Result<EntryKind, EntryError> {
    let method = draft.text(FieldName::PaymentMethod).unwrap_or(PAID_FROM_DEFAULT);
    let company = books.connection.name.clone();
    let account = books
        .mapped(PAID_FROM, method)
        .or_else(|| books.mapped(PAID_FROM, PAID_FROM_DEFAULT))
        .ok_or_else(|| EntryError::PaidFromUnmapped { method: method.to_owned(), company: company.clone() })?;
    let reference = books
        .reference(&[ReferenceKind::BankAccount, ReferenceKind::CardAccount], account)
        .ok_or_else(|| EntryError::MappingGone { kind: PAID_FROM, what: method.to_owned(), company })?;
    let account_currency = reference.currency.clone().unwrap_or_else(|| home.code().to_owned());
    let home_pays_abroad = books.ledger == LedgerKind::QuickBooks && account_currency == home.code();
    // In Xero an entry's currency is that of its bank account, so the amount would be taken for the wrong currency.
    if account_currency != currency.code() && !home_pays_abroad {
        return Err(EntryError::PaidFromCurrency { account: account_currency, document: currency });
    }
    let card = reference.kind == ReferenceKind::CardAccount.name();
    let payment = if card { PaymentType::CreditCard } else { PaymentType::Cash };
    Ok(EntryKind::Paid { paid_from: account.to_owned(), payment })
}

/// The names to try for a supplier, best first. A QuickBooks vendor has one currency for life, so the same firm in
/// another currency is another vendor, named as Intuit's own help suggests.
#[must_use]
pub fn supplier_names(entry: &Entry, ledger: LedgerKind) -> Vec<String> {
    let plain = entry.supplier.clone();
    if ledger == LedgerKind::Xero || entry.currency == entry.home_currency {
        return vec![plain];
    }
    let with_currency = format!("{plain} ({})", entry.currency);
    vec![with_currency, plain]
}
