//! Points, quadrilaterals and the projective mapping between a straightened picture and the one it came from.
//! The mapping of a square to a quadrilateral: P. Heckbert, Fundamentals of Texture Mapping, 1989, section 2.2.3.

#![expect(clippy::float_arithmetic, reason = "geometry of pixels, nowhere near money")]

/// Below this a divisor counts as zero.
const TINY: f32 = 1e-6;

/// A place in a picture; the middle of the first pixel is at 0, 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f32,
    pub(super) y: f32,
}

impl Point {
    pub(super) const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    pub(super) fn distance(self, other: Self) -> f32 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The place at this share of the way to another.
    pub(super) fn towards(self, other: Self, share: f32) -> Self {
        Self { x: self.x + (other.x - self.x) * share, y: self.y + (other.y - self.y) * share }
    }

    /// Twice the area of the triangle; positive when it turns clockwise as seen on a screen.
    pub(super) fn turn(self, second: Self, third: Self) -> f32 {
        (second.x - self.x) * (third.y - self.y) - (second.y - self.y) * (third.x - self.x)
    }
}

/// Where two lines meet, each through two points; `None` when they are nearly parallel.
pub(super) fn meeting(first: (Point, Point), second: (Point, Point)) -> Option<Point> {
    let (across, down) = (first.1.x - first.0.x, first.1.y - first.0.y);
    let (other_across, other_down) = (second.1.x - second.0.x, second.1.y - second.0.y);
    let divisor = across * other_down - down * other_across;
    let scale = across.hypot(down) * other_across.hypot(other_down);
    if divisor.abs() <= scale * 0.02 || !divisor.is_finite() {
        return None;
    }
    let share = ((second.0.x - first.0.x) * other_down - (second.0.y - first.0.y) * other_across) / divisor;
    Some(first.0.towards(first.1, share))
}

/// Four corners, clockwise from the top left as they will stand in the straightened picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Quad(pub(super) [Point; 4]);

impl Quad {
    /// The corners in the order that [`Quad`] promises: the sum of x and y is least at the top left.
    pub(super) fn clockwise(mut corners: [Point; 4]) -> Self {
        let [first, second, third, _] = corners;
        if first.turn(second, third) < 0.0 {
            corners.reverse();
        }
        let first = corners
            .iter()
            .enumerate()
            .min_by(|left, right| (left.1.x + left.1.y).total_cmp(&(right.1.x + right.1.y)))
            .map_or(0, |(index, _)| index);
        corners.rotate_left(first);
        Self(corners)
    }

    /// The sides: top, right, bottom, left, each running clockwise.
    pub(super) fn sides(&self) -> [(Point, Point); 4] {
        let [a, b, c, d] = self.0;
        [(a, b), (b, c), (c, d), (d, a)]
    }

    /// The area in square pixels.
    pub(super) fn area(&self) -> f32 {
        let [a, b, c, d] = self.0;
        (a.turn(b, c) + a.turn(c, d)).abs() / 2.0
    }

    /// Whether it is convex and every angle lies within so many degrees of a right one.
    pub(super) fn is_nearly_right(&self, degrees_max: f32) -> bool {
        let [a, b, c, d] = self.0;
        [(d, a, b), (a, b, c), (b, c, d), (c, d, a)].into_iter().all(|(before, here, after)| {
            let (cross, dot) = (
                before.turn(here, after),
                (here.x - before.x) * (after.x - here.x) + (here.y - before.y) * (after.y - here.y),
            );
            cross > 0.0 && (dot.atan2(cross)).to_degrees().abs() <= degrees_max
        })
    }

    /// How far the point lies outside, in pixels; negative inside. For convex quadrilaterals.
    pub(super) fn outside(&self, point: Point) -> f32 {
        self.sides().into_iter().map(|side| beyond(side, point)).fold(f32::NEG_INFINITY, f32::max)
    }

    /// Every side moved outwards by its margin.
    pub(super) fn grown(&self, margins: [f32; 4]) -> Option<Self> {
        let mut lines = self.sides();
        for ((from, to), margin) in lines.iter_mut().zip(margins) {
            let length = from.distance(*to).max(TINY);
            let (x, y) = ((to.y - from.y) / length * margin, (from.x - to.x) / length * margin);
            (*from, *to) = (Point::new(from.x + x, from.y + y), Point::new(to.x + x, to.y + y));
        }
        let [top, right, bottom, left] = lines;
        Some(Self([meeting(left, top)?, meeting(top, right)?, meeting(right, bottom)?, meeting(bottom, left)?]))
    }

