//! Whether several sheets in one picture are so surely several that each may go its own way.

#![expect(clippy::float_arithmetic, reason = "geometry of pixels, nowhere near money")]

use super::{
    paper::Sheet,
    quad::{Point, Quad, beyond},
};
use crate::model::part::PARTS_MAX;

/// Sheets that are sure lie at least this share of the longer side apart, with all that curls out of them.
const APART_SURE_MIN: f32 = 0.012;
/// Sheets this share of the longer side apart, or nearer, are looked at together: what lies across one, such as a strap,
/// a pen or a dark line of a form, leaves two.
const CONTINUES_WITHIN: f32 = 0.15;
/// One continues the other where the sides beside the gap, drawn on, pass the other's corners this near, as a share of
/// the length of both together.
const CONTINUES_OFF_MAX: f32 = 0.02;
/// Papers that were laid down by hand lie at angles this far off each other, in degrees.
const ANGLES_OFF_MIN_DEGREES: f32 = 0.8;

/// Whether each of several sheets may go its own way; `side` is the longer one of the copy they were found in.
#[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
pub(super) fn is_sure(sheets: &[Sheet], side: usize) -> bool {
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
    let [e, f, g, h] = other.0;
    // Each side with the corners before and after it: from `before` a side runs to `from`, and on to `after` from `to`.
    let turns = [(d, a, b, c), (a, b, c, d), (b, c, d, a), (c, d, a, b)];
    let others = [(h, e, f, g), (e, f, g, h), (f, g, h, e), (g, h, e, f)];
    turns.into_iter().any(|(before, from, to, after)| {
        // Both run clockwise, so the side that faces this one runs the other way.
        others.into_iter().any(|(far_to, there, back, far_from)| {
            let is_on = |line: (Point, Point), near: Point, far: Point| {
                let off_max = line.0.distance(far) * CONTINUES_OFF_MAX;
                beyond(line, near).abs() <= off_max && beyond(line, far).abs() <= off_max
            };
            from.distance(back) <= within
                && to.distance(there) <= within
                && is_on((before, from), back, far_from)
                && is_on((after, to), there, far_to)
        })
    })
}

/// Whether sheets that do not explain all of a picture are sheets all the same: each whole, and at an angle of its own.
/// Tinted boxes of a form lie as their form does.
pub(super) fn lie_by_themselves(sheets: &[Sheet], side: usize) -> bool {
    let leans = || sheets.iter().map(|sheet| sheet.corners.tilt());
    let spread = leans().fold(f32::NEG_INFINITY, f32::max) - leans().fold(f32::INFINITY, f32::min);
    spread >= ANGLES_OFF_MIN_DEGREES && is_sure(sheets, side)
}

/// The least distance between places along the sides of two sheets; 0 or less when they overlap.
pub(super) fn distance(one: &Quad, other: &Quad) -> f32 {
    let places = |quad: &Quad| {
        let sides = quad.sides();
        sides.into_iter().flat_map(|(from, to)| (0..16_u8).map(move |step| from.towards(to, f32::from(step) / 16.0)))
    };
    let least = |places: &mut dyn Iterator<Item = Point>, quad: &Quad| {
        places.map(|place| quad.outside(place)).fold(f32::INFINITY, f32::min)
    };
    least(&mut places(one), other).min(least(&mut places(other), one))
}
