//! A JSON document with comments, read so that every mistake is told at once, with its line and its place.
//!
//! A [`Spot`] is one value in it. Whoever reads a spot and finds something else than it expected says so to the
//! [`Report`] and goes on, so that one run shows everything there is to mend.

use std::{cell::RefCell, collections::BTreeMap, ops::RangeInclusive};

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{Object, Value},
    common::Ranged,
};

/// A longer document is not read.
pub const DOCUMENT_BYTES_MAX: usize = 1 << 20;

/// Something in a file that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileProblem {
    /// The line, counted from one.
    pub line: usize,
    /// The place, such as `flow.steps[2].approve.who`; empty for the whole document.
    pub place: String,
    /// What is wrong and what was expected.
    pub message: String,
}

impl FileProblem {
    /// The problem with the file it is in, as compilers write it.
    #[must_use]
    pub fn in_file(&self, path: &std::path::Path) -> String {
        format!("{}:{}: {}: {}", path.display(), self.line, self.place, self.message)
    }
}

/// On which line each place of a document stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lines(BTreeMap<String, usize>);

impl Lines {
    /// The line of a place, or of the nearest one around it that is written down.
    #[must_use]
    pub fn line_of(&self, place: &str) -> usize {
        let mut place = place;
        loop {
            if let Some(line) = self.0.get(place) {
                return *line;
            }
            match place.rfind(['.', '[']) {
                Some(end) => place = &place[..end],
                None => return self.0.get("").copied().unwrap_or(1),
            }
        }
    }
}

/// What was found wrong so far.
pub(super) struct Report<'t> {
    text: &'t str,
    problems: RefCell<Vec<FileProblem>>,
}

impl<'t> Report<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, problems: RefCell::new(Vec::new()) }
    }

    fn line(&self, offset: usize) -> usize {
        self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
    }

    fn add(&self, offset: usize, place: &str, message: String) {
        let line = self.line(offset);
        self.problems.borrow_mut().push(FileProblem { line, place: place.to_owned(), message });
    }

    /// The value, if nothing was found wrong; everything that was, in the order of the lines.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, Vec<FileProblem>> {
        let mut problems = self.problems.into_inner();
        problems.sort_by(|left, right| (left.line, &left.place).cmp(&(right.line, &right.place)));
        match value {
            Some(value) if problems.is_empty() => Ok(value),
            Some(_) | None => Err(problems),
        }
    }
}

