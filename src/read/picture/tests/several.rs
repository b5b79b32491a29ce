//! Several papers in one picture: those that surely are become pictures of their own, and nothing that only looks so.

use super::*;

/// Pictures are drawn at this share of the sizes that are written here, which a telephone's would have.
const SHARE: f32 = 0.65;

/// A sheet of this size about this middle, turned by so many degrees.
fn lying((x, y): (f32, f32), (wide, high): (f32, f32), degrees: f32) -> Quad {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (x, y, wide, high) = (x * SHARE, y * SHARE, wide * SHARE / 2.0, high * SHARE / 2.0);
    let corner = |across: f32, down: f32| (x + across * cos - down * sin, y + across * sin + down * cos);
    quad([corner(-wide, -high), corner(wide, -high), corner(wide, high), corner(-wide, high)])
}

fn drawn((width, height): (f32, f32), ground: u8, sheets: &[Quad]) -> DynamicImage {
    photo(((width * SHARE) as u32, (height * SHARE) as u32), ground, sheets)
}

fn made(picture: GrayImage) -> Prepared {
    prepared(DynamicImage::ImageLuma8(picture), Recogniser::Neural)
}

/// How many pictures it becomes; 0 where it is not sure.
fn count(picture: GrayImage) -> usize {
    prepare(DynamicImage::ImageLuma8(picture), Recogniser::Neural).len()
}

/// A dark table, a table, and the lid of a scanner, against which paper hardly shows.
const GROUNDS: [u8; 3] = [25, 120, 252];

#[test]
fn each_paper_becomes_a_picture_of_its_own() {
    let layouts: [&[Quad]; 4] = [
        &[lying((380.0, 600.0), (520.0, 900.0), 0.0), lying((1100.0, 560.0), (560.0, 760.0), 0.0)],
        &[lying((400.0, 620.0), (520.0, 900.0), -6.0), lying((1120.0, 600.0), (500.0, 800.0), 4.5)],
        &[
            lying((350.0, 420.0), (460.0, 600.0), 2.0),
            lying((1150.0, 460.0), (500.0, 700.0), -3.0),
            lying((500.0, 1150.0), (700.0, 500.0), 1.2),
        ],
        &[
            lying((370.0, 400.0), (480.0, 560.0), 1.0),
            lying((1130.0, 420.0), (500.0, 620.0), -1.5),
            lying((420.0, 1120.0), (520.0, 540.0), -2.2),
            lying((1150.0, 1160.0), (440.0, 600.0), 3.1),
        ],
    ];
    for (layout, ground) in layouts.into_iter().flat_map(|layout| GROUNDS.map(|ground| (layout, ground))) {
        let prepared = made(drawn((1520.0, 1520.0), ground, layout).into_luma8());
        let Prepared::Several(pictures) = prepared else { panic!("{} on {ground} are not divided", layout.len()) };
        assert_eq!(pictures.len(), layout.len(), "on {ground}");
        for (picture, sheet) in pictures.iter().zip(layout) {
            let (wide, high) = sheet.upright_size();
            let off = (picture.width() as f32 - wide).abs().max((picture.height() as f32 - high).abs());
            assert!(off <= 24.0, "on {ground}: {} x {} of {wide} x {high}", picture.width(), picture.height());
        }
    }
}

/// Those that only look like several, and those of which one cannot be had whole.
#[test]
fn what_is_not_surely_several_is_not_divided() {
    let receipt = lying((600.0, 800.0), (700.0, 1300.0), 1.0);
    for ground in [90, 252] {
        let on_ground = |sheets: &[Quad]| drawn((1200.0, 1600.0), ground, sheets).into_luma8();
        let filled = |mut picture: GrayImage, quad: Quad, value: u8| {
            for (x, y, pixel) in picture.enumerate_pixels_mut() {
                if quad.outside(Point::new(x as f32, y as f32)) <= 0.0 {
                    pixel.0[0] = value;
                }
            }
            picture
        };
        let across = |thick: f32| lying((600.0, 800.0), (1400.0, thick), 1.5);
        let slip = lying((640.0, 1250.0), (420.0, 360.0), -3.0);
        let beside = lying((900.0, 620.0), (420.0, 760.0), 7.0);
        let negatives = [
            ("a long blank gap", filled(on_ground(&[receipt]), lying((600.0, 760.0), (640.0, 420.0), 1.0), PAPER)),
            ("a strap across", filled(on_ground(&[receipt]), across(30.0), 25)),
            ("a broad strap across", filled(on_ground(&[receipt]), across(80.0), 25)),
            ("the ground's own colour across", filled(on_ground(&[receipt]), across(40.0), ground)),
            ("a card slip on it", on_ground(&[receipt, slip])),
            ("one over the other", on_ground(&[lying((420.0, 700.0), (560.0, 1000.0), -4.0), beside])),
            (
                "one touching the other",
                on_ground(&[lying((320.0, 800.0), (520.0, 1200.0), 0.0), lying((845.0, 780.0), (520.0, 1000.0), 0.0)]),
            ),
            (
                "one runs out of the picture",
                on_ground(&[
                    lying((330.0, 700.0), (480.0, 1000.0), -2.0),
                    lying((1010.0, 720.0), (520.0, 1000.0), 0.0),
                ]),
            ),
        ];
        for (name, picture) in negatives {
            let parts = count(picture);
            assert!(parts <= 1, "{name} on {ground}: divided into {parts}");
        }
    }
}

