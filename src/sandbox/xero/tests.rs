//! What the stand-in of Xero takes and refuses.

use serde_json::{Value, json};

use crate::sandbox::http::{Reply, percent_encode};
use crate::sandbox::tests::{MERLION, PEARL, call, connect, header_of, json_of, sandbox, text_at};
use crate::sandbox::{Change, Sandbox};

const SCOPES: &str = "offline_access%20accounting.invoices%20accounting.banktransactions%20accounting.contacts%20\
                      accounting.attachments%20accounting.settings.read";
const CARD: &str = "5eed0001-0001-4000-8000-000000000002";
const STATIONERS: &str = "5eed0003-0001-4000-8000-000000000001";
const ARCHIVED: &str = "5eed0003-0001-4000-8000-000000000002";

struct Client<'a> {
    sandbox: &'a Sandbox,
    tenant: &'a str,
    bearer: String,
}

impl<'a> Client<'a> {
    fn new(sandbox: &'a Sandbox, tenant: &'a str) -> Self {
        let tokens = connect(sandbox, "xero", tenant, SCOPES);
        Self { sandbox, tenant, bearer: format!("Bearer {}", text_at(&tokens, "/access_token")) }
    }

    fn send(&self, method: &str, address: &str, extra: &[(&'static str, &str)], body: &str) -> Reply {
        let mut headers = vec![
            ("authorization", self.bearer.as_str()),
            ("accept", "application/json"),
            ("content-type", "application/json"),
            ("xero-tenant-id", self.tenant),
        ];
        headers.extend_from_slice(extra);
        call(self.sandbox, method, &format!("/xero/api.xro/2.0/{address}"), &headers, body)
    }

    fn put(&self, list: &str, element: &Value) -> Value {
        let body = json!({ list: [element] }).to_string();
        let reply = self.send("PUT", &format!("{list}?summarizeErrors=false&unitdp=4"), &[], &body);
        assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
        json_of(&reply).pointer(&format!("/{list}/0")).cloned().unwrap_or_default()
    }
}

fn spend() -> Value {
    json!({"Type": "SPEND", "Contact": {"ContactID": STATIONERS}, "BankAccount": {"AccountID": CARD},
        "Date": "2026-11-18", "Reference": "VCH-00000000000001", "LineAmountTypes": "NoTax",
        "LineItems": [{"Description": "Paper", "Quantity": 1, "UnitAmount": 24.50, "AccountCode": "453", "TaxType": "NONE"}]})
}

fn bill() -> Value {
    json!({"Type": "ACCPAY", "Status": "AUTHORISED", "Contact": {"ContactID": STATIONERS}, "InvoiceNumber": "INV-1",
        "Date": "2026-11-01", "DueDate": "2026-12-01", "LineAmountTypes": "NoTax", "CurrencyCode": "HKD",
        "Url": "https://vouch.example/d/1",
        "LineItems": [{"Description": "Paper", "Quantity": 1, "UnitAmount": 100.00, "AccountCode": "453"}]})
}

fn credit_note() -> Value {
    json!({"Type": "ACCPAYCREDIT", "Status": "AUTHORISED", "Contact": {"ContactID": STATIONERS},
        "CreditNoteNumber": "CN-1", "Date": "2026-11-01", "LineAmountTypes": "NoTax", "CurrencyCode": "HKD",
        "LineItems": [{"Description": "Paper", "Quantity": 1, "UnitAmount": 100.00, "AccountCode": "453"}]})
}

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
fn documents_are_refused_in_xeros_words() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox, PEARL);
    let cases = [
        ("Invoices", "/LineItems/0/Description", json!(""), "Description must be"),
        ("Invoices", "/LineItems/0/AccountCode", json!("999"), "not a valid code"),
        ("Invoices", "/LineItems/0/AccountCode", json!("299"), "not a valid code"),
        ("Invoices", "/LineItems/0/TaxType", json!("INPUT"), "TaxType code"),
        ("Invoices", "/LineItems/0/LineAmount", json!(1), "expected line total"),
        ("Invoices", "/Contact/ContactID", json!(ARCHIVED), "'ARCHIVED' is not valid for contacts"),
        ("Invoices", "/CurrencyCode", json!("SGD"), "is not subscribed to currency"),
        ("Invoices", "/Date", json!("2024-12-31"), "period lock date, currently set at 31 December 2024"),
        ("Invoices", "/Url", json!("https://xero.example"), "Url must be"),
        ("Invoices", "/DueDate", Value::Null, "Due Date must be"),
        ("Invoices", "/Reference", json!("VCH-1"), "Reference is not supported"),
        ("CreditNotes", "/LineItems/0/Description", json!(""), "Description must be"),
        ("CreditNotes", "/LineItems/0/AccountCode", json!("999"), "not a valid code"),
        ("CreditNotes", "/LineItems/0/UnitAmount", json!(-1), "must not be negative"),
        ("CreditNotes", "/LineItems", json!([]), "line items"),
        ("CreditNotes", "/Contact/ContactID", json!(ARCHIVED), "'ARCHIVED' is not valid for contacts"),
        ("CreditNotes", "/CurrencyCode", json!("SGD"), "is not subscribed to currency"),
        ("CreditNotes", "/Date", json!("2024-12-31"), "period lock date, currently set at 31 December 2024"),
        ("CreditNotes", "/Reference", json!("VCH-1"), "Reference is not supported"),
        ("CreditNotes", "/Type", json!("ACCRECCREDIT"), "ACCPAYCREDIT"),
        ("BankTransactions", "/BankAccount/AccountID", json!("5eed0002-0001-4000-8000-000000000001"), "Type BANK"),
        ("BankTransactions", "/CurrencyCode", json!("USD"), "not that of the bank account"),
        ("BankTransactions", "/LineItems", json!([]), "line items"),
    ];
    for (list, pointer, value, expected) in cases {
        let element = match list {
            "Invoices" => bill(),
            "CreditNotes" => credit_note(),
            _ => spend(),
        };
        let refused = client.put(list, &with(element, pointer, value));
        assert_eq!(text_at(&refused, "/StatusAttributeString"), "ERROR", "{pointer}");
        let message = text_at(&refused, "/ValidationErrors/0/Message");
        assert!(message.contains(expected), "{pointer}: {message}");
    }
    assert!(sandbox.entries().is_empty(), "a refused document leaves nothing behind");
}

