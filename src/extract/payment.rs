//! How it was paid, by the words that name a way of paying.

use rust_decimal::Decimal;

use crate::extract::{amounts::Amount, evidence::Evidence, figures::Line, labels::Label, said::Phrases};
use crate::model::{
    field::{Field, FieldValue},
    page::Confidence,
};

/// The words that name each method, the more particular first: an Octopus slip also says "card".
static METHODS: [(Phrases, &str); 8] = [
    (Phrases::new(&["OCTOPUS", "八達通"]), "octopus"),
    (Phrases::new(&["FPS", "轉數快"]), "fps"),
    (Phrases::new(&["ALIPAY", "ALIPAYHK", "支付寶", "支付宝"]), "alipay"),
    (Phrases::new(&["WECHAT", "WECHAT PAY", "微信"]), "wechat_pay"),
    (
        Phrases::new(&[
            "VISA",
            "MASTERCARD",
            "MASTER CARD",
            "CREDIT CARD",
            "DEBIT CARD",
            "AMEX",
            "UNIONPAY",
            "銀聯",
            "信用卡",
            "EPS",
        ]),
        "card",
    ),
    (Phrases::new(&["CHEQUE", "支票"]), "cheque"),
    (Phrases::new(&["BANK TRANSFER", "銀行轉賬"]), "bank_transfer"),
    (Phrases::new(&["CASH", "TUNAI", "現金", "现金"]), "cash"),
];

/// What stands before the name of a way of paying.
static TOLD: Phrases =
    Phrases::new(&["PAYMENT METHOD", "PAYMENT MODE", "PAID BY", "PAYMENT BY", "付款方式", "支付方式"]);

/// The least confidence of the row that names it, in thousandths, where the row was scanned.
const READ: Confidence = Confidence::from_per_mille(850);

/// The way of paying that a row with an amount names; without one, change given back means cash. A scanned one is
/// accepted where another row names it too, where its row bears the total, or where change was given back for cash.
pub(super) fn payment_method(lines: &[Line<'_>], total: Option<Decimal>) -> Option<Field> {
    let mut named: Vec<(&'static str, &Line<'_>)> = Vec::new();
    for line in lines {
        let pays = line.meaning.is_some_and(|meaning| meaning.label == Label::Paid)
            && line.amounts.iter().any(Amount::is_money);
        let said = line.row.said();
        // "Payment method: Visa" names it without an amount.
        let told = said.any(&TOLD);
        if (pays || told)
            && let Some((_, method)) = METHODS.iter().find(|(phrases, _)| said.any(phrases))
        {
            named.push((method, line));
        }
    }
    let changed = lines.iter().find(|line| {
        line.meaning.is_some_and(|meaning| meaning.label == Label::Change) && line.amounts.iter().any(Amount::is_money)
    });
    let (method, line, told) = match (named.first(), changed) {
        (Some((method, line)), _) => (*method, *line, true),
        (None, Some(line)) => ("cash", line, false),
        (None, None) => return None,
    };
    let alone = named.iter().all(|(other, _)| *other == method);
    let pays_total = || named.iter().any(|(_, line)| line.amounts.iter().any(|amount| Some(amount.value) == total));
    let borne_out = || named.len() > 1 || pays_total() || (method == "cash" && changed.is_some());
    let read = !line.row.source.is_optical() || line.row.confidence() >= READ && borne_out();
    let accepted = told && alone && read;
    let rule = if told { "payment:named" } else { "payment:change" };
    Some(Evidence::of_row(&line.row).field(FieldValue::Text(method.to_owned()), accepted, rule.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{figures::lines_of, rows::rows_of, testing::page_of};

    #[test]
    fn methods() {
        let total = Some(Decimal::new(4500, 2));
        for (text, method, accepted) in [
            (&["CASH 50.00", "CHANGE 2.00"][..], Some("cash"), true),
            (&["CASH 50.00"], Some("cash"), false),
            (&["八達通 Octopus 45.00"], Some("octopus"), true),
            (&["VISA 45.00"], Some("card"), true),
            (&["VISA 20.00"], Some("card"), false),
            (&["VISA 20.00", "Paid by VISA"], Some("card"), true),
            (&["VISA 45.00", "CASH 5.00"], Some("card"), false),
            (&["CHANGE 5.00"], Some("cash"), false),
            (&["Payment method: FPS"], Some("fps"), false),
            (&["Cash bill", "Cashier Ann"], None, false),
        ] {
            let page = page_of(text);
            let lines = lines_of(rows_of(std::slice::from_ref(&page)));
            let found = payment_method(&lines, total);
            let seen = found.as_ref().map(|choice| choice.value.to_text());
            assert_eq!(seen.as_deref(), method, "{text:?}");
            assert_eq!(found.is_some_and(|choice| choice.accepted), accepted, "{text:?}");
        }
    }
}
