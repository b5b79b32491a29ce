//! The schema: every policy of ours follows it, and it refuses what the parser refuses.

use jsonschema::Validator;
use serde_json::{Value, json};
use vouch::{
    model::policy::Policy,
    policy_file::{policy_from_json, policy_to_json},
};

use super::{policies, project, text_of};

fn schema() -> Validator {
    let schema = serde_json::from_str(&text_of(&project("schemas/policy.schema.json"))).expect("JSON");
    jsonschema::draft202012::new(&schema).expect("the schema is one")
}

fn complaints(schema: &Validator, policy: &Value) -> Vec<String> {
    schema.iter_errors(policy).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// The document without its comments, for programs that know none.
fn without_comments(text: &str) -> Value {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    serde_json::from_str(&lines.join("\n")).expect("our comments have lines of their own")
}

#[test]
fn every_policy_is_read_and_follows_the_schema() {
    let schema = schema();
    let files = policies();
    assert!(files.len() >= 4, "{files:?}");
    for path in files {
        let text = text_of(&path);
        let (policy, _) =
            policy_from_json(&text).unwrap_or_else(|problems| panic!("{}: {problems:#?}", path.display()));
        assert_eq!(complaints(&schema, &without_comments(&text)), Vec::<String>::new(), "{}", path.display());
        let written = policy_to_json(&policy);
        assert_eq!(policy_from_json(&written).map(|(policy, _)| policy), Ok(policy), "{}", path.display());
        assert_eq!(complaints(&schema, &without_comments(&written)), Vec::<String>::new(), "{}", path.display());
    }
}

/// A right policy with one value replaced; `null` takes it out.
fn changed(pointer: &str, value: Value) -> Value {
    let mut policy = without_comments(&policy_to_json(&Policy::starting()));
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer begins with a slash");
    let parent = policy.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} has no parent"));
    if let Some(array) = parent.as_array_mut() {
        array.insert(key.parse().expect("a number"), value);
    } else {
        let object = parent.as_object_mut().unwrap_or_else(|| panic!("{pointer} has no keys"));
        if value.is_null() {
            object.remove(key);
        } else {
            object.insert(key.to_owned(), value);
        }
    }
    policy
}

