//! Looking for numbers in a line: the words before a number say what kind it is.

use std::ops::Range;

use super::{Kind, TaxId, Verdict, europe, half_width};

/// What stands before a number (capital letters, digits and simplified signs only, as `Squeezed` has them), and what it may then be. A
/// longer label comes before one that it begins with.
const LABELS: &[(&str, &[Kind])] = &[
    ("GSTREGISTRATION", GST),
    ("GSTREG", GST),
    ("GSTNUMBER", GST),
    ("GSTNO", GST),
    ("GSTID", GST),
    // As optical recognition reads it.
    ("GST1D", GST),
    ("GSTIN", &[Kind::IndiaGst]),
    ("COMPANYREGISTRATION", COMPANY),
    ("COMPANYREG", COMPANY),
    ("COMPANYNO", COMPANY),
    ("COREG", COMPANY),
    ("CONO", COMPANY),
    ("REGNO", COMPANY),
    ("ROCNO", COMPANY),
    ("ROC", COMPANY),
    ("SSMNO", COMPANY),
    ("SSM", COMPANY),
    ("UEN", &[Kind::SingaporeEntity]),
    ("ABN", &[Kind::AustraliaBusiness]),
    ("SSTREGISTRATION", SALES_TAX),
    ("SSTREG", SALES_TAX),
    ("SSTNO", SALES_TAX),
    ("SSTID", SALES_TAX),
    ("SALESTAX", SALES_TAX),
    ("SERVICETAX", SALES_TAX),
    ("TINNO", &[Kind::MalaysiaTaxpayer]),
    ("TIN", &[Kind::MalaysiaTaxpayer, Kind::UnitedStatesEmployer]),
    ("FEDERALTAXID", &[Kind::UnitedStatesEmployer]),
    ("FEIN", &[Kind::UnitedStatesEmployer]),
    ("EIN", &[Kind::UnitedStatesEmployer]),
    ("BUSINESSREGISTRATION", &[Kind::HongKongBusiness, Kind::MalaysiaCompany]),
    ("BUSINESSREG", &[Kind::HongKongBusiness, Kind::MalaysiaCompany]),
    ("BRNO", &[Kind::HongKongBusiness, Kind::MalaysiaCompany]),
    ("BRN", &[Kind::HongKongBusiness, Kind::MalaysiaCompany]),
    ("BR", &[Kind::HongKongBusiness]),
    ("商业登记", &[Kind::HongKongBusiness]),
    ("统一编号", &[Kind::TaiwanBusiness]),
    ("统编", &[Kind::TaiwanBusiness]),
    ("卖方", &[Kind::TaiwanBusiness]),
    ("统一社会信用代码", &[Kind::ChinaCredit]),
    ("社会信用代码", &[Kind::ChinaCredit]),
    ("纳税人识别号", &[Kind::ChinaCredit]),
    ("税号", &[Kind::ChinaCredit]),
    ("登录番号", &[Kind::JapanCorporate]),
    ("法人番号", &[Kind::JapanCorporate]),
    ("VAT", VAT),
    ("NTVA", FRENCH),
    ("TVA", FRENCH),
    ("SIREN", FRENCH),
    ("USTIDNR", GERMAN),
    ("USTID", GERMAN),
    ("UMSATZSTEUERID", GERMAN),
    ("UIDNR", &[Kind::EuropeVat("AT")]),
    ("BTW", &[Kind::EuropeVat("NL"), Kind::EuropeVat("BE")]),
    ("PARTITAIVA", &[Kind::EuropeVat("IT")]),
    ("PIVA", &[Kind::EuropeVat("IT")]),
    ("CIF", &[Kind::EuropeVat("ES")]),
    ("NIF", &[Kind::EuropeVat("ES"), Kind::EuropeVat("PT")]),
    ("NIP", &[Kind::EuropeVat("PL")]),
];
const GST: &[Kind] =
    &[Kind::SingaporeEntity, Kind::SingaporeGst, Kind::MalaysiaGst, Kind::IndiaGst, Kind::AustraliaBusiness];
const COMPANY: &[Kind] = &[Kind::MalaysiaCompany, Kind::SingaporeEntity];
const SALES_TAX: &[Kind] = &[Kind::MalaysiaSalesTax];
/// Continental numbers stand with their country's letters where only VAT is said; nine bare digits are British.
const VAT: &[Kind] = &[Kind::UnitedKingdomVat];
const FRENCH: &[Kind] = &[Kind::EuropeVat("FR")];
const GERMAN: &[Kind] = &[Kind::EuropeVat("DE")];
/// Words between a label and its number.
const FILLERS: &[&str] = &[
    "NO",
    "NR",
    "NUMBER",
    "NUM",
    "NUMMER",
    "REG",
    "REGISTRATION",
    "REGD",
    "ID",
    "CODE",
    "N",
    "INTRA",
    "INTRACOM",
    "CERTIFICATE",
];
/// The same in Chinese, which stands without spaces; longest first.
const FILLERS_HAN: &[&str] = &[
    "登記證號碼",
    "證號碼",
    "登記號碼",
    "号码",
    "號碼",
    "編號",
    "编号",
    "代码",
    "代碼",
    "統編",
    "统编",
    "證",
    "证",
    "號",
    "号",
];

