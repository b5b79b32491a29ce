//! What every page shares: the frame around it, small views of values, sign-in and error pages.
//!
//! A page is a struct that a handler fills and askama renders. It holds what is shown and nothing else: no ids the
//! page does not link to, no decisions. Texts a person reads come from [`Words`] by key; texts from documents are
//! escaped by askama.

use std::{fmt::Display, sync::Arc};

use askama::Template;

use crate::{
    model::{field::DocumentKind, money::Money, person::Role},
    web::words::{Language, Value, Words},
};

/// The style sheet, served at `/assets/vouch.css`.
pub const STYLE: &str = include_str!("assets/vouch.css");
/// The script, served at `/assets/vouch.js`.
pub const SCRIPT: &str = include_str!("assets/vouch.js");

/// Every state a document can be in, as `State::name` writes them.
pub const STATES: [&str; 18] = [
    "received",
    "reading",
    "unreadable",
    "needs_review",
    "checking",
    "awaiting_approval",
    "returned",
    "withdrawn",
    "held",
    "approved",
    "posting",
    "posting_blocked",
    "posted",
    "reversal_asked",
    "reversing",
    "reversal_blocked",
    "reversed",
    "rejected",
];

/// The expense categories a document can have.
pub const CATEGORIES: [&str; 11] = [
    "meals",
    "travel",
    "transport",
    "office",
    "software",
    "utilities",
    "rent",
    "freight",
    "professional",
    "repairs",
    "other",
];

/// The ways of paying, as the field `payment_method` holds them.
pub const PAYMENT_METHODS: [&str; 8] =
    ["cash", "card", "octopus", "fps", "alipay", "wechat_pay", "bank_transfer", "cheque"];

/// The frame of a page: who looks at it, in which language, from where.
#[derive(Debug, Clone)]
pub struct Chrome {
    /// The language of the page.
    pub language: Language,
    /// Who is signed in.
    pub person: Option<PersonView>,
    /// The session's token against forged forms; every form sends it back as `csrf`.
    pub csrf: String,
    /// The path and query of this page, to come back to after a change of language.
    pub path: String,
    /// One sentence about what was just done.
    pub notice: Option<Notice>,
    /// How many documents wait for this person's approval.
    pub to_approve: u64,
    /// The messages.
    pub words: Arc<Words>,
}

impl Chrome {
    /// The message of this key.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.words.word(self.language, key, &[])
    }

    /// The message of this key about so many things.
    #[must_use]
    pub fn tn(&self, key: &str, count: impl Display) -> String {
        // Counts are integers; a message shows 0 rather than fail on anything else.
        let count = count.to_string().parse().unwrap_or_default();
        self.words.word(self.language, key, &[Value::Count(count)])
    }

    /// The message of this key about so many things and a name or another text.
    #[must_use]
    pub fn tns(&self, key: &str, count: impl Display, text: impl Display) -> String {
        let count = count.to_string().parse().unwrap_or_default();
        self.words.word(self.language, key, &[Value::Count(count), Value::Text(&text.to_string())])
    }

    /// The message of this key about a name or another text.
    #[must_use]
    pub fn ts(&self, key: &str, text: impl Display) -> String {
        self.words.word(self.language, key, &[Value::Text(&text.to_string())])
    }

    /// The word for a member of a family, such as `state` and `posted`; the bare name when there is no word for it.
    #[must_use]
    pub fn name(&self, family: &str, name: impl Display) -> String {
        let name = name.to_string();
        let word = self.words.find(self.language, &format!("{family}-{name}"), &[]);
        word.unwrap_or_else(|| name.replace('_', " "))
    }

    /// The options of a family, labelled, with the chosen one marked.
    #[must_use]
    pub fn choices(&self, family: &str, names: &[&str], chosen: &str) -> Vec<Choice> {
        names.iter().map(|name| Choice::new(*name, self.name(family, name), chosen)).collect()
    }

    /// The states to narrow a list to.
    #[must_use]
    pub fn state_choices(&self, chosen: &str) -> Vec<Choice> {
        self.choices("state", &STATES, chosen)
    }

    /// The categories.
    #[must_use]
    pub fn category_choices(&self, chosen: &str) -> Vec<Choice> {
        self.choices("category", &CATEGORIES, chosen)
    }

    /// The kinds of paper.
    #[must_use]
    pub fn kind_choices(&self, chosen: DocumentKind) -> Vec<Choice> {
        self.choices("kind", &DocumentKind::ALL.map(DocumentKind::name), chosen.name())
    }

    /// Every role; the ones in `held` are chosen.
    #[must_use]
    pub fn role_choices(&self, held: &[Role]) -> Vec<Choice> {
        let choice = |role: Role| Choice {
            value: role.name().to_owned(),
            label: self.name("role", role.name()),
            chosen: held.contains(&role),
        };
        Role::ALL.map(choice).into()
    }

    /// Whether the signed-in person has the role.
    #[must_use]
    pub fn has(&self, role: &str) -> bool {
        self.person.as_ref().is_some_and(|person| person.roles.contains(&role))
    }

    /// Whether the page belongs under this entry of the navigation.
    #[must_use]
    pub fn is_at(&self, address: &str) -> bool {
        match address.split_once('?') {
            Some(_) => self.path.starts_with(address),
            None => {
                let path = self.path.split('?').next().unwrap_or_default();
                let below = path.strip_prefix(address);
                below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                    && !self.path.contains("scope=approve")
            }
        }
    }

    /// The languages the page can be shown in.
    #[must_use]
    pub const fn languages(&self) -> [Language; 3] {
        Language::ALL
    }

    /// A short name of this version of style and script, so that browsers can keep them for long.
    #[must_use]
    pub fn assets(&self) -> String {
        format!("{:08x}", const { fingerprint(SCRIPT, fingerprint(STYLE, 0x811c_9dc5)) })
    }
}

