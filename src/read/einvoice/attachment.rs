//! The e-invoices inside a PDF: its embedded files, found by what they are, not by what they are called.
//!
//! Factur-X and ZUGFeRD call the file `factur-x.xml`, `zugferd-invoice.xml` or `xrechnung.xml`, but programs vary, so
//! every embedded file whose first element is an invoice's counts. It may be named in the name tree of embedded files,
//! in the list of associated files, or in both; or it hangs on a page.

use hayro_interpret::hayro_syntax::{
    Pdf,
    object::{Array, Dict, Name, Stream, String as PdfString},
};

use super::{envelope::FILE_NAMES, invoice::Level, xml};

/// The most embedded files that are looked at.
const FILES_MAX: usize = 100;
/// The most bytes of an embedded file as it is stored, compressed; the memory limit of the reader process bounds what
/// becomes of it.
const STORED_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The most annotations of a page that are looked at.
const ANNOTATIONS_MAX: usize = 1000;
/// The most nodes of the name tree, so that one that loops ends.
const NODES_MAX: usize = 1000;

/// The most bytes of a PDF's own description, as stored and unpacked.
const DESCRIPTION_BYTES_MAX: usize = 1024 * 1024;
/// The names by which a PDF's description says that an e-invoice is in it. Source: Factur-X 1.0 and ZUGFeRD 1.0 and
/// 2.0, the extension schemas for XMP.
pub(super) const SCHEMAS: [&str; 3] = ["urn:factur-x:pdfa:", "urn:zugferd:pdfa:", "urn:ferd:pdfa:"];

/// What a PDF says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// How full it says its e-invoice is; absent where it names no profile that vouch knows.
    pub(super) level: Option<Level>,
}

/// An e-invoice as it lies in a PDF.
pub(super) struct Attached<'a> {
    /// What the PDF says of the file.
    pub(super) file: Dict<'a>,
    pub(super) xml: Vec<u8>,
    /// It stands among the embedded files, where viewers list it.
    pub(super) is_named: bool,
    /// It stands among the files that belong to the document or a page.
    pub(super) is_associated: bool,
}

/// The PDF's description of itself (XMP): empty where there is none, nothing where it cannot be read.
pub(super) fn description(pdf: &Pdf) -> Option<String> {
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
    if !catalog.contains_key("Metadata") {
        return Some(String::new());
    }
    let stream = catalog.get::<Stream<'_>>("Metadata")?;
    if stream.raw_data().len() > DESCRIPTION_BYTES_MAX {
        return None;
    }
    let bytes = stream.decoded_data().ok().filter(|bytes| bytes.len() <= DESCRIPTION_BYTES_MAX)?;
    Some(text_of(&bytes))
}

/// Text in UTF-8, or in UTF-16 where its first two bytes say so. Source: ISO 32000-1, 7.9.2.2.
pub(super) fn text_of(bytes: &[u8]) -> String {
    let units = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.as_chunks().0.iter().map(|pair| unit(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFE, 0xFF, rest @ ..] => units(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => units(rest, u16::from_le_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// What a description says under this name, as an element or an attribute. The schema's own list of its properties has
/// neither sign behind the name.
pub(super) fn described<'a>(description: &'a str, name: &str) -> Option<&'a str> {
    description.split(name).skip(1).find_map(|rest| {
        let element = || rest.strip_prefix('>').and_then(|rest| rest.split_once('<'));
        let quoted = |sign: char| rest.strip_prefix('=')?.strip_prefix(sign)?.split_once(sign);
        element().or_else(|| quoted('"')).or_else(|| quoted('\'')).map(|(value, _)| value.trim())
    })
}

/// What the PDF says about an e-invoice in it, by its description or by what a file in it is called; nothing where it
/// speaks of none.
pub(super) fn claim(pdf: &Pdf) -> Option<Claim> {
    let described = description(pdf)
        .filter(|text| SCHEMAS.iter().any(|schema| text.contains(schema)))
        .and_then(|text| described(&text, "ConformanceLevel").map(|level| Claim { level: Level::claimed(level) }));
    let is_called =
        |file: &Dict<'_>| name(file).is_some_and(|name| FILE_NAMES.iter().any(|names| names.contains(&name.as_str())));
    described.or_else(|| Files::of(pdf)?.all.iter().any(is_called).then_some(Claim { level: None }))
}

/// The files in a PDF, in order of the places where they are named.
struct Files<'a> {
    all: Vec<Dict<'a>>,
    /// How many of them stand among the embedded files.
    named: usize,
    /// How many stand there or belong to the document or a page; the others hang on a page.
    told: usize,
}

impl<'a> Files<'a> {
    fn of(pdf: &'a Pdf) -> Option<Self> {
        let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id())?;
        let mut all = Vec::new();
        named_files(&catalog, &mut all);
        let named = all.len();
        associated_files(&catalog, &mut all);
        for page in pdf.pages().iter().take(FILES_MAX) {
            associated_files(page.raw(), &mut all);
        }
        let told = all.len();
        for page in pdf.pages().iter().take(FILES_MAX) {
            hanging_files(page.raw(), &mut all);
        }
        all.truncate(FILES_MAX);
        Some(Self { all, named, told })
    }
}

/// What a file is called.
pub(super) fn name(file: &Dict<'_>) -> Option<String> {
    let name = file.get::<PdfString<'_>>("UF").or_else(|| file.get("F"))?;
    Some(text_of(name.as_bytes()))
}

/// Every e-invoice in an opened PDF, each once, in order.
pub(super) fn attached(pdf: &Pdf) -> Vec<Attached<'_>> {
    let Some(Files { all, named, told }) = Files::of(pdf) else { return Vec::new() };
    let mut found: Vec<Attached<'_>> = Vec::new();
    for (number, file) in all.into_iter().enumerate() {
        let Some(xml) = content(&file) else { continue };
        if xml::syntax(&xml).is_none() {
            continue;
        }
        let is_named = number < named;
        let is_associated = (named..told).contains(&number);
        match found.iter_mut().find(|other| other.xml == xml) {
            Some(other) => {
                other.is_named |= is_named;
                other.is_associated |= is_associated;
            }
            None => found.push(Attached { file, xml, is_named, is_associated }),
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
                let _name = entries.next::<PdfString<'_>>();
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

/// Files that hang on a page as an annotation, as a person attaches them by hand. Source: ISO 32000-1, 12.5.6.15.
fn hanging_files<'a>(page: &Dict<'a>, files: &mut Vec<Dict<'a>>) {
    let Some(annotations) = page.get::<Array<'_>>("Annots") else { return };
    let hanging = annotations.iter::<Dict<'_>>().take(ANNOTATIONS_MAX).filter(|annotation| {
        annotation.get::<Name<'_>>("Subtype").is_some_and(|subtype| subtype.as_str() == "FileAttachment")
    });
    files.extend(hanging.filter_map(|annotation| annotation.get::<Dict<'_>>("FS")));
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
