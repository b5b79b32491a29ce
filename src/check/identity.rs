//! I: who sold it, to whom, and is the paper a proof at all?

use super::{
    Subject, duplicate,
    paper::{Paper, Row},
    tax,
};
use crate::model::{
    draft::Draft,
    field::{DocumentKind, FieldName},
    finding::{Finding, Severity},
    policy::Policy,
    tax_id::{Kind, TaxId, Verdict},
};

/// An account number has at least so many digits; fewer may be a bank's or a branch's code.
const ACCOUNT_DIGITS_MIN: usize = 8;
/// What stands before an account number. A card's number and a loyalty account have other words.
const ACCOUNT_WORDS: &[&str] = &[
    "iban",
    "bank account",
    "account no",
    "account number",
    "a/c no",
    "a/c",
    "銀行戶口",
    "戶口號碼",
    "银行账号",
    "账号",
];
/// Headings of papers that prove no purchase, and what each is.
const NO_PROOF: &[(&str, &[&str])] = &[
    (
        "a quotation",
        &[
            "quotation",
            "quote no",
            "estimate",
            "sebut harga",
            "報價單",
            "报价单",
            "估價單",
            "見積書",
            "angebot",
            "kostenvoranschlag",
            "devis",
            "offerte",
            "orçamento",
            "presupuesto",
            "preventivo",
        ],
    ),
    (
        "a statement of account",
        &[
            "statement of account",
            "account statement",
            "bank statement",
            "statement date",
            "statement period",
            "月結單",
            "对账单",
            "對賬單",
            "kontoauszug",
            "relevé de compte",
            "rekeningoverzicht",
            "extrato",
        ],
    ),
    (
        "an order confirmation",
        &[
            "order confirmation",
            "order acknowledgement",
            "訂單確認",
            "订单确认",
            "purchase order",
            "採購單",
            "采购单",
            "注文書",
            "auftragsbestätigung",
            "bestellbestätigung",
            "bon de commande",
            "orderbevestiging",
        ],
    ),
    (
        "a delivery note",
        &[
            "delivery note",
            "delivery order",
            "packing list",
            "送貨單",
            "送货单",
            "納品書",
            "lieferschein",
            "bon de livraison",
            "pakbon",
            "guia de remessa",
        ],
    ),
    ("a boarding pass", &["boarding pass", "登機證", "登机牌", "搭乗券", "bordkarte", "carte d'embarquement"]),
    ("a pay slip", &["payslip", "pay slip", "salary slip", "工資單", "工资单", "給与明細", "gehaltsabrechnung"]),
    ("a price list", &["price list", "價目表", "价目表", "preisliste", "liste de prix", "prijslijst"]),
    ("a card slip", &["cardholder copy", "merchant copy", "customer copy", "持卡人存根", "商戶存根"]),
];
/// Words of a paper that is a proof after all.
const PROOF: &[&str] = &[
    "invoice",
    "tax invoice",
    "invois",
    "receipt",
    "resit",
    "cash sale",
    "cash bill",
    "發票",
    "发票",
    "收據",
    "收据",
    "領収書",
    "領収証",
    "請求書",
    "rechnung",
    "quittung",
    "facture",
    "reçu",
    "factuur",
    "kassabon",
    "fatura",
    "factura",
    "recibo",
];
/// A pro forma invoice says what an invoice would say, asks for nothing, and is none.
const PRO_FORMA: (&str, &[&str]) =
    ("a pro forma invoice", &["pro forma", "pro-forma", "proforma", "proformarechnung", "形式發票", "形式发票"]);
/// A heading stands in the first rows of a page.
const HEADING_ROWS: usize = 15;
/// A row with more words than this is no heading.
const HEADING_WORDS: usize = 6;

/// The kinds of number that a supplier of a country may have.
fn kinds(country: &str) -> &'static [Kind] {
    match country {
        "AU" => &[Kind::AustraliaBusiness],
        "CN" => &[Kind::ChinaCredit],
        "GB" => &[Kind::UnitedKingdomVat],
        "IN" => &[Kind::IndiaGst],
        "JP" => &[Kind::JapanCorporate],
        "SG" => &[Kind::SingaporeEntity, Kind::SingaporeGst],
        "TW" => &[Kind::TaiwanBusiness],
        // Malaysia and Hong Kong publish no check digit; other countries' numbers are known by their prefix.
        _ => &[],
    }
}

/// I1: the check digit of the supplier's tax id is right. A number of a shape that is not known says nothing.
pub(super) fn tax_id_digit(draft: &Draft) -> Option<Finding> {
    let text = draft.text(FieldName::SupplierTaxId)?;
    let kinds = kinds(tax::country(draft)?);
    let verdicts: Vec<Verdict> = kinds.iter().filter_map(|kind| TaxId::of(*kind, text)).map(|(_, is)| is).collect();
    if verdicts.is_empty() || verdicts.iter().any(|verdict| *verdict != Verdict::WrongCheckDigit) {
        return None;
    }
    let message = format!("The check digit of the tax number {text} is wrong; compare it with the picture.");
    Some(Finding::new("I1", Severity::Flag, message, &[FieldName::SupplierTaxId]))
}

/// Letters and digits only, capital.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// The bank accounts that a paper names, digits and letters only, and where.
fn accounts(paper: &Paper) -> Vec<(String, &Row)> {
    let account = |row: &Row| {
        let (at, word) = ACCOUNT_WORDS.iter().find_map(|word| Some((row.text.find(word)?, *word)))?;
        let rest = row.text.get(at + word.len()..)?.trim_start_matches(|c: char| !c.is_alphanumeric());
        let rest = rest.trim_start_matches("no").trim_start_matches(|c: char| !c.is_alphanumeric());
        // Up to the first word that is neither a number nor a part of one.
        let parts = rest.split(' ').take_while(|part| part.chars().any(|c| c.is_ascii_digit()));
        let number: String = parts.map(plain).collect();
        let digits = number.chars().filter(char::is_ascii_digit).count();
        (digits >= ACCOUNT_DIGITS_MIN).then_some(number)
    };
    paper.rows.iter().filter_map(|row| Some((account(row)?, row))).collect()
}

