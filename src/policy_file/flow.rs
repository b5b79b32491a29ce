//! The flow: steps of people who agree, carry out or are told, and forks between ways.

use super::{
    condition::{condition, condition_json},
    document::{Fields, Spot},
    layout::Json,
    value::{amount, amount_json, email, name},
};
use crate::model::{
    currency::Currency,
    policy::flow::{
        Asked, Branch, Cc, Flow, Fork, Mode, Node, NodeKind, Overdue, Refusal, Repeat, Step, Timeout, WhenEmpty,
        WhenOwn, Who,
    },
};

const REPEATS: [(&str, Repeat); 4] =
    [("ask", Repeat::Ask), ("consecutive", Repeat::Consecutive), ("first", Repeat::First), ("last", Repeat::Last)];
const REFUSALS: [(&str, Refusal); 2] = [("first", Refusal::First), ("last", Refusal::Last)];
const NODE_KEYS: [&str; 10] = ["id", "name", "who", "mode", "refusal", "empty", "own", "segregated", "timeouts", "cc"];
const WHO_KEYS: [&str; 6] = ["person", "role", "department_head", "manager", "project_owner", "submitter"];
/// Nobody has more managers above them than this.
pub(super) const LEVELS_MAX: u32 = 20;
/// A year of working days; a longer time-out is a mistake.
pub(super) const TIMEOUT_HOURS_MAX: u32 = 2_600;

/// Who must agree.
pub(super) fn flow(spot: &Spot<'_>, home: Currency) -> Option<Flow> {
    let fields = spot.fields(&["repeat", "administrator_role", "steps"])?;
    let repeat = fields.or("repeat", Repeat::default(), |repeat| repeat.choice(&REPEATS));
    let administrator =
        fields.or("administrator_role", "administrator".to_owned(), |role| name(role, "the name of a role"));
    let steps = fields.need("steps", |steps| self::steps(steps, home));
    Some(Flow { steps: steps?, repeat: repeat?, administrator_role: administrator? })
}

fn steps(spot: &Spot<'_>, home: Currency) -> Option<Vec<Step>> {
    spot.list("steps", |step| self::step(step, home))
}

fn step(spot: &Spot<'_>, home: Currency) -> Option<Step> {
    let (key, inner) = spot.only("a step", &["approve", "process", "cc", "fork"])?;
    match key {
        "approve" => node(&inner, NodeKind::Approve, home).map(Step::Node),
        "process" => node(&inner, NodeKind::Process, home).map(Step::Node),
        "cc" => {
            let fields = inner.fields(&["id", "who"])?;
            let (id, who) = (id(&fields), fields.need("who", |who| who.some("people", self::who)));
            Some(Step::Cc(Cc { id: id?, who: who? }))
        }
        _ => fork(&inner, home).map(Step::Fork),
    }
}

fn id(fields: &Fields<'_>) -> Option<String> {
    fields.need("id", |id| name(id, "a name that nothing else in the flow has"))
}

fn fork(spot: &Spot<'_>, home: Currency) -> Option<Fork> {
    let fields = spot.fields(&["id", "branches", "otherwise"])?;
    let id = id(&fields);
    let branches = fields.need("branches", |branches| branches.some("branches", |one| branch(one, home)));
    let otherwise = match fields.get("otherwise") {
        Some(steps) => self::steps(&steps, home),
        None => spot.wrong("“otherwise” is missing: say what happens when no branch is taken, if only [] for nothing"),
    };
    Some(Fork { id: id?, branches: branches?, otherwise: otherwise? })
}

fn branch(spot: &Spot<'_>, home: Currency) -> Option<Branch> {
    let fields = spot.fields(&["name", "when", "steps"])?;
    let name = fields.need("name", |name| self::name(name, "what people call this branch"));
    let when = fields.need("when", |when| condition(when, home));
    let steps = fields.need("steps", |steps| self::steps(steps, home));
    Some(Branch { name: name?, when: when?, steps: steps? })
}

fn node(spot: &Spot<'_>, kind: NodeKind, home: Currency) -> Option<Node> {
    let fields = spot.fields(&NODE_KEYS)?;
    let id = id(&fields);
    let name = fields.may("name", |name| self::name(name, "what people call this step"));
    let who = fields.need("who", |who| who.some("people", asked));
    let mode = mode(&fields);
    let empty = fields.or("empty", WhenEmpty::default(), |empty| when_empty(empty, home));
    let own = fields.or("own", WhenOwn::default(), when_own);
    let segregated = fields.or("segregated", false, Spot::truth);
    let timeouts = fields.or("timeouts", Vec::new(), |all| all.list("time-outs", |one| timeout(one, home)));
    let cc = fields.or("cc", Vec::new(), |cc| cc.list("people", self::who));
    let id = id?;
    Some(Node {
        name: name?.unwrap_or_else(|| id.clone()),
        id,
        kind,
        who: who?,
        mode: mode?,
        empty: empty?,
        own: own?,
        segregated: segregated?,
        timeouts: timeouts?,
        cc: cc?,
    })
}

