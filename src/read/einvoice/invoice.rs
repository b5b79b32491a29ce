//! What an invoice states, in the terms of EN 16931, whatever language it is written in.
//!
//! Every value is taken through [`Picker`]: it takes a value only where it can be read and stands there once, and
//! turns everything else into a finding. So a field is right or absent, never a guess.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{
    RULE,
    xml::{Element, Syntax},
};
use crate::model::{
    currency::Currency,
    field::FieldName,
    finding::{Finding, Severity},
};

/// Amounts, prices and quantities from here on are not believed; sums and products of smaller ones always fit.
const NUMBER_MAX: Decimal = Decimal::from_parts(0xD4A5_1000, 0xE8, 0, false, 0);
/// The most digits after the point that a number may have.
const SCALE_MAX: u32 = 12;

/// A value with the place where it stands: `cii:GrandTotalAmount`.
#[derive(Debug, Clone)]
pub(super) struct Stated<T> {
    /// The value.
    pub(super) value: T,
    /// Where it stands.
    pub(super) rule: &'static str,
}

/// How much of an invoice the file promises to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Profile {
    /// Factur-X MINIMUM: no lines, no prepaid amount, no tax by rate.
    Minimum,
    /// Factur-X BASIC WL: no lines.
    BasicWithoutLines,
    /// EN 16931 as it stands, or narrowed by a country.
    European,
    /// EN 16931 with additions of its own, which may take part in the sums.
    Extended,
    /// ZUGFeRD 1, whose rules are older and looser.
    Zugferd1,
    /// A country's narrowing of Peppol's international model, which demands the same totals and has its own rules of
    /// tax: Singapore, Malaysia, Japan, Australia and New Zealand, the Emirates. Source: Peppol PINT Billing 1.1.
    Pint,
    /// Plain UBL as Malaysia's tax office takes it, which names no standard. Source: MyInvois SDK, document type 1.1.
    MyInvois,
    /// It names no standard that vouch knows.
    Other,
}

impl Profile {
    /// The profile that a specification identifier (BT-24) stands for.
    pub(super) fn of(syntax: Syntax, specification: Option<&str>) -> Self {
        let name = specification.unwrap_or_default().to_ascii_lowercase();
        if syntax == Syntax::Zugferd1 {
            Self::Zugferd1
        } else if name.contains(":minimum") {
            Self::Minimum
        } else if name.contains(":basicwl") {
            Self::BasicWithoutLines
        } else if name.contains("#conformant#") || name.ends_with(":extended") {
            // What is compliant only narrows the standard; what is conformant adds to it. Source: EN 16931-1, clause 7.
            Self::Extended
        } else if name.contains("urn:cen.eu:en16931") || name.contains(":factur-x.eu:") || name.contains(":zugferd.de:")
        {
            Self::European
        } else if name.contains("urn:peppol:pint:") || name.contains("urn:fdc:peppol:jp:") {
            Self::Pint
        } else {
            Self::Other
        }
    }

    /// Whether it promises to keep the rules of EN 16931.
    pub(super) const fn is_european(self) -> bool {
        matches!(self, Self::Minimum | Self::BasicWithoutLines | Self::European | Self::Extended)
    }
}

/// How full an e-invoice is, by the names of Factur-X and ZUGFeRD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Minimum,
    BasicWithoutLines,
    Basic,
    /// EN 16931 in full; ZUGFeRD 1 and 2.0 called it COMFORT, Germany's offices narrow it to XRECHNUNG.
    European,
    Extended,
}

impl Level {
    /// The level that a PDF's description names.
    pub(super) fn claimed(name: &str) -> Option<Self> {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
        match plain.to_ascii_uppercase().as_str() {
            "MINIMUM" => Some(Self::Minimum),
            "BASICWL" => Some(Self::BasicWithoutLines),
            "BASIC" => Some(Self::Basic),
            "EN16931" | "COMFORT" | "XRECHNUNG" => Some(Self::European),
            "EXTENDED" => Some(Self::Extended),
            _ => None,
        }
    }

