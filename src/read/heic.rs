//! HEIC, the format in which telephones keep photos: HEVC pictures in an ISO base media file.
//! Sources: ISO/IEC 23008-12 (HEIF) for items, grids, `ispe`, `irot` and `imir`.
//!
//! The rotation and mirroring that the file's own properties ask for are applied here. The EXIF orientation is not
//! read: HEIF 6.5.10 makes `irot` and `imir` the binding ones, and telephones write both, so a reader that obeys EXIF
//! too turns the picture twice.

use heifer::{
    Options,
    heifer_isobmff::{FourCC, HeifFile, ItemId},
};
use image::{DynamicImage, RgbImage};

/// A coded picture.
const CODED: FourCC = FourCC(*b"hvc1");
/// A picture put together from tiles, each an item of its own.
const GRID: FourCC = FourCC(*b"grid");
/// Telephones write up to 1000 tiles for 200 megapixels.
const TILES_MAX: usize = 4096;
/// Tiles may stand over the picture's right and lower edges, but not together cover this many times its limit.
const TILE_COVER_MAX: u64 = 2;
/// A reader process reads one file on one core.
const THREADS_MAX: usize = 1;

/// Why a HEIC file could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum HeicError {
    /// The file is damaged or cut short.
    #[error("the picture is damaged or incomplete")]
    Damaged,
    /// It is sound, as far as one can see, but made in a way that no telephone makes a photo: AV1, overlays, tools of
    /// HEVC beyond still pictures.
    #[error("the picture is coded in a way that cannot be read")]
    Unsupported,
    /// It has more pixels than allowed.
    #[error("the picture has more than {pixels_max} pixels")]
    TooLarge {
        /// The limit.
        pixels_max: u64,
    },
}

/// Decodes the primary picture, upright as the file's own properties say, without alpha, in the file's own colours.
///
/// # Errors
/// It is damaged, too large, or of a kind that is not read.
pub(super) fn decode(bytes: &[u8], pixels_max: u64) -> Result<DynamicImage, HeicError> {
    let file = HeifFile::parse(bytes).map_err(|_| HeicError::Damaged)?;
    check(&file, pixels_max)?;
    // Zero would mean heifer's own, larger limit.
    let options = Options { max_threads: THREADS_MAX, max_pixels: pixels_max.max(1) };
    let picture = heifer::decode_rgba8(bytes, &options).map_err(|error| from_heifer(&error))?;
    let (width, height) = (picture.width, picture.height);
    let pixels = without_alpha(picture.data);
    RgbImage::from_raw(width, height, pixels).map(DynamicImage::ImageRgb8).ok_or(HeicError::Damaged)
}

/// Refuses what would take too much memory or time, from the headers alone.
fn check(file: &HeifFile<'_>, pixels_max: u64) -> Result<(), HeicError> {
    let primary = file.item(file.primary_id).map_err(|_| HeicError::Damaged)?;
    check_size(size(file, primary.id)?, pixels_max)?;
    if primary.item_type == CODED {
        return Ok(());
    }
    if primary.item_type != GRID {
        return Err(HeicError::Unsupported);
    }
    let grid = file.grid(primary.id).map_err(|_| HeicError::Damaged)?;
    check_size(Some((grid.output_width, grid.output_height)), pixels_max)?;
    let tiles = file.referenced_items(primary.id, b"dimg");
    if tiles.is_empty() || tiles.len() > TILES_MAX {
        return Err(HeicError::Damaged);
    }
    let mut covered = 0_u64;
    for &tile in tiles {
        // A tile that is a grid again would unfold without end.
        if file.item(tile).map_err(|_| HeicError::Damaged)?.item_type != CODED {
            return Err(HeicError::Unsupported);
        }
        let (width, height) = size(file, tile)?.ok_or(HeicError::Damaged)?;
        covered = covered.saturating_add(u64::from(width) * u64::from(height));
    }
    if covered > pixels_max.saturating_mul(TILE_COVER_MAX) {
        return Err(HeicError::TooLarge { pixels_max });
    }
    Ok(())
}

fn size(file: &HeifFile<'_>, item: ItemId) -> Result<Option<(u32, u32)>, HeicError> {
    file.image_size(item).map_err(|_| HeicError::Damaged)
}

