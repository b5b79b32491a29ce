//! The sheets in a picture: none on a scan that paper fills, one in a photo of a receipt, several where somebody laid
//! them side by side. Blank strips alone never part a picture; only borders that can be seen do.
//!
//! Whoever is unsure says so: a receipt that is cut in two becomes two documents with half a purchase each, and several
//! read as one put the total of one beside the date of another. So several sheets are sure only where each of them lies
//! whole in the picture, well apart from all others, and none continues another.

#![expect(clippy::float_arithmetic, reason = "geometry of pixels, nowhere near money")]

use super::{
    paper::{Ground, Scene, Sheet, sheet},
    plane::{Plane, Reduced, per_mille},
    quad::{Point, Quad, beyond},
    region::{Region, regions},
};
use crate::model::part::PARTS_MAX;

/// All sheets together cover at least this share of the picture.
const COVER_MIN: f32 = 0.15;
/// A picture that paper fills to this share is a scan, and stays as it is.
const COVER_MAX: f32 = 0.93;
/// Each of several sheets covers at least so many thousandths.
const SHEET_PER_MILLE_MIN: usize = 30;
/// The most sheets that are told apart, which is more than are divided: a pile of them is no single document either.
const SHEETS_MAX: usize = 24;
/// Each of several sheets runs out of the picture at no more sides than this: a dark band across a page that the
/// picture cuts off all around does not make two sheets of it.
const CUT_SIDES_OF_SEVERAL_MAX: usize = 1;
/// Sheets lie at least this share of the longer side apart; a pen laid over one does not make it two.
const APART_MIN: f32 = 0.008;
/// Sheets that are sure lie at least this share of the longer side apart, with all that curls out of them.
const APART_SURE_MIN: f32 = 0.012;
/// Sheets this share of the longer side apart, or nearer, are looked at together: what lies across one, such as a strap,
/// a pen or a dark line of a form, leaves two.
const CONTINUES_WITHIN: f32 = 0.15;
/// One continues the other where both its long sides, drawn on, meet the other's corners this near, as a share of the
/// side between them.
const CONTINUES_OFF_MAX: f32 = 0.04;
/// Levels between the dark and the bright parts at which the picture is cut, in hundredths.
const LEVELS: [i32; 5] = [30, 45, 60, 72, 84];
/// The ground is at least this many grey values off the paper.
const GROUND_OFF_MIN: u8 = 16;
/// So many thousandths of a picture with sheets in it are ground.
const GROUND_PER_MILLE_MIN: u64 = 60;
/// And so much of its outermost rows and columns.
const GROUND_OF_FRAME_PER_MILLE_MIN: usize = 250;
/// Outside all sheets at most so many thousandths look like print: more may be text that a crop would lose.
/// A receipt that lies in shadow, and so was not seen as a sheet, shows 12 and more; bare tables show 0.
const PRINT_OUTSIDE_PER_MILLE_MAX: usize = 4;
/// On a bright ground, which may be paper itself, hardly anything may.
const PRINT_ON_BRIGHT_PER_MILLE_MAX: usize = 2;
/// Print in shadow is fainter than on a sheet: what is this much darker than its surroundings counts outside.
const OUTSIDE_DEPTH_MIN: u8 = 20;
/// Nor may print stand together in any square of so many pixels of the coarse copy, ...
const SQUARE_PX: usize = 16;
/// ... which it does from so many thousandths of it on: a small slip beside a receipt is little of the whole picture.
const PRINT_TOGETHER_PER_MILLE_MAX: usize = 90;
/// Pixels of the coarse copy around a sheet that belong to its edge, not to the outside.
const EDGE_PX: f32 = 4.0;

/// The sheets of a picture.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// In reading order, in the picture's own pixels, with what curls out of them; empty when there are none, when the
    /// paper fills the picture, or when it is not sure.
    pub(super) quads: Vec<Quad>,
    /// Whether several of them are so surely several that each may go its own way.
    pub(super) is_sure: bool,
}

/// The sheets of a picture.
pub(super) fn sheets(reduced: &Reduced) -> Found {
    let sheets = found(reduced);
    let side = reduced.white.width.max(reduced.white.height);
    let quads = sheets.iter().map(|sheet| sheet.kept.enlarged(reduced.factor)).collect();
    Found { quads, is_sure: is_sure(&sheets, side) }
}

