//! Dates as they are printed: 4/3/2025, 2025-03-04, 4 MAR 25, March 4, 2025, 2025年3月4日; with other calendars and in
//! Chinese numerals in `calendars`.

mod calendars;
mod glance;
mod months;

use jiff::civil;

pub(super) use self::calendars::{Calendars, JAPAN, Needs, is_japanese};
use self::months::{MONTH_NAMES, MONTHS, WHOLE_MONTHS};

use crate::extract::{rows::Row, text::half_width};
use crate::model::page::{Area, Confidence};

/// Years outside these are misread numbers.
const YEARS: std::ops::RangeInclusive<i16> = 1990..=2079;

/// How the parts of a date were ordered, as far as the printing says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// The year stood first with four digits, or the month was named: no doubt.
    Plain,
    /// Day before month: the day is more than twelve, or both are the same number.
    DayFirst,
    /// Month before day: the second number is more than twelve.
    MonthFirst,
    /// Both orders give a date.
    Ambiguous,
}

/// A date seen in a row.
#[derive(Debug, Clone)]
pub(super) struct SeenDate {
    /// The date, read day first where that is in doubt.
    pub(super) date: civil::Date,
    /// The other reading of an ambiguous one, month first.
    pub(super) other: Option<civil::Date>,
    /// A third reading, where the year has two digits: 25/11/20 with the year first.
    pub(super) year_first: Option<civil::Date>,
    /// What the page must show besides for this to be a date at all.
    pub(super) needs: Needs,
    /// What the printing says about the order.
    pub(super) order: Order,
    /// Letters were read as digits, or digits cut off.
    pub(super) repaired: bool,
    /// The year had two digits.
    pub(super) short_year: bool,
    /// The least sure of its words.
    pub(super) confidence: Confidence,
    /// Where it stands.
    pub(super) area: Area,
    /// The first of its words in the row.
    pub(super) first: usize,
    /// The word after its last.
    pub(super) after_last: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Number { value: u32, digits: usize },
    Letters(String),
    Sign(char),
    Space,
}

struct Token {
    piece: Piece,
    word: usize,
}

/// A date found at a token, and how many tokens it took.
struct Match {
    year: i16,
    month: i8,
    day: i8,
    order: Order,
    repaired: bool,
    short_year: bool,
    year_first: Option<civil::Date>,
    needs: Needs,
    used: usize,
}

impl Match {
    /// One whose printing leaves no doubt.
    const fn plain(year: i16, month: i8, day: i8, used: usize) -> Self {
        let (order, needs) = (Order::Plain, Needs::Nothing);
        Self { year, month, day, order, repaired: false, short_year: false, year_first: None, needs, used }
    }
}

/// Every date in the row, from left to right.
pub(super) fn dates_in(row: &Row<'_>) -> Vec<SeenDate> {
    let found = if glance::may_hold_date(row) { scan(row, &tokens(row, false), false) } else { Vec::new() };
    // Letters are read as digits only beside the signs of a date.
    if found.is_empty() && glance::may_be_mended(row) { scan(row, &tokens(row, true), true) } else { found }
}

fn scan(row: &Row<'_>, tokens: &[Token], repaired: bool) -> Vec<SeenDate> {
    let mut found = Vec::new();
    let mut index = 0;
    while let Some(token) = tokens.get(index) {
        let rest = tokens.get(index..).unwrap_or_default();
        let before = index.checked_sub(1).and_then(|before| tokens.get(before)).map(|token| &token.piece);
        // A number that continues another one ("1-12/03/2018") is not the start of a date.
        let continues = matches!(before, Some(Piece::Sign('/' | '.')));
        // "HC03-7 - 15" is the code of an article; "DATE25/12/2018" is a date.
        // "楠町9-17-14" is an address, "日期2025-03-04" a date.
        let coded = match before {
            Some(Piece::Letters(letters)) => !letters.ends_with("DATE") && letters != "DT",
            Some(Piece::Sign(sign)) => crate::extract::text::is_han(*sign) && !"期日付時时間间於于華华".contains(*sign),
            Some(Piece::Number { .. } | Piece::Space) | None => false,
        };
        let earlier = index.checked_sub(2).and_then(|earlier| tokens.get(earlier));
        // "114-03-04-12" is a number of some kind, whatever its end looks like.
        let coded = coded || (matches!(before, Some(Piece::Sign('-'))) && number(earlier).is_some());
        let cut = matches!(before, Some(Piece::Space)) && is_cut(earlier, token);
        let matched = if continues || !may_begin(token) { None } else { date_at(rest) };
        // "HC-R7.3.4" is the code of an article.
        let matched = matched.filter(|matched| {
            matched.needs != Needs::Japan || matches!(before, None | Some(Piece::Space | Piece::Sign(':' | '(')))
        });
        let seen = matched.and_then(|matched| {
            let last = rest.get(matched.used.checked_sub(1)?)?.word;
            seen_date(row, &matched, token.word, last + 1, repaired || coded || cut).map(|seen| (seen, matched.used))
        });
        match seen {
            Some((seen, used)) => {
                found.push(seen);
                index += used.max(1);
            }
            None => index += 1,
        }
    }
    found
}

