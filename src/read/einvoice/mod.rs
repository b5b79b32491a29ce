//! E-invoices: XML that states outright what a page only shows.
//!
//! Reads OASIS UBL 2.1 (Peppol and its kin, Malaysia's MyInvois), UN/CEFACT CII (Factur-X, ZUGFeRD 2, XRechnung) and
//! ZUGFeRD 1, bare, in the envelope of a network, or inside a PDF. Two kinds of trouble are told apart. A file that is
//! not a readable e-invoice at all (damaged, too large, another document) is an [`EInvoiceError`]. An e-invoice that
//! breaks a rule of its standard is still shown: what can be read stands in its [`Facts`], what cannot is absent, and a
//! finding of severity block says which rule is broken, so that nothing of it is accepted without a person. Nothing is
//! ever mended or derived.
//!
//! `subtotal` is the net total *after* allowances and charges on the document, as the standard defines it; so those are
//! not told again as discount or service charge, and `subtotal + tax = total` holds. `total` is the total with tax,
//! before what was paid in advance and before rounding of the amount due; where that differs, a finding says so.

mod attachment;
mod checks;
mod cii;
mod details;
mod envelope;
mod invoice;
mod rules;
#[cfg(test)]
mod tests;
mod ubl;
mod xml;

use hayro_interpret::hayro_syntax::Pdf;
use rust_decimal::Decimal;

pub use self::attachment::Claim;
use self::{
    invoice::{Invoice, Level, Line, Picker, Stated},
    xml::Syntax,
};
use crate::model::{
    draft::LineItem,
    fact::{Fact, Facts},
    field::{FieldName, FieldValue},
    finding::{Finding, Severity},
    page::{Area, Source},
};

/// The id of every finding about an e-invoice; the message names the standard's own rule.
const RULE: &str = "V1";
/// The most lines of an e-invoice.
const LINES_MAX: usize = 10_000;

/// Why a file could not be read as an e-invoice. Each has a code that programs can rely on and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EInvoiceError {
    /// It is not XML as XML must be.
    #[error("The e-invoice is damaged ({reason}); ask the supplier to send it again.")]
    NotWellFormed {
        /// What is wrong.
        reason: String,
    },
    /// It has a document type, which could make it mean anything.
    #[error("The e-invoice contains a document type definition, which no e-invoice may; ask the supplier for another.")]
    DocumentType,
    /// It is written in an encoding that nobody uses for e-invoices.
    #[error("The e-invoice is written in the encoding “{name}”, which vouch does not read; ask for one in UTF-8.")]
    Encoding {
        /// The encoding it declares.
        name: String,
    },
    /// It is over a limit.
    #[error("The e-invoice has more than {limit} {what}; enter it by hand.")]
    TooLarge {
        /// What it has too much of.
        what: &'static str,
        /// How much it may have.
        limit: usize,
    },
    /// It is some other XML.
    #[error("The XML file is not an invoice that vouch knows: it begins with “{root}”.")]
    NotAnInvoice {
        /// The name of its first element.
        root: String,
    },
    /// A whole group that every invoice has is not there.
    #[error("The e-invoice is incomplete: “{element}” is missing; ask the supplier for a complete one.")]
    Incomplete {
        /// The name of the group.
        element: &'static str,
    },
}

impl EInvoiceError {
    /// Every code.
    pub const CODES: [&'static str; 6] = [
        "einvoice_not_well_formed",
        "einvoice_document_type",
        "einvoice_encoding",
        "einvoice_too_large",
        "einvoice_not_an_invoice",
        "einvoice_incomplete",
    ];

    /// The code that programs can rely on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotWellFormed { .. } => "einvoice_not_well_formed",
            Self::DocumentType => "einvoice_document_type",
            Self::Encoding { .. } => "einvoice_encoding",
            Self::TooLarge { .. } => "einvoice_too_large",
            Self::NotAnInvoice { .. } => "einvoice_not_an_invoice",
            Self::Incomplete { .. } => "einvoice_incomplete",
        }
    }
}

/// Whether the bytes are the XML of an invoice, by its first element; looks at the beginning only.
#[must_use]
pub fn is_einvoice(bytes: &[u8]) -> bool {
    xml::syntax(bytes).is_some()
}

/// Whether the bytes are XML of any kind; looks at the beginning only.
#[must_use]
pub fn is_xml(bytes: &[u8]) -> bool {
    xml::is_xml(bytes)
}

/// The e-invoices inside an opened PDF, each once. More than one means the PDF holds several invoices, and then none
/// of them is the PDF's.
#[must_use]
pub fn in_pdf(pdf: &Pdf) -> Vec<Vec<u8>> {
    attachment::attached(pdf).into_iter().map(|attached| attached.xml).collect()
}

/// The e-invoices inside the bytes of a PDF; none where it is locked or damaged.
#[must_use]
pub fn in_pdf_bytes(bytes: &[u8]) -> Vec<Vec<u8>> {
    Pdf::new(bytes.to_vec()).map(|pdf| in_pdf(&pdf)).unwrap_or_default()
}

/// What an opened PDF says about an e-invoice in it; nothing where it speaks of none.
#[must_use]
pub fn claim_of_pdf(pdf: &Pdf) -> Option<Claim> {
    attachment::claim(pdf)
}

/// What is amiss with how an opened PDF holds its e-invoice: told, for the values are those of the XML in any case.
#[must_use]
pub fn envelope_of_pdf(pdf: &Pdf) -> Vec<Finding> {
    envelope::amiss(pdf)
}

