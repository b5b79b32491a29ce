//! Invoices that break a rule beside their values, and what a PDF says of the invoice in it.

use super::*;

/// Each change, the rule that must be named alone, and that nothing else of the invoice is touched by it.
#[test]
fn rules_beside_the_values_are_flagged() {
    let category = |code: &str| format!("<r:CategoryCode>{code}</r:CategoryCode>");
    let terms =
        "<r:SpecifiedTradePaymentTerms><r:Description>Within a month</r:Description></r:SpecifiedTradePaymentTerms>";
    let means = |inside: &str| {
        format!("<r:SpecifiedTradeSettlementPaymentMeans>{inside}</r:SpecifiedTradeSettlementPaymentMeans>{terms}")
    };
    let period = "<r:BillingSpecifiedPeriod><r:StartDateTime><u:DateTimeString format=\"102\">20250304\
        </u:DateTimeString></r:StartDateTime><r:EndDateTime><u:DateTimeString format=\"102\">20250303\
        </u:DateTimeString></r:EndDateTime></r:BillingSpecifiedPeriod>";
    let discount = "<r:GrossPriceProductTradePrice><r:AppliedTradeAllowanceCharge><r:CalculationPercent>9\
        </r:CalculationPercent></r:AppliedTradeAllowanceCharge></r:GrossPriceProductTradePrice>";
    let before = |tag: &str, put: &str| (tag.to_owned(), format!("{put}{tag}"));
    let change = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    let cases: Vec<((String, String), &str)> = vec![
        (change("<r:LineID>1</r:LineID>", ""), "BR-21"),
        (change(" unitCode=\"MTR\"", ""), "BR-23"),
        (change(&category("S"), ""), "BR-CO-04"),
        (change(&category("S"), &category("X")), "BR-CL-17"),
        (change(&category("S"), &category("L")), "BR-AF-01"),
        (
            change(
                "<r:RateApplicablePercent>20</r:RateApplicablePercent>\n</r:ApplicableTradeTax><r:Sp",
                "</r:ApplicableTradeTax><r:Sp",
            ),
            "BR-S-05",
        ),
        (change("<r:CountryID>CH</r:CountryID>", ""), "BR-09"),
        (change("<r:CountryID>FR</r:CountryID>", ""), "BR-11"),
        (change("<r:CountryID>FR</r:CountryID>", "<r:CountryID>FX</r:CountryID>"), "BR-CL-14"),
        (change("<r:ID schemeID=\"FC\">77</r:ID>", ""), "BR-CO-26"),
        (change("schemeID=\"FC\">77", "schemeID=\"VA\">77"), "BR-CO-09"),
        (change(terms, ""), "BR-CO-25"),
        (change(terms, &means("")), "BR-49"),
        (change(terms, &means("<r:TypeCode>99</r:TypeCode>")), "BR-CL-16"),
        (change(terms, &means("<r:TypeCode>58</r:TypeCode>")), "BR-61"),
        (before(terms, period), "BR-29"),
        (before("<r:NetPriceProductTradePrice>", discount), "BT-147"),
        (change("EUR\">17.00<", "EUR\">17.001<"), "BR-DEC"),
        (change(">4.095</r:Ch", ">4.10</r:Ch"), "R120"),
    ];
    for ((from, to), rule) in cases {
        assert!(CII.contains(&from), "{from}");
        let facts = facts(&CII.replacen(&from, &to, 1));
        let [problem] = facts.problems.as_slice() else { panic!("{rule}: {:?}", facts.problems) };
        assert!(problem.severity == Severity::Flag && problem.message.contains(rule), "{problem:?}");
    }
}

