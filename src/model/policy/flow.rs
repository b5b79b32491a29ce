//! Who must agree: steps in order, some of them only under conditions.
//!
//! The steps nest, they never jump, so a flow has no loops and always ends. The words are those of the approval
//! references: 会签 countersign is [`Mode::All`], 或签 any-of is [`Mode::Any`], 票签 by ratio is [`Mode::Ratio`], 依次 is
//! [`Mode::Sequential`], 抢办 is [`Mode::Claim`].

use super::condition::Condition;
use crate::model::money::Money;

/// Who must agree to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// What happens in order.
    pub steps: Vec<Step>,
    /// What a person's approval at one node means at another, 自动去重.
    pub repeat: Repeat,
    /// Whom to ask where nobody else is left.
    pub administrator_role: String,
}

impl Flow {
    /// Any one person with the role `approver`, the way vouch starts.
    #[must_use]
    pub fn any_approver() -> Self {
        let node = Node {
            mode: Mode::Any { refusal: Refusal::First },
            ..Node::new("approval", Who::Role("approver".to_owned()))
        };
        Self {
            steps: vec![Step::Node(node)],
            repeat: Repeat::Consecutive,
            administrator_role: "administrator".to_owned(),
        }
    }
}

/// Whether somebody who approved at one node is asked again at another in the same round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Repeat {
    /// Asked at every node.
    Ask,
    /// Not asked again at the very next node.
    #[default]
    Consecutive,
    /// Asked at the first node only.
    First,
    /// Asked at the last node only, where the most is known.
    Last,
}

/// One thing that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// People agree, or carry something out.
    Node(Node),
    /// People are told, 抄送.
    Cc(Cc),
    /// One of several ways is taken.
    Fork(Fork),
}

/// People who are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cc {
    /// Its name in the policy; unique in the flow.
    pub id: String,
    /// Who.
    pub who: Vec<Who>,
}

/// Ways in explicit order; the first whose condition is true is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// Its name in the policy; unique in the flow.
    pub id: String,
    /// The ways, in the order they are tried.
    pub branches: Vec<Branch>,
    /// What happens when no condition is true; required, and possibly nothing. A condition that is unknown never leads
    /// here, it holds the claim for the administrator.
    pub otherwise: Vec<Step>,
}

/// One way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// What people call it.
    pub name: String,
    /// When it is taken.
    pub when: Condition,
    /// What happens on it.
    pub steps: Vec<Step>,
}

/// Somebody, named directly or by their place in the firm.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// One person, by e-mail address.
    Person(String),
    /// Everybody with a role.
    Role(String),
    /// The head of the paying department, or of the one so many levels above it.
    DepartmentHead {
        /// Nought: the department's own head.
        up: u32,
    },
    /// The manager of the submitter, so many levels up; one: their own.
    Manager {
        /// At least one.
        up: u32,
    },
    /// Whoever owns the project.
    ProjectOwner,
    /// Whoever submitted it; only for being told.
    Submitter,
}

/// Somebody who is asked, and how much their word weighs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Who.
    pub who: Who,
    /// Their weight in [`Mode::Ratio`]; usually one.
    pub weight: u32,
}

/// Whether an approver decides, or somebody carries a thing out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// A decision, 审批.
    Approve,
    /// Something to be done, without a decision, 办理.
    Process,
}

/// When a refusal ends a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Refusal {
    /// At once.
    #[default]
    First,
    /// Only when everybody decided (countersign), or when everybody refused (any-of).
    Last,
}

/// How the people of one node decide together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// 会签: every one of them.
    All {
        /// When a refusal ends it.
        refusal: Refusal,
    },
    /// 或签: any one of them.
    Any {
        /// When a refusal ends it.
        refusal: Refusal,
    },
    /// 票签: approvals weighing at least so many per cent of all; it fails once that cannot be reached any more.
    Ratio {
        /// More than nought, at most a hundred.
        percent: u32,
    },
    /// 依次: each after the one before.
    Sequential,
    /// 抢办: whoever claims it first decides alone.
    Claim,
}

/// What happens at a node where nobody can be asked, 审批人为空.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum WhenEmpty {
    /// The administrators are asked.
    #[default]
    Administrator,
    /// These are asked instead.
    Ask(Vec<Who>),
    /// The claim is refused.
    Reject,
    /// The node passes, for amounts up to this; above it the administrators are asked.
    Pass {
        /// In the firm's own currency.
        up_to: Money,
    },
}

/// What happens where somebody would approve their own claim.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum WhenOwn {
    /// The next manager up who has no part in it is asked, then the administrators.
    #[default]
    Escalate,
    /// They are left out as long as somebody else of the node remains; else as `Escalate`.
    Skip,
    /// These are asked instead.
    Ask(Vec<Who>),
}

/// What happens when a task lies too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeout {
    /// After so many working hours of the firm's calendar, counted from when the task began to wait for its person.
    pub after_hours: u32,
    /// What then.
    pub then: Overdue,
}

/// What is done about a task that lies too long, 超时.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overdue {
    /// The person is reminded.
    Remind,
    /// Somebody else is asked in their place.
    Escalate(Who),
    /// It counts as approved, up to this amount only; above it nothing happens.
    Approve {
        /// In the firm's own currency.
        up_to: Money,
    },
    /// It counts as refused.
    Reject,
}

/// People who decide, or do something, before the claim goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name in the policy; unique in the flow.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Whether they decide.
    pub kind: NodeKind,
    /// Who is asked.
    pub who: Vec<Asked>,
    /// How they decide together.
    pub mode: Mode,
    /// What happens when nobody can be asked.
    pub empty: WhenEmpty,
    /// What happens where somebody would approve their own claim.
    pub own: WhenOwn,
    /// Nobody who approved at another node counts here, however [`Flow::repeat`] stands.
    pub segregated: bool,
    /// What happens when a task lies too long, the soonest first.
    pub timeouts: Vec<Timeout>,
    /// Who is told when the node ends.
    pub cc: Vec<Who>,
}

impl Node {
    /// A countersigned decision of some people, with the careful choices everywhere else.
    #[must_use]
    pub fn new(id: &str, who: Who) -> Self {
        Self {
            id: id.to_owned(),
            name: id.to_owned(),
            kind: NodeKind::Approve,
            who: vec![Asked { who, weight: 1 }],
            mode: Mode::All { refusal: Refusal::First },
            empty: WhenEmpty::default(),
            own: WhenOwn::default(),
            segregated: false,
            timeouts: Vec::new(),
            cc: Vec::new(),
        }
    }
}
