//! Approvals through the pages: tasks, adding people, handing over, sending back, standing in, and taking back.

use reqwest::StatusCode;
use rust_decimal::Decimal;
use vouch::{
    approval::state::State,
    model::{
        field::{FieldName, FieldValue},
        person::{Person, Role},
    },
    policy_file::policy_from_json,
    store::{
        document::{Document, document_fetch, document_update},
        setting::policy_publish,
    },
};

use crate::{documents::awaiting, house::House, visitor::Visitor};

/// Two people check it, then one of two directors agrees.
const POLICY: &str = r#"{
    "name": "Two steps", "home_currency": "HKD", "approved_by_rule_max": "0",
    "flow": { "steps": [
        { "approve": { "id": "check", "name": "Check", "mode": "all",
            "who": [{ "person": "paul@house.example" }, { "person": "pia@house.example" }] } },
        { "approve": { "id": "agree", "name": "Agree", "mode": "any",
            "who": [{ "person": "dan@house.example" }, { "person": "dora@house.example" }] } },
        { "cc": { "id": "told", "who": [{ "person": "tom@house.example" }] } }
    ] }
}"#;

struct Firm {
    house: House,
    sam: Person,
}

impl Firm {
    async fn open() -> Self {
        let house = House::open(|_| {}).await;
        let sam = house.add("Sam Lee", &[Role::Submitter]).await;
        for name in ["Paul", "Pia", "Dan", "Dora"] {
            house.add(name, &[Role::Approver]).await;
        }
        for name in ["Tom", "Una"] {
            house.add(name, &[Role::Submitter]).await;
        }
        let (policy, _) = policy_from_json(POLICY).expect("a policy");
        let txn = house.context.db.begin_write().await.expect("the database answers");
        policy_publish(&txn, &policy, None, 1).await.expect("it is good");
        txn.commit().await.expect("the database answers");
        Self { house, sam }
    }

    async fn now(&self, document: &Document) -> Document {
        document_fetch(&self.house.context.db, document.id).await.expect("the document is there")
    }

    /// Signs somebody in and does something about the newest version.
    async fn does(&self, name: &str, document: &Document, form: &[(&str, &str)]) -> (StatusCode, String) {
        let mut browser = Visitor::signed_in(&self.house, &format!("{name}@house.example")).await;
        let version = self.now(document).await.version.to_string();
        let mut all = vec![("version", version.as_str())];
        all.extend(form);
        let answer = browser.act(&format!("/documents/{}/task", document.id), &all).await;
        (answer.status, answer.code())
    }

    async fn id_of(&self, name: &str) -> String {
        let people = vouch::store::person::person_list(&self.house.context.db).await.expect("the database answers");
        let email = format!("{name}@house.example");
        people.into_iter().find(|person| person.email == email).expect("they are there").id.to_string()
    }

    async fn tasks(&self, name: &str, document: &Document) -> bool {
        let mut browser = Visitor::signed_in(&self.house, &format!("{name}@house.example")).await;
        browser.get("/tasks").await.text().contains(&format!("/documents/{}", document.id))
    }
}

const DONE: StatusCode = StatusCode::SEE_OTHER;

#[tokio::test]
async fn everybody_in_turn() {
    let firm = Firm::open().await;
    let document = awaiting(&firm.house, &firm.sam, 1).await;
    assert!(firm.tasks("paul", &document).await && firm.tasks("pia", &document).await);
    assert!(!firm.tasks("dan", &document).await, "it is not their turn");
    assert_eq!(firm.does("dan", &document, &[("do", "approve")]).await.1, "not_your_task");
    assert_eq!(firm.does("sam", &document, &[("do", "approve")]).await.1, "own_document");
    assert_eq!(firm.does("paul", &document, &[("do", "approve")]).await.0, DONE);
    assert_eq!(firm.now(&document).await.state, State::AwaitingApproval, "one of two");
    assert!(!firm.tasks("paul", &document).await);
    assert_eq!(firm.does("pia", &document, &[("do", "approve")]).await.0, DONE);
    assert!(firm.tasks("dan", &document).await && firm.tasks("dora", &document).await);
    assert_eq!(firm.does("dora", &document, &[("do", "approve")]).await.0, DONE);
    assert_eq!(firm.now(&document).await.state.name(), "approved");
    assert!(!firm.tasks("dan", &document).await, "the other director is asked no more");
    let mut browser = Visitor::signed_in(&firm.house, "dan@house.example").await;
    let page = browser.get(&format!("/documents/{}", document.id)).await.text();
    assert!(page.contains("policy version 1") && page.contains("Check") && page.contains("no longer asked"), "{page}");
    firm.house.close().await;
}

