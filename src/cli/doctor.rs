//! `vouch doctor`: what is present, missing or wrong, and how to mend it.

use std::process::{Command, ExitCode, Stdio};

use super::say;
use crate::{
    clock::Clock,
    config::{Config, ConfigError, LedgerConfig},
    model::notice::Channel,
    notify::Notifier,
    read::{ppocr::files_missing, process::picture_program},
    secret::Vault,
    store::{
        Db,
        connection::connection_list,
        job::{job_list, job_revive_all},
        notice::{NoticeState, notice_count},
        person::person_list,
        restored::restored_note,
    },
};

/// How far back notices are looked at, in microseconds: a week.
const NOTICES_US: i64 = 7 * 86_400_000_000;

/// What was found about one thing.
enum Found {
    Good(String),
    /// It works without, but something is missed.
    Missed(String),
    Wrong(String),
}

/// Looks at everything and says what it found; exit 1 when something is wrong.
///
/// # Errors
/// Never: whatever is wrong is what it says.
pub(super) async fn run(config: Result<Config, ConfigError>, revive: bool, restored: bool) -> anyhow::Result<ExitCode> {
    let mut findings = vec![tesseract()];
    match config {
        Ok(config) => {
            findings.push(Found::Good("settings: readable".to_owned()));
            findings.push(neural_reader(&config));
            findings.push(folder(&config));
            findings.push(key(&config));
            findings.push(ledger("QuickBooks", &config.quickbooks));
            findings.push(ledger("Xero", &config.xero));
            findings.push(channels(&config));
            findings.extend(database(&config, revive, restored).await);
        }
        Err(error) => findings.push(Found::Wrong(format!("settings: {error}. Correct that key."))),
    }
    let mut wrong = false;
    for found in findings {
        match found {
            Found::Good(text) => say(&format!("  good    {text}")),
            Found::Missed(text) => say(&format!("  missed  {text}")),
            Found::Wrong(text) => {
                wrong = true;
                say(&format!("  WRONG   {text}"));
            }
        }
    }
    Ok(if wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Asks the program that reads pictures, which alone has Tesseract.
fn languages_missing() -> Result<Vec<String>, String> {
    let program =
        std::env::current_exe().map(|program| picture_program(&program)).map_err(|error| error.to_string())?;
    let ended = Command::new(&program).arg("missing").stderr(Stdio::null()).output();
    let ended = ended.map_err(|error| format!("{} cannot be started ({error})", program.display()))?;
    if !ended.status.success() {
        return Err(format!("{} failed ({})", program.display(), ended.status));
    }
    Ok(String::from_utf8_lossy(&ended.stdout).lines().map(str::to_owned).collect())
}

fn tesseract() -> Found {
    let missing = match languages_missing() {
        Ok(missing) => missing,
        Err(reason) => {
            let mend = "pictures cannot be read. Install it beside vouch: cargo install --path . --locked";
            return Found::Wrong(format!("reader of pictures: {reason}, so {mend}"));
        }
    };
    if missing.is_empty() {
        return Found::Good("Tesseract: English, traditional and simplified Chinese".to_owned());
    }
    let packages: Vec<String> =
        missing.iter().map(|name| format!("tesseract-ocr-{}", name.replace('_', "-"))).collect();
    let text =
        format!("Tesseract: {} cannot be read. On Debian: apt-get install {}", missing.join(", "), packages.join(" "));
    if missing.iter().any(|name| name == "eng") { Found::Wrong(text) } else { Found::Missed(text) }
}

fn neural_reader(config: &Config) -> Found {
    let folder = config.readers_folder();
    let missing = files_missing(&folder);
    if missing.is_empty() {
        return Found::Good(format!("neural reader: {}", folder.display()));
    }
    let names: Vec<String> = missing.iter().map(|path| path.display().to_string()).collect();
    Found::Missed(format!(
        "neural reader: {} missing, so Tesseract reads alone and fewer fields are sure. Run script/setup, or set \
         readers_dir",
        names.join(", ")
    ))
}

fn folder(config: &Config) -> Found {
    let folder = &config.data_dir;
    let probe = folder.join(".doctor");
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b""))
        .and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => Found::Good(format!("data folder: {}", folder.display())),
        Err(error) => {
            Found::Wrong(format!("data folder: {} cannot be written ({error}). Set data_dir.", folder.display()))
        }
    }
}