    /// The level that a specification identifier (BT-24) stands for.
    pub(super) fn of(specification: &str) -> Option<Self> {
        let name = specification.to_ascii_lowercase();
        let last = name.rsplit([':', '#']).next().unwrap_or_default();
        let named = Self::claimed(last);
        let is_plain = name.starts_with("urn:cen.eu:en16931") && named.is_none();
        named.or(is_plain.then_some(Self::European))
    }

    /// The name that Factur-X has for it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Minimum => "MINIMUM",
            Self::BasicWithoutLines => "BASIC WL",
            Self::Basic => "BASIC",
            Self::European => "EN 16931",
            Self::Extended => "EXTENDED",
        }
    }
}

/// The amounts of the whole document, in its currency.
#[derive(Debug, Default)]
pub(super) struct Totals {
    /// The sum of the lines, BT-106.
    pub(super) lines: Option<Decimal>,
    /// Allowances on the whole document, BT-107.
    pub(super) allowances: Option<Decimal>,
    /// Charges on the whole document, BT-108.
    pub(super) charges: Option<Decimal>,
    /// Without tax, BT-109.
    pub(super) net: Option<Stated<Decimal>>,
    /// Tax, BT-110.
    pub(super) tax: Option<Stated<Decimal>>,
    /// With tax, BT-112.
    pub(super) total: Option<Stated<Decimal>>,
    /// Already paid, BT-113.
    pub(super) prepaid: Option<Stated<Decimal>>,
    /// What rounding adds to the amount due, BT-114.
    pub(super) rounding: Option<Decimal>,
    /// What is left to pay, BT-115.
    pub(super) due: Option<Decimal>,
    /// What is collected for others and due with it, BT-DEX-002. Source: XRechnung 3.0, extension, BR-DEX-09.
    pub(super) for_others: Option<Decimal>,
}

/// The tax of one rate, BG-23.
#[derive(Debug)]
pub(super) struct TaxPart {
    /// The amount that is taxed.
    pub(super) basis: Option<Decimal>,
    /// In hundredths of the basis.
    pub(super) rate: Option<Decimal>,
    /// The tax.
    pub(super) amount: Option<Decimal>,
    /// The code of its category, BT-118.
    pub(super) category: Option<String>,
}

/// An allowance or charge on the whole document or on a line.
#[derive(Debug)]
pub(super) struct Adjustment {
    /// Whether it adds to the amount.
    pub(super) is_charge: bool,
    /// By how much.
    pub(super) amount: Option<Decimal>,
}

/// A line of the invoice, BG-25.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// What was sold.
    pub(super) description: Option<String>,
    /// How many.
    pub(super) quantity: Option<Decimal>,
    /// The net price of `price_quantity` of them.
    pub(super) price: Option<Decimal>,
    /// How many the price is for; one where it does not say.
    pub(super) price_quantity: Option<Decimal>,
    /// Its allowances and charges.
    pub(super) adjustments: Vec<Adjustment>,
    /// The rate of its tax, in hundredths.
    pub(super) tax_rate: Option<Decimal>,
    /// Its net amount.
    pub(super) amount: Option<Decimal>,
    /// Whether it only heads or explains other lines, so that its amount is not added up. Source: Factur-X EXTENDED.
    pub(super) is_heading: bool,
}

/// A whole invoice as stated.
#[derive(Debug)]
pub(super) struct Invoice {
    /// Its language.
    pub(super) syntax: Syntax,
    /// What it promises to hold.
    pub(super) profile: Profile,
    /// How full it calls itself.
    pub(super) level: Option<Level>,
    /// The code of what kind of paper it is, BT-3.
    pub(super) type_code: Option<String>,
    /// Its number, BT-1.
    pub(super) number: Option<Stated<String>>,
    /// Its date, BT-2.
    pub(super) issue_date: Option<Stated<Date>>,
    /// When it must be paid, BT-9.
    pub(super) due_date: Option<Stated<Date>>,
    /// Its currency, BT-5.
    pub(super) currency: Option<Stated<Currency>>,
    /// Who sold, BT-27.
    pub(super) seller_name: Option<Stated<String>>,
    /// Where they are, BG-5, in one line.
    pub(super) seller_address: Option<Stated<String>>,
    /// Their tax number, BT-31, BT-32 or BT-30.
    pub(super) seller_tax_id: Option<Stated<String>>,
    /// Who bought, BT-44.
    pub(super) buyer_name: Option<String>,
    /// The codes of how it is paid, BT-81.
    pub(super) payment_codes: Vec<String>,
    /// Its amounts.
    pub(super) totals: Totals,
    /// Its tax by rate.
    pub(super) tax_parts: Vec<TaxPart>,
    /// Its allowances and charges.
    pub(super) adjustments: Vec<Adjustment>,
    /// Its lines.
    pub(super) lines: Vec<Line>,
}

