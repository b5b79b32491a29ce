//! Picture: a decoded picture becomes one or more upright ones that a recogniser reads well.
//!
//! Sheets are found in photos and straightened, several receipts in one picture are parted, crooked text is turned
//! level, and shadows are taken away. Everything is measured on a small copy, and a clean scan is handed on as it came.
//! Turning by quarters is not decided here: only a recogniser knows upright from upside down.

mod deskew;
mod paper;
mod plane;
mod quad;
mod region;
mod shadow;
mod split;
#[cfg(test)]
mod tests;
mod warp;

use image::DynamicImage;

pub(super) use self::quad::Mapping;
use self::{
    plane::{Reduced, reduce},
    quad::Quad,
};

/// A straightened sheet narrower or lower than this was a mistake.
const SHEET_SIDE_MIN_PX: f32 = 48.0;
/// No straightened picture has more than this many times the pixels of the original.
const GROWTH_MAX: f32 = 2.0;

/// What a picture was made into.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Prepared {
    /// At least one, in reading order.
    pub(super) pictures: Vec<Upright>,
}

/// One sheet, or the whole picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Upright {
    /// Its pixels.
    pub(super) picture: DynamicImage,
    /// The way back to the original's pixels.
    pub(super) mapping: Mapping,
    /// Whether its light was evened out.
    pub(super) evened: bool,
}

/// Finds, straightens and brightens what is on a picture. One that needs nothing is returned as it is.
pub(super) fn prepare(picture: DynamicImage) -> Prepared {
    let original = (picture.width(), picture.height());
    let untouched = Mapping::identity(original.0, original.1);
    let Some(reduced) = reduce(&picture) else {
        return Prepared { pictures: vec![Upright { picture, mapping: untouched, evened: false }] };
    };
    let quads = split::sheets(&reduced);
    let sheets: Option<Vec<_>> = quads.iter().map(|quad| cut_out(&picture, &reduced, quad)).collect();
    if let Some(sheets) = sheets.filter(|sheets| !sheets.is_empty()) {
        return Prepared { pictures: sheets.into_iter().map(|(picture, mapping)| lit(picture, mapping)).collect() };
    }
    let level = deskew::angle(&reduced.white).and_then(|degrees| levelled(&picture, &reduced, degrees));
    let upright = match level {
        Some((picture, mapping)) => lit(picture, mapping),
        None => match shadow::measure(&reduced) {
            Some(light) => Upright { picture: light.evened(picture), mapping: untouched, evened: true },
            None => Upright { picture, mapping: untouched, evened: false },
        },
    };
    Prepared { pictures: vec![upright] }
}

/// Evens the light out where it is needed.
fn lit(picture: DynamicImage, mapping: Mapping) -> Upright {
    match reduce(&picture).and_then(|reduced| shadow::measure(&reduced)) {
        Some(light) => Upright { picture: light.evened(picture), mapping, evened: true },
        None => Upright { picture, mapping, evened: false },
    }
}

/// A sheet, straightened, with its text level.
fn cut_out(picture: &DynamicImage, reduced: &Reduced, quad: &Quad) -> Option<(DynamicImage, Mapping)> {
    let original = (picture.width(), picture.height());
    let size = quad.upright_size();
    if size.0.min(size.1) < SHEET_SIDE_MIN_PX {
        return None;
    }
    let pixels = whole_pixels(size, original)?;
    let mapping = Mapping::to_quad(quad, size, original)?;
    let plane = warp::preview(reduced, &mapping, pixels);
    let ground = plane.per_mille(700);
    if let Some(degrees) = deskew::angle(&plane) {
        let canvas = turned_size(size, degrees);
        let turned = mapping.after(&Mapping::rotation(degrees, size, canvas, original));
        let pixels = whole_pixels(canvas, original)?;
        return Some((warp::straightened(picture, &turned, pixels, ground)?, turned));
    }
    Some((warp::straightened(picture, &mapping, pixels, ground)?, mapping))
}

/// The whole picture with its text level.
fn levelled(picture: &DynamicImage, reduced: &Reduced, degrees: f32) -> Option<(DynamicImage, Mapping)> {
    let original = (picture.width(), picture.height());
    #[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
    let size = (original.0 as f32, original.1 as f32);
    let canvas = turned_size(size, degrees);
    let mapping = Mapping::rotation(degrees, size, canvas, original);
    let ground = warp::ground(&reduced.luma);
    let pixels = whole_pixels(canvas, original)?;
    Some((warp::straightened(picture, &mapping, pixels, ground)?, mapping))
}

/// The canvas that holds all of a picture that is turned.
#[expect(clippy::float_arithmetic, reason = "geometry of pixels")]
fn turned_size((width, height): (f32, f32), degrees: f32) -> (f32, f32) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    (width * cos.abs() + height * sin.abs(), width * sin.abs() + height * cos.abs())
}

/// A size in whole pixels; `None` when it is empty or unreasonably large.
#[expect(clippy::float_arithmetic, reason = "geometry of pixels")]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "casts of floats saturate, and the product is checked"
)]
fn whole_pixels(size: (f32, f32), original: (u32, u32)) -> Option<(u32, u32)> {
    let pixels_max = original.0 as f32 * original.1 as f32 * GROWTH_MAX;
    let sound = size.0 >= 1.0 && size.1 >= 1.0 && size.0 * size.1 <= pixels_max;
    sound.then(|| (size.0.round() as u32, size.1.round() as u32))
}
