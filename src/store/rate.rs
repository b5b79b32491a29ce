//! The dated table of exchange rates.

use jiff::{ToSpan, civil::Date};

use super::{Row, Run, StoreError, Txn};
use crate::model::{
    currency::Currency,
    rate::{Rate, Rates},
};

/// Rates written in one statement: SQLite takes few thousand values in one.
const ROWS_AT_ONCE: usize = 200;

/// Writes rates of a source; what it had for the same days and currencies is replaced.
///
/// # Errors
/// The source has another base already (`Conflict`), or the database failed.
pub async fn rate_store_all(txn: &Txn, source: &str, base: Currency, rates: &[Rate]) -> Result<(), StoreError> {
    let sql = "SELECT base FROM rates WHERE source = $1 AND base <> $2 LIMIT 1";
    if !txn.rows(sql, vec![source.into(), base.code().into()]).await?.is_empty() {
        return Err(StoreError::Conflict("base of the rates"));
    }
    for part in rates.chunks(ROWS_AT_ONCE) {
        let mut values: Vec<sea_orm::Value> = vec![source.into(), base.code().into()];
        let mut rows = Vec::new();
        // One statement may name a key once only; of two for one day the later counts.
        let mut latest = std::collections::BTreeMap::new();
        latest.extend(part.iter().map(|rate| ((rate.currency, rate.date), rate.value)));
        for ((currency, date), value) in latest {
            let at = values.len();
            rows.push(format!("($1, $2, ${}, ${}, ${})", at + 1, at + 2, at + 3));
            values.extend([currency.code().into(), date.to_string().into(), value.to_string().into()]);
        }
        let sql = format!(
            "INSERT INTO rates (source, base, currency, date, rate) VALUES {} \
            ON CONFLICT (source, currency, date) DO UPDATE SET rate = excluded.rate",
            rows.join(", ")
        );
        txn.execute(&sql, values).await?;
    }
    Ok(())
}

/// The rates of a source between these currencies on a day and so many days before it; nothing when there are none.
///
/// # Errors
/// The database failed or holds a damaged row.
pub async fn rate_table(
    run: &impl Run,
    source: &str,
    currencies: [Currency; 2],
    date: Date,
    age_days_max: u32,
) -> Result<Option<Rates>, StoreError> {
    let first = date.checked_sub(i64::from(age_days_max).days()).unwrap_or(Date::MIN);
    let [one, other] = currencies;
    let sql = "SELECT base, currency, date, rate FROM rates WHERE source = $1 AND currency IN ($2, $3) \
        AND date >= $4 AND date <= $5 ORDER BY date";
    let values =
        vec![source.into(), one.code().into(), other.code().into(), first.to_string().into(), date.to_string().into()];
    let rows = run.rows(sql, values).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let base = row.parsed("base", "currency", |text| Currency::parse(text).ok())?;
    let rate = |row: &Row| {
        Ok(Rate {
            date: row.parsed("date", "date", |text| text.parse().ok())?,
            currency: row.parsed("currency", "currency", |text| Currency::parse(text).ok())?,
            value: row.parsed("rate", "rate", |text| text.parse().ok())?,
        })
    };
    let rates = rows.iter().map(rate).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(Some(Rates::new(source, base, rates)))
}
