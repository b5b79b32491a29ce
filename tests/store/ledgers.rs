//! Connections, what is known of their companies, consents, and the lease on tokens.

use tokio::task::JoinSet;
use vouch::{
    model::id::{ConnectionId, PersonId},
    store::{
        Db, StoreError,
        connection::{
            Connection, MappingRow, ReferenceRow, connection_fetch, connection_list, connection_state,
            connection_state_by_token, connection_upsert, mapping_list, mapping_store, reference_list,
            reference_replace_all,
        },
        consent::{Consent, consent_create, consent_take},
        session::session_sweep,
        token::{
            TokenRow, token_delete_unused, token_fetch, token_list, token_list_unused, token_lock, token_renewed,
            token_reseal, token_store, token_unlock,
        },
    },
};

use crate::{
    engine::Tested,
    rows::{connection, connection_add, person_add},
};

on_both_engines!(
    a_company_that_is_connected_again_keeps_its_id,
    states_change_for_one_connection_or_for_a_token,
    references_are_replaced_whole_and_for_one_company,
    a_word_has_one_meaning_until_it_is_taken_away,
    a_consent_is_taken_once,
    a_consent_is_only_for_who_began_it_and_in_time,
    tokens_are_kept_and_count_their_renewals,
    one_of_eight_may_renew_a_token,
    the_right_to_renew_ends,
    tokens_without_a_company_are_found_and_removed,
    tokens_are_sealed_anew_unless_they_were_renewed,
);

async fn a_company_that_is_connected_again_keeps_its_id(db: Db) -> Tested {
    let first = connection_add(&db, 1).await?;
    let again = Connection {
        id: ConnectionId::from_u128(2),
        name: "Renamed".to_owned(),
        home_currency: "USD".to_owned(),
        multi_currency: false,
        country: None,
        closed_until: Some("2026-10-31".to_owned()),
        token_id: "quickbooks:new".to_owned(),
        state: "consent_needed".to_owned(),
        synced_at_us: Some(77),
        ..connection(1)
    };
    let txn = db.begin_write().await?;
    assert_eq!(connection_upsert(&txn, &again, 5).await?, first);
    // The same number at the other ledger is another company.
    let xero = Connection { ledger: "xero".to_owned(), id: ConnectionId::from_u128(3), ..connection(1) };
    assert_eq!(connection_upsert(&txn, &xero, 5).await?, xero.id);
    txn.commit().await?;
    assert_eq!(connection_fetch(&db, first).await?, Connection { id: first, ..again.clone() });
    let missing = connection_fetch(&db, again.id).await;
    assert!(matches!(missing, Err(StoreError::NotFound("connection"))), "{missing:?}");
    let names: Vec<String> = connection_list(&db).await?.into_iter().map(|row| row.name).collect();
    assert_eq!(names, ["Company 1", "Renamed"]);
    Ok(())
}

async fn states_change_for_one_connection_or_for_a_token(db: Db) -> Tested {
    let txn = db.begin_write().await?;
    for number in 1..=4 {
        let token_id = if number == 4 { "xero:other" } else { "xero:user" }.to_owned();
        connection_upsert(&txn, &Connection { token_id, ..connection(number) }, 1).await?;
    }
    txn.commit().await?;
    connection_state(&db, ConnectionId::from_u128(2), "disconnected").await?;
    connection_state_by_token(&db, "xero:user", "consent_needed").await?;
    let states: Vec<String> = connection_list(&db).await?.into_iter().map(|row| row.state).collect();
    assert_eq!(states, ["consent_needed", "disconnected", "consent_needed", "connected"]);
    Ok(())
}

fn reference(kind: &str, external_id: &str, name: &str) -> ReferenceRow {
    let (code, currency) = (Some("400".to_owned()), None);
    ReferenceRow { kind: kind.to_owned(), external_id: external_id.to_owned(), code, name: name.to_owned(), currency }
}

async fn references_are_replaced_whole_and_for_one_company(db: Db) -> Tested {
    let (first, second) = (connection_add(&db, 1).await?, connection_add(&db, 2).await?);
    let tea = reference("expense_account", "1", "膳食 Meals");
    let rent = reference("expense_account", "2", "Rent");
    let supplier = ReferenceRow { code: None, currency: Some("USD".to_owned()), ..reference("supplier", "1", "Acme") };
    let txn = db.begin_write().await?;
    reference_replace_all(&txn, first, &[supplier.clone(), tea.clone(), rent.clone(), tea.clone()]).await?;
    reference_replace_all(&txn, second, std::slice::from_ref(&rent)).await?;
    txn.commit().await?;
    assert_eq!(reference_list(&db, first).await?, [rent.clone(), tea.clone(), supplier], "one kind after another");
    let txn = db.begin_write().await?;
    reference_replace_all(&txn, first, std::slice::from_ref(&tea)).await?;
    txn.commit().await?;
    assert_eq!(reference_list(&db, first).await?, [tea]);
    assert_eq!(reference_list(&db, second).await?, [rent], "the other company's stay");
    Ok(())
}

