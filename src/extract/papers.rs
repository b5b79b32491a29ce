//! Whether a picture shows more than one paper: one laid over another, or so close that they look like one sheet.
//!
//! What stands on two papers proves nothing together: the total of one beside the date of the other, or an equation that
//! comes out by chance. The picture is divided where the papers lie apart (`read/picture`); what is told here is what was
//! read as one. Each sign by itself may be seen on one paper; how many must come together was set on single papers and on
//! synthetic pictures of several (docs/measurements.md).

mod neighbours;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use rust_decimal::Decimal;

use self::neighbours::{Neighbours, neighbours};
use crate::extract::{
    amounts::Amount,
    figures::{Figure, Line},
    labels::Label,
    rows::Row,
    said::Phrases,
    supplier,
};
use crate::model::{
    draft::Draft,
    field::FieldName,
    finding::{Finding, Severity},
    page::{Confidence, Page, Source},
};

/// So many texts that stand beside each other and are not level ...
const TEXTS_OFF_MIN: usize = 4;
/// ... and one in so many lines at least, prove two papers; a form with many columns has a few as well.
const TEXTS_OFF_ONE_IN: usize = 14;
/// So many are a sign.
const TEXTS_OFF_SIGN: usize = 3;
/// The head of a receipt is no longer than so many rows, ...
const HEAD_ROWS: usize = 10;
/// ... and says so many things that only heads say together; ...
const HEAD_SAYS_MIN: u32 = 3;
/// ... where it says so many, its total may be under another paper.
const HEAD_SAYS_ENOUGH: u32 = 4;
/// ... and so many are a sign.
const HEAD_SAYS_SIGN: u32 = 2;
/// Letters are larger where they are so many times as high.
const RESIZED: (u32, u32) = (5, 4);
/// So many pages are held against each other; a longer document is no pile of receipts.
const PAGES_MAX: usize = 60;
/// Fewer rows with amounts are no receipt.
const MONEY_ROWS_MIN: usize = 2;

/// A pair in so many that is off otherwise than the one above it, and so many of them, are a sign.
const JUMPS_ONE_IN: usize = 4;
const JUMPS_MIN: usize = 3;

/// The rule of several papers in what was read as one.
const SEVERAL_PAPERS: &str = "Q6";
/// How sure a value is at most, in thousandths, that may stand on another paper than the others.
const MIXED_MAX: Confidence = Confidence::from_per_mille(500);

static PHONE: Phrases = Phrases::new(&["TEL", "TELEPHONE", "PHONE", "TELEFON", "FAX", "電話", "电话"]);
static REGISTRATION: Phrases = Phrases::new(&[
    "BR NO",
    "ROC NO",
    "COMPANY NO",
    "CO REG NO",
    "GST REG NO",
    "GST NO",
    "GST ID",
    "SST NO",
    "UEN",
    "ABN",
    "VAT NUMBER",
    "VAT NO",
    "VAT REG",
    "TVA",
    "SIRET",
    "UST ID",
    "NIF",
    "CONTRIB",
    "BTW",
    "CIF",
    "統一編號",
    "登録番号",
    "纳税人识别号",
    "税号",
]);
static NUMBER: Phrases = Phrases::new(&[
    "RECEIPT NO",
    "BILL NO",
    "DOC NO",
    "TRANS NO",
    "INVOICE NO",
    "CHECK NO",
    "ORDER NO",
    "REF NO",
    // One character of several is often read as its simplified form.
    "編號",
    "编號",
    "编号",
    "編号",
    "レシートNO",
    "伝票番号",
    "单号",
    "流水号",
]);
static TITLE: Phrases = Phrases::new(&[
    "TAX INVOICE",
    "TAX RECEIPT",
    "SALES RECEIPT",
    "OFFICIAL RECEIPT",
    "CUSTOMER RECEIPT",
    "CASH RECEIPT",
    "RECEIPT",
    "INVOICE",
    "CASH BILL",
    "收據",
    "收据",
    "發票",
    "領収書",
    "領収証",
    "RECHNUNG",
    "FACTURE",
    "TICKET",
    "FACTURA",
    "FATURA",
    "TALÃO",
]);
static CONTINUED: Phrases = Phrases::new(&[
    "CONTINUED",
    "CONTINUES",
    "CARRIED FORWARD",
    "BROUGHT FORWARD",
    "CARRY FORWARD",
    "承上頁",
    "轉下頁",
    "过次页",
    "承前页",
    "過次頁",
    "承前頁",
]);

/// What was read of a document, as far as it may show several papers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Read<'a> {
    pub(super) pages: &'a [Page],
    pub(super) lines: &'a [Line<'a>],
    pub(super) figures: &'a [Figure],
    /// The days on which it says that it was written, each with its page.
    pub(super) written: &'a [(u32, Date)],
}

