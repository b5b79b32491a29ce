//! How long reading takes: photographed receipts against a bare Tesseract pass over the same pixels, and PDFs with a
//! text layer by the page. `cargo bench --bench read`.
//!
//! The ratio counts against vouch everything from the file's bytes to the fields: the way to the reader process and
//! back, decoding, recognising, extracting. The bare pass begins with decoded pixels. Both run on one thread each
//! (`OMP_THREAD_LIMIT=1`, which Tesseract reads when it is loaded; so this program starts itself once more).
//!
//! The last lines are `figure NAME VALUE UNIT`, for docs/measurements.md.
#![expect(clippy::print_stdout, reason = "a bench reports to people")]

use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use criterion::{Criterion, SamplingMode};
use tesseract::{PageSegMode, Tesseract};
use tokio::runtime::Runtime;
use vouch::{
    config::Config,
    extract::{self, Hints},
    model::{media::MediaType, page::Source},
    pipeline::stages::seen,
    read::{
        Limits, Options, Reader, Reading, Several,
        process::{Pool, PoolOptions},
        raster,
    },
};

const LIMITS: Limits = Limits { pages_max: 60, pixels_max: 120_000_000 };
const OPTIONS: Options = Options { reader: Reader::Auto, limits: LIMITS, pictures: false, several: Several::Divide };
/// Test data beside the repository; not everybody has it.
const RECEIPTS: &str = "../shared/data/receipts-sroie";
const RECEIPTS_MAX: usize = 12;
const TEXT_PDFS: [&str; 4] =
    ["freight-two-pages.pdf", "office-credit-note.pdf", "office-invoice.pdf", "software-invoice-usd.pdf"];
const THREADS: &str = "OMP_THREAD_LIMIT";

fn main() -> ExitCode {
    #[expect(clippy::disallowed_methods, reason = "this variable is Tesseract's, not a setting of vouch")]
    let limited = std::env::var_os(THREADS).is_some();
    if !limited {
        let again = std::env::current_exe().expect("this program's path is known");
        let ended = Command::new(again).args(std::env::args_os().skip(1)).env(THREADS, "1").status();
        return if ended.is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    }
    let mut criterion = Criterion::default().configure_from_args();
    let vouch = Vouch::start();
    let mut figures = text_layers(&mut criterion, &vouch);
    figures.extend(receipts(&mut criterion, &vouch));
    criterion.final_summary();
    for figure in figures {
        println!("{figure}");
    }
    ExitCode::SUCCESS
}

/// One warm reader process, and what it takes to ask it.
struct Vouch {
    runtime: Runtime,
    pool: Pool,
    hints: Hints,
}

impl Vouch {
    fn start() -> Self {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_vouch"));
        let options = PoolOptions::of(&Config::load(None).expect("the defaults"), program, 1);
        let hints =
            Hints { currency: None, day_first: true, today: jiff::civil::date(2026, 11, 22), known: Vec::new() };
        Self { runtime: Runtime::new().expect("a runtime"), pool: Pool::new(options), hints }
    }

    /// From a file's bytes to its fields, as `vouch read` does.
    fn read(&self, bytes: &[u8], media_type: MediaType) -> Reading {
        let reading = self.runtime.block_on(self.pool.read(bytes, media_type, OPTIONS, &|_| Vec::new()));
        let reading = reading.expect("a readable file").remove(0);
        black_box(extract::extract(&seen(&reading), &self.hints));
        reading
    }
}

/// The median of a piece of work, measured by criterion; `None` when it was filtered out or only tried.
fn median(criterion: &mut Criterion, group: &str, name: &str, mut work: impl FnMut()) -> Option<Duration> {
    let mut passes = Vec::new();
    let mut group = criterion.benchmark_group(group);
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    group.warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(500));
    group.bench_function(name, |bencher| {
        bencher.iter_custom(|count| {
            let mut sum = Duration::ZERO;
            for _ in 0..count {
                let started = Instant::now();
                work();
                let pass = started.elapsed();
                passes.push(pass);
                sum += pass;
            }
            sum
        });
    });
    group.finish();
    passes.sort();
    // Fewer are a try (`--test`), not a measurement.
    passes.get(passes.len() / 2).copied().filter(|_| passes.len() >= 10)
}