/// Pages of one document: columns, tables, boxes, tinted or framed.
#[test]
fn pages_with_columns_tables_and_boxes_are_not_divided() {
    let blank = |mut picture: GrayImage, (left, top, right, bottom): (u32, u32, u32, u32), value: u8| {
        (left..right).for_each(|x| (top..bottom).for_each(|y| picture.put_pixel(x, y, Luma([value]))));
        picture
    };
    let columns = blank(page(1200, 1600), (540, 0, 680, 1600), PAPER);
    let slip_below = blank(page(700, 1700), (0, 1000, 700, 1150), PAPER);
    let boxes = |ground: u8, paper: u8, heading: bool| {
        let mut form = GrayImage::from_pixel(1200, 1600, Luma([ground]));
        let text = page(460, 600);
        for (left, top) in [(100, 200), (640, 200), (100, 900), (640, 900)] {
            for (x, y, pixel) in text.enumerate_pixels() {
                form.put_pixel(left + x, top + y, Luma([if pixel.0[0] == INK { INK } else { paper }]));
            }
        }
        if heading {
            let words = page(900, 160);
            for (x, y, pixel) in words.enumerate_pixels().filter(|(_, _, pixel)| pixel.0[0] == INK) {
                form.put_pixel(150 + x, 20 + y, *pixel);
            }
        }
        form
    };
    let mut grid = page(1200, 1600);
    for (x, y, pixel) in grid.enumerate_pixels_mut() {
        if x % 390 < 14 || y % 390 < 14 {
            pixel.0[0] = 30;
        }
    }
    let table = [
        ("two columns", columns),
        ("a slip printed below", slip_below),
        ("tinted boxes under a heading", boxes(250, 238, true)),
        ("white boxes on a tinted form", boxes(215, 250, true)),
        ("boxes and nothing else", boxes(215, 250, false)),
        ("a table with thick lines", grid),
    ];
    for (name, picture) in table {
        let parts = count(picture);
        assert!(parts <= 1, "{name}: divided into {parts}");
    }
}

/// White on the same white, no border shows: nothing is cut, but lines that lie at two angles are of two papers.
#[test]
fn papers_without_borders_are_told_by_how_they_lie() {
    let both = |one: f32, other: f32| {
        [lying((400.0, 620.0), (600.0, 1000.0), one), lying((1140.0, 600.0), (600.0, 900.0), other)]
    };
    let on_white = |one, other| made(drawn((1520.0, 1520.0), PAPER, &both(one, other)).into_luma8());
    assert!(on_white(-1.6, 1.9) == Prepared::Unsure(2));
    for (one, other) in [(0.0, 0.0), (1.5, 1.5), (-1.0, -0.5)] {
        assert!(matches!(on_white(one, other), Prepared::One(_)), "{one}, {other}: one page of two columns");
    }
}

#[test]
fn a_pile_of_papers_is_said_to_be_many() {
    let cells = (0_u8..16).map(|at| (f32::from(at % 4) * 380.0 + 190.0, f32::from(at / 4) * 380.0 + 190.0));
    let sheets: Vec<Quad> = cells
        .zip((0_u8..).map(|at| f32::from(at % 5) - 2.0))
        .map(|(middle, degrees)| lying(middle, (290.0, 300.0), degrees * 1.7))
        .collect();
    let picture = drawn((1520.0, 1520.0), 60, &sheets).into_luma8();
    assert!(made(picture) == Prepared::Unsure(16));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// However papers lie: no part overlaps another, and every bit of print is in one of them.
    #[test]
    fn parts_share_nothing_and_lose_nothing(
        ground in proptest::sample::select(GROUNDS.as_slice()),
        seed in 1_u32..,
        count in 2_u32..5,
    ) {
        let mut chance = Chance(seed);
        let mut between = |low: f32, high: f32| low + (high - low) * (chance.next() % 1000) as f32 / 1000.0;
        let sheets: Vec<Quad> = (0..count)
            .map(|at| {
                let middle = ((at % 2) as f32 * 760.0 + between(360.0, 400.0), (at / 2) as f32 * 760.0 + between(360.0, 400.0));
                lying(middle, (between(360.0, 560.0), between(420.0, 580.0)), between(-9.0, 9.0))
            })
            .collect();
        let picture = drawn((1520.0, 1520.0), ground, &sheets);
        let found = split::sheets(&reduce(&picture).expect("large enough"));
        if !found.is_sure || found.quads.len() < 2 {
            return Ok(());
        }
        prop_assert_eq!(found.quads.len(), sheets.len());
        for (at, one) in found.quads.iter().enumerate() {
            for other in found.quads.iter().skip(at + 1) {
                prop_assert!(sure::distance(one, other) > 0.0, "{one:?} and {other:?} overlap");
            }
        }
        let ink = |picture: &GrayImage| picture.pixels().filter(|pixel| pixel.0[0] < INK.midpoint(PAPER)).count() as f32;
        for (x, y, pixel) in picture.to_luma8().enumerate_pixels() {
            let place = Point::new(x as f32, y as f32);
            let is_print = pixel.0[0] == INK && sheets.iter().any(|sheet| sheet.outside(place) <= 0.0);
            if is_print {
                let holders = found.quads.iter().filter(|quad| quad.outside(place) <= 0.5).count();
                prop_assert_eq!(holders, 1, "print at {}, {}", x, y);
            }
        }
        if ground > 200 {
            let parts = prepare(picture.clone(), Recogniser::Neural);
            let kept: f32 = parts.iter().map(|part| ink(&part.to_luma8())).sum();
            let all = ink(&picture.to_luma8());
            prop_assert!((kept / all - 1.0).abs() < 0.05, "{kept} of {all} dark pixels");
        }
    }
}
