//! Tables of amounts, and the law that what is written is read again.

use proptest::prelude::*;

use super::{Decimal, MINUS, SEAL, SEAL_AS_LETTER, Sign, amount_of, find, half_width, sign_of};

/// No amount in words has more signs, with its label and spaces; a longer text is not looked at.
const TEXT_MAX: usize = 120;
/// What stands before an amount in a text that is nothing but the amount; a longer one before its own beginning.
const PREFIXES: &[&str] = &[
    "人民币",
    "人民幣",
    "新台幣",
    "新臺幣",
    "新台币",
    "澳門幣",
    "澳门币",
    "港幣",
    "港币",
    "大写",
    "大寫",
    "价税合计",
    "價稅合計",
    "合计",
    "合計",
    "共计",
    "共計",
    "总计",
    "總計",
    "总额",
    "總額",
    "金额",
    "金額",
    "实收",
    "實收",
];

/// The amount in a text that holds an amount in words and nothing else but its currency and label; below nothing
/// where it says 负数. Nothing where any sign is out of place, or where it does not end in 元, 角, 分, 整 or 正, because
/// then its end may be missing.
fn parse(text: &str) -> Option<Decimal> {
    if text.chars().count() > TEXT_MAX {
        return None;
    }
    let plain: String = text.chars().map(half_width).filter(|character| !is_passed_over(*character)).collect();
    let mut rest = plain.as_str();
    let mut negative = false;
    // Each turn takes a prefix away, so that it ends.
    loop {
        if let Some(after) = PREFIXES.iter().find_map(|prefix| rest.strip_prefix(prefix)) {
            rest = after;
        } else if let Some(after) = MINUS.iter().find_map(|minus| rest.strip_prefix(minus)).filter(|_| !negative) {
            (rest, negative) = (after, true);
        } else {
            break;
        }
    }
    let signs: Vec<Sign> = rest.chars().map(sign_of).collect::<Option<_>>()?;
    let amount = amount_of(&signs)?;
    Some(if negative { -amount } else { amount })
}

/// Spaces, and what sets a label off from its amount.
const fn is_passed_over(character: char) -> bool {
    matches!(character, ' ' | ':' | '(' | ')' | '[' | ']' | '¥' | '$' | SEAL | SEAL_AS_LETTER)
}

fn cents(amount: &str) -> Option<Decimal> {
    (!amount.is_empty()).then(|| Decimal::from_str_exact(amount).expect("the table holds amounts"))
}

#[test]
fn amounts() {
    for (text, amount) in [
        ("港幣壹仟貳佰元正", "1200"),
        ("人民币壹仟肆佰零玖元伍角整", "1409.50"),
        ("人民币陆仟零柒元壹角肆分", "6007.14"),
        ("人民币壹仟陆佰捌拾元零叁角贰分", "1680.32"),
        ("人民币壹仟陆佰捌拾元叁角贰分", "1680.32"),
        ("人民币壹拾万柒仟元零伍角叁分", "107000.53"),
        ("人民币壹拾万零柒仟元伍角叁分", "107000.53"),
        ("人民币壹万陆仟肆佰零玖元零贰分", "16409.02"),
        ("人民币叁佰贰拾伍元肆分", "325.04"),
        ("新台幣參萬伍仟圓整", "35000"),
        ("（大写）壹佰壹拾贰圆整", "112"),
        ("价税合计（大写） 壹佰壹拾贰圆整", "112"),
        ("ⓧ壹佰壹拾贰圆整", "112"),
        ("港 幣 ： 壹 佰 元 正", "100"),
        ("拾元", "10"),
        ("拾伍元整", "15"),
        ("拾萬元", "100000"),
        ("十二万三千元", "123000"),
        ("一百零五元", "105"),
        ("两百元", "200"),
        ("伍角", "0.50"),
        ("叁角伍分", "0.35"),
        ("零元伍分", "0.05"),
        ("零元整", "0"),
        ("伍佰元伍毫正", "500.50"),
        ("贰拾整", "20"),
        ("壹億零伍元整", "100000005"),
        ("壹億貳仟萬元", "120000000"),
        ("壹萬零伍佰元", "10500"),
        ("壹萬伍佰元", "10500"),
        ("壹萬零伍拾元", "10050"),
        ("零万零仟伍佰零拾零元零角零分", "500"),
        ("零拾零万壹仟贰佰零拾伍元叁角零分", "1205.30"),
        ("零仟壹佰零拾伍元", "105"),
        ("(负数)壹佰壹拾贰圆整", "-112"),
        ("人民币負壹佰元", "-100"),
    ] {
        assert_eq!(parse(text), cents(amount), "{text}");
    }
}

