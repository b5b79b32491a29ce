//! Log lines: readable text and fields on standard error. No names, amounts, tokens or page text.

use tracing_subscriber::EnvFilter;

/// Starts writing log lines; `filter` is in the form of `RUST_LOG`, `info` when empty.
pub fn start(filter: &str) {
    let filter = if filter.is_empty() { "info,sqlx=warn,hyper=warn" } else { filter };
    let filter = EnvFilter::try_new(filter).unwrap_or_else(|_| EnvFilter::new("info"));
    // A second start, as in tests, changes nothing.
    let _ =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).try_init();
}
