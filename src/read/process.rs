//! Readers in processes of their own: kept warm, with a time-out and a limit on memory.
//!
//! Design note. The C++ libraries behind the readers crash or hang on some files; in a process of its own such a file
//! costs itself one retry and then gets a clear error, and everybody else's go on. The processes are this same binary
//! with the hidden command `reader`; they speak frames over their standard streams (`wire`) and end when that closes.

use std::{
    io::{Read, Write},
    path::PathBuf,
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::{Mutex, Semaphore},
};

use super::{
    Options, ReadError, Reading, document,
    engines::Engines,
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
    /// The program: this binary.
    pub program: PathBuf,
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
    /// So many processes of this program, run as the settings say.
    #[must_use]
    pub fn of(config: &Config, program: PathBuf, processes: usize) -> Self {
        Self {
            program,
            readers_dir: config.readers_folder(),
            processes,
            timeout_ms: config.reader_timeout_ms,
            memory_mib_max: config.reader_memory_mib_max,
        }
    }
}

/// Warm reader processes. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Pool {
    options: Arc<PoolOptions>,
    slots: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Worker>>>,
}

/// How often a file is tried: a reader that fails may have been ill for another reason.
const ATTEMPTS: u32 = 2;

impl Pool {
    /// A pool that starts its processes when they are first needed.
    #[must_use]
    pub fn new(options: PoolOptions) -> Self {
        let slots = Arc::new(Semaphore::new(options.processes.max(1)));
        Self { options: Arc::new(options), slots, idle: Arc::new(Mutex::new(Vec::new())) }
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
        let Ok(_slot) = self.slots.acquire().await else { return Err(ReadError::ReaderCrashed) };
        let mut last = ReadError::ReaderCrashed;
        for attempt in 0..ATTEMPTS {
            // Only the first try takes a waiting process: should they all have died meanwhile, it was not the file.
            let idle = if attempt == 0 { self.idle.lock().await.pop() } else { None };
            let mut worker = match idle {
                Some(worker) => worker,
                None => Worker::start(&self.options)?,
            };
            let timeout = Duration::from_millis(self.options.timeout_ms);
            // A worker that is dropped here is killed: `kill_on_drop`.
            match tokio::time::timeout(timeout, worker.read(bytes, media_type, options, ask)).await {
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
}

#[derive(Debug)]
struct Worker {
    // Held so that dropping the worker kills the process.
    _child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Worker {
    fn start(options: &PoolOptions) -> Result<Self, ReadError> {
        let missing = |reason: String| ReadError::ReaderMissing { reason };
        let mut child = Command::new(&options.program)
            .arg("reader")
            .arg("--memory-mib-max")
            .arg(options.memory_mib_max.to_string())
            .arg("--readers-dir")
            .arg(&options.readers_dir)
            .env("OMP_THREAD_LIMIT", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| missing(error.to_string()))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (Some(input), Some(output)) = (input, output) else {
            return Err(missing("its streams could not be opened".to_owned()));
        };
        Ok(Self { _child: child, input, output: BufReader::new(output) })
    }

    async fn read(
        &mut self,
        bytes: &[u8],
        media_type: MediaType,
        options: Options,
        ask: &(dyn Fn(&Reading) -> Vec<Spot> + Sync),
    ) -> std::io::Result<Result<Vec<Reading>, ReadError>> {
        let request = Ask::Read(Request::new(media_type, options));
        self.send(&serde_json::to_vec(&request).map_err(std::io::Error::other)?).await?;
        self.send(bytes).await?;
        self.input.flush().await?;
        let answer: Answer = serde_json::from_slice(&self.receive().await?).map_err(std::io::Error::other)?;
        let rows = match answer {
            Answer::Failed(failure) => return Ok(Err(failure.into())),
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
        Ok(Ok(readings))
    }

    /// Shows places to the witness, who knows the only page of a part by the part's number.
    async fn look(&mut self, spots: &[Spot], part: Option<u32>) -> std::io::Result<Vec<Look>> {
        let there = spots.iter().map(|spot| Spot { page: part.unwrap_or(spot.page), ..*spot });
        let ask = serde_json::to_vec(&Ask::Look(there.map(spot_row).collect())).map_err(std::io::Error::other)?;
        self.send(&ask).await?;
        self.input.flush().await?;
        let rows: Vec<LookRow> = serde_json::from_slice(&self.receive().await?).map_err(std::io::Error::other)?;
        let mut looks: Vec<Look> = rows.into_iter().map(Look::from).collect();
        if part.is_some() {
            looks.iter_mut().for_each(|look| look.spot.page = 1);
        }
        Ok(looks)
    }

    async fn send(&mut self, frame: &[u8]) -> std::io::Result<()> {
        let length = u32::try_from(frame.len()).map_err(std::io::Error::other)?;
        self.input.write_all(&length.to_be_bytes()).await?;
        self.input.write_all(frame).await
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

/// The whole life of a reader process: answers requests from standard input until it closes.
///
/// # Errors
/// A stream broke, or the memory limit could not be set.
pub fn serve(memory_mib_max: u64, readers_dir: PathBuf) -> std::io::Result<()> {
    let bytes_max = memory_mib_max.saturating_mul(1024 * 1024);
    rlimit::setrlimit(rlimit::Resource::AS, bytes_max, bytes_max)?;
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stdout().lock());
    let mut engines = Engines::new(readers_dir);
    while let Some(ask) = receive(&mut input)? {
        match serde_json::from_slice(&ask).map_err(std::io::Error::other)? {
            Ask::Read(request) => {
                let Some(bytes) = receive(&mut input)? else { return Ok(()) };
                let (media_type, options) =
                    request.into_parts().ok_or_else(|| std::io::Error::other("the request is of another version"))?;
                let result = document(bytes, media_type, options, &mut engines);
                let (answer, pictures) = Answer::from_result(result);
                send(&mut output, &serde_json::to_vec(&answer).map_err(std::io::Error::other)?)?;
                for picture in pictures {
                    send(&mut output, &picture)?;
                }
            }
            Ask::Look(rows) => {
                // A witness who cannot come is no reason to lose the reading.
                let looks = engines.look(&rows.into_iter().map(spot_of).collect::<Vec<_>>()).unwrap_or_default();
                let rows: Vec<LookRow> = looks.iter().map(LookRow::from).collect();
                send(&mut output, &serde_json::to_vec(&rows).map_err(std::io::Error::other)?)?;
            }
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
    let length = u32::try_from(frame.len()).map_err(std::io::Error::other)?;
    output.write_all(&length.to_be_bytes())?;
    output.write_all(frame)
}
