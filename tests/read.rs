//! Reading from outside: `vouch read` over the samples and the bad files, against the schema, the labels and the codes.
//!
//! The program itself runs here, with its reader processes. How the processes fail and are replaced stands in
//! `read/pool.rs`, hard pictures in `read/pictures.rs`.

#[path = "read/layer.rs"]
mod layer;
#[path = "read/photos.rs"]
mod photos;
#[path = "read/pictures.rs"]
mod pictures;
#[path = "read/pool.rs"]
mod pool;
#[path = "read/programs.rs"]
mod programs;

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use jsonschema::Validator;
use serde_json::{Value, json};

fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(folder)
}

fn sample(name: &str) -> PathBuf {
    fixtures("samples").join(name)
}

fn json_of(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).expect("a file of ours")).expect("JSON")
}

/// `vouch read`, with the settings that are compiled in and those given here.
fn vouch_read(settings: &[(&str, &str)], arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vouch"));
    command.env_remove("VOUCH_CONFIG").envs(settings.iter().copied()).arg("read").args(arguments);
    command.output().expect("the program was built for this test")
}

/// The lines of an answer, each seen to follow the schema.
fn lines(output: &Output) -> Vec<Value> {
    let schema = schema();
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    let lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect();
    for line in &lines {
        assert_eq!(complaints(&schema, line), Vec::<String>::new(), "{line}");
    }
    lines
}

fn read_lines(files: &[PathBuf]) -> Vec<Value> {
    lines(&vouch_read(&[], files))
}

fn read_one(file: PathBuf) -> Value {
    let mut all = read_lines(&[file]);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn schema() -> Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/reading.schema.json");
    jsonschema::draft202012::new(&json_of(&path)).expect("the schema is one")
}

fn complaints(schema: &Validator, line: &Value) -> Vec<String> {
    schema.iter_errors(line).map(|error| error.to_string()).collect()
}

fn value<'a>(line: &'a Value, field: &str) -> Option<&'a str> {
    line["fields"][field]["value"].as_str()
}

fn code(line: &Value) -> Option<&str> {
    line["error"]["code"].as_str()
}

fn sources(line: &Value) -> BTreeSet<&str> {
    let fields = line["fields"].as_object().expect("it was read");
    fields.values().map(|field| field["source"].as_str().expect("a name")).collect()
}

/// The files of a folder that are papers, by name.
fn papers(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(fixtures(folder)).expect("a folder of ours");
    let paths = entries.map(|entry| entry.expect("a folder of ours").path());
    let is_paper = |path: &PathBuf| !path.extension().is_some_and(|end| end == "md" || end == "json");
    let mut papers: Vec<PathBuf> = paths.filter(is_paper).collect();
    papers.sort();
    papers
}

fn file_name(line: &Value) -> String {
    let path = Path::new(line["file"].as_str().expect("a path"));
    path.file_name().expect("a name").to_string_lossy().into_owned()
}

/// Field names of the labels; what a label does not name is not printed on the paper.
const LABELLED: &[&str] = &[
    "supplier_name",
    "issue_date",
    "due_date",
    "document_number",
    "currency",
    "subtotal",
    "tax",
    "service_charge",
    "rounding",
    "discount",
    "total",
    "amount_paid",
    "payment_method",
];

/// Accepted values that are not what the paper says. Names may be printed in capitals.
fn wrongly_accepted(line: &Value, label: &Value) -> Vec<String> {
    let is_wrong = |name: &&&str| {
        let field = &line["fields"][**name];
        let said = field["value"].as_str().unwrap_or_default();
        let right = label[**name].as_str().unwrap_or_default();
        field["accepted"] == true && !said.eq_ignore_ascii_case(right)
    };
    LABELLED.iter().filter(is_wrong).map(|name| format!("{name}: {}", line["fields"][*name])).collect()
}

