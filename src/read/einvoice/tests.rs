//! Small invoices of invented firms, whole and broken.

mod envelope;
mod rules;
mod unseen;

use proptest::prelude::*;

use super::*;
use crate::model::{field::DocumentKind, finding::Severity};

const UBL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<i:Invoice xmlns:i="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
 xmlns:e="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2">
 <e:UBLExtensions><own xmlns="urn:of-nobody"/></e:UBLExtensions>
 <CustomizationID>urn:cen.eu:en16931:2017</CustomizationID>
 <ID> KB-<![CDATA[0042]]> </ID>
 <IssueDate>2025-03-04+08:00</IssueDate><DueDate>2025-04-03</DueDate>
 <InvoiceTypeCode>380</InvoiceTypeCode>
 <DocumentCurrencyCode>EUR</DocumentCurrencyCode><TaxCurrencyCode>SEK</TaxCurrencyCode>
 <a:AccountingSupplierParty><a:Party>
  <a:PartyName><Name>Kiosk</Name></a:PartyName>
  <a:PostalAddress><StreetName>Kai 1</StreetName><CityName>Hafenstadt</CityName><PostalZone>12345</PostalZone>
   <a:Country><IdentificationCode>DE</IdentificationCode></a:Country></a:PostalAddress>
  <a:PartyTaxScheme><CompanyID>12/345</CompanyID><a:TaxScheme><ID>FC</ID></a:TaxScheme></a:PartyTaxScheme>
  <a:PartyTaxScheme><CompanyID>DE000000001</CompanyID><a:TaxScheme><ID>VAT</ID></a:TaxScheme></a:PartyTaxScheme>
  <a:PartyLegalEntity><RegistrationName>Kiosk &amp; S&#246;hne
   GmbH</RegistrationName></a:PartyLegalEntity>
 </a:Party></a:AccountingSupplierParty>
 <a:AccountingCustomerParty><a:Party><a:PartyName><Name>Laden</Name></a:PartyName>
  <a:PostalAddress><a:Country><IdentificationCode>DE</IdentificationCode></a:Country></a:PostalAddress>
 </a:Party></a:AccountingCustomerParty>
 <a:PaymentMeans><PaymentMeansCode>48</PaymentMeansCode></a:PaymentMeans>
 <a:AllowanceCharge><ChargeIndicator>false</ChargeIndicator>
  <AllowanceChargeReason>Loyal</AllowanceChargeReason><Amount currencyID="EUR">5.00</Amount>
  <a:TaxCategory><ID>S</ID><Percent>19</Percent></a:TaxCategory></a:AllowanceCharge>
 <a:TaxTotal><TaxAmount currencyID="EUR">19.00</TaxAmount>
  <a:TaxSubtotal><TaxableAmount currencyID="EUR">100.00</TaxableAmount><TaxAmount currencyID="EUR">19.00</TaxAmount>
   <a:TaxCategory><ID>S</ID><Percent>19</Percent></a:TaxCategory></a:TaxSubtotal></a:TaxTotal>
 <a:TaxTotal><TaxAmount currencyID="SEK">210.00</TaxAmount></a:TaxTotal>
 <a:LegalMonetaryTotal><LineExtensionAmount currencyID="EUR">105.00</LineExtensionAmount>
  <TaxExclusiveAmount currencyID="EUR">100.00</TaxExclusiveAmount>
  <TaxInclusiveAmount currencyID="EUR">119.00</TaxInclusiveAmount>
  <AllowanceTotalAmount currencyID="EUR">5.00</AllowanceTotalAmount>
  <PrepaidAmount currencyID="EUR">119.00</PrepaidAmount>
  <PayableAmount currencyID="EUR">0.00</PayableAmount></a:LegalMonetaryTotal>
 <a:InvoiceLine><ID>1</ID><InvoicedQuantity unitCode="C62">30</InvoicedQuantity>
  <LineExtensionAmount currencyID="EUR">105.00</LineExtensionAmount>
  <a:Item><Name>Nails</Name><a:ClassifiedTaxCategory><ID>S</ID><Percent>19</Percent>
   </a:ClassifiedTaxCategory></a:Item>
  <a:Price><PriceAmount currencyID="EUR">35.00</PriceAmount><BaseQuantity>10</BaseQuantity></a:Price></a:InvoiceLine>
