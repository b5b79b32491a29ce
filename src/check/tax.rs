//! X: may there be tax, at this rate, by this supplier, and does the ledger know it?

use rust_decimal::Decimal;

use super::{Subject, arithmetic::tolerance, paper::Paper};
use crate::model::{
    draft::Draft,
    field::FieldName,
    finding::{Finding, Severity},
    policy::Policy,
    tax_id::{self, TaxId},
};

/// Places without a value-added tax. Source: regional rules 5.1.
const UNTAXED: [(&str, &str); 2] = [("HKD", "Hong Kong"), ("MOP", "Macau")];

/// Countries by their currency, where a currency has one.
const COUNTRIES: &[(&str, &str)] = &[
    ("AUD", "AU"),
    ("CNY", "CN"),
    ("GBP", "GB"),
    ("HKD", "HK"),
    ("INR", "IN"),
    ("JPY", "JP"),
    ("MOP", "MO"),
    ("MYR", "MY"),
    ("NZD", "NZ"),
    ("SGD", "SG"),
    ("TWD", "TW"),
];

/// The country whose tax a paper bears, two letters: by the supplier's tax id where that says it, else by the currency.
pub(super) fn country(draft: &Draft) -> Option<&'static str> {
    let by_id = draft.text(FieldName::SupplierTaxId).and_then(TaxId::parse).map(|id| match id.kind() {
        tax_id::Kind::EuropeVat(country) => country,
        tax_id::Kind::AustraliaBusiness => "AU",
        tax_id::Kind::ChinaCredit => "CN",
        tax_id::Kind::HongKongBusiness => "HK",
        tax_id::Kind::IndiaGst => "IN",
        tax_id::Kind::JapanCorporate => "JP",
        tax_id::Kind::MalaysiaCompany
        | tax_id::Kind::MalaysiaGst
        | tax_id::Kind::MalaysiaSalesTax
        | tax_id::Kind::MalaysiaTaxpayer => "MY",
        tax_id::Kind::SingaporeEntity | tax_id::Kind::SingaporeGst => "SG",
        tax_id::Kind::TaiwanBusiness => "TW",
        tax_id::Kind::UnitedKingdomVat => "GB",
        tax_id::Kind::UnitedStatesEmployer => "US",
    });
    let currency = draft.currency();
    let by_currency =
        || COUNTRIES.iter().find(|(code, _)| currency.is_some_and(|c| c.code() == *code)).map(|(_, country)| *country);
    by_id.or_else(by_currency)
}

/// The tax on the paper, where some is charged.
pub(super) fn charged(draft: &Draft) -> Option<Decimal> {
    draft.amount(FieldName::Tax).filter(|tax| *tax > Decimal::ZERO)
}

/// What the rates of the place make of a tax.
pub(super) struct Fit {
    /// A rate of the place that was in force explains it.
    pub(super) in_force: bool,
    /// The first rate of the place that explains it though it was not in force, and whether the date is known.
    pub(super) out_of_force: Option<(Decimal, bool)>,
}

/// Holds the tax against the policy's rates of the place; nothing where the policy knows none, or there is no tax.
pub(super) fn fitting(draft: &Draft, policy: &Policy) -> Option<Fit> {
    let tax = charged(draft)?;
    let total = draft.amount(FieldName::Total)?;
    let rates = policy.tax_rates.get(country(draft)?).filter(|rates| !rates.is_empty())?;
    let date = draft.date(FieldName::IssueDate);
    let explains = |percent: Decimal| {
        bases(draft, total, tax).into_iter().any(|base| {
            let due = base.checked_mul(percent).and_then(|product| product.checked_div(Decimal::ONE_HUNDRED));
            due.is_some_and(|due| (due - tax).abs() <= rate_tolerance(draft))
        })
    };
    let in_force = |rate: &crate::model::policy::TaxRate| {
        date.is_none_or(|date| {
            rate.from.is_none_or(|from| from <= date) && rate.until.is_none_or(|until| date <= until)
        })
    };
    let fitting: Vec<_> = rates.iter().filter(|rate| explains(rate.percent)).collect();
    let some_in_force = fitting.iter().any(|rate| in_force(rate));
    let out_of_force = fitting.first().filter(|_| !some_in_force).map(|rate| (rate.percent, date.is_some()));
    Some(Fit { in_force: some_in_force, out_of_force })
}

/// The amounts that a tax may have been reckoned from: what is left of the total, or the printed subtotal, each with
/// and without the service charge.
fn bases(draft: &Draft, total: Decimal, tax: Decimal) -> Vec<Decimal> {
    let part = |name| draft.amount(name).unwrap_or_default();
    let net = total.checked_sub(tax).and_then(|net| net.checked_sub(part(FieldName::Rounding)));
    let service = part(FieldName::ServiceCharge);
    let subtotal = draft.amount(FieldName::Subtotal);
    let after_discount = subtotal.and_then(|subtotal| subtotal.checked_sub(part(FieldName::Discount)));
    let all = [net, subtotal, after_discount];
    let with = all.into_iter().flatten().flat_map(|base| [Some(base), base.checked_sub(service)]);
    let service_too = after_discount.and_then(|base| base.checked_add(service));
    with.chain([service_too]).flatten().collect()
}

