//! A page's picture inside the report: reduced, as a JPEG in a `data:` address, so that the report is one file.
//!
//! It begins with the JPEG that the reader made of the page as it read it, turned and straightened: only on that do
//! the areas of fields lie where they belong.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use image::{ImageFormat, codecs::jpeg::JpegEncoder, imageops::FilterType};

/// The report's column is no wider, on any screen.
const WIDTH_PX_MAX: u32 = 700;
/// A very long receipt is shown smaller.
const HEIGHT_PX_MAX: u32 = 3_000;
/// Print stays readable, and forty pictures are a few megabytes.
const JPEG_QUALITY: u8 = 70;

/// A page to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    /// The reduced picture as a `data:` address.
    pub(super) address: String,
    /// The page's own width in pixels, to which the areas of fields refer.
    pub(super) page_width: u32,
    /// The page's own height in pixels.
    pub(super) page_height: u32,
}

impl Picture {
    /// Reduces a reader's picture of a page of this width and height. None when it is no JPEG, or the page is empty.
    pub(super) fn new(jpeg: &[u8], page_width: u32, page_height: u32) -> Option<Self> {
        if page_width == 0 || page_height == 0 {
            return None;
        }
        let page = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).ok()?;
        let reduced = if page.width() > WIDTH_PX_MAX || page.height() > HEIGHT_PX_MAX {
            page.resize(WIDTH_PX_MAX, HEIGHT_PX_MAX, FilterType::Triangle).to_rgb8()
        } else {
            page.to_rgb8()
        };
        let mut jpeg = Vec::new();
        reduced.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY)).ok()?;
        let address = format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg));
        Some(Self { address, page_width, page_height })
    }
}

#[cfg(test)]
mod tests {
    use image::DynamicImage;

    use super::*;

    #[test]
    fn pages_are_reduced_and_keep_their_own_size_in_mind() {
        for (width, height, shown) in [(1200, 1800, (700, 1050)), (300, 200, (300, 200)), (600, 6000, (300, 3000))] {
            let mut jpeg = Vec::new();
            let page = DynamicImage::new_rgb8(width, height);
            page.write_with_encoder(JpegEncoder::new(&mut jpeg)).expect("a JPEG");
            let picture = Picture::new(&jpeg, width * 3, height * 3).expect("a picture");
            assert_eq!((picture.page_width, picture.page_height), (width * 3, height * 3));
            let bytes = picture.address.strip_prefix("data:image/jpeg;base64,").expect("a JPEG");
            let again = STANDARD.decode(bytes).expect("base64");
            let again = image::load_from_memory_with_format(&again, ImageFormat::Jpeg).expect("a JPEG");
            assert_eq!((again.width(), again.height()), shown);
            assert_eq!(Picture::new(&jpeg, 0, 5), None);
        }
        assert_eq!(Picture::new(b"no picture", 5, 5), None);
    }
}
