//! Drawn pictures with known corners and angles.

#![expect(clippy::float_arithmetic, reason = "geometry of pixels, nowhere near money")]

use image::{DynamicImage, GrayImage, Luma, RgbImage};
use proptest::prelude::*;

use super::{
    Prepared, Recogniser, deskew,
    plane::reduce,
    quad::{Point, Quad},
    shadow, split,
};

const PAPER: u8 = 240;
const INK: u8 = 40;

/// The pictures that one is made into; nothing where it is not sure which.
fn prepare(picture: DynamicImage, recogniser: Recogniser) -> Vec<DynamicImage> {
    match super::prepare(picture, recogniser) {
        Prepared::One(one) => vec![one],
        Prepared::Several(several) => several,
        Prepared::Unsure(_) => Vec::new(),
    }
}

/// A repeatable source of chance.
struct Chance(u32);

impl Chance {
    fn next(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }
}

/// Lines of words on a sheet of its own: wide words of upright strokes between blank lines.
fn page(width: u32, height: u32) -> GrayImage {
    let mut page = GrayImage::from_pixel(width, height, Luma([PAPER]));
    let mut chance = Chance(7);
    for line in (60..height.saturating_sub(60)).step_by(34) {
        let mut x = 50;
        while x + 60 < width.saturating_sub(40) {
            for letter in 0..2 + chance.next() % 5 {
                let left = x + letter * 13;
                // A frame with one upright left out now and then: as uneven as letters are.
                let (open, tall) = (chance.next() % 3, 14 + chance.next() % 2 * 4);
                for (dx, dy) in (0..9).flat_map(|dx| (0..tall).map(move |dy| (dx, dy))) {
                    let stroke = dy < 3 || dy + 3 >= tall || (dx < 3 && open != 0) || (dx >= 6 && open != 1);
                    if stroke && left + dx + 30 < width {
                        page.put_pixel(left + dx, line + 18 - tall + dy, Luma([INK]));
                    }
                }
            }
            x += 80 + chance.next() % 60;
        }
    }
    page
}

/// A ground with sheets on it, each a page seen as this quadrilateral.
fn photo(size: (u32, u32), ground: u8, sheets: &[Quad]) -> DynamicImage {
    let mut picture = GrayImage::from_pixel(size.0, size.1, Luma([ground]));
    for sheet in sheets {
        let (wide, high) = sheet.upright_size();
        let page = page(wide as u32, high as u32);
        let inverse = super::quad::Mapping::to_quad(sheet, (wide, high)).expect("a sound shape").matrix();
        let projection = imageproc::geometric_transformations::Projection::from_matrix(inverse).expect("reversible");
        let back = projection.invert();
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            if sheet.outside(Point::new(x as f32, y as f32)) <= 0.0 {
                let (u, v) = back * (x as f32, y as f32);
                let (u, v) = (u.round().clamp(0.0, wide - 1.0) as u32, v.round().clamp(0.0, high - 1.0) as u32);
                *pixel = *page.get_pixel(u.min(page.width() - 1), v.min(page.height() - 1));
            }
        }
    }
    DynamicImage::ImageLuma8(picture)
}

fn quad(corners: [(f32, f32); 4]) -> Quad {
    Quad(corners.map(|(x, y)| Point::new(x, y)))
}

fn turned(picture: &GrayImage, degrees: f32) -> DynamicImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (middle_x, middle_y) = (picture.width() as f32 / 2.0, picture.height() as f32 / 2.0);
    let mut out = GrayImage::from_pixel(picture.width(), picture.height(), Luma([PAPER]));
    for (x, y, pixel) in out.enumerate_pixels_mut() {
        let (dx, dy) = (x as f32 - middle_x, y as f32 - middle_y);
        let (u, v) = (cos * dx + sin * dy + middle_x, cos * dy - sin * dx + middle_y);
        if u >= 0.0 && v >= 0.0 && u < picture.width() as f32 && v < picture.height() as f32 {
            *pixel = *picture.get_pixel(u as u32, v as u32);
        }
    }
    DynamicImage::ImageLuma8(out)
}