/// Reads the XML of an e-invoice that was found in a PDF, which may have said what it is.
///
/// # Errors
/// As [`parse`].
pub fn parse_claimed(xml: &[u8], claim: Option<Claim>) -> Result<Facts, EInvoiceError> {
    let (mut facts, level) = parse_level(xml)?;
    if let Some((claimed, level)) = claim.and_then(|claim| claim.level).zip(level).filter(|(one, other)| one != other) {
        let message =
            format!("The PDF calls its e-invoice {}, but what is in it calls itself {}.", claimed.name(), level.name());
        facts.problems.push(Finding::new(RULE, Severity::Flag, message, &[]));
    }
    Ok(facts)
}

/// What is said of a PDF that speaks of an e-invoice and has none: somebody took it out, it was never put in, or it is
/// damaged from its beginning on.
#[must_use]
pub fn missing() -> Finding {
    let message = "The PDF says that it holds an e-invoice, but none that can be read is in it; ask the supplier for the \
        whole file.";
    Finding::new(RULE, Severity::Flag, message, &[])
}

/// Reads the XML of an e-invoice. Any bytes may be given; this is also what is fuzzed.
///
/// # Errors
/// It is not a readable e-invoice at all. One that breaks rules is no error: see `problems` of the facts.
pub fn parse(xml: &[u8]) -> Result<Facts, EInvoiceError> {
    parse_level(xml).map(|(facts, _)| facts)
}

fn parse_level(xml: &[u8]) -> Result<(Facts, Option<Level>), EInvoiceError> {
    let tree = xml::tree(xml)?;
    let mut picker = Picker::default();
    let invoice = match tree.syntax {
        Syntax::UblInvoice | Syntax::UblCreditNote => ubl::invoice(&tree, &mut picker)?,
        Syntax::Cii | Syntax::Zugferd1 => cii::invoice(&tree, &mut picker)?,
    };
    if invoice.lines.len() > LINES_MAX {
        return Err(EInvoiceError::TooLarge { what: "lines", limit: LINES_MAX });
    }
    let (kind, wrong_kind) = checks::kind(&invoice);
    let mut problems = picker.problems;
    let broken = checks::all(&invoice, &tree.foreign, &problems);
    problems.extend(broken);
    if let Some(details) = details::Details::of(&tree, invoice.profile) {
        problems.extend(rules::broken(&invoice, &details));
    }
    problems.extend(wrong_kind);
    problems.extend(checks::sign(&invoice, kind));
    let level = invoice.level;
    let facts = Facts {
        source: Source::EInvoice,
        kind,
        page: None,
        area: None,
        line_items: invoice.lines.iter().filter_map(line_item).collect(),
        fields: fields(invoice),
        problems,
    };
    Ok((facts, level))
}

fn fields(invoice: Invoice) -> Vec<Fact> {
    fn fact<T>(name: FieldName, stated: Option<Stated<T>>, value: fn(T) -> FieldValue) -> Option<Fact> {
        stated.map(|stated| Fact { name, value: value(stated.value), rule: stated.rule.to_owned() })
    }
    let paid = payment(&invoice);
    let totals = invoice.totals;
    // A balance carried over is stated as a negative prepayment; that is nothing paid.
    let prepaid = totals.prepaid.filter(|prepaid| prepaid.value > Decimal::ZERO);
    [
        fact(FieldName::SupplierName, invoice.seller_name, FieldValue::Text),
        fact(FieldName::SupplierAddress, invoice.seller_address, FieldValue::Text),
        fact(FieldName::SupplierTaxId, invoice.seller_tax_id, FieldValue::Text),
        fact(FieldName::DocumentNumber, invoice.number, FieldValue::Text),
        fact(FieldName::IssueDate, invoice.issue_date, FieldValue::Date),
        fact(FieldName::DueDate, invoice.due_date, FieldValue::Date),
        fact(FieldName::Currency, invoice.currency, FieldValue::Currency),
        fact(FieldName::Subtotal, totals.net, FieldValue::Amount),
        fact(FieldName::Tax, totals.tax, FieldValue::Amount),
        fact(FieldName::Total, totals.total, FieldValue::Amount),
        fact(FieldName::AmountPaid, prepaid, FieldValue::Amount),
        fact(FieldName::PaymentMethod, paid, |method| FieldValue::Text(method.to_owned())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// How it was paid. An invoice mostly says how it is *to be* paid; only where nothing is left to pay was it paid so.
fn payment(invoice: &Invoice) -> Option<Stated<&'static str>> {
    let is_settled = invoice.totals.due?.is_zero() && invoice.totals.prepaid.as_ref()?.value > Decimal::ZERO;
    let [code] = invoice.payment_codes.as_slice() else { return None };
    // Source: UNTDID 4461.
    let value = match code.as_str() {
        "10" => "cash",
        "20" | "21" | "22" | "23" => "cheque",
        "30" | "31" | "42" | "58" => "bank_transfer",
        "48" | "54" | "55" => "card",
        _ => return None,
    };
    is_settled.then_some(Stated { value, rule: "einvoice:PaymentMeansCode" })
}

/// A line as an item; one that states nothing is none.
fn line_item(line: &Line) -> Option<LineItem> {
    if line.description.is_none() && line.amount.is_none() {
        return None;
    }
    let each = line.price_quantity.filter(|each| !each.is_zero()).unwrap_or(Decimal::ONE);
    Some(LineItem {
        description: line.description.clone().unwrap_or_default(),
        quantity: line.quantity,
        unit_price: line.price.and_then(|price| price.checked_div(each)),
        // What a heading adds up is told again by its lines.
        amount: line.amount.filter(|_| !line.is_heading),
        page: 1,
        area: Area { left: 0, top: 0, width: 0, height: 0 },
    })
}
