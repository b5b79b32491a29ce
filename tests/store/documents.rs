//! Documents: written once per bytes, changed only by whoever saw the version, kept with everything they carry.

use std::collections::BTreeSet;

use vouch::{
    approval::state::{ApprovedBy, Reversal, ReversalStage, State},
    check::{Identity, Twin},
    model::{
        category::Category,
        draft::LineItem,
        field::FieldName,
        finding::{Finding, Severity},
        id::{DocumentId, PersonId},
        page::Area,
        person::Actor,
    },
    store::{
        Db, Run, StoreError,
        document::{
            NewDocument, PageRow, document_by_sha256, document_create, document_fetch, document_update, page_list,
            page_replace_all, upload_append, upload_count, upload_exists,
        },
        history::{HistoryRow, history_append, history_list, history_list_all},
        twin::document_twins,
    },
};

use crate::{
    engine::Tested,
    rows::{connection_add, document_add, document_change, draft, new_document, person_add, person_id},
};

on_both_engines!(
    a_new_document_is_received_and_carries_what_it_was_given,
    the_same_bytes_make_no_second_document,
    a_document_needs_a_person_who_is_there,
    a_stale_version_changes_nothing,
    every_state_survives_being_stored,
    everything_a_document_carries_survives_being_stored,
    twins_are_earlier_and_not_rejected,
    a_later_upload_on_its_way_is_a_twin_of_the_first,
    twins_have_everything_in_common,
    history_is_kept_in_order_and_a_version_only_once,
    history_of_all_is_paged_with_titles,
    pages_are_replaced_whole,
    uploads_are_counted_and_known_by_person,
);

async fn a_new_document_is_received_and_carries_what_it_was_given(db: Db) -> Tested {
    let connection = connection_add(&db, 7).await?;
    let new = NewDocument { connection: Some(connection), ..new_document(1, person_add(&db, 1).await?) };
    let document = document_add(&db, &new).await?;
    assert_eq!((document.id, &document.sha256, document.media_type), (new.id, &new.sha256, new.media_type));
    assert_eq!((&document.file_name, document.bytes, document.submitter), (&new.file_name, 1_234, new.submitter));
    assert_eq!((document.category, document.connection), (Category::Meals, Some(connection)));
    assert_eq!((document.state.clone(), document.version, document.kept), (State::Received, 0, false));
    assert_eq!((document.uploaded_at_us, document.changed_at_us), (1, 1));
    assert!(document.draft.is_none() && document.findings.is_empty() && document.correctors.is_empty());
    assert_eq!(document_by_sha256(&db, &new.sha256).await?, Some(document));
    assert_eq!(document_by_sha256(&db, "unknown").await?, None);
    let missing = document_fetch(&db, DocumentId::from_u128(99)).await;
    assert!(matches!(missing, Err(StoreError::NotFound("document"))), "{missing:?}");
    Ok(())
}

async fn the_same_bytes_make_no_second_document(db: Db) -> Tested {
    let first = new_document(1, person_add(&db, 1).await?);
    document_add(&db, &first).await?;
    let again = NewDocument { sha256: first.sha256.clone(), ..new_document(2, person_add(&db, 2).await?) };
    let txn = db.begin_write().await?;
    assert!(!document_create(&txn, &again).await?);
    // The transaction goes on: the pipeline notes the second upload in it.
    upload_append(&txn, first.id, again.submitter, "again.jpg", 5).await?;
    txn.commit().await?;
    assert_eq!(db.rows("SELECT id FROM documents", Vec::new()).await?.len(), 1);
    let kept = document_fetch(&db, first.id).await?;
    assert_eq!((kept.submitter, kept.file_name), (first.submitter, first.file_name));
    assert_eq!(upload_count(&db, first.id).await?, 1);
    Ok(())
}

async fn a_document_needs_a_person_who_is_there(db: Db) -> Tested {
    let txn = db.begin_write().await?;
    let refused = document_create(&txn, &new_document(1, person_id(404))).await;
    assert!(matches!(refused, Err(StoreError::Database(_))), "{refused:?}");
    Ok(())
}

async fn a_stale_version_changes_nothing(db: Db) -> Tested {
    let id = document_add(&db, &new_document(1, person_add(&db, 1).await?)).await?.id;
    let seen = document_fetch(&db, id).await?;
    let changed = document_change(&db, id, |document| document.category = Category::Travel).await?;
    assert_eq!(changed.version, 1, "each change counts one");
    for stale in [0, 2] {
        let txn = db.begin_write().await?;
        let mut mine = seen.clone();
        (mine.category, mine.state) = (Category::Rent, State::Checking);
        let refused = document_update(&txn, &mine, stale).await;
        assert!(matches!(refused, Err(StoreError::Conflict("document"))), "{stale}: {refused:?}");
        txn.commit().await?;
    }
    assert_eq!(document_fetch(&db, id).await?, changed);
    Ok(())
}

