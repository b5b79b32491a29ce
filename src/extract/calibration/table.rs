//! How often values of each weight were right. Fitted on the 120 files of receipts-sroie-tune, read on 2026-11-26.
//! Written by `vouch score --fit`, whose source says how (src/cli/score/fit.rs); not to be changed by hand.

use super::Step;

/// Of the total.
pub(super) const TOTAL: &[Step] = &[
    Step { from: 0, values: 11, right: 10, at_least: 635 },
    Step { from: 11, values: 21, right: 21, at_least: 867 },
    Step { from: 15, values: 87, right: 86, at_least: 946 },
];

/// Of the issue date.
pub(super) const ISSUE_DATE: &[Step] = &[
    Step { from: 0, values: 10, right: 8, at_least: 493 },
    Step { from: 11, values: 43, right: 43, at_least: 932 },
    Step { from: 15, values: 67, right: 67, at_least: 956 },
];

/// Of the supplier name.
pub(super) const SUPPLIER_NAME: &[Step] = &[
    Step { from: 0, values: 92, right: 85, at_least: 861 },
    Step { from: 15, values: 28, right: 28, at_least: 898 },
];

/// Of the three together, for fields that are not labelled there.
pub(super) const OTHERS: &[Step] = &[
    Step { from: 0, values: 63, right: 57, at_least: 820 },
    Step { from: 11, values: 114, right: 110, at_least: 921 },
    Step { from: 15, values: 182, right: 181, at_least: 974 },
];
