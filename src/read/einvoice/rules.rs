//! The rules of EN 16931 about everything beside the values, and what a profile has no place for.
//!
//! Whoever breaks one of these sent a file that a strict receiver sends back. The values may be right all the same, so
//! each is flagged, not blocked, and named as the standard names it.

use std::fmt::Display;

use rust_decimal::Decimal;

use super::{
    RULE,
    details::{Details, Party, Taxed},
    invoice::{Invoice, Profile},
    xml::Syntax,
};
use crate::model::{
    finding::{Finding, Severity},
    tax_id::TaxId,
};

/// The countries of ISO 3166-1, and what EN 16931 adds: Kosovo and Northern Ireland. Source: BR-CL-14.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR \
    BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET \
    FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ \
    IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML \
    MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS \
    PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL \
    TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW 1A XI";
/// Credit transfers, which need the account to pay to. Source: BR-61.
const TRANSFERS: [&str; 2] = ["30", "58"];

/// A category of value added tax, UNTDID 5305 as EN 16931 narrows it, and the letters of its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Category {
    code: &'static str,
    rules: &'static str,
    /// No tax is due on it, and a reason says why.
    is_exempt: bool,
    /// Its rate is zero or absent.
    is_free: bool,
}

const fn category(code: &'static str, rules: &'static str, is_exempt: bool, is_free: bool) -> Category {
    Category { code, rules, is_exempt, is_free }
}

const CATEGORIES: [Category; 10] = [
    category("S", "BR-S", false, false),
    category("Z", "BR-Z", false, true),
    category("E", "BR-E", true, true),
    category("AE", "BR-AE", true, true),
    category("K", "BR-IC", true, true),
    category("G", "BR-G", true, true),
    category("O", "BR-O", true, true),
    category("L", "BR-AF", false, false),
    category("M", "BR-AG", false, false),
    category("B", "BR-B", false, false),
];

/// Everything that is wrong; nothing where the file does not promise to keep these rules.
pub(super) fn broken(invoice: &Invoice, details: &Details) -> Vec<Finding> {
    if !invoice.profile.is_european() {
        return Vec::new();
    }
    // What only conforms to the standard may add codes of its own: Singapore's categories of tax and means of payment,
    // for one.
    let mut broken = Broken { findings: Vec::new(), own_codes: invoice.profile == Profile::Extended };
    places(invoice.profile, details, &mut broken);
    parties(invoice.profile, details, &mut broken);
    payment(invoice, details, &mut broken);
    taxes(invoice.profile, details, &mut broken);
    let lines = details.lines.iter().zip(&invoice.lines).zip(1_u32..);
    for ((line, _), number) in lines.filter(|((_, line), _)| !line.is_heading) {
        broken.unless(line.has_id, "BR-21", || format!("line {number} has no identifier"));
        broken.unless(line.has_unit, "BR-23", || format!("the quantity of line {number} has no unit"));
        broken.unless(line.taxed.category.is_some(), "BR-CO-04", || format!("line {number} has no tax category"));
    }
    broken.findings
}

/// The findings so far.
struct Broken {
    findings: Vec<Finding>,
    /// Codes that EN 16931 does not know may stand in the file.
    own_codes: bool,
}

/// More of these say nothing new: a program that makes one mistake makes it in each line.
const FINDINGS_MAX: usize = 10;

impl Broken {
    fn unless<T: Display>(&mut self, kept: bool, rule: &str, what: impl Fn() -> T) {
        if !kept && self.findings.len() < FINDINGS_MAX {
            self.findings.push(Finding::new(RULE, Severity::Flag, format!("{rule}: {}.", what()), &[]));
        }
    }
}

/// What stands where the profile has no place for it, or more finely than it may.
fn places(profile: Profile, details: &Details, broken: &mut Broken) {
    for name in &details.misplaced {
        broken.unless(false, "Factur-X", || format!("its profile has no place for the element “{name}”"));
    }
    let wide = profile == Profile::European && details.lines.iter().any(|line| line.discount_is_wide);
    broken.unless(!wide, "EN 16931", || "a discount on a price has more than its amount (BT-147)");
    for name in &details.too_fine {
        broken.unless(false, "BR-DEC", || format!("{name} has more than two digits after the point"));
    }
    let turned = details.periods.iter().any(|(start, end)| end < start);
    broken.unless(!turned, "BR-29", || "a period ends before it begins");
}

fn parties(profile: Profile, details: &Details, broken: &mut Broken) {
    let (seller, buyer) = (&details.seller, &details.buyer);
    let is_full = profile != Profile::Minimum;
    broken.unless(seller.has_address, "BR-08", || "the e-invoice has no address of the seller");
    broken.unless(!seller.has_address || seller.country.is_some(), "BR-09", || "the seller's address has no country");
    broken.unless(buyer.has_address || !is_full, "BR-10", || "the e-invoice has no address of the buyer");
    let placed = !is_full || !buyer.has_address || buyer.country.is_some();
    broken.unless(placed, "BR-11", || "the buyer's address has no country");
    broken.unless(seller.is_identified, "BR-CO-26", || "the e-invoice has no number of the seller");
    for party in [seller, buyer] {
        let country = party.country.as_deref();
        let known = country.is_none_or(is_country);
        broken.unless(known, "BR-CL-14", || {
            format!("“{:.10}” is not a country of ISO 3166", country.unwrap_or_default())
        });
        for number in &party.vat_numbers {
            let prefix = number.get(..2).unwrap_or_default();
            let named = is_country(prefix) || prefix == "EL";
            broken.unless(named, "BR-CO-09", || format!("the tax number “{number:.30}” does not begin with a country"));
            if named && TaxId::is_misshapen_vat(number) {
                let message = format!("“{number:.30}” does not look like a tax number of its country (BT-31, BT-48).");
                broken.findings.push(Finding::new(RULE, Severity::Info, message, &[]));
            }
        }
    }
}

