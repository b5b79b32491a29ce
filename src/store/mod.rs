//! The store: the only place that knows SQL. One text runs on SQLite and PostgreSQL (decision 0001).
//!
//! Functions are noun_verb and take a [`Db`] for reading or a [`Txn`] for changing, so that whoever changes two things
//! changes them together. A transaction takes the write lock at once: on SQLite a deferred one that reads before it
//! writes fails under load.

pub mod approval;
pub mod budget;
pub mod candidate;
pub mod connection;
pub mod consent;
pub mod document;
pub mod drift;
pub mod hint;
pub mod history;
pub mod job;
mod latest;
pub mod ledger_entry;
pub mod notice;
pub mod organisation;
pub mod part;
pub mod person;
pub mod posting;
pub mod rate;
pub mod restored;
pub mod session;
pub mod setting;
pub mod token;
pub mod twin;
pub mod webhook;

use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr, QueryResult,
    SqliteTransactionMode, SqlxPostgresConnector, SqlxSqliteConnector, Statement, TransactionOptions, TransactionTrait,
    TryGetable, Value,
};
use sqlx::{
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database could not be reached or refused the statement.
    #[error("the database failed")]
    Database(#[from] DbErr),
    /// The database could not be opened.
    #[error("the database could not be opened")]
    Open(#[source] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the database's schema could not be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// Nothing has this id.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Somebody else changed it first: load it again and decide again.
    #[error("somebody else changed the {0} at the same time; look at it again")]
    Conflict(&'static str),
    /// A stored value is not one that this version of vouch writes.
    #[error("a stored {what} is damaged: {value}")]
    Damaged {
        /// Which kind of value.
        what: &'static str,
        /// What was found.
        value: String,
    },
}

/// A database: SQLite in one file, or PostgreSQL.
#[derive(Debug, Clone)]
pub struct Db {
    connection: DatabaseConnection,
    /// What changes anything. On SQLite one connection of its own: changes wait for each other there anyway, and a
    /// connection forgets all it has read whenever another one has changed something.
    writer: DatabaseConnection,
}

/// A change in progress; nothing of it is seen until `commit`.
#[derive(Debug)]
pub struct Txn {
    transaction: DatabaseTransaction,
    backend: DatabaseBackend,
}

/// Connections to SQLite that read.
const SQLITE_CONNECTIONS_MAX: u32 = 7;
const POSTGRES_CONNECTIONS_MAX: u32 = 16;
/// SQLite moves its log into the database when the log has so many pages (of 4 KiB), and whoever commits then waits for
/// the disk. The scheduler does it before, in the background; this is the limit for a busy minute.
const CHECKPOINT_PAGES: &str = "16000";
/// So much of the file the connection that writes keeps in memory, in KiB (negative: not pages): with SQLite's own 2 MiB
/// it would read most of a long history from the system again at every check.
const WRITER_CACHE_KIB: &str = "-65536";
/// Rows that SQLite's thread may be ahead of whoever takes them; each time it must wait is two switches between threads.
const ROWS_AHEAD: usize = 512;
/// How long a writer waits for the writer before it.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

impl Db {
    /// Opens `sqlite:FILE` (made when missing) or `postgres://…`.
    ///
    /// # Errors
    /// The address is wrong or nothing answers there.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let (connection, writer) = if let Some(path) = url.strip_prefix("sqlite:") {
            let options = SqliteConnectOptions::new()
                .filename(path)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // Full, not normal: what was told to somebody, or to a ledger, must survive a power cut as well.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
                .row_buffer_size(ROWS_AHEAD)
                .busy_timeout(BUSY_TIMEOUT);
            let cached = options.clone().pragma("cache_size", WRITER_CACHE_KIB);
            let writer = SqlitePoolOptions::new().max_connections(1).connect_with(cached);
            let writer = SqlxSqliteConnector::from_sqlx_sqlite_pool(writer.await.map_err(StoreError::Open)?);
            let pool = SqlitePoolOptions::new().max_connections(SQLITE_CONNECTIONS_MAX).connect_with(options);
            (SqlxSqliteConnector::from_sqlx_sqlite_pool(pool.await.map_err(StoreError::Open)?), writer)
        } else {
            let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS_MAX).connect(url);
            let pool = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.await.map_err(StoreError::Open)?);
            (pool.clone(), pool)
        };
        Ok(Self { connection, writer })
    }

    /// Brings the schema up to date; does nothing when it is.
    ///
    /// # Errors
    /// A migration failed; what it did is undone.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let migrator = sqlx::migrate!();
        if self.is_sqlite() {
            migrator.run(self.connection.get_sqlite_connection_pool()).await?;
        } else {
            migrator.run(self.connection.get_postgres_connection_pool()).await?;
        }
        Ok(())
    }

    /// Moves SQLite's log into the database without making anybody wait; PostgreSQL does that by itself.
    ///
    /// # Errors
    /// The database failed.
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        if self.is_sqlite() {
            self.rows("PRAGMA wal_checkpoint(PASSIVE)", Vec::new()).await?;
        }
        Ok(())
    }

    /// What runs underneath: `SQLite` or `PostgreSQL`.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        if self.is_sqlite() { "SQLite" } else { "PostgreSQL" }
    }

    fn is_sqlite(&self) -> bool {
        self.connection.get_database_backend() == DatabaseBackend::Sqlite
    }

    /// Begins a change, with the write lock taken.
    ///
    /// # Errors
    /// The database could not be reached, or stayed busy.
    pub async fn begin_write(&self) -> Result<Txn, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        #[expect(clippy::disallowed_methods, reason = "this is the one place that begins, asking for IMMEDIATE")]
        let transaction = self.writer.begin_with_options(options).await?;
        Ok(Txn { transaction, backend: self.connection.get_database_backend() })
    }
}

