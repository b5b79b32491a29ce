//! What the stand-in of `QuickBooks` takes and refuses.

use serde_json::{Value, json};

use crate::sandbox::http::Reply;
use crate::sandbox::tests::{HARBOUR, THAMES, call, connect, header_of, json_of, sandbox, text_at};
use crate::sandbox::{Change, Options, Sandbox};

/// The `Authorization` header of a fresh consent.
pub(in crate::sandbox) fn bearer(sandbox: &Sandbox, realm: &str) -> String {
    let tokens = connect(sandbox, "quickbooks", realm, "com.intuit.quickbooks.accounting");
    format!("Bearer {}", text_at(&tokens, "/access_token"))
}

/// Posts a good purchase and answers its id.
pub(in crate::sandbox) fn purchase_post(sandbox: &Sandbox, request: &str, amount: &str) -> String {
    let reply = post(sandbox, HARBOUR, &format!("purchase?minorversion=75&requestid={request}"), &purchase(amount));
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    text_at(&json_of(&reply), "/Purchase/Id").to_owned()
}

fn post(sandbox: &Sandbox, realm: &str, address: &str, body: &Value) -> Reply {
    let bearer = bearer(sandbox, realm);
    let headers =
        [("authorization", bearer.as_str()), ("accept", "application/json"), ("content-type", "application/json")];
    call(sandbox, "POST", &format!("/quickbooks/v3/company/{realm}/{address}"), &headers, &body.to_string())
}

fn get(sandbox: &Sandbox, realm: &str, address: &str) -> Reply {
    let bearer = bearer(sandbox, realm);
    let headers = [("authorization", bearer.as_str()), ("accept", "application/json")];
    call(sandbox, "GET", &format!("/quickbooks/v3/company/{realm}/{address}"), &headers, "")
}

fn purchase(amount: &str) -> Value {
    let amount: Value = serde_json::from_str(amount).expect("the amounts are numbers");
    json!({"PaymentType": "CreditCard", "AccountRef": {"value": "42"}, "EntityRef": {"value": "201", "type": "Vendor"},
        "TxnDate": "2026-11-18", "DocNumber": "VCH-00000000000001", "CurrencyRef": {"value": "HKD"},
        "Line": [{"DetailType": "AccountBasedExpenseLineDetail", "Amount": amount, "Description": "Lunch",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "60"}}}]})
}

fn bill() -> Value {
    json!({"VendorRef": {"value": "201"}, "TxnDate": "2026-11-01", "DueDate": "2026-12-01", "DocNumber": "INV-1",
        "GlobalTaxCalculation": "TaxExcluded",
        "Line": [{"DetailType": "AccountBasedExpenseLineDetail", "Amount": 100.00,
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "63"}, "TaxCodeRef": {"value": "4"}}}]})
}

fn code(reply: &Reply) -> String {
    text_at(&json_of(reply), "/Fault/Error/0/code").to_owned()
}

/// A body with one value changed, put in or, with null, made null.
fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    match body.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (above, name) = pointer.rsplit_once('/').expect("pointers begin with a slash");
            let object = body.pointer_mut(above).and_then(Value::as_object_mut).expect("the parent is an object");
            object.insert(name.to_owned(), value);
        }
    }
    body
}

#[test]
fn purchases_are_refused_by_code() {
    let sandbox = sandbox();
    for (pointer, value, expected) in [
        ("/Memo", json!("x"), "2010"),
        ("/PaymentType", Value::Null, "2020"),
        ("/PaymentType", json!("Card"), "2170"),
        ("/PaymentType", json!("Cash"), "6430"),
        ("/AccountRef/value", json!("999"), "2500"),
        ("/CurrencyRef", Value::Null, "2020"),
        ("/CurrencyRef/value", json!("CHF"), "2220"),
        ("/CurrencyRef/value", json!("USD"), "6000"),
        ("/DocNumber", json!("1234567890123456789012"), "2050"),
        ("/TxnDate", json!("2024-12-31"), "6200"),
        ("/TxnDate", json!("18/11/2026"), "2060"),
        ("/EntityRef/value", json!("203"), "2500"),
        ("/Line", json!([]), "2020"),
        ("/Line/0/Amount", json!("24.50"), "2090"),
        ("/Line/0/Amount", json!(-1), "2290"),
        ("/Line/0/AccountBasedExpenseLineDetail/AccountRef/value", json!("91"), "2500"),
        ("/Line/0/AccountBasedExpenseLineDetail/AccountRef/value", json!("90"), "6430"),
    ] {
        let reply = post(&sandbox, HARBOUR, "purchase?minorversion=75", &with(purchase("24.50"), pointer, value));
        assert_eq!((reply.status, code(&reply).as_str()), (400, expected), "{pointer}");
    }
    assert!(sandbox.entries().is_empty(), "a refused purchase leaves nothing behind");
}