</i:Invoice>"#;

const CII: &str = r#"<x:CrossIndustryInvoice xmlns:x="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:r="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:u="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<x:ExchangedDocumentContext><r:GuidelineSpecifiedDocumentContextParameter><r:ID>urn:cen.eu:en16931:2017</r:ID>
</r:GuidelineSpecifiedDocumentContextParameter></x:ExchangedDocumentContext>
<x:ExchangedDocument><r:ID>B-7</r:ID><r:TypeCode>381</r:TypeCode>
<r:IssueDateTime><u:DateTimeString format="102">20250304</u:DateTimeString></r:IssueDateTime></x:ExchangedDocument>
<x:SupplyChainTradeTransaction>
<r:IncludedSupplyChainTradeLineItem><r:AssociatedDocumentLineDocument><r:LineID>1</r:LineID>
</r:AssociatedDocumentLineDocument><r:SpecifiedTradeProduct><r:Name>Rope</r:Name></r:SpecifiedTradeProduct>
<r:SpecifiedLineTradeAgreement><r:NetPriceProductTradePrice><r:ChargeAmount>4.095</r:ChargeAmount>
</r:NetPriceProductTradePrice></r:SpecifiedLineTradeAgreement>
<r:SpecifiedLineTradeDelivery><r:BilledQuantity unitCode="MTR">20</r:BilledQuantity></r:SpecifiedLineTradeDelivery>
<r:SpecifiedLineTradeSettlement><r:ApplicableTradeTax><r:CategoryCode>S</r:CategoryCode><r:RateApplicablePercent>20</r:RateApplicablePercent>
</r:ApplicableTradeTax><r:SpecifiedTradeSettlementLineMonetarySummation><r:LineTotalAmount>81.90</r:LineTotalAmount>
</r:SpecifiedTradeSettlementLineMonetarySummation></r:SpecifiedLineTradeSettlement>
</r:IncludedSupplyChainTradeLineItem>
<r:ApplicableHeaderTradeAgreement><r:SellerTradeParty><r:Name>Seilerei</r:Name><r:PostalTradeAddress>
<r:PostcodeCode>999</r:PostcodeCode><r:LineOne>Weg 2</r:LineOne><r:CityName>Ort</r:CityName><r:CountryID>CH</r:CountryID></r:PostalTradeAddress>
<r:SpecifiedTaxRegistration><r:ID schemeID="FC">77</r:ID></r:SpecifiedTaxRegistration></r:SellerTradeParty>
<r:BuyerTradeParty><r:Name>Werft</r:Name><r:PostalTradeAddress><r:CountryID>FR</r:CountryID></r:PostalTradeAddress>
</r:BuyerTradeParty></r:ApplicableHeaderTradeAgreement>
<r:ApplicableHeaderTradeSettlement><r:InvoiceCurrencyCode>CHF</r:InvoiceCurrencyCode>
<r:ApplicableTradeTax><r:CalculatedAmount>16.38</r:CalculatedAmount><r:BasisAmount>81.90</r:BasisAmount>
<r:CategoryCode>S</r:CategoryCode><r:RateApplicablePercent>20</r:RateApplicablePercent></r:ApplicableTradeTax>
<r:SpecifiedTradePaymentTerms><r:Description>Within a month</r:Description></r:SpecifiedTradePaymentTerms>
<r:SpecifiedTradeSettlementHeaderMonetarySummation><r:LineTotalAmount>81.90</r:LineTotalAmount>
<r:TaxBasisTotalAmount>81.90</r:TaxBasisTotalAmount><r:TaxTotalAmount currencyID="CHF">16.38</r:TaxTotalAmount>
<r:TaxTotalAmount currencyID="EUR">17.00</r:TaxTotalAmount><r:GrandTotalAmount>98.28</r:GrandTotalAmount>
<r:DuePayableAmount>98.28</r:DuePayableAmount></r:SpecifiedTradeSettlementHeaderMonetarySummation>
</r:ApplicableHeaderTradeSettlement></x:SupplyChainTradeTransaction></x:CrossIndustryInvoice>"#;

