//! What QuickBooks means when it does not say yes. The codes are those of Intuit's error table.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::post::{
    amount::cut,
    error::{LedgerError, Means},
    quickbooks::{code::Code, convert::LEDGER},
    transport::{Answer, retry_after},
};

/// Intuit asks for this wait when it asks to slow down; it does not always say so in a header.
const RATE_LIMIT_WAIT: Duration = Duration::from_secs(60);
/// The ledger's words are shown to people, never whole bodies.
const MESSAGE_CHARS_MAX: usize = 500;

/// Reads an answer that should be a `T`. An answer with status 200 may hold a fault all the same.
///
/// # Errors
/// Whatever `classify` makes of it; `Ambiguous` when it is neither a `T` nor a fault.
pub(crate) fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, LedgerError> {
    if !answer.is_success() || fault(&answer.body).is_some() {
        return Err(classify(answer.status, &answer.headers, &answer.body));
    }
    serde_json::from_slice(&answer.body).map_err(|_| unreadable())
}

/// The answer said yes and nothing that we can read.
pub(crate) fn unreadable() -> LedgerError {
    LedgerError::Ambiguous { ledger: LEDGER, what: "unreadable answer".to_owned() }
}

/// Whether QuickBooks says that the object which was named is not there.
pub(crate) fn is_gone(error: &LedgerError) -> bool {
    matches!(error, LedgerError::Refused { code, .. } if code == "610")
}

/// What an answer that is not a yes means.
pub(crate) fn classify(status: u16, headers: &HeaderMap, body: &[u8]) -> LedgerError {
    let trace = headers.get("intuit_tid").and_then(|value| value.to_str().ok()).map(|id| format!("intuit_tid {id}"));
    classified(status, headers, body).with_trace(trace.as_deref())
}

fn classified(status: u16, headers: &HeaderMap, body: &[u8]) -> LedgerError {
    let fault = fault(body).unwrap_or_default();
    match status {
        // The throttle's code and type vary, so the status speaks first.
        429 => slow_down(headers),
        // Gateways in front of QuickBooks answer these: nothing is known, whatever the body says.
        408 | 502..=504 => ambiguous(status),
        401 => match fault.number {
            120 | 3100 => consent(fault),
            _ => LedgerError::TokenRefused { ledger: LEDGER },
        },
        _ => by_code(status, headers, fault),
    }
}

fn by_code(status: u16, headers: &HeaderMap, mut fault: Fault) -> LedgerError {
    let Some(code) = Code::from_number(fault.number) else { return by_status(status, fault) };
    let sentence = code.sentence();
    if !sentence.is_empty() {
        let own = std::mem::take(&mut fault.message);
        fault.message = if own.is_empty() { sentence.to_owned() } else { format!("{sentence}. It says: {own}") };
    }
    match code.means() {
        Means::Refresh => LedgerError::TokenRefused { ledger: LEDGER },
        Means::Reauthorise => consent(fault),
        Means::Wait => slow_down(headers),
        Means::AlreadyDone => LedgerError::AlreadyThere { ledger: LEDGER, code: fault.code },
        Means::InLedger => in_ledger(fault),
        Means::Bug => bug(fault),
        Means::FixData => refused(fault),
        // Somebody changed the object meanwhile: read it again.
        Means::Look if code == Code::Stale => {
            LedgerError::Ambiguous { ledger: LEDGER, what: "stale object".to_owned() }
        }
        // Intuit: try once more, after a look.
        Means::Look => ambiguous(status),
    }
}

/// For answers without a code, or with one that is not in the table.
fn by_status(status: u16, fault: Fault) -> LedgerError {
    match status {
        200..=299 if fault.is_empty() => unreadable(),
        // A fault under a 200, or a validation that the table does not know: only a person can tell.
        200..=299 | 400 if !fault.is_empty() => refused(fault),
        403 if fault.kind.to_ascii_lowercase().starts_with("auth") => consent(fault),
        403 => in_ledger(fault),
        413 => refused(Fault { message: "what we sent is too large".to_owned(), ..fault }),
        500..=599 => ambiguous(status),
        _ => bug(fault.or_status(status)),
    }
}

/// The first error of a `Fault`.
#[derive(Debug, Default)]
pub(crate) struct Fault {
    /// As QuickBooks wrote it, zeros in front taken away.
    code: String,
    /// The code as a number; nought when there is none.
    number: u32,
    message: String,
    kind: String,
}

impl Fault {
    fn is_empty(&self) -> bool {
        self.code.is_empty() && self.message.is_empty() && self.kind.is_empty()
    }