#[test]
fn entries_are_charged_to_what_the_company_tracks() {
    let sandbox = sandbox();
    let detail = "/Line/0/AccountBasedExpenseLineDetail";
    for (member, good, name) in [
        ("/DepartmentRef".to_owned(), "501", "Location: Kowloon"),
        (format!("{detail}/ClassRef"), "501", "Class: Sales"),
        (format!("{detail}/CustomerRef"), "302", "Customer: Tower refit"),
    ] {
        let address = "purchase?minorversion=75";
        for wrong in ["503", "999"] {
            let body = with(purchase("24.50"), &member, json!({"value": wrong}));
            let reply = post(&sandbox, HARBOUR, address, &body);
            assert_eq!((reply.status, code(&reply).as_str()), (400, "2500"), "{member} {wrong}");
        }
        let reply = post(&sandbox, HARBOUR, address, &with(purchase("24.50"), &member, json!({"value": good})));
        assert_eq!(reply.status, 200, "{member}");
        let charged = sandbox.entries().pop().map(|entry| entry.charged);
        assert_eq!(charged, Some(vec![name.to_owned()]));
        // This company keeps one class for a whole transaction, which a bill has no place for, and nothing else.
        let off = post(&sandbox, THAMES, "bill?minorversion=75", &with(bill(), &member, json!({"value": good})));
        assert_eq!((off.status, code(&off).as_str()), (400, "6000"), "{member}");
    }
    let header = with(purchase("24.50"), "/ClassRef", json!({"value": "501"}));
    assert_eq!(code(&post(&sandbox, HARBOUR, "purchase?minorversion=75", &header)), "2010", "it stands on lines");
    let billed = with(purchase("24.50"), &format!("{detail}/BillableStatus"), json!("Billable"));
    assert_eq!(code(&post(&sandbox, HARBOUR, "purchase?minorversion=75", &billed)), "6310");
}

#[test]
fn a_request_id_plays_the_first_answer_back() {
    let sandbox = sandbox();
    let address = "purchase?minorversion=75&requestid=one";
    let first = post(&sandbox, HARBOUR, address, &purchase("24.50"));
    let again = post(&sandbox, HARBOUR, address, &purchase("24.50"));
    assert_eq!(first.body, again.body);
    assert_eq!(code(&post(&sandbox, HARBOUR, address, &purchase("25.50"))), "600");
    assert_eq!(sandbox.entries().len(), 1);
    let entry = sandbox.entries().into_iter().next().expect("there is one");
    assert_eq!((entry.total.to_string(), entry.supplier.as_str()), ("24.50".to_owned(), "Blue Cafe Ltd"));
    assert!(entry.mentions("VCH-00000000000001") && entry.mentions("Lunch") && !entry.mentions("VCH-2"));
    let long = format!("purchase?minorversion=75&requestid={}", "x".repeat(51));
    assert_eq!(code(&post(&sandbox, HARBOUR, &long, &purchase("1"))), "2130");
}

#[test]
fn bills_with_tax_add_it_and_ask_for_it() {
    let sandbox = sandbox();
    let good = json_of(&post(&sandbox, THAMES, "bill?minorversion=75", &bill()));
    assert_eq!(good.pointer("/Bill/TotalAmt").map(ToString::to_string), Some("120.00".to_owned()));
    for (pointer, value, expected) in [
        ("/DocNumber", json!("INV-1"), "6140"),
        ("/GlobalTaxCalculation", Value::Null, "2020"),
        ("/VendorRef", Value::Null, "2020"),
        ("/CurrencyRef", json!({"value": "EUR"}), "6000"),
        ("/Line/0/AccountBasedExpenseLineDetail/TaxCodeRef", Value::Null, "6000"),
        ("/Line/0/AccountBasedExpenseLineDetail/TaxCodeRef/value", json!("9"), "6100"),
    ] {
        let mut sent = with(bill(), "/DocNumber", json!("INV-2"));
        sent = with(sent, pointer, value);
        let reply = post(&sandbox, THAMES, "bill?minorversion=75", &sent);
        assert_eq!(code(&reply), expected, "{pointer}");
    }
}

