//! Tables and laws of the approval.