/// What both must refuse, and what the parser says about it.
fn refused() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("/name", Value::Null, "“name” is missing"),
        ("/name", json!(" "), "expected what people call the policy, found “ ”"),
        ("/flow", Value::Null, "“flow” is missing"),
        ("/flow/steps", Value::Null, "“steps” is missing"),
        ("/flow/step", json!([]), "did you mean “steps”?"),
        ("/home_currency", json!("Dollars"), "expected a currency"),
        ("/approved_by_rule_max", json!(500), "expected an amount as text, such as \"1500.00\", found the number 500"),
        ("/approved_by_rule_max", json!("-5"), "expected an amount"),
        ("/approved_by_rule_max", json!("1,500"), "expected an amount"),
        ("/approved_by_rule_max", json!("HKD 5"), "expected an amount"),
        ("/tollerance", json!("1"), "did you mean “tolerance”?"),
        ("/age_days_max", json!(-1), "expected days, a whole number from 0, found the number -1"),
        ("/age_days_max", json!(1.5), "expected days"),
        ("/age_days_max", json!("90"), "expected days, a whole number from 0, found “90”"),
        ("/single_user", json!("yes"), "expected true or false, found “yes”"),
        ("/forbidden_words", json!("wine"), "expected a list of words, found “wine”"),
        ("/forbidden_words", json!([""]), "a word that is not empty"),
        ("/tax_rates", json!({ "Singapore": [{ "percent": "9" }] }), "is not a country"),
        ("/tax_rates", json!({ "SG": [] }), "at least one of tax rates"),
        ("/tax_rates", json!({ "SG": [{ "percent": "900" }] }), "expected a percentage"),
        ("/tax_rates", json!({ "SG": [{ "percent": "9", "from": "1.1.2024" }] }), "expected a date"),
        ("/rules", json!({ "T4": "of" }), "expected “off”, “info”, “flag” or “block”, found “of”"),
        ("/rates", json!({ "source": "" }), "expected the name of a table"),
        ("/limits/0", json!({ "category": "meals" }), "“max” is missing"),
        ("/limits/0", json!({ "category": "food", "max": "1" }), "expected “meals”, “travel”"),
        ("/limits/0", json!({ "max": "1", "per": "week" }), "expected “document”, “day” or “month”"),
        ("/limits/0", json!({ "max": "1", "person": "Ada" }), "expected an e-mail address"),
        ("/limits/0", json!("1000"), "expected an object"),
        ("/required/0", json!({ "what": "department", "when": { "any": "x" } }), "expected a list of conditions"),
        ("/required/0", json!({ "what": "receipt" }), "expected “department”"),
        ("/required/0", json!({ "what": "note", "when": "never" }), "expected a condition: “always”, or: an object"),
        ("/required/0", json!({ "what": "note", "when": {} }), "exactly one of all, any"),
        ("/required/0", json!({ "what": "note", "when": { "department": [] } }), "at least one of departments"),
        (
            "/required/0",
            json!({ "what": "note", "when": { "kind": ["receipt"], "project": ["A"] } }),
            "exactly one of all, any",
        ),
        ("/required/0", json!({ "what": "note", "when": { "amout": {} } }), "did you mean “amount”?"),
        ("/required/0", json!({ "what": "note", "when": { "amount": { "to": "5" } } }), "there is no key “to” here"),
        ("/flow/repeat", json!("always"), "expected “ask”, “consecutive”, “first” or “last”"),
        ("/flow/steps/0", json!({ "aprove": {} }), "did you mean “approve”?"),
        ("/flow/steps/0", json!({}), "expected a step: exactly one of"),
        ("/flow/steps/0", json!({ "cc": { "id": "told", "who": [] } }), "at least one of people"),
        ("/flow/steps/0", json!({ "fork": { "id": "f", "branches": [] } }), "at least one of branches"),
        (
            "/flow/steps/0",
            json!({ "fork": { "id": "f", "branches": [{ "name": "a", "when": "always", "steps": [] }] } }),
            "“otherwise” is missing: say what happens when no branch is taken",
        ),
    ]
}

/// The same for a node, by the place in it.
fn refused_in_nodes() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("/id", Value::Null, "“id” is missing"),
        ("/who", json!([]), "at least one of people"),
        ("/who/0", json!({}), "expected a person: exactly one of person, role"),
        ("/who/0", json!({ "role": "cfo", "manager": 1 }), "expected a person: exactly one of"),
        ("/who/0", json!({ "role": "cfo", "weight": 0 }), "expected a weight, a whole number from 1"),
        ("/who/0", json!({ "manager": 0 }), "how many managers up, a whole number from 1 to 20"),
        ("/who/0", json!({ "department_head": true }), "how many departments up"),
        ("/who/0", json!("everybody"), "expected “project_owner” or “submitter”"),
        ("/who/0", json!({ "project_owner": false }), "expected true, found false"),
        ("/mode", json!("both"), "expected “all”, “any”, “sequential” or “claim”, found “both”"),
        ("/mode", json!({ "ratio": 0 }), "a percentage, a whole number from 1 to 100"),
        ("/mode", json!({ "ratio": 101 }), "a percentage, a whole number from 1 to 100"),
        ("/mode", json!({ "ratio": "60" }), "found “60”"),
        ("/mode", json!("claim"), "“refusal” is only for the modes “all” and “any”"),
        ("/refusal", json!("never"), "expected “first” or “last”"),
        ("/empty", json!("pass"), "expected “administrator” or “reject”"),
        ("/empty", json!({ "pass": "5" }), "there is no key “pass” here"),
        ("/empty", json!({ "ask": [] }), "at least one of people"),
        ("/own", json!("approve"), "expected “escalate” or “skip”, found “approve”"),
        ("/segregated", json!(1), "expected true or false"),
        ("/timeouts", json!([{ "after_hours": 0, "then": "remind" }]), "working hours, a whole number from 1"),
        ("/timeouts", json!([{ "after_hours": 4 }]), "“then” is missing"),
        ("/timeouts", json!([{ "after_hours": 4, "then": "approve" }]), "expected “remind” or “reject”"),
        ("/cc", json!([{ "person": "nobody" }]), "expected an e-mail address"),
    ]
}

