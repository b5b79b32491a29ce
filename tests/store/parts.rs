//! Several papers in one picture: what a reading of each becomes, once, through crashes, second runs and second uploads,
//! and how a person takes it back. What the reader would have seen is given.

use std::{
    future::Future,
    io::Write,
    path::Path,
    pin::pin,
    process::{Command, Stdio},
    task::Poll,
    time::Duration,
};

use jiff::civil::date;
use tempfile::TempDir;
use vouch::{
    approval::state::{ApprovedBy, State},
    blob::original_name,
    clock::Clock,
    config::Config,
    extract::Hints,
    model::{
        category::Category,
        draft::Draft,
        field::{Field, FieldName, FieldValue},
        hash::sha256_hex,
        id::DocumentId,
        page::{Area, Confidence, Page, Source, Word},
        part::{Division, part_id},
        person::Actor,
    },
    pipeline::{
        Context,
        join::join,
        parts::record,
        receive::{Received, Upload, receive},
        stages::{run_check, run_read},
    },
    read::{
        Reading,
        process::{Pool, PoolOptions},
    },
    store::{
        Db, Run,
        document::{Document, DocumentFilter, document_fetch, document_list, document_parts, page_list, upload_exists},
        history::history_list,
        job::job_list,
    },
};

use crate::{
    engine::Tested,
    rows::{document_change, person, person_add, person_id},
};

on_both_engines!(
    parts_are_made_once,
    whoever_is_cut_off_makes_all_parts_or_none,
    the_same_picture_again_is_known_and_not_divided_again,
    one_document_after_all,
    what_was_decided_is_not_joined,
    the_reader_divides_and_what_was_typed_stops_it,
);

/// The smallest bytes that are taken for a PNG.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0";

/// A pipeline over this database, with a folder of its own for blobs.
async fn pipeline(db: &Db) -> anyhow::Result<(TempDir, Context)> {
    // Whoever was first installed it; that is the same one.
    rustls::crypto::ring::default_provider().install_default().ok();
    let folder = tempfile::tempdir()?;
    let mut config = Config::load(None)?;
    config.data_dir = folder.path().join("data");
    config.database_url = String::new();
    let clock = Clock::fixed(1_795_327_200_000_000);
    let mut context = Context::open(config, clock, "no reader is started here".into()).await?;
    context.db = db.clone();
    Ok((folder, context))
}

async fn uploaded(context: &Context, by: u128) -> anyhow::Result<Received> {
    let upload = Upload {
        bytes: PICTURE.to_vec(),
        file_name: "three receipts.png".to_owned(),
        person: person_id(by),
        category: Category::Meals,
        connection: None,
    };
    Ok(receive(context, upload).await?)
}

/// What the reader saw of the paper with this number.
fn reading(number: u32) -> Reading {
    let number_text = number.to_string();
    let texts = ["Shop", "of", "number", number_text.as_str()];
    let words = texts.into_iter().zip(0..).map(|(text, column)| Word {
        text: text.to_owned(),
        area: Area { left: 20 + 90 * column, top: 30, width: 80, height: 20 },
        confidence: Confidence::from_per_mille(900),
        line: 1,
    });
    Reading {
        pages: vec![Page { number: 1, width: 600, height: 900, source: Source::Tesseract, words: words.collect() }],
        pictures: vec![format!("page of {number}").into_bytes()],
        cut: Some(format!("paper {number}").into_bytes()),
        facts: Vec::new(),
        looks: Vec::new(),
        decode: Duration::ZERO,
        recognise: Duration::ZERO,
    }
}

fn hints() -> Hints {
    Hints { currency: None, day_first: true, today: date(2026, 11, 22), known: Vec::new() }
}

async fn recorded(context: &Context, document: &Document) -> Result<(), vouch::queue::Failed> {
    let editor = Some("an editor".to_owned());
    record(context, document, vec![reading(1), reading(2), reading(3)], &hints(), editor).await
}