fn reversal(asked_by: PersonId, stage: ReversalStage) -> State {
    let (external_id, reference) = ("145".to_owned(), "VCH-1".to_owned());
    State::Reversal(Reversal { external_id, reference, asked_by, reason: "paid twice".to_owned(), stage })
}

async fn every_state_survives_being_stored(db: Db) -> Tested {
    let person = person_add(&db, 1).await?;
    let id = document_add(&db, &new_document(1, person)).await?.id;
    let message = "“茶” says \"no\"; it's 100 %\n".to_owned();
    let states = [
        State::Received,
        State::Unreadable { code: "encrypted".to_owned(), message: message.clone() },
        State::Checking,
        State::NeedsReview,
        State::AwaitingApproval,
        State::Approved { by: ApprovedBy::Rule },
        State::Approved { by: ApprovedBy::Person(person) },
        State::PostingBlocked { by: ApprovedBy::Rule, message: message.clone() },
        State::PostingBlocked { by: ApprovedBy::Person(person), message: message.clone() },
        State::Posted { external_id: "145".to_owned(), reference: "VCH-1".to_owned() },
        reversal(person, ReversalStage::Asked),
        reversal(person, ReversalStage::Agreed { by: person }),
        reversal(person, ReversalStage::Blocked { by: person, message: message.clone() }),
        reversal(person, ReversalStage::Done { by: person }),
        State::Rejected { by: Some(person), reason: message.clone() },
        State::Rejected { by: None, reason: message.clone() },
        State::Returned { by: person, reason: message.clone() },
        State::Withdrawn { by: person },
        State::Held { code: "amount".to_owned(), message },
    ];
    let names: BTreeSet<&str> = states.iter().map(State::name).collect();
    assert_eq!(names, BTreeSet::from(State::NAMES), "every state is in the table");
    for state in states {
        let stored = document_change(&db, id, |document| document.state = state.clone()).await?;
        assert_eq!(stored.state, state);
        let named = db.rows("SELECT id FROM documents WHERE state = $1", vec![state.name().into()]).await?;
        assert_eq!(named.len(), 1, "lists find it as {}", state.name());
    }
    Ok(())
}

async fn everything_a_document_carries_survives_being_stored(db: Db) -> Tested {
    let connection = connection_add(&db, 7).await?;
    let before = document_add(&db, &new_document(1, person_add(&db, 1).await?)).await?;
    let area = Area { left: 1, top: 2, width: 3, height: 4 };
    let mut paper = draft("大家樂 Café de Coral", "2026-11-20", "HKD", "1234.50", "A 1 / 2");
    paper.fields.get_mut(&FieldName::Total).expect("it has a total").area = Some(area);
    let amount = paper.amount(FieldName::Total);
    let description = "凍檸茶 × 2".to_owned();
    paper.line_items.push(LineItem { description, quantity: None, unit_price: amount, amount, page: 1, area });
    paper.problems.push(Finding::new("Q3", Severity::Info, "small print", &[]));
    let mut expected = before.clone();
    expected.draft = Some(paper);
    expected.category = Category::Freight;
    expected.connection = Some(connection);
    expected.state = State::NeedsReview;
    expected.findings = vec![Finding::new("A2", Severity::Block, "“14” is not 15", &[FieldName::Tax])];
    expected.kept = true;
    expected.correctors = BTreeSet::from([person_id(1), person_id(2)]);
    expected.changed_at_us = 77;
    let stored = document_change(&db, before.id, |document| *document = expected.clone()).await?;
    expected.version = 1;
    assert_eq!(stored, expected);
    Ok(())
}

/// The numbers of a document's twins, in the order of the answer.
async fn twins(db: &Db, number: u32) -> anyhow::Result<Vec<(u32, Option<String>)>> {
    let document = document_fetch(db, DocumentId::from_u128(u128::from(number))).await?;
    let identity = Identity::of(document.draft.as_ref().expect("it was read")).expect("nothing is missing");
    let found = document_twins(db, &document, &identity, 20).await?;
    let number = |twin: Twin| (u32::try_from(twin.id.uuid().as_u128()).expect("small"), twin.document_number);
    Ok(found.into_iter().map(number).collect())
}

