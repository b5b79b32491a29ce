//! Whether a region of a picture is a sheet of paper with print on it, and where exactly its corners are.
//!
//! A wrong crop loses what stood outside it, and no crop loses nothing: the recogniser reads whole photos too, only
//! less well. So every test here says no when in doubt: the shape, each side along its length, the print within.

#![expect(clippy::float_arithmetic, reason = "geometry of pixels, nowhere near money")]

use super::{
    plane::{Plane, Reduced},
    quad::{Point, Quad, beyond, meeting},
    region::{Region, around, polygon_area},
};

/// The coarse copy, on which regions are sought, has at most about this many pixels.
const COARSE_PIXELS_MAX: usize = 130_000;
/// Print is taken away by closing with this radius; it is this share of the longer side.
const PRINT_RADIUS_SHARE: usize = 100;
/// An angle of a sheet, seen at a slant, is this near a right one.
const ANGLE_OFF_DEGREES_MAX: f32 = 32.0;
/// The shorter of two facing sides is at least this share of the longer.
const FACING_SIDES_MIN: f32 = 0.55;
/// No receipt is this many times longer than wide.
const LENGTH_TO_WIDTH_MAX: f32 = 14.0;
/// The region fills this share of the quadrilateral around it: sheets curl, tear and have black logos.
const REGION_FILLS_MIN: f32 = 0.72;
const HULL_FILLS_MIN: f32 = 0.86;
/// So many places of each side are looked at.
const PLACES: u16 = 48;
/// The share of a side's places that must see the edge on one line: of each side, and of all together.
const SUPPORT_SIDE_MIN: f32 = 0.55;
const SUPPORT_MEAN_MIN: f32 = 0.72;
/// The edge is sought this far to both sides of where the coarse copy has it, in pixels of the fine one.
const SEARCH_PX: i16 = 14;
/// Places on one line lie this near it.
const LINE_OFF_PX: f32 = 1.8;
/// An edge is a step of at least this many grey values, ...
const STEP_MIN: f32 = 9.0;
/// ... and of at least this share of the difference between the sheet and what it lies on.
const STEP_SHARE: f32 = 0.3;
/// The sheet and what it lies on differ by at least this many grey values.
const CONTRAST_MIN: f32 = 16.0;
/// Sides along the picture's own edge: the sheet runs out of the picture there.
const CUT_SIDES_MAX: usize = 2;
/// A side lies along the picture's edge when both its ends are this near, in pixels of the fine copy.
const EDGE_NEAR_PX: f32 = 5.0;
/// A pixel is print when it is this much darker than the paper around it.
pub(super) const PRINT_DEPTH_MIN: u8 = 28;
/// A sheet has at least so many thousandths of print.
const PRINT_PER_MILLE_MIN: usize = 8;
/// The dim parts of a sheet that runs out of the picture keep at least this share of the brightness of its bright ones, in
/// hundredths: in half a shadow, a lit table and paper in the dark look alike, and the cut sides prove nothing.
const CUT_EVEN_PERCENT_MIN: u32 = 70;
/// What curls out of the straight sides is kept up to this share of the shorter side; more is no sheet.
const CURL_SHARE_MAX: f32 = 0.06;
/// And so many pixels of the fine copy are kept around it all.
const MARGIN_PX: f32 = 2.0;

/// A picture made ready to be searched for sheets.
#[derive(Debug)]
pub(super) struct Scene {
    /// The reduced copy without print.
    fine: Plane,
    /// A smaller copy without print.
    pub(super) coarse: Plane,
    /// How much darker than the paper around it each pixel of the smaller copy is.
    pub(super) print: Plane,
    /// The side in pixels of the fine copy of a pixel of the coarse one.
    pub(super) factor: usize,
}

/// What a sheet is brighter or darker than.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// It lies on something darker.
    Darker,
    /// It lies on something brighter, such as coloured paper on a white table.
    Brighter,
}

/// A sheet, in pixels of the fine copy.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sheet {
    /// Its corners.
    pub(super) corners: Quad,
    /// The same with what curls out of it and a small margin.
    pub(super) kept: Quad,
    /// The share of places along its sides where an edge was seen.
    pub(super) support: f32,
    /// How many of its sides lie along the picture's edge.
    pub(super) cut_sides: usize,
}

