//! PDF: the text layer with places, and pages as pictures where there is none.
#![expect(clippy::float_arithmetic, reason = "places on a page are geometry; nothing here is money")]

use hayro::{PixmapSettings, RenderCache, RenderSettings, render};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, TransformExt,
    font::{Glyph, GlyphRun},
    hayro_cmap::BfString,
    hayro_syntax::{LoadPdfError, Pdf},
    interpret_page,
    kurbo::{Affine, BezPath, Rect},
};
use image::{DynamicImage, RgbaImage};

use super::{Limits, ReadError};
use crate::model::page::{Area, Confidence, Page, Source, Word};

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
/// What stands for a glyph whose character is not known.
const UNMAPPED: char = '\u{FFFD}';
/// Text drawn invisibly was recognised by somebody else's reader; it is not proof.
const INVISIBLE: Confidence = Confidence::from_per_mille(800);

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

    /// The words of a page's text layer; a page without one has none. Pages count from one.
    #[must_use]
    pub fn page_text(&self, number: u32) -> Page {
        let Some(page) = self.pdf.pages().get(index(number)) else {
            return Page { number, width: 0, height: 0, source: Source::PdfText, words: Vec::new() };
        };
        let (width, height) = page.render_dimensions();
        let (width, height) = (f64::from(width) * self.scale, f64::from(height) * self.scale);
        let transform = Affine::scale(self.scale) * page.initial_transform(true).to_kurbo();
        let cache = InterpreterCache::new();
        let bounds = Rect::new(0.0, 0.0, width, height);
        let mut context = Context::new(transform, bounds, &cache, self.pdf.xref(), InterpreterSettings::default());
        let mut collector = Collector { page: bounds, ..Collector::default() };
        interpret_page(page, &mut context, &mut collector);
        let mut words = collector.finish();
        if collector_is_scan(&collector.picture_share, &words) {
            words.clear();
        }
        Page { number, width: pixels(width), height: pixels(height), source: Source::PdfText, words }
    }

    /// A page as a picture, in the pixels that `page_text` counts in. Pages count from one.
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

/// Puts glyphs together to words as they are drawn.
#[derive(Default)]
struct Collector {
    page: Rect,
    picture_share: f64,
    words: Vec<Word>,
    line: u32,
    open: Option<OpenWord>,
    recent: Recent,
}

/// How many characters are remembered for telling a second drawing.
const RECENT_CHARACTERS: usize = 64;

/// Where the last few characters stood: bold is often made by drawing twice. Every character is held against all of them,
/// so they lie where several are compared at once.
struct Recent {
    characters: [u32; RECENT_CHARACTERS],
    lefts: [i32; RECENT_CHARACTERS],
    tops: [i32; RECENT_CHARACTERS],
    /// The place of the oldest, which the next one takes.
    oldest: usize,
}

impl Default for Recent {
    fn default() -> Self {
        // No character has this number.
        let characters = [u32::MAX; RECENT_CHARACTERS];
        Self { characters, lefts: [0; RECENT_CHARACTERS], tops: [0; RECENT_CHARACTERS], oldest: 0 }
    }
}

impl Recent {
    /// Remembers a character, and says whether the same one stood within a pixel of there.
    fn again(&mut self, character: char, left: i32, top: i32) -> bool {
        let character = u32::from(character);
        let places = self.characters.iter().zip(&self.lefts).zip(&self.tops);
        // Without a way out: that takes longer than comparing all.
        let again = places.fold(false, |again, ((other, other_left), other_top)| {
            again | (*other == character) & (left.abs_diff(*other_left) <= 1) & (top.abs_diff(*other_top) <= 1)
        });
        let place =
            (self.characters.get_mut(self.oldest), self.lefts.get_mut(self.oldest), self.tops.get_mut(self.oldest));
        if let (Some(place), Some(place_left), Some(place_top)) = place {
            (*place, *place_left, *place_top) = (character, left, top);
        }
        self.oldest = (self.oldest + 1) % RECENT_CHARACTERS;
        again
    }
}

