//! What Xero means when it does not say yes. It has few codes: the start of the sentence decides.

use std::time::Duration;

use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};
use serde_json::{Map, Value};

use crate::post::{
    Address, LedgerEntry,
    amount::cut,
    entry::Resource,
    error::{LedgerError, Means},
    transport::{Answer, retry_after},
    xero::{
        convert::{self, LEDGER},
        wire,
    },
};

/// The minute's quota returns within a minute.
const MINUTE_WAIT: Duration = Duration::from_secs(60);
/// Too many calls at once are over within seconds.
const CONCURRENT_WAIT: Duration = Duration::from_secs(2);
/// The day's quota may return at any hour; Xero nearly always says when.
const DAY_WAIT: Duration = Duration::from_secs(3600);
/// The ledger's words are shown to people, never whole bodies.
const MESSAGE_CHARS_MAX: usize = 500;

/// Reads an answer that should hold a list. With `summarizeErrors=false` an element that was refused comes under a
/// status of 200, with an id that must not be stored.
///
/// # Errors
/// Whatever `classify` makes of it; `Ambiguous` when it cannot be read.
pub(crate) fn read(answer: &Answer) -> Result<wire::Lists, LedgerError> {
    if !answer.is_success() {
        return Err(classify(answer.status, &answer.headers, &answer.body));
    }
    let messages = element_errors(&answer.body).ok_or_else(unreadable)?;
    if !messages.is_empty() {
        return Err(by_message(&messages).with_trace(trace(&answer.headers).as_deref()));
    }
    serde_json::from_slice(&answer.body).map_err(|_| unreadable())
}

/// The elements of an answer to bills that were sent together, each with what was said of it.
#[derive(Debug)]
pub struct Elements(Vec<Element>, Address);

#[derive(Debug)]
struct Element {
    /// The element's own text, in which its reference stands.
    text: String,
    value: Value,
}

impl Elements {
    /// What was said of the bill with this reference.
    ///
    /// # Errors
    /// It was refused, or nothing was said of it.
    pub fn of(&self, reference: &str) -> Result<LedgerEntry, LedgerError> {
        let mark = convert::mark(reference);
        let element = self.0.iter().find(|element| element.text.contains(&mark)).ok_or_else(unreadable)?;
        let mut messages = Vec::new();
        element_error(&element.value, &mut messages);
        if !messages.is_empty() {
            return Err(by_message(&messages));
        }
        let read = serde_json::from_value(element.value.clone()).map_err(|_| unreadable())?;
        convert::ledger_entry(read, Resource::Bill, &self.1)
    }
}

/// Reads an answer to bills that were sent together.
///
/// # Errors
/// Whatever `classify` makes of it; `Ambiguous` when it holds no bills.
pub(crate) fn read_together(answer: &Answer, address: &Address) -> Result<Elements, LedgerError> {
    if !answer.is_success() {
        return Err(classify(answer.status, &answer.headers, &answer.body));
    }
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
    let invoices = body.get("Invoices").and_then(Value::as_array).ok_or_else(unreadable)?;
    let element = |value: &Value| Element { text: value.to_string(), value: value.clone() };
    Ok(Elements(invoices.iter().map(element).collect(), address.clone()))
}

/// Reads an answer to contacts that were sent together: those that were made, without those that were refused.
///
/// # Errors
/// Whatever `classify` makes of it; `Ambiguous` when it holds no contacts.
pub(crate) fn read_contacts(answer: &Answer) -> Result<Vec<wire::Contact>, LedgerError> {
    if !answer.is_success() {
        return Err(classify(answer.status, &answer.headers, &answer.body));
    }
    let body: Value = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
    let contacts = body.get("Contacts").and_then(Value::as_array).ok_or_else(unreadable)?;
    let is_made = |value: &&Value| {
        let mut messages = Vec::new();
        element_error(value, &mut messages);
        messages.is_empty()
    };
    Ok(contacts.iter().filter(is_made).filter_map(|value| serde_json::from_value(value.clone()).ok()).collect())
}