async fn twins_are_earlier_and_not_rejected(db: Db) -> Tested {
    let person = person_add(&db, 1).await?;
    for number in 1..=5 {
        // The last two arrive in the same microsecond; of them the one with the smaller id is the earlier.
        let at_us = i64::from(number.min(4));
        let id = document_add(&db, &NewDocument { at_us, ..new_document(number, person) }).await?.id;
        let paper = draft("Blue Café Ltd.", "2026-11-20", "HKD", "88.00", if number == 1 { "A 1" } else { "" });
        document_change(&db, id, |document| document.draft = Some(paper)).await?;
    }
    let numbers = |found: Vec<(u32, Option<String>)>| found.into_iter().map(|(number, _)| number).collect::<Vec<_>>();
    assert_eq!(numbers(twins(&db, 1).await?), [0_u32; 0], "the first has none before it");
    assert_eq!(twins(&db, 2).await?, [(1, Some("A1".to_owned()))], "numbers lose their spaces");
    assert_eq!(numbers(twins(&db, 4).await?), [1, 2, 3]);
    assert_eq!(numbers(twins(&db, 5).await?), [1, 2, 3, 4]);
    let rejected = State::Rejected { by: Some(person), reason: "private".to_owned() };
    document_change(&db, DocumentId::from_u128(2), |document| document.state = rejected).await?;
    assert_eq!(numbers(twins(&db, 5).await?), [1, 3, 4]);
    let fifth = document_fetch(&db, DocumentId::from_u128(5)).await?;
    let identity = Identity::of(fifth.draft.as_ref().expect("it was read")).expect("nothing is missing");
    assert_eq!(document_twins(&db, &fifth, &identity, 2).await?.len(), 2, "no more than asked for");
    Ok(())
}

/// A blurred photograph is taken again; the second is posted, and then somebody types the first in.
async fn a_later_upload_on_its_way_is_a_twin_of_the_first(db: Db) -> Tested {
    let person = person_add(&db, 1).await?;
    for number in 1..=2 {
        let id = document_add(&db, &new_document(number, person)).await?.id;
        let paper = draft("Blue Café", "2026-11-20", "HKD", "88.00", "");
        document_change(&db, id, |document| document.draft = Some(paper)).await?;
    }
    let posted = State::Posted { external_id: "145".to_owned(), reference: "VCH-1".to_owned() };
    let blocked = State::PostingBlocked { by: ApprovedBy::Rule, message: "Choose an account.".to_owned() };
    let table = [
        (State::Received, false, false),
        (State::Checking, false, false),
        (State::NeedsReview, false, false),
        (State::AwaitingApproval, false, true),
        (State::Approved { by: ApprovedBy::Rule }, false, true),
        (blocked, false, true),
        (posted.clone(), false, true),
        (posted, true, false),
        (State::Rejected { by: Some(person), reason: "private".to_owned() }, false, false),
    ];
    for (state, kept, expected) in table {
        let later = DocumentId::from_u128(2);
        document_change(&db, later, |document| (document.state, document.kept) = (state.clone(), kept)).await?;
        let found: Vec<u32> = twins(&db, 1).await?.into_iter().map(|(number, _)| number).collect();
        assert_eq!(found, if expected { vec![2] } else { vec![] }, "{state:?}, kept: {kept}");
    }
    Ok(())
}

async fn twins_have_everything_in_common(db: Db) -> Tested {
    let person = person_add(&db, 1).await?;
    let papers = [
        ("Blue Café Ltd.", "2026-11-20", "HKD", "88.00", true),
        ("BLUE CAFÉ LTD", "2026-11-20", "HKD", "88", true),
        ("Blue Cafe", "2026-11-20", "HKD", "88.00", false),
        ("Blue Café Ltd.", "2026-11-21", "HKD", "88.00", false),
        ("Blue Café Ltd.", "2026-11-20", "USD", "88.00", false),
        ("Blue Café Ltd.", "2026-11-20", "JPY", "8800", false),
        ("Blue Café Ltd.", "2026-11-20", "HKD", "88.01", false),
        ("", "2026-11-20", "HKD", "88.00", false),
    ];
    for (number, (supplier, date, currency, total, _)) in (1..).zip(papers) {
        let id = document_add(&db, &new_document(number, person)).await?.id;
        let paper = draft(supplier, date, currency, total, "");
        document_change(&db, id, |document| document.draft = Some(paper)).await?;
    }
    let last = document_add(&db, &new_document(50, person)).await?.id;
    let paper = draft("blue café ltd", "2026-11-20", "HKD", "88.00", "");
    document_change(&db, last, |document| document.draft = Some(paper)).await?;
    let expected: Vec<u32> = (1..).zip(papers).filter(|(_, paper)| paper.4).map(|(number, _)| number).collect();
    let found: Vec<u32> = twins(&db, 50).await?.into_iter().map(|(number, _)| number).collect();
    assert_eq!(found, expected);
    Ok(())
}

