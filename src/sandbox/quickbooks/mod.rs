//! `QuickBooks` Online as its documents describe it: OAuth, one company an address, faults in its own words.

mod entries;
mod entry_check;
mod query;
mod reference;
mod schema;
mod tax;
mod upload;
mod vendors;

#[cfg(test)]
pub(super) mod tests;

use serde_json::{Value, json};

use super::consent;
use super::http::{Ask, Reply, Setting};
use super::oauth::{Product, client_known};
use super::page;
use super::shape::Misfit;
use super::state::{Company, Remembered, World};
use super::value::{self, Row};

/// `requestid` has at most this many characters.
const REQUEST_ID_MAX: usize = 50;

/// What can be read by its id.
const READABLE: [&str; 10] = [
    "Account",
    "Vendor",
    "Customer",
    "Employee",
    "TaxCode",
    "TaxRate",
    "Purchase",
    "Bill",
    "VendorCredit",
    "Attachable",
];

/// A "no" in the words of `QuickBooks`' error table.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusal {
    status: u16,
    code: &'static str,
    message: &'static str,
    detail: String,
}

impl Refusal {
    /// HTTP 400 with this code; the message follows from the code.
    fn new(code: &'static str, detail: impl Into<String>) -> Self {
        let message = match code {
            "500" => "Unsupported Operation",
            "600" => "Duplicate Request ID",
            "610" => "Object Not Found",
            "2010" => "Request has invalid or unsupported property",
            "2020" => "Required param missing, need to supply the required value for the API",
            "2030" => "Invalid ID",
            "2040" => "Invalid String",
            "2050" => "String length is either shorter or longer than supported by specification",
            "2060" => "Invalid Date",
            "2090" => "Invalid Number",
            "2130" => "Invalid Request Id Format",
            "2170" => "Invalid Enumeration",
            "2220" => "Invalid Currency",
            "2290" => "Negative amounts aren't supported on transaction lines",
            "2500" => "Invalid Reference Id",
            "4000" => "Error parsing query",
            "4001" => "Invalid query",
            "5010" => "Stale Object Error",
            "5030" => "Feature Not Supported Error",
            "6020" => "Content-Length header is required",
            "6040" => "Invalid metadata",
            "6041" => "Invalid file type",
            "6050" => "Invalid EntityRef type",
            "6100" | "6160" | "6170" => "Invalid tax",
            "6140" => "Duplicate Document Number Error",
            "6200" => "Account Period Closed, Cannot Update Through Services API",
            "6240" => "Duplicate Name Exists Error",
            "6430" => "Invalid account type",
            _ => "A business validation error has occurred while processing your request",
        };
        Self { status: 400, code, message, detail: detail.into() }
    }

    /// 2020 for this member.
    fn missing(member: &str) -> Self {
        Self::new("2020", format!("Required parameter {member} is missing in the request"))
    }

    /// 6000 in these words.
    fn business(words: &str) -> Self {
        Self::new("6000", format!("Business Validation Error: {words}"))
    }

    /// 2500 for this id.
    fn reference(what: &str, id: &str) -> Self {
        Self::new("2500", format!("Invalid Reference Id : {what} element id {id} not found"))
    }

    fn fault(&self) -> Value {
        let error = json!({"Message": self.message, "Detail": self.detail, "code": self.code, "element": ""});
        json!({"Error": [error], "type": "ValidationFault"})
    }

    fn reply(&self, now_ms: i64) -> Reply {
        Reply::json(self.status, &json!({"Fault": self.fault(), "time": value::iso(now_ms)}))
    }
}

impl From<&Misfit> for Refusal {
    fn from(misfit: &Misfit) -> Self {
        match misfit {
            Misfit::Unknown { path } => {
                Self::new("2010", format!("Property Name:{path} specified is unsupported or invalid"))
            }
            Misfit::Type { path, wanted: "a number" } => Self::new("2090", format!("{path} must be a number")),
            Misfit::Type { path, wanted } => Self::new("2010", format!("Property Name:{path} must be {wanted}")),
            Misfit::Long { path, max, length } => Self::new(
                "2050",
                format!(
                    "String length specified does not match the supported length. \
                     Min:0 Max:{max} supported. Supplied length:{length} ({path})"
                ),
            ),
            Misfit::Choice { path, sent } => Self::new("2170", format!("{sent} is not a value of {path}")),
            Misfit::Date { path, sent } => Self::new("2060", format!("{sent} is not a date (yyyy-MM-dd) in {path}")),
        }
    }
}

