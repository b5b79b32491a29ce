//! The firm's expense rules.

use axum::{Form, extract::State, response::Response};

use super::{Fields, fields, said};
use crate::{
    approval::inspect::inspect,
    model::{
        category::Category,
        currency::Currency,
        money::Money,
        person::Role,
        policy::{
            Policy,
            limit::{Limit, LimitScope, Per},
        },
    },
    policy_file::policy_to_json,
    store::setting::{policy_fetch, policy_publish},
    web::{
        App,
        error::WebError,
        session::{Signed, page, redirect_with_notice},
        view::NoticeKind,
        view_settings::{CategoryLimit, PolicyPage},
    },
};

/// The most days a paper may be old; a hundred years is "never".
const AGE_DAYS_MAX: u32 = 36_500;

/// The page of the policy.
pub async fn show(State(app): State<App>, signed: Signed) -> Response {
    let shown = async {
        signed.need(&[Role::Administrator])?;
        let policy = policy_fetch(&app.context.db).await?;
        Ok::<_, WebError>(policy_page(&signed, &policy, &typed(&policy), Vec::new()))
    };
    match shown.await {
        Ok(view) => page(&view),
        Err(error) => signed.problem(error),
    }
}

/// Puts a policy into force, or shows what could not be taken.
pub async fn store(State(app): State<App>, signed: Signed, Form(form): Form<Vec<(String, String)>>) -> Response {
    let form = fields(form);
    let allowed = signed.check(form.get("csrf").map(String::as_str)).and_then(|()| signed.need(&[Role::Administrator]));
    if let Err(error) = allowed {
        return signed.problem(error);
    }
    let stored = async {
        let txn = app.context.db.begin_write().await?;
        let current = policy_fetch(&txn).await?;
        let policy = match policy_in(&form, &current) {
            Ok(policy) => policy,
            Err(errors) => return Ok(Err((current, errors))),
        };
        policy_publish(&txn, &policy, Some(signed.person.id), app.context.clock.now_us()).await?;
        txn.commit().await.map(Ok)
    };
    match stored.await {
        Ok(Err((current, errors))) => page(&policy_page(&signed, &current, &form, errors)),
        Ok(Ok(())) => redirect_with_notice(&app, "/policy", NoticeKind::Good, "saved"),
        Err(error) => signed.problem(error.into()),
    }
}

/// A policy as the form would send it.
fn typed(policy: &Policy) -> Fields {
    let amount = |money: Money| money.to_decimal().to_string();
    let mut form = Fields::from([
        ("base_currency".to_owned(), policy.home_currency.code().to_owned()),
        ("auto_approve_limit".to_owned(), amount(policy.approved_by_rule_max)),
        ("age_days_max".to_owned(), policy.age_days_max.to_string()),
    ]);
    let limit =
        |category: Category| Some((format!("limit.{}", category.name()), amount(policy.category_max(category)?)));
    form.extend(Category::ALL.into_iter().filter_map(limit));
    form
}

fn policy_page(signed: &Signed, current: &Policy, form: &Fields, errors: Vec<(String, String)>) -> PolicyPage {
    let text = |name: &str| said(form, name).unwrap_or_default().to_owned();
    let limit = |category: &Category| CategoryLimit {
        category: category.name(),
        value: text(&format!("limit.{}", category.name())),
    };
    PolicyPage {
        version: current.version,
        document: policy_to_json(current),
        base_currency: text("base_currency"),
        auto_approve_limit: text("auto_approve_limit"),
        age_days_max: text("age_days_max"),
        limits: Category::ALL.iter().map(limit).collect(),
        errors,
        chrome: signed.chrome(),
    }
}

