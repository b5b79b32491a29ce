//! OASIS UBL 2.1, invoices and credit notes. Source: EN 16931-3-2 for the places of the business terms.

use rust_decimal::Decimal;

use super::{
    EInvoiceError,
    invoice::{Adjustment, Invoice, Level, Line, Picker, Profile, Stated, TaxPart, Totals, one_line, town},
    xml::{Element, Syntax, Tree},
};
use crate::model::field::FieldName;

/// Takes the invoice out of the tree.
///
/// # Errors
/// The group of its amounts is not there at all.
pub(super) fn invoice(tree: &Tree, picker: &mut Picker) -> Result<Invoice, EInvoiceError> {
    let root = &tree.root;
    let is_credit = tree.syntax == Syntax::UblCreditNote;
    let totals = root.named("LegalMonetaryTotal");
    if totals.is_empty() {
        return Err(EInvoiceError::Incomplete { element: "LegalMonetaryTotal" });
    }
    let currency = picker.currency(&root.named("DocumentCurrencyCode"), "ubl:DocumentCurrencyCode");
    let specification = root.text_at(&["CustomizationID"]);
    let sellers = root.all(&["AccountingSupplierParty", "Party"]);
    let profile = if specification.is_none() && is_malaysian(&sellers) {
        Profile::MyInvois
    } else {
        Profile::of(tree.syntax, specification.as_deref())
    };
    let type_codes = root.named(if is_credit { "CreditNoteTypeCode" } else { "InvoiceTypeCode" });
    let buyer = root.at(&["AccountingCustomerParty", "Party"]);
    Ok(Invoice {
        syntax: tree.syntax,
        profile,
        level: specification.as_deref().and_then(Level::of),
        type_code: picker.text(&type_codes, "ubl:InvoiceTypeCode", FieldName::Total).map(|code| code.value),
        number: picker.text(&root.named("ID"), "ubl:ID", FieldName::DocumentNumber),
        issue_date: picker.date(&root.named("IssueDate"), "ubl:IssueDate", FieldName::IssueDate),
        due_date: due_date(picker, root),
        currency,
        seller_name: seller_name(picker, &sellers),
        seller_address: sellers.first().and_then(|seller| address(seller)),
        seller_tax_id: sellers.first().and_then(|seller| tax_id(seller)),
        buyer_name: buyer.and_then(|buyer| {
            let legal = buyer.text_at(&["PartyLegalEntity", "RegistrationName"]);
            legal.or_else(|| buyer.text_at(&["PartyName", "Name"]))
        }),
        payment_codes: root.all(&["PaymentMeans", "PaymentMeansCode"]).iter().filter_map(|code| code.text()).collect(),
        totals: Totals {
            for_others: for_others(picker, root, specification.as_deref()),
            ..self::totals(picker, root, &totals, profile)
        },
        tax_parts: tax_parts(picker, root),
        adjustments: root.named("AllowanceCharge").into_iter().map(|element| adjustment(picker, element)).collect(),
        lines: root
            .named(if is_credit { "CreditNoteLine" } else { "InvoiceLine" })
            .into_iter()
            .map(|line| self::line(picker, line, is_credit))
            .collect(),
    })
}

/// Malaysia's tax office demands its own number of the seller, called so. Source: MyInvois SDK, invoice 1.1, supplier's
/// TIN.
fn is_malaysian(sellers: &[&Element]) -> bool {
    let numbers = sellers.iter().flat_map(|seller| seller.all(&["PartyIdentification", "ID"]));
    numbers.into_iter().any(|number| number.attribute("schemeID") == Some("TIN"))
}

/// What the seller collects for others. The element means so in XRechnung's extension alone, BG-DEX-09; elsewhere it
/// tells parts of what was paid before.
fn for_others(picker: &mut Picker, root: &Element, specification: Option<&str>) -> Option<Decimal> {
    specification.filter(|name| name.contains(":xeinkauf.de:kosit:extension:"))?;
    let amounts = root.all(&["PrepaidPayment", "PaidAmount"]);
    amounts.into_iter().map(|amount| picker.part(Some(amount), "ubl:PrepaidPayment/PaidAmount")).sum()
}