type Answer<T> = Result<T, Refusal>;

/// Answers everything under `/quickbooks/`.
pub(super) fn answer(world: &mut World, ask: &Ask, setting: Setting<'_>) -> Reply {
    let segments = ask.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let reply = match (ask.method.as_str(), segments.get(1..).unwrap_or_default()) {
        ("GET", ["connect", "oauth2"]) => {
            let companies: Vec<(String, String)> =
                world.quickbooks.iter().map(|(realm, company)| (realm.clone(), company.name.clone())).collect();
            consent::answer(&mut world.oauth, Product::QuickBooks, &companies, ask, setting)
        }
        ("POST", ["oauth2", "v1", "tokens", "bearer"]) => world.oauth.token(Product::QuickBooks, ask, setting),
        ("POST", ["v2", "oauth2", "tokens", "revoke"] | ["oauth2", "v1", "tokens", "revoke"]) => {
            revoke(world, ask, setting)
        }
        ("GET" | "POST", ["app", rest @ ..]) => page::entry_answer(world, ask, rest, setting),
        (_, ["v3", "company", realm, rest @ ..]) => company_answer(world, ask, setting, realm, rest),
        _ => Reply::html(404, "<html><body>HTTP Status 404 - Not Found</body></html>".to_owned()),
    };
    reply.with("intuit_tid", format!("1-{}", value::uuid()))
}

fn revoke(world: &mut World, ask: &Ask, setting: Setting<'_>) -> Reply {
    if !client_known(ask, setting) {
        return Reply::json(401, &json!({"error": "invalid_client"}));
    }
    let sent: Option<Value> = serde_json::from_slice(&ask.body).ok();
    let token = sent.as_ref().and_then(|body| body.get("token")).and_then(Value::as_str).unwrap_or_default();
    let status = if world.oauth.revoke(Product::QuickBooks, token) { 200 } else { 400 };
    Reply::json(status, &json!({}))
}

fn company_answer(world: &mut World, ask: &Ask, setting: Setting<'_>, realm: &str, rest: &[&str]) -> Reply {
    let now_ms = setting.now_ms;
    let Ok(allowed) = world.oauth.allowed(Product::QuickBooks, ask.bearer(), now_ms) else {
        return unauthorized(now_ms);
    };
    if allowed.company != realm || !world.quickbooks.contains_key(realm) {
        return forbidden(now_ms);
    }
    if setting.options.limits && !world.traffic.quickbooks_count(realm, now_ms) {
        return too_many(None, now_ms);
    }
    if !ask.wants_json() {
        return Reply::xml(
            400,
            "<IntuitResponse><Fault type=\"ValidationFault\"><Error code=\"500\"><Message>Unsupported Operation</Message>\
             <Detail>The sandbox answers JSON only; send Accept: application/json</Detail></Error></Fault></IntuitResponse>",
        );
    }
    if ask.query("minorversion").is_none_or(|version| version.parse::<u32>().is_err()) {
        let sentence = "The sandbox wants minorversion on every call, as a number";
        return Refusal::new("2020", sentence).reply(now_ms);
    }
    let result = match (ask.method.as_str(), rest) {
        ("GET", ["companyinfo", id]) if *id == realm => Ok(reference::company_info(world, realm, now_ms)),
        ("GET", ["preferences"]) => Ok(reference::preferences(world, realm, now_ms)),
        ("GET", ["exchangerate"]) => reference::exchange_rate(world, realm, ask, now_ms),
        ("GET", ["cdc"]) => reference::changes(world, realm, ask, now_ms),
        ("GET", ["query"]) => query::answer(world, realm, ask.query("query").unwrap_or_default(), now_ms),
        ("POST", ["query"]) => query::answer(world, realm, &String::from_utf8_lossy(&ask.body), now_ms),
        ("GET", ["download", id]) => upload::download(world, realm, ask, id),
        ("GET", [resource, id]) => read(world, realm, resource, id, now_ms),
        ("POST", ["upload"]) => remembering(world, realm, ask, now_ms, upload::answer),
        ("POST", ["vendor"]) => remembering(world, realm, ask, now_ms, vendors::write),
        ("POST", ["purchase"]) => entry(world, realm, "Purchase", ask, now_ms),
        ("POST", ["bill"]) => entry(world, realm, "Bill", ask, now_ms),
        ("POST", ["vendorcredit"]) => entry(world, realm, "VendorCredit", ask, now_ms),
        _ => Ok(Reply::html(404, "<html><body>HTTP Status 404 - Not Found</body></html>".to_owned())),
    };
    result.unwrap_or_else(|refusal| refusal.reply(now_ms))
}

