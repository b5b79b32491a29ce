//! How long a person waits after the last byte of an upload: the real server, eight uploads at once, every file with
//! bytes of its own. `cargo bench --bench upload`.
//!
//! The server is `vouch serve` with everything in it, so its workers read the earlier uploads meanwhile: once damaged
//! pictures, which cost the readers little, and once whole receipts, which keep every processor busy.
//!
//! The last lines are `figure NAME VALUE UNIT`, for docs/measurements.md.
#![expect(clippy::print_stdout, reason = "a bench reports to people")]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Barrier,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use criterion::{Criterion, SamplingMode};
use tempfile::TempDir;

const AT_ONCE: usize = 8;
const ROUNDS: usize = 60;
const EMAIL: &str = "bench@example.com";
const PASSWORD: &str = "correct-horse-battery-staple";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let receipt = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/samples/cafe.jpg")).expect("a sample");
    let damaged = receipt.get(..receipt.len() / 2).expect("half of it");
    let mut figures = uploads(&mut criterion, "upload_readers_idle", damaged);
    figures.extend(uploads(&mut criterion, "upload_readers_busy", &receipt));
    criterion.final_summary();
    for figure in figures {
        println!("{figure}");
    }
}

fn uploads(criterion: &mut Criterion, name: &str, picture: &[u8]) -> Vec<String> {
    let server = Server::start();
    let session = Session::sign_in(&server.address);
    let mut clients: Vec<TcpStream> = (0..AT_ONCE).map(|_| connect(&server.address)).collect();
    let number = AtomicU64::new(0);
    let mut waits = Vec::new();
    let mut group = criterion.benchmark_group(name);
    group.sampling_mode(SamplingMode::Flat).sample_size(ROUNDS);
    group.warm_up_time(Duration::from_millis(200)).measurement_time(Duration::from_secs(1));
    group.bench_function("eight_at_once", |bencher| {
        bencher.iter_custom(|count| {
            let mut sum = Duration::ZERO;
            for _ in 0..count {
                let round = round(&session, &mut clients, picture, &number);
                sum += round.iter().max().copied().unwrap_or_default();
                waits.extend(round);
            }
            sum
        });
    });
    group.finish();
    waits.sort();
    // Fewer are a try (`--test`), not a measurement.
    if waits.len() < ROUNDS * AT_ONCE {
        return Vec::new();
    }
    let at = |percent: usize| milliseconds(waits.get(waits.len() * percent / 100).copied().unwrap_or_default());
    vec![
        format!("figure {name}_count {} uploads", waits.len()),
        format!("figure {name}_bytes {} bytes", picture.len()),
        format!("figure {name}_p50 {} ms", at(50)),
        format!("figure {name}_p95 {} ms", at(95)),
        format!("figure {name}_max {} ms", milliseconds(waits.last().copied().unwrap_or_default())),
    ]
}

/// One upload on each connection, begun together; how long each waited after its last byte.
fn round(session: &Session, clients: &mut [TcpStream], picture: &[u8], number: &AtomicU64) -> Vec<Duration> {
    let together = Barrier::new(clients.len());
    thread::scope(|scope| {
        let running: Vec<_> = clients
            .iter_mut()
            .map(|client| {
                // Bytes after the end of a picture change nothing but its hash.
                let file = [picture, &number.fetch_add(1, Ordering::Relaxed).to_be_bytes()].concat();
                let request = session.upload(&file);
                let together = &together;
                scope.spawn(move || {
                    together.wait();
                    client.write_all(&request).expect("the server takes it in");
                    let sent = Instant::now();
                    let answer = receive(client);
                    let wait = sent.elapsed();
                    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
                    assert!(answer.contains("\"duplicate\":false"), "{answer}");
                    wait
                })
            })
            .collect();
        running.into_iter().map(|wait| wait.join().expect("no panic")).collect()
    })
}

/// `vouch serve` with a folder of its own.
struct Server {
    process: Child,
    address: String,
    _folder: TempDir,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let vouch = || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_vouch"));
            command.env("VOUCH_DATA_DIR", folder.path()).env_remove("VOUCH_CONFIG");
            command
        };
        let mut add = vouch();
        add.args(["user", "add", "--email", EMAIL, "--role", "submitter", "--password-stdin"]);
        let mut add = add.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("the program was built");
        add.stdin.take().expect("piped").write_all(PASSWORD.as_bytes()).expect("it reads");
        assert!(add.wait().expect("it ends").success());
        let mut serve = vouch();
        serve.args(["serve", "--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = serve.spawn().expect("the program was built");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("piped")).read_line(&mut line).expect("it says where it is");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split(' ').next());
        let address = address.expect("it says where it is").to_owned();
        Self { process, address, _folder: folder }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing that is left in its queue is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Session {
    cookie: String,
    csrf: String,
}

impl Session {
    fn sign_in(address: &str) -> Self {
        let form = format!("email={}&password={PASSWORD}", EMAIL.replace('@', "%40"));
        let head = "POST /sign-in HTTP/1.1\r\nhost: vouch\r\ncontent-type: application/x-www-form-urlencoded\r\n";
        let answer = ask(address, &format!("{head}content-length: {}\r\n\r\n{form}", form.len()));
        let cookie = between(&answer, "vouch_session=", ";");
        let cookie = format!("vouch_session={cookie}");
        let page = ask(address, &format!("GET /documents HTTP/1.1\r\nhost: vouch\r\ncookie: {cookie}\r\n\r\n"));
        let csrf = between(&page, "<meta name=\"csrf\" content=\"", "\"").to_owned();
        Self { cookie, csrf }
    }

    fn upload(&self, file: &[u8]) -> Vec<u8> {
        let part = "--frontier\r\ncontent-disposition: form-data; name=\"file\"; filename=\"receipt.jpg\"\r\n\r\n";
        let end = "\r\n--frontier--\r\n";
        let head = format!(
            "POST /documents HTTP/1.1\r\nhost: vouch\r\ncookie: {}\r\nx-csrf-token: {}\r\naccept: application/json\r\n\
            content-type: multipart/form-data; boundary=frontier\r\ncontent-length: {}\r\n\r\n",
            self.cookie,
            self.csrf,
            part.len() + file.len() + end.len(),
        );
        [head.as_bytes(), part.as_bytes(), file, end.as_bytes()].concat()
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let found = text.split(before).nth(1).and_then(|rest| rest.split(after).next());
    found.unwrap_or_else(|| panic!("no {before} in {text}"))
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the server listens");
    stream.set_nodelay(true).expect("a socket");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a socket");
    stream
}

fn ask(address: &str, request: &str) -> String {
    let mut stream = connect(address);
    stream.write_all(request.as_bytes()).expect("the server takes it in");
    receive(&mut stream)
}

/// One answer, by its `content-length`.
fn receive(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 16 * 1024];
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text.into_owned();
            }
        }
        let count = stream.read(&mut chunk).expect("an answer");
        assert!(count > 0, "the server closed the connection: {text}");
        bytes.extend_from_slice(chunk.get(..count).expect("it was read"));
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{}.{:03}", time.as_micros() / 1000, time.as_micros() % 1000)
}
