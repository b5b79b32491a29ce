//! HEIC, as telephones write it: encoded by another program (libheif), through the whole way that any file takes. The bad
//! ones are among the bad files of `read.rs`.

use std::{ffi::OsStr, fs, path::PathBuf};

use serde_json::Value;

use super::{code, file_name, fixtures, json_of, lines, read_lines, value, vouch_read, wrongly_accepted};

const PHOTOS: [&str; 2] = ["ferry.heic", "ferry-on-its-side.heic"];

fn files() -> [PathBuf; 2] {
    PHOTOS.map(|name| fixtures("photos").join(name))
}

fn by_tesseract() -> Vec<Value> {
    let reader = [OsStr::new("--reader"), OsStr::new("tesseract")];
    lines(&vouch_read(&[], reader.into_iter().chain(files().iter().map(|file| file.as_os_str()))))
}

/// Left, top, width and height of the total.
fn place(line: &Value) -> Vec<i64> {
    let numbers = line["fields"]["total"]["box"].as_array().expect("it was read");
    numbers.iter().map(|number| number.as_i64().expect("a whole number")).collect()
}

#[test]
fn photos_of_telephones_are_read_upright_by_both_readers() {
    let labels = json_of(&fixtures("photos").join("labels.json"));
    for lines in [read_lines(&files()), by_tesseract()] {
        for line in &lines {
            let label = &labels[file_name(line)];
            assert_eq!(wrongly_accepted(line, label), Vec::<String>::new(), "{line}");
            for field in ["total", "issue_date"] {
                assert_eq!(value(line, field), label[field].as_str(), "{field} of {}", file_name(line));
            }
        }
        // The same paper: where the pixels lay on their side, the total stands where it does on the upright one.
        let [upright, lying] = lines.as_slice() else { panic!("two lines") };
        let shifted = place(upright).iter().zip(place(lying)).all(|(one, other)| (one - other).abs() <= 12);
        assert!(shifted, "{:?} and {:?}", place(upright), place(lying));
    }
}

#[test]
fn a_photo_that_lies_has_its_pixels_on_their_side() {
    // Else the test above would show nothing: the file has the property that says so, and its EXIF says it once more.
    let [upright, lying] = files().map(|file| fs::read(file).expect("a fixture"));
    let holds = |bytes: &[u8], mark: &[u8]| bytes.windows(mark.len()).any(|part| part == mark);
    let sideways = b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06";
    assert!(holds(&lying, b"irot") && holds(&lying, sideways));
    assert!(!holds(&upright, b"irot") && !holds(&upright, sideways));
}

#[test]
fn a_photo_over_the_limit_is_refused_from_its_headers() {
    let refused = lines(&vouch_read(&[("VOUCH_PIXELS_MAX", "100000")], files()));
    assert_eq!(refused.iter().map(code).collect::<Vec<_>>(), [Some("image_too_large"); 2]);
}
