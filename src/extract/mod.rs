//! Words with boxes into fields with evidence.
//!
//! A reader gives words and their places; here they become rows, rows become labelled figures, and each field is
//! chosen from them by rules that say why. Two things are kept apart: the best guess, which a person sees first, and
//! `accepted`, which means that no person need look. A guess is cheap; an accepted value must be right, so it rests
//! on evidence besides the reading itself: an equation over other figures, a second place that says the same, a form
//! that can be read only one way.
//!
//! Pure: no clock, no files, no network. Never panics, whatever the words are.

mod amounts;
mod arithmetic;
mod buyer;
mod calibration;
mod chinese_amount;
mod consumption_tax;
mod currency;
mod dates;
mod evidence;
mod facts;
mod fapiao;
mod figures;
mod grounds;
pub mod hints;
mod issue;
mod kind;
mod labels;
#[cfg(test)]
mod laws;
mod layer;
mod line_items;
mod number;
mod papers;
mod payment;
mod region;
mod rows;
mod said;
mod sums;
mod supplier;
mod tax_number;
#[cfg(test)]
mod testing;
mod text;
mod total;
mod weight;
mod witness;

use jiff::civil;
use rust_decimal::Decimal;

use self::{grounds::Grounds, hints::KnownSupplier};
use crate::model::{
    currency::Currency,
    draft::Draft,
    fact::Facts,
    field::{DocumentKind, FieldName, FieldValue},
    finding::{Finding, Severity},
    page::{Area, Confidence, Look, Page, Source, Spot, Word},
};

pub(crate) use self::calibration::Step;
pub use self::weight::{Weight, Weights};

/// What the firm knows before the paper is read.
#[derive(Debug, Clone)]
pub struct Hints {
    /// The firm's own currency, meant where a page shows only "$" or nothing.
    pub currency: Option<Currency>,
    /// Whether 4/3/2025 is the fourth of March where nothing on the page says so.
    pub day_first: bool,
    /// Today in the firm's time zone; papers dated after tomorrow were misread.
    pub today: civil::Date,
    /// The suppliers that the firm's people have put right before.
    pub known: Vec<KnownSupplier>,
}

/// Everything that was seen of one document.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen<'a> {
    /// Its pages.
    pub pages: &'a [Page],
    /// What machine-readable parts of it state, the most trusted first.
    pub facts: &'a [Facts],
    /// What a second reader saw at the places that [`spots`] named.
    pub looks: &'a [Look],
}

/// The fields of a document, each with its evidence, and what was noticed while choosing them.
///
/// What a machine-readable part states comes first. What two readers read alike is surer; what they plainly read
/// differently is a finding, and not accepted unless the paper proves it twice.
#[must_use]
pub fn extract(seen: &Seen<'_>, hints: &Hints) -> Draft {
    weighed(seen, hints).0
}

/// The same, with how much each value weighs that was read and not stated: what calibration is fitted on.
#[must_use]
pub fn weighed(seen: &Seen<'_>, hints: &Hints) -> (Draft, Weights) {
    let (mut draft, mut grounds) = read(seen, hints);
    if draft.pages == 0 && !seen.facts.is_empty() {
        // The bare XML of an e-invoice has no pages of its own; it is one document all the same.
        draft.pages = 1;
    }
    witness::hear(&mut draft, &mut grounds, seen.looks);
    layer::compare(&mut draft, seen.looks);
    let mut weights = weight::weigh(&draft, &grounds);
    calibration::settle(&mut draft, &weights);
    doubt_what_words_deny(&mut draft);
    doubt_cents_of_yen(&mut draft);
    facts::join(&mut draft, seen.facts);
    papers::doubt(&mut draft);
    let stated = |name: &FieldName| seen.facts.iter().flat_map(|facts| &facts.fields).any(|fact| fact.name == *name);
    weights.retain(|name, _| !stated(name));
    (finish(draft), weights)
}

/// Makes ready what every document needs, such as the phrases that rows are held against. The first document does that
/// too, but there may be time before it comes.
pub fn prepare() {
    let area = Area { left: 0, top: 0, width: 100, height: 20 };
    // A row that is held against every list, for it says none of their phrases.
    let word = Word { text: "Xylophones 1.00".to_owned(), area, confidence: Confidence::CERTAIN, line: 0 };
    let page = Page { number: 1, width: 100, height: 20, source: Source::PdfText, words: vec![word] };
    let hints = Hints { currency: None, day_first: true, today: civil::date(2000, 1, 1), known: Vec::new() };
    let _ = extract(&Seen { pages: &[page], ..Seen::default() }, &hints);
}

