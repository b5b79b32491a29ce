//! The supplier's tax or registration number, where it is not its buyer's.
//!
//! A check digit proves that a number was read right; where a country publishes none (Hong Kong, Malaysia), a number is
//! never accepted on its shape alone, however sure its reader was. Whose it is, must be plain as well.

use crate::extract::{evidence::Evidence, fapiao::Seller, rows::Row, supplier::speaks_of_buyer};
use crate::model::{
    field::{Field, FieldValue},
    page::{Confidence, Source},
    tax_id::{self, Found, Kind, TaxId, Verdict},
};

/// How many rows under a heading such as "bill to" a number is still the buyer's.
const BUYER_ROWS: usize = 5;
/// Fewer digits are no number of a company.
const DIGITS_MIN: usize = 7;
/// The least confidence of a scanned number's words, in thousandths: one misread digit in ten slips past a check digit.
const SURE: Confidence = Confidence::from_per_mille(940);

/// A number of the page and the row it stands in.
pub(super) struct Printed {
    pub(super) id: TaxId,
    pub(super) verdict: Verdict,
    evidence: Evidence,
}

impl Printed {
    /// Whether the row it stands in was read from a picture.
    pub(super) const fn is_optical(&self) -> bool {
        self.evidence.source.is_optical()
    }
}

/// The numbers of the page that are not under a buyer's heading and whose check digit, if they have one, is right.
pub(super) fn printed(rows: &[Row<'_>]) -> Vec<Printed> {
    let buyers =
        |at: usize| rows.get(at.saturating_sub(BUYER_ROWS)..=at).unwrap_or_default().iter().any(speaks_of_buyer);
    let digits = |word: &&crate::model::page::Word| word.text.bytes().filter(u8::is_ascii_digit).count();
    let many = |row: &Row<'_>| row.words.iter().map(digits).sum::<usize>() >= DIGITS_MIN;
    let of_row = |(at, row): (usize, &Row<'_>)| -> Vec<Printed> {
        let found = if !many(row) || buyers(at) { Vec::new() } else { tax_id::find(row.text()) };
        found
            .into_iter()
            .filter(|found| found.verdict != Verdict::WrongCheckDigit)
            .map(|found| of(found, row))
            .collect()
    };
    rows.iter().enumerate().flat_map(of_row).collect()
}

fn of(found: Found, row: &Row<'_>) -> Printed {
    let own = |word: &&&crate::model::page::Word| {
        let plain: String = word.text.chars().filter(char::is_ascii_alphanumeric).collect();
        plain.len() >= 3 && found.id.number().contains(&plain.to_ascii_uppercase())
    };
    let sure = row.words.iter().filter(own).map(|word| word.confidence).min().unwrap_or_else(|| row.confidence());
    Printed { id: found.id, verdict: found.verdict, evidence: Evidence { confidence: sure, ..Evidence::of_row(row) } }
}

/// The supplier's number: on a fapiao the seller's, elsewhere the first tax number, or else the first of any kind.
pub(super) fn supplier_number(printed: &[Printed], seller: Option<&Seller<'_>>) -> Option<Field> {
    if let Some(seller) = seller {
        let (found, row) = seller.number.as_ref()?;
        let right = found.verdict == Verdict::Valid && seller.certain;
        return (found.verdict != Verdict::WrongCheckDigit)
            .then(|| field(&of(found.clone(), row), right, "tax-number:seller"));
    }
    let best =
        printed.iter().min_by_key(|printed| (is_company(printed.id.kind()), std::cmp::Reverse(printed.verdict)))?;
    // Another number of the same kind may be the supplier's as well as this one.
    let alone = printed.iter().all(|other| other.id.kind() != best.id.kind() || other.id == best.id);
    let right = best.verdict == Verdict::Valid && alone;
    Some(field(best, right, "tax-number:label"))
}

fn field(best: &Printed, right: bool, rule: &str) -> Field {
    let sure = match best.evidence.source {
        Source::Person | Source::EInvoice | Source::Qr | Source::PdfText => true,
        Source::PpOcr | Source::Tesseract => best.evidence.confidence >= SURE,
    };
    best.evidence.field(FieldValue::Text(best.id.number().to_owned()), right && sure, rule.to_owned())
}

/// Numbers of a register; those of a tax say more about a receipt.
const fn is_company(kind: Kind) -> bool {
    match kind {
        Kind::MalaysiaCompany | Kind::SingaporeEntity => true,
        Kind::AustraliaBusiness
        | Kind::ChinaCredit
        | Kind::EuropeVat(_)
        | Kind::HongKongBusiness
        | Kind::IndiaGst
        | Kind::JapanCorporate
        | Kind::MalaysiaGst
        | Kind::MalaysiaSalesTax
        | Kind::MalaysiaTaxpayer
        | Kind::SingaporeGst
        | Kind::TaiwanBusiness
        | Kind::UnitedKingdomVat
        | Kind::UnitedStatesEmployer => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{rows::rows_of, testing::page_of};

    fn read(text: &[&str], source: Source) -> Option<(String, bool)> {
        let mut page = page_of(text);
        page.source = source;
        let rows = rows_of(std::slice::from_ref(&page));
        let found = supplier_number(&printed(&rows), None)?;
        Some((found.value.to_text(), found.accepted))
    }

    #[test]
    fn numbers_by_country() {
        for (text, number, accepted) in [
            // Hong Kong publishes no check digit: never on its own, not even from a text layer.
            (&["商業登記證號碼 12345678"][..], Some("12345678"), false),
            (&["BR No. 12345678-000-03-25-9"], Some("12345678"), false),
            (&["Tel 12345678"], None, false),
            // Japan: T and thirteen digits, the first of them the check digit.
            (&["登録番号 T7000012050002"], Some("T7000012050002"), true),
            // That of a trader who is no corporation has no published check digit.
            (&["登録番号：T8000012050002"], Some("T8000012050002"), false),
            (&["ABN 51 824 753 556"], Some("51824753556"), true),
            (&["ABN 51 824 753 557"], None, false),
            // The tax number before the register's.
            (&["(933109-X)", "GST ID: 000306020352"], Some("000306020352"), false),
            // The register's number of Singapore has a check digit, its tax number has none: the tax number all the same.
            (&["GST Reg No. M3-0414196-J", "UEN: 199956376D"], Some("M30414196J"), false),
            (&["UEN: 199956376D"], Some("199956376D"), true),
            // Two of one kind: whose is which?
            (&["ABN 51 824 753 556", "ABN 53 004 085 616"], Some("51824753556"), false),
            (&["Bill to", "Pearl Pty Ltd", "ABN 51 824 753 556"], None, false),
        ] {
            for source in [Source::PpOcr, Source::PdfText] {
                assert_eq!(
                    read(text, source),
                    number.map(|number| (number.to_owned(), accepted)),
                    "{text:?} {source:?}"
                );
            }
        }
    }
}