async fn count(db: &Db) -> anyhow::Result<i64> {
    Ok(document_list(db, &DocumentFilter::default(), 0, 0).await?.1)
}

/// A picture of three papers, divided, with the checks made.
async fn divided(db: &Db, context: &Context) -> anyhow::Result<Vec<Document>> {
    let document = uploaded(context, 1).await?.document;
    assert!(recorded(context, &document).await.is_ok());
    for part in document_parts(db, document.id).await? {
        assert!(run_check(context, part.id).await.is_ok());
    }
    Ok(document_parts(db, document.id).await?)
}

async fn parts_are_made_once(db: Db) -> Tested {
    let (_folder, context) = pipeline(&db).await?;
    person_add(&db, 1).await?;
    let document = uploaded(&context, 1).await?.document;
    assert_eq!(document.division, Division::Whole);
    assert!(recorded(&context, &document).await.is_ok());
    let parts = document_parts(&db, document.id).await?;
    let ids: Vec<DocumentId> = parts.iter().map(|part| part.id).collect();
    assert_eq!(ids, [document.id, part_id(document.id, 2), part_id(document.id, 3)]);
    for (number, part) in (1_u32..).zip(&parts) {
        let place = part.division.part().expect("it is one");
        assert_eq!((place.of, place.number, place.count), (document.id, number, 3));
        let cut = format!("paper {number}").into_bytes();
        assert_eq!((place.sha256.clone(), place.bytes), (sha256_hex(&cut), 7));
        assert_eq!(context.blobs.get(&original_name(&place.sha256)).await?, cut, "its own picture is kept");
        assert_eq!((part.state.clone(), part.version), (State::Checking, 1));
        assert_eq!((&part.file_name, part.submitter), (&document.file_name, document.submitter));
        assert_eq!(
            (part.category, part.bytes, part.media_type),
            (document.category, document.bytes, document.media_type)
        );
        let [page] = page_list(&db, part.id).await?.try_into().expect("one page");
        assert_eq!(context.blobs.get(&page.picture).await?, format!("page of {number}").into_bytes());
        assert!(upload_exists(&db, part.id, document.submitter).await?);
        let history = history_list(&db, part.id).await?;
        let events: Vec<&str> = history.iter().map(|row| row.event.as_str()).collect();
        let born = if number == 1 { "uploaded" } else { "divided" };
        assert_eq!(events, [born, "read"]);
        assert_eq!(history[1].detail, format!("{number}/3"));
        let edited = db.rows("SELECT edited_with FROM documents WHERE edited_with IS NOT NULL", Vec::new()).await?;
        assert_eq!(edited.len(), 3, "what the picture says of itself is true of each part");
    }
    let kinds = |jobs: &[vouch::store::job::JobRow], kind: &str| jobs.iter().filter(|job| job.kind == kind).count();
    assert_eq!(kinds(&job_list(&db).await?, "check"), 3);
    // Two workers read the same picture; the slower one finds it done, whether it recorded late or looks late.
    assert!(recorded(&context, &document).await.is_err(), "it saw another version");
    assert!(run_read(&context, document.id).await.is_ok());
    assert_eq!(document_parts(&db, document.id).await?, parts);
    assert_eq!((count(&db).await?, kinds(&job_list(&db).await?, "check")), (3, 3));
    Ok(())
}

/// Polls a future so many times; `None` when it was not done by then, and is dropped as by a process that died.
async fn cut_off<T>(future: impl Future<Output = T>, polls: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(|task| {
        left -= 1;
        match future.as_mut().poll(task) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            // It is polled again when what it waits for is there.
            Poll::Pending if left > 0 => Poll::Pending,
            Poll::Pending => Poll::Ready(None),
        }
    })
    .await
}