#[test]
fn tracking_is_of_what_there_is() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox, PEARL);
    let category = |place: u32| format!("5eed0004-0001-4000-8000-{place:012}");
    let option = |place: u32, at: u32| format!("5eed0005-0001-4000-8000-{:012}", place * 100 + at);
    let by_id = |place: u32, of: u32, at: u32| json!({"TrackingCategoryID": category(place), "TrackingOptionID": option(of, at)});
    let with_tracking = |tracking: Value| client.put("Invoices", &with(bill(), "/LineItems/0/Tracking", tracking));
    for (tracking, says) in [
        (json!([by_id(1, 1, 1), by_id(2, 2, 1), by_id(1, 1, 2)]), "at most 2"),
        (json!([by_id(1, 1, 1), by_id(1, 1, 2)]), "used once"),
        (json!([by_id(9, 1, 1)]), "category is not known"),
        (json!([by_id(3, 3, 1)]), "category is not known"),
        (json!([by_id(1, 2, 1)]), "option is not known"),
        (json!([by_id(1, 1, 3)]), "option is not known"),
        (json!([{"TrackingCategoryID": category(1)}]), "option is not known"),
        (json!([{"Name": "Department", "Option": "Nobody"}]), "option is not known"),
        (json!([{}]), "category is not known"),
    ] {
        let refused = with_tracking(tracking.clone());
        let message = text_at(&refused, "/ValidationErrors/0/Message");
        assert!(message.contains(says), "{tracking}: {message}");
    }
    let unknown = json!({"Invoices": [with(bill(), "/LineItems/0/Tracking", json!([{"Category": "x"}]))]});
    assert_eq!(client.send("PUT", "Invoices", &[], &unknown.to_string()).status, 400, "an unknown member");
    let kept = with_tracking(json!([by_id(1, 1, 1), {"Name": "project", "Option": "Tower refit"}]));
    let tracking = kept.pointer("/LineItems/0/Tracking").cloned().unwrap_or_default();
    assert_eq!(text_at(&tracking, "/0/Option"), "Sales");
    assert_eq!(text_at(&tracking, "/1/TrackingOptionID"), option(2, 2));
    let listed = |address: &str| {
        let answer = json_of(&client.send("GET", address, &[], ""));
        let all = answer.pointer("/TrackingCategories").and_then(Value::as_array).cloned().unwrap_or_default();
        all.iter().map(|row| row.pointer("/Options").and_then(Value::as_array).map_or(0, Vec::len)).collect::<Vec<_>>()
    };
    assert_eq!(listed("TrackingCategories"), [2, 2], "what is in use");
    assert_eq!(listed("TrackingCategories?includeArchived=true"), [3, 2, 1]);
}

