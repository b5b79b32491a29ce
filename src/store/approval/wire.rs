//! The events of an approval as they are stored.
//!
//! The way of a claim is not stored: it follows from the facts and from the policy that is kept beside the events.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    approval::{
        facts::Facts,
        instance::{Adding, Back, By, Event, Lapse, Method, ReturnTo, TaskId},
        route::{Asking, Hold, UnknownFact, way},
        seats::{Seat, Seated, Seating, Skip},
    },
    model::{
        category::Category, currency::Currency, field::DocumentKind, finding::Severity, id::PersonId, money::Money,
        policy::Policy,
    },
};

#[derive(Serialize, Deserialize)]
struct MoneyJson {
    minor: i64,
    currency: String,
}

#[derive(Serialize, Deserialize)]
struct FactsJson {
    amount: Option<MoneyJson>,
    amount_together: Option<MoneyJson>,
    currency: Option<String>,
    kind: String,
    category: String,
    department: Option<String>,
    project: Option<String>,
    supplier: Option<String>,
    submitter: String,
    claimant: String,
    correctors: Vec<String>,
    findings: BTreeMap<String, String>,
    digest: String,
}

#[derive(Serialize, Deserialize)]
struct ByJson {
    person: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    instead_of: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct SeatJson {
    person: String,
    roles: Vec<String>,
    weight: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SeatingJson {
    Ask(Vec<SeatJson>),
    Pass,
    Reject,
    Hold(HoldJson),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum HoldJson {
    Unknown { fact: String, at: String },
    Nobody { at: String },
    NoSuch { name: String, at: String },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum LapseJson {
    Remind,
    Escalate(String),
    Approve,
    Reject,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum EventJson {
    Sent {
        facts: Box<FactsJson>,
        submitter_email: String,
        submitter_roles: BTreeSet<String>,
        jump: bool,
        single_user: bool,
    },
    Seated {
        stop: usize,
        seating: SeatingJson,
        skipped: Vec<(String, String)>,
    },
    Opened {
        task: u32,
    },
    Approved {
        task: u32,
        by: ByJson,
    },
    Rejected {
        task: u32,
        by: ByJson,
        reason: String,
    },
    Added {
        task: u32,
        by: ByJson,
        adding: String,
        method: String,
        people: Vec<String>,
    },
    Removed {
        task: u32,
        by: ByJson,
    },
    Transferred {
        task: u32,
        by: ByJson,
        to: String,
    },
    Asked {
        task: u32,
        by: ByJson,
        to: String,
    },
    Answered {
        task: u32,
        by: ByJson,
    },
    Claimed {
        task: u32,
        by: ByJson,
    },
    Unclaimed {
        task: u32,
        by: ByJson,
    },
    Returned {
        task: u32,
        by: ByJson,
        stop: Option<usize>,
        jump: bool,
        reason: String,
    },
    TakenBack {
        task: u32,
        by: ByJson,
    },
    Withdrawn {
        by: String,
    },
    // The row beside it has an `at_us` of its own, and a key that stands there twice cannot be read again.
    Reminded {
        task: u32,
        #[serde(rename = "reminded_at_us")]
        at_us: i64,
    },
    Overdue {
        task: u32,
        lapse: LapseJson,
        #[serde(rename = "lapsed_at_us")]
        at_us: i64,
    },
    Moved {
        task: u32,
        to: String,
    },
}

/// An event with when it happened and, for sending, what the way was worked out from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// What happened.
    pub event: Event,
    /// The submitter's e-mail address at that moment.
    pub submitter_email: String,
    /// The submitter's roles at that moment.
    pub submitter_roles: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
struct RecordedJson {
    at_us: i64,
    #[serde(flatten)]
    event: EventJson,
}

/// The record as JSON.
pub(super) fn to_json(record: &[Recorded]) -> String {
    let rows: Vec<RecordedJson> =
        record.iter().map(|entry| RecordedJson { at_us: entry.at_us, event: event_json(entry) }).collect();
    serde_json::to_string(&rows).expect("plain data with text keys always serialises")
}

/// The record that JSON describes; `None` where it is damaged.
pub(super) fn from_json(json: &str, policy: &Policy) -> Option<Vec<Recorded>> {
    let rows: Vec<RecordedJson> = serde_json::from_str(json).ok()?;
    rows.into_iter().map(|row| recorded(row, policy)).collect()
}

fn event_json(entry: &Recorded) -> EventJson {
    match &entry.event {
        Event::Sent { facts, back, single_user, .. } => EventJson::Sent {
            facts: Box::new(facts_json(facts)),
            submitter_email: entry.submitter_email.clone(),
            submitter_roles: entry.submitter_roles.clone(),
            jump: *back == Back::Jump,
            single_user: *single_user,
        },
        Event::Seated { stop, seated } => EventJson::Seated {
            stop: *stop,
            seating: seating_json(&seated.seating),
            skipped: seated.skipped.iter().map(|(who, why)| (who.to_string(), why.name().to_owned())).collect(),
        },
        Event::Opened { task } => EventJson::Opened { task: task.0 },
        Event::Approved { task, by } => EventJson::Approved { task: task.0, by: by_json(*by) },
        Event::Rejected { task, by, reason } => {
            EventJson::Rejected { task: task.0, by: by_json(*by), reason: reason.clone() }
        }
        Event::Added { task, by, adding, people } => {
            let (adding, method) = adding_names(*adding);
            let people = people.iter().map(ToString::to_string).collect();
            EventJson::Added { task: task.0, by: by_json(*by), adding: adding.into(), method: method.into(), people }
        }
        Event::Removed { task, by } => EventJson::Removed { task: task.0, by: by_json(*by) },
        Event::Transferred { task, by, to } => {
            EventJson::Transferred { task: task.0, by: by_json(*by), to: to.to_string() }
        }
        Event::Asked { task, by, to } => EventJson::Asked { task: task.0, by: by_json(*by), to: to.to_string() },
        Event::Answered { task, by } => EventJson::Answered { task: task.0, by: by_json(*by) },
        Event::Claimed { task, by } => EventJson::Claimed { task: task.0, by: by_json(*by) },
        Event::Unclaimed { task, by } => EventJson::Unclaimed { task: task.0, by: by_json(*by) },
        Event::Returned { task, by, to, reason } => {
            let (stop, jump) = match to {
                ReturnTo::Submitter => (None, false),
                ReturnTo::Stop { stop, back } => (Some(*stop), *back == Back::Jump),
            };
            EventJson::Returned { task: task.0, by: by_json(*by), stop, jump, reason: reason.clone() }
        }
        Event::TakenBack { task, by } => EventJson::TakenBack { task: task.0, by: by_json(*by) },
        Event::Withdrawn { by } => EventJson::Withdrawn { by: by.to_string() },
        Event::Reminded { task, at_us } => EventJson::Reminded { task: task.0, at_us: *at_us },
        Event::Overdue { task, lapse, at_us } => {
            let lapse = match lapse {
                Lapse::Remind => LapseJson::Remind,
                Lapse::Escalate(to) => LapseJson::Escalate(to.to_string()),
                Lapse::Approve => LapseJson::Approve,
                Lapse::Reject => LapseJson::Reject,
            };
            EventJson::Overdue { task: task.0, lapse, at_us: *at_us }
        }
        Event::Moved { task, to } => EventJson::Moved { task: task.0, to: to.to_string() },
    }
}

fn recorded(row: RecordedJson, policy: &Policy) -> Option<Recorded> {
    let mut entry = Recorded {
        at_us: row.at_us,
        event: Event::Opened { task: TaskId(0) },
        submitter_email: String::new(),
        submitter_roles: BTreeSet::new(),
    };
    entry.event = match row.event {
        EventJson::Sent { facts, submitter_email, submitter_roles, jump, single_user } => {
            let facts = facts_of(*facts)?;
            let asking = Asking { facts: &facts, submitter_email: &submitter_email, submitter_roles: &submitter_roles };
            let way = way(&policy.flow, &asking);
            (entry.submitter_email, entry.submitter_roles) = (submitter_email, submitter_roles);
            Event::Sent { facts: Box::new(facts), way, back: back(jump), single_user }
        }
        EventJson::Seated { stop, seating, skipped } => {
            let skip = |(who, why): (String, String)| Some((person(&who)?, skip_of(&why)?));
            let skipped = skipped.into_iter().map(skip).collect::<Option<_>>()?;
            Event::Seated { stop, seated: Seated { seating: seating_of(seating)?, skipped } }
        }
        EventJson::Opened { task } => Event::Opened { task: TaskId(task) },
        EventJson::Approved { task, by } => Event::Approved { task: TaskId(task), by: by_of(&by)? },
        EventJson::Rejected { task, by, reason } => Event::Rejected { task: TaskId(task), by: by_of(&by)?, reason },
        EventJson::Added { task, by, adding, method, people } => {
            let adding = adding_of(&adding, &method)?;
            let people = people.iter().map(|text| person(text)).collect::<Option<_>>()?;
            Event::Added { task: TaskId(task), by: by_of(&by)?, adding, people }
        }
        EventJson::Removed { task, by } => Event::Removed { task: TaskId(task), by: by_of(&by)? },
        EventJson::Transferred { task, by, to } => {
            Event::Transferred { task: TaskId(task), by: by_of(&by)?, to: person(&to)? }
        }
        EventJson::Asked { task, by, to } => Event::Asked { task: TaskId(task), by: by_of(&by)?, to: person(&to)? },
        EventJson::Answered { task, by } => Event::Answered { task: TaskId(task), by: by_of(&by)? },
        EventJson::Claimed { task, by } => Event::Claimed { task: TaskId(task), by: by_of(&by)? },
        EventJson::Unclaimed { task, by } => Event::Unclaimed { task: TaskId(task), by: by_of(&by)? },
        EventJson::Returned { task, by, stop, jump, reason } => {
            let to = stop.map_or(ReturnTo::Submitter, |stop| ReturnTo::Stop { stop, back: back(jump) });
            Event::Returned { task: TaskId(task), by: by_of(&by)?, to, reason }
        }
        EventJson::TakenBack { task, by } => Event::TakenBack { task: TaskId(task), by: by_of(&by)? },
        EventJson::Withdrawn { by } => Event::Withdrawn { by: person(&by)? },
        EventJson::Reminded { task, at_us } => Event::Reminded { task: TaskId(task), at_us },
        EventJson::Overdue { task, lapse, at_us } => {
            let lapse = match lapse {
                LapseJson::Remind => Lapse::Remind,
                LapseJson::Escalate(to) => Lapse::Escalate(person(&to)?),
                LapseJson::Approve => Lapse::Approve,
                LapseJson::Reject => Lapse::Reject,
            };
            Event::Overdue { task: TaskId(task), lapse, at_us }
        }
        EventJson::Moved { task, to } => Event::Moved { task: TaskId(task), to: person(&to)? },
    };
    Some(entry)
}

const fn back(jump: bool) -> Back {
    if jump { Back::Jump } else { Back::Rerun }
}

fn person(text: &str) -> Option<PersonId> {
    text.parse().ok()
}

fn by_json(by: By) -> ByJson {
    ByJson { person: by.person.to_string(), instead_of: by.instead_of.map(|other| other.to_string()) }
}

fn by_of(json: &ByJson) -> Option<By> {
    let instead_of = json.instead_of.as_deref().map(|text| person(text).ok_or(())).transpose().ok()?;
    Some(By { person: person(&json.person)?, instead_of })
}

const METHODS: [(Method, &str); 3] = [(Method::All, "all"), (Method::Any, "any"), (Method::Sequential, "sequential")];

fn adding_names(adding: Adding) -> (&'static str, &'static str) {
    let name = |method| METHODS.iter().find(|(known, _)| *known == method).map_or("all", |(_, name)| *name);
    match adding {
        Adding::Before(method) => ("before", name(method)),
        Adding::After(method) => ("after", name(method)),
        Adding::Parallel => ("parallel", ""),
    }
}

/// How people are added, by the names that records and forms use.
#[must_use]
pub fn adding_of(adding: &str, method: &str) -> Option<Adding> {
    let method = METHODS.iter().find(|(_, name)| *name == method).map(|(method, _)| *method);
    match adding {
        "before" => method.map(Adding::Before),
        "after" => method.map(Adding::After),
        "parallel" => Some(Adding::Parallel),
        _ => None,
    }
}

fn seating_json(seating: &Seating) -> SeatingJson {
    match seating {
        Seating::Ask(seats) => SeatingJson::Ask(
            seats
                .iter()
                .map(|seat| SeatJson {
                    person: seat.person.to_string(),
                    roles: seat.roles.iter().cloned().collect(),
                    weight: seat.weight,
                })
                .collect(),
        ),
        Seating::Pass => SeatingJson::Pass,
        Seating::Reject => SeatingJson::Reject,
        Seating::Hold(hold) => SeatingJson::Hold(match hold.clone() {
            Hold::Unknown { fact, at } => HoldJson::Unknown { fact: fact.name().to_owned(), at },
            Hold::Nobody { at } => HoldJson::Nobody { at },
            Hold::NoSuch { name, at } => HoldJson::NoSuch { name, at },
        }),
    }
}

fn seating_of(json: SeatingJson) -> Option<Seating> {
    Some(match json {
        SeatingJson::Ask(seats) => {
            let seat = |seat: SeatJson| {
                let roles = seat.roles.into_iter().collect();
                Some(Seat { person: person(&seat.person)?, roles, weight: seat.weight })
            };
            Seating::Ask(seats.into_iter().map(seat).collect::<Option<_>>()?)
        }
        SeatingJson::Pass => Seating::Pass,
        SeatingJson::Reject => Seating::Reject,
        SeatingJson::Hold(hold) => Seating::Hold(match hold {
            HoldJson::Unknown { fact, at } => {
                let fact = UnknownFact::ALL.into_iter().find(|known| known.name() == fact)?;
                Hold::Unknown { fact, at }
            }
            HoldJson::Nobody { at } => Hold::Nobody { at },
            HoldJson::NoSuch { name, at } => Hold::NoSuch { name, at },
        }),
    })
}

fn skip_of(name: &str) -> Option<Skip> {
    [Skip::Own, Skip::Left, Skip::Repeat, Skip::Later, Skip::Delegate].into_iter().find(|skip| skip.name() == name)
}

fn facts_json(facts: &Facts) -> FactsJson {
    let money = |money: Money| MoneyJson { minor: money.minor(), currency: money.currency().code().to_owned() };
    FactsJson {
        amount: facts.amount.map(money),
        amount_together: facts.amount_together.map(money),
        currency: facts.currency.map(|currency| currency.code().to_owned()),
        kind: facts.kind.name().to_owned(),
        category: facts.category.name().to_owned(),
        department: facts.department.clone(),
        project: facts.project.clone(),
        supplier: facts.supplier.clone(),
        submitter: facts.submitter.to_string(),
        claimant: facts.claimant.to_string(),
        correctors: facts.correctors.iter().map(ToString::to_string).collect(),
        findings: facts.findings.iter().map(|(rule, is)| (rule.clone(), is.name().to_owned())).collect(),
        digest: facts.digest.clone(),
    }
}

fn facts_of(json: FactsJson) -> Option<Facts> {
    let money = |json: MoneyJson| Some(Money::from_minor(json.minor, Currency::parse(&json.currency).ok()?));
    let maybe = |json: Option<MoneyJson>| json.map(|json| money(json).ok_or(())).transpose().ok();
    let finding = |(rule, is): (String, String)| Some((rule, Severity::from_name(&is)?));
    Some(Facts {
        amount: maybe(json.amount)?,
        amount_together: maybe(json.amount_together)?,
        currency: json.currency.map(|code| Currency::parse(&code)).transpose().ok()?,
        kind: DocumentKind::from_name(&json.kind)?,
        category: Category::from_name(&json.category)?,
        department: json.department,
        project: json.project,
        supplier: json.supplier,
        submitter: person(&json.submitter)?,
        claimant: person(&json.claimant)?,
        correctors: json.correctors.iter().map(|text| person(text)).collect::<Option<_>>()?,
        findings: json.findings.into_iter().map(finding).collect::<Option<_>>()?,
        digest: json.digest,
    })
}
