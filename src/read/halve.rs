//! Pictures half as wide and high: a quarter of the work for whoever reads them.

use image::{GrayImage, RgbImage};

/// The picture in colours, half as wide and high; an odd last row or column is left out.
pub(super) fn rgb(picture: &RgbImage) -> RgbImage {
    let (width, height) = (picture.width() / 2, picture.height() / 2);
    let pixels = means::<3>(picture.as_raw(), picture.width(), width);
    RgbImage::from_raw(width, height, pixels).unwrap_or_else(|| RgbImage::new(1, 1))
}

/// The same of a gray picture.
#[must_use]
pub fn gray(picture: &GrayImage) -> GrayImage {
    let (width, height) = (picture.width() / 2, picture.height() / 2);
    let pixels = means::<1>(picture.as_raw(), picture.width(), width);
    GrayImage::from_raw(width, height, pixels).unwrap_or_else(|| GrayImage::new(1, 1))
}

/// Each value the mean of four, rounded to the nearest; `width` is that of the picture, `half` that of its half.
fn means<const CHANNELS: usize>(raw: &[u8], width: u32, half: u32) -> Vec<u8> {
    let length = |pixels: u32| usize::try_from(pixels).unwrap_or(0) * CHANNELS;
    let (row, half) = (length(width), length(half));
    let mut means = Vec::with_capacity(raw.len() / 4);
    for rows in raw.chunks_exact((row * 2).max(1)) {
        let (upper, lower) = rows.split_at(row);
        let (upper, lower) = (upper.as_chunks::<CHANNELS>().0, lower.as_chunks::<CHANNELS>().0);
        let squares = upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0);
        for ([a, b], [c, d]) in squares.take(half / CHANNELS) {
            for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
                let sum = u16::from(*a) + u16::from(*b) + u16::from(*c) + u16::from(*d);
                means.push(u8::try_from((sum + 2) / 4).unwrap_or(u8::MAX));
            }
        }
    }
    means
}

#[cfg(test)]
mod tests {
    use image::{Luma, Rgb};

    use super::*;

    #[test]
    fn halves_are_means() {
        let colours = RgbImage::from_fn(5, 5, |x, _| Rgb(if x % 2 == 0 { [200, 10, 0] } else { [100, 20, 1] }));
        let half = rgb(&colours);
        assert_eq!(half.dimensions(), (2, 2));
        assert!(half.pixels().all(|pixel| pixel.0 == [150, 15, 1]), "{half:?}");
        let stripes = GrayImage::from_fn(4, 7, |_, y| Luma([if y % 2 == 0 { 200 } else { 100 }]));
        let half = gray(&stripes);
        assert_eq!(half.dimensions(), (2, 3));
        assert!(half.pixels().all(|pixel| pixel.0 == [150]), "{half:?}");
    }

    #[test]
    fn thin_pictures_vanish() {
        for (width, height) in [(0, 0), (1, 1), (1, 9), (9, 1)] {
            let half = gray(&GrayImage::new(width, height));
            assert_eq!(half.dimensions(), (width / 2, height / 2));
            assert_eq!(rgb(&RgbImage::new(width, height)).dimensions(), (width / 2, height / 2));
        }
    }
}
