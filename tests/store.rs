//! The store suite: every promise of `store`, on SQLite and on PostgreSQL.
//!
//! A test is one function over a [`vouch::store::Db`]; `on_both_engines!` makes `sqlite::name` and `postgres::name` of
//! it. `script/test` starts the PostgreSQL and says where it is in `VOUCH_TEST_POSTGRES`; without it the PostgreSQL half
//! fails, so that nobody takes half a run for a whole one.

#[macro_use]
#[path = "store/engine.rs"]
mod engine;

#[path = "store/books.rs"]
mod books;
#[path = "store/candidates.rs"]
mod candidates;
#[path = "store/documents.rs"]
mod documents;
#[path = "store/firm.rs"]
mod firm;
#[path = "store/jobs.rs"]
mod jobs;
#[path = "store/ledgers.rs"]
mod ledgers;
#[path = "store/lists.rs"]
mod lists;
#[path = "store/notices.rs"]
mod notices;
#[path = "store/parts.rs"]
mod parts;
#[path = "store/people.rs"]
mod people;
#[path = "store/postings.rs"]
mod postings;
#[path = "store/rows.rs"]
mod rows;
#[path = "store/transactions.rs"]
mod transactions;
