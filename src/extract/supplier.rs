//! Who sold it: a name near the top that is a company's form, or at least no address, number or heading.

mod forms;
mod places;
mod printed;
mod reread;
mod words;
mod wrapped;

use std::{borrow::Cow, cmp::Reverse};

use self::forms::{after_label, ending, is_short_form};
use self::places::{demote_below_addresses, demote_places, is_south_australia};
use self::reread::{is_trade, reread};
use self::words::{BUYER, FILLERS, FORMS, LABEL_WORDS, NOT_NAMES, SELLER, TRADES, WHOLESALE};
use crate::extract::{
    evidence::Evidence,
    fapiao::Seller,
    grounds::NameGrounds,
    rows::Row,
    said::{Phrase, Phrases, Said},
    text::{fold, is_han, join},
};
use crate::model::{
    field::{Field, FieldValue},
    page::{Confidence, Look, Source, Spot, Word},
};

/// How many rows from the top a scanned name can stand.
const TOP_ROWS: usize = 14;
/// The least confidence of each word, in thousandths, of an accepted scanned name.
const SURE: Confidence = Confidence::from_per_mille(950);
/// The least of one that a second reading agrees with.
const READ: Confidence = Confidence::from_per_mille(880);
/// The row, counted from the top, below which a scanned name is not accepted.
const ACCEPTED_ROWS: usize = 4;

/// So many words more than its phrase a heading may have: "Supplier details", "賣方 Seller".
const HEADING_WORDS_MORE: usize = 1;
/// Fewer letters are no name.
const LETTERS_MIN: usize = 4;

struct Name<'a> {
    row: Row<'a>,
    /// The rows it stands on, from the top.
    parts: Vec<Row<'a>>,
    text: String,
    form: bool,
    repaired: bool,
    /// Parts of it stood on several rows.
    joined: bool,
    /// A part that was joined to it was hard to read, or another's address stands above it.
    unsure: bool,
    position: usize,
    /// A heading such as "sold by" stands over it.
    led: bool,
    /// Printed larger than the page's text, at its top.
    head: bool,
    /// Another name of a printed page could be meant as well.
    contested: bool,
    score: i32,
}

/// The supplier's name, and what it rests on.
pub(super) struct Found {
    pub(super) field: Field,
    pub(super) grounds: NameGrounds,
}