/// FNV-1a; it only has to differ when the text does.
const fn fingerprint(text: &str, seed: u32) -> u32 {
    let bytes = text.as_bytes();
    let (mut hash, mut i) = (seed, 0);
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    hash
}

/// The person who is signed in.
#[derive(Debug, Clone)]
pub struct PersonView {
    /// As others see them.
    pub name: String,
    /// One or two letters for the round mark.
    pub initials: String,
    /// The names of their roles.
    pub roles: Vec<&'static str>,
}

impl PersonView {
    /// A view of a person; the initials are the first letters of the first and last word, or one Chinese character.
    #[must_use]
    pub fn new(name: &str, roles: Vec<&'static str>) -> Self {
        let mut words = name.split_whitespace();
        let first = words.next().and_then(|word| word.chars().next());
        let last = words.next_back().and_then(|word| word.chars().next());
        let initials = first.into_iter().chain(last).flat_map(char::to_uppercase).collect();
        Self { name: name.to_owned(), initials, roles }
    }
}

/// One sentence at the top of a page about what was just done.
#[derive(Debug, Clone)]
pub struct Notice {
    /// Good or bad news.
    pub kind: NoticeKind,
    /// The sentence, in the page's language.
    pub text: String,
}

/// Good or bad news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// It was done.
    Good,
    /// It was not done.
    Bad,
}

impl NoticeKind {
    /// The name in the style sheet.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }
}

/// One option of a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What the person reads.
    pub label: String,
    /// Whether it is the present choice.
    pub chosen: bool,
}

impl Choice {
    /// An option, chosen when its value is `chosen`.
    #[must_use]
    pub fn new(value: impl Into<String>, label: impl Into<String>, chosen: &str) -> Self {
        let value = value.into();
        Self { chosen: value == chosen, value, label: label.into() }
    }
}

/// An amount as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyView {
    /// The three letters of the currency.
    pub currency: String,
    /// The amount with its currency's digits and commas between thousands.
    pub amount: String,
}

impl From<Money> for MoneyView {
    fn from(money: Money) -> Self {
        Self { currency: money.currency().code().to_owned(), amount: grouped(&money.to_decimal().to_string()) }
    }
}

