//! The sandbox over real sockets, and the helpers of both ledgers' tests.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::http::{self, Ask, Reply, Setting};
use super::{Fault, FaultKind, Gate, Options, Sandbox};

/// Basic authentication of the default options' client.
const BASIC: &str = "Basic dm91Y2gtc2FuZGJveDp2b3VjaC1zYW5kYm94LXNlY3JldA==";
const BACK: &str = "http%3A%2F%2Flocalhost%2Fback";
pub(super) const HARBOUR: &str = "9130357766900001";
pub(super) const THAMES: &str = "9130357766900002";
pub(super) const PEARL: &str = "a1d0c0de-0000-4000-8000-000000000001";
pub(super) const MERLION: &str = "a1d0c0de-0000-4000-8000-000000000002";

pub(super) fn sandbox() -> Sandbox {
    Sandbox::new(Options { limits: false, ..Options::default() }).expect("no state file is read")
}

/// One request, without a socket.
pub(super) fn call(
    sandbox: &Sandbox,
    method: &str,
    address: &str,
    headers: &[(&'static str, &str)],
    body: &str,
) -> Reply {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(HeaderName::from_static(name), HeaderValue::from_str(value).expect("the tests' headers are plain"));
    }
    let ask = Ask {
        method: method.to_owned(),
        path: path.to_owned(),
        query: http::pairs(query),
        headers: map,
        body: body.to_owned().into(),
        parts: Vec::new(),
    };
    let setting = Setting { options: &sandbox.inner.options, now_ms: sandbox.now_ms() };
    http::answer(sandbox, &ask, setting)
}

pub(super) fn json_of(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).expect("the answer is JSON")
}

pub(super) fn header_of<'a>(reply: &'a Reply, wanted: &str) -> &'a str {
    reply.headers.iter().find(|(name, _)| *name == wanted).map(|(_, value)| value.as_str()).unwrap_or_default()
}

/// The token answer to a form.
pub(super) fn token(sandbox: &Sandbox, path: &str, form: &str) -> Reply {
    let headers = [("authorization", BASIC), ("content-type", "application/x-www-form-urlencoded")];
    call(sandbox, "POST", path, &headers, form)
}

/// Goes through consent and answers the token endpoint's JSON.
pub(super) fn connect(sandbox: &Sandbox, ledger: &str, company: &str, scope: &str) -> Value {
    let (authorize, exchange) = match ledger {
        "quickbooks" => ("/quickbooks/connect/oauth2", "/quickbooks/oauth2/v1/tokens/bearer"),
        _ => ("/xero/identity/connect/authorize", "/xero/connect/token"),
    };
    let address = format!(
        "{authorize}?client_id=vouch-sandbox&response_type=code&scope={scope}&redirect_uri={BACK}&state=s&auto=1&company={company}"
    );
    let back = call(sandbox, "GET", &address, &[], "");
    let location = header_of(&back, "location").to_owned();
    let code = http::pairs(location.split_once('?').expect("the redirect has a query").1)
        .into_iter()
        .find(|(name, _)| name == "code")
        .expect("the redirect has a code")
        .1;
    json_of(&token(sandbox, exchange, &format!("grant_type=authorization_code&code={code}&redirect_uri={BACK}")))
}

pub(super) fn text_at<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn quickbooks_changes_its_refresh_token_once_a_day() {
    let sandbox = sandbox();
    let first = connect(&sandbox, "quickbooks", HARBOUR, "com.intuit.quickbooks.accounting");
    let refresh = |token_text: &str| {
        token(
            &sandbox,
            "/quickbooks/oauth2/v1/tokens/bearer",
            &format!("grant_type=refresh_token&refresh_token={token_text}"),
        )
    };
    let old = text_at(&first, "/refresh_token").to_owned();
    assert_eq!(text_at(&json_of(&refresh(&old)), "/refresh_token"), old);
    sandbox.clock_advance(25 * 3600);
    let new = text_at(&json_of(&refresh(&old)), "/refresh_token").to_owned();
    assert_ne!(new, old);
    assert_eq!(text_at(&json_of(&refresh(&old)), "/error"), "invalid_grant");
    assert_eq!(refresh(&new).status, 200);
}

#[test]
fn xero_takes_the_previous_refresh_token_for_half_an_hour() {
    let sandbox = sandbox();
    let first = connect(&sandbox, "xero", PEARL, "offline_access accounting.settings".replace(' ', "%20").as_str());
    let refresh = |token_text: &str| {
        token(&sandbox, "/xero/connect/token", &format!("grant_type=refresh_token&refresh_token={token_text}"))
    };
    let old = text_at(&first, "/refresh_token").to_owned();
    let lost = text_at(&json_of(&refresh(&old)), "/refresh_token").to_owned();
    assert_ne!(lost, old);
    sandbox.clock_advance(29 * 60);
    let again = text_at(&json_of(&refresh(&old)), "/refresh_token").to_owned();
    assert_ne!(again, lost);
    sandbox.clock_advance(2 * 60);
    assert_eq!(refresh(&old).status, 400);
    assert_eq!(refresh(&again).status, 200);
}

#[test]
fn a_wrong_client_and_a_used_code_are_refused() {
    let sandbox = sandbox();
    let headers = [("authorization", "Basic eDp5"), ("content-type", "application/x-www-form-urlencoded")];
    let reply = call(&sandbox, "POST", "/quickbooks/oauth2/v1/tokens/bearer", &headers, "grant_type=refresh_token");
    assert_eq!((reply.status, text_at(&json_of(&reply), "/error")), (401, "invalid_client"));
    let broad = "/xero/identity/connect/authorize?client_id=vouch-sandbox&response_type=code&scope=accounting.transactions\
                 &redirect_uri=http%3A%2F%2Flocalhost%2Fback&state=s";
    assert!(header_of(&call(&sandbox, "GET", broad, &[], ""), "location").contains("error=invalid_scope"));
}

