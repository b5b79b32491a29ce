//! Words into visual rows: a reader's own lines, joined where two of them stand side by side.

use std::{cell::OnceCell, rc::Rc};

use crate::model::page::{Area, Confidence, Page, Source, Word};

use crate::extract::{
    dates::{self, SeenDate},
    number,
    said::Said,
    text,
};

/// A page with more words than this is cut; a receipt has hundreds, the densest statement some thousands.
const WORDS_MAX: usize = 20_000;
/// How many rows back a fragment looks for the row it belongs to.
const LOOK_BACK_ROWS: usize = 60;

/// Words that stand on one line of the paper, from left to right.
#[derive(Debug, Clone)]
pub(super) struct Row<'a> {
    /// The page's number, counted from one.
    pub(super) page: u32,
    /// Which reader saw it.
    pub(super) source: Source,
    /// The words; never empty.
    pub(super) words: Vec<&'a Word>,
    /// The area of all the words.
    pub(super) area: Area,
    /// How the lines of its page lie.
    slope: Slope,
    /// What was made of the words already. Copies of a row share it.
    made: Rc<Made<'a>>,
}

/// What is made of a row's words once, when somebody first asks.
#[derive(Debug, Default)]
struct Made<'a> {
    text: OnceCell<String>,
    height: OnceCell<u32>,
    said: OnceCell<Said>,
    dates: OnceCell<Vec<SeenDate>>,
    announced: OnceCell<Vec<String>>,
    segments: OnceCell<Vec<Row<'a>>>,
    cells: OnceCell<Vec<Row<'a>>>,
}

impl<'a> Row<'a> {
    fn new(page: u32, source: Source, words: Vec<&'a Word>) -> Option<Self> {
        let area = words.iter().map(|word| word.area).reduce(Area::union)?;
        Some(Self { page, source, words, area, slope: Slope::NONE, made: Rc::default() })
    }

    /// A part of the row; absent where it would be empty.
    pub(super) fn part(&self, first: usize, after_last: usize) -> Option<Self> {
        let words: Vec<&Word> = self.words.get(first..after_last)?.to_vec();
        let area = words.iter().map(|word| word.area).reduce(Area::union)?;
        let whole = words.len() == self.words.len();
        let made = if whole { Rc::clone(&self.made) } else { Rc::default() };
        Some(Self { page: self.page, source: self.source, words, area, slope: self.slope, made })
    }

    /// What the row says; taken apart once.
    pub(super) fn said(&self) -> &Said {
        self.made.said.get_or_init(|| Said::of(self.text()))
    }

    /// Every date in it, from left to right; sought once.
    pub(super) fn dates(&self) -> &[SeenDate] {
        self.made.dates.get_or_init(|| dates::dates_in(self))
    }

    /// The numbers of documents that it announces and says itself; sought once.
    pub(super) fn announced(&self) -> &[String] {
        self.made.announced.get_or_init(|| number::announced_in(self))
    }

    /// By how much one area stands higher or lower than another on this row's page, were its lines level; in pixels.
    pub(super) fn offset(&self, from: Area, to: Area) -> u64 {
        (middle(to, self.slope) - middle(from, self.slope)).unsigned_abs()
    }

    /// The row as a person reads it.
    pub(super) fn text(&self) -> &str {
        self.made.text.get_or_init(|| text::join(self.words.iter().map(|word| word.text.as_str())))
    }

    /// The text of some of its words; empty where there are none.
    pub(super) fn text_between(&self, first: usize, after_last: usize) -> String {
        text::join(
            self.words
                .get(first..after_last.min(self.words.len()))
                .unwrap_or_default()
                .iter()
                .map(|word| word.text.as_str()),
        )
    }

    /// The least sure of its words.
    pub(super) fn confidence(&self) -> Confidence {
        self.words.iter().map(|word| word.confidence).min().unwrap_or(Confidence::NONE)
    }

    /// The middle one of the words' heights, in pixels; at least one.
    pub(super) fn height(&self) -> u32 {
        *self.made.height.get_or_init(|| {
            let mut heights: Vec<u32> = self.words.iter().map(|word| word.area.height).collect();
            heights.sort_unstable();
            heights.get(heights.len() / 2).copied().unwrap_or(1).max(1)
        })
    }

    /// The row cut where a gap is wider than twice and a half its height: the columns of an invoice's head.
    pub(super) fn segments(&self) -> &[Self] {
        self.made.segments.get_or_init(|| self.cut(self.height().saturating_mul(5) / 2))
    }

    /// The row cut where a gap is wider than three quarters of its height: the cells of a printed table, whose spaces are
    /// a third of it. A scan's spaces are not that regular.
    pub(super) fn cells(&self) -> &[Self] {
        self.made.cells.get_or_init(|| self.cut(self.height() * 3 / 4))
    }

