//! An approval as people see it: the way, who is asked at each node, what one may do, and one's tasks.

use askama::Template;

use super::{
    view::{Choice, Chrome, MoneyView},
    view_reversal::ReversalView,
};

/// One person's part at a node.
#[derive(Debug)]
pub struct PartView {
    /// The task's number.
    pub number: u32,
    /// Who.
    pub name: String,
    /// Where their task stands, by name.
    pub state: &'static str,
    /// As what they are asked, in words.
    pub as_what: String,
    /// Who decided in their place.
    pub instead: Option<String>,
    /// They were added, by whom.
    pub added_by: Option<String>,
    /// This person may take them out.
    pub can_remove: bool,
    /// This person may remind them.
    pub can_remind: bool,
}

/// One node of the way.
#[derive(Debug)]
pub struct NodeView {
    /// What people call it.
    pub name: String,
    /// How its people decide together, by name.
    pub mode: &'static str,
    /// `passed`, `open`, `failed`, `void` or `ahead`.
    pub state: &'static str,
    /// Its people.
    pub parts: Vec<PartView>,
    /// Who was left out, and why: a name and the reason's name.
    pub skipped: Vec<(String, &'static str)>,
}

/// A document's approval.
#[derive(Debug)]
pub struct ApprovalView {
    /// Which version of the policy it keeps.
    pub policy_version: u32,
    /// Which round it is in.
    pub round: u32,
    /// The forks of the way: the fork, and the branch taken, if any.
    pub turns: Vec<(String, Option<String>)>,
    /// The nodes of this round, in order.
    pub nodes: Vec<NodeView>,
}

/// What one person may do about an approval.
#[derive(Debug, Default)]
pub struct MineView {
    /// Agree or refuse, add, hand over, ask, send back.
    pub can_approve: bool,
    /// The task is one to carry out, not to decide.
    pub process: bool,
    /// Their opinion is asked.
    pub can_answer: bool,
    /// Take the task from the pool.
    pub can_claim: bool,
    /// Give it back.
    pub can_unclaim: bool,
    /// Take their approval back.
    pub can_take_back: bool,
    /// Withdraw the claim.
    pub can_withdraw: bool,
    /// In whose place they act.
    pub instead_of: Option<String>,
    /// The nodes that it can be sent back to: place and name.
    pub stops: Vec<Choice>,
}

impl MineView {
    /// Whether there is anything.
    #[must_use]
    pub const fn any(&self) -> bool {
        self.can_approve
            || self.can_answer
            || self.can_claim
            || self.can_unclaim
            || self.can_take_back
            || self.can_withdraw
    }
}

/// What somebody said.
#[derive(Debug)]
pub struct CommentView {
    /// Who.
    pub name: String,
    /// What.
    pub text: String,
    /// When, for people.
    pub when: String,
}

/// A task in a list.
#[derive(Debug)]
pub struct TaskView {
    /// The document's page.
    pub url: String,
    /// The document's id.
    pub id: String,
    /// The document's version.
    pub version: i64,
    /// The supplier, or the file's name.
    pub title: String,
    /// What people call the node.
    pub node: String,
    /// Who submitted it.
    pub submitted_by: String,
    /// The total.
    pub total: Option<MoneyView>,
    /// Since when it waits, for people.
    pub since: String,
    /// When it is due, for people.
    pub due: Option<String>,
    /// It is due already.
    pub late: bool,
    /// In whose place.
    pub instead_of: Option<String>,
    /// How many findings must be looked at.
    pub findings: usize,
    /// It may be approved from the list: no finding blocks it, and it is a decision.
    pub can_approve: bool,
}

/// Somebody who stands in for this person.
#[derive(Debug)]
pub struct DelegationView {
    /// Its id.
    pub id: String,
    /// Who.
    pub name: String,
    /// The first day.
    pub first: String,
    /// The last day.
    pub last: String,
    /// The most they may decide about.
    pub amount_max: Option<MoneyView>,
}

/// What became of one of several documents that were approved together.
#[derive(Debug, Clone)]
pub struct OutcomeView {
    /// Where its page is.
    pub url: String,
    /// Its supplier or file name.
    pub title: String,
    /// Why it was not approved; nothing where it was.
    pub refused: Option<String>,
}

/// What a person has to do.
#[derive(Debug, Template)]
#[template(path = "tasks.html")]
pub struct TasksPage {
    /// The frame.
    pub chrome: Chrome,
    /// What became of those that were just approved together, where one was refused.
    pub outcomes: Vec<OutcomeView>,
    /// The tasks, the longest waiting first.
    pub tasks: Vec<TaskView>,
    /// The reversals they can decide about.
    pub reversals: Vec<ReversalView>,
    /// Who stands in for them.
    pub delegations: Vec<DelegationView>,
    /// Whom they can name.
    pub people: Vec<Choice>,
    /// Today, as a form writes it.
    pub today: String,
}

/// `role cfo` → “cfo”, `manager 1` → “manager”.
#[must_use]
pub fn as_what(chrome: &Chrome, role: &str) -> String {
    match role.split_once(' ') {
        Some(("role", name)) => name.to_owned(),
        Some(("person", _)) => String::new(),
        Some((kind, _)) => chrome.name("seat", kind),
        None => chrome.name("seat", role),
    }
}