/// Says that the document shows several papers, where it does.
pub(super) fn several(read: Read<'_>) -> Option<Finding> {
    let needed = [FieldName::SupplierName, FieldName::IssueDate, FieldName::Currency, FieldName::Total];
    let finding = |message: &str| Finding::new(SEVERAL_PAPERS, Severity::Flag, message, &needed);
    let optical = |page: &&Page| page.source.is_optical();
    if read.pages.iter().filter(optical).any(|page| is_of_several(page, read)) {
        return Some(finding(
            "The picture seems to show more than one paper, one over another or close beside it. Please take a picture of \
             each, or type in the values of the one that is meant.",
        ));
    }
    pages_differ(read).then(|| {
        finding("The pages seem to be papers of their own. Please upload each by itself, or type in the values that are meant.")
    })
}

/// Accepts nothing that was read where there are several papers. An e-invoice is the whole file's.
pub(super) fn doubt(draft: &mut Draft) {
    if !draft.problems.iter().any(|finding| finding.rule == SEVERAL_PAPERS) {
        return;
    }
    for field in draft.fields.values_mut() {
        match field.source {
            Source::Person | Source::EInvoice => {}
            Source::Qr | Source::PdfText | Source::PpOcr | Source::Tesseract => {
                field.accepted = false;
                field.confidence = field.confidence.min(MIXED_MAX);
            }
        }
    }
}

fn is_of_several(page: &Page, read: Read<'_>) -> bool {
    let lines: Vec<&Line<'_>> = read.lines.iter().filter(|line| line.row.page == page.number).collect();
    let figures: Vec<&Figure> = read.figures.iter().filter(|figure| figure.page == page.number).collect();
    let Neighbours { lines: count, pairs, texts_off, jumps } = neighbours(page);
    let beside = texts_off >= TEXTS_OFF_MIN && texts_off * TEXTS_OFF_ONE_IN >= count;
    let jumpy = jumps >= JUMPS_MIN && jumps * JUMPS_ONE_IN >= pairs;
    let heads = late_heads(&lines, &figures);
    let other_days = days(read.written, page.number).len() > 1;
    beside
        || texts_off >= TEXTS_OFF_SIGN && (jumpy || totals(&figures).len() > 1)
        || other_days && (texts_off > 0 || jumpy || totals(&figures).len() > 1 || !heads.is_empty())
        || heads.iter().any(Head::is_others)
}

/// The days on which a page says that it was written. Days next to each other count once: what was eaten before midnight
/// is paid after it.
fn days(written: &[(u32, Date)], page: u32) -> Vec<Date> {
    let mut days: Vec<Date> = written.iter().filter(|(of, _)| *of == page).map(|(_, day)| *day).collect();
    days.sort_unstable();
    days.dedup_by(|later, earlier| *later <= earlier.tomorrow().unwrap_or(*earlier));
    days
}

/// The amounts, a unit or more apart, that are plainly labelled as totals.
fn totals(figures: &[&Figure]) -> Vec<Decimal> {
    let plain =
        figures.iter().filter(|figure| figure.label == Label::Total && figure.strength >= 2 && !figure.in_summary);
    let mut totals: Vec<Decimal> = plain.map(|figure| figure.value).collect();
    totals.sort_unstable();
    totals.dedup_by(|larger, smaller| *larger - *smaller < Decimal::ONE);
    totals
}

/// A head that begins under amounts.
struct Head {
    /// How many things that heads say it says.
    says: u32,
    /// So many rows from it on have amounts that stand nowhere above it.
    money_rows: usize,
    /// A total or a subtotal is among them.
    has_total: bool,
    /// It is printed larger or smaller than what stands above it.
    is_resized: bool,
}

impl Head {
    /// Whether it is another paper's: it has amounts and a total of its own, or says so much that these may be under
    /// another paper; fewer signs are enough where it is printed in another size as well.
    const fn is_others(&self) -> bool {
        let has_money = self.money_rows >= MONEY_ROWS_MIN;
        let own =
            self.says >= HEAD_SAYS_MIN && self.has_total && has_money || self.says >= HEAD_SAYS_ENOUGH && has_money;
        let resized = self.says >= HEAD_SAYS_ENOUGH || self.says >= HEAD_SAYS_SIGN && self.has_total;
        own || self.is_resized && resized
    }
}

