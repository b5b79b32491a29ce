//! Databases for tests: each test has one of its own, empty and with the schema in it.

use std::future::Future;

use vouch::{
    model::id::JobId,
    store::{Db, Run},
};

/// What a test answers; `?` on the store's errors.
pub(crate) type Tested = anyhow::Result<()>;

/// Makes `sqlite::name` and `postgres::name` of each function `async fn name(db: Db) -> Tested` beside it.
macro_rules! on_both_engines {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                $crate::engine::on_sqlite(super::$name).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                $crate::engine::on_postgres(super::$name).await;
            })*
        }
    };
}

/// Runs a test on a new SQLite file.
pub(crate) async fn on_sqlite<F: Future<Output = Tested>>(test: impl FnOnce(Db) -> F) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let db = open(&format!("sqlite:{}", folder.path().join("vouch.db").display())).await;
    assert_eq!(db.engine(), "SQLite");
    test(db).await.expect("the test's own calls succeed");
}

/// Runs a test on a new PostgreSQL database; it is dropped when the test passed, and stays to be looked at otherwise.
pub(crate) async fn on_postgres<F: Future<Output = Tested>>(test: impl FnOnce(Db) -> F) {
    let server = postgres_server();
    // The only ids that a test does not choose: two runs may share a server.
    let name = format!("vouch_test_{}", JobId::new().uuid().simple());
    let admin = Db::open(&server).await.expect("VOUCH_TEST_POSTGRES leads to a server that answers");
    admin.execute(&format!("CREATE DATABASE {name} TEMPLATE template0"), Vec::new()).await.expect("it may be made");
    let (host, _) = server.rsplit_once('/').expect("an address ends with the name of a database");
    let db = open(&format!("{host}/{name}")).await;
    assert_eq!(db.engine(), "PostgreSQL");
    test(db).await.expect("the test's own calls succeed");
    admin.execute(&format!("DROP DATABASE {name} WITH (FORCE)"), Vec::new()).await.expect("it may be dropped");
}

async fn open(url: &str) -> Db {
    let db = Db::open(url).await.expect("a new database can be opened");
    db.migrate().await.expect("the schema fits a new database");
    db
}

#[expect(clippy::disallowed_methods, reason = "script/test says here where its PostgreSQL is")]
fn postgres_server() -> String {
    std::env::var("VOUCH_TEST_POSTGRES").expect(
        "VOUCH_TEST_POSTGRES is not set, so nothing was tested on PostgreSQL. Run script/test, or start a server with \
        `script/postgres start FOLDER` and export the address that it prints",
    )
}