/// The supplier's name, as printed; what a second reader saw there settles letters that the first was unsure of.
pub(super) fn supplier<'a>(rows: &[Row<'a>], parts: &[Vec<(Row<'a>, bool)>], looks: &[Look]) -> Option<Found> {
    let first_page = rows.first()?.page;
    let rows: Vec<&Row<'_>> = rows.iter().filter(|row| row.page == first_page).collect();
    let mut names: Vec<Name<'_>> = Vec::new();
    let mut heights: Vec<u32> = rows.iter().map(|row| row.height()).collect();
    heights.sort_unstable();
    let median = heights.get(heights.len() / 2).copied().unwrap_or(1);
    let left = rows.iter().map(|row| row.area.left).min()?;
    let width = rows.iter().map(|row| row.area.right()).max()?.saturating_sub(left);
    let parts: Vec<Vec<Row<'_>>> = columns(parts.get(..rows.len())?);
    for (position, row) in parts.iter().enumerate() {
        let above = position.checked_sub(1).and_then(|above| parts.get(above)).map_or(&[][..], Vec::as_slice);
        for part in row {
            // Nothing is added to what was printed; a scan's signs may turn out to be letters.
            let too_short = !part.source.is_optical() && letters_in(part.text()) < LETTERS_MIN;
            if too_short || is_buyers(part, above) {
                continue;
            }
            if let Some(mut name) = name_of(part, position) {
                let heads = parts.get(position.saturating_sub(3)..position).unwrap_or_default();
                let led = heads.iter().any(|above| is_headed(above, part));
                complete(&mut name, rows.get(..position).unwrap_or_default());
                extend(&mut name, rows.get(position + 1).copied());
                if !part.source.is_optical() {
                    printed::take_form(&mut name, parts.get(position + 1..).unwrap_or_default());
                }
                wrapped::go_on(&mut name, rows.get(position + 1..).unwrap_or_default(), width);
                complete(&mut name, rows.get(..position).unwrap_or_default());
                name.led = led;
                name.score = score(&name, median);
                names.push(name);
            }
        }
    }
    demote_below_addresses(&mut names, &rows);
    demote_places(&mut names, &rows);
    if !rows.iter().any(|row| row.source.is_optical()) {
        printed::weigh(&mut names, &rows, &parts, median);
    }
    let places: Vec<(usize, bool)> = names.iter().map(|name| (name.position, name.form)).collect();
    let mut best =
        names.into_iter().max_by_key(|name| (name.score, Reverse(name.position), Reverse(name.row.area.left)))?;
    let mended = best.row.source.is_optical() && mend(&mut best, looks);
    if best.row.source.is_optical() && accents_are_specks(&rows) {
        best.text = without_accents(&best.text);
    }
    // A brand right above a company: which of the two the books know it by, a person says.
    let branded = !best.joined && places.iter().any(|(place, form)| !form && place + 1 == best.position);
    let spots = best.parts.iter().map(|part| Spot { page: part.page, area: part.area }).collect();
    let plain = best.position < ACCEPTED_ROWS && !branded && !best.repaired && !best.unsure && !is_tail(&best.text);
    let grounds = NameGrounds { spots, mended, known: false, form: best.form, plain };
    (best.score > 0).then(|| Found { field: choice(&best, &grounds), grounds })
}

/// The rows' columns; a text layer's without what is its buyer's, and cut where a sender's line is.
fn columns<'a>(rows: &[Vec<(Row<'a>, bool)>]) -> Vec<Vec<Row<'a>>> {
    let of_part = |(part, buyers): &(Row<'a>, bool)| match (part.source.is_optical(), *buyers) {
        (true, _) => part.segments().to_vec(),
        (false, true) => Vec::new(),
        (false, false) => printed::pieces(part),
    };
    rows.iter().map(|row| row.iter().flat_map(of_part).collect()).collect()
}

/// The seller that a fapiao's form names.
pub(super) fn seller(seller: &Seller<'_>) -> Found {
    let (text, form, _) = ending(&seller.name, seller.row.source.is_optical());
    let spots = vec![Spot { page: seller.row.page, area: seller.row.area }];
    let grounds = NameGrounds { spots, mended: false, known: false, form, plain: seller.certain };
    let proven = form && seller.certain && !seller.row.source.is_optical();
    let field =
        Evidence::of_row(&seller.row).field(FieldValue::Text(text), proven, "supplier:fapiao-seller".to_owned());
    Found { field, grounds }
}

/// Mends the letters of the name part by part; whether anything changed.
fn mend(name: &mut Name<'_>, looks: &[Look]) -> bool {
    let texts: Vec<String> = name.parts.iter().map(|part| reread(part, looks)).collect();
    let as_read = name.parts.iter().zip(&texts).all(|(part, text)| part.text() == *text);
    if as_read {
        return false;
    }
    name.text = texts.iter().map(|text| ending(text, true).0).collect::<Vec<_>>().join(" ");
    name.repaired = true;
    true
}

/// Whether one of the reader's lines in the row ends as a company's name does.
pub(super) fn holds_form(row: &Row<'_>) -> bool {
    let lines = row.words.chunk_by(|one, next| one.line == next.line);
    lines.into_iter().any(|words| {
        let text = join(words.iter().map(|word| word.text.as_str()));
        ending(&text, row.source.is_optical()).1
    })
}

fn choice(best: &Name<'_>, grounds: &NameGrounds) -> Field {
    let accepted = match best.row.source {
        Source::Person | Source::EInvoice | Source::Qr => true,
        Source::PdfText => best.form && best.score >= 30 && !best.contested && !is_tail(&best.text),
        Source::PpOcr | Source::Tesseract => best.form && grounds.plain && best.row.confidence() >= SURE,
    };
    let rule = if best.form { "supplier:company-form" } else { "supplier:top" };
    Evidence::of_row(&best.row).field(FieldValue::Text(best.text.clone()), accepted, rule.to_owned())
}

