//! The line to the ledger is cut at every call of a posting, before the call is carried out and after it.
//!
//! Here vouch lives on and must say to itself: I do not know whether that was done. The first posting is cut at its
//! first call, the next at its second, and so on, until one comes to its end without meeting the cut.

use crate::{
    gate::Cut,
    house::{Goal, House},
};

/// More calls than a posting makes.
const CALLS_MAX: usize = 20;

async fn cut_everywhere(goal: Goal, seconds_before: i64) {
    let mut house = House::new(goal).await;
    let mut met = Vec::new();
    for cut in Cut::BOTH {
        let mut whole = false;
        for nth in 1..CALLS_MAX {
            if seconds_before > 0 {
                house.consent().await;
            }
            let id = house.approved().await;
            house.advance(seconds_before);
            house.gate.cut_at("", nth, cut);
            house.settle().await;
            let calls = house.gate.calls();
            let story = format!("call {nth} cut {cut:?}: {calls:?}");
            house.assert_posted_once(id, &story).await;
            for call in [goal.entry_call(), goal.image_call()] {
                // What was carried out is found and not sent again; only what never arrived is.
                let lost = cut == Cut::Before && calls.get(nth - 1).is_some_and(|cut| cut.contains(call));
                assert_eq!(house.count(call), 1 + usize::from(lost), "{story}");
            }
            if house.gate.still_set() {
                house.gate.open();
                whole = true;
                break;
            }
            met.push(calls[nth - 1].clone());
        }
        assert!(whole, "a posting makes fewer than {CALLS_MAX} calls");
    }
    let mut wanted = vec![goal.entry_call(), goal.image_call()];
    if seconds_before > 0 {
        wanted.push(goal.token_call());
    }
    for wanted in wanted {
        let times = met.iter().filter(|call| call.contains(wanted)).count();
        assert_eq!(times, 2, "{wanted} was cut before and after: {met:?}");
    }
}

/// The look itself is cut as well: the answer to the entry is lost, and then the line while vouch looks for it.
async fn look_cut(goal: Goal, look: &str) {
    let mut house = House::new(goal).await;
    for cut in Cut::BOTH {
        let id = house.approved().await;
        house.gate.cut_at(goal.entry_call(), 1, Cut::After);
        house.drain().await;
        assert!(!house.gate.still_set());
        house.gate.cut_at(look, 1, cut);
        // Long enough for Xero to forget the request's key: only the look keeps a second entry away.
        house.advance(400);
        house.settle().await;
        assert!(!house.gate.still_set(), "it looked");
        house.assert_posted_once(id, &format!("the look was cut {cut:?}")).await;
    }
}

#[tokio::test]
async fn quickbooks_paid() {
    cut_everywhere(Goal::QUICKBOOKS_PAID, 0).await;
}

#[tokio::test]
async fn quickbooks_bill_with_a_token_that_ended() {
    cut_everywhere(Goal::QUICKBOOKS_BILL, 3_600).await;
}

#[tokio::test]
async fn xero_paid_with_a_token_that_ended() {
    cut_everywhere(Goal::XERO_PAID, 1_800).await;
}

#[tokio::test]
async fn xero_bill() {
    cut_everywhere(Goal::XERO_BILL, 0).await;
}

#[tokio::test]
async fn quickbooks_credit() {
    cut_everywhere(Goal::QUICKBOOKS_CREDIT, 0).await;
}

#[tokio::test]
async fn xero_credit_with_a_token_that_ended() {
    cut_everywhere(Goal::XERO_CREDIT, 1_800).await;
}

#[tokio::test]
async fn credits_are_looked_for_again() {
    look_cut(Goal::QUICKBOOKS_CREDIT, "/query").await;
    look_cut(Goal::XERO_CREDIT, "GET /xero/api.xro/2.0/CreditNotes").await;
}

#[tokio::test]
async fn quickbooks_looks_again() {
    look_cut(Goal::QUICKBOOKS_PAID, "/query").await;
}

#[tokio::test]
async fn xero_looks_again() {
    look_cut(Goal::XERO_BILL, "GET /xero/api.xro/2.0/Invoices").await;
}
