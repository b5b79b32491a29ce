//! Pictures that are hard or no documents at all, shown to the readers as they are installed: what they cannot read they
//! say, and a wrong value is never accepted. `script/test` fetches the neural reader; where that was not possible
//! (there is no network, or no library for the machine) Tesseract is tested in its place, and says so.
#![expect(clippy::print_stderr, reason = "a test says what it could not test")]

use std::path::{Path, PathBuf};

use image::{DynamicImage, ImageFormat, RgbImage, imageops};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{code, file_name, fixtures, json_of, read_lines, sample, sources, value, wrongly_accepted};

/// Photos of single receipts among the samples.
const RECEIPTS: [&str; 4] = ["cafe2.jpg", "car-park-future.jpg", "kuala-lumpur.webp", "restaurant.jpg"];

fn opened(name: &str) -> DynamicImage {
    image::open(sample(name)).expect("a sample")
}

fn saved(folder: &TempDir, name: &str, picture: &DynamicImage) -> PathBuf {
    let path = folder.path().join(name);
    picture.to_rgb8().save_with_format(&path, ImageFormat::Jpeg).expect("a private folder");
    path
}

/// Lines whose files are named after a sample, held against its label.
fn wrong(line: &Value) -> Vec<String> {
    let labels = json_of(&sample("labels.json"));
    let name = file_name(line);
    let label = labels.as_object().expect("by name").iter().find(|(sample, _)| name.starts_with(sample_stem(sample)));
    wrongly_accepted(line, label.expect("named after a sample").1)
}

fn sample_stem(name: &str) -> &str {
    Path::new(name).file_stem().and_then(|stem| stem.to_str()).expect("a name of ours")
}

/// Whether the neural reader read this line.
fn is_neural(line: &Value) -> bool {
    let neural = sources(line).contains("pp_ocr");
    if !neural {
        eprintln!("The neural reader is not installed (script/setup); Tesseract was tested in its place.");
    }
    neural
}

#[test]
fn turned_pictures_are_read_upright() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = opened("restaurant.jpg");
    let turned = [picture.rotate90(), picture.rotate180(), picture.rotate270()];
    let files: Vec<PathBuf> = (1..)
        .zip(&turned)
        .map(|(turns, picture)| saved(&folder, &format!("restaurant-{turns}.jpg"), picture))
        .collect();
    for line in read_lines(&files) {
        assert_eq!(wrong(&line), Vec::<String>::new(), "{line}");
        if is_neural(&line) {
            assert_eq!((value(&line, "total"), value(&line, "issue_date")), (Some("715.00"), Some("2026-11-06")));
        }
    }
}

/// The same receipts in the dark, in half a shadow, out of focus, tiny.
#[test]
fn what_is_hard_to_see_is_never_accepted_wrong() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut files = Vec::new();
    for name in RECEIPTS {
        let picture = opened(name);
        let stem = sample_stem(name);
        let mut dark = picture.to_rgb8();
        dark.pixels_mut().for_each(|pixel| pixel.0 = pixel.0.map(|value| value / 9));
        files.push(saved(&folder, &format!("{stem}-dark.jpg"), &DynamicImage::ImageRgb8(dark)));
        let mut shaded = picture.to_rgb8();
        let half = shaded.width() / 2;
        shaded.enumerate_pixels_mut().filter(|(x, _, _)| *x > half).for_each(|(_, _, pixel)| {
            pixel.0 = pixel.0.map(|value| value / 4);
        });
        files.push(saved(&folder, &format!("{stem}-shaded.jpg"), &DynamicImage::ImageRgb8(shaded)));
        files.push(saved(&folder, &format!("{stem}-blurred.jpg"), &picture.blur(7.0)));
        let tiny = picture.resize(150, 220, imageops::FilterType::Triangle);
        files.push(saved(&folder, &format!("{stem}-tiny.jpg"), &tiny));
    }
    for line in read_lines(&files) {
        if code(&line).is_some() {
            assert_eq!(code(&line), Some("nothing_readable"), "{line}");
        } else {
            assert_eq!(wrong(&line), Vec::<String>::new(), "{line}");
        }
    }
}

#[test]
fn handwriting_alone_is_never_accepted() {
    let line = read_lines(&[fixtures("bad").join("handwriting.jpg")]).remove(0);
    let fields = line["fields"].as_object().expect("it has letters");
    let accepted: Vec<_> = fields.iter().filter(|(_, field)| field["accepted"] == true).collect();
    assert!(accepted.is_empty(), "{accepted:?}");
}

