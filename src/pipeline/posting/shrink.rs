//! Pictures of pages made small enough for a ledger: one page stays a JPEG, several become a PDF of JPEGs. Pure.
//!
//! Only pictures that a reader of ours wrote come here, never a file from outside.

use image::{
    DynamicImage, ImageDecoder as _, codecs::jpeg::JpegDecoder, codecs::jpeg::JpegEncoder, imageops::FilterType,
};
use std::io::Cursor;

/// What is tried, the best first: the sides in percent of the picture's, and the quality of the JPEG.
const TRIES: [(u32, u8); 6] = [(100, 80), (80, 80), (60, 75), (45, 70), (30, 65), (20, 60)];
/// A PDF's own words take no more than this for each page, in bytes.
const PDF_PAGE_BYTES: usize = 1_000;

/// The pictures as one file of at most so many bytes: a JPEG for one page, a PDF for more. `None` when they cannot be
/// made so small, or are not JPEGs.
pub(super) fn within(pictures: &[Vec<u8>], bytes_max: usize) -> Option<Vec<u8>> {
    match pictures {
        [] => None,
        [one] => jpeg_within(one, bytes_max),
        several => {
            let of_page = (bytes_max / several.len()).checked_sub(PDF_PAGE_BYTES)?;
            let pages: Option<Vec<Vec<u8>>> = several.iter().map(|page| jpeg_within(page, of_page)).collect();
            pdf(&pages?)
        }
    }
}

fn jpeg_within(jpeg: &[u8], bytes_max: usize) -> Option<Vec<u8>> {
    if jpeg.len() <= bytes_max {
        return Some(jpeg.to_vec());
    }
    let whole = DynamicImage::from_decoder(JpegDecoder::new(Cursor::new(jpeg)).ok()?).ok()?;
    TRIES.into_iter().find_map(|(percent, quality)| {
        let side = |pixels: u32| (pixels.saturating_mul(percent) / 100).max(1);
        let smaller = if percent == 100 {
            whole.clone()
        } else {
            whole.resize_exact(side(whole.width()), side(whole.height()), FilterType::Triangle)
        };
        let mut bytes = Vec::new();
        smaller.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, quality)).ok()?;
        (bytes.len() <= bytes_max).then_some(bytes)
    })
}

/// A PDF whose pages are these JPEGs, a point for a pixel.
fn pdf(pages: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    let mut object = |out: &mut Vec<u8>, head: &str, stream: Option<&[u8]>| {
        offsets.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n{head}\n", offsets.len()).as_bytes());
        if let Some(stream) = stream {
            out.extend_from_slice(b"stream\n");
            out.extend_from_slice(stream);
            out.extend_from_slice(b"\nendstream\n");
        }
        out.extend_from_slice(b"endobj\n");
    };
    object(&mut out, "<< /Type /Catalog /Pages 2 0 R >>", None);
    // Each page is three objects: the page, what is drawn on it, the picture.
    let kids: Vec<String> = (0..pages.len()).map(|place| format!("{} 0 R", 3 + 3 * place)).collect();
    object(&mut out, &format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()), None);
    for (place, jpeg) in pages.iter().enumerate() {
        let decoder = JpegDecoder::new(Cursor::new(jpeg)).ok()?;
        let (width, height) = decoder.dimensions();
        let space = if decoder.color_type().has_color() { "/DeviceRGB" } else { "/DeviceGray" };
        let (content, picture) = (4 + 3 * place, 5 + 3 * place);
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents {content} 0 R \
             /Resources << /XObject << /P {picture} 0 R >> >> >>"
        );
        object(&mut out, &page, None);
        let drawn = format!("q {width} 0 0 {height} 0 0 cm /P Do Q");
        object(&mut out, &format!("<< /Length {} >>", drawn.len()), Some(drawn.as_bytes()));
        let head = format!(
            "<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace {space} \
             /BitsPerComponent 8 /Filter /DCTDecode /Length {} >>",
            jpeg.len()
        );
        object(&mut out, &head, Some(jpeg));
    }
    let table = out.len();
    let count = offsets.len() + 1;
    out.extend_from_slice(format!("xref\n0 {count}\n0000000000 65535 f \n").as_bytes());
    for offset in offsets {
        out.extend_from_slice(format!("{offset:010} 00000 n \n").as_bytes());
    }
    let trailer = format!("trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
    out.extend_from_slice(trailer.as_bytes());
    Some(out)
}

#[cfg(test)]
mod tests {
    use image::RgbImage;

    use super::*;

    /// Noise, so that it does not become small by itself.
    fn noisy(side: u32) -> Vec<u8> {
        let mut state = 7_u32;
        let picture = RgbImage::from_fn(side, side, |_, _| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let [a, b, c, _] = state.to_be_bytes();
            image::Rgb([a, b, c])
        });
        let mut bytes = Vec::new();
        picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, 95)).expect("a buffer takes it");
        bytes
    }

    #[test]
    fn pictures_become_small_enough_and_stay_pictures() {
        let big = noisy(400);
        assert_eq!(within(std::slice::from_ref(&big), big.len()), Some(big.clone()), "what fits stays as it is");
        for bytes_max in [big.len() - 1, big.len() / 2, big.len() / 10] {
            let made = within(std::slice::from_ref(&big), bytes_max).expect("it can be made smaller");
            assert!(made.len() <= bytes_max, "{} of {bytes_max}", made.len());
            assert!(JpegDecoder::new(Cursor::new(&made)).is_ok(), "it is still a JPEG");
        }
        assert_eq!(within(&[big], 50), None);
        assert_eq!(within(&[], 1_000), None);
        assert_eq!(within(&[b"no picture".to_vec()], 5), None);
    }

    #[test]
    fn several_pages_become_one_file() {
        let pages = [noisy(300), noisy(200)];
        let bytes_max = pages[0].len();
        let made = within(&pages, bytes_max).expect("both can be made smaller");
        assert!(made.len() <= bytes_max && made.starts_with(b"%PDF-1.4") && made.ends_with(b"%%EOF\n"));
        let text = String::from_utf8_lossy(&made);
        assert_eq!(text.matches("/Type /Page ").count(), 2);
        let pdf = hayro::hayro_syntax::Pdf::new(std::sync::Arc::new(made.clone())).expect("a reader of PDFs reads it");
        assert_eq!(pdf.pages().len(), 2);
    }
}
