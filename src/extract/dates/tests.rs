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
        ("3. April 2024", "2024-04-03", Order::Plain),
        ("3 de abril de 2024", "2024-04-03", Order::Plain),
        ("3 maggio 2024", "2024-05-03", Order::Plain),
        ("3 października 2024", "2024-10-03", Order::Plain),
        ("Stockholm 3 maj 2024", "2024-05-03", Order::Plain),
        ("3rd of April 2024", "2024-04-03", Order::Plain),
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
        ("2025年3月4号", "2025-03-04", Order::Plain),
        ("2025 年 3 月 4 號", "2025-03-04", Order::Plain),
        ("中華民國114年03月04日", "2025-03-04", Order::Plain),
        ("民 國 114 年 3 月 4 日", "2025-03-04", Order::Plain),
        ("民国99年12月31日", "2010-12-31", Order::Plain),
        ("民國元年1月1日 2025/3/4", "2025-03-04", Order::Plain),
        ("民國114/03/04", "2025-03-04", Order::Plain),
        ("民國 114.3.4", "2025-03-04", Order::Plain),
        ("民國一一四年三月四日", "2025-03-04", Order::Plain),
        ("民國一百一十四年三月四日", "2025-03-04", Order::Plain),
        ("R.O.C. 114/03/04", "2025-03-04", Order::Plain),
        ("ROC 114-3-4", "2025-03-04", Order::Plain),
        ("令和7年3月4日", "2025-03-04", Order::Plain),
        ("令和元年5月1日", "2019-05-01", Order::Plain),
        ("令和 07 年 03 月 04 日", "2025-03-04", Order::Plain),
        ("\u{32ff}7年3月4日", "2025-03-04", Order::Plain),
        ("令和7.3.4", "2025-03-04", Order::Plain),
        ("平成31年4月30日", "2019-04-30", Order::Plain),
        ("㍻30年4月1日", "2018-04-01", Order::Plain),
        ("昭和63年12月31日", "1988-12-31", Order::Plain),
        ("二〇二五年三月四日", "2025-03-04", Order::Plain),
        ("二零二五年十一月二十日", "2025-11-20", Order::Plain),
        ("二○二五年十二月卅一日", "2025-12-31", Order::Plain),
        ("二 〇 二 五 年 十 月 廿 四 日", "2025-10-24", Order::Plain),
        ("二0二五年三月四號", "2025-03-04", Order::Plain),
        ("貳零貳伍年零叁月壹拾肆日", "2025-03-14", Order::Plain),
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
        // A year of the Republic last is not 2011; a number of Chinese signs with none left out only.
        "04-03-114",
        "04/03/114",
        "114-03-0 4",
        "1140304",
        "200-03-04",
        "民國114年13月4日",
        "平成三百年一月一日",
        "二〇二五年一月",
        "二〇二五年三十二月四日",
        "一百四年三月四日",
        "AR7.3.4",
        "HC-R7.3.4",
        "R7.3.4.5",
        "7年3月4日",
    ] {
        assert_eq!(read(text), [], "{text}");
    }
}

fn seen(text: &str) -> Vec<SeenDate> {
    let page = page_of(&[text]);
    let rows = rows_of(std::slice::from_ref(&page));
    rows.iter().flat_map(dates_in).collect()
}

#[test]
fn a_date_that_was_cut_in_two_or_goes_on_is_not_sure() {
    // The reader saw "24-11-17" as two words; the fourth of November would be another day.
    for (text, date) in [
        ("2 4-11-17", "2017-11-04"),
        ("Date 2 4/11/2017", "2017-11-04"),
        ("24-11-1 7", "2017-11-24"),
        ("24/11/20 17", "2017-11-24"),
        ("24-11-201 7", "2017-11-24"),
        ("24-11-2 017", "2017-11-24"),
        ("20 25-11-17", "2017-11-25"),
        ("202 5-11-17", "2017-11-05"),
        ("2025-11-1 7", "2025-11-01"),
        ("114-03-04-12", "2012-04-03"),
        ("二千零二十五年三月四日", "2025-03-04"),
    ] {
        let seen: Vec<_> = seen(text).iter().map(|seen| (seen.date.to_string(), seen.repaired)).collect();
        assert_eq!(seen, [(date.to_owned(), true)], "{text}");
    }
    // A time of day behind the year is none of its digits.
    for (text, date) in [("24-11-20 17:30", "2020-11-24"), ("2025-11-1 7:30", "2025-11-01")] {
        let seen: Vec<_> = seen(text).iter().map(|seen| (seen.date.to_string(), seen.repaired)).collect();
        assert_eq!(seen, [(date.to_owned(), false)], "{text}");
    }
}

#[test]
fn dates_that_need_the_page_to_say_where_it_comes_from() {
    for (text, date, needs, repaired) in [
        ("114/03/04", "2025-03-04", Needs::Taiwan, false),
        ("114-03-04 12:30", "2025-03-04", Needs::Taiwan, false),
        ("114.3.4", "2025-03-04", Needs::Taiwan, false),
        ("日期:114/3/4", "2025-03-04", Needs::Taiwan, false),
        ("99/12/31", "2010-12-31", Needs::Taiwan, true),
        ("R7.3.4", "2025-03-04", Needs::Japan, false),
        ("R8.06.01", "2026-06-01", Needs::Japan, false),
        ("R07/03/04", "2025-03-04", Needs::Japan, false),
        ("R元.5.1", "2019-05-01", Needs::Japan, false),
        ("R7年3月4日", "2025-03-04", Needs::Japan, false),
        ("H31.4.30", "2019-04-30", Needs::Japan, false),
        // Eras that had not begun, or were over.
        ("H31.5.1", "2019-05-01", Needs::Japan, true),
        ("R1.4.30", "2019-04-30", Needs::Japan, true),
        ("平成32年1月1日", "2020-01-01", Needs::Nothing, true),
        // 2025 in China; where it goes without saying, 平成25年.
        ("25年3月4日", "2025-03-04", Needs::Nothing, true),
    ] {
        let seen: Vec<_> = seen(text).iter().map(|seen| (seen.date.to_string(), seen.needs, seen.repaired)).collect();
        assert_eq!(seen, [(date.to_owned(), needs, repaired)], "{text}");
    }
}

/// A name that no beginning is listed for would never be known.
#[test]
fn every_month_is_known_by_its_name() {
    let names = MONTH_NAMES.split_whitespace().chain(WHOLE_MONTHS.iter().map(|(name, _)| *name));
    let unknown: Vec<&str> = names.filter(|name| !is_month(name)).collect();
    assert_eq!(unknown, [""; 0]);
}