fn corners_of(picture: &DynamicImage) -> Vec<Quad> {
    let reduced = reduce(picture).expect("large enough");
    split::found(&reduced).into_iter().map(|sheet| sheet.corners.enlarged(reduced.factor)).collect()
}

#[test]
fn a_sheet_is_found_where_it_lies() {
    let size = (1200, 1600);
    let table = [
        ("upright", 90, [(200.0, 150.0), (950.0, 150.0), (950.0, 1400.0), (200.0, 1400.0)]),
        ("turned", 90, [(320.0, 120.0), (1030.0, 260.0), (800.0, 1430.0), (90.0, 1290.0)]),
        ("at a slant", 120, [(330.0, 200.0), (880.0, 230.0), (1010.0, 1450.0), (190.0, 1380.0)]),
        ("little contrast", 205, [(200.0, 150.0), (950.0, 190.0), (930.0, 1400.0), (180.0, 1360.0)]),
        ("out of the picture below", 90, [(300.0, 150.0), (900.0, 150.0), (900.0, 1599.0), (300.0, 1599.0)]),
    ];
    for (name, ground, corners) in table {
        let wanted = quad(corners);
        let found = corners_of(&photo(size, ground, &[wanted]));
        let [seen] = found.as_slice() else { panic!("{name}: {} sheets", found.len()) };
        for (seen, wanted) in seen.0.into_iter().zip(wanted.0) {
            assert!(seen.distance(wanted) <= 6.0, "{name}: {seen:?} is not {wanted:?}");
        }
    }
}

#[test]
fn several_sheets_come_in_reading_order() {
    let size = (1600, 1600);
    let sheets = [
        quad([(80.0, 90.0), (700.0, 60.0), (720.0, 740.0), (90.0, 760.0)]),
        quad([(850.0, 120.0), (1500.0, 120.0), (1500.0, 700.0), (850.0, 700.0)]),
        quad([(200.0, 850.0), (900.0, 880.0), (880.0, 1520.0), (180.0, 1500.0)]),
    ];
    let found = corners_of(&photo(size, 80, &[sheets[2], sheets[0], sheets[1]]));
    assert_eq!(found.len(), 3);
    for (seen, wanted) in found.into_iter().zip(sheets) {
        assert!(seen.0.into_iter().zip(wanted.0).all(|(seen, wanted)| seen.distance(wanted) <= 6.0), "{seen:?}");
    }
    let prepared = prepare(photo(size, 80, &sheets[..2]), Recogniser::Neural);
    let sizes: Vec<_> = prepared.iter().map(|one| (one.width(), one.height())).collect();
    for ((width, height), sheet) in sizes.iter().zip(sheets) {
        let (wide, high) = sheet.upright_size();
        assert!((*width as f32 - wide).abs() <= 16.0 && (*height as f32 - high).abs() <= 16.0, "{sizes:?}");
    }
    assert_eq!(sizes.len(), 2);
}

#[test]
fn what_is_no_photo_of_a_sheet_is_not_cut() {
    let mut noise = GrayImage::new(700, 900);
    let mut chance = Chance(3);
    noise.pixels_mut().for_each(|pixel| pixel.0[0] = (chance.next() >> 8) as u8);
    let mut banner = page(800, 1200);
    (0..800).for_each(|x| (500..640).for_each(|y| banner.put_pixel(x, y, Luma([20]))));
    let mut boxed = page(800, 1200);
    (100..700).for_each(|x| {
        (300..800).for_each(|y| {
            let value = boxed.get_pixel(x, y).0[0];
            boxed.put_pixel(x, y, Luma([value.min(190)]));
        })
    });
    let flat = |value| GrayImage::from_pixel(700, 900, Luma([value]));
    let empty = photo((900, 900), 70, &[]);
    let table = [
        ("a scan", page(800, 1200)),
        ("a dark band across a page", banner),
        ("a grey box on a page", boxed),
        ("noise", noise),
        ("black", flat(0)),
        ("white", flat(255)),
        ("a bare table", empty.into_luma8()),
    ];
    for (name, picture) in table {
        assert_eq!(corners_of(&DynamicImage::ImageLuma8(picture)), [], "{name}");
    }
}

