//! Fills one document's page.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{
    approval_view::{approval_view, comment_views, people_choices},
    destination_choices, drift,
    part::part_view,
};
use crate::{
    approval::{
        permission,
        state::{Event, ReversalEvent, ReversalStage, Standing, State},
    },
    clock::text_in,
    model::{
        draft::Draft,
        field::FieldName,
        id::PersonId,
        money::Money,
        person::{Actor, Person, Role},
    },
    pipeline::{LedgerKind, actions::document_for},
    store::{
        StoreError,
        candidate::claim_fetch,
        connection::{Connection, connection_list},
        document::{Document, page_list},
        history::{HistoryRow, history_list},
        job::job_reason,
        organisation::organisation_fetch,
        person::person_list,
        posting::{Posting, posting_by_document},
    },
    web::{
        App,
        error::WebError,
        session::Signed,
        view::{Choice, Chrome, MoneyView, grouped},
        view_actions::Actions,
        view_document::{
            ClaimView, DocumentPage, DuplicateView, EventView, FieldGroup, FindingView, ItemView, PageView,
            PostingView, event_detail, event_state,
        },
    },
};

pub(super) async fn document_page(app: &App, signed: &Signed, document: Document) -> Result<DocumentPage, WebError> {
    let (context, chrome) = (&app.context, signed.chrome());
    let empty = Draft::empty(0);
    let draft = document.draft.as_ref().unwrap_or(&empty);
    let connections = connection_list(&context.db).await?;
    let people = person_list(&context.db).await?;
    let name_of = |id| people.iter().find(|person| person.id == id).map(|person| person.name.clone());
    let side = |pixels: i64| u32::try_from(pixels).unwrap_or(0);
    let pages = page_list(&context.db, document.id).await?;
    let pages = pages.iter().map(|page| {
        let url = format!("/documents/{}/pages/{}?v={}", document.id, page.number, document.version);
        PageView::new(page.number, url, (side(page.width), side(page.height)), draft, &document.findings)
    });
    let mut history = history_list(&context.db, document.id).await?;
    history.reverse();
    let posting = posting_by_document(&context.db, document.id).await?;
    // It is waiting for its ledger: the last attempt said why.
    let posts = matches!(document.state, State::Approved { .. });
    let reverses = matches!(&document.state, State::Reversal(reversal) if reversal.is_moving());
    let waits = if posts || reverses { job_reason(&context.db, document.id).await? } else { None };
    let (approval, mine) = approval_view(app, &chrome, signed, &document, &people).await?;
    let comments = comment_views(app, document.id, &people).await?;
    let chosen = document.connection.map(|id| id.to_string()).unwrap_or_default();
    let supplier = draft.text(FieldName::SupplierName).map(str::to_owned);
    Ok(DocumentPage {
        id: document.id.to_string(),
        version: document.version,
        state: document.state.name(),
        settled: !document.state.is_moving(),
        reason: waits.or_else(|| reason(&chrome, &document.state, &name_of)),
        title: supplier.unwrap_or_else(|| document.file_name.clone()),
        file_name: document.file_name.clone(),
        original_url: format!("/documents/{}/original", document.id),
        submitted_by: name_of(document.submitter).unwrap_or_default(),
        submitted_at: text_in(document.uploaded_at_us, &context.zone),
        total: draft.money(FieldName::Total).map(MoneyView::from),
        pages: pages.collect(),
        groups: FieldGroup::all(&chrome, &draft.fields),
        kinds: chrome.kind_choices(draft.kind),
        categories: chrome.category_choices(document.category.name()),
        destinations: destination_choices(&connections, &chosen),
        items: items(draft),
        findings: document.findings.iter().map(|finding| FindingView::new(&chrome, finding)).collect(),
        actions: actions(&signed.person, &document, mine.as_ref().is_some_and(|mine| mine.can_approve)),
        approval,
        claim: claim_view(app, &document, &people).await?,
        mine,
        part: part_view(app, signed, &document).await?,
        comments,
        people_choices: people_choices(&people, signed.person.id),
        history: history.iter().map(|row| event_view(app, &chrome, row, &name_of)).collect(),
        posting: match posting {
            Some(posting) => Some(PostingView {
                drift: drift::of_document(app, &chrome, document.id).await?,
                settled: drift::is_settled(app, &posting).await?,
                ..posting_view(&posting, &connections, draft.money(FieldName::Total))
            }),
            None => None,
        },
        duplicates: duplicates(app, signed, &document).await?,
        list_url: "/documents".to_owned(),
        previous_url: None,
        next_url: None,
        chrome,
    })
}

