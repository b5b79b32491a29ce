//! Readers in processes of their own: kept warm, with a time-out and a limit on memory.
//!
//! Design note. The C++ libraries behind the readers crash or hang on some files; in a process of its own such a file
//! costs itself one retry and then gets a clear error, and everybody else's go on. The processes speak frames over their
//! standard streams (`wire`) and end when that closes.
//!
//! There are two programs (decision 0010). Loading the libraries that Tesseract needs takes longer than reading a text
//! PDF, so what has no pictures to be read goes to this same program with the hidden command `reader`, which has none of
//! them; it hands back what turns out to hold pictures. Those go to `vouch-reader`, which lies beside it.

use std::{
    io::{BufWriter, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::{Mutex, Semaphore},
};

use super::{
    Options, ReadError, Reader, Reading, document,
    early::{Early, reader},
    engines::Engines,
    text_document,
    wire::{Answer, Ask, FRAME_BYTES_MAX, LookRow, Request, spot_of, spot_row},
};
use crate::{
    config::Config,
    model::{
        media::MediaType,
        page::{Look, Spot},
    },
};

/// How reader processes are run.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// The program that reads texts: this binary.
    pub text_program: PathBuf,
    /// The program that reads pictures, and texts beside them.
    pub picture_program: PathBuf,
    /// The folder with the neural reader's files.
    pub readers_dir: PathBuf,
    /// How many at once.
    pub processes: usize,
    /// A file that takes longer is given up, in milliseconds.
    pub timeout_ms: u64,
    /// The most memory a process may ask for, in mebibytes.
    pub memory_mib_max: u64,
}

impl PoolOptions {
    /// So many processes of this program and of the one beside it, run as the settings say.
    #[must_use]
    pub fn of(config: &Config, program: PathBuf, processes: usize) -> Self {
        Self {
            picture_program: picture_program(&program),
            text_program: program,
            readers_dir: config.readers_folder(),
            processes,
            timeout_ms: config.reader_timeout_ms,
            memory_mib_max: config.reader_memory_mib_max,
        }
    }
}

/// The name of the program that reads pictures. Cargo builds and installs it beside `vouch`.
const PICTURE_PROGRAM: &str = "vouch-reader";

/// Where the program that reads pictures is, beside this one.
#[must_use]
pub fn picture_program(program: &Path) -> PathBuf {
    program.with_file_name(PICTURE_PROGRAM).with_extension(std::env::consts::EXE_EXTENSION)
}

/// Which of the two programs a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Program {
    Text,
    Pictures,
}

impl Program {
    /// Which is asked first: pages that people look at have to be drawn, and a reader that was named is optical.
    const fn first(media_type: MediaType, options: Options) -> Self {
        let text = match media_type {
            MediaType::Pdf | MediaType::Xml => true,
            MediaType::Jpeg | MediaType::Png | MediaType::Tiff | MediaType::WebP | MediaType::Heic => false,
        };
        let only = text && !options.pictures && matches!(options.reader, Reader::Auto);
        if only { Self::Text } else { Self::Pictures }
    }
}

/// Warm reader processes. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Pool {
    options: Arc<PoolOptions>,
    /// As many as processes may be at work.
    slots: Arc<Semaphore>,
    /// As many of them as may read texts.
    text_slots: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Worker>>>,
}

/// How many bytes of a file wait in the pipe to a reader: most PDFs are handed over at once, and need nobody to hand on the
/// rest when the reader comes to it. No more is granted to an ordinary user (`/proc/sys/fs/pipe-max-size`).
const PIPE_BYTES: usize = 1024 * 1024;

/// Most answers are shorter, and so written at once.
const ANSWER_BYTES: usize = 64 * 1024;

/// How many of so many processes read texts. To understand what a text says takes whoever asked as long as it took to read
/// it: half of the processors for each.
#[must_use]
pub fn text_processes(processes: usize) -> usize {
    processes.div_ceil(2).max(1)
}

/// How often a file is tried: a reader that fails may have been ill for another reason.
const ATTEMPTS: u32 = 2;