/// Whether a date may begin with it: with a number, a name, or a sign of another script.
const fn may_begin(token: &Token) -> bool {
    match &token.piece {
        Piece::Number { .. } | Piece::Letters(_) => true,
        Piece::Sign(sign) => !sign.is_ascii(),
        Piece::Space => false,
    }
}

/// Whether the two numbers may be one that the reader cut: "2 4-11-17" is the twenty-fourth, or the fourth behind some
/// other digit; "20 25-11-17" and "202 5-11-17" are the seventeenth of a year.
fn is_cut(earlier: Option<&Token>, first: &Token) -> bool {
    match (number(earlier), number(Some(first))) {
        (Some((_, 1)), Some((_, 1))) => true,
        (Some((20, 2)), Some((_, 2))) | (Some((200..=209, 3)), Some((_, 1))) => true,
        (Some(_) | None, Some(_) | None) => false,
    }
}

fn seen_date(row: &Row<'_>, matched: &Match, first: usize, after_last: usize, repaired: bool) -> Option<SeenDate> {
    let words = row.words.get(first..after_last)?;
    let date = civil::Date::new(matched.year, matched.month, matched.day).ok()?;
    let other = match matched.order {
        Order::Ambiguous => civil::Date::new(matched.year, matched.day, matched.month).ok(),
        Order::Plain | Order::DayFirst | Order::MonthFirst => None,
    };
    Some(SeenDate {
        date,
        other,
        year_first: matched.year_first,
        needs: matched.needs,
        order: matched.order,
        repaired: repaired || matched.repaired,
        short_year: matched.short_year,
        confidence: words.iter().map(|word| word.confidence).min()?,
        area: words.iter().map(|word| word.area).reduce(Area::union)?,
        first,
        after_last,
    })
}

/// The row's characters as numbers, letters and signs. With `repair`, letters beside digits are read as digits.
fn tokens(row: &Row<'_>, repair: bool) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for (word, content) in row.words.iter().enumerate() {
        if word > 0 {
            tokens.push(Token { piece: Piece::Space, word });
        }
        let mut plain: Vec<char> = content.text.chars().flat_map(calendars::era_signs).map(half_width).collect();
        if repair {
            repair_digits(&mut plain);
        }
        for character in plain {
            push_character(&mut tokens, character, word);
        }
    }
    tokens
}

fn push_character(tokens: &mut Vec<Token>, character: char, word: usize) {
    // 〇 counts as a letter for Unicode, and as a digit for those who write it.
    let han = crate::extract::text::is_han(character) || character == '〇';
    let last = tokens.last_mut().map(|token| &mut token.piece);
    match (last, character.to_digit(10)) {
        (Some(Piece::Number { value, digits }), Some(digit)) => {
            *value = value.saturating_mul(10).saturating_add(digit);
            *digits += 1;
        }
        (_, Some(digit)) => tokens.push(Token { piece: Piece::Number { value: digit, digits: 1 }, word }),
        (Some(Piece::Letters(letters)), None) if character.is_alphabetic() && !han => {
            letters.extend(character.to_uppercase());
        }
        (_, None) if character.is_alphabetic() && !han => {
            tokens.push(Token { piece: Piece::Letters(character.to_uppercase().collect()), word });
        }
        (_, None) => tokens.push(Token { piece: Piece::Sign(character), word }),
    }
}