/// One unit of the currency a line, for rounding line by line. Source: rule A4.
fn rate_tolerance(draft: &Draft) -> Decimal {
    let unit = draft.currency().map_or(Decimal::new(1, 2), |currency| Decimal::new(1, currency.exponent()));
    let lines = Decimal::from(draft.line_items.len().max(1));
    (unit * lines).max(tolerance(draft))
}

/// X1: no tax where none is charged.
pub(super) fn taxed_place(draft: &Draft) -> Option<Finding> {
    let tax = charged(draft)?;
    let currency = draft.currency()?;
    let (_, place) = UNTAXED.iter().find(|(code, _)| currency.code() == *code)?;
    // A foreign supplier who bills in this currency says so by a tax id of its own country.
    if country(draft).is_some_and(|country| !matches!(country, "HK" | "MO")) {
        return None;
    }
    let message = format!("{place} has no value-added tax, but {tax} is charged as tax; it may be a service charge.");
    Some(Finding::new("X1", Severity::Flag, message, &[FieldName::Tax, FieldName::Currency]))
}

/// X2: the tax is at one of the place's rates. A paper may mix rates, so a smaller tax than the highest rate's is
/// possible; a larger one is not.
pub(super) fn rate_of_the_place(draft: &Draft, policy: &Policy) -> Option<Finding> {
    let fit = fitting(draft, policy)?;
    if fit.in_force || fit.out_of_force.is_some() {
        return None;
    }
    let (tax, total) = (charged(draft)?, draft.amount(FieldName::Total)?);
    let rates = policy.tax_rates.get(country(draft)?)?;
    let highest = rates.iter().map(|rate| rate.percent).max()?;
    let net = total.checked_sub(tax)?;
    let most = net.checked_mul(highest)?.checked_div(Decimal::ONE_HUNDRED)?.checked_add(rate_tolerance(draft))?;
    let (severity, message) = if tax > most {
        (Severity::Flag, format!("The tax of {tax} is more than {highest} % of {net}, the highest rate there."))
    } else {
        (Severity::Info, format!("The tax of {tax} is at none of the rates there; several rates may be mixed."))
    };
    Some(Finding::new("X2", severity, message, &[FieldName::Tax, FieldName::Total]))
}

/// X3: whoever charges tax says under which number. Where the words of the paper are not at hand, nobody can tell.
pub(super) fn number_beside_tax(draft: &Draft, paper: &Paper) -> Option<Finding> {
    let tax = charged(draft)?;
    let country = country(draft).filter(|country| !matches!(*country, "HK" | "MO" | "US"))?;
    let named = draft.text(FieldName::SupplierTaxId).is_some()
        || paper.rows.iter().any(|row| !tax_id::find(&row.text.to_uppercase()).is_empty());
    if paper.is_empty() || named {
        return None;
    }
    let message = format!(
        "{tax} is charged as tax, but no tax number ({country}) was found; without one it may not be deducted."
    );
    Some(Finding::new("X3", Severity::Info, message, &[FieldName::Tax, FieldName::SupplierTaxId]))
}

/// X4: the ledger's tax code for the category is chosen where there is tax.
pub(super) fn code_in_ledger(subject: &Subject<'_>) -> Option<Finding> {
    let tax = charged(subject.draft)?;
    if subject.known.ledger.has_tax_code != Some(false) {
        return None;
    }
    let category = subject.category.name();
    let message =
        format!("{tax} is charged as tax, but no tax code is chosen for {category}; choose one under Connections.");
    Some(Finding::new("X4", Severity::Flag, message, &[FieldName::Tax]))
}

/// X5: the ledger will find the tax in the total that the paper prints. An entry goes out under one code; a paper of
/// several rates, or with untaxed parts, is right there in its total and wrong in how much of it is tax.
pub(super) fn tax_in_ledger(subject: &Subject<'_>) -> Option<Finding> {
    let draft = subject.draft;
    // A tax of nought is posted without tax, and a credit note prints its amounts with a sign or without.
    let tax = draft.amount(FieldName::Tax).filter(|tax| !tax.is_zero())?.abs();
    let (total, percent) = (draft.amount(FieldName::Total)?.abs(), subject.known.ledger.tax_percent?);
    let whole = percent.checked_add(Decimal::ONE_HUNDRED)?;
    let booked = total.checked_mul(percent)?.checked_div(whole)?;
    if (booked - tax).abs() <= rate_tolerance(draft) {
        return None;
    }
    let places = draft.currency().map_or(2, |currency| currency.exponent());
    let booked = booked.round_dp(places);
    let message = format!(
        "The paper says {tax} of tax; under the tax code chosen for it, at {percent} %, the ledger books {booked}. Choose \
        another code, or split the entry there by rate."
    );
    Some(Finding::new("X5", Severity::Flag, message, &[FieldName::Tax, FieldName::Total]))
}
