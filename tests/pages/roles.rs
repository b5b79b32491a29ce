//! Who may see and do what: forged forms, roles, and other people's documents.

use reqwest::StatusCode;
use vouch::{
    model::{
        id::{ConnectionId, DocumentId},
        person::Role,
    },
    store::document::document_fetch,
};

use crate::{
    documents::{awaiting, received},
    house::House,
    visitor::Visitor,
};

/// Every address that takes a form of somebody who is signed in, as the program itself declares them.
fn post_routes() -> Vec<&'static str> {
    let sources = [include_str!("../../src/web/mod.rs"), include_str!("../../src/web/pages/mod.rs")];
    let routes = sources.into_iter().flat_map(str::lines).filter(|line| line.contains("post(")).filter_map(|line| {
        let path = line.split_once(".route(\"")?.1;
        Some(path.split_once('"')?.0)
    });
    // Signing in comes before there is a session; the language is nobody's secret.
    routes.filter(|path| !["/sign-in", "/language"].contains(path)).collect()
}

fn filled(route: &str, id: &str) -> String {
    route.replace("{id}", id).replace("{name}", "quickbooks")
}

#[tokio::test]
async fn a_form_without_its_token_does_nothing() {
    let house = House::open(|_| {}).await;
    let ada = house.add("Ada Wong", &Role::ALL).await;
    let paul = house.add("Paul Chan", &[Role::Submitter]).await;
    let document = awaiting(&house, &paul, 1).await;
    let mut browser = Visitor::signed_in(&house, &ada.email).await;
    let id = document.id.to_string();
    let version = document.version.to_string();
    let routes = post_routes();
    assert!(routes.len() >= 15, "only {routes:?} were found");
    for route in routes {
        let path = filled(route, &id);
        let form = [("version", version.as_str()), ("reason", "no"), ("role_administrator", "on")];
        let wrong = [form.as_slice(), &[("csrf", "0123456789abcdef0123456789abcdef0123456789abcdef")]].concat();
        for form in [form.to_vec(), wrong] {
            let answer = if route == "/documents" {
                let csrf = std::mem::take(&mut browser.csrf);
                let answer = browser.upload("receipt.png", crate::documents::png(2)).await;
                browser.csrf = csrf;
                answer
            } else {
                browser.post(&path, &form).await
            };
            let expected = if route.contains("/roles") || route.contains("/disable") {
                ["csrf", "not_found"]
            } else {
                ["csrf"; 2]
            };
            if route.starts_with("/webhooks/") {
                // No person's browser calls it: a signature guards it instead.
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
                continue;
            }
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {form:?}: {}", answer.text());
            assert!(expected.contains(&answer.code().as_str()), "{path}: {}", answer.code());
        }
    }
    let after = document_fetch(&house.context.db, document.id).await.expect("the document is there");
    assert_eq!(after, document, "nothing was done");
    assert_eq!(browser.get("/documents").await.status, StatusCode::OK, "nobody was signed out");
    house.close().await;
}