/// Answers a write of an entry.
fn entry(world: &mut World, realm: &str, entity: &str, ask: &Ask, now_ms: i64) -> Answer<Reply> {
    remembering(world, realm, ask, now_ms, |world, realm, ask, now_ms| {
        entries::write(world, realm, entity, ask, now_ms)
    })
}

/// Carries a write out once for each `requestid`: the same request again gets the first answer back, another request
/// with the same id is refused. Only successes are kept, so a corrected request may use its id again.
fn remembering(
    world: &mut World,
    realm: &str,
    ask: &Ask,
    now_ms: i64,
    write: impl Fn(&mut World, &str, &Ask, i64) -> Answer<Reply>,
) -> Answer<Reply> {
    let Some(id) = ask.query("requestid").filter(|id| !id.is_empty()) else {
        return write(world, realm, ask, now_ms);
    };
    if id.chars().count() > REQUEST_ID_MAX {
        return Err(Refusal::new("2130", format!("requestid is longer than {REQUEST_ID_MAX} characters")));
    }
    let print = fingerprint(ask);
    if let Some(first) = world.quickbooks.get(realm).and_then(|company| company.requests.get(id)) {
        if first.fingerprint != print {
            return Err(Refusal::new("600", format!("Duplicate Request ID : {id} was used for another request")));
        }
        return Ok(Reply::typed(first.status, "application/json;charset=UTF-8", first.body.clone().into_bytes()));
    }
    let reply = write(world, realm, ask, now_ms)?;
    if let Some(company) = world.quickbooks.get_mut(realm) {
        let body = String::from_utf8_lossy(&reply.body).into_owned();
        let kept = Remembered { at_ms: now_ms, fingerprint: print, status: reply.status, body };
        company.requests.insert(id.to_owned(), kept);
    }
    Ok(reply)
}

/// What must be the same in a repeat. A multipart body counts by its parts: its boundary may differ.
fn fingerprint(ask: &Ask) -> String {
    let mut all = format!("{} {} {}\n", ask.method, ask.path, ask.query("operation").unwrap_or_default()).into_bytes();
    if ask.parts.is_empty() {
        all.extend_from_slice(&ask.body);
    }
    for part in &ask.parts {
        all.extend_from_slice(part.name.as_bytes());
        all.extend_from_slice(value::sha256(&part.bytes).as_bytes());
    }
    value::sha256(&all)
}

fn read(world: &World, realm: &str, resource: &str, id: &str, now_ms: i64) -> Answer<Reply> {
    let entity = READABLE.into_iter().find(|entity| entity.eq_ignore_ascii_case(resource));
    let Some(entity) = entity else {
        return Ok(Reply::html(404, "<html><body>HTTP Status 404 - Not Found</body></html>".to_owned()));
    };
    if id.parse::<u64>().is_err() {
        return Err(Refusal::new("2030", format!("{id} is not an id")));
    }
    let row = company(world, realm)?.find(entity, id).ok_or_else(gone)?;
    Ok(wrapped(entity, row, now_ms))
}

/// `{"Bill": {…}, "time": "…"}`.
fn wrapped(entity: &str, row: &Row, now_ms: i64) -> Reply {
    let mut body = Row::new();
    body.insert(entity.to_owned(), Value::Object(row.clone()));
    body.insert("time".to_owned(), json!(value::iso(now_ms)));
    Reply::json(200, &Value::Object(body))
}

