//! Several papers in one picture, as a person sees them: each its own page and picture, and a way back.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;
use vouch::{
    extract::Hints,
    model::{
        page::{Area, Confidence, Page, Source, Word},
        person::{Person, Role},
    },
    pipeline::{parts::record, stages::run_check},
    read::Reading,
    store::document::{Document, document_fetch, document_parts},
};

use crate::{
    documents::{png, received},
    house::House,
    visitor::Visitor,
};

fn reading(number: u32) -> Reading {
    let word = |(column, text): (u32, &str)| Word {
        text: text.to_owned(),
        area: Area { left: 20 + 90 * column, top: 30, width: 80, height: 20 },
        confidence: Confidence::from_per_mille(900),
        line: 1,
    };
    Reading {
        pages: vec![Page {
            number: 1,
            width: 600,
            height: 900,
            source: Source::Tesseract,
            words: (0..).zip(["Thank", "you", "very", "much"]).map(word).collect(),
        }],
        pictures: vec![format!("page of {number}").into_bytes()],
        cut: Some(format!("paper {number}").into_bytes()),
        facts: Vec::new(),
        looks: Vec::new(),
        decode: Duration::ZERO,
        recognise: Duration::ZERO,
    }
}

/// A picture of three papers, divided and checked.
async fn divided(house: &House, person: &Person) -> Vec<Document> {
    let context = &house.context;
    let document = received(house, person, 1).await;
    let today = context.today();
    let hints = Hints { currency: None, day_first: true, today, known: Vec::new() };
    let readings = vec![reading(1), reading(2), reading(3)];
    record(context, &document, readings, &hints, None).await.expect("the database answers");
    for part in document_parts(&context.db, document.id).await.expect("the database answers") {
        run_check(context, part.id).await.expect("the checks run");
    }
    document_parts(&context.db, document.id).await.expect("the database answers")
}

#[tokio::test]
async fn each_part_says_which_it_is_and_where_the_others_are() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let eve = house.add("Eve", &[Role::Submitter]).await;
    let parts = divided(&house, &sam).await;
    let mut browser = Visitor::signed_in(&house, &sam.email).await;
    for (number, part) in (1..).zip(&parts) {
        let page = browser.get(&format!("/documents/{}", part.id)).await.text();
        assert!(page.contains(&format!("Part {number} of 3 <span class=\"soft small\">receipt 1.png")), "{page}");
        for other in &parts {
            let link = format!("<a href=\"/documents/{}\">Part ", other.id);
            assert_eq!(page.contains(&link), other.id != part.id, "part {number}");
        }
        assert!(page.contains("/join\""), "it can be taken back");
        let state = browser.get_json(&format!("/documents/{}/state", part.id)).await.json();
        let ids: Vec<String> = parts.iter().map(|other| other.id.to_string()).collect();
        assert_eq!(state["part"], json!({ "number": number, "count": 3, "documents": ids }));
        let original = browser.get(&format!("/documents/{}/original", part.id)).await;
        assert!(original.bytes == png(1), "the picture as it was uploaded is there from each part");
        assert_eq!(original.header("content-type"), "image/png");
        let picture = browser.get(&format!("/documents/{}/pages/1", part.id)).await;
        assert_eq!(picture.bytes, format!("page of {number}").into_bytes(), "its own picture");
    }
    let list = browser.get("/documents").await.text();
    assert!((1..=3).all(|number| list.contains(&format!("Part {number} of 3"))), "{list}");
    browser.languages = "zh-HK";
    let chinese = browser.get(&format!("/documents/{}", parts[1].id)).await.text();
    assert!(chinese.contains("第 2 部分，共 3 部分") && !chinese.contains("part-"), "{chinese}");
    let mut stranger = Visitor::signed_in(&house, &eve.email).await;
    for path in ["", "/original", "/pages/1"] {
        let answer = stranger.get(&format!("/documents/{}{path}", parts[1].id)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    house.context.clock.advance_us(1);
    house.close().await;
}

#[tokio::test]
async fn a_person_says_that_it_is_one_document() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let parts = divided(&house, &sam).await;
    let mut browser = Visitor::signed_in(&house, &sam.email).await;
    let (first, second) = (&parts[0], &parts[1]);
    let path = format!("/documents/{}/join", second.id);
    let stale = browser.act(&path, &[("version", "0")]).await;
    assert_eq!((stale.status, stale.code().as_str()), (StatusCode::CONFLICT, "stale_version"));
    let answer = browser.act(&path, &[("version", &second.version.to_string())]).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::SEE_OTHER, format!("/documents/{}", first.id).as_str())
    );
    let page = browser.get(answer.location()).await.text();
    assert!(page.contains("as one document"), "{page}");
    for (part, state) in parts.iter().zip(["received", "rejected", "rejected"]) {
        let now = document_fetch(&house.context.db, part.id).await.expect("it is there");
        assert_eq!(now.state.name(), state);
    }
    let page = browser.get(&format!("/documents/{}", second.id)).await.text();
    assert!(!page.contains("/join\"") && page.contains("joined with the others again"), "{page}");
    house.close().await;
}
