//! A page whose dictionaries say enough shows the same words whether its fonts' programs are taken apart or not.

use proptest::prelude::*;

use super::{
    tests::{LIMITS, commands},
    *,
};

/// A TrueType program of five empty or three-cornered glyphs, made with fontTools: none, space, A, B and a.
const PROGRAM: &str = "\
    000100000008008000030000636d6170005700eb0000011c00000044676c79665c205c1d0000016c000000586865616461d2 \
    42d40000008c000000366868656105df01c8000000c400000024686d74780bb8000000000108000000146c6f6361002c004d \
    000001600000000c6d61787000070005000000e800000020706f737400030000000001c4000000200001000000010000c321 \
    fbb45f0f3cf5000303e8000000000000000000000000000000000000000002bc01f400000003000200000000000000010000 \
    0320ff38000002bc0000ffce02bc000100000000000000000000000000000005000100000005000300010000000000020000 \
    000000000000000000000000000001f400000226000002580000028a000002bc000000000002000000030000001400030001 \
    000000140004003000000008000800020000002000420061ffff0000002000410061ffffffe1ffc1ffa30001000000000000 \
    00000000000b000b00160021002c000100000000012c01f400020000312111012c01f400000100000000025801f400020000 \
    312111025801f40000010000000002bc01f40002000031211102bc01f400000100000000019001f400020000312111019001 \
    f4000003000000000000000000000000000000000000000000000000000000000000";

/// A PDF of one page with these drawing commands, fonts of every kind that has the program, one of symbols, one without a
/// program, a picture, and a form.
fn pdf(drawing: &str) -> Vec<u8> {
    let stream = |number: u32, dict: &str, content: &str| {
        format!("{number} 0 obj<<{dict}/Length {}>>stream\n{content}\nendstream endobj\n", content.len())
    };
    let map = "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange \
        3 beginbfchar <0002> <0041> <0003> <00410042> <0061> <0000> endbfchar endcmap end";
    let objects = [
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n".to_owned(),
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</T 5 0 R/U 6 0 R/O 7 0 R\
         /Z 8 0 R/N 9 0 R/D 10 0 R/F 5 0 R/G 7 0 R>>/XObject<</I 11 0 R/X 12 0 R>>/ExtGState<</S<</ca .5>>>>>>>>endobj\n"
            .to_owned(),
        stream(4, "", drawing),
        "5 0 obj<</Type/Font/Subtype/TrueType/BaseFont/T/FirstChar 32/LastChar 97/Widths[250 300 400]/Encoding\
         /WinAnsiEncoding/FontDescriptor 13 0 R>>endobj\n"
            .to_owned(),
        "6 0 obj<</Type/Font/Subtype/TrueType/BaseFont/U/FirstChar 0/LastChar 255/Widths[500 600]/ToUnicode 14 0 R\
         /Encoding<</Differences[65/B/eacute 97/zero]>>/FontDescriptor 13 0 R>>endobj\n"
            .to_owned(),
        "7 0 obj<</Type/Font/Subtype/Type1/BaseFont/O/FirstChar 65/LastChar 97/Widths[600]/Encoding<</BaseEncoding\
         /MacRomanEncoding/Differences[66/quoteright/foo]>>/ToUnicode 14 0 R/FontDescriptor 15 0 R>>endobj\n"
            .to_owned(),
        "8 0 obj<</Type/Font/Subtype/Type0/BaseFont/Z/Encoding/Identity-H/ToUnicode 14 0 R/DescendantFonts[<</Type/Font\
         /Subtype/CIDFontType2/DW 700/W[2[300 400]97 98 350]/FontDescriptor 13 0 R>>]>>endobj\n"
            .to_owned(),
        "9 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n".to_owned(),
        "10 0 obj<</Type/Font/Subtype/Type1/BaseFont/Dingbats/FirstChar 65/LastChar 66/Widths[9 9]/FontDescriptor 15 0 R\
         >>endobj\n"
            .to_owned(),
        stream(11, "/Subtype/Image/Width 2/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray", "00"),
        stream(12, "/Subtype/Form/BBox[0 0 9 9]/Matrix[1 0 0 1 40 0]", "BT /T 9 Tf 5 5 Td (AB) Tj ET Q"),
        "13 0 obj<</Type/FontDescriptor/Flags 32/MissingWidth 450/FontFile2 16 0 R>>endobj\n".to_owned(),
        stream(14, "", map),
        "15 0 obj<</Type/FontDescriptor/Flags 32/FontFile3 16 0 R>>endobj\n".to_owned(),
        stream(16, "/Subtype/OpenType/Filter/ASCIIHexDecode", PROGRAM),
        "trailer<</Root 1 0 R>>\n%%EOF".to_owned(),
    ];
    format!("%PDF-1.7\n{}", objects.concat()).into_bytes()
}

