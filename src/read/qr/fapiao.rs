//! The code of a mainland Chinese fapiao: `01,type,code,number,amount,yyyymmdd,check,crc`.
//!
//! The tax office publishes no text of it; the layout is what scanners of the trade agree on. Two traps: the code
//! comes before the number, and what `amount` means depends on the type. On the older VAT papers it is the sum
//! **before** tax (合计金额), on the fully digital ones (数电票, types 31 and 32) the total **with** tax (价税合计).
//! Where a type's meaning is not sure, the amount is left out.
//!
//! Of an older fapiao only code and number together are unique. The field still holds the number alone: that is what
//! the paper prints as 发票号码, what a reading without the code would give, and what bookkeepers type, so a document
//! read both ways stays one document. A second paper of the same supplier with the same eight digits is a question
//! to a person; a duplicate missed would be money. The code stands in the rule, `fapiao:number of code 050003523456`.

use jiff::civil;
use rust_decimal::Decimal;

use crate::model::{
    currency::Currency,
    fact::Facts,
    field::{DocumentKind, FieldName, FieldValue},
};

use super::payload::{fact, is_digits, part};

/// Older VAT papers whose amount is known to be before tax: 专用, 普通, 电子专用, 电子普通.
const AMOUNT_BEFORE_TAX: &[&str] = &["01", "04", "08", "10"];
/// Fully digital papers whose amount is the total: 数电专用, 数电普通.
const AMOUNT_WITH_TAX: &[&str] = &["31", "32"];
/// Papers whose amount is not known well enough: vehicles, rolls, tolls, second-hand vehicles, trains, flights.
const AMOUNT_UNKNOWN: &[&str] = &["03", "11", "14", "15", "51", "61"];
/// No fapiao of this form is older.
const YEAR_FIRST: i16 = 2010;
const YEAR_LAST: i16 = 2079;
/// Digits before and after the point of an amount.
const AMOUNT_DIGITS_MAX: usize = 15;
const AMOUNT_SCALE_MAX: u32 = 2;
/// The longest check code (校验码) or checksum.
const CHECK_LENGTH_MAX: usize = 20;

/// What the code states; nothing where any part has another form.
pub(super) fn facts(text: &str) -> Option<Facts> {
    let parts: Vec<&str> = text.split(',').collect();
    let [version, kind, code, number, amount, date, rest @ ..] = parts.as_slice() else { return None };
    let known = [AMOUNT_BEFORE_TAX, AMOUNT_WITH_TAX, AMOUNT_UNKNOWN].iter().any(|kinds| kinds.contains(kind));
    let tail = |text: &&str| text.len() <= CHECK_LENGTH_MAX && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if *version != "01" || !known || rest.is_empty() || rest.len() > 3 || !rest.iter().all(tail) {
        return None;
    }
    let digital = is_digits(number, 20) && code.is_empty();
    let older = is_digits(number, 8) && (is_digits(code, 10) || is_digits(code, 12));
    if !digital && !older {
        return None;
    }
    let date = date_of(date)?;
    let amount = if amount.is_empty() { None } else { Some(amount_of(amount)?) };
    let rule = if older { format!("fapiao:number of code {code}") } else { "fapiao:number".to_owned() };
    let mut fields = vec![
        fact(FieldName::DocumentNumber, FieldValue::Text((*number).to_owned()), rule),
        fact(FieldName::IssueDate, FieldValue::Date(date), "fapiao:date"),
    ];
    if let Ok(yuan) = Currency::parse("CNY") {
        fields.push(fact(FieldName::Currency, FieldValue::Currency(yuan), "fapiao:format"));
    }
    let name = if digital && AMOUNT_WITH_TAX.contains(kind) {
        Some(FieldName::Total)
    } else if older && AMOUNT_BEFORE_TAX.contains(kind) {
        Some(FieldName::Subtotal)
    } else {
        None
    };
    // An amount of nothing is a code that left it out.
    if let (Some(name), Some(amount)) = (name, amount.filter(|amount| !amount.is_zero())) {
        let rule = format!("fapiao:amount of type {kind}");
        fields.push(fact(name, FieldValue::Amount(amount), rule));
    }
    // A red-letter fapiao (红字) takes an earlier one back.
    let red = amount.is_some_and(|amount| amount.is_sign_negative() && !amount.is_zero());
    Some(part(if red { DocumentKind::CreditNote } else { DocumentKind::Invoice }, fields))
}

