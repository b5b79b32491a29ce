//! `QuickBooks`' query language: one entity, conditions joined by AND, pages.

use std::cmp::Ordering;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::reference::{company_info_row, instant_ms, preferences_row};
use super::{Answer, Refusal, company};
use crate::sandbox::http::Reply;
use crate::sandbox::state::World;
use crate::sandbox::value::{self, Row};

const ROWS_DEFAULT: usize = 100;
const ROWS_MAX: usize = 1000;

/// The entities that can be asked for, with what can stand in their conditions besides `Id` and the times.
const ENTITIES: [(&str, &[&str]); 15] = [
    (
        "Account",
        &[
            "Name",
            "FullyQualifiedName",
            "AcctNum",
            "Classification",
            "AccountType",
            "AccountSubType",
            "Active",
            "CurrencyRef",
        ],
    ),
    ("Vendor", &["DisplayName", "CompanyName", "GivenName", "FamilyName", "PrintOnCheckName", "Active", "Balance"]),
    ("Customer", &["DisplayName", "CompanyName", "GivenName", "FamilyName", "Active", "Balance"]),
    ("Employee", &["DisplayName", "GivenName", "FamilyName", "Active"]),
    ("TaxCode", &["Name", "Active"]),
    ("TaxRate", &["Name", "Active"]),
    ("CompanyCurrency", &["Code", "Name", "Active"]),
    ("Class", &["Name", "Active"]),
    ("Department", &["Name", "Active"]),
    ("Purchase", &["TxnDate", "DocNumber"]),
    ("Bill", &["VendorRef", "TxnDate", "DueDate", "DocNumber", "TotalAmt", "Balance", "APAccountRef"]),
    // What else of a credit can be asked for is not documented.
    ("VendorCredit", &["TxnDate", "DocNumber"]),
    ("Attachable", &["FileName", "AttachableRef.EntityRef.Type", "AttachableRef.EntityRef.Value"]),
    ("CompanyInfo", &[]),
    ("Preferences", &[]),
];
const EVERYWHERE: [&str; 3] = ["Id", "MetaData.CreateTime", "MetaData.LastUpdatedTime"];

/// A statement, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Statement {
    count: bool,
    columns: Vec<String>,
    entity: &'static str,
    conditions: Vec<Condition>,
    order: Vec<(String, bool)>,
    start: usize,
    max: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Condition {
    property: String,
    operator: String,
    values: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Sign(String),
}

/// Answers a statement.
pub(super) fn answer(world: &World, realm: &str, text: &str, now_ms: i64) -> Answer<Reply> {
    let statement = parse(text)?;
    let books = company(world, realm)?;
    let own: Vec<Row> = match statement.entity {
        "CompanyInfo" => vec![company_info_row(books)],
        "Preferences" => vec![preferences_row(books)],
        entity => books.all(entity).to_vec(),
    };
    let active_asked = statement.conditions.iter().any(|condition| condition.property == "Active");
    let wanted = |row: &&Row| {
        let active = row.get("Active").and_then(Value::as_bool) != Some(false);
        (active || active_asked) && statement.conditions.iter().all(|condition| holds(row, condition))
    };
    let mut found: Vec<&Row> = own.iter().filter(wanted).collect();
    found.sort_by(|a, b| order(a, b, &statement.order));
    let body = if statement.count {
        json!({"totalCount": found.len()})
    } else {
        let page: Vec<Value> = found
            .into_iter()
            .skip(statement.start - 1)
            .take(statement.max)
            .map(|row| chosen(row, &statement.columns))
            .collect();
        page_of(&statement, page)
    };
    Ok(Reply::json(200, &json!({"QueryResponse": body, "time": value::iso(now_ms)})))
}

fn page_of(statement: &Statement, page: Vec<Value>) -> Value {
    let mut body = Row::new();
    if !page.is_empty() {
        body.insert("startPosition".to_owned(), json!(statement.start));
        body.insert("maxResults".to_owned(), json!(page.len()));
        body.insert(statement.entity.to_owned(), Value::Array(page));
    }
    Value::Object(body)
}