async fn whoever_is_cut_off_makes_all_parts_or_none(db: Db) -> Tested {
    let (_folder, context) = pipeline(&db).await?;
    person_add(&db, 1).await?;
    let document = uploaded(&context, 1).await?.document;
    let mut polls = 0;
    loop {
        polls += 1;
        let done = cut_off(recorded(&context, &document), polls).await;
        // A commit that was under way may end between these: what is asked first may be older, never newer.
        let (documents, parts) = (count(&db).await?, document_parts(&db, document.id).await?.len());
        let state = document_fetch(&db, document.id).await?.state;
        if state == State::Checking {
            break;
        }
        assert_eq!((state, documents, parts), (State::Received, 1, 0), "after {polls} polls");
        assert!(done.is_none(), "it says that it recorded something");
    }
    assert_eq!(document_parts(&db, document.id).await?.len(), 3);
    assert!(polls > 3, "it was never cut off");
    assert_eq!(count(&db).await?, 3);
    Ok(())
}

async fn the_same_picture_again_is_known_and_not_divided_again(db: Db) -> Tested {
    let (_folder, context) = pipeline(&db).await?;
    person_add(&db, 1).await?;
    person_add(&db, 2).await?;
    let parts = divided(&db, &context).await?;
    let again = uploaded(&context, 2).await?;
    assert!(again.same_bytes);
    assert_eq!((again.document.id, count(&db).await?), (parts[0].id, 3));
    for part in &parts {
        assert!(upload_exists(&db, part.id, person_id(2)).await?, "whoever hands it over may see each part");
    }
    Ok(())
}

async fn one_document_after_all(db: Db) -> Tested {
    let (_folder, context) = pipeline(&db).await?;
    person_add(&db, 1).await?;
    person_add(&db, 2).await?;
    let parts = divided(&db, &context).await?;
    let second = &parts[1];
    assert_eq!(second.state, State::NeedsReview, "{:?}", second.findings);
    let stranger = join(&context, &person(2), second.id, second.version).await;
    assert!(stranger.is_err(), "who may not see it may not join it");
    let stale = join(&context, &person(1), second.id, second.version - 1).await;
    assert!(stale.is_err());
    assert_eq!(document_parts(&db, parts[0].id).await?, parts, "nothing was changed");
    let joined = join(&context, &person(1), second.id, second.version).await?;
    assert_eq!((joined.id, joined.state, joined.draft), (parts[0].id, State::Received, None));
    let first = document_fetch(&db, parts[0].id).await?;
    assert_eq!(first.division, Division::One);
    let last = history_list(&db, first.id).await?.pop().expect("there is one");
    assert_eq!((last.event.as_str(), last.actor), ("joined", Actor::Person(person_id(1))));
    for part in &parts[1..] {
        let now = document_fetch(&db, part.id).await?;
        assert!(matches!(&now.state, State::Rejected { by: Some(by), .. } if *by == person_id(1)), "{:?}", now.state);
        let last = history_list(&db, part.id).await?.pop().expect("there is one");
        assert_eq!((last.event.as_str(), last.version), ("rejected", now.version));
        let again = join(&context, &person(1), part.id, now.version).await;
        assert!(again.is_err(), "it is done");
    }
    // Read as one, it is one: no part is made again.
    assert!(record(&context, &first, vec![reading(4)], &hints(), None).await.is_ok());
    let read = document_fetch(&db, first.id).await?;
    assert_eq!((read.state, read.division, count(&db).await?), (State::Checking, Division::One, 3));
    Ok(())
}

async fn what_was_decided_is_not_joined(db: Db) -> Tested {
    let (_folder, context) = pipeline(&db).await?;
    person_add(&db, 1).await?;
    let parts = divided(&db, &context).await?;
    let by = ApprovedBy::Rule;
    for state in [
        State::Approved { by },
        State::PostingBlocked { by, message: "…".to_owned() },
        State::Posted { external_id: "1".to_owned(), reference: "r".to_owned() },
        State::Checking,
    ] {
        document_change(&db, parts[2].id, |part| part.state = state.clone()).await?;
        let before = document_parts(&db, parts[0].id).await?;
        assert!(join(&context, &person(1), parts[0].id, parts[0].version).await.is_err(), "{state:?}");
        assert_eq!(document_parts(&db, parts[0].id).await?, before, "{state:?}: nothing was changed");
    }
    // Refused ones stay refused, and hinder nobody.
    let refused = State::Rejected { by: None, reason: "twice".to_owned() };
    document_change(&db, parts[2].id, |part| part.state = refused.clone()).await?;
    join(&context, &person(1), parts[0].id, parts[0].version).await?;
    assert_eq!(document_fetch(&db, parts[2].id).await?.state, refused);
    Ok(())
}

