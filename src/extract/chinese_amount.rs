//! Amounts in Chinese words, as they stand on fapiao, cheques and handwritten receipts: 港幣壹仟貳佰元正.
//!
//! An amount in words is a second writing of the total, made to be hard to change; it is worth asking only where it
//! is read strictly. So every sign must have its place: a digit without a unit, a unit without a digit, a unit out of
//! order give nothing, because each of them may be a sign that was lost. 壹佰伍元 may be 105 or a lost 拾; it gives
//! nothing. Traditional, simplified, capital and everyday signs may stand side by side. The rules are those of the
//! People's Bank of China (正确填写票据和结算凭证的基本规定), wider where more ways of writing mean the same amount: a middle zero
//! may be written or not, every place may be written with its zero (零仟伍佰零拾零元零角零分), and 拾 alone, first, is ten.

use rust_decimal::Decimal;

use crate::extract::text::{half_width, han_digit, is_han};

/// A line with more signs holds no single amount; it is not looked at.
const LINE_MAX: usize = 1000;
/// A 角 so many characters after an amount that ended in 元 belongs to it.
const FOLLOWS_WITHIN: usize = 4;

/// What says that the amount is taken back, on a red-letter fapiao.
const MINUS: &[&str] = &["负数", "負數", "负", "負"];
/// The last signs of what may stand right before an amount in a line: 幣, 大寫, 合計, 金額, 收款, 總, 共, 實收.
const LABEL_ENDS: &str = "币幣写寫计計额額款總总共收";
/// The mark on a fapiao that closes the place before the amount, so that nothing can be put there; and as the text of
/// many PDFs has it.
const SEAL: char = '⊗';
const SEAL_AS_LETTER: char = 'ⓧ';

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    /// Nought.
    Zero,
    /// One to nine.
    Digit(u64),
    /// Ten, a hundred, a thousand.
    Unit(u64),
    /// Ten thousand, a hundred million.
    Myriad(u64),
    /// Yuan, or the dollar.
    Yuan,
    /// A tenth.
    Tenth,
    /// A hundredth.
    Cent,
    /// "And nothing more".
    Whole,
}

fn sign_of(character: char) -> Option<Sign> {
    if let Some(digit) = han_digit(character) {
        return Some(if digit == 0 { Sign::Zero } else { Sign::Digit(digit.into()) });
    }
    Some(match character {
        '十' | '拾' => Sign::Unit(10),
        '百' | '佰' => Sign::Unit(100),
        '千' | '仟' => Sign::Unit(1000),
        '万' | '萬' => Sign::Myriad(MYRIAD),
        '亿' | '億' => Sign::Myriad(MYRIAD * MYRIAD),
        '元' | '圆' | '圓' | '円' => Sign::Yuan,
        // 毫 and 仙 are Hong Kong's.
        '角' | '毫' => Sign::Tenth,
        '分' | '仙' => Sign::Cent,
        '整' | '正' => Sign::Whole,
        _ => return None,
    })
}

const MYRIAD: u64 = 10_000;

/// The amount in words in a line of a document, spaced or not; nothing where there is none, where there are two that
/// differ, or where a part of one stands somewhere that cannot be read, which would leave another part looking whole.
pub(super) fn find(line: &str) -> Option<Decimal> {
    // No sign of an amount is an ASCII one.
    if line.is_ascii() {
        return None;
    }
    let characters: Vec<char> = line.chars().map(half_width).take(LINE_MAX + 1).collect();
    if characters.len() > LINE_MAX {
        return None;
    }
    let mut found: Option<Decimal> = None;
    let mut at = 0;
    while let Some(rest) = characters.get(at..).filter(|rest| !rest.is_empty()) {
        let length = run(rest);
        if length == 0 {
            at += 1;
            continue;
        }
        let (before, inside) = (characters.get(..at)?, rest.get(..length)?);
        at += length;
        if !is_part_of_an_amount(inside) {
            continue;
        }
        let signs: Vec<Sign> = inside.iter().copied().filter_map(sign_of).collect();
        let negative = begins(before)?;
        if !ends(&signs, characters.get(at..).unwrap_or_default()) {
            return None;
        }
        let amount = amount_of(&signs).map(|amount| if negative { -amount } else { amount })?;
        if found.is_some_and(|known| known != amount) {
            return None;
        }
        found = Some(amount);
    }
    found
}

/// How many characters from here on are signs of amounts, with spaces between them but not after.
fn run(characters: &[char]) -> usize {
    let signs = characters.iter().take_while(|character| **character == ' ' || sign_of(**character).is_some());
    let length = signs.count();
    let last = characters.iter().take(length).rposition(|character| *character != ' ');
    match characters.first() {
        Some(' ') | None => 0,
        Some(_) => last.map_or(0, |last| last + 1),
    }
}

/// Whether these signs are at least a piece of an amount: a unit, a sum, or one of the capital digits, which nobody
/// writes but in amounts. 一 in a list, 正 and 元 in a name are none.
fn is_part_of_an_amount(characters: &[char]) -> bool {
    let signs: Vec<Sign> = characters.iter().copied().filter_map(sign_of).collect();
    let counted = signs.iter().any(|sign| matches!(sign, Sign::Digit(_) | Sign::Zero));
    let money = signs.iter().any(|sign| matches!(sign, Sign::Yuan | Sign::Tenth | Sign::Cent));
    let unit = signs.iter().any(|sign| matches!(sign, Sign::Unit(_) | Sign::Myriad(_)));
    let capital = characters.iter().any(|character| "零壹贰貳叁參肆伍陆陸柒捌玖".contains(*character));
    unit || capital || (counted && money)
}

