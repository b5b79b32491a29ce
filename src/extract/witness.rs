//! What a second reader says about the places that matter. The same mistake made by two readers that were built apart
//! is rare, so agreement is evidence of its own; a clear disagreement is a question for a person.

use crate::extract::{
    amounts::{Style, amounts_in},
    dates::{Needs, SeenDate},
    grounds::{Grounds, Testimony},
    rows::{Row, row_of_words},
    text::letters,
};
use crate::model::{
    draft::Draft,
    field::{Field, FieldName, FieldValue},
    finding::{Finding, Severity},
    page::{Confidence, Look, Source, Spot},
};

/// The fields that a second reader is asked about, the most important first.
const ASKED: &[FieldName] = &[
    FieldName::Total,
    FieldName::IssueDate,
    FieldName::SupplierName,
    FieldName::DocumentNumber,
    FieldName::Tax,
    FieldName::Subtotal,
];
/// A second reader that sees something else contradicts only when it is as sure as this, in thousandths: shown a few
/// letters alone it is often lost, and says so.
const CONTRADICTS: Confidence = Confidence::from_per_mille(800);

/// The places a second reader is to look at: those of the optically read values that matter.
pub(super) fn spots(draft: &Draft, grounds: &Grounds) -> Vec<Spot> {
    let mut spots: Vec<Spot> = Vec::new();
    for spot in ASKED.iter().flat_map(|name| places(*name, draft.fields.get(name), grounds)) {
        if !spots.contains(&spot) {
            spots.push(spot);
        }
    }
    spots
}

/// Where the value of a field stands: one place, but a name may stand on several rows.
fn places(name: FieldName, field: Option<&Field>, grounds: &Grounds) -> Vec<Spot> {
    let Some(field) = field.filter(|field| field.source.is_optical()) else { return Vec::new() };
    let one = || Some(Spot { page: field.page?, area: field.area? });
    let rows = || grounds.name.as_ref().map(|name| name.spots.clone()).unwrap_or_default();
    if name == FieldName::SupplierName { rows() } else { one().into_iter().collect() }
}

/// What the looks at its places say of a field. Where a place was looked at twice, because the first look was unsure,
/// the second may agree; it contradicts nothing, because its picture was softened for it.
pub(super) fn testimony(field: &Field, places: &[Spot], looks: &[Look]) -> Testimony {
    let nth = |place: &Spot, nth: usize| {
        let mut here = looks.iter().filter(|look| look.spot == *place);
        here.nth(nth)
    };
    let first: Vec<&Look> = places.iter().filter_map(|place| nth(place, 0)).collect();
    let said = said_by(field, places, &first);
    let again = || {
        let second: Vec<&Look> = places.iter().filter_map(|place| nth(place, 1)).collect();
        said_by(field, places, &second)
    };
    // A name's letters are many, and softened ones are easily taken for others.
    let figures = !matches!(field.value, FieldValue::Text(_));
    if said == Testimony::Silent && figures && again() == Testimony::Agrees { Testimony::AgreesAtLast } else { said }
}

fn said_by(field: &Field, places: &[Spot], looks: &[&Look]) -> Testimony {
    let rows: Vec<Row<'_>> = looks.iter().filter_map(|look| row_of_look(look)).collect();
    let Some(row) = rows.first().filter(|_| rows.len() == places.len()) else { return Testimony::Silent };
    let (same, other) = match &field.value {
        FieldValue::Amount(value) => amount(row, *value),
        FieldValue::Date(date) => {
            let seen = row.dates();
            let same = seen.iter().any(|seen| seen.date == *date || seen.other == Some(*date));
            // What is a date in another calendar only is none where the page does not use it: "R7.3.4", "114/03/04".
            let plain = |seen: &&SeenDate| seen.needs == Needs::Nothing && !seen.repaired;
            let other = seen.iter().filter(plain).any(|seen| seen.confidence >= CONTRADICTS);
            (same, other)
        }
        FieldValue::Text(text) => {
            let mine = letters(text);
            let theirs: String = rows.iter().map(|row| letters(row.text())).collect();
            let sure = rows.iter().all(|row| row.confidence() >= CONTRADICTS);
            // The place may show more than was taken: a registration number behind a name.
            let same = !mine.is_empty() && (theirs.contains(&mine) || mine == theirs);
            (same, !same && sure && theirs.len().abs_diff(mine.len()) <= 2)
        }
        FieldValue::Currency(_) => (false, false),
    };
    match (same, other) {
        (true, _) => Testimony::Agrees,
        (false, true) => Testimony::Differs,
        (false, false) => Testimony::Silent,
    }
}

