//! Between our entry and Xero's `Invoices`, `CreditNotes` and `BankTransactions`, and back. Pure.

use jiff::{Timestamp, civil, tz::TimeZone};
use rust_decimal::Decimal;

use crate::post::{
    Address, Company, LedgerAttachment, LedgerEntry, LedgerReference, ReferenceKind,
    amount::{cut, decimal, entry_check, inverted, number, rate_number, tax_mode, without},
    entry::{Entry, EntryKind, Resource, TaxMode},
    error::LedgerError,
    xero::{dimension, fault, wire},
};

/// How Xero is called in errors.
pub(crate) const LEDGER: &str = "Xero";
/// A line's `Description` holds this many characters.
const DESCRIPTION_CHARS_MAX: usize = 4000;
/// How every mark of ours begins.
const MARK_START: &str = "[VCH-";
/// `InvoiceNumber` and a contact's `Name` hold this many characters.
const TEXT_CHARS_MAX: usize = 255;

/// The body for an entry, to be stored and sent unchanged on every attempt: Xero compares the bytes with those that
/// came with the same key.
///
/// # Errors
/// The lines do not add up to the total (`Bug`), or the total is not above zero (`Refused`).
pub fn entry_body(entry: &Entry, supplier_id: &str) -> Result<String, LedgerError> {
    entry_check(entry, LEDGER)?;
    let contact = wire::ContactId { contact_id: supplier_id.to_owned() };
    let date = entry.issue_date.to_string();
    let url = link(entry);
    let currency_rate = entry.exchange_rate.and_then(inverted).map(rate_number);
    let line_amount_types = match tax_mode(entry) {
        TaxMode::None => "NoTax",
        TaxMode::Inclusive => "Inclusive",
        TaxMode::Exclusive { .. } => "Exclusive",
    };
    let line_items = line_items(entry)?;
    let body = match &entry.kind {
        EntryKind::Paid { paid_from, .. } => serde_json::to_string(&wire::BankTransactionsCreate {
            bank_transactions: [wire::BankTransactionCreate {
                kind: "SPEND",
                contact,
                bank_account: wire::AccountId { account_id: paid_from.clone() },
                date,
                reference: entry.reference(),
                currency_rate,
                url,
                line_amount_types,
                line_items,
            }],
        }),
        EntryKind::Bill { due_date } => serde_json::to_string(&wire::InvoicesCreate {
            invoices: [wire::InvoiceCreate {
                kind: "ACCPAY",
                status: "AUTHORISED",
                contact,
                invoice_number: invoice_number(entry),
                date,
                due_date: due_date.to_string(),
                line_amount_types,
                currency_code: entry.currency.code().to_owned(),
                currency_rate,
                url,
                line_items,
            }],
        }),
        // The number need not be the only one of its kind; the supplier's own stands in the first line.
        EntryKind::Credit => serde_json::to_string(&wire::CreditNotesCreate {
            credit_notes: [wire::CreditNoteCreate {
                kind: "ACCPAYCREDIT",
                status: "AUTHORISED",
                contact,
                credit_note_number: entry.reference(),
                date,
                line_amount_types,
                currency_code: entry.currency.code().to_owned(),
                currency_rate,
                line_items,
            }],
        }),
    };
    body.map_err(|error| LedgerError::Bug { ledger: LEDGER, code: String::new(), message: error.to_string() })
}

