//! Writing and reading again gives the same policy.

use proptest::{collection::vec, option, prelude::*, sample::select};
use rust_decimal::Decimal;

use super::*;
use crate::model::{
    category::Category,
    field::DocumentKind,
    finding::Severity,
    policy::{
        Firm, RateRules, RuleSetting, TaxRate,
        condition::Condition,
        flow::{
            Asked, Branch, Cc, Flow, Fork, Mode, Node, NodeKind, Overdue, Refusal, Repeat, Step, Timeout, WhenEmpty,
            WhenOwn, Who,
        },
        limit::{Limit, LimitScope, Per, Required, Requirement},
    },
};

fn name() -> impl Strategy<Value = String> {
    // Quotes, control characters and other scripts must survive as well.
    select(vec!["sales", "a \"b\"\\c", "營業部", "line\nfeed", "emoji 🧾", "tab\there", "// no comment"])
        .prop_map(str::to_owned)
}

fn address() -> impl Strategy<Value = String> {
    select(vec!["ada@example.com", "li.wei@example.com"]).prop_map(str::to_owned)
}

fn money() -> impl Strategy<Value = Money> {
    (0..i64::MAX).prop_map(|minor| Money::from_minor(minor, Currency::HKD))
}

fn severity() -> impl Strategy<Value = Severity> {
    select(vec![Severity::Info, Severity::Flag, Severity::Block])
}

fn condition() -> impl Strategy<Value = Condition> {
    let category = select(Category::ALL.to_vec());
    let currency = select(vec![Currency::HKD, Currency::USD, Currency::JPY]);
    let leaf = prop_oneof![
        (option::of(money()), option::of(money())).prop_map(|(from, below)| Condition::Amount { from, below }),
        vec(name(), 1..3).prop_map(Condition::Department),
        vec(name(), 1..3).prop_map(Condition::Project),
        vec(category, 1..3).prop_map(Condition::Category),
        vec(select(vec!["太平洋貨運".to_owned(), "pacificfreightltd".to_owned()]), 1..3).prop_map(Condition::Supplier),
        vec(address(), 1..3).prop_map(Condition::Submitter),
        vec(name(), 1..3).prop_map(Condition::SubmitterRole),
        vec(select(DocumentKind::ALL.to_vec()), 1..3).prop_map(Condition::Kind),
        vec(currency, 1..3).prop_map(Condition::Currency),
        vec(name(), 1..3).prop_map(Condition::Finding),
        severity().prop_map(Condition::FindingAtLeast),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Condition::All),
            vec(inner.clone(), 0..3).prop_map(Condition::Any),
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        address().prop_map(Who::Person),
        name().prop_map(Who::Role),
        (0..4_u32).prop_map(|up| Who::DepartmentHead { up }),
        (1..4_u32).prop_map(|up| Who::Manager { up }),
        Just(Who::ProjectOwner),
        Just(Who::Submitter),
    ]
}

fn mode() -> impl Strategy<Value = Mode> {
    let refusal = || select(vec![Refusal::First, Refusal::Last]);
    prop_oneof![
        refusal().prop_map(|refusal| Mode::All { refusal }),
        refusal().prop_map(|refusal| Mode::Any { refusal }),
        (1..=100_u32).prop_map(|percent| Mode::Ratio { percent }),
        Just(Mode::Sequential),
        Just(Mode::Claim),
    ]
}

fn timeout() -> impl Strategy<Value = Timeout> {
    let then = prop_oneof![
        Just(Overdue::Remind),
        who().prop_map(Overdue::Escalate),
        money().prop_map(|up_to| Overdue::Approve { up_to }),
        Just(Overdue::Reject),
    ];
    (1..100_u32, then).prop_map(|(after_hours, then)| Timeout { after_hours, then })
}

