//! Reader processes that crash, hang, die while they wait, or run out of memory: their file gets a clear answer, and
//! everybody else's go on. The programs are small scripts that play the reader's part.

use std::{
    fs,
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use vouch::{
    model::media::MediaType,
    read::{
        Limits, Options, ReadError, Reader, Reading, Several,
        process::{Pool, PoolOptions},
    },
};

/// An answer of the wire between vouch and its readers: nothing was on the paper.
const ANSWER: &[u8] = br#"{"Read":[{"pages":[],"facts":[],"pictures":0,"cut":false,"decode_us":7,"recognise_us":0}]}"#;

/// What vouch asks with these options.
const REQUEST: &[u8] = concat!(
    r#"{"Read":{"media_type":"image/jpeg","reader":"auto","pages_max":60,"pixels_max":120000000,"#,
    r#""pictures":false,"several":"divide"}}"#
)
.as_bytes();

const FILE: &[u8] = b"any bytes";

/// Longer than any of these tests should need; it fails rather than hangs.
const WITHIN: Duration = Duration::from_secs(60);

const OPTIONS: Options = Options {
    reader: Reader::Auto,
    limits: Limits { pages_max: 60, pixels_max: 120_000_000 },
    pictures: false,
    several: Several::Divide,
};

/// A folder with a program that plays a reader, and the answer it can give. A script that ends with `exec cat 3>&1` goes
/// on taking in and holds its side of the answers open, as a reader does that waits or hangs.
fn fake(script: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut answer = u32::try_from(ANSWER.len()).expect("short").to_be_bytes().to_vec();
    answer.extend_from_slice(ANSWER);
    fs::write(folder.path().join("answer"), answer).expect("a private folder");
    let program = folder.path().join("reader");
    // Another process writes it: a program that is still open for writing in this one, even for a moment and in a
    // process being started, cannot be run ("text file busy").
    let text = format!("#!/bin/sh\ncd \"$(dirname \"$0\")\" || exit 9\necho started >>log\n{script}\n");
    let mut install = Command::new("install");
    install.args(["-m", "700", "/dev/stdin"]).arg(&program).stdin(Stdio::piped());
    let mut install = install.spawn().expect("coreutils");
    install.stdin.take().expect("it is piped").write_all(text.as_bytes()).expect("it reads");
    assert!(install.wait().expect("it ends").success());
    (folder, program)
}

fn pool(program: &Path, processes: usize, timeout_ms: u64) -> Pool {
    Pool::new(PoolOptions {
        text_program: program.to_owned(),
        picture_program: program.to_owned(),
        readers_dir: PathBuf::from("none"),
        processes,
        timeout_ms,
        memory_mib_max: 2048,
    })
}

async fn read(pool: &Pool) -> Result<Reading, ReadError> {
    let reading = pool.read(FILE, MediaType::Jpeg, OPTIONS, &|_| Vec::new());
    let readings = tokio::time::timeout(WITHIN, reading).await.expect("an answer, good or bad");
    readings.map(|mut readings| readings.remove(0))
}

fn starts(folder: &TempDir) -> usize {
    fs::read_to_string(folder.path().join("log")).unwrap_or_default().lines().count()
}

#[tokio::test]
async fn a_reader_that_always_crashes_is_given_up() {
    for crash in ["exit 1", "kill -9 $$", "kill -SEGV $$", "printf 'no frame'; exit 0", "head -c 40 answer"] {
        let (folder, program) = fake(crash);
        assert_eq!(read(&pool(&program, 1, 60_000)).await, Err(ReadError::ReaderCrashed), "{crash}");
        assert_eq!(starts(&folder), 2, "{crash}: it is tried twice");
    }
}

#[tokio::test]
async fn a_reader_that_hangs_is_given_up_and_killed() {
    let (folder, program) = fake("echo $$ >>processes; exec cat 3>&1 >/dev/null");
    assert_eq!(read(&pool(&program, 1, 200)).await, Err(ReadError::ReaderTimeout { seconds: 0 }));
    assert_eq!(starts(&folder), 2, "it is tried twice");
    let processes = fs::read_to_string(folder.path().join("processes")).expect("it was started");
    for process in processes.lines() {
        assert!(gone(process), "process {process} runs on");
    }
}

/// Whether a process has ended; one that nobody has asked about yet counts.
fn gone(process: &str) -> bool {
    let ended = || match fs::read_to_string(format!("/proc/{process}/stat")) {
        Ok(stat) => stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(['Z', 'X'])),
        Err(_) => true,
    };
    let looks = std::iter::repeat_with(|| {
        // The kernel ends it a moment after the signal; `true` takes about a millisecond.
        Command::new("true").status().is_ok() && ended()
    });
    looks.take(2000).any(|ended| ended)
}

