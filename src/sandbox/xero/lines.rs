//! The lines of bills and of money spent: what Xero refuses about them, and how it adds them up.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::tracking;
use crate::sandbox::state::Organisation;
use crate::sandbox::value::{self, Row};

/// Lines as the ledger keeps them, with their sums.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The finished lines.
    pub(super) rows: Vec<Value>,
    /// Without tax.
    pub(super) sub_total: Decimal,
    /// The tax.
    pub(super) tax: Decimal,
    /// What Xero says against them.
    pub(super) errors: Vec<String>,
}

/// Finishes lines: tax and amounts line by line to two places, unit prices to as many as the call asks for.
pub(super) fn finish(organisation: &Organisation, mode: &str, unit_places: u32, sent: &[&Row]) -> Lines {
    let mut lines = Lines::default();
    for line in sent {
        match one(organisation, mode, unit_places, line) {
            Err(error) => lines.errors.push(error),
            Ok((row, amount, tax)) => {
                lines.sub_total += if mode == "Inclusive" { amount - tax } else { amount };
                lines.tax += tax;
                lines.rows.push(Value::Object(row));
            }
        }
    }
    lines
}

fn one(
    organisation: &Organisation,
    mode: &str,
    unit_places: u32,
    line: &Row,
) -> Result<(Row, Decimal, Decimal), String> {
    if value::text(line, "Description").trim().is_empty() {
        return Err("Description must be at least 1 character".to_owned());
    }
    let account = account(organisation, line)?;
    let tax_type = match value::text(line, "TaxType") {
        "" => value::text(account, "TaxType"),
        sent => sent,
    };
    let percent = tax_percent(organisation, tax_type, value::text(account, "Code"))?;
    let (quantity, unit, amount) = amounts(line, unit_places)?;
    let computed = match mode {
        "NoTax" => Decimal::ZERO,
        "Inclusive" => amount - value::cents(amount / (Decimal::ONE + percent / Decimal::ONE_HUNDRED)),
        _ => value::cents(amount * percent / Decimal::ONE_HUNDRED),
    };
    let tax = match line.get("TaxAmount").and_then(value::decimal) {
        Some(stated) if mode != "NoTax" => value::cents(stated),
        Some(_) | None => computed,
    };
    if tax.abs() > amount.abs() {
        return Err("The tax amount cannot exceed the line amount".to_owned());
    }
    let mut row = line.clone();
    row.insert(
        "LineItemID".to_owned(),
        json!(match value::text(line, "LineItemID") {
            "" => value::uuid(),
            kept => kept.to_owned(),
        }),
    );
    row.remove("AccountId");
    row.insert("AccountID".to_owned(), json!(value::text(account, "AccountID")));
    row.insert("AccountCode".to_owned(), json!(value::text(account, "Code")));
    row.insert("TaxType".to_owned(), json!(if mode == "NoTax" { "NONE" } else { tax_type }));
    row.insert("TaxAmount".to_owned(), value::number(tax));
    row.insert("Quantity".to_owned(), value::number(quantity));
    row.insert("UnitAmount".to_owned(), value::number(unit));
    row.insert("LineAmount".to_owned(), value::number(amount));
    row.insert("Tracking".to_owned(), Value::Array(tracking::of_line(organisation, line)?));
    Ok((row, amount, tax))
}

fn account<'a>(organisation: &'a Organisation, line: &Row) -> Result<&'a Row, String> {
    let code = value::text(line, "AccountCode");
    let id = match value::text(line, "AccountID") {
        "" => value::text(line, "AccountId"),
        id => id,
    };
    let found = if code.is_empty() {
        if id.is_empty() {
            return Err("Account code must be specified".to_owned());
        }
        organisation.find("Accounts", "AccountID", id)
    } else {
        organisation.find("Accounts", "Code", code)
    };
    let usable = |row: &&Row| {
        value::text(row, "Status") == "ACTIVE"
            && value::text(row, "Type") != "BANK"
            && ["", "ROUNDING"].contains(&value::text(row, "SystemAccount"))
    };
    let named = if code.is_empty() { id } else { code };
    found.filter(usable).ok_or_else(|| format!("Account code '{named}' is not a valid code for this document."))
}

fn tax_percent(organisation: &Organisation, tax_type: &str, account: &str) -> Result<Decimal, String> {
    let rate = organisation.find("TaxRates", "TaxType", tax_type).filter(|row| value::text(row, "Status") == "ACTIVE");
    let rate = rate.ok_or_else(|| {
        format!("The TaxType code '{tax_type}' does not exist or cannot be used for this type of transaction.")
    })?;
    if rate.get("CanApplyToExpenses").and_then(Value::as_bool) != Some(true) {
        return Err(format!("The TaxType code '{tax_type}' cannot be used with account code '{account}'."));
    }
    Ok(value::amount(rate, "EffectiveRate"))
}

/// Any two of quantity, unit price and amount give the third; all three must agree.
fn amounts(line: &Row, unit_places: u32) -> Result<(Decimal, Decimal, Decimal), String> {
    let sent = |member: &str| line.get(member).and_then(value::decimal);
    let quantity = sent("Quantity").unwrap_or(Decimal::ONE);
    let (unit, amount) = match (sent("UnitAmount"), sent("LineAmount")) {
        (None, None) => return Err("UnitAmount or LineAmount must be specified".to_owned()),
        (None, Some(amount)) if quantity.is_zero() => (Decimal::ZERO, value::cents(amount)),
        (None, Some(amount)) => ((amount / quantity).round_dp(unit_places), value::cents(amount)),
        (Some(unit), stated) => {
            let unit = unit.round_dp_with_strategy(unit_places, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
            let amount = value::cents(quantity * unit);
            if stated.is_some_and(|stated| stated != amount) {
                return Err("The line total does not match the expected line total".to_owned());
            }
            (unit, amount)
        }
    };
    if amount.abs() > Decimal::from(9_999_999_999_i64) {
        return Err("The line amount is too large".to_owned());
    }
    Ok((quantity, unit, amount))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::seed;

    fn summed(percent: i64, mode: &str, units: &[&str]) -> (String, String) {
        let mut world = seed::world();
        let organisation = world.xero.values_mut().find(|found| found.country == "SG").expect("it is seeded");
        let mut rate = organisation.find("TaxRates", "TaxType", "INPUT").expect("it is seeded").clone();
        rate.insert("EffectiveRate".to_owned(), json!(percent));
        organisation.put("TaxRates", "TaxType", rate);
        let line = |unit: &&str| {
            let unit = value::number(unit.parse().expect("the units are decimals"));
            value::row(json!({"Description": "x", "AccountCode": "420", "UnitAmount": unit}))
        };
        let rows: Vec<Row> = units.iter().map(line).collect();
        let lines = finish(organisation, mode, 4, &rows.iter().collect::<Vec<_>>());
        assert!(lines.errors.is_empty(), "{:?}", lines.errors);
        (lines.tax.to_string(), (lines.sub_total + lines.tax).to_string())
    }

    #[test]
    fn tax_is_rounded_line_by_line() {
        let vector = summed(15, "Exclusive", &["25.06", "25.61", "25.63"]);
        assert_eq!(vector, ("11.44".to_owned(), "87.74".to_owned()));
        assert_eq!(summed(20, "Inclusive", &["20.00"]), ("3.33".to_owned(), "20.00".to_owned()));
        assert_eq!(summed(20, "NoTax", &["20.00"]).0, "0");
    }
}
