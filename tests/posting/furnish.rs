//! What only some tests want of a house: a key in a file, webhooks, a second company, somebody at work in the ledger.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use vouch::{
    approval::state::{ApprovedBy, State},
    model::{field::DocumentKind, id::DocumentId},
    pipeline::{Context, Job, LedgerKind, transition::enqueue},
    post::transport::http_client,
    secret::Vault,
    store::{
        connection::{connection_fetch, reference_list},
        document::document_update,
        token::token_fetch,
    },
};

use crate::house::{Goal, House, consent_for};

/// What somebody types into the ledger by hand: a bill, or a supplier's credit.
pub(crate) struct Typed<'a> {
    pub(crate) kind: DocumentKind,
    pub(crate) supplier: &'a str,
    pub(crate) number: &'a str,
    pub(crate) total: &'a str,
    pub(crate) date: &'a str,
}

impl House {
    /// A house whose key stands in a file.
    pub(crate) async fn with_key_file(goal: Goal) -> Self {
        let mut house = Self::new(goal).await;
        house.context = house.file_vault(house.context.clone());
        house.consent().await;
        house
    }

    /// The same process with the key from the file, read by itself.
    pub(crate) fn file_vault(&self, mut context: Context) -> Context {
        context.vault = Vault::open("", "", &self.folder.path().join("the key")).expect("the file can be made");
        context
    }

    /// Approves a document anew, and has it posted.
    pub(crate) async fn approve_again(&self, id: DocumentId) {
        let now_us = self.context.clock.now_us();
        let mut document = self.document(id).await;
        document.state = State::Approved { by: ApprovedBy::Rule };
        let txn = self.context.db.begin_write().await.expect("the store works");
        document_update(&txn, &document, document.version).await.expect("nobody else changes it");
        enqueue(&txn, Job::Post(id), document.version + 1, now_us).await.expect("the store works");
        txn.commit().await.expect("the store works");
    }

    /// A house that both ledgers may call; their calls are signed with `hush`.
    pub(crate) async fn with_webhooks(goal: Goal) -> Self {
        let mut house = Self::new(goal).await;
        let mut config = (*house.context.config).clone();
        config.quickbooks_webhook_key = "hush".to_owned();
        config.xero_webhook_key = "hush".to_owned();
        house.context.config = Arc::new(config);
        house
    }

    /// Consents to another company of the same person.
    pub(crate) async fn consent_to(&self, company: &str) {
        consent_for(&self.context, self.goal, self.person.id, company).await;
    }

    /// Somebody at work in the ledger: one call, which must succeed.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        let connection = connection_fetch(&self.context.db, self.connection).await.expect("it is there");
        let row = token_fetch(&self.context.db, &connection.token_id).await.expect("it is there");
        let token = self.context.vault.open_sealed(&row.access_sealed, &row.id).expect("our own key");
        let company = self.goal.company();
        let url = match self.goal.ledger {
            LedgerKind::QuickBooks => format!("{}/quickbooks/v3/company/{company}/{path}?minorversion=75", self.root),
            LedgerKind::Xero => format!("{}/xero/api.xro/2.0/{path}", self.root),
        };
        let http = http_client(Duration::from_secs(10)).expect("plain settings");
        let method = method.parse().expect("a method");
        let request = http.request(method, url).bearer_auth(token).header("accept", "application/json");
        let answer = request.header("xero-tenant-id", company).json(&body).send().await.expect("the sandbox answers");
        let (status, text) = (answer.status(), answer.text().await.expect("a body"));
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Somebody types an entry into the ledger.
    pub(crate) async fn typed_in(&self, typed: &Typed<'_>) {
        let references = reference_list(&self.context.db, self.connection).await.expect("the store works");
        let account = references.iter().find(|row| row.kind == "expense_account").expect("there is one");
        let total: Value = serde_json::from_str(typed.total).expect("an amount");
        let credit = typed.kind == DocumentKind::CreditNote;
        match self.goal.ledger {
            LedgerKind::QuickBooks => {
                let vendor = self.call("POST", "vendor", json!({"DisplayName": typed.supplier})).await;
                let detail = json!({"AccountRef": {"value": account.external_id}});
                let line = json!({"DetailType": "AccountBasedExpenseLineDetail", "Amount": total,
                    "AccountBasedExpenseLineDetail": detail});
                let body = json!({"VendorRef": {"value": vendor["Vendor"]["Id"]}, "DocNumber": typed.number,
                    "TxnDate": typed.date, "CurrencyRef": {"value": "HKD"}, "GlobalTaxCalculation": "NotApplicable",
                    "Line": [line]});
                self.call("POST", if credit { "vendorcredit" } else { "bill" }, body).await;
            }
            LedgerKind::Xero => {
                let line = json!({"Description": "typed in", "Quantity": 1, "UnitAmount": total,
                    "AccountCode": account.external_id});
                let mut entry = json!({"Status": "AUTHORISED", "Contact": {"Name": typed.supplier},
                    "Date": typed.date, "LineAmountTypes": "NoTax", "LineItems": [line]});
                if credit {
                    entry["Type"] = json!("ACCPAYCREDIT");
                    entry["CreditNoteNumber"] = json!(typed.number);
                    self.call("PUT", "CreditNotes", json!({"CreditNotes": [entry]})).await;
                } else {
                    entry["Type"] = json!("ACCPAY");
                    entry["InvoiceNumber"] = json!(typed.number);
                    entry["DueDate"] = json!(typed.date);
                    self.call("PUT", "Invoices", json!({"Invoices": [entry]})).await;
                }
            }
        }
    }
}
