//! Approval: who must agree, and did they. Pure: events and states go in, states and effects come out.

pub mod facts;
pub mod inspect;
pub mod instance;
pub mod lapse;
pub mod permission;
pub mod route;
pub mod rule;
pub mod seats;
pub mod simulate;
pub mod standing;
pub mod state;
pub mod walk;
