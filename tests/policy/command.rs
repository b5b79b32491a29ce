//! `vouch policy`: what it prints, and what it answers with.

use std::process::{Command, Output};

use serde_json::Value;

use super::{project, text_of};

/// Runs the program in the folder of the fixtures, so that the paths it prints are short.
fn vouch_policy(arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vouch"));
    command.env_remove("VOUCH_CONFIG").current_dir(project("fixtures/policies")).arg("policy").args(arguments);
    let Output { status, stdout, .. } = command.output().expect("the program was built for this test");
    (status.success(), String::from_utf8(stdout).expect("UTF-8"))
}

#[test]
fn everything_bad_is_told_with_its_line() {
    let expected = text_of(&project("fixtures/policies/bad/expected.txt"));
    let (unreadable_good, unreadable) = vouch_policy(&["check", "bad/unreadable.json"]);
    let (unsound_good, unsound) = vouch_policy(&["check", "bad/unsound.json", "--organisation", "bad/firm.json"]);
    assert_eq!(format!("{unreadable}{unsound}"), expected);
    assert!(!unreadable_good && !unsound_good, "errors end in failure");
}

#[test]
fn a_good_policy_is_called_good_and_warnings_are_no_failure() {
    assert_eq!(vouch_policy(&["check", "hk-trading.json"]), (true, "hk-trading.json: good\n".to_owned()));
    let firm = "organisations/singapore-services.json";
    let (good, said) = vouch_policy(&["check", "singapore-services.json", "--organisation", firm]);
    assert!(good && said.contains(": warning: ") && !said.contains(": error: "), "{said}");
    let (good, said) = vouch_policy(&["check", "bad/unsound.json", "--format", "json"]);
    let lines: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect();
    assert!(!good && !lines.is_empty());
    assert!(lines.iter().all(|line| line["line"].is_u64() && line["severity"].is_string()), "{said}");
    assert!(!vouch_policy(&["check", "there-is-no-such-file.json"]).0);
}

#[test]
fn a_difference_is_printed_a_line() {
    assert_eq!(vouch_policy(&["diff", "hk-trading.json", "hk-trading.json"]), (true, String::new()));
    let (good, said) = vouch_policy(&["diff", "single-owner.json", "group-with-ratio.json"]);
    assert!(good && said.contains("single_user: was true, is now false\n"), "{said}");
    assert!(!vouch_policy(&["diff", "single-owner.json", "bad/unreadable.json"]).0);
}
