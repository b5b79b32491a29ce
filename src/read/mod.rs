//! Read: a file's bytes become pages of words with places.
//!
//! A PDF with a text layer is read from it and never recognised optically; scanned PDFs and pictures go to the neural
//! reader, or to Tesseract where that is not installed. The functions here run inside a reader process (`process`):
//! libraries written in C will one day crash or hang on somebody's file, and then that file costs itself only. A further
//! reader is one more file here, one more variant of [`Reader`], and one more arm in `document`.

pub mod early;
pub mod edited;
pub mod einvoice;
mod engines;
mod facts_wire;
pub mod halve;
mod heic;
mod jpeg;
pub mod pdf_text;
mod picture;
pub mod ppocr;
pub mod process;
pub mod qr;
pub mod raster;
mod several;
pub mod tiff;
pub mod wire;

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use image::DynamicImage;

pub use self::engines::{Engines, PixelReader};
use crate::{
    config::Config,
    model::{
        fact::Facts,
        field::DocumentKind,
        finding::{Finding, Severity},
        media::MediaType,
        page::{Look, Page, Source},
    },
};

/// Which reader to use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The most trusted one that can read the file.
    Auto,
    /// The neural reader, even where a text layer exists.
    PpOcr,
    /// Tesseract, even where a text layer exists.
    Tesseract,
}

impl Reader {
    /// The name on the command line and between processes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::PpOcr => "pp_ocr",
            Self::Tesseract => "tesseract",
        }
    }

    /// The reader with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Auto, Self::PpOcr, Self::Tesseract].into_iter().find(|reader| reader.name() == name)
    }
}

/// The limits of one reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most pages a document may have.
    pub pages_max: u32,
    /// The most pixels a page may have.
    pub pixels_max: u64,
}

impl Limits {
    /// Those of the settings.
    #[must_use]
    pub const fn of(config: &Config) -> Self {
        Self { pages_max: config.pages_max, pixels_max: config.pixels_max }
    }
}

/// How a file is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Which reader.
    pub reader: Reader,
    /// The limits.
    pub limits: Limits,
    /// Whether to make a picture of each page for people to look at.
    pub pictures: bool,
    /// What to do with several papers in one picture.
    pub several: Several,
}

/// What to do with several papers in one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Several {
    /// Each is a document of its own.
    Divide,
    /// A person, or an earlier reading, said that there is one.
    One,
}

impl Several {
    /// The name between processes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Divide => "divide",
            Self::One => "one",
        }
    }

    /// The one with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Divide, Self::One].into_iter().find(|several| several.name() == name)
    }
}

/// What a reader saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The pages, in order.
    pub pages: Vec<Page>,
    /// A JPEG of each page, in order; empty when none were asked for.
    pub pictures: Vec<Vec<u8>>,
    /// Of one of several papers in one picture: its own picture in full, cut out and upright, as a JPEG; nothing when no
    /// pictures were asked for.
    pub cut: Option<Vec<u8>>,
    /// What machine-readable parts of the file state outright, the most trusted first.
    pub facts: Vec<Facts>,
    /// What a second reader saw at the places it was shown; empty when nobody asked.
    pub looks: Vec<Look>,
    /// Time spent turning bytes into pixels.
    pub decode: Duration,
    /// Time spent turning pixels or glyphs into words.
    pub recognise: Duration,
}

/// The code of [`ReadError::SeveralReceipts`].
pub const SEVERAL_RECEIPTS: &str = "several_receipts";

/// Why a file could not be read. Each has a code that programs can rely on and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The picture's bytes are damaged or cut short.
    #[error("The picture is damaged or incomplete; take or scan it again.")]
    DamagedImage,
    /// The picture has too many pixels.
    #[error("A page has more than {pixels_max} pixels; scan it at a lower resolution.")]
    ImageTooLarge {
        /// How many it may have.
        pixels_max: u64,
    },
    /// Several receipts lie in one picture, and where one ends and another begins is not sure, or there are too many.
    #[error(
        "The picture seems to show {count} receipts, too close, cut off or too many to be divided; take or cut out a \
        picture of each."
    )]
    SeveralReceipts {
        /// How many were seen.
        count: u32,
    },
    /// The PDF needs a password.
    #[error("The PDF is locked with a password; save a copy without one and upload that.")]
    PdfEncrypted,
    /// The PDF is damaged.
    #[error("The PDF is damaged or has no pages; print or export it again.")]
    PdfDamaged,
    /// Too many pages.
    #[error("The document has {pages} pages; the limit is {pages_max}. Split it and upload the parts.")]
    PagesTooMany {
        /// How many it has.
        pages: u32,
        /// How many it may have.
        pages_max: u32,
    },
    /// Tesseract or one of its languages is missing.
    #[error("The text reader could not start: {reason}. Run `vouch doctor` to see what is missing.")]
    ReaderMissing {
        /// What it said.
        reason: String,
    },
    /// The e-invoice cannot be read.
    #[error("{message}")]
    EInvoice {
        /// Which trouble.
        code: &'static str,
        /// The sentence for people.
        message: String,
    },
    /// The reader ended by itself, twice.
    #[error("The reader failed on this file, twice; type the values in from the picture.")]
    ReaderCrashed,
    /// The reader took too long, twice.
    #[error("The reader needed more than {seconds} seconds on this file; type the values in from the picture.")]
    ReaderTimeout {
        /// The limit.
        seconds: u64,
    },
}

