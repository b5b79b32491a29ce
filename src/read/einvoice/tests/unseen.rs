//! What public examples taught that the corpus does not have: envelopes, national kinds and codes, mixed content, files
//! that hang on a page.

use super::*;

fn messages(facts: &Facts, severity: Severity) -> Vec<&str> {
    let of = facts.problems.iter().filter(|problem| problem.severity == severity);
    of.map(|problem| problem.message.as_str()).collect()
}

/// Peppol's access points, and Singapore's tax office, hand invoices on in an envelope.
#[test]
fn one_invoice_in_its_envelope_is_read() {
    let (_, invoice) = UBL.split_once("-->").expect("the invoice follows its comment");
    let header = "<StandardBusinessDocumentHeader><Sender><Identifier Authority='x'>0195:1</Identifier></Sender>\
        <DocumentIdentification><Type>Invoice</Type></DocumentIdentification></StandardBusinessDocumentHeader>";
    let envelope = |inside: &str| {
        format!(
            "<StandardBusinessDocument xmlns='http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader'>\
             {inside}</StandardBusinessDocument>"
        )
    };
    let whole = envelope(&format!("{header}{invoice}"));
    assert!(is_einvoice(whole.as_bytes()));
    let (bare, enveloped) = (facts(UBL), facts(&whole));
    assert_eq!(stated(&enveloped), stated(&bare));
    assert_eq!(enveloped.problems, bare.problems);
    for (inside, code) in [
        (header.to_owned(), "einvoice_not_an_invoice"),
        (
            format!("{header}<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>"),
            "einvoice_not_an_invoice",
        ),
        (format!("{header}{invoice}{invoice}"), "einvoice_not_well_formed"),
        (format!("{header}{invoice}{header}"), "einvoice_not_well_formed"),
        (String::new(), "einvoice_not_an_invoice"),
    ] {
        let error = parse(envelope(&inside).as_bytes()).expect_err(code);
        assert_eq!(error.code(), code, "{error}");
    }
}

/// A comment may stand in the middle of a value; an element may not, and joining what is around it makes another value.
#[test]
fn an_element_in_the_middle_of_a_value_is_no_value() {
    assert_eq!(stated(&facts(&CII.replace(">98.28</r:Gr", ">98<!-- . -->.28</r:Gr"))), stated(&facts(CII)));
    let cases = [
        (">98.28</r:Gr", ">9<r:Note/>8.28</r:Gr", FieldName::Total),
        (">98.28</r:Gr", ">98.28<x xmlns=''>7</x></r:Gr", FieldName::Total),
        ("<r:ID>B-7", "<r:ID>B-<r:ID>7</r:ID>7", FieldName::DocumentNumber),
        ("20250304", "2025<r:Note/>0304", FieldName::IssueDate),
        (">CHF</r:Inv", ">CH<r:Note/>F</r:Inv", FieldName::Currency),
        ("<r:Name>Seilerei", "<r:Name>Seil<r:Note/>erei", FieldName::SupplierName),
    ];
    for (from, to, field) in cases {
        assert!(CII.contains(from), "{from}");
        let facts = facts(&CII.replacen(from, to, 1));
        assert!(facts.fields.iter().all(|fact| fact.name != field), "{to}");
        let blocked = messages(&facts, Severity::Block);
        assert!(blocked.iter().any(|message| message.contains("elements in it")), "{to}: {blocked:?}");
    }
}

#[test]
fn a_day_with_something_behind_it_is_a_day_only_where_that_is_a_time_or_a_zone() {
    let day = |text: &str| invoice::date(text, None).map(|date| date.to_string());
    for rest in ["", "Z", "+08:00", "-03:30", "T10:00", "T10:00:00", "T10:00:00.5Z", " 10:00:00", "T23:59:59+14:00"] {
        assert_eq!(day(&format!("2025-03-04{rest}")).as_deref(), Some("2025-03-04"), "{rest}");
    }
    for rest in [" 2025-04-04", "T", " or later", "-05", "+1", "Tx", "T10", "T10:00:00.", "Z Z", "/2025-04-04"] {
        assert_eq!(day(&format!("2025-03-04{rest}")), None, "{rest}");
    }
}

