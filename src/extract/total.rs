//! The total: chosen by its label, by what the other figures prove, by being repeated, and by where it stands.
//!
//! A scanned total is accepted only where the paper proves it: an equation over other printed figures, or the same
//! labelled amount twice. A wrong total that looks sure costs more than ten questions.

mod denial;
mod layer;

use rust_decimal::Decimal;

use crate::extract::{
    arithmetic::{self, Proof},
    evidence::Evidence,
    figures::{Figure, Line},
    grounds::TotalGrounds,
    labels::Label,
};
use crate::model::{
    draft::LineItem,
    field::{Field, FieldValue},
    page::{Confidence, Source},
};

/// The least confidence of a word, in thousandths, for a repeated total to be accepted without an equation.
const REPEATED_CONFIDENCE: Confidence = Confidence::from_per_mille(850);
/// The least for a total with one equation: a digit that is misread alike in two figures keeps their equation true.
const ONE_PROOF_CONFIDENCE: Confidence = Confidence::from_per_mille(700);
/// The least for a repeated total without an equation that a second reading agrees with.
const READ_CONFIDENCE: Confidence = Confidence::from_per_mille(700);
/// The least for one with an equation that a second reading agrees with.
const READ_PROVEN_CONFIDENCE: Confidence = Confidence::from_per_mille(600);
/// The least for a total with several.
const PROVEN_CONFIDENCE: Confidence = Confidence::from_per_mille(400);

/// The chosen total and what it rests on.
pub(super) struct Chosen {
    pub(super) value: Decimal,
    pub(super) proofs: Vec<Proof>,
    pub(super) grounds: TotalGrounds,
    pub(super) field: Field,
}

/// Above this a labelled total is not thought misread because other figures disagree with it.
const WELL_READ: Confidence = Confidence::from_per_mille(800);

struct Candidate<'f> {
    value: Decimal,
    seen: Vec<&'f Figure>,
    proofs: Vec<Proof>,
    score: i32,
}

