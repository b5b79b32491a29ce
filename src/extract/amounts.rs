//! Amounts as they are printed: currency marks, thousands, decimal point or comma, minus before or after, brackets.

use rust_decimal::Decimal;

use crate::extract::{
    labels::meaning_of,
    rows::Row,
    said::Said,
    text::{is_han, is_kana, plain},
};
use crate::model::page::{Area, Confidence};

/// More digits than this are a card, a barcode or a telephone, not an amount.
const DIGITS_MAX: usize = 12;

/// Currency marks, longest first, and the ISO code each one says; none where the mark leaves it open.
const MARKS: &[(&str, Option<&str>)] = &[
    ("人民幣", Some("CNY")),
    ("人民币", Some("CNY")),
    ("新台幣", Some("TWD")),
    ("新臺幣", Some("TWD")),
    ("澳門元", Some("MOP")),
    ("MOP$", Some("MOP")),
    ("HKD$", Some("HKD")),
    ("港幣", Some("HKD")),
    ("港币", Some("HKD")),
    ("港元", Some("HKD")),
    ("HK$", Some("HKD")),
    ("US$", Some("USD")),
    ("NT$", Some("TWD")),
    ("HKD", Some("HKD")),
    ("USD", Some("USD")),
    ("MYR", Some("MYR")),
    ("SGD", Some("SGD")),
    ("MOP", Some("MOP")),
    ("CNY", Some("CNY")),
    ("RMB", Some("CNY")),
    ("TWD", Some("TWD")),
    ("NZ$", Some("NZD")),
    ("CA$", Some("CAD")),
    ("JPY", Some("JPY")),
    ("THB", Some("THB")),
    ("IDR", Some("IDR")),
    ("PHP", Some("PHP")),
    ("VND", Some("VND")),
    ("KRW", Some("KRW")),
    ("NZD", Some("NZD")),
    ("CAD", Some("CAD")),
    ("SEK", Some("SEK")),
    ("NOK", Some("NOK")),
    ("DKK", Some("DKK")),
    ("PLN", Some("PLN")),
    ("CZK", Some("CZK")),
    ("EUR", Some("EUR")),
    ("GBP", Some("GBP")),
    ("AUD", Some("AUD")),
    ("INR", Some("INR")),
    ("CHF", Some("CHF")),
    ("RM", Some("MYR")),
    ("S$", Some("SGD")),
    ("A$", Some("AUD")),
    ("Rs.", Some("INR")),
    ("€", Some("EUR")),
    ("£", Some("GBP")),
    ("zł", Some("PLN")),
    ("kr", None),
    ("Kč", Some("CZK")),
    ("₩", Some("KRW")),
    ("₹", Some("INR")),
    ("¥", None),
    ("円", Some("JPY")),
    ("$", None),
    ("元", None),
    ("圓", None),
    ("圆", None),
];

/// Which sign parts the cents on this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// 1,234.56
    Point,
    /// 1.234,56
    Comma,
}

/// An amount seen in a row.
#[derive(Debug, Clone)]
pub(super) struct Amount {
    /// Its value with its sign.
    pub(super) value: Decimal,
    /// Digits after the point as printed.
    pub(super) decimals: u32,
    /// The currency mark beside it, as in the table of marks.
    pub(super) mark: Option<&'static str>,
    /// Letters had to be read as digits, or two words joined: never accepted by itself.
    pub(super) repaired: bool,
    /// The least sure of its words.
    pub(super) confidence: Confidence,
    /// Where it stands.
    pub(super) area: Area,
    /// The first of its words in the row.
    pub(super) first: usize,
    /// The word after its last.
    pub(super) after_last: usize,
    /// The label that is glued to it: "合計:" of "合計:33.90".
    pub(super) label: String,
}

impl Amount {
    /// Whether it looks like money: cents, or a currency mark.
    pub(super) fn is_money(&self) -> bool {
        self.decimals == 2 || (self.mark.is_some() && self.decimals == 0)
    }
}

/// What says that an amount in figures follows, as it stands on a fapiao, glued to the amount.
const FIGURES: &[&str] = &["(小写)", "(小寫)", "小写", "小寫"];

/// What one word says as a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) value: Decimal,
    pub(super) decimals: u32,
    pub(super) mark: Option<&'static str>,
    pub(super) repaired: bool,
    pub(super) negative: bool,
}

/// The ISO code a mark says by itself.
pub(super) fn code_of_mark(mark: &str) -> Option<&'static str> {
    MARKS.iter().find(|(known, _)| *known == mark).and_then(|(_, code)| *code)
}

