//! One of several papers in one picture: its entry bears its own picture, not that of the others.

use vouch::{
    approval::state::State,
    blob::original_name,
    model::{
        hash::sha256_hex,
        part::{Division, Part},
    },
    store::part::division_store,
};

use crate::house::{Goal, House};

#[tokio::test]
async fn the_entry_of_a_part_bears_its_own_picture() {
    for goal in [Goal::QUICKBOOKS_PAID, Goal::XERO_BILL] {
        let mut house = House::new(goal).await;
        let ids = [house.approved().await, house.approved().await];
        let mut pictures = Vec::new();
        for (number, id) in (1..).zip(ids) {
            let picture = format!("\u{ff}\u{d8} part {number}").into_bytes();
            let sha256 = sha256_hex(&picture);
            let bytes = i64::try_from(picture.len()).expect("a short file");
            house.context.blobs.put(&original_name(&sha256), picture).await.expect("the folder takes it");
            let part = Part { of: ids[0], number, count: 2, sha256: sha256.clone(), bytes };
            let txn = house.context.db.begin_write().await.expect("the store works");
            division_store(&txn, id, &Division::Part(part)).await.expect("the store works");
            txn.commit().await.expect("the store works");
            pictures.push((usize::try_from(bytes).expect("a short file"), sha256));
        }
        house.settle().await;
        for (id, (bytes, sha256)) in ids.into_iter().zip(pictures) {
            let State::Posted { reference, .. } = house.document(id).await.state else {
                panic!("{goal:?}: not posted")
            };
            let entries = house.entries(id).await;
            let [entry] = entries.as_slice() else { panic!("{goal:?}: one entry, not {entries:?}") };
            let name = format!("receipt-{reference}.jpg");
            assert_eq!(entry.attachments, [(name, bytes, sha256)], "{goal:?}");
        }
    }
}
