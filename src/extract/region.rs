//! Which part of the world a paper comes from, by the places and company forms it names. It settles the order of day
//! and month, and what a bare "$" means.

use crate::extract::{
    dates::{JAPAN, is_japanese},
    rows::Row,
    said::{Phrases, Said},
};

/// What a place says about a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Region {
    /// The currency people use there.
    pub(super) currency: &'static str,
    /// How dates in figures are written there.
    pub(super) leading: Leading,
}

/// The part of a date in figures that comes first in a part of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leading {
    /// 4/3/2025 is the fourth of March.
    Day,
    /// 4/3/2025 is the third of April.
    Month,
    /// 2025/3/4 and 25/3/4; what 4/3/2025 means, nobody can tell.
    Year,
}

impl Leading {
    /// Whether the day comes before the month where the year stands last; nothing where that is not the custom.
    pub(super) const fn day_first(self) -> Option<bool> {
        match self {
            Self::Day => Some(true),
            Self::Month => Some(false),
            Self::Year => None,
        }
    }
}

use Leading::{Day, Month, Year};

static REGIONS: [(Region, Phrases); 17] = [
    (
        Region { currency: "HKD", leading: Day },
        Phrases::new(&[
            "HONG KONG",
            "HONGKONG",
            "KOWLOON",
            "NEW TERRITORIES",
            "香港",
            "九龍",
            "新界",
            "八達通",
            "OCTOPUS",
            "港幣",
            "HKD",
        ]),
    ),
    (
        Region { currency: "MYR", leading: Day },
        Phrases::new(&[
            "SDN BHD",
            "MALAYSIA",
            "SELANGOR",
            "KUALA LUMPUR",
            "JOHOR",
            "JALAN",
            "TAMAN",
            "RM",
            "BHD",
            "PENANG",
        ]),
    ),
    (Region { currency: "SGD", leading: Day }, Phrases::new(&["SINGAPORE", "PTE LTD", "SGD"])),
    (Region { currency: "MOP", leading: Day }, Phrases::new(&["MACAU", "MACAO", "澳門", "MOP"])),
    (
        Region { currency: "TWD", leading: Year },
        Phrases::new(&["TAIWAN", "統一發票", "統一編號", "統編", "台北", "臺北"]),
    ),
    (
        Region { currency: "CNY", leading: Year },
        Phrases::new(&[
            "增值税",
            "发票代码",
            "发票号码",
            "开票日期",
            "纳税人",
            "人民币",
            "价税合计",
            "支付宝",
            "小票号",
            "北京市",
            "上海市",
            "广州市",
            "深圳市",
            "成都市",
            "杭州市",
        ]),
    ),
    (
        Region { currency: "GBP", leading: Day },
        Phrases::new(&["UNITED KINGDOM", "LONDON", "ENGLAND", "SCOTLAND", "WALES", "GBP", "COMPANIES HOUSE"]),
    ),
    (Region { currency: "AUD", leading: Day }, Phrases::new(&["AUSTRALIA", "ABN", "AUD", "NSW", "QLD", "PTY LTD"])),
    (Region { currency: "NZD", leading: Day }, Phrases::new(&["NEW ZEALAND", "NZBN", "NZD"])),
    (Region { currency: "CHF", leading: Day }, Phrases::new(&["SCHWEIZ", "SUISSE", "SWITZERLAND", "ZÜRICH", "CHF"])),
    (
        Region { currency: "SEK", leading: Day },
        Phrases::new(&["SVERIGE", "SWEDEN", "BANKGIRO", "MOMS", "SEK", "ATT BETALA"]),
    ),
    (
        Region { currency: "PLN", leading: Day },
        Phrases::new(&["POLSKA", "POLAND", "NIP", "WYSTAWIENIA", "PLN", "ZAPŁATY"]),
    ),
    (Region { currency: "DKK", leading: Day }, Phrases::new(&["DANMARK", "DENMARK", "CVR", "DKK", "AT BETALE"])),
    (Region { currency: "NOK", leading: Day }, Phrases::new(&["NORGE", "NORWAY", "MVA", "NOK", "Å BETALE"])),
    (Region { currency: "INR", leading: Day }, Phrases::new(&["INDIA", "GSTIN", "INR"])),
    (
        Region { currency: "EUR", leading: Day },
        Phrases::new(&[
            "BTW",
            "TVA",
            "FACTURE",
            "FACTUUR",
            "RECHNUNG",
            "MWST",
            "EUR",
            "IVA",
            "FACTURA",
            "FATTURA",
            "IRELAND",
            "GERMANY",
            "DEUTSCHLAND",
            "FRANCE",
            "NETHERLANDS",
            "NEDERLAND",
            "AMSTERDAM",
            "SPAIN",
            "ESPAÑA",
            "ITALIA",
            "PORTUGAL",
            "BELGIUM",
            "FINLAND",
        ]),
    ),
    (Region { currency: "USD", leading: Month }, Phrases::new(&["UNITED STATES", "USA", "US DOLLARS"])),
];

