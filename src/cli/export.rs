//! `vouch export`: approved documents as CSV.

use std::{io::Write, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::open;
use crate::{
    config::Config,
    pipeline::{
        LedgerKind,
        export::{Export, export},
    },
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

/// Writes the file and says how many documents are in it, and what is not.
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
    let Export { bytes, documents, credit_notes, incomplete, uncharged } =
        export(&context, layout, arguments.with_posted).await?;
    match &arguments.output {
        Some(file) => std::fs::write(file, bytes).with_context(|| format!("{} cannot be written", file.display()))?,
        None => std::io::stdout().write_all(&bytes)?,
    }
    eprintln!("{documents} approved documents were written.");
    let title = layout.title();
    for (count, sentence) in [
        (
            credit_notes,
            format!("credit notes are not in the file, which holds bills: enter them in {title}, or connect it."),
        ),
        (
            incomplete,
            "documents without a supplier, a date or a total are not in the file: complete them first.".to_owned(),
        ),
        (uncharged, format!("documents are in the file without their department or project: set it in {title}.")),
    ] {
        if count > 0 {
            eprintln!("{count} {sentence}");
        }
    }
    Ok(ExitCode::SUCCESS)
}
