//! Chromium, driven through chromedriver: one process of each for one test, ended with it.

use std::{path::PathBuf, process::Stdio, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// The longest wait for anything on a page: reading a photograph on two busy cores is the longest of them.
const WAIT_MAX: Duration = Duration::from_secs(60);
/// How chromedriver says that it listens.
const STARTED: &str = "started successfully on port ";
/// No background traffic, no sandbox (CI runs as root), nothing kept.
const FLAGS: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-prefers-reduced-motion",
];

/// A browser window.
pub(crate) struct Driver {
    pub(crate) client: Client,
    process: Child,
    output: Lines<BufReader<ChildStdout>>,
    http: reqwest::Client,
    session: String,
    _profile: TempDir,
}

/// Where the pictures of the pages go.
pub(crate) fn shots_folder() -> PathBuf {
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let folder = target.parent().unwrap_or(&target).join("screenshots");
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

impl Driver {
    /// Starts chromedriver on a free port, and Chromium with an empty profile.
    pub(crate) async fn start() -> Self {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut process = command.spawn().unwrap_or_else(|error| {
            panic!("chromedriver cannot be started ({error}): install Chromium and its driver, or run script/setup")
        });
        let output = process.stdout.take().expect("its output is piped");
        let mut output = BufReader::new(output).lines();
        let port = tokio::time::timeout(WAIT_MAX, async {
            while let Some(line) = output.next_line().await.expect("chromedriver writes text") {
                if let Some((_, port)) = line.split_once(STARTED) {
                    return port.trim_end_matches('.').to_owned();
                }
            }
            panic!("chromedriver ended without saying its port");
        });
        let address = format!("http://127.0.0.1:{}", port.await.expect("chromedriver starts within a minute"));
        let profile = tempfile::tempdir().expect("a temporary folder can be made");
        let mut flags: Vec<String> = FLAGS.map(str::to_owned).into();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        flags.push("--lang=en".to_owned());
        let wanted = json!({
            "browserName": "chrome",
            "goog:chromeOptions": { "args": flags, "prefs": { "intl.accept_languages": "en" } },
            "goog:loggingPrefs": { "browser": "ALL" },
        });
        let wanted = wanted.as_object().cloned().unwrap_or_default();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(wanted).connect(&address).await.unwrap_or_else(|error| {
            panic!("Chromium cannot be started ({error}): install it with its driver, or run script/setup")
        });
        let session = client.session_id().await.expect("the session is open").expect("a session has an id");
        let http = reqwest::Client::builder().timeout(WAIT_MAX).build().expect("the client's options are right");
        Self { client, process, output, http, session: format!("{address}/session/{session}"), _profile: profile }
    }

    /// Ends both programs.
    pub(crate) async fn stop(mut self) {
        self.client.close().await.expect("Chromium closes");
        self.process.kill().await.expect("chromedriver is still there");
        while let Ok(Some(_)) = self.output.next_line().await {}
    }

    async fn command(&self, path: &str, body: &Value) -> Value {
        let request = self.http.post(format!("{}/{path}", self.session)).json(body);
        let answer: Value = request.send().await.expect("chromedriver answers").json().await.expect("in JSON");
        assert!(answer["value"]["error"].is_null(), "{path}: {answer}");
        answer["value"].clone()
    }

    async fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.command("goog/cdp/execute", &json!({ "cmd": command, "params": parameters })).await
    }

    /// Gives the page a size; a phone's pages have a phone's way of laying out.
    pub(crate) async fn size(&self, width: u32, height: u32) {
        let phone = width < 600;
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": if phone { 2 } else { 1 }, "mobile": phone });
        self.devtools("Emulation.setDeviceMetricsOverride", &size).await;
    }

    /// From now on the person prefers dark pages.
    pub(crate) async fn dark(&self) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
        self.devtools("Emulation.setEmulatedMedia", &features).await;
    }

    /// Keeps a picture of what is seen, and one of the whole page.
    pub(crate) async fn shot(&self, name: &str) {
        for (ending, whole) in [("", false), ("-whole", true)] {
            let answer = self.devtools("Page.captureScreenshot", &json!({ "captureBeyondViewport": whole })).await;
            let bytes = STANDARD.decode(answer["data"].as_str().unwrap_or_default()).expect("a picture in base64");
            assert!(bytes.starts_with(b"\x89PNG"), "{name} is not a picture");
            std::fs::write(shots_folder().join(format!("{name}{ending}.png")), bytes)
                .expect("the folder can be written");
        }
    }

    /// What Chromium complained about since the last time, of pages at this address: errors, refused content, warnings.
    pub(crate) async fn complaints(&self, address: &str) -> Vec<String> {
        let log = self.command("se/log", &json!({ "type": "browser" })).await;
        let lines = log.as_array().cloned().unwrap_or_default();
        let lines = lines.iter().filter(|line| line["level"] == "SEVERE" || line["level"] == "WARNING");
        lines
            .filter_map(|line| line["message"].as_str())
            .filter(|text| text.contains(address))
            .map(str::to_owned)
            .collect()
    }

    /// The element, once it is there.
    pub(crate) async fn find(&self, css: &str) -> Element {
        let found = self.client.wait().at_most(WAIT_MAX).for_element(Locator::Css(css)).await;
        match found {
            Ok(element) => element,
            Err(error) => {
                self.shot("failed").await;
                let address = self.client.current_url().await.map(|url| url.to_string()).unwrap_or_default();
                panic!("{css} did not come to {address} ({error}); see failed.png in {}", shots_folder().display());
            }
        }
    }

    pub(crate) async fn click(&self, css: &str) {
        let clicked = self.find(css).await.click().await;
        clicked.unwrap_or_else(|error| panic!("{css} cannot be clicked: {error}"));
    }

    /// Types over what an input says.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        let input = self.find(css).await;
        input.clear().await.expect("an input can be emptied");
        input.send_keys(text).await.expect("an input can be typed into");
    }

    pub(crate) async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.expect("an element has a text")
    }

    pub(crate) async fn go(&self, address: &str) {
        self.client.goto(address).await.unwrap_or_else(|error| panic!("{address}: {error}"));
    }

    /// What a script says on the page.
    pub(crate) async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }
}
