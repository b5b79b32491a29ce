//! `vouch read`: files in, one JSON object a line or a table out; a picture of several papers has a line for each.

use std::{
    collections::VecDeque,
    io::IsTerminal,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use tokio::task::JoinHandle;

use super::say;
use crate::{
    check::{self, Subject},
    clock::Clock,
    config::Config,
    extract::{self, Hints, Weights},
    intake,
    model::{
        category::Category,
        draft::Draft,
        field::FieldName,
        finding::Severity,
        hash::sha256_hex,
        page::{Area, Confidence, Page, Source, Word},
        policy::Policy,
    },
    pipeline::stages::seen,
    read::{
        Limits, Options, ReadError, Reader, Reading, Several,
        early::Early,
        process::{Pool, PoolOptions, text_processes},
    },
    reading::DraftJson,
};

/// What `vouch read` takes.
#[derive(Debug, Args)]
pub(super) struct ReadArguments {
    /// The files to read: JPEG, PNG, TIFF, WebP, PDF
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to print what was read
    #[arg(long, value_enum, default_value_t = Format::Json)]
    format: Format,
    /// Which reader to use: `auto` takes a PDF's own text where there is one
    #[arg(long, value_enum, default_value_t = ReaderChoice::Auto)]
    reader: ReaderChoice,
    /// How many files to read at once; as many as there are processors when not given
    #[arg(long, value_name = "N")]
    processes: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One object a line, in the order given
    Json,
    /// For people
    Table,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReaderChoice {
    Auto,
    PpOcr,
    Tesseract,
}

/// One line of output.
#[derive(Serialize)]
pub(super) struct ReadLine {
    file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    /// Which of several papers in one picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<PartJson>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    draft: Option<DraftJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<ErrorJson>,
    pub(super) timing_ms: TimingJson,
}

/// Counted from one, in reading order.
#[derive(Debug, Clone, Copy, Serialize)]
struct PartJson {
    number: usize,
    count: usize,
}

#[derive(Serialize)]
pub(super) struct ErrorJson {
    pub(super) code: &'static str,
    pub(super) message: String,
}

/// Milliseconds, as decimals with three digits.
#[derive(Serialize)]
pub(super) struct TimingJson {
    decode: serde_json::Number,
    recognise: serde_json::Number,
    extract: serde_json::Number,
    pub(super) total: serde_json::Number,
}

/// What became of one file.
pub(super) struct Outcome {
    pub(super) line: ReadLine,
    pub(super) draft: Option<Draft>,
    /// How much speaks for each value of the draft.
    pub(super) weights: Weights,
}

/// So many files more than readers need are under way: none waits for the output's order, or for others to be understood.
const AHEAD_FILES: usize = 4;

/// On which thread a file's words are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thread {
    /// On the one that waits for them. Where one process reads texts, it works on the next file meanwhile, and handing the
    /// words to another thread takes longer than it saves.
    Same,
    /// On one for long work: on this one the other readers' answers would wait for it.
    Other,
}

impl ReadArguments {
    /// How many reader processes there are: none would be idle from the beginning.
    fn readers(&self) -> usize {
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        self.processes.unwrap_or_else(processors).clamp(1, 64).min(self.files.len().max(1))
    }

    /// Where their words are understood.
    pub(super) fn thread(&self) -> Thread {
        if text_processes(self.readers()) == 1 { Thread::Same } else { Thread::Other }
    }
}

/// Reads the files; exit 0 when all were read, 1 when some were not.
///
/// # Errors
/// This program's own path is not known.
pub(super) async fn run(arguments: ReadArguments, config: Config, early: Option<Early>) -> anyhow::Result<ExitCode> {
    let (readers, thread) = (arguments.readers(), arguments.thread());
    let pool = Pool::new(PoolOptions::of(&config, std::env::current_exe()?, readers));
    let reader = match arguments.reader {
        ReaderChoice::Auto => Reader::Auto,
        ReaderChoice::PpOcr => Reader::PpOcr,
        ReaderChoice::Tesseract => Reader::Tesseract,
    };
    let limits = Limits::of(&config);
    let options = Options { reader, limits, pictures: false, several: Several::Divide };
    if reader == Reader::Auto {
        let texts = arguments.files.iter().filter(|file| may_be_text(file)).count();
        let adopted = match early {
            Some(early) if texts > 0 => pool.adopt(early).await,
            Some(_) | None => false,
        };
        for _ in usize::from(adopted)..texts.min(text_processes(readers)) {
            // Where it cannot be started, the first file says so.
            let _ = pool.warm_text().await;
        }
    }
    let today = Clock::System.today(&config.zone()?);
    drop(tokio::spawn(async move {
        // The first files are sent to the readers before.
        tokio::task::yield_now().await;
        match thread {
            Thread::Same => rehearse(today),
            Thread::Other => drop(tokio::task::spawn_blocking(move || rehearse(today))),
        }
    }));
    let progress = progress(arguments.files.len());
    let mut failed = false;
    let mut running: VecDeque<JoinHandle<Vec<Outcome>>> = VecDeque::new();
    let mut waiting = arguments.files.into_iter();
    loop {
        while running.len() < readers * 2 + AHEAD_FILES {
            let Some(file) = waiting.next() else { break };
            let pool = pool.clone();
            let bytes_max = config.upload_bytes_max;
            running.push_back(tokio::spawn(
                async move { read_file(&pool, file, options, bytes_max, today, thread).await },
            ));
        }
        let Some(first) = running.pop_front() else { break };
        for outcome in first.await? {
            failed |= outcome.line.error.is_some();
            progress.suspend(|| match arguments.format {
                Format::Json => say(&serde_json::to_string(&outcome.line).unwrap_or_default()),
                Format::Table => say(&table(&outcome)),
            });
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A reader for the command line's texts, where it names some; it starts while everything else is found out.
pub(super) fn early() -> Option<Early> {
    let mut arguments = std::env::args_os().skip(1);
    let reads = arguments.next()? == "read";
    (reads && arguments.any(|argument| may_be_text(Path::new(&argument)))).then_some(())?;
    Early::start(std::env::current_exe().ok()?)
}

/// Whether the file's name says that it may be read without looking at a picture. A guess: it only saves time.
fn may_be_text(file: &Path) -> bool {
    let ending = file.extension().unwrap_or_default();
    ending.eq_ignore_ascii_case("pdf") || ending.eq_ignore_ascii_case("xml")
}

/// A bar on a terminal; nothing in a pipe.
pub(super) fn progress(files: usize) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(u64::try_from(files).unwrap_or(u64::MAX));
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} files · {elapsed} · about {eta} left");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Reads a file: one outcome, or as many as there are papers in the picture.
pub(super) async fn read_file(
    pool: &Pool,
    file: PathBuf,
    options: Options,
    bytes_max: u64,
    today: jiff::civil::Date,
    thread: Thread,
) -> Vec<Outcome> {
    let started = Instant::now();
    let name = file.display().to_string();
    let failed = |sha256: Option<String>, code: &'static str, message: String| {
        vec![Outcome::failed(name.clone(), sha256, code, message, started)]
    };
    // Handing it to another thread takes longer than reading it here.
    let bytes = match std::fs::read(&file) {
        Ok(bytes) => bytes,
        Err(error) => return failed(None, "file_unreadable", format!("The file cannot be opened: {error}.")),
    };
    let accepted = match intake::accept(&bytes, bytes_max) {
        Ok(accepted) => accepted,
        Err(error) => return failed(Some(sha256_hex(&bytes)), error.code(), error.to_string()),
    };
    let sha256 = Some(accepted.sha256);
    let hints = Hints { currency: None, day_first: true, today, known: Vec::new() };
    // Nobody keeps a picture of a page that was read from its text, so there is nothing to look at again.
    let looked_at = |reading: &Reading| reading.pages.iter().any(|page| page.source.is_optical());
    let ask = |reading: &Reading| if looked_at(reading) { extract::spots(&seen(reading), &hints) } else { Vec::new() };
    let readings = match pool.read(&bytes, accepted.media_type, options, &ask).await {
        Ok(readings) => readings,
        Err(error) => return failed(sha256, error.code(), error.to_string()),
    };
    let file_name = name.clone();
    let hash = sha256.clone();
    let understand = move || {
        let (count, mut began) = (readings.len(), started);
        let outcome = |(number, reading): (usize, Reading)| {
            let mut outcome = understood(file_name.clone(), hash.clone(), &reading, &hints, began);
            outcome.line.part = (count > 1).then_some(PartJson { number, count });
            // What the file took is told once, with its first part.
            began = Instant::now();
            outcome
        };
        (1..).zip(readings).map(outcome).collect()
    };
    let understood: Option<Vec<Outcome>> = match thread {
        Thread::Same => {
            // The next file is sent to the reader before.
            tokio::task::yield_now().await;
            catch_unwind(AssertUnwindSafe(understand)).ok()
        }
        Thread::Other => tokio::task::spawn_blocking(understand).await.ok(),
    };
    understood.unwrap_or_else(|| {
        let error = ReadError::ReaderCrashed;
        failed(sha256, error.code(), error.to_string())
    })
}

/// Understands an invoice that nobody sent: what every document needs, such as the phrases that rows are held against, is
/// ready when the first file's words come, and the program's own pages are in memory. Its reader is being started
/// meanwhile.
fn rehearse(today: jiff::civil::Date) {
    let lines = REHEARSED.iter().zip(0_u32..);
    let words = lines.flat_map(|(text, line)| {
        text.split(' ').zip(0_u32..).map(move |(text, place)| Word {
            text: text.to_owned(),
            area: Area { left: place * 120, top: line * 40, width: 110, height: 24 },
            confidence: Confidence::CERTAIN,
            line,
        })
    });
    let page = Page { number: 1, width: 1000, height: 1400, source: Source::PdfText, words: words.collect() };
    let reading = Reading { pages: vec![page], ..Reading::empty(Duration::ZERO) };
    let hints = Hints { currency: None, day_first: true, today, known: Vec::new() };
    let outcome = understood(String::new(), None, &reading, &hints, Instant::now());
    let _ = serde_json::to_string(&outcome.line);
}

/// As little as every list of phrases is asked about: what more were read would be of no use.
const REHEARSED: [&str; 2] = ["Xylophones Limited", "Total £24.00"];

fn understood(name: String, sha256: Option<String>, reading: &Reading, hints: &Hints, began: Instant) -> Outcome {
    let extracting = Instant::now();
    let (mut draft, weights) = extract::weighed(&seen(reading), hints);
    if draft.problems.iter().any(|finding| finding.rule == "Q3") {
        // An e-invoice inside that cannot be used is the better reason.
        let reason = draft.problems.iter().find(|finding| finding.severity == Severity::Block && finding.rule != "Q3");
        let nothing = "Nothing on it could be read; type the values in from the picture.";
        let message = reason.map_or(nothing.to_owned(), |finding| format!("{} {nothing}", finding.message));
        return Outcome::failed(name, sha256, "nothing_readable", message, began);
    }
    draft.problems = findings(&draft, hints.today);
    let timing_ms = TimingJson {
        decode: millis(reading.decode),
        recognise: millis(reading.recognise),
        extract: millis(extracting.elapsed()),
        total: millis(began.elapsed()),
    };
    let json = Some(DraftJson::from(&draft));
    Outcome {
        line: ReadLine { file: name, sha256, part: None, draft: json, error: None, timing_ms },
        draft: Some(draft),
        weights,
    }
}

impl Outcome {
    fn failed(file: String, sha256: Option<String>, code: &'static str, message: String, began: Instant) -> Self {
        let timing_ms = TimingJson {
            decode: millis(Duration::ZERO),
            recognise: millis(Duration::ZERO),
            extract: millis(Duration::ZERO),
            total: millis(began.elapsed()),
        };
        let error = Some(ErrorJson { code, message });
        let line = ReadLine { file, sha256, part: None, draft: None, error, timing_ms };
        Self { line, draft: None, weights: Weights::new() }
    }
}

/// What can be checked without a firm's history, companies and policy.
fn findings(draft: &Draft, today: jiff::civil::Date) -> Vec<crate::model::finding::Finding> {
    let mut policy = Policy::starting();
    policy.limits.clear();
    policy.age_days_max = 36_500;
    let subject = Subject::new(draft, Category::Other, today);
    check::findings(&subject, &policy)
}

fn millis(duration: Duration) -> serde_json::Number {
    let micros = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    let text = rust_decimal::Decimal::new(micros, 3).to_string();
    text.parse().unwrap_or_else(|_| serde_json::Number::from(0))
}

fn table(outcome: &Outcome) -> String {
    let part = outcome.line.part.map(|part| format!(" ({} of {})", part.number, part.count));
    let mut text = format!("{}{}\n", outcome.line.file, part.unwrap_or_default());
    if let Some(error) = &outcome.line.error {
        text.push_str(&format!("  not read ({}): {}\n", error.code, error.message));
    }
    let Some(draft) = &outcome.draft else { return text };
    text.push_str(&format!("  {:18}{}\n", "kind", draft.kind.name()));
    for name in FieldName::ALL {
        let Some(field) = draft.fields.get(name) else { continue };
        let mark = if field.accepted { "✓" } else { "?" };
        let sure = field.confidence.per_mille() / 10;
        text.push_str(&format!("{mark} {:18}{}  ({sure} %, {})\n", name.name(), field.value.to_text(), field.rule));
    }
    for line in &draft.line_items {
        let amount = line.amount.map(|amount| amount.to_string()).unwrap_or_default();
        text.push_str(&format!("    {:40} {amount:>12}\n", line.description));
    }
    for finding in &draft.problems {
        text.push_str(&format!("  {} {}: {}\n", finding.severity.name(), finding.rule, finding.message));
    }
    text
}