/// What a reader takes for a nought or a one, and the other way round.
const LETTERS_FOR_DIGITS: [char; 6] = ['O', 'o', 'Q', 'l', 'I', '|'];

/// O for 0 and l for 1, only between digits and the signs of a date.
fn repair_digits(characters: &mut [char]) {
    if !characters.contains(&'/') && !characters.contains(&'-') {
        return;
    }
    for character in characters {
        match character {
            'O' | 'o' | 'Q' => *character = '0',
            'l' | 'I' | '|' => *character = '1',
            _ => {}
        }
    }
}

fn date_at(rest: &[Token]) -> Option<Match> {
    numeric(rest)
        .or_else(|| lost_sign(rest))
        .or_else(|| day_month_name(rest))
        .or_else(|| month_name_day(rest))
        .or_else(|| calendars::date_at(rest))
        .or_else(|| compact(rest))
}

fn number(token: Option<&Token>) -> Option<(u32, usize)> {
    match token.map(|token| &token.piece) {
        Some(Piece::Number { value, digits }) => Some((*value, *digits)),
        Some(Piece::Letters(_) | Piece::Sign(_) | Piece::Space) | None => None,
    }
}

/// How many tokens a separator takes: one sign, with a space on either side or none. The sign is given back.
fn separator(rest: &[Token], at: usize) -> Option<(char, usize)> {
    let space = |index: usize| usize::from(matches!(rest.get(index).map(|token| &token.piece), Some(Piece::Space)));
    let before = space(at);
    match rest.get(at + before).map(|token| &token.piece) {
        Some(Piece::Sign(sign @ ('/' | '-' | '.'))) => Some((*sign, before + 1 + space(at + before + 1))),
        Some(Piece::Sign(_) | Piece::Number { .. } | Piece::Letters(_) | Piece::Space) | None => None,
    }
}

/// A year of four digits, or of two, which is this century's; of more where a time is stuck to it.
fn year_of(value: u32, digits: usize) -> Option<(i16, bool, bool)> {
    let (year, short, cut) = match digits {
        4 => (value, false, false),
        2 => (value + 2000, true, false),
        6 | 8 if value / 10_u32.pow(u32::try_from(digits - 4).ok()?) / 100 == 20 => {
            (value / 10_u32.pow(u32::try_from(digits - 4).ok()?), false, true)
        }
        // A year of the Republic stands last as well; it is no year of ours.
        3 if calendars::REPUBLIC_YEARS.contains(&value) => return None,
        // An edge or a speck was read as one more digit: "24-11-171".
        3 => (value / 10 + 2000, true, true),
        _ => return None,
    };
    let year = i16::try_from(year).ok().filter(|year| YEARS.contains(year))?;
    Some((year, short, cut))
}

fn day_or_month(value: u32) -> Option<i8> {
    i8::try_from(value).ok().filter(|value| (1..=31).contains(value))
}

fn numeric(rest: &[Token]) -> Option<Match> {
    let (first, first_digits) = number(rest.first())?;
    let (sign, gap) = separator(rest, 1)?;
    let (second, second_digits) = number(rest.get(1 + gap))?;
    let (sign_after, gap_after) = separator(rest, 2 + gap)?;
    let at = 2 + gap + gap_after;
    let (third, third_digits) = number(rest.get(at))?;
    if sign != sign_after || second_digits > 2 {
        return None;
    }
    // "12/03/2018/4" and "10.20.30.40" go on: no date.
    if let (Some(Piece::Sign('/' | '.')), Some(_)) =
        (rest.get(at + 1).map(|token| &token.piece), number(rest.get(at + 2)))
    {
        return None;
    }
    let used = at + 1;
    let colon_after = matches!(rest.get(at + 1).map(|token| &token.piece), Some(Piece::Sign(':')));
    // "2018-01-0522:55" has its time stuck to it.
    let stuck = first_digits == 4 && third_digits == 4 && colon_after;
    if first_digits == 4 && (third_digits <= 2 || stuck) {
        let (year, _, _) = year_of(first, 4)?;
        let third = if stuck { third / 100 } else { third };
        let (month, day) = (day_or_month(second)?, day_or_month(third)?);
        // "2025-11-1 7" is the first, or the seventeenth with its day cut in two.
        let repaired = third_digits == 1 && cut_off(rest, used, 1).is_some();
        return Some(Match { repaired, ..Match::plain(year, month, day, used) });
    }
    // "1.25.50" and other prices with two points are not dates of two-digit years.
    if first_digits > 2 || (sign == '.' && third_digits == 2 && first_digits == 1) {
        return None;
    }
    let (third, third_digits, used, cut) = whole_year(rest, at, (third, third_digits));
    let (year, short_year, repaired) = year_of(third, third_digits)?;
    let repaired = repaired || cut;
    let (left, right) = (day_or_month(first)?, day_or_month(second)?);
    let (day, month, order) = match (left <= 12, right <= 12) {
        (true, true) if left == right => (left, right, Order::DayFirst),
        (true, true) => (left, right, Order::Ambiguous),
        (false, true) => (left, right, Order::DayFirst),
        (true, false) => (right, left, Order::MonthFirst),
        (false, false) => return None,
    };
    let year_first = year_of(first, first_digits).filter(|_| short_year).and_then(|(year, ..)| {
        let (month, day) = (day_or_month(second)?, day_or_month(third)?);
        civil::Date::new(year, month, day).ok()
    });
    Some(Match { order, repaired, short_year, year_first, ..Match::plain(year, month, day, used) })
}