/// Reads a document: `read` is handed its root, and the lines of all its places come with what it made of it.
pub(super) fn read<T>(text: &str, read: impl FnOnce(&Spot<'_>) -> Option<T>) -> Result<(T, Lines), Vec<FileProblem>> {
    let report = Report::new(text);
    if text.len() > DOCUMENT_BYTES_MAX {
        report.add(0, "", format!("it is longer than {} KiB", DOCUMENT_BYTES_MAX >> 10));
        return report.finish(None);
    }
    let root = match jsonc_parser::parse_to_ast(text, &CollectOptions::default(), &options()) {
        Ok(parsed) => parsed.value,
        Err(error) => {
            report.add(error.range().start, "", format!("this is not JSON: {}", error.kind()));
            return report.finish(None);
        }
    };
    let Some(root) = root else {
        report.add(0, "", "it is empty".to_owned());
        return report.finish(None);
    };
    let spot = Spot { value: &root, place: String::new(), offset: root.start(), report: &report };
    let mut lines = Lines::default();
    spot.note(&mut lines);
    let value = read(&spot);
    drop(spot);
    report.finish(value).map(|value| (value, lines))
}

/// JSON with comments and nothing looser: what other programs cannot read is refused here as well.
fn options() -> ParseOptions {
    ParseOptions {
        allow_comments: true,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

/// One value of a document, and where it stands.
#[derive(Clone)]
pub(super) struct Spot<'v> {
    value: &'v Value<'v>,
    place: String,
    /// Where its line begins to count: at its key, if it has one.
    offset: usize,
    report: &'v Report<'v>,
}

impl<'v> Spot<'v> {
    /// Says that something is wrong here.
    pub(super) fn wrong<T>(&self, message: impl Into<String>) -> Option<T> {
        self.report.add(self.offset, &self.place, message.into());
        None
    }

    /// Says what was expected here instead.
    pub(super) fn expected<T>(&self, what: &str) -> Option<T> {
        let found = match self.value {
            Value::StringLit(text) => format!("“{}”", text.value),
            Value::NumberLit(number) => format!("the number {}", number.value),
            Value::BooleanLit(truth) => truth.value.to_string(),
            Value::Object(_) => "an object".to_owned(),
            Value::Array(_) => "a list".to_owned(),
            Value::NullKeyword(_) => "null".to_owned(),
        };
        self.wrong(format!("expected {what}, found {found}"))
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.value, Value::NullKeyword(_))
    }

    /// The text that stands here, if it is one.
    pub(super) fn as_text(&self) -> Option<&'v str> {
        self.value.as_string_lit().map(|text| text.value.as_ref())
    }

    /// Words that are not empty; `what` says which.
    pub(super) fn words(&self, what: &str) -> Option<String> {
        match self.as_text() {
            Some(text) if !text.trim().is_empty() => Some(text.to_owned()),
            Some(_) | None => self.expected(what),
        }
    }

    pub(super) fn truth(&self) -> Option<bool> {
        match self.value.as_boolean_lit() {
            Some(truth) => Some(truth.value),
            None => self.expected("true or false"),
        }
    }

    /// A whole number within limits; `what` says of what.
    pub(super) fn whole(&self, what: &str, range: RangeInclusive<u32>) -> Option<u32> {
        let number = self.value.as_number_lit().and_then(|number| number.value.parse().ok());
        match number {
            Some(number) if range.contains(&number) => Some(number),
            Some(_) | None if *range.end() == u32::MAX => {
                self.expected(&format!("{what}, a whole number from {}", range.start()))
            }
            Some(_) | None => {
                self.expected(&format!("{what}, a whole number from {} to {}", range.start(), range.end()))
            }
        }
    }

    /// One of some names.
    pub(super) fn choice<T>(&self, choices: &[(&str, T)]) -> Option<T>
    where
        T: Clone,
    {
        let found = self.as_text().and_then(|text| choices.iter().find(|(name, _)| *name == text));
        if let Some((_, value)) = found {
            return Some(value.clone());
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        self.expected(&one_of(&names))
    }

    /// Everything in a list, each read by `read`; `what` says of what.
    pub(super) fn list<T>(&self, what: &str, read: impl Fn(&Self) -> Option<T>) -> Option<Vec<T>> {
        let Some(array) = self.value.as_array() else { return self.expected(&format!("a list of {what}")) };
        let spot = |(number, value): (usize, &'v Value<'v>)| Spot {
            value,
            place: format!("{}[{number}]", self.place),
            offset: value.start(),
            report: self.report,
        };
        // All are read before the first failure counts, so that every failure is told.
        let read: Vec<Option<T>> = array.elements.iter().enumerate().map(|each| read(&spot(each))).collect();
        read.into_iter().collect()
    }

    /// As [`Self::list`], with at least one in it.
    pub(super) fn some<T>(&self, what: &str, read: impl Fn(&Self) -> Option<T>) -> Option<Vec<T>> {
        match self.list(what, read) {
            Some(all) if all.is_empty() => self.wrong(format!("expected at least one of {what}")),
            other => other,
        }
    }

    /// The keys of an object, which must be known ones.
    pub(super) fn fields(&self, known: &[&str]) -> Option<Fields<'v>> {
        let fields = self.entries()?;
        for key in fields.keys() {
            if !known.contains(&key) {
                let hint = nearest(key, known).map_or_else(
                    || format!("; known are {}", known.join(", ")),
                    |near| format!("; did you mean “{near}”?"),
                );
                let _: Option<()> =
                    fields.get(key).and_then(|spot| spot.wrong(format!("there is no key “{key}” here{hint}")));
            }
        }
        Some(fields)
    }

    /// An object with whatever keys it has, each once.
    pub(super) fn entries(&self) -> Option<Fields<'v>> {
        let Some(object) = self.value.as_object() else { return self.expected("an object") };
        let fields = Fields { spot: self.clone(), object };
        let keys: Vec<&str> = fields.keys().collect();
        for (number, key) in keys.iter().enumerate() {
            if keys.iter().take(number).any(|earlier| earlier == key) {
                let offset = object.properties.get(number).map_or(self.offset, |property| property.range.start);
                self.report.add(offset, &self.below(key), format!("“{key}” is written twice"));
            }
        }
        Some(fields)
    }

    /// An object with exactly one key, which must be a known one.
    pub(super) fn only(&self, what: &str, known: &[&str]) -> Option<(&'v str, Spot<'v>)> {
        if self.value.as_object().is_none() {
            return self.expected(&format!("{what}: an object with one of {}", known.join(", ")));
        }
        let fields = self.fields(known)?;
        let keys: Vec<&str> = fields.keys().collect();
        match keys.as_slice() {
            [key] if known.contains(key) => Some((key, fields.get(key)?)),
            [_] => None,
            _ => self.wrong(format!("expected {what}: exactly one of {}", known.join(", "))),
        }
    }

    fn below(&self, key: &str) -> String {
        if self.place.is_empty() { key.to_owned() } else { format!("{}.{key}", self.place) }
    }

    fn note(&self, lines: &mut Lines) {
        lines.0.insert(self.place.clone(), self.report.line(self.offset));
        match self.value {
            Value::Object(object) => {
                let fields = Fields { spot: self.clone(), object };
                for spot in fields.keys().filter_map(|key| fields.get(key)) {
                    spot.note(lines);
                }
            }
            Value::Array(array) => {
                for (number, value) in array.elements.iter().enumerate() {
                    let place = format!("{}[{number}]", self.place);
                    Spot { value, place, offset: value.start(), report: self.report }.note(lines);
                }
            }
            Value::StringLit(_) | Value::NumberLit(_) | Value::BooleanLit(_) | Value::NullKeyword(_) => {}
        }
    }
}

