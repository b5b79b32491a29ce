//! Amounts in Chinese words, as cheques, fapiao and Hong Kong receipts write them beside the figures: 港幣壹仟貳佰元正.
//!
//! Traditional, simplified and everyday numerals may be mixed. An amount in words is a second witness for the total, so
//! the reading is strict: a form that a dropped or doubled character could have made (壹仟伍元, 壹壹佰元, 貳佰拾元) is
//! no amount. A middle zero may be written or not where that leaves no doubt, as China's rules for bills allow
//! (正确填写票据和结算凭证的基本规定): 壹拾萬零柒仟元 and 壹拾萬柒仟元, 捌拾元零叁角 and 捌拾元叁角.

use std::ops::Range;

use rust_decimal::Decimal;

use crate::extract::text::half_width;

/// More characters than the longest amount below a million millions, with spaces between them.
const LENGTH_MAX: usize = 80;

/// What may stand before the amount and says its currency.
const PREFIXES: &str = "人民幣 人民币 港幣 港币 港元 新臺幣 新台幣 新台币 台幣 臺幣 台币 澳門幣 澳门币 澳門元 澳门元 葡幣 葡币 美金 \
    HKD RMB CNY TWD NTD MOP";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Zero,
    /// One to nine.
    Digit(i64),
    /// Ten, hundred or thousand, by its power of ten.
    Small(u32),
    /// Ten thousand (4) or a hundred million (8).
    Big(u32),
    Yuan,
    Jiao,
    Fen,
    Whole,
}

const fn token(character: char) -> Option<Token> {
    Some(match character {
        '零' | '〇' | '○' => Token::Zero,
        '壹' | '壱' | '弌' | '一' => Token::Digit(1),
        '貳' | '贰' | '弍' | '二' | '兩' | '两' => Token::Digit(2),
        '叁' | '參' | '叄' | '参' | '三' => Token::Digit(3),
        '肆' | '四' => Token::Digit(4),
        '伍' | '五' => Token::Digit(5),
        '陸' | '陆' | '六' => Token::Digit(6),
        '柒' | '七' => Token::Digit(7),
        '捌' | '八' => Token::Digit(8),
        '玖' | '九' => Token::Digit(9),
        '拾' | '十' => Token::Small(1),
        '佰' | '百' => Token::Small(2),
        '仟' | '千' => Token::Small(3),
        '萬' | '万' => Token::Big(4),
        '億' | '亿' => Token::Big(8),
        '元' | '圓' | '圆' => Token::Yuan,
        '角' => Token::Jiao,
        '分' => Token::Fen,
        '整' | '正' => Token::Whole,
        _ => return None,
    })
}

/// Numerals that only stand in amounts and other figures of weight; 一百元 may be part of a sentence, 壹佰元 is not.
const fn is_formal(character: char) -> bool {
    matches!(
        character,
        '壹' | '貳'
            | '贰'
            | '叁'
            | '參'
            | '叄'
            | '肆'
            | '伍'
            | '陸'
            | '陆'
            | '柒'
            | '捌'
            | '玖'
            | '拾'
            | '佰'
            | '仟'
    )
}

/// The amount that the whole text says, in the currency's own units; nothing where anything else stands there.
///
/// Without 元 the text must name a currency or end in 整 or 正, so that a bare numeral is no amount.
pub(super) fn parse(text: &str) -> Option<Decimal> {
    if text.len() > LENGTH_MAX * 4 {
        return None;
    }
    let plain: String = text.chars().map(half_width).filter(|character| !character.is_whitespace()).collect();
    let prefix = PREFIXES.split_whitespace().find(|prefix| plain.starts_with(prefix));
    let rest = plain.get(prefix.map_or(0, |prefix| prefix.len())..)?;
    let rest = if prefix.is_some() { rest.trim_start_matches([':', '$', '¥']) } else { rest };
    let tokens: Vec<Token> = rest.chars().map(token).collect::<Option<_>>()?;
    amount(&tokens, prefix.is_some())
}

