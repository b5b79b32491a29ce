//! `vouch key`: change the key that seals ledger tokens.

use std::process::ExitCode;

use clap::Subcommand;

use super::{open, say};
use crate::{config::Config, pipeline::connections::reseal};

/// What can be done with the key.
#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Make a new key in the data folder and seal every stored token with it; the old key stays, for opening
    Rotate,
    /// Seal every stored token with the key of today, after `key` and `key_previous` were changed in the settings
    Reseal,
    /// Take older keys out of the data folder, once nothing is sealed with them any more
    DropOld,
}

/// Runs one of them. Processes at work need not be stopped.
///
/// # Errors
/// The database or the key cannot be used.
pub(super) async fn run(command: KeyCommand, config: Config) -> anyhow::Result<ExitCode> {
    let context = open(config).await?;
    if matches!(command, KeyCommand::Rotate) {
        context.vault.key_renew()?;
    }
    let done = reseal(&context).await?;
    say(&format!("Sealed anew: {}.", done.changed));
    if done.lost > 0 {
        say(&format!("No key opens {} stored token(s): connect those companies again.", done.lost));
        return Ok(ExitCode::FAILURE);
    }
    if matches!(command, KeyCommand::DropOld) {
        context.vault.key_drop_older()?;
        say("Only the key of today is left.");
    }
    Ok(ExitCode::SUCCESS)
}
