//! Pixels into the numbers that a network takes: cut out along a slant, scaled, three colours apart.

use image::RgbImage;

use super::slant::{Point, Slant};
use crate::read::halve;

/// A picture and smaller copies of it, each half as wide and high: sampling from the one of about the right size
/// neither misses pixels nor blurs.
pub(super) struct Pyramid {
    levels: Vec<RgbImage>,
}

/// No copy is narrower or lower.
const SIDE_MIN_PX: u32 = 48;

impl Pyramid {
    /// The picture and its copies.
    pub(super) fn new(picture: RgbImage) -> Self {
        let mut levels = vec![picture];
        while let Some(last) = levels.last()
            && last.width() >= SIDE_MIN_PX * 2
            && last.height() >= SIDE_MIN_PX * 2
        {
            let half = halve::rgb(last);
            levels.push(half);
        }
        Self { levels }
    }

    /// The picture itself.
    pub(super) fn picture(&self) -> Option<&RgbImage> {
        self.levels.first()
    }

    /// Width and height of the picture.
    pub(super) fn size(&self) -> (u32, u32) {
        self.picture().map_or((0, 0), RgbImage::dimensions)
    }

    /// The whole picture at another size, as numbers from -1 to 1: blue, green and red one after the other.
    pub(super) fn whole(&self, width: usize, height: usize) -> Vec<f32> {
        let (w, h) = self.size();
        #[expect(clippy::cast_precision_loss, clippy::float_arithmetic, reason = "geometry; sides fit a float")]
        let slant = Slant {
            middle: Point { x: w as f32 / 2.0, y: h as f32 / 2.0 },
            length: w as f32,
            height: h as f32,
            direction: (1.0, 0.0),
        };
        let mut numbers = vec![0.0; 3 * width * height];
        self.cut(slant, width, height, width, &mut numbers);
        numbers
    }

    /// Fills the first `width` columns of `stride` with what lies in the slant, scaled to `width` × `height`.
    #[expect(
        clippy::float_arithmetic,
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "geometry over pixels; every index is clamped to the picture"
    )]
    pub(super) fn cut(&self, slant: Slant, width: usize, height: usize, stride: usize, numbers: &mut [f32]) {
        let (across, down) = (slant.length / width.max(1) as f32, slant.height / height.max(1) as f32);
        // How many halvings come nearest to one pixel a number.
        let halvings = across.max(down).max(1.0).log2().floor() as usize;
        let level = halvings.min(self.levels.len().saturating_sub(1));
        let Some(picture) = self.levels.get(level) else { return };
        let shrink = 1.0 / f32::from(1_u16 << level.min(15));
        let (cos, sin) = slant.direction;
        let start = slant.corners()[0];
        let (columns, rows) = (picture.width() as usize, picture.height() as usize);
        let (x_max, y_max) = ((columns - 1) as f32, (rows - 1) as f32);
        let pixels = picture.as_raw();
        let plane = stride * height;
        for row in 0..height {
            let b = (row as f32 + 0.5) * down;
            for column in 0..width {
                let a = (column as f32 + 0.5) * across;
                let x = ((start.x + a * cos - b * sin) * shrink - 0.5).clamp(0.0, x_max);
                let y = ((start.y + a * sin + b * cos) * shrink - 0.5).clamp(0.0, y_max);
                let (left, top) = (x as usize, y as usize);
                let (right, bottom) = ((left + 1).min(columns - 1), (top + 1).min(rows - 1));
                let (fx, fy) = (x - left as f32, y - top as f32);
                let at = |x: usize, y: usize| (y * columns + x) * 3;
                let (p, q, r, s) = (at(left, top), at(right, top), at(left, bottom), at(right, bottom));
                for channel in 0..3 {
                    let value = |index: usize| f32::from(pixels.get(index + channel).copied().unwrap_or(255));
                    let upper = value(p) + (value(q) - value(p)) * fx;
                    let lower = value(r) + (value(s) - value(r)) * fx;
                    let mixed = upper + (lower - upper) * fy;
                    // The networks were trained on blue, green, red.
                    let index = (2 - channel) * plane + row * stride + column;
                    if let Some(number) = numbers.get_mut(index) {
                        *number = mixed / 127.5 - 1.0;
                    }
                }
            }
        }
    }
}