#[tokio::test]
async fn every_role_sees_its_pages_only() {
    let house = House::open(|_| {}).await;
    let pages = ["/documents", "/connections", "/history", "/people", "/policy"];
    let table = [
        ("Sam", Role::Submitter, [true, false, false, false, false]),
        ("Paul", Role::Approver, [true, false, false, false, false]),
        ("Ada", Role::Accountant, [true, true, true, false, false]),
        ("Adam", Role::Administrator, [true, true, true, true, true]),
    ];
    for (name, role, allowed) in table {
        let person = house.add(name, &[role]).await;
        let mut browser = Visitor::signed_in(&house, &person.email).await;
        let menu = browser.get("/documents").await.text();
        for (path, allowed) in pages.into_iter().zip(allowed) {
            let answer = browser.get(path).await;
            let expected = if allowed { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(answer.status, expected, "{name} at {path}");
            assert!(allowed || answer.code() == "forbidden", "{name} at {path}");
            assert_eq!(menu.contains(&format!("href=\"{path}\"")), allowed, "{name}'s menu and {path}");
        }
        assert_eq!(menu.contains("href=\"/documents?scope=approve\""), role == Role::Approver, "{name}'s menu");
    }
    house.close().await;
}

#[tokio::test]
async fn every_role_does_its_work_only() {
    let house = House::open(|_| {}).await;
    let sue = house.add("Sue Ng", &[Role::Submitter]).await;
    let roles = [Role::Submitter, Role::Approver, Role::Accountant, Role::Administrator];
    let mut people = Vec::new();
    for (column, role) in roles.into_iter().enumerate() {
        people.push((role, house.add(&format!("P{column}"), &[role]).await));
    }
    let document = awaiting(&house, &sue, 1).await.id.to_string();
    let nothing = ConnectionId::new().to_string();
    let actions: [(&str, &str, [u16; 4]); 12] = [
        // A submitter's own documents are elsewhere tested; this one is another's, so for them it is not there.
        ("/documents/{id}/approve", &document, [404, 409, 403, 403]),
        ("/documents/{id}/reject", &document, [404, 409, 409, 409]),
        ("/documents/{id}/correct", &document, [404, 403, 409, 409]),
        ("/documents/{id}/keep", &document, [404, 403, 409, 409]),
        ("/documents/{id}/reread", &document, [404, 403, 409, 409]),
        ("/documents/{id}/retry", &document, [404, 403, 409, 409]),
        ("/connections/quickbooks/connect", "", [403, 403, 400, 400]),
        ("/connections/{id}/sync", &nothing, [403, 403, 404, 404]),
        ("/connections/{id}/mapping", &nothing, [403, 403, 404, 404]),
        ("/connections/{id}/disconnect", &nothing, [403, 403, 403, 404]),
        ("/people", "", [403, 403, 403, 422]),
        ("/people/{id}/roles", &nothing, [403, 403, 403, 404]),
    ];
    for (column, (role, person)) in people.into_iter().enumerate() {
        let mut browser = Visitor::signed_in(&house, &person.email).await;
        for (route, id, expected) in &actions {
            // A version long past: whoever is let through is told so, and nothing happens.
            let form = [("version", "-1"), ("reason", "no"), ("total", "1.00"), ("account.meals", "")];
            let answer = browser.act(&filled(route, id), &form).await;
            assert_eq!(answer.status.as_u16(), expected[column], "{role:?} at {route}: {}", answer.text());
        }
    }
    house.close().await;
}

#[tokio::test]
async fn a_submitter_sees_own_documents_only() {
    let house = House::open(|_| {}).await;
    let (sam, sue) = (house.add("Sam Lee", &[Role::Submitter]).await, house.add("Sue Ng", &[Role::Submitter]).await);
    let paul = house.add("Paul Chan", &[Role::Approver]).await;
    let document = awaiting(&house, &sam, 1).await;
    let id = document.id.to_string();
    let paths = ["", "/state", "/original", "/pages/1"].map(|end| format!("/documents/{id}{end}"));
    for (person, expected) in [(&sam, StatusCode::OK), (&paul, StatusCode::OK), (&sue, StatusCode::NOT_FOUND)] {
        let mut browser = Visitor::signed_in(&house, &person.email).await;
        for path in &paths {
            assert_eq!(browser.get(path).await.status, expected, "{} at {path}", person.name);
        }
        let listed = browser.get("/documents").await.text().contains(&id);
        assert_eq!(listed, expected == StatusCode::OK, "{}'s list", person.name);
        let approve = browser.get("/documents?scope=approve&submitter=").await.text().contains(&id);
        assert_eq!(approve, expected == StatusCode::OK, "{}'s list to approve", person.name);
    }
    let mut browser = Visitor::signed_in(&house, &sue.email).await;
    let others = browser.get_json(&paths[1]).await;
    let nobodys = browser.get_json(&format!("/documents/{}/state", DocumentId::new())).await;
    assert_eq!((others.status, others.text()), (nobodys.status, nobodys.text()), "nobody can probe for documents");
    for path in ["/documents/x", "/documents/..%2F..%2Fkey/original", "/documents/0/pages/0", "/nowhere"] {
        let answer = browser.get(path).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::NOT_FOUND, "not_found"), "{path}");
    }
    // Who hands in the same bytes has the paper too, and sees what became of it.
    let again = browser.upload("mine.png", crate::documents::png(1)).await.json();
    assert_eq!((again["id"].as_str(), again["duplicate"].as_bool()), (Some(id.as_str()), Some(true)));
    assert_eq!(browser.get(&paths[0]).await.status, StatusCode::OK);
    house.close().await;
}

#[tokio::test]
async fn nobody_locks_themselves_out() {
    let house = House::open(|_| {}).await;
    let adam = house.add("Adam", &[Role::Administrator]).await;
    let mut browser = Visitor::signed_in(&house, &adam.email).await;
    let (roles, disable) = (format!("/people/{}/roles", adam.id), format!("/people/{}/disable", adam.id));
    for (path, form) in [(&roles, vec![("role_submitter", "on")]), (&disable, Vec::new())] {
        assert_eq!(browser.act(path, &form).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
    assert_eq!(browser.get("/people").await.status, StatusCode::OK);
    let document = received(&house, &adam, 1).await;
    assert_eq!(browser.get(&format!("/documents/{}", document.id)).await.status, StatusCode::OK);
    house.close().await;
}

#[tokio::test]
async fn people_are_added_and_changed() {
    let house = House::open(|_| {}).await;
    let adam = house.add("Adam", &[Role::Administrator]).await;
    let mut browser = Visitor::signed_in(&house, &adam.email).await;
    let new = [("name", "Ng <b>Sue</b>"), ("email", "Sue@house.example"), ("role_submitter", "on")];
    let short = [new.as_slice(), &[("password", "elevenchars")]].concat();
    let right = [new.as_slice(), &[("password", "twelve chars!")]].concat();
    assert_eq!(browser.act("/people", &short).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.act("/people", &right).await.location(), "/people");
    let page = browser.get("/people").await.text();
    assert!(page.contains("Ng &#60;b&#62;Sue&#60;/b&#62;") && !page.contains("<b>Sue"), "{page}");
    assert_eq!(browser.act("/people", &right).await.status, StatusCode::UNPROCESSABLE_ENTITY, "the address is taken");
    let mut sue = Visitor::new(&house);
    assert_eq!(sue.sign_in("sue@house.example", "twelve chars!").await.status, StatusCode::SEE_OTHER);
    house.close().await;
}
