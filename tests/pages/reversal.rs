//! Asking for a posted entry to be reversed, and deciding about it, through the pages.

use reqwest::StatusCode;
use vouch::{
    approval::state::{ReversalStage, State},
    model::{
        id::DocumentId,
        person::{Person, Role},
    },
    store::document::{Document, document_fetch, document_update},
};

use crate::{
    documents::{GOOD, checked, draft},
    house::House,
    visitor::Visitor,
};

async fn posted(house: &House, person: &Person) -> Document {
    let mut document = checked(house, person, 1, draft(&GOOD)).await;
    document.state = State::Posted { external_id: "42".to_owned(), reference: "VCH-1".to_owned() };
    let txn = house.context.db.begin_write().await.expect("the database answers");
    document_update(&txn, &document, document.version).await.expect("nobody else changes it");
    txn.commit().await.expect("the database answers");
    now(house, document.id).await
}

async fn now(house: &House, id: DocumentId) -> Document {
    document_fetch(&house.context.db, id).await.expect("it is there")
}

/// What a person does about it, on the version that is there.
async fn does(house: &House, browser: &mut Visitor, id: DocumentId, what: &str, reason: &str) -> (StatusCode, String) {
    let version = now(house, id).await.version.to_string();
    let form = [("version", version.as_str()), ("do", what), ("reason", reason)];
    let answer = browser.act(&format!("/documents/{id}/reversal"), &form).await;
    let code = if answer.status.is_redirection() { String::new() } else { answer.code() };
    (answer.status, code)
}

#[tokio::test]
async fn one_asks_and_another_decides() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let ada = house.add("Ada Wong", &[Role::Accountant, Role::Approver]).await;
    let olive = house.add("Olive", &[Role::Approver]).await;
    let id = posted(&house, &sam).await.id;
    let path = format!("/documents/{id}");
    let mut sams = Visitor::signed_in(&house, &sam.email).await;
    let mut adas = Visitor::signed_in(&house, &ada.email).await;
    let mut olives = Visitor::signed_in(&house, &olive.email).await;
    let refused = |code: &str, status| (status, code.to_owned());

    assert!(!sams.get(&path).await.text().contains("Take out of the ledger"), "a submitter does not ask");
    let forbidden = does(&house, &mut sams, id, "ask", "Paid twice").await;
    assert_eq!(forbidden, refused("forbidden", StatusCode::FORBIDDEN));
    assert!(adas.get(&path).await.text().contains("Take out of the ledger"));
    let unprocessable = refused("invalid_field", StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(does(&house, &mut adas, id, "ask", " ").await, unprocessable, "why?");
    let unknown = does(&house, &mut adas, id, "explode", "").await;
    assert_eq!(unknown, refused("not_found", StatusCode::NOT_FOUND));
    assert_eq!(does(&house, &mut adas, id, "agree", "").await, refused("wrong_state", StatusCode::CONFLICT));
    assert_eq!(does(&house, &mut adas, id, "ask", "Paid <twice>").await.0, StatusCode::SEE_OTHER);

    let page = adas.get(&path).await.text();
    assert!(
        page.contains("Ada Wong: Paid &#60;twice&#62;") && page.contains("Leave it in the ledger after all"),
        "{page}"
    );
    assert!(!page.contains("Agree: take it out"), "not by whoever asked");
    assert_eq!(does(&house, &mut adas, id, "agree", "").await, refused("own_reversal", StatusCode::FORBIDDEN));
    assert!(!adas.get("/tasks").await.text().contains(&path), "it is not hers to decide");
    let tasks = olives.get("/tasks").await.text();
    assert!(tasks.contains(&path) && tasks.contains("Paid &#60;twice&#62;"), "{tasks}");
    let page = olives.get(&path).await.text();
    assert!(page.contains("Agree: take it out") && !page.contains("after all"), "she refuses, she does not take back");
    assert_eq!(does(&house, &mut olives, id, "refuse", "").await, unprocessable, "why not?");
    assert_eq!(does(&house, &mut olives, id, "refuse", "It was not").await.0, StatusCode::SEE_OTHER);
    assert_eq!(now(&house, id).await.state.name(), "posted");

    assert_eq!(does(&house, &mut adas, id, "ask", "Paid twice").await.0, StatusCode::SEE_OTHER);
    let stale = [("version", "1"), ("do", "agree")];
    let answer = olives.act(&format!("{path}/reversal"), &stale).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::CONFLICT, "stale_version"));
    assert_eq!(does(&house, &mut olives, id, "agree", "").await.0, StatusCode::SEE_OTHER);
    assert_eq!(now(&house, id).await.state.name(), "reversing");
    // No posting stands behind this document: the queue gives it to a person, who may leave it as it is.
    house.drain().await;
    let State::Reversal(reversal) = now(&house, id).await.state else { panic!("it is being reversed") };
    assert!(matches!(reversal.stage, ReversalStage::Blocked { .. }), "{reversal:?}");
    let blocked = adas.get("/blocked").await.text();
    assert!(blocked.contains(&path) && blocked.contains("The ledger would not let these go"), "{blocked}");
    assert!(adas.get("/documents?state=reversal_blocked").await.text().contains(&path));
    assert_eq!(does(&house, &mut adas, id, "withdraw", "").await.0, StatusCode::SEE_OTHER);
    assert_eq!(now(&house, id).await.state.name(), "posted");
    house.close().await;
}
