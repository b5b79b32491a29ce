//! Files handed in: what is refused at once, what the reader refuses later, and that originals stay as they were.

use std::{collections::BTreeMap, path::Path, time::Duration};

use reqwest::StatusCode;
use serde::Deserialize;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use vouch::{
    model::person::Role,
    store::document::{DocumentFilter, document_list},
};

use crate::{documents::png, house::House, visitor::Visitor};

const MEGABYTE: usize = 1024 * 1024;

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

async fn count(house: &House) -> i64 {
    document_list(&house.context.db, &DocumentFilter::default(), 0, 0).await.expect("the database answers").1
}

#[tokio::test]
async fn what_is_no_document_is_refused_at_once() {
    let house = House::open(|config| config.upload_bytes_max = 1_048_576).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let mut browser = Visitor::signed_in(&house, &sam.email).await;
    let large = [png(1), vec![0; MEGABYTE]].concat();
    let table = [
        ("empty.jpg", Vec::new(), 422, "upload_empty", "The file is empty."),
        ("not_an_image.jpg", fixture("bad/not_an_image.jpg"), 415, "unsupported_type", "This is not a JPEG, PNG,"),
        ("page.html", b"<!doctype html><script>alert(1)</script>".to_vec(), 415, "unsupported_type", "This is not"),
        ("large.png", large, 413, "upload_too_large", "The file is larger than allowed."),
    ];
    for (name, bytes, status, code, sentence) in table {
        let answer = browser.upload(name, bytes.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.code().as_str()), (status, code), "{name}");
        let message = answer.json()["error"]["message"].as_str().unwrap_or_default().to_owned();
        assert!(message.starts_with(sentence), "{name}: {message}");
        assert_eq!(answer.header("content-type"), "application/json");
        let page = browser.upload_by_form(vec![(name, bytes)]).await;
        assert_eq!((page.status.as_u16(), page.code().as_str()), (status, code), "{name} by the plain form");
        assert!(page.text().contains(sentence), "{name} by the plain form");
    }
    let answer = browser.act("/documents", &[("file", "no multipart")]).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    assert_eq!(count(&house).await, 0, "nothing was kept");
    house.close().await;
}

/// A file over the limit is answered before its end arrives: here the end never comes.
#[tokio::test]
async fn too_much_is_refused_before_it_is_read() {
    let house = House::open(|config| config.upload_bytes_max = 1_048_576).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let mut browser = Visitor::new(&house);
    let cookie = browser.sign_in(&sam.email, crate::house::PASSWORD).await;
    let cookie = cookie.header("set-cookie").split(';').next().unwrap_or_default().to_owned();
    let token = Visitor::signed_in(&house, &sam.email).await.csrf;
    // The token belongs to the other session; its own is on its page.
    let page = browser.get("/documents").await.text();
    let own = page.split_once("<meta name=\"csrf\" content=\"").map(|(_, rest)| rest).unwrap_or_default();
    let own = own.split('"').next().unwrap_or_default();
    assert_ne!(own, token, "every session has its own token");
    let host = house.address.trim_start_matches("http://");
    let head = format!(
        "POST /documents HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nX-CSRF-Token: {own}\r\nAccept: application/json\r\n\
         Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: 1000000000\r\n\r\n\
         --XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"big.png\"\r\n\r\n"
    );
    let mut stream = TcpStream::connect(host).await.expect("the server listens");
    stream.write_all(head.as_bytes()).await.expect("the server reads the head");
    stream.write_all(&vec![0; MEGABYTE + 4096]).await.expect("the server reads up to its limit");
    let mut answer = Vec::new();
    let read = async {
        while !answer.windows(16).any(|window| window == b"upload_too_large") {
            let mut part = [0; 4096];
            let length = stream.read(&mut part).await.expect("the answer arrives");
            assert!(length > 0, "the answer broke off: {}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&part[..length]);
        }
    };
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("the server does not wait for a gigabyte");
    assert!(answer.starts_with(b"HTTP/1.1 413 "), "{}", String::from_utf8_lossy(&answer));
    drop(stream);
    house.close().await;
}

#[tokio::test]
async fn the_same_bytes_are_the_same_document_and_stay_as_they_were() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let mut browser = Visitor::signed_in(&house, &sam.email).await;
    let files = [
        ("samples/cafe.jpg", "image/jpeg"),
        ("samples/stationery.png", "image/png"),
        ("samples/kuala-lumpur.webp", "image/webp"),
        ("samples/hotel-two-pages.tiff", "image/tiff"),
        ("samples/office-invoice.pdf", "application/pdf"),
        ("bad/png_named.jpg", "image/png"),
    ];
    for (name, media_type) in files {
        let bytes = fixture(name);
        let first = browser.upload(name, bytes.clone()).await.json();
        let again = browser.upload("another name.pdf", bytes.clone()).await.json();
        assert_eq!((first["duplicate"].as_bool(), again["duplicate"].as_bool()), (Some(false), Some(true)), "{name}");
        assert_eq!(first["id"], again["id"], "{name}");
        assert_eq!(first["state"], "received");
        let url = first["url"].as_str().unwrap_or_default().to_owned();
        let original = browser.get(&format!("{url}/original")).await;
        assert!(original.bytes == bytes, "{name} came back different");
        assert_eq!(original.header("content-type"), media_type, "{name}");
        assert_eq!(original.header("content-security-policy"), "default-src 'none'; sandbox");
        assert_eq!(original.header("x-content-type-options"), "nosniff");
        assert!(original.header("content-disposition").starts_with("inline; filename=\"original."));
    }
    assert_eq!(count(&house).await, 6);
    house.close().await;
}