fn text_layers(criterion: &mut Criterion, vouch: &Vouch) -> Vec<String> {
    let mut slowest: Option<Duration> = None;
    for name in TEXT_PDFS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/samples").join(name);
        let bytes = fs::read(path).expect("a sample");
        let reading = vouch.read(&bytes, MediaType::Pdf);
        assert!(reading.pages.iter().all(|page| page.source == Source::PdfText), "{name} has a text layer");
        let pages = u32::try_from(reading.pages.len()).expect("a few");
        let whole = median(criterion, "text_pdf", name, || drop(vouch.read(&bytes, MediaType::Pdf)));
        slowest = slowest.max(whole.map(|whole| whole / pages));
    }
    slowest.map(|time| format!("figure text_pdf_page_slowest {} ms", milliseconds(time))).into_iter().collect()
}

fn receipts(criterion: &mut Criterion, vouch: &Vouch) -> Vec<String> {
    let files = receipt_files();
    if files.is_empty() {
        println!("The ratio to a bare Tesseract pass is not measured: there are no receipts in {RECEIPTS}.");
        return Vec::new();
    }
    let mut bare = Bare::start();
    let (mut vouch_sum, mut bare_sum, mut count) = (Duration::ZERO, Duration::ZERO, 0_u32);
    let mut rows = Vec::new();
    for file in &files {
        let bytes = fs::read(file).expect("a receipt");
        let gray = raster::decode(&bytes, MediaType::Jpeg, LIMITS).expect("a whole JPEG").to_luma8();
        let name = file.file_stem().expect("a name").to_string_lossy();
        let ours = median(criterion, "receipt_vouch", &name, || drop(vouch.read(&bytes, MediaType::Jpeg)));
        let theirs = median(criterion, "receipt_bare", &name, || bare.read(&gray));
        let (Some(ours), Some(theirs)) = (ours, theirs) else { continue };
        rows.push(format!("{name}: vouch {} ms, bare {} ms", milliseconds(ours), milliseconds(theirs)));
        vouch_sum += ours;
        bare_sum += theirs;
        count += 1;
    }
    if count == 0 {
        return Vec::new();
    }
    rows.push(format!("figure receipts_measured {count} files"));
    rows.push(format!("figure receipt_vouch_mean {} ms", milliseconds(vouch_sum / count)));
    rows.push(format!("figure receipt_bare_mean {} ms", milliseconds(bare_sum / count)));
    let thousandths = vouch_sum.as_micros() * 1000 / bare_sum.as_micros().max(1);
    rows.push(format!("figure receipt_ratio {}.{:03} times", thousandths / 1000, thousandths % 1000));
    rows
}

/// Every so many of the receipts there are: the same ones at every run.
fn receipt_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(RECEIPTS);
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "jpg")).collect();
    files.sort();
    let step = files.len().div_ceil(RECEIPTS_MAX).max(1);
    files.into_iter().step_by(step).collect()
}

/// Tesseract and nothing else, in this process.
struct Bare {
    engine: Option<Tesseract>,
}

impl Bare {
    fn start() -> Self {
        let mut engine = Tesseract::new(None, Some("eng")).expect("Tesseract with its English model");
        engine.set_page_seg_mode(PageSegMode::PsmSingleBlock);
        Self { engine: Some(engine) }
    }

    fn read(&mut self, gray: &image::GrayImage) {
        let side = |pixels: u32| i32::try_from(pixels).expect("a receipt's side");
        let (width, height) = (side(gray.width()), side(gray.height()));
        let engine = self.engine.take().expect("it is put back below");
        let engine = engine.set_frame(gray.as_raw(), width, height, 1, width).expect("gray pixels");
        let mut engine = engine.set_source_resolution(300).recognize().expect("a picture");
        black_box(engine.get_text().expect("text"));
        self.engine = Some(engine);
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{}.{:03}", time.as_micros() / 1000, time.as_micros() % 1000)
}
