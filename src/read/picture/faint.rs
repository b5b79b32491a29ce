//! Papers that hardly differ from what they lie on: white ones on a scanner's glass, and those on a bright table under a
//! lamp. The ground is evened out, and what little is darker or brighter than it is made more, so that borders show. A
//! picture without an even frame is none of these.

#![expect(clippy::float_arithmetic, reason = "geometry of pixels, nowhere near money")]

use super::plane::{Plane, Reduced};

/// The frame is off a plane by this many grey values at most, in the middle.
const FRAME_OFF_MAX: f32 = 2.5;
/// What is this much darker than the rest of the frame is a paper that runs out of the picture, a shadow, or dirt.
const FRAME_DARKER_MAX: f32 = 5.0;
/// At least this share of the frame is ground.
const FRAME_SHARE_MIN: f32 = 0.7;
/// Noise is made no louder than this many grey values, ...
const NOISE_AFTER: f32 = 3.0;
/// ... and nothing more than so many times.
const TIMES_MAX: f32 = 6.0;
/// The grey that the ground gets where darker things are sought on it, and where brighter ones are.
const GROUNDS: [f32; 2] = [255.0, 100.0];

/// A plane through the ground's grey values: at the first pixel, and by pixel across and down.
struct Even {
    at_start: f32,
    across: f32,
    down: f32,
}

/// The same small copy with its ground made even and all that is off it made more so, once for what is darker than the ground
/// and once for what is brighter.
pub(super) fn evened(reduced: &Reduced) -> Option<[Reduced; 2]> {
    let white = &reduced.white;
    let frame = frame(white);
    let all = fitted(&frame)?;
    let near: Vec<_> = frame.iter().copied().filter(|place| all.off(place) >= -FRAME_DARKER_MAX).collect();
    #[expect(clippy::cast_precision_loss, reason = "a frame has thousands of pixels")]
    let share = near.len() as f32 / frame.len() as f32;
    let ground = fitted(&near).filter(|_| share >= FRAME_SHARE_MIN)?;
    let mut off: Vec<f32> = near.iter().map(|place| ground.off(place).abs()).collect();
    off.sort_by(f32::total_cmp);
    let noise = *off.get(off.len() / 2)?;
    if noise > FRAME_OFF_MAX {
        return None;
    }
    let times = (NOISE_AFTER / noise.max(0.1)).clamp(1.0, TIMES_MAX);
    let made = |grey: f32| {
        let mut values = Vec::with_capacity(white.values.len());
        for (y, row) in white.rows().enumerate() {
            #[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats saturate")]
            values.extend(row.iter().enumerate().map(|(x, value)| {
                let off = ground.off(&(x as f32, y as f32, f32::from(*value)));
                (grey + off * times) as u8
            }));
        }
        let plane = Plane { width: white.width, height: white.height, values };
        Reduced { luma: plane.clone(), white: plane, factor: reduced.factor }
    };
    Some(GROUNDS.map(made))
}

impl Even {
    /// How much brighter than the ground a pixel is.
    fn off(&self, (x, y, value): &(f32, f32, f32)) -> f32 {
        value - self.at_start - self.across * x - self.down * y
    }
}

/// The outermost four rows and columns, every third pixel of them.
#[expect(clippy::cast_precision_loss, reason = "pixels are counted in thousands")]
fn frame(plane: &Plane) -> Vec<(f32, f32, f32)> {
    let mut places = Vec::new();
    for (y, row) in plane.rows().enumerate() {
        let is_edge = y < 4 || y + 4 >= plane.height;
        for (x, value) in row.iter().enumerate() {
            if (is_edge || x < 4 || x + 4 >= plane.width) && (x + y) % 3 == 0 {
                places.push((x as f32, y as f32, f32::from(*value)));
            }
        }
    }
    places
}

/// The plane nearest to these pixels, by least squares.
fn fitted(places: &[(f32, f32, f32)]) -> Option<Even> {
    #[expect(clippy::cast_precision_loss, reason = "a frame has thousands of pixels")]
    let count = places.len() as f32;
    let mean = |of: &dyn Fn(&(f32, f32, f32)) -> f32| places.iter().map(of).sum::<f32>() / count;
    let (x, y, value) = (mean(&|place| place.0), mean(&|place| place.1), mean(&|place| place.2));
    let product = |one: &dyn Fn(&(f32, f32, f32)) -> f32, other: &dyn Fn(&(f32, f32, f32)) -> f32| {
        places.iter().map(|place| one(place) * other(place)).sum::<f32>() / count
    };
    let (to_x, to_y, to_value) =
        (|p: &(f32, f32, f32)| p.0 - x, |p: &(f32, f32, f32)| p.1 - y, |p: &(f32, f32, f32)| p.2 - value);
    let (xx, yy, xy) = (product(&to_x, &to_x), product(&to_y, &to_y), product(&to_x, &to_y));
    let (xv, yv) = (product(&to_x, &to_value), product(&to_y, &to_value));
    let divisor = xx * yy - xy * xy;
    if !divisor.is_finite() || divisor < 1.0 {
        return None;
    }
    let (across, down) = ((xv * yy - yv * xy) / divisor, (yv * xx - xv * xy) / divisor);
    Some(Even { at_start: value - across * x - down * y, across, down })
}
