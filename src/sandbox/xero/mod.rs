//! Xero as its documents describe it: OAuth with connections, one organisation a header, arrays in and out.

mod attachments;
mod contacts;
mod entries;
mod filter;
mod lines;
mod lists;
mod schema;
mod tracking;

#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::consent;
use super::http::{Ask, Reply, Setting};
use super::limits::XeroLeft;
use super::oauth::{Product, client_known};
use super::page;
use super::shape::Misfit;
use super::state::{Organisation, Remembered, World};
use super::value::{self, Row};

/// `Idempotency-Key` has at most this many characters and is kept for six minutes from its first use.
const KEY_MAX: usize = 128;
const KEY_LIFE_MS: i64 = 6 * 60 * 1000;
const REQUEST_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Elements of one request. Xero recommends about so many and names no limit (accounting-apis.md, X11); here it is one.
const ELEMENTS_MAX: usize = 50;

/// A "no" that concerns the whole request.
#[derive(Debug)]
struct Refusal {
    status: u16,
    number: u32,
    of_type: &'static str,
    message: String,
}

impl Refusal {
    /// 400: the body cannot be understood.
    fn post_data(message: impl Into<String>) -> Self {
        Self { status: 400, number: 14, of_type: "PostDataInvalidException", message: message.into() }
    }

    /// 400: the `where` filter or a parameter cannot be understood.
    fn query(message: impl Into<String>) -> Self {
        Self { status: 400, number: 16, of_type: "QueryParseException", message: message.into() }
    }

    /// 400: a rule about the request as a whole.
    fn validation(message: impl Into<String>) -> Self {
        Self { status: 400, number: 10, of_type: "ValidationException", message: message.into() }
    }

    /// 404: no such thing in this organisation.
    fn missing() -> Self {
        Self { status: 404, number: 404, of_type: "NotFound", message: String::new() }
    }

    fn reply(&self) -> Reply {
        if self.status == 404 {
            return Reply::text(404, "The resource you're looking for cannot be found");
        }
        let body = json!({"ErrorNumber": self.number, "Type": self.of_type, "Message": self.message});
        Reply::json(self.status, &body)
    }
}

impl From<&Misfit> for Refusal {
    fn from(misfit: &Misfit) -> Self {
        Self::post_data(match misfit {
            Misfit::Unknown { path } => format!("The property '{path}' is not known"),
            Misfit::Type { path, wanted } => format!("The property '{path}' must be {wanted}"),
            Misfit::Long { path, max, length } => {
                format!("The property '{path}' has {length} characters; at most {max} are allowed")
            }
            Misfit::Choice { path, sent } => format!("Error converting value \"{sent}\" to the type of '{path}'"),
            Misfit::Date { path, sent } => format!("Could not convert string to DateTime: {sent}. Path '{path}'"),
        })
    }
}

type Answer<T> = Result<T, Refusal>;

/// Answers everything under `/xero/`.
pub(super) fn answer(world: &mut World, ask: &Ask, setting: Setting<'_>) -> Reply {
    let segments = ask.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let reply = match (ask.method.as_str(), segments.get(1..).unwrap_or_default()) {
        ("GET", ["identity", "connect", "authorize"]) => {
            let companies: Vec<(String, String)> =
                world.xero.iter().map(|(tenant, organisation)| (tenant.clone(), organisation.name.clone())).collect();
            consent::answer(&mut world.oauth, Product::Xero, &companies, ask, setting)
        }
        ("POST", ["connect", "token"]) => world.oauth.token(Product::Xero, ask, setting),
        ("POST", ["connect", "revocation"]) => revoke(world, ask, setting),
        ("GET", ["connections"]) => connections(world, ask, setting),
        ("DELETE", ["connections", id]) => disconnect(world, ask, setting, id),
        ("GET" | "POST", ["app", rest @ ..]) => page::entry_answer(world, ask, rest, setting),
        (_, ["api.xro", "2.0", rest @ ..]) => api(world, ask, setting, rest),
        _ => Reply::text(404, "The resource you're looking for cannot be found"),
    };
    reply.with("xero-correlation-id", value::uuid())
}

fn revoke(world: &mut World, ask: &Ask, setting: Setting<'_>) -> Reply {
    if !client_known(ask, setting) {
        return Reply::json(400, &json!({"error": "invalid_client"}));
    }
    let token = ask.form().into_iter().find(|(name, _)| name == "token").map(|(_, token)| token);
    // As RFC 7009 wants it, an unknown token is no error.
    world.oauth.revoke(Product::Xero, &token.unwrap_or_default());
    Reply::text(200, "")
}