/// The total; nothing where no amount of the paper could be one.
pub(super) fn total(figures: &[Figure], lines: &[Line<'_>], items: &[LineItem], credit: bool) -> Option<Chosen> {
    let mut candidates: Vec<Candidate<'_>> = Vec::new();
    for figure in figures.iter().filter(|figure| figure.label == Label::Total) {
        let value = figure.value;
        match candidates.iter_mut().find(|candidate| candidate.value == value) {
            Some(candidate) => candidate.seen.push(figure),
            None => candidates.push(Candidate { value, seen: vec![figure], proofs: Vec::new(), score: 0 }),
        }
    }
    for value in derived(figures).into_iter().chain(arithmetic::in_words(lines)) {
        if !candidates.iter().any(|candidate| candidate.value == value) {
            candidates.push(Candidate { value, seen: Vec::new(), proofs: Vec::new(), score: 0 });
        }
    }
    candidates.retain(|candidate| candidate.value > Decimal::ZERO || (credit && !candidate.value.is_zero()));
    for candidate in &mut candidates {
        candidate.proofs = arithmetic::proofs(candidate.value, figures, lines, items);
        candidate.score = score(candidate, figures, lines);
    }
    mend(&mut candidates);
    prefer_rounded(&mut candidates, lines);
    let Some(best) = candidates.iter().max_by_key(|candidate| (candidate.score, candidate.value)) else {
        return largest(lines);
    };
    let denied = denial::is_denied(best, figures, lines);
    let sound = !denied && is_sound(best, &candidates, figures, lines);
    chosen(best, (sound, denied), lines)
}

/// A proven amount that no label bears takes the place of a labelled one without proof that differs in a digit.
fn mend(candidates: &mut [Candidate<'_>]) {
    let unproven: Vec<(Decimal, i32)> = candidates
        .iter()
        .filter(|candidate| candidate.proofs.is_empty() && !candidate.seen.is_empty())
        .filter(|candidate| candidate.seen.iter().all(|figure| figure.confidence < WELL_READ))
        .map(|candidate| (candidate.value, candidate.score))
        .collect();
    for candidate in candidates.iter_mut().filter(|candidate| candidate.seen.is_empty() && !candidate.proofs.is_empty())
    {
        let labelled =
            unproven.iter().filter(|(value, _)| misread(*value, candidate.value)).map(|(_, score)| *score).max();
        candidate.score += labelled.unwrap_or(0);
    }
}

/// Of two labelled totals that differ by a rounding, on a paper that prints one, the one after it is paid. The rounding
/// itself need not have been read: it is small print, and loses its point easily.
fn prefer_rounded(candidates: &mut [Candidate<'_>], lines: &[Line<'_>]) {
    let rounds = |line: &Line<'_>| line.meaning.is_some_and(|meaning| meaning.label == Label::Rounding);
    if !lines.iter().any(rounds) {
        return;
    }
    let labelled = candidates.iter().filter(|other| !other.seen.is_empty()).map(|other| other.value);
    let before: Vec<Decimal> = labelled.filter(|value| !arithmetic::ends_in_five_cents(*value)).collect();
    for candidate in candidates.iter_mut().filter(|candidate| !candidate.seen.is_empty()) {
        let after = before.iter().any(|before| (candidate.value - before).abs() < arithmetic::FIVE_CENTS);
        if after && arithmetic::ends_in_five_cents(candidate.value) {
            candidate.score += ROUNDED_LAST;
        }
    }
}

/// More than any proof that a total before rounding can have beyond one after it.
const ROUNDED_LAST: i32 = 50;

/// Amounts that only other figures speak of: cash less change, the sum of the parts, and what was handed over or the
/// subtotal itself.
fn derived(figures: &[Figure]) -> Vec<Decimal> {
    let paid = arithmetic::values(figures, Label::Paid);
    let subtotals = arithmetic::values(figures, Label::Subtotal);
    [
        arithmetic::cash_less_change(figures),
        arithmetic::sums_of_parts(figures),
        arithmetic::rounded(figures),
        paid,
        subtotals,
    ]
    .concat()
}

/// Whether the two are printed with as many digits and differ in one or two of them: one is the other misread.
fn misread(left: Decimal, right: Decimal) -> bool {
    let (left, right) = (format!("{left:.2}"), format!("{right:.2}"));
    let different = left.chars().zip(right.chars()).filter(|(left, right)| left != right).count();
    left.len() == right.len() && (1..=2).contains(&different) && different * 2 < left.len() - 1
}

fn score(candidate: &Candidate<'_>, figures: &[Figure], lines: &[Line<'_>]) -> i32 {
    let best = candidate.seen.iter().map(|figure| label_score(figure)).max().unwrap_or(0);
    let repeats = i32::try_from(candidate.seen.len().min(4)).unwrap_or(1) - 1;
    let proofs: i32 = candidate
        .proofs
        .iter()
        .map(|proof| match proof {
            Proof::CashLessChange | Proof::Words => 30,
            Proof::Parts => 25,
            Proof::Rounded => 22,
            Proof::NetAndTax => 15,
            Proof::Items => 12,
        })
        .sum();
    let same = |label: Label| figures.iter().any(|figure| figure.label == label && figure.value == candidate.value);
    let elsewhere = lines
        .iter()
        .flat_map(|line| &line.amounts)
        .filter(|amount| amount.value == candidate.value && amount.is_money())
        .count();
    let elsewhere = i32::try_from(elsewhere.min(4)).unwrap_or(4);
    let whole = candidate.seen.iter().all(|figure| figure.decimals == 0 && figure.mark.is_none());
    let repaired = candidate.seen.iter().all(|figure| figure.repaired);
    best + repeats.max(0) * 6
        + proofs
        + elsewhere * 2
        + i32::from(same(Label::Paid)) * 6
        + i32::from(same(Label::Subtotal)) * 2
        - i32::from(whole) * 12
        - i32::from(denial::is_undercut(candidate, figures, lines)) * 12
        - i32::from(repaired && !candidate.seen.is_empty()) * 4
}

fn label_score(figure: &Figure) -> i32 {
    let base = i32::from(figure.strength) * 10;
    base - i32::from(figure.in_summary) * 18 - i32::from(figure.indirect) * 4 - i32::from(figure.value.is_zero()) * 40
}

/// Whether a label plainly bears it, as far as its reader needs that.
fn is_supported(best: &Candidate<'_>) -> bool {
    let read = |least: Confidence| plain(best).filter(|figure| figure.confidence >= least).count();
    let scanned = best.seen.iter().any(|figure| figure.source.is_optical());
    match best.proofs.len() {
        // The same blot misleads a second reading too, so one label alone is not enough for a scan. Prices end in
        // nothing or five nearly always; another last digit needs an equation to be believed.
        0 if scanned => read(READ_CONFIDENCE) >= 2 && arithmetic::ends_in_five_cents(best.value),
        0 => read(Confidence::NONE) >= 1,
        1 => read(READ_PROVEN_CONFIDENCE) >= 1,
        _ => read(PROVEN_CONFIDENCE) >= 1,
    }
}

/// Whether nothing on the paper speaks against it.
fn is_sound(best: &Candidate<'_>, all: &[Candidate<'_>], figures: &[Figure], lines: &[Line<'_>]) -> bool {
    let printed = best.seen.first().is_some_and(|figure| figure.source == Source::PdfText);
    let denied = printed && layer::speaks_against(best.value, lines);
    !denied && !unexplained_rival(best, all, figures) && rounding_settled(best, figures, lines)
}

/// The places where a label plainly bears it.
fn plain<'c, 'f>(candidate: &'c Candidate<'f>) -> impl Iterator<Item = &'c &'f Figure> {
    candidate.seen.iter().filter(|figure| figure.strength >= 2 && !figure.in_summary && !figure.repaired)
}

/// Whether the paper proves it, as far as its reader needs proof. See the head of this file.
fn is_proven(best: &Candidate<'_>) -> bool {
    let read_at = |least: Confidence| plain(best).filter(|figure| figure.confidence >= least).count();
    let Some(source) = best.seen.first().map(|figure| figure.source) else { return false };
    match source {
        Source::Person | Source::EInvoice | Source::Qr | Source::PdfText => true,
        Source::PpOcr | Source::Tesseract => match best.proofs.len() {
            0 => read_at(REPEATED_CONFIDENCE) >= 2,
            1 => read_at(ONE_PROOF_CONFIDENCE) >= 1,
            _ => read_at(PROVEN_CONFIDENCE) >= 1,
        },
    }
}

/// Another plainly labelled total, as strong or larger, that neither rounding nor the parts between the two explain.
fn unexplained_rival(best: &Candidate<'_>, all: &[Candidate<'_>], figures: &[Figure]) -> bool {
    let strength = |candidate: &Candidate<'_>| {
        candidate.seen.iter().filter(|figure| !figure.in_summary).map(|figure| figure.strength).max().unwrap_or(0)
    };
    let mine = strength(best);
    let roundings = arithmetic::values(figures, Label::Rounding);
    // "Net total" is the last word in Malaysia and comes before the tax in Britain: a layer's tax is no misreading.
    let printed = best.seen.iter().any(|figure| figure.source == Source::PdfText);
    let taxes = if printed { arithmetic::values(figures, Label::Tax) } else { Vec::new() };
    all.iter().filter(|other| other.value != best.value && strength(other) >= 2).any(|other| {
        let rounded = roundings.iter().any(|rounding| other.value + rounding == best.value);
        let reached = || arithmetic::sums_after(other.value, figures).contains(&best.value);
        if best.proofs.contains(&Proof::Parts) && reached() {
            return false;
        }
        let proven = best.proofs.len() > other.proofs.len() && strength(other) <= mine;
        let before = other.value < best.value && (strength(other) < mine || proven);
        let outproved = best.proofs.len() >= 2 && other.proofs.is_empty() && strength(other) <= mine;
        // What was due before a discount that makes it the total.
        let undiscounted = other.value > best.value && reached();
        let taxed = taxes.iter().any(|tax| !tax.is_zero() && other.value + tax == best.value);
        !(rounded || before || outproved || undiscounted || taxed)
    })
}

