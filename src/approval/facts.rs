//! What an approval is about: the facts of one claim at the moment it was sent, frozen for the whole round.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    category::Category, currency::Currency, field::DocumentKind, finding::Severity, id::PersonId, money::Money,
    policy::flow::NodeKind,
};

/// The facts of a claim. `None` means unknown, which is not the same as none: a fact that a condition needs and nobody
/// knows holds the claim for the administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What it costs, in the firm's own currency, at the rate of its day.
    pub amount: Option<Money>,
    /// What the purchases that count together cost, this one among them; `None` where nothing counts together.
    pub amount_together: Option<Money>,
    /// The currency on the paper.
    pub currency: Option<Currency>,
    /// The kind of paper.
    pub kind: DocumentKind,
    /// What it was for.
    pub category: Category,
    /// Which department pays.
    pub department: Option<String>,
    /// Which project it is for.
    pub project: Option<String>,
    /// The supplier's name without case, spaces and punctuation.
    pub supplier: Option<String>,
    /// Who sent it.
    pub submitter: PersonId,
    /// For whom it was sent; usually the submitter.
    pub claimant: PersonId,
    /// Who changed or confirmed values.
    pub correctors: BTreeSet<PersonId>,
    /// The rules that the checks found broken, and how much each weighs.
    pub findings: BTreeMap<String, Severity>,
    /// A digest of everything that is approved and later posted; another digest is another claim.
    pub digest: String,
}

impl Facts {
    /// The people who may not decide about it.
    #[must_use]
    pub fn barred(&self) -> BTreeSet<PersonId> {
        let mut barred = self.correctors.clone();
        barred.extend([self.submitter, self.claimant]);
        barred
    }

    /// Whether somebody may not act at a node of this kind: nobody decides about their own claim or values they changed,
    /// and nobody carries out their own claim (separation of duties: submitter, claimant, approver, poster).
    #[must_use]
    pub fn bars(&self, kind: NodeKind, person: PersonId) -> bool {
        match kind {
            NodeKind::Approve => self.barred().contains(&person),
            NodeKind::Process => person == self.submitter || person == self.claimant,
        }
    }

    /// Whether it weighs at most so much; an amount that is unknown, or in another currency, never does.
    #[must_use]
    pub fn at_most(&self, max: Money) -> bool {
        self.weighed_amount().is_some_and(|own| own.currency() == max.currency() && own.minor() <= max.minor())
    }

    /// What the amount bands compare: the claim's own amount, or what counts together with it where that is more.
    #[must_use]
    pub fn weighed_amount(&self) -> Option<Money> {
        let own = self.amount?;
        Some(self.amount_together.filter(|together| together.minor() > own.minor()).unwrap_or(own))
    }
}