/// An invoice states one date; a credit note has it among the means of payment. Instalments have a date each, and
/// then no single day is the one when it must be paid.
fn due_date(picker: &mut Picker, root: &Element) -> Option<Stated<jiff::civil::Date>> {
    let own = root.named("DueDate");
    let elements = if own.is_empty() { root.all(&["PaymentMeans", "PaymentDueDate"]) } else { own };
    let mut texts: Vec<String> = elements.iter().filter_map(|element| element.text()).collect();
    texts.sort();
    texts.dedup();
    if texts.len() > 1 { None } else { picker.date(&elements, "ubl:DueDate", FieldName::DueDate) }
}

fn seller_name(picker: &mut Picker, sellers: &[&Element]) -> Option<Stated<String>> {
    let all = |path: &[&str]| -> Vec<&Element> { sellers.iter().flat_map(|seller| seller.all(path)).collect() };
    let legal = all(&["PartyLegalEntity", "RegistrationName"]);
    let problems = picker.problems.len();
    let name = picker.text(&legal, "ubl:PartyLegalEntity/RegistrationName", FieldName::SupplierName);
    if name.is_some() || picker.problems.len() > problems {
        return name;
    }
    picker.text(&all(&["PartyName", "Name"]), "ubl:PartyName/Name", FieldName::SupplierName)
}

fn totals(picker: &mut Picker, root: &Element, totals: &[&Element], profile: Profile) -> Totals {
    let named = |name: &str| -> Vec<&Element> { totals.iter().flat_map(|total| total.named(name)).collect() };
    let mut amount = |name: &str, rule, field| picker.amount(&named(name), rule, field);
    let mut found = Totals {
        lines: amount("LineExtensionAmount", "ubl:LineExtensionAmount", FieldName::Subtotal).map(|lines| lines.value),
        allowances: amount("AllowanceTotalAmount", "ubl:AllowanceTotalAmount", FieldName::Subtotal)
            .map(|allowances| allowances.value),
        charges: amount("ChargeTotalAmount", "ubl:ChargeTotalAmount", FieldName::Subtotal).map(|charges| charges.value),
        net: amount("TaxExclusiveAmount", "ubl:TaxExclusiveAmount", FieldName::Subtotal),
        tax: None,
        total: amount("TaxInclusiveAmount", "ubl:TaxInclusiveAmount", FieldName::Total),
        prepaid: amount("PrepaidAmount", "ubl:PrepaidAmount", FieldName::AmountPaid),
        rounding: amount("PayableRoundingAmount", "ubl:PayableRoundingAmount", FieldName::Rounding)
            .map(|rounding| rounding.value),
        due: amount("PayableAmount", "ubl:PayableAmount", FieldName::Total).map(|due| due.value),
        for_others: None,
    };
    found.tax = tax(picker, root, profile);
    // UBL itself demands only the payable amount, which is the total where nothing was paid or rounded.
    let nothing_between = [found.prepaid.as_ref().map(|prepaid| prepaid.value), found.rounding]
        .into_iter()
        .all(|amount| amount.unwrap_or_default().is_zero());
    let may_lack = !profile.is_european() && profile != Profile::Pint;
    if may_lack && nothing_between && named("TaxInclusiveAmount").is_empty() {
        found.total = found.due.map(|value| Stated { value, rule: "ubl:PayableAmount" });
    }
    found
}

fn tax(picker: &mut Picker, root: &Element, profile: Profile) -> Option<Stated<Decimal>> {
    const RULE: &str = "ubl:TaxTotal/TaxAmount";
    let taxes = root.all(&["TaxTotal", "TaxAmount"]);
    let own: Vec<&Element> = taxes.iter().copied().filter(|tax| is_own_currency(picker, tax)).collect();
    if profile.is_european() || own.is_empty() {
        return picker.amount(&taxes, RULE, FieldName::Tax);
    }
    // Outside the European standard every kind of tax has its own total.
    let each: Option<Vec<Decimal>> =
        own.iter().map(|tax| picker.amount(&[*tax], RULE, FieldName::Tax).map(|tax| tax.value)).collect();
    each.map(|each| Stated { value: each.iter().sum(), rule: RULE })
}

