//! Any bytes as a PDF: the words and attachments of its pages, or a refusal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vouch::read::{Limits, pdf_text::Document};

const LIMITS: Limits = Limits { pages_max: 5, pixels_max: 4_000_000 };

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = Document::open(bytes.to_vec(), LIMITS) else { return };
    let _ = (document.einvoices(), document.einvoice_claim(), document.einvoice_envelope());
    let texts = document.texts();
    for number in 1..=document.pages() {
        let _ = texts.page(number);
    }
});
