//! What a page says of places: a name below another's address, or one that is a place itself, is hardly the supplier's.

use super::{
    Name,
    words::{ADDRESS, PARTS_OF_HOUSES},
};
use crate::extract::{rows::Row, text::fold};

/// A name that stands under the address of another is that other's owner, a buyer or a branch.
pub(super) fn demote_below_addresses(names: &mut [Name<'_>], rows: &[&Row<'_>]) {
    let address = |row: &&Row<'_>| row.said().any(&ADDRESS);
    let Some(first) = names.iter().map(|name| name.position).min() else { return };
    let Some(address) = rows.iter().skip(first + 1).position(address).map(|at| first + 1 + at) else { return };
    for name in names.iter_mut().filter(|name| name.position > address && name.row.source.is_optical() && !name.led) {
        name.score -= BELOW_ADDRESS;
        name.unsure = true;
    }
}

/// "OASIS VILLAGE" over "LOT 3, OASIS VILLAGE, JALAN 2": what the address says again is where it stands, not who.
pub(super) fn demote_places(names: &mut [Name<'_>], rows: &[&Row<'_>]) {
    let places = |row: &&&Row<'_>| row.said().any(&ADDRESS) || row.said().any(&PARTS_OF_HOUSES);
    let addresses: Vec<(u32, &str)> =
        rows.iter().filter(places).map(|row| (row.area.top, row.said().folded())).collect();
    for name in names.iter_mut().filter(|name| !name.form && name.row.source.is_optical()) {
        let folded = format!(" {} ", fold(&name.text));
        let again = |(top, address): &(u32, &str)| *top > name.row.area.top && format!(" {address} ").contains(&folded);
        if addresses.iter().any(again) {
            name.score -= BELOW_ADDRESS;
        }
    }
}

/// What a name under an address loses: more than a company's form is worth less its distance from the top.
const BELOW_ADDRESS: i32 = 30;

/// The digits of an Australian postcode.
const POSTCODE_DIGITS: usize = 4;

/// "Glenelg SA 0727": South Australia with a postcode, and no company's form.
pub(super) fn is_south_australia(text: &str) -> bool {
    let mut words = text.split_whitespace().rev();
    let postcode =
        words.next().is_some_and(|word| word.len() == POSTCODE_DIGITS && word.chars().all(|c| c.is_ascii_digit()));
    postcode && words.next() == Some("SA")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn south_australia_is_no_company() {
        for (text, place) in
            [("Glenelg SA 0727", true), ("Carrefour SA", false), ("Carrefour SA 4567890", false), ("0727", false)]
        {
            assert_eq!(is_south_australia(text), place, "{text}");
        }
    }
}
