//! What is said about a document beside its values: whose money it was, which department pays, what the statement of
//! the bank or card says.

use super::{
    Context,
    actions::{ActionError, Correction},
};
use crate::{
    check::{Claim, bank_line_key},
    model::{
        currency::Currency,
        draft::Draft,
        field::{FieldKind, FieldValue},
        id::{DocumentId, PersonId},
        money::Money,
    },
    store::{candidate::claim_fetch, person::person_list, setting::policy_fetch},
};

/// What is said about a document after a correction, and who claims it; nothing where it is what was said before.
///
/// # Errors
/// An amount is none, the claimant is nobody of the firm, or the database failed.
pub(super) async fn said_anew(
    context: &Context,
    id: DocumentId,
    draft: &Draft,
    correction: &Correction,
) -> Result<Option<(PersonId, Claim)>, ActionError> {
    let (claimant_before, before) = claim_fetch(&context.db, id).await?;
    let (mut claimant, mut claim) = (claimant_before, claimed(&before, correction));
    if let Some(typed) = given(correction.claimant.as_ref()).filter(|typed| *typed != claimant_before.to_string()) {
        let people = person_list(&context.db).await?;
        let person = people.iter().find(|person| person.active && person.id.to_string() == typed);
        let value = |message: &str| ActionError::Value { field: "claimant".to_owned(), message: message.to_owned() };
        claimant = person.ok_or_else(|| value("choose somebody of the firm"))?.id;
    }
    if correction.claimed.is_some() || correction.card_line.is_some() {
        let home = policy_fetch(&context.db).await?.home_currency;
        // What is claimed is meant in the paper's currency, what a statement says in the firm's own.
        claim.claimed = money(&correction.claimed, before.claimed, draft.currency().unwrap_or(home), "claimed")?;
        claim.card_line = money(&correction.card_line, before.card_line, home, "card_line")?;
    }
    Ok((claim != before || claimant != claimant_before).then_some((claimant, claim)))
}

/// What was typed, where anything was.
fn given(typed: Option<&String>) -> Option<&str> {
    typed.map(|typed| typed.trim()).filter(|typed| !typed.is_empty())
}

fn claimed(before: &Claim, correction: &Correction) -> Claim {
    let text = |typed: &Option<String>, before: &Option<String>| match typed {
        Some(_) => given(typed.as_ref()).map(str::to_owned),
        None => before.clone(),
    };
    Claim {
        department: text(&correction.department, &before.department),
        project: text(&correction.project, &before.project),
        attendees: text(&correction.attendees, &before.attendees),
        note: text(&correction.note, &before.note),
        // A line of dashes names no payment.
        bank_line: text(&correction.bank_line, &before.bank_line).filter(|line| bank_line_key(line).is_some()),
        ..before.clone()
    }
}

/// An amount as typed: `120.50`, `USD 120.50` or `120.50 USD`; an empty text takes it away.
fn money(
    typed: &Option<String>,
    before: Option<Money>,
    currency: Currency,
    field: &str,
) -> Result<Option<Money>, ActionError> {
    if typed.is_none() {
        return Ok(before);
    }
    let Some(typed) = given(typed.as_ref()) else { return Ok(None) };
    let value = |message: String| ActionError::Value { field: field.to_owned(), message };
    let named = |code: &str| Currency::parse(code).ok();
    let front = typed.split_once(char::is_whitespace).and_then(|(code, amount)| Some((amount, named(code)?)));
    let back = || typed.rsplit_once(char::is_whitespace).and_then(|(amount, code)| Some((amount, named(code)?)));
    let (amount, currency) = front.or_else(back).unwrap_or((typed, currency));
    let amount = match FieldValue::parse(FieldKind::Amount, amount).map_err(value)? {
        FieldValue::Amount(amount) => amount,
        FieldValue::Text(_) | FieldValue::Date(_) | FieldValue::Currency(_) => return Ok(before),
    };
    Money::from_decimal(amount, currency).map(Some).map_err(|error| value(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_may_name_their_currency() {
        let before = Some(Money::from_minor(1, Currency::HKD));
        let read = |typed: Option<&str>| money(&typed.map(str::to_owned), before, Currency::HKD, "claimed").ok();
        let of = |minor, currency| Some(Some(Money::from_minor(minor, currency)));
        for (typed, expected) in [
            (None, Some(before)),
            (Some(" "), Some(None)),
            (Some("1,120.50"), of(112_050, Currency::HKD)),
            (Some("USD 12.00"), of(1_200, Currency::USD)),
            (Some("12.00 usd"), of(1_200, Currency::USD)),
            (Some("12.005"), None),
            (Some("XXY 12.00"), None),
            (Some("twelve"), None),
        ] {
            assert_eq!(read(typed), expected, "{typed:?}");
        }
    }
}
