//! The numbers of Asia, Australia and the United States. Each function takes capital letters and digits, and gives the
//! number as vouch writes it with the verdict, or nothing where the shape is another one.

use super::{Verdict, digits, verdict, weighted};

type Checked = Option<(String, Verdict)>;

/// Whether the text is letters (`A`), digits (`9`) or either (`*`), sign by sign as in the pattern.
pub(super) fn is_shaped(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, wanted)| match wanted {
            b'A' => byte.is_ascii_uppercase(),
            b'9' => byte.is_ascii_digit(),
            b'*' => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            other => byte == other,
        })
}

/// The places of the signs in an alphabet.
fn places<const N: usize>(text: &str, alphabet: &str) -> Option<[u32; N]> {
    let places: Option<Vec<u32>> =
        text.chars().map(|sign| alphabet.find(sign).and_then(|place| u32::try_from(place).ok())).collect();
    places?.try_into().ok()
}

/// Whether the sign stands at this place of the alphabet.
fn stands_at(alphabet: &str, place: u32, sign: Option<char>) -> bool {
    usize::try_from(place).ok().and_then(|place| alphabet.chars().nth(place)) == sign
}

/// Source: Australian Business Register, "Format of the ABN".
pub(super) fn australia(text: &str) -> Checked {
    let mut values = digits::<11>(text)?;
    let first = values.first_mut()?;
    *first = first.checked_sub(1)?;
    let right = weighted(&values, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]).is_multiple_of(89);
    Some((text.to_owned(), verdict(right)))
}

/// Source: GB 32100-2015.
pub(super) fn china(text: &str) -> Checked {
    const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let values = places::<18>(text, ALPHABET)?;
    // The kind of body, then the district in six digits.
    if !text.get(2..8)?.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let check = (31 - weighted(&values, &WEIGHTS) % 31) % 31;
    Some((text.to_owned(), verdict(values.last() == Some(&check))))
}

/// Eight digits; a certificate goes on with branch, month, year and a digit: `99999999-000-03-25-6`.
pub(super) fn hong_kong(text: &str) -> Checked {
    let number = if is_shaped(text, "9999999999999999") { text.get(..8)? } else { text };
    is_shaped(number, "99999999").then(|| (number.to_owned(), Verdict::ShapeOnly))
}

/// State, the taxpayer's PAN, how many-th registration, `Z`, check sign. Source: GSTN, "Structure of GSTIN".
pub(super) fn india(text: &str) -> Checked {
    const ALPHABET: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const STATE_LAST: u32 = 38;
    /// Other territory, and the centre's own.
    const STATES_BESIDES: [u32; 2] = [97, 99];
    /// The fourth letter of a PAN: what kind of taxpayer. Source: the Income Tax Department's "Structure of PAN".
    const TAXPAYERS: &str = "ABCEFGHJKLPT";
    let state: u32 = text.get(..2)?.parse().ok()?;
    let known = (1..=STATE_LAST).contains(&state) || STATES_BESIDES.contains(&state);
    if !known || !is_shaped(text, "99AAAAA9999A*Z*") || !TAXPAYERS.contains(text.get(5..6)?) {
        return None;
    }
    let values = places::<15>(text, ALPHABET)?;
    let folded = |(place, value): (usize, &u32)| {
        let product = if place % 2 == 1 { value * 2 } else { *value };
        product / 36 + product % 36
    };
    let sum: u32 = values.iter().take(14).enumerate().map(folded).sum();
    Some((text.to_owned(), verdict(values.last() == Some(&((36 - sum % 36) % 36)))))
}

/// The check digit stands first. Source: 法人番号の指定等に関する省令, article 2. A sole trader's number, which also has a
/// `T`, is not promised to follow it, so with a `T` a wrong digit proves nothing.
pub(super) fn japan(text: &str) -> Checked {
    let number = text.strip_prefix('T').unwrap_or(text);
    let values = digits::<13>(number)?;
    let weights: [u32; 12] = [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1];
    let sum = weighted(values.get(1..)?, &weights);
    let right = values.first() == Some(&(9 - sum % 9));
    let verdict = if number.len() < text.len() && !right { Verdict::ShapeOnly } else { verdict(right) };
    Some((text.to_owned(), verdict))
}