/// Each may have lost a sign, or has one too many.
#[test]
fn no_amounts() {
    for text in [
        "港幣壹仟貳佰",
        "壹佰伍元",
        "壹萬伍元",
        "壹佰拾伍元",
        "壹萬拾元",
        "壹萬零拾元",
        "壹佰零貳拾元",
        "壹貳元",
        "佰元",
        "萬元",
        "元",
        "整",
        "",
        "角分",
        "壹佰零元",
        "零零元",
        "零伍元",
        "壹拾壹佰元",
        "壹佰貳佰元",
        "壹萬萬元",
        "壹萬億元",
        "壹元伍",
        "壹元拾角",
        "壹元伍分伍角",
        "壹元伍角零伍分",
        "壹元貳元",
        "壹元整整",
        "壹元整伍角",
        "壹佰5拾元",
        "壹佰元店",
    ] {
        assert_eq!(parse(text), None, "{text}");
    }
    assert_eq!(parse(&"零".repeat(100_000)), None);
    assert_eq!(parse(&"负".repeat(100)), None);
}

#[test]
fn amounts_in_lines() {
    for (line, amount) in [
        ("价税合计（大写）  ⊗壹佰壹拾贰圆整   （小写）¥112.00", "112"),
        ("价税合计（大写）  壹佰壹拾贰圆整   （小写）¥112.00", "112"),
        ("價稅合計(大寫) 壹 佰 壹 拾 貳 圓 整", "112"),
        ("茲收到 港幣 壹仟貳佰元正 HK$1,200.00", "1200"),
        ("HK DOLLARS 壹仟貳佰元正", "1200"),
        ("總計新台幣 貳佰元", "200"),
        ("大寫（負數）伍拾元整", "-50"),
        ("港幣伍拾元正 港幣伍拾元正", "50"),
        ("一、正元茶餐廳 合計：伍拾元正", "50"),
        ("¥貳佰元", "200"),
        // Two amounts, or one in pieces.
        ("港幣伍拾元正 港幣陸拾元正", ""),
        ("港幣壹仟.貳佰元正", ""),
        ("港幣壹仟X貳佰元正", ""),
        ("港幣壹什貳佰元正", ""),
        ("港幣壹仟 - 貳佰元正", ""),
        ("港幣1仟貳佰元正", ""),
        ("港幣伍,拾元正", ""),
        ("伍拾元.伍角", ""),
        ("伍拾元伍 角", "50.50"),
        ("伍拾元X角整", ""),
        ("伍拾元 , 角", ""),
        ("港幣,拾元正", ""),
        // Money that is no total.
        ("消費滿一百元送飲品", ""),
        ("三元酒家", ""),
        ("一百元店", ""),
        ("正餐 十分好", ""),
        ("TOTAL 12.00", ""),
        ("", ""),
    ] {
        assert_eq!(find(line), cents(amount), "{line}");
    }
}

/// The ways in which the writer below writes.
#[derive(Debug, Clone, Copy)]
struct Hand {
    digits: &'static str,
    units: &'static str,
    /// 萬, 億, 元, 角, 分, 整.
    marks: &'static str,
    /// A zero after 元 where the ones are zero, and after 萬 where the places before it end in zeros.
    zeros: bool,
    prefix: &'static str,
}

fn hand() -> impl Strategy<Value = Hand> {
    let digits = ["零壹贰叁肆伍陆柒捌玖", "零壹貳參肆伍陸柒捌玖", "〇一二三四五六七八九", "零壹貳叁四伍陸七捌九"];
    let (units, marks) = (["拾佰仟", "十百千", "拾百仟"], ["萬億元角分整", "万亿圆角分正", "萬亿圓角分正"]);
    let prefixes = ["", "港幣", "人民币", "（大写）", "新台幣 ", "價稅合計（大寫）："];
    let pick = prop::sample::select::<&'static str>;
    (pick(digits.to_vec()), pick(units.to_vec()), pick(marks.to_vec()), any::<bool>(), pick(prefixes.to_vec()))
        .prop_map(|(digits, units, marks, zeros, prefix)| Hand { digits, units, marks, zeros, prefix })
}

fn nth(signs: &str, place: u64) -> String {
    signs.chars().nth(usize::try_from(place).expect("it is small")).expect("the hand has all signs").to_string()
}