/// A line longer than this holds no single label and number; the rest of it is not looked at.
const LINE_MAX: usize = 2000;
/// A number is spaced into this many groups at most: Australia's into four, Germany's with its letters into four.
const GROUPS_MAX: usize = 6;
/// This many fillers and signs may stand between a label and its number.
const FILLERS_MAX: usize = 5;

/// A number that needs no label is not shorter: two letters and eight digits of a European one.
const ALONE_BYTES_MIN: usize = 10;

/// A number in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its bytes in the line.
    pub range: Range<usize>,
    /// The number.
    pub id: TaxId,
    /// What its check digit says.
    pub verdict: Verdict,
}

/// The numbers in a line, from left to right, each with its place and what its check digit says.
///
/// A number is found after a word that announces it ("GST Reg No", "Co. Reg", "ABN", "統一編號"), or where it says by
/// its own letters and check digit what it is. Whose number it is, seller's or buyer's, the line does not always say.
#[must_use]
pub fn find(line: &str) -> Vec<Found> {
    let mut end = line.len().min(LINE_MAX);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let line = line.get(..end).unwrap_or_default();
    let squeezed = Squeezed::of(line);
    let mut found: Vec<Found> = Vec::new();
    let mut at = 0;
    while at < squeezed.signs.len() {
        let hit = squeezed.label_at(at).and_then(|(length, kinds)| {
            let from = squeezed.signs.get(at + length - 1)?.bytes.end;
            number_after(line, from, kinds)
        });
        match hit {
            Some(hit) => {
                at = squeezed.after(hit.range.end);
                found.push(hit);
            }
            None => at += 1,
        }
    }
    for hit in by_themselves(line) {
        if !found.iter().any(|known| known.range.start < hit.range.end && hit.range.start < known.range.end) {
            found.push(hit);
        }
    }
    found.sort_by_key(|hit| hit.range.start);
    found
}

/// The simplified form of the signs that stand in labels: optical recognition mixes both forms within one word.
const fn simplified(character: char) -> char {
    match character {
        '業' => '业',
        '記' => '记',
        '統' => '统',
        '編' => '编',
        '號' => '号',
        '賣' => '卖',
        '會' => '会',
        '碼' => '码',
        '納' => '纳',
        '稅' => '税',
        '識' => '识',
        '別' => '别',
        '録' | '錄' => '录',
        other => other,
    }
}

/// A letter or digit of the line, in capitals and simplified, and its bytes there.
struct Sign {
    character: char,
    bytes: Range<usize>,
}

/// The line without spaces and punctuation, in which "Co. Reg. No" reads COREGNO.
struct Squeezed {
    signs: Vec<Sign>,
}

impl Squeezed {
    fn of(line: &str) -> Self {
        let signs = line.char_indices().filter_map(|(at, character)| {
            let plain = simplified(half_width(character).to_ascii_uppercase());
            plain.is_alphanumeric().then(|| Sign { character: plain, bytes: at..at + character.len_utf8() })
        });
        Self { signs: signs.collect() }
    }

    /// The label that begins here, with its length in signs. A Latin one begins and ends a word.
    fn label_at(&self, at: usize) -> Option<(usize, &'static [Kind])> {
        let rest = self.signs.get(at..)?;
        let joined = |left: &Sign, right: &Sign| {
            left.bytes.end == right.bytes.start && [left, right].iter().all(|sign| sign.character.is_ascii_alphabetic())
        };
        let first = rest.first()?;
        let before = at.checked_sub(1).and_then(|before| self.signs.get(before));
        if before.is_some_and(|sign| joined(sign, first)) {
            return None;
        }
        LABELS.iter().find_map(|(label, kinds)| {
            let mut signs = rest.iter();
            let mut length = 0;
            let mut last = first;
            for wanted in label.chars() {
                last = signs.next().filter(|sign| sign.character == wanted)?;
                length += 1;
            }
            let goes_on = signs.next().is_some_and(|next| joined(last, next));
            (!goes_on).then_some((length, *kinds))
        })
    }

    /// The first sign at or behind a byte.
    fn after(&self, byte: usize) -> usize {
        self.signs.partition_point(|sign| sign.bytes.start < byte)
    }
}

