//! Xero's OpenAPI: addresses, parameters, bodies and answers held against it.
//!
//! Each schema is handed to `jsonschema` with what OpenAPI 3.0 says in other words: `nullable` becomes the type null,
//! members that are not listed are refused, what is read-only is refused in a request, and Xero's own marks for dates
//! become patterns. `required` holds for what is made (PUT); a change sends only what changes.

use std::collections::BTreeMap;
use std::sync::Mutex;

use jsonschema::Validator;
use serde_json::{Map, Value, json};
use vouch::sandbox::Exchange;
use yaml_rust2::{Yaml, YamlLoader};

const SCHEMAS: &str = "#/components/schemas/";
/// A date as it is sent, and as it comes back.
const DATE_SENT: &str = r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2})?$";
const DATE_ANSWERED: &str = r"^/Date\(-?\d+([+-]\d{4})?\)/$";

/// What Xero answers and its OpenAPI does not have, with where it is documented.
const BEYOND: &[(&str, &str, &str)] = &[
    ("BankTransaction", "DateString", "examples of the same file; accounting-apis.md, X2"),
    ("BankTransaction", "HasErrors", "accounting-apis.md, X10.2"),
    ("BankTransaction", "Warnings", "accounting-apis.md, X10.2"),
    ("CreditNote", "DateString", "examples of the same file; accounting-apis.md, X2"),
    ("CreditNote", "DueDateString", "examples of the same file; accounting-apis.md, X2"),
    ("Invoice", "DateString", "examples of the same file; accounting-apis.md, X2"),
    ("Invoice", "DueDateString", "examples of the same file; accounting-apis.md, X2"),
];
/// Beside the list itself every answer has these; accounting-apis.md, X2.
const ENVELOPE: [(&str, &str); 4] =
    [("Id", "string"), ("Status", "string"), ("ProviderName", "string"), ("DateTimeUTC", "string")];
/// An element that was refused is echoed whole: accounting-apis.md, X10.1.
const ECHOED: [&str; 4] = ["Invoice", "BankTransaction", "CreditNote", "Contact"];

/// Which way a body goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    /// A request that makes something.
    Create,
    /// A request that changes something.
    Change,
    /// An answer.
    Answer,
}

/// A path of the contract and what an address has in the place of its names.
struct Place<'a> {
    item: &'a Value,
    values: Vec<(String, String)>,
}

/// One OpenAPI file.
pub(crate) struct OpenApi {
    document: Value,
    /// What comes before the paths of the file.
    base: &'static str,
    validators: Mutex<BTreeMap<(Way, String), std::sync::Arc<Validator>>>,
}

impl OpenApi {
    /// Reads a file whose paths stand below `base`.
    pub(crate) fn read(yaml: &str, base: &'static str) -> Self {
        let documents = YamlLoader::load_from_str(yaml).expect("the contract is YAML");
        let document = documents.first().map(json_of).expect("the contract is not empty");
        Self { document, base, validators: Mutex::default() }
    }

    /// What is wrong with one exchange; `None` when the path is not below ours.
    pub(crate) fn problems(&self, exchange: &Exchange) -> Option<Vec<String>> {
        let path = exchange.path.strip_prefix(self.base)?;
        let method = exchange.method.to_lowercase();
        let Some(Place { item, values }) = self.place(&method, path) else {
            return Some(vec![format!("{} {path} is not in the contract", exchange.method)]);
        };
        let operation = &item[&method];
        let mut found = Vec::new();
        let parameters: Vec<&Value> = list(item, "parameters").chain(list(operation, "parameters")).collect();
        self.parameters_check(&parameters, exchange, &values, &mut found);
        let way = if exchange.method == "PUT" { Way::Create } else { Way::Change };
        if let Some(content) = operation.get("requestBody").map(|body| self.followed(body)) {
            self.request_check(&content["content"], exchange, way, &mut found);
        } else if !exchange.body.is_empty() {
            found.push("a body was sent where none is taken".to_owned());
        }
        self.answer_check(operation, exchange, &mut found);
        Some(found)
    }

    /// What is wrong with a value that should be of a schema.
    pub(crate) fn misfits(&self, way: Way, schema: &str, value: &Value) -> Vec<String> {
        let validator = self.validator(way, schema);
        let told = |error: jsonschema::ValidationError<'_>| format!("{schema}{}: {error}", error.instance_path());
        validator.iter_errors(value).map(told).collect()
    }