impl ReadError {
    /// The code that programs can rely on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::DamagedImage => "damaged_image",
            Self::ImageTooLarge { .. } => "image_too_large",
            Self::SeveralReceipts { .. } => SEVERAL_RECEIPTS,
            Self::PdfEncrypted => "pdf_encrypted",
            Self::PdfDamaged => "pdf_damaged",
            Self::PagesTooMany { .. } => "pages_too_many",
            Self::ReaderMissing { .. } => "reader_missing",
            Self::EInvoice { code, .. } => code,
            Self::ReaderCrashed => "reader_crashed",
            Self::ReaderTimeout { .. } => "reader_timeout",
        }
    }
}

impl From<einvoice::EInvoiceError> for ReadError {
    fn from(error: einvoice::EInvoiceError) -> Self {
        Self::EInvoice { code: error.code(), message: error.to_string() }
    }
}

/// Reads a whole file. Runs in a reader process; `engines` are what it keeps warm. One reading is of the whole file;
/// several are of as many papers in one picture, in reading order.
///
/// # Errors
/// The file cannot be read; the variants say why.
pub fn document(
    bytes: Vec<u8>,
    media_type: MediaType,
    options: Options,
    engines: &mut Engines,
) -> Result<Vec<Reading>, ReadError> {
    engines.begin();
    match media_type {
        // With engines every page can be read.
        MediaType::Pdf => pdf(bytes, options, Some(engines))?.ok_or(ReadError::ReaderCrashed),
        MediaType::Xml => Ok(vec![xml(&bytes)?]),
        MediaType::Heic => {
            let started = Instant::now();
            let picture = heic::decode(&bytes, options.limits.pixels_max).map_err(|error| match error {
                heic::HeicError::TooLarge { .. } => ReadError::ImageTooLarge { pixels_max: options.limits.pixels_max },
                heic::HeicError::Damaged | heic::HeicError::Unsupported => ReadError::DamagedImage,
            })?;
            several::photo(picture, started, options, engines)
        }
        MediaType::Jpeg | MediaType::Png | MediaType::WebP => {
            let started = Instant::now();
            let picture = raster::decode(&bytes, media_type, options.limits)?;
            several::photo(picture, started, options, engines)
        }
        MediaType::Tiff => tiff_pages(&bytes, options, engines),
    }
}

/// Reads a TIFF page by page; the papers on the only page of one are parted.
fn tiff_pages(bytes: &[u8], options: Options, engines: &mut Engines) -> Result<Vec<Reading>, ReadError> {
    let mut readings = vec![Reading::empty(Duration::ZERO)];
    let started = Instant::now();
    raster::decode_tiff(bytes, options.limits, |(number, pages), picture| {
        if pages == 1 {
            readings = several::scan(picture, options, engines)?;
        } else if let Some(reading) = readings.first_mut() {
            recognise(reading, (number, number), picture, options, engines)?;
        }
        Ok(())
    })?;
    let recognised: Duration = readings.iter().map(|reading| reading.recognise).sum();
    if let Some(first) = readings.first_mut() {
        first.decode = started.elapsed().saturating_sub(recognised);
    }
    Ok(readings)
}

/// Reads a file whose pages are all text, without drawing any; nothing where there are pictures to be read. Runs in a
/// text reader process.
///
/// # Errors
/// The file cannot be read; the variants say why.
pub fn text_document(bytes: Vec<u8>, media_type: MediaType, limits: Limits) -> Result<Option<Vec<Reading>>, ReadError> {
    match media_type {
        MediaType::Pdf => {
            let options = Options { reader: Reader::Auto, limits, pictures: false, several: Several::Divide };
            pdf(bytes, options, None)
        }
        MediaType::Xml => Ok(Some(vec![xml(&bytes)?])),
        MediaType::Jpeg | MediaType::Png | MediaType::Tiff | MediaType::WebP | MediaType::Heic => Ok(None),
    }
}

