//! Between our entry and QuickBooks' `Purchase`, `Bill` and `VendorCredit`, and back. Pure.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::{
    model::money::Money,
    post::{
        Address, Company, LedgerAttachment, LedgerEntry, LedgerReference, ReferenceKind,
        amount::{cut, decimal, entry_check, number, rate_number, tax_mode, without},
        entry::{Entry, EntryKind, EntryLine, PaymentType, Resource, TaxMode},
        error::LedgerError,
        quickbooks::{dimension, fault, wire},
    },
};

/// How QuickBooks is called in errors.
pub(crate) const LEDGER: &str = "QuickBooks";
/// `DocNumber` holds this many characters.
const DOC_NUMBER_CHARS_MAX: usize = 21;
/// `PrivateNote` and a line's `Description` hold this many characters.
const TEXT_CHARS_MAX: usize = 4000;
/// A supplier's `DisplayName` holds this many characters.
const DISPLAY_NAME_CHARS_MAX: usize = 500;
/// A supplier's `CompanyName` holds this many characters.
const COMPANY_NAME_CHARS_MAX: usize = 100;

/// The body for an entry, to be stored and sent unchanged on every attempt.
///
/// # Errors
/// The lines do not add up to the total (`Bug`), or the total is not above zero (`Refused`).
pub fn entry_body(entry: &Entry, supplier_id: &str) -> Result<String, LedgerError> {
    entry_check(entry, LEDGER)?;
    let reference = entry.reference();
    let private_note = private_note(entry, &reference);
    let currency_ref = wire::Reference { value: entry.currency.code().to_owned() };
    let exchange_rate = entry.exchange_rate.map(rate_number);
    let department_ref = dimension::location(entry);
    let due_date = match &entry.kind {
        EntryKind::Bill { due_date } => Some(due_date.to_string()),
        EntryKind::Paid { .. } | EntryKind::Credit => None,
    };
    let mode = tax_mode(entry);
    let global_tax_calculation = match mode {
        TaxMode::None => "NotApplicable",
        TaxMode::Inclusive => "TaxInclusive",
        TaxMode::Exclusive { .. } => "TaxExcluded",
    };
    let line = entry.lines.iter().map(|one| line(entry, mode, one)).collect::<Result<Vec<_>, _>>()?;
    let txn_date = entry.issue_date.to_string();
    let body = match &entry.kind {
        EntryKind::Paid { paid_from, payment } => serde_json::to_string(&wire::PurchaseCreate {
            payment_type: match payment {
                PaymentType::Cash => "Cash",
                PaymentType::CreditCard => "CreditCard",
            },
            account_ref: wire::Reference { value: paid_from.clone() },
            entity_ref: wire::EntityReference { value: supplier_id.to_owned(), kind: "Vendor" },
            txn_date,
            doc_number: reference,
            private_note,
            currency_ref,
            exchange_rate,
            department_ref,
            global_tax_calculation,
            line,
        }),
        EntryKind::Bill { .. } | EntryKind::Credit => serde_json::to_string(&wire::BillCreate {
            vendor_ref: wire::Reference { value: supplier_id.to_owned() },
            txn_date,
            due_date,
            doc_number: entry.own_number(DOC_NUMBER_CHARS_MAX),
            private_note,
            currency_ref,
            exchange_rate,
            department_ref,
            global_tax_calculation,
            line,
        }),
    };
    body.map_err(|error| LedgerError::Bug { ledger: LEDGER, code: String::new(), message: error.to_string() })
}

/// A supplier's name as QuickBooks takes it: no colon, no tab, no line break, no doubled blanks.
pub(crate) fn display_name(name: &str) -> String {
    let words = name.replace(':', " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    cut(&words, DISPLAY_NAME_CHARS_MAX)
}

/// The body that makes a supplier.
pub(crate) fn supplier_body(name: &str, currency: &str) -> wire::VendorCreate {
    let display_name = display_name(name);
    let company_name = cut(&display_name, COMPANY_NAME_CHARS_MAX);
    let currency_ref = wire::Reference { value: currency.to_owned() };
    wire::VendorCreate { display_name, company_name, currency_ref }
}

/// The entry as QuickBooks has it. A total that cannot be read makes the whole answer unreadable.
pub(crate) fn ledger_entry(
    read: wire::Transaction,
    resource: Resource,
    address: &Address,
) -> Result<LedgerEntry, LedgerError> {
    let live = is_live(&read);
    // A deleted transaction comes back with its id and nothing else.
    let total = match &read.total_amt {
        Some(total) => decimal(total).ok_or_else(fault::unreadable)?,
        None if live => return Err(fault::unreadable()),
        None => Decimal::ZERO,
    };
    Ok(LedgerEntry {
        url: Some(entry_url(address, resource, &read.id)),
        lines: dimension::of_lines(read.department_ref.as_ref().map(|found| found.value.as_str()), &read.line),
        external_id: read.id,
        total,
        supplier_id: read.vendor_ref.or(read.entity_ref).map(|supplier| supplier.value),
        currency: read.currency_ref.map(|currency| currency.value),
        issue_date: read.txn_date,
        live,
    })
}

/// The page that shows an entry.
pub(crate) fn entry_url(address: &Address, resource: Resource, external_id: &str) -> String {
    let page = match resource {
        Resource::Paid => "expense",
        Resource::Bill | Resource::Credit => path(resource),
    };
    address.entry_url(path(resource), page, external_id)
}

/// The resource as QuickBooks calls it.
pub(crate) const fn entity(resource: Resource) -> &'static str {
    match resource {
        Resource::Paid => "Purchase",
        Resource::Bill => "Bill",
        Resource::Credit => "VendorCredit",
    }
}