/// `yyyymmdd`.
fn date_of(text: &str) -> Option<civil::Date> {
    if !is_digits(text, 8) {
        return None;
    }
    let value: u32 = text.parse().ok()?;
    let year = i16::try_from(value / 10_000).ok().filter(|year| (YEAR_FIRST..=YEAR_LAST).contains(year))?;
    let (month, day) = (i8::try_from(value / 100 % 100).ok()?, i8::try_from(value % 100).ok()?);
    civil::Date::new(year, month, day).ok()
}

fn amount_of(text: &str) -> Option<Decimal> {
    let plain = text.strip_prefix('-').unwrap_or(text);
    let shaped = plain.starts_with(|first: char| first.is_ascii_digit())
        && plain.ends_with(|last: char| last.is_ascii_digit())
        && plain.len() <= AMOUNT_DIGITS_MAX
        && plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let amount = Decimal::from_str_exact(text).ok().filter(|_| shaped)?;
    (amount.normalize().scale() <= AMOUNT_SCALE_MAX).then_some(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<Vec<(FieldName, String)>> {
        Some(facts(text)?.fields.iter().map(|fact| (fact.name, fact.value.to_text())).collect())
    }

    #[test]
    fn published_examples() {
        use FieldName::{Currency, DocumentNumber, IssueDate, Subtotal, Total};
        for (text, number, date, amount) in [
            // Older ones: before tax.
            (
                "01,10,050003523456,29342181,104.72,20180613,02418567008427471889,1774,",
                "29342181",
                "2018-06-13",
                Some((Subtotal, "104.72")),
            ),
            (
                "01,10,011001605111,80100798,64.9,20161018,85342965681116380258",
                "80100798",
                "2016-10-18",
                Some((Subtotal, "64.9")),
            ),
            (
                "01,01,1200154130,03630024,94339.62,20160621,,9335,",
                "03630024",
                "2016-06-21",
                Some((Subtotal, "94339.62")),
            ),
            (
                "01,04,4200161350,00015045,165106.00,20160501,48114255542168294433,DBFE,",
                "00015045",
                "2016-05-01",
                Some((Subtotal, "165106.00")),
            ),
            // Fully digital ones: with tax.
            (
                "01,32,,23442000000014209621,112,20230215,,74AE",
                "23442000000014209621",
                "2023-02-15",
                Some((Total, "112")),
            ),
            (
                "01,31,,25112000000012345678,-1130.00,20250304,,0A1B",
                "25112000000012345678",
                "2025-03-04",
                Some((Total, "-1130.00")),
            ),
            // Types whose amount may mean either.
            ("01,51,,25119110001000123456,553.00,20250304,,0A1B", "25119110001000123456", "2025-03-04", None),
            ("01,11,050003523456,29342181,12.00,20180613,,1774,", "29342181", "2018-06-13", None),
            // A digital type with an old number is a form nobody knows.
            ("01,32,050003523456,29342181,12.00,20240613,,1774,", "29342181", "2024-06-13", None),
            ("01,32,,23442000000014209621,,20230215,,74AE", "23442000000014209621", "2023-02-15", None),
        ] {
            let mut expected =
                vec![(DocumentNumber, number.to_owned()), (IssueDate, date.to_owned()), (Currency, "CNY".to_owned())];
            expected.extend(amount.map(|(name, amount)| (name, amount.to_owned())));
            assert_eq!(said(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn kinds_and_codes() {
        let red = facts("01,31,,25112000000012345678,-1130.00,20250304,,0A1B").expect("it is a fapiao");
        assert_eq!(red.kind, DocumentKind::CreditNote);
        let older = facts("01,10,050003523456,29342181,104.72,20180613,02418567008427471889,1774,").expect("it is one");
        assert_eq!(older.kind, DocumentKind::Invoice);
        assert_eq!(older.fields[0].rule, "fapiao:number of code 050003523456");
    }

    #[test]
    fn other_forms() {
        for text in [
            "02,32,,23442000000014209621,112,20230215,,74AE",
            "01,99,,23442000000014209621,112,20230215,,74AE",
            "01,32,,2344200000001420962,112,20230215,,74AE",
            "01,32,,23442000000014209621,112,20230231,,74AE",
            "01,32,,23442000000014209621,112.345,20230215,,74AE",
            "01,32,,23442000000014209621,1e3,20230215,,74AE",
            "01,32,,23442000000014209621,+112,20230215,,74AE",
            "01,32,,23442000000014209621,112,20230215",
            "01,10,,29342181,104.72,20180613,02418567008427471889,1774,",
            "01,10,050003523456,29342181,104.72,19990613,02418567008427471889,1774,",
            "01,32,,23442000000014209621,112,20230215,,74AE,a,b,c",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }
}