#[test]
fn a_receipt_lost_in_shadow_stops_the_crop_of_the_other() {
    let lit = quad([(80.0, 90.0), (740.0, 90.0), (740.0, 1500.0), (80.0, 1500.0)]);
    let dim = quad([(860.0, 90.0), (1500.0, 90.0), (1500.0, 1500.0), (860.0, 1500.0)]);
    let mut picture = photo((1600, 1600), 110, &[lit, dim]).into_luma8();
    for (_, _, pixel) in picture.enumerate_pixels_mut().filter(|(x, _, _)| *x > 800) {
        pixel.0[0] /= 2;
    }
    assert_ne!(corners_of(&DynamicImage::ImageLuma8(picture)).len(), 1);
}

#[test]
fn a_small_printed_slip_beside_a_receipt_stops_the_crop() {
    let receipt = quad([(200.0, 150.0), (850.0, 150.0), (850.0, 1450.0), (200.0, 1450.0)]);
    let mut picture = photo((1200, 1600), 110, &[receipt]).into_luma8();
    assert_eq!(corners_of(&DynamicImage::ImageLuma8(picture.clone())).len(), 1);
    for (x, y) in (1040..1200).flat_map(|x| (30..130).map(move |y| (x, y))) {
        let is_line = (1060..1180).contains(&x) && y % 34 < 6;
        picture.put_pixel(x, y, Luma([if is_line { INK } else { PAPER }]));
    }
    assert_eq!(corners_of(&DynamicImage::ImageLuma8(picture)), []);
}

#[test]
fn a_lit_table_and_paper_in_shadow_make_no_sheet() {
    let receipt = quad([(110.0, 375.0), (973.0, 218.0), (1142.0, 1251.0), (249.0, 1408.0)]);
    for (ground, shade) in [110, 120, 130, 140].into_iter().flat_map(|ground| (4..8).map(move |at| (ground, at))) {
        let mut picture = photo((1200, 1600), ground, &[receipt]).into_luma8();
        for (x, y, pixel) in picture.enumerate_pixels_mut() {
            // The soft edge of a shadow falls from the upper right to the lower left; light falls off across it all.
            let (across, down) = (x as f32 / 1200.0, y as f32 / 1600.0);
            let dark = ((across + 0.3 * down - shade as f32 * 0.1) / 0.08).clamp(0.0, 1.0);
            let light = (1.0 - 0.45 * dark) * (1.0 - 0.15 * (0.6 * across + 0.4 * down));
            pixel.0[0] = (f32::from(pixel.0[0]) * light) as u8;
        }
        for seen in corners_of(&DynamicImage::ImageLuma8(picture)) {
            let is_it = seen.0.into_iter().zip(receipt.0).all(|(seen, wanted)| seen.distance(wanted) <= 12.0);
            assert!(is_it, "ground {ground}, shade {shade}: {seen:?}");
        }
    }
}

#[test]
fn angles_are_measured() {
    let page = page(900, 1200);
    for degrees in [-14.0, -7.3, -2.0, -0.8, 0.9, 1.5, 5.0, 9.7, 14.0_f32] {
        for sideways in [false, true] {
            let picture = turned(&page, degrees);
            let picture = if sideways { picture.rotate90() } else { picture };
            let reduced = reduce(&picture).expect("large enough");
            let seen = deskew::angle(&reduced.white).unwrap_or(0.0);
            assert!((seen - degrees).abs() <= 0.25, "{degrees} was seen as {seen}, sideways: {sideways}");
        }
    }
    for picture in [turned(&page, 0.0), turned(&page, 0.2), DynamicImage::new_luma8(900, 900)] {
        assert_eq!(deskew::angle(&reduce(&picture).expect("large enough").white), None);
    }
}

