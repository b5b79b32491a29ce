//! PDF: the text layer with places, and pages as pictures where there is none.
#![expect(clippy::float_arithmetic, reason = "places on a page are geometry; nothing here is money")]

mod fonts;
mod plain;
mod words;

use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, TransformExt,
    hayro_syntax::{LoadPdfError, Pdf, page::Page as PdfPage},
    interpret_page,
    kurbo::{Affine, Rect},
};
use image::{DynamicImage, RgbaImage};

use self::{
    fonts::Fonts,
    words::{Collector, UNMAPPED},
};
use super::{Limits, ReadError};
use crate::model::page::{Page, Source, Word};

/// Pixels an inch: enough for Tesseract on a scan, and the unit of every area on the page.
const PIXELS_PER_POINT: f64 = 200.0 / 72.0;
/// Fewer letters and digits than this are a stamp or a page number, not a text layer.
const LETTERS_MIN: usize = 12;
/// With a picture over most of the page, this many are needed: scanners print a line of their own.
const LETTERS_OVER_PICTURE_MIN: usize = 120;
/// A picture over this share of the page, in hundredths, makes it a scan.
const PICTURE_SHARE_PERCENT: f64 = 60.0;
/// The last mark of a PDF is sought in so many bytes at its end; viewers look in 1,024.
const TAIL_BYTES: usize = 4_096;

/// An opened PDF.
pub struct Document {
    pdf: Pdf,
    scale: f64,
}

impl Document {
    /// Opens a PDF.
    ///
    /// # Errors
    /// It is damaged, locked, empty, or has more pages than allowed.
    pub fn open(bytes: Vec<u8>, limits: Limits) -> Result<Self, ReadError> {
        let pdf = Pdf::new(bytes).map_err(|error| match error {
            LoadPdfError::Decryption(_) => ReadError::PdfEncrypted,
            LoadPdfError::Invalid => ReadError::PdfDamaged,
        })?;
        let pages = u32::try_from(pdf.pages().len()).unwrap_or(u32::MAX);
        if pages == 0 {
            return Err(ReadError::PdfDamaged);
        }
        if pages > limits.pages_max {
            return Err(ReadError::PagesTooMany { pages, pages_max: limits.pages_max });
        }
        Ok(Self { pdf, scale: PIXELS_PER_POINT })
    }

    /// How many pages it has; at least one.
    #[must_use]
    pub fn pages(&self) -> u32 {
        u32::try_from(self.pdf.pages().len()).unwrap_or(u32::MAX)
    }

    /// The XML of the e-invoices inside it, each once.
    #[must_use]
    pub fn einvoices(&self) -> Vec<Vec<u8>> {
        super::einvoice::in_pdf(&self.pdf)
    }

    /// What it says about an e-invoice inside it; nothing where it speaks of none.
    #[must_use]
    pub fn einvoice_claim(&self) -> Option<super::einvoice::Claim> {
        super::einvoice::claim_of_pdf(&self.pdf)
    }

    /// What is amiss with how it holds its e-invoice.
    #[must_use]
    pub fn einvoice_envelope(&self) -> Vec<crate::model::finding::Finding> {
        super::einvoice::envelope_of_pdf(&self.pdf)
    }

    /// What reads the text layers of its pages.
    #[must_use]
    pub fn texts(&self) -> Texts<'_> {
        Texts { document: self, fonts: Fonts::new(), cache: InterpreterCache::new() }
    }

    /// A page as a picture, in the pixels that its text counts in. Pages count from one.
    ///
    /// # Errors
    /// The page is missing or larger than allowed.
    pub fn page_picture(&self, number: u32, limits: Limits) -> Result<DynamicImage, ReadError> {
        let page = self.pdf.pages().get(index(number)).ok_or(ReadError::PdfDamaged)?;
        let (width, height) = page.render_dimensions();
        let (width, height) = (pixels(f64::from(width) * self.scale), pixels(f64::from(height) * self.scale));
        let sides_fit = width <= u32::from(u16::MAX) && height <= u32::from(u16::MAX);
        if !sides_fit || u64::from(width) * u64::from(height) > limits.pixels_max {
            return Err(ReadError::ImageTooLarge { pixels_max: limits.pixels_max });
        }
        #[expect(clippy::cast_possible_truncation, reason = "a scale of about three fits either float")]
        let scale = self.scale as f32;
        let settings =
            PixmapSettings { x_scale: scale, y_scale: scale, bg_color: hayro::vello_cpu::color::palette::css::WHITE };
        let interpreter = InterpreterSettings::default();
        let pixmap = render(page, &RenderCache::new(), &interpreter, &RenderSettings::default(), &settings);
        let (width, height) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
        let rgba = RgbaImage::from_raw(width, height, pixmap.data_as_u8_slice().to_vec());
        rgba.map(DynamicImage::ImageRgba8).ok_or(ReadError::PdfDamaged)
    }
}

