//! Policies as files: the fixtures, the schema, and `vouch policy`.
//!
//! The parser and the schema are two descriptions of one thing; here they are held against each other.

#[path = "policy/command.rs"]
mod command;
#[path = "policy/scenarios.rs"]
mod scenarios;
#[path = "policy/schema.rs"]
mod schema;

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A file or folder of the repository.
fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn text_of(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The policies of the fixtures that are meant to be right.
fn policies() -> Vec<PathBuf> {
    json_files("fixtures/policies", |text| text.contains("\"flow\""))
}

fn json_files(folder: &str, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(project(folder)).expect("a folder of ours");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("a folder of ours").path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "json") && wanted(&text_of(path)));
    files.sort();
    files
}
