//! PDFs whose text layer and page say different things, read as the pipeline reads them: with pictures, and with the
//! second reader looking at the page where the layer says the total and the date.

use std::{fs, path::PathBuf};

use vouch::{
    config::Config,
    extract::{Hints, Seen, extract, spots},
    model::{currency::Currency, draft::Draft, field::FieldName, media::MediaType},
    read::{
        Limits, Options, Reader, Reading, Several,
        process::{Pool, PoolOptions},
    },
};

use super::papers;

fn readers() -> Pool {
    let config = Config::load(None).expect("what is compiled in");
    Pool::new(PoolOptions::of(&config, PathBuf::from(env!("CARGO_BIN_EXE_vouch")), 1))
}

async fn draft_of(pool: &Pool, bytes: &[u8]) -> Draft {
    let today = jiff::civil::date(2026, 11, 25);
    let hints = Hints { currency: Some(Currency::HKD), day_first: true, today, known: Vec::new() };
    let limits = Limits { pages_max: 60, pixels_max: 120_000_000 };
    let options = Options { reader: Reader::Auto, limits, pictures: true, several: Several::Divide };
    let seen = |reading: &Reading| {
        let Reading { pages, facts, looks, .. } = reading.clone();
        (pages, facts, looks)
    };
    let ask = |reading: &Reading| {
        let (pages, facts, looks) = seen(reading);
        spots(&Seen { pages: &pages, facts: &facts, looks: &looks }, &hints)
    };
    let readings = pool.read(bytes, MediaType::Pdf, options, &ask).await.expect("it is a PDF");
    let [reading] = readings.as_slice() else { panic!("{} documents", readings.len()) };
    let (pages, facts, looks) = seen(reading);
    extract(&Seen { pages: &pages, facts: &facts, looks: &looks }, &hints)
}

fn flagged(draft: &Draft) -> Vec<FieldName> {
    draft.problems.iter().filter(|finding| finding.rule == "Q4").flat_map(|finding| finding.fields.clone()).collect()
}

/// A page of text, with more of a content stream behind it and an entry for the font of the total.
fn pdf(total_font: &str, total: &str, more: &str) -> Vec<u8> {
    let content = format!(
        "BT /F1 14 Tf 60 780 Td 24 TL (Harbour Stationery Limited) Tj T* (Invoice no. HS-20031) Tj T* \
         (Invoice date: 21 November 2026) Tj T* (Paper, A4, 20 reams HKD 840.00) Tj T* \
         (Delivery HKD 160.00) Tj ET BT /F2 14 Tf 60 640 Td {total} ET {more}"
    );
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R/F2 6 0 R>>>>>>"
            .to_owned(),
        format!("<</Length {}>>stream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
        format!("<</Type/Font/Subtype/Type1/BaseFont/Helvetica{total_font}>>"),
        format!("<</Length {}>>stream\n{LYING}\nendstream", LYING.len()),
    ];
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(file.len());
        file.extend(format!("{number} 0 obj{object}endobj\n").bytes());
    }
    let table = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
    for place in &places {
        file.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let end = format!("trailer<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n", places.len() + 1);
    file.extend(end.bytes());
    file
}

/// A map of characters that calls the glyph 7 a 1.
const LYING: &str = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Lie def \
    1 begincodespacerange <00> <FF> endcodespacerange \
    2 beginbfrange <20> <36> <0020> <38> <7A> <0038> endbfrange 1 beginbfchar <37> <0031> endbfchar \
    endcmap end end";

#[tokio::test]
async fn a_page_that_shows_something_else_is_for_a_person() {
    let pool = readers();
    let plain = "(TOTAL HKD 1,000.00) Tj";
    for (note, file, fields) in [
        ("as it should be", pdf("", plain, ""), vec![]),
        ("painted over", pdf("", plain, "1 g 50 630 300 24 re f"), vec![FieldName::Total]),
        ("never drawn", pdf("", &format!("3 Tr {plain}"), ""), vec![FieldName::Total]),
        (
            "the glyphs show 7,000.00, and are called 1,000.00",
            pdf("/ToUnicode 7 0 R", "(TOTAL HKD 7,000.00) Tj", ""),
            vec![FieldName::Total],
        ),
    ] {
        let draft = draft_of(&pool, &file).await;
        let total = draft.fields.get(&FieldName::Total).map(|field| field.value.to_text());
        assert_eq!(total.as_deref(), Some("1000.00"), "{note}: what the layer says");
        assert_eq!(flagged(&draft), fields, "{note}");
        assert_eq!(draft.accepted(FieldName::Total), fields.is_empty(), "{note}");
    }
}

#[tokio::test]
async fn honest_papers_show_what_their_layer_says() {
    let pool = readers();
    let mut looked = 0;
    for path in papers("samples").into_iter().filter(|path| path.extension().is_some_and(|end| end == "pdf")) {
        let draft = draft_of(&pool, &fs::read(&path).expect("a sample")).await;
        assert_eq!(flagged(&draft), [], "{}", path.display());
        looked += 1;
    }
    assert!(looked >= 5, "{looked} PDFs");
}
