//! Buyer and seller of a mainland fapiao, told apart on its printed form.
//!
//! Both stand there alike, as 名称 with a number of 18 signs under it, and a name alone does not say whose it is. The
//! form does: the buyer (购买方) stands at the left or at the top, the seller (销售方) at the right or at the bottom, and
//! the letters of 购买方 and 销售方 run down beside them. Where those letters say something else than the place, nothing
//! is certain.

use crate::extract::{rows::Row, said::Phrases};
use crate::model::{
    page::{Area, Word},
    tax_id::{self, Found},
};

/// What every fapiao says, and other papers hardly.
static FORM: Phrases = Phrases::new(&[
    "发票号码",
    "发票代码",
    "开票日期",
    "增值税",
    "电子发票",
    "普通发票",
    "专用发票",
    "價税合计",
    "价税合计",
]);
/// What stands before a party's name, and before its number.
const NAME: &str = "名称";
const NUMBERS: [&str; 2] = ["识别号", "信用代码"];
/// The letters that run down beside the buyer and beside the seller, but for those that both have.
const BUYERS: [char; 3] = ['购', '買', '买'];
const SELLERS: [char; 2] = ['销', '售'];
/// Such letters stand so far from a party's name at most, in heights of its row: above and below, and to the left.
const BESIDE: (u32, u32) = (5, 8);
/// A gap of so many heights ends what stands behind a label.
const GAP_HEIGHTS: u32 = 3;

/// Who sold it, as a fapiao says.
pub(super) struct Seller<'a> {
    /// The words of the name, with the label before them.
    pub(super) row: Row<'a>,
    /// The name.
    pub(super) name: String,
    /// Its number, where one was read beside it.
    pub(super) number: Option<(Found, Row<'a>)>,
    /// Place and letters agree, and nothing else says 名称.
    pub(super) certain: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Buyer,
    Seller,
}

struct Party<'a> {
    row: Row<'a>,
    name: String,
    /// What the letters beside it say.
    said: Option<Side>,
}

/// The seller; nothing where the page is no fapiao or does not say which party it is.
pub(super) fn seller<'a>(rows: &[&Row<'a>]) -> Option<Seller<'a>> {
    if !rows.iter().any(|row| row.said().any(&FORM)) {
        return None;
    }
    let parties: Vec<Party<'a>> = labelled(rows, &[NAME]).filter_map(|part| party(part, rows)).collect();
    let (at, certain) = match parties.as_slice() {
        [one] if one.said == Some(Side::Seller) => (0, true),
        [first, second] => {
            let seller = usize::from(!stands_after(first.row.area, second.row.area));
            let expected = |at: usize| if at == seller { Side::Seller } else { Side::Buyer };
            let agrees = |(at, party): (usize, &Party<'_>)| party.said.is_none_or(|said| said == expected(at));
            (seller, parties.iter().enumerate().all(agrees))
        }
        _ => return None,
    };
    let others: Vec<Area> = parties.iter().map(|party| party.row.area).collect();
    let party = parties.into_iter().nth(at)?;
    let number = number_of(party.row.area, &others, rows);
    Some(Seller { row: party.row, name: party.name, number, certain })
}

/// Whether the first stands at the right of the second, or below it.
fn stands_after(first: Area, second: Area) -> bool {
    let abreast = first.top < second.bottom() && second.top < first.bottom();
    if abreast { first.left > second.left } else { first.top > second.top }
}

/// The parts of rows that one of the labels begins, up to a wide gap or the next such label.
fn labelled<'a>(rows: &[&Row<'a>], labels: &'static [&'static str]) -> impl Iterator<Item = Row<'a>> {
    let parts = rows.iter().flat_map(move |row| {
        let says = |word: &&Word| labels.iter().any(|label| word.text.contains(label));
        let starts: Vec<usize> = (0..row.words.len()).filter(|at| row.words.get(*at).is_some_and(says)).collect();
        let ends = starts.iter().skip(1).copied().chain([row.words.len()]);
        let cut = |(start, end): (&usize, usize)| row.part(*start, before_gap(row, *start, end));
        starts.iter().zip(ends).filter_map(cut).collect::<Vec<_>>()
    });
    parts.collect::<Vec<_>>().into_iter()
}

/// The word after the last one from `start` on that no wide gap parts from those before it.
fn before_gap(row: &Row<'_>, start: usize, end: usize) -> usize {
    let wide = row.height().saturating_mul(GAP_HEIGHTS);
    let gap = |at: &usize| {
        let (left, right) = (row.words.get(at - 1), row.words.get(*at));
        left.zip(right).is_some_and(|(left, right)| right.area.left.saturating_sub(left.area.right()) > wide)
    };
    (start + 1..end).find(gap).unwrap_or(end)
}

