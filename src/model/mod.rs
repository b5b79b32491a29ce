//! The words of the trade as types: money, currency, ids, documents, pages, fields, line items, findings, people.
//!
//! Pure values. No serde here: whatever goes over a wire or into a table has its own struct and a conversion.

pub mod calendar;
pub mod category;
pub mod currency;
pub mod draft;
pub mod fact;
pub mod field;
pub mod finding;
pub mod fingerprint;
pub mod hash;
pub mod id;
pub mod language;
pub mod media;
pub mod money;
pub mod notice;
pub mod organisation;
pub mod page;
pub mod part;
pub mod person;
pub mod policy;
pub mod rate;
pub mod tax_id;