/// The policy in force with what a form says about it, or what is wrong with that: the input's name and a sentence.
fn policy_in(form: &Fields, current: &Policy) -> Result<Policy, Vec<(String, String)>> {
    let mut errors = Vec::new();
    let home_currency = Currency::parse(said(form, "base_currency").unwrap_or_default()).unwrap_or_else(|error| {
        errors.push(("base_currency".to_owned(), error.to_string()));
        Currency::HKD
    });
    let mut amount = |name: &str| -> Option<Money> {
        let parsed =
            Money::parse(&said(form, name)?.replace(',', ""), home_currency).map_err(|error| error.to_string());
        match parsed.and_then(|money| if money.minor() < 0 { Err("it is below zero".to_owned()) } else { Ok(money) }) {
            Ok(money) => Some(money),
            Err(message) => {
                errors.push((name.to_owned(), message));
                None
            }
        }
    };
    let approved_by_rule_max = amount("auto_approve_limit").unwrap_or(Money::zero(home_currency));
    let limits = limits_in(current, &mut amount);
    let age_days_max = match said(form, "age_days_max").map(str::parse::<u32>) {
        None => AGE_DAYS_MAX,
        Some(Ok(days)) if days <= AGE_DAYS_MAX => days,
        Some(_) => {
            errors.push(("age_days_max".to_owned(), format!("a whole number of days up to {AGE_DAYS_MAX}")));
            AGE_DAYS_MAX
        }
    };
    // Nothing is the same in every currency.
    let tolerance = if current.tolerance.minor() == 0 { Money::zero(home_currency) } else { current.tolerance };
    let policy = Policy { home_currency, approved_by_rule_max, limits, age_days_max, tolerance, ..current.clone() };
    if inspect(&policy, None).iter().any(|problem| problem.code == "currency") {
        let message = "the policy has other amounts, which this page does not show; change the currency with vouch \
                       policy export and import";
        errors.push(("base_currency".to_owned(), message.to_owned()));
    }
    if errors.is_empty() { Ok(policy) } else { Err(errors) }
}

/// What one document of a category may cost, as the form says it; every other limit stays.
fn limits_in(current: &Policy, amount: &mut impl FnMut(&str) -> Option<Money>) -> Vec<Limit> {
    let typed: Vec<(Category, Option<Money>)> =
        Category::ALL.into_iter().map(|category| (category, amount(&format!("limit.{}", category.name())))).collect();
    let shown = |limit: &Limit| {
        let category = limit.scope.category?;
        let only = limit.per == Per::Document && limit.scope == LimitScope::of_category(category);
        only.then_some(category)
    };
    let now = |category: Category| typed.iter().find(|(other, _)| *other == category).and_then(|(_, max)| *max);
    let kept = current.limits.iter().filter_map(|limit| match shown(limit) {
        Some(category) => now(category).map(|max| Limit { max, ..limit.clone() }),
        None => Some(limit.clone()),
    });
    let mut limits: Vec<Limit> = kept.collect();
    for (category, max) in typed {
        if let Some(max) = max
            && !limits.iter().any(|limit| shown(limit) == Some(category))
        {
            limits.push(Limit::on_category(category, max));
        }
    }
    limits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_policies() {
        let policy = Policy::starting();
        assert_eq!(policy_in(&typed(&policy), &policy), Ok(policy));
        let mut form = typed(&Policy::starting());
        form.insert("limit.meals".to_owned(), "-1".to_owned());
        form.insert("age_days_max".to_owned(), "soon".to_owned());
        let wrong: Vec<_> = policy_in(&form, &Policy::starting())
            .expect_err("two inputs are wrong")
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(wrong, ["limit.meals", "age_days_max"]);
        form.insert("base_currency".to_owned(), "money".to_owned());
        assert!(policy_in(&form, &Policy::starting()).is_err());
    }

    #[test]
    fn what_the_form_does_not_show_stays() {
        let mut current = Policy { version: 3, split_days: 7, ..Policy::starting() };
        let a_day = Limit { per: Per::Day, ..current.limits[0].clone() };
        current.limits.insert(0, a_day.clone());
        let mut form = typed(&current);
        form.insert("limit.meals".to_owned(), String::new());
        form.insert("limit.rent".to_owned(), "9000".to_owned());
        let policy = policy_in(&form, &current).expect("it is right");
        let rent = Limit::on_category(Category::Rent, Money::from_minor(900_000, Currency::HKD));
        assert_eq!(policy.limits, [a_day, current.limits[2].clone(), rent]);
        assert_eq!((policy.version, policy.split_days), (3, 7));
        form.insert("base_currency".to_owned(), "USD".to_owned());
        let errors = policy_in(&form, &current).expect_err("the limit a day is in Hong Kong dollars");
        assert_eq!(errors.first().map(|(input, _)| input.as_str()), Some("base_currency"));
    }
}