fn chosen(row: &Row, columns: &[String]) -> Value {
    let keep = |name: &str| {
        columns.is_empty() || name == "Id" || columns.iter().any(|column| column.eq_ignore_ascii_case(name))
    };
    Value::Object(row.iter().filter(|(name, _)| keep(name)).map(|(name, v)| (name.clone(), v.clone())).collect())
}

fn order(a: &Row, b: &Row, by: &[(String, bool)]) -> Ordering {
    let first = |row: &Row, property: &str| fields(row, property).into_iter().next().unwrap_or_default();
    for (property, descending) in by {
        let found = compare(&first(a, property), &first(b, property));
        if found != Ordering::Equal {
            return if *descending { found.reverse() } else { found };
        }
    }
    let id = |row: &Row| value::text(row, "Id").parse::<u64>().unwrap_or_default();
    id(a).cmp(&id(b))
}

fn holds(row: &Row, condition: &Condition) -> bool {
    fields(row, &condition.property).iter().any(|field| {
        condition.values.iter().any(|wanted| match condition.operator.as_str() {
            "LIKE" => like(&field.to_lowercase(), &wanted.to_lowercase()),
            "<" => compare(field, wanted) == Ordering::Less,
            ">" => compare(field, wanted) == Ordering::Greater,
            "<=" => compare(field, wanted) != Ordering::Greater,
            ">=" => compare(field, wanted) != Ordering::Less,
            _ => compare(field, wanted) == Ordering::Equal,
        })
    })
}

/// Everything a dotted name leads to, as text: through arrays, and to the value of a reference.
fn fields(row: &Row, property: &str) -> Vec<String> {
    let mut reached = vec![Value::Object(row.clone())];
    for step in property.split('.') {
        let flat = reached.into_iter().flat_map(|value| match value {
            Value::Array(all) => all,
            one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => vec![one],
        });
        let down = |value: Value| {
            let members = value.as_object()?.iter();
            members.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(step)).map(|(_, value)| value.clone())
        };
        reached = flat.filter_map(down).collect();
    }
    reached.iter().filter_map(scalar).collect()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Object(reference) => reference.get("value").and_then(scalar),
        Value::Null | Value::Array(_) => None,
    }
}

/// Numbers by size, instants by time, all else as text in any case of letters.
fn compare(a: &str, b: &str) -> Ordering {
    if let (Ok(a), Ok(b)) = (a.parse::<Decimal>(), b.parse::<Decimal>()) {
        return a.cmp(&b);
    }
    if let (true, Some(a), Some(b)) = (a.contains('T'), instant_ms(a), instant_ms(b)) {
        return a.cmp(&b);
    }
    a.to_lowercase().cmp(&b.to_lowercase())
}

fn like(text: &str, pattern: &str) -> bool {
    match pattern.split_once('%') {
        None => text == pattern,
        Some((head, rest)) => match text.strip_prefix(head) {
            None => false,
            Some(left) => {
                rest.is_empty()
                    || left.char_indices().any(|(at, _)| like(left.get(at..).unwrap_or_default(), rest))
                    || like("", rest)
            }
        },
    }
}

fn tokens(text: &str) -> Answer<Vec<Token>> {
    let mut found = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter.is_whitespace() {
            continue;
        }
        if letter == '\'' {
            found.push(Token::Text(quoted(&mut letters)?));
        } else if letter.is_alphanumeric() || "_.*-:+".contains(letter) {
            let mut word = letter.to_string();
            while let Some(next) = letters.next_if(|next| next.is_alphanumeric() || "_.*-:+".contains(*next)) {
                word.push(next);
            }
            found.push(Token::Word(word));
        } else if "<>=(),".contains(letter) {
            let mut sign = letter.to_string();
            if "<>".contains(letter) && letters.next_if_eq(&'=').is_some() {
                sign.push('=');
            }
            found.push(Token::Sign(sign));
        } else {
            return Err(broken(&format!("Encountered \"{letter}\"")));
        }
    }
    Ok(found)
}

fn quoted(letters: &mut impl Iterator<Item = char>) -> Answer<String> {
    let mut text = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => return Ok(text),
            '\\' => match letters.next() {
                Some(escaped @ ('\'' | '\\')) => text.push(escaped),
                Some(other) => return Err(broken(&format!("Encountered \"\\{other}\""))),
                None => break,
            },
            plain => text.push(plain),
        }
    }
    Err(broken("a string is not closed"))
}

