//! Whose paper it is, on scans of receipts and bills.

use super::*;
use crate::extract::{buyer, rows::rows_of, testing::page_of};

fn read(text: &[&str]) -> Option<(String, bool)> {
    let page = page_of(text);
    let rows = rows_of(std::slice::from_ref(&page));
    supplier(&rows, &buyer::parts(&rows), &[]).map(|found| (found.field.value.to_text(), found.field.accepted))
}

#[test]
fn names() {
    for (text, name, accepted) in [
        (&["UNIHAKKA INTERNATIONAL SDN BHD", "12, Jalan Tampoi 7/4"][..], "UNIHAKKA INTERNATIONAL SDN BHD", true),
        (&["TAX INVOICE", "AEON CO. (M) BHD (126926-H)", "3RD FLR"], "AEON CO. (M) BHD", true),
        (&["ASIA MART", "(SA0264195-T)", "NO.23 BATU 10, TAMAN SENTOSA,"], "ASIA MART", false),
        (&["tan chay yee", "ABC HO TRADING", "JALAN HARMONI 3/2,"], "ABC HO TRADING", false),
        (&["好味茶餐廳有限公司", "香港九龍彌敦道 100 號地下"], "好味茶餐廳有限公司", true),
        (&["MR DIY SON BHD", "TEL 123"], "MR DIY SDN BHD", false),
        (&["WESTERN STATIONERY SON.BHD", "TEL 123"], "WESTERN STATIONERY SDN BHD", false),
        (&["AIK HUAT HARDWARE (SETIA", "ALAM) SDN BHD"], "AIK HUAT HARDWARE (SETIA ALAM) SDN BHD", true),
        (&["好味茶餐廳", "GOOD TASTE CAFE", "Hong Kong"], "GOOD TASTE CAFE", false),
        (&["Bill to", "Pearl Limited", "Harbour Trading Company Limited"], "Harbour Trading Company Limited", true),
        // Cash as a way of payment is no name; as a trade it is.
        (&["PEARL CASH & CARRY", "NO.15, JLN 2", "CASH", "SALESPERSON"], "PEARL CASH & CARRY", false),
        // "Supplies" is no heading over a supplier's name, and no label is a name.
        (&["LOTUS OFFICE SUPPLIES", "NO.9, JALAN 3,", "CHERAS, 56100 KUALA LUMPUR"], "LOTUS OFFICE SUPPLIES", false),
        (&["IRON PLUM OFFICE", "SUPPLIES", "ROC NO 123"], "IRON PLUM OFFICE SUPPLIES", false),
        (&["Blaue Werkzeuge", "Rechnung", "Kupfergasse 82"], "Blaue Werkzeuge", false),
        // Where it stands is not who it is.
        (&["OASIS VILLAGE", "GROUND FLOOR, OASIS VILLAGE", "JALAN 7", "PEARL RETAIL SB"], "PEARL RETAIL SB", false),
        (&["Pearl Cafe", "Dimiliki: pearl foods sdn bhd", "JALAN 7"], "pearl foods sdn bhd", false),
        (&["POPULAR BOOK", "CO. (M) SDN BHD"], "POPULAR BOOK CO. (M) SDN BHD", true),
        (
            &["AIK HUAT HARDWARE", "ENTERPRISE (SETIA", "ALAM) SDN BHD"],
            "AIK HUAT HARDWARE ENTERPRISE (SETIA ALAM) SDN BHD",
            true,
        ),
    ] {
        assert_eq!(read(text), Some((name.to_owned(), accepted)), "{text:?}");
    }
    assert_eq!(read(&["RECEIPT", "TEL: 123 4567"]), None);
}
