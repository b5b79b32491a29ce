//! What the checks look at: the draft, and what the firm knows around it. Everything is plain data; what is not known is
//! absent or empty, and no rule speaks about what it does not know.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::duplicate::Twin;
use rust_decimal::Decimal;

use crate::model::{
    calendar::Calendar,
    category::Category,
    draft::Draft,
    field::DocumentKind,
    id::DocumentId,
    money::Money,
    page::Page,
    policy::limit::Required,
    rate::{MissingRate, RateUsed},
};

/// What the checks look at.
#[derive(Debug, Clone)]
pub struct Subject<'a> {
    /// What was read or corrected.
    pub draft: &'a Draft,
    /// What it was for.
    pub category: Category,
    /// Documents that may be the same purchase.
    pub twins: &'a [Twin],
    /// A person said: keep it although it looks like a duplicate.
    pub kept: bool,
    /// Whether a company to post it to was chosen.
    pub has_destination: bool,
    /// Today, in the firm's time zone.
    pub today: Date,
    /// The words on its pages; empty where they are not at hand.
    pub pages: &'a [Page],
    /// What the person who hands it in says about it.
    pub claim: &'a Claim,
    /// What the firm knows beside the paper.
    pub known: &'a Known,
}

impl<'a> Subject<'a> {
    /// A draft of which nothing else is known; its destination counts as chosen.
    #[must_use]
    pub const fn new(draft: &'a Draft, category: Category, today: Date) -> Self {
        static CLAIM: Claim = Claim::NONE;
        static KNOWN: Known = Known::NOTHING;
        Self {
            draft,
            category,
            twins: &[],
            kept: false,
            has_destination: true,
            today,
            pages: &[],
            claim: &CLAIM,
            known: &KNOWN,
        }
    }
}

/// What the person who hands a document in says about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claim {
    /// Which department pays.
    pub department: Option<String>,
    /// Which project it is for, by its code.
    pub project: Option<String>,
    /// Who was there, in words.
    pub attendees: Option<String>,
    /// What it was for, in words.
    pub note: Option<String>,
    /// Whose money it was, by e-mail address in lower case.
    pub claimant: Option<String>,
    /// How much is claimed.
    pub claimed: Option<Money>,
    /// What the card's statement says it cost.
    pub card_line: Option<Money>,
    /// The reference of the line on the bank's or card's statement that paid for it.
    pub bank_line: Option<String>,
}

impl Claim {
    /// Nothing was said.
    pub const NONE: Self = Self {
        department: None,
        project: None,
        attendees: None,
        note: None,
        claimant: None,
        claimed: None,
        card_line: None,
        bank_line: None,
    };
}

/// What the firm knows beside the paper.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// How often these bytes were handed over; nought where nobody counted.
    pub uploads: u32,
    /// Documents with the same number or the same total.
    pub candidates: Vec<Candidate>,
    /// Documents whose page looks alike.
    pub lookalikes: Vec<Lookalike>,
    /// Documents with the same fapiao code and number.
    pub same_fapiao: Vec<DocumentId>,
    /// Entries of the ledger, not made by vouch, with the same number or the same total.
    pub ledger_entries: Vec<LedgerEntry>,
    /// Documents that name the same line of the bank's statement.
    pub bank_matched: Vec<DocumentId>,
    /// What the claimant spent elsewhere in these weeks.
    pub spent: Vec<Spending>,
    /// The supplier as earlier documents name it.
    pub supplier: Option<KnownSupplier>,
    /// The company that it goes to.
    pub ledger: Ledger,
    /// The days on which nobody works; absent: nobody said.
    pub calendar: Option<Calendar>,
    /// What this document must say by the policy's conditions.
    pub required: BTreeSet<Required>,
    /// The total in the firm's own currency; absent while there is no total or date.
    pub home: Option<Result<(Money, RateUsed), MissingRate>>,
    /// What an amount in words on it says, where one was read.
    pub total_in_words: Option<rust_decimal::Decimal>,
    /// The program that the picture was worked over with.
    pub edited_with: Option<String>,
}

impl Known {
    /// Nothing is known.
    pub const NOTHING: Self = Self {
        uploads: 0,
        candidates: Vec::new(),
        lookalikes: Vec::new(),
        same_fapiao: Vec::new(),
        ledger_entries: Vec::new(),
        bank_matched: Vec::new(),
        spent: Vec::new(),
        supplier: None,
        ledger: Ledger::UNKNOWN,
        calendar: None,
        required: BTreeSet::new(),
        home: None,
        total_in_words: None,
        edited_with: None,
    };

    /// The total in the firm's own currency, where it is known.
    #[must_use]
    pub fn home_total(&self) -> Option<Money> {
        self.home.as_ref()?.as_ref().ok().map(|(total, _)| *total)
    }
}

/// Another document that has something in common with this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Which.
    pub id: DocumentId,
    /// What kind of paper it is.
    pub kind: DocumentKind,
    /// Its supplier's name without case, spaces and punctuation.
    pub supplier_key: Option<String>,
    /// The date on it.
    pub issue_date: Option<Date>,
    /// Its total.
    pub total: Option<Money>,
    /// Its number, without spaces.
    pub document_number: Option<String>,
}

/// Another document whose page looks like a page of this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookalike {
    /// What is known of it.
    pub document: Candidate,
    /// In how many signs of the fingerprint they differ.
    pub distance: u32,
}

/// An entry of the ledger that vouch did not make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// How the ledger names it.
    pub external_id: String,
    /// Its supplier's name without case, spaces and punctuation.
    pub supplier_key: String,
    /// Its date.
    pub date: Option<Date>,
    /// Its total.
    pub total: Money,
    /// The supplier's number on it, without spaces.
    pub document_number: Option<String>,
}

/// One other purchase of the same claimant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spending {
    /// Which document.
    pub id: DocumentId,
    /// Where.
    pub supplier_key: Option<String>,
    /// When.
    pub date: Date,
    /// What it was for.
    pub category: Category,
    /// Which department pays.
    pub department: Option<String>,
    /// Which project it is for.
    pub project: Option<String>,
    /// How much, in the firm's own currency.
    pub total: Money,
}

/// A supplier as earlier approved documents name it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownSupplier {
    /// Its bank accounts, digits and letters only.
    pub bank_accounts: BTreeSet<String>,
    /// Its tax ids, digits and letters only.
    pub tax_ids: BTreeSet<String>,
}

/// The company that a document goes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    /// Its name.
    pub name: Option<String>,
    /// Entries dated on or before this day are refused.
    pub closed_until: Option<Date>,
    /// Whether a tax code is chosen for the document's category; absent: nobody looked.
    pub has_tax_code: Option<bool>,
    /// What the tax code that it will be posted under adds to a net amount, in percent; absent: not known.
    pub tax_percent: Option<Decimal>,
}

impl Ledger {
    /// Nothing is known of it.
    pub const UNKNOWN: Self = Self { name: None, closed_until: None, has_tax_code: None, tax_percent: None };
}
