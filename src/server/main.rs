//! `vouch-server`, the program with every command. `vouch` becomes it for all but reading: to start a program that has
//! databases, ledgers and pages in it takes half as long as reading a text PDF (decision 0012).

use std::process::ExitCode;

fn main() -> ExitCode {
    vouch::cli::run_any()
}
