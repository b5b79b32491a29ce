//! The two codes of a Taiwanese 電子發票證明聯: a left one of 77 fixed characters and items, a right one with more items.
//!
//! Source: 電子發票證明聯一維及二維條碼規格說明 of the Ministry of Finance. Left: number 10, date 7 (Republic's year), random
//! number 4, sales before tax 8 and total 8 (hexadecimal), buyer 8, seller 8, seal 24; then, between colons, 10
//! characters of the seller's own, how many items the codes hold, how many the invoice has, the encoding (0 Big5,
//! 1 UTF-8, 2 Base64), and name, quantity, price of each item. Right: `**` and the items that follow.

use base64::{Engine, alphabet, engine};
use encoding_rs::BIG5;
use jiff::civil;
use rust_decimal::Decimal;

use crate::model::{
    currency::Currency,
    draft::LineItem,
    fact::Facts,
    field::{DocumentKind, FieldName, FieldValue},
    finding::{Finding, Severity},
    page::Area,
    tax_id::{Kind, TaxId, Verdict},
};

use super::{
    decode::Code,
    payload::{fact, is_digits, part},
};

/// Where the seal ends.
const FIXED_LENGTH: usize = 77;
/// What a right code begins with.
const RIGHT_MARK: &[u8] = b"**";
/// The seller's own part has ten characters; some write fewer.
const OWN_LENGTH_MAX: usize = 16;
/// More items do not fit into two codes.
const ITEMS_MAX: usize = 500;
/// After the items a remark may stand.
const REMARKS_MAX: usize = 2;
/// The first year of the Republic is 1912.
const REPUBLIC: i16 = 1911;
/// Electronic invoices began in 2010.
const YEARS: std::ops::RangeInclusive<i16> = 2010..=2079;

/// What the left code states of the invoice itself.
struct Head<'a> {
    number: String,
    date: civil::Date,
    sales: u32,
    total: u32,
    seller: &'a str,
}

/// How the items of an invoice are written, and the left code's part of them.
struct List<'a> {
    count: usize,
    encoding: u8,
    items: &'a [u8],
}

/// What the invoices among the codes state.
pub(super) fn facts(codes: &[&Code], page: u32) -> Vec<Facts> {
    let lefts: Vec<(&Code, Head<'_>)> = codes.iter().filter_map(|code| Some((*code, head(&code.bytes)?))).collect();
    let rights: Vec<&Code> = codes.iter().copied().filter(|code| code.bytes.starts_with(RIGHT_MARK)).collect();
    // With several invoices on one page nobody says which right code belongs to which left one.
    let right = match rights.as_slice() {
        [right] if lefts.len() == 1 => right.bytes.strip_prefix(RIGHT_MARK),
        _ => None,
    };
    let facts_of = |(code, head): (&Code, Head<'_>)| {
        let mut facts = facts_of_head(&head);
        facts.page = Some(page);
        facts.area = Some(code.area);
        facts.line_items = line_items(&code.bytes, right.unwrap_or_default(), page, code.area).unwrap_or_default();
        facts
    };
    lefts.into_iter().map(facts_of).collect()
}

fn head(bytes: &[u8]) -> Option<Head<'_>> {
    let fixed = std::str::from_utf8(bytes.get(..FIXED_LENGTH)?).ok()?;
    let followed = bytes.get(FIXED_LENGTH).is_none_or(|byte| *byte == b':' || byte.is_ascii_whitespace());
    let part = |from: usize, length: usize| fixed.get(from..from + length);
    let (letters, digits) = (part(0, 2)?, part(2, 8)?);
    let named = letters.bytes().all(|byte| byte.is_ascii_uppercase()) && is_digits(digits, 8);
    let hexadecimal = |text: &str| {
        let shaped = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        u32::from_str_radix(text, 16).ok().filter(|_| shaped)
    };
    let (sales, total) = (hexadecimal(part(21, 8)?)?, hexadecimal(part(29, 8)?)?);
    let (buyer, seller, seal) = (part(37, 8)?, part(45, 8)?, part(53, 24)?);
    let sealed = seal.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
    // The seller's check digit is the only proof of the whole shape that anybody can make: the seal's key is secret.
    let seller_is_right =
        is_digits(seller, 8) && TaxId::of(Kind::TaiwanBusiness, seller).is_some_and(|(_, is)| is == Verdict::Valid);
    if !followed || !named || !sealed || !seller_is_right || !is_digits(buyer, 8) || !is_digits(part(17, 4)?, 4) {
        return None;
    }
    Some(Head { number: format!("{letters}-{digits}"), date: date_of(part(10, 7)?)?, sales, total, seller })
}

