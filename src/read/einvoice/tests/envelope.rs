//! How a PDF holds its e-invoice: a whole one has nothing amiss, and each thing that is left out or wrong is told.

use hayro_interpret::hayro_syntax::Pdf;

use super::{CII, UBL, ZUGFERD_1};
use crate::{model::finding::Severity, read::einvoice::envelope_of_pdf};

const DESCRIPTION: &str = "<x xmlns:fx='urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#'>\
    <pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance><p:name>DocumentFileName</p:name>\
    <fx:DocumentFileName>factur-x.xml</fx:DocumentFileName><fx:DocumentType>INVOICE</fx:DocumentType>\
    <fx:ConformanceLevel>EN 16931</fx:ConformanceLevel></x>";

/// A PDF in parts, each an object, so that a test can change one.
fn parts(description: &str, xml: &str) -> String {
    format!(
        "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/Metadata 5 0 R/AF[3 0 R]/Names<</EmbeddedFiles 7 0 R>>>>endobj\n\
         2 0 obj<</Type/Pages/Count 1/Kids[6 0 R]>>endobj\n\
         3 0 obj<</Type/Filespec/F(factur-x.xml)/UF(factur-x.xml)/AFRelationship/Data/EF<</F 4 0 R>>>>endobj\n\
         4 0 obj<</Type/EmbeddedFile/Subtype/text#2Fxml/Length {}>>stream\n{xml}\nendstream endobj\n\
         5 0 obj<</Type/Metadata/Subtype/XML/Length {}>>stream\n{description}\nendstream endobj\n\
         6 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n\
         7 0 obj<</Names[(factur-x.xml)3 0 R]>>endobj\n\
         trailer<</Root 1 0 R>>\n%%EOF",
        xml.len(),
        description.len()
    )
}

/// What is told of it; all of it no more than told.
fn told(pdf: &str) -> Vec<String> {
    let pdf = Pdf::new(pdf.as_bytes().to_vec()).expect("a PDF of the test");
    let findings = envelope_of_pdf(&pdf);
    assert!(findings.iter().all(|finding| finding.severity == Severity::Info), "{findings:?}");
    findings.into_iter().map(|finding| finding.message).collect()
}

#[test]
fn whole_ones_have_nothing_amiss() {
    let attributes = "<x xmlns:fx=\"urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#\" pdfaid:part='3' \
        pdfaid:conformance=\"u\" fx:DocumentFileName='factur-x.xml' fx:DocumentType=\"INVOICE\" \
        fx:ConformanceLevel=\"BASIC\"/>";
    let newer = DESCRIPTION.replace("part>3", "part>4").replace("conformance>B", "conformance>F");
    let german = DESCRIPTION.replace("factur-x.xml", "xrechnung.xml").replace("EN 16931", "XRECHNUNG");
    for pdf in [
        parts(DESCRIPTION, CII),
        parts(attributes, CII),
        parts(&newer, CII),
        parts(&german, CII).replace("(factur-x.xml)", "(xrechnung.xml)"),
        parts(DESCRIPTION, CII).replace("/AFRelationship/Data", "/AFRelationship/Source"),
        parts(DESCRIPTION, CII).replace("text#2Fxml", "application#2Fxml"),
        parts(DESCRIPTION, CII)
            .replace("/UF(factur-x.xml)", "/UF<FEFF006600610063007400750072002D0078002E0078006D006C>"),
    ] {
        assert_eq!(told(&pdf), Vec::<String>::new(), "{pdf}");
    }
    let first = DESCRIPTION
        .replace(
            "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0",
            "urn:ferd:pdfa:CrossIndustryDocument:invoice:1p0",
        )
        .replace("factur-x.xml", "ZUGFeRD-invoice.xml");
    let first = parts(&first, ZUGFERD_1).replace("(factur-x.xml)", "(ZUGFeRD-invoice.xml)");
    assert_eq!(told(&first.replace("/Data", "/Alternative")), Vec::<String>::new());
    let [relation] = told(&first).try_into().expect("one thing");
    assert!(relation.contains("must be Alternative"), "{relation}");
}

#[test]
fn each_thing_amiss_is_told() {
    for (from, to, named) in [
        ("<pdfaid:part>3</pdfaid:part>", "", "does not call itself PDF/A-3"),
        ("part>3<", "part>1<", "PDF/A-1b"),
        ("conformance>B<", "conformance>Z<", "PDF/A-3z"),
        ("urn:factur-x:pdfa:", "urn:of-nobody:pdf:", "does not say that an e-invoice is in it"),
        ("<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>", "", "does not name the file"),
        ("FileName>factur-x.xml", "FileName>other.xml.xml", "“other.xml.xml”, but it is called “factur-x.xml”"),
        ("DocumentType>INVOICE", "DocumentType>ORDERX1", "“ORDERX1”, not an invoice"),
        ("<fx:DocumentType>INVOICE</fx:DocumentType>", "", "does not say that what is in it is an invoice"),
        ("<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>", "", "how full"),
        ("Level>EN 16931", "Level>MIDDLING", "“MIDDLING”, which is no profile"),
        ("/AFRelationship/Data", "", "does not say what it is to the PDF"),
        ("/AFRelationship/Data", "/AFRelationship/Supplement", "calls itself “Supplement”"),
        ("/AF[3 0 R]", "", "not as a file that belongs to it"),
        ("/Names<</EmbeddedFiles 7 0 R>>", "", "not among the PDF's embedded files"),
        ("/Subtype/text#2Fxml", "", "does not say that it is XML"),
        ("/Subtype/text#2Fxml", "/Subtype/text#2Fplain", "does not say that it is XML"),
    ] {
        let description = DESCRIPTION.replace(from, to);
        let pdf = parts(&description, CII);
        let pdf = if description == DESCRIPTION { pdf.replace(from, to) } else { pdf };
        assert_ne!(pdf, parts(DESCRIPTION, CII), "{from}");
        let told = told(&pdf);
        assert!(matches!(told.as_slice(), [message] if message.contains(named)), "{named}: {told:?}");
    }
    // Called alike in both places, and by none of the names that programs look for.
    let misnamed = parts(&DESCRIPTION.replace("factur-x.xml", "invoice.xml"), CII);
    let told = told(&misnamed.replace("(factur-x.xml)", "(invoice.xml)"));
    assert!(matches!(told.as_slice(), [message] if message.contains("its standard does not allow")), "{told:?}");
}

#[test]
fn what_has_no_such_standard_is_not_told_off() {
    let bare = |xml: &str| parts("<x/>", xml).replace("/AF[3 0 R]", "").replace("/AFRelationship/Data", "");
    assert_eq!(told(&bare(UBL)), Vec::<String>::new());
    assert_eq!(told(&bare("<html/>")), Vec::<String>::new());
    // Not the PDF/A-3, not said, not related, not associated: each once, and the values are those of the XML all the same.
    assert_eq!(told(&bare(CII)).len(), 4);
    // What cannot be read may say all of it.
    let broken = parts(DESCRIPTION, CII).replace("/Subtype/XML", "/Subtype/XML/Filter/DCTDecode");
    assert_eq!(told(&broken), Vec::<String>::new());
}
