//! Files of exchange rates: the European Central Bank's daily and historical ones, and a plain CSV of four columns.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::Rate;
use crate::model::currency::Currency;

/// A file with more rates than this is no file of rates; the bank's whole history has about 300,000.
const RATES_MAX: usize = 1_000_000;

/// Why a file of rates was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RatesError {
    /// A line is not one of rates.
    #[error("line {line}: {what}")]
    Line {
        /// Counted from one.
        line: usize,
        /// What is wrong there.
        what: String,
    },
    /// Nothing in it is a rate.
    #[error("there is no rate in this file")]
    Empty,
    /// It is too long.
    #[error("there are more than {RATES_MAX} rates in this file")]
    TooLong,
    /// It has rates for more than one base.
    #[error("the rates are for one unit of {0} and of {1}; a table has one base")]
    TwoBases(Currency, Currency),
}

fn wrong(line: usize, what: impl Into<String>) -> RatesError {
    RatesError::Line { line, what: what.into() }
}

/// Reads the bank's file, as CSV (`Date, USD, JPY, …`, a day a line) or as XML (`<Cube time='…'>`); the base is the
/// euro. Currencies that are no longer in use are passed over, as are days without a rate (`N/A`).
///
/// # Errors
/// It is not such a file; the line is named.
pub fn ecb(text: &str) -> Result<Vec<Rate>, RatesError> {
    let text = text.trim_start_matches('\u{feff}');
    let rates = if text.trim_start().starts_with('<') { ecb_xml(text)? } else { ecb_csv(text)? };
    sound(rates)
}

fn sound(rates: Vec<Rate>) -> Result<Vec<Rate>, RatesError> {
    match rates.len() {
        0 => Err(RatesError::Empty),
        count if count > RATES_MAX => Err(RatesError::TooLong),
        _ => Ok(rates),
    }
}

fn value_of(text: &str, line: usize) -> Result<Decimal, RatesError> {
    let value = Decimal::from_str_exact(text).ok().filter(|value| *value > Decimal::ZERO);
    value.ok_or_else(|| wrong(line, format!("“{text}” is not a rate")))
}

fn ecb_csv(text: &str) -> Result<Vec<Rate>, RatesError> {
    let mut lines = text.lines().enumerate();
    let header = lines.next().map(|(_, line)| line).unwrap_or_default();
    let mut names = header.split(',').map(str::trim);
    if names.next() != Some("Date") {
        return Err(wrong(1, "the first column is not “Date”"));
    }
    let currencies: Vec<Option<Currency>> = names.map(|name| Currency::parse(name).ok()).collect();
    let mut rates = Vec::new();
    for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let mut cells = line.split(',').map(str::trim);
        let day = cells.next().unwrap_or_default();
        let date = day_of(day).ok_or_else(|| wrong(at + 1, format!("“{day}” is not a day")))?;
        for (cell, currency) in cells.zip(&currencies).filter(|(cell, _)| !cell.is_empty() && *cell != "N/A") {
            if let Some(currency) = *currency {
                rates.push(Rate { date, currency, value: value_of(cell, at + 1)? });
            }
        }
        if rates.len() > RATES_MAX {
            return Err(RatesError::TooLong);
        }
    }
    Ok(rates)
}

/// `2026-11-24`, or `24 November 2026` as in the daily file.
fn day_of(text: &str) -> Option<Date> {
    text.parse().ok().or_else(|| Date::strptime("%d %B %Y", text).ok())
}

/// The bank's XML is a list of elements `Cube`: one with a day, then one a currency. Nothing else in it matters here.
fn ecb_xml(text: &str) -> Result<Vec<Rate>, RatesError> {
    let mut rates = Vec::new();
    let mut day = None;
    for (at, line) in text.lines().enumerate() {
        for element in line.split("<Cube").skip(1) {
            let element = element.split('>').next().unwrap_or_default();
            if let Some(time) = attribute(element, "time") {
                day = Some(day_of(time).ok_or_else(|| wrong(at + 1, format!("“{time}” is not a day")))?);
            }
            if let (Some(code), Some(rate)) = (attribute(element, "currency"), attribute(element, "rate")) {
                let date = day.ok_or_else(|| wrong(at + 1, "a rate stands before any day"))?;
                let value = value_of(rate, at + 1)?;
                rates.extend(Currency::parse(code).ok().map(|currency| Rate { date, currency, value }));
            }
        }
        if rates.len() > RATES_MAX {
            return Err(RatesError::TooLong);
        }
    }
    Ok(rates)
}

/// The value of an attribute in either kind of quotation marks.
fn attribute<'a>(element: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = element.split_once(&format!(" {name}="))?;
    let mark = rest.chars().next().filter(|mark| matches!(mark, '\'' | '"'))?;
    rest.get(1..)?.split(mark).next()
}

