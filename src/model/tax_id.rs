//! Tax and registration numbers of companies, by country: their shape and, where one is published, their check digit.
//!
//! A check digit proves that a number was read right, not that it is anybody's. Where a country publishes none (Hong
//! Kong, Malaysia, the United States), only the shape is known, and the verdict says so. The rules stand in `asia` and
//! `europe`; `find` looks for numbers in a line of a document by the words before them.

mod asia;
mod europe;
mod find;

pub use find::{Found, find};

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Australian Business Number, 11 digits.
    AustraliaBusiness,
    /// 统一社会信用代码, 18 characters.
    ChinaCredit,
    /// VAT number of a member of the European Union, by the two letters it begins with (Greece's are `EL`).
    EuropeVat(&'static str),
    /// Number of the Business Registration Certificate (商業登記), 8 digits.
    HongKongBusiness,
    /// GSTIN, 15 characters.
    IndiaGst,
    /// 法人番号, 13 digits; with `T` before it, the number of a qualified invoice issuer (登録番号).
    JapanCorporate,
    /// Number of a company at SSM: `933109-X` or, since 2019, 12 digits.
    MalaysiaCompany,
    /// Number of the goods and services tax of 2015 to 2018, 12 digits.
    MalaysiaGst,
    /// Number of the sales and service tax: `W10-1808-32000123`.
    MalaysiaSalesTax,
    /// Tax identification number: `C 12345678900`.
    MalaysiaTaxpayer,
    /// Unique Entity Number, 9 or 10 characters; also the usual GST number.
    SingaporeEntity,
    /// GST number of those who have one besides the UEN: `M2-1234567-8`.
    SingaporeGst,
    /// 統一編號, 8 digits.
    TaiwanBusiness,
    /// VAT number, 9 digits, or 12 with the branch.
    UnitedKingdomVat,
    /// Employer Identification Number: `12-3456789`.
    UnitedStatesEmployer,
}

/// What the number itself says about having been read right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The check digit is wrong: a sign was misread, or the number is not of this kind.
    WrongCheckDigit,
    /// The shape is right, and no check digit is published.
    ShapeOnly,
    /// Shape and check digit are right.
    Valid,
}

/// A number of a known kind, in the one way vouch writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TaxId {
    kind: Kind,
    number: String,
}

/// No number is longer, however it is spaced; longer text is not looked at.
const LENGTH_MAX: usize = 40;

impl TaxId {
    /// The number as one of a kind, and what its check digit says; nothing where the shape is another one. Spaces,
    /// points, hyphens and strokes between the signs are passed over.
    #[must_use]
    pub fn of(kind: Kind, text: &str) -> Option<(Self, Verdict)> {
        let plain = plain(text)?;
        let (number, verdict) = match kind {
            Kind::EuropeVat(country) => europe::vat(country, &plain),
            Kind::UnitedKingdomVat => europe::united_kingdom(&plain),
            Kind::AustraliaBusiness => asia::australia(&plain),
            Kind::ChinaCredit => asia::china(&plain),
            Kind::HongKongBusiness => asia::hong_kong(&plain),
            Kind::IndiaGst => asia::india(&plain),
            Kind::JapanCorporate => asia::japan(&plain),
            Kind::MalaysiaCompany => asia::malaysia_company(&plain),
            Kind::MalaysiaGst => asia::malaysia_gst(&plain),
            Kind::MalaysiaSalesTax => asia::malaysia_sales_tax(&plain),
            Kind::MalaysiaTaxpayer => asia::malaysia_taxpayer(&plain),
            Kind::SingaporeEntity => asia::singapore_entity(&plain),
            Kind::SingaporeGst => asia::singapore_gst(&plain),
            Kind::TaiwanBusiness => asia::taiwan(&plain),
            Kind::UnitedStatesEmployer => asia::united_states(&plain),
        }?;
        Some((Self { kind, number }, verdict))
    }

    /// Whether the text begins as a VAT number of a member of the European Union does, and does not look like one.
    #[must_use]
    pub fn is_misshapen_vat(text: &str) -> bool {
        let country = plain(text).and_then(|plain| europe::country_of(&plain));
        country.is_some_and(|country| Self::of(Kind::EuropeVat(country), text).is_none())
    }

    /// Reads a number that says by itself what it is: by its prefix, or by letters and a check digit that no other
    /// kind has. Eight bare digits are a number in Taiwan and in Hong Kong, and so are not read here.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let plain = plain(text)?;
        let prefixed = europe::country_of(&plain).map(Kind::EuropeVat);
        let britain = plain.starts_with("GB").then_some(Kind::UnitedKingdomVat);
        let japan = plain.starts_with('T').then_some(Kind::JapanCorporate);
        let named = [prefixed, britain, japan].into_iter().flatten();
        let sure = named.filter_map(|kind| Self::of(kind, text)).find(|(_, is)| *is != Verdict::WrongCheckDigit);
        let lettered = [Kind::ChinaCredit, Kind::IndiaGst, Kind::SingaporeEntity, Kind::AustraliaBusiness];
        let checked =
            || lettered.into_iter().filter_map(|kind| Self::of(kind, text)).find(|(_, is)| *is == Verdict::Valid);
        sure.or_else(checked).map(|(id, _)| id)
    }

    /// What kind it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The number: capital letters and digits only, but `933109-X` with its hyphen, European and British ones with
    /// their country.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }
}

/// Capital letters and digits; nothing where the text holds anything else than these and the signs between them.
fn plain(text: &str) -> Option<String> {
    if text.len() > LENGTH_MAX {
        return None;
    }
    let mut plain = String::with_capacity(text.len());
    for character in text.chars().map(half_width) {
        match character {
            ' ' | '.' | '-' | '/' | '–' => {}
            _ if character.is_ascii_alphanumeric() => plain.push(character.to_ascii_uppercase()),
            // Ireland's older numbers.
            '+' | '*' => plain.push(character),
            _ => return None,
        }
    }
    (!plain.is_empty()).then_some(plain)
}

/// The plain form of full-width letters, digits and signs.
fn half_width(character: char) -> char {
    match character {
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        other => other,
    }
}

/// The digits' values; nothing where the text is not so many digits.
fn digits<const N: usize>(text: &str) -> Option<[u32; N]> {
    let values: Option<Vec<u32>> = text.chars().map(|character| character.to_digit(10)).collect();
    values?.try_into().ok()
}

fn weighted(values: &[u32], weights: &[u32]) -> u32 {
    values.iter().zip(weights).map(|(value, weight)| value * weight).sum()
}

/// The sum of Luhn's formula: every second digit from the right doubled, the digits of the products added.
fn luhn(values: &[u32]) -> u32 {
    let doubled = |(place, value): (usize, &u32)| if place % 2 == 1 { value * 2 / 10 + value * 2 % 10 } else { *value };
    values.iter().rev().enumerate().map(doubled).sum()
}

const fn verdict(right: bool) -> Verdict {
    if right { Verdict::Valid } else { Verdict::WrongCheckDigit }
}

#[cfg(test)]
mod tests;