/// Checks the size, where there is one: a coded picture's own header is checked again when it is decoded.
fn check_size(size: Option<(u32, u32)>, pixels_max: u64) -> Result<(), HeicError> {
    match size {
        Some((0, _) | (_, 0)) => Err(HeicError::Damaged),
        Some((width, height)) if u64::from(width) * u64::from(height) > pixels_max => {
            Err(HeicError::TooLarge { pixels_max })
        }
        Some(_) | None => Ok(()),
    }
}

/// Drops every fourth byte, in place: a second copy of a large photo would be the most memory a reader ever needs.
fn without_alpha(mut rgba: Vec<u8>) -> Vec<u8> {
    let pixels = rgba.len() / 4;
    for pixel in 1..pixels {
        rgba.copy_within(pixel * 4..pixel * 4 + 3, pixel * 3);
    }
    rgba.truncate(pixels * 3);
    rgba
}

fn from_heifer(error: &heifer::Error) -> HeicError {
    match error {
        heifer::Error::Unsupported(_) | heifer::Error::Hevc(heifer::heifer_hevc_dec::Error::Unimplemented(_)) => {
            HeicError::Unsupported
        }
        heifer::Error::Container(_) | heifer::Error::Hevc(_) | heifer::Error::Encode(_) | heifer::Error::Invalid(_) => {
            HeicError::Damaged
        }
    }
}

#[cfg(test)]
mod tests {
    use heifer::EncodeOptions;
    use proptest::prelude::*;

    use super::*;

    const PIXELS_MAX: u64 = 4_000_000;

    /// Four quarters of different greys, so that every turn and mirroring shows.
    fn quarters(width: u32, height: u32) -> Vec<u8> {
        let mut rgb = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let grey = match (x < width / 2, y < height / 2) {
                    (true, true) => 40,
                    (false, true) => 100,
                    (true, false) => 160,
                    (false, false) => 220,
                };
                rgb.extend_from_slice(&[grey, grey, grey]);
            }
        }
        rgb
    }

    fn encoded(width: u32, height: u32) -> Vec<u8> {
        heifer::encode_rgb8(width, height, &quarters(width, height), &EncodeOptions::default())
            .expect("a small picture")
    }

    fn corner_greys(picture: &DynamicImage) -> [u8; 4] {
        let picture = picture.to_luma8();
        let (right, bottom) = (picture.width() - 9, picture.height() - 9);
        [(8, 8), (right, 8), (8, bottom), (right, bottom)].map(|(x, y)| picture.get_pixel(x, y).0[0])
    }

    #[test]
    fn pictures_and_grids_come_back() {
        for (width, height) in [(64, 48), (75, 131), (1100, 700)] {
            let picture = decode(&encoded(width, height), PIXELS_MAX).expect("whole");
            assert_eq!((picture.width(), picture.height()), (width, height));
            for (seen, wanted) in corner_greys(&picture).into_iter().zip([40, 100, 160, 220]) {
                assert!(seen.abs_diff(wanted) <= 3, "{seen} is not {wanted}");
            }
        }
    }

    #[test]
    fn sizes_are_checked_before_pixels_are_made() {
        for (width, height) in [(64, 48), (1100, 700)] {
            let pixels_max = u64::from(width * height) - 1;
            assert_eq!(decode(&encoded(width, height), pixels_max), Err(HeicError::TooLarge { pixels_max }));
        }
    }

    #[test]
    fn what_is_no_heic_is_damaged() {
        for bytes in [&b""[..], b"no", b"\0\0\0\x18ftypheic", &[0xFF; 300]] {
            assert_eq!(decode(bytes, PIXELS_MAX), Err(HeicError::Damaged));
        }
    }

    #[test]
    fn a_file_cut_short_never_passes_for_a_whole_one() {
        let whole = encoded(64, 48);
        for length in (0..whole.len()).step_by(7) {
            assert!(decode(&whole[..length], PIXELS_MAX).is_err(), "cut to {length} of {} bytes", whole.len());
        }
    }

    proptest! {
        #[test]
        fn damaged_bytes_are_answered(at in 0_usize..2000, value: u8) {
            let mut bytes = encoded(64, 48);
            let at = at % bytes.len();
            bytes[at] = value;
            let _ = decode(&bytes, 10_000);
        }
    }
}