/// `1140304`: year of the Republic, month, day.
fn date_of(text: &str) -> Option<civil::Date> {
    if !is_digits(text, 7) {
        return None;
    }
    let value: u32 = text.parse().ok()?;
    let year = i16::try_from(value / 10_000).ok()?.checked_add(REPUBLIC).filter(|year| YEARS.contains(year))?;
    let (month, day) = (i8::try_from(value / 100 % 100).ok()?, i8::try_from(value % 100).ok()?);
    civil::Date::new(year, month, day).ok()
}

fn facts_of_head(head: &Head<'_>) -> Facts {
    let amount = |value: u32| FieldValue::Amount(Decimal::from(value));
    let mut fields = vec![
        fact(FieldName::DocumentNumber, FieldValue::Text(head.number.clone()), "taiwan:number"),
        fact(FieldName::IssueDate, FieldValue::Date(head.date), "taiwan:date"),
        fact(FieldName::SupplierTaxId, FieldValue::Text(head.seller.to_owned()), "taiwan:seller"),
    ];
    if let Ok(dollar) = Currency::parse("TWD") {
        fields.push(fact(FieldName::Currency, FieldValue::Currency(dollar), "taiwan:format"));
    }
    let mut problems = Vec::new();
    if head.total > 0 {
        fields.push(fact(FieldName::Total, amount(head.total), "taiwan:total"));
    }
    match head.total.checked_sub(head.sales) {
        // Sales of nothing: the seller's machine does not tell tax apart. Sales equal to the total: either nothing is
        // taxed or the machine wrote the total twice. Neither says what the tax is.
        Some(tax) if head.sales > 0 && tax > 0 && is_plausible_tax(head.sales, tax) => {
            fields.push(fact(FieldName::Subtotal, amount(head.sales), "taiwan:sales"));
            fields.push(fact(FieldName::Tax, amount(tax), "taiwan:total - sales"));
        }
        Some(tax) if head.sales > 0 && tax > 0 => {
            let message = "The tax in this invoice's QR code is more than Taiwan's five per cent.";
            problems.push(Finding::new("X2", Severity::Flag, message, &[FieldName::Tax]));
        }
        Some(_) => {}
        None => {
            let message = "This invoice's QR code states more before tax than with it.";
            problems.push(Finding::new("A2", Severity::Block, message, &[FieldName::Subtotal, FieldName::Total]));
        }
    }
    Facts { problems, ..part(DocumentKind::Invoice, fields) }
}

/// Five per cent at most (some of the goods may be free of tax), and one dollar for rounding.
fn is_plausible_tax(sales: u32, tax: u32) -> bool {
    u64::from(tax) * 20 <= u64::from(sales) + 20
}

/// All items of the invoice; nothing where one is missing or cannot be read, because half a list adds up to nothing.
fn line_items(left: &[u8], right: &[u8], page: u32, area: Area) -> Option<Vec<LineItem>> {
    let list = list(left.get(FIXED_LENGTH..)?.strip_prefix(b":")?)?;
    let (left, right) = (trim(list.items), trim(right));
    // The right code goes on after an item or in the middle of one; only one of the two gives the right count.
    [&b":"[..], b""].into_iter().find_map(|glue| {
        let text = match list.encoding {
            b'0' => big5(&joined(left, glue, right))?,
            b'1' => String::from_utf8(joined(left, glue, right)).ok()?,
            b'2' => {
                let (left, right) = (unpacked(left)?, unpacked(right)?);
                let bytes = joined(trim(&left), glue, trim(&right));
                String::from_utf8(bytes).ok().or_else(|| big5(&joined(trim(&left), glue, trim(&right))))?
            }
            _ => return None,
        };
        items_of(&text, list.count, page, area)
    })
}

/// `**********:2:2:1:` and the items.
fn list(bytes: &[u8]) -> Option<List<'_>> {
    let mut parts = bytes.splitn(5, |byte| *byte == b':');
    let own = parts.next()?;
    let mut count = || std::str::from_utf8(parts.next()?).ok()?.trim().parse::<usize>().ok();
    let (held, all) = (count()?, count()?);
    let (encoding, items) = (parts.next()?, parts.next()?);
    let &[encoding] = trim(encoding) else { return None };
    let whole = held == all && (1..=ITEMS_MAX).contains(&held) && own.len() <= OWN_LENGTH_MAX;
    whole.then_some(List { count: held, encoding, items })
}

fn joined(left: &[u8], glue: &[u8], right: &[u8]) -> Vec<u8> {
    if right.is_empty() {
        return left.to_vec();
    }
    let already = left.is_empty() || left.ends_with(b":") || right.starts_with(b":");
    [left, if already { b"" } else { glue }, right].concat()
}

