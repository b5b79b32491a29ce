//! Several companies: consent with a proof key, organisations chosen, disconnected one by one, tokens given up, keys
//! changed.

use vouch::{
    pipeline::{
        connections::{choose, consent_ends, disconnect, reseal},
        sync::run_sync,
    },
    sandbox::{Fault, FaultKind},
    store::{
        connection::{Connection, connection_fetch, connection_list, connection_upsert},
        token::{token_fetch, token_list},
    },
};

use crate::house::{Goal, House};

const MERLION: &str = "a1d0c0de-0000-4000-8000-000000000002";

async fn states(house: &House) -> Vec<String> {
    let all = connection_list(&house.context.db).await.expect("the store works");
    all.into_iter().map(|row| format!("{}: {}", row.name, row.state)).collect()
}

async fn only_row(house: &House) -> Connection {
    connection_fetch(&house.context.db, house.connection).await.expect("it is there")
}

/// The organisation that the consent could have reached as well.
async fn offer_second(house: &House) -> Connection {
    let first = only_row(house).await;
    let second = Connection {
        id: vouch::model::id::ConnectionId::new(),
        company_id: MERLION.to_owned(),
        name: "Merlion".to_owned(),
        state: "offered".to_owned(),
        ..first
    };
    let txn = house.context.db.begin_write().await.expect("the store works");
    connection_upsert(&txn, &second, 1).await.expect("it is new");
    txn.commit().await.expect("the store works");
    second
}

#[tokio::test]
async fn a_second_organisation_is_chosen_and_left_again() {
    let house = House::new(Goal::XERO_BILL).await;
    // The person agrees to a second organisation of the same user.
    house.consent_to(MERLION).await;
    let all = connection_list(&house.context.db).await.expect("the store works");
    assert!(all.iter().all(|row| row.state == "connected") && all.len() == 2, "{:?}", states(&house).await);
    let tokens = token_list(&house.context.db).await.expect("the store works");
    assert_eq!(tokens.len(), 1, "one row a user: {:?}", tokens.iter().map(|row| &row.id).collect::<Vec<_>>());
    run_sync(&house.context, house.connection).await.expect("the new token serves the first organisation too");

    // The second one is left: the first goes on with the same tokens.
    let second = all.iter().find(|row| row.id != house.connection).expect("there are two").id;
    house.gate.open();
    disconnect(&house.context, second).await.expect("the ledger answers");
    assert_eq!(house.count("DELETE /xero/connections/"), 1, "{:?}", house.gate.calls());
    assert_eq!(house.count("/connect/revocation"), 0, "the tokens stay");
    run_sync(&house.context, house.connection).await.expect("the first organisation goes on");

    // The last one is left: the tokens are given up and forgotten.
    disconnect(&house.context, house.connection).await.expect("the ledger answers");
    assert_eq!(house.count("/connect/revocation"), 1);
    assert!(token_list(&house.context.db).await.expect("the store works").is_empty());
}

#[tokio::test]
async fn offered_organisations_wait_for_a_person() {
    let house = House::new(Goal::XERO_BILL).await;
    let second = offer_second(&house).await;
    run_sync(&house.context, second.id).await.expect("nothing is asked of it");
    assert_eq!(only_row(&house).await.state, "connected");
    // It was not connected there: choosing it says so, and it stays offered.
    assert!(choose(&house.context, &[second.id]).await.is_err());
    assert_eq!(connection_fetch(&house.context.db, second.id).await.expect("it is there").state, "offered");
    choose(&house.context, &[]).await.expect("the ledger answers");
    assert_eq!(connection_fetch(&house.context.db, second.id).await.expect("it is there").state, "disconnected");
    assert_eq!(only_row(&house).await.state, "connected", "the one in use stays");
    house.consent_to(MERLION).await;
    assert_eq!(connection_fetch(&house.context.db, second.id).await.expect("it is there").state, "connected");
}

#[tokio::test]
async fn tokens_are_given_up_although_the_ledger_was_away() {
    for goal in [Goal::QUICKBOOKS_BILL, Goal::XERO_BILL] {
        let house = House::new(goal).await;
        house.sandbox.fault_arm(Fault { matches: "revo".to_owned(), kind: FaultKind::Status503Html });
        disconnect(&house.context, house.connection).await.expect("it is out of use here at once");
        assert_eq!(only_row(&house).await.state, "disconnected");
        assert_eq!(token_list(&house.context.db).await.expect("the store works").len(), 1, "it is tried again");
        vouch::pipeline::sync::schedule(&house.context).await.expect("the store works");
        assert!(token_list(&house.context.db).await.expect("the store works").is_empty());
        let revoked = house.sandbox.calls().iter().filter(|call| call.path.contains("revo")).count();
        assert_eq!(revoked, 2);
        assert_eq!(house.consent().await, house.connection, "the same company can be connected again");
    }
}

#[tokio::test]
async fn a_new_key_reaches_tokens_and_running_processes() {
    let house = House::with_key_file(Goal::XERO_BILL).await;
    let running = house.file_vault(house.second_process().await);
    let before = token_list(&house.context.db).await.expect("the store works");
    house.context.vault.key_renew().expect("the file can be written");
    let done = reseal(&house.context).await.expect("every token opens");
    assert_eq!((done.changed, done.lost), (1, 0));
    let after = token_fetch(&house.context.db, &before[0].id).await.expect("it is there");
    assert_ne!(after.refresh_sealed, before[0].refresh_sealed);
    assert!(house.context.vault.is_current(&after.refresh_sealed, &after.id));
    house.context.vault.key_drop_older().expect("the file can be written");
    house.advance(1_800);
    run_sync(&running, house.connection).await.expect("the running process renews with the new key");
    run_sync(&house.file_vault(house.second_process().await), house.connection)
        .await
        .expect("a new one opens what it sealed");
    assert_eq!(reseal(&house.context).await.expect("the store works").changed, 0, "all of it is current");
}

#[tokio::test]
async fn the_end_of_a_consent_is_known() {
    for (goal, days) in [(Goal::QUICKBOOKS_BILL, 100), (Goal::XERO_BILL, 60)] {
        let house = House::new(goal).await;
        let ends = consent_ends(&house.context).await.expect("the store works");
        let until_us = ends[&only_row(&house).await.token_id];
        assert_eq!((until_us - house.context.clock.now_us()) / 86_400_000_000, days);
        house.advance(10 * 86_400);
        run_sync(&house.context, house.connection).await.expect("the token is renewed");
        let later_us = consent_ends(&house.context).await.expect("the store works")[&only_row(&house).await.token_id];
        assert_eq!((later_us - until_us) / 86_400_000_000, 10, "every renewal moves it on");
    }
}
