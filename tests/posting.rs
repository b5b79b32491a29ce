//! Exactly once: whatever dies, is cut or answers wrongly on the way, a document ends as one entry with one image.
//!
//! Each part drives the real pipeline against the sandbox over HTTP. `house` sets a vouch and a sandbox up and says what
//! "exactly once" means, `gate` stops the sandbox at a chosen call, and the others break something each.

#[path = "posting/blocked.rs"]
mod blocked;
#[path = "posting/books.rs"]
mod books;
#[path = "posting/charge.rs"]
mod charge;
#[path = "posting/connections.rs"]
mod connections;
#[path = "posting/crash.rs"]
mod crash;
#[path = "posting/credits.rs"]
mod credits;
#[path = "posting/cut.rs"]
mod cut;
#[path = "posting/dimensions.rs"]
mod dimensions;
#[path = "posting/export.rs"]
mod export;
#[path = "posting/faults.rs"]
mod faults;
#[path = "posting/furnish.rs"]
mod furnish;
#[path = "posting/gate.rs"]
mod gate;
#[path = "posting/holes.rs"]
mod holes;
#[path = "posting/house.rs"]
mod house;
#[path = "posting/longrun.rs"]
mod longrun;
#[path = "posting/outage.rs"]
mod outage;
#[path = "posting/parts.rs"]
mod parts;
#[path = "posting/process.rs"]
mod process;
#[path = "posting/rates.rs"]
mod rates;
#[path = "posting/reconcile.rs"]
mod reconcile;
#[path = "posting/reversal.rs"]
mod reversal;
#[path = "posting/sharing.rs"]
mod sharing;
#[path = "posting/taxes.rs"]
mod taxes;
#[path = "posting/together.rs"]
mod together;
#[path = "posting/tokens.rs"]
mod tokens;
#[path = "posting/undo.rs"]
mod undo;
#[path = "posting/uploads.rs"]
mod uploads;
