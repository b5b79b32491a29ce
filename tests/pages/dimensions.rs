//! Departments and projects on the pages: chosen on the page of connections, missed on the page of what is blocked.

use reqwest::StatusCode;
use vouch::{
    check::Claim,
    model::{id::ConnectionId, organisation::Department, person::Role},
    store::{
        candidate::claim_store,
        connection::{MappingRow, ReferenceRow, mapping_list, mapping_store, reference_add},
        document::document_fetch,
        organisation::department_store,
    },
};

use crate::{blocked::blocked, house::House, visitor::Visitor, words::company};

/// What the company takes besides accounts. A location has the id of a class.
async fn takes_dimensions(house: &House, connection: ConnectionId) {
    let rows = [
        ("dimension", "class", "Class"),
        ("dimension", "location", "Location"),
        ("class", "501", "Sales"),
        ("class", "502", "Back office"),
        ("location", "501", "Kowloon"),
        ("customer", "301", "Not offered"),
    ];
    for (kind, external_id, name) in rows {
        let (kind, external_id, name) = (kind.to_owned(), external_id.to_owned(), name.to_owned());
        let row = ReferenceRow { kind, external_id, code: None, name, currency: None };
        reference_add(&house.context.db, connection, &row).await.expect("the database answers");
    }
}

/// Departments are sent as classes, and one of them means nothing yet.
pub(crate) async fn chosen_class(house: &House, connection: ConnectionId) {
    takes_dimensions(house, connection).await;
    for (kind, key, external_id) in [("dimension", "department", "class"), ("department_class", "back", "502")] {
        let (kind, key, external_id) = (kind.to_owned(), key.to_owned(), external_id.to_owned());
        let row = MappingRow { kind, key, external_id };
        mapping_store(&house.context.db, connection, &row).await.expect("the database answers");
    }
}

async fn chosen(house: &House, connection: ConnectionId) -> Vec<String> {
    let rows = mapping_list(&house.context.db, connection).await.expect("the database answers");
    let of_dimensions = rows.into_iter().filter(|row| row.kind.contains("d") && row.kind != "paid_from");
    let of_dimensions = of_dimensions.filter(|row| !row.kind.starts_with("category"));
    of_dimensions.map(|row| format!("{}.{}={}", row.kind, row.key, row.external_id)).collect()
}

#[tokio::test]
async fn what_is_chosen_is_shown_and_what_is_missing_is_asked_for() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam", &[Role::Submitter]).await;
    let ada = house.add("Ada", &[Role::Accountant]).await;
    let connection = company(&house).await;
    let mut browser = Visitor::signed_in(&house, &ada.email).await;
    assert!(!browser.get("/connections").await.text().contains("Sent to the ledger as"), "it takes neither");
    takes_dimensions(&house, connection).await;
    let txn = house.context.db.begin_write().await.expect("the database answers");
    for name in ["sales", "office"] {
        department_store(&txn, name, &Department::default()).await.expect("the database answers");
    }
    txn.commit().await.expect("the database answers");
    let page = browser.get("/connections").await.text();
    assert!(page.contains("Sent to the ledger as") && page.contains(">Location<"), "{page}");
    assert!(!page.contains("department_class."), "nothing is sent, so there is nothing to map");

    let path = format!("/connections/{connection}/mapping");
    let both = [("dimension.department", "class"), ("dimension.project", "class")];
    assert_eq!(browser.act(&path, &both).await.status, StatusCode::UNPROCESSABLE_ENTITY, "a line has one class");
    assert_eq!(chosen(&house, connection).await, [""; 0]);
    for wrong in ["501", "customer", "Travel"] {
        browser.act(&path, &[("dimension.department", wrong)]).await;
        assert_eq!(chosen(&house, connection).await, [""; 0], "{wrong} is not among the choices");
    }
    browser.act(&path, &[("dimension.department", "class"), ("dimension.colour", "location")]).await;
    let by_name = ["department_class.sales=501", "dimension.department=class"];
    assert_eq!(chosen(&house, connection).await, by_name, "what has the same name is chosen at once");
    browser.act(&path, &[("department_class.office", "HSBC"), ("department_class.sales", "301")]).await;
    assert_eq!(chosen(&house, connection).await, by_name, "neither is a class");
    let page = browser.get("/connections").await.text();
    assert!(page.contains("name=\"department_class.office\"") && page.contains("Back office"), "{page}");
    assert!(!page.contains("Kowloon"), "a location is no class: {page}");

    browser.act(&path, &[("account.rent", "Travel"), ("tax.rent", "None"), ("paid_from.default", "HSBC")]).await;
    let id = blocked(&house, &sam, connection, 1).await;
    let claim = Claim { department: Some("office".to_owned()), ..Claim::NONE };
    let txn = house.context.db.begin_write().await.expect("the database answers");
    claim_store(&txn, id, sam.id, &claim).await.expect("the database answers");
    txn.commit().await.expect("the database answers");
    for (languages, sentence) in
        [("en", "Choose what “office” is in the ledger"), ("zh-HK", "請選擇「office」"), ("zh-CN", "请选择“office”")]
    {
        browser.languages = languages;
        let page = browser.get("/blocked").await.text();
        let main = page.split("<main").nth(1).unwrap_or_default();
        assert!(main.contains(sentence), "{main}");
        assert!(main.contains("<option value=\"502\" selected"), "it is called most like it: {main}");
    }
    let id_text = connection.to_string();
    let fix = |external_id| {
        [
            ("connection", id_text.as_str()),
            ("kind", "department_class"),
            ("key", "office"),
            ("external_id", external_id),
        ]
    };
    assert_eq!(browser.act("/blocked/mapping", &fix("301")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.act("/blocked/mapping", &fix("502")).await.status, StatusCode::SEE_OTHER);
    let state = document_fetch(&house.context.db, id).await.expect("it is there").state;
    assert_eq!(state.name(), "approved", "it goes by this choice");
    house.close().await;
}