#[test]
fn the_state_file_brings_everything_back() {
    let folder = std::env::temp_dir().join(format!("vouch-sandbox-{}", super::value::uuid()));
    std::fs::create_dir_all(&folder).expect("the temporary folder can be made");
    let options = Options { state_file: Some(folder.join("state.json")), limits: false, ..Options::default() };
    let first = Sandbox::new(options.clone()).expect("there is no state yet");
    let id = super::quickbooks::tests::purchase_post(&first, "r-1", "1.50");
    let again = Sandbox::new(options).expect("the state is readable");
    let entries = again.entries();
    assert_eq!(entries.iter().map(|entry| entry.external_id.clone()).collect::<Vec<_>>(), vec![id]);
    assert_eq!(entries.first().map(|entry| entry.total.to_string()), Some("1.50".to_owned()));
    std::fs::remove_dir_all(folder).expect("the folder is ours");
}

/// Everything a server says to a raw request until it closes the connection.
async fn raw(address: SocketAddr, request: &str) -> String {
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("the sandbox listens");
    stream.write_all(request.as_bytes()).await.expect("the request goes out");
    let mut answer = Vec::new();
    // A reset instead of an end is what a cut connection may look like.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn served(sandbox: &Sandbox) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(sandbox.clone().serve(listener, std::future::pending()));
    address
}

const PAGE: &str = "GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn faults_strike_once_and_cut_connections_say_nothing() {
    let sandbox = sandbox();
    let address = served(&sandbox).await;
    sandbox.fault_arm(Fault { matches: "GET /page".to_owned(), kind: FaultKind::DropAfterCommit });
    sandbox.fault_arm(Fault { matches: "POST".to_owned(), kind: FaultKind::Status503Html });
    assert_eq!(raw(address, PAGE).await, "");
    assert!(raw(address, PAGE).await.starts_with("HTTP/1.1 404"));
    assert_eq!(sandbox.calls().iter().map(|call| call.status).collect::<Vec<_>>(), vec![None, Some(404)]);
}

#[tokio::test]
async fn under_a_foreign_server_the_answer_breaks_off() {
    let sandbox = sandbox();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let router = sandbox.router();
    tokio::spawn(async move { axum::serve(listener, router).await });
    sandbox.fault_arm(Fault { matches: "/page".to_owned(), kind: FaultKind::DropBeforeCommit });
    let answer = raw(address, PAGE).await;
    assert!(answer.is_empty() || answer.contains("content-length: 1000") && answer.ends_with("\r\n\r\n"), "{answer}");
}

struct Closed;

impl Gate for Closed {
    fn before_commit(&self, call: &str) -> bool {
        call != "GET /page"
    }

    fn after_commit(&self, call: &str) -> bool {
        call != "GET /"
    }
}

#[tokio::test]
async fn a_gate_cuts_before_or_after() {
    let sandbox = sandbox();
    let address = served(&sandbox).await;
    sandbox.gate_install(Arc::new(Closed));
    assert_eq!(raw(address, PAGE).await, "");
    assert_eq!(raw(address, &PAGE.replace("/page", "/")).await, "");
    assert!(raw(address, &PAGE.replace("/page", "/other")).await.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn an_upload_goes_through_multipart() {
    let sandbox = sandbox();
    let id = super::quickbooks::tests::purchase_post(&sandbox, "r-1", "24.50");
    let bearer = super::quickbooks::tests::bearer(&sandbox, HARBOUR);
    let address = served(&sandbox).await;
    let metadata = json!({"AttachableRef": [{"EntityRef": {"type": "Purchase", "value": id}}],
        "FileName": "receipt-1.jpg", "ContentType": "image/jpeg", "Category": "Receipt"});
    let form = |media_type: &str| {
        format!(
            "--X\r\nContent-Disposition: form-data; name=\"file_metadata_01\"; filename=\"a.json\"\r\n\
             Content-Type: application/json\r\n\r\n{metadata}\r\n--X\r\n\
             Content-Disposition: form-data; name=\"file_content_01\"; filename=\"receipt-1.jpg\"\r\n\
             Content-Type: {media_type}\r\n\r\nJPEGBYTES\r\n--X--\r\n"
        )
    };
    let post = |media_type: &str| {
        let body = form(media_type);
        format!(
            "POST /quickbooks/v3/company/{HARBOUR}/upload?minorversion=75 HTTP/1.1\r\nHost: localhost\r\n\
             Authorization: {bearer}\r\nAccept: application/json\r\nConnection: close\r\n\
             Content-Type: multipart/form-data; boundary=X\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let refused = raw(address, &post("application/octet-stream")).await;
    assert!(refused.starts_with("HTTP/1.1 200") && refused.contains("\"6041\""), "{refused}");
    let taken = raw(address, &post("image/jpeg")).await;
    assert!(taken.contains("\"Size\":9"), "{taken}");
    let entries = sandbox.entries();
    let files = entries.first().map(|entry| entry.attachments.clone()).unwrap_or_default();
    assert_eq!(
        files.iter().map(|(name, bytes, _)| (name.as_str(), *bytes)).collect::<Vec<_>>(),
        vec![("receipt-1.jpg", 9)]
    );
}
