//! Any bytes as an e-invoice: read, or refused with a code.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vouch::read::einvoice;

fuzz_target!(|bytes: &[u8]| {
    let _ = einvoice::parse(bytes);
});
