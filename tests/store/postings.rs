//! Postings and the policy.

use vouch::{
    model::{
        category::Category,
        currency::Currency,
        id::{ConnectionId, DocumentId},
        money::Money,
        policy::{Policy, limit::Limit},
    },
    store::{
        Db, Run, StoreError,
        posting::{
            Posting, posting_by_document, posting_create, posting_list_drifted, posting_list_posted, posting_update,
        },
        setting::{policy_fetch, policy_publish, policy_version, policy_versions},
    },
};

use crate::{
    engine::Tested,
    rows::{connection_add, document_add, new_document, person_add, posting},
};

on_both_engines!(
    a_document_has_one_posting,
    a_posting_keeps_how_far_it_came,
    what_was_posted_is_compared_in_turn,
    what_was_changed_there_is_listed_newest_first,
    versions_of_the_policy_stay,
    the_policy_from_before_versions_is_read_as_version_nought,
);

async fn posting_add(db: &Db, posting: &Posting, at_us: i64) -> Result<(), StoreError> {
    let txn = db.begin_write().await?;
    posting_create(&txn, posting, at_us).await?;
    txn.commit().await
}

/// Documents 1 to `count`, and a company.
async fn documents(db: &Db, count: u32) -> anyhow::Result<(Vec<DocumentId>, ConnectionId)> {
    let (person, connection) = (person_add(db, 1).await?, connection_add(db, 1).await?);
    let mut ids = Vec::new();
    for number in 1..=count {
        ids.push(document_add(db, &new_document(number, person)).await?.id);
    }
    Ok((ids, connection))
}

async fn a_document_has_one_posting(db: Db) -> Tested {
    let (ids, connection) = documents(&db, 1).await?;
    assert_eq!(posting_by_document(&db, ids[0]).await?, None);
    let first = posting(1, ids[0], connection);
    posting_add(&db, &first, 5).await?;
    // Two workers that both found none: the second one's is not written, and nothing of the first is lost.
    posting_add(&db, &posting(2, ids[0], connection), 6).await?;
    assert_eq!(posting_by_document(&db, ids[0]).await?, Some(first));
    let missing = posting_update(&db, &posting(2, ids[0], connection)).await;
    assert!(matches!(missing, Err(StoreError::NotFound("posting"))), "{missing:?}");
    Ok(())
}

async fn a_posting_keeps_how_far_it_came(db: Db) -> Tested {
    let (ids, connection) = documents(&db, 2).await?;
    let other = posting(2, ids[1], connection);
    posting_add(&db, &other, 5).await?;
    let mut row = posting(1, ids[0], connection);
    posting_add(&db, &row, 5).await?;
    let text = |text: &str| Some(text.to_owned());
    let steps: [fn(&mut Posting); 5] = [
        |row| row.supplier_id = Some("58".to_owned()),
        |row| (row.body, row.entry_sent_at_us) = (Some("{\"Line\":[\"茶\"]}".to_owned()), Some(10)),
        |row| (row.resource, row.external_id) = ("bill".to_owned(), Some("145".to_owned())),
        |row| (row.attachment_sent_at_us, row.attachment_id) = (Some(11), Some("9".to_owned())),
        |row| (row.body, row.supplier_id, row.checked_at_us) = (None, None, Some(12)),
    ];
    for step in steps {
        step(&mut row);
        posting_update(&db, &row).await?;
        assert_eq!(posting_by_document(&db, ids[0]).await?.as_ref(), Some(&row));
    }
    (row.entry_url, row.posted_total, row.drift) = (text("http://x/?a=1"), text("88.00"), text("It is gone."));
    posting_update(&db, &row).await?;
    assert_eq!(posting_by_document(&db, ids[0]).await?, Some(row));
    assert_eq!(posting_by_document(&db, ids[1]).await?, Some(other));
    Ok(())
}

