//! A chosen name read again, word by word: digits that are letters, trades with a misread letter, and words that the
//! first reader was unsure of and a second reader saw more surely.
//!
//! The limits were set on the tuning receipts and two damaged copies of each (360 in all): there, of 150 words that
//! the readers read differently, these rules take none from the right reading to a wrong one. A mended name is never
//! accepted without a person.

use super::words::{BRANCHES, FORMS, GOODS, NO_TRADES, TRADES};
use crate::extract::{
    rows::Row,
    text::{distance, fold, join, letters},
    witness::row_of_look,
};
use crate::model::page::{Confidence, Look, Word};

/// The least sure a second reader must be of a word to be believed, in thousandths.
const THEIRS_MIN: Confidence = Confidence::from_per_mille(800);
/// How much surer than the first it must be, in thousandths.
const SURER_BY: u16 = 40;
/// Shorter words have too few letters to tell a misreading from another word.
const LETTERS_MIN: usize = 4;
/// The least letters of a trade with one misread, and with two.
const TRADE_LETTERS_MIN: [usize; 2] = [6, 8];
/// A reader surer than this, in thousandths, means the letters it saw, for one misread letter and for two.
const MEANT: [Confidence; 2] = [Confidence::from_per_mille(990), Confidence::from_per_mille(900)];

/// The text of a row of a name, its words mended.
pub(super) fn reread(part: &Row<'_>, looks: &[Look]) -> String {
    let look = looks.iter().find(|look| look.spot.page == part.page && look.spot.area == part.area);
    let seen = look.and_then(row_of_look);
    let words: Vec<String> = part.words.iter().map(|word| mended(word, seen.as_ref())).collect();
    join(words.iter().map(String::as_str))
}

fn mended(word: &Word, seen: Option<&Row<'_>>) -> String {
    let plain = letters_for_digits(&word.text);
    let (start, core, end) = core(&plain);
    if let Some(better) = seen.and_then(|seen| witnessed(word, core, seen)) {
        return format!("{start}{better}{end}");
    }
    let plain = mended_branch(&plain, word.confidence);
    plain.split_inclusive(|c: char| !c.is_alphabetic()).map(|run| mended_trade(run, word.confidence)).collect()
}

/// "(EL)": the one place that companies are told apart by that differs from what was seen in one letter.
fn mended_branch(text: &str, sure: Confidence) -> String {
    let inside = text.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inside, _)| inside);
    let Some(seen) = inside.filter(|seen| sure < MEANT[1] && !BRANCHES.contains(seen)) else { return text.to_owned() };
    let misread = |place: &&&str| place.len() == seen.len() && distance(place, seen) == 1;
    let mut near = BRANCHES.iter().filter(misread);
    match (near.next(), near.next()) {
        (Some(only), None) => text.replacen(&format!("({seen})"), &format!("({only})"), 1),
        (Some(_), Some(_)) | (None, _) => text.to_owned(),
    }
}

/// The word without the signs around it, and those.
fn core(text: &str) -> (&str, &str, &str) {
    let trimmed = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    let start = text.strip_suffix(trimmed).unwrap_or_default();
    let core = trimmed.trim_end_matches(|c: char| !c.is_alphanumeric());
    (start, core, trimmed.strip_prefix(core).unwrap_or_default())
}

/// What the second reader saw in the word's place, where it is to be believed more.
fn witnessed(word: &Word, core: &str, seen: &Row<'_>) -> Option<String> {
    let (left, right) = (word.area.left, word.area.right());
    let here = |other: &&&Word| (left..right).contains(&(other.area.left + other.area.width / 2));
    let theirs: Vec<&&Word> = seen.words.iter().filter(here).collect();
    let sure = theirs.iter().map(|word| word.confidence).min()?;
    let text: String = theirs.iter().map(|word| word.text.as_str()).collect();
    let (_, other, _) = self::core(&text);
    let (mine, read) = (letters(core), letters(other));
    let lettered = |text: &str| text.chars().all(char::is_alphabetic);
    let alike = lettered(core) && lettered(other) && mine.len() >= LETTERS_MIN && read.len() >= LETTERS_MIN;
    // A company's form is mended by what forms there are.
    let formed = FORMS.iter().any(|form| form.len() >= 3 && (mine.contains(form) || read.contains(form)));
    let off = distance(&mine, &read);
    if !alike || formed || off == 0 || off > 2 || off * 3 > mine.len() {
        return None;
    }
    let surer = sure >= THEIRS_MIN && sure.per_mille() >= word.confidence.per_mille().saturating_add(SURER_BY);
    let known = is_trade(&read) && !is_trade(&mine);
    (known || surer && !is_trade(&mine)).then(|| other.to_owned())
}

/// Whether the word, folded, is one of trade.
pub(super) fn is_trade(folded: &str) -> bool {
    TRADES.list().iter().chain(GOODS).any(|trade| *trade == folded)
}

/// "HARDWAKE": the one trade that has as many letters, all but one or two of them the same.
fn mended_trade(run: &str, sure: Confidence) -> String {
    let word = run.trim_end_matches(|c: char| !c.is_alphabetic());
    let folded = fold(word);
    let length = folded.chars().count();
    let limits = MEANT.iter().zip(TRADE_LETTERS_MIN);
    let small = word.chars().any(char::is_lowercase);
    let allowed = limits.filter(|(meant, letters)| !small && sure < **meant && length >= *letters).count();
    if is_trade(&folded) || NO_TRADES.contains(&folded.as_str()) || length != word.chars().count() {
        return run.to_owned();
    }
    let misread = |trade: &str| {
        let different = || trade.chars().zip(folded.chars()).filter(|(meant, seen)| meant != seen);
        let alike = length >= LETTERS_MIN && different().count() == 1 && different().all(are_alike);
        trade.chars().count() == length && (different().count() <= allowed || alike)
    };
    let mut near = TRADES.list().iter().chain(GOODS).filter(|trade| misread(trade));
    match (near.next(), near.next()) {
        (Some(only), None) => run.replacen(word, &as_written(only, word), 1),
        (Some(_), Some(_)) | (None, _) => run.to_owned(),
    }
}

