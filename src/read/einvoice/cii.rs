//! UN/CEFACT Cross Industry Invoice (Factur-X, ZUGFeRD 2, XRechnung) and its forerunner ZUGFeRD 1.
//!
//! Both have the same shape; ZUGFeRD 1 has other names for the groups. Sources: EN 16931-3-3 and the Factur-X 1.0
//! technical appendix for the places of the business terms, the ZUGFeRD 1.0 specification for the older names.

use super::{
    EInvoiceError,
    invoice::{Adjustment, Invoice, Level, Line, Picker, Profile, Stated, TaxPart, Totals, one_line, town},
    xml::{Element, Syntax, Tree},
};
use crate::model::field::FieldName;

/// The names of the groups.
struct Names {
    context: &'static str,
    document: &'static str,
    transaction: &'static str,
    agreement: &'static str,
    settlement: &'static str,
    summation: &'static str,
    rate: &'static str,
    line_agreement: &'static str,
    line_delivery: &'static str,
    line_settlement: &'static str,
    line_summation: &'static str,
}

const CII: Names = Names {
    context: "ExchangedDocumentContext",
    document: "ExchangedDocument",
    transaction: "SupplyChainTradeTransaction",
    agreement: "ApplicableHeaderTradeAgreement",
    settlement: "ApplicableHeaderTradeSettlement",
    summation: "SpecifiedTradeSettlementHeaderMonetarySummation",
    rate: "RateApplicablePercent",
    line_agreement: "SpecifiedLineTradeAgreement",
    line_delivery: "SpecifiedLineTradeDelivery",
    line_settlement: "SpecifiedLineTradeSettlement",
    line_summation: "SpecifiedTradeSettlementLineMonetarySummation",
};

const ZUGFERD_1: Names = Names {
    context: "SpecifiedExchangedDocumentContext",
    document: "HeaderExchangedDocument",
    transaction: "SpecifiedSupplyChainTradeTransaction",
    agreement: "ApplicableSupplyChainTradeAgreement",
    settlement: "ApplicableSupplyChainTradeSettlement",
    summation: "SpecifiedTradeSettlementMonetarySummation",
    rate: "ApplicablePercent",
    line_agreement: "SpecifiedSupplyChainTradeAgreement",
    line_delivery: "SpecifiedSupplyChainTradeDelivery",
    line_settlement: "SpecifiedSupplyChainTradeSettlement",
    line_summation: "SpecifiedTradeSettlementMonetarySummation",
};

/// Where a date's text stands inside a date's element.
const DATE_TEXTS: [&str; 3] = ["DateTimeString", "DateString", "DateTime"];

