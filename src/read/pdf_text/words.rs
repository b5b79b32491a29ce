//! Glyphs and pictures, as they are drawn, into the words of a page.

use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
    font::{Glyph, GlyphRun},
    hayro_cmap::BfString,
    kurbo::{Affine, BezPath, Point, Rect},
};

use super::pixels;
use crate::model::page::{Area, Confidence, Word};

/// What stands for a glyph whose character is not known.
pub(super) const UNMAPPED: char = '\u{FFFD}';
/// Text drawn invisibly was recognised by somebody else's reader; it is not proof.
pub(super) const INVISIBLE: Confidence = Confidence::from_per_mille(800);
/// How wide a glyph is that does not say, in thousandths of its size.
const ADVANCE: f32 = 500.0;

/// Where a glyph stands, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    bounds: Rect,
    /// The height of its line.
    baseline: f64,
    size: f64,
}

impl Place {
    /// The place of a glyph drawn with this transform that is so wide, in thousandths of its size.
    pub(super) fn of(transform: Affine, advance: f32) -> Self {
        // Glyphs live in a square of a thousand units; most stand between 200 below the baseline and 800 above.
        let bounds = transform.transform_rect_bbox(Rect::new(0.0, -200.0, f64::from(advance).max(1.0), 800.0));
        Self { bounds, baseline: (transform * Point::ZERO).y, size: bounds.height() }
    }
}

/// Puts glyphs together to words as they are drawn.
#[derive(Default)]
pub(super) struct Collector {
    page: Rect,
    /// How much of the page its largest picture covers, in hundredths.
    pub(super) picture_share: f64,
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
    /// Nothing drawn yet, on a page of this size.
    pub(super) fn on(page: Rect) -> Self {
        Self { page, ..Self::default() }
    }

    /// Draws a glyph that stands for a text.
    pub(super) fn glyph(&mut self, text: &str, place: &Place, confidence: Confidence) {
        let Place { bounds, baseline, size } = *place;
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

    /// Draws a picture of so many pixels.
    pub(super) fn picture(&mut self, width: u32, height: u32, transform: Affine) {
        let local = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let covered = transform.transform_rect_bbox(local).intersect(self.page);
        let share = 100.0 * covered.area().max(0.0) / self.page.area().max(1.0);
        self.picture_share = self.picture_share.max(share);
    }

    /// The words of the page.
    pub(super) fn finish(&mut self) -> Vec<Word> {
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
        self.picture(image.width(), image.height(), props.transform);
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
            let place = Place::of(props.transform * positioned.transform(), advance.unwrap_or(ADVANCE));
            self.glyph(&text, &place, confidence);
        }
    }
}
