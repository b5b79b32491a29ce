//! XML bytes become a small tree of elements, with limits, without document types, and with namespaces resolved.
//!
//! Only what an invoice needs is kept: names, text, four attributes. Elements outside the standard's namespaces are
//! never found by a lookup, whatever their prefix; they are counted, because a valid invoice has none.

use std::borrow::Cow;

use quick_xml::{
    Error, NsReader, XmlVersion,
    events::{BytesStart, Event},
    name::{NamespaceError, ResolveResult},
};

use super::EInvoiceError;

/// The most bytes an e-invoice may have; attachments inside it included.
const XML_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The most bytes that are looked at to tell what an XML is; comments may stand before the first element.
const SNIFF_BYTES_MAX: usize = 64 * 1024;
/// The most elements that may stand inside each other; the standards use about ten.
const DEPTH_MAX: usize = 64;
/// The most elements; a line of an invoice has about forty.
const ELEMENTS_MAX: usize = 400_000;
/// The most attributes of one element, declarations of namespaces included; real files have about twenty.
const ATTRIBUTES_MAX: usize = 128;
/// The most declarations of namespaces that may hold at one place; each lookup goes through all of them.
const NAMESPACES_MAX: usize = 128;
/// The most bytes of text in one element, attachments excepted.
const TEXT_BYTES_MAX: usize = 256 * 1024;
/// The most elements outside the standard that are named in a finding.
const FOREIGN_NAMED_MAX: usize = 3;

/// The attributes that say something about a value.
const ATTRIBUTES_KEPT: [&str; 4] = ["currencyID", "schemeID", "format", "unitCode"];
/// Elements that hold a whole file as text, which nobody here reads.
const ATTACHMENTS: [&str; 2] = ["EmbeddedDocumentBinaryObject", "AttachmentBinaryObject"];
/// The one place where UBL allows elements of anybody's making.
const EXTENSIONS: &str = "UBLExtensions";
/// The namespace and first element of the envelope in which networks carry one document, and all of its header's
/// elements. Sources: UN/CEFACT Standard Business Document Header 1.3; Peppol Business Message Envelope 2.0.
const ENVELOPE: (&str, &str) =
    ("http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader", "StandardBusinessDocument");

/// Which language the invoice is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Syntax {
    /// OASIS UBL 2, an invoice.
    UblInvoice,
    /// OASIS UBL 2, a credit note.
    UblCreditNote,
    /// UN/CEFACT Cross Industry Invoice: Factur-X, ZUGFeRD 2, XRechnung.
    Cii,
    /// ZUGFeRD 1, made before the European standard.
    Zugferd1,
}

impl Syntax {
    /// The language of a file whose first element has this name in this namespace.
    fn of_root(namespace: &str, name: &str) -> Option<Self> {
        match (namespace, name) {
            ("urn:oasis:names:specification:ubl:schema:xsd:Invoice-2", "Invoice") => Some(Self::UblInvoice),
            ("urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2", "CreditNote") => Some(Self::UblCreditNote),
            ("urn:ferd:CrossIndustryDocument:invoice:1p0", "CrossIndustryDocument") => Some(Self::Zugferd1),
            (_, "CrossIndustryInvoice") if namespace.starts_with("urn:un:unece:uncefact:data:standard:") => {
                Some(Self::Cii)
            }
            _ => None,
        }
    }

    /// Whether a namespace belongs to the language.
    fn owns(self, namespace: &str) -> bool {
        let un = namespace.starts_with("urn:un:unece:uncefact:");
        match self {
            Self::UblInvoice | Self::UblCreditNote => {
                namespace.starts_with("urn:oasis:names:specification:ubl:schema:xsd:")
            }
            Self::Cii => un,
            Self::Zugferd1 => un || namespace.starts_with("urn:ferd:CrossIndustryDocument:"),
        }
    }
}

/// One element with everything in it.
#[derive(Debug, Default)]
pub(super) struct Element {
    name: String,
    standard: bool,
    attributes: Vec<(&'static str, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// The first element at the end of a path of names.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        self.all(path).into_iter().next()
    }

    /// Every element at the end of a path of names, through every element on the way.
    pub(super) fn all(&self, path: &[&str]) -> Vec<&Self> {
        path.iter().fold(vec![self], |found, name| found.into_iter().flat_map(|element| element.named(name)).collect())
    }