fn history_row(version: i64) -> HistoryRow {
    let actor = if version == 0 { Actor::Person(person_id(1)) } else { Actor::System("read".to_owned()) };
    let (event, state, detail) = (format!("event {version}"), "received".to_owned(), "“茶”".to_owned());
    HistoryRow { version, at_us: 100 + version, actor, event, state, detail }
}

async fn history_is_kept_in_order_and_a_version_only_once(db: Db) -> Tested {
    let id = document_add(&db, &new_document(1, person_add(&db, 1).await?)).await?.id;
    for version in [1, 0, 2] {
        let txn = db.begin_write().await?;
        history_append(&txn, id, &history_row(version)).await?;
        txn.commit().await?;
    }
    let txn = db.begin_write().await?;
    let other = HistoryRow { event: "another".to_owned(), ..history_row(1) };
    let refused = history_append(&txn, id, &other).await;
    assert!(matches!(refused, Err(StoreError::Conflict("document"))), "{refused:?}");
    drop(txn);
    assert_eq!(history_list(&db, id).await?, [history_row(0), history_row(1), history_row(2)]);
    assert_eq!(history_list(&db, DocumentId::from_u128(9)).await?, []);
    Ok(())
}

async fn history_of_all_is_paged_with_titles(db: Db) -> Tested {
    let person = person_add(&db, 1).await?;
    for number in 1..=2 {
        let id = document_add(&db, &new_document(number, person)).await?.id;
        let txn = db.begin_write().await?;
        for version in 0..2 {
            let at_us = i64::from(number) + version * 10;
            history_append(&txn, id, &HistoryRow { at_us, ..history_row(version) }).await?;
        }
        txn.commit().await?;
    }
    let second = DocumentId::from_u128(2);
    let paper = draft("Blue Café", "", "", "", "");
    document_change(&db, second, |document| document.draft = Some(paper)).await?;
    let (page, total) = history_list_all(&db, 0, 3).await?;
    let seen: Vec<(&str, i64)> = page.iter().map(|(_, title, row)| (title.as_str(), row.at_us)).collect();
    assert_eq!(seen, [("Blue Café", 12), ("receipt 1.jpg", 11), ("Blue Café", 2)], "the newest first");
    assert_eq!(total, 4);
    let (rest, total) = history_list_all(&db, 3, 3).await?;
    assert_eq!((rest.len(), rest[0].2.at_us, total), (1, 1, 4));
    Ok(())
}

async fn pages_are_replaced_whole(db: Db) -> Tested {
    let id = document_add(&db, &new_document(1, person_add(&db, 1).await?)).await?.id;
    let page = |number: u32, picture: &str| PageRow {
        number,
        width: 1_000,
        height: 2_000,
        picture: picture.to_owned(),
        page_json: format!("{{\"number\":{number}}}"),
    };
    let first = [page(10, "a"), page(2, "b"), page(1, "c")];
    let second = [page(1, "d")];
    for (pages, expected) in [(&first[..], vec![1, 2, 10]), (&second[..], vec![1]), (&[][..], vec![])] {
        let txn = db.begin_write().await?;
        page_replace_all(&txn, id, pages).await?;
        txn.commit().await?;
        let stored = page_list(&db, id).await?;
        assert_eq!(stored.iter().map(|page| page.number).collect::<Vec<_>>(), expected);
        assert!(stored.iter().all(|page| pages.contains(page)), "{stored:?}");
    }
    Ok(())
}

async fn uploads_are_counted_and_known_by_person(db: Db) -> Tested {
    let (first, second) = (person_add(&db, 1).await?, person_add(&db, 2).await?);
    let id = document_add(&db, &new_document(1, first)).await?.id;
    assert_eq!(upload_count(&db, id).await?, 0);
    for at_us in 0..3 {
        let txn = db.begin_write().await?;
        upload_append(&txn, id, first, "a.jpg", at_us).await?;
        txn.commit().await?;
    }
    assert_eq!(upload_count(&db, id).await?, 3);
    assert!(upload_exists(&db, id, first).await?);
    assert!(!upload_exists(&db, id, second).await?);
    Ok(())
}
