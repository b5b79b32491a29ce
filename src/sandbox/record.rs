//! What came in and what went out, kept word for word for tests that hold it against the ledgers' contracts.
//!
//! Nothing is kept unless a test asks for it with [`Sandbox::record`](super::Sandbox::record) or names a folder in
//! [`Options::record`](super::Options): then every sandbox of a whole test run writes a file of its own there, so that
//! a later test can look at all of them. The bearer token and the client's secret are never kept.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use super::faults::FaultKind;
use super::http::{Ask, Reply};
use super::{lock, value};

/// Longer bodies are files; their beginning is enough.
const BODY_CHARS_MAX: usize = 1024 * 1024;
/// The headers that no contract speaks about, or that hold secrets.
const HEADERS_LEFT_OUT: [&str; 5] = ["authorization", "cookie", "host", "user-agent", "accept-encoding"];

/// One request with its answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// `GET`, `POST`, `PUT`, `DELETE`.
    pub method: String,
    /// The path as sent, still percent-encoded.
    pub path: String,
    /// The query's pairs, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The request's headers, names in lower case, without secrets.
    pub headers: Vec<(String, String)>,
    /// The request's body as text; files are cut off.
    pub body: String,
    /// The parts of a multipart body: field name, media type, content as text.
    pub parts: Vec<(String, String, String)>,
    /// The HTTP status answered; `None` where the connection was cut instead.
    pub status: Option<u16>,
    /// The media type of the answer.
    pub answer_type: String,
    /// The answer's body as text; files are cut off.
    pub answer: String,
    /// Whether a fault put this answer, or what is left of it, in the place of the ledger's own.
    pub spoiled: bool,
}

/// Where exchanges go.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    kept: Mutex<Option<Vec<Exchange>>>,
    file: Option<Arc<Mutex<File>>>,
}

impl Recorder {
    /// A recorder that writes a new file in this folder, or one that waits to be started.
    pub(super) fn new(folder: Option<&Path>) -> io::Result<Self> {
        let Some(folder) = folder else { return Ok(Self::default()) };
        std::fs::create_dir_all(folder)?;
        let path = folder.join(format!("{}.jsonl", value::uuid()));
        let file = OpenOptions::new().create_new(true).append(true).open(path)?;
        Ok(Self { kept: Mutex::default(), file: Some(Arc::new(Mutex::new(file))) })
    }

    /// Keeps every exchange from now on.
    pub(super) fn start(&self) {
        lock(&self.kept).get_or_insert_default();
    }

    /// What was kept so far.
    pub(super) fn kept(&self) -> Vec<Exchange> {
        lock(&self.kept).clone().unwrap_or_default()
    }

    /// Keeps one exchange, if anybody wants it. `reply` is absent where the connection was cut.
    pub(super) fn keep(&self, ask: &Ask, reply: Option<&Reply>, fault: Option<FaultKind>) {
        let mut kept = lock(&self.kept);
        if kept.is_none() && self.file.is_none() {
            return;
        }
        let exchange = exchange(ask, reply, fault);
        if let Some(file) = &self.file
            && let Err(error) = line_write(&mut lock(file), &exchange)
        {
            tracing::warn!(error = %error, "The sandbox could not record an exchange");
        }
        if let Some(kept) = kept.as_mut() {
            kept.push(exchange);
        }
    }
}

/// Reads what every sandbox wrote in a folder.
///
/// # Errors
/// The folder or a file cannot be read, or a line is not an exchange.
pub fn exchanges_read(folder: &Path) -> io::Result<Vec<Exchange>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "jsonl") {
            for line in BufReader::new(File::open(path)?).lines() {
                all.push(serde_json::from_str(&line?)?);
            }
        }
    }
    Ok(all)
}

fn line_write(file: &mut File, exchange: &Exchange) -> io::Result<()> {
    let mut line = serde_json::to_vec(exchange)?;
    line.push(b'\n');
    // One write, so that a process killed in the middle leaves whole lines and at most one half.
    file.write_all(&line)
}

fn exchange(ask: &Ask, reply: Option<&Reply>, fault: Option<FaultKind>) -> Exchange {
    let headers = ask.headers.iter().filter(|(name, _)| !HEADERS_LEFT_OUT.contains(&name.as_str()));
    let answer_type = reply.and_then(|reply| reply.headers.iter().find(|(name, _)| *name == "content-type"));
    let token = ask.path.ends_with("/token") || ask.path.contains("/tokens/") || ask.path.contains("revo");
    Exchange {
        method: ask.method.clone(),
        path: ask.path.clone(),
        query: ask.query.clone(),
        headers: headers.map(|(name, _)| (name.to_string(), ask.header(name.as_str()).to_owned())).collect(),
        body: if token {
            form_names(ask)
        } else if ask.parts.is_empty() {
            text(&ask.body)
        } else {
            String::new()
        },
        parts: ask.parts.iter().map(|part| (part.name.clone(), part.media_type.clone(), text(&part.bytes))).collect(),
        status: reply.map(|reply| reply.status),
        answer_type: answer_type.map(|(_, value)| value.clone()).unwrap_or_default(),
        answer: reply.map(|reply| text(&reply.body)).unwrap_or_default(),
        spoiled: fault.is_some_and(FaultKind::spoils),
    }
}

/// A form without its values: they are secrets.
fn form_names(ask: &Ask) -> String {
    ask.form().iter().map(|(name, _)| format!("{name}=x")).collect::<Vec<_>>().join("&")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().take(BODY_CHARS_MAX).collect()
}