/// The amounts in a line, each with its bytes there, from left to right.
///
/// Only those with a formal numeral, or with 整 or 正 at the end: everyday ones are parts of sentences too often.
pub(super) fn find(line: &str) -> Vec<(Range<usize>, Decimal)> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(run) = next_run(line, start) {
        start = run.end;
        let text = line.get(run.clone()).unwrap_or_default();
        let formal = text.chars().any(|character| is_formal(character) || token(character) == Some(Token::Whole));
        let before = line.get(..run.start).unwrap_or_default();
        if formal && text.chars().count() <= LENGTH_MAX && begins_cleanly(before, text) {
            let named = currency_before(before);
            let tokens: Vec<Token> = text.chars().filter_map(token).collect();
            if let Some(amount) = amount(&tokens, named) {
                found.push((run, amount));
            }
        }
    }
    found
}

/// The next characters that belong to amounts, with spaces between them; 整 and 正 end an amount.
fn next_run(line: &str, from: usize) -> Option<Range<usize>> {
    let rest = line.get(from..)?;
    // What follows a numeral but begins no amount (元 of 三元, 正 of 正本) is passed over.
    let begins = |character: char| {
        matches!(token(character), Some(Token::Zero | Token::Digit(_) | Token::Small(_) | Token::Big(_)))
    };
    let start = from + rest.find(begins)?;
    let mut end = start;
    for (at, character) in line.get(start..)?.char_indices() {
        match token(character) {
            Some(token) => {
                end = start + at + character.len_utf8();
                if token == Token::Whole {
                    break;
                }
            }
            None if character.is_whitespace() => {}
            None => break,
        }
    }
    Some(start..end)
}

/// Whether nothing directly before the amount belongs to it: a figure ("5佰元"), or a character that was misread before
/// a lone ten ("?拾元").
fn begins_cleanly(before: &str, text: &str) -> bool {
    let Some(last) = before.trim_end().chars().next_back().map(half_width) else { return true };
    let lone_ten = text.chars().next().and_then(token) == Some(Token::Small(1));
    let opening = matches!(last, ':' | ')' | ']' | '】' | '⊗' | 'ⓧ' | '¥' | '$');
    let ends_sentence = before.ends_with(char::is_whitespace) && !last.is_ascii_alphanumeric();
    !last.is_ascii_digit() && (!lone_ten || opening || ends_sentence || currency_before(before))
}

fn currency_before(before: &str) -> bool {
    let before: String = before.chars().map(half_width).filter(|character| !character.is_whitespace()).collect();
    let before = before.trim_end_matches([':', '$', '¥']);
    PREFIXES.split_whitespace().any(|prefix| before.ends_with(prefix))
}

/// A whole amount: the units, 元, tenths and hundredths, 整.
fn amount(tokens: &[Token], named: bool) -> Option<Decimal> {
    let (tokens, whole) = match tokens.split_last() {
        Some((Token::Whole, rest)) => (rest, true),
        Some(_) | None => (tokens, false),
    };
    let (units, parts) = match tokens.iter().position(|token| *token == Token::Yuan) {
        Some(at) => (units(tokens.get(..at)?)?, parts(tokens.get(at + 1..)?)?),
        None if tokens.iter().any(|token| matches!(token, Token::Jiao | Token::Fen)) => (0, parts(tokens)?),
        None if named || whole => (units(tokens)?, 0),
        None => return None,
    };
    Some(Decimal::new(units.checked_mul(100)?.checked_add(parts)?, 2))
}

/// A number below a million millions, as it is being read.
struct Number {
    /// The sections of 億 and 萬 that are done.
    total: i64,
    /// The section of four places that is being read.
    section: i64,
    /// The next place of the section must be lower than this power of ten.
    floor: u32,
    /// The next 億 or 萬 must be lower than this one.
    floor_big: u32,
    /// A digit whose place is not known yet.
    digit: Option<i64>,
    /// A zero was written and waits for what it precedes.
    zero: bool,
}

const SECTION: u32 = 4;