#[test]
fn parser_and_schema_refuse_the_same() {
    let schema = schema();
    assert_eq!(complaints(&schema, &changed("/version", json!(3))), Vec::<String>::new(), "the rest is right");
    let in_nodes = refused_in_nodes().into_iter();
    let in_nodes = in_nodes.map(|(place, value, message)| (format!("/flow/steps/0/approve{place}"), value, message));
    let others = refused().into_iter().map(|(place, value, message)| (place.to_owned(), value, message));
    for (pointer, value, message) in others.chain(in_nodes) {
        let policy = changed(&pointer, value.clone());
        let problems = policy_from_json(&policy.to_string()).expect_err(&format!("{pointer} {value}"));
        assert!(problems.iter().any(|problem| problem.message.contains(message)), "{pointer} {value}: {problems:#?}");
        assert_ne!(complaints(&schema, &policy), Vec::<String>::new(), "{pointer} {value}: the schema takes it");
    }
}

#[test]
fn what_only_the_parser_sees() {
    let schema = schema();
    let table = [
        ("/home_currency", json!("XYZ"), "not an ISO 4217 currency code"),
        ("/tolerance", json!("0.001"), "more digits after the point than HKD knows"),
        ("/tolerance", json!("99999999999999999999"), "too large"),
        ("/tax_rates", json!({ "SG": [{ "percent": "9", "from": "2023-02-30" }] }), "expected a date"),
        ("/tax_rates", json!({ "SG": [{ "percent": "9", "from": "2023-02-03", "until": "2022-01-01" }] }), "before"),
    ];
    for (pointer, value, message) in table {
        let policy = changed(pointer, value.clone());
        let problems = policy_from_json(&policy.to_string()).expect_err(&format!("{pointer} {value}"));
        assert!(problems.iter().any(|problem| problem.message.contains(message)), "{pointer} {value}: {problems:#?}");
        assert_eq!(complaints(&schema, &policy), Vec::<String>::new(), "{pointer} {value}");
    }
    let twice = policy_to_json(&Policy::starting()).replacen('{', "{ \"name\": \"A\",", 1);
    let problems = policy_from_json(&twice).expect_err("a key is there twice");
    assert!(problems[0].message.contains("“name” is written twice"), "{problems:?}");
}

#[test]
fn everything_wrong_is_told_at_once() {
    let text = "{\n  \"name\": 3,\n  \"home_currency\": \"HKD\",\n  // a comment\n  \"aproved_by_rule_max\": \"1\",\n  \
                \"flow\": { \"steps\": [{ \"approve\": { \"id\": \"a\",\n    \"who\": [{ \"role\": 7 }],\n    \
                \"mode\": \"most\" } }] }\n}\n";
    let problems = policy_from_json(text).expect_err("much is wrong");
    let seen: Vec<(usize, &str)> = problems.iter().map(|problem| (problem.line, problem.place.as_str())).collect();
    let expected = [
        (1, ""),
        (2, "name"),
        (5, "aproved_by_rule_max"),
        (7, "flow.steps[0].approve.who[0].role"),
        (8, "flow.steps[0].approve.mode"),
    ];
    assert_eq!(seen, expected, "{problems:#?}");
}