const ZUGFERD_1: &str = r#"<z:CrossIndustryDocument xmlns:z="urn:ferd:CrossIndustryDocument:invoice:1p0"
 xmlns:r="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12"
 xmlns:u="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15">
<z:HeaderExchangedDocument><r:ID>Z1</r:ID><r:TypeCode>380</r:TypeCode><r:IssueDateTime>
<u:DateTimeString format="102">20140510</u:DateTimeString></r:IssueDateTime></z:HeaderExchangedDocument>
<z:SpecifiedSupplyChainTradeTransaction><r:ApplicableSupplyChainTradeAgreement><r:SellerTradeParty>
<r:Name>Alte Post</r:Name></r:SellerTradeParty></r:ApplicableSupplyChainTradeAgreement>
<r:ApplicableSupplyChainTradeSettlement><r:InvoiceCurrencyCode>EUR</r:InvoiceCurrencyCode>
<r:SpecifiedTradeSettlementMonetarySummation><r:LineTotalAmount currencyID="EUR">10</r:LineTotalAmount>
<r:TaxTotalAmount currencyID="EUR">1.9</r:TaxTotalAmount><r:GrandTotalAmount currencyID="EUR">11.9</r:GrandTotalAmount>
</r:SpecifiedTradeSettlementMonetarySummation></r:ApplicableSupplyChainTradeSettlement>
<r:IncludedSupplyChainTradeLineItem><r:SpecifiedTradeProduct><r:Name>Stamp</r:Name></r:SpecifiedTradeProduct>
</r:IncludedSupplyChainTradeLineItem></z:SpecifiedSupplyChainTradeTransaction></z:CrossIndustryDocument>"#;

fn facts(xml: &str) -> Facts {
    parse(xml.as_bytes()).expect("the test's invoice can be read")
}

fn stated(facts: &Facts) -> Vec<String> {
    facts.fields.iter().map(|fact| format!("{}={} {}", fact.name.name(), fact.value.to_text(), fact.rule)).collect()
}

#[test]
fn ubl_in_whatever_prefixes() {
    let facts = facts(UBL);
    assert_eq!(facts.kind, DocumentKind::Invoice);
    let expected = [
        "supplier_name=Kiosk & Söhne GmbH ubl:PartyLegalEntity/RegistrationName",
        "supplier_address=Kai 1, 12345 Hafenstadt, DE ubl:PostalAddress",
        "supplier_tax_id=DE000000001 ubl:PartyTaxScheme/CompanyID",
        "document_number=KB-0042 ubl:ID",
        "issue_date=2025-03-04 ubl:IssueDate",
        "due_date=2025-04-03 ubl:DueDate",
        "currency=EUR ubl:DocumentCurrencyCode",
        "subtotal=100.00 ubl:TaxExclusiveAmount",
        "tax=19.00 ubl:TaxTotal/TaxAmount",
        "total=119.00 ubl:TaxInclusiveAmount",
        "amount_paid=119.00 ubl:PrepaidAmount",
        "payment_method=card einvoice:PaymentMeansCode",
    ];
    assert_eq!(stated(&facts), expected);
    let line = facts.line_items.first().expect("there is one line");
    assert_eq!(line.unit_price.map(|price| price.normalize().to_string()).as_deref(), Some("3.5"));
    assert!(facts.problems.iter().all(|problem| problem.severity == Severity::Info), "{:?}", facts.problems);
}