/// A plain UBL invoice that Malaysia's tax office takes; its kinds have numbers of their own.
#[test]
fn malaysia_has_kinds_of_its_own() {
    let number = "<a:PartyIdentification><ID schemeID=\"TIN\">C1</ID></a:PartyIdentification>";
    let invoice = |code: &str| {
        UBL.replace("<CustomizationID>urn:cen.eu:en16931:2017</CustomizationID>", "")
            .replace(">380</InvoiceTypeCode>", &format!(">{code}</InvoiceTypeCode>"))
            .replace("<a:PartyName><Name>Kiosk<", &format!("{number}<a:PartyName><Name>Kiosk<"))
    };
    for code in ["01", "03", "11", "13"] {
        let facts = facts(&invoice(code));
        assert_eq!((facts.kind, messages(&facts, Severity::Block)), (DocumentKind::Invoice, Vec::new()), "{code}");
        assert_eq!(messages(&facts, Severity::Flag), Vec::<&str>::new(), "{code}");
    }
    for code in ["02", "04", "12", "14"] {
        let facts = facts(&invoice(code));
        assert_eq!((facts.kind, messages(&facts, Severity::Block)), (DocumentKind::CreditNote, Vec::new()), "{code}");
    }
    for code in ["05", "15", "1"] {
        assert!(messages(&facts(&invoice(code)), Severity::Block).iter().any(|text| text.starts_with("BR-CL-01")));
    }
    // Other countries number their kinds otherwise: 02 is an invoice for export in Colombia.
    let other = invoice("02").replace("schemeID=\"TIN\"", "schemeID=\"31\"");
    assert!(messages(&facts(&other), Severity::Block).iter().any(|text| text.starts_with("BR-CL-01")));
    // Its discounts may be told by the lines already.
    let told = invoice("01").replace(">105.00</LineExtensionAmount>", ">100.00</LineExtensionAmount>");
    assert!(messages(&facts(&told), Severity::Flag).iter().all(|text| !text.starts_with("BR-CO-1")));
}

/// Peppol's international model names the totals it demands; what plain UBL may leave out is missing there.
#[test]
fn what_an_international_invoice_lacks_is_named() {
    let without = |specification: &str, tag: &str| {
        let (start, end) = (format!("<{tag} currencyID=\"EUR\">"), format!("</{tag}>"));
        let (before, rest) = UBL.split_once(&start).expect("the invoice has the total");
        let (_, after) = rest.split_once(&end).expect("the total ends");
        format!("{before}{after}")
            .replace("urn:cen.eu:en16931:2017", specification)
            .replace("<PrepaidAmount currencyID=\"EUR\">119.00</PrepaidAmount>", "")
            .replace("<PayableAmount currencyID=\"EUR\">0.00", "<PayableAmount currencyID=\"EUR\">119.00")
    };
    for pint in
        ["urn:peppol:pint:billing-1@sg-1", "urn:peppol:pint:selfbilling-1@aunz-1", "urn:fdc:peppol:jp:billing:3.0"]
    {
        let lacking = facts(&without(pint, "TaxInclusiveAmount"));
        assert_eq!(messages(&lacking, Severity::Block), ["BR-14: the e-invoice has no total with tax."], "{pint}");
        assert!(lacking.fields.iter().all(|fact| fact.name != FieldName::Total), "{pint}");
        let lacking = facts(&without(pint, "TaxExclusiveAmount"));
        assert_eq!(messages(&lacking, Severity::Block), ["BR-13: the e-invoice has no total without tax."], "{pint}");
        assert_eq!(facts(&UBL.replace("urn:cen.eu:en16931:2017", pint)).problems.len(), 1, "that it was paid before");
    }
    let plain = facts(&without("urn:of-nobody", "TaxInclusiveAmount"));
    assert_eq!(messages(&plain, Severity::Block), Vec::<&str>::new());
    assert!(plain.fields.iter().any(|fact| fact.name == FieldName::Total && fact.rule == "ubl:PayableAmount"));
}