/// Without the blanks that fill a code up to the size of its neighbour.
fn trim(bytes: &[u8]) -> &[u8] {
    bytes.trim_ascii()
}

/// Big5 as it is used; the second byte of a character is never a colon.
fn big5(bytes: &[u8]) -> Option<String> {
    let (text, _, wrong) = BIG5.decode(bytes);
    (!wrong).then(|| text.into_owned())
}

/// One block of Base64, or several between colons, with or without padding; plain where some piece is none, because
/// quantities and prices are often left as they are.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    let settings = engine::GeneralPurposeConfig::new().with_decode_padding_mode(engine::DecodePaddingMode::Indifferent);
    let engine = engine::GeneralPurpose::new(&alphabet::STANDARD, settings);
    if !bytes.contains(&b':') {
        return engine.decode(bytes).ok();
    }
    let plain = |piece: &[u8]| piece.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let pieces = bytes
        .split(|byte| *byte == b':')
        .map(|piece| if plain(piece) { Some(piece.to_vec()) } else { engine.decode(trim(piece)).ok() });
    Some(pieces.collect::<Option<Vec<_>>>()?.join(&b':'))
}

fn items_of(text: &str, count: usize, page: u32, area: Area) -> Option<Vec<LineItem>> {
    let mut pieces: Vec<&str> = text.split(':').map(str::trim).collect();
    while pieces.last().is_some_and(|piece| piece.is_empty()) {
        pieces.pop();
    }
    let needed = count.checked_mul(3)?;
    if pieces.len() < needed || pieces.len() > needed + REMARKS_MAX {
        return None;
    }
    let items = pieces.get(..needed)?.chunks_exact(3).map(|item| {
        let [name, quantity, price] = item else { return None };
        let (quantity, price) = (number_of(quantity)?, number_of(price)?);
        let described = !name.is_empty() && !name.contains(char::is_control);
        described.then(|| LineItem {
            description: (*name).to_owned(),
            quantity: Some(quantity),
            unit_price: Some(price),
            amount: quantity.checked_mul(price).map(|amount| amount.normalize()),
            page,
            area,
        })
    });
    items.collect()
}