/// Point or comma: whichever the page's words with two digits at the end use more; the point on a tie.
pub(super) fn style_of<'a>(words: impl Iterator<Item = &'a str>) -> Style {
    let (mut points, mut commas) = (0_u32, 0_u32);
    for word in words {
        let tail: Vec<char> = word.chars().rev().skip_while(|c| !c.is_ascii_digit()).take(4).collect();
        if let [last, next, sign, before] = tail.as_slice()
            && last.is_ascii_digit()
            && next.is_ascii_digit()
            && before.is_ascii_digit()
        {
            points += u32::from(*sign == '.');
            commas += u32::from(*sign == ',');
        }
    }
    if commas > points { Style::Comma } else { Style::Point }
}

/// Every number in the row that could be an amount, from left to right.
pub(super) fn amounts_in(row: &Row<'_>, style: Style) -> Vec<Amount> {
    let mut found: Vec<Amount> = Vec::new();
    let mut index = 0;
    while let Some(word) = row.words.get(index) {
        let joined = join_with_next(row, index, style).map(|number| (number, 2)).or_else(|| grouped(row, index, style));
        let (number, used) = match joined {
            Some((number, used)) => (Some(number), used),
            None => (parse_word(&word.text, style), 1),
        };
        let own = number.map(|number| (number, String::new())).or_else(|| glued(&word.text, style));
        if let Some((number, label)) = own {
            let cut = index.checked_sub(1).is_some_and(|before| continues(row, before));
            let number = Number { repaired: number.repaired || cut, ..number };
            found.push(Amount { label, ..amount_at(row, index, used, &number) });
        }
        index += used;
    }
    found
}

/// A number with the mark or minus that stands in the word before it.
fn amount_at(row: &Row<'_>, first: usize, used: usize, number: &Number) -> Amount {
    let words = row.words.get(first..first + used).unwrap_or_default();
    let area = words.iter().map(|word| word.area).reduce(Area::union).unwrap_or(row.area);
    let confidence = words.iter().map(|word| word.confidence).min().unwrap_or(Confidence::NONE);
    let before = first.checked_sub(1).and_then(|index| row.words.get(index));
    let after = row.words.get(first + used);
    let close = |gap: u32| gap < row.height();
    let (mut mark, mut negative) = (number.mark, number.negative);
    if let Some(before) = before {
        let (rest, found, minus) = strip_front(&before.text);
        if rest.is_empty() {
            mark = mark.or(found);
            negative |= minus && (found.is_some() || close(area.left.saturating_sub(before.area.right())));
        } else if mark.is_none() && (before.text.ends_with('$') || before.text.ends_with("RM")) {
            mark = strip_back(&before.text).1;
        }
    }
    if let Some(after) = after {
        let plain = plain(&after.text);
        negative |= matches!(&*plain, "CR" | "-") && close(after.area.left.saturating_sub(area.right()));
        let (rest, found, _) = strip_front(&plain);
        if mark.is_none() && rest.is_empty() && found.is_some_and(|sign| sign != "$" && sign != "RM") {
            mark = found;
        }
    }
    let value = if negative { -number.value.abs() } else { number.value };
    let repaired = number.repaired;
    let (decimals, after_last) = (number.decimals, first + used);
    Amount { value, decimals, mark, repaired, confidence, area, first, after_last, label: String::new() }
}

/// "33." "90" and "33" ".90": one amount that the reader cut in two.
fn join_with_next(row: &Row<'_>, index: usize, style: Style) -> Option<Number> {
    let (left, right) = (row.words.get(index)?, row.words.get(index + 1)?);
    let near = right.area.left.saturating_sub(left.area.right()) < row.height();
    let two_digits = |text: &str| text.chars().count() == 2 && text.chars().all(|c| c.is_ascii_digit());
    let cut_after = left.text.ends_with(['.', ',']) && two_digits(&right.text);
    let cut_before = right.text.strip_prefix(['.', ',']).is_some_and(two_digits)
        && left.text.ends_with(|c: char| c.is_ascii_digit())
        && !left.text.contains(['.', ',', '/', ':']);
    // "RM14 20": the point itself was lost, which only a currency mark tells from a count and a number.
    let lost = two_digits(&right.text)
        && parse_word(&left.text, style).is_some_and(|number| number.mark.is_some() && number.decimals == 0)
        && left.text.ends_with(|c: char| c.is_ascii_digit());
    if !near || !(cut_after || cut_before || lost) {
        return None;
    }
    let point = if lost { "." } else { "" };
    let number = parse_word(&format!("{}{point}{}", left.text, right.text), style)?;
    (number.decimals == 2).then_some(Number { repaired: true, ..number })
}

/// "2 573,40": thousands set apart by a space, as much of the Continent prints them, and how many words they are. On a
/// scan where a point parts the cents the word before is more likely a count, so nothing is joined (see [`continues`]).
fn grouped(row: &Row<'_>, index: usize, style: Style) -> Option<(Number, usize)> {
    let more = (index..).take_while(|word| continues(row, *word)).take(GROUPS_MAX).count();
    if more == 0 || style != Style::Comma && row.source.is_optical() {
        return None;
    }
    let words = row.words.get(index..=index + more)?;
    let text: String = words.iter().map(|word| word.text.as_str()).collect();
    let number = parse_word(&text, style)?;
    (number.decimals == 2).then_some((number, more + 1))
}