/// The keys and values of an object.
pub(super) struct Fields<'v> {
    spot: Spot<'v>,
    object: &'v Object<'v>,
}

impl<'v> Fields<'v> {
    pub(super) fn keys(&self) -> impl Iterator<Item = &'v str> + use<'v> {
        self.object.properties.iter().map(|property| property.name.as_str())
    }

    /// What stands at a key, if it is there.
    pub(super) fn get(&self, key: &str) -> Option<Spot<'v>> {
        let property = self.object.properties.iter().find(|property| property.name.as_str() == key)?;
        Some(Spot {
            value: &property.value,
            place: self.spot.below(key),
            offset: property.range.start,
            report: self.spot.report,
        })
    }

    /// What stands at a key that must be there.
    pub(super) fn need<T>(&self, key: &str, read: impl FnOnce(&Spot<'v>) -> Option<T>) -> Option<T> {
        match self.get(key) {
            Some(spot) => read(&spot),
            None => self.spot.wrong(format!("“{key}” is missing")),
        }
    }

    /// What stands at a key that may be absent; `None` within is absent, `None` without is wrong.
    #[expect(clippy::option_option, reason = "absent and wrong are two things, and wrong was already reported")]
    pub(super) fn may<T>(&self, key: &str, read: impl FnOnce(&Spot<'v>) -> Option<T>) -> Option<Option<T>> {
        match self.get(key) {
            Some(spot) => read(&spot).map(Some),
            None => Some(None),
        }
    }

    /// As [`Self::may`], where null counts as absent.
    #[expect(clippy::option_option, reason = "absent and wrong are two things, and wrong was already reported")]
    pub(super) fn known<T>(&self, key: &str, read: impl FnOnce(&Spot<'v>) -> Option<T>) -> Option<Option<T>> {
        match self.get(key).filter(|spot| !spot.is_null()) {
            Some(spot) => read(&spot).map(Some),
            None => Some(None),
        }
    }

    /// What stands at a key, or the usual thing where it is absent.
    pub(super) fn or<T>(&self, key: &str, usual: T, read: impl FnOnce(&Spot<'v>) -> Option<T>) -> Option<T> {
        self.may(key, read).map(|found| found.unwrap_or(usual))
    }
}

/// `a, b or c`, each in quotes.
fn one_of(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The known name that a misspelt one most likely means.
pub(super) fn nearest<'n>(name: &str, known: &[&'n str]) -> Option<&'n str> {
    let near = known.iter().map(|candidate| (distance(name, candidate), *candidate)).min()?;
    (near.0 <= (name.chars().count() / 3).max(1)).then_some(near.1)
}

/// How many letters must be changed, added or taken away.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (number, letter) in left.chars().enumerate() {
        let mut next = vec![number + 1];
        let mut before = number + 1;
        for ((diagonal, above), other) in row.iter().zip(row.iter().skip(1)).zip(&right) {
            before = (diagonal + usize::from(*other != letter)).min(above + 1).min(before + 1);
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_key_is_known_again() {
        let known = ["limits", "tolerance", "age_days_max"];
        for (typed, expected) in [
            ("limit", Some("limits")),
            ("tollerance", Some("tolerance")),
            ("age_day_max", Some("age_days_max")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(typed, &known), expected, "{typed}");
        }
    }

    #[test]
    fn what_is_not_json_is_told_with_its_line() {
        let deep = "[".repeat(100_000);
        let long = format!("\"{}\"", "x".repeat(DOCUMENT_BYTES_MAX));
        for (text, line, word) in [
            ("", 1, "empty"),
            ("// nothing\n", 1, "empty"),
            ("{\n\"a\": 1,\n}", 2, "not JSON"),
            ("{'a': 1}", 1, "not JSON"),
            ("{\"a\": 1} x", 1, "not JSON"),
            (deep.as_str(), 1, "not JSON"),
            (long.as_str(), 1, "longer"),
        ] {
            let problems = read(text, |_| Some(())).expect_err("it is not JSON");
            let shown: String = text.chars().take(20).collect();
            assert!(
                problems.len() == 1 && problems[0].line == line && problems[0].message.contains(word),
                "{shown}: {problems:?}"
            );
        }
    }
}