/// A program that plays a reader who saw two papers; its files lie in this folder.
fn two_papers(folder: &Path) -> anyhow::Result<Pool> {
    let word = |column: u32, text: &str| format!(r#"["{text}",{},30,80,20,900,1]"#, 20 + 90 * column);
    let words = (0..).zip(["Thank", "you", "very", "much"]).map(|(column, text)| word(column, text));
    let page = words.collect::<Vec<_>>().join(",");
    let page = format!(r#"{{"number":1,"width":600,"height":900,"source":"tesseract","words":[{page}]}}"#);
    let row = format!(r#"{{"pages":[{page}],"facts":[],"pictures":1,"cut":true,"decode_us":1,"recognise_us":1}}"#);
    let head = format!(r#"{{"Read":[{row},{row}]}}"#);
    let mut answer = Vec::new();
    for frame in [head.as_str(), "page of 1", "paper 1", "page of 2", "paper 2"] {
        answer.extend(u32::try_from(frame.len())?.to_be_bytes());
        answer.extend(frame.bytes());
    }
    std::fs::write(folder.join("answer"), answer)?;
    let program = folder.join("reader");
    let text = "#!/bin/sh\ncd \"$(dirname \"$0\")\" || exit 9\ncat answer; exec cat 3>&1 >/dev/null\n";
    // Another process writes it: one that is still open for writing here cannot be run.
    let mut install = Command::new("install");
    let mut install = install.args(["-m", "700", "/dev/stdin"]).arg(&program).stdin(Stdio::piped()).spawn()?;
    install.stdin.take().expect("it is piped").write_all(text.as_bytes())?;
    assert!(install.wait()?.success());
    Ok(Pool::new(PoolOptions {
        text_program: program.clone(),
        picture_program: program,
        readers_dir: "none".into(),
        processes: 1,
        timeout_ms: 60_000,
        memory_mib_max: 1024,
    }))
}

async fn the_reader_divides_and_what_was_typed_stops_it(db: Db) -> Tested {
    let (folder, mut context) = pipeline(&db).await?;
    person_add(&db, 1).await?;
    context.readers = two_papers(folder.path())?;
    let document = uploaded(&context, 1).await?.document;
    // Somebody typed a value in, from a picture that had not been understood, and had it read again.
    let mut typed = Draft::empty(1);
    typed.fields.insert(FieldName::SupplierName, Field::by_person(FieldValue::Text("Blue Cafe".to_owned())));
    document_change(&db, document.id, |document| document.draft = Some(typed)).await?;
    assert!(run_read(&context, document.id).await.is_ok());
    let refused = document_fetch(&db, document.id).await?;
    assert!(matches!(&refused.state, State::Unreadable { code, .. } if code == "several_receipts"), "{refused:?}");
    assert_eq!(count(&db).await?, 1, "whose value that was, nobody has said");

    document_change(&db, document.id, |document| {
        document.draft = None;
        document.state = State::Received;
    })
    .await?;
    context.readers = two_papers(folder.path())?;
    assert!(run_read(&context, document.id).await.is_ok());
    let parts = document_parts(&db, document.id).await?;
    let counted: Vec<_> =
        parts.iter().map(|part| (part.state.name(), part.division.part().map(|part| part.count))).collect();
    assert_eq!(counted, [("checking", Some(2)); 2]);
    for (number, part) in (1..).zip(&parts) {
        let sha256 = &part.division.part().expect("it is one").sha256;
        assert_eq!(context.blobs.get(&original_name(sha256)).await?, format!("paper {number}").into_bytes());
    }
    Ok(())
}
