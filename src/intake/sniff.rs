//! Recognises a file by its first bytes. Source: the magic numbers of each format's specification.

use crate::model::media::MediaType;

/// A PDF's header may stand a little after the start: readers accept it within the first kilobyte.
const PDF_HEADER_WITHIN_BYTES: usize = 1024;

/// Where an e-invoice without an XML declaration must name its standard, in bytes from the start.
const NAMESPACE_WITHIN_BYTES: usize = 4096;
/// The still-picture brands of ISO/IEC 23008-12 that telephones write.
const HEIC_BRANDS: [&[u8; 4]; 6] = [b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"];

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
    if bytes.get(4..8) == Some(b"ftyp") && HEIC_BRANDS.iter().any(|brand| bytes.get(8..12) == Some(*brand)) {
        return Some(MediaType::Heic);
    }
    if is_xml(bytes) {
        return Some(MediaType::Xml);
    }
    let head = bytes.get(..PDF_HEADER_WITHIN_BYTES).unwrap_or(bytes);
    head.windows(5).any(|window| window == b"%PDF-").then_some(MediaType::Pdf)
}

/// XML with its declaration, in any encoding it may have, or an e-invoice that names its standard at once.
fn is_xml(bytes: &[u8]) -> bool {
    // UTF-16 begins with its byte order mark, or shows itself by its declaration. Source: XML 1.0, appendix F.
    let sixteen: [&[u8]; 4] = [b"\xFF\xFE<\0", b"\xFE\xFF\0<", b"<\0?\0x\0", b"\0<\0?\0x"];
    if sixteen.iter().any(|start| bytes.starts_with(start)) {
        return true;
    }
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let head = text.get(..NAMESPACE_WITHIN_BYTES).unwrap_or(text);
    let names = |name: &[u8]| head.windows(name.len()).any(|window| window == name);
    text.starts_with(b"<?xml")
        || text.starts_with(b"<") && (names(b"urn:oasis:names:specification:ubl:") || names(b"urn:un:unece:uncefact:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        let table: [(&[u8], Option<MediaType>); 18] = [
            (b"\0\0\0\x18ftypheic\0\0\0\0", Some(MediaType::Heic)),
            (b"\0\0\0\x18ftypisom\0\0\0\0", None),
            (b"\xEF\xBB\xBF <?xml version='1.0'?><Invoice/>", Some(MediaType::Xml)),
            (b"\xFF\xFE<\0?\0x\0", Some(MediaType::Xml)),
            (b"<\0?\0x\0m\0", Some(MediaType::Xml)),
            (b"\0<\0?\0x\0m", Some(MediaType::Xml)),
            (b"<i:Invoice xmlns:i='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'>", Some(MediaType::Xml)),
            (b"<html><body>no</body></html>", None),
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
