//! Postings and the policy.

use vouch::{
    model::{
        category::Category,
        currency::Currency,
        id::{ConnectionId, DocumentId},
        money::Money,
        policy::{Policy, limit::Limit},
    },
    reconcile::charged::Charged,
    store::{
        Db, Run as _, StoreError,
        budget::{budget_fetch, budget_store, company_block, group_give_back, group_take, silence_end, silence_note},
        connection::connection_fetch,
        job::{
            NewJob, job_claim, job_claim_beside, job_enqueue, job_give_back, job_line_up, job_put_back, job_reason,
            job_superseded,
        },
        posting::{
            Posting, posting_advance, posting_by_document, posting_create, posting_list_drifted, posting_update,
        },
        restored::{restored_at_us, restored_note, seen_at_us, seen_note},
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
    a_posting_has_one_writer,
    a_restored_copy_is_remembered,
    a_silent_company_waits_in_order_of_age,
    postings_of_a_company_are_claimed_together,
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
    let steps: [fn(&mut Posting); 6] = [
        |row| row.supplier_id = Some("58".to_owned()),
        |row| (row.body, row.entry_sent_at_us) = (Some("{\"Line\":[\"茶\"]}".to_owned()), Some(10)),
        |row| (row.resource, row.external_id) = ("bill".to_owned(), Some("145".to_owned())),
        |row| (row.attachment_sent_at_us, row.attachment_id) = (Some(11), Some("9".to_owned())),
        |row| (row.body, row.supplier_id, row.entry_tried_at_us) = (None, None, Some(12)),
        |row| (row.entry_key, row.entry_key_at_us) = (Some("k".to_owned()), Some(13)),
    ];
    for step in steps {
        step(&mut row);
        posting_advance(&db, &mut row).await?;
        assert_eq!(posting_by_document(&db, ids[0]).await?.as_ref(), Some(&row));
    }
    (row.entry_url, row.posted_total) = (text("http://x/?a=1"), text("88.00"));
    row.gone = vec!["145".to_owned(), "“146”".to_owned()];
    row.charged = Some(Charged {
        accounts: ["420".to_owned(), "茶".to_owned()].into(),
        tax_codes: ["INPUT2".to_owned()].into(),
        dimensions: [[("class".to_owned(), "5".to_owned())].into(), Default::default()].into(),
    });
    posting_advance(&db, &mut row).await?;
    (row.drift, row.checked_at_us) = (text("It is gone."), Some(14));
    posting_update(&db, &row).await?;
    assert_eq!(posting_by_document(&db, ids[0]).await?, Some(row));
    assert_eq!(posting_by_document(&db, ids[1]).await?, Some(other));
    Ok(())
}

/// Two workers read the same row: the second to write has lost it, and a comparison never takes it from anybody.
async fn a_posting_has_one_writer(db: Db) -> Tested {
    let (ids, connection) = documents(&db, 1).await?;
    let mut awake = posting(1, ids[0], connection);
    posting_add(&db, &awake, 5).await?;
    let mut slept = awake.clone();
    awake.external_id = Some("145".to_owned());
    posting_advance(&db, &mut awake).await?;
    slept.supplier_id = Some("58".to_owned());
    let late = posting_advance(&db, &mut slept).await;
    assert!(matches!(late, Err(StoreError::Conflict("posting"))), "{late:?}");
    slept.drift = Some("It is gone.".to_owned());
    posting_update(&db, &slept).await?;
    awake.attachment_id = Some("9".to_owned());
    posting_advance(&db, &mut awake).await?;
    let kept = posting_by_document(&db, ids[0]).await?.expect("it was begun");
    assert_eq!((kept.external_id.as_deref(), kept.supplier_id.as_deref()), (Some("145"), None));
    assert_eq!(kept.drift.as_deref(), Some("It is gone."));
    Ok(())
}

/// Postings of one company are claimed together, unless it must not be called; a newer job makes an older one idle.
async fn postings_of_a_company_are_claimed_together(db: Db) -> Tested {
    let (ids, connection) = documents(&db, 4).await?;
    let elsewhere = connection_add(&db, 2).await?;
    for (place, id) in ids.iter().enumerate() {
        let company = if place == 3 { elsewhere } else { connection };
        let sql = format!("UPDATE documents SET connection_id = '{company}' WHERE id = '{id}'");
        db.execute(&sql, Vec::new()).await?;
        let txn = db.begin_write().await?;
        for version in [1, 3] {
            let dedupe_key = format!("post:{id}:{version}");
            let job = NewJob { kind: "post", subject: id.to_string(), dedupe_key, run_at_us: version };
            job_enqueue(&txn, &job, 1).await?;
        }
        txn.commit().await?;
    }
    let first = job_claim(&db, 2, 100).await?.expect("one is due");
    assert!(job_superseded(&db, &first).await?, "version 3 is there");
    let beside = job_claim_beside(&db, connection, 2, 100, 10).await?;
    assert_eq!(beside.len(), 2, "those that are due, of this company, and not claimed");
    let of_others = job_claim(&db, 2, 100).await?.expect("the other company's");
    assert_eq!(of_others.subject, ids[3].to_string());
    assert_eq!(job_claim(&db, 2, 100).await?, None);
    let newest = job_claim_beside(&db, connection, 3, 100, 1).await?;
    assert!(!job_superseded(&db, &newest[0]).await?);
    let row = connection_fetch(&db, connection).await?;
    let company = format!("{}:{}", row.ledger, row.company_id);
    assert!(group_take(&db, &company, 3, 50).await? && !group_take(&db, &company, 4, 60).await?);
    assert_eq!(job_claim(&db, 4, 100).await?.map(|job| job.subject), Some(ids[3].to_string()), "others go on");
    assert_eq!(job_claim(&db, 4, 100).await?, None, "one worker has the rest");
    let reversal = NewJob {
        kind: "reverse",
        subject: ids[0].to_string(),
        dedupe_key: format!("reverse:{}:9", ids[0]),
        run_at_us: 4,
    };
    let txn = db.begin_write().await?;
    job_enqueue(&txn, &reversal, 4).await?;
    txn.commit().await?;
    assert_eq!(job_claim(&db, 4, 10).await?.map(|job| job.kind).as_deref(), Some("reverse"), "it goes alone");
    group_give_back(&db, &company, 49).await?;
    assert_eq!(job_claim(&db, 5, 100).await?, None, "whoever had it before cannot give it back");
    group_give_back(&db, &company, 50).await?;
    let mut budget = budget_fetch(&db, &company).await?;
    budget.blocked_until_us = 20;
    assert!(budget_store(&db, &budget).await? && !budget_store(&db, &budget).await?, "once for one version");
    assert_eq!(job_claim(&db, 19, 100).await?, None, "it asked us to wait");
    let mut kinds = Vec::new();
    while let Some(job) = job_claim(&db, 20, 100).await? {
        kinds.push(job.kind);
    }
    assert!(kinds.contains(&"post".to_owned()) && kinds.contains(&"reverse".to_owned()), "both waited: {kinds:?}");
    Ok(())
}

/// A company that is silent is noted once, waits as one, and stands in order of age with the reason.
async fn a_silent_company_waits_in_order_of_age(db: Db) -> Tested {
    let (ids, connection) = documents(&db, 3).await?;
    let row = connection_fetch(&db, connection).await?;
    let company = format!("{}:{}", row.ledger, row.company_id);
    for (place, id) in ids.iter().enumerate() {
        let sql = format!("UPDATE documents SET connection_id = '{connection}' WHERE id = '{id}'");
        db.execute(&sql, Vec::new()).await?;
        let at_us = i64::try_from(place)? + 1;
        let txn = db.begin_write().await?;
        let new =
            NewJob { kind: "post", subject: id.to_string(), dedupe_key: format!("post:{id}:1"), run_at_us: at_us };
        job_enqueue(&txn, &new, at_us).await?;
        txn.commit().await?;
    }
    // The oldest waits longest, the second is being worked on.
    let oldest = job_claim(&db, 5, 100).await?.expect("one is due");
    job_put_back(&db, &oldest, 900, "time-out").await?;
    let claimed = job_claim(&db, 5, 100).await?.expect("the second");
    assert_eq!(claimed.subject, ids[1].to_string());
    assert_eq!(silence_note(&db, &company, 10).await?, 10);
    assert_eq!(silence_note(&db, &company, 20).await?, 10, "since the first");
    company_block(&db, &company, 50).await?;
    company_block(&db, &company, 40).await?;
    job_line_up(&db, connection, 20, "the ledger is asleep").await?;
    assert_eq!(job_reason(&db, ids[0]).await?.as_deref(), Some("the ledger is asleep"));
    assert_eq!(job_reason(&db, ids[1]).await?, None, "it speaks for itself");
    job_give_back(&db, &claimed, "asleep too").await?;
    assert_eq!(job_reason(&db, ids[1]).await?.as_deref(), Some("asleep too"));
    assert_eq!(job_claim(&db, 49, 100).await?, None, "all wait, for the longer of the waits");
    for id in &ids {
        assert_eq!(job_claim(&db, 50, 100).await?.map(|job| job.subject), Some(id.to_string()), "in order of age");
    }
    silence_end(&db, &company).await?;
    assert_eq!(silence_note(&db, &company, 60).await?, 60, "it had answered");
    Ok(())
}

async fn a_restored_copy_is_remembered(db: Db) -> Tested {
    assert_eq!(restored_at_us(&db).await?, None);
    assert_eq!(seen_at_us(&db).await?, None);
    for at_us in [7, 8] {
        restored_note(&db, at_us).await?;
        seen_note(&db, at_us + 1).await?;
        assert_eq!((restored_at_us(&db).await?, seen_at_us(&db).await?), (Some(at_us), Some(at_us + 1)));
    }
    // Another process looked at its clock before this one did, and wrote after it.
    seen_note(&db, 5).await?;
    assert_eq!(seen_at_us(&db).await?, Some(9), "the database does not grow older");
    seen_note(&db, 10).await?;
    assert_eq!(seen_at_us(&db).await?, Some(10), "as a number, not as a text");
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