fn node() -> impl Strategy<Value = Node> {
    let asked = (who(), 1..5_u32).prop_map(|(who, weight)| Asked { who, weight });
    let empty = prop_oneof![
        Just(WhenEmpty::Administrator),
        vec(who(), 1..3).prop_map(WhenEmpty::Ask),
        Just(WhenEmpty::Reject),
        money().prop_map(|up_to| WhenEmpty::Pass { up_to }),
    ];
    let own = prop_oneof![Just(WhenOwn::Escalate), Just(WhenOwn::Skip), vec(who(), 1..3).prop_map(WhenOwn::Ask)];
    let kind = select(vec![NodeKind::Approve, NodeKind::Process]);
    let first = (name(), name(), kind, vec(asked, 1..4), mode());
    let second = (empty, own, any::<bool>(), vec(timeout(), 0..3), vec(who(), 0..3));
    (first, second).prop_map(|((id, name, kind, who, mode), (empty, own, segregated, timeouts, cc))| Node {
        id,
        name,
        kind,
        who,
        mode,
        empty,
        own,
        segregated,
        timeouts,
        cc,
    })
}

fn step() -> impl Strategy<Value = Step> {
    let leaf = prop_oneof![
        node().prop_map(Step::Node),
        (name(), vec(who(), 1..3)).prop_map(|(id, who)| Step::Cc(Cc { id, who })),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        let branch = (name(), condition(), vec(inner.clone(), 0..3));
        let branch = branch.prop_map(|(name, when, steps)| Branch { name, when, steps });
        (name(), vec(branch, 1..3), vec(inner, 0..2))
            .prop_map(|(id, branches, otherwise)| Step::Fork(Fork { id, branches, otherwise }))
    })
}

fn limit() -> impl Strategy<Value = Limit> {
    let scope =
        (option::of(select(Category::ALL.to_vec())), option::of(name()), option::of(name()), option::of(address()));
    let scope =
        scope.prop_map(|(category, department, project, person)| LimitScope { category, department, project, person });
    (scope, select(Per::ALL.to_vec()), money(), severity()).prop_map(|(scope, per, max, severity)| Limit {
        scope,
        per,
        max,
        severity,
    })
}

fn tax_rate() -> impl Strategy<Value = TaxRate> {
    let day = |year| jiff::civil::date(year, 2, 28);
    (0..1_000_i64, option::of(2000..2010_i16), option::of(2011..2030_i16)).prop_map(move |(percent, from, until)| {
        TaxRate { percent: Decimal::new(percent, 1), from: from.map(day), until: until.map(day) }
    })
}

