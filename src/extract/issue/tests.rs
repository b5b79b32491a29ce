//! Which of a page's dates is that of issue, and how sure it is.

use super::*;
use crate::extract::{region::region_of, rows::rows_of, testing::page_of};

fn read(text: &[&str]) -> Dates {
    let page = page_of(text);
    let rows = rows_of(std::slice::from_ref(&page));
    let hints = Hints { currency: None, day_first: true, today: jiff::civil::date(2026, 11, 22), known: Vec::new() };
    dates(&rows, region_of(&rows), None, &hints)
}

#[test]
fn the_label_and_the_calendar_choose() {
    for (text, date, accepted) in [
        (&["Date: 25/12/2018 10:25"][..], "2018-12-25", true),
        (&["Invoice Date 04/03/2025", "Hong Kong"], "2025-03-04", true),
        (&["Invoice Date 04/03/2025"], "2025-03-04", false),
        (&["Date 12/11/2026"], "2026-11-12", true),
        (&["Date 11/12/2026"], "2026-11-12", true),
        (&["Order Date 01/01/2025", "Invoice Date 31/03/2025"], "2025-03-31", true),
        (&["Date de livraison: 03/06/2025", "Date: 15/06/2025"], "2025-06-15", true),
        (&["Data de entrega 18/07/2025", "Data 04/08/2025", "Macau"], "2025-08-04", true),
        (&["Lieferdatum 18.07.2025", "Datum 04.08.2025"], "2025-08-04", true),
        (&["納品日 2025年7月18日", "発行日 2025年8月4日"], "2025-08-04", true),
        (&["交貨日期 2025年7月18日", "日期 2025年8月4日"], "2025-08-04", true),
        (&["憑單於25-Aug-2025前可換貨", "Printed 25-Aug-2025"], "2025-08-25", false),
        (&["26-07-2025 14:10", "憑單於25-08-2025前可換貨", "25-08-2025まで"], "2025-07-26", true),
        (&["Date: 15 November 2025", "Service date: 13 November 2025 at the above address."], "2025-11-15", true),
        // Two days that both call themselves the paper's: whichever is chosen, a person looks.
        (&["Date 18/07/2025", "Date 16/07/2025"], "2025-07-18", false),
        (&["Date 31/12/2088", "20/05/2018"], "2018-05-20", true),
        (&["日期 2025年3月4日", "付款期限 2025年4月3日"], "2025-03-04", true),
        (&["Date 03/25/2018", "Date 04/05/2018"], "2018-03-25", false),
    ] {
        let found = read(text).issue.map(|choice| (choice.value.to_text(), choice.accepted));
        assert_eq!(found, Some((date.to_owned(), accepted)), "{text:?}");
    }
}

#[test]
fn other_calendars_need_a_page_that_uses_them() {
    for (text, date, accepted) in [
        (&["統一編號 12345675", "日期 114/03/04"][..], "2025-03-04", true),
        (&["台北市信義區", "114-03-04 12:30"], "2025-03-04", true),
        (&["TOTAL NT$ 120", "Date 114.3.4"], "2025-03-04", true),
        (&["Date 114/03/04"], "", false),
        (&["Hong Kong", "Date 114/03/04", "Date 05/03/2025"], "2025-03-05", true),
        (&["民國114年3月4日"], "2025-03-04", true),
        (&["統一發票", "99/12/31"], "2010-12-31", false),
        (&["株式会社ヤマダ", "発行日 R7.3.4"], "2025-03-04", true),
        (&["ありがとうございます", "R8.06.01"], "2026-06-01", true),
        (&["合計 550円", "日付 H31.4.30"], "2019-04-30", true),
        (&["優の良品", "Date R7.3.4"], "", false),
        (&["Model R7.3.4", "Date 05/03/2025", "Hong Kong"], "2025-03-05", true),
        (&["日期 二〇二五年三月四日"], "2025-03-04", true),
        // Years of two digits stand first where the year does; where nothing is known, either end.
        (&["統一編號 12345675", "日期 25/11/20"], "2025-11-20", false),
        (&["統一編號 12345675", "日期 25/11/20", "列印 2025/11/20"], "2025-11-20", true),
        (&["增值税 价税合计", "日期 03/04/2025"], "2025-04-03", false),
        (&["Date 25/11/20"], "2020-11-25", false),
        (&["Hong Kong", "Date 25/11/20"], "2020-11-25", true),
        (&["Date 24-11-1 7", "Hong Kong"], "2017-11-24", false),
        (&["Date 04-03-114", "Hong Kong"], "", false),
    ] {
        let found = read(text).issue.map(|choice| (choice.value.to_text(), choice.accepted));
        assert_eq!(found.unwrap_or_default(), (date.to_owned(), accepted), "{text:?}");
    }
}