fn connections(world: &World, ask: &Ask, setting: Setting<'_>) -> Reply {
    if let Err(refusal) = token_check(world, ask, setting) {
        return refusal;
    }
    let event = ask.query("authEventId");
    let listed =
        world.oauth.connections.iter().filter(|connection| event.is_none_or(|event| event == connection.event));
    let row = |connection: &super::oauth::Connection| {
        let name = world.xero.get(&connection.tenant).map(|organisation| organisation.name.as_str());
        let time = format!("{}0000", value::iso(connection.created_ms).trim_end_matches('Z'));
        json!({"id": connection.id, "authEventId": connection.event, "tenantId": connection.tenant,
            "tenantType": "ORGANISATION", "tenantName": name, "createdDateUtc": time, "updatedDateUtc": time})
    };
    Reply::json(200, &Value::Array(listed.map(row).collect()))
}

fn disconnect(world: &mut World, ask: &Ask, setting: Setting<'_>, id: &str) -> Reply {
    if let Err(refusal) = token_check(world, ask, setting) {
        return refusal;
    }
    let before = world.oauth.connections.len();
    world.oauth.connections.retain(|connection| connection.id != id);
    if world.oauth.connections.len() == before { forbidden() } else { Reply::text(204, "") }
}

/// The scopes of a token that is good now.
fn token_check(world: &World, ask: &Ask, setting: Setting<'_>) -> Result<String, Reply> {
    world.oauth.allowed(Product::Xero, ask.bearer(), setting.now_ms).map(|allowed| allowed.scope).map_err(|expired| {
        unauthorized(if expired { "TokenExpired: token expired" } else { "AuthenticationUnsuccessful" })
    })
}

fn api(world: &mut World, ask: &Ask, setting: Setting<'_>, rest: &[&str]) -> Reply {
    let scope = match token_check(world, ask, setting) {
        Ok(scope) => scope,
        Err(refusal) => return refusal,
    };
    let tenant = ask.header("xero-tenant-id").to_owned();
    let connected = world.oauth.connections.iter().any(|connection| connection.tenant == tenant);
    if !connected || !world.xero.contains_key(&tenant) {
        return forbidden();
    }
    if !scope_allows(&scope, ask, rest) {
        return unauthorized("AuthorizationUnsuccessful").with("www-authenticate", "insufficient_scope");
    }
    let left = setting
        .options
        .limits
        .then(|| world.traffic.xero_count(&tenant, setting.now_ms, setting.options.xero_day_calls_max));
    let reply = match left.and_then(|left| left.broken) {
        Some((problem, seconds)) => too_many(problem, Some(seconds)),
        None => remembering(world, ask, setting.now_ms, |world| resource(world, &tenant, ask, setting.now_ms, rest)),
    };
    match left {
        Some(left) => left_tell(reply, left),
        None => reply,
    }
}

fn left_tell(reply: Reply, left: XeroLeft) -> Reply {
    reply
        .with("x-daylimit-remaining", left.day.to_string())
        .with("x-minlimit-remaining", left.minute.to_string())
        .with("x-appminlimit-remaining", left.app_minute.to_string())
}

fn scope_allows(scope: &str, ask: &Ask, rest: &[&str]) -> bool {
    let needed = match rest {
        [_, _, "Attachments", ..] => "accounting.attachments",
        ["Invoices" | "CreditNotes", ..] => "accounting.invoices",
        ["BankTransactions", ..] => "accounting.banktransactions",
        ["Contacts", ..] => "accounting.contacts",
        _ => "accounting.settings",
    };
    let reading = ask.method == "GET";
    scope.split(' ').any(|one| one == needed || (reading && one.strip_suffix(".read") == Some(needed)))
}

