//! How far lines of text fall or rise. Along the true angle the lower edges of letters pile up on few lines; at any
//! other they spread. The same piles tell whether the lines run across the picture or up and down it.
//! Source of the idea: W. Postl, Detection of linear oblique structures and skew scan in digitized documents, 1986.

#![expect(clippy::float_arithmetic, reason = "geometry of pixels, nowhere near money")]

use super::plane::Plane;

/// Text is turned upright from this angle on ...
const DEGREES_MIN: f32 = 0.4;
/// ... up to this one; what leans more was not meant to be upright.
const DEGREES_MAX: f32 = 15.0;
/// Angles are tried in steps of this size, ...
const COARSE_STEP_DEGREES: f32 = 0.5;
/// ... then of this one around the best.
const FINE_STEP_DEGREES: f32 = 0.1;
/// An edge of a letter is a step of this many grey values from one row to the next but one.
const EDGE_STEP_MIN: u8 = 36;
/// With fewer edges than this there is no text to go by.
const EDGES_MIN: usize = 300;
/// More are thinned out: they would say the same.
const EDGES_MAX: usize = 14_000;
/// The pile at the best angle is at least this many times the middle one.
const PEAK_MIN: f32 = 1.22;
/// How much more the piles of one direction must stand out than those of the other.
const AXIS_RATIO_MIN: f32 = 1.3;

/// Which way lines of text run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Axis {
    /// Across the picture, upright or upside down.
    Horizontal,
    /// Up or down: it lies on a side.
    Vertical,
    /// Cannot be told.
    Unsure,
}

/// Where the piles are highest, and how much.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Peak {
    degrees: f32,
    /// The pile there by the middle one of all angles tried.
    height: f32,
}

/// By how many degrees the picture's lines fall to the right; negative when they rise. `None` when it is too little to
/// matter, when there is too little text, or when no angle stands out.
pub(super) fn angle(plane: &Plane) -> Option<f32> {
    lean(plane).filter(|degrees| degrees.abs() >= DEGREES_MIN)
}

/// The same, however little it is.
pub(super) fn lean(plane: &Plane) -> Option<f32> {
    let (across, down) = peaks(plane);
    let peak = match axis(across, down) {
        Axis::Vertical => down?,
        Axis::Horizontal | Axis::Unsure => across?,
    };
    let usable = peak.height >= PEAK_MIN && peak.degrees.abs() <= DEGREES_MAX;
    usable.then_some(peak.degrees)
}

/// Which way the lines of text run, upright or not.
fn axis(across: Option<Peak>, down: Option<Peak>) -> Axis {
    let height = |peak: Option<Peak>| peak.map_or(1.0, |peak| peak.height);
    let (across, down) = (height(across), height(down));
    if across.max(down) < PEAK_MIN {
        Axis::Unsure
    } else if across > down * AXIS_RATIO_MIN {
        Axis::Horizontal
    } else if down > across * AXIS_RATIO_MIN {
        Axis::Vertical
    } else {
        Axis::Unsure
    }
}

/// The peaks of lines that run across and of lines that run down.
fn peaks(plane: &Plane) -> (Option<Peak>, Option<Peak>) {
    let width = plane.width.max(1);
    let below = plane.values.get(2 * width..).unwrap_or(&[]);
    let under = edges(plane, plane.values.iter().zip(below));
    let beside = plane.values.get(2..).unwrap_or(&[]);
    let beside = edges(plane, plane.values.iter().zip(beside));
    // Lines that run down are found as if the picture were turned: y grows as x does.
    let turned: Vec<_> = beside.into_iter().map(|(x, y)| (y, -x)).collect();
    (peak(&under), peak(&turned))
}

/// The places where dark turns bright, thinned out, from the middle of the picture.
#[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
fn edges<'a>(plane: &Plane, pairs: impl Iterator<Item = (&'a u8, &'a u8)> + Clone) -> Vec<(f32, f32)> {
    let is_edge = |pair: &(&u8, &u8)| pair.1.saturating_sub(*pair.0) >= EDGE_STEP_MIN;
    let all = pairs.clone().filter(is_edge).count();
    let step = all / EDGES_MAX + 1;
    let width = plane.width.max(1);
    let (middle_x, middle_y) = (plane.width as f32 / 2.0, plane.height as f32 / 2.0);
    pairs
        .enumerate()
        .filter(|(_, pair)| is_edge(pair))
        // A step that shares no divisor with the spacing of letters is not needed: rows differ.
        .step_by(step)
        .map(|(at, _)| ((at % width) as f32 - middle_x, (at / width) as f32 - middle_y))
        .collect()
}

/// The angle at which the places pile up most.
fn peak(places: &[(f32, f32)]) -> Option<Peak> {
    if places.len() < EDGES_MIN {
        return None;
    }
    let reach = places.iter().map(|(x, y)| x.hypot(*y)).fold(0.0, f32::max) + 2.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand at most")]
    let mut bins = vec![0_u32; (2.0 * reach) as usize + 2];
    let mut pile = |degrees: f32| pile(places, degrees, reach, &mut bins);
    let mut tried: Vec<(f32, f32)> = steps(0.0, DEGREES_MAX, COARSE_STEP_DEGREES).map(|at| (at, pile(at))).collect();
    let highest = |tried: &[(f32, f32)]| tried.iter().copied().max_by(|left, right| left.1.total_cmp(&right.1));
    let (coarse, _) = highest(&tried)?;
    let fine: Vec<_> = steps(coarse, COARSE_STEP_DEGREES, FINE_STEP_DEGREES).map(|at| (at, pile(at))).collect();
    let (degrees, height) = highest(&fine)?;
    tried.sort_by(|left, right| left.1.total_cmp(&right.1));
    let (_, middle) = *tried.get(tried.len() / 2)?;
    Some(Peak { degrees, height: height / middle.max(1.0) })
}

/// Angles around a middle one, from one end to the other.
fn steps(middle: f32, reach: f32, step: f32) -> impl Iterator<Item = f32> {
    #[expect(clippy::cast_possible_truncation, reason = "a few dozen")]
    let count = (reach / step).round() as i16;
    (-count..=count).map(move |n| middle + f32::from(n) * step)
}

/// How much the places pile up along lines of this angle: the sum of the squares of how many fall into each line.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats saturate")]
#[expect(clippy::cast_precision_loss, reason = "only compared")]
fn pile(places: &[(f32, f32)], degrees: f32, reach: f32, bins: &mut [u32]) -> f32 {
    bins.fill(0);
    let (sin, cos) = degrees.to_radians().sin_cos();
    for (x, y) in places {
        if let Some(bin) = bins.get_mut((y * cos - x * sin + reach) as usize) {
            *bin += 1;
        }
    }
    bins.iter().map(|bin| u64::from(*bin) * u64::from(*bin)).sum::<u64>() as f32
}
