//! Signs along a line into words with areas.

use super::{recognise::Sign, slant::Slant};
use crate::model::page::{Area, Confidence, Word};

/// A gap between the middles of two signs wider than this many line heights parts words, even where the recogniser
/// saw no space.
const GAP_HEIGHTS: f32 = 1.6;

/// The words of a line; signs between spaces belong together.
#[expect(clippy::float_arithmetic, reason = "geometry along a line")]
pub(super) fn words(signs: &[Sign], line: Slant, number: u32, size: (u32, u32)) -> Vec<Word> {
    let mut words = Vec::new();
    let mut begun: Vec<Sign> = Vec::new();
    for sign in signs {
        let wide = begun.last().is_some_and(|last| (sign.place - last.place) * line.length > GAP_HEIGHTS * line.height);
        if sign.text.is_whitespace() || wide {
            words.extend(word(&begun, line, number, size));
            begun.clear();
        }
        if !sign.text.is_whitespace() {
            begun.push(sign.clone());
        }
    }
    words.extend(word(&begun, line, number, size));
    words
}

#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "geometry; every value is clamped to the picture"
)]
fn word(signs: &[Sign], line: Slant, number: u32, size: (u32, u32)) -> Option<Word> {
    let (first, last) = (signs.first()?, signs.last()?);
    // A sign is about half as wide as its line is high; a line is grown by a quarter of that on each side.
    let half = (0.25 * line.height).min(0.5 * line.length);
    let along = |place: f32| place * line.length - line.length / 2.0;
    let (start, end) = (along(first.place) - half, along(last.place) + half);
    // What the detector grew the line by is not part of the letters.
    let tall = line.height * 0.38;
    let corners = [line.at(start, -tall), line.at(end, -tall), line.at(end, tall), line.at(start, tall)];
    let (width, height) = (size.0 as f32, size.1 as f32);
    let (mut left, mut top, mut right, mut bottom) = (width, height, 0.0_f32, 0.0_f32);
    for corner in corners {
        left = left.min(corner.x);
        top = top.min(corner.y);
        right = right.max(corner.x);
        bottom = bottom.max(corner.y);
    }
    let (left, top) = (left.clamp(0.0, width) as u32, top.clamp(0.0, height) as u32);
    let (right, bottom) = (right.clamp(0.0, width).ceil() as u32, bottom.clamp(0.0, height).ceil() as u32);
    let area = Area { left, top, width: right.saturating_sub(left).max(1), height: bottom.saturating_sub(top).max(1) };
    let sure = signs.iter().map(|sign| sign.sure).fold(1.0_f32, f32::min);
    Some(Word {
        text: signs.iter().map(|sign| sign.text).collect(),
        area,
        confidence: Confidence::from_per_mille((sure.clamp(0.0, 1.0) * 1000.0).round() as u16),
        line: number,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::ppocr::slant::Point;

    #[test]
    fn words_and_their_areas() {
        let line = Slant { middle: Point { x: 100.0, y: 50.0 }, length: 200.0, height: 20.0, direction: (1.0, 0.0) };
        let sign = |text: char, place: f32, sure: f32| Sign { text, sure, place };
        let signs = [
            sign('T', 0.05, 0.99),
            sign('O', 0.1, 0.9),
            sign(' ', 0.15, 0.8),
            sign('9', 0.6, 0.95),
            sign('5', 0.65, 0.97),
            sign('x', 0.95, 0.5),
        ];
        let words = words(&signs, line, 7, (200, 100));
        let text: Vec<(&str, u16, u32)> =
            words.iter().map(|word| (word.text.as_str(), word.confidence.per_mille(), word.line)).collect();
        assert_eq!(text, [("TO", 900, 7), ("95", 950, 7), ("x", 500, 7)]);
        assert_eq!(words[0].area, Area { left: 5, top: 42, width: 20, height: 16 });
        assert!(super::words(&[], line, 0, (200, 100)).is_empty());
    }
}
