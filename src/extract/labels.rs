//! The words that stand beside amounts, in English, traditional and simplified Chinese and Malay, and what they mean.

use crate::extract::text::{fold, is_han, near};

/// What the words beside an amount say it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Label {
    /// What is owed or was paid, everything included.
    Total,
    /// The sum before service, tax and rounding.
    Subtotal,
    /// Tax.
    Tax,
    /// A service charge.
    Service,
    /// Rounding to the smallest coin.
    Rounding,
    /// What was taken off.
    Discount,
    /// Cash or money handed over.
    Paid,
    /// Change given back.
    Change,
    /// The head of a table of tax rates, whose totals are not the document's.
    Summary,
    /// A count, points, savings or a card's balance: never the total.
    Other,
}

/// A label, and for totals how plainly it says so: 1 "amount" … 4 "grand total".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) label: Label,
    pub(super) strength: u8,
}

/// Phrases from the most particular to the most general; the first that is found decides.
const PHRASES: &[(&str, Label, u8)] = &[
    // Tables of tax rates.
    ("GST SUMMARY", Label::Summary, 0),
    ("TAX SUMMARY", Label::Summary, 0),
    ("SST SUMMARY", Label::Summary, 0),
    ("VAT SUMMARY", Label::Summary, 0),
    ("GST ANALYSIS", Label::Summary, 0),
    ("TAX ANALYSIS", Label::Summary, 0),
    ("TAX CODE", Label::Summary, 0),
    ("GST CODE", Label::Summary, 0),
    ("AMOUNT RM TAX", Label::Summary, 0),
    ("AMT RM TAX", Label::Summary, 0),
    ("GOODS TAX AMOUNT", Label::Summary, 0),
    // Never the total, and never a tax: numbers and headings.
    ("GST NO", Label::Other, 0),
    ("GST ID", Label::Other, 0),
    ("GST REG", Label::Other, 0),
    ("SST NO", Label::Other, 0),
    ("SST ID", Label::Other, 0),
    ("SST REG", Label::Other, 0),
    ("VAT NO", Label::Other, 0),
    ("VAT REG", Label::Other, 0),
    ("TAX NO", Label::Other, 0),
    ("TAX ID", Label::Other, 0),
    ("TAX INVOICE", Label::Other, 0),
    ("TAX INV", Label::Other, 0),
    ("SUPPLIES", Label::Other, 0),
    ("BROUGHT FORWARD", Label::Other, 0),
    ("CARRIED FORWARD", Label::Other, 0),
    ("承上頁", Label::Other, 0),
    ("轉下頁", Label::Other, 0),
    ("過次頁", Label::Other, 0),
    ("REMAINING VALUE", Label::Other, 0),
    ("REMAINING BALANCE", Label::Other, 0),
    ("CARD BALANCE", Label::Other, 0),
    ("PREVIOUS BALANCE", Label::Other, 0),
    ("BALANCE BROUGHT", Label::Other, 0),
    ("LAST ADD VALUE", Label::Other, 0),
    ("餘額", Label::Other, 0),
    ("余额", Label::Other, 0),
    ("餘值", Label::Other, 0),
    ("積分", Label::Other, 0),
    ("积分", Label::Other, 0),
    ("件數", Label::Other, 0),
    ("件数", Label::Other, 0),
    ("數量", Label::Other, 0),
    ("数量", Label::Other, 0),
    ("節省", Label::Other, 0),
    ("TOTAL QTY", Label::Other, 0),
    ("TOTAL QUANTITY", Label::Other, 0),
    ("QTY TOTAL", Label::Other, 0),
    ("TOTAL ITEM", Label::Other, 0),
    ("TOTAL ITEMS", Label::Other, 0),
    ("TOTAL SAVING", Label::Other, 0),
    ("TOTAL SAVINGS", Label::Other, 0),
    ("YOU SAVED", Label::Other, 0),
    ("TOTAL POINTS", Label::Other, 0),
    ("POINTS", Label::Other, 0),
    ("TOTAL PCS", Label::Other, 0),
    ("TOTAL NO", Label::Other, 0),
    ("TOTAL WEIGHT", Label::Other, 0),
    ("UNIT PRICE", Label::Other, 0),
    ("TRANSACTION RECORD", Label::Other, 0),
    ("TOTAL OUTSTANDING", Label::Other, 0),
    ("DEPOSIT", Label::Other, 0),
    // Totals that say they are the last word.
    ("TOTAL ROUNDED", Label::Total, 4),
    ("ROUNDED TOTAL", Label::Total, 4),
    ("TOTAL AFTER ROUND", Label::Total, 4),
    ("TOTAL AFTER ROUNDING", Label::Total, 4),
    ("TOTAL AFTER ADJ", Label::Total, 4),
    ("TOTAL INC ROUNDING", Label::Total, 4),
    ("TOTAL INCL ROUNDING", Label::Total, 4),
    ("INCLUSIVE OF ROUNDING", Label::Total, 4),
    ("INCLUDING ROUNDING", Label::Total, 4),
    ("TOTAL AFT", Label::Total, 4),
    ("TTL AFT", Label::Total, 4),
    ("TO BE PAID", Label::Total, 4),
    ("ACCEPTED TOTAL", Label::Paid, 0),
    // Sums before something.
    ("TOTAL EXCL", Label::Subtotal, 0),
    ("TOTAL EXCLUDE", Label::Subtotal, 0),
    ("TOTAL EXCLUDING", Label::Subtotal, 0),
    ("TOTAL EXCLUSIVE", Label::Subtotal, 0),
    ("TOTAL EX", Label::Subtotal, 0),
    ("SALES EXCL", Label::Subtotal, 0),
    ("EXCLUDING GST", Label::Subtotal, 0),
    ("EXCLUDE GST", Label::Subtotal, 0),
    ("EXCLUDED GST", Label::Subtotal, 0),
    ("EXCL GST", Label::Subtotal, 0),
    ("EXCLUDING TAX", Label::Subtotal, 0),
    ("TOTAL BEFORE", Label::Subtotal, 0),
    ("AMOUNT BEFORE", Label::Subtotal, 0),
    ("BEFORE TAX", Label::Subtotal, 0),
    ("BEFORE GST", Label::Subtotal, 0),
    ("BEFORE DISCOUNT", Label::Subtotal, 0),
    ("TAXABLE AMOUNT", Label::Subtotal, 0),
    ("TOTAL TAXABLE", Label::Subtotal, 0),
    ("SUBTOTAL", Label::Subtotal, 0),
    ("SUBTOTAAL", Label::Subtotal, 0),
    ("SUB TOTAL", Label::Subtotal, 0),
    ("SUBTTL", Label::Subtotal, 0),
    ("SUB TTL", Label::Subtotal, 0),
    ("SOUS TOTAL", Label::Subtotal, 0),
    ("EXCLUSIEF BTW", Label::Subtotal, 0),
    ("JUMLAH KECIL", Label::Subtotal, 0),
    ("小計", Label::Subtotal, 0),
    ("小计", Label::Subtotal, 0),
    // Totals with the tax inside, which must be told from the tax itself.
    ("TOTAL INCL", Label::Total, 3),
    ("TOTAL INC", Label::Total, 3),
    ("TOTAL INCLUSIVE", Label::Total, 3),
    ("TOTAL INCLUDE", Label::Total, 3),
    ("TOTAL INCLUDING", Label::Total, 3),
    ("TOTAL WITH", Label::Total, 3),
    ("TOTAL SALES INCL", Label::Total, 3),
    ("TOTAL SALES INCLUSIVE", Label::Total, 3),
    ("TOTAL AMOUNT INCL", Label::Total, 3),
    ("SALES INCLUSIVE", Label::Total, 3),
    ("AMOUNT INCL", Label::Total, 3),
    ("AMOUNT INCLUSIVE", Label::Total, 3),
    // What is added and taken.
    ("SERVICE CHARGE", Label::Service, 0),
    ("SERVICE CHG", Label::Service, 0),
    ("SERV CHARGE", Label::Service, 0),
    ("SVC CHARGE", Label::Service, 0),
    ("SVC CHG", Label::Service, 0),
    ("SVR CHARGE", Label::Service, 0),
    ("SER CHARGE", Label::Service, 0),
    ("SERVIS", Label::Service, 0),
    ("服務費", Label::Service, 0),
    ("服务费", Label::Service, 0),
    ("加一", Label::Service, 0),
    ("TOTAL DISCOUNT", Label::Discount, 0),
    ("DISCOUNT", Label::Discount, 0),
    ("DISKAUN", Label::Discount, 0),
    ("DISC", Label::Discount, 0),
    ("REBATE", Label::Discount, 0),
    ("LESS", Label::Discount, 0),
    ("折扣", Label::Discount, 0),
    ("優惠", Label::Discount, 0),
    ("优惠", Label::Discount, 0),
    ("減價", Label::Discount, 0),
    ("ROUNDING", Label::Rounding, 0),
    ("ROUND ADJ", Label::Rounding, 0),
    ("ROUND", Label::Rounding, 0),
    ("RND ADJ", Label::Rounding, 0),
    ("RND", Label::Rounding, 0),
    ("ROUNDOFF", Label::Rounding, 0),
    ("PEMBUNDARAN", Label::Rounding, 0),
    ("PELARASAN", Label::Rounding, 0),
    ("ADJUSTMENT", Label::Rounding, 0),
    ("湊整", Label::Rounding, 0),
    ("四捨五入", Label::Rounding, 0),
    ("四舍五入", Label::Rounding, 0),
    ("CHANGE", Label::Change, 0),
    ("BAKI", Label::Change, 0),
    ("找續", Label::Change, 0),
    ("找贖", Label::Change, 0),
    ("找零", Label::Change, 0),
    ("找回", Label::Change, 0),
    // The last word again, now that the inclusive and exclusive ones are out of the way.
    ("GRAND TOTAL", Label::Total, 4),
    ("GRANDTOTAL", Label::Total, 4),
    ("NETT TOTAL", Label::Total, 4),
    ("NET TOTAL", Label::Total, 4),
    ("TOTAL NETT", Label::Total, 4),
    ("AMOUNT DUE", Label::Total, 4),
    ("BALANCE DUE", Label::Total, 4),
    ("TOTAL DUE", Label::Total, 4),
    ("TOTAL PAYABLE", Label::Total, 4),
    ("AMOUNT PAYABLE", Label::Total, 4),
    ("TOTAL TO PAY", Label::Total, 4),
    ("NETT AMOUNT", Label::Total, 3),
    ("NETT AMT", Label::Total, 3),
    ("BILL TOTAL", Label::Total, 3),
    ("TOTAL BILL", Label::Total, 3),
    ("TOTAL FOR THIS INVOICE", Label::Total, 4),
    ("INVOICE TOTAL", Label::Total, 4),
    ("SOMME A PAYER", Label::Total, 4),
    ("SOMME À PAYER", Label::Total, 4),
    ("價稅合計", Label::Total, 4),
    ("价税合计", Label::Total, 4),
    ("應付", Label::Total, 4),
    ("应付", Label::Total, 4),
    ("應收", Label::Total, 4),
    ("應繳", Label::Total, 4),
    ("實付", Label::Total, 3),
    ("实付", Label::Total, 3),
    ("總計", Label::Total, 4),
    ("总计", Label::Total, 4),
    ("總額", Label::Total, 4),
    ("总额", Label::Total, 4),
    ("總金額", Label::Total, 4),
    ("总金额", Label::Total, 4),
    ("總數", Label::Total, 3),
    // Tax.
    ("TOTAL GST", Label::Tax, 0),
    ("TOTAL TAX", Label::Tax, 0),
    ("TOTAL SST", Label::Tax, 0),
    ("TAX TOTAL", Label::Tax, 0),
    ("GST TOTAL", Label::Tax, 0),
    ("GST AMOUNT", Label::Tax, 0),
    ("SERVICE TAX", Label::Tax, 0),
    ("SALES TAX", Label::Tax, 0),
    ("稅額", Label::Tax, 0),
    ("税额", Label::Tax, 0),
    ("增值稅", Label::Tax, 0),
    ("增值税", Label::Tax, 0),
    ("CUKAI", Label::Tax, 0),
    // Money handed over.
    ("CASH", Label::Paid, 0),
    ("TUNAI", Label::Paid, 0),
    ("TENDERED", Label::Paid, 0),
    ("TENDER", Label::Paid, 0),
    ("RECEIVED", Label::Paid, 0),
    ("AMOUNT PAID", Label::Paid, 0),
    ("TOTAL PAID", Label::Paid, 0),
    ("PAID", Label::Paid, 0),
    ("PAYMENT", Label::Paid, 0),
    ("BAYARAN", Label::Paid, 0),
    ("VISA", Label::Paid, 0),
    ("MASTERCARD", Label::Paid, 0),
    ("MASTER CARD", Label::Paid, 0),
    ("MASTER", Label::Paid, 0),
    ("CREDIT CARD", Label::Paid, 0),
    ("DEBIT CARD", Label::Paid, 0),
    ("OCTOPUS", Label::Paid, 0),
    ("ALIPAY", Label::Paid, 0),
    ("WECHAT", Label::Paid, 0),
    ("PAYME", Label::Paid, 0),
    ("UNIONPAY", Label::Paid, 0),
    ("現金", Label::Paid, 0),
    ("现金", Label::Paid, 0),
    ("八達通", Label::Paid, 0),
    ("信用卡", Label::Paid, 0),
    ("實收", Label::Paid, 0),
    ("实收", Label::Paid, 0),
    ("收款", Label::Paid, 0),
    ("付款", Label::Paid, 0),
    ("支付", Label::Paid, 0),
    // The plain words.
    ("TOTAL AMOUNT", Label::Total, 3),
    ("TOTAL AMT", Label::Total, 3),
    ("TOTAL SALES", Label::Total, 3),
    ("TOTAL RM", Label::Total, 3),
    ("TOTAL HKD", Label::Total, 3),
    ("合計", Label::Total, 3),
    ("合计", Label::Total, 3),
    ("共計", Label::Total, 3),
    ("TOTAL", Label::Total, 2),
    ("TOTAAL", Label::Total, 2),
    ("TTL", Label::Total, 2),
    ("JUMLAH", Label::Total, 2),
    ("GST", Label::Tax, 0),
    ("SST", Label::Tax, 0),
    ("VAT", Label::Tax, 0),
    ("BTW", Label::Tax, 0),
    ("TVA", Label::Tax, 0),
    ("TAX", Label::Tax, 0),
    ("稅", Label::Tax, 0),
    ("税", Label::Tax, 0),
    ("CARD", Label::Paid, 0),
    ("金額", Label::Total, 1),
    ("金额", Label::Total, 1),
    ("AMOUNT", Label::Total, 1),
    ("AMT", Label::Total, 1),
];

