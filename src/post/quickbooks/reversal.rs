//! Taking an entry out of QuickBooks: it is deleted, which leaves its trace in the audit log there.
//!
//! Intuit documents no void for purchases, bills and vendor credits (`accounting-apis.md` Q6); a delete names the
//! `SyncToken` that was read, so that what somebody changed meanwhile is not deleted unseen.

use serde_json::json;

use super::{
    client::Client,
    convert::{LEDGER, is_live, path},
    fault::{is_gone, read, unreadable},
    wire,
};
use crate::post::{amount::decimal, entry::Resource, error::LedgerError, reversal::Standing};

impl Client {
    /// How an entry stands now; `None` when it is gone.
    ///
    /// # Errors
    /// See [`LedgerError`].
    pub(in crate::post) async fn entry_standing(
        &self,
        resource: Resource,
        external_id: &str,
    ) -> Result<Option<Standing>, LedgerError> {
        let Some(found) = self.transaction(resource, external_id).await? else { return Ok(None) };
        standing(resource, found)
    }

    /// Takes an entry back that stands so.
    ///
    /// # Errors
    /// See [`LedgerError`]; `Ambiguous` when somebody changed it meanwhile: look again.
    pub(in crate::post) async fn entry_reverse(
        &self,
        resource: Resource,
        external_id: &str,
        standing: &Standing,
        key: &str,
    ) -> Result<(), LedgerError> {
        let body = wire::Delete { id: external_id, sync_token: standing.again.as_str().unwrap_or_default() };
        let request = self.post(&[path(resource)])?.query(&[("operation", "delete"), ("requestid", key)]);
        match read::<wire::One>(&self.send(request.json(&body)).await?) {
            Ok(answer) => {
                let gone = answer.transaction(resource).ok_or_else(unreadable)?;
                if gone.id == external_id && !is_live(&gone) { Ok(()) } else { Err(unreadable()) }
            }
            Err(error) if is_gone(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn standing(resource: Resource, found: wire::Transaction) -> Result<Option<Standing>, LedgerError> {
    if !is_live(&found) {
        return Ok(None);
    }
    let total = found.total_amt.as_ref().and_then(decimal).ok_or_else(unreadable)?;
    let token = found.sync_token.ok_or_else(unreadable)?;
    let partly = found.balance.as_ref().and_then(decimal).is_some_and(|open| open != total);
    let hindrance = match resource {
        Resource::Paid => !found.linked_txn.is_empty(),
        Resource::Bill | Resource::Credit => partly || !found.linked_txn.is_empty(),
    };
    let hindrance = hindrance.then(|| LedgerError::HumanInLedger {
        ledger: LEDGER,
        code: String::new(),
        message: "a payment or another entry is linked to it there; take that off first".to_owned(),
    });
    let currency = found.currency_ref.map(|currency| currency.value);
    Ok(Some(Standing { total, currency, hindrance, again: json!(token) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_linked_stays() {
        for (resource, more, linked) in [
            (Resource::Bill, json!({"Balance": 10.00}), false),
            (Resource::Bill, json!({"Balance": 9.99}), true),
            (Resource::Bill, json!({"Balance": 0}), true),
            (
                Resource::Bill,
                json!({"Balance": 10, "LinkedTxn": [{"TxnId": "7", "TxnType": "BillPaymentCheck"}]}),
                true,
            ),
            (Resource::Credit, json!({"Balance": 4}), true),
            (Resource::Credit, json!({}), false),
            (Resource::Paid, json!({"LinkedTxn": []}), false),
            (Resource::Paid, json!({"LinkedTxn": [{"TxnId": "7", "TxnType": "ReimburseCharge"}]}), true),
        ] {
            let mut body = json!({"Id": "5", "SyncToken": "3", "TotalAmt": 10});
            let members = body.as_object_mut().expect("an object");
            members.extend(more.as_object().cloned().expect("an object"));
            let found = serde_json::from_value(body.clone()).expect("it is an entry");
            let standing = standing(resource, found).expect("it has a token").expect("it is there");
            assert_eq!((standing.hindrance.is_some(), &standing.again), (linked, &json!("3")), "{body}");
        }
        let gone = serde_json::from_value(json!({"Id": "5", "status": "Deleted"})).expect("it is an entry");
        assert!(standing(Resource::Bill, gone).expect("it says so").is_none());
        let voided = json!({"Id": "5", "SyncToken": "3", "TotalAmt": 0, "PrivateNote": "Voided - vouch VCH-1"});
        let voided = serde_json::from_value(voided).expect("it is an entry");
        assert!(standing(Resource::Bill, voided).expect("it says so").is_none(), "voided by a person there");
        let blind = serde_json::from_value(json!({"Id": "5", "TotalAmt": 10})).expect("it is an entry");
        assert!(standing(Resource::Bill, blind).is_err(), "without a token nothing is deleted");
    }
}