impl Pool {
    /// A pool that starts its processes when they are first needed.
    #[must_use]
    pub fn new(options: PoolOptions) -> Self {
        let slots = Arc::new(Semaphore::new(options.processes.max(1)));
        let text_slots = Arc::new(Semaphore::new(text_processes(options.processes)));
        Self { options: Arc::new(options), slots, text_slots, idle: Arc::default() }
    }

    /// Starts a process for texts before there is one to read, so that it need not be waited for then.
    ///
    /// # Errors
    /// The program cannot be started.
    pub async fn warm_text(&self) -> Result<(), ReadError> {
        let worker = Worker::start(Program::Text, &self.options)?;
        self.idle.lock().await.push(worker);
        Ok(())
    }

    /// Takes on the reader that was started early, where it is run as the settings say.
    pub async fn adopt(&self, early: Early) -> bool {
        let fits = early.fits(&self.options);
        let worker = if fits { Worker::adopt(early) } else { None };
        let adopted = worker.is_some();
        self.idle.lock().await.extend(worker);
        adopted
    }

    /// Reads a file in one of the processes, waiting for a free one: one reading, or as many as there are papers in the
    /// picture. `ask` names the places of a reading, if any, that a second reader is to look at; what it saw is in it.
    ///
    /// # Errors
    /// The file cannot be read, or its reader failed or hung twice.
    pub async fn read(
        &self,
        bytes: &[u8],
        media_type: MediaType,
        options: Options,
        ask: &(dyn Fn(&Reading) -> Vec<Spot> + Sync),
    ) -> Result<Vec<Reading>, ReadError> {
        let request = Request::new(media_type, options);
        let first = Program::first(media_type, options);
        match self.read_with(first, bytes, &request, ask).await? {
            Some(reading) => Ok(reading),
            // It holds pictures; only the other program can say what is on them, and it never hands a file back.
            None => {
                let reading = self.read_with(Program::Pictures, bytes, &request, ask).await?;
                reading.ok_or(ReadError::ReaderCrashed)
            }
        }
    }

    /// Reads with one of the programs; nothing where it was the wrong one.
    async fn read_with(
        &self,
        program: Program,
        bytes: &[u8],
        request: &Request,
        ask: &(dyn Fn(&Reading) -> Vec<Spot> + Sync),
    ) -> Result<Option<Vec<Reading>>, ReadError> {
        let slots = match program {
            Program::Text => &self.text_slots,
            Program::Pictures => &self.slots,
        };
        let Ok(_slot) = slots.acquire().await else { return Err(ReadError::ReaderCrashed) };
        let mut last = ReadError::ReaderCrashed;
        for attempt in 0..ATTEMPTS {
            // Only the first try takes a waiting process: should they all have died meanwhile, it was not the file.
            let idle = if attempt == 0 { self.waiting(program).await } else { None };
            let mut worker = match idle {
                Some(worker) => worker,
                None => Worker::start(program, &self.options)?,
            };
            let timeout = Duration::from_millis(self.options.timeout_ms);
            // A worker that is dropped here is killed: `kill_on_drop`.
            match tokio::time::timeout(timeout, worker.read(bytes, request, ask)).await {
                Ok(Ok(result)) => {
                    self.idle.lock().await.push(worker);
                    return result;
                }
                Ok(Err(_)) => last = ReadError::ReaderCrashed,
                Err(_) => last = ReadError::ReaderTimeout { seconds: timeout.as_secs() },
            }
        }
        Err(last)
    }

    async fn waiting(&self, program: Program) -> Option<Worker> {
        let mut idle = self.idle.lock().await;
        let place = idle.iter().rposition(|worker| worker.program == program)?;
        Some(idle.swap_remove(place))
    }
}

#[derive(Debug)]
#[expect(dead_code, reason = "held so that dropping it kills the process")]
enum Process {
    Started(Child),
    Early(Early),
}