/// Side by side on one table, each with table around it.
fn side_by_side(names: &[&str]) -> DynamicImage {
    let pictures: Vec<RgbImage> = names.iter().map(|name| opened(name).to_rgb8()).collect();
    let width: u32 = pictures.iter().map(RgbImage::width).sum();
    let height = pictures.iter().map(RgbImage::height).max().expect("there are some");
    let ground = *pictures[0].get_pixel(4, 4);
    let mut table = RgbImage::from_pixel(width, height, ground);
    let mut left = 0;
    for picture in &pictures {
        imageops::replace(&mut table, picture, i64::from(left), 0);
        left += picture.width();
    }
    DynamicImage::ImageRgb8(table)
}

/// Each receipt of a picture is a line of its own, with its own values; nothing of one stands beside another's.
#[test]
fn several_receipts_in_one_picture_are_read_one_by_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let all = [["cafe2.jpg", "restaurant.jpg"].as_slice(), &["cafe2.jpg", "restaurant.jpg", "cafe2.jpg"]];
    let labels = json_of(&sample("labels.json"));
    for (names, file) in all.into_iter().zip(["two.jpg", "three.jpg"]) {
        let path = saved(&folder, file, &side_by_side(names));
        let lines = read_lines(std::slice::from_ref(&path));
        assert_eq!(lines.len(), names.len(), "{lines:?}");
        for ((number, line), name) in (1..).zip(&lines).zip(names) {
            assert_eq!(line["part"], json!({ "number": number, "count": names.len() }));
            assert_eq!(
                (Path::new(line["file"].as_str().expect("a path")), code(line)),
                (path.as_path(), None),
                "{line}"
            );
            let label = &labels[name];
            assert_eq!(wrongly_accepted(line, label), Vec::<String>::new(), "{line}");
            if is_neural(line) {
                assert_eq!(value(line, "total"), label["total"].as_str(), "{file}, {name}");
            }
        }
    }
}

/// Where one receipt runs out of the picture nothing of the others is lost or mixed: it is said, and nothing is read.
#[test]
fn receipts_of_which_one_is_cut_off_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let both = side_by_side(&["cafe2.jpg", "restaurant.jpg"]);
    let cut = both.crop_imm(0, 0, both.width() * 4 / 5, both.height());
    let line = read_lines(&[saved(&folder, "cut.jpg", &cut)]).remove(0);
    assert_eq!(code(&line), Some("several_receipts"), "{line}");
    assert!(line["error"]["message"].as_str().is_some_and(|text| text.contains(" 2 ")), "{line}");
}

/// Leaning sheets are cut out and straightened; what is said of places is said of the picture people are shown.
#[test]
fn a_leaning_receipt_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let flat = opened("restaurant.jpg").to_rgb8();
    let (width, height) = flat.dimensions();
    let ground = *flat.get_pixel(4, 4);
    // Turned by about eight degrees about its middle, by nearest pixels.
    let mut table = RgbImage::from_pixel(width + height / 6, height + width / 6, ground);
    let (middle_x, middle_y) = (i64::from(table.width() / 2), i64::from(table.height() / 2));
    for (x, y, pixel) in table.enumerate_pixels_mut() {
        let (dx, dy) = (i64::from(x) - middle_x, i64::from(y) - middle_y);
        // Cosine and sine in thousandths.
        let (u, v) = ((990 * dx + 139 * dy) / 1000, (990 * dy - 139 * dx) / 1000);
        let (u, v) = (u + i64::from(width / 2), v + i64::from(height / 2));
        if let (Ok(u), Ok(v)) = (u32::try_from(u), u32::try_from(v))
            && u < width
            && v < height
        {
            *pixel = *flat.get_pixel(u, v);
        }
    }
    let line = read_lines(&[saved(&folder, "restaurant-leaning.jpg", &DynamicImage::ImageRgb8(table))]).remove(0);
    assert_eq!(wrong(&line), Vec::<String>::new(), "{line}");
    assert_eq!((value(&line, "total"), value(&line, "issue_date")), (Some("715.00"), Some("2026-11-06")), "{line}");
    let place = |name: &str, index: usize| line["fields"][name]["box"][index].as_u64();
    assert!(place("total", 0).zip(place("total", 2)).is_some_and(|(left, wide)| left + wide <= u64::from(width)));
}