    /// The children of this name, in order.
    pub(super) fn named(&self, name: &str) -> Vec<&Self> {
        self.children.iter().filter(|child| child.standard && child.name == name).collect()
    }

    /// The text in one line, without spaces around it; none where there is nothing else.
    pub(super) fn text(&self) -> Option<String> {
        let line = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        (!line.is_empty()).then_some(line)
    }

    /// Whether elements stand in the middle of its text. No value of a standard is so, and what is left of it when
    /// they are taken out may be another value.
    pub(super) fn is_mixed(&self) -> bool {
        !self.children.is_empty() && !self.text.trim().is_empty()
    }

    /// The text of the first element at the end of a path.
    pub(super) fn text_at(&self, path: &[&str]) -> Option<String> {
        self.all(path).into_iter().find_map(Self::text)
    }

    /// An attribute's value; one of [`ATTRIBUTES_KEPT`].
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

/// A whole file.
#[derive(Debug)]
pub(super) struct Tree {
    /// Its language.
    pub(super) syntax: Syntax,
    /// Its first element.
    pub(super) root: Element,
    /// The names of some elements outside the standard.
    pub(super) foreign: Vec<String>,
}

/// What language the bytes are written in, by their first element alone.
pub(super) fn syntax(bytes: &[u8]) -> Option<Syntax> {
    let start = bytes.get(..SNIFF_BYTES_MAX).unwrap_or(bytes);
    // The cut may go through a character; what matters stands before it.
    let text = decode(start).ok().or_else(|| Some(String::from_utf8_lossy(start)))?;
    let text = text.trim_start_matches(BYTE_ORDER_MARK).trim_start();
    if !text.starts_with('<') {
        return None;
    }
    let mut reader = NsReader::from_str(text);
    let mut enveloped = false;
    loop {
        match reader.read_resolved_event().ok()? {
            (ResolveResult::Bound(namespace), Event::Start(start)) => {
                enveloped |= (namespace.0, start.local_name().as_ref()) == ENVELOPE;
                if !enveloped || namespace.0 != ENVELOPE.0 {
                    return Syntax::of_root(namespace.0, start.local_name().as_ref());
                }
            }
            (_, Event::End(_) | Event::Empty(_)) if enveloped => {}
            (
                _,
                Event::Comment(_)
                | Event::Decl(_)
                | Event::PI(_)
                | Event::DocType(_)
                | Event::Text(_)
                | Event::CData(_)
                | Event::GeneralRef(_),
            ) => {}
            (_, Event::Start(_) | Event::End(_) | Event::Empty(_) | Event::Eof) => return None,
        }
    }
}

/// Whether the bytes begin as an XML file does.
pub(super) fn is_xml(bytes: &[u8]) -> bool {
    let start = bytes.get(..128).unwrap_or(bytes);
    let text = match decode(start) {
        Ok(text) => text,
        Err(_) => String::from_utf8_lossy(start),
    };
    text.trim_start_matches(BYTE_ORDER_MARK).trim_start().starts_with("<?xml") || syntax(bytes).is_some()
}

/// Reads a whole file.
///
/// # Errors
/// It is not well-formed, not an invoice, has a document type, or is over a limit.
pub(super) fn tree(bytes: &[u8]) -> Result<Tree, EInvoiceError> {
    if bytes.len() > XML_BYTES_MAX {
        return Err(EInvoiceError::TooLarge { what: "bytes", limit: XML_BYTES_MAX });
    }
    let text = decode(bytes)?;
    // Some programs pad with zero bytes or start with an empty line.
    let text = text.trim_start_matches(BYTE_ORDER_MARK).trim_start().trim_end_matches('\0');
    if let Some(character) = text.chars().find(|character| !allowed(*character)) {
        return Err(damaged(format!("it contains the character number {}", u32::from(character))));
    }
    let mut builder = Builder::default();
    let mut reader = NsReader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    reader.resolver_mut().set_max_namespace_bindings(NAMESPACES_MAX);
    loop {
        let (space, event) = reader.read_resolved_event().map_err(unreadable)?;
        match event {
            Event::Start(start) => builder.open(&space, &start)?,
            Event::End(_) => builder.close()?,
            Event::Text(text) => builder.text(&text.xml10_content())?,
            Event::CData(text) => builder.text(&text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref().map_err(|error| damaged(error.to_string()))? {
                    Some(character) if allowed(character) => character,
                    Some(_) => return Err(damaged("it refers to a character that XML forbids".to_owned())),
                    None => predefined(&reference).ok_or_else(|| damaged(format!("&{}; is unknown", &*reference)))?,
                };
                builder.text(resolved.encode_utf8(&mut [0; 4]))?;
            }
            Event::DocType(_) => return Err(EInvoiceError::DocumentType),
            // Empty elements come as a start and an end.
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_) => {}
            Event::Eof => return builder.finish(),
        }
    }
}