/// Takes values out of elements and notes what cannot be taken.
#[derive(Debug, Default)]
pub(super) struct Picker {
    /// What could not be taken, and why.
    pub(super) problems: Vec<Finding>,
    /// The document's currency: amounts stated in another are not the document's.
    pub(super) currency: Option<Currency>,
}

impl Picker {
    /// A text that stands there once.
    pub(super) fn text(
        &mut self,
        elements: &[&Element],
        rule: &'static str,
        field: FieldName,
    ) -> Option<Stated<String>> {
        self.whole(elements, rule, field)?;
        let values: Vec<String> = elements.iter().filter_map(|element| element.text()).collect();
        Some(Stated { value: self.only(values, rule, field)?, rule })
    }

    /// A date that stands there once.
    pub(super) fn date(&mut self, elements: &[&Element], rule: &'static str, field: FieldName) -> Option<Stated<Date>> {
        self.whole(elements, rule, field)?;
        let mut values = Vec::new();
        for element in elements {
            let Some(text) = element.text() else { continue };
            let Some(date) = date(&text, element.attribute("format")) else {
                self.unreadable(rule, &text, "a calendar date", field);
                return None;
            };
            values.push(date);
        }
        Some(Stated { value: self.only(values, rule, field)?, rule })
    }

    /// The document's currency, which from here on is that of its amounts.
    pub(super) fn currency(&mut self, elements: &[&Element], rule: &'static str) -> Option<Stated<Currency>> {
        let code = self.text(elements, rule, FieldName::Currency)?.value;
        match Currency::parse(&code) {
            Ok(currency) => {
                self.currency = Some(currency);
                Some(Stated { value: currency, rule })
            }
            Err(_) => {
                self.unreadable(rule, &code, "a currency of ISO 4217 (BR-CL-04)", FieldName::Currency);
                None
            }
        }
    }

    /// An amount of the whole document, in its currency, that stands there once.
    pub(super) fn amount(
        &mut self,
        elements: &[&Element],
        rule: &'static str,
        field: FieldName,
    ) -> Option<Stated<Decimal>> {
        self.whole(elements, rule, field)?;
        let mut values = Vec::new();
        let mut foreign = None;
        for element in elements {
            let Some(text) = element.text() else { continue };
            let stated_in = element.attribute("currencyID").filter(|code| !code.is_empty());
            let other =
                stated_in.filter(|code| self.currency.is_some_and(|own| !own.code().eq_ignore_ascii_case(code)));
            match (other, number(&text)) {
                (Some(code), _) => foreign = Some(code.to_owned()),
                (None, Some(amount)) => values.push(amount),
                (None, None) => {
                    self.unreadable(rule, &text, "an amount", field);
                    return None;
                }
            }
        }
        if let (true, Some(code)) = (values.is_empty(), foreign) {
            let message = format!("BR-CL-03: {rule} is stated in {code:.10}, which is not the invoice's currency.");
            self.problems.push(Finding::new(RULE, Severity::Block, message, &[field, FieldName::Currency]));
        }
        Some(Stated { value: self.only(values, rule, field)?, rule })
    }

    /// A number of a part of the document, such as a line; one that cannot be read is worth a look.
    pub(super) fn part(&mut self, element: Option<&Element>, rule: &'static str) -> Option<Decimal> {
        let element = element?;
        let text = element.text()?;
        let value = number(&text).filter(|_| !element.is_mixed());
        if value.is_none() {
            let message = format!("“{text:.40}” in {rule} is not a number.");
            self.problems.push(Finding::new(RULE, Severity::Flag, message, &[]));
        }
        value
    }