async fn claim_view(app: &App, document: &Document, people: &[Person]) -> Result<ClaimView, WebError> {
    let (claimant, claim) = claim_fetch(&app.context.db, document.id).await?;
    let firm = organisation_fetch(&app.context.db).await?;
    Ok(ClaimView {
        department: claim.department.unwrap_or_default(),
        project: claim.project.unwrap_or_default(),
        attendees: claim.attendees.unwrap_or_default(),
        note: claim.note.unwrap_or_default(),
        claimed: claim.claimed.map(|money| money.to_string()).unwrap_or_default(),
        card_line: claim.card_line.map(|money| money.to_string()).unwrap_or_default(),
        bank_line: claim.bank_line.unwrap_or_default(),
        is_own: claimant == document.submitter,
        claimants: claimants(people, claimant),
        departments: firm.departments.keys().cloned().collect(),
        projects: firm.projects.keys().cloned().collect(),
    })
}

fn claimants(people: &[Person], claimant: PersonId) -> Vec<Choice> {
    let chosen = claimant.to_string();
    let there = people.iter().filter(|person| person.active || person.id == claimant);
    there.map(|person| Choice::new(person.id.to_string(), person.name.clone(), &chosen)).collect()
}

fn reason(chrome: &Chrome, state: &State, name_of: &impl Fn(PersonId) -> Option<String>) -> Option<String> {
    match state {
        State::Unreadable { code, message } => {
            let words = |family: &str| chrome.words.find(chrome.language, &format!("{family}-{code}"), &[]);
            let sentence = words("error").unwrap_or_else(|| message.clone());
            Some(words("next").map_or_else(|| sentence.clone(), |next| format!("{sentence} {next}")))
        }
        State::PostingBlocked { message, .. } => Some(message.clone()),
        State::Rejected { reason, .. } | State::Returned { reason, .. } => Some(reason.clone()),
        State::Held { message, .. } => Some(message.clone()),
        State::Reversal(reversal) => match &reversal.stage {
            ReversalStage::Agreed { .. } => None,
            ReversalStage::Blocked { message, .. } => Some(message.clone()),
            ReversalStage::Asked | ReversalStage::Done { .. } => {
                Some(format!("{}: {}", name_of(reversal.asked_by).unwrap_or_default(), reversal.reason))
            }
        },
        State::Withdrawn { .. }
        | State::Received
        | State::Checking
        | State::NeedsReview
        | State::AwaitingApproval
        | State::Approved { .. }
        | State::Posted { .. } => None,
    }
}

fn items(draft: &Draft) -> Vec<ItemView> {
    let text =
        |amount: Option<rust_decimal::Decimal>| amount.map(|amount| grouped(&amount.to_string())).unwrap_or_default();
    let lines = draft.line_items.iter();
    lines
        .map(|line| ItemView {
            description: line.description.clone(),
            quantity: text(line.quantity),
            unit_price: text(line.unit_price),
            amount: text(line.amount),
        })
        .collect()
}

