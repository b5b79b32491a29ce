//! Pixels of a straightened picture, taken from where the mapping says.

use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage};
use imageproc::geometric_transformations::{Interpolation, Projection, warp_into};

use super::{
    plane::{Plane, Reduced, per_mille},
    quad::{Mapping, Point},
};

/// The straightened picture, grey where the original is grey, and without an alpha channel; `None` when the mapping
/// cannot be reversed. What lies outside the original gets the colour of `ground`.
#[expect(clippy::wildcard_enum_match_arm, reason = "rare kinds, and those to come, are made into a common one")]
pub(super) fn straightened(
    picture: &DynamicImage,
    mapping: &Mapping,
    (width, height): (u32, u32),
    ground: u8,
) -> Option<DynamicImage> {
    // imageproc wants the way from the original to the new picture.
    let projection = Projection::from_matrix(mapping.matrix())?.invert();
    if let DynamicImage::ImageLuma8(grey) = picture {
        let mut out = GrayImage::new(width, height);
        warp_into(grey, &projection, Interpolation::Bilinear, Luma([ground]), &mut out);
        return Some(DynamicImage::ImageLuma8(out));
    }
    let mut out = RgbImage::new(width, height);
    let fill = Rgb([ground; 3]);
    match picture {
        DynamicImage::ImageRgb8(rgb) => warp_into(rgb, &projection, Interpolation::Bilinear, fill, &mut out),
        other => warp_into(&other.to_rgb8(), &projection, Interpolation::Bilinear, fill, &mut out),
    }
    Some(DynamicImage::ImageRgb8(out))
}

/// A grey copy of the straightened picture, as much smaller as the reduced one is, by nearest pixels: enough to measure
/// the angle of its lines before the large one is made.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "geometry of pixels")]
pub(super) fn preview(reduced: &Reduced, mapping: &Mapping, (width, height): (u32, u32)) -> Plane {
    let factor = reduced.factor as f32;
    let size = |pixels: u32| usize::try_from(pixels).unwrap_or(0) / reduced.factor.max(1);
    let (width, height) = (size(width), size(height));
    let mut values = Vec::with_capacity(width * height);
    let shift = (factor - 1.0) / 2.0;
    for y in 0..height {
        for x in 0..width {
            let place = mapping.point(Point::new(x as f32 * factor + shift, y as f32 * factor + shift));
            values.push(
                place.map_or(u8::MAX, |place| {
                    reduced.white.near((place.x - shift) / factor, (place.y - shift) / factor)
                }),
            );
        }
    }
    Plane { width, height, values }
}

/// The grey that fills what a turn uncovers: that of most of the picture's frame, so that no new edge appears.
pub(super) fn ground(plane: &Plane) -> u8 {
    let mut counts = [0_u32; 256];
    for (y, row) in plane.rows().enumerate() {
        let whole = y == 0 || y + 1 == plane.height;
        let inner = if whole { row } else { &[] };
        for value in inner.iter().chain(row.first()).chain(row.last()) {
            if let Some(count) = counts.get_mut(usize::from(*value)) {
                *count += 1;
            }
        }
    }
    per_mille(&counts, 500)
}
