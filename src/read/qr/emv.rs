//! Payment codes that a merchant presents: FPS, PayMe, AlipayHK, SGQR, DuitNow, PromptPay, PIX.
//!
//! The layout is EMVCo's "QR Code Specification for Payment Systems, Merchant-Presented Mode": objects of two digits
//! id, two digits length, value; the last object is a checksum over everything before it. A code whose checksum is
//! missing or wrong says nothing. A code says how a document *could* be paid, so it names no payment method, and
//! its amount is the total only where the code fixes one and nothing is to be added on top.

use rust_decimal::Decimal;

use crate::model::{
    currency::Currency,
    fact::Facts,
    field::{DocumentKind, FieldName, FieldValue},
    money::Money,
};

use super::payload::{fact, is_digits, part};

/// The specification allows 512 characters; some wallets print more.
const LENGTH_MAX: usize = 1024;
/// Ids are two digits, and an id comes once.
const OBJECTS_MAX: usize = 100;
/// Source: the specification's table of data objects.
const PAYLOAD_FORMAT: &str = "00";
const CURRENCY: &str = "53";
const AMOUNT: &str = "54";
/// A tip is asked for or added: 55 says so, 56 and 57 how much.
const ON_TOP: [&str; 3] = ["55", "56", "57"];
const MERCHANT_NAME: &str = "59";
const CHECKSUM: &str = "63";
/// The longest amount.
const AMOUNT_LENGTH_MAX: usize = 13;
/// What a merchant without a name writes.
const NAMELESS: [&str; 3] = ["NA", "N/A", "-"];

/// ISO 4217 numbers of the currencies in which such codes are printed.
const NUMBERS: &[(&str, &str)] = &[
    ("036", "AUD"),
    ("050", "BDT"),
    ("096", "BND"),
    ("104", "MMK"),
    ("116", "KHR"),
    ("124", "CAD"),
    ("144", "LKR"),
    ("156", "CNY"),
    ("344", "HKD"),
    ("356", "INR"),
    ("360", "IDR"),
    ("392", "JPY"),
    ("410", "KRW"),
    ("418", "LAK"),
    ("446", "MOP"),
    ("458", "MYR"),
    ("524", "NPR"),
    ("554", "NZD"),
    ("608", "PHP"),
    ("702", "SGD"),
    ("704", "VND"),
    ("764", "THB"),
    ("784", "AED"),
    ("826", "GBP"),
    ("840", "USD"),
    ("901", "TWD"),
    ("978", "EUR"),
    ("986", "BRL"),
];

/// What the code states; nothing unless it is one, whole and with the right checksum.
pub(super) fn facts(text: &str) -> Option<Facts> {
    if text.len() > LENGTH_MAX || !checksum_is_right(text) {
        return None;
    }
    let objects = objects(text)?;
    let value = |id: &str| objects.iter().find(|(known, _)| *known == id).map(|(_, value)| *value);
    let currency = value(CURRENCY).and_then(|number| {
        let (_, code) = NUMBERS.iter().find(|(known, _)| *known == number)?;
        Currency::parse(code).ok()
    });
    let mut fields = Vec::new();
    if let Some(currency) = currency {
        fields.push(fact(FieldName::Currency, FieldValue::Currency(currency), "emv:53 transaction currency"));
        let alone = ON_TOP.iter().all(|id| value(id).is_none());
        if let Some(amount) = value(AMOUNT).filter(|_| alone).and_then(|text| amount_of(text, currency)) {
            fields.push(fact(FieldName::Total, FieldValue::Amount(amount), "emv:54 transaction amount"));
        }
    }
    let name = value(MERCHANT_NAME).map(str::trim).filter(|name| !name.is_empty() && !NAMELESS.contains(name));
    if let Some(name) = name.filter(|name| !name.contains(char::is_control)) {
        fields.push(fact(FieldName::SupplierName, FieldValue::Text(name.to_owned()), "emv:59 merchant name"));
    }
    (!fields.is_empty()).then(|| part(DocumentKind::Unknown, fields))
}

/// The objects from first to last, which must be format and checksum; an id comes once.
fn objects(text: &str) -> Option<Vec<(&str, &str)>> {
    // Lengths count characters; some wallets count bytes, which differ in Chinese names. Only one of the two ends
    // exactly on the checksum.
    walk(text, skip_characters).or_else(|| walk(text, skip_bytes))
}

fn skip_characters(rest: &str, count: usize) -> Option<(&str, &str)> {
    let at = rest.char_indices().map(|(at, _)| at).chain([rest.len()]).nth(count)?;
    rest.split_at_checked(at)
}

fn skip_bytes(rest: &str, count: usize) -> Option<(&str, &str)> {
    rest.split_at_checked(count)
}

fn walk(text: &str, skip: fn(&str, usize) -> Option<(&str, &str)>) -> Option<Vec<(&str, &str)>> {
    let mut objects: Vec<(&str, &str)> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (id, after) = rest.split_at_checked(2)?;
        let (length, after) = after.split_at_checked(2)?;
        if !is_digits(id, 2) || !is_digits(length, 2) || objects.len() >= OBJECTS_MAX {
            return None;
        }
        let (value, after) = skip(after, length.parse().ok()?)?;
        if objects.iter().any(|(known, _)| *known == id) {
            return None;
        }
        objects.push((id, value));
        rest = after;
    }
    let first = objects.first() == Some(&(PAYLOAD_FORMAT, "01"));
    let last = objects.last().is_some_and(|(id, value)| *id == CHECKSUM && value.len() == 4);
    (first && last).then_some(objects)
}