impl Scene {
    /// Makes a reduced picture ready.
    pub(super) fn new(reduced: &Reduced) -> Self {
        let white = &reduced.white;
        let factor = (1..).find(|n| white.values.len() / (n * n) <= COARSE_PIXELS_MAX).unwrap_or(1);
        let small = white.smaller(factor);
        let radius = |plane: &Plane| plane.width.max(plane.height) / PRINT_RADIUS_SHARE + 1;
        let coarse = small.closed(radius(&small));
        let values = coarse.values.iter().zip(&small.values).map(|(paper, seen)| paper.saturating_sub(*seen)).collect();
        let print = Plane { width: coarse.width, height: coarse.height, values };
        // What the coarse copy told is enough for most pictures; the fine one follows when a region is looked at.
        Self { fine: Plane { width: 0, height: 0, values: Vec::new() }, coarse, print, factor }
    }

    /// Adds what single regions are checked against.
    pub(super) fn with_edges(mut self, reduced: &Reduced) -> Self {
        let white = &reduced.white;
        self.fine = white.closed(white.width.max(white.height) / PRINT_RADIUS_SHARE + 1);
        self
    }
}

/// The sheet that this region of the coarse copy is; `None` when it is none, or when that is not sure.
pub(super) fn sheet(scene: &Scene, region: &Region, ground: Ground) -> Option<Sheet> {
    let rough = around(&region.hull)?;
    #[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
    let (filled, hull) = (region.area as f32 / rough.area(), polygon_area(&region.hull) / rough.area());
    if filled < REGION_FILLS_MIN || hull < HULL_FILLS_MIN || !is_sheet_shaped(&rough) {
        return None;
    }
    let rough = rough.enlarged(scene.factor);
    let edges = Edges { plane: &scene.fine, ground, step_min: step_min(scene, &rough, ground)? };
    let mut lines = rough.sides();
    let (mut supports, mut cut_sides) = (Vec::new(), 0);
    for line in &mut lines {
        if edges.is_cut(*line) {
            cut_sides += 1;
        } else {
            let (refined, support) = edges.refined(*line)?;
            *line = refined;
            supports.push(support);
        }
    }
    let [top, right, bottom, left] = lines;
    let corners = Quad([meeting(left, top)?, meeting(top, right)?, meeting(right, bottom)?, meeting(bottom, left)?]);
    #[expect(clippy::cast_precision_loss, reason = "at most four")]
    let support = supports.iter().sum::<f32>() / supports.len().max(1) as f32;
    let sound = cut_sides <= CUT_SIDES_MAX && support >= SUPPORT_MEAN_MIN && is_sheet_shaped(&corners);
    if !sound || print_per_mille(scene, &corners) < PRINT_PER_MILLE_MIN {
        return None;
    }
    if cut_sides > 0 && !is_evenly_lit(scene, &corners) {
        return None;
    }
    let kept = corners.grown(margins(&corners, &lines, &region.hull, scene.factor)?)?;
    Some(Sheet { corners, kept, support, cut_sides })
}

fn is_sheet_shaped(quad: &Quad) -> bool {
    let [top, right, bottom, left] = quad.sides().map(|(from, to)| from.distance(to));
    let alike = |one: f32, other: f32| one.min(other) >= FACING_SIDES_MIN * one.max(other);
    let (wide, high) = quad.upright_size();
    quad.is_nearly_right(ANGLE_OFF_DEGREES_MAX)
        && alike(top, bottom)
        && alike(left, right)
        && wide.max(high) <= LENGTH_TO_WIDTH_MAX * wide.min(high)
}