#[tokio::test]
async fn a_reader_that_crashes_once_is_tried_again() {
    let (folder, program) = fake("[ -e crashed ] || { touch crashed; exit 1; }\ncat answer; exec cat 3>&1 >/dev/null");
    let reading = read(&pool(&program, 1, 60_000)).await.expect("the second try");
    assert_eq!(reading.decode, Duration::from_micros(7));
    assert_eq!(starts(&folder), 2);
}

#[tokio::test]
async fn readers_are_kept_warm() {
    let (folder, program) = fake("cat answer answer answer; exec cat 3>&1 >/dev/null");
    let pool = pool(&program, 1, 60_000);
    for _ in 0..3 {
        assert!(read(&pool).await.is_ok());
    }
    assert_eq!(starts(&folder), 1);
}

/// As when the machine's memory ran out and the kernel chose them: no file is to blame.
#[tokio::test]
async fn readers_that_died_while_they_waited_cost_no_file() {
    // Each takes in one request, to its last byte, answers it, and ends.
    let request = 4 + REQUEST.len() + 4 + FILE.len();
    let (folder, program) = fake(&format!("head -c {request} >/dev/null; cat answer"));
    let pool = pool(&program, 2, 60_000);
    let (first, second) = tokio::join!(read(&pool), read(&pool));
    assert!(first.is_ok() && second.is_ok());
    // Both were started, have answered, and have ended or will: neither answers a second time.
    assert_eq!(starts(&folder), 2);
    assert!(read(&pool).await.is_ok());
    assert_eq!(starts(&folder), 3);
}

#[tokio::test]
async fn a_program_that_is_not_there_is_said_to_be_missing() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = read(&pool(&folder.path().join("nothing"), 1, 60_000)).await.expect_err("nothing is there");
    assert_eq!(error.code(), "reader_missing");
}

#[tokio::test]
async fn one_bad_reader_does_not_stop_the_others() {
    let (_folder, program) =
        fake("if mkdir hung 2>/dev/null; then exec cat 3>&1 >/dev/null; fi\ncat answer; exec cat 3>&1 >/dev/null");
    // One process hangs for a minute; the other files pass it by.
    let pool = pool(&program, 2, 60_000);
    let (first, second) = (pool.clone(), pool.clone());
    let (one, two) =
        (tokio::spawn(async move { read(&first).await }), tokio::spawn(async move { read(&second).await }));
    let either = async {
        tokio::select! { one = one => one, two = two => two }
    };
    let answered = tokio::time::timeout(WITHIN / 2, either).await.expect("the one that does not hang");
    assert!(answered.expect("no panic").is_ok());
}

fn receipt() -> Vec<u8> {
    fs::read(super::sample("restaurant.jpg")).expect("a sample")
}

#[tokio::test]
async fn a_reader_short_of_memory_fails_clearly() {
    let small = Pool::new(PoolOptions {
        text_program: PathBuf::from(env!("CARGO_BIN_EXE_vouch")),
        picture_program: PathBuf::from(env!("CARGO_BIN_EXE_vouch-reader")),
        readers_dir: PathBuf::from("none"),
        processes: 1,
        timeout_ms: 60_000,
        memory_mib_max: 64,
    });
    let reading = tokio::time::timeout(WITHIN, small.read(&receipt(), MediaType::Jpeg, OPTIONS, &|_| Vec::new())).await;
    let error = reading.expect("it fails rather than hangs").expect_err("64 MiB do not hold Tesseract");
    assert!(matches!(error, ReadError::ReaderCrashed | ReadError::ReaderMissing { .. }), "{error:?}");
}

/// The limit is the kernel's, and it is as large as was asked for. With it, the same receipt is read.
#[test]
fn the_memory_limit_is_set() {
    let mut reader = Command::new(env!("CARGO_BIN_EXE_vouch-reader"))
        .args(["reader", "--memory-mib-max", "1536", "--readers-dir", "none"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program was built for this test");
    let (mut input, mut output) = (reader.stdin.take().expect("piped"), reader.stdout.take().expect("piped"));
    for frame in [REQUEST, &receipt()] {
        let length = u32::try_from(frame.len()).expect("short").to_be_bytes();
        input.write_all(&[length.as_slice(), frame].concat()).expect("it reads");
    }
    let mut length = [0; 4];
    output.read_exact(&mut length).expect("it answers");
    let mut answer = vec![0; usize::try_from(u32::from_be_bytes(length)).expect("it fits")];
    output.read_exact(&mut answer).expect("it answers whole");
    assert!(answer.starts_with(br#"{"Read":"#), "{}", String::from_utf8_lossy(&answer));
    let limits = fs::read_to_string(format!("/proc/{}/limits", reader.id())).expect("it still runs");
    let row = limits.lines().find(|line| line.starts_with("Max address space")).expect("Linux has this limit");
    let figures: Vec<&str> = row.split_whitespace().skip(3).take(2).collect();
    assert_eq!(figures, ["1610612736", "1610612736"], "soft and hard, in bytes");
    drop(input);
    assert!(reader.wait().expect("it ends when its input closes").success());
}
