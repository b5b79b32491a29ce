//! What an invoice says beside its values: parties, tax categories, means of payment. None of it becomes a field; the
//! standard has rules about it, and a file that breaks one was not made as it should be.
//!
//! Sources: EN 16931-3-2 and -3-3 for the places of the business terms, the Factur-X 1.0 technical appendix for what a
//! profile has a place for.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    invoice::{Profile, date, number},
    xml::{Element, Syntax, Tree},
};

/// A seller or buyer.
#[derive(Debug, Default)]
pub(super) struct Party {
    /// It has a postal address, BG-5 or BG-8.
    pub(super) has_address: bool,
    /// The country of that address, BT-40 or BT-55.
    pub(super) country: Option<String>,
    /// Its value added tax numbers, BT-31 or BT-48.
    pub(super) vat_numbers: Vec<String>,
    /// It has a number of any kind, BT-29, BT-30, BT-31 or BT-32.
    pub(super) is_identified: bool,
}

/// How something is taxed: a part of the tax, a line, or an allowance or charge.
#[derive(Debug, Default)]
pub(super) struct Taxed {
    /// The code of the category, BT-118, BT-151, BT-95 or BT-102.
    pub(super) category: Option<String>,
    /// In hundredths.
    pub(super) rate: Option<Decimal>,
    /// The tax; parts only.
    pub(super) amount: Option<Decimal>,
    /// Why no tax is due, or why an allowance or charge is made.
    pub(super) has_reason: bool,
}

/// A line, beside its values.
#[derive(Debug, Default)]
pub(super) struct LineDetail {
    /// It has an identifier, BT-126.
    pub(super) has_id: bool,
    /// Its quantity has a unit, BT-130.
    pub(super) has_unit: bool,
    /// How it is taxed.
    pub(super) taxed: Taxed,
    /// Its gross price's discount has more than an amount.
    pub(super) discount_is_wide: bool,
}

/// A means of payment, BG-16.
#[derive(Debug, Default)]
pub(super) struct Means {
    /// Its code, BT-81.
    pub(super) code: Option<String>,
    /// It names the account to pay to, BT-84.
    pub(super) has_account: bool,
}

/// Everything beside the values.
#[derive(Debug, Default)]
pub(super) struct Details {
    pub(super) seller: Party,
    pub(super) buyer: Party,
    /// The tax by category and rate, BG-23.
    pub(super) tax_parts: Vec<Taxed>,
    /// Allowances and charges on the document, BG-20 and BG-21.
    pub(super) adjustments: Vec<Taxed>,
    pub(super) lines: Vec<LineDetail>,
    pub(super) means: Vec<Means>,
    /// It says when to pay, BT-9 or BT-20.
    pub(super) has_terms: bool,
    /// Periods with their first and last day, BG-14 and BG-26.
    pub(super) periods: Vec<(Date, Date)>,
    /// Amounts of the document with more than two digits after the point, by their names.
    pub(super) too_fine: Vec<&'static str>,
    /// Elements that the profile has no place for.
    pub(super) misplaced: Vec<&'static str>,
}

impl Details {
    /// What the tree says; nothing of ZUGFeRD 1, which is older than the rules.
    pub(super) fn of(tree: &Tree, profile: Profile) -> Option<Self> {
        match tree.syntax {
            Syntax::Cii => Some(cii(&tree.root, profile)),
            Syntax::UblInvoice => Some(ubl(&tree.root, "InvoiceLine", "InvoicedQuantity")),
            Syntax::UblCreditNote => Some(ubl(&tree.root, "CreditNoteLine", "CreditedQuantity")),
            Syntax::Zugferd1 => None,
        }
    }
}

/// What MINIMUM has no place for, within the settlement.
const BEYOND_MINIMUM: [&str; 7] = [
    "PaymentReference",
    "SpecifiedTradeSettlementPaymentMeans",
    "ApplicableTradeTax",
    "BillingSpecifiedPeriod",
    "SpecifiedTradeAllowanceCharge",
    "SpecifiedTradePaymentTerms",
    "InvoiceReferencedDocument",
];
/// What a discount on a price does not have: its amount says it.
const BEYOND_DISCOUNT: [&str; 2] = ["CalculationPercent", "BasisAmount"];
const CII_TOTALS: [&str; 9] = [
    "LineTotalAmount",
    "AllowanceTotalAmount",
    "ChargeTotalAmount",
    "TaxBasisTotalAmount",
    "TaxTotalAmount",
    "GrandTotalAmount",
    "TotalPrepaidAmount",
    "RoundingAmount",
    "DuePayableAmount",
];
const UBL_TOTALS: [&str; 8] = [
    "LineExtensionAmount",
    "AllowanceTotalAmount",
    "ChargeTotalAmount",
    "TaxExclusiveAmount",
    "TaxInclusiveAmount",
    "PrepaidAmount",
    "PayableRoundingAmount",
    "PayableAmount",
];