#[tokio::test]
async fn adding_handing_over_and_asking() {
    let firm = Firm::open().await;
    let document = awaiting(&firm.house, &firm.sam, 1).await;
    let (dan, dora, sam) = (firm.id_of("dan").await, firm.id_of("dora").await, firm.id_of("sam").await);
    let add = [("do", "add"), ("adding", "before"), ("method", "all"), ("people", dan.as_str())];
    assert_eq!(firm.does("paul", &document, &add).await.0, DONE);
    assert!(firm.tasks("dan", &document).await && !firm.tasks("paul", &document).await);
    let own = [("do", "transfer"), ("person", sam.as_str())];
    assert_eq!(firm.does("pia", &document, &own).await.1, "own_document", "never to the submitter");
    assert_eq!(firm.does("pia", &document, &[("do", "ask"), ("person", dora.as_str())]).await.0, DONE);
    assert_eq!(firm.does("dora", &document, &[("do", "answer"), ("reason", "looks right")]).await.0, DONE);
    assert_eq!(firm.does("pia", &document, &[("do", "transfer"), ("person", dora.as_str())]).await.0, DONE);
    assert_eq!(firm.does("dan", &document, &[("do", "approve")]).await.0, DONE);
    assert!(firm.tasks("paul", &document).await, "the task came back");
    assert_eq!(firm.does("paul", &document, &[("do", "approve")]).await.0, DONE);
    assert_eq!(firm.does("dora", &document, &[("do", "approve")]).await.0, DONE);
    // Both directors agreed to the same claim just before, so their own node asks nobody again.
    assert_eq!(firm.now(&document).await.state.name(), "approved");
    firm.house.close().await;
}

#[tokio::test]
async fn back_and_forth() {
    let firm = Firm::open().await;
    let document = awaiting(&firm.house, &firm.sam, 1).await;
    let back = [("do", "return"), ("reason", "Which client?")];
    assert_eq!(firm.does("paul", &document, &[("do", "return"), ("reason", " ")]).await.1, "invalid_field");
    assert_eq!(firm.does("paul", &document, &back).await.0, DONE);
    let returned = firm.now(&document).await;
    assert_eq!(returned.state.name(), "returned");
    let mut sam = Visitor::signed_in(&firm.house, "sam@house.example").await;
    assert!(sam.get(&format!("/documents/{}", document.id)).await.text().contains("Which client?"));
    // The submitter answers and sends it again; nothing that is posted changed, so it goes straight back.
    let version = returned.version.to_string();
    let form = [("version", version.as_str()), ("note", "Lunch with Harbour"), ("then", "submit")];
    let answer = sam.act(&format!("/documents/{}/correct", document.id), &form).await;
    assert_eq!(answer.status, DONE, "{}", answer.text());
    assert_eq!(firm.now(&document).await.state, State::AwaitingApproval);
    assert!(firm.tasks("paul", &document).await);
    assert_eq!(firm.does("paul", &document, &[("do", "approve")]).await.0, DONE);
    assert_eq!(firm.does("paul", &document, &[("do", "take_back")]).await.0, DONE);
    assert!(firm.tasks("paul", &document).await);
    assert_eq!(firm.does("paul", &document, &[("do", "withdraw")]).await.0, StatusCode::FORBIDDEN);
    assert_eq!(firm.does("sam", &document, &[("do", "withdraw")]).await.0, DONE);
    assert_eq!(firm.now(&document).await.state.name(), "withdrawn");
    assert!(!firm.tasks("paul", &document).await);
    firm.house.close().await;
}

