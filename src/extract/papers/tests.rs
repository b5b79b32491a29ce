//! Pictures of one paper and of two, and whether the words tell.

use jiff::civil::date;
use proptest::prelude::*;

use super::SEVERAL_PAPERS;
use crate::extract::{
    Hints, Seen, extract,
    testing::{page_of, page_with, paper_at},
};
use crate::model::{
    currency::Currency,
    draft::Draft,
    fact::Facts,
    field::FieldName,
    page::{Page, Source, Word},
};

const CAFE: &[&str] = &[
    "Amber Fox Noodle House Limited",
    "Shop 28, Jade Lantern Tower",
    "Tel: 0601 9902",
    "Receipt No: 078027",
    "Date: 14/03/2025 12:31",
    "Steamed rice   13.90",
    "Beef noodles   95.80",
    "Mineral water   23.00",
    "TOTAL   132.70",
    "CASH   200.00",
    "CHANGE   67.30",
    "Thank you, come again",
];
const CAB: &[&str] = &[
    "Copper Heron Cabs Ltd",
    "Tel: 01632 960242",
    "VAT Number: GB355704884",
    "Receipt No: 596486",
    "Date: 05/06/2026 19:36",
    "Vehicle   AD 7308",
    "Fare   28.50",
    "Toll   3.00",
    "TOTAL   31.50",
    "CASH   40.00",
    "CHANGE   8.50",
    "Have a nice day",
];

fn draft_of(pages: &[Page], facts: &[Facts]) -> Draft {
    let hints = Hints { currency: Some(Currency::HKD), day_first: true, today: date(2026, 11, 26), known: Vec::new() };
    extract(&Seen { pages, facts, looks: &[] }, &hints)
}

fn is_flagged(draft: &Draft) -> bool {
    draft.problems.iter().any(|finding| finding.rule == SEVERAL_PAPERS)
}

fn picture(papers: &[Vec<Word>]) -> Page {
    page_with(papers.concat())
}

#[test]
fn one_paper_is_one() {
    let level: Vec<&str> = vec![
        "Harbour Stationery Sdn Bhd",
        "Bill to: Acme Trading Ltd   Invoice No: 10293",
        "18 Canton Road   Invoice date: 14/03/2025",
        "Kowloon   Terms: thirty days",
        "Paper A4   25.00",
        "Toner   75.00",
        "TOTAL   100.00",
    ];
    // The slip that a card terminal prints under the receipt says the same amount.
    let slip: Vec<&str> = [
        CAFE,
        &[
            "Amber Fox Noodle House Limited",
            "Tel: 0601 9902",
            "Trans No: 55120",
            "14/03/2025 12:33",
            "AMOUNT   132.70",
            "TOTAL   132.70",
        ],
    ]
    .concat();
    // A car park says when somebody came and went.
    let parked = [
        "Riverstone Car Park Ltd",
        "ENTRY 01/03/2025 08:10",
        "EXIT 05/03/2025 19:20",
        "Ticket: 4471",
        "TOTAL   320.00",
        "CASH   400.00",
        "CHANGE   80.00",
    ];
    // It was printed again a week later, and its voucher ends another day.
    let again = [CAFE, &["Voucher valid till 19/05/2025", "Print 21/03/2025 18:10"]].concat();
    for lines in [CAFE, CAB, &level, &slip, &parked, &again] {
        for pitch in [24, 30, 44] {
            let draft = draft_of(&[picture(&[paper_at(lines, (10, 10), pitch, 0)])], &[]);
            assert!(!is_flagged(&draft), "{lines:?}: {:?}", draft.problems);
        }
    }
    let draft = draft_of(&[picture(&[paper_at(CAFE, (10, 10), 30, 0)])], &[]);
    assert!(draft.accepted(FieldName::Total), "{:?}", draft.fields);
}

#[test]
fn a_curled_paper_is_one() {
    // The right edge hangs lower and lower: the amounts stand up to two thirds of a line under their words.
    let mut words = paper_at(CAFE, (10, 10), 30, 0);
    words.iter_mut().filter(|word| word.area.left > 250).for_each(|word| word.area.top += word.area.top / 25);
    assert!(!is_flagged(&draft_of(&[page_with(words)], &[])));
}