#[test]
fn the_samples_are_read_and_nothing_wrong_is_accepted() {
    let papers = papers("samples");
    let output = vouch_read(&[], &papers);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "no progress bar in a pipe");
    let lines = lines(&output);
    let named: Vec<PathBuf> = lines.iter().map(|line| line["file"].as_str().expect("a path").into()).collect();
    assert_eq!(named, papers, "in the order given");
    let labels = json_of(&sample("labels.json"));
    let mut accepted_totals = 0;
    for line in &lines {
        let (name, label) = (file_name(line), &labels[file_name(line)]);
        assert!(label.is_object(), "{name} has a label");
        assert_eq!(wrongly_accepted(line, label), Vec::<String>::new(), "{name}");
        assert_eq!(line["document"]["kind"], label["kind"], "{name}");
        assert_eq!(line["document"]["pages"], label["pages"], "{name}");
        accepted_totals += usize::from(line["fields"]["total"]["accepted"] == true);
    }
    // Refusing everything would accept nothing wrong either.
    assert!(accepted_totals * 2 > lines.len(), "{accepted_totals} of {} totals are accepted", lines.len());
}

#[test]
fn the_comparison_with_labels_sees() {
    let label = json!({ "total": "68.00", "supplier_name": "Paper Crane Coffee" });
    let line = |name: &str, value: &str, accepted: bool| json!({ "fields": { name: { "value": value, "accepted": accepted } } });
    for (name, value, accepted, wrong) in [
        ("total", "68.00", true, 0),
        ("total", "66.00", true, 1),
        ("total", "66.00", false, 0),
        ("supplier_name", "PAPER CRANE COFFEE", true, 0),
        ("tax", "1.00", true, 1),
    ] {
        assert_eq!(wrongly_accepted(&line(name, value, accepted), &label).len(), wrong, "{name} {value} {accepted}");
    }
}

const TEXT_PDFS: [&str; 4] =
    ["freight-two-pages.pdf", "office-credit-note.pdf", "office-invoice.pdf", "software-invoice-usd.pdf"];

#[test]
fn text_layers_are_read_exactly_and_never_recognised_optically() {
    let labels = json_of(&sample("labels.json"));
    let lines = read_lines(&TEXT_PDFS.map(sample));
    for (name, line) in TEXT_PDFS.iter().zip(&lines) {
        for field in ["total", "issue_date", "currency"] {
            assert_eq!(value(line, field), labels[name][field].as_str(), "{field} of {name}");
        }
        assert_eq!(sources(line), BTreeSet::from(["pdf_text"]), "{name}");
    }
    assert_eq!(lines.len(), TEXT_PDFS.len());
}

#[test]
fn tesseract_reads_a_text_layer_when_told_to() {
    let output = vouch_read(&[], [OsStr::new("--reader"), OsStr::new("tesseract"), sample(TEXT_PDFS[3]).as_os_str()]);
    let lines = lines(&output);
    assert_eq!(sources(&lines[0]), BTreeSet::from(["tesseract"]));
    assert_eq!(value(&lines[0], "total"), Some("468.00"));
}

#[test]
fn a_scanned_pdf_is_recognised_optically() {
    let line = read_one(sample("repair-scan.pdf"));
    // The neural reader where script/setup could fetch it, Tesseract elsewhere.
    assert!(sources(&line).is_subset(&BTreeSet::from(["pp_ocr", "tesseract"])));
    assert_eq!(value(&line, "total"), Some("2150.00"));
}

#[test]
fn every_page_of_a_tiff_is_read() {
    let line = read_one(sample("hotel-two-pages.tiff"));
    assert_eq!(line["document"]["pages"], 2);
    assert_eq!(value(&line, "total"), Some("3416.60"));
    let pages: BTreeSet<_> = line["lines"].as_array().expect("a list").iter().map(|row| row["page"].as_u64()).collect();
    assert_eq!(pages, BTreeSet::from([Some(1), Some(2)]), "lines of both pages");
}

#[test]
fn a_photograph_is_turned_upright_as_its_exif_says() {
    let line = read_one(sample("courier-on-its-side.jpg"));
    assert_eq!(value(&line, "total"), Some("148.00"));
    // Places are those of the upright picture: lines run across, and the name stands above the total.
    let place = |name: &str, index: usize| line["fields"][name]["box"][index].as_u64();
    let ([top, width, height], name) = ([1, 2, 3], "supplier_name");
    assert!(place(name, width) > place(name, height), "{line}");
    assert!(place(name, top) < place("total", top), "{line}");
}