#[tokio::test]
async fn somebody_stands_in_and_people_talk() {
    let firm = Firm::open().await;
    let document = awaiting(&firm.house, &firm.sam, 1).await;
    let dora = firm.id_of("dora").await;
    let today = firm.house.context.today().to_string();
    let mut paul = Visitor::signed_in(&firm.house, "paul@house.example").await;
    let form = [("person", dora.as_str()), ("first", today.as_str()), ("last", today.as_str())];
    assert_eq!(paul.act("/delegations", &form).await.status, DONE);
    assert!(firm.tasks("dora", &document).await, "they see whom they stand in for");
    assert_eq!(firm.does("dora", &document, &[("do", "approve")]).await.0, DONE);
    assert_eq!(firm.does("paul", &document, &[("do", "approve")]).await.1, "not_your_task", "it is decided");
    let said = paul.act(&format!("/documents/{}/comment", document.id), &[("comment", "@pia please")]).await;
    assert_eq!(said.status, DONE, "{}", said.text());
    let mut pia = Visitor::signed_in(&firm.house, "pia@house.example").await;
    let chosen = format!("{}:{}", document.id, firm.now(&document).await.version);
    assert!(pia.get(&format!("/documents/{}", document.id)).await.text().contains("@pia please"));
    assert_eq!(pia.act("/tasks", &[("chosen", chosen.as_str())]).await.status, DONE, "approved from the list");
    assert!(firm.tasks("dan", &document).await);
    firm.house.close().await;
}

#[tokio::test]
async fn who_is_told_may_look_and_nothing_else() {
    let firm = Firm::open().await;
    let document = awaiting(&firm.house, &firm.sam, 1).await;
    let address = format!("/documents/{}", document.id);
    let looks = async |name: &str| {
        let mut browser = Visitor::signed_in(&firm.house, &format!("{name}@house.example")).await;
        browser.get(&address).await.status
    };
    assert_eq!(looks("tom").await, 404, "nobody has told them yet");
    for name in ["paul", "pia", "dan"] {
        assert_eq!(firm.does(name, &document, &[("do", "approve")]).await.0, DONE);
    }
    assert_eq!((looks("tom").await, looks("una").await), (StatusCode::OK, StatusCode::NOT_FOUND));
    let (status, code) = firm.does("tom", &document, &[("do", "approve")]).await;
    assert!(status.is_client_error(), "{status} {code}");
    firm.house.close().await;
}

#[tokio::test]
async fn approving_several_says_what_became_of_each() {
    let firm = Firm::open().await;
    let (first, second) = (awaiting(&firm.house, &firm.sam, 1).await, awaiting(&firm.house, &firm.sam, 2).await);
    let stale = format!("{}:{}", first.id, firm.now(&first).await.version - 1);
    let fresh = format!("{}:{}", second.id, firm.now(&second).await.version);
    let mut pia = Visitor::signed_in(&firm.house, "pia@house.example").await;
    let answer = pia.act("/tasks", &[("chosen", stale.as_str()), ("chosen", fresh.as_str())]).await;
    let text = answer.text();
    assert_eq!(answer.status, 200, "{text}");
    for (document, said) in [(&first, "Somebody changed this document"), (&second, "</a>: approved")] {
        let (_, line) =
            text.split_once(&format!("<a href=\"/documents/{}\"><strong>", document.id)).expect("a line of its own");
        assert!(line.split("</li>").next().is_some_and(|line| line.contains(said)), "{line}");
    }
    assert!(firm.tasks("pia", &first).await && !firm.tasks("pia", &second).await);
    firm.house.close().await;
}

#[tokio::test]
async fn what_was_approved_is_what_is_posted() {
    let firm = Firm::open().await;
    let document = awaiting(&firm.house, &firm.sam, 1).await;
    for name in ["paul", "pia", "dan"] {
        assert_eq!(firm.does(name, &document, &[("do", "approve")]).await.0, DONE);
    }
    // Somebody reaches around every action and changes the total in the database.
    let mut changed = firm.now(&document).await;
    let total = changed.draft.as_mut().and_then(|draft| draft.fields.get_mut(&FieldName::Total));
    total.expect("it has a total").value = FieldValue::Amount(Decimal::from(999));
    let txn = firm.house.context.db.begin_write().await.expect("the database answers");
    document_update(&txn, &changed, changed.version).await.expect("nobody else changes it");
    txn.commit().await.expect("the database answers");
    firm.house.drain().await;
    let after = firm.now(&document).await;
    let said =
        matches!(&after.state, State::PostingBlocked { message, .. } if message.contains("not as it was approved"));
    assert!(said, "{:?}", after.state);
    firm.house.close().await;
}