/// The answer said yes and nothing that we can read.
pub(crate) fn unreadable() -> LedgerError {
    LedgerError::Ambiguous { ledger: LEDGER, what: "unreadable answer".to_owned() }
}

/// What an answer that is not a yes means.
pub(crate) fn classify(status: u16, headers: &HeaderMap, body: &[u8]) -> LedgerError {
    classified(status, headers, body).with_trace(trace(headers).as_deref())
}

/// Xero's own name for an answer.
fn trace(headers: &HeaderMap) -> Option<String> {
    let id = headers.get("xero-correlation-id")?.to_str().ok()?;
    Some(format!("xero-correlation-id {id}"))
}

fn classified(status: u16, headers: &HeaderMap, body: &[u8]) -> LedgerError {
    match status {
        400 => bad_request(body),
        401 if lacks_scope(headers, body) => LedgerError::ConsentNeeded {
            ledger: LEDGER,
            message: "the permissions given are not enough; connect again and agree to all of them".to_owned(),
        },
        401 => LedgerError::TokenRefused { ledger: LEDGER },
        // The organisation was disconnected in Xero, or the person who connected it lost access.
        403 => LedgerError::ConsentNeeded {
            ledger: LEDGER,
            message: "the organisation was disconnected, or the person who connected it may no longer use it"
                .to_owned(),
        },
        404 => refused("404", "it is not in this organisation, or no longer".to_owned()),
        413 => refused("413", "what we sent is too large".to_owned()),
        429 => LedgerError::RateLimited { ledger: LEDGER, retry_after: wait(headers) },
        501 => bug(status.to_string(), "the call is not implemented".to_owned()),
        408 | 500..=599 => LedgerError::Ambiguous { ledger: LEDGER, what: format!("HTTP {status}") },
        200..=299 => unreadable(),
        _ => bug(status.to_string(), text(body).unwrap_or_else(|| format!("HTTP {status}"))),
    }
}

fn bad_request(body: &[u8]) -> LedgerError {
    let Ok(Value::Object(object)) = serde_json::from_slice::<Value>(body) else {
        let message = String::from_utf8_lossy(body);
        return if is_key_reused(&message) { key_reused() } else { bug("400".to_owned(), "HTTP 400".to_owned()) };
    };
    let mut messages = Vec::new();
    if let Some(Value::Array(elements)) = field(&object, "Elements") {
        elements.iter().for_each(|element| errors_of(element, &mut messages));
    }
    if !messages.is_empty() {
        return by_message(&messages);
    }
    let message = text(body).unwrap_or_else(|| "HTTP 400".to_owned());
    if is_key_reused(&message) {
        return key_reused();
    }
    match field(&object, "Type").and_then(Value::as_str) {
        // A validation without elements: the sentence is all there is.
        Some("ValidationException") => by_message(&[message]),
        kind => bug(kind.unwrap_or("400").to_owned(), message),
    }
}

/// What Xero's sentences mean, by parts of them, and how a bookkeeper is told. It has no codes.
const SENTENCES: [(&[&str], Means, &str); 14] = [
    (
        &["lock date"],
        Means::InLedger,
        "the books are locked for its date; unlock the period there, or correct the date",
    ),
    (
        &["is not subscribed to currency"],
        Means::InLedger,
        "the currency is not switched on there, or its plan lacks it",
    ),
    (&["limit of invoices you can approve"], Means::InLedger, "its plan takes no more bills this month"),
    (&["archived", "not valid for contacts"], Means::InLedger, "the contact is archived there; restore it"),
    (&["already assigned to another contact"], Means::AlreadyDone, ""),
    (&["not of valid status for modification"], Means::AlreadyDone, ""),
    (&["idempotency", "different request"], Means::AlreadyDone, ""),
    (&["at least 1 of the following elements to identify the contact"], Means::FixData, "the supplier is missing"),
    (
        &["taxtype code", "cannot be used with account"],
        Means::FixData,
        "the category's tax code does not go with its account; choose another",
    ),
    (
        &["taxtype code", "does not exist"],
        Means::FixData,
        "the category's tax code is gone there; sync, then choose another",
    ),
    (
        &["account code", "not a valid code"],
        Means::FixData,
        "the category's account is gone there; sync, then choose another",
    ),
    (&["exceeds the amount outstanding"], Means::FixData, "it is more than what is still owed there"),
    (
        &["an existing", "could not be found"],
        Means::FixData,
        "what it names was deleted there; sync, then choose another",
    ),
    (&["due date cannot be before"], Means::FixData, "the due date is before the date; correct one of them"),
];

