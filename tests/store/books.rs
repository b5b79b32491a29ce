//! The entries of the ledgers' books, what differs there, and the events that were heard.

use jiff::civil::date;
use rust_decimal::Decimal;
use vouch::{
    model::{
        field::DocumentKind,
        id::{ConnectionId, DocumentId},
    },
    post::entry::Resource,
    reconcile::bypass::Purchase,
    store::{
        Db,
        candidate::{Marks, marks_store},
        connection::connection_state,
        drift::{DriftRow, document_candidates, drift_accept, drift_list_of, drift_list_open, drift_replace},
        ledger_entry::{
            LedgerEntryRow, Wanted, ledger_entries_matching, ledger_entry_fetch, ledger_entry_list_missing,
            ledger_entry_list_of_supplier, ledger_entry_remove, ledger_entry_upsert, watch_fetch, watch_store,
        },
        posting::{posting_create, posting_list_unseen},
        webhook::{connection_by_company, webhook_event_append, webhook_event_sweep},
    },
};

use crate::{
    engine::Tested,
    rows::{connection_add, document_add, document_change, draft, new_document, person_add, posting},
};

on_both_engines!(
    an_entry_is_kept_as_it_was_seen_last,
    what_a_full_look_did_not_find_is_missing,
    a_purchase_is_found_however_it_was_typed,
    a_suppliers_newest_accounts_come_first,
    differences_stay_until_they_are_gone_or_accepted,
    documents_that_an_entry_may_be_are_found,
    a_posted_entry_that_no_look_showed_is_listed,
    how_far_changes_were_followed_is_kept,
    an_event_is_heard_once,
);

fn entry(connection: ConnectionId, external_id: &str) -> LedgerEntryRow {
    LedgerEntryRow {
        connection,
        resource: "bill".to_owned(),
        external_id: external_id.to_owned(),
        number: Some("INV-0042".to_owned()),
        supplier_id: Some("56".to_owned()),
        supplier_name: Some("Blue Cafe Ltd.".to_owned()),
        total: Decimal::new(11_000, 2),
        currency: "HKD".to_owned(),
        issue_date: Some("2026-11-18".to_owned()),
        live: true,
        settled: false,
        account: Some("13".to_owned()),
        tax_code: None,
        reference: None,
        url: Some("https://ledger.example/1".to_owned()),
    }
}

async fn store(db: &Db, rows: &[LedgerEntryRow], at_us: i64) -> Tested {
    let txn = db.begin_write().await?;
    for row in rows {
        ledger_entry_upsert(&txn, row, at_us).await?;
    }
    Ok(txn.commit().await?)
}

async fn an_entry_is_kept_as_it_was_seen_last(db: Db) -> Tested {
    let company = connection_add(&db, 1).await?;
    store(&db, &[entry(company, "1")], 5).await?;
    let changed = LedgerEntryRow {
        total: Decimal::new(5, 1),
        number: None,
        supplier_name: None,
        settled: true,
        reference: Some("VCH-1".to_owned()),
        ..entry(company, "1")
    };
    store(&db, std::slice::from_ref(&changed), 6).await?;
    assert_eq!(ledger_entry_fetch(&db, company, "bill", "1").await?, Some(changed.clone()));
    assert_eq!(ledger_entry_fetch(&db, company, "paid", "1").await?, None, "the other list has ids of its own");
    let txn = db.begin_write().await?;
    ledger_entry_remove(&txn, company, "bill", "1", 7).await?;
    txn.commit().await?;
    let gone = LedgerEntryRow { live: false, ..changed };
    assert_eq!(ledger_entry_fetch(&db, company, "bill", "1").await?, Some(gone), "what it said stays");
    Ok(())
}