fn units(tokens: &[Token]) -> Option<i64> {
    if tokens == [Token::Zero] {
        return Some(0);
    }
    let mut number = Number { total: 0, section: 0, floor: SECTION, floor_big: 9, digit: None, zero: false };
    for (index, token) in tokens.iter().enumerate() {
        match token {
            Token::Zero if index > 0 && !number.zero && number.digit.is_none() => number.zero = true,
            Token::Digit(digit) if number.digit.is_none() => number.digit = Some(*digit),
            // A lone ten is ten, but only at the start: anywhere else a digit was lost.
            Token::Small(1) if index == 0 => number.place(1, 1)?,
            Token::Small(place) => {
                let digit = number.digit.take()?;
                number.place(digit, *place)?;
            }
            Token::Big(place) => number.close(*place)?,
            Token::Zero | Token::Digit(_) | Token::Yuan | Token::Jiao | Token::Fen | Token::Whole => return None,
        }
    }
    number.ones()?;
    (!tokens.is_empty() && !number.zero).then_some(number.total + number.section)
}

impl Number {
    /// A digit at a place of the section. A zero before it must stand for a place, except at the start of a section,
    /// where it may stand or not.
    fn place(&mut self, digit: i64, place: u32) -> Option<()> {
        let starts = self.floor == SECTION;
        if place >= self.floor || (self.zero && !starts && place + 1 == self.floor) {
            return None;
        }
        self.section += digit * 10_i64.pow(place);
        self.floor = place;
        self.zero = false;
        Some(())
    }

    /// A digit without a place is the ones. Behind a skipped place it needs its zero: 壹仟伍 may be 1005 or 1500.
    fn ones(&mut self) -> Option<()> {
        let Some(digit) = self.digit.take() else { return Some(()) };
        let first = self.floor == SECTION && self.total == 0;
        let skips = self.floor > 1 && !first;
        if skips != self.zero {
            return None;
        }
        self.place(digit, 0)
    }

    /// 萬 or 億 ends the section.
    fn close(&mut self, place: u32) -> Option<()> {
        self.ones()?;
        if self.zero || self.section == 0 || place >= self.floor_big {
            return None;
        }
        self.total += self.section * 10_i64.pow(place);
        (self.section, self.floor, self.floor_big) = (0, SECTION, place);
        Some(())
    }
}

