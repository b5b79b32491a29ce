//! Print that stands in blocks, each with lines at an angle of its own: papers on a scanner's glass whose borders do not
//! show at all. Where one ends is not known, so nothing is cut there; but it is no single document.

#![expect(clippy::float_arithmetic, reason = "geometry of pixels, nowhere near money")]

use super::{
    deskew,
    paper::{PRINT_DEPTH_MIN, Scene},
    plane::{Plane, Reduced},
    region::regions,
};

/// Print belongs together when less than twice this share of the longer side lies between.
const TOGETHER_SHARE: usize = 40;
/// A block covers at least so many thousandths of the picture.
const BLOCK_PER_MILLE_MIN: usize = 30;
/// Lines of one paper, flat on glass, lie less than this apart, in degrees: crumpled ones reach 1.3.
const LEANS_OFF_MIN_DEGREES: f32 = 1.6;

/// How many blocks of print there are, where they lean each its own way; 0 where they do not.
pub(super) fn seen(reduced: &Reduced) -> usize {
    let scene = Scene::new(reduced);
    let print = &scene.print;
    let values = print.values.iter().map(|depth| if *depth >= PRINT_DEPTH_MIN { u8::MAX } else { 0 }).collect();
    let marks = Plane { width: print.width, height: print.height, values };
    let together = marks.dilated(print.width.max(print.height) / TOGETHER_SHARE + 1);
    let blocks = regions(&together, |value| value > 0, together.values.len() * BLOCK_PER_MILLE_MIN / 1000);
    let leans: Vec<f32> = blocks
        .iter()
        .filter_map(|block| {
            let bound = |of: fn(&super::quad::Point) -> f32, choose: fn(f32, f32) -> f32, from: f32| {
                block.hull.iter().map(of).fold(from, choose)
            };
            let (left, right) = (bound(|p| p.x, f32::min, f32::MAX), bound(|p| p.x, f32::max, 0.0));
            let (top, bottom) = (bound(|p| p.y, f32::min, f32::MAX), bound(|p| p.y, f32::max, 0.0));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "casts of floats saturate")]
            let [left, right, top, bottom] = [left, right, top, bottom].map(|at| at as usize * scene.factor);
            deskew::lean(&reduced.white.part(left..right, top..bottom))
        })
        .collect();
    let (least, most) =
        (leans.iter().copied().fold(f32::MAX, f32::min), leans.iter().copied().fold(f32::MIN, f32::max));
    if leans.len() > 1 && most - least >= LEANS_OFF_MIN_DEGREES { leans.len() } else { 0 }
}