async fn what_a_full_look_did_not_find_is_missing(db: Db) -> Tested {
    let (company, other) = (connection_add(&db, 1).await?, connection_add(&db, 2).await?);
    let old = LedgerEntryRow { issue_date: Some("2025-01-01".to_owned()), ..entry(company, "old") };
    let dead = LedgerEntryRow { live: false, ..entry(company, "dead") };
    store(&db, &[entry(company, "lost"), entry(company, "seen"), old, dead, entry(other, "1")], 5).await?;
    store(&db, &[entry(company, "seen")], 9).await?;
    let missing = ledger_entry_list_missing(&db, company, "2026-01-01", 9).await?;
    assert_eq!(missing, [entry(company, "lost")]);
    Ok(())
}

async fn a_purchase_is_found_however_it_was_typed(db: Db) -> Tested {
    let (company, other) = (connection_add(&db, 1).await?, connection_add(&db, 2).await?);
    let unnumbered = LedgerEntryRow { number: None, ..entry(company, "2") };
    let dead = LedgerEntryRow { live: false, ..entry(company, "3") };
    let dearer = LedgerEntryRow { total: Decimal::new(11_001, 2), ..entry(company, "4") };
    let ours = LedgerEntryRow { reference: Some("VCH-1".to_owned()), ..entry(company, "5") };
    store(&db, &[entry(company, "1"), unnumbered, dead, dearer, ours, entry(other, "6")], 5).await?;
    let wanted = Wanted {
        connection: Some(company),
        supplier: "BLUE CAFE LTD".to_owned(),
        number: Some("inv 0042".to_owned()),
        total: Decimal::new(110, 0),
        currency: "HKD".to_owned(),
        issue_date: Some(date(2026, 11, 19)),
        own_reference: None,
    };
    let undated = Wanted { issue_date: None, ..wanted.clone() };
    let nameless = Wanted { supplier: " - ".to_owned(), ..wanted.clone() };
    for (wanted, expected, why) in [
        (wanted.clone(), vec!["1", "2", "5"], "by number, or by date where the ledger has none"),
        (Wanted { connection: None, ..wanted.clone() }, vec!["1", "2", "5", "6"], "in any company"),
        (Wanted { own_reference: Some("VCH-1".to_owned()), ..wanted.clone() }, vec!["1", "2"], "but its own"),
        (undated, vec!["1", "5"], "the number alone"),
        (Wanted { number: None, ..wanted.clone() }, vec!["1", "2", "5"], "the date alone"),
        (Wanted { currency: "USD".to_owned(), ..wanted }, vec![], "another currency"),
        (nameless, vec![], "no supplier"),
    ] {
        let found = ledger_entries_matching(&db, &wanted).await?;
        assert_eq!(found.iter().map(|row| row.external_id.as_str()).collect::<Vec<_>>(), expected, "{why}");
    }
    Ok(())
}

async fn a_suppliers_newest_accounts_come_first(db: Db) -> Tested {
    let company = connection_add(&db, 1).await?;
    let newer = LedgerEntryRow {
        issue_date: Some("2026-11-20".to_owned()),
        account: Some("14".to_owned()),
        ..entry(company, "2")
    };
    let accountless = LedgerEntryRow { account: None, ..entry(company, "3") };
    store(&db, &[entry(company, "1"), newer, accountless], 5).await?;
    let found = ledger_entry_list_of_supplier(&db, company, "bluecafeltd", 5).await?;
    let accounts: Vec<_> = found.iter().filter_map(|row| row.account.as_deref()).collect();
    assert_eq!(accounts, ["14", "13"]);
    Ok(())
}

fn drift(connection: ConnectionId, kind: &str, found: &str) -> DriftRow {
    DriftRow {
        id: format!("{kind} {found}"),
        connection,
        resource: "bill".to_owned(),
        external_id: "1".to_owned(),
        kind: kind.to_owned(),
        document: None,
        supplier: "Blue Cafe".to_owned(),
        approved: "HKD 1".to_owned(),
        found: found.to_owned(),
        url: None,
        since_us: 5,
        accepted_by: None,
    }
}

