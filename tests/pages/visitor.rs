//! Somebody with a browser, as seen from the server: cookies, forms, files; no redirect is followed unasked.

use std::{collections::BTreeMap, time::Duration};

use reqwest::{
    Client, RequestBuilder, StatusCode,
    header::{ACCEPT, COOKIE, HeaderMap, LOCATION, SET_COOKIE},
    multipart::{Form, Part},
    redirect::Policy,
};
use serde_json::Value;

use crate::house::{House, PASSWORD};

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Where it sends the browser.
    pub(crate) fn location(&self) -> &str {
        self.header(LOCATION.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The code of the error that a problem page or a JSON answer names.
    pub(crate) fn code(&self) -> String {
        if let Ok(json) = serde_json::from_slice::<Value>(&self.bytes) {
            return json["error"]["code"].as_str().unwrap_or_default().to_owned();
        }
        let text = self.text();
        let place = text.split_once(&format!("{} · ", self.status.as_u16())).map(|(_, rest)| rest).unwrap_or_default();
        place.chars().take_while(|letter| letter.is_ascii_lowercase() || *letter == '_').collect()
    }
}

/// A browser with its cookies.
#[derive(Debug)]
pub(crate) struct Visitor {
    address: String,
    http: Client,
    cookies: BTreeMap<String, String>,
    /// The `Accept-Language` it sends.
    pub(crate) languages: &'static str,
    /// The session's token against forged forms.
    pub(crate) csrf: String,
}

impl Visitor {
    /// A browser that is not signed in.
    pub(crate) fn new(house: &House) -> Self {
        let builder = Client::builder().redirect(Policy::none()).timeout(Duration::from_secs(60));
        let http = builder.build().expect("the client's options are right");
        let address = house.address.clone();
        Self { address, http, cookies: BTreeMap::new(), languages: "en", csrf: String::new() }
    }

    /// The browser of a person who just signed in.
    pub(crate) async fn signed_in(house: &House, email: &str) -> Self {
        let mut visitor = Self::new(house);
        let answer = visitor.sign_in(email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let page = visitor.get("/documents").await.text();
        let token = page.split_once("<meta name=\"csrf\" content=\"").map(|(_, rest)| rest).unwrap_or_default();
        visitor.csrf = token.split('"').next().unwrap_or_default().to_owned();
        assert!(visitor.csrf.len() >= 32, "the page has no token: {page}");
        visitor
    }

    pub(crate) async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.post("/sign-in", &[("email", email), ("password", password)]).await
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let request = self.http.get(format!("{}{path}", self.address));
        self.send(request).await
    }

    pub(crate) async fn get_json(&mut self, path: &str) -> Answer {
        let request = self.http.get(format!("{}{path}", self.address)).header(ACCEPT, "application/json");
        self.send(request).await
    }

    /// Sends a form exactly as given.
    pub(crate) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.http.post(format!("{}{path}", self.address)).form(form);
        self.send(request).await
    }

    /// Sends a form with the session's token.
    pub(crate) async fn act(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(form);
        self.post(path, &all).await
    }

    /// Uploads a file as the script does.
    pub(crate) async fn upload(&mut self, name: &str, bytes: Vec<u8>) -> Answer {
        let part = Part::bytes(bytes).file_name(name.to_owned());
        let form = Form::new().text("category", "office").text("destination", "").part("file", part);
        let request = self.http.post(format!("{}/documents", self.address)).multipart(form);
        let request = request.header(ACCEPT, "application/json").header("x-csrf-token", &self.csrf);
        self.send(request).await
    }

    /// Uploads files as the plain form does.
    pub(crate) async fn upload_by_form(&mut self, files: Vec<(&str, Vec<u8>)>) -> Answer {
        let mut form = Form::new().text("csrf", self.csrf.clone()).text("category", "office");
        for (name, bytes) in files {
            form = form.part("file", Part::bytes(bytes).file_name(name.to_owned()));
        }
        let request = self.http.post(format!("{}/documents", self.address)).multipart(form);
        self.send(request).await
    }

    async fn send(&mut self, request: RequestBuilder) -> Answer {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(COOKIE, pairs.join("; ")).header("accept-language", self.languages);
        let answer = request.send().await.expect("the server answers");
        let (status, headers) = (answer.status(), answer.headers().clone());
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().expect("our cookies are ASCII");
            let (pair, rest) = line.split_once(';').unwrap_or((line, ""));
            let (name, value) = pair.split_once('=').expect("a cookie has a name");
            assert!(rest.contains("HttpOnly") && rest.contains("SameSite=Lax") && rest.contains("Path=/"), "{line}");
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = answer.bytes().await.expect("the answer is whole").to_vec();
        Answer { status, headers, bytes }
    }
}