/// "合計:33.90", "TOTAL：RM20.00": a number behind a label in one word.
fn glued(word: &str, style: Style) -> Option<(Number, String)> {
    let plain = plain(word);
    if !has_digit(&plain) {
        return None;
    }
    let ends = |(_, character): &(usize, char)| *character == ':' || is_han(*character) || is_kana(*character);
    let (last, end) = plain.char_indices().rfind(ends)?;
    let (label, rest) = plain.split_at(last + end.len_utf8());
    if label.contains(|c: char| c.is_ascii_digit()) || meaning_of(&Said::of(label)).is_none() {
        return None;
    }
    Some((parse_word(rest, style)?, label.to_owned()))
}

/// Whether the next word goes on with the thousands of this one: three digits, a narrow space behind up to three.
fn continues(row: &Row<'_>, index: usize) -> bool {
    let (Some(left), Some(right)) = (row.words.get(index), row.words.get(index + 1)) else { return false };
    let gap = right.area.left.saturating_sub(left.area.right());
    let widest = if row.source.is_optical() { SPACE_TENTHS_MAX } else { LAYER_SPACE_TENTHS_MAX };
    let near = || gap.saturating_mul(10) < row.height().saturating_mul(widest);
    let begins = || {
        let front = plain(&left.text);
        let front = strip_front(front.trim_start_matches('(')).0;
        (1..=3).contains(&front.len()) && front.chars().all(|c| c.is_ascii_digit()) && !front.starts_with('0')
    };
    let digits = right.text.chars().take_while(char::is_ascii_digit).count();
    let goes_on = digits == 3 && right.text.chars().nth(3).is_none_or(|c| !c.is_alphanumeric());
    goes_on && near() && begins()
}

fn has_digit(plain: &str) -> bool {
    plain.bytes().any(|byte| byte.is_ascii_digit())
}

/// A space inside a number is narrower than so many tenths of its height; one between columns is several heights wide.
const SPACE_TENTHS_MAX: u32 = 7;
/// The same in a text layer, whose places are exact: a usual space is a quarter to a third of the height.
const LAYER_SPACE_TENTHS_MAX: u32 = 5;
/// Groups of three digits behind the first: more are no amount.
const GROUPS_MAX: usize = 3;

/// The number a word says, if it says one and nothing but one.
pub(super) fn parse_word(word: &str, style: Style) -> Option<Number> {
    let plain = plain(word);
    // Most words have none.
    if !has_digit(&plain) {
        return None;
    }
    let plain = plain.trim_matches(|c: char| "\"'‘’“”*|;:=_~°^`,!<>»«".contains(c)).trim_end_matches('.');
    if plain.contains('%') {
        return None;
    }
    // A fapiao's "(小写)¥112.00": in figures, beside the amount in words.
    let plain = FIGURES.iter().find_map(|label| plain.strip_prefix(label)).unwrap_or(plain);
    let bracketed = plain.starts_with('(') && plain.ends_with(')');
    let plain = plain.trim_matches(['(', ')', '[', ']', '{', '}']);
    let (rest, front_mark, front_minus) = strip_front(plain);
    let (core, back_mark, back_minus) = strip_back(rest);
    let (value, decimals, repaired) =
        parse_digits(core, style).or_else(|| parse_digits(strip_tax_code(core)?, style).filter(|(_, d, _)| *d == 2))?;
    // "¥12,000-" ends in a stroke so that nobody adds a digit.
    let stroke = front_mark == Some("¥") && decimals == 0;
    let negative = front_minus || (back_minus && !stroke) || bracketed;
    let value = if negative { -value } else { value };
    Some(Number { value, decimals, mark: front_mark.or(back_mark), repaired, negative })
}

/// Takes marks and minus signs from the front.
fn strip_front(text: &str) -> (&str, Option<&'static str>, bool) {
    let (mut rest, mut mark, mut minus) = (text, None, false);
    loop {
        let found = MARKS.iter().find(|(known, _)| starts_with_mark(rest, known));
        if let Some(after) = rest.strip_prefix(['-', '−', '–', '—']) {
            (rest, minus) = (after, true);
        } else if let Some(after) = rest.strip_prefix([':', '+', '=', '*']) {
            rest = after;
        } else if let Some((known, _)) = found {
            rest = rest.get(known.len()..).unwrap_or_default();
            mark = Some(*known);
        } else if mark.is_some() && rest.starts_with(['.', ':', ' ']) {
            rest = rest.get(1..).unwrap_or_default();
        } else {
            return (rest, mark, minus);
        }
    }
}

