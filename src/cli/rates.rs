//! `vouch rates import`: exchange rates from a file.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, Subcommand};

use super::{open, say};
use crate::{
    config::Config,
    model::{currency::Currency, rate::parse},
    store::rate::rate_store_all,
};

/// A file of rates is not longer than this; the European Central Bank's whole history has 3 MB.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

#[derive(Debug, Subcommand)]
pub(super) enum RatesCommand {
    /// Take in the rates of a file; days that are known already are replaced
    Import(ImportArguments),
}

#[derive(Debug, Args)]
pub(super) struct ImportArguments {
    /// The European Central Bank's eurofxref file (CSV or XML) for `ecb`; else a CSV of date,base,currency,rate
    file: PathBuf,
    /// Under which name policies use them
    #[arg(long, default_value = "ecb", value_name = "NAME")]
    source: String,
}

/// Runs one of the commands about rates.
///
/// # Errors
/// The file cannot be read or is not one of rates, or the database cannot be used.
pub(super) async fn run(command: RatesCommand, config: Config) -> anyhow::Result<ExitCode> {
    let RatesCommand::Import(arguments) = command;
    let file = &arguments.file;
    let bytes = std::fs::metadata(file).with_context(|| format!("{} cannot be read", file.display()))?.len();
    anyhow::ensure!(bytes <= FILE_BYTES_MAX, "{} is larger than {FILE_BYTES_MAX} bytes", file.display());
    let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let read = match arguments.source.as_str() {
        "ecb" => Currency::parse("EUR").map_err(anyhow::Error::from).and_then(|euro| Ok((euro, parse::ecb(&text)?))),
        _ => parse::plain(&text).map_err(anyhow::Error::from),
    };
    let (base, rates) = read.with_context(|| file.display().to_string())?;
    let context = open(config).await?;
    let txn = context.db.begin_write().await?;
    rate_store_all(&txn, &arguments.source, base, &rates).await?;
    txn.commit().await?;
    say(&format!("{} rates of {} are known now.", rates.len(), arguments.source));
    Ok(ExitCode::SUCCESS)
}