    /// By how many degrees the side that leans most is off the horizontal or vertical.
    pub(super) fn lean(&self) -> f32 {
        let off = |(from, to): (Point, Point)| {
            let (across, down) = ((to.x - from.x).abs(), (to.y - from.y).abs());
            across.min(down).atan2(across.max(down)).to_degrees()
        };
        self.sides().into_iter().map(off).fold(0.0, f32::max)
    }

    /// By how many degrees its middle line, from the top to the bottom, leans to the left; negative to the right.
    pub(super) fn tilt(&self) -> f32 {
        let [a, b, c, d] = self.0;
        let (top, bottom) = (a.towards(b, 0.5), d.towards(c, 0.5));
        (top.x - bottom.x).atan2(bottom.y - top.y).to_degrees()
    }

    /// From pixels of a reduced copy to those of the picture.
    pub(super) fn enlarged(&self, factor: usize) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "factors are small")]
        let factor = factor as f32;
        let shift = (factor - 1.0) / 2.0;
        Self(self.0.map(|point| Point::new(point.x * factor + shift, point.y * factor + shift)))
    }

    /// The size of the upright rectangle it becomes: its longer sides.
    pub(super) fn upright_size(&self) -> (f32, f32) {
        let [top, right, bottom, left] = self.sides().map(|(from, to)| from.distance(to));
        (top.max(bottom), right.max(left))
    }
}

/// How far a point lies on the left of a line, in pixels: outside, for the sides of a clockwise quadrilateral.
pub(super) fn beyond((from, to): (Point, Point), point: Point) -> f32 {
    -from.turn(to, point) / from.distance(to).max(TINY)
}

/// The way from a prepared picture back to the one it came from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Mapping {
    /// Row by row; the last value is 1 or near it.
    matrix: [f32; 9],
}

impl Mapping {
    /// From an upright rectangle of this size to a quadrilateral.
    pub(super) fn to_quad(quad: &Quad, size: (f32, f32)) -> Option<Self> {
        let [a, b, c, d] = quad.0;
        let (x1, y1, x2, y2) = (b.x - c.x, b.y - c.y, d.x - c.x, d.y - c.y);
        let (x3, y3) = (a.x - b.x + c.x - d.x, a.y - b.y + c.y - d.y);
        let divisor = x1 * y2 - x2 * y1;
        if divisor.abs() < TINY {
            return None;
        }
        let (g, h) = ((x3 * y2 - x2 * y3) / divisor, (x1 * y3 - x3 * y1) / divisor);
        let (wide, high) = ((size.0 - 1.0).max(1.0), (size.1 - 1.0).max(1.0));
        let matrix = [
            (b.x - a.x + g * b.x) / wide,
            (d.x - a.x + h * d.x) / high,
            a.x,
            (b.y - a.y + g * b.y) / wide,
            (d.y - a.y + h * d.y) / high,
            a.y,
            g / wide,
            h / high,
            1.0,
        ];
        matrix.iter().all(|value| value.is_finite()).then_some(Self { matrix })
    }