/// Reads a CSV of the columns `date,base,currency,rate`: on that day one unit of the base bought so much of the
/// currency. Answers the base as well.
///
/// # Errors
/// A line is not of this form, or the lines name two bases.
pub fn plain(text: &str) -> Result<(Currency, Vec<Rate>), RatesError> {
    let text = text.trim_start_matches('\u{feff}');
    let mut base: Option<Currency> = None;
    let mut rates = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split(',').map(|cell| cell.trim().trim_matches('"')).collect();
        let [day, from, to, rate] = cells.as_slice() else {
            return Err(wrong(at + 1, "expected date,base,currency,rate"));
        };
        if at == 0 && day.eq_ignore_ascii_case("date") {
            continue;
        }
        let date = day_of(day).ok_or_else(|| wrong(at + 1, format!("“{day}” is not a day")))?;
        let code = |text: &str| Currency::parse(text).map_err(|error| wrong(at + 1, error.to_string()));
        let (from, currency) = (code(from)?, code(to)?);
        let known = *base.get_or_insert(from);
        if known != from {
            return Err(RatesError::TwoBases(known, from));
        }
        rates.push(Rate { date, currency, value: value_of(rate, at + 1)? });
        if rates.len() > RATES_MAX {
            return Err(RatesError::TooLong);
        }
    }
    Ok((base.ok_or(RatesError::Empty)?, sound(rates)?))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn shown(rates: Result<Vec<Rate>, RatesError>) -> Vec<String> {
        match rates {
            Ok(rates) => rates.iter().map(|rate| format!("{} {} {}", rate.date, rate.currency, rate.value)).collect(),
            Err(error) => vec![error.to_string()],
        }
    }

    #[test]
    fn the_banks_files() {
        let history = "Date,USD,JPY,CYP,HKD,\n2026-11-24,1.0512,162.3,N/A,8.19,\n2026-11-23,1.05,162,0.5,N/A,\n";
        let expected = [
            "2026-11-24 USD 1.0512",
            "2026-11-24 JPY 162.3",
            "2026-11-24 HKD 8.19",
            "2026-11-23 USD 1.05",
            "2026-11-23 JPY 162",
        ];
        assert_eq!(shown(ecb(history)), expected);
        assert_eq!(shown(ecb("Date, USD, HKD, \n24 November 2026, 1.05, 8.19, \n")).len(), 2);
        let xml = "<?xml version=\"1.0\"?>\n<gesmes:Envelope>\n<Cube>\n<Cube time='2026-11-24'>\n\
            <Cube currency='USD' rate='1.05'/>\n<Cube currency=\"HKD\" rate=\"8.19\"/></Cube></Cube></gesmes:Envelope>";
        assert_eq!(shown(ecb(xml)), ["2026-11-24 USD 1.05", "2026-11-24 HKD 8.19"]);
    }

    #[test]
    fn what_is_no_file_of_rates() {
        for (text, message) in [
            ("", "line 1: the first column is not “Date”"),
            ("Date,USD\n", "there is no rate in this file"),
            ("Date,USD\nyesterday,1.05", "line 2: “yesterday” is not a day"),
            ("Date,USD\n2026-11-24,0", "line 2: “0” is not a rate"),
            ("Date,USD\n2026-11-24,-1", "line 2: “-1” is not a rate"),
            ("<Cube currency='USD' rate='1'/>", "line 1: a rate stands before any day"),
            ("<html>", "there is no rate in this file"),
        ] {
            assert_eq!(shown(ecb(text)), [message], "{text}");
        }
    }

    #[test]
    fn a_plain_file() {
        let (base, rates) =
            plain("date,base,currency,rate\n2026-11-24,HKD,USD,0.1285\r\n\"2026-11-24\",HKD,CNY,0.91\n").expect("two");
        assert_eq!((base, rates.len(), rates[0].date), (Currency::HKD, 2, date(2026, 11, 24)));
        for (text, message) in [
            ("2026-11-24,HKD,USD", "line 1: expected date,base,currency,rate"),
            ("2026-11-24,HKD,XXQ,1", "line 1: “XXQ” is not an ISO 4217 currency code"),
            (
                "2026-11-24,HKD,USD,1\n2026-11-24,EUR,USD,1",
                "the rates are for one unit of HKD and of EUR; a table has one base",
            ),
            ("date,base,currency,rate\n", "there is no rate in this file"),
        ] {
            assert_eq!(plain(text).map_err(|error| error.to_string()), Err(message.to_owned()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused(text in "(Date,|<Cube |time='|rate='|[0-9.,\n 'é-]){0,12}") {
            let _ = (ecb(&text), plain(&text));
        }
    }
}
