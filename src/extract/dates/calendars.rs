//! Dates that count their years from another beginning than ours, and dates in Chinese numerals: 民國114年3月4日,
//! 114/03/04, 令和7年3月4日, R7.3.4, 2025年3月4日, 二〇二五年三月四日.
//!
//! 114/03/04 and R7.3.4 look like many things that are no dates. They are believed only on a page that shows by other
//! words that it comes from Taiwan or from Japan; 民國 and 令和 say it themselves.

use jiff::civil;

use super::{Match, Piece, Token, YEARS, day_or_month, number, separator};
use crate::extract::{
    rows::Row,
    said::Phrases,
    text::{han_digit, is_kana},
};

/// Years of the Republic in which a paper of three digits was issued: 2011 to 2040.
pub(super) const REPUBLIC_YEARS: std::ops::RangeInclusive<u32> = 100..=129;
/// Those of two digits that cannot be a day, and are not yet forgotten.
const REPUBLIC_YEARS_SHORT: std::ops::RangeInclusive<u32> = 90..=99;
/// The first year of 昭和, before which no era that is known here began.
const YEAR_FIRST: i16 = 1926;

/// What a page must show for something that looks like a date to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) enum Needs {
    /// It is one by itself.
    Nothing,
    /// That the page comes from Taiwan.
    Taiwan,
    /// That the page comes from Japan.
    Japan,
}

/// The calendars that a page shows to be used on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::extract) struct Calendars {
    taiwan: bool,
    japan: bool,
}

/// Words that stand on papers from Taiwan and hardly elsewhere.
static TAIWAN: Phrases = Phrases::new(&[
    "TAIWAN",
    "統一發票",
    "電子發票證明聯",
    "統一編號",
    "統編",
    "中華民國",
    "台灣",
    "臺灣",
    "台北",
    "臺北",
    "新北市",
    "台中",
    "臺中",
    "台南",
    "臺南",
    "高雄",
    "桃園",
    "新竹",
    "新台幣",
    "新臺幣",
    "營業人",
    "TWD",
    "NTD",
]);
/// Words that stand on papers from Japan and hardly elsewhere.
pub(in crate::extract) static JAPAN: Phrases = Phrases::new(&[
    "JAPAN",
    "JPY",
    "株式会社",
    "有限会社",
    "合同会社",
    "領収",
    "請求書",
    "消費税",
    "税込",
    "税抜",
    "登録番号",
    "東京都",
    "大阪府",
    "京都府",
    "令和",
    "平成",
]);
/// So many letters of kana are Japanese.
const KANA_LETTERS: usize = 4;