#[test]
fn an_invoice_outside_the_scope_of_tax_is_an_invoice() {
    let outside = UBL.replace(">380</InvoiceTypeCode>", ">480</InvoiceTypeCode>");
    assert_eq!(facts(&outside).kind, DocumentKind::Invoice);
    assert_eq!(messages(&facts(&outside), Severity::Block), Vec::<&str>::new());
}

#[test]
fn what_only_conforms_may_have_means_of_payment_of_its_own() {
    let coded = UBL.replace("<PaymentMeansCode>48", "<PaymentMeansCode>Z02");
    assert!(messages(&facts(&coded), Severity::Flag).iter().any(|text| text.starts_with("BR-CL-16")));
    let singapore = "urn:cen.eu:en16931:2017#conformant#urn:fdc:peppol.eu:2017:poacc:billing:international:sg:3.0";
    assert_eq!(
        messages(&facts(&coded.replace("urn:cen.eu:en16931:2017", singapore)), Severity::Flag),
        Vec::<&str>::new()
    );
}

/// The standard's own tests ask an invoice in UBL when to pay it, and no credit note, which has no place for it.
#[test]
fn a_credit_note_in_ubl_need_not_say_when_to_pay() {
    let owed = UBL
        .replace("<DueDate>2025-04-03</DueDate>", "")
        .replace("<PrepaidAmount currencyID=\"EUR\">119.00</PrepaidAmount>", "")
        .replace("<PayableAmount currencyID=\"EUR\">0.00", "<PayableAmount currencyID=\"EUR\">119.00");
    assert!(messages(&facts(&owed), Severity::Flag).iter().any(|text| text.starts_with("BR-CO-25")));
    let credit = owed
        .replace("i:Invoice", "i:CreditNote")
        .replace("xsd:Invoice-2", "xsd:CreditNote-2")
        .replace("InvoiceTypeCode>380</InvoiceTypeCode", "CreditNoteTypeCode>381</CreditNoteTypeCode")
        .replace("InvoicedQuantity", "CreditedQuantity")
        .replace("InvoiceTypeCode", "CreditNoteTypeCode")
        .replace("380</", "381</")
        .replace("a:InvoiceLine", "a:CreditNoteLine");
    let facts = facts(&credit);
    assert_eq!((facts.kind, facts.problems), (DocumentKind::CreditNote, Vec::new()));
}

/// The newspaper that also collects for others: what is to be paid has their part, the total has not.
#[test]
fn what_is_collected_for_others_belongs_to_what_is_due() {
    let extension = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#\
        urn:xeinkauf.de:kosit:extension:xrechnung_3.0";
    let others = "<a:PrepaidPayment><ID>M</ID><PaidAmount currencyID=\"EUR\">10.00</PaidAmount></a:PrepaidPayment>\
        <a:PrepaidPayment><ID>N</ID><PaidAmount currencyID=\"EUR\">1.50</PaidAmount></a:PrepaidPayment>";
    let invoice = UBL
        .replace("urn:cen.eu:en16931:2017", extension)
        .replacen(" <a:TaxTotal>", &format!("{others}<a:TaxTotal>"), 1)
        .replace("<PayableAmount currencyID=\"EUR\">0.00", "<PayableAmount currencyID=\"EUR\">11.50");
    let told = facts(&invoice);
    assert_eq!(messages(&told, Severity::Block), Vec::<&str>::new());
    assert_eq!(messages(&told, Severity::Flag), ["The total is 119.00; 11.50 is stated as still to be paid."]);
    // Elsewhere the element has another meaning: part of what was paid before.
    let plain = facts(&invoice.replace(extension, "urn:cen.eu:en16931:2017"));
    assert!(messages(&plain, Severity::Block).iter().any(|text| text.starts_with("BR-CO-16")));
}