    /// The place of an address that knows the method.
    fn place(&self, method: &str, path: &str) -> Option<Place<'_>> {
        let sent: Vec<&str> = path.trim_matches('/').split('/').collect();
        let mut best: Option<Place<'_>> = None;
        for (template, item) in self.document["paths"].as_object().expect("there are paths") {
            let steps: Vec<&str> = template.trim_matches('/').split('/').collect();
            if steps.len() != sent.len() || item.get(method).is_none() {
                continue;
            }
            let mut values = Vec::new();
            let fits = steps.iter().zip(&sent).all(|(step, sent)| match step.strip_prefix('{') {
                Some(name) => {
                    values.push((name.trim_end_matches('}').to_owned(), (*sent).to_owned()));
                    true
                }
                None => step.eq_ignore_ascii_case(sent),
            });
            // `Organisation/Actions` is itself, not an organisation called Actions.
            if fits && best.as_ref().is_none_or(|best| values.len() < best.values.len()) {
                best = Some(Place { item, values });
            }
        }
        best
    }

    fn parameters_check(
        &self,
        parameters: &[&Value],
        exchange: &Exchange,
        values: &[(String, String)],
        found: &mut Vec<String>,
    ) {
        let parameters: Vec<&Value> = parameters.iter().map(|parameter| self.followed(parameter)).collect();
        let named = |place: &str, name: &str| {
            let same = |parameter: &&&Value| parameter["in"] == place && parameter["name"].as_str() == Some(name);
            parameters.iter().find(same).copied()
        };
        for (name, value) in &exchange.query {
            match named("query", name) {
                None => found.push(format!("the query parameter {name} is not in the contract")),
                Some(parameter) => parameter_check(parameter, name, value, found),
            }
        }
        for (name, value) in values {
            if let Some(parameter) = named("path", name) {
                parameter_check(parameter, name, value, found);
            }
        }
        for parameter in parameters.iter().filter(|parameter| parameter["required"] == true) {
            let name = parameter["name"].as_str().unwrap_or_default();
            let there = match parameter["in"].as_str() {
                Some("query") => exchange.query.iter().any(|(sent, _)| sent == name),
                // This one is about reading a file's bytes and stands there as a header of its own.
                Some("header") if name == "contentType" => true,
                Some("header") => exchange.headers.iter().any(|(sent, _)| sent.eq_ignore_ascii_case(name)),
                _ => true,
            };
            if !there {
                found.push(format!("the parameter {name} must be there"));
            }
        }
        let key = exchange.headers.iter().find(|(name, _)| name == "idempotency-key");
        if key.is_some_and(|(_, key)| key.is_empty() || key.chars().count() > 128) {
            found.push("the idempotency key has 1 to 128 characters".to_owned());
        }
        if key.is_some() && named("header", "Idempotency-Key").is_none() {
            found.push("no idempotency key is taken here".to_owned());
        }
    }

    fn request_check(&self, content: &Value, exchange: &Exchange, way: Way, found: &mut Vec<String>) {
        let sent_type =
            exchange.headers.iter().find(|(name, _)| name == "content-type").map(|(_, value)| value.as_str());
        let is_json = sent_type.is_some_and(|sent| sent.starts_with("application/json"));
        match content.get("application/json").map(|body| &body["schema"]) {
            Some(schema) if is_json => match serde_json::from_str(&exchange.body) {
                Ok(value) => found.extend(self.misfits(way, &name_of(schema), &value)),
                Err(_) => found.push("the body is not JSON".to_owned()),
            },
            Some(_) => found.push(format!("the body must be JSON, not {sent_type:?}")),
            // A file: any media type but JSON.
            None if is_json || sent_type.is_none() => found.push("the body must be a file".to_owned()),
            None => {}
        }
    }

    fn answer_check(&self, operation: &Value, exchange: &Exchange, found: &mut Vec<String>) {
        let Some(status) = exchange.status.filter(|_| !exchange.spoiled) else { return };
        // Refusals of the gateway and of the whole address are not in the contract; X10.3 has their words.
        if [401, 403, 404, 429, 500, 503].contains(&status) {
            return;
        }
        let Some(answer) = operation["responses"].get(status.to_string()).map(|answer| self.followed(answer)) else {
            found.push(format!("status {status} is not in the contract"));
            return;
        };
        let Some(schema) = answer.pointer("/content/application~1json/schema") else { return };
        match serde_json::from_str::<Value>(&exchange.answer) {
            Err(_) => found.push("the answer is not JSON".to_owned()),
            Ok(value) if schema["type"] == "array" => {
                for one in value.as_array().into_iter().flatten() {
                    found.extend(self.misfits(Way::Answer, &name_of(&schema["items"]), one));
                }
            }
            Ok(value) => found.extend(self.misfits(Way::Answer, &name_of(schema), &value)),
        }
    }

    /// Where a `$ref` leads.
    fn followed<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            None => value,
            Some(place) => self.document.pointer(place.trim_start_matches('#')).expect("references lead somewhere"),
        }
    }

    fn validator(&self, way: Way, schema: &str) -> std::sync::Arc<Validator> {
        let mut known = self.validators.lock().expect("no check panics");
        let made = known.entry((way, schema.to_owned())).or_insert_with(|| {
            let all = self.document["components"]["schemas"].as_object().expect("there are schemas");
            assert!(all.contains_key(schema), "{schema} is a schema");
            let translated: Map<String, Value> =
                all.iter().map(|(name, schema)| (name.clone(), self.translated(name, schema, way))).collect();
            let root = json!({"$ref": format!("{SCHEMAS}{schema}"), "components": {"schemas": translated}});
            let options =
                jsonschema::options().with_draft(jsonschema::Draft::Draft202012).should_validate_formats(true);
            std::sync::Arc::new(options.build(&root).expect("the contract is a schema"))
        });
        std::sync::Arc::clone(made)
    }

    /// One schema of the components in the words of JSON Schema.
    fn translated(&self, name: &str, schema: &Value, way: Way) -> Value {
        let mut schema = json_schema(schema, way);
        if way != Way::Answer {
            return schema;
        }
        let all = &self.document["components"]["schemas"];
        let Some(members) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return schema };
        for (_, member, _) in BEYOND.iter().filter(|(of, ..)| *of == name) {
            members.entry(*member).or_insert_with(|| json!({}));
        }
        if all[name].get("x-objectArrayKey").is_some() {
            for (member, of_type) in ENVELOPE {
                members.entry(member).or_insert_with(|| json!({"type": of_type}));
            }
        }
        if name == "Element" {
            for echoed in ECHOED {
                let echo = self.translated(echoed, &all[echoed], Way::Change);
                for (member, _) in echo["properties"].as_object().into_iter().flatten() {
                    members.entry(member).or_insert_with(|| json!({}));
                }
                members.entry("StatusAttributeString").or_insert_with(|| json!({"type": "string"}));
                members.entry("HasErrors").or_insert_with(|| json!({"type": "boolean"}));
                members.entry("Warnings").or_insert_with(|| json!({"type": "array"}));
            }
        }
        schema
    }
}