#[test]
fn exempt_taxes_say_why() {
    let zero = CII
        .replace("<r:RateApplicablePercent>20", "<r:RateApplicablePercent>0")
        .replace("<r:CategoryCode>S", "<r:CategoryCode>AE")
        .replace("16.38", "0.00")
        .replace("98.28", "81.90");
    let buyer = "<r:SpecifiedTaxRegistration><r:ID schemeID=\"VA\">FR11999999998</r:ID></r:SpecifiedTaxRegistration>";
    let numbered = zero.replace("</r:BuyerTradeParty>", &format!("{buyer}</r:BuyerTradeParty>"));
    let reasoned =
        numbered.replace("<r:BasisAmount>", "<r:ExemptionReason>Reverse charge</r:ExemptionReason><r:BasisAmount>");
    let rules = |xml: &str| -> Vec<String> {
        let named = facts(xml).problems;
        named.iter().filter_map(|problem| Some(problem.message.split_once(':')?.0.to_owned())).collect()
    };
    assert_eq!(rules(&zero), ["BR-AE-10", "BR-AE-02"]);
    assert_eq!(rules(&numbered), ["BR-AE-10"]);
    assert_eq!(rules(&reasoned), Vec::<String>::new());
    assert_eq!(rules(&reasoned.replacen("<r:CalculatedAmount>0.00", "<r:CalculatedAmount>0.01", 1)), ["BR-AE-09"]);
}

#[test]
fn what_only_conforms_may_have_categories_of_its_own() {
    let singapore = "urn:cen.eu:en16931:2017#conformant#urn:fdc:peppol.eu:2017:poacc:billing:international:sg:3.0";
    let coded = CII.replace("<r:CategoryCode>S", "<r:CategoryCode>SR");
    assert!(facts(&coded).problems.iter().any(|problem| problem.message.starts_with("BR-CL-17")));
    assert_eq!(facts(&coded.replace("urn:cen.eu:en16931:2017", singapore)).problems, []);
}

#[test]
fn profiles_have_no_place_for_more() {
    let minimum = CII.replace("urn:cen.eu:en16931:2017", "urn:factur-x.eu:1p0:minimum");
    let named: Vec<String> = facts(&minimum).problems.into_iter().map(|problem| problem.message).collect();
    assert!(named.iter().all(|message| message.starts_with("Factur-X: its profile has no place")), "{named:?}");
    assert_eq!(named.len(), 3, "{named:?}");
}

#[test]
fn what_a_pdf_says_of_its_einvoice_is_held_against_it() {
    let pdf = |level: &str| {
        let about = format!(
            "<x xmlns:fx='urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#'><p:name>ConformanceLevel</p:name>{level}</x>"
        );
        let pdf = format!(
            "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/Metadata 3 0 R>>endobj\n\
             2 0 obj<</Type/Pages/Count 1/Kids[6 0 R]>>endobj\n\
             3 0 obj<</Type/Metadata/Subtype/XML/Length {}>>stream\n{about}\nendstream endobj\n\
             6 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n\
             trailer<</Root 1 0 R>>\n%%EOF",
            about.len()
        );
        Pdf::new(pdf.into_bytes()).ok().and_then(|pdf| claim_of_pdf(&pdf))
    };
    for (level, fits) in [
        ("<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>", true),
        ("<fx:ConformanceLevel>COMFORT</fx:ConformanceLevel>", true),
        ("<a fx:ConformanceLevel=\"XRECHNUNG\"/>", true),
        ("<fx:ConformanceLevel>of nobody</fx:ConformanceLevel>", true),
        ("<fx:ConformanceLevel>BASIC WL</fx:ConformanceLevel>", false),
        ("<a fx:ConformanceLevel=\"EXTENDED\"/>", false),
    ] {
        let claim = pdf(level);
        assert!(claim.is_some(), "{level}");
        let facts = parse_claimed(CII.as_bytes(), claim).expect("the test's invoice can be read");
        let told = facts.problems.iter().any(|problem| problem.message.contains("calls itself EN 16931"));
        assert_eq!((told, facts.problems.len()), (!fits, usize::from(!fits)), "{level}");
    }
    assert_eq!(pdf(""), None);
}