/// The same tax may be told again in the currency of the tax office.
fn is_own_currency(picker: &Picker, amount: &Element) -> bool {
    let stated_in = amount.attribute("currencyID").filter(|code| !code.is_empty());
    stated_in.zip(picker.currency).is_none_or(|(stated_in, own)| own.code().eq_ignore_ascii_case(stated_in))
}

fn tax_parts(picker: &mut Picker, root: &Element) -> Vec<TaxPart> {
    let mut parts = Vec::new();
    for part in root.all(&["TaxTotal", "TaxSubtotal"]) {
        let amount = part.at(&["TaxAmount"]);
        if amount.is_some_and(|amount| !is_own_currency(picker, amount)) {
            continue;
        }
        parts.push(TaxPart {
            basis: picker.part(part.at(&["TaxableAmount"]), "ubl:TaxableAmount"),
            rate: picker.part(part.at(&["TaxCategory", "Percent"]), "ubl:Percent"),
            amount: picker.part(amount, "ubl:TaxSubtotal/TaxAmount"),
            category: part.text_at(&["TaxCategory", "ID"]),
        });
    }
    parts
}

fn adjustment(picker: &mut Picker, element: &Element) -> Adjustment {
    let indicator = element.text_at(&["ChargeIndicator"]);
    Adjustment {
        is_charge: matches!(indicator.as_deref(), Some("true" | "1")),
        amount: picker.part(element.at(&["Amount"]), "ubl:AllowanceCharge/Amount"),
    }
}

fn line(picker: &mut Picker, line: &Element, is_credit: bool) -> Line {
    let quantity = if is_credit { "CreditedQuantity" } else { "InvoicedQuantity" };
    Line {
        description: line
            .text_at(&["Item", "Name"])
            .or_else(|| line.text_at(&["Item", "Description"]))
            .or_else(|| line.text_at(&["Note"])),
        quantity: picker.part(line.at(&[quantity]), "ubl:InvoicedQuantity"),
        price: picker.part(line.at(&["Price", "PriceAmount"]), "ubl:PriceAmount"),
        price_quantity: picker.part(line.at(&["Price", "BaseQuantity"]), "ubl:BaseQuantity"),
        adjustments: line.named("AllowanceCharge").into_iter().map(|element| adjustment(picker, element)).collect(),
        tax_rate: picker.part(line.at(&["Item", "ClassifiedTaxCategory", "Percent"]), "ubl:Percent"),
        amount: picker.part(line.at(&["LineExtensionAmount"]), "ubl:InvoiceLine/LineExtensionAmount"),
        is_heading: false,
    }
}

fn address(seller: &Element) -> Option<Stated<String>> {
    let address = seller.at(&["PostalAddress"])?;
    let part = |path: &[&str]| address.text_at(path);
    let town = town(part(&["PostalZone"]), part(&["CityName"]));
    let country = part(&["Country", "IdentificationCode"]);
    let lines = vec![
        part(&["StreetName"]),
        part(&["AdditionalStreetName"]),
        part(&["AddressLine", "Line"]),
        town,
        part(&["CountrySubentity"]),
        country,
    ];
    Some(Stated { value: one_line(lines)?, rule: "ubl:PostalAddress" })
}

fn tax_id(seller: &Element) -> Option<Stated<String>> {
    let schemes = seller.named("PartyTaxScheme");
    let is_vat =
        |scheme: &&&Element| scheme.text_at(&["TaxScheme", "ID"]).is_some_and(|id| id.eq_ignore_ascii_case("VAT"));
    let vat = schemes.iter().filter(is_vat).find_map(|scheme| scheme.text_at(&["CompanyID"]));
    let any = || schemes.iter().find_map(|scheme| scheme.text_at(&["CompanyID"]));
    if let Some(value) = vat.or_else(any) {
        return Some(Stated { value, rule: "ubl:PartyTaxScheme/CompanyID" });
    }
    let value = seller.text_at(&["PartyLegalEntity", "CompanyID"])?;
    Some(Stated { value, rule: "ubl:PartyLegalEntity/CompanyID" })
}