#[test]
fn cii_with_two_tax_currencies_and_a_rounded_price() {
    let facts = facts(CII);
    assert_eq!(facts.kind, DocumentKind::CreditNote);
    let expected = [
        "supplier_name=Seilerei cii:SellerTradeParty/Name",
        "supplier_address=Weg 2, 999 Ort, CH cii:PostalTradeAddress",
        "supplier_tax_id=77 cii:SpecifiedTaxRegistration/ID",
        "document_number=B-7 cii:ExchangedDocument/ID",
        "issue_date=2025-03-04 cii:IssueDateTime",
        "currency=CHF cii:InvoiceCurrencyCode",
        "subtotal=81.90 cii:TaxBasisTotalAmount",
        "tax=16.38 cii:TaxTotalAmount",
        "total=98.28 cii:GrandTotalAmount",
    ];
    assert_eq!(stated(&facts), expected);
    assert_eq!(facts.problems, []);
}

#[test]
fn zugferd_1_states_less() {
    let facts = facts(ZUGFERD_1);
    let names: Vec<FieldName> = facts.fields.iter().map(|fact| fact.name).collect();
    assert!(names.contains(&FieldName::Total) && !names.contains(&FieldName::Subtotal));
    assert_eq!((facts.line_items.len(), facts.problems), (1, Vec::new()));
}

#[test]
fn encodings() {
    let latin = CII.replace("Seilerei", "Söhne");
    let declared = |name: &str, text: &str| format!("<?xml version='1.0' encoding='{name}'?>{text}");
    let utf16: Vec<u8> = declared("UTF-16", &latin).encode_utf16().flat_map(u16::to_le_bytes).collect();
    let one_byte = |name: &str| -> Vec<u8> {
        declared(name, &latin).chars().map(|c| u8::try_from(u32::from(c)).expect("one byte")).collect()
    };
    let cases: [Vec<u8>; 7] = [
        declared("utf-16", &latin).into_bytes(),
        [b"\xEF\xBB\xBF".to_vec(), latin.clone().into_bytes()].concat(),
        [b"\xFF\xFE".to_vec(), utf16.clone()].concat(),
        utf16,
        one_byte("ISO-8859-1"),
        one_byte("windows-1252"),
        one_byte("ISO-8859-15"),
    ];
    for (bytes, number) in cases.iter().zip(1..) {
        assert!(is_einvoice(bytes) && is_xml(bytes), "{number}");
        let facts = parse(bytes).expect("it is an invoice");
        assert!(stated(&facts).contains(&"supplier_name=Söhne cii:SellerTradeParty/Name".to_owned()), "{number}");
    }
}

