//! The program: reads files, and becomes `vouch-server` for every other command.

use std::process::ExitCode;

fn main() -> ExitCode {
    vouch::cli::run()
}