fn broken(what: &str) -> Refusal {
    Refusal::new("4000", format!("QueryParserError: {what}"))
}

fn parse(text: &str) -> Answer<Statement> {
    let mut reader = Reader { tokens: tokens(text)?.into_iter().peekable() };
    reader.expect("select")?;
    let (count, columns) = reader.selection()?;
    reader.expect("from")?;
    let named = reader.word()?;
    let invalid = |what: String| Refusal::new("4001", format!("QueryValidationError: {what}"));
    let known = ENTITIES.iter().find(|(entity, _)| entity.eq_ignore_ascii_case(&named));
    let (entity, filterable) = known.ok_or_else(|| invalid(format!("Entity {named} is not known")))?;
    let mut conditions = Vec::new();
    if reader.take("where") {
        loop {
            conditions.push(reader.condition()?);
            if !reader.take("and") {
                break;
            }
        }
    }
    let mut order = Vec::new();
    if reader.take("orderby") || (reader.take("order") && reader.take("by")) {
        order = reader.order()?;
    }
    let start = if reader.take("startposition") { reader.number()? } else { 1 };
    let max = if reader.take("maxresults") { reader.number()? } else { ROWS_DEFAULT };
    if let Some(extra) = reader.tokens.next() {
        return Err(broken(&format!("Encountered {extra:?}")));
    }
    for property in conditions.iter().map(|c| &c.property).chain(order.iter().map(|(property, _)| property)) {
        let mut all = filterable.iter().chain(&EVERYWHERE);
        if !all.any(|name| name.eq_ignore_ascii_case(property)) {
            return Err(invalid(format!("property '{property}' is not queryable on {entity}")));
        }
    }
    if conditions.iter().any(|c| c.property.eq_ignore_ascii_case("Id") && !["=", "IN"].contains(&c.operator.as_str())) {
        return Err(invalid("Id supports only = and IN".to_owned()));
    }
    if start == 0 || max > ROWS_MAX {
        return Err(invalid(format!("startposition begins at 1 and maxresults is at most {ROWS_MAX}")));
    }
    Ok(Statement { count, columns, entity, conditions, order, start, max })
}

struct Reader {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
}