#[test]
fn bad_files_get_their_codes_and_the_others_still_come() {
    let expected = json_of(&fixtures("bad").join("expected.json"));
    let mut files = papers("bad");
    // A good one before, between and after.
    let good = sample("office-credit-note.pdf");
    files.insert(0, good.clone());
    files.insert(7, good.clone());
    files.push(good);
    let output = vouch_read(&[], &files);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let lines = lines(&output);
    let named: Vec<PathBuf> = lines.iter().map(|line| line["file"].as_str().expect("a path").into()).collect();
    assert_eq!(named, files, "in the order given");
    let (good, bad): (Vec<_>, Vec<_>) = lines.iter().partition(|line| file_name(line) == "office-credit-note.pdf");
    assert!(good.iter().all(|line| value(line, "total") == Some("186.00")));
    let codes: Vec<_> = bad.iter().map(|line| (file_name(line), code(line))).collect();
    let wanted: Vec<_> = codes.iter().map(|(name, _)| (name.clone(), expected[name]["code"].as_str())).collect();
    assert_eq!(codes, wanted);
    assert_eq!(bad.len(), expected.as_object().expect("by name").len(), "every file that is listed is there");
    let misnamed = bad.iter().find(|line| file_name(line) == "png_named.jpg").expect("it is listed");
    assert_eq!(value(misnamed, "total"), Some("35.00"));
}

/// What is cut off must never leave a value that nobody looks at: refused, or nothing accepted.
#[test]
fn files_cut_short_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    for name in ["cafe.jpg", "stationery.png", "kuala-lumpur.webp", "hotel-two-pages.tiff"] {
        let whole = fs::read(sample(name)).expect("a sample");
        for percent in [10, 50, 90, 99] {
            let file = folder.path().join(format!("{percent}-{name}"));
            fs::write(&file, whole.get(..whole.len() * percent / 100).expect("a part")).expect("a private folder");
            files.push(file);
        }
    }
    for line in read_lines(&files) {
        assert_eq!(code(&line), Some("damaged_image"), "{}", file_name(&line));
    }
}

#[test]
fn a_pdf_cut_short_has_nothing_accepted() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    for name in TEXT_PDFS {
        let whole = fs::read(sample(name)).expect("a sample");
        for percent in [10, 50, 90] {
            let file = folder.path().join(format!("{percent}-{name}"));
            fs::write(&file, whole.get(..whole.len() * percent / 100).expect("a part")).expect("a private folder");
            files.push(file);
        }
    }
    for line in read_lines(&files) {
        let fields = line["fields"].as_object();
        let accepted = fields.is_some_and(|fields| fields.values().any(|field| field["accepted"] == true));
        assert!(!accepted, "{line}");
    }
}

#[test]
fn files_that_cannot_be_opened_and_files_over_the_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = [folder.path().join("nowhere.jpg"), folder.path().to_owned(), sample("office-invoice.pdf")];
    let output = vouch_read(&[("VOUCH_UPLOAD_BYTES_MAX", "1000")], &files);
    assert_eq!(output.status.code(), Some(1));
    let lines = lines(&output);
    let codes: Vec<_> = lines.iter().map(code).collect();
    assert_eq!(codes, [Some("file_unreadable"), Some("file_unreadable"), Some("upload_too_large")]);
    assert!(lines[0].get("sha256").is_none() && lines[2].get("sha256").is_some());
}

#[test]
fn a_reader_that_takes_too_long_costs_its_file_only() {
    let files = [sample("restaurant.jpg"), fixtures("bad").join("empty.jpg")];
    let lines = lines(&vouch_read(&[("VOUCH_READER_TIMEOUT_MS", "1")], &files));
    assert_eq!(lines.iter().map(code).collect::<Vec<_>>(), [Some("reader_timeout"), Some("upload_empty")]);
}