/// Whether the parts of a row above that stand over the part say one of these.
fn over_says(above: &[Row<'_>], part: &Row<'_>, phrases: &Phrases) -> bool {
    match above.iter().filter(|other| other.spans(part.area)).collect::<Vec<_>>().as_slice() {
        [] => false,
        [one] => one.said().any(phrases),
        several => {
            let texts: Vec<&str> = several.iter().map(|row| row.text()).collect();
            Said::of(&texts.join(" ")).any(phrases)
        }
    }
}

/// Whether over the part stands nothing but a heading such as "sold by".
fn is_headed(above: &[Row<'_>], part: &Row<'_>) -> bool {
    let heading = |other: &Row<'_>| {
        let said = other.said();
        let whole = |phrase: &&Phrase| said.words().len() <= phrase.words().len() + HEADING_WORDS_MORE;
        SELLER.all().iter().filter(whole).any(|phrase| said.has(phrase))
    };
    above.iter().filter(|other| other.spans(part.area)).any(heading)
}

/// Whether the row says that what follows is the buyer's.
pub(super) fn speaks_of_buyer(row: &Row<'_>) -> bool {
    row.said().any(&BUYER)
}

/// The name is a buyer's: its own words or those over it say so.
fn is_buyers(part: &Row<'_>, above: &[Row<'_>]) -> bool {
    speaks_of_buyer(part) || over_says(above, part, &BUYER)
}

/// How many letters the text has; a Chinese character says as much as two.
fn letters_in(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).map(|c| if is_han(c) { 2 } else { 1 }).sum()
}

/// The part as a name: trimmed of registration numbers and specks; nothing where it cannot be one.
fn name_of<'a>(part: &Row<'a>, position: usize) -> Option<Name<'a>> {
    if part.source.is_optical() && position >= TOP_ROWS {
        return None;
    }
    if !part.dates().is_empty() {
        return None;
    }
    let (row, mut cut) = trimmed(part).filter(|_| !is_south_australia(part.text()))?;
    // Nothing that is done to a printed text below adds a letter.
    if !row.source.is_optical() && letters_in(row.text()) < LETTERS_MIN {
        return None;
    }
    let (mut text, mut form, mut repaired) = ending(row.text(), row.source.is_optical());
    form |= !row.source.is_optical() && printed::has_form(&text);
    if let Some((after, mended)) = after_label(&text) {
        (text, form, repaired) = (after, true, mended);
        cut = true;
    }
    let letters = letters_in(&text);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let folded = if text == row.text() { Cow::Borrowed(row.said().folded()) } else { Cow::Owned(fold(&text)) };
    // "CASH & CARRY" is a shop's trade, "CASH" by itself a way of payment.
    let wholesale = || WHOLESALE.iter().find_map(|trade| folded.split_once(trade));
    let denied = || match wholesale() {
        Some((before, after)) => Said::of(&format!("{before} {after}")).any(&NOT_NAMES),
        None if !row.source.is_optical() => row.said().any_as_written(&NOT_NAMES),
        None if text == row.text() => row.said().any(&NOT_NAMES),
        None => Said::of(&text).any(&NOT_NAMES),
    };
    let label = || {
        folded.split(' ').all(|word| LABEL_WORDS.contains(&word)) || !row.source.is_optical() && printed::is_label(&row)
    };
    let foreign =
        is_month_and_day(&text) || text.contains(['@', '%', '$', '=']) || text.contains("www") || text.contains(".com");
    (letters >= LETTERS_MIN && digits * 2 <= letters && !foreign && (form || !denied() && !label())).then(|| Name {
        parts: vec![row.clone()],
        row,
        text,
        form,
        repaired,
        joined: false,
        unsure: cut,
        position,
        led: false,
        head: false,
        contested: false,
        score: 0,
    })
}

/// "August 3": the rest of a date that was cut off.
fn is_month_and_day(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let month = words.next().is_some_and(crate::extract::dates::is_month);
    month && words.all(|word| word.chars().all(|c| c.is_ascii_digit() || c == ','))
}