/// Puts elements together as they are opened and closed.
#[derive(Default)]
struct Builder {
    syntax: Option<Syntax>,
    enveloped: bool,
    open: Vec<Element>,
    root: Option<Element>,
    elements: usize,
    extensions: usize,
    foreign: Vec<String>,
}

impl Builder {
    fn open(&mut self, space: &ResolveResult<'_>, start: &BytesStart<'_>) -> Result<(), EInvoiceError> {
        self.elements += 1;
        if self.elements > ELEMENTS_MAX {
            return Err(EInvoiceError::TooLarge { what: "elements", limit: ELEMENTS_MAX });
        }
        if self.open.len() >= DEPTH_MAX {
            return Err(EInvoiceError::TooLarge { what: "elements inside each other", limit: DEPTH_MAX });
        }
        let name = start.local_name().as_ref().to_owned();
        let namespace = match space {
            ResolveResult::Bound(namespace) => namespace.0,
            ResolveResult::Unbound => "",
            ResolveResult::Unknown(prefix) => return Err(damaged(format!("the prefix {prefix} is not declared"))),
        };
        if self.open.is_empty() && self.root.is_some() {
            return Err(damaged("there is something after its end".to_owned()));
        }
        if self.is_envelope(namespace, &name)? {
            self.open.push(Element { name, ..Element::default() });
            return Ok(());
        }
        let syntax = match self.syntax {
            Some(syntax) => syntax,
            None => {
                let found = Syntax::of_root(namespace, &name);
                *self.syntax.insert(found.ok_or_else(|| EInvoiceError::NotAnInvoice { root: shortened(&name) })?)
            }
        };
        let standard = syntax.owns(namespace);
        if !standard && self.extensions == 0 && self.foreign.len() < FOREIGN_NAMED_MAX {
            self.foreign.push(shortened(&name));
        }
        self.extensions += usize::from(self.extensions > 0 || name == EXTENSIONS);
        let attributes = attributes(start)?;
        self.open.push(Element { name, standard, attributes, ..Element::default() });
        Ok(())
    }

    /// Whether an element that is about to be opened belongs to the envelope, which says nothing of the invoice.
    fn is_envelope(&mut self, namespace: &str, name: &str) -> Result<bool, EInvoiceError> {
        if self.open.is_empty() {
            self.enveloped = (namespace, name) == ENVELOPE;
            return Ok(self.enveloped);
        }
        let is_beside = self.enveloped && self.open.len() == 1;
        if is_beside && self.root.is_some() {
            return Err(damaged("its envelope holds more than one document".to_owned()));
        }
        Ok(self.enveloped && self.syntax.is_none() && (!is_beside || namespace == ENVELOPE.0))
    }

    fn close(&mut self) -> Result<(), EInvoiceError> {
        self.extensions = self.extensions.saturating_sub(1);
        let element = self.open.pop().ok_or_else(|| damaged("an element ends that never began".to_owned()))?;
        let is_document = self.open.len() == usize::from(self.enveloped);
        match self.open.last_mut() {
            Some(parent) if !is_document => parent.children.push(element),
            // What was closed is the invoice, the envelope's header before it or the envelope around it.
            Some(_) | None if is_document && self.syntax.is_some() => self.root = Some(element),
            Some(_) | None => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), EInvoiceError> {
        match self.open.last_mut() {
            Some(element) if ATTACHMENTS.contains(&element.name.as_str()) => Ok(()),
            Some(element) if element.text.len() + text.len() > TEXT_BYTES_MAX => {
                Err(EInvoiceError::TooLarge { what: "bytes of text in one element", limit: TEXT_BYTES_MAX })
            }
            Some(element) => {
                element.text.push_str(text);
                Ok(())
            }
            None if text.trim().is_empty() => Ok(()),
            None => Err(damaged("there is text outside its elements".to_owned())),
        }
    }

    fn finish(self) -> Result<Tree, EInvoiceError> {
        if !self.open.is_empty() {
            return Err(damaged("it is cut off".to_owned()));
        }
        match (self.syntax, self.root) {
            (Some(syntax), Some(root)) => Ok(Tree { syntax, root, foreign: self.foreign }),
            (None, None) if self.enveloped => Err(EInvoiceError::NotAnInvoice { root: ENVELOPE.1.to_owned() }),
            (None, _) | (_, None) => Err(damaged("it is empty".to_owned())),
        }
    }
}

fn attributes(start: &BytesStart<'_>) -> Result<Vec<(&'static str, String)>, EInvoiceError> {
    let mut kept = Vec::new();
    for (attribute, number) in start.attributes().zip(1..) {
        if number > ATTRIBUTES_MAX {
            return Err(EInvoiceError::TooLarge { what: "attributes in one element", limit: ATTRIBUTES_MAX });
        }
        let attribute = attribute.map_err(|error| damaged(error.to_string()))?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| damaged(error.to_string()))?;
        let known = ATTRIBUTES_KEPT.into_iter().find(|known| attribute.key.0 == *known);
        kept.extend(known.map(|known| (known, value.trim().to_owned())));
    }
    Ok(kept)
}