/// What was seen at a place, as one line; nothing where nothing was.
pub(super) fn row_of_look(look: &Look) -> Option<Row<'_>> {
    row_of_words(look.spot.page, Source::Tesseract, &look.words)
}

/// Whether the row shows the amount, and whether it plainly shows another.
fn amount(row: &Row<'_>, value: rust_decimal::Decimal) -> (bool, bool) {
    let seen: Vec<_> = [Style::Point, Style::Comma].into_iter().flat_map(|style| amounts_in(row, style)).collect();
    let same = seen.iter().any(|amount| amount.value.abs() == value.abs());
    let decimals = value.scale();
    let other =
        seen.iter().any(|amount| amount.decimals == decimals && !amount.repaired && amount.confidence >= CONTRADICTS);
    (same, other)
}

/// Notes what the looks say of each value: an agreement in its rule, a contradiction as a finding.
pub(super) fn hear(draft: &mut Draft, grounds: &mut Grounds, looks: &[Look]) {
    let mut differing = Vec::new();
    for name in ASKED {
        let places = places(*name, draft.fields.get(name), grounds);
        let Some(field) = draft.fields.get_mut(name).filter(|field| field.source.is_optical()) else {
            continue;
        };
        let own = grounds.name.as_ref().filter(|_| *name == FieldName::SupplierName);
        if own.is_some_and(|name| name.known) {
            continue;
        }
        // A name that the witness helped to mend is not borne out by it.
        let mended = own.is_some_and(|name| name.mended);
        let said = if mended { Testimony::Silent } else { testimony(field, &places, looks) };
        grounds.heard.insert(*name, said);
        if *name == FieldName::IssueDate {
            unmend(field, grounds, &places, looks);
        }
        match said {
            Testimony::Agrees => {
                field.accepted |= earned(*name, grounds);
                field.rule.push_str(AGREED);
            }
            // Enough where the first reader was sure: a blot that is spread looks alike to both.
            Testimony::AgreesAtLast => {
                field.accepted |= field.confidence >= FIRST_SURE && earned(*name, grounds);
                field.rule.push_str(AGREED);
            }
            Testimony::Differs => {
                field.rule.push_str(DISPUTED);
                if !is_proven(*name, grounds) {
                    field.accepted = false;
                    differing.push(*name);
                }
            }
            Testimony::Silent => field.accepted &= !needs_witness(*name, grounds),
        }
    }
    if !differing.is_empty() {
        let message = "Two readings of the picture differ here. Please compare them with the picture.";
        draft.problems.push(Finding::new("Q2", Severity::Flag, message, &differing));
    }
}

/// A date that was mended, such as one glued to the time behind it, stands where the witness reads it without mending.
fn unmend(field: &mut Field, grounds: &mut Grounds, places: &[Spot], looks: &[Look]) {
    let Some(date) = grounds.issue.as_mut().filter(|date| date.mended) else { return };
    let mut here = looks.iter().filter(|look| places.contains(&look.spot)).filter_map(row_of_look);
    let plain =
        |row: Row<'_>| row.dates().iter().any(|seen| FieldValue::Date(seen.date) == field.value && !seen.repaired);
    if here.any(plain) {
        date.sound = true;
        field.accepted |= date.sure && !date.rivalled;
    }
}

/// Whether two readers that agree are enough for a value with these grounds. Measured on the tuning receipts and on
/// two damaged copies of each (360 in all, docs/measurements.md): of the totals and dates of these classes none was
/// wrong but where the label is.
fn earned(name: FieldName, grounds: &Grounds) -> bool {
    match name {
        FieldName::Total => grounds.total.is_some_and(|total| {
            let supported = total.labelled > 1 || total.proofs > 0;
            let proven = total.proofs > 1 && total.sound;
            !total.denied && (total.strength > 2 || total.strength == 2 && supported || proven)
        }),
        FieldName::IssueDate => grounds.issue.is_some_and(|date| {
            let twice = date.confirmations > 0 && !date.rivalled;
            date.sound && !date.contested && (date.labelled || twice)
        }),
        FieldName::SupplierName
        | FieldName::SupplierAddress
        | FieldName::SupplierTaxId
        | FieldName::DocumentNumber
        | FieldName::DueDate
        | FieldName::Currency
        | FieldName::Subtotal
        | FieldName::Tax
        | FieldName::ServiceCharge
        | FieldName::Rounding
        | FieldName::Discount
        | FieldName::AmountPaid
        | FieldName::PaymentMethod => false,
    }
}

