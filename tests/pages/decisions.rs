//! Correcting, approving and rejecting through the pages, alone and at the same time as somebody else.

use reqwest::StatusCode;
use vouch::{
    approval::state::State,
    model::{field::FieldName, person::Role},
    pipeline::Context,
    store::document::{Document, document_fetch},
};

use crate::{
    documents::{GOOD, awaiting, checked, draft},
    house::House,
    visitor::Visitor,
};

async fn now(context: &Context, document: &Document) -> Document {
    document_fetch(&context.db, document.id).await.expect("the document is there")
}

#[tokio::test]
async fn an_old_version_is_refused_and_nothing_is_lost() {
    let house = House::open(|_| {}).await;
    let (sam, ada) = (house.add("Sam Lee", &[Role::Submitter]).await, house.add("Ada", &[Role::Accountant]).await);
    let mut fields = GOOD.to_vec();
    fields.remove(3);
    let document = checked(&house, &sam, 1, draft(&fields)).await;
    assert_eq!(document.state.name(), "needs_review");
    let mut browser = Visitor::signed_in(&house, &ada.email).await;
    let path = format!("/documents/{}/correct", document.id);
    let version = document.version.to_string();
    let first = browser.act(&path, &[("version", &version), ("total", "680.00")]).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text());
    let kept = now(&house.context, &document).await;
    let second = browser.act(&path, &[("version", &version), ("total", "999.00")]).await;
    assert_eq!((second.status, second.code().as_str()), (StatusCode::CONFLICT, "stale_version"));
    assert!(second.text().contains("Somebody changed this document in the meantime."));
    assert_eq!(now(&house.context, &document).await, kept);
    assert_eq!(
        kept.draft.and_then(|draft| draft.amount(FieldName::Total)).map(|total| total.to_string()),
        Some("680.00".to_owned())
    );
    let none = browser.act(&path, &[("total", "1.00")]).await;
    assert_eq!((none.status, none.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "body_missing"));
    house.close().await;
}

#[tokio::test]
async fn what_cannot_be_taken_is_said() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let document = checked(&house, &sam, 1, draft(&GOOD[..2])).await;
    let mut browser = Visitor::signed_in(&house, &sam.email).await;
    let (path, version) = (format!("/documents/{}/correct", document.id), document.version.to_string());
    for (name, value) in [
        ("issue_date", "2026-02-30"),
        ("issue_date", "yesterday"),
        ("total", "12,34.5.6"),
        ("total", "NaN"),
        ("currency", "$$$"),
    ] {
        let answer = browser.act(&path, &[("version", &version), (name, value)]).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (StatusCode::UNPROCESSABLE_ENTITY, "invalid_field"),
            "{name}={value}"
        );
    }
    assert_eq!(now(&house.context, &document).await, document);
    house.close().await;
}

#[tokio::test]
async fn nobody_approves_their_own() {
    let house = House::open(|_| {}).await;
    let both = house.add("Pam", &[Role::Submitter, Role::Approver]).await;
    let _who_is_asked = house.add("Olive", &[Role::Approver]).await;
    let ada = house.add("Ada", &[Role::Accountant, Role::Approver]).await;
    let submitted = awaiting(&house, &both, 1).await;
    let mut browser = Visitor::signed_in(&house, &both.email).await;
    let page = browser.get(&format!("/documents/{}", submitted.id)).await.text();
    assert!(!page.contains("/approve\""), "no button is there for what is not allowed");
    let path = format!("/documents/{}/approve", submitted.id);
    let answer = browser.act(&path, &[("version", &submitted.version.to_string())]).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "own_document"));
    assert_eq!(now(&house.context, &submitted).await, submitted);

    // Whoever changed a value has a hand in it as well.
    let flawed = checked(&house, &both, 2, draft(&GOOD[..3])).await;
    let mut browser = Visitor::signed_in(&house, &ada.email).await;
    let form = [("version", flawed.version.to_string()), ("total", "700.00".to_owned()), ("then", "submit".to_owned())];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(browser.act(&format!("/documents/{}/correct", flawed.id), &form).await.status, StatusCode::SEE_OTHER);
    let sent = now(&house.context, &flawed).await;
    assert_eq!(sent.state, State::AwaitingApproval, "{:?}", sent.findings);
    let path = format!("/documents/{}/approve", flawed.id);
    let answer = browser.act(&path, &[("version", &sent.version.to_string())]).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "own_document"));
    house.close().await;
}

#[tokio::test]
async fn a_rejection_needs_its_reason() {
    let house = House::open(|_| {}).await;
    let (sam, paul) = (house.add("Sam Lee", &[Role::Submitter]).await, house.add("Paul", &[Role::Approver]).await);
    let document = awaiting(&house, &sam, 1).await;
    let (path, version) = (format!("/documents/{}/reject", document.id), document.version.to_string());
    let mut browser = Visitor::signed_in(&house, &paul.email).await;
    for reason in ["", "  \n "] {
        let answer = browser.act(&path, &[("version", &version), ("reason", reason)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{reason:?}");
    }
    assert_eq!(now(&house.context, &document).await, document);
    let reason = "Ask for the <i>other</i> receipt";
    let answer = browser.act(&path, &[("version", &version), ("reason", reason)]).await;
    let page = format!("/documents/{}", document.id);
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, page.as_str()));
    let mut browser = Visitor::signed_in(&house, &sam.email).await;
    let text = browser.get(&page).await.text();
    assert!(text.contains("Ask for the &#60;i&#62;other&#60;/i&#62; receipt"), "the submitter reads the reason");
    house.close().await;
}

#[tokio::test]
async fn of_two_approvals_at_once_one_wins() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let paul = house.add("Paul", &[Role::Approver]).await;
    let pia = house.add("Pia", &[Role::Approver]).await;
    let (mut one, mut two) =
        (Visitor::signed_in(&house, &paul.email).await, Visitor::signed_in(&house, &pia.email).await);
    for number in 1..=10 {
        let document = awaiting(&house, &sam, number).await;
        let (path, version) = (format!("/documents/{}/approve", document.id), document.version.to_string());
        let form = [("version", version.as_str())];
        let (first, second) = tokio::join!(one.act(&path, &form), two.act(&path, &form));
        let (won, lost) = if first.status == StatusCode::SEE_OTHER { (first, second) } else { (second, first) };
        assert_eq!(won.status, StatusCode::SEE_OTHER, "{}", won.text());
        assert_eq!((lost.status, lost.code().as_str()), (StatusCode::CONFLICT, "stale_version"), "{}", lost.text());
        assert_eq!(now(&house.context, &document).await.version, document.version + 1, "it moved once");
    }
    house.close().await;
}

#[tokio::test]
async fn what_is_decided_stays_decided() {
    let house = House::open(|_| {}).await;
    let (sam, paul) = (house.add("Sam Lee", &[Role::Submitter]).await, house.add("Paul", &[Role::Approver]).await);
    let document = awaiting(&house, &sam, 1).await;
    let mut browser = Visitor::signed_in(&house, &paul.email).await;
    let path = |action: &str| format!("/documents/{}/{action}", document.id);
    let version = document.version.to_string();
    let rejected = browser.act(&path("reject"), &[("version", &version), ("reason", "twice")]).await;
    assert_eq!(rejected.status, StatusCode::SEE_OTHER);
    let version = (document.version + 1).to_string();
    let answer = browser.act(&path("approve"), &[("version", &version)]).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::CONFLICT, "wrong_state"));
    assert!(answer.text().contains("not possible in the document&#39;s present state"), "{}", answer.text());
    house.close().await;
}