async fn a_word_has_one_meaning_until_it_is_taken_away(db: Db) -> Tested {
    let (first, second) = (connection_add(&db, 1).await?, connection_add(&db, 2).await?);
    let row = |kind: &str, key: &str, external_id: &str| MappingRow {
        kind: kind.to_owned(),
        key: key.to_owned(),
        external_id: external_id.to_owned(),
    };
    for (id, row) in [
        (first, row("paid_from", "default", "9")),
        (first, row("category_account", "rent", "1")),
        (first, row("category_account", "meals", "2")),
        (first, row("category_tax", "meals", "3")),
        (first, row("category_account", "meals", "4")),
        (second, row("category_account", "meals", "5")),
    ] {
        mapping_store(&db, id, &row).await?;
    }
    let account = row("category_account", "meals", "4");
    let rest =
        [row("category_account", "rent", "1"), row("category_tax", "meals", "3"), row("paid_from", "default", "9")];
    let all: Vec<MappingRow> = [account].into_iter().chain(rest.clone()).collect();
    assert_eq!(mapping_list(&db, first).await?, all);
    for _ in 0..2 {
        mapping_store(&db, first, &row("category_account", "meals", "")).await?;
        assert_eq!(mapping_list(&db, first).await?, rest);
    }
    assert_eq!(mapping_list(&db, second).await?, [row("category_account", "meals", "5")]);
    Ok(())
}

fn consent(state: &str, person: PersonId) -> Consent {
    Consent {
        state: state.to_owned(),
        ledger: "xero".to_owned(),
        person,
        expires_at_us: 100,
        verifier_sealed: Some(format!("sealed for {state}")),
    }
}

async fn a_consent_is_taken_once(db: Db) -> Tested {
    let ada = person_add(&db, 1).await?;
    consent_create(&db, &consent("state", ada)).await?;
    assert!(consent_take(&db, "state", "xero", ada, 50).await?.is_some());
    assert!(consent_take(&db, "state", "xero", ada, 50).await?.is_none(), "an answer that comes twice");
    assert!(consent_take(&db, "guessed", "xero", ada, 50).await?.is_none());
    consent_create(&db, &consent("raced", ada)).await?;
    let mut takers = JoinSet::new();
    for _ in 0..8 {
        let db = db.clone();
        takers.spawn(async move { consent_take(&db, "raced", "xero", ada, 50).await });
    }
    let taken: Vec<_> = takers.join_all().await.into_iter().collect::<Result<Vec<_>, _>>()?;
    let taken: Vec<Consent> = taken.into_iter().flatten().collect();
    assert_eq!(taken, [consent("raced", ada)]);
    Ok(())
}

async fn a_consent_is_only_for_who_began_it_and_in_time(db: Db) -> Tested {
    let (ada, bob) = (person_add(&db, 1).await?, person_add(&db, 2).await?);
    consent_create(&db, &consent("state", ada)).await?;
    assert!(consent_take(&db, "state", "xero", bob, 50).await?.is_none(), "somebody else's browser");
    assert!(consent_take(&db, "state", "quickbooks", ada, 50).await?.is_none(), "the other ledger");
    assert!(consent_take(&db, "state", "xero", ada, 100).await?.is_none(), "too late");
    assert!(consent_take(&db, "state", "xero", ada, 99).await?.is_some(), "a wrong try does not spend it");
    consent_create(&db, &consent("old", ada)).await?;
    session_sweep(&db, 100, 0).await?;
    assert!(consent_take(&db, "old", "xero", ada, 0).await?.is_none(), "the sweep removed it");
    Ok(())
}

fn token(access: &str) -> TokenRow {
    TokenRow {
        id: "xero:user".to_owned(),
        ledger: "xero".to_owned(),
        access_sealed: access.to_owned(),
        refresh_sealed: format!("refresh of {access}"),
        access_expires_at_us: 1_000,
        access_lasts_us: 900,
        consent_until_us: Some(9_000),
        version: 1,
    }
}