/// The bank accounts that these pages name, digits and letters only; kept with a document so that a later change is
/// seen.
#[must_use]
pub fn bank_accounts(pages: &[crate::model::page::Page]) -> Vec<String> {
    let mut found: Vec<String> = accounts(&Paper::of(pages)).into_iter().map(|(number, _)| number).collect();
    found.sort();
    found.dedup();
    found
}

/// I2: a known supplier's bank account is the one it always was. Asking somebody to pay elsewhere is how invoices are
/// forged.
pub(super) fn known_account(subject: &Subject<'_>, paper: &Paper) -> Option<Finding> {
    let known = subject.known.supplier.as_ref().filter(|known| !known.bank_accounts.is_empty())?;
    let named = accounts(paper);
    let (_, row) = named.iter().find(|(number, _)| !known.bank_accounts.contains(number))?;
    if named.iter().any(|(number, _)| known.bank_accounts.contains(number)) {
        return None;
    }
    let message = "This supplier names another bank account than before. Ask them, by a telephone number you know \
        already, before anything is paid.";
    Some(Finding::new("I2", Severity::Block, message, &[FieldName::SupplierName]).with_spots([row.spot]))
}

/// I2, the other half: a known supplier's tax id is the one it always was.
pub(super) fn known_tax_id(subject: &Subject<'_>) -> Option<Finding> {
    let known = subject.known.supplier.as_ref().filter(|known| !known.tax_ids.is_empty())?;
    // A number that may have been misread is none that the supplier named.
    let text =
        subject.draft.text(FieldName::SupplierTaxId).filter(|_| subject.draft.accepted(FieldName::SupplierTaxId))?;
    if known.tax_ids.contains(&plain(text)) {
        return None;
    }
    let message = "This supplier names another tax number than before; it may be another company of a like name.";
    Some(Finding::new("I2", Severity::Flag, message, &[FieldName::SupplierTaxId]))
}

/// I3: an invoice is made out to us. A receipt seldom says to whom.
pub(super) fn made_out_to_us(draft: &Draft, paper: &Paper, policy: &Policy) -> Option<Finding> {
    let firm = &policy.firm;
    let unknown = firm.names.is_empty() && firm.tax_ids.is_empty();
    if unknown || paper.is_empty() || draft.kind != DocumentKind::Invoice {
        return None;
    }
    // Names are broken over rows and columns, so the whole page is looked at as one text without spaces.
    let text: String = paper.rows.iter().map(|row| duplicate::supplier_key(&row.text)).collect();
    let named = |name: &String| {
        let key = duplicate::supplier_key(name);
        !key.is_empty() && text.contains(&key)
    };
    if firm.names.iter().chain(&firm.tax_ids).any(named) {
        return None;
    }
    let message = "The invoice does not name our company as the buyer.";
    Some(Finding::new("I3", Severity::Flag, message, &[]))
}

/// What a paper is when it is no proof of a purchase.
pub(super) fn no_proof<'p>(draft: &Draft, paper: &'p Paper) -> Option<(&'static str, &'p Row)> {
    let heading: Vec<&Row> = paper.rows.iter().filter(|row| row.spot.page == 1).take(HEADING_ROWS).collect();
    let (what, words) = PRO_FORMA;
    let plain = |row: &&&Row| {
        row.text.split_whitespace().count() <= HEADING_WORDS && !row.text.contains(|c: char| c.is_ascii_digit())
    };
    if let Some(row) = heading.iter().filter(plain).find(|row| row.says(words)) {
        return Some((what, row));
    }
    let stated = draft.fields.values().any(stated);
    let is_proof = stated || heading.iter().any(|row| row.says(PROOF));
    // A statement lists invoices, and says so; what it is stands above them alone.
    let title = |row: &Row, words: &[&str]| words.contains(&row.text.trim_start_matches('御'));
    let titles = NO_PROOF.iter().copied().chain([("a statement of account", &["statement"][..])]);
    let titled = titles.filter(|(what, _)| *what != "a card slip").find_map(|(what, words)| {
        let row = heading.iter().find(|row| title(row, words))?;
        Some((what, *row))
    });
    if titled.is_some() && !stated && !heading.iter().any(|row| title(row, PROOF)) {
        return titled;
    }
    // A card slip says what it is at its foot.
    let rows = |what: &str| if what == "a card slip" { paper.rows.iter().collect() } else { heading.clone() };
    NO_PROOF.iter().filter(|_| !is_proof).find_map(|(what, words)| {
        let row = rows(what).into_iter().find(|row| row.says(words))?;
        // A till that prints its whole receipt with the card's slip is a proof.
        (*what != "a card slip" || draft.line_items.is_empty()).then_some((*what, row))
    })
}

/// An e-invoice or a tax office's code says by itself that it is one.
fn stated(field: &crate::model::field::Field) -> bool {
    matches!(field.source, crate::model::page::Source::EInvoice | crate::model::page::Source::Qr)
}

/// I4: the paper is a proof of a purchase, not a quotation, a statement or a card slip alone.
pub(super) fn proof(draft: &Draft, paper: &Paper) -> Option<Finding> {
    let (what, row) = no_proof(draft, paper)?;
    let message = format!("This looks like {what}, which is not enough alone; ask for the invoice or the receipt.");
    Some(Finding::new("I4", Severity::Flag, message, &[]).with_spots([row.spot]))
}
