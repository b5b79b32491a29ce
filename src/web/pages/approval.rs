//! Tasks: what a person has to decide, what they do about it, and who stands in for them.

use axum::{
    Form,
    extract::{Path, State},
    response::Response,
};
use jiff::civil;

use super::{Fields, approval_view::people_choices, fields, invalid, parse_id, reversals, said, version};
use crate::{
    approval::instance::{Back, ReturnTo, Task, TaskId},
    clock::text_in,
    model::{
        field::FieldName,
        finding::Severity,
        id::{DocumentId, PersonId},
        money::Money,
        organisation::{Delegation, Organisation},
        person::Person,
    },
    pipeline::{
        actions::document_for,
        approval::{Doing, comment as say, decide, opened, task_for},
    },
    store::{
        approval::{Approval, TaskRow, adding_of, task_list},
        document::Document,
        organisation::{delegation_append, delegation_delete, delegation_list, organisation_fetch},
        person::person_list,
        setting::policy_fetch,
    },
    web::{
        App,
        error::WebError,
        session::{Signed, page, redirect_with_notice},
        view::{MoneyView, NoticeKind},
        view_approval::{DelegationView, OutcomeView, TaskView, TasksPage},
    },
};

/// More tasks are not shown at once.
const TASK_ROWS_MAX: i64 = 200;
/// The most documents that are approved at one go.
const BULK_MAX: usize = 100;

type Pairs = Form<Vec<(String, String)>>;

/// Does what a form asks about an approval.
pub async fn task(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(pairs): Pairs) -> Response {
    let people: Vec<String> =
        pairs.iter().filter(|(name, _)| name == "people").map(|(_, value)| value.clone()).collect();
    let form = fields(pairs);
    let done = async {
        signed.check(form.get("csrf").map(String::as_str))?;
        let version = version(&form)?;
        let doing = doing(&form, &people)?;
        Ok::<_, WebError>(decide(&app.context, &signed.person, parse_id(&id)?, version, doing).await?)
    };
    match done.await {
        Ok(document) => redirect_with_notice(&app, &format!("/documents/{}", document.id), NoticeKind::Good, "saved"),
        Err(error) => signed.problem(error),
    }
}

fn doing(form: &Fields, people: &[String]) -> Result<Doing, WebError> {
    let person = || -> Result<PersonId, WebError> {
        said(form, "person").and_then(|text| text.parse().ok()).ok_or_else(|| invalid("name a person"))
    };
    let number = || said(form, "number").and_then(|text| text.parse().ok()).map(TaskId);
    let reason = || said(form, "reason").unwrap_or_default().to_owned();
    let what = said(form, "do").unwrap_or_default();
    Ok(match what {
        "approve" => Doing::Approve,
        "add" => {
            let how = said(form, "adding").unwrap_or("before");
            let adding = adding_of(how, said(form, "method").unwrap_or("all"));
            let people = people.iter().map(|text| text.parse().map_err(|_| invalid("name a person")));
            let adding = adding.ok_or_else(|| invalid("before, after or beside"))?;
            Doing::Add(adding, people.collect::<Result<_, _>>()?)
        }
        "remove" => Doing::Remove(number().ok_or_else(|| invalid("name a task"))?),
        "remind" => Doing::Remind(number().ok_or_else(|| invalid("name a task"))?),
        "transfer" => Doing::Transfer(person()?),
        "ask" => Doing::Ask(person()?),
        "answer" => Doing::Answer(reason()),
        "claim" => Doing::Claim,
        "unclaim" => Doing::Unclaim,
        "take_back" => Doing::TakeBack,
        "withdraw" => Doing::Withdraw,
        "return" => {
            let back = if said(form, "back") == Some("jump") { Back::Jump } else { Back::Rerun };
            let to = match said(form, "stop").and_then(|text| text.parse().ok()) {
                Some(stop) => ReturnTo::Stop { stop, back },
                None => ReturnTo::Submitter,
            };
            Doing::Return(to, reason())
        }
        _ => return Err(invalid("an action that vouch knows")),
    })
}

