//! A simulated firm: people upload, correct, approve and reject in an order that a seed chooses, workers die, ledgers
//! fail; and afterwards the books must be right.
//!
//! What must hold is in `problems`: one live entry for each posted document, with its total and its image, and none for
//! any other; nobody approved what was theirs; a history without gaps. A failure prints its seed and everything that was
//! done, and the same seed does the same again.

#[path = "simulation/firm.rs"]
mod firm;
#[path = "simulation/paper.rs"]
mod paper;
#[path = "simulation/play.rs"]
mod play;

use std::{collections::BTreeMap, ops::Range};

use firm::Firm;
use play::Play;
use tokio::task::JoinSet;
use vouch::{
    approval::state::State,
    check::Identity,
    model::{field::FieldName, person::Actor},
    sandbox::SandboxEntry,
    store::{
        connection::connection_fetch,
        document::Document,
        history::history_list,
        posting::{posting_by_document, posting_list_drifted},
    },
};

/// How much happens for one seed.
const STEPS: u32 = 120;

/// Plays these seeds at the same time, each in a firm of its own.
async fn simulate(seeds: Range<u64>) {
    let mut plays: JoinSet<()> = seeds.map(one).collect();
    while let Some(played) = plays.join_next().await {
        played.expect("the books of every seed are right");
    }
}

async fn one(seed: u64) {
    let firm = Firm::open().await.expect("a firm can be set up");
    let mut play = Play::new(&firm, seed);
    let (outcome, ends) = run(&firm, &mut play).await;
    let log = std::mem::take(&mut play.log).join("\n");
    assert!(outcome.is_empty(), "seed {seed}:\n{log}\n\nseed {seed}, wrong:\n{}", outcome.join("\n"));
    // A play in which nothing gets anywhere shows nothing.
    assert!(ends.get("posted").is_some_and(|posted| *posted >= 1), "seed {seed} posts nothing: {ends:?}\n{log}");
    firm.close().await.expect("the stand-ins stop");
}

/// Plays, and answers what is wrong afterwards and how many documents came to which end.
async fn run(firm: &Firm, play: &mut Play<'_>) -> (Vec<String>, BTreeMap<&'static str, u32>) {
    let mut ends = BTreeMap::new();
    for _ in 0..STEPS {
        if let Err(error) = play.step().await {
            return (vec![format!("{error:#}")], ends);
        }
    }
    if let Err(error) = play.finish().await {
        return (vec![format!("{error:#}")], ends);
    }
    let documents = play.documents().await.expect("documents can be listed");
    for document in &documents {
        *ends.entry(document.state.name()).or_default() += 1;
    }
    let mut wrong = problems(firm, &documents).await.unwrap_or_else(|error| vec![format!("{error:#}")]);
    if documents.len() != play.files() {
        wrong.push(format!("{} files became {} documents", play.files(), documents.len()));
    }
    (wrong, ends)
}

/// What is wrong in a firm where nothing moves any more.
async fn problems(firm: &Firm, documents: &[Document]) -> anyhow::Result<Vec<String>> {
    let db = &firm.context.db;
    let entries = firm.posted();
    let mut wrong = Vec::new();
    let mut accounted = 0;
    for document in documents {
        let name = format!("{} {}", document.state.name(), document.id);
        if document.state.is_moving() {
            wrong.push(format!("{name} still moves, and no job moves it"));
        }
        let posting = posting_by_document(db, document.id).await?;
        let own: Vec<&SandboxEntry> = match &posting {
            Some(posting) => entries.iter().filter(|entry| entry.mentions(&posting.reference)).collect(),
            None => Vec::new(),
        };
        accounted += own.len();
        match &document.state {
            State::Posted { external_id, reference } => {
                let company = match document.connection {
                    Some(id) => connection_fetch(db, id).await?.company_id,
                    None => "none".to_owned(),
                };
                match own.as_slice() {
                    [entry] if entry.external_id == *external_id && entry.mentions(reference) => {
                        wrong.extend(differences(document, entry, &company).map(|what| format!("{name}: {what}")));
                    }
                    others => wrong.push(format!("{name} as {external_id} has the entries {others:?}")),
                }
            }
            // What stopped it may have come after the entry was made; a person finishes that.
            State::PostingBlocked { .. } if own.len() == 1 => {}
            State::Reversal(reversal) if own.len() == usize::from(!reversal.is_done()) => {}
            State::Received
            | State::Unreadable { .. }
            | State::Checking
            | State::NeedsReview
            | State::AwaitingApproval
            | State::Approved { .. }
            | State::PostingBlocked { .. }
            | State::Reversal(_)
            | State::Returned { .. }
            | State::Withdrawn { .. }
            | State::Held { .. }
            | State::Rejected { .. } => {
                if !own.is_empty() || matches!(document.state, State::Reversal(_)) {
                    wrong.push(format!("{name} has the live entries {own:?}"));
                }
            }
        }
        wrong.extend(history_problems(firm, document).await?.into_iter().map(|what| format!("{name}: {what}")));
    }
    if accounted != entries.len() {
        wrong.push(format!("{} live entries, {accounted} of documents", entries.len()));
    }
    for posting in posting_list_drifted(db, 100).await? {
        wrong.push(format!("nobody changed {} there, and still: {:?}", posting.reference, posting.drift));
    }
    wrong.extend(unseen_twins(documents));
    Ok(wrong)
}