/// What the words say; nothing where they are no label.
pub(super) fn meaning_of(text: &str) -> Option<Meaning> {
    let folded = fold(text);
    if folded.is_empty() {
        return None;
    }
    let words: Vec<&str> = folded.split(' ').collect();
    let compact: String = words.concat();
    PHRASES
        .iter()
        .find(|(phrase, _, _)| says(&words, &compact, phrase))
        .map(|&(_, label, strength)| Meaning { label, strength })
}

/// Whether the words of a phrase stand in the text one after the other, give or take a misread letter.
pub(super) fn contains(text: &str, phrase: &str) -> bool {
    let folded = fold(text);
    let words: Vec<&str> = folded.split(' ').collect();
    says(&words, &words.concat(), phrase)
}

fn says(words: &[&str], compact: &str, phrase: &str) -> bool {
    if phrase.chars().any(is_han) {
        return compact.contains(phrase);
    }
    let same = |seen: &str, meant: &str| near(seen, meant) || plural(seen, meant);
    if !phrase.contains(' ') {
        return words.iter().any(|seen| same(seen, phrase));
    }
    let meant: Vec<&str> = phrase.split(' ').collect();
    let in_order =
        words.windows(meant.len()).any(|window| window.iter().zip(&meant).all(|(seen, meant)| same(seen, meant)));
    // "TOTALGST" and "SUBTOTAL(EX)": the reader lost a space.
    in_order || phrase.len() >= 7 && compact.contains(&meant.concat())
}

