//! Proof that the checks can fail: good exchanges pass, and each with one mistake does not.

use serde_json::{Value, json};
use vouch::sandbox::Exchange;

use crate::{check::contracts, openapi::Way};

const CONTACT: &str = "5eed0003-0001-4000-8000-000000000001";

fn exchange(method: &str, address: &str, body: &Value, answer: &Value) -> Exchange {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Exchange {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.split('&').filter_map(pair).collect(),
        headers: vec![
            header("accept", "application/json"),
            header("content-type", "application/json"),
            header("xero-tenant-id", "a1d0c0de-0000-4000-8000-000000000001"),
            header("idempotency-key", "k"),
        ],
        body: body.to_string(),
        parts: Vec::new(),
        status: Some(200),
        answer_type: "application/json".to_owned(),
        answer: answer.to_string(),
        spoiled: false,
    }
}

/// A value with another in one place, or one more.
fn with(mut value: Value, place: &str, new: Value) -> Value {
    let (above, name) = place.rsplit_once('/').expect("places begin with a slash");
    let members = value.pointer_mut(above).and_then(Value::as_object_mut).expect("the place above is an object");
    members.insert(name.to_owned(), new);
    value
}

fn purchase() -> Value {
    json!({"PaymentType": "CreditCard", "AccountRef": {"value": "42"}, "EntityRef": {"value": "201", "type": "Vendor"},
        "TxnDate": "2026-11-18", "DocNumber": "VCH-00000000000001", "CurrencyRef": {"value": "HKD"},
        "GlobalTaxCalculation": "NotApplicable",
        "Line": [{"DetailType": "AccountBasedExpenseLineDetail", "Amount": 24.50, "Description": "Lunch",
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "60"}}}]})
}

fn purchase_answer() -> Value {
    let row = with(with(purchase(), "/Id", json!("1001")), "/TotalAmt", json!(24.50));
    json!({"Purchase": row, "time": "2026-11-22T02:04:19.123Z"})
}

const PURCHASE: &str = "/quickbooks/v3/company/9130357766900001/purchase?minorversion=75&requestid=one";

#[test]
fn quickbooks_mistakes_are_found() {
    let Some(contracts) = contracts() else { return };
    let problems = |address: &str, body: &Value, answer: &Value| {
        contracts.problems(&exchange("POST", address, body, answer)).expect("a contract is about this")
    };
    assert_eq!(problems(PURCHASE, &purchase(), &purchase_answer()), Vec::<String>::new());
    let detail = "/Line/0/AccountBasedExpenseLineDetail";
    for (place, value, says) in [
        ("/PaymentType", json!("Card"), "is not one of PaymentTypeEnum"),
        ("/GlobalTaxCalculation", json!("Exclusive"), "is not one of GlobalTaxCalculationEnum"),
        ("/Line/0/DetailType", json!("ExpenseLineDetail"), "is not one of LineDetailTypeEnum"),
        ("/Line/0/Amount", json!("24.50"), "is not xs:decimal"),
        ("/TxnDate", json!("18/11/2026"), "is not xs:date"),
        ("/DocNumber", json!(7), "is not xs:string"),
        ("/Total", json!(24.50), "Purchase has no such member"),
        ("/Line/0/AccountRef", json!({"value": "60"}), "Line has no such member"),
        ("/Line/0/Amont", json!(1), "Line has no such member"),
        (detail, json!({"AccountRef": {"id": "60"}}), "ReferenceType has no such member"),
        (detail, json!({"AccountRef": "60"}), "an object (ReferenceType) is wanted"),
        ("/Line", json!({}), "an array is wanted"),
        ("/EntityRef", json!([]), "one is wanted, not an array"),
        ("/Credit", json!("true"), "is not xs:boolean"),
    ] {
        let found = problems(PURCHASE, &with(purchase(), place, value), &purchase_answer());
        assert!(found.iter().any(|problem| problem.contains(says)), "{place} {says}: {found:?}");
        assert_eq!(found.len(), 1, "nothing else is wrong: {found:?}");
    }
    for (address, says) in [
        (PURCHASE.replace("purchase", "purchases"), "no address"),
        (PURCHASE.replace("purchase", "Purchase"), "no address"),
        (PURCHASE.replace("minorversion=75&", ""), "minorversion"),
        (PURCHASE.replace("requestid=one", "requestId=one"), "requestId"),
        (PURCHASE.replace("=one", &format!("={}", "x".repeat(51))), "too long"),
    ] {
        let found = problems(&address, &purchase(), &purchase_answer());
        assert!(found.iter().any(|problem| problem.contains(says)), "{says}: {found:?}");
    }
    for (answer, says) in [
        (with(purchase_answer(), "/Purchase/TotalAmt", json!("24.50")), "is not xs:decimal"),
        (with(purchase_answer(), "/Purchase/Sum", json!(1)), "Purchase has no such member"),
        (with(purchase_answer(), "/time", json!("yesterday")), "is not xs:dateTime"),
        (json!({"Bill": {}, "time": "2026-11-22T02:04:19Z"}), "the answer has no Purchase"),
        (json!({"Fault": {"Error": [{"Message": "x"}]}}), "code: it must be there"),
        (json!([]), "an object (IntuitResponse) is wanted"),
    ] {
        let found = problems(PURCHASE, &purchase(), &answer);
        assert!(found.iter().any(|problem| problem.contains(says)), "{says}: {found:?}");
    }
}

