//! Finding QR codes in a picture and reading their bytes, with rxing.
//!
//! Measured on made receipts with codes of 1.5 to 4 cm at 200 and 300 dots an inch, turned, blurred, noisy: rxing
//! reads a third more of them than rqrr, and needs a fifth of the time where a picture has no code, which is the
//! usual case. Codes of two pixels a module, as on Taiwan's narrow papers, need the picture twice as large.

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::GrayImage;
use rxing::{
    BinaryBitmap, DecodeHints, Luma8Source, Point, RXingResult,
    common::HybridBinarizer,
    multi::{MultipleBarcodeReader, qrcode::QRCodeMultiReader},
};

use crate::{model::page::Area, read::halve};

/// Pictures up to this size are also looked at twice as large; larger ones show their codes large enough.
const DOUBLED_PIXELS_MAX: usize = 2_500_000;
/// Pictures above this size, scans of 600 dots an inch, are looked at half as large: it takes half the time, and a
/// code of 1.5 cm still has five pixels a module.
const HALVED_PIXELS_MIN: usize = 20_000_000;
/// A code is at least 21 modules wide; a picture smaller than that holds none.
const SIDE_MIN_PX: u32 = 21;
/// More codes than this on one page are a sheet of labels, not a receipt.
const CODES_MAX: usize = 16;

/// One code of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Code {
    /// What it holds, undecoded: which encoding is meant, its format says.
    pub(super) bytes: Vec<u8>,
    /// Where it stands, in the picture's pixels.
    pub(super) area: Area,
}

/// Every QR code in the picture, each content once, from the top.
pub(super) fn codes(picture: &GrayImage) -> Vec<Code> {
    let (width, height) = picture.dimensions();
    if width < SIDE_MIN_PX || height < SIDE_MIN_PX {
        return Vec::new();
    }
    let mut found = if picture.as_raw().len() > HALVED_PIXELS_MIN {
        read(&halve::gray(picture), 1).into_iter().map(enlarged).collect()
    } else {
        read(picture, 1)
    };
    if picture.as_raw().len() <= DOUBLED_PIXELS_MAX
        && let Some(doubled) = doubled(picture)
    {
        for code in read(&doubled, 2) {
            if !found.iter().any(|known| known.bytes == code.bytes) {
                found.push(code);
            }
        }
    }
    found.sort_by_key(|code| (code.area.top, code.area.left));
    found.truncate(CODES_MAX);
    found
}

/// The codes of a picture that is `scale` times as large as the page.
fn read(picture: &GrayImage, scale: i64) -> Vec<Code> {
    // rxing is large and indexes freely. A picture on which it panics has, for us, no codes; the rest of the page is
    // still read.
    let results = catch_unwind(AssertUnwindSafe(|| results(picture))).unwrap_or_default();
    let mut found: Vec<Code> = Vec::new();
    for result in results {
        let bytes = bytes_of(result.getText());
        let area = area_of(result.getPoints(), scale, picture.dimensions());
        if let Some(area) = area
            && !bytes.is_empty()
            && !found.iter().any(|known| known.bytes == bytes)
        {
            found.push(Code { bytes, area });
        }
    }
    found
}

fn results(picture: &GrayImage) -> Vec<RXingResult> {
    let (width, height) = picture.dimensions();
    let Ok(source) = Luma8Source::new_with_slice(picture.as_raw(), width, height) else { return Vec::new() };
    // Latin-1 maps each byte to the character of the same number, so the bytes can be had back; the crate's own
    // guess would lose what it took for Japanese.
    let hints =
        DecodeHints { TryHarder: Some(true), CharacterSet: Some("iso-8859-1".to_owned()), ..DecodeHints::default() };
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    QRCodeMultiReader::new().decode_multiple_with_hints(&mut bitmap, &hints).unwrap_or_default()
}

/// The bytes behind Latin-1 text; text that names its encoding itself comes as UTF-8.
fn bytes_of(text: &str) -> Vec<u8> {
    let plain: Option<Vec<u8>> = text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    plain.unwrap_or_else(|| text.as_bytes().to_vec())
}

