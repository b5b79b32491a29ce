//! Lists of documents: filters, pages, order.

use vouch::{
    approval::state::State,
    model::id::{ConnectionId, PersonId},
    store::{
        Db,
        document::{DocumentFilter, NewDocument, document_list},
    },
};

use crate::{
    engine::Tested,
    rows::{connection_add, document_add, document_change, draft, new_document, person_add, person_id},
};

on_both_engines!(filters_let_through_what_they_say, pages_hold_the_newest_first);

/// Six documents: two submitters, two companies, two states, two suppliers, and one that was not read yet.
async fn six(db: &Db) -> anyhow::Result<()> {
    for number in [1, 2] {
        person_add(db, number).await?;
        connection_add(db, number).await?;
    }
    for number in 1..=6_u32 {
        let odd = number % 2 == 1;
        let connection = Some(ConnectionId::from_u128(if odd { 1 } else { 2 }));
        let submitter = person_id(if number <= 3 { 1 } else { 2 });
        let id = document_add(db, &NewDocument { connection, ..new_document(number, submitter) }).await?.id;
        if number == 6 {
            continue;
        }
        let supplier = if number <= 2 { "Blue Café (Central) Ltd." } else { "100%_OFF Stationery 文具" };
        let paper = draft(supplier, &format!("2026-11-0{number}"), "HKD", "10.00", "");
        document_change(db, id, |document| {
            document.draft = Some(paper);
            document.state = if number <= 4 { State::NeedsReview } else { State::Checking };
        })
        .await?;
    }
    Ok(())
}

async fn filters_let_through_what_they_say(db: Db) -> Tested {
    six(&db).await?;
    let text = |text: &str| Some(text.to_owned());
    let all = DocumentFilter::default();
    let supplier = |words: &str| DocumentFilter { supplier: text(words), ..DocumentFilter::default() };
    let submitted = |number: u128| Some(PersonId::from_u128(number));
    let table = [
        (all.clone(), vec![6, 5, 4, 3, 2, 1]),
        (DocumentFilter { state: text("needs_review"), ..all.clone() }, vec![4, 3, 2, 1]),
        (DocumentFilter { state: text("received"), ..all.clone() }, vec![6]),
        (DocumentFilter { state: text("no such state"), ..all.clone() }, vec![]),
        (supplier("blue café"), vec![2, 1]),
        (supplier("CAFÉ central"), vec![2, 1]),
        (supplier("文具"), vec![5, 4, 3]),
        (supplier("100%_off"), vec![5, 4, 3]),
        (supplier("1%f"), vec![]),
        (supplier("' OR 1=1 --"), vec![]),
        (DocumentFilter { from: text("2026-11-04"), ..all.clone() }, vec![5, 4]),
        (DocumentFilter { to: text("2026-11-02"), ..all.clone() }, vec![2, 1]),
        (DocumentFilter { from: text("2026-11-02"), to: text("2026-11-03"), ..all.clone() }, vec![3, 2]),
        (DocumentFilter { connection: Some(ConnectionId::from_u128(1)), ..all.clone() }, vec![5, 3, 1]),
        (DocumentFilter { submitter: submitted(1), ..all.clone() }, vec![3, 2, 1]),
        (DocumentFilter { not_submitter: submitted(1), ..all.clone() }, vec![6, 5, 4]),
        (DocumentFilter { not_submitter: submitted(404), ..all }, vec![6, 5, 4, 3, 2, 1]),
        (
            DocumentFilter {
                state: text("needs_review"),
                supplier: text("stationery"),
                from: text("2026-11-01"),
                to: text("2026-11-30"),
                connection: Some(ConnectionId::from_u128(1)),
                submitter: submitted(1),
                not_submitter: submitted(2),
            },
            vec![3],
        ),
    ];
    for (filter, expected) in table {
        let (found, total) = document_list(&db, &filter, 0, 100).await?;
        let numbers: Vec<u128> = found.iter().map(|document| document.id.uuid().as_u128()).collect();
        assert_eq!(numbers, expected, "{filter:?}");
        assert_eq!(usize::try_from(total)?, expected.len(), "{filter:?}");
    }
    Ok(())
}

async fn pages_hold_the_newest_first(db: Db) -> Tested {
    let person = person_add(&db, 1).await?;
    for number in 1..=5 {
        // The first three arrive in the same microsecond; then the id decides, so that pages never overlap.
        let at_us = i64::from(number.max(3));
        document_add(&db, &NewDocument { at_us, ..new_document(number, person) }).await?;
    }
    for (offset, rows_max, expected) in
        [(0, 2, vec![5, 4]), (2, 2, vec![3, 2]), (4, 2, vec![1]), (6, 2, vec![]), (0, 0, vec![])]
    {
        let (found, total) = document_list(&db, &DocumentFilter::default(), offset, rows_max).await?;
        let numbers: Vec<u128> = found.iter().map(|document| document.id.uuid().as_u128()).collect();
        assert_eq!((numbers, total), (expected, 5), "{rows_max} from {offset}");
    }
    Ok(())
}