/// Japan, which is told by its letters as well as by its words.
const JAPANESE: Region = Region { currency: "JPY", leading: Year };

/// The place the paper speaks of more often than of any other.
pub(super) fn region_of(rows: &[Row<'_>]) -> Option<Region> {
    if is_japanese(rows) {
        return Some(JAPANESE);
    }
    let texts: Vec<&Said> = rows.iter().map(Row::said).collect();
    let mut counted: Vec<(usize, Region)> =
        REGIONS.iter().map(|(region, words)| (words.count_in(&texts), *region)).collect();
    counted.push((JAPAN.count_in(&texts), JAPANESE));
    // A letter's head in the United States names its state and ZIP code, and no country.
    let american = rows.iter().any(names_american_state);
    counted
        .iter_mut()
        .filter(|(_, region)| american && region.currency == "USD")
        .for_each(|(count, _)| *count += STATE_COUNTS);
    counted.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    match counted.as_slice() {
        [(best, region), (next, _), ..] if best > next => Some(*region),
        _ => None,
    }
}

/// A state and its ZIP code say as much as so many words.
const STATE_COUNTS: usize = 2;

/// The states of the United States and their capital's district, as its post writes them (USPS Publication 28).
const STATES: &str = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC \
    ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY";

/// "Seattle, WA 98109", "Austin TX 78701-1234".
fn names_american_state(row: &Row<'_>) -> bool {
    row.words.windows(2).any(|pair| {
        let [state, code] = pair else { return false };
        let (zip, more) = code.text.trim_end_matches(',').split_at_checked(5).unwrap_or(("", ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let extended = more.strip_prefix('-').is_some_and(|more| more.len() == 4 && digits(more));
        let is_zip = zip.len() == 5 && digits(zip) && (more.is_empty() || extended);
        is_zip && state.text.len() == 2 && STATES.split_whitespace().any(|known| known == state.text)
    })
}

/// The place whose currency this is; nothing for one that several share the order of dates of.
pub(super) fn region_of_currency(code: &str) -> Option<Region> {
    let mut all = REGIONS.iter().map(|(region, _)| *region).chain([JAPANESE]);
    all.find(|region| region.currency == code && code != "USD" && code != "EUR")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{rows::rows_of, testing::page_of};

    #[test]
    fn places() {
        for (text, currency) in [
            ("Nathan Road, Kowloon, Hong Kong", Some("HKD")),
            ("ABC SDN BHD, Jalan Besar", Some("MYR")),
            ("香港九龍", Some("HKD")),
            ("株式会社ヤマダ 東京都港区", Some("JPY")),
            ("ありがとうございました", Some("JPY")),
            ("優の良品 香港", Some("HKD")),
            ("上海市浦东新区 发票号码 12345678", Some("CNY")),
            ("Coffee", None),
            ("410 Terrace Avenue, Seattle, WA 98109", Some("USD")),
            ("Austin TX 78701-1234", Some("USD")),
            ("Item WA 981090", None),
            ("Summa att betala 12,00 kr, moms 25 %", Some("SEK")),
        ] {
            let page = page_of(&[text]);
            assert_eq!(region_of(&rows_of(&[page])).map(|region| region.currency), currency, "{text}");
        }
    }
}