fn starts_with_mark(text: &str, mark: &str) -> bool {
    // "KR12" is a code, "kr 12" an amount.
    let small = || matches!(mark, "kr" | "zł" | "Kč");
    let first = |text: &str| text.as_bytes().first().map(u8::to_ascii_uppercase);
    let whole =
        || text.get(..mark.len()).is_some_and(|start| start == mark || !small() && start.eq_ignore_ascii_case(mark));
    first(text) == first(mark) && whole()
}

/// Takes marks, a trailing minus and "CR" from the back.
fn strip_back(text: &str) -> (&str, Option<&'static str>, bool) {
    let (mut rest, mut mark, mut minus) = (text, None, false);
    loop {
        // No mark ends in one, and most amounts do.
        if rest.ends_with(|last: char| last.is_ascii_digit()) {
            return (rest, mark, minus);
        }
        if let Some(before) = rest.strip_suffix(['正', '整', '*', '.', '/']) {
            rest = before;
        } else if let Some(before) = rest.strip_suffix(['-', '−', '–']).or_else(|| rest.strip_suffix("CR")) {
            (rest, minus) = (before, true);
        } else if let Some((known, _)) = MARKS.iter().find(|(known, _)| rest.ends_with(known)) {
            rest = rest.strip_suffix(known).unwrap_or(rest);
            mark = Some(*known);
        } else {
            return (rest, mark, minus);
        }
    }
}

/// "75.00SR": the tax code that tills print behind an amount.
fn strip_tax_code(text: &str) -> Option<&str> {
    let letters = text.chars().rev().take_while(char::is_ascii_uppercase).count();
    (1..=3).contains(&letters).then(|| text.get(..text.len() - letters)).flatten()
}

/// Digits and separators into a value, its decimals, and whether letters were read as digits.
fn parse_digits(core: &str, style: Style) -> Option<(Decimal, u32, bool)> {
    let mut digits = String::with_capacity(core.len());
    let mut repaired = false;
    for character in core.chars() {
        let (read, changed) = match character {
            '0'..='9' | '.' | ',' | '\'' | '’' => (character, false),
            'O' | 'o' | 'Q' => ('0', true),
            'l' | 'I' | '|' => ('1', true),
            'S' => ('5', true),
            'B' => ('8', true),
            _ => return None,
        };
        digits.push(read);
        repaired |= changed;
    }
    let real = core.chars().filter(char::is_ascii_digit).count();
    let count = digits.chars().filter(char::is_ascii_digit).count();
    // A letter counts as a digit only inside what is plainly an amount: most of it digits, with a separator.
    if real == 0 || count > DIGITS_MAX || (repaired && (real < 2 || !digits.contains(['.', ',']))) {
        return None;
    }
    let (whole, fraction) = split_fraction(&digits, style)?;
    let whole = ungroup(whole)?;
    if repaired && fraction.len() != 2 {
        return None;
    }
    let literal = if fraction.is_empty() { whole } else { format!("{whole}.{fraction}") };
    let decimals = u32::try_from(fraction.len()).ok()?;
    Some((Decimal::from_str_exact(&literal).ok()?, decimals, repaired))
}

/// Where the cents begin.
fn split_fraction(digits: &str, style: Style) -> Option<(&str, &str)> {
    let Some(at) = digits.rfind(['.', ',']) else { return Some((digits, "")) };
    let (whole, tail) = digits.split_at(at);
    let fraction = tail.get(1..)?;
    let point = tail.starts_with('.');
    let grouping = if point { style == Style::Comma } else { true };
    match fraction.len() {
        1 | 2 => Some((whole, fraction)),
        3 if grouping || whole.contains(['.', ',']) => Some((digits, "")),
        3.. if point && !whole.contains('.') => Some((whole, fraction)),
        _ => None,
    }
}

/// "1,234" without its separators; nothing where the groups are not of three, as in a date.
fn ungroup(whole: &str) -> Option<String> {
    let groups: Vec<&str> = whole.split(['.', ',', '\'', '’']).collect();
    let (first, rest) = groups.split_first()?;
    let plain = rest.is_empty();
    if first.is_empty() {
        return plain.then(|| "0".to_owned());
    }
    let leading_zeros = first.len() > 1 && first.starts_with('0');
    // India: 12,34,567.
    let lakhs = first.len() <= 2
        && rest.len() >= 2
        && rest.split_last().is_some_and(|(last, pairs)| last.len() == 3 && pairs.iter().all(|pair| pair.len() == 2));
    let threes = first.len() <= 3 && rest.iter().all(|group| group.len() == 3);
    if leading_zeros || (plain && first.len() > 9) || !(plain || threes || lakhs) {
        return None;
    }
    Some(groups.concat())
}

#[cfg(test)]
mod tests;