struct OpenWord {
    text: String,
    bounds: Rect,
    baseline: f64,
    size: f64,
    confidence: Confidence,
}

impl Collector {
    fn glyph(&mut self, text: &str, bounds: Rect, baseline: f64, size: f64, confidence: Confidence) {
        let inside = self.page.contains(bounds.center());
        if text.trim().is_empty() || !inside {
            self.close(baseline, size, false);
            return;
        }
        if self.drawn_twice(text, bounds) {
            return;
        }
        if let Some(open) = &self.open {
            let gap = bounds.x0 - open.bounds.x1;
            let same_line = (baseline - open.baseline).abs() < 0.3 * size.max(open.size);
            // A quarter of the size is a space; letter-spaced headings stay below it.
            let joins = same_line && gap < 0.25 * size && gap > -0.5 * size;
            if !joins {
                self.close(baseline, size, !same_line);
            }
        }
        match &mut self.open {
            Some(open) => {
                open.text.push_str(text);
                open.bounds = open.bounds.union(bounds);
                open.confidence = open.confidence.min(confidence);
            }
            None => self.open = Some(OpenWord { text: text.to_owned(), bounds, baseline, size, confidence }),
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "positions on a page fit")]
    fn drawn_twice(&mut self, text: &str, bounds: Rect) -> bool {
        let Some(first) = text.chars().next() else { return false };
        self.recent.again(first, bounds.x0 as i32, bounds.y0 as i32)
    }

    fn close(&mut self, baseline: f64, size: f64, new_line: bool) {
        let Some(open) = self.open.take() else { return };
        let left = pixels(open.bounds.x0);
        let top = pixels(open.bounds.y0);
        let area = Area {
            left,
            top,
            width: pixels(open.bounds.x1).saturating_sub(left).max(1),
            height: pixels(open.bounds.y1).saturating_sub(top).max(1),
        };
        self.words.push(Word { text: open.text, area, confidence: open.confidence, line: self.line });
        if new_line || (baseline - open.baseline).abs() >= 0.3 * size.max(open.size) {
            self.line += 1;
        }
    }

    fn finish(&mut self) -> Vec<Word> {
        self.close(0.0, 0.0, true);
        std::mem::take(&mut self.words)
    }
}

impl Device<'_> for Collector {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}

    fn draw_image(&mut self, image: Image<'_, '_>, props: ImageDrawProps<'_>) {
        let local = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let covered = props.transform.transform_rect_bbox(local).intersect(self.page);
        let share = 100.0 * covered.area().max(0.0) / self.page.area().max(1.0);
        self.picture_share = self.picture_share.max(share);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, mode: &DrawMode) {
        let confidence = match mode {
            DrawMode::Invisible => INVISIBLE,
            DrawMode::Fill(_) | DrawMode::Stroke(_) | DrawMode::FillAndStroke(..) => Confidence::CERTAIN,
        };
        for positioned in run.glyphs() {
            let advance = match &**positioned {
                Glyph::Outline(glyph) => glyph.advance_width(),
                Glyph::Type3(glyph) => glyph.advance_width(),
            };
            let text = match positioned.as_unicode() {
                Some(BfString::Char(c)) => c.to_string(),
                Some(BfString::String(text)) => text,
                None => UNMAPPED.to_string(),
            };
            // Glyphs live in a square of a thousand units; most stand between 200 below the baseline and 800 above.
            let transform = props.transform * positioned.transform();
            let width = f64::from(advance.unwrap_or(500.0)).max(1.0);
            let bounds = transform.transform_rect_bbox(Rect::new(0.0, -200.0, width, 800.0));
            let baseline = (transform * hayro_interpret::kurbo::Point::ZERO).y;
            self.glyph(&text, bounds, baseline, bounds.height(), confidence);
        }
    }
}

#[cfg(test)]
mod tests;