/// The page drawn plainly, where it can be, and drawn whole.
fn both(drawing: &str) -> (Option<Page>, Option<Page>) {
    let document = Document::open(pdf(drawing), LIMITS).expect("it is whole");
    let texts = document.texts();
    let whole = texts.words(1, |page, transform, bounds| Some(texts.whole(page, transform, bounds)));
    (texts.words(1, |page, transform, bounds| texts.plain(page, transform, bounds)), whole)
}

#[test]
fn pages_are_drawn_plainly() {
    for (drawing, words) in [
        ("BT /T 12 Tf 20 150 Td (AB a) Tj 0 -20 Td [(A) -50 (B) 900 (a)] TJ ET", Some("AB a AB a")),
        ("BT /U 12 Tf 20 150 Td (ABa) Tj ET", Some("Bé\u{0}")),
        ("BT /O 12 Tf 20 150 Td (AaB) Tj ET", Some("Aa’")),
        ("BT /Z 12 Tf 20 150 Td <000200030061> Tj ET", Some("AAB\u{0}")),
        ("q 9 0 0 9 0 0 cm /I Do Q /S gs /X Do BT /T 9 Tf 3 Tr 20 90 Td (A) ' ET", Some("AB A")),
        ("BT /T 12 Tf 20 150 Td (\\200\\351\\226) Tj ET", Some("€é–")),
        // What the dictionaries do not say.
        ("BT /O 12 Tf 20 150 Td (C) Tj ET", None),
        ("BT /T 12 Tf 20 150 Td (\\240) Tj ET", None),
        ("BT /N 12 Tf 20 150 Td (A) Tj ET", None),
        ("BT /D 12 Tf 20 150 Td (A) Tj ET", None),
        ("BT 20 150 Td (A) Tj ET", None),
        ("/OC /P BDC BT /T 12 Tf 20 150 Td (A) Tj ET EMC", None),
    ] {
        let (plain, whole) = both(drawing);
        let said = |page: &Page| page.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        assert_eq!(plain.as_ref().map(said).as_deref(), words, "{drawing}");
        assert!(plain.is_none() || plain == whole, "{drawing}: {plain:?} {whole:?}");
    }
}

/// Every code of every simple font.
#[test]
fn codes_are_the_same_letters() {
    for font in ["T", "U", "O"] {
        let mut plainly = 0;
        for code in 0..=255_u8 {
            let (plain, whole) = both(&format!("BT /{font} 12 Tf 20 150 Td (A) Tj <{code:02x}> Tj ET"));
            plainly += usize::from(plain.is_some());
            assert!(plain.is_none() || plain == whole, "{font} {code:#x}: {plain:?} {whole:?}");
        }
        assert!(plainly > 90, "{font}: {plainly}");
    }
}

proptest! {
    #[test]
    fn any_drawing_shows_the_same(drawing in commands(), font in prop::sample::select(vec!["T", "U", "O", "Z"])) {
        let (plain, whole) = both(&format!("/{font} 10 Tf\n{drawing}"));
        prop_assert!(plain.is_none() || plain == whole, "{drawing}: {plain:?} {whole:?}");
    }
}