    /// Nothing where elements stand in the middle of a value, which is then no value.
    fn whole(&mut self, elements: &[&Element], rule: &'static str, field: FieldName) -> Option<()> {
        let Some(mixed) = elements.iter().find(|element| element.is_mixed()) else { return Some(()) };
        self.unreadable(rule, &mixed.text().unwrap_or_default(), "a value without elements in it", field);
        None
    }

    fn only<T: PartialEq>(&mut self, values: Vec<T>, rule: &'static str, field: FieldName) -> Option<T> {
        let mut values = values.into_iter();
        let first = values.next()?;
        if values.all(|value| value == first) {
            return Some(first);
        }
        let message = format!("{rule} is stated more than once, differently.");
        self.problems.push(Finding::new(RULE, Severity::Block, message, &[field]));
        None
    }

    fn unreadable(&mut self, rule: &'static str, text: &str, expected: &str, field: FieldName) {
        let message = format!("“{text:.40}” in {rule} is not {expected}.");
        self.problems.push(Finding::new(RULE, Severity::Block, message, &[field]));
    }
}

/// Reads an xs:decimal.
pub(super) fn number(text: &str) -> Option<Decimal> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    // Zeros that say nothing are no reason to refuse a number.
    let whole = whole.trim_start_matches('0');
    let fraction = if fraction.len() > 4 { fraction.trim_end_matches('0') } else { fraction };
    let scale = u32::try_from(fraction.len()).ok().filter(|scale| *scale <= SCALE_MAX)?;
    let mantissa: i128 = match format!("{whole}{fraction}") {
        empty if empty.is_empty() => 0,
        some if some.len() > 28 => return None,
        some => some.parse().ok()?,
    };
    let value = Decimal::try_from_i128_with_scale(if negative { -mantissa } else { mantissa }, scale).ok()?;
    (value.abs() < NUMBER_MAX).then_some(value)
}

/// Reads an xs:date, an xs:dateTime, or a date in a format of UNTDID 2379.
pub(super) fn date(text: &str, format: Option<&str>) -> Option<Date> {
    let of_parts = |year: &str, month: &str, day: &str| {
        let all_digits = [year, month, day].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
        let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
        all_digits.then_some(date)
    };
    let compact = text.bytes().all(|byte| byte.is_ascii_digit());
    match (format, compact, text.len()) {
        // 102 is a day; 203 and 204 add the time of day. Where no format is given, eight digits can be nothing else.
        (Some("102") | None, true, 8) | (Some("203"), true, 12) | (Some("204"), true, 14) => {
            of_parts(text.get(..4)?, text.get(4..6)?, text.get(6..8)?)
        }
        (_, false, 10..) if text.get(4..5) == Some("-") && text.get(7..8) == Some("-") => {
            if is_time_or_zone(text.get(10..)?) {
                of_parts(text.get(..4)?, text.get(5..7)?, text.get(8..10)?)
            } else {
                None
            }
        }
        _ => None,
    }
}

/// Whether what follows a day is a time of day, a zone, both or nothing. Source: XML Schema part 2, 3.2.7 and 3.2.9.
fn is_time_or_zone(rest: &str) -> bool {
    let fits = |text: &str, shapes: &[&str]| {
        let byte = |(byte, shape): (u8, u8)| if shape == b'0' { byte.is_ascii_digit() } else { byte == shape };
        shapes.iter().any(|shape| text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(byte))
    };
    let (time, zone) = rest.find(['Z', '+', '-']).map_or((rest, ""), |at| rest.split_at(at));
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let is_time = is_fraction && fits(clock, &["T00:00", "T00:00:00", " 00:00", " 00:00:00"]);
    (time.is_empty() || is_time) && fits(zone, &["", "Z", "+00:00", "-00:00"])
}

/// Parts of an address in one line.
pub(super) fn one_line(parts: Vec<Option<String>>) -> Option<String> {
    let line = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    (!line.is_empty()).then_some(line)
}

/// A postcode with its town, as on an envelope.
pub(super) fn town(postcode: Option<String>, city: Option<String>) -> Option<String> {
    match (postcode, city) {
        (Some(postcode), Some(city)) => Some(format!("{postcode} {city}")),
        (Some(one), None) | (None, Some(one)) => Some(one),
        (None, None) => None,
    }
}