impl Reading {
    /// Nothing yet, of a file that was decoded in so long.
    pub(crate) const fn empty(decode: Duration) -> Self {
        Self {
            pages: Vec::new(),
            pictures: Vec::new(),
            cut: None,
            facts: Vec::new(),
            looks: Vec::new(),
            decode,
            recognise: Duration::ZERO,
        }
    }
}

/// Reads a picture into the page `number`, and answers it as it stands upright; the witness knows it as page `kept`.
fn recognise(
    reading: &mut Reading,
    (kept, number): (u32, u32),
    picture: DynamicImage,
    options: Options,
    engines: &mut Engines,
) -> Result<DynamicImage, ReadError> {
    let started = Instant::now();
    let recognised = engines.recognise(kept, picture, options.reader)?;
    if options.reader == Reader::Auto {
        reading.facts.extend(qr::read(&recognised.gray, number));
    }
    reading.recognise += started.elapsed();
    if options.pictures {
        reading.pictures.push(raster::preview(&recognised.picture)?);
    }
    reading.pages.push(Page { number, ..recognised.page });
    Ok(recognised.picture)
}

/// What the e-invoice inside a PDF states. One that cannot be used is said, so that nobody takes its picture for it.
fn embedded(document: &pdf_text::Document) -> Option<Facts> {
    let found = document.einvoices();
    let claim = document.einvoice_claim();
    let only = |problem: Finding| Facts {
        source: Source::EInvoice,
        kind: DocumentKind::Unknown,
        page: None,
        area: None,
        fields: Vec::new(),
        line_items: Vec::new(),
        problems: vec![problem],
    };
    let unusable = |message: String| only(Finding::new("V1", Severity::Block, message, &[]));
    match found.as_slice() {
        [] => claim.map(|_| only(einvoice::missing())),
        [xml] => Some(match einvoice::parse_claimed(xml, claim) {
            Ok(mut facts) => {
                facts.problems.extend(document.einvoice_envelope());
                facts
            }
            Err(error) => unusable(error.to_string()),
        }),
        several => Some(unusable(format!(
            "The PDF holds {} e-invoices; split it, or upload the XML of the right one.",
            several.len()
        ))),
    }
}

fn xml(bytes: &[u8]) -> Result<Reading, ReadError> {
    let mut reading = Reading::empty(Duration::ZERO);
    let started = Instant::now();
    reading.facts.push(einvoice::parse(bytes)?);
    reading.recognise = started.elapsed();
    Ok(reading)
}

/// A PDF; nothing where a page has to be read from its picture and there are no engines for that.
fn pdf(bytes: Vec<u8>, options: Options, mut engines: Option<&mut Engines>) -> Result<Option<Vec<Reading>>, ReadError> {
    let started = Instant::now();
    let whole = pdf_text::is_whole(&bytes);
    let document = pdf_text::Document::open(bytes, options.limits)?;
    let mut reading = Reading::empty(started.elapsed());
    reading.facts.extend(embedded(&document));
    let is_alone = document.pages() == 1 && reading.facts.is_empty();
    let texts = document.texts();
    for number in 1..=document.pages() {
        let started = Instant::now();
        let page = texts.page(number);
        reading.recognise += started.elapsed();
        let readable = options.reader == Reader::Auto && pdf_text::is_text_layer(&page);
        if readable {
            if options.pictures {
                let picture = document.page_picture(number, options.limits)?;
                reading.pictures.push(raster::preview(&picture)?);
                // Whether the page shows what its layer says is asked where there is a picture of it anyway.
                if let Some(engines) = engines.as_deref_mut() {
                    engines.keep(number, &Rc::new(picture.to_luma8()));
                }
            }
            reading.pages.push(page);
            continue;
        }
        let Some(engines) = engines.as_deref_mut() else { return Ok(None) };
        let started = Instant::now();
        let picture = document.page_picture(number, options.limits)?;
        reading.decode += started.elapsed();
        if is_alone {
            let mut readings = several::scan(picture, options, engines)?;
            if let [first, rest @ ..] = readings.as_mut_slice() {
                first.decode += reading.decode;
                first.recognise += reading.recognise;
                if !rest.is_empty() {
                    return Ok(Some(readings));
                }
            }
            // The one that there is.
            reading = readings.pop().unwrap_or(reading);
        } else {
            recognise(&mut reading, (number, number), picture, options, engines)?;
        }
    }
    // What is left of a file that was cut off is repaired to empty pages: that is damage, not an empty sheet.
    let blank = reading.facts.is_empty() && reading.pages.iter().all(|page| page.words.is_empty());
    if blank && !whole { Err(ReadError::PdfDamaged) } else { Ok(Some(vec![reading])) }
}
