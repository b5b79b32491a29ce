//! A small grey copy of a picture, on which everything is measured: cheap to look at again and again.

use std::ops::Range;

use image::DynamicImage;

/// The copy has at most about this many pixels: letters of a receipt are still six or more pixels high.
const REDUCED_PIXELS_MAX: u64 = 500_000;
/// Pictures narrower or lower than this hold no text that could be put right.
const SIDE_MIN_PX: u32 = 64;

/// Grey values, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plane {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) values: Vec<u8>,
}

/// The small copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reduced {
    /// The least of red, green and blue: high only where a thing is bright and without colour, as paper is and most
    /// table tops are not.
    pub(super) white: Plane,
    /// How bright it looks.
    pub(super) luma: Plane,
    /// The side, in pixels of the picture, of the square that one pixel of the copy stands for.
    pub(super) factor: usize,
}

/// The small copy of a picture; `None` for one that is too narrow or low to hold text.
#[expect(clippy::wildcard_enum_match_arm, reason = "rare kinds, and those to come, are made into a common one")]
pub(super) fn reduce(picture: &DynamicImage) -> Option<Reduced> {
    let (width, height) = (picture.width(), picture.height());
    if width < SIDE_MIN_PX || height < SIDE_MIN_PX {
        return None;
    }
    let pixels = u64::from(width) * u64::from(height);
    // No side vanishes, however long the other one is.
    let factor =
        usize::try_from((1..=u64::from(width.min(height))).find(|n| pixels / (n * n) <= REDUCED_PIXELS_MAX)?).ok()?;
    let width = usize::try_from(width).ok()?;
    match picture {
        DynamicImage::ImageLuma8(grey) => Some(reduced::<1>(grey.as_raw(), width, factor)),
        DynamicImage::ImageRgb8(rgb) => Some(reduced::<3>(rgb.as_raw(), width, factor)),
        DynamicImage::ImageRgba8(rgba) => Some(reduced::<4>(rgba.as_raw(), width, factor)),
        other => Some(reduced::<3>(other.to_rgb8().as_raw(), width, factor)),
    }
}

/// Means of squares, of pixels with so many channels. Squares that the picture does not fill are left out.
fn reduced<const CHANNELS: usize>(raw: &[u8], width: usize, factor: usize) -> Reduced {
    let columns = width / factor;
    let strip = width * CHANNELS * factor;
    let rows = raw.len() / strip.max(1);
    let divisor = u32::try_from(factor * factor).unwrap_or(u32::MAX).max(1);
    let mean = |sum: u32| u8::try_from(sum / divisor).unwrap_or(u8::MAX);
    let (mut white, mut luma) = (Vec::with_capacity(columns * rows), Vec::with_capacity(columns * rows));
    let mut sums = vec![(0_u32, 0_u32); columns];
    for lines in raw.chunks_exact(strip.max(1)) {
        sums.fill((0, 0));
        for line in lines.chunks_exact(width * CHANNELS) {
            for (sum, square) in sums.iter_mut().zip(line.chunks_exact(factor * CHANNELS)) {
                for pixel in square.as_chunks::<CHANNELS>().0 {
                    let (pixel_luma, pixel_white) = greys(pixel);
                    sum.0 += pixel_luma;
                    sum.1 += pixel_white;
                }
            }
        }
        luma.extend(sums.iter().map(|sum| mean(sum.0)));
        white.extend(sums.iter().map(|sum| mean(sum.1)));
    }
    let plane = |values| Plane { width: columns, height: rows, values };
    Reduced { white: plane(white), luma: plane(luma), factor }
}

/// Brightness (ITU-R BT.601) and whiteness of a pixel.
fn greys(pixel: &[u8]) -> (u32, u32) {
    if let [red, green, blue, ..] = *pixel {
        let luma = (77 * u32::from(red) + 150 * u32::from(green) + 29 * u32::from(blue)) >> 8;
        return (luma, u32::from(red.min(green).min(blue)));
    }
    let grey = pixel.first().copied().map_or(0, u32::from);
    (grey, grey)
}

impl Plane {
    /// The value there; beyond the edge, the one at the edge.
    pub(super) fn at(&self, x: usize, y: usize) -> u8 {
        let (x, y) = (x.min(self.width.saturating_sub(1)), y.min(self.height.saturating_sub(1)));
        self.values.get(y * self.width + x).copied().unwrap_or(0)
    }

