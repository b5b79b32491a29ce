//! Uneven light and faint print: the brightness of the bare paper is estimated across the picture, and every pixel is
//! brightened as the paper under it needs. Clean pictures are left untouched.

#![expect(clippy::float_arithmetic, reason = "brightness of pixels, nowhere near money")]

use image::{DynamicImage, GrayImage, RgbImage};

use super::plane::{Plane, Reduced};

/// The paper is estimated on a copy of at most about this many pixels: light changes slowly.
const PAPER_PIXELS_MAX: usize = 30_000;
/// Print is narrower than this many thousandths of the longer side, so the brightest pixel within is paper.
const PRINT_PER_MILLE: usize = 22;
/// Paper darker than this share of the brightest paper lies in shadow, in hundredths; ...
const SHADOW_BELOW_PERCENT: u32 = 80;
/// ... and what is darker still is no paper, but a black logo or the table.
const PAPER_ABOVE_PERCENT: u32 = 30;
/// A picture is evened out when so many thousandths of it lie in shadow, ...
const SHADOW_PER_MILLE_MIN: usize = 120;
/// ... or when its brightest paper is darker than this.
const PAPER_BRIGHT_MIN: u8 = 165;
/// Print is faint when the darkest part of it keeps more than this share of the paper's brightness, in hundredths; ...
const FAINT_ABOVE_PERCENT: u32 = 55;
/// ... and below this there is print at all.
const PRINT_BELOW_PERCENT: u32 = 90;
/// The share of the print that counts as its darkest part, in thousandths: the edges of letters are always grey.
const DARKEST_PER_MILLE: u64 = 120;
/// With fewer thousandths of print than this there is nothing to judge by.
const PRINT_PER_MILLE_MIN: usize = 2;
/// Nothing is brightened more than this many times: what is nearly black has nothing to show but noise.
const GAIN_MAX: f32 = 3.0;
/// Nor is print darkened more.
const STRETCH_MAX: f32 = 2.2;
/// Faint print is darkened to this share of the paper's brightness.
const PRINT_WANTED: f32 = 0.25;
/// Paper becomes this bright.
const PAPER_WANTED: f32 = 245.0;

/// What has to be done to a picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Uneven {
    /// How bright the bare paper is, on a small copy.
    paper: Plane,
    /// How many times the distance of print from paper is to be enlarged; 1 for none.
    stretch: f32,
}

