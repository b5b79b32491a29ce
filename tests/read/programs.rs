//! The three programs: texts are read by `vouch` itself, which loads no library of Tesseract; pictures by `vouch-reader`;
//! everything else is done by `vouch-server`, which `vouch` becomes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use vouch::{
    model::{media::MediaType, page::Source},
    read::{
        Limits, Options, ReadError, Reader, Reading, Several,
        process::{Pool, PoolOptions, picture_program},
    },
};

const OPTIONS: Options = Options {
    reader: Reader::Auto,
    limits: Limits { pages_max: 60, pixels_max: 120_000_000 },
    pictures: false,
    several: Several::Divide,
};

fn text_program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_vouch"))
}

/// A pool whose program for pictures, or for texts, is not there.
fn pool(text_program: PathBuf, picture_program: PathBuf) -> Pool {
    let readers_dir = PathBuf::from("none");
    Pool::new(PoolOptions {
        text_program,
        picture_program,
        readers_dir,
        processes: 1,
        timeout_ms: 60_000,
        memory_mib_max: 2048,
    })
}

async fn read(pool: &Pool, file: &Path, media_type: MediaType, options: Options) -> Result<Reading, ReadError> {
    let bytes = fs::read(file).expect("a sample");
    let mut readings = pool.read(&bytes, media_type, options, &|_| Vec::new()).await?;
    assert_eq!(readings.len(), 1, "one paper");
    Ok(readings.remove(0))
}

/// The libraries that a program loads when it starts, as the loader names them.
fn libraries(program: &str) -> String {
    let listed =
        Command::new(program).env("LD_TRACE_LOADED_OBJECTS", "1").output().expect("it was built for this test");
    String::from_utf8(listed.stdout).expect("paths of this machine")
}

#[test]
fn only_the_reader_of_pictures_loads_tesseract() {
    let (vouch, reader) = (libraries(env!("CARGO_BIN_EXE_vouch")), libraries(env!("CARGO_BIN_EXE_vouch-reader")));
    assert!(reader.contains("libtesseract"), "this test can see it: {reader}");
    assert!(vouch.contains("libc.so"), "{vouch}");
    assert!(!vouch.contains("libtesseract") && !vouch.contains("liblept"), "{vouch}");
}

/// Whether a program has these bytes in it.
fn holds(program: &str, bytes: &str) -> bool {
    let found = Command::new("grep").args(["--quiet", "--text", "--fixed-strings", bytes, program]).status();
    found.expect("every system has it").success()
}

/// What is in it has to be loaded at each start, though no file that is read needs it.
#[test]
fn only_the_server_holds_the_database() {
    // What every file of SQLite begins with.
    let mark = "SQLite format 3";
    assert!(holds(env!("CARGO_BIN_EXE_vouch-server"), mark), "this test can see it");
    assert!(!holds(env!("CARGO_BIN_EXE_vouch"), mark));
}

/// `vouch` where nothing lies beside it.
fn alone() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let program = folder.path().join("vouch");
    fs::hard_link(text_program(), &program).expect("the folder is where the program is built");
    (folder, program)
}

#[test]
fn without_the_server_files_are_read_and_nothing_else_is_done() {
    let (_folder, program) = alone();
    let read = Command::new(&program).arg("read").arg(super::sample("office-invoice.pdf")).output().expect("it starts");
    assert!(read.status.success() && read.stdout.starts_with(b"{"), "{read:?}");
    for command in ["doctor", "migrate", "serve"] {
        let failed = Command::new(&program).arg(command).output().expect("it starts");
        let said = String::from_utf8_lossy(&failed.stderr);
        assert_eq!(failed.status.code(), Some(1), "{command}");
        assert!(said.contains("vouch-server cannot be started") && said.contains("cargo install"), "{said}");
    }
}

/// What a person may type, `vouch` answers itself.
#[test]
fn the_command_line_is_told_without_the_server() {
    let (_folder, program) = alone();
    for (arguments, code, told) in [
        (&["--help"][..], 0, "Usage: vouch "),
        (&["serve", "--help"], 0, "Usage: vouch serve"),
        (&["--version"], 0, env!("CARGO_PKG_VERSION")),
        (&["recieve"], 2, "unrecognized subcommand"),
    ] {
        let done = Command::new(&program).args(arguments).output().expect("it starts");
        let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
        assert_eq!(done.status.code(), Some(code), "{arguments:?} {said}");
        assert!(said.contains(told), "{arguments:?} {said}");
    }
}

#[test]
fn the_server_is_called_as_it_was() {
    // It tells its commands by the name that was typed, and takes what follows it.
    let done = Command::new(text_program()).args(["policy", "check", "/not/there"]).output().expect("it starts");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(!done.status.success() && said.contains("/not/there"), "{said}");
}

#[test]
fn the_programs_lie_beside_each_other() {
    assert_eq!(picture_program(&text_program()), PathBuf::from(env!("CARGO_BIN_EXE_vouch-reader")));
}

#[tokio::test]
async fn a_text_is_read_without_the_reader_of_pictures() {
    let pool = pool(text_program(), PathBuf::from("not/there"));
    let reading = read(&pool, &super::sample("office-invoice.pdf"), MediaType::Pdf, OPTIONS).await;
    let reading = reading.expect("it has a text layer");
    assert!(reading.pages.iter().all(|page| page.source == Source::PdfText && !page.words.is_empty()));
    // The same file with pictures for people, or by a reader that was named, is a matter for the other program.
    for options in [Options { pictures: true, ..OPTIONS }, Options { reader: Reader::Tesseract, ..OPTIONS }] {
        let refused = read(&pool, &super::sample("office-invoice.pdf"), MediaType::Pdf, options).await;
        let Err(ReadError::ReaderMissing { reason }) = refused else { panic!("{refused:?}") };
        assert!(reason.contains("not/there"), "it says what is missing: {reason}");
    }
}

#[tokio::test]
async fn a_scan_in_a_pdf_goes_on_to_the_reader_of_pictures() {
    let scan = super::sample("repair-scan.pdf");
    let both = pool(text_program(), PathBuf::from(env!("CARGO_BIN_EXE_vouch-reader")));
    let reading = read(&both, &scan, MediaType::Pdf, OPTIONS).await.expect("Tesseract reads it");
    assert!(reading.pages.iter().all(|page| page.source == Source::Tesseract && !page.words.is_empty()));
    // A text afterwards is read by the first again, and both processes are still there.
    assert!(read(&both, &super::sample("office-invoice.pdf"), MediaType::Pdf, OPTIONS).await.is_ok());
    let alone = pool(text_program(), PathBuf::from("not/there"));
    let refused = read(&alone, &scan, MediaType::Pdf, OPTIONS).await;
    assert!(matches!(refused, Err(ReadError::ReaderMissing { .. })), "{refused:?}");
}

#[tokio::test]
async fn pictures_do_not_touch_the_program_for_texts() {
    let pool = pool(PathBuf::from("not/there"), PathBuf::from(env!("CARGO_BIN_EXE_vouch-reader")));
    assert!(read(&pool, &super::sample("restaurant.jpg"), MediaType::Jpeg, OPTIONS).await.is_ok());
    let refused = read(&pool, &super::sample("office-invoice.pdf"), MediaType::Pdf, OPTIONS).await;
    assert!(matches!(refused, Err(ReadError::ReaderMissing { .. })), "{refused:?}");
}
