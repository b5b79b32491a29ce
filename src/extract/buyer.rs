//! Which parts of a printed invoice are its buyer's: the name and address under "bill to", beside "To:", before 御中.
//!
//! Where a paper comes from, and who sold it, must not be taken from them. A text layer's columns stand where they are
//! drawn, so that a block can be followed downwards; a scan's rows are held against the words only (`supplier`).

use crate::extract::{rows::Row, said::Phrases, text::fold};
use crate::model::page::Area;

/// Words of a label over a buyer's name that say so wherever they stand.
static LABELS: Phrases = Phrases::new(&[
    "BILL TO",
    "BILLED TO",
    "BILLING ADDRESS",
    "INVOICE TO",
    "INVOICED TO",
    "SHIP TO",
    "SHIPPING ADDRESS",
    "SOLD TO",
    "DELIVER TO",
    "DELIVERY ADDRESS",
    "SERVICE ADDRESS",
    "THE DIRECTORS",
    "FACTURÉ À",
    "ADRESSE DE FACTURATION",
    "RECHNUNG AN",
    "RECHNUNGSADRESSE",
    "LIEFERADRESSE",
    "RECHNUNGSEMPFÄNGER",
    "FACTUURADRES",
    "客戶名稱",
    "客户名称",
    "買方",
    "购买方",
    "購買方",
    "付款人",
]);
/// What a label is when it says nothing else, folded.
const ALONE: &[&str] = &[
    "TO",
    "ATTN",
    "ATTENTION",
    "CLIENT",
    "CUSTOMER",
    "CUSTOMER NAME",
    "BUYER",
    "GUEST",
    "GUEST NAME",
    "PASSENGER",
    "KEPADA",
    "AN",
    "KUNDE",
    "CLIENTE",
    "KLANT",
    "NABYWCA",
    "DESTINATAIRE",
    "DESTINATARIO",
    "SPETTLE",
    "EXMO S SR S",
    "EXMOS SRS",
    "致",
    "致 TO",
    "客戶",
    "客户",
    "抬頭",
    "BILL TO ADDRESS",
    "CONSIGNEE",
    "客戶名稱",
    "BILL TO 客戶",
];
/// A block goes on for at most so many rows under its label.
const ROWS_MAX: usize = 7;

struct Block {
    left: u32,
    right: u32,
    bottom: u32,
    page: u32,
    rows: usize,
}

/// Whether the part is, or begins with, the label of a buyer.
pub(super) fn is_label(part: &Row<'_>) -> bool {
    let text = part.text();
    let label = fold(text.split([':', '：']).next().unwrap_or_default());
    // "Sold to date" and "customer number 5" name nobody.
    let named = part.said().any(&LABELS) && !text.contains(|c: char| c.is_ascii_digit());
    ALONE.contains(&label.as_str()) || named || is_addressed(text)
}

/// Whether the text ends in what Japanese letters put behind the name they are for.
fn is_addressed(text: &str) -> bool {
    text.ends_with('様') || text.ends_with("御中")
}

/// The cells of a text layer's rows, each with whether it is a buyer's; a scan's rows in whole, of which none is known to
/// be.
pub(super) fn parts<'a>(rows: &[Row<'a>]) -> Vec<Vec<(Row<'a>, bool)>> {
    if rows.iter().any(|row| row.source.is_optical()) {
        return rows.iter().map(|row| vec![(row.clone(), false)]).collect();
    }
    let mut blocks: Vec<Block> = Vec::new();
    rows.iter().map(|row| parts_of(row, &mut blocks)).collect()
}

/// The parts that are no buyer's.
pub(super) fn others<'a>(parts: &[Vec<(Row<'a>, bool)>]) -> Vec<Row<'a>> {
    parts.iter().flatten().filter(|(_, buyers)| !buyers).map(|(part, _)| part.clone()).collect()
}

fn parts_of<'a>(row: &Row<'a>, blocks: &mut Vec<Block>) -> Vec<(Row<'a>, bool)> {
    let mut labelled = false;
    let mut found = Vec::new();
    for part in row.cells() {
        let label = is_label(part);
        let beside = labelled;
        if beside {
            // The name stands beside its label, and goes on under itself.
            blocks.pop();
        }
        labelled = label;
        let goes_on = blocks.iter_mut().find(|block| block.page == row.page && goes_on(block, part));
        match goes_on {
            _ if label || beside => {
                let Area { left, .. } = part.area;
                // 御中 and 様 stand behind the name, and end what is said of the buyer.
                let rows = if is_addressed(part.text()) { ROWS_MAX } else { 0 };
                blocks.push(Block { left, right: part.area.right(), bottom: part.area.bottom(), page: row.page, rows });
                found.push((part.clone(), true));
            }
            Some(block) => {
                block.bottom = part.area.bottom();
                block.right = block.right.max(part.area.right());
                block.rows += 1;
                found.push((part.clone(), true));
            }
            None => found.push((part.clone(), false)),
        }
    }
    found
}

/// Whether the part stands right under the block, flush with it, and is no label of something else.
fn goes_on(block: &Block, part: &Row<'_>) -> bool {
    let height = part.height();
    let flush = block.left.abs_diff(part.area.left) <= height * 2;
    let near = part.area.top.saturating_sub(block.bottom) <= height * 3 / 2 && part.area.bottom() > block.bottom;
    let heading = part.text().contains([':', '：']) && part.text().contains(|c: char| c.is_ascii_digit());
    block.rows < ROWS_MAX && flush && near && !part.said().is_empty() && !heading
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{rows::rows_of, testing::page_of};
    use crate::model::page::Source;

    #[test]
    fn blocks_of_buyers() {
        for (text, left) in [
            (
                &["Pearl Limited Co  Bill to", "Austin, TX 78701  Blue Ltd", "United States US  Hong Kong"][..],
                "Pearl Limited Co|Austin, TX 78701|United States US",
            ),
            (&["Pearl Ltd", "To: Blue Ltd", "Hong Kong", "", "Invoice 12345"], "Pearl Ltd|Invoice 12345"),
            (&["見本商事株式会社 御中", "株式会社ヤマダ"], "株式会社ヤマダ"),
            (&["To  Blue Ltd", "Payable to Pearl Ltd"], "Payable to Pearl Ltd"),
            (&["Customer number 5", "Pearl Ltd"], "Customer number 5|Pearl Ltd"),
        ] {
            let mut page = page_of(text);
            page.source = Source::PdfText;
            let rows = rows_of(std::slice::from_ref(&page));
            let found: Vec<String> = others(&parts(&rows)).iter().map(|part| part.text().to_owned()).collect();
            assert_eq!(found.join("|"), left, "{text:?}");
        }
    }
}
