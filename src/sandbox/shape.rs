//! What a JSON object may hold: known members only, each of its type and length.

use serde_json::Value;

use super::value::{self, Row};

/// The type of a member.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// A string of at most this many characters.
    Text(usize),
    /// A calendar date, `YYYY-MM-DD`.
    Date,
    /// A number.
    Number,
    /// `true` or `false`.
    Flag,
    /// One of these words, in exactly this writing.
    Choice(&'static [&'static str]),
    /// An object with these members.
    Object(&'static [Member]),
    /// An array of objects with these members.
    List(&'static [Member]),
    /// Whatever the ledger itself writes there and ignores when it comes back.
    Ignored,
}

/// A member's name and type.
pub(super) type Member = (&'static str, Shape);

/// What does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Misfit {
    /// There is no such member.
    Unknown {
        /// Its name with the names it stands under: `Line.Amont`.
        path: String,
    },
    /// It is of another type.
    Type {
        /// Its name with the names it stands under.
        path: String,
        /// What it should be.
        wanted: &'static str,
    },
    /// It is too long.
    Long {
        /// Its name with the names it stands under.
        path: String,
        /// The most characters allowed.
        max: usize,
        /// How many there are.
        length: usize,
    },
    /// It is not one of the words allowed.
    Choice {
        /// Its name with the names it stands under.
        path: String,
        /// What was sent.
        sent: String,
    },
    /// It is not a date of the calendar.
    Date {
        /// Its name with the names it stands under.
        path: String,
        /// What was sent.
        sent: String,
    },
}

/// Everything about an object that does not fit.
pub(super) fn misfits(row: &Row, members: &[Member]) -> Vec<Misfit> {
    let mut found = Vec::new();
    object_check(row, members, "", &mut found);
    found
}

fn object_check(row: &Row, members: &[Member], above: &str, found: &mut Vec<Misfit>) {
    for (name, value) in row {
        let path = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        match members.iter().find(|(known, _)| known == name) {
            None => found.push(Misfit::Unknown { path }),
            Some(_) if value.is_null() => {}
            Some((_, shape)) => member_check(value, *shape, path, found),
        }
    }
}

fn member_check(value: &Value, shape: Shape, path: String, found: &mut Vec<Misfit>) {
    let wrong = |path: String, wanted: &'static str| Misfit::Type { path, wanted };
    match shape {
        Shape::Ignored => {}
        Shape::Text(max) => match value.as_str().map(|text| text.chars().count()) {
            None => found.push(wrong(path, "a string")),
            Some(length) if length > max => found.push(Misfit::Long { path, max, length }),
            Some(_) => {}
        },
        Shape::Date => match value.as_str() {
            None => found.push(wrong(path, "a date")),
            Some(sent) if value::date(sent).is_none() => found.push(Misfit::Date { path, sent: sent.to_owned() }),
            Some(_) => {}
        },
        Shape::Number if value::decimal(value).is_none() => found.push(wrong(path, "a number")),
        Shape::Flag if !value.is_boolean() => found.push(wrong(path, "a boolean")),
        Shape::Number | Shape::Flag => {}
        Shape::Choice(words) => match value.as_str() {
            None => found.push(wrong(path, "a string")),
            Some(sent) if !words.contains(&sent) => found.push(Misfit::Choice { path, sent: sent.to_owned() }),
            Some(_) => {}
        },
        Shape::Object(members) => match value.as_object() {
            None => found.push(wrong(path, "an object")),
            Some(object) => object_check(object, members, &path, found),
        },
        Shape::List(members) => match value.as_array() {
            None => found.push(wrong(path, "an array")),
            Some(all) => {
                for element in all {
                    member_check(element, Shape::Object(members), path.clone(), found);
                }
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const LINE: &[Member] = &[("Amount", Shape::Number)];
    const BILL: &[Member] = &[("DocNumber", Shape::Text(3)), ("Date", Shape::Date), ("Line", Shape::List(LINE))];

    #[test]
    fn misfits_are_named_with_their_path() {
        let sent =
            value::row(json!({"DocNumber": "1234", "Date": "2026-02-30", "Line": [{"Amount": "1.00", "Amont": 1}]}));
        let found = misfits(&sent, BILL);
        assert!(found.contains(&Misfit::Long { path: "DocNumber".to_owned(), max: 3, length: 4 }));
        assert!(found.contains(&Misfit::Date { path: "Date".to_owned(), sent: "2026-02-30".to_owned() }));
        assert!(found.contains(&Misfit::Type { path: "Line.Amount".to_owned(), wanted: "a number" }));
        assert!(found.contains(&Misfit::Unknown { path: "Line.Amont".to_owned() }));
        assert_eq!(found.len(), 4);
    }
}
