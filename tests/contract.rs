//! What vouch and its sandbox say to each other, held against the ledgers' own contracts: Xero's OpenAPI and Intuit's
//! XSDs.
//!
//! The contracts lie in `../shared/contracts` or where `VOUCH_TEST_CONTRACTS` says; without them these tests say that
//! they skipped. The real pipeline is driven for everything it can post, and the sandbox records every exchange. With
//! `VOUCH_TEST_RECORDED` the exchanges of a whole test run are checked as well, made before with `VOUCH_TEST_RECORD`:
//! two variables, because a record is not whole while the tests run.

#[expect(dead_code, reason = "the tests of posting ask more of a charge than these")]
#[path = "posting/charge.rs"]
mod charge;
#[path = "contract/check.rs"]
mod check;
#[path = "contract/controls.rs"]
mod controls;
#[path = "contract/drive.rs"]
mod drive;
#[expect(dead_code, reason = "the tests of posting hold more calls than these")]
#[path = "posting/gate.rs"]
mod gate;
#[expect(dead_code, reason = "the tests of posting ask more of a house than these")]
#[path = "posting/house.rs"]
mod house;
#[path = "contract/openapi.rs"]
mod openapi;
#[path = "contract/quickbooks.rs"]
mod quickbooks;
#[path = "posting/undo.rs"]
mod undo;
#[path = "contract/xsd.rs"]
mod xsd;
