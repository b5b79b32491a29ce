//! What kind of paper it is: proof of a payment, a demand for one, or a promise of money back.

use crate::extract::{
    amounts::Amount,
    figures::Line,
    labels::Label,
    rows::Row,
    said::{Phrases, Said},
};
use crate::model::field::DocumentKind;

static CREDIT: Phrases = Phrases::new(&[
    "CREDIT NOTE",
    "CREDIT MEMO",
    "CREDITNOTA",
    "CREDITFACTUUR",
    "退款單",
    "貸項",
    "紅字",
    "红字",
    "折讓單",
    "AVOIR",
    "DAVOIR",
    "GUTSCHRIFT",
    "RECHNUNGSKORREKTUR",
    "FACTURA RECTIFICATIVA",
    "NOTA DE CRÉDITO",
    "NOTA DI CREDITO",
    "KREDITFAKTURA",
    "KREDITNOTA",
    "FAKTURA KORYGUJĄCA",
]);
static DEMAND: Phrases = Phrases::new(&[
    "DUE DATE",
    "AMOUNT DUE",
    "BALANCE DUE",
    "PAYMENT TERMS",
    "BILL TO",
    "BANK ACCOUNT",
    "PLEASE PAY",
    "PAY BY",
    "AMOUNT TO PAY",
    "TOTAL TO PAY",
    "PREVIOUS BALANCE",
    "LAST BILL",
    "BILLING PERIOD",
    "IBAN",
    "ACCOUNT NO",
    "REMITTANCE",
    "付款期限",
    "到期日",
    "銀行戶口",
    "TERMS",
    "ÉCHÉANCE",
    "SCADENZA",
    "VENCIMIENTO",
    "VENCIMENTO",
    "ZAHLBAR",
    "FÖRFALLODATUM",
    "支払期限",
    "繳費期限",
    "PAYABLE TO",
    "上期",
]);
static INVOICE: Phrases = Phrases::new(&[
    "INVOICE",
    "FACTUUR",
    "FACTURE",
    "RECHNUNG",
    "發票",
    "发票",
    "帳單",
    "賬單",
    "账单",
    "对账单",
    "請求書",
    "請款單",
    "費單",
    "INVOIS",
    "FACTURA",
    "FATTURA",
    "FATURA",
    "FAKTURA",
    "DEBIT NOTE",
    "FEE NOTE",
    "BILL DATE",
    "DATE OF BILL",
    "ELECTRICITY BILL",
    "GAS BILL",
    "WATER BILL",
    "STATEMENT DATE",
    "STATEMENT OF ACCOUNT",
    "付款通知",
    "繳費通知",
    "DEMAND NOTE",
]);
static BILL: Phrases = Phrases::new(&["BILL NO", "BILL NUMBER"]);
static RECEIPT: Phrases = Phrases::new(&[
    "RECEIPT",
    "RESIT",
    "收據",
    "收据",
    "領収書",
    "CASH BILL",
    "CASH SALE",
    "CASH SALES",
    "PAID",
    "收銀",
    "THANK YOU",
    "多謝",
    "謝謝",
]);
/// What offers something, or asks for money before there is an invoice: nobody owes anything on it.
static OFFER: Phrases = Phrases::new(&[
    "QUOTATION",
    "QUOTE",
    "PRO FORMA",
    "PROFORMA",
    "ESTIMATE",
    "ORDER CONFIRMATION",
    "PURCHASE ORDER",
    "ANGEBOT",
    "KOSTENVORANSCHLAG",
    "AUFTRAGSBESTÄTIGUNG",
    "DEVIS",
    "OFFERTE",
    "OFFERTA",
    "PREVENTIVO",
    "PRESUPUESTO",
    "ORÇAMENTO",
    "SEBUT HARGA",
    "報價",
    "报价",
    "形式發票",
    "形式发票",
    "見積書",
]);
/// A heading stands in so many rows from the top …
const HEADING_ROWS: usize = 15;
/// … and says no more than so many words besides: "Sales quote", "Pro forma invoice".
const HEADING_WORDS: usize = 3;

/// Whether a heading among these rows calls the paper a credit.
pub(super) fn names_credit<'r, 'a: 'r>(rows: impl Iterator<Item = &'r Row<'a>>) -> bool {
    rows.take(25).any(|row| row.said().any(&CREDIT))
}

/// Whether the row names a kind of paper: a heading, not a company.
pub(super) fn names_paper(row: &Row<'_>) -> bool {
    [&OFFER, &CREDIT, &INVOICE, &RECEIPT].iter().any(|phrases| row.said().any_as_written(phrases))
}

/// The first heading of a printed page that says what it is; a scan's headings lose letters too easily.
fn heading<'l, 'a>(lines: &'l [Line<'a>]) -> Option<&'l Row<'a>> {
    let top = lines.iter().take(HEADING_ROWS).filter(|line| line.row.page == 1 && !line.row.source.is_optical());
    let mut parts = top.flat_map(|line| line.row.cells().iter());
    let number = |part: &Row<'_>| part.words.iter().any(|word| word.text.contains(|c: char| c.is_ascii_digit()));
    parts.find(|part| part.said().words().len() <= HEADING_WORDS && !number(part) && names_paper(part))
}

