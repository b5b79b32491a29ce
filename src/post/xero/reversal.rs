//! Taking an entry out of Xero: bills and credit notes are voided, drafts and money spent are deleted.
//!
//! Xero has no HTTP DELETE for any of them: a status is posted. A voided or deleted one never comes back.

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Number, Value, json};

use super::{
    client::Client,
    convert::{LEDGER, is_gone, path},
    fault::{classify, read, unreadable},
};
use crate::post::{amount::decimal, entry::Resource, error::LedgerError, reversal::Standing};

/// What decides whether an entry can be taken back.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Read {
    status: Option<String>,
    total: Option<Number>,
    currency_code: Option<String>,
    amount_paid: Option<Number>,
    amount_credited: Option<Number>,
    remaining_credit: Option<Number>,
    is_reconciled: Option<bool>,
    /// What a change of money spent must name again, as it was read.
    #[serde(rename = "Type")]
    kind: Option<Value>,
    bank_account: Option<Value>,
    line_items: Option<Value>,
}

impl Client {
    /// How an entry stands now; `None` when it is voided or deleted. What Xero made stays readable, so that an entry that
    /// is not found is no entry that is gone.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub(in crate::post) async fn entry_standing(
        &self,
        resource: Resource,
        external_id: &str,
    ) -> Result<Option<Standing>, LedgerError> {
        let request = self.request(&[path(resource), external_id])?.query(&[("unitdp", "4")]);
        let answer = self.answer(request).await?;
        if !answer.is_success() {
            return Err(classify(answer.status, &answer.headers, &answer.body));
        }
        let mut body: Value = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
        let first = body.get_mut(path(resource)).and_then(|rows| rows.get_mut(0)).map(Value::take);
        let found: Read = serde_json::from_value(first.ok_or_else(unreadable)?).map_err(|_| unreadable())?;
        standing(resource, found)
    }

    /// Takes an entry back that stands so.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub(in crate::post) async fn entry_reverse(
        &self,
        resource: Resource,
        external_id: &str,
        standing: &Standing,
        key: &str,
    ) -> Result<(), LedgerError> {
        let Value::Object(mut element) = standing.again.clone() else { return Err(unreadable()) };
        element.insert(id_member(resource).to_owned(), json!(external_id));
        let mut body = Map::new();
        body.insert(path(resource).to_owned(), json!([element]));
        let request = self.post(&[path(resource), external_id])?.query(&[("unitdp", "4")]);
        let request = request.header("Idempotency-Key", key).json(&Value::Object(body));
        let answer = self.answer(request).await?;
        read(&answer)?;
        let body: Value = serde_json::from_slice(&answer.body).map_err(|_| unreadable())?;
        let member = |name: &str| body.pointer(&format!("/{}/0/{name}", path(resource))).and_then(Value::as_str);
        let is_it = member(id_member(resource)).is_some_and(|id| id.eq_ignore_ascii_case(external_id));
        if is_it && is_gone(member("Status")) { Ok(()) } else { Err(unreadable()) }
    }
}

const fn id_member(resource: Resource) -> &'static str {
    match resource {
        Resource::Paid => "BankTransactionID",
        Resource::Bill => "InvoiceID",
        Resource::Credit => "CreditNoteID",
    }
}

