//! The sample receipts, their labels, and the way of each to its end.

use std::{collections::BTreeMap, path::Path, time::Duration};

use anyhow::Context as _;
use serde::Deserialize;

use super::people::Cast;
use crate::{
    approval::state::State,
    model::{
        category::Category,
        field::{DocumentKind, FieldName},
        id::{ConnectionId, DocumentId},
    },
    pipeline::{
        Context, LedgerKind,
        actions::{Action, Correction, act},
        receive::{Received, Upload, receive},
    },
    store::{
        document::{Document, document_fetch},
        posting::posting_by_document,
    },
};

/// How a sample is labelled in `labels.json`.
#[derive(Debug, Deserialize)]
struct Label {
    kind: String,
    supplier_name: String,
    issue_date: String,
    #[serde(default)]
    due_date: Option<String>,
    #[serde(default)]
    document_number: Option<String>,
    currency: String,
    total: String,
    category: String,
    destination: String,
    expected_end: String,
    #[serde(default)]
    same_bytes_as: Option<String>,
}

/// One sample.
pub(super) struct Sample {
    file: String,
    bytes: Vec<u8>,
    label: Label,
    category: Category,
    pub(super) destination: LedgerKind,
}

/// What became of one sample.
pub(super) struct Outcome {
    pub(super) file: String,
    pub(super) expected: String,
    pub(super) reached: String,
    pub(super) arrived: bool,
    by: &'static str,
    where_to: String,
}

/// How often a waiting document is looked at.
const POLL: Duration = Duration::from_millis(50);

/// The samples of a folder, in the order of their names.
pub(super) fn load(folder: &Path) -> anyhow::Result<Vec<Sample>> {
    let labels = folder.join("labels.json");
    let text = std::fs::read_to_string(&labels)
        .with_context(|| format!("{} cannot be read; run this from the project's folder", labels.display()))?;
    let labels: BTreeMap<String, Label> = serde_json::from_str(&text)?;
    let mut samples = Vec::new();
    for (file, label) in labels {
        let source = folder.join(label.same_bytes_as.as_ref().unwrap_or(&file));
        let bytes = std::fs::read(&source).with_context(|| format!("{} cannot be read", source.display()))?;
        let category = Category::from_name(&label.category).context("an unknown category in labels.json")?;
        let destination = LedgerKind::from_name(&label.destination).context("an unknown ledger in labels.json")?;
        samples.push(Sample { file, bytes, label, category, destination });
    }
    // A copy comes after its original, as in life.
    samples.sort_by_key(|sample| sample.label.same_bytes_as.is_some());
    Ok(samples)
}

/// Hands a sample over.
pub(super) async fn upload(
    context: &Context,
    cast: &Cast,
    sample: &Sample,
    connection: ConnectionId,
) -> anyhow::Result<Received> {
    let upload = Upload {
        bytes: sample.bytes.clone(),
        file_name: sample.file.clone(),
        person: cast.submitter.id,
        category: sample.category,
        connection: Some(connection),
    };
    Ok(receive(context, upload).await?)
}

/// Takes every sample to its end.
pub(super) async fn play_all(
    context: &Context,
    cast: &Cast,
    samples: &[Sample],
    received: &[Received],
) -> anyhow::Result<Vec<Outcome>> {
    let mut outcomes = Vec::new();
    for (sample, received) in samples.iter().zip(received) {
        outcomes.push(play(context, cast, sample, received).await?);
    }
    Ok(outcomes)
}

async fn play(context: &Context, cast: &Cast, sample: &Sample, received: &Received) -> anyhow::Result<Outcome> {
    let id = received.document.id;
    let mut by = "rule";
    let mut document = settled(context, id).await?;
    let expected = sample.label.expected_end.clone();
    if expected == "rejected" {
        by = "approver";
        document = reject(context, cast, document).await?;
    } else if expected == "posted" {
        if matches!(document.state, State::NeedsReview | State::Unreadable { .. }) {
            by = "accountant, approver";
            document = confirm(context, cast, sample, document).await?;
        }
        if document.state == State::AwaitingApproval {
            by = if by == "rule" { "approver" } else { by };
            act(context, &cast.approver, id, document.version, Action::Approve).await?;
            document = settled(context, id).await?;
        }
    } else if expected == "flagged" {
        by = "–";
    } else if received.same_bytes {
        by = "same bytes";
    } else {
        by = "–";
    }
    outcome(context, sample, received, &document, by).await
}