impl Txn {
    /// Makes the change seen, all of it.
    ///
    /// # Errors
    /// The database refused; nothing was changed.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.transaction.commit().await?)
    }
}

/// Something statements can be run on: a database or a transaction.
pub trait Run {
    /// Runs a statement and answers how many rows it changed.
    fn execute(&self, sql: &str, values: Vec<Value>) -> impl Future<Output = Result<u64, StoreError>> + Send;
    /// Runs a query and answers its rows.
    fn rows(&self, sql: &str, values: Vec<Value>) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send;
}

impl Run for Db {
    async fn execute(&self, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
        let statement = Statement::from_sql_and_values(self.connection.get_database_backend(), sql, values);
        Ok(self.writer.execute_raw(statement).await?.rows_affected())
    }

    async fn rows(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let statement = Statement::from_sql_and_values(self.connection.get_database_backend(), sql, values);
        Ok(self.connection.query_all_raw(statement).await?.into_iter().map(Row).collect())
    }
}

impl Run for Txn {
    async fn execute(&self, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
        let statement = Statement::from_sql_and_values(self.backend, sql, values);
        Ok(self.transaction.execute_raw(statement).await?.rows_affected())
    }

    async fn rows(&self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let statement = Statement::from_sql_and_values(self.backend, sql, values);
        Ok(self.transaction.query_all_raw(statement).await?.into_iter().map(Row).collect())
    }
}

/// One row of an answer.
#[derive(Debug)]
pub struct Row(QueryResult);

impl Row {
    fn get<T: TryGetable>(&self, column: &str) -> Result<T, StoreError> {
        Ok(self.0.try_get("", column)?)
    }

    fn text(&self, column: &str) -> Result<String, StoreError> {
        self.get(column)
    }

    fn text_or_none(&self, column: &str) -> Result<Option<String>, StoreError> {
        self.get(column)
    }

    fn number(&self, column: &str) -> Result<i64, StoreError> {
        self.get(column)
    }

    fn number_or_none(&self, column: &str) -> Result<Option<i64>, StoreError> {
        self.get(column)
    }

    fn truth(&self, column: &str) -> Result<bool, StoreError> {
        Ok(self.number(column)? != 0)
    }

    /// A text column, turned into its type.
    fn parsed<T>(
        &self,
        column: &str,
        what: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        let value = self.text(column)?;
        parse(&value).ok_or(StoreError::Damaged { what, value })
    }
}

/// Whether a statement failed because a row with that key is already there.
fn is_duplicate(error: &StoreError) -> bool {
    matches!(error, StoreError::Database(error) if matches!(error.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))))
}

fn truth(value: bool) -> Value {
    Value::from(i64::from(value))
}
