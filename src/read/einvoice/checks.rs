//! The rules of EN 16931 that tell whether the values of an e-invoice can be believed.
//!
//! A finding names the standard's own rule, so that a supplier can be told what to mend: a sum that contradicts others,
//! something missing, something that cannot be read (found in `invoice`), something the standard does not know. What
//! touches number, date, currency, seller or totals blocks; what touches one line or a detail is flagged; what is odd
//! and allowed is only told.

use rust_decimal::Decimal;

use super::{
    RULE,
    invoice::{Invoice, Line, Profile, Stated},
    xml::Syntax,
};
use crate::model::{
    field::{DocumentKind, FieldName},
    finding::{Finding, Severity},
};

/// The European rules for tax by rate allow differences below this, in units of the currency. Source: BR-CO-17.
const TAX_SLACK_MAX: Decimal = Decimal::ONE;
/// A line whose amount differs by up to this share from quantity times price was rounded somewhere; a hundredth.
const LINE_ROUNDED_MAX: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// A line whose amount differs by more than this share is wrong; a tenth.
const LINE_WRONG_MIN: Decimal = Decimal::from_parts(1, 0, 0, false, 1);
/// A line free of value added tax may bear another tax, of insurance say, that its price leaves out. No such tax is
/// above this share of the amount with it; a quarter.
const LINE_OTHER_TAX_MAX: Decimal = Decimal::from_parts(25, 0, 0, false, 2);

/// Codes of UNTDID 1001 for credit notes. Source: EN 16931 code lists, BR-CL-01.
const CREDIT_CODES: [&str; 13] =
    ["81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"];
/// And for invoices; 480 is one outside the scope of tax. Sources: as above; Peppol PINT for the Emirates, IBT-003.
const INVOICE_CODES: [&str; 49] = [
    "71", "80", "82", "84", "102", "130", "202", "203", "204", "211", "218", "219", "295", "325", "326", "331", "380",
    "382", "383", "384", "385", "386", "387", "388", "389", "390", "393", "394", "395", "456", "457", "471", "472",
    "473", "480", "500", "501", "527", "553", "575", "623", "633", "751", "780", "817", "870", "875", "876", "877",
];
/// The codes of Malaysia's tax office for invoices and debit notes, and for credit and refund notes, which stand in an
/// invoice's root too. Source: MyInvois SDK, e-Invoice types.
const MALAYSIAN_INVOICES: [&str; 4] = ["01", "03", "11", "13"];
const MALAYSIAN_CREDITS: [&str; 4] = ["02", "04", "12", "14"];
/// The tax is the buyer's: the seller asks for none, and may state its rate. Source: UNTDID 5305.
const REVERSE_CHARGE: &str = "AE";
/// A proforma invoice asks for no payment, and no tax may be taken from it. Source: UNTDID 1001, code 325.
const PROFORMA: &str = "325";

/// What kind of paper it says it is, and what is wrong with that.
pub(super) fn kind(invoice: &Invoice) -> (DocumentKind, Option<Finding>) {
    let is_credit_root = invoice.syntax == Syntax::UblCreditNote;
    let block = |message: String| Some(Finding::new(RULE, Severity::Block, message, &[FieldName::Total]));
    match invoice.type_code.as_deref() {
        None if is_credit_root => (DocumentKind::CreditNote, None),
        None if invoice.syntax == Syntax::UblInvoice => (DocumentKind::Invoice, None),
        None => {
            let message = "BR-04: the e-invoice does not say whether it is an invoice or a credit note.";
            (DocumentKind::Unknown, block(message.to_owned()))
        }
        Some(code) if invoice.profile == Profile::MyInvois && MALAYSIAN_CREDITS.contains(&code) => {
            (DocumentKind::CreditNote, None)
        }
        Some(code) if invoice.profile == Profile::MyInvois && MALAYSIAN_INVOICES.contains(&code) => {
            (DocumentKind::Invoice, None)
        }
        Some(code) if CREDIT_CODES.contains(&code) => (DocumentKind::CreditNote, None),
        Some(code) if is_credit_root || !(INVOICE_CODES.contains(&code) || code == "935") => {
            let kind = if is_credit_root { DocumentKind::CreditNote } else { DocumentKind::Unknown };
            (kind, block(format!("BR-CL-01: “{code:.20}” is not the code of an invoice or credit note.")))
        }
        Some(PROFORMA) => {
            let message = "This is a proforma invoice; the invoice that is to be paid comes later.";
            (DocumentKind::Invoice, Some(Finding::new(RULE, Severity::Flag, message, &[FieldName::Total])))
        }
        Some(_) => (DocumentKind::Invoice, None),
    }
}

