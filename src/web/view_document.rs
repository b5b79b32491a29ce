//! One document's page: the picture with its boxes, the fields, what was noticed, what can be done.

use std::collections::BTreeMap;

use askama::Template;

use crate::{
    model::{
        draft::Draft,
        field::{Field, FieldKind, FieldName},
        finding::Finding,
        page::Area,
    },
    web::{
        view::{Choice, Chrome, MoneyView, PAYMENT_METHODS},
        view_actions::Actions,
        view_approval::{ApprovalView, CommentView, MineView},
        view_part::PartView,
        words::{Language, Value},
    },
};

/// Fields a document cannot be posted without.
const NEEDED: [FieldName; 4] = [FieldName::SupplierName, FieldName::IssueDate, FieldName::Currency, FieldName::Total];

/// How much a person must trust a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Sure.
    Accepted,
    /// Read, but a person should look.
    Look,
    /// Needed and not there.
    Missing,
    /// Not there, and not needed.
    Empty,
}

impl Mark {
    /// The name in the style sheet and the messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Look => "look",
            Self::Missing => "missing",
            Self::Empty => "empty",
        }
    }
}

/// How a field is typed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A line of text.
    Text,
    /// A calendar date as `YYYY-MM-DD`. Not a browser's date input: those show 3 April and 4 March alike.
    Date,
    /// Three letters.
    Currency,
    /// A decimal, right-aligned.
    Amount,
    /// One of the field's choices.
    Choice,
}

impl Input {
    /// The name in the style sheet.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Date => "date",
            Self::Currency => "currency",
            Self::Amount => "amount",
            Self::Choice => "choice",
        }
    }
}

/// One field of the form.
#[derive(Debug, Clone)]
pub struct FieldRow {
    /// The field's name, which is also the input's.
    pub name: &'static str,
    /// How it is typed in.
    pub input: Input,
    /// The value as `FieldValue::to_text` writes it; empty when there is none.
    pub value: String,
    /// How much to trust it.
    pub mark: Mark,
    /// How sure its reader is, in whole per cent.
    pub confidence: Option<u16>,
    /// The name of its source.
    pub source: Option<&'static str>,
    /// The rule that chose it.
    pub rule: Option<String>,
    /// What to choose from, for `Input::Choice`.
    pub choices: Vec<Choice>,
    /// Why what was typed could not be taken.
    pub error: Option<String>,
}

impl FieldRow {
    /// The form's row for a field that was found or not.
    #[must_use]
    pub fn new(chrome: &Chrome, name: FieldName, field: Option<&Field>) -> Self {
        let value = field.map(|field| field.value.to_text()).unwrap_or_default();
        let mark = match field {
            Some(field) if field.accepted => Mark::Accepted,
            Some(_) => Mark::Look,
            None if NEEDED.contains(&name) => Mark::Missing,
            None => Mark::Empty,
        };
        let input = match name.kind() {
            FieldKind::Text if name == FieldName::PaymentMethod => Input::Choice,
            FieldKind::Text => Input::Text,
            FieldKind::Date => Input::Date,
            FieldKind::Currency => Input::Currency,
            FieldKind::Amount => Input::Amount,
        };
        let choices = match input {
            Input::Choice => chrome.choices("payment", &PAYMENT_METHODS, &value),
            Input::Text | Input::Date | Input::Currency | Input::Amount => Vec::new(),
        };
        Self {
            name: name.name(),
            input,
            value,
            mark,
            confidence: field.map(|field| field.confidence.per_mille() / 10),
            source: field.map(|field| field.source.name()),
            rule: field.map(|field| field.rule.clone()),
            choices,
            error: None,
        }
    }
}

/// Fields that belong together.
#[derive(Debug, Clone)]
pub struct FieldGroup {
    /// `supplier`, `paper` or `amounts`.
    pub name: &'static str,
    /// Its fields, in the order a person reads them.
    pub fields: Vec<FieldRow>,
}

impl FieldGroup {
    /// Every field of a document, in its three groups.
    #[must_use]
    pub fn all(chrome: &Chrome, fields: &BTreeMap<FieldName, Field>) -> Vec<Self> {
        let group = |name: &'static str| Self {
            name,
            fields: FieldName::ALL
                .iter()
                .filter(|field| Self::of(**field) == name)
                .map(|field| FieldRow::new(chrome, *field, fields.get(field)))
                .collect(),
        };
        ["supplier", "paper", "amounts"].map(group).into()
    }

    const fn of(field: FieldName) -> &'static str {
        match field {
            FieldName::SupplierName | FieldName::SupplierAddress | FieldName::SupplierTaxId => "supplier",
            FieldName::DocumentNumber
            | FieldName::IssueDate
            | FieldName::DueDate
            | FieldName::Currency
            | FieldName::PaymentMethod => "paper",
            FieldName::Subtotal
            | FieldName::Tax
            | FieldName::ServiceCharge
            | FieldName::Rounding
            | FieldName::Discount
            | FieldName::Total
            | FieldName::AmountPaid => "amounts",
        }
    }
}