fn mode(fields: &Fields<'_>) -> Option<Mode> {
    let refusal = fields.or("refusal", Refusal::First, |refusal| refusal.choice(&REFUSALS))?;
    let mode = fields.or("mode", Mode::All { refusal }, |mode| {
        if mode.as_text().is_some() {
            return mode.choice(&[
                ("all", Mode::All { refusal }),
                ("any", Mode::Any { refusal }),
                ("sequential", Mode::Sequential),
                ("claim", Mode::Claim),
            ]);
        }
        let (_, ratio) =
            mode.only("“all”, “any”, “sequential”, “claim” or, with a percentage after it,", &["ratio"])?;
        ratio.whole("a percentage", 1..=100).map(|percent| Mode::Ratio { percent })
    })?;
    let counts = matches!(mode, Mode::All { .. } | Mode::Any { .. });
    match fields.get("refusal") {
        Some(refusal) if !counts => {
            refusal.wrong("“refusal” is only for the modes “all” and “any”: in the others every refusal counts")
        }
        Some(_) | None => Some(mode),
    }
}

fn asked(spot: &Spot<'_>) -> Option<Asked> {
    if spot.as_text().is_some() {
        return who(spot).map(|who| Asked { who, weight: 1 });
    }
    let with_weight: Vec<&str> = WHO_KEYS.into_iter().chain(["weight"]).collect();
    let fields = spot.fields(&with_weight)?;
    let weight = fields.or("weight", 1, |weight| weight.whole("a weight", 1..=u32::MAX));
    let who = who_in(spot, &fields);
    Some(Asked { who: who?, weight: weight? })
}

/// Somebody, by name or by their place in the firm.
fn who(spot: &Spot<'_>) -> Option<Who> {
    match spot.as_text() {
        Some(_) => spot.choice(&[("project_owner", Who::ProjectOwner), ("submitter", Who::Submitter)]),
        None => who_in(spot, &spot.fields(&WHO_KEYS)?),
    }
}

fn who_in(spot: &Spot<'_>, fields: &Fields<'_>) -> Option<Who> {
    let named: Vec<&str> = fields.keys().filter(|key| WHO_KEYS.contains(key)).collect();
    let [key] = named.as_slice() else {
        return spot.wrong(format!("expected a person: exactly one of {}", WHO_KEYS.join(", ")));
    };
    let value = fields.get(key)?;
    let certain = |who| match value.truth() {
        Some(true) => Some(who),
        Some(false) => value.expected("true"),
        None => None,
    };
    match *key {
        "person" => email(&value).map(Who::Person),
        "role" => name(&value, "the name of a role").map(Who::Role),
        "department_head" => {
            value.whole("how many departments up", 0..=LEVELS_MAX).map(|up| Who::DepartmentHead { up })
        }
        "manager" => value.whole("how many managers up", 1..=LEVELS_MAX).map(|up| Who::Manager { up }),
        "project_owner" => certain(Who::ProjectOwner),
        _ => certain(Who::Submitter),
    }
}

fn people(spot: &Spot<'_>) -> Option<Vec<Who>> {
    spot.some("people", who)
}

fn when_empty(spot: &Spot<'_>, home: Currency) -> Option<WhenEmpty> {
    if spot.as_text().is_some() {
        return spot.choice(&[("administrator", WhenEmpty::Administrator), ("reject", WhenEmpty::Reject)]);
    }
    let (key, inner) = spot.only("“administrator”, “reject” or", &["ask", "pass_up_to"])?;
    match key {
        "ask" => people(&inner).map(WhenEmpty::Ask),
        _ => amount(&inner, home).map(|up_to| WhenEmpty::Pass { up_to }),
    }
}

fn when_own(spot: &Spot<'_>) -> Option<WhenOwn> {
    if spot.as_text().is_some() {
        return spot.choice(&[("escalate", WhenOwn::Escalate), ("skip", WhenOwn::Skip)]);
    }
    let (_, inner) = spot.only("“escalate”, “skip” or", &["ask"])?;
    people(&inner).map(WhenOwn::Ask)
}

fn timeout(spot: &Spot<'_>, home: Currency) -> Option<Timeout> {
    let fields = spot.fields(&["after_hours", "then"])?;
    let after_hours = fields.need("after_hours", |hours| hours.whole("working hours", 1..=TIMEOUT_HOURS_MAX));
    let then = fields.need("then", |then| {
        if then.as_text().is_some() {
            return then.choice(&[("remind", Overdue::Remind), ("reject", Overdue::Reject)]);
        }
        let (key, inner) = then.only("“remind”, “reject” or", &["escalate", "approve_up_to"])?;
        match key {
            "escalate" => who(&inner).map(Overdue::Escalate),
            _ => amount(&inner, home).map(|up_to| Overdue::Approve { up_to }),
        }
    });
    Some(Timeout { after_hours: after_hours?, then: then? })
}

