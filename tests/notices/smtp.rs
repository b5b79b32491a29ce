//! A mail server that remembers its letters and does as it is told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What the server does with the next letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Takes it.
    Take,
    /// Answers this to the recipient's address.
    AtRecipient(&'static str),
    /// Answers this once it has the letter.
    AfterLetter(&'static str),
    /// Hangs up once it has the letter.
    HangUp,
    /// Says nothing once it has the letter.
    Silent,
}

/// See the module.
#[derive(Clone)]
pub(crate) struct MailServer {
    pub(crate) port: u16,
    turns: Arc<Mutex<VecDeque<Turn>>>,
    letters: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    /// A server that treats the first letters like this, and takes those that follow.
    pub(crate) async fn start(turns: &[Turn]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let turns = Arc::new(Mutex::new(turns.iter().copied().collect()));
        let server = Self { port, turns, letters: Arc::default() };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.talk(stream).await });
            }
        });
        server
    }

    /// The letters that were sent here, taken or not.
    pub(crate) fn letters(&self) -> Vec<String> {
        self.letters.lock().expect("nobody panics with it").clone()
    }

    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let turn = self.turns.lock().expect("nobody panics with it").pop_front().unwrap_or(Turn::Take);
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 mail.example.org ESMTP\r\n").await.ok()?;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            let answer = match line.get(..4)?.to_ascii_uppercase().as_str() {
                "EHLO" => "250-mail.example.org\r\n250 8BITMIME",
                "RCPT" => match turn {
                    Turn::AtRecipient(answer) => answer,
                    Turn::Take | Turn::AfterLetter(_) | Turn::HangUp | Turn::Silent => "250 OK",
                },
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await.ok()?;
                    self.read_letter(&mut stream).await?;
                    match turn {
                        Turn::AfterLetter(answer) => answer,
                        Turn::HangUp => return None,
                        Turn::Silent => {
                            // Until the other side goes away.
                            let _ = stream.read_line(&mut line).await;
                            return None;
                        }
                        Turn::Take | Turn::AtRecipient(_) => "250 taken",
                    }
                }
                "QUIT" => "221 bye",
                _ => "250 OK",
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
        }
    }

    async fn read_letter(&self, stream: &mut BufReader<TcpStream>) -> Option<()> {
        let mut letter = String::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.ok()? == 0 {
                return None;
            }
            if line == ".\r\n" {
                break;
            }
            letter += &line;
        }
        self.letters.lock().expect("nobody panics with it").push(letter);
        Some(())
    }
}
