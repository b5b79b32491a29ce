//! PDFs made by hand, whole, damaged and not PDFs at all: whatever the bytes, words inside their page come back, or a
//! named refusal.

use proptest::prelude::*;

use super::*;

pub(super) const LIMITS: Limits = Limits { pages_max: 3, pixels_max: 4_000_000 };
/// More words than this cannot stand in a file of the size that is tried here.
const WORDS_MAX: usize = 20_000;

/// A PDF of one page with these drawing commands, an image, a form that draws itself, and fonts of two kinds.
fn pdf(drawing: &str) -> Vec<u8> {
    format!(
        "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
         2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n\
         3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Rotate 0\
         /Resources<</Font<</F 5 0 R/G 6 0 R>>/XObject<</I 7 0 R/X 8 0 R>>>>>>endobj\n\
         4 0 obj<</Length {}>>stream\n{drawing}\nendstream endobj\n\
         5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica/FirstChar 32/LastChar 34/Widths[250 300 400]>>endobj\n\
         6 0 obj<</Type/Font/Subtype/Type3/FontBBox[0 0 9 9]/FontMatrix[.1 0 0 .1 0 0]/FirstChar 65/LastChar 65\
         /Widths[9]/Encoding<</Differences[65/a]>>/CharProcs<</a 9 0 R>>>>endobj\n\
         7 0 obj<</Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length 1>>stream\n0\nendstream endobj\n\
         8 0 obj<</Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 8 0 R>>>>/Length 5>>stream\n/X Do\nendstream endobj\n\
         9 0 obj<</Length 9>>stream\n9 0 0 0 9 9 d1 \nendstream endobj\n\
         trailer<</Root 1 0 R>>\n%%EOF",
        drawing.len()
    )
    .into_bytes()
}

const DRAWING: &str = "BT /F 12 Tf 20 150 Td (Invoice 42) Tj 0 -20 Td [(To) -50 (tal) 900 (12.50)] TJ ET \
    q 9 0 0 9 0 0 cm /I Do Q BT /G 10 Tf 3 Tr 20 90 Td (AA) Tj ET /X Do";

/// Reads everything there is to read of it, and holds what comes back against its limits.
fn read(bytes: Vec<u8>) -> Result<Vec<Page>, ReadError> {
    let document = Document::open(bytes, LIMITS)?;
    assert!((1..=LIMITS.pages_max).contains(&document.pages()));
    let _ = (document.einvoices(), document.einvoice_claim(), document.einvoice_envelope());
    let pages: Vec<Page> = (0..=document.pages() + 1).map(|number| document.texts().page(number)).collect();
    for page in &pages {
        assert!(page.words.len() <= WORDS_MAX);
        for word in &page.words {
            let middle = (word.area.left + word.area.width / 2, word.area.top + word.area.height / 2);
            assert!(!word.text.trim().is_empty() && word.area.width > 0 && word.area.height > 0, "{word:?}");
            assert!(middle.0 <= page.width.saturating_mul(2) && middle.1 <= page.height.saturating_mul(2), "{word:?}");
        }
        let _ = is_text_layer(page);
    }
    Ok(pages)
}

#[test]
fn words_and_lines_of_a_page() {
    let pages = read(pdf(DRAWING)).expect("it is whole");
    let words: Vec<(&str, u32)> =
        pages.iter().flat_map(|page| &page.words).map(|word| (word.text.as_str(), word.line)).collect();
    assert_eq!(words.get(..4), Some(&[("Invoice", 0), ("42", 0), ("Total", 1), ("12.50", 1)][..]), "{words:?}");
}

#[test]
fn what_is_no_pdf_is_refused() {
    let locked = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF".to_vec();
    for bytes in [Vec::new(), b"%PDF-1.7".to_vec(), b"plain text".to_vec(), locked] {
        assert_eq!(read(bytes.clone()), Err(ReadError::PdfDamaged), "{}", String::from_utf8_lossy(&bytes));
    }
    let more = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n";
    let objects = format!("10 0 obj{more}11 0 obj{more}12 0 obj{more}trailer");
    let four = String::from_utf8_lossy(&pdf(""))
        .replace("/Count 1/Kids[3 0 R]", "/Count 4/Kids[3 0 R 10 0 R 11 0 R 12 0 R]")
        .replace("trailer", &objects);
    assert_eq!(read(four.into_bytes()), Err(ReadError::PagesTooMany { pages: 4, pages_max: 3 }));
}

/// Drawing commands as programs write them, and numbers that none should.
pub(super) fn commands() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        4 => (-400_i32..400).prop_map(|number| number.to_string()),
        1 => prop::sample::select(vec!["1e9", "-99999999999", "0.0000001", "2147483648", "nan", ".", "--1"])
            .prop_map(str::to_owned),
    ];
    let operator = prop::sample::select(vec![
        "Td",
        "Tf",
        "cm",
        "Tm",
        "Tz",
        "Ts",
        "Tc",
        "Tw",
        "TL",
        "Tr",
        "re",
        "m",
        "l",
        "c",
        "w",
        "q",
        "Q",
        "BT",
        "ET",
        "T*",
        "(A) Tj",
        "(\\101\\377) '",
        "[(a) 9 (b)] TJ",
        "<00FF> Tj",
        "/F 12 Tf",
        "/G 9 Tf",
        "/T 11 Tf",
        "/U 7 Tf",
        "/Z 12 Tf",
        "<00020003> Tj",
        "/S gs",
        "/I Do",
        "/X Do",
        "W n",
        "BI",
        "ID",
        "EI",
        "/P BMC",
        "EMC",
        "sh",
        "gs",
        "d0",
        "d1",
    ]);
    let command = (prop::collection::vec(number, 0..7), operator)
        .prop_map(|(numbers, operator)| format!("{} {operator}", numbers.join(" ")));
    prop::collection::vec(command, 0..40).prop_map(|commands| commands.join("\n"))
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = read([b"%PDF-1.7\n".to_vec(), bytes.clone()].concat()).is_ok();
        let _ = (read(bytes.clone()).is_ok(), is_whole(&bytes));
    }

    #[test]
    fn any_drawing_is_read(drawing in commands()) {
        let _ = read(pdf(&drawing)).is_ok();
    }

    #[test]
    fn a_damaged_pdf_is_read_or_refused(
        at in any::<prop::sample::Index>(), cut in 0_usize..80, put in prop::collection::vec(any::<u8>(), 0..12),
        drawing in commands(),
    ) {
        let mut bytes = pdf(&drawing);
        let start = at.index(bytes.len());
        let end = (start + cut).min(bytes.len());
        bytes.splice(start..end, put);
        let _ = read(bytes).is_ok();
    }
}
