//! `vouch score`: reads labelled files and says how well: exact, accepted, wrong among accepted, and the time.
//!
//! This is how the promise "a value that vouch accepts is right" is measured, by us and by whoever has labels of their
//! own. The files go through the same code as `vouch read`; everything after it is counting.

mod chart;
mod compare;
mod files;
mod fit;
mod forms;
mod html;
mod labels;
mod picture;
mod reliability;
mod report;
mod share;
#[cfg(test)]
mod testing;
mod text;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    str::FromStr,
    sync::Arc,
};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde_json::Value;
use tokio::task::JoinSet;

use self::{
    compare::{Document, Failure, Read},
    labels::{SCORED, Unclear},
    report::{Report, Unscored},
};
use super::{
    read::{Outcome, Thread, progress, read_file},
    say,
};
use crate::{
    clock::Clock,
    config::Config,
    intake,
    read::{
        Limits, Options, Reader, Several,
        process::{Pool, PoolOptions},
    },
};

/// The code of `vouch read` for a file of which there is a picture, but no text.
const NOTHING_READABLE: &str = "nothing_readable";
const DIVIDED: &str = "divided";

/// What `vouch score` takes.
#[derive(Debug, Args)]
pub(super) struct ScoreArguments {
    /// What is right: a JSON file, a folder with a labels.json, or a folder with a JSON file for each file
    #[arg(value_name = "LABELS")]
    labels: PathBuf,
    /// The folder of the labelled files; the labels' own folder when not given
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// How to print the figures
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Also list each wrong field, worst first
    #[arg(long)]
    misses: bool,
    /// Also print how often values of each confidence are right, as a table in Markdown
    #[arg(long)]
    reliability: bool,
    /// Also write how often values of each weight are right: the table that confidence is taken from
    #[arg(long, value_name = "FILE")]
    fit: Option<PathBuf>,
    /// Also write a web page with the figures and the worst files' pictures
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Fail when less than this share is right, as in total=0.95; a field's name, all, hands_free or refused
    #[arg(long, value_name = "FIELD=SHARE", value_parser = minimum)]
    min: Vec<Minimum>,
    /// Which reader to use, as for `vouch read`
    #[arg(long, value_name = "READER", default_value = "auto", value_parser = reader)]
    reader: Reader,
    /// How many files to read at once; as many as there are processors when not given
    #[arg(long, value_name = "N")]
    processes: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One object
    Json,
}

/// The least share of something that must be right.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Minimum {
    name: String,
    /// From 0 to 1.
    share: Decimal,
}