fn decimal_at(element: &Element, path: &[&str]) -> Option<Decimal> {
    number(&element.text_at(path)?)
}

fn has(element: &Element, path: &[&str]) -> bool {
    element.text_at(path).is_some()
}

/// The names of the totals that have more than two digits after the point.
fn too_fine(totals: Option<&Element>, names: &[&'static str]) -> Vec<&'static str> {
    let is_fine = |name: &&&'static str| {
        let amounts = totals.map(|totals| totals.named(name)).unwrap_or_default();
        amounts.iter().filter_map(|amount| number(&amount.text()?)).any(|amount| amount.normalize().scale() > 2)
    };
    names.iter().filter(is_fine).copied().collect()
}

fn cii(root: &Element, profile: Profile) -> Details {
    let none = Element::default();
    let transaction = root.at(&["SupplyChainTradeTransaction"]).unwrap_or(&none);
    let settlement = transaction.at(&["ApplicableHeaderTradeSettlement"]).unwrap_or(&none);
    let party = |name| transaction.at(&["ApplicableHeaderTradeAgreement", name]).map(cii_party).unwrap_or_default();
    let lines = transaction.named("IncludedSupplyChainTradeLineItem");
    let mut misplaced = Vec::new();
    if profile == Profile::Minimum {
        misplaced.extend(BEYOND_MINIMUM.iter().filter(|name| !settlement.named(name).is_empty()));
    }
    if matches!(profile, Profile::Minimum | Profile::BasicWithoutLines) && !lines.is_empty() {
        misplaced.push("IncludedSupplyChainTradeLineItem");
    }
    let periods = settlement
        .named("BillingSpecifiedPeriod")
        .into_iter()
        .chain(lines.iter().flat_map(|line| line.all(&["SpecifiedLineTradeSettlement", "BillingSpecifiedPeriod"])));
    Details {
        seller: party("SellerTradeParty"),
        buyer: party("BuyerTradeParty"),
        tax_parts: settlement.named("ApplicableTradeTax").into_iter().map(cii_taxed).collect(),
        adjustments: settlement.named("SpecifiedTradeAllowanceCharge").into_iter().map(cii_adjustment).collect(),
        periods: periods.filter_map(cii_period).collect(),
        lines: lines.into_iter().map(cii_line).collect(),
        means: settlement.named("SpecifiedTradeSettlementPaymentMeans").into_iter().map(cii_means).collect(),
        has_terms: settlement
            .named("SpecifiedTradePaymentTerms")
            .into_iter()
            .any(|terms| terms.at(&["Description"]).is_some() || terms.at(&["DueDateDateTime"]).is_some()),
        too_fine: too_fine(settlement.at(&["SpecifiedTradeSettlementHeaderMonetarySummation"]), &CII_TOTALS),
        misplaced,
    }
}

fn cii_party(party: &Element) -> Party {
    let numbers = party.all(&["SpecifiedTaxRegistration", "ID"]);
    let vat = numbers.iter().filter(|number| number.attribute("schemeID") == Some("VA"));
    Party {
        has_address: party.at(&["PostalTradeAddress"]).is_some(),
        country: party.text_at(&["PostalTradeAddress", "CountryID"]),
        vat_numbers: vat.filter_map(|number| number.text()).collect(),
        is_identified: has(party, &["ID"])
            || has(party, &["GlobalID"])
            || has(party, &["SpecifiedLegalOrganization", "ID"])
            || numbers.iter().any(|number| number.text().is_some()),
    }
}

fn cii_taxed(tax: &Element) -> Taxed {
    Taxed {
        category: tax.text_at(&["CategoryCode"]),
        rate: decimal_at(tax, &["RateApplicablePercent"]),
        amount: decimal_at(tax, &["CalculatedAmount"]),
        has_reason: has(tax, &["ExemptionReason"]) || has(tax, &["ExemptionReasonCode"]),
    }
}

fn cii_adjustment(adjustment: &Element) -> Taxed {
    let taxed = adjustment.at(&["CategoryTradeTax"]).map(cii_taxed).unwrap_or_default();
    Taxed { has_reason: has(adjustment, &["Reason"]) || has(adjustment, &["ReasonCode"]), ..taxed }
}

fn cii_line(line: &Element) -> LineDetail {
    let unit = line.at(&["SpecifiedLineTradeDelivery", "BilledQuantity"]);
    let discount =
        line.at(&["SpecifiedLineTradeAgreement", "GrossPriceProductTradePrice", "AppliedTradeAllowanceCharge"]);
    LineDetail {
        has_id: has(line, &["AssociatedDocumentLineDocument", "LineID"]),
        has_unit: unit.is_some_and(|quantity| quantity.attribute("unitCode").is_some_and(|code| !code.is_empty())),
        taxed: line.at(&["SpecifiedLineTradeSettlement", "ApplicableTradeTax"]).map(cii_taxed).unwrap_or_default(),
        discount_is_wide: discount.is_some_and(|discount| BEYOND_DISCOUNT.iter().any(|name| has(discount, &[name]))),
    }
}

fn cii_means(means: &Element) -> Means {
    let account = |name| has(means, &["PayeePartyCreditorFinancialAccount", name]);
    Means { code: means.text_at(&["TypeCode"]), has_account: account("IBANID") || account("ProprietaryID") }
}

fn cii_period(period: &Element) -> Option<(Date, Date)> {
    let day = |name| {
        let text = period.at(&[name, "DateTimeString"])?;
        date(&text.text()?, text.attribute("format"))
    };
    Some((day("StartDateTime")?, day("EndDateTime")?))
}

fn ubl(root: &Element, line: &'static str, quantity: &'static str) -> Details {
    let party = |name| root.at(&[name, "Party"]).map(ubl_party).unwrap_or_default();
    let lines = root.named(line);
    let periods = root
        .named("InvoicePeriod")
        .into_iter()
        .chain(lines.iter().flat_map(|line| line.named("InvoicePeriod")))
        .filter_map(ubl_period)
        .collect();
    Details {
        seller: party("AccountingSupplierParty"),
        buyer: party("AccountingCustomerParty"),
        tax_parts: root.all(&["TaxTotal", "TaxSubtotal"]).into_iter().map(ubl_part).collect(),
        adjustments: root.named("AllowanceCharge").into_iter().map(ubl_adjustment).collect(),
        lines: lines.into_iter().map(|line| ubl_line(line, quantity)).collect(),
        means: root.named("PaymentMeans").into_iter().map(ubl_means).collect(),
        has_terms: has(root, &["DueDate"])
            || has(root, &["PaymentTerms", "Note"])
            || has(root, &["PaymentMeans", "PaymentDueDate"]),
        periods,
        too_fine: too_fine(root.at(&["LegalMonetaryTotal"]), &UBL_TOTALS),
        misplaced: Vec::new(),
    }
}

fn ubl_party(party: &Element) -> Party {
    let schemes = party.named("PartyTaxScheme");
    let is_vat =
        |scheme: &&&Element| scheme.text_at(&["TaxScheme", "ID"]).is_some_and(|id| id.eq_ignore_ascii_case("VAT"));
    Party {
        has_address: party.at(&["PostalAddress"]).is_some(),
        country: party.text_at(&["PostalAddress", "Country", "IdentificationCode"]),
        vat_numbers: schemes.iter().filter(is_vat).filter_map(|scheme| scheme.text_at(&["CompanyID"])).collect(),
        is_identified: has(party, &["PartyIdentification", "ID"])
            || has(party, &["PartyLegalEntity", "CompanyID"])
            || schemes.iter().any(|scheme| has(scheme, &["CompanyID"])),
    }
}

fn ubl_category(category: &Element) -> Taxed {
    Taxed {
        category: category.text_at(&["ID"]),
        rate: decimal_at(category, &["Percent"]),
        amount: None,
        has_reason: has(category, &["TaxExemptionReason"]) || has(category, &["TaxExemptionReasonCode"]),
    }
}

fn ubl_part(part: &Element) -> Taxed {
    let category = part.at(&["TaxCategory"]).map(ubl_category).unwrap_or_default();
    Taxed { amount: decimal_at(part, &["TaxAmount"]), ..category }
}

fn ubl_adjustment(adjustment: &Element) -> Taxed {
    let category = adjustment.at(&["TaxCategory"]).map(ubl_category).unwrap_or_default();
    let has_reason = has(adjustment, &["AllowanceChargeReason"]) || has(adjustment, &["AllowanceChargeReasonCode"]);
    Taxed { has_reason, ..category }
}

fn ubl_line(line: &Element, quantity: &'static str) -> LineDetail {
    let unit = line.at(&[quantity]);
    LineDetail {
        has_id: has(line, &["ID"]),
        has_unit: unit.is_some_and(|quantity| quantity.attribute("unitCode").is_some_and(|code| !code.is_empty())),
        taxed: line.at(&["Item", "ClassifiedTaxCategory"]).map(ubl_category).unwrap_or_default(),
        discount_is_wide: false,
    }
}

fn ubl_means(means: &Element) -> Means {
    Means { code: means.text_at(&["PaymentMeansCode"]), has_account: has(means, &["PayeeFinancialAccount", "ID"]) }
}

fn ubl_period(period: &Element) -> Option<(Date, Date)> {
    let day = |name| date(&period.text_at(&[name])?, None);
    Some((day("StartDate")?, day("EndDate")?))
}