/// The digits of a word that stands right behind, as many as these; nothing where it begins a time of day.
fn cut_off(rest: &[Token], at: usize, digits_max: usize) -> Option<(u32, usize)> {
    let [Token { piece: Piece::Space, .. }, next, after @ ..] = rest.get(at..)? else { return None };
    let time = matches!(after.first().map(|token| &token.piece), Some(Piece::Sign(':' | '.') | Piece::Letters(_)));
    number(Some(next)).filter(|(_, digits)| !time && *digits <= digits_max)
}

/// The year at this token with what the reader cut off it: "24-11-1 7", "24-11-20 17". Gives its value, its digits, the
/// token after it, and whether it was cut.
fn whole_year(rest: &[Token], at: usize, (value, digits): (u32, usize)) -> (u32, usize, usize, bool) {
    match cut_off(rest, at + 1, 3) {
        Some((more, 1)) if digits == 1 => (value * 10 + more, 2, at + 3, true),
        Some((more, left)) if digits < 4 && digits + left == 4 => {
            let whole = value * 10_u32.pow(u32::try_from(left).unwrap_or(0)) + more;
            if whole / 100 == 20 { (whole, 4, at + 3, true) } else { (value, digits, at + 1, false) }
        }
        Some(_) | None => (value, digits, at + 1, false),
    }
}

/// "05 02-18": one of the two signs was not seen; only where each part is as long as a date's.
fn lost_sign(rest: &[Token]) -> Option<Match> {
    let (day, 2) = number(rest.first())? else { return None };
    let (month, 2) = number(rest.get(2))? else { return None };
    let (year, year_digits @ (2 | 4)) = number(rest.get(4))? else { return None };
    let between = [rest.get(1)?, rest.get(3)?].map(|token| &token.piece);
    let lost = matches!(between, [Piece::Space, Piece::Sign('-' | '/')] | [Piece::Sign('-' | '/'), Piece::Space]);
    let ends = matches!(rest.get(5).map(|token| &token.piece), None | Some(Piece::Space));
    let (year, short_year, _) = year_of(year, year_digits)?;
    let (day, month) = (day_or_month(day)?, day_or_month(month).filter(|month| *month <= 12)?);
    let order = if day <= 12 && day != month { Order::Ambiguous } else { Order::DayFirst };
    (lost && ends).then_some(Match { order, repaired: true, short_year, ..Match::plain(year, month, day, 5) })
}

/// The month a name says, by its whole name or its three first letters.
fn month_of(token: Option<&Token>) -> Option<i8> {
    let Some(Piece::Letters(letters)) = token.map(|token| &token.piece) else { return None };
    if let Some((_, month)) = WHOLE_MONTHS.iter().find(|(name, _)| letters == name) {
        return Some(*month);
    }
    let (_, month) = MONTHS.iter().rev().find(|(start, _)| letters.starts_with(start))?;
    let known = letters.chars().count() == 3 || MONTH_NAMES.split_whitespace().any(|name| name == letters);
    known.then_some(*month)
}

