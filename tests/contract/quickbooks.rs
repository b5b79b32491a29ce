//! Addresses, parameters, bodies and answers of QuickBooks held against Intuit's XSDs, and the token endpoints of both
//! ledgers against what their documents say: no schema file covers those.

use serde_json::{Map, Value};
use vouch::sandbox::Exchange;

use crate::xsd::Schema;

const BASE: &str = "/quickbooks/v3/company/";
/// `requestid` has at most this many characters.
const REQUEST_ID_CHARS_MAX: usize = 50;

/// What stands in a query, by what comes after the company. Everything takes `minorversion`.
fn parameters(method: &str, rest: &[&str]) -> &'static [&'static str] {
    match (method, rest) {
        ("GET", ["query"]) => &["query"],
        ("GET", ["cdc"]) => &["entities", "changedSince"],
        ("GET", ["exchangerate"]) => &["sourcecurrencycode", "asofdate"],
        ("POST", ["upload" | "batch"]) => &["requestid"],
        ("POST", [_]) => &["requestid", "operation", "include"],
        _ => &[],
    }
}

/// What is wrong with one exchange; `None` when it is not with a QuickBooks company.
pub(crate) fn problems(schema: &Schema, exchange: &Exchange) -> Option<Vec<String>> {
    let (_, rest) = exchange.path.strip_prefix(BASE)?.split_once('/')?;
    let rest: Vec<&str> = rest.split('/').collect();
    let mut found = Vec::new();
    let method = exchange.method.as_str();
    let known = match (method, rest.as_slice()) {
        ("GET", ["preferences" | "query" | "cdc" | "exchangerate"]) | ("POST", ["upload" | "batch" | "query"]) => true,
        ("GET", ["download", id]) => id.parse::<u64>().is_ok(),
        ("GET", [record, id]) => schema.record(record).is_some() && id.parse::<u64>().is_ok(),
        ("POST", [record]) => schema.record(record).is_some() && record.to_lowercase() == *record,
        _ => false,
    };
    if !known {
        found.push(format!("{method} {} is no address of the API", rest.join("/")));
    }
    query_check(exchange, parameters(method, &rest), &mut found);
    let accepts = exchange.headers.iter().any(|(name, value)| name == "accept" && value == "application/json");
    if !accepts {
        found.push("without Accept: application/json the answer is XML".to_owned());
    }
    request_check(schema, exchange, &rest, &mut found);
    answer_check(schema, exchange, &rest, &mut found);
    Some(found)
}

fn query_check(exchange: &Exchange, known: &[&str], found: &mut Vec<String>) {
    let sent = |wanted: &str| exchange.query.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    if sent("minorversion").is_none_or(|version| version.parse::<u32>().is_err()) {
        found.push("minorversion must be a number".to_owned());
    }
    for (name, value) in &exchange.query {
        if name != "minorversion" && !known.contains(&name.as_str()) {
            found.push(format!("the query parameter {name} is not known here"));
        }
        if value.is_empty() {
            found.push(format!("the query parameter {name} is empty"));
        }
    }
    if sent("requestid").is_some_and(|id| id.chars().count() > REQUEST_ID_CHARS_MAX) {
        found.push("requestid is too long".to_owned());
    }
}

fn request_check(schema: &Schema, exchange: &Exchange, rest: &[&str], found: &mut Vec<String>) {
    match (exchange.method.as_str(), rest) {
        ("POST", ["upload"]) => upload_check(schema, exchange, found),
        ("POST", ["batch"]) => body_check(schema, "IntuitBatchRequest", &exchange.body, found),
        ("POST", ["query"]) => {}
        ("POST", [record]) => body_check(schema, schema.record(record).unwrap_or_default(), &exchange.body, found),
        _ if !exchange.body.is_empty() => found.push("a body was sent where none is taken".to_owned()),
        _ => {}
    }
}

fn body_check(schema: &Schema, of_type: &str, body: &str, found: &mut Vec<String>) {
    match serde_json::from_str(body) {
        Ok(value) => found.extend(schema.misfits(of_type, &value)),
        Err(_) => found.push("the body is not JSON".to_owned()),
    }
}

/// Each file is two parts whose names end alike: what it is, and its bytes.
fn upload_check(schema: &Schema, exchange: &Exchange, found: &mut Vec<String>) {
    if exchange.parts.is_empty() {
        found.push("an upload has parts".to_owned());
    }
    for (name, media_type, content) in &exchange.parts {
        if let Some(ending) = name.strip_prefix("file_metadata_") {
            if !media_type.starts_with("application/json") {
                found.push(format!("{name} must be JSON"));
            }
            body_check(schema, "Attachable", content, found);
            let file = format!("file_content_{ending}");
            if !exchange.parts.iter().any(|(name, ..)| *name == file) {
                found.push(format!("{file} is missing"));
            }
        } else if !name.starts_with("file_content_") {
            found.push(format!("{name} is no part of an upload"));
        } else if media_type.is_empty() || media_type == "application/octet-stream" {
            found.push(format!("{name} must say what it is"));
        }
    }
}