impl Reader {
    /// Goes past a keyword if it is next.
    fn take(&mut self, keyword: &str) -> bool {
        self.tokens.next_if(|token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(keyword))).is_some()
    }

    fn sign(&mut self, sign: &str) -> bool {
        self.tokens.next_if(|token| matches!(token, Token::Sign(found) if found == sign)).is_some()
    }

    fn expect(&mut self, keyword: &str) -> Answer<()> {
        if self.take(keyword) { Ok(()) } else { Err(broken(&format!("{keyword} is missing"))) }
    }

    fn word(&mut self) -> Answer<String> {
        match self.tokens.next() {
            Some(Token::Word(word)) => Ok(word),
            Some(Token::Text(_) | Token::Sign(_)) | None => Err(broken("a name is missing")),
        }
    }

    fn number(&mut self) -> Answer<usize> {
        self.word()?.parse().map_err(|_| broken("a whole number is missing"))
    }

    /// `*`, `count(*)` or a list of members.
    fn selection(&mut self) -> Answer<(bool, Vec<String>)> {
        let first = self.word()?;
        if first == "*" {
            return Ok((false, Vec::new()));
        }
        if first.eq_ignore_ascii_case("count") {
            let whole = self.sign("(") && self.word()? == "*" && self.sign(")");
            return if whole { Ok((true, Vec::new())) } else { Err(broken("count(*) is not complete")) };
        }
        let mut columns = vec![first];
        while self.sign(",") {
            columns.push(self.word()?);
        }
        Ok((false, columns))
    }

    fn condition(&mut self) -> Answer<Condition> {
        let property = self.word()?;
        // Later stages compare this one by name.
        let property = if property.eq_ignore_ascii_case("Active") { "Active".to_owned() } else { property };
        let operator = match self.tokens.next() {
            Some(Token::Sign(sign)) if ["=", "<", ">", "<=", ">="].contains(&sign.as_str()) => sign,
            Some(Token::Word(word)) if ["IN", "LIKE"].contains(&word.to_uppercase().as_str()) => word.to_uppercase(),
            Some(Token::Word(_) | Token::Sign(_) | Token::Text(_)) | None => {
                return Err(broken(&format!("an operator is missing after {property}")));
            }
        };
        let mut values = Vec::new();
        if operator == "IN" {
            if !self.sign("(") {
                return Err(broken("( is missing after IN"));
            }
            loop {
                values.push(self.literal()?);
                if !self.sign(",") {
                    break;
                }
            }
            if !self.sign(")") {
                return Err(broken(") is missing after IN"));
            }
        } else {
            values.push(self.literal()?);
        }
        Ok(Condition { property, operator, values })
    }

    fn literal(&mut self) -> Answer<String> {
        match self.tokens.next() {
            Some(Token::Text(text)) => Ok(text),
            Some(Token::Word(word)) if ["true", "false"].contains(&word.to_lowercase().as_str()) => {
                Ok(word.to_lowercase())
            }
            Some(Token::Word(word)) if word.parse::<Decimal>().is_ok() => Ok(word),
            Some(Token::Word(_) | Token::Sign(_)) | None => Err(broken("a value in quotes is missing")),
        }
    }

    fn order(&mut self) -> Answer<Vec<(String, bool)>> {
        let mut order = Vec::new();
        loop {
            let property = self.word()?;
            let descending = self.take("desc");
            let _ascending = !descending && self.take("asc");
            order.push((property, descending));
            if !self.sign(",") {
                return Ok(order);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::seed;

    fn names(statement: &str) -> Vec<String> {
        let world = seed::world();
        let reply = answer(&world, "9130357766900002", statement, 0).expect("the statement is good");
        let body: Value = serde_json::from_slice(&reply.body).expect("the answer is JSON");
        let rows = body.pointer("/QueryResponse/Vendor").and_then(Value::as_array).cloned().unwrap_or_default();
        rows.iter().filter_map(|row| row.get("DisplayName")?.as_str().map(ToOwned::to_owned)).collect()
    }

    #[test]
    fn statements_find_what_they_ask_for() {
        assert_eq!(names("select * from Vendor where DisplayName = 'o\\'neil & sons'"), ["O'Neil & Sons"]);
        assert_eq!(
            names("SELECT * FROM vendor WHERE DisplayName LIKE '%paper%' AND Active IN (true,false)"),
            ["Northern Paper Ltd"]
        );
        assert_eq!(names("select * from Vendor orderby DisplayName desc maxresults 1"), ["O'Neil & Sons"]);
        assert_eq!(names("select * from Vendor startposition 2 maxresults 10"), ["O'Neil & Sons"]);
        assert_eq!(names("select * from Vendor where Id in ('201', '999')"), ["Northern Paper Ltd"]);
        assert!(names("select * from Vendor where Active = false").is_empty());
        assert!(names("select * from Vendor where MetaData.CreateTime > '2026-06-01T00:00:00-08:00'").is_empty());
    }

    #[test]
    fn bad_statements_are_refused_by_kind() {
        for (statement, code) in [
            ("select * from Vendor where DisplayName = 'O'Neil'", "4000"),
            ("select * from Vendor where DisplayName = 'open", "4000"),
            ("select * from Vendor where DisplayName = 'a' or DisplayName = 'b'", "4000"),
            ("select * from Vendor; drop", "4000"),
            ("", "4000"),
            ("select * from Wendor", "4001"),
            ("select * from Purchase where PrivateNote = 'x'", "4001"),
            ("select * from Bill where Id > '3'", "4001"),
            ("select * from Bill maxresults 1001", "4001"),
        ] {
            assert_eq!(parse(statement).map_err(|refusal| refusal.code), Err(code), "{statement}");
        }
    }

    #[test]
    fn like_takes_any_number_of_letters() {
        for (text, pattern, fits) in [
            ("blue cafe", "blue%", true),
            ("blue cafe", "%cafe", true),
            ("blue", "b%u%e", true),
            ("blue", "%x%", false),
            ("blue", "lue", false),
            ("a", "%%", true),
        ] {
            assert_eq!(like(text, pattern), fits, "{text} {pattern}");
        }
    }
}