/// Writes down what a person says, with those they mention by @name.
pub async fn comment(State(app): State<App>, signed: Signed, Path(id): Path<String>, Form(form): Pairs) -> Response {
    let form = fields(form);
    let said = async {
        signed.check(form.get("csrf").map(String::as_str))?;
        let text = said(&form, "comment").unwrap_or_default();
        let people = person_list(&app.context.db).await?;
        let mentioned = mentioned(text, &people);
        Ok::<_, WebError>(say(&app.context, &signed.person, parse_id(&id)?, text, mentioned).await?)
    };
    match said.await {
        Ok(()) => redirect_with_notice(&app, &format!("/documents/{id}"), NoticeKind::Good, "saved"),
        Err(error) => signed.problem(error),
    }
}

/// The people whose name, or the part of their address before the sign, follows an @.
fn mentioned(text: &str, people: &[Person]) -> Vec<PersonId> {
    let text = text.to_lowercase();
    let named = |person: &&Person| {
        let local = person.email.split('@').next().unwrap_or_default();
        [person.name.to_lowercase(), local.to_owned()]
            .iter()
            .any(|name| !name.is_empty() && text.contains(&format!("@{name}")))
    };
    people.iter().filter(|person| person.active).filter(named).map(|person| person.id).collect()
}

/// What a person has to do.
pub async fn tasks(State(app): State<App>, signed: Signed) -> Response {
    match tasks_page(&app, &signed, Vec::new()).await {
        Ok(view) => page(&view),
        Err(error) => signed.problem(error),
    }
}

async fn tasks_page(app: &App, signed: &Signed, outcomes: Vec<OutcomeView>) -> Result<TasksPage, WebError> {
    let context = &app.context;
    let organisation = organisation_fetch(&context.db).await?;
    let today = context.today();
    let own = signed.person.id;
    let stands_in = organisation
        .delegations
        .iter()
        .filter(|delegation| delegation.to == own && (delegation.first..=delegation.last).contains(&today));
    let mut people: Vec<PersonId> = stands_in.map(|delegation| delegation.from).collect();
    people.push(own);
    let rows = task_list(&context.db, &people, TASK_ROWS_MAX).await?;
    let tasks = rows
        .iter()
        .filter_map(|(row, document, approval)| task_view(app, signed, &organisation, (row, document, approval)));
    let tasks = tasks.collect();
    let delegations = delegation_list(&context.db).await?;
    let of_own = delegations.into_iter().filter(|(_, delegation)| delegation.from == own && delegation.last >= today);
    let delegations = of_own.map(|(id, delegation)| DelegationView {
        id,
        name: organisation.name_of(delegation.to),
        first: delegation.first.to_string(),
        last: delegation.last.to_string(),
        amount_max: delegation.amount_max.map(MoneyView::from),
    });
    Ok(TasksPage {
        outcomes,
        tasks,
        reversals: reversals::to_decide(app, &signed.person).await?,
        delegations: delegations.collect(),
        people: people_choices(&person_list(&context.db).await?, own),
        today: today.to_string(),
        chrome: signed.chrome(),
    })
}

/// A task as the page shows it; `None` where its approval does not ask this person any more.
fn task_view(
    app: &App,
    signed: &Signed,
    organisation: &Organisation,
    (row, document, approval): (&TaskRow, &Document, &Approval),
) -> Option<TaskView> {
    let context = &app.context;
    let (_, by) = task_for(approval, organisation, context.today(), signed.person.id)?;
    let draft = document.draft.as_ref();
    let supplier = draft.and_then(|draft| draft.text(FieldName::SupplierName)).map(str::to_owned);
    let counts = document.findings.iter().filter(|finding| finding.severity >= Severity::Flag).count();
    let task = approval.instance.task(row.number);
    let opinion = task.is_some_and(Task::is_opinion);
    Some(TaskView {
        url: format!("/documents/{}", document.id),
        id: document.id.to_string(),
        version: document.version,
        title: supplier.unwrap_or_else(|| document.file_name.clone()),
        node: row.node.clone(),
        submitted_by: organisation.name_of(document.submitter),
        total: draft.and_then(|draft| draft.money(FieldName::Total)).map(MoneyView::from),
        since: text_in(row.since_us, &context.zone),
        due: row.due_us.map(|due| text_in(due, &context.zone)),
        late: row.due_us.is_some_and(|due| due <= context.clock.now_us()),
        instead_of: by.instead_of.map(|other| organisation.name_of(other)),
        findings: counts,
        can_approve: !opinion && !document.findings.iter().any(|finding| finding.severity == Severity::Block),
    })
}

