//! The file for those who connect nothing, or not yet: what is in it, and that it says what is not.

use vouch::{
    model::field::FieldName,
    pipeline::{LedgerKind, export::export},
    store::document::document_update,
};

use crate::house::{Goal, House};

async fn file(house: &House, layout: LedgerKind) -> (Vec<Vec<String>>, [usize; 4]) {
    let export = export(&house.context, layout, false).await.expect("the file can be written");
    let mut reader = csv::Reader::from_reader(export.bytes.as_slice());
    let header = reader.headers().expect("a header").iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect());
    let counts = [export.documents, export.credit_notes, export.incomplete, export.uncharged];
    (std::iter::once(header).chain(rows).collect(), counts)
}

fn column<'a>(rows: &'a [Vec<String>], name: &str) -> Vec<&'a str> {
    let at = rows[0].iter().position(|title| title == name).expect("the layout has it");
    rows[1..].iter().map(|row| row[at].as_str()).collect()
}

#[tokio::test]
async fn what_a_bill_is_charged_to_is_in_xeros_file_and_counted_for_quickbooks() {
    for (goal, layout) in [(Goal::XERO_BILL, LedgerKind::Xero), (Goal::QUICKBOOKS_BILL, LedgerKind::QuickBooks)] {
        let mut house = House::new(goal).await;
        house.map_dimensions().await;
        let (plain, both, unknown) = (house.approved().await, house.approved().await, house.approved().await);
        house.charge(both, Some("sales"), Some("T-1")).await;
        house.charge(unknown, Some("nobody knows"), None).await;
        let unfinished = house.approved().await;
        let mut unfinished = house.document(unfinished).await;
        unfinished.draft.as_mut().expect("it has a draft").fields.remove(&FieldName::Total);
        let txn = house.context.db.begin_write().await.expect("the store works");
        document_update(&txn, &unfinished, unfinished.version).await.expect("nobody else changes it");
        txn.commit().await.expect("the store works");
        let (rows, counts) = file(&house, layout).await;
        assert_eq!(rows.len(), 4, "a header and three of four");
        if layout == LedgerKind::Xero {
            assert_eq!(counts, [3, 0, 1, 1], "{rows:?}");
            // Each row under its own reference, which stands in the description.
            let descriptions = column(&rows, "Description");
            for (id, tracking) in [
                (plain, ["", "", "", ""]),
                (both, ["Department", "Sales", "Project", "Tower refit"]),
                (unknown, ["", "", "", ""]),
            ] {
                let at = descriptions.iter().position(|text| text.contains(&id.to_string())).expect("it is there");
                let found = ["TrackingName1", "TrackingOption1", "TrackingName2", "TrackingOption2"];
                assert_eq!(found.map(|name| column(&rows, name)[at]), tracking);
            }
        } else {
            assert_eq!(counts, [3, 0, 1, 2], "no column for it: {rows:?}");
            assert_eq!(column(&rows, "Category/Account"), [column(&rows, "Category/Account")[0]; 3]);
        }
    }
}

#[tokio::test]
async fn credit_notes_are_counted_and_not_turned_into_bills() {
    for (goal, layout) in [(Goal::XERO_CREDIT, LedgerKind::Xero), (Goal::QUICKBOOKS_CREDIT, LedgerKind::QuickBooks)] {
        let mut house = House::new(goal).await;
        for _ in 0..2 {
            house.approved().await;
        }
        let (rows, counts) = file(&house, layout).await;
        assert_eq!((rows.len(), counts), (1, [0, 2, 0, 0]));
    }
}