/// Whether the rows are written in Japanese.
pub(in crate::extract) fn is_japanese(rows: &[Row<'_>]) -> bool {
    let words = rows.iter().flat_map(|row| &row.words);
    words.flat_map(|word| word.text.chars()).filter(|c| is_kana(*c)).count() >= KANA_LETTERS
}

impl Calendars {
    /// Those of a page's rows.
    pub(in crate::extract) fn of(rows: &[Row<'_>]) -> Self {
        let says = |phrases: &Phrases| rows.iter().any(|row| row.said().any(phrases));
        let has = |mark: &str| rows.iter().any(|row| row.text().contains(mark));
        let japan = is_japanese(rows) || says(&JAPAN) || has("円");
        Self { taiwan: says(&TAIWAN) || has("NT$") || has("R.O.C."), japan }
    }

    /// Whether a date that needs this is believed.
    pub(in crate::extract) const fn show(self, needs: Needs) -> bool {
        match needs {
            Needs::Nothing => true,
            Needs::Taiwan => self.taiwan,
            Needs::Japan => self.japan,
        }
    }
}

/// What years are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Era {
    Republic,
    Reiwa,
    Heisei,
    Showa,
}

impl Era {
    const fn year_before(self) -> u32 {
        match self {
            Self::Republic => 1911,
            Self::Reiwa => 2018,
            Self::Heisei => 1988,
            Self::Showa => 1925,
        }
    }

    /// Whether the era was running: papers printed before its end may name it for later days, and other years were
    /// misread.
    fn holds(self, date: civil::Date) -> bool {
        let (reiwa, heisei) = (civil::date(2019, 5, 1), civil::date(1989, 1, 8));
        match self {
            Self::Republic => true,
            Self::Reiwa => date >= reiwa,
            Self::Heisei => (heisei..reiwa).contains(&date),
            Self::Showa => date < heisei,
        }
    }
}

/// The signs that hold an era's whole name, as its two characters; any other character as it is.
pub(super) fn era_signs(character: char) -> impl Iterator<Item = char> {
    let (first, second) = match character {
        '\u{32ff}' => ('令', Some('和')),
        '㍻' => ('平', Some('成')),
        '㍼' => ('昭', Some('和')),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

/// The date of another calendar, or in Chinese, that begins here.
pub(super) fn date_at(rest: &[Token]) -> Option<Match> {
    if let Some((era, used)) = era_named(rest) {
        let parts = parts_with_units(rest, used).or_else(|| parts_with_signs(rest, used))?;
        return era_date(&parts, era, Needs::Nothing);
    }
    if let Some((era, used)) = era_letter(rest) {
        let parts = parts_with_signs(rest, used).or_else(|| parts_with_units(rest, used))?;
        return era_date(&parts, era, Needs::Japan).filter(|_| parts.year_digits <= 2);
    }
    if let Some(parts) = parts_with_units(rest, 0) {
        return match parts.year_digits {
            4 => common_date(&parts, parts.year),
            3 => era_date(&parts, Era::Republic, Needs::Nothing),
            // 25年 is 2025 in China, 平成25年 where that goes without saying: a person decides.
            2 => {
                common_date(&parts, parts.year + 2000).map(|found| Match { repaired: true, short_year: true, ..found })
            }
            _ => None,
        };
    }
    let parts = parts_with_signs(rest, 0)?;
    let found = era_date(&parts, Era::Republic, Needs::Taiwan)?;
    match parts.year_digits {
        3 if REPUBLIC_YEARS.contains(&parts.year) => Some(found),
        2 if REPUBLIC_YEARS_SHORT.contains(&parts.year) => Some(Match { repaired: true, ..found }),
        _ => None,
    }
}

/// The numbers of a date as they stand.
struct Parts {
    year: u32,
    year_digits: usize,
    month: i8,
    day: i8,
    used: usize,
}

fn common_date(parts: &Parts, year: u32) -> Option<Match> {
    let year = i16::try_from(year).ok().filter(|year| YEARS.contains(year))?;
    Some(Match::plain(year, parts.month, parts.day, parts.used))
}

fn era_date(parts: &Parts, era: Era, needs: Needs) -> Option<Match> {
    let year = i16::try_from(parts.year.checked_add(era.year_before())?).ok()?;
    let year = Some(year).filter(|year| parts.year > 0 && (YEAR_FIRST..=*YEARS.end()).contains(year))?;
    let date = civil::Date::new(year, parts.month, parts.day).ok()?;
    let repaired = !era.holds(date);
    Some(Match { repaired, needs, ..Match::plain(year, parts.month, parts.day, parts.used) })
}

fn sign(rest: &[Token], at: usize) -> Option<char> {
    match rest.get(at).map(|token| &token.piece) {
        Some(Piece::Sign(sign)) => Some(*sign),
        Some(Piece::Number { .. } | Piece::Letters(_) | Piece::Space) | None => None,
    }
}

fn space(rest: &[Token], at: usize) -> usize {
    usize::from(matches!(rest.get(at).map(|token| &token.piece), Some(Piece::Space)))
}

/// 民國, 令和 and so on, or R.O.C., and how many tokens they and the space behind them take.
fn era_named(rest: &[Token]) -> Option<(Era, usize)> {
    let letters = |at: usize, meant: &str| match rest.get(at).map(|token| &token.piece) {
        Some(Piece::Letters(letters)) => letters == meant,
        Some(Piece::Number { .. } | Piece::Sign(_) | Piece::Space) | None => false,
    };
    let dotted = letters(0, "R")
        && letters(2, "O")
        && letters(4, "C")
        && sign(rest, 1) == Some('.')
        && sign(rest, 3) == Some('.');
    let (era, mut used) = if letters(0, "ROC") {
        (Era::Republic, 1)
    } else if dotted {
        (Era::Republic, 5 + usize::from(sign(rest, 5) == Some('.')))
    } else {
        let second = 1 + space(rest, 1);
        let era = match (sign(rest, 0)?, sign(rest, second)?) {
            ('民', '國' | '国') => Era::Republic,
            ('令', '和') => Era::Reiwa,
            ('平', '成') => Era::Heisei,
            ('昭', '和') => Era::Showa,
            _ => return None,
        };
        (era, second + 1)
    };
    used += space(rest, used);
    Some((era, used))
}

/// The letter of a Japanese era with its year right behind it: R7, H31, R元.
fn era_letter(rest: &[Token]) -> Option<(Era, usize)> {
    let Some(Piece::Letters(letters)) = rest.first().map(|token| &token.piece) else { return None };
    let era = match letters.as_str() {
        "R" => Era::Reiwa,
        "H" => Era::Heisei,
        "S" => Era::Showa,
        _ => return None,
    };
    (number(rest.get(1)).is_some() || sign(rest, 1) == Some('元')).then_some((era, 1))
}

/// 114年3月4日, 元年五月一號; the units may stand apart.
fn parts_with_units(rest: &[Token], start: usize) -> Option<Parts> {
    let mut at = start;
    let mut numbers = [(0_u32, 0_usize); 3];
    for (index, (part, units)) in numbers.iter_mut().zip(["年", "月", "日号號"]).enumerate() {
        at += if index > 0 { space(rest, at) } else { 0 };
        let (value, digits, next) = part_at(rest, at).or_else(|| first_year(rest, at).filter(|_| index == 0))?;
        *part = (value, digits);
        at = next + space(rest, next);
        sign(rest, at).filter(|unit| units.contains(*unit))?;
        at += 1;
    }
    let [(year, year_digits), (month, _), (day, _)] = numbers;
    Some(Parts { year, year_digits, month: day_or_month(month)?, day: day_or_month(day)?, used: at })
}

/// 114/03/04, 7.3.4: the year first, with one kind of sign between.
fn parts_with_signs(rest: &[Token], start: usize) -> Option<Parts> {
    let (year, year_digits, next) = part_at(rest, start).or_else(|| first_year(rest, start))?;
    let (first, gap) = separator(rest, next)?;
    let (month, month_digits) = number(rest.get(next + gap))?;
    let (second, gap_after) = separator(rest, next + gap + 1)?;
    let at = next + gap + 1 + gap_after;
    let (day, day_digits) = number(rest.get(at))?;
    let goes_on = matches!(rest.get(at + 1).map(|token| &token.piece), Some(Piece::Sign('/' | '.' | '-')))
        && number(rest.get(at + 2)).is_some();
    // "114-03-0 4": the day may be cut in two.
    let cut = day_digits == 1 && super::cut_off(rest, at + 1, 1).is_some();
    let fits = first == second && year_digits <= 3 && month_digits <= 2 && day_digits <= 2 && !goes_on && !cut;
    let (month, day) = (day_or_month(month)?, day_or_month(day)?);
    fits.then_some(Parts { year, year_digits, month, day, used: at + 1 })
}

/// 元: the first year of an era, as a number with its digits and the token after it.
fn first_year(rest: &[Token], at: usize) -> Option<(u32, usize, usize)> {
    (sign(rest, at) == Some('元')).then_some((1, 1, at + 1))
}

/// A number in figures or in Chinese numerals, its digits, and the token after it.
fn part_at(rest: &[Token], at: usize) -> Option<(u32, usize, usize)> {
    match numerals(rest, at) {
        Some(found) => Some(found),
        None => number(rest.get(at)).map(|(value, digits)| (value, digits, at + 1)),
    }
}

/// The most signs of one number: 一百一十四.
const NUMERALS_MAX: usize = 5;

/// 二〇二五 digit by digit, or 一百一十四, 十一, 廿四 with units. A reader often takes 〇 for a 0.
fn numerals(rest: &[Token], start: usize) -> Option<(u32, usize, usize)> {
    let (mut signs, mut at) = (Vec::new(), start);
    loop {
        let next = at + if signs.is_empty() { 0 } else { space(rest, at) };
        let Some(numeral) = numeral(rest, next) else { break };
        signs.push(numeral);
        at = next + 1;
        if signs.len() > NUMERALS_MAX {
            return None;
        }
    }
    if !signs.iter().any(|numeral| matches!(numeral, Numeral::Sign(_) | Numeral::Tens(_) | Numeral::Hundred)) {
        return None;
    }
    let digit = |numeral: &Numeral| match numeral {
        Numeral::Sign(digit) => Some(*digit),
        Numeral::Figure => Some(0),
        Numeral::Tens(_) | Numeral::Hundred => None,
    };
    let (value, digits) = match signs.iter().map(digit).collect::<Option<Vec<u32>>>() {
        Some(digits) if digits.len() <= 4 => (digits.iter().fold(0, |value, digit| value * 10 + digit), digits.len()),
        Some(_) => return None,
        None => {
            let value = counted(&signs)?;
            (value, value.to_string().len())
        }
    };
    Some((value, digits, at))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numeral {
    /// A digit as a Chinese sign.
    Sign(u32),
    /// A nought as a figure.
    Figure,
    /// 十, or so many of them in one sign: 廿, 卅.
    Tens(Option<u32>),
    Hundred,
}

fn numeral(rest: &[Token], at: usize) -> Option<Numeral> {
    if number(rest.get(at)) == Some((0, 1)) {
        return Some(Numeral::Figure);
    }
    Some(match sign(rest, at)? {
        '十' | '拾' => Numeral::Tens(None),
        '廿' => Numeral::Tens(Some(2)),
        '卅' => Numeral::Tens(Some(3)),
        '百' | '佰' => Numeral::Hundred,
        other => Numeral::Sign(han_digit(other)?),
    })
}

/// A number below a thousand with its units. 一百四 may be 104 or 140; it is none.
fn counted(signs: &[Numeral]) -> Option<u32> {
    let (mut sum, mut digit, mut above, mut zero) = (0, None, 1000, false);
    for numeral in signs {
        match numeral {
            Numeral::Sign(0) | Numeral::Figure if above == 100 && digit.is_none() && !zero => zero = true,
            Numeral::Sign(0) | Numeral::Figure => return None,
            Numeral::Sign(value) if digit.is_none() => digit = Some(*value),
            Numeral::Hundred if above == 1000 => (sum, above) = (digit.take()? * 100, 100),
            Numeral::Tens(many) if above > 10 && (many.is_none() || digit.is_none()) => {
                sum += many.or(digit.take()).unwrap_or(1) * 10;
                above = 10;
            }
            Numeral::Sign(_) | Numeral::Hundred | Numeral::Tens(_) => return None,
        }
    }
    let plain = digit.is_none() || above == 10 || zero;
    plain.then_some(sum + digit.unwrap_or(0))
}
