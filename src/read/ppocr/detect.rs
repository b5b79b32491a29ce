//! Where the lines of text are: the detector network and what its map of probabilities means.

use super::{
    runtime::{Network, NetworkError},
    sample::Pyramid,
    slant::{Point, Slant, around},
};

/// The network's sides are multiples of this, in pixels.
const BLOCK_PX: u32 = 32;
/// What is above this in the map is text.
const TEXT_MIN: f32 = 0.3;
/// A line whose pixels are text by less than this on average is dropped.
const LINE_MIN: f32 = 0.5;
/// How far a line is grown, in areas by circumferences: the network marks the core of a line only.
const GROW: f32 = 1.6;
/// Anything lower or shorter in the map is dust, in pixels.
const SIDE_MIN_PX: f32 = 3.0;
/// No more lines are taken from a page.
const LINES_MAX: usize = 3_000;

/// How large the detector sees a page, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sight {
    /// The shorter side is not made shorter …
    pub(super) short_px: u32,
    /// … unless the page would have more pixels than this.
    pub(super) pixels_max: u32,
}

/// The lines of text in a picture, in the picture's pixels, in no order.
pub(super) fn lines(network: &mut Network, picture: &Pyramid, sight: Sight) -> Result<Vec<Slant>, NetworkError> {
    let (width, height) = picture.size();
    let (columns, rows) = map_size(width, height, sight);
    if columns == 0 || rows == 0 {
        return Ok(Vec::new());
    }
    let answer = network.run([1, 3, rows, columns], picture.whole(columns, rows))?;
    if answer.shape != [1, 1, rows, columns] {
        return Err(NetworkError::Run { reason: format!("a map of shape {:?}", answer.shape) });
    }
    #[expect(clippy::cast_precision_loss, clippy::float_arithmetic, reason = "geometry; sides fit a float")]
    let (horizontal, vertical) = (width as f32 / columns as f32, height as f32 / rows as f32);
    let mut lines: Vec<Slant> =
        lines_of_map(&answer.numbers, columns).into_iter().map(|line| line.scaled(horizontal, vertical)).collect();
    lines.truncate(LINES_MAX);
    Ok(lines)
}

/// The map's columns and rows for a picture of this size.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "geometry; the results are small and positive"
)]
fn map_size(width: u32, height: u32, sight: Sight) -> (usize, usize) {
    if width == 0 || height == 0 {
        return (0, 0);
    }
    let (w, h) = (width as f32, height as f32);
    let by_side = sight.short_px as f32 / w.min(h);
    let by_area = (sight.pixels_max as f32 / (w * h)).sqrt();
    let factor = by_side.min(by_area);
    let side = |length: f32| ((length * factor / BLOCK_PX as f32).round().max(1.0) as usize) * BLOCK_PX as usize;
    (side(w), side(h))
}

/// The lines in a map of probabilities, in the map's pixels.
fn lines_of_map(map: &[f32], columns: usize) -> Vec<Slant> {
    let mut seen = vec![false; map.len()];
    let mut lines = Vec::new();
    for start in 0..map.len() {
        let text = map.get(start).is_some_and(|value| *value > TEXT_MIN);
        if !text || seen.get(start).copied().unwrap_or(true) {
            continue;
        }
        let blob = blob(map, columns, start, &mut seen);
        if let Some(line) = line_of_blob(map, columns, &blob) {
            lines.push(line);
        }
    }
    lines
}

/// All text pixels that touch this one, by side or corner.
fn blob(map: &[f32], columns: usize, start: usize, seen: &mut [bool]) -> Vec<usize> {
    let mut blob = Vec::new();
    let mut open = vec![start];
    if let Some(mark) = seen.get_mut(start) {
        *mark = true;
    }
    while let Some(index) = open.pop() {
        blob.push(index);
        let column = index % columns;
        let lefts = usize::from(column > 0);
        let rights = usize::from(column + 1 < columns);
        for row in [index.checked_sub(columns), Some(index), index.checked_add(columns)].into_iter().flatten() {
            for near in row - lefts..=row + rights {
                let text = map.get(near).is_some_and(|value| *value > TEXT_MIN);
                if let Some(mark) = seen.get_mut(near).filter(|mark| text && !**mark) {
                    *mark = true;
                    open.push(near);
                }
            }
        }
    }
    blob
}