#[test]
fn what_is_no_einvoice_is_a_named_error() {
    let deep = format!("{}{}", CII.split_once("<x:Ex").expect("it has a context").0, "<x:a>".repeat(100));
    let long = CII.replace("Seilerei", &"x".repeat(300_000));
    let many = CII.replace(
        "<r:ApplicableHeaderTradeAgreement>",
        &format!("{}<r:ApplicableHeaderTradeAgreement>", "<r:IncludedSupplyChainTradeLineItem/>".repeat(10_001)),
    );
    let attributes: String = (0..200).map(|number| format!(" a{number}=''")).collect();
    let namespaces: String = (0..200).map(|number| format!(" xmlns:a{number}='u'")).collect();
    let with = |more: &str| CII.replace("<r:TypeCode>", &format!("<r:TypeCode{more}>"));
    let cases: [(&str, String); 18] = [
        ("einvoice_not_well_formed", String::new()),
        ("einvoice_not_well_formed", "not XML".to_owned()),
        ("einvoice_not_well_formed", CII.replace("</x:CrossIndustryInvoice>", "")),
        ("einvoice_not_well_formed", CII.replace("</r:TypeCode>", "</r:Type>")),
        ("einvoice_not_well_formed", format!("{CII}<more/>")),
        ("einvoice_not_well_formed", CII.replace("Seilerei", "&nbsp;")),
        ("einvoice_not_well_formed", CII.replace("Seilerei", "&#0;")),
        ("einvoice_not_well_formed", CII.replace("Seilerei", "\u{1}")),
        ("einvoice_not_well_formed", CII.replace("<r:TypeCode>", "<q:TypeCode>").replace("</r:Typ", "</q:Typ")),
        ("einvoice_document_type", format!("<!DOCTYPE x [<!ENTITY a 'b'>]>{CII}")),
        ("einvoice_encoding", format!("<?xml version='1.0' encoding='EBCDIC'?>{CII}")),
        ("einvoice_not_an_invoice", CII.replace("urn:un:unece:uncefact:data:standard:Cross", "urn:mine:")),
        ("einvoice_incomplete", CII.replace("ApplicableHeaderTradeSettlement", "Other")),
        ("einvoice_too_large", with(&attributes)),
        ("einvoice_too_large", with(&namespaces)),
        ("einvoice_too_large", deep),
        ("einvoice_too_large", long),
        ("einvoice_too_large", many),
    ];
    for (code, xml) in cases {
        let start: String = xml.chars().take(60).collect();
        assert_eq!(parse(xml.as_bytes()).map_err(|error| error.code()), Err(code), "{start}");
    }
}

/// Each change to the invoice, the rule that must be named, and the field that must not be told, if any.
#[test]
fn what_breaks_a_rule_is_blocked_and_not_guessed() {
    let total = "<r:GrandTotalAmount>98.28</r:GrandTotalAmount>";
    let cases: [(&str, &str, &str, Option<FieldName>); 19] = [
        ("<r:ID>B-7</r:ID>", "<r:ID> </r:ID>", "BR-02", Some(FieldName::DocumentNumber)),
        ("<r:ID>B-7</r:ID>", "<r:ID>B-7</r:ID><r:ID>B-8</r:ID>", "more than once", Some(FieldName::DocumentNumber)),
        ("20250304", "20250230", "20250230", Some(FieldName::IssueDate)),
        ("format=\"102\">20250304", "format=\"610\">202503", "202503", Some(FieldName::IssueDate)),
        (">CHF</r:Inv", ">XYZ</r:Inv", "BR-CL-04", Some(FieldName::Currency)),
        ("<r:InvoiceCurrencyCode>CHF</r:InvoiceCurrencyCode>", "", "BR-05", Some(FieldName::Currency)),
        ("<r:Name>Seilerei</r:Name>", "", "BR-06", Some(FieldName::SupplierName)),
        (total, "", "BR-14", Some(FieldName::Total)),
        (">98.28</r:Gr", ">98,28</r:Gr", "98,28", Some(FieldName::Total)),
        (">98.28</r:Gr", ">1e3</r:Gr", "1e3", Some(FieldName::Total)),
        (">98.28</r:Gr", ">99999999999999</r:Gr", "99999999999999", Some(FieldName::Total)),
        ("<r:GrandTotalAmount>", "<r:GrandTotalAmount currencyID=\"USD\">", "BR-CL-03", Some(FieldName::Total)),
        (">98.28</r:Gr", ">98.82</r:Gr", "BR-CO-15", None),
        (">98.28</r:Due", ">9.28</r:Due", "BR-CO-16", None),
        ("CHF\">16.38", "CHF\">16.83", "BR-CO-14", None),
        (">81.90</r:TaxB", ">80.90</r:TaxB", "BR-CO-13", None),
        (
            ">81.90</r:LineTotalAmount>\n</r:SpecifiedTradeSettlementLine",
            ">71.90</r:LineTotalAmount>\n</r:SpecifiedTradeSettlementLine",
            "BR-CO-10",
            None,
        ),
        (">20</r:Billed", ">2</r:Billed", "R120", None),
        ("<r:TypeCode>381", "<r:TypeCode>220", "BR-CL-01", None),
    ];
    for (from, to, rule, absent) in cases {
        assert!(CII.contains(from), "{from}");
        let facts = facts(&CII.replacen(from, to, 1));
        let named = |problem: &&crate::model::finding::Finding| {
            problem.severity == Severity::Block && problem.message.contains(rule)
        };
        assert!(facts.problems.iter().any(|problem| named(&problem)), "{rule}: {:?}", facts.problems);
        assert!(facts.fields.iter().all(|fact| Some(fact.name) != absent), "{rule}");
    }
}