#[test]
fn a_paper_beside_or_under_another_is_seen() {
    let beside = |at: (u32, u32), pitch: u32| vec![paper_at(CAFE, (10, 10), 30, 0), paper_at(CAB, at, pitch, 100)];
    // Only the left end of the first paper's lines shows: the second one lies over the rest.
    let over = |share: u32| {
        let mut under = paper_at(CAFE, (10, 10), 30, 0);
        under.retain(|word| word.area.right() < share);
        vec![under, paper_at(CAB, (share + 10, 40), 33, 100)]
    };
    // The foot of the first is under the second.
    let foot = |rows: usize| {
        vec![
            paper_at(&CAFE[..rows], (10, 10), 30, 0),
            paper_at(CAB, (40, 20 + 30 * u32::try_from(rows).unwrap_or(0)), 27, 100),
        ]
    };
    for papers in [
        beside((520, 10), 30),
        beside((520, 22), 30),
        beside((480, 90), 30),
        beside((520, 10), 37),
        over(240),
        over(300),
        foot(8),
        foot(10),
        foot(12),
    ] {
        let page = picture(&papers);
        let draft = draft_of(std::slice::from_ref(&page), &[]);
        assert!(is_flagged(&draft), "{:?}", page.words.iter().map(|word| &word.text).collect::<Vec<_>>());
        assert!(draft.fields.values().all(|field| !field.accepted), "{:?}", draft.fields);
    }
}

#[test]
fn pages_of_their_own_are_seen() {
    let pages = |all: &[&[&str]]| -> Vec<Page> {
        (1..).zip(all).map(|(number, lines)| Page { number, source: Source::PdfText, ..page_of(lines) }).collect()
    };
    let second = ["Amber Fox Noodle House Limited", "Tel: 0601 9902", "Receipt No: 078027", "Date: 14/03/2025"];
    let with = |more: &[&'static str]| [&second[..], more].concat();
    for (all, flagged) in [
        (vec![CAFE.to_vec(), CAB.to_vec()], true),
        (vec![CAFE.to_vec(), vec!["Conditions of sale"], CAB.to_vec()], true),
        (vec![CAFE.to_vec(), CAFE.to_vec()], false),
        // The invoice goes on: the same number, or words that say so.
        (vec![CAFE.to_vec(), with(&["Tea   10.00", "TOTAL   142.70"])], false),
        (vec![CAFE.to_vec(), [CAB, &["Continued"]].concat()], false),
        (vec![CAFE.to_vec(), vec!["Brought forward   132.70", "Tea   10.00", "TOTAL   142.70"]], false),
        (vec![CAFE.to_vec(), vec!["Delivery note", "Tel: 0601 9902", "Date: 16/03/2025", "Rice   2"]], false),
    ] {
        let lines: Vec<&[&str]> = all.iter().map(Vec::as_slice).collect();
        let draft = draft_of(&pages(&lines), &[]);
        assert_eq!(is_flagged(&draft), flagged, "{all:?}");
        assert!(!flagged || draft.fields.values().all(|field| !field.accepted), "{:?}", draft.fields);
    }
}

proptest! {
    /// Wherever the second paper lies beside the first, how large it is printed and how much of the first it covers: what
    /// is accepted is what the paper on top says by itself. Where hardly anything of the other shows, that is all there is.
    #[test]
    fn no_value_of_two_papers_is_mixed(
        top in 0_u32..120,
        pitch in 22_u32..46,
        gap in 5_u32..200,
        covered in prop::option::of(120_u32..330),
        rows in 4_usize..=12,
    ) {
        let mut first = paper_at(&CAFE[..rows], (10, 10), 30, 0);
        if let Some(from) = covered {
            first.retain(|word| word.area.right() < from);
        }
        let edge = first.iter().map(|word| word.area.right()).max().unwrap_or(0);
        let second = paper_at(CAB, (edge + gap, top), pitch, 100);
        let alone = draft_of(&[page_with(second.clone())], &[]);
        let draft = draft_of(&[picture(&[first, second])], &[]);
        for (name, field) in draft.fields.iter().filter(|(_, field)| field.accepted) {
            let own = alone.fields.get(name).map(|field| &field.value);
            prop_assert_eq!(Some(&field.value), own, "{:?}", name);
        }
        let both_totals = covered.is_none() && rows > 8;
        prop_assert!(!both_totals || is_flagged(&draft));
    }

    /// One paper, however large, stays one.
    #[test]
    fn one_paper_never_is_two(pitch in 22_u32..60, left in 0_u32..200, slant in 0_u32..80) {
        for lines in [CAFE, CAB] {
            let mut words = paper_at(lines, (left, 10), pitch, 0);
            words.iter_mut().for_each(|word| word.area.top += word.area.left * slant / 1000);
            prop_assert!(!is_flagged(&draft_of(&[page_with(words)], &[])));
        }
    }
}
