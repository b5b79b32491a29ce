//! Whoever was told that a file was taken in finds it there, whatever became of the program a moment later.

use std::{collections::BTreeMap, time::Duration};

use reqwest::{
    Client, StatusCode,
    multipart::{Form, Part},
};
use tokio::{sync::mpsc, task::JoinSet};
use vouch::{clock::Clock, post::transport::http_client};

use crate::{
    house::{Goal, House, PASSWORD},
    process::{Service, worked_off},
};

/// Uploads begun in each burst; the program dies in the middle of them.
const BURST: usize = 24;
const AT_ONCE: usize = 8;
/// The program is killed after so many answers in each burst.
const KILLED_AFTER: [usize; 3] = [1, 7, 15];

/// Somebody who is signed in.
#[derive(Clone)]
struct Browser {
    http: Client,
    address: String,
    cookie: String,
    csrf: String,
}

impl Browser {
    async fn sign_in(address: &str, email: &str) -> Self {
        let http = http_client(Duration::from_secs(20)).expect("plain settings");
        let form = [("email", email), ("password", PASSWORD)];
        let answer = http.post(format!("{address}/sign-in")).form(&form).send().await.expect("it answers");
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookies = answer.headers().get_all("set-cookie").iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.filter_map(|cookie| cookie.split(';').next());
        let cookie = pairs.find(|pair| pair.starts_with("vouch_session=")).expect("a session").to_owned();
        let mut browser = Self { http, address: address.to_owned(), cookie, csrf: String::new() };
        let page = browser.get("/documents").await.expect("it answers").text().await.expect("a page");
        let (_, token) = page.split_once("name=\"csrf\" value=\"").expect("a form");
        browser.csrf = token.split('"').next().expect("it ends").to_owned();
        browser
    }

    async fn get(&self, path: &str) -> reqwest::Result<reqwest::Response> {
        self.http.get(format!("{}{path}", self.address)).header("cookie", &self.cookie).send().await
    }

    /// The document's id, if the file was taken in; `None` when the line broke.
    async fn upload(&self, name: String, bytes: Vec<u8>) -> Option<String> {
        let form = Form::new().text("csrf", self.csrf.clone()).part("file", Part::bytes(bytes).file_name(name));
        let request = self.http.post(format!("{}/documents", self.address)).header("cookie", &self.cookie);
        let answer = request.header("accept", "application/json").multipart(form).send().await.ok()?;
        assert_eq!(answer.status(), StatusCode::OK);
        let answer: serde_json::Value = answer.json().await.ok()?;
        Some(answer.get("id")?.as_str()?.to_owned())
    }
}

/// Taken for a PDF, and quickly found to be none: the reading of it is over soon.
fn file(burst: usize, number: usize) -> Vec<u8> {
    format!("%PDF-1.4\n{burst} {number}\n{}", "nothing to read\n".repeat(200)).into_bytes()
}

/// Uploads a burst and kills the program after so many answers; answers what was taken in.
async fn burst(service: Service, browser: &Browser, burst: usize, killed_after: usize) -> BTreeMap<String, Vec<u8>> {
    let (answered, mut answers) = mpsc::unbounded_channel();
    let mut uploads = JoinSet::new();
    for lane in 0..AT_ONCE {
        let (browser, answered) = (browser.clone(), answered.clone());
        uploads.spawn(async move {
            for number in (lane..BURST).step_by(AT_ONCE) {
                let bytes = file(burst, number);
                let Some(id) = browser.upload(format!("{burst}-{number}.pdf"), bytes.clone()).await else { return };
                answered.send((id, bytes)).expect("the test listens");
            }
        });
    }
    drop(answered);
    let mut taken = BTreeMap::new();
    let mut service = Some(service);
    while let Some((id, bytes)) = answers.recv().await {
        taken.insert(id, bytes);
        if taken.len() == killed_after {
            service.take().expect("it is killed once").kill();
        }
    }
    assert!(service.is_none(), "it was killed while files came in: {} answers", taken.len());
    assert!(taken.len() < BURST, "it was killed before the last answer");
    while let Some(done) = uploads.join_next().await {
        done.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    }
    taken
}

#[tokio::test]
async fn nothing_that_was_taken_in_is_lost() {
    let house = House::with_clock(Goal::XERO_PAID, Clock::System).await;
    let mut taken = BTreeMap::new();
    for (number, killed_after) in KILLED_AFTER.into_iter().enumerate() {
        let service = Service::start(&house).await;
        let browser = Browser::sign_in(&service.address, &house.person.email).await;
        taken.extend(burst(service, &browser, number, killed_after).await);
    }
    let service = Service::start(&house).await;
    let browser = Browser::sign_in(&service.address, &house.person.email).await;
    assert!(taken.len() >= KILLED_AFTER.iter().sum());
    for (id, bytes) in &taken {
        let answer = browser.get(&format!("/documents/{id}/original")).await.expect("it answers");
        assert_eq!(answer.status(), StatusCode::OK, "{id}");
        assert_eq!(answer.bytes().await.expect("whole").as_ref(), bytes.as_slice(), "the original of {id}");
    }
    // Each of them is read in the end, also those that a dead worker had begun with.
    worked_off(&house).await;
    for id in taken.keys() {
        let document = house.document(id.parse().expect("an id")).await;
        assert_eq!(document.state.name(), "unreadable", "{id}");
    }
    service.kill();
}