#[tokio::test]
async fn the_plain_form_brings_many_files() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let mut browser = Visitor::signed_in(&house, &sam.email).await;
    let answer = browser.upload_by_form(vec![("a.png", png(1)), ("<b>.png", png(2)), ("", Vec::new())]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/documents"));
    let list = browser.get("/documents").await.text();
    assert!(list.contains("Uploaded. Reading has begun."), "the list says what was done");
    assert!(!browser.get("/documents").await.text().contains("Reading has begun."), "once");
    assert!(list.contains("&#60;b&#62;.png") && !list.contains("<b>.png"));
    assert_eq!(count(&house).await, 2);
    // A form is sent in the order of its inputs, and a file is taken in with what was said before it.
    let place = |part: &str| list.find(part).unwrap_or_else(|| panic!("{part} is not on the page"));
    assert!(place("name=\"csrf\"") < place("type=\"file\"") && place("name=\"category\"") < place("type=\"file\""));
    assert!(place("name=\"destination\"") < place("type=\"file\""));
    let nothing = browser.upload_by_form(vec![("", Vec::new())]).await;
    assert_eq!((nothing.status.as_u16(), nothing.code().as_str()), (422, "body_missing"));
    house.close().await;
}

#[derive(Deserialize)]
struct Expected {
    code: Option<String>,
}

/// Each bad file's page says what is wrong, in one sentence, and leaves a way on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_is_said_on_its_page() {
    let house = House::open(|_| {}).await;
    let sam = house.add("Sam Lee", &[Role::Submitter]).await;
    let mut browser = Visitor::signed_in(&house, &sam.email).await;
    let expected: BTreeMap<String, Expected> =
        serde_json::from_slice(&fixture("bad/expected.json")).expect("the labels are JSON");
    let refused = ["upload_empty", "unsupported_type"];
    let mut waiting = Vec::new();
    for (name, Expected { code }) in expected {
        let Some(code) = code.filter(|code| !refused.contains(&code.as_str())) else { continue };
        let bytes = fixture(&format!("bad/{name}"));
        let answer = browser.upload(&name, bytes.clone()).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}: {}", answer.text());
        let url = answer.json()["url"].as_str().unwrap_or_default().to_owned();
        waiting.push((name, code, url, bytes));
    }
    assert!(waiting.len() >= 9, "only {} files were tried", waiting.len());
    house.drain().await;
    let mut english = Visitor::signed_in(&house, &sam.email).await;
    browser.languages = "zh-HK";
    for (name, code, url, bytes) in waiting {
        let state = browser.get_json(&format!("{url}/state")).await.json();
        let page = english.get(&url).await.text();
        let words = include_str!("../../locales/en.ftl");
        let sentence = words.lines().find_map(|line| line.strip_prefix(&format!("error-{code} = ")));
        if state["state"] == "unreadable" {
            let sentence = sentence.unwrap_or_else(|| panic!("{code} has no sentence"));
            assert!(page.contains(sentence), "{name}: {sentence} is not on {page}");
            let chinese = browser.get(&url).await.text();
            assert!(!chinese.contains(sentence) && !chinese.contains(&code), "{name} in Chinese: {chinese}");
        } else {
            assert_eq!((code.as_str(), state["state"].as_str()), ("nothing_readable", Some("needs_review")), "{name}");
        }
        assert!(page.contains("/reread\""), "{name} can be read again");
        let original = browser.get(&format!("{url}/original")).await;
        assert!(original.bytes == bytes, "{name} can still be had");
    }
    house.close().await;
}