/// The rectangle around a code, from the centres of its three finder patterns: lower left, upper left, upper right.
fn area_of(points: &[Point], scale: i64, (width, height): (u32, u32)) -> Option<Area> {
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and the numbers are places in a picture")]
    let places: Vec<(i64, i64)> = points.iter().take(3).map(|point| (point.x as i64, point.y as i64)).collect();
    let &[(left_x, left_y), (corner_x, corner_y), (right_x, right_y)] = places.as_slice() else { return None };
    let fourth = (
        left_x.saturating_add(right_x).saturating_sub(corner_x),
        left_y.saturating_add(right_y).saturating_sub(corner_y),
    );
    let horizontal = [left_x, corner_x, right_x, fourth.0];
    let vertical = [left_y, corner_y, right_y, fourth.1];
    let (left, right) = (horizontal.iter().min()?, horizontal.iter().max()?);
    let (top, bottom) = (vertical.iter().min()?, vertical.iter().max()?);
    // A centre stands three and a half modules inside its corner: a quarter of the distance between two centres in
    // the smallest code, less in every other.
    let margin = right.saturating_sub(*left).max(bottom.saturating_sub(*top)) / 6;
    let place = |value: i64, limit: u32| u32::try_from(value.clamp(0, i64::from(limit)) / scale).ok();
    let (left, top) = (place(left.saturating_sub(margin), width)?, place(top.saturating_sub(margin), height)?);
    let (right, bottom) = (place(right.saturating_add(margin), width)?, place(bottom.saturating_add(margin), height)?);
    Some(Area { left, top, width: right.saturating_sub(left), height: bottom.saturating_sub(top) })
}

/// A code of a halved picture, in the page's pixels.
fn enlarged(code: Code) -> Code {
    let [left, top, width, height] =
        [code.area.left, code.area.top, code.area.width, code.area.height].map(|value| value.saturating_mul(2));
    Code { area: Area { left, top, width, height }, ..code }
}

/// The picture twice as wide and high; new pixels lie half-way between their neighbours.
fn doubled(picture: &GrayImage) -> Option<GrayImage> {
    let (width, height) = picture.dimensions();
    let row_length = usize::try_from(width).ok()?;
    let mut pixels = Vec::with_capacity(picture.as_raw().len().checked_mul(4)?);
    let rows: Vec<&[u8]> = picture.as_raw().chunks_exact(row_length).collect();
    for (index, row) in rows.iter().enumerate() {
        let below = rows.get(index + 1).unwrap_or(row);
        let between: Vec<u8> = row.iter().zip(below.iter()).map(|(upper, lower)| upper.midpoint(*lower)).collect();
        widen(row, &mut pixels);
        widen(&between, &mut pixels);
    }
    GrayImage::from_raw(width.checked_mul(2)?, height.checked_mul(2)?, pixels)
}

