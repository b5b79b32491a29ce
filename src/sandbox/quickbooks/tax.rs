//! How `QuickBooks` computes tax and totals: line by line, half a cent up.

use rust_decimal::Decimal;
use serde_json::json;

use super::{Answer, Refusal};
use crate::sandbox::state::Company;
use crate::sandbox::value::{self, Row};

/// What the lines of an entry add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Totals {
    /// With tax.
    pub(super) total: Decimal,
    /// The tax in it.
    pub(super) tax: Decimal,
    /// The tax by rate, as the ledger shows it.
    pub(super) tax_lines: Vec<serde_json::Value>,
}

/// The mode of an entry, already checked against the country's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// The company has no sales tax, or the entry is outside it.
    None,
    /// `Amount` is net.
    Excluded,
    /// `Amount` is net and `TaxInclusiveAmt` gross.
    Inclusive,
}

/// The mode an entry asks for. A company without sales tax ignores the question.
pub(super) fn mode(company: &Company, entity: &str, sent: &Row) -> Answer<Mode> {
    if !company.sales_tax {
        return Ok(Mode::None);
    }
    let tax_sent = value::inner(sent, "TxnTaxDetail").is_some_and(|detail| value::has(detail, "TotalTax"));
    match value::text(sent, "GlobalTaxCalculation") {
        "" if entity != "Purchase" => Err(Refusal::missing("GlobalTaxCalculation")),
        "" | "TaxExcluded" => Ok(Mode::Excluded),
        "TaxInclusive" => Ok(Mode::Inclusive),
        _ if tax_sent => Err(Refusal::new("6170", "TxnTaxDetail cannot be sent when tax is NotApplicable")),
        _ => Ok(Mode::None),
    }
}

/// Adds an entry's lines up. The lines are known to have an amount and a detail.
pub(super) fn totals(company: &Company, mode: Mode, sent: &Row) -> Answer<Totals> {
    let mut sums = Totals { total: Decimal::ZERO, tax: Decimal::ZERO, tax_lines: Vec::new() };
    for line in value::rows(sent, "Line") {
        let net = value::cents(value::amount(line, "Amount"));
        if mode == Mode::None {
            sums.total += net;
            continue;
        }
        let detail = value::inner(line, "AccountBasedExpenseLineDetail");
        let code = detail.and_then(|detail| value::inner_text(detail, "TaxCodeRef", "value")).unwrap_or_default();
        let (rate, percent) = purchase_rate(company, code)?;
        let gross = detail.and_then(|detail| detail.get("TaxInclusiveAmt")).and_then(value::decimal);
        let tax = match gross {
            Some(gross) if mode == Mode::Inclusive => tax_inside(net, value::cents(gross), percent)?,
            Some(_) | None => value::cents(net * percent / Decimal::ONE_HUNDRED),
        };
        sums.total += net + tax;
        sums.tax += tax;
        sums.tax_lines.push(json!({"Amount": value::number(tax), "DetailType": "TaxLineDetail",
            "TaxLineDetail": {"TaxRateRef": {"value": rate}, "PercentBased": true, "TaxPercent": value::number(percent),
                "NetAmountTaxable": value::number(net)}}));
    }
    if mode != Mode::None {
        tax_override(sent, mode, &mut sums)?;
    }
    Ok(sums)
}

/// The tax in a gross amount, which must leave the net amount sent, give or take a cent.
fn tax_inside(net: Decimal, gross: Decimal, percent: Decimal) -> Answer<Decimal> {
    let factor = Decimal::ONE + percent / Decimal::ONE_HUNDRED;
    let expected = gross - value::cents(gross / factor);
    let tax = gross - net;
    if (tax - expected).abs() > Decimal::new(1, 2) {
        return Err(Refusal::business("TaxInclusiveAmt does not equal Amount and its tax"));
    }
    Ok(tax)
}

/// Takes the tax the client states in place of the computed one.
fn tax_override(sent: &Row, mode: Mode, sums: &mut Totals) -> Answer<()> {
    let Some(detail) = value::inner(sent, "TxnTaxDetail") else { return Ok(()) };
    let Some(stated) = detail.get("TotalTax").and_then(value::decimal) else { return Ok(()) };
    let lines = value::rows(detail, "TaxLine");
    if lines.is_empty() && stated != sums.tax {
        return Err(Refusal::missing("TxnTaxDetail.TaxLine"));
    }
    let of_lines: Decimal = lines.iter().map(|line| value::amount(line, "Amount")).sum();
    if !lines.is_empty() && of_lines != stated {
        return Err(Refusal::business("TotalTax is not the sum of the tax lines"));
    }
    if mode == Mode::Excluded {
        sums.total += stated - sums.tax;
    }
    sums.tax = stated;
    Ok(())
}

/// The rate a tax code has on purchases: its id and percentage.
fn purchase_rate<'a>(company: &'a Company, code: &str) -> Answer<(&'a str, Decimal)> {
    if code.is_empty() {
        return Err(Refusal::business("Make sure all your transactions have a VAT rate before you save."));
    }
    let found = company.find_active("TaxCode", code).ok_or_else(|| Refusal::reference("TaxCode", code))?;
    let rate = value::inner(found, "PurchaseTaxRateList")
        .and_then(|list| value::rows(list, "TaxRateDetail").first().copied())
        .and_then(|detail| value::inner_text(detail, "TaxRateRef", "value"))
        .ok_or_else(|| Refusal::new("6100", format!("TaxCode {code} has no rate for purchases")))?;
    let row = company.find("TaxRate", rate).ok_or_else(|| Refusal::reference("TaxRate", rate))?;
    Ok((value::text(row, "Id"), value::amount(row, "RateValue")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::seed;

    fn sent(lines: &[(&str, &str)]) -> Row {
        let line = |(net, gross): &(&str, &str)| {
            let amount = |text: &str| value::number(text.parse().expect("the amounts are decimals"));
            json!({"Amount": amount(net), "AccountBasedExpenseLineDetail":
                {"TaxCodeRef": {"value": "4"}, "TaxInclusiveAmt": amount(gross)}})
        };
        value::row(json!({"Line": lines.iter().map(line).collect::<Vec<_>>()}))
    }

    fn tax_of(mode: Mode, lines: &[(&str, &str)]) -> (String, String) {
        let world = seed::world();
        let company = world.quickbooks.get("9130357766900002").expect("the company is seeded");
        let sums = totals(company, mode, &sent(lines)).expect("the lines are good");
        (sums.total.to_string(), sums.tax.to_string())
    }

    #[test]
    fn tax_is_rounded_line_by_line() {
        let whole = tax_of(Mode::Inclusive, &[("16.67", "20.00")]);
        assert_eq!(whole, ("20.00".to_owned(), "3.33".to_owned()));
        let split = tax_of(Mode::Inclusive, &[("3.33", "4.00"); 5]);
        assert_eq!(split, ("20.00".to_owned(), "3.35".to_owned()));
        let excluded = tax_of(Mode::Excluded, &[("0.13", "0.00"), ("0.12", "0.00")]);
        assert_eq!(excluded, ("0.30".to_owned(), "0.05".to_owned()));
    }

    #[test]
    fn a_gross_that_cannot_be_is_refused() {
        let world = seed::world();
        let company = world.quickbooks.get("9130357766900002").expect("the company is seeded");
        assert!(totals(company, Mode::Inclusive, &sent(&[("20.00", "20.00")])).is_err());
    }
}
