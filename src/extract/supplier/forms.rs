//! The company form at the end of a name: known, and mended where a letter of it was misread.

use super::words::{FORMS, LEADING_FORMS};
use crate::extract::text::{distance, fold, is_han, letters, plain};

/// More words than this before a colon are no label.
const LABEL_WORDS_MAX: usize = 3;
/// Fewer letters than this are none either: "THE: TOAST SDN BHD" has a speck behind its article.
const LABEL_LETTERS_MIN: usize = 4;

/// "Managed by: Pearl Foods Sdn Bhd": what stands after the label, where that is a company's name by itself.
pub(super) fn after_label(text: &str) -> Option<(String, bool)> {
    let (label, rest) = text.split_once(':').or_else(|| text.split_once('：'))?;
    let length = if label.chars().any(is_han) { LABEL_LETTERS_MIN } else { letters(label).len() };
    let label = label.split_whitespace().count() <= LABEL_WORDS_MAX && length >= LABEL_LETTERS_MIN;
    let (rest, form, mended) = ending(rest, true);
    let whole = rest.split(' ').count() > 2 || rest.chars().any(is_han);
    (label && form && whole).then_some((rest, mended))
}

/// The text with its company form mended where a letter of it was misread ("SON BHD"), and whether it has one.
pub(super) fn ending(text: &str, optical: bool) -> (String, bool, bool) {
    let text = plain(text);
    let text = text.trim_matches(|c: char| SIGNS.contains(&c) || c.is_whitespace());
    if !optical {
        return (text.to_owned(), ends_in_form(text), false);
    }
    let mended = letters_for_signs(text);
    let changed = mended != text;
    let text = mended;
    let words: Vec<&str> = text.split(' ').collect();
    if let [start @ .., last] = words.as_slice()
        && *last != "S/B"
        && is_short_form(last)
        && !start.is_empty()
    {
        return (format!("{} S/B", start.join(" ")), true, true);
    }
    if let [start @ .., last] = words.as_slice()
        && (fold(last) == "SDN" || misread_form(last))
        && !start.is_empty()
    {
        return (format!("{} SDN BHD", start.join(" ")), true, true);
    }
    if let [start @ .., limited, last] = words.as_slice()
        && (fold(limited) != "SDN" || fold(last) != "BHD")
        && (alike(&letters(limited), "SDN") && alike(&letters(last), "BHD") || misread_halves(limited, last))
        && !start.is_empty()
    {
        return (format!("{} SDN BHD", start.join(" ")), true, true);
    }
    let ends = ends_in_form(&text);
    (text, ends, changed)
}

/// What stands around a name and is none of it.
const SIGNS: [char; 22] =
    ['"', '\'', '‘', '’', '“', '”', '*', '|', ';', ':', '=', '_', '~', '°', '^', '`', ',', '!', '<', '>', '-', '—'];

fn ends_in_form(text: &str) -> bool {
    let folded = fold(text);
    let ends = FORMS.iter().any(|form| {
        folded.strip_suffix(form).is_some_and(|rest| rest.is_empty() || rest.ends_with(' ') || form.chars().any(is_han))
    });
    let ends = ends || text.ends_with("S/B") || folded.ends_with(" S B");
    ends || LEADING_FORMS.iter().any(|form| folded.starts_with(form) && folded.len() > form.len())
}

/// "S/B", and what a scan makes of it: "5/D", "S/0", "s/8".
pub(super) fn is_short_form(word: &str) -> bool {
    let mut signs = word.chars();
    let (first, slash, last) = (signs.next(), signs.next(), signs.next());
    let form = matches!(first, Some('S' | 's' | '5')) && slash == Some('/');
    form && matches!(last, Some('B' | 'b' | 'D' | '8' | 'R' | '0' | 'O')) && signs.next().is_none()
}

/// Signs that a scan shows for letters inside a word: "D.I.¥." and "JIAWE|".
fn letters_for_signs(text: &str) -> String {
    let mended = |word: &str| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        if letters < 2 { word.to_owned() } else { word.replace('¥', "Y").replace('|', "I") }
    };
    text.split(' ').map(mended).collect::<Vec<_>>().join(" ")
}

/// "SON.BHD": both halves of the form in one word, a letter of them misread.
fn misread_form(word: &str) -> bool {
    let seen = letters(word);
    seen.len() == 6 && distance(&seen, "SDNBHD") == 1
}

/// "SDN BHDI", "SN BHD": one half of the form as it is, in the other a letter too many or too few.
fn misread_halves(limited: &str, last: &str) -> bool {
    let (limited, last) = (letters(limited), letters(last));
    limited == "SDN" && distance(&last, "BHD") == 1 || last == "BHD" && distance(&limited, "SDN") == 1
}

/// Three letters of which at most one is misread.
fn alike(seen: &str, meant: &str) -> bool {
    let same = seen.chars().zip(meant.chars()).filter(|(seen, meant)| seen == meant).count();
    seen.chars().count() == 3 && same >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        for (text, name, form, mended) in [
            ("PEARL FOODS SDN BHD", "PEARL FOODS SDN BHD", true, false),
            ("PEARL FOODS SON BHO", "PEARL FOODS SDN BHD", true, true),
            ("PEARL FOODS SDN BHDI", "PEARL FOODS SDN BHD", true, true),
            ("Pearl Foods Sn Bhd", "Pearl Foods SDN BHD", true, true),
            ("PEARL FOODS SDN", "PEARL FOODS SDN BHD", true, true),
            ("PEARL FOODS SONBHD", "PEARL FOODS SDN BHD", true, true),
            ("PEARL FOODS S/D", "PEARL FOODS S/B", true, true),
            ("PEARL FOODS 5/0", "PEARL FOODS S/B", true, true),
            ("PEARL FOODS S/B", "PEARL FOODS S/B", true, false),
            ("PEARL FOODS S/X", "PEARL FOODS S/X", false, false),
            ("PEARL FOODS AND BOOKS", "PEARL FOODS AND BOOKS", false, false),
            ("好味有限公司", "好味有限公司", true, false),
        ] {
            assert_eq!(ending(text, true), (name.to_owned(), form, mended), "{text}");
        }
    }

    #[test]
    fn labels() {
        for (text, name) in [
            ("Dimiliki: pearl foods sdn bhd", Some("pearl foods sdn bhd")),
            ("Managed by : PEARL FOODS SDN. BHD.", Some("PEARL FOODS SDN. BHD.")),
            ("公司名稱：好味有限公司", Some("好味有限公司")),
            ("PEARL FOODS SDN BHD", None),
            ("Sold by: Pearl", None),
            ("Branch: Sdn Bhd", None),
            ("THE: PEARL FOODS SDN BHD", None),
            ("This receipt was made for you by: PEARL FOODS SDN BHD", None),
        ] {
            assert_eq!(after_label(text).map(|found| found.0).as_deref(), name, "{text}");
        }
    }
}
