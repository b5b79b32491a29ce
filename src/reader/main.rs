//! `vouch-reader`, the second program: it reads pictures for `vouch`, which starts it when there are some to read.
//!
//! It is a program of its own because Tesseract is here: to load the fifty libraries that it needs takes longer than to
//! read a text PDF (decision 0010). The library `vouch` does not know the crate `tesseract`; it is handed the engines.

mod strokes;
mod tesseract;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use vouch::read::{Engines, process};

/// Reads pictures for `vouch`, which starts it; it is of no use alone.
#[derive(Debug, Parser)]
#[command(version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read files for a parent process
    Reader {
        /// The most memory it may ask for
        #[arg(long, value_name = "MIB")]
        memory_mib_max: u64,
        /// Where the neural reader's files are
        #[arg(long, value_name = "DIR")]
        readers_dir: PathBuf,
    },
    /// Name the languages that Tesseract wants and has not, one a line
    Missing,
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Reader { memory_mib_max, readers_dir } => {
            let engines = Engines::new(readers_dir, Box::new(tesseract::Engines::default()));
            match process::serve(memory_mib_max, engines) {
                Ok(()) => ExitCode::SUCCESS,
                Err(_) => ExitCode::FAILURE,
            }
        }
        Command::Missing => {
            say(&tesseract::languages_missing());
            ExitCode::SUCCESS
        }
    }
}

fn say(lines: &[&str]) {
    use std::io::Write;
    for line in lines {
        // Whoever asked may have gone; that is not our failure.
        let _ = writeln!(std::io::stdout(), "{line}");
    }
}