#[test]
fn good_and_bad_elements_part_ways() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox, PEARL);
    let body = json!({"Invoices": [bill(), with(bill(), "/LineItems/0/AccountCode", json!("999"))]}).to_string();
    let whole = client.send("PUT", "Invoices", &[], &body);
    assert_eq!((whole.status, text_at(&json_of(&whole), "/Type")), (400, "ValidationException"));
    assert!(sandbox.entries().is_empty());
    let each = client.send("PUT", "Invoices?summarizeErrors=false", &[], &body);
    let answer = json_of(&each);
    assert_eq!(text_at(&answer, "/Invoices/0/StatusAttributeString"), "OK");
    assert_eq!(text_at(&answer, "/Invoices/1/StatusAttributeString"), "ERROR");
    assert_eq!(text_at(&answer, "/Invoices/0/Date"), "/Date(1793491200000+0000)/");
    assert_eq!(sandbox.entries().len(), 1);
    let unknown =
        client.send("PUT", "Invoices", &[], &json!({"Invoices": [with(bill(), "/Memo", json!("x"))]}).to_string());
    assert_eq!((unknown.status, text_at(&json_of(&unknown), "/Type")), (400, "PostDataInvalidException"));
}

#[test]
fn keys_are_kept_for_six_minutes() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox, PEARL);
    let body = json!({"BankTransactions": [spend()]}).to_string();
    let send = |body: &str| client.send("PUT", "BankTransactions", &[("idempotency-key", "k")], body);
    let first = send(&body);
    assert_eq!(first.body, send(&body).body);
    assert_eq!(send(&body.replace("24.5", "25.5")).status, 400);
    assert_eq!(sandbox.entries().len(), 1);
    sandbox.clock_advance(7 * 60);
    assert_ne!(first.body, send(&body).body);
    assert_eq!(sandbox.entries().len(), 2, "seven minutes later the same key makes a second one");
    let long = "k".repeat(129);
    assert_eq!(client.send("PUT", "BankTransactions", &[("idempotency-key", &long)], &body).status, 400);
}

#[test]
fn what_was_posted_is_found_again() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox, PEARL);
    let made = client.put("BankTransactions", &spend());
    let id = text_at(&made, "/BankTransactionID").to_owned();
    let count = |filter: &str| {
        let reply = client.send("GET", &format!("BankTransactions?page=1&where={}", percent_encode(filter)), &[], "");
        json_of(&reply).pointer("/BankTransactions").and_then(Value::as_array).map(Vec::len)
    };
    assert_eq!(count("Reference==\"VCH-00000000000001\" AND Type==\"SPEND\""), Some(1));
    assert_eq!(count("Type==\"SPEND\" AND Date==DateTime(2026,11,19)"), Some(0));
    assert_eq!(count("Date>\"2026-11-01\""), None, "a string is not a date");
    client.put("Invoices", &bill());
    let bills = |query: &str| {
        let reply = client.send("GET", &format!("Invoices?{query}"), &[], "");
        json_of(&reply).pointer("/Invoices").and_then(Value::as_array).map(Vec::len)
    };
    assert_eq!(bills(&format!("InvoiceNumbers=INV-1&ContactIDs={STATIONERS}&Statuses=DRAFT,AUTHORISED")), Some(1));
    assert_eq!(bills("InvoiceNumbers=INV-1&Statuses=VOIDED"), Some(0));
    assert!(sandbox.entry_change(&id, Change::Delete));
    let read = json_of(&client.send("GET", &format!("BankTransactions/{id}"), &[], ""));
    assert_eq!(text_at(&read, "/BankTransactions/0/Status"), "DELETED");
}