/// The resource as a path, which is also its type in queries for attachments.
pub(crate) const fn path(resource: Resource) -> &'static str {
    match resource {
        Resource::Paid => "purchase",
        Resource::Bill => "bill",
        Resource::Credit => "vendorcredit",
    }
}

/// Whether a transaction carries our reference.
pub(crate) fn carries(read: &wire::Transaction, reference: &str) -> bool {
    read.doc_number.as_deref() == Some(reference)
        || read.private_note.as_deref().is_some_and(|note| note.contains(reference))
}

/// A file as QuickBooks has it.
pub(crate) fn ledger_attachment(read: wire::Attachable) -> LedgerAttachment {
    LedgerAttachment {
        external_id: read.id,
        file_name: read.file_name.unwrap_or_default(),
        bytes: read.size.and_then(|size| size.to_string().parse().ok()),
    }
}

/// What `company` is made from.
pub(crate) struct CompanyParts {
    pub(crate) info: wire::CompanyInfo,
    pub(crate) preferences: wire::Preferences,
    pub(crate) accounts: Vec<wire::Account>,
    pub(crate) tax_codes: Vec<wire::TaxCode>,
    pub(crate) tax_rates: Vec<wire::TaxRate>,
    pub(crate) vendors: Vec<wire::Vendor>,
    pub(crate) dimensions: Vec<LedgerReference>,
}

/// The company's own facts and whatever entries can name.
pub(crate) fn company(parts: CompanyParts) -> Result<Company, LedgerError> {
    let currencies = parts.preferences.currency_prefs;
    let multi_currency = currencies.as_ref().and_then(|prefs| prefs.multi_currency_enabled).unwrap_or(false);
    let home_currency = currencies.and_then(|prefs| prefs.home_currency).map(|currency| currency.value);
    let home_currency = home_currency.ok_or_else(|| LedgerError::HumanInLedger {
        ledger: LEDGER,
        code: String::new(),
        message: "the company does not say its home currency; set it in QuickBooks' settings".to_owned(),
    })?;
    let mut references: Vec<_> = parts.accounts.into_iter().filter_map(account).collect();
    let rates: Vec<_> = parts.tax_rates.into_iter().filter(|rate| rate.active != Some(false)).collect();
    references.extend(parts.tax_codes.into_iter().filter_map(|code| tax_code(code, &rates)));
    references.extend(parts.vendors.into_iter().filter_map(vendor));
    references.extend(parts.dimensions);
    Ok(Company {
        name: parts.info.company_name.unwrap_or_default(),
        home_currency,
        multi_currency,
        country: parts.info.country,
        closed_until: parts.preferences.accounting_info_prefs.and_then(|prefs| prefs.book_close_date),
        references,
    })
}

/// Whether purchases of this company carry tax codes. In the United States they do not: what was paid is the expense.
pub(crate) fn has_purchase_tax(info: &wire::CompanyInfo, preferences: &wire::Preferences) -> bool {
    let uses_tax = preferences.tax_prefs.as_ref().and_then(|prefs| prefs.using_sales_tax).unwrap_or(false);
    uses_tax && info.country.as_deref() != Some("US")
}

fn account(read: wire::Account) -> Option<LedgerReference> {
    let kind = match read.account_type.as_deref()? {
        "Expense" | "Other Expense" | "Cost of Goods Sold" => ReferenceKind::ExpenseAccount,
        "Bank" => ReferenceKind::BankAccount,
        "Credit Card" => ReferenceKind::CardAccount,
        _ => return None,
    };
    if read.active == Some(false) {
        return None;
    }
    Some(LedgerReference {
        kind,
        name: read.fully_qualified_name.or(read.name)?,
        external_id: read.id,
        code: read.acct_num,
        currency: read.currency_ref.map(|currency| currency.value),
    })
}

