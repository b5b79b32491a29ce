//! Bytes to pixels: decoding within limits, upright by EXIF, and the small picture that people look at.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, codecs::jpeg::JpegEncoder, imageops::FilterType,
};

use super::{Limits, ReadError, jpeg, tiff};
use crate::model::media::MediaType;

/// The longest bytes a decoded pixel takes: four channels of sixteen bits.
const BYTES_A_PIXEL_MAX: u64 = 8;
/// The width of the pictures that people look at.
const PREVIEW_WIDTH_PX: u32 = 1200;
/// Nor are they longer than this: a very long receipt is shown smaller.
const PREVIEW_HEIGHT_PX: u32 = 6000;
const PREVIEW_JPEG_QUALITY: u8 = 78;
/// Of the picture of one paper among several, which is kept, read again and sent to the ledger.
const CUT_JPEG_QUALITY: u8 = 90;

/// Decodes a picture and turns it upright as its EXIF orientation says.
///
/// # Errors
/// It is damaged, or has more pixels than allowed.
pub fn decode(bytes: &[u8], media_type: MediaType, limits: Limits) -> Result<DynamicImage, ReadError> {
    let format = match media_type {
        MediaType::Jpeg => ImageFormat::Jpeg,
        MediaType::Png => ImageFormat::Png,
        MediaType::Tiff => ImageFormat::Tiff,
        MediaType::WebP => ImageFormat::WebP,
        MediaType::Heic | MediaType::Pdf | MediaType::Xml => return Err(ReadError::DamagedImage),
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut allowed = image::Limits::default();
    allowed.max_alloc = Some(limits.pixels_max.saturating_mul(BYTES_A_PIXEL_MAX));
    reader.limits(allowed);
    let failed = |error: ImageError| from_image_error(&error, limits);
    let mut decoder = reader.into_decoder().map_err(failed)?;
    // The header alone tells the size, so a picture that unpacks to gigabytes is never unpacked.
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > limits.pixels_max {
        return Err(ReadError::ImageTooLarge { pixels_max: limits.pixels_max });
    }
    if media_type == MediaType::Jpeg && !jpeg::is_whole(bytes) {
        return Err(ReadError::DamagedImage);
    }
    let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(failed)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Decodes a TIFF page by page and hands each over with its number and how many there are, so that one page is in
/// memory at a time.
///
/// # Errors
/// A page is damaged or has more pixels than allowed, there are more pages than allowed, or `each` failed.
pub fn decode_tiff(
    bytes: &[u8],
    limits: Limits,
    mut each: impl FnMut((u32, u32), DynamicImage) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let starts = tiff::page_starts(bytes, limits.pages_max);
    let pages = u32::try_from(starts.len()).unwrap_or(u32::MAX);
    if pages == 0 {
        return Err(ReadError::DamagedImage);
    }
    if pages > limits.pages_max {
        return Err(ReadError::PagesTooMany { pages, pages_max: limits.pages_max });
    }
    for (number, start) in (1..).zip(starts) {
        each((number, pages), decode(&tiff::page_file(bytes, start), MediaType::Tiff, limits)?)?;
    }
    Ok(())
}

/// A JPEG of a page, small enough for a telephone.
///
/// # Errors
/// The picture cannot be encoded: it is empty.
pub fn preview(picture: &DynamicImage) -> Result<Vec<u8>, ReadError> {
    let smaller = if picture.width() > PREVIEW_WIDTH_PX || picture.height() > PREVIEW_HEIGHT_PX {
        picture.resize(PREVIEW_WIDTH_PX, PREVIEW_HEIGHT_PX, FilterType::Triangle)
    } else {
        picture.clone()
    };
    encoded(&smaller, PREVIEW_JPEG_QUALITY)
}

/// A JPEG of one paper among several, with all its pixels.
///
/// # Errors
/// The picture cannot be encoded: it is empty.
pub(super) fn cut(picture: &DynamicImage) -> Result<Vec<u8>, ReadError> {
    encoded(picture, CUT_JPEG_QUALITY)
}

fn encoded(picture: &DynamicImage, quality: u8) -> Result<Vec<u8>, ReadError> {
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, quality);
    picture.to_rgb8().write_with_encoder(encoder).map_err(|_| ReadError::DamagedImage)?;
    Ok(jpeg)
}

fn from_image_error(error: &ImageError, limits: Limits) -> ReadError {
    match error {
        ImageError::Limits(_) => ReadError::ImageTooLarge { pixels_max: limits.pixels_max },
        ImageError::Decoding(_)
        | ImageError::Encoding(_)
        | ImageError::Parameter(_)
        | ImageError::Unsupported(_)
        | ImageError::IoError(_) => ReadError::DamagedImage,
    }
}