#[derive(Debug)]
struct Worker {
    program: Program,
    // Held so that dropping the worker kills the process.
    _process: Process,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Worker {
    fn start(program: Program, options: &PoolOptions) -> Result<Self, ReadError> {
        let missing = |reason: String| ReadError::ReaderMissing { reason };
        let path = match program {
            Program::Text => &options.text_program,
            Program::Pictures => &options.picture_program,
        };
        let mut command = reader(path, options.memory_mib_max);
        match program {
            Program::Text => {}
            Program::Pictures => {
                command.arg("--readers-dir").arg(&options.readers_dir).env("OMP_THREAD_LIMIT", "1");
            }
        }
        let mut child = Command::from(command)
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| missing(format!("{}: {error}", path.display())))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(input), Some(output)) = (input, output) else {
            return Err(missing("its streams could not be opened".to_owned()));
        };
        Ok(Self::new(program, Process::Started(child), input, output))
    }

    /// The reader that was started early; nothing where its streams cannot be used.
    fn adopt(mut early: Early) -> Option<Self> {
        let (input, output) = early.streams()?;
        let (input, output) = (ChildStdin::from_std(input).ok()?, ChildStdout::from_std(output).ok()?);
        Some(Self::new(Program::Text, Process::Early(early), input, output))
    }

    fn new(program: Program, process: Process, input: ChildStdin, output: ChildStdout) -> Self {
        // Where the kernel does not grant it, a file is handed over in more parts.
        let _ = rustix::pipe::fcntl_setpipe_size(&input, PIPE_BYTES);
        Self { program, _process: process, input, output: BufReader::new(output) }
    }

    async fn read(
        &mut self,
        bytes: &[u8],
        request: &Request,
        ask: &(dyn Fn(&Reading) -> Vec<Spot> + Sync),
    ) -> std::io::Result<Result<Option<Vec<Reading>>, ReadError>> {
        let request = Ask::Read(request.clone());
        let request = serde_json::to_vec(&request).map_err(std::io::Error::other)?;
        // In two parts, not four: the reader wakes at each.
        let head = [length_of(&request)?.as_slice(), &request, &length_of(bytes)?].concat();
        self.input.write_all(&head).await?;
        self.input.write_all(bytes).await?;
        self.input.flush().await?;
        let answer: Answer = serde_json::from_slice(&self.receive().await?).map_err(std::io::Error::other)?;
        let rows = match answer {
            Answer::Failed(failure) => return Ok(Err(failure.into())),
            Answer::Pictures => return Ok(Ok(None)),
            Answer::Read(rows) if rows.is_empty() => return Err(std::io::Error::other("the reader read nothing")),
            Answer::Read(rows) => rows,
        };
        let mut readings = Vec::with_capacity(rows.len());
        for row in rows {
            let (pictures, cut) = (row.pictures, row.cut);
            let mut reading = row.into_reading();
            for _ in 0..pictures {
                reading.pictures.push(self.receive().await?);
            }
            if cut {
                reading.cut = Some(self.receive().await?);
            }
            readings.push(reading);
        }
        let are_parts = readings.len() > 1;
        for (part, reading) in (1..).zip(&mut readings) {
            let spots = ask(reading);
            if !spots.is_empty() {
                let started = Instant::now();
                reading.looks = self.look(&spots, are_parts.then_some(part)).await?;
                reading.recognise += started.elapsed();
            }
        }
        Ok(Ok(Some(readings)))
    }

    /// Shows places to the witness, who knows the only page of a part by the part's number.
    async fn look(&mut self, spots: &[Spot], part: Option<u32>) -> std::io::Result<Vec<Look>> {
        let there = spots.iter().map(|spot| Spot { page: part.unwrap_or(spot.page), ..*spot });
        let ask = serde_json::to_vec(&Ask::Look(there.map(spot_row).collect())).map_err(std::io::Error::other)?;
        self.input.write_all(&[length_of(&ask)?.as_slice(), &ask].concat()).await?;
        self.input.flush().await?;
        let rows: Vec<LookRow> = serde_json::from_slice(&self.receive().await?).map_err(std::io::Error::other)?;
        let mut looks: Vec<Look> = rows.into_iter().map(Look::from).collect();
        if part.is_some() {
            looks.iter_mut().for_each(|look| look.spot.page = 1);
        }
        Ok(looks)
    }

    async fn receive(&mut self) -> std::io::Result<Vec<u8>> {
        let length = self.output.read_u32().await?;
        if length > FRAME_BYTES_MAX {
            return Err(std::io::Error::other("a frame from the reader is too long"));
        }
        let mut frame = vec![0; usize::try_from(length).map_err(std::io::Error::other)?];
        self.output.read_exact(&mut frame).await?;
        Ok(frame)
    }
}