/// Everything that is wrong with the invoice.
pub(super) fn all(invoice: &Invoice, foreign: &[String], unreadable: &[Finding]) -> Vec<Finding> {
    let mut findings = Vec::new();
    missing(invoice, unreadable, &mut findings);
    let unit = Decimal::new(1, invoice.currency.as_ref().map_or(2, |currency| currency.value.exponent()));
    totals(invoice, unit, &mut findings);
    taxes(invoice, unit, &mut findings);
    lines(invoice, unit, &mut findings);
    findings.extend(due(invoice));
    if !foreign.is_empty() {
        let message = format!("The e-invoice has elements that its standard does not know: {}.", foreign.join(", "));
        findings.push(Finding::new(RULE, Severity::Flag, message, &[]));
    }
    if invoice.profile == Profile::Other {
        let severity = if invoice.syntax == Syntax::Cii { Severity::Flag } else { Severity::Info };
        let message = "BR-01: the e-invoice names no standard that vouch knows.";
        findings.push(Finding::new(RULE, severity, message, &[]));
    }
    findings
}

fn missing(invoice: &Invoice, unreadable: &[Finding], findings: &mut Vec<Finding>) {
    let european = invoice.profile.is_european();
    let has_lines = !matches!(invoice.profile, Profile::Minimum | Profile::BasicWithoutLines);
    // ZUGFeRD 1 is lax about the currency; a field that is not there is not wrong.
    let currency = if invoice.profile == Profile::Zugferd1 { Severity::Flag } else { Severity::Block };
    let mut demand = |there: bool, rule: &str, what: &str, severity, fields: &[FieldName]| {
        let told = unreadable.iter().any(|finding| fields.iter().any(|field| finding.fields.contains(field)));
        let is_told = told && severity == Severity::Block;
        if !there && !is_told {
            findings.push(Finding::new(RULE, severity, format!("{rule}: the e-invoice has no {what}."), fields));
        }
    };
    let totals = &invoice.totals;
    demand(invoice.number.is_some(), "BR-02", "number", Severity::Block, &[FieldName::DocumentNumber]);
    demand(invoice.issue_date.is_some(), "BR-03", "date", Severity::Block, &[FieldName::IssueDate]);
    demand(invoice.currency.is_some(), "BR-05", "currency", currency, &[FieldName::Currency]);
    demand(invoice.seller_name.is_some(), "BR-06", "name of the seller", Severity::Block, &[FieldName::SupplierName]);
    demand(totals.total.is_some(), "BR-14", "total with tax", Severity::Block, &[FieldName::Total]);
    if european || invoice.profile == Profile::Pint {
        demand(totals.net.is_some(), "BR-13", "total without tax", Severity::Block, &[FieldName::Subtotal]);
    }
    if !european {
        return;
    }
    demand(invoice.type_code.is_some(), "BR-04", "code of its kind", Severity::Flag, &[]);
    demand(invoice.buyer_name.is_some(), "BR-07", "name of the buyer", Severity::Flag, &[]);
    demand(totals.due.is_some(), "BR-15", "amount to be paid", Severity::Flag, &[]);
    demand(totals.lines.is_some() || invoice.profile == Profile::Minimum, "BR-12", "sum of lines", Severity::Flag, &[]);
    if !has_lines {
        return;
    }
    let each = |there: fn(&Line) -> bool| invoice.lines.iter().filter(|line| !line.is_heading).all(there);
    demand(!invoice.lines.is_empty(), "BR-16", "lines", Severity::Flag, &[]);
    demand(each(|line| line.quantity.is_some()), "BR-22", "quantity in one of its lines", Severity::Flag, &[]);
    demand(each(|line| line.amount.is_some()), "BR-24", "amount in one of its lines", Severity::Flag, &[]);
    demand(each(|line| line.description.is_some()), "BR-25", "name of the thing sold in a line", Severity::Flag, &[]);
    demand(each(|line| line.price.is_some()), "BR-26", "net price in one of its lines", Severity::Flag, &[]);
}

