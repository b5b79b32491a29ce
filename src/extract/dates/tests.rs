//! Dates as papers print them, and numbers that are none.

use super::*;
use crate::extract::{rows::rows_of, testing::page_of};

fn read(text: &str) -> Vec<(String, Order)> {
    let page = page_of(&[text]);
    let rows = rows_of(std::slice::from_ref(&page));
    rows.iter().flat_map(dates_in).map(|seen| (seen.date.to_string(), seen.order)).collect()
}

#[test]
fn printed_dates() {
    for (text, date, order) in [
        ("Date: 25/12/2018 10:25", "2018-12-25", Order::DayFirst),
        ("12/03/18", "2018-03-12", Order::Ambiguous),
        ("03/25/2018", "2018-03-25", Order::MonthFirst),
        ("05-05-18", "2018-05-05", Order::DayFirst),
        ("2018-03-23", "2018-03-23", Order::Plain),
        ("2016/05/01", "2016-05-01", Order::Plain),
        ("14/JUN/2017", "2017-06-14", Order::Plain),
        ("10MAR2018 18:24", "2018-03-10", Order::Plain),
        ("28 MAR 18", "2018-03-28", Order::Plain),
        ("OCT 3, 2016", "2016-10-03", Order::Plain),
        ("August 3 , 2014", "2014-08-03", Order::Plain),
        ("3rd March 2018", "2018-03-03", Order::Plain),
        ("2025年3月4日", "2025-03-04", Order::Plain),
        ("2025 年 03 月 04 日", "2025-03-04", Order::Plain),
        ("民國114年3月4日", "2025-03-04", Order::Plain),
        ("114年3月4日", "2025-03-04", Order::Plain),
        ("日期：2025年12月31日", "2025-12-31", Order::Plain),
        ("12/03/201810:25:49", "2018-03-12", Order::Ambiguous),
        ("O6/12/2O16", "2016-12-06", Order::Ambiguous),
        ("20180310", "2018-03-10", Order::Plain),
        ("04. 03. 2025", "2025-03-04", Order::Ambiguous),
        ("2018-01-0522:55:25", "2018-01-05", Order::Plain),
        ("24-11-171", "2017-11-24", Order::DayFirst),
        ("14/dun/2017", "2017-06-14", Order::Plain),
        ("23 02-18", "2018-02-23", Order::DayFirst),
    ] {
        assert_eq!(read(text), [(date.to_owned(), order)], "{text}");
    }
}

#[test]
fn no_dates() {
    for text in [
        "TEL 03-2093 7358",
        "10.20.30.40",
        "31/02/2018",
        "1.25.50",
        "25 MAY 18:30",
        "99/99/9999",
        "MARKET 5 2018",
        "1/2",
        "14/jxn/2017",
        "03 78-590",
    ] {
        assert_eq!(read(text), [], "{text}");
    }
}

#[test]
fn a_day_that_was_cut_in_two_is_not_sure() {
    // The reader saw "24-11-17" as two words; the fourth of November would be another day.
    for text in ["2 4-11-17", "Date 2 4/11/2017"] {
        let page = page_of(&[text]);
        let rows = rows_of(std::slice::from_ref(&page));
        let seen: Vec<_> = rows.iter().flat_map(dates_in).collect();
        assert!(seen.iter().all(|seen| seen.repaired), "{text}: {seen:?}");
    }
}