fn is_country(code: &str) -> bool {
    code.len() == 2 && COUNTRIES.split(' ').any(|country| country == code)
}

fn payment(invoice: &Invoice, details: &Details, broken: &mut Broken) {
    // A credit note in UBL has no place for it, and the standard's own tests ask none.
    let is_asked = invoice.profile != Profile::Minimum && invoice.syntax != Syntax::UblCreditNote;
    let is_owed = is_asked && invoice.totals.due.is_some_and(|due| due > Decimal::ZERO);
    broken.unless(details.has_terms || !is_owed, "BR-CO-25", || "the e-invoice does not say when to pay");
    for means in &details.means {
        let code = means.code.as_deref();
        broken.unless(code.is_some(), "BR-49", || "a means of payment has no code");
        let known = code.is_none_or(is_means) || broken.own_codes;
        broken.unless(known, "BR-CL-16", || {
            format!("“{:.10}” is not the code of a means of payment", code.unwrap_or_default())
        });
        let paid_to = means.has_account || !code.is_some_and(|code| TRANSFERS.contains(&code));
        broken.unless(paid_to, "BR-61", || "a credit transfer names no account");
    }
}

/// Source: UNTDID 4461.
fn is_means(code: &str) -> bool {
    let is_listed = |number: u32| matches!(number, 1..=70 | 74..=78 | 91..=98);
    code == "ZZZ" || code.parse().is_ok_and(is_listed)
}

fn taxes(profile: Profile, details: &Details, broken: &mut Broken) {
    let is_full = profile != Profile::Minimum;
    broken.unless(!details.tax_parts.is_empty() || !is_full, "BR-CO-18", || "the e-invoice has no tax by category");
    for part in &details.tax_parts {
        broken.unless(part.amount.is_some(), "BR-46", || "a part of the tax has no amount");
        broken.unless(part.category.is_some(), "BR-47", || "a part of the tax has no category");
        let Some(category) = known(part, broken) else { continue };
        let (rules, code) = (category.rules, category.code);
        broken.unless(part.rate.is_some() || code == "O", "BR-48", || "a part of the tax has no rate");
        let untaxed = !category.is_free || part.amount.is_none_or(|amount| amount.is_zero());
        broken.unless(untaxed, &format!("{rules}-09"), || format!("category {code} bears a tax"));
        let is_plain = matches!(code, "S" | "Z");
        let reasoned = if category.is_exempt { part.has_reason } else { !(is_plain && part.has_reason) };
        broken.unless(reasoned, &format!("{rules}-10"), || {
            let what = if category.is_exempt { "has no reason" } else { "has a reason" };
            format!("category {code} {what} to be free of tax")
        });
    }
    for (taxed, number) in details.lines.iter().map(|line| &line.taxed).zip(1_u32..) {
        rate(taxed, "05", &format!("line {number}"), details, broken);
    }
    for adjustment in &details.adjustments {
        broken.unless(adjustment.category.is_some(), "BR-32", || "an allowance or charge has no tax category");
        broken.unless(adjustment.has_reason, "BR-33", || "an allowance or charge has no reason");
        rate(adjustment, "06", "an allowance or charge", details, broken);
    }
    let has = |code: &str| details.tax_parts.iter().any(|part| part.category.as_deref() == Some(code));
    let is_vat = |party: &Party| !party.vat_numbers.is_empty();
    let known_buyer = is_vat(&details.buyer) || details.buyer.is_identified;
    broken.unless(known_buyer || !has("AE"), "BR-AE-02", || "the tax is the buyer's, who has no number");
    broken.unless(
        is_vat(&details.buyer) || !has("K"),
        "BR-IC-02",
        || "a supply within the Union has no buyer's number",
    );
}

/// The category of something taxed, where it is one.
fn known(taxed: &Taxed, broken: &mut Broken) -> Option<Category> {
    let code = taxed.category.as_deref()?;
    let found = CATEGORIES.into_iter().find(|category| category.code == code);
    broken.unless(found.is_some() || broken.own_codes, "BR-CL-17", || format!("“{code:.10}” is not a category of tax"));
    found
}

/// Whether the rate is one of its category, and the category is told among the parts of the tax.
fn rate(taxed: &Taxed, rule: &str, what: &str, details: &Details, broken: &mut Broken) {
    let Some(category) = known(taxed, broken) else { return };
    let (rules, code) = (category.rules, category.code);
    let zero = taxed.rate.is_none_or(|rate| rate.is_zero());
    let fits = if category.is_free { zero } else { code != "S" || !zero };
    broken.unless(fits, &format!("{rules}-{rule}"), || {
        format!("{what} has category {code} and the rate {}", taxed.rate.unwrap_or_default().normalize())
    });
    let told = details.tax_parts.iter().any(|part| part.category.as_deref() == Some(code));
    broken.unless(told || details.tax_parts.is_empty(), &format!("{rules}-01"), || {
        format!("the tax has no part of category {code}, which {what} has")
    });
}
