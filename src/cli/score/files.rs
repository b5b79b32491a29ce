//! Where labels and files lie on the disk, and which belong together.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};

use super::labels::{Label, Labels, Unclear};
use crate::model::media::MediaType;

/// More labels than any set has; a larger file is something else.
const LABEL_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The most files of a folder that are looked at.
const FILES_MAX: usize = 100_000;
/// The name of a file with the labels of a whole folder.
const LABELS_FILE: &str = "labels.json";

/// Labels with their files.
#[derive(Debug, Default)]
pub(super) struct Matched {
    /// Each label that has a file.
    pub(super) pairs: Vec<(Label, PathBuf)>,
    /// How many labels have none.
    pub(super) labels_without_file: usize,
    /// How many files have no label.
    pub(super) files_without_label: usize,
}

/// Reads labels from a file, from the `labels.json` of a folder, or from all JSON files of a folder.
///
/// # Errors
/// There are none; the message says what to do.
pub(super) fn labels(place: &Path) -> anyhow::Result<Labels> {
    if place.is_dir() {
        let whole = place.join(LABELS_FILE);
        return if whole.is_file() { labels_file(&whole) } else { labels_folder(place) };
    }
    if !place.exists() {
        bail!("there are no labels at {}; give a JSON file, or a folder that has one", place.display());
    }
    labels_file(place)
}

/// Finds each label's file: the one of that name, or else the first of that name before its ending.
///
/// # Errors
/// The folder cannot be listed or holds too many files, or no label has a file.
pub(super) fn matched(labels: Vec<Label>, folder: &Path) -> anyhow::Result<Matched> {
    let names = listing(folder)?;
    let mut files: BTreeMap<String, bool> =
        names.into_iter().filter(|name| !name.starts_with('.') && !is_json(name)).map(|name| (name, false)).collect();
    let by_stem: BTreeMap<String, String> =
        files.keys().rev().map(|name| (stem(Path::new(name)), name.clone())).collect();
    let mut matched = Matched::default();
    for label in labels {
        let name = if files.contains_key(&label.file) { Some(&label.file) } else { by_stem.get(&label.file) };
        match name.cloned() {
            Some(name) => {
                matched.pairs.push((label, folder.join(&name)));
                files.insert(name, true);
            }
            None => matched.labels_without_file += 1,
        }
    }
    matched.files_without_label =
        files.iter().filter(|(name, is_labelled)| !**is_labelled && is_document(name)).count();
    if matched.pairs.is_empty() {
        bail!(
            "none of the {} labels names a file in {}; give the folder that holds the files, as in: vouch score LABELS \
             DIR",
            matched.labels_without_file,
            folder.display()
        );
    }
    Ok(matched)
}

fn labels_file(file: &Path) -> anyhow::Result<Labels> {
    let text = label_text(file)?;
    Labels::parse(&stem(file), &text).with_context(|| format!("{} cannot be used", file.display()))
}

fn labels_folder(folder: &Path) -> anyhow::Result<Labels> {
    let mut all = Labels::default();
    for name in listing(folder)?.into_iter().filter(|name| is_json(name)) {
        let file = folder.join(&name);
        match Labels::parse(&stem(&file), &label_text(&file)?) {
            Ok(labels) => {
                all.labels.extend(labels.labels);
                all.unclear.extend(labels.unclear);
            }
            Err(error) => all.unclear.push(Unclear { file: name, reason: error.to_string() }),
        }
    }
    if all.labels.is_empty() {
        bail!(
            "the folder {} has no labels; it needs a {LABELS_FILE}, or one JSON file for each file",
            folder.display()
        );
    }
    Ok(all)
}

fn label_text(file: &Path) -> anyhow::Result<String> {
    let size = fs::metadata(file).with_context(|| format!("{} cannot be opened", file.display()))?.len();
    if size > LABEL_BYTES_MAX {
        bail!("{} has more than {LABEL_BYTES_MAX} bytes; labels are smaller, so give another file", file.display());
    }
    fs::read_to_string(file).with_context(|| format!("{} cannot be read as text", file.display()))
}

/// The names of a folder's files, in order.
fn listing(folder: &Path) -> anyhow::Result<Vec<String>> {
    let entries = fs::read_dir(folder)
        .with_context(|| format!("the folder {} cannot be listed; give the folder of the files", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries.flatten().filter(|entry| entry.path().is_file()) {
        names.push(entry.file_name().to_string_lossy().into_owned());
        if names.len() > FILES_MAX {
            bail!("{} holds more than {FILES_MAX} files; split it", folder.display());
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Whether a file is of a kind that is read, by its name: a licence beside the files lacks no label.
fn is_document(name: &str) -> bool {
    let endings = MediaType::ALL.into_iter().map(MediaType::extension).chain(["jpeg", "tiff"]);
    let own = Path::new(name).extension().unwrap_or_default();
    endings.into_iter().any(|ending| own.eq_ignore_ascii_case(ending))
}

fn is_json(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"))
}

fn stem(file: &Path) -> String {
    file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            fs::write(folder.path().join(name), text).expect("a file");
        }
        folder
    }

    #[test]
    fn labels_find_their_files_by_name_or_stem() {
        let text =
            r#"{"1": {"total": "9"}, "a.cii.xml": {"seller": "x"}, "gone": {"total": "9"}, "a": {"total": "9"}}"#;
        let files = [
            ("1.png", ""),
            ("1.jpg", ""),
            ("a.cii.xml", ""),
            ("a.pdf", ""),
            ("more.jpg", ""),
            ("LICENSE", ""),
            ("labels.json", text),
        ];
        let folder = folder(&files);
        for place in [folder.path().to_owned(), folder.path().join("labels.json")] {
            let labels = labels(&place).expect("labels");
            let matched = matched(labels.labels, folder.path()).expect("files");
            let names: Vec<_> = matched
                .pairs
                .iter()
                .map(|(label, path)| (label.file.as_str(), path.file_name().expect("a name")))
                .collect();
            assert_eq!(names, [("1", "1.jpg".as_ref()), ("a", "a.pdf".as_ref()), ("a.cii.xml", "a.cii.xml".as_ref())]);
            assert_eq!((matched.labels_without_file, matched.files_without_label), (1, 2));
        }
    }

    #[test]
    fn a_folder_may_have_one_label_file_for_each_file() {
        let one = r#"[{"amount": 4.11, "invoice_number": "1"}]"#;
        let folder = folder(&[("a.json", one), ("a.pdf", ""), ("b.json", "{}"), ("LICENSE.md", "")]);
        let labels = labels(folder.path()).expect("labels");
        assert_eq!((labels.labels.len(), labels.unclear.len()), (1, 1));
        let matched = matched(labels.labels, folder.path()).expect("files");
        assert!(matched.pairs.iter().all(|(_, path)| path.ends_with("a.pdf")));
    }

    #[test]
    fn what_is_missing_is_said_with_the_next_step() {
        let empty = folder(&[("x.jpg", "")]);
        let message = |error: anyhow::Error| format!("{error:#}");
        let cases = [
            (labels(&empty.path().join("none.json")).map(drop), "give a JSON file"),
            (labels(empty.path()).map(drop), "it needs a labels.json"),
            (labels(&empty.path().join("x.jpg")).map(drop), "it is not JSON (line 1, column 0)"),
            (matched(Vec::new(), &empty.path().join("none")).map(drop), "give the folder of the files"),
            (matched(Vec::new(), empty.path()).map(drop), "none of the 0 labels names a file"),
        ];
        for (result, expected) in cases {
            let message = result.map_err(message).expect_err("it fails");
            assert!(message.contains(expected), "{message}");
        }
    }
}
