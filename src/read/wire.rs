//! What goes between vouch and its reader processes: frames of a length and bytes; the first frame is JSON.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Limits, Options, ReadError, Reader, Reading, Several};
use super::{einvoice::EInvoiceError, facts_wire::FactsRow};
use crate::model::{
    media::MediaType,
    page::{Area, Confidence, Look, Page, Source, Spot, Word},
};

/// No frame is longer: a file of the largest size and then some.
pub(super) const FRAME_BYTES_MAX: u32 = 512 * 1024 * 1024;

/// What vouch asks of a reader process.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Ask {
    /// A file to read; its bytes follow in the next frame.
    Read(Request),
    /// What is at these places of the last file, as page, left, top, width, height.
    Look(Vec<[u32; 5]>),
}

/// A place as it is written.
pub(super) const fn spot_row(spot: Spot) -> [u32; 5] {
    [spot.page, spot.area.left, spot.area.top, spot.area.width, spot.area.height]
}

/// The place that was written.
pub(super) const fn spot_of([page, left, top, width, height]: [u32; 5]) -> Spot {
    Spot { page, area: Area { left, top, width, height } }
}

/// What the witness answers: a place and its words.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LookRow {
    spot: [u32; 5],
    words: Vec<WordRow>,
}

impl From<&Look> for LookRow {
    fn from(look: &Look) -> Self {
        Self { spot: spot_row(look.spot), words: look.words.iter().map(word_row).collect() }
    }
}

impl From<LookRow> for Look {
    fn from(row: LookRow) -> Self {
        Self { spot: spot_of(row.spot), words: row.words.into_iter().map(word_of).collect() }
    }
}

/// How one file is to be read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Request {
    media_type: String,
    reader: String,
    pages_max: u32,
    pixels_max: u64,
    pictures: bool,
    several: String,
}

impl Request {
    pub(super) fn new(media_type: MediaType, options: Options) -> Self {
        Self {
            media_type: media_type.name().to_owned(),
            reader: options.reader.name().to_owned(),
            pages_max: options.limits.pages_max,
            pixels_max: options.limits.pixels_max,
            pictures: options.pictures,
            several: options.several.name().to_owned(),
        }
    }

    /// The media type and options; `None` when a version of vouch wrote it that this one does not know.
    pub(super) fn into_parts(self) -> Option<(MediaType, Options)> {
        let limits = Limits { pages_max: self.pages_max, pixels_max: self.pixels_max };
        let reader = Reader::from_name(&self.reader)?;
        let several = Several::from_name(&self.several)?;
        Some((MediaType::from_name(&self.media_type)?, Options { reader, limits, pictures: self.pictures, several }))
    }
}

/// What the reader process answers; as many frames with pictures follow as it says, reading by reading.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Answer {
    Read(Vec<ReadingRow>),
    Failed(Failure),
    /// There are pictures to be read, which this program cannot.
    Pictures,
}

/// One reading on its way: of the whole file, or of one of several papers in one picture.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ReadingRow {
    pages: Vec<PageRow>,
    facts: Vec<FactsRow>,
    /// So many frames with pictures of pages follow, ...
    pub(super) pictures: usize,
    /// ... and then one with the paper's own picture.
    pub(super) cut: bool,
    decode_us: u64,
    recognise_us: u64,
}

impl ReadingRow {
    fn new(reading: &Reading) -> Self {
        let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        Self {
            pages: reading.pages.iter().map(PageRow::from).collect(),
            facts: reading.facts.iter().map(FactsRow::from).collect(),
            pictures: reading.pictures.len(),
            cut: reading.cut.is_some(),
            decode_us: micros(reading.decode),
            recognise_us: micros(reading.recognise),
        }
    }

    /// The reading, still without its pictures.
    pub(super) fn into_reading(self) -> Reading {
        Reading {
            pages: self.pages.into_iter().map(Page::from).collect(),
            facts: self.facts.into_iter().filter_map(FactsRow::into_facts).collect(),
            recognise: Duration::from_micros(self.recognise_us),
            ..Reading::empty(Duration::from_micros(self.decode_us))
        }
    }
}

