//! The e-invoices inside a PDF: its embedded files, found by what they are, not by what they are called.
//!
//! Factur-X and ZUGFeRD call the file `factur-x.xml`, `zugferd-invoice.xml` or `xrechnung.xml`, but programs vary, so
//! every embedded file whose first element is an invoice's counts. It may be named in the name tree of embedded files,
//! in the list of associated files, or in both.

use hayro_interpret::hayro_syntax::{
    Pdf,
    object::{Array, Dict, Name, Stream},
};

use super::{invoice::Level, xml};

/// The most embedded files that are looked at.
const FILES_MAX: usize = 100;
/// The most bytes of an embedded file as it is stored, compressed; the memory limit of the reader process bounds what
/// becomes of it.
const STORED_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The most nodes of the name tree, so that one that loops ends.
const NODES_MAX: usize = 1000;

/// The most bytes of a PDF's own description, as stored and unpacked.
const DESCRIPTION_BYTES_MAX: usize = 1024 * 1024;
/// The names by which a PDF's description says that an e-invoice is in it. Source: Factur-X 1.0 and ZUGFeRD 1.0 and
/// 2.0, the extension schemas for XMP.
const SCHEMAS: [&str; 3] = ["urn:factur-x:pdfa:", "urn:zugferd:pdfa:", "urn:ferd:pdfa:"];

/// What a PDF says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// How full it says its e-invoice is; absent where it names no profile that vouch knows.
    pub(super) level: Option<Level>,
}

/// What the PDF's description says about an e-invoice in it; nothing where it speaks of none.
pub(super) fn claim(pdf: &Pdf) -> Option<Claim> {
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
    let stream = catalog.get::<Stream<'_>>("Metadata")?;
    if stream.raw_data().len() > DESCRIPTION_BYTES_MAX {
        return None;
    }
    let bytes = stream.decoded_data().ok().filter(|bytes| bytes.len() <= DESCRIPTION_BYTES_MAX)?;
    let text = String::from_utf8_lossy(&bytes);
    if !SCHEMAS.iter().any(|schema| text.contains(schema)) {
        return None;
    }
    // As an element or an attribute; the schema's own list of its properties has neither sign behind the name.
    let values = text.split("ConformanceLevel").skip(1).filter_map(|rest| {
        let element = || rest.strip_prefix('>').and_then(|rest| rest.split_once('<'));
        let attribute = || rest.strip_prefix("=\"").and_then(|rest| rest.split_once('"'));
        element().or_else(attribute).map(|(value, _)| value)
    });
    values.map(Level::claimed).next().map(|level| Claim { level })
}

/// The bytes of every e-invoice in an opened PDF, each once, in order.
pub(super) fn einvoices(pdf: &Pdf) -> Vec<Vec<u8>> {
    let Some(catalog) = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()) else { return Vec::new() };
    let mut files = Vec::new();
    named_files(&catalog, &mut files);
    associated_files(&catalog, &mut files);
    for page in pdf.pages().iter().take(FILES_MAX) {
        associated_files(page.raw(), &mut files);
    }
    let mut found: Vec<Vec<u8>> = Vec::new();
    for file in files.iter().take(FILES_MAX) {
        let Some(bytes) = content(file) else { continue };
        if xml::syntax(&bytes).is_some() && !found.contains(&bytes) {
            found.push(bytes);
        }
    }
    found
}

/// Source: ISO 32000-1, 7.9.6 and 7.7.4.
fn named_files<'a>(catalog: &Dict<'a>, files: &mut Vec<Dict<'a>>) {
    let root = catalog.get::<Dict<'_>>("Names").and_then(|names| names.get::<Dict<'_>>("EmbeddedFiles"));
    let mut open: Vec<Dict<'a>> = root.into_iter().collect();
    let mut nodes = 0;
    while let Some(node) = open.pop() {
        nodes += 1;
        if nodes > NODES_MAX || files.len() >= FILES_MAX {
            return;
        }
        if let Some(names) = node.get::<Array<'_>>("Names") {
            // Names and files take turns; only files are dictionaries.
            let mut entries = names.flex_iter();
            for _ in 0..FILES_MAX {
                let _name = entries.next::<hayro_interpret::hayro_syntax::object::String<'_>>();
                let Some(file) = entries.next::<Dict<'_>>() else { break };
                files.push(file);
            }
        }
        if let Some(kids) = node.get::<Array<'_>>("Kids") {
            let mut kids: Vec<Dict<'a>> = kids.iter::<Dict<'_>>().take(NODES_MAX).collect();
            kids.reverse();
            open.extend(kids);
        }
    }
}

/// Source: ISO 32000-2, 14.13.
fn associated_files<'a>(holder: &Dict<'a>, files: &mut Vec<Dict<'a>>) {
    if let Some(associated) = holder.get::<Array<'_>>("AF") {
        files.extend(associated.iter::<Dict<'_>>().take(FILES_MAX));
    } else {
        files.extend(holder.get::<Dict<'_>>("AF"));
    }
}

/// The content of a file specification. Source: ISO 32000-1, 7.11.3.
fn content(file: &Dict<'_>) -> Option<Vec<u8>> {
    let embedded = file.get::<Dict<'_>>("EF")?;
    let stream = embedded.get::<Stream<'_>>("UF").or_else(|| embedded.get::<Stream<'_>>("F"))?;
    let is_other = stream.dict().get::<Name<'_>>("Subtype").is_some_and(|subtype| {
        let subtype = subtype.as_str().to_ascii_lowercase();
        subtype.starts_with("image") || subtype.starts_with("video") || subtype.ends_with("pdf")
    });
    if is_other || stream.raw_data().len() > STORED_BYTES_MAX {
        return None;
    }
    Some(stream.decoded_data().ok()?.into_owned())
}