/// Scores the files; exit 0 when they were scored, 1 when a share asked for with `--min` was missed.
///
/// # Errors
/// There are no labels or no files for them, or the page cannot be written.
pub(super) async fn run(arguments: ScoreArguments, config: Config) -> anyhow::Result<ExitCode> {
    let labels = files::labels(&arguments.labels)?;
    let folder = arguments.folder.clone().unwrap_or_else(|| own_folder(&arguments.labels));
    let matched = files::matched(labels.labels, &folder)?;
    let unscored = Unscored {
        labels_without_file: matched.labels_without_file,
        files_without_label: matched.files_without_label,
        labels_unclear: labels.unclear.len(),
    };
    for (option, file) in [("--html", &arguments.html), ("--fit", &arguments.fit)] {
        let Some(file) = file else { continue };
        // Before the reading, which may take an hour: is this a place for a file?
        let opened = std::fs::OpenOptions::new().create(true).append(true).open(file);
        opened.with_context(|| unwritable(option, file))?;
    }
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let processes = arguments.processes.unwrap_or(processors).clamp(1, 64);
    let readers = Readers::new(arguments.reader, processes, &config)?;
    let documents = documents(matched.pairs, processes, &readers).await?;
    let report = Report::new(&documents, unscored);
    match arguments.format {
        Format::Table => print_text(&arguments, &report, &documents, &labels.unclear, processes),
        Format::Json => print_json(&arguments, &report, &documents, &labels.unclear),
    }
    if let Some(file) = &arguments.fit {
        let origin = fit::Origin { set: set_name(&arguments.labels), day: readers.today };
        std::fs::write(file, fit::table(&documents, &origin)).with_context(|| unwritable("--fit", file))?;
    }
    if let Some(file) = &arguments.html {
        let title = html::Title { labels: arguments.labels.display().to_string(), day: readers.today };
        let page = web_page(&title, &report, &documents, &readers).await;
        std::fs::write(file, page).with_context(|| unwritable("--html", file))?;
    }
    Ok(if all_reached(&arguments.min, &report) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The readers with what they are told about every file.
#[derive(Clone)]
struct Readers {
    pool: Pool,
    options: Options,
    bytes_max: u64,
    today: Date,
}

impl Readers {
    fn new(reader: Reader, processes: usize, config: &Config) -> anyhow::Result<Self> {
        let pool = Pool::new(PoolOptions::of(config, std::env::current_exe()?, processes));
        let limits = Limits::of(config);
        let options = Options { reader, limits, pictures: false, several: Several::Divide };
        let today = Clock::System.today(&config.zone()?);
        Ok(Self { pool, options, bytes_max: config.upload_bytes_max, today })
    }
}

/// Reads and compares every file, as many at once as there are processes, so that none waits while its time runs.
async fn documents(
    pairs: Vec<(labels::Label, PathBuf)>,
    processes: usize,
    readers: &Readers,
) -> anyhow::Result<Vec<Document>> {
    let progress = progress(pairs.len());
    let pairs = Arc::new(pairs);
    let mut waiting = 0..pairs.len();
    let mut running = JoinSet::new();
    let mut found = Vec::new();
    loop {
        while running.len() < processes {
            let Some(index) = waiting.next() else { break };
            let (readers, pairs) = (readers.clone(), Arc::clone(&pairs));
            running.spawn(async move {
                let (label, path) = pairs.get(index)?;
                let Readers { pool, options, bytes_max, today } = readers;
                let outcomes = read_file(&pool, path.clone(), options, bytes_max, today, Thread::Other).await;
                Some((index, Document::compare(label, path.clone(), read_of(outcomes)?)))
            });
        }
        let Some(done) = running.join_next().await else { break };
        found.extend(done?);
        progress.inc(1);
    }
    progress.finish_and_clear();
    found.sort_by_key(|(index, _)| *index);
    Ok(found.into_iter().map(|(_, document)| document).collect())
}

/// What became of a file; a label is of one paper, so a file that was divided was read wrong.
fn read_of(outcomes: Vec<Outcome>) -> Option<Read> {
    let count = outcomes.len();
    let outcome = outcomes.into_iter().next()?;
    if count > 1 {
        let message = format!("It was divided into {count} papers.");
        let time_ms = Decimal::from_str(&outcome.line.timing_ms.total.to_string()).unwrap_or_default();
        let failure = Some(Failure { code: DIVIDED.to_owned(), message });
        return Some(Read { draft: None, weights: crate::extract::Weights::new(), failure, time_ms });
    }
    let failure = outcome
        .line
        .error
        .as_ref()
        .map(|error| Failure { code: error.code.to_owned(), message: error.message.clone() });
    let time_ms = Decimal::from_str(&outcome.line.timing_ms.total.to_string()).unwrap_or_default();
    Some(Read { draft: outcome.draft, weights: outcome.weights, failure, time_ms })
}

fn print_text(
    arguments: &ScoreArguments,
    report: &Report,
    documents: &[Document],
    unclear: &[Unclear],
    processes: usize,
) {
    say(text::table(report, processes).trim_end());
    if arguments.reliability {
        say("");
        say(report.reliability.markdown().trim_end());
    }
    if arguments.misses {
        say("");
        for line in text::misses(documents) {
            say(&line);
        }
        for found in unclear {
            say(&format!("{}  label not understood: {}", text::plain(&found.file), text::plain(&found.reason)));
        }
    }
}

fn print_json(arguments: &ScoreArguments, report: &Report, documents: &[Document], unclear: &[Unclear]) {
    let mut json = report.json();
    if arguments.reliability {
        json.insert("reliability".to_owned(), report.reliability.json());
    }
    if arguments.misses {
        json.insert("misses".to_owned(), text::misses(documents).into());
        let unclear: Vec<String> = unclear.iter().map(|found| format!("{}: {}", found.file, found.reason)).collect();
        json.insert("unclear".to_owned(), unclear.into());
    }
    say(&Value::Object(json).to_string());
}

/// The page. Its files are read once more, for their pictures: keeping those of every file would fill the memory.
async fn web_page(title: &html::Title, report: &Report, documents: &[Document], readers: &Readers) -> String {
    let worst = report::worst(documents);
    let running: Vec<_> = worst
        .iter()
        .take(html::CASES_MAX)
        .map(|document| (*document, tokio::spawn(first_page(readers.clone(), (*document).clone()))))
        .collect();
    let mut cases = Vec::new();
    for (document, picture) in running {
        cases.push(html::Case { document, picture: picture.await.ok().flatten() });
    }
    html::page(title, report, &cases, worst.len())
}

/// The first page as the reader saw it; none of XML, nor of what could not be read the first time.
async fn first_page(readers: Readers, document: Document) -> Option<picture::Picture> {
    if document.failure.is_some_and(|failure| failure.code != NOTHING_READABLE) {
        return None;
    }
    let bytes = tokio::fs::read(&document.path).await.ok()?;
    let media_type = intake::accept(&bytes, readers.bytes_max).ok()?.media_type;
    let options = Options { pictures: true, ..readers.options };
    let readings = readers.pool.read(&bytes, media_type, options, &|_| Vec::new()).await.ok()?;
    let reading = readings.first()?;
    let page = reading.pages.first()?;
    picture::Picture::new(reading.pictures.first()?, page.width, page.height)
}

/// Whether every share asked for is reached; says which are not.
#[expect(clippy::print_stderr, reason = "the command line speaks to people, and standard output may be for a program")]
fn all_reached(minima: &[Minimum], report: &Report) -> bool {
    let missed: Vec<String> = minima.iter().filter_map(|minimum| missed(minimum, report)).collect();
    for sentence in &missed {
        eprintln!("vouch: {sentence}");
    }
    missed.is_empty()
}

/// The sentence about a share that is not reached.
fn missed(minimum: &Minimum, report: &Report) -> Option<String> {
    let Minimum { name, share } = minimum;
    let counts = report.counts(name).unwrap_or_default();
    if counts.labelled == 0 {
        return Some(format!("--min asks for {name}={share}, but no label says anything about {name}."));
    }
    // Whole numbers on one side: nothing is rounded.
    if Decimal::from(counts.exact) >= *share * Decimal::from(counts.labelled) {
        return None;
    }
    let reached = share::good(counts.exact, counts.labelled);
    let (exact, labelled) = (counts.exact, counts.labelled);
    Some(format!("{name}: {exact} of {labelled} are right ({reached}), less than --min {name}={share} asks for."))
}

fn minimum(text: &str) -> Result<Minimum, String> {
    let (name, share) = text.split_once('=').ok_or("write it as total=0.95")?;
    let fields = SCORED.into_iter().map(|field| field.name());
    let known: Vec<&str> = fields.chain(["all", "hands_free", "refused"]).collect();
    if !known.contains(&name) {
        return Err(format!("“{name}” is not scored; the names are {}", known.join(", ")));
    }
    let share = Decimal::from_str(share.trim()).map_err(|_| format!("“{share}” is not a share; write it as 0.95"))?;
    if share < Decimal::ZERO || share > Decimal::ONE {
        return Err(format!("{share} is not a share from 0 to 1; write it as 0.95"));
    }
    Ok(Minimum { name: name.to_owned(), share })
}

fn reader(name: &str) -> Result<Reader, String> {
    Reader::from_name(name).ok_or_else(|| format!("there is no reader “{name}”; try auto"))
}

fn own_folder(labels: &Path) -> PathBuf {
    let folder = if labels.is_dir() { Some(labels) } else { labels.parent() };
    match folder {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        Some(_) | None => PathBuf::from("."),
    }
}

fn unwritable(option: &str, file: &Path) -> String {
    format!("{} cannot be written; give {option} a place where a file may be made", file.display())
}

/// The name of the folder that the labels lie in: what people call the set.
fn set_name(labels: &Path) -> String {
    let folder = own_folder(labels);
    let name = folder.canonicalize().unwrap_or(folder);
    name.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minima_are_shares_of_known_names() {
        let total = Minimum { name: "total".to_owned(), share: Decimal::new(95, 2) };
        assert_eq!(minimum("total=0.95"), Ok(total));
        for (text, expected) in [
            ("total", "write it as total=0.95"),
            ("colour=1", "is not scored; the names are total, issue_date"),
            ("all=much", "“much” is not a share"),
            ("refused=95", "not a share from 0 to 1"),
            ("tax=-0.1", "not a share from 0 to 1"),
        ] {
            let error = minimum(text).expect_err(text);
            assert!(error.contains(expected), "{error}");
        }
    }

    #[test]
    fn minima_are_compared_without_rounding() {
        let report = Report::new(&testing::documents(), Unscored::default());
        // The total is right in two of four.
        for (name, share, expected) in [
            ("total", "0.5", None),
            ("total", "0.5001", Some("total: 2 of 4 are right (50.0 %), less than --min total=0.5001 asks for.")),
            ("refused", "1", None),
            ("tax", "0", Some("--min asks for tax=0, but no label says anything about tax.")),
        ] {
            let minimum = minimum(&format!("{name}={share}")).expect("a share");
            assert_eq!(missed(&minimum, &report).as_deref(), expected);
        }
    }

    #[test]
    fn labels_lie_beside_their_files() {
        for (labels, folder) in [("labels.json", "."), ("a/labels.json", "a"), ("/", "/")] {
            assert_eq!(own_folder(Path::new(labels)), Path::new(folder));
        }
    }
}
