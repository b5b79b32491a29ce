//! How the lines of a picture stand beside each other: level, as on one paper, or not, as on two.
//!
//! A paper prints what belongs together on one line, and prices under each other. Of two papers that lie side by side or
//! one over the other, each has its own lines, so the reader's lines stand beside each other at any height, and words
//! stand there where one paper has its amounts.

use crate::extract::{
    rows::{Row, Slope, center, fragments, slope},
    text::EAST_ASIA,
};
use crate::model::page::Page;

/// A page with more lines than this is no receipt, and is cut.
const LINES_MAX: usize = 1500;
/// Lines whose middles are nearer to each other are level, in thousandths of the lower one's height ...
const LEVEL: i64 = 250;
/// ... and those farther off do not stand beside each other.
const BESIDE: i64 = 950;
/// By how much more or less than the pair above it a pair must be off to be off by another paper's lines.
const JUMP: i64 = 350;
/// So many letters make a text of a line; an amount with its mark has fewer.
const LETTERS_MIN: usize = 3;

/// What was counted on one page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Neighbours {
    /// Lines of the reader's.
    pub(super) lines: usize,
    /// Lines that have another one at their left.
    pub(super) pairs: usize,
    /// Pairs of texts that are not level.
    pub(super) texts_off: usize,
    /// How often one pair is off otherwise than the pair above it: on a curled paper this changes little by little.
    pub(super) jumps: usize,
}

/// A line and its neighbour at the left.
struct Pair {
    /// Pixels from the page's top.
    y: i64,
    /// How much lower it stands than its neighbour, in thousandths of the lower one's height.
    off: i64,
    /// Both are texts.
    texts: bool,
}

/// Counts the pairs of one page.
pub(super) fn neighbours(page: &Page) -> Neighbours {
    let mut fragments = fragments(page);
    fragments.truncate(LINES_MAX);
    let slope = slope(&fragments);
    let texts: Vec<bool> = fragments.iter().map(is_text).collect();
    let mut pairs: Vec<Pair> = Vec::new();
    for (right, is_text) in fragments.iter().zip(&texts) {
        let beside = fragments.iter().zip(&texts).filter_map(|(left, text)| Some((off(left, right, slope)?, *text)));
        if let Some((off, text)) = beside.min_by_key(|(off, _)| off.abs()) {
            let y = right.words.first().map_or(0, |word| center(word.area).1);
            pairs.push(Pair { y, off, texts: text && *is_text });
        }
    }
    pairs.sort_by_key(|pair| pair.y);
    Neighbours {
        lines: fragments.len(),
        pairs: pairs.len(),
        texts_off: pairs.iter().filter(|pair| pair.texts && pair.off.abs() >= LEVEL).count(),
        jumps: pairs.windows(2).filter(|two| matches!(two, [one, next] if (one.off - next.off).abs() > JUMP)).count(),
    }
}

/// How much lower the second stands than the first at its left; nothing where they do not stand beside each other.
fn off(left: &Row<'_>, right: &Row<'_>, slope: Slope) -> Option<i64> {
    let (low, lower) = (left.height(), right.height());
    if left.area.right() > right.area.left.saturating_add(lower / 3) {
        return None;
    }
    // Where the two meet, so that a line's own slant counts for little.
    let (from, to) = (center(left.words.last()?.area), center(right.words.first()?.area));
    let fall = to.1 - from.1 - slope.over(to.0 - from.0);
    let off = fall.saturating_mul(1000) / i64::from(low.min(lower));
    (off.abs() <= BESIDE).then_some(off)
}

fn is_text(row: &Row<'_>) -> bool {
    // A character of Chinese says as much as two letters.
    let weight =
        |sign: char| if sign.is_alphabetic() { 1 + usize::from(!sign.is_ascii() && sign > EAST_ASIA) } else { 0 };
    row.words.iter().flat_map(|word| word.text.chars()).map(weight).sum::<usize>() >= LETTERS_MIN
}