#[test]
fn an_ambiguous_date_is_said() {
    assert_eq!(read(&["Date 04/03/2025"]).problem.map(|finding| finding.rule), Some("T0".to_owned()));
    assert_eq!(read(&["Date 14/03/2025"]).problem, None);
}

#[test]
fn due_dates_are_not_issue_dates() {
    for (issued, due) in [
        ("Invoice date", "Due date"),
        ("Rechnungsdatum", "Zahlbar bis"),
        ("Date", "Échéance"),
        ("Factuurdatum", "Vervaldatum"),
        ("Data", "Vencimento"),
        ("発行日", "お支払期限"),
    ] {
        let found = read(&[&format!("{issued} 14/03/2025"), &format!("{due} 13/04/2025")]);
        assert_eq!(found.due.map(|choice| choice.value.to_text()), Some("2025-04-13".to_owned()), "{due}");
        assert_eq!(found.issue.map(|choice| choice.value.to_text()), Some("2025-03-14".to_owned()), "{issued}");
    }
}

/// Where words and dates stand tells which belong together; nothing is misread in a text layer.
#[test]
fn dates_of_text_layers() {
    for (text, date, accepted) in [
        (&["Bill date  Due date", "3 May 2024   20 May 2024"][..], "2024-05-03", true),
        (&["Date  Description  Charges", "1 May 2024  Room  90.00", "Invoice date 3 May 2024"], "2024-05-03", true),
        (&["Arrival 1 May 2024", "Departure 3 May 2024", "Date 3 May 2024"], "2024-05-03", true),
        (&["Period 1 May 2024 to 31 May 2024", "Statement date 3 June 2024"], "2024-06-03", true),
        (&["Plan 1 May 2024 – 31 May 2024", "Next invoice 3 July 2024"], "2024-05-31", false),
        (&["Rechnung", "Bestelldatum 01.05.2024", "Rechnungsdatum 03.05.2024"], "2024-05-03", true),
        (&["Data 3 maggio 2024", "Scadenza 3 giugno 2024"], "2024-05-03", true),
        (&["Data Transfer 31 May 2024", "Invoice date 3 June 2024"], "2024-06-03", true),
        // Seattle writes the month first, wherever its customer is.
        (&["Pearl Inc, Seattle, WA 98109", "Bill to:", "Blue Ltd", "Hong Kong", "Date 04/05/2024"], "2024-04-05", true),
    ] {
        let mut page = page_of(text);
        page.source = Source::PdfText;
        let rows = rows_of(std::slice::from_ref(&page));
        let region = region_of(&crate::extract::buyer::others(&crate::extract::buyer::parts(&rows)));
        let hints =
            Hints { currency: None, day_first: true, today: jiff::civil::date(2026, 11, 22), known: Vec::new() };
        let found = dates(&rows, region, None, &hints).issue.map(|choice| (choice.value.to_text(), choice.accepted));
        assert_eq!(found, Some((date.to_owned(), accepted)), "{text:?}");
    }
}
