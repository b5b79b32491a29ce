//! Which program a picture says it was worked over with (rule Q5). Cameras and scanners write their own names into the
//! same place, so only programs that change pictures are told.

use std::io::Cursor;

/// Programs that change pictures, in lower case, as their names begin or stand in EXIF's `Software`.
const EDITORS: [&str; 16] = [
    "photoshop",
    "gimp",
    "lightroom",
    "snapseed",
    "picsart",
    "pixelmator",
    "affinity",
    "paint.net",
    "canva",
    "meitu",
    "美图",
    "美圖",
    "capture one",
    "acdsee",
    "photopea",
    "vsco",
];
/// No program's name is longer, in characters.
const NAME_MAX: usize = 60;

/// The program that a JPEG, PNG, TIFF, WebP or HEIC names, where it is one that changes pictures. A file without such a
/// note, or with a damaged one, says nothing.
#[must_use]
pub fn edited_with(bytes: &[u8]) -> Option<String> {
    let notes = exif::Reader::new().read_from_container(&mut Cursor::new(bytes)).ok()?;
    let named = [exif::Tag::Software, exif::Tag(exif::Context::Tiff, PROCESSING_SOFTWARE)];
    named.into_iter().find_map(|tag| {
        let exif::Value::Ascii(texts) = &notes.get_field(tag, exif::In::PRIMARY)?.value else { return None };
        let text = String::from_utf8_lossy(texts.first()?);
        let name: String = text.chars().filter(|sign| !sign.is_control()).take(NAME_MAX).collect();
        let folded = name.to_lowercase();
        EDITORS.iter().any(|editor| folded.contains(editor)).then(|| name.trim().to_owned())
    })
}

/// `ProcessingSoftware` of the EXIF list of tags.
const PROCESSING_SOFTWARE: u16 = 0x000b;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A JPEG of nothing but a note of this program.
    fn jpeg(software: &str) -> Vec<u8> {
        let text = [software.as_bytes(), &[0]].concat();
        let mut tiff = b"II*\0\x08\0\0\0\x01\0\x31\x01\x02\0".to_vec();
        tiff.extend(u32::try_from(text.len()).expect("short").to_le_bytes());
        tiff.extend(26_u32.to_le_bytes());
        tiff.extend([0; 4]);
        tiff.extend(&text);
        let note = [b"Exif\0\0".as_slice(), &tiff].concat();
        let length = u16::try_from(note.len() + 2).expect("short").to_be_bytes();
        [&[0xff, 0xd8, 0xff, 0xe1], length.as_slice(), &note, &[0xff, 0xd9]].concat()
    }

    #[test]
    fn programs_that_change_pictures_are_told() {
        for (software, told) in [
            ("Adobe Photoshop 25.1 (Macintosh)", true),
            ("GIMP 2.10.36", true),
            ("美图秀秀 10", true),
            ("17.1.2", false),
            ("HDR+ 1.0.585804401zd", false),
            ("ScanSnap Manager", false),
            ("", false),
        ] {
            assert_eq!(edited_with(&jpeg(software)), told.then(|| software.to_owned()), "{software}");
        }
        for bytes in [b"".as_slice(), b"%PDF-1.7", &[0xff, 0xd8, 0xff, 0xd9], &jpeg("GIMP")[..20]] {
            assert_eq!(edited_with(bytes), None);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..200), cut in 0_usize..80) {
            let mut damaged = jpeg("GIMP 2.10.36");
            damaged.truncate(cut);
            damaged.extend(bytes);
            let _ = edited_with(&damaged);
        }
    }
}
