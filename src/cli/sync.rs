//! `vouch sync`: what the scheduler does, now and by hand.

use std::process::ExitCode;

use super::{open, say};
use crate::{config::Config, pipeline::sync::run_sync, store::connection::connection_list};

/// Syncs every connected company, one after the other.
///
/// # Errors
/// The database cannot be used.
pub(super) async fn run(config: Config) -> anyhow::Result<ExitCode> {
    let context = open(config).await?;
    let connections = connection_list(&context.db).await?;
    if connections.is_empty() {
        say("No company is connected yet. Start `vouch serve`, sign in, and open Connections.");
    }
    let mut failed = false;
    for connection in connections {
        if connection.state != "connected" {
            say(&format!("{}: not connected ({}).", connection.name, connection.state));
            continue;
        }
        match run_sync(&context, connection.id).await {
            Ok(()) => say(&format!("{}: up to date.", connection.name)),
            Err(error) => {
                failed = true;
                say(&format!("{}: {}.", connection.name, error.reason));
            }
        }
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