/// The only English month whose three letters differ from these in one.
fn nearly_month(token: Option<&Token>) -> Option<i8> {
    let Some(Piece::Letters(letters)) = token.map(|token| &token.piece) else { return None };
    let same = |name: &str| letters.chars().zip(name.chars()).filter(|(seen, meant)| seen == meant).count();
    let mut months = MONTHS.iter().take(12).filter(|(name, _)| letters.chars().count() == 3 && same(name) == 2);
    let (_, month) = months.next()?;
    months.next().is_none().then_some(*month)
}

/// Whether the word is a month's name.
pub(super) fn is_month(word: &str) -> bool {
    month_of(Some(&Token { piece: Piece::Letters(word.to_uppercase()), word: 0 })).is_some()
}

/// "3 de abril de 2024": past the little word between a day, a month and a year, where one stands there.
fn skip_of(rest: &[Token], at: usize) -> usize {
    let of = matches!(rest.get(at).map(|token| &token.piece), Some(Piece::Letters(word)) if matches!(word.as_str(), "DE" | "DEL" | "OF"));
    if of { skip(rest, at + 1) } else { at }
}

/// Skips spaces and the signs that stand between a day and a month's name.
fn skip(rest: &[Token], mut at: usize) -> usize {
    let stop = at + 3;
    while at < stop
        && matches!(
            rest.get(at).map(|token| &token.piece),
            Some(Piece::Space | Piece::Sign('/' | '-' | '.' | ',' | '\'' | '’'))
        )
    {
        at += 1;
    }
    at
}

fn day_month_name(rest: &[Token]) -> Option<Match> {
    let (day, digits) = number(rest.first())?;
    let mut at = 1;
    if let Some(Piece::Letters(letters)) = rest.get(at).map(|token| &token.piece)
        && matches!(letters.as_str(), "ST" | "ND" | "RD" | "TH" | "ER")
    {
        at += 1;
    }
    at = skip_of(rest, skip(rest, at));
    let between = |at: usize| matches!(rest.get(at).map(|token| &token.piece), Some(Piece::Sign('/' | '-')));
    let (month, misread) = match month_of(rest.get(at)) {
        Some(month) => (month, false),
        // "14/dun/2017": between two signs of a date one letter may be wrong.
        None => (nearly_month(rest.get(at)).filter(|_| between(at - 1) && between(at + 1))?, true),
    };
    at = skip_of(rest, skip(rest, at + 1));
    let (year, year_digits) = number(rest.get(at))?;
    let (year, short_year, repaired) = year_of(year, year_digits)?;
    let day = day_or_month(day).filter(|_| digits <= 2)?;
    // "25 MAY 18:30" is a time, not the year 2018.
    let time = short_year && matches!(rest.get(at + 1).map(|token| &token.piece), Some(Piece::Sign(':')));
    let repaired = repaired || misread;
    (!time).then_some(Match { repaired, short_year, ..Match::plain(year, month, day, at + 1) })
}

fn month_name_day(rest: &[Token]) -> Option<Match> {
    let month = month_of(rest.first())?;
    let mut at = skip(rest, 1);
    let (day, digits) = number(rest.get(at))?;
    at += 1;
    if let Some(Piece::Letters(letters)) = rest.get(at).map(|token| &token.piece)
        && matches!(letters.as_str(), "ST" | "ND" | "RD" | "TH")
    {
        at += 1;
    }
    at = skip(rest, at);
    let (year, year_digits) = number(rest.get(at)).filter(|(_, digits)| *digits == 4)?;
    let (year, ..) = year_of(year, year_digits)?;
    let day = day_or_month(day).filter(|_| digits <= 2)?;
    Some(Match::plain(year, month, day, at + 1))
}

/// 20250304, standing alone.
fn compact(rest: &[Token]) -> Option<Match> {
    let (value, digits) = number(rest.first())?;
    let alone = matches!(rest.get(1).map(|token| &token.piece), None | Some(Piece::Space));
    if digits != 8 || !alone {
        return None;
    }
    let (year, ..) = year_of(value / 10_000, 4)?;
    let (month, day) = (day_or_month(value / 100 % 100)?, day_or_month(value % 100)?);
    Some(Match { repaired: true, ..Match::plain(year, month, day, 1) })
}

#[cfg(test)]
mod tests;