fn answer_check(schema: &Schema, exchange: &Exchange, rest: &[&str], found: &mut Vec<String>) {
    let Some(status) = exchange.status.filter(|_| !exchange.spoiled && rest.first() != Some(&"download")) else {
        return;
    };
    // An address that is not there is answered by the web server.
    if status == 404 {
        return;
    }
    let Ok(value) = serde_json::from_str::<Value>(&exchange.answer) else {
        found.push("the answer is not JSON".to_owned());
        return;
    };
    if status == 401 && value.get("fault").is_some() {
        return gateway_check(schema, &value, found);
    }
    found.extend(schema.misfits("IntuitResponse", &value));
    let wanted = match rest {
        ["query"] => "QueryResponse",
        ["cdc"] => "CDCResponse",
        ["upload"] => "AttachableResponse",
        ["batch"] => "BatchItemResponse",
        [record, ..] => schema.record(record).unwrap_or_default(),
        [] => "",
    };
    let wanted = if status == 200 && value.get("Fault").is_none() { wanted } else { "Fault" };
    if value.get(wanted).is_none() {
        found.push(format!("the answer has no {wanted}"));
    }
}

/// The gateway writes the envelope's members with a small letter, those without a value too (accounting-apis.md, Q12.1);
/// its time is a number. The fault in it is held against the schema with its letters made large again.
fn gateway_check(schema: &Schema, value: &Value, found: &mut Vec<String>) {
    let large = |name: &str| match name {
        "error" => "Error".to_owned(),
        "message" => "Message".to_owned(),
        "detail" => "Detail".to_owned(),
        other => other.to_owned(),
    };
    found.extend(schema.misfits("Fault", &renamed(&value["fault"], &large)));
}

/// A value with its members renamed, without those that are null.
fn renamed(value: &Value, large: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::Object(members) => {
            let there = members.iter().filter(|(_, inner)| !inner.is_null());
            Value::Object(there.map(|(name, inner)| (large(name), renamed(inner, large))).collect::<Map<_, _>>())
        }
        Value::Array(all) => all.iter().map(|one| renamed(one, large)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// The token endpoints: accounting-apis.md, Q1.4, Q1.8, Q1.9 and X1.4. `None` when it is another address.
pub(crate) fn token_problems(exchange: &Exchange) -> Option<Vec<String>> {
    let quickbooks = match exchange.path.as_str() {
        "/quickbooks/oauth2/v1/tokens/bearer" => true,
        "/xero/connect/token" => false,
        _ => return None,
    };
    let mut found = Vec::new();
    let header =
        |wanted: &str| exchange.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    if exchange.method != "POST" || header("content-type") != Some("application/x-www-form-urlencoded") {
        found.push("a token is asked for with a form".to_owned());
    }
    let mut names: Vec<&str> = exchange.body.split('&').filter_map(|pair| pair.split('=').next()).collect();
    names.sort_unstable();
    let with_code = ["code", "grant_type", "redirect_uri"];
    let with_verifier = ["code", "code_verifier", "grant_type", "redirect_uri"];
    if ![&with_code[..], &with_verifier[..], &["grant_type", "refresh_token"]].contains(&names.as_slice()) {
        found.push(format!("the form holds {names:?}"));
    }
    let Some(status) = exchange.status.filter(|_| !exchange.spoiled) else { return Some(found) };
    let Ok(Value::Object(answer)) = serde_json::from_str::<Value>(&exchange.answer) else {
        found.push("the answer is not a JSON object".to_owned());
        return Some(found);
    };
    let known: &[&str] = match (status, quickbooks) {
        (200, true) => &[
            "access_token",
            "expires_in",
            "refresh_token",
            "token_type",
            "x_refresh_token_expires_in",
            "x_refresh_token_hard_expires_in",
        ],
        (200, false) => &["access_token", "expires_in", "id_token", "refresh_token", "scope", "token_type"],
        _ => &["error", "error_description"],
    };
    let strange = answer.keys().filter(|name| !known.contains(&name.as_str()));
    found.extend(strange.map(|name| format!("the answer holds {name}")));
    let first = if status == 200 { "access_token" } else { "error" };
    if !answer.get(first).is_some_and(Value::is_string) {
        found.push(format!("the answer has no {first}"));
    }
    Some(found)
}