fn key(config: &Config) -> Found {
    if config.key.is_empty() && !config.data_dir.join("key").exists() {
        let text = "key: none yet; one is made at the first start. If ledgers were connected before, restore it first";
        return Found::Missed(text.to_owned());
    }
    match Vault::open(&config.key, &config.key_previous, &config.data_dir.join("key")) {
        Ok(_) if config.key.is_empty() => {
            Found::Good("key: in the data folder; back it up apart from the database".to_owned())
        }
        Ok(_) => Found::Good("key: from the settings".to_owned()),
        Err(error) => Found::Wrong(format!("key: {error}. Restore the file, or set VOUCH_KEY.")),
    }
}

fn ledger(name: &str, config: &LedgerConfig) -> Found {
    if config.client_id.is_empty() || config.client_secret.is_empty() {
        let section = name.to_lowercase();
        return Found::Missed(format!("{name}: not set up. Put client_id and client_secret under [{section}]."));
    }
    Found::Good(format!("{name}: set up"))
}

fn channels(config: &Config) -> Found {
    match Notifier::new(config) {
        Ok(notifier) => {
            let names: Vec<&str> = notifier.channels().map(Channel::name).collect();
            if names.is_empty() {
                let text = "notices: nobody is told what waits for them. Set up [notices], then run: vouch notify test";
                return Found::Missed(text.to_owned());
            }
            Found::Good(format!("notices: by {}", names.join(", ")))
        }
        Err(error) => Found::Wrong(format!("notices: {}", crate::pipeline::describe(&error))),
    }
}

/// Notices of the last days that did not arrive, or of which nobody can say.
async fn notices(db: &Db) -> Vec<Found> {
    let since_us = Clock::System.now_us().saturating_sub(NOTICES_US);
    let mut found = Vec::new();
    if let Ok(count @ 1..) = notice_count(db, NoticeState::Failed, since_us).await {
        found.push(Found::Missed(format!(
            "notices: {count} did not go out in the last week. Mend the channel (vouch notify test), then run: vouch \
             doctor --revive"
        )));
    }
    if let Ok(count @ 1..) = notice_count(db, NoticeState::Unknown, since_us).await {
        found.push(Found::Missed(format!(
            "notices: {count} of the last week may have arrived, or not; they are not sent again"
        )));
    }
    found
}

async fn database(config: &Config, revive: bool, restored: bool) -> Vec<Found> {
    let db = match Db::open(&config.database()).await {
        Ok(db) => db,
        Err(error) => {
            return vec![Found::Wrong(format!("database: {}. Set database_url.", crate::pipeline::describe(&error)))];
        }
    };
    if let Err(error) = db.migrate().await {
        return vec![Found::Wrong(format!("database: {}", crate::pipeline::describe(&error)))];
    }
    let mut found = vec![Found::Good(format!("database: {}, schema up to date", db.engine()))];
    match person_list(&db).await {
        Ok(people) if people.is_empty() => {
            let text = "people: nobody can sign in. Run: vouch user add --email you@example.com --role administrator";
            found.push(Found::Missed(text.to_owned()));
        }
        Ok(people) => found.push(Found::Good(format!("people: {}", people.len()))),
        Err(error) => found.push(Found::Wrong(format!("people: {error}"))),
    }
    if let Ok(connections) = connection_list(&db).await {
        for connection in connections.iter().filter(|connection| connection.state == "consent_needed") {
            found.push(Found::Wrong(format!("{}: consent must be given again, under Connections", connection.name)));
        }
    }
    found.extend(notices(&db).await);
    if restored {
        match restored_note(&db, Clock::System.now_us()).await {
            Ok(()) => found.push(Found::Good("restored copy: for 90 days postings look before they send".to_owned())),
            Err(error) => found.push(Found::Wrong(format!("restored copy: {error}"))),
        }
    }
    if revive {
        match job_revive_all(&db, Clock::System.now_us()).await {
            Ok(revived) => found.push(Found::Good(format!("queue: {revived} jobs that were given up run again"))),
            Err(error) => found.push(Found::Wrong(format!("queue: {error}"))),
        }
    }
    if let Ok(jobs) = job_list(&db).await {
        let dead = jobs.iter().filter(|job| job.dead).count();
        if dead > 0 {
            found.push(Found::Wrong(format!(
                "queue: {dead} jobs were given up; the log says why. Mend that, then run: vouch doctor --revive"
            )));
        }
    }
    found
}