/// Only codes whose rates are all live and add up simply: with tax on tax we could not say the net.
fn tax_code(read: wire::TaxCode, rates: &[wire::TaxRate]) -> Option<LedgerReference> {
    let details = read.purchase_tax_rate_list?.tax_rate_detail;
    if details.is_empty() || read.active == Some(false) || read.hidden == Some(true) {
        return None;
    }
    let percents = details.iter().map(|detail| {
        let simple = detail.tax_type_applicable.as_deref().is_none_or(|on| on == "TaxOnAmount");
        let rate = rates.iter().find(|rate| simple && rate.id == detail.tax_rate_ref.value)?;
        decimal(rate.rate_value.as_ref()?)
    });
    // Several are rounded one by one, so they are kept apart.
    let percents = percents.map(|percent| Some(percent?.normalize().to_string())).collect::<Option<Vec<_>>>()?;
    let code = Some(percents.join("+"));
    Some(LedgerReference { kind: ReferenceKind::TaxCode, external_id: read.id, code, name: read.name?, currency: None })
}

fn vendor(read: wire::Vendor) -> Option<LedgerReference> {
    if read.active == Some(false) {
        return None;
    }
    Some(LedgerReference {
        kind: ReferenceKind::Supplier,
        external_id: read.id,
        code: None,
        name: read.display_name?,
        currency: read.currency_ref.map(|currency| currency.value),
    })
}

/// Deleted by the API, or voided by a person: QuickBooks then writes `Voided` into the note and zeroes the total.
pub(super) fn is_live(read: &wire::Transaction) -> bool {
    let deleted = read.status.as_deref().is_some_and(|status| status.eq_ignore_ascii_case("deleted"));
    let total = read.total_amt.as_ref().and_then(decimal);
    !deleted && !total.is_some_and(|total| is_voided(total, read.private_note.as_deref()))
}

/// Whether a total and a note are those of a voided transaction.
pub(super) fn is_voided(total: Decimal, note: Option<&str>) -> bool {
    total.is_zero() && note.is_some_and(|note| note.starts_with("Voided"))
}

/// The note always holds our reference: for bills, and where QuickBooks numbers expenses itself, nothing else does.
fn private_note(entry: &Entry, reference: &str) -> String {
    let mut note = format!("vouch {reference}");
    if let Some(number) = &entry.document_number {
        note.push_str("; no. ");
        note.push_str(number);
    }
    if let Some(url) = &entry.url {
        note.push_str("; ");
        note.push_str(url);
    }
    cut(&note, TEXT_CHARS_MAX)
}

/// With a tax code `Amount` is the net and `TaxInclusiveAmt` the gross, as in Intuit's examples. QuickBooks rounds tax
/// line by line, half a cent up, and so is the net rounded here. Intuit says little about how regions differ, so
/// whoever posts compares the total of the answer with the approved one.
fn line(entry: &Entry, mode: TaxMode, line: &EntryLine) -> Result<wire::Line, LedgerError> {
    let (net, gross) = match mode {
        TaxMode::Exclusive { tax } => (without(tax, entry, line, LEDGER)?, None),
        TaxMode::Inclusive if line.tax_code.is_some() => (net(line)?, Some(line.amount)),
        TaxMode::None | TaxMode::Inclusive => (line.amount, None),
    };
    let tax_code = line.tax_code.clone().filter(|_| mode != TaxMode::None);
    let customer_ref = dimension::customer(entry);
    Ok(wire::Line {
        detail_type: "AccountBasedExpenseLineDetail",
        amount: number(net),
        description: cut(&line.description, TEXT_CHARS_MAX),
        account_based_expense_line_detail: wire::LineDetail {
            account_ref: wire::Reference { value: line.account.clone() },
            class_ref: dimension::class(entry),
            // A company may bill what its customers cost by itself; what was approved says nothing of a bill.
            billable_status: customer_ref.as_ref().map(|_| "NotBillable"),
            customer_ref,
            tax_code_ref: tax_code.map(|value| wire::Reference { value }),
            tax_inclusive_amt: gross.map(number),
        },
    })
}

fn net(line: &EntryLine) -> Result<Money, LedgerError> {
    let factor = line.tax_rate.map(|percent| Decimal::ONE + percent / Decimal::ONE_HUNDRED);
    let net = factor.and_then(|factor| line.amount.to_decimal().checked_div(factor));
    let net = net.map(|net| {
        net.round_dp_with_strategy(line.amount.currency().exponent(), RoundingStrategy::MidpointAwayFromZero)
    });
    net.and_then(|net| Money::from_decimal(net, line.amount.currency()).ok()).ok_or_else(|| LedgerError::Refused {
        ledger: LEDGER,
        code: String::new(),
        message: "the rate of its tax code is not known; read the company's tax codes again".to_owned(),
    })
}

#[cfg(test)]
mod tests;