/// The number that stands at the start of the rest of a line, behind fillers.
fn number_after(line: &str, from: usize, kinds: &[Kind]) -> Option<Found> {
    let mut start = from;
    for _ in 0..FILLERS_MAX {
        let rest = line.get(start..)?;
        let skipped = rest.trim_start_matches(|character: char| !character.is_alphanumeric());
        start += rest.len() - skipped.len();
        let word = skipped.split(|character: char| !character.is_ascii_alphabetic()).next().unwrap_or_default();
        let han = FILLERS_HAN.iter().find(|filler| skipped.starts_with(**filler)).map_or(0, |filler| filler.len());
        let filler = FILLERS.iter().any(|filler| word.eq_ignore_ascii_case(filler));
        // "ID 12", but not the ID of "ID12".
        let apart = !skipped.get(word.len()..).is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()));
        start += match (han, filler && apart) {
            (0, true) => word.len(),
            (0, false) => break,
            (length, _) => length,
        };
    }
    best_at(line, start, kinds)
}

/// The best reading of the groups that begin at a byte: the best verdict, then the longest.
fn best_at(line: &str, start: usize, kinds: &[Kind]) -> Option<Found> {
    let ends = group_ends(line, start);
    let prefixed = europe::countries().map(Kind::EuropeVat).filter(|kind| stands_before(line, start, *kind));
    let kinds: Vec<Kind> = kinds.iter().copied().chain(prefixed).collect();
    let readings = ends.iter().flat_map(|end| {
        let text = line.get(start..*end).unwrap_or_default();
        kinds.iter().filter_map(move |kind| {
            TaxId::of(*kind, text).map(|(id, verdict)| Found { range: start..*end, id, verdict })
        })
    });
    readings.max_by_key(|hit| (hit.verdict, hit.range.end))
}

/// Whether the country's letters stand at the place.
fn stands_before(line: &str, start: usize, kind: Kind) -> bool {
    let Kind::EuropeVat(country) = kind else { return false };
    line.get(start..start + 2).is_some_and(|letters| letters.eq_ignore_ascii_case(country))
}

/// The ends of the first group, of the first two, and so on: letters, digits and the signs within a number.
fn group_ends(line: &str, start: usize) -> Vec<usize> {
    let within = |character: char| {
        half_width(character).is_ascii_alphanumeric()
            || matches!(half_width(character), '-' | '.' | '/' | '+' | '*' | '–')
    };
    let mut ends = Vec::new();
    let mut at = start;
    while ends.len() < GROUPS_MAX {
        let rest = line.get(at..).unwrap_or_default();
        let begun = rest.trim_start_matches([' ', '\u{3000}', '\u{a0}']);
        let group_end = begun.find(|character: char| !within(character)).unwrap_or(begun.len());
        let group = begun.get(..group_end).unwrap_or_default().trim_end_matches(['-', '.', '/', '–']);
        if group.is_empty() {
            break;
        }
        at += rest.len() - begun.len() + group.len();
        ends.push(at);
        // Punctuation after a group ends the number.
        if group.len() < group_end {
            break;
        }
    }
    ends
}

/// Numbers that need no label: letters and a right check digit together are no accident.
fn by_themselves(line: &str) -> Vec<Found> {
    let boundary = |character: char| !(half_width(character).is_ascii_alphanumeric() || character == '*');
    let mut found = Vec::new();
    let mut at = 0;
    for word in line.split(boundary) {
        let (start, end) = (at, at + word.len());
        at = end + line.get(end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        if word.len() < ALONE_BYTES_MIN {
            continue;
        }
        let strong = |kind: Kind| match kind {
            Kind::ChinaCredit | Kind::IndiaGst | Kind::JapanCorporate | Kind::UnitedKingdomVat => true,
            // Luhn alone lets one in ten pass; together with two letters and the length that is enough.
            Kind::EuropeVat(_) => true,
            Kind::AustraliaBusiness
            | Kind::HongKongBusiness
            | Kind::MalaysiaCompany
            | Kind::MalaysiaGst
            | Kind::MalaysiaSalesTax
            | Kind::MalaysiaTaxpayer
            | Kind::SingaporeEntity
            | Kind::SingaporeGst
            | Kind::TaiwanBusiness
            | Kind::UnitedStatesEmployer => false,
        };
        let Some(id) = TaxId::parse(word).filter(|id| strong(id.kind())) else { continue };
        let valid = TaxId::of(id.kind(), word).is_some_and(|(_, is)| is == Verdict::Valid);
        if valid {
            found.push(Found { range: start..end, id, verdict: Verdict::Valid });
        }
    }
    found
}
