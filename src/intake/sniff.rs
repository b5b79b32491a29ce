//! Recognises a file by its first bytes. Source: the magic numbers of each format's specification.

use crate::model::media::MediaType;

/// A PDF's header may stand a little after the start: readers accept it within the first kilobyte.
const PDF_HEADER_WITHIN_BYTES: usize = 1024;

/// The kind of file these bytes begin.
pub(super) fn media_type(bytes: &[u8]) -> Option<MediaType> {
    if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        return Some(MediaType::Jpeg);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(MediaType::Png);
    }
    // Classic TIFF and BigTIFF, in either byte order.
    let tiff: [&[u8]; 4] = [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"];
    if tiff.iter().any(|magic| bytes.starts_with(magic)) {
        return Some(MediaType::Tiff);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some(MediaType::WebP);
    }
    let head = bytes.get(..PDF_HEADER_WITHIN_BYTES).unwrap_or(bytes);
    head.windows(5).any(|window| window == b"%PDF-").then_some(MediaType::Pdf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let table: [(&[u8], Option<MediaType>); 10] = [
            (b"\xFF\xD8\xFF\xE0rest", Some(MediaType::Jpeg)),
            (b"\x89PNG\r\n\x1a\nrest", Some(MediaType::Png)),
            (b"II*\0rest", Some(MediaType::Tiff)),
            (b"MM\0*rest", Some(MediaType::Tiff)),
            (b"RIFF\x01\x02\x03\x04WEBPVP8 ", Some(MediaType::WebP)),
            (b"RIFF\x01\x02\x03\x04WAVE", None),
            (b"%PDF-1.4", Some(MediaType::Pdf)),
            (b"\xEF\xBB\xBF junk %PDF-1.4", Some(MediaType::Pdf)),
            (b"\xFF\xD8", None),
            (b"", None),
        ];
        for (bytes, expected) in table {
            assert_eq!(media_type(bytes), expected, "{bytes:?}");
        }
    }
}