#[test]
fn quickbooks_uploads_are_looked_into() {
    let Some(contracts) = contracts() else { return };
    let metadata = json!({"AttachableRef": [{"EntityRef": {"type": "Purchase", "value": "1"}, "IncludeOnSend": false}],
        "FileName": "receipt-1.pdf", "ContentType": "application/pdf", "Category": "Receipt"});
    let address = "/quickbooks/v3/company/9130357766900001/upload?minorversion=75&requestid=one";
    let answer = json!({"AttachableResponse": [{"Attachable": {"Id": "1"}}], "time": "2026-11-22T02:04:19Z"});
    let problems = |metadata: &Value, parts: [(&str, &str); 2]| {
        let [(one, one_type), (two, two_type)] = parts;
        let part = |name: &str, media_type: &str, content: String| (name.to_owned(), media_type.to_owned(), content);
        let parts = vec![part(one, one_type, metadata.to_string()), part(two, two_type, "%PDF".to_owned())];
        let upload = Exchange { body: String::new(), parts, ..exchange("POST", address, &Value::Null, &answer) };
        contracts.problems(&upload).expect("a contract is about this")
    };
    let good = [("file_metadata_01", "application/json"), ("file_content_01", "application/pdf")];
    assert_eq!(problems(&metadata, good), Vec::<String>::new());
    let strange = with(metadata.clone(), "/Folder", json!("x"));
    assert!(!problems(&strange, good).is_empty(), "an unknown member");
    for (parts, story) in [
        ([good[0], ("file_content_02", "application/pdf")], "names that do not go together"),
        ([("file_metadata_01", "text/plain"), good[1]], "metadata that is not JSON"),
        ([good[0], ("file_content_01", "application/octet-stream")], "a file that does not say what it is"),
        ([good[0], ("file", "application/pdf")], "a part of another name"),
    ] {
        assert!(!problems(&metadata, parts).is_empty(), "{story}");
    }
}

fn bill() -> Value {
    json!({"Invoices": [{"Type": "ACCPAY", "Status": "AUTHORISED", "Contact": {"ContactID": CONTACT},
        "InvoiceNumber": "INV-1", "Date": "2026-11-01", "DueDate": "2026-12-01", "LineAmountTypes": "NoTax",
        "LineItems": [{"Description": "Paper", "Quantity": 1, "UnitAmount": 100.00, "AccountCode": "453"}]}]})
}

fn bill_answer() -> Value {
    let row = json!({"Type": "ACCPAY", "InvoiceID": CONTACT, "Date": "/Date(1793491200000+0000)/", "Total": 100.00,
        "StatusAttributeString": "OK", "Status": "AUTHORISED"});
    json!({"Id": CONTACT, "Status": "OK", "ProviderName": "x", "DateTimeUTC": "/Date(1)/", "Invoices": [row]})
}

const INVOICES: &str = "/xero/api.xro/2.0/Invoices?summarizeErrors=false&unitdp=4";

#[test]
fn xero_mistakes_are_found() {
    let Some(contracts) = contracts() else { return };
    let problems = |method: &str, address: &str, body: &Value, answer: &Value| {
        contracts.problems(&exchange(method, address, body, answer)).expect("a contract is about this")
    };
    assert_eq!(problems("PUT", INVOICES, &bill(), &bill_answer()), Vec::<String>::new());
    for (place, value) in [
        ("/Invoices/0/Type", json!("BILL")),
        ("/Invoices/0/LineAmountTypes", json!("Net")),
        ("/Invoices/0/CurrencyCode", json!("hkd")),
        ("/Invoices/0/LineItems/0/UnitAmount", json!("100.00")),
        ("/Invoices/0/Date", json!("01/11/2026")),
        ("/Invoices/0/Contact/ContactID", json!("one")),
        ("/Invoices/0/InvoiceNumber", json!("9".repeat(256))),
        ("/Invoices/0/Memo", json!("x")),
        ("/Invoices/0/LineItems/0/Amount", json!(1)),
        ("/Invoices/0/AmountDue", json!(1)),
        ("/Invoices/0/Url", Value::Null),
        ("/Invoices/0/LineItems", json!({})),
        ("/Bills", json!([])),
    ] {
        let found = problems("PUT", INVOICES, &with(bill(), place, value), &bill_answer());
        assert_eq!(found.len(), 1, "{place}: {found:?}");
    }
    for (method, address) in [
        ("PUT", INVOICES.replace("Invoices", "Bills")),
        ("DELETE", INVOICES.to_owned()),
        ("PUT", INVOICES.replace("unitdp=4", "unitdp=four")),
        ("PUT", INVOICES.replace("unitdp", "decimals")),
        ("PUT", INVOICES.replace("false", "no")),
    ] {
        assert!(!problems(method, &address, &bill(), &bill_answer()).is_empty(), "{method} {address}");
    }
    for (place, value) in [
        ("/Invoices/0/Total", json!("100.00")),
        ("/Invoices/0/Status", json!("DONE")),
        ("/Invoices/0/Date", json!("2026-11-01")),
        ("/Invoices/0/Sum", json!(1)),
        ("/Invoices", json!({})),
    ] {
        let found = problems("PUT", INVOICES, &bill(), &with(bill_answer(), place, value));
        assert_eq!(found.len(), 1, "{place}: {found:?}");
    }
    let mut nobody = exchange("PUT", INVOICES, &bill(), &bill_answer());
    nobody.headers.retain(|(name, _)| name != "xero-tenant-id");
    assert_eq!(contracts.problems(&nobody).map(|found| found.len()), Some(1), "no tenant");
}

/// `required` holds for what is made, not for what is changed.
#[test]
fn xero_members_that_must_be_there() {
    let Some(contracts) = contracts() else { return };
    let half = json!({"Status": "DELETED"});
    assert_eq!(contracts.accounting.misfits(Way::Create, "BankTransaction", &half).len(), 3);
    assert_eq!(contracts.accounting.misfits(Way::Change, "BankTransaction", &half), Vec::<String>::new());
}
