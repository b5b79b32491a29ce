//! Notices: what a person is told, about which paper, and over which channel. Whoever makes one says by its key what it
//! is about, so that the same thing is told once.

use super::{
    id::{DocumentId, PersonId},
    language::Language,
};

/// What a notice says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoticeKind {
    /// They are asked to decide.
    Asked,
    /// They are reminded that they were asked.
    Reminded,
    /// Somebody else let it lie, and now they are asked.
    Escalated,
    /// Their claim was approved.
    Approved,
    /// Their claim was refused.
    Rejected,
    /// Their claim was sent back to them.
    Returned,
    /// Somebody named them in a comment.
    Mentioned,
    /// The policy has them told.
    Told,
    /// An approval cannot go on until an administrator mends something.
    Held,
    /// An approved document cannot be put into its ledger.
    PostingBlocked,
    /// Somebody asks for a posted entry to be taken out of its ledger again.
    ReversalAsked,
    /// An entry that two agreed to take back cannot be taken out of its ledger.
    ReversalBlocked,
    /// Somebody tries the channels out.
    Test,
}

impl NoticeKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Asked,
        Self::Reminded,
        Self::Escalated,
        Self::Approved,
        Self::Rejected,
        Self::Returned,
        Self::Mentioned,
        Self::Told,
        Self::Held,
        Self::PostingBlocked,
        Self::ReversalAsked,
        Self::ReversalBlocked,
        Self::Test,
    ];

    /// The name in tables, in the webhook and in the templates.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Reminded => "reminded",
            Self::Escalated => "escalated",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Returned => "returned",
            Self::Mentioned => "mentioned",
            Self::Told => "told",
            Self::Held => "held",
            Self::PostingBlocked => "posting-blocked",
            Self::ReversalAsked => "reversal-asked",
            Self::ReversalBlocked => "reversal-blocked",
            Self::Test => "test",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A way on which notices go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// E-mail to the person.
    Email,
    /// A signed request to a program of the firm.
    Webhook,
    /// A robot in a group of DingTalk.
    DingTalk,
    /// A robot in a group of Feishu.
    Feishu,
    /// An incoming webhook of Slack.
    Slack,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 5] = [Self::Email, Self::Webhook, Self::DingTalk, Self::Feishu, Self::Slack];

    /// The name in tables and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Webhook => "webhook",
            Self::DingTalk => "dingtalk",
            Self::Feishu => "feishu",
            Self::Slack => "slack",
        }
    }

    /// The channel with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}

/// Whom a notice is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Who; `None` for an address typed at the command line.
    pub person: Option<PersonId>,
    /// Their e-mail address.
    pub email: String,
    /// How others see them.
    pub name: String,
    /// In which language they read; `None`: nobody said, and the settings decide.
    pub language: Option<Language>,
}

/// What a notice is about. Empty texts are left out of the message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoticeFacts {
    /// Which document, for the link.
    pub document: Option<DocumentId>,
    /// Who sent the bill.
    pub supplier: String,
    /// How much, with its currency.
    pub amount: String,
    /// Who caused the notice.
    pub actor: String,
    /// Why, in their words.
    pub reason: String,
    /// Until when something is to be done, as people read it.
    pub due: String,
}

/// Something that a person is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it is about: a second notice with this key to the same person is the same notice.
    pub key: String,
    /// Whom it is for.
    pub to: Recipient,
    /// What it says.
    pub kind: NoticeKind,
    /// What it is about.
    pub facts: NoticeFacts,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back() {
        for kind in NoticeKind::ALL {
            assert_eq!(NoticeKind::from_name(kind.name()), Some(kind));
        }
        for channel in Channel::ALL {
            assert_eq!(Channel::from_name(channel.name()), Some(channel));
        }
        assert_eq!((NoticeKind::from_name("nudged"), Channel::from_name("pigeon")), (None, None));
    }
}
