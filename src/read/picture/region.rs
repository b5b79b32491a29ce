//! Connected regions of a plane, their convex hulls, and the quadrilateral around a hull.

#![expect(clippy::float_arithmetic, reason = "geometry of pixels, nowhere near money")]

use super::{
    plane::Plane,
    quad::{Point, Quad, meeting},
};

/// A hull of more corners than this is not that of a sheet; few pixels of difference make few corners.
const CORNERS_MAX: usize = 400;

/// Pixels that hang together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Region {
    /// How many.
    pub(super) area: usize,
    /// The corners of their convex hull, clockwise.
    pub(super) hull: Vec<Point>,
}

/// The regions of pixels that belong, with at least so many pixels each.
pub(super) fn regions(plane: &Plane, belongs: impl Fn(u8) -> bool, area_min: usize) -> Vec<Region> {
    let width = plane.width.max(1);
    let mut open: Vec<bool> = plane.values.iter().map(|value| belongs(*value)).collect();
    let mut found = Vec::new();
    let mut waiting = Vec::new();
    let mut spans: Vec<Option<(usize, usize)>> = vec![None; plane.height];
    for start in 0..open.len() {
        if !take(&mut open, start) {
            continue;
        }
        spans.fill(None);
        waiting.push(start);
        let mut area = 0;
        while let Some(at) = waiting.pop() {
            area += 1;
            let (x, y) = (at % width, at / width);
            if let Some(span) = spans.get_mut(y) {
                *span = Some(span.map_or((x, x), |(left, right)| (left.min(x), right.max(x))));
            }
            let (left, right) = ((x > 0).then(|| at - 1), (x + 1 < width).then_some(at + 1));
            let (above, below) = (at.checked_sub(width), Some(at + width));
            for next in [left, right, above, below].into_iter().flatten() {
                if take(&mut open, next) {
                    waiting.push(next);
                }
            }
        }
        if area >= area_min {
            found.push(Region { area, hull: hull(&spans) });
        }
    }
    found
}

/// Whether the pixel was still open; it no longer is.
fn take(open: &mut [bool], at: usize) -> bool {
    open.get_mut(at).is_some_and(std::mem::take)
}

/// The convex hull of rows, by Andrew's monotone chains: down the right ends, up the left ones.
#[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
fn hull(spans: &[Option<(usize, usize)>]) -> Vec<Point> {
    let rows = || spans.iter().enumerate().filter_map(|(y, span)| span.map(|(left, right)| (y, left, right)));
    let mut corners = chain(rows().map(|(y, _, right)| Point::new(right as f32, y as f32)));
    let lefts: Vec<_> = rows().map(|(y, left, _)| Point::new(left as f32, y as f32)).collect();
    corners.extend(chain(lefts.into_iter().rev()));
    corners.dedup();
    if corners.first() == corners.last() {
        corners.pop();
    }
    corners
}

fn chain(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut corners: Vec<Point> = Vec::new();
    for point in points {
        while let [.., before, last] = corners.as_slice()
            && before.turn(*last, point) <= 0.0
        {
            corners.pop();
        }
        corners.push(point);
    }
    corners
}

/// The area within a closed line.
pub(super) fn polygon_area(corners: &[Point]) -> f32 {
    let Some(first) = corners.first() else {
        return 0.0;
    };
    corners.windows(2).map(|pair| if let [a, b] = pair { first.turn(*a, *b) } else { 0.0 }).sum::<f32>().abs() / 2.0
}

/// A quadrilateral around a convex hull: the side whose loss adds the least area goes, until four are left.
pub(super) fn around(hull: &[Point]) -> Option<Quad> {
    if hull.len() < 4 || hull.len() > CORNERS_MAX {
        return None;
    }
    let mut corners = hull.to_vec();
    while corners.len() > 4 {
        let count = corners.len();
        let corner = |index: usize| corners.get(index % count).copied();
        let mut best: Option<(f32, usize, Point)> = None;
        for index in 0..count {
            let (before, from) = (corner(index + count - 1)?, corner(index)?);
            let (to, after) = (corner(index + 1)?, corner(index + 2)?);
            let Some(meets) = meeting((before, from), (after, to)) else {
                continue;
            };
            // The neighbours must meet beyond the side, not behind their own beginnings.
            let added = from.turn(meets, to);
            if added >= 0.0 && before.turn(meets, to) >= 0.0 && best.is_none_or(|(least, _, _)| added < least) {
                best = Some((added, index, meets));
            }
        }
        let (_, index, meets) = best?;
        *corners.get_mut(index)? = meets;
        corners.remove((index + 1) % count);
    }
    Some(Quad::clockwise(corners.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A plane with convex shapes drawn in 200 on 50.
    fn drawn(shapes: &[[(f32, f32); 4]]) -> Plane {
        let quads: Vec<_> = shapes.iter().map(|shape| Quad(shape.map(|(x, y)| Point::new(x, y)))).collect();
        let mut values = Vec::new();
        for y in 0..100_u8 {
            for x in 0..120_u8 {
                let point = Point::new(f32::from(x), f32::from(y));
                values.push(if quads.iter().any(|quad| quad.outside(point) <= 0.0) { 200 } else { 50 });
            }
        }
        Plane { width: 120, height: 100, values }
    }

    #[test]
    fn shapes_come_back_as_quadrilaterals() {
        let shapes = [
            [(10.0, 12.0), (50.0, 8.0), (55.0, 90.0), (6.0, 85.0)],
            [(70.0, 20.0), (110.0, 24.0), (112.0, 70.0), (66.0, 72.0)],
        ];
        let found = regions(&drawn(&shapes), |value| value > 100, 50);
        assert_eq!(found.len(), 2);
        for shape in shapes {
            let shape = Quad(shape.map(|(x, y)| Point::new(x, y)));
            let near = found
                .iter()
                .filter_map(|region| around(&region.hull))
                .any(|quad| quad.0.into_iter().zip(shape.0).all(|(seen, wanted)| seen.distance(wanted) < 2.5));
            assert!(near, "{shape:?}");
        }
        for region in &found {
            let share = polygon_area(&region.hull) / region.area as f32;
            assert!((0.9..1.05).contains(&share), "{share}");
        }
    }

    #[test]
    fn small_and_flat_regions() {
        let plane = drawn(&[[(10.0, 10.0), (14.0, 10.0), (14.0, 14.0), (10.0, 14.0)]]);
        assert_eq!(regions(&plane, |value| value > 100, 26), []);
        assert_eq!(regions(&plane, |value| value > 100, 25).len(), 1);
        let line = drawn(&[[(10.0, 10.0), (90.0, 10.0), (90.0, 10.0), (10.0, 10.0)]]);
        for region in regions(&line, |value| value > 100, 1) {
            assert_eq!(around(&region.hull), None);
        }
        assert_eq!(polygon_area(&[]), 0.0);
    }
}