#[test]
fn files_are_replaced_by_name_and_at_most_ten() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox, PEARL);
    let made = client.put("BankTransactions", &spend());
    let id = text_at(&made, "/BankTransactionID").to_owned();
    let send = |method: &str, name: &str| {
        let address = format!("BankTransactions/{id}/Attachments/{name}");
        client.send(method, &address, &[("content-type", "image/jpeg")], "JPEGBYTES").status
    };
    assert_eq!((send("POST", "r.jpg"), send("POST", "r.jpg")), (200, 200));
    assert_eq!(sandbox.entries().first().map(|entry| entry.attachments.len()), Some(1));
    assert_eq!(send("PUT", "a%3Fb.jpg"), 400);
    for place in 1..10 {
        assert_eq!(send("PUT", &format!("{place}.jpg")), 200);
    }
    assert_eq!(send("PUT", "eleventh.jpg"), 400);
    let listed = json_of(&client.send("GET", &format!("BankTransactions/{id}/Attachments"), &[], ""));
    assert_eq!(listed.pointer("/Attachments").and_then(Value::as_array).map(Vec::len), Some(10));
}

#[test]
fn contact_names_are_unique_on_put() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox, MERLION);
    let taken = client.put("Contacts", &json!({"Name": "tiong bahru wholesale"}));
    assert!(text_at(&taken, "/ValidationErrors/0/Message").contains("already assigned to another contact"));
    let made = client.put("Contacts", &json!({"Name": "Katong Laksa"}));
    assert_eq!(text_at(&made, "/ContactStatus"), "ACTIVE");
    let filter = percent_encode("Name==\"Katong Laksa\"");
    let found = json_of(&client.send("GET", &format!("Contacts?where={filter}"), &[], ""));
    assert_eq!(text_at(&found, "/Contacts/0/ContactID"), text_at(&made, "/ContactID"));
}

#[test]
fn the_door_is_strict() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox, PEARL);
    let other = client.send("GET", "Organisation", &[("xero-tenant-id", MERLION)], "");
    assert_eq!((other.status, text_at(&json_of(&other), "/Detail")), (403, "AuthenticationUnsuccessful"));
    assert!(!header_of(&other, "xero-correlation-id").is_empty());
    assert_eq!(client.send("GET", "Budgets", &[], "").status, 404);
    let narrow = connect(&sandbox, "xero", PEARL, "offline_access%20accounting.settings.read");
    let narrow =
        Client { sandbox: &sandbox, tenant: PEARL, bearer: format!("Bearer {}", text_at(&narrow, "/access_token")) };
    let refused = narrow.send("GET", "Invoices", &[], "");
    assert_eq!((refused.status, header_of(&refused, "www-authenticate")), (401, "insufficient_scope"));
    let connections = |client: &Client<'_>| {
        let headers = [("authorization", client.bearer.as_str())];
        json_of(&call(&sandbox, "GET", "/xero/connections", &headers, ""))
    };
    let listed = connections(&client);
    let id = text_at(&listed, "/0/id").to_owned();
    let delete = |id: &str| {
        call(&sandbox, "DELETE", &format!("/xero/connections/{id}"), &[("authorization", &client.bearer)], "").status
    };
    assert_eq!(delete(PEARL), 403, "a tenant id is not a connection id");
    assert_eq!(delete(&id), 204);
    assert_eq!(connections(&client), json!([]));
    assert_eq!(client.send("GET", "Organisation", &[], "").status, 403);
    sandbox.clock_advance(1801);
    assert!(text_at(&json_of(&client.send("GET", "Organisation", &[], "")), "/Detail").starts_with("TokenExpired"));
}