    fn or_status(self, status: u16) -> Self {
        if self.message.is_empty() { Self { message: format!("HTTP {status}"), ..self } } else { self }
    }
}

/// The fault in a body, wherever the gateway or the API put it and in whatever case it spelled it.
pub(crate) fn fault(body: &[u8]) -> Option<Fault> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let body = body.as_object()?;
    if let Some(fault) = field(body, "fault").and_then(Value::as_object) {
        return Some(fault_of(fault));
    }
    // An upload says yes as a whole and no for its only file.
    let first = field(body, "attachableresponse")?.as_array()?.first()?.as_object()?;
    field(first, "fault").and_then(Value::as_object).map(fault_of)
}

fn fault_of(fault: &Map<String, Value>) -> Fault {
    let errors = field(fault, "error");
    let error = errors.and_then(|errors| errors.as_array().map_or(Some(errors), |list| list.first()));
    let error = error.and_then(Value::as_object);
    let text = |name| error.and_then(|error| field(error, name)).and_then(text_of).unwrap_or_default();
    let (title, detail) = (text("message"), text("detail"));
    // Gateways write `message=…; errorCode=003100; statusCode=403` and sometimes leave the code itself out.
    let code = Some(text("code")).filter(|code| !code.is_empty() && code != "0");
    let code = code.or_else(|| code_in(&title)).or_else(|| code_in(&detail)).unwrap_or_default();
    let code = code.trim_start_matches('0').to_owned();
    let kind = field(fault, "type").and_then(text_of).unwrap_or_default();
    let message = if detail.is_empty() { title } else { detail };
    let number = code.parse().unwrap_or_default();
    Fault { number, code: cut(&code, 20), message: cut(&message, MESSAGE_CHARS_MAX), kind }
}

fn code_in(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("errorCode=")?;
    let code: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(code).filter(|code| !code.is_empty())
}

/// QuickBooks spells its keys in two ways.
fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// A code is a string, or now and then a number.
fn text_of(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_number().map(ToString::to_string))
}

fn slow_down(headers: &HeaderMap) -> LedgerError {
    LedgerError::RateLimited { ledger: LEDGER, retry_after: retry_after(headers).unwrap_or(RATE_LIMIT_WAIT) }
}

fn ambiguous(status: u16) -> LedgerError {
    LedgerError::Ambiguous { ledger: LEDGER, what: format!("HTTP {status}") }
}

fn consent(fault: Fault) -> LedgerError {
    let message = if fault.message.is_empty() { "it withdrew our permission".to_owned() } else { fault.message };
    LedgerError::ConsentNeeded { ledger: LEDGER, message }
}

fn refused(fault: Fault) -> LedgerError {
    LedgerError::Refused { ledger: LEDGER, code: fault.code, message: fault.message }
}

fn in_ledger(fault: Fault) -> LedgerError {
    let message = if fault.message.is_empty() { "the request is forbidden".to_owned() } else { fault.message };
    LedgerError::HumanInLedger { ledger: LEDGER, code: fault.code, message }
}