/// A sum that does not add up.
fn contradiction(rule: &str, what: &str, sum: Decimal, stated: Decimal, severity: Severity) -> Finding {
    let message = format!("{rule}: {what} make {}, but {} is stated.", sum.normalize(), stated.normalize());
    Finding::new(RULE, severity, message, &[FieldName::Subtotal, FieldName::Tax, FieldName::Total])
}

/// How much a contradiction matters that does not touch the amounts told as fields themselves. The European standard
/// forbids it. Older and wider standards keep some amounts in places that are not read here; there it is enough that
/// net, tax and total agree.
fn side_severity(invoice: &Invoice, unit: Decimal) -> Severity {
    let totals = &invoice.totals;
    let strict = matches!(invoice.profile, Profile::Minimum | Profile::BasicWithoutLines | Profile::European);
    let agree = match (&totals.net, &totals.tax, &totals.total) {
        (Some(net), Some(tax), Some(total)) => (net.value + tax.value - total.value).abs() <= unit,
        _ => false,
    };
    if agree && !strict { Severity::Flag } else { Severity::Block }
}

fn totals(invoice: &Invoice, unit: Decimal, findings: &mut Vec<Finding>) {
    let totals = &invoice.totals;
    let value = |stated: &Option<Stated<Decimal>>| stated.as_ref().map(|stated| stated.value);
    let (net, tax, total) = (value(&totals.net), value(&totals.tax), value(&totals.total));
    let (allowances, charges) = (totals.allowances.unwrap_or_default(), totals.charges.unwrap_or_default());
    let side = side_severity(invoice, unit);
    let mut compare = |rule, what, sum: Decimal, stated: Decimal, slack: Decimal, severity| {
        if (sum - stated).abs() > slack {
            findings.push(contradiction(rule, what, sum, stated, severity));
        }
    };
    let amounts: Option<Vec<Decimal>> =
        invoice.lines.iter().filter(|line| !line.is_heading).map(|line| line.amount).collect();
    if let (Some(amounts), Some(stated)) = (amounts.filter(|amounts| !amounts.is_empty()), totals.lines) {
        compare("BR-CO-10", "the lines", amounts.iter().sum(), stated, rounding_slack(&amounts, unit), side);
    }
    // Malaysia's discounts are told for the lines and the document together.
    let is_apart = invoice.profile != Profile::MyInvois;
    if let Some((lines, net)) = totals.lines.zip(net).filter(|_| is_apart) {
        let what = "the sum of lines, less allowances and with charges,";
        compare("BR-CO-13", what, lines - allowances + charges, net, unit, side);
    }
    for (rule, what, is_charge, stated) in
        [("BR-CO-11", "the allowances", false, allowances), ("BR-CO-12", "the charges", true, charges)]
    {
        let each = invoice.adjustments.iter().filter(|adjustment| adjustment.is_charge == is_charge);
        let amounts: Option<Vec<Decimal>> = each.map(|adjustment| adjustment.amount).collect();
        // The smaller profiles of ZUGFeRD 1 state the sum alone.
        let states_each = |amounts: &Vec<Decimal>| match invoice.profile {
            Profile::Minimum | Profile::MyInvois => false,
            Profile::Zugferd1 | Profile::Pint | Profile::Other => !amounts.is_empty(),
            Profile::BasicWithoutLines | Profile::European | Profile::Extended => true,
        };
        if let Some(amounts) = amounts.filter(states_each) {
            // ZUGFeRD 1's own examples state what is taken off with either sign.
            let either = |amount: Decimal| if invoice.profile == Profile::Zugferd1 { amount.abs() } else { amount };
            let sum: Decimal = amounts.iter().sum();
            compare(rule, what, either(sum), either(stated), rounding_slack(&amounts, unit), side);
        }
    }
    if let Some((net, total)) = net.zip(total) {
        compare("BR-CO-15", "net and tax", net + tax.unwrap_or_default(), total, unit, Severity::Block);
    }
    // MINIMUM has no place for what was paid before.
    let due = totals.due.filter(|_| invoice.profile != Profile::Minimum);
    if let Some((total, due)) = total.zip(due) {
        let prepaid = value(&totals.prepaid).unwrap_or_default();
        let (rounding, others) = (totals.rounding.unwrap_or_default(), totals.for_others.unwrap_or_default());
        let what = "the total, less what is paid and with rounding,";
        compare("BR-CO-16", what, total - prepaid + rounding + others, due, unit, side);
    }
}