/// Reads the text layers of a document's pages; what they share is taken apart once.
pub struct Texts<'d> {
    document: &'d Document,
    fonts: Fonts,
    cache: InterpreterCache<'d>,
}

impl<'d> Texts<'d> {
    /// The words of a page's text layer; a page without one has none. Pages count from one.
    #[must_use]
    pub fn page(&self, number: u32) -> Page {
        self.words(number, |page, transform, bounds| {
            self.plain(page, transform, bounds).or_else(|| Some(self.whole(page, transform, bounds)))
        })
        .unwrap_or(Page { number, width: 0, height: 0, source: Source::PdfText, words: Vec::new() })
    }

    /// The words of a page, drawn as is said; nothing where there is no such page, or it cannot be drawn so.
    fn words(&self, number: u32, draw: impl FnOnce(&PdfPage<'d>, Affine, Rect) -> Option<Collector>) -> Option<Page> {
        let page = self.document.pdf.pages().get(index(number))?;
        let scale = self.document.scale;
        let (width, height) = page.render_dimensions();
        let (width, height) = (f64::from(width) * scale, f64::from(height) * scale);
        let transform = Affine::scale(scale) * page.initial_transform(true).to_kurbo();
        let mut collector = draw(page, transform, Rect::new(0.0, 0.0, width, height))?;
        let mut words = collector.finish();
        if collector_is_scan(&collector.picture_share, &words) {
            words.clear();
        }
        Some(Page { number, width: pixels(width), height: pixels(height), source: Source::PdfText, words })
    }

    /// The page, where the dictionaries of its fonts say enough.
    fn plain(&self, page: &PdfPage<'d>, transform: Affine, bounds: Rect) -> Option<Collector> {
        let mut collector = Collector::on(bounds);
        plain::draw(&self.document.pdf, page, transform, &self.fonts, &mut collector)?;
        Some(collector)
    }

    /// The page as it is drawn, with everything on it.
    fn whole(&self, page: &PdfPage<'d>, transform: Affine, bounds: Rect) -> Collector {
        let mut collector = Collector::on(bounds);
        let xref = self.document.pdf.xref();
        let mut context = Context::new(transform, bounds, &self.cache, xref, InterpreterSettings::default());
        interpret_page(page, &mut context, &mut collector);
        collector
    }
}

/// Whether the file ends as a PDF does, with the place of its table of objects or its last mark (ISO 32000-1, 7.5.5).
/// Programs add a little behind that; a file that was cut off has neither.
#[must_use]
pub fn is_whole(bytes: &[u8]) -> bool {
    let tail = bytes.get(bytes.len().saturating_sub(TAIL_BYTES)..).unwrap_or(bytes);
    let holds = |mark: &[u8]| tail.windows(mark.len()).any(|part| part == mark);
    holds(b"startxref") || holds(b"%%EOF")
}

/// Whether the words of a page are a text layer worth trusting over a picture of it.
#[must_use]
pub fn is_text_layer(page: &Page) -> bool {
    let characters = || page.words.iter().flat_map(|word| word.text.chars());
    let known = characters().filter(|c| c.is_alphanumeric()).count();
    let unmapped = characters().filter(|c| *c == UNMAPPED).count();
    known >= LETTERS_MIN && unmapped * 5 < known
}

fn collector_is_scan(picture_share: &f64, words: &[Word]) -> bool {
    let letters = words.iter().flat_map(|word| word.text.chars()).filter(|c| c.is_alphanumeric()).count();
    *picture_share >= PICTURE_SHARE_PERCENT && letters < LETTERS_OVER_PICTURE_MIN
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX).saturating_sub(1)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits first")]
fn pixels(length: f64) -> u32 {
    length.clamp(0.0, f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod plain_tests;
#[cfg(test)]
mod tests;