/// Whether it says so letter by letter: "Davis" is no "devis".
fn offers(part: &Row<'_>) -> bool {
    part.said().any_as_written(&OFFER)
}

/// What "I N V O I C E" says; nothing where the row is not of single letters.
pub(super) fn letter_spaced(row: &Row<'_>) -> Option<Said> {
    let single = |text: &str| text.chars().count() == 1 && text.chars().all(char::is_alphabetic);
    let spaced = row.words.len() >= SPACED_MIN && row.words.iter().all(|word| single(&word.text));
    spaced.then(|| Said::of(&row.words.iter().map(|word| word.text.as_str()).collect::<String>()))
}

/// Fewer single letters are initials.
const SPACED_MIN: usize = 4;

/// Whether a printed page's payments are less than what it says they are for: a deposit is no receipt of the whole.
fn is_part_paid(lines: &[Line<'_>]) -> bool {
    let most = |label: Label, least: u8| {
        let labelled = lines
            .iter()
            .filter(|line| line.meaning.is_some_and(|meaning| meaning.label == label && meaning.strength >= least));
        labelled
            .flat_map(|line| &line.amounts)
            .filter(|amount| amount.is_money())
            .map(|amount| amount.value.abs())
            .max()
    };
    let printed = lines.iter().all(|line| !line.row.source.is_optical());
    printed && most(Label::Paid, 0).zip(most(Label::Total, 2)).is_some_and(|(paid, total)| paid < total)
}

/// The kind the paper's words and payment lines speak for.
pub(super) fn kind(lines: &[Line<'_>]) -> DocumentKind {
    let texts: Vec<&Said> = lines.iter().map(|line| line.row.said()).collect();
    let labelled = |label: Label| {
        lines.iter().any(|line| {
            line.meaning.is_some_and(|meaning| meaning.label == label) && line.amounts.iter().any(Amount::is_money)
        })
    };
    let top = names_credit(lines.iter().map(|line| &line.row));
    let paid = (labelled(Label::Paid) && !is_part_paid(lines)) || labelled(Label::Change);
    let spaced: Vec<Said> = lines.iter().filter_map(|line| letter_spaced(&line.row)).collect();
    let texts: Vec<&Said> = texts.into_iter().chain(&spaced).collect();
    // On a receipt "bill no" is its number; a printed page that has one is a bill.
    let billed = lines.iter().any(|line| !line.row.source.is_optical() && line.row.said().any_as_written(&BILL));
    let (demand, invoice, receipt) = (DEMAND.count_in(&texts), INVOICE.count_in(&texts), RECEIPT.count_in(&texts));
    let heading = heading(lines);
    let says = |phrases: &Phrases| heading.is_some_and(|heading| heading.said().any_as_written(phrases));
    let headed = says(&INVOICE) && !says(&RECEIPT);
    if heading.is_some_and(offers) {
        DocumentKind::Unknown
    } else if top {
        DocumentKind::CreditNote
    } else if labelled(Label::Change) || (paid && demand < 2) {
        DocumentKind::Receipt
    } else if (invoice > 0 || billed) && (demand > 0 || receipt == 0 || headed) {
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
    fn offers_are_no_invoices() {
        for (text, expected) in [
            (&["PRO FORMA INVOICE", "Due date 1/2/2025", "Total 5.00"][..], DocumentKind::Unknown),
            (&["形式發票 PROFORMA INVOICE", "Total 5.00"], DocumentKind::Unknown),
            (&["Angebot", "Rechnungsadresse", "Total 5.00"], DocumentKind::Unknown),
            (&["INVOICE", "Quotation", "Total 5.00"], DocumentKind::Invoice),
            (&["Davis Ltd", "INVOICE", "Total 5.00"], DocumentKind::Invoice),
        ] {
            let mut page = page_of(text);
            page.source = crate::model::page::Source::PdfText;
            assert_eq!(kind(&lines_of(rows_of(std::slice::from_ref(&page)))), expected, "{text:?}");
        }
    }

    #[test]
    fn kinds() {
        for (text, expected) in [
            (&["TAX INVOICE", "TOTAL 5.00", "CASH 10.00", "CHANGE 5.00"][..], DocumentKind::Receipt),
            (&["INVOICE", "Bill to", "Due date 1/2/2025", "Total 5.00"], DocumentKind::Invoice),
            (&["CREDIT NOTE", "Total 5.00"], DocumentKind::CreditNote),
            (&["收據", "合計 5.00"], DocumentKind::Receipt),
            (&["hello"], DocumentKind::Unknown),
            (&["請求書", "お支払期限 2024年5月1日", "合計 500円"], DocumentKind::Invoice),
            (&["I N V O I C E", "Total 5.00"], DocumentKind::Invoice),
            (&["Gutschrift", "Nr. 5", "Summe 5,00"], DocumentKind::CreditNote),
            (
                &[
                    "Electricity bill",
                    "Your last bill 9.00",
                    "Payment received 9.00",
                    "Please pay by 1 May",
                    "Total 5.00",
                ],
                DocumentKind::Invoice,
            ),
        ] {
            let page = page_of(text);
            assert_eq!(kind(&lines_of(rows_of(std::slice::from_ref(&page)))), expected, "{text:?}");
        }
    }
}