/// Whether nothing but its one reader speaks for a value with these grounds, however sure that reader is: a date that
/// the page says once, a name, a number. Amounts that are accepted are proven by other figures.
fn needs_witness(name: FieldName, grounds: &Grounds) -> bool {
    match name {
        FieldName::IssueDate => grounds.issue.is_some_and(|date| date.confirmations == 0),
        FieldName::SupplierName | FieldName::DocumentNumber => true,
        FieldName::Total
        | FieldName::SupplierAddress
        | FieldName::SupplierTaxId
        | FieldName::DueDate
        | FieldName::Currency
        | FieldName::Subtotal
        | FieldName::Tax
        | FieldName::ServiceCharge
        | FieldName::Rounding
        | FieldName::Discount
        | FieldName::AmountPaid
        | FieldName::PaymentMethod => false,
    }
}

/// How sure the first reader must be, in thousandths, where the second needed a softened picture.
const FIRST_SURE: Confidence = Confidence::from_per_mille(940);
/// What an agreement adds to a field's rule.
const AGREED: &str = ",witness";
/// What a contradiction adds.
const DISPUTED: &str = ",disputed";

/// The paper proves it at least twice, or says it twice: one differing reading does not outweigh that.
fn is_proven(name: FieldName, grounds: &Grounds) -> bool {
    let total = || grounds.total.is_some_and(|total| total.proofs >= 2);
    let date = || grounds.issue.is_some_and(|date| date.confirmations > 0);
    (name == FieldName::Total && total()) || (name == FieldName::IssueDate && date())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{Hints, Seen, extract, testing::page_of};
    use crate::model::page::Page;

    /// A page read so faintly that one equation does not make its total sure.
    fn faint(text: &[&str]) -> Page {
        let mut page = page_of(text);
        page.words.iter_mut().for_each(|word| word.confidence = Confidence::from_per_mille(650));
        page
    }

    fn read(page: &Page, looks: &[Look]) -> Draft {
        let hints =
            Hints { currency: None, day_first: true, today: jiff::civil::date(2026, 11, 22), known: Vec::new() };
        extract(&Seen { pages: std::slice::from_ref(page), facts: &[], looks }, &hints)
    }

    fn spots_of(page: &Page) -> Vec<Spot> {
        let hints =
            Hints { currency: None, day_first: true, today: jiff::civil::date(2026, 11, 22), known: Vec::new() };
        crate::extract::spots(&Seen { pages: std::slice::from_ref(page), facts: &[], looks: &[] }, &hints)
    }

    /// What a witness saw where the field stands, this sure.
    fn looks(page: &Page, name: FieldName, text: &str, per_mille: u16) -> Vec<Look> {
        let mut words = page_of(&[text]).words;
        words.iter_mut().for_each(|word| word.confidence = Confidence::from_per_mille(per_mille));
        let draft = read(page, &[]);
        let area = draft.fields.get(&name).and_then(|field| field.area);
        let place = spots_of(page).into_iter().filter(|spot| Some(spot.area) == area);
        place.map(|spot| Look { spot, words: words.clone() }).collect()
    }

    #[test]
    fn agreement_accepts_and_difference_asks() {
        let page = faint(&["TOTAL 20.00", "CASH 50.00", "CHANGE 30.00"]);
        let asked = |draft: &Draft| draft.problems.iter().any(|finding| finding.rule == "Q2");
        for (text, per_mille, accepted, question) in [
            ("20.00", 900, true, false),
            ("28.00", 900, false, true),
            // Lost, and it says so; or nothing that is an amount.
            ("28.00", 500, false, false),
            ("2O|~", 900, false, false),
        ] {
            let draft = read(&page, &looks(&page, FieldName::Total, text, per_mille));
            assert_eq!((draft.accepted(FieldName::Total), asked(&draft)), (accepted, question), "{text} {per_mille}");
        }
        assert!(!read(&page, &[]).accepted(FieldName::Total), "nobody asked");
        // A label alone is not enough, however often it is read.
        let alone = page_of(&["TOTAL 20.00"]);
        assert!(!read(&alone, &looks(&alone, FieldName::Total, "20.00", 960)).accepted(FieldName::Total));
    }

    /// Two readers that agree on a digit are both misled where the print is; other figures are not.
    #[test]
    fn agreement_does_not_outweigh_figures_that_deny() {
        for (text, accepted) in [
            (&["SUBTOTAL 2.36", "TAX 0.14", "GRAND TOTAL 2.58"][..], false),
            (&["SUBTOTAL 2.36", "TAX 0.14", "GRAND TOTAL 2.50"], true),
            (&["GRAND TOTAL 38.00", "CASH 50.00", "CHANGE 20.00"], false),
            (&["Large PLATE 90.00", "GRAND TOTAL 20.00"], false),
            (&["Large PLATE 9.00", "GRAND TOTAL 20.00"], true),
        ] {
            let page = page_of(text);
            let total = text.iter().find_map(|row| row.strip_prefix("GRAND TOTAL ")).expect("each has one");
            let draft = read(&page, &looks(&page, FieldName::Total, total, 960));
            assert_eq!(draft.accepted(FieldName::Total), accepted, "{text:?} {:?}", draft.fields);
        }
    }

    /// A rule's name may hold a plus of its own: "net+tax" is one proof, which a differing witness outweighs.
    #[test]
    fn one_proof_does_not_outweigh_a_witness() {
        let one = page_of(&["TOTAL 15.00", "GST SUMMARY", "SR 14.15 0.85"]);
        let two = page_of(&["TOTAL 15.00", "GST SUMMARY", "SR 14.15 0.85", "CASH 50.00", "CHANGE 35.00"]);
        for (page, accepted) in [(one, false), (two, true)] {
            assert!(read(&page, &[]).accepted(FieldName::Total), "where nobody differs");
            let draft = read(&page, &looks(&page, FieldName::Total, "16.00", 900));
            let asked = draft.problems.iter().any(|finding| finding.rule == "Q2");
            assert_eq!((draft.accepted(FieldName::Total), asked), (accepted, !accepted), "{:?}", draft.fields);
        }
    }

    #[test]
    fn a_date_needs_a_witness_or_another_place() {
        for (text, said, accepted) in [
            ("25/12/2018 10:25", Some("25/12/2018"), true),
            ("25/12/2018 10:25", Some("~"), false),
            ("25/12/2018 10:25", Some("25/12/2013"), false),
            ("25/12/2018 10:25", None, false),
            ("Date: 25/12/2018", Some("25/12/2018"), true),
            ("Date: 25/12/2018", Some("~"), false),
            ("Date: 25/12/2018", None, false),
            ("Date: 25/12/2018 Receipt 000325122018", None, true),
            // Two days that both call themselves the paper's are no clearer for being read twice.
            ("Date: 25/12/2018 Date: 13/12/2018", Some("13/12/2018"), false),
            // Glued to its time it was mended; whoever reads it apart settles it.
            ("25/12/201810:25", Some("25/12/2018 10:25"), true),
            ("25/12/201810:25", Some("25/12/201810:25"), false),
        ] {
            let page = page_of(&[text]);
            let heard = said.map(|said| looks(&page, FieldName::IssueDate, said, 900)).unwrap_or_default();
            let draft = read(&page, &heard);
            assert_eq!(draft.accepted(FieldName::IssueDate), accepted, "{text} {said:?} {:?}", draft.fields);
        }
    }

    /// The second look, at a softened picture, bears out what the first reader was sure of; it never contradicts.
    #[test]
    fn a_second_look_may_agree() {
        for (sure, first, second, accepted) in [
            (960, ("26/12/2078", 600), "25/12/2018", true),
            (960, ("26/12/2078", 600), "25/12/2013", false),
            (960, ("26/12/2018", 900), "25/12/2018", false),
            (850, ("26/12/2078", 600), "25/12/2018", false),
            (960, ("25/12/2018", 600), "25/12/2013", true),
        ] {
            let mut page = page_of(&["Date: 25/12/2018"]);
            page.words.iter_mut().for_each(|word| word.confidence = Confidence::from_per_mille(sure));
            let mut heard = looks(&page, FieldName::IssueDate, first.0, first.1);
            heard.extend(looks(&page, FieldName::IssueDate, second, 900));
            let draft = read(&page, &heard);
            assert_eq!(draft.accepted(FieldName::IssueDate), accepted, "{sure} {first:?} {second}");
        }
    }
}
