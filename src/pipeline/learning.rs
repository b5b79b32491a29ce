//! Corrections become hints: what a person put right about a supplier is known at the next reading, until it is undone.

use super::Context;
use crate::{
    extract::{
        Hints,
        hints::{Hint, KnownSupplier, known_suppliers, learn},
    },
    model::{currency::Currency, draft::Draft, id::PersonId},
    store::{
        Run, StoreError, Txn,
        document::Document,
        hint::{HintRow, hint_append, hint_list},
    },
};

/// What a reading is told: the firm's currency, and the suppliers it knows.
///
/// # Errors
/// The database failed.
pub(super) async fn hints(run: &impl Run, context: &Context, home: Currency) -> Result<Hints, StoreError> {
    Ok(Hints { known: known(run).await?, ..unlearned(context, home) })
}

/// What a reading is told before anybody corrected anything.
fn unlearned(context: &Context, home: Currency) -> Hints {
    Hints { currency: Some(home), day_first: true, today: context.today(), known: Vec::new() }
}

async fn known(run: &impl Run) -> Result<Vec<KnownSupplier>, StoreError> {
    let hint = |row: HintRow| Hint {
        name: row.name,
        printed: row.printed,
        tax_id: row.tax_id,
        day_first: row.day_first,
        currency: row.currency,
        category: row.category,
    };
    let hints: Vec<Hint> = hint_list(run).await?.into_iter().map(hint).collect();
    Ok(known_suppliers(&hints))
}

/// Writes down what a correction taught, if it taught anything.
///
/// # Errors
/// The database failed.
pub(super) async fn remember(
    txn: &Txn,
    context: &Context,
    document: &Document,
    after: &Draft,
    by: PersonId,
    home: Currency,
) -> Result<(), StoreError> {
    let Some(before) = &document.draft else { return Ok(()) };
    // Which suppliers were known when it was read makes no difference to what was learned.
    let Some(hint) = learn(before, after, &unlearned(context, home)) else { return Ok(()) };
    let row = HintRow {
        id: String::new(),
        document: document.id,
        person: by,
        name: hint.name,
        printed: hint.printed,
        tax_id: hint.tax_id,
        day_first: hint.day_first,
        currency: hint.currency,
        category: None,
        at_us: context.clock.now_us(),
    };
    hint_append(txn, &row).await
}
