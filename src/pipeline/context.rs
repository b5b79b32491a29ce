//! What the handlers and the pages may touch.

use std::{sync::Arc, time::Duration};

use jiff::{civil, tz::TimeZone};

use crate::{
    blob::{BlobError, Blobs},
    clock::Clock,
    config::{Config, ConfigError},
    notify::{Notifier, NotifierError},
    pipeline::pace::Pace,
    post::transport,
    queue::{self, Wake},
    read::process::{Pool, PoolOptions},
    secret::{SecretError, Vault},
    store::{Db, StoreError},
};

/// What the handlers and the pages may touch. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Context {
    /// The settings.
    pub config: Arc<Config>,
    /// The database.
    pub db: Db,
    /// Originals and pictures.
    pub blobs: Blobs,
    /// What time it is.
    pub clock: Clock,
    /// The firm's time zone.
    pub zone: TimeZone,
    /// The reader processes.
    pub readers: Pool,
    /// Opens ledger tokens.
    pub vault: Vault,
    /// Wakes the workers of this process.
    pub wake: Wake,
    /// Calls the ledgers.
    pub(crate) http: transport::Http,
    /// Sends notices.
    pub(crate) notifier: Arc<Notifier>,
    /// How soon each company may be called, whoever calls it.
    pub(crate) pace: Pace,
}

/// vouch cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    /// The settings are wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data folder cannot be made.
    #[error("the data folder {folder} cannot be made")]
    Folder {
        /// Which folder.
        folder: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder for originals cannot be used.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The key cannot be used.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The HTTP client cannot be made.
    #[error("the HTTP client could not be made")]
    Http(#[from] transport::HttpError),
    /// Notices cannot be sent.
    #[error(transparent)]
    Notifier(#[from] NotifierError),
}

impl Context {
    /// Opens everything the settings name, and brings the schema up to date.
    ///
    /// # Errors
    /// Something cannot be opened; the message says what.
    pub async fn open(config: Config, clock: Clock, program: std::path::PathBuf) -> Result<Self, ContextError> {
        let folder = &config.data_dir;
        std::fs::create_dir_all(folder)
            .map_err(|source| ContextError::Folder { folder: folder.display().to_string(), source })?;
        let db = Db::open(&config.database()).await?;
        db.migrate().await?;
        let readers = Pool::new(PoolOptions::of(&config, program, config.reader_processes));
        Ok(Self {
            blobs: Blobs::in_folder(&folder.join("blobs"))?,
            vault: Vault::open(&config.key, &config.key_previous, &folder.join("key"))?,
            http: transport::http_client(Duration::from_millis(config.ledger_timeout_ms))?,
            notifier: Arc::new(Notifier::new(&config)?),
            zone: config.zone()?,
            wake: Wake::default(),
            pace: Pace::new(db.clone(), clock.clone(), &config),
            config: Arc::new(config),
            db,
            clock,
            readers,
        })
    }

    /// Today, in the firm's time zone.
    #[must_use]
    pub fn today(&self) -> civil::Date {
        self.clock.today(&self.zone)
    }

    /// How this process's workers behave.
    #[must_use]
    pub fn queue_options(&self) -> queue::Options {
        queue::Options {
            slots: self.config.worker_slots,
            lease: Duration::from_millis(self.config.job_lease_ms),
            attempts_max: self.config.job_attempts_max,
            backoff: Duration::from_millis(self.config.job_retry_ms),
            poll: Duration::from_millis(self.config.queue_poll_ms),
            leases_max: super::leases_max,
        }
    }
}