/// Amounts with more digits than the currency has are rounded when they are added, each by half a unit at most.
fn rounding_slack(amounts: &[Decimal], unit: Decimal) -> Decimal {
    let finer = amounts.iter().filter(|amount| amount.normalize().scale() > unit.scale()).count();
    unit + unit * Decimal::from(finer) / Decimal::TWO
}

fn taxes(invoice: &Invoice, unit: Decimal, findings: &mut Vec<Finding>) {
    let parts = &invoice.tax_parts;
    let european = invoice.profile.is_european();
    let severity = |difference: Decimal| {
        if european && difference >= TAX_SLACK_MAX { Severity::Block } else { Severity::Flag }
    };
    for part in parts {
        let (Some(basis), Some(rate), Some(amount)) = (part.basis, part.rate, part.amount) else { continue };
        if part.category.as_deref() == Some(REVERSE_CHARGE) && amount.is_zero() {
            continue;
        }
        let Some(tax) = basis.checked_mul(rate).and_then(|tax| tax.checked_div(Decimal::ONE_HUNDRED)) else { continue };
        let difference = (tax - amount).abs();
        if difference > unit * Decimal::TWO {
            let what = format!("{}% of {}", rate.normalize(), basis.normalize());
            findings.push(contradiction("BR-CO-17", &what, tax, amount, severity(difference)));
        }
    }
    let amounts: Option<Vec<Decimal>> = parts.iter().map(|part| part.amount).collect();
    if let (Some(amounts), Some(tax)) = (amounts.filter(|amounts| !amounts.is_empty()), &invoice.totals.tax) {
        let sum: Decimal = amounts.iter().sum();
        if (sum - tax.value).abs() > rounding_slack(&amounts, unit) {
            let severity = side_severity(invoice, unit);
            findings.push(contradiction("BR-CO-14", "the taxes by rate", sum, tax.value, severity));
        }
    }
    let bases: Option<Vec<Decimal>> = parts.iter().map(|part| part.basis).collect();
    if let (Some(bases), Some(net)) = (bases.filter(|bases| !bases.is_empty()), &invoice.totals.net) {
        let sum: Decimal = bases.iter().sum();
        let difference = (sum - net.value).abs();
        if difference > rounding_slack(&bases, unit) {
            findings.push(contradiction("BR-S-08", "the taxed amounts", sum, net.value, severity(difference)));
        }
    }
}

