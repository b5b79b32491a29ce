//! A vouch of its own for one test: pages on a free port, data in a private folder, a clock that stands still.

use std::sync::LazyLock;

use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use vouch::{
    clock::Clock,
    config::Config,
    model::{
        id::PersonId,
        person::{Person, Role},
    },
    pipeline::{self, Context},
    queue,
    store::{job::job_list, person::person_create},
    web::{self, session::password_hash},
};

/// 2026-11-22 14:00 in Hong Kong.
const NOW_US: i64 = 1_795_327_200_000_000;
/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

static HASH: LazyLock<String> = LazyLock::new(|| password_hash(PASSWORD).expect("argon2 takes this password"));

/// A running vouch.
pub(crate) struct House {
    pub(crate) context: Context,
    /// `http://127.0.0.1:PORT`
    pub(crate) address: String,
    stop: watch::Sender<bool>,
    pages: JoinHandle<std::io::Result<()>>,
    _folder: TempDir,
}

impl House {
    /// Opens one with the default settings as `set` changes them.
    pub(crate) async fn open(set: impl FnOnce(&mut Config)) -> Self {
        // Whoever was first installed it; that is the same one.
        rustls::crypto::ring::default_provider().install_default().ok();
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let listen = listener.local_addr().expect("a bound listener has an address").to_string();
        let address = format!("http://{listen}");
        let mut config = Config::load(None).expect("the defaults are whole");
        config.data_dir = folder.path().join("data");
        config.database_url = String::new();
        config.public_url = String::new();
        config.listen = listen;
        set(&mut config);
        let context = Context::open(config, Clock::fixed(NOW_US), env!("CARGO_BIN_EXE_vouch").into())
            .await
            .expect("an empty folder can be opened");
        let (stop, mut stopped) = watch::channel(false);
        let served = context.clone();
        let pages = tokio::spawn(async move {
            let shutdown = async move {
                let _ = stopped.wait_for(|stopped| *stopped).await;
            };
            web::serve(served, listener, shutdown).await
        });
        Self { context, address, stop, pages, _folder: folder }
    }

    /// Adds a person; their address is `NAME@house.example`, in small letters.
    pub(crate) async fn add(&self, name: &str, roles: &[Role]) -> Person {
        let email = format!("{}@house.example", name.split(' ').next().unwrap_or(name).to_lowercase());
        let person = Person { id: PersonId::new(), email, name: name.to_owned(), roles: roles.to_vec(), active: true };
        person_create(&self.context.db, &person, &HASH, self.context.clock.now_us()).await.expect("the address is new");
        person
    }

    /// Works until nothing is due.
    pub(crate) async fn drain(&self) {
        let handler = |job| pipeline::run(&self.context, job);
        let options = self.context.queue_options();
        queue::drain(&self.context.db, &self.context.clock, &options, handler).await.expect("the queue can be read");
    }

    /// Ends it; what is still queued, or waits to be tried again, is worked on, and nothing may be left.
    pub(crate) async fn close(self) {
        self.context.clock.advance_us(3_600_000_000);
        self.drain().await;
        let left = job_list(&self.context.db).await.expect("the queue can be read");
        assert!(left.is_empty(), "the queue is not empty at the end: {left:?}");
        self.stop.send(true).expect("the pages are still served");
        self.pages.await.expect("serving does not panic").expect("the pages were served to the end");
    }
}