/// Takes the invoice out of the tree.
///
/// # Errors
/// The groups of the document or its amounts are not there at all.
pub(super) fn invoice(tree: &Tree, picker: &mut Picker) -> Result<Invoice, EInvoiceError> {
    let names = if tree.syntax == Syntax::Zugferd1 { &ZUGFERD_1 } else { &CII };
    let root = &tree.root;
    let missing = |element| EInvoiceError::Incomplete { element };
    root.at(&[names.document]).ok_or(missing(names.document))?;
    root.at(&[names.transaction, names.settlement]).ok_or(missing(names.settlement))?;
    root.at(&[names.transaction, names.settlement, names.summation]).ok_or(missing(names.summation))?;

    let settlement = |name: &'static str| root.all(&[names.transaction, names.settlement, name]);
    let currency = picker.currency(&settlement("InvoiceCurrencyCode"), "cii:InvoiceCurrencyCode");
    let specification = root.text_at(&[names.context, "GuidelineSpecifiedDocumentContextParameter", "ID"]);
    let document = |name: &'static str| root.all(&[names.document, name]);
    let issue_dates = dates(&document("IssueDateTime"));
    let due_dates =
        dates(&root.all(&[names.transaction, names.settlement, "SpecifiedTradePaymentTerms", "DueDateDateTime"]));
    let parties = |name: &'static str| root.all(&[names.transaction, names.agreement, name]);
    let sellers = parties("SellerTradeParty");
    let seller_names: Vec<&Element> = sellers.iter().flat_map(|seller| seller.named("Name")).collect();
    Ok(Invoice {
        syntax: tree.syntax,
        profile: Profile::of(tree.syntax, specification.as_deref()),
        level: specification.as_deref().and_then(Level::of),
        type_code: picker.text(&document("TypeCode"), "cii:TypeCode", FieldName::Total).map(|code| code.value),
        number: picker.text(&document("ID"), "cii:ExchangedDocument/ID", FieldName::DocumentNumber),
        issue_date: picker.date(&issue_dates, "cii:IssueDateTime", FieldName::IssueDate),
        due_date: due_date(picker, &due_dates),
        currency,
        seller_name: picker.text(&seller_names, "cii:SellerTradeParty/Name", FieldName::SupplierName),
        seller_address: sellers.first().and_then(|seller| address(seller)),
        seller_tax_id: sellers.first().and_then(|seller| tax_id(seller)),
        buyer_name: parties("BuyerTradeParty").first().and_then(|buyer| buyer.text_at(&["Name"])),
        payment_codes: settlement("SpecifiedTradeSettlementPaymentMeans")
            .iter()
            .filter_map(|means| means.text_at(&["TypeCode"]))
            .collect(),
        totals: totals(picker, &settlement(names.summation)),
        tax_parts: settlement("ApplicableTradeTax").iter().map(|tax| tax_part(picker, tax, names)).collect(),
        adjustments: document_adjustments(picker, &settlement),
        lines: root
            .all(&[names.transaction, "IncludedSupplyChainTradeLineItem"])
            .into_iter()
            .map(|line| self::line(picker, line, names))
            .collect(),
    })
}

fn dates<'e>(elements: &[&'e Element]) -> Vec<&'e Element> {
    elements.iter().flat_map(|element| DATE_TEXTS.iter().flat_map(|name| element.named(name))).collect()
}

/// Instalments have a date each; then no single day is the one when it must be paid.
fn due_date(picker: &mut Picker, elements: &[&Element]) -> Option<Stated<jiff::civil::Date>> {
    let mut texts: Vec<String> = elements.iter().filter_map(|element| element.text()).collect();
    texts.sort();
    texts.dedup();
    if texts.len() > 1 { None } else { picker.date(elements, "cii:DueDateDateTime", FieldName::DueDate) }
}

fn totals(picker: &mut Picker, summations: &[&Element]) -> Totals {
    let named = |name: &str| -> Vec<&Element> { summations.iter().flat_map(|sums| sums.named(name)).collect() };
    let mut amount = |name: &str, rule, field| picker.amount(&named(name), rule, field);
    Totals {
        lines: amount("LineTotalAmount", "cii:LineTotalAmount", FieldName::Subtotal).map(|lines| lines.value),
        allowances: amount("AllowanceTotalAmount", "cii:AllowanceTotalAmount", FieldName::Subtotal)
            .map(|allowances| allowances.value),
        charges: amount("ChargeTotalAmount", "cii:ChargeTotalAmount", FieldName::Subtotal).map(|charges| charges.value),
        net: amount("TaxBasisTotalAmount", "cii:TaxBasisTotalAmount", FieldName::Subtotal),
        tax: amount("TaxTotalAmount", "cii:TaxTotalAmount", FieldName::Tax),
        total: amount("GrandTotalAmount", "cii:GrandTotalAmount", FieldName::Total),
        prepaid: amount("TotalPrepaidAmount", "cii:TotalPrepaidAmount", FieldName::AmountPaid),
        rounding: amount("RoundingAmount", "cii:RoundingAmount", FieldName::Rounding).map(|rounding| rounding.value),
        due: amount("DuePayableAmount", "cii:DuePayableAmount", FieldName::Total).map(|due| due.value),
        for_others: None,
    }
}

