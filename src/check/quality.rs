//! Q: was it read surely, can it be read at all, and is it what it was?

use super::Subject;
use crate::model::{
    field::{DocumentKind, FieldName},
    finding::{Finding, Severity},
    page::{Page, Spot, Word},
};

/// Where the words of a page are read less surely than this on the average, in thousandths, the picture is at fault.
const SURE_MIN: u64 = 600;
/// A page with fewer words says nothing about its picture.
const WORDS_MIN: usize = 12;
/// So many words that touch the same edge of a picture are cut off by it.
const CUT_MIN: usize = 4;

/// Q1: a field that goes into the entry was read, but not surely.
pub(super) fn unsure(subject: &Subject<'_>) -> Vec<Finding> {
    let fields = &subject.draft.fields;
    let doubtful = |name: &FieldName| fields.get(name).is_some_and(|field| !field.accepted);
    // How a receipt was paid decides the account it is paid from, so a doubt about it matters too.
    let paid = (subject.draft.kind == DocumentKind::Receipt).then_some(FieldName::PaymentMethod);
    super::complete::NEEDED
        .into_iter()
        .chain(paid)
        .filter(doubtful)
        .map(|name| {
            let title = super::complete::title(name);
            let message = format!("The {title} is not certain; compare it with the picture and confirm it.");
            Finding::new("Q1", Severity::Flag, message, &[name])
        })
        .collect()
}

/// Q3: the picture is sharp enough and whole. Where nothing at all could be read, the extraction has said so.
pub(super) fn legible(pages: &[Page]) -> Option<Finding> {
    let optical = || pages.iter().filter(|page| page.source.is_optical() && page.words.len() >= WORDS_MIN);
    let blurred = |page: &&Page| {
        let sum: u64 = page.words.iter().map(|word| u64::from(word.confidence.per_mille())).sum();
        sum < SURE_MIN * u64::try_from(page.words.len()).unwrap_or(u64::MAX)
    };
    if let Some(page) = optical().find(blurred) {
        let message =
            format!("Page {} is hard to read: blurred, dark or too small. A new picture may help.", page.number);
        return Some(Finding::new("Q3", Severity::Flag, message, &[]));
    }
    let (page, cut) = optical().find_map(|page| Some((page, cut_off(page)?)))?;
    let message = format!("Page {} is cut off at the {}; something may be missing.", page.number, cut.edge);
    Some(Finding::new("Q3", Severity::Info, message, &[]).with_spots(cut.spots))
}

struct Cut {
    edge: &'static str,
    spots: Vec<Spot>,
}

/// Words that touch the left or right edge of the picture. Above and below only a few words stand side by side.
fn cut_off(page: &Page) -> Option<Cut> {
    let touching = |edge: &'static str, touches: &dyn Fn(&Word) -> bool| {
        let spots: Vec<Spot> = page
            .words
            .iter()
            .filter(|word| touches(word))
            .map(|word| Spot { page: page.number, area: word.area })
            .collect();
        (spots.len() >= CUT_MIN).then_some(Cut { edge, spots })
    };
    touching("left", &|word| word.area.left == 0).or_else(|| touching("right", &|word| word.area.right() >= page.width))
}

/// Q5: the picture was worked over. Many honest ones are: cropped, made lighter.
pub(super) fn edited(subject: &Subject<'_>) -> Option<Finding> {
    let program = subject.known.edited_with.as_deref()?;
    let message = format!("The file says that it was worked over with {program}.");
    Some(Finding::new("Q5", Severity::Info, message, &[]))
}