#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "geometry and probabilities; a map's sides fit a float"
)]
fn line_of_blob(map: &[f32], columns: usize, blob: &[usize]) -> Option<Slant> {
    // Only the ends of each row of the blob can be corners of its hull.
    let mut ends: Vec<(usize, usize, usize)> = Vec::new();
    let mut sorted = blob.to_vec();
    sorted.sort_unstable();
    for index in &sorted {
        let (row, column) = (index / columns, index % columns);
        match ends.last_mut() {
            Some((last, _, right)) if *last == row => *right = column,
            Some(_) | None => ends.push((row, column, column)),
        }
    }
    let points: Vec<Point> = ends
        .iter()
        .flat_map(|(row, left, right)| {
            let (top, left, right) = (*row as f32, *left as f32, *right as f32 + 1.0);
            [(left, top), (right, top), (left, top + 1.0), (right, top + 1.0)]
        })
        .map(|(x, y)| Point { x, y })
        .collect();
    let line = around(&points)?;
    if line.length.min(line.height) < SIDE_MIN_PX {
        return None;
    }
    let sum: f32 = blob.iter().filter_map(|index| map.get(*index)).sum();
    // A blob that fills its rectangle badly is judged by the rectangle, as the network's makers do.
    let filled = blob.len() as f32 / (line.length * line.height).max(1.0);
    if sum / blob.len().max(1) as f32 * filled.min(1.0) < LINE_MIN {
        return None;
    }
    let by = line.length * line.height * GROW / (2.0 * (line.length + line.height));
    Some(line.grown(by))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIGHT: Sight = Sight { short_px: 736, pixels_max: 1_000_000 };

    #[test]
    fn sizes() {
        for ((width, height), (columns, rows)) in [
            ((736, 736), (736, 736)),
            ((368, 368), (736, 736)),
            ((2000, 1000), (1408, 704)),
            ((100, 100_000), (32, 31_616)),
            ((1, 1), (736, 736)),
            ((0, 5), (0, 0)),
        ] {
            assert_eq!(map_size(width, height, SIGHT), (columns, rows), "{width} × {height}");
        }
    }

    /// A map with rectangles of text.
    fn map(columns: usize, rows: usize, marks: &[(usize, usize, usize, usize)]) -> Vec<f32> {
        let mut map = vec![0.0; columns * rows];
        for (left, top, width, height) in marks {
            for row in *top..top + height {
                map[row * columns + left..row * columns + left + width].fill(0.9);
            }
        }
        map
    }

    #[test]
    fn each_blob_is_a_line() {
        let lines = lines_of_map(&map(100, 60, &[(10, 10, 50, 6), (70, 10, 20, 6), (10, 40, 3, 2)]), 100);
        assert_eq!(lines.len(), 2, "dust is no line: {lines:?}");
        let first = lines[0];
        assert_eq!((first.middle.x, first.middle.y), (35.0, 13.0));
        // 50 × 6 grown by 300 × 1.6 / 112 on each side.
        assert!((first.length - 58.57).abs() < 0.01 && (first.height - 14.57).abs() < 0.01, "{first:?}");
    }

    #[test]
    fn edges_do_not_wrap() {
        let lines = lines_of_map(&map(20, 20, &[(16, 5, 4, 4), (0, 9, 4, 4)]), 20);
        assert_eq!(lines.len(), 2, "the end of a row and the start of the next do not touch: {lines:?}");
        assert!(lines_of_map(&[], 20).is_empty());
    }
}