/// The places of a document that a second reader should look at, before it did.
#[must_use]
pub fn spots(seen: &Seen<'_>, hints: &Hints) -> Vec<Spot> {
    let (draft, grounds) = read(seen, hints);
    let mut spots = witness::spots(&draft, &grounds);
    spots.extend(layer::spots(&draft));
    spots
}

fn read(seen: &Seen<'_>, hints: &Hints) -> (Draft, Grounds) {
    let pages = seen.pages;
    let mut draft = Draft::empty(u32::try_from(pages.len()).unwrap_or(u32::MAX));
    let rows = rows::rows_of(pages);
    if !rows.iter().flat_map(|row| &row.words).any(|word| word.text.chars().any(char::is_alphanumeric)) {
        return (draft, Grounds::default());
    }
    let lines = figures::lines_of(rows.clone());
    let by_currency = || currency::printed_code(&lines).and_then(region::region_of_currency);
    let parts = buyer::parts(&rows);
    let region = region::region_of(&buyer::others(&parts)).or_else(by_currency);
    let first = rows.first().map_or(1, |row| row.page);
    let seller = fapiao::seller(&rows.iter().filter(|row| row.page == first).collect::<Vec<_>>());
    let named = || supplier::supplier(&rows, &parts, seen.looks);
    let mut supplier = seller.as_ref().map(supplier::seller).or_else(named);
    let printed = tax_number::printed(&rows);
    let known = hints::recognise(&mut supplier, &printed, &hints.known);
    let dates = issue::dates(&rows, region, known, hints);
    let number = number::document_number(&rows);
    let figures = figures::figures_of(&lines);
    draft.kind = kind::kind(&lines);
    draft.line_items = line_items::line_items(&lines);
    let credit = draft.kind == DocumentKind::CreditNote;
    let total = total::total(&figures, &lines, &draft.line_items, credit);
    draft.fields.extend(sums::sums(&figures, total.as_ref()));
    if region.is_some_and(|region| region.currency == "JPY")
        && let Some(tax) = consumption_tax::tax(&lines)
    {
        draft.fields.insert(FieldName::Tax, tax);
    }
    draft.problems.extend(total.as_ref().and_then(|total| words_finding(total.value, &figures, &lines)));
    let mut grounds =
        Grounds { total: total.as_ref().map(|total| total.grounds), issue: dates.grounds, ..Grounds::default() };
    let supplier = supplier.map(|found| {
        grounds.name = Some(found.grounds);
        found.field
    });
    let chosen = [
        (FieldName::SupplierName, supplier),
        (FieldName::SupplierTaxId, tax_number::supplier_number(&printed, seller.as_ref())),
        (FieldName::DocumentNumber, number),
        (FieldName::IssueDate, dates.issue),
        (FieldName::DueDate, dates.due),
        (FieldName::Currency, currency::currency(&lines, region, known, hints)),
        (FieldName::PaymentMethod, payment::payment_method(&lines, total.as_ref().map(|total| total.value))),
        (FieldName::Total, total.map(|total| total.field)),
    ];
    draft.fields.extend(chosen.into_iter().filter_map(|(name, field)| Some((name, field?))));
    draft.problems.extend(dates.problem);
    draft.problems.extend(papers::several(papers::Read {
        pages,
        lines: &lines,
        figures: &figures,
        written: &dates.written,
    }));
    (draft, grounds)
}

