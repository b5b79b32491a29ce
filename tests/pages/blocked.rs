//! The page of what cannot be posted: groups, the one field, and who may choose.

use reqwest::StatusCode;
use vouch::{
    approval::state::{ApprovedBy, State},
    model::{
        category::Category,
        id::{ConnectionId, DocumentId},
        person::{Person, Role},
    },
    store::{
        connection::mapping_list,
        document::{document_fetch, document_update},
    },
};

use crate::{
    documents::{GOOD, checked, draft},
    house::House,
    visitor::Visitor,
    words::company,
};

/// A document that was approved for this company, and could not be posted.
pub(crate) async fn blocked(house: &House, person: &Person, connection: ConnectionId, number: u32) -> DocumentId {
    let supplier = format!("Supplier {number} Limited");
    let mut fields = GOOD;
    fields[0].1 = &supplier;
    let mut document = checked(house, person, number, draft(&fields)).await;
    document.state = State::PostingBlocked { by: ApprovedBy::Rule, message: "Mend it.".to_owned() };
    (document.connection, document.category) = (Some(connection), Category::Rent);
    let txn = house.context.db.begin_write().await.expect("the database answers");
    document_update(&txn, &document, document.version).await.expect("nobody else changes it");
    txn.commit().await.expect("the database answers");
    document.id
}

#[tokio::test]
async fn one_choice_lets_all_go_that_wait_for_it() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam", &[Role::Submitter, Role::Approver]).await;
    let ada = house.add("Ada", &[Role::Accountant]).await;
    let connection = company(&house).await;
    let mut browser = Visitor::signed_in(&house, &ada.email).await;
    assert!(browser.get("/blocked").await.text().contains("Nothing is held up"));
    let ids = [blocked(&house, &sam, connection, 1).await, blocked(&house, &sam, connection, 2).await];

    let page = browser.get("/blocked").await.text();
    assert!(page.contains("Choose the account that payments come from") && page.contains("2 documents wait"), "{page}");
    assert!(page.contains("Save and post all 2") && page.contains("Supplier 1 Limited"), "{page}");
    assert!(!page.contains("For this supplier only"), "there are two");
    assert!(browser.get("/connections").await.text().contains("2 documents cannot be posted"));
    assert!(browser.get(&format!("/documents/{}", ids[0])).await.text().contains("href=\"/blocked\""));

    let form = |external_id: &'static str, kind: &'static str| {
        vec![("kind", kind), ("key", "rent"), ("external_id", external_id)]
    };
    let id = connection.to_string();
    let with = |mut form: Vec<(&'static str, &'static str)>| {
        form.push(("connection", Box::leak(id.clone().into_boxed_str())));
        form
    };
    let mut other = Visitor::signed_in(&house, &sam.email).await;
    assert_eq!(other.get("/blocked").await.status, StatusCode::FORBIDDEN);
    let refused = other.act("/blocked/mapping", &with(form("Travel", "category_account"))).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let forged = browser.post("/blocked/mapping", &with(form("Travel", "category_account"))).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    for (wrong, why) in [
        (form("nowhere", "category_account"), "no such account"),
        (form("HSBC", "category_account"), "a bank is no expense"),
        (form("Travel", "anything"), "no such kind"),
    ] {
        let answer = browser.act("/blocked/mapping", &with(wrong)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}");
    }
    assert!(mapping_list(&house.context.db, connection).await.expect("it can be read").is_empty());

    let states = async || {
        let mut states = Vec::new();
        for id in ids {
            states.push(document_fetch(&house.context.db, id).await.expect("it is there").state.name());
        }
        states
    };
    let mut paid = with(form("HSBC", "paid_from"));
    paid[1].1 = "default";
    let answer = browser.act("/blocked/mapping", &paid).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/blocked"));
    assert_eq!(states().await, ["posting_blocked"; 2], "the account is missing still");
    let page = browser.get("/blocked").await.text();
    assert!(page.contains("Choose the expense account for “Rent”"), "{page}");
    browser.act("/blocked/mapping", &with(form("Travel", "category_account"))).await;
    let page = browser.get("/blocked").await.text();
    assert!(page.contains("Choose the tax code for “Rent”"), "{page}");
    browser.act("/blocked/mapping", &with(form("None", "category_tax"))).await;
    assert_eq!(states().await, ["approved"; 2]);

    // There is no ledger behind this company: posting says so, and both can be tried again from here.
    house.drain().await;
    assert_eq!(states().await, ["posting_blocked"; 2]);
    let page = browser.get("/blocked").await.text();
    let sentence = page.split("name=\"sentence\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let sentence = sentence.expect("it can be tried again").replace("&#34;", "\"").replace("&#39;", "'");
    let again = [("connection", id.as_str()), ("sentence", sentence.as_str())];
    assert_eq!(browser.act("/blocked/again", &again).await.status, StatusCode::SEE_OTHER);
    assert_eq!(states().await, ["approved"; 2]);
    house.close().await;
}
