//! A name that was too long for its row: the printer went on with it on the next one.
//!
//! A row is full where the next row's first word would not have fitted behind it. A brand over its company, or a name
//! over an address, is not full, however alike the two rows are printed.

use super::{
    Name, READ, ending, is_tail, name_of,
    words::{ADDRESS, FIRST_HALVES, SECOND_HALVES},
};
use crate::extract::{rows::Row, text::fold};

/// So many rows a name goes on for at most.
const ROWS_MAX: usize = 2;

/// Goes on with the name as far as its rows are full; `width` is that of the page's text, in pixels.
pub(super) fn go_on<'a>(name: &mut Name<'a>, below: &[&Row<'a>], width: u32) {
    for lower in below.iter().take(ROWS_MAX) {
        let Some(last) = name.parts.last().filter(|last| last.source.is_optical()) else { return };
        let (upper, under) = (fold(&name.text), lower.said().folded());
        let halves = FIRST_HALVES.iter().any(|half| upper.ends_with(half)) && SECOND_HALVES.contains(&under);
        // A number in it makes it an address, or a number of the company's.
        let plain = !lower.said().any(&ADDRESS) && !lower.words.iter().any(|word| word.text.contains(char::is_numeric));
        let full = !name.form && plain && alike(last, lower) && is_full(last, lower, width);
        if !(halves || full) {
            return;
        }
        // Alone it may be too short for a name.
        let rest = name_of(lower, 0);
        if rest.is_none() && !halves {
            return;
        }
        let rest = rest.map_or_else(|| lower.text().to_owned(), |rest| rest.text);
        let (text, form, repaired) = ending(&format!("{} {rest}", name.text), true);
        name.text = text;
        name.form = form;
        name.repaired |= repaired;
        name.joined = true;
        // What could be a name by itself may be another one; only the end of one surely belongs to what is above.
        name.unsure |= !is_tail(&rest) || last.confidence().min(lower.confidence()) < READ;
        name.row.area = name.row.area.union(lower.area);
        name.parts.push((*lower).clone());
    }
}

/// Printed alike, in capitals or not, one right under the other, and both at the left or both in the middle.
fn alike(upper: &Row<'_>, lower: &Row<'_>) -> bool {
    let (height, other) = (upper.height(), lower.height());
    let same_size = height.abs_diff(other) * 5 <= height.max(other);
    let near = lower.area.top.saturating_sub(upper.area.bottom()) < height && lower.area.top > upper.area.top;
    let twice_middle = |row: &Row<'_>| row.area.left.saturating_add(row.area.right());
    let left = upper.area.left.abs_diff(lower.area.left) * 2 <= height;
    let middle = twice_middle(upper).abs_diff(twice_middle(lower)) <= height * 2;
    let small = |row: &Row<'_>| row.words.iter().any(|word| word.text.contains(char::is_lowercase));
    same_size && near && (left || middle) && small(upper) == small(lower)
}

/// Whether the lower row's first word would not have fitted behind the upper row.
fn is_full(upper: &Row<'_>, lower: &Row<'_>, width: u32) -> bool {
    let space = upper.height() / 3;
    let first = lower.words.first().map_or(0, |word| word.area.width);
    upper.area.width.saturating_add(space).saturating_add(first) > width
}

#[cfg(test)]
mod tests {
    use crate::extract::{buyer, rows::rows_of, supplier::supplier, testing::page_of};

    #[test]
    fn full_rows_go_on() {
        for (text, name) in [
            // The widest row of the page is "123 Long Street of the Old Town"; "PARK" would not have fitted.
            (&["JADE LANTERN ORIENTAL CAR", "PARK", "123 Long Street, Old Town"][..], "JADE LANTERN ORIENTAL CAR PARK"),
            (&["LUCKY CARP PTE", "LTD", "123 Long Street of the Old Town"], "LUCKY CARP PTE LTD"),
            (&["MORNING GATE PTY.", "LTD.", "123 Long Street of the Old Town"], "MORNING GATE PTY. LTD."),
            (&["LEMON TREE", "JTJ FOODS SDN BHD", "123 Long Street of the Old Town"], "JTJ FOODS SDN BHD"),
            // A brand in capitals over a company that is not.
            (
                &["OLD TOWN WHITE COFFEE HOUSE", "Old Town Kopitiam Sdn Bhd", "123 Long Street, Town"],
                "Old Town Kopitiam Sdn Bhd",
            ),
            (&["GOLDEN PEACH TRADING COMPANY", "JALAN BESAR 12", "TOTAL 5.00"], "GOLDEN PEACH TRADING COMPANY"),
        ] {
            let page = page_of(text);
            let rows = rows_of(std::slice::from_ref(&page));
            let found = supplier(&rows, &buyer::parts(&rows), &[]).map(|found| found.field.value.to_text());
            assert_eq!(found.as_deref(), Some(name), "{text:?}");
        }
    }
}