/// Measures a picture's light; `None` when it is good as it is.
pub(super) fn measure(reduced: &Reduced) -> Option<Uneven> {
    let luma = &reduced.luma;
    let factor = (1..).find(|n| luma.values.len() / (n * n) <= PAPER_PIXELS_MAX).unwrap_or(1);
    let small = luma.smaller(factor);
    let radius = small.width.max(small.height) * PRINT_PER_MILLE / 1000 + 1;
    let paper = softened(&small.closed(radius), radius);
    let brightest = u32::from(paper.per_mille(900));
    let between = |value: u8| {
        let share = u32::from(value) * 100;
        share >= brightest * PAPER_ABOVE_PERCENT && share < brightest * SHADOW_BELOW_PERCENT
    };
    let shadowed = paper.values.iter().filter(|value| between(**value)).count();
    let is_uneven = shadowed * 1000 >= paper.values.len() * SHADOW_PER_MILLE_MIN;
    let is_dark = brightest < u32::from(PAPER_BRIGHT_MIN);
    let darkest = darkest_percent(luma, &paper);
    let is_faint = darkest > FAINT_ABOVE_PERCENT;
    if !is_uneven && !is_dark && !is_faint {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a percentage")]
    let darkest = darkest as f32 / 100.0;
    let stretch = if is_faint { ((1.0 - PRINT_WANTED) / (1.0 - darkest)).clamp(1.0, STRETCH_MAX) } else { 1.0 };
    Some(Uneven { paper, stretch })
}

/// How bright the darkest print is, in hundredths of the paper under it; 0 where there is hardly any print.
fn darkest_percent(luma: &Plane, paper: &Plane) -> u32 {
    let (wide, high) = (luma.width.max(1), luma.height.max(1));
    let (mut shares, mut printed) = ([0_u32; 256], 0_usize);
    for (y, row) in luma.rows().enumerate() {
        for (x, value) in row.iter().enumerate() {
            let ground = u32::from(paper.at(x * paper.width / wide, y * paper.height / high)).max(1);
            let share = u32::from(*value) * 100 / ground;
            let count = usize::try_from(share).ok().filter(|_| share < PRINT_BELOW_PERCENT);
            if let Some(count) = count.and_then(|share| shares.get_mut(share)) {
                *count += 1;
                printed += 1;
            }
        }
    }
    if printed * 1000 < luma.values.len() * PRINT_PER_MILLE_MIN {
        return 0;
    }
    u32::from(super::plane::per_mille(&shares, DARKEST_PER_MILLE))
}

/// A mean over `radius` rows and columns: shadows have soft edges, and so must their correction.
fn softened(plane: &Plane, radius: usize) -> Plane {
    let across = means(plane, radius);
    let turned = means(&transposed(&across), radius);
    transposed(&turned)
}

fn means(plane: &Plane, radius: usize) -> Plane {
    let mut values = Vec::with_capacity(plane.values.len());
    for row in plane.rows() {
        for x in 0..row.len() {
            let near = row.get(x.saturating_sub(radius)..(x + radius + 1).min(row.len())).unwrap_or(&[]);
            let sum: usize = near.iter().map(|value| usize::from(*value)).sum();
            values.push(u8::try_from(sum / near.len().max(1)).unwrap_or(u8::MAX));
        }
    }
    Plane { width: plane.width, height: plane.height, values }
}

fn transposed(plane: &Plane) -> Plane {
    let values = (0..plane.width).flat_map(|x| (0..plane.height).map(move |y| plane.at(x, y))).collect();
    Plane { width: plane.height, height: plane.width, values }
}

impl Uneven {
    /// Evens the light out; colours keep their proportions.
    pub(super) fn evened(&self, picture: DynamicImage) -> DynamicImage {
        let (width, height) = (picture.width(), picture.height());
        if let DynamicImage::ImageLuma8(grey) = picture {
            let mut raw = grey.into_raw();
            self.apply::<1>(&mut raw, width, height);
            return GrayImage::from_raw(width, height, raw)
                .map_or_else(DynamicImage::default, DynamicImage::ImageLuma8);
        }
        let mut raw = picture.into_rgb8().into_raw();
        self.apply::<3>(&mut raw, width, height);
        RgbImage::from_raw(width, height, raw).map_or_else(DynamicImage::default, DynamicImage::ImageRgb8)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats saturate")]
    #[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
    fn apply<const CHANNELS: usize>(&self, raw: &mut [u8], width: u32, height: u32) {
        let columns = usize::try_from(width).unwrap_or(usize::MAX).max(1);
        let scale = |small: usize, large: u32| small as f32 / (large.max(1)) as f32;
        let (scale_x, scale_y) = (scale(self.paper.width, width), scale(self.paper.height, height));
        let mut gains = vec![1.0_f32; columns];
        for (y, row) in raw.chunks_exact_mut(columns * CHANNELS).enumerate() {
            let between = ((y as f32 + 0.5) * scale_y - 0.5).max(0.0);
            let (upper, share) = (between as usize, between.fract());
            let line: Vec<f32> = (0..self.paper.width)
                .map(|x| {
                    let (above, below) = (f32::from(self.paper.at(x, upper)), f32::from(self.paper.at(x, upper + 1)));
                    (PAPER_WANTED / (above + (below - above) * share).max(1.0)).clamp(1.0, GAIN_MAX)
                })
                .collect();
            for (x, gain) in gains.iter_mut().enumerate() {
                let between = ((x as f32 + 0.5) * scale_x - 0.5).max(0.0);
                let at = between as usize;
                let left = line.get(at).or(line.last()).copied().unwrap_or(1.0);
                let right = line.get(at + 1).copied().unwrap_or(left);
                *gain = left + (right - left) * between.fract();
            }
            for (pixel, gain) in row.as_chunks_mut::<CHANNELS>().0.iter_mut().zip(&gains) {
                for value in pixel {
                    let even = f32::from(*value) * gain;
                    *value = (PAPER_WANTED - (PAPER_WANTED - even) * self.stretch) as u8;
                }
            }
        }
    }
}
