//! QuickBooks Online: `Purchase` for what was paid, `Bill` for what is still to pay, `VendorCredit` for what comes back,
//! `Attachable` for the image.

mod changes;
pub mod client;
mod code;
pub mod convert;
pub(crate) mod dimension;
mod fault;
mod multipart;
mod reversal;
mod wire;

#[cfg(test)]
mod tests;