async fn differences_stay_until_they_are_gone_or_accepted(db: Db) -> Tested {
    let (company, ada) = (connection_add(&db, 1).await?, person_add(&db, 1).await?);
    let document = document_add(&db, &new_document(1, ada)).await?.id;
    let of_it = |found: &str| DriftRow { document: Some(document), ..drift(company, "total", found) };
    let replace = async |now: &[DriftRow]| -> Tested {
        let txn = db.begin_write().await?;
        drift_replace(&txn, company, "bill", "1", now).await?;
        Ok(txn.commit().await?)
    };
    replace(&[of_it("2")]).await?;
    replace(&[DriftRow { id: "again".to_owned(), since_us: 9, ..of_it("2") }]).await?;
    assert_eq!(drift_list_open(&db, 10).await?, [of_it("2")], "known since the first time");
    assert!(drift_accept(&db, "total 2", ada, 10).await?);
    assert!(!drift_accept(&db, "total 2", ada, 11).await?, "once");
    replace(&[of_it("2")]).await?;
    assert!(drift_list_open(&db, 10).await?.is_empty(), "accepted, and the same still");
    assert_eq!(drift_list_of(&db, document).await?.len(), 1, "the document's page shows it all the same");
    replace(&[of_it("3")]).await?;
    let found = drift_list_open(&db, 10).await?;
    assert_eq!(found.iter().map(|row| (row.found.as_str(), row.accepted_by)).collect::<Vec<_>>(), [("3", None)]);
    replace(&[drift(company, "removed", "")]).await?;
    let kinds: Vec<String> = drift_list_open(&db, 10).await?.into_iter().map(|row| row.kind).collect();
    assert_eq!(kinds, ["removed"]);
    connection_state(&db, company, "disconnected").await?;
    assert!(drift_list_open(&db, 10).await?.is_empty(), "nobody looks there any more");
    connection_state(&db, company, "connected").await?;
    replace(&[]).await?;
    assert!(drift_list_open(&db, 10).await?.is_empty());
    Ok(())
}

async fn documents_that_an_entry_may_be_are_found(db: Db) -> Tested {
    let (company, ada) = (connection_add(&db, 1).await?, person_add(&db, 1).await?);
    let elsewhere = connection_add(&db, 2).await?;
    let mut ids: Vec<DocumentId> = Vec::new();
    for number in 1..=4 {
        let id = document_add(&db, &new_document(number, ada)).await?.id;
        document_change(&db, id, |document| {
            document.draft = Some(draft("Blue Café Ltd", "2026-11-18", "HKD", "110.00", "INV-0042"));
            document.connection = (number == 3).then_some(elsewhere);
        })
        .await?;
        ids.push(id);
    }
    let txn = db.begin_write().await?;
    posting_create(&txn, &posting(2, ids[1], company), 5).await?;
    posting_create(&txn, &posting(4, ids[3], elsewhere), 5).await?;
    txn.commit().await?;
    let mut purchase = entry(company, "1").purchase();
    purchase.supplier_key = "bluecaféltd".to_owned();
    let found = document_candidates(&db, company, &purchase, "1", None).await?;
    let documents: Vec<DocumentId> = found.iter().map(|ours| ours.document).collect();
    assert_eq!(documents, ids[..2], "those of another company are not");
    assert_eq!(found[0].purchase.number_key, "inv0042");
    assert_eq!((found[1].reference.as_deref(), found[1].external_id.as_deref()), (Some("VCH-2"), None));
    // One of them turns out to be a credit note, however its total is printed: it is below zero beside the other.
    let (credit, ours) = (ids[0], Marks { kind: Some(DocumentKind::CreditNote), ..Marks::default() });
    for (printed, wanted) in [("110.00", purchase.total), ("-110.00", -purchase.total)] {
        document_change(&db, credit, |document| {
            document.draft = Some(draft("Blue Café Ltd", "2026-11-18", "HKD", printed, "INV-0042"));
        })
        .await?;
        let txn = db.begin_write().await?;
        marks_store(&txn, credit, &ours).await?;
        txn.commit().await?;
        let asked = Purchase { total: wanted, ..purchase.clone() };
        let found = document_candidates(&db, company, &asked, "1", None).await?;
        let totals: Vec<Decimal> = found.iter().map(|ours| ours.purchase.total).collect();
        assert_eq!(totals, [-purchase.total, purchase.total], "printed {printed}");
    }
    purchase.total = Decimal::ONE;
    let found = document_candidates(&db, company, &purchase, "1", Some("VCH-2")).await?;
    assert_eq!(found.len(), 1, "by its reference alone");
    purchase.supplier_key.clear();
    assert!(document_candidates(&db, company, &purchase, "1", None).await?.is_empty());
    Ok(())
}

