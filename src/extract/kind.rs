//! What kind of paper it is: proof of a payment, a demand for one, or a promise of money back.

use crate::extract::{
    amounts::Amount,
    figures::Line,
    labels::Label,
    said::{Phrases, Said},
};
use crate::model::field::DocumentKind;

static CREDIT: Phrases =
    Phrases::new(&["CREDIT NOTE", "CREDIT MEMO", "CREDITNOTA", "退款單", "貸項", "紅字", "红字", "折讓單", "AVOIR"]);
static DEMAND: Phrases = Phrases::new(&[
    "DUE DATE",
    "AMOUNT DUE",
    "BALANCE DUE",
    "PAYMENT TERMS",
    "BILL TO",
    "BANK ACCOUNT",
    "PLEASE PAY",
    "IBAN",
    "ACCOUNT NO",
    "REMITTANCE",
    "付款期限",
    "到期日",
    "銀行戶口",
    "TERMS",
]);
static INVOICE: Phrases = Phrases::new(&["INVOICE", "FACTUUR", "FACTURE", "RECHNUNG", "發票", "发票", "帳單", "賬單"]);
static RECEIPT: Phrases = Phrases::new(&[
    "RECEIPT",
    "RESIT",
    "收據",
    "收据",
    "CASH BILL",
    "CASH SALE",
    "CASH SALES",
    "PAID",
    "收銀",
    "THANK YOU",
    "多謝",
    "謝謝",
]);

/// The kind the paper's words and payment lines speak for.
pub(super) fn kind(lines: &[Line<'_>]) -> DocumentKind {
    let texts: Vec<&Said> = lines.iter().map(|line| line.row.said()).collect();
    let labelled = |label: Label| {
        lines.iter().any(|line| {
            line.meaning.is_some_and(|meaning| meaning.label == label) && line.amounts.iter().any(Amount::is_money)
        })
    };
    let top = texts.iter().take(25).any(|text| text.any(&CREDIT));
    let paid = labelled(Label::Paid) || labelled(Label::Change);
    let (demand, invoice, receipt) = (DEMAND.count_in(&texts), INVOICE.count_in(&texts), RECEIPT.count_in(&texts));
    if top {
        DocumentKind::CreditNote
    } else if labelled(Label::Change) || (paid && demand < 2) {
        DocumentKind::Receipt
    } else if invoice > 0 && (demand > 0 || receipt == 0) {
        DocumentKind::Invoice
    } else if receipt > 0 {
        DocumentKind::Receipt
    } else {
        DocumentKind::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{figures::lines_of, rows::rows_of, testing::page_of};

    #[test]
    fn kinds() {
        for (text, expected) in [
            (&["TAX INVOICE", "TOTAL 5.00", "CASH 10.00", "CHANGE 5.00"][..], DocumentKind::Receipt),
            (&["INVOICE", "Bill to", "Due date 1/2/2025", "Total 5.00"], DocumentKind::Invoice),
            (&["CREDIT NOTE", "Total 5.00"], DocumentKind::CreditNote),
            (&["收據", "合計 5.00"], DocumentKind::Receipt),
            (&["hello"], DocumentKind::Unknown),
        ] {
            let page = page_of(text);
            assert_eq!(kind(&lines_of(rows_of(std::slice::from_ref(&page)))), expected, "{text:?}");
        }
    }
}
