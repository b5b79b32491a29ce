//! How often values of each weight were right. Fitted on the 120 files of receipts-sroie-tune, read on 2026-11-26.
//! Written by `vouch score --fit`, whose source says how (src/cli/score/fit.rs); not to be changed by hand.

use super::Step;

/// Of the total.
pub(super) const TOTAL: &[Step] = &[
    Step { from: 0, values: 13, right: 12, at_least: 683 },
    Step { from: 11, values: 20, right: 20, at_least: 860 },
    Step { from: 15, values: 86, right: 85, at_least: 946 },
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
    Step { from: 0, values: 20, right: 18, at_least: 717 },
    Step { from: 7, values: 47, right: 43, at_least: 815 },
    Step { from: 11, values: 111, right: 107, at_least: 919 },
    Step { from: 15, values: 181, right: 180, at_least: 974 },
];