/// Whether an amount may begin after these characters, and whether they say that it is taken back. A Chinese
/// character that is no label, a figure or a dash may be the amount's first sign, misread.
fn begins(before: &[char]) -> Option<bool> {
    let before: String = before.iter().filter(|character| !matches!(character, ' ' | '(' | ')' | '[' | ']')).collect();
    let stripped = MINUS.iter().find_map(|minus| before.strip_suffix(minus));
    let rest = stripped.unwrap_or(&before);
    let Some(last) = rest.chars().next_back() else { return Some(stripped.is_some()) };
    let letters = rest.chars().rev().take_while(char::is_ascii_alphabetic).count();
    let may = LABEL_ENDS.contains(last) || matches!(last, ':' | '$' | '¥' | SEAL | SEAL_AS_LETTER) || letters > 1;
    may.then_some(stripped.is_some())
}

/// Whether the amount may end before these characters: after 整 always, else neither before more Chinese ones or a
/// figure, nor where 角, 分 or 整 soon follows, whose digit was misread.
fn ends(signs: &[Sign], after: &[char]) -> bool {
    let mut next = after.iter().filter(|character| **character != ' ').take(FOLLOWS_WITHIN);
    let small = |character: &char| matches!(sign_of(*character), Some(Sign::Tenth | Sign::Cent | Sign::Whole));
    signs.last() == Some(&Sign::Whole)
        || !(next.clone().next().is_some_and(|next| is_han(*next) || next.is_ascii_digit()) || next.any(small))
}

fn amount_of(signs: &[Sign]) -> Option<Decimal> {
    let (signs, closed) = match signs.split_last()? {
        (Sign::Whole, before) => (before, true),
        _ => (signs, false),
    };
    let yuan = signs.iter().position(|sign| *sign == Sign::Yuan);
    let small = |sign: &Sign| matches!(sign, Sign::Tenth | Sign::Cent);
    let (dollars, cents) = match yuan {
        Some(at) => (dollars_of(signs.get(..at)?)?, cents_of(signs.get(at + 1..)?)?),
        None if signs.iter().any(small) => (0, cents_of(signs)?),
        None if closed => (dollars_of(signs)?, 0),
        None => return None,
    };
    let cents = dollars.checked_mul(100)?.checked_add(cents)?;
    Some(Decimal::new(i64::try_from(cents).ok()?, 2))
}

/// What stands after 元: tenths and hundredths, each with its digit; a zero before the hundredths where there are no
/// tenths, and, as the bank allows, before the tenths.
fn cents_of(signs: &[Sign]) -> Option<u64> {
    let (tenths, rest) = match signs {
        [Sign::Zero, Sign::Tenth, rest @ ..] => (Some(0), rest),
        [Sign::Digit(tenths), Sign::Tenth, rest @ ..] | [Sign::Zero, Sign::Digit(tenths), Sign::Tenth, rest @ ..] => {
            (Some(*tenths), rest)
        }
        _ => (None, signs),
    };
    let cents = match (rest, tenths) {
        ([] | [Sign::Zero, Sign::Cent], _) => 0,
        ([Sign::Digit(cents), Sign::Cent], _) | ([Sign::Zero, Sign::Digit(cents), Sign::Cent], None) => *cents,
        _ => return None,
    };
    Some(tenths.unwrap_or(0) * 10 + cents)
}

/// A whole number: groups of up to four places, each but the last closed by 億 or 萬.
fn dollars_of(signs: &[Sign]) -> Option<u64> {
    let mut total: u64 = 0;
    let mut below = u64::MAX;
    let mut rest = signs;
    while let Some(at) = rest.iter().position(|sign| matches!(sign, Sign::Myriad(_))) {
        let Some(Sign::Myriad(size)) = rest.get(at).copied() else { return None };
        if size >= below {
            return None;
        }
        total = total.checked_add(group_of(rest.get(..at)?, below == u64::MAX)?.checked_mul(size)?)?;
        below = size;
        rest = rest.get(at + 1..)?;
    }
    let first = below == u64::MAX;
    if rest.is_empty() && !first {
        return Some(total);
    }
    total.checked_add(group_of(rest, first)?)
}

/// A number below ten thousand; `first` where nothing stands before it.
fn group_of(signs: &[Sign], first: bool) -> Option<u64> {
    let mut sum = 0;
    // The place above: of the last unit, or of the group itself.
    let mut above = MYRIAD;
    let mut rest = signs;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let (zero, digit, unit, after) = match rest {
            [Sign::Zero, Sign::Digit(digit), Sign::Unit(unit), after @ ..] => (true, *digit, *unit, after),
            [Sign::Zero, Sign::Unit(unit), after @ ..] => {
                // A place written though it is empty; then no place before it may have been left out.
                let all = *unit * 10 == above || (first && above == MYRIAD);
                (false, 0, Some(*unit).filter(|_| all)?, after)
            }
            [Sign::Digit(digit), Sign::Unit(unit), after @ ..] => (false, *digit, *unit, after),
            [Sign::Unit(10), after @ ..] if first && above == MYRIAD => (false, 1, 10, after),
            [Sign::Zero, Sign::Digit(digit)] => (true, *digit, 1, [].as_slice()),
            [Sign::Digit(digit)] if above == 10 || (first && above == MYRIAD) => (false, *digit, 1, [].as_slice()),
            [Sign::Zero] if above == 10 || (first && above == MYRIAD) => (false, 0, 1, [].as_slice()),
            _ => return None,
        };
        // A zero stands for places left out, or, first in a later group, for those at the end of the one before.
        let stands_for = if above == MYRIAD { !first } else { unit * 10 < above };
        if unit >= above || (zero && !stands_for) {
            return None;
        }
        sum += digit * unit;
        above = unit;
        rest = after;
    }
    Some(sum)
}

#[cfg(test)]
mod tests;