async fn what_was_posted_is_compared_in_turn(db: Db) -> Tested {
    let (ids, connection) = documents(&db, 5).await?;
    let elsewhere = connection_add(&db, 2).await?;
    // When each was compared last; the fourth has no image yet and the fifth is another company's.
    for (number, checked_at_us) in [(1, Some(30)), (2, None), (3, Some(20)), (4, None), (5, None)] {
        let company = if number == 5 { elsewhere } else { connection };
        let mut row = posting(u128::try_from(number)?, ids[number - 1], company);
        posting_add(&db, &row, 5).await?;
        row.external_id = Some(number.to_string());
        row.attachment_id = (number != 4).then(|| number.to_string());
        row.checked_at_us = checked_at_us;
        posting_update(&db, &row).await?;
    }
    for (rows_max, expected) in [(10, vec!["2", "3", "1"]), (2, vec!["2", "3"])] {
        let found = posting_list_posted(&db, connection, rows_max).await?;
        let found: Vec<&str> = found.iter().filter_map(|row| row.external_id.as_deref()).collect();
        assert_eq!(found, expected, "those compared longest ago first");
    }
    Ok(())
}

async fn what_was_changed_there_is_listed_newest_first(db: Db) -> Tested {
    let (ids, connection) = documents(&db, 3).await?;
    for (number, drift) in [(1, Some("gone")), (2, None), (3, Some("88.00 became 80.00"))] {
        let mut row = posting(u128::try_from(number)?, ids[number - 1], connection);
        posting_add(&db, &row, i64::try_from(number)?).await?;
        row.drift = drift.map(str::to_owned);
        posting_update(&db, &row).await?;
    }
    for (rows_max, expected) in [(10, vec!["VCH-3", "VCH-1"]), (1, vec!["VCH-3"])] {
        let found = posting_list_drifted(&db, rows_max).await?;
        let found: Vec<&str> = found.iter().map(|row| row.reference.as_str()).collect();
        assert_eq!(found, expected);
    }
    Ok(())
}

async fn versions_of_the_policy_stay(db: Db) -> Tested {
    assert_eq!(policy_fetch(&db).await?, Policy::starting(), "before anybody published one");
    assert_eq!(policy_versions(&db).await?, []);
    let person = person_add(&db, 1).await?;
    let yen = |minor| Money::from_minor(minor, Currency::JPY);
    let limit = |(category, minor)| Limit::on_category(category, yen(minor));
    let first = Policy {
        name: "経費".to_owned(),
        home_currency: Currency::JPY,
        approved_by_rule_max: yen(10_000),
        limits: Category::ALL.into_iter().zip(1..).map(limit).collect(),
        age_days_max: 0,
        tolerance: yen(0),
        ..Policy::starting()
    };
    let second = Policy { limits: Vec::new(), age_days_max: u32::MAX, ..Policy::starting() };
    for (number, policy) in [(1, &first), (2, &second)] {
        let txn = db.begin_write().await?;
        let by = (number == 1).then_some(person);
        assert_eq!(policy_publish(&txn, policy, by, i64::from(number)).await?, number);
        txn.commit().await?;
        assert_eq!(policy_fetch(&db).await?, Policy { version: number, ..policy.clone() });
    }
    assert_eq!(policy_version(&db, 1).await?, Policy { version: 1, ..first });
    assert_eq!(policy_version(&db, 0).await?, Policy::starting());
    assert!(matches!(policy_version(&db, 3).await, Err(StoreError::NotFound(_))));
    let listed = policy_versions(&db).await?;
    let listed: Vec<_> = listed.iter().map(|one| (one.version, one.published_at_us, one.published_by)).collect();
    assert_eq!(listed, [(2, 2, None), (1, 1, Some(person))]);
    Ok(())
}

async fn the_policy_from_before_versions_is_read_as_version_nought(db: Db) -> Tested {
    let old =
        r#"{"home_currency":"USD","approved_by_rule_max":"5.00","category_max":{"meals":"9.00"},"age_days_max":30}"#;
    let txn = db.begin_write().await?;
    txn.execute("INSERT INTO settings (key, value) VALUES ('policy', $1)", vec![old.into()]).await?;
    txn.commit().await?;
    let policy = policy_fetch(&db).await?;
    assert_eq!((policy.version, policy.age_days_max, policy.home_currency), (0, 30, Currency::USD));
    assert_eq!(policy.category_max(Category::Meals), Some(Money::from_minor(900, Currency::USD)));
    assert_eq!(policy.tolerance.currency(), Currency::USD);
    Ok(())
}