#[test]
fn small_matters_are_flagged() {
    let cases = [
        ("<r:Name>Rope</r:Name>", "", "BR-25"),
        ("<r:TypeCode>381</r:TypeCode>", "<r:TypeCode>325</r:TypeCode>", "proforma"),
        ("<r:BuyerTradeParty>", "<BuyerReference>1</BuyerReference><r:BuyerTradeParty>", "BuyerReference"),
        ("urn:cen.eu:en16931:2017", "urn:of-nobody", "BR-01"),
    ];
    for (from, to, named) in cases {
        let facts = facts(&CII.replacen(from, to, 1));
        let [problem] = facts.problems.as_slice() else { panic!("{named}: {:?}", facts.problems) };
        assert!(problem.severity == Severity::Flag && problem.message.contains(named), "{problem:?}");
    }
}

#[test]
fn what_is_allowed_is_no_alarm() {
    let rounding = "<r:RoundingAmount>0.02</r:RoundingAmount><r:DuePayableAmount>98.30</r:DuePayableAmount>";
    let prepaid = "<r:TotalPrepaidAmount>50</r:TotalPrepaidAmount><r:DuePayableAmount>48.28</r:DuePayableAmount>";
    let carried = "<r:TotalPrepaidAmount>-50</r:TotalPrepaidAmount><r:DuePayableAmount>148.28</r:DuePayableAmount>";
    let due = "<r:DuePayableAmount>98.28</r:DuePayableAmount>";
    let zero_rated = (
        "<r:RateApplicablePercent>20</r:RateApplicablePercent>\n</r:ApplicableTradeTax><r:Sp",
        "</r:ApplicableTradeTax><r:Sp",
    );
    let cases = [
        (vec![(due, prepaid)], vec![Severity::Info]),
        (vec![(due, carried)], vec![Severity::Info]),
        (vec![(due, rounding)], vec![Severity::Flag]),
        (vec![(">4.095</r:Ch", ">4.06</r:Ch")], vec![Severity::Info]),
        (vec![(">4.095</r:Ch", ">3.90</r:Ch")], vec![Severity::Flag]),
        (vec![(">4.095</r:Ch", ">2.10</r:Ch")], vec![Severity::Block]),
        // The second is that a taxed line has no rate.
        (vec![(">4.095</r:Ch", ">3.50</r:Ch"), zero_rated], vec![Severity::Info, Severity::Flag]),
        (vec![(">4.095</r:Ch", ">2.10</r:Ch"), zero_rated], vec![Severity::Flag, Severity::Flag]),
    ];
    for (changes, expected) in cases {
        let xml = changes.iter().fold(CII.to_owned(), |xml, (from, to)| {
            assert!(xml.contains(from), "{from}");
            xml.replacen(from, to, 1)
        });
        let facts = facts(&xml);
        let severities: Vec<Severity> = facts.problems.iter().map(|problem| problem.severity).collect();
        assert_eq!(severities, expected, "{changes:?}: {:?}", facts.problems);
    }
}