/// A schema in the words of JSON Schema, inner ones too.
fn json_schema(schema: &Value, way: Way) -> Value {
    if let Some(place) = schema.get("$ref") {
        // In OpenAPI 3.0 nothing beside a reference counts.
        return json!({"$ref": place});
    }
    let Some(object) = schema.as_object() else { return schema.clone() };
    let mut made = Map::new();
    for (word, value) in object {
        match word.as_str() {
            // Xero's own examples of date-time have no zone.
            "format" if value == "date-time" => {}
            "type" | "enum" | "maxLength" | "minLength" | "minimum" | "maximum" | "format" | "maxItems" => {
                made.insert(word.clone(), value.clone());
            }
            "items" => _ = made.insert(word.clone(), json_schema(value, way)),
            "required" if way == Way::Create => _ = made.insert(word.clone(), value.clone()),
            "properties" => {
                let inner = value.as_object().expect("properties are an object").iter();
                let taken = inner.filter(|(_, inner)| way == Way::Answer || inner["readOnly"] != true);
                let inner: Map<_, _> = taken.map(|(name, inner)| (name.clone(), json_schema(inner, way))).collect();
                made.insert(word.clone(), Value::Object(inner));
                made.insert("additionalProperties".to_owned(), json!(false));
            }
            _ => {}
        }
    }
    if object.contains_key("x-is-msdate") || object.contains_key("x-is-msdate-time") {
        made.insert("pattern".to_owned(), json!(if way == Way::Answer { DATE_ANSWERED } else { DATE_SENT }));
    }
    if object.get("nullable") == Some(&Value::Bool(true)) {
        if let Some(of_type) = made.get("type").cloned() {
            made.insert("type".to_owned(), json!([of_type, "null"]));
        }
        if let Some(words) = made.get_mut("enum").and_then(Value::as_array_mut) {
            words.push(Value::Null);
        }
    }
    Value::Object(made)
}

fn parameter_check(parameter: &Value, name: &str, value: &str, found: &mut Vec<String>) {
    let one = |schema: &Value, value: &str| match (schema["type"].as_str(), schema["format"].as_str()) {
        (Some("integer"), _) => value.parse::<i64>().is_ok(),
        (Some("number"), _) => value.parse::<rust_decimal::Decimal>().is_ok(),
        (Some("boolean"), _) => value == "true" || value == "false",
        (_, Some("uuid")) => value.parse::<uuid::Uuid>().is_ok(),
        _ => !value.is_empty(),
    };
    let schema = &parameter["schema"];
    let fits = match schema["type"].as_str() {
        Some("array") => value.split(',').all(|value| one(&schema["items"], value)),
        _ => one(schema, value),
    };
    let words = schema["enum"].as_array();
    if !fits || words.is_some_and(|words| !words.iter().any(|word| word == value)) {
        found.push(format!("the parameter {name} cannot be {value}"));
    }
}

fn name_of(schema: &Value) -> String {
    let place = schema["$ref"].as_str().expect("bodies have a schema of their own");
    place.strip_prefix(SCHEMAS).expect("it is one of the components").to_owned()
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

/// YAML as JSON; keys that are numbers (status codes) become text.
fn json_of(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Real(text) => serde_json::from_str(text).unwrap_or_else(|_| json!(text)),
        Yaml::Integer(number) => json!(number),
        Yaml::String(text) => json!(text),
        Yaml::Boolean(flag) => json!(flag),
        Yaml::Array(all) => all.iter().map(json_of).collect(),
        Yaml::Hash(all) => {
            let key = |key: &Yaml| key.as_str().map_or_else(|| json_of(key).to_string(), str::to_owned);
            Value::Object(all.iter().map(|(name, value)| (key(name), json_of(value))).collect())
        }
        Yaml::Alias(_) | Yaml::Null | Yaml::BadValue => Value::Null,
    }
}