fn resource(world: &mut World, tenant: &str, ask: &Ask, now_ms: i64, rest: &[&str]) -> Reply {
    if !ask.wants_json() {
        return Reply::xml(
            400,
            "<ApiException><ErrorNumber>0</ErrorNumber><Type>Accept</Type>\
             <Message>The sandbox answers JSON only; send Accept: application/json</Message></ApiException>",
        );
    }
    if ask.body.len() > REQUEST_BYTES_MAX {
        return Refusal::validation("The request is larger than 10 MB").reply();
    }
    let result = match (ask.method.as_str(), rest) {
        ("GET", ["Organisation" | "Organisations"]) => lists::organisation(world, tenant, now_ms),
        ("GET", ["Organisation", "Actions"]) => Ok(lists::actions(now_ms)),
        (
            "GET",
            ["Accounts" | "TaxRates" | "Currencies" | "Contacts" | "Invoices" | "CreditNotes" | "BankTransactions"],
        ) => lists::all(world, tenant, ask, rest.first().copied().unwrap_or_default(), now_ms),
        ("GET", ["TrackingCategories"]) => tracking::list(world, tenant, ask, now_ms),
        ("GET", [list @ ("Accounts" | "Contacts" | "Invoices" | "CreditNotes" | "BankTransactions"), id]) => {
            lists::one(world, tenant, list, id, now_ms)
        }
        ("PUT" | "POST", ["Contacts"]) => contacts::write(world, tenant, ask, None, now_ms),
        ("POST", ["Contacts", id]) => contacts::write(world, tenant, ask, Some(id), now_ms),
        ("PUT" | "POST", [list @ ("Invoices" | "CreditNotes" | "BankTransactions")]) => {
            entries::write(world, tenant, ask, list, None, now_ms)
        }
        ("POST", [list @ ("Invoices" | "CreditNotes" | "BankTransactions"), id]) => {
            entries::write(world, tenant, ask, list, Some(id), now_ms)
        }
        ("GET", [list @ ("Invoices" | "CreditNotes" | "BankTransactions"), id, "Attachments"]) => {
            attachments::list(world, tenant, list, id, now_ms)
        }
        ("GET", [list @ ("Invoices" | "CreditNotes" | "BankTransactions"), id, "Attachments", name]) => {
            attachments::read(world, tenant, list, id, name)
        }
        ("PUT" | "POST", [list @ ("Invoices" | "CreditNotes" | "BankTransactions"), id, "Attachments", name]) => {
            attachments::write(world, tenant, ask, &attachments::Target { list, id, name }, now_ms)
        }
        _ => Err(Refusal::missing()),
    };
    result.unwrap_or_else(|refusal| refusal.reply())
}

/// Carries a write out once for each `Idempotency-Key` within six minutes: the same request again gets the first
/// answer back, an error too; another request with the same key is refused.
fn remembering(world: &mut World, ask: &Ask, now_ms: i64, write: impl Fn(&mut World) -> Reply) -> Reply {
    let key = ask.header("idempotency-key");
    if key.is_empty() || !["PUT", "POST", "PATCH"].contains(&ask.method.as_str()) {
        return write(world);
    }
    if key.chars().count() > KEY_MAX {
        return Refusal::validation(format!("Idempotency Key is longer than {KEY_MAX} characters")).reply();
    }
    if let Some(first) = world.xero_keys.get(key).filter(|first| now_ms - first.at_ms < KEY_LIFE_MS) {
        if first.fingerprint != fingerprint(ask) {
            return Refusal::validation(format!("Idempotency Key: {key} is used with a different request.")).reply();
        }
        return Reply::typed(first.status, "application/json; charset=utf-8", first.body.clone().into_bytes());
    }
    let reply = write(world);
    remember(world, ask, &reply, now_ms);
    reply
}

/// Keeps an answer for the request's key, if it has one.
pub(super) fn remember(world: &mut World, ask: &Ask, reply: &Reply, now_ms: i64) {
    let key = ask.header("idempotency-key");
    if key.is_empty() || ask.method == "GET" {
        return;
    }
    world.xero_keys.retain(|_, kept| now_ms - kept.at_ms < KEY_LIFE_MS);
    let body = String::from_utf8_lossy(&reply.body).into_owned();
    let kept = Remembered { at_ms: now_ms, fingerprint: fingerprint(ask), status: reply.status, body };
    world.xero_keys.insert(key.to_owned(), kept);
}

/// The address with its query, the organisation and the body: all must be the same in a repeat.
fn fingerprint(ask: &Ask) -> String {
    let mut all =
        format!("{} {} {:?} {}\n", ask.method, ask.path, ask.query, ask.header("xero-tenant-id")).into_bytes();
    all.extend_from_slice(&ask.body);
    value::sha256(&all)
}

