//! Signing in and out, sessions, attempts, and addresses that would lead elsewhere.

use reqwest::StatusCode;
use vouch::{model::person::Role, store::person::person_update};

use crate::{
    house::{House, PASSWORD},
    visitor::Visitor,
};

const MINUTE_US: i64 = 60 * 1_000_000;

#[tokio::test]
async fn the_right_password_opens_a_session_that_ends() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let mut browser = Visitor::new(&house);
    let answer = browser.sign_in("  SAM@house.example ", PASSWORD).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/documents"));
    let page = browser.get("/documents").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("Account of Sam Lee"), "the page says who is signed in");
    assert_eq!(page.header("cache-control"), "no-store", "the back button shows nothing after signing out");

    let mut leaving = Visitor::signed_in(&house, &sam.email).await;
    let answer = leaving.act("/sign-out", &[]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in"));
    assert_eq!(leaving.get("/documents").await.status, StatusCode::SEE_OTHER);

    // Another's session goes on, until its hours are over.
    house.context.clock.advance_us(12 * 60 * MINUTE_US - 1);
    assert_eq!(browser.get("/documents").await.status, StatusCode::OK);
    house.context.clock.advance_us(2);
    let answer = browser.get("/documents").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/sign-in?next=/documents"));
    house.close().await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_look_alike() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let mut browser = Visitor::new(&house);
    for (email, password) in [(sam.email.as_str(), "wrong"), ("nobody@house.example", PASSWORD), ("", ""), ("'--", "'")]
    {
        let answer = browser.sign_in(email, password).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{email}");
        assert!(answer.text().contains("The e-mail address or the password is wrong."), "{email}");
    }
    person_update(&house.context.db, sam.id, &sam.roles, false).await.expect("Sam is known");
    let answer = browser.sign_in(&sam.email, PASSWORD).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "a disabled person does not get in");
    house.close().await;
}

#[tokio::test]
async fn a_disabled_person_is_out_at_once() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let mut browser = Visitor::signed_in(&house, &sam.email).await;
    person_update(&house.context.db, sam.id, &sam.roles, false).await.expect("Sam is known");
    assert_eq!(browser.get("/documents").await.status, StatusCode::SEE_OTHER);
    house.close().await;
}

#[tokio::test]
async fn the_eleventh_attempt_is_not_even_looked_at() {
    let house = House::open(|_| {}).await;
    let (sam, sue) = (house.add("Sam Lee", &[Role::Submitter]).await, house.add("Sue Ng", &[Role::Submitter]).await);
    let mut browser = Visitor::new(&house);
    for attempt in 1..=10 {
        let answer = browser.sign_in(&sam.email, "guess").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "attempt {attempt}");
    }
    for password in ["guess", PASSWORD] {
        let answer = browser.sign_in(&sam.email.to_uppercase(), password).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(answer.text().contains("Too many attempts."));
    }
    assert_eq!(browser.sign_in(&sue.email, PASSWORD).await.status, StatusCode::SEE_OTHER, "Sue is not Sam");
    house.context.clock.advance_us(15 * MINUTE_US + 1);
    assert_eq!(browser.sign_in(&sam.email, PASSWORD).await.status, StatusCode::SEE_OTHER, "a quarter of an hour later");
    house.close().await;
}

#[tokio::test]
async fn strangers_are_sent_to_sign_in_and_back() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let document = "/documents/018f4e7a-0000-7000-8000-000000000001";
    let own = ["/state", "/original", "/pages/1"].map(|end| format!("{document}{end}"));
    let paths = ["/documents", "/connections", "/people", "/policy", "/history", document];
    for path in paths.into_iter().chain(own.iter().map(String::as_str)) {
        let mut browser = Visitor::new(&house);
        let answer = browser.get(path).await;
        assert_eq!(
            (answer.status, answer.location()),
            (StatusCode::SEE_OTHER, format!("/sign-in?next={path}").as_str())
        );
        assert_eq!(browser.get_json(path).await.status, StatusCode::UNAUTHORIZED, "{path} for a program");
    }
    let mut browser = Visitor::new(&house);
    let answer = browser.get("/documents?supplier=茶&state=posted").await;
    let next = "/documents%3Fsupplier%3D%25E8%258C%25B6%26state%3Dposted".replace('&', "%26");
    assert_eq!(answer.location(), format!("/sign-in?next={next}"));
    let page = browser.get(answer.location()).await.text();
    assert!(page.contains("name=\"next\" value=\"/documents?supplier=%E8%8C%B6&#38;state=posted\""), "{page}");
    let form = [("email", sam.email.as_str()), ("password", PASSWORD), ("next", "/documents?state=posted")];
    assert_eq!(browser.post("/sign-in", &form).await.location(), "/documents?state=posted");
    house.close().await;
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let mut browser = Visitor::new(&house);
    for elsewhere in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "evil",
    ] {
        let form = [("email", sam.email.as_str()), ("password", PASSWORD), ("next", elsewhere)];
        assert_eq!(browser.post("/sign-in", &form).await.location(), "/documents", "next={elsewhere}");
        let form = [("language", "en"), ("back", elsewhere)];
        assert_eq!(browser.post("/language", &form).await.location(), "/documents", "back={elsewhere}");
        let address = format!("/sign-in?next={}", elsewhere.replace('/', "%2F").replace('\\', "%5C"));
        let page = browser.get(&address).await.text();
        assert!(page.contains("name=\"next\" value=\"/documents\""), "{address}: {page}");
    }
    house.close().await;
}

#[tokio::test]
async fn another_sites_form_signs_nobody_in() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("plain options");
    for (site, expected) in [
        ("cross-site", StatusCode::FORBIDDEN),
        ("same-site", StatusCode::FORBIDDEN),
        ("same-origin", StatusCode::SEE_OTHER),
    ] {
        let form = [("email", sam.email.as_str()), ("password", PASSWORD)];
        let request = client.post(format!("{}/sign-in", house.address)).form(&form).header("sec-fetch-site", site);
        assert_eq!(request.send().await.expect("the server answers").status(), expected, "{site}");
    }
    house.close().await;
}