/// A [`ReadError`] on its way.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Failure {
    DamagedImage,
    ImageTooLarge { pixels_max: u64 },
    SeveralReceipts { count: u32 },
    PdfEncrypted,
    PdfDamaged,
    PagesTooMany { pages: u32, pages_max: u32 },
    ReaderMissing { reason: String },
    EInvoice { code: String, message: String },
    ReaderCrashed,
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::DamagedImage => Self::DamagedImage,
            ReadError::ImageTooLarge { pixels_max } => Self::ImageTooLarge { pixels_max },
            ReadError::SeveralReceipts { count } => Self::SeveralReceipts { count },
            ReadError::PdfEncrypted => Self::PdfEncrypted,
            ReadError::PdfDamaged => Self::PdfDamaged,
            ReadError::PagesTooMany { pages, pages_max } => Self::PagesTooMany { pages, pages_max },
            ReadError::ReaderMissing { reason } => Self::ReaderMissing { reason },
            ReadError::EInvoice { code, message } => Self::EInvoice { code: code.to_owned(), message },
            // A process never says these two of itself.
            ReadError::ReaderCrashed | ReadError::ReaderTimeout { .. } => Self::ReaderCrashed,
        }
    }
}

impl From<Failure> for ReadError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::DamagedImage => Self::DamagedImage,
            Failure::ImageTooLarge { pixels_max } => Self::ImageTooLarge { pixels_max },
            Failure::SeveralReceipts { count } => Self::SeveralReceipts { count },
            Failure::PdfEncrypted => Self::PdfEncrypted,
            Failure::PdfDamaged => Self::PdfDamaged,
            Failure::PagesTooMany { pages, pages_max } => Self::PagesTooMany { pages, pages_max },
            Failure::ReaderMissing { reason } => Self::ReaderMissing { reason },
            Failure::EInvoice { code, message } => {
                match EInvoiceError::CODES.into_iter().find(|known| *known == code) {
                    Some(code) => Self::EInvoice { code, message },
                    None => Self::ReaderCrashed,
                }
            }
            Failure::ReaderCrashed => Self::ReaderCrashed,
        }
    }
}

/// Text, left, top, width, height, confidence, line.
type WordRow = (String, u32, u32, u32, u32, u16, u32);

fn word_row(word: &Word) -> WordRow {
    let area = word.area;
    (word.text.clone(), area.left, area.top, area.width, area.height, word.confidence.per_mille(), word.line)
}

fn word_of((text, left, top, width, height, confidence, line): WordRow) -> Word {
    let area = Area { left, top, width, height };
    Word { text, area, confidence: Confidence::from_per_mille(confidence), line }
}

/// A page with its words.
#[derive(Debug, Serialize, Deserialize)]
pub struct PageRow {
    number: u32,
    width: u32,
    height: u32,
    source: String,
    words: Vec<WordRow>,
}

impl From<&Page> for PageRow {
    fn from(page: &Page) -> Self {
        Self {
            number: page.number,
            width: page.width,
            height: page.height,
            source: page.source.name().to_owned(),
            words: page.words.iter().map(word_row).collect(),
        }
    }
}

impl From<PageRow> for Page {
    fn from(row: PageRow) -> Self {
        Self {
            number: row.number,
            width: row.width,
            height: row.height,
            source: Source::from_name(&row.source).unwrap_or(Source::Tesseract),
            words: row.words.into_iter().map(word_of).collect(),
        }
    }
}

impl Answer {
    /// The answer's JSON part and the pictures that follow it.
    pub(super) fn from_result(result: Result<Vec<Reading>, ReadError>) -> (Self, Vec<Vec<u8>>) {
        match result {
            Ok(readings) => {
                let answer = Self::Read(readings.iter().map(ReadingRow::new).collect());
                let frames = readings.into_iter().flat_map(|reading| reading.pictures.into_iter().chain(reading.cut));
                (answer, frames.collect())
            }
            Err(error) => (Self::Failed(error.into()), Vec::new()),
        }
    }
}
