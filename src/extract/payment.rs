//! How it was paid, by the words that name a way of paying.

use crate::extract::{
    amounts::Amount,
    evidence::Evidence,
    figures::Line,
    labels::Label,
    said::{Phrase, Phrases},
};
use crate::model::field::{Field, FieldValue};

/// The words and the method they name, the more particular first: an Octopus slip also says "card".
const METHODS: &[(&str, &str)] = &[
    ("OCTOPUS", "octopus"),
    ("八達通", "octopus"),
    ("FPS", "fps"),
    ("轉數快", "fps"),
    ("ALIPAY", "alipay"),
    ("ALIPAYHK", "alipay"),
    ("支付寶", "alipay"),
    ("支付宝", "alipay"),
    ("WECHAT", "wechat_pay"),
    ("WECHAT PAY", "wechat_pay"),
    ("微信", "wechat_pay"),
    ("VISA", "card"),
    ("MASTERCARD", "card"),
    ("MASTER CARD", "card"),
    ("CREDIT CARD", "card"),
    ("DEBIT CARD", "card"),
    ("AMEX", "card"),
    ("UNIONPAY", "card"),
    ("銀聯", "card"),
    ("信用卡", "card"),
    ("EPS", "card"),
    ("CHEQUE", "cheque"),
    ("支票", "cheque"),
    ("BANK TRANSFER", "bank_transfer"),
    ("銀行轉賬", "bank_transfer"),
    ("CASH", "cash"),
    ("TUNAI", "cash"),
    ("現金", "cash"),
    ("现金", "cash"),
];

/// What stands before the name of a way of paying.
static TOLD: Phrases =
    Phrases::new(&["PAYMENT METHOD", "PAYMENT MODE", "PAID BY", "PAYMENT BY", "付款方式", "支付方式"]);

/// The way of paying that a row with an amount names; without one, change given back means cash.
pub(super) fn payment_method(lines: &[Line<'_>]) -> Option<Field> {
    let mut named: Vec<(&'static str, &Line<'_>)> = Vec::new();
    for line in lines {
        let pays = line.meaning.is_some_and(|meaning| meaning.label == Label::Paid)
            && line.amounts.iter().any(Amount::is_money);
        let said = line.row.said();
        // "Payment method: Visa" names it without an amount.
        let told = said.any(&TOLD);
        if (pays || told)
            && let Some((_, method)) = METHODS.iter().find(|(phrase, _)| said.has(&Phrase::of(phrase)))
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
    let accepted = told && alone && (!line.row.source.is_optical() || line.row.confidence().per_mille() >= 850);
    let rule = if told { "payment:named" } else { "payment:change" };
    Some(Evidence::of_row(&line.row).field(FieldValue::Text(method.to_owned()), accepted, rule.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{figures::lines_of, rows::rows_of, testing::page_of};

    #[test]
    fn methods() {
        for (text, method) in [
            (&["CASH 50.00", "CHANGE 2.00"][..], Some("cash")),
            (&["八達通 Octopus 45.00"], Some("octopus")),
            (&["VISA 45.00"], Some("card")),
            (&["CHANGE 5.00"], Some("cash")),
            (&["Payment method: FPS"], Some("fps")),
            (&["Cash bill", "Cashier Ann"], None),
        ] {
            let page = page_of(text);
            let lines = lines_of(rows_of(std::slice::from_ref(&page)));
            let found = payment_method(&lines).map(|choice| choice.value.to_text());
            assert_eq!(found.as_deref(), method, "{text:?}");
        }
    }
}
