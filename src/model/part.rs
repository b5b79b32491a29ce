//! Several papers in one picture: how a document stands to the picture it came in.
//!
//! The document that was uploaded becomes the first part and keeps its id; the ids and names of the others follow from
//! it, so that whoever divides the same picture again makes the same documents.

use uuid::Uuid;

use super::{hash::sha256_hex, id::DocumentId};

/// A picture that shows more papers than this is not divided: it is a pile, or no picture of papers at all.
pub const PARTS_MAX: usize = 12;

/// The ids of parts are made in this namespace.
const PARTS: Uuid = Uuid::from_u128(0x7d0b_38a4_51c6_4b0e_9d5a_2f64_c1e8_9b37);

/// How a document stands to the file it came in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Division {
    /// The file is the document, as far as anybody has seen.
    #[default]
    Whole,
    /// A person said that the file is one document, however many papers are seen in it.
    One,
    /// It is one of several papers in one picture.
    Part(Part),
}

/// One of several papers in one picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The document that was uploaded: the first part.
    pub of: DocumentId,
    /// Which part, counted from one.
    pub number: u32,
    /// How many parts the picture has.
    pub count: u32,
    /// The SHA-256 of the part's own picture, a JPEG: its name among the originals.
    pub sha256: String,
    /// How many bytes that picture has.
    pub bytes: i64,
}

impl Division {
    /// The part that it is, if it is one.
    #[must_use]
    pub const fn part(&self) -> Option<&Part> {
        match self {
            Self::Part(part) => Some(part),
            Self::Whole | Self::One => None,
        }
    }
}

/// The id of a part of the document that was uploaded; the first part is that document.
#[must_use]
pub fn part_id(of: DocumentId, number: u32) -> DocumentId {
    if number == 1 {
        return of;
    }
    DocumentId::from_u128(Uuid::new_v5(&PARTS, format!("{of}:{number}").as_bytes()).as_u128())
}

/// What names a part among all files, from the name of the picture it is on: two parts may look alike to the last
/// pixel, and are two documents all the same. The first part keeps the picture's name.
#[must_use]
pub fn part_sha256(whole: &str, number: u32) -> String {
    if number == 1 { whole.to_owned() } else { sha256_hex(format!("part {number} of {whole}").as_bytes()) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_and_names_follow_from_the_picture() {
        let (one, other) = (DocumentId::from_u128(1), DocumentId::from_u128(2));
        assert_eq!(part_id(one, 1), one);
        assert_eq!(part_id(one, 2).to_string(), "dce01c36-5ace-5e83-9f41-b2dad13f94b3", "never another");
        let all: BTreeSet<_> = [one, other].iter().flat_map(|of| (1..=12).map(|number| part_id(*of, number))).collect();
        assert_eq!(all.len(), 24);
        let whole = sha256_hex(b"a picture");
        assert_eq!(part_sha256(&whole, 1), whole);
        let names: BTreeSet<_> = (1..=12).map(|number| part_sha256(&whole, number)).collect();
        assert_eq!(names.len(), 12);
        assert!(names.iter().all(|name| name.len() == 64));
    }
}