#[test]
fn crooked_text_becomes_level() {
    for degrees in [-9.0, 2.5, 4.0] {
        let prepared = prepare(turned(&page(900, 1200), degrees), Recogniser::Tesseract);
        let [upright] = prepared.as_slice() else { panic!("one picture") };
        let reduced = reduce(upright).expect("large enough");
        assert_eq!(deskew::angle(&reduced.white), None, "{degrees}");
    }
}

/// What needs nothing loses nothing: not a pixel is touched.
#[test]
fn clean_scans_and_straight_sheets_are_handed_on_as_they_came() {
    let straight = quad([(200.0, 150.0), (950.0, 150.0), (950.0, 1400.0), (200.0, 1400.0)]);
    let both = [Recogniser::Neural, Recogniser::Tesseract];
    let pictures = [
        (DynamicImage::ImageLuma8(page(900, 1200)), both.as_slice()),
        (turned(&page(900, 1200), 1.5), &both),
        // For Tesseract the dark table is evened out, as a shadow is.
        (photo((1200, 1600), 90, &[straight]), &[Recogniser::Neural]),
    ];
    for (picture, recognisers) in pictures {
        for recogniser in recognisers {
            let prepared = prepare(picture.clone(), *recogniser);
            assert!(prepared == std::slice::from_ref(&picture), "{recogniser:?}");
        }
    }
    let crooked = turned(&page(900, 1200), 6.0);
    assert!(prepare(crooked.clone(), Recogniser::Neural) == [crooked], "it follows the slant of lines itself");
}

#[test]
fn a_leaning_sheet_is_cut_out_and_straightened() {
    let sheet = quad([(330.0, 200.0), (880.0, 230.0), (1010.0, 1450.0), (190.0, 1380.0)]);
    let prepared = prepare(photo((1200, 1600), 120, &[sheet]), Recogniser::Neural);
    let [upright] = prepared.as_slice() else { panic!("one picture") };
    let (wide, high) = sheet.upright_size();
    assert!((upright.width() as f32 - wide).abs() <= 16.0 && (upright.height() as f32 - high).abs() <= 16.0);
    // Its corners hold paper, not the table.
    let gray = upright.to_luma8();
    let (right, bottom) = (gray.width() - 12, gray.height() - 12);
    for (x, y) in [(12, 12), (right, 12), (right, bottom), (12, bottom)] {
        assert!(gray.get_pixel(x, y).0[0] > 200, "{x}, {y}");
    }
}

#[test]
fn light_is_evened_only_where_asked_for_and_needed() {
    let clean = DynamicImage::ImageLuma8(page(900, 1200));
    assert!(prepare(clean.clone(), Recogniser::Tesseract) == [clean]);
    let mut dim = page(900, 1200);
    for (x, _, pixel) in dim.enumerate_pixels_mut() {
        pixel.0[0] = (f32::from(pixel.0[0]) * (1.0 - 0.55 * (x as f32 / 900.0))) as u8;
    }
    let dim = DynamicImage::ImageLuma8(dim);
    assert!(prepare(dim.clone(), Recogniser::Neural) == std::slice::from_ref(&dim));
    let evened = prepare(dim.clone(), Recogniser::Tesseract);
    assert!(evened.len() == 1 && evened[0] != dim);
}

