//! A rectangle that may lie at a slant, and the smallest one around some points.

/// A point in pixels, from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) x: f32,
    pub(super) y: f32,
}

/// A rectangle around a line of text: its middle, its length along the text, its height, and the text's direction.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slant {
    pub(super) middle: Point,
    /// Along the text, in pixels.
    pub(super) length: f32,
    /// Across the text, in pixels.
    pub(super) height: f32,
    /// Cosine and sine of the angle of the text against the horizontal.
    pub(super) direction: (f32, f32),
}

#[expect(clippy::float_arithmetic, reason = "geometry")]
impl Slant {
    /// The point `along` pixels from the middle in the text's direction and `across` pixels down from it.
    pub(super) fn at(&self, along: f32, across: f32) -> Point {
        let (cos, sin) = self.direction;
        Point { x: self.middle.x + along * cos - across * sin, y: self.middle.y + along * sin + across * cos }
    }

    /// The four corners, from the top left in reading direction.
    pub(super) fn corners(&self) -> [Point; 4] {
        let (along, across) = (self.length / 2.0, self.height / 2.0);
        [self.at(-along, -across), self.at(along, -across), self.at(along, across), self.at(-along, across)]
    }

    /// The same line in a picture so many times as wide and as high.
    pub(super) fn scaled(self, horizontal: f32, vertical: f32) -> Self {
        // The two differ by a fraction of a per cent (sides are rounded to whole blocks), so the angle stays.
        Self {
            middle: Point { x: self.middle.x * horizontal, y: self.middle.y * vertical },
            length: self.length * horizontal,
            height: self.height * vertical,
            direction: self.direction,
        }
    }

    /// Grown by so many pixels on every side.
    pub(super) fn grown(self, by: f32) -> Self {
        Self { length: self.length + 2.0 * by, height: self.height + 2.0 * by, ..self }
    }

    /// The same rectangle read from its other end.
    pub(super) fn reversed(self) -> Self {
        Self { direction: (-self.direction.0, -self.direction.1), ..self }
    }

    /// The same rectangle read across: from its bottom to its top.
    pub(super) fn upwards(self) -> Self {
        let (cos, sin) = self.direction;
        Self { length: self.height, height: self.length, direction: (sin, -cos), ..self }
    }

    /// Whether it is so much taller than long that its text runs up or down.
    pub(super) fn is_upright(&self) -> bool {
        self.height >= self.length * 1.5
    }
}

/// The smallest rectangle around the points, lying as flat as it can; none where there are no points.
#[expect(clippy::float_arithmetic, reason = "geometry")]
pub(super) fn around(points: &[Point]) -> Option<Slant> {
    let hull = hull(points.to_vec());
    let first = hull.first()?;
    let mut best: Option<(f32, Slant)> = None;
    for (index, from) in hull.iter().enumerate() {
        let to = hull.get(index + 1).unwrap_or(first);
        let length = (to.x - from.x).hypot(to.y - from.y);
        let direction =
            if length > f32::EPSILON { flat(((to.x - from.x) / length, (to.y - from.y) / length)) } else { (1.0, 0.0) };
        let slant = spanned(&hull, direction);
        let size = slant.length * slant.height;
        if best.as_ref().is_none_or(|(smallest, _)| size < *smallest) {
            best = Some((size, slant));
        }
    }
    best.map(|(_, slant)| slant)
}

/// The direction or one at right angles to it, whichever is nearest to the horizontal from left to right.
#[expect(clippy::float_arithmetic, reason = "geometry")]
fn flat((cos, sin): (f32, f32)) -> (f32, f32) {
    let (cos, sin) = if cos.abs() >= sin.abs() { (cos, sin) } else { (sin, -cos) };
    if cos < 0.0 { (-cos, -sin) } else { (cos, sin) }
}

#[expect(clippy::float_arithmetic, reason = "geometry")]
fn spanned(points: &[Point], direction: (f32, f32)) -> Slant {
    let (cos, sin) = direction;
    let mut along = (f32::MAX, f32::MIN);
    let mut across = (f32::MAX, f32::MIN);
    for point in points {
        let (a, b) = (point.x * cos + point.y * sin, point.y * cos - point.x * sin);
        along = (along.0.min(a), along.1.max(a));
        across = (across.0.min(b), across.1.max(b));
    }
    let (a, b) = (f32::midpoint(along.0, along.1), f32::midpoint(across.0, across.1));
    Slant {
        middle: Point { x: a * cos - b * sin, y: a * sin + b * cos },
        length: along.1 - along.0,
        height: across.1 - across.0,
        direction,
    }
}

/// The corners of the convex hull, in order (Andrew's monotone chain).
#[expect(clippy::float_arithmetic, reason = "geometry")]
fn hull(mut points: Vec<Point>) -> Vec<Point> {
    points.sort_by(|left, right| left.x.total_cmp(&right.x).then(left.y.total_cmp(&right.y)));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let turns_left = |a: Point, b: Point, c: Point| (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) > 0.0;
    let half = |points: &mut dyn Iterator<Item = Point>| {
        let mut chain: Vec<Point> = Vec::new();
        for point in points {
            while let [.., a, b] = chain[..]
                && !turns_left(a, b, point)
            {
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut lower = half(&mut points.iter().copied());
    lower.extend(half(&mut points.iter().rev().copied()));
    lower
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rectangle(middle: (f32, f32), length: f32, height: f32, degrees: f32) -> Slant {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Slant { middle: Point { x: middle.0, y: middle.1 }, length, height, direction: (cos, sin) }
    }

    #[test]
    fn the_rectangle_around_its_corners_is_itself() {
        for degrees in [-40.0_f32, -12.0, -1.0, 0.0, 0.5, 7.0, 30.0, 44.0] {
            let drawn = rectangle((200.0, 120.0), 150.0, 20.0, degrees);
            let mut points = drawn.corners().to_vec();
            points.extend([drawn.middle, drawn.at(10.0, 3.0), drawn.at(-70.0, -9.0)]);
            let found = around(&points).expect("there are points");
            assert!((found.length - 150.0).abs() < 0.1 && (found.height - 20.0).abs() < 0.1, "{degrees}: {found:?}");
            assert!((found.middle.x - 200.0).abs() < 0.1 && (found.middle.y - 120.0).abs() < 0.1);
            assert!((found.direction.1 - drawn.direction.1).abs() < 0.001, "{degrees}: {found:?}");
        }
    }

    #[test]
    fn few_points() {
        assert_eq!(around(&[]), None);
        let dot = around(&[Point { x: 3.0, y: 4.0 }]).expect("one point has a rectangle");
        assert_eq!((dot.length, dot.height), (0.0, 0.0));
        let line = around(&[Point { x: 0.0, y: 0.0 }, Point { x: 8.0, y: 0.0 }]).expect("two have one");
        assert_eq!((line.length, line.height), (8.0, 0.0));
    }

    #[test]
    fn upright_text_is_read_upwards() {
        let upright = rectangle((50.0, 50.0), 10.0, 80.0, 0.0);
        assert!(upright.is_upright());
        let turned = upright.upwards();
        assert_eq!((turned.length, turned.height), (80.0, 10.0));
        // Reading begins at the bottom.
        let start = turned.at(-40.0, 0.0);
        assert!((start.y - 90.0).abs() < 0.01 && (start.x - 50.0).abs() < 0.01);
    }
}