fn group(hand: Hand, value: u64) -> String {
    let mut text = String::new();
    let mut skipped = false;
    for (size, unit) in [(1000, Some(2)), (100, Some(1)), (10, Some(0)), (1, None)] {
        let digit = value / size % 10;
        if digit == 0 {
            skipped = !text.is_empty();
            continue;
        }
        // A digit after a gap of places has a zero before it; it may be left out only where a unit follows.
        if skipped && (hand.zeros || unit.is_none()) {
            text += &nth(hand.digits, 0);
        }
        skipped = false;
        text += &nth(hand.digits, digit);
        text += &unit.map_or_else(String::new, |unit| nth(hand.units, unit));
    }
    text
}

fn write(hand: Hand, cents: u64) -> String {
    let (dollars, small) = (cents / 100, cents % 100);
    let mut text = String::new();
    for (size, mark) in [(100_000_000, Some(1)), (10_000, Some(0)), (1, None)] {
        let value = dollars / size % 10_000;
        if value == 0 {
            continue;
        }
        let before = dollars / size / 10_000;
        if !text.is_empty() && (value < 10 || (hand.zeros && (value < 1000 || before.is_multiple_of(10)))) {
            text += &nth(hand.digits, 0);
        }
        text += &group(hand, value);
        text += &mark.map_or_else(String::new, |mark| nth(hand.marks, mark));
    }
    if text.is_empty() && (small == 0 || hand.zeros) {
        text += &nth(hand.digits, 0);
    }
    if !text.is_empty() {
        text += &nth(hand.marks, 2);
    }
    let (tenths, last) = (small / 10, small % 10);
    let gap = (tenths == 0 && last > 0) || (tenths > 0 && dollars.is_multiple_of(10));
    if !text.is_empty() && hand.zeros && gap {
        text += &nth(hand.digits, 0);
    }
    for (digit, mark) in [(tenths, 3), (last, 4)].into_iter().filter(|(digit, _)| *digit > 0) {
        text += &nth(hand.digits, digit);
        text += &nth(hand.marks, mark);
    }
    if last == 0 {
        text += &nth(hand.marks, 5);
    }
    format!("{}{text}", hand.prefix)
}

/// Every place with its digit, noughts too, as on a printed form.
fn write_form(hand: Hand, cents: u64) -> String {
    let places = ["拾", "萬", "仟", "佰", "拾", "元", "角", "分"];
    let digits = (0_u32..8).map(|place| nth(hand.digits, cents / 10_u64.pow(7 - place) % 10));
    digits.zip(places).map(|(digit, place)| digit + place).collect()
}

fn any_cents() -> impl Strategy<Value = u64> {
    // Few digits that are not zero, so that zeros meet in every way.
    let sparse = prop::collection::vec(prop_oneof![3 => Just(0_u64), 1 => 1_u64..10], 14)
        .prop_map(|digits| digits.into_iter().fold(0, |sum, digit| sum * 10 + digit));
    prop_oneof![0_u64..100_000, 0_u64..99_999_999_999_999, sparse]
}

fn amount(cents: u64) -> Decimal {
    Decimal::new(i64::try_from(cents).expect("it is small"), 2)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn written_and_read_again(hand in hand(), cents in any_cents()) {
        let text = write(hand, cents);
        prop_assert_eq!(parse(&text), Some(amount(cents)), "{}", text);
    }

    #[test]
    fn a_form_is_read(hand in hand(), cents in 0_u64..100_000_000) {
        let text = write_form(hand, cents);
        prop_assert_eq!(parse(&text), Some(amount(cents)), "{}", text);
    }

    #[test]
    fn found_where_it_is_parsed(hand in hand(), cents in any_cents(), spaced in any::<bool>()) {
        let mut text = write(hand, cents);
        if spaced {
            text = text.chars().flat_map(|character| [character, ' ']).collect();
        }
        prop_assert_eq!(find(&format!("收款 {text}  HK$")), Some(amount(cents)), "{}", text);
    }

    /// A sign in the middle that is read as another character takes the amount away; it does not leave another one.
    #[test]
    fn a_misread_sign_gives_nothing(hand in hand(), cents in any_cents(), at in 0_usize..40, put in "[什口旦X.,-]") {
        let mut characters: Vec<char> = write(Hand { prefix: "", ..hand }, cents).chars().collect();
        let last = characters.len() - 1;
        characters.splice(at % last..=at % last, put.chars());
        let text: String = characters.into_iter().collect();
        let line = format!("港幣{text}");
        prop_assert_eq!((parse(&line), find(&line)), (None, None), "{}", line);
    }

    #[test]
    fn never_panics(text in "([零〇壹二叁拾佰仟萬億元角分整港幣负大写 :x1]|\\PC){0,30}") {
        let _ = (parse(&text), find(&text));
    }
}
