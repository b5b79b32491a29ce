//! The sheets in a picture: none on a scan that paper fills, one in a photo of a receipt, several where somebody laid
//! them side by side. Blank strips alone never part a picture; only borders that can be seen do.
//!
//! Whoever is unsure says so: a receipt that is cut in two becomes two documents with half a purchase each, and several
//! read as one put the total of one beside the date of another. So several sheets are sure only where each of them lies
//! whole in the picture, well apart from all others, and none continues another.

#![expect(clippy::float_arithmetic, reason = "geometry of pixels, nowhere near money")]

use super::{
    blocks, faint,
    paper::{Ground, Scene, Sheet, sheet},
    plane::{Plane, Reduced, per_mille},
    quad::{Point, Quad},
    region::{Region, regions},
    sure::{distance, is_sure, lie_by_themselves},
};

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
    /// How many there surely are, at least: as many as there are quadrilaterals, or more where not all is explained.
    pub(super) seen: usize,
    /// Whether several of them are so surely several that each may go its own way.
    pub(super) is_sure: bool,
}

/// The sheets of a picture.
pub(super) fn sheets(reduced: &Reduced) -> Found {
    let (mut sheets, mut seen) = found(reduced);
    if sheets.is_empty()
        && let Some(evened) = faint::evened(reduced)
    {
        for evened in evened {
            let (again, seen_again) = found(&evened);
            // One sheet alone that hardly shows is nothing new: the picture is read as it is.
            if again.len() > sheets.len() && again.len() > 1 {
                sheets = again;
            }
            seen = seen.max(seen_again);
        }
        if sheets.is_empty() && seen == 0 {
            seen = blocks::seen(reduced);
        }
    }
    let side = reduced.white.width.max(reduced.white.height);
    let quads: Vec<Quad> = sheets.iter().map(|sheet| sheet.kept.enlarged(reduced.factor)).collect();
    let seen = if quads.is_empty() { seen } else { quads.len() };
    Found { quads, seen, is_sure: is_sure(&sheets, side) }
}

/// The same, in pixels of the reduced copy; and how many whole sheets lie there at angles of their own, where they do not
/// explain all that the picture shows.
pub(super) fn found(reduced: &Reduced) -> (Vec<Sheet>, usize) {
    let scene = Scene::new(reduced);
    let grounds = grounds(&scene.coarse);
    if grounds.is_empty() {
        return (Vec::new(), 0);
    }
    let scene = scene.with_edges(reduced);
    let side = reduced.white.width.max(reduced.white.height);
    let mut best: (f32, Vec<Sheet>) = (0.0, Vec::new());
    let mut seen = 0;
    for (ground, level) in grounds {
        let (sheets, all) = at_level(&scene, ground, level);
        if !all {
            seen = seen.max(if sheets.len() > 1 && lie_by_themselves(&sheets, side) { sheets.len() } else { 0 });
            continue;
        }
        let score = sheets.iter().map(|sheet| sheet.corners.area() * sheet.support).sum();
        if score > best.0 {
            best = (score, sheets);
        }
    }
    (in_reading_order(best.1), seen)
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

/// The sheets that show when the picture is cut at this level, and whether they explain all of it.
fn at_level(scene: &Scene, ground: Ground, level: u8) -> (Vec<Sheet>, bool) {
    let area_min = scene.coarse.values.len() * SHEET_PER_MILLE_MIN / 1000;
    let parts = parts(scene, ground, level, area_min);
    if parts.is_empty() || parts.len() > SHEETS_MAX {
        return (Vec::new(), false);
    }
    let sheets: Vec<Sheet> = parts.iter().filter_map(|part| sheet(scene, part, ground)).collect();
    // One part that is no sheet may be one that was not recognised, and would be lost.
    let all = sheets.len() == parts.len() && is_plausible(scene, ground, &sheets);
    (sheets, all)
}

/// What is no ground when the picture is cut at this level.
fn parts(scene: &Scene, ground: Ground, level: u8, area_min: usize) -> Vec<Region> {
    match ground {
        Ground::Darker => regions(&scene.coarse, |value| value >= level, area_min),
        Ground::Brighter => regions(&scene.coarse, |value| value < level, area_min),
    }
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
