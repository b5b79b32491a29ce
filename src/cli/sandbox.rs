//! `vouch sandbox`: stand-ins of both ledgers on loopback.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;
use tokio::net::TcpListener;

use super::say;
use crate::{
    config::{Config, LedgerConfig},
    sandbox::{Options, Sandbox},
};

/// What `vouch sandbox` takes.
#[derive(Debug, Args)]
pub(super) struct SandboxArguments {
    /// The address to serve on
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8390")]
    listen: String,
    /// A file that keeps what was posted, from one run to the next
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Do not limit how many calls are answered
    #[arg(long)]
    no_limits: bool,
    /// Calls a day that Xero allows for one organisation: 1000 for an app of its tier Starter
    #[arg(long, value_name = "CALLS", default_value_t = 5_000)]
    xero_day_calls: u32,
}

/// Serves both stand-ins until told to stop.
///
/// # Errors
/// The address or the state file cannot be used.
pub(super) async fn run(arguments: SandboxArguments) -> anyhow::Result<ExitCode> {
    let options = Options {
        state_file: arguments.state,
        limits: !arguments.no_limits,
        xero_day_calls_max: arguments.xero_day_calls,
        ..Options::default()
    };
    let listener = TcpListener::bind(&arguments.listen)
        .await
        .with_context(|| format!("the address {} cannot be used; choose another with --listen", arguments.listen))?;
    let root = format!("http://{}", listener.local_addr()?);
    let sandbox = Sandbox::new(options)?;
    say(&format!("QuickBooks and Xero stand-ins are at {root}. Stop them with Ctrl-C.\n"));
    say(&settings_text(&root));
    sandbox
        .serve(listener, async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    Ok(ExitCode::SUCCESS)
}

/// The settings that lead vouch to the stand-ins, for a settings file.
pub(super) fn settings_text(root: &str) -> String {
    let mut text = String::from("# Put this into a file and start vouch with: vouch --config FILE serve\n");
    for (name, ledger) in [("quickbooks", quickbooks(root)), ("xero", xero(root))] {
        let rows = [
            ("client_id", &ledger.client_id),
            ("client_secret", &ledger.client_secret),
            ("authorize_url", &ledger.authorize_url),
            ("token_url", &ledger.token_url),
            ("revoke_url", &ledger.revoke_url),
            ("connections_url", &ledger.connections_url),
            ("api_url", &ledger.api_url),
            ("entry_page", &ledger.entry_page),
        ];
        text.push_str(&format!("\n[{name}]\n"));
        for (key, value) in rows.into_iter().filter(|(_, value)| !value.is_empty()) {
            text.push_str(&format!("{key} = \"{value}\"\n"));
        }
    }
    text
}

fn ledger(root: &str, authorize: &str, token: &str, revoke: &str, connections: &str, api: &str) -> LedgerConfig {
    let options = Options::default();
    let connections_url = if connections.is_empty() { String::new() } else { format!("{root}{connections}") };
    LedgerConfig {
        client_id: options.client_id,
        client_secret: options.client_secret,
        authorize_url: format!("{root}{authorize}"),
        token_url: format!("{root}{token}"),
        revoke_url: format!("{root}{revoke}"),
        connections_url,
        api_url: format!("{root}{api}"),
        entry_page: format!("{root}{api}/app/{{resource}}/{{id}}"),
    }
}

fn quickbooks(root: &str) -> LedgerConfig {
    let (token, revoke) = ("/quickbooks/oauth2/v1/tokens/bearer", "/quickbooks/v2/oauth2/tokens/revoke");
    ledger(root, "/quickbooks/connect/oauth2", token, revoke, "", "/quickbooks")
}

fn xero(root: &str) -> LedgerConfig {
    let (token, revoke) = ("/xero/connect/token", "/xero/connect/revocation");
    ledger(root, "/xero/identity/connect/authorize", token, revoke, "/xero/connections", "/xero")
}

/// Leads vouch to the stand-ins at `root`, `http://ADDRESS:PORT`.
pub(super) fn point_at(config: &mut Config, root: &str) {
    config.quickbooks = quickbooks(root);
    config.xero = xero(root);
}