fn standing(resource: Resource, found: Read) -> Result<Option<Standing>, LedgerError> {
    let status = found.status.as_deref().ok_or_else(unreadable)?;
    if is_gone(Some(status)) {
        return Ok(None);
    }
    let total = found.total.as_ref().and_then(decimal).ok_or_else(unreadable)?;
    let above_zero = |amount: &Option<Number>| amount.as_ref().and_then(decimal).is_some_and(|it| it > Decimal::ZERO);
    let remaining = found.remaining_credit.as_ref().and_then(decimal);
    let hindrance = match resource {
        Resource::Paid => {
            let matched = found.is_reconciled == Some(true);
            matched.then_some("it is reconciled with the bank there; unreconcile it first")
        }
        Resource::Bill => {
            let paid = status == "PAID" || above_zero(&found.amount_paid) || above_zero(&found.amount_credited);
            paid.then_some("a payment or a credit is set against it there; take that off first")
        }
        Resource::Credit => {
            let used = status == "PAID" || remaining.is_some_and(|left| left != total);
            used.then_some("it is set off or paid out there; undo that first")
        }
    };
    // Money spent has no drafts; whatever nobody approved is deleted, the rest is voided.
    let next = match (resource, status) {
        (Resource::Paid, _) | (_, "DRAFT" | "SUBMITTED") => "DELETED",
        (Resource::Bill | Resource::Credit, _) => "VOIDED",
    };
    let mut again = json!({ "Status": next });
    if resource == Resource::Paid {
        // The contract has these in every change of money spent.
        let account = found.bank_account.as_ref().and_then(|account| account.get("AccountID")).cloned();
        again["Type"] = found.kind.unwrap_or_default();
        again["BankAccount"] = json!({ "AccountID": account });
        again["LineItems"] = found.line_items.unwrap_or_default();
    }
    let hindrance = hindrance.map(|message| LedgerError::HumanInLedger {
        ledger: LEDGER,
        code: String::new(),
        message: message.to_owned(),
    });
    Ok(Some(Standing { total, currency: found.currency_code, hindrance, again }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stands(resource: Resource, body: Value) -> Option<(&'static str, Option<String>)> {
        let found = serde_json::from_value(body).expect("it is an entry");
        let standing = standing(resource, found).expect("it has a status and a total")?;
        let next = if standing.again["Status"] == "VOIDED" { "VOIDED" } else { "DELETED" };
        Some((next, standing.hindrance.map(|error| error.to_string())))
    }

    #[test]
    fn what_can_be_taken_back_and_how() {
        let (bill, credit, paid) = (Resource::Bill, Resource::Credit, Resource::Paid);
        let open = |status: &str| json!({"Status": status, "Total": 10, "AmountPaid": 0, "AmountCredited": 0.0});
        for (resource, body, expected) in [
            (bill, open("AUTHORISED"), Some(("VOIDED", ""))),
            (bill, open("DRAFT"), Some(("DELETED", ""))),
            (bill, open("SUBMITTED"), Some(("DELETED", ""))),
            (bill, open("PAID"), Some(("VOIDED", "payment"))),
            (bill, open("VOIDED"), None),
            (bill, open("DELETED"), None),
            (bill, json!({"Status": "AUTHORISED", "Total": 10, "AmountPaid": 0.01}), Some(("VOIDED", "payment"))),
            (bill, json!({"Status": "AUTHORISED", "Total": 10, "AmountCredited": 3}), Some(("VOIDED", "payment"))),
            (credit, json!({"Status": "AUTHORISED", "Total": 10, "RemainingCredit": 10.00}), Some(("VOIDED", ""))),
            (credit, json!({"Status": "AUTHORISED", "Total": 10, "RemainingCredit": 9}), Some(("VOIDED", "set off"))),
            (credit, json!({"Status": "PAID", "Total": 10, "RemainingCredit": 0}), Some(("VOIDED", "set off"))),
            (paid, json!({"Status": "AUTHORISED", "Total": 10, "IsReconciled": false}), Some(("DELETED", ""))),
            (paid, json!({"Status": "AUTHORISED", "Total": 10, "IsReconciled": true}), Some(("DELETED", "bank"))),
        ] {
            let told = stands(resource, body.clone());
            assert_eq!(told.as_ref().map(|(next, _)| *next), expected.map(|(next, _)| next), "{body}");
            let hindrance = told.and_then(|(_, hindrance)| hindrance).unwrap_or_default();
            let says = expected.map_or("", |(_, says)| says);
            assert_eq!(hindrance.is_empty(), says.is_empty(), "{body}: {hindrance}");
            assert!(hindrance.contains(says), "{body}: {hindrance}");
        }
    }

    #[test]
    fn half_an_answer_is_none() {
        for body in [json!({}), json!({"Status": "AUTHORISED"}), json!({"Total": 10})] {
            let found = serde_json::from_value(body).expect("it is an object");
            assert!(standing(Resource::Bill, found).is_err());
        }
    }
}