fn widen(row: &[u8], pixels: &mut Vec<u8>) {
    let next = row.iter().skip(1).chain(row.last());
    for (pixel, next) in row.iter().zip(next) {
        pixels.push(*pixel);
        pixels.push(pixel.midpoint(*next));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;
    use proptest::prelude::*;

    /// `01,32,,23442000000014209621,112,20230215,,74AE` as a code of version 4, a row of modules each.
    const FAPIAO: &[&str] = &[
        "#######.##.#..#....#.####.#######",
        "#.....#.#..#..#.##..#..#..#.....#",
        "#.###.#....####.#.###.....#.###.#",
        "#.###.#.##.....#..#..##.#.#.###.#",
        "#.###.#...##....###....##.#.###.#",
        "#.....#..##..#.###....#...#.....#",
        "#######.#.#.#.#.#.#.#.#.#.#######",
        "........##.#...###.#...##........",
        "#.##.###..#.#..#.#..###.#.#..#.##",
        "#.#......##.###..#.#.#######..###",
        "#.#..###...#.#....#...##..#.....#",
        "....##..#####....#.#...#...#...##",
        "..######...#..#.#...##......#....",
        "#..##..##.#..##..#..#....#...#.#.",
        ".#.#..##.#.##......##.#.##.....#.",
        "....#...####.###..#..#.#..##..#..",
        ".####.##..#..#.......#.##.#.#.#.#",
        ".#...#.#..##...##.#....#..#.###.#",
        "####.####.#..#.##.#..#..##.#..#..",
        "#..##....##..##..##.#..#######..#",
        ".##...###..#.#..#..#..#.##.#.##.#",
        "####.....##..#####..##.##.##..###",
        "..#...#.#......#.#.##..#..#..##.#",
        ".#..#..#.####.##..#.#.#.#.#.#..##",
        "#....##.#.#...#.#####..#######.##",
        "........##....##..#####.#...##...",
        "#######.##.#.##.####.#.##.#.####.",
        "#.....#.###...#..##.....#...#.#.#",
        "#.###.#.......#.###...#######.#.#",
        "#.###.#.#.##.#..#..#..#..#.....##",
        "#.###.#.#.####.###..##.#####.#...",
        "#.....#..###.#...#..#..###..##..#",
        "#######.###.###..#.####..#..###..",
    ];

    /// White paper with the code on it, so many pixels a module.
    fn paper(rows: &[&str], module: u32, left: u32, top: u32, width: u32, height: u32) -> GrayImage {
        let mut picture = GrayImage::from_pixel(width, height, Luma([250]));
        for (y, row) in (0_u32..).zip(rows) {
            for (x, _) in (0_u32..).zip(row.chars()).filter(|(_, module)| *module == '#') {
                for (across, down) in (0..module).flat_map(|across| (0..module).map(move |down| (across, down))) {
                    picture.put_pixel(left + x * module + across, top + y * module + down, Luma([20]));
                }
            }
        }
        picture
    }

    #[test]
    fn a_code_on_paper() {
        for module in [2, 3, 5] {
            let found = codes(&paper(FAPIAO, module, 150, 90, 500, 400));
            assert_eq!(found.len(), 1, "{module} pixels a module");
            let code = &found[0];
            assert_eq!(code.bytes, b"01,32,,23442000000014209621,112,20230215,,74AE");
            let side = module * 33;
            let close = |seen: u32, meant: u32| seen.abs_diff(meant) <= side / 10 + 2;
            assert!(close(code.area.left, 150) && close(code.area.top, 90), "{:?}", code.area);
            assert!(close(code.area.right(), 150 + side) && close(code.area.bottom(), 90 + side), "{:?}", code.area);
        }
    }

    #[test]
    fn a_code_on_a_large_scan() {
        let found = codes(&paper(FAPIAO, 10, 2000, 3000, 4001, 5001));
        let [code] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(code.bytes, b"01,32,,23442000000014209621,112,20230215,,74AE");
        assert!(code.area.left.abs_diff(2000) < 40 && code.area.bottom().abs_diff(3330) < 40, "{:?}", code.area);
    }

    #[test]
    fn no_code() {
        for picture in [
            GrayImage::new(0, 0),
            GrayImage::new(1, 5000),
            GrayImage::from_pixel(300, 300, Luma([255])),
            GrayImage::from_fn(256, 256, |x, y| Luma([u8::try_from((x ^ y) & 255).unwrap_or(0)])),
            paper(&FAPIAO[..20], 4, 50, 50, 400, 400),
        ] {
            assert_eq!(codes(&picture), []);
        }
    }

    #[test]
    fn bytes_survive() {
        assert_eq!(bytes_of("\u{e9}\u{ff}A"), [0xe9, 0xff, b'A']);
        assert_eq!(bytes_of("咖"), "咖".as_bytes());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Codes with modules flipped and rows cut off, and noise: anything may come back, but something must.
        #[test]
        fn never_panics(seed in any::<u64>(), module in 1_u32..6, flips in 0_u32..600, rows in 0_usize..34) {
            let side = 40 + 33 * module;
            let mut picture = paper(&FAPIAO[..rows.min(FAPIAO.len())], module, 20, 20, side, side);
            let mut state = seed;
            for _ in 0..flips {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let (x, y) = ((state >> 40) as u32 % picture.width(), (state >> 20) as u32 % picture.height());
                picture.put_pixel(x, y, Luma([(state >> 8) as u8]));
            }
            let _ = codes(&picture);
        }
    }
}
