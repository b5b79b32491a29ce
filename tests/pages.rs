//! The pages as a browser sees them: who may see and do what, what bad input is answered with, and in which words.
//!
//! A real server on a free port, a real database in a private folder, HTTP by hand. What a reader would have read is
//! given, except in `pages/uploads.rs`, where the files themselves are read.

#[path = "pages/approvals.rs"]
mod approvals;
#[path = "pages/blocked.rs"]
mod blocked;
#[path = "pages/connections.rs"]
mod connections;
#[path = "pages/decisions.rs"]
mod decisions;
#[path = "pages/dimensions.rs"]
mod dimensions;
#[path = "pages/documents.rs"]
mod documents;
#[path = "pages/drift.rs"]
mod drift;
#[path = "pages/house.rs"]
mod house;
#[path = "pages/parts.rs"]
mod parts;
#[path = "pages/reversal.rs"]
mod reversal;
#[path = "pages/roles.rs"]
mod roles;
#[path = "pages/sign_in.rs"]
mod sign_in;
#[path = "pages/uploads.rs"]
mod uploads;
#[path = "pages/visitor.rs"]
mod visitor;
#[path = "pages/webhooks.rs"]
mod webhooks;
#[path = "pages/words.rs"]
mod words;