/// Without registration numbers at the end and specks at both ends, and whether a speck before it had letters.
fn trimmed<'a>(part: &Row<'a>) -> Option<(Row<'a>, bool)> {
    let words = &part.words;
    let speck = |index: usize| {
        words.get(index).is_some_and(|word| {
            let letters = word.text.chars().filter(|c| c.is_alphanumeric()).count();
            let unsure =
                word.confidence < Confidence::from_per_mille(600) && !is_number_beside(word, words.get(index + 1));
            let little = unsure && letters <= 2 && part.source.is_optical() && !is_short_form(&word.text);
            letters == 0 && word.text != "&" || little
        })
    };
    let mut first = 0;
    while speck(first) {
        first += 1;
    }
    let registration = |text: &str| {
        let digits = text.chars().filter(char::is_ascii_digit).count();
        digits >= 4
            || text.starts_with('(')
                && matches!(fold(text).as_str(), "CO" | "CA" | "CO NO" | "COREG" | "REG" | "ROC" | "COMPANY" | "GST")
    };
    let cut = words.iter().take(first).any(|word| word.text.chars().any(char::is_alphanumeric));
    let mut after_last =
        words.iter().skip(first).position(|word| registration(&word.text)).map_or(words.len(), |at| first + at);
    while after_last > first && speck(after_last - 1) {
        after_last -= 1;
    }
    Some((part.part(first, after_last)?, cut))
}

/// A number of two digits or more close before another word on the reader's own line belongs to it: "99 SPEED MART".
fn is_number_beside(word: &Word, next: Option<&&Word>) -> bool {
    let number = word.text.len() >= 2 && word.text.chars().all(|c| c.is_ascii_digit());
    let close =
        |next: &&Word| next.line == word.line && next.area.left.saturating_sub(word.area.right()) < word.area.height;
    number && next.is_some_and(close)
}

/// Whether the name is only the end of one: a company form and fillers, or a bracket that opened above.
fn is_tail(text: &str) -> bool {
    let folded = fold(text);
    let form =
        FORMS.iter().filter_map(|form| folded.strip_suffix(form)).min_by_key(|rest| rest.len()).unwrap_or(&folded);
    let fillers = form.split(' ').filter(|word| !word.is_empty()).all(|word| FILLERS.contains(&word));
    let starts_with_filler = matches!(folded.split(' ').next(), Some("ENTERPRISE" | "TRADING" | "CO" | "HOLDINGS"));
    let form = form.trim();
    let one_trade = !form.contains(' ') && form.len() > 5 && TRADES.have_word(form);
    // "HARDWARE ENTERPRISE (SETIA ALAM) SDN BHD": before its branch stands nothing but trades.
    let says_little = |word: &str| FILLERS.contains(&word) || TRADES.have_word(word);
    let branch = text.split_once('(').is_some_and(|(before, _)| fold(before).split_whitespace().all(says_little));
    fillers
        || one_trade
        || branch
        || starts_with_filler
        || (text.contains(')') && text.find('(').is_none_or(|open| text.find(')').is_some_and(|close| close < open)))
}

/// A name broken over rows: upper rows belong to it as long as what stands there is only the end of one.
fn complete<'a>(name: &mut Name<'a>, above: &[&Row<'a>]) {
    // Beside it a printed page may have another column, whose rows stand between.
    let over = |row: &&Row<'a>| match row.source.is_optical() {
        true => Some((**row).clone()),
        false => row.cells().iter().find(|part| part.spans(name.row.area)).cloned(),
    };
    let parts: Vec<Row<'a>> = above.iter().rev().filter_map(over).take(3).collect();
    for part in parts {
        if !name.form || !is_tail(&name.text) {
            return;
        }
        let Some(upper) = name_of(&part, 0).filter(|upper| !upper.form) else { return };
        name.text = format!("{} {}", upper.text, name.text);
        name.joined = true;
        name.unsure |= upper.unsure || upper.row.confidence() < READ;
        name.row.area = name.row.area.union(upper.row.area);
        name.parts.splice(0..0, upper.parts);
    }
}