/// Whether each of several sheets may go its own way; `side` is the longer one of the copy they were found in.
#[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
fn is_sure(sheets: &[Sheet], side: usize) -> bool {
    let side = side as f32;
    let whole = |sheet: &Sheet| sheet.cut_sides == 0;
    let apart = |one: &Sheet, other: &Sheet| {
        distance(&one.kept, &other.kept) >= APART_SURE_MIN * side
            && !continues(&one.corners, &other.corners, CONTINUES_WITHIN * side)
    };
    let mut pairs =
        sheets.iter().enumerate().flat_map(|(at, one)| sheets.iter().skip(at + 1).map(move |other| (one, other)));
    sheets.len() <= PARTS_MAX && sheets.iter().all(whole) && pairs.all(|(one, other)| apart(one, other))
}

/// Whether two sheets may be one with something across it: a side of each faces the other, and the sides beside it run
/// on into the other's.
fn continues(one: &Quad, other: &Quad, within: f32) -> bool {
    let [a, b, c, d] = one.0;
    let sides = [(d, a, b, c), (a, b, c, d), (b, c, d, a), (c, d, a, b)];
    sides.into_iter().any(|(before, from, to, after)| {
        let off_max = from.distance(to) * CONTINUES_OFF_MAX;
        other.sides().into_iter().any(|(there, back)| {
            // Both run clockwise, so the side that faces this one runs the other way.
            from.distance(back) <= within
                && to.distance(there) <= within
                && beyond((before, from), back).abs() <= off_max
                && beyond((to, after), there).abs() <= off_max
        })
    })
}

/// The same, in pixels of the reduced copy.
pub(super) fn found(reduced: &Reduced) -> Vec<Sheet> {
    let scene = Scene::new(reduced);
    let grounds = grounds(&scene.coarse);
    if grounds.is_empty() {
        return Vec::new();
    }
    let scene = scene.with_edges(reduced);
    let mut best: (f32, Vec<Sheet>) = (0.0, Vec::new());
    for (ground, level) in grounds {
        let sheets = at_level(&scene, ground, level);
        let score = sheets.iter().map(|sheet| sheet.corners.area() * sheet.support).sum();
        if score > best.0 {
            best = (score, sheets);
        }
    }
    in_reading_order(best.1)
}

/// The ways in which the picture may divide into sheets and ground: none on a clean scan, which ends the search there.
fn grounds(coarse: &Plane) -> Vec<(Ground, u8)> {
    let histogram = coarse.histogram();
    let (dark, bright) = (per_mille(&histogram, 50), per_mille(&histogram, 950));
    let mut ways = Vec::new();
    let frame = frame(coarse);
    let of_frame = |belongs: &dyn Fn(u8) -> bool| {
        frame.iter().filter(|value| belongs(**value)).count() * 1000 >= frame.len() * GROUND_OF_FRAME_PER_MILLE_MIN
    };
    let levels = |from: u8, to: u8| {
        LEVELS.map(|share| {
            let level = i32::from(from) + (i32::from(to) - i32::from(from)) * share / 100;
            u8::try_from(level).unwrap_or(u8::MAX)
        })
    };
    let paper = bright.saturating_sub(GROUND_OFF_MIN);
    if per_mille(&histogram, GROUND_PER_MILLE_MIN) < paper && of_frame(&|value| value < paper) {
        ways.extend(levels(dark, bright).map(|level| (Ground::Darker, level)));
    }
    // On a bright ground the frame is bright all around, and a good part of the picture is not.
    let sheet = per_mille(&histogram, 150);
    if sheet.saturating_add(GROUND_OFF_MIN) <= bright && of_frame(&|value| value >= paper) {
        ways.extend(levels(sheet, bright).map(|level| (Ground::Brighter, level)));
    }
    ways
}

/// The outermost two rows and columns.
fn frame(plane: &Plane) -> Vec<u8> {
    let mut values = Vec::new();
    for (y, row) in plane.rows().enumerate() {
        if y < 2 || y + 2 >= plane.height {
            values.extend_from_slice(row);
        } else if let ([a, b, ..], [.., c, d]) = (row, row) {
            values.extend([*a, *b, *c, *d]);
        }
    }
    values
}

/// The sheets that show when the picture is cut at this level; empty unless all of it is explained by them.
fn at_level(scene: &Scene, ground: Ground, level: u8) -> Vec<Sheet> {
    let coarse = &scene.coarse;
    let area_min = coarse.values.len() * SHEET_PER_MILLE_MIN / 1000;
    let parts: Vec<Region> = match ground {
        Ground::Darker => regions(coarse, |value| value >= level, area_min),
        Ground::Brighter => regions(coarse, |value| value < level, area_min),
    };
    if parts.is_empty() || parts.len() > SHEETS_MAX {
        return Vec::new();
    }
    // One part that is no sheet may be one that was not recognised, and would be lost.
    let Some(sheets) = parts.iter().map(|part| sheet(scene, part, ground)).collect::<Option<Vec<Sheet>>>() else {
        return Vec::new();
    };
    if is_plausible(scene, ground, &sheets) { sheets } else { Vec::new() }
}

