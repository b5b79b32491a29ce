//! Who hears what while documents are approved, sent back and refused.

use jiff::civil::date;
use rust_decimal::Decimal;
use vouch::{
    approval::{
        instance::{ReturnTo, TaskId},
        state::State,
    },
    model::{
        category::Category,
        currency::Currency,
        draft::Draft,
        field::{DocumentKind, Field, FieldName, FieldValue},
        hash::sha256_hex,
        id::{DocumentId, PersonId},
        media::MediaType,
        organisation::Delegation,
        page::{Confidence, Source},
        person::Person,
        policy::{
            Policy,
            flow::{Cc, Node, Overdue, Step, Timeout, Who},
        },
    },
    pipeline::{
        Job,
        approval::{Doing, comment, decide, sweep},
        transition::enqueue,
    },
    store::{
        document::{NewDocument, document_create, document_fetch, document_update},
        organisation::delegation_append,
        person::{person_list, person_update},
        setting::policy_publish,
    },
};

use crate::{
    firm::{ADA, BO, DEE, EVE, Firm, START_US},
    http::Listener,
};

/// Writes a document that was read and is to be checked.
async fn read(firm: &Firm, number: &str, submitter: PersonId) -> DocumentId {
    let id = DocumentId::new();
    let new = NewDocument {
        id,
        sha256: sha256_hex(number.as_bytes()),
        media_type: MediaType::Pdf,
        file_name: format!("{number}.pdf"),
        bytes: 10,
        submitter,
        category: Category::Office,
        connection: None,
        at_us: START_US,
    };
    let values = [
        (FieldName::SupplierName, FieldValue::Text(format!("Supplier {number}"))),
        (FieldName::DocumentNumber, FieldValue::Text(number.to_owned())),
        (FieldName::IssueDate, FieldValue::Date(date(2026, 11, 18))),
        (FieldName::Currency, FieldValue::Currency(Currency::HKD)),
        (FieldName::Total, FieldValue::Amount(Decimal::new(70_000, 2))),
    ];
    let field = |value| Field {
        value,
        confidence: Confidence::CERTAIN,
        accepted: true,
        source: Source::PdfText,
        rule: "typed".to_owned(),
        page: None,
        area: None,
    };
    let fields = values.into_iter().map(|(name, value)| (name, field(value))).collect();
    let txn = firm.context.db.begin_write().await.expect("a sound database");
    assert!(document_create(&txn, &new).await.expect("a sound database"), "bytes of its own");
    let mut document = document_fetch(&txn, id).await.expect("it was just made");
    document.draft = Some(Draft { kind: DocumentKind::Receipt, fields, ..Draft::empty(1) });
    document.state = State::Checking;
    document_update(&txn, &document, 0).await.expect("nobody else changes it");
    enqueue(&txn, Job::Check(id), 1, START_US).await.expect("a sound database");
    txn.commit().await.expect("a sound database");
    firm.work().await;
    id
}

async fn person(firm: &Firm, id: PersonId) -> Person {
    let people = person_list(&firm.context.db).await.expect("a sound database");
    people.into_iter().find(|person| person.id == id).expect("they are there")
}

async fn act(firm: &Firm, id: DocumentId, who: PersonId, doing: Doing) {
    let document = document_fetch(&firm.context.db, id).await.expect("it is there");
    let person = person(firm, who).await;
    decide(&firm.context, &person, id, document.version, doing).await.expect("it is their turn");
    firm.work().await;
}

/// What arrived since the last look: kind, address, who did it, why.
fn heard(listener: &Listener, seen: &mut usize) -> Vec<[String; 4]> {
    let all = listener.seen();
    let mut new: Vec<[String; 4]> = all[*seen..]
        .iter()
        .map(|request| {
            let json = request.json();
            let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            [text(&json["kind"]), text(&json["to"]["email"]), text(&json["actor"]), text(&json["reason"])]
        })
        .collect();
    *seen = all.len();
    new.sort();
    new
}

fn said(rows: &[[&str; 4]]) -> Vec<[String; 4]> {
    rows.iter().map(|row| row.map(str::to_owned)).collect()
}

/// A firm whose webhook is this listener.
async fn heard_by(listener: &Listener) -> Firm {
    let url = listener.url.clone();
    Firm::new(move |config| {
        config.notices.webhook.url = url;
        config.notices.webhook.secret = "whsec_1".to_owned();
    })
    .await
}