#[test]
fn the_table_is_for_people() {
    let (good, bad) = (sample("office-invoice.pdf"), fixtures("bad").join("empty.jpg"));
    let output = vouch_read(&[], [OsStr::new("--format"), OsStr::new("table"), good.as_os_str(), bad.as_os_str()]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(text.contains("6384.00") && text.contains("not read (upload_empty)"), "{text}");
}

#[test]
fn wrong_usage_exits_with_two() {
    let (none, format, reader): (&[&str], _, _) = (&[], &["--format", "xml", "a.jpg"], &["--reader", "eyes", "a.jpg"]);
    for arguments in [none, format, reader] {
        let output = vouch_read(&[], arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
}

fn a_reading() -> Value {
    json!({
        "file": "a.jpg",
        "sha256": "0".repeat(64),
        "document": { "kind": "receipt", "pages": 1 },
        "fields": {
            "total": {
                "value": "12.30", "confidence": 0.987, "accepted": true, "source": "tesseract", "rule": "total:label",
                "page": 1, "box": [1, 2, 3, 4],
            },
            "issue_date": {
                "value": "2026-03-04", "confidence": 1, "accepted": false, "source": "pdf_text", "rule": "date:label",
                "page": null, "box": null,
            },
        },
        "lines": [{
            "description": "Tea", "quantity": "2", "unit_price": null, "amount": "12.30", "page": 1, "box": [1, 2, 3, 4],
        }],
        "findings": [{ "rule": "A2", "severity": "flag", "message": "Look.", "fields": ["total"] }],
        "timing_ms": { "decode": 1.5, "recognise": 0, "extract": 0, "total": 2 },
    })
}

fn a_failure() -> Value {
    json!({
        "file": "a.jpg",
        "sha256": "0".repeat(64),
        "error": { "code": "damaged_image", "message": "The picture is damaged." },
        "timing_ms": { "decode": 0, "recognise": 0, "extract": 0, "total": 2 },
    })
}

#[test]
fn the_schema_refuses() {
    let schema = schema();
    assert_eq!(complaints(&schema, &a_reading()), Vec::<String>::new());
    assert_eq!(complaints(&schema, &a_failure()), Vec::<String>::new());
    // Each row puts one wrong thing into a right line; null takes the member away.
    let table = [
        ("/fields/grand_total", json!({})),
        ("/fields/total/note", json!("x")),
        ("/fields/total/confidence", json!("0.987")),
        ("/fields/total/confidence", json!(1.01)),
        ("/fields/total/confidence", Value::Null),
        ("/fields/total/accepted", json!("yes")),
        ("/fields/total/accepted", Value::Null),
        ("/fields/total/value", json!(12.30)),
        ("/fields/total/value", json!("HK$12.30")),
        ("/fields/total/value", json!("1,230.00")),
        ("/fields/total/source", json!("guess")),
        ("/fields/total/page", json!(0)),
        ("/fields/total/box", json!([1, 2, 3])),
        ("/fields/total/box", json!([1, 2, 3, -4])),
        ("/fields/issue_date/value", json!("4/3/2026")),
        ("/fields/issue_date/value", json!("2026-13-04")),
        ("/document/kind", json!("bill")),
        ("/document/pages", json!(0)),
        ("/document", Value::Null),
        ("/lines/0/amount", json!(12.3)),
        ("/lines/0/colour", json!("red")),
        ("/findings/0/severity", json!("bad")),
        ("/findings/0/fields", json!(["sum"])),
        ("/timing_ms/total", json!("2 ms")),
        ("/sha256", json!("abc")),
        ("/sha256", Value::Null),
        ("/error", json!({ "code": "damaged_image", "message": "Both forms at once." })),
        ("/extra", json!(1)),
    ];
    for (place, wrong) in table {
        assert!(!schema.is_valid(&changed(a_reading(), place, wrong.clone())), "{place} = {wrong} should be refused");
    }
    let table =
        [("/error/code", json!("oops")), ("/error/message", json!("")), ("/error", Value::Null), ("/extra", json!(1))];
    for (place, wrong) in table {
        assert!(!schema.is_valid(&changed(a_failure(), place, wrong.clone())), "{place} = {wrong} should be refused");
    }
}

fn changed(mut line: Value, place: &str, wrong: Value) -> Value {
    let (parent, name) = place.rsplit_once('/').expect("a path");
    let parent = line.pointer_mut(parent).expect("a place that is there").as_object_mut().expect("an object");
    if wrong.is_null() {
        parent.remove(name)
    } else {
        parent.insert(name.to_owned(), wrong)
    };
    line
}