/// How large a step must be to count as the sheet's edge; `None` when the sheet hardly differs from its ground.
fn step_min(scene: &Scene, quad: &Quad, ground: Ground) -> Option<f32> {
    let band = f32::from(SEARCH_PX);
    let (mut inside, mut outside) = ([0_u32; 256], [0_u32; 256]);
    // Places along the sides: paper a little within, ground a little without.
    for (from, to) in quad.sides() {
        let length = from.distance(to).max(1.0);
        let (out_x, out_y) = ((to.y - from.y) / length * band, (from.x - to.x) / length * band);
        for place in 1..PLACES {
            let on = from.towards(to, f32::from(place) / f32::from(PLACES));
            for (counts, sign) in [(&mut inside, -1.0), (&mut outside, 1.0)] {
                let (x, y) = (on.x + out_x * sign, on.y + out_y * sign);
                if is_within(&scene.fine, x, y)
                    && let Some(count) = counts.get_mut(usize::from(scene.fine.near(x, y)))
                {
                    *count += 1;
                }
            }
        }
    }
    let middle = |counts: &[u32; 256]| f32::from(super::plane::per_mille(counts, 500));
    let contrast = match ground {
        Ground::Darker => middle(&inside) - middle(&outside),
        Ground::Brighter => middle(&outside) - middle(&inside),
    };
    (contrast >= CONTRAST_MIN).then_some((contrast * STEP_SHARE).max(STEP_MIN))
}

#[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
fn is_within(plane: &Plane, x: f32, y: f32) -> bool {
    x >= 0.0 && y >= 0.0 && x <= plane.width as f32 - 1.0 && y <= plane.height as f32 - 1.0
}

/// Thousandths of print within a quadrilateral of the fine copy.
#[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
fn print_per_mille(scene: &Scene, quad: &Quad) -> usize {
    let (mut all, mut printed) = (0_usize, 0_usize);
    let factor = scene.factor as f32;
    for (y, row) in scene.print.rows().enumerate() {
        for (x, depth) in row.iter().enumerate() {
            // A little within, so that the edge itself is not taken for print.
            if quad.outside(Point::new(x as f32 * factor, y as f32 * factor)) < -2.0 * factor {
                all += 1;
                printed += usize::from(*depth >= PRINT_DEPTH_MIN);
            }
        }
    }
    printed * 1000 / all.max(1)
}

/// Whether the paper within a quadrilateral of the fine copy is about as bright everywhere.
#[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
fn is_evenly_lit(scene: &Scene, quad: &Quad) -> bool {
    let mut counts = [0_u32; 256];
    let factor = scene.factor as f32;
    for (y, row) in scene.coarse.rows().enumerate() {
        for (x, value) in row.iter().enumerate() {
            if quad.outside(Point::new(x as f32 * factor, y as f32 * factor)) < -2.0 * factor
                && let Some(count) = counts.get_mut(usize::from(*value))
            {
                *count += 1;
            }
        }
    }
    let (dim, bright) = (super::plane::per_mille(&counts, 100), super::plane::per_mille(&counts, 900));
    u32::from(dim) * 100 >= u32::from(bright) * CUT_EVEN_PERCENT_MIN
}

/// How far each side is to be moved out so that nothing of the region is lost; `None` when it is too far for a sheet.
fn margins(corners: &Quad, lines: &[(Point, Point); 4], hull: &[Point], factor: usize) -> Option<[f32; 4]> {
    let (wide, high) = corners.upright_size();
    let curl_max = wide.min(high) * CURL_SHARE_MAX;
    #[expect(clippy::cast_precision_loss, reason = "factors are small")]
    let factor = factor as f32;
    let mut margins = [MARGIN_PX; 4];
    for (margin, line) in margins.iter_mut().zip(lines) {
        // The region's own outline is as coarse as one pixel of the coarse copy.
        let curl = hull.iter().map(|corner| Point::new(corner.x * factor, corner.y * factor));
        let curl = curl.map(|corner| beyond(*line, corner)).fold(0.0, f32::max);
        if curl > curl_max + 2.0 * factor {
            return None;
        }
        *margin += curl;
    }
    Some(margins)
}

/// Looks for the steps of grey along a side.
struct Edges<'a> {
    plane: &'a Plane,
    ground: Ground,
    step_min: f32,
}