#[test]
fn bills_go_along_their_states_only() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox, PEARL);
    let made = client.put("Invoices", &bill());
    let id = text_at(&made, "/InvoiceID").to_owned();
    let to = |status: &str| {
        let body = json!({"Invoices": [{"InvoiceID": id, "Status": status}]}).to_string();
        client.send("POST", &format!("Invoices/{id}"), &[], &body).status
    };
    assert_eq!((to("DRAFT"), to("VOIDED"), to("VOIDED")), (400, 200, 400));
    assert_eq!(sandbox.entries().first().map(|entry| entry.live), Some(false));
}

/// A credit note has no link and no due date, shares its number with others, and goes along a bill's states.
#[test]
fn credit_notes_are_found_and_voided() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox, PEARL);
    for (member, value) in [("/Url", "https://vouch.example/d/1"), ("/DueDate", "2026-12-01"), ("/Memo", "x")] {
        let body = json!({"CreditNotes": [with(credit_note(), member, json!(value))]}).to_string();
        let refused = client.send("PUT", "CreditNotes", &[], &body);
        assert_eq!(
            (refused.status, text_at(&json_of(&refused), "/Type")),
            (400, "PostDataInvalidException"),
            "{member}"
        );
    }
    let (one, two) = (client.put("CreditNotes", &credit_note()), client.put("CreditNotes", &credit_note()));
    assert_ne!(text_at(&one, "/CreditNoteID"), text_at(&two, "/CreditNoteID"), "a number is not unique");
    let draft = client.put("CreditNotes", &with(credit_note(), "/Status", Value::Null));
    assert_eq!(text_at(&draft, "/StatusAttributeString"), "OK");
    let count = |filter: &str| {
        let reply = client.send("GET", &format!("CreditNotes?page=1&where={}", percent_encode(filter)), &[], "");
        json_of(&reply).pointer("/CreditNotes").and_then(Value::as_array).map(Vec::len)
    };
    assert_eq!(count("CreditNoteNumber==\"CN-1\" AND Type==\"ACCPAYCREDIT\""), Some(3));
    assert_eq!(count("InvoiceNumber==\"CN-1\""), None, "that is a bill's");
    let id = text_at(&one, "/CreditNoteID").to_owned();
    let file = format!("CreditNotes/{id}/Attachments/r.jpg");
    assert_eq!(client.send("POST", &file, &[("content-type", "image/jpeg")], "JPEGBYTES").status, 200);
    let to = |status: &str| {
        let body = json!({"CreditNotes": [{"CreditNoteID": id, "Status": status}]}).to_string();
        client.send("POST", &format!("CreditNotes/{id}"), &[], &body).status
    };
    assert_eq!((to("DRAFT"), to("DELETED"), to("VOIDED"), to("VOIDED")), (400, 400, 200, 400));
    let read = json_of(&client.send("GET", &format!("CreditNotes/{id}"), &[], ""));
    assert_eq!(read.pointer("/CreditNotes/0/RemainingCredit"), Some(&json!(0)));
    let entries = sandbox.entries();
    assert_eq!(entries.iter().map(|entry| entry.live).collect::<Vec<_>>(), [false, true, true]);
    assert!(entries.iter().all(|entry| entry.resource == "creditnotes" && entry.reference == "CN-1"));
    assert_eq!(entries.first().map(|entry| entry.attachments.len()), Some(1));
}

#[test]
fn a_request_holds_fifty_elements() {
    let sandbox = sandbox();
    let client = Client::new(&sandbox, PEARL);
    for (count, status) in [(50, 200), (51, 400)] {
        let names: Vec<Value> = (0..count).map(|number| json!({"Name": format!("Filler {count} {number}")})).collect();
        let body = json!({"Contacts": names}).to_string();
        assert_eq!(client.send("PUT", "Contacts", &[], &body).status, status, "{count}");
    }
}