/// How an entry differs from what was approved.
fn differences(document: &Document, entry: &SandboxEntry, company: &str) -> impl Iterator<Item = String> {
    let draft = document.draft.as_ref();
    let total = draft.and_then(|draft| draft.money(FieldName::Total));
    let date = draft.and_then(|draft| draft.date(FieldName::IssueDate)).map(|date| date.to_string());
    let supplier = draft.and_then(|draft| draft.text(FieldName::SupplierName)).unwrap_or_default();
    let images: Vec<&str> = entry.attachments.iter().map(|(_, _, sha256)| sha256.as_str()).collect();
    let checks = [
        ("total", total.map(|total| total.to_decimal()) == Some(entry.total)),
        ("currency", total.is_some_and(|total| total.currency().code() == entry.currency)),
        ("date", date.as_deref() == Some(&entry.date)),
        ("supplier", entry.supplier.starts_with(supplier)),
        ("company", entry.company == company),
        ("image", images == [document.sha256.as_str()]),
    ];
    let text = format!("{entry:?} is not {total:?} of {date:?}, {supplier}");
    checks.into_iter().filter(|(_, right)| !right).map(move |(what, _)| format!("another {what}: {text}"))
}

/// Gaps in a history, and approvals by whoever had a part in the document.
async fn history_problems(firm: &Firm, document: &Document) -> anyhow::Result<Vec<String>> {
    let rows = history_list(&firm.context.db, document.id).await?;
    let mut wrong = Vec::new();
    let versions: Vec<i64> = rows.iter().map(|row| row.version).collect();
    if versions != (0..=document.version).collect::<Vec<_>>() {
        wrong.push(format!("at version {} the history has {versions:?}", document.version));
    }
    if rows.last().map(|row| row.state.as_str()) != Some(document.state.name()) {
        wrong.push("the history ends in another state".to_owned());
    }
    // Whoever corrects it after its reversal had no part in it before.
    let anew = rows.iter().rposition(|row| row.event == "reversed").unwrap_or(0);
    for row in rows.iter().skip(anew).filter(|row| row.event == "approved") {
        if let Actor::Person(by) = row.actor
            && (by == document.submitter || document.correctors.contains(&by))
        {
            wrong.push("somebody approved what was theirs".to_owned());
        }
    }
    let count = |event: &str| rows.iter().filter(|row| row.event == event).count();
    if count("posted") > 1 + count("reversed") {
        wrong.push("it was posted twice".to_owned());
    }
    Ok(wrong)
}

/// Posted documents that are the same purchase though nobody was told: neither was flagged, and neither was kept.
fn unseen_twins(documents: &[Document]) -> Vec<String> {
    let posted: Vec<(&Document, Identity)> = documents
        .iter()
        .filter(|document| matches!(document.state, State::Posted { .. }))
        .filter_map(|document| Some((document, Identity::of(document.draft.as_ref()?)?)))
        .collect();
    let seen = |document: &Document| document.kept || document.findings.iter().any(|finding| finding.rule == "D4");
    let mut wrong = Vec::new();
    for (index, (first, one)) in posted.iter().enumerate() {
        for (second, other) in &posted[index + 1..] {
            let numbers = one.document_number.as_ref().zip(other.document_number.as_ref());
            let numbers_differ = numbers.is_some_and(|(one, other)| one != other);
            let same =
                (&one.supplier_key, one.issue_date, one.total) == (&other.supplier_key, other.issue_date, other.total);
            if same && !numbers_differ && !seen(first) && !seen(second) {
                wrong.push(format!("{} and {} are one purchase, posted twice", first.id, second.id));
            }
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread")]
async fn the_books_are_right_whatever_happens_1() {
    simulate(0..5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_books_are_right_whatever_happens_2() {
    simulate(5..10).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_books_are_right_whatever_happens_3() {
    simulate(10..15).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_books_are_right_whatever_happens_4() {
    simulate(15..20).await;
}
