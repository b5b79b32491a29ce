//! Whether a JPEG was cut short. A forgiving decoder fills what is missing with grey and says nothing; but the total
//! of a receipt stands at its bottom, so a picture without its end must not pass for a whole one.
//! Source: ITU-T T.81, annex B: markers and the entropy-coded data between them.

/// Begins every marker; inside a scan's data a zero follows when it is not one.
const MARKER: u8 = 0xFF;
const STUFFED: u8 = 0x00;
const TEMPORARY: u8 = 0x01;
const RESTART_FIRST: u8 = 0xD0;
const START_OF_IMAGE: u8 = 0xD8;
const END_OF_IMAGE: u8 = 0xD9;
const START_OF_SCAN: u8 = 0xDA;

/// Whether the picture has a scan and its end mark. What follows the end (a second picture, a maker's notes) does not
/// matter, and what stands inside a segment (a small picture in EXIF has an end of its own) does not count.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let mut at = 2;
    let mut has_scan = false;
    while let Some((marker, after)) = next_marker(bytes, at) {
        at = match marker {
            END_OF_IMAGE => return has_scan,
            // These stand alone. Restarts divide the data of a scan.
            TEMPORARY | RESTART_FIRST..=START_OF_IMAGE => after,
            _ => {
                has_scan |= marker == START_OF_SCAN;
                match segment_end(bytes, after) {
                    Some(end) => end,
                    None => return false,
                }
            }
        };
    }
    false
}

/// The next marker at or after `at`, and the place behind it. Data of a scan before it is passed over, and so are the
/// stray bytes that some cameras leave between segments.
fn next_marker(bytes: &[u8], mut at: usize) -> Option<(u8, usize)> {
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == MARKER)?;
        // Any number of fill bytes may stand before a marker.
        at += bytes.get(at..)?.iter().position(|byte| *byte != MARKER)?;
        let marker = *bytes.get(at)?;
        at += 1;
        if marker != STUFFED {
            return Some((marker, at));
        }
    }
}

/// Where the segment ends whose length stands at `at`. The length counts its own two bytes.
fn segment_end(bytes: &[u8], at: usize) -> Option<usize> {
    let length: [u8; 2] = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
    let length = usize::from(u16::from_be_bytes(length));
    if length < 2 { None } else { at.checked_add(length) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START: &[u8] = &[0xFF, 0xD8];
    /// A segment for a decoder's tables, of four bytes.
    const TABLES: &[u8] = &[0xFF, 0xDB, 0, 4, 1, 2];
    const SCAN: &[u8] = &[0xFF, 0xDA, 0, 3, 9, 0x11, 0x22];
    const END: &[u8] = &[0xFF, 0xD9];
    /// A segment of EXIF that holds a whole small picture: start, scan, end.
    const EXIF: &[u8] = &[0xFF, 0xE1, 0, 12, 0xFF, 0xD8, 0xFF, 0xDA, 0, 3, 9, 0x11, 0xFF, 0xD9];

    #[test]
    fn pictures_with_their_end_are_whole() {
        let table: &[(&str, &[&[u8]], bool)] = &[
            ("the plainest", &[START, TABLES, SCAN, END], true),
            ("cut in the data", &[START, TABLES, SCAN], false),
            ("cut between the end mark's bytes", &[START, TABLES, SCAN, &[0xFF]], false),
            ("cut in a segment", &[START, &[0xFF, 0xDB, 0, 4, 1]], false),
            ("cut in a segment's length", &[START, &[0xFF, 0xDB, 0]], false),
            ("cut in the scan's header", &[START, TABLES, &[0xFF, 0xDA, 0, 30, 9]], false),
            ("a start alone", &[START], false),
            ("nothing", &[], false),
            ("no scan", &[START, TABLES, END], false),
            ("stuffed bytes that look like an end", &[START, SCAN, &[0xFF, 0x00, 0xD9, 0x33]], false),
            ("stuffed bytes and an end", &[START, SCAN, &[0xFF, 0x00, 0xD9, 0x33], END], true),
            ("restarts", &[START, SCAN, &[0xFF, 0xD0, 1, 0xFF, 0xD7, 2], END], true),
            ("restarts without an end", &[START, SCAN, &[0xFF, 0xD0, 1, 0xFF, 0xD7, 2]], false),
            ("several scans", &[START, TABLES, SCAN, TABLES, SCAN, SCAN, END], true),
            ("cut in the second scan", &[START, TABLES, SCAN, TABLES, SCAN], false),
            ("cut between scans", &[START, TABLES, SCAN, TABLES], false),
            ("fill bytes", &[START, &[0xFF, 0xFF], TABLES, SCAN, &[0xFF, 0xFF], END], true),
            ("fill bytes to the end", &[START, SCAN, &[0xFF, 0xFF]], false),
            ("bytes after the end", &[START, SCAN, END, b"maker's notes \xFF\xDA"], true),
            ("a second picture after the end", &[START, SCAN, END, START, SCAN], true),
            ("a small picture in EXIF", &[START, EXIF, TABLES, SCAN, END], true),
            ("only the small picture is whole", &[START, EXIF, TABLES, SCAN], false),
            ("cut within the small picture", &[START, &[0xFF, 0xE1, 0, 90, 0xFF, 0xDA, 0, 2, 0xFF, 0xD9]], false),
            ("stray bytes between segments", &[START, TABLES, &[0, 0, 7], SCAN, END], true),
            ("a segment shorter than its length", &[START, &[0xFF, 0xDB, 0, 1], SCAN, END], false),
        ];
        for (name, parts, whole) in table {
            assert_eq!(is_whole(&parts.concat()), *whole, "{name}");
        }
    }

    #[test]
    fn a_real_picture_is_whole_only_to_its_last_byte() {
        let picture = image::DynamicImage::new_rgb8(64, 48);
        let mut jpeg = Vec::new();
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, 80);
        picture.write_with_encoder(encoder).expect("a small picture");
        assert!(is_whole(&jpeg));
        for length in 0..jpeg.len() {
            assert!(!is_whole(&jpeg[..length]), "cut to {length} of {} bytes", jpeg.len());
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(prop_oneof![Just(0xFF_u8), any::<u8>()], 0..200)) {
            let cut = is_whole(&bytes);
            let mut longer = bytes;
            longer.extend_from_slice(b"more");
            // What follows can complete a picture, never spoil it.
            prop_assert!(!cut || is_whole(&longer));
        }
    }
}