#[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
fn is_plausible(scene: &Scene, ground: Ground, sheets: &[Sheet]) -> bool {
    let factor = scene.factor as f32;
    let picture = (scene.coarse.width * scene.coarse.height) as f32 * factor * factor;
    let cover = sheets.iter().map(|sheet| sheet.corners.area()).sum::<f32>() / picture;
    if !(COVER_MIN..=COVER_MAX).contains(&cover) {
        return false;
    }
    if sheets.len() > 1 {
        let apart = APART_MIN * scene.coarse.width.max(scene.coarse.height) as f32 * factor;
        let too_cut = sheets.iter().any(|sheet| sheet.cut_sides > CUT_SIDES_OF_SEVERAL_MAX);
        let too_near = sheets.iter().enumerate().any(|(index, one)| {
            sheets.iter().skip(index + 1).any(|other| distance(&one.corners, &other.corners) < apart)
        });
        if too_cut || too_near {
            return false;
        }
    }
    let outside_max = match ground {
        Ground::Darker => PRINT_OUTSIDE_PER_MILLE_MAX,
        Ground::Brighter => PRINT_ON_BRIGHT_PER_MILLE_MAX,
    };
    let (outside, together) = print_outside_per_mille(scene, sheets);
    outside <= outside_max && together <= PRINT_TOGETHER_PER_MILLE_MAX
}

/// The least distance between places along the sides of two sheets; 0 or less when they overlap.
fn distance(one: &Quad, other: &Quad) -> f32 {
    let places = |quad: &Quad| {
        let sides = quad.sides();
        sides.into_iter().flat_map(|(from, to)| (0..16_u8).map(move |step| from.towards(to, f32::from(step) / 16.0)))
    };
    let least = |places: &mut dyn Iterator<Item = Point>, quad: &Quad| {
        places.map(|place| quad.outside(place)).fold(f32::INFINITY, f32::min)
    };
    least(&mut places(one), other).min(least(&mut places(other), one))
}

/// Thousandths of what looks like print, among all that lies outside every sheet, and in the square with most of it.
#[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
fn print_outside_per_mille(scene: &Scene, sheets: &[Sheet]) -> (usize, usize) {
    let factor = scene.factor as f32;
    let (mut all, mut printed) = (0_usize, 0_usize);
    let columns = scene.print.width / SQUARE_PX + 1;
    let mut squares = vec![0_usize; columns * (scene.print.height / SQUARE_PX + 1)];
    for (y, row) in scene.print.rows().enumerate() {
        for (x, depth) in row.iter().enumerate() {
            let point = Point::new(x as f32 * factor, y as f32 * factor);
            if sheets.iter().all(|sheet| sheet.corners.outside(point) > EDGE_PX * factor) {
                all += 1;
                if *depth >= OUTSIDE_DEPTH_MIN {
                    printed += 1;
                    if let Some(square) = squares.get_mut(y / SQUARE_PX * columns + x / SQUARE_PX) {
                        *square += 1;
                    }
                }
            }
        }
    }
    let together = squares.into_iter().max().unwrap_or(0);
    (printed * 1000 / all.max(1), together * 1000 / (SQUARE_PX * SQUARE_PX))
}

/// From the top, and from the left where sheets lie side by side.
fn in_reading_order(mut sheets: Vec<Sheet>) -> Vec<Sheet> {
    let bounds = |sheet: &Sheet| {
        let ys = sheet.corners.0.map(|corner| corner.y);
        (ys.into_iter().fold(f32::INFINITY, f32::min), ys.into_iter().fold(f32::NEG_INFINITY, f32::max))
    };
    let left = |sheet: &Sheet| sheet.corners.0.into_iter().map(|corner| corner.x).fold(f32::INFINITY, f32::min);
    sheets.sort_by(|one, other| bounds(one).0.total_cmp(&bounds(other).0));
    let mut ordered: Vec<Sheet> = Vec::new();
    while let Some(first) = sheets.first() {
        // The row of the topmost sheet: all that begin above its middle.
        let (top, bottom) = bounds(first);
        let middle = f32::midpoint(top, bottom);
        let (mut row, rest): (Vec<_>, Vec<_>) = sheets.into_iter().partition(|sheet| bounds(sheet).0 <= middle);
        if row.is_empty() {
            return ordered;
        }
        row.sort_by(|one, other| left(one).total_cmp(&left(other)));
        ordered.extend(row);
        sheets = rest;
    }
    ordered
}