fn predefined(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

/// Source: XML 1.0, production 2.
const fn allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..)
}

fn unreadable(error: Error) -> EInvoiceError {
    if let Error::Namespace(NamespaceError::TooManyBindings(limit)) = error {
        return EInvoiceError::TooLarge { what: "declarations of namespaces", limit };
    }
    damaged(error.to_string())
}

fn damaged(reason: String) -> EInvoiceError {
    EInvoiceError::NotWellFormed { reason }
}

/// A name as a message may show it.
fn shortened(name: &str) -> String {
    name.chars().take(60).collect()
}

const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// Bytes as text: by byte order mark, else by how `<` is written, else as the first line declares.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, EInvoiceError> {
    let utf8 = |bytes| std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| damaged("it is not UTF-8".to_owned()));
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => return utf8(rest),
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => return utf16(bytes, u16::from_le_bytes),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => return utf16(bytes, u16::from_be_bytes),
        _ => {}
    }
    match declared_encoding(bytes).as_deref() {
        None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => utf8(bytes),
        // Programs that build the text in memory declare the encoding it had there; the bytes say otherwise.
        Some("utf-16" | "utf-16le" | "utf-16be") => utf8(bytes),
        // What calls itself ISO 8859-1 is Windows 1252 as often, which only adds letters where that has control signs.
        Some("iso-8859-1" | "latin1" | "latin-1" | "iso_8859-1" | "windows-1252" | "cp1252") => {
            Ok(bytes.iter().map(|byte| windows_1252(*byte)).collect::<String>().into())
        }
        Some("iso-8859-15" | "latin-9" | "latin9") => {
            Ok(bytes.iter().map(|byte| iso_8859_15(*byte)).collect::<String>().into())
        }
        Some(other) => Err(EInvoiceError::Encoding { name: shortened(other) }),
    }
}

fn utf16(bytes: &[u8], order: fn([u8; 2]) -> u16) -> Result<Cow<'_, str>, EInvoiceError> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text: Result<String, _> = char::decode_utf16(pairs.iter().map(|pair| order(*pair))).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(text.into()),
        Ok(_) | Err(_) => Err(damaged("it is not UTF-16".to_owned())),
    }
}

fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let start = String::from_utf8_lossy(bytes.get(..256).unwrap_or(bytes));
    let (declaration, _) = start.trim_start().strip_prefix("<?xml")?.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (name, _) = value.get(1..)?.split_once(quote)?;
    Some(name.trim().to_ascii_lowercase())
}

/// Source: the WHATWG encoding standard, index windows-1252.
fn windows_1252(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
    ];
    let high = byte.checked_sub(0x80).and_then(|index| HIGH.get(usize::from(index)));
    high.copied().unwrap_or(char::from(byte))
}

/// Source: ISO/IEC 8859-15, the eight places where it differs from part 1.
const fn iso_8859_15(byte: u8) -> char {
    match byte {
        0xA4 => '€',
        0xA6 => 'Š',
        0xA8 => 'š',
        0xB4 => 'Ž',
        0xB8 => 'ž',
        0xBC => 'Œ',
        0xBD => 'œ',
        0xBE => 'Ÿ',
        other => other as char,
    }
}