/// 610, in the words people see.
fn gone() -> Refusal {
    Refusal::new(
        "610",
        "Object Not Found : Something you're trying to use has been made inactive. \
         Check the fields with accounts, customers, items, vendors or employees.",
    )
}

fn company<'a>(world: &'a World, realm: &str) -> Answer<&'a Company> {
    world.quickbooks.get(realm).ok_or_else(gone)
}

/// Refuses what the plan Simple Start does not have. Whether it may be asked for there is not documented: it may not.
fn in_plan(company: &Company, entity: &str) -> Answer<()> {
    if company.simple_start && ["Bill", "VendorCredit"].contains(&entity) {
        let words = format!("Feature Not Supported Error : {entity} is not part of the company's plan");
        return Err(Refusal::new("5030", words));
    }
    Ok(())
}

/// The JSON object in a body.
fn body_row(ask: &Ask) -> Answer<Row> {
    if !ask.is("application/json") {
        return Err(Refusal::new("500", "Operation is not supported: Content-Type must be application/json"));
    }
    match serde_json::from_slice::<Value>(&ask.body) {
        Ok(Value::Object(sent)) => Ok(sent),
        Ok(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) | Err(_) => {
            Err(Refusal::new("2010", "Request has invalid or unsupported property : the body is not a JSON object"))
        }
    }
}

/// Checks `Id` and `SyncToken` of an update or delete against the record there is.
fn current<'a>(company: &'a Company, entity: &str, sent: &Row) -> Answer<&'a Row> {
    let id = value::text(sent, "Id");
    if id.is_empty() {
        return Err(Refusal::missing("Id"));
    }
    if !value::has(sent, "SyncToken") {
        return Err(Refusal::missing("SyncToken"));
    }
    let row = company.find(entity, id).ok_or_else(gone)?;
    if value::text(row, "SyncToken") != value::text(sent, "SyncToken") {
        let words = "Stale Object Error : You and somebody else were working on this at the same time. \
                     They finished before you did, so your work was not saved.";
        return Err(Refusal::new("5010", words));
    }
    Ok(row)
}

/// 401, in the lower-case writing of Intuit's gateway.
pub(super) fn unauthorized(now_ms: i64) -> Reply {
    let error = json!({"message": "message=AuthenticationFailed; errorCode=003200; statusCode=401",
        "detail": "Token expired or not valid", "code": "3200", "element": null});
    let fault = json!({"error": [error], "type": "AUTHENTICATION"});
    let body = json!({"warnings": null, "intuitObject": null, "fault": fault, "report": null, "queryResponse": null,
        "batchItemResponse": [], "attachableResponse": [], "requestId": null, "time": now_ms, "status": null});
    Reply::json(401, &body).with("www-authenticate", "Bearer realm=\"Intuit\", error=\"invalid_token\"")
}

fn forbidden(now_ms: i64) -> Reply {
    let error = json!({"Message": "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
        "Detail": "The token is not for this company", "code": "3100"});
    Reply::json(403, &json!({"Fault": {"Error": [error], "type": "AUTHORIZATION"}, "time": value::iso(now_ms)}))
}

/// 429.
pub(super) fn too_many(retry_after: Option<u64>, now_ms: i64) -> Reply {
    let error = json!({"Message": "message=ThrottleExceeded; errorCode=003001; statusCode=429",
        "Detail": "You have exceeded the allowed number of calls", "code": "3001"});
    let reply = Reply::json(429, &json!({"Fault": {"Error": [error], "type": "SERVICE"}, "time": value::iso(now_ms)}));
    match retry_after {
        Some(seconds) => reply.with("retry-after", seconds.to_string()),
        None => reply,
    }
}

/// 500.
pub(super) fn internal_error(now_ms: i64) -> Reply {
    let error = json!({"Message": "An application error has occurred while processing your request",
        "Detail": "System Failure Error", "code": "10000"});
    Reply::json(500, &json!({"Fault": {"Error": [error], "type": "SystemFault"}, "time": value::iso(now_ms)}))
}