/// A decimal with commas between thousands and a true minus sign.
#[must_use]
pub fn grouped(decimal: &str) -> String {
    let (sign, digits) = decimal.strip_prefix('-').map_or(("", decimal), |digits| ("−", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let mut text = String::from(sign);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A list shown a page at a time.
#[derive(Debug, Clone, Default)]
pub struct Paging {
    /// How many there are in all.
    pub total: u64,
    /// The number of the first one shown, counted from one; 0 when none is.
    pub first: u64,
    /// The number of the last one shown.
    pub last: u64,
    /// Where the page before is.
    pub previous_url: Option<String>,
    /// Where the page after is.
    pub next_url: Option<String>,
}

/// Signing in: e-mail address and password.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// The frame.
    pub chrome: Chrome,
    /// The address typed before, after a wrong password.
    pub email: String,
    /// The code of what went wrong: `wrong_password`, `too_many_attempts`.
    pub error: Option<&'static str>,
    /// Where to go afterwards, a path of ours.
    pub next: String,
}

/// Something did not work: what, and what to do now.
#[derive(Debug, Template)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    /// The frame.
    pub chrome: Chrome,
    /// The HTTP status.
    pub status: u16,
    /// The error's code; its sentence is the message `error-CODE`, what to do is `next-CODE`.
    pub code: String,
    /// More in the words of who refused it, such as a ledger.
    pub detail: Option<String>,
    /// Where to go on.
    pub back_url: String,
}

impl ProblemPage {
    /// What to do now; a general sentence when the code has none of its own.
    #[must_use]
    pub fn next_step(&self) -> String {
        let own = self.chrome.words.find(self.chrome.language, &format!("next-{}", self.code), &[]);
        own.unwrap_or_else(|| self.chrome.name("next", "other"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::currency::Currency;

    fn chrome(path: &str) -> Chrome {
        Chrome {
            language: Language::English,
            person: None,
            csrf: "token".to_owned(),
            path: path.to_owned(),
            notice: None,
            to_approve: 0,
            words: Arc::new(Words::new()),
        }
    }

    #[test]
    fn amounts_are_grouped() {
        for (minor, currency, expected) in [
            (0, Currency::HKD, "0.00"),
            (12_345, Currency::HKD, "123.45"),
            (123_456, Currency::HKD, "1,234.56"),
            (-123_456_789, Currency::USD, "−1,234,567.89"),
            (1_000, Currency::JPY, "1,000"),
        ] {
            assert_eq!(MoneyView::from(Money::from_minor(minor, currency)).amount, expected);
        }
    }

    #[test]
    fn initials_of_names() {
        for (name, expected) in [("Ada Wong Mei", "AM"), ("ada", "A"), ("陳大文", "陳"), ("", "")] {
            assert_eq!(PersonView::new(name, Vec::new()).initials, expected);
        }
    }

    #[test]
    fn one_entry_of_the_navigation_is_lit() {
        for (path, address, lit) in [
            ("/documents", "/documents", true),
            ("/documents?state=posted", "/documents", true),
            ("/documents/1", "/documents", true),
            ("/documentsx", "/documents", false),
            ("/documents?scope=approve", "/documents", false),
            ("/documents?scope=approve", "/documents?scope=approve", true),
        ] {
            assert_eq!(chrome(path).is_at(address), lit, "{path} {address}");
        }
    }

    #[test]
    fn every_name_has_a_word() {
        let words = Words::new();
        let families: [(&str, &[&str]); 4] = [
            ("state", &STATES),
            ("category", &CATEGORIES),
            ("payment", &PAYMENT_METHODS),
            ("severity", &["info", "flag", "block"]),
        ];
        for (family, names) in families {
            for name in names {
                assert!(words.find(Language::English, &format!("{family}-{name}"), &[]).is_some(), "{family}-{name}");
            }
        }
    }

    #[test]
    fn what_a_person_typed_cannot_become_markup() {
        let page = SignInPage {
            chrome: chrome("/sign-in"),
            email: "\"><script>alert(1)</script>".to_owned(),
            error: Some("wrong_password"),
            next: "/documents".to_owned(),
        };
        let html = page.render().expect("rendering to memory cannot fail");
        assert!(!html.contains("<script>alert"));
        assert!(html.contains(&chrome("").t("error-wrong_password").replace('\'', "&#39;")));
    }

    #[test]
    fn a_problem_without_its_own_advice_gets_the_general_one() {
        let page = |code: &str| ProblemPage {
            chrome: chrome("/"),
            status: 400,
            code: code.to_owned(),
            detail: None,
            back_url: "/documents".to_owned(),
        };
        assert_eq!(page("no_such_code").next_step(), chrome("").t("next-other"));
        assert_ne!(page("pdf_encrypted").next_step(), chrome("").t("next-other"));
    }
}