fn tax_part(picker: &mut Picker, tax: &Element, names: &Names) -> TaxPart {
    TaxPart {
        basis: picker.part(tax.at(&["BasisAmount"]), "cii:BasisAmount"),
        rate: picker.part(tax.at(&[names.rate]), "cii:RateApplicablePercent"),
        amount: picker.part(tax.at(&["CalculatedAmount"]), "cii:CalculatedAmount"),
        category: tax.text_at(&["CategoryCode"]),
    }
}

fn document_adjustments<'e>(
    picker: &mut Picker,
    settlement: &impl Fn(&'static str) -> Vec<&'e Element>,
) -> Vec<Adjustment> {
    let mut all: Vec<Adjustment> =
        settlement("SpecifiedTradeAllowanceCharge").iter().map(|element| adjustment(picker, element)).collect();
    // ZUGFeRD 1 and EXTENDED state carriage apart; it counts among the charges.
    all.extend(settlement("SpecifiedLogisticsServiceCharge").iter().map(|element| Adjustment {
        is_charge: true,
        amount: picker.part(element.at(&["AppliedAmount"]), "cii:AppliedAmount"),
    }));
    all
}

fn adjustment(picker: &mut Picker, element: &Element) -> Adjustment {
    let indicator = element.text_at(&["ChargeIndicator", "Indicator"]);
    Adjustment {
        is_charge: matches!(indicator.as_deref(), Some("true" | "1")),
        amount: picker.part(element.at(&["ActualAmount"]), "cii:ActualAmount"),
    }
}

fn line(picker: &mut Picker, line: &Element, names: &Names) -> Line {
    let price = line.at(&[names.line_agreement, "NetPriceProductTradePrice"]);
    let notes = ["AssociatedDocumentLineDocument", "IncludedNote", "Content"];
    let status = line.text_at(&["AssociatedDocumentLineDocument", "LineStatusReasonCode"]);
    Line {
        description: line
            .text_at(&["SpecifiedTradeProduct", "Name"])
            .or_else(|| line.text_at(&["SpecifiedTradeProduct", "Description"]))
            .or_else(|| line.text_at(&notes)),
        quantity: picker.part(line.at(&[names.line_delivery, "BilledQuantity"]), "cii:BilledQuantity"),
        price: picker.part(price.and_then(|price| price.at(&["ChargeAmount"])), "cii:ChargeAmount"),
        price_quantity: picker.part(price.and_then(|price| price.at(&["BasisQuantity"])), "cii:BasisQuantity"),
        adjustments: line
            .all(&[names.line_settlement, "SpecifiedTradeAllowanceCharge"])
            .into_iter()
            .map(|element| adjustment(picker, element))
            .collect(),
        tax_rate: picker
            .part(line.at(&[names.line_settlement, "ApplicableTradeTax", names.rate]), "cii:RateApplicablePercent"),
        amount: picker
            .part(line.at(&[names.line_settlement, names.line_summation, "LineTotalAmount"]), "cii:LineTotalAmount"),
        is_heading: matches!(status.as_deref(), Some("GROUP" | "INFORMATION")),
    }
}

fn address(seller: &Element) -> Option<Stated<String>> {
    let address = seller.at(&["PostalTradeAddress"])?;
    let part = |name| address.text_at(&[name]);
    let town = town(part("PostcodeCode"), part("CityName"));
    let lines = vec![
        part("LineOne"),
        part("LineTwo"),
        part("LineThree"),
        town,
        part("CountrySubDivisionName"),
        part("CountryID"),
    ];
    Some(Stated { value: one_line(lines)?, rule: "cii:PostalTradeAddress" })
}

fn tax_id(seller: &Element) -> Option<Stated<String>> {
    let numbers = seller.all(&["SpecifiedTaxRegistration", "ID"]);
    let vat = numbers.iter().filter(|number| number.attribute("schemeID") == Some("VA")).find_map(|id| id.text());
    let any = || numbers.iter().find_map(|number| number.text());
    if let Some(value) = vat.or_else(any) {
        return Some(Stated { value, rule: "cii:SpecifiedTaxRegistration/ID" });
    }
    let value = seller.text_at(&["SpecifiedLegalOrganization", "ID"])?;
    Some(Stated { value, rule: "cii:SpecifiedLegalOrganization/ID" })
}