/// What an amount in Chinese words that is not the total says to a person.
fn words_finding(total: Decimal, figures: &[figures::Figure], lines: &[figures::Line<'_>]) -> Option<Finding> {
    let message = "The amount in words differs from the figures. Please compare them with the picture.";
    arithmetic::words_differ(total, figures, lines)
        .then(|| Finding::new(WORDS_DIFFER, Severity::Flag, message, &[FieldName::Total]))
}

/// Readers that agree on the figures do not outweigh the words beside them: one of the two was misread, or changed.
fn doubt_what_words_deny(draft: &mut Draft) {
    if draft.problems.iter().any(|finding| finding.rule == WORDS_DIFFER)
        && let Some(total) = draft.fields.get_mut(&FieldName::Total)
    {
        total.accepted = false;
        total.confidence = total.confidence.min(DENIED_MAX);
    }
}

/// A currency without cents has no amounts with cents: a comma was read as a point, or the currency is another one.
fn doubt_cents_of_yen(draft: &mut Draft) {
    let whole = draft.currency().is_some_and(|currency| currency.exponent() == 0);
    for field in draft.fields.values_mut().filter(|_| whole) {
        if let FieldValue::Amount(amount) = &field.value
            && !amount.fract().is_zero()
        {
            field.accepted = false;
            field.confidence = field.confidence.min(DENIED_MAX);
        }
    }
}

/// The rule that words and figures are the same amount.
const WORDS_DIFFER: &str = "A6";
/// How sure a total is at most, in thousandths, where the words deny it.
const DENIED_MAX: Confidence = Confidence::from_per_mille(500);

/// Says what a person must look at.
fn finish(mut draft: Draft) -> Draft {
    if draft.fields.is_empty() {
        // What was found out all the same, an e-invoice that cannot be used say, is the reason.
        draft.problems.insert(0, Finding::new("Q3", Severity::Block, "Nothing could be read on this document.", &[]));
    } else {
        draft.problems.extend(unsure(&draft));
    }
    draft
}

/// The fields a bookkeeper must look at before anything is decided: the four that every posting needs.
fn unsure(draft: &Draft) -> Option<Finding> {
    let needed = [FieldName::SupplierName, FieldName::IssueDate, FieldName::Currency, FieldName::Total];
    let open: Vec<FieldName> = needed.into_iter().filter(|name| !draft.accepted(*name)).collect();
    let message = "Some fields could not be read for certain. Please compare them with the picture.";
    (!open.is_empty()).then(|| Finding::new("Q1", Severity::Flag, message, &open))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::testing::page_of;

    fn of(pages: &[Page]) -> Seen<'_> {
        Seen { pages, ..Seen::default() }
    }

    fn hints() -> Hints {
        Hints { currency: Some(Currency::HKD), day_first: true, today: civil::date(2026, 11, 22), known: Vec::new() }
    }

    #[test]
    fn a_hong_kong_receipt() {
        let page = page_of(&[
            "好味茶餐廳有限公司 Good Taste Restaurant Limited",
            "香港九龍彌敦道 100 號地下",
            "單號: 000123  日期: 2025年3月4日 19:30",
            "奶茶 2 18.00 36.00",
            "西多士 64.00",
            "小計 $100.00",
            "加一服務費 $10.00",
            "合計 $110.00",
            "八達通 Octopus $110.00",
            "餘額 Remaining value $212.50",
            "多謝惠顧",
        ]);
        let draft = extract(&of(&[page]), &hints());
        let text = |name: FieldName| draft.fields.get(&name).map(|field| field.value.to_text()).unwrap_or_default();
        assert_eq!(text(FieldName::Total), "110.00");
        assert_eq!(text(FieldName::Subtotal), "100.00");
        assert_eq!(text(FieldName::ServiceCharge), "10.00");
        assert_eq!(text(FieldName::IssueDate), "2025-03-04");
        assert_eq!(text(FieldName::Currency), "HKD");
        assert_eq!(text(FieldName::PaymentMethod), "octopus");
        assert_eq!(text(FieldName::DocumentNumber), "000123");
        assert!(draft.accepted(FieldName::Total));
        assert!(!draft.accepted(FieldName::IssueDate), "one reader saw it, once");
        assert_eq!(draft.kind, DocumentKind::Receipt);
        assert_eq!(draft.line_items.len(), 2);
    }

    #[test]
    fn words_and_figures_are_held_together() {
        for (figure, words, accepted, asked) in [
            ("¥112.00", "壹佰壹拾贰圆整", true, false),
            ("¥117.00", "壹佰壹拾贰圆整", false, true),
            ("¥112.01", "壹佰壹拾贰圆整", false, true),
            // Words that cannot be read strictly say nothing.
            ("¥112.00", "壹佰壹什贰圆整", false, false),
        ] {
            let line = format!("价税合计(大写) {words} (小写){figure}");
            let draft = extract(&of(&[page_of(&[&line])]), &hints());
            let found = draft.problems.iter().any(|finding| finding.rule == WORDS_DIFFER);
            assert_eq!((draft.accepted(FieldName::Total), found), (accepted, asked), "{line}");
        }
    }

    #[test]
    fn a_japanese_receipt() {
        let page = page_of(&[
            "株式会社北窯石油 給油所",
            "大阪市北区椿通8-2-7",
            "登録番号T7000012050002",
            "発行日 令和7年1月5日 09:27",
            "レギュラー  9,971",
            "小計  9,971",
            "合計  ¥9,971",
            "お預かり  ¥10,000",
            "お釣り  ¥29",
            "(10%対象 ¥9,971)",
            "(内消費税等(10%) ¥906)",
            "返品は令和7年2月6日まで",
        ]);
        let draft = extract(&of(&[page]), &hints());
        assert_eq!(
            read(&draft),
            [
                "supplier_name 株式会社北窯石油給油所",
                "supplier_tax_id T7000012050002 ✓",
                "issue_date 2025-01-05",
                "currency JPY ✓",
                "subtotal 9971",
                "tax 906 ✓",
                "total 9971 ✓",
                "amount_paid 10000 ✓",
                "payment_method cash",
            ]
        );
    }

    #[test]
    fn a_fapiao() {
        let page = page_of(&[
            "电子发票(普通发票)  发票号码:24565511814761159505",
            "开票日期:2024年12月26日",
            "购 名称:甲乙有限公司              售 名称:丙丁科技有限公司",
            "统一社会信用代码/纳税人识别号:91350100M000100Y43              统一社会信用代码/纳税人识别号:91110000600037341L",
            "合 计  ¥62.80  ¥8.17",
            "价税合计(大写) 柒拾圆玖角柒分  (小写)¥70.97",
        ]);
        let draft = extract(&of(&[page]), &hints());
        assert_eq!(
            read(&draft),
            [
                "supplier_name 丙丁科技有限公司",
                "supplier_tax_id 91110000600037341L ✓",
                "document_number 24565511814761159505",
                "issue_date 2024-12-26",
                "currency CNY ✓",
                "total 70.97 ✓",
            ]
        );
    }

    /// Each field with its value, and a tick where it is accepted.
    fn read(draft: &Draft) -> Vec<String> {
        let tick = |accepted: bool| if accepted { " ✓" } else { "" };
        let fields = draft.fields.iter();
        fields
            .map(|(name, field)| format!("{} {}{}", name.name(), field.value.to_text(), tick(field.accepted)))
            .collect()
    }

    #[test]
    fn yen_have_no_cents() {
        for (currency, accepted) in [("円", false), ("RM", true)] {
            let total = format!("合計 {currency}15.50");
            let page = page_of(&["株式会社ヤマダ", &total, "CASH 20.00", "CHANGE 4.50"]);
            let draft = extract(&of(&[page]), &hints());
            assert_eq!(draft.amount(FieldName::Total), Some(Decimal::new(1550, 2)));
            assert_eq!(draft.accepted(FieldName::Total), accepted, "{currency} {:?}", draft.fields);
        }
    }

    #[test]
    fn nothing_to_read() {
        for pages in [vec![], vec![page_of(&[])], vec![page_of(&["--- ~"])]] {
            let draft = extract(&of(&pages), &hints());
            assert!(draft.fields.is_empty());
            assert_eq!(draft.problems.iter().map(|finding| finding.rule.as_str()).collect::<Vec<_>>(), ["Q3"]);
        }
    }

    /// Scraps as they stand on papers, and some that never should.
    const SCRAPS: &[&str] = &[
        "TOTAL",
        "33.90",
        "RM",
        "-",
        "(",
        ")",
        "$",
        "HK$1,2",
        "12/03/2018",
        "年",
        "2025年3月",
        "民國",
        "合計",
        "8:30",
        "%",
        "6%",
        "Inv",
        "No:",
        "#",
        "SDN",
        "BHD",
        "有限公司",
        "99999999999999999999",
        "0.0000001",
        "－１．５",
        "é",
        "\u{202e}",
        "..",
        ",,",
        "1.2.3.4",
        "O0O.OO",
        "CASH",
        "CHANGE",
        "-RM",
        "0.02-",
        "1/1/1",
        "31/2/20",
        "JAN",
        "x",
        "2x",
        "*",
        "5*5.00",
        "S/B",
        "\u{1f600}",
        "١٢٣",
        "½",
        "۱.۲۲",
    ];

    /// Pages of scraps of real papers in any order and place, thousands of them: something must always come back.
    #[test]
    fn never_panics() {
        let mut state = 7_u64;
        let mut next = |bound: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % bound.max(1)
        };
        for round in 0..1500 {
            let count = next(60);
            let words = (0..count)
                .map(|_| {
                    let scrap =
                        SCRAPS.get(usize::try_from(next(SCRAPS.len() as u64)).unwrap_or(0)).copied().unwrap_or("");
                    let far = if next(20) == 0 { u64::from(u32::MAX) } else { 900 };
                    let mut number = |bound: u64| u32::try_from(next(bound)).unwrap_or(0);
                    Word {
                        text: scrap.to_owned(),
                        area: Area { left: number(far), top: number(far), width: number(far), height: number(40) },
                        confidence: Confidence::from_per_mille(u16::try_from(number(1001)).unwrap_or(0)),
                        line: number(12),
                    }
                })
                .collect();
            let source = if round % 2 == 0 { Source::Tesseract } else { Source::PdfText };
            let page = Page { number: 1, width: 900, height: 900, source, words };
            let draft = extract(&of(&[page]), &hints());
            assert_eq!(draft.pages, 1);
        }
    }
}