/// Waits until vouch itself has nothing more to do with a document.
async fn settled(context: &Context, id: DocumentId) -> anyhow::Result<Document> {
    loop {
        let document = document_fetch(&context.db, id).await?;
        if !document.state.is_moving() {
            return Ok(document);
        }
        #[expect(clippy::disallowed_methods, reason = "the demo watches from outside, as a person would")]
        tokio::time::sleep(POLL).await;
    }
}

/// The accountant compares what was flagged with the paper, types in what it says, and sends it on.
async fn confirm(context: &Context, cast: &Cast, sample: &Sample, document: Document) -> anyhow::Result<Document> {
    let label = &sample.label;
    let fields = BTreeMap::from([
        (FieldName::SupplierName, label.supplier_name.clone()),
        (FieldName::IssueDate, label.issue_date.clone()),
        (FieldName::DueDate, label.due_date.clone().unwrap_or_default()),
        (FieldName::DocumentNumber, label.document_number.clone().unwrap_or_default()),
        (FieldName::Currency, label.currency.clone()),
        (FieldName::Total, label.total.clone()),
    ]);
    let kind = DocumentKind::from_name(&label.kind);
    let correction = Correction { fields, kind, ..Correction::default() };
    let id = document.id;
    act(context, &cast.accountant, id, document.version, Action::Correct(Box::new(correction))).await?;
    let document = settled(context, id).await?;
    if document.state == State::NeedsReview {
        // What is still flagged is known, such as a limit; the approver sees it too.
        act(context, &cast.accountant, id, document.version, Action::Submit).await?;
        return settled(context, id).await;
    }
    Ok(document)
}

async fn reject(context: &Context, cast: &Cast, document: Document) -> anyhow::Result<Document> {
    let reason = "Above the limit for meals; ask for a business purpose.".to_owned();
    act(context, &cast.approver, document.id, document.version, Action::Reject(reason)).await?;
    settled(context, document.id).await
}

async fn outcome(
    context: &Context,
    sample: &Sample,
    received: &Received,
    document: &Document,
    by: &'static str,
) -> anyhow::Result<Outcome> {
    let expected = sample.label.expected_end.clone();
    let rules: Vec<&str> = document.findings.iter().map(|finding| finding.rule.as_str()).collect();
    let mut where_to = rules.join(" ");
    let duplicate = received.same_bytes || rules.contains(&"D4");
    let (reached, arrived) = match &document.state {
        _ if received.same_bytes => ("duplicate".to_owned(), expected == "duplicate"),
        State::Posted { external_id, reference } => {
            let posting = posting_by_document(&context.db, document.id).await?.context("a posted document has one")?;
            let approved = document.draft.as_ref().and_then(|draft| draft.money(FieldName::Total));
            let labelled = approved.map(|total| total.to_decimal().to_string()) == Some(sample.label.total.clone());
            where_to = format!("{} {external_id}, {reference}", sample.destination.title());
            ("posted".to_owned(), expected == "posted" && labelled && posting.attachment_id.is_some())
        }
        State::Rejected { .. } => ("rejected".to_owned(), expected == "rejected"),
        State::NeedsReview if duplicate => ("duplicate".to_owned(), expected == "duplicate"),
        State::NeedsReview => ("flagged".to_owned(), expected == "flagged"),
        State::PostingBlocked { message, .. } | State::Unreadable { message, .. } => {
            where_to.clone_from(message);
            (document.state.name().to_owned(), false)
        }
        State::Held { message, .. } => {
            where_to.clone_from(message);
            (document.state.name().to_owned(), false)
        }
        State::Received
        | State::Checking
        | State::AwaitingApproval
        | State::Approved { .. }
        | State::Reversal(_)
        | State::Returned { .. }
        | State::Withdrawn { .. } => (document.state.name().to_owned(), false),
    };
    Ok(Outcome { file: sample.file.clone(), expected, reached, arrived, by, where_to })
}

/// A row each.
pub(super) fn table(rows: &[Outcome]) -> String {
    let mut text =
        format!("   {:26} {:11} {:11} {:22} {}\n", "sample", "expected", "reached", "decided by", "where, or why");
    for row in rows {
        let mark = if row.arrived { "✓" } else { "✗" };
        text.push_str(&format!(
            " {mark} {:26} {:11} {:11} {:22} {}\n",
            row.file, row.expected, row.reached, row.by, row.where_to
        ));
    }
    text
}