/// What this person may do now: what their role allows and the document's state takes.
fn actions(person: &Person, document: &Document, can_approve: bool) -> Actions {
    let by = person.id;
    let can = |event: Event| {
        permission::allows(person, &event, document.submitter == person.id)
            && document.state.clone().apply(event).is_ok()
    };
    let text = || "…".to_owned();
    let accounts = person.has(Role::Accountant) || person.has(Role::Administrator);
    // Whoever is asked decides; the submitter and the accountants may stop it.
    let stops = document.state != State::AwaitingApproval || accounts || document.submitter == person.id;
    Actions {
        can_correct: can(Event::Corrected { by }),
        // Findings that block may be mended by the same form, so the button is there whenever the state takes it.
        can_submit: can(Event::Submitted { by, blocked: false, standing: Standing::Waiting }),
        can_approve,
        can_reject: can_approve || (stops && can(Event::Rejected { by, reason: text() })),
        can_keep: can(Event::Kept { by }) && document.findings.iter().any(|finding| finding.rule == "D4"),
        can_reread: can(Event::ReadAgain { by }),
        can_retry_post: can(Event::PostingRetried { by }),
        can_restart: can(Event::Restarted { by }),
        can_ask_reversal: can(Event::Reversal(ReversalEvent::Asked { by, reason: text() })),
        can_decide_reversal: can(Event::Reversal(ReversalEvent::Agreed { by })),
        can_withdraw_reversal: can(Event::Reversal(ReversalEvent::Withdrawn { by })),
        can_retry_reversal: can(Event::Reversal(ReversalEvent::Retried { by })),
    }
}

fn event_view(
    app: &App,
    chrome: &Chrome,
    row: &HistoryRow,
    name_of: &impl Fn(crate::model::id::PersonId) -> Option<String>,
) -> EventView {
    let instant = Timestamp::from_microsecond(row.at_us).unwrap_or(Timestamp::UNIX_EPOCH);
    EventView {
        instant: instant.to_string(),
        when: text_in(row.at_us, &app.context.zone),
        event: row.event.clone(),
        who: match &row.actor {
            Actor::Person(id) => Some(name_of(*id).unwrap_or_default()),
            Actor::System(_) => None,
        },
        detail: event_detail(chrome, &row.event, &row.detail),
        state: event_state(&row.event, &row.state),
    }
}

fn posting_view(posting: &Posting, connections: &[Connection], approved: Option<Money>) -> PostingView {
    let connection = connections.iter().find(|connection| connection.id == posting.connection);
    let ledger = connection.and_then(|connection| LedgerKind::from_name(&connection.ledger));
    let total = posting.posted_total.as_deref().zip(approved);
    PostingView {
        ledger: ledger.map_or_else(String::new, |kind| kind.title().to_owned()),
        company: connection.map(|connection| connection.name.clone()).unwrap_or_default(),
        reference: posting.reference.clone(),
        url: posting.entry_url.clone(),
        total: total.and_then(|(total, approved)| Money::parse(total, approved.currency()).ok()).map(MoneyView::from),
        attachment: if posting.attachment_id.is_some() { "attached" } else { "waiting" },
        drift: None,
        settled: false,
    }
}

/// More are not shown side by side; the findings still count them.
const SIDE_BY_SIDE_MAX: usize = 3;

/// The documents that the findings say this one may be again, the gravest finding's first.
async fn duplicates(app: &App, signed: &Signed, document: &Document) -> Result<Vec<DuplicateView>, WebError> {
    let mut shown: Vec<DuplicateView> = Vec::new();
    let mut seen = BTreeSet::from([document.id]);
    for finding in &document.findings {
        for id in &finding.others {
            if shown.len() >= SIDE_BY_SIDE_MAX || !seen.insert(*id) {
                continue;
            }
            // Somebody else's is not shown to a person who may not see it; the finding still says that there is one.
            match document_for(&app.context, &signed.person, *id).await {
                Ok(other) => shown.push(duplicate(&other, &finding.rule)),
                Err(StoreError::NotFound(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(shown)
}

fn duplicate(other: &Document, rule: &str) -> DuplicateView {
    let draft = other.draft.as_ref();
    let title = draft.and_then(|draft| draft.text(FieldName::SupplierName)).map(str::to_owned);
    DuplicateView {
        rule: rule.to_owned(),
        url: format!("/documents/{}", other.id),
        picture_url: format!("/documents/{}/pages/1", other.id),
        title: title.unwrap_or_else(|| other.file_name.clone()),
        date: draft.and_then(|draft| draft.date(FieldName::IssueDate)).map(|date| date.to_string()),
        total: draft.and_then(|draft| draft.money(FieldName::Total)).map(MoneyView::from),
        state: other.state.name(),
    }
}
