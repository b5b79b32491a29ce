//! vouch reads receipts and supplier invoices, checks them, gets them approved, and posts them to QuickBooks Online and
//! Xero with their image, exactly once.
//!
//! ```text
//! intake → read → extract → check → approval → post → reconcile
//! ```
//!
//! The stages think: pure functions over values. The shell acts: store, queue, blob, clock, web. `pipeline` is the only
//! place where they meet. Start reading there, at `pipeline::run`.

pub mod model;

pub mod approval;
pub mod check;
pub mod extract;
pub mod intake;
pub mod post;
pub mod read;
pub mod reconcile;

pub mod blob;
pub mod clock;
pub mod config;
pub mod notify;
pub mod pipeline;
pub mod policy_file;
pub mod queue;
pub mod reading;
pub mod secret;
pub mod store;

pub mod cli;
pub mod sandbox;
pub mod telemetry;
pub mod web;
