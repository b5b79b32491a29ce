//! The rate of a foreign bill: Xero takes its own, and is told ours only where that was chosen, the other way round.

use vouch::{
    model::{
        currency::Currency,
        field::{Field, FieldName, FieldValue},
        id::DocumentId,
    },
    pipeline::{
        blocked::{Fix, groups, unblock},
        own_rate::{RATE, RATE_APPROVED, RATE_KEY},
    },
    store::{Run as _, document::document_update},
};

use crate::house::{Goal, House};

/// An approved bill in US dollars, whose total was turned into Hong Kong dollars at this rate.
async fn in_dollars(house: &mut House, rate: Option<&str>) -> DocumentId {
    let id = house.approved().await;
    let mut document = house.document(id).await;
    let draft = document.draft.as_mut().expect("it has a draft");
    draft.fields.insert(FieldName::Currency, Field::by_person(FieldValue::Currency(Currency::USD)));
    let txn = house.context.db.begin_write().await.expect("the store works");
    document_update(&txn, &document, document.version).await.expect("nobody else changes it");
    let home = rate.map(|_| "HKD".to_owned());
    let sql = "UPDATE documents SET rate = $1, home_currency = $2 WHERE id = $3";
    let values = vec![rate.map(str::to_owned).into(), home.into(), id.to_string().into()];
    txn.execute(sql, values).await.expect("the store works");
    txn.commit().await.expect("the store works");
    id
}

#[tokio::test]
async fn xero_is_told_our_rate_only_where_that_was_chosen() {
    let mut house = House::new(Goal::XERO_BILL).await;
    house.sandbox.record();
    let sent = |house: &House, holds: &str| {
        let exchanges = house.sandbox.exchanges();
        exchanges.iter().filter(|one| one.method == "PUT" && one.body.contains(holds)).count()
    };
    let id = in_dollars(&mut house, Some("7.75")).await;
    house.settle().await;
    house.assert_posted_once(id, "at Xero's own rate").await;
    assert_eq!(sent(&house, "CurrencyRate"), 0, "by default it is not told");

    house.choose(RATE, RATE_KEY, RATE_APPROVED).await;
    let id = in_dollars(&mut house, Some("7.75")).await;
    house.settle().await;
    house.assert_posted_once(id, "at ours").await;
    assert_eq!(sent(&house, "\"CurrencyRate\":0.129032"), 1, "dollars for one Hong Kong dollar");
    let home = house.approved().await;
    house.settle().await;
    house.assert_posted_once(home, "in its own currency").await;
    assert_eq!(sent(&house, "CurrencyRate"), 1, "which has no rate");

    let id = in_dollars(&mut house, None).await;
    house.settle().await;
    house.assert_blocked(id, "No rate from USD to HKD is known").await;
    let [group] = groups(&house.context).await.expect("the store works").try_into().expect("one group");
    assert!(matches!(group.fix, Fix::Document(_)), "{:?}", group.fix);
    house.choose(RATE, RATE_KEY, "").await;
    assert_eq!(unblock(&house.context, &house.person, None).await.expect("the store works"), 1);
    house.settle().await;
    house.assert_posted_once(id, "it takes its own again").await;
}