/// The heads that begin under amounts.
fn late_heads(lines: &[&Line<'_>], figures: &[&Figure]) -> Vec<Head> {
    let says: Vec<u32> = lines.iter().map(|line| head_says(&line.row)).collect();
    let mut heads = Vec::new();
    let mut above: Vec<Decimal> = Vec::new();
    let mut rows_above = 0;
    for (at, line) in lines.iter().enumerate() {
        let says = head_at(&says, at);
        if rows_above >= MONEY_ROWS_MIN && says >= HEAD_SAYS_SIGN {
            let new = |line: &&&Line<'_>| money(line).any(|amount| !above.contains(&amount.value));
            heads.push(Head {
                says,
                money_rows: lines.iter().skip(at).filter(new).count(),
                has_total: figures.iter().any(|figure| {
                    matches!(figure.label, Label::Total | Label::Subtotal)
                        && figure.area.top >= line.row.area.top
                        && !above.contains(&figure.value)
                }),
                is_resized: is_resized(lines, at),
            });
        }
        rows_above += usize::from(money(line).next().is_some());
        above.extend(money(line).map(|amount| amount.value));
    }
    heads
}

/// Whether the rows from this one on are printed plainly larger or smaller than those above it.
fn is_resized(lines: &[&Line<'_>], at: usize) -> bool {
    let middle = |lines: &[&Line<'_>]| {
        let mut heights: Vec<u32> = lines.iter().filter_map(|line| Some(line.row.words.first()?.area.height)).collect();
        heights.sort_unstable();
        heights.get(heights.len() / 2).copied().unwrap_or(0)
    };
    let (above, below) = lines.split_at_checked(at).unwrap_or_default();
    let (above, below) = (middle(above), middle(below.get(..below.len().min(HEAD_ROWS)).unwrap_or_default()));
    above.max(below) * RESIZED.1 >= above.min(below) * RESIZED.0
}

/// How many things of a head are said from this row on, which begins one; 0 where it does not.
fn head_at(says: &[u32], at: usize) -> u32 {
    let rows = says.get(at..).unwrap_or_default();
    let begins = rows.first().is_some_and(|says| says & (FORM | PHONED | REGISTERED) != 0);
    if begins { rows.iter().take(HEAD_ROWS).fold(0, |all, says| all | says).count_ones() } else { 0 }
}

/// Whether two pages are receipts or invoices of their own: each has its head and its total, and they share neither a
/// number nor a total. A page that says that it goes on belongs to the other.
fn pages_differ(read: Read<'_>) -> bool {
    if read.pages.len() < 2 || read.lines.iter().any(|line| line.row.said().any(&CONTINUED)) {
        return false;
    }
    let own: Vec<Own> = read.pages.iter().take(PAGES_MAX).filter_map(|page| Own::of(page.number, read)).collect();
    own.iter().enumerate().any(|(at, one)| own.iter().skip(at + 1).any(|other| one.contradicts(other)))
}

/// What a page that could stand for itself says.
struct Own {
    numbers: Vec<String>,
    days: Vec<Date>,
    totals: Vec<Decimal>,
}

impl Own {
    fn of(page: u32, read: Read<'_>) -> Option<Self> {
        let lines: Vec<&Line<'_>> = read.lines.iter().filter(|line| line.row.page == page).collect();
        let figures: Vec<&Figure> = read.figures.iter().filter(|figure| figure.page == page).collect();
        let says: Vec<u32> = lines.iter().map(|line| head_says(&line.row)).collect();
        let totals = totals(&figures);
        let has_head = (0..says.len()).any(|at| head_at(&says, at) >= HEAD_SAYS_MIN);
        let numbers = lines.iter().flat_map(|line| line.row.announced()).cloned().collect();
        (has_head && !totals.is_empty()).then(|| Self { numbers, days: days(read.written, page), totals })
    }

    fn contradicts(&self, other: &Self) -> bool {
        let shares_number = self.numbers.iter().any(|number| other.numbers.contains(number));
        let shares_total = self.totals.iter().any(|total| other.totals.contains(total));
        let other_number = !self.numbers.is_empty() && !other.numbers.is_empty() && !shares_number;
        let shares_day = self.days.iter().any(|day| other.days.contains(day));
        let other_day = !self.days.is_empty() && !other.days.is_empty() && !shares_day;
        !shares_number && !shares_total && (other_number || other_day)
    }
}

/// The amounts of a row: those printed as such, and whole ones beside a word that says what they are.
fn money<'l>(line: &'l Line<'_>) -> impl Iterator<Item = &'l Amount> {
    let labelled = line.meaning.is_some_and(|meaning| match meaning.label {
        Label::Total
        | Label::Subtotal
        | Label::Tax
        | Label::Service
        | Label::Discount
        | Label::Paid
        | Label::Change => true,
        Label::Rounding | Label::Summary | Label::Other => false,
    });
    line.amounts.iter().filter(move |amount| labelled || amount.is_money())
}

const FORM: u32 = 1;
const PHONED: u32 = 2;
const REGISTERED: u32 = 4;
const NUMBERED: u32 = 8;
const DATED: u32 = 16;
const TITLED: u32 = 32;

/// What of a head a row says, a bit each.
fn head_says(row: &Row<'_>) -> u32 {
    let said = row.said();
    let bit = |says: bool, bit: u32| if says { bit } else { 0 };
    bit(supplier::holds_form(row), FORM)
        | bit(said.any(&PHONE), PHONED)
        | bit(said.any(&REGISTRATION), REGISTERED)
        | bit(said.any(&NUMBER) || !row.announced().is_empty(), NUMBERED)
        | bit(!row.dates().is_empty(), DATED)
        | bit(said.any(&TITLE), TITLED)
}