/// Tenths and hundredths behind 元, as hundredths: 叁角貳分, 零伍分, 零角零分, or nothing.
fn parts(tokens: &[Token]) -> Option<i64> {
    let (tenths, rest) = match tokens {
        [Token::Zero, Token::Jiao, rest @ ..] => (Some(0), rest),
        [Token::Zero, Token::Digit(digit), Token::Jiao, rest @ ..] | [Token::Digit(digit), Token::Jiao, rest @ ..] => {
            (Some(*digit), rest)
        }
        rest => (None, rest),
    };
    let hundredths = match rest {
        [] | [Token::Zero, Token::Fen] => 0,
        [Token::Digit(digit), Token::Fen] => *digit,
        [Token::Zero, Token::Digit(digit), Token::Fen] if tenths.is_none_or(|tenths| tenths == 0) => *digit,
        _ => return None,
    };
    Some(tenths.unwrap_or(0) * 10 + hundredths)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FORMAL: [&str; 10] = ["零", "壹", "貳", "叁", "肆", "伍", "陸", "柒", "捌", "玖"];
    const SIMPLE: [&str; 10] = ["〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"];

    /// How an amount is written.
    #[derive(Debug, Clone, Copy)]
    struct Style {
        formal: bool,
        /// A zero at the start of a section whose thousands are there but the place before them is not.
        zero_at_section: bool,
        /// A zero between 元 and 角 where the ones are nothing.
        zero_at_tenths: bool,
        lone_ten: bool,
    }

    fn section(value: i64, style: Style, before: bool) -> String {
        let digits = if style.formal { FORMAL } else { SIMPLE };
        let places = if style.formal { ["", "拾", "佰", "仟"] } else { ["", "十", "百", "千"] };
        let (mut text, mut gap) = (String::new(), false);
        for place in (0..4).rev() {
            let digit = value / 10_i64.pow(place) % 10;
            if digit == 0 {
                gap = gap || before || !text.is_empty();
                continue;
            }
            if gap {
                text.push_str(digits[0]);
            }
            gap = false;
            text.push_str(digits[usize::try_from(digit).expect("one digit")]);
            text.push_str(places[usize::try_from(place).expect("one of four")]);
        }
        text
    }

    fn write(cents: i64, style: Style) -> String {
        let (units, tenths, hundredths) = (cents / 100, cents / 10 % 10, cents % 10);
        let digit =
            |value: i64| (if style.formal { FORMAL } else { SIMPLE })[usize::try_from(value).expect("one digit")];
        let mut text = String::new();
        let sections = [(units / 100_000_000, "億"), (units / 10_000 % 10_000, "萬"), (units % 10_000, "")];
        let mut gap = false;
        for (value, name) in sections {
            if value == 0 {
                gap = !text.is_empty();
                continue;
            }
            let part = section(value, style, !text.is_empty());
            // A whole section left out asks for a zero too, which may stand or not before thousands.
            let wanted = (gap || style.zero_at_section) && value >= 1000 && !text.is_empty();
            if wanted && style.zero_at_section {
                text.push_str(digit(0));
            }
            text.push_str(&part);
            text.push_str(name);
            gap = false;
        }
        if units == 0 {
            text.push_str(digit(0));
        }
        if style.lone_ten && (text.starts_with("壹拾") || text.starts_with("一十")) {
            text = text.chars().skip(1).collect();
        }
        text.push('元');
        match (tenths, hundredths) {
            (0, 0) => text.push('正'),
            (0, _) => text.push_str(&format!("{}{}分", digit(0), digit(hundredths))),
            (_, _) => {
                if style.zero_at_tenths {
                    text.push_str(digit(0));
                }
                text.push_str(&format!("{}角", digit(tenths)));
                if hundredths > 0 {
                    text.push_str(&format!("{}分", digit(hundredths)));
                } else {
                    text.push('整');
                }
            }
        }
        text
    }

    fn style() -> impl Strategy<Value = Style> {
        any::<(bool, bool, bool, bool)>().prop_map(|(formal, zero_at_section, zero_at_tenths, lone_ten)| Style {
            formal,
            zero_at_section,
            zero_at_tenths,
            lone_ten,
        })
    }

    fn decimal(text: &str) -> Decimal {
        text.parse().expect("a decimal")
    }

    #[test]
    fn amounts() {
        for (text, amount) in [
            ("港幣壹仟貳佰元正", "1200"),
            ("人民币壹佰壹拾贰圆整", "112"),
            ("人民币 壹 佰 壹 拾 贰 圆 整", "112"),
            ("拾元正", "10"),
            ("拾貳元伍角", "12.50"),
            ("拾萬元整", "100000"),
            ("壹拾萬柒仟元零伍角叁分", "107000.53"),
            ("壹拾萬零柒仟元伍角叁分", "107000.53"),
            ("壹仟陸佰捌拾元零叁角貳分", "1680.32"),
            ("壹仟陆佰捌拾元叁角贰分", "1680.32"),
            ("壹仟肆佰零玖元伍角", "1409.50"),
            ("陸仟零柒元壹角肆分", "6007.14"),
            ("叁佰貳拾伍元零肆分", "325.04"),
            ("壹仟伍拾元", "1050"),
            ("壹仟零伍拾元", "1050"),
            ("壹萬伍佰元", "10500"),
            ("壹萬零伍元", "10005"),
            ("一百二十三元四角五分", "123.45"),
            ("兩千三百元", "2300"),
            ("伍角", "0.50"),
            ("零元伍分", "0.05"),
            ("零元整", "0"),
            ("壹佰元零角零分", "100"),
            ("參佰圓正", "300"),
            ("港幣：壹佰", "100"),
            ("玖仟玖佰玖拾玖億玖仟玖佰玖拾玖萬玖仟玖佰玖拾玖元玖角玖分", "999999999999.99"),
            ("壹億元整", "100000000"),
            ("壹億零叁拾萬元整", "100300000"),
        ] {
            assert_eq!(parse(text), Some(decimal(amount)), "{text}");
        }
    }

    #[test]
    fn no_amounts() {
        let broken = "元 整 港幣 一百 壹佰 壹壹佰元 壹佰貳佰元 壹拾佰元 貳佰拾元 壹仟伍元 壹萬伍元 壹佰零伍拾元 壹佰零元 \
            零壹佰元 壹佰零零伍元 萬元 壹萬貳萬元 壹萬億元 壹佰元元 壹佰元伍 壹佰元伍分叁角 伍角零叁分 壹佰元正元 \
            壹佰X元 5佰元 壹億萬元 壹佰元零";
        for text in broken.split_whitespace().chain([""]) {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn in_lines() {
        for (line, expected) in [
            ("茲收到港幣壹仟貳佰元正 HK$1,200.00", &[("壹仟貳佰元正", "1200")][..]),
            ("价税合计（大写） ⊗壹佰壹拾贰圆整 （小写）¥112.00", &[("壹佰壹拾贰圆整", "112")]),
            ("合計：拾元正", &[("拾元正", "10")]),
            ("HKD 壹佰 only", &[("壹佰", "100")]),
            ("壹佰元正 貳佰元正", &[("壹佰元正", "100"), ("貳佰元正", "200")]),
            ("共 三百元正", &[("三百元正", "300")]),
            ("滿一百元減十元", &[]),
            ("貨品?拾元正", &[]),
            ("1拾元正", &[]),
            ("壹壹佰元正", &[]),
            ("三元里十三號 正本", &[]),
            ("肆號室", &[]),
            ("", &[]),
        ] {
            let seen: Vec<_> = find(line).into_iter().map(|(range, amount)| (line[range].to_owned(), amount)).collect();
            let expected: Vec<_> =
                expected.iter().map(|(text, amount)| ((*text).to_owned(), decimal(amount))).collect();
            assert_eq!(seen, expected, "{line}");
        }
    }

    proptest! {
        #[test]
        fn written_and_read_again(cents in 0_i64..=99_999_999_999_999, shift in 0_u32..12, style in style()) {
            // Small amounts as often as large ones.
            let cents = cents / 10_i64.pow(shift);
            let text = write(cents, style);
            prop_assert_eq!(parse(&text), Some(Decimal::new(cents, 2)), "{}", text);
            let found = find(&format!("合計：{text}；"));
            if style.formal && cents >= 100 {
                prop_assert_eq!(found.len(), 1, "{}", text);
            }
        }

        /// Round amounts are where the zeros are.
        #[test]
        fn round_ones_too(
            digits in prop::collection::vec(prop::sample::select(vec![0_i64, 0, 0, 1, 5, 9]), 1..14),
            style in style(),
        ) {
            let cents = digits.iter().fold(0, |value, digit| value * 10 + digit);
            let text = write(cents, style);
            prop_assert_eq!(parse(&text), Some(Decimal::new(cents, 2)), "{}", text);
        }

        /// A character lost anywhere gives another amount only where what is left is itself well formed; a doubled
        /// numeral never does.
        #[test]
        fn a_doubled_numeral_is_noticed(cents in 100_i64..99_999_999, at in 0_usize..20) {
            let style = Style { formal: true, zero_at_section: false, zero_at_tenths: false, lone_ten: false };
            let text = write(cents, style);
            let mut characters: Vec<char> = text.chars().collect();
            let at = at % characters.len();
            let doubled = characters[at];
            characters.insert(at, doubled);
            let numeral = !matches!(token(doubled), Some(Token::Whole));
            prop_assert!(!numeral || parse(&characters.into_iter().collect::<String>()).is_none());
        }

        #[test]
        fn never_panics(text in any::<String>(), words in "[零〇壹貳叁十拾佰仟萬億元角分整正 港幣：5]{0,40}") {
            let _ = (parse(&text), parse(&words), find(&text));
            for (range, _) in find(&words) {
                prop_assert!(words.get(range).is_some());
            }
        }
    }
}