/// How long a frame is, as it is written before it.
fn length_of(frame: &[u8]) -> std::io::Result<[u8; 4]> {
    Ok(u32::try_from(frame.len()).map_err(std::io::Error::other)?.to_be_bytes())
}

/// The whole life of a process that reads pictures: answers requests from standard input until it closes.
///
/// # Errors
/// A stream broke, or the memory limit could not be set.
pub fn serve(memory_mib_max: u64, mut engines: Engines) -> std::io::Result<()> {
    answer_all(memory_mib_max, |asked| match asked {
        Asked::Read(bytes, media_type, options) => {
            let (answer, pictures) = Answer::from_result(document(bytes, media_type, options, &mut engines));
            Ok((serde_json::to_vec(&answer)?, pictures))
        }
        Asked::Look(spots) => {
            // A witness who cannot come is no reason to lose the reading.
            let looks = engines.look(&spots).unwrap_or_default();
            let rows: Vec<LookRow> = looks.iter().map(LookRow::from).collect();
            Ok((serde_json::to_vec(&rows)?, Vec::new()))
        }
    })
}

/// The same of a process that reads texts only, and hands back what holds pictures.
///
/// # Errors
/// A stream broke, or the memory limit could not be set.
pub fn serve_text(memory_mib_max: u64) -> std::io::Result<()> {
    answer_all(memory_mib_max, |asked| match asked {
        Asked::Read(bytes, media_type, options) => {
            let (answer, pictures) = match text_document(bytes, media_type, options.limits).transpose() {
                Some(result) => Answer::from_result(result),
                None => (Answer::Pictures, Vec::new()),
            };
            Ok((serde_json::to_vec(&answer)?, pictures))
        }
        Asked::Look(_) => Ok((serde_json::to_vec::<[LookRow]>(&[])?, Vec::new())),
    })
}

/// What a process is asked, taken apart.
enum Asked {
    Read(Vec<u8>, MediaType, Options),
    Look(Vec<Spot>),
}

/// Answers with JSON and the pictures that follow it, until standard input closes.
fn answer_all(
    memory_mib_max: u64,
    mut answer: impl FnMut(Asked) -> serde_json::Result<(Vec<u8>, Vec<Vec<u8>>)>,
) -> std::io::Result<()> {
    let bytes_max = memory_mib_max.saturating_mul(1024 * 1024);
    rlimit::setrlimit(rlimit::Resource::AS, bytes_max, bytes_max)?;
    let (mut input, mut output) =
        (std::io::stdin().lock(), BufWriter::with_capacity(ANSWER_BYTES, std::io::stdout().lock()));
    while let Some(ask) = receive(&mut input)? {
        let asked = match serde_json::from_slice(&ask).map_err(std::io::Error::other)? {
            Ask::Read(request) => {
                let Some(bytes) = receive(&mut input)? else { return Ok(()) };
                let (media_type, options) =
                    request.into_parts().ok_or_else(|| std::io::Error::other("the request is of another version"))?;
                Asked::Read(bytes, media_type, options)
            }
            Ask::Look(rows) => Asked::Look(rows.into_iter().map(spot_of).collect()),
        };
        let (json, pictures) = answer(asked).map_err(std::io::Error::other)?;
        send(&mut output, &json)?;
        for picture in pictures {
            send(&mut output, &picture)?;
        }
        output.flush()?;
    }
    Ok(())
}

fn receive(input: &mut impl Read) -> std::io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_be_bytes(length);
    if length > FRAME_BYTES_MAX {
        return Err(std::io::Error::other("a frame from vouch is too long"));
    }
    let mut frame = vec![0; usize::try_from(length).map_err(std::io::Error::other)?];
    input.read_exact(&mut frame)?;
    Ok(Some(frame))
}

fn send(output: &mut impl Write, frame: &[u8]) -> std::io::Result<()> {
    output.write_all(&length_of(frame)?)?;
    output.write_all(frame)
}
