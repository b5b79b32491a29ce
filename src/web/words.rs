//! The words of the pages in three languages. Code and templates name a message by its key; only `locales/*.ftl`
//! holds sentences.
//!
//! Every message knows at most two variables: `$n`, a count, and `$text`, a name or another word. That keeps the call
//! in a template short (`chrome.tn("key", count)`), and a translator never has to look a variable's name up.

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

pub use crate::model::language::Language;

/// What a message's variable stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// The variable `$n`; it chooses between singular and plural.
    Count(i64),
    /// The variable `$text`.
    Text(&'a str),
}

/// Every message in every language; made once, shared by all requests.
pub struct Words {
    english: FluentBundle<FluentResource>,
    traditional: FluentBundle<FluentResource>,
    simplified: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Words")
    }
}

impl Default for Words {
    fn default() -> Self {
        Self::new()
    }
}

impl Words {
    /// Reads the messages compiled into the program. A message that cannot be read is left out and shows as its key;
    /// a test holds the files to having none.
    #[must_use]
    pub fn new() -> Self {
        let [english, traditional, simplified] = Language::ALL.map(|language| bundle(language, source(language)));
        Self { english, traditional, simplified }
    }

    /// The message of this key, in the language or else in English; the key itself when neither has it.
    #[must_use]
    pub fn word(&self, language: Language, key: &str, values: &[Value<'_>]) -> String {
        self.find(language, key, values).unwrap_or_else(|| key.to_owned())
    }

    /// The message of this key, in the language or else in English.
    #[must_use]
    pub fn find(&self, language: Language, key: &str, values: &[Value<'_>]) -> Option<String> {
        let mut arguments = FluentArgs::new();
        for value in values {
            match value {
                Value::Count(count) => arguments.set("n", FluentValue::from(*count)),
                Value::Text(text) => arguments.set("text", FluentValue::from(*text)),
            }
        }
        [self.bundle(language), &self.english].into_iter().find_map(|bundle| {
            let pattern = bundle.get_message(key)?.value()?;
            // What goes wrong here is a variable that was not given; Fluent then prints its name, which is enough.
            Some(bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned())
        })
    }

    const fn bundle(&self, language: Language) -> &FluentBundle<FluentResource> {
        match language {
            Language::English => &self.english,
            Language::TraditionalChinese => &self.traditional,
            Language::SimplifiedChinese => &self.simplified,
        }
    }
}

const fn source(language: Language) -> &'static str {
    match language {
        Language::English => include_str!("../../locales/en.ftl"),
        Language::TraditionalChinese => include_str!("../../locales/zh-Hant.ftl"),
        Language::SimplifiedChinese => include_str!("../../locales/zh-Hans.ftl"),
    }
}

fn bundle(language: Language, source: &str) -> FluentBundle<FluentResource> {
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(readable, _errors)| readable);
    let tag = language.code().parse::<LanguageIdentifier>().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // The marks around variables would be copied along with a supplier's name, and HTML isolates by itself.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        path::Path,
    };

    use super::*;

    /// Key → the variables its message uses.
    fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut key = String::new();
        for line in source(language).lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) =
                line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_lowercase()))
            {
                name.clone_into(&mut key);
                assert!(found.insert(key.clone(), BTreeSet::new()).is_none(), "{key} is there twice in {language:?}");
            }
            for variable in line.split('$').skip(1) {
                let variable = variable.chars().take_while(char::is_ascii_alphanumeric).collect();
                found.entry(key.clone()).or_default().insert(variable);
            }
        }
        found
    }

    /// What stands between `start` and the next quotation mark, everywhere in the text.
    fn quoted_after<'a>(text: &'a str, start: &str) -> Vec<&'a str> {
        text.split(start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    fn sources() -> Vec<(String, String)> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut sources = Vec::new();
        for (folder, ending) in [("templates", "html"), ("src/web", "rs"), ("src/notify", "rs")] {
            for entry in fs::read_dir(root.join(folder)).expect("the folder is part of the project") {
                let path = entry.expect("the folder can be listed").path();
                if path.extension().is_some_and(|extension| extension == ending) && !path.ends_with("words.rs") {
                    let text = fs::read_to_string(&path).expect("our files are text");
                    sources.push((path.display().to_string(), text));
                }
            }
        }
        sources
    }

    #[test]
    fn every_file_is_read_to_its_end() {
        for language in Language::ALL {
            if let Err((_, errors)) = FluentResource::try_new(source(language).to_owned()) {
                panic!("{language:?}: {errors:?}");
            }
        }
    }

    #[test]
    fn three_files_with_the_same_messages_and_variables() {
        let english = messages(Language::English);
        assert!(english.len() > 200, "only {} messages were found", english.len());
        for language in [Language::TraditionalChinese, Language::SimplifiedChinese] {
            let other = messages(language);
            for (key, variables) in &english {
                assert_eq!(other.get(key), Some(variables), "{key} in {language:?}");
            }
            // In English the checks say their sentences themselves.
            for key in other.keys().filter(|key| !key.starts_with("finding-")) {
                assert!(english.contains_key(key), "{key} is in {language:?} only");
            }
        }
    }

    #[test]
    fn every_rule_has_its_title_and_its_sentence() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut rules = BTreeSet::new();
        for folder in ["src/check", "src/extract"] {
            for entry in fs::read_dir(root.join(folder)).expect("the folder is part of the project") {
                let path = entry.expect("the folder can be listed").path();
                if path.is_dir() {
                    continue;
                }
                let text = fs::read_to_string(path);
                let text = text.expect("our files are text").replace("Finding::new(\n", "Finding::new(");
                rules.extend(quoted_after(&text, "Finding::new(\"").into_iter().map(str::to_owned));
            }
        }
        assert!(rules.len() > 10, "only {rules:?} were found");
        let words = Words::new();
        for rule in rules {
            assert!(words.find(Language::English, &format!("rule-{rule}"), &[]).is_some(), "rule-{rule}");
            for language in [Language::TraditionalChinese, Language::SimplifiedChinese] {
                let key = format!("finding-{rule}");
                assert!(words.find(language, &key, &[Value::Text("x")]).is_some(), "{key} in {language:?}");
            }
        }
    }

    #[test]
    fn every_key_a_page_names_exists() {
        let english = messages(Language::English);
        let mut named = BTreeSet::new();
        for (file, text) in sources() {
            for call in [".t(\"", ".tn(\"", ".ts(\"", ".tns(\""] {
                for key in quoted_after(&text, call) {
                    assert!(english.contains_key(key), "{file} names {key}, which no .ftl file has");
                    named.insert(key.to_owned());
                }
            }
            for prefix in quoted_after(&text, ".name(\"").into_iter().chain(quoted_after(&text, ".choices(\"")) {
                let keys: Vec<_> = english.keys().filter(|key| key.starts_with(&format!("{prefix}-"))).collect();
                assert!(!keys.is_empty(), "{file} names the family {prefix}, which no .ftl file has");
                named.extend(keys.into_iter().cloned());
            }
        }
        assert!(named.len() > 150, "only {} names were found", named.len());
        let unused: Vec<_> = english.keys().filter(|key| !named.contains(*key)).collect();
        assert!(unused.is_empty(), "no page names {unused:?}");
    }

    #[test]
    fn plurals_variables_and_missing_keys() {
        let words = Words::new();
        let say = |language, key, values: &[Value<'_>]| words.word(language, key, values);
        assert_eq!(say(Language::English, "list-count", &[Value::Count(1)]), "1 document");
        assert_eq!(say(Language::English, "list-count", &[Value::Count(3)]), "3 documents");
        assert_eq!(say(Language::TraditionalChinese, "list-count", &[Value::Count(3)]), "3 份單據");
        assert_eq!(say(Language::SimplifiedChinese, "state-posted", &[]), "已入账");
        assert_eq!(say(Language::English, "no-such-key", &[]), "no-such-key");
    }

    #[test]
    fn languages_of_a_browser() {
        for (header, expected) in [
            ("", Language::English),
            ("fr-FR, fr;q=0.9", Language::English),
            ("en-GB,en;q=0.9,zh;q=0.8", Language::English),
            ("zh-HK,zh;q=0.9,en;q=0.8", Language::TraditionalChinese),
            ("zh-TW", Language::TraditionalChinese),
            ("zh-Hant-HK", Language::TraditionalChinese),
            ("yue", Language::TraditionalChinese),
            ("zh-CN,zh;q=0.9", Language::SimplifiedChinese),
            ("zh-Hans-HK", Language::SimplifiedChinese),
            ("fr, zh", Language::SimplifiedChinese),
        ] {
            assert_eq!(Language::from_accept_language(header), expected, "{header}");
        }
    }
}