/// The tax is the buyer's: the seller states its rate and asks for none of it. The Emirates want the rate told.
#[test]
fn a_tax_that_the_buyer_owes_may_have_a_rate() {
    let owed = |category: &str| {
        CII.replace("urn:cen.eu:en16931:2017", "urn:peppol:pint:billing-1@ae-1")
            .replace("<r:CategoryCode>S", &format!("<r:CategoryCode>{category}"))
            .replace("16.38", "0.00")
            .replace("98.28", "81.90")
    };
    let rule = |xml: &str| facts(xml).problems.iter().any(|problem| problem.message.starts_with("BR-CO-17"));
    assert!(!rule(&owed("AE")) && rule(&owed("S")));
    assert!(rule(&owed("AE").replacen("<r:CalculatedAmount>0.00", "<r:CalculatedAmount>0.50", 1)));
}

/// ZUGFeRD 1's own examples state what is taken off with either sign.
#[test]
fn zugferd_1_takes_off_with_either_sign() {
    let sums = |each: &str, total: &str| {
        ZUGFERD_1.replace(
            "<r:SpecifiedTradeSettlementMonetarySummation><r:LineTotalAmount currencyID=\"EUR\">10<",
            &format!(
                "<r:SpecifiedTradeAllowanceCharge><r:ChargeIndicator><u:Indicator>false</u:Indicator>\
                     </r:ChargeIndicator><r:ActualAmount>{each}</r:ActualAmount></r:SpecifiedTradeAllowanceCharge>\
                     <r:SpecifiedTradeSettlementMonetarySummation><r:AllowanceTotalAmount>{total}\
                     </r:AllowanceTotalAmount><r:LineTotalAmount currencyID=\"EUR\">10<"
            ),
        )
    };
    let rule = |xml: &str| facts(xml).problems.iter().any(|problem| problem.message.starts_with("BR-CO-11"));
    assert!(!rule(&sums("-2.00", "2.00")) && !rule(&sums("2.00", "-2.00")) && !rule(&sums("2.00", "2.00")));
    assert!(rule(&sums("-2.00", "3.00")));
}

/// Some programs hang the file on a page, as a person does by hand.
#[test]
fn an_invoice_that_hangs_on_a_page_is_found() {
    let pdf = |subtype: &str| {
        format!(
            "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
             2 0 obj<</Type/Pages/Count 1/Kids[6 0 R]>>endobj\n\
             3 0 obj<</Type/Filespec/F(any.txt)/EF<</F 4 0 R>>>>endobj\n\
             4 0 obj<</Type/EmbeddedFile/Length {}>>stream\n{CII}\nendstream endobj\n\
             5 0 obj<</Type/Annot/Subtype/{subtype}/Rect[1 1 2 2]/FS 3 0 R>>endobj\n\
             6 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[5 0 R]>>endobj\n\
             trailer<</Root 1 0 R>>\n%%EOF",
            CII.len()
        )
    };
    let found = in_pdf_bytes(pdf("FileAttachment").as_bytes());
    assert_eq!(found.len(), 1);
    assert!(found.first().is_some_and(|xml| parse(xml).is_ok()));
    assert_eq!(in_pdf_bytes(pdf("Link").as_bytes()).len(), 0);
}

/// A file that is called as the standards call an invoice, and is none, is not passed over in silence.
#[test]
fn a_file_that_is_called_an_invoice_promises_one() {
    let claims = |name: &str| {
        let pdf = format!(
            "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/AF[3 0 R]>>endobj\n\
             2 0 obj<</Type/Pages/Count 1/Kids[6 0 R]>>endobj\n\
             3 0 obj<</Type/Filespec/F({name})/EF<</F 4 0 R>>>>endobj\n\
             4 0 obj<</Type/EmbeddedFile/Length 5>>stream\njunk.\nendstream endobj\n\
             6 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n\
             trailer<</Root 1 0 R>>\n%%EOF"
        );
        let pdf = Pdf::new(pdf.into_bytes()).expect("the test's PDF can be opened");
        assert!(in_pdf(&pdf).is_empty());
        claim_of_pdf(&pdf).is_some()
    };
    assert!(claims("factur-x.xml") && claims("ZUGFeRD-invoice.xml") && claims("xrechnung.xml"));
    assert!(!claims("terms.xml"));
}