    fn cut(&self, gap_max: u32) -> Vec<Self> {
        let mut cuts = vec![0];
        for (index, pair) in self.words.windows(2).enumerate() {
            if let [left, right] = pair
                && right.area.left.saturating_sub(left.area.right()) > gap_max
            {
                cuts.push(index + 1);
            }
        }
        cuts.push(self.words.len());
        cuts.windows(2)
            .filter_map(|pair| match pair {
                [first, after_last] => self.part(*first, *after_last),
                _ => None,
            })
            .collect()
    }

    /// Whether it stands over, or under, the area.
    pub(super) const fn spans(&self, area: Area) -> bool {
        self.area.shares_column(area)
    }
}

/// All these words of a page as a single line.
pub(super) fn row_of_words(page: u32, source: Source, words: &[Word]) -> Option<Row<'_>> {
    let mut words: Vec<&Word> = words.iter().filter(|word| !word.text.trim().is_empty()).collect();
    words.sort_by_key(|word| word.area.left);
    Row::new(page, source, words)
}

/// Every row of every page, pages in order, rows from the top.
pub(super) fn rows_of(pages: &[Page]) -> Vec<Row<'_>> {
    pages.iter().flat_map(rows_of_page).collect()
}

fn rows_of_page(page: &Page) -> Vec<Row<'_>> {
    let mut fragments: Vec<Row<'_>> = fragments(page);
    let slope = slope(&fragments);
    fragments.sort_by_key(|fragment| (middle(fragment.area, slope), fragment.area.left));
    let mut rows: Vec<Row<'_>> = Vec::new();
    for fragment in fragments {
        let home = rows.iter_mut().rev().take(LOOK_BACK_ROWS).find(|row| side_by_side(row, &fragment, slope));
        match home {
            Some(row) => {
                row.area = row.area.union(fragment.area);
                row.words.extend(fragment.words);
                row.words.sort_by_key(|word| word.area.left);
                row.made = Rc::default();
            }
            None => rows.push(fragment),
        }
    }
    rows.sort_by_key(|row| (row.words.first().map_or(0, |word| middle(word.area, slope)), row.area.left));
    rows.iter_mut().for_each(|row| row.slope = slope);
    rows
}

/// The reader's lines, each from left to right.
pub(super) fn fragments(page: &Page) -> Vec<Row<'_>> {
    let mut lines: Vec<(u32, Vec<&Word>)> = Vec::new();
    for word in page.words.iter().take(WORDS_MAX).filter(|word| !word.text.trim().is_empty()) {
        match lines.last_mut() {
            // A PDF draws lines in any order under one number, but level; one that was seen is a line, however slanted.
            Some((line, words)) if *line == word.line && (page.source.is_optical() || follows(words, word)) => {
                words.push(word);
            }
            Some(_) | None => lines.push((word.line, vec![word])),
        }
    }
    lines
        .into_iter()
        .filter_map(|(_, mut words)| {
            words.sort_by_key(|word| word.area.left);
            Row::new(page.number, page.source, words)
        })
        .collect()
}

/// Whether the word stands level with the last of these.
fn follows(words: &[&Word], word: &Word) -> bool {
    words.last().is_none_or(|last| level(last.area, word.area, Slope::NONE))
}

/// How far the lines of a page fall to the right, in thousandths of a pixel a pixel; negative where they rise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Slope(i64);

impl Slope {
    const NONE: Self = Self(0);
    /// A page that falls or rises more is misread, or upright text.
    const MAX: Self = Self(250);
    /// Level enough that nothing need be done.
    const LEVEL: i64 = 8;

    /// By how much a line falls over so many pixels.
    pub(super) const fn over(self, pixels: i64) -> i64 {
        pixels.saturating_mul(self.0) / 1000
    }
}

