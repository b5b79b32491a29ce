//! Intake: what is this file, is it within the limits, and have we seen these very bytes before?
//!
//! Pure, and cheap enough to run before an upload is acknowledged. Whether a picture is whole is found out later, by
//! the reader, in a process of its own.

mod sniff;

use crate::model::{hash::sha256_hex, media::MediaType};

/// A file that may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// What it is, by its content.
    pub media_type: MediaType,
    /// The SHA-256 of the bytes, in lower-case hexadecimal: its name among the originals.
    pub sha256: String,
}

/// Why a file is not taken in. Each has a code that programs can rely on and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IntakeError {
    /// No bytes.
    #[error("The file is empty; choose it again, or take the photo again.")]
    Empty,
    /// More bytes than allowed.
    #[error("The file is larger than {bytes_max} bytes; scan it at a lower resolution, or split it.")]
    TooLarge {
        /// How many bytes it may have.
        bytes_max: u64,
    },
    /// Not a kind of file that vouch reads.
    #[error(
        "This is not a JPEG, PNG, TIFF, WebP, HEIC or PDF file, nor an e-invoice in XML; save it as one of these and upload it again."
    )]
    UnsupportedType,
}

impl IntakeError {
    /// The code that programs can rely on.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "upload_empty",
            Self::TooLarge { .. } => "upload_too_large",
            Self::UnsupportedType => "unsupported_type",
        }
    }
}

/// Decides whether a file may be kept, and names it.
///
/// # Errors
/// It is empty, too large, or not a kind of file that vouch reads.
pub fn accept(bytes: &[u8], bytes_max: u64) -> Result<Accepted, IntakeError> {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if length == 0 {
        return Err(IntakeError::Empty);
    }
    if length > bytes_max {
        return Err(IntakeError::TooLarge { bytes_max });
    }
    let media_type = sniff::media_type(bytes).ok_or(IntakeError::UnsupportedType)?;
    Ok(Accepted { media_type, sha256: sha256_hex(bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_have_codes() {
        let table: [(&[u8], u64, &str); 4] = [
            (b"", 10, "upload_empty"),
            (b"%PDF-1.7 and more", 10, "upload_too_large"),
            (b"hello, I am text", 100, "unsupported_type"),
            (b"GIF89a..........", 100, "unsupported_type"),
        ];
        for (bytes, bytes_max, code) in table {
            assert_eq!(accept(bytes, bytes_max).map_err(|error| error.code()), Err(code));
        }
    }

    #[test]
    fn bytes_are_named_by_their_hash() {
        let accepted = accept(b"%PDF-1.7", 100);
        let expected = Accepted { media_type: MediaType::Pdf, sha256: sha256_hex(b"%PDF-1.7") };
        assert_eq!(accepted, Ok(expected));
    }
}