/// The trade with the letters that were read right as they were written, capital or not.
fn as_written(trade: &str, word: &str) -> String {
    let small = word.chars().skip(1).all(|c| c.is_lowercase());
    let first = word.chars().next().is_some_and(char::is_uppercase);
    let sized =
        |(at, letter): (usize, char)| if small && !(at == 0 && first) { letter.to_ascii_lowercase() } else { letter };
    trade.chars().enumerate().map(sized).collect()
}

/// Letters that print makes one of the other, a stroke lost or a smear gained: readers are sure of the wrong one.
fn are_alike((meant, seen): (char, char)) -> bool {
    const ALIKE: [&str; 9] = ["IEFT", "MN", "ODQC", "BR", "IJL", "EC", "GC", "UV", "RK"];
    ALIKE.iter().any(|group| group.contains(meant) && group.contains(seen))
}

/// Digits between two letters of a word that has no others: "GARDEN1A", "S0ON", "D.1.Y.".
fn letters_for_digits(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let digits = signs.iter().filter(|c| c.is_ascii_digit()).count();
    if digits != 1 || signs.iter().filter(|c| c.is_alphabetic()).count() < 2 {
        return text.to_owned();
    }
    let letter = |at: Option<&char>| at.is_some_and(|c| c.is_alphabetic());
    let initial = |at: usize| {
        let dot = |at: Option<usize>| at.and_then(|at| signs.get(at)) == Some(&'.');
        let before = at.checked_sub(2).and_then(|before| signs.get(before));
        dot(at.checked_sub(1)) && dot(Some(at + 1)) && letter(before) && letter(signs.get(at + 2))
    };
    let inside = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| signs.get(before));
        signs.len() >= LETTERS_MIN && letter(before) && letter(signs.get(at + 1))
    };
    let mend = |(at, sign): (usize, &char)| match sign {
        '0' if inside(at) || initial(at) => 'O',
        '1' if inside(at) || initial(at) => 'I',
        '5' if inside(at) => 'S',
        '8' if inside(at) => 'B',
        other => *other,
    };
    // "0ld Orchard": no number goes on with a small letter.
    let leads = signs.first() == Some(&'0') && signs.get(1).is_some_and(|c| c.is_lowercase());
    signs.iter().enumerate().map(|place| if leads && place.0 == 0 { 'O' } else { mend(place) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{rows::rows_of, testing::page_of};
    use crate::model::page::Spot;

    fn read(text: &str, sure: u16, seen: &str, seen_sure: u16) -> String {
        let page = |text: &str, sure: u16| {
            let mut page = page_of(&[text]);
            page.words.iter_mut().for_each(|word| word.confidence = Confidence::from_per_mille(sure));
            page
        };
        let page_read = page(text, sure);
        let rows = rows_of(std::slice::from_ref(&page_read));
        let row = rows.first().expect("a line was written");
        let look = Look { spot: Spot { page: 1, area: row.area }, words: page(seen, seen_sure).words };
        reread(row, &[look])
    }

    #[test]
    fn words_are_mended_where_they_are_unsure() {
        for (text, sure, seen, seen_sure, mended) in [
            // Digits and trades need no second reader.
            ("GARDEN1A S0ON D.1.Y. 99 G4S", 990, "", 0, "GARDENIA SOON D.I.Y. 99 G4S"),
            ("0ld Town 0AK", 990, "", 0, "Old Town 0AK"),
            ("LIM HARDWAKE ENTERPRISE(KL)", 970, "", 0, "LIM HARDWARE ENTERPRISE(KL)"),
            ("LIM HARDWAYE", 995, "", 0, "LIM HARDWAYE"),
            // Letters that look alike need no doubt: readers are sure of the wrong one.
            ("LIM HARDWAKE", 995, "", 0, "LIM HARDWARE"),
            ("99 NART CONFECTEONERY", 999, "", 0, "99 MART CONFECTIONERY"),
            ("Lim Kedaf Enterprlse", 999, "", 0, "Lim Kedai Enterprise"),
            ("GARRY'S ROOKS, PARK MOTEL", 999, "", 0, "GARRY'S ROOKS, PARK MOTEL"),
            ("LIM HARIWAKE", 860, "", 0, "LIM HARDWARE"),
            ("BAKERIES(EL) (KK) (KX)", 790, "", 0, "BAKERIES(KL) (KK) (KX)"),
            // Two trades as near as each other leave it as it is; so does a word of other length.
            ("STTIONERY", 900, "", 0, "STTIONERY"),
            // The surer reader, by far enough.
            ("IRIANG", 550, "RIANG", 870, "RIANG"),
            ("DION", 918, "DIAN", 932, "DION"),
            ("OLD", 500, "GLD", 900, "OLD"),
            ("Cary", 908, "Carry", 767, "Carry"),
            // A trade is never taken away, nor a company's form.
            ("RESTAURANT", 700, "RESAURANT", 911, "RESTAURANT"),
            ("SDNBHD", 700, "SONBHD", 919, "SDNBHD"),
            // Another word altogether is no better reading of this one.
            ("KUCHAI", 500, "BAHAGIA", 950, "KUCHAI"),
        ] {
            assert_eq!(read(text, sure, seen, seen_sure), mended, "{text} {seen}");
        }
    }
}