/// The slope in the middle of those of the lines that are long enough to tell: a photographed or skewed page.
pub(super) fn slope(fragments: &[Row<'_>]) -> Slope {
    let mut slopes: Vec<Slope> = fragments
        .iter()
        .filter_map(|row| {
            let (first, last) = (row.words.first()?.area, row.words.last()?.area);
            let (x, y) = (center(last).0 - center(first).0, center(last).1 - center(first).1);
            let long = x > i64::from(row.height()) * 4;
            long.then(|| Slope(y.saturating_mul(1000) / x))
        })
        .filter(|slope| slope.0.abs() <= Slope::MAX.0)
        .collect();
    if slopes.len() < LINES_FOR_SLOPE {
        return Slope::NONE;
    }
    slopes.sort_unstable();
    let middle = slopes.get(slopes.len() / 2).copied().unwrap_or(Slope::NONE);
    if middle.0.abs() < Slope::LEVEL { Slope::NONE } else { middle }
}

/// Fewer lines do not tell how a page lies.
const LINES_FOR_SLOPE: usize = 4;

/// The middle of an area, in pixels.
pub(super) fn center(area: Area) -> (i64, i64) {
    (i64::from(area.left) + i64::from(area.width / 2), i64::from(area.top) + i64::from(area.height / 2))
}

/// The height of the area's middle, as if the page lay level.
fn middle(area: Area, slope: Slope) -> i64 {
    let (x, y) = center(area);
    y - slope.over(x)
}

/// Whether the two stand beside each other on one line. On a skewed page only the ends that meet can tell.
fn side_by_side(row: &Row<'_>, fragment: &Row<'_>, slope: Slope) -> bool {
    let apart = row.area.bottom() <= fragment.area.top || fragment.area.bottom() <= row.area.top;
    if apart && slope == Slope::NONE {
        return false;
    }
    let right_of = row.words.iter().filter(|word| word.area.right() <= fragment.area.left.saturating_add(slack(word)));
    let left_of = row.words.iter().filter(|word| word.area.left.saturating_add(slack(word)) >= fragment.area.right());
    let before = right_of.clone().max_by_key(|word| word.area.right());
    let after = left_of.clone().min_by_key(|word| word.area.left);
    // Every word of the row must be on one side or the other, else the two overlap and are different lines.
    if right_of.count() + left_of.count() < row.words.len() {
        return false;
    }
    let meets = |mine: Option<&&Word>, theirs: Option<&&Word>| match (mine, theirs) {
        (Some(mine), Some(theirs)) => level(mine.area, theirs.area, slope),
        _ => true,
    };
    let joined = before.is_some() || after.is_some();
    joined && meets(before, fragment.words.first()) && meets(after, fragment.words.last())
}

fn slack(word: &Word) -> u32 {
    word.area.height / 4
}

/// Whether two areas share at least half of the lower one's height, and their heights are comparable.
fn level(left: Area, right: Area, slope: Slope) -> bool {
    let fall = slope.over(center(right).0 - center(left).0);
    let top = i64::from(left.top).max(i64::from(right.top) - fall);
    let bottom = i64::from(left.bottom()).min(i64::from(right.bottom()) - fall);
    let lower = i64::from(left.height.min(right.height).max(1));
    (bottom - top).max(0).saturating_mul(2) >= lower && i64::from(left.height.max(right.height)) <= lower * 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::testing::{page_of, word};

    #[test]
    fn lines_of_two_columns_are_one_row() {
        let mut page = page_of(&["TOTAL", "33.90", "CASH 50.00"]);
        // The amount is moved to the right end of the first line, as a second line of the reader's.
        page.words[1].area = Area { left: 500, top: 3, width: 60, height: 20 };
        let rows: Vec<String> = rows_of(std::slice::from_ref(&page)).iter().map(|row| row.text().to_owned()).collect();
        assert_eq!(rows, ["TOTAL 33.90", "CASH 50.00"]);
    }

    #[test]
    fn wide_gaps_cut() {
        let page = Page {
            number: 1,
            width: 900,
            height: 100,
            source: Source::PdfText,
            words: vec![word("Acme", 0, 0, 0), word("Ltd", 60, 0, 0), word("Invoice", 500, 0, 0)],
        };
        let rows = rows_of(std::slice::from_ref(&page));
        let parts: Vec<String> = rows.iter().flat_map(Row::segments).map(|part| part.text().to_owned()).collect();
        assert_eq!(parts, ["Acme Ltd", "Invoice"]);
    }

    /// A photo taken at a slant: every line falls by a fifteenth, so amounts at the right stand a line lower than the
    /// words they belong to.
    #[test]
    fn a_slanted_page_keeps_its_rows() {
        let mut page = page_of(&["Item total", "Net total", "Cash paid", "Change given", "Thank you all"]);
        for (line, amount) in (0_u32..).zip(["191.90", "191.90", "200.00", "8.10"]) {
            page.words.push(word(amount, 500, line * 30, 100 + line));
        }
        // Each line is long enough to tell how it lies.
        page.words.extend((0..5).map(|line| word("no", 250, line * 30, line)));
        page.words.sort_by_key(|word| word.line);
        page.words.iter_mut().for_each(|word| word.area.top += word.area.left / 15);
        let rows: Vec<String> = rows_of(std::slice::from_ref(&page)).iter().map(|row| row.text().to_owned()).collect();
        assert_eq!(
            rows,
            [
                "Item total no 191.90",
                "Net total no 191.90",
                "Cash paid no 200.00",
                "Change given no 8.10",
                "Thank you all no"
            ]
        );
    }
}