fn any_policy() -> impl Strategy<Value = Policy> {
    let requirement = (select(Required::ALL.to_vec()), condition());
    let setting = prop_oneof![Just(RuleSetting::Off), severity().prop_map(RuleSetting::As)];
    let countries = select(vec!["SG", "HK", "GB"]).prop_map(str::to_owned);
    let repeat = select(vec![Repeat::Ask, Repeat::Consecutive, Repeat::First, Repeat::Last]);
    let flow = (vec(step(), 0..4), repeat, name());
    let money_part = (money(), vec(limit(), 0..3), vec(requirement, 0..3), option::of(money()), money());
    let counts = (any::<u32>(), any::<u32>(), any::<u32>(), any::<u32>(), any::<bool>());
    let words = (name(), vec(name(), 0..3), vec(name(), 0..2), vec(name(), 0..2), name());
    let tables = (
        proptest::collection::btree_map(countries, vec(tax_rate(), 1..3), 0..3),
        proptest::collection::btree_map(name(), setting, 0..3),
        (any::<u32>(), 0..1_000_i64),
    );
    (money_part, counts, words, tables, flow).prop_map(|(money, counts, words, tables, flow)| Policy {
        version: counts.0,
        name: words.0,
        home_currency: Currency::HKD,
        approved_by_rule_max: money.0,
        limits: money.1,
        required: money.2.into_iter().map(|(what, when)| Requirement { what, when }).collect(),
        receipt_required_above: money.3,
        age_days_max: counts.1,
        forbidden_words: words.1,
        duplicate_days: counts.2,
        split_days: counts.3,
        tolerance: money.4,
        tax_rates: tables.0,
        firm: Firm { names: words.2, tax_ids: words.3 },
        rates: RateRules { source: words.4, age_days_max: tables.2.0, spread_percent_max: Decimal::new(tables.2.1, 1) },
        rules: tables.1,
        single_user: counts.4,
        flow: Flow { steps: flow.0, repeat: flow.1, administrator_role: flow.2 },
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn writing_and_reading_gives_the_same_policy(policy in any_policy()) {
        let text = policy_to_json(&policy);
        let read = policy_from_json(&text).map(|(policy, _)| policy);
        prop_assert_eq!(read, Ok(policy), "{}", text);
    }

    #[test]
    fn a_difference_is_told_exactly_where_policies_differ(old in any_policy(), new in any_policy()) {
        prop_assert_eq!(policy_diff(&old, &old), Vec::new());
        let same = Policy { version: 0, ..old.clone() } == Policy { version: 0, ..new.clone() };
        prop_assert_eq!(policy_diff(&old, &new).is_empty(), same);
    }

    #[test]
    fn no_text_is_a_crash(text in "[\\[\\]{}\":,a-z0-9/* \n.-]{0,80}") {
        let _ = policy_from_json(&text);
    }
}

#[test]
fn the_starting_policy_is_laid_out_for_people() {
    let policy = Policy::starting();
    let text = policy_to_json(&policy);
    insta::assert_snapshot!(text);
    assert_eq!(policy_from_json(&text).map(|(policy, _)| policy), Ok(policy));
}

#[test]
fn places_have_lines() {
    let text = policy_to_json(&Policy::starting());
    let (_, lines) = policy_from_json(&text).expect("it was just written");
    let line = |word: &str| text.lines().position(|line| line.contains(word)).map(|index| index + 1);
    assert_eq!(Some(lines.line_of("flow.steps[0].approve.who[0].role")), line("\"who\""));
    assert_eq!(Some(lines.line_of("limits[1].max")), line("transport"));
    assert_eq!(Some(lines.line_of("flow.steps[0].approve.timeouts[3].then")), line("\"approve\""), "the nearest");
    assert_eq!(lines.line_of("nonsense"), 1);
}

#[test]
fn a_change_is_told_in_words() {
    let old = Policy::starting();
    let mut new = Policy { version: 7, name: "Mine".to_owned(), receipt_required_above: None, ..old.clone() };
    new.limits.reverse();
    new.limits[0].max = Money::from_minor(120_000, Currency::HKD);
    let mut second = Node::new("cfo", Who::Role("cfo".to_owned()));
    second.mode = Mode::Claim;
    if let Some(Step::Node(node)) = new.flow.steps.first_mut() {
        node.who.push(Asked { who: Who::Manager { up: 1 }, weight: 1 });
    }
    new.flow.steps.insert(0, Step::Node(second));
    let told: Vec<String> = policy_diff(&old, &new).iter().map(ToString::to_string).collect();
    let expected = [
        "name: was \"Starting policy\", is now \"Mine\"",
        "limits[transport a document].max: was \"1000.00\", is now \"1200.00\"",
        "limits: the order was meals a document, transport a document, is now transport a document, meals a document",
        "flow.steps[approval].approve.who[{ \"manager\": 1 }]: is new: { \"manager\": 1 }",
        "flow.steps[cfo]: is new: { \"approve\": { \"id\": \"cfo\", \"who\": [{ \"role\": \"cfo\" }], \"mode\": \"claim\", \
         \"empty\": \"administrator\", \"own\": \"escalate\", \"segregated\": false } }",
    ];
    assert_eq!(told, expected);
    let removed: Vec<String> = policy_diff(&new, &old).iter().map(ToString::to_string).collect();
    assert!(removed.iter().any(|one| one.starts_with("flow.steps[cfo]: is taken out")), "{removed:?}");
}