/// How the body of bills begins and ends.
const BILLS: (&str, &str) = (r#"{"Invoices":["#, "]}");
/// Xero asks for requests below this size, in bytes.
const TOGETHER_BYTES_MAX: usize = 3_500_000;

/// Several bodies of bills as one; `None` when they are too much for one call, or not bodies of bills.
pub(crate) fn bills_together(bodies: &[&str]) -> Option<String> {
    let bills: Option<Vec<&str>> =
        bodies.iter().map(|body| body.strip_prefix(BILLS.0)?.strip_suffix(BILLS.1)).collect();
    let body = format!("{}{}{}", BILLS.0, bills?.join(","), BILLS.1);
    (body.len() <= TOGETHER_BYTES_MAX).then_some(body)
}

/// Whether a body holds more than one bill.
pub(crate) fn is_together(body: &str) -> bool {
    body.matches(r#"{"Type":"ACCPAY","#).count() > 1
}

/// The bill's number.
pub(crate) fn invoice_number(entry: &Entry) -> String {
    entry.own_number(TEXT_CHARS_MAX)
}

/// Whether a status says that an entry counts no more.
pub(super) fn is_gone(status: Option<&str>) -> bool {
    matches!(status, Some("DELETED" | "VOIDED"))
}

/// A contact's name as Xero takes it: no angle brackets, no doubled blanks.
pub(crate) fn contact_name(name: &str) -> String {
    let words = name.replace(['<', '>'], " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    cut(&words, TEXT_CHARS_MAX)
}

/// Whether a transaction carries this posting's reference: in its own field or in the mark of a line. Where a person
/// has rewritten the lines the link speaks, which is the document's and not the posting's.
pub(crate) fn carries(read: &wire::Transaction, entry: &Entry) -> bool {
    let reference = entry.reference();
    let lines = || read.line_items.iter().filter_map(|line| line.description.as_deref());
    let own = [&read.reference, &read.credit_note_number];
    if own.into_iter().any(|own| own.as_deref() == Some(reference.as_str()))
        || lines().any(|text| text.contains(&mark(&reference)))
    {
        return true;
    }
    let is_marked = lines().any(|text| text.contains(MARK_START));
    !is_marked && link(entry).is_some_and(|link| read.url.as_deref() == Some(link.as_str()))
}

/// The entry as Xero has it. A total or an id that cannot be read makes the whole answer unreadable.
pub(crate) fn ledger_entry(
    read: wire::Transaction,
    resource: Resource,
    address: &Address,
) -> Result<LedgerEntry, LedgerError> {
    let id = match resource {
        Resource::Paid => read.bank_transaction_id,
        Resource::Bill => read.invoice_id,
        Resource::Credit => read.credit_note_id,
    };
    let external_id = id.ok_or_else(fault::unreadable)?;
    let live = !is_gone(read.status.as_deref());
    let total = match &read.total {
        Some(total) => decimal(total).ok_or_else(fault::unreadable)?,
        None if live => return Err(fault::unreadable()),
        None => Decimal::ZERO,
    };
    // `DateString` is the calendar date as people see it; `Date` is an instant, right only in UTC.
    let written = read.date_string.as_deref().and_then(|text| text.get(..10)?.parse::<civil::Date>().ok());
    let date = written.or_else(|| read.date.as_deref().and_then(date));
    Ok(LedgerEntry {
        url: Some(entry_url(address, resource, &external_id)),
        lines: dimension::of_lines(read.line_items),
        external_id,
        total,
        supplier_id: read.contact.and_then(|contact| contact.contact_id),
        currency: read.currency_code,
        issue_date: date.map(|date| date.to_string()),
        live,
    })
}

/// The page that shows an entry.
pub(crate) fn entry_url(address: &Address, resource: Resource, external_id: &str) -> String {
    let page = match resource {
        Resource::Paid => "Bank/ViewTransaction.aspx?bankTransactionID=",
        Resource::Bill => "AccountsPayable/Edit.aspx?InvoiceID=",
        Resource::Credit => "AccountsPayable/ViewCreditNote.aspx?creditNoteID=",
    };
    address.entry_url(path(resource), page, external_id)
}

/// The path of a resource.
pub(crate) const fn path(resource: Resource) -> &'static str {
    match resource {
        Resource::Paid => "BankTransactions",
        Resource::Bill => "Invoices",
        Resource::Credit => "CreditNotes",
    }
}

/// A file as Xero has it.
pub(crate) fn ledger_attachment(read: wire::Attachment) -> LedgerAttachment {
    LedgerAttachment {
        external_id: read.attachment_id,
        file_name: read.file_name.unwrap_or_default(),
        bytes: read.content_length.and_then(|bytes| bytes.to_string().parse().ok()),
    }
}

/// What `company` is made from.
pub(crate) struct CompanyParts {
    pub(crate) organisation: wire::Organisation,
    pub(crate) accounts: Vec<wire::Account>,
    pub(crate) tax_rates: Vec<wire::TaxRate>,
    pub(crate) currencies: Vec<wire::Currency>,
    pub(crate) contacts: Vec<wire::Contact>,
    pub(crate) tracking: Vec<wire::TrackingCategory>,
}

/// The organisation's own facts and whatever entries can name.
pub(crate) fn company(parts: CompanyParts) -> Result<Company, LedgerError> {
    let organisation = parts.organisation;
    let home_currency = organisation.base_currency.ok_or_else(fault::unreadable)?;
    let lock_dates = [&organisation.period_lock_date, &organisation.end_of_year_lock_date];
    let closed_until = lock_dates.into_iter().flatten().filter_map(|text| date(text)).max();
    let multi_currency =
        parts.currencies.iter().any(|currency| currency.code.as_ref().is_some_and(|code| *code != home_currency));
    let mut references: Vec<_> = parts.accounts.into_iter().filter_map(account).collect();
    if organisation.pays_tax != Some(false) {
        references.extend(parts.tax_rates.into_iter().filter_map(tax_rate));
    }
    references.extend(parts.contacts.into_iter().filter_map(contact));
    references.extend(dimension::references(parts.tracking));
    Ok(Company {
        name: organisation.name.unwrap_or_default(),
        home_currency,
        multi_currency,
        country: organisation.country_code,
        closed_until: closed_until.map(|date| date.to_string()),
        references,
    })
}

/// The calendar date of `/Date(1552262400000+0000)/`, of `2026-11-18T00:00:00`, or of `2026-11-18`. The offset is
/// for information: the milliseconds are UTC already.
fn date(text: &str) -> Option<civil::Date> {
    let Some(inner) = text.strip_prefix("/Date(").and_then(|text| text.strip_suffix(")/")) else {
        return text.get(..10)?.parse().ok();
    };
    // A minus may lead the number; a sign after that begins the offset.
    let end = inner.char_indices().skip(1).find(|(_, letter)| matches!(letter, '+' | '-')).map(|(at, _)| at);
    let milliseconds = end.map_or(Some(inner), |end| inner.get(..end))?.parse().ok()?;
    let instant = Timestamp::from_millisecond(milliseconds).ok()?;
    Some(instant.to_zoned(TimeZone::UTC).date())
}

fn account(read: wire::Account) -> Option<LedgerReference> {
    let is_system = read.system_account.as_deref().is_some_and(|name| !name.is_empty());
    if read.status.as_deref().is_some_and(|status| status != "ACTIVE") {
        return None;
    }
    let code = read.code.filter(|code| !code.is_empty());
    let (kind, external_id) = match (read.kind.as_deref()?, read.bank_account_type.as_deref()) {
        ("BANK", Some("CREDITCARD")) => (ReferenceKind::CardAccount, read.account_id),
        ("BANK", _) => (ReferenceKind::BankAccount, read.account_id),
        // Lines name an account by its code, so one without a code cannot be offered.
        ("EXPENSE" | "DIRECTCOSTS" | "OVERHEADS" | "DEPRECIATN", _) if !is_system => {
            (ReferenceKind::ExpenseAccount, code.clone()?)
        }
        _ => return None,
    };
    Some(LedgerReference { kind, external_id, code, name: read.name?, currency: read.currency_code })
}

fn tax_rate(read: wire::TaxRate) -> Option<LedgerReference> {
    let usable = read.can_apply_to_expenses == Some(true) && read.status.as_deref() == Some("ACTIVE");
    let external_id = read.tax_type.filter(|_| usable)?;
    let code = read.effective_rate.as_ref().and_then(decimal).map(|percent| percent.normalize().to_string());
    let kind = ReferenceKind::TaxCode;
    Some(LedgerReference { kind, external_id, code, name: read.name?, currency: None })
}

fn contact(read: wire::Contact) -> Option<LedgerReference> {
    if read.contact_status.as_deref().is_some_and(|status| status != "ACTIVE") {
        return None;
    }
    let (kind, currency) = (ReferenceKind::Supplier, read.default_currency);
    Some(LedgerReference { kind, external_id: read.contact_id, code: None, name: read.name?, currency })
}

/// The reference stands at the end of the first line too: a bill has no field of its own for it.
fn line_items(entry: &Entry) -> Result<Vec<wire::LineItem>, LedgerError> {
    let mode = tax_mode(entry);
    let (mark, tracking) = (mark(&entry.reference()), dimension::tracking(entry));
    let described = |index: usize, text: &str| {
        let text = text.trim();
        let text = if text.is_empty() { entry.supplier.as_str() } else { text };
        if index > 0 {
            return cut(if text.is_empty() { "-" } else { text }, DESCRIPTION_CHARS_MAX);
        }
        let room = DESCRIPTION_CHARS_MAX.saturating_sub(mark.len() + 1);
        format!("{} {mark}", cut(text, room)).trim_start().to_owned()
    };
    let lines = entry.lines.iter().enumerate();
    lines
        .map(|(index, line)| {
            let amount = match mode {
                TaxMode::None | TaxMode::Inclusive => line.amount,
                TaxMode::Exclusive { tax } => without(tax, entry, line, LEDGER)?,
            };
            // Left out, the account's own tax would be taken: beside taxed lines an untaxed one says so.
            let tax_type = line.tax_code.clone().or_else(|| Some("NONE".to_owned()));
            Ok(wire::LineItem {
                description: described(index, &line.description),
                quantity: 1,
                unit_amount: number(amount),
                account_code: line.account.clone(),
                tax_type: tax_type.filter(|_| mode != TaxMode::None),
                tracking: tracking.clone(),
            })
        })
        .collect()
}

pub(crate) fn mark(reference: &str) -> String {
    format!("[{reference}]")
}

/// Xero takes links of the web only, and refuses those with its own name in them.
fn link(entry: &Entry) -> Option<String> {
    let url = entry.url.as_deref()?;
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    (is_web && !url.to_ascii_lowercase().contains("xero")).then(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::post::{
        entry::{EntryLine, PaymentType},
        testing,
    };

    fn entry(kind: EntryKind, tax_code: Option<&str>) -> Entry {
        testing::entry(kind, testing::line("420", tax_code, 2400))
    }

    fn paid() -> EntryKind {
        EntryKind::Paid { paid_from: "6f7594f2".to_owned(), payment: PaymentType::CreditCard }
    }

    fn bill() -> EntryKind {
        EntryKind::Bill { due_date: date(2026, 12, 1) }
    }

    #[test]
    fn money_spent_with_tax() {
        let body = entry_body(&entry(paid(), Some("INPUT2")), "5cc8").expect("the entry is whole");
        assert_eq!(
            body,
            r#"{"BankTransactions":[{"Type":"SPEND","Contact":{"ContactID":"5cc8"},"BankAccount":{"AccountID":"6f7594f2"},"#
                .to_owned()
                + r#""Date":"2026-11-18","Reference":"VCH-00000000000000","Url":"http://localhost/d/1","#
                + r#""LineAmountTypes":"Inclusive","LineItems":[{"#
                + r#""Description":"Client lunch [VCH-00000000000000]","Quantity":1,"UnitAmount":24.00,"#
                + r#""AccountCode":"420","TaxType":"INPUT2"}]}]}"#
        );
    }

    #[test]
    fn bill_without_tax() {
        let entry = Entry { url: Some("https://xero.example/d".to_owned()), ..entry(bill(), None) };
        assert_eq!(
            entry_body(&entry, "5cc8").expect("the entry is whole"),
            r#"{"Invoices":[{"Type":"ACCPAY","Status":"AUTHORISED","Contact":{"ContactID":"5cc8"},"#.to_owned()
                + r#""InvoiceNumber":"INV-10442","Date":"2026-11-18","DueDate":"2026-12-01","LineAmountTypes":"NoTax","#
                + r#""CurrencyCode":"HKD","LineItems":[{"Description":"Client lunch [VCH-00000000000000]","#
                + r#""Quantity":1,"UnitAmount":24.00,"AccountCode":"420"}]}]}"#
        );
    }

    #[test]
    fn descriptions_are_never_empty_and_never_too_long() {
        let mut entry = entry(bill(), Some("INPUT2"));
        let line = EntryLine { description: " ".to_owned(), tax_code: None, ..entry.lines[0].clone() };
        entry.lines = vec![EntryLine { description: "長".repeat(5000), ..line.clone() }, line];
        let items = line_items(&entry).expect("the entry is whole");
        assert_eq!(items[0].description.chars().count(), DESCRIPTION_CHARS_MAX);
        assert!(items[0].description.ends_with(" [VCH-00000000000000]"));
        assert_eq!(items[1].description, "Blue Cafe Ltd");
        entry.lines[1].tax_code = Some("INPUT2".to_owned());
        assert_eq!(
            line_items(&entry).expect("the entry is whole")[0].tax_type.as_deref(),
            Some("NONE"),
            "beside a taxed line"
        );
    }

    #[test]
    fn dates_of_every_spelling() {
        for (text, expected) in [
            ("/Date(1551139200000+0000)/", Some(civil::date(2019, 2, 26))),
            ("/Date(1551139200000+1300)/", Some(civil::date(2019, 2, 26))),
            ("/Date(-62135596800000)/", Some(civil::date(1, 1, 1))),
            ("/Date(-86400000-0500)/", Some(civil::date(1969, 12, 31))),
            ("2019-02-26T00:00:00", Some(civil::date(2019, 2, 26))),
            ("2019-02-26 00:00:00", Some(civil::date(2019, 2, 26))),
            ("/Date(99999999999999999)/", None),
            ("/Date()/", None),
            ("香港二零二六年", None),
            ("", None),
        ] {
            assert_eq!(super::date(text), expected, "{text}");
        }
    }

    #[test]
    fn entries_are_read_and_recognised() {
        let entry = entry(bill(), None);
        let read = |text: &str| serde_json::from_str::<wire::Transaction>(text).expect("the text is a transaction");
        let ours = r#"{"InvoiceID":"a1","Total":24.00,"Status":"AUTHORISED","Contact":{"ContactID":"5cc8"},
            "CurrencyCode":"HKD","Date":"\/Date(1551139200000+0000)\/","DateString":"2026-11-18T00:00:00",
            "LineItems":[{"Description":"Lunch [VCH-00000000000000]"}]}"#;
        assert!(carries(&read(ours), &entry));
        assert!(carries(&read(r#"{"Url":"http://localhost/d/1"}"#), &entry));
        assert!(carries(&read(r#"{"Reference":"VCH-00000000000000"}"#), &entry));
        let other = r#"{"Url":"http://localhost/d/1","LineItems":[{"Description":"Lunch [VCH-00000000000001]"}]}"#;
        assert!(!carries(&read(other), &entry), "another posting of the same document");
        assert!(!carries(&read(r#"{"Reference":"VCH-1","LineItems":[{"Description":"Lunch"}]}"#), &entry));
        let address = Address::product(crate::post::LedgerKind::Xero);
        let expected = LedgerEntry {
            external_id: "a1".to_owned(),
            total: Decimal::new(24, 0),
            supplier_id: Some("5cc8".to_owned()),
            currency: Some("HKD".to_owned()),
            issue_date: Some("2026-11-18".to_owned()),
            live: true,
            url: Some("https://go.xero.com/AccountsPayable/Edit.aspx?InvoiceID=a1".to_owned()),
            lines: vec![crate::post::line::LedgerLine::default()],
        };
        assert_eq!(ledger_entry(read(ours), Resource::Bill, &address).ok(), Some(expected));
        let voided = r#"{"InvoiceID":"a1","Total":24.00,"Status":"VOIDED"}"#;
        let voided = ledger_entry(read(voided), Resource::Bill, &address).ok();
        assert_eq!(voided.map(|entry| entry.live), Some(false));
        let other = ledger_entry(read(r#"{"InvoiceID":"a1","Total":1}"#), Resource::Paid, &address);
        assert!(matches!(other, Err(LedgerError::Ambiguous { .. })));
    }

    #[test]
    fn only_usable_things_are_offered() {
        let lists: wire::Lists = serde_json::from_str(
            r#"{"Accounts":[{"AccountID":"a","Code":"420","Name":"Meals","Type":"EXPENSE","SystemAccount":""},
                {"AccountID":"b","Code":"497","Name":"FX","Type":"EXPENSE","SystemAccount":"BANKCURRENCYGAIN"},
                {"AccountID":"c","Name":"No code","Type":"OVERHEADS"},{"AccountID":"d","Name":"Sales","Type":"REVENUE"},
                {"AccountID":"e","Name":"Visa","Type":"BANK","BankAccountType":"CREDITCARD","CurrencyCode":"GBP"},
                {"AccountID":"f","Name":"Old","Type":"BANK","BankAccountType":"BANK","Status":"ARCHIVED"}],
              "TaxRates":[{"TaxType":"INPUT2","Name":"20%","Status":"ACTIVE","CanApplyToExpenses":true,
                "EffectiveRate":20.0000},
                {"TaxType":"OUTPUT2","Name":"Sales","Status":"ACTIVE","CanApplyToExpenses":false}],
              "Currencies":[{"Code":"GBP"},{"Code":"EUR"}],
              "Contacts":[{"ContactID":"g","Name":"Blue","ContactStatus":"ACTIVE"},
                {"ContactID":"h","Name":"Gone","ContactStatus":"ARCHIVED"}],
              "Organisations":[{"Name":"Ours","BaseCurrency":"GBP","CountryCode":"GB","PaysTax":true,
                "PeriodLockDate":"\/Date(1551139200000+0000)\/","EndOfYearLockDate":"\/Date(1451139200000+0000)\/"}]}"#,
        )
        .expect("the lists are well formed");
        let company = company(CompanyParts {
            organisation: lists.organisations.into_iter().next().expect("one is in the text"),
            accounts: lists.accounts,
            tax_rates: lists.tax_rates,
            currencies: lists.currencies,
            contacts: lists.contacts,
            tracking: lists.tracking_categories,
        })
        .expect("the base currency is there");
        let offered: Vec<_> =
            company.references.iter().map(|item| (item.kind, item.external_id.as_str(), item.name.as_str())).collect();
        assert_eq!(
            offered,
            [
                (ReferenceKind::ExpenseAccount, "420", "Meals"),
                (ReferenceKind::CardAccount, "e", "Visa"),
                (ReferenceKind::TaxCode, "INPUT2", "20%"),
                (ReferenceKind::Supplier, "g", "Blue"),
            ]
        );
        assert_eq!(company.references[2].code.as_deref(), Some("20"));
        assert_eq!(company.closed_until.as_deref(), Some("2019-02-26"));
        assert!(company.multi_currency);
        assert_eq!(contact_name(" <Blue>  Cafe "), "Blue Cafe");
    }
}