    /// The rows, from the top.
    pub(super) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.values.chunks_exact(self.width.max(1))
    }

    /// The value between pixels, by the nearest one.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "casts of floats saturate; `at` clamps"
    )]
    pub(super) fn near(&self, x: f32, y: f32) -> u8 {
        self.at(x.round() as usize, y.round() as usize)
    }

    /// What lies in these columns and rows.
    pub(super) fn part(&self, columns: Range<usize>, rows: Range<usize>) -> Self {
        let (columns, rows) = (columns.start..columns.end.min(self.width), rows.start..rows.end.min(self.height));
        let lines = self.rows().skip(rows.start).take(rows.len());
        let values = lines.flat_map(|row| row.get(columns.clone()).unwrap_or_default()).copied().collect();
        Self { width: columns.len(), height: rows.len(), values }
    }

    /// A smaller copy by means of squares; as it is where a square would be larger than the plane.
    pub(super) fn smaller(&self, factor: usize) -> Self {
        if factor < 2 || self.width < factor || self.height < factor {
            return self.clone();
        }
        reduced::<1>(&self.values, self.width, factor).luma
    }

    /// Each value becomes the largest within `radius` rows and columns.
    pub(super) fn dilated(&self, radius: usize) -> Self {
        self.filtered(radius, u8::max)
    }

    /// Each value becomes the least within `radius` rows and columns.
    pub(super) fn eroded(&self, radius: usize) -> Self {
        self.filtered(radius, u8::min)
    }

    /// Dark things narrower than twice the radius vanish, and all else stays where it is: paper without its print.
    pub(super) fn closed(&self, radius: usize) -> Self {
        self.dilated(radius).eroded(radius)
    }

    /// Rows are compared whole, shifted by one, two, three pixels: loops that the compiler turns into vectors.
    fn filtered(&self, radius: usize, choose: impl Fn(u8, u8) -> u8) -> Self {
        let width = self.width.max(1);
        let mut across = self.values.clone();
        for (row, out) in self.values.chunks_exact(width).zip(across.chunks_exact_mut(width)) {
            for shift in 1..=radius.min(width - 1) {
                let (head, tail) = (row.get(..width - shift).unwrap_or(&[]), row.get(shift..).unwrap_or(&[]));
                out.iter_mut().zip(tail).for_each(|(out, value)| *out = choose(*out, *value));
                out.iter_mut().skip(shift).zip(head).for_each(|(out, value)| *out = choose(*out, *value));
            }
        }
        let mut down = across.clone();
        for (y, out) in down.chunks_exact_mut(width).enumerate() {
            let (first, last) = (y.saturating_sub(radius), (y + radius).min(self.height.saturating_sub(1)));
            for other in across.chunks_exact(width).take(last + 1).skip(first) {
                out.iter_mut().zip(other).for_each(|(out, value)| *out = choose(*out, *value));
            }
        }
        Self { width: self.width, height: self.height, values: down }
    }

    /// How often each value occurs.
    pub(super) fn histogram(&self) -> [u32; 256] {
        let mut counts = [0_u32; 256];
        for value in &self.values {
            if let Some(count) = counts.get_mut(usize::from(*value)) {
                *count += 1;
            }
        }
        counts
    }

    /// The value that so many thousandths of all values do not exceed.
    pub(super) fn per_mille(&self, share: u64) -> u8 {
        per_mille(&self.histogram(), share)
    }
}

/// The value that so many thousandths of the counted values do not exceed; 0 when none were counted.
pub(super) fn per_mille(histogram: &[u32; 256], share: u64) -> u8 {
    let all: u64 = histogram.iter().map(|count| u64::from(*count)).sum();
    let wanted = all * share / 1000;
    let mut seen = 0;
    for (value, count) in (0..=u8::MAX).zip(histogram) {
        seen += u64::from(*count);
        if seen > wanted || seen == all {
            return value;
        }
    }
    u8::MAX
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, Luma, Rgb, RgbImage};

    use super::*;

    #[test]
    fn small_copies_keep_means_and_sizes() {
        for (width, height, factor) in [(64, 64, 1), (700, 700, 1), (1000, 1000, 2), (3000, 4000, 5), (64, 65_000, 3)] {
            let picture = DynamicImage::ImageLuma8(GrayImage::from_pixel(width, height, Luma([90])));
            let copy = reduce(&picture).expect("wide enough");
            assert_eq!(copy.factor, factor, "{width} x {height}");
            assert_eq!((copy.white.width, copy.white.height), (width as usize / factor, height as usize / factor));
            assert!(copy.luma.values.iter().all(|value| *value == 90));
            assert_eq!(copy.luma.values.len(), copy.luma.width * copy.luma.height);
        }
        let colour = reduce(&DynamicImage::ImageRgb8(RgbImage::from_pixel(80, 80, Rgb([200, 100, 50])))).expect("wide");
        assert_eq!((colour.white.at(0, 0), colour.luma.at(79, 79)), (50, 124));
    }

    #[test]
    fn thin_pictures_are_left_alone() {
        for (width, height) in [(0, 0), (1, 1), (1, 5000), (5000, 1), (63, 900)] {
            assert_eq!(reduce(&DynamicImage::new_rgb8(width, height)), None);
        }
    }

    #[test]
    fn closing_takes_away_thin_dark_things_only() {
        let mut plane = Plane { width: 40, height: 30, values: vec![200; 1200] };
        for y in 0..30 {
            plane.values[y * 40 + 9] = 10;
            for x in 25..40 {
                plane.values[y * 40 + x] = 60;
            }
        }
        let closed = plane.closed(2);
        assert_eq!((closed.at(9, 15), closed.at(24, 15), closed.at(25, 15)), (200, 200, 60));
    }

    #[test]
    fn percentiles_of_few_values() {
        let plane = Plane { width: 5, height: 1, values: vec![10, 20, 30, 40, 50] };
        assert_eq!([0, 500, 1000].map(|share| plane.per_mille(share)), [10, 30, 50]);
        assert_eq!(per_mille(&[0; 256], 500), 0);
    }
}