/// A credit is held to what a bill is held to, and is never due.
#[test]
fn vendor_credits_are_refused_by_code() {
    let sandbox = sandbox();
    let credit = || {
        let mut credit = with(bill(), "/DocNumber", json!("CN-1"));
        credit.as_object_mut().expect("it is an object").remove("DueDate");
        credit
    };
    let address = "vendorcredit?minorversion=75";
    let good = json_of(&post(&sandbox, THAMES, address, &credit()));
    for member in ["TotalAmt", "Balance"] {
        let amount = good.pointer(&format!("/VendorCredit/{member}")).map(ToString::to_string);
        assert_eq!(amount, Some("120.00".to_owned()), "{member}");
    }
    let id = text_at(&good, "/VendorCredit/Id");
    for (pointer, value, expected) in [
        ("/DocNumber", json!("CN-1"), "6140"),
        ("/DueDate", json!("2026-12-01"), "2010"),
        ("/SalesTermRef", json!({"value": "3"}), "2010"),
        ("/GlobalTaxCalculation", Value::Null, "2020"),
        ("/VendorRef", Value::Null, "2020"),
        ("/VendorRef/value", json!("999"), "2500"),
        ("/APAccountRef", json!({"value": "35"}), "6430"),
        ("/CurrencyRef", json!({"value": "EUR"}), "6000"),
        ("/TxnDate", json!("2024-12-31"), "6200"),
        ("/Line", json!([]), "2020"),
        ("/Line/0/Amount", json!(-1), "2290"),
        ("/Line/0/AccountBasedExpenseLineDetail/AccountRef/value", json!("35"), "6430"),
        ("/Line/0/AccountBasedExpenseLineDetail/TaxCodeRef/value", json!("9"), "6100"),
    ] {
        let sent = with(with(credit(), "/DocNumber", json!("CN-2")), pointer, value);
        assert_eq!(code(&post(&sandbox, THAMES, address, &sent)), expected, "{pointer}");
    }
    let found = |condition: &str| {
        let query = format!("query?minorversion=75&query=select%20*%20from%20VendorCredit%20where%20{condition}");
        let answer = json_of(&get(&sandbox, THAMES, &query));
        answer.pointer("/QueryResponse/VendorCredit").and_then(Value::as_array).map(Vec::len)
    };
    assert_eq!(found("TxnDate%20%3D%20'2026-11-01'"), Some(1));
    assert_eq!(found("VendorRef%20%3D%20'201'"), None, "not known to be possible");
    let since = crate::sandbox::value::iso(sandbox.now_ms() - 60_000);
    let gone = || post(&sandbox, THAMES, &format!("{address}&operation=delete"), &json!({"Id": id, "SyncToken": "0"}));
    assert_eq!(text_at(&json_of(&gone()), "/VendorCredit/status"), "Deleted");
    let changes = get(&sandbox, THAMES, &format!("cdc?entities=VendorCredit&changedSince={since}&minorversion=75"));
    assert_eq!(text_at(&json_of(&changes), "/CDCResponse/0/QueryResponse/0/VendorCredit/0/status"), "Deleted");
}

#[test]
fn simple_start_has_purchases_only() {
    let sandbox = sandbox();
    assert!(sandbox.simple_start_set(THAMES, true) && !sandbox.simple_start_set("1", true));
    for entity in ["bill", "vendorcredit"] {
        assert_eq!(code(&post(&sandbox, THAMES, &format!("{entity}?minorversion=75"), &bill())), "5030", "{entity}");
    }
    sandbox.simple_start_set(HARBOUR, true);
    purchase_post(&sandbox, "one", "24.50");
}