/// What a validation message means; a message that is not in the table is shown to a person.
fn by_message(messages: &[String]) -> LedgerError {
    let message = cut(&messages.join(" "), MESSAGE_CHARS_MAX);
    let lower = message.to_ascii_lowercase();
    let row = SENTENCES.iter().find(|(parts, _, _)| parts.iter().all(|part| lower.contains(part)));
    let Some((_, means, sentence)) = row else { return refused("", message) };
    let told = if sentence.is_empty() { message.clone() } else { format!("{sentence}. It says: {message}") };
    match means {
        Means::InLedger => LedgerError::HumanInLedger { ledger: LEDGER, code: String::new(), message: told },
        Means::FixData => refused("", told),
        Means::AlreadyDone if is_key_reused(&message) => key_reused(),
        Means::AlreadyDone => LedgerError::AlreadyThere { ledger: LEDGER, code: cut(&message, 80) },
        Means::Bug => bug(String::new(), told),
        // Xero says these with a status, never in a sentence.
        Means::Wait | Means::Refresh | Means::Reauthorise | Means::Look => refused("", told),
    }
}

/// The messages of the elements that were refused; `None` when the body is not an answer of Xero at all.
fn element_errors(body: &[u8]) -> Option<Vec<String>> {
    let Ok(Value::Object(object)) = serde_json::from_slice::<Value>(body) else { return None };
    let mut messages = Vec::new();
    for element in object.values().filter_map(Value::as_array).flatten() {
        element_error(element, &mut messages);
    }
    Some(messages)
}

fn element_error(element: &Value, messages: &mut Vec<String>) {
    let Some(fields) = element.as_object() else { return };
    let status = field(fields, "StatusAttributeString").and_then(Value::as_str).unwrap_or_default();
    let has_errors = field(fields, "HasErrors").and_then(Value::as_bool).unwrap_or_default();
    let before = messages.len();
    if status.eq_ignore_ascii_case("ERROR") || has_errors {
        errors_of(element, messages);
        if messages.len() == before {
            messages.push("it gave no reason".to_owned());
        }
    }
}

/// Messages sit on the element, its lines and its contact.
fn errors_of(element: &Value, messages: &mut Vec<String>) {
    let Some(element) = element.as_object() else { return };
    let lines = field(element, "LineItems").and_then(Value::as_array).into_iter().flatten();
    let places = lines.chain(field(element, "Contact")).filter_map(Value::as_object);
    for place in std::iter::once(element).chain(places) {
        let errors = field(place, "ValidationErrors").and_then(Value::as_array).into_iter().flatten();
        messages.extend(errors.filter_map(|error| field(error.as_object()?, "Message")?.as_str()).map(str::to_owned));
    }
}

fn is_key_reused(message: &str) -> bool {
    let lower = message.to_ascii_lowercase();
    lower.contains("idempotency") && lower.contains("different request")
}

/// The key was used with another body: what it made must be looked for, and the next attempt needs a new key.
fn key_reused() -> LedgerError {
    LedgerError::AlreadyThere { ledger: LEDGER, code: "request key used before".to_owned() }
}

fn lacks_scope(headers: &HeaderMap, body: &[u8]) -> bool {
    let header = headers.get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    header.contains("insufficient_scope") || String::from_utf8_lossy(body).contains("insufficient_scope")
}

/// The spellings of `X-Rate-Limit-Problem` vary; their beginnings do not.
fn wait(headers: &HeaderMap) -> Duration {
    if let Some(wait) = retry_after(headers) {
        return wait;
    }
    let problem = headers.get("x-rate-limit-problem").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let problem = problem.to_ascii_lowercase();
    if problem.starts_with("conc") {
        CONCURRENT_WAIT
    } else if problem.starts_with("da") {
        DAY_WAIT
    } else {
        MINUTE_WAIT
    }
}