/// The elements of `{"Invoices": […]}` or of a bare object.
fn elements(ask: &Ask, list: &str) -> Answer<Vec<Row>> {
    if !ask.is("application/json") {
        return Err(Refusal::post_data("Content-Type must be application/json"));
    }
    let sent: Value =
        serde_json::from_slice(&ask.body).map_err(|_| Refusal::post_data("JSON for post data was invalid"))?;
    let Some(members) = sent.as_object() else { return Err(Refusal::post_data("The body is not an object")) };
    let Some(listed) = members.get(list) else { return Ok(vec![members.clone()]) };
    if members.len() > 1 {
        return Err(Refusal::post_data(format!("Only '{list}' is known beside '{list}'")));
    }
    let all: Option<Vec<Row>> = listed.as_array().map(|all| all.iter().filter_map(Value::as_object).cloned().collect());
    let all = all.filter(|all| !all.is_empty());
    let all = all.ok_or_else(|| Refusal::post_data(format!("'{list}' must be an array of objects")))?;
    if all.len() > ELEMENTS_MAX {
        return Err(Refusal::validation(format!("A request may hold {ELEMENTS_MAX} elements of '{list}'")));
    }
    Ok(all)
}

/// `{"Id": …, "Status": "OK", …, "Invoices": […]}`.
fn envelope(list: &str, rows: Vec<Value>, now_ms: i64) -> Row {
    let mut body = value::row(json!({"Id": value::uuid(), "Status": "OK", "ProviderName": "vouch sandbox",
        "DateTimeUTC": value::xero_instant(now_ms)}));
    body.insert(list.to_owned(), Value::Array(rows));
    body
}

/// One element of a write: done, or the sentences that say why not.
type Element = Result<Row, (Row, Vec<String>)>;

/// Answers a write: element by element with `summarizeErrors=false`, otherwise all or nothing.
fn written(ask: &Ask, list: &str, all: Vec<Element>, now_ms: i64) -> Reply {
    let failed = |row: &Row, errors: &[String]| {
        let mut row = row.clone();
        let errors: Vec<Value> = errors.iter().map(|message| json!({"Message": message})).collect();
        row.insert(errors_member(list).to_owned(), json!(true));
        row.insert("StatusAttributeString".to_owned(), json!("ERROR"));
        row.insert("ValidationErrors".to_owned(), Value::Array(errors));
        if list != "Contacts" {
            row.insert("Warnings".to_owned(), json!([]));
        }
        Value::Object(row)
    };
    if summarized(ask) && all.iter().any(Result::is_err) {
        let elements: Vec<Value> =
            all.iter().filter_map(|one| one.as_ref().err()).map(|(row, errors)| failed(row, errors)).collect();
        let body = json!({"ErrorNumber": 10, "Type": "ValidationException",
            "Message": "A validation exception occurred", "Elements": elements});
        return Reply::json(400, &body);
    }
    let rows = all.into_iter().map(|one| match one {
        Ok(mut row) => {
            row.insert(errors_member(list).to_owned(), json!(false));
            row.insert("StatusAttributeString".to_owned(), json!("OK"));
            Value::Object(row)
        }
        Err((row, errors)) => failed(&row, &errors),
    });
    Reply::json(200, &Value::Object(envelope(list, rows.collect(), now_ms)))
}

/// How a list calls the mark of elements with errors.
fn errors_member(list: &str) -> &'static str {
    if list == "Contacts" { "HasValidationErrors" } else { "HasErrors" }
}

/// Whether one bad element fails the whole call, as it does unless the client says otherwise.
fn summarized(ask: &Ask) -> bool {
    ask.query("summarizeErrors").is_none_or(|flag| !flag.eq_ignore_ascii_case("false"))
}

fn organisation<'a>(world: &'a World, tenant: &str) -> Answer<&'a Organisation> {
    world.xero.get(tenant).ok_or_else(Refusal::missing)
}

fn problem(status: u16, title: &str, detail: &str) -> Reply {
    let body = json!({"Type": null, "Title": title, "Status": status, "Detail": detail,
        "Instance": value::uuid(), "Extensions": {}});
    Reply::json(status, &body)
}

/// 401.
pub(super) fn unauthorized(detail: &str) -> Reply {
    problem(401, "Unauthorized", detail)
}

fn forbidden() -> Reply {
    problem(403, "Forbidden", "AuthenticationUnsuccessful")
}

/// 429, without a body, as Xero may answer.
pub(super) fn too_many(problem: &str, retry_after: Option<u64>) -> Reply {
    let reply = Reply::text(429, "").with("x-rate-limit-problem", problem);
    match retry_after {
        Some(seconds) => reply.with("retry-after", seconds.to_string()),
        None => reply,
    }
}

/// 500.
pub(super) fn internal_error() -> Reply {
    problem(500, "InternalServerError", "An error occurred in Xero. Check the API Status page")
}