#[test]
fn stale_tokens_are_refused_and_deleted_entries_are_gone() {
    let sandbox = sandbox();
    let id = purchase_post(&sandbox, "one", "24.50");
    assert!(sandbox.entry_change(&id, Change::TotalTo(rust_decimal::Decimal::new(3000, 2))));
    let read = json_of(&get(&sandbox, HARBOUR, &format!("purchase/{id}?minorversion=75")));
    assert_eq!(read.pointer("/Purchase/TotalAmt").map(ToString::to_string), Some("30.00".to_owned()));
    let delete = |token: &str| {
        let address = "purchase?operation=delete&minorversion=75";
        post(&sandbox, HARBOUR, address, &json!({"Id": id, "SyncToken": token}))
    };
    assert_eq!(code(&delete("0")), "5010");
    assert_eq!(text_at(&json_of(&delete("1")), "/Purchase/status"), "Deleted");
    assert_eq!(code(&get(&sandbox, HARBOUR, &format!("purchase/{id}?minorversion=75"))), "610");
    let entries = sandbox.entries();
    assert_eq!(entries.iter().map(|entry| entry.live).collect::<Vec<_>>(), vec![false]);
    let changes = |since_ms: i64| {
        let since = crate::sandbox::value::iso(sandbox.now_ms() - since_ms);
        get(&sandbox, HARBOUR, &format!("cdc?entities=Purchase&changedSince={since}&minorversion=75"))
    };
    let found = json_of(&changes(60_000));
    assert_eq!(text_at(&found, "/CDCResponse/0/QueryResponse/0/Purchase/0/status"), "Deleted");
    assert_eq!(code(&changes(31 * 24 * 3_600_000)), "6000", "a look back of more than 30 days");
}

#[test]
fn the_door_is_strict() {
    let sandbox = sandbox();
    let address = format!("/quickbooks/v3/company/{HARBOUR}/preferences?minorversion=75");
    let nobody = call(&sandbox, "GET", &address, &[("accept", "application/json")], "");
    assert_eq!((nobody.status, text_at(&json_of(&nobody), "/fault/error/0/code")), (401, "3200"));
    assert!(!header_of(&nobody, "intuit_tid").is_empty());
    let token = bearer(&sandbox, HARBOUR);
    let xml = call(&sandbox, "GET", &address, &[("authorization", &token)], "");
    assert!(header_of(&xml, "content-type").starts_with("application/xml"));
    let headers = [("authorization", token.as_str()), ("accept", "application/json")];
    let other = call(&sandbox, "GET", &address.replace(HARBOUR, THAMES), &headers, "");
    assert_eq!(other.status, 403, "a token is for one company");
    sandbox.clock_advance(3601);
    assert_eq!(call(&sandbox, "GET", &address, &headers, "").status, 401, "an hour later");
    assert_eq!(get(&sandbox, HARBOUR, "salesreceipt?minorversion=75").status, 404);
}

#[test]
fn vendor_names_are_taken_by_customers_too() {
    let sandbox = sandbox();
    let make = |name: &str, currency: &str| {
        let body = json!({"DisplayName": name, "CurrencyRef": {"value": currency}});
        post(&sandbox, HARBOUR, "vendor?minorversion=75", &body)
    };
    assert_eq!(code(&make("kowloon retail co", "HKD")), "6240");
    assert_eq!(code(&make("Old Wharf Stationery", "HKD")), "6240", "inactive names count");
    assert_eq!(code(&make("A:B", "HKD")), "2040");
    let made = json_of(&make("Victoria Taxi", "EUR"));
    assert_eq!(text_at(&made, "/Vendor/CurrencyRef/value"), "EUR");
}

#[test]
fn ten_calls_a_second_are_enough() {
    let sandbox = Sandbox::new(Options::default()).expect("no state file is read");
    let token = bearer(&sandbox, HARBOUR);
    let headers = [("authorization", token.as_str()), ("accept", "application/json")];
    let address = format!("/quickbooks/v3/company/{HARBOUR}/preferences?minorversion=75");
    let statuses: Vec<u16> = (0..600).map(|_| call(&sandbox, "GET", &address, &headers, "").status).collect();
    assert_eq!(statuses.first(), Some(&200));
    assert!(statuses.contains(&429));
}
