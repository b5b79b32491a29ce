//! QR codes: machine-readable facts on a page.
//!
//! `decode` finds the codes in a picture and gives their bytes; the other files know the published formats and turn
//! the bytes into facts. A code in no known format says nothing here: a web address is never followed, and half an
//! understood payload is worth less than none.

mod decode;
mod emv;
mod fapiao;
mod payload;
mod taiwan;

use image::GrayImage;

use crate::model::fact::Facts;

/// What the codes of known formats in a picture state; `page` is counted from one.
pub(super) fn read(picture: &GrayImage, page: u32) -> Vec<Facts> {
    payload::facts(&decode::codes(picture), page)
}

/// What codes with these contents state, without a picture: bytes cut at each `0xff`, which stands in no format. For the
/// fuzzer (`fuzz/`), which cannot draw.
#[must_use]
pub fn facts_of_bytes(bytes: &[u8]) -> Vec<Facts> {
    payload::facts_of_bytes(bytes)
}