/// Quantity times price, with the line's own allowances and charges, is its amount.
fn lines(invoice: &Invoice, unit: Decimal, findings: &mut Vec<Finding>) {
    for (line, number) in invoice.lines.iter().zip(1_u32..) {
        let Some((plain, slack)) = line_sum(line, unit) else { continue };
        let Some(amount) = line.amount.filter(|_| !line.is_heading) else { continue };
        let adjusted = line.adjustments.iter().fold(plain, |sum, adjustment| {
            let by = adjustment.amount.unwrap_or_default();
            if adjustment.is_charge { sum + by } else { sum - by }
        });
        // Some programs put the adjustments into the price already.
        let difference = (adjusted - amount).abs().min((plain - amount).abs());
        if difference <= slack {
            // A rounded price explains it; who checks strictly sends it back all the same.
            let is_strict = invoice.profile == Profile::European && difference > unit * Decimal::TWO;
            if is_strict {
                let what = format!("quantity and price of line {number}, which may be rounded,");
                findings.push(contradiction("PEPPOL-EN16931-R120", &what, adjusted, amount, Severity::Flag));
            }
            continue;
        }
        let is_over = |share: Decimal| difference > unit + (amount * share).abs();
        let is_taxed = line.tax_rate.is_some_and(|rate| !rate.is_zero());
        let severity = if is_taxed && is_over(LINE_WRONG_MIN) && invoice.profile == Profile::European {
            Severity::Block
        } else if is_over(if is_taxed { LINE_ROUNDED_MAX } else { LINE_OTHER_TAX_MAX }) {
            Severity::Flag
        } else {
            Severity::Info
        };
        let what = format!("quantity and price of line {number}");
        findings.push(contradiction("PEPPOL-EN16931-R120", &what, adjusted, amount, severity));
    }
}

/// Quantity times price, and by how much the roundings of both may move it.
fn line_sum(line: &Line, unit: Decimal) -> Option<(Decimal, Decimal)> {
    let (quantity, price) = (line.quantity?, line.price?);
    let each = line.price_quantity.filter(|each| !each.is_zero()).unwrap_or(Decimal::ONE);
    let half = |scale: u32| Decimal::new(5, scale + 1);
    let of_price = quantity.checked_div(each)?.checked_mul(half(price.scale().max(unit.scale())))?.abs();
    let fraction = quantity.normalize().scale();
    let of_quantity =
        if fraction == 0 { Decimal::ZERO } else { price.checked_div(each)?.checked_mul(half(fraction))?.abs() };
    let sum = quantity.checked_mul(price)?.checked_div(each)?;
    let slack = unit.checked_add(of_price)?.checked_add(of_quantity)?;
    // Beyond this no line of an invoice is; sums of such numbers always fit.
    let fits = sum.abs() < Decimal::from(u64::MAX) && slack < Decimal::from(u64::MAX);
    fits.then_some((sum, slack))
}

/// Whether what is to be paid differs from the total. What was paid in advance, and a balance carried over, which is
/// stated as a negative advance, explain it; rounding is a cent that the total does not have.
fn due(invoice: &Invoice) -> Option<Finding> {
    let totals = &invoice.totals;
    let (total, due) = (totals.total.as_ref()?.value, totals.due?);
    if total == due {
        return None;
    }
    let prepaid = totals.prepaid.as_ref().map(|prepaid| prepaid.value);
    let is_explained = match prepaid {
        Some(prepaid) => total - prepaid == due,
        None => invoice.profile == Profile::Minimum && due >= Decimal::ZERO && due < total,
    };
    let severity = if is_explained { Severity::Info } else { Severity::Flag };
    let message = format!("The total is {total}; {due} is stated as still to be paid.");
    Some(Finding::new(RULE, severity, message, &[FieldName::Total]))
}

/// What is below zero goes the other way: plain for an invoice, which then gives money back; a credit note below zero
/// may mean either.
pub(super) fn sign(invoice: &Invoice, kind: DocumentKind) -> Option<Finding> {
    let total = invoice.totals.total.as_ref()?.value;
    if total >= Decimal::ZERO {
        return None;
    }
    let (severity, message) = match kind {
        DocumentKind::CreditNote => {
            (Severity::Flag, format!("The credit note states {total}; it is not plain which way the money goes."))
        }
        DocumentKind::Invoice | DocumentKind::Receipt | DocumentKind::Unknown => {
            (Severity::Info, format!("The invoice states {total}: it gives money back, as a credit note does."))
        }
    };
    Some(Finding::new(RULE, severity, message, &[FieldName::Total]))
}