fn plural(seen: &str, meant: &str) -> bool {
    seen.strip_suffix('S').is_some_and(|stem| stem == meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_four_languages() {
        for (text, label, strength) in [
            ("TOTAL ROUNDED", Label::Total, 4),
            ("Grand Total :", Label::Total, 4),
            ("Total Sales (Inclusive of GST) :", Label::Total, 3),
            ("Total Incl. GST @ 6%", Label::Total, 3),
            ("Tatal", Label::Total, 2),
            ("Total Sales (Excluding GST)", Label::Subtotal, 0),
            ("Sub-Total", Label::Subtotal, 0),
            ("SUBTOTAL(EX)", Label::Subtotal, 0),
            ("小 計", Label::Subtotal, 0),
            ("Total GST", Label::Tax, 0),
            ("GST @6%", Label::Tax, 0),
            ("Rounding Adj", Label::Rounding, 0),
            ("Service Charge 10%", Label::Service, 0),
            ("加一服務費", Label::Service, 0),
            ("Cash Received", Label::Paid, 0),
            ("八達通 Octopus", Label::Paid, 0),
            ("Octopus remaining value 餘額", Label::Other, 0),
            ("找續 Change", Label::Change, 0),
            ("應付金額", Label::Total, 4),
            ("合計", Label::Total, 3),
            ("Jumlah", Label::Total, 2),
            ("Total Qty", Label::Other, 0),
            ("Total discount", Label::Discount, 0),
            ("GST Summary", Label::Summary, 0),
        ] {
            assert_eq!(meaning_of(text), Some(Meaning { label, strength }), "{text}");
        }
        for text in ["", "Chicken rice", "12.30", "Jalan Total1y"] {
            assert_eq!(meaning_of(text).filter(|meaning| meaning.strength != 2), None, "{text}");
        }
        assert_eq!(meaning_of("Chicken rice"), None);
    }
}