/// The box of one chosen value on a page's picture.
#[derive(Debug, Clone)]
pub struct BoxView {
    /// The field's name.
    pub field: &'static str,
    /// Where it is, in the page's pixels.
    pub area: Area,
    /// Whether the value is sure.
    pub accepted: bool,
}

/// One page's picture.
#[derive(Debug, Clone)]
pub struct PageView {
    /// Counted from one.
    pub number: u32,
    /// Where the picture is.
    pub url: String,
    /// The width the boxes refer to, in pixels.
    pub width: u32,
    /// The height the boxes refer to, in pixels.
    pub height: u32,
    /// The boxes on it.
    pub boxes: Vec<BoxView>,
    /// The places that findings speak of, with the rule.
    pub spots: Vec<(String, Area)>,
}

impl PageView {
    /// A page with the boxes of the fields that were seen on it, and the places that findings speak of.
    #[must_use]
    pub fn new(number: u32, url: String, (width, height): (u32, u32), draft: &Draft, findings: &[Finding]) -> Self {
        let on_page = draft.fields.iter().filter(|(_, field)| field.page == Some(number));
        let boxes = on_page
            .filter_map(|(name, field)| {
                Some(BoxView { field: name.name(), area: field.area?, accepted: field.accepted })
            })
            .collect();
        let spots = findings.iter().flat_map(|finding| finding.spots.iter().map(|spot| (finding.rule.clone(), *spot)));
        let spots = spots.filter(|(_, spot)| spot.page == number).map(|(rule, spot)| (rule, spot.area)).collect();
        Self { number, url, width, height, boxes, spots }
    }
}

/// One thing bought; empty texts for what was not read.
#[derive(Debug, Clone)]
pub struct ItemView {
    /// What it is.
    pub description: String,
    /// How many.
    pub quantity: String,
    /// The price of one.
    pub unit_price: String,
    /// The line's amount.
    pub amount: String,
}

/// One thing a check noticed.
#[derive(Debug, Clone)]
pub struct FindingView {
    /// The rule's id; its title is the message `rule-ID`.
    pub rule: String,
    /// `info`, `flag` or `block`.
    pub severity: &'static str,
    /// The finding's own sentence.
    pub message: String,
    /// The fields it concerns.
    pub fields: Vec<&'static str>,
}

impl FindingView {
    /// A finding in the page's language. The checks speak English, with the figures in their sentences; other
    /// languages say by the rule's own message, `finding-ID`, what to do.
    #[must_use]
    pub fn new(chrome: &Chrome, finding: &Finding) -> Self {
        let names: Vec<String> = finding.fields.iter().map(|name| chrome.name("field", name.name())).collect();
        let names = names.join("、");
        let own = match chrome.language {
            Language::English => None,
            Language::TraditionalChinese | Language::SimplifiedChinese => {
                chrome.words.find(chrome.language, &format!("finding-{}", finding.rule), &[Value::Text(&names)])
            }
        };
        Self {
            rule: finding.rule.clone(),
            severity: finding.severity.name(),
            message: own.unwrap_or_else(|| finding.message.clone()),
            fields: finding.fields.iter().map(|name| name.name()).collect(),
        }
    }
}

/// One line of the history.
#[derive(Debug, Clone)]
pub struct EventView {
    /// When, as RFC 3339, for machines.
    pub instant: String,
    /// When, for people.
    pub when: String,
    /// What happened; its sentence is the message `event-NAME`.
    pub event: String,
    /// Who did it: a person's name; absent when vouch did it by rule.
    pub who: Option<String>,
    /// More, such as the reason of a rejection or the fields corrected.
    pub detail: Option<String>,
    /// The state it led to, where its name does not say that.
    pub state: Option<String>,
}

/// The entry in the ledger.
#[derive(Debug, Clone)]
pub struct PostingView {
    /// How people call the ledger.
    pub ledger: String,
    /// The company there.
    pub company: String,
    /// The reference by which it is found there.
    pub reference: String,
    /// Where it is, once known.
    pub url: Option<String>,
    /// The total as the ledger has it.
    pub total: Option<MoneyView>,
    /// The state of the image there: `waiting`, `attached` or `failed`.
    pub attachment: &'static str,
    /// How the entry differs from what was approved: one sentence.
    pub drift: Option<String>,
    /// Whether it was paid or reconciled there.
    pub settled: bool,
}