    /// From a canvas to a picture of the `size`, whose lines of text fall by so many degrees to the right, about their
    /// middles.
    pub(super) fn rotation(degrees: f32, size: (f32, f32), canvas: (f32, f32)) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (x, y) = ((size.0 - 1.0) / 2.0, (size.1 - 1.0) / 2.0);
        let (wide, high) = ((canvas.0 - 1.0) / 2.0, (canvas.1 - 1.0) / 2.0);
        let matrix = [cos, -sin, x - cos * wide + sin * high, sin, cos, y - sin * wide - cos * high, 0.0, 0.0, 1.0];
        Self { matrix }
    }

    /// First `inner`, then this one.
    pub(super) fn after(&self, inner: &Self) -> Self {
        let [a, b, c, d, e, f, g, h, i] = self.matrix;
        let columns = |x: f32, y: f32, z: f32| [a * x + b * y + c * z, d * x + e * y + f * z, g * x + h * y + i * z];
        let [m0, m1, m2, m3, m4, m5, m6, m7, m8] = inner.matrix;
        let ([p, s, v], [q, t, w], [r, u, z]) = (columns(m0, m3, m6), columns(m1, m4, m7), columns(m2, m5, m8));
        Self { matrix: [p, q, r, s, t, u, v, w, z] }
    }

    /// The matrix, row by row.
    pub(super) const fn matrix(&self) -> [f32; 9] {
        self.matrix
    }

    /// The place in the original picture; `None` at the horizon.
    pub(super) fn point(&self, point: Point) -> Option<Point> {
        let [a, b, c, d, e, f, g, h, i] = self.matrix;
        let divisor = g * point.x + h * point.y + i;
        let mapped = Point::new((a * point.x + b * point.y + c) / divisor, (d * point.x + e * point.y + f) / divisor);
        (divisor > TINY && mapped.x.is_finite() && mapped.y.is_finite()).then_some(mapped)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quad(corners: [(f32, f32); 4]) -> Quad {
        Quad(corners.map(|(x, y)| Point::new(x, y)))
    }

    #[test]
    fn corners_are_put_in_order() {
        let wanted = quad([(10.0, 5.0), (90.0, 12.0), (80.0, 99.0), (2.0, 70.0)]);
        for start in 0..4 {
            let mut corners = wanted.0;
            corners.rotate_left(start);
            assert_eq!(Quad::clockwise(corners), wanted);
            corners.reverse();
            assert_eq!(Quad::clockwise(corners), wanted);
        }
    }

    #[test]
    fn shapes_that_no_sheet_has_are_not_right() {
        let table = [
            ([(0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)], true),
            ([(0.0, 0.0), (9.0, 1.0), (8.0, 9.0), (1.0, 8.0)], true),
            ([(0.0, 0.0), (9.0, 0.0), (20.0, 9.0), (11.0, 9.0)], false),
            ([(0.0, 0.0), (9.0, 0.0), (2.0, 2.0), (0.0, 9.0)], false),
            ([(0.0, 0.0), (9.0, 9.0), (9.0, 0.0), (0.0, 9.0)], false),
            ([(5.0, 5.0), (5.0, 5.0), (5.0, 5.0), (5.0, 5.0)], false),
        ];
        for (corners, right) in table {
            assert_eq!(quad(corners).is_nearly_right(32.0), right, "{corners:?}");
        }
    }

    #[test]
    fn a_mapping_sends_corners_to_corners() {
        let sheet = quad([(110.0, 95.0), (900.0, 130.0), (860.0, 1500.0), (60.0, 1420.0)]);
        let mapping = Mapping::to_quad(&sheet, (800.0, 1400.0)).expect("a sound shape");
        for (corner, at) in sheet.0.into_iter().zip([(0.0, 0.0), (799.0, 0.0), (799.0, 1399.0), (0.0, 1399.0)]) {
            let mapped = mapping.point(Point::new(at.0, at.1)).expect("before the horizon");
            assert!(mapped.distance(corner) < 0.1, "{mapped:?} {corner:?}");
        }
    }

    #[test]
    fn a_turn_by_nothing_changes_nothing() {
        let mapping = Mapping::rotation(0.0, (100.0, 50.0), (100.0, 50.0));
        for mapping in [mapping, mapping.after(&mapping)] {
            let place = Point::new(13.0, 24.0);
            assert!(mapping.point(place).is_some_and(|mapped| mapped.distance(place) < 0.001));
        }
    }

    #[test]
    fn leaning_is_measured_at_the_worst_side() {
        for (corners, degrees) in [
            ([(0.0, 0.0), (90.0, 0.0), (90.0, 90.0), (0.0, 90.0)], 0.0),
            ([(0.0, 0.0), (100.0, 10.0), (90.0, 110.0), (-10.0, 100.0)], 5.7),
            ([(0.0, 0.0), (100.0, 0.0), (90.0, 100.0), (0.0, 100.0)], 5.7),
        ] {
            assert!((quad(corners).lean() - degrees).abs() < 0.1, "{corners:?}");
        }
    }

    proptest! {
        #[test]
        fn no_place_is_mapped_to_nowhere(
            values in proptest::array::uniform8(-200.0_f32..400.0), x in 0.0_f32..3000.0, y in 0.0_f32..3000.0,
        ) {
            let [a, b, c, d, e, f, g, h] = values;
            if let Some(mapping) = Mapping::to_quad(&quad([(a, b), (c, d), (e, f), (g, h)]), (50.0, 80.0)) {
                let place = mapping.point(Point::new(x, y));
                prop_assert!(place.is_none_or(|place| place.x.is_finite() && place.y.is_finite()));
            }
        }

        #[test]
        fn growing_moves_nothing_inwards(margin in 0.0_f32..20.0) {
            let sheet = quad([(110.0, 95.0), (900.0, 130.0), (860.0, 1500.0), (60.0, 1420.0)]);
            let grown = sheet.grown([margin; 4]).expect("not parallel");
            prop_assert!(sheet.0.into_iter().all(|corner| grown.outside(corner) < 0.1 - margin * 0.9));
        }
    }
}
