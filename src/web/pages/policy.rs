//! The firm's expense rules.

use axum::{Form, extract::State, response::Response};

use super::{Fields, fields, said};
use crate::{
    model::{
        category::Category,
        currency::Currency,
        money::Money,
        person::Role,
        policy::{Policy, limit::Limit},
    },
    store::setting::{policy_fetch, policy_store},
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
        Ok::<_, WebError>(policy_page(&signed, &typed(&policy), Vec::new()))
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
    let policy = match policy_in(&form) {
        Ok(policy) => policy,
        Err(errors) => return page(&policy_page(&signed, &form, errors)),
    };
    let stored = async {
        let txn = app.context.db.begin_write().await?;
        policy_store(&txn, &policy).await?;
        txn.commit().await
    };
    match stored.await {
        Ok(()) => redirect_with_notice(&app, "/policy", NoticeKind::Good, "saved"),
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

fn policy_page(signed: &Signed, form: &Fields, errors: Vec<(String, String)>) -> PolicyPage {
    let text = |name: &str| said(form, name).unwrap_or_default().to_owned();
    let limit = |category: &Category| CategoryLimit {
        category: category.name(),
        value: text(&format!("limit.{}", category.name())),
    };
    PolicyPage {
        base_currency: text("base_currency"),
        auto_approve_limit: text("auto_approve_limit"),
        age_days_max: text("age_days_max"),
        limits: Category::ALL.iter().map(limit).collect(),
        errors,
        chrome: signed.chrome(),
    }
}

/// The policy that a form describes, or what is wrong with it: the input's name and a sentence.
fn policy_in(form: &Fields) -> Result<Policy, Vec<(String, String)>> {
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
    let limits: Vec<Limit> = Category::ALL
        .into_iter()
        .filter_map(|category| Some(Limit::on_category(category, amount(&format!("limit.{}", category.name()))?)))
        .collect();
    let age_days_max = match said(form, "age_days_max").map(str::parse::<u32>) {
        None => AGE_DAYS_MAX,
        Some(Ok(days)) if days <= AGE_DAYS_MAX => days,
        Some(_) => {
            errors.push(("age_days_max".to_owned(), format!("a whole number of days up to {AGE_DAYS_MAX}")));
            AGE_DAYS_MAX
        }
    };
    if errors.is_empty() {
        Ok(Policy { home_currency, approved_by_rule_max, limits, age_days_max, ..Policy::starting() })
    } else {
        Err(errors)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_and_policies() {
        let policy = Policy::starting();
        assert_eq!(policy_in(&typed(&policy)), Ok(policy));
        let mut form = typed(&Policy::starting());
        form.insert("limit.meals".to_owned(), "-1".to_owned());
        form.insert("age_days_max".to_owned(), "soon".to_owned());
        let wrong: Vec<_> =
            policy_in(&form).expect_err("two inputs are wrong").into_iter().map(|(name, _)| name).collect();
        assert_eq!(wrong, ["limit.meals", "age_days_max"]);
        form.insert("base_currency".to_owned(), "money".to_owned());
        assert!(policy_in(&form).is_err());
    }
}