fn party<'a>(row: Row<'a>, rows: &[&Row<'a>]) -> Option<Party<'a>> {
    let text = row.text();
    let (before, after) = text.split_once(NAME)?;
    let name = after.trim_start_matches([':', '：', ' ']).trim().to_owned();
    let said = side(before.chars()).or_else(|| side(beside(row.area, rows).chars()));
    (name.chars().count() >= 2).then_some(Party { row, name, said })
}

/// What these letters say; nothing where they say neither or both.
fn side(letters: impl Iterator<Item = char> + Clone) -> Option<Side> {
    let buyers = letters.clone().filter(|c| BUYERS.contains(c)).count();
    let sellers = letters.filter(|c| SELLERS.contains(c)).count();
    match (buyers, sellers) {
        (1.., 0) => Some(Side::Buyer),
        (0, 1..) => Some(Side::Seller),
        (0, 0) | (1.., 1..) => None,
    }
}

/// The short words that stand close to the left of the area.
fn beside(area: Area, rows: &[&Row<'_>]) -> String {
    let (up, left) = (area.height.saturating_mul(BESIDE.0), area.height.saturating_mul(BESIDE.1));
    let (from, to) = (area.top.saturating_sub(up), area.bottom().saturating_add(up));
    let near = |word: &&&Word| {
        let column = (area.left.saturating_sub(left)..=area.left).contains(&word.area.right());
        column && (from..to).contains(&word.area.top) && word.text.chars().count() <= 3
    };
    rows.iter().flat_map(|row| &row.words).filter(near).map(|word| word.text.as_str()).collect()
}

/// The number under the party at this place that stands nearer to it than to the other.
fn number_of<'a>(area: Area, parties: &[Area], rows: &[&Row<'a>]) -> Option<(Found, Row<'a>)> {
    let distance = |party: Area, number: Area| {
        party.left.abs_diff(number.left).saturating_add(number.top.saturating_sub(party.top).saturating_mul(2))
    };
    labelled(rows, &NUMBERS).find_map(|part| {
        let below = part.area.top >= area.top;
        let nearest =
            parties.iter().filter(|party| part.area.top >= party.top).min_by_key(|party| distance(**party, part.area));
        let own = below && nearest == Some(&area);
        let found = tax_id::find(part.text()).into_iter().next().filter(|_| own)?;
        Some((found, part))
    })
}

#[cfg(test)]
mod tests {
    use crate::extract::{rows::rows_of, testing::page_of};
    use crate::model::tax_id::Verdict;

    /// Numbers with their right check digits.
    const BUYER: &str = "统一社会信用代码/纳税人识别号:91350100M000100Y43";
    const SELLER: &str = "统一社会信用代码/纳税人识别号:91110000600037341L";

    #[test]
    fn the_form_says_who_sold() {
        let digital =
            format!("购 名称:甲乙有限公司              售 名称:丙丁科技有限公司|{BUYER}              {SELLER}");
        let stacked = format!("购 名称:甲乙有限公司|{BUYER}|货物 ¥1.00|销 名称:丙丁科技有限公司|{SELLER}");
        for (text, seller, certain) in [
            (digital.as_str(), Some("丙丁科技有限公司"), true),
            (stacked.as_str(), Some("丙丁科技有限公司"), true),
            // Without the letters the place alone says it; letters that contradict it make it a question.
            ("名称:甲乙有限公司              名称:丙丁科技有限公司", Some("丙丁科技有限公司"), true),
            ("销 名称:甲乙有限公司              购 名称:丙丁科技有限公司", Some("丙丁科技有限公司"), false),
            ("销售方名称：丙丁科技有限公司", Some("丙丁科技有限公司"), true),
            // One party, and nothing says which.
            ("名称:甲乙有限公司", None, false),
            ("购买方名称：甲乙有限公司", None, false),
            ("名称:甲乙公司|名称:乙丙公司|名称:丙丁有限公司", None, false),
        ] {
            let lines: Vec<&str> = ["电子发票(普通发票)"].into_iter().chain(text.split('|')).collect();
            let page = page_of(&lines);
            let rows = rows_of(std::slice::from_ref(&page));
            let found = super::seller(&rows.iter().collect::<Vec<_>>());
            assert_eq!(found.as_ref().map(|found| found.name.as_str()), seller, "{text}");
            assert_eq!(found.is_some_and(|found| found.certain), certain, "{text}");
        }
    }

    #[test]
    fn the_number_is_the_sellers_own() {
        let digital = format!("名称:甲乙有限公司              名称:丙丁科技有限公司|{BUYER}              {SELLER}");
        let stacked = format!("名称:甲乙有限公司|{BUYER}|货物 ¥1.00|名称:丙丁科技有限公司|{SELLER}");
        let only_buyers = format!("名称:甲乙有限公司|{BUYER}|货物 ¥1.00|名称:丙丁科技有限公司");
        for (text, number) in
            [(digital, Some("91110000600037341L")), (stacked, Some("91110000600037341L")), (only_buyers, None)]
        {
            let lines: Vec<&str> = ["增值税普通发票"].into_iter().chain(text.split('|')).collect();
            let page = page_of(&lines);
            let rows = rows_of(std::slice::from_ref(&page));
            let found = super::seller(&rows.iter().collect::<Vec<_>>()).and_then(|found| found.number);
            assert_eq!(found.as_ref().map(|(found, _)| found.id.number()), number, "{text}");
            assert!(found.is_none_or(|(found, _)| found.verdict == Verdict::Valid), "{text}");
        }
    }

    #[test]
    fn other_papers_are_none() {
        let page = page_of(&["名称:甲乙有限公司              名称:丙丁科技有限公司", "TOTAL 5.00"]);
        let rows = rows_of(std::slice::from_ref(&page));
        assert!(super::seller(&rows.iter().collect::<Vec<_>>()).is_none());
    }
}