/// `1234.50`: digits and one point at most, above nothing, no finer than the currency.
fn amount_of(text: &str, currency: Currency) -> Option<Decimal> {
    let shaped = text.len() <= AMOUNT_LENGTH_MAX
        && text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    // "100." is allowed by the specification.
    let amount = Decimal::from_str_exact(text.strip_suffix('.').unwrap_or(text)).ok().filter(|_| shaped)?;
    Money::from_decimal(amount, currency).ok()?;
    (amount > Decimal::ZERO).then_some(amount)
}

/// Whether the text ends in `6304` and the checksum of everything up to there.
fn checksum_is_right(text: &str) -> bool {
    let Some((before, stated)) = text.len().checked_sub(4).and_then(|at| text.split_at_checked(at)) else {
        return false;
    };
    let hexadecimal = stated.bytes().all(|byte| byte.is_ascii_hexdigit());
    hexadecimal && before.ends_with("6304") && u16::from_str_radix(stated, 16) == Ok(checksum(before.as_bytes()))
}

/// CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xffff, nothing reflected. Source: ISO/IEC 13239, as EMVCo asks.
fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |mut sum, byte| {
        sum ^= u16::from(*byte) << 8;
        for _ in 0..8 {
            sum = if sum & 0x8000 == 0 { sum << 1 } else { (sum << 1) ^ 0x1021 };
        }
        sum
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sealed(body: &str) -> String {
        let before = format!("{body}6304");
        format!("{before}{:04X}", checksum(before.as_bytes()))
    }

    fn said(text: &str) -> Vec<(FieldName, String)> {
        let fields = facts(text).map(|facts| facts.fields).unwrap_or_default();
        fields.iter().map(|fact| (fact.name, fact.value.to_text())).collect()
    }

    #[test]
    fn the_checksum_is_the_published_one() {
        // The check value of CRC-16/CCITT-FALSE in the catalogue of CRCs.
        assert_eq!(checksum(b"123456789"), 0x29b1);
    }

    #[test]
    fn payment_codes() {
        use FieldName::{Currency, SupplierName, Total};
        let fps = "00020101021226330012hk.com.hkicl021310255890000015303344";
        for (body, expected) in [
            (
                format!("{fps}5406123.405802HK5909GOOD CAFE6002HK"),
                vec![(Currency, "HKD"), (Total, "123.40"), (SupplierName, "GOOD CAFE")],
            ),
            // No amount: the payer types it.
            (format!("{fps}5802HK5902NA6002HK"), vec![(Currency, "HKD")]),
            (format!("{fps}54010"), vec![(Currency, "HKD")]),
            (format!("{fps}54031.5"), vec![(Currency, "HKD"), (Total, "1.5")]),
            (format!("{fps}54051.555"), vec![(Currency, "HKD")]),
            // A tip comes on top.
            (format!("{fps}5406123.40550201"), vec![(Currency, "HKD")]),
            ("0002015303392540510000".to_owned(), vec![(Currency, "JPY"), (Total, "10000")]),
            // A number nobody knows: an amount of what?
            ("0002015303999540510000".to_owned(), vec![]),
            // Lengths in characters, then in bytes.
            (format!("{fps}5904好味茶店"), vec![(Currency, "HKD"), (SupplierName, "好味茶店")]),
            (format!("{fps}5912好味茶店"), vec![(Currency, "HKD"), (SupplierName, "好味茶店")]),
        ] {
            let expected: Vec<_> = expected.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
            assert_eq!(said(&sealed(&body)), expected, "{body}");
        }
    }

    #[test]
    fn broken_codes_say_nothing() {
        let whole = sealed("0002015303344540510.005904CAFE");
        assert_eq!(said(&whole).len(), 3);
        assert_eq!(said(&whole.to_lowercase().replace("cafe", "CAFE")).len(), 3, "hexadecimal in either case");
        for text in [
            whole.replace("10.00", "90.00"),
            whole.replace("CAFE", "CAVE"),
            whole[..whole.len() - 8].to_owned(),
            whole[..whole.len() - 1].to_owned(),
            format!("{whole}0"),
            sealed("0002025303344540510.00"),
            sealed("5303344540510.00"),
            sealed("0002015303344540510.00540511.00"),
            sealed("0002015303344549910.00"),
            sealed("000201ab03344"),
        ] {
            assert_eq!(said(&text), [], "{text}");
        }
    }

    proptest! {
        /// One changed character never passes: a CRC finds every burst of up to sixteen bits.
        #[test]
        fn one_changed_character_is_noticed(at in 0_usize..33, put in "[0-9A-Z]") {
            let whole = sealed("0002015303344540510.005904CAFE");
            let mut changed = whole.clone();
            changed.replace_range(at..=at, &put);
            prop_assert_eq!(said(&changed).is_empty(), changed != whole);
        }
    }
}