/// `Resource::Credit` is known to the store by its name.
#[test]
fn a_credit_is_a_purchase_below_zero() {
    let row = LedgerEntryRow { resource: Resource::Credit.name().to_owned(), ..entry(ConnectionId::from_u128(1), "1") };
    assert_eq!(row.purchase().total, -row.total);
    for resource in [Resource::Paid, Resource::Bill] {
        let row = LedgerEntryRow { resource: resource.name().to_owned(), ..row.clone() };
        assert_eq!(row.purchase().total, row.total);
    }
}

async fn a_posted_entry_that_no_look_showed_is_listed(db: Db) -> Tested {
    let (company, ada) = (connection_add(&db, 1).await?, person_add(&db, 1).await?);
    let txn = db.begin_write().await?;
    for number in 1..=3_u32 {
        let document = new_document(number, ada);
        vouch::store::document::document_create(&txn, &document).await?;
        posting_create(&txn, &posting(u128::from(number), document.id, company), 5).await?;
    }
    txn.commit().await?;
    use vouch::store::Run as _;
    let sql = "UPDATE postings SET external_id = reference, attachment_id = 'a' WHERE reference <> 'VCH-3'";
    db.execute(sql, Vec::new()).await?;
    store(&db, &[LedgerEntryRow { resource: "paid".to_owned(), ..entry(company, "VCH-1") }], 5).await?;
    let unseen = posting_list_unseen(&db, company, 10).await?;
    assert_eq!(unseen.iter().map(|row| row.reference.as_str()).collect::<Vec<_>>(), ["VCH-2"]);
    Ok(())
}

async fn how_far_changes_were_followed_is_kept(db: Db) -> Tested {
    let company = connection_add(&db, 1).await?;
    let new = watch_fetch(&db, company).await?;
    assert_eq!((new.connected_at_us, new.until_us, new.looked_at_us), (1, None, None));
    let txn = db.begin_write().await?;
    watch_store(&txn, company, Some(7), 9).await?;
    txn.commit().await?;
    let then = watch_fetch(&db, company).await?;
    assert_eq!((then.connected_at_us, then.until_us, then.looked_at_us), (1, Some(7), Some(9)));
    assert!(watch_fetch(&db, ConnectionId::from_u128(9)).await.is_err());
    Ok(())
}

async fn an_event_is_heard_once(db: Db) -> Tested {
    let company = connection_add(&db, 1).await?;
    let heard = async |id: &str, at_us: i64| -> anyhow::Result<bool> {
        let txn = db.begin_write().await?;
        let is_new = webhook_event_append(&txn, id, "quickbooks", "company 1", at_us).await?;
        txn.commit().await?;
        Ok(is_new)
    };
    assert!(heard("a", 5).await?);
    assert!(!heard("a", 6).await?);
    assert!(heard("b", 7).await?);
    webhook_event_sweep(&db, 6).await?;
    assert!(heard("a", 8).await? && !heard("b", 8).await?, "only the old one was forgotten");
    assert_eq!(connection_by_company(&db, "quickbooks", "company 1").await?, Some(company));
    assert_eq!(connection_by_company(&db, "xero", "company 1").await?, None);
    connection_state(&db, company, "disconnected").await?;
    assert_eq!(connection_by_company(&db, "quickbooks", "company 1").await?, None);
    Ok(())
}
