//! From the contents of codes to facts: which format each is in, and what all formats share.
//!
//! Pure. A format is recognised by its whole shape, never by a prefix alone, so that a stranger's code is not taken
//! for an invoice. Codes that only lead to a web page (MyInvois, ZATCA's stamp, a shop's menu) state nothing.

use crate::model::{
    fact::{Fact, Facts},
    field::{DocumentKind, FieldName, FieldValue},
    page::Source,
};

use super::{decode::Code, emv, fapiao, taiwan};

/// The most bytes a QR code can hold: version 40 at the lowest correction. Source: ISO/IEC 18004.
const BYTES_MAX: usize = 2953;

/// What the codes of one page state, a part for each code of a known format.
pub(super) fn facts(codes: &[Code], page: u32) -> Vec<Facts> {
    let codes: Vec<&Code> = codes.iter().filter(|code| code.bytes.len() <= BYTES_MAX).collect();
    let alone = codes.iter().filter_map(|code| {
        let text = std::str::from_utf8(&code.bytes).ok()?.trim();
        let mut facts = fapiao::facts(text).or_else(|| emv::facts(text))?;
        facts.page = Some(page);
        facts.area = Some(code.area);
        Some(facts)
    });
    alone.chain(taiwan::facts(&codes, page)).collect()
}

/// A part that stands nowhere yet and has no line items.
pub(super) fn part(kind: DocumentKind, fields: Vec<Fact>) -> Facts {
    Facts { source: Source::Qr, kind, page: None, area: None, fields, line_items: Vec::new(), problems: Vec::new() }
}

pub(super) fn fact(name: FieldName, value: FieldValue, rule: impl Into<String>) -> Fact {
    Fact { name, value, rule: rule.into() }
}

/// Whether the text is so many ASCII digits.
pub(super) fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// For a fuzzer: arbitrary bytes as the contents of up to eight codes, cut at each `0xff`, which stands in no format.
pub(super) fn facts_of_bytes(bytes: &[u8]) -> Vec<Facts> {
    use crate::model::page::Area;
    let area = Area { left: 0, top: 0, width: 1, height: 1 };
    let contents = bytes.split(|byte| *byte == 0xff).take(8);
    let codes: Vec<Code> = contents.map(|bytes| Code { bytes: bytes.to_vec(), area }).collect();
    facts(&codes, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn strangers_say_nothing() {
        for content in [
            "",
            "https://myinvois.hasil.gov.my/ABCDEFGHIJKL/share/0123456789",
            "AQVCb2JzAg8zMTAxMjIzOTM1MDAwMDMDFDIwMjItMDQtMjVUMTU6MzA6MDBaBAcxMDAwLjAwBQYxNTAuMDA=",
            "WIFI:T:WPA;S:Cafe;P:secret;;",
            "01,02,03,04,05,06,07",
            "000201",
            "**",
            "AB12345678",
        ] {
            assert_eq!(facts_of_bytes(content.as_bytes()), [], "{content}");
        }
        assert_eq!(facts_of_bytes(&vec![b'0'; 20_000]), []);
    }

    proptest! {
        #[test]
        fn never_panics_on_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = facts_of_bytes(&bytes);
        }

        #[test]
        fn never_panics_on_near_misses(
            start in prop::sample::select(vec![
                "01,32,,23442000000014209621,112,20230215,,74AE",
                "01,10,050003523456,29342181,104.72,20180613,02418567008427471889,1774,",
                "0002010102115303344540510.005802HK5904CAFE6304",
                "AB1234567811403041234000003e80000041a0000000004595257AAAAAAAAAAAAAAAAAAAAAA==:**:1:1:2:5ZKW:1:9",
                "AB1234567811403041234000003e80000041a0000000004595257AAAAAAAAAAAAAAAAAAAAAA==:**********:1:1:0:x:1:9",
            ]),
            at in 0_usize..120, cut in 0_usize..12, put in any::<String>(),
        ) {
            let mut characters: Vec<char> = start.chars().collect();
            let at = at.min(characters.len());
            characters.splice(at..(at + cut).min(characters.len()), put.chars());
            let _ = facts_of_bytes(characters.into_iter().collect::<String>().as_bytes());
        }

        /// A name comes once at most, as `Facts` promises.
        #[test]
        fn a_name_comes_once(number in "[0-9]{20}", amount in "-?[0-9]{1,9}(\\.[0-9]{1,2})?") {
            for facts in facts_of_bytes(format!("01,31,,{number},{amount},20250304,,1A2B").as_bytes()) {
                let mut names: Vec<FieldName> = facts.fields.iter().map(|fact| fact.name).collect();
                names.sort_unstable();
                names.dedup();
                prop_assert_eq!(names.len(), facts.fields.len());
            }
        }
    }
}
