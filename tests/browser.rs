//! The whole way of a receipt, by hand in a real browser: connect, upload, correct, submit, approve, look at the entry.
//!
//! It also looks at every page on a desk and on a phone, in pictures that are kept under `target/screenshots`.

#[path = "browser/driver.rs"]
mod driver;
#[path = "pages/house.rs"]
mod house;
#[path = "browser/scene.rs"]
mod scene;

use std::collections::BTreeSet;

use house::House;
use scene::Scene;
use vouch::model::person::Role;

const DESK: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (390, 844);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_goes_all_the_way_in_a_browser() {
    let scene = Scene::open().await;
    scene.people_connect_and_set_the_policy().await;
    let cafe = upload_and_correct(&scene).await;
    approve_and_look_at_the_entry(&scene, &cafe).await;
    reject_by_keys(&scene).await;
    scene.look_at_every_page(&cafe).await;
    scene.close().await;
}

/// Sam uploads, sees the boxes, corrects, submits. Answers the document's path.
async fn upload_and_correct(scene: &Scene) -> String {
    let driver = &scene.driver;
    driver.size(DESK.0, DESK.1).await;
    scene.sign_in("sam").await;
    driver.shot("documents-empty-desk").await;
    let path = scene.upload("samples/cafe.jpg", "quickbooks", "meals").await;
    driver.go(&scene.address(&path)).await;
    driver.find("#document[data-settled=true] .badge[data-state=needs_review]").await;
    // P1: the policy that Adam set is what it is held against.
    assert!(driver.text(".findings").await.contains("Above a limit"));
    scene.boxes_lie_on_the_picture().await;
    for (size, name) in [(DESK, "desk"), (PHONE, "phone")] {
        driver.size(size.0, size.1).await;
        scene.boxes_lie_on_the_picture().await;
        driver.shot(&format!("document-review-{name}")).await;
    }
    // The README's picture is made from this one.
    driver.size(1120, 760).await;
    driver.shot("readme").await;
    driver.size(DESK.0, DESK.1).await;
    scene.languages_of_the_page("document-review").await;
    driver.ask("document.querySelector('#field-total').scrollIntoView({ block: 'center' })").await;
    driver.click("#field-total").await;
    assert_eq!(
        driver.ask("return document.querySelector('rect[data-field=total]').classList.contains('lit')").await,
        true
    );
    driver.fill("#field-supplier_name", "Paper Crane Coffee").await;
    driver.click("button[form=correct][value=submit]").await;
    driver.find(".sheet-sum .badge[data-state=awaiting_approval]").await;
    assert_eq!(driver.text("h1").await, "Paper Crane Coffee");
    assert!(driver.client.find(fantoccini::Locator::Css("#approve")).await.is_err(), "Sam cannot approve his own");
    scene.no_complaints("uploading and correcting").await;
    path
}

/// Paul approves; the page by itself shows when it is posted, and leads to the entry.
async fn approve_and_look_at_the_entry(scene: &Scene, path: &str) {
    let driver = &scene.driver;
    scene.sign_in("paul").await;
    driver.click("a[href='/documents?scope=approve']").await;
    assert_eq!(driver.text(".places .count").await, "1");
    driver.shot("approve-desk").await;
    driver.click(&format!(".row-link[href='{path}']")).await;
    driver.click("#approve button").await;
    driver.find(".sheet-sum .badge[data-state=posted]").await;
    let link = driver.find(".posting a.button").await.attr("href").await.expect("it is there").unwrap_or_default();
    let entries = scene.entries();
    assert_eq!(entries.len(), 1, "{entries:?}");
    let entry = &entries[0];
    assert_eq!((entry.supplier.as_str(), entry.total.to_string().as_str()), ("Paper Crane Coffee", "68.00"));
    let reference = driver.text(".posting .figures").await;
    assert!(entry.mentions(&reference), "{reference} is not on {entry:?}");
    assert_eq!(entry.attachments.len(), 1, "{entry:?}");
    assert!(entry.live && link.contains(&entry.external_id), "{link} leads to {entry:?}");
    driver.shot("document-posted-desk").await;
    driver.go(&link).await;
    assert!(driver.text("main").await.contains("Paper Crane Coffee"));
    scene.no_complaints("approving").await;
}

/// Paul rejects another without touching the mouse.
async fn reject_by_keys(scene: &Scene) {
    let driver = &scene.driver;
    scene.sign_in("sam").await;
    let path = scene.upload("samples/restaurant.jpg", "xero", "meals").await;
    driver.go(&scene.address(&path)).await;
    driver.find("#document[data-settled=true]").await;
    scene.sign_in("paul").await;
    driver.go(&scene.address(&path)).await;
    driver.find("body").await.send_keys("?").await.expect("keys are taken");
    driver.find("dialog#help[open]").await;
    driver.shot("help-desk").await;
    driver.click("dialog#help button").await;
    driver.find("body").await.send_keys("r").await.expect("keys are taken");
    let reason = driver.find("#reject[open] textarea").await;
    assert_eq!(driver.ask("return document.activeElement.name").await, "reason");
    reason.send_keys("Who was there? Please add the names.").await.expect("a reason can be typed");
    driver.shot("reject-desk").await;
    driver.click("#reject button").await;
    driver.find(".sheet-sum .badge[data-state=rejected]").await;
    assert!(driver.text(".facts").await.contains("Who was there? Please add the names."));
    scene.no_complaints("rejecting").await;
    assert_eq!(scene.entries().len(), 1, "nothing rejected is posted");
}

/// The pages that everybody of the house can come to, by role.
fn roles() -> [(&'static str, &'static [Role]); 4] {
    [
        ("Sam Lee", &[Role::Submitter]),
        ("Paul Chan", &[Role::Approver]),
        ("Ada Wong", &[Role::Accountant]),
        ("Adam Ho", &[Role::Submitter, Role::Accountant, Role::Administrator]),
    ]
}

/// The kinds of complaints that are allowed: none but the refusal of a file, which Chromium counts as an error.
fn unexpected(complaints: Vec<String>, allowed: &BTreeSet<&str>) -> Vec<String> {
    complaints.into_iter().filter(|text| !allowed.iter().any(|part| text.contains(part))).collect()
}
