//! `vouch export`: approved documents as CSV.

use std::{io::Write, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::open;
use crate::{
    config::Config,
    pipeline::{LedgerKind, export::export},
};

/// What `vouch export` takes.
#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// Whose import layout to write
    #[arg(long, value_enum)]
    layout: Layout,
    /// Where to write it; standard output when not given
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Also write what vouch has posted itself; importing that would enter it twice
    #[arg(long)]
    with_posted: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Layout {
    /// The bills import of QuickBooks Online
    Quickbooks,
    /// The bills import of Xero
    Xero,
}

/// Writes the file and says how many rows it has.
///
/// # Errors
/// The database cannot be used or the file cannot be written.
#[expect(clippy::print_stderr, reason = "the command line speaks to people, and standard output may be the file")]
pub(super) async fn run(arguments: ExportArguments, config: Config) -> anyhow::Result<ExitCode> {
    let context = open(config).await?;
    let layout = match arguments.layout {
        Layout::Quickbooks => LedgerKind::QuickBooks,
        Layout::Xero => LedgerKind::Xero,
    };
    let (bytes, rows) = export(&context, layout, arguments.with_posted).await?;
    match &arguments.output {
        Some(file) => std::fs::write(file, bytes).with_context(|| format!("{} cannot be written", file.display()))?,
        None => std::io::stdout().write_all(&bytes)?,
    }
    eprintln!("{rows} approved documents were written.");
    Ok(ExitCode::SUCCESS)
}
