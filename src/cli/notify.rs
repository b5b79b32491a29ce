//! `vouch notify`: trying out the channels on which people are told what waits for them.

use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;

use super::{open, say};
use crate::{config::Config, pipeline::notices::try_out};

/// What can be done with notices.
#[derive(Debug, Subcommand)]
pub(super) enum NotifyCommand {
    /// Send a test over every channel that is set up, and say what came of it
    Test {
        /// The e-mail address that the test is for
        #[arg(long, value_name = "EMAIL")]
        to: String,
    },
}

/// Does it; exit 1 when a channel did not take the test.
///
/// # Errors
/// The address is not one, or no channel is set up.
pub(super) async fn run(command: NotifyCommand, config: Config) -> anyhow::Result<ExitCode> {
    let NotifyCommand::Test { to } = command;
    if !to.contains('@') {
        bail!("“{to}” is not an e-mail address");
    }
    let context = open(config).await?;
    let outcomes = try_out(&context, to.trim()).await;
    if outcomes.is_empty() {
        bail!("no channel is set up; put the address of a mail server, a webhook or a robot under [notices]");
    }
    let mut wrong = false;
    for (channel, outcome) in outcomes {
        match outcome {
            Ok(()) => say(&format!("  sent    {}", channel.name())),
            Err(error) => {
                wrong = true;
                say(&format!("  FAILED  {}: {error}", channel.name()));
            }
        }
    }
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
