//! Approval: who must agree, and did they. Pure: events and states go in, states and effects come out.

pub mod facts;
pub mod permission;
pub mod rule;
pub mod state;