impl Edges<'_> {
    /// Whether the sheet runs out of the picture at this side.
    #[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
    fn is_cut(&self, (from, to): (Point, Point)) -> bool {
        let (right, bottom) = (self.plane.width as f32 - 1.0, self.plane.height as f32 - 1.0);
        let both = |near: &dyn Fn(Point) -> f32| near(from) <= EDGE_NEAR_PX && near(to) <= EDGE_NEAR_PX;
        both(&|point| point.x)
            || both(&|point| point.y)
            || both(&|point| right - point.x)
            || both(&|point| bottom - point.y)
    }

    /// The line on which most places of a side see the edge, and the share of places that do.
    fn refined(&self, (from, to): (Point, Point)) -> Option<((Point, Point), f32)> {
        let length = from.distance(to);
        if length < f32::from(PLACES) / 4.0 {
            return None;
        }
        let normal = ((to.y - from.y) / length, (from.x - to.x) / length);
        // Corners are round and dog-eared: the ends of a side say little.
        let share = |place: u16| 0.04 + 0.92 * f32::from(place) / f32::from(PLACES - 1);
        let seen: Vec<(f32, f32)> = (0..PLACES)
            .filter_map(|place| {
                let on = from.towards(to, share(place));
                self.step(on, normal).map(|offset| (share(place), offset))
            })
            .collect();
        let (at_start, at_end, count) = best_line(&seen)?;
        #[expect(clippy::cast_precision_loss, reason = "at most PLACES")]
        let support = count as f32 / f32::from(PLACES);
        let moved = |point: Point, by: f32| Point::new(point.x + normal.0 * by, point.y + normal.1 * by);
        (support >= SUPPORT_SIDE_MIN).then_some(((moved(from, at_start), moved(to, at_end)), support))
    }

    /// Where, along the outward normal, the largest step lies; `None` when none is large enough.
    fn step(&self, on: Point, (x, y): (f32, f32)) -> Option<f32> {
        let value = |offset: i16| {
            let offset = f32::from(offset);
            let grey =
                |along: f32| f32::from(self.plane.near(on.x + x * offset - y * along, on.y + y * offset + x * along));
            (grey(-1.0) + grey(0.0) + grey(1.0)) / 3.0
        };
        let values: Vec<f32> = (-SEARCH_PX - 2..=SEARCH_PX + 2).map(value).collect();
        let mut best: Option<(f32, f32)> = None;
        for (index, window) in (-SEARCH_PX..SEARCH_PX).zip(values.windows(6)) {
            // Three pixels on either side; what lies between the third and the fourth is the edge.
            let [a, b, c, d, e, f] = window else { continue };
            let fall = (a + b + c - d - e - f) / 3.0;
            let step = match self.ground {
                Ground::Darker => fall,
                Ground::Brighter => -fall,
            };
            if step >= self.step_min && best.is_none_or(|(largest, _)| step > largest) {
                best = Some((step, f32::from(index) + 0.5));
            }
        }
        best.map(|(_, offset)| offset)
    }
}

/// The line with the most places near it, as offsets at a side's start and end, and how many those are. Every pair of
/// places proposes one; the places near the best then agree on it by least squares.
fn best_line(seen: &[(f32, f32)]) -> Option<(f32, f32, usize)> {
    let near = |start: f32, slope: f32| {
        move |(share, offset): &&(f32, f32)| (offset - start - slope * share).abs() <= LINE_OFF_PX
    };
    let mut best = (0, 0.0, 0.0);
    for (index, first) in seen.iter().enumerate() {
        for second in seen.iter().skip(index + 1) {
            if second.0 - first.0 < 0.25 {
                continue;
            }
            let slope = (second.1 - first.1) / (second.0 - first.0);
            let start = first.1 - slope * first.0;
            let count = seen.iter().filter(near(start, slope)).count();
            if count > best.0 {
                best = (count, start, slope);
            }
        }
    }
    let (count, start, slope) = best;
    #[expect(clippy::cast_precision_loss, reason = "at most PLACES")]
    let number = count as f32;
    let mut sums = (0.0, 0.0, 0.0, 0.0);
    for (share, offset) in seen.iter().filter(near(start, slope)) {
        sums = (sums.0 + share, sums.1 + offset, sums.2 + share * share, sums.3 + share * offset);
    }
    let divisor = number * sums.2 - sums.0 * sums.0;
    if count < 3 || divisor <= f32::EPSILON {
        return None;
    }
    let slope = (number * sums.3 - sums.0 * sums.1) / divisor;
    let start = (sums.1 - slope * sums.0) / number;
    Some((start, start + slope, count))
}
