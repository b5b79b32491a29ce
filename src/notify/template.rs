//! One set of templates for all channels: a subject, a first sentence, and the facts that are known, a line each.

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use super::Message;
use crate::model::{language::Language, notice::Notice};

/// The longest name in a notice, in characters; a supplier's name came from a picture and may be anything.
const NAME_CHARACTERS_MAX: usize = 120;
/// The longest reason in a notice, in characters; the page has all of it.
const REASON_CHARACTERS_MAX: usize = 500;

/// The templates in every language.
pub(super) struct Templates {
    english: FluentBundle<FluentResource>,
    traditional: FluentBundle<FluentResource>,
    simplified: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Templates")
    }
}

impl Templates {
    /// The templates compiled into the program.
    pub(super) fn new() -> Self {
        let [english, traditional, simplified] = Language::ALL.map(bundle);
        Self { english, traditional, simplified }
    }

    /// A notice in a language; `address` is where the pages are.
    pub(super) fn render(&self, notice: &Notice, language: Language, address: &str) -> Message {
        let facts = &notice.facts;
        let name = |text: &str| cut(&one_line(text), NAME_CHARACTERS_MAX);
        let (supplier, amount, actor) = (name(&facts.supplier), name(&facts.amount), name(&facts.actor));
        let reason = cut(&one_line(&facts.reason), REASON_CHARACTERS_MAX);
        let known = [supplier.as_str(), amount.as_str()].into_iter().filter(|text| !text.is_empty());
        let mut paper = known.collect::<Vec<_>>().join(" · ");
        if paper.is_empty() {
            paper = self.name("message", "paper", language, "");
        }
        let kind = notice.kind.name();
        let subject = self.name("message", &format!("{kind}-subject"), language, &paper);
        let mut lines = vec![self.name("message", &format!("{kind}-lead"), language, &paper), String::new()];
        let due = one_line(&facts.due);
        for (key, value) in
            [("supplier", &supplier), ("amount", &amount), ("actor", &actor), ("reason", &reason), ("due", &due)]
        {
            if !value.is_empty() {
                lines.push(self.name("message", key, language, value));
            }
        }
        let link = facts.document.map(|id| format!("{address}/documents/{id}")).unwrap_or_default();
        if !link.is_empty() {
            lines.push(self.name("message", "link", language, &link));
        }
        if lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        Message { subject: one_line(&subject), text: lines.join("\n"), link }
    }

    /// A message as a robot says it to a group, which must hear whom it is for.
    pub(super) fn for_a_group(&self, notice: &Notice, message: &Message, language: Language) -> String {
        let name = cut(&one_line(&notice.to.name), NAME_CHARACTERS_MAX);
        let to = self.name("message", "to", language, &name);
        format!("{}\n{to}\n{}", message.subject, message.text)
    }

    /// The message `family-key`, in the language or else in English; the key itself when neither has it.
    fn name(&self, family: &str, key: &str, language: Language, text: &str) -> String {
        let key = format!("{family}-{key}");
        let mut arguments = FluentArgs::new();
        arguments.set("text", FluentValue::from(text));
        let found = [self.bundle(language), &self.english].into_iter().find_map(|bundle| {
            let pattern = bundle.get_message(&key)?.value()?;
            Some(bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned())
        });
        found.unwrap_or(key)
    }

    const fn bundle(&self, language: Language) -> &FluentBundle<FluentResource> {
        match language {
            Language::English => &self.english,
            Language::TraditionalChinese => &self.traditional,
            Language::SimplifiedChinese => &self.simplified,
        }
    }
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let source = match language {
        Language::English => include_str!("../../locales/en.ftl"),
        Language::TraditionalChinese => include_str!("../../locales/zh-Hant.ftl"),
        Language::SimplifiedChinese => include_str!("../../locales/zh-Hans.ftl"),
    };
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(readable, _errors)| readable);
    let tag = language.code().parse::<LanguageIdentifier>().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // The marks around variables would be copied along with a supplier's name.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

/// A text on one line: what came from a picture or a person must not begin a line, or a header, of its own.
pub(super) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cut(text: &str, characters_max: usize) -> String {
    if text.chars().count() <= characters_max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(characters_max.saturating_sub(1)).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        id::DocumentId,
        notice::{NoticeFacts, NoticeKind, Recipient},
    };

    fn notice(kind: NoticeKind) -> Notice {
        let facts = NoticeFacts {
            document: Some(DocumentId::from_u128(7)),
            supplier: "金華冰廳".to_owned(),
            amount: "HKD 1,280.50".to_owned(),
            actor: "Ada Wong".to_owned(),
            reason: "Which project was this for?".to_owned(),
            due: "2026-11-26 18:00".to_owned(),
        };
        let to = Recipient { person: None, email: "bo@example.org".to_owned(), name: "Bo".to_owned(), language: None };
        Notice { key: "document:7:1".to_owned(), to, kind, facts }
    }

    #[test]
    fn every_kind_in_every_language() {
        let templates = Templates::new();
        let mut all = String::new();
        for language in Language::ALL {
            for kind in NoticeKind::ALL {
                let message = templates.render(&notice(kind), language, "https://vouch.example.org");
                let (code, name) = (language.code(), kind.name());
                assert!(!message.subject.contains("message-") && !message.text.contains("message-"), "{code} {name}");
                all += &format!("## {code} {name}\n{}\n--\n{}\n\n", message.subject, message.text);
            }
        }
        insta::assert_snapshot!(all);
    }

    #[test]
    fn a_name_cannot_write_lines_or_pages() {
        let mut notice = notice(NoticeKind::Asked);
        notice.facts.supplier = "Acme\r\nBcc: everybody@example.org\u{0}{ $actor }".to_owned();
        notice.facts.reason = "x".repeat(10_000);
        let message = Templates::new().render(&notice, Language::English, "https://vouch.example.org");
        assert!(message.subject.contains("Acme Bcc: everybody@example.org { $actor }"), "{}", message.subject);
        assert!(!message.subject.contains(['\r', '\n']));
        assert_eq!(message.text.lines().count(), 8);
        assert!(message.text.chars().count() < 1_200);
        // Cut where a character ends, whatever its length in bytes.
        assert_eq!(cut("金華冰廳", 3), "金華…");
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let mut notice = notice(NoticeKind::Test);
        notice.facts = NoticeFacts::default();
        let message = Templates::new().render(&notice, Language::English, "https://vouch.example.org");
        assert_eq!((message.text.lines().count(), message.link.as_str()), (1, ""));
    }
}