/// "TSH POWER HARDWARE" over "TRADING": a row of nothing but trades goes on with the name above it.
fn extend<'a>(name: &mut Name<'a>, below: Option<&Row<'a>>) {
    let Some(below) = below.filter(|_| !name.form && name.row.source.is_optical()) else { return };
    // Up to one and a half spaced.
    let near_enough = below.area.top.saturating_sub(name.row.area.bottom()) * 2 < name.row.height() * 3;
    let trades = |word: &str| is_trade(word) || FILLERS.contains(&word) || word == "AND";
    let folded = below.said().folded();
    if near_enough && !folded.is_empty() && folded.split(' ').all(trades) && folded.split(' ').any(is_trade) {
        name.text = format!("{} {}", name.text, below.text());
        name.joined = true;
        name.unsure |= below.confidence() < READ;
        name.row.area = name.row.area.union(below.area);
        name.parts.push(below.clone());
    }
}

/// Whether each of the folded words is a trade or says nothing by itself.
fn only_trades(folded: &str) -> bool {
    let mut words = folded.split(' ').filter(|word| !word.is_empty());
    words.clone().any(|word| TRADES.list().contains(&word))
        && words.all(|word| TRADES.list().contains(&word) || FILLERS.contains(&word) || word == "AND")
}

/// Letters with accents without them: on a page whose language has none they are specks above plain letters.
fn without_accents(text: &str) -> String {
    let plain = |letter: char| match letter {
        'À'..='Å' => 'A',
        'È'..='Ë' => 'E',
        'Ì'..='Ï' => 'I',
        'Ò'..='Ö' => 'O',
        'Ù'..='Ü' => 'U',
        'Ý' => 'Y',
        'Ñ' => 'N',
        'Ç' => 'C',
        'à'..='å' => 'a',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        other => other,
    };
    text.chars().map(plain).collect()
}

/// Whether so few letters of the page have accents that none is meant.
fn accents_are_specks(rows: &[&Row<'_>]) -> bool {
    let accents = |row: &&Row<'_>| row.text().chars().filter(|c| ('À'..='ü').contains(c) && c.is_alphabetic()).count();
    rows.iter().map(accents).sum::<usize>() <= ACCENTS_MEANT_NOT
}

/// So many accents on a page are specks.
const ACCENTS_MEANT_NOT: usize = 2;

/// How much speaks for the name, on a page whose rows are so high in the middle.
fn score(name: &Name<'_>, median: u32) -> i32 {
    let folded = fold(&name.text);
    let glued = |word: &str, trade: &str| word.len() > trade.len() + 3 && trade.len() >= 4 && word.contains(trade);
    let trade = folded.split(' ').any(|word| TRADES.have_word(word))
        || folded.split(' ').any(|word| TRADES.list().iter().any(|trade| glued(word, trade)))
        || !folded.is_ascii() && TRADES.list().iter().any(|trade| trade.chars().any(is_han) && folded.contains(trade));
    let capitals = !name.text.chars().any(char::is_lowercase);
    let lower = !name.text.chars().any(char::is_uppercase) && !name.text.chars().any(is_han);
    let large = name.row.height() * 4 > median * 5;
    let unsure = name.row.words.iter().filter(|word| word.confidence < Confidence::from_per_mille(600)).count();
    let words = name.row.words.len().max(1);
    let position = if name.led { 0 } else { i32::try_from(name.position.min(30)).unwrap_or(30) };
    30 + i32::from(name.led) * 40
        + i32::from(name.form) * 45
        + i32::from(trade) * 8
        + i32::from(capitals) * 6
        + i32::from(large) * 8
        - i32::from(lower) * 12
        // Ledgers keep the Latin name of a shop that has two.
        - i32::from(name.text.chars().any(is_han) && !name.text.chars().any(|c| c.is_ascii_alphabetic())) * 20
        - i32::from(only_trades(&folded)) * 25
        - position * 4
        - i32::from(name.text.ends_with(',') || name.text.contains(':')) * 20
        - i32::try_from(unsure * 30 / words).unwrap_or(30)
}

#[cfg(test)]
mod tests;
