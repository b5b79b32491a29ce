//! A listener that remembers requests and answers as it is told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Method, path and query.
    pub(crate) line: String,
    /// The headers, one a line, names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// An answer: a status and a body; status 0 hangs up.
pub(crate) type Answer = (u16, &'static str);

/// See the module.
#[derive(Clone)]
pub(crate) struct Listener {
    pub(crate) url: String,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    last: Answer,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Listener {
    /// A listener that answers like this, and with the last of the answers from then on.
    pub(crate) async fn start(answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}/hook?token=abc", listener.local_addr().expect("it is bound"));
        let last = *answers.last().expect("at least one answer");
        let answers = Arc::new(Mutex::new(answers.iter().copied().collect()));
        let server = Self { url, answers, last, seen: Arc::default() };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.talk(stream).await });
            }
        });
        server
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("nobody panics with it").clone()
    }

    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let mut headers = Vec::new();
        loop {
            let mut header = String::new();
            stream.read_line(&mut header).await.ok()?;
            let Some((name, value)) = header.trim().split_once(": ") else { break };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let length = headers.iter().find(|(name, _)| name == "content-length")?.1.parse().ok()?;
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.ok()?;
        let seen = Seen { line: line.trim().to_owned(), headers, body: String::from_utf8(body).ok()? };
        self.seen.lock().expect("nobody panics with it").push(seen);
        let (status, body) = self.answers.lock().expect("nobody panics with it").pop_front().unwrap_or(self.last);
        if status > 0 {
            let length = body.len();
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await.ok()?;
        }
        Some(())
    }
}