#[test]
fn numbers_and_dates() {
    for (text, expected) in [("1", Some("1")), ("-1.50", Some("-1.50")), ("+.5", Some("0.5")), ("7.", Some("7"))] {
        assert_eq!(invoice::number(text).map(|number| number.to_string()).as_deref(), expected, "{text}");
    }
    let zeros = format!("1.{}", "0".repeat(60));
    assert_eq!(invoice::number(&zeros), Some(Decimal::ONE));
    for text in ["", ".", "-", "1,5", "1_000", "1e3", "0x1", "1.2.3", "--1", "NaN", "１", "1000000000000"] {
        assert_eq!(invoice::number(text), None, "{text}");
    }
    let day = |text, format| invoice::date(text, format).map(|date| date.to_string());
    for (text, format) in [
        ("20250304", Some("102")),
        ("20250304", None),
        ("202503041530", Some("203")),
        ("2025-03-04", Some("102")),
        ("2025-03-04Z", None),
        ("2025-03-04T10:00:00+01:00", None),
    ] {
        assert_eq!(day(text, format).as_deref(), Some("2025-03-04"), "{text}");
    }
    for (text, format) in [
        ("202503", Some("610")),
        ("20250304", Some("610")),
        ("04.03.2025", None),
        ("2025-03-041", None),
        ("2025-02-30", None),
        ("+025-03-04", None),
        ("２０２５0304", Some("102")),
    ] {
        assert_eq!(day(text, format), None, "{text}");
    }
}

#[test]
fn a_pdf_gives_its_attachment_once() {
    for names in ["/Names<</EmbeddedFiles<</Kids[5 0 R]>>>>", "/AF[3 0 R]", "/AF[3 0 R]/Names<</EmbeddedFiles 5 0 R>>"]
    {
        let pdf = format!(
            "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R{names}>>endobj\n\
             2 0 obj<</Type/Pages/Count 1/Kids[6 0 R]>>endobj\n\
             3 0 obj<</Type/Filespec/F(any.txt)/EF<</F 4 0 R>>>>endobj\n\
             4 0 obj<</Type/EmbeddedFile/Length {}>>stream\n{CII}\nendstream endobj\n\
             5 0 obj<</Names[(any.txt)3 0 R]/Kids[5 0 R]>>endobj\n\
             6 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n\
             trailer<</Root 1 0 R>>\n%%EOF",
            CII.len()
        );
        let found = in_pdf_bytes(pdf.as_bytes());
        assert_eq!(found.len(), 1, "{names}");
        assert!(found.first().is_some_and(|xml| parse(xml).is_ok()), "{names}");
    }
    assert!(in_pdf_bytes(b"%PDF-1.7 nothing").is_empty());
}

#[test]
fn other_xml_is_no_einvoice() {
    assert!(is_xml(b"<?xml version='1.0'?><a/>") && !is_einvoice(b"<?xml version='1.0'?><a/>"));
    for bytes in [&b""[..], b"%PDF-1.7", b"\xFF\xD8\xFF", b"\xFF\xFE", b"<", b"plain"] {
        assert!(!is_xml(bytes) && !is_einvoice(bytes), "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = (parse(&bytes).is_ok(), is_xml(&bytes), in_pdf_bytes(&bytes));
    }

    #[test]
    fn a_damaged_invoice_never_panics(
        which in 0_usize..3, at in any::<prop::sample::Index>(), cut in 0_usize..60, put in "[0-9<>&/\"'. -]{0,8}",
    ) {
        let xml = [UBL, CII, ZUGFERD_1].get(which).copied().unwrap_or(CII);
        let start = at.index(xml.len());
        let mut bytes = xml.as_bytes().to_vec();
        bytes.splice(start..(start + cut).min(xml.len()), put.bytes());
        let _ = parse(&bytes).is_ok();
    }

    /// A digit changed in one amount is noticed: the amounts vouch for each other.
    #[test]
    fn a_changed_total_is_blocked(cents in 0_i64..1_000_000) {
        prop_assume!((cents - 9828).abs() > 1);
        let amount = Decimal::new(cents, 2);
        let facts = facts(&CII.replace(">98.28</r:Gr", &format!(">{amount}</r:Gr")));
        prop_assert!(facts.problems.iter().any(|problem| problem.severity == Severity::Block));
    }
}