/// `12`, `1.5`, `-30`.
fn number_of(text: &str) -> Option<Decimal> {
    let plain = text.strip_prefix('-').unwrap_or(text);
    let shaped = !plain.is_empty() && plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    Decimal::from_str_exact(text).ok().filter(|_| shaped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::qr::payload;

    const SEAL: &str = "AAAAAAAAAAAAAAAAAAAAAA==";
    const AREA: Area = Area { left: 1, top: 2, width: 3, height: 4 };

    fn head_of(sales: u32, total: u32) -> Vec<u8> {
        format!("AB1234567811403041234{sales:08x}{total:08x}0000000004595257{SEAL}").into_bytes()
    }

    fn read(contents: &[Vec<u8>]) -> Vec<Facts> {
        let codes: Vec<Code> = contents.iter().map(|bytes| Code { bytes: bytes.clone(), area: AREA }).collect();
        payload::facts(&codes, 2)
    }

    fn said(facts: &Facts) -> Vec<(FieldName, String)> {
        facts.fields.iter().map(|fact| (fact.name, fact.value.to_text())).collect()
    }

    #[test]
    fn heads() {
        use FieldName::{Currency, DocumentNumber, IssueDate, Subtotal, SupplierTaxId, Tax, Total};
        for (sales, total, amounts, rules) in [
            (1000, 1050, vec![(Total, "1050"), (Subtotal, "1000"), (Tax, "50")], vec![]),
            (62, 65, vec![(Total, "65"), (Subtotal, "62"), (Tax, "3")], vec![]),
            (0, 100, vec![(Total, "100")], vec![]),
            (100, 100, vec![(Total, "100")], vec![]),
            (0, 0, vec![], vec![]),
            (100, 125, vec![(Total, "125")], vec!["X2"]),
            (105, 100, vec![(Total, "100")], vec!["A2"]),
        ] {
            let found = read(&[head_of(sales, total)]);
            let [facts] = found.as_slice() else { panic!("{found:?}") };
            let mut expected = vec![
                (DocumentNumber, "AB-12345678"),
                (IssueDate, "2025-03-04"),
                (SupplierTaxId, "04595257"),
                (Currency, "TWD"),
            ];
            expected.extend(amounts);
            let expected: Vec<_> = expected.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
            assert_eq!(said(facts), expected, "{sales} {total}");
            assert_eq!(facts.problems.iter().map(|problem| problem.rule.as_str()).collect::<Vec<_>>(), rules);
            assert_eq!((facts.page, facts.area), (Some(2), Some(AREA)));
        }
    }

    #[test]
    fn a_printed_example() {
        let text = "CA63388616107042714060000003e0000004100000000247894573A2IzH97mHFMn89HdKcQCQ==\
            :**********:1:1:1:尖叫雞/隻:1:75";
        let found = read(&[text.as_bytes().to_vec()]);
        let [facts] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(facts.fields[0].value.to_text(), "CA-63388616");
        assert_eq!(facts.fields[1].value.to_text(), "2018-04-27");
        assert_eq!(facts.line_items[0].description, "尖叫雞/隻");
        assert_eq!(facts.line_items[0].unit_price, Some(Decimal::from(75)));
    }

    fn items(tail: &[u8], right: Option<&[u8]>) -> Vec<String> {
        let mut contents = vec![[&head_of(1000, 1050)[..], tail].concat()];
        contents.extend(right.map(<[u8]>::to_vec));
        let found = read(&contents);
        let show = |item: &LineItem| {
            let [quantity, price, amount] =
                [item.quantity, item.unit_price, item.amount].map(|n| n.map_or_else(String::new, |n| n.to_string()));
            format!("{} {quantity} {price} {amount}", item.description)
        };
        found.iter().flat_map(|facts| facts.line_items.iter().map(show)).collect()
    }

    #[test]
    fn item_lists() {
        // 許功, whose second bytes are backslashes.
        let big5 = [&b":**********:1:1:0:"[..], &[0xb3, 0x5c, 0xa5, 0x5c], b":2:35"].concat();
        for (tail, right, expected) in [
            (":**********:1:1:1:咖啡:2:60".as_bytes(), None, &["咖啡 2 60 120"][..]),
            (
                ":**********:2:2:1:咖啡:1:60:".as_bytes(),
                Some("**蛋糕:1.5:30   ".as_bytes()),
                &["咖啡 1 60 60", "蛋糕 1.5 30 45"],
            ),
            (
                ":**********:2:2:1:咖啡:1:60".as_bytes(),
                Some("**蛋糕:1:45".as_bytes()),
                &["咖啡 1 60 60", "蛋糕 1 45 45"],
            ),
            (
                ":**********:2:2:1:咖啡:1:60   ".as_bytes(),
                Some("**:折扣:1:-5:謝謝".as_bytes()),
                &["咖啡 1 60 60", "折扣 1 -5 -5"],
            ),
            // The second code goes on in the middle of a name.
            (
                ":**********:2:2:1:咖啡:1:60:蛋".as_bytes(),
                Some("**糕:1:45".as_bytes()),
                &["咖啡 1 60 60", "蛋糕 1 45 45"],
            ),
            (&big5, None, &["許功 2 35 70"]),
            (b":**********:1:1:2:5ZKW5ZWhOjI6NjA=", None, &["咖啡 2 60 120"][..]),
            (b":**********:1:1:2:5ZKW5ZWh:2:60", None, &["咖啡 2 60 120"]),
            // Not all items fit into the codes, or the right one was not read.
            (":**********:1:3:1:咖啡:2:60".as_bytes(), None, &[]),
            (":**********:2:2:1:咖啡:1:60:".as_bytes(), None, &[]),
            (":**********:1:1:3:咖啡:2:60".as_bytes(), None, &[]),
            (":**********:1:1:1:咖啡:two:60".as_bytes(), None, &[]),
            (":**********:0:0:1:".as_bytes(), Some(b"**"), &[]),
            (b":", Some(b"**"), &[]),
        ] {
            let expected: Vec<String> = expected.iter().map(|text| (*text).to_owned()).collect();
            assert_eq!(items(tail, right), expected, "{:?}", String::from_utf8_lossy(tail));
        }
    }

    #[test]
    fn other_shapes() {
        let right = String::from_utf8(head_of(1000, 1050)).expect("it is ASCII");
        for text in [
            right.replace("04595257", "04595258"),
            right.replace("1140304", "1141304"),
            right.replace("1140304", "0140304"),
            right.replace("AB1", "ab1"),
            right.replace("AB1", "A11"),
            right.replace("==", "=!"),
            format!("{right}x"),
            right[..76].to_owned(),
            format!("咖{}", &right[3..]),
        ] {
            assert_eq!(read(&[text.clone().into_bytes()]), [], "{text}");
        }
    }

    #[test]
    fn two_invoices_share_no_right_code() {
        let tail =
            |name: &str| [&head_of(1000, 1050)[..], format!(":**********:2:2:1:{name}:1:60").as_bytes()].concat();
        let found = read(&[tail("咖啡"), tail("茶"), "**蛋糕:1:45".as_bytes().to_vec()]);
        assert_eq!(found.len(), 2);
        assert!(found.iter().all(|facts| facts.line_items.is_empty()));
    }
}