/// What [`flow`] reads.
pub(super) fn flow_json(flow: &Flow) -> Json {
    Json::object([
        ("repeat", named(&REPEATS, flow.repeat)),
        ("administrator_role", Some(Json::text(&flow.administrator_role))),
        ("steps", Some(steps_json(&flow.steps))),
    ])
}

fn named<T: PartialEq>(names: &[(&str, T)], value: T) -> Option<Json> {
    names.iter().find(|(_, one)| *one == value).map(|(name, _)| Json::text(*name))
}

fn steps_json(steps: &[Step]) -> Json {
    Json::List(steps.iter().map(step_json).collect())
}

fn step_json(step: &Step) -> Json {
    match step {
        Step::Node(node) => {
            let key = match node.kind {
                NodeKind::Approve => "approve",
                NodeKind::Process => "process",
            };
            Json::only(key, node_json(node))
        }
        Step::Cc(cc) => {
            Json::only("cc", Json::object([("id", Some(Json::text(&cc.id))), ("who", Some(people_json(&cc.who)))]))
        }
        Step::Fork(fork) => {
            let branch = |branch: &Branch| {
                Json::object([
                    ("name", Some(Json::text(&branch.name))),
                    ("when", Some(condition_json(&branch.when))),
                    ("steps", Some(steps_json(&branch.steps))),
                ])
            };
            let fields = Json::object([
                ("id", Some(Json::text(&fork.id))),
                ("branches", Some(Json::List(fork.branches.iter().map(branch).collect()))),
                ("otherwise", Some(steps_json(&fork.otherwise))),
            ]);
            Json::only("fork", fields)
        }
    }
}

fn node_json(node: &Node) -> Json {
    let some = |list: Json, is_empty: bool| (!is_empty).then_some(list);
    let (mode, refusal) = match node.mode {
        Mode::All { refusal } => (Json::text("all"), Some(refusal)),
        Mode::Any { refusal } => (Json::text("any"), Some(refusal)),
        Mode::Ratio { percent } => (Json::only("ratio", Json::Whole(percent)), None),
        Mode::Sequential => (Json::text("sequential"), None),
        Mode::Claim => (Json::text("claim"), None),
    };
    let empty = match &node.empty {
        WhenEmpty::Administrator => Json::text("administrator"),
        WhenEmpty::Ask(people) => Json::only("ask", people_json(people)),
        WhenEmpty::Reject => Json::text("reject"),
        WhenEmpty::Pass { up_to } => Json::only("pass_up_to", amount_json(*up_to)),
    };
    let own = match &node.own {
        WhenOwn::Escalate => Json::text("escalate"),
        WhenOwn::Skip => Json::text("skip"),
        WhenOwn::Ask(people) => Json::only("ask", people_json(people)),
    };
    Json::object([
        ("id", Some(Json::text(&node.id))),
        ("name", (node.name != node.id).then(|| Json::text(&node.name))),
        ("who", Some(Json::List(node.who.iter().map(asked_json).collect()))),
        ("mode", Some(mode)),
        ("refusal", refusal.and_then(|refusal| named(&REFUSALS, refusal))),
        ("empty", Some(empty)),
        ("own", Some(own)),
        ("segregated", Some(Json::Truth(node.segregated))),
        ("timeouts", some(Json::List(node.timeouts.iter().map(timeout_json).collect()), node.timeouts.is_empty())),
        ("cc", some(people_json(&node.cc), node.cc.is_empty())),
    ])
}

fn timeout_json(timeout: &Timeout) -> Json {
    let then = match &timeout.then {
        Overdue::Remind => Json::text("remind"),
        Overdue::Escalate(who) => Json::only("escalate", who_json(who)),
        Overdue::Approve { up_to } => Json::only("approve_up_to", amount_json(*up_to)),
        Overdue::Reject => Json::text("reject"),
    };
    Json::object([("after_hours", Some(Json::Whole(timeout.after_hours))), ("then", Some(then))])
}

fn asked_json(asked: &Asked) -> Json {
    if asked.weight == 1 {
        return who_json(&asked.who);
    }
    let (key, value) = who_pair(&asked.who);
    Json::object([(key, Some(value)), ("weight", Some(Json::Whole(asked.weight)))])
}

fn people_json(people: &[Who]) -> Json {
    Json::List(people.iter().map(who_json).collect())
}

fn who_json(who: &Who) -> Json {
    match who {
        Who::ProjectOwner | Who::Submitter => Json::text(who_pair(who).0),
        Who::Person(_) | Who::Role(_) | Who::DepartmentHead { .. } | Who::Manager { .. } => {
            let (key, value) = who_pair(who);
            Json::only(key, value)
        }
    }
}

fn who_pair(who: &Who) -> (&'static str, Json) {
    match who {
        Who::Person(email) => ("person", Json::text(email)),
        Who::Role(role) => ("role", Json::text(role)),
        Who::DepartmentHead { up } => ("department_head", Json::Whole(*up)),
        Who::Manager { up } => ("manager", Json::Whole(*up)),
        Who::ProjectOwner => ("project_owner", Json::Truth(true)),
        Who::Submitter => ("submitter", Json::Truth(true)),
    }
}