#[tokio::test]
async fn an_administrator_takes_a_running_approval_to_the_new_policy() {
    let firm = Firm::open().await;
    firm.house.add("Ada", &[Role::Administrator]).await;
    let document = awaiting(&firm.house, &firm.sam, 1).await;
    assert_eq!(firm.does("paul", &document, &[("do", "approve")]).await.0, DONE);
    let (policy, _) = policy_from_json(&POLICY.replace("\"all\"", "\"any\"")).expect("a policy");
    let txn = firm.house.context.db.begin_write().await.expect("the database answers");
    policy_publish(&txn, &policy, None, 2).await.expect("it is good");
    txn.commit().await.expect("the database answers");
    assert_eq!(firm.now(&document).await.state, State::AwaitingApproval, "it keeps its version");
    let restart = async |name: &str| {
        let mut browser = Visitor::signed_in(&firm.house, &format!("{name}@house.example")).await;
        let version = firm.now(&document).await.version.to_string();
        browser.act(&format!("/documents/{}/restart", document.id), &[("version", version.as_str())]).await.status
    };
    assert_eq!(restart("paul").await, StatusCode::FORBIDDEN);
    assert_eq!(restart("ada").await, DONE);
    vouch::pipeline::stages::run_check(&firm.house.context, document.id).await.expect("the checks run");
    assert!(firm.tasks("paul", &document).await, "what he agreed to before counts no more");
    assert_eq!(firm.does("paul", &document, &[("do", "approve")]).await.0, DONE);
    assert!(firm.tasks("dan", &document).await, "one of the two is enough now");
    firm.house.close().await;
}

#[tokio::test]
async fn whose_money_it_was_and_what_the_statement_says() {
    let firm = Firm::open().await;
    let (first, second) = (awaiting(&firm.house, &firm.sam, 1).await, awaiting(&firm.house, &firm.sam, 2).await);
    let says = async |document: &Document, form: &[(&str, &str)]| {
        let mut sam = Visitor::signed_in(&firm.house, "sam@house.example").await;
        let version = firm.now(document).await.version.to_string();
        let mut all = vec![("version", version.as_str())];
        all.extend(form);
        let answer = sam.act(&format!("/documents/{}/correct", document.id), &all).await;
        (answer.status, answer.code())
    };
    let rules = async |document: &Document| {
        let findings = firm.now(document).await.findings;
        findings.into_iter().map(|finding| finding.rule).collect::<Vec<_>>()
    };
    assert_eq!(says(&first, &[("claimed", "a lot")]).await.1, "invalid_field");
    assert_eq!(says(&first, &[("claimant", "nobody")]).await.1, "invalid_field");
    // Paul's money: he is asked no more.
    let paul = firm.id_of("paul").await;
    assert_eq!(says(&first, &[("claimant", &paul), ("bank_line", "FPS 0042/7")]).await.0, DONE);
    assert!(!firm.tasks("paul", &first).await && firm.tasks("pia", &first).await);
    assert_eq!(firm.does("paul", &first, &[("do", "approve")]).await.1, "own_document");
    let mut sam = Visitor::signed_in(&firm.house, "sam@house.example").await;
    assert!(sam.get(&format!("/documents/{}", first.id)).await.text().contains("FPS 0042/7"), "as it was typed");
    // One line of a statement pays for one paper, however it is written.
    assert_eq!(says(&second, &[("bank_line", "fps-00427"), ("claimed", "HKD 1.00")]).await.0, DONE);
    let found = rules(&second).await;
    assert!(found.contains(&"D8".to_owned()) && found.contains(&"P5".to_owned()), "{found:?}");
    assert_eq!(says(&second, &[("bank_line", "fps-00428"), ("claimed", "")]).await.0, DONE);
    let found = rules(&second).await;
    assert!(!found.contains(&"D8".to_owned()) && !found.contains(&"P5".to_owned()), "{found:?}");
    firm.house.close().await;
}