fn bug(fault: Fault) -> LedgerError {
    LedgerError::Bug { ledger: LEDGER, code: fault.code, message: fault.message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::post::error::Class;

    const WAIT: Class = Class::RetryAfter(RATE_LIMIT_WAIT);

    fn class(status: u16, body: &str) -> Class {
        classify(status, &HeaderMap::new(), body.as_bytes()).class()
    }

    #[test]
    fn every_code_of_the_table() {
        let table: [(&[u32], Class); 8] = [
            (&[100, 110, 3200, 3202], Class::RefreshThenRetry),
            (&[120, 3100], Class::Consent),
            (&[130, 140, 150, 3001], WAIT),
            (&[600, 630, 6140, 6240], Class::LookThenAdopt),
            (&[500, 1040, 2010, 2060, 2070, 2080, 2090, 2100, 2110, 2130, 2170], Class::Bug),
            (&[4000, 4001, 4002, 6020, 6040, 6050, 6070, 10100], Class::Bug),
            (&[5010, 10000], Class::LookThenRetry),
            (
                &[
                    610, 620, 2020, 2030, 2040, 2050, 2220, 2250, 2280, 2290, 2500, 5020, 5030, 6000, 6030, 6041, 6100,
                    6160, 6170, 6190, 6200, 6210, 6230, 6310, 6320, 6430, 6440, 6470, 6480, 6540, 10200, 77777,
                ],
                Class::Person,
            ),
        ];
        for (codes, expected) in table {
            for code in codes {
                let body = format!(
                    r#"{{"Fault":{{"Error":[{{"Message":"m","Detail":"d","code":"{code}"}}],"type":"ValidationFault"}}}}"#
                );
                assert_eq!(class(400, &body), expected, "{code}");
                assert_eq!(class(200, &body), expected, "{code} under a 200");
            }
        }
    }

    #[test]
    fn every_code_has_one_meaning_and_its_words() {
        for code in Code::ALL {
            assert_eq!(Code::from_number(code.number()), Some(*code));
            let told = matches!(code.means(), Means::FixData | Means::InLedger | Means::Reauthorise);
            assert!(!told || !code.sentence().is_empty() || *code == Code::Business, "{code:?} says what to do");
        }
        let mut headers = HeaderMap::new();
        headers.insert("intuit_tid", reqwest::header::HeaderValue::from_static("1-abc"));
        let body = br#"{"Fault":{"Error":[{"Message":"m","Detail":"Account 60","code":"2500"}]}}"#;
        assert_eq!(
            classify(400, &headers, body).to_string(),
            "QuickBooks refused it: an account, supplier or tax code was removed or made inactive there; sync, then \
             choose another. It says: Account 60 (intuit_tid 1-abc)"
        );
        assert!(classify(500, &headers, b"").key_is_spent());
    }

    #[test]
    fn who_must_act_is_told_apart() {
        for (code, in_ledger) in [(6210, true), (5030, true), (5020, true), (6190, true), (6200, true), (2500, false)] {
            let body = format!(r#"{{"Fault":{{"Error":[{{"Detail":"closed","code":"{code}"}}]}}}}"#);
            let error = classify(400, &HeaderMap::new(), body.as_bytes());
            assert_eq!(matches!(error, LedgerError::HumanInLedger { .. }), in_ledger, "{code}");
            assert!(error.to_string().ends_with("closed"), "{error}");
        }
    }

    #[test]
    fn statuses_without_a_known_code() {
        let html = "<html><body>Service Unavailable</body></html>";
        for (status, body, expected) in [
            (401, "", Class::RefreshThenRetry),
            (401, html, Class::RefreshThenRetry),
            (401, r#"{"fault":{"error":[{"message":"AuthorizationFailure","code":"120"}]}}"#, Class::Consent),
            (403, "", Class::Person),
            (403, r#"{"Fault":{"Error":[{"Message":"no"}],"type":"AuthorizatonFault"}}"#, Class::Consent),
            (404, html, Class::Bug),
            (400, html, Class::Bug),
            (302, "", Class::Bug),
            (408, "", Class::LookThenRetry),
            (413, "", Class::Person),
            (429, "", WAIT),
            (429, r#"{"Fault":{"Error":[{"code":"003001"}],"type":"SERVICE"}}"#, WAIT),
            (500, "", Class::LookThenRetry),
            (500, r#"{"Fault":{"Error":[{"code":"6210"}]}}"#, Class::Person),
            (502, html, Class::LookThenRetry),
            (503, r#"{"Fault":{"Error":[{"code":"6210"}]}}"#, Class::LookThenRetry),
            (504, "", Class::LookThenRetry),
            (200, html, Class::LookThenRetry),
            (200, "", Class::LookThenRetry),
        ] {
            assert_eq!(class(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn gateway_faults_are_read_in_any_case() {
        let body = r#"{"warnings":null,"intuitObject":null,"fault":{"error":[{"message":
            "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403","detail":"","code":null}],
            "type":"AUTHENTICATION"},"report":null}"#;
        assert_eq!(class(403, body), Class::Consent);
        assert_eq!(class(429, r#"{"Fault":{"Error":[{"code":3001}]}}"#), WAIT);
        let upload = br#"{"AttachableResponse":[{"Fault":{"Error":[{"Message":"bad type","code":"6041"}]}}]}"#;
        assert_eq!(fault(upload).map(|fault| fault.number), Some(6041));
        assert!(fault(br#"{"AttachableResponse":[{"Attachable":{"Id":"1"}}]}"#).is_none());
        assert!(fault(br#"{"Fault":null,"Purchase":{}}"#).is_none());
    }

    #[test]
    fn the_wait_of_the_answer_is_taken() {
        let mut headers = HeaderMap::new();
        headers.insert("retry-after", reqwest::header::HeaderValue::from_static("90"));
        assert_eq!(classify(429, &headers, b"").class(), Class::RetryAfter(Duration::from_secs(90)));
    }
}