#[tokio::test]
async fn people_hear_once_what_concerns_them() {
    let listener = Listener::start(&[(200, "")]).await;
    let firm = heard_by(&listener).await;
    let mut seen = 0;
    let day = date(2026, 11, 22);
    let stands_in = Delegation { from: BO, to: DEE, first: day, last: day, amount_max: None };
    let txn = firm.context.db.begin_write().await.expect("a sound database");
    delegation_append(&txn, &stands_in).await.expect("a sound database");
    txn.commit().await.expect("a sound database");

    let first = read(&firm, "N-1", ADA).await;
    let asked = said(&[["asked", "bo@example.org", "Ada", ""], ["asked", "dee@example.org", "Ada", ""]]);
    assert_eq!(heard(&listener, &mut seen), asked, "the approver, and who stands in today");

    let bo = person(&firm, BO).await;
    comment(&firm.context, &bo, first, "Which project?", vec![ADA, BO]).await.expect("Bo may see it");
    firm.work().await;
    let named = said(&[["mentioned", "ada@example.org", "陳大文", "Which project?"]]);
    assert_eq!(heard(&listener, &mut seen), named, "not whoever wrote it");

    act(&firm, first, BO, Doing::Return(ReturnTo::Submitter, "No project".to_owned())).await;
    assert_eq!(heard(&listener, &mut seen), said(&[["returned", "ada@example.org", "陳大文", "No project"]]));

    let second = read(&firm, "N-2", ADA).await;
    assert_eq!(heard(&listener, &mut seen), asked);
    act(&firm, second, DEE, Doing::Reject("A private purchase".to_owned())).await;
    let refused = said(&[["rejected", "ada@example.org", "Dee", "A private purchase"]]);
    assert_eq!(heard(&listener, &mut seen), refused);

    let third = read(&firm, "N-3", ADA).await;
    assert_eq!(heard(&listener, &mut seen), asked);
    act(&firm, third, ADA, Doing::Remind(TaskId(0))).await;
    let reminded = said(&[["reminded", "bo@example.org", "Ada", ""], ["reminded", "dee@example.org", "Ada", ""]]);
    assert_eq!(heard(&listener, &mut seen), reminded);
    act(&firm, third, BO, Doing::Approve).await;
    let mut approved = heard(&listener, &mut seen);
    approved.retain(|row| row[0] != "posting-blocked");
    assert_eq!(approved, said(&[["approved", "ada@example.org", "陳大文", ""]]));
}

#[tokio::test]
async fn administrators_hear_what_stands_still() {
    let listener = Listener::start(&[(200, "")]).await;
    let firm = heard_by(&listener).await;
    let mut seen = 0;
    let bo = person(&firm, BO).await;
    person_update(&firm.context.db, BO, &bo.roles, false).await.expect("Bo is there");
    // Nobody may approve, and the only administrator may not decide about her own.
    read(&firm, "N-1", EVE).await;
    let heard = heard(&listener, &mut seen);
    let [[kind, email, actor, reason]] = &heard[..] else { panic!("one notice, not {heard:?}") };
    assert_eq!((kind.as_str(), email.as_str(), actor.as_str()), ("held", "eve@example.org", "Eve"));
    assert!(reason.contains("Nobody can be asked"), "{reason}");
}

/// Bo is asked, reminded after one working hour, and after two Eve is asked instead; Dee is told in the end.
fn impatient() -> Policy {
    let mut policy = Policy::starting();
    let dee = || Who::Person("dee@example.org".to_owned());
    let eve = Who::Person("eve@example.org".to_owned());
    let node = Node {
        timeouts: vec![
            Timeout { after_hours: 1, then: Overdue::Remind },
            Timeout { after_hours: 2, then: Overdue::Escalate(eve) },
        ],
        cc: vec![dee()],
        ..Node::new("approval", Who::Person("bo@example.org".to_owned()))
    };
    policy.flow.steps = vec![Step::Node(node), Step::Cc(Cc { id: "told".to_owned(), who: vec![dee()] })];
    policy
}

#[tokio::test]
async fn time_is_told_of_once() {
    const HOUR_US: i64 = 3_600_000_000;
    let listener = Listener::start(&[(200, "")]).await;
    let firm = heard_by(&listener).await;
    let txn = firm.context.db.begin_write().await.expect("a sound database");
    policy_publish(&txn, &impatient(), None, START_US).await.expect("a sound policy");
    txn.commit().await.expect("a sound database");
    let mut seen = 0;
    let id = read(&firm, "N-1", ADA).await;
    assert_eq!(heard(&listener, &mut seen), said(&[["asked", "bo@example.org", "Ada", ""]]));
    assert_eq!(listener.seen()[0].json()["due"], "2026-11-23 10:00", "it was a Sunday");

    // Monday, 10:30 and 11:30.
    firm.context.clock.advance_us(24 * HOUR_US + HOUR_US / 2);
    for expected in [["reminded", "bo@example.org", "Ada", ""], ["escalated", "eve@example.org", "Ada", ""]] {
        for again in [false, true] {
            sweep(&firm.context).await.expect("a sound database");
            firm.work().await;
            let expected = if again { Vec::new() } else { said(&[expected]) };
            assert_eq!(heard(&listener, &mut seen), expected, "swept again: {again}");
        }
        firm.context.clock.advance_us(HOUR_US);
    }

    act(&firm, id, EVE, Doing::Approve).await;
    let mut heard = heard(&listener, &mut seen);
    heard.retain(|row| row[0] != "posting-blocked");
    let told = [["approved", "ada@example.org", "Eve", ""], ["told", "dee@example.org", "Ada", ""]];
    assert_eq!(heard, said(&told), "Dee once, though two places of the policy name her");
}