#[test]
fn shadows_and_faint_print_are_evened_out() {
    let clean = page(900, 1200);
    let measured = |picture: GrayImage| shadow::measure(&reduce(&DynamicImage::ImageLuma8(picture)).expect("large"));
    assert_eq!(measured(clean.clone()), None);
    assert_eq!(measured(GrayImage::from_pixel(500, 500, Luma([250]))), None, "blank");
    let mut dim = clean.clone();
    for (x, _, pixel) in dim.enumerate_pixels_mut() {
        let light = 1.0 - 0.55 * (x as f32 / 900.0);
        pixel.0[0] = (f32::from(pixel.0[0]) * light) as u8;
    }
    let light = measured(dim.clone()).expect("half of it lies in shadow");
    let even = light.evened(DynamicImage::ImageLuma8(dim)).into_luma8();
    let margin: Vec<u8> = [20, 450, 880].map(|x| even.get_pixel(x, 20).0[0]).to_vec();
    assert!(margin.iter().all(|value| value.abs_diff(245) <= 12), "{margin:?}");
    let mut faint = clean;
    faint.pixels_mut().for_each(|pixel| pixel.0[0] = 240 - (240 - pixel.0[0]) / 4);
    let light = measured(faint.clone()).expect("faint");
    let dark = light.evened(DynamicImage::ImageLuma8(faint)).into_luma8().pixels().map(|pixel| pixel.0[0]).min();
    assert!(dark < Some(150), "{dark:?}");
}

#[test]
fn odd_sizes_come_back_whole() {
    for (width, height) in [(1, 1), (1, 5000), (5000, 1), (64, 64), (64, 9000), (63, 63)] {
        let prepared = prepare(DynamicImage::ImageRgb8(RgbImage::new(width, height)), Recogniser::Tesseract);
        let sizes: Vec<_> = prepared.iter().map(|one| (one.width(), one.height())).collect();
        assert_eq!(sizes, [(width, height)]);
    }
}

#[test]
fn pictures_without_text_are_neither_turned_nor_cut() {
    let mut noise = GrayImage::new(700, 900);
    let mut chance = Chance(5);
    noise.pixels_mut().for_each(|pixel| pixel.0[0] = (chance.next() >> 8) as u8);
    for picture in [noise, GrayImage::from_pixel(700, 900, Luma([0])), GrayImage::from_pixel(700, 900, Luma([255]))] {
        let picture = DynamicImage::ImageLuma8(picture);
        assert_eq!(prepare(picture.clone(), Recogniser::Neural), [picture]);
    }
}

/// Most are small, and some so large that they are measured on a smaller copy.
fn sides() -> impl Strategy<Value = u32> {
    prop_oneof![4 => 1_u32..180, 1 => 700_u32..1300]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_picture_is_answered(
        width in sides(), height in sides(), kind in 0_u8..6, seed in 1_u32.., shapes in 0_u32..5,
    ) {
        let mut chance = Chance(seed);
        let mut picture = RgbImage::from_pixel(width, height, image::Rgb([(seed >> 24) as u8; 3]));
        for _ in 0..shapes {
            let (left, top, value) = (chance.next() % width, chance.next() % height, (chance.next() >> 9) as u8);
            for (x, y) in (left..width).flat_map(|x| (top..height).map(move |y| (x, y))) {
                picture.put_pixel(x, y, image::Rgb([value, value / 2 + 60, value]));
            }
        }
        if kind == 3 {
            picture.pixels_mut().for_each(|pixel| pixel.0[0] = (chance.next() >> 8) as u8);
        }
        let picture = DynamicImage::ImageRgb8(picture);
        let picture = match kind {
            0 => picture,
            1 => DynamicImage::ImageLuma8(picture.into_luma8()),
            2 => DynamicImage::ImageRgba8(picture.into_rgba8()),
            4 => DynamicImage::ImageLuma16(picture.into_luma16()),
            _ => DynamicImage::ImageRgb32F(picture.into_rgb32f()),
        };
        let recogniser = if seed % 2 == 0 { Recogniser::Neural } else { Recogniser::Tesseract };
        for one in prepare(picture, recogniser) {
            prop_assert!(one.width() > 0 && one.height() > 0);
            prop_assert!(f64::from(one.width()) * f64::from(one.height()) <= 2.1 * f64::from(width) * f64::from(height));
        }
    }
}
