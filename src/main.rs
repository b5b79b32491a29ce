//! The program: parses the command line, runs the command, prints the error chain.

use std::process::ExitCode;

fn main() -> ExitCode {
    vouch::cli::run()
}