/// Approves several documents, each recorded for itself. Refusing and handing over are never done in bulk.
pub async fn approve_all(State(app): State<App>, signed: Signed, Form(pairs): Pairs) -> Response {
    let chosen: Vec<String> =
        pairs.iter().filter(|(name, _)| name == "chosen").map(|(_, value)| value.clone()).take(BULK_MAX).collect();
    let form = fields(pairs);
    if let Err(error) = signed.check(form.get("csrf").map(String::as_str)) {
        return signed.problem(error);
    }
    let mut outcomes = Vec::new();
    for entry in &chosen {
        let Some((id, version)) = entry.split_once(':') else { continue };
        let (Ok(id), Ok(version)) = (id.parse::<DocumentId>(), version.parse::<i64>()) else { continue };
        // A document that somebody else decided meanwhile is left; the others go on.
        let decided = decide(&app.context, &signed.person, id, version, Doing::Approve).await;
        outcomes.push(outcome(&app, &signed, id, decided.err().map(WebError::from)).await);
    }
    if outcomes.iter().all(|outcome| outcome.refused.is_none()) {
        return redirect_with_notice(&app, "/tasks", NoticeKind::Good, "approved");
    }
    match tasks_page(&app, &signed, outcomes).await {
        Ok(view) => page(&view),
        Err(error) => signed.problem(error),
    }
}

/// What became of one of several: approved, or why not, in the person's language.
async fn outcome(app: &App, signed: &Signed, id: DocumentId, refused: Option<WebError>) -> OutcomeView {
    let chrome = signed.chrome();
    let document = document_for(&app.context, &signed.person, id).await.ok();
    let supplier = document.as_ref().and_then(|document| document.draft.as_ref()?.text(FieldName::SupplierName));
    let file = document.as_ref().map(|document| document.file_name.as_str());
    let sentence = |error: WebError| {
        let sentence = chrome.t(&format!("error-{}", error.code));
        error.detail.map_or(sentence.clone(), |detail| format!("{sentence} {detail}"))
    };
    OutcomeView {
        url: format!("/documents/{id}"),
        title: supplier.or(file).map_or_else(|| id.to_string(), str::to_owned),
        refused: refused.map(sentence),
    }
}

/// Lets somebody stand in for this person for some days.
pub async fn delegate(State(app): State<App>, signed: Signed, Form(form): Pairs) -> Response {
    let form = fields(form);
    let stored = async {
        signed.check(form.get("csrf").map(String::as_str))?;
        let context = &app.context;
        let policy = policy_fetch(&context.db).await?;
        let day = |name: &str| -> Result<civil::Date, WebError> {
            said(&form, name).and_then(|text| text.parse().ok()).ok_or_else(|| invalid("a day as 2026-03-04"))
        };
        let to = said(&form, "person").and_then(|text| text.parse().ok()).ok_or_else(|| invalid("name a person"))?;
        let amount = said(&form, "amount_max").map(|text| Money::parse(&text.replace(',', ""), policy.home_currency));
        let amount_max = amount.transpose().map_err(|error| invalid(&error.to_string()))?;
        let delegation =
            Delegation { from: signed.person.id, to, first: day("first")?, last: day("last")?, amount_max };
        if delegation.last < delegation.first || delegation.to == delegation.from {
            return Err(invalid("another person, and a last day that is not before the first"));
        }
        let txn = context.db.begin_write().await?;
        delegation_append(&txn, &delegation).await?;
        Ok(txn.commit().await?)
    };
    match stored.await {
        Ok(()) => redirect_with_notice(&app, "/tasks", NoticeKind::Good, "saved"),
        Err(error) => signed.problem(error),
    }
}

/// Ends a standing-in.
pub async fn end_delegation(
    State(app): State<App>,
    signed: Signed,
    Path(id): Path<String>,
    Form(form): Pairs,
) -> Response {
    let form = fields(form);
    let ended = async {
        signed.check(form.get("csrf").map(String::as_str))?;
        let txn = app.context.db.begin_write().await?;
        delegation_delete(&txn, &id, signed.person.id).await?;
        Ok::<_, WebError>(txn.commit().await?)
    };
    match ended.await {
        Ok(()) => redirect_with_notice(&app, "/tasks", NoticeKind::Good, "saved"),
        Err(error) => signed.problem(error),
    }
}

/// Notes that a person looked at a document; a page is shown whether that could be noted or not.
pub(super) async fn looked(app: &App, id: DocumentId, person: PersonId) {
    if let Err(error) = opened(&app.context, id, person).await {
        tracing::warn!(%error, "that document {id} was opened could not be noted");
    }
}
