//! The buttons of a document's page.

/// What this person may do with this document now.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent button of the page")]
pub struct Actions {
    /// Change fields, kind, category, destination.
    pub can_correct: bool,
    /// Send it on to be checked and approved.
    pub can_submit: bool,
    /// Approve it.
    pub can_approve: bool,
    /// Reject it, with a reason.
    pub can_reject: bool,
    /// Say that it is no duplicate.
    pub can_keep: bool,
    /// Have it read again.
    pub can_reread: bool,
    /// Have it posted again.
    pub can_retry_post: bool,
    /// Have it decided anew, under the policy in force.
    pub can_restart: bool,
    /// Ask for its entry to be taken out of the ledger again.
    pub can_ask_reversal: bool,
    /// Agree to that, or refuse it.
    pub can_decide_reversal: bool,
    /// Take the wish back.
    pub can_withdraw_reversal: bool,
    /// Have it tried again.
    pub can_retry_reversal: bool,
}

impl Actions {
    /// Whether there is any.
    #[must_use]
    pub const fn any(&self) -> bool {
        self.can_correct
            || self.can_submit
            || self.can_approve
            || self.can_reject
            || self.can_keep
            || self.can_reread
            || self.can_retry_post
            || self.can_restart
            || self.can_ask_reversal
            || self.can_decide_reversal
            || self.can_withdraw_reversal
            || self.can_retry_reversal
    }
}
