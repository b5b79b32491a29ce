//! The PDF around an e-invoice: whether it says what Factur-X and ZUGFeRD demand that it say of itself and of the file in
//! it. Sources: ISO 19005-3, 6.6.4 (identification) and 6.8 (embedded files); Factur-X 1.0 and ZUGFeRD 2, chapter 6;
//! ZUGFeRD 1.0, chapter 4.
//!
//! Nothing here touches a value. A program may refuse such a PDF, or show the picture of an invoice without its XML; the
//! XML says the same in any case. So each matter is told, and none is flagged.

use hayro_interpret::hayro_syntax::{
    Pdf,
    object::{Dict, Name, Stream},
};

use super::{
    RULE,
    attachment::{Attached, SCHEMAS, attached, described, description, name},
    invoice::Level,
    xml::{self, Syntax},
};
use crate::model::finding::{Finding, Severity};

/// The rules for the relation of an embedded invoice to the PDF's pages. Source: Factur-X 1.0, 6.2.2.
const RELATIONS: [&str; 3] = ["Data", "Source", "Alternative"];
/// ZUGFeRD 1 knows one only.
const RELATIONS_OF_FIRST: [&str; 1] = ["Alternative"];
/// What a schema calls the file, in the order of the schemas. XRechnung in a PDF has a name of its own.
pub(super) const FILE_NAMES: [&[&str]; 3] =
    [&["factur-x.xml", "xrechnung.xml"], &["zugferd-invoice.xml", "xrechnung.xml"], &["ZUGFeRD-invoice.xml"]];
/// Media types of XML. Source: RFC 7303.
const XML_TYPES: [&str; 2] = ["text/xml", "application/xml"];

/// Everything that is amiss, a finding each; nothing where the PDF holds no e-invoice, several, or one in UBL, for which
/// there is no such standard.
pub(super) fn amiss(pdf: &Pdf) -> Vec<Finding> {
    let found = attached(pdf);
    let [invoice] = found.as_slice() else { return Vec::new() };
    let first = match xml::syntax(&invoice.xml) {
        Some(Syntax::Zugferd1) => true,
        Some(Syntax::Cii) => false,
        Some(Syntax::UblInvoice | Syntax::UblCreditNote) | None => return Vec::new(),
    };
    let mut amiss = Vec::new();
    // A description that cannot be read may say all of it.
    if let Some(description) = description(pdf) {
        amiss.extend(identification(&description));
        of_description(&description, name(&invoice.file).as_deref(), &mut amiss);
    }
    of_file(invoice, first, &mut amiss);
    amiss.into_iter().map(|message| Finding::new(RULE, Severity::Info, message, &[])).collect()
}

/// PDF/A-3, the only kind of PDF that may hold any file and promises to stay readable; PDF/A-4f is its successor.
fn identification(description: &str) -> Option<String> {
    let part = described(description, "pdfaid:part");
    let conformance = described(description, "pdfaid:conformance").unwrap_or_default();
    match (part, conformance.to_ascii_uppercase().as_str()) {
        (Some("3"), "A" | "B" | "U") | (Some("4"), "F") => None,
        (Some(part), _) => Some(format!(
            "The PDF calls itself PDF/A-{part:.5}{:.5}; one with an e-invoice in it must be PDF/A-3.",
            conformance.to_ascii_lowercase()
        )),
        (None, _) => Some("The PDF does not call itself PDF/A-3, as one with an e-invoice in it must.".to_owned()),
    }
}

/// What the description says of the invoice.
fn of_description(description: &str, name: Option<&str>, amiss: &mut Vec<String>) {
    let Some(schema) = SCHEMAS.iter().position(|schema| description.contains(schema)) else {
        amiss.push("The PDF's description does not say that an e-invoice is in it.".to_owned());
        return;
    };
    match described(description, "DocumentFileName").filter(|stated| !stated.is_empty()) {
        None => amiss.push("The PDF's description does not name the file of its e-invoice.".to_owned()),
        Some(stated) if name.is_some_and(|name| name != stated) => amiss.push(format!(
            "The PDF's description calls the file of its e-invoice “{stated:.60}”, but it is called “{:.60}”.",
            name.unwrap_or_default()
        )),
        Some(stated) if !FILE_NAMES.get(schema).is_none_or(|names| names.contains(&stated)) => {
            amiss.push(format!(
                "The file of the e-invoice is called “{stated:.60}”, which its standard does not allow."
            ));
        }
        Some(_) => {}
    }
    match described(description, "DocumentType") {
        Some("INVOICE") => {}
        Some(kind) => amiss.push(format!("The PDF's description calls what is in it “{kind:.30}”, not an invoice.")),
        None => amiss.push("The PDF's description does not say that what is in it is an invoice.".to_owned()),
    }
    match described(description, "ConformanceLevel").filter(|level| !level.is_empty()) {
        None => amiss.push("The PDF's description does not say how full its e-invoice is.".to_owned()),
        Some(level) if Level::claimed(level).is_none() => {
            amiss.push(format!("The PDF's description calls its e-invoice “{level:.30}”, which is no profile."));
        }
        // Whether it is what it says is asked where the invoice was read.
        Some(_) => {}
    }
}

/// How the file is embedded.
fn of_file(invoice: &Attached<'_>, first: bool, amiss: &mut Vec<String>) {
    let allowed: &[&str] = if first { &RELATIONS_OF_FIRST } else { &RELATIONS };
    let choice = allowed.join(", ");
    match invoice.file.get::<Name<'_>>("AFRelationship") {
        None => amiss.push(format!("The file of the e-invoice does not say what it is to the PDF ({choice}).")),
        Some(relation) if !allowed.contains(&relation.as_str()) => amiss.push(format!(
            "The file of the e-invoice calls itself “{:.30}” of the PDF; it must be {choice}.",
            relation.as_str()
        )),
        Some(_) => {}
    }
    if !invoice.is_associated {
        amiss.push("The e-invoice is attached to the PDF, but not as a file that belongs to it (AF).".to_owned());
    }
    if !invoice.is_named {
        amiss.push("The e-invoice is not among the PDF's embedded files, where programs look for it.".to_owned());
    }
    let embedded = invoice.file.get::<Dict<'_>>("EF");
    let stream = embedded.and_then(|embedded| embedded.get::<Stream<'_>>("UF").or_else(|| embedded.get("F")));
    let subtype = stream.as_ref().and_then(|stream| stream.dict().get::<Name<'_>>("Subtype"));
    if !subtype.as_ref().is_some_and(|subtype| XML_TYPES.contains(&subtype.as_str())) {
        amiss.push("The file of the e-invoice does not say that it is XML.".to_owned());
    }
}
