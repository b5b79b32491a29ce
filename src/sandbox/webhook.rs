//! What the ledgers send when something changed there: signed over the bytes as they go out, and each of them twice, as
//! real ones come when an answer was late.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{
    Sandbox,
    value::{iso, uuid},
    view::SandboxEntry,
};

/// A call from a ledger, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// The header that holds the signature.
    pub header: &'static str,
    /// Base64 of HMAC-SHA256 over the body.
    pub signature: String,
    /// The body, byte by byte as it was signed.
    pub body: Vec<u8>,
}

impl Sandbox {
    /// What the ledger sends after an entry was changed or deleted: `QuickBooks` in its older and in its present shape,
    /// Xero for bills and credit notes only. All of it comes twice. Empty where there is no such entry or no event for its kind.
    #[must_use]
    pub fn webhooks(&self, key: &str, external_id: &str) -> Vec<Webhook> {
        let at = iso(self.now_ms());
        let entry = self.entries().into_iter().find(|entry| entry.external_id == external_id);
        let Some(entry) = entry else { return Vec::new() };
        let (header, bodies) = match entry.ledger {
            "quickbooks" => ("intuit-signature", quickbooks(&entry, &at)),
            _ => ("x-xero-signature", xero(&entry, &at)),
        };
        let once: Vec<Webhook> = bodies.iter().filter_map(|body| signed(header, key, body)).collect();
        once.iter().chain(&once).cloned().collect()
    }
}

fn quickbooks(entry: &SandboxEntry, at: &str) -> Vec<Value> {
    let (name, lower) = match entry.resource {
        "bill" => ("Bill", "bill"),
        "vendorcredit" => ("VendorCredit", "vendorcredit"),
        _ => ("Purchase", "purchase"),
    };
    let (operation, past) = if entry.live { ("Update", "updated") } else { ("Delete", "deleted") };
    let changed = json!({"id": entry.external_id, "operation": operation, "name": name, "lastUpdated": at});
    vec![
        json!({"eventNotifications": [{"realmId": entry.company, "dataChangeEvent": {"entities": [changed]}}]}),
        json!([{"specversion": "1.0", "id": uuid(), "source": "intuit.sandbox=", "type": format!("qbo.{lower}.{past}.v1"),
            "datacontenttype": "application/json", "time": at, "intuitentityid": entry.external_id,
            "intuitaccountid": entry.company, "data": {}}]),
    ]
}

fn xero(entry: &SandboxEntry, at: &str) -> Vec<Value> {
    // Money spent has no events; it is found by looking.
    let (list, category) = match entry.resource {
        "invoices" => ("Invoices", "INVOICE"),
        "creditnotes" => ("CreditNotes", "CREDITNOTE"),
        _ => return Vec::new(),
    };
    let at = at.trim_end_matches('Z');
    let url = format!("https://api.xero.com/api.xro/2.0/{list}/{}", entry.external_id);
    let mut event = json!({"resourceUrl": url, "resourceId": entry.external_id, "tenantId": entry.company,
        "tenantType": "ORGANISATION", "eventCategory": category, "eventType": "UPDATE", "eventDateUtc": at});
    if category == "CREDITNOTE" {
        // Of credit notes alone it says what they are.
        event["data"] = json!({"Type": "ACCPAYCREDIT", "Status": if entry.live { "AUTHORISED" } else { "VOIDED" }});
    }
    vec![json!({"events": [event], "firstEventSequence": 1, "lastEventSequence": 1, "entropy": uuid()})]
}

fn signed(header: &'static str, key: &str, body: &Value) -> Option<Webhook> {
    let body = body.to_string().into_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).ok()?;
    mac.update(&body);
    Some(Webhook { header, signature: STANDARD.encode(mac.finalize().into_bytes()), body })
}