/// A rounding line that is not nothing, or whose amount was not read, must be inside the total, or be passed by: cash
/// less change is what was paid.
fn rounding_settled(best: &Candidate<'_>, figures: &[Figure], lines: &[Line<'_>]) -> bool {
    let open = figures.iter().any(|figure| figure.label == Label::Rounding && !figure.value.is_zero());
    let unread = lines.iter().any(|line| {
        let labelled = line.meaning.is_some_and(|meaning| meaning.label == Label::Rounding);
        labelled && line.row.source.is_optical() && line.amounts.is_empty()
    });
    let settled = best.proofs.iter().any(|proof| match proof {
        Proof::CashLessChange | Proof::Rounded | Proof::Words => true,
        Proof::Parts | Proof::NetAndTax | Proof::Items => false,
    });
    settled || (!open && !unread) || best.seen.iter().any(|figure| figure.strength == 4)
}

fn chosen(best: &Candidate<'_>, (sound, denied): (bool, bool), lines: &[Line<'_>]) -> Option<Chosen> {
    let strongest = best.seen.iter().max_by_key(|figure| (label_score(figure), figure.confidence));
    let (evidence, word) = match strongest {
        Some(figure) => (
            Evidence {
                source: figure.source,
                page: Some(figure.page),
                area: Some(figure.area),
                confidence: figure.confidence,
            },
            format!("label{}", figure.strength),
        ),
        None => (place_of(best.value, lines)?, "derived".to_owned()),
    };
    let proofs: Vec<&str> = best.proofs.iter().map(|proof| proof.name()).collect();
    let repeated = if best.seen.len() > 1 { format!(",×{}", best.seen.len()) } else { String::new() };
    let rule = format!("total:{word}{repeated}{}{}", if proofs.is_empty() { "" } else { "," }, proofs.join("+"));
    let field = evidence.field(FieldValue::Amount(best.value), sound && is_supported(best) && is_proven(best), rule);
    let grounds = TotalGrounds {
        strength: strongest.map_or(0, |figure| figure.strength),
        labelled: best.seen.len(),
        proofs: best.proofs.len(),
        sound,
        denied,
    };
    Some(Chosen { value: best.value, proofs: best.proofs.clone(), grounds, field })
}

