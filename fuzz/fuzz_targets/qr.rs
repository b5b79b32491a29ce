//! Any bytes as the contents of QR codes: facts of a known format, or nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vouch::read::qr;

fuzz_target!(|bytes: &[u8]| {
    let _ = qr::facts_of_bytes(bytes);
});