/// Five to seven digits and a letter, or year, kind (01 to 06) and six digits. SSM publishes no check.
pub(super) fn malaysia_company(text: &str) -> Checked {
    if is_shaped(text, "999999999999") {
        let year: u32 = text.get(..4)?.parse().ok()?;
        let kind: u32 = text.get(4..6)?.parse().ok()?;
        let shaped = (1900..=2079).contains(&year) && (1..=6).contains(&kind);
        return shaped.then(|| (text.to_owned(), Verdict::ShapeOnly));
    }
    let (number, letter) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let shaped = (5..=7).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && letter.bytes().all(|byte| byte.is_ascii_uppercase());
    shaped.then(|| (format!("{number}-{letter}"), Verdict::ShapeOnly))
}

/// Twelve digits that begin with two zeros.
pub(super) fn malaysia_gst(text: &str) -> Checked {
    is_shaped(text, "009999999999").then(|| (text.to_owned(), Verdict::ShapeOnly))
}

/// Office, start and serial number: `W10-1808-32000123`.
pub(super) fn malaysia_sales_tax(text: &str) -> Checked {
    is_shaped(text, "A99999999999999").then(|| (text.to_owned(), Verdict::ShapeOnly))
}

/// Source: LHDN, "Tax Identification Number (TIN)".
pub(super) fn malaysia_taxpayer(text: &str) -> Checked {
    const PREFIXES: &[&str] =
        &["IG", "CS", "FA", "PT", "TA", "TC", "TN", "TR", "TP", "LE", "SG", "OG", "C", "D", "E", "F", "J"];
    let number = PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix))?;
    let shaped = (8..=11).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    shaped.then(|| (text.to_owned(), Verdict::ShapeOnly))
}

/// Businesses, local companies, and all others. Source: ACRA, "UEN numbering".
pub(super) fn singapore_entity(text: &str) -> Checked {
    const OTHERS: &str = "ABCDEFGHJKLMNPQRSTUVWX0123456789";
    let (number, _) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let check = text.chars().next_back();
    let right = if is_shaped(text, "99999999A") {
        let sum = weighted(&digits::<8>(number)?, &[10, 4, 9, 3, 8, 2, 7, 1]);
        stands_at("XMKECAWLJDB", sum % 11, check)
    } else if is_shaped(text, "999999999A") {
        let year: u32 = number.get(..4)?.parse().ok()?;
        if !(1800..=2079).contains(&year) {
            return None;
        }
        let sum = weighted(&digits::<9>(number)?, &[10, 8, 6, 4, 9, 7, 5, 3, 1]);
        stands_at("ZKCMDNERGWH", sum % 11, check)
    } else if is_shaped(text, "A99**9999A") && text.starts_with(['R', 'S', 'T']) {
        let sum = weighted(&places::<9>(number, OTHERS)?, &[4, 3, 5, 3, 10, 2, 2, 5, 7]);
        stands_at(OTHERS, (sum + 6) % 11, check)
    } else {
        return None;
    };
    Some((text.to_owned(), verdict(right)))
}

/// `M2-1234567-8`, `MR-1234567-8`, `M90312345A`. IRAS publishes no check.
pub(super) fn singapore_gst(text: &str) -> Checked {
    is_shaped(text, "M*9999999*").then(|| (text.to_owned(), Verdict::ShapeOnly))
}

/// Divisible by ten, or, since April 2023, by five, which holds for the older ones too. Where the seventh digit is a
/// seven its product's digits add up to ten, which may count as one or as nothing. Source: 財政部財政資訊中心,
/// 營利事業統一編號檢查碼邏輯修正說明.
pub(super) fn taiwan(text: &str) -> Checked {
    let values = digits::<8>(text)?;
    let products = values.iter().zip([1, 2, 1, 2, 1, 2, 4, 1]).map(|(value, weight)| value * weight);
    let sum: u32 = products.map(|product| product / 10 + product % 10).sum();
    let seven = values.get(6) == Some(&7);
    let right = sum.is_multiple_of(5) || (seven && (sum + 1).is_multiple_of(5));
    let some = values.iter().any(|value| *value > 0);
    some.then(|| (text.to_owned(), verdict(right)))
}

/// Source: IRS, "How EINs are assigned and valid EIN prefixes".
pub(super) fn united_states(text: &str) -> Checked {
    const NEVER: [u32; 17] = [0, 7, 8, 9, 17, 18, 19, 28, 29, 49, 69, 70, 78, 79, 89, 96, 97];
    let prefix: u32 = text.get(..2)?.parse().ok()?;
    let shaped = is_shaped(text, "999999999") && !NEVER.contains(&prefix);
    shaped.then(|| (text.to_owned(), Verdict::ShapeOnly))
}