async fn tokens_are_kept_and_count_their_renewals(db: Db) -> Tested {
    let missing = token_fetch(&db, "xero:user").await;
    assert!(matches!(missing, Err(StoreError::NotFound("token"))), "{missing:?}");
    token_store(&db, &token("first")).await?;
    assert_eq!(token_fetch(&db, "xero:user").await?, token("first"));
    let other = TokenRow { id: "quickbooks:1".to_owned(), ledger: "quickbooks".to_owned(), ..token("other") };
    token_store(&db, &other).await?;
    token_store(&db, &token("second")).await?;
    assert_eq!(token_fetch(&db, "xero:user").await?, TokenRow { version: 2, ..token("second") });
    assert_eq!(token_fetch(&db, "quickbooks:1").await?, other);
    Ok(())
}

async fn one_of_eight_may_renew_a_token(db: Db) -> Tested {
    token_store(&db, &token("first")).await?;
    let mut askers = JoinSet::new();
    for _ in 0..8 {
        let db = db.clone();
        askers.spawn(async move { token_lock(&db, "xero:user", 1, 10, 100).await });
    }
    let answers: Vec<bool> = askers.join_all().await.into_iter().collect::<Result<_, _>>()?;
    assert_eq!(answers.into_iter().filter(|won| *won).count(), 1);
    token_store(&db, &token("second")).await?;
    assert!(!token_lock(&db, "xero:user", 1, 10, 100).await?, "whoever saw the old pair must load the new one");
    assert!(token_lock(&db, "xero:user", 2, 10, 100).await?, "storing gave the right back");
    assert!(!token_lock(&db, "nobody's", 1, 10, 100).await?);
    Ok(())
}

async fn the_right_to_renew_ends(db: Db) -> Tested {
    token_store(&db, &token("first")).await?;
    assert!(token_lock(&db, "xero:user", 1, 10, 100).await?);
    for now_us in [10, 50, 110] {
        assert!(!token_lock(&db, "xero:user", 1, now_us, 100).await?, "somebody renews at {now_us}");
    }
    assert!(token_lock(&db, "xero:user", 1, 111, 100).await?, "who took it has died");
    token_unlock(&db, "xero:user", 110).await?;
    assert!(!token_lock(&db, "xero:user", 1, 112, 100).await?, "a lease that has ended gives nothing back");
    token_unlock(&db, "xero:user", 211).await?;
    assert!(token_lock(&db, "xero:user", 1, 112, 100).await?, "who took it gave it back");
    assert_eq!(token_fetch(&db, "xero:user").await?, token("first"), "locking changes no token");
    Ok(())
}

async fn tokens_without_a_company_are_found_and_removed(db: Db) -> Tested {
    let txn = db.begin_write().await?;
    for (number, state) in [(1, "connected"), (2, "disconnected"), (3, "offered")] {
        let token_id = format!("quickbooks:{number}");
        token_store(&txn, &TokenRow { id: token_id.clone(), ..token("first") }).await?;
        connection_upsert(&txn, &Connection { token_id, state: state.to_owned(), ..connection(number) }, 1).await?;
    }
    token_store(&txn, &token("nobody's")).await?;
    txn.commit().await?;
    let unused = token_list_unused(&db).await?;
    let ids: Vec<&str> = unused.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["quickbooks:2", "xero:user"]);
    let old = TokenRow { version: 7, ..unused[1].clone() };
    assert!(!token_delete_unused(&db, &old).await?, "a new consent has replaced it");
    let used = TokenRow { id: "quickbooks:1".to_owned(), ..unused[0].clone() };
    assert!(!token_delete_unused(&db, &used).await?, "a company needs it");
    for row in &unused {
        assert!(token_delete_unused(&db, row).await?);
    }
    assert_eq!(token_list(&db).await?.len(), 2);
    Ok(())
}

async fn tokens_are_sealed_anew_unless_they_were_renewed(db: Db) -> Tested {
    token_store(&db, &token("first")).await?;
    let seen = token_fetch(&db, "xero:user").await?;
    assert!(token_reseal(&db, &seen, "a", "r").await?);
    let resealed = token_fetch(&db, "xero:user").await?;
    assert_eq!((resealed.access_sealed.as_str(), resealed.refresh_sealed.as_str(), resealed.version), ("a", "r", 1));
    let renewed = TokenRow { consent_until_us: None, access_lasts_us: 5, ..token("second") };
    assert!(token_renewed(&db, &renewed, 1).await?);
    assert!(!token_reseal(&db, &seen, "old", "old").await?, "the newer pair stays");
    assert_eq!(token_fetch(&db, "xero:user").await?, TokenRow { version: 2, ..renewed });
    Ok(())
}
