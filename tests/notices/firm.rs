//! A vouch with a few people for one test, whose time the test moves.

use std::collections::BTreeSet;

use tempfile::TempDir;
use vouch::{
    clock::Clock,
    config::Config,
    model::{
        id::{DocumentId, PersonId},
        language::Language,
        notice::{NoticeFacts, NoticeKind},
        person::{Person, Role},
    },
    pipeline::{
        self, Context,
        notices::{Telling, add},
    },
    queue::drain,
    store::{
        job::{JobRow, job_list},
        notice::{NoticeRow, NoticeState, notice_list, person_language_store},
        person::person_create,
    },
};

/// 22 November 2026, 10:00 in Hong Kong; the vectors of the robots' signatures are of this moment.
pub(crate) const START_US: i64 = 1_795_312_800_000_000;
const HOUR_US: i64 = 3_600_000_000;

pub(crate) const ADA: PersonId = PersonId::from_u128(1);
pub(crate) const BO: PersonId = PersonId::from_u128(2);
pub(crate) const CY: PersonId = PersonId::from_u128(3);
pub(crate) const DEE: PersonId = PersonId::from_u128(4);
pub(crate) const EVE: PersonId = PersonId::from_u128(5);

/// See the module.
pub(crate) struct Firm {
    pub(crate) context: Context,
    _folder: TempDir,
}

impl Firm {
    /// A firm whose notices go where the test says.
    pub(crate) async fn new(set_up: impl FnOnce(&mut Config)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = TempDir::new().expect("a folder");
        let mut config = Config::load(None).expect("the defaults are compiled in");
        config.data_dir = folder.path().to_owned();
        config.public_url = "https://vouch.example.org".to_owned();
        set_up(&mut config);
        let clock = Clock::fixed(START_US);
        let context = Context::open(config, clock, "/bin/false".into()).await.expect("an empty folder");
        for (id, email, name, role, active) in [
            (ADA, "ada@example.org", "Ada", Role::Submitter, true),
            (BO, "bo@example.org", "陳大文", Role::Approver, true),
            (CY, "cy@example.org", "Cy", Role::Submitter, false),
            (DEE, "dee@example.org", "Dee", Role::Accountant, true),
            (EVE, "eve@example.org", "Eve", Role::Administrator, true),
        ] {
            let person = Person { id, email: email.to_owned(), name: name.to_owned(), roles: vec![role], active };
            person_create(&context.db, &person, "no password", START_US).await.expect("nobody is there yet");
        }
        person_language_store(&context.db, BO, Language::TraditionalChinese).await.expect("Bo is there");
        Self { context, _folder: folder }
    }

    /// Tells these people about something, and answers how many notices that made.
    pub(crate) async fn tell(&self, key: &str, people: &[PersonId]) -> u32 {
        let facts = NoticeFacts {
            document: Some(DocumentId::from_u128(7)),
            supplier: "金華冰廳 & <Co>".to_owned(),
            amount: "HKD 1280.50".to_owned(),
            ..NoticeFacts::default()
        };
        let people = BTreeSet::from_iter(people.iter().copied());
        let telling = Telling { key: key.to_owned(), kind: NoticeKind::Asked, facts, people };
        let txn = self.context.db.begin_write().await.expect("nobody else writes");
        let added = add(&txn, &self.context, &telling).await.expect("a sound database");
        txn.commit().await.expect("a sound database");
        added
    }

    /// Works until nothing is due.
    pub(crate) async fn work(&self) -> u64 {
        let options = self.context.queue_options();
        let handler = |job| {
            let context = self.context.clone();
            async move { pipeline::run(&context, job).await }
        };
        drain(&self.context.db, &self.context.clock, &options, handler).await.expect("a sound database")
    }

    /// Works, and lets hours pass, until the queue holds nothing that will run again.
    pub(crate) async fn work_to_the_end(&self) {
        for _ in 0..40 {
            self.work().await;
            self.context.clock.advance_us(HOUR_US);
        }
        let waiting = self.jobs().await.into_iter().filter(|job| !job.dead).count();
        assert_eq!(waiting, 0, "the queue never became empty");
    }

    pub(crate) async fn jobs(&self) -> Vec<JobRow> {
        job_list(&self.context.db).await.expect("a sound database")
    }

    pub(crate) async fn rows(&self) -> Vec<NoticeRow> {
        notice_list(&self.context.db, 100).await.expect("a sound database")
    }

    pub(crate) async fn states(&self) -> Vec<NoticeState> {
        self.rows().await.into_iter().map(|row| row.state).collect()
    }
}