/// Where the value itself is printed, or else the first row.
fn place_of(value: Decimal, lines: &[Line<'_>]) -> Option<Evidence> {
    let printed = lines.iter().find_map(|line| {
        let amount = line.amounts.iter().find(|amount| amount.value == value)?;
        Some(Evidence::at(&line.row, amount.area, amount.confidence))
    });
    printed.or_else(|| lines.first().map(|line| Evidence { page: None, area: None, ..Evidence::of_row(&line.row) }))
}

/// No label was read at all: the largest amount with cents, as a suggestion.
fn largest(lines: &[Line<'_>]) -> Option<Chosen> {
    let money = lines
        .iter()
        .flat_map(|line| line.amounts.iter().filter(|amount| amount.is_money()).map(move |amount| (line, amount)));
    let (line, amount) =
        money.filter(|(_, amount)| amount.value > Decimal::ZERO).max_by_key(|(_, amount)| amount.value)?;
    let evidence = Evidence::at(&line.row, amount.area, amount.confidence);
    let field = evidence.field(FieldValue::Amount(amount.value), false, "total:largest".to_owned());
    let grounds = TotalGrounds { strength: 0, labelled: 0, proofs: 0, sound: false, denied: false };
    Some(Chosen { value: amount.value, proofs: Vec::new(), grounds, field })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{figures, line_items::line_items, rows::rows_of, testing::page_of};

    fn read(text: &[&str]) -> Option<(String, bool)> {
        let page = page_of(text);
        let lines = figures::lines_of(rows_of(std::slice::from_ref(&page)));
        let chosen = total(&figures::figures_of(&lines), &lines, &line_items(&lines), false)?;
        Some((chosen.value.to_string(), chosen.field.accepted))
    }

    /// Nothing is misread in a text layer; which amount is meant may still be open.
    #[test]
    fn what_speaks_against_a_printed_total() {
        for (text, value, accepted) in [
            (&["Net 100.00", "VAT 20.00", "Total 120.00"][..], "120.00", true),
            (&["Total 100.00", "ALV 24.00", "Kaikkiaan 124.00"], "100.00", false),
            (&["Total 100.00", "Sum insured up to 5,000,000.00 for each of all the events"], "100.00", true),
            (&["Overdue amount 50.00", "Current charges 70.00", "Total due 120.00"], "120.00", false),
            (&["Previous balance 50.00", "Payment received -50.00", "Total due 120.00"], "120.00", true),
            (&["Previous balance 50.00", "Total due 120.00"], "120.00", false),
            (&["Total 100.00", "Deposit paid -30.00", "Outstanding 70.00"], "100.00", false),
            (&["Total 100.00", "Amount paid 100.00"], "100.00", true),
            (&["Bruttosumme 100.00", "Erhaltene Anzahlungen -30.00", "Zahlbetrag 70.00"], "70.00", false),
            (&["Bruttosumme 70.00", "Offene Zahlungen 30.00", "Zahlbetrag 100.00"], "100.00", false),
            (&["Net total 100.00", "VAT 20.00", "Total inc VAT 120.00"], "120.00", true),
            (&["Net total 100.00", "Total inc VAT 120.00"], "100.00", false),
        ] {
            let mut page = page_of(text);
            page.source = Source::PdfText;
            let lines = figures::lines_of(rows_of(std::slice::from_ref(&page)));
            let chosen = total(&figures::figures_of(&lines), &lines, &[], false).expect("there is one");
            assert_eq!((chosen.value.to_string().as_str(), chosen.field.accepted), (value, accepted), "{text:?}");
        }
    }

    #[test]
    fn what_other_figures_deny_is_not_sound() {
        for (text, value, sound) in [
            // The last digit was misread: cash and change say another amount.
            (&["TOTAL DUE 57.88", "Cash 60.00", "Change 2.20", "Amount paid 57.80"][..], "57.88", false),
            (&["TOTAL DUE 57.80", "Cash 60.00", "Change 2.20"], "57.80", true),
            (&["TOTAL DUE 57.80", "Cash 60.00", "Change 0.00"], "57.80", true),
            // The items add up to what was due before the discount.
            (&["Rice 30.00", "Tea 9.70", "TOTAL 39.70", "DISCOUNT -3.60", "VISA 36.10"], "39.70", false),
            (&["Rice 30.00", "Tea 9.70", "DISCOUNT -3.60", "TOTAL 36.10", "VISA 36.10"], "36.10", true),
            (
                &[
                    "Tea 12.20",
                    "Rice 19.44",
                    "Item Total 31.64",
                    "Discount -4.75",
                    "TAX 2.39",
                    "TOTAL 29.28",
                    "AMEX 29.28",
                ],
                "29.28",
                true,
            ),
            // What was paid is the subtotal, or a larger total.
            (&["小計 2060", "お買上計 ￥2868", "PayPay 2060"], "2868", false),
            (&["Tea 11.90", "Soup 8.45", "Item Total 20.35", "Total 22.39", "PayNow 22.39"], "22.39", true),
            (&["米饭 30.00", "茶 9.70", "原价合计 39.70", "优惠 -3.60", "应收金额 36.10"], "36.10", true),
        ] {
            let page = page_of(text);
            let lines = figures::lines_of(rows_of(std::slice::from_ref(&page)));
            let chosen = total(&figures::figures_of(&lines), &lines, &line_items(&lines), false);
            let found = chosen.map(|chosen| (chosen.value.to_string(), chosen.grounds.sound));
            assert_eq!(found, Some((value.to_owned(), sound)), "{text:?}");
        }
    }

    #[test]
    fn choices() {
        for (text, value, accepted) in [
            (
                &["TOTAL 33.92", "ROUNDING ADJ -0.02", "TOTAL ROUNDED 33.90", "CASH 50.00", "CHANGE 16.10"][..],
                "33.90",
                true,
            ),
            (&["SUBTOTAL 100.00", "加一服務費 10.00", "合計 110.00"], "110.00", true),
            (&["Tea 46.64", "GRAND TOTAL 46.64", "ROUNDING ADJ 001", "NET TOTAL 46.65"], "46.65", false),
            (
                &[
                    "TOTAL 40.00",
                    "SERVICE CHG 4.00",
                    "TAX 2.64",
                    "GRAND TOTAL 46.64",
                    "ROUNDING ADJ 0.01",
                    "NET TOTAL 46.65",
                ],
                "46.65",
                true,
            ),
            (&["TOTAL 20.00"], "20.00", false),
            (&["TOTAL 20.00", "GRAND TOTAL 20.00"], "20.00", true),
            (&["价税合计(大写) 壹佰壹拾贰圆整 (小写)¥112.00"], "112.00", true),
            (&["价税合计(大写) 壹佰壹拾贰圆整 (小写)¥117.00"], "117.00", false),
            (&["茲收到 港幣壹仟貳佰元正", "HK$1,200.00"], "1200.00", false),
            (&["TOTAL 20.00", "GRAND TOTAL 28.00"], "28.00", false),
            (&["Total 45.00", "Octopus 45.00", "Remaining value 餘額 312.50"], "45.00", false),
            (&["TOTAL 15.00", "GST SUMMARY", "SR 14.15 0.85", "TOTAL 14.15 0.85"], "15.00", true),
            (&["CASH 50.00", "CHANGE 33.90"], "16.10", false),
            // A larger total is before the discount that the paper prints.
            (
                &[
                    "Tea 5,000.00",
                    "Rice 481.00",
                    "Items total 5,481.00",
                    "Discount -548.10",
                    "SST 8% 394.63",
                    "Total amount 5,327.53",
                ],
                "5327.53",
                true,
            ),
            (
                &[
                    "Rice 16.00",
                    "Soup 17.50",
                    "合计 33.50",
                    "优惠 -3.35",
                    "金额 30.15",
                    "舍零 -0.15",
                    "现金 50.00",
                    "找零 20.00",
                ],
                "30.00",
                false,
            ),
            // Parts that make another amount, a digit away: one of them was misread, twice alike.
            (&["SUBTOTAL 2.36", "TAX 0.14", "TOTAL 2.58", "VISA 2.58", "TOTAL 2.58"], "2.58", false),
            // What was handed over less the change is another amount.
            (&["TOTAL 38.00", "GRAND TOTAL 38.00", "CASH 50.00", "CHANGE 20.00"], "38.00", false),
            // Something on it costs more than all of it.
            (&["Large PLATE 90.00", "TOTAL 20.00", "GRAND TOTAL 20.00"], "20.00", false),
            // The label may be glued to its amount, and another number may stand in its row.
            (&["隨機碼 6159  總計：NT$399", "總計:NT$399"], "399", true),
            (&["TOTAL:20.00", "GRAND TOTAL：RM20.00"], "20.00", true),
            (&["Rice 12.00", "Tea 3.00"], "12.00", false),
        ] {
            assert_eq!(read(text), Some((value.to_owned(), accepted)), "{text:?}");
        }
        assert_eq!(read(&["Thank you"]), None);
    }
}
