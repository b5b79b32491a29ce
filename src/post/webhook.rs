//! What the ledgers call us with when something changed there: signatures and the three shapes of their bodies. Pure.
//!
//! An event says only that something changed; what, is read from the change feed. So a kind of event that is not known
//! costs a look and nothing more, and events may come twice, late or out of order.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq as _;

use crate::{model::hash::hmac_sha256, post::LedgerKind};

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The same for the same event, however often it comes.
    pub id: String,
    /// The ledger's id of the company.
    pub company_id: String,
}

/// Whether the body was signed with this key: base64 of HMAC-SHA256 over the bytes as they came. Without a key nothing
/// is believed.
#[must_use]
pub fn is_signed(key: &str, body: &[u8], signature: &str) -> bool {
    let expected = signature_of(key, body);
    !key.is_empty() && bool::from(expected.as_bytes().ct_eq(signature.trim().as_bytes()))
}

/// The signature of a body: base64 of HMAC-SHA256.
#[must_use]
pub fn signature_of(key: &str, body: &[u8]) -> String {
    STANDARD.encode(hmac_sha256(key.as_bytes(), body))
}

/// The events in a body; `None` when it is not one of the ledger's shapes. Xero's greeting holds none.
#[must_use]
pub fn events(kind: LedgerKind, body: &[u8]) -> Option<Vec<Event>> {
    match kind {
        LedgerKind::Xero => xero(body),
        LedgerKind::QuickBooks => match serde_json::from_slice(body).ok()? {
            Value::Array(all) => Some(all.into_iter().filter_map(cloud_event).collect()),
            one @ Value::Object(_) if one.get("specversion").is_some() => Some(cloud_event(one).into_iter().collect()),
            older @ (Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
                notifications(older)
            }
        },
    }
}

#[derive(Deserialize)]
struct CloudEvent {
    id: String,
    #[serde(rename = "intuitaccountid")]
    account: String,
}

/// QuickBooks' shape since 2026: CloudEvents.
fn cloud_event(value: Value) -> Option<Event> {
    let read: CloudEvent = serde_json::from_value(value).ok()?;
    Some(Event { id: format!("quickbooks:{}", read.id), company_id: read.account })
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notifications {
    event_notifications: Vec<Notification>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Notification {
    realm_id: String,
    data_change_event: DataChange,
}

#[derive(Deserialize)]
struct DataChange {
    entities: Vec<Entity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entity {
    id: String,
    name: String,
    operation: String,
    last_updated: String,
}

/// QuickBooks' shape before.
fn notifications(value: Value) -> Option<Vec<Event>> {
    let read: Notifications = serde_json::from_value(value).ok()?;
    let mut found = Vec::new();
    for notification in read.event_notifications {
        for entity in notification.data_change_event.entities {
            let Entity { id, name, operation, last_updated } = entity;
            let id = format!("quickbooks:{}:{name}:{id}:{operation}:{last_updated}", notification.realm_id);
            found.push(Event { id, company_id: notification.realm_id.clone() });
        }
    }
    Some(found)
}

#[derive(Deserialize)]
struct XeroBody {
    events: Vec<XeroEvent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct XeroEvent {
    resource_id: String,
    tenant_id: String,
    event_type: String,
    event_date_utc: String,
}

fn xero(body: &[u8]) -> Option<Vec<Event>> {
    let read: XeroBody = serde_json::from_slice(body).ok()?;
    let event = |event: XeroEvent| {
        let XeroEvent { resource_id, tenant_id, event_type, event_date_utc } = event;
        let id = format!("xero:{tenant_id}:{resource_id}:{event_date_utc}:{event_type}");
        Event { id, company_id: tenant_id }
    };
    Some(read.events.into_iter().map(event).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_signed_with_the_key_is_believed() {
        let body = br#"{"events":[],"lastEventSequence":0,"firstEventSequence":0,"entropy":"X"}"#;
        let signature = STANDARD.encode(hmac_sha256(b"key", body));
        assert!(is_signed("key", body, &signature));
        assert!(!is_signed("other", body, &signature));
        assert!(!is_signed("key", &body[1..], &signature));
        assert!(!is_signed("key", body, ""));
        assert!(!is_signed("", body, &STANDARD.encode(hmac_sha256(b"", body))), "no key is set up");
    }

    #[test]
    fn three_shapes_are_read() {
        let quickbooks = |body: &str| events(LedgerKind::QuickBooks, body.as_bytes());
        let older = r#"{"eventNotifications":[{"realmId":"310687","dataChangeEvent":{"entities":[
            {"id":"1234","operation":"Create","name":"Bill","lastUpdated":"2026-03-08T20:52:31.657Z"},
            {"id":"1234","operation":"Update","name":"Bill","lastUpdated":"2026-03-08T20:53:00.000Z"}]}}]}"#;
        let found = quickbooks(older).expect("the shape is known");
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|event| event.company_id == "310687") && found[0].id != found[1].id);
        assert_eq!(quickbooks(older), Some(found), "the same again");
        let cloud = r#"[{"specversion":"1.0","id":"88cd52aa","source":"intuit.x=","type":"qbo.bill.created.v1",
            "time":"2026-09-10T21:31:25.179851517Z","intuitentityid":"1234","intuitaccountid":"310687","data":{}},
            {"specversion":"1.0","id":"9","type":"qbo.novelty.happened.v9","intuitaccountid":"310688"}, {"id":5}]"#;
        let found = quickbooks(cloud).expect("the shape is known");
        let companies: Vec<&str> = found.iter().map(|event| event.company_id.as_str()).collect();
        assert_eq!(companies, ["310687", "310688"], "an unknown kind is an event, a broken one is none");
        let xero = r#"{"events":[{"resourceUrl":"https://api.xero.com/x","resourceId":"55d8","tenantId":"aef8",
            "tenantType":"ORGANISATION","eventCategory":"INVOICE","eventType":"UPDATE",
            "eventDateUtc":"2026-11-02T00:44:09.923"}],"firstEventSequence":76,"lastEventSequence":76,"entropy":"F"}"#;
        let found = events(LedgerKind::Xero, xero.as_bytes()).expect("the shape is known");
        assert_eq!(
            found[0],
            Event { id: "xero:aef8:55d8:2026-11-02T00:44:09.923:UPDATE".to_owned(), company_id: "aef8".to_owned() }
        );
        assert_eq!(events(LedgerKind::Xero, br#"{"events":[],"entropy":"X"}"#), Some(Vec::new()));
        for wrong in ["", "{}", "[1", "\"x\"", "{\"events\":5}", "<html>"] {
            assert_eq!(quickbooks(wrong), None, "{wrong}");
            assert_eq!(events(LedgerKind::Xero, wrong.as_bytes()), None, "{wrong}");
        }
    }
}