/// The document this one may be a second copy of.
#[derive(Debug, Clone)]
pub struct DuplicateView {
    /// The rule that says so.
    pub rule: String,
    /// Where its page is.
    pub url: String,
    /// Its first page's picture.
    pub picture_url: String,
    /// Its supplier or file name.
    pub title: String,
    /// The date on it.
    pub date: Option<String>,
    /// Its total.
    pub total: Option<MoneyView>,
    /// The name of its state.
    pub state: &'static str,
}

/// What the history says beside an event's name, in the page's language: rules and fields by their words, not by the
/// names they are kept under.
#[must_use]
pub fn event_detail(chrome: &Chrome, event: &str, detail: &str) -> Option<String> {
    let words = |family: &'static str, separator: &str| {
        let mut words: Vec<String> = Vec::new();
        for name in detail.split(separator).filter(|name| !name.is_empty()) {
            let word = if name == "kind" { chrome.t("document-kind") } else { chrome.name(family, name) };
            if !words.contains(&word) {
                words.push(word);
            }
        }
        words.join(" · ")
    };
    let text = match event {
        "checked" => words("rule", " "),
        "corrected" => words("field", ", "),
        "read_failed" => words("error", " "),
        _ => detail.to_owned(),
    };
    Some(text).filter(|text| !text.is_empty())
}

/// The state to show beside an event: the checks may lead to several, approval by rule among them.
#[must_use]
pub fn event_state(event: &str, state: &str) -> Option<String> {
    ["checked", "read_again", "joined"].contains(&event).then(|| state.to_owned())
}

/// What was said about a document, as the form shows it.
#[derive(Debug, Default)]
pub struct ClaimView {
    /// Which department pays.
    pub department: String,
    /// Which project it is for.
    pub project: String,
    /// Who was there.
    pub attendees: String,
    /// What it was for.
    pub note: String,
    /// How much is claimed, where it is not the total.
    pub claimed: String,
    /// What the card's statement says.
    pub card_line: String,
    /// The reference of the statement's line.
    pub bank_line: String,
    /// Whether whoever handed it in claims it.
    pub is_own: bool,
    /// Whose money it may have been.
    pub claimants: Vec<Choice>,
    /// The firm's departments.
    pub departments: Vec<String>,
    /// The firm's projects.
    pub projects: Vec<String>,
}

impl ClaimView {
    /// Whether somebody said what a claim seldom needs: another claimant, an amount, a line of a statement.
    #[must_use]
    pub fn is_said(&self) -> bool {
        !self.is_own || [&self.claimed, &self.card_line, &self.bank_line].into_iter().any(|text| !text.is_empty())
    }
}

/// One document.
#[derive(Debug, Template)]
#[template(path = "document.html")]
pub struct DocumentPage {
    /// The frame.
    pub chrome: Chrome,
    /// Its id.
    pub id: String,
    /// What was said about it.
    pub claim: ClaimView,
    /// Its approval, once it was sent.
    pub approval: Option<ApprovalView>,
    /// What this person may do about it.
    pub mine: Option<MineView>,
    /// How it stands to others in its picture.
    pub part: Option<PartView>,
    /// What people said about it.
    pub comments: Vec<CommentView>,
    /// Whom this person may name.
    pub people_choices: Vec<Choice>,
    /// Its version; a form made for another version is refused.
    pub version: i64,
    /// The name of its state.
    pub state: &'static str,
    /// Whether it stays in this state until a person acts.
    pub settled: bool,
    /// Why it is in this state: a ledger's refusal, a reason of rejection, a reader's failure.
    pub reason: Option<String>,
    /// Its supplier, or the name of its file.
    pub title: String,
    /// The name of the uploaded file.
    pub file_name: String,
    /// Where the original bytes are.
    pub original_url: String,
    /// Who uploaded it.
    pub submitted_by: String,
    /// When, for people.
    pub submitted_at: String,
    /// Its total.
    pub total: Option<MoneyView>,
    /// Its pages; none when it could not be decoded.
    pub pages: Vec<PageView>,
    /// Its fields, in groups.
    pub groups: Vec<FieldGroup>,
    /// The kinds of paper.
    pub kinds: Vec<Choice>,
    /// The categories.
    pub categories: Vec<Choice>,
    /// The connections it can go to.
    pub destinations: Vec<Choice>,
    /// The things bought.
    pub items: Vec<ItemView>,
    /// What the checks noticed, worst first.
    pub findings: Vec<FindingView>,
    /// What can be done.
    pub actions: Actions,
    /// What happened, newest first.
    pub history: Vec<EventView>,
    /// The entry in the ledger.
    pub posting: Option<PostingView>,
    /// What it may be a copy of.
    pub duplicates: Vec<DuplicateView>,
    /// The list it was opened from.
    pub list_url: String,
    /// The document before it in that list.
    pub previous_url: Option<String>,
    /// The document after it in that list.
    pub next_url: Option<String>,
}
