//! Picture: a photo becomes one or more upright pictures that a recogniser reads well.
//!
//! Sheets are found in photos and straightened, several receipts in one picture are parted, and, for Tesseract, crooked
//! text is turned level and shadows are taken away. Everything is measured on a small copy, and what needs nothing is
//! handed on as it came. Turning by quarters is not decided here: only a recogniser knows upright from upside down.
//!
//! What helps whom was measured (docs/measurements.md): the neural reader cuts its lines along their slant and reads in
//! shadow, so it gains only where rows of a turned or slanted sheet run into each other; Tesseract gains by all of it.

mod blocks;
mod deskew;
mod faint;
mod paper;
mod plane;
mod quad;
mod region;
mod shadow;
mod split;
mod sure;
#[cfg(test)]
mod tests;
mod warp;

use image::DynamicImage;

use self::{
    plane::{Reduced, reduce},
    quad::{Mapping, Quad},
};

/// A straightened sheet narrower or lower than this was a mistake.
const SHEET_SIDE_MIN_PX: f32 = 48.0;
/// No straightened picture has more than this many times the pixels of the original.
const GROWTH_MAX: f32 = 2.0;
/// What leans less than this is left as it is: resampling blurs, and rows of text do not run into each other yet.
const LEAN_MIN_DEGREES: f32 = 2.0;

/// Who reads the picture afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recogniser {
    /// The neural reader: sheets are straightened.
    Neural,
    /// Tesseract: text is levelled and light evened out besides.
    Tesseract,
}

/// What was made of a picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Prepared {
    /// It shows one document, or is taken for one.
    One(DynamicImage),
    /// Each of several sheets, cut out and straightened, in reading order.
    Several(Vec<DynamicImage>),
    /// It seems to show so many sheets, and where one ends and another begins is not sure.
    Unsure(usize),
}

/// Finds and straightens what is on a picture. One that needs nothing is returned as it is.
pub(super) fn prepare(picture: DynamicImage, recogniser: Recogniser) -> Prepared {
    let Some(reduced) = reduce(&picture) else { return Prepared::One(picture) };
    let found = split::sheets(&reduced);
    if let Some(several) = several(&picture, &reduced, &found, recogniser) {
        return several;
    }
    let alone = found.quads.first().copied();
    let leaning = alone.filter(|quad| quad.lean() >= LEAN_MIN_DEGREES);
    if let Some(sheet) = leaning.and_then(|quad| cut_out(&picture, &reduced, &quad)) {
        return Prepared::One(lit(sheet, recogniser));
    }
    // A sheet that stands straight says that its text does.
    let stands = alone.is_some();
    Prepared::One(if stands { lit(picture, recogniser) } else { level(picture, &reduced, recogniser) })
}

/// A picture that is one document, whatever else it seems to show.
pub(super) fn whole(picture: DynamicImage, recogniser: Recogniser) -> DynamicImage {
    // A copy is made for its lean alone, which the neural reader does not mind.
    let reduced = match recogniser {
        Recogniser::Neural => None,
        Recogniser::Tesseract => reduce(&picture),
    };
    match reduced {
        Some(reduced) => level(picture, &reduced, recogniser),
        None => picture,
    }
}

/// The same for a page of a scan: where it shows no several sheets, it is handed on as it came.
pub(super) fn scanned(picture: DynamicImage, recogniser: Recogniser) -> Prepared {
    let reduced = reduce(&picture);
    let several = reduced.and_then(|reduced| several(&picture, &reduced, &split::sheets(&reduced), recogniser));
    several.unwrap_or(Prepared::One(picture))
}

/// Several sheets; nothing where there are not several.
fn several(
    picture: &DynamicImage,
    reduced: &Reduced,
    found: &split::Found,
    recogniser: Recogniser,
) -> Option<Prepared> {
    let count = found.seen;
    if count < 2 {
        return None;
    }
    let cut = |quad| cut_out(picture, reduced, quad).map(|sheet| lit(sheet, recogniser));
    let sheets: Option<Vec<_>> = found.quads.iter().filter(|_| found.is_sure).map(cut).collect();
    Some(sheets.filter(|sheets| sheets.len() == count).map_or(Prepared::Unsure(count), Prepared::Several))
}

/// A picture without sheets on it, with its text level and its light even where the recogniser needs it.
fn level(picture: DynamicImage, reduced: &Reduced, recogniser: Recogniser) -> DynamicImage {
    if recogniser == Recogniser::Neural {
        return picture;
    }
    let angle = deskew::angle(&reduced.white).filter(|angle| angle.abs() >= LEAN_MIN_DEGREES);
    let level = angle.and_then(|degrees| levelled(&picture, reduced, degrees));
    lit(level.unwrap_or(picture), recogniser)
}

/// Evens the light out where it is needed.
fn lit(picture: DynamicImage, recogniser: Recogniser) -> DynamicImage {
    match recogniser {
        Recogniser::Neural => picture,
        Recogniser::Tesseract => match reduce(&picture).and_then(|reduced| shadow::measure(&reduced)) {
            Some(uneven) => uneven.evened(picture),
            None => picture,
        },
    }
}

/// A sheet, straightened, with its text level.
fn cut_out(picture: &DynamicImage, reduced: &Reduced, quad: &Quad) -> Option<DynamicImage> {
    let original = (picture.width(), picture.height());
    let size = quad.upright_size();
    if size.0.min(size.1) < SHEET_SIDE_MIN_PX {
        return None;
    }
    let pixels = whole_pixels(size, original)?;
    let mapping = Mapping::to_quad(quad, size)?;
    let plane = warp::preview(reduced, &mapping, pixels);
    let ground = plane.per_mille(700);
    if let Some(degrees) = deskew::angle(&plane) {
        let canvas = turned_size(size, degrees);
        let turned = mapping.after(&Mapping::rotation(degrees, size, canvas));
        let pixels = whole_pixels(canvas, original)?;
        return warp::straightened(picture, &turned, pixels, ground);
    }
    warp::straightened(picture, &mapping, pixels, ground)
}

/// The whole picture with its text level.
fn levelled(picture: &DynamicImage, reduced: &Reduced, degrees: f32) -> Option<DynamicImage> {
    let original = (picture.width(), picture.height());
    #[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
    let size = (original.0 as f32, original.1 as f32);
    let canvas = turned_size(size, degrees);
    let mapping = Mapping::rotation(degrees, size, canvas);
    let ground = warp::ground(&reduced.luma);
    warp::straightened(picture, &mapping, whole_pixels(canvas, original)?, ground)
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
