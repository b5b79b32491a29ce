//! Notices: the same thing once for each channel, and only one may send it.

use std::collections::BTreeSet;

use vouch::{
    model::{
        id::{DocumentId, NoticeId, PersonId},
        language::Language,
        notice::{Channel, Notice, NoticeFacts, NoticeKind, Recipient},
        person::{Person, Role},
    },
    store::{
        Db, StoreError,
        notice::{
            NoticeState, notice_add, notice_begin, notice_count, notice_end, notice_fetch, notice_give_up, notice_list,
            person_language_store, recipient_list,
        },
        person::person_create,
    },
};

use crate::engine::Tested;

on_both_engines!(
    the_same_thing_is_written_once_for_each_channel,
    one_of_two_senders_may_send,
    what_was_sent_stays_sent,
    people_who_left_hear_nothing,
);

fn notice(key: &str) -> Notice {
    Notice {
        key: key.to_owned(),
        to: Recipient {
            person: Some(PersonId::from_u128(1)),
            email: "ada@example.org".to_owned(),
            name: "Ada".to_owned(),
            language: Some(Language::SimplifiedChinese),
        },
        kind: NoticeKind::Asked,
        facts: NoticeFacts {
            document: Some(DocumentId::from_u128(7)),
            supplier: "金華冰廳 \"A\"".to_owned(),
            due: "2026-11-26 18:00".to_owned(),
            ..NoticeFacts::default()
        },
    }
}

async fn add(db: &Db, bits: u128, channel: Channel, notice: &Notice) -> Result<bool, StoreError> {
    let txn = db.begin_write().await?;
    let added = notice_add(&txn, NoticeId::from_u128(bits), channel, notice, 5).await?;
    txn.commit().await?;
    Ok(added)
}

async fn the_same_thing_is_written_once_for_each_channel(db: Db) -> Tested {
    assert!(add(&db, 1, Channel::Email, &notice("a")).await?);
    assert!(!add(&db, 2, Channel::Email, &notice("a")).await?);
    assert!(add(&db, 3, Channel::Slack, &notice("a")).await?);
    assert!(add(&db, 4, Channel::Email, &notice("b")).await?);
    let mut other = notice("a");
    other.to.person = Some(PersonId::from_u128(2));
    assert!(add(&db, 5, Channel::Email, &other).await?, "another person is another notice");
    let row = notice_fetch(&db, NoticeId::from_u128(1)).await?;
    assert_eq!((row.channel, row.state, row.created_at_us), (Channel::Email, NoticeState::Waiting, 5));
    assert_eq!(row.notice, notice("a"), "it comes back as it was written");
    assert_eq!(notice_list(&db, 2).await?.len(), 2);
    assert!(matches!(notice_fetch(&db, NoticeId::from_u128(9)).await, Err(StoreError::NotFound(_))));
    Ok(())
}

async fn one_of_two_senders_may_send(db: Db) -> Tested {
    let id = NoticeId::from_u128(1);
    add(&db, 1, Channel::Email, &notice("a")).await?;
    let (first, second) = tokio::join!(notice_begin(&db, id, 6), notice_begin(&db, id, 6));
    assert!(first? != second?, "exactly one");
    notice_end(&db, id, NoticeState::Waiting, "nobody listens", 7).await?;
    assert!(notice_begin(&db, id, 8).await?, "what did not go out is tried again");
    Ok(())
}

async fn what_was_sent_stays_sent(db: Db) -> Tested {
    let id = NoticeId::from_u128(1);
    for (bits, end) in [(1, NoticeState::Sent), (2, NoticeState::Unknown)] {
        let id = NoticeId::from_u128(bits);
        add(&db, bits, Channel::Email, &notice(end.name())).await?;
        assert!(notice_begin(&db, id, 6).await?);
        notice_end(&db, id, end, "", 7).await?;
        notice_end(&db, id, NoticeState::Waiting, "a slow worker", 8).await?;
        notice_give_up(&db, id, "too late", 9).await?;
        assert!(!notice_begin(&db, id, 10).await?);
        assert_eq!(notice_fetch(&db, id).await?.state, end);
        assert_eq!((notice_count(&db, end, 7).await?, notice_count(&db, end, 8).await?), (1, 0));
    }
    assert_eq!(notice_fetch(&db, id).await?.reason, "");
    add(&db, 3, Channel::Email, &notice("c")).await?;
    notice_give_up(&db, NoticeId::from_u128(3), "too often", 9).await?;
    let row = notice_fetch(&db, NoticeId::from_u128(3)).await?;
    assert_eq!((row.state, row.reason.as_str()), (NoticeState::Failed, "too often"));
    assert!(notice_begin(&db, row.id, 10).await?, "a revived one is sent");
    Ok(())
}

async fn people_who_left_hear_nothing(db: Db) -> Tested {
    for (bits, email, active) in [(1, "ada@example.org", true), (2, "bo@example.org", false)] {
        let (id, roles) = (PersonId::from_u128(bits), vec![Role::Submitter]);
        let person = Person { id, email: email.to_owned(), name: "X".to_owned(), roles, active };
        person_create(&db, &person, "no password", 1).await?;
    }
    let people = BTreeSet::from([1, 2, 3].map(PersonId::from_u128));
    let found = recipient_list(&db, &people).await?;
    assert_eq!((found.len(), found[0].email.as_str(), found[0].language), (1, "ada@example.org", None));
    person_language_store(&db, PersonId::from_u128(1), Language::TraditionalChinese).await?;
    assert_eq!(recipient_list(&db, &people).await?[0].language, Some(Language::TraditionalChinese));
    Ok(())
}