/// The sentence of an answer without elements.
fn text(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let body = body.as_object()?;
    let message = ["Message", "Detail", "Title"].iter().find_map(|name| field(body, name)?.as_str());
    message.map(|message| cut(message, MESSAGE_CHARS_MAX))
}

/// Gateways spell the keys in lower case.
fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn refused(code: &str, message: String) -> LedgerError {
    LedgerError::Refused { ledger: LEDGER, code: code.to_owned(), message }
}

fn bug(code: String, message: String) -> LedgerError {
    LedgerError::Bug { ledger: LEDGER, code, message }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;
    use crate::post::error::Class;

    fn class(status: u16, body: &str) -> Class {
        classify(status, &HeaderMap::new(), body.as_bytes()).class()
    }

    fn validation(message: &str) -> String {
        let message = Value::from(message).to_string();
        format!(
            r#"{{"ErrorNumber":10,"Type":"ValidationException","Message":"A validation exception occurred",
               "Elements":[{{"InvoiceID":"0","ValidationErrors":[{{"Message":{message}}}],"Warnings":[]}}]}}"#
        )
    }

    #[test]
    fn every_message_of_the_table() {
        for (message, in_ledger, expected) in [
            ("The document date cannot be before the period lock date, currently set at 2026", true, Class::Person),
            ("The document date cannot be before the end of year lock date, currently set at", true, Class::Person),
            ("Organisation is not subscribed to currency EUR", true, Class::Person),
            ("You have reached the limit of invoices you can approve", true, Class::Person),
            ("The contact name X is already assigned to another contact.", false, Class::LookThenAdopt),
            ("The contact status 'ARCHIVED' is not valid for contacts", true, Class::Person),
            (
                "The Contact must contain at least 1 of the following elements to identify the contact",
                false,
                Class::Person,
            ),
            ("The TaxType code 'EXEMPTOUTPUT' cannot be used with account code '51305'", false, Class::Person),
            ("Account code '999' is not a valid code for this document.", false, Class::Person),
            ("Payment amount exceeds the amount outstanding on this document", false, Class::Person),
            ("This document is not of valid status for modification", false, Class::LookThenAdopt),
            ("An existing Invoice with the specified InvoiceID could not be found", false, Class::Person),
            ("A sentence that nobody has seen before", false, Class::Person),
        ] {
            let error = classify(400, &HeaderMap::new(), validation(message).as_bytes());
            assert_eq!(error.class(), expected, "{message}");
            assert_eq!(matches!(error, LedgerError::HumanInLedger { .. }), in_ledger, "{message}");
        }
    }

    #[test]
    fn every_status_of_the_table() {
        let html = "<html>Bad gateway</html>";
        for (status, body, expected) in [
            (400, r#"{"ErrorNumber":14,"Type":"PostDataInvalidException","Message":"bad"}"#, Class::Bug),
            (400, r#"{"ErrorNumber":16,"Type":"QueryParseException","Message":"bad"}"#, Class::Bug),
            (400, r#"{"Type":"ValidationException","Message":"no elements"}"#, Class::Person),
            (400, "Idempotency Key: k is used with a different request.", Class::LookThenAdopt),
            (400, r#"{"Message":"Idempotency Key: k is used with a different request."}"#, Class::LookThenAdopt),
            (400, html, Class::Bug),
            (
                401,
                r#"{"Title":"Unauthorized","Status":401,"Detail":"TokenExpired: token expired"}"#,
                Class::RefreshThenRetry,
            ),
            (401, "", Class::RefreshThenRetry),
            (401, r#"{"detail":"insufficient_scope"}"#, Class::Consent),
            (403, r#"{"Title":"Forbidden","Status":403,"Detail":"AuthenticationUnsuccessful"}"#, Class::Consent),
            (404, "The resource you're looking for cannot be found", Class::Person),
            (412, "", Class::Bug),
            (413, "", Class::Person),
            (302, "", Class::Bug),
            (408, "", Class::LookThenRetry),
            (500, html, Class::LookThenRetry),
            (501, "", Class::Bug),
            (502, html, Class::LookThenRetry),
            (503, "Organisation offline", Class::LookThenRetry),
            (200, "", Class::LookThenRetry),
        ] {
            assert_eq!(class(status, body), expected, "{status} {body}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("insufficient_scope"));
        assert_eq!(classify(401, &headers, b"").class(), Class::Consent);
    }

    #[test]
    fn waits_follow_the_headers() {
        for (problem, seconds, expected) in [
            (Some("minute"), Some("12"), 12),
            (Some("day"), Some("66975"), 66975),
            (Some("DayLimit"), None, 3600),
            (Some("daily"), None, 3600),
            (Some("Concurrent"), None, 2),
            (Some("appminute"), None, 60),
            (None, None, 60),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(problem) = problem {
                headers.insert("x-rate-limit-problem", HeaderValue::from_static(problem));
            }
            if let Some(seconds) = seconds {
                headers.insert("retry-after", HeaderValue::from_static(seconds));
            }
            let expected = Class::RetryAfter(Duration::from_secs(expected));
            assert_eq!(classify(429, &headers, b"").class(), expected, "{problem:?} {seconds:?}");
        }
    }

    #[test]
    fn each_of_those_that_went_together_hears_its_own() {
        let body = r#"{"Status":"OK","Invoices":[
            {"InvoiceID":"fabricated","StatusAttributeString":"ERROR","HasErrors":true,
             "LineItems":[{"Description":"Tea [VCH-1]"}],"ValidationErrors":[{"Message":"Account code '9' is archived"}]},
            {"InvoiceID":"a2","StatusAttributeString":"OK","Status":"AUTHORISED","Total":88.00,
             "LineItems":[{"Description":"Rice [VCH-2]"}]}]}"#;
        let answer = Answer { status: 200, headers: HeaderMap::new(), body: body.as_bytes().to_vec() };
        let elements = read_together(&answer, &Address::product(crate::post::LedgerKind::Xero)).expect("it is read");
        assert!(matches!(elements.of("VCH-1"), Err(LedgerError::Refused { message, .. }) if message.contains("'9'")));
        assert_eq!(elements.of("VCH-2").map(|entry| entry.external_id).ok(), Some("a2".to_owned()));
        assert!(matches!(elements.of("VCH-3"), Err(LedgerError::Ambiguous { .. })), "nothing was said of it");
        let html = Answer { status: 200, headers: HeaderMap::new(), body: b"<html>".to_vec() };
        assert!(read_together(&html, &Address::product(crate::post::LedgerKind::Xero)).is_err());
    }

    #[test]
    fn a_refused_element_under_a_200_is_no_success() {
        let answer = |body: &str| Answer { status: 200, headers: HeaderMap::new(), body: body.as_bytes().to_vec() };
        let refused = r#"{"Id":"1","Status":"OK","Invoices":[{"InvoiceID":"fabricated","StatusAttributeString":"ERROR",
            "HasErrors":true,"LineItems":[{"ValidationErrors":[{"Message":"Account code '9' is not a valid code"}]}]}]}"#;
        let error = read(&answer(refused)).err();
        assert!(matches!(&error, Some(LedgerError::Refused { message, .. }) if message.contains("'9'")), "{error:?}");
        let silent = r#"{"Invoices":[{"InvoiceID":"fabricated","StatusAttributeString":"ERROR"}]}"#;
        assert!(matches!(read(&answer(silent)), Err(LedgerError::Refused { .. })));
        let warned =
            r#"{"Invoices":[{"InvoiceID":"1","StatusAttributeString":"WARNING","Total":1.00,"HasErrors":false}]}"#;
        assert_eq!(read(&answer(warned)).map(|lists| lists.invoices.len()).ok(), Some(1));
        for body in ["", "<html></html>", "[]", r#"{"Invoices":[{"InvoiceID":7}]}"#] {
            assert!(matches!(read(&answer(body)), Err(LedgerError::Ambiguous { .. })), "{body}");
        }
    }
}
