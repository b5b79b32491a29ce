//! JSON laid out for people: keys in the order they were given, and what fits on one line stays there.

use std::fmt::Write;

/// Up to so many characters stay on one line.
const WIDTH_MAX: usize = 100;

/// A JSON value whose keys keep their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Json {
    Text(String),
    Whole(u32),
    Truth(bool),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    /// An object with one key.
    pub(super) fn only(key: &str, value: Self) -> Self {
        Self::Object(vec![(key.to_owned(), value)])
    }

    /// An object of some pairs, without those that have no value.
    pub(super) fn object<const N: usize>(pairs: [(&str, Option<Self>); N]) -> Self {
        let present = pairs.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        Self::Object(present.collect())
    }

    /// The text, ending in a line feed.
    pub(super) fn laid_out(&self) -> String {
        let mut out = String::new();
        self.write(&mut out, 0, 0);
        out.push('\n');
        out
    }

    pub(super) fn in_one_line(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Whole(number) => number.to_string(),
            Self::Truth(truth) => truth.to_string(),
            Self::List(all) => format!("[{}]", joined(all.iter().map(Self::in_one_line))),
            Self::Object(all) if all.is_empty() => "{}".to_owned(),
            Self::Object(all) => {
                format!(
                    "{{ {} }}",
                    joined(all.iter().map(|(key, value)| format!("{}: {}", quoted(key), value.in_one_line())))
                )
            }
        }
    }

    fn write(&self, out: &mut String, indent: usize, used: usize) {
        let line = self.in_one_line();
        let fits = indent > 0 && indent + used + line.chars().count() <= WIDTH_MAX;
        let (open, close, parts): (_, _, Vec<(Option<&str>, &Self)>) = match self {
            Self::List(all) if !fits && !all.is_empty() => ('[', ']', all.iter().map(|value| (None, value)).collect()),
            Self::Object(all) if !fits && !all.is_empty() => {
                ('{', '}', all.iter().map(|(key, value)| (Some(key.as_str()), value)).collect())
            }
            Self::Text(_) | Self::Whole(_) | Self::Truth(_) | Self::List(_) | Self::Object(_) => {
                out.push_str(&line);
                return;
            }
        };
        out.push(open);
        for (number, (key, value)) in parts.iter().enumerate() {
            out.push_str(if number == 0 { "\n" } else { ",\n" });
            let key = key.map(|key| format!("{}: ", quoted(key))).unwrap_or_default();
            let _ = write!(out, "{:width$}{key}", "", width = indent + 2);
            value.write(out, indent + 2, key.chars().count());
        }
        let _ = write!(out, "\n{:indent$}{close}", "");
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
